"""The commands about an office's rules, as they are typed: setup, explain, learn."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from dazoufang.commands.asked import day_asked_for, home_asked_for, refuse_a_strange_home
from dazoufang.commands.screen import Screen
from dazoufang.entry.options import HomeOption, JsonOption, QuietOption, TodayOption, YesOption


def setup_command(
    bureau: Annotated[str | None, typer.Option("--bureau", help="本局名称")] = None,
    name: Annotated[str | None, typer.Option("--name", help="活动名称")] = None,
    year: Annotated[str | None, typer.Option("--year", help="哪一年的安排，如 2027")] = None,
    dates: Annotated[list[str] | None, typer.Option("--dates", help="一个阶段或一轮的起止，可写几次，如 上半年=2027-03-12..2027-04-28、上半年·走访摸排=3-12..3-16、考核讲评=12-1..12-20")] = None,
    township: Annotated[list[str] | None, typer.Option("--township", help="乡镇、街道，一个写一次；别的写法：鲇鱼须镇=鲶鱼须/鲶鱼须镇")] = None,
    office: Annotated[list[str] | None, typer.Option("--office", help="对象类别=责任股室，如 人大代表=办公室，可写几次")] = None,
    coordinator: Annotated[str | None, typer.Option("--coordinator", help="综合股室")] = None,
    security_office: Annotated[str | None, typer.Option("--security-office", help="治安环境的情况交给哪个股室")] = None,
    operator: Annotated[list[str] | None, typer.Option("--operator", help="每晚的情况发给哪个单位，可写几次")] = None,
    mail_sender: Annotated[str | None, typer.Option("--mail-sender", help="发件邮箱")] = None,
    smtp: Annotated[str | None, typer.Option("--smtp", help="发信服务器，不写密码")] = None,
    imap: Annotated[str | None, typer.Option("--imap", help="收信邮箱，不写密码")] = None,
    report_to: Annotated[list[str] | None, typer.Option("--report-to", help="研判汇总情况另外报到哪个邮箱，可写几次")] = None,
    shown_path: Annotated[str | None, typer.Option("--shown-path", help="各单位看到的收件文件夹")] = None,
    nightly_at: Annotated[str | None, typer.Option("--nightly-at", help="每天几点汇总，如 18:30")] = None,
    home: HomeOption = None, today: TodayOption = None, as_json: JsonOption = False, quiet: QuietOption = False,
    yes: Annotated[bool, typer.Option("--yes", help="不提问：没有写的照现有的规则")] = False,
) -> None:  # fmt: skip
    """新用、新的一年：填好本局名称、日期、乡镇、股室、邮箱，写成规则，出空白表。"""
    from dazoufang.commands import setup
    from dazoufang.commands.setup_answers import Options, offers, refuse_wrong_options
    from dazoufang.commands.setup_asking import Questions
    from dazoufang.rules.campaign import load_rules

    screen, place, day = Screen(as_json=as_json, quiet=quiet), home_asked_for(home), day_asked_for(today)
    joined = {"township": township, "operator": operator, "report-to": report_to}
    single = {
        "bureau": bureau, "name": name, "year": year, "coordinator": coordinator, "security-office": security_office,
        "mail-sender": mail_sender, "smtp": smtp, "imap": imap, "shown-path": shown_path, "nightly-at": nightly_at,
        **{option: "、".join(words) if words else None for option, words in joined.items()},
    }  # fmt: skip
    options = Options(single, dates or (), office or ())
    watched = sys.stdin is not None and sys.stdin.isatty()
    questions = Questions(screen) if watched and not (yes or as_json) else None
    if questions:
        refuse_wrong_options(load_rules(place.schemas), day, options)
        screen.say("一行一个问题，回车就用方括号里的；没有的写“无”。最后才写入，中途按 Ctrl-C 什么也不改。\n")
    while True:
        draft = setup.drafted(place, day, options, offers(questions, options))
        setup.show_draft(draft, screen)
        if questions is None or questions.agreed(f"\n就这样写入 {place.root / 'schemas'} 吗"):
            break
        screen.say("那就再填一遍，方括号里是刚才填的。\n")
    setup.show(setup.set_up(place, draft, day), place, screen)


def explain_command(
    code: Annotated[str, typer.Argument(help="回执、退回件上的问题代码，如 C09")],
    as_json: JsonOption = False, quiet: QuietOption = False,
) -> None:  # fmt: skip
    """一个问题代码是什么意思、怎么改、局里可以做什么。"""
    from dazoufang.commands.reference import explanation

    screen, said = Screen(as_json=as_json, quiet=quiet), explanation(code)
    screen.data({"explanation": said})
    screen.say(said)


def learn_command(
    form: Annotated[str, typer.Argument(help="哪张表，如 走访登记表")],
    heading: Annotated[str, typer.Argument(help="表里写的表头，如 联系方式2")],
    title: Annotated[str, typer.Argument(help="就是哪一列，如 联系电话")],
    home: HomeOption = None, as_json: JsonOption = False, quiet: QuietOption = False, yes: YesOption = False,
) -> None:  # fmt: skip
    """让程序记住一个新的表头，并把用过它的原件放回 inbox 重新读。"""
    from dazoufang.commands.learn import learn, show

    refuse_a_strange_home(home, yes=yes)
    show(learn(home_asked_for(home), form, heading, title), Screen(as_json=as_json, quiet=quiet))
