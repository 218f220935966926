"""进度看板.html: what stands on it on which day, that every figure is that of the workbooks, and that nothing from outside acts."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from conftest import TODAY, Office
from plain_rounds import PlainRound
from tables import workbook

from dazoufang.running import outbox_plan
from dazoufang.system.home import shipped

FILE = "进度看板.html"
EVIL = "</script><b>股"
HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 村(社区)组 | 联系电话 | 矛盾纠纷和信访诉求 |\n"
ZHANG = "| 2023-09-20 | 李明 | 张三 | 其他 | 章华镇 | 沙口村5组 | 13812345678 | 与邻居因张三门前排水沟改道争执，13812345678 |\n"
ROSTER = "姓名 | 单位 | 角色 | 手机\n李明 | 工会 | 股室负责人 | 13700000001\n王芳 | 督导室 | 股室负责人 | 13700000002"


@pytest.fixture(autouse=True)
def _few_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Besides the page what it leads to, and whose figures it has."""
    leads_to = (outbox_plan.add_annexes, outbox_plan.add_alerts, outbox_plan.add_changes, outbox_plan.add_notice)
    monkeypatch.setattr(outbox_plan, "PARTS", (*leads_to, outbox_plan.add_page))


def page(office: Office) -> str:
    return (office.home.outbox / FILE).read_bytes().decode("utf-8")


