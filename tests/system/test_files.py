"""Names under which newer replaces older, names that every file system holds, and writes that nobody sees half of."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dazoufang.system import files

ONE_NAME = """
走访登记表.xlsx
走访登记表.XLSX
走访登记表.xls
走访登记表.et
走访登记表.xlsx.xlsx
走 访 登 记 表.xlsx
《走访登记表》.xlsx
走访登记表（1）.xlsx
走访登记表 (2).xls
走访登记表(1)(2).xlsx
走访登记表-副本.xlsx
走访登记表 - 副本 (2).xlsx
复件 走访登记表.xls
走访登记表 copy 2.xlsx
Copy of 走访登记表.xlsx
走访登记表最终版.xlsx
走访登记表（最终版）.xlsx
走访登记表最终版最终版.xlsx
走访登记表 最终稿.xlsx
走访登记表定稿.xlsx
走访登记表初稿.xlsx
走访登记表第二稿.xlsx
走访登记表最新版.xlsx
走访登记表修改后.xlsx
走访登记表修改2.xlsx
走访登记表已修改.xlsx
走访登记表_新.xlsx
走访登记表 v2.xlsx
走访登记表V1.2.xlsx
走访登记表ver3.xlsx
走访登记表2023-10-20.xlsx
走访登记表2023.10.20.xlsx
走访登记表2023年10月20日.xlsx
走访登记表20231020.xlsx
20231020走访登记表.xlsx
走访登记表_20231020153000.xlsx
走访登记表10月20日.xlsx
走访登记表10.20.xlsx
10.20走访登记表.xlsx
走访登记表1020.xlsx
走访登记表（10.20修改后）（1）.xlsx
走访登记表.xlsx 需修改0001.xlsx
走访登记表.xls 需修改0012(1).xlsx
走访登记表 (张三的冲突副本 2023-10-20).xlsx
走访登记表 (PC's conflicted copy 2023-10-20).xlsx
走访登记表.sync-conflict-20231020-153000-ABCDEFG.xlsx
""".strip().splitlines()

OTHER_NAMES = """
走访登记表甲组.xlsx
走访登记表乙组.xlsx
走访登记表1.xlsx
走访登记表2.xlsx
走访登记表101.xlsx
走访登记表102.xlsx
走访登记表第一批.xlsx
走访登记表第二批.xlsx
走访登记表上半年.xlsx
走访登记表下半年.xlsx
走访登记表9月.xlsx
走访登记表10月.xlsx
走访登记表2023.9.xlsx
走访登记表2023.10.xlsx
走访登记表2023年.xlsx
走访登记表2024年.xlsx
走访登记表9.18-9.22.xlsx
走访登记表9.25-9.28.xlsx
走访登记表9月18日-22日.xlsx
走访登记表9月25日-28日.xlsx
走访登记表2023.9.18-2023.9.22.xlsx
走访登记表补报.xlsx
走访（1）组登记表.xlsx
走访（2）组登记表.xlsx
走访登记表13.5.xlsx
走访登记表1350.xlsx
A3版走访登记表.xlsx
A4版走访登记表.xlsx
走访登记表人事股.xlsx
走访登记表工会.xlsx
矛盾纠纷事项办理表.xlsx
""".strip().splitlines()


@pytest.mark.parametrize("name", ONE_NAME)
def test_a_copy_a_version_or_a_day_makes_no_other_form(name: str) -> None:
    assert files.stem_of(name) == "走访登记表"


def test_what_may_be_another_form_has_another_name() -> None:
    """One name taken for two counts shared rows once; two taken for one would withdraw rows: so doubtful ones differ."""
    stems = [files.stem_of(name) for name in OTHER_NAMES]
    assert sorted({*stems, "走访登记表"}) == sorted([*stems, "走访登记表"])


def test_a_name_in_brackets_is_the_name_without_them() -> None:
    assert files.stem_of("走访登记表（甲组）.xlsx") == files.stem_of("走访登记表甲组.xls")


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("20231020.xlsx", "20231020"),
        ("副本.xlsx", "副本"),
        ("(1).xlsx", "1"),
        ("....xlsx", "....xlsx"),
        ("最终版.xls", "最终版"),
        ("🎉.xlsx", "🎉"),
    ],
)
def test_a_name_of_nothing_but_marks_keeps_them(name: str, stem: str) -> None:
    assert files.stem_of(name) == stem


@given(st.text(max_size=40))
def test_every_name_has_a_stem_and_width_and_case_do_not_count(name: str) -> None:
    assert files.stem_of(name) or not name
    assert files.stem_of("登记" + name.upper() + ".xlsx") == files.stem_of("登记" + name.upper() + ".XLSX")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("人事股", "人事股"),
        ('a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j"),
        ("..", "_"),
        ("", "_"),
        ("名. ", "名"),
        ("con", "_con"),
        ("NUL.xlsx", "_NUL.xlsx"),
        ("com1", "_com1"),
        ("console", "console"),
        ("第一行\n第二行\t\x00", "第一行_第二行__"),
        ("\ud800甲", "_甲"),
        ("e\u0301", "\u00e9"),
    ],
)
def test_a_safe_name_is_one_that_every_file_system_holds(tmp_path: Path, name: str, safe: str) -> None:
    assert files.safe_name(name) == safe
    (tmp_path / safe).write_bytes(b"")


@given(st.text(max_size=300), st.sampled_from(["", " 需修改0001.xlsx", "的回执.html"]))
def test_a_safe_name_fits_and_keeps_its_tail(name: str, tail: str) -> None:
    safe = files.safe_name(name, tail)
    assert safe.endswith(tail) and 0 < len(safe.encode()) <= files.NAME_BYTES
    assert not set(safe) & set('<>:"/\\|?*\n\r\t\x00')


def test_a_long_name_is_cut_between_characters() -> None:
    assert files.safe_name("走" * 200, ".xlsx") == "走" * 83 + ".xlsx"
    assert files.safe_name("x", "走" * 100) == "走" * 100  # a tail of ours is ours to keep short


def test_a_write_makes_its_folder_and_leaves_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / ("走" * 80 + ".xlsx")
    files.write_atomic(file, b"new")
    assert file.read_bytes() == b"new"
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_a_write_that_fails_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: type[BaseException]
) -> None:
    file = tmp_path / "x.xlsx"
    file.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(os if step == "fsync" else Path, step, fail)
    with pytest.raises(error):
        files.write_atomic(file, b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"x.xlsx": b"old"}


def test_nothing_but_the_name_changes_when_a_write_succeeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new bytes are whole on disk before they get the name."""
    seen: list[bytes] = []
    replace = Path.replace
    monkeypatch.setattr(
        Path, "replace", lambda self, target: (seen.append(self.read_bytes()), replace(self, target))[1]
    )
    files.write_atomic(tmp_path / "x", b"new")
    assert seen == [b"new"]


def test_a_system_without_folder_handles_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "open", None)
    monkeypatch.setattr(files.os, "name", "nt")
    files.sync_folder(tmp_path)


