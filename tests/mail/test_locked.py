"""Attachments that open with a password only."""

from __future__ import annotations

import io
import sys

import msoffcrypto
import openpyxl
import pytest
from msoffcrypto.exceptions import InvalidKeyError
from tables import workbook

from dazoufang.mail.letter import Attachment
from dazoufang.mail.locked import attachment_password, locked
from dazoufang.mail.servers import BadMailSettings
from dazoufang.rules.campaign import Rules
from dazoufang.rules.mail import Mail

BOOK = Attachment("附件1 汇总表（工会）.xlsx", workbook("| 甲 |\n| 张三 |\n"))


def mail(rules: Rules, *, lock: bool) -> Mail:
    asked = rules.campaign.mail.lock_attachments.model_copy(update={"value": lock})
    return rules.campaign.mail.model_copy(update={"lock_attachments": asked})


def test_a_locked_workbook_opens_with_its_password_and_with_no_other() -> None:
    made = locked(BOOK, "秘密 Geheim-1")
    assert made.name == BOOK.name and made.content[:4] == bytes.fromhex("d0cf11e0")
    assert b"\xe5\xbc\xa0\xe4\xb8\x89" not in made.content
    book = msoffcrypto.OfficeFile(io.BytesIO(made.content))
    assert book.is_encrypted()
    with pytest.raises(InvalidKeyError):
        book.load_key("geheim", verify_password=True)
    book.load_key("秘密 Geheim-1", verify_password=True)
    opened = io.BytesIO()
    book.decrypt(opened)
    assert opened.getvalue() == BOOK.content
    assert openpyxl.load_workbook(opened).active["A2"].value == "张三"


def test_without_a_password_and_for_what_is_no_workbook_nothing_is_done() -> None:
    page = Attachment("回执.html", b"<p>")
    assert locked(BOOK, "") is BOOK and locked(page, "geheim") is page


def test_the_password_stands_in_the_environment(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAZOUFANG_ATTACHMENT_PASSWORD", "geheim")
    assert attachment_password(mail(rules, lock=False)) == ""
    assert attachment_password(mail(rules, lock=True)) == "geheim"


def test_without_a_password_or_the_library_the_night_does_not_begin(
    rules: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DAZOUFANG_ATTACHMENT_PASSWORD", raising=False)
    with pytest.raises(BadMailSettings, match="环境变量 DAZOUFANG_ATTACHMENT_PASSWORD 里没有密码"):
        attachment_password(mail(rules, lock=True))
    monkeypatch.setenv("DAZOUFANG_ATTACHMENT_PASSWORD", " geheim")
    with pytest.raises(BadMailSettings, match="里的密码前后有空格"):
        attachment_password(mail(rules, lock=True))
    monkeypatch.setenv("DAZOUFANG_ATTACHMENT_PASSWORD", "geheim")
    monkeypatch.setitem(sys.modules, "msoffcrypto.format.ooxml", None)
    with pytest.raises(BadMailSettings, match="pip install msoffcrypto-tool"):
        attachment_password(mail(rules, lock=True))
