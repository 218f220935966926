"""Where each unit and cadre stands, for the terminal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from dazoufang import alerts, quotas
from dazoufang.campaign import load_rules
from dazoufang.closing import CLOSED
from dazoufang.fold import fold
from dazoufang.home import Home
from dazoufang.record import Record
from dazoufang.submission import UNKNOWN_UNIT


@dataclass(frozen=True, slots=True)
class Status:
    """How the current round stands: one row a cadre, units that have sent nothing, forms that were sent back and have
    not come again, and a sentence."""

    today: str
    year: int
    round_name: str
    words: str
    rows: list[dict[str, Any]]
    silent: list[str]
    outstanding: list[str]

    def as_json(self) -> dict[str, Any]:
        """As `status --json` prints it."""
        return asdict(self)


def status(home: Home, today: date, unit: str | None = None) -> Status:
    """How the current round stands on `today`, of one unit or of all."""
    rules = load_rules(home.schemas)
    submissions = []
    if home.record.exists():
        with Record.at(home.record) as record:
            submissions = list(record.submissions())
    standing = fold(submissions, rules)
    frames = standing.frames()
    year, one = quotas.current_round(rules.campaign, today)
    progress = quotas.progress(frames, rules, today)
    found = alerts.alerts(frames, rules, today)
    worst = {
        (row.unit, row.person): f"{row.level}：{row.kind}"
        for row in reversed(list(found[["unit", "person", "level", "kind"]].itertuples(index=False)))
    }
    if unit is not None:
        progress, found = progress[progress["unit"] == unit], found[found["unit"] == unit]
    names = ["unit", "cadre", "due", "done", "left", "per_day"]
    rows = [
        row | {"worst": worst.get((row["unit"], row["cadre"])) or worst.get((row["unit"], ""), "")}
        for row in progress[names].to_dict(orient="records")
    ]
    items = frames.items if unit is None else frames.items[frames.items["unit"] == unit]
    due, done = int(progress["due"].sum()), int(progress["done"].sum())
    closed = int((items["state"] == CLOSED).sum())
    words = f"应走访 {due} 户，已走访 {done} 户；事项 {len(items)} 件，已销号 {closed} 件；预警 {len(found)} 条"
    silent = [f"{row.unit}：{row.why}" for row in found[found["kind"] == alerts.SENT_NOTHING].itertuples(index=False)]
    outstanding = [
        f"{back.unit or UNKNOWN_UNIT}：{back.received_on.month}月{back.received_on.day}日退回的《{back.name}》还有{errors}处没有改好"
        for back, errors in standing.outstanding()
        if unit in (None, back.unit)
    ]
    plain = [{str(key): value for key, value in row.items()} for row in rows]
    return Status(today.isoformat(), year, one.name, words, plain, silent, outstanding)
