"""Which rows of a roster are one person, however many posts it gives him."""

from __future__ import annotations

from collections.abc import Iterable


def persons(rows: Iterable[tuple[str, str, str, str]]) -> list[int]:
    """For each (name, unit, telephones, e-mail) of a roster the number of its person, from 0 in the order of appearance.

    Rule (局内设定): the same name is one person where the unit is the same, or a telephone, or the e-mail; and so on along
    the chain. Namesakes of two units of whom the roster gives no telephone nor e-mail in common are two: whoever holds two
    posts is known as one as soon as both rows give his number. Telephones are joined by 、; "" is not filled.
    """
    holders: dict[tuple[str, str, str], int] = {}
    parent: list[int] = []

    def root(start: int) -> int:
        while parent[start] != start:
            start = parent[start]
        return start

    for row, (name, unit, phones, email) in enumerate(rows):
        parent.append(row)
        marks = [
            ("unit", unit),
            ("email", email.strip().casefold()),
            *(("phone", phone) for phone in phones.split("、")),
        ]
        for kind, mark in marks:
            if mark or kind == "unit":
                earlier, own = root(holders.setdefault((name, kind, mark), row)), root(row)
                parent[max(earlier, own)] = min(earlier, own)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(root(row), len(numbers)) for row in range(len(parent))]
