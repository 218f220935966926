"""What the notice says: the figures of 汇总统计, 预警提醒 and 今日变化, by the names that its template calls them by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

from dazoufang.duties import quotas, rounds
from dazoufang.duties.item_figures import overdue, overdue_of_units
from dazoufang.duties.items_owed import FOLLOW_UP_DUE, ITEM_OVERDUE, NO_KEEPER, NO_OWNER, REPLY_DUE, STALE
from dazoufang.duties.levels import LATE
from dazoufang.duties.unit_standing import DONE, ON_PACE, SHORT, SILENT, TRAILING, Standing, standings
from dazoufang.ledger.changes import Balance
from dazoufang.ledger.frames import Frames, of_round, plain
from dazoufang.ledger.listing import unit_order
from dazoufang.model.faults import day_words
from dazoufang.model.vocabularies import ItemKind, PersonalData
from dazoufang.rules.campaign import Rules
from dazoufang.rules.years import Phase, Round
from dazoufang.writing.annexes import summary
from dazoufang.writing.notice.sources import sources
from dazoufang.writing.sheets.columns import STYLE

Said = dict[str, Any]  # field of the template → text, number, or lists and groups of these

PROBLEMS: Final = {  # a kind of alert → what it is, as the notice says it
    NO_KEEPER: "有涉稳风险或正在稳控，没有落实责任人",
    ITEM_OVERDUE: "超过化解（办理）时限还没有办结",
    NO_OWNER: "没有落实责任单位或责任人",
    FOLLOW_UP_DUE: "已经办结，还没有回访或回复",
    REPLY_DUE: "是政策咨询、问题求助，还没有回复",
    STALE: "长时间没有进展（久拖不理）",
}
_STANDINGS: Final = {
    DONE: "完成的单位",
    ON_PACE: "正常的单位",
    TRAILING: "落后的单位",
    SHORT: "没有完成的单位",
    SILENT: "没有报送的单位",
}
_FEW: Final = 3  # numbers of items that are told one by one: more say nothing when they are read aloud
_ORDINALS: Final = "一二三四五六七八九十"
_UNCLASSED: Final = "类别未注明"
_NONE: Final = Standing("", ())


def facts(frames: Frames, alerts: pd.DataFrame, balance: Sequence[Balance], rules: Rules, today: date) -> Said | None:
    """The fields of the template: texts, whole numbers, and lists and groups of those. None where there is nobody of whom
    to say anything: no roster, and neither visit nor item in the round.

    alerts: as `alerts.alerts` gives it. balance: of today's changes. Nothing is counted that those sheets do not show.
    Names of cadres are left out where names are masked for the audience; nobody's telephone is a field.
    """
    year, round_ = rounds.current_round(rules.campaign, today)
    progress = quotas.progress(frames, rules, today)
    table = summary.sheet(progress, frames, rules, today).rows
    if table.empty:
        return None
    total = {str(name): value for name, value in table.iloc[-1].items()}
    standing = standings(frames, alerts, rules, today)
    named = PersonalData.NAME not in rules.campaign.audiences.masked(rules.campaign.notice.audience.value)
    units = _units(table, standing, alerts)
    said: Said = {
        "局名": rules.campaign.bureau.value,
        "活动": rules.campaign.name.value,
        "年": year,
        "轮次": round_.name.value,
        "轮次起": day_words(round_.first, year),
        "轮次止": day_words(round_.last, year),
        "今天": day_words(today, year),
        "日期": day_words(today),
        "阶段": _phase(round_, rules, today),
        "单位数": int((table[STYLE] == "subtotal").sum()),
        "干部数": int((table[STYLE] == "").sum()),
        "应走访": int(total["due"]),
        "已走访": int(total["done"]),
        "完成率": _rate(total["done"], total["due"]),
        "少走说明": rounds.debt_in_words(int(progress["carried"].sum()), round_, rules.campaign),
        "走访户次": len(of_round(frames.visits, year, round_.number)),
        "对象类别": [{"名称": kind, "户数": int(total[kind])} for kind in summary.target_kinds(rules) if total[kind]],
        "矛盾纠纷": _items(ItemKind.DISPUTE, summary.DISPUTES, total, balance),
        "意见建议": _items(ItemKind.SUGGESTION, summary.SUGGESTIONS, total, balance),
        "回访户次": int(total["followed"]),
        "单位": units,
        "逾期说明": _overdue(units, alerts),
        **{field: _units_of(word, standing) for word, field in _STANDINGS.items()},
        "没有走访的干部": _cadres(standing, named),
        "问题": _in_order(_problems(alerts, frames)),
        "下一步": _in_order(_next_steps(total, progress, alerts, round_, rules, today)),
    }
    return said | {"数据来源": sources(said, rules)}


def _rate(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "—"


def _in_order(lines: Iterator[Said]) -> list[Said]:
    """Each with its ordinal in Chinese: 一, 二."""
    return [{"序号": _ORDINALS[at] if at < len(_ORDINALS) else str(at + 1)} | line for at, line in enumerate(lines)]


def _phase(round_: Round, rules: Rules, today: date) -> Said:
    """The phase that today is in, its name "" where it is in none, and what comes after it."""
    phases = [*round_.phases, *([rules.campaign.year_of(today).review] if today >= round_.first else [])]
    now = next((phase for phase in phases if today in phase), None)
    after = next((phase for phase in phases if phase.first > today), None)
    return _span(now, today) | {"下一阶段": _span(after, today)}


def _span(phase: Phase | None, today: date) -> Said:
    if phase is None:
        return {"名称": "", "起": "", "止": ""}
    return {
        "名称": phase.name,
        "起": day_words(phase.first, today.year),
        "止": day_words(phase.last, today.year),
    }


def _items(kind: ItemKind, columns: Mapping[str, str], total: Mapping[str, Any], balance: Sequence[Balance]) -> Said:
    """One kind of items: the columns of 汇总统计 by their headings, the share resolved, and today's balance."""
    counts = {title: int(total[f"{kind.value}_{key}"]) for key, title in columns.items()}
    today = next((line for line in balance if line.kind == kind), Balance(kind.value, 0, 0, 0, 0, 0, 0, 0))
    return counts | {
        "化解率" if kind is ItemKind.DISPUTE else "办结率": _rate(int(total[f"{kind.value}_done"]), counts["收集"]),
        "今日新登记": today.new,
        "今日销号": today.closed,
        "今日重新打开": today.reopened,
        "现有未销号": today.now,
    }


