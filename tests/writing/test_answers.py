"""What the ledger finds wrong is said where people look: headline, returned copy, summary, annex."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from datetime import date
from shutil import copytree
from urllib.parse import unquote

import openpyxl
import pandas as pd
import pytest
from conftest import Office
from tables import workbook
from test_laws import BAD, WANG, ZHANG, form

from dazoufang.system.home import shipped

pytestmark = pytest.mark.usefixtures("few_outputs")

DECISIONS = """
| 编号 | 裁定 | 新时限 | 批准人 | 批准日期 | 理由 |
|---|---|---|---|---|---|
| 23下矛0001 | 延期 | 2023-11-24 | 王芳 | 2023-10-19 | 等县里定价 |
| 23下矛0099 | 延期 | 2023-11-10 | 王芳 | 2023-10-19 | 等县里定价 |
"""


def test_a_decision_about_an_item_nobody_knows_is_said_in_the_headline_the_copy_and_the_summary(office: Office) -> None:
    office.take("工会/走访.xlsx", form(ZHANG))
    summary = office.take("裁定表.xlsx", workbook(DECISIONS))
    assert summary.faults == 1
    page = office.outbox()["回执/办公室/裁定表.xlsx 回执0002.html"].decode()
    assert "已收 2 行，其中 1 行没能入账" in page
    assert "不分单位" in page
    copy = openpyxl.load_workbook(io.BytesIO(office.outbox()["退回/办公室/裁定表.xlsx 需修改0002.xlsx"]))
    assert "23下矛0099" in copy["Sheet1"]["A3"].value
    assert "找不到" in copy["Sheet1"]["A3"].comment.text


def test_an_approved_extension_stands_in_the_annex_as_the_new_deadline(office: Office) -> None:
    office.take("工会/走访.xlsx", form(ZHANG))
    office.take("裁定表.xlsx", workbook(DECISIONS))
    (due,) = office.frames().items["due_on"].tolist()
    assert pd.Timestamp(due).date() == date(2023, 11, 24)


def test_a_form_that_comes_again_is_told_which_form_it_is(office: Office) -> None:
    office.take("工会/走访.xlsx", form(ZHANG))
    office.take("工会/又一次.xlsx", form(ZHANG))
    page = office.outbox()["回执/工会/又一次.xlsx 回执0002.html"].decode()
    assert "走访登记表" in page
    assert "以新的为准" in page


def test_two_workbooks_of_one_zip_with_a_fault_in_the_same_row_are_both_answered_by_name(office: Office) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("甲组.xlsx", form(ZHANG, BAD))
        archive.writestr("乙组.xlsx", form(WANG, BAD.replace("上周三", "上周四")))
    office.take("工会/打包.zip", stream.getvalue())
    page = " ".join(re.sub("<[^>]+>", " ", office.outbox()["回执/工会/打包.zip 回执0001.html"].decode()).split())
    assert "部分已收 已收 2 行，退回 2 行待改" in page
    assert "甲组.xlsx 「Sheet1」表 A4（第4行·走访日期） 填的是“上周三”，看不出是哪一天" in page
    assert "乙组.xlsx 「Sheet1」表 A4（第4行·走访日期） 填的是“上周四”，看不出是哪一天" in page
    with zipfile.ZipFile(io.BytesIO(office.outbox()["退回/工会/打包.zip 需修改0001.zip"])) as back:
        for name, typed in (("甲组.xlsx", "上周三"), ("乙组.xlsx", "上周四")):
            sheet = openpyxl.load_workbook(io.BytesIO(back.read(name)))["Sheet1"]
            assert sheet["A4"].value == typed
            assert f"须修改：填的是“{typed}”，看不出是哪一天" in sheet["A4"].comment.text, name


class TestOutstanding:
    """退回 holds what is still to be mended, and nothing else."""

    def backs(self, office: Office) -> list[str]:
        return [path for path in office.outbox() if path.startswith("退回/")]

    def test_a_mended_form_takes_its_old_copy_away_and_its_page_says_so(self, office: Office) -> None:
        office.take("工会/走访.xlsx", form(ZHANG, BAD))
        assert self.backs(office) == ["退回/工会/走访.xlsx 需修改0001.xlsx"]
        office.take("工会/走访.xlsx 需修改0001.xlsx", form(ZHANG, BAD.replace("上周三", "2023-09-20")))
        assert self.backs(office) == []
        page = office.outbox()["回执/工会/走访.xlsx 回执0001.html"].decode()
        assert "后来又收到了新的一份，以它为准，见收件 0002 号的回执" in page
        assert "需修改0001" not in page

    def test_a_form_mended_badly_leaves_only_its_newest_copy(self, office: Office) -> None:
        office.take("工会/走访.xlsx", form(BAD))
        assert self.backs(office) == ["退回/工会/走访.xlsx 回执0001.html", "退回/工会/走访.xlsx 需修改0001.xlsx"]
        office.take("工会/走访(1).xlsx", form(BAD.replace("上周三", "上周四")))
        assert self.backs(office) == ["退回/工会/走访(1).xlsx 回执0002.html", "退回/工会/走访(1).xlsx 需修改0002.xlsx"]
        assert "回执/工会/走访.xlsx 回执0001.html" in office.outbox()

    def test_another_form_of_the_unit_takes_nothing_away(self, office: Office) -> None:
        office.take("工会/走访.xlsx", form(BAD))
        office.take("工会/别的.xlsx", form(ZHANG))
        assert len(self.backs(office)) == 2


def test_a_roster_that_gives_a_form_of_address_for_a_name_is_sent_back(office: Office) -> None:
    office.take(
        "花名册.xlsx", workbook("| 姓名 | 单位 | 角色 |\n| 何校长 | 工会 | 股室负责人 |\n| 何长 | 工会 | 股室负责人 |")
    )
    assert [(fault.code, fault.cell) for fault in office.submissions()[0].errors] == [("C18", "A2")]
    assert "是称呼，不是姓名" in office.submissions()[0].errors[0].message


def test_what_a_newer_form_withdraws_is_said_in_the_headline(office: Office) -> None:
    office.take("工会/走访.xlsx", form(ZHANG, WANG))
    office.take("工会/走访（改好）.xlsx", form(ZHANG))
    page = office.outbox()["回执/工会/走访（改好）.xlsx 回执0002.html"].decode()
    assert "上一份里的 2 项（走访户、台账事项）这次没有或标红待改，已撤下" in page
    assert "注意：上一份" not in office.outbox()["回执/工会/走访.xlsx 回执0001.html"].decode()


def test_a_visit_told_twice_in_one_form_is_not_said_to_stand_in_another(office: Office) -> None:
    office.take("工会/走访.xlsx", form(ZHANG, ZHANG))
    assert [fault.code for fault in office.submissions()[0].faults] == ["R05"]
    assert office.fold().effects[1].shared == []
    office.take("工会/别的.xlsx", form(ZHANG))
    assert len(office.fold().effects[2].shared) == 1


def test_a_receipt_names_each_cell_of_another_file_that_gave_way_and_what_was_joined(office: Office) -> None:
    head = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 村(社区)组 | 联系电话 | 意见建议 |\n"
    zhang = "| 2023-09-20 | 李明 | 张三 | 其他 | 旧村1组 | 13800000001 | 建议修路 |\n"
    office.take("工会/甲.xlsx", workbook(head + zhang, unit="工会"))
    newer = zhang.replace("旧村1组", "沙口村5组").replace("建议修路", "建议修桥")
    office.take("工会/乙.xlsx", workbook(head + newer, unit="工会"))
    decided = "| 编号 | 裁定 | 对应编号 | 批准人 | 批准日期 | 理由 |\n| 23下建0002 | 并案 | 23下建0001 | 张局 | 2023-10-18 | 一件事 |"
    office.take("裁定表.xlsx", workbook(decided))
    pages = {path.rsplit(" ", 1)[1]: data.decode() for path, data in office.outbox().items() if " 回执" in path}
    page = pages["回执0002.html"]
    assert "村(社区)组：<del>旧村1组</del> → 沙口村5组" in page and "原来是收件1号 甲.xlsx 第3行填的" in page
    assert "原来的不动，本行登记为23下建0002" in page and "相同" not in page
    assert '<b class="place">23下建0002</b>张三：建议修桥 并入 23下建0001（张三：建议修路）' in pages["回执0003.html"]
    assert "撤下" not in pages["回执0003.html"]


def test_a_name_cannot_act_on_the_page_of_its_answer(office: Office) -> None:
    office.take("工会/走访\u202e\x9b31m.xlsx", b"")
    (page,) = (data.decode() for path, data in office.outbox().items() if " 回执" in path)
    assert "走访\\u202e\\u009b31m.xlsx" in page
    assert not set("\u202e\x9b") & set(page)


def test_a_form_of_the_office_from_a_unit_is_not_asked_to_be_mended(office: Office) -> None:
    """What it says of it: hand it to the office as it is. No copy with marks, and no day to mend it by, beside that."""
    roster = workbook("| 姓名 | 单位 | 角色 |\n| 李明 | 工会 | 股室负责人 |")
    office.take("花名册.xlsx", roster)
    decided = "| 编号 | 裁定 | 批准人 | 批准日期 | 理由 |\n| 23下矛0001 | 作废 | 张局 | 2023-10-18 | 重复 |"
    office.take("工会/裁定表.xlsx", workbook(decided))
    answers = {path: data.decode() for path, data in office.outbox().items() if path.startswith(("回执/工会", "退回/"))}
    assert list(answers) == ["退回/工会/裁定表.xlsx 回执0002.html"]
    (page,) = answers.values()
    assert "请把这份表交局办公室" in page and "内容不用改" in page
    assert "17:00前改好" not in page and "重新放入收件箱" not in page


def test_the_offices_own_forms_are_answered_to_it_also_when_they_come_again_or_go_back(office: Office) -> None:
    roster = workbook("姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人")
    office.take("花名册.xlsx", roster)
    office.take("花名册（再放一次）.xlsx", roster)
    office.take("裁定表.xlsx", workbook(DECISIONS.replace("| 王芳 |", "| |")))
    office.take("看不懂.xlsx", b"no workbook")
    office.take("工会/任务分解表.xlsx", workbook("轮次 | 走访对象 | 对象类别 | 走访干部\n下半年 | 张三 | 其他 | 李明"))
    assert sorted(path for path in office.outbox() if path.startswith(("回执/", "退回/"))) == [
        "回执/办公室/花名册.xlsx 回执0001.html",
        "回执/办公室/花名册（再放一次）.xlsx 回执0002.html",
        "退回/办公室/裁定表.xlsx 回执0003.html",
        "退回/办公室/裁定表.xlsx 需修改0003.xlsx",
        "退回/工会/任务分解表.xlsx 回执0005.html",
        "退回/未识别单位/看不懂.xlsx 回执0004.html",
    ]
    subjects = [line for line in texts(office, "预警提醒.xlsx") if "退回后还" in line]
    assert any(line.startswith("办公室的《裁定表.xlsx》") for line in subjects)
    assert any(line.startswith("未识别单位的《看不懂.xlsx》") for line in subjects)


def test_the_office_is_called_as_the_rules_call_it(office: Office) -> None:
    copytree(shipped("schemas"), office.home.root / "schemas")
    rules = office.home.root / "schemas" / "campaign.yaml"
    rules.write_text(
        rules.read_text("utf-8").replace("coordinator: {value: 办公室", "coordinator: {value: 综合股"), "utf-8"
    )
    office.take("花名册.xlsx", workbook("姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人"))
    assert "综合股（这张表不分单位）" in office.outbox()["回执/综合股/花名册.xlsx 回执0001.html"].decode()


def texts(office: Office, file: str) -> list[str]:
    """All that the first sheet of a published workbook says."""
    book = openpyxl.load_workbook(io.BytesIO(office.outbox()[file]))
    return [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value]


def leads_to(page: str, link: str) -> str:
    """The path in the outbox that a link of a published file leads to."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(link)))


