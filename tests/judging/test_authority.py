"""Who may say what: form × sender → taken or held, and where the answer goes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import Office
from tables import workbook
from test_accept import ROSTER as KNOWN
from test_accept import codes, taken, units
from tray import Tray

from dazoufang.commands.rebuild import rebuild
from dazoufang.model.submission import SENDER, Submission
from dazoufang.rules.campaign import Rules
from dazoufang.rules.generations import Generation

VISITS = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 |\n| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 |\n"
MIXED = (
    "| 填报单位 | 走访日期 | 走访干部 | 走访对象 | 对象类别 |\n"
    "| 督导室 | 2023-09-20 | 陈红 | 张三 | 其他 |\n| 工会 | 2023-09-21 | 李明 | 王五 | 其他 |\n"
)
DISPUTES = (
    "| 走访日期 | 走访干部 | 当事人 | 联系电话 | 纠纷类别 | 主要情况及诉求 | 办理状态 |\n"
    "| 2023-09-20 | 李明 | 张三 | 13800000001 | 邻里关系 | 与邻居因排水沟改道争执 | 正在化解 |\n"
)
SUGGESTIONS = (
    "| 反映日期 | 走访干部 | 反映人 | 联系电话 | 事项类别 | 意见建议内容 | 办理状态 |\n"
    "| 2023-09-20 | 李明 | 张三 | 13800000001 | 道路交通 | 建议硬化通学路 | 正在办理 |\n"
)
ROSTER = (
    "| 姓名 | 单位 | 角色 |\n| 李明 | 工会 | 股室负责人 |\n| 陈红 | 督导室 | 股室负责人 |\n"
    "| 周杰 | 法制安全股 | 股室负责人 |\n| 吴敏 | 办公室 | 股室负责人 |\n"
)
MORE = ROSTER + "| 郑一 | 人事股 | 股室负责人 |\n"
ASSIGNMENTS = "| 轮次 | 走访对象 | 对象类别 | 走访干部 |\n| 下半年 | 张三 | 其他 | 李明 |\n"
DECISIONS = "| 编号 | 裁定 | 批准人 | 批准日期 | 理由 |\n| 23下矛0001 | 作废 | 局长 | 2023-10-10 | 重复登记 |\n"
FORMS = {
    "走访": workbook(VISITS, unit="工会"),
    "矛盾": workbook(DISPUTES, unit="工会"),
    "建议": workbook(SUGGESTIONS, unit="工会"),
    "花名册": workbook(MORE),
    "任务分解": workbook(ASSIGNMENTS),
    "裁定": workbook(DECISIONS),
}
SENDERS = {
    "own": "工会/",
    "other": "督导室/",
    "office": "法制安全股/",
    "办公室": "办公室/",
    "root": "",
    "unknown": "第二批/",
}
OF_UNITS = {
    "own": ("taken", "工会"),
    "other": ("S09", "督导室"),
    "office": ("taken", "工会"),
    "办公室": ("taken", "工会"),
    "root": ("taken", "工会"),
    "unknown": ("S09", "第二批"),
}
OF_THE_OFFICE = {
    "own": ("S20", "工会"),
    "other": ("S20", "督导室"),
    "office": ("S20", "法制安全股"),
    "办公室": ("taken", "办公室"),
    "root": ("taken", ""),
    "unknown": ("S20", "第二批"),
}


@pytest.fixture
def tray(rules: Rules) -> Tray:
    tray = Tray(rules)
    tray.take("花名册.xlsx", workbook(ROSTER))
    return tray


def outcome(submission: Submission) -> tuple[str, str]:
    """What came of a file ("taken", or the codes of its errors, or the verdict), and whose its answer is."""
    found = " ".join(sorted({fault.code for fault in submission.errors}))
    return found or ("taken" if submission.verdict == "accepted" else submission.verdict), submission.unit


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("sender", SENDERS)
def test_who_may_send_what_and_who_is_answered(tray: Tray, form: str, sender: str) -> None:
    if form == "裁定":
        tray.take("工会/矛盾.xlsx", FORMS["矛盾"])
    expected = (OF_UNITS if form in ("走访", "矛盾", "建议") else OF_THE_OFFICE)[sender]
    before = tray.fold.frames()
    assert outcome(tray.take(f"{SENDERS[sender]}{form}表.xlsx", FORMS[form])) == expected
    if expected[0] != "taken":
        after = tray.fold.frames()
        for name in ("visits", "items", "cadres", "assignments"):
            assert getattr(after, name).equals(getattr(before, name))
        assert outcome(tray.take(f"{form}表.xlsx", FORMS[form]))[0] == "taken"  # the clerk's word, and no duplicate


class TestAUnitsFormInAnothersFolder:
    @pytest.mark.published
    def test_nothing_of_the_other_unit_is_touched_and_its_own_folder_is_answered(self, office: Office) -> None:
        rows = "".join(f"| 2023-09-2{n} | 李明 | 张{c} | 其他 | 1380000000{n} |\n" for n, c in enumerate("甲乙丙丁"))
        office.drop("花名册.xlsx", workbook(ROSTER))
        office.drop("工会/走访.xlsx", workbook(VISITS + rows, unit="工会"))
        office.drop("督导室/走访.xlsx", FORMS["走访"])
        office.run()
        assert outcome(office.submissions()[-1]) == ("S09", "督导室")
        assert len(office.frames().visits) == 5
        (fault,) = office.submissions()[-1].errors
        assert (fault.cell, fault.value) == ("A1", "工会")
        assert [path for path in office.outbox() if path.startswith("退回/")] == [
            "退回/督导室/走访.xlsx 回执0003.html",
            "退回/督导室/走访.xlsx 需修改0003.xlsx",
        ]
        assert "这份表不由这里报送，没有收下" in office.outbox()["退回/督导室/走访.xlsx 回执0003.html"].decode()
        assert rebuild(office.home) == []

    @pytest.mark.parametrize("held", ["走访", "裁定"])
    def test_what_is_held_takes_the_place_of_nothing_its_sender_sent(self, tray: Tray, held: str) -> None:
        good = tray.take("督导室/走访.xlsx", workbook(VISITS, unit="督导室"))
        assert tray.take("督导室/走访.xlsx", FORMS[held]).verdict == "returned"
        assert tray.fold.replaced_by(good) == 0  # its receipt does not say that a newer one stands for it

    def test_row_by_row_where_a_column_says_whose(self, tray: Tray) -> None:
        submission = tray.take("督导室/走访.xlsx", workbook(MIXED))
        assert (outcome(submission), submission.verdict) == (("S09", "督导室"), "partly")
        assert [(fault.cell, fault.row) for fault in submission.errors] == [("A3", 3)]
        assert tray.rows("visits", "unit", "household") == [("督导室", "张三")]

    def test_the_clerk_takes_what_was_held_though_a_newer_file_came(self, tray: Tray) -> None:
        tray.take("督导室/走访.xlsx", FORMS["走访"])
        tray.take("督导室/走访.xlsx", workbook(VISITS.replace("李明", "陈红").replace("张三", "赵六"), unit="督导室"))
        assert outcome(tray.take("走访.xlsx", FORMS["走访"])) == ("taken", "工会")
        assert sorted(tray.rows("visits", "household")) == [("张三",), ("赵六",)]
        assert outcome(tray.take("走访.xlsx", FORMS["走访"])) == ("duplicate", "工会")

    def test_a_duplicate_is_answered_where_it_was_dropped(self, tray: Tray) -> None:
        tray.take("工会/走访.xlsx", FORMS["走访"])
        assert outcome(tray.take("督导室/走访.xlsx", FORMS["走访"])) == ("duplicate", "督导室")

    def test_one_sender_by_whichever_door(self, tray: Tray) -> None:
        tray.take("工会/走访.xlsx", FORMS["走访"])
        tray.take("走访.xlsx", workbook(VISITS.replace("张三", "赵六"), unit="工 会"))
        assert tray.rows("visits", "household") == [("赵六",)]

    def test_a_mended_copy_of_another_unit_does_not_do_away_with_what_that_has_to_mend(self, tray: Tray) -> None:
        tray.take("工会/走访.xlsx", workbook(VISITS.replace("2023-09-20", "上周三"), unit="工会"))
        tray.take("督导室/走访.xlsx 需修改0002.xlsx", workbook(VISITS.replace("李明", "陈红"), unit="督导室"))
        assert [submission.submission_id for submission, _ in tray.fold.outstanding()] == [2]
        tray.take("工会/走访.xlsx 需修改0002.xlsx", FORMS["走访"])
        assert tray.fold.outstanding() == []


class TestNamesTheRosterDoesNotKnow:
    def test_they_give_way_to_the_folder_and_that_is_said(self, tray: Tray) -> None:
        submission = tray.take("工会/走访.xlsx", workbook(VISITS, unit="县直机关妇委会"))
        assert outcome(submission) == ("taken", "工会")
        assert [(fault.code, fault.severity, fault.cell) for fault in submission.faults] == [("S21", "warning", "A1")]
        assert tray.rows("visits", "unit") == [("工会",)]

    def test_a_longer_name_of_the_same_is_only_noted(self, tray: Tray) -> None:
        submission = tray.take("工会/走访.xlsx", workbook(VISITS, unit="教体系统工会"))
        assert [(fault.code, fault.severity) for fault in submission.faults] == [("S21", "info")]

    def test_before_there_is_a_roster_the_folder_speaks(self, rules: Rules) -> None:
        submission = taken(rules, workbook(VISITS, unit="工会"), "督导室/走访.xlsx")
        assert (submission.unit, units(submission), codes(submission)) == ("督导室", ["督导室"], ["S21"])

    def test_the_units_in_the_rows_of_a_bureaus_annex_stay(self, rules: Rules) -> None:
        submission = taken(rules, workbook(MIXED, unit="华容县教育体育局"), "教体局/附件1.xlsx")
        assert (submission.unit, submission.parts[0].unit, units(submission)) == (
            "教体局",
            "教体局",
            ["督导室", "工会"],
        )
        assert submission.verdict == "accepted"


class TestAFolderTheRosterDoesNotKnow:
    def test_it_speaks_for_itself_and_is_asked_about(self, tray: Tray) -> None:
        submission = tray.take("第二批/走访.xlsx", workbook(VISITS))
        assert outcome(submission) == ("taken", "第二批")
        (fault,) = submission.faults
        assert (fault.code, fault.severity, fault.cell) == ("S08", "warning", "")
        assert fault.message == "文件放在“第二批”文件夹，按“第二批”报的收下；花名册里没有这个单位"

    def test_it_is_told_why_it_may_not_speak_for_another(self, tray: Tray) -> None:
        (fault,) = tray.take("第二批/走访.xlsx", FORMS["走访"]).errors
        assert fault.message == (
            "「Sheet1」表的填报单位是“工会”，文件却放在“第二批”文件夹，花名册里没有“第二批”；"
            "不能替“工会”报，这些行没有收下，“工会”报过的都没有动"
        )
        assert fault.remedy == "请放入“工会”文件夹，或交局办公室经办人直接放进收件文件夹"

    def test_it_replaces_nothing_of_another(self, tray: Tray) -> None:
        tray.take("工会/走访.xlsx", FORMS["走访"])
        tray.take("第二批/走访.xlsx", workbook(VISITS.replace("张三", "赵六"), unit="工会"))
        tray.take("第三批/走访.xlsx", workbook(MIXED.replace("张三", "赵六")))
        assert tray.rows("visits", "unit", "household") == [("工会", "张三")]

    def test_a_bureaus_annex_in_a_countys_home_with_a_roster(self, tray: Tray) -> None:
        submission = tray.take("临湘市教体局/附件1.xlsx", workbook(MIXED, unit="临湘市教育体育局"))
        assert (outcome(submission), units(submission)) == (("taken", "临湘市教体局"), ["督导室", "工会"])

    def test_who_is_listed_in_the_rules_may_speak_for_all_though_the_roster_does_not_know_it(
        self, rules: Rules
    ) -> None:
        others = rules.campaign.authority.speak_for_others.model_copy(update={"value": ("第二批",)})
        authority = rules.campaign.authority.model_copy(update={"speak_for_others": others})
        tray = Tray(replace(rules, campaign=rules.campaign.model_copy(update={"authority": authority})))
        tray.take("花名册.xlsx", workbook(ROSTER))
        assert outcome(tray.take("第二批/走访.xlsx", FORMS["走访"])) == ("taken", "工会")


class TestTheRules:
    def test_the_root_can_be_closed(self, rules: Rules) -> None:
        campaign = rules.campaign
        shut = campaign.authority.root_speaks_for_all.model_copy(update={"value": False})
        authority = campaign.authority.model_copy(update={"root_speaks_for_all": shut})
        closed = replace(rules, campaign=campaign.model_copy(update={"authority": authority}))
        submission = taken(closed, FORMS["走访"], "走访.xlsx", KNOWN)
        assert (submission.verdict, codes(submission)) == ("returned", ["S09"])
        assert submission.faults[0].remedy == "请放入“工会”文件夹"
        assert taken(closed, FORMS["走访"], "工会/走访.xlsx", KNOWN).verdict == "accepted"

    def test_rules_kept_before_let_everybody_speak_as_they_did(self, rules: Rules) -> None:
        former = replace(rules, generation=Generation.FIRST)
        submission = taken(former, FORMS["走访"], "督导室/走访.xlsx", KNOWN)
        assert (submission.unit, submission.verdict, codes(submission)) == ("工会", "accepted", ["S09"])
        assert SENDER not in submission.parts[0].meta
        assert taken(former, FORMS["裁定"], "督导室/裁定表.xlsx", KNOWN).verdict == "accepted"

    def test_what_they_took_empty_took_all_back_and_does_still(self, rules: Rules) -> None:
        tray = Tray(replace(rules, generation=Generation.FIRST))
        tray.take("工会/走访.xlsx", FORMS["走访"])
        assert tray.take("工会/走访.xlsx", workbook(VISITS.splitlines()[0], unit="工会")).verdict == "accepted"
        assert tray.rows("visits", "household") == []


HANDLED = (
    "| 填报单位 | 编号 | 走访日期 | 走访干部 | 当事人 | 纠纷类别 | 主要情况及诉求 | 办理状态 | 化解情况 | 办结日期 |\n"
    "| 工会 | 23下矛0001 | 2023-09-20 | 李明 | 张三 | 邻里关系 | 与邻居因排水沟改道争执 | 已化解 | 双方和解 | 2023-10-10 |\n"
)


def disputes(responsible: str) -> bytes:
    head = DISPUTES.replace("| 办理状态 |", "| 办理状态 | 责任单位 |")
    return workbook(head.replace("| 正在化解 |", f"| 正在化解 | {responsible} |"), unit="工会")


class TestWhoHandlesAnItem:
    OPEN, DONE = [("23下矛0001", "工会", "正在化解")], [("23下矛0001", "工会", "已化解")]

    def items(self, tray: Tray) -> list[tuple[str, ...]]:
        return tray.rows("items", "item_no", "unit", "status")

    @pytest.mark.parametrize("sender", ["督导室/", "工会/", "办公室/", "法制安全股/", ""])
    def test_its_handler_its_own_unit_and_who_speaks_for_all_say_how_it_stands(self, tray: Tray, sender: str) -> None:
        tray.take("工会/矛盾.xlsx", disputes("督导室"))
        tray.take(f"{sender}办理.xlsx", workbook(HANDLED))
        assert (self.items(tray), tray.effect.notices) == (self.DONE, [])

    def test_its_handler_says_nothing_else(self, tray: Tray) -> None:
        tray.take("工会/矛盾.xlsx", disputes("督导室"))
        tray.take("督导室/办理.xlsx", workbook(HANDLED.replace("邻里关系", "其他")))
        assert tray.rows("items", "unit", "category", "status") == [("工会", "邻里关系", "已化解")]
        (notice,) = tray.effect.notices
        assert (notice.code, notice.severity, "纠纷类别与台账不同" in notice.message) == ("R21", "warning", True)

    @pytest.mark.parametrize("unit", ["工会", "督导室"])
    def test_a_unit_that_does_not_handle_it_says_nothing_of_it(self, tray: Tray, unit: str) -> None:
        tray.take("工会/矛盾.xlsx", disputes(""))
        submission = tray.take("督导室/办理.xlsx", workbook(HANDLED.replace("工会", unit)))
        assert (self.items(tray), submission.verdict) == (self.OPEN, "accepted")
        (notice,) = tray.effect.notices
        assert (notice.code, notice.severity, notice.cell) == ("R20", "error", "B2")

    def test_before_one_is_named_the_office_of_the_kind_of_household(self, rules: Rules) -> None:
        nobody = rules.campaign.authority.speak_for_others.model_copy(update={"value": ()})
        authority = rules.campaign.authority.model_copy(update={"speak_for_others": nobody})
        tray = Tray(replace(rules, campaign=rules.campaign.model_copy(update={"authority": authority})))
        tray.take("花名册.xlsx", workbook(ROSTER))
        tray.take("工会/矛盾.xlsx", disputes(""))
        tray.take("法制安全股/办理.xlsx", workbook(HANDLED))
        assert self.items(tray) == self.DONE

    def test_once_it_is_named_the_same_bytes_are_taken(self, tray: Tray) -> None:
        tray.take("工会/矛盾.xlsx", disputes(""))
        tray.take("督导室/办理.xlsx", workbook(HANDLED))
        tray.take("工会/矛盾.xlsx", disputes("督导室"))
        tray.take("督导室/办理.xlsx", workbook(HANDLED))
        assert self.items(tray) == self.DONE

    def test_a_row_it_takes_back_leaves_the_item(self, tray: Tray) -> None:
        tray.take("工会/矛盾.xlsx", disputes("督导室"))
        tray.take("督导室/办理.xlsx", workbook(HANDLED))
        tray.take("督导室/办理.xlsx", workbook(HANDLED.replace("已化解", "稳控中").replace("2023-10-10", "")))
        assert self.items(tray) == [("23下矛0001", "工会", "稳控中")]

    def test_leaving_out_the_number_takes_over_no_item_of_others(self, tray: Tray) -> None:
        tray.take("工会/矛盾.xlsx", disputes("法制安全股"))
        before = self.items(tray)
        tray.take("督导室/办理.xlsx", workbook(HANDLED.replace("工会", "督导室").replace("23下矛0001", "")))
        assert self.items(tray)[0] == before[0]
        assert [row[:2] for row in self.items(tray)[1:]] == [("23下矛0002", "督导室")]
        assert [notice.code for notice in tray.effect.notices] == ["R10"]  # asked whether it is the other's

    def test_telling_of_the_same_matter_later_makes_nobody_its_owner(self, tray: Tray) -> None:
        tray.take("工会/矛盾.xlsx", disputes("法制安全股"))
        tray.take("督导室/走访.xlsx", workbook(
            "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 矛盾纠纷和信访诉求 |\n"
            "| 2023-09-20 | 李明 | 张三 | 其他 | 与邻居因排水沟改道争执 |\n",
            unit="督导室",
        ))  # fmt: skip
        before = self.items(tray)[0]
        tray.take("督导室/办理.xlsx", workbook(HANDLED.replace("工会", "督导室")))
        assert self.items(tray)[0] == before
        assert "R20" in [notice.code for notice in tray.effect.notices]

    def test_another_unit_may_not_open_an_item_in_its_name(self, tray: Tray) -> None:
        tray.take("督导室/办理.xlsx", workbook(HANDLED))
        assert self.items(tray) == []
        assert [notice.code for notice in tray.effect.notices] == ["R20"]
