"""What becomes of areas and formulas when rows come in between."""

from __future__ import annotations

import pytest

from dazoufang.writing.own_templates.shifting import Growth, copied, moved, named, one_column

THREE_MORE = Growth(5, 6, 5)  # rows 6 and 7 (from 1) become 6 to 10


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("SUM(D6:D7)", "SUM(D6:D10)"),
        ("SUM(D5:D8)", "SUM(D5:D11)"),
        ("SUM($D$6:$D$7)/D9", "SUM($D$6:$D$10)/D12"),
        ("D3+D8*2", "D3+D11*2"),
        ('COUNTIF(A:A,"D8")', 'COUNTIF(A:A,"D8")'),
        ('"见D8"&D8', '"见D8"&D11'),
        ("LOG10(D8)", "LOG10(D11)"),
        ("'别的 表'!D8+本表!D8", "'别的 表'!D8+本表!D11"),
        ("别表!D8", "别表!D8"),
        ("SUM(8:9)", "SUM(11:12)"),
        ("名称D8+D8", "名称D8+D11"),
    ],
)
def test_what_stands_below_moves_and_areas_over_the_rows_grow(before: str, after: str) -> None:
    assert moved(before, {"本表": THREE_MORE}, "本表") == after


def test_a_formula_on_another_sheet_goes_along_by_name_alone() -> None:
    assert moved("本表!D8+D8", {"本表": THREE_MORE}, "别表") == "本表!D11+D8"


def test_one_cell_among_the_samples_is_all_rows_where_that_is_meant() -> None:
    assert moved("SUM(D6)", {"本表": THREE_MORE}, "本表", grows=True) == "SUM(D6:D10)"
    assert moved("SUM(D6)", {"本表": THREE_MORE}, "本表") == "SUM(D6)"
    assert THREE_MORE.ref("B6 C6:C7 D8") == "B6:B10 C6:C10 D11"


def test_fewer_rows_move_things_up() -> None:
    assert moved("SUM(D6:D15)+D16", {"": Growth(5, 14, 1)}, "") == "SUM(D6:D6)+D7"


@pytest.mark.parametrize(
    ("before", "after"),
    [("E6/D6", "E9/D9"), ("E$6/$D6", "E$6/$D9"), ("ROW()-5", "ROW()-5"), ('IF(A6="A6",1,0)', 'IF(A9="A6",1,0)')],
)
def test_a_formula_of_the_sample_is_copied_down(before: str, after: str) -> None:
    assert copied(before, 3) == after


def test_sums_of_one_column_are_known() -> None:
    assert one_column("SUM(D6:D14)") == ("SUM", 3, 5, 13)
    assert one_column("=SUBTOTAL(9,$D$6:$D$14)") == ("9", 3, 5, 13)
    assert one_column("COUNTA(B6)") == ("COUNTA", 1, 5, 5)
    assert one_column("SUM(D6:E14)") is None and one_column("SUM(D6:D14)+1") is None and one_column("E8/D8") is None
    assert named((4, 0, 4, 3)) == "A5:D5" and named((4, 0, 4, 0)) == "A5"
