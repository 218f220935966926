"""Our own forms, filled with anything that is legal, come back without a fault and as they were meant."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

import openpyxl
import pytest
from conftest import TODAY, Office
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet
from tables import workbook

from dazoufang.judging.examine import examine_bytes
from dazoufang.model import terms
from dazoufang.model.faults import INFO
from dazoufang.model.submission import ACCEPTED
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.rules.schema import Field, FormSchema, Rule
from dazoufang.system.home import shipped
from dazoufang.writing import blank_forms

Typed = tuple[Any, str]  # what somebody types, and what it means in canonical form
FIRST_DAY = date(2023, 9, 18)  # of the round
SURNAMES, GIVEN = "李王张刘陈周吴徐", "伟芳娜敏静丽强磊军勇艳杰娟涛霞"
ODD = "村民说路不平，。：；（）“”、—…+-=@'%&<>/*#0123456789abXY \n😀𠮷①㎡"

FORMS = ("visit", "dispute", "suggestion", "roster", "assignment", "decision")


@cache
def shipped_rules() -> Rules:
    return load_rules(shipped("schemas"))


@cache
def blank(form: str) -> bytes:
    rules = shipped_rules()
    return blank_forms.render(rules)[f"{rules.schemas[form].title}.xlsx"]


# -- what may be typed into a field, from its schema ------------------------------------------------------------------

names_of_people = st.builds("{}{}".format, st.sampled_from(SURNAMES), st.text(GIVEN, min_size=1, max_size=2))


def exactly(values: st.SearchStrategy[str]) -> st.SearchStrategy[Typed]:
    return values.map(lambda text: (text, text))


@st.composite
def several_people(draw: st.DrawFn) -> Typed:
    names = draw(st.lists(names_of_people, min_size=1, max_size=3, unique=True))
    return draw(st.sampled_from(["、", "，", "/", " ", "\n", "； "])).join(names), "、".join(names)


@st.composite
def telephones(draw: st.DrawFn) -> Typed:
    mobile = draw(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
    local = draw(st.from_regex(r"[2-8][0-9]{6}", fullmatch=True))
    ways: list[Typed] = [
        (mobile, mobile),
        (int(mobile), mobile),
        (f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}", mobile),
        (f"{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}", mobile),
        (f"0730-{local}", f"0730-{local}"),
        (f"0730{local}", f"0730-{local}"),
        (f"{mobile}、0730-{local}", f"{mobile}、0730-{local}"),
    ]
    return draw(st.sampled_from(ways))


def written(day: date) -> st.SearchStrategy[Typed]:
    """A day as a date cell, or in one of the spellings."""
    ways = [
        day,
        day.isoformat(),
        f"{day.year}-{day.month}-{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}/{day.month:02d}/{day.day:02d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
    ]
    return st.sampled_from(ways).map(lambda way: (way, day.isoformat()))


@st.composite
def texts(draw: st.DrawFn, longest: int) -> Typed:
    start = draw(st.text(ODD, max_size=3)) + draw(st.sampled_from("村路张"))
    text = (start + draw(st.text(ODD, max_size=10))).strip()
    text = text if says_something(text) else f"{text}不平"
    if draw(st.booleans()):
        text = (text * longest)[:longest]
    text = text.strip().lstrip("'’＇")  # a mark that shows that a text is one goes
    return text, re.sub(r" *\n", "\n", text)


def says_something(text: str) -> bool:
    """Not one of the words that mean nothing, the cell above, a total or a sample."""
    return not any(
        means(text) for means in (terms.is_blank, terms.is_none, terms.is_ditto, terms.is_sample, terms.is_total)
    )


@st.composite
def units(draw: st.DrawFn) -> Typed:
    name = draw(st.sampled_from(["人事股", "督导室", "华容县第一中学", "教育局（机关）"]))
    return draw(st.sampled_from([name, name.replace("（", "(").replace("）", ")")])), name


def legal(field: Field, rules: Rules) -> st.SearchStrategy[Typed]:
    """Any legal content of a cell of `field` (days and item numbers aside)."""
    limits, towns = field.constraints, rules.campaign.townships
    if field.type == "array":
        some = st.lists(st.sampled_from(limits.enum), min_size=1, unique=True)
        return some.map(lambda chosen: ("、".join(chosen), "、".join(c for c in limits.enum if c in chosen)))
    if limits.enum:
        meant = {choice: choice for choice in limits.enum} | field.value_aliases
        return st.sampled_from(sorted(meant.items()))
    if field.format == "township":
        short = {name.removesuffix("镇").removesuffix("乡"): name for name in towns.names}
        return st.sampled_from(sorted((short | {name: name for name in towns.names} | dict(towns.aliases)).items()))
    known: dict[str, Callable[[], st.SearchStrategy[Typed]]] = {
        "name": lambda: exactly(names_of_people),
        "names": several_people,
        "phone": telephones,
        "unit": units,
        "email": lambda: exactly(st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.com", fullmatch=True)),
    }
    return known[field.format]() if field.format in known else texts(limits.max_length or 50)


@st.composite
def lines(draw: st.DrawFn, schema: FormSchema, rules: Rules, person: str, number: int) -> dict[str, Typed]:
    """One legal row; `person` and `number` set it apart from the others."""
    fields = [field for field in schema.blank if not field.derived]
    days = [field for field in fields if field.type == "date"]
    span = (TODAY - FIRST_DAY).days
    drawn = sorted(draw(st.lists(st.integers(0, span), min_size=len(days), max_size=len(days))))
    row: dict[str, Typed] = {
        field.name: draw(written(FIRST_DAY + timedelta(offset))) for field, offset in zip(days, drawn, strict=True)
    }
    first_name = next(field.name for field in fields if field.format == "name")
    for field in fields:
        if field.name == first_name:
            row[field.name] = (person, person)
        elif field.name in ("item_no", "other_item_no"):
            row[field.name] = (f"23下矛{number:04d}",) * 2
        elif field.type != "date":
            row[field.name] = draw(legal(field, rules))
    optional = [field.name for field in fields if not field.constraints.required]
    left_out = draw(st.sets(st.sampled_from(optional)))
    return settled(schema, row, {name: value for name, value in row.items() if name not in left_out})


def settled(schema: FormSchema, drawn: Mapping[str, Typed], row: dict[str, Typed]) -> dict[str, Typed]:
    """The row made to keep the form's rules."""

    def bound(rule: Rule) -> bool:
        return all(name in row and row[name][1] in wanted for name, wanted in rule.when.items())

    for rule in schema.rules:
        if rule.rule == "contradicts" and bound(rule):
            row.pop(rule.field, None)
    for rule in schema.rules:
        if rule.rule == "all_or_none" and not all(name in row for name in rule.fields):
            row = {name: value for name, value in row.items() if name not in rule.fields}
    for rule in schema.rules:
        if rule.rule == "required_if" and bound(rule):
            row.setdefault(rule.field, drawn[rule.field])
    return row


