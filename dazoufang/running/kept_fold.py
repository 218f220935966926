"""The folded record, kept among the local data between two processes and advanced by what is new; and this morning's frames.

What is kept may be thrown away at any time: it is used only where program, rules and all that the record holds of its
submissions are the very same, else the record is folded from its beginning.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from dazoufang.ledger.fold import Fold, fold
from dazoufang.ledger.frames import Frames
from dazoufang.model.submission import Submission
from dazoufang.record.digest import digest
from dazoufang.record.record import Record
from dazoufang.rules.campaign import Rules
from dazoufang.system import collector, files, logbook, program
from dazoufang.system.home import Home
from dazoufang.system.progress import Progress, silent, told

FILE: Final = "folded.bin"  # in the local data: its key, a line, then the pickled fold
MORNING: Final = "morning.bin"  # the same of the frames of what came before today
BEHIND: Final = 40  # submissions; to take in so many again is quicker than to keep a large fold anew


def folded(home: Home, record: Record, rules: Rules, progress: Progress = silent) -> Fold:
    """The whole record, folded by `rules`: from what was kept on, where it fits.

    Raises:
        BrokenRules: the record holds a form whose file is gone from the rules.
    """
    kept = _kept(home.data / FILE, record, rules)
    assert kept is None or isinstance(kept, Fold)  # noqa: S101 (the file's own name says which)
    after = kept.submissions[-1].submission_id if kept else 0
    total = record.counters().submission_id - after
    newer = told(progress, "读台账", record.submissions(after), total)
    if kept is None:
        return fold(newer, rules)
    for submission in newer:
        kept.take(submission)
    return kept


def of_home(home: Home, rules: Rules) -> Fold:
    """What a home's record comes to, for a command that only looks; nothing where it has none.

    Raises:
        BrokenRules: as `folded`.
    """
    if not home.has_record:
        return Fold(rules)
    with Record.of(home) as record:
        return folded(home, record, rules)


def keep(home: Home, record: Record, ledger_fold: Fold) -> None:
    """Keep the fold for later, unless what is kept already is not far behind it. A disk that is full stops nothing."""
    count, before = len(ledger_fold.submissions), _key(home.data / FILE)
    known = before.submissions if before and before.made_by == _made_by(ledger_fold.rules) else 0
    if count - known < max(BEHIND, count // 20):
        return
    last = ledger_fold.submissions[-1].submission_id
    _write(home.data / FILE, record, ledger_fold.rules, last, count, ledger_fold)


def morning(home: Home, record: Record, ledger_fold: Fold, today: date) -> Frames:
    """The frames of what had come before `today`, from what was kept where it fits; folded once a day, then kept.

    They are the fold's own where nothing came today."""
    before = before_day(ledger_fold.submissions, today)
    if len(before) == len(ledger_fold.submissions):
        return ledger_fold.frames()
    key = _key(home.data / MORNING)
    if key and before and (key.last, key.submissions) == (before[-1].submission_id, len(before)):
        kept = _kept(home.data / MORNING, record, ledger_fold.rules)
        if isinstance(kept, Frames):
            return kept
    frames = frames_before(ledger_fold, today)
    if before:
        _write(home.data / MORNING, record, ledger_fold.rules, before[-1].submission_id, len(before), frames)
    return frames


def frames_before(ledger_fold: Fold, day: date) -> Frames:
    """The frames of what had been received before a day, folded anew; the fold's own where that is all."""
    before = before_day(ledger_fold.submissions, day)
    whole = len(before) == len(ledger_fold.submissions)
    if whole:
        return ledger_fold.frames()
    return (fold(before, ledger_fold.rules) if before else Fold(ledger_fold.rules)).frames()


def before_day(submissions: Sequence[Submission], day: date) -> list[Submission]:
    """Those that were received before a day."""
    return [submission for submission in submissions if submission.received_on < day]


def _write(file: Path, record: Record, rules: Rules, last: int, count: int, held: object) -> None:
    """Keep something made of the submissions up to the number `last`. A disk that is full stops nothing."""
    data = pickle.dumps(held, pickle.HIGHEST_PROTOCOL)
    key = _Key(last, count, _made_by(rules), digest(record, last), files.sha256(data))
    try:
        files.write_atomic(file, "\t".join(map(str, key)).encode() + b"\n" + data)
    except OSError as error:
        logbook.failure(error)


class _Key(NamedTuple):
    """By what a kept fold is known: its last submission, how many there are, what it was made by, and the hashes of what the
    record holds of them and of the fold itself."""

    last: int
    submissions: int
    made_by: str
    record: str
    data: str


def _made_by(rules: Rules) -> str:
    return f"{program.fingerprint()} {rules.fingerprint} {int(rules.generation)}"


def _key(path: Path) -> _Key | None:
    """The key of what is kept; None where there is nothing, or what cannot be read."""
    try:
        with path.open("rb") as stream:
            last, count, *rest = stream.readline().decode().rstrip("\n").split("\t")
        return _Key(int(last), int(count), *rest)
    except (OSError, ValueError, TypeError):
        return None


def _kept(path: Path, record: Record, rules: Rules) -> object:
    """What is kept, if it is of this program, these rules and this record, and whole."""
    key = _key(path)
    if key is None or key.made_by != _made_by(rules):
        return None
    data = path.read_bytes().partition(b"\n")[2]
    if key.data != files.sha256(data) or key.record != digest(record, key.last):
        return None
    with collector.paused():
        return pickle.loads(data)  # noqa: S301 (ours: the local data are their owner's alone, and its hash agrees)
