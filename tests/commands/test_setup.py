"""`setup`: an office's answers become its rules; nothing half, nothing twice, nothing of what stands is lost."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import Office
from tables import workbook
from test_cli import inside
from test_sources import OWN, sources

from dazoufang import cli
from dazoufang.rules.campaign import load_rules
from dazoufang.system import files
from dazoufang.system.home import Home, shipped

pytestmark = pytest.mark.usefixtures("few_outputs")

ROOT = Path(__file__).parents[2]
YUNXI = [
    "--bureau", "云溪县教育局", "--year", "2027", "--dates", "上半年=2027-03-15..2027-04-30",
    "--township", "城关镇", "--township", "柳河镇=柳镇",
    "--office", "联点乡镇群众=乡村股", "--office", "人大代表=综合股", "--office", "政协委员=综合股",
    "--office", "原民代幼人员=综合股", "--office", "其他=信访股",
    "--report-to", "kaohe@yunxi.cn", "--mail-sender", "bgs@yunxi.cn", "--shown-path", r"\\yunxi\大走访",
]  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "云溪")


@pytest.fixture
def set_up(home: Home, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command on the home, as a script types it, in January 2027; the exit code."""

    def command(*words: str) -> int:
        return inside(monkeypatch, "setup", "--home", str(home.root), "--today", "2027-01-10", *words)

    return command


def rules_text(home: Home) -> str:
    return (home.root / "schemas" / "campaign.yaml").read_text(encoding="utf-8")


