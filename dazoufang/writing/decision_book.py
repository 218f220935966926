"""待裁定.xlsx: the pairs of items of which the office must say whether they are one, and the 裁定表 ready to be filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pandas as pd

from dazoufang.ledger.items import Item
from dazoufang.ledger.sources import Source
from dazoufang.ledger.waiting import Waiting
from dazoufang.model.faults import day_words
from dazoufang.model.vocabularies import ITEM_KIND_NAMES, Decision, ItemKind
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import Role
from dazoufang.writing import blank_forms
from dazoufang.writing.sheets.book import Book
from dazoufang.writing.sheets.columns import Column, SheetSpec

FILE: Final = "待裁定.xlsx"
WAITING: Final = "待裁定"

# No heading is 编号: dropped back, the sheet would look like a form that changes items.
_COLUMNS: Final = (
    Column("serial", "序号", 5, kind="serial"),
    Column("kind", "种类", 8.5),
    Column("item_no", "它的编号", 11, group="后登记的一件"),
    Column("who", "谁", 15, group="后登记的一件"),
    Column("matter", "事由", 25, group="后登记的一件"),
    Column("told", "登记", 14, group="后登记的一件"),
    Column("other_item_no", "对应的编号", 11, group="台账里已有的一件"),
    Column("other_who", "谁", 15, group="台账里已有的一件"),
    Column("other_matter", "事由", 25, group="台账里已有的一件"),
    Column("other_told", "登记", 14, group="台账里已有的一件"),
    Column("likeness", "事由相似", 7),
    Column("why", "拿不准的是什么", 21),
    Column("source", "后登记的一件出自哪一格", 40, print=False),
    Column("other_source", "已有的一件出自哪一格", 40, print=False),
)
_WHY: Final = {
    "R09": "表里填的是对应编号，人或事由却对不上",
    "R10": "同名、事由相近，电话、村组或走访日期对不上，不能确定是不是一个人、一件事",
    "R13": "同一户、同一天的走访，两处写的事由不同",
    "R22": "一段话合并在几户的格子里，先每户登记了一件",
}
_CHOICES: Final = (Decision.SAME_PERSON, Decision.MERGE, Decision.OTHER_PERSON)
_LEAD: Final = (
    "怎么办：1. 看清每一行的两件，拿不准的问填报单位；两件各出自哪一格，写在表的最右边（不打印）。\n"
    "2. 到第2张表“裁定表”，同一序号的一行里选“裁定”：是同一个人的同一件事，选“同一人”；事由写法不同、要合成一件办的，选“并案”；"
    "是两个人或两件事、各办各的，选“非同一人”。\n"
    "3. 填上批准人、批准日期，把整个文件放回收件箱（根目录）；只收填了的行，没有定的留着，下次再定。定了的当晚从这里消失。"
)
_REASON: Final = "核对第{place}条：{person}“{matter}”与{number}"
_LONGEST: Final = 40  # characters of a matter in 理由


def book(waiting: Sequence[Waiting], rules: Rules, today: date) -> Book:
    """The workbook of what `waiting.waiting` gives; where nothing waits there is none to publish.

    Rule: the second sheet is our own form 裁定表; of its rows only those count in which somebody has chosen.
    For the bureau itself: full names.
    """
    rows = pd.DataFrame([_row(pair) for pair in waiting], columns=[column.key for column in _COLUMNS], dtype="object")
    listed = SheetSpec(
        name=WAITING,
        title="大走访活动待裁定事项",
        columns=_COLUMNS,
        rows=rows,
        left=f"共{len(rows)}条",
        right=f"截至{day_words(today)}",
        lead=_LEAD,
    )
    return Book((listed, _form(waiting, rules)), today, rules.campaign.bureau.value, rules.campaign.a3)


def _form(waiting: Sequence[Waiting], rules: Rules) -> SheetSpec:
    """The 裁定表 with a row for each pair, in the same order, that wants only 裁定, 批准人 and 批准日期."""
    schema = rules.form(Role.DECISIONS)
    known = pd.DataFrame(
        [
            {"item_no": pair.item.item_no, "other_item_no": pair.other.item_no, "reason": _reason(place, pair)}
            for place, pair in enumerate(waiting, 1)
        ]
    )
    form = blank_forms.form(schema, rules, known=known)
    columns = [
        replace(column, choices=_CHOICES, longest=0) if column.key == "decision" else column for column in form.columns
    ]
    return replace(form, columns=tuple(columns), blank_rows=1)


def _row(pair: Waiting) -> dict[str, Any]:
    return {
        "kind": ITEM_KIND_NAMES[ItemKind(pair.item.kind)],
        **_told(pair.item, pair.source, ""),
        **_told(pair.other, pair.other_source, "other_"),
        "likeness": f"{round(pair.likeness)}%",
        "why": _WHY[pair.code],
    }


def _told(item: Item, source: Source | None, prefix: str) -> dict[str, str]:
    """Who and what an item is, for the columns that begin so."""
    facts = item.facts()
    lines = {
        "who": ("person", "phone", "township", "village"),
        "told": ("unit", "visited_on", "cadres"),
    }
    told = {name: "\n".join(filter(None, (facts.get(key, "") for key in keys))) for name, keys in lines.items()}
    told |= {"item_no": item.item_no, "matter": facts.get("matter", ""), "source": source.in_words if source else ""}
    return {f"{prefix}{name}": value for name, value in told.items()}


def _reason(place: int, pair: Waiting) -> str:
    facts = pair.item.facts()
    matter = facts.get("matter", "")
    short = matter if len(matter) <= _LONGEST else f"{matter[: _LONGEST - 1]}…"
    return _REASON.format(place=place, person=facts.get("person", ""), matter=short, number=pair.other.item_no)
