"""A text merged over several rows is the text of each of them, and said; one merged over columns is asked about."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tables import rows, workbook
from taken import Taken
from writers import SHEETS, Sheet, extension, write

from dazoufang.rules.campaign import Rules

HEAD = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 家庭情况 | 矛盾纠纷 | 意见建议 | 政策咨询 | 现场答复情况 | 备注"
ZHANG = (
    "@2023-09-20 | 李明 | 张三 | 人大代表 | 13812345678 | 4口人 | 两家争排水沟 | 建议修路 | 咨询低保 | 已答复 | 雨天"
)
WANG = "@2023-09-21 | 李明 | 王五 | 人大代表 | {} | {} | {} | {} | {} | {} | {}"
ZHAO = WANG.replace("王五", "赵六").replace("09-21", "09-22")
EMPTY = ("",) * 7
COLUMNS = ("phone", "family", "dispute", "suggestion", "inquiry", "reply", "remark")
Take = Callable[..., Taken]


@pytest.fixture
def take(rules: Rules) -> Take:
    def take(*lines: str, merges: tuple[str, ...]) -> Taken:
        return Taken(rules, ("登记.xlsx", workbook("\n".join(lines), unit="工会", sheet="登记", merges=merges)))

    return take


@pytest.mark.parametrize(
    ("letter", "name", "text"),
    [("E", "phone", "13812345678"), ("F", "family", "4口人"), ("J", "reply", "已答复"), ("K", "remark", "雨天")],
)
@pytest.mark.parametrize("last", [4, 5])
def test_every_row_under_a_merged_text_has_it_and_that_is_said(
    take: Take, letter: str, name: str, text: str, last: int
) -> None:
    taken = take(HEAD, ZHANG, WANG.format(*EMPTY), ZHAO.format(*EMPTY), merges=(f"{letter}3:{letter}{last}",))
    rest = [text] if last == 5 else [""]
    assert [said for _, said in taken.visits("household", name)] == [text, text, *rest]
    assert [line for line in taken.mended() if "合并" in line] == [
        f"{letter}{row} 合并单元格 → {text}" for row in range(4, last + 1)
    ]
    assert taken.marks() == []


@pytest.mark.parametrize(
    ("letter", "name", "text"),
    [("G", "dispute", "两家争排水沟"), ("H", "suggestion", "建议修路"), ("I", "inquiry", "咨询低保")],
)
def test_a_matter_merged_over_households_opens_one_item_each_and_is_asked(
    take: Take, letter: str, name: str, text: str
) -> None:
    taken = take(HEAD, ZHANG, WANG.format(*EMPTY), ZHAO.format(*EMPTY), merges=(f"{letter}3:{letter}5",))
    assert taken.visits("household", name) == [("张三", text), ("王五", text), ("赵六", text)]
    assert [person for person, matter in taken.items() if matter == text] == ["张三", "王五", "赵六"]
    assert taken.marks() == [f"R22 {letter}3"]
    assert "合并在第3、4、5行（张三、王五、赵六）" in taken.faults[0].message


@pytest.mark.parametrize("word", ["无", "暂无", "/", "未发现矛盾纠纷"])
def test_nothing_merged_over_households_is_nothing_to_ask(take: Take, word: str) -> None:
    taken = take(HEAD, ZHANG.replace("两家争排水沟", word), WANG.format(*EMPTY), merges=("G3:G4",))
    assert taken.visits("dispute") == [("",), ("",)]
    assert taken.marks() == []


def test_an_area_of_two_columns_is_the_left_one_s_in_each_row(take: Take) -> None:
    taken = take(HEAD, ZHANG.replace("建议修路", ""), WANG.format(*EMPTY), merges=("G3:H4",))
    assert taken.visits("dispute", "suggestion") == [("两家争排水沟", ""), ("两家争排水沟", "")]
    assert taken.marks() == ["R22 G3", "R23 G3"]


@pytest.mark.parametrize(
    ("area", "what"),
    [
        ("G3:H3", "“意见建议”"),
        ("G3:I3", "“意见建议”、“政策咨询和求助”"),
        ("F3:G3", "“矛盾纠纷和信访诉求”"),
        ("J3:K3", "“备注”"),
    ],
)
def test_a_text_over_several_columns_is_said_to_be_the_first_one_s(take: Take, area: str, what: str) -> None:
    left, right = ord(area[0]) - ord("A"), ord(area[3]) - ord("A")
    cells = [cell if not left < at <= right else "" for at, cell in enumerate(ZHANG.split(" | "))]
    taken = take(HEAD, " | ".join(cells), merges=(area,))
    assert taken.marks() == [f"R23 {area[:2]}"]
    assert f"与右边的{what}合并成一格" in taken.faults[0].message


@pytest.mark.parametrize("word", ["无", "没有反映问题", "—"])
def test_nothing_over_several_columns_is_nothing_in_each(take: Take, word: str) -> None:
    line = ZHANG.replace("两家争排水沟", word).replace("建议修路", "").replace("咨询低保", "")
    taken = take(HEAD, line, merges=("G3:I3",))
    assert taken.marks() == []
    assert taken.items() == []


def test_a_household_merged_over_columns_nobody_knows_is_no_question(take: Take) -> None:
    taken = take(f"{HEAD} | 自用", f"{ZHANG} | ", merges=("K3:L3",))
    assert taken.marks() == []


def test_the_date_below_a_merged_handling_of_items_is_theirs_too(rules: Rules) -> None:
    head = "走访日期 | 走访干部 | 反映人 | 事项类别 | 意见建议内容 | 承办单位 | 办理情况 | 办理状态"
    lines = [head, *(f"@2023-09-20 | 李明 | {who} | 其他 | 建议{what} | 工会 | {done} | 正在办理" for who, what, done in
                     (("张三", "修路", "已转交"), ("王五", "装灯", "")))]  # fmt: skip
    taken = Taken(
        rules, ("办理.xlsx", workbook("\n".join(lines), unit="工会", sheet="意见建议办理表", merges=["G3:G4"]))
    )
    assert [line for line in taken.mended() if "合并" in line] == ["G4 合并单元格 → 已转交"]


@pytest.mark.parametrize("form", [*SHEETS, "et"])
def test_merged_texts_are_read_in_every_kind_of_file_that_has_them(rules: Rules, form: str) -> None:
    page = Sheet("登记")
    for at, line in enumerate(rows("\n".join([HEAD, ZHANG, WANG.format(*EMPTY)]))):
        page.lay(at, 0, line)
    page.merges += [(1, 9, 2, 9), (1, 6, 2, 6)]
    taken = Taken(rules, (f"登记{extension(form)}", write([page], form)))
    assert taken.visits("household", "reply") == [("张三", "已答复"), ("王五", "已答复")]
    assert taken.marks() == ["R22 G2"]
