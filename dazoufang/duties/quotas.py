"""Who has visited how many households, and how many should have been: done, due and expected per cadre and round."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Final, cast

import numpy as np
import pandas as pd

from dazoufang.duties.credit import REPEATED, credit
from dazoufang.duties.in_office import Held, posts, terms
from dazoufang.ledger.frames import Frames, plain
from dazoufang.rules.campaign import Campaign, Rules
from dazoufang.rules.schema import Role
from dazoufang.rules.years import Round

DAY: Final = timedelta(days=1)


def current_round(campaign: Campaign, today: date) -> tuple[int, Round]:
    """(year, round) that a run on `today` works in.

    The round whose window holds `today`; between windows the latest one begun before it in the working year; before
    the first window that first one. Rule: a run works in the year today belongs to, else the latest before it.
    """
    year = campaign.year_of(today)
    begun = [round_ for round_ in year.rounds if round_.first <= today]
    return year.year, begun[-1] if begun else year.rounds[0]


def earlier_rounds(round_: Round, campaign: Campaign) -> str:
    """The names of the rounds before this one in its year, 、."""
    rounds = next(year.rounds for year in campaign.years if round_ in year.rounds)
    return "、".join(other.name for other in rounds if other.number < round_.number)


def debt_in_words(table: pd.DataFrame, round_: Round, campaign: Campaign) -> str:
    """含上半年少走的4户: how much of what is owed in `table` (of `progress`) earlier rounds left; "" nothing."""
    carried = int(table["carried"].sum())
    return f"含{earlier_rounds(round_, campaign)}少走的{carried}户" if carried else ""


def progress(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    """How far each cadre is in the current round and year; one row a person, however many posts he has.

    The persons of the roster in its order, those in office (任职起, 任职止) during the round; then, in order of unit and
    name, those who visited in this round and are not on it (`listed` False, owing 0). Columns:

    - unit (of several posts that held today, else the last held in the round), units (all of them, 、), cadre, role
      (text), listed (bool), year, round_no (int), since_on, until_on (days within the round on which he came or left)
    - due (int households owed by the end of the round: `round_due` of the round itself and `carried`), done (int distinct
      households of this round), rate (done / due; NaN when nothing is due), left (int), early (int: of done, those
      visited by the end of the first phase, 走访摸排)
    - carried (int: what earlier rounds left undone; in the last round, where the record holds any visit of an earlier
      one: a bureau that begins to use the program in autumn made its visits of spring all the same)
    - year_due, year_done (int; `year_done` adds up the rounds' distinct households, so a surplus of round 1 counts for
      the year and not for round 2)
    - expected (int: what should be done by the end of today: due × the working days held of the round so far ÷ all that
      he holds, rounded up; 0 before it begins)
    - days_left (int: working days after today that he holds in the round), per_day (Int64, whole households for each of
      them; on the last day all that is left; 0 when none is, <NA> when no day is)
    - person (int: as `in_office.posts` numbers them; -1 not on the roster)
    - one int column a target kind, named by it, in the order of the schema: distinct households of this round

    Whose a visit is: see `credit`. Rule: 实施方案, quota per cadre, round and year. Who comes or leaves within them owes by
    the working days held, rounded up, of the round and of all rounds of the year together (局内设定).

    Nobody writes into the table: annex, cover, alerts and letters of one day share it.
    """
    key = f"progress {today}"
    kept = frames.derived.get(key)
    if kept is None or kept[0] is not rules:
        kept = frames.derived[key] = (rules, _progress(frames, rules, today))
    return cast(pd.DataFrame, kept[1])


_TEXTS: Final = ["unit", "units", "cadre", "role"]
_IN_ORDER: Final = [
    "unit", "units", "cadre", "role", "listed", "year", "round_no", "since_on", "until_on", "due", "round_due", "carried",
    "done", "early", "rate", "year_due", "year_done", "expected", "left", "days_left", "per_day", "person",
]  # fmt: skip


def _progress(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    campaign = rules.campaign
    year, round_ = current_round(campaign, today)
    rounds = campaign.year_of(today).rounds
    kinds = rules.form(Role.VISITS).by_name["target_kind"].constraints.enum
    credited = credit(frames, rules, year)
    credited = credited[credited["counted"] | (credited["why"] == REPEATED)]
    counted = credited[credited["counted"]]
    this_round = credited[credited["round_no"] == round_.number]
    owing = _owing(posts(frames), rules, today)
    table = pd.concat([owing, _strangers(this_round)], ignore_index=True)
    numbers = [name for name in owing if owing[name].dtype == "int64"]
    table = table.fillna(dict.fromkeys(numbers, 0)).astype(
        dict.fromkeys(numbers, "int64") | dict.fromkeys(_TEXTS, "str")
    )
    table["year"], table["round_no"] = year, round_.number
    who = table["who"]
    done = {other.number: _tally(counted[counted["round_no"] == other.number], who) for other in rounds}
    table["done"], table["year_done"] = done[round_.number], sum(done.values())
    first_phase = this_round["visited_on"] <= pd.Timestamp(round_.phases[0].last)
    table["early"] = _tally(this_round[first_phase].drop_duplicates(["who", "label"]), who)
    table["carried"] = 0
    if round_.number == rounds[-1].number and bool((credited["round_no"] < round_.number).any()):
        earlier = [other.number for other in rounds[:-1]]
        missed = sum((table[f"due_{number}"] - done[number]).clip(lower=0) for number in earlier)
        before = sum(done[number] for number in earlier)
        table["carried"] = np.maximum(np.minimum(missed, table["year_due"] - before - table["round_due"]), 0)
    table["due"] = table["round_due"] + table["carried"]
    table["rate"] = table["done"] / table["due"].where(table["due"] > 0)
    table["left"] = (table["due"] - table["done"]).clip(lower=0)
    held = table["days_held"].clip(lower=1)
    table["expected"] = -(-(table["due"] * table["days_passed"]) // held)
    whole = -(-table["left"] // table["days_left"].clip(lower=1))
    over = (table["days_left"] == 0) & (table["days_open"] == 0) & (table["left"] > 0)
    table["per_day"] = whole.astype("Int64").mask(over)
    table["person"] = who.where(table["listed"], -1)
    of_kinds = this_round.drop_duplicates(["who", "label", "target_kind"])
    visited = Counter(zip(of_kinds["who"].tolist(), of_kinds["target_kind"].tolist(), strict=True))
    for kind in kinds:
        table[kind] = np.array([visited[person, kind] for person in who.tolist()], dtype="int64")
    return table[[*_IN_ORDER, *kinds]]


def _owing(roster: pd.DataFrame, rules: Rules, today: date) -> pd.DataFrame:
    """The persons in office in the current round, what they owe and by when: who, unit, units, cadre, role, listed,
    since_on, until_on, round_due, year_due, `due_<n>` of every round of the year; working days: days_held of the round, of
    them days_passed by the end of today, days_left after it, days_open from today on."""
    campaign, quota = rules.campaign, rules.campaign.quota
    _, round_ = current_round(campaign, today)
    rounds, held = campaign.year_of(today).rounds, Held(campaign.workdays)
    terms_of = terms(roster)
    serving = roster[_serves(roster, round_.first, round_.last)]
    rows = []
    for person, own in ((person, terms_of[person]) for person in serving["person"].unique()):
        in_round = {other.number: held.days(own, other.first, other.last) for other in rounds}
        came = max((term.first for term in own if round_.first < term.first <= round_.last), default=None)
        left = max((term.last for term in own if term.first <= round_.last), default=round_.last)
        rows.append(
            {
                "who": person,
                "since_on": came,
                "until_on": left if left < round_.last else None,
                "year_due": _share(quota.households_per_year.value, sum(in_round.values()), held.whole(rounds)),
                **{
                    f"due_{other.number}": _share(
                        quota.households_per_round.value, in_round[other.number], held.whole([other])
                    )
                    for other in rounds
                },
                "days_held": in_round[round_.number],
                "days_passed": held.days(own, round_.first, min(today, round_.last)),
                "days_left": held.days(own, max(today + DAY, round_.first), round_.last),
                "days_open": held.days(own, max(today, round_.first), round_.last),
            }
        )
    numbers = ["who", "year_due", *(f"due_{other.number}" for other in rounds)]
    numbers += ["days_held", "days_passed", "days_left", "days_open"]
    table = pd.DataFrame(rows, columns=[*numbers, "since_on", "until_on"]).astype(dict.fromkeys(numbers, "int64"))
    for name in ("since_on", "until_on"):
        table[name] = pd.to_datetime(table[name].astype("object")).astype("datetime64[s]")
    table["round_due"] = table[f"due_{round_.number}"]
    shown = _shown_posts(serving, min(max(today, round_.first), round_.last))
    return table.merge(shown, on="who", how="left", validate="1:1").assign(listed=True)


def _share(quota: int, days: int, whole: int) -> int:
    """Of a quota what falls on the working days held, rounded up."""
    return -(-quota * days // whole) if whole else quota


def _shown_posts(serving: pd.DataFrame, day: date) -> pd.DataFrame:
    """who, unit, units, cadre, role: of one's posts the first on the roster that is held on the day, else the last held."""
    now = _serves(serving, day, day)
    until = serving["until_on"].fillna(pd.Timestamp(date.max))
    order = serving.assign(now=now, until=until.where(~now)).sort_values(
        ["now", "until"], ascending=[False, False], kind="stable", na_position="first"
    )
    first = order.drop_duplicates("person")
    units: dict[int, dict[str, None]] = {}
    for person, unit in zip(serving["person"].tolist(), plain(serving["unit"]), strict=True):
        units.setdefault(person, {})[unit] = None
    return pd.DataFrame(
        {
            "who": first["person"],
            "unit": first["unit"],
            "units": ["、".join(filter(None, units[person])) for person in first["person"]],
            "cadre": first["name"],
            "role": first["role"],
        }
    )


def _strangers(this_round: pd.DataFrame) -> pd.DataFrame:
    """Who visited in the round and is not on the roster; they owe nothing."""
    found = this_round[this_round["person"] < 0].drop_duplicates("who").sort_values(["unit", "cadre"], kind="stable")
    return found[["who", "unit", "cadre"]].assign(units=found["unit"], role=None, listed=False)


def _serves(roster: pd.DataFrame, first: date, last: date) -> pd.Series[bool]:
    """Which posts are held on some day of [first, last]."""
    begun = roster["since_on"].isna() | (roster["since_on"] <= pd.Timestamp(last))
    return begun & (roster["until_on"].isna() | (roster["until_on"] >= pd.Timestamp(first)))


def _tally(rows: pd.DataFrame, who: pd.Series[int]) -> pd.Series[int]:
    """How many of the rows each of `who` has."""
    counts = Counter(rows["who"].tolist())
    return pd.Series([counts[person] for person in who.tolist()], index=who.index, dtype="int64")
