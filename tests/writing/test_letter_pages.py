"""Letters say what, why and what to do, the same in HTML and in plain text, and their subjects name nobody."""

from __future__ import annotations

import html
import re
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dazoufang.duties.alerts import COLUMNS
from dazoufang.model.faults import make
from dazoufang.model.submission import RETURNED, Submission
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.writing.answers.receipt import banner, receipt
from dazoufang.writing.letters.answer import (
    IN_THE_RECEIPT,
    AnsweredFile,
    answer,
    answered,
    nothing_attached,
    unknown_sender,
    zero_report,
)
from dazoufang.writing.letters.digest import digest
from dazoufang.writing.letters.night import (
    BOUNCED,
    DEFERRED,
    UNCERTAIN,
    Failure,
    FilesTaken,
    MailIn,
    Night,
    Posted,
    Undelivered,
    night_failed,
    operator_report,
)
from dazoufang.writing.letters.plain_lines import wrapped
from dazoufang.writing.letters.words import Words

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
RULES = load_rules(ROOT / "schemas")
TODAY = date(2023, 10, 20)
LATE: dict[str, Any] = {
    "alert_id": "超过时限|23下矛0001",
    "level": "严重逾期",
    "kind": "超过时限",
    "unit": "工会",
    "person": "李明",
    "item_no": "23下矛0001",
    "subject": "张三：排水沟改道",
    "why": "办理表写的化解时限是10月11日",
    "since_on": "2023-10-12",
    "due_on": "2023-10-11",
    "workdays_left": -7,
    "action": "请立即化解，登记办结日期和化解情况",
    "readers": "本人、股室负责人、分管领导、办公室",
}
NO_OWNER = LATE | {
    "kind": "未落实责任",
    "person": "",
    "due_on": "2023-10-13",
    "action": "请落实责任单位、责任人，填入办理表后报送",
}


def alerts(*rows: dict[str, Any]) -> pd.DataFrame:
    table = pd.DataFrame([LATE | row for row in rows], columns=list(COLUMNS))
    for name in ("since_on", "due_on"):
        table[name] = pd.to_datetime(table[name])
    return table.astype(COLUMNS)


def to_li_ming(*rows: dict[str, Any], before: frozenset[str] = frozenset()) -> Words:
    return digest("李明", alerts(*rows), before, RULES, TODAY, TEMPLATES)


def said(page: str) -> str:
    """What a letter's HTML says between its tags, without spaces and the marks of lists."""
    page = re.sub("(?s)<head>.*?</head>|<!--.*?-->|<[^>]*>", "", page)
    return bare(html.unescape(page))


def bare(text: str) -> str:
    return re.sub(r"\s|·|(?m:^- |^--------$)", "", text)


def lines(letter: Words) -> list[str]:
    return [line for line in letter.text.splitlines() if line]


