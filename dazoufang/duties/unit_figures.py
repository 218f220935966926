"""The figures of a round by unit and by responsible office, who came and left, and what was assigned beside what was done."""

from __future__ import annotations

from datetime import date
from typing import Final

import pandas as pd

from dazoufang.duties.households import labelled
from dazoufang.duties.in_office import posts
from dazoufang.duties.quotas import progress
from dazoufang.duties.rounds import current_round
from dazoufang.ledger.frames import Frames, of_round, plain
from dazoufang.ledger.listing import unit_order
from dazoufang.model.vocabularies import ItemKind, ItemState
from dazoufang.rules.campaign import Rules

_SUMS: Final = ["due", "carried", "early", "done", "expected", "left"]
_HOUSEHOLD: Final = ["household", "target_kind", "township", "village", "phone"]


def by_unit(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    """unit, cadres, due, carried, early, early_rate, done, rate, expected, left, days_left; in the order of the
    roster, 合计 (unit "") last. Rates are those of the sums."""
    return frames.once(f"by_unit {today}", rules, lambda: _by_unit(frames, rules, today))


def _by_unit(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    table = progress(frames, rules, today)
    table = table.assign(unit=table["unit"].fillna(""), cadres=1)
    sums = table.groupby("unit", sort=False)[["cadres", *_SUMS]].sum()
    sums["days_left"] = table.groupby("unit", sort=False)["days_left"].max()
    places = unit_order(frames, list(sums.index))
    sums = sums.loc[sorted(sums.index, key=lambda unit: places[unit])].reset_index()
    whole = (
        sums[["cadres", *_SUMS]]
        .sum()
        .to_frame()
        .T.assign(unit="", days_left=sums["days_left"].max() if len(sums) else 0)
    )
    found = pd.concat([sums, whole], ignore_index=True) if len(sums) else sums
    owed = found["due"].where(found["due"] > 0)
    found["rate"], found["early_rate"] = found["done"] / owed, found["early"] / owed
    return found


def by_office(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    """office, visits, early (of them in the first phase), disputes, disputes_open, suggestions, suggestions_open of the
    current round, an office of §7.3 a row. An item is of the office of the visit that opened it, else of its 身份."""
    year, round_ = current_round(rules.campaign, today)
    visits, items = (of_round(frame, year, round_.number) for frame in (frames.visits, frames.items))
    office_of_visit = frames.visits.set_index("visit_id")["responsible_office"]
    office = items["visit_id"].map(office_of_visit).astype("object")
    office = office.fillna(items["identity"].astype("object").map(lambda kind: _office(kind, rules)))
    found = {
        "visits": visits["responsible_office"].value_counts(),
        "early": visits.loc[
            visits["visited_on"] <= pd.Timestamp(round_.phases[0].last), "responsible_office"
        ].value_counts(),
    }
    for kind, name in ((ItemKind.DISPUTE, "disputes"), (ItemKind.SUGGESTION, "suggestions")):
        own = items["kind"] == kind
        found[name] = office[own].value_counts()
        found[f"{name}_open"] = office[own & (items["state"] == ItemState.OPEN)].value_counts()
    offices = list(dict.fromkeys(rules.campaign.offices.by_target_kind.values()))
    table = pd.DataFrame(found).fillna(0).astype("int64")
    return (
        table.reindex(list(dict.fromkeys([*offices, *table.index])), fill_value=0).rename_axis("office").reset_index()
    )


def _office(kind: object, rules: Rules) -> str:
    return rules.campaign.office_of(kind if isinstance(kind, str) else None)


def comings_and_goings(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    """The posts of the roster that begin or end in the working year: unit, cadre, role, since_on, until_on, and of their
    person what he owes and has done: due, done (<NA> where he is not of the current round), units (where he stands now)."""
    year, _ = current_round(rules.campaign, today)
    rows = posts(frames)
    moved = rows[(rows["since_on"].dt.year == year) | (rows["until_on"].dt.year == year)]
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
    wanted = wanted[(wanted["year"] == year) & (wanted["round_name"] == round_.name)]
    columns = ["case", "cadre", *_HOUSEHOLD, "visited_on", "by"]
    if wanted.empty:
        return pd.DataFrame(columns=columns)
    visits = of_round(frames.visits, year, round_.number)
    both = pd.concat(
        [wanted[["cadres", *_HOUSEHOLD]], visits[["cadres", "visited_on", *_HOUSEHOLD]]], ignore_index=True
    )
    both["visited"] = both.index >= len(wanted)
    both["label"] = labelled(both, pd.Series(0, index=both.index))
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
