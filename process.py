# -*- coding: utf-8 -*-
"""Starts the program, and says in a sentence why it cannot: on an old Python, too, so nothing here is newer than Python 2.7."""

import os
import signal
import sys


def say(*lines):
    # type: (str) -> None
    """Sentences for whoever started it, in UTF-8 unless the environment asks for another encoding."""
    for line in lines:
        if os.name == "posix" and hasattr(sys.stderr, "buffer") and not os.environ.get("PYTHONIOENCODING"):
            sys.stderr.buffer.write((line + "\n").encode("utf-8", "replace"))
        else:
            sys.stderr.write(line + "\n")
    sys.stderr.flush()


def leave(*_):
    # type: (object) -> None
    """Ctrl-C while the program is still loading: nothing was begun that has to be ended."""
    say("已停止，没有动任何文件")
    os._exit(3)


def start():
    # type: () -> int
    """Run the command line; returns the exit code."""
    signal.signal(signal.SIGINT, leave)
    if sys.version_info < (3, 11):
        here = ".".join(str(part) for part in sys.version_info[:2])
        say("没有做：这里的 Python（%s）是 %s，要 3.11 或更新的；没有动任何文件" % (sys.executable, here))
        return 3
    try:
        "大走访".encode(sys.getfilesystemencoding())
    except UnicodeError:  # in this locale no file can have a Chinese name
        os.execve(sys.executable, [sys.executable, "-X", "utf8"] + sys.orig_argv[1:], dict(os.environ, PYTHONUTF8="1"))
    try:
        from dazoufang.cli import main
    except ImportError as missing:
        name = (missing.name or "").split(".")[0]
        if name in ("", "dazoufang"):
            raise
        lacks = "没有装" if isinstance(missing, ModuleNotFoundError) else "没有装好"
        say(
            "没有做：这台电脑的 Python（%s）里%s %s。" % (sys.executable, lacks, name),
            "请在程序文件夹里运行一次：python -m pip install . ，装好后再运行；没有动任何文件",
        )
        return 3
    code = main()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done and said
    return code


if __name__ == "__main__":
    sys.exit(start())
