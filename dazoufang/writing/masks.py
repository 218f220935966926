"""Hides what is personal from those who may not see it: one policy for every list, in its columns and in its texts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final

import pandas as pd

from dazoufang.model import terms
from dazoufang.model.vocabularies import Audience, PersonalData
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import Field, FormSchema

STARS: Final = "**"
LEFT_OUT: Final = "（略）"
_DIGITS_GONE: Final = "****"
_WORDS: Final = {
    PersonalData.NAME: "姓名", PersonalData.PHONE: "电话", PersonalData.ADDRESS: "住址", PersonalData.PRIVATE: "家庭情况",
}  # fmt: skip
# Columns of officials, and of words that the form itself offers, hold nothing of a household.
_OFFICIAL: Final = ("name", "names", "unit", "township")
_NUMBERS: Final = ("_no", "_nos", "_id", "_code")  # people's numbers, and codes of official lists


def masked(
    rows: pd.DataFrame,
    schema: FormSchema,
    audience: Audience,
    rules: Rules,
    others: Sequence[tuple[pd.DataFrame, FormSchema]] = (),
) -> pd.DataFrame:
    """`rows` of the form `schema` as `audience` may see them; empty cells stay empty, `rows` itself is left alone.

    A `sensitive` column is masked as a whole. In the other texts go the names that stand in a name column of these rows
    or of `others`,
    what looks like a telephone or identity number, and houses and groups of a village. Rule: `audiences` of the campaign;
    rather too much than too little, but for columns of numbers (台账编号), dates, choices and officials.
    """
    kinds = rules.campaign.audiences.masked(audience)
    if not kinds:
        return rows
    texts = _Texts([(rows, schema), *others], kinds, rules)
    shown = rows.copy()
    for field in schema.stored:
        if field.name in rows and (change := texts.change(field)) is not None:
            cells = rows[field.name]
            made = [change(cell) if isinstance(cell, str) and cell.strip() else cell for cell in cells.tolist()]
            shown[field.name] = pd.Series(made, index=cells.index, dtype=cells.dtype)
    return shown


def in_texts(told: Sequence[tuple[pd.DataFrame, FormSchema]], audience: Audience, rules: Rules) -> Callable[[str], str]:
    """What makes a text fit to be seen by `audience` that stands in no column of a form: a reason, a cell that changed. The
    names and addresses that are looked for are those of the rows `told`; rather too much than too little."""
    kinds = rules.campaign.audiences.masked(audience)
    return cache(_Texts(told, kinds, rules).text) if kinds else str


def label(text: str, audience: Audience, rules: Rules) -> str:
    """`text` (附件1) with the audience behind it, and what it does not see: by these words the program knows a masked
    list again and never takes it for a delivery."""
    if audience is Audience.INTERNAL:
        return text
    kinds = rules.campaign.audiences.masked(audience)
    hidden = "、".join(word for kind, word in _WORDS.items() if kind in kinds)
    return f"{text}（{audience}：{terms.HIDDEN}{hidden}）" if hidden else f"{text}（{audience}）"


class _Texts:
    """What is done to the cells of each column: rows give the names and addresses that are looked for in texts."""

    def __init__(
        self, told: Sequence[tuple[pd.DataFrame, FormSchema]], kinds: frozenset[PersonalData], rules: Rules
    ) -> None:
        self._kinds = kinds
        towns = {*rules.campaign.townships.names, *rules.campaign.townships.aliases}
        people = _cells(told, PersonalData.NAME) if PersonalData.NAME in kinds else ()
        places = _cells(told, PersonalData.ADDRESS) if PersonalData.ADDRESS in kinds else ()
        found = {person for cell in people for person in _names_in(cell)}
        self._names = _Words({spelt: person[0] + STARS for person in found for spelt in _spelt(person)})
        self._places = _Words({word: instead for cell in places if cell not in towns for word, instead in _parts(cell)})

    def change(self, field: Field) -> Callable[[str], str] | None:
        """What makes a cell of `field` fit to be seen; None where it may stay."""
        kind = field.sensitive
        if kind and PersonalData(kind) in self._kinds:
            return cache({"name": name, "phone": self._phone, "address": self._address, "private": _left_out}[kind])
        if field.constraints.enum or field.type not in ("string", "any") or (not kind and field.format in _OFFICIAL):
            return None
        if field.name.endswith(_NUMBERS):
            return cache(_number) if PersonalData.PHONE in self._kinds else None
        return cache(self.text)

    def text(self, text: str) -> str:
        """A text, with what is personal in it masked."""
        text = terms.INVISIBLE.sub("", text)
        if PersonalData.ADDRESS in self._kinds:
            text = _BEHIND_VILLAGE.sub("", self._places.replaced(text))
        text = self._names.replaced(text)
        return _IN_TEXT.sub(_run, text) if PersonalData.PHONE in self._kinds else text

    def _phone(self, text: str) -> str:
        return self._names.replaced(phone(text))

    def _address(self, text: str) -> str:
        return self._names.replaced(address(text))


def _left_out(_: str) -> str:
    return LEFT_OUT


def _cells(told: Sequence[tuple[pd.DataFrame, FormSchema]], kind: PersonalData) -> Iterator[str]:
    """The filled cells of the columns of one kind."""
    for rows, schema in told:
        for field in schema.stored:
            if field.sensitive == kind and field.name in rows:
                yield from (cell for cell in rows[field.name].dropna().unique().tolist() if isinstance(cell, str))


class _Words:
    """Words, each with what stands in its place; of several that begin at one place the longest is taken."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._by_head: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for word in sorted((word for word in words if len(word) > 1), key=len, reverse=True):
            self._by_head[word[:2]].append((word, words[word]))

    def replaced(self, text: str) -> str:
        """`text` with every word replaced."""
        made, at = [], 0
        while at < len(text):
            for word, instead in self._by_head.get(text[at : at + 2], ()):
                if text.startswith(word, at) and not _cuts_a_number(text, at, at + len(word)):
                    made.append(instead)
                    at += len(word)
                    break
            else:
                made.append(text[at])
                at += 1
        return "".join(made)


