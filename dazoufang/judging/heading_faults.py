"""What is wrong with the headings of a table; and which column a heading that nobody knows may have been meant for."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from dazoufang.judging.heading_words import spellings
from dazoufang.judging.tables.extract import Table, unread_column
from dazoufang.judging.tables.whose_column import Aside
from dazoufang.judging.which_form import GROUP, Match
from dazoufang.model import faults
from dazoufang.model.cell_names import address
from dazoufang.model.faults import Fault
from dazoufang.rules.schema import Field, FormSchema

# Below that likeness (of 100) a question would only confuse: one character of four may differ.
_ALIKE: Final = 75.0
_SHORTEST: Final = 3  # characters; shorter headings must be the same (身份 is no 身份证)
_MOST_NAMED: Final = 6  # unknown headings that are named as what a missing column may be called
# What may be added to a heading without changing it: a number behind it, whose it is before it, 姓名 behind it.
_NUMBER: Final = re.compile(r"[0-9一二三]+$")
_WHOSE: Final = re.compile(r"^(?:户主|农户|对象|群众|本人|被访人)(?=.)")
_NAMED: Final = re.compile(r"(?<=.)(?:姓名|名字|名称)$")
# Headings of the visited person, of the visitor and of who only came along are not alike, whatever their letters.
_VISITED: Final = re.compile("[被受]")
_ALONG: Final = "陪"
# A heading that ends so asks for something else than what stands before it.
_SOMETHING_ELSE: Final = re.compile(r"(?:签名|签字|盖章|数|照片|年龄|性别|关系)$")
# Endings that say the same, and of what kind the cells under them are.
_ENDINGS: Final = {
    "电话": re.compile(r"(?:电话号码|手机号码|手机号|号码|电话|手机|联系方式)$"),
    "日期": re.compile(r"(?:日期|时间|日子|年月日)$"),
    "干部": re.compile(r"(?:干部|人员|同志|人|者)$"),
}
_KINDS: Final = {"phone": "电话", "name": "干部", "names": "干部", "date": "日期"}


def structure(table: Table) -> list[Fault]:
    """What is wrong with the headings: required ones missing, two that mean one, unknown ones, no rows.

    Rule: a heading that is like a known one is asked about, never taken for it; one cause once.
    """
    match = table.match
    likely: dict[str, list[int]] = defaultdict(list)
    for column in match.unknown:
        if (name := likely_field(table.headings[column], match)) is not None:
            likely[name].append(column)
    strange = [column for column in match.unknown if not any(column in columns for columns in likely.values())]
    found = [_missing(table, name, likely.get(name, []), strange) for name in match.missing]
    if table.doubled:
        found.append(_two_tables(table))
    found.extend(_two_columns(table, *twin) for twin in match.twins if not table.doubled)
    found.extend(_left_aside(table, aside) for aside in table.asides)
    asked = {column: name for name, columns in likely.items() if name not in match.missing for column in columns}
    named = {column for name in match.missing for column in likely.get(name, [])}
    for column in match.unknown:
        if column not in named:
            if column in asked:
                title = match.schema.by_name[asked[column]].title
                found.append(_heading_fault("S11", table, column, title, letter=_letter(column)))
            else:
                found.append(unread_column(table, column, table.headings[column]))
    if not table.rows:
        found.append(faults.make("S07", sheet=table.sheet))
    return found


def _missing(table: Table, name: str, likely: list[int], strange: list[int]) -> Fault:
    """A required column is missing. `likely`: columns that were likely meant for it; without one, `strange`, those that
    nobody knows, are what it may be called here."""
    title = table.match.schema.by_name[name].title
    quoted = "、".join(_quoted(table, column) for column in likely or strange[:_MOST_NAMED])
    mend = ""
    if likely:
        mend = f"{quoted}如果就是它，请把这个表头改成“{title}”；如果不是，"
    elif strange:
        more = f"等{len(strange)}列" if len(strange) > _MOST_NAMED else ""
        mend = f"这一列也许就在表里，叫法不同：程序不认识的有{quoted}{more}，是其中一列的，请把那个表头改成“{title}”；都不是的，"
    return faults.make(
        "S01",
        sheet=table.sheet,
        row=table.heading_row,
        column=title,
        value="、".join(table.headings[column] for column in likely or strange),
        what=title,
        heading_row=table.heading_row,
        mend=mend,
    )


def _two_columns(table: Table, name: str, first: int, second: int) -> Fault:
    both = f"{_quoted(table, first)}和{_quoted(table, second)}"
    return _heading_fault("S02", table, second, table.match.schema.by_name[name].title, what=both)


def _two_tables(table: Table) -> Fault:
    """Several required fields have two columns each: one fault for the sheet."""
    titles = "".join(f"“{table.match.schema.by_name[name].title}”" for name in table.doubled)
    second = next(second for name, _, second in table.match.twins if name in table.doubled)
    return _heading_fault("S36", table, second, "", what=titles)


def _left_aside(table: Table, aside: Aside) -> Fault:
    title = table.match.schema.by_name[aside.field].title
    details = {"letter": _letter(aside.column), "why": aside.why}
    return _heading_fault(aside.code, table, aside.column, title, aside.severity, **details)


def _heading_fault(
    code: str, table: Table, column: int, title: str, severity: str | None = None, **details: str
) -> Fault:
    return faults.make(
        code,
        sheet=table.sheet,
        cell=address(table.heading_row - 1, column),
        row=table.heading_row,
        column=title,
        value=table.headings[column],
        severity=severity,
        **details,
    )


def _quoted(table: Table, column: int) -> str:
    return f"{_letter(column)}列“{faults.visible(table.headings[column])}”"


def _letter(column: int) -> str:
    return address(0, column)[:-1]


def likely_field(heading: str, match: Match) -> str | None:
    """The field that an unknown heading was likely meant for: one that no column holds; None where none or several are.

    A heading that the form knows, but not under the group it stands under, is no question.
    """
    known = _known(match.schema)
    spelt = [spelling for spelling in spellings(heading) if spelling]
    if any(spelling in known or _SOMETHING_ELSE.search(spelling) for spelling in spelt):
        return None
    scores: dict[str, float] = defaultdict(float)
    for title, field in known.items():
        if field.name not in match.columns and not field.derived:
            score = max((_alike(spelling, title, _kind(field)) for spelling in spelt), default=0.0)
            scores[field.name] = max(scores[field.name], score)
    best = max(scores.values(), default=0.0)
    names = [name for name, score in scores.items() if score == best]
    return names[0] if best >= _ALIKE and len(names) == 1 else None


def _known(schema: FormSchema) -> dict[str, Field]:
    """Every normalized heading of a form that stands alone → its field."""
    return {
        spelling: field
        for field in schema.fields
        for heading in (field.title, *field.aliases)
        if GROUP not in heading
        for spelling in spellings(heading)
        if spelling
    }


def _kind(field: Field) -> str:
    return _KINDS.get("date" if field.type == "date" else field.format, "")


def _alike(heading: str, title: str, kind: str) -> float:
    """How alike two headings are, of 100; 0 where the heading's ending speaks of another kind of cell."""
    best = 0.0
    for way in _ways(heading):
        plain, ending = _ending(way)
        plain_title, _ = _ending(title)
        if plain == plain_title:
            return 100.0
        same_side = bool(_VISITED.search(way)) == bool(_VISITED.search(title)) and (_ALONG in way) == (_ALONG in title)
        if same_side and ending in ("", kind) and min(len(plain), len(plain_title)) >= _SHORTEST:
            best = max(best, fuzz.ratio(plain, plain_title))
    return best


@lru_cache(maxsize=4096)
def _ways(heading: str) -> tuple[str, ...]:
    """The heading without a number and 姓名 behind it; and that without the word before it for whose it is."""
    bare = _NAMED.sub("", _NUMBER.sub("", heading))
    return tuple(dict.fromkeys(way for way in (bare, _WHOSE.sub("", bare)) if way))


@lru_cache(maxsize=4096)
def _ending(heading: str) -> tuple[str, str]:
    """The heading with its ending in one word, and the kind of cell that ending speaks of ("" none)."""
    for word, pattern in _ENDINGS.items():
        if pattern.search(heading):
            return pattern.sub(word, heading, count=1), word
    return heading, ""
