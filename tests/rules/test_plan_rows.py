"""docs/rules.md has a row for every sentence of the plan, and names only rules and tests that exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from test_sources import PLAN, folded

from dazoufang.system.home import shipped

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "rules.md"
ROWS: Final = [
    tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ")
][1:]
NAMED: Final = re.compile("`([^`]*)`")


def test_the_rows_quote_the_plan_from_its_first_word_to_its_last_in_order() -> None:
    assert "".join(folded(row[0]) for row in ROWS) == folded(PLAN.read_text(encoding="utf-8"))


def test_no_row_holds_two_sentences() -> None:
    assert [row[0] for row in ROWS if re.search("[。;].", folded(row[0]))] == []


def test_a_row_says_by_which_rule_and_test_it_is_kept_or_why_by_none() -> None:
    for quoted, rule, where, test in ROWS:
        if rule.startswith(("不要求程序：", "没有：")):
            assert len(rule.partition("：")[2]) > 1, quoted
        else:
            assert NAMED.findall(rule) and where and NAMED.findall(test), quoted


@pytest.mark.parametrize("key", sorted({key for row in ROWS for key in NAMED.findall(row[1])}))
def test_every_rule_that_is_named_is_there(key: str) -> None:
    file, *way = key.split(".")
    content: Any = yaml.safe_load((shipped("schemas") / f"{file}.yaml").read_text(encoding="utf-8"))
    if file != "campaign":
        content = {field["name"]: field for field in content["fields"]}
    for part in way:
        assert part in content, key
        content = content[part]


@pytest.mark.parametrize("test", sorted({test for row in ROWS for test in NAMED.findall(row[3])}))
def test_every_test_that_is_named_is_there(test: str) -> None:
    file, *classes, name = test.split("::")
    text = (ROOT / file).read_text(encoding="utf-8")
    for group in classes:
        _, found, text = text.partition(f"\nclass {group}")
        assert found, test
        text = text.partition("\nclass ")[0]
    assert re.search(rf"^{'    ' * len(classes)}def {name}\(", text, re.MULTILINE), test
