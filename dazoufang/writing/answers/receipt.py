"""The receipt: one page that tells a unit what became of the file it delivered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from dazoufang.judging.sender import HELD_FOR_THE_SENDER
from dazoufang.model.faults import ERROR, INFO, WARNING, Fault, Repair, day_words
from dazoufang.model.submission import (
    ACCEPTED,
    DUPLICATE,
    PARTLY,
    RETURNED,
    STANDS,
    UNKNOWN_UNIT,
    VERDICT_NAMES,
    Effect,
    Since,
    Submission,
)
from dazoufang.rules.answered import answered_to
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import Role
from dazoufang.writing.answers.causes import Cause, causes, ordered, title_of
from dazoufang.writing.answers.mend_by import finish_line
from dazoufang.writing.answers.names import answer_names, has_copy, rows_name
from dazoufang.writing.answers.upholding import may_be_upheld
from dazoufang.writing.templates import page

_WITHOUT_ROWS: Final = {"S23": "零报告已收，算已报送", "S24": "已按表里写的撤回"}
_RETURNED: Final = {  # the line → where all that is wrong is among these codes
    "这份表不由这里报送，没有收下": HELD_FOR_THE_SENDER,
    "空表没有写明，没有收下": frozenset({"S22"}),
}
LONG: Final = 12  # a list past this many lines is shown closed, to be opened by a click
TEMPLATE: Final = "receipt.html"


@dataclass(frozen=True, slots=True)
class VerdictBanner:
    """The verdict in a `word`, its `tone` (colour), a big line, the one under it, and until when to mend ("" never)."""

    word: str
    tone: str
    headline: str
    next_step: str
    finish: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """Rows of one sheet of one form: how many count, how many wait for a mend."""

    form: str
    member: str
    sheet: str
    counted: int
    held: int


@dataclass(frozen=True, slots=True)
class FaultGroup:
    """All that is wrong in one way. `remedy` is given here when every cause has the same, else with each cause."""

    title: str
    code: str
    count: int
    causes: tuple[Cause, ...]
    remedy: str


@dataclass(frozen=True, slots=True)
class Mended:
    """Cells whose writing was made canonical in one way."""

    how: str
    repairs: tuple[Repair, ...]


def receipt(
    submission: Submission,
    effect: Effect | None,
    rules: Rules,
    templates: Path,
    twin: Submission | None = None,
    since: Since = STANDS,
    to_copy: str = "",
    to_small: str = "",
) -> bytes:
    """One self-contained HTML page (UTF-8), a pure function of its arguments.

    submission: what the receipt is for. effect: what it did to the record, None where it did nothing.
    rules: for names, titles and days. templates: the folder of `receipt.html`.
    twin: for a duplicate, the submission whose very bytes came again. since: what has become of it since; of one that was
    withdrawn nothing is left to be said but that. to_copy: the link to the returned copy, "" there is none;
    to_small: that to the small workbook of its wrong rows.
    """
    faults = [] if since.withdrawn_by else _all_faults(submission, effect)
    context: dict[str, Any] = {
        "verdict": banner(submission, effect, rules, twin, since),
        "withdrawn": len(effect.withdrawn) if effect else 0,
        "submission": submission,
        "copy_name": answer_names(submission)[1] if to_copy else "",
        "copy_link": to_copy,
        "small_name": rows_name(submission) if to_small else "",
        "small_link": to_small,
        "inbox": rules.campaign.inbox.place_of(submission.path),
        "number": _number(submission.submission_id),
        "unit": _whose(submission, rules, twin),
        "bureau": rules.campaign.bureau.value,
        "campaign": rules.campaign.name.value,
        "forms": "、".join(_forms(twin or submission, rules)),
        "received": day_words(submission.received_on),
        "taken": [] if since.withdrawn_by else _taken(submission, rules),
        "by_cadre": [] if since.withdrawn_by or submission.verdict == RETURNED else _by_cadre(submission, rules),
        "errors": _fault_groups(faults, ERROR),
        "warnings": _fault_groups(faults, WARNING),
        "infos": causes(fault for fault in faults if fault.severity == INFO),
        "uphold": "" if any(since) else _uphold(faults, submission, rules),
        "repairs": [] if since.withdrawn_by else _mended(submission.repairs),
        "effect": effect,
        "replaced": "、".join(_number(number) for number in effect.replaces) if effect else "",
        "ledger": _ledger(effect),
        "unreadable": _unreadable(submission),
        "long": LONG,
    }
    # A file name from a share may hold bytes that are no text; they must not stop the answer.
    return page(templates, TEMPLATE, context).encode("utf-8", "replace")


def banner(
    submission: Submission,
    effect: Effect | None,
    rules: Rules,
    twin: Submission | None = None,
    since: Since = STANDS,
    below: str = "写在下面",
) -> VerdictBanner:
    """The verdict in big words, as the receipt of the same arguments begins with.

    below: how the reasons' place is called; a letter that the receipt is attached to says another.
    """
    shown = replace(submission, faults=_all_faults(submission, effect))
    if since.withdrawn_by:
        return _withdrawn(since.withdrawn_by)
    verdict = _verdict(shown, twin, finish_line(rules, submission.received_on), below)
    if since.rows_in and not since.newer:
        step = f"收下的照旧有效；要改的行已经另外交来，见收件 {_number(since.rows_in)} 号的回执，这一份不用再处理。"
        return replace(verdict, next_step=step, finish="")
    return _replaced_by_newer(verdict, since.newer)


def _all_faults(submission: Submission, effect: Effect | None) -> list[Fault]:
    """What was found wrong when it was judged, and by the ledger, in the order of its cells."""
    return ordered([*submission.faults, *(effect.notices if effect else ())], submission.parts)


def _number(submission_id: int) -> str:
    return f"{submission_id:04d}"


def _unreadable(submission: Submission) -> bool:
    """Whether nothing could be read: every error is of the file as a whole."""
    errors = submission.errors
    return bool(errors) and not submission.parts and all(fault.code.startswith("F") for fault in errors)


def _verdict(submission: Submission, twin: Submission | None, finish: str, below: str) -> VerdictBanner:
    word = VERDICT_NAMES[submission.verdict]
    counted = sum(len(part.counted) for part in submission.parts)
    held_rows = sum(len(part.rows) for part in submission.parts) - counted
    where = f"须修改的地方{below}。"
    if has_copy(submission):
        where = f"须修改的地方已在退回的《{answer_names(submission)[1]}》里标红，批注写着怎么改。"
    match submission.verdict:
        case "accepted":
            checks = sum(fault.severity == WARNING for fault in submission.faults)
            lost = len({(fault.sheet, fault.row) for fault in submission.errors})
            if lost:  # the rows are sound, but the ledger knows nothing of what they speak of
                return VerdictBanner(word, PARTLY, f"已收 {counted} 行，其中 {lost} 行没能入账", where, finish)
            step = f"全部收下。有 {checks} 处请核对，没有错就不用处理。" if checks else "全部收下，这张表不用改了。"
            said = next((_WITHOUT_ROWS[fault.code] for fault in submission.faults if fault.code in _WITHOUT_ROWS), "")
            headline = said or "已收，表里没有数据行"
            return VerdictBanner(word, ACCEPTED, f"已收 {counted} 行" if counted else headline, step)
        case "partly":
            if _is_held_for_its_sender(submission):
                line = f"已收 {counted} 行，{held_rows} 行不由这里报送，没有收下"
                return VerdictBanner(word, PARTLY, line, f"收下的已经生效。原因和办法{below}。")
            back = f"退回 {held_rows} 行待改" if held_rows else f"{len(submission.errors)} 处待改"
            return VerdictBanner(word, PARTLY, f"已收 {counted} 行，{back}", f"收下的已经生效。{where}", finish)
        case "duplicate":
            number = _number(submission.duplicate_of or (twin.submission_id if twin else 0))
            return VerdictBanner(word, DUPLICATE, f"已收过，见收件 {number} 号的回执", _again(twin, finish))
        case _ if _unreadable(submission):
            unknown = all(fault.code == "F07" for fault in submission.errors)
            headline = "认不出是哪张表，没有收下" if unknown else "这份文件读不出来，没有收下"
            return VerdictBanner(word, RETURNED, headline, f"原因和办法{below}。", finish)
        case _ if why := _returned_because(submission):
            by = "" if _is_held_for_its_sender(submission) else finish
            return VerdictBanner(word, RETURNED, why, f"没有动任何原有的数。原因和办法{below}。", by)
        case _:
            places = len(submission.errors)
            rows = f"{held_rows} 行都要改" if held_rows and not counted else f"有 {places} 处要改"
            return VerdictBanner(word, RETURNED, f"没有收下，{rows}", where, finish)


def _is_held_for_its_sender(submission: Submission) -> bool:
    """Whether nothing is wrong but who sent it: there is nothing to mend by a day."""
    return all(fault.code in HELD_FOR_THE_SENDER for fault in submission.errors)


def _returned_because(submission: Submission) -> str:
    """The big line over what went back for one cause that is no cell's; "" there is none."""
    codes = {fault.code for fault in submission.errors}
    return next((line for line, causes_ in _RETURNED.items() if codes and codes <= causes_), "")


