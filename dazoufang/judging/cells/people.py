"""Persons' names as people type them: one cell in, distinct names or one household's name out, or what is unclear."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time
from functools import lru_cache
from typing import Final

from dazoufang.judging.cells.converted import EMPTY, Cell, Converted, fault
from dazoufang.model import terms

_LONGEST: Final = 10  # characters of a name; twice that when it has the dot of a minority or foreign name
_HAN_NAME: Final = re.compile(rf"[{terms.HAN}]{{2,}}")
_PERSON: Final = re.compile(rf"[{terms.HAN}][{terms.HAN}A-Za-z*]*(?:·[{terms.HAN}A-Za-z]+)*")
_LATIN: Final = re.compile(r"[A-Za-z][A-Za-z.'’-]*(?: [A-Za-z][A-Za-z.'’-]*)*")
_SEPARATORS: Final = re.compile(r"[、,;/|\\\n\r&+]+")
_EDGES: Final = "、,;/|\\&+。. \t\n\r"
_CONJUNCTIONS: Final = re.compile(r"[和与及]")
_NOTE: Final = re.compile(r"\(([^()]*)\)")
_AND_SO_ON: Final = re.compile(
    r"等(?:共)?(?:([0-9]{1,2}|[一二两三四五六七八九十几数多]{1,2})(?:人|名|位|个|同志)?)?(?:人|干部|同志|户)*$"
)
_COUNTED: Final = re.compile(
    r"(?<=..)(?:共|一共|计)?([0-9]{1,2}|[一二两三四五六七八九十])(?:个?人|名|位)$"
)  # 张三、李四2人
_COUNTS: Final = {name: n for n, name in enumerate("一二三四五六七八九十", 1)} | {"两": 2}
_HAN_PIECE: Final = re.compile(rf"[{terms.HAN}]+(?:·[{terms.HAN}]+)*")
_HAN_RUN: Final = re.compile(rf"[{terms.HAN}· ]*[{terms.HAN}·] [{terms.HAN}· ]*")
_SPACE_AT_SIGN: Final = re.compile(r" (?=[、，,；;（）()/·])|(?<=[、，,；;（）()/·]) ")
_PHONE: Final = re.compile(r"\d{7,}")
_DIGIT_GAP: Final = re.compile(r"(?<=\d)[\s-]+(?=\d)")
_ORGANISATION: Final = re.compile(
    r"(?:股|办公室|中心|学校|中学|小学|幼儿园|教体局|教育局|工会|村委会|居委会|社区|领导小组)$"
)
_TITLE: Final = re.compile(rf"(?:{'|'.join(sorted(terms.TITLES, key=len, reverse=True))})$")
_LED_BY_TITLE: Final = re.compile(rf"(?:{'|'.join(sorted(terms.TITLES, key=len, reverse=True))})(?=.)")
_LED_BY_UNIT: Final = re.compile(
    r".+?(?:股|办公室|中心|学校|中学|小学|幼儿园|教体局|教育局|工会|村委会|居委会|社区)(?=..)"
)
_HIDDEN: Final = re.compile("[*＊]{2}|^.[*＊]")  # 张**, 张*, 张*三; a star behind a whole name is a mark
_PLACEHOLDER: Final = re.compile(r"[xX]{2,}")
_SPACED_AND: Final = re.compile(r"\s+[和与及]\s+|\s+[与及](?=\S{2})")
# A note that says what somebody is, not who else was there.
_NOTE_SAYS_WHAT: Final = re.compile(
    r"[长任记员股室馆所心校局镇乡村会站队师教部组科办业职休亡故女男汉土苗侗瑶回族户主席务代班委工书\d年岁]$"
)
_DOTS: Final = str.maketrans(dict.fromkeys("•‧・･∙⋅●", "·"))
_LETTERS: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()}
_NO_NAMES: Final = terms.BLANKS | terms.NOBODY | terms.DITTO_WORDS

HOW_SPACE: Final = "姓名去空格"
HOW_SEVERAL: Final = "多人分隔"
HOW_NOTE: Final = "姓名去括号说明"
HOW_TITLE: Final = "姓名去职务"


class _Unclear(Exception):
    """A part of the cell cannot be read as names for certain."""

    def __init__(self, reason: str, code: str = "C20") -> None:
        self.code = code
        self.reason = reason


def to_names(value: Cell) -> Converted:
    """A cell → the tuple of distinct names in the order given; C14 when somebody is not named, C20 when unclear.

    张 三 is one person, 张三 李四 and 张三、李四 two; a title or a note in brackets behind a name is dropped.
    Rule: where one reading is not certain (张三李四, 张三和老李) the cell is a fault.
    """
    if value is None:
        return EMPTY
    if not isinstance(value, str):
        return _not_a_name(value)
    return _names(value)


def to_names_less_titles(value: Cell) -> Converted:
    """`to_names`; a title that stands apart from its name (李明 股长, 股长 李明) is dropped too.

    Rule: 李 主任 and 欧阳 主任 name nobody in full: the title stays, and the fault says so.
    """
    converted = _less_spaced_titles(value) if isinstance(value, str) else to_names(value)
    if HOW_TITLE in converted.how and (bare := next(filter(_is_surname, converted.value), "")):
        return fault("C20", what=f"“{bare}”只有姓和职务，没有全名")
    return converted


def _less_spaced_titles(text: str) -> Converted:
    pieces = _BEFORE_POST.split(text)
    if len(pieces) != 2 or len(set(map(terms.is_title, pieces))) == 1:
        pieces = text.split()
    names = [piece for piece in pieces if not terms.is_title(piece)]
    if len(pieces) < 2 or len(names) == len(pieces) or len("".join(names)) < 2:
        return to_names(text)
    converted = to_names(" ".join(names))
    return converted if converted.value is None else replace(converted, how=HOW_TITLE)


_BEFORE_POST: Final = re.compile(r"\s*[,，—-]\s*")  # 李明，股长; 李明、股长 may be two


def _is_surname(name: str) -> bool:
    return name in terms.COMPOUND_SURNAMES


def to_person(value: Cell) -> Converted:
    """`to_whole_name`, less a title before or behind it (王国强 书记, 王国强（书记）, 书记王国强).

    Rule: a title goes only where what is left is a common name: 王书记 and 张会计 stay, for they may be all that is known.
    """
    converted = to_whole_name(value)
    if not isinstance(converted.value, str) or len(converted.value) <= 3:
        return converted  # too short for a whole name and a title
    bare = _less_title(converted.value)
    return converted if bare == converted.value else Converted(bare, how=HOW_TITLE)


def to_household(value: Cell) -> Converted:
    """`to_person` of a household that was visited; asked (C24) where two names stand in the cell (张三、李四): elsewhere
    two may be the parties of one dispute."""
    converted = to_person(value)
    if isinstance(converted.value, str) and len(converted.value) > 3:
        text = converted.value
        if names := [text] if _AND_SO_ON.search(text) else _two_names(text):
            return replace(converted, asks="C24", details={"names": "、".join(names)})
    return converted


_NO_NAME: Final = frozenset(("全家", "党员", "师傅", "居民", "干部"))  # behind a name, though they begin as one does
_BRACKETED_TITLE: Final = re.compile(r"[(（]([^()（）]+)[)）]$")


def _less_title(text: str) -> str:
    """A household's name without a title beside it; itself where there is none, or the rest is no whole name."""
    note = _BRACKETED_TITLE.search(text)
    if note and terms.normalize(note[1]) in terms.TITLES:
        bare = text[: note.start()].strip()
    elif title := _TITLE.search(text):
        bare = text[: title.start()].strip()
    elif led := _LED_BY_TITLE.match(text):
        bare = text[led.end() :].strip()
    else:
        return text
    return bare if _is_common_name(bare) and not _is_surname(bare) else text