class TestDigest:
    def test_it_says_what_why_until_when_and_what_would_mend_it(self) -> None:
        assert to_li_ming({}).text == (
            "与您有关的 1 件：严重逾期 1 件\n"
            "\n"
            "李明同志，您好：\n"
            "\n"
            "截至10月20日，下面这些与您有关，最急的在前。办好并报送以后，就不再提醒。\n"
            "\n"
            "新增 1 件，标着【新】。\n"
            "\n"
            "■ 严重逾期　1 件\n"
            "\n"
            "1. 【新】超过时限 23下矛0001 张三：排水沟改道\n"
            "   原因：办理表写的化解时限是10月11日\n"
            "   时限：10月11日已到期，超过 7 个工作日\n"
            "   涉及：工会\n"
            "   怎么办：请立即化解，登记办结日期和化解情况\n"
            "\n"
            "--------\n"
            "华容县教育体育局 · 县乡干部大走访活动 · 由程序自动发出，一人一天最多一封，\n"
            "没有事就不发。有疑问请找办公室。\n"
        )

    def test_what_fell_due_meanwhile_is_not_called_done(self) -> None:
        letter = to_li_ming({}, before=frozenset({"临近时限|23下矛0001", "临近时限|23下矛0002"}))
        assert "上一封信里的 1 件已经办好或不用再提醒。" in letter.text.replace("\n", "")
        assert "已经办好" not in to_li_ming({}, before=frozenset({"临近时限|23下矛0001"})).text

    def test_levels_stand_worst_first_and_the_new_ones_are_marked_and_counted(self) -> None:
        letter = to_li_ming(
            {},
            {"alert_id": "b", "level": "逾期", "due_on": "2023-10-19", "workdays_left": -1, "subject": "李四：欠款"},
            {"alert_id": "c", "level": "提醒", "due_on": "2023-10-25", "workdays_left": 3, "subject": "王五：路灯"},
            before=frozenset({"超过时限|23下矛0001", "办好了的", "也办好了的"}),
        )
        assert letter.subject == "大走访 10月20日：严重逾期1件，逾期1件，提醒1件（其中新2件）"
        assert [line for line in lines(letter) if line[0] in "■123"] == [
            "■ 严重逾期　1 件",
            "1. 超过时限 23下矛0001 张三：排水沟改道",
            "■ 逾期　1 件",
            "2. 【新】超过时限 23下矛0001 李四：欠款",
            "■ 提醒　1 件",
            "3. 【新】超过时限 23下矛0001 王五：路灯",
        ]
        assert "新增 2 件，标着【新】。上一封信里的 2 件已经办好或不用再提醒。" in letter.text.replace("\n", "")

    def test_without_anything_new_it_says_so(self) -> None:
        letter = to_li_ming({}, before=frozenset({"超过时限|23下矛0001"}))
        assert letter.subject == "大走访 10月20日：严重逾期1件"
        assert "没有新增的。" in letter.text
        assert "【新】" not in letter.text + letter.html

    def test_a_leader_of_many_units_reads_the_six_with_most_by_name(self) -> None:
        units = [unit for at, unit in enumerate("甲乙丙丁戊己庚辛") for _ in range(at + 2)]
        letter = to_li_ming(*({"alert_id": str(at), "unit": unit} for at, unit in enumerate(units)))
        assert "   涉及：辛 9 件、庚 8 件、己 7 件、戊 6 件、丁 5 件、丙 4 件 等 8 个单位" in lines(letter)

    def test_many_of_one_kind_are_one_line_with_their_number(self) -> None:
        units = ["教育事务中心"] * 200 + ["办公室"] * 73
        rows = [NO_OWNER | {"alert_id": f"未落实责任|{at}", "unit": unit} for at, unit in enumerate(units)]
        known = frozenset(f"未落实责任|{at}" for at in range(12, 273))
        letter = to_li_ming({}, *rows, before=known | {"超过时限|23下矛0001"})
        assert letter.subject == "大走访 10月20日：严重逾期274件（其中新12件）"
        at = lines(letter).index("2. 【新】未落实责任 273 件，明细见附件《预警提醒》")
        assert lines(letter)[at + 1 : at + 6] == [
            "   其中新 12 件",
            "   最早：10月13日已到期",
            "   涉及：教育事务中心 200 件、办公室 73 件",
            "   怎么办：请落实责任单位、责任人，填入办理表后报送",
            "--------",
        ]

    @pytest.mark.parametrize(("number", "folded"), [(8, False), (9, True)])
    def test_eight_stand_one_by_one_and_nine_do_not(self, number: int, folded: bool) -> None:
        letter = to_li_ming(*({"alert_id": str(at)} for at in range(number)))
        assert ("明细见附件《预警提醒》" in letter.text) is folded

    def test_folded_alerts_with_different_mends_send_to_the_annex(self) -> None:
        letter = to_li_ming(
            *(
                {"alert_id": str(at), "kind": "催报", "unit": f"{at}股", "person": "", "action": f"放入{at}股"}
                for at in range(9)
            )
        )
        assert "1. 【新】催报 9 个单位，明细见附件《预警提醒》" in lines(letter)
        assert "   怎么办：各不相同，写在附件每一行的“怎么办”里" in lines(letter)

    @pytest.mark.parametrize(
        ("due_on", "left", "words"),
        [
            ("2023-10-11", -7, "10月11日已到期，超过 7 个工作日"),
            ("2023-10-20", 0, "今天（10月20日）到期"),
            ("2023-10-22", 0, "10月22日到期，在那以前没有别的工作日了"),
            ("2023-10-25", 3, "10月25日到期，还剩 3 个工作日"),
            ("2024-01-03", 4, "2024年1月3日到期，还剩 4 个工作日（暂按周末推算）"),
        ],
    )
    def test_the_day_is_told_with_the_working_days(self, due_on: str, left: int, words: str) -> None:
        guessed = "（暂按周末推算）" if due_on.startswith("2024") else ""
        letter = to_li_ming({"due_on": due_on, "workdays_left": left, "why": f"时限{guessed}"})
        assert f"   时限：{words}" in lines(letter)

    @pytest.mark.parametrize("kind", ["久拖不理", "阶段将结束", "节假日未录入"])
    def test_what_is_not_due_on_a_day_shows_none(self, kind: str) -> None:
        assert "时限：" not in to_li_ming({"kind": kind, "action": "请登记"}).text

    @pytest.mark.parametrize(
        ("unit", "person", "words"),
        [("工会", "李明", "工会"), ("工会", "王芳", "工会 王芳"), ("", "", "全体"), ("工会", "", "工会")],
    )
    def test_whom_it_concerns_is_named_unless_it_is_the_reader(self, unit: str, person: str, words: str) -> None:
        assert f"   涉及：{words}" in lines(to_li_ming({"unit": unit, "person": person}))

    def test_a_letter_about_nothing_is_not_written(self) -> None:
        with pytest.raises(ValueError, match="nothing"):
            to_li_ming()


