"""通报.docx: what it says is what the sheets show; the office's own template; its page; the same bytes again."""

from __future__ import annotations

import importlib.util
import io
import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from shutil import copytree
from typing import Any

import docx
import openpyxl
import pytest
from conftest import MAKE_NOTICE, TODAY, Office
from tables import workbook

from dazoufang.commands import rebuild
from dazoufang.commands.run import exit_code, run_as_of
from dazoufang.rules.campaign import Rules
from dazoufang.rules.years import Year
from dazoufang.running import outbox_plan
from dazoufang.system.home import Home, shipped
from dazoufang.writing.broken_template import BrokenTemplate
from dazoufang.writing.notice.notice import Notice

FILE = "通报.docx"
ROSTER = "姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人\n王芳 | 督导室 | 股室负责人\n赵敏 | 财务股 | 股室负责人"
HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 村(社区)组 | 联系电话 | 矛盾纠纷和信访诉求 |\n"
DITCH = "| 2023-09-20 | 李明 | 张三 | 其他 | 章华镇 | 沙口村1组 | 13800000001 | 与邻居因排水沟改道争执 |\n"
CALM = "| 2023-09-21 | 李明 | 李四 | 人大代表 | 章华镇 | 沙口村2组 | 13800000002 | 无 |\n"
TEN = "".join(f"| 2023-09-25 | 赵敏 | 王{n} | 其他 | 章华镇 | 东湖村 | | 无 |\n" for n in "一二三四五六七八九十")
SAID = {"局名": "某局", "年": 2023, "名单": ["甲", "乙"], "组": {"数": 3}}


@pytest.fixture(scope="module", autouse=True)
def _few_outputs() -> Iterator[None]:
    """Besides the notice what it leads to, what leads to it, and the answers."""
    with pytest.MonkeyPatch.context() as patch:
        parts = (
            outbox_plan.add_annexes,
            outbox_plan.add_alerts,
            outbox_plan.add_changes,
            outbox_plan.add_answers,
            outbox_plan.add_notice,
            outbox_plan.add_page,
        )
        patch.setattr(outbox_plan, "PARTS", parts)
        yield


@pytest.fixture(scope="module")
def has_told(old_office: Office) -> Office:
    """Of three units one is behind (工会, with a dispute that nobody owns), one is done (财务股), one is silent (督导室)."""
    old_office.drop("花名册.xlsx", workbook(ROSTER))
    old_office.drop("工会/走访.xlsx", workbook(HEAD + DITCH + CALM, unit="工会"))
    old_office.take("财务股/走访.xlsx", workbook(HEAD + TEN, unit="财务股"))
    return old_office


@pytest.fixture
def told(office: Office, has_told: Office) -> Office:
    office.is_like(has_told)
    return office


def opened(data: bytes) -> Any:
    return docx.Document(io.BytesIO(data))


def paragraphs(office: Office) -> list[str]:
    return [paragraph.text for paragraph in opened(office.outbox()[FILE]).paragraphs]


def table(office: Office, at: int) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in opened(office.outbox()[FILE]).tables[at].rows]


def template(*lines: str) -> bytes:
    """A Word document with these paragraphs."""
    document, saved = docx.Document(), io.BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.save(saved)
    return saved.getvalue()


def use(office: Office, data: bytes) -> None:
    """Lay a template of the office's own into its home."""
    folder = office.home.root / "templates"
    folder.mkdir(exist_ok=True)
    (folder / FILE).write_bytes(data)


def rule(office: Office, before: str, after: str) -> None:
    """Have the office's own rules say something else."""
    if not (office.home.root / "schemas").exists():
        copytree(shipped("schemas"), office.home.root / "schemas")
    file = office.home.root / "schemas" / "campaign.yaml"
    text = file.read_text("utf-8")
    assert text.count(before) == 1
    file.write_text(text.replace(before, after), "utf-8")


# -- what it says ----------------------------------------------------------------------------------------------------


