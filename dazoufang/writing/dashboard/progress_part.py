"""走访进度 and what visits held: the round day by day, each unit and cadre against the calendar, 四讲, topics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, Final

import pandas as pd

from dazoufang.duties import content
from dazoufang.duties.item_figures import overdue_of_units
from dazoufang.duties.pace import pace
from dazoufang.duties.quotas import progress
from dazoufang.duties.rounds import current_round, rhythm
from dazoufang.duties.topics import tendencies
from dazoufang.duties.unit_figures import by_unit
from dazoufang.duties.visits_owed import BEHIND, NO_VISIT
from dazoufang.ledger.frames import records
from dazoufang.model.faults import day_words
from dazoufang.rules.schema import Role
from dazoufang.writing.annexes.summary import UNNAMED
from dazoufang.writing.dashboard.facts import Facts
from dazoufang.writing.dashboard.tables import Heading, table
from dazoufang.writing.dashboard.time_of_year import TimeOfYear

_DRAWN: Final = 30  # units in the chart
DONE: Final = "已完成"
IN_PACE: Final = "正常"
SHORT: Final = "未完成"
NOT_LISTED: Final = "不在花名册"
_UNITS: Final = ("unit", "cadres", "due", "carried", "early", "done", "rate", "expected", "left", "days_left")
_CADRES: Final = ("unit", "cadre", "listed", "due", "done", "rate", "expected", "left", "days_left")


def day_by_day(facts: Facts) -> dict[str, Any] | None:
    """The round as a line; None before anything is owed or done."""
    found = pace(facts.frames, facts.rules, facts.today)
    if not (any(found.due) or any(found.done)):
        return None
    _, round_ = current_round(facts.rules.campaign, facts.today)
    places = {day: place for place, day in enumerate(found.days)}
    return {
        "days": [day_words(day, day.year) for day in found.days],
        "done": found.done,
        "due": found.due,
        "phases": [[places[phase.first], phase.name] for phase in round_.phases],
    }


def units(facts: Facts, now: TimeOfYear) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The table of the units, as 各单位进度 of 预警提醒 has them, and of those who owe anything the chart: who is farthest
    behind comes first."""
    found = by_unit(facts.frames, facts.rules, facts.today)
    rows = [row | {"unit": row["unit"] or UNNAMED} for row in _plain(found.iloc[:-1], _UNITS)] if len(found) else []
    late, waiting = overdue_of_units(facts.alerts), _to_mend(facts)
    everything = Counter(facts.alerts["unit"].tolist())
    headings = [
        Heading("单位"), Heading("干部", "number"), Heading("应走访", "number"), Heading("已走访", "number"),
        Heading("完成率", "percent"), Heading("走访摸排内已走访", "number"), Heading("到今天应走访", "number"), Heading("还差", "number"),
        Heading("今后要走", "wrapped"), Heading("预警", "number"), Heading("逾期事项", "number"),
    ]  # fmt: skip
    _, round_ = current_round(facts.rules.campaign, facts.today)
    headings[5] = Heading(f"{round_.phases[0].name}内已走访", "number")
    cells = [
        (
            row["unit"], row["cadres"], row["due"], row["done"], row["rate"], row["early"], row["expected"], row["left"],
            rhythm(row["left"], row["days_left"]) + (waiting.get(row["unit"], "") if row["left"] else ""),
            everything[row["unit"]], late[row["unit"]],
        )
        for row in rows
    ]  # fmt: skip
    note = f"与预警提醒的“各单位进度”一致；完成率＝已走访÷应走访{now.guessed}。预警按提醒给的单位数，逐条计；逾期事项按件计，两个单位都有事要办的各计一件。"
    return table(headings, cells, note), _chart(rows, now)


def _to_mend(facts: Facts) -> dict[str, str]:
    """Unit → what of its visits was sent back and has not come again, mended: they count for nothing meanwhile."""
    title = facts.rules.form(Role.VISITS).title
    cells, whole = Counter[str](), Counter[str]()
    for row in records(facts.frames.submissions, ("unit", "forms", "unmended")):
        if row["unmended"] is pd.NA or not row["unit"]:
            continue
        if title in row["forms"].split("、"):
            cells[row["unit"]] += row["unmended"]
        elif not row["forms"]:  # it could not be read: nobody knows what it holds
            whole[row["unit"]] += 1
    words = {unit: [f"退回待改{count}处"] for unit, count in cells.items()}
    for unit, count in whole.items():
        words.setdefault(unit, []).append(f"退回{count}份还没有再报")
    return {unit: f"（{'，'.join(parts)}，改好交回后才计入）" for unit, parts in words.items()}


