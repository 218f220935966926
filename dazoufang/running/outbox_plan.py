"""What the outbox must hold: a pure function of record, rules and today, and how its slow parts are made."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from typing import Final

from dazoufang import __version__
from dazoufang.duties import alerts
from dazoufang.ledger.fold import Fold
from dazoufang.ledger.withdrawals import recent
from dazoufang.model.submission import PARTLY, UNKNOWN_UNIT, Submission
from dazoufang.model.vocabularies import ItemKind, ItemState
from dazoufang.outbox.publishing import Artifact
from dazoufang.rules import templates as template_prints
from dazoufang.rules.packed import pack
from dazoufang.rules.schema import Role
from dazoufang.running.slow_parts import AnnexInChild, Copies
from dazoufang.system import files
from dazoufang.system.children import Engine
from dazoufang.system.home import Home
from dazoufang.system.progress import Progress, silent
from dazoufang.writing import alert_sheet, blank_forms
from dazoufang.writing.annexes import annexes
from dazoufang.writing.annexes.annexes import AnnexTask
from dazoufang.writing.answers.names import answer_names, has_copy
from dazoufang.writing.answers.receipt import receipt

RECEIPTS: Final = "回执"
RETURNS: Final = "退回"
BLANKS: Final = "空白表"
LARGE: Final = 3000  # visits; from here on annex 1 is worth a child process of its own


@dataclass(frozen=True)
class Publication:
    """The files of the outbox by path, and the counts for the summary."""

    files: dict[str, Artifact]
    counts: dict[str, dict[str, int]]
    copies: Copies
    large_annex: AnnexInChild | None

    def prepare(self, stale: Collection[str]) -> None:
        """Make what takes long of the files that must be made: returned copies now, a large annex 1 meanwhile."""
        self.copies.prepare(self.files[path].key for path in stale)
        if self.large_annex is not None and self.large_annex.name in stale:
            self.large_annex.start()


def publication(home: Home, ledger_fold: Fold, today: date, engine: Engine, progress: Progress = silent) -> Publication:
    """Plan the outbox for `today`."""
    rules, frames = ledger_fold.rules, ledger_fold.frames()
    found = alerts.alerts(frames, rules, today)
    copies = Copies(home, rules, engine, progress)
    withdrawn = recent(ledger_fold.submissions, ledger_fold.effects, today)
    rules_key = f"{__version__} {rules.fingerprint}"
    key = f"{rules_key} {today} {_record_key(ledger_fold.submissions)}"
    plan = {
        name: Artifact(partial(annexes.workbook, form, frames, rules, today), key)
        for form, name in annexes.names(rules.schemas).items()
    }
    plan[alert_sheet.FILE] = Artifact(partial(alert_sheet.render, frames, found, rules, today, withdrawn), key)
    large_annex = None
    visits = rules.form(Role.VISITS)
    if len(frames.visits) >= LARGE and visits.annex is not None:
        name = visits.annex.file
        large_annex = AnnexInChild(
            engine, name, AnnexTask(visits.name, replace(frames, derived={}), pack(rules), today), plan.pop(name)
        )
        plan[name] = Artifact(large_annex.make, key)  # last, so that the others are made while it is
    blanks = cache(partial(blank_forms.render, rules))
    for schema in filter(lambda schema: schema.is_offered, rules.schemas.values()):
        name = f"{schema.title}.xlsx"
        plan[f"{BLANKS}/{name}"] = Artifact(lambda name=name: blanks()[name], rules_key)  # type: ignore[misc]
    plan = answers(home, ledger_fold, copies) | plan
    states, kinds = frames.items["state"].value_counts(), frames.items["kind"].value_counts()
    counts: dict[str, dict[str, int]] = {
        "rows": {
            "visits": len(frames.visits),
            "disputes": int(kinds.get(ItemKind.DISPUTE, 0)),
            "suggestions": int(kinds.get(ItemKind.SUGGESTION, 0)),
            **{form: len(rows) for form, rows in frames.lists.items()},
        },
        "lists": {rules.schemas[form].title: len(rows) for form, rows in frames.lists.items()},
        "items": {state: int(states.get(state, 0)) for state in ItemState},
        "alerts": alerts.counts(found),
    }
    return Publication(plan, counts, copies, large_annex)


def answers(
    home: Home, ledger_fold: Fold, copies: Copies, wanted: Iterable[Submission] | None = None
) -> dict[str, Artifact]:
    """The receipts and returned copies, of all submissions or of those `wanted`. Rule: every delivered file gets one answer: receipt, returned copy, or both.

    What a newer file has taken the place of is done with: its copy goes, its receipt says so.
    """
    rules, templates = ledger_fold.rules, home.templates
    by_id = {submission.submission_id: submission for submission in ledger_fold.submissions}
    made_from = f"{__version__} {rules.fingerprint} {template_prints.fingerprint(templates)}"
    plan: dict[str, Artifact] = {}
    for submission in ledger_fold.submissions if wanted is None else wanted:
        folder = files.safe_name(submission.unit or UNKNOWN_UNIT)
        receipt_name, copy_name = answer_names(submission)
        newer = ledger_fold.replaced_by(submission)
        key = f"{made_from} {submission.submission_id} {submission.sha256} {newer or ''}"
        effect, twin = ledger_fold.effects[submission.submission_id], by_id.get(submission.duplicate_of)
        with_notices = replace(submission, faults=[*submission.faults, *effect.notices])  # also what the ledger found
        marked = has_copy(with_notices) and not newer
        back = submission.errors and not newer and not (marked and submission.verdict == PARTLY)
        place = RETURNS if back else RECEIPTS
        make = partial(receipt, submission, effect, rules, templates, twin, newer)
        plan[f"{place}/{folder}/{receipt_name}"] = Artifact(make, key)
        if marked:
            plan[f"{RETURNS}/{folder}/{copy_name}"] = copies.artifact(with_notices, key)
    return plan


def _record_key(submissions: Iterable[Submission]) -> str:
    """A short hash of all that was accepted, and how: what is made of the whole record is the same while it stands."""
    said = (
        f"{each.submission_id} {each.sha256} {each.received_on} {each.rules} {each.verdict} {each.unit} {each.path}\n"
        for each in submissions
    )
    return files.sha256("".join(said).encode())[:16]