def data(office: Office) -> dict[str, Any]:
    """What the script is given."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page(office), re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def said(office: Office) -> str:
    """What the first screen says, without its marks."""
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page(office).partition("<noscript>")[0].partition("</style>")[2]))


def table(office: Office, name: str) -> list[dict[str, Any]]:
    """The rows of a table by their headings."""
    found = data(office)["tables"][name]
    titles = [column["title"] for column in found["columns"]]
    return [dict(zip(titles, row, strict=True)) for row in found["rows"]]


def rules_with(office: Office, old: str, new: str) -> None:
    own = office.home.root / "schemas"
    shutil.copytree(shipped("schemas"), own, dirs_exist_ok=True)
    text = (own / "campaign.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (own / "campaign.yaml").write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def small(office: Office) -> Office:
    """李明 of 工会 has visited 张三, and a dispute came up; 督导室 is silent."""
    office.drop("花名册.xlsx", workbook(ROSTER))
    office.take("工会/走访.xlsx", workbook(HEAD + ZHANG, unit="工会"))
    return office


def test_what_the_office_itself_sends_and_what_came_in_place_of_another_is_said_as_in_the_workbook(
    small: Office,
) -> None:
    small.take("工会/走访（改）.xlsx", workbook(HEAD + ZHANG.replace("张三", "王五"), unit="工会"))
    assert [(row["收件号"], row["单位"], row["后来"]) for row in table(small, "received")] == [
        ("0001", "办公室", ""), ("0002", "工会", "后来又收到收件0003号，以它为准"), ("0003", "工会", ""),
    ]  # fmt: skip
    assert "未识别单位" not in page(small)


def test_what_a_sender_is_asked_to_look_at_again_is_counted_beside_what_is_wrong(small: Office) -> None:
    between_the_rounds = ZHANG.replace("2023-09-20", "2023-08-01").replace("张三", "王五")
    assert between_the_rounds.count("2023-08-01") == 1
    small.take("工会/夏天.xlsx", workbook(HEAD + between_the_rounds, unit="工会"))
    last = table(small, "received")[-1]
    assert (last["报送件"], last["收下行数"], last["须改处数"], last["请核对处数"]) == ("夏天.xlsx", 1, 0, 1)


def test_the_first_screen_of_a_round(small: Office) -> None:
    words = said(small)
    assert (
        "2023年下半年 截至2023年10月20日（周五） 集中化解阶段（10月16日至11月17日），下半年到11月17日结束，今天以后剩20个工作日"
        in words
    )
    assert "完成率 5.0%" in words and "已走访1户，应走访20户 到今天应走访12户，落后11户" in words
    assert "没有报送的单位 1 个 督导室 尚无走访1人，任务进度落后1人" in words
    assert "没有销号的事项 1 件 矛盾纠纷1件，意见建议0件 在办1件，已办结待回访0件" in words
    assert "逾期的事项 1 件 未落实责任1" in words and "今天销号 0 件 新登记1件" in words
    assert words.endswith("给领导、上报 通报 附件1 附件2 附件3 还缺：1个单位没有报送；1件没有责任单位或责任人 ")
    links = re.findall(r'<a href="([^"]+)" title="([^"]+)">', page(small))
    assert [(unquote(href), title) for href, title in links] == [
        (name, name)
        for name in (
            "通报.docx", "附件1 县乡干部大走访活动汇总表.xlsx", "附件2 县乡干部大走访活动矛盾纠纷事项办理表.xlsx",
            "附件3 县乡干部大走访活动意见建议事项办理表.xlsx",
        )
    ]  # fmt: skip
    assert "请办公室看程序是否在运行（双击“体检”，或运行 python process.py doctor）" in page(small)
    assert "来了什么 2份：已收2份" in words and "退回还没有改好 没有" in words and "等裁定 没有" in words


def test_an_item_that_is_late_twice_counts_once_by_its_worst_alert_whose_day_its_line_shows(small: Office) -> None:
    asked = HEAD.replace("| 矛盾纠纷和信访诉求 |", "| 政策咨询和求助 |")
    row = "| 2023-09-20 | 李明 | 王五 | 其他 | 章华镇 | 沙口村6组 | 13812345679 | 咨询退休金怎么算 |"
    assert asked != HEAD
    small.take("工会/咨询.xlsx", workbook(asked + row, unit="工会"))
    words = said(small)
    assert "逾期的事项 2 件 严重逾期1件 各算最急的一样：待回复1，未落实责任1" in words
    assert [(line["编号"], line["级别"], line["时限"]) for line in table(small, "items")] == [
        ("23下建0001", "严重逾期", "2023-09-27"), ("23下矛0001", "逾期", "2023-10-13"),
    ]  # fmt: skip


def test_unrest_stands_on_the_first_screen_with_how_many_have_no_keeper(small: Office) -> None:
    assert "涉稳" not in said(small)
    head = "走访日期 | 走访干部 | 当事人 | 联系电话 | 纠纷类别 | 主要情况及诉求 | 风险等级 | 办理状态 | 责任人\n"
    row = "2023-09-20 | 李明 | 王五 | 13812345679 | 邻里关系 | 扬言到县里上访 | 涉稳风险 | 正在化解 |"
    small.take("工会/矛盾.xlsx", workbook(head + row, unit="工会"))
    assert "在办2件，已办结待回访0件 涉稳、稳控中1件，1件没有责任人 逾期" in said(small)
    first = said(small).partition("现在谁该做什么")[2]
    assert 0 < first.index("涉稳未落实包保 工会 （未落实） 王五：扬言到县里上访") < first.index("催报")
    small.take("工会/矛盾.xlsx", workbook(head + row + "李明", unit="工会"))
    assert "涉稳、稳控中1件 逾期" in said(small)


def test_it_leads_to_nothing_that_a_broken_template_has_left_out(small: Office) -> None:
    (small.home.root / "templates").mkdir()
    (small.home.root / "templates" / "通报.docx").write_bytes(b"no document")
    small.run()
    assert said(small).endswith("给领导、上报 附件1 附件2 附件3 还缺：1个单位没有报送；1件没有责任单位或责任人 ")


def test_of_many_units_that_sent_something_the_first_are_named(office: Office) -> None:
    for number in range(14):
        office.drop(f"{number:02}股/走访.xlsx", workbook(HEAD + ZHANG.replace("张三", f"住户{number}")))
    office.run()
    names = "、".join(f"{number:02}股" for number in range(12))
    assert f"来了什么 14份：已收14份 {names}，还有2个单位" in said(office)


def test_the_clerk_sees_what_came_what_is_unmended_and_what_was_withdrawn(small: Office) -> None:
    small.take("工会/坏表.xlsx", workbook(HEAD + ZHANG.replace("2023-09-20", "2023-13-45"), unit="工会"))
    assert "退回1份" in said(
        small
    ) and "退回还没有改好 1份 工会《坏表.xlsx》还有1处没有改好（10月20日，李明 13700000001）" in said(small)
    blank = workbook(HEAD, unit="工会", above=[["全部撤回"]])
    small.take("工会/走访.xlsx", blank)
    assert "撤回、撤下 近几日1份 工会撤下走访1户次" in said(small)


def test_before_any_row_it_says_what_to_do_first(office: Office) -> None:
    office.run()
    words = said(office)
    assert "先做这几件事 把花名册放进 inbox 文件夹" in words and "完成率" not in words
    assert data(office)["charts"] == {}
    office.take("花名册.xlsx", workbook(ROSTER))
    assert "把花名册放进" not in said(office) and "空白的走访登记表在 outbox/空白表" in said(office)


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (
            date(2023, 11, 18),
            "下半年已于11月17日结束 下一轮的日期还没有写进 schemas/campaign.yaml 的 years 一节，请办公室补上",
        ),
        (date(2023, 12, 5), "下半年已于11月17日结束，现在是考核讲评（12月1日至12月20日）"),
    ],
)
def test_between_rounds_it_says_what_still_lives(small: Office, today: date, words: str) -> None:
    small.run(today)
    assert words in said(small) and "轮次之间不催报；没有销号的事项照常办理、照常计时限" in said(small)
    assert "没有销号的事项 1 件" in said(small) and "没有报送的单位" not in said(small)
    assert [row["编号"] for row in table(small, "items")] == ["23下矛0001"]


def test_between_rounds_it_says_when_the_next_begins(office: Office) -> None:
    rows = ZHANG.replace("2023-09-20", "2023-03-20")
    office.take("工会/走访.xlsx", workbook(HEAD + rows, unit="工会"), date(2023, 4, 1))
    office.run(date(2023, 6, 1))
    assert "上半年已于4月28日结束 下半年9月18日开始，还有109天" in said(office)


def test_a_year_whose_holidays_nobody_knows_is_marked(small: Office) -> None:
    text = shipped("schemas").joinpath("campaign.yaml").read_text(encoding="utf-8")
    block = text[text.index("  - year: 2023") : text.index("# 有意为之的疑点")]
    rules_with(small, block, block + block.replace("2023", "2051"))
    small.run(date(2051, 9, 20))
    assert "个工作日（暂按周末推算）" in said(small) and "到今天应走访" in said(small)
    small.run(TODAY)
    assert "暂按周末推算" not in said(small)


def test_it_turns_red_26_hours_after_the_nightly_hour_of_the_rules(small: Office) -> None:
    assert data(small)["stale"] == "2023-10-21T20:30"
    rules_with(small, 'nightly_at: {value: "18:30"', 'nightly_at: {value: "07:15"')
    small.run()
    assert data(small)["stale"] == "2023-10-21T09:15"


def test_every_figure_is_that_of_the_workbooks(office: Office) -> None:
    made = PlainRound(7)
    for path, file in made.files.items():
        office.drop(path, file)
    office.run()

    def sheet(name: str, title: str) -> list[tuple[Any, ...]]:
        (path,) = office.home.outbox.glob(f"{name}*.xlsx")
        return list(openpyxl.load_workbook(io.BytesIO(path.read_bytes()))[title].iter_rows(values_only=True))

    summary = sheet("附件1", "汇总统计")
    head = next(number for number, row in enumerate(summary) if row[0] == "序号")
    total = next(row for row in summary if row[0] == "合计")
    by_cadre = {(row[1], row[2]): row[3:5] for row in summary[head + 2 :] if isinstance(row[0], int)}
    assert {
        (row["单位"], row["走访干部"]): (row["应走访"], row["已走访"]) for row in table(office, "cadres")
    } == by_cadre
    charts = data(office)["charts"]
    groups, titles = list(summary[head]), list(summary[head + 1])
    for group, part in zip(groups, range(len(groups)), strict=True):
        groups[part] = group or (groups[part - 1] if part else None)
    counts = {(group, title): total[at] for at, (group, title) in enumerate(zip(groups, titles, strict=True)) if title}
    disputes, suggestions = charts["states"]
    for kind, row, done in (("矛盾纠纷", disputes, "已化解"), ("意见建议", suggestions, "已办结")):
        assert (sum(row[1:4]), row[2] + row[3], row[3]) == tuple(
            counts[kind, title] for title in ("收集", done, "已销号")
        )
    assert charts["pace"]["done"][-1] == total[4] and charts["pace"]["due"][-1] == total[3]
    alerts = sheet("预警提醒", "全部预警")
    first = next(number for number, row in enumerate(alerts) if row[0] == "序号")
    listed = [(row[1], row[2], row[6]) for row in alerts[first + 1 :] if isinstance(row[0], int)]
    assert [(row["级别"], row["类型"], row["事项"]) for row in table(office, "alerts")] == listed
    balance = [row for row in sheet("今日变化", "台账平衡") if row[0] in ("矛盾纠纷", "意见建议")]
    assert [tuple(row.values()) for row in table(office, "balance")] == [tuple(row[:8]) for row in balance]
    words = said(office)
    assert f"已走访{total[4]}户，应走访{total[3]}户" in words
    assert f"没有销号的事项 {sum(row[7] for row in balance)} 件" in words
    assert len(table(office, "items")) == sum(row[7] for row in balance)


def test_the_same_record_makes_the_same_bytes_and_an_idle_run_makes_none(small: Office, tmp_path: Path) -> None:
    before = (small.home.outbox / FILE).stat().st_mtime_ns, page(small)
    assert small.run().changed == []
    assert ((small.home.outbox / FILE).stat().st_mtime_ns, page(small)) == before
    other = Office(type(small.home)(tmp_path / "other"))
    other.drop("花名册.xlsx", workbook(ROSTER))
    other.take("工会/走访.xlsx", workbook(HEAD + ZHANG, unit="工会"))
    assert page(other) == page(small)
    assert b"\r" not in page(small).encode()


def test_a_style_or_script_of_the_office_makes_it_anew(small: Office) -> None:
    own = small.home.root / "templates"
    shutil.copytree(shipped("templates"), own)
    small.run()
    (own / "dashboard.css").write_text("body{color:#123456}", encoding="utf-8")
    small.run()
    assert "body{color:#123456}" in page(small)
    (own / "dashboard.css").unlink()  # then it is the program's own
    small.run()
    assert "body{color:#123456}" not in page(small) and ".tile" in page(small)


def test_a_name_from_outside_does_nothing(office: Office) -> None:
    office.drop("花名册.xlsx", workbook(f"姓名 | 单位 | 角色\n李明 | {EVIL} | 股室负责人"))
    office.take("工会/走访\u202ecod.xlsx", workbook(HEAD + ZHANG.replace("与邻居", EVIL), unit="工会"))
    text = page(office)
    assert text.count("</script>") == 3 and "<b>股" not in text
    assert "\u202e" not in text and "\\\\u202e" in text
    assert table(office, "units")[0]["单位"] == EVIL and EVIL in table(office, "items")[0]["事项"]
    assert "&lt;/script&gt;&lt;b&gt;股" in text


@pytest.mark.parametrize(
    ("audience", "matter"),
    [
        ("内部", "张三：与邻居因张三门前排水沟改道争执，13812345678"),
        ("公示", "张**：与邻居因张**门前排水沟改道争执，138****5678"),
    ],
)
def test_it_has_the_mask_of_its_audience(small: Office, audience: str, matter: str) -> None:
    rules_with(small, "page:\n  audience: {value: 内部,", f"page:\n  audience: {{value: {audience},")
    small.run()
    assert [row["事项"] for row in table(small, "items")] == [matter]
    hidden = audience == "公示"
    assert ("张三" in page(small)) != hidden and ("13812345678" in page(small)) != hidden
    assert ("大走访进度看板（公示：已隐去姓名、电话、住址、家庭情况）" in page(small)) == hidden
    assert "李明" in page(small)  # a cadre is an official
    assert ("（王芳 13700000002）" in said(small)) != hidden  # and his telephone is for the bureau itself
    assert [row["找谁"] for row in table(small, "alerts") if row["类型"] == "催报"] == [
        "" if hidden else "王芳 13700000002"
    ]


def test_where_nothing_was_noted_it_says_whether_the_forms_lack_the_column_or_nobody_filled_it(office: Office) -> None:
    wider = HEAD.replace("| 联系电话 |", "| 联系电话 | 治安环境 | 家庭情况 |")
    row = ZHANG.replace("| 沙口村5组 | 13812345678 |", "| 沙口村5组 | 13812345678 | | 务农 |")
    office.take("工会/走访.xlsx", workbook(wider + row, unit="工会"))
    told = data(office)["charts"]["told"]
    assert told["rows"][:6] == [
        ["一看", "人居环境", 0, 1], ["二听", "意见建议", 0, 1], ["二听", "矛盾纠纷和信访诉求", 1, 1], ["三问", "家庭情况", 1, 1],
        ["三问", "政策落实", 0, 1], ["三问", "治安环境", 0, 1],
    ]  # fmt: skip
    assert (
        told["note"]
        == "本轮收到的走访登记表里没有这几列：人居环境、政策落实、宣讲内容、意见建议。表里有这几列，没有一户填写：治安环境。"
    )
    filled = wider.replace("治安环境", "人居环境 | 政策落实 | 宣讲内容 | 意见建议 | 治安环境")
    row = row.replace("| | 务农 |", "| 整洁 | 到位 | 政策 | 建议修路 | 安定 | 务农 |")
    office.take("工会/走访.xlsx", workbook(filled + row, unit="工会"))
    assert data(office)["charts"]["told"]["note"] == ""


def test_beside_a_unit_that_is_behind_stands_what_of_it_waits_to_be_mended(small: Office) -> None:
    assert [(row["单位"], row["还差"], row["今后要走"]) for row in table(small, "units")] == [
        ("工会", 9, "每2个工作日1户"), ("督导室", 10, "每2个工作日1户"),
    ]  # fmt: skip
    wrong = ZHANG.replace("张三", "王五").replace("2023-09-20", "2023-13-45")
    small.take("工会/又一批.xlsx", workbook(HEAD + wrong + wrong.replace("王五", "赵六"), unit="工会"))
    small.take("督导室/没传完.xlsx", b"no table")
    dispute = "走访日期 | 走访干部 | 当事人 | 联系电话 | 纠纷类别 | 主要情况及诉求 | 办理状态\n2023-13-45 | 李明 | 王五 | 13812345679 | 邻里关系 | 争执 | 正在化解"
    small.take("工会/办理.xlsx", workbook(dispute, unit="工会"))  # no visits
    assert [row["今后要走"] for row in table(small, "units")] == [
        "每2个工作日1户（退回待改2处，改好交回后才计入）", "每2个工作日1户（退回1份还没有再报，改好交回后才计入）",
    ]  # fmt: skip


@pytest.fixture
def answered(small: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The same, with the answers and the sheet of 初信初访 beside the page; 王芳 of 工会 has sent a row with a wrong day, and a file
    that is no table."""
    more = (outbox_plan.add_petitions, outbox_plan.add_answers)
    monkeypatch.setattr(outbox_plan, "PARTS", (*more, *outbox_plan.PARTS))
    wrong = ZHANG.replace("张三", "王五").replace("2023-09-20", "2023-13-45")
    small.drop("工会/好坏各一.xlsx", workbook(HEAD + ZHANG.replace("张三", "赵六") + wrong, unit="工会"))
    small.take("工会/没传完.xlsx", b"no table")
    return small


