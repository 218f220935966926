"""A night with a full mail server, Debian's Postfix and Dovecot: what is mailed in, what lies in every mailbox after it.

Shown: `nightly`, as a process of its own, logs in to Postfix after STARTTLS and reads its mailbox from Dovecot over TLS.
Not shown: servers of other makes, such as those of QQ and 163.
"""

from __future__ import annotations

import base64
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

import full_server
import openpyxl
import pytest
from conftest import Office
from full_server import CannotStart, FullServer, Kept, alive, cannot_start
from tables import workbook
from test_workbook import gbk_zip

from dazoufang.mail.imap import Mailbox, MailboxAway
from dazoufang.mail.servers import imap_server, smtp_server
from dazoufang.mail.smtp import CannotSend, LoginRefused, NotSecret, Outgoing
from dazoufang.record.letters import Letters
from dazoufang.record.record import Record
from dazoufang.system.home import Home

pytestmark = pytest.mark.skipif(bool(cannot_start()), reason=cannot_start())

OFFICE, STRANGER = "office@hr.test", "mosheng@hr.test"
HAVE_A_MAILBOX: Final = (
    OFFICE, STRANGER, "liming@hr.test", "chenhong@hr.test", "wumin@hr.test", "sunli@hr.test", "zhaogang@hr.test",
    "wangfang@hr.test",
)  # fmt: skip
ROSTER = (
    "| 姓名 | 单位 | 角色 | 邮箱 | 分管领导 |\n"
    "| 李明 | 工会 | 股室负责人 | liming@hr.test | 王芳 |\n"
    "| 陈红 | 督导室 | 股室负责人 | chenhong@hr.test | 王芳 |\n"
    "| 吴敏 | 办公室 | 股室负责人 | wumin@hr.test | |\n"
    "| 孙丽 | 宣传股 | 股室负责人 | sunli@hr.test | 王芳 |\n"
    "| 赵刚 | 财务股 | 股室负责人 | zhaogang@hr.test | 王芳 |\n"
    "| 王芳 | 局领导 | 局领导班子成员 | wangfang@hr.test | |\n"
    "| 周杰 | 人事股 | 股室负责人 | zhoujie@hr.test | 王芳 |\n"  # an address that the server does not know
)
HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷 |\n"


def form(unit: str, *rows: str) -> bytes:
    return workbook(HEAD + "".join(f"{row}\n" for row in rows), unit=unit)


LIMING = form(
    "工会",
    "| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 | 与邻居因排水沟改道争执 |",
    "| 上周三 | 李明 | 钱七 | 其他 | 13800000004 | |",
)
WUMIN = form("办公室", "| 2023-09-21 | 吴敏 | 周八 | 其他 | 13800000002 | |")
SUNLI = form(
    "宣传股",
    "| 2023-09-22 | 孙丽 | 郑九 | 其他 | 13800000003 | |",
    "| 2023-09-22 | 孙丽 | 何一 | 其他 | 1380000000 | |",
)
ZHAOGANG = form("财务股", "| 2023-09-23 | 赵刚 | 冯十 | 其他 | 13800000005 | |")
STRANGE = form("工会", "| 2023-09-24 | 李明 | 陌生 | 其他 | 13800000006 | |")


def letter(sender: str, number: int, text: str, *files: tuple[str, bytes]) -> bytes:
    made = EmailMessage(policy=policy.SMTP)
    made["From"], made["To"], made["Subject"] = sender, OFFICE, "大走访"
    made["Message-ID"], made["Date"] = f"<{number}@hr.test>", "Fri, 20 Oct 2023 09:00:00 +0800"
    made.set_content(text)
    for name, content in files:
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return bytes(made)