def receipt_link(office: Office, page: str) -> str:
    found = re.search(r'退回件：<a href="([^"]+)">([^<]+)</a>', office.outbox()[page].decode())
    assert found and found[1].isascii()
    return leads_to(page, found[1])


def copy_link(office: Office, copy: str) -> str:
    (sheet,) = (
        sheet
        for sheet in openpyxl.load_workbook(io.BytesIO(office.outbox()[copy])).worksheets
        if sheet.title == "需修改"
    )
    (cell,) = (
        cell for row in sheet.iter_rows() for cell in row if cell.hyperlink is not None and cell.hyperlink.target
    )
    assert cell.value == f"回执：{leads_to(copy, cell.hyperlink.target).rpartition('/')[2]}"
    return leads_to(copy, cell.hyperlink.target)


@pytest.mark.parametrize(("rows", "place"), [((ZHANG, BAD), "回执"), ((BAD,), "退回")])
def test_receipt_and_copy_lead_to_each_other_with_any_name(office: Office, rows: tuple[str, ...], place: str) -> None:
    office.take("工会/走访 #1 100% &.xlsx", form(*rows))
    page, copy = f"{place}/工会/走访 #1 100% &.xlsx 回执0001.html", "退回/工会/走访 #1 100% &.xlsx 需修改0001.xlsx"
    assert receipt_link(office, page) == copy and copy_link(office, copy) == page
    office.take("工会/走访 #1 100% &(1).xlsx", form(ZHANG, WANG))
    assert "退回件：" not in office.outbox()["回执/工会/走访 #1 100% &.xlsx 回执0001.html"].decode()


