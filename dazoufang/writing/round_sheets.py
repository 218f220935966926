"""The sheets behind the alerts: what did not count and why, how units and offices stand, who came and left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

import pandas as pd

from dazoufang.duties.rounds import current_round, debt_in_words, rhythm
from dazoufang.duties.uncounted import repeated, uncounted
from dazoufang.duties.unit_figures import UNASSIGNED, assigned, by_office, by_unit, comings_and_goings
from dazoufang.ledger.frames import Frames
from dazoufang.ledger.listing import without_measures
from dazoufang.model.faults import day_words
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import Role
from dazoufang.writing.sheets.columns import STYLE, Column, SheetSpec, total_last

_MOST: Final = 100_000  # rows of one list; no office reads more
_HOUSEHOLD: Final = (
    Column("household", "走访对象", 10),
    Column("target_kind", "对象类别", 11),
    Column("township", "乡镇", 9),
    Column("village", "村(社区)组", 14),
    Column("phone", "联系电话", 12),
)
_PLACE: Final = (
    Column("submission_id", "收件号", 7, "int"),
    Column("sheet", "工作表", 12),
    Column("row_no", "行", 5, "int"),
)
_UNIT: Final = Column("unit", "单位", 16)
_CADRE: Final = Column("cadre", "走访干部", 10)
_DAY: Final = Column("visited_on", "走访日期", 10.5, "date")
_SERIAL: Final = Column("serial", "序号", 5, kind="serial")


def sheets(frames: Frames, rules: Rules, today: date) -> Iterator[SheetSpec]:
    """The sheets that have anything to say on `today`, for the bureau itself: full names."""
    year, round_ = current_round(rules.campaign, today)
    right = f"{year}年{round_.name}　截至{day_words(today)}"
    for sheet in (_units, _offices, _uncounted, _repeated, _assigned, _moved, _without_measures):
        spec = sheet(frames, rules, today, right)
        if len(spec.rows):
            yield spec


def _list(name: str, title: str, columns: tuple[Column, ...], rows: pd.DataFrame, right: str, note: str) -> SheetSpec:
    """A list of its own. Of more rows than anybody reads the first stand, and the heading says of how many."""
    left = f"共{len(rows)}条" + (f"，只列前{_MOST}条" if len(rows) > _MOST else "")
    return SheetSpec(
        name,
        title,
        (_SERIAL, *columns),
        rows if len(rows) <= _MOST else rows.head(_MOST),
        left=left,
        right=right,
        note=note,
    )


def _units(frames: Frames, rules: Rules, today: date, right: str) -> SheetSpec:
    _, round_ = current_round(rules.campaign, today)
    phase, rows = round_.phases[0], total_last(by_unit(frames, rules, today))
    rows.loc[rows[STYLE] == "total", "unit"] = f"{len(rows) - 1}个单位"
    pairs = zip(rows["left"].tolist(), rows["days_left"].tolist(), strict=True)
    rows["rhythm"] = [rhythm(left, days) for left, days in pairs]
    debt = debt_in_words(int(rows["carried"].iloc[-1:].sum()), round_, rules.campaign)
    return SheetSpec(
        "各单位进度",
        "大走访活动各单位进度",
        (
            _SERIAL,
            Column("unit", "单位", 20),
            Column("cadres", "干部", 6, "int"),
            Column("due", "应走访", 8, "int"),
            Column("carried", "其中上轮少走", 8, "int"),
            Column("early", f"{phase.name}内已走访", 9, "int"),
            Column("early_rate", f"{phase.name}内完成率", 9, "percent"),
            Column("done", "已走访", 8, "int"),
            Column("rate", "完成率", 8, "percent"),
            Column("expected", "到今天应走访", 9, "int"),
            Column("left", "还差", 7, "int"),
            Column("days_left", "剩余工作日", 8, "int"),
            Column("rhythm", "今后要走", 11),
        ),
        rows,
        right=right,
        style=STYLE,
        note=f"{f'“应走访”{debt}，另列一栏。' if debt else ''}{phase.name}：{day_words(phase.first)}至{day_words(phase.last)}。“剩余工作日”不含今天；“还差”是各干部还差的户数之和；"
        "完成率＝已走访÷应走访，与附件1一致。",
    )


def _offices(frames: Frames, rules: Rules, today: date, right: str) -> SheetSpec:
    _, round_ = current_round(rules.campaign, today)
    rows = by_office(frames, rules, today)
    busy = bool(rows.drop(columns="office").to_numpy().any())
    return SheetSpec(
        "各股室归口",
        "大走访活动各归口股室情况（按走访对象类别归口）",
        (
            _SERIAL,
            Column("office", "责任股室", 20),
            Column("visits", "走访户次", 9, "int"),
            Column("early", f"其中{round_.phases[0].name}内", 9, "int"),
            Column("disputes", "收集", 8, "int", group="矛盾纠纷"),
            Column("disputes_open", "在办", 8, "int", group="矛盾纠纷"),
            Column("suggestions", "收集", 8, "int", group="意见建议"),
            Column("suggestions_open", "在办", 8, "int", group="意见建议"),
        ),
        rows if busy else rows.head(0),
        right=right,
        note="走访对象归哪个股室，就算在哪个股室，不是各单位自己报的数（那些见附件1）；户次、件数都是本轮的。",
    )


def _uncounted(frames: Frames, rules: Rules, today: date, right: str) -> SheetSpec:
    columns = (
        _UNIT,
        _CADRE,
        _DAY,
        *_HOUSEHOLD,
        Column("reason", "情形", 12),
        Column("why", "为什么没有计入", 28),
        *_PLACE,
    )
    note = "这些走访登记在册，只是不计入（这名干部的）任务数。收件号、工作表、行说明是哪一份表的哪一行。"
    return _list("未计入的走访", "没有计入任务数的走访", columns, uncounted(frames, rules, today), right, note)


def _repeated(frames: Frames, rules: Rules, today: date, right: str) -> SheetSpec:
    columns = (
        _UNIT, *(column for column in _HOUSEHOLD if column.key != "target_kind"), Column("cadres", "走访干部", 10), _DAY, *_PLACE,
    )  # fmt: skip
    note = "同一单位本轮走访了不止一次的户。同一名干部一轮只计一户；几名干部分别去的，各计一户。"
    return _list("重复走访", "本轮走访了不止一次的户", columns, repeated(frames, rules, today), right, note)


def _assigned(frames: Frames, rules: Rules, today: date, right: str) -> SheetSpec:
    columns = (Column("case", "情形", 16), _CADRE, *_HOUSEHOLD, _DAY, Column("by", "谁走访的", 10))
    rows = assigned(frames, rules, today)
    more = rows["case"] == UNASSIGNED
    also = f"另有{more.sum()}户走访了没有分解，照样计入任务数，见附件1走访明细。" if more.any() else ""
    note = f"本轮任务分解表与走访登记对照。{also}"
    return _list("任务分解对照", "任务分解与走访对照", columns, rows[~more], right, note)


def _without_measures(frames: Frames, rules: Rules, today: date, right: str) -> SheetSpec:
    columns = (
        Column("item_no", "编号", 11), _UNIT, Column("person", "当事人", 9), Column("category", "纠纷类别", 11),
        Column("matter", "主要情况及诉求", 30), Column("responsible_unit", "责任单位", 16), Column("closed_on", "销号日期", 10.5, "date"),
    )  # fmt: skip
    title = rules.form(Role.DISPUTES).title
    note = f"方案要求先分类研判、提出处理建议。这些已经销号，化解措施一直是空的；请在《{title}》里照编号补写化解措施后放入收件箱，补好的当晚从这里消失。"
    rows = without_measures(frames, rules, today)
    return _list("没有化解措施", "没有写过化解措施就销号的矛盾纠纷", columns, rows, right, note)


def _moved(frames: Frames, rules: Rules, today: date, right: str) -> SheetSpec:
    rows = comings_and_goings(frames, rules, today)
    columns = (
        _UNIT,
        Column("cadre", "姓名", 10),
        Column("role", "角色", 16),
        Column("since_on", "任职起", 10.5, "date"),
        Column("until_on", "任职止", 10.5, "date"),
        Column("due", "本轮应走访", 9, "int"),
        Column("done", "本轮已走访", 9, "int"),
        Column("units", "现在的单位", 16),
    )
    note = "今年到任、离任的干部。应走访按任职的工作日折算，不足一户的按一户；一人几个岗位的只算一份。"
    return _list("人员进出", "今年到任、离任的干部", columns, rows, right, note)
