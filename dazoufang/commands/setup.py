"""`setup`: the first ten minutes of an office, and of a new year: its answers become its rules, its blank forms are made."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from dazoufang.commands.forms import write_forms
from dazoufang.commands.screen import Screen
from dazoufang.commands.setup_answers import Answers, Ask, Options, answers
from dazoufang.commands.setup_edit import edited
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.rules.forms import CAMPAIGN
from dazoufang.rules.plan_flaws import flaws
from dazoufang.rules.rules_file import BrokenRules, parsed
from dazoufang.rules.workdays import how_to_add
from dazoufang.running.outbox_plan import BLANKS
from dazoufang.system import files, temp_folder
from dazoufang.system.errors import WrongUse
from dazoufang.system.home import Home, shipped

KEPT: Final = "旧规则"  # below data/: a file in schemas/ that is no form is refused
_BOM: Final = b"\xef\xbb\xbf"


class CannotSetUp(WrongUse):
    """The answers make no rules; nothing was changed. The message says why."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """What was answered, and what came of it: `file` the rules, `changed` whether they are others than before, `kept` where
    those lie ("" there were none), `forms` the blank ones, `doubts` about the dates, in Chinese."""

    answers: Answers
    file: str
    changed: bool
    kept: str
    forms: list[str]
    doubts: list[str]


@dataclass(frozen=True, slots=True)
class Draft:
    """Rules as the answers make them, not written yet. `data`: the file's bytes; `before`: those of today, None none."""

    answers: Answers
    data: bytes
    before: bytes | None
    doubts: list[str]


def drafted(home: Home, today: date, options: Options, ask: Ask) -> Draft:
    """The home's rules with the answers in them; those that the program brings along where it has none.

    Raises:
        NotAnAnswer: an option that is no answer.
        CannotSetUp: the answers make no rules.
        BrokenRules: the rules were broken before.
    """
    rules = load_rules(home.schemas)
    own = home.root / "schemas" / CAMPAIGN
    before = own.read_bytes() if own.exists() else None
    path = own if before is not None else shipped("schemas") / CAMPAIGN
    wanted = answers(rules, today, options, ask)
    alone = before is None and not home.has_record
    text = path.read_text(encoding="utf-8-sig")
    new = edited(text, parsed(path)[1], parsed(shipped("schemas") / CAMPAIGN)[1], rules.campaign, wanted, alone=alone)
    data = _as_it_was(new, path.read_bytes())
    tried = _tried(home, data)
    doubts = [flaw for flaw in flaws(tried.campaign) if flaw.startswith(f"{wanted.year}年")]
    if not tried.campaign.workdays.knows(wanted.year):
        doubts.append(f"还不知道{wanted.year}年的法定节假日和调休安排，工作日暂按周末推算。{how_to_add([wanted.year])}")
    return Draft(wanted, data, before, doubts)


def _as_it_was(text: str, before: bytes) -> bytes:
    """The text in the spelling that the file has: line ends, mark of the encoding."""
    data = text.replace("\n", "\r\n").encode() if b"\r\n" in before else text.encode()
    return _BOM + data if before.startswith(_BOM) else data


def _tried(home: Home, data: bytes) -> Rules:
    """The rules as they would be; they are tried in a folder of their own, so that broken ones never replace the home's."""
    own = home.root / "schemas"
    with tempfile.TemporaryDirectory(dir=temp_folder.folder()) as folder:
        trial = Path(folder) / "schemas"
        if own.is_dir():
            shutil.copytree(own, trial)
        trial.mkdir(exist_ok=True)
        (trial / CAMPAIGN).write_bytes(data)
        try:
            return load_rules(trial)
        except BrokenRules as broken:
            raise CannotSetUp(f"照这样填，规则就不对了，什么也没有改：{broken.mistake}。{broken.remedy}") from None


def set_up(home: Home, draft: Draft, today: date) -> SetUp:
    """Write the rules, keep those that were, make the folders and the blank forms."""
    file = home.root / "schemas" / CAMPAIGN
    kept = ""
    home.make()
    if draft.data != draft.before:
        if draft.before is not None:
            kept = str(_kept(home.data / KEPT, draft.before, today))
        files.write_atomic(file, draft.data)
    return SetUp(draft.answers, str(file), draft.data != draft.before, kept, write_forms(home, today), draft.doubts)


def _kept(folder: Path, data: bytes, today: date) -> Path:
    """A copy of the old rules, named by the day."""
    number = 1
    while True:
        path = folder / f"campaign {today}{f' ({number})' if number > 1 else ''}.yaml"
        if not path.exists():
            files.write_atomic(path, data)
        if path.read_bytes() == data:
            return path
        number += 1


def as_json(done: SetUp) -> dict[str, Any]:
    """As `setup --json` prints it; days as ISO texts."""
    said = asdict(done)
    said["answers"]["dates"] = {name: list(map(str, span)) for name, span in done.answers.dates.items()}
    return said


def show_draft(draft: Draft, screen: Screen) -> None:
    """The year's dates with what is doubtful about them."""
    screen.say(f"\n{draft.answers.year}年：", "bold")
    for name, (first, last) in draft.answers.dates.items():
        screen.say(f"  {name}  {first} 至 {last}")
    for doubt in draft.doubts:
        screen.say(f"  请看一看：{doubt}", "yellow")


def show(done: SetUp, home: Home, screen: Screen) -> None:
    """What was written, and what is to be put where now."""
    screen.data(as_json(done))
    if not done.changed:
        screen.say(f"规则与所填的一样，没有改动：{done.file}")
    else:
        screen.say(f"规则已写好：{done.file}", "bold")
    if done.kept:
        screen.say(f"原来的规则留在：{done.kept}")
    screen.say(f"空白表 {len(done.forms)} 张：{home.outbox / BLANKS}")
    answer = done.answers
    screen.say("\n接下来：", "bold")
    shared = answer.shown_path or str(home.inbox)
    steps = [
        f"填好花名册（空白表/花名册.xlsx），放进 {home.inbox}；以后有人来、有人走，改好再放一次",
        f"在 {home.inbox} 下给每个单位建一个文件夹，如 {answer.coordinator}；共享给各单位：{shared}",
        "把空白表发给各单位；他们也可以照旧填自己的表，放进自己的文件夹",
        f"任务分解表、裁定表由{answer.coordinator}放进 {home.inbox}",
        "运行 python process.py doctor 检查一遍，再运行 python process.py run 收第一次表；要随到随收就运行 watch",
    ]
    if answer.smtp or answer.imap:
        steps.insert(4, "邮箱的密码写在哪里见 docs/mail.md；写好后运行 python process.py doctor --mail 试发一封")
    for number, step in enumerate(steps, 1):
        screen.say(f"  {number}. {step}")
