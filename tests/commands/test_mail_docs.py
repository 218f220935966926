"""docs/mail.md: every command in it runs, every address in it is read, every word it quotes is said."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from imap_server import ImapServerForTests
from killing import InProcess
from smtp_server import SmtpServerForTests
from tables import workbook
from test_cli import inside
from test_night import HEAD, letter, parsed

from dazoufang.commands.nightly import Posted
from dazoufang.mail.servers import ImapServer, SmtpServer, imap_server, smtp_server
from dazoufang.mail.settings import servers
from dazoufang.record.letters import DIGEST, Queued
from dazoufang.rules.campaign import load_rules
from dazoufang.rules.mail import Mail
from dazoufang.system.home import shipped

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "mail.md").read_text("utf-8")
PROGRAM: Final = "python process.py "
COMMANDS: Final = [
    "doctor --mail",
    "nightly",
    "nightly --json",
    "report-up",
    "send --dry-run",
    "send",
    "send --release",
]
ROSTER: Final = "| 姓名 | 单位 | 角色 | 邮箱 |\n| 李明 | 工会 | 股室负责人 | liming@example.org |\n"
LIMING: Final = "liming@example.org"


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language, in their order."""
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", PAGE)


def program_lines() -> list[str]:
    """What the page tells to run of this program, as behind `python process.py`."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [line.removeprefix(PROGRAM) for line in lines if line.startswith(PROGRAM)]


def rows(heading: str) -> list[str]:
    """The first cells of the table below a heading that begins so, less the head of the table."""
    text = PAGE.split(f"\n## {heading}")[1].split("\n## ")[0]
    return [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")][1:]


class Clerk:
    """Somebody at a PC with the settings of the page, whose servers are here."""

    def __init__(
        self,
        home: Path,
        mailbox: ImapServerForTests,
        server: SmtpServerForTests,
        patch: pytest.MonkeyPatch,
        screen: pytest.CaptureFixture[str],
    ) -> None:
        self.home, self.mailbox, self.server = home, mailbox, server
        self._patch, self._screen = patch, screen
        self.smtp_url = server.url

    def drop(self, name: str, data: bytes) -> None:
        """Put a file into the inbox."""
        file = self.home / "inbox" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)

    def types(self, command: str, day: str = "2023-10-20") -> str:
        """Run a command on that day, in this process; returns what it says, which is no complaint."""
        with self._patch.context() as patch:
            patch.setenv("DAZOUFANG_HOME", str(self.home))
            patch.setenv("DAZOUFANG_IMAP_URL", self.mailbox.url)
            patch.setenv("DAZOUFANG_SMTP_URL", self.smtp_url)
            code = inside(patch, *command.split(), "--today", day)
        said, complaint = self._screen.readouterr()
        assert (code, complaint) == (0, ""), (command, said, complaint)
        return said

    def told(self) -> list[str]:
        """The subjects of what has been sent."""
        return [str(parsed(data)["Subject"]) for _, _, data in self.server.letters]


@pytest.fixture
def clerk(
    tmp_path: Path, quick: InProcess, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Clerk]:
    with ImapServerForTests() as mailbox, SmtpServerForTests() as server:
        made = Clerk(tmp_path / "home", mailbox, server, monkeypatch, capsys)
        made.drop("花名册.xlsx", workbook(ROSTER))
        yield made


def visits(count: int) -> bytes:
    row = "| 2023-09-20 | 李明 | 户{0} | 其他 | {1} | |\n"
    return workbook(HEAD + "".join(row.format(at, 13800000000 + at) for at in range(count)), unit="工会")


class TestCommands:
    def test_the_page_has_them_all(self) -> None:
        assert program_lines() == COMMANDS
        in_the_text = set(re.findall(r"python process\.py ([\w-]+)", PAGE))
        assert in_the_text == {"doctor", "nightly", "report-up", "send"}

    def test_they_run_from_an_empty_office_to_the_first_letter_and_to_what_is_released(self, clerk: Clerk) -> None:
        doctor, nightly, as_json, report_up, dry_run, send, release = COMMANDS
        clerk.mailbox.letters.append(letter(LIMING, text="测试"))
        clerk.types(doctor)
        assert clerk.told() == ["大走访 试发信"]
        (expected,) = blocks("text")
        assert clerk.types(nightly) == expected
        assert clerk.told()[1] == "大走访回执 10月20日：信里没有找到表" and len(clerk.told()) == 3
        assert '"no_address": []' in clerk.types(as_json)
        assert "封面 研判汇总情况上报.xlsx" in clerk.types(report_up)

        clerk.drop("工会/走访.xlsx", visits(40))
        clerk.types(nightly, "2023-10-23")
        clerk.drop("工会/走访.xlsx", visits(5))
        assert "信先不发：走访户次从昨晚的40减到今晚的5" in clerk.types(nightly, "2023-10-24")
        before = len(clerk.told())
        (file,) = clerk.types(dry_run, "2023-10-24").split("\n", 1)[:1]
        assert (clerk.home / "outbox" / file).is_file()
        assert clerk.types(send, "2023-10-24") == "信 待放行 1 封\n" and len(clerk.told()) == before
        assert clerk.types(release, "2023-10-24") == "信 已发出 1 封\n" and len(clerk.told()) == before + 1

    def test_without_a_server_the_letters_are_files_called_as_the_page_says(self, clerk: Clerk) -> None:
        clerk.smtp_url = ""  # what setx … "" leaves
        clerk.types("nightly")
        (path,) = set(re.findall(r"outbox/邮件/\d[^`]*\.eml", PAGE))
        assert (clerk.home / path).is_file()

    def test_a_refused_letter_lies_where_the_page_says(self, clerk: Clerk) -> None:
        clerk.mailbox.letters.append(letter("x@example.net", text="测试"))
        clerk.types("nightly")
        assert "`data/mail/refused/`" in PAGE
        assert [file.suffix for file in (clerk.home / "data" / "mail" / "refused").iterdir()] == [".eml"]

    def test_the_password_file_of_the_page_is_one_that_the_program_reads(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (block,) = [block for block in blocks("sh") if "chmod" in block]
        script = f'set -e\n{block}printf %s "$DAZOUFANG_MAIL_PASSWORD_FILE"'
        done = subprocess.run(
            ["sh", "-c", script], env={**os.environ, "HOME": str(tmp_path)}, capture_output=True, encoding="utf-8"
        )
        assert done.returncode == 0, done.stderr
        monkeypatch.setenv("DAZOUFANG_MAIL_PASSWORD_FILE", done.stdout)
        assert smtp_server("smtps://123456%40qq.com@smtp.qq.com:465") == TestSettings.QQ[0]


class TestSettings:
    QQ: Final = (
        SmtpServer("smtp.qq.com", 465, "123456@qq.com", "授权码", "tls"),
        ImapServer("imap.qq.com", 993, "123456@qq.com", "授权码", True, "INBOX"),
    )

    def test_every_url_with_a_password_is_read(self) -> None:
        table = PAGE.split("| 123456@qq.com |")[1].split("\n\n")[0]
        outgoing = [smtp_server(url) for url in re.findall(r"`(smtps?://[^`]+)`", table)]
        incoming = [imap_server(url) for url in re.findall(r"`(imaps?://[^`]+)`", table)]
        assert (outgoing[0], incoming[0]) == self.QQ
        assert [(server.host, server.port, server.user, server.security) for server in outgoing[1:]] == [
            ("smtp.163.com", 465, "zoufang@163.com", "tls"),
            ("mail.example.cn", 587, "zoufang", "starttls"),
        ]
        assert [(server.host, server.port, server.user, server.folder) for server in incoming[1:]] == [
            ("imap.163.com", 993, "zoufang@163.com", "INBOX"),
            ("mail.example.cn", 993, "zoufang", "大走访"),
        ]

    def test_each_window_is_told_the_same_in_its_own_way(self) -> None:
        cmd, bat, password = blocks("bat")
        (powershell,) = blocks("powershell")
        (sh,) = [block for block in blocks("sh") if "export DAZOUFANG_SMTP_URL" in block]
        assert re.findall("%+", bat) == ["%%", "%%"] and "%%" not in cmd + powershell + sh
        for block in (cmd, bat.replace("%%", "%"), powershell, sh):
            said = dict(re.findall(r"^(?:setx|export) (\w+)[ =][\"'](.+)[\"']$", block, re.MULTILINE))
            assert (smtp_server(said["DAZOUFANG_SMTP_URL"]), imap_server(said["DAZOUFANG_IMAP_URL"])) == self.QQ
        assert password.startswith("setx DAZOUFANG_MAIL_PASSWORD_FILE ")

    def test_what_it_writes_into_the_rules_can_stand_there(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rules = tmp_path / "schemas"
        rules.mkdir()
        for file in shipped("schemas").glob("*.yaml"):
            (rules / file.name).write_bytes(file.read_bytes())
        text = (rules / "campaign.yaml").read_text("utf-8")
        for line in "".join(blocks("yaml")).splitlines():
            key = line.partition("," if line.lstrip().startswith("- {") else ":")[0]
            text, changed = re.subn(rf"(?m)^{re.escape(key)}[:,] .*$", line, text)
            assert changed == 1
        (rules / "campaign.yaml").write_text(text, "utf-8")
        password = tmp_path / "password"
        password.write_text("授权码\n", "utf-8")
        password.chmod(0o600)
        monkeypatch.setenv("DAZOUFANG_MAIL_PASSWORD_FILE", str(password))
        mail = load_rules(rules).campaign.mail
        assert mail.senders.value == {"zhangsan@qq.com": "工会"}
        found = servers(mail)
        assert (found.smtp, found.imap) == self.QQ

    def test_the_rules_it_names_are_there_with_the_values_it_tells(self) -> None:
        mail = load_rules(shipped("schemas")).campaign.mail
        for name in set(re.findall(r"`mail` 的 `(\w+)`", PAGE)):
            assert name in Mail.model_fields
        assert (mail.poll_minutes.value, mail.attach_mb.value, mail.operators.value) == (5, 20, ("办公室",))
        hold = mail.hold
        assert (hold.rows_fell_percent.value, hold.rows_fell_at_least.value) == (20, 20)
        assert (hold.silent_unit_rows.value, hold.rate_jump_points.value) == (20, 30)


class TestWords:
    def test_every_error_it_explains_is_one_that_the_program_says(self) -> None:
        folders = ("mail", "rules", "commands")
        source = "".join(
            file.read_text("utf-8") for folder in folders for file in (ROOT / "dazoufang" / folder).glob("*.py")
        )
        quoted = [words for cell in rows("八、") for words in re.findall("“(.+?)”", cell)]
        assert len(quoted) > 25
        assert [words for words in quoted if words not in source] == []

    def test_every_state_of_a_letter_is_explained(self) -> None:
        states = ("sent", "filed", "queued", "deferred", "bounced", "uncertain", "held")
        letters = [Queued("", DIGEST, date(2023, 10, 20), "", "", "", b"", state) for state in states]
        told = re.findall(r"([^，]+) 1 封", Posted(letters).words.removeprefix("信 "))
        assert rows("六、") == told
