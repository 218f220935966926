"""What the outbox of a day is made from: by this it is known whether it has to be made again."""

from __future__ import annotations

from datetime import date

from dazoufang.outbox.remembered import Issue
from dazoufang.record.record import Record
from dazoufang.rules import templates
from dazoufang.rules.forms import fingerprint
from dazoufang.system import program
from dazoufang.system.home import Home


def issue(home: Home, record: Record, today: date) -> Issue:
    """What the outbox is to show of `today`: by this program, these rules and templates, and all that the record holds."""
    last = record.counters().submission_id
    rules, own_templates = fingerprint(home.schemas), templates.fingerprint(home.templates)
    return Issue(today, f"{program.fingerprint()} {rules} {own_templates} {last}")
