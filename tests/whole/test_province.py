"""The arithmetic of benchmarks/province.py: lines through two sizes, nights, the home above, and what gives out first."""

from __future__ import annotations

import sys
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Final

import pytest

BENCHMARKS: Final = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
import scaling  # noqa: E402
from scaling import Again, Line, Province, Size  # noqa: E402

sys.path.remove(str(BENCHMARKS))

COSTS: Final = scaling.Costs(
    fresh_cpu=Line(4, 0.03),
    fresh_mb=Line(200, 0.1),
    idle_cpu=Line(1, 0.001),
    one_more_cpu=Line(3, 0.01),
    one_more_mb=Line(200, 0.2),
    record=Line(50_000, 8_000),
    archive=Line(80_000, 7_000),
    outbox=Line(700_000, 12_000),
    annexes=Line(20_000, 3_000),
    above_cpu=Line(4, 0.002),
    above_mb=Line(200, 0.02),
    above_record=Line(50_000, 500),
    again_cpu=0.001,
    held_mb=0.01,
    held_bytes=400,
    reading_cpu=Line(0, 0.0005),
    reading_mb=Line(50, 0.01),
)
# Ten counties of 1,000 forms a year each; the machine does two homes at a time.
SMALL: Final = Province(
    counties=10, units=1_000, visits=200_000, nights=100, handed_up=3, cores=4, memory_gb=4, letters_hour=5_000
)


class TestLine:
    def test_it_goes_through_both_points(self) -> None:
        line = scaling.through((20, 5.0), (60, 7.0))
        assert line == pytest.approx((4.0, 0.05))
        assert line.at(100) == pytest.approx(9.0)

    def test_where_more_cost_less_all_cost_the_larger_figure(self) -> None:
        assert scaling.through((20, 5.0), (60, 4.0)) == (5.0, 0.0)

    def test_two_points_of_one_size_are_no_line(self) -> None:
        with pytest.raises(ValueError, match="20 is not more than 20"):
            scaling.through((20, 5.0), (20, 7.0))

    @pytest.mark.parametrize(
        ("line", "limit", "most"),
        [(Line(4, 0.05), 14, 200.0), (Line(4, 0.05), 3, 0.0), (Line(4, 0), 5, inf)],
    )
    def test_how_many_a_limit_allows(self, line: Line, limit: float, most: float) -> None:
        assert line.most(limit) == pytest.approx(most)


def test_two_sizes_make_every_line_and_what_came_again_the_cost_of_a_replaced_row() -> None:
    small = Size(10, 5, 201, 1.1, 3.1, 202.2, 130_000, 150_000, 820_000, 50_000, 5, 210, 150_000, 0.1, 52)
    large = Size(30, 5.6, 203, 1.3, 3.3, 206.2, 290_000, 290_000, 1_060_000, 110_000, 5.8, 218, 350_000, 0.3, 56)
    costs = scaling.fitted(small, large, Again(7.04, 224.4, 600_000))
    assert costs.fresh_cpu == pytest.approx((4.7, 0.03))
    assert costs.fresh_mb == pytest.approx((200, 0.1))
    assert costs.idle_cpu == pytest.approx((1.0, 0.01))
    assert costs.one_more_cpu == pytest.approx((3.0, 0.01))
    assert costs.one_more_mb == pytest.approx((200, 0.2))  # 11 and 31 forms stand then
    assert costs.record == pytest.approx((50_000, 8_000))
    assert costs.archive == pytest.approx((80_000, 7_000))
    assert costs.outbox == pytest.approx((700_000, 12_000))
    assert costs.annexes == pytest.approx((20_000, 3_000))
    assert costs.above_cpu == pytest.approx((4.6, 0.002))  # 200 and 600 rows
    assert costs.above_mb == pytest.approx((206, 0.02))
    assert costs.above_record == pytest.approx((50_000, 500))
    assert (costs.again_cpu, costs.held_mb, costs.held_bytes) == pytest.approx((0.002, 0.01, 400))
    assert costs.reading_cpu == pytest.approx((0.0, 0.0005))
    assert costs.reading_mb == pytest.approx((50, 0.01))
    with pytest.raises(ValueError, match="200 is not more than 600"):
        scaling.fitted(large, small, Again(7, 220, 600_000))


