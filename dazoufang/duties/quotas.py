"""Who has visited how many households, and how many should have been: done, due and expected per cadre and round."""

from __future__ import annotations

import math
from datetime import date
from typing import Final, cast

import numpy as np
import pandas as pd

from dazoufang.ledger.frames import Frames
from dazoufang.rules.campaign import Campaign, Rules
from dazoufang.rules.schema import Role
from dazoufang.rules.years import Round

# Stands between the parts of a composite key; no cell contains it.
_BAR: Final = "\x1f"
# Whose household it may be: scope, name, phone, township, village ("" where left out).
_HouseholdKey = tuple[int, str, str, str, str]


def current_round(campaign: Campaign, today: date) -> tuple[int, Round]:
    """(year, round) that a run on `today` works in.

    The round whose window holds `today`; between windows the latest one begun before it in the working year; before
    the first window that first one. Rule: a run works in the year today belongs to, else the latest before it.
    """
    year = campaign.year_of(today)
    begun = [round_ for round_ in year.rounds if round_.first <= today]
    return year.year, begun[-1] if begun else year.rounds[0]


def households(visits: pd.DataFrame) -> pd.Series[int]:
    """Which household each visit went to: equal int labels (from 0, in order of first appearance) are one household.

    `visits` needs `household`, `phone`, `township`, `village`; the result has its index. Two visits are to the same
    household when the name is the same and the phone is, or the place (township and village; a township left out is
    read from the only one known with that name and village), and so on along the chain. A visit that gives neither
    phone nor village contradicts nobody: it goes to the first household of that name (of that township, where it
    names one), never to a new one. The same name with another phone *and* another place is another household.
    Rule: 实施方案 the same household twice in a round counts once; what makes it the same is 局内设定.
    """
    return _labelled(visits, pd.Series(0, index=visits.index))


