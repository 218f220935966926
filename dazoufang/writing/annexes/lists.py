"""The lists of the annexes: 走访明细, 矛盾纠纷事项办理表 and 意见建议事项办理表, one row a visit or an item."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

import pandas as pd

from dazoufang.duties import rounds
from dazoufang.duties.households import households
from dazoufang.duties.slices import EVERYBODY, Concerned, concerning
from dazoufang.ledger import listing
from dazoufang.ledger.frames import Frames, of_round, plain
from dazoufang.ledger.numbers import in_its_bureau
from dazoufang.model import terms
from dazoufang.model.faults import day_words
from dazoufang.model.vocabularies import Audience
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import Field, FormSchema, Role
from dazoufang.writing import masks
from dazoufang.writing.sheets.cells import CellKind
from dazoufang.writing.sheets.columns import FOOTER, STYLE, Column, SheetSpec

_KINDS: Final[dict[str, CellKind]] = {"date": "date", "integer": "int"}


def sheet(
    form: str,
    frames: Frames,
    rules: Rules,
    today: date,
    audience: Audience = Audience.INTERNAL,
    whose: Concerned = EVERYBODY,
    without: Mapping[str, Collection[str]] | None = None,
) -> SheetSpec:
    """The list sheet of `form` as `audience` may see it: heading row, the rows that concern somebody, and a total. without:
    field → values; rows that hold one of them are left out.

    Its headings are the schema's titles and its rows say whose they are, so that it reads back as a form; one from which
    personal data were taken says so in its first line, and is refused.
    """
    # annex 1 has links into annexes 2 and 3
    if rules.schemas[form].item_kind and audience is Audience.INTERNAL and whose is EVERYBODY and not without:
        return frames.once(
            f"list {form} {today}", rules, lambda: _sheet(form, frames, rules, today, audience, whose, {})
        )
    return _sheet(form, frames, rules, today, audience, whose, without or {})


def _sheet(
    form: str,
    frames: Frames,
    rules: Rules,
    today: date,
    audience: Audience,
    whose: Concerned,
    without: Mapping[str, Collection[str]],
) -> SheetSpec:
    schema = rules.schemas[form]
    annex = schema.annex
    if annex is None:
        raise ValueError(f"schema {form} has no annex")
    listed = concerning(listing.listed(schema, frames, rules, today), schema, whose, frames, rules)
    for name, values in without.items():
        listed = listed[~listed[name].isin(list(values))]
    chosen = emptied(_numbered_as_there(listed), schema)
    total = _total(chosen, schema.role, rules, today)  # households are told apart by what is masked below
    return SheetSpec(
        name=annex.sheet,
        title=annex.title + whose.words,
        label=masks.label(annex.label, audience, rules),
        left=f"填报单位：{rules.campaign.bureau.value}",
        right=f"{_span(schema, rules, today)}　填报时间：{day_words(today)}",
        footer=FOOTER,
        columns=columns(schema),
        rows=_with_total(masks.masked(chosen, schema, audience, rules, _told_of(frames, rules)), total),
        style=STYLE,
    )


def columns(schema: FormSchema) -> tuple[Column, ...]:
    """The columns of the annex: 序号, 填报单位, then as the schema has them; 责任股室 closes the printed ones."""

    def place(field: Field) -> int:
        first = {"serial": 0, "unit": 1}.get(field.name)
        if first is not None:
            return first
        return 4 if not field.print else 3 if field.name == "responsible_office" else 2

    return tuple(
        Column(
            key=field.name,
            title=field.title,
            width=field.width,
            kind="serial" if field.name == "serial" else _KINDS.get(field.type, "text"),
            print=field.print or field.name in ("serial", "unit"),
            names=schema.identifies(field),
            must=field.name in ("serial", "unit") or schema.identifies(field),
        )
        for field in sorted(schema.annex_columns, key=place)
    )


def _numbered_as_there(rows: pd.DataFrame) -> pd.DataFrame:
    """`rows` with the numbers of other bureaus' items as these have them: the bureau stands in 填报单位."""
    for name in ("item_no", "item_nos"):
        if name in rows and any("/" in number for number in plain(rows[name])):
            rows = rows.assign(**{name: rows[name].map(in_its_bureau, na_action="ignore")})
    return rows


def emptied(rows: pd.DataFrame, schema: FormSchema) -> pd.DataFrame:
    """`rows` with the words that say nothing (无, /, —; 正常 where matters are told) left out."""
    shown = rows.copy()
    for field in schema.stored:
        if field.name in shown and field.type in ("string", "array") and not field.constraints.enum:
            says_nothing = terms.is_none if field.matter else terms.is_blank
            idle = [text for text in dict.fromkeys(plain(shown[field.name])) if text and says_nothing(text)]
            if idle:
                shown[field.name] = shown[field.name].mask(shown[field.name].isin(idle))
    return shown


def _span(schema: FormSchema, rules: Rules, today: date) -> str:
    """What the list covers, in words: more than the current round, which is all that 汇总统计 counts."""
    year = rules.campaign.year_of(today).year
    if schema.role is Role.VISITS:
        return f"列{year}年全年的走访"
    return f"列{year}年全年的事项和以前年度未销号的" if schema.item_kind else f"列{year}年收到的"


def _total(rows: pd.DataFrame, role: Role, rules: Rules, today: date) -> str:
    """共N户, 共N件 or 共N行; of items that are not all of the current round how many are, as 汇总统计 counts them."""
    if role is Role.LIST:
        return f"共{len(rows)}行"
    year, round_ = rounds.current_round(rules.campaign, today)
    if role is not Role.VISITS:
        own = len(of_round(rows, year, round_.number))
        return f"共{len(rows)}件" + (f"，其中{round_.name}{own}件" if own < len(rows) else "")
    distinct = households(rows).nunique()
    return f"共{distinct}户" if distinct == len(rows) else f"共{len(rows)}户次、{distinct}户"


def _told_of(frames: Frames, rules: Rules) -> list[tuple[pd.DataFrame, FormSchema]]:
    """All rows that tell of somebody: whoever stands in one list may be named in a text of another."""
    items = [rules.form(Role.DISPUTES), rules.form(Role.SUGGESTIONS)]
    lists = [(rows, rules.schemas[form]) for form, rows in frames.lists.items()]
    return [(frames.visits, rules.form(Role.VISITS)), *((frames.items, schema) for schema in items), *lists]


def _with_total(rows: pd.DataFrame, total: str) -> pd.DataFrame:
    """`rows` and a last one: 合计 and `total`; nothing where there are no rows."""
    count = len(rows)
    if not count:
        return rows.assign(**{STYLE: ""})
    units = pd.array([*rows["unit"].tolist(), total], dtype="str")
    shown = rows.reset_index(drop=True).reindex(range(count + 1))
    shown["serial"], shown["unit"] = [None] * count + ["合计"], units
    shown[STYLE] = [""] * count + ["total"]
    return shown
