"""Values and years are put into a rules file at their one place; remarks, order and everything else stay."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dazoufang.rules.rules_edit import with_value
from dazoufang.rules.year_edit import with_year

TEXT = """# 头
bureau:
  value: 甲局  # 注一
  source: 局内设定：某某
quota: {each: {value: 10, source: 局内设定：某某}}  # 注二
names:
  - 东镇  # 一
  - 西镇
mail:
  sender: {value: "", source: 局内设定：某某}

  # 注三
last: 1  # 注四
"""


@pytest.mark.parametrize(
    ("way", "value", "old", "new"),
    [
        (("bureau", "value"), "乙局", "甲局", "乙局"),
        (("bureau", "value"), "乙: #局", "甲局", '"乙: #局"'),
        (("quota", "each", "value"), 12, "value: 10", "value: 12"),
        (("names",), ["南镇", "北镇"], "- 东镇  # 一\n  - 西镇\n", "[南镇, 北镇]\n"),
        (("names", 1), "南镇", "西镇", "南镇"),
        (("mail", "sender", "value"), "a@b.cn", '""', "a@b.cn"),
        (("mail", "sender", "value"), r"\\甲\乙", '""', r'"\\\\甲\\乙"'),
        (("last",), date(2027, 3, 12), "last: 1", "last: 2027-03-12"),
        (("last",), {"甲": True, "乙": []}, "last: 1", "last: {甲: true, 乙: []}"),
    ],
)
def test_one_value_is_another_and_the_rest_stays(way: tuple[str | int, ...], value: Any, old: str, new: str) -> None:
    assert with_value(TEXT, way, value) == TEXT.replace(old, new)


@pytest.mark.parametrize(
    ("way", "value", "old", "new"),
    [
        (("bureau", "short"), "甲", "source: 局内设定：某某\nquota", "source: 局内设定：某某\n  short: 甲\nquota"),
        (("quota", "year"), 20, "某某}}", "某某}, year: 20}"),
        (("mail", "smtp", "value"), "x", '某某}\n\n  # 注三', '某某}\n  smtp: {value: x}\n\n  # 注三'),
        (("watch", "at", "value"), "18:30", "注四\n", '注四\nwatch: {at: {value: "18:30"}}\n'),
    ],
)  # fmt: skip
def test_a_key_that_is_not_there_is_added_to_what_lacks_it(
    way: tuple[str | int, ...], value: Any, old: str, new: str
) -> None:
    assert with_value(TEXT, way, value) == TEXT.replace(old, new)


def test_what_stands_there_already_is_not_written_again() -> None:
    assert with_value(TEXT, ("names",), ["东镇", "西镇"]) == TEXT


@pytest.mark.parametrize("way", [("names", 2), ("last", "x", "y"), ("names", "x")])
def test_a_way_to_nowhere_is_an_error(way: tuple[str | int, ...]) -> None:
    with pytest.raises(KeyError):
        with_value(TEXT, way, 1)


@given(st.text(max_size=12).filter(str.isprintable))
def test_any_printable_text_reads_back(value: str) -> None:
    for way in (("bureau", "value"), ("quota", "each", "value"), ("names",), ("new", "key")):
        found = yaml.safe_load(with_value(TEXT, way, value))
        for part in way:
            found = found[part]
        assert found == value


YEARS = """# 每年一块
years:
  - year: 2023
    source: 局内设定：照文件
    rounds:
      - name: 上半年
        phases:
          - {name: 走访摸排, first: 2023-03-12, last: 2023-03-16}  # 周日起
    review: {name: 考核讲评, first: 2023-12-01, last: 2023-12-20}  # 末
# 其他
last: 1
"""
SPANS = [(date(2027, 3, 15), date(2027, 3, 19)), (date(2027, 12, 1), date(2027, 12, 20))]
BLOCK = """  - year: 2027
    source: 局内设定：新的一年
    rounds:
      - name: 上半年
        phases:
          - {name: 走访摸排, first: 2027-03-15, last: 2027-03-19}  # 周日起
    review: {name: 考核讲评, first: 2027-12-01, last: 2027-12-20}  # 末
"""


def test_a_new_year_is_a_copy_behind_the_year_before_it_with_remarks_and_new_dates() -> None:
    made = with_year(YEARS, 2027, SPANS, "局内设定：新的一年")
    assert made == YEARS.replace("# 其他", BLOCK + "# 其他")
    assert with_year(made, 2027, SPANS, "局内设定：别的") == made
    earlier = [(date(2025, 3, 15), date(2025, 3, 19)), (date(2025, 12, 1), date(2025, 12, 20))]
    between = with_year(made, 2025, earlier, "局内设定：新的一年")
    assert between == YEARS.replace("# 其他", BLOCK.replace("2027", "2025") + BLOCK + "# 其他")


def test_a_year_before_all_others_stands_before_them() -> None:
    first = [(date(2020, 3, 15), date(2020, 3, 19)), (date(2020, 12, 1), date(2020, 12, 20))]
    made = with_year(YEARS, 2020, first, "局内设定：新的一年")
    assert made == YEARS.replace("  - year: 2023", BLOCK.replace("2027", "2020") + "  - year: 2023")


def test_a_year_that_is_there_gets_the_dates_and_a_lone_one_the_year_as_well() -> None:
    (_, review), changed = SPANS, (date(2023, 3, 13), date(2023, 3, 17))
    stays = (date(2023, 12, 1), date(2023, 12, 20))
    made = with_year(YEARS, 2023, [changed, stays], "局内设定：改了")
    assert made == YEARS.replace("照文件", "改了").replace("first: 2023-03-12, last: 2023-03-16", "first: 2023-03-13, last: 2023-03-17")  # fmt: skip
    assert review[0].year == 2027
    alone = with_year(YEARS, 2027, SPANS, "局内设定：新的一年", alone=True)
    assert alone == f"# 每年一块\nyears:\n{BLOCK}# 其他\nlast: 1\n"


def test_years_in_brackets_are_copied_too() -> None:
    text = "years: [{year: 2023, source: 局内设定：甲乙, rounds: [{name: 上半年, phases: [{name: 甲, first: 2023-03-12, last: 2023-03-16}]}], review: {name: 评, first: 2023-12-01, last: 2023-12-20}}]\nlast: 1\n"
    made = yaml.safe_load(with_year(text, 2027, SPANS, "局内设定：新的一年"))
    assert [block["year"] for block in made["years"]] == [2023, 2027]
    assert made["years"][1]["rounds"][0]["phases"] == [
        {"name": "甲", "first": date(2027, 3, 15), "last": date(2027, 3, 19)}
    ]
