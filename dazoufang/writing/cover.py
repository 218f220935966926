"""The cover sheet of what is reported upward: whose, which round, until which day, the figures, and what lies behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

import pandas as pd

from dazoufang.duties import quotas, rounds
from dazoufang.ledger import listing
from dazoufang.ledger.frames import Frames
from dazoufang.model.faults import day_words
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import REPORTED, FormSchema, Role
from dazoufang.writing.annexes import summary
from dazoufang.writing.sheets.book import Book
from dazoufang.writing.sheets.columns import FOOTER, Column, SheetSpec
from dazoufang.writing.sheets.page import workbook

FILE: Final = "封面 研判汇总情况上报.xlsx"
SHEET: Final = "封面"
_COLUMNS: Final = (
    Column("serial", "序号", 6, kind="serial"),
    Column("about", "项目", 24),
    Column("said", "情况", 60),
)
_NOTE: Final = "本轮各项数字与附件1“汇总统计”的合计一致；附件2、附件3 含本年度全部事项和以前年度没有销号的事项。"


class _Line(NamedTuple):
    about: str
    said: str


def render(frames: Frames, rules: Rules, today: date) -> bytes:
    """The cover sheet as a workbook; the same input gives the same bytes. Its figures are those of 汇总统计, so that
    nothing is counted twice; it names no person."""
    year, round_ = rounds.current_round(rules.campaign, today)
    lines = [*_figures(frames, rules, today), *_enclosures(frames, rules, today)]
    sheet = SheetSpec(
        name=SHEET,
        title=f"{rules.campaign.name.value}研判汇总情况",
        left=f"报送单位：{rules.campaign.bureau.value}（盖章）",
        right=f"{year}年{round_.name}　截至{day_words(today)}",
        columns=_COLUMNS,
        rows=pd.DataFrame(lines),
        note=_NOTE,
        footer=FOOTER,
    )
    return workbook(Book((sheet,), today, rules.campaign.bureau.value, rules.campaign.a3))


def _figures(frames: Frames, rules: Rules, today: date) -> Iterator[_Line]:
    progress, (_, round_) = quotas.progress(frames, rules, today), rounds.current_round(rules.campaign, today)
    spec = summary.sheet(progress, frames, rules, today)
    if spec.rows.empty:
        yield _Line("走访", "本轮还没有走访，也没有花名册")
        return
    total = {str(name): value for name, value in spec.rows.iloc[-1].items()}
    rate = f"{total['rate']:.1%}" if total["due"] else "—"
    yield _Line("参加干部", f"{total['unit']}，{total['cadre']}")
    debt = rounds.debt_in_words(int(progress["carried"].sum()), round_, rules.campaign)
    owed = f"{total['due']} 户" + (f"（{debt}）" if debt else "")
    yield _Line("走访", f"应走访 {owed}，已走访 {total['done']} 户，完成率 {rate}（{total['done']}/{total['due']}）")
    kinds = [f"{kind} {total[kind]} 户" for kind in summary.target_kinds(rules) if total[kind]]
    yield _Line("走访对象", "，".join(kinds) or "—")
    for about, kind, counted in (
        ("矛盾纠纷", "dispute", summary.DISPUTES),
        ("意见建议", "suggestion", summary.SUGGESTIONS),
    ):
        yield _Line(about, "，".join(f"{title} {total[f'{kind}_{key}']} 件" for key, title in counted.items()))
    yield _Line("回访", f"已回访 {total['followed']} 户次")


def _enclosures(frames: Frames, rules: Rules, today: date) -> Iterator[_Line]:
    for label, (schema, file) in reported(rules).items():
        rows = len(listing.listed(schema, frames, rules, today))
        yield _Line(
            label, f"{file.removeprefix(label).strip()}　{rows} {'户次' if schema.role is Role.VISITS else '件'}"
        )


def reported(rules: Rules) -> dict[str, tuple[FormSchema, str]]:
    """The annexes that are reported upward, in order: label → its form and file name."""
    found = {
        schema.annex.label: (schema, schema.annex.file)
        for schema in rules.schemas.values()
        if schema.annex and schema.role in REPORTED
    }
    return dict(sorted(found.items()))
