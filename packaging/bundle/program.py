"""What of a checkout goes into a bundle: the program, its rules, templates and examples, and the pages an office reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
_FOLDERS: Final = ("dazoufang", "schemas", "templates", "examples/inbox")
_FILES: Final = ("process.py", "packaging/bundle/start.py", "LICENSE")
# The pages for whoever uses the program; those for whoever changes it stay in the checkout.
PAGES: Final = (
    "安装", "日常", "设置", "改规则", "出错了怎么办", "打印", "给谁看", "考核佐证", "自己的附件样式", "谁能替谁报", "走访情况分析", "进度看板", "通报", "mail", "service",
)  # fmt: skip


def version() -> str:
    """The program's, as dazoufang/__init__.py says."""
    found = re.search(r'__version__ = "([^"]+)"', (ROOT / "dazoufang" / "__init__.py").read_text("utf-8"))
    assert found is not None  # noqa: S101 (its own file)
    return found[1]


def application() -> Iterator[tuple[str, bytes]]:
    """(path below the program's folder, bytes) of what runs."""
    for folder in _FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
                yield path.relative_to(ROOT).as_posix(), path.read_bytes()
    for name in _FILES:
        yield Path(name).name, (ROOT / name).read_bytes()


def pages() -> Iterator[tuple[str, bytes]]:
    """(path below the folder of pages, bytes): the pages, and the pictures in them."""
    for name in PAGES:
        data = (ROOT / "docs" / f"{name}.md").read_bytes()
        yield f"{name}.md", data
        for picture in sorted(set(re.findall(r"\]\(((?:img|pictures)/[^)#]+)\)", data.decode()))):
            yield picture, (ROOT / "docs" / picture).read_bytes()
