"""What a night is compared with the night before: figures that fall or leap so far that letters wait for a look."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date

from dazoufang.duties.quotas import progress
from dazoufang.duties.rounds import current_round
from dazoufang.ledger.frames import Frames, of_round
from dazoufang.rules.campaign import Rules
from dazoufang.rules.mail import Hold


@dataclass(frozen=True)
class Figures:
    """One night, that of the ISO `day`. `round`: which (a new round begins at nothing, and that is right); `visits` in it,
    of all and of each unit; `done` and `due`: households visited and owed by the cadres of the roster."""

    day: str
    round: str
    visits: int
    done: int
    due: int
    units: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> str:
        """For the record."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Figures | None:
        """What `as_json` wrote; None of ""."""
        return cls(**json.loads(text)) if text else None


def figures(frames: Frames, rules: Rules, today: date) -> Figures:
    """The figures of tonight."""
    year, round_ = current_round(rules.campaign, today)
    own = of_round(frames.visits, year, round_.number)
    table = progress(frames, rules, today)
    listed = table[table["listed"]]
    counts = own["unit"].value_counts()
    return Figures(
        day=today.isoformat(),
        round=f"{year}-{round_.number}",
        visits=len(own),
        done=int(listed["done"].clip(upper=listed["due"]).sum()),
        due=int(listed["due"].sum()),
        units={str(unit): int(count) for unit, count in sorted(counts.items())},
    )


def looks_wrong(before: Figures | None, now: Figures, hold: Hold) -> Iterator[str]:
    """Why tonight looks wrong beside the night before, a sentence each; nothing on a first night or in a new round."""
    if before is None or before.round != now.round:
        return
    fell = before.visits - now.visits
    if fell >= hold.rows_fell_at_least.value and fell * 100 >= before.visits * hold.rows_fell_percent.value:
        yield f"走访户次从昨晚的{before.visits}减到今晚的{now.visits}，少了{fell}户次"
    for unit, count in before.units.items():
        if count >= hold.silent_unit_rows.value and not now.units.get(unit):
            yield f"{unit}昨晚有{count}户次走访，今晚一户次也没有了"
    moved = max(abs(now.done - before.done), abs(now.due - before.due)) >= hold.rows_fell_at_least.value
    if moved and before.due and now.due:
        rates = [round(100 * night.done / night.due) for night in (before, now)]
        if abs(rates[1] - rates[0]) >= hold.rate_jump_points.value:
            yield (
                f"完成率从昨晚的{rates[0]}%（{before.done}/{before.due}）变到今晚的{rates[1]}%（{now.done}/{now.due}），"
                f"一夜差{abs(rates[1] - rates[0])}个百分点"
            )
