"""What changed since this morning: items and visits that came, changed, closed, were opened again or went, and the balance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import pandas as pd

from dazoufang.ledger.frames import ITEM_COLUMNS, VISIT_COLUMNS, Frames, columns, plain
from dazoufang.model.submission import Effect, Submission
from dazoufang.model.vocabularies import ItemKind, ItemState
from dazoufang.rules.forms import form_of
from dazoufang.rules.schema import ITEM_KIND, Schemas

NEW: Final = "新登记"
CHANGED: Final = "有改动"
CLOSED: Final = "销号"
REOPENED: Final = "重新打开"
JOINED: Final = "并入别的"
WITHDRAWN: Final = "撤回"  # its delivery was withdrawn as a whole
VANISHED: Final = "撤下"  # nobody speaks of it any more
CASES: Final = (NEW, CHANGED, CLOSED, REOPENED, JOINED, WITHDRAWN, VANISHED)

_SAYS: Final = {"awaiting", "extended_on"}  # what of the ledger's own columns is a change to be told
_VISIT: Final = (
    "unit",
    "visited_on",
    "cadres",
    "household",
)  # what makes two rows one visit where the number is another


class Change(NamedTuple):
    """One thing that changed. `number`: of the item, "" of a visit; `words`: what it is about; `column`, `before`, `after`:
    where a cell changed; `files`: the submissions of today that did it, or from which it came; `told`: of how many it tells."""

    case: str
    number: str
    unit: str
    words: str
    column: str
    before: str
    after: str
    files: tuple[int, ...]
    told: int = 1


class Balance(NamedTuple):
    """Of one kind of items, how many are not closed. Rule (law 8): before + new + reopened − closed − withdrawn − joined =
    now. `withdrawn` counts those that were open; `closed` also what came and closed in one day."""

    kind: str
    before: int
    new: int
    reopened: int
    closed: int
    withdrawn: int
    joined: int
    now: int


class Changes(NamedTuple):
    """Everything that changed since this morning."""

    items: list[Change]
    visits: list[Change]
    balance: list[Balance]


class Today(NamedTuple):
    """What is known of today beside the frames: its submissions, what each did, which are withdrawn by which, and which
    item a number leads to now ("" none)."""

    submissions: Sequence[Submission]
    effects: Mapping[int, Effect]
    withdrawn: Mapping[int, int]
    number: Callable[[str], str]


def changes(morning: Frames, now: Frames, today: Today, schemas: Schemas) -> Changes:
    """What became of the frames of this `morning` by `now`, in the order of the ledger."""
    titles = {frame: {name: title for name, (_, title) in spec.items()} for frame, spec in columns(schemas).items()}
    files = _files(today)
    of_kind = {  # the same field is 回访日期 of one and 回复日期 of the other
        str(kind): titles["items"] | {field.name: field.title for field in form_of(schemas, role).stored}
        for role, kind in ITEM_KIND.items()
    }
    items, states = _items(morning.items, now.items, today, of_kind, files)
    return Changes(items, _visits(morning, now, today, titles["visits"]), list(_balances(states)))


# -- items ---------------------------------------------------------------------------------------------------------

_State = tuple[str, str, str, str]  # kind, case of going ("" it stands), state before, state now


class _Item(NamedTuple):
    """What is told of an item."""

    item_no: str
    kind: str
    state: str
    unit: str
    person: str
    matter: str
    submission_id: int


def _items(
    before: pd.DataFrame,
    now: pd.DataFrame,
    today: Today,
    titles: Mapping[str, Mapping[str, str]],
    files: Mapping[str, list[int]],
) -> tuple[list[Change], list[_State]]:
    """What became of the items, and how each stood and stands.

    before, now: the frames. today: what is known beside them. titles: kind → column → what it is called of that kind.
    files: number → the submissions of today that say something of it.
    """
    told = [name for name in titles[ItemKind.DISPUTE] if name not in ITEM_COLUMNS or name in _SAYS]
    was, stands = _told(before), _told(now)
    changed = {} if before is now or before.empty else _cells(_by(before, "item_no"), _by(now, "item_no"), told)
    found: list[Change] = []
    states: list[_State] = []
    for number in dict.fromkeys([*stands, *was]):
        old, new = was.get(number), stands.get(number)
        item = new or old
        assert item is not None  # noqa: S101 (it is of one of the two)
        gone = "" if new else _gone(item, today)
        state = (old.state if old else "", new.state if new else "")
        states.append((item.kind, gone, *state))
        by = tuple(files.get(number, ())) or ((today.withdrawn[item.submission_id],) if gone == WITHDRAWN else ())
        about = number, item.unit, f"{item.person}：{item.matter}"
        into = today.number(number) if gone == JOINED else ""
        found += [Change(case, *about, "", "", into, by) for case in _cases(state, gone)]
        found += [
            Change(CHANGED, *about, titles[item.kind][name], old_text, new_text, by)
            for name, old_text, new_text in changed.get(number, ())
        ]
    return found, states


def _told(items: pd.DataFrame) -> dict[str, _Item]:
    """Number → what is told of each item."""
    rows = zip(*(plain(items[name]) for name in _Item._fields), strict=True)
    return {item.item_no: item for item in (_Item(*row) for row in rows)}


def _cases(state: tuple[str, str], gone: str) -> Iterator[str]:
    before, now = state
    if gone:
        yield gone
        return
    if not before:
        yield NEW
    if now == ItemState.CLOSED != before:
        yield CLOSED
    elif before == ItemState.CLOSED != now:
        yield REOPENED


def _gone(item: _Item, today: Today) -> str:
    """How an item went that stood this morning."""
    if (into := today.number(item.item_no)) and into != item.item_no:
        return JOINED
    return WITHDRAWN if item.submission_id in today.withdrawn else VANISHED


def _balances(states: Sequence[_State]) -> Iterator[Balance]:
    for kind in ItemKind:
        own = [(gone, was, now) for its_kind, gone, was, now in states if its_kind == kind]
        opened = sum(not was for _, was, _ in own)
        yield Balance(
            kind=kind,
            before=sum(was not in ("", ItemState.CLOSED) for _, was, _ in own),
            new=opened,
            reopened=sum(was == ItemState.CLOSED and now not in ("", ItemState.CLOSED) for _, was, now in own),
            closed=sum(now == ItemState.CLOSED != was for _, was, now in own),
            withdrawn=sum(gone in (WITHDRAWN, VANISHED) and was not in ("", ItemState.CLOSED) for gone, was, _ in own),
            joined=sum(gone == JOINED and was not in ("", ItemState.CLOSED) for gone, was, _ in own),
            now=sum(now not in ("", ItemState.CLOSED) for _, _, now in own),
        )


def _files(today: Today) -> dict[str, list[int]]:
    """Number of an item → the submissions of today that say something of it."""
    found: dict[str, list[int]] = {}
    for submission in today.submissions:
        effect = today.effects[submission.submission_id]
        lists = (effect.opened, effect.updated, effect.closed, effect.reopened, effect.joined)
        for number in dict.fromkeys(number for each in lists for number, _ in each):
            found.setdefault(number, []).append(submission.submission_id)
    return found


# -- visits --------------------------------------------------------------------------------------------------------


def _visits(morning: Frames, now: Frames, today: Today, titles: Mapping[str, str]) -> list[Change]:
    """New visits, counted by their file; changed cells of visits; and visits that went."""
    if morning.visits is now.visits:
        return []
    if morning.visits.empty:
        return _new(now.visits)
    told = [name for name in titles if name not in VISIT_COLUMNS and name != "item_nos"]
    was, stands = _by(morning.visits, "visit_id"), _by(now.visits, "visit_id")
    lost, come = was[~was.index.isin(stands.index)], stands[~stands.index.isin(was.index)]
    # A visit that another row tells now, since the one that told it first was withdrawn, is the same one.
    again = dict(zip(_whose(lost), lost.index.tolist(), strict=True))
    renamed = {
        number: again.pop(visit)
        for visit, number in zip(_whose(come), come.index.tolist(), strict=True)
        if visit in again
    }
    come, lost = come.drop(index=list(renamed)), lost[lost.index.isin(again.values())]
    found = _new(come)
    kept = was.rename(index={old: new for new, old in renamed.items()})
    cells = _cells(kept, stands, told)
    words = _in_words(stands[stands.index.isin(list(map(int, cells)))])
    for visit, changed in cells.items():
        unit, said, number = words[int(visit)]
        found += [
            Change(CHANGED, "", unit, said, titles[name], earlier, later, (number,)) for name, earlier, later in changed
        ]
    for unit, said, number in _in_words(lost).values():
        by = today.withdrawn.get(number, 0)
        found.append(Change(WITHDRAWN if by else VANISHED, "", unit, said, "", "", "", (by or number,)))
    return found


def _whose(visits: pd.DataFrame) -> list[tuple[str, ...]]:
    return [tuple(map(_text, row)) for row in zip(*(plain(visits[name]) for name in _VISIT), strict=True)]


def _new(visits: pd.DataFrame) -> list[Change]:
    """How many of the visits each submission and unit has, in the order of submissions."""
    counts = Counter(zip(plain(visits["submission_id"]), plain(visits["unit"]), strict=True))
    return [
        Change(NEW, "", unit, f"新登记{count}户次", "", "", "", (number,), count)
        for (number, unit), count in sorted(counts.items())
    ]


def _in_words(visits: pd.DataFrame) -> dict[int, tuple[str, str, int]]:
    """Number of a visit → its unit, what it is in words, and its submission."""
    numbers = visits.index.tolist(), plain(visits["submission_id"])
    rows = zip(*numbers, *(map(_text, plain(visits[name])) for name in _VISIT), strict=True)
    return {
        visit: (unit, f"{day} {cadres}走访{household}", number) for visit, number, unit, day, cadres, household in rows
    }


# -- cells ---------------------------------------------------------------------------------------------------------


def _by(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    return frame.set_index(frame[key])


def _cells(was: pd.DataFrame, stands: pd.DataFrame, names: Sequence[str]) -> dict[str, list[tuple[str, str, str]]]:
    """Key → (column, before, after) of each cell that is another now, of what is in both; compared by columns."""
    both = stands.index[stands.index.isin(was.index)]
    old, new = was.loc[both], stands.loc[both]
    found: dict[str, list[tuple[str, str, str]]] = {}
    for name in names:
        if name not in old or name not in new:
            continue
        pairs = zip(both, plain(old[name]), plain(new[name]), strict=True)
        for key, earlier, later in pairs:
            if earlier != later:
                found.setdefault(str(key), []).append((name, _text(earlier), _text(later)))
    return found


def _text(value: Any) -> str:
    """A cell as it is shown; "" an empty one."""
    if value is None or value != value or value is pd.NaT:
        return ""
    return f"{value:%Y-%m-%d}" if hasattr(value, "strftime") else str(value)
