"""The pure fold: submissions in the order they were accepted, and the rules → frames, and what each submission did."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from dazoufang.judging.sender import HELD_FOR_THE_SENDER
from dazoufang.ledger import merge, taken_back
from dazoufang.ledger.book import Ledger
from dazoufang.ledger.frame_rows import frames_of
from dazoufang.ledger.frames import Frames
from dazoufang.ledger.merge import Entry, Merged
from dazoufang.ledger.questions import told_in_one_cell
from dazoufang.ledger.retelling import Retelling
from dazoufang.model.faults import ERROR
from dazoufang.model.persons import persons
from dazoufang.model.roster import Post, Roster
from dazoufang.model.submission import DUPLICATE, RETURNED, SENDER, Effect, Since, Submission
from dazoufang.model.terms import normalize
from dazoufang.rules.campaign import Rules
from dazoufang.rules.rules_file import BrokenRules
from dazoufang.rules.schema import Role, Schemas
from dazoufang.system.files import stem_of, whole_of


class Fold:
    """The record, folded so far. Take submissions in order; ask for frames and effects at any time."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.submissions: list[Submission] = []  # all of them, in the order of acceptance
        self.withdrawn: dict[int, int] = {}  # number of a submission → that of its withdrawal
        self.rewritten: set[int] = set()  # the submissions that came to something else once another was withdrawn
        self.ledger = Ledger(rules)
        self._begin()

    def _begin(self) -> None:
        """Nothing is taken in yet."""
        self.merged = Merged(self.rules.schemas, self.rules.campaign.bureau.value)
        self.effects: dict[int, Effect] = {}
        self._roster: Roster | None = None
        self._frames: Frames | None = None
        self._latest: dict[_Key, int] = {}
        self._mended: dict[tuple[str, int], list[Submission]] = {}
        self._wrong_rows: dict[int, list[Submission]] = {}  # number of a form → the small workbooks of its wrong rows

    def __getstate__(self) -> dict[str, Any]:
        """All but what is worked out from the rest in a moment."""
        return {**self.__dict__, "_frames": None}

    def take(self, submission: Submission) -> Effect:
        """Take in the next submission and say what it did.

        Raises:
            BrokenRules: it holds a form whose file is gone from the rules.
        """
        self._require_forms(submission)
        self.submissions.append(submission)
        if taken_back.withdraws(submission, self.rules.schemas):
            self._begin_anew()
        else:
            self._take(submission)
        return self.effects[submission.submission_id]

    def _begin_anew(self) -> None:
        """Take everything in once more, without what is withdrawn by now.

        Rule: all is then as if that had never come, but for the numbers already given.
        """
        former = self.effects
        self.withdrawn = taken_back.taken_back(self.submissions, self.rules.schemas)
        self.ledger = Ledger(self.rules, before=self.ledger)
        self._begin()
        for submission in self.submissions:
            self._take(submission)
        self.rewritten |= {number for number, effect in former.items() if effect != self.effects[number]}

    def _take(self, submission: Submission) -> None:
        """Take in a submission that has been added; what it does is its effect."""
        self._frames = None
        effect = Effect(submission.submission_id)
        self.effects[submission.submission_id] = effect
        if submission.submission_id in self.withdrawn:
            return
        if not (_only_empty(submission) or _is_held(submission)):
            self._latest.update(dict.fromkeys(_keys(submission, self.rules.schemas), submission.submission_id))
        if submission.verdict != DUPLICATE and (mended := _OUR_COPY.match(submission.name)):
            self._mended.setdefault((mended[1], int(mended[2])), []).append(submission)
        if submission.verdict in (RETURNED, DUPLICATE):
            return
        if whole := whole_of(stem_of(submission.name)):
            self._wrong_rows.setdefault(whole[1], []).append(submission)
        effect.notices.extend(taken_back.unknown(submission, self.rules.schemas))
        effect.took_back = taken_back.in_words(self.withdrawn, submission.submission_id, self.submissions)
        steps = self.merged.take(submission)
        if any(self.rules.schemas[step.part.form].role in (Role.ROSTER, Role.ASSIGNMENTS) for step in steps):
            self._roster = None
        self.ledger.take(submission, steps, effect)
        effect.withdrawn_items = len(effect.withdrawn)
        for step in steps:
            schema = self.rules.schemas[step.part.form]
            if step.replaces:
                if step.replaces not in effect.replaces:
                    effect.replaces.append(step.replaces)
                effect.added.extend(merge.words(schema, entry.values) for entry in step.added)
            for entry, before in step.corrected:
                effect.changed.extend(merge.changes(schema, entry, before))
            if schema.role not in (Role.DECISIONS, Role.WITHDRAWALS):  # these are remembered for ever
                effect.withdrawn.extend(merge.words(schema, entry.values) for entry in step.withdrawn)
                if schema.role is Role.VISITS:
                    effect.withdrawn_visits += len(step.withdrawn)
                else:
                    effect.withdrawn_rows += len(step.withdrawn)
            if step.sent_by_units:
                rows_of = "走访" if schema.role is Role.VISITS else schema.title
                effect.shared.append(f"{step.sent_by_units}行是各单位自己报过的{rows_of}，以各单位的为准，没有另外计入")
            if schema.role is Role.VISITS:
                now = (*(entry for entry, _ in step.corrected), *step.added)
                Retelling(submission, schema, self.merged, self.ledger).tell(now, effect)
                for first, entry, name in told_in_one_cell(submission, now, schema.matters):
                    told = (self.ledger.matters_in(row, name) for row in (entry, first))
                    self.ledger.questions.ask_of_cells("R22", entry, name, *told)
            if schema.role is Role.LIST:
                effect.shared.extend(self._shared(entry) for entry in step.added if self._stands_elsewhere(entry))

    def _require_forms(self, submission: Submission) -> None:
        """Make sure that the rules have every form of the submission: its rows would be lost unnoticed.

        Raises:
            BrokenRules: one is gone.
        """
        for part in submission.parts:
            if part.form not in self.rules.schemas:
                missing = f"找不到这个规则文件，可台账里有它的表（收件{submission.submission_id}号 {submission.name}）"
                remedy = "请把它放回 schemas 文件夹，archive/rules 里存有原来的一份"
                raise BrokenRules(self.rules.folder / f"{part.form}.yaml", 1, missing, remedy)

    def replaced_by(self, submission: Submission) -> int:
        """The newer submission that took the place of this one, whatever came of either; 0 while it is the newest.

        Rule: the same unit sending the same form again, under the same name, replaces the earlier one; and our returned
        copy, mended, replaces what it was made of, where nobody or the same unit had sent that. Replacing never crosses
        from one sender to another.
        """
        if submission.verdict == DUPLICATE:
            return 0
        own = submission.submission_id
        keys = _keys(submission, self.rules.schemas)
        whole, *parts = (self._latest.get(key, own) for key in keys)
        if small := [(unit, form, found[0]) for unit, form, stem in keys[1:] if (found := whole_of(stem))]:
            parts = [max(part, self._latest.get(key, own)) for part, key in zip(parts, small, strict=True)]
        if parts and min(parts) > submission.submission_id:
            return max(whole, *parts)
        copies = self._mended.get((submission.name, submission.submission_id), ())
        mended = max((copy.submission_id for copy in copies if _may_mend(copy, submission)), default=0)
        return max(mended, whole if whole > submission.submission_id else 0)

    def since(self, submission: Submission) -> Since:
        """What has become of a submission since it was taken in."""
        return Since(
            self.replaced_by(submission),
            self.withdrawn.get(submission.submission_id, 0),
            self._rows_in(submission),
        )

    def _rows_in(self, submission: Submission) -> int:
        """The small workbook in which its sender sent its wrong rows again, the newest; 0 none. What is wrong in there is
        that one's own."""
        small = self._wrong_rows.get(submission.submission_id, ())
        return max((rows.submission_id for rows in small if _holds_rows_of(rows, submission)), default=0)

    def outstanding(self) -> list[tuple[Submission, int]]:
        """What was sent back, wholly or in part, and has not come again: with the number of cells to be mended."""
        found = []
        for submission in self.submissions:
            effect = self.effects[submission.submission_id]
            if submission.submission_id in self.withdrawn:
                continue
            errors = sum(fault.severity == ERROR for fault in (*submission.faults, *effect.notices))
            if errors and not self.replaced_by(submission) and not self._rows_in(submission):
                found.append((submission, errors))
        return found

    def _stands_elsewhere(self, entry: Entry) -> bool:
        """Whether another submission holds the same row (twins within one are named by their own fault, R05)."""
        twin = self.merged.twin(entry)
        return twin is not None and twin.submission is not entry.submission

    def _shared(self, entry: Entry) -> str:
        twin = self.merged.twin(entry)
        assert twin is not None  # noqa: S101 - asked just before
        row = merge.words(self.rules.schemas[entry.form], entry.values)
        return f"{row}（与收件{twin.submission.submission_id}号 {twin.submission.name} 第{twin.row.row_no}行相同）"

    def roster(self) -> Roster:
        """Who takes part, as the record stands."""
        if self._roster is None:  # every delivery asks, few change it
            units: dict[str, set[str]] = {}
            listed = [entry.values for entry in self.merged.of_role(Role.ROSTER)]
            for row in listed:
                units.setdefault(row["name"], set()).add(row.get("unit", ""))
            assigned = {
                (cadre, entry.values["household"])
                for entry in self.merged.of_role(Role.ASSIGNMENTS)
                for cadre in entry.values["cadres"].split("、")
            }
            self._roster = Roster(
                {name: frozenset(unit_names) for name, unit_names in units.items()}, frozenset(assigned), _posts(listed)
            )
        return self._roster

    def frames(self) -> Frames:
        """The canonical frames. Nobody writes into them: the same ones serve until something is taken."""
        if self._frames is None:
            told = [
                submission
                for submission in self.submissions
                if submission.submission_id not in self.withdrawn
                and not taken_back.withdraws(submission, self.rules.schemas)
            ]
            unmended = {submission.submission_id: errors for submission, errors in self.outstanding()}
            self._frames = frames_of(self.merged, self.ledger, told, self.rules, unmended)
        return self._frames


