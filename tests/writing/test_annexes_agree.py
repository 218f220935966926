"""What annex 1 counts are the rows of annexes 2 and 3, and what is true of the round."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import Office, made_quick
from plain_rounds import PlainRound
from tables import workbook

from dazoufang.reading.books import read_books
from dazoufang.system.home import Home

Line = Mapping[str, Any]


def table(office: Office, annex: str, sheet: int) -> list[dict[str, Any]]:
    """The rows of a published sheet by their headings; of grouped ones as group|heading."""
    name = next(path for path in office.outbox() if path.startswith(annex))
    rows = read_books(office.outbox()[name], name)[0].sheets[sheet].rows
    top = next(number for number, cells in enumerate(rows) if cells and cells[0] == "序号")
    heads, leaves = rows[top], rows[top + 1]
    grouped = bool(leaves) and leaves[0] is None
    titles: list[str] = []
    group = ""
    for at, head in enumerate(heads):
        leaf = leaves[at] if grouped and at < len(leaves) else None
        group = str(head) if head is not None else group
        titles.append(f"{group}|{leaf}" if leaf is not None else group)
    return [
        dict(zip(titles, [*cells, *[None] * (len(titles) - len(cells))], strict=True))
        for cells in rows[top + 1 + grouped :]
        if cells and (isinstance(cells[0], int) or cells[0] in ("小计", "合计"))
    ]


def dispute_counts(rows: list[Line]) -> dict[str, int]:
    """What rows of annex 2 come to, counted as a reader would."""
    done = [r for r in rows if r["办理状态"] in ("已化解", "程序性终结") and r["办结日期"] and r["化解情况"]]
    held = [r for r in rows if r["办理状态"] == "稳控中"]
    return {
        "收集": len(rows), "已化解": len(done), "稳控中": len(held), "正在化解": len(rows) - len(done) - len(held),
        "已销号": sum(bool(r["销号日期"]) for r in rows),
    }  # fmt: skip


def suggestion_counts(rows: list[Line]) -> dict[str, int]:
    done = [r for r in rows if r["办理状态"] == "已办结" and r["办结日期"] and r["办理情况"]]
    return {
        "收集": len(rows), "已办结": len(done), "正在办理": len(rows) - len(done),
        "已销号": sum(bool(r["销号日期"]) for r in rows),
    }  # fmt: skip


@pytest.fixture(scope="module", params=range(4))
def taken(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[PlainRound, Office]:
    made = PlainRound(request.param)
    office = Office(Home(tmp_path_factory.mktemp("agree") / "home"))
    with pytest.MonkeyPatch.context() as patch:
        made_quick(patch)
        for path, data in made.files.items():
            office.drop(path, data)
        assert office.run().submissions["returned"] == 0
    return made, office


def test_annex_1_counts_the_rows_of_annexes_2_and_3(taken: tuple[PlainRound, Office]) -> None:
    made, office = taken
    disputes, suggestions = (
        [row for row in table(office, annex, 0) if isinstance(row["序号"], int)] for annex in ("附件2", "附件3")
    )
    seen = 0
    for line in table(office, "附件1", 0):
        unit = "" if line["序号"] == "合计" else line["单位"]
        cadre = line["走访干部"] if isinstance(line["序号"], int) else ""
        names = {name for _, name in made.of(unit, cadre)}

        def own(rows: list[dict[str, Any]], names: set[str] = names, unit: str = unit) -> list[Line]:
            of_unit = [row for row in rows if unit in ("", row["填报单位"])]
            return [row for row in of_unit if names & set(row["走访干部"].split("、"))]

        counted = {f"矛盾纠纷|{key}": n for key, n in dispute_counts(own(disputes)).items()}
        counted |= {f"意见建议|{key}": n for key, n in suggestion_counts(own(suggestions)).items()}
        followed = [row for row in own(disputes) if row["回访日期"]] + [
            row for row in own(suggestions) if row["回复日期"]
        ]
        counted["回访户次"] = len(followed)
        assert {key: line[key] for key in counted} == counted, (unit, cadre)
        seen += 1
    assert seen == 8 + 3 + 1


def test_annex_1_counts_what_is_true(taken: tuple[PlainRound, Office]) -> None:
    made, office = taken
    for line in table(office, "附件1", 0):
        unit = "" if line["序号"] == "合计" else line["单位"]
        whose = made.of(unit, line["走访干部"] if isinstance(line["序号"], int) else "")
        disputes, suggestions = (made.matters_of(whose, kind) for kind in ("dispute", "suggestion"))
        true = {"已走访": sum(len(made.households(one)) for one in whose)}
        for kind in ("联点乡镇群众", "人大代表", "政协委员", "原民代幼人员", "其他"):
            true[f"按对象类别|{kind}"] = sum(len(made.households(one, kind)) for one in whose)
        for group, matters, columns in (
            ("矛盾纠纷", disputes, ("已化解", "正在化解", "稳控中")),
            ("意见建议", suggestions, ("已办结", "正在办理")),
        ):
            true[f"{group}|收集"] = len(matters)
            true[f"{group}|已销号"] = sum(matter.counts[1] for matter in matters)
            for column in columns:
                true[f"{group}|{column}"] = sum(matter.counts[0] == column for matter in matters)
        true["回访户次"] = sum(matter.counts[2] for matter in (*disputes, *suggestions))
        assert {key: line[key] for key in true} == true, line


@pytest.mark.parametrize(
    ("filled", "counted"),
    [
        ("已化解 | 已和解 | 2023-09-25", (1, 0)),
        ("已化解 | | ", (0, 1)),
        ("已化解 | 已和解 | ", (0, 1)),
        ("已化解 | | 2023-09-25", (0, 1)),
        ("程序性终结 | 已终结 | 2023-09-25", (1, 0)),
        ("程序性终结 | | ", (0, 1)),
    ],
)
def test_the_word_alone_is_not_yet_resolved(office: Office, filled: str, counted: tuple[int, int]) -> None:
    head = "| 走访日期 | 走访干部 | 当事人 | 纠纷类别 | 主要情况及诉求 | 办理状态 | 化解情况 | 办结日期 |\n"
    row = f"| 2023-09-20 | 李明 | 张三 | 邻里关系 | 排水沟改道争执 | {filled} |\n"
    office.take("工会/办理.xlsx", workbook(head + row, unit="工会"))
    total = table(office, "附件1", 0)[-1]
    assert (total["矛盾纠纷|已化解"], total["矛盾纠纷|正在化解"]) == counted
    assert Path(office.home.outbox).exists()
