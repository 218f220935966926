"""Rules outlive an upgrade: what an older file lacks is the shipped rules', key by key; what it says stays as it is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from conftest import Office
from tables import workbook

from dazoufang.commands.learn import learn
from dazoufang.rules.campaign import Campaign, Rules, load_rules
from dazoufang.rules.forms import fingerprint
from dazoufang.rules.rules_file import BrokenRules, Strict, completed, in_full, load
from dazoufang.rules.schema import FormSchema
from dazoufang.system.home import Home, shipped

pytestmark = pytest.mark.usefixtures("few_outputs")

Keys = tuple[str, ...]
SHIPPED = shipped("schemas")

FORMS = ("visit", "dispute", "suggestion", "roster", "assignment", "decision")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped rules, as an office's own."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "schemas"))


def key_paths(model: type[Strict], before: Keys = ()) -> Iterator[Keys]:
    """Every key that the model declares, mapping in mapping."""
    for name, field in model.model_fields.items():
        key = field.alias or name
        yield (*before, key)
        if isinstance(field.annotation, type) and issubclass(field.annotation, Strict):
            yield from key_paths(field.annotation, (*before, key))


def change(file: Path, path: Keys, value: Any = None) -> None:
    """Take the key at `path` out of a file, or give it a value."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    inner = content
    for key in path[:-1]:
        inner = inner[key]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


# Of one rule, value and source are one thing; aliases lead to townships of the same office.
PATHS = [path for path in key_paths(Campaign) if path[-1] != "value" and path != ("townships", "aliases")]
LACKING = [path for path in PATHS if not (path[-1] == "source" and (*path[:-1], "value") in set(key_paths(Campaign)))]


def test_the_paths_tried_are_those_of_the_shipped_rules() -> None:
    assert len(LACKING) >= 53
    assert ("alerts", "warn_workdays") in LACKING and ("calendar", "extra_years") in LACKING
    assert ("audiences",) in LACKING and ("audiences", "公示") in LACKING
    assert ("years",) in LACKING and ("offices", "by_target_kind") in LACKING


@pytest.mark.parametrize("path", LACKING, ids=".".join)
def test_a_key_that_an_office_s_campaign_lacks_is_the_shipped_one(tmp_path: Path, rules: Rules, path: Keys) -> None:
    file = Path(shutil.copy(SHIPPED / "campaign.yaml", tmp_path))
    change(file, path)
    assert load(file, Campaign, SHIPPED / "campaign.yaml") == rules.campaign


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_an_office_s_rules_lack_is_the_shipped_one(folder: Path, form: str) -> None:
    (folder / f"{form}.yaml").unlink()
    assert load_rules(folder).schemas == load_rules(SHIPPED).schemas


@pytest.mark.parametrize("form", FORMS)
def test_a_home_that_lacks_a_form_runs(office: Office, form: str) -> None:
    shutil.copytree(SHIPPED, office.home.root / "schemas")
    (office.home.root / "schemas" / f"{form}.yaml").unlink()
    table = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 |\n| 2023-09-20 | 李明 | 张三 | 其他 |"
    assert office.take("工会/走访.xlsx", workbook(table)).rows["visits"] == 1


