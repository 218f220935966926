"""What the office is written of a night: how it went, that its letters wait, or that it was not finished."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from dazoufang.rules.campaign import Rules
from dazoufang.writing.letters.words import Words, day_in, units_in_line, words

RELEASE: Final = "python process.py send --release"
DEFERRED: Final = "deferred"
BOUNCED: Final = "bounced"
UNCERTAIN: Final = "uncertain"
_BROKEN_RULES: Final = 2  # exit codes (§4)
_WORLD: Final = 3
_STATES: Final = {  # what became of a letter that did not go out: words, colour, and what to do
    BOUNCED: ("退信", "bad", "核对邮箱，在花名册的“邮箱”一列改正，把花名册放进收件箱；下一封就发到新邮箱"),
    UNCERTAIN: ("不知是否送到", "soon", "打个电话问收到没有；程序不会再发"),
    DEFERRED: ("稍后再发", "calm", "不用管，程序会自己再发"),
}
_MANY_UNITS: Final = 40  # without an address that are named
_SAID: Final = 300  # characters of what a mail server or the program said


@dataclass(frozen=True, slots=True)
class FilesTaken:
    """How many delivered files ended how, as in `run --json`."""

    accepted: int = 0
    partly: int = 0
    returned: int = 0
    duplicate: int = 0
    deferred: int = 0


@dataclass(frozen=True, slots=True)
class MailIn:
    """What came by mail: letters, attachments that were delivered to the inbox, letters that were not taken."""

    letters: int = 0
    attachments: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Posted:
    """The letters of the night by what became of them, as in `send --json`."""

    queued: int = 0
    sent: int = 0
    deferred: int = 0
    bounced: int = 0
    uncertain: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class Undelivered:
    """One letter that did not go out. state: `BOUNCED`, `UNCERTAIN` or `DEFERRED`. recipient: name and address as the
    office knows them. about: its subject. said: what the mail server answered."""

    state: str
    recipient: str
    about: str
    said: str


@dataclass(frozen=True, slots=True)
class Night:
    """One night as its report tells it.

    files, mail_in, posted: counts. undelivered: the letters that bounced, are uncertain or deferred. held_because: why
    letters wait, each a sentence with both figures. without_address: the units that no letter can reach. differences:
    what the proof found to part, in words.
    """

    files: FilesTaken
    mail_in: MailIn
    posted: Posted
    undelivered: Sequence[Undelivered] = ()
    held_because: Sequence[str] = ()
    without_address: Sequence[str] = ()
    differences: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A night that was not finished. finished_on: the last that was, None none yet. said: what the program said.
    exit_code: as in §4 of the design: 2 broken rules, 3 disk or share, other: the program's own fault."""

    finished_on: date | None
    said: str
    exit_code: int


@dataclass(frozen=True, slots=True)
class _Section:
    """Letters of one state: heading, colour, what to do about them, and the letters."""

    heading: str
    tone: str
    action: str
    letters: list[Undelivered] = field(default_factory=list)


def operator_report(night: Night, rules: Rules, today: date, templates: Path) -> Words:
    """The night's report to the office. What is to be done stands first; a quiet night says that there is nothing."""
    posted, files, mail_in = night.posted, night.files, night.mail_in
    sections = [
        _Section(heading, tone, action, [letter for letter in night.undelivered if letter.state == state])
        for state, (heading, tone, action) in _STATES.items()
    ]
    troubles = {
        "待放行": posted.held,
        "退信": posted.bounced,
        "不知是否送到": posted.uncertain,
        "对账差异": len(night.differences),
    }
    said = "，".join(
        f"{word} {number} {'处' if word == '对账差异' else '封'}" for word, number in troubles.items() if number
    )
    to_do = _to_do(night)
    said = said or (f"有 {len(to_do)} 件事要办" if to_do else "一切正常")
    context: dict[str, Any] = {
        "title": f"昨夜小结：{said}",
        "day": day_in(today, today),
        "to_do": to_do,
        "facts": [
            ("收到的表", _counted({
                "收下": files.accepted, "部分收下": files.partly, "退回": files.returned, "已收过": files.duplicate,
                "还没写完、下次再收": files.deferred}, "份")),
            ("来信", _counted({"收到": mail_in.letters, "不认识、没有收": mail_in.refused}, "封")
                + (f"，附件 {mail_in.attachments} 个" if mail_in.attachments else "")),
            ("发信", _counted({
                "已发出": posted.sent, "排队": posted.queued, "稍后再发": posted.deferred, "退信": posted.bounced,
                "不知是否送到": posted.uncertain, "待放行": posted.held}, "封")),
        ],
        "held": posted.held,
        "held_because": list(night.held_because),
        "release": RELEASE,
        "sections": [section for section in sections if section.letters],
        "unaddressed": len(night.without_address),
        "without_address": units_in_line(night.without_address, _MANY_UNITS),
        "differences": list(night.differences),
        "short": _short,
    }  # fmt: skip
    subject = f" {context['day']} 昨夜小结：{said.replace(' ', '')}"
    return words(subject, "letter_night.j2", templates, rules, context)


def night_failed(failure: Failure, today: date, templates: Path, rules: Rules | None = None) -> Words:
    """To the office: “昨夜没有完成”, since when, what was said, what to do. rules: None where they cannot be read; then
    `templates` had better be the program's own too."""
    since = day_in(failure.finished_on, today) if failure.finished_on else ""
    context: dict[str, Any] = {
        "title": "昨夜没有完成",
        "day": day_in(today, today),
        "since": since,
        "said": _short(failure.said),
        "rules_broken": failure.exit_code == _BROKEN_RULES,
        "world": failure.exit_code == _WORLD,
    }
    subject = f" {context['day']}：昨夜没有完成" + (f"，上一次完成是{since}" if since else "")
    return words(subject, "letter_night_failed.j2", templates, rules, context)


def _to_do(night: Night) -> list[str]:
    """What the office has to do, the most urgent first; nothing on a quiet night."""
    found = []
    if night.posted.held:
        found.append(f"看下面“为什么没有发出”，没有问题就放行那 {night.posted.held} 封信。")
    if night.differences:
        found.append("对账有差异：运行 python process.py doctor 看是哪里；弄清以前先不要上报，不要动 archive 文件夹。")
    if night.posted.bounced:
        found.append(f"退信 {night.posted.bounced} 封：核对下面的邮箱，改花名册。")
    if night.posted.uncertain:
        found.append(f"不知是否送到 {night.posted.uncertain} 封：打电话问一声。")
    if night.mail_in.refused:
        found.append(
            f"没有收的来信 {night.mail_in.refused} 封，放在 data/mail/refused：是本局的人，就把邮箱登记到花名册，请他再发一次。"
        )
    if night.without_address:
        found.append(f"{len(night.without_address)} 个单位没有邮箱，收不到信：补进花名册的“邮箱”一列。")
    return found


def _counted(numbers: dict[str, int], measure: str) -> str:
    """收下 3 份，退回 1 份; what is none is left out; 没有 where all are."""
    return "，".join(f"{word} {number} {measure}" for word, number in numbers.items() if number) or "没有"


def _short(said: str) -> str:
    return said if len(said) <= _SAID else f"{said[: _SAID - 1]}…"
