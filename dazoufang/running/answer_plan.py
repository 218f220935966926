"""Which answer each delivered file gets, and where it lies: receipt, returned copy, or both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from dazoufang.ledger.fold import Fold
from dazoufang.model.submission import PARTLY, Submission
from dazoufang.outbox.publishing import Artifact
from dazoufang.rules import templates as template_prints
from dazoufang.rules.answered import answered_to
from dazoufang.running.slow_parts import Copies
from dazoufang.system import files, program
from dazoufang.system.home import Home
from dazoufang.writing.answers.names import answer_names, has_copy, link, rows_name
from dazoufang.writing.answers.receipt import receipt
from dazoufang.writing.answers.wrong_rows import can_stand_alone

RECEIPTS: Final = "回执"
RETURNS: Final = "退回"


def answers(
    home: Home,
    ledger_fold: Fold,
    copies: Copies,
    wanted: Iterable[Submission] | None = None,
    templates: Path | None = None,
) -> dict[str, Artifact]:
    """The receipts and returned copies, of all submissions or of those `wanted`. Rule: every delivered file gets one answer: receipt, returned copy, or both.

    What a newer file has taken the place of, or what was withdrawn, is done with: its copy goes, its receipt says so.
    """
    rules, templates = ledger_fold.rules, templates or home.templates
    by_id = {submission.submission_id: submission for submission in ledger_fold.submissions}
    made_from = f"{program.fingerprint()} {rules.fingerprint} {template_prints.pages_fingerprint(templates)}"
    plan: dict[str, Artifact] = {}
    for submission in ledger_fold.submissions if wanted is None else wanted:
        folder = files.safe_name(answered_to(submission, rules, by_id.get(submission.duplicate_of)))
        receipt_name, copy_name = answer_names(submission)
        since, effect = ledger_fold.since(submission), ledger_fold.effects[submission.submission_id]
        twin, done_with = by_id.get(submission.duplicate_of), any(since)
        key = f"{made_from} {submission.submission_id} {submission.sha256} {since if done_with else ''}"
        if submission.submission_id in ledger_fold.rewritten:
            key += files.sha256(repr(effect).encode("utf-8", "surrogatepass"))
        with_notices = replace(submission, faults=[*submission.faults, *effect.notices])  # also what the ledger found
        marked = has_copy(with_notices) and not done_with
        back = submission.errors and not done_with and not (marked and submission.verdict == PARTLY)
        place = RETURNS if back else RECEIPTS
        page, copy = f"{place}/{folder}/{receipt_name}", f"{RETURNS}/{folder}/{copy_name}"
        to_copy = link(page, copy) if marked else ""
        small = f"{RETURNS}/{folder}/{rows_name(submission)}" if marked and can_stand_alone(with_notices) else ""
        to_small = link(page, small) if small else ""
        make = partial(receipt, submission, effect, rules, templates, twin, since, to_copy, to_small)
        plan[page] = Artifact(make, key)
        if marked:
            plan[copy] = copies.artifact(with_notices, key, link(copy, page))
        if small:
            plan[small] = copies.artifact(with_notices, f"{key} rows", link(small, page), only_rows=True)
    return plan
