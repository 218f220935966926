"""The rules files are read strictly: every kind of mistake is refused at the start, naming file, line and mend."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dazoufang.rules.campaign import load_rules
from dazoufang.rules.forms import fingerprint, load_schemas
from dazoufang.rules.rules_file import BrokenRules, parsed
from dazoufang.system.home import shipped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped rules, to be broken."""
    return Path(shutil.copytree(shipped("schemas"), tmp_path / "schemas"))


def edit(folder: Path, file: str, old: str, new: str) -> int:
    """Replace the first `old` by `new`; returns the line of the change."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def refusal(folder: Path) -> BrokenRules:
    with pytest.raises(BrokenRules) as caught:
        load_rules(folder)
    error = caught.value
    assert str(error) == f"{error.path.name} 第{error.line}行：{error.mistake}。{error.remedy}"
    assert error.remedy
    return error


def test_the_shipped_rules_are_whole() -> None:
    assert tuple(load_schemas(shipped("schemas"))) == (
        "visit",
        "dispute",
        "suggestion",
        "roster",
        "assignment",
        "decision",
        "claimed_totals",
        "withdrawal",
        "training_record",
        "guidance_record",
        "notebook_issue",
    )


FORM_MISTAKES = [
    # what is wrong: file, old text, new text, what is said, the mend (a part of each)
    ("unknown key", "visit.yaml", "constraints: {required: true}", "contraints: {required: true}", "不认识“contraints”", "是不是“constraints”"),
    ("unknown key at the top", "visit.yaml", "purpose:", "porpose:", "不认识“porpose”", "是不是“purpose”"),
    ("unknown key like nothing", "visit.yaml", "purpose:", "zzz:", "不认识“zzz”", "docs/schemas.md"),
    ("unknown constraint", "visit.yaml", "maxLength: 60", "maxlen: 60", "不认识“maxlen”", "是不是“maxLength”"),
    ("missing key", "visit.yaml", "title: 走访日期, ", "", "缺少“title”", "请补上"),
    ("missing source", "visit.yaml", ", source: 实施方案：上半年为3月12-4月28日；下半年为9月18日-11月17日", "", "缺少“source”", "请补上"),
    ("text for a number", "visit.yaml", "maxLength: 60", "maxLength: 六十", "“maxLength”应是整数", "请改成数字"),
    ("a limit of nothing", "visit.yaml", "maxLength: 60", "maxLength: 0", "填的是 0，太小了", "不小于 1"),
    ("number for a text", "visit.yaml", "example: 股长", "example: 5", "“example”应是文字", "请加上引号"),
    ("text for a list", "visit.yaml", "aliases: [宣讲]", "aliases: 宣讲", "“aliases”应是一个列表", "请写成 [甲, 乙]"),
    ("list for a block", "visit.yaml", "constraints: {maxLength: 60}", "constraints: [60]", "“constraints”应是一组", "名称: 值"),
    ("neither true nor false", "visit.yaml", "required: true", "required: 必填", "“required”应是 true 或 false", "true"),
    ("a type that is none", "visit.yaml", "type: date", "type: 日期", "“type”的取值不对（日期）", "date、integer"),
    ("a form that is none", "visit.yaml", "name: visit\n", "name: visits\n", "name 写的是“visits”", "请改成 name: visit；如果这个文件只是备份，请移出 schemas 文件夹"),
    ("another form's name", "visit.yaml", "name: visit\n", "name: roster\n", "name 写的是“roster”", "name: visit"),
    ("a key twice", "visit.yaml", "title: 走访登记表\n", "title: 走访登记表\ntitle: 又一个\n", "“title”写了两遍", "只保留一处"),
    ("a key twice in braces", "visit.yaml", "title: 走访日期, ", "title: 走访日期, title: 日子, ", "“title”写了两遍", "只保留一处"),
    ("broken YAML", "visit.yaml", "aliases: [宣讲]", "aliases: [宣讲", "YAML写法有误", "请补上逗号或 ]"),
    ("no blank after a colon", "visit.yaml", "purpose: ", "purpose:", "YAML写法有误", "冒号后空一格"),
    ("a key that is a list", "visit.yaml", "purpose: ", "? [a, b]\n: ", "冒号前面要是一个名称", "括号"),
    ("an invisible sign", "visit.yaml", "title: 走访登记表", "title: 走访\x07登记表", "YAML写法有误", "看不见"),
    ("a field twice", "visit.yaml", "{name: cadre_title,", "{name: cadres,", "字段 cadres 定义了两次", "改名"),
    ("a heading of two fields", "visit.yaml", "aliases: [宣讲]", "aliases: [宣讲, 备注]", "表头“备注”同时属于 topics 和 remark", "只能属于一个"),
    ("a heading of two fields in other width", "visit.yaml", "aliases: [宣讲]", "aliases: [村（社区） 组]", "同时属于 village 和 topics", "只能属于一个"),
    ("a value alias to nowhere", "visit.yaml", "讲安全: 安全}", "讲安全: 安稳}", "“讲安全: 安稳”指向了 enum 中没有的值", "enum 中的一项"),
    ("a rule over no field", "visit.yaml", "field: visited_on, source", "field: visitedon, source", "没有定义的字段“visitedon”", "字段名"),
    ("a group of no field", "visit.yaml", "[cadres, cadre_title]", "[cadres, cadre_titel]", "groups 的“走访干部”提到了没有定义的字段“cadre_titel”", "字段名"),
    ("a key of no field", "visit.yaml", "primaryKey: [visited_on,", "primaryKey: [visit_on,", "primaryKey提到了没有定义的字段“visit_on”", "字段名"),
    ("updates by no field", "dispute.yaml", "updatesBy: item_no", "updatesBy: itemno", "updatesBy提到了没有定义的字段“itemno”", "字段名"),
    ("a hook that is none", "visit.yaml", "hook: visit_window", "hook: visit_windows", "没有名为“visit_windows”的 hook", "visit_window"),
    ("a hook over a text", "visit.yaml", "hook: visit_window, field: visited_on", "hook: visit_window, field: cadres", "只能用于日期（cadres）", "type: date"),
    ("a comparison of unlike", "dispute.yaml", "field: resolved_on, not_before: visited_on", "field: resolved_on, not_before: person", "规则 compare", "type: date"),
    ("a comparison with nothing", "dispute.yaml", "field: resolved_on, not_before: visited_on, ", "field: resolved_on, ", "规则 compare 缺少“not_before”", "请补上"),
    ("a duplicate of nothing", "visit.yaml", "what: 户走访, ", "", "规则 duplicate 缺少“what”", "请补上"),
    ("a reference to nowhere", "visit.yaml", "reference: roster.name", "reference: roster.phone", "不能参照“roster.phone”", "roster.name"),
    ("a code that is none", "visit.yaml", "code: C13", "code: C99", "没有编号为“C99”的填报错误", "docs/faults.md"),
    ("a reason from nowhere", "dispute.yaml", "why: \"办理状态是“{status}”\"", "why: \"办理状态是“{statsu}”\"", "“{statsu}”不是 when 的字段", "when"),
    ("a pattern that is none", "visit.yaml", "constraints: {maxLength: 60}", "constraints: {pattern: '[A-Z'}", "正则表达式", "括号"),
    ("choices for a date", "visit.yaml", "type: date, example: 2023-09-20, ditto: all, width: 11, constraints: {required: true}",
     "type: date, constraints: {enum: [甲]}", "type 是 date 的列不能有 enum", "type: string"),
    ("several of no choices", "visit.yaml", "type: array, example: 政策、安全, width: 9, print: false, constraints: {enum: [政策, 法律, 工作, 安全]}, valueAliases: {讲政策: 政策, 讲法律: 法律, 讲工作: 工作, 讲安全: 安全}",
     "type: array", "type 是 array 的列要有 enum", "可选"),
    ("a least text", "visit.yaml", "constraints: {maxLength: 60}", "constraints: {minimum: 3}", "minimum 只能用于 type: integer", "minLength"),
    ("one part alone", "visit.yaml", "example: 股长", "parts: [[{headings: [科]}]]", "至少要有两列", "另一列"),
    ("a part twice", "visit.yaml", "example: 股长", "parts: [[{headings: [科]}, {headings: [科]}]]", "重复了", "各不相同"),
    ("a part without a name", "visit.yaml", "example: 股长", "parts: [[{headings: [科]}, {headings: ['*']}]]", "空的", "各不相同"),
    ("a part that is another field", "visit.yaml", "example: 股长", "parts: [[{headings: [科]}, {headings: [备注]}]]", "“备注”是 remark 的表头", "删去一处"),
    ("parts of a choice", "visit.yaml", "name: topics, ", "name: topics, parts: [[{headings: [科]}, {headings: [室]}]], ", "只有文字或日期", "去掉 parts"),
    ("words for no fault", "visit.yaml", "example: 股长", "messages: {C99: 写错了}", "没有编号为“C99”的填报错误", "docs/faults.md"),
    ("words with one brace", "visit.yaml", "example: 股长", "messages: {C17: '写了{length个字'}", "花括号没有成对", "{value}"),
]  # fmt: skip


# Where the line named is not that of the change: the text on that line, or how far below it is.
OTHER_LINES = {"a heading of two fields": "{name: remark,", "a key twice": 1}


@pytest.mark.parametrize(
    ("mistake", "file", "old", "new", "what", "remedy"), FORM_MISTAKES, ids=[row[0] for row in FORM_MISTAKES]
)
def test_a_mistake_in_a_form_is_refused_with_file_line_and_mend(
    folder: Path, mistake: str, file: str, old: str, new: str, what: str, remedy: str
) -> None:
    line = edit(folder, file, old, new)
    error = refusal(folder)
    other = OTHER_LINES.get(mistake, 0)
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    expected = line + other if isinstance(other, int) else next(n for n, text in enumerate(lines, 1) if other in text)
    assert error.path == folder / file
    assert error.line - expected in ((0, 1) if "YAML" in what else (0,))
    assert what in error.mistake
    assert remedy in error.remedy


def test_a_file_that_the_program_itself_lacks_is_named(folder: Path) -> None:
    with pytest.raises(BrokenRules) as caught:
        parsed(folder / "rooster.yaml")
    assert (caught.value.path.name, caught.value.mistake) == ("rooster.yaml", "找不到这个规则文件")
    assert str(folder) in caught.value.remedy


def test_a_file_saved_in_gbk_is_named(folder: Path) -> None:
    path = folder / "roster.yaml"
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    assert "请用UTF-8编码另存" in refusal(folder).remedy


def test_a_file_with_a_byte_order_mark_is_as_good(folder: Path) -> None:
    path = folder / "roster.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_rules(folder).schemas["roster"].title == "花名册"


@pytest.mark.parametrize("text", ["", "只有一句话", "- 甲\n- 乙\n", "5"])
def test_a_file_of_something_else_is_refused(folder: Path, text: str) -> None:
    (folder / "roster.yaml").write_text(text, encoding="utf-8")
    error = refusal(folder)
    assert (error.path.name, error.line) == ("roster.yaml", 1)
    assert "应是一组“名称: 值”" in error.mistake


def test_a_date_may_stand_as_an_example_without_quotes(folder: Path) -> None:
    schema = load_schemas(folder)["visit"]
    assert schema.by_name["visited_on"].example == "2023-09-20"


def test_the_columns_of_a_form_and_of_its_annex(folder: Path) -> None:
    schema = load_schemas(folder)["visit"]
    assert [f.name for f in schema.fields if f not in schema.blank] == [
        "unit",
        "responsible_office",
        "item_nos",
        "explanation",
    ]
    assert [f.name for f in schema.fields if f not in schema.stored] == ["serial", "responsible_office"]
    assert [f.name for f in schema.required] == ["visited_on", "cadres", "household", "target_kind"]
    printed = [f.print for f in schema.annex_columns]
    assert printed == sorted(printed, reverse=True)
    assert {f.name for f in schema.annex_columns} == set(schema.by_name) - {"explanation"}
    assert schema.upholding is schema.by_name["explanation"] and load_schemas(folder)["roster"].upholding is None


@pytest.mark.parametrize(
    "change",
    [
        lambda f: (f / "visit.yaml").write_bytes(b"x"),
        lambda f: (f / "new.yaml").write_bytes(b""),
        lambda f: (f / "visit.yaml").rename(f / "vizit.yaml"),
    ],
)
def test_any_change_of_the_rules_changes_their_fingerprint(folder: Path, change: Callable[[Path], object]) -> None:
    before = fingerprint(folder)
    assert fingerprint(folder) == before
    change(folder)
    assert fingerprint(folder) != before
