"""Whether whoever visited held office that day, as the roster has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from dazoufang.model import faults
from dazoufang.model.bureaus import bureau_of
from dazoufang.model.faults import Fault, day_words
from dazoufang.model.roster import Post, Roster
from dazoufang.model.submission import Part, Row
from dazoufang.rules.schema import FormSchema

OUTSIDE: Final = "R25"


def outside_terms(part: Part, schema: FormSchema, roster: Roster) -> Iterator[Fault]:
    """A fault for each cadre of a visit who did not hold office on its day; the row is held.

    Rule (DESIGN §7.2): a visit outside the term is a fault. The posts asked are those of the person with the name and the
    row's unit, whichever unit they are of; where the roster gives the name to other units only, those of everybody of it.
    """
    for row in part.rows if roster.posts else ():
        day, unit = row.values.get("visited_on", ""), row.unit or part.unit
        for name in filter(None, row.values.get("cadres", "").split("、")) if day else ():
            of_bureau = [post for post in roster.posts.get(name, ()) if bureau_of(post.unit) == bureau_of(unit)]
            posts = _of_person(of_bureau, unit)
            if posts and not any(post.held_on(day) for post in posts):
                row.held = True
                yield _fault(part, schema, row, name, posts)


def _of_person(posts: Sequence[Post], unit: str) -> list[Post]:
    """The posts of the person who has one in the unit; of several persons, or of none, all."""
    here = {post.person for post in posts if post.unit == unit}
    return [post for post in posts if post.person in here] if here else list(posts)


def _fault(part: Part, schema: FormSchema, row: Row, name: str, posts: Sequence[Post]) -> Fault:
    """posts: those that the person has, none of them on the day of the row."""
    day = date.fromisoformat(row.values["visited_on"])
    return faults.make(
        OUTSIDE,
        sheet=row.sheet,
        cell=part.cell(row, "cadres"),
        row=row.row_no,
        column=schema.by_name["cadres"].title,
        value=name,
        day=day_words(day),
        terms="；".join(dict.fromkeys(map(_in_words, posts))),
    )


def _in_words(post: Post) -> str:
    """任职起2023年9月1日、任职止2023年10月13日."""
    days = (("任职起", post.since_on), ("任职止", post.until_on))
    return "、".join(f"{title}{day_words(date.fromisoformat(day))}" for title, day in days if day)
