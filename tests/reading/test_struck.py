"""Crossed-out cells: the reader says which, and a crossed-out cell of a row that counts is never silently used."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from conftest import TODAY, Office
from dressed import HEAD, KINDS, Crossed, Half, dressed, name_of, visit, visits

from dazoufang.judging.examine import Examined, examine_bytes
from dazoufang.model.faults import INFO
from dazoufang.reading.books import read_books
from dazoufang.reading.sheet import HalfStruck
from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation

RUNS = ("xlsx", "openpyxl", "ods")  # file types in which a part of a text is read as crossed out


def judged(rules: Rules, kind: str, *lines: Any) -> Examined:
    return examine_bytes(dressed(visits(*lines), kind), name_of(kind), rules, TODAY)


def marks(found: Examined) -> list[tuple[str, str, str]]:
    return [(fault.code, fault.severity, fault.cell) for fault in found.faults if fault.severity != INFO]


@pytest.mark.parametrize("kind", KINDS)
def test_the_reader_says_which_cells_are_crossed_out(kind: str) -> None:
    lines = [["甲", Crossed("乙"), None], [Crossed(5), Crossed(date(2023, 9, 20)), "丙"], ["丁", None, Crossed("戊")]]
    book = read_books(dressed(lines, kind), name_of(kind))[0]
    assert book.sheets[0].rows == [["甲", "乙"], [5, date(2023, 9, 20), "丙"], ["丁", None, "戊"]]
    assert book.sheets[0].struck == {(0, 1), (1, 0), (1, 1), (2, 2)}


@pytest.mark.parametrize("kind", KINDS)
def test_in_a_sheet_without_crossed_out_cells_there_are_none(kind: str) -> None:
    assert read_books(dressed(visits(visit()), kind), name_of(kind))[0].sheets[0].struck == frozenset()


@pytest.mark.parametrize("kind", RUNS)
def test_a_text_of_which_a_part_is_crossed_out_is_neither_all_of_it_nor_what_is_left(kind: str) -> None:
    cell = read_books(dressed([["甲", Half("张三", "李四")]], kind), name_of(kind))[0].sheets[0].rows[0][1]
    assert isinstance(cell, HalfStruck)
    assert (cell.first, cell.second) == ("张三李四", "李四")


@pytest.mark.parametrize("kind", KINDS)
def test_a_crossed_out_cell_that_the_row_needs_is_an_error(rules: Rules, kind: str) -> None:
    for heading, cell in (("走访对象", "C2"), ("走访干部", "B2"), ("对象类别", "D2")):
        typed = visit()[HEAD.index(heading)]
        found = judged(rules, kind, visit(**{heading: Crossed(typed)}), visit(走访对象="王五"))
        assert marks(found) == [("C23", "error", cell)]
        assert [row.held for row in found.parts[0].rows] == [True, False]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("heading", "typed", "field", "cell"),
    [
        ("意见建议", "建议修路", "suggestion", "I2"),
        ("联系电话", 13812345678, "phone", "G2"),
        ("村组", "旧村1组", "village", "F2"),
    ],
)
def test_any_other_crossed_out_cell_is_empty_and_said(
    rules: Rules, kind: str, heading: str, typed: Any, field: str, cell: str
) -> None:
    found = judged(rules, kind, visit(**{heading: Crossed(typed)}))
    assert marks(found) == [("C23", "warning", cell)]
    row = found.parts[0].rows[0]
    assert (row.held, field in row.values) == (False, False)


@pytest.mark.parametrize("kind", RUNS)
def test_a_half_crossed_out_cell_is_asked(rules: Rules, kind: str) -> None:
    for heading, cell in (("走访对象", "C2"), ("意见建议", "I2"), ("村组", "F2")):
        found = judged(rules, kind, visit(**{heading: Half("张三", "李四")}))
        assert marks(found) == [("C23", "error", cell)]
        assert found.faults[0].message.endswith("填的是“张三李四”，有一部分划了删除线，划掉以后是“李四”")


def test_nothing_crossed_out_reaches_the_annex(office: Office) -> None:
    line = visit(意见建议=Crossed("建议修路"), 矛盾纠纷=Crossed("争水"), 备注="已核")
    office.take("工会/登记.xlsx", dressed(visits(line), "xlsx"))
    frames = office.frames()
    assert (len(frames.visits), len(frames.items), list(frames.visits["remark"])) == (1, 0, ["已核"])


def test_what_stands_under_a_crossed_out_cell_as_the_same_is_asked(rules: Rules) -> None:
    lines = visit(乡镇=Crossed("章华镇")), visit(走访对象="王五", 乡镇="同上")
    assert marks(judged(rules, "xlsx", *lines)) == [("C23", "warning", "E2"), ("C19", "error", "E3")]


def test_rules_of_an_older_program_know_no_crossing_out(rules: Rules) -> None:
    older = replace(rules, generation=Generation.AUDIENCES)
    found = judged(older, "xlsx", visit(走访对象=Crossed("张三"), 意见建议=Half("修路", "装灯")))
    assert (marks(found), found.parts[0].rows[0].values["suggestion"]) == ([], "修路装灯")
