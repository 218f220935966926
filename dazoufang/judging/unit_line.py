"""Finds the unit of the roster in a 填报单位 that is written with its region, with the bureau before it or a day behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from dazoufang.judging.tables.sheet_view import SheetView, labelled
from dazoufang.model.roster import Roster
from dazoufang.model.terms import normalize
from dazoufang.reading.sheet import Sheet

_REGION: Final = re.compile(
    r"^(?:中国)?(?:[^省市县区\d]{2,4}省)?(?:[^省市县区\d]{2,4}市)?(?:[^省市县区\d]{1,4}[县区])?"
)
_SHORTENED: Final = re.compile("^(.).(.).([局委])$")
_DAY: Final = re.compile(r"[(（]?(?:19|20)\d{2}[年./-].*$")
_SEAL: Final = re.compile(r"\((?:盖章|公章|章)\)")
_BLANK: Final = frozenset(
    {"省", "市", "县", "区", "乡", "镇", "县(市)", "县(区)", "乡(镇)"}
)  # what is printed to be filled in


def unit_line(sheet: Sheet) -> tuple[str, ...]:
    """The texts that stand behind 填报单位 in its row, up to the next label; () there is none."""
    view = SheetView(sheet)
    for row in range(view.height):
        found: list[str] = []
        for _, key, text, _ in labelled(view, row):
            if key == "reporting_unit":
                found += [text] if text else []
            elif key:
                break
            elif found:
                found.append(text)
        if found:
            return tuple(found)
    return ()


def unit_told(unit: str, line: Sequence[str], roster: Roster, bureau: str, *, shortened: bool = True) -> str:
    """The unit of the roster that 填报单位 tells; "" a region alone; `unit` as it is where neither is certain.
    shortened: whether the bureau may stand there with half of its county's name (县教体局工会, 华容教体局工会).

    Rule: what is cut off is a region, the bureau's name and a day, and what is left is exactly one unit of the roster.
    """
    pieces = [normalize(piece) for piece in line if normalize(piece) not in _BLANK]
    texts = [normalize(unit), "".join(pieces)]
    found = {known for text in texts if (known := roster.named(_cut(text, normalize(bureau), shortened)))}
    if len(found) == 1:
        return next(iter(found))
    return "" if not _REGION.sub("", normalize(unit)) else unit


def is_bureau(name: str, bureau: str) -> bool:
    """Whether a name is the bureau's: in full, shortened (县教体局), or without its region."""
    text, full = normalize(name), normalize(bureau)
    plain = full.removeprefix(_region_of(full))
    called = {called for called in (full, plain, _SHORTENED.sub(r"\1\2\3", plain)) if called}
    own = full.removesuffix(plain)
    leads = {"", own, own[:-1], own[-1:]}
    region = _region_of(text)
    return any(text == lead + rest for lead in leads for rest in called) or (
        region.endswith(own) and text.removeprefix(region) in called
    )


def _cut(text: str, bureau: str, shortened: bool) -> str:
    """`text` without a day behind it and without our own region and the bureau's name before it."""
    text = _SEAL.sub("", _DAY.sub("", text))
    own, region = _region_of(bureau), _region_of(text)
    if region.endswith(own):  # 岳阳市第一中学 is none of this county's
        text = text.removeprefix(region)
    name = bureau.removeprefix(own)
    for called in (name, _SHORTENED.sub(r"\1\2\3", name)):  # 教育体育局, 教体局
        leads = ("", own[:-1], own[-1:]) if shortened else ("",)
        ways = (text.removeprefix(lead + called) for lead in leads if called)
        text = next((rest for rest in ways if rest not in ("", text)), text)
    return text


def _region_of(text: str) -> str:
    found = _REGION.match(text)
    return found.group() if found else ""
