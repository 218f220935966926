"""The first screen: how far the round is, who is silent, what is open, overdue and closed today, and 今日一页 of the clerk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

import pandas as pd

from dazoufang.duties.deadlines import needs_keeper
from dazoufang.duties.item_figures import overdue
from dazoufang.duties.items_owed import NO_KEEPER, NO_OWNER
from dazoufang.duties.levels import LATE, LEVELS, SEVERE
from dazoufang.duties.quotas import progress
from dazoufang.duties.rounds import current_round, debt_in_words
from dazoufang.duties.sent_back import left_to_do, sent_back_id
from dazoufang.duties.unit_figures import by_unit
from dazoufang.duties.visits_owed import BEHIND, NO_VISIT
from dazoufang.ledger.frames import records
from dazoufang.ledger.taken_back import named
from dazoufang.model.faults import day_words
from dazoufang.model.submission import VERDICT_NAMES
from dazoufang.model.vocabularies import ITEM_KIND_NAMES, ItemKind
from dazoufang.rules.answered import answered_to, named_by_titles
from dazoufang.rules.schema import Role
from dazoufang.rules.templates import NOTICE
from dazoufang.writing import alert_sheet, change_sheet, decision_book
from dazoufang.writing.dashboard.answer_links import AnswerLinks
from dazoufang.writing.dashboard.facts import Facts
from dazoufang.writing.dashboard.time_of_year import TimeOfYear
from dazoufang.writing.dashboard.unfolded import unfolded

_NAMED: Final = 6  # units by name
_CAME: Final = 12  # the same, of who has sent something today
_URGENT: Final = 7  # alerts on the first screen
_LISTED: Final = 4  # files, sentences
# How a tile looks; the words on it say the same.
BAD: Final = "bad"
SOON: Final = "soon"
CALM: Final = "calm"

Tile = dict[str, Any]


def tiles(facts: Facts, now: TimeOfYear) -> list[Tile]:
    """The big figures, each with what it is of: `title`, `big`, `unit`, `lines`, `tone`, `leads` (a part of the page)."""
    return [_visits(facts, now), _silent(facts, now), _unclosed(facts), _overdue(facts), _closed_today(facts)]


def _visits(facts: Facts, now: TimeOfYear) -> Tile:
    frames, rules, today = facts.frames, facts.rules, facts.today
    found = by_unit(frames, rules, today)
    due, done, expected = (int(found[name].iloc[-1]) if len(found) else 0 for name in ("due", "done", "expected"))
    if not due:
        listed = len(frames.cadres) > 0
        lines = [f"已走访{done}户" if listed else "还没有花名册，算不出应走访多少户"]
        return _tile(f"{now.name}走访", str(done), "户", lines, CALM, "progress")
    rows = progress(frames, rules, today)
    _, round_ = current_round(rules.campaign, today)
    debt = debt_in_words(int(rows["carried"].sum()), round_, rules.campaign)
    lines = [f"已走访{done}户，应走访{due}户{f'（{debt}）' if debt else ''}"]
    short = expected - done
    if now.open:
        lines.append(f"到今天应走访{expected}户，{f'落后{short}户' if short > 0 else '全局合计没有落后'}{now.guessed}")
        left = int(found["left"].iloc[-1])
        lines += [f"没有完成的干部合计还差{left}户"] if left > max(due - done, 0) else []
    else:
        lines.append(f"还差{int(found['left'].iloc[-1])}户")
    tone = BAD if now.open and short > 0 else CALM
    tile = _tile(f"{now.name}走访完成率", f"{done / due:.1%}", "", lines, tone, "progress")
    tile["bar"] = [_percent(done, due), _percent(expected, due) if now.open else 0]
    return tile


def _percent(part: int, whole: int) -> float:
    """For the width of a bar: at most 100."""
    return round(min(100 * part / whole, 100), 1)


def _silent(facts: Facts, now: TimeOfYear) -> Tile:
    if not now.open:
        big, unit = ("未定", "") if now.days is None else (str(now.days), "天")
        lines = [now.next, "轮次之间不催报；没有销号的事项照常办理、照常计时限"]
        return _tile("离下一轮开始", big, unit, lines, CALM, "items")
    rules, today = facts.rules, facts.today
    _, round_ = current_round(rules.campaign, today)
    silent = facts.silent
    kinds = Counter(facts.alerts["kind"].tolist())
    lines = [f"{'、'.join(silent[:_NAMED])}{f'等{len(silent)}个单位' if len(silent) > _NAMED else ''}"]
    lines = lines if silent else ["各单位都有报送"]
    urged = rules.campaign.workdays.count(round_.first, today) > rules.campaign.alerts.silence_workdays.value
    if not urged:
        lines.append(f"头{rules.campaign.alerts.silence_workdays.value}个工作日还不催报")
    if not progress(facts.frames, rules, today)["listed"].any():
        lines = ["还没有花名册，不知道有哪些单位"]
    people = [f"{kind}{kinds[kind]}人" for kind in (NO_VISIT, BEHIND) if kinds[kind]]
    lines += ["，".join(people)] if people else []
    return _tile("没有报送的单位", str(len(silent)), "个", lines, SOON if silent else CALM, "progress")


def _unclosed(facts: Facts) -> Tile:
    states = facts.items.by_state()
    open_ = sum(one.open + one.earlier_open for one in states)
    resolved = sum(one.resolved + one.earlier_resolved for one in states)
    now = {ITEM_KIND_NAMES[ItemKind(kind.kind)]: kind.now for kind in facts.changes.balance}
    lines = ["，".join(f"{name}{count}件" for name, count in now.items()), f"在办{open_}件，已办结待回访{resolved}件"]
    risky = [row for row in facts.items.unclosed if needs_keeper(row["risk"], row["status"])]
    alone = sum(not row["responsible_person"] for row in risky)
    lines += [f"涉稳、稳控中{len(risky)}件{f'，{alone}件没有责任人' if alone else ''}"] if risky else []
    return _tile("没有销号的事项", str(sum(now.values())), "件", lines, BAD if alone else CALM, "items")


def _overdue(facts: Facts) -> Tile:
    found = facts.alerts
    late = list(zip(found["item_no"].tolist(), found["level"].tolist(), found["kind"].tolist(), strict=True))
    count = overdue(((number, level) for number, level, _ in late), LATE)
    severe = overdue(((number, level) for number, level, _ in late), (SEVERE,))
    worst = {number: kind for number, level, kind in reversed(late) if number and level in LATE}  # worst first
    kinds = Counter(reversed(worst.values()))
    told = "，".join(f"{kind}{number}" for kind, number in kinds.most_common())
    one_of_several = sum(bool(number) and level in LATE for number, level, _ in late) > count
    lines = [f"严重逾期{severe}件"] if severe else []
    lines += [f"{'各算最急的一样：' if one_of_several else ''}{told}"] if told else ["没有逾期的"]
    return _tile("逾期的事项", str(count), "件", lines, BAD if count else CALM, "items")


def _closed_today(facts: Facts) -> Tile:
    sums = Counter[str]()
    for kind in facts.changes.balance:
        sums.update({"new": kind.new, "closed": kind.closed, "reopened": kind.reopened, "gone": kind.withdrawn})
    lines = [f"新登记{sums['new']}件"]
    more = {"重新打开": sums["reopened"], "撤回撤下": sums["gone"]}
    lines += ["，".join(f"{word}{number}件" for word, number in more.items() if number)] if any(more.values()) else []
    return _tile("今天销号", str(sums["closed"]), "件", lines, CALM, "today")


def _tile(title: str, big: str, unit: str, lines: Sequence[str], tone: str, leads: str) -> Tile:
    return {"title": title, "big": big, "unit": unit, "lines": [*lines], "tone": tone, "leads": leads, "bar": None}


def urgent(facts: Facts) -> dict[str, Any]:
    """Who must do what now: the worst alerts, many of one cause as one, as the first sheet of 预警提醒 has them."""
    told = zip(facts.urgent, unfolded(facts), strict=True)
    found = sorted(told, key=lambda row: row[0]["kind"] != NO_KEEPER)  # at once, whatever else is overdue
    rows = [
        {
            "level": row["level"],
            "place": LEVELS.index(row["level"]),
            "who": "　".join(who for who in (row["unit"], row["person"]) if _adds(who, row["subject"])),
            "kind": row["kind"],
            "subject": facts.hide(row["subject"]),
            "action": facts.hide(row["action"]),
            "contact": row["contact"],
            "list": of_many,
        }
        for row, of_many in found[:_URGENT]
    ]
    of_level = Counter(row["level"] for row, _ in found)
    levels = [{"level": level, "place": place, "count": of_level[level]} for place, level in enumerate(LEVELS)]
    return {"rows": rows, "levels": levels, "all": len(found), "file": alert_sheet.FILE}


def _adds(who: str, subject: str) -> bool:
    """Whether a name has still to be said beside the subject."""
    return who != alert_sheet.WHOLE_UNIT and not subject.startswith(who)


def today_page(facts: Facts, published: Collection[str], answers: AnswerLinks) -> dict[str, Any]:
    """今日一页: what came, what was sent back and is unmended (with its `answers`), what is withdrawn, what waits for 裁定, and what
    of `published`, the names of the outbox's files, goes to the leader."""
    verdicts = Counter(submission.verdict for submission in facts.received)
    ours = {submission.submission_id for submission in facts.received}
    gone = [
        f"撤回了{named(facts.files[number])}" for number, by in sorted(facts.withdrawn.items())
        if by in ours and number in facts.files
    ]  # fmt: skip
    gone += facts.taken_down
    back = _unmended(facts, answers)
    units = list(dict.fromkeys(answered_to(one, facts.rules) for one in facts.received))
    return {
        "came": len(facts.received),
        "verdicts": [[VERDICT_NAMES[verdict], verdicts[verdict]] for verdict in VERDICT_NAMES if verdicts[verdict]],
        "units": units[:_CAME],
        "more_units": len(units) - _CAME,
        "back": back[:_LISTED],
        "backs": len(back),
        "gone": [facts.hide(words) for words in gone[:_LISTED]],
        "gones": len(gone),
        "waiting": facts.waiting,
        "decisions": decision_book.FILE,
        "hand_up": _hand_up(facts, published),
        "lacking": _lacking(facts, len(back)),
        "changes": change_sheet.FILE,
    }