TAKEN = AnsweredFile("走访.xlsx", "已收", "已收 12 行", "全部收下，这张表不用改了。", tone="accepted")
BACK = AnsweredFile(
    "办理表.xlsx",
    "退回",
    "没有收下，有 3 处要改",
    "须修改的地方写在附上的回执里。",
    "请在11月17日17:00前改好",
    "returned",
)


class TestAnswers:
    def test_every_file_has_its_verdict_and_its_next_step(self) -> None:
        letter = answer([TAKEN, BACK], RULES, TODAY, TEMPLATES)
        assert letter.subject == "大走访回执 10月20日：收到2份表，已收1份，退回1份"
        assert lines(letter)[:9] == [
            "收到 2 份表：已收 1 份，退回 1 份",
            "10月20日收到您的来信，附来的表处理如下：",
            "1. 【已收】走访.xlsx",
            "   已收 12 行",
            "   全部收下，这张表不用改了。",
            "2. 【退回】办理表.xlsx",
            "   没有收下，有 3 处要改",
            "   须修改的地方写在附上的回执里。",
            "   请在11月17日17:00前改好，附在回信里发回来（文件名不用改）。",
        ]
        assert "直接回复这封信，把改好的表作为附件发回来" in letter.text.replace("\n", "")

    def test_rows_that_the_ledger_lost_are_to_be_sent_again(self) -> None:
        lost = AnsweredFile("裁定表.xlsx", "已收", "已收 2 行，其中 1 行没能入账", "写在回执里。", tone="partly")
        assert "要改的：照回执和标红的格改好" in answer([lost], RULES, TODAY, TEMPLATES).text

    @pytest.mark.parametrize("file", [TAKEN, AnsweredFile("走访.xlsx", "退回", "不由这里报送", "", tone="returned")])
    def test_where_nothing_is_to_be_mended_nothing_is_asked(self, file: AnsweredFile) -> None:
        letter = answer([file], RULES, TODAY, TEMPLATES)
        assert "要改的" not in letter.text
        assert "每份表的回执附在这封信里" in letter.text

    def test_an_answer_about_no_file_is_not_written(self) -> None:
        with pytest.raises(ValueError, match="no file"):
            answer([], RULES, TODAY, TEMPLATES)

    def test_the_verdict_is_that_of_the_receipt_but_points_to_the_attachment(self) -> None:
        lost = Submission(7, "0" * 64, "工会/扫描.pdf", "a", TODAY, RETURNED, "工会", faults=[make("F07")])
        page = receipt(lost, None, RULES, TEMPLATES).decode()
        on_the_page = banner(lost, None, RULES)
        assert (on_the_page.headline, on_the_page.next_step) == ("认不出是哪张表，没有收下", "原因和办法写在下面。")
        assert "<h1>认不出是哪张表，没有收下</h1>\n<p>原因和办法写在下面。</p>" in page
        file = answered("扫描.pdf", banner(lost, None, RULES, below=IN_THE_RECEIPT))
        assert file == AnsweredFile(
            "扫描.pdf",
            "退回",
            "认不出是哪张表，没有收下",
            "原因和办法写在附上的回执里。",
            "请在11月17日17:00前改好",
            "returned",
        )

    @pytest.mark.parametrize(
        ("verdict", "code", "next_step"),
        [
            ("returned", "S22", "没有动任何原有的数。原因和办法写在附上的回执里。"),
            ("returned", "F01", "原因和办法写在附上的回执里。"),
            ("partly", "S09", "收下的已经生效。原因和办法写在附上的回执里。"),
        ],
    )
    def test_no_next_step_in_a_letter_speaks_of_a_place_below(self, verdict: str, code: str, next_step: str) -> None:
        fault = make(code, severity="error", message="不收", remedy="请改")
        sent = Submission(7, "0" * 64, "工会/走访.xlsx", "a", TODAY, verdict, "工会", faults=[fault])
        assert banner(sent, None, RULES, below=IN_THE_RECEIPT).next_step == next_step

    def test_a_letter_without_a_form_is_told_how_to_attach_and_how_to_report_nothing(self) -> None:
        letter = nothing_attached("工会", RULES, TODAY, TEMPLATES)
        assert letter.subject == "大走访回执 10月20日：信里没有找到表"
        text = letter.text.replace("\n", "")
        assert "10月20日收到工会的来信，但是没有找到能收的附件，什么也没有登记。" in text
        assert "正文只写一句“本周无”就是零报告，算已报送。写“无”、“零报告”、“0报告”、“没有”也可以。" in text

    def test_a_zero_report_is_told_that_it_counts(self) -> None:
        letter = zero_report("工会", "本周无", RULES, TODAY, TEMPLATES)
        assert letter.subject == "大走访回执 10月20日：零报告已收"
        assert "10月20日收到工会的来信，写着“本周无”。" in letter.text
        assert "已登记为工会的零报告，算已报送，不再催报。" in letter.text

    def test_a_stranger_is_told_how_to_be_known_and_nothing_else(self) -> None:
        letter = unknown_sender("a@example.com", RULES, TODAY, TEMPLATES)
        assert letter.subject == "大走访回执 10月20日：没有收下，发信邮箱没有登记"
        assert lines(letter)[1].startswith("发信的邮箱 a@example.com 不在花名册里")
        assert "- 请办公室把这个邮箱填进花名册的“邮箱”一列，登记好以后再发一次。" in lines(letter)


