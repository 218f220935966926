"""What a letter looks like as bytes, and what a reader makes of them."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.message import EmailMessage, Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dazoufang.mail.addresses import as_sent
from dazoufang.mail.compose import NoAddress, compose, file_name, fitted, new_message_id, travelling_size
from dazoufang.mail.letter import Attachment, Letter

CHINA = timezone(timedelta(hours=8))
LETTER = Letter(
    message_id="<0123abcd@qq.com>",
    sender="123456@qq.com",
    sender_name="大走访办公室",
    recipient="lixiang@163.com",
    recipient_name="李想",
    subject="大走访回执：走访登记表已收下",
    text="您好：\n已收下。\n",
    html="<p>您好：<br>已收下。</p>",
    written_at=datetime(2023, 10, 20, 7, 30, tzinfo=CHINA),
)
BOOK = Attachment("附件1 县乡干部大走访活动汇总表.xlsx", b"PK\x03\x04")


def lines(letter: Letter) -> list[str]:
    return compose(letter).decode("ascii").split("\r\n")


def read(letter: Letter) -> EmailMessage:
    message = email.message_from_bytes(compose(letter), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def header(letter: Letter, name: str) -> str:
    """As a reader that knows RFC 2047 shows it."""
    return str(make_header(decode_header(email.message_from_bytes(compose(letter))[name])))


def parts(letter: Letter) -> list[Message]:
    """As an older reader takes them apart."""
    return list(email.message_from_bytes(compose(letter)).walk())


def test_the_headers_of_a_letter_to_the_letter() -> None:
    assert lines(LETTER)[:11] == [
        "Date: Fri, 20 Oct 2023 07:30:00 +0800",
        "From: =?UTF-8?B?5aSn6LWw6K6/5Yqe5YWs5a6k?= <123456@qq.com>",
        "To: =?UTF-8?B?5p2O5oOz?= <lixiang@163.com>",
        "Subject: =?UTF-8?B?5aSn6LWw6K6/5Zue5omn77ya6LWw6K6/55m76K6w6KGo5bey5pS2?=",
        " =?UTF-8?B?5LiL?=",
        "Message-ID: <0123abcd@qq.com>",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        "MIME-Version: 1.0",
        "Content-Type: multipart/alternative;",
        ' boundary="=_alternative_96ecfb0a1549bdf4b059fe281fd9fc71"',
    ]


def test_an_answer_stands_in_the_thread_of_what_it_answers() -> None:
    answer = lines(replace(LETTER, in_reply_to="<tencent_4F@qq.com>"))
    assert answer[6:9] == [
        "In-Reply-To: <tencent_4F@qq.com>",
        "References: <tencent_4F@qq.com>",
        "Auto-Submitted: auto-replied",
    ]


def test_an_answer_to_an_unusable_message_id_stands_in_no_thread_but_is_an_answer() -> None:
    answer = lines(replace(LETTER, in_reply_to="<" + "x" * 901 + ">"))
    assert answer[6] == "Auto-Submitted: auto-replied"
    broken = lines(replace(LETTER, in_reply_to="<a\r\nBcc: x@y.cn\r\n b@c>"))
    assert broken[6] == "In-Reply-To: <aBcc:x@y.cnb@c>"


def test_words_come_as_plain_text_and_as_html() -> None:
    message = read(LETTER)
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert str(plain["Content-Type"]) == 'text/plain; charset="utf-8"'
    assert plain.get_payload(decode=True) == "您好：\r\n已收下。\r\n".encode()
    assert str(html["Content-Type"]) == 'text/html; charset="utf-8"'
    assert html.get_payload(decode=True) == "<p>您好：<br>已收下。</p>".encode()


def test_a_letter_without_html_shows_no_empty_page() -> None:
    assert [part.get_content_type() for part in parts(replace(LETTER, html=""))] == [
        "multipart/alternative",
        "text/plain",
    ]


def test_files_stand_beside_the_words() -> None:
    letter = replace(LETTER, attachments=(BOOK, Attachment("看板.html", b"<p>")))
    assert [part.get_content_type() for part in parts(letter)] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "text/html",
    ]
    assert parts(letter)[4].get_payload(decode=True) == b"PK\x03\x04"


def test_a_chinese_name_is_one_parameter_of_rfc_2231_and_encoded_words_of_rfc_2047() -> None:
    sent = compose(replace(LETTER, attachments=(BOOK,))).decode("ascii")
    assert (
        "Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet;\r\n"
        ' name="=?UTF-8?B?6ZmE5Lu2MSDljr/kuaHlubLpg6jlpKfotbDorr/mtLvliqjmsYfmgLs=?=\r\n'
        ' =?UTF-8?B?6KGoLnhsc3g=?="\r\n'
        "Content-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment;\r\n"
        " filename*=UTF-8''%E9%99%84%E4%BB%B61%20%E5%8E%BF%E4%B9%A1%E5%B9%B2%E9%83%A8%E5%A4%A7%E8%B5%B0%E8%AE%BF"
        "%E6%B4%BB%E5%8A%A8%E6%B1%87%E6%80%BB%E8%A1%A8.xlsx\r\n"
        "\r\n"
        "UEsDBA==\r\n"
    ) in sent


def test_an_ascii_name_is_written_as_it_is() -> None:
    sent = compose(replace(LETTER, attachments=(Attachment("annex 1.zip", b""),))).decode("ascii")
    assert 'Content-Type: application/zip;\r\n name="annex 1.zip"\r\n' in sent
    assert 'Content-Disposition: attachment;\r\n filename="annex 1.zip"\r\n' in sent


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.XLSX", b"", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("说明.docx", b"", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.xls", b"", "application/vnd.ms-excel"),
        ("a.zip", b"", "application/zip"),
        ("a.html", "表".encode(), "text/html; charset=utf-8"),
        ("a.html", "表".encode("gbk"), "text/html"),
        ("a.et", b"", "application/octet-stream"),
        ("没有扩展名", b"", "application/octet-stream"),
        ("来信.eml", b"Subject: a\r\n\r\nb\r\n", "message/rfc822"),
        ("来信.eml", "Subject: 表\r\n\r\nb\r\n".encode("gbk"), "application/octet-stream"),
        ("来信.eml", b"Subject: a\n\nb\n", "application/octet-stream"),
        ("来信.eml", b"Subject: a\r\n\r\n" + b"b" * 999 + b"\r\n", "application/octet-stream"),
    ],
)
def test_media_types(name: str, content: bytes, kind: str) -> None:
    sent = compose(replace(LETTER, attachments=(Attachment(name, content),)))
    assert f"Content-Type: {kind};\r\n name=".encode() in sent


def test_a_letter_attached_is_a_letter_again_even_one_with_our_own_boundaries() -> None:
    inside = compose(replace(LETTER, attachments=(BOOK,)))
    message = read(replace(LETTER, attachments=(Attachment("来信.eml", inside), BOOK)))
    letter, book = message.iter_attachments()
    assert letter.get_content_type() == "message/rfc822"
    assert compose(replace(LETTER, attachments=(BOOK,))) in compose(
        replace(LETTER, attachments=(Attachment("来信.eml", inside), BOOK))
    )
    assert [part.get_filename() for part in letter.get_content().iter_attachments()] == [BOOK.name]
    assert book.get_filename() == BOOK.name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("走访登记表（第1次）.xlsx", "走访登记表（第1次）.xlsx"),
        ("一\r\nBcc: x@y.cn\r\n二.xlsx", "一 Bcc_ x@y.cn 二.xlsx"),
        ("..\\..\\a/b.xlsx", "_.._a_b.xlsx"),
        ('引"号;=?.xlsx', "引_号;=_.xlsx"),
        ("\u202exslx.exe", "_u202exslx.exe"),
        ("坏\udcff.xlsx", "坏_udcff.xlsx"),
        ("  ", "附件"),
        ("表" * 200 + ".xlsx", "表" * 83 + ".xlsx"),
    ],
)
def test_names_that_a_receiver_can_keep(name: str, kept: str) -> None:
    assert file_name(name) == kept
    assert read(replace(LETTER, attachments=(Attachment(name, b"x"),))).get_content_type() == "multipart/mixed"


def test_line_breaks_open_no_header() -> None:
    letter = replace(
        LETTER,
        subject="回执\r\nBcc: a@b.cn",
        sender_name="办公室\nX-A: 1",
        recipient_name='A\r\n"B" <c@d.cn>',
        message_id="<a\r\n\r\nb@c>",
    )
    assert read(letter).keys() == read(LETTER).keys()
    assert header(letter, "Subject") == "回执 Bcc: a@b.cn"
    assert lines(letter)[2] == 'To: "A \\"B\\" <c@d.cn>" <lixiang@163.com>'


def test_ascii_words_stay_readable_unless_they_look_encoded_or_are_long() -> None:
    assert "Subject: Test letter" in lines(replace(LETTER, subject="Test letter"))
    assert header(replace(LETTER, subject="=?UTF-8?B?5aSn?="), "Subject") == "=?UTF-8?B?5aSn?="
    assert header(replace(LETTER, subject="long " * 30 + "end"), "Subject") == "long " * 30 + "end"
    assert max(map(len, lines(replace(LETTER, subject="long " * 30 + "end")))) <= 76
    assert lines(replace(LETTER, sender_name=""))[1] == "From: 123456@qq.com"


@pytest.mark.parametrize(
    "address", ["", "李想", "李想@qq.com", "a@", "a b@qq.com", "a@qq.com\r\nBcc: b@c.cn", "<a@b.cn>"]
)
def test_what_is_no_address_is_told_without_showing_it(address: str) -> None:
    with pytest.raises(NoAddress, match=r"^收件人的邮箱不是可以寄到的邮箱地址，请改成") as told:
        compose(replace(LETTER, recipient=address))
    assert "qq.com" not in str(told.value)
    with pytest.raises(NoAddress, match=r"^发件邮箱（mail\.sender）不是"):
        compose(replace(LETTER, sender=address))


def test_addresses_as_they_travel() -> None:
    assert as_sent(" zhang.san+1@qq.com ") == "zhang.san+1@qq.com"
    assert as_sent("a@教育.中国") == "a@xn--wcvs22d.xn--fiqs8s"
    assert as_sent("dazoufang@127.0.0.1") == "dazoufang@127.0.0.1"
    assert as_sent("a@[IPv6:::1]") == "a@[IPv6:::1]"


def test_a_local_time_gets_its_zone() -> None:
    assert re.fullmatch(
        r"Date: Fri, 20 Oct 2023 07:30:00 [+-]\d{4}",
        lines(replace(LETTER, written_at=datetime(2023, 10, 20, 7, 30)))[0],
    )


def test_no_two_letters_have_one_message_id() -> None:
    first, second = new_message_id("qq.com"), new_message_id("qq.com")
    assert re.fullmatch(r"<[0-9a-f]{32}@qq\.com>", first) and first != second
    assert new_message_id("教育.中国").endswith("@xn--wcvs22d.xn--fiqs8s>")
    assert new_message_id("a b\r\n").endswith("@dazoufang.invalid>")


def test_what_fits_is_kept_in_order_and_what_does_not_is_named() -> None:
    small, big, last = Attachment("1.zip", b"a" * 30), Attachment("2.zip", b"b" * 3000), Attachment("3.zip", b"c" * 30)
    assert fitted([small, big, last], 1000) == ((small, last), (big,))
    assert fitted([small, big, last], 10_000) == ((small, big, last), ())
    assert fitted([small, last], 225) == ((small,), (last,))
    assert fitted([small], 224) == ((), (small,))


@pytest.mark.parametrize("size", [0, 1, 56, 57, 58, 1000, 100_000])
def test_the_size_that_is_counted_is_the_size_that_travels(size: int) -> None:
    with_one = replace(LETTER, attachments=(BOOK,))
    added = Attachment("附件2 办理表.xlsx", b"x" * size)
    assert len(compose(replace(with_one, attachments=(BOOK, added)))) - len(compose(with_one)) == travelling_size(added)


TEXT = st.text(st.characters(exclude_categories=()), max_size=120)  # whatever Unicode has, surrogates too
READABLE = st.text(st.sampled_from("走访登记表 aZ09-_（）、𠮷é👩'!%&;,="), min_size=1, max_size=60).map(
    lambda text: f"表{text.strip()}"
)


@given(TEXT, TEXT, TEXT, TEXT)
def test_whatever_it_is_called_a_letter_is_ascii_in_short_lines(
    subject: str, sender: str, recipient: str, name: str
) -> None:
    letter = replace(
        LETTER,
        subject=subject,
        sender_name=sender,
        recipient_name=recipient,
        attachments=(Attachment(name, b"x"), Attachment(f"{name}.xlsx", b"y")),
    )
    sent = compose(letter)
    assert sent.isascii() and b"\0" not in sent
    assert b"\r" not in sent.replace(b"\r\n", b"") and b"\n" not in sent.replace(b"\r\n", b"")
    head, _, _ = sent.partition(b"\r\n\r\n")
    assert max(map(len, head.split(b"\r\n"))) <= 78
    assert max(map(len, sent.split(b"\r\n"))) <= 998
    assert read(letter).keys() == read(LETTER).keys()
    assert [part.get_payload(decode=True) for part in parts(letter)[-2:]] == [b"x", b"y"]


@given(READABLE, READABLE, READABLE)
def test_what_was_written_is_what_is_read(subject: str, sender: str, name: str) -> None:
    letter = replace(LETTER, subject=subject, sender_name=sender, attachments=(Attachment(f"{name}.xlsx", b"x"),))
    assert header(letter, "Subject") == subject
    assert header(letter, "From") == f"{sender} <123456@qq.com>"
    book = parts(letter)[-1]
    assert book.get_filename() == f"{name}.xlsx"  # of Content-Disposition
    assert str(make_header(decode_header(str(book.get_param("name"))))) == f"{name}.xlsx"  # of Content-Type
