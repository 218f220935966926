"""README and docs: every command in them can be typed and does what is said, every link leads somewhere, every picture is one."""

from __future__ import annotations

import importlib.util
import logging
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

import pytest
import typer
from conftest import made_quick

from dazoufang import cli
from dazoufang.rules.campaign import load_rules
from dazoufang.system.home import shipped

ROOT: Final = Path(__file__).parents[2]
_FIRST: Final = (
    "日常.md",
    "改规则.md",
    "出错了怎么办.md",
    "安装.md",
)  # as an office goes on: what one does the next finds
PAGES: Final = [
    *(ROOT / "docs" / name for name in _FIRST),
    *(page for page in sorted((ROOT / "docs").glob("*.md")) if page.name not in _FIRST),
    ROOT / "README.zh-CN.md",
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "benchmarks" / "README.md",
]
TEXTS: Final = {page: page.read_text("utf-8") for page in PAGES}
COMMANDS: Final = dict(typer.main.get_command(cli.app).commands)  # type: ignore[attr-defined]
_SOON: Final = frozenset({"setup"} - set(COMMANDS))  # told of by the docs; looked at as soon as it is there
_CODE: Final = re.compile(r"(?ms)^ *```(?P<language>[^\n]*)\n(?P<block>.*?)^ *```$|`(?P<inline>[^`\n]+)`")
_OURS: Final = re.compile(
    r"(?:(?:^|\s)\S*python3? \S*process\.py|^dazoufang)(?: +(?P<words>[a-z-][^|&;#>]*))?$|^… (?P<more>[a-z-]+(?: .+)?)$"
)
_PLACE: Final = re.compile(r"…|文件|\b[A-Z]{3,}\b|编号")  # what a reader puts something of his own for
_SAYS_CODE: Final = re.compile(r"(?:退出码|exit code) ?(\d)")
_ELSEWHERE: Final = ("watch", "demo")  # test_watch_command stops one; the home of this module is the other's


@dataclass(frozen=True)
class Line:
    """A command as a page has it: the words behind process.py, and the exit code that stands above it."""

    page: Path
    words: str
    code: int = 0

    @property
    def typed(self) -> list[str]:
        return shlex.split(re.sub(r"[\[\]]", "", self.words))

    @property
    def can_be_run(self) -> bool:
        name = self.typed[0] if self.typed else ""
        return name in COMMANDS and name not in _ELSEWHERE and not _PLACE.search(self.words)


def _codes(text: str) -> Iterator[tuple[str, str]]:
    """Every line of code of a page, and the paragraph above its block."""
    for found in _CODE.finditer(text):
        if found["inline"]:
            yield found["inline"], ""
            continue
        above = text[: found.start()].rstrip().rsplit("\n\n", 1)[-1]
        for line in found["block"].splitlines():
            yield from ((part.strip(), above) for part in re.split(r"&&|;", line))


def _lines(page: Path) -> Iterator[Line]:
    for code, above in _codes(TEXTS[page]):
        if found := _OURS.search(code):
            says = _SAYS_CODE.search(above)
            yield Line(page, (found["words"] or found["more"] or "").strip(), int(says[1]) if says else 0)


LINES: Final = [line for page in PAGES for line in _lines(page)]


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def test_the_pages_hold_commands_of_every_kind() -> None:
    told = {line.typed[0] for line in LINES if line.typed}
    assert set(COMMANDS) <= told
    assert sum(line.can_be_run for line in LINES) > 40


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_command_can_be_typed_as_it_stands(page: Path) -> None:
    for line in _lines(page):
        if not line.typed or line.typed[0] in _SOON:
            continue
        name, *arguments = line.typed
        assert name in COMMANDS, f"{name} is no command"
        try:
            COMMANDS[name].make_context(name, arguments)
        except typer.TyperException as error:
            pytest.fail(f"{line.words}: {error.format_message()}")


def test_every_option_that_is_named_alone_is_one_of_some_command() -> None:
    known = {option for command in COMMANDS.values() for one in command.params for option in one.opts}
    pages = [page for page in PAGES if page.name not in ("CONTRIBUTING.md", "dependencies.md")]
    named = {words.split()[0] for page in pages for words, _ in _codes(TEXTS[page]) if re.match(r"--[a-z]", words)}
    assert len(named) > 8 and named - known == {"--help"}


def test_every_command_does_what_is_said_in_the_home_of_the_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made_quick(monkeypatch)
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "demo"

    def types(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["process.py", *words])
        code = cli.main()
        log = logging.getLogger("dazoufang")
        for handler in [one for one in log.handlers if isinstance(one, RotatingFileHandler)]:
            handler.close()
            log.removeHandler(handler)
        said = capsys.readouterr()
        return code, said.out + said.err

    assert types("demo")[0] == 0
    shutil.copy(
        ROOT / "examples/inbox/法制安全股/法制安全股走访登记表.xlsx", tmp_path / "走访登记表.xlsx"
    )  # has faults
    done: set[tuple[str, ...]] = set()
    for line in LINES:
        if (
            not line.can_be_run or tuple(line.typed) in done or line.page.name == "mail.md"
        ):  # test_mail_docs has servers for it
            continue
        done.add(tuple(line.typed))
        name, *arguments = line.typed
        options = [option for one in COMMANDS[name].params for option in one.opts]
        at = ["--home", str(home)] if "--home" in options else []
        day = ["--today", "2023-10-20"] if "--today" in options and "--as-of" not in arguments else []
        code, said = types(name, *arguments, *at, *day)
        assert code == line.code, f"{_name(line.page)}: {line.words}: {said}"
        if "--as-of" in arguments:
            done.discard(("run",))  # the outbox is that of the past night until then
    assert (tmp_path / "标好的").is_dir()
    assert {words[0] for words in done} >= set(COMMANDS) - set(_ELSEWHERE) - {"send"}


