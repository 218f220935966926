"""Words by which 现场答复情况 says that an inquiry was answered on the spot (`on_the_spot` of the campaign's rules)."""

from __future__ import annotations

from dazoufang.model.terms import normalize
from dazoufang.rules.rules_file import Strict
from dazoufang.rules.sourced import Sourced


class OnTheSpot(Strict):
    """A reply holds one of `words` and none of `unless`: 当场答复 is one, 承诺一周内答复 and 当场未能答复 are none.
    `mode`: the 回复方式 of such a reply."""

    words: Sourced[tuple[str, ...]]
    unless: Sourced[tuple[str, ...]]
    mode: Sourced[str]

    def answered(self, said: str) -> bool:
        """Whether `said`, of 现场答复情况, tells of an answer that was given there and then."""
        text = normalize(said)
        return any(word in text for word in self.words.value) and not any(word in text for word in self.unless.value)
