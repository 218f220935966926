"""Which item is meant: literal tables of what is on file, what is told, and what that comes to."""

from __future__ import annotations

from datetime import date
from itertools import count

import pytest

from dazoufang.ledger import matching
from dazoufang.ledger.items import Item, Mention
from dazoufang.ledger.matching import Found, Statement
from dazoufang.ledger.merge import Entry
from dazoufang.model.submission import ACCEPTED, Part, Row, Submission
from dazoufang.rules.campaign import Rules

NAMES = ("person", "phone", "village", "township", "visited_on", "cadres", "matter")
DITCH = "与邻居因排水沟改道争执"
MOVED = "与邻居因水渠改道多次争执"  # like DITCH, not the same words
WAGES = "包工头拖欠工资两万元"
_ids = count(1)


def entry(form: str, /, **values: str) -> Entry:
    """A row of `form` that stands; each with a new id."""
    number = next(_ids)
    made = Row("表", 3, "工会", values, row_id=number)
    part = Part(form, "", form, "工会", [made])
    submission = Submission(number, "", f"{number}.xlsx", "", date(2023, 10, 20), ACCEPTED, "工会", [part])
    return Entry(number, form, "工会", made, part, submission, number)


def values_of(line: str) -> dict[str, str]:
    """`张三 | 138… | 村 | 镇 | 日 | 干部 | 事由` as values of a ledger row."""
    cells = [cell.strip() for cell in line.split("|")]
    return {name: cell for name, cell in zip(NAMES, cells, strict=True) if cell}


def row(line: str) -> Entry:
    return entry("dispute", **values_of(line))


def mention(line: str) -> Mention:
    """A visit that tells the dispute."""
    values = values_of(line)
    matter, household = values.pop("matter"), values.pop("person")
    return Mention(entry("visit", household=household, dispute=matter, **values), "dispute", matter)


def item(*sources: Entry | Mention, number: str = "23下矛0001", given: bool = False) -> Item:
    day = date(2023, 10, 1)
    made = Item(number, "dispute", 2023, 2, day, day, given)
    for source in sources:
        if isinstance(source, Mention):
            made.mentions.append(source)
        else:
            made.rows[source.entry_id] = source
    return made


def told_in_row(line: str, given: str = "") -> Statement:
    made = row(line)
    return Statement("dispute", made.values, made, in_visit=False, given=given)


def told_in_visit(line: str, given: str = "") -> Statement:
    made = mention(line)
    return Statement("dispute", made.values, made.entry, in_visit=True, given=given)


ON_FILE = f"张三 | 13800000001 | 沙口村1组 | 章华镇 | 2023-09-20 | 李明 | {DITCH}"
MEANT, ASKED, ANOTHER = "meant", "asked", "another"


def outcome(found: Found) -> str:
    return MEANT if found.item else ASKED if found.doubtful else ANOTHER


