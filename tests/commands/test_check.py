"""`check`: files are judged as if they were delivered, and nothing is taken in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import TODAY, Office
from killing import InProcess
from tables import workbook

from dazoufang.commands import check as check_module
from dazoufang.commands.check import Checked, check
from dazoufang.system.child_limits import Failure
from dazoufang.system.errors import OurMistake

HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 |\n"
GOOD = HEAD + "| 2023-09-20 | 张 三 丰 | 张三 | 其他 |\n"
FAULTY = GOOD + "| 上周三 | 李明 | 王五 | 路人 |\n"


def checked(office: Office, folder: Path, files: dict[str, bytes], write: Path | None = None) -> list[Checked]:
    paths = []
    for name, data in files.items():
        (folder / name).write_bytes(data)
        paths.append(folder / name)
    return check(paths, office.home, TODAY, write)


def test_each_file_is_judged_in_the_order_given_and_nothing_is_kept(office: Office, tmp_path: Path) -> None:
    found = checked(
        office,
        tmp_path,
        {
            "乙.xlsx": workbook(FAULTY, unit="工会"),
            "甲.xlsx": workbook(GOOD, unit="督导室"),
            "坏.xlsx": b"",
            "图.jpg": b"\xff\xd8\xff",
        },
        tmp_path / "标注",
    )
    assert [(Path(one.file).name, one.form, one.unit, one.verdict_name, one.rows) for one in found] == [
        ("乙.xlsx", "走访登记表", "工会", "部分已收", 1),
        ("甲.xlsx", "走访登记表", "督导室", "已收", 1),
        ("坏.xlsx", "", "", "退回", 0),
        ("图.jpg", "", "", "退回", 0),
    ]
    assert not office.home.root.exists()
    copies = [path.name for path in (tmp_path / "标注").iterdir()]
    assert copies == ["乙.xlsx 需修改0001.xlsx"] and found[0].copy.endswith(copies[0])
    assert [one.copy for one in found[1:]] == ["", "", ""]


def test_its_json_has_exactly_the_keys_of_the_contract(office: Office, tmp_path: Path) -> None:
    (one,) = checked(office, tmp_path, {"乙.xlsx": workbook(FAULTY, unit="工会")})
    found = one.as_json()
    assert set(found) == {"file", "form", "unit", "verdict", "rows", "faults", "repairs"}
    assert (found["file"], found["form"], found["unit"], found["verdict"], found["rows"]) == (
        str(tmp_path / "乙.xlsx"),
        "visit",
        "工会",
        "partly",
        1,
    )
    keys = {"code", "severity", "sheet", "cell", "row", "column", "value", "message", "remedy"}
    assert all(keys <= set(fault) for fault in found["faults"])
    assert [(fault["code"], fault["cell"], fault["row"], fault["column"]) for fault in found["faults"]] == [
        ("C02", "A4", 4, "走访日期"),
        ("C11", "D4", 4, "对象类别"),
    ]
    assert found["repairs"][0]["before"] == "张 三 丰"
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize(
    ("sheets", "form"), [([], None), (["visit"], "visit"), (["visit", "roster"], ["visit", "roster"])]
)
def test_a_file_of_several_forms_names_them_all(
    office: Office, tmp_path: Path, sheets: list[str], form: object
) -> None:
    from tables import rows, workbook_of

    tables = {
        "visit": [["填报单位：工会"], *rows(GOOD)],
        "roster": rows("| 姓名 | 单位 | 角色 |\n| 李明 | 工会 | 股室负责人 |"),
    }
    data = workbook_of({name: tables[name] for name in sheets} or {"空": [["商品", "单价"], ["铅笔", 1]]})
    (one,) = checked(office, tmp_path, {"表.xlsx": data})
    assert one.as_json()["form"] == form


def test_the_roster_of_the_home_is_asked(office: Office, tmp_path: Path) -> None:
    office.take("花名册.xlsx", workbook("| 姓名 | 单位 | 角色 |\n| 李明 | 工会 | 股室负责人 |"))
    before = office.submissions()
    (one,) = checked(office, tmp_path, {"甲.xlsx": workbook(GOOD, unit="工会")}, tmp_path)
    assert [fault.code for fault in one.submission.faults] == ["C13"]
    assert office.submissions() == before


def test_a_mistake_of_the_program_is_not_told_as_a_fault_of_the_file(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Mistaken(InProcess):
        def map(self, *_: Any, **__: Any) -> list[Any]:
            return [Failure("raised", "OurMistake: KeyError")]

    monkeypatch.setattr(check_module, "engine_of", lambda *_: Mistaken())
    with pytest.raises(OurMistake) as told:
        checked(office, tmp_path, {"甲.xlsx": workbook(GOOD, unit="工会")})
    assert told.value.words == "没有做完，程序遇到意外（KeyError）"