def _two_names(text: str) -> list[str]:
    """The names in a household's cell where each is a common one: 张三、李四; 张三 李四; 张三和李四; 张三李四."""
    pieces = [piece for piece in re.split(r"[、,，;；/|+&\s]+", text) if piece]
    if len(pieces) == 1 and (conjunction := re.search("(?<=..)[和与及](?=..)", text)):
        pieces = [text[: conjunction.start()], text[conjunction.end() :]]
    if len(pieces) == 1 and _HAN_NAME.fullmatch(text) and text[:2] not in terms.COMPOUND_SURNAMES:
        ways = ([text[:cut], text[cut:]] for cut in (2, 3) if 2 <= len(text) - cut <= 3 and text[cut:] not in _NO_NAME)
        pieces = next((names for names in ways if all(map(_is_common_name, names))), pieces)
    return pieces if len(set(pieces)) > 1 and all(map(_is_common_name, pieces)) else []


def to_name(value: Cell) -> Converted:
    """A cell → the name of one household as typed, less the blanks inside a name; C20 for digits or no name at all.

    张三（已故） and 张三、李四夫妇 stay as they are: what is beside the name may tell two households apart.
    """
    if value is None:
        return EMPTY
    if not isinstance(value, str):
        return _not_a_name(value)
    if len(value) <= 3 and _HAN_NAME.fullmatch(value) and value not in _NO_NAMES:
        return Converted(value)
    text = " ".join(terms.INVISIBLE.sub("", value).translate(_LETTERS).translate(_DOTS).split())
    if terms.is_blank(text):
        return EMPTY
    if text.replace(" ", "").isdigit():
        return fault("C20", what="全是数字，不是人名")
    if _PHONE.search(_DIGIT_GAP.sub("", text)):
        return fault("C20", what="夹着电话号码，请把号码写到“联系电话”一列")
    nobody = terms.normalize(text) in _NO_NAMES or terms.is_ditto(text) or _PLACEHOLDER.fullmatch(text)
    if nobody or not any(map(str.isalpha, text)):
        return fault("C20", what="没有写出姓名")
    name = _HAN_RUN.sub(lambda run: _closed_up(run[0]), _SPACE_AT_SIGN.sub("", text))
    return Converted(name, how=HOW_SPACE if name != value else "")


