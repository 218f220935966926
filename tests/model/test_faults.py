"""The catalogue of faults is closed and whole: every code has all its words, and the code passes what they ask for."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from string import Formatter

import pytest

import dazoufang
from dazoufang.model import faults
from dazoufang.model.fault_catalogue import BrokenCatalogue, read
from dazoufang.model.faults import CATALOGUE, ERROR, INFO, WARNING, FaultKind
from dazoufang.rules.schema import FormSchema

PACKAGE = Path(dazoufang.__file__).parent
ALWAYS = {"sheet", "cell", "row", "column", "value", "where"}
OPTIONAL = {"hint", "like", "mend"}  # a message reads well without them
MAKERS = {"make", "fault", "Converted", "Unreadable", "_Unclear", "_at", "_Reading", "Unfit"}
CODE = re.compile(r"[FSCR]\d\d")
KINDS = list(CATALOGUE.values())


def names(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def calls() -> Iterator[tuple[str, str, set[str]]]:
    """Every call that makes a fault: where, its code, and the details given by name."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            maker = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = [*node.args, *(word.value for word in node.keywords if word.arg in ("code", "fault"))]
            codes = [arg.value for arg in given if isinstance(arg, ast.Constant) and CODE.fullmatch(str(arg.value))]
            if maker in MAKERS and codes:
                details = {word.arg for word in node.keywords if word.arg}
                positional = len(node.args) > 1 and maker in ("Unreadable", "_Unclear")
                more = {"what"} if positional or maker == "_Unclear" else set()
                if any(word.arg is None or word.arg == "details" for word in node.keywords):
                    more |= {"*"}
                yield f"{file.relative_to(PACKAGE)}:{node.lineno}", codes[0], details | more


