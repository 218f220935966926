"""Words by which people say that something in a workbook is not to be counted (`habits` of the campaign's rules)."""

from __future__ import annotations

from typing import Final

from pydantic import model_validator

from dazoufang.model.terms import normalize
from dazoufang.rules.rules_file import Misplaced, Strict
from dazoufang.rules.sourced import Sourced

SAMPLE_SHEET: Final = "sample sheet"
OLDER_SHEET: Final = "older sheet"


class Habits(Strict):
    """Words of rows and sheets that do not count. A remark is one of `void_words`, or begins with one and a comma; it
    holds one of `not_visited_words`; the name of a sheet holds one of `sample_sheets` or of `older_sheets`."""

    void_words: Sourced[tuple[str, ...]]
    not_visited_words: Sourced[tuple[str, ...]]
    sample_sheets: Sourced[tuple[str, ...]]
    older_sheets: Sourced[tuple[str, ...]]

    def not_data(self, sheet: str) -> str:
        """What a sheet is by its name, `SAMPLE_SHEET` or `OLDER_SHEET`; "" data, as far as that tells."""
        name = normalize(sheet).replace("案例", "")  # 典型案例表 holds cases, and is no 例表
        for what, words in ((SAMPLE_SHEET, self.sample_sheets.value), (OLDER_SHEET, self.older_sheets.value)):
            if any(normalize(word) in name for word in words):
                return what
        return ""

    @model_validator(mode="after")
    def _words_say_something(self) -> Habits:
        for key in type(self).model_fields:
            words: tuple[str, ...] = getattr(self, key).value
            for at, word in enumerate(words):
                if len(normalize(word)) < 2:
                    raise Misplaced(f"“{word}”太短，许多别的话里也有", "请写两个字以上的词，或删去", key, "value", at)
        return self
