"""Follows every cell of truth into what the office publishes: read, returned, said, or silently wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hard_rounds import (
    BACK,
    STANDS,
    UNIT,
    VISIT,
    Entry,
    Written,
    written,
)
from taken import Taken

from dazoufang.model.cell_names import address
from dazoufang.model.faults import ERROR, INFO, Fault
from dazoufang.model.submission import Submission
from dazoufang.rules.campaign import Rules

READ, RETURNED, SAID, SILENT = "read", "returned", "said", "silent"
_MATTERS: Final = {"dispute": "dispute", "suggestion": "suggestion", "inquiry": "suggestion"}


@dataclass
class Count:
    """What became of the cells that were followed."""

    cells: int = 0
    outcomes: dict[str, int] = field(default_factory=lambda: dict.fromkeys((READ, RETURNED, SAID, SILENT), 0))
    rows: int = 0
    rows_returned: int = 0  # right rows that went back
    red: int = 0  # right cells marked red
    wrong: list[str] = field(default_factory=list)  # the silent cells in words
    reds: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)  # what was said otherwise than typed, in words

    def add(self, other: Count) -> None:
        self.cells += other.cells
        self.rows += other.rows
        self.rows_returned += other.rows_returned
        self.red += other.red
        for outcome, count in other.outcomes.items():
            self.outcomes[outcome] += count
        self.wrong += other.wrong
        self.reds += other.reds
        self.told += other.told

    @property
    def worst(self) -> str:
        """The worst that became of a cell."""
        return next((outcome for outcome in (SILENT, RETURNED, SAID) if self.outcomes[outcome]), READ)


class _Told(Taken):
    """All that was said of each file, not of the last alone."""

    def __init__(self, rules: Rules, files: Sequence[Written]) -> None:
        self.told: list[tuple[Submission, list[Fault], list[Any]]] = []
        super().__init__(rules)
        for file in files:
            self._take(file.path, file.data)

    def _take(self, path: str, data: bytes) -> None:
        super()._take(path, data)
        self.told.append((self.submission, self.faults, self.repairs))

    def rows(self, frame: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = getattr(self._fold.frames(), frame).to_dict("records")
        return [{key: _plain(value) for key, value in row.items()} for row in found]


def _plain(value: Any) -> str:
    if value is None or value != value:
        return ""
    return value.date().isoformat() if hasattr(value, "date") else str(value)


def _same(key: str, got: str, true: str) -> bool:
    got, true = "".join(got.split()), "".join(true.split())
    return set(got.split("、")) == set(true.split("、")) if key == "cadres" else got == true


def follow(rules: Rules, files: Sequence[Written]) -> list[Count]:
    """Deliver the files one after the other and look where every cell of the truth came to; a count a file."""
    deliveries = [*(_first(file) for file in files if file.draft.before), *files]
    taken = _Told(rules, deliveries)
    items = taken.rows("items")
    frames = {"visit": taken.rows("visits")}
    frames |= {
        kind: [row for row in items if row["kind"] == kind and not row["visit_id"]]
        for kind in ("dispute", "suggestion")
    }
    opened = [row for row in items if row["visit_id"]]
    told = {file.path: said for file, said in zip(deliveries, taken.told[1:], strict=True)}
    return [_File(file, *told[file.path]).count(frames[file.draft.form.name], opened) for file in files]


def _first(file: Written) -> Written:
    assert file.draft.before is not None
    return written(file.draft.before, "xlsx")


class _File:
    """One file, what was said of it, and what of it stands."""

    def __init__(self, file: Written, submission: Submission, faults: Sequence[Fault], repairs: Sequence[Any]) -> None:
        self.file, self.draft, self.number = file, file.draft, str(submission.submission_id)
        self.held = {(row.sheet, row.row_no) for part in submission.parts for row in part.rows if row.held}
        self.faults, self.repairs = list(faults), list(repairs)
        self.sheets = {place[0] for entry in self.draft.entries for places in entry.places.values() for place in places}
        self.csv = file.path.endswith(".csv") and not file.data.startswith(
            (b"PK", b"\xd0\xcf")
        )  # its sheet has the file's name
        self.total = Count()

    # -- what is said of a place

    def _places(self, entry: Entry, key: str | None = None) -> list[tuple[str, int, int]]:
        return entry.places.get(key, []) if key else [place for places in entry.places.values() for place in places]

    def _on(self, fault: Fault, sheet: str) -> bool:
        return fault.sheet in (sheet, "") or self.csv

    def _said(self, entry: Entry, key: str) -> bool:
        """Whether a fault or question speaks of the cell: at it, at its row, its column's heading, or its sheet."""
        again = {(sheet, row + 1) for places in entry.copies.values() for sheet, row, _ in places}
        if any((fault.sheet, fault.row) in again and fault.code == "R05" for fault in self.faults):
            return True  # the row and its copy count once
        if any(self._speaks(fault, place, key) for place in self._spots(entry, key) for fault in self.faults):
            return True
        return bool(entry.copies) and self._went_back(entry)  # the other copy stands, and this one waits for its mend

    def _mended(self, entry: Entry, key: str) -> bool:
        """Whether a repair of the cell says what it was taken for."""
        mended = {repair.cell for repair in self.repairs if repair.sheet in self.sheets or self.csv}
        return any(address(*place[1:]) in mended for place in self._spots(entry, key))

    def _spots(self, entry: Entry, key: str) -> list[tuple[str, int, int]]:
        """Where a cell stands; one without a column stands in its row."""
        rows = sorted({(sheet, row) for sheet, row, _ in self._places(entry)})
        here = self._places(entry, key) or [(sheet, row, -1) for sheet, row in rows]
        return [*here, *entry.copies.get(key, ())]

    def _speaks(self, fault: Fault, place: tuple[str, int, int], key: str) -> bool:
        sheet, row, column = place
        if not self._on(fault, sheet):
            return False
        if fault.cell:
            at = column >= 0 and fault.cell == address(row, column)
            named = fault.row < row + 1 and column < 0 and fault.column == self.draft.form.headings.get(key)
            over = fault.row < row + 1 and column >= 0 and fault.cell.rstrip("0123456789") == address(0, column)[:-1]
            return (
                at
                or named
                or (over and fault.code.startswith("S"))
                or (fault.row == row + 1 and fault.code in ("S26", "C24"))
            )
        if fault.row == row + 1 and fault.severity != INFO:
            return True
        return fault.row <= self._heading_end() and fault.severity != INFO

    def _heading_end(self) -> int:
        """The last row, as Excel counts, over all entries."""
        return min((row for entry in self.draft.entries for _, row, _ in self._places(entry)), default=0)

    def _went_back(self, entry: Entry) -> bool:
        rows = {(sheet, row + 1) for sheet, row, _ in self._places(entry)}
        if any(row == held and (sheet == name or self.csv) for sheet, row in rows for name, held in self.held):
            return True  # also where its fault is told once, at the row above that it repeats
        return any(
            fault.severity == ERROR
            and any(self._on(fault, sheet) and (fault.row == row or self._whole(fault)) for sheet, row in rows)
            for fault in self.faults
        )

    def _whole(self, fault: Fault) -> bool:
        return fault.row <= self._heading_end() or not fault.sheet

    def _row_said(self, entry: Entry) -> bool:
        rows = {(sheet, row + 1) for sheet, row, _ in self._places(entry)}
        return any(
            (
                self._on(fault, sheet)
                and (fault.row == row or (fault.row <= self._heading_end() and (fault.severity != INFO)))
            )
            for fault in self.faults
            for sheet, row in rows
        )

    # -- what became of the cells

    def count(self, frame: Sequence[dict[str, str]], items: Sequence[dict[str, str]]) -> Count:
        mine = [row for row in frame if row["submission_id"] == self.number]
        if self.draft.before:
            mine = [row for row in frame if any(row[self.draft.form.who] == self._name(e) for e in self.draft.entries)]
        pairs = self._matched(mine)
        for entry, row in pairs:
            self._entry(entry, row)
        for row in mine:
            if not any(row is other for _, other in pairs):
                self._stray(row, row.get(self.draft.form.who, ""))
        if self.draft.form is VISIT:
            self._items([row for entry, row in pairs if row and entry.fate == STANDS], items)
        self._red()
        return self.total

    def _matched(self, rows: Sequence[dict[str, str]]) -> list[tuple[Entry, dict[str, str] | None]]:
        who, left, found = self.draft.form.who, list(rows), dict[int, dict[str, str]]()
        for key in (lambda e, r: _same(who, r[who], e.true[who]), self._same_row, self._alike):
            for number, entry in enumerate(self.draft.entries):
                row = next((row for row in left if number not in found and key(entry, row)), None)
                if row is not None:
                    found[number] = row
                    left = [other for other in left if other is not row]
        return [(entry, found.get(number)) for number, entry in enumerate(self.draft.entries)]

    def _alike(self, entry: Entry, row: dict[str, str]) -> bool:
        told = [key for key, value in entry.true.items() if value]
        return sum(_same(key, row.get(key, ""), entry.true[key]) for key in told) > len(told) / 2

    def _same_row(self, entry: Entry, row: dict[str, str]) -> bool:
        if self.draft.layout is not None:
            return False  # rows tell nothing there
        return any(
            str(at + 1) == row["row_no"] and (sheet == row["sheet"] or len(self.sheets) == 1)
            for sheet, at, _ in self._places(entry)
        )

    def _entry(self, entry: Entry, row: dict[str, str] | None) -> None:
        followed = [key for key in self.draft.form.headings if key != "serial"]
        told = [key for key in followed if entry.true.get(key) or key in entry.asked]
        if entry.fate != STANDS:
            self._not_counted(entry, row, len(told))
            return
        self.total.rows += 1
        if row is None:
            outcome = RETURNED if self._went_back(entry) else SAID if self._row_said(entry) else SILENT
            self._note(outcome, len(told), f"row {self._name(entry)} is not there")
            if outcome == RETURNED and not entry.asked:
                self.total.rows_returned += 1
            return
        for key in ["unit", *followed]:
            true, got = (UNIT if key == "unit" else entry.true.get(key, "")), row.get(key, "")
            if key in entry.asked:
                said, typed = self._said(entry, key) or self._mended(entry, key), entry.typed.get(key)
                self._note(
                    SAID if said else SILENT,
                    1,
                    f"{self._name(entry)}.{key}: nobody can know {typed!r}, published {got!r}",
                )
            elif _same(key, got, true):
                if key in told or key == "unit":
                    self._note(READ, 1, "")
            else:
                self._note(
                    SAID if self._said(entry, key) else SILENT,
                    1,
                    f"{self._name(entry)}.{key}: {true!r} typed {entry.typed.get(key)!r} published {got!r}",
                )

    def _not_counted(self, entry: Entry, row: dict[str, str] | None, cells: int) -> None:
        if row is None:
            said = self._went_back(entry) or self._row_said(entry)
            outcome = (RETURNED if entry.fate == BACK else SAID) if said else SILENT
            self._note(outcome, cells, f"{entry.fate} row {self._name(entry)} left out unsaid")
        else:
            self._note(
                SAID if self._row_said(entry) else SILENT, cells, f"{entry.fate} row {self._name(entry)} counted"
            )

    def _stray(self, row: dict[str, str], who: str) -> None:
        said = any(fault.row == int(row["row_no"]) and fault.severity != INFO for fault in self.faults)
        self._note(
            SAID if said else SILENT, 1, f"stands and is not true: {who} in row {row['row_no']} of {row['sheet']}"
        )

    def _items(self, rows: Sequence[dict[str, str]], items: Sequence[dict[str, str]]) -> None:
        """Every matter of a published visit opened one item with its own words, and nothing else opened one."""
        left = list(items)
        for visit in rows:
            for key, kind in _MATTERS.items():
                if visit[key]:
                    same = next(
                        (
                            i
                            for i in left
                            if i["kind"] == kind
                            and i["visit_id"] == visit["visit_id"]
                            and _same("", i["matter"], visit[key])
                        ),
                        None,
                    )
                    if same is None:
                        self._note(
                            SILENT,
                            1,
                            f"no item for {visit[key]!r}: {[i['matter'] for i in left if i['visit_id'] == visit['visit_id']]}",
                        )
                    else:
                        left.remove(same)
                        self._note(READ, 1, "")
        for item in left:
            if item["submission_id"] == self.number and item["visit_id"] in {row["visit_id"] for row in rows}:
                self._note(SILENT, 1, f"item nobody reported: {item['matter']!r}")

    def _red(self) -> None:
        """Error marks at cells that are right, and at rows that are no visit."""
        right: dict[tuple[str, str], str] = {}
        rows: dict[tuple[str, int], list[Entry]] = defaultdict(list)
        for entry in self.draft.entries:
            for key, places in [*entry.places.items(), *entry.copies.items()]:
                for sheet, row, column in places:
                    rows[sheet, row + 1].append(entry)
                    if entry.fate == STANDS and key not in entry.asked:
                        right[sheet, address(row, column)] = key
        for fault in self.faults:
            if fault.severity == ERROR and fault.sheet:
                sheet = (
                    fault.sheet
                    if fault.sheet in self.sheets
                    else next(iter(self.sheets))
                    if self.csv and len(self.sheets) == 1
                    else fault.sheet
                )
                stray = fault.row > self._heading_end() and not rows[sheet, fault.row]
                if (sheet, fault.cell) in right or stray:
                    self.total.red += 1
                    self.total.reds.append(f"{fault.code} {fault.cell} {fault.message}")

    def _note(self, outcome: str, cells: int, words: str) -> None:
        self.total.cells += cells
        self.total.outcomes[outcome] += cells
        if outcome == SILENT:
            self.total.wrong.append(words)
        elif words:
            self.total.told.append(f"{outcome}: {words}")

    def _name(self, entry: Entry) -> str:
        return entry.true[self.draft.form.who]
