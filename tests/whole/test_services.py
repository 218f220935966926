"""What runs `watch` as a service, or `nightly` every day: the files name what exists, in the form their systems read."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Final

import pytest

from dazoufang.system.errors import WRONG_USE

ROOT: Final = Path(__file__).parents[2]
SERVICES: Final = ROOT / "services"
UNIT: Final = SERVICES / "dazoufang-watch.service"
NIGHT_UNIT: Final = SERVICES / "dazoufang-nightly.service"
TIMER: Final = SERVICES / "dazoufang-nightly.timer"
TASK: Final = SERVICES / "大走访值守.xml"
NIGHT_TASK: Final = SERVICES / "大走访夜间.xml"
BATS: Final = sorted(SERVICES.glob("*.bat"))
START, INSTALL, REMOVE = (SERVICES / f"{name}.bat" for name in ("一键值守", "安装值守", "卸载值守"))
NIGHT, INSTALL_NIGHT, REMOVE_NIGHT = (SERVICES / f"{name}.bat" for name in ("夜间汇总", "安装夜间汇总", "卸载夜间汇总"))
GUIDE: Final = ROOT / "docs" / "service.md"
SPACE: Final = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def entries(unit: Path = UNIT) -> dict[str, list[str]]:
    """A unit file: key → its values."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text("utf-8").splitlines():
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


def found_wrong(units: list[Path], folder: Path) -> list[str]:
    """What systemd says against copies of these units, with paths that are here: it looks whether they are."""
    here, copies = {"ExecStart": sys.executable, "WorkingDirectory": str(ROOT)}, []
    for unit in units:
        text, found = unit.read_text("utf-8"), entries(unit)
        for key in here.keys() & found.keys():
            text = text.replace(f"{key}={found[key][0].split()[0]}", f"{key}={here[key]}")
        copies.append(folder / unit.name)
        copies[-1].write_text(text, "utf-8")
    command = ["systemd-analyze", "verify", "--man=no", *map(str, copies)]
    said = subprocess.run(command, capture_output=True, text=True).stderr.splitlines()
    return [line for line in said if any(unit.name in line for unit in units)]


needs_systemd: Final = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed"
)


class TestSystemd:
    @pytest.mark.parametrize(("unit", "name"), [(UNIT, "watch"), (NIGHT_UNIT, "nightly")])
    def test_it_runs_a_command_of_this_program(self, unit: Path, name: str) -> None:
        found = entries(unit)
        python, script, *rest = found["ExecStart"][0].split()
        assert python.endswith("/.venv/bin/python")
        folder = found["WorkingDirectory"][0]
        assert script.startswith(f"{folder}/") and python.startswith(f"{folder}/")
        runs([script.removeprefix(f"{folder}/"), *rest])
        assert rest[0] == name
        assert found["KillSignal"] == ["SIGTERM"] and int(found["TimeoutStopSec"][0]) >= 60

    def test_the_watch_runs_always_again(self) -> None:
        found = entries()
        assert found["Restart"] == ["always"] and found["StartLimitIntervalSec"] == ["0"]

    def test_the_night_is_tried_again_where_that_helps_and_ends_before_the_next(self) -> None:
        found = entries(NIGHT_UNIT)
        assert found["Type"] == ["oneshot"]  # so that its exit code is the unit's
        assert found["Restart"] == ["on-failure"] and found["RestartPreventExitStatus"] == [str(WRONG_USE)]
        assert found["StartLimitBurst"] == ["4"] and found["TimeoutStartSec"] == ["6h"]

    def test_the_night_comes_every_day_and_one_that_was_missed_is_made_up(self) -> None:
        found = entries(TIMER)
        assert found["OnCalendar"] == ["*-*-* 18:30:00"] and found["Persistent"] == ["true"]
        assert found["Unit"] == [NIGHT_UNIT.name] and found["WantedBy"] == ["timers.target"]

    @pytest.mark.parametrize("unit", [UNIT, NIGHT_UNIT])
    def test_its_environment_is_the_one_the_program_reads(self, unit: Path) -> None:
        names = {value.partition("=")[0] for value in entries(unit)["Environment"]}
        assert names == {"DAZOUFANG_HOME", "DAZOUFANG_DATA", "PYTHONUTF8"}
        source = "".join(file.read_text("utf-8") for file in (ROOT / "dazoufang").rglob("*.py"))
        assert all(f'"{name}"' in source for name in names if name.startswith("DAZOUFANG_"))

    @pytest.mark.parametrize("unit", [UNIT, NIGHT_UNIT])
    def test_its_data_do_not_lie_in_the_home_which_may_be_a_share(self, unit: Path) -> None:
        places = dict(value.split("=", 1) for value in entries(unit)["Environment"])
        assert not Path(places["DAZOUFANG_DATA"]).is_relative_to(places["DAZOUFANG_HOME"])

    def test_both_work_on_the_same_office_with_the_same_mail(self) -> None:
        watch, night = entries(UNIT), entries(NIGHT_UNIT)
        for key in ("Environment", "EnvironmentFile", "User", "UMask"):
            assert watch[key] == night[key]

    @needs_systemd
    def test_systemd_finds_nothing_wrong_with_them(self, tmp_path: Path) -> None:
        assert found_wrong([UNIT, NIGHT_UNIT, TIMER], tmp_path) == []


