"""The returned copy: the unit's own workbook with the wrong cells marked and the mend written beside them."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from datetime import date

from dazoufang.model.submission import Submission
from dazoufang.reading.books import member_name, read_books
from dazoufang.reading.sheet import Book
from dazoufang.rules.campaign import Rules
from dazoufang.writing.answers.fresh_copy import laundered
from dazoufang.writing.answers.marks import Plan, faulty, plan
from dazoufang.writing.answers.patch import patched
from dazoufang.writing.answers.wrong_rows import only_wrong_rows
from dazoufang.writing.answers.xml_bytes import Unfamiliar
from dazoufang.writing.sheets import values
from dazoufang.writing.zip_headers import same_everywhere


def returned_copy(submission: Submission, original: bytes, rules: Rules, receipt: str = "") -> bytes | None:
    """The delivered workbook with its wrong cells marked; of a zip, a zip of its faulty workbooks.

    None when there is nothing to mark: no error or warning lies in a workbook that could be read. `original` is what
    was delivered, byte for byte; `receipt` is the link to the receipt, which leads nowhere from within a zip. The result is a pure function of the arguments. Foreign bytes are read here: call it
    where a hang or an abort of the reader does no harm.
    """
    members = faulty(submission)
    if not members:
        return None
    if members == [""]:
        return _marked(original, submission.name, plan(submission, "", rules, receipt), submission.received_on)
    contents = _contents(original, members)
    copies: dict[str, bytes] = {}
    for member in members:
        name = _free_name(member, copies)
        wanted = plan(submission, member, rules)
        if member in contents:
            copy = _marked(contents[member], member, wanted, submission.received_on)
        else:
            copy = _from_values(_book(original, submission.name, member), wanted, submission.received_on)
        if copy is not None:
            copies[name] = copy
    return _packed(copies, submission.received_on) if copies else None


def small_copy(submission: Submission, original: bytes, rules: Rules, receipt: str = "") -> bytes | None:
    """The small workbook of the wrong rows of what `can_stand_alone`, marked; None where it could not be read again."""
    book = _book(original, submission.name, "")
    sheets = {sheet.name: sheet for sheet in book.sheets} if book else {}
    if not {row.sheet for part in submission.parts for row in part.rows} <= set(sheets):
        return None
    alone, rows = only_wrong_rows(submission, sheets)
    return _from_values(Book("", rows), plan(alone, "", rules, receipt, alone=True), submission.received_on)


def _marked(data: bytes, name: str, wanted: Plan, day: date) -> bytes | None:
    """One workbook, marked in the way that keeps most of it."""
    if data.startswith(b"PK"):
        try:
            return patched(data, wanted, day)
        except Unfamiliar:
            pass
        clean = laundered(data, day)
        if clean is not None:
            try:
                return patched(clean, wanted, day)
            except Unfamiliar:
                pass
    return _from_values(_book(data, name, ""), wanted, day)


def _from_values(book: Book | None, wanted: Plan, day: date) -> bytes | None:
    """A new workbook of the values read, marked; None where nothing could be read."""
    if book is None or not book.sheets:
        return None
    made, names = values.of_values(book.sheets, day)
    try:
        return patched(made, wanted.renamed(names), day)
    except Unfamiliar:  # more styles or cells than a workbook may have
        return None


def _book(data: bytes, name: str, member: str) -> Book | None:
    return next((book for book in read_books(data, name) if book.member == member), None)


# -- zip -----------------------------------------------------------------------------------------------------


def _contents(data: bytes, members: list[str]) -> dict[str, bytes]:
    """The wanted members of a zip, as far as a name says for certain which one is meant."""
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [(member_name(info), info) for info in archive.infolist() if not info.is_dir()]
        for name, info in names:
            if name in members and sum(listed == name for listed, _ in names) == 1:
                try:
                    found[name] = archive.read(info)
                except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError):
                    continue
    return found


def _free_name(member: str, taken: dict[str, bytes]) -> str:
    """The member's own name; what was no .xlsx became one, and says so."""
    stem, extension = posixpath.splitext(member)
    kind = extension if extension.lower() == ".xlsx" else ".xlsx"
    name = stem + kind
    return name if name not in taken else f"{member}{kind}"


def _packed(copies: dict[str, bytes], day: date) -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_STORED) as out:  # stored: a workbook is a zip already
        for name, copy in copies.items():
            out.writestr(zipfile.ZipInfo(name, (max(day.year, 1980), day.month, day.day, 0, 0, 0)), copy)
    return same_everywhere(result.getvalue())
