"""What a letter says and brings, however awkward it is."""

from __future__ import annotations

import time
from typing import Any

import pytest
from awkward import FORM, LETTERS, Awkward, b64, form, heads, joined, lines, nested, part, several
from hypothesis import given
from hypothesis import strategies as st
from packed_letters import tnef, tnef_attachment

from dazoufang.mail.incoming import read_letter
from dazoufang.mail.letter import Attachment, Incoming


def told(letter: Incoming, field: str) -> Any:
    if field == "files":
        return [(attached.name, attached.content) for attached in letter.attachments]
    return getattr(letter, field)


@pytest.mark.parametrize("awkward", LETTERS, ids=lambda awkward: awkward.about)
def test_an_awkward_letter_is_read_as_it_was_meant(awkward: Awkward) -> None:
    letter = read_letter(awkward.raw)
    assert {field: told(letter, field) for field in awkward.truth} == awkward.truth


def test_there_are_a_hundred_of_them_and_more() -> None:
    assert len(LETTERS) >= 150


# ── Message-ID


@pytest.mark.parametrize(
    ("header", "message_id"),
    [
        ("Message-ID: <a.1@unit.cn>", "<a.1@unit.cn>"),
        ("message-id:   <a.1@unit.cn>  ", "<a.1@unit.cn>"),
        ("Message-ID:\r\n <a.1@unit.cn>", "<a.1@unit.cn>"),
        ("Message-ID: a.1@unit.cn", "<a.1@unit.cn>"),
        ("Message-ID: <[b378]@microsoft.com>", "<[b378]@microsoft.com>"),
    ],
)
def test_a_message_id_is_kept_as_it_came(header: str, message_id: str) -> None:
    assert read_letter(lines(header, "From: a@unit.cn", "")).message_id == message_id


@pytest.mark.parametrize(
    "header",
    [
        "X: y",
        "Message-ID:",
        "Message-ID: <>",
        "Message-ID: <@>",
        "Message-ID: <a b@unit.cn>",
        "Message-ID: <a@unit.cn> <b@unit.cn>",
        "Message-ID: <a@unit.cn>\r\nMessage-ID: <b@unit.cn>",
        "Message-ID: <走访@unit.cn>",
        "Message-ID: <" + "a" * 300 + "@unit.cn>",
    ],
)
def test_a_message_id_that_is_none_is_made_of_the_bytes(header: str) -> None:
    first, again, other = (read_letter(lines(header, "From: a@unit.cn", "", last)) for last in ("x", "x", "y"))
    assert first.message_id == again.message_id != other.message_id
    assert first.message_id.endswith("@no-message-id.invalid>") and len(first.message_id) == 88


def test_the_made_message_id_is_the_sha256_of_the_letter() -> None:
    assert (
        read_letter(b"").message_id
        == "<e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855@no-message-id.invalid>"
    )


# ── Any bytes

_TOKENS = [
    b"From: ", b"Subject: ", b"Date: ", b"Content-Type: ", b"multipart/mixed; boundary=x", b"message/rfc822",
    b"application/ms-tnef", b"text/html; charset=", b"gb2312", b"utf-16", b"utf-7", b"base64", b"punycode", b"idna",
    b"Content-Transfer-Encoding: ", b"quoted-printable", b"Content-Disposition: attachment; filename", b"*0*=", b"*=",
    b"=?gb2312?B?", b"=?utf-8?Q?", b"?=", b"''%E8", b'"', b";", b"<", b">", b"@", b"(", b")", b"\r\n", b"\n", b"\r\n\r\n",
    b"--x\r\n", b"--x--\r\n", b"\x78\x9f\x3e\x22", b".msg", b".eml", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xd7\xdf", b"\\",
    b"%", b"&#99999999;", b"<!--", b"<blockquote type=cite>", b"\x00", b"\x1b", b"=", b"====", b"On 1:00 @ wrote:", b"Mon, 1 Jan",
]  # fmt: skip


