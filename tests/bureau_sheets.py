"""What the units of a made-up bureau type: visits, 办理表, rosters and the rest, in spellings that are read for certain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from random import Random
from typing import Any, Final

from bureau_books import DISPUTE, Item, Person, Post, Visit
from tables import workbook

VISIT: Final = (
    "走访日期", "走访干部", "走访对象", "对象类别", "乡镇", "村(社区)组", "联系电话", "矛盾纠纷和信访诉求", "意见建议", "政策咨询和求助", "现场答复情况",
)  # fmt: skip
# What the columns of the two 办理表 are called: of disputes, of suggestions.
_COLUMNS: Final = {
    "编号": ("编号", "编号"), "日期": ("走访日期", "反映日期"), "干部": ("走访干部", "走访干部"), "人": ("当事人", "反映人"),
    "电话": ("联系电话", "联系电话"), "类别": ("纠纷类别", "事项类别"), "事由": ("主要情况及诉求", "意见建议内容"),
    "责任单位": ("责任单位", "承办单位"), "责任人": ("责任人", "责任人"), "时限": ("化解时限", "办理时限"), "复杂程度": ("复杂程度", ""),
    "措施": ("化解措施", "研判意见"), "情况": ("化解情况", "办理情况"), "状态": ("办理状态", "办理状态"), "办结": ("办结日期", "办结日期"),
    "回访": ("回访日期", "回复日期"), "方式": ("回访方式", "回复方式"), "满意度": ("满意度", "满意度"), "销号": ("销号日期", "销号日期"),
}  # fmt: skip
_HANDLING: Final = ("编号", "措施", "情况", "状态", "办结", "回访", "方式", "满意度", "销号")
_DAYS: Final = ("时限", "办结", "回访", "销号")
_KINDS: Final = {"联点乡镇群众": "群众", "原民代幼人员": "原民代幼", "其他": "其他人员"}
_WORDS: Final = {"正在化解": "化解中", "已化解": "调处成功", "正在办理": "办理中", "已办结": "已解决"}
_WIDE: Final = str.maketrans("0123456789-", "０１２３４５６７８９－")


class Typist:
    """Types in many ways what is always read as the same."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng

    def maybe(self, chance: float) -> bool:
        return self.rng.random() < chance

    def day(self, day: date) -> Any:
        spelt = f"{day.year}年{day.month}月{day.day}日"
        return self.rng.choice(
            (
                day.isoformat(), day.isoformat(), day, f"{day.year}.{day.month}.{day.day}", f"{day.year}/{day.month}/{day.day}",
                spelt, spelt.translate(_WIDE), f"{day:%Y%m%d}",
            )
        )  # fmt: skip

    def name(self, name: str) -> str:
        return f"{name[0]}{self.rng.choice(' 　')}{name[1]}" if len(name) == 2 and self.maybe(0.1) else name

    def names(self, persons: Iterable[Person]) -> str:
        return self.rng.choice("、、，").join(self.name(person.name) for person in persons)

    def phone(self, phone: str) -> str:
        chance = self.rng.random()
        if chance < 0.05:
            return phone.translate(_WIDE)
        return f"{phone[:3]} {phone[3:7]} {phone[7:]}" if chance < 0.1 else phone

    def alias(self, word: str, others: dict[str, str]) -> str:
        return others.get(word, word) if self.maybe(0.2) else word

    # -- forms ----------------------------------------------------------------------------------------------------

    def visits(self, unit: str, visits: Sequence[Visit], faulty: Visit | None, outside: Visit | None) -> bytes:
        """`faulty`: the one of which the day cannot be understood; `outside`: one more, by somebody out of office."""
        lines: list[list[Any]] = [list(VISIT)]
        for visit in [*visits, *filter(None, [outside])]:
            door = visit.door
            cells = {
                "走访日期": "上周三" if visit is faulty else self.day(visit.day), "走访干部": self.names(visit.whose),
                "走访对象": self.name(door.name), "对象类别": self.alias(door.kind, _KINDS),
                "乡镇": door.township.removesuffix("镇") if self.maybe(0.2) else door.township,
                "村(社区)组": door.village, "联系电话": self.phone(door.phone), **visit.matters,
            }  # fmt: skip
            if "政策咨询和求助" in visit.matters and len(door.name) == 2:
                cells["现场答复情况"] = "当场答复"
            lines.append([cells.get(name) for name in VISIT])
        return workbook(lines, unit=unit)

    def zero_report(self, unit: str, day: date) -> bytes:
        return workbook([list(VISIT)], unit=unit, above=[[f"填报时间：{day}"]], below=[["本周无走访"]])

    def handled(self, unit: str, kind: str, rows: Sequence[tuple[Item, dict[str, str], bool]]) -> bytes:
        """Rows of an 办理表: an item, what is said of it, and whether by its number."""
        lines: list[list[Any]] = [_titles(_COLUMNS, kind)]
        for item, said, numbered in rows:
            cells = self._said(said) | {
                "编号": item.number if numbered else None, "日期": self.day(item.day), "干部": item.cadres,
                "人": self.name(item.door.name), "电话": self.phone(item.door.phone),
                "类别": "邻里关系" if kind == DISPUTE else "道路交通", "事由": item.text,
            }  # fmt: skip
            lines.append(_line(_COLUMNS, kind, cells))
        return workbook(lines, unit=unit)

    def of_handler(self, unit: str, kind: str, rows: Sequence[tuple[Item, dict[str, str], bool]]) -> bytes:
        """Rows by number alone, with nothing but how the items are handled."""
        lines: list[list[Any]] = [_titles(_HANDLING, kind)]
        lines += [_line(_HANDLING, kind, self._said(said) | {"编号": item.number}) for item, said, _ in rows]
        return workbook(lines, unit=unit)

    def _said(self, said: dict[str, str]) -> dict[str, Any]:
        """What is said of an item as it is typed."""
        days = {name: self.day(date.fromisoformat(said[name])) for name in _DAYS if name in said}
        return said | days | ({"状态": self.alias(said["状态"], _WORDS)} if "状态" in said else {})