def to_whole_name(value: Cell) -> Converted:
    """`to_name`; but C20 for a name that is hidden by stars, as in a list for the public (张**)."""
    if isinstance(value, str) and _HIDDEN.search(terms.INVISIBLE.sub("", value).strip()):
        return fault("C20", what="名字用“*”隐去了，像是公示稿，不能作为报送件；请填完整的姓名")
    return to_name(value)


def _closed_up(run: str) -> str:
    """`run`, Chinese characters and blanks, without the blanks inside a name; where names are parted by one, or it is
    unclear, the blank stays."""
    names = _by_spaces(run.split())
    return run if names is None else " ".join(names)


def _not_a_name(value: Cell) -> Converted:
    if isinstance(value, date | time):
        return fault("C20", what="是日期或时间，不是人名")
    if value == 0 and not isinstance(value, bool):
        return EMPTY
    return fault("C20", what="全是数字，不是人名")


@lru_cache(maxsize=8192)
def _names(raw: str) -> Converted:
    """`to_names` of a text; kept for the next cell with the same text."""
    text = terms.narrow(raw).translate(_DOTS).strip()
    if terms.is_blank(text):
        return EMPTY
    how: list[str] = []
    try:
        found = _split(text, how)
    except _Unclear as unclear:
        return fault(unclear.code, what=unclear.reason)
    names = tuple(dict.fromkeys(found))
    if not names:
        return fault("C20", what="里面没有姓名")
    if len(names) > 1 and "、".join(names) != raw:
        how.append(HOW_SEVERAL)
    elif len(names) == 1 and names[0] != raw and not how:
        how.append(HOW_SPACE)
    return Converted(names, how="、".join(dict.fromkeys(how)))


