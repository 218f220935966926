"""The 145 strange public workbooks: each gets a true answer, within the limits, and none loses a cell in silence."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from dazoufang.reading.books import read_books
from dazoufang.reading.sheet import Book, CellError, Sheet
from dazoufang.system.child_limits import Failure
from dazoufang.system.children import Engine

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus lies beside this checkout only")


def read(path: Path) -> list[Book]:
    return read_books(path.read_bytes(), path.name)


def entries() -> Iterator[dict[str, str]]:
    if CORPUS.is_dir():
        with (CORPUS / "manifest.tsv").open(encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


@cache
def answers() -> dict[str, list[Book] | Failure]:
    """Every file of the corpus through the engine, once."""
    names = [entry["file"] for entry in entries()]
    with Engine(workers=2, memory_mb=1024, seconds=20) as engine:
        return dict(zip(names, engine.map(read, [CORPUS / name for name in names]), strict=True))


def of(kind: str) -> list[str]:
    return [entry["file"] for entry in entries() if entry["class"] == kind]


def book(name: str) -> Book:
    found = answers()[name]
    assert not isinstance(found, Failure), found
    assert len(found) == 1
    return found[0]


def sheets(name: str) -> list[Sheet]:
    found = book(name)
    assert found.fault is None, found.fault
    assert [sheet.fault for sheet in found.sheets if sheet.fault] == []
    return found.sheets


def values(name: str) -> list[object]:
    return [value for sheet in sheets(name) for row in sheet.rows for value in row if value is not None]


def refused(name: str) -> tuple[str, str]:
    fault = book(name).fault
    assert fault is not None, name
    return fault.code, fault.message


def test_every_file_is_answered_within_the_limits() -> None:
    found = answers()
    assert len(found) == 145
    assert {name: answer for name, answer in found.items() if isinstance(answer, Failure)} == {}


@pytest.mark.parametrize("name", of("encrypted"))
def test_an_encrypted_file_is_called_encrypted(name: str) -> None:
    assert refused(name)[0] == "F02"


@pytest.mark.parametrize("name", of("xml-bomb"))
def test_an_xml_bomb_is_refused_for_what_it_is(name: str) -> None:
    got, message = refused(name)
    assert got == "F04" and "XML炸弹" in message


@pytest.mark.parametrize("name", of("fewer-cells-calamine"))
def test_no_error_cell_reads_as_a_blank(name: str) -> None:
    entry = next(entry for entry in entries() if entry["file"] == name)
    expected = int(entry["observed"].partition("other ")[2].split(" ")[0])
    if name == "e67b578b-encoded_entities.xlsx":
        assert values(name) == ["&"]  # its other cell is a line break that the file does not ask to keep
    elif name == "3e6fb4bc-WrongFormulaRecordType.xls":
        assert len(values(name)) == expected  # rows that calamine loses; no error cell in it
    else:
        assert any(isinstance(value, CellError) for value in values(name))
        assert len(values(name)) >= expected


@pytest.mark.parametrize("name", of("truncated-ro"))
def test_a_wrong_dimension_hides_no_cell(name: str) -> None:
    entry = next(entry for entry in entries() if entry["file"] == name)
    expected = int(entry["observed"].partition(" of ")[2].split(" ")[0])
    assert len(values(name)) >= expected


@pytest.mark.parametrize("name", of("zero-sheets"))
def test_strict_ooxml_reads_with_its_cells(name: str) -> None:
    entry = next(entry for entry in entries() if entry["file"] == name)
    assert len(values(name)) == int(entry["observed"].partition("calamine ")[2].split(" ")[0])


@pytest.mark.parametrize("name", [*of("dense"), *of("hang-openpyxl")])
def test_a_used_range_that_is_mostly_empty_reads_with_just_its_cells(name: str) -> None:
    entry = next(entry for entry in entries() if entry["file"] == name)
    used = entry["observed"].partition("cells for ")[2].split(" ")[0]
    assert len(values(name)) == int(used or 1)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("4d59322d-utf16be.xlsx", 1),
        ("6fc31142-SheetsWithoutRelId.xlsx", 12),
        ("cb5c3060-BlankSheetTypes.xlsm", 0),
        ("e9ac8d56-xlmmacro.xlsm", 0),
        ("0531a898-wtf_path.xlsx", 34),
        ("17270be2-issue_530.xlsx", 30),
        ("1fd31113-pivot_table_named_range.xlsx", 172),
        ("3d6d1b95-tdf100709.xlsx", 78),
        ("58da5bba-shared-group-field.xlsx", 506),
        ("655b1003-minimal_package.xlsx", 5083),
        ("6ee5baa1-invalid-xml.xlsx", 2),
        ("836fdeff-issue.2494.xlsx", 745),
        ("8bf71a1c-InvalidColors.xlsx", 2),
        ("ab68aa99-EmptyFill.xlsx", 69),
        ("bb5acede-rootZipFiles.xlsx", 1),
        ("d7123e49-CalcChain.xlsx", 2),
        ("d94ca245-issue.2331c.xlsx", 1),
        ("0330a44b-sheet_with_all_cell_types.xlsx", 11),
        ("17f7edf9-apachepoi_ex42570-20305.xls.xlsb", 292),
        ("ad645571-any_sheets.xlsb", 7),
        ("cc23f9d0-apachepoi_47813.xlsx.xlsb", 2164),
        ("33570d24-too_small.xls", 1),
        ("943d84c1-non_zip.ods", 1),
        ("6353b700-CRLFR9_4.XLS", 4),
        ("ba3fa77d-CRLFX5_4.XLS", 4),
        ("e7d84ed9-CRLFX5_2.XLS", 4),
        ("b2357ebf-premiere.utf32bebom.csv", 6),
        ("f4e94c75-premiere.utf32le.csv", 6),
    ],
)
def test_what_one_reader_refuses_is_read_by_another(name: str, cells: int) -> None:
    assert len(values(name)) == cells


@pytest.mark.parametrize(
    ("name", "code", "reason"),
    [
        ("56f6e310-xlsx-corrupted.xlsx", "F04", ".rels 不是完整的XML"),
        ("a89d8116-duplicate-filename-case-insensitive.xlsx", "F04", "sheet1.xml"),
        (
            "150097f2-clusterfuzz-testcase-minimized-POIXSSFFuzzer-5937385319563264.xlsx",
            "F04",
            "sheet8.xml 解不开或校验不符",
        ),
        ("bde730d9-file_with_sheet_xml_not_matching_content_types.xlsx", "F04", "内容却不在文件中"),
        ("691e1f89-null_archive.xlsx", "F08", "空文件1个"),
        ("ccde1c6d-~$LoadPivotTables.xlsx", "F03", "二进制"),
    ],
)
def test_what_nobody_can_read_is_refused_with_the_reason(name: str, code: str, reason: str) -> None:
    got, message = refused(name)
    assert got == code and reason in message


def test_no_file_of_the_corpus_is_without_a_test() -> None:
    classes = {entry["class"] for entry in entries()}
    assert classes == {
        *("encrypted", "xml-bomb", "fewer-cells-calamine", "truncated-ro", "zero-sheets", "dense", "hang-openpyxl"),
        *("calamine-only-fails", "openpyxl-only-fails", "partial", "wrong-extension", "case-twins"),
    }
