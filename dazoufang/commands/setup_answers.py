"""What `setup` asks, one question after the other: what is offered, how an answer is read, and why one is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final, TypeVar

from dazoufang.commands.setup_dates import (
    NotAnAnswer,
    Span,
    answered_by_options,
    dates_by_options,
    offered,
    read_span,
    span_in_words,
)
from dazoufang.mail.addresses import as_sent
from dazoufang.rules.campaign import Campaign, Rules
from dazoufang.rules.packages import Package
from dazoufang.rules.schema import Role
from dazoufang.rules.years import Year

T = TypeVar("T")

_JOINS: Final = re.compile("[、，,;；]")
_NO_FOLDER: Final = re.compile(r"[\s/\\|:*?\"<>]")  # what no folder of a unit can be called
_NONE: Final = ("无", "没有", "-")
_TIME: Final = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Options:
    """What stands on the command line, as it was typed; None or nothing where an answer is not given."""

    single: Mapping[str, str | None]  # by the name of the option: bureau, year …; several of one joined by 、
    dates: Sequence[str] = ()
    offices: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """What an office says of itself. `dates`: of every phase of `year`, by what `Year.phases` calls it; `aliases`: other
    writings of a township; `offices`: which one answers for a kind of household; `report_to`: addresses outside the
    roster that get the report upward, None where the rules have no such package."""

    bureau: str
    name: str
    year: int
    dates: dict[str, Span]
    townships: tuple[str, ...]
    aliases: dict[str, str]
    offices: dict[str, str]
    coordinator: str
    security_office: str
    operators: tuple[str, ...]
    sender: str
    smtp: str
    imap: str
    report_to: tuple[str, ...] | None
    shown_path: str
    nightly_at: str


# Asks for one answer: the option that gives it, the question, what is offered as it would be typed, and its reader.
Ask = Callable[[str, str, str, Callable[[str], Any]], Any]


def offers(ask: Callable[[str, str, Callable[[str], Any]], Any] | None, options: Options) -> Ask:
    """Where answers come from: the options, else `ask` (question, offer, reader), else what is offered.

    The result raises NotAnAnswer, naming the option, for one that is no answer.
    """

    def one(option: str, question: str, offer: str, read: Callable[[str], Any]) -> Any:
        typed = options.single.get(option)
        if typed is not None:
            try:
                return read(typed)
            except NotAnAnswer as refused:
                raise NotAnAnswer(f"--{option}：{refused}") from None
        return read(offer) if ask is None else ask(question, offer, read)

    return one


def answers(rules: Rules, today: date, options: Options, ask: Ask) -> Answers:
    """Every answer, asked for in this order; what stands in the rules is offered.

    Raises:
        NotAnAnswer: an option that is no answer.
    """
    campaign = rules.campaign
    bureau = ask("bureau", "本局名称（写在附件、信里）", campaign.bureau.value, _name)
    name = ask("name", "活动名称（写在附件标题里）", campaign.name.value, _name)
    year = ask("year", "哪一年的安排", str(_year_offered(campaign, today)), _year)
    dates = _dates(campaign, year, options, ask)
    townships, aliases = _townships(campaign, ask)
    offices = _offices(rules, options, ask)
    before = {**_before(rules), **campaign.offices.by_target_kind}

    def followed(office: str) -> str:
        """What takes the place of an office: the one that answers now for all it answered for."""
        now = {offices[kind] for kind, old in before.items() if old == office}
        return now.pop() if len(now) == 1 else office

    coordinator = ask(
        "coordinator", "综合股室（收花名册、裁定表，严重逾期也提醒它）", followed(campaign.offices.coordinator.value), _office,
    )  # fmt: skip
    security = ask(
        "security-office", "治安环境的情况只交给哪个股室", followed(campaign.content.security_office.value), _office
    )
    operators = dict.fromkeys(
        coordinator if unit == campaign.offices.coordinator.value else unit for unit in campaign.mail.operators.value
    )
    return Answers(
        bureau, name, year, dates, townships, aliases, offices, coordinator, security,
        ask("operator", "每晚的情况发给哪些单位（用、隔开）", "、".join(operators) or _NONE[0], partial(_several, _office)),
        *_mail(campaign, options, ask),
        ask("shown-path", r"各单位看到的收件文件夹，如 \\server\大走访\inbox", campaign.inbox.shown_path.value or _NONE[0], _text),
        ask("nightly-at", "每天几点重出全部附件并对账", campaign.watch.nightly_at.value, _time),
    )  # fmt: skip


def refuse_wrong_options(rules: Rules, today: date, options: Options) -> None:
    """Make sure that the options are answers before anybody is asked for the others. Dates are read once the year is known.

    Raises:
        NotAnAnswer: naming the option.
    """
    given = Options(options.single, (), options.offices)
    answers(rules, today, given, offers(None, given))


def _year_offered(campaign: Campaign, today: date) -> int:
    """This year; the next once this year's 考核讲评 is over."""
    year = campaign.year_numbered(today.year)
    return today.year + 1 if year and year.review.last < today else today.year


