"""Habits of what stands around a table, of sheets and of whole layouts, each in several ways."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Final

import hard_headings  # noqa: F401  its habits change the columns, so they are known, and apply, before these
from hard_habits import by_name, each, habit
from hard_layouts import across, blocks, cards, side_by_side
from hard_rounds import BACK, HIDING, MERGING, UNIT, Column, Draft, rows_layout
from writers import Line, Sheet

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


@habit("wide", {"the whole table": 0, "five columns": 4, "wider than the table": 30}, kinds=MERGING)
def lines_merged_over(made: Draft, right: int) -> None:
    made.wide_lines = right or len(made.columns) - 1


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


@habit(
    "unit below foot",
    by_name(f"报送单位：{UNIT}", f"填报单位：{UNIT}  填报时间：2023年10月12日", f"单位（盖章）：{UNIT}"),
)
def unit_below(made: Draft, text: str) -> None:
    made.meta = []
    made.below = [[None], [text]]


@habit(
    "file-name",
    by_name(
        "{}（1）",
        "副本{}",
        "{}最终版v3",
        "😀{}😀",
        "很长" * 40 + "{}",
        "2023.10.12{}",
        "新建 XLS 工作表{}",
        "工会{}10月",
    ),
)
def file_names(made: Draft, pattern: str) -> None:
    made.name = pattern.format(made.name)


def _without_year(made: Draft) -> None:
    each(made, "visited_on", lambda day: f"{int(day[5:7])}月{int(day[8:])}日")
    for entry in made.entries:
        entry.fate = BACK


@habit("visited_on title unit file-name sheets", {
    "title": ("title", "2022年下半年走访登记表"), "填报时间": ("meta", "填报时间：2022年10月12日"), "file": ("name", "2022年"),
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
        made.name = text + made.name


@habit("visited_on title unit sheets", by_name("2022年", "22年下半年", "2022下半年走访", "2021-2022"), kinds=MERGING)
def a_sheet_of_another_year(made: Draft, name: str) -> None:
    _without_year(made)
    made.sheet = name


# -- sheets --------------------------------------------------------------------------------------------------------


@habit(
    "township above sheets",
    by_name("{}", "一、{}", "{}（5户）", "【{}】", "{}：", "{}走访情况", "（一）{}", "{} 共3户", "乡镇：{}", "{}片区"),
)
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


@habit(
    "cadres sheets cadre-phone",
    by_name(
        "走访干部：{}",
        ("走访干部", "{}"),
        "走访人：{}      职务：股长",
        "走访干部（签名）：{}",
        "干部姓名：{}",
        ("入户干部：", None, "{}"),
    ),
    kinds=MERGING,
)
def a_sheet_a_cadre(made: Draft, pattern: str | tuple[str | None, ...]) -> None:
    made.untell("cadre_title")
    made.drop("cadres")
    made.entries.sort(key=lambda entry: entry.true["cadres"])
    for entry in made.entries:
        who = entry.true["cadres"]
        entry.sheet, entry.joined = who, set()
        parts = (pattern,) if isinstance(pattern, str) else pattern
        made.over[who] = [[part and part.format(who) for part in parts]]


@habit(
    "sheets-first",
    by_name("样表", "填写示例", "填表说明", "范例", "模板", "示例表", "填报样表", "例表", "表样"),
    kinds=MERGING,
)
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


@habit(
    "sheets-more void crossed more",
    by_name("备份", "登记备份", "初稿", "旧表（作废）", "旧版", "登记（旧）", "草稿", "登记-bak", "作废"),
    kinds=MERGING,
)
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
            entry.sheet = "去年"
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


@habit(
    f"{_WHOLE} texts crossed",
    {
        "two pairs": (cards, 2),
        "one pair": (cards, 1),
        "three pairs": (cards, 3),
        "blocks": (blocks, 2),
        "blocks of three pairs": (blocks, 3),
        "blocks close": (blocks, 1),
    },
    kinds=MERGING,
)
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


@habit(f"{_WHOLE} texts crossed remark", by_name(0, 1, 2), "visit", MERGING)
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
    first.name = f"{made.name}原表"
    made.before = first
    changed = {"status": "已化解", "outcome": "双方签订调解协议", "resolved_on": "2023-10-12"}
    made.columns = [Column("item_no", "编号"), *(column for column in made.columns if column.key in keys)]
    for number, entry in enumerate(made.entries, made.first_number):
        entry.typed = {"item_no": f"23下矛{number:04d}"}
        for key in keys:
            if key != "resolved_on" or not entry.true["resolved_on"]:
                entry.say(**{key: changed[key]})
            else:
                entry.typed[key] = entry.true[key]
