"""What is to be marked in one workbook, and what its first sheet 需修改 says: plain data for those that write it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from dazoufang.judging.sender import HELD_FOR_THE_SENDER
from dazoufang.model.faults import ERROR, INFO, WARNING, Fault, Repair
from dazoufang.model.submission import RETURNED, Part, Submission
from dazoufang.rules.campaign import Rules
from dazoufang.writing.answers.causes import bare, causes, ordered, position, short
from dazoufang.writing.answers.mend_by import finish_line
from dazoufang.writing.answers.mend_column import MendColumn, mend_columns
from dazoufang.writing.answers.names import answer_names
from dazoufang.writing.answers.upholding import ReasonColumn, may_be_upheld, reason_columns

SHEET: Final = "需修改"
REPAIR: Final = "repair"
UPHOLD: Final = "uphold"
RECEIPT: Final = "receipt"
HOW_TO_UPHOLD: Final = "确实无误的，请在那一行的“情况说明”一格（黄框）写一句原因，再放入就不再提醒。"
FILTER: Final = "filter"
HOW_TO_FILTER: Final = (
    "表的最右边有“需修改”一列，写着每行要改什么：点它表头上的筛选箭头，去掉“空白”前的勾，就只剩要改的行。"
)
WORDS: Final = {ERROR: "须修改", WARNING: "请核对"}
MOST_NOTES: Final = 4_000  # comments in one sheet; with more the file becomes too large and slow
MOST_LINES: Final = 2_000  # lines of one section of our sheet
ALIKE: Final = 6  # so many cells with the same trouble are said once
LONGEST: Final = 24  # a list of cells past that is cut short
MANY: Final = 30  # so many wrong cells are found faster by their colour
HEADINGS: Final = ("序号", "工作表", "单元格", "列", "填的内容", "问题", "怎么改")


@dataclass(frozen=True, slots=True)
class Mark:
    """One place (0-based) to be marked; `level` is error, warning or repair; `across`: so are the row's filled cells;
    `open`: it may be upheld by a word in its row."""

    row: int
    column: int
    level: str
    note: str = ""
    across: bool = False
    open: bool = False


@dataclass(frozen=True, slots=True)
class GuideLine:
    """One line of our sheet: its look (title, legend, section, head, error, warning, repair, advice, receipt: which leads to
    the receipt, uphold: shown only where there is a column for reasons, and filter: only where one is filtered by), its cells (a single one spans the sheet) and, for the third cell, the
    sheet and range that it leads to."""

    look: str
    cells: tuple[str, ...]
    link: tuple[str, str] | None = None


@dataclass(slots=True)
class Plan:
    """All marks of a workbook by sheet, the columns for reasons and 需修改 by sheet, the lines of our own sheet, and the link to the
    receipt ("" none)."""

    marks: dict[str, list[Mark]] = field(default_factory=dict)
    reason_columns: dict[str, ReasonColumn] = field(default_factory=dict)
    mend_columns: dict[str, MendColumn] = field(default_factory=dict)
    lines: list[GuideLine] = field(default_factory=list)
    receipt: str = ""

    def renamed(self, names: dict[str, str]) -> Plan:
        """The same for a workbook whose sheets had to be given other names."""

        def line(old: GuideLine) -> GuideLine:
            if old.link is None:
                return old
            name = names.get(old.link[0], old.link[0])
            return GuideLine(old.look, (old.cells[0], name, *old.cells[2:]), (name, old.link[1]))

        marks = {names.get(sheet, sheet): listed for sheet, listed in self.marks.items()}
        reason_columns = {names.get(sheet, sheet): column for sheet, column in self.reason_columns.items()}
        mend_columns = {names.get(sheet, sheet): column for sheet, column in self.mend_columns.items()}
        return Plan(marks, reason_columns, mend_columns, [line(old) for old in self.lines], self.receipt)


def faulty(submission: Submission) -> list[str]:
    """The members ("" for a plain workbook) that go back: readable, with an error; if none, those with a warning."""
    for severity in (ERROR, WARNING):
        found = {fault.member for fault in _inside(submission.faults) if fault.severity == severity}
        unreadable = {fault.member for fault in submission.faults if fault.code.startswith("F")}
        if found - unreadable:
            return sorted(found - unreadable)
    return []


def plan(submission: Submission, member: str, rules: Rules, receipt: str = "", *, alone: bool = False) -> Plan:
    """What to mark in one workbook of the submission. receipt: the link to its receipt, "" none. alone: the workbook holds
    its wrong rows and no others."""
    parts = [part for part in submission.parts if part.member == member]
    faults = ordered((fault for fault in _inside(submission.faults) if fault.member == member), parts)
    repairs = [repair for repair in submission.repairs if repair.member == member]
    found = Plan(
        reason_columns=reason_columns(parts, rules.schemas), mend_columns=mend_columns(parts, faults, rules.schemas)
    )
    for fault in faults:
        mark = _mark(fault, parts)
        if mark is not None:
            found.marks.setdefault(fault.sheet, []).append(mark)
    for repair in repairs:
        spot = position(repair.cell)
        if spot is not None:
            found.marks.setdefault(repair.sheet, []).append(Mark(*spot, REPAIR))
    found.lines, found.receipt = _lines(submission, parts, faults, repairs, rules, alone=alone), receipt
    if receipt:
        found.lines.append(GuideLine(RECEIPT, (f"回执：{answer_names(submission)[0]}",)))
    return found


def _inside(faults: Iterable[Fault]) -> list[Fault]:
    return [fault for fault in faults if fault.severity != INFO and not fault.code.startswith("F")]


def _mark(fault: Fault, parts: Sequence[Part]) -> Mark | None:
    """The mark of a fault; None where it has neither cell nor row."""
    note = f"{WORDS[fault.severity]}：{bare(fault)}。\n怎么改：{fault.remedy}。"
    spot = position(fault.cell)
    may = may_be_upheld(fault)
    if spot is not None:
        return Mark(*spot, fault.severity, note, open=may)
    if not fault.row:
        return None
    columns = [
        column
        for part in parts
        for heading in part.headings
        if heading.sheet == fault.sheet
        for column in heading.columns.values()
    ]
    # A missing column has no cell: its whole heading row is marked.
    across = fault.code.startswith("S")
    return Mark(fault.row - 1, min(columns, default=0), fault.severity, note, across, may)


# -- the lines of our sheet ----------------------------------------------------------------------------------


def _lines(
    submission: Submission,
    parts: Sequence[Part],
    faults: Sequence[Fault],
    repairs: Sequence[Repair],
    rules: Rules,
    *,
    alone: bool,
) -> list[GuideLine]:
    """All lines of our sheet, from its title to the advice."""
    errors = [fault for fault in faults if fault.severity == ERROR]
    warnings = [fault for fault in faults if fault.severity == WARNING]
    subject = f"{rules.campaign.name.value}　收件{submission.submission_id:04d}号　{submission.name}"
    lines = [
        GuideLine("title", (_sum(submission, parts, errors, warnings, finish_line(rules, submission.received_on)),)),
        GuideLine("legend", (subject,)),
        GuideLine(
            "legend",
            ("红色：须修改　　黄色：请核对　　浅蓝色：已自动整理，不用改。红、黄两种格子的批注里写着问题和改法。",),
        ),
        GuideLine(FILTER, (HOW_TO_FILTER,)),
    ]
    if errors:
        lines += [GuideLine("head", HEADINGS), *_fault_lines(errors, ERROR)]
    if warnings:
        lines.append(GuideLine("section", ("请核对：没有错就不用改。",)))
        if any(map(may_be_upheld, warnings)):
            lines.append(GuideLine(UPHOLD, (HOW_TO_UPHOLD,)))
        lines += [GuideLine("head", HEADINGS), *_fault_lines(warnings, WARNING)]
    if repairs:
        lines += [
            GuideLine("section", ("已自动整理：只统一写法，不改意思，不用处理。",)),
            GuideLine("head", (*HEADINGS[:5], "怎么整理的", "整理成")),
        ]
        lines += _repair_lines(repairs, [sheet for part in parts for sheet in part.sheets])
    inbox = rules.campaign.inbox.place_of(submission.path)
    by_colour = "要改的格子多，可在表头点“筛选→按颜色筛选”，只看红色的。" if len(errors) >= MANY else ""
    lines += [
        GuideLine("section", ("怎么办",)),
        GuideLine("advice", (f"1. 点上面“单元格”一栏，跳到要改的格子；把鼠标停在格子上看批注，照着改。{by_colour}",)),
        GuideLine("advice", ("2. 颜色、批注、“需修改”一列和这一页都不用删，再次放入时程序会自己去掉。",)),
        GuideLine(
            "advice",
            (
                f"3. 保存后把这个文件重新放入收件箱{f'（{inbox}）' if inbox else ''}，文件名不用改；"
                + (
                    "这里只有没有收下的行，改好后补进已收的表，不会重复；交了这一份，就不用再交整张表。"
                    if alone
                    else "新的会替换旧的，已收的行请保留，不要删。"
                ),
            ),
        ),
    ]
    return lines


def _sum(
    submission: Submission, parts: Sequence[Part], errors: Sequence[Fault], warnings: Sequence[Fault], finish: str
) -> str:
    """The first line: how many rows were taken and how many are to be mended; `finish`: until when, in words."""
    total = sum(len(part.rows) for part in parts)
    held_rows = sum(row.held for part in parts for row in part.rows)
    again = f"{finish}，重新放入收件箱，文件名不用改。"
    if not errors:
        return f"共{total}行，已全部收下；有{len(warnings)}处请核对，没有错就不用处理。"
    if all(fault.code in HELD_FOR_THE_SENDER for fault in errors):
        return f"共{total}行，{held_rows}行不由这里报送，没有收下；办法写在下面。"
    if submission.verdict == RETURNED or not parts:
        return f"{f'共{total}行，' if total else ''}暂时没有收下，{len(errors)}处要改；{again}"
    if not held_rows:
        return f"共{total}行，都已收下，另有{len(errors)}处要改；{again}"
    if held_rows == total:
        return f"共{total}行，都要改；{again}"
    return f"共{total}行，{total - held_rows}行已收，{held_rows}行要改；{again}"


def _fault_lines(faults: Sequence[Fault], level: str) -> list[GuideLine]:
    """One line for each cause; past `MOST_LINES` one that says so."""
    lines: list[GuideLine] = []
    for number, cause in enumerate(causes(faults, ALIKE, ALIKE), 1):
        first = cause.first
        if number > MOST_LINES:
            lines.append(GuideLine("advice", (f"其余的不再逐条列出，都已在表中标出颜色（共{len(faults)}处）。",)))
            break
        cells = cause.cells
        if len(cells) > LONGEST:
            cells = f"{cells[:LONGEST].rpartition('、')[0]}等{len(cause.faults)}处"
        target = first.cell.partition(":")[0] or (f"A{first.row}" if first.row else "A1")
        if "、" not in cells and ":" in cells and position(cells):
            target = cells
        texts = (
            str(number),
            first.sheet,
            cells or "整张表",
            first.column,
            cause.value or ("（空）" if first.cell else ""),
            cause.message,
            cause.remedy,
        )
        lines.append(GuideLine(level, texts, (first.sheet, target) if first.sheet else None))
    return lines


def _repair_lines(repairs: Sequence[Repair], sheets: Sequence[str]) -> list[GuideLine]:
    """One line for each way of mending in each column, sheet by sheet, with the first cell as the example."""
    lines: list[GuideLine] = []
    turn = {sheet: at for at, sheet in enumerate(dict.fromkeys([*sheets, *(repair.sheet for repair in repairs)]))}
    in_turn = sorted(repairs, key=lambda repair: (turn[repair.sheet], repair.how, repair.column))
    for (sheet, how, column), group in groupby(in_turn, key=lambda repair: (repair.sheet, repair.how, repair.column)):
        if len(lines) >= MOST_LINES:
            break
        members = list(group)
        first = members[0]
        cells = short([repair.cell for repair in members])
        if len(cells) > LONGEST:
            cells = f"{cells[:LONGEST].rpartition('、')[0]}等{len(members)}处"
        example = "如 " if len(members) > 1 else ""
        texts = (
            str(len(lines) + 1),
            sheet,
            cells,
            column,
            example + first.before,
            how,
            example + (first.after or "（空）"),
        )
        lines.append(GuideLine(REPAIR, texts, (sheet, first.cell) if first.cell else None))
    return lines
