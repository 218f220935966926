"""汇总统计: what each cadre and each unit has done in the current round, counted for the county."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from pathlib import PurePath
from typing import Any, Final

import pandas as pd

from dazoufang.duties import rounds
from dazoufang.duties.slices import EVERYBODY, Concerned
from dazoufang.ledger.frames import Frames, of_round
from dazoufang.ledger.listing import unit_order
from dazoufang.model.faults import day_words
from dazoufang.model.vocabularies import Audience, DisputeStatus, ItemKind, ItemState
from dazoufang.rules.campaign import Rules
from dazoufang.rules.packages import Slice
from dazoufang.rules.schema import Role
from dazoufang.writing import masks
from dazoufang.writing.sheets.columns import FOOTER, STYLE, Column, SheetSpec

SHEET: Final = "汇总统计"  # known to the reader as derived: never data
UNNAMED: Final = "（未注明）"

_NOTE: Final = (
    "1. 联合走访的户计入每名干部，小计、合计为各干部之和；矛盾纠纷、意见建议的小计、合计按件数计，几人联合登记的只计一件。"
    "2. 矛盾纠纷“已化解”须办结日期、化解情况齐全，含已销号和程序性终结，“正在化解”含未启动、移交转办和重开的；"
    "意见建议“已办结”须办结日期、办理情况齐全，含已销号，“正在办理”含未启动、移交转办和重开的。"
    "3. 本表只计{round}：走访按走访日期，事项按登记的轮次；走访明细列{year}年全年的走访，附件2、附件3列{year}年全年的事项和以前年度未销号的，"
    "行数会比本表多（附件2、附件3有别的轮次的事项时，合计行另写其中{round}的件数）。完成率＝已走访÷应走访。"
)
DISPUTES: Final = {"found": "收集", "done": "已化解", "going": "正在化解", "held": "稳控中", "closed": "已销号"}
SUGGESTIONS: Final = {"found": "收集", "done": "已办结", "going": "正在办理", "closed": "已销号"}


def sheet(
    progress: pd.DataFrame,
    frames: Frames,
    rules: Rules,
    today: date,
    audience: Audience = Audience.INTERNAL,
    whose: Concerned = EVERYBODY,
) -> SheetSpec:
    """The sheet 汇总统计 of annex 1, from `quotas.progress`; it names cadres only, and is the same for every audience. Of a
    unit or person it has its own rows, with the figures that they have in the whole."""
    year, round_ = rounds.current_round(rules.campaign, today)
    kinds = target_kinds(rules)
    annex = rules.form(Role.VISITS).annex
    debt = rounds.debt_in_words(int(progress["carried"].sum()), round_, rules.campaign)
    label = annex.label if annex else ""
    rows = frames.once(f"summary {today}", rules, lambda: table(progress, frames, kinds, year, round_.number))
    title = PurePath(annex.file).stem.removeprefix(label).strip() if annex else SHEET
    return SheetSpec(
        name=SHEET,
        title=title + whose.words,
        label=masks.label(label, audience, rules),
        left=f"填报单位：{rules.campaign.bureau.value}",
        right=f"{year}年{round_.name}　截至{day_words(today)}",
        footer=FOOTER,
        note=_NOTE.format(round=round_.name, year=year) + (f"4. 应走访{debt}。" if debt else ""),
        columns=columns(kinds),
        rows=_of(rows, whose),
        style=STYLE,
        together="unit",
    )


def _of(rows: pd.DataFrame, whose: Concerned) -> pd.DataFrame:
    """The rows of 汇总统计 that concern somebody; a person's without the 小计 of his unit."""
    if whose.slice is Slice.WHOLE:
        return rows
    own = rows["unit"] == whose.unit
    return rows[own & (rows["cadre"] == whose.person) if whose.slice is Slice.PERSON else own].reset_index(drop=True)


def target_kinds(rules: Rules) -> tuple[str, ...]:
    """The kinds of household, as the visit form offers them."""
    field = rules.form(Role.VISITS).by_name.get("target_kind")
    return field.constraints.enum if field else ()


def columns(kinds: Iterable[str]) -> tuple[Column, ...]:
    """The columns of 汇总统计."""
    return (
        Column("serial", "序号", 5, "serial", must=True),
        Column("unit", "单位", 14, must=True),
        Column("cadre", "走访干部", 8.5, names=True, must=True),
        Column("due", "应走访", 6, "int"),
        Column("done", "已走访", 6, "int"),
        Column("rate", "完成率", 8, "percent"),
        *(Column(kind, kind, 6, "int", group="按对象类别") for kind in kinds),
        *(Column(f"dispute_{key}", title, 5.5, "int", group="矛盾纠纷") for key, title in DISPUTES.items()),
        *(Column(f"suggestion_{key}", title, 5.5, "int", group="意见建议") for key, title in SUGGESTIONS.items()),
        Column("followed", "回访户次", 5.5, "int"),
    )


