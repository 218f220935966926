"""A whole night: forms by mail, answers, digests, what is held, and that nothing is sent twice or lost."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import Office
from imap_server import ImapServerForTests
from smtp_server import SmtpServerForTests
from tables import workbook, zipped

from dazoufang.commands.nightly import Night, nightly, send, written
from dazoufang.commands.rebuild import rebuild
from dazoufang.record.letters import Letters
from dazoufang.record.record import Record

FRIDAY, SATURDAY = date(2023, 10, 20), date(2023, 10, 21)
ROSTER = (
    "| 姓名 | 单位 | 角色 | 邮箱 | 分管领导 |\n"
    "| 李明 | 工会 | 股室负责人 | liming@example.org | 王芳 |\n"
    "| 陈红 | 督导室 | 股室负责人 | chenhong@example.org | 王芳 |\n"
    "| 王芳 | 局领导 | 局领导班子成员 | wangfang@example.org | |\n"
    "| 吴敏 | 办公室 | 股室负责人 | wumin@example.org | |\n"
    "| 周杰 | 人事股 | 股室负责人 | | 王芳 |\n"
)
HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷 |\n"
ZHANG = "| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 | 与邻居因排水沟改道争执 |\n"
BAD = "| 上周三 | 李明 | 钱七 | 其他 | 13800000004 | |\n"
GOOD = workbook(HEAD + ZHANG, unit="工会")
PARTLY = workbook(HEAD + ZHANG + BAD, unit="工会")
NO_LETTERS = {"queued": 0, "sent": 0, "deferred": 0, "bounced": 0, "uncertain": 0, "held": 0}


def letter(sender: str, *files: tuple[str, bytes], text: str = "见附件", number: int = 1, **headers: str) -> bytes:
    """A letter as an office sends it."""
    made = EmailMessage(policy=policy.SMTP)
    made["From"], made["To"], made["Subject"] = sender, "office@example.cn", "大走访"
    made["Message-ID"], made["Date"] = f"<{number}@example.org>", "Fri, 20 Oct 2023 09:00:00 +0800"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    for name, content in files:
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return bytes(made)


class Night_:
    """An office with a mailbox and a server that sends, on the days of the test."""

    def __init__(self, office: Office, mailbox: ImapServerForTests, server: SmtpServerForTests) -> None:
        self.office, self.mailbox, self.server = office, mailbox, server
        self._seen = 0

    def night(self, day: date = FRIDAY) -> Night:
        return nightly(self.office.home, datetime(day.year, day.month, day.day, 18, 30))

    def send(self, *, release: bool = False, at: datetime = datetime(2023, 10, 20, 18, 45)) -> dict[str, int]:
        return send(self.office.home, at, release=release).counts

    def new(self) -> dict[str, EmailMessage]:
        """What has been sent since the last look: recipient → letter; nobody has two."""
        fresh = self.server.letters[self._seen :]
        self._seen = len(self.server.letters)
        by_recipient = {recipient: parsed(data) for _, recipient, data in fresh}
        assert len(by_recipient) == len(fresh)
        return by_recipient


def parsed(data: bytes) -> Any:
    return message_from_bytes(data, policy=policy.default)


def attached(message: EmailMessage) -> list[str]:
    return [str(part.get_filename()) for part in message.iter_attachments()]


def words(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@contextmanager
def servers(
    patch: pytest.MonkeyPatch, mailbox: ImapServerForTests | None = None, script: Any = None
) -> Iterator[tuple[ImapServerForTests, SmtpServerForTests]]:
    with mailbox or ImapServerForTests() as box, SmtpServerForTests(script) as server:
        patch.setenv("DAZOUFANG_IMAP_URL", box.url)
        patch.setenv("DAZOUFANG_SMTP_URL", server.url)
        yield box, server


@pytest.fixture
def post(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night_]:
    office.drop("花名册.xlsx", workbook(ROSTER))
    with servers(monkeypatch) as (mailbox, server):
        yield Night_(office, mailbox, server)


class TestFormsByMail:
    def test_a_form_is_taken_in_for_its_senders_unit_and_answered_in_the_same_thread(self, post: Night_) -> None:
        post.mailbox.letters.append(letter("李明 <LiMing@example.org>", ("走访登记表.xlsx", PARTLY)))
        night = post.night()
        assert (night.mail_in.letters, night.mail_in.attachments, night.mail_in.refused) == (1, 1, 0)
        assert night.run.submissions["accepted"] == 1 and night.run.submissions["partly"] == 1
        (submission,) = [found for found in post.office.submissions() if found.name == "走访登记表.xlsx"]
        assert (submission.unit, submission.path) == ("工会", "工会/邮件0001/走访登记表.xlsx")
        sent = [parsed(data) for _, recipient, data in post.server.letters if recipient == "liming@example.org"]
        (answer,) = [message for message in sent if message["In-Reply-To"] == "<1@example.org>"]
        assert answer["Subject"] == "大走访回执 10月20日：收到1份表，部分已收1份"
        assert attached(answer) == ["走访登记表.xlsx 回执0002.html", "走访登记表.xlsx 需修改0002.xlsx"]
        assert "已收 1 行，退回 1 行待改" in words(answer)

    def test_the_same_letter_again_is_neither_taken_nor_answered(self, post: Night_) -> None:
        came = letter("liming@example.org", ("走访.xlsx", GOOD))
        post.mailbox.letters += [came, came.replace(b"Date: Fri, 20", b"Date: Sat, 21")]
        assert (post.night().mail_in.letters, len(post.office.submissions())) == (1, 2)
        post.mailbox.uidvalidity += 1  # the server counts anew: all letters are looked at again
        assert post.night().mail_in.letters == 0
        answers = [data for _, _, data in post.server.letters if b"In-Reply-To" in data]
        assert (len(post.office.submissions()), len(answers)) == (2, 1)

    def test_another_letter_under_the_same_number_loses_no_form(self, post: Night_) -> None:
        post.mailbox.letters.append(letter("liming@example.org", ("走访.xlsx", GOOD)))
        post.mailbox.letters.append(letter("liming@example.org", ("办理.xlsx", PARTLY)))
        post.night()
        assert [found.name for found in post.office.submissions()] == ["花名册.xlsx", "走访.xlsx", "办理.xlsx"]

    def test_two_files_of_one_name_in_two_letters_do_not_meet(self, post: Night_) -> None:
        other = workbook(HEAD + ZHANG.replace("李明", "陈红").replace("张三", "赵六"), unit="督导室")
        post.mailbox.letters.append(letter("liming@example.org", ("走访.xlsx", GOOD), number=1))
        post.mailbox.letters.append(letter("chenhong@example.org", ("走访.xlsx", other), number=2))
        post.night()
        assert [(found.path, found.unit, found.verdict) for found in post.office.submissions()[1:]] == [
            ("工会/邮件0001/走访.xlsx", "工会", "accepted"),
            ("督导室/邮件0002/走访.xlsx", "督导室", "accepted"),
        ]

    def test_a_sender_speaks_for_his_own_unit_alone(self, post: Night_) -> None:
        post.mailbox.letters.append(letter("chenhong@example.org", ("走访.xlsx", GOOD)))
        post.night()
        found = post.office.submissions()[-1]
        assert (found.unit, found.verdict, found.errors[0].code) == ("督导室", "returned", "S09")
        assert post.office.frames().visits.empty

    @pytest.mark.parametrize("name", ["~$走访.xlsx", "走访.tmp", "Thumbs.db", "a1b2c3d4"])
    def test_an_attachment_is_not_passed_over_for_its_name(self, post: Night_, name: str) -> None:
        post.mailbox.letters.append(letter("liming@example.org", (name, GOOD)))
        assert post.night().mail_in.attachments == 1
        assert (post.office.submissions()[-1].path, post.office.submissions()[-1].verdict) == (
            f"工会/邮件0001/附件 {name}.dat",
            "accepted",
        )

    def test_a_zip_is_one_file_and_all_of_it_is_taken(self, post: Night_) -> None:
        packed = zipped({"走访.xlsx": GOOD, "坏.xlsx": b"PK"})
        post.mailbox.letters.append(letter("liming@example.org", ("打包.zip", packed)))
        assert post.night().mail_in.attachments == 1
        assert post.office.submissions()[-1].verdict == "partly"

    def test_a_line_that_says_so_is_a_zero_report(self, post: Night_) -> None:
        words = ["本周无", "无", "零报告", "无走访", "无新增", "0件"]
        for number, said in enumerate(words, 1):
            text = f"吴敏：\n\n{said}。\n\n工会 李明"
            post.mailbox.letters.append(letter("liming@example.org", text=text, number=number))
        post.night(date(2023, 9, 27))
        taken = post.office.frames().submissions.iloc[1:]
        assert taken[["unit", "zero_report"]].values.tolist() == [["工会", True]] * len(words)
        sent = [parsed(data) for _, recipient, data in post.server.letters if recipient == "liming@example.org"]
        subjects = [message["Subject"] for message in sent]
        assert subjects.count("大走访回执 9月27日：零报告已收") == len(words)
        assert rebuild(post.office.home) == []

    def test_a_letter_without_anything_is_answered_and_counts_for_nothing(self, post: Night_) -> None:
        post.mailbox.letters.append(letter("liming@example.org", text="请问什么时候交？"))
        post.night()
        assert len(post.office.submissions()) == 1
        sent = [
            parsed(data)["Subject"] for _, recipient, data in post.server.letters if recipient == "liming@example.org"
        ]
        assert "大走访回执 10月20日：信里没有找到表" in sent

    def test_somebody_unknown_is_answered_once_and_kept_aside(self, post: Night_) -> None:
        came = [letter("x@example.net", ("走访.xlsx", GOOD), number=number) for number in (1, 2)]
        post.mailbox.letters += came
        night = post.night()
        assert (night.mail_in.refused, night.mail_in.attachments) == (2, 0)
        refused = sorted((post.office.home.data / "mail" / "refused").iterdir())
        assert [file.read_bytes() for file in refused] == came
        told = [parsed(data)["Subject"] for _, recipient, data in post.server.letters if recipient == "x@example.net"]
        assert told == ["大走访回执 10月20日：没有收下，发信邮箱没有登记"]

    def test_the_office_is_told_on_the_next_working_day_of_who_wrote_on_a_day_off(self, post: Night_) -> None:
        post.night()
        post.new()
        post.mailbox.letters.append(letter("fremd@example.com", ("走访.xlsx", GOOD), number=7))
        post.night(SATURDAY)
        assert set(post.new()) == {"fremd@example.com"}
        post.night(date(2023, 10, 23))
        reports = [
            data
            for _, to, data in post.server.letters
            if to == "wumin@example.org" and "小结" in parsed(data)["Subject"]
        ]
        assert len(reports) == 1 and "没有收的来信 1 封" in words(parsed(reports[0])).replace("\r\n", "")
        post.night(date(2023, 10, 24))
        assert (
            sum(to == "wumin@example.org" and "小结" in parsed(data)["Subject"] for _, to, data in post.server.letters)
            == 1
        )

    def test_a_sender_that_could_not_be_verified_is_unknown(self, post: Night_) -> None:
        forged = letter("liming@example.org", ("走访.xlsx", GOOD), Authentication_Results="mx; spf=fail; dmarc=fail")
        post.mailbox.letters.append(forged)
        assert post.night().mail_in.refused == 1
        assert len(post.office.submissions()) == 1

    def test_an_automatic_letter_and_our_own_are_never_answered(self, post: Night_) -> None:
        post.mailbox.letters.append(letter("liming@example.org", Auto_Submitted="auto-replied", number=1))
        post.mailbox.letters.append(letter("office@example.cn", ("走访.xlsx", GOOD), number=2))
        post.mailbox.letters.append(letter("x@example.net", List_Id="<a.example.net>", number=3))
        post.night(SATURDAY)
        assert post.server.letters == [] and len(post.office.submissions()) == 1

    def test_a_mailbox_that_cannot_be_read_keeps_nothing_else_from_being_done(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office.drop("花名册.xlsx", workbook(ROSTER))
        with servers(monkeypatch, ImapServerForTests(refuses_login=True)) as (mailbox, server):
            night = Night_(office, mailbox, server).night()
        assert night.run.submissions["accepted"] == 1 and server.letters != []
        assert len(night.troubles) == 1 and "授权码" in night.troubles[0]


class TestDigests:
    def test_each_reader_gets_one_letter_and_who_has_no_address_is_listed(self, post: Night_) -> None:
        night = post.night()
        sent = post.new()
        assert set(sent) == {"liming@example.org", "chenhong@example.org", "wangfang@example.org", "wumin@example.org"}
        assert night.letters.unreached == ["人事股 周杰"]
        assert sent["liming@example.org"]["To"] == "李明 <liming@example.org>"
        assert sent["liming@example.org"]["Auto-Submitted"] == "auto-generated"

    def test_a_workbook_of_the_readers_own_alerts_goes_with_it(self, post: Night_) -> None:
        post.night()
        (book,) = post.new()["chenhong@example.org"].iter_attachments()
        assert book.get_filename() == "预警提醒.xlsx"
        sheet = openpyxl.load_workbook(io.BytesIO(book.get_content())).worksheets[0]
        cells = {cell.value for row in sheet.iter_rows() for cell in row}
        assert "督导室" in cells and "工会" not in cells

    def test_the_same_night_again_sends_nothing(self, post: Night_) -> None:
        post.night()
        post.new()
        post.night()
        assert post.new() == {}

    def test_on_a_day_off_only_answers_go_out(self, post: Night_) -> None:
        post.mailbox.letters.append(letter("liming@example.org", ("走访.xlsx", GOOD)))
        night = post.night(SATURDAY)
        assert set(post.new()) == {"liming@example.org"}
        assert night.letters.posted.counts == NO_LETTERS | {"sent": 1}

    def test_the_next_letter_says_what_is_new_since(self, post: Night_) -> None:
        post.night()
        post.new()
        post.night(date(2023, 10, 23))
        assert "新" not in post.new()["chenhong@example.org"]["Subject"]

    def test_without_a_server_they_lie_in_the_outbox_to_be_opened(self, office: Office) -> None:
        office.drop("花名册.xlsx", workbook(ROSTER))
        night = nightly(office.home, datetime(2023, 10, 20, 18, 30))
        paths = sorted(path for path in office.outbox() if path.startswith("邮件/"))
        assert night.letters.posted.counts == NO_LETTERS | {"queued": len(paths)}
        assert paths[0] == "邮件/2023-10-20/0001 预警.eml"
        made = parsed(office.outbox()[paths[0]])
        assert made["From"].endswith("<dazoufang@localhost>") and made["To"] != ""
        assert rebuild(office.home) == []


class TestWhatBecomesOfALetter:
    def test_a_refusal_bounces_and_the_office_is_told(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        office.drop("花名册.xlsx", workbook(ROSTER))
        with servers(monkeypatch, script={"liming@example.org": ["RCPT 550 5.1.1 no such user"]}) as (mailbox, server):
            post = Night_(office, mailbox, server)
            night = post.night()
        assert night.letters.posted.counts["bounced"] == 1
        reports = [parsed(data) for _, recipient, data in server.letters if recipient == "wumin@example.org"]
        assert any("退信1封" in message["Subject"] and "liming@example.org" in words(message) for message in reports)

    def test_of_one_that_bounced_on_a_day_off_the_office_is_told_on_the_next_working_day_and_once(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office.drop("花名册.xlsx", workbook(ROSTER))
        came = ImapServerForTests([letter("liming@example.org", ("走访.xlsx", GOOD))])
        with servers(monkeypatch, came, {"liming@example.org": ["RCPT 550 5.1.1 no such user"]}) as (mailbox, server):
            post = Night_(office, mailbox, server)
            assert post.night(SATURDAY).letters.posted.counts == NO_LETTERS | {"bounced": 1}
            assert server.letters == []
            post.night(date(2023, 10, 23))
            told = [parsed(data)["Subject"] for _, _, data in server.letters]
            assert sum("退信1封" in subject for subject in told) == 1
            server.letters.clear()
            post.night(date(2023, 10, 24))
            assert not any("退信" in parsed(data)["Subject"] for _, _, data in server.letters)

    def test_an_address_that_no_letter_can_go_to_hinders_nobody(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office.drop("花名册.xlsx", workbook(ROSTER))
        with servers(monkeypatch) as (mailbox, server):
            came = letter("a@example.net", ("走访.xlsx", GOOD))
            mailbox.letters.append(came.replace(b"From: a@example.net", b"From: a@example..net"))
            night = Night_(office, mailbox, server).night()
        assert (night.mail_in.refused, night.troubles) == (1, []) and len(server.letters) == 5
        with Record.of(office.home) as record:
            assert Letters(record).unanswered() == []

    def test_what_is_put_off_is_sent_later_and_under_its_number(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office.drop("花名册.xlsx", workbook(ROSTER))
        with servers(monkeypatch, script={"liming@example.org": ["RCPT 450 4.2.0 greylisted"]}) as (mailbox, server):
            post = Night_(office, mailbox, server)
            assert post.night().letters.posted.counts["deferred"] == 1
            assert post.send(at=datetime(2023, 10, 20, 18, 31)) == NO_LETTERS | {"deferred": 1}
            assert post.send(at=datetime(2023, 10, 20, 18, 36)) == NO_LETTERS | {"sent": 1}
            assert [recipient for _, recipient, _ in server.letters].count("liming@example.org") == 1

    def test_a_server_that_lets_nobody_in_leaves_all_as_it_was(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office.drop("花名册.xlsx", workbook(ROSTER))
        with servers(monkeypatch, script={"CONNECT": ["554 no service"] * 9}) as (mailbox, server):
            night = Night_(office, mailbox, server).night()
        assert night.letters.posted.counts == NO_LETTERS | {"queued": 4}
        assert night.troubles != []
        with servers(monkeypatch) as (mailbox, server):
            assert Night_(office, mailbox, server).send() == NO_LETTERS | {"sent": 4}

    def test_dry_run_writes_files_and_sends_nothing(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        office.drop("花名册.xlsx", workbook(ROSTER))
        with servers(monkeypatch, script={"CONNECT": ["554 no service"] * 9}) as (mailbox, server):
            Night_(office, mailbox, server).night()
            counts, paths = written(office.home)
        assert counts == NO_LETTERS | {"queued": 4} and server.letters == []
        assert len(paths) == 4 and all((office.home.outbox / path).is_file() for path in paths)


class TestHeld:
    def many(self, count: int) -> bytes:
        rows = "".join(
            f"| 2023-09-20 | 李明 | 户{number} | 其他 | {13800000000 + number} | |\n" for number in range(count)
        )
        return workbook(HEAD + rows, unit="工会")

    @pytest.fixture
    def fell(self, post: Night_) -> Night_:
        """Yesterday 40 visits, today five."""
        post.office.drop("工会/走访.xlsx", self.many(40))
        post.night(date(2023, 10, 19))
        post.new()
        post.office.drop("工会/走访.xlsx", self.many(5))
        return post

    def test_digests_wait_with_the_reason_and_the_office_is_told(self, fell: Night_) -> None:
        night = fell.night()
        assert night.letters.held_because == ["走访户次从昨晚的40减到今晚的5，少了35户次"]
        assert night.letters.posted.counts["held"] == 4
        sent = fell.new()
        assert set(sent) == {"wumin@example.org"}
        assert "走访户次从昨晚的40减到今晚的5" in words(sent["wumin@example.org"])

    def test_answers_go_all_the_same(self, fell: Night_) -> None:
        fell.mailbox.letters.append(letter("liming@example.org", ("办理.xlsx", GOOD)))
        fell.night()
        assert set(fell.new()) == {"wumin@example.org", "liming@example.org"}

    def test_they_go_when_they_are_released_and_the_next_night_is_no_surprise(self, fell: Night_) -> None:
        fell.night()
        fell.new()
        assert fell.send() == NO_LETTERS | {"held": 4}
        assert fell.send(release=True) == NO_LETTERS | {"sent": 4}
        assert len(fell.new()) == 4
        assert fell.night(date(2023, 10, 23)).letters.held_because == []

    def test_unreleased_ones_give_way_to_those_of_a_night_that_is_right_again(self, fell: Night_) -> None:
        fell.night()
        fell.new()
        fell.office.drop("工会/走访.xlsx", self.many(41))
        night = fell.night(date(2023, 10, 23))
        assert (night.letters.held_because, night.letters.posted.counts["held"]) == ([], 0)
        assert set(fell.new()) == {"chenhong@example.org", "wangfang@example.org", "wumin@example.org"}  # 李明 has 41

    def test_a_first_night_is_never_held(self, post: Night_) -> None:
        post.office.drop("工会/走访.xlsx", self.many(3))
        assert post.night().letters.held_because == []


def test_the_night_as_json_holds_what_is_agreed(post: Night_) -> None:
    said = json.loads(json.dumps(post.night().as_json()))
    assert set(said) >= {"run", "mail_in", "letters", "held_because"}
    assert set(said["mail_in"]) == {"letters", "attachments", "refused"}
    assert set(said["letters"]) == {"queued", "sent", "deferred", "bounced", "uncertain", "held"}
    assert said["run"]["submissions"]["accepted"] == 1


def test_bytes_of_letters_that_have_gone_are_not_kept(post: Night_) -> None:
    post.night()
    with Record.of(post.office.home) as record:
        assert Letters(record).waiting() == []


def test_a_file_of_the_outbox_that_is_no_longer_there_hinders_no_answer(post: Night_, tmp_path: Path) -> None:
    post.mailbox.letters.append(letter("liming@example.org", ("走访登记表.xlsx", PARTLY)))
    post.night()
    assert all(found.verdict != "returned" for found in post.office.submissions())
