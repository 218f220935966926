"""What the answers to a delivered file are called."""

from __future__ import annotations

import posixpath
from typing import Final
from urllib.parse import quote

from dazoufang.judging.sender import NOT_THEIR_FORM
from dazoufang.model.submission import Submission

LONGEST: Final = 255  # bytes; what Linux shares allow. Windows counts 255 UTF-16 units, which is never less room


def answer_names(submission: Submission) -> tuple[str, str]:
    """File names of the receipt and of the returned copy.

    Both begin with the delivered file's own name with its extension (law 1), cut on a character border where the whole
    would not fit 255 bytes of UTF-8. A zip comes back as a zip, all else as .xlsx: also what was an .xlsm, without macros.
    """
    number = f"{submission.submission_id:04d}"
    kind = ".zip" if _is_zip(submission) else ".xlsx"
    return _fitted(submission.name, f" 回执{number}.html"), _fitted(submission.name, f" 需修改{number}{kind}")


def rows_name(submission: Submission) -> str:
    """File name of the small workbook with the wrong rows alone; it adds to what it is named after (`files.whole_of`)."""
    return _fitted(submission.name, f" 错行{submission.submission_id:04d}.xlsx")


def link(here: str, there: str) -> str:
    """The link from one published file to another, both by their paths in the outbox; it holds wherever the outbox stands,
    as long as both lie in it. "" where a name holds what is no text."""
    try:
        return quote(posixpath.relpath(there, posixpath.dirname(here)))
    except UnicodeEncodeError:
        return ""


def has_copy(submission: Submission) -> bool:
    """Whether a returned copy is due: some error lies in a sheet, and its sender can mend it there. All else is written
    in the receipt alone."""
    return any(fault.sheet and fault.code != NOT_THEIR_FORM for fault in submission.errors)


def _is_zip(submission: Submission) -> bool:
    """By what was found inside rather than by the extension, which may be wrong."""
    members = [part.member for part in submission.parts] + [fault.member for fault in submission.faults]
    return any(members) if members else submission.name.lower().endswith(".zip")


def _fitted(name: str, ending: str) -> str:
    """`name`, cut where it must be, and `ending`: at most `LONGEST` bytes."""
    room = LONGEST - len(ending.encode())
    # "surrogatepass": names from a share may hold bytes that are no UTF-8; they must not stop the answer.
    while len(name.encode("utf-8", "surrogatepass")) > room:
        name = name[:-1]
    return name + ending
