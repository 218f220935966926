"""预警提醒.xlsx: tonight's alerts on one sheet, worst first, and again on a sheet for each unit that has any."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import pandas as pd

from dazoufang.duties.alerts import NO_KEEPER, NO_OWNER, counts
from dazoufang.duties.quotas import current_round
from dazoufang.ledger.frames import Frames
from dazoufang.model.faults import day_words
from dazoufang.rules.campaign import Rules
from dazoufang.writing.sheets.columns import Column, SheetSpec
from dazoufang.writing.sheets.page import Book

FILE: Final = "预警提醒.xlsx"
ALL: Final = "全部预警"
EVERYONE: Final = "全体"

_COLUMNS: Final = (
    Column("serial", "序号", 5, kind="serial"),
    Column("level", "级别", 8.5),
    Column("kind", "类型", 13),
    Column("unit", "单位", 13),
    Column("person", "对象/责任人", 10),
    Column("item_no", "编号", 11),
    Column("subject", "事项", 24),
    Column("why", "原因", 28),
    Column("since_on", "起于", 10.5, kind="date"),
    Column("due_on", "时限", 10.5, kind="date"),
    Column("workdays_left", "剩余工作日", 8, kind="int"),
    Column("action", "怎么办", 28),
    Column("readers", "提醒谁", 14),
)
_NOTE: Final = "“剩余工作日”为负数的，是已经超过时限的工作日数；事情办好并报送后，这里的提醒当晚自动消失。"


def book(frames: Frames, alerts: pd.DataFrame, rules: Rules, today: date, withdrawn: Sequence[str] = ()) -> Book:
    """The workbook, to be written.

    `alerts` as `alerts.alerts` gives it. The units' sheets follow in the order of the roster, then by name; what is for
    everyone (阶段将结束) stands on the first sheet and under each unit's table. `withdrawn`: what units took back lately,
    in words; it stands under the first table. For the bureau itself: full names.
    """
    year, round_ = current_round(rules.campaign, today)
    right = f"{year}年{round_.name}　截至{day_words(today)}"
    table = _worded(alerts)
    common = alerts.loc[(alerts["unit"] == "") & (alerts["person"] == "")]
    shared = "".join(f"\n{row.subject}：{row.why}。" for row in common.itertuples())
    gone = "".join(f"{words}。\n" for words in withdrawn)
    said = f"近几日撤下的，请核对是否有意：\n{gone}" if gone else ""
    sheets = [_sheet(ALL, "大走访活动预警提醒", table, right, said + (_NOTE if len(table) else ""))]
    by_unit = dict(tuple(table.groupby(alerts["unit"], sort=False)))
    for unit in _units(frames, alerts):
        sheets.append(_sheet(unit, f"大走访活动预警提醒（{unit}）", by_unit[unit], right, _NOTE + shared))
    return Book(tuple(sheets), today, rules.campaign.bureau.value)


def _sheet(name: str, title: str, table: pd.DataFrame, right: str, note: str) -> SheetSpec:
    by_level = "　".join(f"{level}{number}条" for level, number in counts(table).items())
    return SheetSpec(
        name=name,
        title=title,
        columns=_COLUMNS,
        rows=table,
        left=f"共{len(table)}条：{by_level}",
        right=right,
        style="level",
        note=note,
    )


def _units(frames: Frames, alerts: pd.DataFrame) -> list[str]:
    """The units that have alerts: those of the roster in its order, then the others by name."""
    having = set(alerts["unit"]) - {""}
    known = [unit for unit in frames.cadres["unit"].dropna().unique() if unit in having]
    return known + sorted(having - set(known))


def _worded(alerts: pd.DataFrame) -> pd.DataFrame:
    """The alerts with no blank where nobody is named."""
    table = alerts.copy()
    nobody = table["person"] == ""
    table.loc[nobody, "person"] = "全单位"
    table.loc[nobody & table["kind"].isin([NO_OWNER, NO_KEEPER]), "person"] = "（未落实）"
    table.loc[nobody & (table["unit"] == ""), "person"] = EVERYONE
    table.loc[table["unit"] == "", "unit"] = EVERYONE
    return table
