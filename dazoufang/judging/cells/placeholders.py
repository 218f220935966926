"""Names that stand for nobody in particular: 王某某, 张XX, 某某, as in examples and in lists for the public."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from dazoufang.judging.cells.converted import Cell, Converted, fault
from dazoufang.model import terms

# 某 once is written for somebody whom the office knows (王某, 户甲某): those are households of their own.
_PLACEHOLDER: Final = re.compile(
    rf"[{terms.HAN}]{{0,2}}(?:某{{2,3}}|[x×✕╳]{{1,3}}|[○〇◯]{{2,3}}|[△□]{{1,3}})(?:户|家|同志|先生|女士)?(?:\(.*\))?"
)
_SIGNS: Final = re.compile("[某xXｘＸ×✕╳○〇◯△□]")
_BETWEEN: Final = re.compile("[、,;/和与及]")


def to_real_name(value: Cell, otherwise: Callable[[Cell], Converted]) -> Converted:
    """As `otherwise` reads a name; but C20 where a name, or one of several, is a placeholder."""
    if isinstance(value, str) and _SIGNS.search(value) and _is_placeholder(value):
        return fault(
            "C20", what="不是真实的姓名（像是示例，或隐去了名字）；请填完整的姓名，示范的行请删去或在序号列写“例”"
        )
    return otherwise(value)


def _is_placeholder(text: str) -> bool:
    return any(map(_PLACEHOLDER.fullmatch, _BETWEEN.split(terms.normalize(text))))