def test_it_leads_to_the_receipt_and_the_returned_copy_of_each_file(answered: Office) -> None:
    found = {
        row["收件号"]: [(words, unquote(address)) for words, address in row["打开"]]
        for row in table(answered, "received")
    }
    assert found == {
        "0001": [("回执", "回执/办公室/花名册.xlsx 回执0001.html")],
        "0002": [("回执", "回执/工会/走访.xlsx 回执0002.html")],
        "0003": [
            ("退回件", "退回/工会/好坏各一.xlsx 需修改0003.xlsx"), ("回执", "回执/工会/好坏各一.xlsx 回执0003.html"),
        ],
        "0004": [("回执", "退回/工会/没传完.xlsx 回执0004.html")],
    }  # fmt: skip
    assert all((answered.home.outbox / path).is_file() for links in found.values() for _, path in links)
    first = page(answered).partition("退回还没有改好")[2].partition("撤回、撤下")[0]
    assert [unquote(address) for address in re.findall(r'href="([^"]+)"', first)] == [
        path for number in ("0003", "0004") for _, path in found[number]
    ]
    assert "初信初访、重复访见 初信初访与重复访.xlsx" in re.sub("<[^>]+>", "", page(answered))


def test_it_leads_to_no_answer_that_its_audience_may_not_see_or_that_is_not_there(answered: Office) -> None:
    rules_with(answered, "page:\n  audience: {value: 内部,", "page:\n  audience: {value: 公示,")
    answered.run()
    assert [row["打开"] for row in table(answered, "received")] == [[], [], [], []]
    assert 'href="%E9%80%80%E5%9B%9E' not in page(answered)  # 退回


