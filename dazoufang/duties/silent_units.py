"""Which units of the roster have sent nothing for a round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from dazoufang.ledger.frames import Frames, plain, records
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import Role
from dazoufang.rules.years import Round


def silent_units(
    frames: Frames, rules: Rules, year: int, round_: Round, cadres: Iterable[Mapping[str, Any]]
) -> dict[str, list[str]]:
    """The units of the roster that sent nothing for a round, each with its cadres; who has another post has sent what
    either of his units did.

    cadres: rows of `quotas.progress` of that round, of those on the roster: unit, units, cadre.
    Rule (§7.7): what counts as sent is a form of the campaign itself or a 零报告 that came in the round, or after it and
    before the next; and what stands of the round, a visit or an item, whenever it came.
    """
    heard = frames.once(f"heard {year} {round_.number}", rules, lambda: _heard(frames, rules, year, round_))
    silent: dict[str, list[str]] = {}
    for row in cadres:
        if not heard.intersection([row["unit"], *row["units"].split("、")]):
            silent.setdefault(row["unit"], []).append(row["cadre"])
    return silent


def _heard(frames: Frames, rules: Rules, year: int, round_: Round) -> set[str]:
    """The units of which anything counts as sent for the round."""
    wanted = [rules.form(role) for role in (Role.VISITS, Role.DISPUTES, Role.SUGGESTIONS)]
    words = {word for schema in wanted for word in (schema.name, schema.title)}
    later = [other.first for block in rules.campaign.years for other in block.rounds if other.first > round_.last]
    until = min(later, default=date.max)
    heard = {
        row["unit"]
        for row in records(frames.submissions, ("received_on", "unit", "live", "zero_report", "forms"))
        if round_.first <= row["received_on"] < until
        and (row["zero_report"] or (row["live"] and not words.isdisjoint(row["forms"].split("、"))))
    }
    for frame in (frames.visits, frames.items):
        told = zip(*(plain(frame[name]) for name in ("unit", "year", "round_no")), strict=True)
        heard |= {unit for unit, its_year, number in told if (its_year, number) == (year, round_.number)}
    return heard - {""}
