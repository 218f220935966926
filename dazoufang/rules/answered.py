"""Where a submission is answered, and as whose it is named, that speaks for no unit."""

from __future__ import annotations

from collections.abc import Iterable

from dazoufang.model.submission import UNKNOWN_UNIT, Submission
from dazoufang.rules.campaign import Rules


def answered_to(submission: Submission, rules: Rules, twin: Submission | None = None) -> str:
    """The unit that a submission is answered to. The office's own forms (花名册, 裁定表, 任务分解表, 撤回单) that came
    without a sender are the coordinator's; of whatever else nobody is known, it is 未识别单位.

    twin: of the same bytes that came again, the submission that they were before; they are not read again.
    """
    told = twin if twin is not None and not submission.parts else submission
    of_units = (part.form not in rules.schemas or rules.schemas[part.form].of_units for part in told.parts)
    return submission.unit or _whose(of_units, rules)


def named_by_titles(unit: str, titles: str, rules: Rules) -> str:
    """The same of a row of `frames.submissions`: its unit ("" none) and the titles of its forms (、)."""
    of_units = {schema.title: schema.of_units for schema in rules.schemas.values()}
    return unit or _whose((of_units.get(title, True) for title in titles.split("、") if title), rules)


def _whose(of_units: Iterable[bool], rules: Rules) -> str:
    found = list(of_units)
    return rules.campaign.offices.coordinator.value if found and not any(found) else UNKNOWN_UNIT
