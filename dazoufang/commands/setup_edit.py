"""Writes the answers of `setup` into the text of campaign.yaml: only what is answered otherwise, and its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from dazoufang.commands.setup_answers import Answers, package_upward
from dazoufang.model.vocabularies import TargetKind
from dazoufang.rules.campaign import Campaign
from dazoufang.rules.rules_edit import with_value
from dazoufang.rules.year_edit import with_year

Way = tuple[str | int, ...]

OWN: Final = "局内设定："
_WHOLE: Final[tuple[Way, ...]] = (
    ("years",), ("townships",), ("offices", "by_target_kind"), ("mail", "packages"),
)  # fmt: skip


def edited(text: str, own: Any, shipped: Any, campaign: Campaign, wanted: Answers, *, alone: bool) -> str:
    """The rules with the answers in them; the same text where they say nothing else.

    text: campaign.yaml, which says `own`; what it lacks `shipped` says; both together are `campaign`. alone: the year
    that the file has is nobody's yet and becomes the year of the answers.
    """
    made: set[Way] = set()

    def put(text: str, way: Way, value: Any) -> str:
        """The value at its place; what is one list or mapping of data is there as a whole first."""
        for whole in _WHOLE:
            if way[: len(whole)] == whole and whole not in made and _at(own, whole) is None:
                text = with_value(text, whole, _at(shipped, whole))
                made.add(whole)
        return with_value(text, way, value)

    spans = tuple(wanted.dates.values())
    standing = campaign.year_numbered(wanted.year)
    if standing is None or spans != tuple((phase.first, phase.last) for _, phase in standing.phases):
        source = f"{OWN}{wanted.year}年的时间安排，由本局确定"
        text = with_year(
            put(text, ("years", 0, "year"), campaign.years[0].year), wanted.year, spans, source, alone=alone
        )
    for way, before, after in _changes(campaign, wanted):
        if before == after:
            continue
        text = put(text, way, after)
        place = _source_of(way)
        source = str(_at(own, place) or _at(shipped, place))
        if way[0] == "townships":
            source = f"{OWN}本县的乡镇、街道，共{len(wanted.townships)}个"
        elif not source.startswith(OWN):
            source = f"{OWN}由本局确定"
        text = put(text, place, source)
    return text


def _changes(campaign: Campaign, wanted: Answers) -> Iterator[tuple[Way, Any, Any]]:
    """Every place of the rules that an answer speaks of, with what it says now and what it is to say."""
    mail, townships, offices = campaign.mail, campaign.townships, campaign.offices
    yield ("bureau", "value"), campaign.bureau.value, wanted.bureau
    yield ("name", "value"), campaign.name.value, wanted.name
    yield ("townships", "names"), list(townships.names), list(wanted.townships)
    yield ("townships", "aliases"), dict(townships.aliases), wanted.aliases
    rest = wanted.offices.get(TargetKind.OTHER)
    for kind, office in wanted.offices.items():
        if kind in offices.by_target_kind or office != rest:
            yield ("offices", "by_target_kind", kind), offices.by_target_kind.get(kind), office
    old, new = offices.coordinator.value, wanted.coordinator
    yield ("offices", "coordinator", "value"), old, new
    yield ("content", "security_office", "value"), campaign.content.security_office.value, wanted.security_office
    for key in ("send_roster", "send_assignments", "send_decisions"):
        names = list(getattr(campaign.authority, key).value)
        yield ("authority", key, "value"), names, _renamed(names, old, new)
    speakers = list(campaign.authority.speak_for_others.value)
    yield ("authority", "speak_for_others", "value"), speakers, _speakers(speakers, campaign, wanted)
    yield ("mail", "operators", "value"), list(mail.operators.value), list(wanted.operators)
    for key, value in (("sender", wanted.sender), ("smtp", wanted.smtp), ("imap", wanted.imap)):
        yield ("mail", key, "value"), getattr(mail, key).value, value
    upward = package_upward(mail.packages.value)
    for at, package in enumerate(mail.packages.value):
        place: Way = ("mail", "packages", "value", at)
        yield (*place, "units"), list(package.units), _renamed(list(package.units), old, new)
        if at == upward and wanted.report_to is not None:
            yield (*place, "addresses"), list(package.addresses), list(wanted.report_to)
            yield (*place, "alone"), package.alone, package.alone or bool(wanted.report_to)
    yield ("inbox", "shown_path", "value"), campaign.inbox.shown_path.value, wanted.shown_path
    yield ("watch", "nightly_at", "value"), campaign.watch.nightly_at.value, wanted.nightly_at


def _renamed(names: Sequence[str], old: str, new: str) -> list[str]:
    return list(dict.fromkeys(new if name == old else name for name in names))


def _speakers(names: Sequence[str], campaign: Campaign, wanted: Answers) -> list[str]:
    """Who may speak for others: the offices as they are answered, in the place of those that were; others stay."""
    before = dict.fromkeys([*campaign.offices.by_target_kind.values(), campaign.offices.coordinator.value])
    now = dict.fromkeys([*wanted.offices.values(), wanted.coordinator])
    if set(before) == set(now):
        return list(names)
    gone, come = set(before) - set(now), [office for office in now if office not in before]
    return list(dict.fromkeys([*(name for name in names if name not in gone), *come]))


def _source_of(way: Way) -> Way:
    """Where the source of a value stands: beside it, or said of all of its kind."""
    for whole in (("townships",), ("offices", "by_target_kind"), ("mail", "packages")):
        if way[: len(whole)] == whole:
            return (*(whole[:1] if whole[0] != "mail" else whole), "source")
    return (*way[:-1], "source")


def _at(content: Any, way: Way) -> Any:
    for part in way:
        if not isinstance(content, dict) or part not in content:
            return None
        content = content[part]
    return content