def _split(text: str, how: list[str]) -> list[str]:
    """The names in a cell, some perhaps twice; how the writing was made canonical is added to `how`.

    Raises:
        _Unclear: somebody is not named (C14), or it is not certain who is.
    """
    text = _NOTE.sub(lambda note: _drop_note(note[1], how), text).strip(_EDGES)
    if "(" in text or ")" in text:
        raise _Unclear("括号没有成对")
    if terms.CROWD.search(text):
        raise _Unclear("", "C14")
    count_written: int | None = None
    if etc := _AND_SO_ON.search(text) or _COUNTED.search(text):
        count = etc[1] or ""
        count_written = int(count) if count.isdigit() else _COUNTS.get(count, -1)
        text = text[: etc.start()]
    names = [name for part in _SEPARATORS.split(_SPACED_AND.sub("、", text)) for name in _part(part.strip(), how)]
    # 张三、李四等2人 names everybody; 张三等3人 does not.
    if count_written is not None and count_written != len(dict.fromkeys(names)):
        raise _Unclear("", "C14")
    return names


def _drop_note(note: str, how: list[str]) -> str:
    """What a note in brackets is replaced by: "", noted in `how`, where it is a title, a unit or a sex.

    Raises:
        _Unclear: it may be another person, or says that something is not certain.
    """
    inner = "".join(note.split())
    if "?" in inner:
        raise _Unclear(f"括号里有“{inner}”，看不出是否确定")
    if inner.endswith("代") and _is_common_name(inner[:-1]):
        raise _Unclear(f"括号里的“{inner}”是不是另一个人代为走访")
    if inner and not _NOTE_SAYS_WHAT.search(inner) and _is_common_name(inner):
        raise _Unclear(f"括号里的“{inner}”是不是另一个人")
    how.append(HOW_NOTE)
    return ""


def _part(part: str, how: list[str]) -> list[str]:
    """The names in a part that has no separators but blanks and 和 / 与 / 及.

    Raises:
        _Unclear: it is not certain how many they are, or who.
    """
    if not part:
        return []
    if _LATIN.fullmatch(part):
        return [part]
    tokens = part.split()
    spaced = _by_spaces(tokens)
    if spaced is None or any(token[0] == "和" and _is_common_name(token[1:]) for token in spaced[1:]):
        raise _Unclear(f"“{' '.join(tokens)}”分不清是几个人")
    return [name for token in spaced for name in _unspaced(token, how)]


def _by_spaces(tokens: list[str]) -> list[str] | None:
    """Names out of blank-separated pieces, None when more than one reading is open.

    One character is never a person, so it belongs to a neighbour: 张 三 / 张 三 丰 / 张 三丰 / 欧阳 锋 are one,
    and in a list of whole names two lone characters are one name spread out to the width of the others.
    """
    lengths = [len(token) for token in tokens]
    if len(tokens) <= 1:
        return tokens
    if not all(map(_HAN_PIECE.fullmatch, tokens)):
        return None if 1 in lengths else tokens
    first = tokens[0] in terms.COMPOUND_SURNAMES
    if lengths in ([1, 1], [1, 1, 1], [1, 2]) or (first and lengths == [2, 1]):
        return ["".join(tokens)]
    if lengths in ([1, 1, 2], [1, 1, 1, 1]) and "".join(tokens[:2]) in terms.COMPOUND_SURNAMES:
        return ["".join(tokens)]
    if first and lengths == [2, 2] and not _is_common_name(tokens[1]):
        return ["".join(tokens)]
    if any(token in terms.COMPOUND_SURNAMES for token in tokens):
        return None
    names: list[str] = []
    place = 0
    while place < len(tokens):
        if lengths[place] > 1:
            names.append(tokens[place])
            place += 1
            continue
        run = 1
        while place + run < len(tokens) and lengths[place + run] == 1:
            run += 1
        if run != 2 or run == len(tokens) or tokens[place] not in terms.SURNAMES:
            return None
        names.append(tokens[place] + tokens[place + 1])
        place += 2
    return names


