"""What a submission tells of a visit that other rows tell too: what stands, what gave way, what must be asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from dazoufang.judging.row_rules import explanation, upheld
from dazoufang.ledger.book import Ledger
from dazoufang.ledger.merge import Entry, Merged, matter_texts, told_by, words
from dazoufang.model import faults
from dazoufang.model.faults import Fault
from dazoufang.model.one_visit import told_otherwise
from dazoufang.model.submission import Effect, Retold, Submission
from dazoufang.model.terms import is_blank, is_none, same_words, words_of
from dazoufang.rules.schema import FormSchema


class Retelling:
    """What the rows of one submission tell of visits that other rows tell too.

    Rule: newer cells stand and are named with what they took the place of; of what does not stand, and of matters told in
    other words, it is asked at the row that came later. Nothing is called the same that is not the same in every cell.
    """

    def __init__(self, submission: Submission, schema: FormSchema, merged: Merged, ledger: Ledger) -> None:
        self._submission, self._schema = submission, schema
        self._merged, self._ledger = merged, ledger

    def tell(self, entries: Iterable[Entry], effect: Effect) -> None:
        """Write into `effect` what is to be said of these rows of the submission."""
        for entry in entries:
            rows = self._merged.rows_of(entry)
            if len(rows) > 1:
                elsewhere = [row for row in rows if row.submission is not self._submission]
                before = self._before(entry, rows)
                notices = [*self._cells(entry, rows), *self._matters(entry, before)]
                retold = list(self._retold(entry, elsewhere)) if entry.said_in == self._submission.submission_id else []
                effect.notices.extend(notices)
                effect.retold.extend(retold)
                if elsewhere and not notices and not retold:
                    effect.shared.append(self._shared(entry, elsewhere[0]))

    def _before(self, entry: Entry, rows: Sequence[Entry]) -> list[Entry]:
        """The rows of the visit that came before `entry`: in other files, and above it in its own."""
        return [row for row in rows if row.submission is not self._submission or row.row.row_id < entry.row.row_id]

    def _cells(self, entry: Entry, rows: Sequence[Entry]) -> Iterator[Fault]:
        """A question for each cell that describes the visit and does not stand."""
        for name in told_otherwise(entry.values, entry.visit, self._schema.describing, ()):
            stands = entry.visit[name]
            other = next(row for row in rows if row.values.get(name) == stands)
            twin = self._place(other, entry)
            whose = other.submission.unit
            mend = f"请改{twin}" if whose == entry.submission.unit else f"请“{whose}”改{twin}"
            yield self._asked("R12", entry, name, twin=twin, stands=faults.visible(stands), mend=mend)

    def _matters(self, entry: Entry, before: Sequence[Entry]) -> Iterator[Fault]:
        """A question for each cell that tells matters in other words than the rows before it."""
        for name in self._schema.matters:
            text = entry.values.get(name, "")
            if is_none(text) or any(same_words(text, row.values.get(name, "")) for row in before):
                continue
            known = {words_of(matter) for matter in matter_texts(before, name)}
            if known.issuperset(words_of(matter) for matter in matter_texts([entry], name)):
                continue  # several in one cell, each of which another row tells
            others = [row for row in before if not is_none(row.values.get(name, ""))]
            beside = [row for row in before if row.submission is self._submission]
            if not (others or beside):
                continue  # another file that adds a matter contradicts nobody
            other = (others or beside)[0]
            theirs, text = self._numbers(other, name), other.values.get(name, "")
            told = (self._ledger.matters_in(row, name) for row in (entry, other))
            self._ledger.questions.ask_of_cells("R13", entry, name, *told)
            yield self._asked(
                "R13", entry, name, twin=self._place(other, entry), numbers=self._numbers(entry, name) or "未登记",
                other=f"填的是“{faults.visible(text)}”" if text else "没有填", theirs=f"（{theirs}）" if theirs else "",
            )  # fmt: skip

    def _retold(self, entry: Entry, elsewhere: Sequence[Entry]) -> Iterator[Retold]:
        """Each cell of other files that gives way to this row's."""
        before = told_by(elsewhere) if elsewhere else {}
        for name in told_otherwise(entry.values, before, self._schema.describing, ()):
            if entry.visit[name] == entry.values[name]:
                other = next(row for row in elsewhere if row.values.get(name) == before[name])
                title = self._schema.by_name[name].title
                yield Retold(
                    words(self._schema, entry.values),
                    title,
                    before[name],
                    entry.values[name],
                    self._place(other, entry),
                )

    def _shared(self, entry: Entry, twin: Entry) -> str:
        filled = [
            {name: row.values[name] for name in names if not is_blank(row.values.get(name, ""))}
            for row in (entry, twin)
            for names in [(*self._schema.describing, *self._schema.matters)]
        ]
        how = "相同" if filled[0] == filled[1] else "是同一户走访，没有填的格仍按已有的"
        return f"{words(self._schema, entry.values)}（与{self._place(twin, entry)}{how}）"

    def _asked(self, code: str, entry: Entry, name: str, **details: Any) -> Fault:
        found = faults.make(
            code, sheet=entry.row.sheet, cell=entry.part.cell(entry.row, name), row=entry.row.row_no,
            column=self._schema.by_name[name].title, value=entry.values[name], **details,
        )  # fmt: skip
        return replace(upheld(found, explanation(self._schema, entry.values)), member=entry.part.member)

    def _numbers(self, row: Entry, name: str) -> str:
        return "、".join(dict.fromkeys(self._ledger.numbers_in(row, name)))

    def _place(self, row: Entry, seen_from: Entry) -> str:
        """Where a row stands, in words."""
        if row.submission is not seen_from.submission:
            return f"收件{row.submission.submission_id}号 {row.submission.name} 第{row.row.row_no}行"
        place = f"第{row.row.row_no}行"
        if row.part.member != seen_from.part.member:
            return f"“{row.part.member}”「{row.row.sheet}」表{place}"
        return f"「{row.row.sheet}」表{place}" if row.row.sheet != seen_from.row.sheet else place