class TestTask:
    """https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema: most groups are in any order, but the
    parts of a trigger are a sequence, its own after those that all triggers have."""

    BASE: Final = ("Enabled", "StartBoundary", "EndBoundary", "Repetition", "ExecutionTimeLimit")
    OWN: Final = {
        "BootTrigger": ("Delay",), "LogonTrigger": ("UserId", "Delay"), "TimeTrigger": ("RandomDelay",),
        "CalendarTrigger": ("RandomDelay", "ScheduleByDay"),
    }  # fmt: skip
    SETTINGS: Final = {
        "AllowStartOnDemand", "RestartOnFailure", "MultipleInstancesPolicy", "DisallowStartIfOnBatteries",
        "StopIfGoingOnBatteries", "AllowHardTerminate", "StartWhenAvailable", "NetworkProfileName",
        "RunOnlyIfNetworkAvailable", "WakeToRun", "Enabled", "Hidden", "DeleteExpiredTaskAfter", "IdleSettings",
        "NetworkSettings", "ExecutionTimeLimit", "Priority", "RunOnlyIfIdle", "UseUnifiedSchedulingEngine",
        "DisallowStartOnRemoteAppSession",
    }  # fmt: skip

    @pytest.fixture
    def task(self) -> ET.Element:
        return self.read(TASK)

    @pytest.fixture
    def night(self) -> ET.Element:
        return self.read(NIGHT_TASK)

    def read(self, file: Path) -> ET.Element:
        return ET.fromstring(file.read_bytes())  # noqa: S314 (our own file)

    def named(self, element: ET.Element) -> list[str]:
        return [child.tag.removeprefix(SPACE) for child in element]

    def text(self, task: ET.Element, path: str) -> str:
        found = task.find("/".join(SPACE + part for part in path.split("/")))
        assert found is not None and found.text
        return found.text

    @pytest.mark.parametrize("file", [TASK, NIGHT_TASK])
    def test_it_is_in_the_encoding_that_schtasks_reads(self, file: Path) -> None:
        data = file.read_bytes()
        assert data.startswith(b"\xff\xfe")
        text = data.decode("utf-16")
        assert text.count("\n") == text.count("\r\n")
        assert text.startswith('<?xml version="1.0" encoding="UTF-16"?>\r\n')

    @pytest.mark.parametrize("file", [TASK, NIGHT_TASK])
    def test_its_parts_are_those_of_the_schema_and_in_its_order(self, file: Path) -> None:
        task = self.read(file)
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

    def test_the_night_comes_every_day_and_one_that_was_missed_is_made_up_once(self, night: ET.Element) -> None:
        triggers = night.find(f"{SPACE}Triggers")
        assert triggers is not None and self.named(triggers) == ["CalendarTrigger"]
        assert self.text(night, "Triggers/CalendarTrigger/StartBoundary").endswith("T18:30:00")
        assert self.text(night, "Triggers/CalendarTrigger/ScheduleByDay/DaysInterval") == "1"
        assert self.text(night, "Settings/StartWhenAvailable") == "true"
        assert self.text(night, "Settings/MultipleInstancesPolicy") == "IgnoreNew"
        assert self.text(night, "Settings/ExecutionTimeLimit") == "PT6H"  # one that hangs ends before the next
        for name in ("DisallowStartIfOnBatteries", "StopIfGoingOnBatteries", "RunOnlyIfIdle"):
            assert self.text(night, f"Settings/{name}") == "false"

    @pytest.mark.parametrize(("file", "start"), [(TASK, START), (NIGHT_TASK, NIGHT)])
    def test_it_runs_the_bat_beside_it(self, file: Path, start: Path) -> None:
        task = self.read(file)
        folder, command = (self.text(task, f"Actions/Exec/{name}") for name in ("WorkingDirectory", "Command"))
        path = command.removeprefix(f"{folder}\\").replace("\\", "/")
        assert ROOT / path == start and start.is_file()
        argument = self.text(task, "Actions/Exec/Arguments")
        assert f'"%~1"=="{argument}"' in start.read_text("utf-8")


