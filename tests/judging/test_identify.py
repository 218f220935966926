"""Which form a heading belongs to and which column is which field: exactly after normalizing, never by place or likeness."""

from __future__ import annotations

from pathlib import Path

import pytest

from dazoufang.judging.which_form import Headings, Match
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import FormSchema

FORMS = ("visit", "dispute", "suggestion", "roster", "assignment", "decision")


@pytest.fixture(scope="module")
def headings(rules: Rules) -> Headings:
    return Headings(rules.schemas)


def paths(*columns: str) -> list[tuple[str, ...]]:
    """“组|列” is a column under a group heading, "" one without a heading."""
    return [tuple(column.split("|")) if column else () for column in columns]


def columns(match: Match | None) -> dict[str, int]:
    assert match is not None
    return match.columns


@pytest.mark.parametrize("form", FORMS)
def test_the_titles_of_a_form_are_its_own_columns(headings: Headings, rules: Rules, form: str) -> None:
    schema = rules.schemas[form]
    match = headings.best(paths(*(field.title for field in schema.fields)), [])
    assert match is not None
    assert (match.schema.name, match.columns) == (form, {field.name: n for n, field in enumerate(schema.fields)})
    assert (match.twins, match.unknown, match.missing, match.sure) == ([], [], [], True)


@pytest.mark.parametrize("form", FORMS)
def test_every_alias_leads_to_its_field_in_every_dress(headings: Headings, rules: Rules, form: str) -> None:
    for field in rules.schemas[form].fields:
        for heading in field.aliases:
            group, _, leaf = heading.rpartition("|")
            for dressed in (leaf, f"*{leaf}＊", " ".join(leaf), f"{leaf}\n", f"【{leaf}】", leaf.replace("(", "（")):
                column = f"{group}|{dressed}" if group else dressed
                assert columns(headings.match(form, paths(column))) == {field.name: 0}, f"{form}: {column!r}"


@pytest.mark.parametrize("form", FORMS)
def test_a_field_under_its_group_is_the_same_field(headings: Headings, rules: Rules, form: str) -> None:
    schema = rules.schemas[form]
    for group, members in schema.groups.items():
        for name in members:
            title = schema.by_name[name].title
            assert columns(headings.match(form, paths(f"{group}|{title}"))) == {name: 0}, f"{form}: {group}|{title}"


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("走访对象|姓名", "household"),
        ("走访干部|姓名", "cadres"),
        ("走访人员|姓名", "cadres"),
        ("走访对象|类别", "target_kind"),
        ("走访对象|联系电话", "phone"),
        ("走访对象|基本信息|联系电话", "phone"),
        ("大走访情况|走访对象|姓名", "household"),
        ("反映情况|矛盾纠纷", "dispute"),
        ("反映情况|咨询求助", "inquiry"),
        ("其他情况|联系电话", "phone"),
        ("姓名（走访对象）", "household"),
        ("姓名(走访干部)", "cadres"),
        ("联系电话（走访对象）", "phone"),
        ("走访日期（年月日）", "visited_on"),
        ("乡镇（街道）", "township"),
        ("乡镇", "township"),
        ("村（社区）组", "village"),
        ("联系电话\n（必填）", "phone"),
        # and what belongs to nobody, or to somebody else
        ("姓名", None),
        ("走访干部|联系电话", None),
        ("走访干部|走访对象", None),
        ("反映情况|走访日期", None),
        ("联系电话（走访干部）", None),
        ("联系电活", None),
        ("联系电话2", None),
        ("未办结", None),
        ("（）", None),
        ("*", None),
    ],
)
def test_a_heading_is_one_field_or_none(headings: Headings, column: str, field: str | None) -> None:
    match = headings.match("visit", paths(column))
    assert match.columns == ({field: 0} if field else {})
    assert match.unknown == ([] if field else [0])


def test_two_columns_of_one_field_are_twins_and_the_first_is_kept(headings: Headings) -> None:
    match = headings.match("visit", paths("走访日期", "", "电话", "走访干部", "手机", "联系方式"))
    assert match.columns == {"visited_on": 0, "phone": 2, "cadres": 3}
    assert match.twins == [("phone", 2, 4), ("phone", 2, 5)]


def test_a_column_without_a_heading_is_nothing(headings: Headings) -> None:
    assert headings.match("visit", paths("", "", "")).unknown == []