def progress(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    """How far each cadre is in the current round and year; one row a cadre.

    The cadres of the roster in its order, those in office (任职起, 任职止) during the round; then, in order of unit and
    name, those who visited in this round and are not among them (`listed` False, `due` and `expected` 0). Columns:

    - unit, cadre, role (text), listed (bool), year, round_no (int)
    - due, done (int households of this round), rate (done / due; NaN when nothing is due), left (int)
    - year_due, year_done (int; `year_done` adds up the rounds' distinct households, so a surplus of round 1 counts for
      the year and not for round 2; `year_due` of one who holds office in some rounds only is those rounds' quota)
    - expected (int: what should be done by the end of today: due × working days of the round passed ÷ all its working
      days, rounded up; 0 before it begins)
    - days_left (int: working days left in the round, today included), per_day (float households for each of them;
      0 when none is left to do, NaN when the round has no day left)
    - one int column a target kind, named by it, in the order of the schema: distinct households of this round

    Only visits with a round count. A visit's cadre is the one on the roster with that name and unit, else the only
    one with that name. Rule: 实施方案, quota per cadre and round; a joint visit credits every named cadre or, switched
    off, the first.

    Nobody writes into the table: annex, cover, alerts and letters of one day share it.
    """
    kept = frames.derived.get("progress")
    if kept is None or kept[0] is not rules or kept[1] != today:
        kept = frames.derived["progress"] = (rules, today, _progress(frames, rules, today))
    return cast(pd.DataFrame, kept[2])


def _progress(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    year, round_ = current_round(rules.campaign, today)
    quota = rules.campaign.quota
    kinds = rules.form(Role.VISITS).by_name["target_kind"].constraints.enum
    listed = _in_office(frames.cadres, round_.first, round_.last)
    credited = _credited(frames.visits, year, listed, every=quota.joint_visit_credits_all.value)
    this_round = credited[credited["round_no"] == round_.number]
    unlisted = (
        this_round.loc[~this_round["listed"], ["cadre_key", "unit", "cadre"]]
        .drop_duplicates("cadre_key")
        .sort_values(["unit", "cadre"], kind="stable")
    )
    table = pd.concat([listed, unlisted.assign(role=None, listed=False)], ignore_index=True).astype(
        {"unit": "str", "cadre": "str", "role": "str", "listed": "bool"}
    )
    keys = table["cadre_key"]
    table["year"], table["round_no"] = year, round_.number
    per_round = quota.households_per_round.value
    table["due"] = np.where(table["listed"], per_round, 0)
    table["done"] = _tally(this_round, keys)
    table["rate"] = table["done"] / table["due"].where(table["due"] > 0)
    rounds = rules.campaign.year_of(today).rounds
    serving = sum(_serves(frames.cadres, served.first, served.last).astype("int64") for served in rounds)
    in_full = pd.Series(
        np.where(serving == len(rounds), quota.households_per_year.value, per_round * serving),
        index=_cadre_keys(frames.cadres),
    )
    in_full = in_full[~in_full.index.duplicated()]
    table["year_due"] = keys.map(in_full).where(table["listed"], 0).astype("int64")
    table["year_done"] = _tally(credited, keys)
    table["expected"] = table["due"].map({0: 0, per_round: _expected(per_round, round_, rules, today)})
    table["left"] = (table["due"] - table["done"]).clip(lower=0)
    days_left = rules.campaign.workdays.count(max(today, round_.first), round_.last)
    table["days_left"] = days_left
    table["per_day"] = (table["left"] / days_left if days_left else np.nan) * np.ones(len(table))
    table.loc[table["left"] == 0, "per_day"] = 0.0
    for kind in kinds:
        table[kind] = _tally(this_round[this_round["target_kind"] == kind], keys)
    order = ["unit", "cadre", "role", "listed", "year", "round_no", "due", "done", "rate", "year_due", "year_done"]
    return table[[*order, "expected", "left", "days_left", "per_day", *kinds]]


def _expected(due: int, round_: Round, rules: Rules, today: date) -> int:
    """How many of `due` households should be visited by the end of `today`, by the round's working days; rounded up."""
    count = rules.campaign.workdays.count
    whole = count(round_.first, round_.last)
    passed = count(round_.first, min(today, round_.last))
    return math.ceil(due * passed / whole) if whole else due


def _serves(cadres: pd.DataFrame, first: date, last: date) -> pd.Series[bool]:
    """Who holds office on some day of [first, last]."""
    begun = cadres["since_on"].isna() | (cadres["since_on"] <= pd.Timestamp(last))
    return begun & (cadres["until_on"].isna() | (cadres["until_on"] >= pd.Timestamp(first)))


def _cadre_keys(cadres: pd.DataFrame) -> pd.Series[str]:
    return cadres["unit"].fillna("") + _BAR + cadres["name"].fillna("")


def _in_office(cadres: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    """The roster of a round: cadre_key, unit, cadre, role, listed."""
    serving = cadres[_serves(cadres, first, last)]
    table = pd.DataFrame(
        {"cadre_key": _cadre_keys(serving), "unit": serving["unit"], "cadre": serving["name"], "role": serving["role"]}
    )
    return table.drop_duplicates("cadre_key", ignore_index=True).assign(listed=True)


def _credited(visits: pd.DataFrame, year: int, listed: pd.DataFrame, *, every: bool) -> pd.DataFrame:
    """One row a visit and cadre credited with it, in the rounds of `year`: whose it is and which household, `label`.

    Households are told apart among one cadre's visits of one round: two bare 张三 of two cadres need not be one.
    """
    wanted = ["round_no", "unit", "cadres", "target_kind", "household", "phone", "township", "village"]
    rows = visits.loc[(visits["year"] == year) & (visits["round_no"] > 0) & visits["cadres"].notna(), wanted]
    names = rows["cadres"].str.split("、")
    rows = rows.assign(cadre=names if every else names.str[0]).explode("cadre", ignore_index=True)
    rows["unit"] = rows["unit"].fillna("").astype("str")
    own = rows["unit"] + _BAR + rows["cadre"]
    alone = listed.drop_duplicates("cadre", keep=False).set_index("cadre")["cadre_key"]
    known = own.isin(listed["cadre_key"])
    by_name = rows["cadre"].map(alone)
    rows["cadre_key"] = own.where(by_name.isna(), by_name)
    rows["listed"] = known | by_name.notna()
    # The same two persons named twice in one cell are credited once: the label is the same.
    scope = pd.Series(pd.factorize(rows["cadre_key"])[0], index=rows.index) * 4 + rows["round_no"]
    rows["label"] = _labelled(rows, scope)
    return rows


def _tally(rows: pd.DataFrame, keys: pd.Series[str]) -> pd.Series[int]:
    """How many distinct households each of `keys` has."""
    counts = rows.groupby("cadre_key")["label"].nunique()
    return keys.map(counts).fillna(0).astype("int64")


def _labelled(visits: pd.DataFrame, scope: pd.Series[int]) -> pd.Series[int]:
    """Household labels as `households` gives them, never the same across scopes."""
    cells = [visits[name].astype("object").fillna("") for name in ("household", "phone", "township", "village")]
    distinct: dict[_HouseholdKey, int] = {}
    codes = [distinct.setdefault(row, len(distinct)) for row in zip(scope, *cells, strict=True)]
    found = _joined(list(distinct))
    labels = pd.factorize(np.asarray([found[code] for code in codes], dtype="int64"))[0]
    return pd.Series(labels, index=visits.index, dtype="int64")


def _joined(rows: list[_HouseholdKey]) -> list[int]:
    """For each distinct (scope, name, phone, township, village) the number of its household."""
    parent = list(range(len(rows)))

    def root(start: int) -> int:
        while parent[start] != start:
            parent[start] = parent[parent[start]]
            start = parent[start]
        return start

    townships: dict[tuple[object, ...], set[str]] = {}
    for scope, name, _, township, village in rows:
        if township and village:
            townships.setdefault((scope, name, village), set()).add(township)
    holder: dict[tuple[object, ...], int] = {}
    first: dict[tuple[object, ...], int] = {}  # the first household with that name, and with that name and township
    for node, (scope, name, phone, township, village) in enumerate(rows):
        if not (phone or village):
            continue
        known = townships.get((scope, name, village), set())
        if village and not township and len(known) == 1:
            (township,) = known
        if phone:
            parent[root(node)] = root(holder.setdefault((scope, name, phone), node))
        if village:
            parent[root(node)] = root(holder.setdefault((scope, name, township, village), node))
        first.setdefault((scope, name), node)
        first.setdefault((scope, name, township), node)
    # Visits without phone and village found a household only where nothing of that name (and township) is known.
    # Those that name a township go first, so that the others can join them.
    bare = [place for place, (_, _, phone, _, village) in enumerate(rows) if not (phone or village)]
    for node in sorted(bare, key=lambda place: not rows[place][3]):
        scope, name, _, township, _ = rows[node]
        anywhere = (scope, name, "") if township else (scope, name)
        home = first.get((scope, name, township), first.get(anywhere, node))
        parent[root(node)] = root(home)
        first.setdefault((scope, name), node)
        first.setdefault((scope, name, township), node)
    return [root(place) for place in range(len(rows))]
