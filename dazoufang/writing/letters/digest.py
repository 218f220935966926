"""One person's letter of the morning: what is due, missing or late and concerns them, worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, cast

import pandas as pd

from dazoufang.duties.alerts import PHASE_ENDS, counts
from dazoufang.duties.grouped import COUNTED_IN
from dazoufang.duties.items_owed import STALE
from dazoufang.duties.levels import OVERDUE, REMIND, SENT_NOTHING, SEVERE, WARN
from dazoufang.duties.unknown_holidays import NO_HOLIDAYS
from dazoufang.rules.campaign import Rules
from dazoufang.rules.workdays import GUESSED
from dazoufang.writing import alert_sheet
from dazoufang.writing.letters.words import Words, day_in, units_in_line, words

MANY: Final = 8  # alerts of one kind and level that stand one by one; more are one line with their number
_MANY_UNITS: Final = 6  # that are named in that line
_TONES: Final = {SEVERE: "bad", OVERDUE: "late", WARN: "soon", REMIND: "calm"}
_NOT_DUE_ON_A_DAY: Final = {STALE, PHASE_ENDS, NO_HOLIDAYS}  # their reason says all there is to say of days


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a digest with what stands under it as (label, words); words "" are left out."""

    tag: str
    head: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """What has one level."""

    level: str
    tone: str
    count: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Enclosures:
    """The names of what a letter encloses, and of what was too big for it. locked: they open with a password."""

    kept: Sequence[str] = ()
    left_out: Sequence[str] = ()
    locked: bool = False


NOTHING: Final = Enclosures()


def digest(
    person: str,
    found: pd.DataFrame,
    before: Set[str],
    rules: Rules,
    today: date,
    templates: Path,
    enclosed: Enclosures = NOTHING,
) -> Words:
    """The digest of one person. Its `found` is mentioned as an annex 《预警提醒》 where something is folded.

    person: whose letter it is. found: rows of `duties.alerts.alerts` that concern him, in their order. before: the
    alert_ids that stood in his last letter. rules, today, templates: names, the day, the folder of the templates.
    enclosed: what goes with it; alone it makes a letter that says no more than that.

    Raises:
        ValueError: nothing is found nor enclosed; nobody gets a letter that says nothing.
    """
    lists = [name for name in enclosed.kept if name != alert_sheet.FILE]
    if found.empty and not lists and not enclosed.left_out:
        raise ValueError("a digest of nothing")
    rows = cast(list[dict[str, Any]], found.to_dict("records"))
    for row in rows:
        row["new"] = row["alert_id"] not in before
    new = sum(row["new"] for row in rows)
    numbers = [(level, number) for level, number in counts(found).items() if number]
    about = f"与您有关的 {len(rows)} 件：{'，'.join(f'{level} {number} 件' for level, number in numbers)}"
    context: dict[str, Any] = {
        "title": about
        if rows
        else f"送上 {len(lists)} 份表"
        if lists
        else f"{len(enclosed.left_out)} 份表太大，没有附上",
        "person": person,
        "day": day_in(today, today),
        "new": new,
        "gone": _gone(before, rows),
        "groups": list(_groups(rows, person, today)),
        "lists": lists,
        "left_out": enclosed.left_out,
        "locked": enclosed.locked,
    }
    fresh = f"（其中新{context['new']}件）" if context["new"] else ""
    levels = "，".join(f"{level}{number}件" for level, number in numbers)
    subject = (
        f" {context['day']}：{levels}{fresh}" if rows else f" {context['day']}：{context['title'].replace(' ', '')}"
    )
    return words(subject, "letter_digest.j2", templates, rules, context)


def _gone(before: Set[str], rows: list[dict[str, Any]]) -> int:
    """How many of the last letter's alerts are over: neither they nor others of the same matter stand in this one (what
    was 临近时限 and is 超过时限 now is not done)."""
    matters = {_matter(row["alert_id"]) for row in rows}
    return sum(_matter(alert_id) not in matters for alert_id in before)


def _matter(alert_id: str) -> str:
    """What an alert is about, whatever its kind."""
    return alert_id.partition("|")[2] or alert_id


def _groups(rows: list[dict[str, Any]], person: str, today: date) -> Iterator[Group]:
    for level, tone in _TONES.items():
        if of_level := [row for row in rows if row["level"] == level]:
            yield Group(level, tone, len(of_level), tuple(_entries(of_level, person, today)))


def _entries(rows: list[dict[str, Any]], person: str, today: date) -> Iterator[Entry]:
    """The rows of one level in their order; a kind with too many rows stands once, where its first row is."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        kinds.setdefault(row["kind"], []).append(row)
    for row in rows:
        of_kind = kinds[row["kind"]]
        if len(of_kind) <= MANY:
            yield _alone(row, person, today)
        elif row is of_kind[0]:
            yield _folded(row["kind"], of_kind, today)


def _alone(row: dict[str, Any], person: str, today: date) -> Entry:
    whose = "" if row["person"] == person else row["person"]
    everybody = not row["unit"] and not row["person"]
    lines = (
        ("原因", row["why"]),
        ("时限", "" if row["kind"] in _NOT_DUE_ON_A_DAY else _due(row, today)),
        ("涉及", "全体" if everybody else f"{row['unit']} {whose}".strip()),
        ("怎么办", row["action"]),
    )
    return Entry("新" if row["new"] else "", f"{row['kind']}　{row['item_no']} {row['subject']}".strip(), lines)


def _due(row: dict[str, Any], today: date) -> str:
    due_on, left = row["due_on"].date(), int(row["workdays_left"])
    day = day_in(due_on, today)
    if due_on == today:
        return f"今天（{day}）到期"
    if due_on < today:
        over = f"{day}已到期" + (f"，超过 {-left} 个工作日" if left else "")
    else:
        over = f"{day}到期，" + (f"还剩 {left} 个工作日" if left else "在那以前没有别的工作日了")
    return over + (GUESSED if GUESSED in row["why"] else "")


def _folded(kind: str, rows: list[dict[str, Any]], today: date) -> Entry:
    new, actions = sum(row["new"] for row in rows), {row["action"] for row in rows}
    measure = COUNTED_IN.get(kind, "件")
    units = Counter(row["unit"] for row in rows if row["unit"]).most_common()
    first = min(row["due_on"].date() for row in rows)
    lines = (
        ("", f"其中新 {new} {measure}" if 0 < new < len(rows) else ""),
        ("最早", "" if kind in _NOT_DUE_ON_A_DAY else f"{day_in(first, today)}{'已到期' if first < today else '到期'}"),
        (
            "涉及",
            ""
            if kind == SENT_NOTHING
            else units_in_line([f"{unit} {number} {measure}" for unit, number in units], _MANY_UNITS),
        ),
        ("怎么办", actions.pop() if len(actions) == 1 else "各不相同，写在附件每一行的“怎么办”里"),
    )
    return Entry("新" if new else "", f"{kind} {len(rows)} {measure}，明细见附件《预警提醒》", lines)
