"""The folder of an office that unpacked the program: asked once, kept in a file that people edit, found by the next version."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dazoufang.entry import unpacked
from dazoufang.system import office_folder
from dazoufang.system.office_folder import FolderAway, Place


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """An unpacked program."""
    folder = tmp_path / "办公 室" / "大走访-1.2.0"
    folder.mkdir(parents=True)
    return folder


def answering(*answers: str) -> object:
    """Somebody who types these, one after the other."""
    left = list(answers)

    def ask(_: str) -> str:
        if not left:
            raise EOFError
        return left.pop(0)

    return ask


def asked(program: Path, *answers: str) -> tuple[Place, str]:
    """Where the folder is, and all that was said."""
    said: list[str] = []
    return office_folder.chosen(program, answering(*answers), said.append), "\n".join(said)  # type: ignore[arg-type]


class TestAsked:
    def test_an_empty_line_is_beside_the_program_and_is_not_asked_again(self, program: Path) -> None:
        assert office_folder.found(program) is None
        place, said = asked(program, "")
        home = program.parent / "大走访数据"
        assert place == Place(home) and str(home) in said
        assert (home / "inbox").is_dir() and (home / "outbox").is_dir()
        found = office_folder.found(program)
        assert found is not None and (found.place, found.older) == (Place(home), "")

    def test_a_folder_that_is_typed_may_be_in_quotes_with_spaces_and_chinese(
        self, program: Path, tmp_path: Path
    ) -> None:
        place, _ = asked(program, f'"{tmp_path / "共享 盘" / "大走访"}" ')
        assert place.home == tmp_path / "共享 盘" / "大走访"

    def test_what_else_lies_in_a_folder_is_left_alone(self, program: Path, tmp_path: Path) -> None:
        (tmp_path / "盘").mkdir()
        (tmp_path / "盘" / "别的.txt").touch()
        place, _ = asked(program, str(tmp_path / "盘"))
        assert place.home == tmp_path / "盘" / "大走访数据"

    def test_an_offices_folder_is_taken_as_it_is(self, program: Path, tmp_path: Path) -> None:
        (tmp_path / "旧" / "inbox").mkdir(parents=True)
        assert asked(program, str(tmp_path / "旧"))[0].home == tmp_path / "旧"

    def test_one_within_the_program_or_one_that_cannot_be_made_is_asked_for_again(
        self, program: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "文件").touch()
        place, said = asked(program, str(program / "数据"), str(tmp_path / "文件" / "里面"), "")
        assert "不要放在程序文件夹里面" in said and "这里用不了" in said
        assert place.home == program.parent / "大走访数据"

    def test_on_a_share_the_record_lies_beside_the_program(
        self, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(office_folder, "on_a_share", lambda folder: folder.is_relative_to(tmp_path / "共享"))
        place, _ = asked(program, str(tmp_path / "共享" / "大走访"))
        assert place.data == program.parent / "大走访台账"
        assert office_folder.read(program / "数据文件夹.txt") == place


class TestTheFile:
    def test_it_says_what_it_is_and_names_a_folder_nearby_by_the_way_to_it(self, program: Path) -> None:
        asked(program, "")
        data = (program / "数据文件夹.txt").read_bytes()
        assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\n") == data.count(b"\r\n") == 5
        lines = data.decode("utf-8-sig").splitlines()
        assert lines[0].startswith("# 大走访的数据放在哪里")
        assert lines[3:] == [f"数据文件夹：..{os.sep}大走访数据", "台账："]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    def test_it_may_be_edited_with_any_notepad(self, program: Path, encoding: str) -> None:
        text = "# 说明\n  数据文件夹 : /数据/大走访\n台账=“/本机/台账”\n"
        (program / "数据文件夹.txt").write_bytes(text.encode(encoding))
        place = office_folder.read(program / "数据文件夹.txt")
        assert place == Place(Path("/数据/大走访"), Path("/本机/台账"))

    def test_one_that_names_nothing_is_as_none(self, program: Path) -> None:
        (program / "数据文件夹.txt").write_text("数据文件夹：\n", encoding="utf-8")
        assert office_folder.found(program) is None

    def test_a_folder_that_is_gone_is_not_made_anew(self, program: Path, tmp_path: Path) -> None:
        (program / "数据文件夹.txt").write_text(f"数据文件夹：{tmp_path / '断开'}\n", encoding="utf-8")
        with pytest.raises(FolderAway, match="共享连上没有"):
            office_folder.found(program)
        assert not (tmp_path / "断开").exists()


class TestANewerVersion:
    @pytest.mark.parametrize("new", ["大走访-1.10.0", "新下载/大走访-1.10.0"])
    def test_one_unpacked_beside_the_old_goes_on_with_its_folder_and_the_old_one_still_does(
        self, program: Path, new: str
    ) -> None:
        home = asked(program, "")[0].home
        newer = program.parent / new
        newer.mkdir(parents=True)
        found = office_folder.found(newer)
        assert found is not None and (found.place.home, found.older) == (home, "大走访-1.2.0")
        for folder in (program, newer):
            again = office_folder.found(folder)
            assert again is not None and (again.place.home, again.older) == (home, "")

    def test_of_several_the_newest_version_counts_by_its_numbers(self, program: Path) -> None:
        for version in ("1.9.0", "1.10.0", "1.2.0"):
            folder = program.parent / f"大走访-{version}"
            folder.mkdir(exist_ok=True)
            home = program.parent / f"数据{version}"
            home.mkdir()
            office_folder.write(folder / "数据文件夹.txt", Place(home))
        newest = program.parent / "大走访-2.0.0"
        newest.mkdir()
        found = office_folder.found(newest)
        assert found is not None and found.place.home == program.parent / "数据1.10.0"


class TestPrepared:
    def test_the_demo_has_a_folder_of_its_own_and_asks_nothing(self, program: Path) -> None:
        words = ["start.py", "demo"]
        assert unpacked.prepared(program, words) is None
        assert words == ["start.py", "demo", str(program.parent / "大走访演示")]

    def test_nobody_there_to_answer_changes_nothing(
        self, program: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.delenv("DAZOUFANG_HOME", raising=False)
        monkeypatch.setattr("builtins.input", answering())
        assert unpacked.prepared(program, ["start.py", "run"]) == 3
        assert capsys.readouterr().err.endswith("已停止，没有动任何文件\n")
        assert sorted(path.name for path in program.parent.iterdir()) == ["大走访-1.2.0"]

    def test_a_service_is_not_asked(
        self, program: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.delenv("DAZOUFANG_HOME", raising=False)
        monkeypatch.setattr("sys.argv", ["start.py", "watch", "--quiet"])
        assert unpacked.prepared(program, ["start.py", "watch", "--quiet"]) == 2
        assert "还没有定数据放在哪个文件夹" in capsys.readouterr().err

    def test_the_command_is_told_where_by_the_environment(self, program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "environ", {})
        office_folder.write(program / "数据文件夹.txt", Place(program.parent, program.parent / "账"))
        assert unpacked.prepared(program, ["start.py", "status"]) is None
        assert os.environ == {"DAZOUFANG_HOME": str(program.parent), "DAZOUFANG_DATA": str(program.parent / "账")}