def in_gbk(sender: str, number: int, name: str, content: bytes) -> bytes:
    """As an old program in China writes: all in GBK, the attachment's name an encoded word in `name=` alone."""
    word = b"=?gb2312?B?" + base64.b64encode(name.encode("gbk")) + b"?="
    lines = (
        b"From: " + sender.encode(), b"To: " + OFFICE.encode(), "Subject: 大走访".encode("gbk"),
        b"Message-ID: <%d@hr.test>" % number, b"Date: Fri, 20 Oct 2023 09:00:00 +0800", b"MIME-Version: 1.0",
        b"Content-Type: multipart/mixed; boundary=part", b"",
        b"--part", b"Content-Type: text/plain; charset=gbk", b"Content-Transfer-Encoding: 8bit", b"",
        "附件请查收".encode("gbk"),
        b"--part", b'Content-Type: application/octet-stream; name="' + word + b'"',
        b"Content-Disposition: attachment", b"Content-Transfer-Encoding: base64", b"",
        base64.encodebytes(content).replace(b"\n", b"\r\n") + b"--part--", b"",
    )  # fmt: skip
    return b"\r\n".join(lines)


def forwarded(sender: str, number: int, inside: bytes) -> bytes:
    made = EmailMessage(policy=policy.SMTP)
    made["From"], made["To"], made["Subject"] = sender, OFFICE, "Fwd: 大走访"
    made["Message-ID"], made["Date"] = f"<{number}@hr.test>", "Fri, 20 Oct 2023 10:00:00 +0800"
    made.set_content("请收")
    made.add_attachment(message_from_bytes(inside, policy=policy.SMTP))
    return bytes(made)


MAILED_IN: Final = (
    ("liming@hr.test", letter("李明 <liming@hr.test>", 1, "见附件", ("走访登记表.xlsx", LIMING))),
    ("chenhong@hr.test", letter("chenhong@hr.test", 2, "本周无")),
    ("wumin@hr.test", in_gbk("wumin@hr.test", 3, "办公室走访.xlsx", WUMIN)),
    ("sunli@hr.test", letter("sunli@hr.test", 4, "见附件", ("打包.zip", gbk_zip({"宣传股走访.xlsx": SUNLI})))),
    (STRANGER, letter(STRANGER, 5, "见附件", ("走访.xlsx", STRANGE))),
    ("zhaogang@hr.test", forwarded("zhaogang@hr.test", 6, letter("a@qq.com", 7, "", ("财务股登记.xlsx", ZHAOGANG)))),
)


@dataclass(frozen=True, repr=False)
class Evening:
    """The server after the night, and what there was to see of it. `said`: by the night, and by the same night again;
    `before`: the office's mailbox as the letters came; `first`, `second`: all mailboxes after each."""

    server: FullServer
    office: Office
    said: list[subprocess.CompletedProcess[str]]
    before: list[Kept]
    first: dict[str, list[Kept]]
    second: dict[str, list[Kept]]

    def letters(self, who: str) -> list[Any]:
        return [message_from_bytes(kept.raw, policy=policy.default) for kept in self.second[f"{who}@hr.test"]]

    def attached(self, who: str, name: str) -> bytes:
        """The one attachment of this name in a mailbox."""
        parts = [part for message in self.letters(who) for part in message.iter_attachments()]
        (found,) = [part.get_payload(decode=True) for part in parts if part.get_filename() == name]
        assert isinstance(found, bytes)
        return found


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    home = Home(tmp_path_factory.mktemp("night") / "home")
    home.inbox.mkdir(parents=True)
    (home.inbox / "花名册.xlsx").write_bytes(workbook(ROSTER))
    script = Path(__file__).parents[2] / "process.py"
    with FullServer(HAVE_A_MAILBOX) as server:
        for sender, raw in MAILED_IN:
            server.post(sender, OFFICE, raw)
        before = server.mailbox(OFFICE)
        settings = {
            "DAZOUFANG_SMTP_URL": server.smtp_url(OFFICE), "DAZOUFANG_IMAP_URL": server.imap_url(OFFICE),
            "SSL_CERT_FILE": server.trusted,
        }  # fmt: skip
        said, seen = [], []
        for _ in range(2):
            done = subprocess.run(
                [sys.executable, script, "nightly", "--home", home.root, "--today", "2023-10-20"],
                env=os.environ | settings, capture_output=True, text=True, encoding="utf-8", check=False,
            )  # fmt: skip
            said.append(done)
            server.settle()
            seen.append({user: server.mailbox(user) for user in HAVE_A_MAILBOX})
        yield Evening(server, Office(home), said, before, *seen)
        processes = server.processes()
    assert len(processes) > 8 and not any(map(alive, processes)) and not server.state.exists()


