"""The campaign's rules: years, rounds and phases, who is responsible, how items are numbered, and the plan's own flaws."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from dazoufang.model.terms import normalize
from dazoufang.rules.campaign import Campaign, Rules, load_rules
from dazoufang.rules.generations import Generation
from dazoufang.rules.item_numbers import ITEM_KINDS, Items
from dazoufang.rules.plan_flaws import flaws
from dazoufang.rules.rules_file import BrokenRules
from dazoufang.system.home import shipped

Content = dict[str, Any]


@pytest.fixture
def content() -> Content:
    loaded: Content = yaml.safe_load((shipped("schemas") / "campaign.yaml").read_text(encoding="utf-8"))
    return loaded


def moved(year: Content, number: int) -> Content:
    """A year's block with the dates of another year."""
    copy: Content = yaml.safe_load(yaml.safe_dump(year))
    copy["year"] = number
    phases = [phase for one in copy["rounds"] for phase in one["phases"]] + [copy["review"]]
    for phase in phases:
        phase |= {key: phase[key].replace(year=number) for key in ("first", "last")}
    return copy


@pytest.fixture
def three_years(content: Content) -> Campaign:
    year = content["years"][0]
    content["years"] = [moved(year, 2022), year, moved(year, 2025)]
    return Campaign.model_validate(content)


@pytest.mark.parametrize(
    ("today", "year"),
    [("2023-01-01", 2023), ("2023-12-31", 2023), ("2022-06-01", 2022), ("2024-06-01", 2023), ("2025-01-01", 2025),
     ("2031-01-01", 2025), ("2020-01-01", 2022)],
)  # fmt: skip
def test_a_run_works_in_the_year_of_today_else_in_the_latest_before(
    three_years: Campaign, today: str, year: int
) -> None:
    assert three_years.year_of(date.fromisoformat(today)).year == year


ROUNDS = [
    ("2023-03-11", None, None),
    ("2023-03-12", 1, "走访摸排"),
    ("2023-03-16", 1, "走访摸排"),
    ("2023-03-17", 1, "汇总研判"),
    ("2023-04-28", 1, "集中化解"),
    ("2023-04-29", None, None),
    ("2023-09-17", None, None),
    ("2023-09-18", 2, "走访摸排"),
    ("2023-09-29", 2, "汇总研判"),
    ("2023-11-17", 2, "集中化解"),
    ("2023-11-18", None, None),
    ("2023-12-05", None, None),
    ("2024-09-20", None, None),
    ("2021-09-20", None, None),
]


@pytest.mark.parametrize(("day", "number", "phase"), ROUNDS)
def test_both_ends_of_a_round_and_of_a_phase_belong_to_it(
    three_years: Campaign, day: str, number: int | None, phase: str | None
) -> None:
    found = three_years.round_of(date.fromisoformat(day))
    assert (found[1].number if found else None) == number
    if found:
        assert found[0] == 2023
        assert [one.name for one in found[1].phases if date.fromisoformat(day) in one] == [phase]


def test_a_round_knows_its_ends_and_phases_by_name(rules: Rules) -> None:
    first, second = rules.campaign.years[0].rounds
    assert (first.first, first.last, first.number) == (date(2023, 3, 12), date(2023, 4, 28), 1)
    assert (second.phase("汇总研判").last, second.number) == (date(2023, 10, 15), 2)
    with pytest.raises(KeyError, match="没有的阶段"):
        second.phase("没有的阶段")
    assert "2023-09-20" not in second and "2023-09-20" not in second.phases[0]


@pytest.mark.parametrize(
    ("kind", "office"),
    [("联点乡镇群众", "教育事务中心"), ("人大代表", "办公室"), ("政协委员", "办公室"), ("原民代幼人员", "办公室"),
     ("其他", "法制安全股"), (None, "法制安全股"), ("", "法制安全股"), ("没有人想到的", "法制安全股")],
)  # fmt: skip
def test_every_row_lands_in_one_office(rules: Rules, kind: str | None, office: str) -> None:
    assert rules.campaign.office_of(kind) == office


def test_without_an_office_for_the_rest_the_coordinator_takes_it(content: Content) -> None:
    del content["offices"]["by_target_kind"]["其他"]
    assert Campaign.model_validate(content).office_of("谁也不是") == "办公室"


def test_every_kind_of_household_has_an_office(rules: Rules) -> None:
    for form, name in (("visit", "target_kind"), ("suggestion", "identity")):
        kinds = rules.schemas[form].by_name[name].constraints.enum
        assert set(kinds) == set(rules.campaign.offices.by_target_kind)


# -- numbers of items ---------------------------------------------------------------------------------------------


