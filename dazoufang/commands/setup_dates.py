"""The days of a year's phases as somebody types them for `setup`, and what is offered for them from the last year's."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from dazoufang.rules.years import Year
from dazoufang.system.errors import WrongUse

Span = tuple[date, date]  # the first and the last day of a phase; both belong to it

_DAY: Final = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?")
_BETWEEN: Final = re.compile(r"\s*(?:\.\.+|[到至~—–]+|--)\s*|\s+")
_DOTS: Final = re.compile(r"[·・.．/、\s]")


class NotAnAnswer(WrongUse):
    """What was typed is no answer to the question; the message says why and what to write."""


def span_in_words(span: Span) -> str:
    """How a phase's days are shown, and may be typed."""
    return f"{span[0]}..{span[1]}"


def read_span(text: str, year: int, after: date | None) -> Span:
    """The days typed for a phase of `year` whose phase before ends on `after` (None: it is the first).

    Raises:
        NotAnAnswer: no two days, days of another year, the wrong way round, or not after the phase before.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    parts = re.split(r"-(?=\d{1,2}[月日])", text) if "月" in text else []  # 3月12日-16日
    if len(parts) != 2:
        parts = [part for part in _BETWEEN.split(text) if part]
    if len(parts) != 2:
        raise NotAnAnswer(f"“{text}”要写第一天和最后一天，如 {year}-03-12..{year}-03-16")
    first = _day(parts[0], year)
    if re.fullmatch(r"\d{1,2}日", parts[1]):
        parts[1] = f"{first.month}-{parts[1]}"
    last = _day(parts[1], year)
    for day in (first, last):
        if day.year != year:
            raise NotAnAnswer(f"{day}不在{year}年内，请核对年份")
    if last < first:
        raise NotAnAnswer(f"最后一天{last}早于第一天{first}，请核对两个日期")
    if after is not None and first <= after:
        raise NotAnAnswer(f"前一阶段到{after}才结束，这一阶段最早从{after + timedelta(1)}开始")
    return first, last


def _day(text: str, year: int) -> date:
    found = _DAY.fullmatch(text)
    if found is None:
        raise NotAnAnswer(f"“{text}”不是日期，请写成 {year}-03-12 或 3月12日")
    try:
        return date(int(found[1] or year), int(found[2]), int(found[3]))
    except ValueError:
        raise NotAnAnswer(f"没有“{text}”这一天，请写真实的日期") from None


def offered(pattern: Year, year: int, answered: Sequence[Span], first: date | None = None) -> Span:
    """What is offered for the next phase of `year` once those before it are answered: the same days as in `pattern`. One
    that followed on the phase before follows on it still, none begins before that has ended, and one that begins on another
    day (`first`: on this) lasts as long as it did."""
    phases = [phase for _, phase in pattern.phases]
    phase = phases[len(answered)]
    same = _in_year(phase.first, year, up=True)
    if first is None:
        first = same
        if answered:
            next_day = answered[-1][1] + timedelta(1)
            if first < next_day or phase.first == phases[len(answered) - 1].last + timedelta(1):
                first = next_day
    last = _in_year(phase.last, year) if first == same else first + (phase.last - phase.first)
    return first, max(first, min(last, date(year, 12, 31)))


def _in_year(day: date, year: int, *, up: bool = False) -> date:
    """The same day of another year; where it has no 29 February, the day before, or `up` the day after."""
    if day.day <= monthrange(year, day.month)[1]:
        return day.replace(year=year)
    return date(year, day.month + 1, 1) if up else date(year, day.month, day.day - 1)


def answered_by_options(dates: Iterable[str], pattern: Year) -> dict[str, str]:
    """What the options --dates say, by phase as `Year.phases` calls them, or by round.

    Raises:
        NotAnAnswer: an option without =, a phase that is not there, or one that is given twice.
    """
    names = {_folded(name): name for name in [name for name, _ in pattern.phases]}
    names |= {round_.name.value: round_.name.value for round_ in pattern.rounds}
    found: dict[str, str] = {}
    for option in dates:
        name, sign, text = option.partition("=")
        known = names.get(_folded(name))
        if not sign or known is None:
            raise NotAnAnswer(
                f"--dates 写的是“{option}”，要写成 名称=第一天..最后一天，名称可以是：{'、'.join(names.values())}"
            )
        if known in found:
            raise NotAnAnswer(f"--dates 里“{known}”写了两遍，请只留一处")
        found[known] = text
    return found


def _folded(name: str) -> str:
    return _DOTS.sub("", name)


def dates_by_options(given: Mapping[str, str], pattern: Year, year: int) -> list[Span]:
    """Every phase's days, as `given` by the options and else as offered. A round that is given as a whole begins and ends
    with its days; its phases in between are offered.

    Raises:
        NotAnAnswer: naming the phase.
    """
    spans: list[Span] = []
    rounds = {round_.name.value: round_ for round_ in pattern.rounds}
    for name, phase in pattern.phases:
        round_ = rounds.get(name.partition("·")[0])
        whole = given.get(round_.name.value) if round_ else None
        after = spans[-1][1] if spans else None
        try:
            days = offered(pattern, year, spans)
            if round_ and whole is not None:
                begins, ends = read_span(whole, year, after if phase is round_.phases[0] else None)
                if phase is round_.phases[0]:
                    days = offered(pattern, year, spans, begins)
                if phase is round_.phases[-1]:
                    days = days[0], ends
            spans.append(read_span(given.get(name) or span_in_words(days), year, after))
        except NotAnAnswer as refused:
            raise NotAnAnswer(f"{name}：{refused}") from None
    return spans
