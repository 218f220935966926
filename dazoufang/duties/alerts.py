"""Who has to be reminded of what tonight, how urgently, and what would mend it: one row an alert, worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import pandas as pd

from dazoufang.duties.claims import claim_alerts
from dazoufang.duties.deadlines import all_due
from dazoufang.duties.items_owed import ItemAlerts
from dazoufang.duties.levels import LEVELS, Alert, Ladder
from dazoufang.duties.preparation import preparation_alerts
from dazoufang.duties.quotas import progress
from dazoufang.duties.readers import contacts
from dazoufang.duties.sent_back import sent_back_alerts
from dazoufang.duties.twice_visited import twice_visited
from dazoufang.duties.unknown_holidays import holidays_wanted
from dazoufang.duties.visits_owed import QuotaAlerts
from dazoufang.ledger.frames import Frames, build
from dazoufang.model.vocabularies import ItemState
from dazoufang.rules.campaign import Rules
from dazoufang.rules.years import Phase

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
    "contact": "str",
    "head": "str",
}
_COLUMNS: Final = {name: ("day" if "datetime" in dtype else dtype, "") for name, dtype in COLUMNS.items()}


def alerts(frames: Frames, rules: Rules, today: date) -> pd.DataFrame:
    """What is due, missing or late on `today`; columns and dtypes as in `COLUMNS` ("" where there is none).

    alert_id: kind and subject, the same night after night until it is mended. person: the cadre, or the 责任人, where
    there is none the visiting cadres (、); "" where a unit is meant (催报, and nobody named: 未落实责任, 涉稳未落实包保);
    unit and person both "" means everyone.
    since_on: the day since when it waits. workdays_left: working days after today (today left out, here and in all words of
    working days left) up to `due_on`; negative: overdue.
    readers: who is told (、), by level; without a person the section head stands in for him.
    contact: whom to telephone, name and number as the roster has them (`readers.contacts`); of 退回未改 who filled the form.
    head: the same of the unit alone.

    Levels (§7.7, `campaign.alerts`), by working days left: 提醒 at most 5, 预警 at most 2, 逾期 once the day is past,
    严重逾期 more than 5 past; what has longer is no alert yet. Kinds, and the day that counts:

    - 催报, a unit of the roster with no live submission, no zero report and no visit in the round, and 尚无走访, a cadre with
      no visit: the end of the round's first phase (走访摸排), from some working days of the round on (`silence_workdays`);
      who came later has as many days as the phase. 催报 also of a unit that claims more than it has sent: `claims`
    - 任务进度落后, some visits but fewer than expected by today: the end of the round, at least 提醒, at most 预警;
      任务未完成, of who left within the round and had done fewer than he owed: the day he left. What is owed is
      `progress.due`, last round's debt in it.
    - None of these outside the rounds: what nobody can mend any more ends with the round's last day.
    - 未落实责任, 涉稳未落实包保, 临近时限, 超过时限, 待回复, 待回访: see `deadlines.due`. The first two go to the 责任单位, and
      until one is named to the office of §7.3 that stands for it, where the roster has that. While nobody is named both they and
      what the cadres are told of the same item say who begins
    - 久拖不理: from `stale_on` on
    - 重复走访, one a unit with the households that it visited more than once in the round, until it ends: 提醒
    - 退回未改, a file that was sent back and has not come again, mended: `sent_back`
    - 阶段将结束: the end of the phase that today is in; one for all
    - 节假日未录入, one for the office while today, or a day within the next 60 that an alert counts with, is in a year
      whose holidays nobody knows: today. Every reason with such a day or count ends in （暂按周末推算）.

    One cause, one alert: 尚无走访 takes the place of 任务进度落后; 涉稳未落实包保 that of 未落实责任; of 待回复, 待回访,
    临近时限 and 超过时限 on one item the one due first stands; 超过时限, and 待回复 past its day, take the place of 久拖不理.
    A missing owner is a cause of its own, and so is a silent unit: its cadres are told of theirs (尚无走访).

    Sorted by level, working days left, unit, person, item.
    """
    ladder = Ladder(rules.campaign, today)
    progress_table = progress(frames, rules, today)
    items = all_due(frames, rules, today)
    found = [
        *QuotaAlerts(frames, rules, progress_table, ladder).alerts(),
        *claim_alerts(frames, rules, ladder),
        *sent_back_alerts(frames, rules, ladder),
        *twice_visited(frames, rules, ladder),
        *preparation_alerts(frames, rules, ladder),
        *ItemAlerts(items, frozenset(frames.cadres["unit"].dropna()), rules, ladder).alerts(),
        *_phase_alerts(progress_table, items, rules, ladder),
    ]
    found += holidays_wanted(found, rules.campaign, ladder)
    told = sorted(_with_contacts(found, frames, rules, today), key=_urgency)
    return build([alert._asdict() for alert in told], _COLUMNS)


def _urgency(alert: Alert) -> tuple[int, int, str, str, str, str]:
    return (
        LEVELS.index(alert.level), alert.workdays_left, alert.unit, alert.person, alert.item_no, alert.alert_id,
    )  # fmt: skip


def counts(table: pd.DataFrame) -> dict[str, int]:
    """How many alerts of each level `table` (as `alerts` gives it) holds, worst first; every level is there."""
    found = Counter(table["level"].tolist())
    return {level: found[level] for level in LEVELS}


def _with_contacts(found: Sequence[Alert], frames: Frames, rules: Rules, today: date) -> list[Alert]:
    """The alerts with whom to telephone: about each, where it does not know better itself, and about its unit."""
    asked = [(alert.unit, alert.person) for alert in found] + [(alert.unit, "") for alert in found]
    told = contacts(asked, frames.cadres, rules.campaign.mail.heads.value, today)
    return [
        alert._replace(contact=_reachable(alert.contact, contact), head=head)
        for alert, contact, head in zip(found, told[: len(found)], told[len(found) :], strict=True)
    ]


def _reachable(filled_by: str, of_roster: str) -> str:
    """Who filled a form, and where no number stands beside the name, who else can be telephoned about it."""
    if not filled_by or filled_by in of_roster:
        return of_roster
    return f"{of_roster}（填表人{filled_by}）" if of_roster and not any(map(str.isdigit, filled_by)) else filled_by


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