class TestNight:
    @pytest.mark.parametrize(
        ("new", "cpu"),
        [
            (0, 1.1),  # nothing to do
            (1, 4.0),  # one form, and all is published anew
            (11, 4.2),  # ten more of 0.02 s
            (0.25, 1.825),  # a form every fourth night: three times 1.1, once 4.0
        ],
    )
    def test_the_first_form_publishes_and_each_further_one_is_read(self, new: float, cpu: float) -> None:
        assert COSTS.night_cpu(100, new) == pytest.approx(cpu)

    def test_a_form_that_costs_less_than_nothing_costs_nothing(self) -> None:
        assert replace(COSTS, fresh_cpu=Line(4, 0.005)).further_form == 0.0

    def test_all_counties_share_the_homes_that_are_at_work_at_a_time(self) -> None:
        found = scaling.night(COSTS, SMALL, 100, 10_000)
        assert found.cpu == pytest.approx(131.8)  # ten times 3 + 10 + 9 × 0.02
        assert found.clock == pytest.approx(65.9 / 3600)
        assert found.written == pytest.approx(128_500_000)  # 100 × 15,000, and ten outboxes of 12.7 MB

    def test_it_is_no_shorter_than_that_of_the_largest_county(self) -> None:
        found = scaling.night(COSTS, replace(SMALL, cores=40), 100, 10_000)
        assert found.clock == pytest.approx(33.58 / 3600)  # 3 + 30 + 29 × 0.02, where 20 at a time need 6.59


class TestProvince:
    def test_the_forms_of_a_year_a_mean_night_and_one_of_the_last_of_a_round(self) -> None:
        province = Province()
        assert province.forms == 250_000
        assert province.mean_night == pytest.approx(2_083.333, abs=0.001)
        assert province.peak_night == pytest.approx(20_833.333, abs=0.001)
        assert province.letters == 130_000 and replace(province, alerted=0.25).letters == 32_500

    @pytest.mark.parametrize(("cores", "homes"), [(1, 1), (2, 1), (16, 8)])
    def test_half_as_many_homes_as_cores_are_at_work_at_a_time(self, cores: int, homes: int) -> None:
        assert Province(cores=cores).at_once == homes

    @pytest.mark.parametrize(("times", "held"), [(1, 1_000), (3, 2_000), (120, 60_500)])
    def test_the_record_above_holds_every_time_that_rows_came(self, times: int, held: float) -> None:
        assert Province(handed_up=times).held(1_000) == held


class TestAbove:
    def test_one_home_holds_the_rows_of_all_counties(self) -> None:
        top = scaling.above(COSTS, SMALL)
        assert (top.rows, top.held) == (200_000, 400_000)
        assert top.cpu_hours == pytest.approx(604 / 3600)  # 4 + 400, and 200 because they come again
        assert top.memory == pytest.approx(6.2)  # 200 + 4,000 MB, and 2,000 for what was replaced
        assert top.record == pytest.approx(0.18005)
        assert top.archive == pytest.approx(
            0.0604
        )  # ten of 3.02 MB at the end, half of that on the average, three times + 1

    def test_with_two_between_each_holds_half(self) -> None:
        city = scaling.above(COSTS, SMALL, homes=2)
        assert (city.rows, city.held) == (100_000, 200_000)
        assert city.memory == pytest.approx(3.2)
        assert city.archive == pytest.approx(0.0302)


class TestWhatGivesOut:
    def test_the_part_that_needs_most_of_what_there_is_comes_first(self) -> None:
        found = [(strain.part, pytest.approx(strain.share, abs=0.001)) for strain in scaling.strains(COSTS, SMALL)]
        assert found[:5] == [
            ("memory of the one home above", 1.55),  # 6.2 of 4 GB
            ("a child that reads the largest annex, memory", 0.635),  # 650 of 1,024 MB
            ("memory of the counties at work", 0.3),  # 0.8 and 0.4 of 4 GB
            (
                "a child that reads the largest annex, time",
                0.25,
            ),  # 60,000 rows take 30 s; 6 MB, six begun, may take 120
            ("mail server", 0.167),  # 10,000 letters, 2 of 12 h
        ]

    def test_with_more_memory_it_is_another(self) -> None:
        first, *_ = scaling.strains(COSTS, replace(SMALL, memory_gb=64))
        assert (first.part, first.needs, first.limit) == ("a child that reads the largest annex, memory", 650.0, 1024.0)
        assert first.mend == "reading.memory_mb in campaign.yaml above"


def test_many_homes_in_one_call_cost_theirs_a_start_and_the_home_above() -> None:
    assert scaling.together_cpu(COSTS, 3, 100, [2_000] * 3) == pytest.approx(38)  # 3 × 7, 1, and 4 + 12
