"""The figures of a round by unit and by responsible office, who came and left, and what was assigned beside what was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import repeat
from typing import Any, Final

import pandas as pd

from dazoufang.duties.households import TOLD_BY, labels
from dazoufang.duties.in_office import posts
from dazoufang.duties.quotas import progress
from dazoufang.duties.rounds import current_round
from dazoufang.ledger.frames import Frames, build, of_round, plain
from dazoufang.ledger.listing import unit_order
from dazoufang.model.vocabularies import ItemKind, ItemState
from dazoufang.rules.campaign import Rules

_SUMS: Final = ["due", "carried", "early", "done", "expected", "left"]
_RATES: Final = {"rate": "done", "early_rate": "early"}  # of what is due
_UNIT_COLUMNS: Final = (
    {"unit": ("text", "")}
    | dict.fromkeys(["cadres", *_SUMS, "days_left"], ("int64", ""))
    | dict.fromkeys(_RATES, ("float64", ""))
)
_OFFICE_FIGURES: Final = ("visits", "early", "disputes", "disputes_open", "suggestions", "suggestions_open")
_HOUSEHOLD: Final = ["household", "target_kind", "township", "village", "phone"]


def by_unit(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    """unit, cadres, due, carried, early, early_rate, done, rate, expected, left, days_left; in the order of the
    roster, 合计 (unit "") last. Rates are those of the sums."""
    return frames.once(f"by_unit {today}", rules, lambda: _by_unit(frames, rules, today))


def _by_unit(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    of_units: dict[str, list[list[int]]] = {}
    for unit, *figures in _plain_rows(progress(frames, rules, today), ("unit", *_SUMS, "days_left")):
        of_units.setdefault(unit, []).append(figures)
    places = unit_order(frames, of_units)
    rows = [_summed(unit, of_units[unit]) for unit in sorted(of_units, key=places.__getitem__)]
    rows += [_summed("", [figures for own in of_units.values() for figures in own])] if of_units else []
    return build(rows, _UNIT_COLUMNS)


def _summed(unit: str, rows: list[list[int]]) -> dict[str, Any]:
    """The sums of some cadres' figures, which are `_SUMS` and the days left."""
    *columns, days = zip(*rows, strict=True)
    sums = dict(zip(_SUMS, map(sum, columns), strict=True))
    rates = {rate: sums[part] / sums["due"] if sums["due"] > 0 else None for rate, part in _RATES.items()}
    return {"unit": unit, "cadres": len(rows), **sums, "days_left": max(days), **rates}