NIGHT = Night(
    FilesTaken(accepted=12, partly=3, returned=2, duplicate=1, deferred=1),
    MailIn(letters=9, attachments=11, refused=2),
    Posted(sent=32, deferred=1, bounced=1, uncertain=1, held=12),
    undelivered=(
        Undelivered(BOUNCED, "李明 <liming@example.com>", "大走访 10月20日：逾期1件", "550 User unknown"),
        Undelivered(UNCERTAIN, "王芳 <wf@example.com>", "大走访 10月20日：预警2件", "connection lost"),
        Undelivered(DEFERRED, "工会 <gh@example.com>", "大走访回执 10月20日：零报告已收", "450 greylisted"),
    ),
    held_because=("工会的走访行数昨夜 48 行，今夜 3 行，少了 45 行。",),
    without_address=("人事股", "督导室"),
    differences=("存档清单里没有的收件（台账库里有）：0012",),
)


class TestOffice:
    def test_a_quiet_night_says_that_there_is_nothing_to_do(self) -> None:
        letter = operator_report(Night(FilesTaken(12), MailIn(), Posted(sent=32)), RULES, TODAY, TEMPLATES)
        assert letter.subject == "大走访 10月20日 昨夜小结：一切正常"
        assert lines(letter)[:6] == [
            "昨夜小结：一切正常",
            "没有要办的事，这封信看过就可以。",
            "■ 10月20日这一夜",
            "收到的表：收下 12 份",
            "来信：没有",
            "发信：已发出 32 封",
        ]

    def test_a_bad_night_begins_with_what_is_to_be_done(self) -> None:
        letter = operator_report(NIGHT, RULES, TODAY, TEMPLATES)
        assert letter.subject == "大走访 10月20日 昨夜小结：待放行12封，退信1封，不知是否送到1封，对账差异1处"
        text = letter.text.replace("\n  ", "").replace("\n", "|")
        for words in (
            "■ 要办的事　6 件||- 看下面“为什么没有发出”，没有问题就放行那 12 封信。|",
            "- 2 个单位没有邮箱，收不到信：补进花名册的“邮箱”一列。",
            "■ 为什么没有发出　12 封等着放行||- 工会的走访行数昨夜 48 行，今夜 3 行，少了 45 行。|",
            "■ 退信　1 封|",
            "1. 李明 <liming@example.com> 信：大走访 10月20日：逾期1件 邮件服务器说：550 User unknown|",
            "■ 不知是否送到　1 封|",
            "■ 稍后再发　1 封|",
            "■ 对账差异　1 处||- 存档清单里没有的收件（台账库里有）：0012|",
            "■ 没有邮箱的单位　2 个||人事股、督导室|",
        ):
            assert words in text, words
        assert "    python process.py send --release" in lines(letter)

    def test_what_a_mail_server_goes_on_about_is_cut(self) -> None:
        night = Night(FilesTaken(), MailIn(), Posted(), (Undelivered(BOUNCED, "a@b.cn", "信", "5" * 301),))
        letter = operator_report(night, RULES, TODAY, TEMPLATES)
        assert f"邮件服务器说：{'5' * 299}…" in re.sub(r"\n +", "", letter.text)

    def test_a_night_that_only_wants_addresses_is_not_called_all_right(self) -> None:
        night = Night(FilesTaken(), MailIn(), Posted(sent=1), without_address=("人事股",))
        assert operator_report(night, RULES, TODAY, TEMPLATES).subject == "大走访 10月20日 昨夜小结：有1件事要办"

    @pytest.mark.parametrize(
        ("exit_code", "words"),
        [(2, "规则文件有错。"), (3, "多半是磁盘满了，或者共享文件夹连不上。"), (1, "这是程序的毛病")],
    )
    def test_a_night_not_finished_says_since_when_and_what_to_do(self, exit_code: int, words: str) -> None:
        letter = night_failed(Failure(date(2023, 10, 18), "磁盘只剩 3 MB", exit_code), TODAY, TEMPLATES)
        assert letter.subject == "大走访 10月20日：昨夜没有完成，上一次完成是10月18日"
        assert lines(letter)[0] == "昨夜没有完成"
        for line in (words, "磁盘只剩 3 MB", "python process.py doctor", "python process.py nightly"):
            assert line in letter.text

    def test_the_first_night_of_all_may_fail(self) -> None:
        letter = night_failed(Failure(None, "", 3), TODAY, TEMPLATES, RULES)
        assert letter.subject == "大走访 10月20日：昨夜没有完成"
        assert "到现在还没有完成过一次" in letter.text and "（什么也没有说）" in letter.text


