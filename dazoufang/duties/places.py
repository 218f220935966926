"""Where rows of the record stand, in words: 收件3号“走访登记”第4、5行."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pandas as pd

from dazoufang.ledger.frames import plain

_NAMED: Final = 30  # rows; of more the first ones


class Places:
    """The origins of a frame's rows; a row is told by its place in the frame."""

    def __init__(self, frame: pd.DataFrame) -> None:
        columns = ("submission_id", "member", "sheet", "row_no")
        self._origins = list(zip(*(plain(frame[name]) for name in columns), strict=True))

    def of(self, rows: Iterable[int], most: int = _NAMED) -> str:
        """Where these rows stand; of more than `most` the first ones, and how many there are."""
        origins = sorted({self._origins[row] for row in rows})
        named: dict[tuple[int, str, str], list[str]] = {}
        for number, member, sheet, row in origins[:most]:
            named.setdefault((number, member, sheet), []).append(str(row))
        words = "；".join(
            f"收件{number}号{f'（{member}）' if member else ''}“{sheet}”第{'、'.join(found)}行"
            for (number, member, sheet), found in named.items()
        )
        return f"{words}……共{len(origins)}行" if len(origins) > most else words
