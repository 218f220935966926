"""What people are sent besides their alerts: the lists that the rules name for them, each on its days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path, PurePath

from dazoufang.duties import occasions
from dazoufang.duties.readers import Post, Reader, people, posts
from dazoufang.duties.slices import EVERYBODY, Concerned, concerning
from dazoufang.ledger import listing
from dazoufang.ledger.frames import Frames
from dazoufang.mail.letter import Attachment
from dazoufang.mail.locked import locked
from dazoufang.model.vocabularies import Audience
from dazoufang.rules.campaign import Rules
from dazoufang.rules.packages import COVER, Package, Slice
from dazoufang.writing import cover
from dazoufang.writing.annexes import annexes, own_look
from dazoufang.writing.broken_template import BrokenTemplate
from dazoufang.writing.own_templates import fill


@dataclass
class Enclosed:
    """What one reader is sent. told: marks of what he has then had, so that he has it once; alone: it goes also where he
    is told of nothing else; private: the names of what holds personal data; locked: that opens with a password;
    whole: the lists that he has whole."""

    attachments: list[Attachment] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    private: set[str] = field(default_factory=set)
    alone: bool = False
    locked: bool = False
    whole: set[str] = field(default_factory=set)

    def add(
        self, attachment: Attachment, *, private: bool = True, first: bool = False, of_one_of_several: bool = False
    ) -> None:
        """Enclose something, once by its name. of_one_of_several: two people may have one address, and a name of a file
        names nobody; what another of them has under that name gets a number."""
        taken = {found.name: found.content for found in self.attachments}
        name, path = attachment.name, PurePath(attachment.name)
        number = 1
        while of_one_of_several and taken.get(name, attachment.content) != attachment.content:
            number += 1
            name = f"{path.stem}{number}{path.suffix}"
        if name not in taken:
            self.attachments.insert(0 if first else len(self.attachments), Attachment(name, attachment.content))
            self.private |= {name} if private else set()

    def lock(self, password: str) -> None:
        """Lock what holds personal data, where there is a password."""
        if password:
            self.attachments = [
                locked(found, password) if found.name in self.private else found for found in self.attachments
            ]
            self.locked = bool(self.private)


def enclosed(
    frames: Frames, rules: Rules, today: date, told: Callable[[str], frozenset[str]], templates: Path
) -> dict[Reader, Enclosed]:
    """What each reader is to have today; readers without an address too.

    told: address → the marks of what was sent there before. templates: the folder of the office. Rules: the lists, rows, audience and days of
    `mail.packages`, in their order; a list with none of somebody's rows is not sent to him, nor a
    part of one that he has whole. One address is one reader,
    also where it stands in the roster and under `addresses`, or in several packages.
    """
    lists = _Lists(frames, rules, today, templates, told_apart=True)
    found: dict[Reader, Enclosed] = {}
    known = {reader.email.lower(): reader for reader in people(frames.cadres, today) if reader.email}
    for package in rules.campaign.mail.packages.value:
        marks = [f"{package.to} {occasion}" for occasion in occasions.due(package.days, rules.campaign, today)]
        for post in _people(package, frames, today, known) if marks else ():
            new = [mark for mark in marks if mark not in told(post.reader.email)]
            if not new:
                continue
            has = found[post.reader].whole if post.reader in found else set[str]()
            whole = set[str]() if package.rows is Slice.WHOLE else has
            added = [found for name in package.lists if name not in whole for found in lists.of(name, package, post)]
            if not added:
                continue
            own = found.setdefault(post.reader, Enclosed())
            own.whole |= {*package.lists} if package.rows is Slice.WHOLE else set()
            for attachment in added:
                private, of_person = package.audience is not Audience.PUBLIC, package.rows is Slice.PERSON
                own.add(attachment, private=private, of_one_of_several=of_person)
            own.told += new
            own.alone = own.alone or package.alone
    return found


def report_upward(frames: Frames, rules: Rules, today: date, templates: Path) -> list[Attachment]:
    """The package to report upward: cover sheet and the plan's three annexes, for the audience 上报.

    Raises:
        BrokenTemplate: one of the office's own templates cannot be used.
    """
    package = Package(
        to="", addresses=(), lists=(COVER, *cover.reported(rules)), rows=Slice.WHOLE, audience=Audience.UPWARD, days=()
    )
    lists, nobody = (
        _Lists(frames, rules, today, templates, told_apart=False, refuses=True),
        Post(Reader("", "", ""), "", ""),
    )
    return [attachment for name in package.lists for attachment in lists.of(name, package, nobody)]


def _people(package: Package, frames: Frames, today: date, known: dict[str, Reader]) -> Iterator[Post]:
    """Whom a package is for. known: address in small letters → its reader; addresses that nobody has yet are added."""
    if package.roles or package.units:
        yield from posts(frames.cadres, package.roles, package.units, today)
    for address in package.addresses:
        yield Post(known.setdefault(address.strip().lower(), Reader("", package.to, address.strip())), "", "")


class _Lists:
    """The lists of one day as attachments, each made once. told_apart: several audiences may meet in one letter, so that
    the name of a list from which something is hidden says whose it is."""

    def __init__(
        self, frames: Frames, rules: Rules, today: date, templates: Path, *, told_apart: bool, refuses: bool = False
    ) -> None:
        self._frames, self._rules, self._today = frames, rules, today
        self._templates, self._refuses = templates, refuses
        self._by_label = {
            schema.annex.label: (schema, PurePath(schema.annex.file))
            for schema in rules.schemas.values()
            if schema.annex
        }
        self._marked = {
            audience
            for audience in Audience
            if audience is Audience.PUBLIC or (told_apart and rules.campaign.audiences.masked(audience))
        }
        self._made = cache(self._make)
        self._listed = cache(lambda form: listing.listed(rules.schemas[form], frames, rules, today))

    def of(self, name: str, package: Package, post: Post) -> Iterator[Attachment]:
        """The list of that name as the package has it for the holder of a post; nothing where he has no row in it."""
        if name == COVER:
            yield Attachment(cover.FILE, cover.render(self._frames, self._rules, self._today))
            return
        if name not in self._by_label:  # of a home that calls it otherwise, see `needs.refuse_unknown_packages`
            return
        schema, file = self._by_label[name]
        whose = {
            Slice.WHOLE: EVERYBODY,
            Slice.UNIT: Concerned(Slice.UNIT, post.unit),
            Slice.OFFICE: Concerned(Slice.OFFICE, post.unit),
            Slice.PERSON: Concerned(Slice.PERSON, post.unit, post.name),
        }[package.rows]
        rows = concerning(self._listed(schema.name), schema, whose, self._frames, self._rules)
        if whose is EVERYBODY or len(rows):
            seen_by = f"（{package.audience}）" if package.audience in self._marked else ""
            name = f"{file.stem}{whose.words}{seen_by}{file.suffix}"  # no name of a person is in it
            yield Attachment(name, self._made(schema.name, package.audience, whose))

    def _make(self, form: str, audience: Audience, whose: Concerned) -> bytes:
        """The list in the office's own template, where there is one. One that is broken is told of elsewhere."""
        about = (form, self._frames, self._rules, self._today)
        try:
            return fill.workbook(own_look.book(*about, self._templates, audience, whose))
        except BrokenTemplate:
            if self._refuses:
                raise
        return fill.workbook(annexes.book(*about, audience, whose))
