"""Where the page leads to what a delivered file was answered with: receipt, returned copy, wrong rows."""

from __future__ import annotations

import posixpath
from collections.abc import Collection
from typing import Final

from dazoufang.model.submission import Submission
from dazoufang.writing.answers.names import answer_names, link, rows_name

_HERE: Final = ""  # the page lies in the outbox itself

Link = list[str]  # its words, and the address


class AnswerLinks:
    """The links to what is published. published: the paths of the outbox's files; `hidden`: none are to be shown, as of a page for
    others, who may not see what stands there."""

    def __init__(self, published: Collection[str], *, hidden: bool) -> None:
        self._paths = {} if hidden else {posixpath.basename(path): path for path in published if "/" in path}

    def of(self, submission: Submission) -> list[Link]:
        """To each answer of it that is there, first what is to be mended."""
        receipt, copy = answer_names(submission)
        wanted = {"退回件": copy, "错行": rows_name(submission), "回执": receipt}
        found = ((words, self._paths.get(name, "")) for words, name in wanted.items())
        return [[words, address] for words, path in found if path and (address := link(_HERE, path))]
