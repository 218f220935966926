"""Says which form a block of headings belongs to, and which column is which field: by title and alias, never by place."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from dazoufang.judging.cells.choices import spelt_choices
from dazoufang.judging.heading_words import inside, spellings, undressed, unlettered
from dazoufang.model import terms
from dazoufang.model.terms import normalize
from dazoufang.rules.generations import NEWEST, Generation
from dazoufang.rules.schema import Field, FormSchema, PartColumn, Role, Schemas

GROUP = "|"  # between a group heading and the heading under it, in schemas and here
_REMEMBERED = 8192  # headings and texts whose answers are kept
Path = tuple[str, ...]  # the headings over one column, the topmost first; () for a column without


@dataclass(frozen=True)
class Match:
    """How well one block of headings fits one form."""

    schema: FormSchema
    columns: dict[str, int]  # field name → 0-based column
    twins: list[tuple[str, int, int]]  # fields that two columns claim: (field, first column, second column)
    unknown: list[int]  # columns whose heading the form does not know
    score: float
    only_changed: bool = False  # the rows name items by our numbers and hold only what has changed
    parts: dict[str, tuple[tuple[int, str], ...]] = dataclasses.field(
        default_factory=dict
    )  # field → its columns, with endings
    # Field → its columns, each headed by one of its values, of which each row ticks one.
    ticks: dict[str, tuple[tuple[int, str], ...]] = dataclasses.field(default_factory=dict)

    @property
    def missing(self) -> list[str]:
        """Required fields that no column holds."""
        return [] if self.only_changed else [f.name for f in self.schema.required if f.name not in self.columns]

    @property
    def sure(self) -> bool:
        """Whether at least half of the required fields have a column."""
        return 2 * len(self.missing) <= len(self.schema.required)


@dataclass(frozen=True)
class _Index:
    """The headings of one form, by which a column is looked up."""

    headings: dict[str, str]  # normalized title or alias → field name
    grouped: dict[tuple[str, str], str]  # (normalized group, normalized heading) → field name
    members: dict[str, frozenset[str]]  # normalized group → the fields that may stand under it
    choices: dict[str, Mapping[str, str]]  # field that takes one of a few words → normalized spelling → the word


class Headings:
    """All headings of all forms, ready to be looked up."""

    def __init__(
        self, schemas: Schemas, generation: Generation = NEWEST, number: re.Pattern[str] | None = None
    ) -> None:
        self.number = number  # what an item's number of our making looks like
        if generation < Generation.LAYOUTS:
            schemas = {name: schema for name, schema in schemas.items() if schema.role is not Role.CLAIMS}
        if generation < Generation.TERMS:
            schemas = {name: schema for name, schema in schemas.items() if schema.role is not Role.WITHDRAWALS}
        self.schemas = schemas
        # What older rules knew nothing of is not seen under them.
        self.habits, self.layouts = generation >= Generation.HABITS, generation >= Generation.LAYOUTS
        self.surroundings = generation >= Generation.SURROUNDINGS
        self.own_sheets = terms.DERIVED_SHEETS if generation >= Generation.TERMS else terms.OWN_SHEETS
        self._indexes = {name: _index(schema) for name, schema in schemas.items()}
        # 已办结 heads a column of figures and is a state of an item: by itself it is taken for what stands in a cell.
        values = {word for index in self._indexes.values() for words in index.choices.values() for word in words}
        self.known = frozenset(
            word
            for form, index in self._indexes.items()
            for word in (*index.headings, *chain.from_iterable(index.grouped))
            if schemas[form].role is not Role.CLAIMS or word not in values
        )

        self._titles = frozenset(word for index in self._indexes.values() for word in index.headings)
        # Form after form has the same headings, and every short text of a sheet is asked after.
        self._known = lru_cache(maxsize=_REMEMBERED)(self._is_known)
        self._named = lru_cache(maxsize=_REMEMBERED)(self._fields_of)
        self._matched = lru_cache(maxsize=_REMEMBERED)(self._match)

    def knows(self, heading: str) -> bool:
        """Whether any form has this heading (or group heading)."""
        return self._known(heading)

    def _is_known(self, heading: str) -> bool:
        return any(spelling in self.known for spelling in spellings(self.plain(heading)))

    def plain(self, heading: str) -> str:
        """A heading as it is looked up: one that no form has is undressed."""
        if not self.habits or any(spelling in self.known for spelling in spellings(heading)[:2]):
            return heading
        plain = undressed(heading)
        if self.surroundings and plain == heading and (bare := undressed(unlettered(heading))) != heading:
            return bare if any(spelling in self.known for spelling in spellings(bare)[:2]) else heading
        return plain

    def fields(self, heading: str) -> Mapping[str, str]:
        """The fields that a heading alone names, by form."""
        return self._named(heading)

    def _fields_of(self, heading: str) -> Mapping[str, str]:
        if self._titles.isdisjoint(spellings(heading)):
            return {}
        found = ((form, _field(index, (heading,))) for form, index in self._indexes.items())
        return {form: name for form, name in found if name is not None}

    def field_of_path(self, form: str, path: Path) -> str | None:
        """The field of `form` that the headings over a column name."""
        return _field(self._indexes[form], tuple(map(self.plain, path)))

    def match(self, form: str, paths: Sequence[Path]) -> Match:
        """Which column is which field of `form`."""
        return _own(self._matched(form, tuple(paths)))

    def _match(self, form: str, paths: Sequence[Path]) -> Match:
        paths = [tuple(map(self.plain, path)) for path in paths]
        schema, index = self.schemas[form], self._indexes[form]
        columns: dict[str, int] = {}
        twins: list[tuple[str, int, int]] = []
        unknown: list[int] = []
        grouped = _under_their_field(index, paths) if self.layouts else {}
        ticked = {column for run in grouped.values() for column, _ in run}
        for column, path in enumerate(paths):
            if not path or column in ticked:
                continue
            name = _field(index, path)
            if name is None:
                unknown.append(column)
            elif name in columns:
                twins.append((name, columns[name], column))
            else:
                columns[name] = column
        parts = self._parts(schema, paths, columns, unknown)
        ticks: Runs = {}
        if self.layouts:
            ticks = self._ticks(schema, paths, grouped, columns, twins, unknown)
        if self.habits:
            unknown = [column for column in unknown if not self._is_ignored(schema, paths[column])]
        required = {field.name for field in schema.required}
        found = len(required & columns.keys())
        score = sum(0.25 if schema.by_name[name].derived else 1.0 for name in columns) + 2.0 * found
        score += 0.5 * (len(parts) + len(ticks)) - 2.0 * (len(required) - found) - 0.25 * len(unknown)
        return Match(schema, columns, twins, unknown, score, parts=parts, ticks=ticks)

    def best(self, paths: Sequence[Path], hints: Iterable[str]) -> Match | None:
        """The form that fits best, or None when none fits: at least three columns and half of the required ones.

        `hints` are the title over the table, the sheet's and the file's name: a form named there is preferred, and
        need not have half, nor a heading that tells of it alone.
        """
        words = normalize(" ".join(hints))
        paths = [tuple(map(self.plain, path)) for path in paths]
        best: Match | None = None
        best_score = 0.0
        for form, schema in self.schemas.items():
            match = self._matched(form, tuple(paths))
            named = any(normalize(word) in words for word in (schema.title, *schema.keywords))
            score = match.score + (3.0 if named else 0.0)
            enough = (named or (match.sure and self._tells(schema, paths))) and len(match.columns) >= 3
            if enough and (best is None or score > best_score):
                best, best_score = match, score
        return None if best is None else _own(best)

    def _parts(
        self, schema: FormSchema, paths: Sequence[Path], columns: dict[str, int], unknown: list[int]
    ) -> dict[str, tuple[tuple[int, str], ...]]:
        """The fields that several columns side by side tell together; `columns` and `unknown` are changed accordingly."""
        found: dict[str, tuple[tuple[int, str], ...]] = {}
        headed = [column for column, path in enumerate(paths) if path]
        for part_field in schema.fields:
            for way in part_field.parts:
                for at in range(len(headed) - len(way) + 1):
                    run = headed[at : at + len(way)]
                    free = all(column in unknown or columns.get(part_field.name) == column for column in run)
                    elsewhere = columns.get(part_field.name, run[0]) not in run
                    if not free or elsewhere or part_field.name in found:
                        continue
                    if all(self._is_part(schema, part_field, part, paths[c]) for c, part in zip(run, way, strict=True)):
                        found[part_field.name] = tuple(zip(run, (part.ending for part in way), strict=True))
                        columns[part_field.name] = run[0]
                        unknown[:] = [column for column in unknown if column not in run]
        return found

    def _is_part(self, schema: FormSchema, part_field: Field, part: PartColumn, path: Path) -> bool:
        """Whether a column is this part of the field: by its heading, and no group over it speaks of another field."""
        named = set(spellings(path[-1])).intersection(map(normalize, part.headings))
        return bool(named) and _may_stand_under(self._indexes[schema.name], part_field.name, path[:-1])

    def _ticks(
        self,
        schema: FormSchema,
        paths: Sequence[Path],
        grouped: Runs,
        columns: dict[str, int],
        twins: list[tuple[str, int, int]],
        unknown: list[int],
    ) -> Runs:
        """The fields whose values are headings; `columns`, `twins` and `unknown` are changed accordingly.

        schema, paths: the form and its headings. grouped: the columns under the heading of such a field.

        Rule: only beside the person that a row is about; a table of figures has the same headings over its counts.
        """
        persons = [field.name for field in schema.required if field.format == "name"]
        if not all(name in columns for name in persons):
            unknown.extend(column for run in grouped.values() for column, _ in run)
            unknown.sort()
            return {}
        found: Runs = {}
        for name, run in grouped.items():
            if name in columns:
                twins.append((name, columns[name], run[0][0]))
            else:
                found[name] = run
        given = columns.keys() | grouped.keys()
        for name, run in _without_their_field(self._indexes[schema.name], paths, given, unknown):
            found[name] = run
            unknown[:] = [column for column in unknown if column not in dict(run)]
        columns.update((name, run[0][0]) for name, run in found.items())
        return found

    @staticmethod
    def _is_ignored(schema: FormSchema, path: Path) -> bool:
        return bool(set(spellings(path[-1])).intersection(map(normalize, schema.ignored)))

    @staticmethod
    def _tells(schema: FormSchema, paths: Sequence[Path]) -> bool:
        """Whether a heading is there that tells of this form alone, where the form wants one (`telling`)."""
        telling = {normalize(heading) for heading in schema.telling}
        return not telling or any(telling.intersection(spellings(path[-1])) for path in paths if path)


Runs = dict[str, tuple[tuple[int, str], ...]]  # field → (column, the value that heads it) from left to right
_LEAST_VALUES = 3  # columns headed by values of one field, where no heading over them names it


def _under_their_field(index: _Index, paths: Sequence[Path]) -> Runs:
    """The columns that stand under the heading of a field and are headed by its values: two or more side by side, each
    value once, and nothing else that is unknown under that heading."""
    runs: Runs = {}
    strange: set[str] = set()
    for column, path in enumerate(paths):
        name = _field(index, path[:-1]) if len(path) > 1 else None
        if name not in index.choices:
            continue
        choice = _choice(index, name, path[-1])
        if choice is not None:
            runs[name] = (*runs.get(name, ()), (column, choice))
        elif _field(index, path) is None:
            strange.add(name)
    return {name: run for name, run in runs.items() if name not in strange and len(run) > 1 and _is_run(run, paths)}


def _without_their_field(
    index: _Index, paths: Sequence[Path], given: Collection[str], unknown: Sequence[int]
) -> Iterator[tuple[str, tuple[tuple[int, str], ...]]]:
    """The runs of unknown columns that are headed by values of one field, which has no column and alone has them all."""
    if len(unknown) < _LEAST_VALUES:
        return
    claims: Runs = {}
    for name in index.choices:
        if name in given:
            continue
        run = tuple(
            (column, choice)
            for column in unknown
            if (choice := _choice(index, name, paths[column][-1])) is not None
            and _may_stand_under(index, name, paths[column][:-1])
        )
        if len(run) >= _LEAST_VALUES and _is_run(run, paths):
            claims[name] = run
    for name, run in claims.items():
        if not any(dict(run).keys() & dict(other).keys() for its, other in claims.items() if its != name):
            yield name, run


def _choice(index: _Index, name: str, heading: str) -> str | None:
    """The value of a field that heads a column."""
    values = index.choices[name]
    return next((values[spelling] for spelling in spellings(heading) if spelling in values), None)


def _is_run(run: Sequence[tuple[int, str]], paths: Sequence[Path]) -> bool:
    """Whether columns stand side by side, and no value heads two of them."""
    between = [column for column in range(run[0][0], run[-1][0] + 1) if paths[column]]
    return between == [column for column, _ in run] and len({choice for _, choice in run}) == len(run)


def _may_stand_under(index: _Index, name: str, groups: Path) -> bool:
    """Whether no group over a column speaks of another field than `name`."""
    for over in (over for group in groups for over in spellings(group)):
        if name not in index.members.get(over, {name}):
            return False
        if index.headings.get(over, name) != name and over not in index.members:
            return False
    return True


def _own(match: Match) -> Match:
    """A copy of a match for a table to change."""
    return dataclasses.replace(
        match,
        columns=dict(match.columns),
        twins=list(match.twins),
        unknown=list(match.unknown),
        parts=dict(match.parts),
        ticks=dict(match.ticks),
    )


def _index(schema: FormSchema) -> _Index:
    headings: dict[str, str] = {}
    grouped: dict[tuple[str, str], str] = {}
    bare: dict[str, str] = {}
    for field in schema.fields:
        for heading in (field.title, *field.aliases):
            if GROUP in heading:
                group, _, leaf = heading.partition(GROUP)
                grouped[normalize(group), normalize(leaf)] = field.name
            else:
                for spelling in spellings(heading)[:2]:
                    headings.setdefault(spelling, field.name)
                for spelling in filter(None, spellings(heading)[2:]):
                    bare.setdefault(spelling, field.name)  # 年收入（万元） is also 年收入, unless another field is
    members = {normalize(group): frozenset(names) for group, names in schema.groups.items()}
    choices = {
        field.name: spelt_choices(field.constraints.enum, tuple(field.value_aliases.items()))
        for field in schema.stored
        if field.constraints.enum
    }
    return _Index(bare | headings, grouped, members, choices)


def _field(index: _Index, path: Path) -> str | None:
    """The field of one column: a heading under its group first, then the heading alone, if the group allows it.

    What stands in brackets is a group too where it names one: 联系电话（走访干部） is not the household's telephone.
    """
    whole, unbracketed, bare = (*spellings(path[-1]), "", "")[:3]
    ways = ((whole, path[:-1]), (unbracketed, path[:-1]), (bare, path[:-1] + inside(path[-1])))
    for leaf, groups in ways:
        for group in reversed(groups):
            for over in spellings(group):
                if (over, leaf) in index.grouped:
                    return index.grouped[over, leaf]
    for leaf, groups in ways:
        name = index.headings.get(leaf) if leaf else None
        if name is not None:
            foreign = (over for group in groups for over in spellings(group) if over in index.members)
            return None if any(name not in index.members[over] for over in foreign) else name
    return None
