"""What each audience sees: cells and texts one by one, whole annexes, and that a masked annex is no delivery."""

from __future__ import annotations

import io
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from conftest import Office
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tables import workbook
from test_annexes import annex, frames, listed, sheet, table

from dazoufang.judging.examine import examine_bytes
from dazoufang.ledger.frames import Frames
from dazoufang.model.vocabularies import Audience, PersonalData
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.rules.generations import Generation
from dazoufang.rules.schema import Field
from dazoufang.rules.sourced import Sourced
from dazoufang.system.home import shipped
from dazoufang.writing import masks

TODAY = date(2023, 10, 20)
INTERNAL, UPWARD, PUBLIC = Audience.INTERNAL, Audience.UPWARD, Audience.PUBLIC
LABEL = "附件1（公示：已隐去姓名、电话、住址、家庭情况）"
Row = Mapping[str, Any]

NAMES = [
    ("张三", "张**"),
    ("欧阳小明", "欧**"),
    ("张三、李四", "张**、李**"),
    ("张三 李四", "张** 李**"),
    ("张三，李四；王五", "张**，李**；王**"),
    ("张三等3人", "张**等3人"),
    ("张三等三户", "张**等三户"),
    ("张三等人", "张**等人"),
    ("张三等人及李四", "张**"),
    ("张三夫妇", "张**"),
    ("张三和李四", "张**"),
    ("张三（已故）", "张**"),
    ("张三(李四代)", "张**"),
    ("张三（李四代", "张**"),
    ("户主：张三", "张**"),
    ("张三老师", "张**"),
    ("买买提·艾力", "买**"),
    ("Ali Hassan", "A**"),
    ("*张三", "张**"),
    ("张", "张**"),
    ("（张三）", "**"),
]
PHONES = [
    ("13812345678", "138****5678"),
    ("+86 138 1234 5678", "138****5678"),
    ("１３８１２３４５６７８", "138****5678"),
    ("13812345678、13912345679", "138****5678、139****5679"),
    ("13812345678 13912345679", "138****5678 139****5679"),
    ("0730-4123456", "0730-****456"),
    ("07304123456", "0730-****456"),
    ("0730-4123456-801", "0730-****456"),
    ("4123456", "****456"),
    ("4123456、13812345678", "****456、138****5678"),
    ("4008123456", "****"),
    ("95598", "****"),
    ("1381234567", "****"),
    ("138123456789", "****"),
    ("43062319650101001X", "****X"),
    ("（儿子）13812345678", "（儿子）138****5678"),
]
ADDRESSES = [
    ("沙口村5组", "沙口村"),
    ("沙口村五组", "沙口村"),
    ("沙口村第5村民小组12号", "沙口村"),
    ("沙口村新屋组", "沙口村"),
    ("沙口村（5组）", "沙口村"),
    ("沙口村村部旁", "沙口村"),
    ("沙口村", "沙口村"),
    ("章华镇沙口村5组", "章华镇沙口村"),
    ("章华镇 沙口村 5组", "沙口村"),
    ("幸福社区3栋201", "幸福社区"),
    ("幸福社区", "幸福社区"),
    ("东村社区", "东村社区"),
    ("新村路社区2号", "新村路社区"),
    ("城关居委会3组", "城关居委会"),
    ("三村5组", "三村"),
    ("2村5组", "2村"),
    ("中村村5组", "中村村"),
    ("5组沙口村", "沙口村"),
    ("第五组沙口村", "沙口村"),
    ("201幸福社区", "幸福社区"),
    ("章华镇", "**"),
    ("幸福小区3栋201", "**"),
    ("容城大道12号", "**"),
    ("5组", "**"),
]
# What stands in a text of a list with 张三, 欧阳小明 and 李四夫妇, of 沙口村5组, 沙口村新屋组 and 幸福社区3栋201.
TEXTS = [
    ("张三与李四争执", "张**与李**争执"),
    ("张 三和欧阳小明都在", "张**和欧**都在"),
    ("张三丰", "张**丰"),
    ("张\u200b三来访", "张**来访"),
    ("王五反映", "王五反映"),
    ("李四夫妇外出", "李**外出"),
    ("电话13812345678", "电话138****5678"),
    ("电话：138-1234-5678，请回", "电话：138****5678，请回"),
    ("电话138 1234 5678", "电话138****5678"),
    ("电话１３８１２３４５６７８", "电话138****5678"),
    ("电话一三八一二三四五六七八", "电话****"),
    ("打0730—4123456找他", "打0730-****456找他"),
    ("打4123456找他", "打****456找他"),
    ("1. 13812345678", "****"),
    ("身份证43062319650101001X号", "身份证****号"),
    ("卡号6222 0212 3456 7890 123", "卡号****"),
    ("20230920来访", "****920来访"),
    ("2023-09-20来访，2023.9.21回复", "2023-09-20来访，2023.9.21回复"),
    ("1. 2023-09-20 15:30来访", "1. 2023-09-20 15:30来访"),
    ("2023-09-20 13812345678", "2023-09-20 138****5678"),
    ("2023-2024学年", "2023-2024学年"),
    ("并入23下矛0001", "并入23下矛0001"),
    ("欠120000元，赔1200000元、￥1200000.50", "欠120000元，赔1200000元、￥1200000.50"),
    ("13812345678元", "138****5678元"),
    ("住沙口村5组，漏水", "住沙口村，漏水"),
    ("住沙口村新屋组", "住沙口村"),
    ("住沙口村五组", "住沙口村"),
    ("住东山村12组、13组", "住东山村"),
    ("住东山村（12组）", "住东山村"),
    ("住新建社区8栋302室", "住新建社区"),
    ("住新建社区8-302", "住新建社区"),
    ("5组排水沟堵塞", "**排水沟堵塞"),
    ("25组排水沟堵塞", "25组排水沟堵塞"),
    ("在3栋201门口", "在**门口"),
    ("沙口村3户反映，沙口村12人签字", "沙口村3户反映，沙口村12人签字"),
    ("沙口村5组3户反映", "沙口村3户反映"),
    ("沙口村2023年修路", "沙口村2023年修路"),
    ("", ""),
]


