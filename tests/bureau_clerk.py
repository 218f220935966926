"""What the office of a made-up bureau does beside collecting: decides, takes deliveries back, and drops old files again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import bureau_sheets as sheets
from bureau_books import OPEN, Extension, Item, round_of

if TYPE_CHECKING:
    from bureau_year import BureauYear

LAST_REOPENING: Final = date(2023, 11, 10)
_EXTENDED_TO: Final = {  # round → the days to which its deadlines are moved
    1: [date(2023, 5, day) for day in (10, 19, 26, 31)],
    2: [date(2023, 11, 24), date(2023, 11, 30), date(2023, 12, 8), date(2023, 12, 15)],
}
_Row = tuple[str, str, date | None, str]  # 编号, 裁定, 新时限, 对应编号


def decide(year: BureauYear, day: date) -> None:
    """Up to three decisions, each of other items than the others."""
    books, rng = year.books, year.rng
    if not year.typist.maybe(0.7):
        return
    struck = [item for item in books.items if item.struck and not item.into]
    known = [item for item in (*books.standing_items(), *struck) if item.registered < day]
    chosen: list[tuple[_Row, list[Item]]] = []
    by = books.delivered + 1
    for item in rng.sample(known, min(30, len(known))):
        if len(chosen) < 3 and not any(item in items for _, items in chosen):
            taken = [other for _, items in chosen for other in items]
            row, others = _decided(year, item, [other for other in known if other not in taken], by, day)
            if row is not None:
                chosen.append((row, [item, *others]))
    if not chosen:
        return
    assert year.next_number("decisions") == by
    for row, items in chosen:
        year.events[row[1]] += 1
        if row[1] == "重开":
            books.reopen(items[0], day, day, "重开")
    data = sheets.decisions([row for row, _ in chosen], day, by)
    year.send("decisions", f"裁定{by}", f"裁定表{by}.xlsx", data, [item for _, items in chosen for item in items])


def _decided(year: BureauYear, item: Item, others: list[Item], by: int, day: date) -> tuple[_Row | None, list[Item]]:
    """What is decided of an item, if anything, and the other items it concerns; all but a reopening is in the books then."""
    rng, number = year.rng, round_of(item.day)
    if item.struck:
        if rng.random() < 0.3 and day <= LAST_REOPENING:
            item.strikes.append((by, False))
            return (item.number, "重开", None, ""), []
        return None, []
    ways = rng.sample(("延期", "作废", "重开", "并案"), 4)
    never_reopened = not any(step.reopened_on for step in item.steps)
    for way in ways[:2]:
        if way == "延期" and never_reopened and not item.extensions and not item.has_joined:
            until = [each for each in _EXTENDED_TO[number] if each >= day]
            if until and (item.state == OPEN or rng.random() < 0.3):
                item.extensions.append(Extension(by, rng.choice(until), day))
                return (item.number, way, item.extensions[-1].new_due_on, ""), []
        if way == "作废" and not item.has_joined and not item.strikes and rng.random() < 0.3:
            item.strikes.append((by, True))
            return (item.number, way, None, ""), []
        if way == "重开" and item.resolved_on and item.resolved_on <= day <= LAST_REOPENING and rng.random() < 0.5:
            return (item.number, way, None, ""), []
        if way == "并案" and item.heading and item.is_plain and not item.steps:
            into = [
                other for other in others
                if other is not item and (other.unit, other.kind, round_of(other.day)) == (item.unit, item.kind, number)
                and other.state == OPEN and not (other.strikes or other.extensions or other.into)
            ]  # fmt: skip
            if into:
                other = rng.choice(into)
                item.joins.append((by, other))
                other.has_joined = True
                return (item.number, way, None, other.number), [other]
    return None, []


def withdraw(year: BureauYear, day: date) -> None:
    """Take back a delivery on which nothing rests yet; now and then that was wrong, and is taken back itself."""
    books, rng = year.books, year.rng
    if not year.typist.maybe(0.2):
        return
    newest = {sent.key: number for number, sent in year.sent.items() if sent.key and number not in books.gone}
    numbers = [
        number for number, sent in year.sent.items()
        if number > books.delivered - 15 and number not in books.gone and number not in year.dropped_again
        and sent.what in ("visits", "form", "decisions") and newest[sent.key] == number
        and all(item.touched_by <= number for item in sent.items)
        and (sent.what == "decisions" or not any(item.has_joined for item in sent.items))  # nothing rests on it
    ]  # fmt: skip
    if not numbers:
        return
    number = rng.choice(numbers)
    for taken in [number, books.delivered + 1] if rng.random() < 0.25 else [number]:
        by = year.next_number(f"withdrawn: {year.sent[taken].what}")
        books.withdraw(taken)
        year.send("withdrawal", "", f"撤回单{by}.xlsx", sheets.withdrawal(taken, by), [])


def drop_again(year: BureauYear, day: date) -> None:
    """The same bytes again: nothing comes of it."""
    books, rng = year.books, year.rng
    numbers = [
        number for number, sent in year.sent.items()
        if number not in books.gone and sent.what in ("visits", "form", "decisions")
    ]  # fmt: skip
    if numbers and year.typist.maybe(0.25):
        number = rng.choice(numbers)
        year.next_number("the same bytes")
        year.dropped_again.add(number)
        year.send("again", "", year.sent[number].path, year.sent[number].data, [])