def test_it_tells_of_visits_items_units_problems_and_next_steps(told: Office) -> None:
    assert [line for line in paragraphs(told) if line] == [
        "2023年下半年县乡干部大走访活动",
        "进展情况通报",
        "（截至10月20日）",
        "各股室、局属各单位：",
        "2023年下半年县乡干部大走访活动自9月18日开始，到11月17日结束，现在是集中化解阶段（10月16日至11月17日）。"
        "现将截至10月20日的进展情况通报如下。",
        "一、工作进展",
        "（一）入户走访。全局3个单位、3名干部，本轮应走访30户，已走访12户，完成率40.0%（12/30），登记走访12户次。"
        "其中人大代表1户、其他11户。回访群众0户次。",
        "（二）矛盾纠纷。本轮收集1件，已化解0件，化解率0.0%（0/1），正在化解1件（含未启动、移交转办），稳控中0件，已销号0件。"
        "今天收到的表里新登记1件、销号0件，现有未销号1件。",
        "（三）意见建议。本轮收集0件，已办结0件，办结率—（0/0），正在办理0件（含未启动、移交转办），已销号0件。"
        "今天收到的表里新登记0件、销号0件，现有未销号0件。",
        "二、各单位情况",
        "已经完成任务的1个单位：财务股。",
        "进度落后的1个单位：工会。",
        "还没有报送的1个单位：督导室。",
        "没有走访记录的干部1名：督导室王芳。",
        "三、存在的问题",
        "（一）未落实责任。1件没有落实责任单位或责任人：工会1件（23下矛0001）。",
        "四、下一步工作",
        "（一）完成走访任务。还有2名干部没有完成，合计还差18户，期限：11月17日以前（尚余20个工作日）。",
        "（二）落实责任。1件事项没有落实责任单位、责任人，期限：立即（期限已过）。",
        "（三）抓紧化解办理。本轮还有1件事项在办，各有办理时限的按办理时限，期限：11月17日以前（尚余20个工作日）。",
        "请各单位对照本通报，抓紧办理，按时报送。12月1日至12月20日为考核讲评阶段，请提前做好准备。",
        "华容县教育体育局",
        "2023年10月20日",
        "数据来源（核对用，不随文印发）",
    ]
    assert table(told, 0) == [
        ["序号", "单位", "干部", "应走访", "已走访", "完成率", "逾期事项", "走访进度"],
        ["1", "工会", "1", "10", "2", "20.0%", "1", "进度落后"],
        ["2", "督导室", "1", "10", "0", "0.0%", "0", "未报送"],
        ["3", "财务股", "1", "10", "10", "100.0%", "0", "已完成"],
    ]


def test_every_figure_stands_on_the_sheet_that_the_last_table_names(told: Office) -> None:
    sources = {row[0]: row[1:] for row in table(told, 1)}
    assert sources["应走访、已走访、完成率"] == ["30户、12户、40.0%", "附件1“汇总统计”合计行·应走访、已走访、完成率"]
    assert sources["走访户次"] == ["12", "附件1“走访明细”中下半年的行数"]
    assert sources["未落实责任"] == ["1件", "预警提醒类型为“未落实责任”的各条"]
    assert sources["矛盾纠纷今日变化"] == ["新登记1件、销号0件、现有未销号1件", "今日变化“台账平衡”"]

    def rows(file: str, sheet: str) -> list[list[Any]]:
        name = next(name for name in told.outbox() if name.startswith(file))
        return [list(row) for row in openpyxl.load_workbook(io.BytesIO(told.outbox()[name]))[sheet].values]

    total = next(row for row in rows("附件1", "汇总统计") if row[0] == "合计")
    assert total[:6] == ["合计", "3个单位", "3人", 30, 12, 0.4]
    assert sum(isinstance(row[0], int) for row in rows("附件1", "走访明细")) == 12
    assert [row[2] for row in rows("预警提醒", "全部预警")].count("未落实责任") == 1
    assert next(row for row in rows("今日变化", "台账平衡") if row[0] == "矛盾纠纷") == [
        "矛盾纠纷",
        0,
        1,
        0,
        0,
        0,
        0,
        1,
    ]


