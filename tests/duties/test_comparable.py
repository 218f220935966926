"""Like beside like: groups by 角色 and by number of cadres, shared ranks, and small groups without any."""

from __future__ import annotations

from fractions import Fraction

from dazoufang.duties.comparable import compared, ranks
from dazoufang.duties.year_figures import PersonYear, UnitYear
from dazoufang.rules.campaign import load_rules
from dazoufang.system.home import shipped

EVIDENCE = load_rules(shipped("schemas")).campaign.evidence


def person(name: str, role: str, done: int, due: int) -> PersonYear:
    return PersonYear("工会", name, role, 1, due=due, done=done)


def unit(name: str, cadres: int, done: int) -> UnitYear:
    return UnitYear(name, cadres, due=20 * cadres, done=done)


def test_equal_shares_share_a_rank_whatever_they_are_of() -> None:
    shares = [Fraction(5, 10), Fraction(22, 20), Fraction(10, 20), Fraction(7, 7), Fraction(0, 20)]
    assert ranks(shares) == [3, 1, 3, 2, 5]


def test_persons_of_one_role_are_ranked_and_a_small_group_is_only_told() -> None:
    five = [person(f"甲{n}", "股室负责人", done, 20) for n, done in enumerate((18, 22, 18, 0, 20))]
    four = [person(f"乙{n}", "局领导班子成员", done, 20) for n, done in enumerate((1, 2, 3, 4))]
    found = [(one.group, one.size, getattr(one.of, "cadre", ""), one.rank) for one in compared(four + five, EVIDENCE)]
    assert found == [
        *(("局领导班子成员", 4, f"乙{n}", None) for n in range(4)),
        ("股室负责人", 5, "甲1", 1), ("股室负责人", 5, "甲4", 2), ("股室负责人", 5, "甲0", 3), ("股室负责人", 5, "甲2", 3),
        ("股室负责人", 5, "甲3", 5),
    ]  # fmt: skip


def test_who_owes_nothing_is_in_no_group() -> None:
    assert compared([person("外人", "", 2, 0)], EVIDENCE) == []


def test_units_are_beside_those_with_about_as_many_cadres() -> None:
    units = [unit(f"股{n}", 2, n) for n in range(5)] + [unit("教育中心", 3, 60)]
    found = [(one.group, one.size, one.of.unit, one.rank) for one in compared(units, EVIDENCE)]
    assert found == [
        *(("1至2人", 5, f"股{n}", 5 - n) for n in (4, 3, 2, 1, 0)),
        ("3至5人", 1, "教育中心", None),
    ]


def test_the_bands_in_words() -> None:
    assert [EVIDENCE.band(cadres) for cadres in (1, 2, 3, 5, 6, 10, 11, 40)] == [
        "1至2人", "1至2人", "3至5人", "3至5人", "6至10人", "6至10人", "11人以上", "11人以上",
    ]  # fmt: skip
