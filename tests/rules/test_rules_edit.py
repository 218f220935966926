"""The rules are data: an edit of the YAML is followed by blank forms, judging, annexes, quotas and documentation alike."""

from __future__ import annotations

import io
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import Office
from tables import workbook

from dazoufang.commands.reference import schemas_page
from dazoufang.duties import rounds
from dazoufang.judging.examine import Examined, examine_bytes
from dazoufang.model.faults import INFO
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.system.home import Home, shipped
from dazoufang.writing import blank_forms

pytestmark = pytest.mark.usefixtures("quick")

TODAY = date(2023, 10, 20)
HEAD = "走访日期 | 走访干部 | 走访对象 | 对象类别"
ROW = "@2023-09-20 | 李明 | 张三 | 人大代表"
REMARK = "  - {name: remark, title: 备注,"
INCOME = '  - {name: income, title: 年收入（万元）, aliases: [家庭年收入], type: integer, example: "5", width: 9, constraints: {minimum: 0, maximum: 1000}}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped("schemas"), tmp_path / "home" / "schemas"))


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def check(folder: Path, *lines: str, name: str = "走访登记表.xlsx", today: date = TODAY) -> Examined:
    return examine_bytes(workbook("\n".join(lines), unit="人事股"), name, load_rules(folder), today)


def marks(found: Examined) -> list[str]:
    return [f"{fault.code} {fault.cell}" for fault in found.faults if fault.severity != INFO]


def value(found: Examined, name: str) -> str:
    return found.parts[0].rows[0].values.get(name, "")


def blank(rules: Rules, title: str) -> Any:
    return openpyxl.load_workbook(io.BytesIO(blank_forms.render(rules)[f"{title}.xlsx"]))


def cells(book: Any) -> set[str]:
    return {str(cell) for page in book.worksheets for row in page.iter_rows(values_only=True) for cell in row if cell}


def drop_downs(book: Any) -> set[str]:
    return {str(rule.formula1) for page in book.worksheets for rule in page.data_validations.dataValidation} | cells(
        book
    )


def annex(folder: Path, data: bytes, number: int, today: date = TODAY) -> list[list[Any]]:
    """What the last sheet of an annex holds after a run over one delivered workbook."""
    office = Office(Home(folder.parent), today)
    office.take("人事股/走访登记表.xlsx", data)
    (path,) = office.home.outbox.glob(f"附件{number}*.xlsx")
    return [list(row) for row in openpyxl.load_workbook(path).worksheets[-1].iter_rows(values_only=True)]


def test_a_new_column_is_everywhere(folder: Path) -> None:
    edit(folder, "visit.yaml", REMARK, INCOME + REMARK)
    rules = load_rules(folder)
    assert "年收入（万元）" in cells(blank(rules, "走访登记表"))
    assert "年收入（万元）" in schemas_page(rules.schemas)
    for heading in ("年收入（万元）", "年收入", "家庭 年收入*"):
        found = check(folder, f"{HEAD} | {heading}", f"{ROW} | #12")
        assert (marks(found), value(found, "income")) == ([], "12")
    assert marks(check(folder, f"{HEAD} | 年收入", f"{ROW} | #5000")) == ["C18 E3"]
    page = annex(folder, workbook(f"{HEAD} | 年收入\n{ROW} | #12", unit="人事股"), 1)
    (top,) = [row for row in page if "年收入（万元）" in row]
    (line,) = [row for row in page if "张三" in row]
    assert str(line[top.index("年收入（万元）")]) == "12"


def test_a_column_taken_away_is_unknown_everywhere(folder: Path) -> None:
    edit(folder, "visit.yaml", "  - {name: habitat,", "  # - {name: habitat,")
    rules = load_rules(folder)
    assert "人居环境" not in cells(blank(rules, "走访登记表"))
    assert "| 人居环境" not in schemas_page(rules.schemas)
    assert [f.code for f in check(folder, f"{HEAD} | 人居环境", f"{ROW} | 整洁").faults] == ["S03"]


def test_a_new_alias_is_read(folder: Path) -> None:
    head = HEAD.replace("走访对象", "当家人")
    assert marks(check(folder, head, ROW)) == ["S01 "]
    edit(folder, "visit.yaml", "被走访人,", "被走访人, 当家人,")
    found = check(folder, head, ROW)
    assert (marks(found), value(found, "household")) == ([], "张三")
    assert "当家人" in schemas_page(load_rules(folder).schemas)


