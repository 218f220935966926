"""The words that a letter's writer wrote: out of HTML, and without the older letter quoted below them."""

from __future__ import annotations

import re
from typing import Final

from dazoufang.mail.decoding import entities_undone

MOST: Final = 200_000  # characters of a body that are looked at: no office writes more by hand
_BLOCKS: Final = re.compile(
    "address|article|blockquote|body|br|dd|div|dl|dt|fieldset|footer|form|h[1-6]|header|hr|li|ol|p|pre|section|table|td|th|tr|ul"
)
_UNSHOWN: Final = frozenset(("head", "script", "style", "template", "title"))
_TAG: Final = re.compile(r"(/?)([A-Za-z][A-Za-z0-9]*|[!?])([^>]*)>")
_MARKED_AS_QUOTED: Final = re.compile(
    r"\btype\s*=\s*[\"']?cite|isReplyContent|class\s*=\s*[\"']?[\w -]*quote", re.IGNORECASE
)
_DIVIDER: Final = re.compile(
    r"[-—–_=*\s]{3,}(原始邮件|原邮件|原始信件|原文|转发邮件信息|转发的邮件|转发邮件|被转发的邮件|回复的原邮件|回复的邮件"
    r"|Original Message|Original|Forwarded message|Forwarded Message|Replied Message)[-—–_=*\s]{3,}",
    re.IGNORECASE,
)
_FROM: Final = re.compile(r"\*?(发件人|寄件人|寄件者|From)\s*\*?\s*[:：]", re.IGNORECASE)
_BESIDE_FROM: Final = re.compile(
    r"\*?(发送时间|发送日期|日期|时间|收件人|抄送|抄送人|主题|Sent|Date|To|Cc|Subject)\s*\*?\s*[:：]", re.IGNORECASE
)
_WROTE: Final = re.compile(r"(?=.*(?:@|\d[:：]\d\d)).{0,300}(写道|wrote|写到)\s*[:：]", re.IGNORECASE)
_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def own_words(text: str) -> str:
    """What was written anew: lines that begin with > go, and all below a line that opens an older letter for certain."""
    lines = [
        line.rstrip() for line in _UNSEEN.sub("", text[:MOST].replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    ]
    own: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at].replace("\u00a0", " ").strip()
        if _DIVIDER.fullmatch(line) or _opens_headers(lines, at):
            break
        length = _attribution(lines, at)
        if length:
            following = next((below.strip() for below in lines[at + length :] if below.strip()), "")
            if not following.startswith(">"):
                break
            at += length  # the older letter is marked line by line: what is not marked is an answer below it
            continue
        if not line.startswith(">"):
            own.append(lines[at].replace("\u00a0", " ").rstrip())
        at += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(own)).strip()


def html_words(source: str) -> str:
    """HTML as plain lines, without an older letter that a mail program marks as quoted.

    A reader of our own, for `html.parser` takes hours over tags that nobody closed.
    """
    said: list[str] = []
    unshown = as_written = quoted = 0
    for number, piece in enumerate(_without_comments(source[:MOST]).split("<")):
        tag = _TAG.match(piece) if number else None
        if tag is None:
            words = f"<{piece}" if number else piece
        else:
            closes, name, marks = tag[1], tag[2].lower(), tag[3]
            words = piece[tag.end() :]
            step = -1 if closes else 1
            if name == "body":
                unshown = 0  # of a head that nobody closed
            elif name in _UNSHOWN:
                unshown = max(0, unshown + step)
            elif name == "pre":
                as_written = max(0, as_written + step)
            elif name == "blockquote" and (quoted or (not closes and _MARKED_AS_QUOTED.search(marks))):
                quoted += step
            if _BLOCKS.fullmatch(name):
                said.append("\n")
        if not unshown and not quoted:
            said.append(words if as_written else re.sub(r"\s+", " ", words))
    lines = [re.sub(r"[ \t\u00a0]+", " ", line).strip() for line in entities_undone("".join(said)).split("\n")]
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()


def _without_comments(source: str) -> str:
    kept, at = [], 0
    while (start := source.find("<!--", at)) >= 0:
        kept.append(source[at:start])
        end = source.find("-->", start + 4)
        if end < 0:
            return "".join(kept)
        at = end + 3
    return "".join([*kept, source[at:]])


def _opens_headers(lines: list[str], at: int) -> bool:
    """A block 发件人、发送时间、收件人、主题, as Outlook sets above the older letter."""
    if not _FROM.match(lines[at].strip()):
        return False
    below = [line.strip() for line in lines[at + 1 : at + 9] if line.strip()][:4]
    return sum(bool(_BESIDE_FROM.match(line)) for line in below) >= 2


def _attribution(lines: list[str], at: int) -> int:
    """How many lines say “On … wrote:” or “在 … 写道：” here, 0 none; the address may have slid to the next line."""
    first = lines[at].strip()
    if _WROTE.fullmatch(first):
        return 1
    second = lines[at + 1].strip() if at + 1 < len(lines) else ""
    opens = len(first) < 200 and re.match(r"(On|在|于|At)\s*.*\d", first)
    return 2 if opens and second and _WROTE.fullmatch(f"{first} {second}") else 0
