"""进度看板.html: one file for a leader, a clerk and a unit, that opens from a shared folder without server or network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from dazoufang.model.faults import day_words
from dazoufang.model.shown import made_visible
from dazoufang.model.vocabularies import ItemKind
from dazoufang.system.home import shipped
from dazoufang.writing import alert_sheet, change_sheet, content_book, masks, petition_book, templates
from dazoufang.writing.dashboard import first_screen, item_part, progress_part
from dazoufang.writing.dashboard.answer_links import AnswerLinks
from dazoufang.writing.dashboard.facts import Facts
from dazoufang.writing.dashboard.time_of_year import day_and_weekday, time_of_year

FILE: Final = "进度看板.html"
FRESH: Final = timedelta(hours=26)  # after the day's nightly hour; then the next night has not been
_TEMPLATE: Final = "dashboard.html"
_STYLE: Final = "dashboard.css"
_SCRIPT: Final = "dashboard.js"
_LIBRARY: Final = Path("vendor", "echarts", "echarts.simple.min.js")


@dataclass(frozen=True)
class Page:
    """The page as it is to be written. `screen`: what the template shows; `data`: what the script shows, as JSON has it;
    `templates`: the folder of its template, style and script."""

    screen: dict[str, Any]
    data: dict[str, Any]
    templates: Path

    @cached_property
    def digest(self) -> str:
        """A short hash of all that the page is written from: two with the same digest are byte for byte the same."""
        found = hashlib.sha256(_json(self.screen).encode("utf-8", "surrogatepass"))
        found.update(_json(self.data).encode("utf-8", "surrogatepass"))
        for name in (_TEMPLATE, _STYLE, _SCRIPT):
            found.update(templates.source(self.templates, name).encode())
        found.update(_library_print())
        return found.hexdigest()[:20]

    def html(self) -> bytes:
        """The page (UTF-8). What it lacks without its script is said in it."""
        parts = {
            "data": _json(_visible(self.data)).replace("<", "\\u003c"),  # nothing in it ends its element
            "style": templates.source(self.templates, _STYLE),
            "script": templates.source(self.templates, _SCRIPT),
            "library": _library(),
        }
        return templates.page(self.templates, _TEMPLATE, self.screen, parts).encode("utf-8", "replace")


def page(facts: Facts, templates_: Path, published: Collection[str]) -> Page:
    """The page of `facts`. Every figure is one that annexes, 预警提醒, 今日变化 and 走访情况分析 of the same night show.

    templates_: the folder of its template, style and script. published: the names of the files beside it.
    """
    rules, today = facts.rules, facts.today
    now = time_of_year(rules.campaign, today)
    steps = first_screen.first_steps(facts)
    answers = AnswerLinks(published, hidden=facts.is_masked)
    screen = {
        "bureau": rules.campaign.bureau.value,
        "title": masks.label("大走访进度看板", facts.audience, rules),
        "round": now.name,
        "day": day_and_weekday(today),
        "standing": now.words,
        "next": now.next,
        "guessed": now.guessed,
        "steps": steps,
        "tiles": [] if steps else first_screen.tiles(facts, now),
        "urgent": first_screen.urgent(facts),
        "today": first_screen.today_page(facts, published, answers),
        "stale_day": day_words(today),
        "files": {
            "alerts": alert_sheet.FILE,
            "changes": change_sheet.FILE,
            "content": content_book.FILE,
            "petitions": petition_book.FILE if petition_book.FILE in published else "",
        },
    }
    charts: dict[str, Any] = {}
    tables = {
        "alerts": item_part.alerts(facts),
        "balance": item_part.balance(facts),
        "changes": item_part.changed(facts),
        "received": item_part.received(facts, answers),
    }
    if not steps:
        units, units_drawn = progress_part.units(facts, now)
        charts = {
            "pace": progress_part.day_by_day(facts),
            "units": units_drawn,
            "states": item_part.states(facts),
            "ages": item_part.ages(facts),
            "disputes": item_part.categories(ItemKind.DISPUTE, facts),
            "suggestions": item_part.categories(ItemKind.SUGGESTION, facts),
            "told": progress_part.told(facts),
        }
        tables |= {
            "units": units,
            "cadres": progress_part.cadres(facts, now),
            "items": item_part.unclosed(facts),
            "towns": item_part.townships(facts),
            "topics": progress_part.topics(facts),
        }
    data = {"today": today.isoformat(), "stale": stale_at(facts), "charts": charts, "tables": tables}
    return Page(screen, data, templates_)


def stale_at(facts: Facts) -> str:
    """When the page turns red by its reader's clock, ISO without a zone: 26 hours after the nightly hour of its day."""
    hour, minute = map(int, facts.rules.campaign.watch.nightly_at.value.split(":"))
    return (datetime.combine(facts.today, time(hour, minute)) + FRESH).isoformat(timespec="minutes")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _visible(value: Any) -> Any:
    """The same with the control characters of every text made visible."""
    if isinstance(value, str):
        return made_visible(value)
    if isinstance(value, dict):
        return {key: _visible(each) for key, each in value.items()}
    return [_visible(each) for each in value] if isinstance(value, list) else value


@cache
def _library_print() -> bytes:
    return hashlib.sha256(_library().encode()).digest()


@cache
def _library() -> str:
    """Apache ECharts, as it is kept with the program."""
    return (shipped("templates") / _LIBRARY).read_text("utf-8")
