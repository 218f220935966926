"""Number formats that show a value in words (`"沙口村"0"组"`, `000`, `0%`): what a cell with such a format shows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from dazoufang.reading.sheet import Value, Worded

BUILT_IN: Final = {9: "0%", 10: "0.00%"}  # the built-in formats that show more than digits; dates have their own way
_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|(?P<gap>_.|\*.)|\[\$(?P<money>[^\]-]*)[^\]]*\]|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|G/通用格式)|(?P<digits>[0#?]+)|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)|(?P<text>@)"
    r"|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_COLOURS: Final = re.compile(
    r"(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d+|黑色|蓝色|绿色|红色|白色|黄色|DBNum0)", re.IGNORECASE
)
_FILLING: Final = frozenset(" -+()/:.,'")  # signs that change nothing of what a number says
_HAN_DIGITS: Final = str.maketrans("0123456789", "〇一二三四五六七八九")
_LONGEST: Final = 15  # digits of a number that can be trusted


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of a format: a literal text, or places for digits."""

    literal: str = ""
    places: str = ""  # such as '#,##0.00': 0, #, ? and . only


@dataclass(frozen=True, slots=True)
class _Section:
    """One section of a format, taken apart. `percent`: how many % it has; `grouped`: 1,200; `general`: as many digits as
    the number has; `han`: digits are shown as 一二三; `has_words`: it shows more than the digits of the number."""

    pieces: tuple[_Piece, ...]
    percent: int
    grouped: bool
    general: bool
    han: bool
    has_words: bool

    @property
    def words(self) -> str:
        """Everything that is shown beside the number."""
        return "".join(piece.literal for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class WordedFormat:
    """A format that shows words: `shown` says what a value looks like in it."""

    positive: _Section | None
    negative: _Section | None
    zero: _Section | None
    text: tuple[str, str] | None  # what stands before and behind a text

    def shown(self, value: Value) -> Value:
        """The value as it is shown, `Worded`; itself where the format adds nothing to it."""
        if isinstance(value, str):
            if type(value) is not str or self.text is None or not value.strip():
                return value
            before, behind = self.text
            return Worded(before + value + behind, value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        section = self.zero if value == 0 else self.negative if value < 0 else self.positive
        if section is None or not section.has_words:
            return value
        text = _rendered(section, value, signed=value < 0 and section is self.positive)
        return Worded(text, value) if text else value


def shown_in_words(text: str, number: int | float) -> Value:
    """A number beside the text that a file stores as shown for it (.ods): `Worded` where the text says more than digits
    and signs, or pads them with zeros."""
    shown = text.strip()
    plain = shown.replace(",", "").replace(" ", "")
    if not any(map(str.isalnum, shown)) or _DIGITS.fullmatch(plain):
        return number
    return Worded(shown, number)


_DIGITS: Final = re.compile(r"[(+-]{0,2}(?:0|[1-9][0-9]*)?(?:\.[0-9]*)?(?:E[+-]?[0-9]+)?\)?", re.ASCII | re.IGNORECASE)


@lru_cache(maxsize=1024)
def worded_format(code: str) -> WordedFormat | None:
    """A format by its code; None where it shows no words, or is not understood for certain (conditions, scales,
    fractions, exponents, days): then the value itself is what the cell says."""
    if code.isascii() and not _MAY_SAY.search(code):
        return None
    sections = [_section(part) for part in _parts(code)]
    numbers = [found for found in sections if isinstance(found, _Section)]
    texts = [found for found in sections if isinstance(found, tuple)]
    if None in sections or len(numbers) > 3 or len(texts) > 1:
        return None
    positive = numbers[0] if numbers else None
    negative = numbers[1] if len(numbers) > 1 else positive
    zero = numbers[2] if len(numbers) > 2 else positive
    text = texts[0] if texts and any(map(_says, "".join(texts[0]))) else None
    if text is None and not any(found is not None and found.has_words for found in (positive, negative, zero)):
        return None
    return WordedFormat(positive, negative, zero, text)


_MAY_SAY: Final = re.compile(r'0[0-]|%|"|\\|\$|DBNum')


def _parts(code: str) -> list[str]:
    """The sections of a code: parted by semicolons outside quotation marks."""
    parts, start = [], 0
    for found in re.finditer(r'"[^"]*"?|\\.|_.|\*.|;', code):
        if found[0] == ";":
            parts.append(code[start : found.start()])
            start = found.end()
    return [*parts, code[start:]]


def _section(part: str) -> _Section | tuple[str, str] | None:
    """A section of numbers, (before, behind) of one for texts, None where it is not understood."""
    pieces: list[_Piece] = []
    text_at = -1
    percent, general, grouped, grouped_on, han = 0, False, False, False, False
    for found in _TOKEN.finditer(part):
        kind, token = found.lastgroup, found[0]
        literal = ""
        if kind in ("quoted", "escaped", "money"):
            literal = found[kind] or ""
        elif kind == "percent":
            percent, literal = percent + 1, token
        elif kind == "digits" and grouped_on:
            pieces[-1] = _Piece(places=pieces[-1].places + token)
            grouped_on = False
            continue
        elif kind == "digits" or (kind == "point" and pieces and pieces[-1].places):
            pieces.append(_Piece(places=token))
            continue
        elif kind == "general":
            general = True
            pieces.append(_Piece(places="0"))
            continue
        elif kind == "comma" and pieces and pieces[-1].places:
            grouped = grouped_on = True
            continue
        elif kind == "text":
            if text_at >= 0:
                return None
            text_at = len(pieces)
            continue
        elif kind == "bracket" and token.lower() == "[dbnum1]":
            han = True
            continue
        elif kind == "gap" or (kind == "bracket" and _COLOURS.fullmatch(token[1:-1])):
            continue
        elif kind == "other" and not (token.isascii() and token.isalpha()):
            literal = token
        else:
            return None
        pieces.append(_Piece(literal=literal))
    if text_at >= 0:
        if any(piece.places for piece in pieces):
            return None
        return tuple("".join(piece.literal for piece in side) for side in (pieces[:text_at], pieces[text_at:]))  # type: ignore[return-value]
    return _numbered(part, _Section(tuple(pieces), percent, grouped, general, han, han))


def _numbered(part: str, found: _Section) -> _Section | None:
    """A section of numbers with what it says; None where its digits are not shown in their places."""
    places = "".join(piece.places for piece in found.pieces)
    scaled = re.search(r"[0#?],+(?![0#?,])", re.sub(r'"[^"]*"?', "", part))  # 1,200 shown as 1 by `0,`
    fraction = re.search(r"[0#?] ?/ ?[0-9#?]", part)
    if places.count(".") > 1 or scaled or fraction or (found.general and (len(places) > 1 or found.han)):
        return None
    padded = re.match("[#?]*0[0#?]", places.partition(".")[0]) is not None and not found.grouped
    return replace(found, has_words=found.han or padded or any(map(_says, found.words)))


def _says(char: str) -> bool:
    return char not in _FILLING


def _rendered(section: _Section, value: int | float, *, signed: bool) -> str:
    """The number as a section shows it; "" where it has more digits than can be trusted."""
    number = abs(Decimal(repr(value))) * 100**section.percent
    if number >= 10**_LONGEST:
        return ""
    places = "".join(piece.places for piece in section.pieces)
    if not places:
        return ("-" if signed else "") + section.words
    whole_places, _, decimals = places.partition(".")
    if section.general:
        whole, _, behind = f"{number.normalize():f}".partition(".")
        texts = [whole + (f".{behind}" if behind else "")]
        return _joined(section, texts, signed=signed)
    rounded = number.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    whole, _, behind = f"{rounded:f}".partition(".")
    whole = whole.lstrip("0").rjust(whole_places.count("0"), "0")
    while behind and behind[-1] == "0" and decimals[len(behind) - 1] != "0":
        behind = behind[:-1]
    return _joined(section, _spread(section, whole, behind), signed=signed)


def _spread(section: _Section, whole: str, behind: str) -> list[str]:
    """The digits shared out to the places of each piece: what is over before the first place stands at it."""
    groups = [piece.places for piece in section.pieces if piece.places]
    point = groups.index(".") if "." in groups else len(groups)
    texts: list[str] = []
    left = whole
    for group in reversed(groups[:point]):
        cut = max(len(left) - len(group), 0)
        texts.insert(0, left[cut:])
        left = left[:cut]
    if texts:
        texts[0] = left + texts[0]
        if section.grouped and point == 1:
            texts[0] = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", texts[0])
    if point < len(groups):
        texts.append(".")
        for group in groups[point + 1 :]:
            texts.append(behind[: len(group)])
            behind = behind[len(group) :]
    return texts


def _joined(section: _Section, texts: list[str], *, signed: bool) -> str:
    """The pieces of a section with the digits in their places."""
    digits = iter(texts)
    shown = "".join(next(digits, "") if piece.places else piece.literal for piece in section.pieces)
    shown = shown.translate(_HAN_DIGITS) if section.han else shown
    return ("-" if signed else "") + shown.strip()
