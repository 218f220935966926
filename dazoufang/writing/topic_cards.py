"""倾向性问题: the list of the topics, and a card of each, a page a topic."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from dazoufang.model.vocabularies import ItemState
from dazoufang.rules.topics import Topics
from dazoufang.writing.sheets.columns import STYLE, Column, SheetSpec

LIST: Final = "倾向性问题"
CARDS: Final = "专题"
_STATES: Final = {ItemState.OPEN: "在办", ItemState.RESOLVED: "待回访", ItemState.CLOSED: "已销号"}
_LINK: Final = "link"
_SHOWN: Final = 10  # cases; with what stands over them that is a page
_NUMBERED: Final = 60  # numbers of those that are not shown


def sheets(tendencies: pd.DataFrame, cases: pd.DataFrame, topics: Topics, right: str) -> tuple[SheetSpec, SheetSpec]:
    """Both sheets; `tendencies` and `cases` as `duties.topics.tendencies` gives them. The list leads to the cards."""
    cards = _cards(tendencies, cases, right)
    topic = cards.rows["topic"]
    heads = cards.rows.index[topic != topic.shift()]  # the first row of each card
    rows = tendencies.assign(**{_LINK: [f"'{CARDS}'!A{cards.rows_over + 1 + place}" for place in heads]})
    rule = (
        f"本轮有{topics.units.value}个以上单位反映的，或者比上一轮多{topics.rise_cases.value}件以上并增加{topics.rise_percent.value}%以上"
        f"（本轮至少{topics.rise_units.value}个单位反映）的，列为倾向性问题。"
    )
    columns = (
        Column("serial", "序号", 5, kind="serial"), Column("topic", "专题", 18), Column("cases", "件数", 6, kind="int"),
        Column("units", "单位数", 6, kind="int"), Column("townships", "乡镇数", 6, kind="int"),
        Column("before", "上一轮件数", 7, kind="int"), Column("why", "为什么列入", 18), Column("words", "命中的词", 24),
        Column("unit_names", "单位", 34),
    )  # fmt: skip
    found = SheetSpec(
        name=LIST,
        title="倾向性问题",
        columns=columns,
        rows=rows,
        left=f"共{len(tendencies)}个专题",
        right=right,
        links=_LINK,
        note=f"{rule}专题和词在 topics.yaml 里，可以改。上一轮件数空着的，是上一轮没有收集到事项。一件事项可以归入几个专题。",
    )
    return found, cards


def _cards(tendencies: pd.DataFrame, cases: pd.DataFrame, right: str) -> SheetSpec:
    """A page a topic: what it comes to, then its cases, each with the words that made it one; those in hand come first,
    one of each unit before the second of any; of what the page cannot hold the numbers stand below."""
    parts = []
    by_topic = {str(topic): own for topic, own in cases.groupby("topic", sort=False)}
    for row in tendencies.itertuples(index=False):
        own = by_topic[str(row.topic)]
        own = own.assign(_closed=own["state"] == ItemState.CLOSED, _turn=own.groupby("unit").cumcount())
        own = own.sort_values(["_closed", "_turn"], kind="stable").drop(columns=["_closed", "_turn"])
        head = {
            "topic": row.topic,
            "serial": f"{row.cases}件",
            "matter": _said(row),
            "words": row.words,
            STYLE: "subtotal",
        }
        shown = own.iloc[:_SHOWN].assign(serial=None, **{STYLE: ""})
        parts += [pd.DataFrame([head]), shown.assign(state=shown["state"].map(_STATES))]
        if len(own) > _SHOWN:
            rest = own["item_no"].iloc[_SHOWN:].tolist()
            more = "……" if len(rest) > _NUMBERED else ""
            tail = f"另有{len(rest)}件：{'、'.join(rest[:_NUMBERED])}{more}，内容见附件2、附件3。"
            parts.append(pd.DataFrame([{"topic": row.topic, "serial": "其余", "matter": tail, STYLE: "subtotal"}]))
    columns = (
        Column("serial", "序号", 5.5, kind="serial"), Column("topic", "专题", 13), Column("item_no", "编号", 11),
        Column("visited_on", "日期", 10.5, kind="date"), Column("unit", "单位", 13), Column("township", "乡镇", 8.5),
        Column("matter", "事项", 46), Column("words", "命中的词", 14), Column("state", "办到哪里", 9),
    )  # fmt: skip
    empty = pd.DataFrame(columns=[*(column.key for column in columns), STYLE])
    return SheetSpec(
        name=CARDS,
        title="倾向性问题专题卡",
        columns=columns,
        rows=pd.concat(parts, ignore_index=True) if parts else empty,
        left=f"共{len(tendencies)}个专题，一个专题一页",
        right=right,
        style=STYLE,
        pages="topic",
    )


def _said(row: Any) -> str:
    """What a topic comes to, against the round before."""
    said = f"{row.why}。本轮{row.cases}件，{row.units}个单位（{row.unit_names}）"
    if row.townships:
        said += f"，{row.townships}个乡镇（{row.township_names}）"
    if pd.isna(row.before):
        return f"{said}；上一轮没有收集到事项，不比。"
    more = row.cases - row.before
    change = f"多{more}件" if more > 0 else f"少{-more}件" if more < 0 else "一样多"
    return f"{said}；上一轮{row.before}件，{change}。"
