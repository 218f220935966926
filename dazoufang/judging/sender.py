"""Whose rows they are and who sent the file: the door it came by, 填报单位, the file's name, the cadres' unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import process as likeness

from dazoufang.judging.rolled_up import give_units, is_unknown_here
from dazoufang.judging.unit_line import unit_told
from dazoufang.model import faults
from dazoufang.model.bureaus import bureau_of, is_within
from dazoufang.model.faults import INFO, Fault
from dazoufang.model.roster import Roster
from dazoufang.model.submission import OTHERS, SENDER, Part, Row, Submission
from dazoufang.model.terms import normalize
from dazoufang.rules.authority import ROOT
from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation
from dazoufang.rules.schema import FormSchema
from dazoufang.system.files import stem_of

# What is held because somebody may not say it here, and taken when it comes by another door.
OTHER_UNIT: Final = "S09"
NOT_THEIR_FORM: Final = "S20"
HELD_FOR_THE_SENDER: Final = frozenset({OTHER_UNIT, NOT_THEIR_FORM})
_GAVE_WAY: Final = "S21"
_ROOT_IS_CLOSED: Final = (
    "「{sheet}」表是“{value}”的，文件没有放在这个单位的文件夹里；规则没有让这里代各单位报送，没有收下"
)
_OWN_FOLDER: Final = "请放入“{value}”文件夹"
_FROM_A_STRANGER: Final = "「{sheet}」表的填报单位是“{value}”，文件却放在“{what}”文件夹，花名册里没有“{what}”；不能替“{value}”报，这些行没有收下，“{value}”报过的都没有动"
_FOLDER_OF_THEIRS: Final = "请放入“{value}”文件夹，或交局办公室经办人直接放进收件文件夹"
_STRANGE_FOLDER: Final = "文件放在“{value}”文件夹，按“{value}”报的收下；花名册里没有这个单位{hint}"

Lines = Mapping[tuple[str, str], tuple[str, ...]]  # (member, sheet) → the texts behind 填报单位 over the table
Cells = Mapping[tuple[str, str], str]  # (member, sheet) → the cell of 填报单位 over the table


@dataclass(frozen=True, slots=True)
class Door:
    """The way a file came. `folder`: the inbox sub-folder, "" for the root; `unit`: whom that folder speaks for, "" the
    root; `for_all`: whether what comes this way may speak for every unit."""

    folder: str
    unit: str
    for_all: bool


def door_of(path: str, rules: Rules, roster: Roster) -> Door:
    """By which door the file at `path` came. Rule: every folder is a sender's own: that of a unit, known to the roster
    or not, or of a bureau in a county's home."""
    folder, authority = sender_folder(path), rules.campaign.authority
    if not folder:
        return Door("", "", authority.root_speaks_for_all.value)
    known = roster.named(folder)
    office = authority.speaks_for_others(folder) or normalize(folder) == normalize(rules.campaign.bureau.value)
    return Door(folder, known or folder, office)


def settle_unit(
    part: Part,
    submission: Submission,
    schema: FormSchema,
    rules: Rules,
    roster: Roster,
    cells: Cells,
    lines: Lines | None = None,
) -> Iterator[Fault]:
    """Whose rows they are, and which of them the sender may not send: these are held.

    part: changed in place, its rows too. schema: of its form. roster: as it stands. cells: where 填报单位 is written;
    lines: what stands there.
    """
    door = door_of(submission.path, rules, roster)
    if rules.generation >= Generation.HABITS and schema.of_units:
        shortened = rules.generation >= Generation.SURROUNDINGS
        yield from _by_region(part, rules.campaign.bureau.value, shortened, roster, cells, lines or {})
    part.unit = roster.named(part.unit) or part.unit
    for row in part.rows:
        row.unit = roster.named(row.unit) or row.unit
    own_door = bool(door.unit) and not door.for_all
    bureau = ""
    if schema.of_units and rules.generation >= Generation.TERMS:
        bureau = give_units(part, door.unit if own_door else "", rules.campaign.bureau.value, roster)
    if schema.of_units and own_door:
        yield from _OwnFolder(part, door.unit, bureau, schema, rules, roster, cells).settle()
    else:
        yield from _by_its_own_word(part, door, schema, roster)
        if schema.of_units and not door.for_all:
            yield from _from_a_closed_root(part, cells)
    if not schema.of_units and not rules.campaign.authority.may_send(schema.role, door.folder):
        yield from _not_their_form(part, door, schema, rules)
    part.meta[SENDER] = "" if door.for_all else door.unit
    # 工会走访登记表 and 走访登记表 are one name when both come from 工会.
    part.stem = part.stem.replace(normalize(part.unit), "", 1) or part.stem if part.unit else part.stem


