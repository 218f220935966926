"""What the outbox must hold: a pure function of record, rules and today, and how its slow parts are made."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Final

from dazoufang.duties import alerts
from dazoufang.ledger.chains import chains
from dazoufang.ledger.fold import Fold
from dazoufang.ledger.frames import Frames
from dazoufang.model.vocabularies import ItemKind, ItemState
from dazoufang.outbox import publishing
from dazoufang.outbox.publishing import Artifact
from dazoufang.rules.campaign import Rules
from dazoufang.rules.exports import Export
from dazoufang.running import standing
from dazoufang.running.answer_plan import answers
from dazoufang.running.day import Day
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
from dazoufang.writing.evidence import book as evidence
from dazoufang.writing.notice import facts as notice_facts
from dazoufang.writing.notice import notice as notices
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


@dataclass
class Plan:
    """An outbox while it is planned: each of `PARTS` puts into it what it publishes.

    day: what is to be shown. templates: their folder. tables: workbooks by their names; `files` is all else. broken, lacking:
    as `Publication` has them.
    """

    home: Home
    day: Day
    templates: Path
    copies: Copies
    books: Books
    progress: Progress
    tables: dict[str, Book | DressedBook] = field(default_factory=dict)
    files: dict[str, Artifact] = field(default_factory=dict)
    broken: list[BrokenTemplate] = field(default_factory=list)
    lacking: str = ""

    def stale(self, artifacts: dict[str, Artifact]) -> list[str]:
        """Which of these must be made anew."""
        return publishing.stale(self.home.outbox, self.home.published, artifacts)

    def add(self, tables: Mapping[str, Book | DressedBook]) -> None:
        """Put in these workbooks; of those that must be made anew the large ones are begun."""
        self.tables |= tables
        large = {name: book for name, book in tables.items() if self.books.is_large(book)}
        if large:
            self.books.prepare(self.stale(self.books.artifacts(large)))


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
    day, books = Day(ledger_fold, morning, today), Books(engine)
    copies = Copies(home, ledger_fold.rules, engine, progress)
    plan = Plan(home, day, templates or home.templates, copies, books, progress)
    books.expect(day.frames.visits.size)
    for add in PARTS:
        add(plan)
    files = dict(plan.files)
    # The largest last: a child writes it meanwhile.
    for name in sorted(plan.tables, key=lambda name: plan.tables[name].cells):
        files[name] = books.artifact(name, plan.tables[name])
    shown = standing.of_fold(ledger_fold, day.alerts, today)
    return Publication(files, _counts(day), shown, copies, books, tuple(plan.broken), plan.lacking)


def _counts(day: Day) -> dict[str, dict[str, int]]:
    """What the summary counts."""
    frames = day.frames
    states, kinds = frames.items["state"].value_counts(), frames.items["kind"].value_counts()
    lists = {form: len(frames.lists[form]) for form in _published(day) if form in frames.lists}
    return {
        "rows": {
            "visits": len(frames.visits),
            "disputes": int(kinds.get(ItemKind.DISPUTE, 0)),
            "suggestions": int(kinds.get(ItemKind.SUGGESTION, 0)),
            **lists,
        },
        "lists": {day.rules.schemas[form].title: count for form, count in lists.items()},
        "items": {state: int(states.get(state, 0)) for state in ItemState},
        "alerts": alerts.counts(day.facts.groups),
    }


def _published(day: Day) -> list[str]:
    """The forms that have an annex today."""
    return [form for form in annexes.names(day.rules.schemas) if _is_published(form, day.frames, day.rules, day.today)]


def _is_published(form: str, frames: Frames, rules: Rules, today: date) -> bool:
    """Whether a form that has an annex is published: some only while there is a row of the year."""
    annex, rows = rules.schemas[form].annex, frames.lists.get(form)
    if rows is None or annex is None or annex.when_empty:
        return True
    return bool((rows["year"] == rules.campaign.year_of(today).year).any())


def add_annexes(plan: Plan) -> None:
    """The annexes; of those that must be made anew the large ones are begun."""
    day, forms = plan.day, _published(plan.day)
    plan.progress(ADDING_UP, 0, len(forms))
    for form in told(plan.progress, ADDING_UP, forms, len(forms)):
        try:
            drawn, own = own_look.books(form, day.frames, day.rules, day.today, plan.templates)
            stale = plan.stale(plan.books.artifacts(drawn))
            for name in stale:
                if own is not None and isinstance(filled := drawn[name], DressedBook):
                    tried(own, filled)
        except BrokenTemplate as error:
            plan.broken.append(error)
            continue
        plan.books.prepare(stale)
        plan.tables |= drawn


def add_exports(plan: Plan) -> None:
    """The ledgers for other offices, each where its template is there."""
    for export in plan.day.rules.campaign.exports.value:
        try:
            plan.add(_export(plan, export))
        except BrokenTemplate as error:
            plan.broken.append(error)


def _export(plan: Plan, export: Export) -> dict[str, DressedBook]:
    made = exports.book(export, plan.day.frames, plan.day.rules, plan.day.today, plan.templates)
    if made is None:
        return {}
    name, drawn, own = made
    if plan.stale(plan.books.artifacts({name: drawn})):
        tried(own, drawn)
    return {name: drawn}


def add_alerts(plan: Plan) -> None:
    """预警提醒.xlsx, with the sheets of the round behind the alerts."""
    day = plan.day
    of_rounds = list(round_sheets.sheets(day.frames, day.rules, day.today))
    book = alert_sheet.book(day.frames, day.alerts, day.rules, day.today, day.taken_down, of_rounds)
    plan.add({alert_sheet.FILE: book})


def add_changes(plan: Plan) -> None:
    """今日变化.xlsx."""
    day = plan.day
    known = (day.received, day.submissions, day.fold.withdrawn, day.since)
    plan.add({change_sheet.FILE: change_sheet.book(day.changes, *known, day.rules, day.today)})


def add_petitions(plan: Plan) -> None:
    """初信初访与重复访.xlsx."""
    day = plan.day
    book = petition_book.book(day.frames, chains(day.fold, day.frames), day.rules, day.today)
    plan.add({petition_book.FILE: book})


def add_decisions(plan: Plan) -> None:
    """The form of decisions, where anything waits for one."""
    if plan.day.waiting:
        plan.add({decision_book.FILE: decision_book.book(plan.day.waiting, plan.day.rules, plan.day.today)})


def add_evidence(plan: Plan) -> None:
    """考核佐证.xlsx, at the end of the year."""
    if evidence.is_due(plan.day.frames, plan.day.rules, plan.day.today):
        plan.add({evidence.FILE: evidence.book(plan.day.fold, plan.day.today)})


def add_content(plan: Plan) -> None:
    """走访情况分析.xlsx, and the cards of its topics."""
    plan.add(content_book.books(plan.day.frames, plan.day.rules, plan.day.today))


def add_answers(plan: Plan) -> None:
    """Receipts and returned copies."""
    plan.files |= answers(plan.home, plan.day.fold, plan.copies, templates=plan.templates)


def add_notice(plan: Plan) -> None:
    """The notice, on its days. Where its template cannot be used there is none: a notice of another day would be taken for
    today's. It is made here, and not with the others, whenever it must be made anew: what is wrong with it stops nothing else.
    """
    day = plan.day
    if not day.rules.campaign.notice.is_due(day.rules.campaign.year_of(day.today), day.today):
        return
    said = notice_facts.facts(day.frames, day.alerts, day.changes.balance, day.rules, day.today)
    if not said:
        return
    wanted = notices.notice(plan.templates, said, day.today)
    artifact = Artifact(wanted.make, f"{program.fingerprint()} {wanted.key}")
    try:
        if plan.stale({notices.FILE: artifact}):
            made = wanted.make()
            artifact = replace(artifact, make=lambda: made)
    except BrokenTemplate as error:
        plan.broken.append(error)
    except ModuleNotFoundError as error:  # after an update that brought no libraries: all else is published
        plan.lacking = (
            f"没有出通报（其余都已出好）：没有装 {error.name}，请在程序文件夹里运行一次：python -m pip install ."
        )
    else:
        plan.files[notices.FILE] = artifact


def add_blank_forms(plan: Plan) -> None:
    """The blank forms."""
    rules = plan.day.rules
    blanks, key = cache(partial(blank_forms.render, rules)), f"{program.fingerprint()} {rules.fingerprint}"
    for schema in filter(lambda schema: schema.is_offered, rules.schemas.values()):
        name = f"{schema.title}.xlsx"
        plan.files[f"{BLANKS}/{name}"] = Artifact(lambda name=name: blanks()[name], key)  # type: ignore[misc]


def add_page(plan: Plan) -> None:
    """The page; it leads to what the parts before it have planned."""
    shown = dashboard.page(plan.day.facts, plan.templates, [*plan.files, *plan.tables])
    plan.files[dashboard.FILE] = Artifact(shown.html, f"{program.fingerprint()} {shown.digest}")


PARTS: Final[tuple[Callable[[Plan], None], ...]] = (
    add_annexes,
    add_exports,
    add_alerts,
    add_changes,
    add_petitions,
    add_decisions,
    add_evidence,
    add_content,
    add_answers,
    add_notice,
    add_blank_forms,
    add_page,
)
