"""预警提醒.xlsx: tonight's alerts on one sheet, worst first, many of one cause as one; unit by unit, to be handed out; and
a list a cause."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

import pandas as pd

from dazoufang.duties.alerts import counts
from dazoufang.duties.grouped import COUNTED_IN, grouped_once
from dazoufang.duties.items_owed import NO_KEEPER, NO_OWNER
from dazoufang.duties.rounds import current_round
from dazoufang.ledger.frames import Frames
from dazoufang.model.faults import day_words
from dazoufang.rules.campaign import Rules
from dazoufang.writing.sheets.book import Book
from dazoufang.writing.sheets.columns import Column, SheetSpec, aside

FILE: Final = "预警提醒.xlsx"
ALL: Final = "全部预警"
BY_UNIT: Final = "按单位"
EVERYONE: Final = "全体"
WHOLE_UNIT: Final = "全单位"

_COLUMNS: Final = (
    Column("serial", "序号", 4.5, kind="serial"),
    Column("level", "级别", 8.5),
    Column("kind", "类型", 7),
    Column("unit", "单位", 8),
    Column("person", "对象/责任人", 8, names=True),
    Column("number", "件数", 5, kind="int", print=False),  # the 事项 begins with it
    Column("item_no", "编号", 7),
    Column("subject", "事项", 28),
    Column("why", "原因", 28),
    Column("since_on", "起于", 10.5, kind="date", print=False),
    Column("due_on", "时限", 10.5, kind="date"),
    Column("workdays_left", "剩余工作日", 6.5, kind="int"),
    Column("action", "怎么办", 28),
    Column("contact", "找谁", 13),
    Column("readers", "提醒谁", 14, print=False),
)
_ALONE: Final = tuple(column for column in _COLUMNS if column.key != "number")  # each row is one alert
_SAID_ONCE: Final = {"kind": "", "why": "原因", "action": "怎么办"}  # over a list of one cause; "" its title says it
_FEW: Final = 8  # alerts that need no summary
_NOTE: Final = "“剩余工作日”不含今天，为负数的是已经超过时限的工作日数；事情办好并报送后，这里的提醒当晚自动消失。"


def book(
    frames: Frames,
    alerts: pd.DataFrame,
    rules: Rules,
    today: date,
    withdrawn: Sequence[str] = (),
    more: Sequence[SheetSpec] = (),
) -> Book:
    """The workbook, to be written. For the bureau itself: full names.

    alerts: as `alerts.alerts` gives it; all, or one reader's. On the first sheet many of one cause and unit are one, and
    lead to the sheet of their cause, which has a row each. Where they are of several units, the second sheet has a page a
    unit, in the order of the roster, then by name, with each alert by itself; what is for everyone (阶段将结束) is a row of
    the first and stands over each page of the second.
    withdrawn: what units took back lately, in words; it stands under the first table. more: sheets that stand behind.
    """
    year, round_ = current_round(rules.campaign, today)
    right = f"{year}年{round_.name}　截至{day_words(today)}"
    table = worded(alerts)
    groups = grouped_once(frames, alerts, rules)
    first = worded(groups.alerts).assign(link=groups.alerts["list"].map(_place))
    gone = "".join(f"{words}。\n" for words in withdrawn)
    said = f"近几日撤下的，请核对是否有意：\n{gone}" if gone else ""
    sheets = [
        _sheet(
            ALL,
            "大走访活动预警提醒",
            first,
            right,
            lead=_at_a_glance(table),
            note=said + (_NOTE if len(table) else ""),
            of=len(table),
            links="link",
        )
    ]
    units = _units(frames, alerts)
    places = alerts["unit"].map({unit: place for place, unit in enumerate(units)})  # what is nobody's has none
    if len(units) > 1:
        common = alerts.loc[(alerts["unit"] == "") & (alerts["person"] == "")]
        lead = "\n".join([*(f"{row.subject}：{row.why}。" for row in common.itertuples()), _NOTE])
        own = table.loc[places.dropna().sort_values(kind="stable").index]
        sheets.append(_sheet(BY_UNIT, "大走访活动预警提醒（按单位）", own, right, lead=lead, pages="unit"))
    for kind in dict.fromkeys(groups.listed["kind"]):
        index = table.index[table["kind"] == kind]  # with those of the units that have few
        own = table.loc[places.loc[index].sort_values(kind="stable").index]
        alike = [name for name in _SAID_ONCE if len(own) > 1 and own[name].nunique() == 1]
        lead = "\n".join(f"{_SAID_ONCE[name]}：{own[name].iloc[0]}。" for name in alike if _SAID_ONCE[name])
        sheets.append(_sheet(kind, f"大走访活动预警提醒：{kind}", own, right, note=_NOTE, lead=lead, once=alike))
    return Book((*sheets, *more), today, rules.campaign.bureau.value, rules.campaign.a3)


def _at_a_glance(table: pd.DataFrame) -> str:
    """What there is to do, cause by cause, the worst first; "" where the rows say it as shortly."""
    if len(table) <= _FEW:
        return ""
    told = []
    for kind, rows in table.groupby("kind", sort=False):
        units = rows.loc[rows["unit"] != EVERYONE, "unit"].nunique()
        by_level = "、".join(f"{level}{number}" for level, number in counts(rows).items() if number)
        whose = f"，{units}个单位" if units > 1 else ""
        told.append(f"{kind}：{len(rows)}{COUNTED_IN.get(str(kind), '件')}{whose}（{by_level}）")
    return "　".join(told)


def _place(kind: str) -> str:
    """The beginning of the list of a cause, as a link; "" without one."""
    return f"'{kind}'!A1" if kind else ""


def _sheet(
    name: str,
    title: str,
    table: pd.DataFrame,
    right: str,
    *,
    note: str = "",
    lead: str = "",
    pages: str | None = None,
    of: int = 0,
    links: str | None = None,
    once: Collection[str] = (),
) -> SheetSpec:
    """One sheet of alerts, as `book` says. of: how many alerts a table of groups comes to. once: columns that say the same
    in every row: what stands over the table is not printed in each."""
    by_level = "　".join(f"{level}{number}条" for level, number in counts(table).items())
    whole = f"，逐条列出共{of}条" if of > len(table) else ""
    columns = _COLUMNS if links else _ALONE
    return SheetSpec(
        name=name,
        title=title,
        columns=aside(columns, once),
        rows=table,
        left="" if pages else f"共{len(table)}条：{by_level}{whole}",
        right=right,
        style="level",
        note=note,
        lead=lead,
        pages=pages,
        links=links,
    )


def _units(frames: Frames, alerts: pd.DataFrame) -> list[str]:
    """The units that have alerts: those of the roster in its order, then the others by name."""
    having = set(alerts["unit"]) - {""}
    known = [unit for unit in frames.cadres["unit"].dropna().unique() if unit in having]
    return known + sorted(having - set(known))


def worded(alerts: pd.DataFrame) -> pd.DataFrame:
    """The alerts, or some of them, with no blank where nobody is named."""
    units = alerts["unit"].tolist()
    rows = zip(units, alerts["person"].tolist(), alerts["kind"].tolist(), strict=True)
    persons = [person or _nobody(unit, kind) for unit, person, kind in rows]
    return alerts.assign(
        unit=pd.array([unit or EVERYONE for unit in units], dtype="str"), person=pd.array(persons, dtype="str")
    )


def _nobody(unit: str, kind: str) -> str:
    if not unit:
        return EVERYONE
    return "（未落实）" if kind in (NO_OWNER, NO_KEEPER) else WHOLE_UNIT
