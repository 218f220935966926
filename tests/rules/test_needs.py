"""What the program needs of an office's forms: each field and word taken out is refused at its line, or nothing breaks."""

from __future__ import annotations

import os
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from tables import rows, workbook

from dazoufang.duties.alerts import alerts
from dazoufang.judging.examine import examine_bytes
from dazoufang.judging.verdict import accept
from dazoufang.ledger.fold import Fold
from dazoufang.model.submission import Delivery
from dazoufang.record.record import Counters
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.rules.rules_file import BrokenRules
from dazoufang.system.home import shipped
from dazoufang.writing import alert_sheet, blank_forms
from dazoufang.writing.annexes import annexes
from dazoufang.writing.answers.receipt import receipt
from dazoufang.writing.answers.returned_copy import returned_copy
from dazoufang.writing.sheets import page
from dazoufang.writing.sheets.book import Book

pytestmark = pytest.mark.usefixtures("few_outputs")

TODAY: Final = date(2023, 10, 20)
ROSTER: Final = """
| 姓名 | 单位 | 职务 | 角色 | 手机 | 邮箱 | 分管领导 | 任职起 | 任职止 |
| 李明 | 人事股 | 股长 | 股室负责人 | 13812345678 | liming@example.org | 王芳 | @2023-01-01 | @2023-12-31 |
| 王芳 | 工会 | 主席 | 局领导班子成员 | | | | | |
"""
ASSIGNED: Final = """
| 轮次 | 走访对象 | 对象类别 | 乡镇 | 村(社区)组 | 联系电话 | 走访干部 | 来源 |
| 下半年 | 张三 | 人大代表 | 章华镇 | 沙口村5组 | 13812345678 | 李明 | 乡镇提供 |
| 下半年 | 李四 | 其他 | 章华镇 | 沙口村6组 | | 李明、王芳 | 股室摸底 |
"""
VISITS: Final = """
| 走访日期 | 走访干部 | 职务 | 走访对象 | 对象类别 | 乡镇 | 村(社区)组 | 联系电话 | 矛盾纠纷和信访诉求 | 意见建议 | 政策咨询和求助 | 现场答复情况 | 台账编号 |
| @2023-09-20 | 李明 | 股长 | 张三 | 人大代表 | 章华镇 | 沙口村5组 | 13812345678 | 与邻居因排水沟改道争执 | 1.建议硬化通学路 2.建议修渠 | 咨询资助政策 | 当场答复 | |
| @2023-09-21 | 李明、王芳 | | 李四 | 其他 | 章华镇 | 沙口村6组 | 13812345679 | 宅基地界址不清 | | 孩子上学困难，请求帮助 | | |
| @2023-09-22 | 王芳 | | 赵六 | 政协委员 | 章华镇 | | | | | | | |
| @2023-09-22 | 李铭 | | 王五 | 其他 | 章华镇 | | | | | | | |
| | 李明 | 股长 | 陈七 | 其他 | 章华镇 | 沙口村5组 | | | | | | |
"""
DISPUTES: Final = """
| 编号 | 走访日期 | 走访干部 | 当事人 | 联系电话 | 乡镇 | 村(社区)组 | 纠纷类别 | 主要情况及诉求 | 信访性质 | 风险等级 | 复杂程度 | 责任单位 | 责任人 | 化解时限 | 化解情况 | 办理状态 | 办结日期 | 回访日期 | 回访方式 | 满意度 | 销号日期 |
| 23下矛0001 | @2023-09-20 | 李明 | 张三 | 13812345678 | 章华镇 | 沙口村5组 | 邻里关系 | 与邻居因排水沟改道争执 | 初信初访 | 一般 | 复杂 | 人事股 | 李明 | @2023-10-31 | 双方签订协议 | 已化解 | @2023-10-10 | @2023-10-12 | 上门 | 满意 | @2023-10-12 |
| | @2023-09-25 | 王芳 | 周八 | 13812345670 | 章华镇 | 沙口村1组 | 征地拆迁 | 补偿没有到位 | 重复访 | 涉稳风险 | 简单 | | | | | 稳控中 | | | | | |
| | @2023-09-26 | 王芳 | 吴九 | | 章华镇 | 沙口村2组 | 物业消费 | 物业费争议 | | | | | | | 已调解 | 已化解 | @2023-10-09 | | | 不满意 | @2023-10-11 |
| | @2023-09-26 | 王芳 | 郑十 | | 章华镇 | | 物业消费 | 楼道漏水 | | | | 工会 | | | 已修 | 已化解 | @2023-10-09 | | | | @2023-10-11 |
| 23下矛0099 | | | | | | | | | | | | | | | | 已化解 | @2023-09-01 | | | | |
"""
SUGGESTIONS: Final = """
| 编号 | 反映日期 | 走访干部 | 反映人 | 身份 | 联系电话 | 村(社区)组 | 事项性质 | 事项类别 | 意见建议内容 | 承办单位 | 责任人 | 办理情况 | 办理状态 | 办结日期 | 回复日期 | 回复方式 | 满意度 |
| 23下建0001 | @2023-09-20 | 李明 | 张三 | 人大代表 | 13812345678 | 沙口村5组 | 意见建议 | 道路交通 | 建议硬化通学路 | 人事股 | 李明 | 已列入计划 | 已办结 | @2023-10-10 | @2023-10-12 | 电话 | 满意 |
| | @2023-09-20 | 李明 | 孙二 | 其他 | | 沙口村5组 | 政策咨询 | 政策落实 | 咨询低保政策 | | | | 正在办理 | | | | |
"""
DECISIONS: Final = """
| 编号 | 裁定 | 新时限 | 对应编号 | 批准人 | 批准日期 | 理由 |
| 23下矛0002 | 延期 | @2023-11-10 | | 王芳 | @2023-10-18 | 需等统一定价 |
| 23下建0002 | 并案 | | 23下建0001 | 王芳 | @2023-10-18 | 同一件事 |
| 23下矛0001 | 重开 | | | 王芳 | @2023-10-18 | 又来反映 |
| 23下矛0003 | 作废 | | | 王芳 | @2023-10-18 | 重复登记 |
"""
FILES: Final = (
    ("花名册.xlsx", ROSTER), ("任务分解表.xlsx", ASSIGNED), ("人事股/走访登记表.xlsx", VISITS),
    ("人事股/矛盾纠纷事项办理表.xlsx", DISPUTES), ("人事股/意见建议事项办理表.xlsx", SUGGESTIONS), ("裁定表.xlsx", DECISIONS),
    ("工会/走访登记表.xlsx", VISITS), ("人事股/走访登记表(1).xlsx", VISITS.replace("当场答复", "已答复").replace("硬化", "加宽")),
    ("人事股/矛盾纠纷事项办理表(1).xlsx", DISPUTES.replace("补偿没有到位", "补偿款没有到位")),
)  # fmt: skip


