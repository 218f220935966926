"""The ledger (台账): its items as they stand, built by taking the steps of each submission in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from dazoufang.ledger import decisions, extensions, matching, same_matter, who_may_update
from dazoufang.ledger.effects import EffectNotes
from dazoufang.ledger.items import INQUIRY, JOINED_INTO, OPENING, STRUCK, Item, Mention, in_brief, row_values
from dazoufang.ledger.matching import Statement
from dazoufang.ledger.matters import matters_of
from dazoufang.ledger.merge import Entry, Step
from dazoufang.ledger.numbers import Numbers
from dazoufang.ledger.questions import Question, Questions
from dazoufang.model.bureaus import bureau_of, own_name
from dazoufang.model.submission import SENDER, Effect, Submission
from dazoufang.model.terms import normalize, words_of
from dazoufang.model.vocabularies import ITEM_KIND_NAMES, ItemKind
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import ITEM_KIND, Role

_Place = tuple[int, str, str]  # where something is said: row of the record, kind of item, matter


class _Form(NamedTuple):
    """How the ledger takes a form: what takes one of its rows, and whether it waits for the rest of its delivery."""

    take: Callable[[Ledger, Entry, EffectNotes], None]
    last: bool = False


class Ledger:
    """The items, built by taking submissions in the order they were accepted. `before`: the ledger that this one is begun
    anew for, since a submission was withdrawn: what was said before keeps its number."""

    def __init__(self, rules: Rules, before: Ledger | None = None) -> None:
        self._rules = rules
        self._spoken_of: dict[_Place, str] = before._spoken_of if before else {}
        takes = {
            Role.VISITS: _Form(Ledger._visit),
            **dict.fromkeys(ITEM_KIND, _Form(Ledger._row)),
            Role.DECISIONS: _Form(Ledger._decide, last=True),
        }
        self._forms = {form: takes[schema.role] for form, schema in rules.schemas.items() if schema.role in takes}
        self.items: dict[str, Item] = {}
        self.questions = Questions()
        self.numbers: Numbers = Numbers(rules.campaign, before.numbers.ever if before else None)
        self._persons: dict[tuple[str, str], list[str]] = defaultdict(list)  # (kind, normalized name) → item numbers
        # visit entry → its matters and the numbers of their items (STRUCK: a matter that is no item)
        self._mentions: dict[int, list[tuple[Mention, str]]] = {}
        self._row_items: dict[int, str] = {}  # ledger-row entry → its item

    def take(self, submission: Submission, steps: Iterable[Step], effect: Effect) -> None:
        """Let the steps of one submission open, update and withdraw items; what happened goes into `effect`."""
        notes, steps = EffectNotes(effect, self._rules), list(steps)
        for step in sorted(steps, key=self._turn):
            if form := self._forms.get(step.part.form):
                for entry in (*(entry for entry, _ in step.corrected), *step.added):
                    form.take(self, entry, notes)
        for step in steps:
            for entry in step.withdrawn:
                self._withdraw(entry, notes)
        for item in notes.finish(self.items):
            item.updated_on = submission.received_on
        for step in steps:
            for entry in (*step.added, *(entry for entry, _ in step.corrected)):
                if entry.entry_id in self._row_items:
                    item = self.items[self._row_items[entry.entry_id]]
                    notes.unkept_claim(entry, item)
                    notes.closed_without_measures(entry, item)

    def number(self, text: str, *bureaus: str) -> str:
        """The item that `text` names now ("" none): its own number, or that of an item that was joined to it; in a row of
        these `bureaus` theirs."""
        return self.numbers.now(text, *bureaus)

    def mentions_of(self, rows: Iterable[Entry]) -> list[str]:
        """The numbers of the items that a visit speaks of, one for each matter in the order of its cells; STRUCK for a
        matter whose item a decision has struck off. Nothing when none stands.

        rows: the rows that tell the visit, in the order in which they first came.
        """
        pairs = [pair for row in rows for pair in self._mentions.get(row.entry_id, [])]
        numbers: dict[tuple[str, str], str] = {}  # cell and words → number
        for name in OPENING if pairs else ():
            for mention, number in pairs:
                if mention.field == name:
                    stands = number in self.items and self.items[number].stands
                    shown = f"{mention.joined}{JOINED_INTO}{number}" if mention.joined else number
                    numbers.setdefault((name, words_of(mention.text)), shown if stands else STRUCK)
        return list(numbers.values()) if set(numbers.values()) - {STRUCK} else []

    def numbers_in(self, row: Entry, name: str) -> list[str]:
        """The numbers of the items that one row of a visit tells in its cell `name`."""
        return [number for _, number in self.matters_in(row, name)]

    def matters_in(self, row: Entry, name: str) -> list[tuple[str, str]]:
        """The matters that one row of a visit tells in its cell `name`, each with the number of its item."""
        return [
            (mention.text, number) for mention, number in self._mentions.get(row.entry_id, []) if mention.field == name
        ]

    def _turn(self, step: Step) -> int:
        """Within one delivery, rows that carry our numbers go first, so that their visits find them; decisions last."""
        form = self._forms.get(step.part.form)
        if form and form.last:
            return 2
        given = (row.values.get(name, "") for row in step.part.rows for name in ("item_no", "item_nos"))
        return 0 if any(self.numbers.ours(number) for text in given if text for number in text.split("、")) else 1

    # -- a visit --------------------------------------------------------------------------------------------

    def _visit(self, entry: Entry, notes: EffectNotes) -> None:
        """A visit's matters: those it had keep their items, new ones find or open theirs, lost ones let go."""
        former = self._mentions.pop(entry.entry_id, [])
        on_the_spot = {INQUIRY: self._rules.campaign.on_the_spot}
        mentions = [
            Mention(entry, name, text, on_the_spot=on_the_spot.get(name))
            for name, text in matters_of(entry.values, OPENING)
        ]
        kinds, bureau = [mention.kind for mention in mentions], bureau_of(entry.unit)
        given = self.numbers.of_matters(entry.values.get("item_nos", ""), kinds, bureau)
        now = self._mentions[entry.entry_id] = []
        for mention, wanted in zip(mentions, given, strict=True):
            kept = matching.kept(mention, former, self._rules.campaign.items)
            if kept is not None:
                former.remove(kept)
                number, mention.joined = kept[1], kept[0].joined
                if number != STRUCK:
                    notes.before(self.items[number]).mentions.remove(kept[0])
            elif wanted == STRUCK:
                number = STRUCK
            elif JOINED_INTO in wanted:
                number = self._joined_outside(mention, wanted, notes).item_no
            else:
                statement = Statement(mention.kind, mention.values, entry, in_visit=True, given=wanted)
                number = self._find_or_open(statement, notes).item_no
            if number != STRUCK:
                self.items[number].mentions.append(mention)
                self._index(self.items[number], mention.person)
                notes.said(number)
            now.append((mention, number))
        for mention, number in former:
            if number != STRUCK:
                self._forget_mention(notes.before(self.items[number]), mention)
                notes.said(number)

    def _joined_outside(self, mention: Mention, wanted: str, notes: EffectNotes) -> Item:
        """The item of a matter that was made part of it where the annex comes from; it may not have been heard of yet."""
        mention.joined, _, number = wanted.partition(JOINED_INTO)
        item = self.items.get(self.number(number))
        if item is None:
            item = self._open(
                Statement(mention.kind, mention.values, mention.entry, in_visit=True, given=number), notes
            )
        notes.before(item)
        if not self.number(mention.joined):
            self.numbers.lead(mention.joined, item.item_no)
            item.joined.append(mention.joined)
        return item

    # -- a row of an办理表 ------------------------------------------------------------------------------------

    def _row(self, entry: Entry, notes: EffectNotes) -> None:
        """A row of an办理表 updates its item: by number, else by person and matter; else it opens one."""
        values = row_values(entry)
        kind = self._rules.schemas[entry.form].item_kind
        bureau, number = bureau_of(entry.unit), values.get("item_no", "")
        statement = Statement(kind, values, entry, in_visit=False, given=self.numbers.ours(number, bureau))
        former = self.items.get(self._row_items.pop(entry.entry_id, ""))
        if former is not None:
            notes.before(former)
        named = self.items.get(self.number(number, bureau, entry.part.unit))
        agrees = named is None or matching.number_agrees(statement, named, self._rules.campaign.items)
        item = named if agrees else None
        said, refused = self._as_far_as_it_may(entry, item, notes)
        if refused:
            item = None
        elif (
            item is None
            and former is not None
            and matching.may_still_mean(statement, former, self._rules.campaign.items)
        ):
            item = former
        if item is None and not refused:
            if values.get("person") and values.get("matter"):
                item = self._find_or_open(statement, notes)
            elif named is None:
                notes.notice(entry, "item_no", "R07", value=values.get("item_no", ""), what="台账")
        if named is not None and item is not named and not refused:
            self._ask_whose_number(entry, "item_no", values["item_no"], named, item, notes)
        if former is not None and former is not item:
            self._forget_row(former, entry)
            notes.said(former.item_no)
        if item is not None:
            notes.before(item).rows[entry.entry_id] = said
            item.joined_rows.discard(entry.entry_id)
            if matching.speaks_of_joined(row_values(said), item, self._rules.campaign.items):
                item.joined_rows.add(entry.entry_id)
            self._index(item, said.values.get("person", ""))
            self._row_items[entry.entry_id] = item.item_no
            notes.said(item.item_no)

    def _may_say_all(self, entry: Entry, item: Item) -> bool:
        return who_may_update.voice(entry, item, self._rules) == "all"

    def _as_far_as_it_may(self, entry: Entry, item: Item | None, notes: EffectNotes) -> tuple[Entry, bool]:
        """The row as far as its sender may say it of the item that it names, and whether it may say nothing at all."""
        voice = (
            who_may_update.voice(entry, item, self._rules)
            if item
            else "nothing"
            if who_may_update.is_of_another(entry)
            else "all"
        )
        number, sender = entry.values.get("item_no", ""), entry.part.meta.get(SENDER, "")
        if voice == "nothing":
            notes.notice(entry, "item_no", "R20", value=number, what=sender)
        if voice != "handling" or item is None:
            return entry, voice == "nothing"
        if names := who_may_update.withheld(entry, item):
            titles = "、".join(self._rules.schemas[entry.form].by_name[name].title for name in names)
            notes.notice(entry, "item_no", "R21", value=number, what=titles, who=sender)
        return who_may_update.restricted(entry, item), False

    def _ask_whose_number(
        self, entry: Entry, column: str, number: str, named: Item, item: Item | None, notes: EffectNotes
    ) -> None:
        """The `number` that the row gives is that of `named`, which is another person's; the row went to `item`."""
        whose_item = f"{named.facts().get('person', '')}的{ITEM_KIND_NAMES[ItemKind(named.kind)]}"
        outcome = f"本行登记为{item.item_no}" if item else "本行没有入账"
        notes.notice(entry, column, "R09", value=number, what=whose_item, outcome=outcome)
        if item:
            self.questions.ask(Question("R09", item.item_no, named.item_no, entry.entry_id, column))

    # -- a decision -----------------------------------------------------------------------------------------

    def _decide(self, entry: Entry, notes: EffectNotes) -> None:
        """A decision (裁定) is remembered for ever with its item, and may make it part of another."""
        asked, meaning = entry.values["item_no"], decisions.meaning(entry)
        number = self.numbers.asked(asked)
        joined_to = number if own_name(number) != own_name(normalize(asked)) else ""
        if not number or (joined_to and meaning.strikes):
            several = "、".join(self.numbers.in_bureaus(asked))
            hint = (
                f"（它已并入{joined_to}）" if joined_to else f"（几个单位都有，请写全：{several}）" if several else ""
            )
            notes.notice(entry, "item_no", "R07", value=asked, what="台账", hint=hint)
            return
        item = notes.before(self.items[number])
        self._ask_about_an_earlier_day(item, entry, notes)
        item.decisions = decisions.remembered(item.decisions, entry)
        notes.said(number)
        if meaning.joins != "never":
            self._join_as_decided(item, entry, meaning, notes)

    def _ask_about_an_earlier_day(self, item: Item, entry: Entry, notes: EffectNotes) -> None:
        """An extension to a day before the one that stands would shorten: it moves nothing, and is asked about."""
        wanted = decisions.new_due_on(entry)
        day, what = extensions.standing(item, self._rules.campaign, entry) if wanted else ("", "")
        if wanted < day:
            notes.notice(entry, "new_due_on", "R14", value=date.fromisoformat(wanted), what=what)

    def _join_as_decided(self, item: Item, entry: Entry, meaning: decisions.Meaning, notes: EffectNotes) -> None:
        """Make the item part of the one in 对应编号, if that is there, of its kind, and of its matter where that counts."""
        asked = entry.values.get("other_item_no", "")
        into = self.items.get(self.numbers.asked(asked))
        if into is None or into.kind != item.kind:
            notes.notice(entry, "other_item_no", "R07", value=asked, what="台账的同类事项")
            return
        if into is item:
            return
        matters = (item.facts().get("matter", ""), into.facts().get("matter", ""))
        if meaning.joins == "always" or same_matter.alike(*matters, self._rules.campaign.items):
            self._join(item, notes.before(into), notes)
            notes.said(into.item_no)

    def _join(self, item: Item, into: Item, notes: EffectNotes) -> None:
        """Two items become one: the sources and decisions move, the number stays taken and leads to the other."""
        for values in item.sources():
            self._index(into, values.get("person", ""))
        into.joined.extend((item.item_no, *item.joined))
        into.joined_rows.update(item.rows)
        for mention in item.mentions:
            mention.joined = mention.joined or item.item_no
        into.mentions.extend(item.mentions)
        into.rows.update(item.rows)
        into.decisions.extend(decisions.moving_along(item.decisions))
        for entry_id in item.rows:
            self._row_items[entry_id] = into.item_no
        for mention in item.mentions:
            pairs = self._mentions[mention.entry.entry_id]
            pairs[:] = [(matter, into.item_no if number == item.item_no else number) for matter, number in pairs]
        del self.items[item.item_no]
        self.numbers.lead(item.item_no, into.item_no)
        notes.joined(item, into)

    # -- what is withdrawn ----------------------------------------------------------------------------------

    def _withdraw(self, entry: Entry, notes: EffectNotes) -> None:
        """A row that its newer version no longer holds: what it said goes, unless somebody else says it too."""
        for mention, number in self._mentions.pop(entry.entry_id, []):
            if number != STRUCK:
                self._forget_mention(notes.before(self.items[number]), mention)
                notes.taken_back(number)
        number = self._row_items.pop(entry.entry_id, "")
        if number:
            self._forget_row(notes.before(self.items[number]), entry)
            notes.taken_back(number)

    @staticmethod
    def _forget_mention(item: Item, mention: Mention) -> None:
        item.last = item.facts()
        item.mentions.remove(mention)

    @staticmethod
    def _forget_row(item: Item, row: Entry) -> None:
        item.last = item.facts()
        item.rows.pop(row.entry_id)

    # -- finding and opening --------------------------------------------------------------------------------

    def _find_or_open(self, statement: Statement, notes: EffectNotes) -> Item:
        """The item that a mention or row speaks of; where none is it for certain, a new one."""
        item = self._found_or_opened(statement, notes)
        self._spoken_of.setdefault(_place(statement), item.item_no)
        return item

    def _found_or_opened(self, statement: Statement, notes: EffectNotes) -> Item:
        named = self.items.get(self.number(statement.given, bureau_of(statement.entry.unit)))
        if named is None:
            return self._matching_or_new(statement, notes)
        asked = named.kind == statement.kind and statement.in_visit
        if asked and matching.is_called_as(statement.values, named):
            return notes.before(named)
        item = self._matching_or_new(replace(statement, given=""), notes)
        if asked:
            self._ask_whose_number(statement.entry, "item_nos", statement.given, named, item, notes)
        return item

    def _matching_or_new(self, statement: Statement, notes: EffectNotes) -> Item:
        """The item of that person's matter, else a new one; where one may be meant, that is asked."""
        alike = list(self._called_alike(statement))
        own = [item for item in alike if statement.in_visit or self._may_say_all(statement.entry, item)]
        found = matching.find(statement, own, self._rules.campaign)
        if found.item is None and found.doubtful is None and len(own) < len(alike):
            of_others = matching.find(statement, alike, self._rules.campaign)
            found = matching.Found(None, of_others.item or of_others.doubtful)
        if found.item is not None:
            if statement.given:
                self.numbers.lead(statement.given, found.item.item_no)
            return notes.before(found.item)
        item = self._open(statement, notes)
        if found.doubtful is not None:
            number = found.doubtful.item_no
            column = "household" if statement.in_visit else "matter"
            asked_about = f"{number}（{in_brief(found.doubtful.facts())}）"
            notes.notice(statement.entry, column, "R10", what=asked_about, number=number)
            self.questions.ask(Question("R10", item.item_no, number, statement.entry.entry_id, column))
        return item

    def _called_alike(self, statement: Statement) -> Iterator[Item]:
        """The items of its kind that speak of somebody of that name."""
        for number in self._persons.get((statement.kind, normalize(statement.values.get("person", ""))), ()):
            if number in self.items and self.items[number].bureau == bureau_of(statement.entry.unit):
                yield self.items[number]

    def _open(self, statement: Statement, notes: EffectNotes) -> Item:
        received_on = statement.entry.submission.received_on
        visited_on = statement.values.get("visited_on")
        day = date.fromisoformat(visited_on) if visited_on else received_on
        former = self._spoken_of.get(_place(statement), "")
        bureau = bureau_of(statement.entry.unit)
        number, year, round_no = self.numbers.give(statement.kind, day, statement.given, former, bureau)
        item = Item(number, statement.kind, year, round_no, received_on, received_on, bool(statement.given), bureau)
        self.items[number] = item
        self._index(item, statement.values.get("person", ""))
        notes.opened(item, statement.values)
        return item

    def _index(self, item: Item, person: str) -> None:
        numbers = self._persons[item.kind, normalize(person)]
        if item.item_no not in numbers:
            numbers.append(item.item_no)


def _place(statement: Statement) -> _Place:
    return statement.entry.row.row_id, statement.kind, statement.values.get("matter", "")
