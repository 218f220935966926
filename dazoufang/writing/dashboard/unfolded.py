"""What stands behind an alert of many: the items that it is of, a line each, so many that the page stays small."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dazoufang.duties.grouped import COUNTED_IN
from dazoufang.ledger.frames import plain, records
from dazoufang.model.faults import day_words
from dazoufang.writing import alert_sheet
from dazoufang.writing.dashboard.facts import Facts

_LINES: Final = 20  # of one alert
_FEWEST: Final = 3  # of one, however many there are
_ALL: Final = 400  # on the page
_SUBJECT: Final = 40  # characters
_READ: Final = ("kind", "unit", "person", "item_no", "subject", "level", "due_on", "action")
_TOLD_APART: Final = ("person", "level", "due_on", "action")  # said in a line only where the lines differ in it


def unfolded(facts: Facts) -> list[dict[str, Any] | None]:
    """For each row of `facts.urgent`, None where it is one alert, else `name` (看这4件), `lines` of the first of them, the most
    urgent first, and `more`: how many there are besides and where, "" none. As the audience of the page may see them."""
    behind: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in records(facts.grouped.listed, _READ):
        behind.setdefault((row["kind"], row["unit"]), []).append(row)
    most = max(_FEWEST, min(_LINES, _ALL // max(len(behind), 1)))
    rows = zip(*(plain(facts.groups[name]) for name in ("kind", "unit", "list")), strict=True)
    return [_told(kind, behind[kind, unit], most, facts) if of_many else None for kind, unit, of_many in rows]


def _told(kind: str, alerts: Sequence[Mapping[str, Any]], most: int, facts: Facts) -> dict[str, Any]:
    measure, more = COUNTED_IN.get(kind, "件"), len(alerts) - most
    apart = {name for name in _TOLD_APART if len({row[name] for row in alerts}) > 1}
    return {
        "name": f"看这{len(alerts)}{measure}",
        "lines": [_line(row, apart, facts) for row in alerts[:most]],
        "more": f"另有{more}{measure}，见 {alert_sheet.FILE} 的“{kind}”表" if more > 0 else "",
    }


def _line(row: Mapping[str, Any], apart: set[str], facts: Facts) -> str:
    subject = facts.hide(row["subject"])
    subject = subject if len(subject) <= _SUBJECT else f"{subject[: _SUBJECT - 1]}…"
    told = [
        row["person"] if "person" in apart and row["person"] not in row["subject"] else "",
        row["level"] if "level" in apart else "",
        day_words(row["due_on"], facts.today.year) if "due_on" in apart and row["due_on"] else "",
    ]
    beside = "，".join(filter(None, told))
    number = f"{row['item_no']}　" if row["item_no"] else ""
    action = f"：{facts.hide(row['action'])}" if "action" in apart else ""
    return f"{number}{subject}{f'（{beside}）' if beside else ''}{action}"