def test_the_next_steps_say_what_is_to_be_answered_and_how_much_of_what_nobody_has_is_unrest(told: Office) -> None:
    head = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 政策咨询和求助\n"
    told.drop(
        "工会/咨询.xlsx",
        workbook(f"{head}2023-09-20 | 李明 | 王五 | 其他 | 13812345679 | 咨询退休金怎么算", unit="工会"),
    )
    head = "走访日期 | 走访干部 | 当事人 | 联系电话 | 纠纷类别 | 主要情况及诉求 | 风险等级 | 办理状态\n"
    row = "2023-09-20 | 李明 | 孙六 | 13812345670 | 邻里关系 | 扬言到县里上访 | 涉稳风险 | 正在化解"
    told.take("工会/矛盾.xlsx", workbook(head + row, unit="工会"))
    said = paragraphs(told)
    assert any(
        "件事项没有落实责任单位、责任人（其中涉稳、稳控1件，须立即落实），期限：立即（期限已过）。" in line
        for line in said
    )
    assert "（一）涉稳未落实包保。1件有涉稳风险或正在稳控，没有落实责任人：工会1件（邻里关系1件；23下矛0002）。" in said
    assert any(
        line.endswith(
            "及时答复。1件政策咨询、问题求助还没有回复，其中1件已经逾期，请立即办，期限：提出后5个工作日以内。"
        )
        for line in said
    )


def test_what_the_items_of_a_problem_are_about_is_said_by_their_categories_the_most_frequent_first(
    told: Office,
) -> None:
    head = "走访日期 | 走访干部 | 当事人 | 联系电话 | 纠纷类别 | 主要情况及诉求 | 办理状态\n"
    rows = (
        "2023-09-20 | 李明 | 孙六 | 13812345670 | 邻里关系 | 排水沟改道 | 正在化解\n"
        "2023-09-20 | 李明 | 周七 | 13812345671 | 债务合同 | 欠工资没有结清 | 正在化解\n"
        "2023-09-20 | 李明 | 吴八 | 13812345672 | 债务合同 | 借款到期不还 | 正在化解"
    )
    told.take("工会/矛盾.xlsx", workbook(head + rows, unit="工会"))
    assert (
        "（一）未落实责任。4件没有落实责任单位或责任人：工会4件（债务合同2件、类别未注明1件、邻里关系1件；"
        "23下矛0001、23下矛0002、23下矛0003等4件）。" in paragraphs(told)
    )


def test_where_two_units_owe_something_about_an_item_the_notice_says_why_their_sum_is_more(told: Office) -> None:
    assert not any("逾期事项全局" in line for line in paragraphs(told))
    head = "反映日期 | 走访干部 | 反映人 | 联系电话 | 事项性质 | 事项类别 | 意见建议内容 | 承办单位 | 办理状态\n"
    row = "2023-09-20 | 李明 | 王五 | 13812345679 | 政策咨询 | 其他 | 咨询退休金怎么算 | 财务股 | 正在办理"
    told.take("工会/建议.xlsx", workbook(head + row, unit="工会"))
    assert [line[6] for line in table(told, 0)] == ["逾期事项", "2", "0", "1"]
    assert "逾期事项全局2件；有的事项几个单位都要办，各计一件。" in paragraphs(told)


def test_where_somebody_went_farther_than_he_had_to_what_is_left_is_more_than_the_difference_and_that_is_said(
    told: Office,
) -> None:
    more = "".join(f"| 2023-09-26 | 赵敏 | 钱{n} | 其他 | 章华镇 | 西湖村 | | 无 |\n" for n in "一二")
    told.take("财务股/又走.xlsx", workbook(HEAD + more, unit="财务股"))
    said = paragraphs(told)
    assert any("应走访30户，已走访14户" in line for line in said)
    step = "还有2名干部没有完成，合计还差18户（超额的户数不抵他人的任务），期限：11月17日以前"
    assert any(step in line for line in said)


def test_for_the_public_no_cadre_is_named(told: Office) -> None:
    rule(
        told,
        "  audience: {value: 内部, source: 局内设定：发给谁看",
        "  audience: {value: 公示, source: 局内设定：发给谁看",
    )
    told.run()
    assert "没有走访记录的干部1名。" in paragraphs(told)
    assert "王芳" not in "".join(paragraphs(told)) and "13800000001" not in "".join(paragraphs(told))


def test_once_the_round_is_over_it_says_who_did_not_do_what_he_owed(told: Office) -> None:
    told.run(date(2023, 12, 5))
    said = paragraphs(told)
    assert "进度落后的1个单位：工会。" in said and "还没有报送的1个单位：督导室。" in said
    assert [row[7] for row in table(told, 0)[1:]] == ["未完成", "未报送", "已完成"]
    assert "（一）超过时限。1件超过化解（办理）时限还没有办结：工会1件（23下矛0001）。" in said
    assert "现在是考核讲评阶段（12月1日至12月20日）" in said[4]