def _cuts_a_number(text: str, start: int, end: int) -> bool:
    """Whether a word would be cut out of a longer number (5组 of 25组) or of a day (9月3号)."""
    before, behind = text[start - 1 : start], text[end : end + 1]
    cut_before = text[start].isdigit() and (before.isdigit() or before == "月")
    return cut_before or (text[end - 1].isdigit() and behind.isdigit())


# -- names -----------------------------------------------------------------------------------------------------------

_APART: Final = re.compile(r"[、，,;；/|\\\n\r&+]+")
_NOTE: Final = re.compile(r"[（(【\[]([^（()）【】\[\]]*)[）)】\]]?")
_AND_SO_ON: Final = re.compile(r"(?<=..)等[^等]*$")  # 张三等3人
_LATIN: Final = re.compile(r"[A-Za-z][A-Za-z.'’· -]*")
_HOUSEHOLDER: Final = re.compile(r"^户主[:：]?(?=.)")
_FAMILY: Final = re.compile(
    rf"(?<=..)(?:一?家(?:[人]|[0-9一二两三四五六七八九]口)?|户|夫妇|夫妻(?:俩)?|两口子|父子|父女|母子|母女|兄弟|姐妹|代|"
    rf"{'|'.join(sorted(terms.TITLES, key=len, reverse=True))})$"
)
_AND: Final = re.compile(r"(?<=..)[和与及](?=..)")


def name(text: str) -> str:
    """张三 → 张**, 张三、李四 → 张**、李**, 张三等3人 → 张**等3人, Ali Hassan → A**; a note in brackets is left out."""
    bare = _NOTE.sub("", terms.INVISIBLE.sub("", text)).strip()
    made, at = "", 0
    for apart in _APART.finditer(bare):
        made += _masked_part(bare[at : apart.start()]) + apart[0]
        at = apart.end()
    return made + _masked_part(bare[at:]) or STARS


def _masked_part(part: str) -> str:
    words = [part] if _LATIN.fullmatch(part.strip()) else part.split()
    return " ".join(_masked_word(word.strip()) for word in words)