def test_a_copy_that_comes_back_and_goes_back_again_leads_to_its_new_receipt_alone(office: Office) -> None:
    office.take("工会/走访.xlsx", form(ZHANG, BAD))
    copy = office.outbox()["退回/工会/走访.xlsx 需修改0001.xlsx"]
    office.take("工会/走访.xlsx", copy)
    again = "退回/工会/走访.xlsx 需修改0002.xlsx"
    assert copy_link(office, again) == "回执/工会/走访.xlsx 回执0002.html"


SHOWN = "shown_path: {value: '\\\\server\\大走访\\inbox', source: 局内设定：试}"


def test_receipt_and_copy_say_where_the_inbox_is_where_the_rules_do(office: Office) -> None:
    copytree(shipped("schemas"), office.home.root / "schemas")
    rules = office.home.root / "schemas" / "campaign.yaml"
    rules.write_text(re.sub(r"shown_path: .*", lambda _: SHOWN, rules.read_text("utf-8")), "utf-8")
    office.take("工会/走访.xlsx", form(ZHANG, BAD))
    page = office.outbox()["回执/工会/走访.xlsx 回执0001.html"].decode()
    assert r"重新放入收件箱（<b>\\server\大走访\inbox\工会</b>），文件名不用改" in page
    assert r"再放入收件箱（\\server\大走访\inbox\工会），新的会替换旧的" in page
    lines = texts(office, "退回/工会/走访.xlsx 需修改0001.xlsx")
    assert any(r"重新放入收件箱（\\server\大走访\inbox\工会），文件名不用改" in line for line in lines)


