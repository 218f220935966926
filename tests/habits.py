"""How units fill workbooks: the forms, the habits that change how one is written, and its layout on a sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from random import Random
from typing import Any, Final, NamedTuple

from writers import BOOKS, FORMATS, SHEETS, Calculated, Cell, Line, Sheet

HEADING: Final[Line] = ["\0heading"]  # stands for the heading rows where they are repeated
GAP: Final = ""  # a column that nobody uses


@dataclass(frozen=True)
class Form:
    """A form: its fields with their title and the other headings in use, and the group headings over some."""

    name: str
    title: str
    fields: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, Mapping[str, str]]
    required: frozenset[str]


def _form(name: str, title: str, fields: str, groups: str) -> Form:
    """Each line: field, title (`*` required), other headings. Each group: its heading, then field=heading pairs."""
    rows = [line.split() for line in fields.strip().splitlines()]
    grouped = [line.split() for line in groups.strip().splitlines()]
    return Form(
        name,
        title,
        {row[0]: (row[1].rstrip("*"), *row[2:]) for row in rows},
        {row[0]: dict(pair.split("=") for pair in row[1:]) for row in grouped},
        frozenset(row[0] for row in rows if row[1].endswith("*")),
    )


VISIT: Final = _form(
    "visit",
    "走访登记表",
    """serial 序号
    visited_on 走访日期* 走访时间 入户时间 日期
    cadres 走访干部* 走访人 走访人员 入户干部 干部姓名
    title 职务 单位及职务 股室及职务
    household 走访对象* 户主 户主姓名 走访对象姓名 被走访人 受访人 走访农户
    target_kind 对象类别* 人员类别 对象类型 身份
    township 乡镇 镇 乡镇(街道) 乡镇（街道） 所属乡镇
    village 村(社区)组 村 村组 住址 家庭住址 地址 村（社区）组
    phone 联系电话 电话 手机 手机号 联系方式
    family 家庭情况 家庭基本情况 家庭生活情况
    dispute 矛盾纠纷和信访诉求 矛盾纠纷 信访诉求 反映问题
    suggestion 意见建议 意见和建议 建议
    inquiry 政策咨询和求助 咨询求助 问题求助
    reply 现场答复情况 现场办理情况 答复情况 处理情况
    remark 备注 说明""",
    """走访干部 cadres=姓名 title=职务
    走访对象 household=姓名 target_kind=类别 township=乡镇 village=住址 phone=联系电话
    反映情况 dispute=矛盾纠纷 suggestion=意见建议 inquiry=咨询求助""",
)
DISPUTE: Final = _form(
    "dispute",
    "矛盾纠纷事项办理表",
    """serial 序号
    visited_on 走访日期*
    cadres 走访干部*
    person 当事人* 反映人 信访人 诉求人 走访对象
    phone 联系电话
    township 乡镇
    village 村(社区)组
    category 纠纷类别* 矛盾类别 类别
    matter 主要情况及诉求* 简要情况 矛盾纠纷简要情况 事由 主要诉求
    complexity 复杂程度
    measures 化解措施 处理建议 工作措施
    responsible_unit 责任单位 承办单位 责任主体
    responsible_person 责任人 包案领导 化解责任人
    due_on 化解时限 办结时限 办理时限
    status 办理状态* 化解状态 状态
    outcome 化解情况 调处情况 办理情况
    resolved_on 办结日期 化解日期
    follow_up_on 回访日期
    follow_up_mode 回访方式
    follow_up_note 回访情况
    satisfaction 满意度
    closed_on 销号日期
    remark 备注""",
    "当事人 person=姓名 phone=联系电话 township=乡镇 village=住址",
)
SUGGESTION: Final = _form(
    "suggestion",
    "意见建议事项办理表",
    """serial 序号
    visited_on 反映日期* 走访日期 反映时间
    cadres 走访干部*
    person 反映人* 建议人 提出人 走访对象
    phone 联系电话
    township 乡镇
    village 村(社区)组
    category 事项类别* 类别
    matter 意见建议内容* 主要内容 意见建议 反映问题
    responsible_unit 承办单位 责任单位 主办单位 办理单位
    outcome 办理情况 办理结果 落实情况
    status 办理状态*
    resolved_on 办结日期
    follow_up_on 回复日期 回访日期
    follow_up_mode 回复方式 回访方式
    satisfaction 满意度""",
    "反映人 person=姓名 phone=联系电话 township=乡镇 village=住址",
)
KIND_ALIASES: Final = {
    "联点乡镇群众": ("群众", "联点群众"),
    "原民代幼人员": ("原民代幼", "原民代幼办群体", "原民代幼群体"),
    "其他": ("其他人员",),
}
STATUS_ALIASES: Final = {
    "正在化解": ("化解中", "调处中", "办理中", "未化解"),
    "已化解": ("已办结", "已解决", "调处成功"),
}
NONE_WORDS: Final = ("无", "暂无", "没有", "/", "—", "0", "正常", None)


@dataclass
class Draft:
    """One table on its way to a sheet: what the cells say (`records`), and what will stand around them."""

    form: Form
    rng: Random
    unit: str
    records: list[dict[str, Cell]]  # as typed; `same` compares what they mean
    meant: list[dict[str, Cell]]
    name: str = "走访登记"
    columns: list[str] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)
    levels: int = 1
    title: list[Line] = field(default_factory=list)
    notes: list[Line] = field(default_factory=list)
    meta: list[Line] = field(default_factory=list)
    before: dict[int, list[Line]] = field(default_factory=dict)  # lines before a record (its index; the last: the end)
    below: list[Line] = field(default_factory=list)
    merged: tuple[str, ...] = ()
    wide_lines: bool = False  # title and meta lines merged over the whole width
    hidden_records: set[int] = field(default_factory=set)
    hidden_fields: set[str] = field(default_factory=set)
    more_sheets: list[Sheet] = field(default_factory=list)
    top: int = 0
    left: int = 0
    unit_is: str = "on the sheet"  # or: folder, name, cadres
    places: dict[tuple[int, str], tuple[int, int]] = field(default_factory=dict)  # record, field → row, column

    def each(self, name: str, change: Callable[[Any], Cell]) -> None:
        """Write the cells of one field another way; empty ones stay empty."""
        for record in self.records:
            if record.get(name) not in (None, ""):
                record[name] = change(record[name])

    def same(self, index: int, name: str) -> bool:
        """Whether a record means the same as the one above it."""
        return index > 0 and bool(self.meant[index][name]) and self.meant[index][name] == self.meant[index - 1][name]


def draft(form: Form, rng: Random, unit: str, records: Sequence[Mapping[str, Cell]]) -> Draft:
    """A form filled the plain way."""
    made = Draft(form, rng, unit, [dict(one) for one in records], [dict(one) for one in records])
    made.columns = [name for name in form.fields if name == "serial" or any(name in record for record in records)]
    made.headings = {name: words[0] for name, words in form.fields.items()}
    made.title = [[f"县乡干部大走访活动{form.title}"]]
    made.meta = [[f"填报单位（盖章）：{unit}", *[None] * 9, "填报时间：2023年10月12日"]]
    for number, record in enumerate(made.records, 1):
        record["serial"] = number
    return made


# -- habits: how cells are written ---------------------------------------------------------------------------------


def _wide(value: object) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in str(value))


def _number_day(day: date) -> Cell:
    """9.18 as a number, where no dropped zero leaves two readings."""
    return float(f"{day.month}.{day.day:02d}") if day.day % 10 and day.day > 3 else day


DAYS: Final[tuple[Callable[[date], Cell], ...]] = (
    lambda d: d,
    lambda d: datetime.combine(d, time(9, 30)),
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d.year}.{d.month}.{d.day}",
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: d.isoformat(),
    lambda d: f"{d:%Y%m%d}",
    lambda d: int(f"{d:%Y%m%d}"),
    lambda d: f"{d.month}月{d.day}日",
    lambda d: f"{d.month}月{d.day}号",
    lambda d: f"{d.month}.{d.day:02d}",
    lambda d: f"{d.month}/{d.day}",
    _number_day,
    lambda d: _wide(f"{d.year}年{d.month}月{d.day}日"),
    lambda d: f"{d.month}月{d.day}日{'上午' if d.day % 2 else '下午'}",
    lambda d: f"{d.year}年{d.month}月{d.day}日（星期{'一二三四五六日'[d.weekday()]}）",
    lambda d: str((d - date(1899, 12, 30)).days),
    lambda d: (d - date(1899, 12, 30)).days,
    lambda d: f"{d:%y}.{d.month}.{d.day}",
    lambda d: f" {d.year}. {d.month}. {d.day} ",
)


def mixed_days(form: Draft) -> None:
    form.each("visited_on", lambda day: form.rng.choice(DAYS)(day))


def one_spelling_of_days(form: Draft) -> None:
    spelling = form.rng.choice(DAYS)
    for name in ("visited_on", "resolved_on", "follow_up_on", "closed_on"):
        form.each(name, spelling)


def phones(form: Draft) -> None:
    """As numbers, floats, with blanks, dashes, +86, full width; a land line in its own ways."""

    def change(phone: str) -> Cell:
        if phone.startswith("0"):
            return form.rng.choice(
                (phone, phone.replace("-", ""), phone.replace("-", " "), f"({phone[:4]}){phone[5:]}")
            )
        if len(phone) != 11:
            return phone.replace("、", form.rng.choice(("/", "、", " ", "，", "\n")))
        blank, dash = f"{phone[:3]} {phone[3:7]} {phone[7:]}", f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"
        return form.rng.choice(
            (int(phone), float(phone), blank, dash, f"+86 {phone}", f"86{phone}", _wide(phone), f"{phone}\u00a0", phone)
        )

    form.each("phone", change)


def spaced_names(form: Draft) -> None:
    for name in ("household", "person"):
        form.each(name, lambda who: who[0] + form.rng.choice(" \u3000") * 2 + who[1] if len(who) == 2 else f"{who} ")


def joint_names(form: Draft) -> None:
    """张三、李四 joined in other ways; alone, a blank inside."""

    def change(names: str) -> str:
        if "、" not in names and len(names) == 2:
            return f"{names[0]} {names[1]}"
        return names.replace("、", form.rng.choice(("，", " ", "/", "；", "\n", ",", "、 ", "\u3000")))

    form.each("cadres", change)


def short_towns(form: Draft) -> None:
    def change(town: str) -> str:
        return form.rng.choice((town[:-1], f" {town[:-1]} ", "鲶鱼须" if town[0] == "鲇" else town))

    form.each("township", change)


def loose_words(form: Draft) -> None:
    """Choices in other words, none-words in the cells for matters, line breaks in long texts."""
    form.each("target_kind", lambda kind: form.rng.choice((kind, f"{kind}\u00a0", *KIND_ALIASES.get(kind, ()))))
    form.each("status", lambda status: form.rng.choice((status, *STATUS_ALIASES.get(status, ()))))
    for record in form.records:
        for name in ("dispute", "suggestion", "inquiry"):
            if name in form.columns:
                typed = record.get(name)
                record[name] = f"{str(typed)[:8]}\n{str(typed)[8:]}" if typed else form.rng.choice(NONE_WORDS)


def calculated(form: Draft) -> None:
    """Towns and titles that a formula looks up."""
    for name in ("township", "title"):
        form.each(name, Calculated)


# -- habits: headings and columns ----------------------------------------------------------------------------------


def alias_headings(form: Draft) -> None:
    form.headings = {name: form.rng.choice(words) for name, words in form.form.fields.items()}


def dressed_headings(form: Draft) -> None:
    """`*`, blanks, line breaks and brackets in headings."""
    for name, heading in form.headings.items():
        ways = [heading, " ".join(heading), f"{heading[:2]}\n{heading[2:]}", f" {heading} ", heading.replace("(", "（")]
        if name in form.form.required:
            ways += [f"*{heading}", f"{heading}*", f"{heading}（必填）", f"＊{heading}"]
        form.headings[name] = form.rng.choice(ways)


def two_row_headings(form: Draft) -> None:
    form.levels = 2


def three_row_headings(form: Draft) -> None:
    form.levels = 3


def other_order(form: Draft) -> None:
    form.rng.shuffle(form.columns)


def fewer_columns(form: Draft) -> None:
    form.columns = [name for name in form.columns if name not in ("serial", "title", "remark", "family", "measures")]


def more_columns(form: Draft) -> None:
    for name in ("是否党员", "辅助列", "驻村队"):
        form.columns.insert(form.rng.randrange(len(form.columns) + 1), name)
        form.headings[name] = name
        for record in form.records:
            record[name] = form.rng.choice((None, "√", "是", 1))


def gap_columns(form: Draft) -> None:
    for _ in range(2):
        form.columns.insert(form.rng.randrange(1, len(form.columns)), GAP)


def hidden_columns(form: Draft) -> None:
    form.hidden_fields = {"phone", "village"}


# -- habits: rows --------------------------------------------------------------------------------------------------


def ditto(form: Draft) -> None:
    for index, record in enumerate(form.records):
        for name in ("visited_on", "cadres", "title", "township", "village", "target_kind"):
            if name in record and form.same(index, name) and form.rng.random() < 0.8:
                record[name] = form.rng.choice(("同上", "〃", "″", "同 上"))


def merged_cadres(form: Draft) -> None:
    form.merged = ("cadres", "title")


def merged_days(form: Draft) -> None:
    form.merged = ("visited_on", "cadres", "title", "township")


def blank_rows(form: Draft) -> None:
    for index in form.rng.sample(range(1, len(form.records)), min(3, len(form.records) - 1)):
        form.before.setdefault(index, []).append([None])


def totals(form: Draft) -> None:
    end = len(form.records)
    if "cadres" in form.columns:
        for index in range(1, end):
            if not form.same(index, "cadres"):
                form.before.setdefault(index, []).append(["小计", None, "户"])
    form.before.setdefault(end, []).append([form.rng.choice(("合计", "合  计", "总计")), None, f"{end}户"])


def sample_row(form: Draft) -> None:
    shown = {"visited_on": "例：2023-9-20", "cadres": "例：李明", "household": "示例：王某某", "phone": "13800000000"}
    line: Line = [shown.get(name) for name in form.columns]
    line[0] = form.rng.choice(("例", "示例", "（例）"))
    form.before.setdefault(0, []).append(line)


def repeated_heading(form: Draft) -> None:
    form.before.setdefault(max(1, len(form.records) // 2), []).append(HEADING)


def two_tables(form: Draft) -> None:
    lines = form.before.setdefault(max(1, len(form.records) // 2), [])
    lines += [[None], ["县乡干部大走访活动走访登记表（续）"], HEADING]


def serials_written_ahead(form: Draft) -> None:
    if "serial" in form.columns:
        at, end = form.columns.index("serial"), len(form.records)
        form.before.setdefault(end, []).extend([*[None] * at, end + more] for more in range(1, 13))


def hidden_rows(form: Draft) -> None:
    form.hidden_records = set(form.rng.sample(range(len(form.records)), max(1, len(form.records) // 4)))


# -- habits: what stands around ------------------------------------------------------------------------------------


def meta_in_cells(form: Draft) -> None:
    form.meta = [["填报单位", form.unit, None, "填表日期", form.rng.choice(("2023.10.12", date(2023, 10, 12)))]]


def meta_merged(form: Draft) -> None:
    form.meta = [[f"填报单位：{form.unit}          填报时间：2023年10月12日"]]
    form.wide_lines = True


def meta_spread(form: Draft) -> None:
    form.meta = [["填报单位：", *form.unit]]


def meta_below(form: Draft) -> None:
    form.meta, form.below = [], [[f"报送单位：{form.unit}", None, None, "填表日期：2023年10月12日"]]


def meta_by_folder(form: Draft) -> None:
    form.meta, form.unit_is = [], "folder"


def meta_by_name(form: Draft) -> None:
    form.meta, form.unit_is = [], "name"


def meta_by_cadres(form: Draft) -> None:
    form.meta, form.unit_is = [], "cadres"


def meta_in_a_column(form: Draft) -> None:
    form.meta, form.headings["unit"] = [], "填报单位"
    form.columns.insert(min(1, len(form.columns)), "unit")
    for record in form.records:
        record["unit"] = form.unit


def spaced_title(form: Draft) -> None:
    form.title, form.wide_lines = [["  ".join("大走访活动走访登记表")]], True


def no_title(form: Draft) -> None:
    form.title = []


def notes_above(form: Draft) -> None:
    form.notes = [
        ["填写注意事项："],
        ["1.走访日期、走访干部、走访对象、对象类别为必填项，不得空缺，不得填“同上”以外的省略写法。"],
        ["2.联系电话请填写11位手机号码；矛盾纠纷、意见建议没有的填“无”。"],
        [None],
    ]
    form.wide_lines = True


def starts_at_c8(form: Draft) -> None:
    form.top, form.left = 7, 2


def footer(form: Draft) -> None:
    form.below += [[None], ["填表人：陈晓燕", None, None, "审核人：李建国", None, "联系电话：0730-4123456"]]


def footer_in_cells(form: Draft) -> None:
    form.below += [["填表人", "陈晓燕", None, "审核人", "李建国", None, "联系电话", "0730-4123456"]]


def footer_note(form: Draft) -> None:
    form.below += [[None], ["注：1.本表由走访干部填写；2.电话务必核实。"], ["填报人：陈晓燕"]]


def last_year_hidden(form: Draft) -> None:
    old = Draft(form.form, form.rng, form.unit, [], [], name="2022年", columns=form.columns, headings=form.headings)
    old.records = [{**one, "visited_on": date(2022, 9, 20), "household": "旧户"} for one in form.records[:4]]
    old.meant = old.records
    form.more_sheets += [_hidden(layout(old))]


def choices_hidden(form: Draft) -> None:
    lists = Sheet("选项", {(row, 0): word for row, word in enumerate(("湖南省", "湖北省", "广东省", "走访日期"))})
    form.more_sheets += [_hidden(lists)]


def notes_sheet(form: Draft) -> None:
    form.more_sheets += [Sheet("说明", {(0, 0): "本表由各单位填写", (1, 0): "有问题请打电话", (1, 1): "0730-4123456"})]


def _hidden(sheet: Sheet) -> Sheet:
    sheet.visible = False
    return sheet


class Habit(NamedTuple):
    """A way to fill a form. A form takes at most one habit of a slot; slots apply in the order of `SLOTS`."""

    slot: str
    apply: Callable[[Draft], None]
    formats: tuple[str, ...] = FORMATS


SLOTS: Final = ("days", "phones", "names", "cadres", "towns", "words", "formulas", "repeat", "headings", "dress", "levels", "columns",
                "meta", "rows", "hidden", "title", "notes", "place", "foot", "sheets")  # fmt: skip
HABITS: Final[Mapping[str, Habit]] = {
    habit.apply.__name__.replace("_", " "): habit
    for habit in (
        Habit("days", mixed_days),
        Habit("days", one_spelling_of_days),
        Habit("phones", phones),
        Habit("names", spaced_names),
        Habit("cadres", joint_names),
        Habit("towns", short_towns),
        Habit("words", loose_words),
        Habit("formulas", calculated, ("xlsx", "xlsx named xls")),
        Habit("repeat", ditto),
        Habit("repeat", merged_cadres, SHEETS),
        Habit("repeat", merged_days, SHEETS),
        Habit("headings", alias_headings),
        Habit("dress", dressed_headings),
        Habit("levels", two_row_headings),
        Habit("levels", three_row_headings, SHEETS),
        Habit("columns", other_order),
        Habit("columns", fewer_columns),
        Habit("columns", more_columns),
        Habit("columns", gap_columns, SHEETS),
        Habit("columns", hidden_columns, BOOKS),
        Habit("meta", meta_in_cells),
        Habit("meta", meta_merged, SHEETS),
        Habit("meta", meta_spread),
        Habit("meta", meta_below),
        Habit("meta", meta_by_folder),
        Habit("meta", meta_by_name),
        Habit("meta", meta_by_cadres),
        Habit("meta", meta_in_a_column),
        Habit("rows", blank_rows),
        Habit("rows", totals),
        Habit("rows", sample_row),
        Habit("rows", repeated_heading),
        Habit("rows", two_tables, SHEETS),
        Habit("rows", serials_written_ahead),
        Habit("hidden", hidden_rows, BOOKS),
        Habit("title", spaced_title),
        Habit("title", no_title),
        Habit("notes", notes_above, SHEETS),
        Habit("place", starts_at_c8, SHEETS),
        Habit("foot", footer),
        Habit("foot", footer_in_cells),
        Habit("foot", footer_note),
        Habit("sheets", last_year_hidden, BOOKS),
        Habit("sheets", choices_hidden, BOOKS),
        Habit("sheets", notes_sheet, SHEETS),
    )
}
# What cannot be on one form together: a group heading needs the plain order of the fields and their plain headings;
# a total or a repeated heading inside a merged area is nobody's habit.
_CLASHES: Final = (
    {"levels", "headings"}, {"levels", "other order"}, {"levels", "more columns"}, {"levels", "meta in a column"},
    {"levels", "gap columns"}, {"meta by cadres", "joint names"}, {"ditto", "two tables"},
)  # fmt: skip


def pick(rng: Random, pool: Sequence[str], wanted: str, form: str, chance: float = 0.35) -> list[str]:
    """The habit `wanted` and some others of `pool` that go with it and with the file format, in the order of slots."""
    chosen = [wanted] if wanted else []
    for name in rng.sample(list(pool), len(pool)):
        if rng.random() < chance and form in HABITS[name].formats and all(_agree(name, other) for other in chosen):
            chosen.append(name)
    return sorted(chosen, key=lambda name: SLOTS.index(HABITS[name].slot))


def _agree(one: str, other: str) -> bool:
    slots = {HABITS[one].slot, HABITS[other].slot}
    said = slots | {one, other}
    return len(slots) == 2 and not any(clash <= said for clash in _CLASHES)


# -- layout --------------------------------------------------------------------------------------------------------


def layout(form: Draft) -> Sheet:
    """The draft on a sheet; `form.places` says where each cell of each record came to stand."""
    sheet, row, left = Sheet(form.name), form.top, form.left
    width = len(form.columns)
    for line in (*form.title, *form.notes, *form.meta):
        sheet.lay(row, left, line)
        if form.wide_lines and sum(cell is not None for cell in line) == 1:
            sheet.merges.append((row, left, row, left + width - 1))
        row += 1
    row = _heading(form, sheet, row)
    open_runs: dict[str, int] = {}
    for index in range(len(form.records) + 1):
        for line in form.before.get(index, ()):
            _close(form, sheet, open_runs, row - 1)
            if line is HEADING:
                row = _heading(form, sheet, row)
            else:
                sheet.lay(row, left, line)
                row += 1
        if index == len(form.records):
            break
        for at, name in enumerate(form.columns):
            form.places[index, name] = row, left + at
            if name in form.merged:
                if name in open_runs and form.same(index, name):
                    continue
                _close(form, sheet, {name: open_runs.pop(name)} if name in open_runs else {}, row - 1)
                open_runs[name] = row
            sheet.lay(row, left + at, [form.records[index].get(name)])
        if index in form.hidden_records:
            sheet.hidden_rows.add(row)
        row += 1
    _close(form, sheet, open_runs, row - 1)
    for line in form.below:
        sheet.lay(row, left, line)
        row += 1
    sheet.hidden_columns = {left + form.columns.index(name) for name in form.hidden_fields & set(form.columns)}
    return sheet


def _close(form: Draft, sheet: Sheet, runs: dict[str, int], last: int) -> None:
    """Merge what runs down to row `last`."""
    for name, first in runs.items():
        if last > first:
            column = form.left + form.columns.index(name)
            sheet.merges.append((first, column, last, column))
    runs.clear()


def _heading(form: Draft, sheet: Sheet, row: int) -> int:
    """Write the heading, one to three rows high; returns the row under it."""
    groups = form.form.groups if form.levels > 1 else {}
    group_of = {name: (group, leaf) for group, leaves in groups.items() for name, leaf in leaves.items()}
    bottom = row + form.levels - 1
    runs: dict[str, list[int]] = {}
    for at, name in enumerate(form.columns, form.left):
        group, leaf = group_of.get(name, ("", form.headings.get(name)))
        if group:
            sheet.cells[bottom, at] = leaf
            runs.setdefault(group, []).append(at)
        elif leaf:
            sheet.cells[row, at] = leaf
            if form.levels > 1:
                sheet.merges.append((row, at, bottom, at))
    for group, columns in runs.items():
        sheet.cells[row, columns[0]] = group
        if len(columns) > 1 or form.levels > 2:
            sheet.merges.append((row, columns[0], bottom - 1, columns[-1]))
    return bottom + 1