# What is told of somebody called 张三, while ON_FILE is; in a row, and in a visit.
@pytest.mark.parametrize(
    ("told", "in_row", "in_visit"),
    [
        # the same person
        (f"张三 | 13800000001 |           |        | 2023-10-08 | 陈红 | {DITCH}", MEANT, MEANT),
        (f"张三 | 0730-4123456、13800000001 | | | 2023-10-08 | 陈红 | {DITCH}", MEANT, MEANT),
        (f"张三 |             | 沙口村1组 |        | 2023-10-08 | 陈红 | {DITCH}", MEANT, MEANT),
        (f"张三 |             | 沙口村1组 | 章华镇 | 2023-10-08 | 陈红 | {DITCH}", MEANT, MEANT),
        (f"张三 |             |           |        | 2023-09-20 | 李明 | {DITCH}", MEANT, MEANT),
        (f"张三 |             |           |        | 2023-09-20 | 陈红、李明 | {DITCH}", MEANT, MEANT),
        # by name alone: asked, unless telephone and village both tell them apart
        (f"张三 |             |           |        | 2023-10-08 | 陈红 | {DITCH}", ASKED, ASKED),
        (f"张三 |             |           |        | 2023-09-20 | 陈红 | {DITCH}", ASKED, ASKED),
        (f"张三 |             |           |        | 2023-10-08 | 李明 | {DITCH}", ASKED, ASKED),
        (f"张三 | 13800000009 |           |        | 2023-10-08 | 陈红 | {DITCH}", ASKED, ASKED),
        (f"张三 |             | 沙口村1组 | 万庾镇 | 2023-10-08 | 陈红 | {DITCH}", ASKED, ASKED),
        (f"张三 | 13800000009 | 沙口村1组 | 万庾镇 | 2023-10-08 | 陈红 | {DITCH}", ASKED, ASKED),
        (f"张三 | 13800000009 | 沙口村9组 |        | 2023-10-08 | 陈红 | {DITCH}", ANOTHER, ANOTHER),
        # the matter
        (f"张三 | 13800000001 |           |        | 2023-10-08 | 陈红 | {DITCH}，要求村里调解", MEANT, MEANT),
        (f"张三 | 13800000001 |           |        | 2023-10-08 | 陈红 | {MOVED}", ASKED, ASKED),
        ("张三 | 13800000001 |           |        | 2023-10-08 | 陈红 | 与邻居因排水沟改道多次发生争执。", MEANT, MEANT),
        ("张三 | 13800000001 |           |        | 2023-10-08 | 陈红 | 与邻居因晒谷坪改道争执", ANOTHER, ANOTHER),
        (f"张三 |             |           |        | 2023-10-08 | 陈红 | {MOVED}", ANOTHER, ANOTHER),
        (f"张三 | 13800000001 |           |        | 2023-10-08 | 陈红 | {WAGES}", ANOTHER, ANOTHER),
        # the round: a row means an item of its own, a visit may bring up one of long ago
        (f"张三 | 13800000001 |           |        | 2023-03-20 | 陈红 | {DITCH}", ASKED, MEANT),
        (f"张三 | 13800000001 |           |        |            | 陈红 | {DITCH}", MEANT, MEANT),
    ],
)  # fmt: skip
def test_what_is_told_is_what_is_on_file_or_is_asked_about(rules: Rules, told: str, in_row: str, in_visit: str) -> None:
    on_file = item(mention(ON_FILE))
    assert outcome(matching.find(told_in_row(told), [on_file], rules.campaign)) == in_row
    assert outcome(matching.find(told_in_visit(told), [on_file], rules.campaign)) == in_visit


def test_the_likest_item_is_meant_and_of_two_alike_the_first(rules: Rules) -> None:
    like, same = item(row(ON_FILE.replace(DITCH, MOVED))), item(row(ON_FILE), number="23下矛0002")
    twin = item(row(ON_FILE), number="23下矛0003")
    assert matching.find(told_in_row(ON_FILE), [like, same, twin], rules.campaign) == Found(same, None)
    assert matching.find(told_in_row(ON_FILE), [], rules.campaign) == Found(None, None)


def test_two_matters_of_one_form_are_two_items_asked_about_in_rows_and_not_in_a_visit(rules: Rules) -> None:
    told = told_in_row(ON_FILE)
    beside = row(f"{ON_FILE}一事")
    beside.submission = told.entry.submission
    assert outcome(matching.find(told, [item(beside)], rules.campaign)) == ASKED
    told = told_in_visit(ON_FILE)
    assert (
        outcome(matching.find(told, [item(Mention(told.entry, "dispute", f"{DITCH}一事"))], rules.campaign)) == ANOTHER
    )
    assert outcome(matching.find(told, [item(Mention(told.entry, "dispute", DITCH))], rules.campaign)) == MEANT


@pytest.mark.parametrize(
    ("given", "of_the_item", "comes_to"),
    [("", False, MEANT), ("23下矛0007", False, MEANT), ("", True, MEANT), ("23下矛0007", True, ANOTHER)],
)
def test_two_numbers_given_from_outside_are_two_items(
    rules: Rules, given: str, of_the_item: bool, comes_to: str
) -> None:
    on_file = item(row(ON_FILE), given=of_the_item)
    assert outcome(matching.find(told_in_row(ON_FILE, given), [on_file], rules.campaign)) == comes_to


