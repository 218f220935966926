"""The command line: what each command says, its JSON, its exit codes; and that no traceback reaches anybody."""

from __future__ import annotations

import io
import json
import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from logging.handlers import RotatingFileHandler
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import Office, made_quick
from tables import workbook
from test_laws import BAD, HEAD, ROSTER, WANG, ZHANG, form

from dazoufang import cli
from dazoufang.commands import doctor
from dazoufang.commands.rebuild import rebuild
from dazoufang.inbox import trays
from dazoufang.rules.campaign import Campaign, Rules
from dazoufang.system.home import Home

ROOT = Path(__file__).parents[2]


def call(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The program as a person starts it."""
    return subprocess.run(
        [sys.executable, str(ROOT / "process.py"), *words], capture_output=True, text=True, cwd=cwd, timeout=120
    )


def inside(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The same, in this process."""
    monkeypatch.setattr(sys, "argv", ["process.py", *words])
    try:
        return cli.main()
    finally:
        log = logging.getLogger("dazoufang")
        for handler in [one for one in log.handlers if isinstance(one, RotatingFileHandler)]:
            handler.close()
            log.removeHandler(handler)


def test_a_python_without_the_libraries_is_told_what_to_do_and_no_traceback(tmp_path: Path) -> None:
    done = subprocess.run(  # -S: nothing that was installed is seen
        [sys.executable, "-S", str(ROOT / "process.py"), "run", "--home", str(tmp_path)],
        capture_output=True, text=True, timeout=60, env=os.environ | {"PYTHONPATH": "", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (3, "")
    first, second = done.stderr.splitlines()
    assert first.startswith("没有做：这台电脑的 Python（") and first.endswith("）里没有装 typer。")
    assert second == "请在程序文件夹里运行一次：python -m pip install . ，装好后再运行；没有动任何文件"
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def has_taken(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The roster, two visits and one that is returned."""
    office = Office(Home(tmp_path_factory.mktemp("old") / "home"))
    with pytest.MonkeyPatch.context() as patch:  # for no longer: a test here needs children
        made_quick(patch)
        office.take("花名册.xlsx", workbook(ROSTER))
        office.take("工会/走访.xlsx", form(ZHANG, WANG))
        office.take("工会/第二批.xlsx", form(BAD))
    return office


@pytest.fixture
def filled(office: Office, has_taken: Office) -> Office:
    """As `has_taken`."""
    office.is_like(has_taken)
    return office


def at(office: Office) -> list[str]:
    office.home.inbox.mkdir(parents=True, exist_ok=True)
    return ["--home", str(office.home.root), "--today", "2023-10-20"]


class TestRun:
    def test_it_says_what_it_took_and_where_to_look(self, office: Office) -> None:
        office.drop("工会/走访.xlsx", form(ZHANG, BAD))
        done = call("run", *at(office))
        assert done.returncode == 0
        assert "部分收下 1 份" in done.stdout
        assert "1 处" in done.stdout
        assert "走访 1 户次，矛盾纠纷 1 件" in done.stdout.replace("\n", "")
        assert (office.home.outbox / "预警提醒.xlsx").exists()

    def test_json_is_one_object_with_the_contracted_keys_and_nothing_else(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        office.drop("工会/走访.xlsx", form(ZHANG))
        assert inside(monkeypatch, "run", *at(office), "--json") == 0
        shown = capfd.readouterr()
        found = json.loads(shown.out)
        assert shown.err == ""
        assert found["today"] == "2023-10-20"
        assert found["submissions"] == {"accepted": 1, "partly": 0, "returned": 0, "duplicate": 0, "deferred": 0}
        assert found["rows"] == {"visits": 1, "disputes": 1, "suggestions": 0}
        assert found["items"] == {"open": 1, "resolved": 0, "closed": 0}
        assert found["faults"] == 0
        assert set(found["alerts"]) == {"提醒", "预警", "逾期", "严重逾期"}
        assert any(path.startswith("附件1") for path in found["outbox"])
        assert found["seconds"] > 0

    @pytest.mark.usefixtures("few_outputs")
    def test_a_year_without_rules_is_said(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert inside(monkeypatch, "run", "--home", str(office.home.root), "--today", "2025-05-06", "--yes") == 0
        assert "规则里没有2025年的安排，按2023年计算" in capsys.readouterr().out

    @pytest.mark.usefixtures("few_outputs")
    def test_quiet_says_nothing(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert inside(monkeypatch, "run", *at(office), "--quiet") == 0
        assert capfd.readouterr() == ("", "")

    def test_the_home_may_come_from_the_environment(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DAZOUFANG_HOME", str(office.home.root))
        assert inside(monkeypatch, "run", "--today", "2023-10-20", "--quiet") == 0
        assert office.home.record.exists()


class TestSlipsOfThePen:
    @pytest.mark.parametrize("command", [["run"], ["watch"], ["forms"], ["learn", "走访登记表", "入户日", "走访日期"]])
    def test_a_folder_that_is_no_home_is_left_alone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str]
    ) -> None:
        assert inside(monkeypatch, *command, "--home", str(tmp_path / "大走仿")) == cli.WRONG_USE
        said = capsys.readouterr().err.replace("\n", "")
        assert "大走仿" in said and "请检查 --home 写得对不对" in said and "--yes" in said
        assert not (tmp_path / "大走仿").exists()

    @pytest.mark.usefixtures("quick", "few_outputs")
    def test_with_yes_a_home_is_made_and_a_folder_with_an_inbox_is_one(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "乙" / "inbox").mkdir(parents=True)
        for name, words in (("甲", ["--yes"]), ("乙", []), ("甲", [])):
            at_home = ["--home", str(tmp_path / name), "--today", "2023-10-20", "--quiet"]
            assert inside(monkeypatch, "run", *at_home, *words) == 0
            assert (tmp_path / name / "outbox").exists()

    @pytest.mark.usefixtures("few_outputs")
    def test_a_day_long_before_the_newest_submission_is_refused_unless_it_is_meant(
        self, filled: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def run(day: str, *words: str) -> int:
            return inside(monkeypatch, "run", "--home", str(filled.home.root), "--quiet", "--today", day, *words)

        before = filled.outbox()
        assert run("2022-10-20") == cli.WRONG_USE  # all was taken in on 2023-10-20
        said = capsys.readouterr().err.replace("\n", "")
        assert "2022-10-20" in said and "2023-10-20" in said and "早了365天" in said and "--yes" in said
        assert run("2023-09-19") == cli.WRONG_USE  # 31 days
        assert filled.outbox() == before
        assert run("2023-09-20") == 0  # 30
        assert run("2022-10-20", "--yes") == 0
        assert run("2031-10-20") == 0


class TestWrongUse:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["rn"], "没有“rn”这个命令，可用：run"),
            (["run", "--foo"], "没有 --foo 这个选项"),
            (["run", "--today", "明天"], "--today 要写成 2023-10-20"),
            (["check"], "还缺一项内容"),
            (["check", "."], "是文件夹"),
            (["run", "多的"], "多写了内容"),
            (["--home", "x", "run"], "选项要写在命令后面"),
            (["check", "没有这个文件.xlsx"], "找不到文件"),
        ],
    )
    def test_it_exits_2_and_says_what_to_write(
        self,
        words: list[str],
        said: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        tmp_path: Path,
    ) -> None:
        monkeypatch.setenv("DAZOUFANG_HOME", str(tmp_path))
        assert inside(monkeypatch, *words) == cli.WRONG_USE
        assert said in capsys.readouterr().err.replace("\n", "")

    def test_broken_rules_name_file_line_and_mend(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        shutil.copytree(ROOT / "schemas", office.home.root / "schemas")
        file = office.home.root / "schemas" / "visit.yaml"
        text = file.read_text(encoding="utf-8")
        line = next(n for n, one in enumerate(text.splitlines(), 1) if "name: household," in one)
        file.write_text(text.replace("{name: household,", "{contraints: {}, name: household,"), encoding="utf-8")
        office.drop("工会/走访.xlsx", form(ZHANG))
        assert inside(monkeypatch, "run", *at(office)) == cli.WRONG_USE
        said = capsys.readouterr().err.replace("\n", "")
        assert f"visit.yaml 第{line}行" in said
        assert "contraints" in said
        assert "constraints" in said
        assert (office.home.inbox / "工会/走访.xlsx").exists()


def with_a_year(office: Office, year: int) -> None:
    """Rules of the home's own that hold the plan of 2023 and the same for another year, and all holidays before it."""
    shutil.copytree(ROOT / "schemas", office.home.root / "schemas")
    file = office.home.root / "schemas" / "campaign.yaml"
    text = file.read_text(encoding="utf-8")
    block = text[text.index("  - year: 2023") : text.index("# 有意为之")]
    text = text.replace(block, block + block.replace("2023", str(year)))
    file.write_text(text.replace("extra_years: []", f"extra_years: {list(range(2024, year))}"), encoding="utf-8")


class TestAYearWithoutHolidays:
    @pytest.mark.usefixtures("few_outputs")
    def test_files_are_taken_and_answered_and_the_office_is_told_once_how_to_add_it(
        self, filled: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with_a_year(filled, 2061)
        filled.drop("工会/走访2061.xlsx", form(ZHANG.replace("2023", "2061"), BAD))
        assert inside(monkeypatch, "run", "--home", str(filled.home.root), "--today", "2061-09-20", "--json") == 0
        assert json.loads(capsys.readouterr().out)["submissions"]["partly"] == 1
        assert "退回/工会/走访2061.xlsx 需修改0004.xlsx" in filled.outbox()
        sheet = openpyxl.load_workbook(io.BytesIO(filled.outbox()["预警提醒.xlsx"]))["全部预警"]
        told = [[cell.value for cell in row] for row in sheet if row[2].value == "节假日未录入"]
        assert [line[3:5] for line in told] == [["办公室", "全单位"]]
        assert told[0][6] == "还没有录入2061年的法定节假日和调休安排"
        for said in ("schemas/campaign.yaml", "calendar", "extra_years", "extra_holidays", "extra_workdays", "2061"):
            assert said in told[0][10]
        page = next(data.decode() for path, data in filled.outbox().items() if "走访2061" in path and "html" in path)
        assert "请在9月28日17:00前改好（暂按周末推算）" in page
        assert inside(monkeypatch, "status", "--home", str(filled.home.root), "--today", "2061-09-20") == 0
        assert "不知道2061年的法定节假日和调休安排，工作日暂按周末推算" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("today", "level"),
        [("2060-10-01", ""), ("2060-11-01", ""), ("2060-11-02", "note"), ("2060-12-31", "note"), ("2061-01-01", "bad")],
    )
    def test_doctor_says_so_sixty_days_ahead(self, rules: Rules, today: str, level: str) -> None:
        calendar = rules.campaign.calendar.model_copy(update={"extra_years": (2060,)})
        campaign = Campaign.model_validate(rules.campaign.model_dump() | {"calendar": calendar.model_dump()})
        known = replace(rules, campaign=campaign)
        found = [one for one in doctor.calendar(known, date.fromisoformat(today)) if "2061" in one.what]
        assert [one.level for one in found] == ([level] if level else [])
        assert all("calendar" in one.remedy and "extra_years" in one.remedy for one in found)


@pytest.mark.usefixtures("few_outputs")
class TestUnfinished:
    def test_a_full_disk_is_told_and_nothing_is_lost(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from dazoufang.system import files

        def full(path: Path, data: bytes) -> None:
            raise OSError(28, "No space left on device", str(path))

        office.drop("工会/走访.xlsx", form(ZHANG))
        with monkeypatch.context() as patched:
            patched.setattr(files, "write_atomic", full)
            assert inside(monkeypatch, "run", *at(office)) == cli.UNFINISHED
        assert "磁盘已满" in capsys.readouterr().err
        assert (office.home.inbox / "工会/走访.xlsx").exists()
        assert inside(monkeypatch, "run", *at(office), "--quiet") == 0
        assert len(office.frames().visits) == 1

    def test_a_mistake_of_ours_goes_to_the_log_without_anybodys_data(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def wrong(*_: object) -> None:
            raise RuntimeError("".join(["张", "三"]))

        monkeypatch.setattr("dazoufang.commands.run.run", wrong)
        assert inside(monkeypatch, "run", *at(office)) == cli.UNFINISHED
        said = capsys.readouterr().err
        log = (office.home.logs / "dazoufang.log").read_text(encoding="utf-8")
        assert "Traceback" not in said
        assert "张三" not in said + log
        assert "RuntimeError" in log

    def test_a_file_over_which_the_program_has_a_mistake_is_named_and_the_exit_code_is_3(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from dazoufang.running import intake

        accept = intake.accept

        def wrong(delivery: Any, *rest: Any) -> Any:
            if delivery.path == "工会/毒.xlsx":
                raise RuntimeError("".join(["张", "三"]))  # the log shows this line
            return accept(delivery, *rest)

        office.drop("工会/毒.xlsx", form(ZHANG))
        office.drop("工会/好.xlsx", form(WANG))
        with monkeypatch.context() as broken:
            broken.setattr(intake, "accept", wrong)
            assert inside(monkeypatch, "run", *at(office), "--json") == cli.UNFINISHED
        shown = capsys.readouterr()
        log = (office.home.logs / "dazoufang.log").read_text(encoding="utf-8")
        assert json.loads(shown.out)["submissions"]["accepted"] == 1
        assert shown.err.startswith(
            "《工会/毒.xlsx》还没有收：程序处理时出了错（RuntimeError），是程序的问题，不是表的问题"
        )
        assert "RuntimeError" in log and "张三" not in log + shown.err
        assert [path for path in office.outbox() if "毒" in path] == []
        assert inside(monkeypatch, "run", *at(office), "--quiet") == 0
        assert [one.verdict for one in office.submissions()] == ["accepted", "accepted"]

    @pytest.mark.children
    def test_children_that_cannot_be_started_are_told_with_what_to_do(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def refused(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        office.drop("工会/走访.xlsx", form(ZHANG))
        with monkeypatch.context() as broken:
            broken.setattr(BaseProcess, "start", refused)
            assert inside(monkeypatch, "run", *at(office)) == cli.UNFINISHED
            said = capsys.readouterr().err
            assert inside(monkeypatch, "doctor", *at(office)) == cli.FOUND
        assert said.startswith("读取程序启动不了（没有权限）：可能被杀毒软件或 AppLocker 拦住")
        assert "没有收任何表" in said and (office.home.inbox / "工会/走访.xlsx").exists()
        assert "[问题] 读取程序启动不了（没有权限）" in capsys.readouterr().out
        assert inside(monkeypatch, "doctor", *at(office)) == 0
        assert "[正常] 读取程序能启动" in capsys.readouterr().out

    def test_an_archive_that_does_not_keep_what_it_is_given_is_told_in_its_own_words(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from dazoufang.archive import originals

        office.drop("工会/走访.xlsx", form(ZHANG))
        with monkeypatch.context() as broken:
            broken.setattr(originals, "damaged", lambda *_: True)
            assert inside(monkeypatch, "run", *at(office)) == cli.UNFINISHED
        said = capsys.readouterr().err
        assert said.startswith("存进存档的 2023-10/") and "磁盘或共享多半坏了" in said
        assert (office.home.inbox / "工会/走访.xlsx").exists()

    @pytest.mark.parametrize("words", [["run"], ["watch"], ["status"], ["trace", "23下矛0001"], ["rebuild"]])
    def test_a_record_of_a_newer_program_is_refused_in_plain_words(
        self, filled: Office, words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with sqlite3.connect(filled.home.record) as db:
            db.execute("UPDATE about SET value = '99' WHERE key = 'version'")
        db.close()
        filled.drop("工会/新.xlsx", form(ZHANG))
        assert inside(monkeypatch, *words, *at(filled)) == cli.WRONG_USE
        assert capsys.readouterr().err == "台账库的版本是99，本程序只认识到4，请使用新版程序\n"
        assert (filled.home.inbox / "工会/新.xlsx").exists()
        assert inside(monkeypatch, "doctor", *at(filled)) == cli.FOUND
        assert "[问题] 台账库的版本是99" in capsys.readouterr().out

    def test_being_stopped_ends_cleanly(self, office: Office) -> None:
        for number in range(30):
            office.drop(f"工会/走访{number}组.xlsx", form(ZHANG.replace("张三", f"张{number}三")))
        with subprocess.Popen(
            [sys.executable, str(ROOT / "process.py"), "run", *at(office)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            while process.poll() is None and not (office.home.inbox / trays.CLAIMED).exists():
                time.sleep(0.05)
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=60)
        assert process.returncode in (cli.UNFINISHED, 0)  # 0 where it was quicker
        assert "Traceback" not in said
        office.run()
        assert len(office.frames().visits) == 30


class TestCheck:
    def test_it_judges_without_taking_in(
        self, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "走访.xlsx"
        file.write_bytes(form(ZHANG, BAD))
        words = ["check", str(file), *at(office), "--json", "--write", str(tmp_path / "marked")]
        assert inside(monkeypatch, *words) == cli.FOUND
        (found,) = json.loads(capfd.readouterr().out)["files"]
        assert {name: found[name] for name in ("form", "unit", "verdict", "rows")} == {
            "form": "visit", "unit": "工会", "verdict": "partly", "rows": 1,
        }  # fmt: skip
        (fault,) = found["faults"]
        assert {fault["code"], fault["severity"], fault["cell"], fault["value"]} == {"C02", "error", "A4", "上周三"}
        assert {"sheet", "row", "column", "message", "remedy"} <= fault.keys()
        assert (tmp_path / "marked" / "走访.xlsx 需修改0001.xlsx").exists()
        assert not office.home.record.exists()
        assert file.exists()

    def test_a_clean_form_exits_0(
        self, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "走访.xlsx"
        file.write_bytes(form(ZHANG))
        assert inside(monkeypatch, "check", str(file), *at(office)) == 0
        assert "走访登记表" in capsys.readouterr().out

    def test_faults_are_said_with_code_place_and_mend(
        self, filled: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "走访.xlsx"
        file.write_bytes(form(ZHANG.replace("李明", "李鸣")))
        assert inside(monkeypatch, "check", str(file), *at(filled)) == cli.FOUND
        said = capsys.readouterr().out.replace("\n", "")
        assert "[C13]" in said
        assert "B3" in said
        assert "李明" in said


class TestOtherCommands:
    def test_status_shows_every_cadre_and_the_silent_unit(
        self, filled: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert inside(monkeypatch, "status", *at(filled), "--json") == 0
        found = json.loads(capsys.readouterr().out)
        assert [(row["unit"], row["cadre"], row["due"], row["done"]) for row in found["rows"]] == [
            ("工会", "李明", 10, 2),
            ("督导室", "陈红", 10, 0),
        ]
        assert found["silent"][0].startswith("督导室")
        assert inside(monkeypatch, "status", "--unit", "工会", *at(filled)) == 0
        said = capsys.readouterr().out
        assert "李明" in said
        assert "陈红" not in said

    @pytest.mark.parametrize("command", [["status"], ["rebuild"], ["trace", "23下矛0001"]])
    def test_a_misspelt_home_is_no_empty_office_and_looking_leaves_no_trace(
        self, command: list[str], office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert inside(monkeypatch, *command, "--home", str(office.home.root)) == cli.WRONG_USE
        assert "还没有台账" in capsys.readouterr().err
        assert not office.home.root.exists()

    def test_trace_leads_to_the_cell(
        self, filled: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert inside(monkeypatch, "trace", "23下矛0001", *at(filled)) == 0
        said = capsys.readouterr().out
        assert "工会/走访.xlsx" in said
        assert "H3" in said
        assert inside(monkeypatch, "trace", "没有的", *at(filled)) == cli.WRONG_USE

    def test_rebuild_agrees_then_finds_what_was_touched(
        self, filled: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert inside(monkeypatch, "rebuild", "--home", str(filled.home.root)) == 0
        next(filled.home.outbox.glob("附件1*")).unlink()
        assert inside(monkeypatch, "rebuild", "--home", str(filled.home.root)) == cli.FOUND
        assert "附件1" in capsys.readouterr().out

    def test_forms_are_written_blank_and_prefilled(self, filled: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        assert inside(monkeypatch, "forms", "--prefill", *at(filled)) == 0
        folder = filled.home.outbox / "空白表"
        assert (folder / "走访登记表.xlsx").exists()
        assert (folder / "工会" / "走访登记表.xlsx").exists()

    def test_explain_says_what_a_code_means_and_names_the_nearest_to_one_that_is_none(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert inside(monkeypatch, "explain", "ｃ09") == 0
        said = capsys.readouterr().out
        assert said.startswith("C09 ") and "怎么改" in said
        assert inside(monkeypatch, "explain", "C09", "--json") == 0
        assert json.loads(capsys.readouterr().out)["explanation"] + "\n" == said
        assert inside(monkeypatch, "explain", "C99") == cli.WRONG_USE
        assert "没有编号为“C99”" in capsys.readouterr().err

    def test_rebuild_makes_a_lost_record_anew(
        self, filled: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = filled.submissions()
        filled.home.record.unlink()
        assert inside(monkeypatch, "rebuild", "--home", str(filled.home.root)) == 0
        assert "已从存档重建" in capsys.readouterr().out
        assert filled.submissions() == before

    def test_a_record_in_which_a_column_of_text_was_only_named_is_the_same(self, office: Office) -> None:
        table = f"{HEAD.rstrip()} 其他反映 |\n{ZHANG.rstrip()} 路灯坏了三个月 |\n"
        office.take("工会/走访.xlsx", workbook(table, unit="工会"))
        (asked,) = [fault for fault in office.submissions()[0].faults if fault.code == "S14"]
        with sqlite3.connect(office.home.record) as db:  # as a program before that question left it
            (text,) = db.execute("SELECT faults FROM submissions").fetchone()
            db.execute(
                "UPDATE submissions SET faults = ?", (text.replace('"S14"', '"S03"').replace('"warning"', '"info"'),)
            )
        assert "S14" in text and asked.severity == "warning"
        differences = rebuild(office.home, office.today)
        assert not any(
            line.startswith("收件") for line in differences
        )  # the receipt of today's program asks, of course

    def test_doctor_finds_a_lost_original(
        self, filled: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert inside(monkeypatch, "doctor", *at(filled)) == 0
        assert "3 份收件的原件都在存档中" in capsys.readouterr().out
        next(file for file in filled.home.archive.rglob("*走访.xlsx")).unlink()
        assert inside(monkeypatch, "doctor", *at(filled), "--json") == cli.FOUND
        levels = [finding["level"] for finding in json.loads(capsys.readouterr().out)["findings"]]
        assert levels.count("bad") == 1

    def test_doctor_on_a_fresh_folder_and_with_broken_rules(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert inside(monkeypatch, "doctor", *at(office)) == 0
        assert "第一次运行" in capsys.readouterr().out
        schemas = office.home.root / "schemas"
        schemas.mkdir(parents=True)
        (schemas / "campaign.yaml").write_text("name: [", encoding="utf-8")
        assert inside(monkeypatch, "doctor", *at(office)) == cli.FOUND

    def test_demo_ends_by_naming_what_to_open(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        done = call("demo", str(tmp_path / "示例"))
        assert done.returncode == 0, done.stderr
        lines = done.stdout[done.stdout.index("请按这个顺序打开看看") :].splitlines()
        told = [tuple(line.split("　")) for line in lines[1:13]]
        assert told == [
            ("  进度看板.html", "先看这一个：走到哪里了、谁还没有报、今天该催谁"),
            ("  预警提醒.xlsx", "催办用：谁、什么事、到哪天、找谁"),
            ("  今日变化.xlsx", "今天收了什么、变了什么"),
            ("  通报.docx", "开会、发文用"),
            ("  附件1 县乡干部大走访活动汇总表.xlsx", "上报用"),
            ("  附件2 县乡干部大走访活动矛盾纠纷事项办理表.xlsx", "上报用"),
            ("  附件3 县乡干部大走访活动意见建议事项办理表.xlsx", "上报用"),
            ("  初信初访与重复访.xlsx", "分析用"),
            ("  走访情况分析.xlsx", "分析用"),
            ("  退回/法制安全股/法制安全股走访登记表.xlsx 需修改0010.xlsx", "退给单位的表，红色处要改"),
            ("  回执/人事股/附件1 人事股 大走访活动汇总表.xlsx 回执0015.html", "给单位的回执"),
            ("",),
        ]
        assert "示例停在2023年10月20日这一天" in lines[13] and "report-up" in lines[14]
        (tmp_path / "别的").mkdir()
        (tmp_path / "别的" / "重要.txt").touch()
        assert inside(monkeypatch, "demo", str(tmp_path / "别的")) == cli.WRONG_USE
        assert (tmp_path / "别的" / "重要.txt").exists()

    def test_help_is_in_chinese(self) -> None:
        said = call("--help").stdout
        assert "收下 inbox 里的表" in said
        assert all(name in said for name in ("run", "check", "forms", "status", "trace", "rebuild", "doctor", "demo"))


def test_the_library_is_importable_without_the_command_line() -> None:
    code = "import dazoufang.ledger.fold, sys; assert 'typer' not in sys.modules and 'sqlalchemy' not in sys.modules"
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}).returncode
        == 0
    )