@cache
def book(table: str, unit: str) -> bytes:
    return workbook(table, unit=unit)


def whole_round(rules: Rules, form: str, monkeypatch: pytest.MonkeyPatch) -> Fold:
    """All of a round in this process: judged, folded, and everything written; of the many blank forms that of `form`."""
    standing, counters = Fold(rules), Counters()
    for path, table in FILES:
        unit, _, name = path.rpartition("/")
        data = book(table, unit)
        delivery = Delivery(path, path, path, TODAY)
        examined = examine_bytes(data, name, rules, TODAY)
        submission = accept(delivery, counters.submission_id + 1, examined, rules, standing.roster())
        counters.number(submission)
        effect = standing.take(submission)
        receipt(submission, effect, rules, shipped("templates"))
        returned_copy(submission, data, rules)
    frames = standing.frames()
    page.workbook(alert_sheet.book(frames, alerts(frames, rules, TODAY), rules, TODAY))
    for published in annexes.names(rules.schemas):
        page.workbook(annexes.book(published, frames, rules, TODAY))
    page.workbook(Book((blank_forms.form(rules.schemas[form], rules),), TODAY))
    with monkeypatch.context() as patch:
        patch.setattr(page, "workbook", lambda book: bytes(len(book.sheets)))
        blank_forms.render(rules, frames, TODAY)
    return standing


@cache
def content_of(form: str) -> dict[str, Any]:
    """What the form's YAML holds."""
    content: dict[str, Any] = yaml.safe_load((shipped("schemas") / f"{form}.yaml").read_text(encoding="utf-8"))
    return content


