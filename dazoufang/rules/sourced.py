"""One rule and where it comes from: nobody's value gets another's source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from dazoufang.rules.rules_file import Strict

T = TypeVar("T")


class Sourced(Strict, Generic[T]):
    """One rule: its value and where it comes from (实施方案, or 局内设定). Nobody's value gets another's source."""

    office_says: ClassVar[frozenset[str]] = frozenset({"value", "source"})
    value: T
    source: str

    def __reduce__(self) -> tuple[Callable[..., Sourced[Any]], tuple[T, str]]:
        """For child processes: `Sourced[int]` has no name under which pickle would find it, and the value was checked
        when it was read."""
        return _again, (self.value, self.source)


def _again(value: Any, source: str) -> Sourced[Any]:
    return Sourced.model_construct(value=value, source=source)
