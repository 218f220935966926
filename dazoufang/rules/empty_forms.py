"""What a form without rows says (`empty_forms` of the campaign's rules): nothing to report, take it back, or nothing."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

from pydantic import model_validator

from dazoufang.model.submission import WITHDRAWS, ZERO
from dazoufang.model.terms import CLOSING_STOPS, normalize
from dazoufang.rules.rules_file import Misplaced, Strict
from dazoufang.rules.sourced import Sourced

# What may stand before the words: when, and who (本周, 9月20日至26日, 我单位, 走访情况：).
_WHEN: Final = (
    r"(?:(?:本|我|该|全|上|这)?(?:周|月|日|天|期|次|轮|季度?|阶段|单位|股室?|科室?|校|中心|办)|第?[0-9一二三四五六七八九十]+"
    r"(?:年|月份?|日|号|周|轮|期|次)|上半年|下半年|今天|今日|目前|暂时?|均|都|至|到|[-—~]|走访|情况|走访情况|[:,，])*"
)
_LONGEST: Final = 30  # characters; whoever writes more has something to say


class EmptyForms(Strict):
    """Words with which a form that has no rows says why."""

    zero_words: Sourced[tuple[str, ...]]
    withdraw_words: Sourced[tuple[str, ...]]

    def said_in(self, text: str) -> str:
        """What a cell of a form without rows says: `ZERO`, `WITHDRAWS`, or "" neither."""
        if len(text) > _LONGEST:
            return ""
        bare = normalize(text).strip(CLOSING_STOPS + "()（）/")
        if self._withdraws.fullmatch(bare):
            return WITHDRAWS
        return ZERO if self._zero.fullmatch(bare) else ""

    def said_in_name(self, stem: str) -> str:
        """`ZERO` where a file is called so (工会零报告9月); a mere 无 in a name says nothing."""
        name = normalize(stem)
        words = [normalize(word) for word in self.zero_words.value if len(normalize(word)) > 1]
        return ZERO if any(word in name for word in words) else ""

    @cached_property
    def _zero(self) -> re.Pattern[str]:
        return _any_of(self.zero_words.value)

    @cached_property
    def _withdraws(self) -> re.Pattern[str]:
        return _any_of(self.withdraw_words.value)

    @model_validator(mode="after")
    def _words_are_words(self) -> EmptyForms:
        both = set(map(normalize, self.zero_words.value)) & set(map(normalize, self.withdraw_words.value))
        for key in ("zero_words", "withdraw_words"):
            for at, word in enumerate(getattr(self, key).value):
                if not normalize(word):
                    raise Misplaced("有一项是空的", "空着的表不是零报告；请写上词语，或删去这一项", key, "value", at)
                if normalize(word) in both:
                    raise Misplaced(f"“{word}”既算零报告又算撤回", "请只留一处", key, "value", at)
        return self


def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        _WHEN + "(?:" + "|".join(re.escape(normalize(word)) for word in words) + ")" if words else r"(?!)"
    )
