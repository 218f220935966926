"""The laws of the design that a single run keeps; each test fails when its law is broken."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import zipfile
from datetime import date
from pathlib import Path
from typing import ClassVar

import pandas as pd
import pytest
from conftest import TODAY, Office
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import workbook

from dazoufang.commands import forms
from dazoufang.commands.rebuild import rebuild
from dazoufang.model.submission import RETURNED
from dazoufang.system.home import Home

pytestmark = pytest.mark.usefixtures("quick")

HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 村(社区)组 | 联系电话 | 矛盾纠纷和信访诉求 | 意见建议 |\n"
ZHANG = "| 2023-09-20 | 李明 | 张三 | 其他 | 章华镇 | 沙口村1组 | 13800000001 | 与邻居因排水沟改道争执 | |\n"
WANG = "| 2023-09-21 | 李明 | 王五 | 人大代表 | 东山镇 | 东湖村2组 | 13800000002 | | 建议硬化通学路 |\n"
ZHAO = "| 2023-09-22 | 陈红 | 赵六 | 其他 | 东山镇 | 东湖村3组 | 13800000003 | 无 | 无 |\n"
BAD = "| 上周三 | 陈红 | 钱七 | 其他 | 东山镇 | 东湖村4组 | 13800000004 | | |\n"
ROSTER = """
| 姓名 | 单位 | 角色 |
|---|---|---|
| 李明 | 工会 | 股室负责人 |
| 陈红 | 督导室 | 股室负责人 |
"""


def form(*lines: str, unit: str = "工会") -> bytes:
    return workbook(HEAD + "".join(lines), unit=unit)


def hashes(folder: Path) -> set[str]:
    return {hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.rglob("*") if file.is_file()}


def answers(office: Office, name: str) -> list[str]:
    """The answers to a file, by their names."""
    return [
        path
        for path in office.outbox()
        if path.startswith(("回执/", "退回/")) and path.rsplit("/", 1)[1].startswith(name)
    ]


@pytest.mark.usefixtures("few_outputs")
class TestNothingIsLost:
    """Law 1."""

    FILES: ClassVar = {
        "花名册.xlsx": workbook(ROSTER),
        "工会/走访.xlsx": form(ZHANG, WANG),
        "工会/部分.xlsx": form(ZHANG, BAD),
        "空.xlsx": b"",
        "坏.xlsx": form(ZHANG)[:900],
        "照片.xlsx": b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
        "商品.xlsx": workbook("| 商品 | 单价 |\n| 铅笔 | #1 |"),
        "名字😀很长" + "长" * 60 + ".xlsx": form(ZHAO, unit="督导室"),
    }

    @pytest.mark.law(1)
    def test_every_file_is_archived_byte_for_byte_answered_once_and_cleared(self, office: Office) -> None:
        for path, data in self.FILES.items():
            office.drop(path, data)
        office.run()
        kept = hashes(office.home.archive)
        for path, data in self.FILES.items():
            assert hashlib.sha256(data).hexdigest() in kept, path
            assert not (office.home.inbox / path).exists()
        for submission in office.submissions():
            pages = [
                path
                for path in answers(office, submission.name[:20])
                if path.endswith(f"回执{submission.submission_id:04d}.html")
            ]
            assert len(pages) == 1, submission.name

    def test_a_partly_accepted_file_gets_a_receipt_and_a_returned_copy(self, office: Office) -> None:
        office.take("工会/部分.xlsx", form(ZHANG, BAD))
        assert answers(office, "部分.xlsx") == [
            "回执/工会/部分.xlsx 回执0001.html",
            "退回/工会/部分.xlsx 需修改0001.xlsx",
        ]
        assert office.frames().visits["household"].tolist() == ["张三"]

    def test_an_unreadable_file_gets_a_page_among_the_returned(self, office: Office) -> None:
        office.take("空.xlsx", b"")
        assert answers(office, "空.xlsx") == ["退回/未识别单位/空.xlsx 回执0001.html"]
        assert "0字节" in office.outbox()["退回/未识别单位/空.xlsx 回执0001.html"].decode()

    def test_a_zip_is_one_file_with_one_answer(self, office: Office) -> None:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("甲组.xlsx", form(ZHANG))
            archive.writestr("乙组.xlsx", form(WANG))
        office.take("打包.zip", stream.getvalue())
        assert answers(office, "打包.zip") == ["回执/工会/打包.zip 回执0001.html"]
        assert len(office.frames().visits) == 2

    def test_lock_files_and_temporary_names_are_left_alone(self, office: Office) -> None:
        for name in ("~$走访.xlsx", ".~lock.走访.xlsx#", "下载.crdownload", "走访.xlsx.tmp", "Thumbs.db"):
            office.drop(name, b"x")
        assert office.run().submissions["returned"] == 0
        assert len(list(office.home.inbox.iterdir())) == 5

    def test_bytes_that_came_under_the_same_name_meanwhile_stay_for_the_next_run(self, office: Office) -> None:
        from dazoufang.inbox import claims

        file = office.drop("走访.xlsx", form(ZHANG))
        claims.clear(office.home.inbox, "走访.xlsx", hashlib.sha256(b"other").hexdigest())
        assert file.exists()


@pytest.mark.usefixtures("few_outputs")
class TestTwiceIsOnce:
    """Law 2."""

    @pytest.mark.law(2)
    def test_the_same_bytes_again_change_nothing_and_are_told_so(self, office: Office) -> None:
        data = form(ZHANG, WANG)
        office.take("走访.xlsx", data)
        before = {path: data for path, data in office.outbox().items() if "/" not in path}
        summary = office.take("另一个名字.xlsx", data)
        assert summary.submissions["duplicate"] == 1
        assert {path: data for path, data in office.outbox().items() if "/" not in path} == before
        (page,) = answers(office, "另一个名字.xlsx")
        assert "已收过" in office.outbox()[page].decode()
        assert len(office.frames().visits) == 2

    def test_the_same_bytes_twice_in_one_drop_are_once(self, office: Office) -> None:
        office.drop("甲.xlsx", form(ZHANG))
        office.drop("乙.xlsx", form(ZHANG))
        assert office.run().submissions == {"accepted": 1, "partly": 0, "returned": 0, "duplicate": 1, "deferred": 0}

    def test_what_went_back_for_the_rosters_sake_is_taken_when_it_comes_again(self, office: Office) -> None:
        data = form(ZHANG.replace("李明", "李新"))
        office.take("花名册.xlsx", workbook(ROSTER))
        office.take("工会/走访.xlsx", data)
        assert office.submissions()[-1].verdict == RETURNED
        assert office.take("工会/走访.xlsx", data).submissions["duplicate"] == 1
        office.take("花名册.xlsx", workbook(ROSTER + "| 李新 | 工会 | 股室负责人 |"))
        assert office.take("工会/走访.xlsx", data).submissions["accepted"] == 1
        assert office.frames().visits["cadres"].tolist() == ["李新"]
        assert rebuild(office.home) == []

    def test_a_file_that_cannot_be_cleared_away_is_not_taken_again(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as held:
            held.setattr("dazoufang.inbox.claims.Path.unlink", _refuse)
            office.take("工会/走访.xlsx", form(ZHANG))
            assert office.run().submissions == dict.fromkeys(
                ("accepted", "partly", "returned", "duplicate", "deferred"), 0
            )
        assert [one.name for one in office.home.inbox.rglob("*.xlsx")] == ["走访.xlsx"]
        office.run()
        assert not (office.home.inbox / "工会/走访.xlsx").exists()
        assert len(office.submissions()) == 1


def _refuse(path: Path, missing_ok: bool = False) -> None:
    """Windows: the file is open in another program."""
    if "inbox" in path.parts:
        raise PermissionError(13, "in use", str(path))
    if path.exists() or not missing_ok:
        os.remove(path)  # noqa: PTH107 - Path.unlink is what is replaced


@pytest.mark.unpublished
@pytest.mark.usefixtures("few_outputs")
class TestNewerReplacesOlder:
    """Law 3."""

    @pytest.mark.parametrize(
        "name",
        [
            "走访登记表（1）.xlsx",
            "走访登记表-副本.xlsx",
            "走访登记表最终版.xlsx",
            "走访登记表 v2.xlsx",
            "走访登记表2023-10-20.xlsx",
            "工会走访登记表.xlsx",
            "走访登记表.xlsx 需修改0001.xlsx",
        ],
    )
    def test_the_same_name_less_copy_marks_replaces(self, office: Office, name: str) -> None:
        office.take("工会/走访登记表.xlsx", form(ZHANG, WANG))
        office.take(f"工会/{name}", form(ZHANG.replace("沙口村1组", "沙口村9组"), ZHAO))
        assert office.frames().visits[["household", "village"]].values.tolist() == [
            ["张三", "沙口村9组"],
            ["赵六", "东湖村3组"],
        ]
        effect = office.fold().effects[2]
        assert effect.replaces == [1]
        assert [(change.before, change.after) for change in effect.changed] == [("沙口村1组", "沙口村9组")]
        assert any("王五" in words for words in effect.withdrawn)
        assert any("赵六" in words for words in effect.added)

    @pytest.mark.parametrize("name", ["走访登记表甲组.xlsx", "第二批走访.xlsx"])
    def test_a_different_name_adds(self, office: Office, name: str) -> None:
        office.take("工会/走访登记表.xlsx", form(ZHANG))
        office.take(f"工会/{name}", form(WANG))
        assert office.frames().visits["household"].tolist() == ["张三", "王五"]

    @pytest.mark.law(12)
    def test_another_unit_never_replaces(self, office: Office) -> None:
        office.take("走访登记表.xlsx", form(ZHANG, unit="工会"))
        office.take("走访登记表（1）.xlsx", form(ZHAO, unit="督导室"))
        assert office.frames().visits["household"].tolist() == ["张三", "赵六"]

    def test_rows_that_two_live_submissions_share_count_once(self, office: Office) -> None:
        office.take("工会/甲组.xlsx", form(ZHANG, WANG))
        office.take("工会/乙组.xlsx", form(WANG, ZHAO))
        frames = office.frames()
        assert sorted(frames.visits["household"]) == ["张三", "王五", "赵六"]
        assert len(frames.items) == 2
        assert any("王五" in words for words in office.fold().effects[2].shared)

    def test_a_shared_row_stays_when_one_of_the_two_withdraws_it(self, office: Office) -> None:
        office.take("工会/甲组.xlsx", form(ZHANG, WANG))
        office.take("工会/乙组.xlsx", form(WANG, ZHAO))
        number = [row for row in office.items("item_no", "person") if row[1] == "王五"]
        office.take("工会/甲组.xlsx", form(ZHANG))
        assert sorted(office.frames().visits["household"]) == ["张三", "王五", "赵六"]
        assert [row for row in office.items("item_no", "person") if row[1] == "王五"] == number

    @pytest.mark.law(3)
    def test_files_that_wait_together_are_taken_by_time_then_name(self, office: Office) -> None:
        office.drop("工会/走访.xlsx", form(ZHANG))
        office.drop("工会/走访(1).xlsx", form(WANG))
        office.run()
        assert office.frames().visits["household"].tolist() == ["王五"]

    def test_a_returned_file_replaces_nothing(self, office: Office) -> None:
        office.take("工会/走访.xlsx", form(ZHANG))
        office.take("工会/走访(1).xlsx", form(BAD))
        assert office.submissions()[1].verdict == RETURNED
        assert office.frames().visits["household"].tolist() == ["张三"]

    def test_the_roster_among_waiting_files_is_taken_first(self, office: Office) -> None:
        office.drop("走访.xlsx", form(ZHANG.replace("李明", "查无此人")))
        office.drop("花名册.xlsx", workbook(ROSTER))
        office.run()
        assert [fault.code for fault in office.submissions()[1].faults] == ["C13"]


def fill(office: Office) -> Office:
    """Four days, with a file of its unit replaced and one that is no table."""
    office.take("花名册.xlsx", workbook(ROSTER), date(2023, 9, 20))
    office.take("工会/走访.xlsx", form(ZHANG, WANG), date(2023, 9, 25))
    office.take("工会/走访(1).xlsx", form(ZHANG.replace("排水沟", "宅基地"), BAD), date(2023, 10, 8))
    office.take("工会/走访(1).xlsx", form(ZHANG, ZHAO), TODAY)
    office.take("坏.xlsx", b"not a table", TODAY)
    return office


@pytest.fixture(scope="module")
def filled(old_office: Office) -> Office:
    return fill(old_office)


class TestRebuildEqualsIncrement:
    """Law 4."""

    @pytest.fixture
    def office(self, office: Office, filled: Office) -> Office:
        """As `filled`."""
        office.is_like(filled)
        return office

    @pytest.mark.law(4)
    def test_replaying_the_archive_gives_the_same_record_and_outbox(self, office: Office) -> None:
        assert rebuild(office.home) == []

    def test_a_record_that_says_something_else_is_found(self, office: Office) -> None:
        import sqlite3

        with sqlite3.connect(office.home.record) as db:
            db.execute("UPDATE rows SET cells = replace(cells, '张三', '张四')")
        db.close()
        assert any("数据行不同" in line for line in rebuild(office.home))

    def test_a_record_that_is_gone_is_made_anew_from_the_archive(self, office: Office) -> None:
        before, published = office.submissions(), office.outbox()
        shutil.rmtree(office.home.data)
        assert rebuild(office.home) == []
        assert office.submissions() == before
        office.run()
        assert office.outbox() == published

    def test_other_rules_since_then_change_nothing_that_was_judged(self, office: Office) -> None:
        shutil.copytree(office.home.schemas, office.home.root / "schemas")
        visit = office.home.root / "schemas" / "visit.yaml"
        visit.write_text(visit.read_text(encoding="utf-8").replace("户主, ", ""), encoding="utf-8")
        office.run()
        assert rebuild(office.home) == []

    def test_an_archive_that_was_touched_is_found(self, office: Office) -> None:
        file = next(file for file in office.home.archive.rglob("*走访.xlsx"))
        file.write_bytes(b"changed")
        assert any("已被改动" in line for line in rebuild(office.home))

    def test_an_outbox_that_was_touched_is_found_and_mended_by_the_next_run(self, office: Office) -> None:
        annex = next(office.home.outbox.glob("附件2*"))
        annex.write_bytes(b"changed")
        assert any("附件2" in line for line in rebuild(office.home))
        office.run()
        assert rebuild(office.home) == []


class TestSameInSameOut:
    """Law 5."""

    @pytest.mark.law(5)
    def test_two_homes_with_the_same_record_publish_the_same_bytes(self, tmp_path: Path) -> None:
        made = []
        for name in ("one", "two"):
            office = Office(Home(tmp_path / name))
            fill(office)
            made.append(office.outbox())
        assert made[0] == made[1]

    def test_unchanged_files_are_not_written_again(self, office: Office, filled: Office) -> None:
        office.is_like(filled)
        before = {file: file.stat().st_mtime_ns for file in office.home.outbox.rglob("*") if file.is_file()}
        summary = office.run()
        assert summary.changed == []
        assert {file: file.stat().st_mtime_ns for file in office.home.outbox.rglob("*") if file.is_file()} == before

    def test_what_the_program_no_longer_publishes_goes_and_what_others_put_there_stays(self, office: Office) -> None:
        office.take("工会/走访.xlsx", form(ZHANG))
        (office.home.outbox / "便条.txt").write_text("别删", encoding="utf-8")
        ledger = json.loads(office.home.published.read_text(encoding="utf-8"))
        ledger["files"]["旧的.xlsx"] = {"key": "", "stamp": ""}
        office.home.published.write_text(json.dumps(ledger), encoding="utf-8")
        (office.home.outbox / "旧的.xlsx").write_bytes(b"old")
        office.run()
        assert (office.home.outbox / "便条.txt").exists()
        assert not (office.home.outbox / "旧的.xlsx").exists()


SAME_OUTSIDE = {
    "visit_id",
    "submission_id",
    "member",
    "sheet",
    "row_no",
    "opened_on",
    "updated_on",
    "claimed_on",
    "awaiting",
}
DISPUTES = """
| 走访日期 | 走访干部 | 当事人 | 联系电话 | 纠纷类别 | 主要情况及诉求 | 责任单位 | 责任人 | 办理状态 | 化解情况 | 办结日期 | 回访日期 | 回访方式 | 满意度 | 销号日期 |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
| 2023-09-20 | 李明 | 张三 | 13800000001 | 邻里关系 | 与邻居因排水沟改道争执 | 工会 | 李明 | 已化解 | 已和解 | 2023-09-25 | 2023-09-27 | 电话 | 满意 | 2023-09-28 |
| 2023-09-26 | 李明 | 孙八 | 13800000008 | 劳动争议 | =拖欠工资 | 工会 | 李明 | 已化解 | 已付清 | 2023-10-09 | | | | 2023-10-10 |
"""


@pytest.mark.usefixtures("few_outputs")
class TestAnAnnexIsAForm:
    """Law 6."""

    @pytest.mark.parametrize("order", [pytest.param("together", marks=pytest.mark.law(6)), "123", "321", "213"])
    def test_the_annexes_in_an_empty_home_give_the_same_visits_and_items(self, tmp_path: Path, order: str) -> None:
        office = Office(Home(tmp_path / "bureau"))
        office.take("花名册.xlsx", workbook(ROSTER))
        office.take("工会/走访.xlsx", form(ZHANG, WANG, ZHAO.replace("2023-09-22", "2023-07-01")))
        office.take("工会/办理.xlsx", workbook(DISPUTES, unit="工会"))
        other = Office(Home(tmp_path / "county"))
        other.take("花名册.xlsx", workbook(ROSTER))
        annexes = {path[2]: path for path in office.outbox() if path.startswith("附件")}
        for number in "123" if order == "together" else order:
            other.drop(annexes[number], office.outbox()[annexes[number]])
            if order != "together":
                other.run()
        summary = other.run()
        assert summary.faults == 0
        for name in ("visits", "items"):
            key = ["item_no"] if name == "items" else ["visited_on", "household"]
            ours, theirs = getattr(office.frames(), name), getattr(other.frames(), name)
            shown = [column for column in ours.columns if column not in SAME_OUTSIDE]
            pd.testing.assert_frame_equal(
                ours[shown].sort_values(key, ignore_index=True), theirs[shown].sort_values(key, ignore_index=True)
            )
        for path in annexes.values():
            assert other.outbox()[path] == office.outbox()[path]

    def test_joined_matters_survive_an_empty_home(self, tmp_path: Path) -> None:
        office, other = Office(Home(tmp_path / "bureau")), Office(Home(tmp_path / "county"))
        for one in (office, other):
            one.take("花名册.xlsx", workbook(ROSTER))
        office.take(
            "工会/走访.xlsx", form(ZHANG, ZHANG.replace("与邻居因排水沟改道争执", "退休金少算3年；要求补发"), WANG)
        )
        office.take("工会/又一份.xlsx", form(WANG.replace("东湖村2组", "东湖村9组").replace("建议", "希望")))
        assert len(office.frames().items) > len(office.frames().visits)
        for path, data in office.outbox().items():
            if path.startswith("附件"):
                other.drop(path, data)
        assert other.run().faults == 0
        for name in ("visits", "items"):
            ours, theirs = getattr(office.frames(), name), getattr(other.frames(), name)
            shown = [column for column in ours.columns if column not in SAME_OUTSIDE]
            pd.testing.assert_frame_equal(ours[shown], theirs[shown])
        assert rebuild(office.home) == rebuild(other.home) == []

    def test_a_joined_item_survives_an_empty_home(self, tmp_path: Path) -> None:
        office, other = Office(Home(tmp_path / "bureau")), Office(Home(tmp_path / "county"))
        for one in (office, other):
            one.take("花名册.xlsx", workbook(ROSTER))
        earlier = "| 2023-09-18 | 李明 | 王五 | 人大代表 | 东山镇 | 东湖村2组 | 13800000002 | 包工头拖欠工资 | |\n"
        office.take("工会/走访.xlsx", form(ZHANG, earlier))
        numbers = dict(office.items("person", "item_no"))
        decided = f"| 编号 | 裁定 | 对应编号 | 批准人 | 批准日期 | 理由 |\n| {numbers['王五']} | 并案 | {numbers['张三']} | 张局 | 2023-10-18 | 一件事 |"
        office.take("裁定表.xlsx", workbook(decided))
        assert office.items("person", "remark") == [("张三", f"并案：{numbers['王五']}")]
        for path, data in office.outbox().items():
            if path.startswith("附件"):
                other.drop(path, data)
        assert other.run().faults == 0
        for name in ("visits", "items"):
            ours, theirs = getattr(office.frames(), name), getattr(other.frames(), name)
            shown = [column for column in ours.columns if column not in SAME_OUTSIDE]
            pd.testing.assert_frame_equal(
                ours[shown].sort_values("visited_on", ignore_index=True),
                theirs[shown].sort_values("visited_on", ignore_index=True),
            )

    def test_an_annex_dropped_back_into_its_own_home_keeps_nothing_alive(self, office: Office) -> None:
        office.take("工会/走访.xlsx", form(ZHANG, WANG))
        before = {path: data for path, data in office.outbox().items() if path.startswith("附件")}
        for path, data in before.items():
            if path.startswith("附件1"):
                office.take(path, data)
        assert {path: data for path, data in office.outbox().items() if path.startswith("附件")} == before
        assert "2行是各单位自己报过的走访" in office.fold().effects[2].shared[0]
        office.take("工会/走访.xlsx", form(ZHANG))
        assert office.frames().visits["household"].tolist() == ["张三"]
        assert [row[0] for row in office.items("person")] == ["张三"]


@pytest.mark.usefixtures("few_outputs")
class TestTraceable:
    """Law 7."""

    @pytest.mark.law(7)
    def test_every_cell_of_every_list_leads_to_a_cell_that_says_it(self, office: Office) -> None:
        from dazoufang.commands.trace import trace
        from dazoufang.model.cell_names import address
        from dazoufang.reading.books import read_books

        office.take("工会/走访.xlsx", form(ZHANG, WANG))
        office.take("工会/办理.xlsx", workbook(DISPUTES, unit="工会"))
        standing, checked = office.fold(), 0
        for number in "123":
            name = next(path for path in office.outbox() if path.startswith(f"附件{number}"))
            sheet = read_books(office.outbox()[name], name)[0].sheets[-1]
            head = next(r for r, cells in enumerate(sheet.rows) if "填报单位" in cells)
            for r, cells in enumerate(sheet.rows[head + 1 :], head + 1):
                if not isinstance(cells[0], int):
                    continue
                for c, value in enumerate(cells):
                    title = sheet.rows[head][c]
                    if value is None or title in (
                        "序号",
                        "填报单位",
                        "编号",
                        "责任股室",
                        "台账编号",
                        "事项性质",
                        "销号日期",
                    ):
                        continue
                    found = trace(f"附件{number}!{sheet.name}!{address(r, c)}", office.home, standing, TODAY).sources
                    assert found, (number, title)
                    if title != "办理状态" or number != "3":
                        assert any(str(value) in (one.value, one.value.split()[0]) for one in found), (title, value)
                        checked += 1
        assert checked > 40

    @pytest.mark.law(7)
    def test_a_joined_cell_leads_to_both_cells_and_a_replaced_one_to_the_newer(self, office: Office) -> None:
        from dazoufang.commands.trace import trace

        office.take("工会/走访.xlsx", form(ZHANG))
        other = ZHANG.replace("与邻居因排水沟改道争执", "退休金少算3年").replace("沙口村1组", "沙口村9组")
        office.take("工会/又一份.xlsx", form(other))

        def cells(asked: str) -> list[tuple[str, str, str]]:
            found = trace(asked, office.home, office.fold(), TODAY).sources
            return [(one.path, one.cell, one.value) for one in found]

        assert cells("附件1!走访明细!J5") == [
            ("工会/走访.xlsx", "H3", "与邻居因排水沟改道争执"),
            ("工会/又一份.xlsx", "H3", "退休金少算3年"),
        ]
        assert cells("附件1!走访明细!H5") == [("工会/又一份.xlsx", "F3", "沙口村9组")]
        assert cells("附件2!Q5") == [("工会/又一份.xlsx", "F3", "沙口村9组")]

    def test_a_figure_leads_to_the_visits_it_counts(self, office: Office) -> None:
        from dazoufang.commands.trace import trace

        office.take("花名册.xlsx", workbook(ROSTER))
        office.take("工会/走访.xlsx", form(ZHANG, WANG))
        from dazoufang.reading.books import read_books

        name = next(path for path in office.outbox() if path.startswith("附件1"))
        rows = read_books(office.outbox()[name], name)[0].sheets[0].rows
        row = next(r for r, cells in enumerate(rows) if "李明" in cells)
        found = trace(f"附件1!汇总统计!E{row + 1}", office.home, office.fold(), TODAY)
        assert [(one.cell, one.value) for one in found.sources] == [("C3", "张三"), ("C4", "王五")]


CHARS = st.sampled_from("张王李赵甲乙=+@-0' \"<&/、")


@pytest.mark.usefixtures("few_outputs")
@settings(max_examples=5)
@given(st.lists(st.tuples(st.text(CHARS, min_size=2, max_size=6), st.text(CHARS, max_size=12)), min_size=1, max_size=4))
def test_whatever_text_a_form_holds_an_annex_gives_it_back(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str]]
) -> None:
    """Laws 6 and 11, over random texts: what is accepted is published as it was, and read back as it was published."""
    root = tmp_path_factory.mktemp("texts")
    office = Office(Home(root / "a"))
    rows = [["走访日期", "走访干部", "走访对象", "对象类别", "联系电话", "矛盾纠纷和信访诉求", "备注"]]
    rows += [
        [TODAY, "李明", f"户主{n}", "其他", f"1380000{n:04d}", matter, remark]
        for n, (matter, remark) in enumerate(cells)
    ]
    office.take("走访.xlsx", workbook(rows, unit="工会"))
    other = Office(Home(root / "b"))
    for path, data in office.outbox().items():
        if path.startswith("附件"):
            other.drop(path, data)
    assert other.run().faults == 0
    for name in ("visits", "items"):
        ours, theirs = getattr(office.frames(), name), getattr(other.frames(), name)
        shown = [column for column in ours.columns if column not in SAME_OUTSIDE]
        pd.testing.assert_frame_equal(ours[shown], theirs[shown])
    shutil.rmtree(root)


def test_our_prefilled_form_given_back_unchanged_changes_nothing(office: Office) -> None:
    """Also where one visit has two matters in one cell: there is no number beside them in that form."""
    bridge = ZHANG.replace("与邻居因排水沟改道争执 | ", " | 建议修桥")
    office.take("工会/走访.xlsx", form(bridge, bridge.replace("建议修桥", "建议修路")))
    before = office.items("item_no", "matter")
    assert [matter for _, matter in before] == ["建议修桥", "建议修路"]
    (path,) = [
        path for path in forms.write_forms(office.home, TODAY, prefill=True) if path.endswith("工会/走访登记表.xlsx")
    ]
    office.take("工会/走访登记表.xlsx", Path(path).read_bytes())
    assert office.submissions()[-1].verdict == "accepted"
    assert office.items("item_no", "matter") == before
    assert office.fold().effects[2].notices == []