class TestBats:
    def test_there_are_three_for_the_watch_and_three_for_the_night(self) -> None:
        assert sorted([START, INSTALL, REMOVE, NIGHT, INSTALL_NIGHT, REMOVE_NIGHT]) == BATS

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

    @pytest.mark.parametrize(("start", "name"), [(START, "watch"), (NIGHT, "nightly")])
    def test_what_they_run_exists(self, start: Path, name: str) -> None:
        text = start.read_text("utf-8")
        commands = re.findall(r'^"%PY%" (.+)$', text, re.MULTILINE)
        assert [command.split()[:2] for command in commands] == [["process.py", name]] * 2
        for command in commands:
            runs(command.split())
        assert 'cd /d "%~dp0.."' in text and (start.parent / "..").resolve() == ROOT

    def test_the_scheduler_sees_the_exit_code_of_the_night(self) -> None:
        text = NIGHT.read_text("utf-8")
        assert text.endswith('"%PY%" process.py nightly --quiet\nexit /b %ERRORLEVEL%\n')

    def test_what_installing_tells_to_run_exists(self) -> None:
        assert re.findall(r"python (process\.py \w+)", INSTALL.read_text("utf-8")) == ["process.py status"]
        runs(["process.py", "status"])

    @pytest.mark.parametrize(
        ("install", "remove", "task", "start"),
        [(INSTALL, REMOVE, TASK, START), (INSTALL_NIGHT, REMOVE_NIGHT, NIGHT_TASK, NIGHT)],
    )
    def test_installing_and_removing_mean_the_same_task_and_its_files(
        self, install: Path, remove: Path, task: Path, start: Path
    ) -> None:
        installs, removes = install.read_text("utf-8"), remove.read_text("utf-8")
        for text in (installs, removes):
            assert set(re.findall(r'/TN "([^"]+)"', text)) == {task.stem}
        assert f"%~dp0{task.name}" in installs and start.name in installs
        assert "/XML" in installs and "/Delete" in removes and "del " not in removes.casefold()

    @pytest.mark.parametrize("bat", BATS, ids=lambda bat: bat.stem)
    def test_what_they_say_is_chinese(self, bat: Path) -> None:
        said = re.findall(r"echo ([^\r\n]+)", bat.read_text("utf-8").replace("@echo off", ""))
        assert said and all(re.search("[一-龥]", line) for line in said)


class TestGuide:
    def test_it_names_every_file_and_only_files_that_are_there(self) -> None:
        text = GUIDE.read_text("utf-8")
        for file in SERVICES.iterdir():
            assert file.name in text
        for name in re.findall(r"`(?:services/)?([^`/ ]+\.(?:bat|xml|service|timer))`", text):
            assert (SERVICES / name).is_file()

    def test_the_commands_it_shows_exist(self) -> None:
        names = set(re.findall(r"process\.py (\w+)", GUIDE.read_text("utf-8")))
        assert {"watch", "nightly", "status", "doctor"} <= names
        for name in names:
            runs(["process.py", name])

    def test_it_says_what_was_not_tried(self) -> None:
        assert "没有在真正的 Windows 上试过" in GUIDE.read_text("utf-8")