def test_the_night_ends_well_and_says_what_it_did_and_again_finds_nothing_to_do(evening: Evening) -> None:
    assert [(done.returncode, done.stdout.strip(), done.stderr) for done in evening.said] == [
        (
            0,
            "夜间汇总 2023-10-20：收下 4 份，部分收下 2 份，退回 0 份；来信 6 封（附件 5 个，没有收 1 封）；"
            "信 已发出 13 封，退信 1 封",
            "",
        ),
        (
            0,
            "夜间汇总 2023-10-20：收下 0 份，部分收下 0 份，退回 0 份；来信 0 封（附件 0 个，没有收 0 封）；没有信要发",
            "",
        ),
    ]


ANSWER: Final = "大走访回执 10月20日："
LETTERS: Final = {  # (subject, the letter that it answers)
    "liming": [
        ("大走访 10月20日：逾期1件，提醒2件（其中新3件）", None),
        (f"{ANSWER}收到1份表，部分已收1份", "<1@hr.test>"),
    ],
    "chenhong": [("大走访 10月20日：严重逾期1件（其中新1件）", None), (f"{ANSWER}零报告已收", "<2@hr.test>")],
    "wumin": [
        ("大走访 10月20日 昨夜小结：退信1封", None),
        ("大走访 10月20日：严重逾期5件，提醒1件（其中新6件）", None),
        (f"{ANSWER}收到1份表，已收1份", "<3@hr.test>"),
    ],
    "sunli": [
        ("大走访 10月20日：提醒2件（其中新2件）", None),
        (f"{ANSWER}收到1份表，部分已收1份", "<4@hr.test>"),
    ],
    "mosheng": [(f"{ANSWER}没有收下，发信邮箱没有登记", "<5@hr.test>")],
    "zhaogang": [("大走访 10月20日：提醒1件（其中新1件）", None), (f"{ANSWER}收到1份表，已收1份", "<6@hr.test>")],
    "wangfang": [("大走访 10月20日：严重逾期4件，逾期1件（其中新5件）", None)],
}


@pytest.mark.parametrize("who", LETTERS)
def test_everybody_has_his_letters_each_answer_in_the_thread_of_what_was_sent(evening: Evening, who: str) -> None:
    letters = evening.letters(who)
    assert sorted((message["Subject"], message["In-Reply-To"]) for message in letters) == LETTERS[who]
    assert all(message["References"] == message["In-Reply-To"] for message in letters)
    assert {(message["From"], message["Return-Path"]) for message in letters} == {
        ("华容县教育体育局 <office@hr.test>", "<office@hr.test>")
    }


def test_the_same_night_again_adds_no_letter_anywhere(evening: Evening) -> None:
    for user in HAVE_A_MAILBOX:
        assert [kept.raw for kept in evening.second[user]] == [kept.raw for kept in evening.first[user]]


def test_the_letters_that_came_lie_in_the_mailbox_as_they_came_unread(evening: Evening) -> None:
    assert len(evening.before) == 6
    assert [kept.raw for kept in evening.second[OFFICE]] == [kept.raw for kept in evening.before]
    assert [kept.flags - {"\\Recent"} for kept in evening.second[OFFICE]] == [frozenset()] * 6


def test_what_came_by_mail_is_consolidated_and_of_the_stranger_nothing(evening: Evening) -> None:
    found = evening.office.submissions()
    assert [(submission.path, submission.unit, submission.verdict) for submission in found[1:]] == [
        ("工会/邮件0001/走访登记表.xlsx", "工会", "partly"),
        ("督导室/邮件0002/零报告.csv", "督导室", "accepted"),
        ("办公室/邮件0003/办公室走访.xlsx", "办公室", "accepted"),
        ("宣传股/邮件0004/打包.zip", "宣传股", "partly"),
        ("财务股/邮件0006/财务股登记.xlsx", "财务股", "accepted"),
    ]
    archive = evening.office.home.archive
    assert (archive / found[3].archived).read_bytes() == WUMIN
    assert (archive / found[5].archived).read_bytes() == ZHAOGANG
    visits = evening.office.frames().visits
    assert sorted(zip(visits["unit"], visits["household"], strict=True)) == [
        ("办公室", "周八"),
        ("宣传股", "郑九"),
        ("工会", "张三"),
        ("财务股", "冯十"),
    ]


