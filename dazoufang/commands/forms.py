"""`forms`: the blank forms, or each unit's own with what is known."""

from __future__ import annotations

from datetime import date

from dazoufang.rules.campaign import load_rules
from dazoufang.running import kept_fold
from dazoufang.running.outbox_plan import BLANKS
from dazoufang.system import files
from dazoufang.system.home import Home
from dazoufang.writing import blank_forms


def write_forms(home: Home, today: date, *, prefill: bool = False) -> list[str]:
    """Write blank forms, or with `prefill` also each unit's own, to outbox/空白表; returns their paths."""
    home.make()
    rules = load_rules(home.schemas)
    known = kept_fold.of_home(home, rules).frames() if prefill else None
    made = blank_forms.render(rules, known, today)
    for path, data in made.items():
        target = home.outbox / BLANKS / path
        if not target.exists() or target.read_bytes() != data:
            files.write_atomic(target, data)
    return [str(home.outbox / BLANKS / path) for path in made]
