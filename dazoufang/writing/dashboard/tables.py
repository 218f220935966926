"""The shape in which a table of the page goes to its script: columns, and rows of plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

Kind = Literal["text", "wrapped", "long", "number", "percent", "day", "level", "links"]


@dataclass(frozen=True, slots=True)
class Heading:
    """One column. `kind`: text stands on one line and is cut where it is too long, wrapped stands whole in a narrow column, long in a
    wide one; links are pairs of words and an address. `chosen`: whether its values can be chosen from to filter the rows. `printed`: whether it is on paper,
    and on a telephone, too."""

    title: str
    kind: Kind = "text"
    chosen: bool = False
    printed: bool = True


def table(
    headings: Sequence[Heading],
    rows: Iterable[Sequence[Any]],
    note: str = "",
    lists: Sequence[dict[str, Any] | None] = (),
) -> dict[str, Any]:
    """The table for the script. Days are ISO text, what is not known is null; `note` stands under it. lists: what a row unfolds
    to (`unfolded.unfolded`), a place a row, or none at all."""
    made = {
        "columns": [asdict(one) for one in headings],
        "rows": [[_plain(value) for value in row] for row in rows],
        "note": note,
    }
    return made | {"lists": list(lists)} if any(lists) else made


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, date):
        return value.isoformat()
    if value is None or value != value:
        return None
    return str(value) if isinstance(value, str) else value