@pytest.mark.parametrize(
    ("day", "comes_to"), [("2023-09-20", MEANT), ("2023-10-10", MEANT), ("2023-10-11", ANOTHER), ("", MEANT)]
)
def test_what_was_struck_off_takes_in_what_was_said_until_then(rules: Rules, day: str, comes_to: str) -> None:
    on_file = item(row(ON_FILE))
    on_file.decisions.append(entry("decision", decision="作废", approved_on="2023-10-10"))
    assert (
        outcome(matching.find(told_in_row(ON_FILE.replace("2023-09-20", day)), [on_file], rules.campaign)) == comes_to
    )


def test_what_was_said_before_it_was_withdrawn_is_still_known(rules: Rules) -> None:
    gone = item()
    gone.last = values_of(ON_FILE)
    assert matching.find(told_in_visit(ON_FILE), [gone], rules.campaign).item is gone


# A row with the number of an item of which ON_FILE is said, by a visit and by the row itself before it was corrected.
@pytest.mark.parametrize(
    ("told", "by_number", "corrected_beside_a_visit", "corrected_alone"),
    [
        (f"张三 |             | | | | | {DITCH}", True, True, True),
        (f"张三 |             | | | | | {WAGES}", True, False, True),  # another matter
        (f"张珊 | 13800000001 | | | | | {MOVED}", True, True, True),  # the name put right
        (f"张珊 | 13800000001 | | | | | {WAGES}", False, False, False),
        (f"张珊 |             | | | | | {DITCH}", False, False, False),
        (f"     |             | | | | | {DITCH}", True, False, False),  # the number alone says who it is
    ],
)  # fmt: skip
def test_a_row_may_mean_the_item_it_names_or_spoke_of_before(
    rules: Rules, told: str, by_number: bool, corrected_beside_a_visit: bool, corrected_alone: bool
) -> None:
    settings, bearing = rules.campaign.items, told_in_row(told)
    assert matching.number_agrees(bearing, item(mention(ON_FILE)), settings) == by_number
    before = row(ON_FILE)
    before.entry_id = bearing.entry.entry_id
    assert matching.may_still_mean(bearing, item(mention(ON_FILE), before), settings) == corrected_beside_a_visit
    assert matching.may_still_mean(bearing, item(before), settings) == corrected_alone


def test_alone_a_row_may_put_its_own_name_right_and_never_names_an_item_of_another_kind(rules: Rules) -> None:
    renamed = told_in_row(f"李四 | | | | | | {WAGES}")
    before = row(ON_FILE)
    before.entry_id = renamed.entry.entry_id
    alone = item(before)
    assert matching.number_agrees(renamed, alone, rules.campaign.items)
    alone.kind = "suggestion"
    assert not matching.number_agrees(renamed, alone, rules.campaign.items)


def test_a_row_whose_name_was_put_right_is_known_by_what_it_said_itself(rules: Rules) -> None:
    again = told_in_row(f"张珊 | | | | | | {WAGES}")
    before = row(f"张珊 | 13800000001 | | | | | {DITCH}")
    assert not matching.number_agrees(again, item(mention(ON_FILE)), rules.campaign.items)
    before.entry_id = again.entry.entry_id
    assert matching.number_agrees(again, item(mention(ON_FILE), before), rules.campaign.items)


@pytest.mark.parametrize(
    ("field", "text", "keeps"),
    [
        ("dispute", DITCH, "23下矛0001"),
        ("dispute", WAGES, "23下矛0002"),
        ("dispute", MOVED, "23下矛0001"),
        ("dispute", "宅基地边界不清", ""),
        ("suggestion", DITCH, ""),  # another cell
    ],
)
def test_a_corrected_cell_keeps_the_number_of_the_matter_most_like_it(
    rules: Rules, field: str, text: str, keeps: str
) -> None:
    visit = entry("visit", household="张三")
    former = [(Mention(visit, "dispute", DITCH), "23下矛0001"), (Mention(visit, "dispute", WAGES), "23下矛0002")]
    kept = matching.kept(Mention(visit, field, text), former, rules.campaign.items)
    assert (kept[1] if kept else "") == keeps