def _posts(listed: Sequence[Mapping[str, str]]) -> dict[str, tuple[Post, ...]]:
    """The posts of those who came or left on a given day: of each name all that the newest roster says of it and a unit."""
    rows = list({(row["name"], row.get("unit", "")): row for row in listed}.values())
    asked = {row["name"] for row in rows if row.get("since_on") or row.get("until_on")}
    rows = [row for row in rows if row["name"] in asked]
    numbers = persons((row["name"], row.get("unit", ""), row.get("phone", ""), row.get("email", "")) for row in rows)
    found: dict[str, tuple[Post, ...]] = {}
    for person, row in zip(numbers, rows, strict=True):
        post = Post(person, row.get("unit", ""), row.get("since_on", ""), row.get("until_on", ""))
        found[row["name"]] = (*found.get(row["name"], ()), post)
    return found


_OUR_COPY: Final = re.compile(r"(.+) 需修改(\d{4,})")  # as replies.answer_names has it, unless the name was too long
_Key = tuple[str, str, str]  # unit, form ("" the file as a whole), name less copy marks and dates


def _may_mend(copy: Submission, submission: Submission) -> bool:
    """Whether `copy`, our returned copy mended, is of the same sender as what it was made of, so far as that is known;
    what was taken by rules that did not ask yet is."""
    asked = all(SENDER in part.meta for part in copy.parts)
    return not asked or not submission.unit or copy.unit == submission.unit


