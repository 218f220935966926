"""Whose a name is where the annexes of several bureaus come together: 甲县教育局/工会, 甲县教育局/23下矛0001."""

from __future__ import annotations

from typing import Final

_WITHIN: Final = "/"


def within(bureau: str, name: str) -> str:
    """The name of a unit, or the number of an item, of another bureau, as it is known here; as it is where `bureau` is ""."""
    return f"{bureau}{_WITHIN}{name}" if bureau and name else name


def bureau_of(name: str) -> str:
    """The bureau that a unit or an item is of, over several levels (市局/甲县教育局); "" it is one of this home's own."""
    return name.rpartition(_WITHIN)[0]


def is_within(name: str, bureau: str) -> bool:
    """Whether a unit or an item is of that bureau, at whichever level below it."""
    return bool(bureau) and name.startswith(bureau + _WITHIN)


def own_name(name: str) -> str:
    """What a unit or an item is called in its own bureau."""
    return name.rpartition(_WITHIN)[2]