def constants() -> Iterator[tuple[str, str]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        if file.name != "fault_catalogue.py":
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                    yield f"{file.relative_to(PACKAGE)}:{node.lineno}", node.value


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_code_has_all_its_words(kind: FaultKind) -> None:
    assert CATALOGUE[kind.code] is kind
    assert CODE.fullmatch(kind.code)
    assert kind.severity in (ERROR, WARNING, INFO)
    texts = (kind.title, kind.message, kind.remedy, kind.meaning, kind.before, kind.after)
    assert all(text.strip() for text in texts)
    assert not any(text.endswith(("。", "，", " ")) for text in (*texts, kind.office))
    assert len(kind.title) <= 14


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_text_can_be_filled(kind: FaultKind) -> None:
    wanted = (names(kind.message) | names(kind.remedy)) - ALWAYS
    fault = faults.make(kind.code, sheet="表", cell="A1", row=1, column="列", value="值", **dict.fromkeys(wanted, "某"))
    assert "{" not in fault.message + fault.remedy
    assert not wanted or "某" in fault.message + fault.remedy


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_sample_fills_all_that_its_words_ask_for(kind: FaultKind) -> None:
    assert (names(kind.message) | names(kind.remedy)) - {"where"} - OPTIONAL <= kind.sample.keys()
    assert set(kind.sample) <= ALWAYS | names(kind.message) | names(kind.remedy)


def test_titles_are_distinct() -> None:
    assert len({kind.title for kind in KINDS}) == len(KINDS)


def test_every_code_that_the_program_speaks_of_is_in_the_catalogue() -> None:
    assert [place for place, code in constants() if code not in CATALOGUE] == []


def test_every_call_gives_what_the_words_of_its_code_ask_for() -> None:
    found = list(calls())
    assert len(found) > 60
    lacking = defaultdict(set)
    for place, code, given in found:
        asked = (names(CATALOGUE[code].message) | names(CATALOGUE[code].remedy)) - ALWAYS - OPTIONAL
        if "*" not in given and asked - given:
            lacking[f"{place} {code}"] |= asked - given
    assert dict(lacking) == {}


def test_the_codes_that_rules_name_exist(rules: object) -> None:
    schemas: dict[str, FormSchema] = rules.schemas  # type: ignore[attr-defined]
    assert {rule.code for schema in schemas.values() for rule in schema.rules} - {""} <= CATALOGUE.keys()


def test_an_unknown_code_is_a_mistake_of_ours() -> None:
    with pytest.raises(faults.UnknownFaultCode, match="C99"):
        faults.make("C99")


def test_a_fault_says_where_what_and_the_mend() -> None:
    fault = faults.make("C02", sheet="走访登记", cell="D5", row=5, column="走访日期", value="上周三")
    assert fault.message == "「走访登记」表 D5（第5行·走访日期）填的是“上周三”，看不出是哪一天"
    assert (fault.severity, fault.value, fault.member) == (ERROR, "上周三", "")


def test_a_forms_own_words_and_severity_replace_the_catalogues() -> None:
    fault = faults.make(
        "C02", cell="A1", column="列", value="x", severity=WARNING, message="{column}{value}{nobody}", remedy="改{cell}"
    )
    assert (fault.severity, fault.message, fault.remedy) == (WARNING, "列x", "改A1")


def test_braces_that_people_type_are_text() -> None:
    assert "“{row}{x”" in faults.make("C02", cell="A1", value="{row}{x").message


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (None, ""),
        (5, "5"),
        (0, "0"),
        ("张三", "张三"),
        ("甲\n乙", "甲〔换行〕乙"),
        ("甲\r\n乙\r丙", "甲〔换行〕乙〔换行〕丙"),
        ("甲\n\n乙", "甲〔2个换行〕乙"),
        ("甲\t乙", "甲〔制表符〕乙"),
        ("张\u3000三", "张〔全角空格〕三"),
        ("张\u00a0三", "张〔不换行空格〕三"),
        ("张\u200b三", "张〔看不见的字符〕三"),
        ("张 三", "张 三"),
        ("张  三", "张〔2个空格〕三"),
        (" 张三 ", "〔空格〕张三〔空格〕"),
        ("   ", "〔3个空格〕"),
        ("１３８", "１３８"),
        ("买买提·艾力", "买买提·艾力"),
        (date(2023, 9, 20), "2023-9-20"),
        (datetime(2023, 9, 20, 14, 5), "2023-9-20 14:05"),
        (time(8, 30), "8:30"),
        (time(8, 30, 5), "8:30:05"),
        (True, "TRUE"),
        (3.0, "3"),
        (3.1, "3.1"),
        ("走" * 60, "走" * 60),
        ("走" * 61, "走" * 57 + "…"),
    ],
)
def test_what_was_typed_is_shown_with_its_blanks(typed: object, shown: str) -> None:
    assert faults.visible(typed) == shown


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (("表", "D5", 5, "列"), "「表」表 D5（第5行·列）"),
        (("表", "D5", 0, ""), "「表」表 D5"),
        (("", "D5", 0, "列"), "D5（列）"),
    ],
)
def test_a_place_is_named_as_excel_shows_it(place: tuple[str, str, int, str], words: str) -> None:
    assert faults.where(*place) == words


@pytest.mark.parametrize(("year", "words"), [(2023, "9月20日"), (2024, "2023年9月20日"), (None, "2023年9月20日")])
def test_a_day_is_said_as_people_write_it(year: int | None, words: str) -> None:
    assert faults.day_words(date(2023, 9, 20), year) == words


WHOLE = """\
C01:
  severity: error
  title: 未填
  message: "{where}没有填"
  remedy: 请填上
  meaning: 每行都要有
  before: 空着
  after: 张三
  sample: {row: 5}
"""


def test_a_catalogue_is_read_with_its_keys() -> None:
    kind = read(WHOLE)["C01"]
    assert (kind.code, kind.severity, kind.message, kind.office) == ("C01", "error", "{where}没有填", "")
    assert dict(kind.sample) == {"row": 5}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WHOLE.replace("  title: 未填\n", ""), "C01: unknown or missing: title"),
        (WHOLE.replace("meaning:", "meanings:"), "C01: unknown or missing: meaning, meanings"),
        (WHOLE + "  after: 李四\n", "line 10: after stands twice"),
        (WHOLE + WHOLE, "line 10: C01 stands twice"),
        (WHOLE.replace("空着", "3.1"), "C01: not text: before"),
        (WHOLE.replace("severity: error", "severity: serious"), "C01: no severity: serious"),
    ],
)
def test_a_catalogue_that_is_not_whole_is_refused(text: str, said: str) -> None:
    with pytest.raises(BrokenCatalogue, match=f"^{said}$"):
        read(text)