def every_letter(name: str, rules: Rules = RULES, templates: Path = TEMPLATES) -> list[Words]:
    """One letter of each kind, with `name` wherever something comes from outside."""
    fields = ("alert_id", "unit", "person", "item_no", "subject", "why", "action")
    rows = [dict.fromkeys(fields, name), *({"alert_id": f"{name}{at}", "kind": name} for at in range(9))]
    undelivered = [Undelivered(state, name, name, name) for state in (BOUNCED, UNCERTAIN, DEFERRED)]
    night = Night(FilesTaken(), MailIn(), Posted(held=1), undelivered, (name,), (name,), (name,))
    return [
        digest(name, alerts(*rows), {name}, rules, TODAY, templates),
        answer([AnsweredFile(name, "退回", name, name, name)], rules, TODAY, templates),
        nothing_attached(name, rules, TODAY, templates),
        zero_report(name, name, rules, TODAY, templates),
        unknown_sender(name, rules, TODAY, templates),
        operator_report(night, rules, TODAY, templates),
        night_failed(Failure(None, name, 1), TODAY, templates, rules),
    ]


SUBJECTS = [
    "大走访 10月20日：严重逾期10件（其中新9件）",
    "大走访回执 10月20日：收到1份表，退回1份",
    "大走访回执 10月20日：信里没有找到表",
    "大走访回执 10月20日：零报告已收",
    "大走访回执 10月20日：没有收下，发信邮箱没有登记",
    "大走访 10月20日 昨夜小结：待放行1封，对账差异1处",
    "大走访 10月20日：昨夜没有完成",
]


