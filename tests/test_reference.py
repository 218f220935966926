"""The reference pages are what the rules say; and the example in them runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Office
from test_laws import ZHANG, form

from dazoufang import faults, reference

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.parametrize("name", ["schemas.md", "faults.md", "frames.md"])
def test_the_page_in_docs_is_the_one_the_rules_make(name: str) -> None:
    made = reference.pages()[name]
    assert (DOCS / name).read_text(encoding="utf-8") == made, "run: python -m dazoufang.reference"


def test_every_fault_code_stands_in_the_page() -> None:
    page = (DOCS / "faults.md").read_text(encoding="utf-8")
    assert all(f"| {code} |" in page for code in faults.CATALOGUE)


def test_the_notebook_example_runs(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.take("走访.xlsx", form(ZHANG))
    office.home.root.rename(office.home.root.with_name("demo"))
    monkeypatch.chdir(office.home.root.parent)
    page = (DOCS / "frames.md").read_text(encoding="utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    found: dict[str, object] = {}
    exec(compile(code, "frames.md", "exec"), found)  # noqa: S102 - our own page
    assert found["frames"].visits["household"].tolist() == ["张三"]  # type: ignore[attr-defined]
