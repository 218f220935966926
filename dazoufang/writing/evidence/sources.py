"""The sheets of the year's evidence that lead back: every number to its rule and rows, every delivered file to its original."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from dazoufang.ledger.fold import Fold
from dazoufang.ledger.frames import plain
from dazoufang.ledger.taken_back import withdraws
from dazoufang.model.submission import DUPLICATE, RETURNED, VERDICT_NAMES, Submission
from dazoufang.rules.answered import answered_to
from dazoufang.writing.evidence.numbers import BUREAU, SOURCES, Number, Numbers
from dazoufang.writing.sheets.columns import Column, SheetSpec

TRACES: Final = "数字出处"
STANDS: Final = "有效"
_SERIAL: Final = Column("serial", "序号", 5, kind="serial")


def numbers_sheet(numbers: Numbers, right: str) -> SheetSpec:
    """数字出处: every number of the bureau and of the units, with the rule and the rows behind it."""
    columns = (
        _SERIAL, Column("whose", "谁的", 13), Column("name", "数字", 19), Column("count", "数", 7, kind="int"),
        Column("rule", "规则", 40), Column("where", "出自", 40), Column("listed", "全部在哪里", 17),
    )  # fmt: skip
    rows = [
        {
            "whose": number.whose,
            "name": number.name,
            "count": number.amount,
            "rule": _rules(number, numbers),
            "where": numbers.place(number),
            "listed": number.listed,
        }
        for number in numbers.all
    ]
    return SheetSpec(
        TRACES,
        f"大走访活动{numbers.year.year}年考核佐证：每个数字的出处",
        columns,
        pd.DataFrame(rows, columns=[column.key for column in columns]),
        right=right,
        note=(
            f"先{BUREAU}，后各单位；单位是0的不列。“出自”是计入的行，多的只写前几行和共多少行。收件几号是哪份表见“{SOURCES}”。"
            "应走访出自花名册的行，任职不满的按工作日折算。要看到哪一格，用 trace 命令查附件的单元格或事项的编号。"
        ),
    )


def _rules(number: Number, numbers: Numbers) -> str:
    """The rules behind a number: schemas/campaign.yaml 第29行 quota.households_per_round = 10."""
    said, file = [], ""
    for rule in map(numbers.rule, number.rules):
        said.append(f"{'' if rule.file == file else f'{rule.file} '}第{rule.line}行 {rule.key} = {rule.value}")
        file = rule.file
    return number.words or "；".join(said)


def files_sheet(ledger_fold: Fold, numbers: Numbers, right: str) -> SheetSpec:
    """来源文件: every file that was delivered in the year, and those of earlier years whose rows the year's numbers count."""
    columns = (
        Column("number", "收件号", 7), Column("received_on", "收到日期", 10.5, kind="date"), Column("unit", "单位", 12),
        Column("name", "文件名", 22), Column("verdict", "结论", 8), Column("now", "现在", 15), Column("sha256", "sha256", 34),
        Column("archived", "存档位置", 28),
    )  # fmt: skip
    frames = ledger_fold.frames()
    live = dict(zip(plain(frames.submissions["submission_id"]), frames.submissions["live"].tolist(), strict=True))
    asked = set(plain(frames.cadres["submission_id"]))
    asked |= set(plain(frames.visits["submission_id"].iloc[[one.row for one in numbers.visited]]))
    asked |= set(plain(frames.items["submission_id"].iloc[[one.row for one in numbers.items]]))
    rows: list[dict[str, Any]] = []
    for submission in ledger_fold.submissions:
        of_year = ledger_fold.rules.campaign.year_of(submission.received_on) == numbers.year
        if submission.verdict == DUPLICATE or not (of_year or submission.submission_id in asked):
            continue
        rows.append(
            {
                "number": f"{submission.submission_id:04d}",
                "received_on": submission.received_on,
                "unit": answered_to(submission, ledger_fold.rules),
                "name": submission.name,
                "verdict": VERDICT_NAMES[submission.verdict],
                "now": _now(submission, ledger_fold, live=live.get(submission.submission_id, False)),
                "sha256": submission.sha256,
                "archived": f"archive/{submission.archived}",
            }
        )
    return SheetSpec(
        SOURCES,
        f"大走访活动{numbers.year.year}年考核佐证：来源文件",
        columns,
        pd.DataFrame(rows, columns=[column.key for column in columns]),
        left=f"共{len(rows)}份",
        right=right,
        note=(
            "今年收到的每一份，和往年收到、今年的数还用到的。原件逐字节存在 archive 文件夹，sha256 是原件的校验值：原件改动一个字节，值就不同"
            "（Windows 上用 certutil -hashfile 文件名 SHA256 核对）。同一份文件再来一次的不重复列。"
        ),
    )


def _now(submission: Submission, ledger_fold: Fold, *, live: bool) -> str:
    """What has become of a submission, in words."""
    since = ledger_fold.since(submission)
    if since.withdrawn_by:
        return f"已撤回（收件{since.withdrawn_by:04d}号）"
    if since.newer:
        return f"已被收件{since.newer:04d}号替代"
    if submission.verdict == RETURNED:
        return "没有计入"
    if withdraws(submission, ledger_fold.rules.schemas):
        return "撤回单"
    return STANDS if live else "没有要计的行"
