import sys

try:
    from dazoufang.cli import main
except ModuleNotFoundError as missing:
    if (missing.name or "").startswith("dazoufang"):
        raise
    print(f"没有做：这台电脑的 Python（{sys.executable}）里没有装 {missing.name}。", file=sys.stderr)
    print("请在程序文件夹里运行一次：python -m pip install . ，装好后再运行；没有动任何文件", file=sys.stderr)
    raise SystemExit(3) from None

if __name__ == "__main__":
    raise SystemExit(main())