def test_it_leads_to_nothing_that_is_not_beside_it(small: Office) -> None:
    assert [row["打开"] for row in table(small, "received")] == [[], []]
    assert "初信初访" not in page(small)


MATTERS = ("与邻居因排水沟改道争执", "宅基地界址不清", "要求补发欠薪")


def three_disputes(office: Office) -> None:
    """Three disputes of households of 工会 without an owner: one alert."""
    people = zip(("张三", "李四", "王五"), MATTERS, (1, 2, 3), strict=True)
    rows = [
        f"| 2023-09-2{n} | 李明 | {who} | 其他 | 章华镇 | 沙口村{n}组 | 1381234567{n} | {what} |\n"
        for who, what, n in people
    ]
    office.take("工会/走访.xlsx", workbook(HEAD + "".join(rows), unit="工会"))


def test_an_alert_of_many_unfolds_to_its_items_with_what_tells_them_apart(office: Office) -> None:
    office.drop("花名册.xlsx", workbook(ROSTER))
    three_disputes(office)
    found = data(office)["tables"]["alerts"]
    unfolded = [list_ for list_ in found["lists"] if list_]
    assert len(found["lists"]) == len(found["rows"]) and len(unfolded) == 1
    assert found["rows"][found["lists"].index(unfolded[0])][1] == "未落实责任"
    assert unfolded == [
        {
            "name": "看这3件",
            "lines": [
                "23下矛0001　张三：与邻居因排水沟改道争执",
                "23下矛0002　李四：宅基地界址不清",
                "23下矛0003　王五：要求补发欠薪",
            ],
            "more": "",
        }
    ]
    assert (
        "看这3件：请落实责任单位、责任人，填入《矛盾纠纷事项办理表》后放入收件箱；落实以前由法制安全股先办，请先与它联系（李明 13700000001） 23下矛0001 张三："
        in said(office)
    )


