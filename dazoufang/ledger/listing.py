"""Which visits and items the lists of a run show, and in which order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from dazoufang.ledger.frames import Frames, plain
from dazoufang.model.vocabularies import ItemKind, ItemState
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import FormSchema, Role

_ORIGIN: Final = ["submission_id", "member", "sheet", "row_no"]
_ORDER: Final = {"visit": ["visited_on", "cadres", *_ORIGIN], "item": ["item_no", *_ORIGIN]}


def visits(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    """The visits of the working year, also those outside both rounds, by unit, day, cadres and origin."""
    year = rules.campaign.year_of(today).year
    return _in_order(frames.visits[frames.visits["year"].to_numpy() == year], frames, _ORDER["visit"])


def items(kind: str, frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    """The items of `kind` of the working year, and those of earlier years that are not closed, by unit and number."""
    return frames.once(f"items {kind} {today}", rules, lambda: _items(kind, frames, rules, today))


def _items(kind: str, frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    year = rules.campaign.year_of(today).year
    rows = zip(*(plain(frames.items[name]) for name in ("kind", "year", "state")), strict=True)
    shown = [
        its_kind == kind and (its_year == year or (its_year < year and state != ItemState.CLOSED))
        for its_kind, its_year, state in rows
    ]
    return _in_order(frames.items[np.array(shown, dtype="bool")], frames, _ORDER["item"])


def without_measures(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    """The disputes of `items` that were closed though nobody ever said what was to be done (化解措施)."""
    disputes = items(ItemKind.DISPUTE, frames, rules, today)
    return disputes[(disputes["state"] == ItemState.CLOSED) & disputes["measures"].isna()].reset_index(drop=True)


def rows(form: str, frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    """The rows of a published list that came in the working year, by unit and origin."""
    every = frames.lists[form]
    return _in_order(every[every["year"] == rules.campaign.year_of(today).year], frames, _ORIGIN)


def listed(schema: FormSchema, frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    """What the list of a form shows: visits, items of its kind, or its rows."""
    if schema.role is Role.VISITS:
        return visits(frames, rules, today)
    if schema.item_kind:
        return items(schema.item_kind, frames, rules, today)
    return rows(schema.name, frames, rules, today)


def unit_order(frames: Frames, others: Iterable[str]) -> dict[str, int]:
    """Where each unit stands: in the order of the roster, then by name."""
    listed = [unit for unit in frames.cadres["unit"].tolist() if isinstance(unit, str)]
    return {unit: place for place, unit in enumerate(dict.fromkeys([*listed, *sorted(set(others))]))}


def _in_order(rows: pd.DataFrame, frames: Frames, keys: list[str]) -> pd.DataFrame:
    if len(rows) < 2:  # most lists of most homes
        return rows.reset_index(drop=True)
    names = [unit for unit in rows["unit"].unique().tolist() if isinstance(unit, str)]
    rank = rows["unit"].map(unit_order(frames, names))
    ranked = rows.assign(unit_rank=rank).sort_values(
        ["unit_rank", *keys], kind="stable", na_position="last", ignore_index=True
    )
    return ranked.drop(columns="unit_rank")