@st.composite
def fillings(draw: st.DrawFn, form: str) -> list[dict[str, Typed]]:
    rules = shipped_rules()
    people = draw(st.lists(names_of_people, min_size=1, max_size=4, unique=True))
    return [draw(lines(rules.schemas[form], rules, person, n)) for n, person in enumerate(people, 1)]


# -- filled as a person fills ------------------------------------------------------------------------------------------


def opened(data: bytes) -> tuple[openpyxl.Workbook, Worksheet, int, dict[str, int]]:
    """A form: its book and sheet, its heading row and the column of each heading."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    top = next(row[0].row for row in sheet.iter_rows() if row[0].value == "序号")
    return book, sheet, top, {str(cell.value).rstrip("*"): cell.column for cell in sheet[top]}


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def filled(data: bytes, schema: FormSchema, rows: list[dict[str, Typed]]) -> bytes:
    """The form with `rows` typed under the sample."""
    book, sheet, top, columns = opened(data)
    unit = next(cell for row in sheet.iter_rows(max_row=top) for cell in row if str(cell.value).startswith("填报单位"))
    unit.value = "填报单位：人事股"
    for line, row in enumerate(rows, top + 2):
        for name, (typed, _) in row.items():
            cell = sheet.cell(line, columns[schema.by_name[name].title], typed)
            if isinstance(typed, str):
                cell.data_type = "s"  # the cells are text: what begins with = is no formula
    return saved(book)


def accepted_as_meant(form: str, rows: list[dict[str, Typed]]) -> None:
    rules = shipped_rules()
    schema = rules.schemas[form]
    found = examine_bytes(filled(blank(form), schema, rows), f"{schema.title}.xlsx", rules, TODAY)
    assert [(fault.code, fault.cell, fault.message) for fault in found.faults if fault.severity != INFO] == []
    (part,) = found.parts
    assert (part.form, part.unit) == (form, "人事股")
    wanted = [{name: meant for name, (_, meant) in row.items()} for row in rows]
    assert [row.values for row in part.rows] == wanted


@pytest.mark.parametrize("form", FORMS)
def test_a_form_filled_with_any_legal_values_is_accepted_without_a_fault(form: str) -> None:
    @settings(max_examples=8)
    @given(fillings(form))
    def check(rows: list[dict[str, Typed]]) -> None:
        accepted_as_meant(form, rows)

    check()


# -- prefilled ---------------------------------------------------------------------------------------------------------

ROSTER = "| 姓名 | 单位 | 职务 | 角色 |\n| 李明 | 人事股 | 股长 | 股室负责人 |\n| 王芳 | 督导室 | 主任 | 股室负责人 |"
ASSIGNMENTS = """
| 轮次 | 走访对象 | 对象类别 | 乡镇 | 村(社区)组 | 联系电话 | 走访干部 |
| 下半年 | 张三 | 其他 | 章华镇 | 沙口村1组 | 13812345678 | 李明 |
| 下半年 | 李四 | 其他 | 章华镇 | 沙口村2组 | 13812345679 | 李明、王芳 |
| 下半年 | 王五 | 人大代表 | 操军镇 | 磨盘村 | | 李明 |
"""
VISITED = """
| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 村(社区)组 | 联系电话 | 矛盾纠纷 |
| 2023-09-20 | 李明 | 张三 | 其他 | 沙口村1组 | 13812345678 | 与邻居争排水沟 |
"""
FORM = "走访登记表.xlsx"


@pytest.fixture
def busy(office: Office) -> Office:
    """An office with a roster, assignments and one visit that opened a dispute."""
    office.drop("花名册.xlsx", workbook(ROSTER))
    office.drop("任务分解表.xlsx", workbook(ASSIGNMENTS, unit="办公室"))
    office.take(f"人事股/{FORM}", workbook(VISITED, unit="人事股"))
    return office


def own_forms(office: Office) -> dict[str, bytes]:
    """The prefilled forms of 人事股 by title."""
    made = blank_forms.render(shipped_rules(), office.frames(), TODAY)
    return {path.split("/")[1]: data for path, data in made.items() if path.startswith("人事股/")}


def heard(office: Office) -> list[tuple[str, str]]:
    """What the last delivery was told beyond plain information, and about households not yet visited."""
    last = office.submissions()[-1]
    assert last.verdict == ACCEPTED
    return [(f.code, f.message) for f in last.faults if f.severity != INFO or f.code == "S13"]


@pytest.mark.parametrize("title", [FORM, "矛盾纠纷事项办理表.xlsx"])
def test_a_prefilled_form_handed_back_untouched_changes_nothing(busy: Office, title: str) -> None:
    before = (busy.frames().visits.drop(columns=["submission_id", "row_no", "sheet"]), busy.items("item_no", "status"))
    summary = busy.take(f"人事股/{title}", own_forms(busy)[title])
    effect = busy.fold().effects[busy.submissions()[-1].submission_id]
    assert (summary.faults, effect.withdrawn, effect.opened, effect.updated) == (0, [], [], [])
    after = (busy.frames().visits.drop(columns=["submission_id", "row_no", "sheet"]), busy.items("item_no", "status"))
    assert len(after[0]) == 1 and after[1] == before[1]
    assert list(after[0]["household"]) == list(before[0]["household"]) == ["张三"]


def test_households_not_yet_visited_come_back_empty_and_are_named_not_returned(busy: Office) -> None:
    busy.take(f"人事股/{FORM}", own_forms(busy)[FORM])
    ((code, message),) = heard(busy)
    _, _, top, _ = opened(own_forms(busy)[FORM])
    assert code == "S13" and f"第{top + 3}、{top + 4}行，共2户" in message


def test_assignments_of_the_same_drop_are_known_when_the_form_is_judged(office: Office) -> None:
    office.drop("花名册.xlsx", workbook(ROSTER))
    office.drop("任务分解表.xlsx", workbook(ASSIGNMENTS, unit="办公室"))
    waiting = VISITED.strip() + "\n| | 李明 | 王五 | 人大代表 | 磨盘村 | | |"
    office.take(FORM, workbook(waiting, unit="人事股"))
    assert [code for code, _ in heard(office)] == ["S13"]


def test_the_waiting_rows_of_a_prefilled_form_can_be_filled_and_nothing_counts_twice(busy: Office) -> None:
    book, sheet, top, columns = opened(own_forms(busy)[FORM])
    sheet.cell(top + 3, columns["走访日期"], date(2023, 9, 26))
    sheet.cell(top + 3, columns["意见建议"], "建议硬化通学路")
    busy.take(f"人事股/{FORM}", saved(book))
    ((code, message),) = heard(busy)
    assert code == "S13" and f"第{top + 4}行，共1户" in message
    visits = busy.frames().visits
    assert list(zip(visits["household"], visits["cadres"], strict=True)) == [("张三", "李明"), ("李四", "李明、王芳")]
    assert [kind for kind, _ in busy.items("kind", "item_no")] == ["dispute", "suggestion"]


def test_an_open_item_is_mended_in_its_own_row_by_its_number(busy: Office) -> None:
    title = "矛盾纠纷事项办理表.xlsx"
    book, sheet, top, columns = opened(own_forms(busy)[title])
    number = sheet.cell(top + 2, columns["编号"]).value
    told = {
        "纠纷类别": "邻里关系",
        "办理状态": "已化解",
        "办结日期": date(2023, 10, 10),
        "化解情况": "双方签订调解协议",
    }
    for heading, value in told.items():
        sheet.cell(top + 2, columns[heading], value)
    busy.take(f"人事股/{title}", saved(book))
    assert heard(busy) == []
    assert busy.items("item_no", "status") == [(number, "已化解")]
