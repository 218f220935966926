"""What a delivered file becomes: a submission with its parts, rows, faults and repairs; and its effect on the record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from string import ascii_uppercase
from typing import Final, NamedTuple

from dazoufang.model.cell_names import address
from dazoufang.model.faults import ERROR, Fault, Repair
from dazoufang.model.vocabularies import Verdict

ACCEPTED: Final[str] = Verdict.ACCEPTED
PARTLY: Final[str] = Verdict.PARTLY
RETURNED: Final[str] = Verdict.RETURNED
DUPLICATE: Final[str] = Verdict.DUPLICATE
VERDICT_NAMES: Final = {ACCEPTED: "已收", PARTLY: "部分已收", RETURNED: "退回", DUPLICATE: "已收过"}

UNKNOWN_UNIT: Final = "未识别单位"
IN_SHEET_NAME: Final = "工作表名称"  # where a value stands that is in no cell
# Keys of `Part.meta` that no form can write: which unit's own folder it came from ("" one that may speak for all; missing
# where it was judged by rules that did not ask yet), and what a form without rows says of itself.
SENDER: Final = "sender"
SAYS: Final = "says"
OTHERS: Final = (
    "others"  # the rows that show another unit and stand for their item's number alone, a `Row.place` a line
)
ZERO: Final = "零报告"  # that there is nothing to report
WITHDRAWS: Final = "撤回"  # that what it held before is taken back


@dataclass(slots=True)
class Row:
    """One row of a form. `values`: field name → canonical text (days ISO, several names joined by 、), empty ones left
    out. A `held` row has an error and does not count until it is mended. `row_id` is given by the record. `elsewhere`:
    the fields whose values stand in another cell than that of their row and column → that cell (A3), "" where that is
    the name of the sheet. `left`: the first column, from 0, of its table, where another stands to the left of it."""

    sheet: str
    row_no: int
    unit: str
    values: dict[str, str]
    held: bool = False
    row_id: int = 0
    elsewhere: dict[str, str] = field(default_factory=dict)
    left: int = 0

    @property
    def place(self) -> str:
        """Where it stands in its part, as one word."""
        return f"{self.row_no} {self.sheet}" + (f" {self.left}" if self.left else "")


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of one table: its sheet, its last row as Excel shows it, and field → 0-based column. `rows`: of a card,
    whose values stand in rows of their own, field → 0-based row; else empty. `left` as a row has it."""

    sheet: str
    row_no: int
    columns: dict[str, int]
    rows: dict[str, int] = field(default_factory=dict)
    left: int = 0


@dataclass(slots=True)
class Part:
    """The rows of one form in one file (a zip or a workbook may hold several). `headings`: one for each of its tables,
    as they stand, so that every value leads back to its cell. `stem` is the file name less copy marks, dates and
    versions."""

    form: str
    member: str
    stem: str
    unit: str
    rows: list[Row]
    headings: list[Heading] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    part_id: int = 0

    @property
    def counted(self) -> list[Row]:
        """The rows that count."""
        return [row for row in self.rows if not row.held]

    @property
    def replaces(self) -> bool:
        """Whether it takes the place of what came before it under its name. Rule: rows go when others come for them, or
        the unit says so; not because an empty form came, or one that is held. Rules older than `SENDER` had an empty
        form take all back."""
        if self.rows:
            return bool(self.counted)
        return SENDER not in self.meta or self.meta.get(SAYS) == WITHDRAWS

    @property
    def is_zero_report(self) -> bool:
        """Whether it has no rows and says that there are none to report."""
        return not self.rows and self.meta.get(SAYS) == ZERO

    @property
    def sheets(self) -> list[str]:
        """The sheets that its tables stand in, in their order."""
        return list(dict.fromkeys(heading.sheet for heading in self.headings))

    def cell(self, row: Row, name: str) -> str:
        """The cell of the field `name` in a row (D5), the first of several; where it has none, the cell over the rows in
        which it stands; "" there is none either."""
        source = row.elsewhere.get(name, "")
        if source.lstrip(ascii_uppercase) == str(row.row_no):
            return source
        above = [
            heading
            for heading in self.headings
            if heading.sheet == row.sheet and heading.left == row.left and heading.row_no < row.row_no
        ]
        nearest = max(above, key=lambda heading: heading.row_no, default=None)
        if nearest is None or name not in nearest.columns:
            return source
        return address(nearest.rows.get(name, row.row_no - 1), nearest.columns[name])

    def source(self, row: Row, name: str) -> str:
        """Where the value of the field `name` of a row was typed (A3), in words where that is no cell."""
        if name in row.elsewhere:
            return row.elsewhere[name] or IN_SHEET_NAME
        return self.cell(row, name) or f"第{row.row_no}行"


@dataclass(slots=True)
class Submission:
    """One delivered file. `path` is where it lay, relative to the inbox, with `/`; `archived` is relative to the
    archive; `unit` is who sent it ("" unknown); `received_on` is the day of the run that took it in; `rules` is the
    fingerprint of the rules by which it was judged ("" in records older than that)."""

    submission_id: int
    sha256: str
    path: str
    archived: str
    received_on: date
    verdict: str
    unit: str = ""
    parts: list[Part] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    duplicate_of: int = 0
    rules: str = ""

    @property
    def name(self) -> str:
        """The delivered file's own name."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def errors(self) -> list[Fault]:
        return [fault for fault in self.faults if fault.severity == ERROR]


@dataclass(frozen=True, slots=True)
class Change:
    """One value that a newer submission changed: which row (in words), which column, old → new ("" empty)."""

    row: str
    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Retold:
    """One cell of a visit that this submission tells otherwise than another one, whose cell gives way: which visit (in
    words), which column, what stood there → what stands now, and where the other one tells it (in words)."""

    row: str
    column: str
    before: str
    after: str
    other: str


@dataclass(slots=True)
class Effect:
    """What a submission did to the record, at the time it was taken in.

    `added` and `withdrawn` are rows in words (e.g. 2023-09-20 走访 张三（联系李明）); `opened`, `updated`, `closed`,
    `reopened` are item numbers with their matter in words: (item_no, words)."""

    submission_id: int
    replaces: list[int] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)  # rows that another live submission also holds
    retold: list[Retold] = field(default_factory=list)
    opened: list[tuple[str, str]] = field(default_factory=list)
    updated: list[tuple[str, str]] = field(default_factory=list)
    closed: list[tuple[str, str]] = field(default_factory=list)
    reopened: list[tuple[str, str]] = field(default_factory=list)
    took_back: list[str] = field(default_factory=list)  # the submissions that it withdrew, in words
    joined: list[tuple[str, str]] = field(default_factory=list)  # items that became part of another: which went where
    notices: list[Fault] = field(
        default_factory=list
    )  # what the ledger found: R07 to R10, R12 to R14, R20, R21, R26, R27
    withdrawn_visits: int = (
        0  # of `withdrawn`, how many are visits, other rows, and items that nobody speaks of any more
    )
    withdrawn_rows: int = 0
    withdrawn_items: int = 0


class Since(NamedTuple):
    """What has become of a submission since it was taken in: the number of the one that came in its place, of the one that
    withdrew it, and of the one that brought its wrong rows, mended or to be mended there; 0 none."""

    newer: int = 0
    withdrawn_by: int = 0
    rows_in: int = 0


STANDS: Final = Since()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file as it was delivered and archived. `path` is relative to the inbox, with `/`."""

    path: str
    archived: str
    sha256: str
    received_on: date

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.rsplit("/", 1)[-1]
