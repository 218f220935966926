"""Whole made-up rounds through the whole program: what comes out is what was true, whatever the habits of the units."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from rounds import TODAY, Truth, make_round

from dazoufang.commands.run import run
from dazoufang.model.faults import INFO
from dazoufang.model.submission import UNKNOWN_UNIT, Submission
from dazoufang.record.record import Record
from dazoufang.system.files import sha256
from dazoufang.system.home import Home

SEEDS = (8,)
ANNEX_COLUMNS = {
    "对象类别": "target_kind", "乡镇": "township", "村(社区)组": "village", "联系电话": "phone",
    "矛盾纠纷和信访诉求": "dispute", "意见建议": "suggestion", "政策咨询和求助": "inquiry", "现场答复情况": "reply",
}  # fmt: skip
Key = tuple[str, str, str]  # cadres, day, household


@dataclass
class Played:
    """A round, and what the program made of it."""

    home: Home
    truth: Truth
    submissions: dict[str, Submission]  # by path in the inbox

    def annex(self, pattern: str, sheet: str, key: str) -> list[dict[str, str]]:
        """The rows of a published sheet by heading; `key` is a heading that every row fills."""
        (path,) = self.home.outbox.glob(pattern)
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        top = next(number for number, row in enumerate(rows) if key in row)
        heads = [str(low or high) for low, high in zip(rows[top], rows[top - 1], strict=True)]
        found = [dict(zip(heads, map(_plain, row), strict=True)) for row in rows[top + 1 :]]
        return [row for row in found if row[key] and row[key] != key]

    def visits(self) -> list[tuple[Key, dict[str, str]]]:
        rows = self.annex("附件1*.xlsx", "走访明细", "走访对象")
        return [((_names(row["走访干部"]), row["走访日期"], row["走访对象"]), row) for row in rows]

    def uncertain(self) -> set[str]:
        """The households of rows in which mistakes were planted: they may wait or be there."""
        return {visit["household"] for visit in self.truth["maybe"]}

    def files(self, *verdicts: str) -> list[dict[str, Any]]:
        """The delivered files whose verdict must be one of these (any but ignored)."""
        return [
            f
            for f in self.truth["files"]
            if f["verdict"] in (verdicts or ("accepted", "partly", "returned", "duplicate"))
        ]


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return re.sub(r"\s+", "", str(value))


def _names(text: str) -> str:
    return "、".join(sorted(text.split("、")))


def _key(visit: dict[str, Any]) -> Key:
    return "、".join(sorted(visit["cadres"])), visit["visited_on"], visit["household"]


@pytest.fixture(scope="module", params=SEEDS)
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp(f"round{request.param}")
    truth = make_round(folder, request.param)
    home = Home(folder)
    run(home, TODAY)
    with Record.at(home.record) as record:
        return Played(home, truth, {submission.path: submission for submission in record.submissions()})


def test_every_visit_is_found_once_and_none_is_invented(played: Played) -> None:
    true = {_key(visit) for visit in played.truth["visits"]}
    found = Counter(key for key, _ in played.visits())
    assert true - found.keys() == set()
    assert {key for key in found if key not in true and key[2] not in played.uncertain()} == set()
    assert {key: times for key, times in found.items() if times > 1} == {}


def test_every_cell_of_a_visit_says_what_is_true(played: Played) -> None:
    rows = dict(played.visits())
    wrong = [
        (_key(visit), heading, rows[_key(visit)][heading], visit[name])
        for visit in played.truth["visits"]
        for heading, name in ANNEX_COLUMNS.items()
        if rows[_key(visit)][heading] != _plain(visit[name])
    ]
    assert wrong == []


def test_every_planted_fault_is_marked_at_its_cell_and_clean_forms_have_none(played: Played) -> None:
    for file in played.files():
        submission = played.submissions[file["path"]]
        marked = {(fault.code, fault.sheet, fault.cell) for fault in submission.faults if fault.severity != INFO}
        planted = {(fault["code"], fault["sheet"], fault["cell"]) for fault in file.get("faults", ())}
        assert marked == planted, f"{file['path']} ({file.get('kind')})"
        assert submission.verdict == file["verdict"], file["path"]


def test_every_file_is_archived_byte_for_byte(played: Played) -> None:
    kept = {sha256(path.read_bytes()) for path in played.home.archive.rglob("*") if path.is_file()}
    assert {path for path, digest in played.truth["sha256"].items() if digest not in kept} == set()
    assert [path.name for path in played.home.inbox.rglob("*") if path.is_file()] == ["~$走访登记表.xlsx"]


def test_every_file_is_answered_and_those_with_faults_go_back(played: Played) -> None:
    for file in played.files():
        submission = played.submissions[file["path"]]
        folder = submission.unit or ("办公室" if submission.name == "花名册.xlsx" else UNKNOWN_UNIT)
        places = [
            place
            for place in ("回执", "退回")
            if any(one.name.startswith(submission.name) for one in (played.home.outbox / place / folder).glob("*"))
        ]
        assert places, f"{file['path']} has no answer"
        assert ("退回" in places) == (file["verdict"] in ("partly", "returned")), file["path"]


def test_every_matter_is_one_item_with_the_state_it_must_have(played: Played) -> None:
    disputes = played.annex("附件2*.xlsx", "矛盾纠纷事项办理表", "当事人")
    suggestions = played.annex("附件3*.xlsx", "意见建议事项办理表", "反映人")
    certain = [row for row in disputes if row["当事人"] not in played.uncertain()]
    assert len(certain) == played.truth["disputes"]
    assert sum(row["反映人"] not in played.uncertain() for row in suggestions) == played.truth["suggestions"]
    states = {row["联系电话"]: "销号" if row["销号日期"] else row["办理状态"] for row in certain}
    assert {phone: states.get(phone) for phone in played.truth["status"]} == {
        phone: status["state"] for phone, status in played.truth["status"].items()
    }


def test_every_cadre_is_credited_with_his_households(played: Played) -> None:
    rows = played.annex("附件1*.xlsx", "汇总统计", "走访干部")
    done = {row["走访干部"]: int(row["已走访"]) for row in rows if row["已走访"].isdigit()}
    slack = Counter(name for visit in played.truth["maybe"] for name in visit["cadres"])
    off = {
        name: (done.get(name), quota)
        for name, quota in played.truth["quota"].items()
        if not 0 <= done.get(name, -1) - quota <= slack[name]
    }
    assert off == {}
