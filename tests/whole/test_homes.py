"""A home outlives an upgrade: homes made by earlier versions (tests/homes) still run, rebuild and say the same."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
import yaml
from conftest import Office
from tables import workbook

from dazoufang.commands.rebuild import rebuild
from dazoufang.rules.campaign import load_rules
from dazoufang.system.home import Home

pytestmark = pytest.mark.usefixtures("quick")

HOMES = Path(__file__).parents[1] / "homes"
NAMES = sorted(path.stem for path in HOMES.glob("*.zip"))
LAST_DAY = date(2023, 10, 23)  # for which each was run last

SUBMISSIONS = [
    ("花名册.xlsx", "accepted", ""),
    ("工会/走访登记表.xlsx", "accepted", "工会"),
    ("人事股/走访登记表.xlsx", "partly", "人事股"),
    ("工会/矛盾纠纷事项办理表.xlsx", "accepted", "工会"),
    ("人事股/意见建议事项办理表.xlsx", "accepted", "人事股"),
    ("裁定表.xlsx", "accepted", ""),
    ("工会/走访登记表(1).xlsx", "duplicate", "工会"),
]
VISITS = [("2023-09-20", "张三"), ("2023-09-21", "赵六"), ("2023-09-22", "周八"), ("2023-09-23", "钱七")]
ITEMS = [
    ("23下矛0001", "工会", "张三", "resolved", ""),
    ("23下建0001", "工会", "赵六", "open", ""),
    ("23下矛0002", "人事股", "钱七", "open", ""),
    ("23下建0002", "人事股", "吴十", "open", ""),
]


@pytest.fixture(params=NAMES)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Office:
    return unpacked(request.param, tmp_path)


def unpacked(name: str, folder: Path) -> Office:
    with zipfile.ZipFile(HOMES / f"{name}.zip") as packed:
        packed.extractall(folder / name)
    return Office(Home(folder / name), LAST_DAY)


def items(office: Office) -> list[tuple[str, ...]]:
    rows = office.items("item_no", "unit", "person", "state", "due_on")
    return [(*row[:4], f"{row[4]:%Y-%m-%d}" if row[4] else "") for row in rows]


def test_there_is_a_home_of_every_version_so_far() -> None:
    assert NAMES == [
        "main-job",
        "main-job-own-rules",
        "returned-copies",
        "returned-copies-own-rules",
        "watch",
        "watch-own-rules",
    ]


def test_an_old_home_runs_takes_nothing_anew_and_says_the_same(old: Office) -> None:
    summary = old.run()
    assert summary.submissions == {"accepted": 0, "partly": 0, "returned": 0, "duplicate": 0, "deferred": 0}
    assert summary.rows == {"visits": 4, "disputes": 2, "suggestions": 2}
    assert summary.items == {"open": 3, "resolved": 1, "closed": 0}
    assert summary.alerts == {"严重逾期": 3, "逾期": 0, "预警": 0, "提醒": 4}  # one held row is not mended yet
    assert summary.failures == [] and summary.kept_back == ""
    assert [(one.path, one.verdict, one.unit) for one in old.submissions()] == SUBMISSIONS
    visits = old.frames().visits.sort_values("visited_on")
    assert [(f"{day:%Y-%m-%d}", name) for day, name in zip(visits.visited_on, visits.household, strict=True)] == VISITS
    assert items(old) == ITEMS


def test_an_old_home_rebuilds_without_a_difference(old: Office) -> None:
    old.run()
    assert rebuild(old.home) == []


def test_an_old_home_whose_record_was_lost_is_made_anew_from_its_archive(old: Office) -> None:
    old.home.record.unlink()
    assert [line for line in rebuild(old.home) if not line.startswith("outbox 缺少")] == []  # the zips have no outbox
    assert [(one.path, one.verdict, one.unit) for one in old.submissions()] == SUBMISSIONS
    assert items(old) == ITEMS
    old.run()
    assert rebuild(old.home) == []


def test_an_old_home_takes_in_what_comes_after_the_upgrade_and_rebuilds(old: Office) -> None:
    old.run()
    form = workbook(
        "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 矛盾纠纷 |\n| 2023-09-25 | 李明 | 郑一 | 其他 | 承包地界址不清 |",
        unit="工会",
    )
    assert old.take("工会/九月二十五.xlsx", form, date(2023, 10, 24)).submissions["accepted"] == 1
    assert items(old)[-1] == ("23下矛0003", "工会", "郑一", "open", "")
    assert rebuild(old.home) == []


def test_a_difference_in_an_old_home_is_still_found(old: Office) -> None:
    old.run()
    with closing(sqlite3.connect(old.home.record)) as db, db:
        db.execute("UPDATE rows SET cells = replace(cells, '周八', '周九')")
    assert [line for line in rebuild(old.home) if "数据行不同" in line] == [
        "收件2（工会/走访登记表.xlsx）：数据行不同（库中3行，重建3行；程序换过版本也会这样）"
    ]


def test_a_fault_that_is_not_the_one_recorded_is_still_found(tmp_path: Path) -> None:
    office = unpacked("watch", tmp_path)
    office.run()
    with closing(sqlite3.connect(office.home.record)) as db, db:
        db.execute('UPDATE submissions SET faults = replace(faults, \'"cell":"G4"\', \'"cell":"G5"\')')
    assert any("收件3（人事股/走访登记表.xlsx）：问题清单不同" in line for line in rebuild(office.home))


def test_a_home_with_rules_of_its_own_keeps_them_and_gets_what_they_lack(tmp_path: Path) -> None:
    campaign = load_rules(unpacked("main-job-own-rules", tmp_path).home.schemas).campaign
    assert campaign.alerts.remind_workdays.value == 7
    assert campaign.returns.finish_at.value == "17:00"
    assert campaign.watch.free_mb.value == 500
    assert campaign.inbox.ignores_file("~$走访登记表.xlsx")


def test_the_rules_kept_in_an_archive_are_found_by_the_fingerprint_of_their_time(tmp_path: Path) -> None:
    office = unpacked("returned-copies-own-rules", tmp_path)
    recorded = {one.rules for one in office.submissions()}
    assert recorded == {folder.name for folder in (office.home.archive / "rules").iterdir()}
    assert load_rules(office.home.schemas).fingerprint not in recorded  # today's rules stand in for some of it


def test_an_archive_whose_rules_lack_a_key_of_today_rebuilds(tmp_path: Path) -> None:
    office = unpacked("watch", tmp_path)
    office.run()
    kept = office.home.archive / "rules" / office.submissions()[0].rules
    content = yaml.safe_load((kept / "campaign.yaml").read_text(encoding="utf-8"))
    del content["alerts"]["warn_workdays"]
    (kept / "campaign.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    (kept / "assignment.yaml").unlink()
    assert rebuild(office.home) == []


def test_what_stood_in_for_missing_rules_is_kept_with_them(tmp_path: Path) -> None:
    office = unpacked("main-job-own-rules", tmp_path)
    (office.home.schemas / "assignment.yaml").unlink()
    office.take("工会/空.xlsx", workbook("| 走访日期 | 走访干部 | 走访对象 | 对象类别 |", unit="工会"))
    rules = load_rules(office.home.schemas)
    kept = office.home.archive / "rules" / rules.fingerprint
    assert office.submissions()[-1].rules == rules.fingerprint
    assert sorted(path.name for path in kept.iterdir()) == [
        "assignment.yaml",
        "campaign.yaml",
        "claimed_totals.yaml",
        "decision.yaml",
        "dispute.yaml",
        "generation",
        "guidance_record.yaml",
        "notebook_issue.yaml",
        "roster.yaml",
        "suggestion.yaml",
        "topics.yaml",
        "training_record.yaml",
        "visit.yaml",
        "withdrawal.yaml",
    ]
    own, visit = (yaml.safe_load((of / "visit.yaml").read_text(encoding="utf-8")) for of in (office.home.schemas, kept))
    assert {key: value for key, value in visit.items() if key not in own} == {
        "role": "visits",
        "speaksFor": "unit",
        "identities": [
            ["visited_on", "cadres", "household", "phone"],
            ["visited_on", "cadres", "household"],
            ["household", "phone"],
            ["household", "village"],
            ["visited_on", "household"],
            ["cadres", "household"],
            ["visited_on", "cadres", "phone"],
        ],
        "ignored": ["省", "省份", "市", "市州", "地市", "县", "区县", "县区", "县(市区)", "县市区"],
        "writtenAhead": ["unit", "cadres", "cadre_title", "target_kind", "township"],
    }
    assert {key: value for key, value in visit.items() if key in own} == own
    written = yaml.safe_load((kept / "campaign.yaml").read_text(encoding="utf-8"))
    assert written["watch"]["nightly_at"]["value"] == "18:30"
    again = load_rules(kept)
    assert (again.campaign, again.schemas, again.topics) == (rules.campaign, rules.schemas, rules.topics)


def test_journals_of_the_first_version_say_no_rules(tmp_path: Path) -> None:
    office = unpacked("main-job", tmp_path)
    lines = (office.home.archive / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 7 and not any("rules" in json.loads(line) for line in lines)
    office.run()
    assert {one.rules for one in office.submissions()} == {""}
