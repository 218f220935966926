"""初信初访与重复访.xlsx: how many of each a unit has and has settled, who came again with what, and who came first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

from dazoufang.duties.petitions import FIRST, petitions, totals
from dazoufang.duties.rounds import current_round
from dazoufang.ledger.chains import Chain
from dazoufang.ledger.frames import Frames
from dazoufang.model.faults import day_words
from dazoufang.model.vocabularies import ItemState, PetitionKind
from dazoufang.rules.campaign import Campaign, Rules
from dazoufang.writing.sheets.book import Book
from dazoufang.writing.sheets.columns import STYLE, Column, SheetSpec, total_last

FILE: Final = "初信初访与重复访.xlsx"
TOTALS: Final = "信访统计"
CHAINS: Final = "重复访清单"
FIRSTS: Final = "初信初访清单"

_GROUPS: Final = {
    "all": "矛盾纠纷合计", "first": "初信初访", "again": "重复访", "other": "非信访", "stock": "存量", "increment": "增量",
}  # fmt: skip
_COUNTS: Final = {"found": "件数", "done": "已化解", "closed": "已销号"}
_STATES: Final[dict[str, str]] = {ItemState.RESOLVED: "已办结待回访", ItemState.CLOSED: "已销号"}
_NOTE: Final = (
    "1. 只计矛盾纠纷。增量＝{round}（{first}起）反映的；存量＝更早反映、到{first}还没有销号的；更早已销号的不计。"
    "2. “已化解”须办结日期、化解情况齐全，含已销号，与附件1同一口径。"
    "3. 信访性质照表中填的计；没有填的由走访记录推定：同一人就同一件事另一天又来反映的是重复访（不论单位、轮次、年度），其余是初信初访，清单里注明“推定”。"
    "同一人须姓名之外电话或村组也对得上；拿不准的不连，见“待裁定.xlsx”。4. 初信初访＋重复访＋非信访＝合计，存量＋增量＝合计。"
)
_TOTAL_COLUMNS: Final = (
    Column("serial", "序号", 5, "serial"),
    Column("unit", "单位", 15),
    *(
        Column(f"{group}_{count}", title, 6, "int", group=over)
        for group, over in _GROUPS.items()
        for count, title in _COUNTS.items()
        if group != "other" or count == "found"
    ),
)
_STANDS: Final = (
    Column("petition", "信访性质", 8.5),
    Column("basis", "依据", 5.5),
    Column("share", "存量增量", 8.5),
    Column("stands", "现在", 9),
    Column("responsible_unit", "责任单位", 11),
    Column("doubt", "请核对", 18),
)
_CHAIN_COLUMNS: Final = (
    Column("group", "组", 4.5, "int"),
    Column("time", "第几次", 5, "int"),
    Column("person", "当事人", 8),
    Column("day", "来访日期", 10.5, "date"),
    Column("round", "轮次", 11),
    Column("unit", "填报单位", 11),
    Column("cadres", "走访干部", 9),
    Column("item_no", "编号", 11),
    Column("matter", "怎么说的", 30),
    *_STANDS,
    Column("source", "出自哪一格", 45, print=False),
)
_FIRST_COLUMNS: Final = (
    Column("serial", "序号", 5, "serial"),
    Column("unit", "填报单位", 11),
    Column("item_no", "编号", 11),
    Column("person", "当事人", 8),
    Column("phone", "联系电话", 13),
    Column("where", "住址", 15),
    Column("visited_on", "首次反映", 10.5, "date"),
    Column("matter", "事由", 32),
    *_STANDS,
)


def book(frames: Frames, chains: Sequence[Chain], rules: Rules, today: date) -> Book:
    """The workbook. `frames` and `chains` of one fold. For the bureau itself: full names."""
    year, round_ = current_round(rules.campaign, today)
    found = petitions(frames, chains, rules, today)
    found = found.assign(stands=[_stands(row) for row in found[["state", "status"]].to_dict("records")])
    right = f"{year}年{round_.name}　截至{day_words(today)}"
    counted = total_last(totals(found, frames))
    first = found[found["petition"] == FIRST]
    first = first.assign(where=first["township"].fillna("") + first["village"].fillna(""))
    again = pd.DataFrame(
        _comings(found, chains, rules.campaign), columns=[column.key for column in _CHAIN_COLUMNS], dtype="object"
    )
    note = _NOTE.format(round=round_.name, first=day_words(round_.first))
    groups = int(again["group"].nunique())
    return Book(
        (
            SheetSpec(TOTALS, "大走访活动初信初访与重复访统计", _TOTAL_COLUMNS, counted, right=right, style=STYLE, note=note),
            SheetSpec(CHAINS, "大走访活动重复访清单", _CHAIN_COLUMNS, again, left=f"共{groups}组，来访{len(again)}次", right=right),
            SheetSpec(FIRSTS, "大走访活动初信初访清单", _FIRST_COLUMNS, first, left=f"共{len(first)}件", right=right),
        ),
        today,
        rules.campaign.bureau.value,
        rules.campaign.a3,
    )  # fmt: skip


def _stands(row: dict[Any, Any]) -> str:
    """Where an item stands, in words."""
    return _STATES.get(row["state"], str(row["status"]))


def _comings(found: pd.DataFrame, chains: Sequence[Chain], campaign: Campaign) -> Iterator[dict[str, Any]]:
    """Every coming of the chains that have a 重复访 which counts, chain by chain; what stands under an item is said at
    the items that count in this round."""
    if not chains:
        return
    wanted = found.loc[(found["petition"] == PetitionKind.REPEATED) & found["chain"].notna(), "chain"]
    keys = ["item_no", *(column.key for column in _STANDS)]
    standing = {row["item_no"]: row for row in found.loc[found["chain"].notna(), keys].to_dict("records")}
    for group, place in enumerate(dict.fromkeys(wanted.tolist()), 1):
        for time, coming in enumerate(chains[place].comings, 1):
            day = date.fromisoformat(coming.day) if coming.day else None
            told = campaign.round_of(day) if day else None
            row = standing.get(coming.item_no, {})
            yield {
                "group": group,
                "time": time,
                "person": coming.person,
                "day": day,
                "round": f"{told[0]}年{told[1].name}" if told else "时段之外",
                "unit": coming.unit,
                "cadres": coming.cadres,
                "item_no": coming.item_no,
                "matter": coming.matter,
                **{column.key: row.get(column.key) for column in _STANDS},
                "source": coming.source.in_words if coming.source else "",
            }
