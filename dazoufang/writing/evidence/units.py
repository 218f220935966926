"""The sheets of the year's evidence about who visited: units, persons, what was not done, and like beside like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from dazoufang.duties import year_figures
from dazoufang.duties.comparable import compared
from dazoufang.duties.on_time import Handled, counted
from dazoufang.duties.year_figures import Done, PersonYear, UnitYear
from dazoufang.ledger.frames import plain
from dazoufang.model.faults import day_words
from dazoufang.writing.annexes import summary
from dazoufang.writing.evidence.figures import (
    CADRE,
    NOT_ENDED,
    OF_ITEMS,
    SERIAL,
    UNIT,
    handled_of,
    least,
    of_rounds,
    rate,
    rounds_of,
    small,
    table,
)
from dazoufang.writing.evidence.items import HANDLED
from dazoufang.writing.evidence.numbers import BUREAU, LAPSES, Numbers
from dazoufang.writing.sheets.columns import STYLE, Column, SheetSpec

UNITS: Final = "各单位全年"
PERSONS: Final = "各干部全年"
COMPARED: Final = "分组比较（局内参考）"


def units_sheet(numbers: Numbers, right: str) -> SheetSpec:
    fewest, ended = least(numbers), numbers.ended
    columns = (
        SERIAL,
        UNIT,
        Column("cadres", "干部", 6, kind="int"),
        *of_rounds(numbers),
        *(Column(f"missed_{round_.number}", f"{round_.name}", 7, kind="int", group="没有完成任务的干部") for round_ in ended),
        Column("silent", "没有报送", 8),
        *OF_ITEMS,
    )  # fmt: skip
    of_round = {round_.number: round_.name for round_ in ended}
    rows, whole = [], UnitYear("", rounds={round_.number: Done() for round_ in numbers.begun})
    for unit in numbers.units:
        whole.cadres, whole.due, whole.done = whole.cadres + unit.cadres, whole.due + unit.due, whole.done + unit.done
        whole.rounds |= {n: whole.rounds.get(n, Done()).plus(own) for n, own in unit.rounds.items()}
        whole.missed |= {n: whole.missed.get(n, 0) + count for n, count in unit.missed.items()}
    units = {unit.unit: unit for unit in numbers.units}
    for name in numbers.names[1:]:
        rows.append(
            _unit_row(units.get(name, UnitYear(name)), numbers.handled.get((name, ""), Handled()), of_round, fewest)
        )
    total = _unit_row(whole, numbers.handled.get((BUREAU, ""), Handled()), of_round, 1)
    silent = sum(bool(unit.silent) for unit in numbers.units)
    rows.append(
        total
        | {
            "serial": "合计",
            "unit": f"{len(rows)}个单位",
            "silent": f"{silent}个单位" if silent else "",
            STYLE: "total",
        }
    )
    return SheetSpec(
        UNITS,
        f"大走访活动{numbers.year.year}年各单位走访和事项",
        columns,
        table(rows, columns, style=True),
        right=right,
        style=STYLE,
        note=(
            "按花名册的次序，不是名次。一轮里在哪个单位任职，就算在哪个单位；全年的算在最后任职的单位。应走访含上一轮少走的户，"
            f"“还差”是各干部还差的户数之和。{small(numbers)}{NOT_ENDED}事项按填报单位，按时的见“{HANDLED}”。"
        ),
    )  # fmt: skip


def _unit_row(unit: UnitYear, own: Handled, of_round: Mapping[int, str], fewest: int) -> dict[str, Any]:
    return {
        "unit": unit.unit,
        "cadres": unit.cadres,
        **rounds_of(unit, fewest),
        **{f"missed_{n}": unit.missed.get(n, 0) for n in of_round},
        "silent": "、".join(of_round[n] for n in unit.silent),
        **{key: value for key, value in handled_of(own, fewest).items() if key in ("found", "resolved", "closed")},
        STYLE: "",
    }


def persons_sheet(numbers: Numbers, right: str) -> SheetSpec:
    fewest, frames = least(numbers), numbers.frames
    columns = (SERIAL, UNIT, CADRE, Column("role", "角色", 17), *of_rounds(numbers), *OF_ITEMS)
    people = pd.DataFrame(
        [{"unit": one.unit, "cadre": one.cadre, "due": one.due, "done": one.done} for one in numbers.persons],
        columns=["unit", "cadre", "due", "done"],
    ).astype({"unit": "object", "cadre": "object"})
    items = frames.items.loc[[one.row for one in numbers.items]]
    everybody = summary.people_of(people, items, (), frames)
    owners = summary.owners_of(everybody, items)
    judged = {one.item_no: one for one in numbers.items}
    years = {(one.unit, one.cadre): one for one in numbers.persons}
    rows = []
    for unit, cadre in zip(plain(everybody["unit"]), plain(everybody["cadre"]), strict=True):
        one = years.get((unit, cadre), PersonYear(unit, cadre, "", -1))
        own = counted(judged[number] for number in owners.get((unit, cadre), ()))
        rows.append(
            {"unit": unit, "cadre": cadre, "role": one.role if one.listed else "不在花名册"}
            | rounds_of(one, fewest)
            | handled_of(own, fewest)
        )
    return SheetSpec(
        PERSONS,
        f"大走访活动{numbers.year.year}年各干部走访和事项",
        columns,
        table(rows, columns),
        left=f"共{len(rows)}人",
        right=right,
        note=f"按花名册的次序，不是名次。空着的是那一轮不在任。几人联合登记的事项各计一件。{small(numbers)}{NOT_ENDED}",
    )  # fmt: skip


def lapses_sheet(numbers: Numbers, right: str) -> SheetSpec:
    columns = (
        SERIAL, Column("round", "轮次", 8), Column("what", "情形", 13), UNIT, CADRE, Column("due", "应走访", 8, kind="int"),
        Column("done", "已走访", 8, kind="int"), Column("left", "还差", 8, kind="int"), Column("note", "说明", 34),
    )  # fmt: skip
    rows = []
    for lapse in year_figures.lapses(numbers.persons, numbers.units, numbers.rules, numbers.today):
        owed, ended = lapse.owed, f"{lapse.round_.name}{day_words(lapse.round_.last, numbers.year.year)}结束"
        if not lapse.cadre:
            what, why = "没有报送", f"{ended}，没有收到走访登记表、办理表或零报告"
        else:
            what, why = "没有完成任务" if owed.done else "一户也没有走访", f"{ended}，还差{owed.left}户"
        rows.append(
            {
                "round": lapse.round_.name,
                "what": what,
                "unit": lapse.unit,
                "cadre": lapse.cadre or f"{lapse.cadres}人",
                "due": owed.due,
                "done": owed.done,
                "left": owed.left,
                "note": why + (f"；应走访含上一轮少走的{owed.carried}户" if owed.carried else ""),
            }
        )
    names = "、".join(round_.name for round_ in numbers.ended)
    return SheetSpec(
        LAPSES,
        f"大走访活动{numbers.year.year}年没有完成任务、没有报送的",
        columns,
        table(rows, columns),
        left=f"已结束的轮次：{names}",
        right=right,
        note="轮次结束以后不再提醒，留在这里。以后补报的走访登记表照走访日期计入，补报的当晚从这里消失。",
    )


def compared_sheet(numbers: Numbers, right: str) -> SheetSpec:
    columns = (
        SERIAL, Column("what", "比什么", 8), Column("group", "组", 17), Column("size", "组内个数", 6, kind="int"), UNIT, CADRE,
        Column("done", "已走访", 8, kind="int"), Column("due", "应走访", 8, kind="int"), Column("rate", "全年完成率", 9, kind="percent"),
        Column("rank", "组内名次（局内参考）", 10, kind="int"),
    )  # fmt: skip
    evidence = numbers.rules.campaign.evidence
    units = sorted(numbers.units, key=lambda unit: unit.cadres)
    rows = []
    for what, found in (("单位", compared(units, evidence)), ("干部", compared(numbers.persons, evidence))):
        for one in found:
            rows.append(
                {
                    "what": what,
                    "group": f"干部{one.group}的单位" if isinstance(one.of, UnitYear) else one.group,
                    "size": one.size,
                    "unit": one.of.unit,
                    "cadre": one.of.cadre if isinstance(one.of, PersonYear) else f"{one.of.cadres}人",
                    "done": one.of.done,
                    "due": one.of.due,
                    "rate": rate(one.of.done, one.of.due) if one.rank else None,
                    "rank": one.rank,
                }
            )
    return SheetSpec(
        COMPARED,
        f"大走访活动{numbers.year.year}年分组比较（局内参考）",
        columns,
        table(rows, columns),
        left="局内参考，不作考核结论",
        right=right,
        note=(
            "局内参考。只在可比的组内排：单位按走访干部人数分组，干部按角色分组；按全年完成率（已走访÷应走访），相同的名次相同。"
            f"不到{evidence.small_group.value}个的组只列数，不算率、不排名次。分组在 campaign.yaml 的 evidence 一节（局内设定）。"
        ),
    )
