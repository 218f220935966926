"""Forms of a unit as files: one in each variation of a habit, or a whole round in habits that came together by chance."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Final

import hard_rows  # noqa: F401  its habits are known by its being imported
from hard_habits import HABITS, Habit
from hard_rounds import FORMS, KINDS, Written, draft, people, written

_TAGS: Final = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒"


def in_one_habit(name: str) -> dict[str, Written]:
    """A form in each variation of a habit and otherwise plain, for people of its own; forms and file types in turn."""
    habit, rng = HABITS[name], Random(name)
    persons, files = people(rng, 5 * len(habit.ways)), dict[str, Written]()
    for number, (way, change) in enumerate(habit.ways.items()):
        form = next(form for form in FORMS if form.name == habit.forms[number % len(habit.forms)])
        made = draft(form, rng, persons[5 * number : 5 * number + 5], _TAGS[number])
        made.first_number += _delivered_before(files.values())
        habit.apply(made, change)
        files[way] = written(made, habit.kinds[number % len(habit.kinds)])
    return files


def combined(seed: int, most: int = 6) -> tuple[list[Written], list[str]]:
    """Two of each form of a unit, each in a random file type and random habits that go together; and those in words."""
    rng = Random(seed)
    persons, files, words = people(rng, 30), list[Written](), list[str]()
    for number, form in enumerate(FORMS * 2):
        kind = rng.choice(KINDS)
        made = draft(form, rng, persons[5 * number : 5 * number + 5], _TAGS[number])
        chosen = _together(rng, form.name, kind, rng.randrange(most + 1))
        made.first_number += _delivered_before(files)
        for habit, way in chosen:
            habit.apply(made, habit.ways[way])
        files.append(written(made, kind))
        words.append(f"{form.name} {kind}: " + ", ".join(f"{habit.name} [{way}]" for habit, way in chosen))
    return files, words


def _delivered_before(files: Iterable[Written]) -> int:
    """How many items the first deliveries of these files open."""
    return sum(len(file.draft.entries) for file in files if file.draft.before)


def _together(rng: Random, form: str, kind: str, most: int) -> list[tuple[Habit, str]]:
    """Habits that do not touch the same thing, in the order in which they apply."""
    chosen: list[Habit] = []
    for habit in rng.sample(list(HABITS.values()), len(HABITS)):
        fits = form in habit.forms and kind in habit.kinds
        if len(chosen) < most and fits and not any(habit.touches & other.touches for other in chosen):
            chosen.append(habit)
    order = list(HABITS)
    return [
        (habit, rng.choice(list(habit.ways))) for habit in sorted(chosen, key=lambda habit: order.index(habit.name))
    ]
