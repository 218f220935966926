"""Blank forms for the units, from the schemas alone; or prefilled with what is known of each unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, Literal

import pandas as pd

from dazoufang.duties import rounds
from dazoufang.ledger import listing
from dazoufang.ledger.frames import Frames
from dazoufang.ledger.matters import MATTERS, matters_of, numbered
from dazoufang.model.vocabularies import ItemState
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import Field, FormSchema, Role
from dazoufang.system.files import safe_name
from dazoufang.writing.sheets import cells, page
from dazoufang.writing.sheets.book import Book
from dazoufang.writing.sheets.cells import CellKind
from dazoufang.writing.sheets.columns import FOOTER, STYLE, Column, SheetSpec

BLANK_ROWS: Final = 1000
SAMPLE_MARK: Final = "例"  # in the 序号 of the sample row: the reader leaves such rows out

_FILL: Final = "　" * 14
_FORMAT_HINTS: Final = {
    "phone": "11位手机号，或带区号的座机（0730-4123456）；没有请留空",
    "names": "写全每个人的姓名，几个人用“、”隔开",
    "name": "只写一个人的姓名",
    "township": "从下拉框中选，也可写简称",
    "unit": "写单位或股室的名称",
    "email": "邮箱地址；没有请留空",
}

Own = Mapping[str, tuple[str, ...]]
_NOTHING: Final[Own] = {}


def render(rules: Rules, prefill: Frames | None = None, today: date | None = None) -> dict[str, bytes]:
    """File name → workbook: 走访登记表.xlsx and so on, one a form.

    With `prefill` (which wants `today`), besides: 单位名/走访登记表.xlsx with the unit's visits of the current round
    and the households still to be visited, and its ledger forms with its items, those not closed first. They hold all
    that the unit has reported, not only what is open: a form of the same name replaces the earlier one, so what it
    left out would be withdrawn.
    """
    created = today or rules.campaign.years[0].rounds[0].first
    author = rules.campaign.bureau.value

    def book(schema: FormSchema, unit: str = "", known: pd.DataFrame | None = None, own: Own = _NOTHING) -> bytes:
        return page.workbook(Book((form(schema, rules, unit, known, own),), created, author, rules.campaign.a3))

    written = {f"{schema.title}.xlsx": book(schema) for schema in rules.schemas.values() if schema.is_offered}
    if prefill is None:
        return written
    if today is None:
        raise ValueError("prefilled forms depend on the day: give `today`")
    units = tuple(_units(prefill))
    for unit in units:
        names = prefill.cadres.loc[prefill.cadres["unit"] == unit, "name"].dropna().tolist()
        own = {"names": tuple(names), "unit": units}
        for schema in rules.schemas.values():
            rows = _known(schema, prefill, rules, unit, today)
            if len(rows):
                written[f"{safe_name(unit)}/{schema.title}.xlsx"] = book(schema, unit, rows, own)
    return written


def form(
    schema: FormSchema,
    rules: Rules,
    unit: str = "",
    known: pd.DataFrame | None = None,
    own: Own = _NOTHING,
) -> SheetSpec:
    """The sheet of one form: a sample row, the rows that are `known`, and blank ones; `own` fills the drop-downs of
    cadres ("names") and units."""
    years = [year.year for year in rules.campaign.years]
    span = (date(min(years), 1, 1), date(max(years), 12, 31))
    on_visits = {rule.field for rule in schema.rules if rule.hook == "visit_window"}
    offered = {"township": rules.campaign.townships.names, **own}
    fields = [_of_this_office(field, offered, years) for field in schema.blank]
    columns = tuple(_column(schema, field, offered, span if field.name in on_visits else None) for field in fields)
    sample = {field.name: _example(field) for field in fields} | {
        "serial": SAMPLE_MARK,
        STYLE: cells.SAMPLE,
    }
    rows = pd.DataFrame([sample], columns=[*(field.name for field in schema.blank), STYLE], dtype="object")
    if known is not None and len(known):
        shared = [field.name for field in schema.blank if field.name in known and field.name != "serial"]
        rows = pd.concat([rows, known[shared].astype("object")], ignore_index=True)
    return SheetSpec(
        name=schema.title,
        title=f"{rules.campaign.name.value}{schema.title}",
        left=f"填报单位：{unit or _FILL}",
        right="填报时间：　　　　年　　月　　日",
        lead=_instructions(schema, prefilled=known is not None),
        footer=FOOTER,
        columns=columns,
        rows=rows,
        style=STYLE,
        blank_rows=BLANK_ROWS,
    )


def _instructions(schema: FormSchema, *, prefilled: bool) -> str:
    says = [
        "带 * 的必须填写；有下拉框的请从中选；没有内容的栏目留空即可。点中一格，会提示怎样填。",
        "日期写成 2023-9-20，一格一天；电话写11位手机号或带区号的座机，没有请留空；几名干部用“、”隔开。",
        "灰色的“例”行只作示范，不计入，不必删除。框线不够时接着往下填，写到哪里框线和打印就到哪里。",
        "表头已锁定，没有设密码；需要合并单元格，或粘贴后改不动时，点“审阅→撤销工作表保护”即可。",
    ]
    if prefilled and schema.role is Role.VISITS:
        says.append("已登记的走访和待走访的户已经填好，请接着填；还没有走访的户先空着，不计入，也不必删去。")
    elif prefilled and schema.role is Role.DECISIONS:
        says.append(
            "编号、对应编号和理由已经填好：每行从下拉框中选“裁定”，填上批准人和批准日期；没有定的行留空，不计入。"
        )
    elif prefilled and schema.role is Role.LIST:
        says.append("已登记的行已经填好，有变化的请在原行修改，新的写在后面；不要删去没有变化的行。")
    elif prefilled:
        says.append("已登记的事项已经填好，请在原行更新办理情况；编号请勿改动，新的事项写在后面，编号留空。")
    return "填写说明：" + schema.purpose + "".join(f"{number}. {text}" for number, text in enumerate(says, 1))


def _column(schema: FormSchema, field: Field, offered: Own, days: tuple[date, date] | None) -> Column:
    """A column with what the schema lets in; `offered` by format: choices beside which anything else may be written."""
    limits = field.constraints
    kinds: dict[str, CellKind] = {"date": "date", "integer": "int"}
    checks: dict[str, Literal["phone", "email"]] = {"phone": "phone", "email": "email"}
    column = Column(
        key=field.name,
        title=field.title + ("*" if limits.required else ""),
        width=field.width,
        kind="serial" if field.name == "serial" else kinds.get(field.type, "text"),
        # A required column must not be out of sight on paper.
        print=field.print or limits.required,
        names=schema.identifies(field),
        must=limits.required or field.name == "serial",
        choices=limits.enum or offered.get(field.format, ()),
        strict=bool(limits.enum) and field.type != "array",
        longest=limits.max_length or 0,
        check=checks.get(field.format, ""),
        hint=_hint(field),
    )
    return replace(column, days=days) if days else column


def _hint(field: Field) -> str:
    if field.derived:
        return ""
    parts = ["必填。" if field.constraints.required else ""]
    if field.type == "date":
        parts.append("写成 2023-9-20 这样的日期。")
    elif field.type == "array":
        parts.append(f"可填：{'、'.join(field.constraints.enum)}；几项用“、”隔开。")
    elif field.constraints.enum:
        parts.append("请从下拉框中选。")
    elif field.format in _FORMAT_HINTS:
        parts.append(_FORMAT_HINTS[field.format] + "。")
    if field.matter:
        parts.append("几件事请写成 1. 2. 3.。" if field.constraints.required else "没有请留空；几件事请写成 1. 2. 3.。")
    if field.constraints.max_length and not field.constraints.enum and not field.format.startswith("name"):
        parts.append(f"最多{field.constraints.max_length}字。")
    if field.example:
        parts.append(f"例：{field.example}")
    return "".join(parts)


def _of_this_office(field: Field, offered: Own, years: Sequence[int]) -> Field:
    """The field with an example that may stand in this office's forms: one of its townships, a day of its years."""
    names, example = offered.get(field.format, ()), field.example
    if field.format == "township" and names and example and example not in names:
        example = names[0]
    if field.type == "date" and example and date.fromisoformat(example).year not in years:
        example = f"{max(years)}{example[4:]}"
    return field if example == field.example else field.model_copy(update={"example": example})


