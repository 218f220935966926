"""topics.yaml: a file of the rules that is no form; its mistakes are named with line and mend, older homes take the program's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dazoufang.archive.kept_rules import keep
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.rules.rules_file import BrokenRules
from dazoufang.system.home import shipped

pytestmark = pytest.mark.usefixtures("few_outputs")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped("schemas"), tmp_path / "schemas"))


def test_as_it_is_shipped(rules: Rules) -> None:
    topics = rules.topics
    assert (topics.units.value, topics.rise_cases.value, topics.rise_percent.value, topics.rise_units.value) == (
        3,
        3,
        50,
        2,
    )
    words = {topic.name: topic.words for topic in topics.topics}
    assert "排水沟" in words["排水沟渠与灌溉"] and "拖欠工资" in words["拖欠工资与欠款"]
    assert len(words) == 24


def test_it_is_no_form(rules: Rules) -> None:
    assert "topics" not in rules.schemas


OWN = """units: {value: 2, source: 局内设定：从严}
topics:
  - {name: 养蜂, words: [蜂箱, 蜜蜂]}
"""


def test_an_office_has_its_own_topics_and_the_thresholds_it_does_not_write_are_the_programs(folder: Path) -> None:
    (folder / "topics.yaml").write_text(OWN, encoding="utf-8")
    topics = load_rules(folder).topics
    assert [(topic.name, topic.words) for topic in topics.topics] == [("养蜂", ("蜂箱", "蜜蜂"))]
    assert (topics.units.value, topics.rise_cases.value) == (2, 3)


def test_a_home_from_before_there_were_topics_has_the_programs(folder: Path, rules: Rules) -> None:
    (folder / "topics.yaml").unlink()
    assert load_rules(folder).topics == rules.topics
    assert load_rules(folder, in_force=False).topics == rules.topics


def test_other_topics_are_other_rules(folder: Path) -> None:
    before = load_rules(folder).fingerprint
    (folder / "topics.yaml").write_text(OWN, encoding="utf-8")
    assert load_rules(folder).fingerprint != before


def test_the_archive_keeps_the_topics_with_the_rest(folder: Path, tmp_path: Path) -> None:
    (folder / "topics.yaml").write_text(OWN, encoding="utf-8")
    rules = load_rules(folder)
    keep(tmp_path, rules)
    kept = load_rules(tmp_path / "rules" / rules.fingerprint, in_force=False)
    assert kept.topics == rules.topics and kept.topics.topics[0].name == "养蜂"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (OWN.replace("蜜蜂]", "蜂]"), 3, "“蜂”太短，许多别的话里也有。请写两个字以上的词，或删去"),
        (OWN.replace("蜜蜂]", "蜂 箱]"), 3, "“蜂 箱”写了两遍。请只保留一处"),
        (OWN.replace("[蜂箱, 蜜蜂]", "[]"), 3, "“words”是空的。请至少写一项"),
        (OWN.replace("[蜂箱, 蜜蜂]", "蜂箱"), 3, "“words”应是一个列表。请写成 [甲, 乙]，只有一项也要加方括号"),
        (OWN + "  - {name: 养 蜂, words: [蜂王]}\n", 4, "有两个专题叫“养 蜂”。请并成一个，或改一个名称"),
        (OWN.replace("name: 养蜂", "name: ' '"), 3, "专题没有名称。请写上名称，如 排水沟渠"),
        (OWN.replace("words:", "word:"), 3, "缺少“words”。请补上这一项"),
        (OWN.replace("value: 2", "value: 0"), 1, "“value”填的是 0，太小了。请填不小于 1 的数"),
        (OWN + "rise_case: {value: 3, source: 局内设定}\n", 4, "不认识“rise_case”。请检查拼写，是不是“rise_cases”"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_mend(folder: Path, text: str, line: int, words: str) -> None:
    (folder / "topics.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BrokenRules) as caught:
        load_rules(folder)
    assert str(caught.value) == f"topics.yaml 第{line}行：{words}"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("电诈: [电诈, 电信诈骗, 网络诈骗", "电诈: [电诈, '', 网络诈骗", "有一个词是空的。请写上词，或删去"),
        ("县: [县委, 县政府, 县里, 县级, 县局, 全县, 教育局, 教体局, 教育体育局, 信访局, 县直, 县城, 县医院]", "县: []", "“县”一个词也没有。请至少写一个词"),
        ("copied_likeness: {value: 90", "copied_likeness: {value: 9", "“value”填的是 9，太小了。请填不小于 50.0 的数"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_words_of_the_content_is_named_with_its_line(
    folder: Path, old: str, new: str, words: str
) -> None:
    file = folder / "campaign.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    with pytest.raises(BrokenRules) as caught:
        load_rules(folder)
    assert str(caught.value) == f"campaign.yaml 第{line}行：{words}"