def items(number_format: str, outside: str = "外") -> Items:
    value = {"number_format": number_format, "outside_round": outside, "similar_matter": 60, "uncertain_matter": 80}
    return Items.model_validate({key: {"value": text, "source": "x"} for key, text in value.items()})


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("23下矛0001", ("23", "下", "矛", "0001")),
        ("23上建12345", ("23", "上", "建", "12345")),
        ("23外矛1", ("23", "外", "矛", "1")),
        ("２３下矛 ０００１", ("23", "下", "矛", "0001")),
        ("下矛0001", None),
        ("23下矛", None),
        ("23下矛0001号", None),
        ("23中矛0001", None),
        ("人事股23下矛0001", None),
        ("", None),
    ],
)
def test_a_number_of_ours_is_known_in_any_width(rules: Rules, number: str, found: tuple[str, ...] | None) -> None:
    match = rules.campaign.items.pattern.fullmatch(normalize(number))
    assert (match and match.group("yy", "round", "kind", "seq")) == found


@pytest.mark.parametrize(
    "pattern",
    [
        "{yy}{round}{kind}{seq:04d}",
        "HR-{year}-{round}{kind}（{seq:03d}）",
        "{kind}{seq}.{round}{yy}",
        "第 {seq} 号 {year} {kind} {round}",
    ],
)
def test_what_a_format_writes_it_reads(pattern: str) -> None:
    made = items(pattern)
    for kind, word in ITEM_KINDS.items():
        for number, name in ((0, "外"), (1, "上"), (2, "下")):
            match = made.pattern.fullmatch(normalize(made.number(2023, number, kind, 7)))
            assert match is not None and (match["kind"], match["round"], int(match["seq"])) == (word, name, 7)
            assert "23" in (match["yy"], match["year"][-2:])


# -- mistakes -----------------------------------------------------------------------------------------------------

