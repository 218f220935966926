"""Every value of the shipped rules says where it comes from: words of the plan, or the bureau's own reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from dazoufang.system.home import shipped

PLAN: Final = Path(__file__).parents[2] / "docs" / "实施方案.txt"
QUOTED: Final = "实施方案："
OWN: Final = "局内设定："
FILES: Final = sorted(path.name for path in shipped("schemas").glob("*.yaml"))


def folded(text: str) -> str:
    """Without blanks and line breaks, full width and half width alike."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def wrong(source: object) -> str:
    """What is wrong with a source, "" nothing."""
    if not isinstance(source, str):
        return "no text"
    if source.startswith(QUOTED):
        words = folded(source.removeprefix(QUOTED))
        return "" if len(words) >= 4 and words in folded(PLAN.read_text(encoding="utf-8")) else "not words of the plan"
    if source.startswith(OWN):
        reason = source.removeprefix(OWN)
        return "both" if "实施方案" in reason else "" if len(reason.strip()) >= 4 else "no reason"
    return "neither"


def sources(content: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every `source` of a file, with the way to it."""
    if isinstance(content, dict):
        for key, value in content.items():
            if key == "source" and not isinstance(value, dict):
                yield path, value
            else:
                yield from sources(value, f"{path}.{key}")
    elif isinstance(content, list):
        for at, value in enumerate(content):
            yield from sources(value, f"{path}[{at}]")


def unsourced(content: Any, path: str = "") -> Iterator[str]:
    """The way to every value that has no source beside it, nor beside anything that it is a part of."""
    if isinstance(content, dict):
        if "source" in content:
            return
        for key, value in content.items():
            yield from unsourced(value, f"{path}.{key}")
    elif isinstance(content, list) and content and all(isinstance(value, dict) for value in content):
        for at, value in enumerate(content):
            yield from unsourced(value, f"{path}[{at}]")
    else:
        yield path


def read(name: str) -> Any:
    return yaml.safe_load((shipped("schemas") / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", FILES)
def test_every_source_quotes_the_plan_or_gives_the_bureaus_own_reason(name: str) -> None:
    assert [(path, source, fault) for path, source in sources(read(name)) if (fault := wrong(source))] == []


@pytest.mark.parametrize("name", ["campaign.yaml", "topics.yaml"])
def test_every_value_of_what_is_no_form_has_a_source(name: str) -> None:
    lacking = list(unsourced(read(name)))  # the words of topics are the bureau's own to choose
    assert [path for path in lacking if not path.startswith(".topics[")] == []


@pytest.mark.parametrize("name", [name for name in FILES if name not in ("campaign.yaml", "topics.yaml")])
def test_every_rule_of_a_form_has_a_source(name: str) -> None:
    assert [rule for rule in read(name)["rules"] if not rule.get("source")] == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("实施方案：全年不少于20户", ""),
        ("实施方案：全面贯彻落实党的二十大精神，践行以人民为中心的发展思想", ""),  # a half-width comma in the plan
        ("实施方案：治安环境问", "not words of the plan"),
        ("实施方案：三问治安环境情况", ""),  # over a line break
        ("实施方案：每名干部全年走访不少于20户", "not words of the plan"),
        ("实施方案：（局内设定）全年不少于20户", "not words of the plan"),
        ("实施方案：户", "not words of the plan"),
        ("局内设定：时限遇休息日提前", ""),
        ("局内设定", "neither"),
        ("局内设定：", "no reason"),
        ("局内设定：照实施方案来", "both"),
        ("华容县行政区划", "neither"),
    ],
)
def test_a_source_is_either_consecutive_words_of_the_plan_or_a_reason(source: str, fault: str) -> None:
    assert wrong(source) == fault


def test_a_value_beside_no_source_is_found() -> None:
    assert list(unsourced({"quota": {"a": {"value": 1, "source": "局内设定：试"}, "b": 2}, "c": [1]})) == [
        ".quota.b",
        ".c",
    ]