def _by_region(part: Part, bureau: str, shortened: bool, roster: Roster, cells: Cells, lines: Lines) -> Iterator[Fault]:
    """Give the part and its rows the units that they tell with a region, the bureau or a day around them, and say so.
    bureau: its name; shortened: whether half of its county's name may stand before it.
    """
    told: dict[tuple[str, str], str] = {}
    places = [(part.sheets[0], part.unit)] if part.sheets else []
    for sheet, unit in dict.fromkeys([*places, *((row.sheet, row.unit) for row in part.rows)]):
        if not unit or bureau_of(unit) or roster.named(unit) or normalize(unit) == normalize(bureau):
            continue
        line = lines.get((part.member, sheet), ()) if unit in ("".join(lines.get((part.member, sheet), ()))) else ()
        known = unit_told(unit, line, roster, bureau, shortened=shortened)
        told[sheet, unit] = known
        if known not in ("", unit):
            cell = cells.get((part.member, sheet), "")
            yield faults.make("S32", sheet=sheet, cell=cell, value="".join(line) or unit, what=known)
    for row in part.rows:
        row.unit = told.get((row.sheet, row.unit), row.unit)
    part.unit = next((known for (_, unit), known in told.items() if unit == part.unit), part.unit)


class _OwnFolder:
    """One part in a sender's own folder, which speaks for that sender alone."""

    def __init__(
        self, part: Part, own: str, bureau: str, schema: FormSchema, rules: Rules, roster: Roster, cells: Cells
    ) -> None:
        """bureau: whose annex it is, where that is another one than the rules' own; its rows are called by it."""
        self._part, self._own, self._bureau, self._roster, self._cells = part, own, bureau, roster, cells
        self._claimed = part.unit
        self._updates_by = schema.updates_by
        self._number = rules.campaign.items.pattern
        # A bureau's annex names the bureau over the table and its units in the rows: they are nobody's but its own.
        self._annex = bool(self._claimed) and not self._is_another(self._claimed)
        self._stranger = bool(roster.units) and own not in roster.units

    def settle(self) -> Iterator[Fault]:
        """Rule: the folder says who sends. Rows of another unit of the roster are held, one fault a cell that names it;
        a name that the roster does not know gives way to the folder, and that is said once."""
        part, gave_way = self._part, dict[str, Row | None]()
        others: list[str] = []
        strange: dict[str, Row] = {}
        named: set[tuple[str, str]] = set()
        if self._claimed and not part.rows:
            for sheet in part.sheets:
                if self._is_another(self._claimed):
                    yield self._fault(sheet, self._claimed, None)
                elif self._claimed != self._own:
                    gave_way.setdefault(self._claimed, None)
        for row in part.rows:
            in_column = row.unit != self._claimed and bool(part.cell(row, "unit"))
            if row.unit in ("", self._own):
                row.unit = self._own
            elif is_within(row.unit, self._bureau):
                if row.unit not in self._roster.units and not is_unknown_here(row.unit, self._roster):
                    strange.setdefault(row.unit, row)
            elif self._is_another(row.unit) and not (self._annex and self._stranger):
                if self._names_an_item(row):  # whether the sender handles it, the ledger knows
                    others.append(row.place)
                    continue
                row.held = True
                if in_column or (row.sheet, row.unit) not in named:
                    yield self._fault(row.sheet, row.unit, row if in_column else None)
                named.add((row.sheet, row.unit))
            elif in_column and self._annex:
                if row.unit not in self._roster.units:
                    strange.setdefault(row.unit, row)
            else:
                gave_way.setdefault(row.unit, row if in_column else None)
                row.unit = self._own
        part.unit = self._own
        if others:
            part.meta[OTHERS] = "\n".join(others)
        yield from unknown_units(part, self._claimed, strange, self._roster)
        if self._stranger and any(row.unit == self._own for row in part.rows):
            hint = closest_unit(self._own, self._roster)
            yield faults.make(
                "S08", sheet=next(iter(part.sheets), ""), value=self._own, hint=hint, message=_STRANGE_FOLDER
            )
        for unit, first in gave_way.items():
            yield self._said(unit, first)

    def _is_another(self, unit: str) -> bool:
        return unit in self._roster.units and unit != self._own

    def _names_an_item(self, row: Row) -> bool:
        return self._number.fullmatch(normalize(row.values.get(self._updates_by, ""))) is not None

    def _fault(self, sheet: str, unit: str, row: Row | None) -> Fault:
        cell = self._part.cell(row, "unit") if row else self._cells.get((self._part.member, sheet), "")
        row_no = row.row_no if row else 0
        column = "填报单位" if row else ""
        return faults.make(
            OTHER_UNIT, sheet=sheet, cell=cell, row=row_no, column=column, value=unit, what=self._own,
            message=_FROM_A_STRANGER if self._stranger else None, remedy=_FOLDER_OF_THEIRS if self._stranger else None,
        )  # fmt: skip

    def _said(self, unit: str, row: Row | None) -> Fault:
        sheet = row.sheet if row else next(iter(self._part.sheets), "")
        cell = self._part.cell(row, "unit") if row else self._cells.get((self._part.member, sheet), "")
        plain, own = stem_of(unit), stem_of(self._own)
        return faults.make(
            _GAVE_WAY, sheet=sheet, cell=cell, row=row.row_no if row else 0, column="填报单位" if row else "",
            value=unit, what=self._own, severity=INFO if own in plain or plain in own else None,
        )  # fmt: skip