def test_what_unfolds_has_the_mask_of_its_audience(small: Office) -> None:
    rules_with(small, "page:\n  audience: {value: 内部,", "page:\n  audience: {value: 公示,")
    three_disputes(small)
    (unfolded,) = filter(None, data(small)["tables"]["alerts"]["lists"])
    assert unfolded["lines"][0] == "23下矛0001　张**：与邻居因排水沟改道争执"
    assert "李四" not in page(small)


def test_of_an_alert_of_very_many_the_page_lists_twenty_and_says_how_many_more_there_are(office: Office) -> None:
    office.drop("花名册.xlsx", workbook(ROSTER))
    rows = "".join(
        f"| 2023-09-20 | 李明 | 周{'一二三四五六七八九十'[n % 10]}{'甲乙丙'[n // 10]} | 其他 | 章华镇 | 沙口村{n}组 | 138{n:08d} | 第{n}块地界址不清 |\n"
        for n in range(25)
    )
    office.take("工会/走访.xlsx", workbook(HEAD + rows, unit="工会"))
    (unfolded,) = filter(None, data(office)["tables"]["alerts"]["lists"])
    assert (unfolded["name"], len(unfolded["lines"])) == ("看这25件", 20)
    assert unfolded["more"] == "另有5件，见 预警提醒.xlsx 的“未落实责任”表"


