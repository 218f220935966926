"""Whose visits count: one row a visit and cadre named in it, with the person it is credited to, or why to nobody."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from dazoufang.duties.households import labelled
from dazoufang.duties.in_office import ALWAYS, Term, posts, terms
from dazoufang.ledger.frames import Frames, plain
from dazoufang.model.bureaus import bureau_of, within
from dazoufang.rules.campaign import Rules

# Stands between the parts of a composite key; no cell contains it.
_BAR: Final = "\x1f"
_ROUNDS: Final = 64  # more than a year ever has
# Why a visit is credited to nobody (`why`); "" it is.
NOT_FIRST: Final = "not_first"  # a joint visit credits the first alone, by the rules
NOBODY: Final = "nobody"  # not on the roster
NAMESAKES: Final = "namesakes"  # several of that name, and none of the unit
OUTSIDE_TERM: Final = "outside_term"
REPEATED: Final = "repeated"  # the household counts already, in this round


def credit(frames: Frames, rules: Rules, year: int) -> pd.DataFrame:
    """The visits of the rounds of a year, one row a visit and cadre named in it, in the order of `frames.visits`:

    visit (position in `frames.visits`), round_no, unit, cadre, visited_on, target_kind; person: of the roster, -1 none;
    who: whose visit it is, equal for equal persons, also for those who are not on the roster; label: the household, told
    apart among one's visits of one round (two bare 张三 of two cadres need not be one); why: one of the above; counted:
    the row is the first, by its day, of this household in this round.
    A person's visit is that of the one on the roster with the name and unit, else the only one with that name in
    office that day. Rule: a joint visit credits every named cadre or, switched off, the first; a visit outside the term
    credits nobody; with no roster everybody is credited.
    """
    return frames.once(f"credit {year}", rules, lambda: _credit(frames, rules, year))


def _credit(frames: Frames, rules: Rules, year: int) -> pd.DataFrame:
    visits = frames.visits
    places = np.flatnonzero((visits["year"] == year) & (visits["round_no"] > 0) & visits["cadres"].notna())
    wanted = ["round_no", "unit", "cadres", "visited_on", "target_kind", "household", "phone", "township", "village"]
    rows = visits.iloc[places][wanted].assign(visit=places)
    rows = rows.assign(cadre=rows["cadres"].str.split("、")).drop(columns="cadres").explode("cadre", ignore_index=True)
    rows["unit"] = rows["unit"].fillna("").astype("str")
    rows["why"] = ""
    if not rules.campaign.quota.joint_visit_credits_all.value:
        rows.loc[rows["visit"].duplicated(), "why"] = NOT_FIRST
    roster = posts(frames)
    roster = roster.assign(called=_called(roster["unit"], roster["name"]))
    rows["called"] = _called(rows["unit"], rows["cadre"])
    rows["person"] = _persons(rows, roster)
    outside = ~_in_term(rows, terms(roster))
    rows.loc[outside & (rows["why"] == ""), "why"] = OUTSIDE_TERM
    strangers = rows["person"] < 0
    if len(roster):
        several = strangers & rows["called"].isin(roster["called"])
        known = {"", *map(bureau_of, plain(roster["unit"]))}  # of a bureau that it knows nobody of it says nothing
        asked = rows["unit"].map(lambda unit: bureau_of(unit) in known).astype("bool")
        rows.loc[strangers & asked & ~several & (rows["why"] == ""), "why"] = NOBODY
        rows.loc[several & (rows["why"] == ""), "why"] = NAMESAKES
    rows["who"] = rows["person"]
    unknown = rows.loc[strangers, "unit"] + _BAR + rows.loc[strangers, "cadre"]
    rows.loc[strangers, "who"] = len(roster) + pd.factorize(unknown)[0]
    # The same two persons named twice in one cell are credited once: the label is the same.
    rows["label"] = labelled(rows, rows["who"] * _ROUNDS + rows["round_no"])
    may = rows[rows["why"].isin(["", NOBODY, NAMESAKES])].sort_values("visited_on", kind="stable")
    again = may.index[may.duplicated(["who", "label"])]
    rows["counted"] = rows.index.isin(may.index.difference(again))
    rows.loc[again[rows.loc[again, "why"] == ""], "why"] = REPEATED
    return rows.drop(columns=["household", "phone", "township", "village", "called"])


def _called(units: pd.Series[str], names: pd.Series[str]) -> pd.Series[str]:
    """By what a cadre is looked for: the name, within the bureau of the unit."""
    pairs = zip(plain(units), plain(names), strict=True)
    return pd.Series([within(bureau_of(unit), name) for unit, name in pairs], index=units.index, dtype="str")


def _persons(rows: pd.DataFrame, roster: pd.DataFrame) -> pd.Series[int]:
    """Whose visit each row is; -1: nobody's of the roster, or one of several of that name."""
    by_name = roster.groupby("called")["person"].agg(["first", "nunique"])
    only = by_name.loc[by_name["nunique"] == 1, "first"]
    person = rows["called"].map(only)
    namesakes = rows[rows["called"].isin(by_name.index[by_name["nunique"] > 1])]
    if len(namesakes):
        posts_of = roster.drop_duplicates(["unit", "name"])
        own = pd.Series(
            posts_of["person"].to_numpy(), index=posts_of["unit"].fillna("") + _BAR + posts_of["name"], dtype="float64"
        )
        found = (namesakes["unit"] + _BAR + namesakes["cadre"]).map(own)
        person.loc[namesakes.index] = found.where(found.notna(), _serving(namesakes, roster))
    return person.fillna(-1).astype("int64")


def _serving(rows: pd.DataFrame, roster: pd.DataFrame) -> pd.Series[float]:
    """Of several persons of one name the only one in office on the day of the visit; NaN: none, or not only one."""
    pairs = (
        rows[["called", "visited_on"]]
        .reset_index()
        .merge(roster[["called", "person", "since_on", "until_on"]], on="called")
    )
    day = pairs["visited_on"]
    begun = pairs["since_on"].isna() | day.isna() | (pairs["since_on"] <= day)
    serving = pairs[begun & (pairs["until_on"].isna() | day.isna() | (pairs["until_on"] >= day))]
    found = serving.groupby("index")["person"].agg(["first", "nunique"])
    return found.loc[found["nunique"] == 1, "first"].reindex(rows.index)


def _in_term(rows: pd.DataFrame, held: dict[int, list[Term]]) -> pd.Series[bool]:
    """Which visits were made while their person held office; of strangers, and of those without a day, nobody asks."""
    bounded = {person: own for person, own in held.items() if own != [ALWAYS]}
    asked = rows.loc[rows["person"].isin(list(bounded)) & rows["visited_on"].notna(), ["person", "visited_on"]]
    within = pd.Series(False, index=asked.index)
    for turn in range(max(map(len, bounded.values()), default=0)):  # nearly always one
        own = {person: them[turn] for person, them in bounded.items() if turn < len(them)}
        first, last = (
            asked["person"].map(pd.Series({person: np.datetime64(term[end], "s") for person, term in own.items()}))
            for end in (0, 1)
        )
        within |= (asked["visited_on"] >= first) & (asked["visited_on"] <= last)
    return within.reindex(rows.index, fill_value=True)
