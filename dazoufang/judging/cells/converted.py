"""What every converter takes and gives: one cell's value in, its canonical value or a fault code out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from math import isfinite
from types import MappingProxyType
from typing import Any, Final

# What a workbook's cell can hold (`datetime` is a `date`, `bool` an `int`).
Cell = str | int | float | date | time | None

_NO_DETAILS: Final[Mapping[str, Any]] = MappingProxyType({})
TRUSTED_DIGITS: Final = 15  # Excel keeps that many digits of a number and turns the rest into zeros


@dataclass(frozen=True, slots=True)
class Converted:
    """A cell after conversion. Rule: a value that is not certain is a fault, not a guess.

    `value` is canonical, None when the cell is empty; `fault` is a code of `faults.CATALOGUE` or None, and
    `details` fill that code's templates; `how`, when not empty, says in Chinese how the writing was made canonical.
    `asks`: the code of what is asked about a value that stands, or "".
    """

    value: Any = None
    fault: str | None = None
    details: Mapping[str, Any] = field(default_factory=lambda: _NO_DETAILS)
    how: str = ""
    asks: str = ""


EMPTY: Final = Converted()


def fault(code: str, **details: Any) -> Converted:
    """A cell that could not be understood: the code and what its message needs."""
    return Converted(fault=code, details=MappingProxyType(details))


def number_text(number: int | float) -> str | None:
    """The shortest writing of a number ("5", not "5.0"), None when it is longer than Excel keeps."""
    if isinstance(number, float) and not isfinite(number):
        return repr(number)
    if number_digits(number) > TRUSTED_DIGITS:
        return None
    return str(int(number)) if number == int(number) else repr(number)


def number_digits(number: int | float) -> int:
    """How many digits stand before the decimal point of a finite `number`."""
    return len(str(abs(int(number))))