def _by_its_own_word(part: Part, door: Door, schema: FormSchema, roster: Roster) -> Iterator[Fault]:
    """Whose rows they are where the file may say so itself. Rule: 填报单位 on the form, else the sub-folder, else the file
    name, else the cadres' unit; a column 填报单位 wins row by row, and speaks for the form when it names one unit
    throughout. Where the tables of a file name several units, a table that names none is not the first one's."""
    claimed = part.unit
    yield from fill_in_units(part, door.unit or unit_in(part.stem, roster), schema, roster)
    if schema.of_units:
        yield from unknown_units(part, claimed, strange_units(part, roster), roster)


def fill_in_units(part: Part, outside: str, schema: FormSchema, roster: Roster) -> Iterator[Fault]:
    """Give the part and its rows a unit where the file itself names none; of rows that are nobody's it is asked (S04).
    `outside`: the unit that the folder or the file's name speaks of, "" none."""
    claimed = part.unit
    row_units = {row.unit for row in part.rows}
    named = claimed or (next(iter(row_units)) if len(row_units) == 1 else "")
    part.unit = named or outside or unit_of_cadres(part.rows, roster)
    several = bool(claimed) and bool(row_units - {"", claimed})
    open_rows: dict[str, list[Row]] = {}
    for row in part.rows:
        if not row.unit:
            open_rows.setdefault(row.sheet, []).append(row)
    if not part.rows and not part.unit:
        open_rows = {sheet: [] for sheet in part.sheets}
    for sheet, rows in open_rows.items():
        unit = (outside or unit_of_cadres(rows, roster)) if several else part.unit
        for row in rows:
            row.unit = unit
            row.held = row.held or (not unit and schema.of_units)
        if not unit and schema.of_units:
            yield faults.make("S04", sheet=sheet)


