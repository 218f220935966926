"""Habits of rows: what units merge, cross out, repeat and write between and under the rows, each in several ways."""

from __future__ import annotations

from collections.abc import Callable

import hard_sheets  # noqa: F401  its habits order the rows, so they are known, and apply, before these
from hard_habits import by_name, habit, some
from hard_rounds import HIDING, MERGING, VOID, Draft, wrong_dimension
from writers import Calculated, Cell, Line


@habit("repeat", by_name("同上", "〃", "″", "同 上", '"', "同上。", "（同上）", "''", "上同", "同前"))
def ditto(made: Draft, word: str) -> None:
    for above, entry in zip(made.entries, made.entries[1:], strict=False):
        if entry.sheet != above.sheet:
            continue  # nobody means a row of another sheet
        for key in ("visited_on", "cadres", "cadre_title", "township", "village", "target_kind"):
            if entry.true.get(key) and entry.true[key] == above.true.get(key) and isinstance(entry.typed.get(key), str):
                entry.typed[key] = word
                entry.asked |= above.asked & {key}  # what nobody can know there, nobody knows here


@habit("repeat", {
    "cadres": ("cadres", "cadre_title"), "days": ("visited_on",), "towns": ("township",), "all before": ("visited_on", "cadres", "cadre_title", "township"),
    "kinds": ("target_kind",),
}, kinds=MERGING)  # fmt: skip
def merged_down(made: Draft, keys: tuple[str, ...]) -> None:
    for above, entry in zip(made.entries, made.entries[1:], strict=False):
        entry.joined |= {
            key for key in keys if entry.true.get(key) and entry.true[key] == above.true[key] and not entry.above
        }
        entry.asked |= above.asked & entry.joined


@habit(
    "repeat texts phone typed void remark",
    by_name(
        "reply",
        "family",
        "remark",
        "dispute",
        "suggestion",
        "inquiry",
        "phone",
        "outcome",
        "measures",
        "matter",
        "village",
    ),
    kinds=MERGING,
)
def a_text_merged_down(made: Draft, key: str) -> None:
    if not made.has(key):
        return
    first = made.rng.randrange(len(made.entries) - 1)
    top = made.entries[first]
    if not top.true.get(key):
        top.say(**{key: "两户一起反映灌溉渠淤塞" if key != "phone" else "13812345678"})
    for entry in made.entries[first + 1 : first + 1 + made.rng.choice((1, 2))]:
        if entry.above:
            break
        entry.true[key], entry.typed[key] = top.true[key], top.typed[key]
        entry.joined.add(key)


@habit("texts columns", {
    "none": ("dispute", 2, "无", ""), "two matters": ("dispute", 1, "渠道淤塞，建议清淤", None), "reply and remark": ("reply", 1, "已当场答复", None),
    "family and dispute": ("family", 1, "四口人，与邻居不和", None),
}, "visit", MERGING)  # fmt: skip
def a_text_merged_across(made: Draft, what: tuple[str, int, str, str | None]) -> None:
    key, wide, text, meant = what
    entry, at = some(made), made.at(key)
    entry.typed[key], entry.wide[key] = text, wide
    covered = made.columns[at : at + wide + 1]
    if len(covered) == 1:  # it is the last column: what it is merged with is no column of the table
        entry.true[key] = text if meant is None else meant
        return
    for column in covered:
        entry.true[column.key] = meant or ""
        if meant is None:
            entry.asked.add(column.key)


@habit(
    "crossed",
    {
        "all cells": None,
        "all but the number": {"serial"},
        "all but the remark": {"remark"},
        "all but number and remark": {"serial", "remark"},
    },
    kinds=MERGING,
)
def crossed_rows(made: Draft, kept: set[str] | None) -> None:
    entry = some(made)
    entry.crossed = {column.key for column in made.columns} - (kept or set())
    if entry.true.get("remark") and kept and "remark" in kept:
        entry.say(remark="")
        entry.typed["remark"] = None
    entry.fate = VOID