def public(rows: list[Row], rules: Rules, form: str = "visit", audience: Audience = PUBLIC) -> pd.DataFrame:
    """Rows of a form as an audience sees them."""
    return masks.masked(pd.DataFrame(rows, dtype="str"), rules.schemas[form], audience, rules)


@pytest.mark.parametrize(("typed", "seen"), NAMES)
def test_of_a_name_the_first_character_stays(typed: str, seen: str) -> None:
    assert masks.name(typed) == seen


@pytest.mark.parametrize(("typed", "seen"), PHONES)
def test_of_a_telephone_number_stays_too_little_to_dial(typed: str, seen: str) -> None:
    assert masks.phone(typed) == seen


@pytest.mark.parametrize(("typed", "seen"), ADDRESSES)
def test_of_an_address_the_village_stays(typed: str, seen: str) -> None:
    assert masks.address(typed) == seen


@pytest.mark.parametrize(("typed", "seen"), TEXTS)
def test_in_a_text_goes_what_tells_of_a_household(rules: Rules, typed: str, seen: str) -> None:
    rows: list[Row] = [
        {"household": "张三", "village": "沙口村5组", "remark": typed},
        {"household": "欧阳小明", "village": "幸福社区3栋201", "remark": typed},
        {"household": "李四夫妇", "village": "沙口村新屋组", "remark": typed},
    ]
    assert public(rows, rules)["remark"].tolist() == [seen] * 3


def test_every_column_of_a_visit(rules: Rules) -> None:
    visit = {
        "unit": "工会", "cadres": "李明、张三", "cadre_title": "股长", "household": "张三", "target_kind": "其他",
        "township": "章华镇", "village": "沙口村5组", "phone": "13812345678", "family": "患病，低保", "dispute": "与李明争执",
        "suggestion": "张三建议修路", "inquiry": "问13812345678", "reply": "已答复张三", "habitat": "整洁", "item_nos": "23下矛0001",
        "proposal_no": "县人大2023-015", "notebook_no": "0010234", "topics": "政策、安全", "remark": "家住沙口村5组",
        "responsible_office": "法制安全股",
    }  # fmt: skip
    (seen,) = public([visit], rules).to_dict("records")
    assert seen == {
        **visit, "household": "张**", "village": "沙口村", "phone": "138****5678", "family": "（略）",
        "suggestion": "张**建议修路", "inquiry": "问138****5678", "reply": "已答复张**", "remark": "家住沙口村",
    }  # fmt: skip