@pytest.mark.parametrize(
    ("day", "due"),
    [
        ("2023-03-11", False), ("2023-03-12", True), ("2023-04-28", True), ("2023-04-29", False), ("2023-09-17", False),
        ("2023-09-18", True), ("2023-11-17", True), ("2023-11-18", True), ("2023-12-20", True), ("2023-12-21", False),
    ],
)  # fmt: skip
def test_there_is_one_on_every_day_of_a_round_and_from_the_last_to_the_end_of_the_review(
    day: str, due: bool, rules: Rules
) -> None:
    year: Year = rules.campaign.years[0]
    assert rules.campaign.notice.is_due(year, date.fromisoformat(day)) is due


def test_an_office_may_want_none(told: Office) -> None:
    rule(told, "seasons: {value: [轮次内, 考核讲评],", "seasons: {value: [考核讲评],")
    assert FILE not in told.run().outbox
    assert FILE in told.run(date(2023, 11, 20)).outbox


def test_an_office_with_nothing_has_none(office: Office) -> None:
    assert FILE not in office.run().outbox


# -- the template ----------------------------------------------------------------------------------------------------


def test_the_offices_own_template_wins_and_a_change_of_it_alone_makes_it_anew(told: Office) -> None:
    receipts = {path: data for path, data in told.outbox().items() if path.startswith("回执/")}
    use(told, template("{{ 局名 }}：{{ 已走访 }}户"))
    assert told.run().changed == [FILE]
    assert paragraphs(told) == ["华容县教育体育局：12户"]
    use(told, template("共{{ 已走访 }}户"))
    assert told.run().changed == [FILE]
    assert paragraphs(told) == ["共12户"]
    assert {path: data for path, data in told.outbox().items() if path.startswith("回执/")} == receipts
    assert told.run().changed == []


def test_a_past_night_is_made_with_the_template_of_then(told: Office) -> None:
    use(told, template("当时：{{ 已走访 }}"))
    told.run()
    then = told.outbox()[FILE]
    use(told, template("后来：{{ 已走访 }}"))
    told.run(date(2023, 10, 23))
    run_as_of(told.home, TODAY)
    assert told.outbox()[FILE] == then