def test_a_receipt_counts_the_visits_of_each_cadre_that_were_taken(office: Office) -> None:
    office.take("工会/走访.xlsx", form(ZHANG, BAD, WANG.replace("李明", "李明、王芳")))
    page = office.outbox()["回执/工会/走访.xlsx 回执0001.html"].decode()
    assert '<p class="soft">收下的走访：李明 2户次、王芳 1户次</p>' in page
    office.take("工会/坏表.xlsx", form(BAD))
    (sent_back,) = (data.decode() for path, data in office.outbox().items() if "坏表.xlsx 回执0002.html" in path)
    assert "收下的走访" not in sent_back


def test_where_the_way_to_the_inbox_is_not_known_the_folder_alone_is_named(office: Office) -> None:
    office.take("工会/走访.xlsx", form(ZHANG, BAD))
    office.take("走访2.xlsx", form(BAD))
    page = office.outbox()["回执/工会/走访.xlsx 回执0001.html"].decode()
    assert "重新放入收件箱（<b>“工会”文件夹</b>），文件名不用改" in page
    assert "再放入收件箱（“工会”文件夹），新的会替换旧的" in page
    (tray,) = (data.decode() for path, data in office.outbox().items() if "走访2.xlsx 回执0002.html" in path)
    assert "重新放入收件箱，文件名不用改" in tray