def test_a_home_may_have_one_form_of_its_own_and_no_campaign(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    text = (SHIPPED / "roster.yaml").read_text(encoding="utf-8").replace("title: 花名册", "title: 干部花名册")
    (tmp_path / "schemas" / "roster.yaml").write_text(text, encoding="utf-8")
    rules = load_rules(Home(tmp_path).schemas)
    assert rules.schemas["roster"].title == "干部花名册"
    assert rules.campaign == load_rules(SHIPPED).campaign


def test_a_home_without_rules_has_the_program_s_own(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    assert Home(tmp_path).schemas == SHIPPED


def test_a_form_that_a_home_lacks_can_learn(office: Office) -> None:
    shutil.copytree(SHIPPED, office.home.root / "schemas")
    (office.home.root / "schemas" / "visit.yaml").unlink()
    learn(office.home, "走访登记表", "入户同志", "走访干部")
    assert "入户同志" in load_rules(office.home.schemas).schemas["visit"].by_name["cadres"].aliases


class TestWhatAnOfficeSaysStands:
    def test_a_value_of_its_own(self, folder: Path) -> None:
        change(folder / "campaign.yaml", ("alerts", "remind_workdays"), {"value": 9, "source": "局内设定：早一点"})
        change(folder / "campaign.yaml", ("alerts", "warn_workdays"))
        alerts = load_rules(folder).campaign.alerts
        assert (alerts.remind_workdays.value, alerts.remind_workdays.source) == (9, "局内设定：早一点")
        assert (alerts.warn_workdays.value, alerts.severe_overdue_workdays.value) == (2, 5)

    def test_lists_are_not_mixed(self, folder: Path) -> None:
        change(folder / "campaign.yaml", ("closing", "simple_follow_up", "value"), ["上门"])
        change(folder / "campaign.yaml", ("townships", "names"), ["城东街道"])
        change(folder / "campaign.yaml", ("townships", "aliases"), {"城东": "城东街道"})
        campaign = load_rules(folder).campaign
        assert campaign.closing.simple_follow_up.value == ("上门",)
        assert campaign.townships.names == ("城东街道",)
        assert campaign.townships.aliases == {"城东": "城东街道"}

    def test_mappings_of_data_are_not_mixed(self, folder: Path) -> None:
        change(folder / "campaign.yaml", ("offices", "by_target_kind"), {"其他": "办公室"})
        assert load_rules(folder).campaign.offices.by_target_kind == {"其他": "办公室"}

    def test_other_townships_without_aliases_get_none(self, folder: Path) -> None:
        change(folder / "campaign.yaml", ("townships", "names"), ["城东街道"])
        change(folder / "campaign.yaml", ("townships", "aliases"))
        assert load_rules(folder).campaign.townships.aliases == {}

    def test_years_of_its_own(self, folder: Path) -> None:
        years = yaml.safe_load((folder / "campaign.yaml").read_text(encoding="utf-8"))["years"]
        years[0]["rounds"] = years[0]["rounds"][1:]
        change(folder / "campaign.yaml", ("years",), years)
        campaign = load_rules(folder).campaign
        assert [one.name for one in campaign.years[0].rounds] == ["下半年"]
        assert campaign.years[0].rounds[0].first == date(2023, 9, 18)

    @pytest.mark.parametrize("key", ["rules", "annex", "groups", "keywords", "purpose", "primaryKey", "missingValues"])
    def test_what_a_form_of_its_own_leaves_out_stays_out(self, folder: Path, key: str) -> None:
        change(folder / "visit.yaml", (key,))
        found = getattr(load_rules(folder).schemas["visit"], {"primaryKey": "primary_key", "missingValues": "missing_values"}.get(key, key))  # fmt: skip
        assert found == {"annex": None, "groups": {}, "purpose": "", "missingValues": ("",)}.get(key, ())

    def test_a_field_that_was_taken_out_stays_out(self, folder: Path) -> None:
        file = folder / "visit.yaml"
        text = file.read_text(encoding="utf-8")
        line = next(line for line in text.splitlines(keepends=True) if "{name: habitat," in line)
        file.write_text(text.replace(line, ""), encoding="utf-8")
        assert "habitat" not in load_rules(folder).schemas["visit"].by_name


MISTAKES = [
    ("campaign.yaml", "warn_workdays:", "warn_workday:", "不认识“warn_workday”", "是不是“warn_workdays”"),
    ("campaign.yaml", "alerts:", "alert:", "不认识“alert”", "是不是“alerts”"),
    ("campaign.yaml", "{value: 2, source: 局内设定：剩余", "{value: 两天, source: 局内设定：剩余", "“value”应是整数", "请改成数字"),
    ("campaign.yaml", "{value: 2, source: 局内设定：剩余", "{source: 局内设定：剩余", "缺少“value”", "请补上这一项"),
    ("visit.yaml", "rules:\n", "rule:\n", "不认识“rule”", "是不是“rules”"),
    ("visit.yaml", "title: 走访登记表\n", "", "缺少“title”", "请补上这一项"),
    ("visit.yaml", "constraints: {maxLength: 60}", "contraints: {maxLength: 60}", "不认识“contraints”", "是不是“constraints”"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "what", "remedy"), MISTAKES)
def test_a_mistake_in_rules_that_are_completed_is_named_by_the_office_s_own_file_and_line(
    folder: Path, file: str, old: str, new: str, what: str, remedy: str
) -> None:
    path = folder / "campaign.yaml"  # lacks keys before and after
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lacks = ("  households_per_year:", "  remind_workdays:", "  free_mb:", "  seconds:")
    path.write_text("".join(line for line in lines if not line.startswith(lacks)), encoding="utf-8")
    (folder / "roster.yaml").unlink()
    assert load_rules(folder).campaign == load_rules(SHIPPED).campaign
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BrokenRules) as caught:
        load_rules(folder)
    line = text[: text.index(old)].count("\n") + 1
    assert (caught.value.path, caught.value.line) == (path, 2 if old == "title: 走访登记表\n" else line)
    assert what in caught.value.mistake and remedy in caught.value.remedy


class Newer(FormSchema):
    """The forms of a program to come: one key more, one key less."""

    tribe: str
    retired: ClassVar[frozenset[str]] = frozenset({"purpose"})


class TestTheNextProgram:
    """A key is added, a key is retired: older files are read all the same."""

    @pytest.fixture
    def newer(self, tmp_path: Path) -> Path:
        file = tmp_path / "newer" / "visit.yaml"
        file.parent.mkdir()
        file.write_text((SHIPPED / "visit.yaml").read_text(encoding="utf-8") + "tribe: unit\n", encoding="utf-8")
        return file

    def test_a_key_of_a_form_that_is_added_comes_from_the_shipped_form(self, folder: Path, newer: Path) -> None:
        change(folder / "visit.yaml", ("rules",))
        form = load(folder / "visit.yaml", Newer, newer)
        assert (form.tribe, form.rules) == ("unit", ())

    def test_a_retired_key_is_passed_over_and_another_is_not(self, folder: Path, newer: Path) -> None:
        assert load(folder / "visit.yaml", Newer, newer).purpose == ""
        change(folder / "visit.yaml", ("porpose",), "记录")
        with pytest.raises(BrokenRules, match="不认识“porpose”"):
            load(folder / "visit.yaml", Newer, newer)

    def test_a_key_added_inside_a_block_comes_from_the_shipped_block(self) -> None:
        class Watching(Strict):
            free_mb: int
            pause: int

        class Rules(Strict):
            watch: Watching
            words: dict[str, str]

        own = {"watch": {"free_mb": 1}, "words": {"a": "b"}}
        full = completed(own, Rules, {"watch": {"free_mb": 5, "pause": 7}, "words": {"c": "d"}})
        assert full == {"watch": {"free_mb": 1, "pause": 7}, "words": {"a": "b"}}
        assert own == {"watch": {"free_mb": 1}, "words": {"a": "b"}}


class TestInFull:
    def test_a_file_that_lacks_nothing_is_kept_to_the_byte(self, folder: Path) -> None:
        file = folder / "campaign.yaml"
        assert in_full(file, Campaign, SHIPPED / file.name) == file.read_bytes()

    def test_a_file_that_is_not_there_is_the_shipped_one(self, tmp_path: Path) -> None:
        wanted = (SHIPPED / "roster.yaml").read_bytes()
        assert in_full(tmp_path / "roster.yaml", FormSchema, SHIPPED / "roster.yaml") == wanted

    def test_a_file_that_lacks_a_key_says_by_itself_what_it_came_to(self, folder: Path, tmp_path: Path) -> None:
        file = folder / "campaign.yaml"
        change(file, ("watch",))
        change(file, ("alerts", "warn_workdays"))
        alone = tmp_path / "alone.yaml"
        alone.write_bytes(in_full(file, Campaign, SHIPPED / "campaign.yaml"))
        content = yaml.safe_load(alone.read_text(encoding="utf-8"))
        assert content["watch"]["nightly_at"]["value"] == "18:30" and content["alerts"]["warn_workdays"]["value"] == 2
        assert load(alone, Campaign, alone) == load_rules(SHIPPED).campaign


class TestFingerprint:
    def test_rules_of_an_office_are_others_when_what_stands_in_for_them_changes(
        self, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = fingerprint(folder)
        upgraded = Path(shutil.copytree(SHIPPED, tmp_path / "upgraded"))
        change(upgraded / "campaign.yaml", ("watch", "free_mb", "value"), 600)
        monkeypatch.setattr("dazoufang.rules.forms.shipped", lambda _: upgraded)
        assert fingerprint(folder) != before

    def test_the_program_s_own_rules_are_told_by_themselves_however_their_folder_is_spelt(self) -> None:
        assert fingerprint(SHIPPED) == fingerprint(SHIPPED / ".." / SHIPPED.name)
