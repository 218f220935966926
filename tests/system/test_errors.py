"""Every error says what becomes of it: exit code, what `watch` does, where the files go, and its Chinese words."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

import pytest

import dazoufang
from dazoufang.archive.originals import ArchiveDamaged
from dazoufang.commands.demo import NotEmpty
from dazoufang.rules.rules_file import BrokenRules
from dazoufang.system.children import CannotStart
from dazoufang.system.errors import Becomes, OurMistake, Stopped, becomes

# class: exit code, what a watch does, where the files go
FAMILY = """
| Trouble         | 3 | TRIES_AGAIN       | GO_BACK      |
| SystemFailed    | 3 | TRIES_AGAIN       | GO_BACK      |
| NoRoom          | 3 | TRIES_AGAIN       | GO_BACK      |
| RecordAway      | 3 | TRIES_AGAIN       | GO_BACK      |
| ArchiveDamaged  | 3 | TRIES_AGAIN       | GO_BACK      |
| CannotStart     | 3 | TRIES_AGAIN       | GO_BACK      |
| ClusterAway     | 3 | TRIES_AGAIN       | GO_BACK      |
| MailboxAway     | 3 | TRIES_AGAIN       | GO_BACK      |
| NoAddress       | 3 | TRIES_AGAIN       | GO_BACK      |
| CannotSend      | 3 | TRIES_AGAIN       | GO_BACK      |
| Unreachable     | 3 | TRIES_AGAIN       | GO_BACK      |
| NotSecret       | 3 | TRIES_AGAIN       | GO_BACK      |
| LoginRefused    | 3 | TRIES_AGAIN       | GO_BACK      |
| SenderRefused   | 3 | TRIES_AGAIN       | GO_BACK      |
| BadMailSettings | 2 | ENDS              | GO_BACK      |
| ShareAway       | 3 | WAITS_FOR_SHARE   | GO_BACK      |
| Busy            | 3 | LEAVES_TO_ANOTHER | GO_BACK      |
| LostLead        | 3 | LEAVES_TO_ANOTHER | ARE_ANOTHERS |
| OurMistake      | 3 | TRIES_AGAIN       | STAY_CLAIMED |
| PassFailed      | 3 | TRIES_AGAIN       | STAY_CLAIMED |
| Stopped         | 3 | ENDS              | GO_BACK      |
| BrokenRules     | 2 | TRIES_AGAIN       | GO_BACK      |
| BrokenTemplate  | 2 | TRIES_AGAIN       | GO_BACK      |
| WrongUse        | 2 | ENDS              | GO_BACK      |
| OnAShare        | 2 | ENDS              | GO_BACK      |
| NotItsRecord    | 2 | ENDS              | GO_BACK      |
| UnknownVersion  | 2 | ENDS              | GO_BACK      |
| NotFound        | 2 | ENDS              | GO_BACK      |
| CannotLearn     | 2 | ENDS              | GO_BACK      |
| NotEmpty        | 2 | ENDS              | GO_BACK      |
| NotChosen       | 2 | ENDS              | GO_BACK      |
| FolderAway      | 3 | TRIES_AGAIN       | GO_BACK      |
| NoSuchCode      | 2 | ENDS              | GO_BACK      |
| NothingToWithdraw | 2 | ENDS            | GO_BACK      |
| NotAnAnswer     | 2 | ENDS              | GO_BACK      |
| CannotSetUp     | 2 | ENDS              | GO_BACK      |
| LeftOff         | 3 | ENDS              | GO_BACK      |
| NotInstalled    | 3 | TRIES_AGAIN       | GO_BACK      |
"""


def members() -> dict[str, type[Becomes]]:
    """All classes of the family, wherever they are defined."""
    for module in pkgutil.walk_packages(dazoufang.__path__, "dazoufang."):
        importlib.import_module(module.name)
    found: dict[str, type[Becomes]] = {}
    waiting: list[type[Becomes]] = [Becomes]
    while waiting:
        for member in waiting.pop().__subclasses__():
            if member.__module__.startswith("dazoufang."):
                found[member.__name__] = member
                waiting.append(member)
    return found


def test_the_whole_family_and_what_becomes_of_each() -> None:
    wanted = [[cell.strip() for cell in line.strip("|").split("|")] for line in FAMILY.strip().splitlines()]
    found = {
        name: [str(member.exit_code), member.on_watch.name, member.files.name] for name, member in members().items()
    }
    assert found == {name: rest for name, *rest in wanted}


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (OSError(28, "No space left on device", "/共享/a"), 3, "没有做完，磁盘已满：/共享/a"),
        (PermissionError(13, "Permission denied"), 3, "没有做完，没有权限"),
        (FileNotFoundError(2, "No such file", "inbox"), 3, "没有做完，文件夹不见了（共享断开？）：inbox"),
        (OSError(5, "Input/output error"), 3, "没有做完，读写文件时出错"),
        (OSError(12, "Cannot allocate memory"), 3, "没有做完，内存不足"),
        (OSError("自己的话"), 3, "自己的话"),
        (OSError(5, "Input/output error", "/存档/a"), 3, "没有做完，读写文件时出错：/存档/a"),
        (RuntimeError("张三"), 3, "没有做完，程序遇到意外（RuntimeError）"),
        (MemoryError(), 3, "没有做完，程序遇到意外（MemoryError）"),
        (OurMistake("KeyError"), 3, "没有做完，程序遇到意外（KeyError）"),
        (KeyboardInterrupt(), 3, "已停止。没有丢失任何东西，再运行一次即可继续"),
        (Stopped(), 3, "已停止。没有丢失任何东西，再运行一次即可继续"),
        (
            ArchiveDamaged("2023-10/ab 走访.xlsx"), 3,
            "存进存档的 2023-10/ab 走访.xlsx 读回来和交来的不一样，磁盘或共享多半坏了。没有丢失任何东西，表都放回了收件文件夹；"
            "请检查磁盘后再运行一次",
        ),
        (
            BrokenRules(Path("schemas/visit.yaml"), 7, "不认识 contraints", "是不是 constraints"), 2,
            "规则文件有误，改好之前不收表：visit.yaml 第7行：不认识 contraints。是不是 constraints",
        ),
        (
            CannotStart("没有权限", "没有收任何表，表都放回了收件文件夹"), 3,
            "读取程序启动不了（没有权限）：可能被杀毒软件或 AppLocker 拦住，或者这台电脑内存、磁盘不够。"
            f"没有收任何表，表都放回了收件文件夹。请让杀毒软件放行 {sys.executable}，再运行一次",
        ),
        (NotEmpty("demo"), 2, "文件夹 demo 里已有别的东西，请换一个：python process.py demo 新文件夹名"),
    ],
)  # fmt: skip
def test_what_is_said_of_an_error(error: BaseException, code: int, said: str) -> None:
    met = becomes(error)
    assert (met.exit_code, met.words) == (code, said)


def test_an_error_of_the_family_is_its_own_word() -> None:
    error = NotEmpty("demo")
    assert becomes(error) is error and "demo" in becomes(error).words


def test_nobody_elses_words_are_said_of_a_mistake_of_ours() -> None:
    assert "张三" not in becomes(RuntimeError("张三")).words + becomes(RuntimeError("张三")).mend
