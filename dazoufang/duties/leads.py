"""线索: what in the records of visits is odd and wants a look; says nothing against anybody and is counted nowhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, Final

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from dazoufang.duties.content import joined, plain_columns
from dazoufang.duties.households import of_columns
from dazoufang.duties.places import Places
from dazoufang.model.faults import day_words
from dazoufang.model.terms import words_of
from dazoufang.rules.content import Content

COLUMNS: Final = ("kind", "unit", "cadres", "visits", "why", "places")
SHORT: Final = "记录过短"
COPIED: Final = "记录雷同"
MANY: Final = "一天走访户数多"
FAR: Final = "一天走访几个乡镇"
OFTEN: Final = "同一户走访次数多"
ONE_PHONE: Final = "同一个电话，几个户名"
ONE_DOOR: Final = "同一个门牌，几个户名"
_NOTES: Final = ("habitat", "family", "policy", "security", "dispute", "suggestion", "inquiry", "reply", "remark")
_NAMED: Final = 8  # days or names said in one lead
_SHOWN: Final = 30  # characters of a text
# A door is where the address says which: 沙口村5组 is none, 沙口村5组12号 is one.
_DOOR: Final = re.compile(r"[0-9一二三四五六七八九十]+(?:号|栋|幢|单元|室)")

_Lead = tuple[str, str, str, int, str, str]
_Groups = dict[Any, list[int]]


def leads(visits: pd.DataFrame, content: Content) -> pd.DataFrame:
    """The leads of a round's visits, `COLUMNS`; one row for each cause and whom it concerns, by kind, unit and name.

    Rule: limits and words of `content`, all 局内设定. What stands here is to be asked about, never held against a cadre.
    """
    record = _Record.of(visits)
    found = [
        *_short(record, content), *_copied(record, content), *_days(record, content),
        *_often(record, content), *_one_place(record),
    ]  # fmt: skip
    return pd.DataFrame(found, columns=list(COLUMNS))


@dataclass(frozen=True)
class _Record:
    """The visits by columns, as lists; a row is a place in them, a cell that is empty is ""."""

    unit: list[str]
    cadres: list[str]
    day: list[Any]
    township: list[str]
    household: list[str]
    phone: list[str]
    village: list[str]
    notes: list[str]  # what all columns of notes say, less blanks and stops
    places: Places

    @classmethod
    def of(cls, visits: pd.DataFrame) -> _Record:
        unit, cadres, day, township, household, phone, village = plain_columns(
            visits, ("unit", "cadres", "visited_on", "township", "household", "phone", "village")
        )
        read = cache(words_of)
        notes = [read(text) for text in joined(visits, _NOTES)]
        return cls(unit, cadres, day, township, household, phone, village, notes, Places(visits))

    def lead(self, kind: str, rows: Sequence[int], why: str, cadre: str = "") -> _Lead:
        """One lead. cadre: whom of several it concerns, "" all who are named in the rows."""
        units = "、".join(dict.fromkeys(self.unit[row] for row in rows))
        cadres = cadre or "、".join(dict.fromkeys(chain(*(self.cadres[row].split("、") for row in rows))))
        return kind, units, cadres, len(rows), why, self.places.of(rows)


def _grouped(rows: Iterable[int], *by: Sequence[Any] | Mapping[int, Any]) -> _Groups:
    """The rows by what some columns say of them, in the order of that."""
    groups: _Groups = {}
    for row in rows:
        groups.setdefault(tuple(column[row] for column in by), []).append(row)
    return dict(sorted(groups.items()))


def _short(record: _Record, content: Content) -> Iterator[_Lead]:
    """Records of fewer characters than the rules say, all columns taken together; a lead a cadre."""
    least = content.short_note_chars.value
    short = [row for row, text in enumerate(record.notes) if len(text) < least]
    for rows in _grouped(short, record.unit, record.cadres).values():
        yield record.lead(SHORT, rows, f"各栏记录合计不到{least}个字")


def _copied(record: _Record, content: Content) -> Iterator[_Lead]:
    """The same record at several households: of several cadres of one unit to the letter; of one cadre also with a few
    other characters. Texts that are equal are one; only the different ones of one cadre are compared."""
    least = content.copied_visits.value
    told = [row for row, text in enumerate(record.notes) if len(text) >= content.copied_chars.value]
    alone: list[int] = []
    for (_, text), rows in _grouped(told, record.unit, record.notes).items():
        if len(rows) >= least and len({record.cadres[row] for row in rows}) > 1:
            yield record.lead(COPIED, rows, f"几人共{len(rows)}户的记录相同：“{_shown(text)}”")
        else:
            alone += rows
    for rows in _grouped(sorted(alone), record.unit, record.cadres).values():
        if len(rows) < least:
            continue
        texts = [record.notes[row] for row in rows]
        first = _alike(list(dict.fromkeys(texts)), content.copied_likeness.value)
        for same in _grouped(rows, {row: first[text] for row, text in zip(rows, texts, strict=True)}).values():
            if len(same) >= least:
                alike = "相同" if len({record.notes[row] for row in same}) == 1 else "只差几个字"
                why = f"{len(same)}户的记录{alike}：“{_shown(record.notes[same[0]])}”"
                yield record.lead(COPIED, same, why)


def _alike(texts: list[str], likeness: float) -> dict[str, int]:
    """Each text's group: the place of the first text that it is so much alike."""
    if len(texts) == 1:
        return {texts[0]: 0}
    alike = process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=likeness, dtype=np.uint8) > 0
    return dict(zip(texts, alike.argmax(axis=1).tolist(), strict=True))


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}……"