def test_every_column_of_a_dispute(rules: Rules) -> None:
    dispute = {
        "item_no": "23下矛0001", "cadres": "张三", "person": "张三", "phone": "0730-4123456", "village": "沙口村5组",
        "category": "邻里关系", "matter": "张三与王五争水", "measures": "找张三谈", "responsible_unit": "人事股",
        "responsible_person": "张三", "jury_members": "老支书张三", "outcome": "张三同意", "follow_up_note": "张三满意", "status": "正在化解",
    }  # fmt: skip
    (seen,) = public([dispute], rules, "dispute").to_dict("records")
    assert seen == {
        **dispute, "person": "张**", "phone": "0730-****456", "village": "沙口村", "matter": "张**与王五争水",
        "measures": "找张**谈", "jury_members": "老支书张**", "outcome": "张**同意", "follow_up_note": "张**满意",
    }  # fmt: skip


def test_a_telephone_or_identity_number_goes_also_from_a_column_of_numbers(rules: Rules) -> None:
    rows: list[Row] = [{"household": "张三", "proposal_no": "13812345678"}, {"proposal_no": "43062319650101001X"}]
    assert public(rows, rules)["proposal_no"].tolist() == ["138****5678", "****"]


def test_a_name_is_known_from_any_row_of_the_list(rules: Rules) -> None:
    rows: list[Row] = [{"household": "张三", "dispute": "与李四争执"}, {"household": "李四", "dispute": "与张三争执"}]
    assert public(rows, rules)["dispute"].tolist() == ["与李**争执", "与张**争执"]


def test_a_name_goes_also_from_the_columns_for_telephones_and_addresses(rules: Rules) -> None:
    seen = public([{"household": "张三", "phone": "张三13812345678", "village": "张三家旁沙口村5组"}], rules)
    assert seen.iloc[0].tolist() == ["张**", "张**138****5678", "张**家旁沙口村"]


def test_an_address_without_a_village_goes_from_texts_unless_it_is_a_word_of_every_day(rules: Rules) -> None:
    rows: list[Row] = [
        {"village": "容城大道边", "remark": "容城大道边漏水"},
        {"village": "学校", "remark": "学校漏水"},
        {"village": "章华镇", "remark": "章华镇漏水"},
        {"village": "鲇鱼须镇", "remark": "鲇鱼须镇漏水"},
    ]
    seen = public(rows, rules)
    assert seen["village"].tolist() == ["**"] * 4
    assert seen["remark"].tolist() == ["**漏水", "学校漏水", "章华镇漏水", "鲇鱼须镇漏水"]


def test_a_name_in_brackets_is_known_too(rules: Rules) -> None:
    rows: list[Row] = [{"household": "张三（李四代）", "dispute": "李四说要修路"}]
    assert public(rows, rules)["dispute"].tolist() == ["李**说要修路"]


def test_what_is_empty_stays_empty(rules: Rules) -> None:
    rows = pd.DataFrame({"household": ["张三"], "phone": [None], "village": [None], "family": [None]}, dtype="str")
    seen = masks.masked(rows, rules.schemas["visit"], PUBLIC, rules)
    assert seen[["phone", "village", "family"]].isna().to_numpy().all()
    assert (seen.dtypes == rows.dtypes).all()


def test_what_was_given_is_left_alone(rules: Rules) -> None:
    rows = pd.DataFrame({"household": ["张三"], "phone": ["13812345678"]}, dtype="str")
    before = rows.copy()
    assert masks.masked(rows, rules.schemas["visit"], INTERNAL, rules) is rows
    masks.masked(rows, rules.schemas["visit"], PUBLIC, rules)
    pd.testing.assert_frame_equal(rows, before)


def with_masks(rules: Rules, audience: str, *kinds: str) -> Rules:
    """The rules with other masks for one audience."""
    rule = Sourced[tuple[PersonalData, ...]](value=tuple(map(PersonalData, kinds)), source="局内设定")
    audiences = rules.campaign.audiences.model_copy(update={audience: rule})
    return replace(rules, campaign=rules.campaign.model_copy(update={"audiences": audiences}))


