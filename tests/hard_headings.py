"""Habits of headings and columns: what units call them, how they dress, split, add and hide them, each in several ways."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from hard_habits import by_name, habit
from hard_rounds import HIDING, MERGING, Column, Draft
from writers import Cell, Line

_ALIASES: Final = {
    "visit": """visited_on 走访时间 入户时间 日期|cadres 走访人 走访人员 入户干部 干部姓名|cadre_title 单位及职务 股室及职务
    |household 户主 户主姓名 走访对象姓名 被走访人 受访人 走访农户|target_kind 人员类别 对象类型 身份|township 镇 乡镇(街道) 所属乡镇
    |village 村 村组 住址 家庭住址 地址|phone 电话 手机 手机号 联系方式|family 家庭基本情况 家庭生活情况|dispute 矛盾纠纷 信访诉求 反映问题
    |suggestion 意见和建议 建议|inquiry 咨询求助 问题求助|reply 现场办理情况 答复情况 处理情况|remark 说明""",
    "dispute": """person 反映人 信访人 诉求人 走访对象|category 矛盾类别 类别|matter 简要情况 矛盾纠纷简要情况 事由 主要诉求|measures 处理建议 工作措施
    |responsible_unit 承办单位 责任主体|responsible_person 包案领导 化解责任人|status 化解状态 状态|outcome 调处情况 办理情况
    |resolved_on 化解日期 办结时间|remark 说明""",
    "suggestion": """visited_on 走访日期 反映时间|person 建议人 提出人 走访对象|category 类别|matter 主要内容 意见建议 反映问题
    |responsible_unit 责任单位 主办单位 办理单位|outcome 办理结果 落实情况|follow_up_on 回访日期|follow_up_mode 回访方式|resolved_on 办结时间""",
}  # fmt: skip
_ENGLISH: Final = {
    "visited_on": "Date", "cadres": "Cadre", "household": "Household", "person": "Name", "phone": "Tel", "township": "Town", "village": "Village",
    "target_kind": "Type", "remark": "Note", "matter": "Matter", "status": "Status", "dispute": "Dispute",
}  # fmt: skip


def aliases(form: str) -> dict[str, list[str]]:
    """The other headings of each field."""
    return {words[0]: words[1:] for line in _ALIASES[form].split("|") for words in [line.split()]}


@habit("headings", by_name("first", "second", "third", "last", "any"))
def alias_headings(made: Draft, way: str) -> None:
    for column in made.columns:
        words = aliases(made.form.name).get(column.key)
        if words:
            at = {"first": 0, "second": 1, "third": 2, "last": len(words) - 1}.get(way, made.rng.randrange(len(words)))
            column.heading = words[at % len(words)]


@habit("headings dress", {
    "*": lambda h, _: f"*{h}", "＊": lambda h, _: f"{h}＊", "必填": lambda h, _: f"{h}（必填）", "blanks": lambda h, _: " ".join(h), "wide blanks": lambda h, _: "\u3000".join(h),
    "line break": lambda h, _: f"{h[:2]}\n{h[2:]}", "wide brackets": lambda h, _: h.replace("(", "（").replace(")", "）"), "colon": lambda h, _: f"{h}：",
    "1.": lambda h, n: f"{n}.{h}", "1、": lambda h, n: f"{n}、{h}", "（1）": lambda h, n: f"（{n}）{h}", "①": lambda h, n: f"{chr(0x245F + n)}{h}", "A.": lambda h, n: f"{chr(64 + n)}.{h}",
    "一、": lambda h, n: f"{'一二三四五六七八九十'[n % 10]}、{h}", "【】": lambda h, _: f"【{h}】", "NBSP": lambda h, _: f"{h}\u00a0", "hint": lambda h, _: f"{h}（没有填无）",
})  # fmt: skip
def dressed_headings(made: Draft, dress: Callable[[str, int], str]) -> None:
    for number, column in enumerate(made.columns, 1):
        column.heading = dress(column.heading, number)


@habit(
    "headings dress",
    by_name("{zh} {en}", "{zh}/{en}", "{zh}({en})", "{zh}\n{en}", "{en} {zh}", "{en}\n{zh}", "{zh}（{en}）"),
)
def bilingual_headings(made: Draft, pattern: str) -> None:
    for column in made.columns:
        if column.key in _ENGLISH:
            column.heading = pattern.format(zh=column.heading, en=_ENGLISH[column.key])


@habit("levels headings columns order rowwise meta-column", {"two": 2, "three": 3, "four": 4}, kinds=MERGING)
def heading_rows(made: Draft, levels: int) -> None:
    made.levels = levels


@habit("order", by_name("shuffled", "backwards", "remark first"))
def other_order(made: Draft, way: str) -> None:
    if way == "shuffled":
        made.rng.shuffle(made.columns)
    elif way == "backwards":
        made.columns.reverse()
    else:
        made.columns.insert(0, made.columns.pop())


@habit(
    "columns void phone village township texts remark",
    by_name(
        ("serial",), ("remark", "cadre_title"), ("phone",), ("village", "phone"), ("family", "reply"), ("township",)
    ),
)
def fewer_columns(made: Draft, keys: tuple[str, ...]) -> None:
    made.untell(*keys)
    if "serial" in keys:
        for entry in made.entries:
            entry.true.pop("serial")


@habit(
    "columns order",
    by_name(
        ("是否党员", "是"),
        ("驻村队", "√"),
        ("辅助列", 1),
        ("身份证号", "430623196503121234"),
        ("满意程度", "满意"),
        ("走访照片", None),
        ("年龄", 56),
        ("性别", "男"),
    ),
)
def a_column_of_their_own(made: Draft, what: tuple[str, Cell]) -> None:
    heading, value = what
    made.columns.insert(made.rng.randrange(1, len(made.columns) + 1), Column("own", heading))
    for entry in made.entries:
        entry.typed["own"] = value if made.rng.random() < 0.8 else None


@habit("columns order", by_name(1, 2, 3), kinds=MERGING)
def gap_columns(made: Draft, count: int) -> None:
    for number in range(count):
        made.columns.insert(made.rng.randrange(1, len(made.columns)), Column(f"gap{number}", ""))


@habit("columns right", by_name(40, 137, 250))
def a_hundred_columns(made: Draft, count: int) -> None:
    for number in range(len(made.columns), count):
        made.columns.append(Column(f"own{number}", f"指标{number}"))


@habit("visited_on columns", {
    "年|月|日": ("年", "月", "日"), "月|日": ("", "月", "日"), "走访日期：年|月|日": ("年", "月", "日"),
    "texts": ("年", "月", "日"), "日期|上午": ("half",), "日期|时段": ("half",),
})  # fmt: skip
def a_day_in_parts(made: Draft, parts: tuple[str, ...]) -> None:
    at, column = made.at("visited_on"), made.column("visited_on")
    if parts == ("half",):
        made.columns.insert(at + 1, Column("visited_on.half", made.rng.choice(("上午/下午", "时间", "时段"))))
        for entry in made.entries:
            entry.typed["visited_on.half"] = made.rng.choice(("上午", "下午"))
        return
    made.columns[at : at + 1] = [Column(f"visited_on.{part}", part, column.group, part) for part in parts if part]
    for entry in made.entries:
        day = date.fromisoformat(entry.true["visited_on"])
        told: dict[str, Cell] = {"年": day.year, "月": day.month, "日": day.day}
        entry.typed |= {f"visited_on.{part}": told[part] for part in parts if part}


@habit("village columns", {
    "村|组 5组": ("村", "组", "{}组"), "村|组 5": ("村", "组", "{}"), "村(社区)|组别": ("村(社区)", "组别", "第{}组"), "行政村|村民小组": ("行政村", "村民小组", "{}组"),
    "社区|小组": ("社区", "小组", "{}"), "村|组 number": ("村", "组", None),
})  # fmt: skip
def a_village_in_parts(made: Draft, what: tuple[str, str, str | None]) -> None:
    first, second, pattern = what
    at = made.at("village")
    made.columns[at : at + 1] = [Column("village.1", first, "", first), Column("village.2", second, "", second)]
    for entry in made.entries:
        whole = entry.true["village"]
        cut = max(whole.rfind("村"), whole.rfind("区")) + 1
        group = whole[cut:].removesuffix("组")
        entry.true["village"] = whole[:cut] + ("第" if "第" in (pattern or "") else "") + whole[cut:]
        entry.typed |= {"village.1": whole[:cut], "village.2": int(group) if pattern is None else pattern.format(group)}


@habit("cadre-phone columns order", {
    "one, beside the cadre": ("联系电话", False), "手机 beside the cadre": ("手机", False), "two of one name": ("联系电话", True), "干部电话": ("干部电话", True),
    "电话 and 联系电话": ("电话", True), "last": ("联系电话", True), "联系方式 and 联系电话": ("联系方式", True),
}, "visit")  # fmt: skip
def a_column_of_the_cadres_phones(made: Draft, what: tuple[str, bool]) -> None:
    heading, households_too = what
    made.columns.insert(made.at("cadres") + 1, Column("cadre_phone", heading, "走访干部", "联系电话"))
    for entry in made.entries:
        entry.typed["cadre_phone"] = {"李明": "13907300001", "王芳": "13907300002"}.get(
            entry.true["cadres"], "13907300003"
        )
        if households_too:
            continue
        entry.true["phone"] = ""
    if not households_too:
        made.drop("phone")


@habit("right", {
    "姓名|电话": (1, ("姓名", "电话")), "干部|联系电话": (1, ("干部", "联系电话")), "通讯录": (1, ("通讯录",)), "two columns away": (2, ("姓名", "联系电话")), "without heading": (1, ("李明", "13907300001")),
    "走访干部|手机": (1, ("走访干部", "手机")), "three columns": (1, ("序号", "姓名", "手机号")),
}, "visit", MERGING)  # fmt: skip
def a_phone_list_beside(made: Draft, what: tuple[int, tuple[str, ...]]) -> None:
    made.beside_gap, heading = what
    made.beside = [list(heading)]
    for number in range(1, 10):
        line: Line = [f"干部{'甲乙丙丁戊己庚辛壬'[number - 1]}", f"139073000{number:02d}"]
        made.beside.append([number, *line] if len(heading) == 3 else line)


@habit("hidden columns", by_name("phone", "township", "remark"), "visit", HIDING)
def a_hidden_twin(made: Draft, key: str) -> None:
    if not made.has(key):
        return
    made.columns.insert(made.at(key) + 1, Column("twin", made.column(key).heading))
    made.hidden_keys.add("twin")
    for entry in made.entries:
        entry.typed["twin"] = {"phone": "13700000000", "township": "插旗镇", "remark": "旧备注"}[key]
