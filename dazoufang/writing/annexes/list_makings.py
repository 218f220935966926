"""What a cell of 走访明细 or of annexes 2 and 3 is made of: the cells typed, and what the program added, with its rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import pandas as pd

from dazoufang.duties import deadlines
from dazoufang.ledger import decisions, listing
from dazoufang.ledger.closing import INQUIRIES
from dazoufang.ledger.fold import Fold
from dazoufang.ledger.items import OPENING, Item
from dazoufang.ledger.merge import Entry
from dazoufang.ledger.sources import Source, Sources
from dazoufang.model.bureaus import own_name
from dazoufang.model.faults import day_words
from dazoufang.model.vocabularies import ItemState, PetitionKind
from dazoufang.rules.schema import FormSchema, Role
from dazoufang.rules.where import RuleSource, rule
from dazoufang.writing.annexes.makings import Making, Part, as_typed

_SERIAL: Final = "序号是程序编的：单位按花名册的次序，单位内按{}"
_EMPTY: Final = "这一格没有人填"
_PAST: Final = ("resolved_on", "follow_up_on", "follow_up_mode", "follow_up_note", "satisfaction", "status")


class ListCells:
    """Says what the cells of one list are made of. schema: its form. ledger_fold, today: what it was made of."""

    def __init__(self, schema: FormSchema, ledger_fold: Fold, today: date) -> None:
        self._schema, self._fold, self._today = schema, ledger_fold, today
        self._rules, self._sources = ledger_fold.rules, Sources(ledger_fold)
        self._rows = listing.listed(schema, ledger_fold.frames(), ledger_fold.rules, today)

    def __len__(self) -> int:
        return len(self._rows)

    def cell(self, serial: int, name: str) -> Making:
        """What is behind the field `name` of the row with this 序号 (from 1)."""
        row = self._rows.iloc[serial - 1]
        if self._schema.role is Role.VISITS:
            return self._of_visit(self._sources.visits[int(row["visit_id"])], row, name)
        if self._schema.item_kind:
            return _ItemCell(self._schema, self._fold, self._today, self._sources, row).making(name)
        entry = self._entry(int(row["entry_id"]))
        if name == "unit":
            return Making(sources=self._sources.unit(entry) or self._sources.cells(entry, self._schema.primary_key))
        found = self._sources.cells(entry, [name])
        return Making([] if found else [_EMPTY], sources=found or self._sources.cells(entry, self._schema.primary_key))

    def total(self) -> Making:
        """What 合计 counts: every row of the list once."""
        making = Making(["合计这一行是程序加的：本表有几行"])
        for _, row in self._rows.iterrows():
            if self._schema.role is Role.VISITS:
                entry = self._sources.visits[int(row["visit_id"])]
                making.parts.append(Part(entry.visit["visited_on"], 1, self._sources.cells(entry, ["household"])[0]))
            elif self._schema.item_kind:
                number = row["item_no"]
                making.parts.append(Part(number, 1, self._sources.matter(number, as_typed(row["matter"]))[0]))
            else:
                cells = self._sources.cells(self._entry(int(row["entry_id"])), self._schema.primary_key)
                making.parts.append(Part("", 1, cells[0]))
        return making

    def _entry(self, entry_id: int) -> Entry:
        return next(entry for entry in self._fold.merged.entries(self._schema.name) if entry.entry_id == entry_id)

    def _of_visit(self, entry: Entry, row: pd.Series[Any], name: str) -> Making:
        cells = self._sources
        whose = cells.cells(entry, ["household"])
        if name == "serial":
            return Making([_SERIAL.format("走访日期、干部和收到的先后")], sources=whose)
        if name == "unit":
            return Making(sources=cells.unit(entry) or whose)
        if name == "responsible_office":
            kind = as_typed(row["target_kind"])
            return Making(
                [f"责任股室按对象类别定：“{kind}”归{row[name]}"],
                _office_rule(self._fold, kind),
                cells.of_visit(entry, ["target_kind"]),
            )
        if name == "item_nos":
            how = (
                ["编号是程序给的，一件事项一个，按三栏（矛盾纠纷、意见建议、咨询求助）的次序"]
                if as_typed(row[name])
                else [_EMPTY]
            )
            return Making(how, sources=cells.of_visit(entry, list(OPENING)) or whose)
        found = cells.of_visit(entry, [name])
        return Making([] if found else [_EMPTY], sources=found or whose)


def _office_rule(ledger_fold: Fold, kind: str) -> list[RuleSource]:
    """The rule that says which office answers for a kind of household."""
    campaign, folder = ledger_fold.rules.campaign, ledger_fold.rules.folder
    for key in (kind, "其他"):
        if key in campaign.offices.by_target_kind:
            return [rule(folder, "offices", "by_target_kind", key)]
    return [rule(folder, "offices", "coordinator")]


class _ItemCell:
    """The cells of one row of annexes 2 and 3. row: of the frame of items."""

    def __init__(
        self, schema: FormSchema, ledger_fold: Fold, today: date, sources: Sources, row: pd.Series[Any]
    ) -> None:
        self._schema, self._fold, self._today, self._sources, self._row = schema, ledger_fold, today, sources, row
        self._number: str = row["item_no"]
        self._item: Item = sources.item(self._number)
        self._facts = self._item.facts()

    def making(self, name: str) -> Making:
        """What is behind the field `name`."""
        ways: dict[str, Callable[[], Making]] = {
            "serial": lambda: Making([_SERIAL.format("编号")], sources=self._matter()),
            "matter": lambda: Making(sources=self._matter()),
            "unit": self._unit, "item_no": self._item_no, "nature": self._nature, "petition_kind": self._petition,
            "status": self._status, "closed_on": self._closed, "due_on": self._due, "remark": self._remark,
            "responsible_unit": self._responsible,
        }  # fmt: skip
        if name in ways:
            return ways[name]()
        shown = as_typed(self._row.get(name))
        if not shown and name in _PAST and self._facts.get(name):
            return self._past(name)
        return self._typed(name)

    def _typed(self, name: str) -> Making:
        """Somebody typed it, or nobody did."""
        shown = as_typed(self._row.get(name))
        found = self._sources.that_say(self._number, name, shown) if shown else []
        return Making([] if found else [_EMPTY], sources=found or self._matter())

    def _matter(self) -> list[Source]:
        return self._sources.matter(self._number, as_typed(self._row["matter"]))

    def _rule(self, *key: str | int) -> RuleSource:
        return rule(self._fold.rules.folder, *key)

    def _unit(self) -> Making:
        told = [mention.entry for mention in self._item.own_mentions] + self._item.by_arrival()
        entries = sorted((entry for entry in told if entry.unit == self._row["unit"]), key=lambda entry: entry.entry_id)
        found = self._sources.unit(entries[0]) if entries else []
        return Making(sources=found or self._matter())

    def _item_no(self) -> Making:
        opened = day_words(self._item.opened_on)
        if self._item.given:
            given = [*self._item.rows.values(), *(mention.entry for mention in self._item.mentions)]
            typed = [
                s
                for e in given
                for s in self._sources.cells(e, ["item_no", "item_nos"])
                if own_name(self._number) in s.value
            ]
            return Making([f"编号是{opened}收到的附件里带来的"], sources=typed or self._matter())
        how = f"编号是程序{opened}登记时给的，一经使用不再给别的事项"
        return Making([how], [self._rule("items", "number_format")], self._matter())

    def _nature(self) -> Making:
        shown = as_typed(self._row["nature"])
        typed = self._sources.that_say(self._number, "nature", shown) if shown else []
        if typed or not self._item.mentions:
            return Making(sources=typed or self._matter())
        told = [source for mention in self._item.mentions for source in self._sources.mention(mention)]
        how = f"事项性质看写在走访登记表哪一栏：这件写在“{told[0].field}”栏"
        how += "，写了求助的话是问题求助，其余是政策咨询" if shown in INQUIRIES else ""
        return Making([how], sources=told)

    def _petition(self) -> Making:
        shown = as_typed(self._row["petition_kind"])
        if shown == PetitionKind.REPEATED and self._item.came_again(self._facts):
            days = [source for m in self._item.mentions for source in self._sources.cells(m.entry, ["visited_on"])]
            return Making(["同一人为同一件事又来，程序列为重复访"], sources=days)
        return self._typed("petition_kind")

    def _status(self) -> Making:
        shown, said = as_typed(self._row["status"]), self._facts.get("status", "")
        typed = self._sources.that_say(self._number, "status", said)
        if shown != said:
            how = f"填的是“{said}”，程序列为“{shown}”：{as_typed(self._row['awaiting'])}"
            return Making([how], sources=[*typed, *self._reopening()])
        if not typed:
            return Making([f"没有人填办理状态，程序列为“{shown}”"], sources=self._matter())
        awaiting = as_typed(self._row["awaiting"])
        return Making([f"还不能销号：{awaiting}"] if awaiting else [], sources=typed)

    def _past(self, name: str) -> Making:
        """What was said in an earlier life of the item, and no longer stands."""
        was = self._facts[name]
        how = f"原来填的是“{was}”，重开以后不再算：{as_typed(self._row['awaiting'])}"
        return Making([how], sources=[*self._sources.that_say(self._number, name, was), *self._reopening()])

    def _reopening(self) -> list[Source]:
        """The cells that reopened the item: a decision, the day it was brought up again, 不满意, or 备注 of an annex."""
        found: list[Source] = []
        day = as_typed(self._row["reopened_on"])
        for decision in self._item.decisions:
            if day and decisions.meaning(decision).reopens and decision.values["approved_on"] == day:
                found += self._sources.cells(decision, ["decision", "approved_on"])
        for mention in self._item.mentions:
            if day and mention.entry.values.get("visited_on") == day:
                found += self._sources.cells(mention.entry, ["visited_on", mention.field])
        if not day:
            found += self._sources.that_say(self._number, "satisfaction", self._facts.get("satisfaction", ""))
        elif not found:
            for entry in self._item.by_arrival():
                found += [s for s in self._sources.cells(entry, ["remark"]) if "重开" in s.value]
        return found

    def _closed(self) -> Making:
        shown, claimed = as_typed(self._row["closed_on"]), as_typed(self._row["claimed_on"])
        typed = self._sources.that_say(self._number, "closed_on", claimed) if claimed else []
        follow_up = as_typed(self._row["follow_up_on"])
        followed = self._sources.that_say(self._number, "follow_up_on", follow_up) if follow_up else []
        complexity = ("complex_follow_up", "simple_follow_up", "default_complexity")
        rules = [self._rule("closing", name) for name in complexity] if "complexity" in self._schema.by_name else []
        if shown and shown == claimed:
            return Making(sources=typed)
        if shown:
            how = (
                f"申报的是{claimed}，早于回访，按回访这一天销号"
                if claimed
                else "没有申报销号，办结和回访都齐了，按回访这一天销号"
            )
            return Making([how], rules, [*followed, *typed])
        if claimed:
            return Making([f"申报了{claimed}销号，没有销：{as_typed(self._row['awaiting'])}"], rules, typed)
        awaiting = as_typed(self._row["awaiting"])
        return Making([f"还没有销号{'：' + awaiting if awaiting else ''}"], rules, self._matter())

    def _due(self) -> Making:
        extended = as_typed(self._row["extended_on"])
        if extended:
            found = [
                source
                for decision in self._item.decisions
                if decision.values.get("new_due_on") == extended
                for source in self._sources.cells(decision, ["new_due_on", "decision", "approver", "approved_on"])
            ]
            typed = self._sources.that_say(self._number, "due_on", self._facts.get("due_on", ""))
            was = f"，原来填的是{self._facts['due_on']}" if typed else ""
            return Making([f"批准延期到{extended}{was}"], sources=[*found, *typed])
        if as_typed(self._row["due_on"]):
            return self._typed("due_on")
        owed = deadlines.due(
            self._row.to_frame().T.astype(self._fold.frames().items.dtypes), self._fold.rules, self._today
        )
        how = ["没有人填时限"]
        if day := as_typed(owed["resolve_due_on"].iloc[0]):
            how.append(f"程序按规则催办到{day}：{owed['resolve_due_on_why'].iloc[0]}")
        return Making(how, [self._rule("deadlines", "resolve_by_phase"), *self._phase_end()], self._matter())

    def _phase_end(self) -> list[RuleSource]:
        """The day in the rules that the phase of resolving ends on, in the round of the item."""
        campaign = self._fold.rules.campaign
        for at, block in enumerate(campaign.years):
            for index, round_ in enumerate(block.rounds):
                if (block.year, round_.number) == (self._row["year"], self._row["round_no"]):
                    names = [phase.name for phase in round_.phases]
                    place = names.index(campaign.deadlines.resolve_by_phase.value)
                    return [self._rule("years", at, "rounds", index, "phases", place, "last")]
        return []

    def _responsible(self) -> Making:
        making = self._typed("responsible_unit")
        if as_typed(self._row["responsible_unit"]) or self._row["state"] == ItemState.CLOSED:
            return making
        kinds = [m.entry.visit.get("target_kind", "") for m in self._item.mentions] or [self._facts.get("identity", "")]
        office = self._fold.rules.campaign.office_of(kinds[0])
        making.how = [f"还没有人填责任单位，在那以前由{office}代管（按对象类别“{kinds[0] or '未填'}”）"]
        making.rules = _office_rule(self._fold, kinds[0])
        return making

    def _remark(self) -> Making:
        shown, said = as_typed(self._row["remark"]), self._facts.get("remark", "")
        typed = self._sources.that_say(self._number, "remark", said) if said else []
        if shown == said:
            return self._typed("remark")
        how: list[str] = []
        if self._item.joined:
            how.append(f"并案的编号是程序加的：{'、'.join(self._item.joined)}")
            for decision in self._item.decisions:
                if decisions.meaning(decision).joins != "never":
                    typed += self._sources.cells(decision, ["item_no", "decision", "other_item_no"])
        if self._row["state"] == ItemState.OPEN and (reopening := self._reopening()):
            how.append("“曾于…办结”这句是程序加的：办结以后又重开了")
            resolved = self._sources.that_say(self._number, "resolved_on", self._facts.get("resolved_on", ""))
            typed += [*resolved, *reopening]
        return Making(how, sources=typed or self._matter())