def test_what_else_python_is_told_to_run_is_there() -> None:
    for page in PAGES:
        for code, _ in _codes(TEXTS[page]):
            for script in re.findall(r"\bpython3? ((?:packaging|benchmarks|\.ci)/\S+\.py)", code):
                source = (ROOT / script).read_text("utf-8")
                options = re.findall(r"(?<!\S)--[a-z-]+", code)
                assert [option for option in options if option not in source] == [], code
            for module in re.findall(r"\bpython3? -m ([\w.]+)", code):
                assert importlib.util.find_spec(module), code


class TestLinks:
    @pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=_name)
    def test_every_link_leads_to_a_file(self, page: Path) -> None:
        text = page.read_text("utf-8")
        links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", re.sub(r"(?ms)^ *```.*?^ *```$|`[^`\n]+`", "", text))
        assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []

    def test_every_page_for_the_office_and_for_engineers_is_linked_from_a_readme(self) -> None:
        linked = set(re.findall(r"\]\(docs/([^)#]+)\)", TEXTS[ROOT / "README.md"] + TEXTS[ROOT / "README.zh-CN.md"]))
        assert [page.name for page in (ROOT / "docs").glob("*.md") if page.name not in linked] == []


class TestPictures:
    FOLDER: Final = ROOT / "docs" / "img"

    def test_every_picture_that_a_page_shows_is_a_small_png(self) -> None:
        shown = {
            (page.parent / name).resolve()
            for page, text in TEXTS.items()
            for name in re.findall(r"""(?:!\[[^\]]*\]\(|<img src=")([^)"]+\.png)""", text)
        }
        assert {file.read_bytes()[:8] for file in shown} == {b"\x89PNG\r\n\x1a\n"}
        assert [file.name for file in shown if file.stat().st_size >= 150_000] == []
        assert shown == set(self.FOLDER.iterdir())

    def test_each_on_the_way_to_the_first_receipt_stands_below_words_that_lead_to_it(self) -> None:
        paragraphs = TEXTS[ROOT / "docs" / "安装.md"].split("\n\n")
        above = {
            Path(found[1]).stem: paragraphs[place - 1].rstrip()[-1]
            for place, text in enumerate(paragraphs)
            if (found := re.match(r" *!\[[^\]]+\]\(([^)]+)\)$", text))
        }
        assert above == dict.fromkeys(["unpacked", "first_question", "first_inbox", "first_run", "receipt"], "：")

    def test_the_script_makes_each_of_them(self) -> None:
        script = (ROOT / "packaging" / "make_pictures.py").read_text("utf-8")
        assert [file.name for file in self.FOLDER.iterdir() if f'    "{file.stem}": ' not in script] == []


class TestTroubles:
    PAGE: Final = TEXTS[ROOT / "docs" / "出错了怎么办.md"]

    def test_every_message_that_it_explains_is_one_that_the_program_says(self) -> None:
        source = "".join(file.read_text("utf-8") for file in [ROOT / "process.py", *(ROOT / "dazoufang").rglob("*.py")])
        table = self.PAGE.split("\n## 屏幕上的话")[1].split("\n## ")[0]
        quoted = [
            words
            for line in table.splitlines()
            for words in re.findall("“(.+?)”", line.split("|")[1] if "|" in line else "")
        ]
        assert len(quoted) > 15
        assert [words for words in quoted if words not in source] == []


class TestRules:
    def test_what_the_page_writes_into_the_rules_can_stand_there(self, tmp_path: Path) -> None:
        folder = tmp_path / "schemas"
        shutil.copytree(shipped("schemas"), folder)
        text = (folder / "campaign.yaml").read_text("utf-8")
        page = TEXTS[ROOT / "docs" / "改规则.md"]
        for block in re.findall(r"(?ms)^```yaml\n(.*?)^```$", page):
            if block.startswith("  - year:"):
                text = text.replace("# 有意为之的疑点", f"{block}# 有意为之的疑点", 1)
                continue
            for line in block.splitlines():
                key = line.partition(":")[0]
                text, changed = re.subn(rf"(?m)^{re.escape(key)}: .*$", line, text)
                assert changed == 1, line
        (folder / "campaign.yaml").write_text(text, "utf-8")
        campaign = load_rules(folder).campaign
        assert [year.year for year in campaign.years] == [2023, 2024]
        assert campaign.quota.households_per_round.value == 12
        assert (campaign.townships.names[-1], campaign.townships.aliases["经开区"]) == ("开发区", "开发区")
        assert campaign.offices.by_target_kind["原民代幼人员"] == "法制安全股"
        assert campaign.deadlines.follow_up_workdays.value == 7