MISTAKES = [
    ("number without seq", "{yy}{round}{kind}{seq:04d}", "{yy}{round}{kind}", "缺少 {seq}"),
    ("number without kind", "{yy}{round}{kind}{seq:04d}", "{yy}{round}{seq:04d}", "缺少 {kind}"),
    ("number without round", "{yy}{round}{kind}{seq:04d}", "{yy}{kind}{seq:04d}", "缺少 {round}"),
    ("number without year", "{yy}{round}{kind}{seq:04d}", "{round}{kind}{seq:04d}", "缺少年份"),
    ("number with a stranger", "{yy}{round}{kind}{seq:04d}", "{yy}{round}{kind}{seq:04d}{unit}", "{unit} 程序不认识"),
    ("number with the year twice", "{yy}{round}{kind}{seq:04d}", "{yy}{yy}{round}{kind}{seq:04d}", "number_format 写法有误"),
    ("number of no width", "{yy}{round}{kind}{seq:04d}", "{yy}{round}{kind}{seq:zz}", "number_format 写法有误"),
    ("number that is cut", "{yy}{round}{kind}{seq:04d}", "{yy}{round}{kind}{seq:e}", "认不回来"),
    ("an outside word like a round's", "{value: 外,", "{value: 上,", "outside_round 要是一个字"),
    ("an outside word too long", "{value: 外,", "{value: 轮外,", "outside_round 要是一个字"),
    ("a phase that ends first", "last: 2023-03-16", "last: 2023-03-11", "的结束早于开始"),
    ("phases that overlap", "first: 2023-03-17", "first: 2023-03-16", "走访摸排（至2023-03-16）与汇总研判（2023-03-16起）重叠"),
    ("rounds that overlap", "first: 2023-09-18", "first: 2023-04-28", "重叠"),
    ("a review within a round", "first: 2023-12-01", "first: 2023-11-17", "集中化解（至2023-11-17）与考核讲评"),
    ("a phase of another year", "last: 2023-12-20", "last: 2024-01-10", "不在2023年内"),
    ("the year alone changed", "- year: 2023", "- year: 2024", "不在2024年内"),
    ("a day that is none", "last: 2023-11-17", "last: 2023-11-31", "“2023-11-31”读不成一个值"),
    ("a day in words", "last: 2023-11-17", "last: 十一月底", "“last”不是日期"),
    ("a day written short", "last: 2023-11-17", "last: 11-17", "“last”不是日期"),
    ("a round of another name", "- name: 下半年", "- name: 秋季", "“name”的取值不对"),
    ("one round twice", "- name: 下半年", "- name: 上半年", "有两个“上半年”"),
    ("a phase that the deadlines want", "name: 汇总研判, first: 2023-09-29", "name: 研判, first: 2023-09-29", "下半年没有“汇总研判”阶段"),
    ("a quota below nothing", "{value: 10, source: 实施方案：每人走访", "{value: -1, source: 实施方案：每人走访", "太小了"),
    ("a likeness over a hundred", "similar_matter: {value: 75,", "similar_matter: {value: 750,", "太大了"),
    ("a quota in words", "{value: 20, source", "{value: 二十, source", "“value”应是整数"),
    ("half a household", "{value: 20, source", "{value: 2.5, source", "“value”应是整数"),
    ("nobody at work", "workers: {value: 2,", "workers: {value: 0,", "太小了"),
    ("a township that is none", "鲶鱼须: 鲇鱼须镇", "鲶鱼须: 鲇鱼镇", "指向了 names 中没有的乡镇"),
    ("a rule without its source", "{value: 5, source: 局内设定：咨询、求助在几个工作日内回复算及时}", "{value: 5}", "缺少“source”"),
    ("a value without braces", "remind_workdays: {value: 5, source: 局内设定：剩余工作日不多于此数为“提醒”}", "remind_workdays: 5", "应是一组"),
    ("a choice that is none", "default_complexity: {value: 简单", "default_complexity: {value: 一般", "取值不对"),
    ("no years", "years:\n  - year: 2023", "years: []\nyear_was:\n  - year: 2023", ""),
    ("a key misspelt", "extra_holidays:", "extra_holiday:", "不认识“extra_holiday”"),
    ("a township of two", "names: [章华镇, 三封寺镇,", "names: [章华镇、三封寺镇,", "名称“章华镇、三封寺镇”里有“、”"),
    ("a short name of two", "鲶鱼须: 鲇鱼须镇", "鲶，鱼须: 鲇鱼须镇", "名称“鲶，鱼须”里有“，”"),
    ("an office of two", "人大代表: 办公室", "人大代表: 办公室、工会", "名称“办公室、工会”里有“、”"),
    ("a kind of two", "人大代表: 办公室", "人大代表、政协委员代表: 办公室", "名称“人大代表、政协委员代表”里有“、”"),
    ("a coordinator of two", "coordinator: {value: 办公室", "coordinator: {value: 办公室，工会", "名称“办公室，工会”里有“，”"),
    ("a bureau of two", "value: 华容县教育体育局", "value: 华容县教育局、体育局", "名称“华容县教育局、体育局”里有“、”"),
    ("a day both free and worked", "extra_holidays: []\n  extra_workdays: []", "extra_holidays: [2023-10-07]\n  extra_workdays: [2023-10-07]", "既写成放假又写成上班"),
    ("a speaker without a name", "speak_for_others: {value: [教育事务中心,", "speak_for_others: {value: ['  ',", "单位名称是空的"),
    ("two speakers in one", "speak_for_others: {value: [教育事务中心, 办公室,", "speak_for_others: {value: [教育事务中心、办公室,", "像是几个单位写在一起"),
    ("a speaker twice", "speak_for_others: {value: [教育事务中心, 办公室,", "speak_for_others: {value: [办公室, 办公室,", "写了两遍"),
    ("the root among the speakers", "speak_for_others: {value: [教育事务中心,", "speak_for_others: {value: [根目录,", "“根目录”不是单位"),
    ("nobody who may send the roster", "send_roster: {value: [根目录, 办公室]", "send_roster: {value: []", "没有写谁可以报送"),
    ("a sender who is no list", "send_decisions: {value: [根目录, 办公室]", "send_decisions: {value: 办公室", "应是一个列表"),
    ("a switch in words", "root_speaks_for_all: {value: true", "root_speaks_for_all: {value: 可以", "应是 true 或 false"),
    ("a key of authority misspelt", "send_decisions: {value", "send_decision: {value", "不认识“send_decision”"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "what"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES])
def test_a_mistake_in_the_campaign_is_refused_with_line_and_mend(tmp_path: Path, old: str, new: str, what: str) -> None:
    folder = Path(shutil.copytree(shipped("schemas"), tmp_path / "schemas"))
    path = folder / "campaign.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BrokenRules) as caught:
        load_rules(folder)
    error = caught.value
    line = text[: text.index(old)].count("\n") + 1
    assert error.path == path
    assert what in error.mistake, error.mistake
    assert error.remedy
    assert abs(error.line - line) <= (2 if "name:" in old else 1 if "\n" in old else 5 if "- year" in old else 0)


@pytest.mark.parametrize("numbers", [(2024, 2023), (2023, 2023)])
def test_years_stand_in_order_and_once(content: Content, numbers: tuple[int, int]) -> None:
    content["years"] = [moved(content["years"][0], number) for number in numbers]
    with pytest.raises(ValueError, match="写在"):
        Campaign.model_validate(content)


@pytest.mark.parametrize("key", ["rounds", "phases"])
def test_a_year_has_rounds_and_a_round_has_phases(content: Content, key: str) -> None:
    year = content["years"][0]
    (year if key == "rounds" else year["rounds"][0])[key] = []
    with pytest.raises(ValueError, match="at least 1"):
        Campaign.model_validate(content)