def _units(table: pd.DataFrame, standing: Mapping[str, Standing], alerts: pd.DataFrame) -> list[Said]:
    """The 小计 of 汇总统计, each with how the unit stands and how many of its items are overdue."""
    late = overdue_of_units(alerts)
    unresolved = alerts.loc[alerts["kind"] == ITEM_OVERDUE, "unit"].value_counts()
    found: list[Said] = []
    for row in table[table[STYLE] == "subtotal"].to_dict("records"):
        unit = str(row["unit"])
        found.append(
            {
                "序号": len(found) + 1,
                "名称": unit,
                "干部数": str(row["cadre"]).removesuffix("人"),
                "应走访": int(row["due"]),
                "已走访": int(row["done"]),
                "完成率": _rate(row["done"], row["due"]),
                "情况": standing.get(unit, _NONE).word or "—",
                "逾期事项": late[unit],
                "超过时限": int(unresolved.get(unit, 0)),
            }
        )
    return found


def _overdue(units: Sequence[Said], alerts: pd.DataFrame) -> str:
    """What stands under the table where its 逾期事项 add up to more than there are; "" they do not."""
    all_ = overdue(zip(plain(alerts["item_no"]), plain(alerts["level"]), strict=True), LATE)
    told = sum(unit["逾期事项"] for unit in units)
    return f"逾期事项全局{all_}件；有的事项几个单位都要办，各计一件。" if told > all_ else ""


def _units_of(word: str, standing: Mapping[str, Standing]) -> Said:
    units = [unit for unit, stands in standing.items() if stands.word == word]
    return {"数": len(units), "名称": "、".join(units)}


def _cadres(standing: Mapping[str, Standing], named: bool) -> Said:
    """How many have not visited anybody, and who, unit by unit (工会李明、王芳；人事股张伟)."""
    by_unit = {unit: stands.without_visit for unit, stands in standing.items() if stands.without_visit}
    words = "；".join(f"{unit}{'、'.join(cadres)}" for unit, cadres in by_unit.items())
    return {"数": sum(map(len, by_unit.values())), "名单": words if named else ""}