def test_the_same_bytes_have_the_same_hash() -> None:
    assert files.sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_new_version_that_stood_beside_an_open_file_is_the_same_name() -> None:
    assert files.stem_of("走访.xlsx 需修改0001 (新版 0930).xlsx") == files.stem_of("走访.xlsx")


class TestAFileThatIsBeingReplaced:
    def test_a_refusal_for_a_moment_is_tried_again(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file, refusals, slept = tmp_path / "health.json", [13, 13, 13], []
        file.write_bytes(b"{}")
        real = Path.read_bytes

        def read(path: Path) -> bytes:
            if refusals:
                raise PermissionError(refusals.pop(), "Permission denied", str(path))
            return real(path)

        monkeypatch.setattr(Path, "read_bytes", read)
        assert files.read_beside_writer(file, slept.append) == b"{}"
        assert slept == [0.05, 0.05, 0.05]

    def test_one_for_good_is_said_and_a_missing_file_at_once(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        slept: list[float] = []
        with pytest.raises(FileNotFoundError):
            files.read_beside_writer(tmp_path / "none.json", slept.append)
        assert slept == []

        def refused(path: Path) -> bytes:
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr(Path, "read_bytes", refused)
        with pytest.raises(PermissionError):
            files.read_beside_writer(tmp_path / "health.json", slept.append)
        assert sum(slept) == pytest.approx(1.0)