def as_phones_read(raw: bytes) -> list[str]:
    """The names of a letter's attachments by RFC 2231, out of Content-Disposition."""
    whole: Any = message_from_bytes(raw, policy=policy.default)
    return [str(part.get_filename()) for part in whole.iter_attachments()]


def as_outlook_reads(raw: bytes) -> list[str]:
    """The same by RFC 2047, out of `name=` of Content-Type and nothing else."""
    parts = [part for part in message_from_bytes(raw).walk() if part.get_content_disposition() == "attachment"]
    return [str(make_header(decode_header(str(part.get_param("name"))))) for part in parts]


FIRST, SECOND, THIRD = (
    "附件1 县乡干部大走访活动汇总表",
    "附件2 县乡干部大走访活动矛盾纠纷事项办理表",
    "附件3 县乡干部大走访活动意见建议事项办理表",
)
NAMES: Final = {
    "liming": [
        *("走访登记表.xlsx 回执0002.html", "走访登记表.xlsx 需修改0002.xlsx"),
        *(f"{FIRST}（工会）.xlsx", f"{SECOND}（工会）.xlsx", "预警提醒.xlsx"),
    ],
    "chenhong": ["零报告.csv 回执0003.html", "预警提醒.xlsx"],
    "wumin": ["办公室走访.xlsx 回执0004.html", f"{FIRST}（办公室）.xlsx", "预警提醒.xlsx"],
    "sunli": ["打包.zip 回执0005.html", "打包.zip 需修改0005.zip", f"{FIRST}（宣传股）.xlsx", "预警提醒.xlsx"],
    "mosheng": [],
    "zhaogang": ["财务股登记.xlsx 回执0006.html", f"{FIRST}（财务股）.xlsx", "预警提醒.xlsx"],
    "wangfang": [f"{FIRST}.xlsx", f"{SECOND}.xlsx", f"{THIRD}.xlsx", "预警提醒.xlsx"],
}


@pytest.mark.parametrize("reader", [as_phones_read, as_outlook_reads])
@pytest.mark.parametrize("who", NAMES)
def test_every_name_of_an_attachment_is_right_for_either_kind_of_reader(
    evening: Evening, who: str, reader: Callable[[bytes], list[str]]
) -> None:
    assert sorted(name for kept in evening.second[f"{who}@hr.test"] for name in reader(kept.raw)) == NAMES[who]


def sheet(data: bytes, name: str) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))[name]


def row(page: Any, number: int) -> list[Any]:
    return [cell.value for cell in page[number]]


RED: Final = "FFFFB3AE"


def test_the_form_that_comes_back_shows_the_fault_where_it_is(evening: Evening) -> None:
    page = sheet(evening.attached("liming", "走访登记表.xlsx 需修改0002.xlsx"), "Sheet1")
    assert row(page, 3) == ["2023-09-20", "李明", "张三", "其他", "13800000001", "与邻居因排水沟改道争执", None]
    assert row(page, 4) == ["上周三", "李明", "钱七", "其他", "13800000004", None, "走访日期：看不出是哪一天"]
    assert page["A4"].fill.fgColor.rgb == RED
    assert page["A4"].comment.text == (
        "【大走访】须修改：填的是“上周三”，看不出是哪一天。\n怎么改：请写成“2023-9-20”或“9月20日”这样的日期。"
    )


def test_of_a_zip_the_workbook_comes_back_under_its_chinese_name(evening: Evening) -> None:
    with zipfile.ZipFile(io.BytesIO(evening.attached("sunli", "打包.zip 需修改0005.zip"))) as package:
        assert package.namelist() == ["宣传股走访.xlsx"]
        page = sheet(package.read("宣传股走访.xlsx"), "Sheet1")
    assert row(page, 4) == ["2023-09-22", "孙丽", "何一", "其他", "1380000000", None, "联系电话：还差1位"]
    assert page["E4"].fill.fgColor.rgb == RED
    assert "只有10位，手机号应为11位" in page["E4"].comment.text


