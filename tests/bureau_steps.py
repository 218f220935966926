"""What becomes of an item of a made-up bureau next: begun, resolved, closed, claimed too early, or found wanting."""

from __future__ import annotations

from datetime import date
from typing import Final

from bureau_books import CLOSED, DAY, DISPUTE, OPEN, RESOLVED, Item, Step, days
from bureau_sheets import Typist

# The units to which an item may be handed: those that send in both rounds.
HANDLERS: Final = (
    "办公室",
    "人事股",
    "法制安全股",
    "计划财务股",
    "师训股",
    "工会",
    "教育事务中心",
    "体育股",
    "怀乡中学",
)


def next_step(item: Item, unit: str, day: date, typist: Typist) -> Step | None:
    """What becomes of an item next, with the row that says so."""
    live, rng = item.live, typist.rng
    since = (
        max([item.day, *(step.night for step in live), *(step.reopened_on for step in live if step.reopened_on)]) + DAY
    )
    if since > day:
        return None
    fresh = item.what in ("", "begun", "word")
    ways = {
        OPEN: ["resolved", "closed", "closed", "begun"] + ["word", "claim"] * fresh + ["begun", "begun"] * (not live),
        RESOLVED: ["closed", "closed", "closed", "dissatisfied"], CLOSED: [""] * 30 + ["dissatisfied"],
    }[item.state]  # fmt: skip
    what = "closed" if item.what == "dissatisfied" else rng.choice(ways)
    if not what:
        return None
    cells = dict(live[-1].cells) if live else {}
    dispute, resolved = item.kind == DISPUTE, item.resolved_on
    if what == "begun":
        if "责任单位" not in cells:
            cells["责任单位"] = rng.choice(HANDLERS) if typist.maybe(0.2) else unit
            cells["责任人"] = item.cadres.split("、")[0]
            cells["复杂程度"] = "复杂" if dispute and typist.maybe(0.3) else "简单"
            if typist.maybe(0.3):
                cells["时限"] = str(day + DAY * rng.randrange(3, 25))
        return Step(0, day, what, OPEN, "", cells | {"状态": "正在化解" if dispute else "正在办理"})
    cells["状态"] = "已化解" if dispute else "已办结"
    if what == "word":
        return Step(0, day, what, OPEN, "", cells)
    if resolved is None:
        resolved = rng.choice(days(since, day))
        cells |= {"办结": str(resolved), "情况": f"与{item.door.name}谈妥了", "措施": "请老支书上门评理"}
    followed = rng.choice(days(max(since, resolved), day))
    if what == "claim":
        return Step(0, day, what, RESOLVED, "", cells | {"销号": str(followed)}, resolved)
    if what == "resolved":
        return Step(0, day, what, RESOLVED, "", cells, resolved)
    is_complex = cells.get("复杂程度") == "复杂"
    by_phone = is_complex and what == "closed" and item.what != "phone" and typist.maybe(0.2)
    mode = "电话" if by_phone else "上门" if is_complex else rng.choice(("电话", "上门"))
    cells |= {
        "回访": str(followed),
        "方式": mode,
        "满意度": "不满意" if what == "dissatisfied" else rng.choice(("满意", "基本满意")),
    }
    if what == "dissatisfied":
        return Step(0, day, what, OPEN, "", cells)
    if by_phone:
        return Step(0, day, "phone", RESOLVED, "", cells, resolved)
    closed = rng.choice(days(followed, day)) if typist.maybe(0.5) else followed
    if closed != followed:
        cells["销号"] = str(closed)
    return Step(0, day, what, CLOSED, "", cells, resolved, closed)
