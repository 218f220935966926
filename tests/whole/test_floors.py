"""The house is in order: packages import downwards only, gates are single, nothing is called what it should not be."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "dazoufang"

# Top to bottom: a package imports from those below its own. In between the way of a form, backwards.
FLOORS = (
    "cli",
    "entry",
    "commands",
    "running",
    "mail",
    "outbox",
    "writing",
    "duties",
    "ledger",
    "record",
    "judging",
    "reading",
    "archive",
    "inbox",
    "rules",
    "model",
    "system",
)
MODULES = sorted(PACKAGE.rglob("*.py"))
GATES = {
    "sqlalchemy": {"record"},
    "xlsxwriter": {"writing.sheets"},
    "python_calamine": {"reading"},
    "xlrd": {"reading"},
    "openpyxl": {"writing.answers"},
    "pebble": {"system"},
    "filelock": {"system"},
    "typer": {"cli", "entry"},
    "rich": {"cli", "commands"},
    "watchdog": {"commands"},
    "imapclient": {"mail"},
    "msoffcrypto": {"mail.locked"},
    "chinese_calendar": {"rules"},
    "yaml": {"rules", "model.fault_catalogue"},
    "jinja2": {"writing.templates"},
    "docxtpl": {"writing.notice"},
    "smtplib": {"mail.smtp"},
    "keyring": {"mail.servers"},
}
LINES = 400  # a file that wants more wants to be two


def name_of(path: Path) -> str:
    """The module's name below `dazoufang`: judging.cells.dates."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def package_of(name: str) -> str:
    return name.split(".")[0]


def imports(source: str, name: str) -> Iterator[str]:
    """Everything a module imports, anywhere in it, by its whole name; a relative import too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = ["dazoufang", *name.split(".")][: -node.level] if node.level else []
            whole = ".".join([*parent, *([node.module] if node.module else [])])
            for alias in node.names:
                yield f"{whole}.{alias.name}"


def ours_among(imported: Iterable[str], known: set[str]) -> set[str]:
    """The modules of ours among what is imported: the longest name that is one."""
    found = set()
    for whole in imported:
        parts = whole.split(".")[1:] if whole.startswith("dazoufang.") else []
        while parts and ".".join(parts) not in known:
            parts.pop()
        if parts:
            found.add(".".join(parts))
    return found


NAMES = {name_of(path): path for path in MODULES}
SOURCES = {name: path.read_text(encoding="utf-8") for name, path in NAMES.items()}
OURS = sorted(set(NAMES) - {""})


@cache  # of hundreds; by the worker that asks, not by each that collects
def imported(name: str) -> frozenset[str]:
    """Everything that one of our modules imports."""
    return frozenset(imports(SOURCES[name], name))


@cache
def ours(name: str) -> frozenset[str]:
    """What it imports of ours."""
    return frozenset(ours_among(imported(name), set(OURS)))


@pytest.mark.parametrize("name", OURS)
def test_a_module_imports_only_from_packages_below_and_its_own(name: str) -> None:
    here = package_of(name)
    assert here in FLOORS, f"{here} has no floor: add it to FLOORS and to docs/architecture.md"
    for other in ours(name):
        there = package_of(other)
        assert there == here or FLOORS.index(there) > FLOORS.index(here), f"{name} must not import {other}"


def circle(graph: dict[str, set[str]]) -> list[str]:
    """A way through the graph that ends where it began; [] when there is none."""
    done: set[str] = set()

    def follow(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for other in sorted(graph.get(name, ())):
            if found := follow(other, [*way, name]):
                return found
        done.add(name)
        return []

    return next((found for name in sorted(graph) if (found := follow(name, []))), [])


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circle({name: set(ours(name)) for name in OURS}) == []


def test_what_this_page_sees() -> None:
    """Relative imports count as what they mean, and circles are found."""
    known = {"judging", "judging.cells", "judging.cells.dates", "model", "model.terms", "running.run"}
    source = "from ..model import terms\nfrom .cells import dates\ndef late():\n    import dazoufang.running.run\n"
    assert ours_among(imports(source, "judging.judge"), known) == {"model.terms", "judging.cells.dates", "running.run"}
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


@pytest.mark.parametrize("library", sorted(GATES))
def test_one_gate_for_each_outside_thing(library: str) -> None:
    users = {name for name in NAMES if any(whole.split(".")[0] == library for whole in imported(name))}
    gates = GATES[library]
    outside = {name for name in users if not any(name == gate or name.startswith(f"{gate}.") for gate in gates)}
    assert users and outside == set()


def test_only_the_clock_reads_the_clock() -> None:
    clock = re.compile(r"\b(date\.today|datetime\.now|time\.time|utcnow)\(")
    assert {name for name, source in SOURCES.items() if clock.search(source)} == {"system.clock"}


HOMES = {
    r"\.month\}月": "model.faults",  # days in words
    r"1899, 12": "model.day_numbers",  # Excel's numbers of days
    r"- 64\b|chr\(65|xl_col_to_name": "model.cell_names",
    r"east_asian_width\(": "writing.sheets.text_size",  # how much room a character takes
}


@pytest.mark.parametrize("pattern", HOMES)
def test_what_is_spelled_in_one_place_is_spelled_in_no_other(pattern: str) -> None:
    spelled = {name for name, source in SOURCES.items() if re.search(pattern, source)}
    assert spelled == {HOMES[pattern]}


def test_no_module_or_package_is_called_utils_or_the_like() -> None:
    vague = {"utils", "util", "helpers", "helper", "base", "manager", "common", "misc"}
    assert not {part for name in NAMES for part in name.split(".")} & vague


def test_the_doors_of_packages_are_empty() -> None:
    """A child process must not load the database to read a cell."""
    doors = [path for path in MODULES if path.name == "__init__.py" and path.parent != PACKAGE]
    assert doors and [path for path in doors if path.read_text(encoding="utf-8")] == []


def test_every_module_opens_with_a_sentence_that_says_what_it_is_for() -> None:
    for path in MODULES:
        if path.name != "__init__.py":
            said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
            assert said and said.split("\n\n")[0].rstrip().endswith("."), path


def test_no_module_is_past_its_size() -> None:
    long = {name: len(source.splitlines()) for name, source in SOURCES.items()}
    assert {name: lines for name, lines in long.items() if lines > LINES} == {}


def test_few_names_stand_at_the_front() -> None:
    assert len([path for path in PACKAGE.iterdir() if path.name != "__pycache__"]) <= 22


def test_the_architecture_page_names_every_package() -> None:
    page = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert [name for name in FLOORS if f"`{name}/`" not in page and f"`{name}.py`" not in page] == []
