"""The questions of `setup` on a terminal: one a line, what is offered in brackets, asked again where an answer is none."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from typing import TypeVar

from dazoufang.commands.screen import Screen
from dazoufang.commands.setup_dates import NotAnAnswer
from dazoufang.system.errors import Stopped

T = TypeVar("T")


class LeftOff(Stopped):
    """Ctrl-C, or the end of the input, before all is answered."""

    @property
    def words(self) -> str:
        return "已停止，什么也没有改；再运行一次 setup 从头填"


class Questions:
    """Asks; what was answered once is offered when the same is asked again."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._typed: dict[str, str] = {}
        if sys.platform != "win32" and isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")  # as what is said, whatever the locale
        with suppress(ImportError):  # on Windows the console itself knows the arrow keys
            import readline  # noqa: F401

    def __call__(self, question: str, offer: str, read: Callable[[str], T]) -> T:
        """The answer; an empty line is what is offered.

        Raises:
            LeftOff: nobody will answer any more.
        """
        offer = self._typed.get(question, offer)
        while True:
            try:
                typed = input(f"{question} [{offer}]：").strip() or offer
            except (EOFError, Stopped):
                self._screen.say()  # what is said next stands on a line of its own
                raise LeftOff from None
            try:
                answer = read(typed)
            except NotAnAnswer as refused:
                self._screen.say(f"  {refused}", "yellow")
            else:
                self._typed[question] = typed
                return answer

    def agreed(self, question: str) -> bool:
        """Whether somebody says yes; an empty line does."""
        return self(f"{question}（是/否）", "是", _yes)


def _yes(text: str) -> bool:
    words = {
        "是": True,
        "好": True,
        "对": True,
        "y": True,
        "yes": True,
        "否": False,
        "不": False,
        "n": False,
        "no": False,
    }
    try:
        return words[text.lower()]
    except KeyError:
        raise NotAnAnswer("请写“是”或“否”") from None
