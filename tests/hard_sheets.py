"""Habits of headings, columns, sheets and whole layouts, each in several ways."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Final

from hard_habits import by_name, each, habit
from hard_layouts import across, blocks, cards, side_by_side
from hard_rounds import BACK, HIDING, MERGING, UNIT, Column, Draft, rows_layout
from writers import Cell, Line, Sheet

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


# -- headings and columns ------------------------------------------------------------------------------------------


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


@habit("headings dress", by_name("{zh} {en}", "{zh}/{en}", "{zh}({en})", "{zh}\n{en}", "{en} {zh}", "{en}\n{zh}", "{zh}（{en}）"))
def bilingual_headings(made: Draft, pattern: str) -> None:
    for column in made.columns:
        if column.key in _ENGLISH:
            column.heading = pattern.format(zh=column.heading, en=_ENGLISH[column.key])


@habit("levels headings columns rowwise meta-column", {"two": 2, "three": 3, "four": 4}, kinds=MERGING)
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


@habit("columns void", by_name(("serial",), ("remark", "cadre_title"), ("phone",), ("village", "phone"), ("family", "reply"), ("township",)))
def fewer_columns(made: Draft, keys: tuple[str, ...]) -> None:
    made.untell(*keys)
    if "serial" in keys:
        for entry in made.entries:
            entry.true.pop("serial")


@habit("columns order", by_name(("是否党员", "是"), ("驻村队", "√"), ("辅助列", 1), ("身份证号", "430623196503121234"), ("满意程度", "满意"), ("走访照片", None), ("年龄", 56), ("性别", "男")))
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
        entry.typed["cadre_phone"] = {"李明": "13907300001", "王芳": "13907300002"}.get(entry.true["cadres"], "13907300003")
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
    made.columns.insert(made.at(key) + 1, Column("twin", made.column(key).heading))
    made.hidden_keys.add("twin")
    for entry in made.entries:
        entry.typed["twin"] = {"phone": "13700000000", "township": "插旗镇", "remark": "旧备注"}[key]


# -- what stands around --------------------------------------------------------------------------------------------


@habit("title", {
    "none": [], "spaced": [["  ".join("大走访活动登记表")]], "long": [["华容县教体局2023年下半年县乡干部联动下基层助推“群英断是非”大走访活动登记表"]],
    "two lines": [["附件1："], ["大走访活动登记表"]], "with the round": [["2023年下半年走访登记表"]],
})  # fmt: skip
def titles(made: Draft, lines: list[Line]) -> None:
    made.title = lines


@habit("notes", {
    "block": [["填写注意事项："], ["1.走访日期、走访干部、走访对象、对象类别为必填项，不得空缺。"], ["2.联系电话请填写11位手机号码；矛盾纠纷、意见建议没有的填“无”。"], [None]],
    "one line": [["注：本表由走访干部本人填写，走访对象类别须注明"]], "in cells": [["说明", "带*的必填"], ["日期", "写到日"]], "twelve lines": [[f"{n}.请认真填写。"] for n in range(1, 13)],
})  # fmt: skip
def notes_above(made: Draft, lines: list[Line]) -> None:
    made.notes = lines


@habit("place", {"C8": (7, 2), "A20": (17, 0), "F1": (0, 5), "B2": (1, 1)}, kinds=MERGING)
def another_place(made: Draft, corner: tuple[int, int]) -> None:
    made.top, made.left = corner


@habit("wide", by_name("title and notes"), kinds=MERGING)
def wide_lines(made: Draft, way: str) -> None:
    made.wide_lines = True


@habit("unit", {
    "in cells": ([["填报单位", UNIT, None, "填表日期", "2023.10.12"]], True), "with a date": ([[f"填报单位（盖章）：{UNIT}          填报时间：2023年10月12日"]], False),
    "spread": ([["填报单位：", *UNIT]], False), "region spread": ([["填报单位", "湖南省", "岳阳市", "华容县", UNIT]], False), "region joined": ([[f"填报单位：湖南省岳阳市华容县{UNIT}"]], False),
    "region and office": ([["单位", "湖南省", "岳阳市", "华容县", "教育体育局", UNIT]], False), "bureau in front": ([[f"填报单位：华容县教体局{UNIT}"]], False),
    "date in front": ([["填报时间", "2023-10-12", None, "填报单位", UNIT]], False), "other words": ([[f"报送单位: {UNIT}"]], False), "none, folder": ([], True),
    "date behind": ([["填报单位：", UNIT, "2023年10月12日"]], False), "spaced": ([[f"填 报 单 位：{' '.join(UNIT)}"]], False), "signed": ([[f"单位名称（公章）：{UNIT}", None, None, "填表人：陈晓燕"]], False),
})  # fmt: skip
def unit_lines(made: Draft, what: tuple[list[Line], bool]) -> None:
    made.meta, made.in_folder = what


@habit("unit", by_name("填报单位", "单位名称", "报送单位"))
def unit_in_a_column(made: Draft, heading: str) -> None:
    made.meta, made.in_folder = [], False
    made.columns.insert(1, Column("unit", heading))
    for entry in made.entries:
        entry.typed["unit"] = UNIT


@habit("unit below foot", by_name(f"报送单位：{UNIT}", f"填报单位：{UNIT}  填报时间：2023年10月12日", f"单位（盖章）：{UNIT}"))
def unit_below(made: Draft, text: str) -> None:
    made.meta = []
    made.below = [[None], [text]]


@habit("file-name", by_name("走访登记表（1）", "副本走访登记表", "走访登记表最终版v3", "😀走访😀", "长" * 80, "2023.10.12报", "新建 XLS 工作表", "工会大走访10月"))
def file_names(made: Draft, name: str) -> None:
    made.name = name


def _without_year(made: Draft) -> None:
    each(made, "visited_on", lambda day: f"{int(day[5:7])}月{int(day[8:])}日")
    for entry in made.entries:
        entry.fate = BACK


@habit("visited_on title unit file-name sheets", {
    "title": ("title", "2022年下半年走访登记表"), "填报时间": ("meta", "填报时间：2022年10月12日"), "file": ("name", "2022年走访登记表"),
    "spaced title": ("title", "2 0 2 2 年 走 访 登 记 表"), "填表日期 in cells": ("cells", "2022.10.12"), "title in digits": ("title", "二〇二二年下半年走访登记表"),
    "title 2024": ("title", "2024年上半年走访登记表"), "year twice": ("title", "2022年（2021年补登）走访登记表"), "below": ("below", "填报时间：2022年10月12日"),
})  # fmt: skip
def the_form_of_another_year(made: Draft, what: tuple[str, str]) -> None:
    where, text = what
    _without_year(made)
    if where == "title":
        made.title = [[text]]
    elif where == "meta":
        made.meta.append([text])
    elif where == "cells":
        made.meta.append(["填表日期", text])
    elif where == "below":
        made.below.append([text])
    else:
        made.name = text


@habit("visited_on sheets", by_name("2022年", "22年下半年", "2022下半年走访", "2021-2022"), kinds=MERGING)
def a_sheet_of_another_year(made: Draft, name: str) -> None:
    _without_year(made)
    made.sheet = name


# -- sheets --------------------------------------------------------------------------------------------------------


@habit("township above", by_name("{}", "一、{}", "{}（5户）", "【{}】", "{}：", "{}走访情况", "（一）{}", "{} 共3户", "乡镇：{}", "{}片区"))
def town_headings(made: Draft, pattern: str) -> None:
    made.drop("township")
    made.entries.sort(key=lambda entry: entry.true["township"])
    last = ""
    for entry in made.entries:
        entry.joined = set()
        if entry.true["township"] != last:
            last = entry.true["township"]
            entry.above = [[pattern.format(last)]]


@habit("township sheets", by_name("{}", "1{}", "{}走访", "{} ", "走访登记（{}）", "{}1"), kinds=MERGING)
def town_sheets(made: Draft, pattern: str) -> None:
    made.drop("township")
    made.entries.sort(key=lambda entry: entry.true["township"])
    for entry in made.entries:
        entry.sheet, entry.joined = pattern.format(entry.true["township"]), set()


@habit("cadres sheets cadre-phone", by_name("走访干部：{}", ("走访干部", "{}"), "走访人：{}      职务：股长", "走访干部（签名）：{}", "干部姓名：{}", ("入户干部：", None, "{}")), kinds=MERGING)
def a_sheet_a_cadre(made: Draft, pattern: str | tuple[str | None, ...]) -> None:
    made.untell("cadre_title")
    made.drop("cadres")
    made.entries.sort(key=lambda entry: entry.true["cadres"])
    for entry in made.entries:
        who = entry.true["cadres"]
        entry.sheet, entry.joined = who, set()
        parts = (pattern,) if isinstance(pattern, str) else pattern
        made.over[who] = [[part and part.format(who) for part in parts]]


@habit("sheets-first", by_name("样表", "填写示例", "填表说明", "范例", "模板", "示例表", "填报样表", "例表", "表样"), kinds=MERGING)
def sample_sheets(made: Draft, name: str) -> None:
    example = deepcopy(made)
    example.sheet, example.entries = name, example.entries[:2]
    for entry, who in zip(example.entries, made.rng.choice((("张某某", "李某某"), ("张三", "李四"))), strict=False):
        entry.sheet = name
        entry.typed[made.form.who] = who
    made.first_sheets += rows_layout(example)


def _stands_there_too(made: Draft, copy: Draft) -> None:
    """What is said of a cell in the copy is said of the cell."""
    for entry, again in zip(made.entries, copy.entries, strict=True):
        entry.copies = again.places


@habit("sheets-more void crossed more", by_name("备份", "登记备份", "初稿", "旧表（作废）", "旧", "登记（旧）", "草稿", "登记-bak", "作废"), kinds=MERGING)
def older_copies(made: Draft, name: str) -> None:
    copy = deepcopy(made)
    copy.sheet = name
    for entry in copy.entries:
        entry.sheet = name
        entry.typed["remark"] = "旧备注"
    made.more_sheets += rows_layout(copy)
    _stands_there_too(made, copy)


@habit("sheets-more void crossed more", by_name("登记 (2)", "登记2", "Sheet1", "更正"), "visit", MERGING)
def a_second_sheet_that_differs(made: Draft, name: str) -> None:
    copy, changed = deepcopy(made), made.rng.randrange(len(made.entries))
    copy.sheet = name
    for entry in copy.entries:
        entry.sheet = name
    copy.entries[changed].typed["reply"] = "改过的答复"
    made.entries[changed].asked.add("reply")
    made.more_sheets += rows_layout(copy)
    _stands_there_too(made, copy)


@habit("sheets-more", {
    "last year": None, "choices": Sheet("选项", {(row, 0): word for row, word in enumerate(("湖南省", "湖北省", "走访日期"))}, visible=False),
    "notes": Sheet("说明", {(0, 0): "本表由各单位填写", (1, 0): "有问题请打电话", (1, 1): "0730-4123456"}), "another table": Sheet("捐款", {(0, 0): "姓名", (0, 1): "金额", (1, 0): "李明", (1, 1): 100}),
    "empty": Sheet("Sheet2"),
}, kinds=HIDING)  # fmt: skip
def other_sheets(made: Draft, sheet: Sheet | None) -> None:
    if sheet is None:
        old = deepcopy(made)
        for entry in old.entries:
            entry.sheet = "2022年"
            entry.typed |= {"visited_on": "2022-9-20", made.form.who: "旧户"}
        (sheet,) = rows_layout(old)
        sheet.visible = False
    made.more_sheets.append(deepcopy(sheet))


@habit("sheets-first", {
    "figures": ("姓名", "走访户数", "矛盾纠纷", "意见建议"), "任务数": ("走访干部", "应走访", "已走访", "完成率"), "按对象": ("对象类别", "户数", "备注"),
}, "visit", MERGING)  # fmt: skip
def their_own_summary(made: Draft, heading: tuple[str, ...]) -> None:
    sheet = Sheet("汇总表")
    sheet.lay(0, 0, [f"{UNIT}走访情况汇总表"])
    sheet.lay(1, 0, heading)
    for row, name in enumerate(("李明", "王芳", "合计"), 2):
        sheet.lay(row, 0, [name, *range(3, 2 + len(heading))])
    made.first_sheets.append(sheet)


# -- whole layouts -------------------------------------------------------------------------------------------------

_WHOLE: Final = "layout right columns repeat above under end more hidden levels headings rowwise place sheets order beside sheets-first sheets-more cadre-phone"


@habit(f"{_WHOLE} texts crossed", {"two pairs": (cards, 2), "one pair": (cards, 1), "three pairs": (cards, 3), "blocks": (blocks, 2), "blocks of three pairs": (blocks, 3), "blocks close": (blocks, 1)}, kinds=MERGING)
def cards_of_labels(made: Draft, what: tuple[Callable[[Draft, int], list[Sheet]], int]) -> None:
    lay, pairs = what
    made.drop("serial")
    made.layout = lambda draft: lay(draft, pairs)


@habit(f"{_WHOLE} texts crossed", by_name("plain", "numbered", "short"), kinds=MERGING)
def fields_down(made: Draft, way: str) -> None:
    made.drop("serial")
    if way == "short":
        made.entries = made.entries[:2]
    made.layout = lambda draft: across(draft, way == "numbered")


@habit(f"{_WHOLE} texts crossed", by_name(0, 1, 2), "visit", MERGING)
def two_tables_side_by_side(made: Draft, gap: int) -> None:
    made.untell("cadre_title", "family", "inquiry", "reply", "remark")
    made.layout = lambda draft: side_by_side(draft, gap)


@habit(f"{_WHOLE} target_kind", by_name("√", "✓", "1", "是"), "visit", MERGING)
def ticks(made: Draft, mark: str) -> None:
    for column in made.columns:
        column.group = ""
    made.levels, choices = 2, ("联点乡镇群众", "人大代表", "政协委员", "原民代幼人员", "其他")
    at = made.at("target_kind")
    made.columns[at : at + 1] = [Column(f"target_kind.{name}", name, "对象类别", name) for name in choices]
    for entry in made.entries:
        entry.typed[f"target_kind.{entry.true['target_kind']}"] = mark


@habit(f"{_WHOLE} typed crossed visited_on phone who cadres township village texts void status remark unit hidden", {
    "resolved": ("status", "outcome", "resolved_on"), "outcome": ("outcome",), "state": ("status", "outcome"),
}, "dispute")  # fmt: skip
def our_form_with_only_what_changed(made: Draft, keys: tuple[str, ...]) -> None:
    first = deepcopy(made)
    first.name = "原来的表"
    made.before, made.name = first, "办理进展"
    changed = {"status": "已化解", "outcome": "双方签订调解协议", "resolved_on": "2023-10-12"}
    made.columns = [Column("item_no", "编号"), *(column for column in made.columns if column.key in keys)]
    for number, entry in enumerate(made.entries, 1):
        entry.typed = {"item_no": f"23下矛{number:04d}"}
        for key in keys:
            if key != "resolved_on" or not entry.true["resolved_on"]:
                entry.say(**{key: changed[key]})
            else:
                entry.typed[key] = entry.true[key]
