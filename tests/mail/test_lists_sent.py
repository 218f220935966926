"""Who is sent which lists on which morning, in one letter with his alerts; and the package to report upward."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import msoffcrypto
import openpyxl
import pytest
from conftest import Office
from tables import workbook
from test_night import GOOD, HEAD, ROSTER, ZHANG, Night_, attached, servers, words

from dazoufang.rules.campaign import load_rules
from dazoufang.running import letters_out
from dazoufang.running.enclosures import enclosed
from dazoufang.system.home import shipped

FIRST, SECOND, THIRD = (
    "附件1 县乡干部大走访活动汇总表",
    "附件2 县乡干部大走访活动矛盾纠纷事项办理表",
    "附件3 县乡干部大走访活动意见建议事项办理表",
)
COVER = "封面 研判汇总情况上报.xlsx"
ALERTS = "预警提醒.xlsx"
WHOLE = [f"{name}.xlsx" for name in (FIRST, SECOND, THIRD)]
FRIDAY, MONDAY, TUESDAY = date(2023, 10, 13), date(2023, 10, 16), date(2023, 10, 17)
RULES = """mail:
  packages:
    source: 局内设定：试
    value:
{}"""


@pytest.fixture
def post(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night_]:
    office.drop("花名册.xlsx", workbook(ROSTER))
    office.drop("工会/走访.xlsx", GOOD)
    with servers(monkeypatch) as (mailbox, server):
        yield Night_(office, mailbox, server)


def rule(office: Office, *packages: str, more: str = "") -> None:
    """The home's own rules: these packages and no others."""
    file = office.home.root / "schemas" / "campaign.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(RULES.format("".join(f"      - {package}\n" for package in packages)) + more, encoding="utf-8")


def sent(post: Night_, day: date) -> dict[str, list[str]]:
    """Recipient, without the domain → the names of what his letter of that night encloses."""
    post.night(day)
    return {recipient.partition("@")[0]: attached(message) for recipient, message in post.new().items()}


def cells(message: Any, name: str, sheet: str) -> list[list[Any]]:
    (part,) = [part for part in message.iter_attachments() if part.get_filename() == name]
    book = openpyxl.load_workbook(io.BytesIO(part.get_payload(decode=True)))
    return [list(row) for row in book[sheet].iter_rows(values_only=True)]


class TestAsShipped:
    def test_each_has_his_lists_in_the_first_digest_of_a_week_and_not_again(self, post: Night_) -> None:
        of_union = [f"{FIRST}（工会）.xlsx", f"{SECOND}（工会）.xlsx"]  # which has no suggestion
        assert sent(post, date(2023, 10, 9)) == {
            "wangfang": [ALERTS, *WHOLE],
            "liming": [ALERTS, *of_union],
            "chenhong": [ALERTS],  # whose unit has no row
            "wumin": [ALERTS],
        }
        assert set(map(tuple, sent(post, date(2023, 10, 10)).values())) == {(ALERTS,)}
        assert sent(post, MONDAY)["liming"] == [ALERTS, *of_union]

    def test_a_holiday_moves_them_to_the_next_morning_that_letters_go(self, post: Night_) -> None:
        """2 … 6 October 2023 are holidays, the Saturday and the Sunday after them are worked."""
        assert sent(post, date(2023, 9, 28))["wangfang"] == [ALERTS, *WHOLE]
        assert sent(post, date(2023, 10, 2)) == {}
        assert sent(post, date(2023, 10, 7))["wangfang"] == [ALERTS, *WHOLE]
        assert sent(post, date(2023, 10, 8))["wangfang"] == [ALERTS]

    def test_the_office_has_the_report_at_the_end_of_its_phase_once(self, post: Night_) -> None:
        assert sent(post, date(2023, 10, 12))["wumin"] == [ALERTS]
        assert sent(post, FRIDAY)["wumin"] == [ALERTS, COVER, *WHOLE]
        assert sent(post, MONDAY)["wumin"] == [ALERTS]

    def test_a_missed_night_is_made_up(self, post: Night_) -> None:
        assert sent(post, date(2023, 10, 12))["wumin"] == [ALERTS]
        assert sent(post, MONDAY)["wumin"] == [ALERTS, COVER, *WHOLE]

    def test_the_nights_at_the_end_of_the_phase_lay_the_report_ready(self, post: Night_) -> None:
        folder = post.office.home.outbox / "邮件" / "上报材料 2023年下半年"
        post.night(date(2023, 10, 12))
        assert not folder.exists()
        post.night(FRIDAY)
        assert sorted(file.name for file in folder.iterdir()) == sorted([COVER, *WHOLE])
        on_friday = (folder / COVER).read_bytes()
        post.night(date(2023, 10, 15))  # the last day, a Sunday: no letters, but the figures of that day
        last = (folder / COVER).read_bytes()
        assert last != on_friday
        post.night(MONDAY)
        assert (folder / COVER).read_bytes() == last

    def test_a_file_that_somebody_has_open_holds_up_no_letter(self, post: Night_) -> None:
        place = post.office.home.outbox / "邮件" / "上报材料 2023年下半年"
        place.parent.mkdir(parents=True)
        place.write_bytes(b"")  # where the folder should be
        night = post.night(FRIDAY)
        (said,) = night.troubles
        assert said.startswith("上报材料没有更新（") and "python process.py report-up" in said
        assert "wumin@example.org" in post.new()


