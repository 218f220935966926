"""What runs `watch` as a service: the files name what exists, in the form their systems read."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
SERVICES: Final = ROOT / "services"
UNIT: Final = SERVICES / "dazoufang-watch.service"
TASK: Final = SERVICES / "大走访值守.xml"
BATS: Final = sorted(SERVICES.glob("*.bat"))
START, INSTALL, REMOVE = (SERVICES / f"{name}.bat" for name in ("一键值守", "安装值守", "卸载值守"))
GUIDE: Final = ROOT / "docs" / "service.md"
NAME: Final = "大走访值守"  # of the task
SPACE: Final = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def entries() -> dict[str, list[str]]:
    """The unit file: key → its values."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text("utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def runs(command: list[str]) -> None:
    """The command line knows this, with these options."""
    script, name, *options = command
    assert script == "process.py" and (ROOT / script).is_file()
    told = subprocess.run(
        [sys.executable, str(ROOT / script), name, "--help"], capture_output=True, text=True, encoding="utf-8"
    )
    assert told.returncode == 0
    assert all(option in told.stdout for option in options)


class TestSystemd:
    def test_it_runs_the_watch_of_this_program_and_always_again(self) -> None:
        found = entries()
        python, script, *rest = found["ExecStart"][0].split()
        assert python.endswith("/.venv/bin/python")
        folder = found["WorkingDirectory"][0]
        assert script.startswith(f"{folder}/") and python.startswith(f"{folder}/")
        runs([script.removeprefix(f"{folder}/"), *rest])
        assert rest[0] == "watch"
        assert found["Restart"] == ["always"] and found["StartLimitIntervalSec"] == ["0"]
        assert found["KillSignal"] == ["SIGTERM"] and int(found["TimeoutStopSec"][0]) >= 60

    def test_its_environment_is_the_one_the_program_reads(self) -> None:
        names = {value.partition("=")[0] for value in entries()["Environment"]}
        assert names == {"DAZOUFANG_HOME", "DAZOUFANG_DATA", "PYTHONUTF8"}
        source = "".join(file.read_text("utf-8") for file in (ROOT / "dazoufang").rglob("*.py"))
        assert all(f'"{name}"' in source for name in names if name.startswith("DAZOUFANG_"))

    def test_its_data_do_not_lie_in_the_home_which_may_be_a_share(self) -> None:
        places = dict(value.split("=", 1) for value in entries()["Environment"])
        assert not Path(places["DAZOUFANG_DATA"]).is_relative_to(places["DAZOUFANG_HOME"])

    @pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
    def test_systemd_finds_nothing_wrong_with_it(self, tmp_path: Path) -> None:
        text = UNIT.read_text("utf-8")  # with paths that are here: it looks whether they are
        for key in ("ExecStart", "WorkingDirectory"):
            text = text.replace(f"{key}={entries()[key][0].split()[0]}", f"{key}={self.HERE[key]}")
        copy = tmp_path / UNIT.name
        copy.write_text(text, "utf-8")
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True)
        assert [line for line in done.stderr.splitlines() if UNIT.name in line] == []

    HERE: Final = {"ExecStart": sys.executable, "WorkingDirectory": str(ROOT)}


class TestTask:
    """https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema: most groups are in any order, but the
    parts of a trigger are a sequence, its own after those that all triggers have."""

    BASE: Final = ("Enabled", "StartBoundary", "EndBoundary", "Repetition", "ExecutionTimeLimit")
    OWN: Final = {"BootTrigger": ("Delay",), "LogonTrigger": ("UserId", "Delay"), "TimeTrigger": ("RandomDelay",)}
    SETTINGS: Final = {
        "AllowStartOnDemand", "RestartOnFailure", "MultipleInstancesPolicy", "DisallowStartIfOnBatteries",
        "StopIfGoingOnBatteries", "AllowHardTerminate", "StartWhenAvailable", "NetworkProfileName",
        "RunOnlyIfNetworkAvailable", "WakeToRun", "Enabled", "Hidden", "DeleteExpiredTaskAfter", "IdleSettings",
        "NetworkSettings", "ExecutionTimeLimit", "Priority", "RunOnlyIfIdle", "UseUnifiedSchedulingEngine",
        "DisallowStartOnRemoteAppSession",
    }  # fmt: skip

    @pytest.fixture
    def task(self) -> ET.Element:
        return ET.fromstring(TASK.read_bytes())  # noqa: S314 (our own file)

    def named(self, element: ET.Element) -> list[str]:
        return [child.tag.removeprefix(SPACE) for child in element]

    def text(self, task: ET.Element, path: str) -> str:
        found = task.find("/".join(SPACE + part for part in path.split("/")))
        assert found is not None and found.text
        return found.text

    def test_it_is_in_the_encoding_that_schtasks_reads(self) -> None:
        data = TASK.read_bytes()
        assert data.startswith(b"\xff\xfe")
        assert data.decode("utf-16").startswith('<?xml version="1.0" encoding="UTF-16"?>\r\n')

    def test_its_parts_are_those_of_the_schema_and_in_its_order(self, task: ET.Element) -> None:
        assert task.tag == f"{SPACE}Task"
        assert set(self.named(task)) == {"RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"}
        triggers = task.find(f"{SPACE}Triggers")
        settings = task.find(f"{SPACE}Settings")
        actions = task.find(f"{SPACE}Actions")
        assert triggers is not None and settings is not None and actions is not None
        for trigger in triggers:
            kind = trigger.tag.removeprefix(SPACE)
            order, names = [*self.BASE, *self.OWN[kind]], self.named(trigger)
            assert names == sorted(names, key=order.index)
        names = self.named(settings)
        assert set(names) <= self.SETTINGS and len(set(names)) == len(names)
        assert actions.get("Context") == "Author"
        assert task.find(f"{SPACE}Principals/{SPACE}Principal[@id='Author']") is not None

    def test_it_starts_by_itself_stays_and_is_one(self, task: ET.Element) -> None:
        triggers = task.find(f"{SPACE}Triggers")
        assert triggers is not None and {"BootTrigger", "LogonTrigger"} <= set(self.named(triggers))
        assert self.text(task, "Triggers/TimeTrigger/Repetition/Interval") == "PT10M"  # also for one that was closed
        assert self.text(task, "Settings/MultipleInstancesPolicy") == "IgnoreNew"
        assert self.text(task, "Settings/ExecutionTimeLimit") == "PT0S"  # no limit
        assert self.text(task, "Settings/RestartOnFailure/Interval") == "PT1M"
        assert 1 <= int(self.text(task, "Settings/RestartOnFailure/Count")) <= 255
        for name in ("DisallowStartIfOnBatteries", "StopIfGoingOnBatteries"):
            assert self.text(task, f"Settings/{name}") == "false"

    def test_it_runs_the_bat_beside_it(self, task: ET.Element) -> None:
        folder, command = (self.text(task, f"Actions/Exec/{name}") for name in ("WorkingDirectory", "Command"))
        path = command.removeprefix(f"{folder}\\").replace("\\", "/")
        assert ROOT / path == START and START.is_file()
        argument = self.text(task, "Actions/Exec/Arguments")
        assert f'"%~1"=="{argument}"' in START.read_text("utf-8")


