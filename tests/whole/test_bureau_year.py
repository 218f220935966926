"""A bureau's year night by night: every balance closes (law 8), and the year's evidence agrees with the bureau's own books."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Final

import pytest
from bureau_books import CLOSED, LATE, NOT_DUE, ON_TIME, OVERDUE, ROUNDS, Books, Figures, Item, total
from bureau_year import BureauYear, Night
from tray import Tray

from dazoufang.duties.on_time import Handled
from dazoufang.ledger.changes import Today, changes
from dazoufang.ledger.frames import Frames, records
from dazoufang.rules.campaign import Rules
from dazoufang.writing.evidence.numbers import BUREAU, Numbers

REVIEW: Final = date(2023, 12, 5)  # in 考核讲评
KINDS: Final = ("dispute", "suggestion")


@pytest.mark.parametrize("seed", [1])
def test_a_year_balances_every_night_and_its_evidence_is_what_the_books_say(rules: Rules, seed: int) -> None:
    year, tray = BureauYear(seed), Tray(rules)
    whose: dict[str, tuple[str, str]] = {}
    for night in year.nights():
        morning = tray.fold.frames()
        take(tray, night)
        balances(tray, morning, year.books, night)
        for row in records(tray.fold.frames().items, ("item_no", "person", "kind")):
            told = row["person"], row["kind"]
            assert whose.setdefault(row["item_no"], told) == told, f"{night.day}: {row['item_no']} was given twice"
    figures = Numbers(tray.fold.frames(), rules, REVIEW)
    persons_agree(figures, year.books)
    units_agree(figures, year.books)
    items_agree(figures, year.books)
    told_of_the_bureau(figures, year.books)
    frames = tray.fold.frames()
    assert len(frames.visits) == len(year.books.visits())
    assert (len(frames.lists["training_record"]), len(frames.lists["notebook_issue"])) == (1, 9)


def take(tray: Tray, night: Night) -> None:
    tray.today = night.day
    for path, data in night.files:
        tray.take(path, data)


def balances(tray: Tray, morning: Frames, books: Books, night: Night) -> None:
    """Law 8 on one night, by the change sheet and by the books, and the state of every item."""
    fold = tray.fold
    taken = [submission for submission in fold.submissions if submission.received_on == night.day]
    assert fold.submissions[-1].submission_id == books.delivered
    told = changes(
        morning, fold.frames(), Today(taken, fold.effects, fold.withdrawn, fold.ledger.number), fold.rules.schemas
    )
    standing = {(item.number, item.kind): state for item, state in books.standing_items().items()}
    found = {
        (row["item_no"], row["kind"]): row["state"]
        for row in records(fold.frames().items, ("item_no", "kind", "state"))
    }
    assert {
        key: (found.get(key), standing.get(key))
        for key in found.keys() | standing.keys()
        if found.get(key) != standing.get(key)
    } == {}, night.day
    for own in told.balance:
        assert own.before + own.new + own.reopened - own.closed - own.withdrawn - own.joined == own.now, night.day
        assert tuple(own[1:]) == books.balance(own.kind), (night.day, own.kind)
    assert [own.kind for own in told.balance] == list(KINDS)


def persons_agree(figures: Numbers, books: Books) -> None:
    years = books.person_years()
    wanted = sorted(
        (person.name, person.stands(ROUNDS[max(own) - 1]), own, {n: person.stands(ROUNDS[n - 1]) for n in own},
         sum(each.done for each in own.values()), books.year_due(person))
        for person, own in years.items()
    )  # fmt: skip
    found = sorted(
        (one.cadre, one.unit, {n: Figures(*own) for n, own in one.rounds.items()}, one.stood, one.done, one.due)
        for one in figures.persons
    )
    assert found == wanted
    assert len(found) == 60 and all(one.listed for one in figures.persons)


def units_agree(figures: Numbers, books: Books) -> None:
    years = books.person_years()
    silent = {one.number: books.silent(one) for one in ROUNDS}
    for unit in figures.units:
        own = {p: r for p, r in years.items() if p.stands(ROUNDS[max(r) - 1]) == unit.unit}
        assert (unit.cadres, unit.due, unit.done) == (
            len(own), sum(map(books.year_due, own)), sum(each.done for r in own.values() for each in r.values()),
        ), unit.unit  # fmt: skip
        for one in ROUNDS:
            there = [r[one.number] for p, r in years.items() if one.number in r and p.stands(one) == unit.unit]
            missed = [each for each in there if each.left]
            assert Figures(*unit.rounds[one.number]) == total(there), unit.unit
            assert unit.missed.get(one.number, 0) == len(missed), unit.unit
            assert unit.none.get(one.number, 0) == sum(not each.done for each in missed), unit.unit
        assert unit.silent == [number for number in (1, 2) if unit.unit in silent[number]], unit.unit
    assert silent == {1: {"督导室"}, 2: {"职成股"}}
    assert len(figures.units) == 12


def items_agree(figures: Numbers, books: Books) -> None:
    """Every item by itself, then the counts with both denominators, by unit and in all."""
    standing = books.standing_items()
    assert {
        one.item_no: (one.unit, one.state, one.resolved_on, one.closed_on, one.outcome.value) for one in figures.items
    } == {
        item.number: (item.unit, state, item.resolved_on, item.closed_on, item.outcome(REVIEW))
        for item, state in standing.items()
    }
    opened = records(figures.frames.items, ("item_no", "opened_on"))
    assert {row["item_no"]: row["opened_on"] for row in opened} == {item.number: item.registered for item in standing}
    plain = {item.number: item.due_on for item in standing if not any(step.reopened_on for step in item.steps)}
    assert {one.item_no: one.due_on for one in figures.items if one.item_no in plain} == plain
    assert {key: counts(own) for key, own in figures.handled.items()} == handled(standing)


def counts(own: Handled) -> tuple[int, ...]:
    return own.found, own.done, own.closed, own.on_time, own.late, own.overdue, own.not_due, own.due


def handled(standing: dict[Item, str]) -> dict[tuple[str, str], tuple[int, ...]]:
    """(unit or 全局, kind or "") → found, resolved, closed, on time, late, overdue, not yet due, and resolved with overdue."""
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in standing:
        for key in ((whose, kind) for whose in (BUREAU, item.unit) for kind in (item.kind, "")):
            groups.setdefault(key, []).append(item)
    found = {}
    for key, items in groups.items():
        ends = Counter(item.outcome(REVIEW) for item in items)
        resolved = ends[ON_TIME] + ends[LATE]
        closed = sum(item.state == CLOSED for item in items)
        found[key] = (
            len(items), resolved, closed, ends[ON_TIME], ends[LATE], ends[OVERDUE], ends[NOT_DUE], resolved + ends[OVERDUE],
        )  # fmt: skip
    return found


def told_of_the_bureau(figures: Numbers, books: Books) -> None:
    """The numbers that the first sheet shows."""
    told = {number.name: number.amount for number in figures.all if number.whose == BUREAU}
    years = books.person_years()
    for number, name in ((1, "上半年"), (2, "下半年")):
        own = [r[number] for r in years.values() if number in r]
        whole = total(own)
        assert (told[f"{name}应走访"], told[f"{name}已走访"], told[f"{name}走访摸排内已走访"]) == (
            whole.due,
            whole.done,
            whole.early,
        )
        assert told[f"{name}没有完成任务的干部"] == sum(each.left > 0 for each in own)
        assert told[f"{name}一户也没有走访的干部"] == sum(each.left > 0 and not each.done for each in own)
        assert told[f"{name}没有报送的单位"] == 1
    assert told["全年应走访"] == sum(map(books.year_due, years))
    assert told["全年已走访"] == sum(each.done for own in years.values() for each in own.values())
