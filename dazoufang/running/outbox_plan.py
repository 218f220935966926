"""What the outbox must hold: a pure function of record, rules and today, and how its slow parts are made."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Final

from dazoufang.duties import alerts
from dazoufang.ledger.chains import chains
from dazoufang.ledger.changes import Changes, Today, changes
from dazoufang.ledger.fold import Fold
from dazoufang.ledger.frames import Frames
from dazoufang.ledger.waiting import waiting
from dazoufang.ledger.withdrawals import recent
from dazoufang.model.submission import DUPLICATE, Submission
from dazoufang.model.vocabularies import ItemKind, ItemState
from dazoufang.outbox import publishing
from dazoufang.outbox.publishing import Artifact
from dazoufang.rules.campaign import Rules
from dazoufang.rules.exports import Export
from dazoufang.running import standing
from dazoufang.running.answer_plan import answers
from dazoufang.running.slow_parts import Books, Copies
from dazoufang.running.standing import Standing
from dazoufang.system import program
from dazoufang.system.children import Engine
from dazoufang.system.home import Home
from dazoufang.system.progress import Progress, silent, told
from dazoufang.writing import (
    alert_sheet,
    blank_forms,
    change_sheet,
    content_book,
    decision_book,
    petition_book,
    round_sheets,
)
from dazoufang.writing.annexes import annexes, exports, own_look
from dazoufang.writing.broken_template import BrokenTemplate
from dazoufang.writing.dashboard import page as dashboard
from dazoufang.writing.dashboard.facts import Facts
from dazoufang.writing.evidence import book as evidence
from dazoufang.writing.notice import facts as notice_facts
from dazoufang.writing.notice import notice as notices
from dazoufang.writing.notice.notice import Notice, notice
from dazoufang.writing.own_templates.dressing import tried
from dazoufang.writing.own_templates.layout import DressedBook
from dazoufang.writing.sheets.book import Book

BLANKS: Final = "空白表"
ADDING_UP: Final = "汇总"  # the step that shows how far the figures are


@dataclass(frozen=True)
class Publication:
    """The files of the outbox by path, the counts for the summary, and how the round stands."""

    files: dict[str, Artifact]
    counts: dict[str, dict[str, int]]
    standing: Standing
    copies: Copies
    books: Books
    broken: tuple[BrokenTemplate, ...] = ()  # these cannot be used: what is made of them is not there, all else is
    lacking: str = ""  # the same of a library that is not installed, in words

    def prepare(self, stale: Collection[str]) -> None:
        """Make what takes long of the files that must be made: returned copies now, large workbooks meanwhile."""
        self.copies.prepare(self.files[path].key for path in stale)
        self.books.prepare(stale)


def publication(
    home: Home,
    ledger_fold: Fold,
    morning: Frames,
    today: date,
    engine: Engine,
    progress: Progress = silent,
    templates: Path | None = None,
) -> Publication:
    """Plan the outbox for `today`. What is large and must be made anew is begun in a child at once.

    home, engine, progress: where, by whom, and what shows how far it is. ledger_fold: what is to be shown.
    morning: the frames of what had come before today. templates: their folder; by default the home's.
    """
    rules, books, frames = ledger_fold.rules, Books(engine), ledger_fold.frames()
    forms = [form for form in annexes.names(rules.schemas) if _is_published(form, frames, rules, today)]
    progress(ADDING_UP, 0, len(forms))
    books.expect(frames.visits.size)
    tables: dict[str, Book | DressedBook] = {}
    broken: list[BrokenTemplate] = []
    for form in told(progress, ADDING_UP, forms, len(forms)):
        try:
            tables |= _annexes(form, home, books, frames, rules, today, templates or home.templates)
        except BrokenTemplate as error:
            broken.append(error)
    for export in rules.campaign.exports.value:
        try:
            tables |= _export(export, home, books, frames, rules, today, templates or home.templates)
        except BrokenTemplate as error:
            broken.append(error)
    found = alerts.alerts(frames, rules, today)
    withdrawn = recent(ledger_fold.submissions, ledger_fold.effects, rules, today)
    told_of_rounds = list(round_sheets.sheets(frames, rules, today))
    tables[alert_sheet.FILE] = alert_sheet.book(frames, found, rules, today, withdrawn, told_of_rounds)
    changed, received = _changes(ledger_fold, morning, today)
    by_id = {submission.submission_id: submission for submission in ledger_fold.submissions}
    since = {submission.submission_id: ledger_fold.since(submission) for submission in received}
    tables[change_sheet.FILE] = change_sheet.book(changed, received, by_id, ledger_fold.withdrawn, since, rules, today)
    tables[petition_book.FILE] = petition_book.book(frames, chains(ledger_fold, frames), rules, today)
    pairs = waiting(ledger_fold)
    if pairs:
        tables[decision_book.FILE] = decision_book.book(pairs, rules, today)
    if evidence.is_due(frames, rules, today):
        tables[evidence.FILE] = evidence.book(ledger_fold, today)
    tables |= content_book.books(frames, rules, today)
    copies, lacking = Copies(home, rules, engine, progress), ""
    plan = answers(home, ledger_fold, copies, templates=templates)
    if rules.campaign.notice.is_due(rules.campaign.year_of(today), today):
        said = notice_facts.facts(frames, found, changed.balance, rules, today)
        try:
            if said and (wrong := _add_notice(plan, home, notice(templates or home.templates, said, today))):
                broken.append(wrong)
        except ModuleNotFoundError as error:  # after an update that brought no libraries: all else is published
            lacking = (
                f"没有出通报（其余都已出好）：没有装 {error.name}，请在程序文件夹里运行一次：python -m pip install ."
            )
    blanks, rules_key = cache(partial(blank_forms.render, rules)), f"{program.fingerprint()} {rules.fingerprint}"
    for schema in filter(lambda schema: schema.is_offered, rules.schemas.values()):
        name = f"{schema.title}.xlsx"
        plan[f"{BLANKS}/{name}"] = Artifact(lambda name=name: blanks()[name], rules_key)  # type: ignore[misc]
    for name in sorted(tables, key=lambda name: tables[name].cells):  # the largest last: a child writes it meanwhile
        plan[name] = books.artifact(name, tables[name])
    fresh = [submission for submission in received if submission.verdict != DUPLICATE]
    facts = Facts(
        frames, rules, today, found, changed, fresh, by_id, ledger_fold.withdrawn, since, withdrawn, len(pairs)
    )
    shown = dashboard.page(facts, templates or home.templates)
    plan[dashboard.FILE] = Artifact(shown.html, f"{program.fingerprint()} {shown.digest}")
    states, kinds = frames.items["state"].value_counts(), frames.items["kind"].value_counts()
    counts: dict[str, dict[str, int]] = {
        "rows": {
            "visits": len(frames.visits),
            "disputes": int(kinds.get(ItemKind.DISPUTE, 0)),
            "suggestions": int(kinds.get(ItemKind.SUGGESTION, 0)),
            **{form: len(rows) for form, rows in frames.lists.items() if form in forms},
        },
        "lists": {rules.schemas[form].title: len(rows) for form, rows in frames.lists.items() if form in forms},
        "items": {state: int(states.get(state, 0)) for state in ItemState},
        "alerts": alerts.counts(facts.groups),
    }
    return Publication(plan, counts, standing.of_fold(ledger_fold, found, today), copies, books, tuple(broken), lacking)


def _annexes(
    form: str, home: Home, books: Books, frames: Frames, rules: Rules, today: date, templates: Path
) -> dict[str, Book | DressedBook]:
    """The files of one annex; of those that must be made anew the large ones are begun. Raises BrokenTemplate."""
    drawn, own = own_look.books(form, frames, rules, today, templates)
    stale = publishing.stale(home.outbox, home.published, books.artifacts(drawn))
    for name in stale:
        if own is not None and isinstance(filled := drawn[name], DressedBook):
            tried(own, filled)
    books.prepare(stale)
    return drawn


def _export(
    export: Export, home: Home, books: Books, frames: Frames, rules: Rules, today: date, templates: Path
) -> dict[str, DressedBook]:
    """The file of a ledger for another office, where its template is there. Raises BrokenTemplate."""
    made = exports.book(export, frames, rules, today, templates)
    if made is None:
        return {}
    name, drawn, own = made
    if publishing.stale(home.outbox, home.published, books.artifacts({name: drawn})):
        tried(own, drawn)
    return {name: drawn}


def _add_notice(plan: dict[str, Artifact], home: Home, wanted: Notice) -> BrokenTemplate | None:
    """Plan the notice. Where its template cannot be used the plan has none: a notice of another day would be taken for
    today's. It is made here, and not with the others, whenever it must be made anew: what is wrong with it stops nothing else.
    """
    artifact = Artifact(wanted.make, f"{program.fingerprint()} {wanted.key}")
    if publishing.stale(home.outbox, home.published, {notices.FILE: artifact}):
        try:
            made = wanted.make()
        except BrokenTemplate as error:
            return error
        artifact = replace(artifact, make=lambda: made)
    plan[notices.FILE] = artifact
    return None


def _is_published(form: str, frames: Frames, rules: Rules, today: date) -> bool:
    """Whether a form that has an annex is published: some only while there is a row of the year."""
    annex, rows = rules.schemas[form].annex, frames.lists.get(form)
    if rows is None or annex is None or annex.when_empty:
        return True
    return bool((rows["year"] == rules.campaign.year_of(today).year).any())


def _changes(ledger_fold: Fold, morning: Frames, today: date) -> tuple[Changes, list[Submission]]:
    """What changed since this morning, and what was received today."""
    received = [submission for submission in ledger_fold.submissions if submission.received_on >= today]
    known = Today(received, ledger_fold.effects, ledger_fold.withdrawn, ledger_fold.ledger.number)
    return changes(morning, ledger_fold.frames(), known, ledger_fold.rules.schemas), received
