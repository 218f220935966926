"""Makes up the forms of one unit in any combination of habits, with what is true of each cell and where it stands."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from dressed import Crossed
from writers import Cell, Line, Sheet, extension, write

UNIT: Final = "工会"
CADRES: Final = ("李明", "王芳")
FIRST: Final = date(2023, 9, 18)
KINDS: Final = ("xlsx", "openpyxl", "xls", "et", "ods", "csv utf-8", "csv gb18030")
MERGING: Final = KINDS[:5]  # file types that merge cells and hold several sheets
HIDING: Final = KINDS[:4]  # that hide rows and columns
STANDS, VOID, BACK = "stands", "void", "back"  # counts; must not count; is another year's and must go back
_TOWNS: Final = ("章华镇", "三封寺镇", "鲇鱼须镇", "东山镇", "新河乡", "注滋口镇")
_VILLAGES: Final = ("沙口村", "团结村", "田家湖社区", "磨盘村", "红旗村", "桥东社区")
_TARGETS: Final = ("联点乡镇群众", "人大代表", "政协委员", "原民代幼人员", "其他")
_SURNAMES: Final = "赵钱孙周吴郑冯陈褚卫蒋沈韩杨朱秦尤许何吕施孔曹严华金魏陶姜戚谢邹"
_GIVEN: Final = ("建国", "秀英", "桂香", "伟", "志强", "春梅", "德", "玉兰", "海波", "敏")
_DISPUTES: Final = (
    "与邻居因{v}排水沟改道发生争执", "{v}承包地界址有异议，要求重新丈量{n}亩", "{v}道路拓宽占用菜地{n}分未补偿", "被拖欠工资{n}千元",
    "与{v}组长因低保评定发生口角", "{v}鱼塘承包费{n}千元未结清",
)  # fmt: skip
_SUGGESTIONS: Final = (
    "建议硬化{v}通学路{n}公里", "建议{v}增设垃圾收集点{n}个", "希望给{v}教学点补充英语教师{n}名", "建议清淤{v}灌溉渠{n}公里",
    "{v}水塘边要装护栏{n}处", "建议{v}安装路灯{n}盏",
)  # fmt: skip
_INQUIRIES: Final = ("咨询{n}月份高中招生政策", "请求帮助办理{v}困难学生资助", "想了解{v}危房改造补助标准")
_FAMILIES: Final = ("家庭{n}口人，种水稻{n}亩", "独居老人，享受低保", "两个孩子在{v}小学读书", "儿子在外务工，{n}口人")
_REPLIES: Final = ("当场答复，群众表示理解", "已记录，转相关股室{n}", "承诺{n}日内回复", "已解释政策")


@dataclass(frozen=True)
class Form:
    """A form: its columns (field → heading), the group headings over some of them, and the field of the person."""

    name: str
    title: str
    headings: Mapping[str, str]
    groups: Mapping[str, Mapping[str, str]]
    who: str
    texts: tuple[str, ...]  # fields of free text


def _form(name: str, title: str, who: str, texts: str, fields: str, groups: str) -> Form:
    pairs = [(pair.split("=")[0], pair.split("=")[1]) for pair in fields.split()]
    grouped = [line.split() for line in groups.strip().splitlines()]
    heads = {line[0]: dict(pair.split("=") for pair in line[1:]) for line in grouped}
    return Form(name, title, dict(pairs), heads, who, tuple(texts.split()))


VISIT: Final = _form(
    "visit", "走访登记表", "household", "family dispute suggestion inquiry reply remark",
    """serial=序号 visited_on=走访日期 cadres=走访干部 cadre_title=职务 household=走访对象 target_kind=对象类别 township=乡镇
    village=村(社区)组 phone=联系电话 family=家庭情况 dispute=矛盾纠纷和信访诉求 suggestion=意见建议 inquiry=政策咨询和求助
    reply=现场答复情况 remark=备注""",
    """走访干部 cadres=姓名 cadre_title=职务
    走访对象 household=姓名 target_kind=类别 township=乡镇 village=住址 phone=联系电话
    反映情况 dispute=矛盾纠纷 suggestion=意见建议 inquiry=咨询求助""",
)  # fmt: skip
DISPUTE: Final = _form(
    "dispute", "矛盾纠纷事项办理表", "person", "matter measures outcome remark",
    """serial=序号 visited_on=走访日期 cadres=走访干部 person=当事人 phone=联系电话 township=乡镇 village=村(社区)组 category=纠纷类别
    matter=主要情况及诉求 complexity=复杂程度 measures=化解措施 responsible_unit=责任单位 responsible_person=责任人 status=办理状态
    outcome=化解情况 resolved_on=办结日期 follow_up_on=回访日期 follow_up_mode=回访方式 satisfaction=满意度 remark=备注""",
    "当事人 person=姓名 phone=联系电话 township=乡镇 village=住址",
)  # fmt: skip
SUGGESTION: Final = _form(
    "suggestion", "意见建议事项办理表", "person", "matter outcome remark",
    """serial=序号 visited_on=反映日期 cadres=走访干部 person=反映人 identity=身份 phone=联系电话 township=乡镇 village=村(社区)组
    category=事项类别 matter=意见建议内容 responsible_unit=承办单位 outcome=办理情况 status=办理状态 resolved_on=办结日期
    follow_up_on=回复日期 follow_up_mode=回复方式 satisfaction=满意度 remark=备注""",
    "反映人 person=姓名 identity=身份 phone=联系电话 township=乡镇 village=住址",
)  # fmt: skip
FORMS: Final = (VISIT, DISPUTE, SUGGESTION)
_CATEGORIES: Final = {
    "dispute": ("邻里关系", "征地拆迁", "劳动争议"),
    "suggestion": ("道路交通", "农田水利", "学生安全"),
}


@dataclass
class Entry:
    """One visit or item: what is true of it, how it is typed, and where that came to stand."""

    true: dict[str, str]
    typed: dict[str, Cell]
    fate: str = STANDS
    asked: set[str] = field(default_factory=set)  # fields whose cell nobody can understand for certain
    above: list[Line] = field(default_factory=list)  # lines between it and the one above
    joined: set[str] = field(default_factory=set)  # columns merged with the row above
    wide: dict[str, int] = field(default_factory=dict)  # columns merged with so many to the right
    more: list[dict[str, Cell]] = field(default_factory=list)  # further rows that continue its cells
    tall: set[str] = field(default_factory=set)  # columns merged over its further rows
    crossed: set[str] | None = None  # columns crossed out
    hidden: bool = False
    copies: dict[str, list[tuple[str, int, int]]] = field(default_factory=dict)  # where a copy of it stands
    sheet: str = ""
    places: dict[str, list[tuple[str, int, int]]] = field(default_factory=dict)  # field → sheet, row, column (from 0)

    def say(self, **values: str) -> None:
        """Another truth, typed plainly."""
        self.true.update(values)
        self.typed.update(values)


@dataclass
class Column:
    """A column: `key` is its field, or field.part where a field is told in several."""

    key: str
    heading: str
    group: str = ""
    leaf: str = ""


@dataclass
class Draft:
    """One file on its way: entries, columns, and what stands around them."""

    form: Form
    rng: Random
    entries: list[Entry]
    columns: list[Column]
    sheet: str = "登记"
    name: str = ""
    in_folder: bool = True
    levels: int = 1
    top: int = 0
    left: int = 0
    title: list[Line] = field(default_factory=list)
    notes: list[Line] = field(default_factory=list)
    meta: list[Line] = field(default_factory=list)
    over: dict[str, list[Line]] = field(default_factory=dict)  # lines over the table of one sheet
    under_heading: list[Line] = field(default_factory=list)
    above_end: list[Line] = field(default_factory=list)
    below: list[Line] = field(default_factory=list)
    beside: list[Line] = field(default_factory=list)  # a list to the right of the table, from its heading row on
    beside_gap: int = 1
    hidden_keys: set[str] = field(default_factory=set)
    first_sheets: list[Sheet] = field(default_factory=list)
    more_sheets: list[Sheet] = field(default_factory=list)
    wide_lines: int = 0  # columns to the right over which lines of one cell are merged
    layout: Callable[[Draft], list[Sheet]] | None = None
    first_number: int = 1  # of its items, where it was delivered before
    before: Draft | None = None  # a file of the same unit that was delivered earlier
    extension: str = ""  # where it is not the right one
    patch: Callable[[bytes], bytes] = lambda data: data

    def has(self, key: str) -> bool:
        return any(column.key == key for column in self.columns)

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    def at(self, key: str) -> int:
        return next(at for at, column in enumerate(self.columns) if column.key == key)

    def drop(self, *keys: str) -> None:
        """Leave columns out; what would stand in them is not told."""
        self.columns = [column for column in self.columns if column.key not in keys]

    def untell(self, *keys: str) -> None:
        """Leave columns out, and nothing else tells them."""
        self.drop(*keys)
        for entry in self.entries:
            entry.true.update(dict.fromkeys(keys, ""))


def people(rng: Random, count: int) -> list[tuple[str, str]]:
    """Names and mobile numbers, no two alike."""
    names: dict[str, None] = {}
    while len(names) < count:
        names[rng.choice(_SURNAMES) + rng.choice(_GIVEN)] = None
    return [(name, f"1{rng.choice('3578')}{rng.randrange(10**8, 10**9)}") for name in names]


def draft(form: Form, rng: Random, persons: Sequence[tuple[str, str]], tag: str = "") -> Draft:
    """A form filled the plain way, for these persons; `tag` tells its file from others of the unit."""
    entries = [_entry(form, rng, name, phone, number) for number, (name, phone) in enumerate(persons)]
    entries.sort(key=lambda entry: (entry.true["cadres"], entry.true["township"], entry.true["visited_on"]))
    for number, entry in enumerate(entries, 1):
        entry.typed = {"serial": number, **{key: value or None for key, value in entry.true.items()}}
    group_of = {key: (group, leaf) for group, leaves in form.groups.items() for key, leaf in leaves.items()}
    columns = [Column(key, heading, *group_of.get(key, ("", ""))) for key, heading in form.headings.items()]
    made = Draft(form, rng, entries, columns, name=form.title + tag)
    made.title = [[f"县乡干部大走访活动{form.title}"]]
    made.meta = [[f"填报单位：{UNIT}"]]
    return made


def _entry(form: Form, rng: Random, name: str, phone: str, number: int) -> Entry:
    def words(pool: Sequence[str], chance: float = 1.0) -> str:
        said = rng.choice(pool).format(v=f"{rng.choice(_VILLAGES)}{rng.randrange(1, 9)}组", n=rng.randrange(2, 60))
        return said if rng.random() < chance else ""

    day = FIRST + timedelta(days=rng.randrange(0, 20))
    true = {
        "visited_on": day.isoformat(), "cadres": rng.choice(CADRES), form.who: name, "phone": phone,
        "township": rng.choice(_TOWNS), "village": f"{rng.choice(_VILLAGES)}{rng.randrange(1, 16)}组",
    }  # fmt: skip
    if form is VISIT:
        true["cadre_title"] = {"李明": "主席", "王芳": "副主席"}[true["cadres"]]
        true |= {"target_kind": rng.choice(_TARGETS), "family": words(_FAMILIES), "reply": words(_REPLIES, 0.7)}
        true |= {"dispute": words(_DISPUTES, 0.5), "suggestion": words(_SUGGESTIONS, 0.5)}
        true |= {"inquiry": words(_INQUIRIES, 0.3), "remark": words(("无异常{n}", "路程{n}公里"), 0.4)}
        return Entry(true, {})
    done = number % 2 == 0
    true |= {
        "category": rng.choice(_CATEGORIES[form.name]),
        "responsible_unit": UNIT,
        "remark": words(("第{n}本记录",), 0.4),
    }
    true |= {"outcome": words(("已协调{n}次，双方同意", "已安排{n}人处理")) if done else ""}
    true |= {"resolved_on": (day + timedelta(days=3)).isoformat() if done else ""}
    true |= {"follow_up_on": (day + timedelta(days=5)).isoformat() if done else ""}
    true |= {"follow_up_mode": "上门" if done else "", "satisfaction": rng.choice(("满意", "基本满意")) if done else ""}
    if form is DISPUTE:
        true |= {
            "matter": words(_DISPUTES),
            "complexity": rng.choice(("简单", "复杂")),
            "measures": words(("组织双方协商{n}次",)),
        }
        true |= {"responsible_person": rng.choice(CADRES), "status": "已化解" if done else "正在化解"}
    else:
        true |= {
            "matter": words(_SUGGESTIONS),
            "identity": rng.choice(_TARGETS),
            "status": "已办结" if done else "正在办理",
        }
    return Entry(true, {})


@dataclass(frozen=True)
class Written:
    """A file as it is dropped: its path in the inbox, its bytes, and the draft behind it."""

    path: str
    data: bytes
    draft: Draft


def written(made: Draft, kind: str) -> Written:
    """The draft as a file of a kind (`KINDS`)."""
    sheets = (made.layout or rows_layout)(made)
    data = made.patch(write([*made.first_sheets, *sheets, *made.more_sheets], kind))
    path = f"{made.name}.{made.extension or extension(kind)}"
    return Written(f"{UNIT}/{path}" if made.in_folder else path, data, made)


# -- layouts -------------------------------------------------------------------------------------------------------


def rows_layout(made: Draft) -> list[Sheet]:
    """A row a household, a table a sheet."""
    names = list(dict.fromkeys(entry.sheet or made.sheet for entry in made.entries))
    return [_table(made, name, [e for e in made.entries if (e.sheet or made.sheet) == name]) for name in names]


def _table(made: Draft, name: str, entries: Sequence[Entry]) -> Sheet:
    sheet, row, right = Sheet(name), made.top, made.left + len(made.columns) - 1
    for line in (*made.title, *made.notes, *made.meta, *made.over.get(name, ())):
        sheet.lay(row, made.left, line)
        if sum(cell is not None for cell in line) == 1:
            sheet.merges += [(row, made.left, row, made.left + made.wide_lines)] if made.wide_lines else []
        row += 1
    for number, line in enumerate(made.beside):
        sheet.lay(row + number, right + 1 + made.beside_gap, line)
    row = heading(made, sheet, row)
    row = _lines(made, sheet, row, made.under_heading)
    open_runs: dict[str, list[int]] = {}
    for number, entry in enumerate(entries):
        row = _lines(made, sheet, row, entry.above)
        for key in list(open_runs):
            if key not in entry.joined or entry.above or not number:
                del open_runs[key]
        height = 1 + len(entry.more)
        for column in made.columns:
            _cell(made, sheet, row, entry, column, open_runs)
        for further, cells in enumerate(entry.more, 1):
            for key, value in cells.items():
                sheet.lay(row + further, made.left + made.at(key), [value])
                entry.places.setdefault(key.partition(".")[0], []).append(
                    (name, row + further, made.left + made.at(key))
                )
        if entry.hidden:
            sheet.hidden_rows.add(row)
        row += height
    row = _lines(made, sheet, row, made.above_end)
    _lines(made, sheet, row, made.below)
    sheet.hidden_columns = {made.left + made.at(key) for key in made.hidden_keys if made.has(key)}
    sheet.merges = [
        (top, left, bottom, right) for top, left, bottom, right in sheet.merges if (top, left) != (bottom, right)
    ]
    return sheet


def _cell(made: Draft, sheet: Sheet, row: int, entry: Entry, column: Column, open_runs: dict[str, list[int]]) -> None:
    key, across = column.key, made.left + made.at(column.key)
    places = entry.places.setdefault(key.partition(".")[0], [])
    places.append((sheet.name, row, across))
    if key in entry.joined and key in open_runs:
        open_runs[key][2] = row  # the run reaches down to here
        places.append((sheet.name, open_runs[key][0], across))
        return
    covering = [left for top, left, _, right in sheet.merges if top == row and left < across <= right]
    if covering:
        places.append((sheet.name, row, covering[0]))
        return
    value = entry.typed.get(key)
    if value is not None:
        crossed = entry.crossed is not None and key in entry.crossed
        sheet.lay(row, across, [Crossed(value) if crossed else value])  # type: ignore[arg-type,list-item]
    height = len(entry.more) if key in entry.tall else 0
    open_runs[key] = [row, across, row + height, across + entry.wide.get(key, 0)]
    sheet.merges.append(open_runs[key])  # type: ignore[arg-type]


def _lines(made: Draft, sheet: Sheet, row: int, lines: Sequence[Line]) -> int:
    for line in lines:
        if line == ["\0heading"]:
            row = heading(made, sheet, row)
            continue
        sheet.lay(row, made.left, line)
        if made.wide_lines and sum(cell is not None for cell in line) == 1 and line[0]:
            sheet.merges.append((row, made.left, row, made.left + made.wide_lines))
        row += 1
    return row


def heading(made: Draft, sheet: Sheet, row: int) -> int:
    """Write the heading, one to three rows high; returns the row under it."""
    bottom, runs = row + made.levels - 1, dict[str, list[int]]()
    for at, column in enumerate(made.columns, made.left):
        if made.levels > 1 and column.group:
            sheet.cells[bottom, at] = column.leaf
            runs.setdefault(column.group, []).append(at)
        elif column.heading:
            sheet.cells[row, at] = column.heading
            if made.levels > 1:
                sheet.merges.append((row, at, bottom, at))
    for group, columns in runs.items():
        sheet.cells[row, columns[0]] = group
        if len(columns) > 1 or made.levels > 2:
            sheet.merges.append((row, columns[0], bottom - 1, columns[-1]))
    return bottom + 1


def wrong_dimension(data: bytes, reference: str) -> bytes:
    """An .xlsx whose sheets claim to be another area than they are, as WPS sometimes leaves them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            part = old.read(info)
            if info.filename.startswith("xl/worksheets/sheet"):
                part = re.sub(rb'<dimension ref="[^"]*"', f'<dimension ref="{reference}"'.encode(), part)
            new.writestr(info, part)
    return stream.getvalue()
