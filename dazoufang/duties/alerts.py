"""Who has to be reminded of what tonight, how urgently, and what would mend it: one row an alert, worst first."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from dazoufang.duties.claims import claim_alerts
from dazoufang.duties.deadlines import DEADLINES, due, needs_keeper
from dazoufang.duties.levels import LEVELS, REMIND, SENT_NOTHING, Alert, Ladder
from dazoufang.duties.preparation import preparation_alerts
from dazoufang.duties.quotas import current_round, progress
from dazoufang.duties.unknown_holidays import holidays_wanted
from dazoufang.ledger.frames import Frames, plain
from dazoufang.model.submission import RETURNED
from dazoufang.model.vocabularies import Complexity, ItemKind, ItemState
from dazoufang.rules.campaign import Closing, Rules
from dazoufang.rules.schema import Role
from dazoufang.rules.years import Phase

NO_VISIT: Final = "尚无走访"
BEHIND: Final = "任务进度落后"
MISSED: Final = "任务未完成"
NO_KEEPER: Final = "涉稳未落实包保"
NO_OWNER: Final = "未落实责任"
ITEM_OVERDUE: Final = "超过时限"
ITEM_DUE: Final = "临近时限"
REPLY_DUE: Final = "待回复"
FOLLOW_UP_DUE: Final = "待回访"
STALE: Final = "久拖不理"
PHASE_ENDS: Final = "阶段将结束"
COLUMNS: Final = {
    "alert_id": "str",
    "level": "str",
    "kind": "str",
    "unit": "str",
    "person": "str",
    "item_no": "str",
    "subject": "str",
    "why": "str",
    "since_on": "datetime64[s]",
    "due_on": "datetime64[s]",
    "workdays_left": "Int64",
    "action": "str",
    "readers": "str",
}


def alerts(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    """What is due, missing or late on `today`; columns and dtypes as in `COLUMNS` ("" where there is none).

    alert_id: kind and subject, the same night after night until it is mended. person: the cadre, or the 责任人, where
    there is none the visiting cadres (、); "" where a unit is meant (催报, and nobody named: 未落实责任, 涉稳未落实包保);
    unit and person both "" means everyone.
    since_on: the day since when it waits. workdays_left: working days after today up to `due_on`; negative: overdue.
    readers: who is told (、), by level; without a person the section head stands in for him.

    Levels (§7.7, `campaign.alerts`), by working days left: 提醒 at most 5, 预警 at most 2, 逾期 once the day is past,
    严重逾期 more than 5 past; what has longer is no alert yet. Kinds, and the day that counts:

    - 催报, a unit of the roster with no live submission, no zero report and no visit in the round; 尚无走访, a cadre with no visit: the
      end of the round's first phase (走访摸排); 催报 also of a unit that claims more than it has sent: `claims`
    - 任务进度落后, some visits but fewer than expected by today: the end of the round, at least 提醒, at most 预警;
      任务未完成, fewer than due: the end of the round, once it is past. In the last round what an earlier round left
      undone is due too, if the record holds anything of an earlier round at all.
    - 未落实责任, 涉稳未落实包保, 临近时限, 超过时限, 待回复, 待回访: see `deadlines.due`
    - 久拖不理: from `stale_on` on
    - 阶段将结束: the end of the phase that today is in; one for all
    - 节假日未录入, one for the office while today, or a day within the next 60 that an alert counts with, is in a year
      whose holidays nobody knows: today. Every reason with such a day or count ends in （暂按周末推算）.

    One cause, one alert: 催报 takes the place of 尚无走访 (and of 任务未完成 with no visit) of the unit's cadres; 尚无走访
    that of 任务进度落后; 涉稳未落实包保 that of 未落实责任; of 待回复, 待回访, 临近时限 and 超过时限 on one item the one due
    first stands; 超过时限, and 待回复 past its day, take the place of 久拖不理. A missing owner is a cause of its own. No
    quota alerts before the first round of the year.

    Sorted by level, working days left, unit, person, item.
    """
    ladder = Ladder(rules.campaign, today)
    progress_table = progress(frames, rules, today)
    items = due(frames.items, rules, today)
    found = [
        *_QuotaAlerts(frames, rules, progress_table, ladder).alerts(),
        *claim_alerts(frames, rules, ladder),
        *preparation_alerts(frames, rules, ladder),
        *_ItemAlerts(items, rules, ladder).alerts(),
        *_phase_alerts(progress_table, items, rules, ladder),
    ]
    found += holidays_wanted(found, rules.campaign, ladder)
    table = pd.DataFrame(found, columns=list(COLUMNS))
    for name in ("since_on", "due_on"):
        table[name] = pd.to_datetime(table[name].astype("object"))
    table = table.astype(COLUMNS)
    rank = table["level"].map({level: place for place, level in enumerate(LEVELS)})
    order = table.assign(rank=rank).sort_values(["rank", "workdays_left", "unit", "person", "item_no", "alert_id"])
    return table.loc[order.index].reset_index(drop=True)


def counts(table: pd.DataFrame) -> dict[str, int]:
    """How many alerts of each level `table` (as `alerts` gives it) holds, worst first; every level is there."""
    found = table["level"].value_counts()
    return {level: int(found.get(level, 0)) for level in LEVELS}


# The columns of `quotas.progress` that alerts of cadres are made from.
_OF_CADRES: Final = ["unit", "cadre", "due", "done", "year_due", "year_done", "days_left"]


class _QuotaAlerts:
    """催报, 尚无走访, 任务进度落后, 任务未完成: what units and cadres owe in the current round."""

    def __init__(self, frames: Frames, rules: Rules, progress_table: pd.DataFrame, ladder: Ladder) -> None:
        self._frames = frames
        self._rules = rules
        self._ladder = ladder
        self._roster = progress_table[progress_table["listed"]]
        self._year, self._round = current_round(rules.campaign, ladder.today)

    def alerts(self) -> Iterator[Alert]:
        """All of them, unit by unit, then cadre by cadre; nothing before the round has begun."""
        if self._ladder.today < self._round.first:
            return
        silent = self._units_without_submission()
        for unit, cadres in silent.items():
            yield from self._sent_nothing(unit, cadres)
        owes_earlier = self._earlier_rounds_count()
        for row in _records(self._roster, _OF_CADRES):
            if row["done"] == 0 and row["unit"] in silent:
                continue
            carried = row["year_due"] - (row["year_done"] - row["done"]) - row["due"] if owes_earlier else 0
            yield from self._cadre(row, max(carried, 0))

    def _units_without_submission(self) -> dict[str, list[str]]:
        """The units of the roster that sent nothing for the round, with their cadres."""
        sent, visits = self._frames.submissions, self._frames.visits
        in_time = sent["received_on"] >= pd.Timestamp(self._round.first)
        of_round = (visits["year"] == self._year) & (visits["round_no"] == self._round.number)
        heard = set(sent.loc[sent["live"] & in_time & self._holds_a_form_of_the_campaign(), "unit"].dropna())
        heard |= set(sent.loc[sent["zero_report"] & in_time, "unit"].dropna())
        heard |= set(visits.loc[of_round, "unit"].dropna())
        silent = self._roster[~self._roster["unit"].isin(heard)]
        return {str(unit): list(cadres) for unit, cadres in silent.groupby("unit", sort=False)["cadre"]}

    def _holds_a_form_of_the_campaign(self) -> pd.Series[bool]:
        """Which submissions hold a form of the campaign itself; a roster alone says nothing of visits."""
        wanted = [self._rules.form(role) for role in (Role.VISITS, Role.DISPUTES, Role.SUGGESTIONS)]
        words = {word for schema in wanted for word in (schema.name, schema.title)}
        forms = self._frames.submissions["forms"]
        spoken = [bool(words & set(names.split("、"))) for names in forms.fillna("")]
        return pd.Series(spoken, index=forms.index, dtype="bool")

    def _sent_nothing(self, unit: str, cadres: list[str]) -> Iterator[Alert]:
        """催报 of one unit; `cadres` are its names on the roster."""
        round_, in_words, sent = self._round, self._ladder.in_words, self._frames.submissions
        phase = round_.phases[0]
        why = f"{round_.name}{in_words(round_.first)}开始，至今没有收到{unit}的走访登记表或办理表"
        action = f"请把走访登记表放入收件箱的“{unit}”文件夹；还没有走访的，先安排{len(cadres)}名干部入户"
        refused = (sent["unit"] == unit) & (sent["verdict"] == RETURNED)
        refused &= sent["received_on"] >= pd.Timestamp(round_.first)
        if refused.any():
            why += f"（{in_words(sent.loc[refused, 'received_on'].max().date())}送来的已退回，还没有改好重报）"
            action = f"请按退回件上标出的地方改好，重新放入收件箱的“{unit}”文件夹"
        yield from self._ladder.alert(
            SENT_NOTHING,
            f"{self._year}-{round_.number}|{unit}",
            phase.last,
            round_.first,
            unit=unit,
            subject=f"{unit}（{len(cadres)}名干部）{round_.name}还没有报送",
            why=f"{why}；{phase.name}阶段{in_words(phase.last)}结束",
            action=action,
        )

    def _earlier_rounds_count(self) -> bool:
        """Is this the year's last round, and does the record hold any earlier one?

        A bureau that begins to use the program in autumn has no visits of spring in its record, though they were made.
        """
        rounds = self._rules.campaign.year_of(self._ladder.today).rounds
        visits = self._frames.visits
        earlier = (visits["year"] == self._year) & (visits["round_no"] > 0) & (visits["round_no"] < self._round.number)
        return self._round.number == rounds[-1].number and bool(earlier.any())

    def _cadre(self, row: dict[str, Any], carried: int) -> Iterator[Alert]:
        """One cadre of the roster. `carried`: households of earlier rounds that the year still wants of him."""
        round_, in_words, done, wanted = self._round, self._ladder.in_words, row["done"], row["due"] + carried
        if done >= wanted:
            return
        person, phase = row["cadre"], round_.phases[0]
        key, whose = f"{self._year}-{round_.number}|{row['unit']}|{person}", {"unit": row["unit"], "person": person}
        words = f"{round_.name}应走访{row['due']}户、已走访{done}户"
        if carried:
            words += f"；全年应走访{row['year_due']}户、已走访{row['year_done']}户，前面少走的{carried}户要补上"
        if round_.last < self._ladder.today:
            yield from self._ladder.alert(
                MISSED,
                key,
                round_.last,
                round_.last + timedelta(days=1),
                **whose,
                subject=f"{person}{round_.name}走访任务还差{wanted - done}户",
                why=f"{words}；{round_.name}{in_words(round_.last)}已结束",
                action="走访过没有登记的，请补报走访登记表；确实没有走访的，向办公室书面说明",
            )
        elif done == 0:
            yield from self._ladder.alert(
                NO_VISIT,
                key,
                phase.last,
                round_.first,
                **whose,
                subject=f"{person}{round_.name}还没有走访记录",
                why=f"{words}；{phase.name}阶段{in_words(phase.last)}结束",
                action=f"{_pace(wanted, row['days_left'])}；走访过的请尽快登记报送",
            )
        elif done < (expected := self._expected(wanted)):
            yield from self._ladder.alert(
                BEHIND,
                key,
                round_.last,
                round_.first,
                **whose,
                level=self._ladder.level(round_.last) or REMIND,
                subject=f"{person}{round_.name}走访进度落后",
                why=f"{words}；按工作日推算到今天应走访{expected}户；{round_.name}{in_words(round_.last)}结束",
                action=_pace(wanted - done, row["days_left"]),
            )

    def _expected(self, wanted: int) -> int:
        round_, count = self._round, self._rules.campaign.workdays.count
        whole = count(round_.first, round_.last)
        return math.ceil(wanted * count(round_.first, self._ladder.today) / whole) if whole else wanted


# The columns of `deadlines.due` that alerts of items are made from.
_READ: Final = [
    "item_no", "kind", "status", "unit", "cadres", "person", "matter", "risk", "complexity", "awaiting",
    "visited_on", "opened_on", "updated_on", "reopened_on", "resolved_on", "responsible_unit", "responsible_person",
]  # fmt: skip
_DUE: Final = [name for day in DEADLINES for name in (day, f"{day}_why")]


class _ItemAlerts:
    """What the items of the ledger owe."""

    def __init__(self, items: pd.DataFrame, rules: Rules, ladder: Ladder) -> None:
        self._items = items
        self._closing = rules.campaign.closing
        self._ladder = ladder

    def alerts(self) -> Iterator[Alert]:
        """Of every item that is not closed."""
        for row in _records(self._items[self._items["state"] != ItemState.CLOSED], [*_READ, *_DUE]):
            yield from self._owner(row)
            overdue = False
            if handling := self._handling(row):
                first, kind, since_on, why, action = min(handling, key=lambda step: step[0])
                overdue = first < self._ladder.today
                yield from self._of_item(kind, row, first, since_on, why, action)
            stale = row["stale_on"]
            if stale and stale <= self._ladder.today and not overdue:
                since_on = row["updated_on"] or stale
                action = "请登记最新进展（办理情况、办理状态）；有困难的写明原因"
                yield from self._of_item(STALE, row, stale, since_on, row["stale_on_why"], action)

    def _handling(self, row: dict[str, Any]) -> list[tuple[date, str, date, str, str]]:
        """What handling it still wants, in order of precedence: (due, kind, since when, why, action)."""
        found = []
        registered = row["reopened_on"] or row["opened_on"]
        raised = row["reopened_on"] or row["visited_on"]
        if day := row["reply_due_on"]:
            action = "请答复反映人，登记回复日期和回复方式"
            found.append((day, REPLY_DUE, raised or day, row["reply_due_on_why"], action))
        if day := row["follow_up_due_on"]:
            since_on = row["resolved_on"] or day
            found.append((day, FOLLOW_UP_DUE, since_on, row["follow_up_due_on_why"], _follow_up(row, self._closing)))
        if day := row["resolve_due_on"]:
            late = day < self._ladder.today
            since_on = day + timedelta(days=1) if late else registered or day
            kind = ITEM_OVERDUE if late else ITEM_DUE
            found.append((day, kind, since_on, row["resolve_due_on_why"], _resolve(row, late)))
        return found

    def _owner(self, row: dict[str, Any]) -> Iterator[Alert]:
        """未落实责任, or 涉稳未落实包保 in its place: an item that has no 责任单位 or no 责任人."""
        day = row["owner_due_on"]
        if day is None:
            return
        keeper = row["responsible_person"]
        risky = not keeper and needs_keeper(row["risk"], row["status"])
        titles = {"responsible_unit": "责任单位", "responsible_person": "责任人"}
        missing = "、".join(title for name, title in titles.items() if not row[name])
        yield from self._ladder.alert(
            NO_KEEPER if risky else NO_OWNER,
            row["item_no"],
            day,
            row["reopened_on"] or row["opened_on"] or day,
            unit=row["responsible_unit"] or row["unit"],
            person=keeper,
            item_no=row["item_no"],
            subject=_subject(row),
            why=row["owner_due_on_why"],
            action=f"请落实{missing}，填入办理表后报送",
        )

    def _of_item(
        self, kind: str, row: dict[str, Any], due_on: date, since_on: date, why: str, action: str
    ) -> Iterator[Alert]:
        """An alert that goes to the 责任人 or, without one, to the cadres who brought the item in.

        kind: one of the kinds of `alerts`. row: the item, with its deadlines. due_on: the day that decides the level.
        since_on: since when it waits. why, action: reason and what to do, in Chinese.
        """
        keeper = row["responsible_person"]
        yield from self._ladder.alert(
            kind,
            row["item_no"],
            due_on,
            since_on,
            unit=(row["responsible_unit"] if keeper else "") or row["unit"],
            person=keeper or row["cadres"],
            item_no=row["item_no"],
            subject=_subject(row),
            why=why,
            action=action,
        )


def _phase_alerts(progress_table: pd.DataFrame, items: pd.DataFrame, rules: Rules, ladder: Ladder) -> Iterator[Alert]:
    """阶段将结束: at most one, for everyone."""
    year = rules.campaign.year_numbered(ladder.today.year)
    for round_ in year.rounds if year else ():
        for phase in round_.phases:
            if ladder.today in phase:
                short = int((progress_table["listed"] & (progress_table["left"] > 0)).sum())
                yield from _phase_ends(phase, round_.name, short, items, ladder)
    if year and ladder.today in year.review:
        yield from _phase_ends(year.review, f"{year.year}年", 0, items, ladder)


def _phase_ends(phase: Phase, when: str, short: int, items: pd.DataFrame, ladder: Ladder) -> Iterator[Alert]:
    """阶段将结束 for one phase. `when`: the round or year in words; `short`: cadres who have not done their visits."""
    counted = {
        "名干部走访任务未完成": short,
        "件事项未落实责任单位或责任人": int(items["owner_due_on"].notna().sum()),
        "件事项在办": int((items["state"] == ItemState.OPEN).sum()),
        "件事项待回访": int((items["state"] == ItemState.RESOLVED).sum()),
    }
    still = "，".join(f"{number}{words}" for words, number in counted.items() if number)
    yield from ladder.alert(
        PHASE_ENDS,
        f"{phase.first}|{phase.name}",
        phase.last,
        phase.first,
        subject=f"{when}{phase.name}阶段{ladder.in_words(phase.last)}结束",
        why=f"本阶段{ladder.in_words(phase.first)}至{ladder.in_words(phase.last)}；"
        + (f"还有{still}" if still else "各项已完成"),
        action="请各单位对照本表，在结束前办完并报送",
    )


def _records(frame: pd.DataFrame, names: list[str]) -> list[dict[str, Any]]:
    """The rows of a frame with these columns, in plain values."""
    return [dict(zip(names, row, strict=True)) for row in zip(*(plain(frame[name]) for name in names), strict=True)]


def _subject(row: dict[str, Any]) -> str:
    matter = row["matter"]
    return f"{row['person']}：{matter if len(matter) <= 40 else f'{matter[:39]}…'}"


def _pace(short: int, days_left: int) -> str:
    """In Chinese: `short` households are left, and how many a working day, or one in how many days, that makes."""
    if days_left <= 0:
        return f"还差{short}户，请抓紧走访"
    if short >= days_left:
        return f"还差{short}户，剩{days_left}个工作日，每个工作日至少走访{math.ceil(short / days_left)}户"
    return f"还差{short}户，剩{days_left}个工作日，至少每{days_left // short}个工作日走访1户"


def _resolve(row: dict[str, Any], late: bool) -> str:
    done = "化解" if row["kind"] == ItemKind.DISPUTE else "办理"
    awaiting = f"（{row['awaiting']}）" if row["awaiting"] else ""
    if late:
        return f"请立即{done}，登记办结日期和{done}情况{awaiting}；一时办不完的，报批延期（填裁定表）"
    return f"请在时限内{done}，登记办结日期和{done}情况{awaiting}；办不完的，及早报批延期（填裁定表）"


def _follow_up(row: dict[str, Any], closing: Closing) -> str:
    awaiting = f"（{row['awaiting']}）" if row["awaiting"] else ""
    if row["kind"] != ItemKind.DISPUTE:
        return f"请答复反映人，登记回复日期和回复方式{awaiting}"
    hard = (row["complexity"] or closing.default_complexity.value) == Complexity.COMPLEX
    modes = closing.complex_follow_up.value if hard else closing.simple_follow_up.value
    return f"请{'或'.join(modes)}回访，登记回访日期和回访方式{awaiting}"