def _withdrawn(by: int) -> VerdictBanner:
    """The verdict over one that was withdrawn, by the submission of that number."""
    number = _number(by)
    step = f"由收件 {number} 号的撤回单撤回，就像没有收过；原件还在存档里。要算数的，请重新放入；撤回错了的，局办公室把 {number} 号再撤回一次。"
    return VerdictBanner("已撤回", DUPLICATE, "这份表已撤回，里面的都不算数", step)


def _replaced_by_newer(verdict: VerdictBanner, newer: int) -> VerdictBanner:
    """The verdict as it reads once a newer file has come in the place of this one: nothing is left to be done here."""
    if not newer:
        return verdict
    step = f"后来又收到了新的一份，以它为准，见收件 {_number(newer)} 号的回执；这一份不用再处理。"
    return replace(verdict, next_step=step, finish="")


def _again(twin: Submission | None, finish: str) -> str:
    """What to do about a file that came twice: nothing, unless the first one still waits for a mend."""
    if twin is None:
        return "内容一个字也没有变，没有重复计数，不用再做什么。"
    day = day_words(twin.received_on, twin.received_on.year)
    same = f"与{day}收到的《{twin.name}》内容完全相同，没有重复计数。"
    if twin.verdict in (PARTLY, RETURNED):
        receipt_name = answer_names(twin)[0]
        return f"{same}那一份有须修改的地方，写在《{receipt_name}》上：还没改的，{finish}再放入；改好的已另外交过，就不用再做什么。"
    return f"{same}如果后来又交过新的一份，以新的为准；想改回来，请在新的那份里改好再放入。"