def _unspaced(token: str, how: list[str]) -> list[str]:
    """The names in a run of characters: one, or several where 和 / 与 / 及 can be nothing but "and"."""
    if any(char.isdigit() for char in token):
        raise _Unclear(f"“{token}”里夹有数字")
    if "*" in token:
        raise _Unclear(f"“{token}”里有“*”，姓名不全")
    if not _PERSON.fullmatch(token):
        raise _Unclear(f"“{token}”不像人名")
    if _AND_SO_ON.search(token):
        raise _Unclear("", "C14")
    if terms.is_ditto(token):
        raise _Unclear(f"“{token}”不能与人名写在一起")
    if len(token) >= 5 and _CONJUNCTIONS.search(token[1:]):
        ways = _conjoined(token)
        if len(ways) != 1:
            raise _Unclear(f"“{token}”分不清是几个人")
        return [_single(name, how) for name in ways[0]]
    return [_single(token, how)]


def _conjoined(token: str) -> list[list[str]]:
    """Every reading of `token` as common names joined by 和 / 与 / 及."""
    ways = [[token]] if _is_common_name(token) else []
    for conjunction in _CONJUNCTIONS.finditer(token):
        if _is_common_name(head := token[: conjunction.start()]):
            ways += [[head, *rest] for rest in _conjoined(token[conjunction.end() :])]
    return ways


def _single(name: str, how: list[str]) -> str:
    """One name, less a title before or behind it.

    Raises:
        _Unclear: it names nobody, or might name two.
    """
    if terms.normalize(name) in terms.NOBODY:
        raise _Unclear(f"“{name}”不是姓名")
    if title := _TITLE.search(name):
        bare = name[: title.start()]
        if not _is_common_name(bare):
            # 张主任 tells the surname only, and 副局长 nothing at all.
            raise _Unclear(f"“{name}”只有职务没有全名" if len(bare) <= 1 else f"“{name}”看不出姓名")
        how.append(HOW_TITLE)
        name = bare
    if led := _LED_BY_TITLE.match(name):
        if not _is_common_name(bare := name[led.end() :]):
            raise _Unclear(f"“{name}”看不出姓名")
        how.append(HOW_TITLE)
        name = bare
    if (led := _LED_BY_UNIT.match(name)) and _is_common_name(name[led.end() :]):
        raise _Unclear(f"“{name}”里有单位名称，请只写姓名")
    if _ORGANISATION.search(name) and (len(name) >= 4 or name[0] not in terms.SURNAMES):
        raise _Unclear(f"“{name}”像是单位，不是人名")
    if len(name) < 2:
        raise _Unclear(f"“{name}”只有一个字，看不出是谁")
    if len(name) > _LONGEST * (2 if "·" in name else 1):
        raise _Unclear(f"有{len(name)}个字，太长，不像人名")
    if _HAN_NAME.fullmatch(name) and _could_be_two(name):
        raise _Unclear(f"“{name}”分不清是一个人还是几个人")
    return name


def _could_be_two(name: str) -> bool:
    """Do the characters of `name` also read as two or more common names with nothing between (张三李四)?"""
    if len(name) < 4 or (len(name) == 4 and name[:2] in terms.COMPOUND_SURNAMES):
        return False
    return any(
        _is_common_name(name[:cut]) and (_is_common_name(name[cut:]) or _could_be_two(name[cut:]))
        for cut in range(2, len(name) - 1)
    )


def _is_common_name(text: str) -> bool:
    """Two or three characters led by a common surname, or three or four led by a compound one."""
    if not _HAN_NAME.fullmatch(text):
        return False
    compound = text[:2] in terms.COMPOUND_SURNAMES and len(text) in (3, 4)
    return compound or (len(text) in (2, 3) and text[0] in terms.SURNAMES)