def strange_units(part: Part, roster: Roster) -> dict[str, Row]:
    """The units of rows that the roster does not know, each with its first row."""
    strange: dict[str, Row] = {}
    for row in part.rows:
        if row.unit and row.unit not in roster.units and not is_unknown_here(row.unit, roster):
            strange.setdefault(row.unit, row)
    return strange


def unknown_units(part: Part, claimed: str, strange: Mapping[str, Row], roster: Roster) -> Iterator[Fault]:
    """Units that the roster does not know, each said once at its first row; while there is none nobody is doubted."""
    for unit, row in strange.items() if roster.units else ():
        cell = part.cell(row, "unit") if unit != claimed else ""
        hint = closest_unit(unit, roster)
        yield faults.make("S08", sheet=row.sheet, cell=cell, row=row.row_no if cell else 0, value=unit, hint=hint)


def _from_a_closed_root(part: Part, cells: Cells) -> Iterator[Fault]:
    """Hold the rows that came by the root, where the office closed it."""
    said: set[tuple[str, str]] = set()
    for row in part.rows:
        if row.unit:
            row.held = True
            if (row.sheet, row.unit) not in said:
                cell = cells.get((part.member, row.sheet), "")
                yield faults.make(
                    OTHER_UNIT, sheet=row.sheet, cell=cell, value=row.unit, message=_ROOT_IS_CLOSED, remedy=_OWN_FOLDER
                )
            said.add((row.sheet, row.unit))


def _not_their_form(part: Part, door: Door, schema: FormSchema, rules: Rules) -> Iterator[Fault]:
    """Hold a form of the office's own that came from somebody who may not send it."""
    allowed = rules.campaign.authority.senders(schema.role) or ()
    for row in part.rows:
        row.held = True
    who = "或".join("收件文件夹（不进单位文件夹）" if name == ROOT else f"“{name}”文件夹" for name in allowed)
    where = f"“{door.folder}”文件夹" if door.folder else "收件文件夹"
    for sheet in part.sheets:
        yield faults.make(NOT_THEIR_FORM, sheet=sheet, value=schema.title, what=where, who=who)


def closest_unit(unit: str, roster: Roster) -> str:
    """In words: the unit of the roster that is most like `unit`; "" none is."""
    near = likeness.extractOne(unit, sorted(roster.units), score_cutoff=50)
    return f"（是不是“{near[0]}”？）" if near else ""


def sender_folder(path: str) -> str:
    """The inbox sub-folder; "" for the root."""
    return path.split("/", 1)[0].strip() if "/" in path else ""


def unit_in(stem: str, roster: Roster) -> str:
    """The one unit of the roster that a file name holds, whatever its punctuation; "" when none or several do."""
    stem = stem_of(stem)
    found = [unit for unit, name in roster.stems.items() if name in stem]
    longest = [unit for unit in found if not any(unit != longer and unit in longer for longer in found)]
    return longest[0] if len(longest) == 1 else ""


def unit_of_cadres(rows: Sequence[Row], roster: Roster) -> str:
    """The unit to which all the cadres of these rows belong, by the roster; "" when they do not agree."""
    names = {name for row in rows for name in row.values.get("cadres", "").split("、")}
    units = [roster.units_of[name] for name in names if name in roster.units_of]
    common = frozenset.intersection(*units) if units else frozenset()
    return next(iter(common)) if len(common) == 1 else ""


def sender_of(submission: Submission, rules: Rules, roster: Roster) -> str:
    """Who gets the answer: the unit of the folder, where that speaks for itself alone; else the unit spoken for, else the
    sub-folder, else the unit in the file's name."""
    door = door_of(submission.path, rules, roster)
    if door.unit and not door.for_all:
        return door.unit
    units = [part.unit for part in submission.parts if part.unit and rules.schemas[part.form].of_units]
    return units[0] if units else door.unit or unit_in(submission.name, roster)
