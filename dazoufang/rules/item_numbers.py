"""How items are numbered and when two tell of one matter (`items` of the campaign's rules)."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Final

from pydantic import Field, model_validator

from dazoufang.model.terms import normalize
from dazoufang.model.vocabularies import ItemKind
from dazoufang.rules.rules_file import Misplaced, Strict
from dazoufang.rules.sourced import Sourced

Percent = Annotated[int, Field(ge=0, le=100)]

ITEM_KINDS: Final[dict[str, str]] = {ItemKind.DISPUTE: "矛", ItemKind.SUGGESTION: "建"}  # as numbers say them
ROUND_WORDS: Final = {1: "上", 2: "下"}
_PLACEHOLDER: Final = re.compile(r"\{(\w+)(?::[^}]*)?\}")


class Items(Strict):
    """The form of an item's number, and from which likeness two tellings are of one matter."""

    number_format: Sourced[str]
    outside_round: Sourced[str]
    similar_matter: Sourced[Percent]
    uncertain_matter: Sourced[Percent]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What an item's number of our making looks like, normalized. Groups: yy, round, kind, seq ("" not in it)."""
        rounds = "".join(ROUND_WORDS.values()) + self.outside_round.value
        parts = {
            "yy": r"(?P<yy>\d{2})",
            "year": r"(?P<year>\d{4})",
            "round": f"(?P<round>[{rounds}])",
            "kind": f"(?P<kind>[{''.join(ITEM_KINDS.values())}])",
            "seq": r"(?P<seq>\d+)",
        }
        pattern, at = "", 0
        for match in _PLACEHOLDER.finditer(self.number_format.value):
            pattern += re.escape(normalize(self.number_format.value[at : match.start()])) + parts[match[1]]
            at = match.end()
        pattern += re.escape(normalize(self.number_format.value[at:]))
        return re.compile(pattern + "".join(f"(?P<{name}>)" for name in parts if f"(?P<{name}>" not in pattern))

    def number(self, year: int, round_no: int, kind: str, seq: int) -> str:
        """The number of an item; `round_no` 0 is outside both rounds, `kind` a key of `ITEM_KINDS`."""
        word = ROUND_WORDS.get(round_no, self.outside_round.value)
        return self.number_format.value.format(
            yy=f"{year % 100:02d}", year=year, round=word, kind=ITEM_KINDS[kind], seq=seq
        )

    @model_validator(mode="after")
    def _numbers_differ(self) -> Items:
        where = ("number_format", "value")
        found = [match[1] for match in _PLACEHOLDER.finditer(self.number_format.value)]
        for name in ("kind", "seq", "round"):
            if name not in found:
                raise Misplaced(f"number_format 里缺少 {{{name}}}，编号会重复", f"请加上 {{{name}}}", *where)
        if not {"yy", "year"} & set(found):
            raise Misplaced("number_format 里缺少年份，明年的编号会与今年重复", "请加上 {yy} 或 {year}", *where)
        for name in found:
            if name not in ("yy", "year", "kind", "seq", "round"):
                raise Misplaced(
                    f"number_format 里的 {{{name}}} 程序不认识", "可用：{yy}、{year}、{round}、{kind}、{seq}", *where
                )
        if len(self.outside_round.value) != 1 or self.outside_round.value in ROUND_WORDS.values():
            raise Misplaced("outside_round 要是一个字，且不是“上”“下”", "例如 外", "outside_round", "value")
        try:
            again = all(
                (match := self.pattern.fullmatch(normalize(self.number(2023, round_no, kind, seq))))
                and int(match["seq"]) == seq
                for round_no in (0, *ROUND_WORDS)
                for kind in ITEM_KINDS
                for seq in (1, 98765)
            )
        except (ValueError, re.error) as error:
            raise Misplaced(f"number_format 写法有误（{error}）", "例如 {yy}{round}{kind}{seq:04d}", *where) from None
        if not again:
            raise Misplaced("按 number_format 写出的编号，程序自己认不回来", "例如 {yy}{round}{kind}{seq:04d}", *where)
        return self
