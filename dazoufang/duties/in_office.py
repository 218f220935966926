"""Who holds office when: the persons of the roster, their posts, and the working days they hold them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple, cast

import pandas as pd

from dazoufang.ledger.frames import Frames, plain
from dazoufang.model.persons import persons
from dazoufang.rules.workdays import Workdays
from dazoufang.rules.years import Round


class Term(NamedTuple):
    """The days, both counted, from and to which an office is held."""

    first: date
    last: date


ALWAYS = Term(date.min, date.max)


def posts(frames: Frames) -> pd.DataFrame:
    """The rows of the roster in its order, with the number of their `person` (see `model.persons`)."""
    kept = frames.derived.get("posts")
    if kept is None:
        cadres = frames.cadres
        columns = (plain(cadres[name]) for name in ("name", "unit", "phone", "email"))
        kept = frames.derived["posts"] = cadres.assign(
            person=pd.Series(persons(zip(*columns, strict=True)), dtype="int64")
        )
    return cast(pd.DataFrame, kept)


def terms(rows: pd.DataFrame) -> dict[int, list[Term]]:
    """person → when he holds any post, in the order of days, what overlaps or follows on the next day as one; a roster
    that gives no day means always. `rows` as `posts` gives them."""
    found: dict[int, list[Term]] = {}
    columns = (plain(rows[name]) for name in ("person", "since_on", "until_on"))
    for person, since_on, until_on in sorted(
        (person, since or date.min, until or date.max) for person, since, until in zip(*columns, strict=True)
    ):
        own = found.setdefault(person, [])
        if own and (own[-1].last == date.max or since_on.toordinal() <= own[-1].last.toordinal() + 1):
            own[-1] = Term(own[-1].first, max(own[-1].last, until_on))
        else:
            own.append(Term(since_on, until_on))
    return found


class Held:
    """Counts the working days on which somebody holds office."""

    def __init__(self, workdays: Workdays) -> None:
        self._count = lru_cache(maxsize=None)(workdays.count)

    def days(self, own: list[Term], first: date, last: date) -> int:
        """How many working days of [first, last] lie in the terms."""
        return sum(self._count(max(first, term.first), min(last, term.last)) for term in own)

    def whole(self, rounds: Sequence[Round]) -> int:
        """How many working days the rounds have."""
        return sum(self._count(round_.first, round_.last) for round_ in rounds)
