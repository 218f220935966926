"""The rules of audiences: as they are shipped, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dazoufang.model.vocabularies import Audience
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.rules.rules_file import BrokenRules
from dazoufang.system.home import shipped

pytestmark = pytest.mark.usefixtures("few_outputs")


def edited(folder: Path, old: str, new: str) -> Path:
    """A copy of the shipped rules in which one thing stands otherwise."""
    own = Path(shutil.copytree(shipped("schemas"), folder / "schemas"))
    text = (own / "campaign.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (own / "campaign.yaml").write_text(text.replace(old, new), encoding="utf-8")
    return own


def test_as_they_are_shipped(rules: Rules) -> None:
    audiences = rules.campaign.audiences
    assert audiences.internal.value == ()
    assert audiences.upward.value == ()
    assert audiences.public.value == ("name", "phone", "address", "private")
    assert audiences.masked(Audience.INTERNAL) == audiences.masked(Audience.UPWARD) == frozenset()
    assert audiences.masked(Audience.PUBLIC) == {"name", "phone", "address", "private"}


def test_an_office_says_what_those_above_do_not_see(tmp_path: Path) -> None:
    folder = edited(tmp_path, "上报: {value: []", "上报: {value: [phone, private]")
    audiences = load_rules(folder).campaign.audiences
    assert audiences.masked(Audience.UPWARD) == {"phone", "private"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("内部: {value: []", "内部: {value: [name]", "“内部”写了要隐去的内容"),
        ("上报: {value: []", "上报: {value: [names]", "取值不对（names）"),
        ("上报: {value: []", "上级: {value: []", "不认识“上级”"),
        ("上报: {value: []", "上报: {value: phone", "应是一个列表"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(BrokenRules) as refused:
        load_rules(edited(tmp_path, old, new))
    assert said in str(refused.value)
    text = (tmp_path / "schemas" / "campaign.yaml").read_text(encoding="utf-8").splitlines()
    assert new.split(":")[0] in text[refused.value.line - 1]


def test_what_the_forms_tell_of_a_person(rules: Rules) -> None:
    """A column added to a form has to be thought of here."""
    flagged = {
        f"{form}.{field.name}": field.sensitive
        for form, schema in rules.schemas.items()
        for field in schema.fields
        if field.sensitive
    }
    assert flagged == {
        "assignment.household": "name",
        "assignment.village": "address",
        "assignment.phone": "phone",
        "dispute.person": "name",
        "dispute.phone": "phone",
        "dispute.village": "address",
        "roster.phone": "phone",
        "suggestion.person": "name",
        "suggestion.phone": "phone",
        "suggestion.village": "address",
        "visit.household": "name",
        "visit.village": "address",
        "visit.phone": "phone",
        "visit.family": "private",
    }
