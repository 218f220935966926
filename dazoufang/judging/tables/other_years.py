"""Forms of another year: the year that stands over a table or in a name, held against the year of the campaign."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from dazoufang.judging.tables.sheet_view import LABEL, labelled_cell
from dazoufang.judging.tables.table import Table
from dazoufang.model import faults, terms
from dazoufang.model.cell_names import address
from dazoufang.model.faults import WARNING, Fault
from dazoufang.model.submission import Row
from dazoufang.reading.sheet import Sheet, Value

_LEAST_SERIAL: Final = 10_000  # a smaller number is no day
_LONGEST_TITLE: Final = 40
_MOST_NAMED: Final = 8  # rows that are named; of more only how many
_EARLY: Final = 2  # months of the next year in which a form of this one may still be reported
_NO_YEAR: Final = re.compile(  # numbers of papers, school years and classes are no years of a form
    r"[〔\[(【]\s*20\d\d\s*[〕\])】]\s*第?\s*\d+\s*号|〔20\d\d〕|20\d\d\s*[-—~至到/]\s*20\d\d\s*学年|20\d\d\s*[学级届]"
)
_RANGE: Final = re.compile(r"(?<!\d)(20\d\d)年?\s*[-—~至到]+\s*(20\d\d)(?!\d)")
_YEAR: Final = re.compile(r"(?<!\d)(20\d\d)(?=(?:[01]\d(?:[0-3]\d)?)?(?!\d))")
_SHORT_YEAR: Final = re.compile(r"(?<!\d)(2\d)年(?=[上下]半年|度|大?走访)")
_CHINESE_YEAR: Final = re.compile(r"二[〇○零0]([一二三四五六七八九〇○零])([〇○零一二三四五六七八九])年?")
_DIGITS: Final = {char: n for n, char in enumerate("〇一二三四五六七八九")} | {"○": 0, "零": 0}
_TITLE: Final = re.compile(
    r"[^。；;，,]*(?:表|台账|台帐|明细|记录|册|清单|登记|汇总|活动|走访)(?:[(].*[)])?|[(]?20\d\d年?(?:度|[上下]半年)?[)]?"
)
_CITES: Final = re.compile("^(?:根据|按照|依据|参照|按|注|说明|附)")
_WRITTEN: Final = re.compile(r"20\d\d|(?<!\d)\d{2}[年./-]\d{1,2}[月./-]\d{1,2}|^\d{5}(?:\.\d+)?$")
_MONTH: Final = re.compile(r"20\d\d\s*[年./-]\s*(\d{1,2})")


class _Said(NamedTuple):
    """Where a year stands: the cell ("" a name), what it is called, the text, and its years."""

    cell: str
    place: str
    text: str
    years: frozenset[int]


def judge(table: Table, rows: Sequence[Row], sheet: Sheet, file_name: str, year: int, today: date) -> list[Fault]:
    """Hold the rows of `table` that do not say their year where the form says another than `year`, and say so (S29).

    Rule: what stands nearest to the rows tells the year: title, 填报时间, sheet, file. Days written with the year of the
    campaign are more certain than any of them.
    """
    said = next(_sources(table, sheet, file_name, year, today), None)
    if said is None or year in said.years:
        return []
    raw = dict(table.rows)
    dates = [field.name for field in table.match.schema.stored if field.type == "date"]
    held: list[Row] = []
    certain = False
    written_above: dict[str, bool] = {}
    for row in rows:
        cells = raw[row.row_no]
        for name in dates:
            if not (isinstance(cells.get(name), str) and terms.is_ditto(str(cells[name]))):
                written_above[name] = _says_its_year(cells.get(name))
        days = [name for name in dates if row.values.get(name)]
        if any(written_above[name] and row.values[name].startswith(str(year)) for name in days):
            certain = True
        elif any(not written_above[name] for name in days):
            held.append(row)
    for row in held:
        row.held = True
    other = max(said.years)
    if held:
        numbers = "、".join(str(row.row_no) for row in held[:_MOST_NAMED])
        more = f"等{len(held)}行" if len(held) > _MOST_NAMED else "行"
        what = f"第{numbers}{more}的日期没有写年份，没有计入"
        return [_fault(table, said, other, year, what, None, "")]
    if certain:
        mend = f"请核对：日期没有错的，不需处理，下次请改正{said.place}的年份；确是{other}年的，请把日期也改成{other}年"
        return [_fault(table, said, other, year, f"日期却写着{year}年，照日期计入", WARNING, mend)]
    return []


def _fault(table: Table, said: _Said, other: int, year: int, what: str, severity: str | None, mend: str) -> Fault:
    details: dict[str, Any] = {"place": said.place, "said": other, "year": year, "what": what}
    text = said.text.strip()
    return faults.make(
        "S29", sheet=table.sheet, cell=said.cell, value=text, severity=severity, remedy=mend or None, **details
    )


def _sources(table: Table, sheet: Sheet, file_name: str, year: int, today: date) -> Iterator[_Said]:
    """What tells a year, the nearest to the rows first."""
    for row in range(table.heading_row - 2, -1, -1):
        for column, value in enumerate(sheet.rows[row]):
            if isinstance(value, str) and _is_title(value) and (years := _years_in(value, year)):
                yield _Said(address(row, column), "标题", value, years)
    reported = table.meta.get("reported_on", "")
    if (years := _years_in(reported, year)) and not _is_reported_later(reported, years, year, today):
        yield _Said(labelled_cell(sheet, "reported_on"), "填报时间", reported, years)
    if years := _years_in(table.sheet, year):
        yield _Said("", "工作表名称", table.sheet, years)
    if years := _years_in(file_name.rpartition(".")[0] or file_name, year):
        yield _Said("", "文件名", file_name, years)


def _is_title(text: str) -> bool:
    normalized = terms.normalize(text)
    return (
        len(normalized) <= _LONGEST_TITLE
        and _TITLE.fullmatch(normalized) is not None
        and not LABEL.match(normalized)
        and not _CITES.match(normalized)
    )


def _is_reported_later(text: str, years: frozenset[int], year: int, today: date) -> bool:
    """Whether a form was reported after the campaign's year: early in the next one that is right, and a day that has not
    come yet is a slip of the pen."""
    month = _MONTH.search(terms.narrow(text))
    early = year + 1 in years and month is not None and int(month[1]) <= _EARLY
    return early or min(years) > today.year


def _years_in(text: str, year: int) -> frozenset[int]:
    """The years that a text tells of a form; one between two of them is told too."""
    plain = _NO_YEAR.sub("", "".join(terms.narrow(text).split()))
    found = {int(number) for number in _YEAR.findall(plain)}
    found |= {2000 + int(number) for number in _SHORT_YEAR.findall(plain)}
    found |= {2000 + 10 * _DIGITS[tens] + _DIGITS[ones] for tens, ones in _CHINESE_YEAR.findall(plain)}
    found |= {year for first, last in _RANGE.findall(plain) if int(first) <= year <= int(last)}
    return frozenset(found)


def _says_its_year(value: Value) -> bool:
    """Whether a day is written with its year, as a real day, a serial number or 20230920 has it."""
    if isinstance(value, date):
        return True
    if isinstance(value, int | float):
        return value >= _LEAST_SERIAL
    return isinstance(value, str) and _WRITTEN.search("".join(terms.narrow(value).split())) is not None