def _uphold(faults: Iterable[Fault], submission: Submission, rules: Rules) -> str:
    """How to say that a yellow cell is right after all; "" where no cell is asked about."""
    columns = {field.title for part in submission.parts if (field := rules.schemas[part.form].upholding)}
    if not columns or not any(map(may_be_upheld, faults)):
        return ""
    column = "、".join(sorted(columns))
    where = "退回件已在表的右边留出" if has_copy(submission) else "请在表的右边加一列"
    return f"确实无误、不想再看到提醒的：{where}“{column}”，在那一行写一句原因，再放入就不再提醒。"


def _whose(submission: Submission, rules: Rules, twin: Submission | None) -> str:
    """To whom it is answered; rosters, assignments and decisions are the bureau's own and speak for no unit."""
    whose = answered_to(submission, rules, twin)
    return whose if submission.unit or whose == UNKNOWN_UNIT else f"{whose}（这张表不分单位）"


def _forms(submission: Submission, rules: Rules) -> list[str]:
    return list(dict.fromkeys(rules.schemas[part.form].title for part in submission.parts))


def _taken(submission: Submission, rules: Rules) -> list[Taken]:
    counts: Counter[tuple[str, str, str, bool]] = Counter()
    order: dict[tuple[str, str, str], None] = {}
    for part in submission.parts:
        title = rules.schemas[part.form].title
        for row in part.rows:
            order.setdefault((title, part.member, row.sheet))
            counts[(title, part.member, row.sheet, row.held)] += 1
    returned = submission.verdict == RETURNED
    found = []
    for key in order:
        counted, held_rows = counts[(*key, False)], counts[(*key, True)]
        found.append(Taken(*key, 0 if returned else counted, counted + held_rows if returned else held_rows))
    return found


def _by_cadre(submission: Submission, rules: Rules) -> list[tuple[str, int]]:
    """How many visits each cadre is named at in the rows that count, in the order of the rows; a joint visit is each one's."""
    told = (part for part in submission.parts if rules.schemas[part.form].role is Role.VISITS)
    rows = (row for part in told for row in part.counted)
    return list(Counter(name for row in rows for name in row.values.get("cadres", "").split("、") if name).items())


def _fault_groups(faults: Sequence[Fault], severity: str) -> list[FaultGroup]:
    by_code: dict[str, list[Fault]] = {}
    for fault in faults:
        if fault.severity == severity:
            by_code.setdefault(fault.code, []).append(fault)
    fault_groups = []
    for code, group in by_code.items():
        remedies = {fault.remedy for fault in group}
        fault_groups.append(
            FaultGroup(
                title_of(code), code, len(group), tuple(causes(group)), remedies.pop() if len(remedies) == 1 else ""
            )
        )
    return fault_groups


def _mended(repairs: Iterable[Repair]) -> list[Mended]:
    in_order = sorted(repairs, key=lambda repair: repair.how)  # stable: the order of the sheet within one way
    return [Mended(how, tuple(group)) for how, group in groupby(in_order, key=lambda repair: repair.how)]


def _ledger(effect: Effect | None) -> list[tuple[str, list[tuple[str, str]]]]:
    if effect is None:
        return []
    lists = [
        ("新登记", effect.opened),
        ("有进展", effect.updated),
        ("已销号", effect.closed),
        ("重新打开", effect.reopened),
        ("并案", effect.joined),
    ]
    return [(word, items) for word, items in lists if items]
