"""One bureau's year, made up from a seed: who sends what on which night, written into its own books as it is sent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Final, NamedTuple

import bureau_clerk
import bureau_sheets as sheets
from bureau_books import (
    CLOSED,
    DAY,
    DISPUTE,
    OPEN,
    ROUNDS,
    SUGGESTION,
    Books,
    Door,
    Item,
    Person,
    Post,
    Step,
    Visit,
    days,
    round_of,
)
from bureau_sheets import Typist
from bureau_steps import next_step

UNITS: Final = (
    "办公室", "人事股", "法制安全股", "计划财务股", "师训股", "督导室", "工会", "教育事务中心", "体育股", "审计股", "职成股", "怀乡中学",
)  # fmt: skip
# Who sends nothing for a round; and who sends in autumn nothing but the zero report of spring once more.
SILENT: Final = {1: ("督导室",), 2: ("职成股",)}
ZERO_AGAIN: Final = "审计股"
_TOWNS: Final = ("章华镇", "东山镇", "禹山镇", "万庾镇")
_KINDS: Final = ("联点乡镇群众", "人大代表", "政协委员", "原民代幼人员", "其他")
_SURNAMES: Final = "王李刘陈杨黄赵吴周徐孙朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭"
_GIVEN: Final = "建国清红云丽芳军强敏静洋勇艳杰涛明超秀霞刚桂英玉梅福"
_WANTED: Final = (13, 12, 11, 10, 10, 10, 10, 9, 8, 6, 3, 0)  # visits of a cadre in a round
NIGHTS: Final = tuple(
    date(2023, int(month), int(day))
    for month, of_month in {
        "3": "15 17 22 24 29 31", "4": "6 7 12 14 19 21 26 28", "5": "5 24", "7": "5", "9": "20 22 27 28",
        "10": "8 11 13 18 20 25 27", "11": "1 3 8 10 15 17 24", "12": "4",
    }.items()
    for day in of_month.split()
)  # fmt: skip


class Night(NamedTuple):
    """What came on one day: path in the inbox and bytes, in the order of arrival."""

    day: date
    files: list[tuple[str, bytes]]


class Sent(NamedTuple):
    """A file as it was sent: what it is, under which name it replaces and is replaced, and the items that it did anything to."""

    what: str
    key: str
    path: str
    data: bytes
    items: list[Item]


class BureauYear:
    """The year of 60 cadres in 12 units. Go through `nights`: at each one `books` says what is true once all its files
    have been taken in, `books.balance` what became of the items on that day."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.typist = Typist(self.rng)
        self._names = self._unused_names()
        self._phones = iter(range(13800000001, 13900000000))
        self._groups = iter(range(1, 1000))
        self.books = Books(self._persons())
        self.sent: dict[int, Sent] = {}
        self.dropped_again: set[int] = set()
        self.events: Counter[str] = Counter()  # what happened how often
        self._waiting: dict[str, list[tuple[date, Visit]]] = defaultdict(list)  # unit → from when it can be sent, visit
        self._rows: dict[str, list[Visit]] = defaultdict(list)  # file that grows → its rows as the unit has them
        self._mend: dict[str, tuple[int, str, list[Visit]]] = {}  # unit → what was sent back of a file, to be mended
        self._grows = {unit: self.rng.random() < 0.5 for unit in UNITS}
        self._repeated: set[Door] = set()  # visited more than once
        self._files: list[tuple[str, bytes]] = []
        for person in self.books.persons:
            self._plan(person)

    def nights(self) -> Iterator[Night]:
        for number, day in enumerate(NIGHTS):
            self._files = []
            self.books.morning()
            self._from_the_office(day)
            for unit in UNITS[number % 2 :: 2]:
                self._unit(unit, day)
            bureau_clerk.decide(self, day)
            bureau_clerk.withdraw(self, day)
            bureau_clerk.drop_again(self, day)
            yield Night(day, self._files)

    # -- who there is ---------------------------------------------------------------------------------------------

    def _unused_names(self) -> Iterator[str]:
        names = [a + b for a in _SURNAMES for b in _GIVEN] + [
            a + b + c for a in _SURNAMES for b in _GIVEN[:9] for c in _GIVEN[9:17]
        ]
        return iter(self.rng.sample(names, len(names)))

    def _persons(self) -> list[Person]:
        """Five a unit: two namesakes; three with a second post; two who come and two who leave in a round; two who move, one of them in a round."""
        posts = {
            (unit, nth): [Post(unit)] for unit in UNITS for nth in range(5)
        } | {
            ("人事股", 0): [Post("人事股"), Post("师训股")], ("工会", 0): [Post("工会"), Post("职成股")],
            ("体育股", 0): [Post("教育事务中心"), Post("体育股")],
            ("法制安全股", 1): [Post("法制安全股", since=date(2023, 4, 3))],
            ("工会", 1): [Post("工会", until=date(2023, 4, 14))],
            ("怀乡中学", 1): [Post("怀乡中学", since=date(2023, 10, 16))],
            ("计划财务股", 1): [Post("计划财务股", until=date(2023, 10, 20))],
            ("办公室", 2): [Post("办公室", until=date(2023, 10, 13)), Post("教育事务中心", since=date(2023, 10, 14))],
            ("体育股", 1): [Post("人事股", since=date(2023, 7, 1)), Post("体育股", until=date(2023, 6, 30))],
        }  # fmt: skip
        namesakes = (("师训股", 4), ("怀乡中学", 4))
        return [
            Person("张伟" if at in namesakes else next(self._names), str(next(self._phones)), own)
            for at, own in posts.items()
        ]

    def _roster(self, day: date) -> bytes:
        """All posts, unit by unit; before summer only what was known by then."""
        rows = [
            (person, post)
            for unit in UNITS
            for person in self.books.persons
            for post in person.posts
            if post.unit == unit
        ]
        if day < date(2023, 6, 1):
            known = [(person, post) for person, post in rows if post.since < date(2023, 6, 1)]
            rows = [
                (person, post if post.until < date(2023, 6, 1) else post._replace(until=date.max))
                for person, post in known
            ]
        return sheets.roster(rows)

    def _plan(self, person: Person) -> None:
        """Whom he is going to visit."""
        for one in ROUNDS:
            own: list[Visit] = []
            held = [day for day in days(one.first, one.last) if person.holds(day)]
            for _ in range(self.rng.choice(_WANTED) if held else 0):
                day = held[int(len(held) * self.rng.random() ** 1.6)]
                unit = self.rng.choice([post.unit for post in person.posts if post.since <= day <= post.until])
                if unit in SILENT[one.number] or (unit == ZERO_AGAIN and one.number == 2):
                    continue
                mates = [other for other in self._serving(unit, day) if other.name != person.name]
                whose = [person, *(self.rng.sample(mates, 1) if self.typist.maybe(0.1) else [])]
                if own and self.typist.maybe(0.07):  # the same household once more
                    visit = Visit(day, unit, whose, own[-1].door)
                    if any(other.door == visit.door and other.day == day for other in own):
                        continue
                    self._repeated.add(visit.door)
                elif own and self.typist.maybe(0.04):  # another of that name, elsewhere
                    elsewhere = f"明碧山村{next(self._groups)}组"
                    visit = Visit(day, unit, whose, self._door()._replace(name=own[-1].door.name, village=elsewhere))
                else:
                    visit = Visit(day, unit, whose, self._door())
                    self._give_matters(visit)
                own.append(visit)
                late = self.typist.maybe(0.03)
                self._waiting[unit].append((one.last + DAY if late else day, visit))
        if self.typist.maybe(0.1) and person.holds(date(2023, 6, 15)):  # between the rounds: counts for nothing
            unit = next(post.unit for post in person.posts if post.since <= date(2023, 6, 15) <= post.until)
            if unit not in (*SILENT[2], ZERO_AGAIN):
                self._waiting[unit].append((date(2023, 6, 15), Visit(date(2023, 6, 15), unit, [person], self._door())))

    def _serving(self, unit: str, day: date) -> list[Person]:
        """Who has a post in a unit on a day."""
        return [
            person for person in self.books.persons
            if any(post.unit == unit and post.since <= day <= post.until for post in person.posts)
        ]  # fmt: skip

    def _door(self) -> Door:
        rng, village = self.rng, f"{self.rng.choice(('沙口村', '团结村', '石山矶村'))}{self.rng.randrange(1, 40)}组"
        return Door(next(self._names), str(next(self._phones)), rng.choice(_TOWNS), village, rng.choice(_KINDS))

    def _give_matters(self, visit: Visit) -> None:
        who = visit.door.name
        for heading, text, chance in (
            ("矛盾纠纷和信访诉求", f"与邻居因{who}家门前排水沟改道争执", 0.16),
            ("意见建议", f"建议硬化{who}门前到学校的通学路", 0.14),
            ("政策咨询和求助", f"咨询{who}孙子的困难学生资助怎么办理", 0.06),
        ):
            if self.typist.maybe(chance):
                visit.matters[heading] = text

    # -- sending --------------------------------------------------------------------------------------------------

    def next_number(self, what: str) -> int:
        self.books.delivered += 1
        self.events[what] += 1
        return self.books.delivered

    def send(self, what: str, key: str, path: str, data: bytes, items: list[Item]) -> None:
        """The file of the number that `next_number` has given."""
        self._files.append((path, data))
        self.sent[self.books.delivered] = Sent(what, key, path, data, items)

    def _from_the_office(self, day: date) -> None:
        opening = [one for one in ROUNDS if day == min(night for night in NIGHTS if night >= one.first)]
        if opening:
            self.next_number("roster")
            self.send("roster", "花名册", "花名册.xlsx", self._roster(day), [])
        if opening and opening[0].number == 1:
            for what, form in (("培训记录", sheets.training), ("工作记录本发放登记", sheets.notebooks)):
                self.next_number(what)
                self.send(what, what, f"{what}.xlsx", form(self.books.persons[:9], date(2023, 3, 10)), [])

    def _unit(self, unit: str, day: date) -> None:
        number = 1 if day < ROUNDS[1].first else 2
        if unit in SILENT[number]:
            return
        if unit == ZERO_AGAIN and (number == 2 or day == date(2023, 3, 24)):
            if day in (date(2023, 3, 24), date(2023, 10, 11), date(2023, 10, 13)):
                self.books.heard.append((self.next_number("zero report"), unit, day))
                self.send("zero", "", f"{unit}/零报告.xlsx", self.typist.zero_report(unit, date(2023, 3, 24)), [])
            return
        self._visits(unit, day, number)
        self._forms(unit, day, number)

    def _visits(self, unit: str, day: date, number: int) -> None:
        waiting = self._waiting[unit]
        new = [visit for since, visit in waiting if since <= day]
        self._waiting[unit] = [(since, visit) for since, visit in waiting if since > day]
        new += self._again(unit, day)
        if unit in self._mend:
            by, stem, rows = self._mend.pop(unit)
            self._version(unit, day, f"{unit} {stem}", f"{stem} 需修改{by:04d}.xlsx", rows, [], None)
        if new and self._grows[unit]:
            stem = f"{ROUNDS[number - 1].word}半年走访"
            key = f"{unit} {stem}"
            rows, stood = self._rows[key], self.books.standing(key)
            if self.typist.maybe(0.15):
                self._correct(rows, stood)
            rows += new
            mark = self.rng.choice(("", "（1）", f" {day}", "最终版", " - 副本"))
            self._version(unit, day, key, f"{stem}{mark}.xlsx", rows, new, self._outside(unit, day))
        elif new:
            old = [visit for visit in self.books.visits() if visit.unit == unit and not visit.matters]
            listed = [*new, *(self.rng.sample(old, 1) if old and self.typist.maybe(0.15) else [])]
            stem = f"第{day.isocalendar().week}周走访登记"
            self._version(unit, day, f"{unit} {stem}", f"{stem}.xlsx", listed, new, self._outside(unit, day))
        elif self.typist.maybe(0.2):
            self.books.heard.append((self.next_number("zero report"), unit, day))
            self.send("zero", "", f"{unit}/零报告{day}.xlsx", self.typist.zero_report(unit, day), [])

    def _version(
        self, unit: str, day: date, key: str, name: str, rows: list[Visit], new: list[Visit], outside: Visit | None
    ) -> None:
        """Send a file of these visits; the day of one of those that are `new` may not be understood, and is sent back."""
        faulty = self.rng.choice(new) if len(rows) > 1 and new and self.typist.maybe(0.12) else None
        by = self.next_number("visits")
        self.books.heard.append((by, unit, day))
        data = self.typist.visits(unit, rows, faulty, outside)
        before = {id(item) for visit in rows for told_by, item in visit.told.values() if told_by not in self.books.gone}
        self.books.tell(key, [visit for visit in rows if visit is not faulty], day)
        now = [item for visit in rows for told_by, item in visit.told.values() if told_by == by]
        self.events.update(
            {"rows sent back": faulty is not None, "came again": sum(id(item) in before for item in now)}
        )
        if faulty is not None and not self._grows[unit]:
            self._mend[unit] = by, name.removesuffix(".xlsx"), list(rows)
        self.send("faulty" if faulty or outside else "visits", key, f"{unit}/{name}", data, now)

    def _correct(self, rows: list[Visit], stood: list[Visit]) -> None:
        """One row of the file is put right, gets a matter, or goes."""
        doors = Counter(visit.door[:2] for visit in self.books.visits())
        alone = [visit for visit in stood if doors[visit.door[:2]] == 1 and visit in rows and visit.again is None]
        for visit in self.rng.sample(alone, min(1, len(alone))):
            untouched = all(item.touched_by == item.by for _, item in visit.told.values())
            way = self.rng.choice(("kind", "matter", "goes"))
            if way == "goes" and untouched:
                rows.remove(visit)
            elif way == "matter" and not visit.matters and round_of(visit.day):
                visit.matters["意见建议"] = f"建议硬化{visit.door.name}门前到学校的通学路"
            else:
                visit.door = visit.door._replace(kind=self.rng.choice(_KINDS))
            self.events[f"row: {way}"] += 1

    def _again(self, unit: str, day: date) -> list[Visit]:
        """Who comes once more with what had been resolved."""
        if not round_of(day) or day > bureau_clerk.LAST_REOPENING or not self.typist.maybe(0.25):
            return []
        items = [
            item for item in self.books.standing_items()
            if item.unit == unit and item.resolved_on and item.resolved_on < day and item.is_plain and item.heading
            and item.door not in self._repeated
        ]  # fmt: skip
        return [
            Visit(
                day, unit, [self.rng.choice(self._serving(unit, day))], item.door, {item.heading: item.text}, again=item
            )
            for item in self.rng.sample(items, min(1, len(items)))
        ]

    def _outside(self, unit: str, day: date) -> Visit | None:
        """A visit of somebody who was not in office on its day; it is sent back, and never mended."""
        for person in self.books.persons:
            if any(post.unit == unit for post in person.posts) and round_of(day) and not person.holds(day):
                return Visit(day, unit, [person], self._door()) if self.typist.maybe(0.3) else None
        return None

    # -- how items are handled ------------------------------------------------------------------------------------

    def _forms(self, unit: str, day: date, number: int) -> None:
        if self.typist.maybe(0.4):
            return
        standing = self.books.standing_items()
        for kind, word in ((DISPUTE, "矛盾纠纷"), (SUGGESTION, "意见建议")):
            mine = [
                item for item in standing
                if item.kind == kind and item.handler == unit and item.registered < day and self.typist.maybe(0.3)
            ]  # fmt: skip
            steps = [(item, step) for item in mine if (step := next_step(item, unit, day, self.typist))]
            own = [(item, step) for item, step in steps if item.unit == unit]
            others = [(item, step) for item, step in steps if item.unit != unit]
            week = f"第{day.isocalendar().week}周"
            name = f"{ROUNDS[number - 1].word}半年{word}办理表" if self._grows[unit] else f"{week}{word}办理表"
            self._form(unit, day, kind, name, own)
            self._form(unit, day, kind, f"{week}{word}承办情况", others)

    def _form(self, unit: str, day: date, kind: str, name: str, steps: list[tuple[Item, Step]]) -> None:
        own, key = "承办" not in name, f"{unit} {name}"
        found = own and kind == DISPUTE and bool(round_of(day)) and self.typist.maybe(0.1)
        if not steps and not found:
            return
        by = self.next_number("form" if own else "form of another's items")
        self.books.heard.append((by, unit, day))
        in_order: dict[Item, None] = {
            item: None for item in self.books.items if any(step.form == key for step in item.live)
        }
        rows: dict[Item, Item] = {}  # item → the one by whose number it is told
        if found:
            steps = [*steps, self._found(unit, day)]
        for item, step in steps:
            item.steps.append(step._replace(by=by, form=key))
            # A row that says it was resolved before its own day is sent back.
            latest = date.fromisoformat(step.cells.get("办结", str(day)))
            joined = [other for other in self.books.items if other.into is item and other.day <= latest]
            by_joined = bool(joined) and own and not self._grows[unit] and self.typist.maybe(0.5)
            rows[item] = joined[0] if by_joined else item
            self.events[f"{item.kind} {step.what}"] += 1
            self.events["by the number of what was joined"] += by_joined
        lines = []
        for item in in_order | rows:
            cells = next(step.cells for step in reversed(item.live) if step.form == key)
            shown = rows.get(item, item)
            numbered = item.numbered.setdefault(key, self.typist.maybe(0.5) and item.registered < day)
            lines.append((shown, cells, numbered or shown is not item))
        data = self.typist.handled(unit, kind, lines) if own else self.typist.of_handler(unit, kind, lines)
        self.send("form", key, f"{unit}/{name}.xlsx", data, [item for item, _ in steps])

    def _found(self, unit: str, day: date) -> tuple[Item, Step]:
        """A dispute that no visit tells of."""
        told_by = Visit(day, unit, [self.rng.choice(self._serving(unit, day))], self._door())
        item = self.books.open(DISPUTE, "", f"为{told_by.door.name}家宅基地的界址争吵", told_by, day)
        cells = {"状态": "正在化解", "责任单位": unit, "责任人": told_by.whose[0].name}
        if self.typist.maybe(0.6):
            return item, Step(0, day, "begun", OPEN, "", cells)
        done = {
            "状态": "已化解",
            "情况": "当天谈妥了",
            "措施": "上门评理",
            "办结": str(day),
            "回访": str(day),
            "方式": "上门",
        }
        return item, Step(0, day, "closed at once", CLOSED, "", cells | done | {"满意度": "满意"}, day, day)