@pytest.mark.parametrize(
    ("kinds", "seen"),
    [
        (["name"], ("张**", "13812345678", "沙口村5组", "低保", "张**，13812345678，沙口村5组")),
        (["phone"], ("张三", "138****5678", "沙口村5组", "低保", "张三，138****5678，沙口村5组")),
        (["address"], ("张三", "13812345678", "沙口村", "低保", "张三，13812345678，沙口村")),
        (["private"], ("张三", "13812345678", "沙口村5组", "（略）", "张三，13812345678，沙口村5组")),
    ],
)
def test_each_kind_goes_by_itself(rules: Rules, kinds: list[str], seen: tuple[str, ...]) -> None:
    row = {"household": "张三", "phone": "13812345678", "village": "沙口村5组", "family": "低保"}
    row["remark"] = "张三，13812345678，沙口村5组"
    shown = public([row], with_masks(rules, "upward", *kinds), audience=UPWARD)
    assert tuple(shown.iloc[0].tolist()) == seen


def test_a_rule_of_the_file_shows(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shipped("schemas"), tmp_path / "schemas"))
    text = (folder / "campaign.yaml").read_text(encoding="utf-8")
    assert text.count("公示: {value: [name, phone, address, private]") == 1
    text = text.replace("公示: {value: [name, phone, address, private]", "公示: {value: [name, address, private]")
    (folder / "campaign.yaml").write_text(text, encoding="utf-8")
    own = load_rules(folder)
    made = frames(own, visits=[{"phone": "13812345678"}])
    page = annex("visit", made, own, TODAY, PUBLIC)
    assert listed(page, "走访明细")[0]["联系电话"] == "13812345678"
    assert sheet(page, "走访明细")["A1"].value == "附件1（公示：已隐去姓名、住址、家庭情况）"


# -- whole annexes ---------------------------------------------------------------------------------------------------


def test_the_label_says_the_audience_and_what_it_does_not_see(rules: Rules) -> None:
    made = frames(rules, visits=[{}], items=[{}])
    books = {audience: annex("visit", made, rules, TODAY, audience) for audience in Audience}
    labels = {a: [sheet(book, name)["A1"].value for name in ("汇总统计", "走访明细")] for a, book in books.items()}
    assert labels == {INTERNAL: ["附件1"] * 2, UPWARD: ["附件1（上报）"] * 2, PUBLIC: [LABEL] * 2}
    assert sheet(annex("dispute", made, rules, TODAY, PUBLIC), "矛盾纠纷事项办理表")["A1"].value == LABEL.replace("1", "2")  # fmt: skip


def test_for_the_bureau_itself_an_annex_is_to_the_byte_what_it_is_without_an_audience(rules: Rules) -> None:
    made = frames(rules, visits=[{"phone": "13812345678"}], items=[{}])
    for form in ("visit", "dispute", "suggestion"):
        assert annex(form, made, rules, TODAY) == annex(form, made, rules, TODAY, INTERNAL)


def test_who_stands_in_another_list_is_masked_in_this_one_s_texts(rules: Rules) -> None:
    items = pd.DataFrame({"person": ["张三"], "matter": ["与邻居曾庆元因屋后排水沟争执"]}, dtype="str")
    visits = pd.DataFrame({"household": ["曾庆元"]}, dtype="str")
    seen = masks.masked(items, rules.schemas["dispute"], PUBLIC, rules, [(visits, rules.schemas["visit"])])
    assert seen["matter"].tolist() == ["与邻居曾**因屋后排水沟争执"]


def test_households_are_counted_before_they_are_masked(rules: Rules) -> None:
    visits: list[Row] = [
        {"household": "张三", "village": "沙口村1组"},
        {"household": "张四", "village": "沙口村2组"},
        {"household": "张三", "village": "沙口村1组", "visited_on": "2023-09-21"},
    ]
    page = sheet(annex("visit", frames(rules, visits=visits), rules, TODAY, PUBLIC), "走访明细")
    rows = table(page)
    assert (rows[-1]["序号"], rows[-1]["填报单位"]) == ("合计", "共3户次、2户")
    assert [row["走访对象"] for row in rows] == ["张**", "张**", "张**", None]