def _problems(alerts: pd.DataFrame, frames: Frames) -> Iterator[Said]:
    """Each cause of which there is an alert of an item: how many, of which units, about what, which items. What they are
    about is told by their categories: a number says nothing when it is read aloud, and a matter names persons."""
    told = list(zip(*(plain(alerts[name]) for name in ("kind", "unit", "item_no")), strict=True))
    categories = dict(zip(plain(frames.items["item_no"]), plain(frames.items["category"]), strict=True))
    for kind, words in PROBLEMS.items():
        rows = [(unit, number) for its_kind, unit, number in told if its_kind == kind]
        if not rows:
            continue
        counts = Counter(unit for unit, _ in rows)
        places = unit_order(frames, counts)
        numbers = sorted(number for _, number in rows)
        more = f"等{len(numbers)}件" if len(numbers) > _FEW else ""
        matters = Counter(categories.get(number) or _UNCLASSED for number in numbers)
        yield {
            "名称": kind,
            "说明": words,
            "件数": len(rows),
            "各单位": "、".join(f"{unit}{counts[unit]}件" for unit in sorted(counts, key=lambda one: places[one])),
            "各类别": ""
            if [*matters] == [_UNCLASSED]
            else "、".join(f"{matter}{count}件" for matter, count in matters.most_common()),
            "编号": "、".join(numbers[:_FEW]) + more,
        }


def _next_steps(
    total: Mapping[str, Any], progress: pd.DataFrame, alerts: pd.DataFrame, round_: Round, rules: Rules, today: date
) -> Iterator[Said]:
    """What is still to be done, and by when, by the deadlines of the rules."""
    campaign, kinds = rules.campaign, alerts["kind"].value_counts()
    short = progress[progress["listed"] & (progress["left"] > 0)]
    if len(short) and today <= round_.last:
        left = int(short["left"].sum())
        kept = "（超额的户数不抵他人的任务）" if left > int(total["due"] - total["done"]) else ""
        words = f"还有{len(short)}名干部没有完成，合计还差{left}户{kept}"
        yield _step("完成走访任务", words, _by(round_.last, rules, today))
    if ownerless := int(kinds.get(NO_OWNER, 0) + kinds.get(NO_KEEPER, 0)):
        unrest = int(kinds.get(NO_KEEPER, 0))
        of_them = f"（其中涉稳、稳控{unrest}件，须立即落实）" if unrest else ""
        day = campaign.moved(round_.phase(campaign.deadlines.owner_by_phase.value).last)
        yield _step("落实责任", f"{ownerless}件事项没有落实责任单位、责任人{of_them}", _by(day, rules, today))
    if going := sum(int(total[name]) for name in ("dispute_going", "dispute_held", "suggestion_going")):
        day = campaign.moved(campaign.resolving(round_).last)
        yield _step("抓紧化解办理", f"本轮还有{going}件事项在办，各有办理时限的按办理时限", _by(day, rules, today))
    if unanswered := int(kinds.get(REPLY_DUE, 0)):
        days = campaign.deadlines.inquiry_reply_workdays.value
        late = _late(alerts, REPLY_DUE)
        yield _step("及时答复", f"{unanswered}件政策咨询、问题求助还没有回复{late}", f"提出后{days}个工作日以内")
    if waiting := int(kinds.get(FOLLOW_UP_DUE, 0)):
        days = campaign.deadlines.follow_up_workdays.value
        late = _late(alerts, FOLLOW_UP_DUE)
        yield _step("及时回访销号", f"{waiting}件事项办结后还没有回访或回复{late}", f"办结后{days}个工作日以内")


def _late(alerts: pd.DataFrame, kind: str) -> str:
    """How many alerts of a kind are past their day, to stand behind their number; "" none is."""
    late = sum(
        its_kind == kind and level in LATE
        for its_kind, level in zip(plain(alerts["kind"]), plain(alerts["level"]), strict=True)
    )
    return f"，其中{late}件已经逾期，请立即办" if late else ""


def _step(name: str, words: str, by: str) -> Said:
    return {"名称": name, "情况": words, "期限": by}


def _by(day: date, rules: Rules, today: date) -> str:
    """A deadline in words: 11月17日以前（尚余20个工作日）; what is past is to be done at once."""
    if day < today:
        return "立即（期限已过）"
    left = rules.campaign.workdays.between(today, day)
    return f"{day_words(day, today.year)}以前（尚余{left}个工作日）" if left else f"{day_words(day, today.year)}以前"
