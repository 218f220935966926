"""Says whose a column is where its heading does not: a telephone beside the cadre, and two columns under one heading."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time
from typing import Final

from dazoufang.judging.heading_words import inside, spellings
from dazoufang.judging.tables.sheet_view import SheetView, known
from dazoufang.judging.which_form import Headings, Match, Path
from dazoufang.model import faults, terms
from dazoufang.model.cell_names import column_letters
from dazoufang.model.faults import WARNING
from dazoufang.reading.sheet import Value
from dazoufang.rules.schema import Field

CADRE: Final = "cadre"
PERSON: Final = "person"  # whom the form is about: the household, who brought a matter
OTHER: Final = "other"  # somebody else, or nobody can tell
ASKED: Final = "S30"  # left out, and asked whose it is
LEFT_OUT: Final = "S31"  # left out for certain, and said
HIDDEN: Final = "S27"  # left out because nobody sees it, and said
_ROWS_OF_HEADING: Final = 3  # known headings in a row under the heading make it no row of data
_LEAST_EVIDENCE: Final = 2  # rows of one cadre with different people that tell whose number it is
# An unknown heading that ends so names somebody, and a telephone behind it is likely theirs.
_SOMEBODY: Final = re.compile(
    r"(?:姓名|人员|干部|同志|队员|书记|主任|校长|队长|组长|负责人|责任人|联系人|填表人|填报人|记录人|监护人)$"
)
# Headings that do not say whose telephone it is.
_PLAIN: Final = ("电话", "手机", "手机号", "手机号码", "电话号码", "联系方式", "联系电话")
# An unknown heading that only says more of the cadre to its left.
_OF_THE_CADRE: Final = re.compile(r"(?:职务|职称|职级|单位|股室|科室|部门)$")
_HALF_DAY: Final = re.compile(
    r"(?:(?:上午|下午|早上|早晨|清晨|中午|傍晚|晚上|晚间|全天|半天|上|下)?(?:\d{1,2}(?:[::点时]\d{0,2}分?|点半)(?::\d{2})?)?[-—~至到]?){1,2}"
)


@dataclass(frozen=True, slots=True)
class Aside:
    """A column whose heading names `field` and that is not read as it: why, in words for the answer; `severity` where
    it is not that of the code."""

    code: str
    column: int
    field: str
    why: str
    severity: str | None = None


def settled(
    view: SheetView, headings: Headings, match: Match, paths: Sequence[Path], bottom: int
) -> tuple[Match, list[Aside]]:
    """`match` with the columns left out that are not the field their heading names, and what is to be said of them.

    Rule: read where it is certain whose a column is; what may be a cadre's telephone is never the household's, but asked.
    """
    columns = _Columns(view, headings, match, paths, bottom)
    return columns.settle() if columns.rows else (match, [])


class _Columns:
    """The columns of one table, with the rows under its heading."""

    def __init__(self, view: SheetView, headings: Headings, match: Match, paths: Sequence[Path], bottom: int) -> None:
        self.view, self.match, self.bottom = view, match, bottom
        self.paths: list[Path] = [tuple(map(headings.plain, path)) for path in paths]
        self.rows = [row for row in range(bottom + 1, view.height) if known(view, headings, row) < _ROWS_OF_HEADING]
        self.named = {column: name for name, column in match.columns.items()}
        self.named |= {column: name for name, _, column in match.twins}
        self.named |= {column: name for name, run in match.ticks.items() for column, _ in run}
        fields = match.schema.by_name
        self.cadres = next((name for name, field in fields.items() if field.format == "names"), "")
        self.person = next((field.name for field in match.schema.required if field.format == "name"), "")
        self.of_cadre = self._side(self.cadres)
        self.of_person = self._side(self.person)
        self.asides: list[Aside] = []

    def settle(self) -> tuple[Match, list[Aside]]:
        claims: dict[str, list[int]] = {name: [column] for name, column in self.match.columns.items()}
        for name, _, column in self.match.twins:
            claims[name].append(column)
        columns: dict[str, int] = {}
        twins: list[tuple[str, int, int]] = []
        for name, claimed in claims.items():
            field = self.match.schema.by_name[name]
            claimed = self._seen(field, claimed)
            left = claimed if len(claimed) == 1 or field.derived else self._of_twins(field, claimed)
            if len(left) == 1 and field.format == "phone" and self.cadres and self.person:
                left = self._of_telephone(field, left[0], alone=len(claimed) == 1)
            if left:
                columns[name] = left[0]
            twins.extend((name, left[0], column) for column in left[1:])
        return replace(self.match, columns=columns, twins=twins), self.asides

    def _side(self, name: str) -> set[str]:
        """The fields that stand in one group with `name`, and itself."""
        groups = (members for members in self.match.schema.groups.values() if name in members)
        return {name, *(member for members in groups for member in members)}

    def _seen(self, field: Field, claimed: list[int]) -> list[int]:
        """The columns under one heading that are not hidden beside one that is to be seen. Where nothing stands in any
        of these, what is hidden is read, and that is asked."""
        seen = [column for column in claimed if column not in self.view.hidden]
        hidden = [column for column in claimed if column in self.view.hidden]
        if not seen or not hidden:
            return claimed
        if not field.derived and not any(map(self._is_filled, seen)):
            if filled := [column for column in hidden if self._is_filled(column)]:
                why = f"是空的，“{field.title}”取的是隐藏的{column_letters(filled[0])}列"
                self.asides.append(Aside(HIDDEN, seen[0], field.name, why, WARNING))
            return claimed
        for column in hidden:
            self.asides.append(hidden_twin(self.view, self.rows, field, column, seen[0]))
        return seen

    def _is_filled(self, column: int) -> bool:
        return any(self.view.at(row, column) is not None for row in self.rows)

    def _of_twins(self, field: Field, claimed: list[int]) -> list[int]:
        """Those of the columns under one heading that are in question: the filled ones, less half-days and cadres'."""
        filled = [column for column in claimed if self._is_filled(column)]
        left = filled or claimed[:1]
        if field.type == "date" and len(left) > 1:
            days = [column for column in left if not self._half_days(column)]
            if len(days) == 1:
                self._aside(LEFT_OUT, field, left, days, "写的是上午、下午或钟点，日期在另一列")
                left = days
        if field.format == "phone" and len(left) > 1 and self.cadres and self.person:
            owners = {column: self._owner(column) for column in left}
            persons = [column for column, owner in owners.items() if owner == PERSON]
            if len(persons) == 1 and OTHER not in owners.values():
                self._aside(LEFT_OUT, field, left, persons, "紧跟在走访干部后面，是干部的电话")
                left = persons
        return left

    def _of_telephone(self, field: Field, column: int, *, alone: bool) -> list[int]:
        """The one column for telephones, or none where it may be the cadre's."""
        if self._says_whose(column):
            return [column]
        owner = self._owner(column) if alone else PERSON
        numbers = self._numbers(column)
        several = [values for values in numbers.values() if len(values) >= _LEAST_EVIDENCE]
        constant = bool(several) and all(len(set(values)) == 1 for values in several)
        each_its_own = len(numbers) == len({values[0] for values in numbers.values()})
        if owner == PERSON and constant and len(several) >= _LEAST_EVIDENCE and each_its_own:
            why = "里，同一名干部的各户都是同一个号码，像是干部的电话"
        elif owner == CADRE and (constant or not several):
            why = (
                "紧跟在走访干部后面，像是干部的电话"
                if not constant
                else "紧跟在走访干部后面，各户都是同一个号码，像是干部的电话"
            )
        elif owner == OTHER and (constant or not several):
            why = f"紧跟在“{self.paths[self._left_of(column)][-1]}”后面，看不出是谁的电话"
        else:
            return [column]
        self._aside(ASKED, field, [column], [], why)
        return []

    def _says_whose(self, column: int) -> bool:
        """Whether the heading, what stands in brackets there, or a group over it says whose telephone it is."""
        *over, own = self.paths[column]
        groups = set(map(terms.normalize, self.match.schema.groups))
        named = {spelling for heading in (*over, *inside(own)) for spelling in spellings(heading)}
        return bool(named & groups) or not set(spellings(own)) & set(map(terms.normalize, _PLAIN))

    def _aside(self, code: str, field: Field, columns: list[int], kept: list[int], why: str) -> None:
        self.asides.extend(Aside(code, column, field.name, why) for column in columns if column not in kept)

    def _half_days(self, column: int) -> bool:
        values = [value for row in self.rows if (value := self.view.at(row, column)) is not None]
        return all(map(_is_half_day, values))

    def _owner(self, column: int) -> str:
        """Whose telephone stands in a column, by what stands to its left."""
        seen_person = False
        for left in range(column - 1, -1, -1):
            if not self.paths[left]:
                continue
            name = self.named.get(left, "")
            heading = terms.normalize(self.paths[left][-1])
            if name == self.cadres or (name == "" and "走访干部" in map(terms.normalize, self.paths[left])):
                return PERSON if seen_person else CADRE
            if name == self.person:
                return PERSON
            if name in self.of_person:
                seen_person = True
            elif (
                name in self.of_cadre or (name and self._is_unit(name)) or (not name and _OF_THE_CADRE.search(heading))
            ):
                continue
            elif (name and self.match.schema.by_name[name].format == "name") or (
                not name and _SOMEBODY.search(heading)
            ):
                return OTHER
            else:
                return PERSON
        return PERSON

    def _is_unit(self, name: str) -> bool:
        return self.match.schema.by_name[name].format == "unit"

    def _left_of(self, column: int) -> int:
        return next(left for left in range(column - 1, -1, -1) if self.paths[left])

    def _numbers(self, column: int) -> dict[str, list[str]]:
        """The numbers in a column, by cadre: one for each person that the cadre met."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        cadre, number = "", ""
        at = self.match.columns
        if self.cadres not in at or self.person not in at:
            return {}
        for row in self.rows:
            cadre = self._text(row, at[self.cadres]) or cadre
            person, typed = self._text(row, at[self.person]), self.view.at(row, column)
            merged = self.view.from_above(row, column, self.bottom)
            if merged is None and not (isinstance(typed, str) and terms.is_ditto(typed)):
                number = _digits(typed)
            if person and number:
                found[cadre].setdefault(person, number)
        return {name: list(numbers.values()) for name, numbers in found.items()}

    def _text(self, row: int, column: int) -> str:
        text = self.view.text(row, column)
        return "" if terms.is_ditto(text) else text


def hidden_twin(view: SheetView, rows: Sequence[int], field: Field, column: int, seen: int) -> Aside:
    """What is said of a hidden column that means the same field as the column `seen`, which is read: a note, or a
    question where the two differ in one of `rows`."""
    why = f"是隐藏的，“{field.title}”取的是看得见的{column_letters(seen)}列"
    differing = [row for row in rows if _differs(view.at(row, column), view.at(row, seen))]
    if not differing or field.derived:
        return Aside(HIDDEN, column, field.name, why)
    first = differing[0]
    hidden, shown = (faults.visible(view.at(first, at)) or "空的" for at in (column, seen))
    more = f"等{len(differing)}行" if len(differing) > 1 else ""
    why += f"；两列第{first + 1}行{more}不一样（隐藏的是“{hidden}”，看得见的是“{shown}”）"
    return Aside(HIDDEN, column, field.name, why, WARNING)


def _differs(hidden: Value, seen: Value) -> bool:
    """Whether a hidden cell says something that the one to be seen does not."""
    said = terms.normalize(faults.visible(hidden))
    return bool(said) and not terms.is_blank(said) and said != terms.normalize(faults.visible(seen))


def names_somebody(path: Path) -> bool:
    """Whether a heading that no form knows is over names, or over what says of whom a list is (股室, 职务)."""
    heading = terms.normalize(path[-1]) if path else ""
    return bool(_SOMEBODY.search(heading) or _OF_THE_CADRE.search(heading))


def _is_half_day(value: Value) -> bool:
    if isinstance(value, str):
        return bool(_HALF_DAY.fullmatch(terms.normalize(value)))
    return isinstance(value, time) or (isinstance(value, float) and 0 < value < 1)  # a clock without its format


def _digits(value: Value) -> str:
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value or "")
    return "".join(char for char in terms.normalize(text) if char.isdigit())
