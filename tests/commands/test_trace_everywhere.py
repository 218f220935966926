"""Random cells of random rounds lead to the cells that were typed, held against the round as it was made up."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from conftest import TODAY
from plain_rounds import Household, Matter, PlainRound
from tray import Tray

from dazoufang.commands.trace import Trace, trace
from dazoufang.ledger.fold import Fold
from dazoufang.model.cell_names import address
from dazoufang.reading.books import read_books
from dazoufang.rules.campaign import Rules
from dazoufang.system.home import Home
from dazoufang.writing.annexes import annexes
from dazoufang.writing.sheets.page import workbook

ROUNDS, TOGETHER = 30, 10
KINDS = ("联点乡镇群众", "人大代表", "政协委员", "原民代幼人员", "其他")
ROSTER_COLUMNS = ("序号", "单位", "走访干部", "应走访", "完成率")
# Column of an annex → what it is called where the office's row and the visit's row type it.
VISIT_HEADINGS = {"当事人": "走访对象", "反映人": "走访对象", "反映日期": "走访日期", "身份": "对象类别"}
Place = tuple[str, int]


class Taken:
    """One round, its annexes in the outbox of a home, and the workbooks as they were dropped."""

    def __init__(self, seed: int, root: Any, rules: Rules) -> None:
        self.made, self.home, tray = PlainRound(seed), Home(root / f"home{seed}"), Tray(rules)
        for path, data in self.made.files.items():
            tray.take(path, data)
        self.fold: Fold = tray.fold
        self.home.outbox.mkdir(parents=True)
        self.pages: dict[tuple[str, str], list[list[Any]]] = {}
        for form in ("visit", "dispute", "suggestion"):
            for path, book in annexes.books(form, self.fold.frames(), rules, TODAY).items():
                data = workbook(book)
                (self.home.outbox / path).write_bytes(data)
                self.pages |= {(path[2], sheet.name): sheet.rows for sheet in read_books(data, path)[0].sheets}
        self.typed = cache(self._typed)

    def _typed(self, path: str) -> Any:
        return openpyxl.load_workbook(io.BytesIO(self.made.files[path])).worksheets[0]

    def ask(self, number: str, sheet: str, row: int, column: int) -> Trace:
        return trace(f"附件{number}!{sheet}!{address(row, column)}", self.home, self.fold, TODAY)

    def places(self, found: Trace) -> list[Place]:
        """Where the parts of a figure were typed; each cell holds what trace says it does."""
        self.agree(found)
        return [(part.source.path, int(part.source.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))) for part in found.parts]

    def agree(self, found: Trace) -> None:
        for source in found.sources:
            if source.cell not in ("表上方", "收件文件夹"):
                assert str(self.typed(source.path)[source.cell].value) == source.value, source

    def titles(self, number: str, sheet: str) -> tuple[int, list[str]]:
        """The row of the headings, and the heading of each column (group|heading)."""
        rows = self.pages[number, sheet]
        top = next(row for row, cells in enumerate(rows) if cells and cells[0] == "序号")
        heads, leaves = rows[top], rows[top + 1]
        grouped, group, titles = leaves[0] is None, "", list[str]()
        for at, head in enumerate(heads):
            group = str(head) if head is not None else group
            leaf = leaves[at] if grouped and at < len(leaves) else None
            titles.append(f"{group}|{leaf}" if leaf is not None else group)
        return top + grouped, titles

    def data(self, number: str, sheet: str) -> Iterator[tuple[int, list[Any]]]:
        top, titles = self.titles(number, sheet)
        for row, cells in enumerate(self.pages[number, sheet]):
            if row > top and cells and (isinstance(cells[0], int) or cells[0] in ("小计", "合计")):
                yield row, [*cells, *[None] * (len(titles) - len(cells))]

    # -- what is true ----------------------------------------------------------------------------------------------

    def figure(self, title: str, line: list[Any]) -> list[set[Place]]:
        """For each thing that a figure counts, the rows in which it was typed."""
        unit = "" if line[0] == "合计" else str(line[1])
        whose = self.made.of(unit, str(line[2]) if isinstance(line[0], int) else "")
        group, _, column = title.partition("|")
        if title == "已走访" or group == "按对象类别":
            kind = column if group == "按对象类别" else ""
            found = [visits for one in whose for visits in self.made.households(one, kind).values()]
            return [{visit.place for visit in visits} for visits in found]
        kinds = {"矛盾纠纷": ["dispute"], "意见建议": ["suggestion"], "回访户次": ["dispute", "suggestion"]}[group]
        matters = [matter for kind in kinds for matter in self.made.matters_of(whose, kind)]
        return [self.rows_of(matter) for matter in matters if self.counts(matter, group, column)]

    @staticmethod
    def counts(matter: Matter, group: str, column: str) -> bool:
        word, closed, followed = matter.counts
        if group == "回访户次":
            return followed
        return {"收集": True, "已销号": closed}.get(column, column == word)

    @staticmethod
    def rows_of(matter: Matter) -> set[Place]:
        again = {matter.again.place} if matter.again else set()
        return {matter.visit.place, *([matter.row] if matter.row else []), *again}


@pytest.mark.parametrize("first", range(100, 100 + ROUNDS, TOGETHER))
def test_random_figures_and_cells_lead_to_what_was_typed_and_to_nothing_else(
    rules: Rules, tmp_path: Path, first: int
) -> None:
    """Of each round a figure of 汇总统计 and two cells of the lists."""
    rng, asked, typed = Random(first), set[str](), 0
    for seed in range(first, first + TOGETHER):
        taken = Taken(seed, tmp_path, rules)
        asked.add(ask_a_figure(taken, rng))
        typed += ask_a_cell(taken, rng) + ask_a_cell(taken, rng)
    assert len(asked) > 3 and typed > TOGETHER


def ask_a_figure(taken: Taken, rng: Random) -> str:
    """A figure of 汇总统计, any that is not 0: its heading."""
    _, titles = taken.titles("1", "汇总统计")
    lines = list(taken.data("1", "汇总统计"))
    sums = [line for line in lines if not isinstance(line[1][0], int)]
    row, line = rng.choice(rng.choice([sums, lines]))
    figures = [title for title in titles if title not in ROSTER_COLUMNS]
    title = rng.choice([t for t in figures if line[titles.index(t)]] or figures)
    found = taken.ask("1", "汇总统计", row, titles.index(title))
    wanted, places = taken.figure(title, line), taken.places(found)
    assert len(places) == len(wanted) == line[titles.index(title)], (title, line)
    for rows in wanted:
        assert any(place in rows for place in places), (title, line, rows)
    assert set(places) <= set().union(*wanted) if wanted else not places, (title, line)
    return title


def test_every_row_of_the_roster_and_the_rule_stand_behind_what_is_owed(rules: Rules, tmp_path: Path) -> None:
    taken = Taken(100, tmp_path, rules)
    _, titles = taken.titles("1", "汇总统计")
    for row, line in taken.data("1", "汇总统计"):
        unit = "" if line[0] == "合计" else str(line[1])
        whose = taken.made.of(unit, str(line[2]) if isinstance(line[0], int) else "")
        rows = {("花名册.xlsx", taken.made.roster_rows[one]) for one in whose}
        for title in ("应走访", "完成率"):
            found = taken.ask("1", "汇总统计", row, titles.index(title))
            taken.agree(found)
            cells = [s for s in found.sources if s.path == "花名册.xlsx" and s.cell.startswith("A")]
            assert {(s.path, int(s.cell[1:])) for s in cells} >= rows, (title, line)
            assert ("quota.households_per_round", "10") in [(rule.key, rule.value) for rule in found.rules]
        owed = taken.ask("1", "汇总统计", row, titles.index("应走访"))
        assert sum(part.amount for part in owed.parts) == line[titles.index("应走访")] == 10 * len(whose)
        if not isinstance(line[0], int):
            people = taken.ask("1", "汇总统计", row, titles.index("走访干部"))
            assert f"{len(people.parts)}人" == line[2]
            assert set(taken.places(people)) == rows


def ask_a_cell(taken: Taken, rng: Random) -> bool:
    """A cell of a list; whether it shows what somebody typed, and no word of the program's own."""
    by_household = {visit.cells["联系电话"] + visit.cells["走访日期"]: visit for visit in taken.made.visits}
    by_text = {matter.text: matter for matter in taken.made.matters}
    number, sheet = rng.choice([key for key in taken.pages if key[1] != "汇总统计"])
    _, titles = taken.titles(number, sheet)
    row, line = rng.choice([one for one in taken.data(number, sheet) if isinstance(one[1][0], int)])
    column = rng.choice([at for at in range(2, len(titles)) if line[at] is not None])
    shown = str(line[column])[:10] if "日期" in titles[column] or "时限" in titles[column] else str(line[column])
    found = taken.ask(number, sheet, row, column)
    taken.agree(found)
    assert found.sources, (sheet, titles[column], line)
    cells = dict(zip(titles, line, strict=True))
    if number == "1":
        visit = by_household[f"{cells['联系电话']}{str(cells['走访日期'])[:10]}"]
        places, typed = {visit.place}, [visit.cells.get(titles[column])]
    else:
        matter = by_text[cells["主要情况及诉求" if number == "2" else "意见建议内容"]]
        places, typed = Taken.rows_of(matter), _typed_of(matter, titles[column])
    assert {(s.path, int(s.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))) for s in found.sources} <= places
    if shown in typed:
        assert shown in [source.value for source in found.sources], (sheet, titles[column], shown)
        return True
    assert found.how, (sheet, titles[column], shown)  # the program's own: it says why
    return False


def _typed_of(matter: Matter, title: str) -> list[str | None]:
    """What the visit and the office's row type of an item under a heading of the annex."""
    visits: list[Household] = [matter.visit, *([matter.again] if matter.again else [])]
    said = [visit.cells.get(VISIT_HEADINGS.get(title, title)) for visit in visits]
    return (
        [matter.text, matter.cells.get(title), *said]
        if "内容" in title or "诉求" in title
        else [matter.cells.get(title), *said]
    )
