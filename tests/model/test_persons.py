"""Which rows of a roster are one person."""

from __future__ import annotations

import pytest

from dazoufang.model.persons import persons


@pytest.mark.parametrize(
    ("rows", "numbers"),
    [
        ([], []),
        ([("李明", "甲股", "", ""), ("李明", "甲股", "", "")], [0, 0]),
        ([("李明", "甲股", "", ""), ("李明", "乙股", "", "")], [0, 1]),
        ([("李明", "", "", ""), ("李明", "", "", "")], [0, 0]),
        ([("李明", "甲股", "1", ""), ("李明", "乙股", "2、1", "")], [0, 0]),
        ([("李明", "甲股", "", "a@b.cn "), ("李明", "乙股", "", "A@B.cn")], [0, 0]),
        ([("李明", "甲股", "1", "a@b.cn"), ("王芳", "甲股", "1", "a@b.cn")], [0, 1]),
        ([("李明", "甲股", "1", ""), ("李明", "乙股", "2", ""), ("李明", "丙股", "2、1", "")], [0, 0, 0]),
    ],
)
def test_one_name_is_one_person_by_unit_telephone_or_mail(
    rows: list[tuple[str, str, str, str]], numbers: list[int]
) -> None:
    assert persons(rows) == numbers