def _example(field: Field) -> object:
    return date.fromisoformat(field.example) if field.type == "date" and field.example else field.example


# -- what is known of a unit -------------------------------------------------------------------------------------------


def _units(frames: Frames) -> list[str]:
    """Every unit on the roster or with a visit or an item, in the order of the annexes."""
    named = [unit for frame in (frames.visits, frames.items) for unit in frame["unit"].dropna().tolist()]
    return list(listing.unit_order(frames, named))


def _known(schema: FormSchema, frames: Frames, rules: Rules, unit: str, today: date) -> pd.DataFrame:
    """The rows of one form that are known of a unit; none where the form is the office's own."""
    if schema.role is Role.VISITS:
        return _visits(frames, rules, unit, today)
    if schema.item_kind:
        return _items(frames, rules, unit, schema.item_kind, today)
    if not schema.of_units or schema.name not in frames.lists:
        return pd.DataFrame()
    rows = listing.rows(schema.name, frames, rules, today)
    return rows[rows["unit"] == unit]


def _items(frames: Frames, rules: Rules, unit: str, kind: str, today: date) -> pd.DataFrame:
    """The unit's items as the annex has them, those not closed first."""
    items = listing.items(kind, frames, rules, today)
    mine = items[items["unit"] == unit]
    return mine.assign(shut=mine["state"] == ItemState.CLOSED).sort_values("shut", kind="stable", ignore_index=True)