@habit(
    "crossed",
    {
        "the name": {"household", "person"},
        "the day": {"visited_on"},
        "the phone": {"phone"},
        "the matter": {"dispute", "matter"},
    },
    kinds=MERGING,
)
def crossed_cells(made: Draft, keys: set[str]) -> None:
    filled = [entry for entry in made.entries if any(entry.true.get(key) for key in keys)]
    if filled:
        entry = made.rng.choice(filled)
        entry.crossed = keys
        entry.asked |= {key for key in keys if entry.true.get(key)}


@habit(
    "void remark",
    by_name(
        "作废", "取消", "重复", "此行作废", "作废，重复登记", "重复登记", "已作废", "（作废）", "作 废", "本行取消"
    ),
)
def void_rows(made: Draft, remark: str) -> None:
    entry = some(made)
    entry.say(remark=remark)
    entry.fate = VOID


@habit(
    "void remark",
    by_name("未走访", "家中无人，未走访", "外出务工，未走访到", "未走访（搬迁）", "户主外出未走访"),
    "visit",
)
def households_not_met(made: Draft, remark: str) -> None:
    entry = some(made)
    entry.say(remark=remark)
    entry.fate = VOID


@habit("above", {"nothing": None, "empty": "", "a blank": " ", "a wide blank": "\u3000"})
def blank_rows(made: Draft, cell: Cell) -> None:
    for entry in made.rng.sample(made.entries[1:], min(2, len(made.entries) - 1)):
        entry.above = [[cell, None, cell]]
        entry.joined = set()


@habit("end", by_name("合计", "合  计", "总计", "共计", "累计", "小计", "合计：", "本页合计", "总 计"))
def totals(made: Draft, word: str) -> None:
    made.above_end.append([word, None, f"{len(made.entries)}户"])


@habit("above", by_name("小计", "小 计", "{}小计", "{} 小计", "{}合计"))
def subtotals(made: Draft, word: str) -> None:
    for above, entry in zip(made.entries, made.entries[1:], strict=False):
        if entry.true["cadres"] != above.true["cadres"]:
            entry.above, entry.joined = [[word.format(above.true["cadres"]), None, "3户"]], set()


@habit("under", by_name("例", "示例", "（例）", "例：", "样例", "例1", "填写示例", "范例", "举例", "（示例）", "例子"))
def sample_row(made: Draft, word: str) -> None:
    shown = {"visited_on": "2023-9-20", "cadres": "李明", made.form.who: "王某某", "phone": "13800000000", "target_kind": "人大代表",
             "township": "章华镇", "dispute": "与邻居争执", "matter": "与邻居争执", "category": "其他", "status": "未启动"}  # fmt: skip
    line: Line = [shown.get(column.key) for column in made.columns]
    line[0] = word
    made.under_heading.append(line)


@habit("under", {
    "甲乙": lambda at: "甲乙丙丁戊己庚辛壬癸"[at] if at < 10 else str(at - 9), "numbers": lambda at: at + 1, "texts": lambda at: f"（{at + 1}）",
    "letters": lambda at: chr(65 + at), "甲 and numbers": lambda at: at or "甲", "栏次": lambda at: at or "栏次",
    "①": lambda at: chr(0x2460 + at) if at < 20 else str(at + 1), "第1栏": lambda at: f"第{at + 1}栏", "1.": lambda at: f"{at + 1}.",
})  # fmt: skip
def a_row_of_column_numbers(made: Draft, number: Callable[[int], Cell]) -> None:
    made.under_heading.append([number(at) for at in range(len(made.columns))])


