"""What the answers to a delivered file are called."""

from __future__ import annotations

from typing import Final

from dazoufang.submission import Submission

LONGEST: Final = 255  # bytes; what Linux shares allow. Windows counts 255 UTF-16 units, which is never less room


def answer_names(submission: Submission) -> tuple[str, str]:
    """File names of the receipt and of the returned copy.

    Both begin with the delivered file's own name with its extension (law 1), cut on a character border where the whole
    would not fit 255 bytes of UTF-8. A zip comes back as a zip, a workbook with macros as .xlsm, all else as .xlsx.
    """
    number = f"{submission.submission_id:04d}"
    given = submission.name.lower()
    kind = ".zip" if given.endswith(".zip") else ".xlsm" if given.endswith(".xlsm") else ".xlsx"
    return _fitted(submission.name, f" 回执{number}.html"), _fitted(submission.name, f" 需修改{number}{kind}")


def _fitted(name: str, ending: str) -> str:
    room = LONGEST - len(ending.encode())
    # "surrogatepass": names from a share may hold bytes that are no UTF-8; they must not stop the answer.
    while len(name.encode("utf-8", "surrogatepass")) > room:
        name = name[:-1]
    return name + ending
