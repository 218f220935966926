"""Where each figure of the notice stands as well: the sheet that shows it and can be traced from there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import Role
from dazoufang.writing import alert_sheet, change_sheet
from dazoufang.writing.annexes import summary


def sources(said: Mapping[str, Any], rules: Rules) -> list[dict[str, str]]:
    """A row a figure: 数, 值, 出处. said: the fields of the notice."""
    return [{"数": what, "值": value, "出处": where} for what, value, where in _sources(said, rules)]


def _sources(said: Mapping[str, Any], rules: Rules) -> Iterator[tuple[str, str, str]]:
    annex = rules.form(Role.VISITS).annex
    label, listed = (annex.label, annex.sheet) if annex else ("", "")
    total = f"{label}“{summary.SHEET}”合计行"
    yield "参加走访的单位、干部", f"{said['单位数']}个、{said['干部数']}名", f"{total}·单位、走访干部"
    yield (
        "应走访、已走访、完成率",
        f"{said['应走访']}户、{said['已走访']}户、{said['完成率']}",
        f"{total}·应走访、已走访、完成率",
    )
    yield "走访户次", str(said["走访户次"]), f"{label}“{listed}”中{said['轮次']}的行数"
    for kind, done, rate in (("矛盾纠纷", "已化解", "化解率"), ("意见建议", "已办结", "办结率")):
        items = said[kind]
        value = f"收集{items['收集']}件、{done}{items[done]}件、已销号{items['已销号']}件，{rate}{items[rate]}"
        yield kind, value, f"{total}·{kind}（{rate}＝{done}÷收集）"
        value = f"新登记{items['今日新登记']}件、销号{items['今日销号']}件、现有未销号{items['现有未销号']}件"
        yield f"{kind}今日变化", value, f"{change_sheet.FILE.removesuffix('.xlsx')}“{change_sheet.BALANCE}”"
    yield "回访户次", str(said["回访户次"]), f"{total}·回访户次"
    yield "各单位进度", f"{len(said['单位'])}行", f"{label}“{summary.SHEET}”各单位小计行"
    alerts = alert_sheet.FILE.removesuffix(".xlsx")
    yield "各单位情况", "已完成、落后、未报送等", f"{alerts}（催报、尚无走访、任务进度落后）、“各单位进度”"
    for problem in said["问题"]:
        yield problem["名称"], f"{problem['件数']}件", f"{alerts}类型为“{problem['名称']}”的各条"
