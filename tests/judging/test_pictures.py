"""The pictures of docs/forms.md: each shows the sheet that its text tells, and that sheet is read as the page says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from tables import workbook
from taken import Taken

from dazoufang.rules.campaign import Rules

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
PAGE = (FOLDER.parent / "forms.md").read_text(encoding="utf-8")
NAMES = ("household", "visited_on", "cadres", "target_kind", "township", "village", "phone", "reply")
READ = {
    "卡片": [("张三", "2023-09-20", "李明", "联点乡镇群众", "章华镇", "", "13812345678", "")],
    "一户一列": [
        ("张三", "2023-09-20", "李明", "人大代表", "", "", "13812345678", ""),
        ("李四", "2023-09-21", "李明", "其他", "", "", "13812345679", ""),
    ],
    "小标题": [
        ("张三", "2023-09-20", "李明", "人大代表", "章华镇", "", "", ""),
        ("李四", "2023-09-21", "李明", "其他", "东山镇", "", "", ""),
    ],
    "合并": [
        ("张三", "2023-09-20", "李明", "人大代表", "", "", "", "已当场答复"),
        ("李四", "2023-09-21", "李明", "其他", "", "", "", "已当场答复"),
    ],
    "几列合一": [("张三", "2023-09-20", "李明", "人大代表", "", "沙口村5组", "", "")],
    "打勾": [
        ("张三", "2023-09-20", "李明", "联点乡镇群众", "章华镇", "", "", ""),
        ("李四", "2023-09-21", "李明", "人大代表", "东山镇", "", "", ""),
    ],
    "左右两张": [
        ("张三", "2023-09-20", "李明", "人大代表", "", "", "", ""),
        ("李四", "2023-09-21", "李明", "其他", "", "", "", ""),
    ],
    "电话名单": [
        ("张三", "2023-09-20", "李明", "人大代表", "", "", "", ""),
        ("李四", "2023-09-21", "王芳", "其他", "", "", "", ""),
    ],
    "汇总数": [],
}


@pytest.fixture(scope="module")
def draw() -> Any:
    spec = importlib.util.spec_from_file_location("draw", FOLDER / "draw.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_picture_stands_on_the_page_and_here() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.svg")) == sorted(READ)
    assert [name for name in READ if f"](pictures/{name}.svg)" not in PAGE] == []


@pytest.mark.parametrize("name", READ)
def test_a_picture_shows_what_is_read_as_the_page_says(draw: Any, rules: Rules, name: str) -> None:
    sheet = draw.picture((FOLDER / f"{name}.txt").read_text(encoding="utf-8"))
    assert draw.svg(sheet) == (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    rows = [[text or None for text in row] for row in sheet.rows]
    assert Taken(rules, ("走访.xlsx", workbook(rows, merges=sheet.merges))).visits(*NAMES) == READ[name]
