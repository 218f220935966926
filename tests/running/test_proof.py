"""The nightly proof: received = accepted + partly + returned + duplicate + waiting, in four places at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pytest
from conftest import Office
from tables import workbook

from dazoufang.archive import originals as originals_module
from dazoufang.inbox import scan, trays
from dazoufang.running import proof
from dazoufang.running.desk import Desk
from dazoufang.running.proof import ALERT, Proof

pytestmark = pytest.mark.usefixtures("few_outputs")

HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷和信访诉求 |\n"
ZHANG = "| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 | |\n"
BAD = "| 上周三 | 李明 | 钱七 | 其他 | 13800000004 | |\n"


@pytest.fixture
def full(office: Office) -> Office:
    """One of each verdict, all answered."""
    office.drop("工会/走访.xlsx", workbook(HEAD + ZHANG, unit="工会"))
    office.drop("工会/又.xlsx", workbook(HEAD + ZHANG, unit="工会"))
    office.drop("督导室/走访.xlsx", workbook(HEAD + ZHANG + BAD, unit="督导室"))
    office.drop("空.xlsx", b"")
    office.run()
    return office


def prove(office: Office) -> Proof:
    with Desk(office.home) as desk, desk.lead():
        return desk.prove()


def test_the_equation_holds_and_is_said(full: Office) -> None:
    full.drop("工会/等.xlsx", b"waits")
    full.drop("工会/~$等.xlsx", b"a lock is no delivery")
    found = prove(full)
    assert found == Proof(5, 1, 1, 1, 1, 1, [])
    assert found.words == "收到 5 份 = 收下 1 + 部分收下 1 + 退回 1 + 已收过 1 + 等待 1"


def test_an_empty_home_balances(office: Office) -> None:
    office.run()
    assert prove(office) == Proof(0, 0, 0, 0, 0, 0, [])


def journal(office: Office, change: Callable[[list[str]], list[str]]) -> None:
    path = office.home.archive / originals_module.JOURNAL
    path.write_text("".join(line + "\n" for line in change(path.read_text("utf-8").splitlines())), "utf-8")


def prove_as_it_stands(office: Office) -> Proof:
    """Without the lead, which would mend or refuse what the test has done."""
    submissions = office.submissions()
    waiting = scan.scan(office.home.inbox, Desk(office.home).rules.campaign.inbox).waiting
    return proof.prove(office.home, submissions, waiting, [], ["回执/工会/走访.xlsx 回执0001.html"])


def forged(lines: list[str]) -> list[str]:
    first = json.loads(lines[0])
    return [json.dumps(first | {"sha256": "0" * 64}, ensure_ascii=False), *lines[1:]]


def doubled(lines: list[str]) -> list[str]:
    return [*lines, json.dumps(json.loads(lines[0]) | {"submission_id": 9}, ensure_ascii=False)]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda lines: lines[:-1], "存档清单里没有的收件（台账库里有）：4"),
        (doubled, "台账库里没有的收件（存档清单里有）：9"),
        (forged, "两处不同的收件：1"),
    ],
)
def test_a_list_that_says_something_else_than_the_record_is_told(
    full: Office, change: Callable[[list[str]], list[str]], told: str
) -> None:
    journal(full, change)
    assert prove_as_it_stands(full).differences == [told]


def test_an_original_that_is_gone_or_changed_is_told(full: Office) -> None:
    originals = sorted(full.home.archive.glob("*/*走访.xlsx"))
    originals[0].unlink()
    originals[1].write_bytes(b"other")
    assert prove(full).differences == ["原件不在存档里或已被改动的收件：1、2、3"]  # 2 has the same bytes as 1


def test_a_file_in_the_archive_that_nobody_registered_is_told_unless_it_waits(full: Office) -> None:
    month = next(full.home.archive.glob("2023-*"))
    (month / "abc 多.xlsx").write_bytes(b"waits")
    (month / ".abc 多.xlsx.123.tmp").write_bytes(b"what a crash left")
    assert prove(full).differences == [f"存档里没有登记的文件：{month.name}/abc 多.xlsx"]
    full.drop("工会/多.xlsx", b"waits")  # the pass that made the copy was cut short
    assert prove(full).differences == []


def test_an_answer_that_is_gone_is_told(full: Office) -> None:
    for path in full.home.outbox.glob("回执/工会/*.html"):
        path.unlink()
    (told,) = prove(full).differences
    assert told.startswith("outbox 里缺少的回执或退回件：回执/工会/") and told.count("、") == 1


def test_what_is_taken_but_could_not_be_cleared_does_not_wait(full: Office) -> None:
    full.drop("工会/新.xlsx", b"")
    with Desk(full.home) as desk, desk.lead():
        desk.take(desk.scan().waiting, date(2023, 10, 20))
        desk.publish(date(2023, 10, 20), "0930")
        assert (full.home.inbox / trays.CLAIMED).exists()
        assert (desk.prove().waiting, desk.prove().differences) == (0, [])


def test_many_are_not_all_named() -> None:
    assert proof._difference("多", [str(number) for number in range(12)]) == [
        "多：0、1、2、3、4、5、6、7、8、9 等 12 个"
    ]


def test_the_note_in_the_outbox_says_it_and_goes_when_all_is_well(office: Office) -> None:
    office.home.make()
    proof.post(office.home, Proof(2, 1, 0, 0, 0, 0, ["存档里没有登记的文件：甲"]), "2023-10-20 18:30")
    said = (office.home.outbox / ALERT).read_text("utf-8-sig")
    assert "收到 2 份 = 收下 1" in said and "· 存档里没有登记的文件：甲" in said and "doctor" in said
    proof.post(office.home, Proof(0, 0, 0, 0, 0, 0, []), "2023-10-21 18:30")
    assert not (office.home.outbox / ALERT).exists()