class TestANewOffice:
    def test_its_answers_are_its_rules_and_remarks_and_order_stay(self, set_up: Any, home: Home) -> None:
        assert set_up(*YUNXI) == 0
        before = (shipped("schemas") / "campaign.yaml").read_text(encoding="utf-8").splitlines()
        after = rules_text(home).splitlines()
        assert len(after) == len(before)
        changed = [line for line, old in zip(after, before, strict=True) if line != old]
        assert [line.strip() for line in changed] == [
            "value: 云溪县教育局",
            "- year: 2027",
            "source: 局内设定：2027年的时间安排，由本局确定",
            "- {name: 走访摸排, first: 2027-03-15, last: 2027-03-19}",
            "- {name: 汇总研判, first: 2027-03-20, last: 2027-03-30}",
            "- {name: 集中化解, first: 2027-03-31, last: 2027-04-30}",
            "- {name: 走访摸排, first: 2027-09-18, last: 2027-09-28}",
            "- {name: 汇总研判, first: 2027-09-29, last: 2027-10-15}",
            "- {name: 集中化解, first: 2027-10-16, last: 2027-11-17}",
            "review: {name: 考核讲评, first: 2027-12-01, last: 2027-12-20}",
            "source: 局内设定：本县的乡镇、街道，共2个",
            "names: [城关镇, 柳河镇]",
            "aliases: {柳镇: 柳河镇}",
            "source: 局内设定：由本局确定",
            "by_target_kind: {联点乡镇群众: 乡村股, 人大代表: 综合股, 政协委员: 综合股, 原民代幼人员: 综合股, 其他: 信访股}",
            "coordinator: {value: 综合股, source: 局内设定：严重逾期时一并提醒的综合股室}",
            "speak_for_others: {value: [乡村股, 综合股, 信访股], source: 局内设定：分口汇总的股室和办公室可以报送别的单位的行}",
            "send_roster: {value: [根目录, 综合股], source: 局内设定：谁可以报送花名册}",
            "send_assignments: {value: [根目录, 综合股], source: 局内设定：谁可以报送任务分解表}",
            "send_decisions: {value: [根目录, 综合股], source: 局内设定：谁可以报送裁定表}",
            "security_office: {value: 信访股, source: 局内设定：治安环境的情况只交给这个股室}",
            r'shown_path: {value: "\\\\yunxi\\大走访", source: '
            r"'局内设定：各单位看到的收件文件夹，如 \\server\大走访\inbox，写在回执和退回件里；空着就不写'}",
            "sender: {value: bgs@yunxi.cn, source: 局内设定：发件地址；空着就用发信账号}",
            "operators: {value: [综合股], source: 局内设定：每晚的情况发给哪些单位（花名册上有邮箱的人）}",
            "- {to: 上报经办, units: [综合股], lists: [封面, 附件1, 附件2, 附件3], rows: 全部, audience: 上报, days: [汇总研判], alone: true}",
            "- {to: 县级考核, addresses: [kaohe@yunxi.cn], lists: [封面, 附件1, 附件2, 附件3], rows: 全部, audience: 上报, days: [汇总研判], alone: true}",
        ]  # fmt: skip
        assert sorted(path.name for path in (home.root / "schemas").iterdir()) == ["campaign.yaml"]

    def test_the_forms_lie_there_and_it_says_what_to_put_where(
        self, set_up: Any, home: Home, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert set_up(*YUNXI) == 0
        said = capsys.readouterr().out
        blank = openpyxl.load_workbook(home.outbox / "空白表" / "走访登记表.xlsx")
        offered = {
            str(cell) for page in blank.worksheets for row in page.iter_rows(values_only=True) for cell in row if cell
        } | {str(rule.formula1) for page in blank.worksheets for rule in page.data_validations.dataValidation}
        assert any("城关镇" in text for text in offered) and not any("章华镇" in text for text in offered)
        assert "2027-09-20 00:00:00" in offered and "2023-09-20 00:00:00" not in offered  # the sample row
        assert "2027年上半年：汇总研判的第一天3月20日（星期六）是休息日" in said
        assert "还不知道2027年的法定节假日和调休安排" in said
        for step in (
            f"1. 填好花名册（空白表/花名册.xlsx），放进 {home.inbox}",
            r"共享给各单位：\\yunxi\大走访",
            "任务分解表、裁定表由综合股放进",
            "python process.py doctor",
            "python process.py run",
        ):
            assert step in said

    @pytest.mark.usefixtures("quick")
    def test_a_round_runs_under_the_new_name_with_its_townships_and_offices(self, set_up: Any, home: Home) -> None:
        assert set_up(*YUNXI) == 0
        office = Office(home, date(2027, 4, 2))
        office.drop("花名册.xlsx", workbook("姓名 | 单位 | 角色\n何苗 | 学籍股 | 股室负责人"))
        head = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 联系电话 | 矛盾纠纷和信访诉求"
        rows = [
            "@2027-03-16 | 何苗 | 张三 | 人大代表 | 柳镇 | 13800000001 | 与邻居因排水沟改道争执",
            "@2027-03-17 | 何苗 | 王五 | 其他 | 城关 | 13800000002 | ",
            "@2027-03-18 | 何苗 | 赵六 | 其他 | 章华镇 | 13800000003 | ",
        ]
        office.take("学籍股/走访登记表.xlsx", workbook("\n".join([head, *rows])))
        (annex,) = home.outbox.glob("附件1*.xlsx")
        assert annex.name == "附件1 县乡干部大走访活动汇总表.xlsx"
        book = openpyxl.load_workbook(io.BytesIO(annex.read_bytes()))
        told = [[str(cell or "") for cell in row] for row in book["走访明细"].iter_rows(values_only=True)]
        assert any("填报单位：云溪县教育局" in cell for row in told for cell in row)
        wanted = ("张三", "王五", "赵六", "柳河镇", "城关镇", "章华镇", "综合股", "信访股")
        assert [[cell for cell in row if cell in wanted] for row in told if "何苗" in row] == [
            ["张三", "柳河镇", "综合股"], ["王五", "城关镇", "信访股"],
        ]  # fmt: skip
        assert [path.name for path in (home.outbox / "退回" / "学籍股").iterdir()] == [
            "走访登记表.xlsx 需修改0002.xlsx"
        ]
        assert (home.root / "data" / "旧规则").exists() is False

    def test_every_source_is_the_plans_words_or_the_bureaus_own(self, set_up: Any, home: Home) -> None:
        assert set_up(*YUNXI, "--name", "云溪县干部大走访活动") == 0
        import yaml

        found = dict(sources(yaml.safe_load(rules_text(home))))
        for path in (".name", ".bureau", ".years[0]", ".townships", ".offices", ".mail.packages"):
            assert found[path].startswith(OWN), path
        assert found[".quota.households_per_round"] == "实施方案：每人走访不少于10户"

    def test_without_options_and_without_a_terminal_what_is_offered_is_taken(self, set_up: Any, home: Home) -> None:
        assert set_up() == 0
        campaign = load_rules(home.schemas).campaign
        assert campaign.bureau.value == "华容县教育体育局"
        assert [(year.year, year.rounds[0].first, year.review.last) for year in campaign.years] == [
            (2027, date(2027, 3, 12), date(2027, 12, 20))
        ]
        assert campaign.townships == load_rules(shipped("schemas")).campaign.townships


class TestAnOfficeThatStands:
    @pytest.fixture
    def standing(self, set_up: Any, home: Home, capsys: pytest.CaptureFixture[str]) -> str:
        """An office's rules with a remark of its own."""
        assert set_up(*YUNXI) == 0
        file = home.root / "schemas" / "campaign.yaml"
        file.write_text(
            rules_text(home).replace("names: [城关镇, 柳河镇]", "names: [城关镇, 柳河镇]  # 2026年并乡"), "utf-8"
        )
        capsys.readouterr()
        return rules_text(home)

    @pytest.mark.usefixtures("standing")
    def test_the_same_answers_again_change_nothing(
        self, set_up: Any, home: Home, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def all_files() -> dict[str, tuple[bytes, int]]:
            found = [path for path in sorted(home.root.rglob("*")) if path.is_file() and path.suffix != ".log"]
            return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in found}

        before = all_files()
        assert set_up(*YUNXI) == 0
        assert set_up("--json") == 0
        assert all_files() == before
        said = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert (said["changed"], said["kept"], len(said["forms"])) == (False, "", 9)
        assert said["answers"]["dates"]["上半年·走访摸排"] == ["2027-03-15", "2027-03-19"]
        assert said["answers"]["offices"]["其他"] == "信访股"

    def test_a_new_year_is_a_copied_block_and_the_old_rules_are_kept(
        self, set_up: Any, home: Home, standing: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert set_up("--year", "2028", "--dates", "考核讲评=12-4..12-15") == 0
        text = rules_text(home)
        block = text[text.index("  - year: 2028") : text.index("# 有意为之")]
        assert text.replace(block, "") == standing
        assert "{name: 汇总研判, first: 2028-03-20, last: 2028-03-30}" in block
        assert "review: {name: 考核讲评, first: 2028-12-04, last: 2028-12-15}" in block
        kept = home.data / "旧规则" / "campaign 2027-01-10.yaml"
        assert kept.read_text(encoding="utf-8") == standing
        assert f"原来的规则留在：{kept}" in capsys.readouterr().out
        assert set_up("--bureau", "云溪县教体局") == 0
        assert [path.name for path in sorted(kept.parent.iterdir())] == [
            "campaign 2027-01-10 (2).yaml", "campaign 2027-01-10.yaml",
        ]  # fmt: skip

    @pytest.mark.usefixtures("standing")
    def test_once_the_year_is_over_the_next_is_offered(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        for _ in range(2):
            assert inside(monkeypatch, "setup", "--home", str(home.root), "--today", "2027-12-21", "--quiet") == 0
            assert [year.year for year in load_rules(home.schemas).campaign.years] == [2027, 2028]

    def test_an_older_file_without_newer_parts_gets_only_what_is_answered(self, set_up: Any, home: Home) -> None:
        folder = home.root / "schemas"
        folder.mkdir(parents=True)
        own = "bureau: {value: 云溪县教育局, source: 局内设定：表头}\r\nmail:\r\n  sender: {value: a@b.cn, source: 局内设定：地址}\r\n"
        (folder / "campaign.yaml").write_bytes(b"\xef\xbb\xbf" + own.encode())
        assert (
            set_up("--today", "2023-10-20", "--year", "2023", "--report-to", "x@y.cn", "--office", "其他=信访股") == 0
        )
        data = (folder / "campaign.yaml").read_bytes()
        assert data.startswith(b"\xef\xbb\xbf" + own.encode()) and data.count(b"\n") == data.count(b"\r\n")
        campaign = load_rules(folder).campaign
        assert campaign.offices.by_target_kind["其他"] == "信访股"
        assert campaign.offices.by_target_kind["人大代表"] == "办公室"
        assert [package.addresses for package in campaign.mail.packages.value][1] == ("x@y.cn",)
        assert len(campaign.mail.packages.value) == 6

    def test_what_cannot_be_written_leaves_the_old_rules(
        self, set_up: Any, home: Home, standing: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write = files.write_atomic

        def full(path: Path, data: bytes) -> None:
            if path.name == "campaign.yaml":
                raise OSError(28, "No space left on device", str(path))
            write(path, data)

        with monkeypatch.context() as patched:
            patched.setattr(files, "write_atomic", full)
            assert set_up("--bureau", "别的局") == cli.UNFINISHED
        assert rules_text(home) == standing


class TestRefused:
    @pytest.mark.parametrize(
        ("words", "why"),
        [
            (["--bureau", "甲、乙"], "--bureau：名称里不能有“、”"),
            (["--year", "27"], "--year：“27”不是年份，请写成 2027"),
            (["--dates", "上半年=3-1..2-1"], "上半年·走访摸排：最后一天2027-02-01早于第一天2027-03-01"),
            (["--dates", "秋天=3-1..4-1"], "--dates 写的是“秋天=3-1..4-1”"),
            (["--office", "农民=办公室"], "--office 写的是“农民=办公室”，要写成 对象类别=股室名称"),
            (["--office", "其他=a/b"], "--office 其他：单位名称里不能有“/”"),
            (["--township", "甲镇", "--township", "甲镇"], "--township：“甲镇”写了两遍"),
            (["--mail-sender", "办公室"], "--mail-sender：“办公室”不是可以寄到的邮箱地址"),
            (["--smtp", "smtps://a:secret@qq.com"], "--smtp：这里不写密码"),
            (["--imap", "qq.com"], "--imap：“qq.com”要写成 imaps://账号@主机"),
            (["--nightly-at", "25:00"], "--nightly-at：“25:00”不是钟点，请写成 18:30"),
            (["--report-to", "a@b.cn", "--report-to", "x"], "--report-to：“x”不是可以寄到的邮箱地址"),
        ],
    )
    def test_an_option_that_is_no_answer_is_named_with_why_and_nothing_is_made(
        self, set_up: Any, home: Home, words: list[str], why: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert set_up("--year", "2027", *words) == cli.WRONG_USE
        said = capsys.readouterr()
        assert said.err.startswith(why) and "secret" not in said.err and said.out == ""
        assert not home.root.exists()

    def test_answers_that_make_no_rules_are_refused_and_nothing_is_made(
        self, set_up: Any, home: Home, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert set_up("--township", "甲镇", "--township", "乙镇=/x", "--coordinator", "根目录") == cli.WRONG_USE
        assert capsys.readouterr().err.startswith("照这样填，规则就不对了，什么也没有改：")
        assert not home.root.exists()

    def test_rules_that_were_broken_before_are_named_with_their_line(
        self, set_up: Any, home: Home, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = home.root / "schemas"
        folder.mkdir(parents=True)
        (folder / "campaign.yaml").write_text("bureau:\n  value: [甲]\n  source: 局内设定：某某\n", encoding="utf-8")
        assert set_up("--bureau", "乙局") == cli.WRONG_USE
        assert "campaign.yaml 第2行" in capsys.readouterr().err


class Terminal:
    """The command on a terminal of its own; what it says is read up to each question."""

    def __init__(self, *words: str) -> None:
        import pty
        import termios

        self._fd, other = pty.openpty()
        termios.tcsetwinsize(self._fd, (40, 300))
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "process.py"), *words], stdin=other, stdout=other, stderr=other, close_fds=True,
            start_new_session=True, preexec_fn=_own_terminal, env={**os.environ, "TERM": "xterm", "COLUMNS": "300"},
        )  # fmt: skip
        os.close(other)

    def asked(self) -> str:
        """What was said until the next question, or the end."""
        said = b""
        while not re.search("]：(\x1b\\[[?0-9;]*[a-zA-Z])*$".encode(), said):
            try:
                piece = os.read(self._fd, 4096)
            except OSError:  # the other side is closed
                piece = b""
            if not piece:
                break
            said += piece
        return re.sub(r"\x1b\[[?0-9;]*[a-zA-Z]|\r", "", said.decode(errors="replace"))

    def type(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def ended(self) -> int:
        try:
            return self._process.wait(60)
        finally:
            os.close(self._fd)


def _own_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C reaches it


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")
class TestOnATerminal:
    def test_it_asks_one_question_a_line_again_where_an_answer_is_none_and_writes_at_the_end(self, home: Home) -> None:
        terminal = Terminal("setup", "--home", str(home.root), "--today", "2027-01-10", "--bureau", "云溪县教育局")
        assert terminal.asked().splitlines()[-1].endswith("活动名称（写在附件标题里） [县乡干部大走访活动]：")
        terminal.type("\n")
        assert terminal.asked().splitlines()[-1] == "哪一年的安排 [2027]："
        terminal.type("二七\n")
        again = terminal.asked().splitlines()
        assert again[-2:] == ["  “二七”不是年份，请写成 2027", "哪一年的安排 [2027]："]
        terminal.type("\n")
        assert terminal.asked().splitlines()[-1] == "2027年上半年·走访摸排 [2027-03-12..2027-03-16]："
        terminal.type("3月15日-19日\n")
        assert terminal.asked().splitlines()[-1] == "2027年上半年·汇总研判 [2027-03-20..2027-03-30]："
        asked = ""
        for _ in range(40):
            assert not home.root.exists()
            terminal.type("\n")
            asked = terminal.asked()
            if "就这样写入" in asked:
                break
        assert "上半年·走访摸排  2027-03-15 至 2027-03-19" in asked
        terminal.type("\n")
        rest = terminal.asked()
        assert terminal.ended() == 0
        assert "规则已写好" in rest and "接下来：" in rest
        campaign = load_rules(home.schemas).campaign
        assert (campaign.bureau.value, campaign.years[0].rounds[0].first) == ("云溪县教育局", date(2027, 3, 15))

    def test_an_option_that_is_no_answer_is_named_before_anything_is_asked(self, home: Home) -> None:
        terminal = Terminal("setup", "--home", str(home.root), "--nightly-at", "25:00")
        assert terminal.asked().splitlines() == ["--nightly-at：“25:00”不是钟点，请写成 18:30"]
        assert terminal.ended() == cli.WRONG_USE

    @pytest.mark.parametrize("stop", ["\x03", "\x04"])  # Ctrl-C, Ctrl-D
    def test_whoever_leaves_off_has_changed_nothing(self, home: Home, stop: str) -> None:
        terminal = Terminal("setup", "--home", str(home.root), "--today", "2027-01-10")
        terminal.asked()
        terminal.type("云溪县教育局\n")
        terminal.asked()
        time.sleep(0.2)  # the question stands, and is waited at
        terminal.type(stop)
        said = terminal.asked()
        assert terminal.ended() == cli.UNFINISHED
        assert said.splitlines()[-1] == "已停止，什么也没有改；再运行一次 setup 从头填"
        assert not home.root.exists()