def table(progress: pd.DataFrame, frames: Frames, kinds: tuple[str, ...], year: int, round_no: int) -> pd.DataFrame:
    """One row a cadre, a 小计 a unit, and the 合计.

    `progress` is what `quotas.progress` gives (unit, cadre, due, done, rate and one column a kind are used). Items are
    those of (`year`, `round_no`); one of several cadres counts for each of them, but once for the unit and once in
    all. A cadre known from items only gets a row of his own, so that the columns add up to the total.
    """
    items = of_round(frames.items, year, round_no)
    listed = people_of(progress, items, kinds, frames)
    owned, counts_in = owners_of(listed, items), marks_of(items)
    rows: list[dict[str, Any]] = []
    everybody = [{str(name): value for name, value in person.items()} for person in listed.to_dict("records")]
    for unit, of_unit in groupby(everybody, lambda person: person["unit"]):
        group, mine = list(of_unit), set[str]()
        for person in group:
            numbers = owned.get((unit, person["cadre"]), set())
            mine |= numbers
            rate = person["done"] / person["due"] if person["due"] else None
            rows.append(person | _counted(counts_in, numbers) | {"rate": rate, STYLE: ""})
        sums = _sums(group, kinds) | _counted(counts_in, mine)
        rows.append({"serial": "小计", "unit": unit, "cadre": f"{len(group)}人", **sums, STYLE: "subtotal"})
    if rows:
        sums = _sums(everybody, kinds) | _counted(counts_in, set(counts_in))
        units = listed["unit"].nunique()
        rows.append({"serial": "合计", "unit": f"{units}个单位", "cadre": f"{len(listed)}人", **sums, STYLE: "total"})
    names = [column.key for column in columns(kinds)]
    return pd.DataFrame(rows, columns=[*names, STYLE])


def people_of(progress: pd.DataFrame, items: pd.DataFrame, kinds: tuple[str, ...], frames: Frames) -> pd.DataFrame:
    """The cadres of `progress` and those whom only items name, unit by unit in the order of the roster."""
    wanted = ["unit", "cadre", "due", "done", *kinds]
    known = progress[wanted].assign(unit=progress["unit"].fillna(UNNAMED))
    names = set(known["cadre"])
    extra: dict[tuple[str, str], None] = {}
    for unit, cadres in zip(items["unit"].tolist(), items["cadres"].tolist(), strict=True):
        for cadre in names_in(cadres):
            if cadre not in names:
                extra[unit if isinstance(unit, str) else UNNAMED, cadre] = None
    blank = dict.fromkeys(("due", "done", *kinds), 0)
    added = pd.DataFrame([{"unit": unit, "cadre": cadre, **blank} for unit, cadre in sorted(extra)], columns=wanted)
    people = pd.concat([known, added], ignore_index=True) if extra else known
    places = unit_order(frames, people["unit"].tolist())
    return people.assign(place=people["unit"].map(places)).sort_values("place", kind="stable", ignore_index=True)


def names_in(cadres: object) -> list[str]:
    return [name for name in cadres.split("、") if name] if isinstance(cadres, str) and cadres else [UNNAMED]


def owners_of(people: pd.DataFrame, items: pd.DataFrame) -> dict[tuple[str, str], set[str]]:
    """(unit, cadre) → the numbers of his items. Of several persons of one name, the one in the reporting unit has it."""
    by_name: dict[str, list[str]] = {}
    for unit, cadre in zip(people["unit"].tolist(), people["cadre"].tolist(), strict=True):
        by_name.setdefault(cadre, []).append(unit)
    owners: dict[tuple[str, str], set[str]] = {}
    for number, unit, cadres in zip(*(items[name].tolist() for name in ("item_no", "unit", "cadres")), strict=True):
        own = unit if isinstance(unit, str) else UNNAMED
        for cadre in names_in(cadres):
            units = by_name[cadre]
            for owner_unit in [own] if own in units else units:
                owners.setdefault((owner_unit, cadre), set()).add(number)
    return owners


def marks_of(items: pd.DataFrame) -> dict[str, set[str]]:
    """item_no → the columns it counts in. Rule: 已化解 and 已办结 are what the ledger calls resolved or closed, whatever word
    stands in 办理状态."""
    found: dict[str, set[str]] = {}
    fields = ("item_no", "kind", "state", "status", "follow_up_on")
    for number, kind, state, status, followed in zip(*(items[name].tolist() for name in fields), strict=True):
        marks = {f"{kind}_found"}
        if state != ItemState.OPEN:
            marks.add(f"{kind}_done")
            if state == ItemState.CLOSED:
                marks.add(f"{kind}_closed")
        elif kind == ItemKind.DISPUTE and status == DisputeStatus.CONTAINED:
            marks.add("dispute_held")
        else:
            marks.add(f"{kind}_going")
        if not pd.isna(followed):
            marks.add("followed")
        found[number] = marks
    return found


def _counted(counts_in: dict[str, set[str]], numbers: Iterable[str]) -> dict[str, int]:
    keys = [*(f"dispute_{key}" for key in DISPUTES), *(f"suggestion_{key}" for key in SUGGESTIONS), "followed"]
    counts = dict.fromkeys(keys, 0)
    for number in numbers:
        for mark in counts_in[number]:
            counts[mark] += 1
    return counts


def _sums(group: list[dict[str, Any]], kinds: tuple[str, ...]) -> dict[str, Any]:
    """Sums over cadres; the rate is that of the sums."""
    sums: dict[str, Any] = {name: sum(person[name] for person in group) for name in ("due", "done", *kinds)}
    sums["rate"] = sums["done"] / sums["due"] if sums["due"] else None
    return sums
