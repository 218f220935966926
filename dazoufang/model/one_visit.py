"""When two rows tell one visit: same day, same cadres, same household."""

from __future__ import annotations

from collections.abc import Mapping

from dazoufang.model.terms import normalize


def visit_key(values: Mapping[str, str]) -> tuple[str, str, str]:
    """Under what a visit is looked for: day, cadres in whatever order, the household's name."""
    cadres = "、".join(sorted(values.get("cadres", "").split("、")))
    return values.get("visited_on", ""), cadres, normalize(values.get("household", ""))


def another_household(values: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether telephone and village both say that two visits of one key are of two households."""
    return all(values.get(name) and other.get(name) and values[name] != other[name] for name in ("phone", "village"))


def is_one_visit(values: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two rows tell one visit."""
    return visit_key(values) == visit_key(other) and not another_household(values, other)