@given(
    st.one_of(
        st.binary(max_size=400), st.lists(st.sampled_from(_TOKENS) | st.binary(max_size=8), max_size=60).map(b"".join)
    )
)
def test_no_bytes_make_it_fail_and_the_same_are_the_same(raw: bytes) -> None:
    letter = read_letter(raw)
    assert letter == read_letter(raw)
    for text in (letter.message_id, letter.sender, letter.sender_name, letter.subject, letter.text):
        text.encode("utf-8")
    for attached in letter.attachments:
        assert attached.name and len(attached.name.encode("utf-8")) <= 180
        assert not set(attached.name) & set('/\\:*?"<>|\x00\n\r') and attached.name not in (".", "..")


@given(st.sampled_from(LETTERS), st.data())
def test_a_letter_with_bytes_turned_over_or_cut_off_is_read_all_the_same(awkward: Awkward, data: st.DataObject) -> None:
    raw = bytearray(awkward.raw)
    for _ in range(data.draw(st.integers(0, 4))):
        if raw:
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    read_letter(bytes(raw[:cut]))


# ── Letters made to break a reader

DEEP = several(form(), boundary="=_b0x")
for level in range(1, 400):
    DEEP = part(f"Content-Type: multipart/mixed; boundary==_b{level}x", body=joined((DEEP,), f"=_b{level}x"))


def test_a_letter_whose_parts_lie_too_deep_is_itself_what_it_brings() -> None:
    raw = lines("From: a@unit.cn", "Subject: deep") + DEEP
    letter = read_letter(raw)
    assert (letter.sender, letter.subject, letter.text) == ("a@unit.cn", "deep", "")
    assert letter.attachments == (Attachment("信件.eml", raw),)


def test_letters_within_letters_are_opened_to_a_depth_and_delivered_below_it() -> None:
    assert [attached.content for attached in read_letter(nested(8)).attachments] == [FORM]
    deepest = read_letter(nested(9)).attachments
    assert [attached.name for attached in deepest] == ["附件1.eml"]
    assert b64(FORM).strip() in deepest[0].content.replace(b"\n", b"\r\n").replace(b"\r\r", b"\r")


def test_a_letter_of_countless_parts_is_itself_what_it_brings() -> None:
    letter = read_letter(several(*[b"\r\nx"] * 20_000))
    assert [attached.name for attached in letter.attachments] == ["信件.eml"]


@pytest.mark.parametrize(
    "raw",
    [
        heads("Content-Type: text/html") + b"\r\n" + b"<" * 1_000_000,
        heads("Content-Type: text/html") + b"\r\n" + b"<!--" * 250_000,
        heads("Content-Type: text/html") + b"\r\n" + b"<a " * 300_000,
        heads("Content-Type: text/html") + b"\r\n" + b"</" * 300_000,
        heads("Content-Type: text/html") + b"\r\n" + b"<![CDATA[" * 100_000,
        heads("Content-Type: text/html") + b"\r\n" + b"&#" * 500_000,
        heads() + b"\r\n" + b"-" * 1_000_000,
        heads() + b"\r\n" + b"- " * 500_000 + b"x",
        heads() + b"\r\n" + b"On 1:00\r\n" * 100_000,
        heads('Content-Disposition: attachment; filename="' + '";a="' * 200_000) + b"\r\n",
        heads("Subject: " + "=?a?b?" * 200_000, sender=b"<" * 500_000) + b"\r\n",
        heads(sender=b'"\\' * 500_000) + b"\r\n",
        heads(sender=b"a@" * 500_000) + b"\r\n",
        heads("Date: " + "1" * 1_000_000) + b"\r\n",
        heads("Authentication-Results: " + "spf " * 200_000) + b"\r\n",
        heads("Content-Type: multipart/mixed") + b"\r\n" + b"--x\r\n" * 4_000,
        several(
            form(content=tnef(tnef_attachment(b"a", b"", b"b")).replace(b"\1\0\0\0\x1e\0", b"\xff\xff\xff\xff\x1e\0"))
        ),
        several(form(content=tnef(tnef_attachment(b"a", b"", b"b")).replace(b"\x1e\0", b"\2\x10"))),
    ],
    ids=range(18),
)
def test_no_letter_takes_long(raw: bytes) -> None:
    begin = time.perf_counter()
    read_letter(raw)
    assert time.perf_counter() - begin < 5
