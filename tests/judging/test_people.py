"""Names: one person or several, and every cell where that is not certain."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dazoufang.judging.cells.converted import Cell
from dazoufang.judging.cells.people import to_name, to_names
from dazoufang.model import terms


@pytest.mark.parametrize(
    ("typed", "names", "how"),
    [
        ("张三", "张三", ""),
        ("张三、李四", "张三、李四", ""),
        ("张 三", "张三", "姓名去空格"),
        ("张　三", "张三", "姓名去空格"),
        ("张  三", "张三", "姓名去空格"),
        ("张 三 丰", "张三丰", "姓名去空格"),
        ("张 三丰", "张三丰", "姓名去空格"),
        ("张三\u200b", "张三", "姓名去空格"),
        ("张三 李四", "张三、李四", "多人分隔"),
        ("张三,李四;王五/赵六", "张三、李四、王五、赵六", "多人分隔"),
        ("张三，李四；王五", "张三、李四、王五", "多人分隔"),
        ("张三\n李四", "张三、李四", "多人分隔"),
        ("张三、 李四、", "张三、李四", "多人分隔"),
        ("张三、李四、张三", "张三、李四", "多人分隔"),
        ("张三和李四", "张三、李四", "多人分隔"),
        ("张三与李小四", "张三、李小四", "多人分隔"),
        ("张三和李四和王五", "张三、李四、王五", "多人分隔"),
        ("张和平和李和平", "张和平、李和平", "多人分隔"),
        ("李和平", "李和平", ""),
        ("王与之", "王与之", ""),
        ("张 三 李小明 王 五", "张三、李小明、王五", "多人分隔"),
        ("李小明 王 五", "李小明、王五", "多人分隔"),
        ("张三（股长）", "张三", "姓名去括号说明"),
        ("张三(办公室)", "张三", "姓名去括号说明"),
        ("张三（女）、李四", "张三、李四", "姓名去括号说明、多人分隔"),
        ("张三股长", "张三", "姓名去职务"),
        ("张三同志", "张三", "姓名去职务"),
        ("张三、李四等2人", "张三、李四", "多人分隔"),
        ("张三、李四二人", "张三、李四", "多人分隔"),
        ("张三、李四共2人", "张三、李四", "多人分隔"),
        ("局长张三", "张三", "姓名去职务"),
        ("党组书记张三、李四", "张三、李四", "姓名去职务、多人分隔"),
        ("张三 和 李四", "张三、李四", "多人分隔"),
        ("张三 与李四", "张三、李四", "多人分隔"),
        ("王三人", "王三人", ""),
        ("张三、李四等两人", "张三、李四", "多人分隔"),
        ("欧阳锋", "欧阳锋", ""),
        ("欧阳娜娜", "欧阳娜娜", ""),
        ("欧阳 锋", "欧阳锋", "姓名去空格"),
        ("欧 阳 娜 娜", "欧阳娜娜", "姓名去空格"),
        ("欧阳 娜娜", "欧阳娜娜", "姓名去空格"),
        ("阿依古丽·买买提", "阿依古丽·买买提", ""),
        ("阿依古丽•买买提", "阿依古丽·买买提", "姓名去空格"),
        ("王李小明", "王李小明", ""),
        ("王一行", "王一行", ""),
        ("Ｊｏｈｎ Smith", "John Smith", "姓名去空格"),
    ],
)
def test_whom_a_cell_names(typed: str, names: str, how: str) -> None:
    result = to_names(typed)
    assert (result.fault, "、".join(result.value or ()), result.how) == (None, names, how)


@pytest.mark.parametrize(
    "typed",
    [
        "张三等3人",
        "张三等",
        "张三、李四等5人",
        "张三、李四三人",
        "张三3人",
        "张三等人",
        "张三等、李四",
        "张三等；",
        "张三等。",
        "张三等干部",
        "全体干部",
        "张三一行",
        "张三及其他干部",
    ],
)
def test_somebody_not_named_is_asked_for(typed: str) -> None:
    assert to_names(typed).fault == "C14"


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("张三李四", "“张三李四”分不清是一个人还是几个人"),
        ("张 三 李 四", "“张 三 李 四”分不清是几个人"),
        ("张三和老李", "“张三和老李”分不清是几个人"),
        ("欧阳 安琪", "“欧阳 安琪”分不清是几个人"),
        ("张三（李四）", "括号里的“李四”是不是另一个人"),
        ("张三（股长", "括号没有成对"),
        ("张三（李四代）", "括号里的“李四代”是不是另一个人代为走访"),
        ("张三（？）", "括号里有“?”，看不出是否确定"),
        ("张三 和李四", "“张三 和李四”分不清是几个人"),
        ("党组书记 张三", "“党组书记”只有职务没有全名"),
        ("人事股张三", "“人事股张三”里有单位名称，请只写姓名"),
        ("副局长张", "“副局长张”看不出姓名"),
        ("张主任", "“张主任”只有职务没有全名"),
        ("副局长", "“副局长”只有职务没有全名"),
        ("教育股 张三", "“教育股”像是单位，不是人名"),
        ("张", "“张”只有一个字，看不出是谁"),
        ("张三、李", "“李”只有一个字，看不出是谁"),
        ("张**", "“张**”里有“*”，姓名不全"),
        ("13812345678", "“13812345678”里夹有数字"),
        ("张三1", "“张三1”里夹有数字"),
        ("同上、李四", "“同上”不能与人名写在一起"),
        ("本人", "“本人”不是姓名"),
        ("张三.李四", "“张三.李四”不像人名"),
        ("买买提明江吐尔逊阿不都热合曼", "有14个字，太长，不像人名"),
        ("、", None),
        (5, "全是数字，不是人名"),
        (True, "全是数字，不是人名"),
    ],
)
def test_what_is_not_certain_is_a_fault(typed: Cell, what: str | None) -> None:
    result = to_names(typed)
    assert result.value is None
    if what is not None:
        assert (result.fault, result.details["what"]) == ("C20", what)


@pytest.mark.parametrize("typed", [None, "", "  ", "无", "/", 0])
def test_nobody_was_filled_in(typed: Cell) -> None:
    for read in (to_name, to_names):
        assert (read(typed).value, read(typed).fault) == (None, None)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("顾  艳", "顾艳"),
        ("张　三", "张三"),
        ("张 三 丰", "张三丰"),
        ("王某某", "王某某"),
        ("老王", "老王"),
        ("张三（已故）", "张三（已故）"),
        ("张 三 （已故）", "张三（已故）"),
        ("王 小明（儿子）", "王小明（儿子）"),
        ("张三、李四夫妇", "张三、李四夫妇"),
        ("张 三 、李 四", "张三、李四"),
        ("张三 李四", "张三 李四"),
        ("欧阳 锋", "欧阳锋"),
        ("阿依古丽 · 买买提", "阿依古丽·买买提"),
        ("张三２", "张三2"),
        (" 张三\n", "张三"),
    ],
)
def test_a_household_keeps_its_name_less_the_blanks_inside_it(typed: str, name: str) -> None:
    result = to_name(typed)
    assert (result.fault, result.value) == (None, name)
    assert bool(result.how) == (name != typed)
    assert to_name(name).value == name


@pytest.mark.parametrize(
    "typed",
    [
        "123",
        "13812345678",
        "张三13812345678",
        "张三 138 1234 5678",
        "户主",
        "不详",
        "同上",
        "不在家",
        "外出务工",
        "XXX",
        "？",
        "（）1",
        5,
        1.5,
        False,
    ],
)
def test_a_household_without_a_name_is_a_fault(typed: Cell) -> None:
    assert to_name(typed).fault == "C20"


GIVEN = "明华国芳军丽强伟小红"
names = st.builds(
    lambda surname, given: surname + given,
    st.sampled_from([*"王李张刘陈杨黄赵吴周", "欧阳", "司马", "诸葛"]),
    st.text(GIVEN, min_size=1, max_size=2),
)
several = st.lists(names, min_size=2, max_size=5, unique=True)


@settings(max_examples=300, deadline=None)
@given(several, st.sampled_from(["、", ",", "，", ";", "；", "/", "\n", " ", "  ", "、 ", "　", "&"]))
def test_any_names_joined_anyhow_read_back(given_names: list[str], separator: str) -> None:
    assert to_names(separator.join(given_names)).value == tuple(given_names)


@settings(max_examples=200, deadline=None)
@given(names.filter(lambda name: len(name) <= 4), st.sampled_from([" ", "  ", "　"]))
def test_any_name_spread_out_is_one_person(name: str, gap: str) -> None:
    assert to_names(gap.join(name)).value == (name,)
    assert to_name(gap.join(name)).value == name


@settings(max_examples=200, deadline=None)
@given(names.filter(lambda n: len(n) <= 3), names.filter(lambda n: len(n) <= 3), st.sampled_from("和与及"))
def test_two_common_names_joined_by_and_are_two(one: str, other: str, conjunction: str) -> None:
    assert to_names(one + conjunction + other).value == tuple(dict.fromkeys((one, other)))


def is_subsequence(part: str, whole: str) -> bool:
    rest = iter(whole)
    return all(char in rest for char in part)


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=12) | st.text("张三李四王小明欧阳和与等人2、 ，()股长·A*同上", max_size=12))
def test_whatever_is_typed_nobody_is_made_up_and_nobody_lost(text: str) -> None:
    result = to_names(text)
    if result.value is None:
        return
    assert all(name for name in result.value)
    assert len(set(result.value)) == len(result.value)
    assert to_names("、".join(result.value)).value == result.value
    kept = "".join(result.value)
    if all(char in "张三李四王小明欧阳、 " for char in text):
        # only separators and repeated names may be missing
        assert is_subsequence(kept, text)
        assert set(text) - set(kept) <= set("、 ")


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=12) | st.text("张三李四王小明欧阳 ，、()（）·1", max_size=12))
def test_a_households_name_reads_back_to_itself(text: str) -> None:
    name = to_name(text).value
    if name is not None:
        assert to_name(name).value == name
        assert [c for c in terms.normalize(name) if c.isalpha()] == [c for c in terms.normalize(text) if c.isalpha()]