def _days(record: _Record, content: Content) -> Iterator[_Lead]:
    """Days on which a cadre was at more households, or in more townships, than the rules allow for; a lead a cadre."""
    of_day: dict[tuple[str, str], dict[Any, list[int]]] = {}
    for row, (unit, cadres, day) in enumerate(zip(record.unit, record.cadres, record.day, strict=True)):
        for cadre in cadres.split("、"):
            of_day.setdefault((unit, cadre), {}).setdefault(day, []).append(row)
    households = list(zip(record.household, record.phone, record.village, strict=True))
    for kind, limit, what, measure in (
        (MANY, content.households_a_day.value, households, "户"),
        (FAR, content.townships_a_day.value, record.township, "个乡镇"),
    ):
        for (_, cadre), days in sorted(of_day.items()):
            many = {day: rows for day, rows in days.items() if len(rows) > limit}
            counts = {day: len({what[row] for row in rows if what[row]}) for day, rows in many.items()}
            over = sorted(day for day, count in counts.items() if count > limit)
            if over:
                said = [f"{day_words(day, day.year)}{counts[day]}{measure}" for day in over]
                more = f"等{len(said)}天" if len(said) > _NAMED else ""
                why = f"{'、'.join(said[:_NAMED])}{more}（一天多于{limit}{measure}）"
                yield record.lead(kind, list(chain(*(days[day] for day in over))), why, cadre)


def _often(record: _Record, content: Content) -> Iterator[_Lead]:
    """Households that were visited more often in the round than the rules say, by whomever."""
    limit = content.visits_to_one_household.value
    times_named = Counter(record.household)
    namesakes = [row for row, name in enumerate(record.household) if name and times_named[name] > limit]
    if not namesakes:
        return
    told_by = (record.unit, record.household, record.phone, record.township, record.village)
    labels = of_columns(*([column[row] for row in namesakes] for column in told_by))
    for rows in _grouped(namesakes, dict(zip(namesakes, labels, strict=True))).values():
        if len(rows) <= limit:
            continue
        times = sorted({(record.day[row], record.cadres[row]) for row in rows})
        if len(times) > limit:
            said = "、".join(f"{day_words(day, day.year)}{cadres}" for day, cadres in times[:_NAMED])
            why = f"{record.household[rows[0]]}一轮被走访{len(times)}次：{said}"
            yield record.lead(OFTEN, rows, why)


def _one_place(record: _Record) -> Iterator[_Lead]:
    """Several names with one telephone, or at one door: as many households (§7.2), and a lead."""
    doors = [
        f"{town}{place}" if _DOOR.search(place) else ""
        for town, place in zip(record.township, record.village, strict=True)
    ]
    for kind, what, places in ((ONE_PHONE, "电话", record.phone), (ONE_DOOR, "门牌", doors)):
        times = Counter(places)
        shared = [row for row, place in enumerate(places) if place and times[place] > 1]
        for (place,), rows in _grouped(shared, places).items():
            names = dict.fromkeys(record.household[row] for row in rows)
            if len(names) > 1:
                yield record.lead(kind, rows, f"{'、'.join(names)}填的是同一个{what}（{place}）")