def pattern_of(campaign: Campaign, year: int) -> Year:
    """The block of `year`, else the one that its block is copied from: of the year before it, else the first."""
    return [block for block in campaign.years if block.year <= year or block is campaign.years[0]][-1]


def _dates(campaign: Campaign, year: int, options: Options, ask: Ask) -> dict[str, Span]:
    pattern = pattern_of(campaign, year)
    names = [name for name, _ in pattern.phases]
    if options.dates:
        given = answered_by_options(options.dates, pattern)
        return dict(zip(names, dates_by_options(given, pattern, year), strict=True))
    spans: list[Span] = []
    for name in names:
        read = partial(read_span, year=year, after=spans[-1][1] if spans else None)
        spans.append(ask("dates", f"{year}年{name}", span_in_words(offered(pattern, year, spans)), read))
    return dict(zip(names, spans, strict=True))


def _townships(campaign: Campaign, ask: Ask) -> tuple[tuple[str, ...], dict[str, str]]:
    """The townships with their other writings, which stand behind = (鲇鱼须镇=鲶鱼须/鲶鱼须镇). One that is given without keeps
    those that the rules have for it."""
    known = campaign.townships

    def read(text: str) -> tuple[tuple[str, ...], dict[str, str]]:
        names: list[str] = []
        aliases: dict[str, str] = {}
        for part in filter(None, re.split(r"[、，,;；\s]+", text)):
            name, sign, others = part.partition("=")
            if not name or name in names:
                raise NotAnAnswer(f"“{part}”没有写名称" if not name else f"“{name}”写了两遍，请只留一处")
            names.append(name)
            written = others.split("/") if sign else [word for word, of in known.aliases.items() if of == name]
            aliases.update(dict.fromkeys(filter(None, written), name))
        if not names:
            raise NotAnAnswer("请至少写一个乡镇")
        return tuple(names), aliases

    def offer(name: str) -> str:
        others = [word for word, of in known.aliases.items() if of == name]
        return f"{name}={'/'.join(others)}" if others else name

    found: tuple[tuple[str, ...], dict[str, str]] = ask(
        "township", "本县乡镇、街道（用、隔开；别的写法写在 = 后面）", "、".join(map(offer, known.names)), read
    )
    return found


def _before(rules: Rules) -> dict[str, str]:
    """Every kind of household that the forms offer, with the office that answers for it now."""
    kinds = rules.form(Role.VISITS).by_name["target_kind"].constraints.enum
    return {kind: rules.campaign.office_of(kind) for kind in kinds}


def _offices(rules: Rules, options: Options, ask: Ask) -> dict[str, str]:
    standing = {**_before(rules), **rules.campaign.offices.by_target_kind}
    given: dict[str, str] = {}
    for option in options.offices:
        kind, sign, office = option.partition("=")
        if not sign or kind.strip() not in standing:
            raise NotAnAnswer(
                f"--office 写的是“{option}”，要写成 对象类别=股室名称，对象类别可以是：{'、'.join(standing)}"
            )
        if kind.strip() in given:
            raise NotAnAnswer(f"--office 里“{kind.strip()}”写了两遍，请只留一处")
        given[kind.strip()] = office
    found: dict[str, str] = {}
    for kind, office in standing.items():
        if kind in given:
            try:
                found[kind] = _office(given[kind])
            except NotAnAnswer as refused:
                raise NotAnAnswer(f"--office {kind}：{refused}") from None
        else:
            found[kind] = ask("", f"走访“{kind}”归哪个股室负责", office, _office)
    return found


