"""Where each unit and cadre stands, worked out when the outbox is made and kept, so that who looks need not wait for it.

Nothing that adds up is imported before there is something to add up: pandas alone takes most of a second to start."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from dazoufang.model.faults import day_words
from dazoufang.model.vocabularies import ItemState
from dazoufang.outbox.remembered import Issue
from dazoufang.record.record import Record
from dazoufang.rules.answered import answered_to
from dazoufang.rules.campaign import Rules
from dazoufang.running.issue import issue
from dazoufang.system import files, logbook
from dazoufang.system.home import Home

if TYPE_CHECKING:
    import pandas as pd

    from dazoufang.ledger.fold import Fold

FILE: Final = "standing.json"  # in the local data
# Of each cadre, of `quotas.progress`.
_ROW: Final = ["unit", "cadre", "due", "carried", "done", "early", "expected", "left", "days_left", "per_day"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How the current round stands. rows: one a cadre, with his most urgent alert (`worst`); by unit ("" none): items
    (found, closed) and alerts (rows of 预警提醒, and how many they stand for); silent: unit and why; outstanding: unit
    and in words what was sent back and has not come again."""

    year: int
    round_name: str
    rows: list[dict[str, Any]]
    items: dict[str, list[int]]
    alerts: dict[str, list[int]]
    silent: list[list[str]]
    outstanding: list[list[str]]


def of_home(home: Home, rules: Rules, today: date) -> Standing:
    """How the round stands on `today`: as it was worked out with the outbox, where that shows what there is now."""
    if home.has_record:
        with Record.of(home) as record:
            if kept := _kept(home, issue(home, record, today)):
                return kept
    from dazoufang.duties import alerts
    from dazoufang.running import kept_fold

    ledger_fold = kept_fold.of_home(home, rules)
    return of_fold(ledger_fold, alerts.alerts(ledger_fold.frames(), rules, today), today)


def of_fold(ledger_fold: Fold, found: pd.DataFrame, today: date) -> Standing:
    """The same of a fold. `found`: its alerts on `today`."""
    from dazoufang.duties import levels, quotas, rounds
    from dazoufang.duties.grouped import grouped_once
    from dazoufang.duties.sent_back import left_to_do
    from dazoufang.ledger.frames import plain, records

    rules, frames = ledger_fold.rules, ledger_fold.frames()
    year, round_ = rounds.current_round(rules.campaign, today)
    told = records(found, ["unit", "person", "level", "kind", "why"])
    worst = {(row["unit"], row["person"]): f"{row['level']}：{row['kind']}" for row in reversed(told)}
    rows = [
        row
        | {
            "per_day": row["per_day"] if isinstance(row["per_day"], int) else None,
            "worst": worst.get((row["unit"], row["cadre"])) or worst.get((row["unit"], ""), ""),
        }
        for row in records(quotas.progress(frames, rules, today), _ROW)
    ]
    units, states = plain(frames.items["unit"]), plain(frames.items["state"])
    closed = Counter(unit for unit, state in zip(units, states, strict=True) if state == ItemState.CLOSED)
    shown, each = (
        Counter(plain(grouped_once(frames, found, rules).alerts["unit"])),
        Counter(row["unit"] for row in told),
    )
    return Standing(
        year,
        round_.name,
        rows,
        {unit: [count, closed[unit]] for unit, count in Counter(units).items()},
        {unit: [shown[unit], count] for unit, count in each.items()},
        [[row["unit"], row["why"]] for row in told if row["kind"] == levels.SENT_NOTHING],
        [
            [
                answered_to(back, rules),
                f"{day_words(back.received_on, back.received_on.year)}退回的《{back.name}》"
                f"{left_to_do(errors, was_read=bool(back.parts))}",
            ]
            for back, errors in ledger_fold.outstanding()
        ],
    )


def keep(home: Home, shows: Issue, standing: Standing) -> None:
    """Keep what the outbox of `shows` comes to. A disk that is full stops nothing."""
    text = json.dumps([shows.today.isoformat(), shows.made_from, asdict(standing)], ensure_ascii=False)
    try:
        files.write_atomic(home.data / FILE, text.encode())
    except OSError as error:
        logbook.failure(error)


def _kept(home: Home, wanted: Issue) -> Standing | None:
    """What is kept, if it is of this day, program, rules and record."""
    try:
        day, made_from, standing = json.loads((home.data / FILE).read_bytes())
        if (day, made_from) != (wanted.today.isoformat(), wanted.made_from):
            return None
        return Standing(**standing)
    except (OSError, ValueError, TypeError):
        return None
