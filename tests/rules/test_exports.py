"""Exports: a ledger that the rules name is of a form that is listed, and of its columns."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.rules.exports import Export
from dazoufang.rules.rules_file import BrokenRules
from dazoufang.system.home import shipped


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("      form: dispute\n", "      form: disputes\n", "exports 的“信访局台账”要列“disputes”的行，没有这样一张出汇总表的表"),
        ("form: dispute\n", "form: roster\n", "exports 的“信访局台账”要列“roster”的行，没有这样一张出汇总表的表"),
        ("登记日期: visited_on", "登记日期: visit_on", "exports 的“信访局台账”用到的列“visit_on”，“矛盾纠纷事项办理表”里没有"),
        ("{field: closed_on, filled", "{field: closed, filled", "exports 的“信访局台账”用到的列“closed”"),
        ("- file: 信访局台账", "- file: 附件2", "exports 里的“附件2”与附件或前面的一个同名"),
        ("- file: 信访局台账", "- file: ../信访局台账", ""),
    ],
)  # fmt: skip
def test_an_export_of_what_there_is_not_is_refused(tmp_path: Path, before: str, after: str, said: str) -> None:
    folder = tmp_path / "schemas"
    shutil.copytree(shipped("schemas"), folder)
    file = folder / "campaign.yaml"
    text = file.read_text("utf-8")
    assert text.count(before) == 1
    file.write_text(text.replace(before, after), "utf-8")
    with pytest.raises(BrokenRules) as error:
        load_rules(folder)
    assert said in str(error.value) and "campaign.yaml" in str(error.value)


def test_a_heading_of_an_export_is_that_column_and_no_other(rules: Rules) -> None:
    form = Export(file="台账", form="dispute", headings={"包案领导": "responsible_unit"}).known_by(
        rules.schemas["dispute"]
    )
    assert "包案领导" in form.by_name["responsible_unit"].aliases
    assert "包案领导" not in form.by_name["responsible_person"].aliases
    assert "包案领导" in rules.schemas["dispute"].by_name["responsible_person"].aliases


def test_a_home_with_older_rules_has_the_exports_of_the_program(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    shutil.copytree(shipped("schemas"), folder)
    file = folder / "campaign.yaml"
    text = file.read_text("utf-8")
    begin, end = text.index("exports:"), text.index("# 程序不知道的年份")
    file.write_text(text[:begin] + text[end:], "utf-8")
    assert [export.file for export in load_rules(folder).campaign.exports.value] == ["信访局台账"]
