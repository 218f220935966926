"""The reference pages are what the rules say; and the example in them runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Office
from test_laws import ZHANG, form

from dazoufang.commands import reference
from dazoufang.model import faults

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", ["schemas.md", "faults.md", "frames.md"])
def test_the_page_in_docs_is_the_one_the_rules_make(name: str) -> None:
    made = reference.pages()[name]
    assert (DOCS / name).read_text(encoding="utf-8") == made, "run: python -m dazoufang.commands.reference"


def test_every_fault_code_stands_in_the_page_with_its_whole_message_and_no_blanks() -> None:
    page = (DOCS / "faults.md").read_text(encoding="utf-8")
    for code, kind in faults.CATALOGUE.items():
        assert f"| {code} |" in page and f"### {code} {kind.title}（" in page
    assert "{" not in page
    assert "填的是“1380000”，只有7位，手机号应为11位，还差4位" in page


def test_the_page_says_how_to_teach_a_heading_and_the_unit_is_not_told() -> None:
    command = "python process.py learn 走访登记表 联系方式2 联系电话"
    kind = faults.CATALOGUE["S11"]
    assert command in (DOCS / "faults.md").read_text(encoding="utf-8")
    assert command not in kind.message + kind.remedy


@pytest.mark.parametrize("code", ["C09", "c09", "Ｃ０９", " c０9 "])
def test_a_code_is_explained_however_it_is_typed(code: str) -> None:
    assert reference.explanation(code).splitlines() == [
        "C09 电话号码不对（须修改）",
        "单位看到的：「走访登记」表 D5（第5行·联系电话）填的是“1380000”，只有7位，手机号应为11位，还差4位",
        "怎么改：请改成完整的手机号；座机请写成“0730-4123456”；没有电话就留空，空着不算错",
        "什么意思：程序数过位数；少的、多的、像身份证号的都不替人补",
        "程序怎么处理：这一行暂不计入，其他行照常收下；改好重新放入即可",
        "例：1380000 → 13800001234",
    ]


def test_what_the_office_can_do_is_said_where_it_can() -> None:
    assert "\n局里可以：新单位、改了名的单位，在花名册里补上" in reference.explanation("S08")


def test_a_code_that_nothing_has_is_answered_with_those_near_it() -> None:
    with pytest.raises(reference.NoSuchCode) as refused:
        reference.explanation("c99")
    assert refused.value.nearest == ["C09", "C19"]
    assert str(refused.value) == "没有编号为“C99”的填报错误；相近的有：C09、C19（全部编号见 docs/faults.md）"
    with pytest.raises(reference.NoSuchCode, match="没有编号为“电话”的填报错误（全部"):
        reference.explanation("电话")


def test_the_notebook_example_runs(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.take("走访.xlsx", form(ZHANG))
    office.home.root.rename(office.home.root.with_name("demo"))
    monkeypatch.chdir(office.home.root.parent)
    page = (DOCS / "frames.md").read_text(encoding="utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    found: dict[str, object] = {}
    exec(compile(code, "frames.md", "exec"), found)  # noqa: S102 - our own page
    assert found["frames"].visits["household"].tolist() == ["张三"]  # type: ignore[attr-defined]