class TestBats:
    def test_there_are_three(self) -> None:
        assert sorted([START, INSTALL, REMOVE]) == BATS

    @pytest.mark.parametrize("bat", BATS, ids=lambda bat: bat.stem)
    def test_their_encoding_and_line_ends_are_what_cmd_reads(self, bat: Path) -> None:
        data = bat.read_bytes()
        assert not data.startswith(b"\xef\xbb\xbf")  # cmd would take the mark for a command
        assert data.count(b"\n") == data.count(b"\r\n") > 5 and data.endswith(b"\r\n")
        lines = data.decode("utf-8").splitlines()
        assert lines[:2] == ["@echo off", "chcp 65001 >nul"]
        first = next(number for number, line in enumerate(lines) if re.search("[^\x00-\x7f]", line))
        assert first > 1  # no Chinese before the code page is set

    @pytest.mark.parametrize("bat", BATS, ids=lambda bat: bat.stem)
    def test_every_label_is_there_and_every_end_has_a_code(self, bat: Path) -> None:
        text = bat.read_text("utf-8")
        assert set(re.findall(r"goto (\w+)", text)) == set(re.findall(r"^:(\w+)", text, re.MULTILINE)) - {"start"} | (
            {"start"} if "goto start" in text else set()
        )
        assert text.rstrip().splitlines()[-1].startswith("exit /b")

    def test_what_they_run_exists(self) -> None:
        text = START.read_text("utf-8")
        commands = re.findall(r'^"%PY%" (.+)$', text, re.MULTILINE)
        assert len(commands) == 2
        for command in commands:
            runs(command.split())
        assert re.findall(r"python (process\.py \w+)", INSTALL.read_text("utf-8")) == ["process.py status"]
        runs(["process.py", "status"])
        assert 'cd /d "%~dp0.."' in text and (START.parent / "..").resolve() == ROOT

    def test_installing_and_removing_mean_the_same_task_and_its_files(self) -> None:
        install, remove = INSTALL.read_text("utf-8"), REMOVE.read_text("utf-8")
        for text in (install, remove):
            names = set(re.findall(r'/TN "([^"]+)"', text))
            assert names == {NAME}
        assert f"%~dp0{TASK.name}" in install and START.name in install
        assert "/XML" in install and "/Delete" in remove and "del " not in remove.casefold()

    @pytest.mark.parametrize("bat", BATS, ids=lambda bat: bat.stem)
    def test_what_they_say_is_chinese(self, bat: Path) -> None:
        said = re.findall(r"echo ([^\r\n]+)", bat.read_text("utf-8").replace("@echo off", ""))
        assert said and all(re.search("[一-龥]", line) for line in said)


class TestGuide:
    def test_it_names_every_file_and_only_files_that_are_there(self) -> None:
        text = GUIDE.read_text("utf-8")
        for file in SERVICES.iterdir():
            assert file.name in text
        for name in re.findall(r"`(?:services/)?([^`/ ]+\.(?:bat|xml|service))`", text):
            assert (SERVICES / name).is_file()

    def test_the_commands_it_shows_exist(self) -> None:
        names = set(re.findall(r"process\.py (\w+)", GUIDE.read_text("utf-8")))
        assert {"watch", "status", "doctor"} <= names
        for name in names:
            runs(["process.py", name])

    def test_it_says_what_was_not_tried(self) -> None:
        assert "没有在真正的 Windows 上试过" in GUIDE.read_text("utf-8")