@habit("above", by_name("repeated", "with a title", "after a blank row"))
def heading_repeated(made: Draft, way: str) -> None:
    entry = made.entries[len(made.entries) // 2]
    lines: dict[str, list[Line]] = {
        "repeated": [],
        "with a title": [[f"{made.form.title}（续）"]],
        "after a blank row": [[None]],
    }
    entry.above, entry.joined = [*lines[way], ["\0heading"]], set()


@habit("end", by_name(5, 1, 30))
def serials_written_ahead(made: Draft, count: int) -> None:
    if made.has("serial"):
        at, last = made.at("serial"), len(made.entries)
        made.above_end += [[*[None] * at, last + more] for more in range(1, count + 1)]


@habit("foot", {
    "one line": [["填表人：陈晓燕", None, None, "审核人：李建国", None, "联系电话：0730-4123456"]], "in cells": [["填表人", "陈晓燕", None, "审核人", "李建国", None, "联系电话", "0730-4123456"]],
    "a note": [[None], ["注：1.本表由走访干部填写；2.电话务必核实。"], ["填报人：陈晓燕"]], "signed": [[None], [None, None, "单位负责人签字：", None, "李建国"], [None, None, "2023年10月12日"]],
    "说明": [["说明：走访对象为联点乡镇群众的，乡镇必填。"]], "备注": [["备注：以上各户均已电话核实"]], "right": [[None, None, None, None, None, "制表：陈晓燕", None, "2023年10月12日"]],
})  # fmt: skip
def footer(made: Draft, lines: list[Line]) -> None:
    made.below += lines


@habit("hidden", by_name(1, 2, 3), kinds=HIDING)
def hidden_rows(made: Draft, count: int) -> None:
    for entry in made.rng.sample(made.entries, min(count, len(made.entries))):
        entry.hidden = True


@habit("columns hidden", by_name("phone", "village", "remark", "township"), kinds=HIDING)
def hidden_columns(made: Draft, key: str) -> None:
    made.hidden_keys.add(key)


@habit("more texts repeat rowwise", {
    "dispute": ("dispute", "matter"), "suggestion": ("suggestion", "matter"), "family": ("family", "measures"), "reply": ("reply", "outcome"),
})  # fmt: skip
def a_cell_continued_below(made: Draft, keys: tuple[str, str]) -> None:
    key = keys[0] if made.form.name == "visit" else keys[1]
    if made.has(key):
        entry = some(made)
        entry.say(**{key: "与邻居因排水沟改道发生争执，多次协商未果，希望尽快到现场处理"})
        entry.typed[key] = "与邻居因排水沟改道发生争执，"
        entry.more = [{key: "多次协商未果，"}, {key: "希望尽快到现场处理"}][: made.rng.choice((1, 2))]
        if len(entry.more) == 1:
            entry.true[key] = "与邻居因排水沟改道发生争执，多次协商未果，"


@habit("bytes", by_name("A1", "A1:B2", "XFD1048576"), kinds=("xlsx",))
def wrong_dimensions(made: Draft, reference: str) -> None:
    made.patch = lambda data: wrong_dimension(data, reference)


@habit("bytes file-name", by_name("xls", "XLSX", "et", "csv"), kinds=("xlsx", "xls"))
def wrong_extensions(made: Draft, extension: str) -> None:
    made.extension = extension


@habit("typed", by_name("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!"), "visit", ("xlsx",))
def error_cells(made: Draft, error: str) -> None:
    entry = some(made)
    key = made.rng.choice(("household", "phone", "township", "reply", "remark", "suggestion"))
    if made.has(key):
        entry.typed[key] = Calculated(error)
        entry.asked.add(key)


@habit("more repeat rowwise typed", by_name("everything merged", "who merged", "who and phone merged"), kinds=MERGING)
def two_rows_a_household(made: Draft, way: str) -> None:
    """One household in two rows: the cells are merged over both but for two texts, one in each row."""
    entry, key = some(made), "suggestion" if made.form.name == "visit" else "matter"
    entry.say(**{key: "建议硬化通学路，并装路灯十盏"})
    entry.typed[key] = "建议硬化通学路，"
    entry.more = [{key: "并装路灯十盏"}]
    names = {column.key for column in made.columns} - {key}
    who = {"serial", "visited_on", "cadres", made.form.who, *(["phone"] if "phone" in way else [])}
    entry.tall = names if way == "everything merged" else names & who