def test_the_scripts_are_such_as_old_browsers_read(tmp_path: Path) -> None:
    """Our own as ES2015, the library as ES5: old 360 and Sogou cores read no newer syntax."""
    library = shipped("templates") / "vendor" / "echarts" / "echarts.simple.min.js"
    for version, script in (("--ecma2015", shipped("templates") / "dashboard.js"), ("--ecma5", library)):
        done = subprocess.run(["acorn", version, "--silent", str(script)], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
    newer = tmp_path / "newer.js"
    newer.write_text("var a = b?.c;", encoding="utf-8")
    assert subprocess.run(["acorn", "--ecma2015", "--silent", str(newer)], capture_output=True).returncode


def test_the_library_is_the_one_of_the_npm_package() -> None:
    vendor = shipped("templates") / "vendor"
    kept = hashlib.sha256((vendor / "echarts" / "echarts.simple.min.js").read_bytes()).hexdigest()
    assert kept == "5eef51bee09fb9cc234c4179a58ae0150126f49f88c992efe2d6bca81d8dd03b"
    assert kept in (vendor / "README.md").read_text(encoding="utf-8")
    assert {"LICENSE", "NOTICE"} <= {path.name for path in (vendor / "echarts").iterdir()}


def test_a_page_of_60_cadres_is_less_than_a_megabyte(office: Office) -> None:
    names = [a + b + c for a in "王李刘陈" for b in "建国平清红" for c in "军伟强"]
    assert len(names) == 60
    roster = "姓名 | 单位 | 角色\n" + "\n".join(f"{name} | 第{at // 3}股 | 股室负责人" for at, name in enumerate(names))
    office.drop("花名册.xlsx", workbook(roster))
    for unit in range(20):
        rows = "".join(
            f"| 2023-09-{20 + n % 8} | {names[at]} | 周{'一二三四五六七八九十'[n]}{names[at][1:]} | 其他 | 章华镇 | 沙口村{n}组 "
            f"| 139{at:04d}{n:04d} | 因宅基地界址与邻居{names[at]}争执多年，请求尽快处理 |\n"
            for at in range(3 * unit, 3 * unit + 3)
            for n in range(10)
        )
        office.drop(f"第{unit}股/走访.xlsx", workbook(HEAD + rows, unit=f"第{unit}股"))
    office.run()
    assert len(table(office, "cadres")) == 60 and "600户" in said(office)
    assert len(page(office).encode()) < 1_000_000