def _chart(rows: list[dict[str, Any]], now: TimeOfYear) -> dict[str, Any] | None:
    owing = [row for row in rows if row["due"]]
    if not owing:
        return None
    key = "expected" if now.open else "due"
    owing.sort(key=lambda row: (row["done"] - row[key]) / row["due"])
    shown = owing[:_DRAWN]
    return {
        "names": [row["unit"] for row in shown],
        "done": [row["done"] for row in shown],
        "due": [row["due"] for row in shown],
        "expected": [row["expected"] for row in shown] if now.open else [],
        "all": len(owing),
    }


def cadres(facts: Facts, now: TimeOfYear) -> dict[str, Any]:
    """Each cadre, as 附件1 has what is due and done."""
    found = progress(facts.frames, facts.rules, facts.today)
    headings = [
        Heading("单位", chosen=True), Heading("走访干部"), Heading("情况", chosen=True), Heading("应走访", "number"),
        Heading("已走访", "number"), Heading("完成率", "percent"), Heading("到今天应走访", "number"), Heading("还差", "number"),
        Heading("今后要走"),
    ]  # fmt: skip
    rows = [
        (
            row["unit"] or UNNAMED, row["cadre"], _stands(row, now), row["due"], row["done"], row["rate"], row["expected"],
            row["left"], rhythm(row["left"], row["days_left"]),
        )
        for row in _plain(found, _CADRES)
    ]  # fmt: skip
    return table(headings, rows, f"应走访、已走访与附件1一致；落后：比按工作日推算到今天应走访的少{now.guessed}。")


def _stands(row: Mapping[str, Any], now: TimeOfYear) -> str:
    """How one cadre stands, in the words of the alerts."""
    if not row["listed"]:
        return NOT_LISTED
    if row["done"] >= row["due"]:
        return DONE
    if not now.open:
        return SHORT
    if row["done"] == 0:
        return NO_VISIT
    return BEHIND if row["done"] < row["expected"] else IN_PACE


def told(facts: Facts) -> dict[str, Any] | None:
    """一看二听三问四讲, as 走访情况分析 counts. `rows`: part, what, how many visits hold it, of how many. `note`: why of some none
    do. None without visits."""
    sums = content.coverage_of_round(facts.frames, facts.rules, facts.today).iloc[-1]
    every = int(sums["visits"])
    if not every:
        return None
    noted = content.TO_NOTE
    parts = [
        ("一看", noted["habitat"], "habitat"), ("二听", "意见建议", "opinion"), ("二听", "矛盾纠纷和信访诉求", "complaint"),
        *(("三问", noted[key], key) for key in ("family", "policy", "security")),
        *(("四讲", f"宣讲{kind}", kind) for kind in content.TOLD),
    ]  # fmt: skip
    rows = [[part, what, int(sums[key]), every] for part, what, key in parts]
    return {"rows": rows, "note": _why_none({key for key in content.COLUMN_OF if not sums[key]}, facts)}


def _why_none(empty: Collection[str], facts: Facts) -> str:
    """Of what no visit of the round holds (keys of `content.COLUMN_OF`): whether the forms that the visits stand in have no such
    column, or nobody filled it in. What was heard may have been nothing."""
    visits, _ = content.covered_of_round(facts.frames, facts.rules, facts.today)
    form = facts.rules.form(Role.VISITS)
    read = (facts.files[number].parts for number in set(visits["submission_id"].tolist()) if number in facts.files)
    there = {
        name for parts in read for part in parts if part.form == form.name for heading in part.headings
        for name in heading.columns
    }  # fmt: skip
    titles = {field.name: field.title for field in form.stored}
    columns = [(key, content.COLUMN_OF[key]) for key in content.COLUMN_OF if key in empty]
    lacking = [titles[name] for _, name in columns if name not in there]
    unfilled = [titles[name] for key, name in columns if name in there and key not in content.HEARD]
    words = {"本轮收到的走访登记表里没有这几列：": lacking, "表里有这几列，没有一户填写：": unfilled}
    return "".join(f"{why}{'、'.join(names)}。" for why, names in words.items() if names)


def topics(facts: Facts) -> dict[str, Any]:
    """倾向性问题, as 走访情况分析 lists them."""
    found, _ = tendencies(facts.frames, facts.rules, facts.today)
    headings = [
        Heading("专题"), Heading("件数", "number"), Heading("单位数", "number"), Heading("乡镇数", "number"),
        Heading("上一轮件数", "number"), Heading("为什么列入", "long"), Heading("单位", "long"), Heading("命中的词", "long"),
    ]  # fmt: skip
    names = ("topic", "cases", "units", "townships", "before", "why", "unit_names", "words")
    return table(
        headings, (tuple(row.values()) for row in _plain(found, names)), "专题和词在 schemas/topics.yaml，可以改。"
    )


def _plain(frame: pd.DataFrame, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Rows in plain values; a number that is not known is None."""
    return [
        {name: None if value is pd.NA or value != value else value for name, value in row.items()}
        for row in records(frame, names)
    ]
