"""Habits of one cell: how units type what is true of a day, a name, a text, each in several ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, Final, NamedTuple

from dressed import Shown
from hard_rounds import KINDS, MERGING, Draft, Entry
from writers import Calculated, Cell


class Habit(NamedTuple):
    """A way to fill a form: what of it the habit touches (no other habit may), its variations and what each takes, and
    the forms and file types that can have it."""

    name: str
    touches: frozenset[str]
    ways: Mapping[str, Any]
    forms: tuple[str, ...]
    kinds: tuple[str, ...]
    apply: Callable[[Draft, Any], None]


HABITS: Final[dict[str, Habit]] = {}


def habit(
    touches: str, ways: Mapping[str, Any], forms: str = "visit dispute suggestion", kinds: tuple[str, ...] = KINDS
) -> Callable[[Callable[[Draft, Any], None]], Callable[[Draft, Any], None]]:
    """Make a function known as a habit."""

    def known(apply: Callable[[Draft, Any], None]) -> Callable[[Draft, Any], None]:
        name = apply.__name__.replace("_", " ")
        HABITS[name] = Habit(name, frozenset(touches.split()), ways, tuple(forms.split()), kinds, apply)
        return apply

    return known


def by_name(*ways: Any) -> dict[str, Any]:
    """Variations that are called as they are written."""
    return {_called(way): way for way in ways}


def _called(way: Any) -> str:
    parts = [str(part) for part in way if part] if isinstance(way, tuple) else [str(way)]
    return " + ".join(parts).replace("\n", "↵").replace("\u3000", "□")


def each(made: Draft, key: str, change: Callable[[str], Cell]) -> None:
    """Type the filled cells of a column another way."""
    for entry in made.entries:
        if entry.true.get(key) and isinstance(entry.typed.get(key), str):
            entry.typed[key] = change(entry.true[key])


def some(made: Draft) -> Entry:
    """One of the entries."""
    return made.rng.choice(made.entries)


# -- days ----------------------------------------------------------------------------------------------------------

_WEEK: Final = "一二三四五六日"
_DIGITS: Final = "〇一二三四五六七八九"


def _wide(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in text)


def _spoken(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens < 1 else "十" if tens == 1 else f"{_DIGITS[tens]}十") + (
        _DIGITS[ones] if ones or not tens else ""
    )


def _number_day(day: date) -> Cell:
    """9.18 as a number, where no dropped zero leaves two readings."""
    return float(f"{day.month}.{day.day:02d}") if day.day % 10 and day.day > 3 else day


@habit("visited_on", {
    "date cell": lambda d: d, "date cell with time": lambda d: datetime.combine(d, time(9, 30)),
    "2023年9月18日": lambda d: f"{d.year}年{d.month}月{d.day}日", "2023.9.18": lambda d: f"{d.year}.{d.month}.{d.day}",
    "2023/9/18": lambda d: f"{d.year}/{d.month}/{d.day}", "20230918": lambda d: f"{d:%Y%m%d}",
    "number 20230918": lambda d: int(f"{d:%Y%m%d}"), "9月18日": lambda d: f"{d.month}月{d.day}日",
    "9月18号": lambda d: f"{d.month}月{d.day}号", "9.18": lambda d: f"{d.month}.{d.day:02d}", "9/18": lambda d: f"{d.month}/{d.day}",
    "number 9.18": _number_day, "full width": lambda d: _wide(f"{d.year}年{d.month}月{d.day}日"),
    "上午": lambda d: f"{d.month}月{d.day}日上午", "9月18日下午3时": lambda d: f"{d.month}月{d.day}日下午3时",
    "weekday behind": lambda d: f"{d.year}年{d.month}月{d.day}日（星期{_WEEK[d.weekday()]}）",
    "weekday in front": lambda d: f"星期{_WEEK[d.weekday()]}，{d.month}月{d.day}日",
    "周 in front": lambda d: f"周{_WEEK[d.weekday()]} {d.month}.{d.day:02d}",
    "serial number": lambda d: (d - date(1899, 12, 30)).days, "serial as text": lambda d: str((d - date(1899, 12, 30)).days),
    "23.9.18": lambda d: f"{d:%y}.{d.month}.{d.day}", "blanks": lambda d: f" {d.year}. {d.month}. {d.day} ",
    "二〇二三年": lambda d: f"二〇二三年{_spoken(d.month)}月{_spoken(d.day)}日", "九月十八日": lambda d: f"{_spoken(d.month)}月{_spoken(d.day)}日",
    "ISO with time": lambda d: f"{d.isoformat()} 00:00:00", "2023年09月18": lambda d: f"{d.year}年{d:%m}月{d:%d}", "09-18": lambda d: f"{d:%m-%d}",
})  # fmt: skip
def days(made: Draft, spell: Callable[[date], Cell]) -> None:
    for key in ("visited_on", "resolved_on", "follow_up_on"):
        each(made, key, lambda day: spell(date.fromisoformat(day)))


@habit("visited_on", by_name(
    "9月18日至20日", "9.18-9.20", "9月18、19日", "上周三", "9月31日", "2023-9-31", "国庆节", "9月中旬", "18", "2023年9月", "18日", 9.2, 10.1,
    "星期一，9月20日", "10/9/2023", "9月20日或21日", "9月20日（补）", "2023-9-20、2023-9-27",
))  # fmt: skip
def days_nobody_can_know(made: Draft, typed: Cell) -> None:
    entry = some(made)
    entry.typed["visited_on"] = typed
    entry.asked.add("visited_on")


@habit("visited_on", by_name(
    "八月廿四", "农历八月初六", "癸卯年八月初五", "八月初一", "（农历）8月5日", "8月5日（农历）", "阴历8.5", "古历八月十五", "旧历八月十六", "农历8月15日",
    "2023年八月初六", "八月十五中秋节", "农历八月十五（9月29日）", "八月卅", "冬月初一", "农历2023-8-5", "八月二十四（阴历）", "夏历八月十二",
))  # fmt: skip
def lunar_days(made: Draft, typed: str) -> None:
    entry = some(made)
    entry.typed["visited_on"] = typed
    entry.asked.add("visited_on")


# -- phones, names, places, choices --------------------------------------------------------------------------------


@habit("phone", {
    "number": int, "float": float, "blanks": lambda p: f"{p[:3]} {p[3:7]} {p[7:]}", "dashes": lambda p: f"{p[:3]}-{p[3:7]}-{p[7:]}",
    "+86": lambda p: f"+86 {p}", "86": lambda p: f"86{p}", "full width": _wide, "NBSP": lambda p: f"{p}\u00a0", "line break": lambda p: f"{p}\n",
    "电话：": lambda p: f"电话：{p}", "手机": lambda p: f"手机{p}", "dots": lambda p: f"{p[:3]}.{p[3:7]}.{p[7:]}",
})  # fmt: skip
def phones(made: Draft, spell: Callable[[str], Cell]) -> None:
    each(made, "phone", spell)


@habit("phone", by_name(
    "430623196503121234", 4.30623196503121e17, "1380000", "13812345678、1391234567", "137****1234", "13812345678（其子）", "同村长",
    "13812345678转李四", "李四13812345678", "138123456789", "0730-42", "1.38E+10",
))  # fmt: skip
def phones_nobody_can_call(made: Draft, typed: Cell) -> None:
    entry = some(made)
    entry.typed["phone"] = typed
    entry.asked.add("phone")


@habit("phone", by_name("无", "/", "—", "无电话", "没有电话", "暂无", "没有手机"))
def no_phone(made: Draft, typed: str) -> None:
    entry = some(made)
    entry.typed["phone"], entry.true["phone"] = typed, ""


@habit("who", {
    "blank inside": lambda w: f"{w[0]} {w[1:]}", "wide blanks": lambda w: "\u3000".join(w), "blanks around": lambda w: f"  {w} ",
    "NBSP": lambda w: f"{w}\u00a0", "line break": lambda w: f"{w}\n", "blanks between all": lambda w: " ".join(w), "zero width": lambda w: f"\u200b{w}",
})  # fmt: skip
def spaced_names(made: Draft, spell: Callable[[str], str]) -> None:
    each(made, made.form.who, spell)


@habit(
    "who",
    by_name(
        "{}、张三",
        "{}张三",
        "{} 李四平",
        "{}等3人",
        "{}/王五",
        "{}和张三",
        "{}，张三",
        "{}\n张三",
        "{}与张三",
        "{} 张三",
    ),
    "visit",
)
def two_households(made: Draft, pattern: str) -> None:
    entry = some(made)
    entry.typed[made.form.who] = pattern.format(entry.true[made.form.who])
    entry.asked.add(made.form.who)


@habit("who", by_name("{}夫妇", "{}及其子", "{}（户主）", "{}（已故）", "{}老人", "{}一家"))
def names_with_a_word_more(made: Draft, pattern: str) -> None:
    entry = some(made)
    entry.say(**{made.form.who: pattern.format(entry.true[made.form.who])})


@habit("cadres", by_name(
    "{} 股长", "{}股长", "股长{}", "{}（股长）", "{}(工会主席)", "工会主席 {}", "{}\n股长", "{}-股长", "{}，股长", "{} 主任", "{}主席", "工会{}",
))  # fmt: skip
def cadres_with_their_post(made: Draft, pattern: str) -> None:
    each(made, "cadres", pattern.format)


@habit(
    "cadres",
    by_name(
        "李明，王芳",
        "李明 王芳",
        "李明/王芳",
        "李明；王芳",
        "李明\n王芳",
        "李明,王芳",
        "李明\u3000王芳",
        "李明和王芳",
        "李明、 王芳",
        "李明 王 芳",
        "李明及王芳",
    ),
)
def joint_visits(made: Draft, typed: str) -> None:
    for entry in made.entries:
        entry.say(cadres="李明、王芳")
        entry.typed["cadres"] = typed


@habit(
    "cadres", by_name("李明等2人", "李明等", "李明、王芳等3人", "李某", "李明一行", "本人", "李 明 王 芳 等", "李鸣")
)
def cadres_nobody_can_name(made: Draft, typed: str) -> None:
    entry = some(made)
    entry.typed["cadres"] = typed
    entry.asked.add("cadres")


@habit("township", {
    "short": lambda t: t[:-1], "blanks": lambda t: f" {t} ", "spaced": lambda t: " ".join(t), "鲶": lambda t: t.replace("鲇", "鲶"),
    "县 in front": lambda t: f"华容县{t}", "short with blanks": lambda t: f"{t[:-1]}\u3000", "人民政府": lambda t: f"{t}人民政府",
})  # fmt: skip
def towns(made: Draft, spell: Callable[[str], str]) -> None:
    each(made, "township", spell)


@habit("township village", by_name("{t}{v}", "华容县{t}{v}", "{t} {v}", "湖南省华容县{t}{v}", "{t}\n{v}"))
def the_town_in_the_address(made: Draft, pattern: str) -> None:
    made.drop("township")
    for entry in made.entries:
        entry.typed["village"] = pattern.format(t=entry.true["township"], v=entry.true["village"])
        entry.say(village=str(entry.typed["village"]))
        entry.asked.add("township")


@habit("township", by_name("章华镇、东山镇", "城关镇", "本镇", "梅田湖镇（团洲乡）", "县城"))
def towns_nobody_knows(made: Draft, typed: str) -> None:
    entry = some(made)
    entry.typed["township"] = typed
    entry.asked.add("township")


@habit("target_kind", by_name("群众", "联点群众", "联点乡镇群众 ", "联点乡镇\n群众", "联 点 乡 镇 群 众"), "visit")
def kinds_in_other_words(made: Draft, typed: str) -> None:
    for entry in made.entries:
        entry.say(target_kind="联点乡镇群众")
        entry.typed["target_kind"] = typed


@habit(
    "target_kind",
    by_name("村民", "党员", "贫困户", "人大代表、政协委员", "人大代表/群众", "非人大代表", "1", "√"),
    "visit",
)
def kinds_nobody_knows(made: Draft, typed: str) -> None:
    entry = some(made)
    entry.typed["target_kind"] = typed
    entry.asked.add("target_kind")


@habit("status", by_name("化解中", "调处中", "办理中", "未化解", "正在办理"), "dispute")
def states_in_other_words(made: Draft, typed: str) -> None:
    each(made, "status", lambda status: typed if status == "正在化解" else "已解决")


@habit(
    "texts",
    by_name(
        "无",
        "暂无",
        "没有",
        "/",
        "—",
        0,
        "正常",
        "无。",
        "无矛盾纠纷",
        "无意见",
        "暂无诉求",
        "未反映",
        "无反映问题",
        "无 ",
        "\\",
        "--",
        "无任何意见建议",
    ),
    "visit",
)
def none_in_words(made: Draft, typed: Cell) -> None:
    for entry in made.entries:
        for key in ("dispute", "suggestion", "inquiry"):
            if not entry.true[key]:
                entry.typed[key] = typed


@habit(
    "texts",
    {
        "line break": "{}\n{}",
        "blanks": "  {}{} ",
        "CR LF": "{}\r\n{}",
        "NBSP": "{}\u00a0{}",
        "tab": "{}\t{}",
        "two breaks": "{}\n\n{}",
    },
)
def broken_texts(made: Draft, pattern: str) -> None:
    for key in made.form.texts:
        each(made, key, lambda text: pattern.format(text[:4], text[4:]))


# -- what a value is typed or shown with ---------------------------------------------------------------------------


@habit("typed", {
    "'": lambda t: f"'{t}", '="…"': lambda t: f'="{t}"', "zero width": lambda t: f"\u200b{t}", "NBSP": lambda t: f"\u00a0{t}\u00a0", "BOM": lambda t: f"\ufeff{t}",
    "‘": lambda t: f"‘{t}", "tab": lambda t: f"\t{t}", '"…"': lambda t: f'"{t}"',
})  # fmt: skip
def typed_marks(made: Draft, mark: Callable[[str], str]) -> None:
    for key in (made.form.who, "phone", "cadres", "township", "village"):
        for entry in made.entries:
            if isinstance(entry.typed.get(key), str):
                entry.typed[key] = mark(str(entry.typed[key]))


@habit("village remark crossed", {
    "沙口村0组": ("village", 5, '"沙口村"0"组"', "沙口村5组"), "0口人": ("family", 5, '0"口人"', "5口人"), "000": ("remark", 12, "000", "012"),
    "0%": ("remark", 0.5, "0%", "50%"), "第0本": ("remark", 7, '"第"0"本"', "第7本"), "0.00元": ("remark", 35.5, '0.00"元"', "35.50元"),
}, "visit", MERGING)  # fmt: skip
def numbers_shown_with_words(made: Draft, what: tuple[str, float, str, str]) -> None:
    key, value, code, shown = what
    for entry in made.entries:
        entry.true[key], entry.typed[key] = shown, Shown(value, code, shown)


@habit("typed", by_name("cadres", "township", "household", "dispute"), "visit", ("xlsx",))
def calculated(made: Draft, key: str) -> None:
    for entry in made.entries:
        if isinstance(entry.typed.get(key), str):
            entry.typed[key] = Calculated(entry.typed[key])


@habit(
    "typed",
    {
        "household": ("household", "=B99"),
        "phone": ("phone", "=VLOOKUP(A1,B:C,2,0)"),
        "cadres": ("cadres", "=#REF!"),
        "dispute": ("dispute", "=IF(A1=1,1,2)"),
    },
    "visit",
    ("openpyxl",),
)
def formulas_without_a_value(made: Draft, what: tuple[str, str]) -> None:
    entry = some(made)
    entry.typed[what[0]] = what[1]
    entry.asked.add(what[0])