def test_no_flagged_column_of_a_published_form_is_shown_whole(rules: Rules) -> None:
    given = {"name": "张三", "phone": "13812345678", "address": "沙口村5组", "private": "低保"}
    wanted = {"name": "张**", "phone": "138****5678", "address": "沙口村", "private": "（略）"}
    seen: dict[str, str] = {}
    for form, schema in rules.schemas.items():
        flagged: list[Field] = [field for field in schema.fields if field.sensitive]
        if schema.annex and flagged:
            shown = public([{field.name: given[field.sensitive] for field in flagged}], rules, form).iloc[0]
            seen |= {f"{form}.{field.name}": shown[field.name] for field in flagged}
            assert all(shown[field.name] == wanted[field.sensitive] for field in flagged)
    assert sorted(seen) == [
        "dispute.person", "dispute.phone", "dispute.village", "suggestion.person", "suggestion.phone", "suggestion.village",
        "visit.family", "visit.household", "visit.phone", "visit.village",
    ]  # fmt: skip


HOUSEHOLDS = st.builds(
    "{}{}".format, st.sampled_from([*"王李张刘陈杨", "欧阳"]), st.text("小大志建国芳梅燕雪军", min_size=1, max_size=2)
)
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
LANDS = st.from_regex(r"0730-[2-8][0-9]{6}", fullmatch=True)
VILLAGES = st.sampled_from(["沙口村", "东村社区", "幸福社区", "章华镇石伏村"])
HOUSES = st.builds("{}组".format, st.integers(1, 99)) | st.builds(
    "{}栋{}".format, st.integers(1, 30), st.integers(101, 999)
)
SAID = st.sampled_from(
    ["争水，", "，电话", "：", "住", "，说修路要12万元", " ", "\n", "，2023-09-20，", "、", "（", "）"]
)
SPELT = [
    lambda number: number,
    lambda number: f"{number[:3]}-{number[3:7]}-{number[7:]}",
    lambda number: f"{number[:3]} {number[3:7]} {number[7:]}",
    lambda number: number.translate({48 + n: 0xFF10 + n for n in range(10)}),
]


@st.composite
def households(draw: st.DrawFn) -> list[dict[str, str]]:
    """Visits whose texts speak of the households, their numbers and houses, in any order."""
    count = draw(st.integers(1, 4))
    people = [
        {
            "household": draw(HOUSEHOLDS),
            "phone": draw(MOBILES | LANDS),
            "place": draw(VILLAGES),
            "house": draw(HOUSES),
        }
        for _ in range(count)
    ]
    told = [person[key] for person in people for key in ("household", "house")]
    told += [f"{person['place']}{person['house']}" for person in people]
    numbers = [spell(person["phone"]) for person in people for spell in SPELT]
    for person in people:
        pieces = draw(st.lists(st.tuples(st.sampled_from(told) | st.sampled_from(numbers), SAID), max_size=4))
        person["text"] = "".join(piece + said for piece, said in pieces)
    return people


def cells(book: bytes) -> list[str]:
    """Every text of a workbook, in its half-width form."""
    pages = openpyxl.load_workbook(io.BytesIO(book)).worksheets
    texts = [str(cell.value) for page in pages for row in page.iter_rows() for cell in row if cell.value is not None]
    return [text.translate({0xFF10 + n: 48 + n for n in range(10)}) for text in texts]


@pytest.mark.quick
@settings(max_examples=25, phases=(Phase.explicit, Phase.generate))  # to shrink workbooks takes minutes
@given(households())
def test_nothing_of_a_household_is_found_anywhere_in_a_public_annex(people: list[dict[str, str]]) -> None:
    rules = _rules()
    visits: list[Row] = [
        {
            "household": person["household"],
            "phone": person["phone"],
            "village": person["place"] + person["house"],
            "dispute": person["text"],
            "remark": person["text"],
            "family": person["text"],
        }
        for person in people
    ]
    items: list[Row] = [
        {"person": v["household"], "phone": v["phone"], "village": v["village"], "matter": v["dispute"]} for v in visits
    ]
    made: Frames = frames(rules, visits=visits, items=items)
    found = [text for form in ("visit", "dispute") for text in cells(annex(form, made, rules, TODAY, PUBLIC))]
    for text in found:
        digits = "".join(char for char in text if char.isdigit())
        for person in people:
            assert person["household"] not in text
            assert person["phone"] not in text and person["phone"].replace("-", "") not in digits
            assert not _holds(text, person["house"])


def _holds(text: str, house: str) -> bool:
    """Whether a house stands in a text, and not only as the end of another's longer number."""
    return any(
        text.startswith(house, at)
        and not text[at - 1 : at].isdigit()
        and not (house[-1].isdigit() and text[at + len(house) : at + len(house) + 1].isdigit())
        for at in range(len(text))
    )


