"""Whatever is written wrong in a rules file is said in Chinese, with its line and the mend; no word of a library shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dazoufang.rules.campaign import load_rules
from dazoufang.rules.rules_file import BrokenRules, parsed
from dazoufang.rules.schema import FormSchema
from dazoufang.system.home import shipped


@pytest.mark.parametrize(
    ("text", "line", "mistake"),
    [
        ("a: b: c", 1, "这里不能再有“名称: 值”"),
        ("a: 1\n b: 2", 2, "这里不能再有“名称: 值”"),
        ("a: [1, 2\nb: 3", 1, "（[ 没有写完）"),
        ("x: 1\na: {x: 1\nb: 3", 2, "（{ 没有写完）"),
        ("a:\n\t- b", 2, "这里有不能用的字符"),
        ("x: 1\na: 'x\nb: c", 2, "（引号没有写完）"),
        ('a: "\\server"', 1, "双引号里的 \\ 用得不对"),
        ('a: "x\\q"', 1, "双引号里的 \\ 用得不对"),
        ("a: *x", 1, "* 和 & 在 YAML 里另有用处"),
        ("a: !x 1", 1, "! 在 YAML 里另有用处"),
        ("a: @x", 1, "这里有不能用的字符"),
        ("%x", 1, "% 在行首另有用处"),
        ("a: 1\n---\nb: 2", 2, "文件里有单独一行 ---"),
        ("a: - b", 1, "这里不能写“- ”"),
        ("a:\n  - 1\n - 2", 3, "缩进没有对齐"),
        ("- a\nb: c", 2, "列表里混进了别的内容"),
        ("a: ]", 1, "这里缺一个值，或多了一个括号"),
        ("a: |3x\n y", 1, "| 和 > 后面多了字"),
        ("<<: 1", 1, "冒号前面要是一个名称"),
        ("a: !!binary é", 1, ""),
        ("a: !!timestamp x", 1, "“x”读不成一个值"),
        ("a: 2023-11-31", 1, "“2023-11-31”读不成一个值"),
    ],
)
def test_what_is_no_yaml_is_said_in_chinese(tmp_path: Path, text: str, line: int, mistake: str) -> None:
    file = tmp_path / "campaign.yaml"
    file.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(BrokenRules) as broken:
        parsed(file)
    assert broken.value.line == line
    assert mistake in broken.value.mistake
    assert not re.search(
        "[A-Za-z]{2,}", re.sub(r"“.*?”|YAML|Tab|server", "", broken.value.mistake + broken.value.remedy)
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('nightly_at: {value: "18:30"', 'nightly_at: {value: "傍晚"', "“value”的写法不对（傍晚）。请照程序自带的规则文件里这一项的写法改"),
        ("- name: 上半年", "- name: 春季", "“name”的取值不对（春季）。可以写：上半年、下半年"),
        ("audience: 内部, days: [周一]}", "audience: 领导, days: [周一]}", "“audience”的取值不对（领导）。可以写：内部、上报、公示"),
        ("many: {value: 3", "many: {value: true", "“value”填的是 true，太小了。请填不小于 2 的数"),
        ("form: training_record", 'form: ""', "“form”是空的。请写上内容"),
        ("workers: {value: 2", "workers: {value: [2]", "“value”应是整数。请改成数字"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_said_in_chinese(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (shipped("schemas") / "campaign.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "campaign.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BrokenRules) as broken:
        load_rules(tmp_path)
    assert f"{broken.value.mistake}。{broken.value.remedy}" == said
    assert broken.value.line == text[: text.index(old)].count("\n") + 1


def test_a_name_or_heading_that_is_a_list_is_the_rules_mistake_and_not_the_programs(tmp_path: Path) -> None:
    text = (shipped("schemas") / "visit.yaml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^(identities|telling|writtenAhead):.*\n( .*\n)*", "", text)
    for old, new in (("name: remark", "name: [remark]"), ("title: 备注", "title: [备注]")):
        (tmp_path / "visit.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(BrokenRules, match="应是文字"):
            load_rules(tmp_path)
    assert FormSchema.model_fields["telling"]