BROKEN: dict[str, tuple[bytes, str]] = {
    "an unknown field": (template("{{ 已走房 }}户"), "没有“已走房”这个字段"),
    "an unknown field of a group": (template("{{ 矛盾纠纷.收极 }}件"), "没有“收极”这个字段"),
    "a bracket left out": (template("甲", "{{ 已走访 户"), "花括号里的写法不对"),
    "a loop without end": (template("{%p for 行 in 单位 %}", "{{ 行.名称 }}"), "花括号里的写法不对"),
    "something to run": (template("{{ ''.__class__.__mro__ }}"), "花括号里的写法不对"),
    "a division by nothing": (template("{{ 1 / 0 }}"), "不是能读的 Word 文档，或里面的写法不能用"),
    "no Word document": (b"\xd0\xcf\x11\xe0 doc", "不是能读的 Word 文档"),
    "a workbook": (workbook("甲 | 乙\n1 | 2"), "不是能读的 Word 文档"),
    "nothing": (b"", "不是能读的 Word 文档"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_template_that_cannot_be_used_is_told_in_chinese_and_stops_nothing_else(what: str, told: Office) -> None:
    data, words = BROKEN[what]
    before = told.outbox()
    use(told, data)
    for _ in range(2):  # also when nothing else has changed
        summary = told.run()
        assert exit_code(summary) == 2
        assert "模板 templates/通报.docx 有误" in summary.broken and words in summary.broken, summary.broken
        assert "删去它，就用程序自带的" in summary.broken
    shown = told.outbox()
    page = shown.pop("进度看板.html")  # which has no link to it now
    assert ">通报</a>".encode() not in page and ">通报</a>".encode() in before["进度看板.html"]
    assert shown == {path: data for path, data in before.items() if path not in (FILE, "进度看板.html")}
    assert rebuild.rebuild(told.home) == []
    (told.home.root / "templates" / FILE).unlink()
    assert exit_code(told.run()) == 0 and told.outbox() == before


def test_a_form_is_taken_though_the_template_is_broken(told: Office) -> None:
    use(told, BROKEN["an unknown field"][0])
    told.take("督导室/走访.xlsx", workbook(HEAD + DITCH.replace("李明", "王芳"), unit="督导室"))
    assert "回执/督导室/走访.xlsx 回执0004.html" in told.outbox()
    assert len(told.frames().visits) == 13


def test_the_lock_that_word_lays_beside_an_open_template_is_no_template(told: Office) -> None:
    use(told, template("{{ 局名 }}"))
    told.run()
    (told.home.root / "templates" / f"~${FILE}").write_bytes(b"\x06user")
    assert told.run().changed == []


def test_what_comes_from_outside_is_text_whatever_it_holds() -> None:
    said = {**SAID, "甲": "{{ 局名 }}{% x %}", "乙": "<w:br/>A&B", "丙": "一\x07二\n三\x0c\x1b[2J\u202e\ud800"}
    made = Notice(template("{{ 甲 }}", "{{ 乙 }}", "{{ 丙 }}"), said, TODAY).make()
    lines = [paragraph.text for paragraph in opened(made).paragraphs]
    assert lines == ["{{ 局名 }}{% x %}", "<w:br/>A&B", "一␇二 三␌␛[2J\\u202e\\ud800"]


# -- the file --------------------------------------------------------------------------------------------------------


def test_the_same_notice_is_the_same_bytes_whenever_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    notice = Notice((shipped("templates") / FILE).read_bytes(), every_field(), TODAY)
    first = notice.make()
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert notice.make() == first
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.create_system for info in package.infolist()} == {3}
    told = opened(first).core_properties
    assert (told.author, told.created.date(), told.modified.date()) == ("某局", TODAY, TODAY)


def test_a_template_without_properties_says_nothing_of_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template("{{ 局名 }}"))) as full, zipfile.ZipFile(bare, "w") as package:
        for name in full.namelist():
            data = full.read(name)
            if name == "_rels/.rels":
                data = re.sub(rb"<Relationship [^>]*core-properties[^>]*/>", b"", data)
            if name != "docProps/core.xml":
                package.writestr(name, data)
    notice = Notice(bare.getvalue(), SAID, TODAY)
    assert opened(notice.make()).core_properties.modified.date() == TODAY
    assert notice.make() == notice.make()


def every_field() -> dict[str, Any]:
    items = dict.fromkeys(
        (
            "收集",
            "已化解",
            "已办结",
            "正在化解",
            "正在办理",
            "稳控中",
            "已销号",
            "今日新登记",
            "今日销号",
            "现有未销号",
        ),
        1,
    )
    units = {"数": 1, "名称": "工会"}
    span = {"名称": "集中化解", "起": "10月16日", "止": "11月17日"}
    return {
        "局名": "某局", "活动": "大走访活动", "年": 2023, "轮次": "下半年", "轮次起": "9月18日", "轮次止": "11月17日",
        "今天": "10月20日", "日期": "2023年10月20日", "阶段": {**span, "下一阶段": span},
        "单位数": 1, "干部数": 1, "应走访": 10, "已走访": 5, "完成率": "50.0%", "少走说明": "含上半年少走的4户", "走访户次": 5,
        "对象类别": [{"名称": "其他", "户数": 5}, {"名称": "人大代表", "户数": 1}],
        "矛盾纠纷": {**items, "化解率": "100.0%"}, "意见建议": {**items, "办结率": "100.0%"}, "回访户次": 1,
        "单位": [{"序号": 1, "名称": "工会", "干部数": "1", "应走访": 10, "已走访": 5, "完成率": "50.0%", "逾期事项": 1, "超过时限": 1, "情况": "正常"}],
        "完成的单位": units, "落后的单位": units, "没有完成的单位": units, "没有报送的单位": units, "正常的单位": units, "逾期说明": "逾期事项全局1件。",
        "没有走访的干部": {"数": 1, "名单": "工会李明"},
        "问题": [{"序号": "一", "名称": "超过时限", "件数": 1, "说明": "超过时限", "各单位": "工会1件", "各类别": "邻里关系1件", "编号": "23下矛0001"}],
        "下一步": [{"序号": "一", "名称": "落实责任", "情况": "1件", "期限": "立即"}],
        "数据来源": [{"数": "走访户次", "值": "5", "出处": "附件1"}],
    }  # fmt: skip


