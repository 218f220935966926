"""Proves that every file that came has gone somewhere: inbox, archive, record and outbox compared with each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from dazoufang.archive import originals
from dazoufang.inbox.scan import PassedOver, Waiting
from dazoufang.model.submission import ACCEPTED, DUPLICATE, PARTLY, RETURNED, Submission
from dazoufang.system import files
from dazoufang.system.home import Home

ALERT: Final = "收件对账有差异.txt"  # in the outbox, for as long as there is a difference
_MANY: Final = 10  # differences of one kind that are listed one by one


@dataclass(frozen=True)
class Proof:
    """Rule: received = accepted + partly + returned + duplicate + waiting. `received` is counted from the archive's own
    list and the inbox, the right side from the record and the inbox; `differences`: where they part, in words."""

    received: int
    accepted: int
    partly: int
    returned: int
    duplicate: int
    waiting: int
    differences: list[str]

    @property
    def words(self) -> str:
        """The equation, for a person."""
        return (
            f"收到 {self.received} 份 = 收下 {self.accepted} + 部分收下 {self.partly} + 退回 {self.returned}"
            f" + 已收过 {self.duplicate} + 等待 {self.waiting}"
        )

    def as_json(self) -> dict[str, Any]:
        """For the health file."""
        return asdict(self)


def prove(
    home: Home,
    submissions: Sequence[Submission],
    waiting: Sequence[Waiting],
    passed_over: Iterable[PassedOver],
    answers: Iterable[str],
) -> Proof:
    """Compare everything with everything; changes nothing.

    `submissions`: all of the record; `waiting`: all in the inbox that the record does not hold; `passed_over`: what in
    the inbox is not taken; `answers`: the paths in the outbox at which their answers must stand.

    Raises:
        OSError: something cannot be read just now.
    """
    listed = {int(line["submission_id"]): line["sha256"] for line in originals.read_journal(home.archive)}
    known = {submission.submission_id: submission.sha256 for submission in submissions}
    verdicts = Counter(submission.verdict for submission in submissions)
    kept = {submission.archived for submission in submissions}
    stored = {
        file.relative_to(home.archive).as_posix()
        for month in home.archive.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9]")
        for file in month.iterdir()
        if not (file.name.startswith(".") and file.name.endswith(".tmp"))  # what a crash left of a copy
    }
    unknown = sorted(stored - kept)
    if unknown:  # the copy of a file that waits: the pass that made it was cut short
        digests = {files.sha256_of(left.file) for left in waiting if left.file.exists()}
        unknown = [path for path in unknown if files.sha256_of(home.archive / path) not in digests]
    damaged = [
        submission.submission_id
        for submission in submissions
        if originals.damaged(home.archive / submission.archived, submission.sha256)
    ]
    unequal = [number for number in listed.keys() & known.keys() if listed[number] != known[number]]
    found = [
        *_difference("台账库里没有的收件（存档清单里有）", map(str, sorted(listed.keys() - known.keys()))),
        *_difference("存档清单里没有的收件（台账库里有）", map(str, sorted(known.keys() - listed.keys()))),
        *_difference("两处不同的收件", map(str, sorted(unequal))),
        *_difference("原件不在存档里或已被改动的收件", map(str, damaged)),
        *_difference("存档里没有登记的文件", unknown),
        *_difference("看不到或取不走的", [f"《{p.path}》{p.reason}" for p in passed_over if p.reason.is_trouble]),
        *_difference("outbox 里缺少的回执或退回件", [path for path in answers if not (home.outbox / path).exists()]),
    ]
    return Proof(
        received=len(listed) + len(waiting),
        accepted=verdicts[ACCEPTED],
        partly=verdicts[PARTLY],
        returned=verdicts[RETURNED],
        duplicate=verdicts[DUPLICATE],
        waiting=len(waiting),
        differences=found,
    )


def _difference(title: str, differing: Iterable[str]) -> list[str]:
    """A line for what differs in one way; none where nothing does."""
    places = list(differing)
    if not places:
        return []
    more = f" 等 {len(places)} 个" if len(places) > _MANY else ""
    return [f"{title}：{'、'.join(places[:_MANY])}{more}"]


def post(home: Home, proof: Proof, at: str) -> None:
    """Leave the differences where the office looks, or take the note away when there are none."""
    note = home.outbox / ALERT
    if not proof.differences:
        note.unlink(missing_ok=True)
        return
    lines = [
        f"{at} 对账：{proof.words}", "", *(f"· {line}" for line in proof.differences), "",
        "请运行 doctor 查看；原件都在 archive 文件夹里，不要改动它。对上以后，这个文件会自动消失。",
    ]  # fmt: skip
    files.write_atomic(note, "\r\n".join(lines).encode("utf-8-sig"))