def by_office(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    """office, visits, early (of them in the first phase), disputes, disputes_open, suggestions, suggestions_open of the
    current round, an office of §7.3 a row. An item is of the office of the visit that opened it, else of its 身份."""
    year, round_ = current_round(rules.campaign, today)
    now, first_phase = (year, round_.number), round_.phases[0].last
    found: Counter[tuple[str, str]] = Counter()
    names = ("year", "round_no", "responsible_office", "visited_on")
    own = (row for row in _plain_rows(frames.visits, names) if row[:2] == now)
    told = Counter((office, day) for _, _, office, day in own)
    for (office, day), count in told.items():
        found[office, "visits"] += count
        found[office, "early"] += count * (day is not None and day <= first_phase)
    office_of_visit = dict(_plain_rows(frames.visits, ("visit_id", "responsible_office")))
    of_items = ("visit_id", "year", "round_no", "identity", "kind", "state")
    for visit, its_year, number, identity, kind, state in _plain_rows(frames.items, of_items):
        if (its_year, number) == now:
            office = office_of_visit.get(visit) or rules.campaign.office_of(identity or None)
            name = "disputes" if kind == ItemKind.DISPUTE else "suggestions"
            found[office, name] += 1
            found[office, f"{name}_open"] += state == ItemState.OPEN
    known = rules.campaign.offices.by_target_kind.values()
    others = sorted({office for office, _ in found} - {""})
    rows = [
        {"office": office, **{name: found[office, name] for name in _OFFICE_FIGURES}}
        for office in dict.fromkeys([*known, *others])
    ]
    return pd.DataFrame(rows, columns=["office", *_OFFICE_FIGURES])


def _plain_rows(frame: pd.DataFrame, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return zip(*(plain(frame[name]) for name in names), strict=True)


def comings_and_goings(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    """The posts of the roster that begin or end in the working year: unit, cadre, role, since_on, until_on, and of their
    person what he owes and has done: due, done (<NA> where he is not of the current round), units (where he stands now)."""
    year, _ = current_round(rules.campaign, today)
    rows = posts(frames)
    days = _plain_rows(rows, ("since_on", "until_on"))
    places = [place for place, ends in enumerate(days) if any(day and day.year == year for day in ends)]
    if not places:
        return pd.DataFrame(columns=["unit", "cadre", "role", "since_on", "until_on", "due", "done", "units"])
    moved = rows.iloc[places]
    listed = progress(frames, rules, today)
    listed = listed[listed["listed"]].set_index("person")
    table: pd.DataFrame = moved[["unit", "name", "role", "since_on", "until_on"]].rename(columns={"name": "cadre"})
    for name in ("due", "done"):
        table[name] = moved["person"].map(listed[name]).astype("Int64")
    table["units"] = moved["person"].map(listed["units"])
    return table.reset_index(drop=True)


UNVISITED: Final = "分解了还没有走访"
UNASSIGNED: Final = "走访了没有分解"
BY_ANOTHER: Final = "走访了，不是分解给他的"


def assigned(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    """What the assignments of the current round and its visits do not have in common: case (in Chinese, as above), cadre,
    household, target_kind, township, village, phone, visited_on, by (who went, of `BY_ANOTHER`). Empty without assignments.

    A household is the same as `households` has it."""
    year, round_ = current_round(rules.campaign, today)
    wanted = frames.assignments
    if len(wanted):
        wanted = wanted[(wanted["year"] == year) & (wanted["round_name"] == round_.name)]
    columns = ["case", "cadre", *_HOUSEHOLD, "visited_on", "by"]
    if wanted.empty:
        return pd.DataFrame(columns=columns)
    visits = of_round(frames.visits, year, round_.number)
    both = pd.concat(
        [wanted[["cadres", *_HOUSEHOLD]], visits[["cadres", "visited_on", *_HOUSEHOLD]]], ignore_index=True
    )
    both["visited"] = both.index >= len(wanted)
    both["label"] = labels(zip(repeat(0), *(plain(both[name]) for name in TOLD_BY), strict=False))
    planned = set(both.loc[~both["visited"], "label"])
    went = both[both["visited"] & both["label"].isin(planned)]
    by: dict[int, dict[str, None]] = {}
    for label, names in zip(went["label"].tolist(), plain(went["cadres"]), strict=True):
        by.setdefault(label, {}).update(dict.fromkeys(names.split("、")))
    first = went.groupby("label")["visited_on"].min()
    plan = both[~both["visited"]].copy()
    plan["visited_on"] = first.reindex(plan["label"]).to_numpy()
    plan["by"] = plan["label"].map({label: "、".join(names) for label, names in by.items()})
    theirs = zip(plain(plan["cadres"]), plain(plan["by"]), strict=True)
    own = [bool(set(names.split("、")) & set(by.split("、"))) for names, by in theirs]
    plan["case"] = BY_ANOTHER
    plan.loc[plan["by"].isna(), "case"] = UNVISITED
    more = both[both["visited"] & ~both["label"].isin(plan["label"])].drop_duplicates("label").assign(case=UNASSIGNED)
    found = pd.concat([plan[plan["by"].isna() | ~pd.Series(own, index=plan.index)], more], ignore_index=True)
    return found.rename(columns={"cadres": "cadre"}).reindex(columns=columns)
