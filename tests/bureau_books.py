"""The books of a made-up bureau: what is true of its cadres, visits, items and units, kept by hand beside what is sent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, NamedTuple

DAY: Final = timedelta(days=1)
# What of 2023 is no plain week: weekdays off, and weekend days worked.
_OFF: Final = {(4, 5), (5, 1), (5, 2), (5, 3), (6, 22), (6, 23), (9, 29), *((10, day) for day in range(2, 7))}
_ON: Final = {(4, 23), (5, 6), (6, 25), (10, 7), (10, 8)}
OPEN, RESOLVED, CLOSED = "open", "resolved", "closed"
DISPUTE, SUGGESTION = "dispute", "suggestion"
ON_TIME, LATE, OVERDUE, NOT_DUE = "按时办结", "超期办结", "超期未结", "未到期"


class Round(NamedTuple):
    """One round: its number, its word in 编号, its first day, the end of its first phase, its last day."""

    number: int
    word: str
    first: date
    early: date
    last: date


ROUNDS: Final = (
    Round(1, "上", date(2023, 3, 12), date(2023, 3, 16), date(2023, 4, 28)),
    Round(2, "下", date(2023, 9, 18), date(2023, 9, 28), date(2023, 11, 17)),
)


def round_of(day: date) -> int:
    """The number of the round that a day lies in, 0 none."""
    return next((one.number for one in ROUNDS if one.first <= day <= one.last), 0)


def is_workday(day: date) -> bool:
    at = (day.month, day.day)
    return at in _ON or (day.weekday() < 5 and at not in _OFF)


def worked_by(day: date) -> date:
    """The day itself, or the working day before it."""
    while not is_workday(day):
        day -= DAY
    return day


def days(first: date, last: date) -> list[date]:
    return [first + DAY * n for n in range((last - first).days + 1)]


class Post(NamedTuple):
    unit: str
    since: date = date.min
    until: date = date.max


@dataclass(eq=False)
class Person:
    """A cadre with the posts that the last roster gives him, in its order."""

    name: str
    phone: str
    posts: list[Post]

    def holds(self, day: date) -> bool:
        return any(post.since <= day <= post.until for post in self.posts)

    def in_round(self, one: Round) -> list[Post]:
        return [post for post in self.posts if post.since <= one.last and post.until >= one.first]

    def stands(self, one: Round) -> str:
        """His unit on the last day of the round; of who has left by then the last one."""
        own = self.in_round(one)
        on_last_day = [post.unit for post in own if post.since <= one.last <= post.until]
        return on_last_day[0] if on_last_day else max(own, key=lambda post: post.until).unit

    def share(self, quota: int, rounds: Sequence[Round]) -> int:
        """Of a quota of these rounds what falls on the working days that he holds, rounded up."""
        worked = [day for one in rounds for day in days(one.first, one.last) if is_workday(day)]
        return -(-quota * sum(map(self.holds, worked)) // len(worked))


class Door(NamedTuple):
    """A household."""

    name: str
    phone: str
    township: str
    village: str
    kind: str


@dataclass(eq=False)
class Visit:
    """`matters`: heading → text; `told`: heading → (delivery, item) that brought it into the ledger; `again`: the item that
    is brought up once more."""

    day: date
    unit: str
    whose: list[Person]
    door: Door
    matters: dict[str, str] = field(default_factory=dict)
    told: dict[str, tuple[int, Item]] = field(default_factory=dict)
    again: Item | None = None

    @property
    def cadres(self) -> str:
        return "、".join(person.name for person in self.whose)


class Step(NamedTuple):
    """What became of an item by one delivery. `form`: the file whose row says so, "" a visit or a decision; `cells`: that
    row; `what`: the event; `reopened_on`: the day that voided what was resolved before."""

    by: int
    night: date
    what: str
    state: str
    form: str
    cells: dict[str, str]
    resolved_on: date | None = None
    closed_on: date | None = None
    reopened_on: date | None = None


class Extension(NamedTuple):
    by: int
    new_due_on: date
    approved_on: date


@dataclass(eq=False)
class Item:
    """One item. `steps`, `extensions`: in the order of arrival; `strikes`: (delivery, struck off or taken back); `joins`:
    (delivery, the item it became part of). What a withdrawn delivery did does not count."""

    gone: set[int]  # of the books
    number: str
    kind: str
    heading: str
    text: str
    unit: str
    day: date
    cadres: str
    door: Door
    registered: date
    by: int
    steps: list[Step] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    strikes: list[tuple[int, bool]] = field(default_factory=list)
    joins: list[tuple[int, Item]] = field(default_factory=list)
    has_joined: bool = False
    numbered: dict[str, bool] = field(default_factory=dict)  # file → whether its row gives the number

    @property
    def live(self) -> list[Step]:
        return [step for step in self.steps if step.by not in self.gone]

    @property
    def state(self) -> str:
        return self.live[-1].state if self.live else OPEN

    @property
    def what(self) -> str:
        """The last thing that happened to it."""
        return self.live[-1].what if self.live else ""

    @property
    def into(self) -> Item | None:
        return next((other for by, other in self.joins if by not in self.gone), None)

    @property
    def struck(self) -> bool:
        live = [struck for by, struck in self.strikes if by not in self.gone]
        return bool(live and live[-1])

    @property
    def extension(self) -> Extension | None:
        return next((one for one in self.extensions if one.by not in self.gone), None)

    @property
    def handler(self) -> str:
        """The unit that reports how it is handled: 责任单位, its own before one is named."""
        cells = self.live[-1].cells if self.live else {}
        return cells.get("责任单位", self.unit)

    @property
    def touched_by(self) -> int:
        """The last delivery that did anything to it."""
        ways = (self.steps, self.extensions, self.strikes, self.joins)
        return max([self.by, *(one[0] for way in ways for one in way if one[0] not in self.gone)])

    @property
    def is_plain(self) -> bool:
        """Whether nothing was ever decided of it, and nobody brought it up again."""
        return not (self.extensions or self.strikes or self.joins or self.has_joined) and all(
            step.form for step in self.steps
        )

    @property
    def resolved_on(self) -> date | None:
        return self.live[-1].resolved_on if self.state != OPEN else None

    @property
    def closed_on(self) -> date | None:
        return self.live[-1].closed_on if self.state == CLOSED else None

    @property
    def due_on(self) -> date:
        """By when it is, or was, to be resolved: an extension approved by then, else the earlier of its own day and the
        end of 集中化解 of its round."""
        extension = self.extension
        if extension and (self.resolved_on is None or extension.approved_on <= self.resolved_on):
            return worked_by(extension.new_due_on)
        ends = [ROUNDS[round_of(self.day) - 1].last]
        ends += [date.fromisoformat(step.cells["时限"]) for step in self.live if step.cells.get("时限")][-1:]
        return min(map(worked_by, ends))

    def outcome(self, today: date) -> str:
        if self.resolved_on:
            return ON_TIME if self.resolved_on <= self.due_on else LATE
        return OVERDUE if self.due_on < today else NOT_DUE


class Figures(NamedTuple):
    """As the evidence has them: owed (of it carried over), done, done in the first phase, still lacking."""

    due: int
    carried: int
    done: int
    early: int
    left: int


class Balance(NamedTuple):
    before: int
    new: int
    reopened: int
    closed: int
    withdrawn: int
    joined: int
    now: int


@dataclass
class Version:
    """What one delivery of a file of visits holds and counts."""

    by: int
    visits: list[Visit]


class Books:
    """`files`: name of a file of visits (less what says which copy it is) → its versions; `heard`: (unit, day) of whatever
    was sent; `delivered`: how many files there were; `withdrawals`: (the withdrawal's own number, what it takes back)."""

    def __init__(self, persons: list[Person]) -> None:
        self.persons = persons
        self.items: list[Item] = []
        self.files: dict[str, list[Version]] = defaultdict(list)
        self.heard: list[tuple[int, str, date]] = []
        self.delivered = 0
        self.withdrawals: list[tuple[int, int]] = []
        self.gone: set[int] = set()
        self._given: Counter[str] = Counter()
        self._morning: dict[Item, str] = {}

    # -- what is told ---------------------------------------------------------------------------------------------

    def open(self, kind: str, heading: str, text: str, told_by: Visit, night: date) -> Item:
        """A new item with the next number of its round."""
        series = f"23{ROUNDS[round_of(told_by.day) - 1].word}{'矛' if kind == DISPUTE else '建'}"
        self._given[series] += 1
        number = f"{series}{self._given[series]:04d}"
        item = Item(
            self.gone, number, kind, heading, text, told_by.unit, told_by.day, told_by.cadres, told_by.door, night,
            self.delivered,
        )  # fmt: skip
        self.items.append(item)
        return item

    def tell(self, key: str, visits: Sequence[Visit], night: date) -> None:
        """The file `key` has come with these visits: rows that stood in it go first, then those that are new to it."""
        stood = set(self.standing(key))
        for visit in sorted(visits, key=lambda visit: visit not in stood):
            for heading in ("矛盾纠纷和信访诉求", "意见建议", "政策咨询和求助"):
                if heading in visit.matters and visit.told.get(heading, (0,))[0] in {0, *self.gone}:
                    visit.told[heading] = self.delivered, self._meant(visit, heading, night)
        self.files[key].append(Version(self.delivered, list(visits)))

    def _meant(self, visit: Visit, heading: str, night: date) -> Item:
        if visit.again is None:
            kind = DISPUTE if heading.startswith("矛盾") else SUGGESTION
            return self.open(kind, heading, visit.matters[heading], visit, night)
        item = visit.again
        if item.resolved_on and item.resolved_on < visit.day:
            self.reopen(item, night, visit.day, "came again")
        return item

    def reopen(self, item: Item, night: date, day: date, what: str) -> None:
        kept = ("时限", "责任单位", "责任人", "复杂程度", "措施")
        cells = {name: value for name, value in (item.live[-1].cells if item.live else {}).items() if name in kept}
        item.steps.append(Step(self.delivered, night, what, OPEN, "", cells, reopened_on=day))

    def withdraw(self, number: int) -> None:
        """The delivery `number` is taken back by the one that has just come."""
        self.withdrawals.append((self.delivered, number))
        self.gone.clear()
        for by, taken in reversed(self.withdrawals):
            if by not in self.gone:
                self.gone.add(taken)

    # -- what stands ----------------------------------------------------------------------------------------------

    def standing(self, key: str) -> list[Visit]:
        """The visits of the newest version of a file that is not withdrawn."""
        return next((one.visits for one in reversed(self.files.get(key, [])) if one.by not in self.gone), [])

    def visits(self) -> list[Visit]:
        return list(dict.fromkeys(visit for key in self.files for visit in self.standing(key)))

    def standing_items(self) -> dict[Item, str]:
        """Every item that is told by anything that stands, and neither struck off nor part of another → its state."""
        told = {item for visit in self.visits() for by, item in visit.told.values() if by not in self.gone}
        told |= {item for item in self.items if any(step.form for step in item.live)}
        return {item: item.state for item in self.items if item in told and not (item.struck or item.into)}

    def morning(self) -> None:
        """A new day begins."""
        self._morning = self.standing_items()

    def balance(self, kind: str) -> Balance:
        """What became of the items of a kind since the morning."""
        was = {item: state for item, state in self._morning.items() if item.kind == kind}
        now = {item: state for item, state in self.standing_items().items() if item.kind == kind}
        left = [item for item, state in was.items() if item not in now and state != CLOSED]
        return Balance(
            before=sum(state != CLOSED for state in was.values()),
            new=sum(item not in was for item in now),
            reopened=sum(was.get(item) == CLOSED != state for item, state in now.items()),
            closed=sum(was.get(item) != CLOSED == state for item, state in now.items()),
            withdrawn=sum(item.into is None for item in left),
            joined=sum(item.into is not None for item in left),
            now=sum(state != CLOSED for state in now.values()),
        )

    # -- the year -------------------------------------------------------------------------------------------------

    def person_years(self) -> dict[Person, dict[int, Figures]]:
        """Of everybody the rounds in which he served. Last round's debt is owed in autumn, as far as the year's quota
        is not met without it."""
        went: dict[tuple[Person, int], dict[tuple[str, str], date]] = defaultdict(dict)
        for visit in self.visits():
            for person in visit.whose if round_of(visit.day) else ():
                own = went[person, round_of(visit.day)]
                own[visit.door[:2]] = min(visit.day, own.get(visit.door[:2], visit.day))
        found: dict[Person, dict[int, Figures]] = {}
        for person in self.persons:
            spring, autumn = (person.share(10, [one]) for one in ROUNDS)
            of_spring = len(went[person, 1])
            lacking = min(max(spring - of_spring, 0), self.year_due(person) - of_spring - autumn)
            for one in ROUNDS:
                if person.in_round(one):
                    doors = went[person, one.number]
                    carried = max(lacking, 0) if one.number == 2 else 0
                    due = (autumn if one.number == 2 else spring) + carried
                    early = sum(day <= one.early for day in doors.values())
                    figures = Figures(due, carried, len(doors), early, max(due - len(doors), 0))
                    found.setdefault(person, {})[one.number] = figures
        return found

    @staticmethod
    def year_due(person: Person) -> int:
        return person.share(20, ROUNDS)

    def silent(self, one: Round) -> set[str]:
        """The units with somebody of whose units none sent anything for the round, in it or before the next."""
        until = ROUNDS[1].first if one.number == 1 else date.max
        heard = {unit for by, unit, day in self.heard if by not in self.gone and one.first <= day < until}
        heard |= {visit.unit for visit in self.visits() if round_of(visit.day) == one.number}
        heard |= {item.unit for item in self.standing_items() if round_of(item.day) == one.number}
        serving = [person for person in self.persons if person.in_round(one)]
        return {person.stands(one) for person in serving if not heard & {post.unit for post in person.in_round(one)}}


def total(some: Iterable[Figures]) -> Figures:
    """All together."""
    return Figures(*(sum(column) for column in zip(Figures(0, 0, 0, 0, 0), *some, strict=True)))
