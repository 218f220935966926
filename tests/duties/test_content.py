"""What visits were about: what is noted, heard, asked and told; opinions by level; matters, security; the words of all that."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from dazoufang.duties import content
from dazoufang.duties.places import Places
from dazoufang.duties.wordlists import WordList
from dazoufang.ledger import frames
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.system.home import shipped

RULES = load_rules(shipped("schemas"))
CAMPAIGN = RULES.campaign
COLUMNS = frames.columns(RULES.schemas)
FULL = {"habitat": "整洁", "family": "四口人", "policy": "已享受", "security": "良好", "topics": "政策"}


def table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    common = {"submission_id": 1, "sheet": "走访登记", "year": 2023, "round_no": 2, "unit": "工会", "cadres": "李明"}
    return frames.build([{**common, "row_no": n + 4, **row} for n, row in enumerate(rows)], COLUMNS[name])


def visits(*rows: dict[str, Any]) -> pd.DataFrame:
    return table("visits", [{"visit_id": n, **row} for n, row in enumerate(rows)])


def items(*rows: dict[str, Any]) -> pd.DataFrame:
    return table(
        "items",
        [{"item_no": f"23下建{n:04d}", "kind": "suggestion", "state": "open", **row} for n, row in enumerate(rows, 1)],
    )


# -- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("有小偷，也有人赌博", ("小偷", "赌博")),
        ("有人赌博，也有小偷", ("小偷", "赌博")),
        ("村里没有小偷", ()),
        ("无小偷、赌博", ()),
        ("无小偷，有赌博", ("赌博",)),
        ("未发现任何小偷和赌博现象", ()),
        ("没有路灯，小偷多", ("小偷",)),
        ("没有路灯小偷多", ("小偷",)),
        ("小 偷\n多", ("小偷",)),
        ("毒", ("毒",)),
        ("消毒", ()),
    ],
)
def test_a_word_counts_where_it_is_not_denied_and_one_of_one_character_where_it_is_the_whole_cell(
    text: str, words: tuple[str, ...]
) -> None:
    assert WordList(["小偷", "赌博", "毒"]).found(text) == words


@pytest.mark.parametrize(
    ("text", "unmet"),
    [
        ("低保未落实", "未落实"),
        ("补贴没有领到", "没有领到"),
        ("没有领到种粮补贴", "没有领到"),
        ("不存在未落实的情况", ""),
        ("没有未落实的政策", ""),
        ("没有政策未落实", ""),
        ("都已落实到位", ""),
        ("没人告诉为什么未发放", "未发放"),
        ("不知道为何未发放", "未发放"),
    ],
)
def test_a_policy_is_not_met_where_its_cell_says_so_and_not_where_it_says_there_is_none_unmet(
    text: str, unmet: str
) -> None:
    found = content.to_look_into(visits({"policy": text}), items(), CAMPAIGN)
    assert "、".join(found["words"]) == unmet


@pytest.mark.parametrize(
    ("text", "court"),
    [
        ("再不解决就起诉", "起诉"),
        ("如不赔偿将向法院起诉", "起诉、向法院"),
        ("协商无果，起诉到法院", "起诉、到法院"),
        ("不想打官司，愿意调解", ""),
        ("暂未起诉", ""),
        ("与邻居争执", ""),
    ],
)
def test_a_matter_may_go_to_court_where_it_says_so(text: str, court: str) -> None:
    found = content.to_look_into(visits(), items({"matter": text, "kind": "dispute"}), CAMPAIGN)
    assert "、".join(found["words"]) == court


# -- one visit -------------------------------------------------------------------------------------------------------


def held(**cells: Any) -> list[str]:
    """Which columns of `covered` are true of a visit."""
    row = content.covered(visits(cells), CAMPAIGN).iloc[0]
    return [str(name) for name in row.index if row[name]]


@pytest.mark.parametrize(
    ("cells", "columns"),
    [
        ({}, []),
        ({"habitat": "整洁"}, ["habitat"]),
        ({"suggestion": "建议修路"}, ["opinion"]),
        ({"dispute": "与邻居争执"}, ["complaint"]),
        ({"topics": "政策、法律"}, ["told", "政策", "法律"]),
        ({"topics": "工作"}, ["told", "工作"]),
        ({"topics": "安全"}, ["told", "安全", "未写明"]),
        ({"topics": "安全", "reply": "提醒孩子不要下河游泳"}, ["told", "安全", "防溺水"]),
        ({"topics": "安全", "remark": "检查了用电线路，下载反诈软件"}, ["told", "安全", "用电", "电诈"]),
        ({"topics": "安全", "reply": "骑摩托车戴头盔"}, ["told", "安全", "交通"]),
        ({"topics": "政策", "reply": "提醒防溺水"}, ["told", "政策"]),
        ({"topics": "安全", "suggestion": "建议装防溺水警示牌"}, ["told", "opinion", "安全", "未写明"]),
        (FULL, ["habitat", "family", "policy", "security", "told", "政策", "complete"]),
    ],
)
def test_what_one_visit_holds(cells: dict[str, str], columns: list[str]) -> None:
    assert held(**cells) == columns


def test_a_visit_is_complete_only_with_all_five() -> None:
    for key in FULL:
        assert "complete" not in held(**{**FULL, key: None})


# -- units and cadres ------------------------------------------------------------------------------------------------


def counted(*rows: dict[str, Any]) -> list[tuple[Any, ...]]:
    made = visits(*rows)
    found = content.coverage(made, content.covered(made, CAMPAIGN))
    return list(found[["unit", "cadre", "visits", "habitat", "complete"]].itertuples(index=False, name=None))


def test_cadres_stand_under_their_unit_a_joint_visit_with_each_of_them_and_once_in_the_unit() -> None:
    assert counted(
        {"cadres": "李明、王芳", **FULL}, {"cadres": "李明", "habitat": "整洁"}, {"unit": "办公室", "cadres": "赵六"}
    ) == [
        ("办公室", "赵六", 1, 0, 0),
        ("办公室", "", 1, 0, 0),
        ("工会", "李明", 2, 2, 1),
        ("工会", "王芳", 1, 1, 1),
        ("工会", "", 2, 2, 1),
        ("", "", 3, 2, 1),
    ]


def test_no_visit_is_a_row_of_noughts() -> None:
    assert counted() == [("", "", 0, 0, 0)]


def test_what_records_lack_stands_by_cadre_with_the_rows_where_it_lacks() -> None:
    made = visits(
        {"habitat": "整洁"},
        {"habitat": "整洁"},
        FULL,
        {**FULL, "topics": None},
        {"cadres": "王芳", **FULL, "policy": None},
    )
    found = content.incomplete(made, content.covered(made, CAMPAIGN))
    assert list(found.itertuples(index=False, name=None)) == [
        ("工会", "李明", "家庭情况、政策落实、治安环境、宣讲内容", 2, "收件1号“走访登记”第4、5行"),
        ("工会", "李明", "宣讲内容", 1, "收件1号“走访登记”第7行"),
        ("工会", "王芳", "政策落实", 1, "收件1号“走访登记”第8行"),
    ]


def test_only_the_round_of_today_is_asked() -> None:
    rows = visits(
        {"household": "甲"},
        {"household": "乙", "round_no": 1},
        {"household": "丙", "round_no": 0},
        {"household": "丁", "year": 2022},
    )
    assert content.of_this_round(rows, RULES, date(2023, 10, 20))["household"].tolist() == ["甲"]
    assert content.of_this_round(rows, RULES, date(2023, 4, 1))["household"].tolist() == ["乙"]


def test_places_say_file_and_member_and_of_many_rows_the_first() -> None:
    rows = visits(*({"member": "走访/一组.xlsx"} if n < 2 else {} for n in range(32)))
    assert Places(rows).of([0, 1, 1]) == "收件1号（走访/一组.xlsx）“走访登记”第4、5行"
    assert Places(rows).of(range(32)).endswith("、34、35行……共32行")


# -- opinions and 群英 ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("matter", "levels"),
    [
        ("希望县医院多派专家下乡", ["县"]),
        ("镇政府办事要快一些", ["乡"]),
        ("村委会要公开账目", ["村(社区)"]),
        ("村干部和乡干部要多下来看看", ["乡", "村(社区)"]),
        ("建议硬化沙口村至学校的路", ["未写明"]),
    ],
)
def test_an_opinion_is_on_the_work_of_the_levels_whose_words_it_holds(matter: str, levels: list[str]) -> None:
    row = content.opinions(items({"matter": matter}), CAMPAIGN).iloc[0]
    assert [level for level in ("县", "乡", "村(社区)", "未写明") if row[level]] == levels


def test_inquiries_are_no_opinions() -> None:
    found = content.opinions(
        items(
            {"matter": "村委会要公开账目", "nature": "政策咨询"},
            {"matter": "修路", "nature": "意见建议"},
            {"matter": "修桥"},
        ),
        CAMPAIGN,
    )
    assert found["opinions"].tolist() == [2, 2]


@pytest.mark.parametrize(
    ("members", "count"),
    [(None, 0), ("王五", 1), ("王五、赵六", 2), ("王五，赵六 孙七", 3), ("王五等5人", 5), ("5人", 5), ("5", 0)],
)
def test_who_took_part_in_the_jury_is_counted(members: str | None, count: int) -> None:
    one = {"kind": "dispute", "matter": "争执", "jury": "是", "jury_members": members}
    other = {"kind": "dispute", "matter": "欠款", "jury": "否", "jury_members": "钱八", "unit": "办公室"}
    found = content.opinions(items(one, other), CAMPAIGN)
    assert list(
        found[["unit", "disputes", "jury", "jury_named", "jury_members"]].itertuples(index=False, name=None)
    ) == [
        ("办公室", 1, 0, 0, 0),
        ("工会", 1, 1, int(count > 0), count),
        ("", 2, 1, int(count > 0), count),
    ]


# -- matters and security --------------------------------------------------------------------------------------------


def test_a_policy_not_met_is_a_matter_with_its_cell_and_a_closed_item_is_none() -> None:
    found = content.to_look_into(
        visits({}, {"policy": "低保未落实", "visited_on": "2023-09-20", "township": "章华镇"}),
        items(
            {"matter": "与邻居因排水沟争执", "outcome": "对方已向法院起诉", "kind": "dispute", "round_no": 1},
            {"matter": "已起诉", "state": "closed"},
        ),
        CAMPAIGN,
    )  # fmt: skip
    assert list(found[["kind", "item_no", "unit", "text", "words", "places"]].itertuples(index=False, name=None)) == [
        ("政策未落实", "", "工会", "低保未落实", "未落实", "收件1号“走访登记”第5行"),
        ("可能转入诉讼", "23下建0001", "工会", "与邻居因排水沟争执", "起诉、向法院", "收件1号“走访登记”第4行"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("良好", []),
        ("好", []),
        ("治安较好，群众满意", []),
        ("无", []),
        ("没有盗窃、赌博", []),
        ("无黄赌毒现象", []),
        ("总体良好，偶有小偷", ["小偷"]),
        ("村里有人聚众赌博", ["赌博"]),
        ("不够稳定", [""]),
        ("夜里常有陌生人转悠", [""]),
        (None, []),
    ],
)
def test_security_is_told_where_it_is_not_said_to_be_well(text: str | None, found: list[str]) -> None:
    assert content.security_entries(visits({"security": text}), CAMPAIGN)["words"].tolist() == found


def test_as_they_are_shipped(rules: Rules) -> None:
    found = rules.campaign.content
    assert list(found.safety.value) == ["防溺水", "交通", "用电", "电诈"]
    assert list(found.opinion_levels.value) == ["县", "乡", "村(社区)"]
    assert found.security_office.value == "法制安全股"
    limits = (found.short_note_chars, found.copied_visits, found.copied_chars, found.copied_likeness)
    assert [limit.value for limit in limits] == [10, 3, 12, 90]
    assert (found.households_a_day.value, found.townships_a_day.value, found.visits_to_one_household.value) == (
        15,
        1,
        2,
    )