@pytest.mark.parametrize(
    ("key", "old", "new", "what"),
    [("zero_words", "无走访", "", "有一项是空的"), ("withdraw_words", "全部撤回", "零报告", "既算零报告又算撤回")],
)
def test_words_of_empty_forms_are_words_and_say_one_thing(
    content: Content, key: str, old: str, new: str, what: str
) -> None:
    words = content["empty_forms"][key]["value"]
    words[words.index(old)] = new
    with pytest.raises(ValueError, match=what):
        Campaign.model_validate(content)


# -- who may speak for whom -----------------------------------------------------------------------------------------


def test_as_shipped_the_offices_of_the_plan_and_the_coordinator_speak_for_others(rules: Rules) -> None:
    campaign = rules.campaign
    named = {*campaign.offices.by_target_kind.values(), campaign.offices.coordinator.value}
    assert set(campaign.authority.speak_for_others.value) == named == {"教育事务中心", "办公室", "法制安全股"}
    assert campaign.authority.root_speaks_for_all.value
    for key in ("send_roster", "send_assignments", "send_decisions"):
        assert getattr(campaign.authority, key).value == ("根目录", "办公室")


def test_older_rules_get_it_from_the_shipped_ones_but_not_what_they_judged_once(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shipped("schemas"), tmp_path / "schemas"))
    older = yaml.safe_load((folder / "campaign.yaml").read_text(encoding="utf-8"))
    del older["authority"], older["empty_forms"]
    (folder / "campaign.yaml").write_text(yaml.safe_dump(older, allow_unicode=True), encoding="utf-8")
    now, once = load_rules(folder), load_rules(folder, in_force=False)
    assert now.campaign.authority.speaks_for_others("办 公室") and not now.before_authority
    assert once.before_authority
    assert not load_rules(shipped("schemas"), in_force=False).before_authority


def test_rules_that_were_kept_before_there_were_audiences_say_so(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shipped("schemas"), tmp_path / "schemas"))
    older = yaml.safe_load((folder / "campaign.yaml").read_text(encoding="utf-8"))
    del older["audiences"]
    (folder / "campaign.yaml").write_text(yaml.safe_dump(older, allow_unicode=True), encoding="utf-8")
    now, once = load_rules(folder), load_rules(folder, in_force=False)
    assert (now.generation, once.generation) == (Generation.COLUMN, Generation.AUTHORITY)
    assert now.campaign.audiences == load_rules(shipped("schemas")).campaign.audiences


# -- the plan's own flaws -------------------------------------------------------------------------------------------

SHIPPED_FLAWS = [
    "2023年上半年：走访摸排的第一天3月12日（星期日）是休息日",
    "2023年下半年：汇总研判的最后一天10月15日（星期日）是休息日",
    "2023年下半年：汇总研判的第一天9月29日（星期五）是休息日",
]


def test_the_flaws_of_the_plan_are_found(rules: Rules) -> None:
    assert flaws(rules.campaign) == SHIPPED_FLAWS


def test_an_accepted_flaw_is_left_out(content: Content) -> None:
    content["accepted_flaws"]["value"] = SHIPPED_FLAWS[:1]
    assert flaws(Campaign.model_validate(content)) == SHIPPED_FLAWS[1:]


def test_a_gap_between_phases_is_a_flaw_and_one_between_rounds_is_not(content: Content) -> None:
    content["years"][0]["rounds"][0]["phases"][1]["first"] = date(2023, 3, 20)
    found = flaws(Campaign.model_validate(content))
    assert set(found) - set(SHIPPED_FLAWS) == {
        "2023年上半年：走访摸排（至2023-03-16）与汇总研判（2023-03-20起）之间有空档"
    }


def test_a_review_that_ends_on_a_day_off_is_a_flaw(content: Content) -> None:
    content["years"][0]["review"] = {"name": "考核讲评", "first": date(2023, 12, 2), "last": date(2023, 12, 24)}
    found = [flaw for flaw in flaws(Campaign.model_validate(content)) if "考核讲评" in flaw]
    assert found == [
        "2023年全年：考核讲评的最后一天12月24日（星期日）是休息日",
        "2023年全年：考核讲评的第一天12月2日（星期六）是休息日",
    ]


def test_a_make_up_day_is_no_day_off(content: Content) -> None:
    content["years"][0]["rounds"][1]["phases"][1]["last"] = date(2023, 10, 7)  # a Saturday that was worked
    content["years"][0]["rounds"][1]["phases"][2]["first"] = date(2023, 10, 8)  # a Sunday that was worked
    assert flaws(Campaign.model_validate(content)) == [SHIPPED_FLAWS[0], SHIPPED_FLAWS[2]]


def test_days_off_of_our_own_count(content: Content) -> None:
    content["calendar"]["extra_holidays"] = [date(2023, 11, 17)]
    assert "2023年下半年：集中化解的最后一天11月17日（星期五）是休息日" in flaws(Campaign.model_validate(content))