class TestByRules:
    def test_rows_are_those_of_the_unit_and_figures_those_it_has_in_the_whole(self, post: Night_) -> None:
        head = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 |\n"
        other = workbook(head + "| 2023-09-21 | 陈红、李明 | 赵六 | 人大代表 | 13800000002 |\n", unit="督导室")
        post.office.drop("督导室/走访.xlsx", other)
        rule(
            post.office, "{to: 各单位, roles: [股室负责人], lists: [附件1], rows: 本单位, audience: 内部, days: [周一]}"
        )
        post.night(MONDAY)
        letters = post.new()
        mine = letters["liming@example.org"]
        listed = cells(mine, f"{FIRST}（工会）.xlsx", "走访明细")
        households = [row[4] for row in listed if isinstance(row[0], int)]
        assert households == ["张三"]
        figures = [row[:5] for row in cells(mine, f"{FIRST}（工会）.xlsx", "汇总统计") if row[1] == "工会"]
        assert figures == [
            [1, "工会", "李明", 10, 2],
            ["小计", "工会", "1人", 10, 2],
        ]  # one of them told by another unit
        theirs = cells(letters["chenhong@example.org"], f"{FIRST}（督导室）.xlsx", "走访明细")
        assert [row[4] for row in theirs if isinstance(row[0], int)] == ["赵六"]

    def test_an_office_has_the_kinds_it_answers_for(self, post: Night_) -> None:
        rule(
            post.office,
            "{to: 归口, units: [办公室, 督导室], lists: [附件1, 附件2], rows: 归口, audience: 内部, days: [每天]}",
        )
        post.office.drop("人大代表.xlsx", workbook(
            "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 |\n| 2023-09-21 | 李明 | 赵六 | 人大代表 | 13800000002 |\n", unit="工会",
        ))  # fmt: skip
        post.night(MONDAY)
        letters = post.new()
        assert attached(letters["wumin@example.org"]) == [
            ALERTS,
            f"{FIRST}（办公室归口）.xlsx",
        ]  # no dispute of its kinds
        listed = cells(letters["wumin@example.org"], f"{FIRST}（办公室归口）.xlsx", "走访明细")
        assert [row[4] for row in listed if isinstance(row[0], int)] == ["赵六"]
        assert attached(letters["chenhong@example.org"]) == [ALERTS]

    def test_a_cadre_has_the_rows_that_name_him(self, post: Night_) -> None:
        rule(
            post.office,
            "{to: 走访干部, roles: [股室负责人], lists: [附件1, 附件2], rows: 本人, audience: 内部, days: [每天]}",
        )
        found = sent(post, MONDAY)
        assert found["liming"] == [ALERTS, f"{FIRST}（本人）.xlsx", f"{SECOND}（本人）.xlsx"]
        assert found["chenhong"] == [ALERTS]

    def test_somebody_outside_the_roster_has_a_letter_of_lists_alone(self, post: Night_) -> None:
        rule(
            post.office,
            "{to: 县级考核, addresses: [kaohe@county.cn], lists: [封面, 附件2], rows: 全部, audience: 上报, days: [周一], alone: true}",
        )
        post.night(MONDAY)
        letter = post.new()["kaohe@county.cn"]
        assert letter["Subject"] == "大走访 10月16日：送上2份表"
        assert attached(letter) == [COVER, WHOLE[1]]
        said = words(letter).replace("\r\n", "\n")
        assert (
            said.startswith("送上 2 份表\n\n您好：\n")
            and "- 封面 研判汇总情况上报.xlsx\n" in said
            and "预警" not in said
        )
        assert "kaohe" not in sent(post, TUESDAY)

    def test_only_who_is_written_to_anyway_has_what_does_not_go_alone(self, post: Night_) -> None:
        rule(
            post.office,
            "{to: 领导, roles: [局领导班子成员], lists: [附件2], rows: 全部, audience: 内部, days: [周一]}",
            "{to: 县级考核, addresses: [kaohe@county.cn], lists: [附件2], rows: 全部, audience: 上报, days: [周一], alone: true}",
        )
        post.office.run()
        found = enclosed(
            post.office.frames(),
            load_rules(post.office.home.schemas),
            MONDAY,
            lambda _: frozenset(),
            shipped("templates"),
        )
        assert {reader.email: own.alone for reader, own in found.items()} == {
            "wangfang@example.org": False,
            "kaohe@county.cn": True,
        }

    def test_who_has_a_list_whole_has_no_part_of_it(self, post: Night_) -> None:
        rule(
            post.office,
            "{to: 甲, units: [工会], lists: [附件1], rows: 全部, audience: 内部, days: [周一]}",
            "{to: 乙, units: [工会], lists: [附件1, 附件2], rows: 本单位, audience: 内部, days: [周一]}",
        )
        assert sent(post, MONDAY)["liming"] == [ALERTS, WHOLE[0], f"{SECOND}（工会）.xlsx"]

    def test_an_address_that_is_written_with_other_capitals_is_the_same(self, post: Night_) -> None:
        assert WHOLE[0] in sent(post, MONDAY)["wangfang"]
        post.office.drop("花名册.xlsx", workbook(ROSTER.replace("wangfang@", "WangFang@")))
        assert sent(post, TUESDAY)["WangFang"] == [ALERTS]

    def test_one_person_in_two_packages_has_one_letter_with_each_list_once(self, post: Night_) -> None:
        rule(
            post.office,
            "{to: 甲, roles: [局领导班子成员], lists: [附件1, 附件2], rows: 全部, audience: 内部, days: [周一]}",
            "{to: 乙, units: [局领导], lists: [附件2, 附件3], rows: 全部, audience: 内部, days: [每天]}",
        )
        assert sent(post, MONDAY)["wangfang"] == [ALERTS, *WHOLE]
        assert sent(post, TUESDAY)["wangfang"] == [ALERTS, *WHOLE[1:]]

    def test_an_address_of_the_roster_among_others_is_the_same_person(self, post: Night_) -> None:
        rule(
            post.office,
            "{to: 县级考核, addresses: [WangFang@example.org], lists: [附件2], rows: 全部, audience: 上报, days: [周一], alone: true}",
        )
        assert sent(post, MONDAY)["wangfang"] == [ALERTS, WHOLE[1]]

    def test_an_address_in_two_packages_has_one_letter_with_both(self, post: Night_) -> None:
        rule(
            post.office,
            "{to: 考核, addresses: [kaohe@county.cn], lists: [附件1], rows: 全部, audience: 上报, days: [每天], alone: true}",
            "{to: 上网, addresses: [Kaohe@county.cn], lists: [附件2], rows: 全部, audience: 公示, days: [每天], alone: true}",
        )
        assert sent(post, MONDAY)["kaohe"] == [WHOLE[0], f"{SECOND}（公示）.xlsx"]

    def test_who_sees_less_upward_has_both_lists_told_apart(self, post: Night_) -> None:
        rule(
            post.office,
            "{to: 领导, units: [局领导], lists: [附件1], rows: 全部, audience: 内部, days: [周一]}",
            "{to: 上报, units: [局领导], lists: [附件1], rows: 全部, audience: 上报, days: [周一]}",
            more="audiences:\n  上报: {value: [phone], source: 局内设定：试}\n",
        )
        assert sent(post, MONDAY)["wangfang"] == [ALERTS, WHOLE[0], f"{FIRST}（上报）.xlsx"]

    def test_who_sees_as_much_upward_has_a_list_once(self, post: Night_) -> None:
        rule(
            post.office,
            "{to: 领导, units: [局领导], lists: [附件1], rows: 全部, audience: 内部, days: [周一]}",
            "{to: 上报, units: [局领导], lists: [附件1], rows: 全部, audience: 上报, days: [周一]}",
        )
        assert sent(post, MONDAY)["wangfang"] == [ALERTS, WHOLE[0]]

    def test_two_people_with_one_address_have_both_their_lists(self, post: Night_) -> None:
        post.office.drop("花名册.xlsx", workbook(ROSTER.replace("chenhong@", "liming@")))
        post.office.drop("督导室/走访.xlsx", workbook(
            HEAD + ZHANG.replace("李明", "陈红").replace("张三", "赵六").replace("0001", "0002"), unit="督导室",
        ))  # fmt: skip
        rule(
            post.office,
            "{to: 走访干部, roles: [股室负责人], lists: [附件1], rows: 本人, audience: 内部, days: [每天]}",
        )
        post.night(MONDAY)
        letter = post.new()["liming@example.org"]
        names = [f"{FIRST}（本人）.xlsx", f"{FIRST}（本人）2.xlsx"]
        assert attached(letter) == [ALERTS, *names]
        households = [[row[4] for row in cells(letter, name, "走访明细") if isinstance(row[0], int)] for name in names]
        assert households == [["张三"], ["赵六"]]

    def test_who_has_no_address_is_named(self, post: Night_) -> None:
        rule(
            post.office,
            "{to: 人事, units: [人事股], lists: [附件2], rows: 全部, audience: 内部, days: [周一], alone: true}",
        )
        assert "人事股 周杰" in post.night(MONDAY).letters.unreached

    def test_a_letter_that_was_held_and_replaced_has_sent_nothing(self, post: Night_) -> None:
        rule(
            post.office,
            "{to: 领导, roles: [局领导班子成员], lists: [附件2], rows: 全部, audience: 内部, days: [周一]}",
            more="""  hold:
    rows_fell_percent: {value: 1, source: 局内设定：试}
    rows_fell_at_least: {value: 1, source: 局内设定：试}
""",
        )
        both = HEAD + ZHANG + ZHANG.replace("张三", "赵六").replace("0001", "0002")
        post.office.drop("工会/走访.xlsx", workbook(both, unit="工会"))
        assert sent(post, FRIDAY)["wangfang"] == [ALERTS, WHOLE[1]]  # of the week before
        post.office.drop("工会/走访.xlsx", workbook(HEAD + ZHANG, unit="工会"))
        assert sent(post, MONDAY) == {"wumin": []}  # the night's report alone: the letters wait
        more = both + ZHANG.replace("张三", "钱七").replace("0001", "0003")
        post.office.drop("工会/走访.xlsx", workbook(more, unit="工会"))
        assert sent(post, TUESDAY)["wangfang"] == [ALERTS, WHOLE[1]]

    def test_what_is_too_big_is_named_and_the_rest_goes(self, post: Night_, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(letters_out, "MB", 2**10)  # what is too big here need not be big
        dice = random.Random(19)  # text that cannot be made smaller
        rows = "".join(
            f"| 2023-09-20 | 李明 | 张{chr(0x4E00 + n)} | 其他 | 139{n:08d} "
            f"| {''.join(chr(dice.randrange(0x4E00, 0x9F00)) for _ in range(900))} |\n"
            for n in range(60)
        )
        head = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 家庭情况 |\n"
        post.office.drop("工会/很多.xlsx", workbook(head + rows, unit="工会"))
        rule(
            post.office,
            "{to: 考核, addresses: [kaohe@county.cn], lists: [附件1], rows: 全部, audience: 上报, days: [周一], alone: true}",
            "{to: 领导, roles: [局领导班子成员], lists: [附件1, 附件2], rows: 全部, audience: 内部, days: [周一]}",
            more="  attach_mb: {value: 60, source: 局内设定：试}\n",
        )
        post.night(MONDAY)
        letters = post.new()
        letter, alone = letters["wangfang@example.org"], letters["kaohe@county.cn"]
        assert attached(letter) == [ALERTS, WHOLE[1]]
        assert attached(alone) == [] and alone["Subject"] == "大走访 10月16日：1份表太大，没有附上"
        assert "请找办公室另外送。" in words(alone) and "outbox" not in words(alone) and "现送上" not in words(alone)
        said = words(letter).replace("\r\n", "\n")
        assert "■ 太大、没有附上　1 份" in said and f"- {WHOLE[0]}\n" in said and "共享文件夹的 outbox" in said


def test_attachments_with_personal_data_open_with_the_password_alone(
    post: Night_, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAZOUFANG_ATTACHMENT_PASSWORD", "geheim")
    rule(
        post.office,
        "{to: 甲, roles: [局领导班子成员], lists: [附件1], rows: 全部, audience: 内部, days: [周一]}",
        "{to: 乙, roles: [局领导班子成员], lists: [附件2], rows: 全部, audience: 公示, days: [周一]}",
        more="  lock_attachments: {value: true, source: 局内设定：试}\n",
    )
    post.night(MONDAY)
    letter = post.new()["wangfang@example.org"]
    locked = {
        str(part.get_filename()): msoffcrypto.OfficeFile(io.BytesIO(part.get_payload(decode=True))).is_encrypted()
        for part in letter.iter_attachments()
    }
    assert locked == {ALERTS: True, WHOLE[0]: True, f"{SECOND}（公示）.xlsx": False}
    assert "附上的表里有个人信息，加了密码；密码另外告诉您，不写在信里。" in "".join(words(letter).split())
    assert "geheim" not in str(letter)
