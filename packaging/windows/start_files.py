"""The files that are double-clicked in the unpacked zip: those of a checkout, with the places of the zip.

They are UTF-8 without a mark, with Windows' line ends, and set the console to UTF-8 first: so they are read alike whatever
code page Windows has, and `file.bat > text.txt` holds one encoding, that of the words of cmd and of Python. What cmd says
itself is only that there is no Python; all else the program says (`dazoufang/entry/unpacked.py`).
They go to their folder by pushd, which gives a \\\\server\\share a letter; cd does not go there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from bundle.moved import moved
from bundle.program import ROOT

_START: Final = ROOT / "packaging" / "start"
_SERVICES: Final = ROOT / "services"
_BAT: Final = _START / "run.bat"  # those beside it have the same text, and run the command that they are called after
# Name in the zip → the command it runs.
COMMANDS: Final = {
    "一键运行": "run", "出空白表": "forms", "体检": "doctor", "看示例": "demo", "填本局情况": "setup", "设置邮件": "mail", "命令行": "shell",
}  # fmt: skip
_RUN: Final = r'"%PY%" -X utf8 app\start.py'
_UNPACK: Final = "请在压缩包上点右键，选“全部解压缩”，再到解压出来的文件夹里双击本文件。"
_FIND_PYTHON: Final = """\
set "PY=py.exe"
where py.exe >nul 2>nul && goto found
set "PY=python.exe"
where python.exe >nul 2>nul && goto found
"""
_PYTHON: Final = {
    r'set "PY=%CD%\.venv\Scripts\python.exe"': r'set "PY=%CD%\python.exe"',
    _FIND_PYTHON: "",
    "echo 没有找到 Python。请先按 README.zh-CN.md 安装，再双击本文件。": f"echo 程序不全，或者被杀毒软件删掉了一部分。{_UNPACK}",
}


def all_of_them() -> dict[str, bytes]:
    """Name in the zip → bytes, of every start file and what one of them reads."""
    found = {f"{name}.bat": one(command) for name, command in COMMANDS.items()}
    watch = {
        **_PYTHON, 'cd /d "%~dp0.."': 'pushd "%~dp0program"', '"%PY%" process.py watch\n': f"{_RUN} watch\n",
        '"%PY%" process.py watch --quiet': f"{_RUN} watch --quiet",
        'echo.\nif "%CODE%"=="0" echo 值守已停止。\n': "",
        'if not "%CODE%"=="0" echo 值守没有运行起来，代码 %CODE%，原因见上面的文字。改好后再双击本文件。\n': "",
    }  # fmt: skip
    install = {
        'cd /d "%~dp0.."': 'cd /d "%~dp0."', r"%CD%\process.py": r"%CD%\program\app\process.py",
        'goto nohome\n': 'goto nohome\nprogram\\python.exe -X utf8 program\\app\\start.py home\nif errorlevel 1 goto failed\n',
        "%~dp0大走访值守.xml": r"%~dp0program\大走访值守.xml", r"\services\一键值守.bat": r"\一键值守.bat",
        "请运行：python process.py status": "请双击：体检.bat",
        "没有找到 process.py。请不要把这个文件单独拿走，在程序文件夹的 services 里双击它。": f"没有找到程序。{_UNPACK}",
    }  # fmt: skip
    found["一键值守.bat"] = _moved(_SERVICES / "一键值守.bat", watch)
    found["安装值守.bat"] = _moved(_SERVICES / "安装值守.bat", install)
    found["卸载值守.bat"] = (_SERVICES / "卸载值守.bat").read_bytes()
    # In the window of 命令行.bat, which begins there, `python` is this: cmd looks in its folder first. The Python itself
    # takes no word of the environment for UTF-8.
    found["program/app/python.bat"] = b'@"%~dp0..\\python.exe" -X utf8 %*\r\n'
    found["program/大走访值守.xml"] = (_SERVICES / "大走访值守.xml").read_bytes()
    return found


def one(command: str) -> bytes:
    """The start file that runs a command."""
    places = {
        'cd /d "%~dp0..\\.."': 'pushd "%~dp0program"', "if not exist process.py": r"if not exist app\process.py",
        '"%PY%" process.py %~n0': f"{_RUN} {command}",
        'echo.\nif "%CODE%"=="0" echo 做完了。\n': "",
        'if not "%CODE%"=="0" echo 代码 %CODE%，原因见上面的文字。没有丢东西，改好后再双击本文件。\n': "",
        "没有找到 process.py。请不要把这个文件单独拿走，在程序文件夹里双击它，或给它建快捷方式。": f"没有找到程序。{_UNPACK}",
    }  # fmt: skip
    return _moved(_BAT, {**_PYTHON, **places})


def _moved(file: Path, places: dict[str, str]) -> bytes:
    return moved(file, places).replace("\n", "\r\n").encode()
