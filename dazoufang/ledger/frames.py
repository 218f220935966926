"""The canonical pandas DataFrames: what their columns, dtypes and keys are, and how plain rows become them.

Text columns are `str` with missing values NA-like (never ""), days are `datetime64[s]` (NaT: none), several names in
one cell are joined by 、 in the order given. Frames are ordered and have a plain RangeIndex; the key columns are named
below. Nothing here reads a clock, a file or the record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Final, TypeVar, cast

import numpy as np
import pandas as pd

from dazoufang.rules.forms import form_of
from dazoufang.rules.schema import FormSchema, Role, Schemas

# What we add to the fields of the forms: name → (dtype, meaning). "day" is datetime64[s]; "text" is str.
ORIGIN: Final = {
    "submission_id": ("int64", "收件号：哪一份报送件"),
    "member": ("text", "压缩包内的文件（不是压缩包则空）"),
    "sheet": ("text", "工作表"),
    "row_no": ("int64", "Excel中的行号"),
}
VISIT_COLUMNS: Final = {
    "visit_id": ("int64", "走访的主键：首次登记它的记录行号"),
    **ORIGIN,
    "year": ("int64", "年度"),
    "round_no": ("int64", "1 上半年，2 下半年，0 在时段之外（不计任务数）"),
    "responsible_office": ("text", "责任股室"),
}
ITEM_COLUMNS: Final = {
    "item_no": ("text", "编号，主键；一经使用不再给别的事项"),
    "kind": ("text", "dispute 矛盾纠纷，suggestion 意见建议（含咨询求助）"),
    "state": ("text", "open 在办，resolved 已办结待回访，closed 已销号"),
    "year": ("int64", "登记时的年度"),
    "round_no": ("int64", "登记时的轮次，0 在时段之外"),
    **ORIGIN,
    "visit_id": ("Int64", "引出它的走访；由办理表直接登记的为空"),
    "opened_on": ("day", "登记入账的日期（收件日）"),
    "updated_on": ("day", "最近一次有进展的日期（收件日）"),
    "reopened_on": ("day", "重开的日期"),
    "claimed_on": ("day", "报送件申报的销号日期，条件不全时也保留"),
    "awaiting": ("text", "还缺什么才能销号；空为不缺或尚未办结"),
    "extended_on": ("day", "批准延期到的日期"),
    "own_due_on": ("day", "表中填的化解（办理）时限，没有延期的"),
    "extended_then_on": ("day", "办结以前（没有办结的，到现在）批准延期到的日期"),
    "responsible_office": ("text", "责任股室：没有落实责任单位以前由它负责"),
}
CADRE_COLUMNS: Final = {**ORIGIN}
LIST_COLUMNS: Final = {
    "entry_id": ("int64", "主键：首次登记它的记录行号"),
    **ORIGIN,
    "year": ("int64", "收件时的年度"),
    "unit": ("text", "填报单位"),
}
ASSIGNMENT_COLUMNS: Final = {**ORIGIN, "year": ("int64", "年度")}
CLAIM_COLUMNS: Final = {**ORIGIN, "received_on": ("day", "收件日"), "unit": ("text", "填报单位")}
SUBMISSION_COLUMNS: Final = {
    "submission_id": ("int64", "收件号，主键"),
    "received_on": ("day", "收件日"),
    "path": ("text", "在收件箱中的位置"),
    "unit": ("text", "报送单位"),
    "forms": ("text", "表种（、隔开）"),
    "verdict": ("text", "accepted 已收，partly 部分已收，returned 退回，duplicate 已收过"),
    "live": ("bool", "仍然有效（没有被更新的报送件替换）"),
    "rows": ("int64", "收下的行数"),
    "faults": ("int64", "须修改之处"),
    "unmended": ("Int64", "退回后还没有改好的处数；没有退回、已改好的为空"),
    "filled_by": ("text", "表上写的填表人和联系电话"),
    "zero_report": ("bool", "零报告：没有数据行，写明了没有要报的"),
}

KEYS: Final = {
    "visits": ("visit_id",),
    "items": ("item_no",),
    "cadres": ("name", "unit"),
    "submissions": ("submission_id",),
    "claims": ("submission_id", "sheet", "row_no"),
    "assignments": ("year", "round_name", "household", "village", "phone"),
}
T = TypeVar("T")
# The types themselves: to look one up by its name takes as long as to fill a column of few rows.
_TEXT: Final = pd.array([""], dtype="str").dtype
_WHOLE: Final = pd.Int64Dtype()
_DAY: Final = "datetime64[s]"
_NUMPY: Final = ("int64", "float64", "bool")


@dataclass(frozen=True)
class Frames:
    """The record, folded: `visits`, `items`, `cadres`, `assignments`, `submissions`, `claims` (see `columns`); `lists`:
    form → the rows of a form that is published as it is (see `list_columns`); `derived`: what was worked out from them
    already, by whoever did."""

    visits: pd.DataFrame
    items: pd.DataFrame
    cadres: pd.DataFrame
    assignments: pd.DataFrame
    submissions: pd.DataFrame
    claims: pd.DataFrame = field(default_factory=pd.DataFrame)
    lists: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    derived: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, name: str, made_by: object, make: Callable[[], T]) -> T:
        """What `make` gives, worked out once for this `name` and these very rules (`made_by`). Nobody writes into it:
        annexes, alerts, letters and page of one day share it."""
        kept = self.derived.get(name)
        if kept is None or kept[0] is not made_by:
            kept = self.derived[name] = (made_by, make())
        return cast(T, kept[1])


def columns(schemas: Schemas) -> dict[str, dict[str, tuple[str, str]]]:
    """For each frame its columns in order: name → (dtype, meaning)."""
    form = partial(form_of, schemas)
    ledger = {**_fields(form(Role.DISPUTES)), **_fields(form(Role.SUGGESTIONS))}
    return {
        "visits": VISIT_COLUMNS | _fields(form(Role.VISITS)),
        "items": ITEM_COLUMNS | {name: spec for name, spec in ledger.items() if name not in ITEM_COLUMNS},
        "cadres": CADRE_COLUMNS | _fields(form(Role.ROSTER)),
        "assignments": ASSIGNMENT_COLUMNS | _fields(form(Role.ASSIGNMENTS)),
        "submissions": SUBMISSION_COLUMNS,
        "claims": CLAIM_COLUMNS | _fields(form(Role.CLAIMS)),
    }


def list_columns(schema: FormSchema) -> dict[str, tuple[str, str]]:
    """The columns of the frame of one published list: name → (dtype, meaning)."""
    return LIST_COLUMNS | _fields(schema)


def _fields(schema: FormSchema) -> dict[str, tuple[str, str]]:
    kinds = {"date": "day", "integer": "Int64"}
    return {column.name: (kinds.get(column.type, "text"), column.title) for column in schema.stored}


def build(
    rows: Iterable[Mapping[str, Any]], spec: Mapping[str, tuple[str, str]], whole: Mapping[str, list[Any]] | None = None
) -> pd.DataFrame:
    """A frame of `spec`'s columns and dtypes from rows (dicts; days as `date` or ISO text; a missing key is NA).
    `whole`: columns that do not stand in the rows, or otherwise than here."""
    rows, whole = list(rows), whole or {}
    if not rows and not any(whole.values()):
        return _empty(tuple((name, dtype) for name, (dtype, _) in spec.items())).copy()
    return _filled(rows, {name: dtype for name, (dtype, _) in spec.items()}, whole)


@cache  # most frames of most homes are
def _empty(dtypes: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    return _filled([], dict(dtypes), {})


def _filled(
    rows: Sequence[Mapping[str, Any]], dtypes: Mapping[str, str], whole: Mapping[str, list[Any]]
) -> pd.DataFrame:
    found: dict[str, list[Any]] = {name: whole.get(name, []) for name in dtypes}
    fills = [(name, values.append) for name, values in found.items() if name not in whole]
    for row in rows:  # row by row: that a column at a time takes twice as long where there are many
        for name, fill in fills:
            fill(row.get(name))
    # arrays, not series: a frame of few rows and fifty columns is made six times as fast
    return pd.DataFrame({name: array(values, dtypes[name]) for name, values in found.items()})


def array(values: Sequence[Any], dtype: str) -> Any:
    """What a column of a frame is made of: values as `build` takes them, of one of its dtypes."""
    if dtype == "day":
        places: dict[Any, int] = {}
        at = [places.setdefault(day, len(places)) for day in values]
        return np.array(list(places), dtype=_DAY)[np.array(at, dtype="int64")]  # each day once: few days, many rows
    if dtype in _NUMPY:
        return np.array(values, dtype=dtype)
    return pd.array(values, dtype=_WHOLE if dtype == "Int64" else _TEXT)


def of_round(frame: pd.DataFrame, year: int, round_no: int) -> pd.DataFrame:
    """The rows of a frame of visits or items that are of one round."""
    own = (frame["year"].to_numpy() == year) & (frame["round_no"].to_numpy() == round_no)
    rows: pd.DataFrame = frame[own]
    return rows


def plain(column: pd.Series[Any]) -> list[Any]:
    """The values of a column of a frame: days as `date`, None where there is none, text "" there."""
    if isinstance(column.dtype, pd.StringDtype):
        texts = column.to_numpy(dtype=object).tolist()
        if column.dtype.na_value is pd.NA:
            return [text if isinstance(text, str) else "" for text in texts]
        return ["" if text != text else text for text in texts]  # what is missing does not equal itself
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column.to_numpy("datetime64[D]").tolist()
    if pd.api.types.is_integer_dtype(column.dtype) or column.dtype == "bool":
        return column.tolist()
    return ["" if missing else value for value, missing in zip(column.tolist(), column.isna().tolist(), strict=True)]


def records(frame: pd.DataFrame, names: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of a frame with these columns, in plain values."""
    return [dict(zip(names, row, strict=True)) for row in zip(*(plain(frame[name]) for name in names), strict=True)]
