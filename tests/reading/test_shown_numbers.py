"""A number that its format shows with words: the shown text is what the cell says, in every file type that has formats."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from conftest import TODAY, Office
from dressed import KINDS, Shown, dressed, name_of, visit, visits

from dazoufang.judging.examine import Examined, examine_bytes
from dazoufang.reading.books import read_books
from dazoufang.reading.number_formats import worded_format
from dazoufang.reading.sheet import Worded
from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation

FORMATS = [
    ('"沙口村"0"组"', 5, "沙口村5组"),
    ('0"口人"', 4, "4口人"),
    ("0组", 5, "5组"),
    ("0\\组", 5, "5组"),
    ('General"组"', 5.5, "5.5组"),
    ("000", 7, "007"),
    ("000", 1234, "1234"),
    ("0%", 0.5, "50%"),
    ("0.00%", 0.125, "12.50%"),
    ("#,##0元", 1200, "1,200元"),
    ("[$￥-804]#,##0.00", 1234567, "￥1,234,567.00"),
    ("000-0000-0000", 13812345678, "138-1234-5678"),
    ("0000-0000000", 7304123456, "0730-4123456"),
    ('0.0"亩"', 3, "3.0亩"),
    ('0.##"亩"', 3.1, "3.1亩"),
    ('0"年"00"月"00"日"', 20230920, "2023年09月20日"),
    ('"第"0"组";;', 5, "第5组"),
    ('0"组"_);(0"组")', -5, "(5组)"),
    ('[红色]0"组"', 5, "5组"),
    ('[DBNum1]0"组"', 5, "五组"),
    ('"沙口村"@', "5组", "沙口村5组"),
    ('0"号";;;@"号"', "甲", "甲号"),
    ('0"组"', 5.4, "5组"),
    ('"东""西"0', 5, "东西5"),
]


@pytest.mark.parametrize(("code", "value", "shown"), FORMATS)
def test_a_format_shows_a_value_with_its_words(code: str, value: Any, shown: str) -> None:
    found = worded_format(code)
    assert found is not None
    worded = found.shown(value)
    assert (type(worded), worded, worded.behind) == (Worded, shown, value)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "code",
    ["General", "0", "0.00", "#,##0", "#,##0.00_);[Red]\\(#,##0.00\\)", "0_ ", "@", "yyyy\\-mm\\-dd;@", 'm"月"d"日"',
     '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"_ ;_ @_ ', '0,"千"', '# ?/?"斤"', '0.00E+00"x"', '[>5]0"多";0"少"', "h:mm"],
)  # fmt: skip
def test_a_format_that_adds_no_words_or_is_not_certain_leaves_the_number(code: str) -> None:
    assert worded_format(code) is None


@pytest.mark.parametrize(
    ("code", "value"), [('"第"0"组";;', 0), ('"第"0"组";;', -1), ('0"组"', True), ('0"组"', 10**16)]
)
def test_a_value_that_a_format_hides_or_cannot_show_stays_as_it_is(code: str, value: Any) -> None:
    found = worded_format(code)
    assert found is not None
    assert found.shown(value) is value


def test_a_shown_value_survives_the_way_between_processes() -> None:
    worded = pickle.loads(pickle.dumps(Worded("5组", 5)))  # noqa: S301
    assert (worded, worded.behind) == ("5组", 5)


def judged(rules: Rules, kind: str, *lines: Any) -> Examined:
    return examine_bytes(dressed(visits(*lines), kind), name_of(kind), rules, TODAY)


def cell(found: Examined, name: str) -> str:
    return found.parts[0].rows[0].values.get(name, "")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("heading", "typed", "field", "value", "repair"),
    [
        ("村组", Shown(5, '"沙口村"0"组"', "沙口村5组"), "village", "沙口村5组", ("5", "沙口村5组")),
        ("村组", Shown(7, '0"组"', "7组"), "village", "7组", ("7", "7组")),
        ("备注", Shown(7, "000", "007"), "remark", "007", ("7", "007")),
        (
            "意见建议",
            Shown(0.5, '"补贴只到位"0%', "补贴只到位50%"),
            "suggestion",
            "补贴只到位50%",
            ("0.5", "补贴只到位50%"),
        ),
        (
            "联系电话",
            Shown(7304123456, "0000-0000000", "0730-4123456"),
            "phone",
            "0730-4123456",
            ("7304123456", "0730-4123456"),
        ),
        ("走访日期", Shown(20, '"9月"0"日"', "9月20日"), "visited_on", "2023-09-20", ("20", "2023-09-20")),
        ("对象类别", Shown(1, '"人大代表";;', "人大代表"), "target_kind", "人大代表", ("1", "人大代表")),
    ],
)
def test_what_is_shown_is_what_the_row_says(
    rules: Rules, kind: str, heading: str, typed: Shown, field: str, value: str, repair: tuple[str, str]
) -> None:
    found = judged(rules, kind, visit(**{heading: typed}))
    assert (cell(found, field), [fault.code for fault in found.faults]) == (value, [])
    assert [
        (fixed.how, fixed.before, fixed.after) for fixed in found.repairs if fixed.row == 2 and fixed.how == "按显示"
    ] == [("按显示", *repair)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_telephone_and_a_day_keep_their_number(rules: Rules, kind: str) -> None:
    phone = Shown(13812345678, "000-0000-0000", "138-1234-5678")
    day = Shown(20230920, '0000"年"00"月"00"日"', "2023年09月20日")
    found = judged(rules, kind, visit(联系电话=phone, 走访日期=day))
    assert (cell(found, "phone"), cell(found, "visited_on"), found.faults) == ("13812345678", "2023-09-20", [])


@pytest.mark.parametrize("kind", KINDS)
def test_a_number_whose_format_adds_nothing_is_the_number(rules: Rules, kind: str) -> None:
    found = judged(rules, kind, visit(村组=Shown(5, "0", "5"), 备注=Shown(1200, "#,##0.00", "1,200.00")))
    assert (cell(found, "village"), cell(found, "remark")) == ("5", "1200")
    assert not [fixed for fixed in found.repairs if fixed.how == "按显示"]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "ods"])  # which has a type of its own for days
def test_a_date_format_with_words_is_a_day_and_no_text(kind: str) -> None:
    book = read_books(dressed([[Shown(45189, 'yyyy"年"m"月"d"日"', "")]], kind), name_of(kind))[0]
    assert book.sheets[0].rows == [[date(2023, 9, 20)]]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_the_shown_text_reaches_the_annex(office: Office, kind: str) -> None:
    line = visit(村组=Shown(5, '"沙口村"0"组"', "沙口村5组"))
    office.take(f"工会/{name_of(kind)}", dressed(visits(line), kind))
    assert list(office.frames().visits["village"]) == ["沙口村5组"]


def test_rules_of_an_older_program_take_the_stored_number(rules: Rules) -> None:
    older = replace(rules, generation=Generation.AUDIENCES)
    found = judged(older, "xlsx", visit(村组=Shown(5, '"沙口村"0"组"', "沙口村5组")))
    assert cell(found, "village") == "5"
