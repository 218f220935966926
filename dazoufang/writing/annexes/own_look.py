"""The annexes in the office's own templates: 附件1.xlsx … in templates/, filled instead of being drawn as ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path, PurePath
from typing import Final

from dazoufang.duties import rounds
from dazoufang.duties.slices import EVERYBODY, Concerned
from dazoufang.ledger.frames import Frames
from dazoufang.model.faults import day_words
from dazoufang.model.vocabularies import Audience
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import FormSchema, Role
from dazoufang.writing.annexes import annexes, summary
from dazoufang.writing.own_templates.dressing import OwnTemplate, Wanted, dressed, own_template
from dazoufang.writing.own_templates.layout import DressedBook
from dazoufang.writing.own_templates.matching import FigureColumns, FormColumns
from dazoufang.writing.sheets.book import Book

# Other headings of 汇总统计, beside those of a unit's own summary (schemas/claimed_totals.yaml).
_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "unit": ("单位名称", "填报单位", "股室", "股室单位"),
    "cadre": ("走访干部姓名", "姓名"),
    "due": ("应走访户数", "任务数", "目标任务", "应访户数"),
    "rate": ("完成比例", "走访率"),
    "dispute_going": ("矛盾纠纷|化解中",),
    "suggestion_going": ("意见建议|办理中",),
    "dispute_closed": ("矛盾纠纷|销号",),
    "suggestion_closed": ("意见建议|销号",),
    "followed": ("回访", "回访户数"),
}
_CLAIMED: Final = {
    "unit": "unit", "cadre": "cadre", "visits": "done", "disputes": "dispute_found", "disputes_resolved": "dispute_done",
    "suggestions": "suggestion_found", "suggestions_resolved": "suggestion_done",
}  # fmt: skip


def fields(rules: Rules, today: date) -> dict[str, str]:
    """What {{…}} in a template stand for, in the words of 通报.docx."""
    year, round_ = rounds.current_round(rules.campaign, today)
    return {
        "局名": rules.campaign.bureau.value,
        "活动": rules.campaign.name.value,
        "年": str(year),
        "轮次": str(round_.name.value),
        "今天": day_words(today, year),
        "日期": day_words(today),
    }


def template(form: str, rules: Rules, folder: Path) -> OwnTemplate | None:
    """The office's template of an annex: 附件1.xlsx, or of the annex's own name. Raises BrokenTemplate, see `own_template`."""
    annex = rules.schemas[form].annex
    if annex is None:
        raise ValueError(f"schema {form} has no annex")
    return own_template(folder, [annex.label, PurePath(annex.file).stem], f"“{annex.file}”")


def in_own_look(
    own: OwnTemplate | None, form: str, book: Book, rules: Rules, today: date, whose: Concerned = EVERYBODY
) -> Book | DressedBook:
    """One annex as the office's template has it; as ours where there is none, where a list is longer than one sheet, and
    where the template has no line over its table in which it could be said what is hidden or whose rows they are.

    Raises:
        BrokenTemplate: the template cannot be used.
    """
    schema = rules.schemas[form]
    wanted = _wanted(schema, book, rules)
    if own is None or not wanted:
        return book
    label = schema.annex.label if schema.annex else ""
    return dressed(own, book, wanted, fields(rules, today), label, whose.words) or book


def books(
    form: str, frames: Frames, rules: Rules, today: date, folder: Path
) -> tuple[dict[str, Book | DressedBook], OwnTemplate | None]:
    """File name → one annex as it is published, and the office's template of it. Raises BrokenTemplate."""
    own = template(form, rules, folder)
    drawn = annexes.books(form, frames, rules, today)
    return {name: in_own_look(own, form, book, rules, today) for name, book in drawn.items()}, own


def book(
    form: str, frames: Frames, rules: Rules, today: date, folder: Path, audience: Audience, whose: Concerned
) -> Book | DressedBook:
    """One annex, or what of it concerns somebody, as `annexes.book` has it, in the office's template. Raises BrokenTemplate."""
    drawn = annexes.book(form, frames, rules, today, audience, whose)
    return in_own_look(template(form, rules, folder), form, drawn, rules, today, whose)


def _wanted(schema: FormSchema, book: Book, rules: Rules) -> list[Wanted]:
    """Which sheets of a book a template may have; none of a list that stands on several sheets."""
    annex = schema.annex
    assert annex is not None  # noqa: S101
    names = [sheet.name for sheet in book.sheets]
    if set(names) - {annex.sheet, summary.SHEET}:
        return []
    found: list[Wanted] = []
    for number, sheet in enumerate(book.sheets):
        if sheet.name == annex.sheet:
            found.append(Wanted(number, annex.sheet, FormColumns(schema, rules.schemas)))
        else:
            named = frozenset({"unit", "cadre"})
            found.append(
                Wanted(number, summary.SHEET, FigureColumns(sheet.columns, aliases(rules), named), by_unit=True)
            )
    return found


def aliases(rules: Rules) -> dict[str, tuple[str, ...]]:
    """Other headings of 汇总统计: key → as units and offices write it."""
    claimed, visited = rules.form(Role.CLAIMS).by_name, rules.form(Role.VISITS).by_name
    theirs = {key: (claimed[name].title, *claimed[name].aliases) for name, key in _CLAIMED.items() if name in claimed}
    if "cadres" in visited:
        theirs["cadre"] = (*theirs.get("cadre", ()), visited["cadres"].title, *visited["cadres"].aliases)
    return {key: (*theirs.get(key, ()), *_ALIASES.get(key, ())) for key in theirs.keys() | _ALIASES.keys()}