def test_the_alerts_open_and_are_the_readers_own(evening: Evening) -> None:
    page = sheet(evening.attached("chenhong", "预警提醒.xlsx"), "全部预警")
    assert row(page, 2)[0] == "共1条：严重逾期1条　逾期0条　预警0条　提醒0条"
    assert row(page, 4)[:7] == [1, "严重逾期", "尚无走访", "督导室", "陈红", None, "陈红下半年还没有走访记录"]
    page = sheet(evening.attached("zhaogang", "预警提醒.xlsx"), "全部预警")
    assert row(page, 4)[:7] == [1, "提醒", "任务进度落后", "财务股", "赵刚", None, "赵刚下半年走访进度落后"]


@pytest.mark.parametrize(
    ("who", "name", "says"),
    [
        ("liming", "走访登记表.xlsx 回执0002.html", "填的是“上周三”，看不出是哪一天"),
        ("chenhong", "零报告.csv 回执0003.html", "零报告已收，算已报送"),
        ("wumin", "办公室走访.xlsx 回执0004.html", "全部收下，这张表不用改了"),
        ("sunli", "打包.zip 回执0005.html", "宣传股走访.xlsx"),
        ("zhaogang", "财务股登记.xlsx 回执0006.html", "全部收下，这张表不用改了"),
    ],
)
def test_every_receipt_is_a_page_in_utf_8(evening: Evening, who: str, name: str, says: str) -> None:
    page = evening.attached(who, name).decode("utf-8")
    assert says in page and '<meta charset="utf-8">' in page


def test_an_address_that_postfix_does_not_know_bounces_and_the_office_reads_why(evening: Evening) -> None:
    (report,) = [message for message in evening.letters("wumin") if "昨夜小结" in message["Subject"]]
    assert (
        "1. zhoujie@hr.test\n"
        "   信：大走访 10月20日：严重逾期2件（其中新2件）\n"
        "   邮件服务器说：服务器拒收这个收件人（服务器答 550 5.1.1 <…>: Recipient\n"
        "   address rejected: User unknown in virtual mailbox table）\n"
    ) in report.get_body(("plain",)).get_content().replace("\r\n", "\n")
    with Record.of(evening.office.home) as record:
        assert Letters(record).waiting() == []


def refused(url: str, trusted: str) -> CannotSend:
    with pytest.raises(CannotSend) as told, Outgoing(smtp_server(url), cafile=trusted):
        pass
    return told.value


def test_postfix_that_refuses_the_login_or_cannot_prove_itself_gets_nothing(evening: Evening) -> None:
    server = evening.server
    wrong = refused(server.smtp_url(OFFICE).replace("only-on", "not-on"), server.trusted)
    assert isinstance(wrong, LoginRefused) and "服务器不认这个用户名和密码" in str(wrong)
    unproved = refused(server.smtp_url(OFFICE), "")
    assert isinstance(unproved, NotSecret) and "证书是服务器自己签的" in str(unproved)
    in_the_open = refused(server.smtp_url(OFFICE).removesuffix("?starttls=1"), "")
    assert isinstance(in_the_open, LoginRefused) and "服务器不提供登录；多半要先加密" in str(in_the_open)


def test_dovecot_that_refuses_the_login_is_understood(evening: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", evening.server.trusted)
    url = evening.server.imap_url(OFFICE).replace("only-on", "not-on")
    with pytest.raises(MailboxAway, match="拒绝登录"), Mailbox(imap_server(url)):
        pass


def test_a_start_that_fails_says_why_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Dovecot is up by then."""
    broken = tmp_path / "postfix"
    broken.write_text("#!/bin/sh\necho fatal: no such user\nexit 75\n")
    broken.chmod(0o755)
    real = full_server.program
    monkeypatch.setattr(full_server, "program", lambda name: str(broken) if name == "postfix" else real(name))
    server = FullServer([OFFICE])
    with pytest.raises(CannotStart, match=r"postfix did not start \(exit status 75\):\nfatal: no such user"):
        server.__enter__()
    assert not server.state.exists() and not full_server.answers(server.imap_port)
