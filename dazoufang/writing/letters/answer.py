"""The answers to letters that came in: to one with forms, without any, with 零报告, and from somebody unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from dazoufang.model.submission import ACCEPTED, DUPLICATE, PARTLY, RETURNED, VERDICT_NAMES
from dazoufang.rules.campaign import Rules
from dazoufang.writing.answers.receipt import VerdictBanner
from dazoufang.writing.letters.words import Words, day_in, words

IN_THE_RECEIPT: Final = "写在附上的回执里"  # `below` of `receipt.banner` for what goes into a letter
_TONES: Final = {ACCEPTED: "good", PARTLY: "soon", RETURNED: "bad", DUPLICATE: "calm"}
_SOME_ZERO_WORDS: Final = 4
_RECEIPT: Final = "回执"


@dataclass(frozen=True, slots=True)
class AnsweredFile:
    """What became of one attached file. `verdict` in a word of `VERDICT_NAMES`; `headline`, `next_step`, `finish` and
    `tone` as in the banner of its receipt."""

    name: str
    verdict: str
    headline: str
    next_step: str
    finish: str = ""
    tone: str = DUPLICATE


def answered(name: str, banner: VerdictBanner) -> AnsweredFile:
    """The file `name` with what the banner of its receipt says (`receipt.banner(…, below=IN_THE_RECEIPT)`)."""
    return AnsweredFile(name, banner.word, banner.headline, banner.next_step, banner.finish, banner.tone)


def answer(
    files: Sequence[AnsweredFile], rules: Rules, today: date, templates: Path, left_out: Sequence[str] = ()
) -> Words:
    """The answer to a letter with forms attached; the receipts, and what is to be mended, go with it. `left_out`: names
    of those that are too large to travel.

    Raises:
        ValueError: no files; such a letter is answered by `nothing_attached` or `zero_report`.
    """
    if not files:
        raise ValueError("an answer about no file")
    verdicts = Counter(file.verdict for file in files)
    told = "，".join(f"{word} {verdicts[word]} 份" for word in VERDICT_NAMES.values() if verdicts[word])
    entries = [
        {
            "tag": file.verdict,
            "name": file.name,
            "tone": _TONES.get(file.tone, "calm"),
            "lines": [
                ("", file.headline),
                ("", file.next_step),
                ("", f"{file.finish}，附在回信里发回来（文件名不用改）。" if file.finish else ""),
            ],
        }
        for file in files
    ]
    context: dict[str, Any] = {
        "title": f"收到 {len(files)} 份表：{told}",
        "day": day_in(today, today),
        "entries": entries,
        "left_out": "、".join(f"《{name}》" for name in left_out),
        "to_mend": any(file.finish or _has_lost_rows(file) for file in files),
    }
    subject = f"{_RECEIPT} {context['day']}：收到{len(files)}份表，{told.replace(' ', '')}"
    return words(subject, "letter_answer.j2", templates, rules, context)


def nothing_attached(unit: str, rules: Rules, today: date, templates: Path) -> Words:
    """The answer to a known sender, who speaks for `unit`, whose letter had nothing attached that could be taken, and
    did not say 零报告 either."""
    zero_words = rules.campaign.empty_forms.zero_words.value[:_SOME_ZERO_WORDS]
    context = {
        "title": "信收到了，没有找到表",
        "unit": unit,
        "day": day_in(today, today),
        "zero_words": "、".join(f"“{word}”" for word in zero_words),
    }
    return words(
        f"{_RECEIPT} {context['day']}：信里没有找到表", "letter_nothing_attached.j2", templates, rules, context
    )


def zero_report(unit: str, said: str, rules: Rules, today: date, templates: Path) -> Words:
    """The answer where a letter without forms said in the words `said` that there is nothing to report for `unit`."""
    context = {"title": "零报告已收，算已报送", "unit": unit, "said": said, "day": day_in(today, today)}
    return words(f"{_RECEIPT} {context['day']}：零报告已收", "letter_zero_report.j2", templates, rules, context)


def unknown_sender(address: str, rules: Rules, today: date, templates: Path) -> Words:
    """The answer to somebody whose `address` is not in the roster, or who could not prove to write from it. It tells
    nothing of what was reported."""
    context = {"title": "这封信没有收下：发信的邮箱没有登记", "address": address}
    return words(
        f"{_RECEIPT} {day_in(today, today)}：没有收下，发信邮箱没有登记",
        "letter_unknown_sender.j2",
        templates,
        rules,
        context,
    )


def _has_lost_rows(file: AnsweredFile) -> bool:
    """Whether all was taken but the ledger could make nothing of some rows; that has no day until which to mend it."""
    return file.verdict == VERDICT_NAMES[ACCEPTED] and file.tone == PARTLY