def _masked_word(word: str) -> str:
    more = _AND_SO_ON.search(word)
    head = _HOUSEHOLDER.sub("", word[: more.start()] if more else word)
    first = next((char for char in head if char.isalpha()), "")
    behind = more[0] if more and not _names_somebody(more[0]) else ""
    return first + STARS + behind


def _names_somebody(more: str) -> bool:
    """Whether 等… says more than how many."""
    return re.fullmatch(r"等共?[0-9一二两三四五六七八九十几数多]{0,3}[人户名位个口家]{0,2}", more) is None


def _names_in(cell: str) -> Iterator[str]:
    """The names in a cell of a name column, of two characters and more, and each also without what is added to it."""
    cell = terms.INVISIBLE.sub("", cell)
    notes = (note for note in _NOTE.findall(cell) if note[:1] in terms.SURNAMES and len(note) <= 4)
    for part in (*_APART.split(_NOTE.sub("、", cell)), *notes):
        whole = _HOUSEHOLDER.sub("", part.strip())
        for piece in [whole] if _LATIN.fullmatch(whole) else [whole, *whole.split()]:
            several = _AND_SO_ON.sub("", piece).strip()
            for person in (several, *_AND.split(several)):
                yield from filter(_is_name, (person, _FAMILY.sub("", person)))


def _is_name(text: str) -> bool:
    plain = terms.normalize(text)
    return len(text) > 1 and text[0].isalpha() and plain not in terms.NOBODY and plain not in terms.TITLES


def _spelt(text: str) -> Iterable[str]:
    """How a name may stand in a text: also with blanks between its characters."""
    return (text, " ".join(text), "\u3000".join(text)) if len(text) < 4 else (text,)


# -- telephone and identity numbers ----------------------------------------------------------------------------------

_GAP: Final = "[ \\t\u3000\u00a0]{0,2}"
_DASH: Final = "[-‐‑‒–—―－_.·]"
_SEPARATOR: Final = f"{_GAP}(?:{_DASH}{_GAP})?"
_DAY: Final = rf"(?<!\d)(?:19|20)\d\d ?{_DASH} ?(?:0?[1-9]|1[0-2]) ?{_DASH} ?(?:0?[1-9]|[12]\d|3[01])(?!\d)"
_MONEY: Final = r"(?<![\d.])(?:[￥¥] ?[1-9]\d{0,8}(?:\.\d{1,2})?(?!\d)|[1-9]\d{0,8}(?:\.\d{1,2})? ?[余多]?[元万亿块])"
_SCHOOL_YEARS: Final = rf"(?<!\d)(?:19|20)\d\d ?{_DASH}+ ?(?:19|20)\d\d(?= ?(?:学年|年|级|届))"
_IN_TEXT: Final = re.compile(
    rf"(?P<kept>{_DAY}|{_MONEY}|{_SCHOOL_YEARS})"
    rf"|[+＋]?\d(?:{_SEPARATOR}(?!{_DAY})\d){{6,}}(?:[XxＸｘ](?![A-Za-z]))?|[〇零一二三四五六七八九幺]{{7,}}"
)
_IN_COLUMN: Final = re.compile(rf"[+＋]?\d(?:{_SEPARATOR}\d)*")
_IN_NUMBER: Final = re.compile(r"(?<!\d)(?:1[3-9]\d{9}(?!\d)|\d{15,}[Xx]?)")  # in 建议提案编号 nobody else has as many
_MOBILE: Final = re.compile(r"(?:86|0086|0)?(1[3-9]\d{9})")
_LAND: Final = re.compile(r"(?:86|0086)?(0(?:10|2\d|[3-9]\d\d))([2-8]\d{6,7})")
_EXTENSION: Final = re.compile(rf"(?<=\d{{7}}){_GAP}{_DASH}{_GAP}\d{{1,6}}$")  # 0730-4123456-801
_LOCAL: Final = re.compile(r"[2-8]\d{6,7}")


def phone(text: str) -> str:
    """13812345678 → 138****5678, 0730-4123456 → 0730-****456, 4123456 → ****456; of any other number nothing stays."""
    return _IN_COLUMN.sub(_run, terms.INVISIBLE.sub("", text))


def _number(text: str) -> str:
    return _IN_NUMBER.sub(_run, text)


