"""The words of one letter: its subject, its plain text and its HTML, made of one template."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from dazoufang.model.faults import day_words
from dazoufang.rules.campaign import Rules
from dazoufang.writing.letters.plain_lines import wrapped
from dazoufang.writing.templates import letter

CALLED: Final = "大走访"  # what every subject begins with
_BLANK_LINES: Final = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")


@dataclass(frozen=True, slots=True)
class Words:
    """A letter but for its addresses and attachments. `subject` holds no personal data and nothing from outside; `text`
    and `html` say the same."""

    subject: str
    text: str
    html: str


def words(subject: str, name: str, templates: Path, rules: Rules | None, context: dict[str, Any]) -> Words:
    """The letter that the template `name` makes.

    subject: what follows 大走访. templates: the folder of the templates. rules: for the names of bureau, campaign and
    office; None where they cannot be read. context: for the template; `title` is the big line.
    """
    names = {"bureau": "", "campaign": CALLED, "office": "办公室"}
    if rules is not None:
        campaign = rules.campaign
        names = {
            "bureau": campaign.bureau.value,
            "campaign": campaign.name.value,
            "office": campaign.offices.coordinator.value,
        }
    text, html = letter(templates, name, {**names, **context})
    return Words(f"{CALLED}{subject}", _readable(text), html)


def day_in(day: date, today: date) -> str:
    """A day as a letter of `today` has it: 10月20日, with the year where it is another."""
    return day_words(day, today.year)


def units_in_line(units: Sequence[str], most: int) -> str:
    """Units in one line, at most so many by name: 工会、人事股 等 25 个单位."""
    return "、".join(units[:most]) + (f" 等 {len(units)} 个单位" if len(units) > most else "")


def _readable(text: str) -> str:
    """Plain text for a terminal: lines of bearable length, never two blank ones, an end of line at the end."""
    lines = "\n".join(wrapped(line) for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip("\n") + "\n"
