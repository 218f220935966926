"""今日变化.xlsx: what came, changed, closed, was opened again or went today, by which file, and the night's balance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import pandas as pd

from dazoufang.ledger.changes import CASES, CHANGED, Balance, Change, Changes
from dazoufang.ledger.taken_back import named
from dazoufang.model.faults import WARNING, day_words
from dazoufang.model.submission import DUPLICATE, VERDICT_NAMES, Since, Submission
from dazoufang.model.vocabularies import ITEM_KIND_NAMES, ItemKind
from dazoufang.rules.answered import answered_to
from dazoufang.rules.campaign import Rules
from dazoufang.writing.sheets.book import Book
from dazoufang.writing.sheets.columns import Column, SheetSpec, aside

FILE: Final = "今日变化.xlsx"
BALANCE: Final = "台账平衡"
_SERIAL: Final = Column("serial", "序号", 5, "serial")
_FILES: Final = Column("files", "哪份报送件", 30)
_CELLS: Final = (Column("column", "哪一列", 12), Column("before", "原来", 24), Column("after", "现在", 24), _FILES)
_ITEMS: Final = (
    _SERIAL,
    Column("case", "变化", 9),
    Column("number", "编号", 13),
    Column("unit", "填报单位", 13),
    Column("words", "事项", 34),
    *_CELLS,
)
_VISITS: Final = (
    _SERIAL,
    Column("case", "变化", 9),
    Column("unit", "填报单位", 13),
    Column("words", "走访", 30),
    *_CELLS,
)
_BALANCE: Final = (
    Column("kind", "类别", 12),
    Column("before", "早上未销号", 10, "int"),
    Column("new", "＋新登记", 10, "int"),
    Column("reopened", "＋重新打开", 10, "int"),
    Column("closed", "－销号", 10, "int"),
    Column("withdrawn", "－撤回撤下", 10, "int"),
    Column("joined", "－并入别的", 10, "int"),
    Column("now", "＝现在未销号", 11, "int"),
)
_RECEIVED: Final = (
    _SERIAL,
    Column("number", "收件号", 8),
    Column("unit", "单位", 14),
    Column("name", "报送件", 36),
    Column("verdict", "结论", 10),
    Column("rows", "收下行数", 8, "int"),
    Column("errors", "须改处数", 8, "int"),
    Column("asked", "请核对处数", 9, "int"),
    Column("since", "后来", 30),
)


def book(
    found: Changes,
    received: Sequence[Submission],
    files: Mapping[int, Submission],
    by: Mapping[int, int],
    since: Mapping[int, Since],
    rules: Rules,
    today: date,
) -> Book:
    """The workbook, to be written. For the bureau itself: full names.

    found: what changed. received: today's submissions. files: all submissions by number.
    by: the number of a submission that is withdrawn → that of its withdrawal. since: what has become of each of today's.
    """
    right = f"{day_words(today)}"
    received = [submission for submission in received if submission.verdict != DUPLICATE]  # twice is once
    ours = {submission.submission_id for submission in received}
    gone = [files[number] for number in sorted(by) if by[number] in ours]
    said = "".join(f"撤回了{named(taken)}，撤回单是收件{by[taken.submission_id]:04d}号。\n" for taken in gone)
    sheets = (
        SheetSpec(
            "今日变化",
            "大走访活动今日变化",
            aside(_ITEMS, _unfilled(found.items)),
            _rows(found.items, files),
            left=_counted(found.items, "件"),
            right=right,
            lead=said + _balance_words(found.balance),
            empty="今天台账没有变化",
        ),
        SheetSpec(BALANCE, "大走访活动台账平衡", _BALANCE, _balances(found.balance), right=right),
        SheetSpec(
            "走访变化",
            "大走访活动走访变化",
            aside(_VISITS, _unfilled(found.visits)),
            _rows(found.visits, files),
            left=_counted(found.visits, "户次"),
            right=right,
            empty="今天走访没有变化",
        ),
        SheetSpec(
            "今日收件",
            "大走访活动今日收件",
            _RECEIVED,
            _received(received, since, rules),
            left=f"共{len(received)}份，原样又来的不列",
            right=right,
            empty="今天没有收件",
        ),
    )
    return Book(sheets, today, rules.campaign.bureau.value, rules.campaign.a3)


def _unfilled(found: Sequence[Change]) -> list[str]:
    """What no change says: of what is new nothing was there before."""
    return [name for name in ("column", "before", "after") if not any(getattr(change, name) for change in found)]


def _rows(found: Sequence[Change], files: Mapping[int, Submission]) -> pd.DataFrame:
    rows = [
        {**change._asdict(), "files": "；".join(_file(number, files) for number in change.files)}
        for change in sorted(found, key=lambda change: CASES.index(change.case))
    ]
    return pd.DataFrame(rows, columns=[*Change._fields]).astype("object")


def _file(number: int, files: Mapping[int, Submission]) -> str:
    return f"{number:04d} {files[number].name}" if number in files else f"收件{number:04d}号"


def _counted(found: Sequence[Change], of: str) -> str:
    counts: Counter[str] = Counter()
    for change in found:
        counts[change.case] += change.told
    told = "　".join(f"{case}{counts[case]}{'处' if case == CHANGED else of}" for case in CASES if counts[case])
    return told or "没有变化"


def _balance_words(balance: Sequence[Balance]) -> str:
    """One line a kind: 矛盾纠纷：早上未销号3件，新登记1件，销号1件，现在未销号3件."""
    lines = []
    for kind in balance:
        moves = {"新登记": kind.new, "重新打开": kind.reopened, "销号": kind.closed, "撤回撤下": kind.withdrawn}
        moves["并入别的"] = kind.joined
        told = "".join(f"，{word}{count}件" for word, count in moves.items() if count)
        lines.append(
            f"{ITEM_KIND_NAMES[ItemKind(kind.kind)]}：早上未销号{kind.before}件{told}，现在未销号{kind.now}件。"
        )
    return "\n".join(lines)


def _balances(balance: Sequence[Balance]) -> pd.DataFrame:
    return pd.DataFrame([{**kind._asdict(), "kind": ITEM_KIND_NAMES[ItemKind(kind.kind)]} for kind in balance])


def became(since: Since) -> str:
    """What has become of a submission since it came, in words; "" it stands."""
    if since.withdrawn_by:
        return f"已由收件{since.withdrawn_by:04d}号撤回"
    if since.newer:
        return f"后来又收到收件{since.newer:04d}号，以它为准"
    return f"错行在收件{since.rows_in:04d}号里" if since.rows_in else ""


def asked(submission: Submission) -> int:
    """How many cells its sender is asked to look at again, though they were taken as they are."""
    return sum(fault.severity == WARNING for fault in submission.faults)


def _received(received: Sequence[Submission], since: Mapping[int, Since], rules: Rules) -> pd.DataFrame:
    rows = [
        {
            "number": f"{submission.submission_id:04d}",
            "unit": answered_to(submission, rules),
            "name": submission.name,
            "verdict": VERDICT_NAMES[submission.verdict],
            "rows": sum(len(part.counted) for part in submission.parts),
            "errors": len(submission.errors),
            "asked": asked(submission),
            "since": became(since[submission.submission_id]),
        }
        for submission in received
    ]
    return pd.DataFrame(rows, columns=[column.key for column in _RECEIVED if column.key != "serial"])
