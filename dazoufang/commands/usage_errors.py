"""Usage errors of the command-line library, in Chinese."""

from __future__ import annotations

import re
from collections.abc import Sequence


def in_chinese(kind: str, said: str, option: str, commands: Sequence[str]) -> str:
    """What was typed wrong, in Chinese. `kind`, `said`: the error's class and words; `option`: which it is about, "" none;
    `commands`: those that there are."""
    hint = "；用法见 python process.py --help"
    words = {
        "NoSuchOption": f"没有 {option} 这个选项，或它写错了位置（选项要写在命令后面）",
        "MissingParameter": "命令后面还缺一项内容（文件名、编号等）",
        "BadOptionUsage": f"{option} 后面还要写内容",
    }
    if kind in words:
        return words[kind] + hint
    named = re.search("'(.+?)'", said)
    if said.startswith("No such command"):
        return f"没有“{named[1] if named else ''}”这个命令，可用：{'、'.join(commands)}{hint}"
    if "unexpected extra argument" in said:
        return f"命令后面多写了内容{hint}"
    return f"命令写法有误{hint}"
