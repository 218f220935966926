"""The ledger (台账): which matters opened items, which rows update them, and where every item stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from dazoufang.ledger.closing import CLOSED, Settled, settle
from dazoufang.ledger.items import (
    OPENING,
    STRUCK,
    Item,
    Mention,
    contradict,
    in_brief,
    is_called_as,
    likeness,
    matters_in,
    phones_in,
    row_values,
    said_by_others,
    same_person,
)
from dazoufang.ledger.merge import Entry, Step
from dazoufang.model import faults, terms
from dazoufang.model.faults import Fault
from dazoufang.model.submission import Effect, Submission
from dazoufang.rules.campaign import ITEM_KINDS, ROUND_WORDS, Rules
from dazoufang.rules.schema import LEDGER_FORMS


@dataclass(frozen=True, slots=True)
class _Stood:
    """How an item stood at one moment. `state` is "" where it did not stand."""

    state: str
    facts: dict[str, str]
    raised_on: list[str]
    decisions: list[dict[str, str]]


@dataclass(slots=True)
class _Intake:
    """One submission on its way into the ledger. `before`: how the items it comes by stood; `touched`: those items,
    and whether it said anything of them (or only took something back); `joined`: item → the one it was merged into."""

    submission: Submission
    effect: Effect
    before: dict[str, _Stood] = field(default_factory=dict)
    touched: dict[str, bool] = field(default_factory=dict)
    joined: dict[str, str] = field(default_factory=dict)


class Ledger:
    """The items, built by taking submissions in the order they were accepted."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._settings = rules.campaign.items
        self._titles = {form: {f.name: f.title for f in rules.schemas[form].fields} for form in rules.schemas}
        self.items: dict[str, Item] = {}
        self._aliases: dict[str, str] = {}
        self._counters: dict[tuple[int, int, str], int] = defaultdict(int)
        self._persons: dict[tuple[str, str], list[str]] = defaultdict(list)  # (kind, folded name) → item numbers
        # visit entry → its matters and the numbers of their items (STRUCK: a matter that is no item)
        self._mentions: dict[int, list[tuple[Mention, str]]] = {}
        self._row_items: dict[int, str] = {}  # ledger-row entry → its item
        self._pattern = self._settings.pattern

    def take(self, submission: Submission, steps: Iterable[Step], effect: Effect) -> None:
        """Let the steps of one submission open, update and withdraw items; what happened goes into `effect`."""
        intake, steps = _Intake(submission, effect), list(steps)
        for step in sorted(steps, key=self._turn):
            for entry in (*(entry for entry, _ in step.corrected), *step.added):
                self._entry(entry, intake)
        for step in steps:
            for entry in step.withdrawn:
                self._withdraw(entry, intake)
        self._tell(steps, intake)

    def number(self, text: str) -> str:
        """The item that `text` names now ("" none): its own number, or one that was merged into it."""
        text = terms.fold(text)
        for _ in range(len(self._aliases) + 1):
            if text in self.items:
                return text
            text = self._aliases.get(text, "")
        return ""

    def settled(self, item: Item, facts: Mapping[str, str] | None = None) -> Settled:
        """Where an item stands today."""
        facts = item.facts() if facts is None else facts
        return settle(item.kind, facts, self._rules.campaign.closing, item.reopened_on(facts))

    def mentions_of(self, entry_id: int) -> list[str]:
        """The numbers of the items that a visit speaks of, one for each matter in the order of its cells; STRUCK for a
        matter whose item a decision has struck off. Nothing when none stands."""
        numbers = [
            n if n in self.items and self.items[n].stands else STRUCK for _, n in self._mentions.get(entry_id, [])
        ]
        return numbers if set(numbers) - {STRUCK} else []

    # -- one entry ------------------------------------------------------------------------------------------

    def _turn(self, step: Step) -> int:
        """Within one delivery, rows that carry our numbers go first, so that their visits find them; decisions last."""
        if step.part.form == "decision":
            return 2
        given = (row.values.get(name, "") for row in step.part.rows for name in ("item_no", "item_nos"))
        return 0 if any(self._pattern.fullmatch(terms.fold(n)) for text in given for n in text.split("、")) else 1

    def _entry(self, entry: Entry, intake: _Intake) -> None:
        take = {"visit": self._visit, "decision": self._decide}.get(entry.form)
        if entry.form in LEDGER_FORMS:
            take = self._row
        if take is not None:
            for number in take(entry, intake):
                intake.touched[number] = True

    def _visit(self, entry: Entry, intake: _Intake) -> Iterator[str]:
        """A visit's matters: those it had keep their items, new ones find or open theirs, lost ones let go."""
        old = self._mentions.pop(entry.entry_id, [])
        matters = [Mention(entry, name, text) for name in OPENING for text in matters_in(entry, name)]
        now = self._mentions[entry.entry_id] = []
        for mention, given in zip(matters, self._given_numbers(entry, matters), strict=True):
            kept = self._kept(mention, old)
            if kept is not None:
                old.remove(kept)
                number = kept[1]
                if number != STRUCK:
                    self._remember(number, intake).mentions.remove(kept[0])
            elif given == STRUCK:
                number = STRUCK
            else:
                kind = OPENING[mention.field][0]
                number = self._find_or_open(mention.values, kind, entry, intake, given).item_no
            if number != STRUCK:
                self.items[number].mentions.append(mention)
                self._index(self.items[number], mention.values["person"])
                yield number
            now.append((mention, number))
        for mention, number in old:
            if number != STRUCK:
                self._let_go(self._remember(number, intake), mention=mention)
                yield number

    def _kept(self, mention: Mention, old: list[tuple[Mention, str]]) -> tuple[Mention, str] | None:
        """The former matter of the same cell that this one corrects."""
        same = [pair for pair in old if pair[0].field == mention.field]
        for pair in same:
            if pair[0].text == mention.text:
                return pair
        likest = max(same, key=lambda pair: likeness(pair[0].text, mention.text), default=None)
        if likest and likeness(likest[0].text, mention.text) >= self._settings.similar_matter.value:
            return likest
        return None

    def _given_numbers(self, entry: Entry, matters: list[Mention]) -> list[str]:
        """For each matter of a visit the number (or STRUCK) that a published annex gives it, "" none."""
        given = [terms.fold(text) for text in entry.values.get("item_nos", "").split("、")]
        if len(given) != len(matters):
            return [""] * len(matters)
        found = []
        for mention, text in zip(matters, given, strict=True):
            match = self._pattern.fullmatch(text)
            ours = text == STRUCK or (match and match["kind"] == ITEM_KINDS[OPENING[mention.field][0]])
            found.append(text if ours else "")
        return found

    def _row(self, entry: Entry, intake: _Intake) -> Iterator[str]:
        """A row of an办理表 updates its item: by number, else by person and matter; else it opens one."""
        values = row_values(entry)
        former = self.items.get(self._row_items.pop(entry.entry_id, ""))
        if former is not None:
            self._remember(former.item_no, intake)
        item = self._named(entry, values, intake.effect) or self._still(entry, values, former)
        if item is None and values.get("person") and values.get("matter"):
            item = self._find_or_open(values, entry.form, entry, intake, self._own_number(values))
        elif item is None:
            fault = self._at(entry, "item_no", "R07", value=values.get("item_no", ""), what="台账")
            intake.effect.notices.append(fault)
        if former is not None and former is not item:
            self._let_go(former, row=entry)
            yield former.item_no
        if item is not None:
            self._remember(item.item_no, intake)
            item.rows[entry.entry_id] = entry
            self._index(item, values.get("person", ""))
            self._row_items[entry.entry_id] = item.item_no
            yield item.item_no

    def _named(self, entry: Entry, values: Mapping[str, str], effect: Effect) -> Item | None:
        """The item that the row itself names, if the person agrees."""
        item = self.items.get(self.number(values.get("item_no", "")))
        if item is None:
            return None
        if item.kind == entry.form:
            others = said_by_others(item, entry) or [said for said in [item.last] if said]
            was = item.rows.get(entry.entry_id) if others else None  # alone, a row may put its own name right
            said = [*others, *([was.values] if was else [])]
            if not (values.get("person") and said) or any(self._agree(one, values, named=True) for one in said):
                return item
        what = f"{item.facts().get('person', '')}的{'矛盾纠纷' if item.kind == 'dispute' else '意见建议'}"
        effect.notices.append(self._at(entry, "item_no", "R09", value=values["item_no"], what=what))
        return None

    def _still(self, entry: Entry, values: Mapping[str, str], former: Item | None) -> Item | None:
        """The item that the row spoke of before it was corrected, if it may still mean that one.

        A row that alone speaks for its item may reword the matter; one of several must say what one of them said.
        """
        if former is None:
            return None
        others = said_by_others(former, entry)
        said = (former.rows[entry.entry_id].values, *others)
        return former if any(self._agree(one, values, named=not others) for one in said) else None

    def _agree(self, one: Mapping[str, str], other: Mapping[str, str], named: bool) -> bool:
        """Whether two rows of which we know that they may mean one item agree: on the name and (unless it is `named`
        anyway) the matter, or, where the name was put right, on telephone and matter."""
        like = likeness(one.get("matter", ""), other.get("matter", ""))
        similar = like >= self._settings.similar_matter.value
        same_name = terms.fold(one.get("person", "")) == terms.fold(other.get("person", ""))
        return (same_name and (named or similar)) or (similar and bool(phones_in(one) & phones_in(other)))

    def _decide(self, entry: Entry, intake: _Intake) -> Iterator[str]:
        """A decision (裁定): it is remembered for ever; 并案 joins two items, and so does 同一人 where the matter is one."""
        values = entry.values
        number = self.number(values["item_no"])
        merged = number if number != terms.fold(values["item_no"]) else ""
        if not number or (merged and values["decision"] == "作废"):
            hint = f"（它已并入{merged}）" if merged else ""
            fault = self._at(entry, "item_no", "R07", value=values["item_no"], what="台账", hint=hint)
            intake.effect.notices.append(fault)
            return
        item = self._remember(number, intake)
        item.decisions = [d for d in item.decisions if d.entry_id != entry.entry_id] + [entry]
        yield number
        if values["decision"] not in ("并案", "同一人"):
            return
        other = self.items.get(self.number(values.get("other_item_no", "")))
        if other is None or other.kind != item.kind:
            what, value = "台账的同类事项", values.get("other_item_no", "")
            intake.effect.notices.append(self._at(entry, "other_item_no", "R07", value=value, what=what))
        elif other is not item and (values["decision"] == "并案" or self._one_matter(item, other)):
            self._join(item, self._remember(other.item_no, intake), intake)
            yield other.item_no

    def _one_matter(self, one: Item, other: Item) -> bool:
        matters = [item.facts().get("matter", "") for item in (one, other)]
        return likeness(*matters) >= self._settings.similar_matter.value

    def _join(self, item: Item, into: Item, intake: _Intake) -> None:
        """Two items become one: the sources and decisions move, the number stays taken and leads to the other."""
        for values in item.sources():
            self._index(into, values.get("person", ""))
        into.mentions.extend(item.mentions)
        into.rows.update(item.rows)
        into.decisions.extend(d for d in item.decisions if d.values["decision"] != "作废")
        for entry_id in item.rows:
            self._row_items[entry_id] = into.item_no
        for mention in item.mentions:
            pairs = self._mentions[mention.entry.entry_id]
            pairs[:] = [(m, into.item_no if n == item.item_no else n) for m, n in pairs]
        del self.items[item.item_no]
        self._aliases[item.item_no] = intake.joined[item.item_no] = into.item_no

    def _withdraw(self, entry: Entry, intake: _Intake) -> None:
        """A row that its newer version no longer holds: what it said goes, unless somebody else says it too."""
        gone = [(number, mention) for mention, number in self._mentions.pop(entry.entry_id, []) if number != STRUCK]
        for number, mention in gone:
            self._let_go(self._remember(number, intake), mention=mention)
            intake.touched.setdefault(number, False)
        number = self._row_items.pop(entry.entry_id, "")
        if number:
            self._let_go(self._remember(number, intake), row=entry)
            intake.touched.setdefault(number, False)

    def _let_go(self, item: Item, mention: Mention | None = None, row: Entry | None = None) -> None:
        """Take back what a mention or a row said of an item."""
        item.last = item.facts()
        if mention is not None:
            item.mentions.remove(mention)
        if row is not None:
            item.rows.pop(row.entry_id)

    # -- finding and opening --------------------------------------------------------------------------------

    def _find_or_open(
        self, values: Mapping[str, str], kind: str, entry: Entry, intake: _Intake, given: str = ""
    ) -> Item:
        """The item that a mention or row speaks of; where none is it for certain, a new one. `given`: its number as a
        published annex has it."""
        known = self.items.get(self.number(given))
        if known is not None and known.kind == kind and entry.form == "visit":
            if is_called_as(values, known):
                return self._remember(known.item_no, intake)
            what = f"{known.facts().get('person', '')}的事项"
            intake.effect.notices.append(self._at(entry, "item_nos", "R09", value=given, what=what))
        given = "" if known else given
        found, doubt = self._search(values, kind, entry, given)
        if found is not None:
            if given:
                self._aliases[given] = found.item_no
            return self._remember(found.item_no, intake)
        item = self._open(values, kind, intake.submission, given)
        intake.before[item.item_no] = _Stood("", {}, [], [])
        intake.effect.opened.append((item.item_no, in_brief(values)))
        if doubt is not None:
            what = f"{doubt.item_no}（{in_brief(doubt.facts())}）"
            name = "matter" if entry.form in LEDGER_FORMS else "household"
            intake.effect.notices.append(self._at(entry, name, "R10", what=what, number=doubt.item_no))
        return item

    def _search(
        self, values: Mapping[str, str], kind: str, entry: Entry, given: str
    ) -> tuple[Item | None, Item | None]:
        """(the item of the same person and matter, or None; else one that may be it and must be asked about).

        Rule: never by name alone; name + telephone, name + village, or name + day and cadre of the visit. A row means
        an item of its own round; a visit may bring up one of long ago. What was struck off takes in what was said until
        then. Two numbers given from outside are two items, and so are two matters told apart in one form.
        """
        best: tuple[float, Item | None] = (0, None)
        doubt: tuple[float, Item | None] = (0, None)
        for number in self._persons.get((kind, terms.fold(values.get("person", ""))), ()):
            item = self.items.get(number)
            if item is None or (given and item.given) or "" < item.struck_on < values.get("visited_on", ""):
                continue
            apart = self._told_apart(entry, values, item)
            told = apart and entry.form == "visit"  # numbered in one cell: nothing to ask
            for source in filter(None, (*item.sources(), item.last)):
                like = likeness(source.get("matter", ""), values.get("matter", ""))
                certain = same_person(source, values) and not apart and self._may_mean(entry, values, source)
                if certain and like >= self._settings.similar_matter.value:
                    best = max(best, (like, item), key=lambda pair: pair[0])
                elif like >= self._settings.uncertain_matter.value and not contradict(source, values) and not told:
                    doubt = max(doubt, (like, item), key=lambda pair: pair[0])
        return best[1], doubt[1]

    def _told_apart(self, entry: Entry, values: Mapping[str, str], item: Item) -> bool:
        """Whether the form that `entry` stands in already speaks of `item`, in other words: in the same visit, or in
        another row of the same办理表."""
        if entry.form == "visit":
            same = [m.text for m in item.mentions if m.entry.entry_id == entry.entry_id]
        else:
            same = [row.values.get("matter", "") for row in item.rows.values() if row.part is entry.part]
        return bool(same) and values.get("matter", "") not in same

    def _may_mean(self, entry: Entry, values: Mapping[str, str], source: Mapping[str, str]) -> bool:
        """Rule: rows of the办理表 update an item of the same round."""
        days = [one.get("visited_on", "") for one in (values, source)]
        if entry.form == "visit" or not all(days):
            return True
        one, other = (self._rules.campaign.round_of(date.fromisoformat(day)) for day in days)
        return one == other

    def _open(self, values: Mapping[str, str], kind: str, submission: Submission, given: str) -> Item:
        day = date.fromisoformat(values["visited_on"]) if values.get("visited_on") else submission.received_on
        place = self._rules.campaign.round_of(day)
        year, round_no = (place[0], place[1].number) if place else (day.year, 0)
        match = self._pattern.fullmatch(given) if given else None
        if match is not None:
            words = {word: no for no, word in ROUND_WORDS.items()}
            year = int(match["year"] or 0) or (2000 + int(match["yy"]) if match["yy"] else year)
            round_no = words.get(match["round"], 0)
            counter = (year, round_no, kind)
            self._counters[counter] = max(self._counters[counter], int(match["seq"]))
        number = given or self._next_number(year, round_no, kind)
        opened = submission.received_on
        item = Item(number, kind, year, round_no, opened, opened, bool(given))
        self.items[number] = item
        self._index(item, values.get("person", ""))
        return item

    def _next_number(self, year: int, round_no: int, kind: str) -> str:
        """Rule: a number, once given, is never reused."""
        while True:
            self._counters[year, round_no, kind] += 1
            number = self._settings.number(year, round_no, kind, self._counters[year, round_no, kind])
            if number not in self.items and number not in self._aliases:
                return number

    def _index(self, item: Item, person: str) -> None:
        numbers = self._persons[item.kind, terms.fold(person)]
        if item.item_no not in numbers:
            numbers.append(item.item_no)

    def _own_number(self, values: Mapping[str, str]) -> str:
        """The row's number if it is of our making (units number their rows in many ways), else ""."""
        number = terms.fold(values.get("item_no", ""))
        return number if self._pattern.fullmatch(number) else ""

    # -- telling --------------------------------------------------------------------------------------------

    def _stood(self, item: Item) -> _Stood:
        facts = item.facts()
        state = self.settled(item, facts).state if item.stands else ""
        return _Stood(state, facts, item.raised_on(), [d.values for d in item.decisions])

    def _remember(self, number: str, intake: _Intake) -> Item:
        """The item, after noting how it stood before this submission."""
        item = self.items[number]
        if number not in intake.before:
            intake.before[number] = self._stood(item)
        return item

    def _tell(self, steps: list[Step], intake: _Intake) -> None:
        """What became of each item. Rule: the night balances (an item that is not closed is open): open before + opened
        + reopened − closed − withdrawn = open now."""
        effect, opened = intake.effect, {number for number, _ in intake.effect.opened}
        for number, said in intake.touched.items():
            was, item = intake.before[number], self.items.get(number)
            now = self._stood(item) if item else _Stood("", was.facts, [], [])
            brief = in_brief(now.facts or was.facts)
            if not now.state:
                if was.state or number in opened:
                    into = f"（并入{intake.joined[number]}）" if number in intake.joined else ""
                    word = "已销号的事项" if was.state == CLOSED else "事项"
                    effect.withdrawn.append(f"{word}{number} {brief}{into}")
                continue
            if not was.state and number not in opened:
                effect.opened.append((number, brief))
            assert item is not None  # noqa: S101 - it stands
            if said and now != was:
                item.updated_on = intake.submission.received_on
                if was.state:
                    effect.updated.append((number, brief))
            if now.state == CLOSED != was.state:
                effect.closed.append((number, brief))
            elif was.state == CLOSED != now.state:
                effect.reopened.append((number, brief))
        for step in steps:
            if step.part.form in LEDGER_FORMS:
                for entry in (*step.added, *(entry for entry, _ in step.corrected)):
                    self._tell_unkept_claim(entry, effect)

    def _tell_unkept_claim(self, entry: Entry, effect: Effect) -> None:
        """销号 claimed without both keys is said, with what is missing."""
        item = self.items.get(self._row_items.get(entry.entry_id, ""))
        if item is not None and item.stands and entry.values.get("closed_on"):
            settled = self.settled(item)
            if settled.state != CLOSED:
                what = settled.awaiting or f"办理状态是“{item.facts()['status']}”，还没有办结"
                value = entry.values["closed_on"]
                effect.notices.append(self._at(entry, "closed_on", "R08", value=value, what=what, need=settled.need))

    def _at(self, entry: Entry, name: str, code: str, **details: object) -> Fault:
        """A fault at the cell of `name` in the row of `entry`."""
        cell = entry.part.cell(entry.row, name)
        column = self._titles[entry.form].get(name, "")
        found = faults.make(code, sheet=entry.row.sheet, cell=cell, row=entry.row.row_no, column=column, **details)  # type: ignore[arg-type]
        return replace(found, member=entry.part.member)
