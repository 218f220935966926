"""Awkward letters, as mail programs and gateways of the county really make them or might, each with what is true of it."""

from __future__ import annotations

import base64
import quopri
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from packed_letters import msg, msg_attachment, msg_letter, tnef, tnef_attachment, tnef_letter

FORM: Final = b"PK\x03\x04 xl/workbook.xml a form \x00\xff\r\n of a unit"
OTHER: Final = b"\xd0\xcf\x11\xe0 another form"
PICTURE: Final = b"\x89PNG\r\n a picture"
HERE: Final = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Awkward:
    """A letter and its truth: fields of Incoming; `files` stands for the attachments as (name, content)."""

    about: str
    raw: bytes
    truth: dict[str, Any]


def b64(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


def word(text: str, charset: str) -> bytes:
    """An encoded word of RFC 2047."""
    return b"=?%s?B?%s?=" % (charset.encode(), base64.b64encode(text.encode(charset)))


def lines(*said: bytes | str) -> bytes:
    return b"".join((line.encode() if isinstance(line, str) else line) + b"\r\n" for line in said)


def heads(*more: bytes | str, sender: bytes = b"a@unit.cn") -> bytes:
    return lines(b"From: " + sender, "Subject: forms", "Message-ID: <1@unit.cn>", "MIME-Version: 1.0", *more)


def part(*headers: bytes | str, body: bytes = b"") -> bytes:
    return lines(*headers) + b"\r\n" + body


def several(
    *parts: bytes, kind: str = "mixed", boundary: str = "=_b", more: tuple[str, ...] = (), end: bool = True
) -> bytes:
    """A letter of several parts."""
    return (
        heads(*more, f'Content-Type: multipart/{kind}; boundary="{boundary}"') + b"\r\n" + joined(parts, boundary, end)
    )


def joined(parts: tuple[bytes, ...], boundary: str, end: bool = True) -> bytes:
    mark = boundary.encode()
    return b"".join(b"--%s\r\n%s\r\n" % (mark, one) for one in parts) + (b"--%s--\r\n" % mark if end else b"")


def inner(*parts: bytes, kind: str = "alternative", boundary: str = "=_i") -> bytes:
    """A part of several parts."""
    return part(f'Content-Type: multipart/{kind}; boundary="{boundary}"', body=joined(parts, boundary))


def plain(text: str, charset: str = "utf-8") -> bytes:
    return part(
        f"Content-Type: text/plain; charset={charset}", "Content-Transfer-Encoding: 8bit", body=text.encode(charset)
    )


def page(html: str) -> bytes:
    return part("Content-Type: text/html; charset=utf-8", body=html.encode())


def form(
    disposition: bytes | str = 'attachment; filename="form.xlsx"',
    kind: bytes | str = "application/octet-stream",
    content: bytes = FORM,
    *more: str,
) -> bytes:
    """An attached file; its disposition and type as they are to stand in the letter ("" none)."""
    said = [disposition.encode() if isinstance(disposition, str) else disposition]
    named = [kind.encode() if isinstance(kind, str) else kind]
    return part(
        b"Content-Type: " + named[0],
        *([b"Content-Disposition: " + said[0]] if said[0] else []),
        "Content-Transfer-Encoding: base64",
        *more,
        body=b64(content),
    )


def _named(about: str, name: str, disposition: bytes | str, kind: bytes | str = "application/octet-stream") -> Awkward:
    return Awkward(
        about, several(plain("附上表格"), form(disposition, kind)), {"files": [(name, FORM)], "text": "附上表格"}
    )


def _says(about: str, header: bytes | str, **truth: Any) -> Awkward:
    """A letter with one header more."""
    return Awkward(about, heads(header) + b"\r\nwords\r\n", truth)


def _from(about: str, sender: bytes | str, address: str, name: str) -> Awkward:
    said = sender.encode() if isinstance(sender, str) else sender
    return Awkward(about, heads(sender=said) + b"\r\nwords\r\n", {"sender": address, "sender_name": name})


def _body(about: str, text: str, *said: str, charset: str = "utf-8") -> Awkward:
    return Awkward(about, heads() + plain("\r\n".join(said), charset), {"text": text, "files": []})


GBK_NAME: Final = "走访登记表.xlsx".encode("gbk")

NAMES: Final = [
    _named("RFC 2231", "走访登记.xlsx", "attachment; filename*=UTF-8''%E8%B5%B0%E8%AE%BF%E7%99%BB%E8%AE%B0.xlsx"),
    _named("RFC 2231 in gb18030", "走访.xlsx", "attachment; filename*=gb18030''%D7%DF%B7%C3.xlsx"),
    _named(
        "RFC 2231 in sections that cut through a character, out of order",
        "走访.xlsx",
        "attachment;\r\n filename*1*=%BF.xlsx;\r\n filename*0*=utf-8''%E8%B5%B0%E8%AE",
    ),
    _named("RFC 2231 in quotes", "走访.xlsx", "attachment; filename*=\"utf-8''%E8%B5%B0%E8%AE%BF.xlsx\""),
    _named("RFC 2231 without a character set", "走访.xlsx", "attachment; filename*=%D7%DF%B7%C3.xlsx"),
    _named("RFC 2231 with GBK letters under gb2312", "陳镕.xlsx", "attachment; filename*=gb2312''%EA%90%E9F.xlsx"),
    _named("RFC 2231 sections without codes", "走访 form.xlsx", "attachment; filename*0=\"走访 \"; filename*1=form.xlsx"),
    _named("RFC 2231 more than ten sections", "0123456789ab.xlsx", "attachment; " + "; ".join(
        f"filename*{number}={letter}" for number, letter in [*enumerate("0123456789ab"), (12, ".xlsx")]
    )),
    _named("RFC 2231 type parameter only", "走访.xlsx", "attachment", "application/x; name*=utf-8''%E8%B5%B0%E8%AE%BF.xlsx"),
    _named("RFC 2047 gb2312", "走访登记表.xlsx", b'attachment; filename="' + word("走访登记表.xlsx", "gb2312") + b'"'),
    _named("RFC 2047 without quotes", "走访登记表.xlsx", b"attachment; filename=" + word("走访登记表.xlsx", "gbk")),
    _named("RFC 2047 quoted-printable", "走访 表.xlsx", 'attachment; filename="=?utf-8?Q?=E8=B5=B0=E8=AE=BF_=E8=A1=A8.xlsx?="'),
    _named(
        "RFC 2047 several words, folded",
        "群英断是非走访登记表.xlsx",
        b'attachment;\r\n filename="' + word("群英断是非", "utf-8") + b"\r\n " + word("走访登记表.xlsx", "utf-8") + b'"',
    ),
    _named(
        "RFC 2047 words that cut through a character",
        "走访.xlsx",
        b'attachment; filename="=?utf-8?B?6LWw6K4=?= =?utf-8?B?vy54bHN4?="',
    ),
    _named("RFC 2047 glued together", "走访表.xlsx", b'attachment; filename="' + word("走访", "gb2312") + word("表.xlsx", "gb2312") + b'"'),
    _named("RFC 2047 folded within a word", "走访登记表.xlsx", b'attachment; filename="=?gb2312?B?19+3w7XH\r\n vMex7S54bHN4?="'),
    _named("RFC 2047 folded without a blank", "走访登记表.xlsx", b'attachment; filename="=?gb2312?B?19+3w7XH\r\nvMex7S54bHN4?="'),
    _named("RFC 2047 without padding", "走访.xlsx", "attachment; filename==?utf-8?B?6LWw6K6/Lnhsc3g?="),
    _named("RFC 2047 labelled utf-8 that is GBK", "走访登记表.xlsx", b"attachment; filename==?utf-8?B?" + base64.b64encode(GBK_NAME) + b"?="),
    _named("RFC 2047 labelled gb2312 that is UTF-8", "走访.xlsx", "attachment; filename==?gb2312?B?6LWw6K6/Lnhsc3g=?="),
    _named("RFC 2047 of an unknown character set", "走访.xlsx", "attachment; filename==?x-unknown?B?6LWw6K6/Lnhsc3g=?="),
    _named("RFC 2047 in name= only", "走访.xlsx", "attachment", 'application/vnd.ms-excel; name="=?UTF-8?B?6LWw6K6/Lnhsc3g=?="'),
    _named("RFC 2047 within RFC 2231 sections", "走访.xlsx", 'attachment; filename*0="=?UTF-8?B?6LWw6K6/"; filename*1="Lnhsc3g=?="'),
    _named("bare GBK", "走访登记表.xlsx", b'attachment; filename="' + GBK_NAME + b'"'),
    _named("bare GBK without quotes", "走访登记表.xlsx", b"attachment; filename=" + GBK_NAME + b"; size=3"),
    _named("bare GBK with a backslash in a character", "乗車.xlsx", b'attachment; filename="\x81\\\xdc\x87.xlsx"'),
    _named("bare UTF-8", "走访登记表.xlsx", 'attachment; filename="走访登记表.xlsx"'),
    _named("bare Big5", "走訪登記表.xlsx", b'attachment; filename="' + "走訪登記表.xlsx".encode("big5") + b'"'),
    _named("percent codes in filename=", "走访.xlsx", "attachment; filename=%E8%B5%B0%E8%AE%BF.xlsx"),
    _named("a percent sign that means itself", "完成100%25.xlsx", 'attachment; filename="完成100%25.xlsx"'),
    _named("numbered characters of HTML", "走访.xlsx", 'attachment; filename="&#36208;&#35775;.xlsx"'),
    _named("filename broken, name right", "走访.xlsx", 'attachment; filename="??.xlsx"', 'application/x; name="走访.xlsx"'),
    _named("both right and different", "甲.xlsx", 'attachment; filename="甲.xlsx"', 'application/x; name="乙.xlsx"'),
    _named("plain and RFC 2231 in one header", "走访.xlsx", "attachment; filename=zf.xlsx; filename*=utf-8''%E8%B5%B0%E8%AE%BF.xlsx"),
    _named("quotes within", "关于_大走访_表.xlsx", 'attachment; filename="关于"大走访"表.xlsx"; size=3'),
    _named("a semicolon within quotes", "甲;乙.xlsx", 'attachment; filename="甲;乙.xlsx"'),
    _named("a quote that nobody closed", "走访.xlsx", 'attachment; filename="走访.xlsx'),
    _named("blanks without quotes", "走访 登记.xlsx", "attachment; filename=走访 登记.xlsx ; x=y"),
    _named("a Windows path", "走访.xlsx", r'attachment; filename="C:\Users\a\走访.xlsx"'),
    _named("folders upwards", "passwd.xlsx", 'attachment; filename="../../etc/passwd.xlsx"'),
    _named("only folders", "附件1.xlsx", 'attachment; filename="../.."'),
    _named("control and direction characters", "走访xslx.xlsx", 'attachment; filename="走\x01访\u202exslx\u200b.xlsx"'),
    _named("what Windows refuses", "走访_表_一_.xlsx", 'attachment; filename="走访:表|一?.xlsx"'),
    _named("a name of a device", "_CON.xlsx", 'attachment; filename="CON.xlsx"'),
    _named("dots and blanks around", "走访.xlsx", 'attachment; filename=" ..走访.xlsx. "'),
    _named("too long", "登" * 58 + ".xlsx", f'attachment; filename="{"登" * 300}.xlsx"'),
    _named("no name at all", "附件1.xlsx", "attachment"),
    _named("an empty name", "附件1.xlsx", 'attachment; filename=""', 'application/vnd.ms-excel; name=""'),
]  # fmt: skip

SENDERS: Final = [
    _from("plain", "a@unit.cn", "a@unit.cn", ""),
    _from("capitals", "Zhang <A.B@Unit.CN>", "a.b@unit.cn", "Zhang"),
    _from("encoded name", b'"' + word("张三", "gb2312") + b'" <a@unit.cn>', "a@unit.cn", "张三"),
    _from("bare GBK", "张三".encode("gbk") + b" <a@unit.cn>", "a@unit.cn", "张三"),
    _from("a GBK character that ends in @", "凘".encode("gbk") + b" <a@unit.cn>", "a@unit.cn", "凘"),
    _from("Chinese unquoted with a comma", "教体局，张三 <a@unit.cn>", "a@unit.cn", "教体局，张三"),
    _from("name in brackets behind", "a@unit.cn (张三)", "a@unit.cn", "张三"),
    _from("several", "a@unit.cn, 李四 <b@unit.cn>", "a@unit.cn", ""),
    _from("a group", "办公室: a@unit.cn, b@unit.cn;", "a@unit.cn", ""),
    _from("an empty group", "undisclosed-recipients:;", "", "undisclosed-recipients:;"),
    _from("an address as a name", '"known@bureau.cn" <evil@else.cn>', "evil@else.cn", "known@bureau.cn"),
    _from("an address in angles as a name", '"<known@bureau.cn>" <evil@else.cn>', "evil@else.cn", "<known@bureau.cn>"),
    _from("an address in brackets", "evil@else.cn (<known@bureau.cn>)", "evil@else.cn", "<known@bureau.cn>"),
    _from("name and address encoded together", word("张三 <a@unit.cn>", "utf-8"), "a@unit.cn", "张三"),
    _from("nonsense", "张三", "", "张三"),
    Awkward("no From", lines("Subject: x", "", "words"), {"sender": "", "sender_name": "", "subject": "x"}),
    Awkward("two From", heads("From: b@else.cn") + b"\r\n", {"sender": "a@unit.cn", "forged": True}),
    Awkward(
        "bare GBK subject", lines("From: a@unit.cn", "Subject: 零报告".encode("gbk"), "", ""), {"subject": "零报告"}
    ),
    Awkward(
        "subject folded without a blank",
        lines(b"Subject: =?utf-8?B?6LWw", b"6K6/?=", b"From: a@unit.cn", b"", b"words"),
        {"subject": "走访", "sender": "a@unit.cn", "text": "words"},
    ),
    Awkward("empty", b"", {"sender": "", "subject": "", "text": "", "files": [], "automatic": False, "forged": False}),
]

DATES: Final = [
    _says("a date", "Date: Wed, 18 Oct 2023 10:00:00 +0800", sent_at=datetime(2023, 10, 18, 10, 0, tzinfo=HERE)),
    _says(
        "a date without a zone", "Date: Wed, 18 Oct 2023 10:00:00", sent_at=datetime(2023, 10, 18, 10, 0, tzinfo=HERE)
    ),
    _says("a date of no zone", "Date: 18 Oct 2023 10:00:00 -0000", sent_at=datetime(2023, 10, 18, 10, 0, tzinfo=UTC)),
    _says("no date", "X: y", sent_at=None),
    _says("a date that is none", "Date: 2023年10月18日", sent_at=None),
    _says("a 31st of February", "Date: Wed, 31 Feb 2023 10:00:00 +0800", sent_at=None),
    _says("a date of 1601", "Date: Mon, 1 Jan 1601 00:00:00 +0000", sent_at=None),
    _says("a zone past all zones", "Date: Wed, 18 Oct 2023 10:00:00 +9999", sent_at=None),
]

PROGRAMS: Final = [
    _says("by a person", "Auto-Submitted: no", automatic=False, message_id="<1@unit.cn>", sender="a@unit.cn", text="words"),
    _says("an answering machine", "Auto-Submitted: auto-replied (vacation)", automatic=True),
    _says("an empty return path", "Return-Path: <>", automatic=True),
    _says("a return path", "Return-Path: <a@unit.cn>", automatic=False),
    _says("a list", "List-Id: <all.unit.cn>", automatic=True),
    _says("an advertisement", "List-Unsubscribe: <mailto:x@y.cn>", automatic=True),
    _says("in bulk", "Precedence: bulk", automatic=True),
    _says("first class", "Precedence: first-class", automatic=False),
    _says("X-Autoreply", "X-Autoreply: yes", automatic=True),
    _says("Exchange out of office", "X-Auto-Response-Suppress: DR, OOF, AutoReply", automatic=True),
    _says("Exchange without receipts", "X-Auto-Response-Suppress: DR, RN", automatic=False),
    Awkward("自动回复", lines("From: a@unit.cn", "Subject: 自动回复: 走访".encode("gbk"), "", ""), {"automatic": True}),
    _from("a bounce's sender", "MAILER-DAEMON@qq.com", "mailer-daemon@qq.com", ""),
    Awkward("mailer-daemon", heads(sender=b"MAILER-DAEMON@qq.com") + b"\r\n", {"automatic": True}),
    Awkward("postmaster", heads(sender=b"<postmaster@163.com>") + b"\r\n", {"automatic": True}),
    Awkward(
        "a bounce",
        several(
            plain("退信"),
            part("Content-Type: message/delivery-status", body=b"Reporting-MTA: dns; x\r\n\r\nAction: failed\r\n"),
            kind="report; report-type=delivery-status",
        ),
        {"automatic": True, "text": "退信", "files": []},
    ),
    _says("dmarc fails", "Authentication-Results: mx; spf=pass; dmarc=fail (p=none)", forged=True),
    _says("spf fails", "Authentication-Results: mx; spf=fail smtp.mailfrom=x", forged=True),
    _says("spf fails but dmarc passes", "Authentication-Results: mx; spf=fail; dkim=pass; dmarc=pass", forged=False),
    _says("dkim fails", "Authentication-Results: mx;\r\n dkim=fail reason=x;\r\n spf=pass", forged=True),
    _says("softfail", "Authentication-Results: mx; spf=softfail; dkim=none", forged=False),
    _says("the topmost results count", "Authentication-Results: mx; spf=pass\r\nAuthentication-Results: me; dmarc=fail", forged=False),
    _says("the sender's own results below", "Authentication-Results: mx; dmarc=fail\r\nAuthentication-Results: me; dmarc=pass", forged=True),
]  # fmt: skip

BODIES: Final = [
    _body("UTF-8", "本周零报告", "本周零报告"),
    _body("GBK characters under gb2312", "陈镕基", "陈镕基", charset="gbk"),
    Awkward("8 bit without a type", lines("From: a@unit.cn", "", "本周零报告".encode("gbk")), {"text": "本周零报告"}),
    Awkward("labelled latin-1", heads("Content-Type: text/plain; charset=iso-8859-1") + b"\r\n" + "零报告".encode("gbk"), {"text": "零报告"}),
    Awkward("a set of nobody's", heads("Content-Type: text/plain; charset=x-none") + b"\r\n" + "零报告".encode(), {"text": "零报告"}),
    Awkward(
        "quoted-printable",
        heads("Content-Type: text/plain; charset=gbk", "Content-Transfer-Encoding: quoted-printable")
        + b"\r\n" + quopri.encodestring("零报告".encode("gbk")),
        {"text": "零报告"},
    ),
    _body("QQ's older letter", "收到", "收到", "", "------------------ 原始邮件 ------------------", "发件人: 乙", "零报告"),
    _body("163's older letter", "收到", "收到", "", "在 2023-10-18 10:00:00，\"乙\" <b@unit.cn> 写道：", "零报告"),
    _body("-----原始邮件-----", "收到", "收到", "-----原始邮件-----", "零报告"),
    _body("Foxmail's block", "收到", "收到", "", "发件人： 乙", "发送时间： 2023-10-18", "收件人： 甲", "主题： 走访", "", "零报告"),
    _body("发件人 in a sentence", "发件人：张三\n已走访", "发件人：张三", "已走访"),
    _body("On … wrote", "Received.", "Received.", "", "On Wed, Oct 18, 2023 at 10:00 AM B <b@unit.cn> wrote:", "old"),
    _body("On … wrote over two lines", "Yes", "Yes", "On Wed, Oct 18, 2023 at 10:00 AM", "B <b@unit.cn> wrote:", "", "old"),
    _body("an answer below", "零报告", "On Wed, Oct 18, 2023 at 10:00 B <b@unit.cn> wrote:", "> old", "> older", "零报告"),
    _body("someone said", "10月18日户主写道：\n谢谢", "10月18日户主写道：", "谢谢"),
    Awkward("HTML only", several(page("<html><head><title>t</title><style>p{}</style></head><body><p>本周</p><div>零报告&nbsp;1</div></body>")), {"text": "本周\n零报告 1", "files": []}),
    Awkward("HTML with an older letter", several(page('<div>收到</div><blockquote type="cite">零报告<blockquote>x</blockquote></blockquote><p>完</p>')), {"text": "收到\n完"}),
    Awkward("QQ's HTML", several(page("<div>收到</div><div>------------------&nbsp;原始邮件&nbsp;------------------</div><div>零报告</div>")), {"text": "收到"}),
    Awkward("plain beside HTML", several(plain("零报告"), page("<p>other</p>"), kind="alternative"), {"text": "零报告", "files": []}),
    Awkward("blank plain beside HTML", several(plain(" "), page("<p>零报告</p>"), kind="alternative"), {"text": "零报告"}),
]  # fmt: skip

FORWARDED: Final = several(plain("old words"), form('attachment; filename="里面.xlsx"'), boundary="=_f")


def nested(levels: int) -> bytes:
    letter = FORWARDED
    for level in range(levels):
        letter = several(part("Content-Type: message/rfc822", body=letter), boundary=f"=_n{level}x")
    return letter


CONTENTS: Final = [
    Awkward("no attachment", heads() + b"\r\nwords", {"files": [], "text": "words"}),
    Awkward("the letter is the file", heads('Content-Type: application/vnd.ms-excel; name="表.xls"', "Content-Transfer-Encoding: base64") + b"\r\n" + b64(OTHER), {"files": [("表.xls", OTHER)], "text": ""}),
    Awkward("a zip stays one file", several(form('attachment; filename="表.zip"', "application/zip")), {"files": [("表.zip", FORM)]}),
    Awkward("an empty file", several(form(content=b"")), {"files": [("form.xlsx", b"")]}),
    Awkward("two without names", several(form("attachment"), form("attachment", "application/x", OTHER)), {"files": [("附件1.xlsx", FORM), ("附件2.xls", OTHER)]}),
    Awkward("two of one name", several(form(), form(content=OTHER)), {"files": [("form.xlsx", FORM), ("form.xlsx", OTHER)]}),
    Awkward("a picture as a file", several(form('attachment; filename="照片.png"', "image/png", PICTURE)), {"files": [("照片.png", PICTURE)]}),
    Awkward("a picture attached with a Content-ID", several(form('attachment; filename="照片.png"', "image/png", PICTURE, "Content-ID: <1>")), {"files": [("照片.png", PICTURE)]}),
    Awkward("a signature picture", several(inner(page('<img src="cid:1">words'), form("inline", "image/png; name=a.png", PICTURE, "Content-ID: <1>"), kind="related"), form()), {"files": [("form.xlsx", FORM)], "text": "words"}),
    Awkward("a signature picture without a disposition", several(form("", "image/png; name=a.png", PICTURE, "Content-ID: <1>"), form()), {"files": [("form.xlsx", FORM)]}),
    Awkward("an inline picture without a Content-ID", several(form("inline", "image/jpeg; name=a.jpg", PICTURE)), {"files": [("a.jpg", PICTURE)]}),
    Awkward("a workbook inline with a Content-ID", several(form("inline; filename=a.xlsx", "application/vnd.ms-excel", FORM, "Content-ID: <1>")), {"files": [("a.xlsx", FORM)]}),
    Awkward("a signed letter", several(plain("words"), form('attachment; filename="smime.p7s"', "application/pkcs7-signature", b"x"), kind="signed"), {"files": [], "text": "words"}),
    Awkward("a PGP signature", several(plain("words"), form('attachment; filename="signature.asc"', "application/pgp-signature", b"x"), kind="signed"), {"files": []}),
    Awkward("cards", several(form('attachment; filename="a.vcf"'), form("attachment; filename=b", "text/vcard"), form()), {"files": [("form.xlsx", FORM)]}),
    Awkward("text as a file", several(plain("words"), form('attachment; filename="说明.txt"', "text/plain", b"explained")), {"files": [("说明.txt", b"explained")], "text": "words"}),
    Awkward("text with a name", several(form("", 'text/csv; name="表.csv"', b"a,b")), {"files": [("表.csv", b"a,b")], "text": ""}),
    Awkward("forwarded", several(plain("见附件"), part("Content-Type: message/rfc822", body=FORWARDED)), {"files": [("里面.xlsx", FORM)], "text": "见附件"}),
    Awkward("forwarded in base64", several(part("Content-Type: message/rfc822", "Content-Transfer-Encoding: base64", body=b64(FORWARDED))), {"files": [("里面.xlsx", FORM)]}),
    Awkward("forwarded four times", nested(4), {"files": [("里面.xlsx", FORM)]}),
    Awkward(".eml", several(form('attachment; filename="转发.eml"', "application/octet-stream", FORWARDED), form()), {"files": [("里面.xlsx", FORM), ("form.xlsx", FORM)]}),
    Awkward(".eml in .eml", several(form("attachment; filename=a.eml", "message/x", several(form("attachment; filename=b.eml", "application/x", FORWARDED)))), {"files": [("里面.xlsx", FORM)]}),
    Awkward(".eml that is none", several(form('attachment; filename="a.eml"', "application/x", b"no letter")), {"files": [("a.eml", b"no letter")]}),
    Awkward("a digest", several(b"\r\n" + FORWARDED, kind="digest"), {"files": [("里面.xlsx", FORM)]}),
    Awkward(".msg", several(form('attachment; filename="a.msg"', "application/vnd.ms-outlook", msg(msg_attachment("走访.xlsx", FORM), msg_attachment("a.png", PICTURE, content_id="1"), msg_letter(msg_attachment("", OTHER, "里面.xls".encode("gbk")))))), {"files": [("走访.xlsx", FORM), ("里面.xls", OTHER)]}),
    Awkward(".msg that is none", several(form('attachment; filename="a.msg"', "application/x", OTHER)), {"files": [("a.msg", OTHER)]}),
    Awkward(".eml in .msg", several(form('attachment; filename="a.msg"', "application/x", msg(msg_attachment("a.eml", FORWARDED)))), {"files": [("里面.xlsx", FORM)]}),
    Awkward("winmail.dat", several(plain("words"), form('attachment; filename="winmail.dat"', "application/ms-tnef", tnef(tnef_attachment(b"ZF~1.XLS", FORM, GBK_NAME), tnef_attachment("里面.xls".encode("gbk"), OTHER)))), {"files": [("走访登记表.xlsx", FORM), ("里面.xls", OTHER)], "text": "words"}),
    Awkward("winmail.dat under another name", several(form('attachment; filename="ATT01.dat"', "application/octet-stream", tnef(tnef_letter(tnef(tnef_attachment(b"in.xls", OTHER)))))), {"files": [("in.xls", OTHER)]}),
    Awkward("winmail.dat with a signature picture", several(form("attachment; filename=winmail.dat", "application/ms-tnef", tnef(tnef_attachment(b"a.png", PICTURE, b"", "1", "image/png"), tnef_attachment(b"in.xls", OTHER)))), {"files": [("in.xls", OTHER)]}),
    Awkward("winmail.dat that is broken", several(form('attachment; filename="winmail.dat"', "application/ms-tnef", b"\x78\x9f\x3e\x22\1\0\2\2\x90\6\0\xff\xff\xff\x7f")), {"files": [("winmail.dat", b"\x78\x9f\x3e\x22\1\0\2\2\x90\6\0\xff\xff\xff\x7f")]}),
    Awkward("no end of the last part", several(plain("words"), form(), end=False), {"files": [("form.xlsx", FORM)], "text": "words"}),
    Awkward("another boundary than said", heads('Content-Type: multipart/mixed; boundary="said"') + b"\r\n" + joined((plain("words"), form()), "=_real"), {"files": [("form.xlsx", FORM)], "text": "words"}),
    Awkward("no boundary said", heads("Content-Type: multipart/mixed") + b"\r\n" + joined((plain("words"), form()), "=_real"), {"files": [("form.xlsx", FORM)], "text": "words"}),
    Awkward("no type said", heads() + b"\r\n" + joined((plain("words"), form()), "=_real"), {"files": [("form.xlsx", FORM)], "text": "words"}),
    Awkward("base64 with stray characters", several(part("Content-Type: application/x; name=a.xlsx", "Content-Transfer-Encoding: BASE64 ", body=b64(FORM).replace(b"A", b"*A").replace(b"=", b""))), {"files": [("a.xlsx", FORM)]}),
    Awkward("base64 with a footer below", several(part("Content-Type: application/x; name=a.xls", "Content-Transfer-Encoding: base64", body=b64(OTHER + b"1") + b"\r\n-- \r\nscanned, clean\r\n")), {"files": [("a.xls", OTHER + b"1")]}),
    Awkward("a workbook as it is, said to be base64", several(part("Content-Type: application/x; name=a.xls", "Content-Transfer-Encoding: base64", body=OTHER)), {"files": [("a.xls", OTHER)]}),
    Awkward("8 bit content", several(part("Content-Type: application/x; name=a.xlsx", "Content-Transfer-Encoding: binary", body=FORM)), {"files": [("a.xlsx", FORM)]}),
    Awkward("bare line feeds", several(plain("words"), form()).replace(b"\r\n", b"\n"), {"files": [("form.xlsx", FORM)], "text": "words", "sender": "a@unit.cn"}),
    Awkward("blank lines and a mark before", b"\xef\xbb\xbf\r\n" + several(plain("words"), form()), {"files": [("form.xlsx", FORM)], "sender": "a@unit.cn"}),
]  # fmt: skip

LETTERS: Final = [*NAMES, *SENDERS, *DATES, *PROGRAMS, *BODIES, *CONTENTS]