def _holds_rows_of(small: Submission, submission: Submission) -> bool:
    """Whether a small workbook is of the sender and of a form of what it says that its rows are from."""
    forms = {part.form for part in submission.parts}
    return small.unit == submission.unit and any(part.form in forms and part.rows for part in small.parts)


def _only_empty(submission: Submission) -> bool:
    """Whether it holds nothing but forms without rows that take nothing back: no earlier one is done with for it."""
    return bool(submission.parts) and not any(part.rows or part.replaces for part in submission.parts)


def _is_held(submission: Submission) -> bool:
    """Whether all of it waits for somebody who may say it: what its sender sent before is not done with for it."""
    return submission.verdict == RETURNED and any(fault.code in HELD_FOR_THE_SENDER for fault in submission.errors)


def _keys(submission: Submission, schemas: Schemas) -> list[_Key]:
    """Under what a submission is known: as a whole, then each of its parts. The same bytes again are nothing new."""
    if submission.verdict == DUPLICATE:
        return []
    unit, stem = normalize(submission.unit), stem_of(submission.name)
    nobodys = ("", "", f"#{submission.submission_id}")  # two units may use one name: who sent it must be known
    whole = (unit, "", stem.replace(unit, "", 1) or stem) if unit else nobodys
    parts = [
        (part.unit, part.form, part.stem) if part.unit or not schemas[part.form].of_units else nobodys
        for part in submission.parts
    ]
    return [whole, *parts]


def fold(submissions: Iterable[Submission], rules: Rules) -> Fold:
    """Fold the whole record."""
    folded_record = Fold(rules)
    for submission in submissions:
        folded_record.take(submission)
    return folded_record