def without(form: str, name: str) -> dict[str, Any]:
    """The form less that field, and nothing speaks of it any more."""
    content = deepcopy(content_of(form))
    (dropped,) = (column for column in content["fields"] if column["name"] == name)
    content["fields"] = [column for column in content["fields"] if column is not dropped]
    headings = (dropped["title"], *dropped.get("aliases", []))
    content["telling"] = [heading for heading in content.get("telling", []) if heading not in headings]
    content["primaryKey"] = [other for other in content["primaryKey"] if other != name]
    content["identities"] = [known for known in content.get("identities", []) if name not in known]
    content["writtenAhead"] = [other for other in content.get("writtenAhead", []) if other != name]
    content["groups"] = {
        group: [other for other in of if other != name] for group, of in content.get("groups", {}).items()
    }
    if content.get("updatesBy") == name:
        del content["updatesBy"]
    rules = [dict(rule) for rule in content["rules"]]
    for rule in rules:
        rule["fields"] = [other for other in rule.get("fields", []) if other != name]
    spoken = ((rule, {rule.get("field"), rule.get("not_before"), *rule.get("when", {})}) for rule in rules)
    content["rules"] = [rule for rule, names in spoken if name not in names and (rule["fields"] or rule.get("field"))]
    return content


def write(folder: Path, form: str, content: dict[str, Any]) -> None:
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    (folder / f"{form}.yaml").write_text(text, encoding="utf-8")


# The fields without which a form is refused: of those of items, what one of the two forms has is enough.
REFUSED: Final = {
    "visit": "visited_on cadres household target_kind township village phone",
    "dispute": "status risk complexity",
    "suggestion": "status nature",
    "roster": "name unit role since_on until_on",
    "assignment": "round_name household cadres",
    "decision": "item_no decision approved_on",
}
FORMS: Final = tuple(REFUSED)
EVERY: Final = [(form, column["name"]) for form in FORMS for column in content_of(form)["fields"]]
STEP: Final = int(os.environ.get("NEEDS_EVERY", "8"))  # of so many fields that may go one is tried; 1 for all, by hand
TRIED: Final = [
    (form, name) for at, (form, name) in enumerate(EVERY) if name in REFUSED[form].split() or at % STEP == 0
]
BOTH: Final = "unit visited_on cadres person matter responsible_unit responsible_person due_on resolved_on follow_up_on"


def test_a_round_of_this_page_does_what_it_is_to_try(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    standing = whole_round(rules, "visit", monkeypatch)
    frames = standing.frames()
    assert set(frames.items["state"]) == {"open", "resolved", "closed"}
    assert {entry.values["decision"] for item in standing.ledger.items.values() for entry in item.decisions} == {
        "延期", "并案", "重开", "作废",
    }  # fmt: skip
    assert {submission.verdict for submission in standing.submissions} == {"accepted", "partly"}
    assert len(frames.visits) == 3 and len(frames.assignments) == 2


@pytest.mark.parametrize(("form", "name"), TRIED)
def test_a_form_less_one_field_is_refused_or_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, name: str
) -> None:
    write(tmp_path, form, without(form, name))
    if name in REFUSED[form].split():
        line = (tmp_path / f"{form}.yaml").read_text(encoding="utf-8").splitlines().index("fields:") + 1
        with pytest.raises(BrokenRules) as refusal:
            load_rules(tmp_path)
        assert str(refusal.value) == (
            f"{form}.yaml 第{line}行：缺少程序要用的列“{name}”。"
            f"请照程序自带的 {form}.yaml 补上这一列；只是不想让单位填的，写 form: false"
        )
    else:
        whole_round(load_rules(tmp_path), form, monkeypatch)


@pytest.mark.parametrize("name", BOTH.split())
def test_a_field_of_items_that_neither_form_has_is_refused(tmp_path: Path, name: str) -> None:
    for form in ("dispute", "suggestion"):
        content = without(form, name)
        write(tmp_path, form, content if name != "unit" else {key: content[key] for key in content if key != "annex"})
    with pytest.raises(BrokenRules, match=rf"^dispute.yaml 第[0-9]+行：缺少程序要用的列“{name}”"):
        load_rules(tmp_path)


# -- the words ------------------------------------------------------------------------------------------------------

