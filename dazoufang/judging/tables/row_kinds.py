"""Says what each row under a heading is: data, or one of the many things that people write between and below data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from dazoufang.judging.tables.column_numbers import LEAST_NUMBERING, numbers_columns
from dazoufang.judging.tables.headings import Block, heading_at
from dazoufang.judging.tables.sheet_view import LABEL, SheetView, known, labelled
from dazoufang.judging.which_form import Headings
from dazoufang.model import terms
from dazoufang.reading.sheet import CellError, Uncalculated, Value
from dazoufang.rules.schema import Field, Role

# What a row that was left out is called in the answer.
TOTAL: Final = "合计"
SAMPLE: Final = "示例"
NOTE: Final = "说明文字"
SIGNATURE: Final = "落款"
NUMBERING: Final = "栏次"
UNDECIDED: Final = "还没有裁定"

_NOTE: Final = re.compile(
    r"^(注|备注|说明|填写说明|填表说明|填报说明|填写注意事项|注意事项|要求|提示|附注)[0-9]{0,2}[::]"
)
_HINT: Final = re.compile(r"(?:填写|填表|填报|格式)?(?:说明|要求|格式|提示|注意事项)")  # before a row of hints
_NUMBERED: Final = re.compile(r"[(]?[0-9一二三四五六七八九十]{1,2}[)]?[.、,)]")
_PAGE: Final = re.compile(
    r"[(]?(?:第.{1,3}页(?:[,/]?共.{1,3}页)?|续表.{0,3}|(?:此页无|以下无)(?:正文|内容)|-*以下空白-*)[)]?"
)
_SIGNED: Final = re.compile(
    rf"[{terms.HAN}()]{{2,12}}:"
)  # 主任：…, 单位（盖章）：…; what is typed into a cell has none
_SEAL: Final = re.compile("盖章|公章|签")
_TOTAL: Final = re.compile(rf"(?:{'|'.join(terms.TOTAL_WORDS)})[:数户人次件个条项家约共\d.,()]*")
_COUNT: Final = re.compile(r"[约共计合]*\d{1,5}[户人次件个条项家]*(?:次|数)?")
_SAMPLE: Final = re.compile(r"[(\[【<]?(?:填写|填报|填表|此行为|本行为)?(?:示例|样例|范例|例|例子)(?:行)?[)\]】>]?")
_SAMPLE_ROW: Final = re.compile(r"[(\[【<]?(?:填写|填报|填表)?(?:示例|样例|范例)")  # （样例，勿删） before a row
_SAMPLE_NAME: Final = re.compile(r".*[(\[【](?:例|示例|样例|范例)[)\]】]|(?:例|示例|样例|范例):.*")
_NAME: Final = re.compile(rf"[{terms.HAN}]{{2,4}}|[{terms.HAN}]+[·•][{terms.HAN}]+")
_DAY_WORDS: Final = re.compile("[年月日号至到上下中午早晚〇零一二三四五六七八九十]")
_HAN: Final = re.compile(f"[{terms.HAN}]")
_SENTENCE: Final = 8  # characters: no name, choice or number is that long
_DAY: Final = re.compile(r"\d{4}[年./-]\d{1,2}[月./-]\d{1,2}日?")
_COLUMN_LETTERS: Final = frozenset("甲乙丙丁") | {"栏次"}
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz"
_NAMES_A_TABLE: Final = re.compile("表|册|台账|台帐|登记|明细|汇总|续|附件|活动")
_SHORT: Final = 20  # characters; a longer text is no mark
_LEAST_SERIAL: Final = 10_000  # a smaller whole number in a column for dates is a count


class RowKind(NamedTuple):
    """What a row is: data, empty, total, sample, footer, note, repeated (heading) or heading; and, where that could
    be doubted, what the left-out row is called in the answer."""

    kind: str
    left_out_as: str = ""


Cells = list[tuple[int, Value]]


class RowOfSheet(NamedTuple):
    """One row: its cells, those that hold text (serial numbers left out), and the first text."""

    row: int
    cells: Cells
    texts: list[tuple[int, str]]
    column: int  # of the first text
    first: str  # normalized
    leading: bool  # nothing but serial numbers before the first text


class RowKinds:
    """Says what each row under a heading is.

    Rule: a row of data is never taken for anything else; so whatever fills the required columns is data, whatever its
    first cell says, and a merged cell above counts as filled.
    """

    def __init__(self, view: SheetView, block: Block, headings: Headings, hints: tuple[str, ...]) -> None:
        self.view, self.block, self.headings, self.hints = view, block, headings, hints
        columns, schema = block.match.columns, block.match.schema
        self.heads = {column: set(map(terms.normalize, path)) for column, path in enumerate(block.paths) if path}
        self.fields: dict[int, Field] = {column: schema.by_name[name] for name, column in columns.items()}
        self.derived = {column for column, field in self.fields.items() if field.derived}
        self.required = {columns[field.name] for field in schema.required if field.name in columns}
        if headings.surroundings and block.match.only_changed:  # what names no item changes none
            self.required.add(columns[schema.updates_by])
        self.only_figures = all(self.fields[column].type == "integer" for column in self.required)
        self.surroundings = headings.surroundings
        self.written_ahead = {*schema.written_ahead, *(field.name for field in schema.fields if field.derived)}
        self.note_column = -1  # of the note or footer above

    def kind_of(self, row: int, own: Mapping[str, Value], above: str, unit: str) -> RowKind:
        """What a row is. `own` are its cells by field, `above` the kind of the row above it, `unit` who reports."""
        line = self._line(row)
        found = self._kind(line, own, above, unit)
        if found.left_out_as and not any(column in self.required for column, _ in line.cells) and not self._merged(row):
            return RowKind(found.kind)  # nothing that could be missed
        return found

    def _kind(self, line: RowOfSheet, own: Mapping[str, Value], above: str, unit: str) -> RowKind:
        if not line.texts and not own:
            return RowKind("empty")
        if self._is_numbering(line):
            return RowKind("note", NUMBERING)
        if self._is_total(line):
            return RowKind("total", TOTAL)
        if sum(terms.normalize(text) in self.heads.get(column, ()) for column, text in line.texts) >= max(
            2, len(line.texts) / 2
        ):
            return RowKind("repeated")
        if sample := self._sample(line):
            return sample
        if own and all(map(_says_nothing, own.values())) and not self._merged(line.row):
            return RowKind("empty")
        found = self._footer(line) or self._note(line, above, unit)
        if found:
            self.note_column = line.column
            return found
        words = known(self.view, self.headings, line.row)
        if words >= 3 and words > len(line.texts) / 2 and self.is_heading(line.row):
            return RowKind("heading")
        if own.keys() <= self.written_ahead:
            # 序号 and the cadre's name, for rows that nobody filled; or a decision that nobody has made yet
            schema = self.block.match.schema
            undecided = schema.role is Role.DECISIONS and any(name in own for name in schema.primary_key)
            return RowKind("empty", UNDECIDED if undecided else "")
        return RowKind("data")

    def is_heading(self, row: int) -> bool:
        """Whether a table begins at a row."""
        return heading_at(self.view, self.headings, row, self.hints) is not None

    def is_title(self, row: int) -> bool:
        """Whether a row before a heading is the title of what comes: one text that is nobody's name, and where a column
        takes any text, one that names a table."""
        line = self._line(row)
        if not self._alone(line) or self._is_name(line.column, line.first):
            return False
        return not self._is_free(line.column) or _NAMES_A_TABLE.search(line.first) is not None

    def _line(self, row: int) -> RowOfSheet:
        own = self.view.rows[row]
        if len(own) > self.block.ends and not any(key for _, key, _, _ in labelled(self.view, row)):
            own = own[: self.block.ends]  # but a line that names the unit or the day may stand anywhere
        cells: Cells = [(column, value) for column, value in enumerate(own) if value is not None]
        texts = [
            (column, text)
            for column, value in cells
            if isinstance(value, str) and (text := value.strip()) and not (column in self.derived and text.isdigit())
        ]
        if not texts:
            return RowOfSheet(row, cells, texts, -1, "", False)
        column, first = texts[0]
        leading = all(left in self.derived for left, _ in cells if left < column)
        return RowOfSheet(row, cells, texts, column, terms.normalize(first), leading)

    def _alone(self, line: RowOfSheet) -> bool:
        """Whether one text is all that stands in a row."""
        return (
            len(line.cells) == len(line.texts) == 1
            and not isinstance(line.cells[0][1], CellError | Uncalculated)
            and not self._merged(line.row)
        )

    def _merged(self, row: int) -> set[int]:
        """The required columns that a merged cell from a row above fills."""
        return {
            column
            for column in self.required
            if self.fields[column].ditto == "all" and self.view.from_above(row, column, self.block.bottom) is not None
        }

    def _filled(self, line: RowOfSheet) -> set[int]:
        """The required columns but that of the first text that hold what could be a value: no count, no dash."""
        cells = {
            column for column, value in line.cells if column in self.required and self._could_be_value(column, value)
        }
        return (cells | self._merged(line.row)) - {line.column}

    def _could_be_value(self, column: int, value: Value) -> bool:
        if isinstance(value, str):
            normalized = terms.normalize(value)
            return not (terms.is_blank(value) or _COUNT.fullmatch(normalized) or _TOTAL.fullmatch(normalized))
        if isinstance(value, int | float):
            whole = float(value).is_integer()
            return self.fields[column].type == "date" and (not whole or value >= _LEAST_SERIAL)
        return isinstance(value, date)

    def _is_free(self, column: int) -> bool:
        """Whether a column takes any text at all."""
        field = self.fields.get(column)
        return field is not None and _takes_any_text(field)

    def _is_name(self, column: int, normalized: str) -> bool:
        """Whether a text is a person's name in the column for the person the row is about."""
        field = self.fields.get(column)
        return field is not None and field.format == "name" and _NAME.fullmatch(normalized) is not None

    def _is_numbering(self, line: RowOfSheet) -> bool:
        """A row that numbers the columns: 1, 2, 3 …, or 甲, 乙, 1, 2 …, or A, B, C …"""
        numbers: list[int] = []
        letters = "".join(terms.normalize(text) for _, text in line.texts)
        if len(letters) == len(line.cells) >= LEAST_NUMBERING and letters in _ALPHABET:
            return True
        under = self.surroundings and not self.only_figures and line.row == self.block.bottom + 1
        if under and numbers_columns(line.cells):
            return True
        for _, value in line.cells:
            if isinstance(value, int) or (isinstance(value, str) and value.strip().isdecimal()):
                numbers.append(int(value))
            elif not (isinstance(value, str) and terms.normalize(value) in _COLUMN_LETTERS):
                return False
        return len(numbers) >= LEAST_NUMBERING and numbers == list(range(numbers[0], numbers[0] + len(numbers)))

    def _is_total(self, line: RowOfSheet) -> bool:
        """A row of totals: the word stands first, or anywhere where it can be no value, and little else is filled; in a
        table of figures the word is enough."""
        if self.only_figures:
            return any(_TOTAL.fullmatch(terms.normalize(text)) for _, text in line.texts if len(text) <= _SHORT)
        most = min(2, len(self.required) - 2)
        if line.leading and terms.is_total(line.first):
            return len(self._filled(line)) <= (most if _TOTAL.fullmatch(line.first) else min(1, most))
        for column, text in line.texts:
            if len(text) <= _SHORT and ("计" in text or "总" in text) and _TOTAL.fullmatch(terms.normalize(text)):
                filled = self._filled(line._replace(column=column))
                if self._is_free(column):  # 李明 | 小计 | 10; but a remark 合计 beside somebody's name is a remark
                    named = any(self.fields[place].format == "name" for place in filled)
                    return not named and len(filled) <= min(1, most)
                return len(filled) <= (most if column in self.fields else 0)
        return False

    def _sample(self, line: RowOfSheet) -> RowKind | None:
        """A row that shows how to fill: its first text says so, or two of its cells do, or one that says nothing else."""
        early = line.row <= self.block.bottom + 2  # where everybody expects one
        for column in self.derived:
            mark = terms.normalize(self.view.spread(line.row, column))
            if mark and (terms.is_sample(mark) or _SAMPLE_ROW.match(mark)):
                return RowKind("sample", "" if early else SAMPLE)
        marked = [(column, text) for column, text in line.texts if "例" in text or "如" in text]
        samples = [column for column, text in marked if self._says_sample(column, text)]
        if line.column in samples or len(samples) >= 2:
            return RowKind("sample", "" if early and line.leading and not self._is_free(line.column) else SAMPLE)
        for column, text in marked:
            normalized = terms.normalize(text) if len(text) <= _SHORT else ""
            field = self.fields.get(column)
            named = field is not None and field.format in ("name", "names")
            if _SAMPLE.fullmatch(normalized) or (named and _SAMPLE_NAME.fullmatch(normalized)):
                return RowKind("sample", SAMPLE)
        return None

    def _says_sample(self, column: int, text: str) -> bool:
        normalized = terms.normalize(text)
        if self._is_free(column) and normalized.startswith(("例如", "比如", "如")):
            return False  # real reports begin so too
        return terms.is_sample(text) and not (self._is_name(column, normalized) and len(normalized) > 2)

    def _footer(self, line: RowOfSheet) -> RowKind | None:
        """填表人：…, 审核人：…: labels and what belongs to them, with hardly a required column filled besides."""
        label, signed = LABEL.match(line.first), _SIGNED.match(line.first)
        if not line.leading or not (label or signed):
            return None
        filled = {column for column in self._filled(line) if not LABEL.match(self.view.text(line.row, column))}
        if filled == self.required:
            return None
        if label:
            free = {
                column for column, key, _, _ in labelled(self.view, line.row) if not key and column in self.required
            }
            if len(free | self._merged(line.row)) > (1 if label[2] else 0):
                return None
            return RowKind("footer", SIGNATURE if free else "")
        if not signed or _NOTE.match(line.first):
            return None
        field = self.fields.get(line.column)
        if field is not None and (_takes_any_text(field) or field.format == "name") and not _SEAL.search(signed[0]):
            return None  # 户主：张三, 起因：… may be typed into a cell
        unsigned = {column for column in filled if not _SIGNED.match(self.view.text(line.row, column))}
        return RowKind("footer", SIGNATURE) if len(unsigned) <= 1 else None

    def _note(self, line: RowOfSheet, above: str, unit: str) -> RowKind | None:
        """A row of words about the table."""
        alone = self._alone(line)
        free = self._is_free(line.column)
        marked = _NOTE.match(line.first) or (line.column in self.derived and _HINT.fullmatch(line.first))
        if marked and line.leading:
            if alone:
                return RowKind("note", NOTE if free and line.column in self.required else "")
            filled = self._filled(line)
            hints = line.column in self.derived
            return RowKind("note", NOTE if filled else "") if hints or len(filled) <= 1 else None
        if not alone:
            return None
        if self._is_wide(line) or _PAGE.fullmatch(line.first) or line.first == terms.normalize(unit):
            return RowKind("note")
        field = self.fields.get(line.column)
        goes_on = above in ("footer", "note") and not self._is_name(line.column, line.first)
        if goes_on and (field is None or field.type == "date" or line.column == self.note_column):
            plain = field is None or _NUMBERED.match(line.first)
            return RowKind("note", "" if plain else NOTE)
        return RowKind("note", NOTE) if field is not None and _is_no_value(field, line.first) else None

    def _is_wide(self, line: RowOfSheet) -> bool:
        """Whether the row's one text is merged over three of the table's columns, or over more than half of them."""
        span = self.view.wide.get((line.row, line.column), 1)
        over = sum(1 for column in range(line.column, line.column + span) if column in self.heads)
        return over >= 3 or span > len(self.heads) // 2


def _takes_any_text(field: Field) -> bool:
    return field.type == "string" and field.format == "default" and not field.constraints.enum


def _says_nothing(value: Value) -> bool:
    return terms.is_none(value) if isinstance(value, str) else not isinstance(value, bool) and value == 0


def _is_no_value(field: Field, normalized: str) -> bool:
    """Whether a text that stands alone in a row is plainly no value of its column: a sentence, a day among names."""
    if _takes_any_text(field) or field.derived or terms.is_ditto(normalized):
        return False
    if field.type == "date":
        if not any(char.isdigit() for char in normalized):
            return not _DAY_WORDS.search(normalized) or len(normalized) >= _SENTENCE
        return len(_HAN.findall(_DAY_WORDS.sub("", normalized))) >= _SENTENCE - 2
    return len(_HAN.findall(normalized)) >= _SENTENCE or _DAY.fullmatch(normalized) is not None or "。" in normalized
