"""Which rows of a list concern a unit, an office or a person: what each of them is sent of it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dazoufang.ledger.frames import Frames
from dazoufang.rules.campaign import Campaign, Rules
from dazoufang.rules.packages import Slice
from dazoufang.rules.schema import FormSchema, Role


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whose rows: those of `slice` for this unit and person; of the whole list neither is asked."""

    slice: Slice = Slice.WHOLE
    unit: str = ""
    person: str = ""

    @property
    def words(self) -> str:
        """What a title and a file name say of it: （工会）, （教育事务中心归口）; no name of a person."""
        said = {Slice.WHOLE: "", Slice.UNIT: self.unit, Slice.OFFICE: f"{self.unit}归口", Slice.PERSON: "本人"}[
            self.slice
        ]
        return f"（{said}）" if said else ""


EVERYBODY = Concerned()


def concerning(rows: pd.DataFrame, schema: FormSchema, whose: Concerned, frames: Frames, rules: Rules) -> pd.DataFrame:
    """The rows that concern somebody, in their order and with their index.

    rows: of the list of `schema`, as `ledger.listing.listed` has them. frames: all there is; the visit that an item
    comes from says of which kind its household is. Rules: 本单位: 填报单位 or 责任单位 is the unit; 归口: the office of
    §7.3, so that every row is in the slice of one office; 本人: the person is a 走访干部 or 责任人 of the row, and of
    namesakes the one whose unit it is.
    """
    if whose.slice is Slice.WHOLE or rows.empty:
        return rows
    if whose.slice is Slice.OFFICE:
        return rows[_offices(rows, schema, frames, rules.campaign) == whose.unit]
    of_unit = _names(rows, "unit", whose.unit) | _names(rows, "responsible_unit", whose.unit)
    if whose.slice is Slice.UNIT:
        return rows[of_unit]
    of_person = _names(rows, "cadres", whose.person) | _names(rows, "responsible_person", whose.person)
    namesakes = frames.cadres.loc[frames.cadres["name"] == whose.person, "unit"].nunique() > 1
    return rows[of_person & of_unit] if namesakes else rows[of_person]


def _offices(rows: pd.DataFrame, schema: FormSchema, frames: Frames, campaign: Campaign) -> pd.Series[str]:
    """The office of §7.3 that answers for each row."""
    if schema.role is Role.VISITS:
        kinds = rows["target_kind"]
    elif schema.item_kind:
        kind_of_visit = frames.visits.set_index("visit_id")["target_kind"]
        kinds = rows["visit_id"].map(kind_of_visit).astype("object")
        if "identity" in rows:
            kinds = kinds.fillna(rows["identity"].astype("object"))
    else:
        kinds = rows["target_kind"] if "target_kind" in rows else pd.Series(None, index=rows.index, dtype="object")
    return kinds.astype("object").map(lambda kind: campaign.office_of(kind if isinstance(kind, str) else None))


def _names(rows: pd.DataFrame, column: str, name: str) -> pd.Series[bool]:
    """Where the cell of a column holds the name, alone or among others (王芳、李明)."""
    if column not in rows:
        return pd.Series(False, index=rows.index)
    return (
        rows[column].astype("object").map(lambda cell: isinstance(cell, str) and name in cell.split("、")).astype(bool)
    )