NEEDED: Final = """
| form | field | words |
| visit | target_kind | 其他 |
| dispute | status | 未启动 正在化解 已化解 稳控中 程序性终结 |
| dispute | complexity | 简单 复杂 |
| dispute | risk | 涉稳风险 |
| dispute | petition_kind | 重复访 |
| dispute | satisfaction | 不满意 |
| dispute | follow_up_mode | 上门 电话 |
| suggestion | status | 未启动 正在办理 已办结 |
| suggestion | nature | 意见建议 政策咨询 问题求助 |
| suggestion | satisfaction | 不满意 |
| assignment | round_name | 上半年 下半年 |
| decision | decision | 延期 同一人 非同一人 并案 作废 重开 |
"""
WORDS: Final = {(form, name): words.split() for form, name, words in rows(NEEDED)[1:]}
CHOICES: Final = [
    (form, column["name"], word)
    for form in FORMS
    for column in content_of(form)["fields"]
    for word in column.get("constraints", {}).get("enum", ())
]


def renamed(folder: Path, form: str, name: str, word: str) -> int:
    """Call a choice otherwise, wherever the file says it; returns the line of the choices."""
    content = deepcopy(content_of(form))
    (column,) = (column for column in content["fields"] if column["name"] == name)
    column["constraints"]["enum"] = [
        f"另称{word}" if other == word else other for other in column["constraints"]["enum"]
    ]
    aliases = column.get("valueAliases", {})
    column["valueAliases"] = {said: f"另称{word}" if other == word else other for said, other in aliases.items()}
    for rule in content["rules"]:
        if name in rule.get("when", {}):
            rule["when"][name] = [f"另称{word}" if other == word else other for other in rule["when"][name]]
    write(folder, form, content)
    lines = (folder / f"{form}.yaml").read_text(encoding="utf-8").splitlines()
    field = lines.index(f"- name: {name}")
    return next(at for at, line in enumerate(lines, 1) if at > field and line.strip() == "enum:")


@pytest.mark.parametrize(("form", "name", "word"), CHOICES)
def test_a_renamed_choice_is_refused_where_something_depends_on_it(
    tmp_path: Path, form: str, name: str, word: str
) -> None:
    line = renamed(tmp_path, form, name, word)
    if word in WORDS.get((form, name), ()):
        with pytest.raises(BrokenRules, match=rf"^{form}.yaml 第{line}行：“{word}”是") as refusal:
            load_rules(tmp_path)
        assert ("valueAliases" if name != "follow_up_mode" else "campaign.yaml") in refusal.value.remedy
    else:
        assert load_rules(tmp_path).schemas[form]


def test_the_refusal_says_what_to_do(tmp_path: Path) -> None:
    line = renamed(tmp_path, "dispute", "status", "已化解")
    with pytest.raises(BrokenRules) as refusal:
        load_rules(tmp_path)
    assert str(refusal.value) == (
        f"dispute.yaml 第{line}行：“已化解”是程序要用的词，“办理状态”的 enum 里没有了。"
        "请改回“已化解”；要让单位写别的说法，请写在 valueAliases，如 {别的说法: 已化解}"
    )


def test_choices_that_an_office_adds_are_its_own_business(tmp_path: Path) -> None:
    content = deepcopy(content_of("dispute"))
    for column in content["fields"]:
        if "enum" in column.get("constraints", {}):
            column["constraints"]["enum"].append("另一种")
    write(tmp_path, "dispute", content)
    assert "另一种" in load_rules(tmp_path).schemas["dispute"].by_name["status"].constraints.enum


def test_a_way_of_following_up_that_no_row_can_name_is_refused_in_the_campaign(tmp_path: Path) -> None:
    text = (shipped("schemas") / "campaign.yaml").read_text(encoding="utf-8")
    (tmp_path / "campaign.yaml").write_text(text.replace("value: [上门]", "value: [登门]"), encoding="utf-8")
    with pytest.raises(
        BrokenRules, match=r"^campaign.yaml 第[0-9]+行：“登门”是 campaign.yaml 的 complex_follow_up 要用的词"
    ):
        load_rules(tmp_path)


def test_rules_of_another_time_are_only_read(tmp_path: Path) -> None:
    renamed(tmp_path, "dispute", "status", "已化解")
    assert load_rules(tmp_path, in_force=False).schemas["dispute"].by_name["status"].constraints.enum[2] == "另称已化解"
