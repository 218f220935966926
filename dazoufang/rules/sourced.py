"""One rule and where it comes from: nobody's value gets another's source."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from dazoufang.rules.rules_file import Strict

T = TypeVar("T")


class Sourced(Strict, Generic[T]):
    """One rule: its value and where it comes from (实施方案, or 局内设定). Nobody's value gets another's source."""

    office_says: ClassVar[frozenset[str]] = frozenset({"value", "source"})
    value: T
    source: str
