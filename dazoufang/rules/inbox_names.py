"""Names in the inbox that nobody delivers (`inbox` of the campaign's rules)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Final

from pydantic import model_validator

from dazoufang.rules.rules_file import Misplaced, Strict
from dazoufang.rules.sourced import Sourced

_ORDINARY: Final = ("走访登记表.xlsx", "20231020.xls", "花名册.et", "工会", "2023", "甲组 (1).zip", "a1.csv")


class InboxNames(Strict):
    """Names in the inbox that nobody delivers, and how lock files are called. Patterns match whole names, in any case.
    `shown_path`: the inbox as units reach it, "" not told."""

    shown_path: Sourced[str]
    ignored_files: Sourced[tuple[str, ...]]
    ignored_folders: Sourced[tuple[str, ...]]
    lock_files: Sourced[tuple[str, ...]]  # {name}: the file that is open

    def ignores_file(self, name: str) -> bool:
        return any(pattern.fullmatch(name) for pattern in self._files)

    def ignores_folder(self, name: str) -> bool:
        return any(pattern.fullmatch(name) for pattern in self._folders)

    def place_of(self, path: str) -> str:
        """Where a file lay that was delivered as `path` (relative to the inbox, with /), as its unit reaches it: the folder of
        its unit, else the inbox; where the bureau has not said how that is reached, the folder's name alone, "" none."""
        shown = self.shown_path.value.rstrip("/\\")
        folder = path.split("/")[0] if "/" in path else ""
        if not shown:
            return f"“{folder}”文件夹" if folder else ""
        separator = "\\" if "\\" in shown else "/"
        return f"{shown}{separator}{folder}" if folder else shown

    def locks(self, name: str) -> tuple[str, ...]:
        """The names that a lock file of the file `name` may have."""
        return tuple(lock.replace("{name}", name) for lock in self.lock_files.value)

    @cached_property
    def _files(self) -> tuple[re.Pattern[str], ...]:
        return _compiled(self.ignored_files.value)

    @cached_property
    def _folders(self) -> tuple[re.Pattern[str], ...]:
        return _compiled(self.ignored_folders.value)

    @model_validator(mode="after")
    def _patterns_are_sound(self) -> InboxNames:
        for key in ("ignored_files", "ignored_folders"):
            for at, pattern in enumerate(getattr(self, key).value):
                where = (key, "value", at)
                try:
                    (compiled,) = _compiled([pattern])
                except re.error as error:
                    mistake = f"“{pattern}”不是正确的正则表达式（{error}）"
                    raise Misplaced(mistake, r"例如以 .tmp 结尾写成 '.*\.tmp'", *where) from None
                if hit := next(filter(compiled.fullmatch, _ORDINARY), ""):
                    mistake = f"“{pattern}”会把“{hit}”这样正常的名称也忽略掉"
                    raise Misplaced(mistake, r"请写得更具体；句点写成 \.", *where)
        for at, lock in enumerate(self.lock_files.value):
            if "{name}" not in lock or lock == "{name}":
                raise Misplaced(f"“{lock}”看不出锁的是哪个文件", "例如 '~${name}'", "lock_files", "value", at)
        return self


def _compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
