"""What a submission is said to have done, by how an item stood before it and how it stands after it."""

from __future__ import annotations

import pytest
from test_matching import DITCH, entry, item

from dazoufang.ledger.effects import EffectNotes
from dazoufang.ledger.items import Item
from dazoufang.model.submission import Effect
from dazoufang.rules.campaign import Rules

WORDS = {
    "open": {"status": "正在化解"},
    "resolved": {"status": "已化解", "resolved_on": "2023-09-25", "outcome": "已和解"},
    "closed": {"status": "已化解", "resolved_on": "2023-09-25", "outcome": "已和解", "follow_up_on": "2023-09-27", "follow_up_mode": "上门"},
}  # fmt: skip
THE_ITEM = ("23下矛0001", f"张三：{DITCH}")


def stands(made: Item, state: str) -> None:
    """Let one row say of the item what makes it stand so; "" nothing is said of it any more."""
    made.last = made.facts()
    made.rows.clear()
    if state:
        row = entry("dispute", person="张三", matter=DITCH, **WORDS[state])
        made.rows[row.entry_id] = row


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("", "", {}),
        ("", "open", {"opened": [THE_ITEM]}),  # it had been let go, and is said again
        ("", "closed", {"opened": [THE_ITEM], "closed": [THE_ITEM]}),
        ("open", "open", {}),
        ("open", "resolved", {"updated": [THE_ITEM]}),
        ("open", "closed", {"updated": [THE_ITEM], "closed": [THE_ITEM]}),
        ("closed", "closed", {}),
        ("closed", "open", {"updated": [THE_ITEM], "reopened": [THE_ITEM]}),
        ("closed", "resolved", {"updated": [THE_ITEM], "reopened": [THE_ITEM]}),
        ("open", "", {"withdrawn": [f"事项23下矛0001 张三：{DITCH}"]}),
        ("closed", "", {"withdrawn": [f"已销号的事项23下矛0001 张三：{DITCH}"]}),
    ],
)
def test_what_became_of_an_item(rules: Rules, was: str, now: str, told: dict[str, list[object]]) -> None:
    made, effect = item(), Effect(1)
    stands(made, "open")
    stands(made, was)
    notes = EffectNotes(effect, rules)
    notes.before(made)
    stands(made, now)
    notes.before(made)  # how it stood first counts
    notes.said(made.item_no)
    renewed = notes.finish({made.item_no: made})
    expected = Effect(1)
    for name, words in told.items():
        setattr(expected, name, words)
    assert effect == expected
    assert renewed == ([made] if {"opened", "updated"} & set(told) else [])


def test_an_item_opened_is_told_once_and_is_withdrawn_when_it_does_not_stay(rules: Rules) -> None:
    made, effect = item(), Effect(1)
    notes = EffectNotes(effect, rules)
    notes.opened(made, {"person": "张三", "matter": DITCH})
    stands(made, "open")
    notes.said(made.item_no)
    assert notes.finish({made.item_no: made}) == [made]
    assert effect == Effect(1, opened=[THE_ITEM])
    notes.joined(made, item(*made.rows.values(), number="23下矛0009"))
    made.decisions.append(entry("decision", decision="作废", approved_on="2023-10-10"))
    notes.finish({made.item_no: made})
    assert effect.joined == [("23下矛0001", f"张三：{DITCH} 并入 23下矛0009（张三：{DITCH}）")]
    assert effect.withdrawn == []


def test_what_is_only_taken_back_updates_nothing(rules: Rules) -> None:
    made, effect = item(), Effect(1)
    stands(made, "resolved")
    notes = EffectNotes(effect, rules)
    notes.before(made)
    stands(made, "open")
    notes.taken_back(made.item_no)
    assert notes.finish({made.item_no: made}) == []
    assert effect == Effect(1)
    notes.said(made.item_no)
    notes.taken_back(made.item_no)  # said and taken back in one: said
    assert notes.finish({made.item_no: made}) == [made]


@pytest.mark.parametrize(("state", "codes"), [("open", ["R08"]), ("resolved", ["R08"]), ("closed", [])])
def test_a_claim_to_be_closed_is_told_unless_it_is_kept(rules: Rules, state: str, codes: list[str]) -> None:
    made, effect = item(), Effect(1)
    stands(made, state)
    (row,) = made.rows.values()
    notes = EffectNotes(effect, rules)
    notes.unkept_claim(row, made)
    assert effect.notices == []  # nothing is claimed
    row.values["closed_on"] = "2023-10-01"
    notes.unkept_claim(row, made)
    assert [(fault.code, fault.column, fault.row) for fault in effect.notices] == [
        (code, "销号日期", 3) for code in codes
    ]