def test_a_new_choice_is_offered_read_and_published(folder: Path) -> None:
    row = ROW.replace("人大代表", "企业职工")
    assert marks(check(folder, HEAD, row)) == ["C11 D3"]
    edit(folder, "visit.yaml", "原民代幼人员, 其他]", "原民代幼人员, 企业职工, 其他]")
    edit(folder, "campaign.yaml", "原民代幼人员: 办公室, 其他", "原民代幼人员: 办公室, 企业职工: 工会, 其他")
    rules = load_rules(folder)
    assert any("企业职工" in text for text in drop_downs(blank(rules, "走访登记表")))
    assert "企业职工" in schemas_page(rules.schemas)
    assert marks(check(folder, HEAD, row)) == []
    page = annex(folder, workbook(f"{HEAD}\n{row}", unit="人事股"), 1)
    (line,) = [line for line in page if "张三" in line]
    assert "企业职工" in line and "工会" in line


def test_a_new_value_alias_is_read_and_said(folder: Path) -> None:
    row = ROW.replace("人大代表", "县人大代表")
    assert marks(check(folder, HEAD, row)) == ["C11 D3"]
    edit(
        folder,
        "visit.yaml",
        "valueAliases: {群众: 联点乡镇群众,",
        "valueAliases: {县人大代表: 人大代表, 群众: 联点乡镇群众,",
    )
    found = check(folder, HEAD, row)
    assert (marks(found), value(found, "target_kind")) == ([], "人大代表")
    assert [(r.before, r.after) for r in found.repairs] == [("县人大代表", "人大代表")]


def test_a_column_that_becomes_required_is_starred_and_asked_for(folder: Path) -> None:
    head, row = f"{HEAD} | 联系电话", f"{ROW} | "
    assert marks(check(folder, head, row)) == []
    edit(
        folder,
        "visit.yaml",
        "sensitive: phone, width: 13}",
        "sensitive: phone, width: 13, constraints: {required: true}}",
    )
    assert marks(check(folder, head, row)) == ["C01 E3"]
    assert "联系电话*" in cells(blank(load_rules(folder), "走访登记表"))


def test_next_year_is_a_copied_block_with_new_dates(folder: Path) -> None:
    row = ROW.replace("2023-09-20", "2024-09-20")
    today = date(2024, 10, 18)
    assert marks(check(folder, HEAD, row, today=today)) == ["C07 A3"]
    text = (folder / "campaign.yaml").read_text(encoding="utf-8")
    block = text[text.index("  - year: 2023") : text.index("# 有意为之")]
    edit(folder, "campaign.yaml", "# 有意为之", block.replace("2023", "2024") + "# 有意为之")
    rules = load_rules(folder)
    assert [year.year for year in rules.campaign.years] == [2023, 2024]
    found = check(folder, HEAD, row, today=today)
    assert (marks(found), value(found, "visited_on")) == ([], "2024-09-20")
    assert marks(check(folder, HEAD, ROW, today=today)) == ["C07 A3"]
    assert value(check(folder, HEAD, ROW.replace("@2023-09-20", "9月20日"), today=today), "visited_on") == "2024-09-20"
    assert rounds.current_round(rules.campaign, today)[0] == 2024
    page = annex(folder, workbook(f"{HEAD}\n{row}", unit="人事股"), 1, today)
    assert [line for line in page if "张三" in line]


def test_a_new_quota_is_what_is_counted_against(folder: Path) -> None:
    edit(folder, "campaign.yaml", "households_per_round: {value: 10,", "households_per_round: {value: 4,")
    office = Office(Home(folder.parent), TODAY)
    office.take("花名册.xlsx", workbook("姓名 | 单位 | 角色\n李明 | 人事股 | 股室负责人"))
    office.take("人事股/走访登记表.xlsx", workbook(f"{HEAD}\n{ROW}"))
    (path,) = office.home.outbox.glob("附件1*.xlsx")
    page = [
        [str(cell) for cell in row] for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    ]
    (line,) = [row for row in page if "李明" in row]
    assert "4" in line and "1" in line and "10" not in line


def test_a_title_of_our_own_is_on_the_form_and_in_the_answer(folder: Path) -> None:
    edit(folder, "visit.yaml", "title: 备注, aliases: [说明]", "title: 补充说明, aliases: [备注, 说明]")
    assert "补充说明" in cells(blank(load_rules(folder), "走访登记表"))
    found = check(folder, f"{HEAD} | 备注", f"{ROW} | {'长' * 1001}")
    assert [(f.code, f.column) for f in found.faults] == [("C17", "补充说明")]


def test_a_township_of_another_county_is_read(folder: Path) -> None:
    edit(folder, "campaign.yaml", "names: [章华镇,", "names: [城关镇, 章华镇,")
    found = check(folder, f"{HEAD} | 乡镇", f"{ROW} | 城关")
    assert (marks(found), value(found, "township")) == ([], "城关镇")
    assert any("城关镇" in text for text in drop_downs(blank(load_rules(folder), "走访登记表")))