def _with_numbered_matters(visits: pd.DataFrame) -> pd.DataFrame:
    """The visits with several matters in one cell numbered: the form has no 台账编号 that says how many they are, and
    given back unchanged it must mean what it meant."""
    told = visits.copy()
    for index, row in visits.iterrows():
        values = {name: row[name] for name in (*MATTERS, "item_nos") if isinstance(row.get(name), str)}
        for name in MATTERS:
            matters = [text for cell, text in matters_of(values, MATTERS) if cell == name]
            if len(matters) > 1:
                told.loc[index, name] = numbered(matters)
    return told


def _visits(frames: Frames, rules: Rules, unit: str, today: date) -> pd.DataFrame:
    """The unit's visits of the current round, then the households its cadres are still to visit.

    Where nobody is assigned any: rows with the cadre's name, as many as the quota still wants (the reader leaves rows
    with nothing but a name out).
    """
    year, round_ = rounds.current_round(rules.campaign, today)
    every = listing.visits(frames, rules, today)
    done = _with_numbered_matters(every[(every["unit"] == unit) & (every["round_no"] == round_.number)])
    members = frames.cadres[frames.cadres["unit"] == unit]
    titles = {row["name"]: row.get("title") for row in members.to_dict("records")}
    assigned = frames.assignments
    assigned = assigned[(assigned["year"] == year) & (assigned["round_name"] == round_.name)]
    rows: list[dict[Any, Any]] = []
    if len(assigned):
        visited = [_household_key(row) for row in done.to_dict("records")]
        for row in assigned.to_dict("records"):
            if _is_for_unit(row, unit, titles) and not any(_same(_household_key(row), visit) for visit in visited):
                rows.append({**row, "cadre_title": titles.get(row["cadres"])})
    if not rows:
        quota = rules.campaign.quota.households_per_round.value
        rows = [{"cadres": name, "cadre_title": titles[name]} for name in _names_still_to_visit(titles, done, quota)]
    waiting = pd.DataFrame(rows, dtype="object")
    return pd.concat([done.astype("object"), waiting], ignore_index=True) if rows else done


def _names_still_to_visit(titles: Mapping[str, Any], done: pd.DataFrame, quota: int) -> Iterator[str]:
    """Each cadre's name as many times as the quota exceeds his visits."""
    made = [name for cadres in done["cadres"].dropna().tolist() for name in cadres.split("、")]
    for name in titles:
        yield from [name] * max(0, quota - made.count(name))


def _is_for_unit(assignment: Mapping[Any, Any], unit: str, titles: Mapping[str, Any]) -> bool:
    """Whether the unit's cadres are to go: by name, or (no roster yet) because the unit sent the assignment."""
    cadres = assignment["cadres"]
    names = cadres.split("、") if isinstance(cadres, str) else []
    return any(name in titles for name in names) if titles else assignment["unit"] == unit


_HouseholdKey = tuple[str, str, str]


def _household_key(row: Mapping[Any, Any]) -> _HouseholdKey:
    household, phone, village = (
        value if isinstance(value := row.get(name), str) else "" for name in ("household", "phone", "village")
    )
    return household, phone, village


def _same(assigned: _HouseholdKey, visited: _HouseholdKey) -> bool:
    """The same name, and phone or village not known to differ both."""
    if assigned[0] != visited[0]:
        return False
    pairs = [(a, b) for a, b in zip(assigned[1:], visited[1:], strict=True) if a and b]
    return not pairs or any(a == b for a, b in pairs)