class TestEveryLetter:
    @settings(max_examples=40)
    @given(name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
    def test_a_subject_is_the_same_whatever_the_data_say(self, name: str) -> None:
        assert [letter.subject for letter in every_letter(name)] == SUBJECTS

    @pytest.mark.parametrize("name", ["李明", "<b>李&明</b>", "第 3 件\n\n1. 假的", "长" * 200])
    def test_plain_text_says_what_html_says(self, name: str) -> None:
        for letter in every_letter(name):
            assert bare(letter.text) == said(letter.html), letter.subject

    def test_markup_in_a_name_is_text(self) -> None:
        for letter in every_letter("<script>alert('1')</script>")[:-2]:
            assert "<script" not in letter.html
            assert "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;" in letter.html
            assert "<script>alert('1')</script>" in letter.text

    def test_what_a_screen_would_obey_is_shown(self) -> None:
        for letter in every_letter("红\x1b[31m\u202e字"):
            for words in (letter.text, letter.html):
                assert "\x1b" not in words and "\u202e" not in words
                assert "红␛[31m\\u202e字" in words

    def test_a_name_of_several_lines_begins_no_line_of_its_own(self) -> None:
        for letter in every_letter("李明\n\n2. 【新】假的"):
            assert not [line for line in letter.text.splitlines() if line.startswith("2. 【新】假的")]

    def test_html_holds_what_mail_viewers_leave_and_nothing_else(self) -> None:
        for letter in every_letter("李明"):
            tags = set(re.findall(r"<(\w+)", letter.html))
            assert tags <= {"html", "head", "meta", "title", "body", "table", "tr", "td", "b", "br", "span"}
            assert not re.search(r"https?:|\bclass=|url\(|\bid=", letter.html)
            assert min(int(size) for size in re.findall(r"font-size:(\d+)px", letter.html)) >= 14
            assert "width:100%;max-width:600px" in letter.html
            assert letter.html.startswith("<!DOCTYPE html>")

    def test_a_number_and_its_measure_word_stand_on_one_line_of_a_narrow_screen(self) -> None:
        page = to_li_ming({}).html
        assert "与您有关的 1\u00a0件：严重逾期 1\u00a0件" in page and "超过 7\u00a0个工作日" in page

    def test_levels_verdicts_and_labels_have_their_look_beside_their_word(self) -> None:
        assert '<br><span style="color:#5c6b77">原因：</span>' in to_li_ming({}).html
        assert 'color:#a32626">■ 严重逾期' in to_li_ming({}).html
        assert '<span style="color:#a32626">【退回】</span>' in answer([BACK], RULES, TODAY, TEMPLATES).html
        assert '<span style="color:#1f6b3c">【已收】</span>' in answer([TAKEN], RULES, TODAY, TEMPLATES).html

    def test_a_home_with_an_older_templates_folder_has_the_letters_of_the_program(self, tmp_path: Path) -> None:
        (tmp_path / "receipt.html").write_text("<html></html>", encoding="utf-8")
        assert every_letter("李明", templates=tmp_path) == every_letter("李明")

    def test_an_offices_own_words_stand_in_both(self, tmp_path: Path) -> None:
        (tmp_path / "letter_zero_report.j2").write_text("{{ shapes.para('知道了：' ~ said) }}", encoding="utf-8")
        letter = zero_report("工会", "本周无", RULES, TODAY, tmp_path)
        assert "知道了：本周无" in letter.text and "知道了：本周无" in letter.html


class TestLongLines:
    @pytest.mark.parametrize(
        ("line", "broken"),
        [
            ("共收到走访登记表 1234 份", "共收到走访登记表\n1234 份"),
            ("收到走访登记表 12 份", "收到走访登记表\n12 份"),
            ("请各单位在2023年11月17日前", "请各单位在\n2023年11月17日前"),
            ("- 工会应走访的户数没有报", "- 工会应走访的户数\n  没有报"),
            ("12. 工会应走访的户数没有报", "12. 工会应走访的户\n    数没有报"),
            ("工会应走访的户数了，没有", "工会应走访的户数\n了，没有"),
            ("工会应走访的户（数）没有", "工会应走访的户\n（数）没有"),
            ("写给someone@example.com.cn", "写给\nsomeone@example.com.cn"),
        ],
    )
    def test_a_line_breaks_where_a_reader_would_break_it(self, line: str, broken: str) -> None:
        assert wrapped(line, 18) == broken

    @given(line=st.text("户，（）“”- .12年月日ab·", max_size=200))
    def test_breaking_loses_nothing_but_spaces(self, line: str) -> None:
        assert re.sub(r"\s", "", wrapped(line, 20)) == re.sub(r"\s", "", line)
