"""Columns and cells that several sheets of the year's evidence have: what was owed and done, how items were handled, rates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pandas as pd

from dazoufang.duties.on_time import Handled
from dazoufang.duties.year_figures import PersonYear, UnitYear
from dazoufang.writing.evidence.numbers import Numbers
from dazoufang.writing.sheets.columns import STYLE, Column

SERIAL: Final = Column("serial", "序号", 5, kind="serial")
UNIT: Final = Column("unit", "单位", 15)
CADRE: Final = Column("cadre", "走访干部", 9)
NOT_ENDED: Final = "还没有结束的轮次只列到今天的数，不列没有完成的。"
OF_ITEMS: Final = (
    Column("found", "收集", 6, kind="int", group="事项"),
    Column("resolved", "已办结", 7, kind="int", group="事项"),
    Column("closed", "已销号", 7, kind="int", group="事项"),
)


def rate(count: int, base: int, fewest: int = 1) -> float | None:
    """A rate; None where there is nothing, or so little that the counts alone are told."""
    return count / base if base >= max(fewest, 1) else None


def table(rows: Sequence[Mapping[str, Any]], columns: tuple[Column, ...], *, style: bool = False) -> pd.DataFrame:
    """The rows of a sheet; whole numbers that may be missing stay whole. `style`: they say how they look."""
    found: dict[str, Any] = {}
    for column in columns:
        values = [row.get(column.key) for row in rows]
        dtype = {"int": "Int64", "percent": "Float64"}.get(column.kind, "object")
        found[column.key] = pd.array(values, dtype=dtype)  # type: ignore[call-overload]
    if style:
        found[STYLE] = [row[STYLE] for row in rows]
    return pd.DataFrame(found)


_OWED: Final = (
    Column("due", "应走访", 7, kind="int"),
    Column("done", "已走访", 7, kind="int"),
    Column("rate", "完成率", 7, kind="percent"),
)


def of_rounds(numbers: Numbers) -> Iterator[Column]:
    """Columns of units and of persons: of each round and of the year what was owed and done."""
    for round_ in numbers.begun:
        early = Column("early", f"{round_.phases[0].name}内", 8, kind="int")
        for column in (*_OWED, early, Column("left", "还差", 6, kind="int")):
            yield replace(column, key=f"{column.key}_{round_.number}", group=round_.name)
    for column in _OWED:
        yield replace(column, key=f"year_{column.key}", group="全年")


def rounds_of(one: PersonYear | UnitYear, fewest: int) -> dict[str, Any]:
    """The same columns of one row."""
    found: dict[str, Any] = {"year_due": one.due, "year_done": one.done, "year_rate": rate(one.done, one.due, fewest)}
    for n, own in one.rounds.items():
        found |= {f"{key}_{n}": getattr(own, key) for key in ("due", "done", "early", "left")}
        found[f"rate_{n}"] = rate(own.done, own.due, fewest)
    return found


def handled_of(own: Handled, fewest: int) -> dict[str, Any]:
    """How far items came, as cells; with both rates."""
    return {
        "found": own.found,
        "resolved": own.done,
        "closed": own.closed,
        "on_time": own.on_time,
        "late": own.late,
        "of_done": rate(own.on_time, own.done, fewest),
        "overdue": own.overdue,
        "base": own.due,
        "of_due": rate(own.on_time, own.due, fewest),
        "not_due": own.not_due,
    }


def least(numbers: Numbers) -> int:
    """Of fewer than so many the counts alone are told."""
    return numbers.rules.campaign.evidence.small_group.value


def small(numbers: Numbers) -> str:
    """The same, for a note."""
    return f"分母不到{least(numbers)}的只列数，不算率。"