def test_the_page_is_that_of_the_standard() -> None:
    """GB/T 9704: A4, 37/35/28/26 mm, 22 lines on 225 mm, 小标宋 22 pt, 仿宋 16 pt, two characters in, — 1 — in 宋体 14 pt."""
    made = Notice((shipped("templates") / FILE).read_bytes(), every_field(), TODAY).make()
    document = opened(made)
    section = document.sections[0]
    sides = ("page_width", "page_height", "top_margin", "bottom_margin", "left_margin", "right_margin")
    assert [round(getattr(section, side).mm) for side in sides] == [210, 297, 37, 35, 28, 26]
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        parts = {name: package.read(name).decode() for name in package.namelist() if name.endswith(".xml")}
    page = parts["word/document.xml"]
    assert '<w:pgSz w:w="11906" w:h="16838"/>' in page
    assert re.search(r'<w:docGrid [^>]*w:linePitch="579"', page) and 'w:type="lines"' in page

    def style(name: str) -> tuple[str, float, float, int]:
        """Of a style its font, size and lines in points, and how many hundredths of a character it is set in."""
        found = document.styles[name]
        font = re.search(r'w:eastAsia="([^"]+)"', found.element.xml)
        indent = re.search(r'w:firstLineChars="(\d+)"', found.element.xml)
        assert font and 'w:lineRule="exact"' in found.element.xml
        line = found.paragraph_format.line_spacing.pt
        return font[1], found.font.size.pt, round(line, 2), int(indent[1]) if indent else 0

    assert style("通报标题") == ("方正小标宋简体", 22.0, 33.0, 0)
    assert style("通报正文") == ("仿宋_GB2312", 16.0, 28.95, 200)
    assert style("通报一级标题") == ("黑体", 16.0, 28.95, 200)
    assert style("通报二级标题") == ("楷体_GB2312", 16.0, 28.95, 200)
    assert document.styles["通报落款"].paragraph_format.alignment == 2  # right
    for footer in (section.footer, section.even_page_footer):
        assert footer.paragraphs[0].text == "— 1 —" and 'w:eastAsia="宋体"' in footer._element.xml
        assert '<w:sz w:val="28"/>' in footer._element.xml and "PAGE" in footer._element.xml
    assert "{{" not in page and "{%" not in page


def test_the_template_is_the_one_that_its_script_makes() -> None:
    place = Path(__file__).parents[2] / "packaging" / "make_notice_template.py"
    spec = importlib.util.spec_from_file_location("make_notice_template", place)
    assert spec and spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)

    def parts(data: bytes) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return {name: package.read(name) for name in package.namelist()}

    assert parts((shipped("templates") / FILE).read_bytes()) == parts(script.made())


def test_the_docs_name_every_field() -> None:
    page = (Path(__file__).parents[2] / "docs" / "通报.md").read_text("utf-8")

    def fields(said: Any) -> set[str]:
        if isinstance(said, dict):
            return set(said) | {name for value in said.values() for name in fields(value)}
        return {name for value in said for name in fields(value)} if isinstance(said, list) else set()

    assert {name for name in fields(every_field()) if f"`{name}`" not in page} == set()


def test_the_fields_of_a_real_notice_are_those(told: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    make: Callable[[Notice], bytes] = Notice.make
    monkeypatch.setattr(Notice, "make", lambda notice: seen.append(dict(notice.said)) or make(notice))
    told.run(date(2023, 10, 23))
    assert set(seen[0]) == set(every_field())


def test_an_error_of_the_template_says_its_own_exit_code() -> None:
    assert BrokenTemplate("甲", "通报.docx", "通报").exit_code == 2 and Home(Path("x")).templates == shipped(
        "templates"
    )


def test_where_the_library_is_not_installed_the_notice_alone_is_missing_until_it_is(
    told: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = told.outbox()
    (told.home.outbox / "通报.docx").unlink()
    with monkeypatch.context() as lacking:
        lacking.setitem(sys.modules, "docxtpl", None)
        lacking.setattr(Notice, "make", MAKE_NOTICE)
        told.run()
        assert set(whole) - set(told.outbox()) == {"通报.docx"}
    told.run()
    assert told.outbox() == whole
