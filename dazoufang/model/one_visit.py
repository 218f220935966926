"""When two rows tell one visit: same day, same cadres, same household."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dazoufang.model.terms import is_blank, is_none, normalize, same_words


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


def told_otherwise(
    values: Mapping[str, str], other: Mapping[str, str], cells: Iterable[str], matters: Iterable[str]
) -> list[str]:
    """The names of what a row tells otherwise than another of the same visit; an empty cell tells nothing.

    cells: the names of what describes the visit. matters: of the cells that open items: there something is also told
    otherwise where the other row has nothing, for it is not told by that row.
    """
    found = []
    for name in cells:
        said = values.get(name, ""), other.get(name, "")
        if not any(map(is_blank, said)) and not same_words(*said):
            found.append(name)
    for name in matters:
        if not is_none(text := values.get(name, "")) and not same_words(text, other.get(name, "")):
            found.append(name)
    return found
