"""Makes the record anew from the archive alone and compares it with the one there is: they must be equal."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from dazoufang.archive import originals
from dazoufang.archive.kept_rules import Rulebook
from dazoufang.judging.examine import Examined, Task, examine
from dazoufang.ledger.fold import Fold, fold
from dazoufang.model.faults import INFO, Fault
from dazoufang.model.submission import Delivery, Submission
from dazoufang.outbox.remembered import issued
from dazoufang.record.record import Counters, Record
from dazoufang.rules.campaign import load_rules
from dazoufang.rules.packed import pack
from dazoufang.running import past_night
from dazoufang.running.intake import engine_of, take_in, task_of
from dazoufang.running.kept_fold import frames_before
from dazoufang.running.outbox_plan import publication
from dazoufang.system import temp_folder
from dazoufang.system.child_limits import Failure
from dazoufang.system.children import raise_our_mistake
from dazoufang.system.home import Home
from dazoufang.system.progress import Progress, counted, silent


def rebuild(home: Home, today: date | None = None, progress: Progress = silent) -> list[str]:
    """Replay the archive; returns the differences in words, none when record and outbox are what the archive makes.
    Where there is no record (it was lost or set aside as broken) or an empty one, the one made anew becomes the record.

    `today`: the day for which the outbox is compared; by default the day it was last published for.
    """
    rules = load_rules(home.schemas)
    found: list[str] = []
    deliveries: list[Delivery] = []
    judged_by: list[str] = []
    book = Rulebook(home.archive, rules)
    for line in originals.read_journal(home.archive):
        day = date.fromisoformat(line["received_on"])
        deliveries.append(Delivery(line["path"], line["archived"], line["sha256"], day))
        judged_by.append(line.get("rules", ""))
        if originals.damaged(home.archive / line["archived"], line["sha256"]):
            found.append(f"收件{line['submission_id']}的原件 {line['archived']} 不在存档中，或已被改动")
    if found:
        return found
    recorded = _recorded(home)
    packed = {by: pack(book.rules(by)) for by in dict.fromkeys(judged_by)}
    with engine_of(rules, home) as engine:

        def task(archived: tuple[Delivery, str]) -> Task:
            delivery, by = archived
            file = home.archive / delivery.archived
            return task_of(file, delivery.name, book.rules(by), packed[by], delivery.received_on)

        examined: Sequence[Examined | Failure] = engine.map(
            examine,
            zip(deliveries, judged_by, strict=True),
            counted(progress, "重读存档", len(deliveries)),
            load=task,
        )
        raise_our_mistake(examined)
        anew = Fold(rules)
        fresh, _ = take_in(anew, deliveries, examined, [book.rules(by) for by in judged_by], Counters())
        if not recorded:
            with Record.of(home) as record, record.lead():
                record.append(fresh)
        else:
            fresh = _in_recorded_words(_through_a_record(fresh), recorded)
            found.extend(_differences(recorded, fresh))
        issue = issued(home.published)
        shown = today or (issue.today if issue else None)
        if shown is not None:
            past = past_night.of(home, shown, fresh, rules) if issue and past_night.is_past(issue) else None
            now = past.fold if past else fold(fresh, rules)
            folder = past.templates if past else home.templates
            plan = publication(home, now, frames_before(now, shown), shown, engine, progress, folder).files
            found.extend(_outbox_differences(home, {path: artifact.make() for path, artifact in plan.items()}))
    return found


def lost(home: Home) -> bool:
    """Whether the archive lists deliveries of which no record tells."""
    return bool(originals.read_journal(home.archive)) and not _recorded(home)


def _recorded(home: Home) -> list[Submission]:
    """The submissions of the record; none where there is no record."""
    if not home.has_record:
        return []
    with Record.of(home) as record:
        return list(record.submissions())


def _through_a_record(submissions: list[Submission]) -> list[Submission]:
    """The submissions written to a record and read back, so that they can be compared with those of one."""
    with (
        tempfile.TemporaryDirectory(dir=temp_folder.folder()) as folder,
        Record.at(Path(folder) / "anew.sqlite3") as record,
    ):
        record.append(submissions)
        return list(record.submissions())


def _in_recorded_words(anew: list[Submission], recorded: list[Submission]) -> list[Submission]:
    """The submissions made anew, worded as in the record: messages that an upgrade reworded are no difference."""
    recorded_by_id = {submission.submission_id: submission for submission in recorded}
    return [_with_words_of(recorded_by_id.get(submission.submission_id, submission), submission) for submission in anew]


def _with_words_of(recorded: Submission, anew: Submission) -> Submission:
    """`anew`, but for what an older program worded otherwise. One of version 1 also did not keep the rows of headings,
    nor by which rules it judged: of that, only what counts (verdict and rows) can be found again."""
    faults, repairs = anew.faults, anew.repairs
    rows = [[part.rows for part in submission.parts] for submission in (recorded, anew)]
    if not recorded.rules and recorded.verdict == anew.verdict and rows[0] == rows[1]:
        faults, repairs = recorded.faults, recorded.repairs
    elif _without_words(recorded.faults) == _without_words(faults):
        faults = recorded.faults
    parts = [
        replace(part, headings=before.headings) if {heading.row_no for heading in before.headings} == {0} else part
        for part, before in zip(anew.parts, recorded.parts, strict=False)
    ]
    return replace(anew, faults=faults, repairs=repairs, parts=parts + anew.parts[len(parts) :])


def _without_words(faults: list[Fault]) -> list[Fault]:
    """Faults without their sentences, for comparing. A column of text that an older program only named (S03) is the one
    that is asked about now (S14)."""
    plain = (replace(fault, message="", remedy="") for fault in faults)
    return [replace(fault, code="S03", severity=INFO) if fault.code == "S14" else fault for fault in plain]


def _differences(recorded: list[Submission], anew: list[Submission]) -> list[str]:
    found = []
    if len(recorded) != len(anew):
        found.append(f"台账库有{len(recorded)}份收件，存档清单有{len(anew)}份")
    for old, new in zip(recorded, anew, strict=False):
        if old != new:
            found.append(f"收件{old.submission_id}（{old.path}）：{_what_differs(old, new)}")
    return found


def _what_differs(old: Submission, new: Submission) -> str:
    if old.verdict != new.verdict:
        return f"结论不同（库中{old.verdict}，重建{new.verdict}）"
    if [part.rows for part in old.parts] != [part.rows for part in new.parts]:
        counts = [sum(len(part.rows) for part in submission.parts) for submission in (old, new)]
        return f"数据行不同（库中{counts[0]}行，重建{counts[1]}行；程序换过版本也会这样）"
    if old.faults != new.faults:
        return f"问题清单不同（库中{len(old.faults)}条，重建{len(new.faults)}条；程序换过版本也会这样）"
    return "登记内容不同"


def _outbox_differences(home: Home, made: dict[str, bytes]) -> list[str]:
    found = []
    for path, data in made.items():
        file = home.outbox / path
        if not file.exists():
            found.append(f"outbox 缺少 {path}")
        elif file.read_bytes() != data:
            found.append(f"outbox 中的 {path} 与重建的不同")
    return found
