"""考核佐证.xlsx: what units and cadres did in the year, each number with its denominator, its rows and the files behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

import pandas as pd

from dazoufang.duties import year_figures
from dazoufang.ledger.fold import Fold
from dazoufang.ledger.frames import Frames
from dazoufang.model.faults import day_words
from dazoufang.rules.campaign import Rules
from dazoufang.writing.evidence import items, units
from dazoufang.writing.evidence.figures import NOT_ENDED, rate, table
from dazoufang.writing.evidence.numbers import BUREAU, KINDS, LAPSES, SOURCES, Number, Numbers
from dazoufang.writing.evidence.sources import TRACES, files_sheet, numbers_sheet
from dazoufang.writing.sheets.book import Book
from dazoufang.writing.sheets.columns import Column, SheetSpec

FILE: Final = "考核佐证.xlsx"
AT_A_GLANCE: Final = "考核概览"


def is_due(frames: Frames, rules: Rules, today: date) -> bool:
    """Whether there is a workbook on `today`: from the day after the first round of the working year to its end.

    A bureau that began to use the program after that round had ended has nothing to say of it, and has one when the next
    is over.
    """
    ended = year_figures.ended(rules, today)
    if not ended:
        return False
    heard = frames.submissions["received_on"] <= pd.Timestamp(ended[-1].last)
    visited = (frames.visits["year"] == rules.campaign.year_of(today).year) & frames.visits["round_no"].isin(
        [round_.number for round_ in ended]
    )
    return bool(heard.any() or visited.any())


def book(ledger_fold: Fold, today: date) -> Book:
    """The workbook of the working year, to be written. For the bureau itself, with full names."""
    rules = ledger_fold.rules
    numbers = Numbers(ledger_fold.frames(), rules, today)
    right = f"{numbers.year.year}年　截至{day_words(today)}"
    sheets = (
        _at_a_glance(numbers, right),
        units.units_sheet(numbers, right),
        units.persons_sheet(numbers, right),
        units.lapses_sheet(numbers, right),
        items.handled_sheet(numbers, right),
        units.compared_sheet(numbers, right),
        items.items_sheet(numbers, right),
        numbers_sheet(numbers, right),
        files_sheet(ledger_fold, numbers, right),
    )
    return Book(sheets, today, rules.campaign.bureau.value, rules.campaign.a3)


# -- at a glance ---------------------------------------------------------------------------------------------------


def _at_a_glance(numbers: Numbers, right: str) -> SheetSpec:
    """The first sheet: every figure of the bureau with what it is of, and where both counts come from."""
    places = {n.name: (at, n) for at, n in enumerate(numbers.all, 1) if n.whose == BUREAU}
    columns = (
        Column("part", "方面", 10),
        Column("what", "内容", 29),
        Column("count", "数", 8, kind="int"),
        Column("of", "共", 8, kind="int"),
        Column("rate", "比例", 9, kind="percent"),
        Column("note", "说明", 50),
        Column("where", "出处序号", 11),
    )
    rows = []
    for part, what, count, of, note in _glances(numbers):
        upper, lower = (_sum(places, names) for names in (count, of))
        serials = [str(places[name][0]) for name in dict.fromkeys((*count, *of))]
        rows.append(
            {
                "part": part,
                "what": what,
                "count": upper,
                "of": lower,
                "rate": rate(upper, lower),
                "note": note,
                "where": "、".join(serials),
            }
        )
    silent = "、".join(unit.unit for unit in numbers.units if unit.silent)
    return SheetSpec(
        name=AT_A_GLANCE,
        title=f"大走访活动{numbers.year.year}年考核佐证",
        columns=columns,
        rows=table(rows, columns),
        left=f"{len(numbers.units)}个单位、{sum(one.listed for one in numbers.persons)}名干部",
        right=right,
        note=(
            "供局里总结讲评、考核评比时核对，全部姓名照实，不随附件上报。比例＝数÷共。每个数出自哪条规则、哪些表的哪些行，"
            f"见“{TRACES}”（按“出处序号”找）；每份表的原件见“{SOURCES}”。{NOT_ENDED}"
            + (f"有一轮没有报送的单位：{silent}。" if silent else "")
        ),
    )


def _sum(places: dict[str, tuple[int, Number]], names: tuple[str, ...]) -> int:
    return sum(places[name][1].amount for name in names)


def _glances(numbers: Numbers) -> Iterator[tuple[str, str, tuple[str, ...], tuple[str, ...], str]]:
    """Of each figure its part, what it is, the numbers that add up to its numerator and its denominator, and a note."""
    for round_ in numbers.begun:
        name, phase = round_.name, round_.phases[0]
        carried = numbers.round_in_all(round_).carried
        due = (f"{name}应走访",)
        debt = f"；应走访含上轮少走的{carried}户" if carried else ""
        yield name, "走访任务", (f"{name}已走访",), due, f"不同户数，几人同去各计{debt}"
        until = "至".join(day_words(day, numbers.year.year) for day in (phase.first, phase.last))
        yield name, f"{phase.name}内已走访", (f"{name}{phase.name}内已走访",), due, until
        if round_ in numbers.ended:
            owing = (f"{name}有任务的干部",)
            yield name, "没有完成任务的干部", (f"{name}没有完成任务的干部",), owing, f"名单见“{LAPSES}”"
            yield name, "一户也没有走访的干部", (f"{name}一户也没有走访的干部",), owing, f"名单见“{LAPSES}”"
            units = (f"{name}有干部在任的单位",)
            yield name, "没有报送的单位", (f"{name}没有报送的单位",), units, f"名单见“{LAPSES}”；零报告算报送"
    yield "全年", "走访任务", ("全年已走访",), ("全年应走访",), "任职不满的按工作日折算；上半年多走的算进全年"
    for title, done in KINDS.values():
        found, resolved, over = f"{title}收集", f"{title}已{done}", f"{title}超期未结"
        timely = (f"{title}按时{done}",)
        yield (
            title,
            f"已{done}",
            (resolved,),
            (found,),
            f"占收集；办结日期、{done if done == '化解' else '办理'}情况齐全，含已销号",
        )
        yield title, "已销号", (f"{title}已销号",), (found,), "占收集；办结并按规定回访（回复）"
        yield title, f"按时{done}（占已{done}）", timely, (resolved,), "在当时有效的时限当天或以前办结"
        yield title, f"按时{done}（占已{done}和超期未结）", timely, (resolved, over), "把超过时限还没有办结的也算进来"
        yield title, "超期未结", (over,), (found,), "占收集；时限已过还没有办结"
