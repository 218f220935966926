"""走访情况分析.xlsx: what the visits of the round were about, what is to be looked into, and the tendencies in what was raised;
and what 治安环境 says, in a workbook of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

from dazoufang.duties import content, leads, topics
from dazoufang.duties.rounds import current_round
from dazoufang.ledger.frames import Frames
from dazoufang.model.faults import day_words
from dazoufang.rules.campaign import Campaign, Rules
from dazoufang.system import files
from dazoufang.writing import topic_cards
from dazoufang.writing.sheets.book import Book
from dazoufang.writing.sheets.columns import STYLE, Column, SheetSpec, total_last

FILE: Final = "走访情况分析.xlsx"
AT_A_GLANCE: Final = "概览"
COVERAGE: Final = "看听问讲"
INCOMPLETE: Final = "未记全"
OPINIONS: Final = "意见与群英"
MATTERS: Final = "待了解事项"
SECURITY: Final = "治安情况"
_SECURITY_FILE: Final = SECURITY + "（只交{}）.xlsx"
LEADS: Final = "线索"

_SERIAL: Final = Column("serial", "序号", 5, kind="serial")
_UNIT: Final = Column("unit", "单位", 13)
_CADRES: Final = Column("cadres", "走访干部", 9)
_PLACES: Final = Column("places", "出自", 26)
_NO_RANKING: Final = "按单位名称排，不是名次。"


def books(frames: Frames, rules: Rules, today: date) -> dict[str, Book]:
    """File name → a workbook, to be written: the visits and items of the round that a run on `today` works in. For the bureau
    itself, with full names. What 治安环境 says stands in a workbook of its own, where there is any, and in no other: it is
    for one office alone, and a sheet goes along with its workbook."""
    campaign = rules.campaign
    year, round_ = current_round(campaign, today)
    visits, flags = content.covered_of_round(frames, rules, today)
    items = content.of_this_round(frames.items, rules, today)
    coverage = content.coverage_of_round(frames, rules, today)
    opinions = content.opinions(items, campaign)
    matters = content.to_look_into(visits, frames.items, campaign)
    security = content.security_entries(visits, campaign)
    found = leads.leads(visits, campaign.content)
    tendencies, cases = topics.tendencies(frames, rules, today)
    right = f"{year}年{round_.name}　截至{day_words(today)}"
    counts = {MATTERS: len(matters), SECURITY: len(security), LEADS: len(found), topic_cards.LIST: len(tendencies)}
    sheets = (
        _at_a_glance(coverage.iloc[-1], opinions.iloc[-1], counts, campaign, right),
        _coverage(coverage, campaign, right),
        _incomplete(content.incomplete(visits, flags), right),
        _opinions(opinions, campaign, right),
        _matters(matters, right),
        _leads(found, right),
        *topic_cards.sheets(tendencies, cases, rules.topics, right),
    )
    made = {FILE: Book(sheets, today, campaign.bureau.value, campaign.a3)}
    if len(security):
        office = campaign.content.security_office.value
        made[security_file(office)] = Book(
            (_security(security, office, right),), today, campaign.bureau.value, campaign.a3
        )
    return made


def security_file(office: str) -> str:
    """The name of the workbook for `office` alone."""
    return _SECURITY_FILE.format(files.safe_name(office))


def _at_a_glance(
    visits: pd.Series[Any], items: pd.Series[Any], counts: dict[str, int], campaign: Campaign, right: str
) -> SheetSpec:
    """The first sheet, one page: what is to be looked at, then each figure with what it is of."""
    of_visits, of_items, office = int(visits["visits"]), int(items["opinions"]), campaign.content.security_office.value
    safety = (*campaign.content.safety.value, content.UNSAID)
    levels = (*campaign.content.opinion_levels.value, content.UNSAID)
    noted = content.TO_NOTE
    rows: list[tuple[str, str, int, int | None, str]] = [
        ("要看的", topic_cards.LIST, counts[topic_cards.LIST], None, "个专题；一个专题一页，见“专题”"),
        ("要看的", MATTERS, counts[MATTERS], None, "件政策未落实或可能转入诉讼的"),
        ("要看的", SECURITY, counts[SECURITY], None, f"户次反映了治安情况，另有一份，只交{office}"),
        ("要看的", LEADS, counts[LEADS], None, "条；只供核对，不作评价"),
        ("一看", noted["habitat"], int(visits["habitat"]), of_visits, "记了的户次"),
        ("二听", "意见建议", int(visits["opinion"]), of_visits, "听到的户次"),
        ("二听", "矛盾纠纷和信访诉求", int(visits["complaint"]), of_visits, "听到的户次"),
        *(("三问", noted[key], int(visits[key]), of_visits, "记了的户次") for key in ("family", "policy", "security")),
        ("四讲", noted["told"], int(visits["told"]), of_visits, _each(visits, content.TOLD)),
        ("四讲", "宣讲安全", int(visits[content.SAFETY]), of_visits, _each(visits, safety)),
        ("记全", "看、问、讲五栏都记了", int(visits[content.COMPLETE]), of_visits, f"没有记全的见“{INCOMPLETE}”"),
        ("意见", "对县、乡、村工作的", of_items - int(items[content.UNSAID]), of_items, _each(items, levels)),
        ("群英断是非", "运用了的", int(items["jury"]), int(items["disputes"]), f"本轮矛盾纠纷；参与群英{items['jury_members']}人次"),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["part", "what", "count", "of", "note"]).astype({"of": "Int64"})
    table["rate"] = (table["count"] / table["of"].where(table["of"] > 0)).astype("Float64")
    return SheetSpec(
        name=AT_A_GLANCE,
        title="大走访活动走访情况分析",
        columns=(
            Column("part", "方面", 11),
            Column("what", "内容", 20),
            Column("count", "数", 8, kind="int"),
            Column("of", "共", 8, kind="int"),
            Column("rate", "比例", 9, kind="percent"),
            Column("note", "说明", 42),
        ),
        rows=table,
        left=f"本轮走访{of_visits}户次",
        right=right,
        note="供局里掌握情况，不排名次。二听写“无”的与没有写的分不出，只数听到的。一栏全是0的，多半是用的表里没有这一栏。",
    )


def _each(counts: pd.Series[Any], kinds: Sequence[str]) -> str:
    """防溺水3、交通0、…"""
    return "、".join(f"{kind}{counts[kind]}" for kind in kinds)


def _coverage(table: pd.DataFrame, campaign: Campaign, right: str) -> SheetSpec:
    """Units and cadres, each with how many of its visits hold what."""
    rows = table.rename(columns={"cadre": "cadres"})
    rows[STYLE] = ""
    rows.loc[rows["cadres"] == "", STYLE] = "subtotal"
    rows.loc[rows.index[-1], STYLE] = "total"
    rows["serial"] = rows[STYLE].map({"": None, "subtotal": "小计", "total": "合计"})
    rows["rate"] = rows[content.COMPLETE] / rows["visits"].where(rows["visits"] > 0)

    def count(key: str, title: str, group: str) -> Column:
        return Column(key, title, 5.5, kind="int", group=group)

    noted = content.TO_NOTE
    columns = (  # “户次” alone: under “走访户次” the sheet would be read as a unit's claim when it is dropped
        _SERIAL, _UNIT, _CADRES, Column("visits", "户次", 6, kind="int"),
        count("habitat", noted["habitat"], "一看"),
        count("opinion", "意见建议", "二听"), count("complaint", "矛盾诉求", "二听"),
        *(count(key, noted[key], "三问") for key in ("family", "policy", "security")),
        count("told", "填了的", "四讲"), *(count(kind, kind, "四讲") for kind in content.TOLD),
        *(count(kind, kind, "宣讲安全，写明的") for kind in campaign.content.safety.value),
        count(content.UNSAID, content.UNSAID, "宣讲安全，写明的"),
        count(content.COMPLETE, "户次", "记全"), Column("rate", "记全率", 7.5, kind="percent", group="记全"),
    )  # fmt: skip
    return SheetSpec(
        name=COVERAGE,
        title="一看二听三问四讲记录情况",
        columns=columns,
        rows=rows,
        left="单位：户次",
        right=right,
        style=STYLE,
        note=f"几人同去的，每人各计一次，小计只计一次。“记全”指一看、三问、四讲五栏都有内容；二听写“无”的与没有写的分不出，不算缺。{_NO_RANKING}",
    )


def _incomplete(table: pd.DataFrame, right: str) -> SheetSpec:
    return SheetSpec(
        name=INCOMPLETE,
        title="走访记录没有记全的",
        columns=(_SERIAL, _UNIT, _CADRES, Column("lacking", "没有记的", 26), Column("visits", "户次", 6, kind="int"), _PLACES),
        rows=table,
        left=f"共{int(table['visits'].sum())}户次",
        right=right,
        note=f"请走访干部照工作记录本补记后重新报送；原表没有这几列的，请改用空白表《走访登记表》填。{_NO_RANKING}",
    )  # fmt: skip


def _opinions(table: pd.DataFrame, campaign: Campaign, right: str) -> SheetSpec:
    rows = total_last(table)

    def count(key: str, title: str, group: str, width: float = 8) -> Column:
        return Column(key, title, width, kind="int", group=group)

    levels = (*campaign.content.opinion_levels.value, content.UNSAID)
    columns = (
        _SERIAL, _UNIT, count("opinions", "件数", "意见建议"), *(count(level, level, "意见建议") for level in levels),
        count("disputes", "件数", "矛盾纠纷"), count("jury", "运用群英断是非", "矛盾纠纷", 9),
        count("jury_named", "写明参与群英", "矛盾纠纷", 9), count("jury_members", "参与群英（人次）", "矛盾纠纷", 9),
    )  # fmt: skip
    return SheetSpec(
        name=OPINIONS,
        title="对县、乡、村(社区)工作的意见和“群英断是非”运用情况",
        columns=columns,
        rows=rows,
        right=right,
        style=STYLE,
        note=f"意见对哪一级，按 campaign.yaml 里 opinion_levels 的词分，一条可能对几级；政策咨询和求助不在内。{_NO_RANKING}",
    )


def _matters(table: pd.DataFrame, right: str) -> SheetSpec:
    columns = (
        _SERIAL, Column("kind", "类型", 11), Column("item_no", "编号", 11), _UNIT, _CADRES,
        Column("visited_on", "日期", 10.5, kind="date"), Column("township", "乡镇", 8), Column("text", "内容", 30),
        Column("words", "命中的词", 10), _PLACES,
    )  # fmt: skip
    return SheetSpec(
        name=MATTERS,
        title="政策未落实和可能转入诉讼的事项",
        columns=columns,
        rows=table,
        left=f"共{len(table)}件",
        right=right,
        note="按用词找出，请看原文。政策未落实的，是走访登记表“政策落实”一栏的内容，还不在台账里；要办理的，请写进意见建议一栏或意见建议事项办理表。已销号的不列。",
    )


def _security(table: pd.DataFrame, office: str, right: str) -> SheetSpec:
    columns = (
        _SERIAL, _UNIT, _CADRES, Column("visited_on", "日期", 10.5, kind="date"), Column("household", "走访对象", 9),
        Column("township", "乡镇", 8), Column("village", "村(社区)组", 11), Column("text", "治安环境一栏的内容", 30),
        Column("words", "命中的词", 10), _PLACES,
    )  # fmt: skip
    return SheetSpec(
        name=SECURITY,
        title="走访中反映的治安情况",
        columns=columns,
        rows=table,
        label=f"只交{office}",
        left=f"共{len(table)}户次",
        right=right,
        note=f"本表只交{office}，不要转发。没有命中的词的，是既没有说没有问题、也没有命中词表的，请看原文。",
    )


def _leads(table: pd.DataFrame, right: str) -> SheetSpec:
    columns = (
        _SERIAL, Column("kind", "线索", 13), _UNIT, _CADRES, Column("visits", "户次", 6, kind="int"),
        Column("why", "看到什么", 40), _PLACES,
    )  # fmt: skip
    return SheetSpec(
        name=LEADS,
        title="走访记录中值得核对的线索",
        columns=columns,
        rows=table,
        left=f"共{len(table)}条",
        right=right,
        note="只是线索，不是结论：请先问清楚情况。不计入任何统计，不用来排名、考核。界限在 campaign.yaml 的 content 一节（局内设定）。",
    )