def _run(found: re.Match[str]) -> str:
    kept = found.groupdict().get("kept")
    return found[0] if kept else _masked_run(found[0])


def _masked_run(run: str) -> str:
    digits = "".join(char for char in terms.narrow(_EXTENSION.sub("", run)) if char.isdecimal())
    if mobile := _MOBILE.fullmatch(digits):
        return f"{mobile[1][:3]}{_DIGITS_GONE}{mobile[1][-4:]}"
    if land := _LAND.fullmatch(digits):
        return f"{land[1]}-{_DIGITS_GONE}{land[2][-3:]}"
    if _LOCAL.fullmatch(digits):
        return _DIGITS_GONE + digits[-3:]
    pieces = run.split()
    if len(pieces) > 1 and all(sum(map(str.isdecimal, piece)) >= 7 for piece in pieces):
        return " ".join(map(_masked_run, pieces))
    return _DIGITS_GONE


# -- addresses -------------------------------------------------------------------------------------------------------

_HAN_NUMBER: Final = "[〇零一二三四五六七八九十百]{1,4}"
_HOUSE_NUMBER: Final = rf"第?(?:\d{{1,5}}|{_HAN_NUMBER}|[A-Za-zＡ-Ｚ])"
_PART: Final = "(?:村民小组|居民小组|小组|组|生产队|队|号楼|号|栋|幢|单元|室|楼|层|弄|巷|排|座|门|#|＃)"
_NO_HOUSE: Final = (
    rf"(?![\d.:：%])(?! ?{_PART})(?! ?[年月日户人个名位元亩万次件条斤块天岁点时米公平多余几头只棵台套间吨])"  # 5组3户
)
_DETAIL: Final = (
    rf"{_HOUSE_NUMBER}(?: ?[-—－] ?{_HOUSE_NUMBER})* ?{_PART}(?: ?[-—－]? ?\d{{1,5}}(?:[-—－]\d{{1,5}})*{_NO_HOUSE})?"
)
_BEHIND_VILLAGE: Final = re.compile(
    rf"(?:(?<=村)|(?<=社区)|(?<=委会))[ \u3000]?"
    rf"(?:[（(] ?(?:{_DETAIL} ?)+[）)]|(?:[,，、和及至]? ?{_DETAIL})+|\d{{1,3}}(?:[-—－]\d{{1,4}}){{1,3}}{_NO_HOUSE})"
)
_DETAILS: Final = re.compile(_DETAIL)
_WITH_DIGITS: Final = re.compile(rf"(?=[^\d]{{0,2}}\d){_DETAIL}")
_GROUP_FIRST: Final = re.compile(rf"^第?{_HAN_NUMBER}(?:村民小组|小组|组)")
_VILLAGE: Final = re.compile(
    rf"[{terms.HAN}·]*?(?:[{terms.HAN}·]|(?<!\d)\d{{1,2}})"
    rf"(?:社区|居民?委员?会|村(?:村(?![部委民支口头级])|[{terms.HAN}]{{0,2}}社区)?)"
)


def address(text: str) -> str:
    """沙口村5组 → 沙口村, 幸福社区3栋201 → 幸福社区; ** where no village or community is named."""
    bare = _GROUP_FIRST.sub("", _WITH_DIGITS.sub(" ", terms.INVISIBLE.sub("", text).strip()))
    village = _VILLAGE.search(bare)
    return village[0] if village else STARS


def _parts(cell: str) -> Iterator[tuple[str, str]]:
    """What is looked for in texts of an address: all of it, and what it says of house and group; with what instead."""
    cell = terms.INVISIBLE.sub("", cell).strip()
    cut = address(cell)
    if cut != cell and (cut != STARS or len(cell) > 3 or any(map(str.isdigit, cell))):
        for spelt in dict.fromkeys((cell, "".join(cell.split()))):
            yield spelt, cut
    behind = cell.partition(cut)[2].strip(" ，,（()）")
    for detail in (behind, *_DETAILS.findall(cell)):
        # 一组 also begins 一组数据, and 5 stands everywhere: both are found behind their village only.
        if any(map(str.isdecimal, detail)) and (not detail.isdecimal() or len(detail) > 2):
            yield detail, STARS