_OWN: list[Rules] = []


def _rules() -> Rules:
    """The shipped rules, read once: a property cannot have a fixture."""
    if not _OWN:
        _OWN.append(load_rules(shipped("schemas")))
    return _OWN[0]


# -- and back --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["visit", "dispute", "suggestion"])
def test_a_public_annex_is_no_delivery(rules: Rules, form: str) -> None:
    visits: list[Row] = [{"phone": "13812345678"}, {"household": "李四"}]
    suggestion = {"item_no": "23下建0001", "kind": "suggestion", "status": "正在办理", "category": "道路交通"}
    made = frames(rules, visits=visits, items=[{"phone": "13812345678"}, suggestion])
    found = examine_bytes(annex(form, made, rules, TODAY, PUBLIC), "附件.xlsx", rules, TODAY)
    assert [(fault.code, fault.cell) for fault in found.faults] == [("S25", "A1")]
    assert [row.held for part in found.parts for row in part.rows] == [True] * sum(
        len(part.rows) for part in found.parts
    )
    assert any(part.rows for part in found.parts)


def test_an_annex_for_those_above_from_which_nothing_was_taken_reads_back(rules: Rules) -> None:
    made = frames(rules, visits=[{"phone": "13812345678"}])
    found = examine_bytes(annex("visit", made, rules, TODAY, UPWARD), "附件1.xlsx", rules, TODAY)
    assert found.faults == []
    assert [(row.values["household"], row.held) for part in found.parts for row in part.rows] == [("张三", False)]


def test_one_from_which_only_the_group_was_taken_does_not(rules: Rules) -> None:
    own = with_masks(rules, "upward", "address")
    made = frames(own, visits=[{"village": "沙口村5组"}])
    found = examine_bytes(annex("visit", made, own, TODAY, UPWARD), "附件1.xlsx", own, TODAY)
    assert [fault.code for fault in found.faults] == ["S25"]
    assert [row.held for part in found.parts for row in part.rows] == [True]


def test_a_public_annex_that_is_dropped_changes_nothing_and_is_answered(office: Office, rules: Rules) -> None:
    made = frames(rules, visits=[{"phone": "13812345678"}, {"household": "李四"}])
    office.take("人事股/走访明细.xlsx", annex("visit", made, rules, TODAY))
    assert len(office.frames().visits) == 2
    office.take("人事股/走访明细.xlsx", annex("visit", made, rules, TODAY, PUBLIC))
    assert sorted(office.frames().visits["household"]) == ["张三", "李四"]
    last = office.submissions()[-1]
    assert (last.verdict, [fault.code for fault in last.faults]) == ("returned", ["S25"])
    assert any(path.startswith("退回/人事股/走访明细") for path in office.outbox())


@pytest.mark.parametrize("column", ["走访对象", "联系电话"])
def test_without_its_first_line_the_cells_themselves_are_refused(rules: Rules, column: str) -> None:
    own = with_masks(rules, "public", "name" if column == "走访对象" else "phone")
    data = annex("visit", frames(own, visits=[{"phone": "13812345678"}]), own, TODAY, PUBLIC)
    book = openpyxl.load_workbook(io.BytesIO(data))
    book["走访明细"]["A1"].value = None
    copied = io.BytesIO()
    book.save(copied)
    found = examine_bytes(copied.getvalue(), "走访明细.xlsx", own, TODAY)
    assert [(fault.severity, fault.code) for fault in found.faults] == [
        ("error", {"走访对象": "C20", "联系电话": "C09"}[column])
    ]
    assert [row.held for part in found.parts for row in part.rows] == [True]


def test_what_was_judged_before_there_were_audiences_stays_as_it_was(rules: Rules) -> None:
    row = "走访日期 | 走访干部 | 走访对象 | 对象类别\n@2023-09-20 | 李明 | 张** | 其他"
    once = examine_bytes(
        workbook(row, unit="工会"), "登记.xlsx", replace(rules, generation=Generation.AUTHORITY), TODAY
    )
    now = examine_bytes(workbook(row, unit="工会"), "登记.xlsx", rules, TODAY)
    assert ([fault.code for fault in once.faults], [fault.code for fault in now.faults]) == ([], ["C20"])
