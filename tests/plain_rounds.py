"""Random rounds in plain forms, a row a fact: what was typed into which cell, and what is true of every cadre and item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from tables import workbook

FIRST: Final = date(2023, 9, 18)
UNITS: Final = ("工会", "人事股", "督导室", "审计股")
KINDS: Final = ("联点乡镇群众", "人大代表", "政协委员", "原民代幼人员", "其他")
TOWNS: Final = ("章华镇", "东山镇", "禹山镇")
_VISIT: Final = (
    "走访日期", "走访干部", "走访对象", "对象类别", "乡镇", "村(社区)组", "联系电话", "矛盾纠纷和信访诉求", "意见建议", "政策咨询和求助",
)  # fmt: skip
_DISPUTE: Final = (
    "走访日期", "走访干部", "当事人", "联系电话", "纠纷类别", "主要情况及诉求", "责任单位", "责任人", "化解时限", "复杂程度", "办理状态", "化解情况",
    "办结日期", "回访日期", "回访方式", "满意度", "销号日期", "备注",
)  # fmt: skip
_SUGGESTION: Final = (
    "反映日期", "走访干部", "反映人", "联系电话", "事项类别", "意见建议内容", "承办单位", "办理状态", "办理情况", "办结日期", "回复日期", "回复方式", "销号日期",
)  # fmt: skip
_GIVEN: Final = "建国平清红云丽芳军伟强敏静洋勇艳杰涛明超秀兰霞刚桂英华玉梅福"
_SURNAMES: Final = "王李刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭"
# How far a dispute has come → the column of 汇总统计 it counts in, whether it is closed, whether 回访 shows.
DISPUTE_ENDS: Final = {
    "nothing said": ("正在化解", False, False), "not begun": ("正在化解", False, False), "in hand": ("正在化解", False, False),
    "handed on": ("正在化解", False, False), "held": ("稳控中", False, False), "resolved": ("已化解", False, False),
    "ended": ("已化解", False, False), "claimed": ("已化解", False, False), "wrong way": ("已化解", False, True),
    "closed": ("已化解", True, True), "closed unsaid": ("已化解", True, True), "word alone": ("正在化解", False, False),
    "no outcome": ("正在化解", False, False), "dissatisfied": ("正在化解", False, True), "came again": ("正在化解", False, False),
}  # fmt: skip
SUGGESTION_ENDS: Final = {
    "nothing said": ("正在办理", False, False), "in hand": ("正在办理", False, False), "word alone": ("正在办理", False, False),
    "resolved": ("已办结", False, False), "closed": ("已办结", True, True),
}  # fmt: skip


@dataclass
class Household:
    """One visit as it is true. `place`: file and row it was typed in; `whose`: (unit, cadre) of those it counts for."""

    place: tuple[str, int]
    whose: list[tuple[str, str]]
    cells: dict[str, str]

    @property
    def name(self) -> str:
        return self.cells["走访对象"]


@dataclass
class Matter:
    """One item as it is true. `row`: where the office's form tells of it, if it does; `end`: a key of the tables above."""

    kind: str
    heading: str  # of the visit's cell
    text: str
    visit: Household
    end: str = "nothing said"
    row: tuple[str, int] | None = None
    cells: dict[str, str] = field(default_factory=dict)
    again: Household | None = None

    @property
    def counts(self) -> tuple[str, bool, bool]:
        return (DISPUTE_ENDS if self.kind == "dispute" else SUGGESTION_ENDS)[self.end]


