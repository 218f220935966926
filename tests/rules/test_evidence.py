"""The rules by which units and cadres are compared: bands ascend, and their words."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from dazoufang.rules.evidence import Evidence


def evidence(*bands: int) -> Evidence:
    return Evidence.model_validate(
        {
            "small_group": {"value": 5, "source": "局内设定：试"},
            "unit_bands": {"value": bands, "source": "局内设定：试"},
        }
    )


@pytest.mark.parametrize("bands", [(3, 3), (6, 3), (0,), ()])
def test_bands_ascend_from_one_on(bands: tuple[int, ...]) -> None:
    with pytest.raises(ValidationError):
        evidence(*bands)


def test_the_words_of_narrow_bands() -> None:
    assert [evidence(1, 2, 5).band(cadres) for cadres in (0, 1, 2, 4, 5)] == [
        "1人",
        "1人",
        "2至4人",
        "2至4人",
        "5人以上",
    ]
