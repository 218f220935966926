"""A second opinion: what the program reads with one reader, another reads the same, cell by cell, in real workbooks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dazoufang.reading import xls, xlsx
from dazoufang.reading.books import read_books
from dazoufang.reading.file_kinds import FileKind, sniff, workbook_stream
from dazoufang.reading.sheet import Sheet
from dazoufang.reading.two_readers import settled
from dazoufang.reading.xls_scan import scan_xls
from dazoufang.system.children import Engine

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def kinds(sheets: list[list[list[object]]]) -> list[list[list[tuple[type, object]]]]:
    return [[[(type(value), value) for value in row] for row in rows] for rows in sheets]


def differing(path: Path) -> tuple[int, list[str]]:
    """How many cells of a workbook both readers read, and the sheets in which they differ."""
    data = path.read_bytes()
    try:
        kind = sniff(data)
        pairs = list(_xls(data) if kind is FileKind.XLS else _xlsx(data, path.name) if kind is FileKind.XLSX else ())
    except Exception:  # what cannot be read at all is the matter of other tests
        return 0, []
    cells, found = 0, []
    for sure, quick in pairs:
        if sure.fault or quick.fault:
            continue
        cells += sum(value is not None for row in sure.rows for value in row)
        if kinds([settled(sure.rows, quick.rows)]) != kinds([[list(row) for row in sure.rows]]):
            found.append(f"{path.name}: {sure.name}")
    return cells, found


def _xls(data: bytes) -> Iterator[tuple[Sheet, Sheet]]:
    scanned, _ = scan_xls(workbook_stream(data))
    sure = xls.read_xls_with_xlrd(data)
    if sum(found.laid_out for found in scanned) <= xls.MAX_COMPARED and (
        quick := xls._read_with_calamine(data, scanned)
    ):
        yield from zip(sure, quick, strict=True)


def _xlsx(data: bytes, name: str) -> Iterator[tuple[Sheet, Sheet]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xlsx, "is_plain", lambda _: False)
        exact = read_books(data, name)[0].sheets
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xlsx, "is_plain", lambda _: True)
        fast = read_books(data, name)[0].sheets
    yield from zip(exact, fast, strict=True)


def counted(folder: Path) -> tuple[int, list[str]]:
    with Engine(workers=2, memory_mb=1024, seconds=20) as engine:
        answers = [answer for answer in engine.map(differing, files(folder)) if isinstance(answer, tuple)]
    return sum(cells for cells, _ in answers), [line for _, found in answers for line in found]


def test_two_readers_agree_on_every_cell_of_the_example() -> None:
    cells, found = counted(ROOT / "examples" / "inbox")
    assert found == []
    assert cells > 2_000


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus lies beside this checkout only")
def test_two_readers_agree_on_every_cell_of_the_strange_workbooks() -> None:
    cells, found = counted(CORPUS)
    assert found == []
    assert cells > 15_000
