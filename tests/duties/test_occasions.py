"""On which mornings what goes by the week or by the phase is due, day by day."""

from __future__ import annotations

from datetime import date

import pytest

from dazoufang.duties.occasions import due, phase_end, report_day
from dazoufang.rules.campaign import Rules


@pytest.mark.parametrize(
    ("days", "today", "expected"),
    [
        ([], date(2023, 10, 16), []),
        (["每天"], date(2023, 10, 16), ["2023-10-16"]),
        (["周一"], date(2023, 10, 15), ["2023年第41周周一"]),  # the Sunday is still of the week before
        (["周一"], date(2023, 10, 16), ["2023年第42周周一"]),
        (["周一"], date(2023, 10, 20), ["2023年第42周周一"]),  # a night that was missed is made up in its week
        (["周五"], date(2023, 10, 19), []),
        (["周五"], date(2023, 10, 20), ["2023年第42周周五"]),
        (["周一", "周五"], date(2023, 10, 20), ["2023年第42周周一", "2023年第42周周五"]),
        (["周一"], date(2024, 1, 1), ["2024年第1周周一"]),
        (["周日"], date(2023, 1, 1), ["2022年第52周周日"]),
        # 汇总研判 ends on Sunday 15 October; the working day before is the 13th; it is made up for three days
        (["汇总研判"], date(2023, 10, 12), []),
        (["汇总研判"], date(2023, 10, 13), ["2023年下半年汇总研判"]),
        (["汇总研判"], date(2023, 10, 16), ["2023年下半年汇总研判"]),
        (["汇总研判"], date(2023, 10, 18), ["2023年下半年汇总研判"]),
        (["汇总研判"], date(2023, 10, 19), []),
        (["汇总研判"], date(2023, 3, 27), ["2023年上半年汇总研判"]),
        (["集中化解"], date(2023, 11, 16), []),
        (["集中化解"], date(2023, 11, 17), ["2023年下半年集中化解"]),
        (["汇总研判"], date(2023, 6, 1), []),
        (["汇总研判"], date(2023, 1, 10), []),
        (["没有的阶段"], date(2023, 10, 13), []),
    ],
)
def test_what_has_come_by_a_day(rules: Rules, days: list[str], today: date, expected: list[str]) -> None:
    assert list(due(days, rules.campaign, today)) == expected


def test_the_day_on_which_a_phase_is_reported_follows_the_rule_of_days_off(rules: Rules) -> None:
    end = phase_end("汇总研判", rules.campaign, date(2023, 10, 1))
    assert end == date(2023, 10, 15) and report_day(end, rules.campaign) == date(2023, 10, 13)
    deadlines = rules.campaign.deadlines
    stays = deadlines.move_to_workday_before.model_copy(update={"value": False})
    unmoved = rules.campaign.model_copy(
        update={"deadlines": deadlines.model_copy(update={"move_to_workday_before": stays})}
    )
    assert report_day(end, unmoved) == date(2023, 10, 15)
