"""Which rows stand: newer replaces older, a different name adds, rows that two live submissions share count once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dazoufang.ledger.matters import MATTERS, joined, matters_of
from dazoufang.model.bureaus import bureau_of
from dazoufang.model.one_visit import another_household, visit_key
from dazoufang.model.submission import Change, Part, Row, Submission
from dazoufang.model.terms import is_blank, normalize, words_of
from dazoufang.rules.forms import form_of
from dazoufang.rules.schema import FormSchema, Role, Schemas
from dazoufang.system.files import whole_of

PartKey = tuple[str, str, str]  # unit, form, name less copy marks
Likeness = tuple[str, ...]  # under what entries that may count once are looked for


@dataclass(slots=True)
class Entry:
    """One row that counts now, with the history of its corrections. `entry_id` is the id of the row that began it and
    stays when a newer submission corrects the row; `row`, `part` and `submission` are the newest. `said_in` is the
    submission that first said what the row says now: sending it again unchanged makes it no newer. `likeness`: under what
    others that say the same are looked for. `told`: what all the rows of its visit come to, where several tell it;
    nothing where it is the only one."""

    entry_id: int
    form: str
    unit: str
    row: Row
    part: Part
    submission: Submission
    said_in: int
    likeness: Likeness = ()
    told: dict[str, str] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, str]:
        return self.row.values

    @property
    def visit(self) -> dict[str, str]:
        """The visit that the row tells, as it stands."""
        return self.told or self.row.values


@dataclass(slots=True)
class Step:
    """What one part of a submission did: entries added, corrected (with their former values) and withdrawn."""

    part: Part
    replaces: int = 0  # the submission whose rows were replaced, 0: none
    added: list[Entry] = field(default_factory=list)
    corrected: list[tuple[Entry, Row]] = field(default_factory=list)  # (entry as it is now, the row it was)
    withdrawn: list[Entry] = field(default_factory=list)
    sent_by_units: int = 0  # rows of the bureau left out because their unit has sent its own


class Merged:
    """The rows that stand, built by taking submissions in the order they were accepted."""

    def __init__(self, schemas: Schemas, bureau: str) -> None:
        self._schemas, self._bureau = schemas, bureau
        self._live: dict[PartKey, list[Entry]] = {}
        self._from: dict[PartKey, int] = {}
        self._wrong_rows: dict[PartKey, set[PartKey]] = defaultdict(
            set
        )  # of a form, the small workbooks that add to it
        self._alike: dict[Likeness, dict[int, Entry]] = defaultdict(dict)  # rows that may count once

    def take(self, submission: Submission) -> list[Step]:
        """Take in one submission. Rule: what is returned or a duplicate changes nothing."""
        return [self._step(submission, part, key) for part, key in _keyed(submission) if part.replaces]

    def entries(self, form: str) -> Iterator[Entry]:
        """The entries of one form, in the order in which their parts first came."""
        for (_, entry_form, _), entries in self._live.items():
            if entry_form == form:
                yield from entries

    def of_role(self, role: Role) -> Iterator[Entry]:
        """The entries of the form of a role of which there is one: any but `Role.LIST`."""
        return self.entries(form_of(self._schemas, role).name)

    def twin(self, entry: Entry) -> Entry | None:
        """The earlier entry that already counts for the same visit, or for the same row of a list, or None.

        Rule: rows that two live submissions share count once. Visits: same day, same cadres, same household's name,
        unless telephone and village both say that it is another household. Lists: same unit, same primary key. The
        earlier entry counts itself.
        """
        first = self.rows_of(entry)[0]
        return None if first.entry_id == entry.entry_id else first

    def rows_of(self, entry: Entry) -> list[Entry]:
        """All the entries that tell the visit of `entry`, or its row of a list, in the order in which they first came."""
        alike = self._alike[entry.likeness]
        if len(alike) == 1:  # as nearly always
            return list(alike.values())
        groups = self._groups(alike)
        return next(group for group in groups if any(other.entry_id == entry.entry_id for other in group))

    @staticmethod
    def _groups(alike: Mapping[int, Entry]) -> list[list[Entry]]:
        groups: list[list[Entry]] = []
        for candidate in sorted(alike.values(), key=lambda candidate: candidate.entry_id):
            mine = next((group for group in groups if not another_household(group[0].values, candidate.values)), None)
            if mine is None:
                groups.append([candidate])
            else:
                mine.append(candidate)
        return groups

    @property
    def live_submissions(self) -> frozenset[int]:
        """The submissions that still have a say."""
        return frozenset(self._from.values())

    def _step(self, submission: Submission, part: Part, key: PartKey) -> Step:
        step = Step(part, self._from.get(key, 0))
        old = [*self._live.get(key, []), *self._wrong_rows_of(key)]
        rows = self._first_hand(part)
        step.sent_by_units = len(part.counted) - len(rows)
        pairs = _pairs(self._schemas[part.form], old, rows)
        entries: list[Entry] = []
        kept: set[int] = set()
        for row, before in pairs:
            unit = row.unit or part.unit
            if before is None:
                entry = Entry(row.row_id, part.form, unit, row, part, submission, submission.submission_id)
                step.added.append(entry)
            else:
                kept.add(before.entry_id)
                said_in = before.said_in if row.values == before.values else submission.submission_id
                entry = Entry(before.entry_id, part.form, unit, row, part, submission, said_in)
                step.corrected.append((entry, before.row))
            entry.likeness = self._likeness(entry)
            entries.append(entry)
        step.withdrawn = [entry for entry in old if entry.entry_id not in kept]
        for entry in old:
            self._alike[entry.likeness].pop(entry.entry_id)
        for entry in entries:
            self._alike[entry.likeness][entry.entry_id] = entry
        if self._schemas[part.form].role is Role.VISITS:
            for likeness in dict.fromkeys(entry.likeness for entry in (*old, *entries)):
                for group in self._groups(self._alike[likeness]):
                    told = told_by(group) if len(group) > 1 else {}
                    for entry in group:
                        entry.told = told
        self._live[key] = entries
        self._from[key] = submission.submission_id
        return step

    def _wrong_rows_of(self, key: PartKey) -> list[Entry]:
        """What stands of the small workbooks that a newer delivery of the whole takes the place of. Rule: mended wrong rows
        add to the form that they were taken from; the whole, sent again, replaces both. Notes a small one as such."""
        unit, form, stem = key
        if whole := whole_of(stem):
            self._wrong_rows[unit, form, whole[0]].add(key)
        replaced: list[Entry] = []
        for small in sorted(self._wrong_rows.pop(key, ())):
            replaced += self._live.pop(small, [])
            self._from.pop(small, None)
        return replaced

    def _first_hand(self, part: Part) -> list[Row]:
        """The rows that count, less those in the bureau's own summary of units that have sent theirs: the
        unit's word stands, or a published annex dropped back would keep what the unit withdraws later. (Items of the
        ledger have a rule of their own.)"""
        if self._schemas[part.form].role not in (Role.VISITS, Role.LIST) or part.unit != self._bureau:
            return part.counted
        have_sent = {unit for unit, form, _ in self._live if form == part.form} - {self._bureau}
        return [row for row in part.counted if row.unit not in have_sent]

    def _likeness(self, entry: Entry) -> Likeness:
        """Under what an entry that says the same is looked for; its own id where no other may count for it."""
        schema = self._schemas[entry.form]
        if schema.role is Role.VISITS:
            return bureau_of(entry.unit), *visit_key(entry.values)
        key = [normalize(entry.values.get(name, "")) for name in schema.primary_key]
        if schema.role is Role.LIST and any(key):
            return entry.form, entry.unit, *key
        return entry.form, "", str(entry.entry_id)


def told_by(rows: Sequence[Entry]) -> dict[str, str]:
    """What several rows of one visit come to; `rows` in the order in which they first came.

    Rule: of the cells that describe the visit those of the newest delivery stand, within one delivery those of the first
    row; an empty cell takes nothing away. A row of another unit than the first never replaces a cell. Matters are never
    replaced: what the rows tell in other words is joined.
    """
    own = [row for row in rows if row.unit == rows[0].unit]
    newest: dict[int, int] = defaultdict(int)  # submission → when it last said something new of this visit
    for row in own:
        newest[row.submission.submission_id] = max(newest[row.submission.submission_id], row.said_in)
    own.sort(key=lambda row: (-newest[row.submission.submission_id], row.row.row_id))
    values: dict[str, str] = {}
    for says_something in (True, False):
        for row in own:
            for name, value in row.values.items():
                if is_blank(value) is not says_something:
                    values.setdefault(name, value)
    values.pop("item_nos", None)
    texts = {name: matter_texts(rows, name) for name in MATTERS}
    for name, matters in texts.items():
        others = [text for other, told in texts.items() if other != name for text in told]
        whole = next((row.values[name] for row in rows if matters and matter_texts([row], name) == matters), "")
        if matters:
            values[name] = whole or joined(matters, others)
    return values


def matter_texts(rows: Sequence[Entry], name: str) -> list[str]:
    """The matters that rows of one visit tell in their cells `name`, each in the same words once."""
    texts: dict[str, str] = {}
    for row in rows:
        for cell, text in matters_of(row.values, MATTERS):
            if cell == name:
                texts.setdefault(words_of(text), text)
    return list(texts.values())


def _keyed(submission: Submission) -> Iterator[tuple[Part, PartKey]]:
    """Each part with the key under which newer replaces older; two parts of one delivery never replace each other."""
    seen: dict[PartKey, int] = defaultdict(int)
    for part in submission.parts:
        key = (part.unit, part.form, part.stem)
        seen[key] += 1
        yield part, key if seen[key] == 1 else (part.unit, part.form, f"{part.stem}#{seen[key]}")


def _pairs(schema: FormSchema, old: list[Entry], new: list[Row]) -> list[tuple[Row, Entry | None]]:
    """Each new row with the old entry it corrects: the same key first, then ever weaker likenesses, each used once."""
    if not old:
        return [(row, None) for row in new]
    partner: dict[int, Entry] = {}
    free = {entry.entry_id: entry for entry in old}
    for names in schema.known_by:
        waiting: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
        for entry in free.values():
            key = tuple(entry.values.get(name, "") for name in names)
            if all(key):
                waiting[key].append(entry)
        for row in new:
            if row.row_id not in partner:
                candidates = waiting.get(tuple(row.values.get(name, "") for name in names))
                if candidates:
                    partner[row.row_id] = candidates.pop(0)
                    free.pop(partner[row.row_id].entry_id)
    return [(row, partner.get(row.row_id)) for row in new]


def changes(schema: FormSchema, entry: Entry, before: Row) -> list[Change]:
    """What a correction changed, column by column."""
    now, was = entry.values, before.values
    return [
        Change(words(schema, was), field.title, was.get(field.name, ""), now.get(field.name, ""))
        for field in schema.stored
        if now.get(field.name, "") != was.get(field.name, "")
    ]


def words(schema: FormSchema, values: dict[str, str]) -> str:
    """A row in words, for receipts: its key's values."""
    names = [name for name in schema.primary_key if values.get(name)]
    if schema.item_kind:
        names += [name for name in ("visited_on", "person", "matter") if values.get(name)]
    return " ".join(text if len(text := values[name]) <= 24 else text[:23] + "…" for name in names)
