"""Attachments that open with a password only: the one place that encrypts workbooks."""

from __future__ import annotations

import io
import os
from functools import lru_cache
from pathlib import PurePath
from typing import Final

from dazoufang.mail.letter import Attachment
from dazoufang.mail.servers import BadMailSettings
from dazoufang.rules.mail import Mail

PASSWORD: Final = "DAZOUFANG_ATTACHMENT_PASSWORD"  # noqa: S105 (the name of it)
_ENDINGS: Final = (".xlsx", ".xlsm")


def attachment_password(rules: Mail) -> str:
    """The password for attachments with personal data, from the environment; "" where the rules ask for none.

    Raises:
        BadMailSettings: the rules ask for one and there is none, or the library that encrypts is missing.
    """
    if not rules.lock_attachments.value:
        return ""
    password = os.environ.get(PASSWORD, "")
    if password != password.strip():
        raise BadMailSettings(f"{PASSWORD} 里的密码前后有空格，收信人多半输不对，请去掉空格")
    if not password:
        raise BadMailSettings(
            f"campaign.yaml 的 mail.lock_attachments 要给附件加密码，可环境变量 {PASSWORD} 里没有密码。"
            "请设上密码，或把 lock_attachments 改回 false"
        )
    try:
        import msoffcrypto.format.ooxml  # noqa: F401 (asked whether it is there; offices that lock nothing do without)
    except ImportError:
        raise BadMailSettings(
            "给附件加密码要用 msoffcrypto-tool，这台电脑上没有装。请运行 pip install msoffcrypto-tool，"
            "或把 campaign.yaml 的 mail.lock_attachments 改回 false"
        ) from None
    return password


def locked(attachment: Attachment, password: str) -> Attachment:
    """The attachment, a workbook, encrypted as Excel and WPS do it (ECMA-376 agile encryption); its name stays. Whatever
    is no workbook of the newer kind, or without a password, stays as it is."""
    if not password or PurePath(attachment.name).suffix.lower() not in _ENDINGS:
        return attachment
    return Attachment(attachment.name, _encrypted(attachment.content, password))


@lru_cache(maxsize=32)  # it takes half a second, and colleagues are sent the same bytes
def _encrypted(content: bytes, password: str) -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    encrypted = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, encrypted)
    return encrypted.getvalue()