def package_upward(packages: Iterable[Package]) -> int | None:
    """Which of the packages is for addresses outside the roster; None where there is none."""
    found = [at for at, package in enumerate(packages) if "addresses" in package.model_fields_set and not package.units]
    return found[0] if found else None


def _mail(campaign: Campaign, options: Options, ask: Ask) -> tuple[str, str, str, tuple[str, ...] | None]:
    mail = campaign.mail
    sender = ask("mail-sender", "发件邮箱（没有就写“无”，信只写成文件）", mail.sender.value or _NONE[0], _address)
    smtp = ask(
        "smtp", "发信服务器，如 smtps://账号@smtp.qq.com:465", mail.smtp.value or _NONE[0], partial(_url, "smtp")
    )
    imap = ask(
        "imap", "收信邮箱，如 imaps://账号@imap.qq.com/INBOX", mail.imap.value or _NONE[0], partial(_url, "imap")
    )
    at = package_upward(mail.packages.value)
    if at is None:
        if options.single.get("report-to") is not None:
            raise NotAnAnswer(
                "--report-to：campaign.yaml 的 mail.packages 里没有写 addresses 的一行，请先照 docs/mail.md 添上"
            )
        return sender, smtp, imap, None
    standing = "、".join(mail.packages.value[at].addresses) or _NONE[0]
    question = "研判汇总情况另外报到哪些邮箱（花名册以外的，用、隔开）"
    return sender, smtp, imap, ask("report-to", question, standing, partial(_several, _address))


def _text(text: str) -> str:
    text = text.strip()
    if not text.isprintable():
        raise NotAnAnswer("里面有看不见的特殊字符，请重新输入")
    return "" if text in _NONE else text


def _name(text: str) -> str:
    text = _text(text)
    if not text:
        raise NotAnAnswer("请写名称")
    if found := _JOINS.search(text):
        raise NotAnAnswer(f"名称里不能有“{found[0]}”，它用来隔开几个名称")
    return text


def _office(text: str) -> str:
    text = _name(text)
    if found := _NO_FOLDER.search(text):
        raise NotAnAnswer(f"单位名称里不能有“{found[0]}”，它也是收件文件夹的名称")
    return text


def _several(read: Callable[[str], str], text: str) -> tuple[str, ...]:
    parts = [] if text.strip() in _NONE else filter(str.strip, _JOINS.split(text))
    return tuple(dict.fromkeys(map(read, parts)))


def _year(text: str) -> int:
    found = re.fullmatch(r"(20\d\d)年?", text.strip())
    if found is None:
        raise NotAnAnswer(f"“{text.strip()}”不是年份，请写成 2027")
    return int(found[1])


def _time(text: str) -> str:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise NotAnAnswer(f"“{text.strip()}”不是钟点，请写成 18:30")
    return f"{int(found[1]):02d}:{found[2]}"


def _address(text: str) -> str:
    text = _text(text)
    if text and not as_sent(text):
        raise NotAnAnswer(f"“{text}”不是可以寄到的邮箱地址，请写成 名字@网站，@ 前面只能是英文、数字和符号")
    return text


def _url(scheme: str, text: str) -> str:
    text = _text(text)
    if not text:
        return ""
    if not re.match(rf"{scheme}s?://\S+$", text):
        raise NotAnAnswer(f"“{text.partition('@')[2] or text}”要写成 {scheme}s://账号@主机")
    if ":" in text.partition("://")[2].rpartition("@")[0]:
        raise NotAnAnswer("这里不写密码，请去掉账号后面的冒号和密码；密码写在哪里见 docs/mail.md")
    return text