@pytest.mark.parametrize(
    ("form", "line"),
    [
        ("visit", "走访时间 走访人 户主 身份 地址 电话 矛盾纠纷 建议"),
        ("visit", "日期 走访干部 走访对象 对象类别 乡镇 村 反映问题"),
        ("dispute", "序号 走访日期 走访干部 走访对象 联系电话 类别 事由 处理建议 责任单位 办结时限 办理状态"),
        ("dispute", "走访日期 走访干部 反映人 矛盾类别 简要情况 化解状态"),
        ("suggestion", "走访日期 走访干部 走访对象 类别 意见建议 承办单位 办理时限 落实情况 办理状态"),
        ("roster", "姓名 单位 职务 角色 手机"),
        ("roster", "序号 干部姓名 所在单位 职务 干部类别 联系电话"),
        ("assignment", "轮次 走访对象 对象类别 乡镇 走访干部 来源"),
        ("decision", "编号 裁定 新时限 批准人 批准日期 理由"),
    ],
)
def test_a_form_is_known_by_its_headings_alone(headings: Headings, form: str, line: str) -> None:
    match = headings.best(paths(*line.split()), [])
    assert match is not None and match.schema.name == form


@pytest.mark.parametrize("hints", [["矛盾纠纷事项办理表"], ["Sheet1", "工会 矛盾纠纷 台账.xlsx"]])
def test_a_name_decides_between_two_forms_that_fit_alike(headings: Headings, hints: list[str]) -> None:
    line = paths("走访日期", "走访干部", "走访对象", "类别", "处理建议", "办理状态")
    found = headings.best(line, hints)
    assert found is not None and found.schema.name == "dispute"
    other = headings.best(line, ["意见建议台账"])
    assert other is not None and other.schema.name == "suggestion"


def test_a_form_that_is_named_needs_fewer_columns_than_one_that_is_not(headings: Headings) -> None:
    line = paths("走访日期", "乡镇", "村组", "备注")
    assert headings.best(line, ["Sheet1"]) is None
    match = headings.best(line, ["走访登记表.xlsx"])
    assert match is not None and match.missing == ["cadres", "household", "target_kind"] and not match.sure


@pytest.mark.parametrize(
    "line", ["品名 单价 数量", "姓名 电话", "姓名 性别 出生年月 民族 学历", "日期 备注 说明", "序号 编号 备注", ""]
)
def test_a_table_of_something_else_is_no_form(headings: Headings, line: str) -> None:
    assert headings.best(paths(*line.split()), []) is None


def test_likeness_never_maps(headings: Headings) -> None:
    """走访日朝 is one stroke away from 走访日期, and still unknown."""
    assert headings.match("visit", paths("走访日朝", "走访千部", "走访对像")).columns == {}


def test_any_forms_heading_is_known_and_other_words_are_not(headings: Headings) -> None:
    assert all(map(headings.knows, ["走访日期", "裁 定", "走访对象", "姓名", "乡镇（街道）", "*手机"]))
    assert not any(map(headings.knows, ["单价", "张三", "走访日", "2023-9-20", ""]))


def test_a_derived_column_counts_little(headings: Headings) -> None:
    sure, less = headings.match("visit", paths("走访日期")), headings.match("visit", paths("序号"))
    assert sure.score > less.score


def test_the_index_follows_the_schema(rules: Rules, tmp_path: Path) -> None:
    content = rules.schemas["roster"].model_dump(by_alias=True)
    content["fields"][1]["aliases"] = ("同志姓名",)
    schemas = {**rules.schemas, "roster": FormSchema.model_validate(content)}
    assert Headings(schemas).match("roster", paths("同志姓名")).columns == {"name": 0}


@pytest.mark.parametrize(
    ("said", "hints", "form"),
    [
        ("姓名 单位 人员类型 电话", [], None),
        ("姓名 单位 人员类别 电话", [], None),
        ("姓名 单位 人员类别 走访时间 电话 地址 备注", [], "visit"),
        ("姓名 单位 角色 电话", [], "roster"),
        ("姓名 单位 干部类别 职务", [], "roster"),
        ("姓名 单位 职务 分管领导", [], "roster"),
        ("姓名 单位 人员类别 电话", ["走访干部花名册"], "roster"),
    ],
)
def test_a_list_of_people_is_a_roster_only_where_something_says_so(
    headings: Headings, said: str, hints: list[str], form: str | None
) -> None:
    match = headings.best(paths(*said.split()), hints)
    assert (match.schema.name if match else None) == form
