"""The workbook that lists the faults: sent instead of a returned copy where the unit's own cannot be marked."""

from __future__ import annotations

import io
import zipfile

import pandas as pd

from dazoufang.model.faults import SEVERITY_NAMES
from dazoufang.model.submission import Submission
from dazoufang.writing.answers.causes import ordered
from dazoufang.writing.answers.names import answer_names
from dazoufang.writing.sheets import page
from dazoufang.writing.sheets.book import Book
from dazoufang.writing.sheets.columns import Column, SheetSpec
from dazoufang.writing.zip_headers import same_everywhere

_COLUMNS = (
    Column("serial", "序号", 6, "serial"),
    Column("member", "文件", 16),
    Column("sheet", "工作表", 14),
    Column("cell", "单元格", 9),
    Column("column", "列", 14),
    Column("value", "填的内容", 20),
    Column("message", "问题", 44),
    Column("remedy", "怎么改", 36),
    Column("severity", "轻重", 9),
)


def fault_list(submission: Submission) -> bytes:
    """One sheet 需修改 with every fault of the submission; in a zip where the copy would have been one."""
    rows = pd.DataFrame(
        [
            {
                "serial": None,
                **{column.key: getattr(fault, column.key) for column in _COLUMNS[1:-1]},
                "severity": SEVERITY_NAMES[fault.severity],
            }
            for fault in ordered(submission.faults, submission.parts)
        ],
        columns=[column.key for column in _COLUMNS],
    )
    spec = SheetSpec("需修改", f"{submission.name} 需修改之处", _COLUMNS, rows)
    book = page.workbook(Book((spec,), submission.received_on))
    name = answer_names(submission)[1]
    if not name.endswith(".zip"):
        return book
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("需修改.xlsx"), book)
    return same_everywhere(stream.getvalue())
