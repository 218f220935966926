"""The house is in order: floors are kept, gates are single, nothing is called what it should not be."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "dazoufang"

# Top to bottom; a module may import from floors below its own, and a package's modules among themselves.
FLOORS = [
    {"cli"},
    {"check", "status", "trace", "rebuild", "doctor", "demo", "learn", "reference", "screen", "watch"},
    {"run"},
    {"desk"},
    {"publication", "intake", "proof"},
    {"inbox", "outbox", "record", "rulebook", "engine"},
    {"notices", "blank_forms", "annexes", "replies"},
    {"accept", "listing", "alerts"},
    {"fold", "alert_levels", "deadlines"},
    {"ledger", "quotas"},
    {"items", "closing", "frames"},
    {"merge", "examine"},
    {"judge"},
    {"row_rules", "structure"},
    {"extract"},
    {"identify"},
    {"workbook", "sheets", "convert", "campaign"},
    {"schema"},
    {"rules_file", "rules_edit", "home", "submission", "workdays", "local_disk", "settling", "share", "health"},
    {"scratch"},
    {"grid", "lead"},
    {"faults", "terms", "files"},
    {"catalogue", "failpoints", "logbook", "zip_headers"},
]
FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")
GATES = {
    "sqlalchemy": {"record"},
    "xlsxwriter": {"sheets"},
    "python_calamine": {"workbook"},
    "xlrd": {"workbook"},
    "openpyxl": {"replies"},
    "pebble": {"engine"},
    "typer": {"cli"},
    "watchdog": {"watch"},
    "filelock": {"lead"},
    "chinese_calendar": {"workdays"},
    "yaml": {"rules_file", "rules_edit"},
}


def room(path: Path) -> str:
    """The module or package a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Our modules and packages that a file imports, anywhere in it; and others by their first name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            if node.module == "dazoufang":
                found |= {f"dazoufang.{alias.name}" for alias in node.names if alias.name != "__version__"}
            else:
                found.add(node.module)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_from_floors_below(path: Path) -> None:
    here = room(path)
    assert here in FLOOR, f"{here} has no floor: add it to FLOORS and to docs/architecture.md"
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "dazoufang" and len(parts) > 1 and parts[1] != here:
            assert FLOOR[parts[1]] > FLOOR[here], f"{here} must not import {parts[1]}"


@pytest.mark.parametrize("library", sorted(GATES))
def test_one_gate_for_each_outside_thing(library: str) -> None:
    users = {room(path) for path in MODULES if any(name.split(".")[0] == library for name in imports(path))}
    assert users == GATES[library]


def test_only_the_command_line_reads_the_clock() -> None:
    clock = re.compile(r"\b(date\.today|datetime\.now|time\.time|utcnow)\(")
    assert {room(path) for path in MODULES if clock.search(path.read_text(encoding="utf-8"))} == {"cli"}


def test_no_room_is_called_utils_or_the_like() -> None:
    assert not {path.stem for path in MODULES} & {
        "utils",
        "util",
        "helpers",
        "helper",
        "base",
        "manager",
        "common",
        "misc",
    }


def test_every_module_opens_with_a_sentence_that_says_what_it_is_for() -> None:
    for path in MODULES:
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert said and said.split("\n\n")[0].rstrip().endswith("."), path


def test_no_module_is_past_its_size() -> None:
    long = {path.relative_to(PACKAGE).as_posix(): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {name: lines for name, lines in long.items() if lines > 460} == {}


def test_the_architecture_page_names_every_room() -> None:
    page = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    missing = [name for name in FLOOR if f"`{name}`" not in page and f"`{name}/`" not in page]
    assert missing == []