def _titles(columns: Iterable[str], kind: str) -> list[Any]:
    return [title for name in columns if (title := _COLUMNS[name][kind != DISPUTE])]


def _line(columns: Iterable[str], kind: str, cells: dict[str, Any]) -> list[Any]:
    return [cells.get(name) for name in columns if _COLUMNS[name][kind != DISPUTE]]


def roster(rows: Sequence[tuple[Person, Post]]) -> bytes:
    """The roster; the telephone says that two rows are one person."""
    lines: list[list[Any]] = [["姓名", "单位", "角色", "手机", "任职起", "任职止"]]
    for person, post in rows:
        since, until = (None if day in (date.min, date.max) else day for day in (post.since, post.until))
        lines.append([person.name, post.unit, "股室负责人", person.phone, since, until])
    return workbook(lines)


def decisions(rows: Sequence[tuple[str, str, date | None, str]], approved_on: date, number: int) -> bytes:
    """裁定表: 编号, 裁定, 新时限, 对应编号."""
    lines: list[list[Any]] = [["编号", "裁定", "新时限", "对应编号", "批准人", "批准日期", "理由"]]
    lines += [[*row, "王芳", approved_on, f"第{number}次会议议定"] for row in rows]
    return workbook(lines)


def withdrawal(number: int, nth: int) -> bytes:
    return workbook([["收件号", "报送件", "理由"], [f"{number:04d}", "交错的表", f"第{nth}次撤回"]])


def training(persons: Sequence[Person], held_on: date) -> bytes:
    names = "、".join(person.name for person in persons)
    return workbook([["培训日期", "参训人员", "培训内容"], [held_on, names, "一看二听三问四讲"]])


def notebooks(persons: Sequence[Person], issued_on: date) -> bytes:
    lines: list[list[Any]] = [["发放日期", "领取人", "工作记录本编号"]]
    lines += [[issued_on, person.name, f"{number:04d}"] for number, person in enumerate(persons, 1)]
    return workbook(lines)