class PlainRound:
    """One round. `files`: path → bytes in the order of arrival; `typed`: (path, row) → heading → what stands there."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.units = self.rng.sample(UNITS, 3)
        self._names = self._unused_names()
        self.cadres = [(unit, next(self._names)) for unit in self.units for _ in range(2)]
        self.cadres += [(unit, "张伟") for unit in self.units[:2]]  # two persons
        self.roster_rows = {cadre: row for row, cadre in enumerate(self.cadres, 2)}
        self.visits: list[Household] = []
        self.matters: list[Matter] = []
        self.files: dict[str, bytes] = {}
        self.typed: dict[tuple[str, int], dict[str, str]] = {}
        self._phones = iter(range(13800000001, 13899999999))
        self._roster()
        for unit in self.units:
            self._unit(unit)

    def of(self, unit: str = "", cadre: str = "") -> list[tuple[str, str]]:
        """The cadres of a row of 汇总统计: of a unit, or all."""
        return [one for one in self.cadres if (not unit or one[0] == unit) and (not cadre or one[1] == cadre)]

    def households(self, whose: tuple[str, str], kind: str = "") -> dict[str, list[Household]]:
        """Whom one cadre has visited (of a kind): name and telephone → the visits."""
        found: dict[str, list[Household]] = {}
        for visit in self.visits:
            if whose in visit.whose and kind in ("", visit.cells["对象类别"]):
                found.setdefault(visit.name + visit.cells["联系电话"], []).append(visit)
        return found

    def matters_of(self, cadres: list[tuple[str, str]], kind: str) -> list[Matter]:
        """The items of a kind that any of these cadres brought home."""
        return [matter for matter in self.matters if matter.kind == kind and set(cadres) & set(matter.visit.whose)]

    # -- in the making --------------------------------------------------------------------------------------------

    def _unused_names(self) -> Iterator[str]:
        names = [surname + given for surname in _SURNAMES for given in _GIVEN if surname + given != "张伟"]
        return iter(self.rng.sample(names, len(names)))

    def _roster(self) -> None:
        lines = [["姓名", "单位", "角色"], *([name, unit, "股室负责人"] for unit, name in self.cadres)]
        self._write("花名册.xlsx", lines, "", 1)

    def _write(self, path: str, lines: list[list[str]], unit: str, head: int) -> None:
        self.files[path] = workbook(lines, unit=unit) if unit else workbook(lines)
        for row, line in enumerate(lines[1:], head + 1):
            self.typed[path, row] = dict(zip(lines[0], line, strict=True))

    def _unit(self, unit: str) -> None:
        path, lines = f"{unit}/走访.xlsx", [list(_VISIT)]
        own = self.of(unit)
        for whose in own:
            for _ in range(self.rng.randrange(1, 6)):
                mates = [one for one in own if one != whose and self.rng.random() < 0.2][:1]
                self._visit(path, lines, [whose, *mates])
            if self.rng.random() < 0.5:  # the same household once more
                self._visit(path, lines, [whose], self.visits[-1])
        again = [matter for matter in self._unit_matters(unit) if matter.end == "came again"]
        for matter in again:
            earlier = matter.visit
            cells = {**earlier.cells, "走访日期": "2023-10-17", "意见建议": "", "政策咨询和求助": ""}
            matter.again = self._add(path, lines, earlier.whose, cells)
        self._write(path, lines, unit, 2)
        self._forms(unit)

    def _visit(
        self, path: str, lines: list[list[str]], whose: list[tuple[str, str]], same: Household | None = None
    ) -> None:
        rng = self.rng
        day = FIRST + timedelta(days=rng.randrange(10))
        cells = {
            "走访日期": day.isoformat(), "走访干部": "、".join(name for _, name in whose), "走访对象": next(self._names),
            "对象类别": rng.choice(KINDS), "乡镇": rng.choice(TOWNS), "村(社区)组": f"沙口村{rng.randrange(1, 30)}组",
            "联系电话": str(next(self._phones)), "矛盾纠纷和信访诉求": "", "意见建议": "", "政策咨询和求助": "",
        }  # fmt: skip
        if same is not None:
            cells |= {name: same.cells[name] for name in ("走访对象", "对象类别", "乡镇", "村(社区)组", "联系电话")}
            cells["走访日期"] = "2023-10-09"
            self._add(path, lines, whose, cells)
            return
        who = cells["走访对象"]
        if rng.random() < 0.6:
            cells["矛盾纠纷和信访诉求"] = f"与邻居因{who}家门前排水沟改道争执"
        if rng.random() < 0.4:
            cells["意见建议"] = f"建议硬化{who}门前到学校的通学路"
        if rng.random() < 0.2:
            cells["政策咨询和求助"] = f"咨询{who}孙子的困难学生资助怎么办理"
        visit = self._add(path, lines, whose, cells)
        for heading, kind in (
            ("矛盾纠纷和信访诉求", "dispute"),
            ("意见建议", "suggestion"),
            ("政策咨询和求助", "suggestion"),
        ):
            if cells[heading]:
                ends = list(DISPUTE_ENDS if kind == "dispute" else SUGGESTION_ENDS)
                end = rng.choice(ends) if heading != "政策咨询和求助" else "nothing said"
                self.matters.append(Matter(kind, heading, cells[heading], visit, end))

    def _add(self, path: str, lines: list[list[str]], whose: list[tuple[str, str]], cells: dict[str, str]) -> Household:
        lines.append([cells[name] for name in _VISIT])
        visit = Household((path, len(lines) + 1), list(whose), cells)
        self.visits.append(visit)
        return visit

    def _unit_matters(self, unit: str) -> list[Matter]:
        return [matter for matter in self.matters if matter.visit.place[0] == f"{unit}/走访.xlsx"]

    def _forms(self, unit: str) -> None:
        for kind, columns, name in (("dispute", _DISPUTE, "矛盾纠纷"), ("suggestion", _SUGGESTION, "意见建议")):
            told = [m for m in self._unit_matters(unit) if m.kind == kind and m.end != "nothing said"]
            path, lines = f"{unit}/{name}.xlsx", [list(columns)]
            for matter in told:
                matter.cells = self._handled(unit, matter)
                lines.append([matter.cells.get(column, "") for column in columns])
                matter.row = (path, len(lines) + 1)
            if told:
                self._write(path, lines, unit, 2)

    def _handled(self, unit: str, matter: Matter) -> dict[str, str]:
        visit, end = matter.visit.cells, matter.end
        dispute = matter.kind == "dispute"
        done = date.fromisoformat(visit["走访日期"]) + timedelta(days=self.rng.randrange(3, 6))
        called = ("已化解", "化解情况", "回访") if dispute else ("已办结", "办理情况", "回复")
        cells = {
            "走访日期" if dispute else "反映日期": visit["走访日期"], "走访干部": visit["走访干部"], "联系电话": visit["联系电话"],
            "当事人" if dispute else "反映人": visit["走访对象"], "纠纷类别": "邻里关系", "事项类别": "道路交通",
            "主要情况及诉求" if dispute else "意见建议内容": matter.text, "责任人": visit["走访干部"].split("、")[0],
            "责任单位" if dispute else "承办单位": unit, "复杂程度": "复杂" if end == "wrong way" else self.rng.choice(("", "简单")),
            "化解时限": self.rng.choice(("", "2023-10-31")),
        }  # fmt: skip
        words = {
            "not begun": "未启动",
            "in hand": "正在化解" if dispute else "正在办理",
            "handed on": "移交转办",
            "held": "稳控中",
        }
        if end in words:
            return cells | {"办理状态": words[end]}
        cells |= {"办理状态": "程序性终结" if end == "ended" else called[0]}
        if end != "word alone":
            cells["办结日期"] = done.isoformat()
        if end not in ("word alone", "no outcome"):
            cells[called[1]] = f"与{visit['走访对象']}谈妥了"
        if end in ("closed", "closed unsaid", "wrong way", "dissatisfied", "came again"):
            cells |= {f"{called[2]}日期": (done + timedelta(days=1)).isoformat(), f"{called[2]}方式": "电话"}
            cells["满意度"] = "不满意" if end == "dissatisfied" else "满意"
        if end in ("closed", "claimed", "came again"):
            cells["销号日期"] = (done + timedelta(days=2)).isoformat()
        return cells