def _hand_up(facts: Facts, published: Collection[str]) -> list[str]:
    """Of what is published what goes to the leader and upward: the notice, and the files of the three annexes."""
    annexes = (facts.rules.form(role).annex for role in (Role.VISITS, Role.DISPUTES, Role.SUGGESTIONS))
    wanted = (NOTICE, *(annex.label for annex in annexes if annex))
    return [name for start in wanted for name in sorted(published) if name.startswith(start)]


def _lacking(facts: Facts, back: int) -> list[str]:
    """What is still missing from what would be reported today. back: files sent back and not mended."""
    kinds = Counter(facts.alerts["kind"].tolist())
    missing = {
        "{}个单位没有报送": len(facts.silent),
        "退回{}份没有改好，错的行没有计入": back,
        "{}件没有责任单位或责任人": kinds[NO_OWNER] + kinds[NO_KEEPER],
    }
    return [words.format(count) for words, count in missing.items() if count]


def _unmended(facts: Facts, answers: AnswerLinks) -> list[dict[str, Any]]:
    """What was sent back and has not come again, in the order in which it came: `words`, with whom to telephone about it, and
    `links` to what it was answered with."""
    rows = records(facts.frames.submissions, ("submission_id", "received_on", "path", "unit", "forms", "unmended"))
    told = zip(*(facts.alerts[name].tolist() for name in ("alert_id", "contact")), strict=True)
    whom = {} if facts.is_masked else {alert: f"，{contact}" for alert, contact in told if contact}
    return [
        {
            "words": f"{named_by_titles(row['unit'], row['forms'], facts.rules)}《{facts.hide(PurePosixPath(row['path']).name)}》{left_to_do(row['unmended'], was_read=bool(row['forms']))}"
            f"（{day_words(row['received_on'], facts.today.year)}{whom.get(sent_back_id(row['submission_id']), '')}）",
            "links": answers.of(facts.files[row["submission_id"]]),
        }
        for row in rows
        if row["unmended"] is not pd.NA
    ]


def first_steps(facts: Facts) -> list[str]:
    """What to do first; nothing once there is any visit or item."""
    frames = facts.frames
    if len(frames.visits) or len(frames.items):
        return []
    roster = "把花名册放进 inbox 文件夹（表样在 outbox/空白表）：有了它，才知道谁应走访、谁还没有走访"
    steps = [roster] if frames.cadres.empty else []
    return [
        *steps,
        "在 inbox 里给每个单位建一个文件夹，共享给他们；空白的走访登记表在 outbox/空白表",
        "各单位把填好的走访登记表放进自己的文件夹；程序收下以后，这一页就有数",
    ]
