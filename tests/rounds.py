"""Makes up whole campaign rounds: people, visits, disputes, the units' workbooks in their many habits, and the truth."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

import msoffcrypto.format.ooxml
import openpyxl
from habits import DISPUTE, HABITS, SUGGESTION, VISIT, Draft, Form, draft, layout, pick
from openpyxl.utils import get_column_letter
from writers import FORMATS, SHEETS, Cell, Line, Sheet, extension, write

Truth = dict[str, Any]
TODAY: Final = date(2023, 10, 20)
FIRST: Final = date(2023, 9, 18)
UNITS: Final = (
    "办公室", "人事股", "法制安全股", "计划财务股", "基础教育股", "师训股", "督导室", "工会", "教学研究室", "电化教育馆", "学生资助管理中心", "教育事务中心",
    "青少年活动中心", "机关后勤服务中心", "华容县第一中学", "怀乡中学", "长工实验学校", "马鞍山实验学校", "章华学校", "华容县职业中专", "体育股", "招生考试中心",
    "审计股", "职成股", "民办教育股", "城关中学", "东山镇中心学校", "梅田湖中学", "操军镇中心学校", "注滋口镇中学",
)  # fmt: skip
TOWNS: Final = (
    "章华镇", "三封寺镇", "治河渡镇", "北景港镇", "鲇鱼须镇", "万庾镇", "插旗镇", "注滋口镇", "操军镇", "东山镇", "梅田湖镇", "禹山镇", "新河乡",
    "团洲乡",
)  # fmt: skip
KINDS: Final = ("联点乡镇群众",) * 6 + ("人大代表", "政协委员", "原民代幼人员", "其他")
ROLES: Final = ("局领导班子成员", "股室负责人", "独立副科级单位主要负责人")
_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
)
_GIVEN: Final = "建国平清红云丽芳军伟强敏静洋勇艳杰涛明超秀兰霞刚桂英华玉梅福生林春冬秋贵金德志海波光辉新民"
_VILLAGES: Final = [
    "沙口村",
    "团结村",
    "田家湖社区",
    "明碧山村",
    "石山矶村",
    "层山社区",
    "兔湖垸村",
    "磨盘村",
    "红旗村",
    "华一村",
    "桥东社区",
    "松树村",
    "东湖村",
    "新港村",
]
_DISPUTES: Final = {
    "邻里关系": "与邻居{who}因{place}排水沟改道发生争执，多次协商未果",
    "山林土地水利": "与同组{who}户对{place}承包地界址有异议，要求重新丈量{n}亩",
    "征地拆迁": "{place}道路拓宽占用菜地{n}分，青苗补偿标准不认可",
    "劳动争议": "在{place}工地务工，{who}拖欠工资{n}千元未结",
    "教师待遇人事": "退休教师，反映{place}阶段绩效工资{n}个月未补发",
    "房屋宅基地": "{place}宅基地审批被搁置，怀疑{who}家超面积建房",
    "学校及教育机构": "孙子在{place}学校课间受伤，与家长{who}就医药费赔偿未谈妥",
}
_SUGGESTIONS: Final = {
    "道路交通": "建议硬化{place}至学校的{n}公里通学路并装路灯",
    "环境卫生": "建议{place}增设垃圾收集点{n}个并定期清运",
    "教师队伍": "建议给{place}教学点补充英语、音乐教师{n}名",
    "农田水利": "建议清淤{place}灌溉渠{n}公里，方便晚稻用水",
    "学生安全": "建议在{place}水塘边增设防溺水警示牌和护栏{n}处",
}
_INQUIRIES: Final = (
    "咨询{n}年高中招生政策和指标到校办法",
    "请求帮助办理{n}年度困难学生资助",
    "咨询雨露计划补助如何申请（{n}级学生）",
)
_REPLIES: Final = ("", "当场答复，群众表示理解", "已当场解释政策", "记录并转交相关股室", "承诺一周内回复")


@dataclass(frozen=True)
class Visit:
    """One visited household, as it is true."""

    unit: str
    cadres: tuple[str, ...]
    title: str
    visited_on: date
    household: str
    target_kind: str
    township: str
    village: str
    phone: str
    dispute_kind: str = ""
    dispute: str = ""
    suggestion_kind: str = ""
    suggestion: str = ""
    inquiry: str = ""
    reply: str = ""
    family: str = ""

    def record(self) -> dict[str, Cell]:
        """As the plainest form has it."""
        same = {
            name: value or None for name, value in asdict(self).items() if not name.endswith("_kind") and name != "unit"
        }
        return same | {"cadres": "、".join(self.cadres), "target_kind": self.target_kind, "remark": None}

    @property
    def two_suggestions(self) -> bool:
        """Whether the one cell clearly numbers two."""
        return self.suggestion[:1] in ("1", "①", "一")

    def truth(self) -> dict[str, Any]:
        return asdict(self) | {"cadres": list(self.cadres), "visited_on": self.visited_on.isoformat()}


@dataclass
class Delivered:
    """One file that a unit sends. `faults` are planted: sheet, cell, field, why, code."""

    path: str
    data: bytes
    verdict: str = "accepted"
    form: str = "visit"
    unit: str = ""
    kind: str = ""
    faults: list[dict[str, str]] = field(default_factory=list)
    after: str = ""  # the path of the file that must lie there earlier

    def truth(self) -> dict[str, Any]:
        names = ("path", "form", "unit", "verdict", "kind", "faults")
        return {name: getattr(self, name) for name in names if getattr(self, name)}


class Plant(NamedTuple):
    """A mistake to plant in a cell: why, the code expected there, the field, what is typed instead."""

    why: str
    code: str
    field: str
    typed: Cell  # {cadre} stands for the cadre's name


PLANTS: Final = (
    Plant("required", "C01", "household", None),
    Plant("required", "C01", "visited_on", "无"),
    Plant("required", "C01", "cadres", None),
    Plant("required", "C01", "target_kind", None),
    Plant("date", "C02", "visited_on", "上周三"),
    Plant("date", "C03", "visited_on", 3.1),
    Plant("date", "C03", "visited_on", 9.2),
    Plant("date", "C04", "visited_on", "9月18日至20日"),
    Plant("date", "C04", "visited_on", "2023.9.18-9.20"),
    Plant("date", "C05", "visited_on", "2023-2-30"),
    Plant("date", "C05", "visited_on", "2023年13月5日"),
    Plant("date", "C06", "visited_on", "2023-11-10"),
    Plant("date", "C07", "visited_on", date(2022, 9, 20)),
    Plant("out_of_round", "C08", "visited_on", "2023-7-1"),
    Plant("phone", "C09", "phone", "1380013"),
    Plant("phone", "C09", "phone", 23812345678),
    Plant("phone", "C09", "phone", "138****5678"),
    Plant("phone", "C10", "phone", 4306231965010112),
    Plant("enum", "C11", "target_kind", "路人"),
    Plant("township", "C12", "township", "某某镇"),
    Plant("cadre", "C13", "cadres", "查无此"),
    Plant("names", "C14", "cadres", "{cadre}等3人"),
    Plant("error", "C15", "phone", "#N/A"),
    Plant("formula", "C16", "village", "=VLOOKUP(A1,Z:Z,1,0)"),
    Plant("names", "C20", "cadres", "13812345678"),
)


# Habits of these slots leave the cells as they are typed.
_AROUND: Final = ("headings", "dress", "levels", "columns", "hidden", "title", "notes", "place", "foot", "sheets")


class Made:
    """One round in the making."""

    def __init__(self, seed: int, units: int, habits: Sequence[str] | None) -> None:
        self.rng = Random(seed)
        self.units = self.rng.sample(UNITS, units)
        self.pool = list(HABITS if habits is None else habits)
        self._names: set[str] = set()
        self._phones: set[str] = set()
        self.cadres = [self._cadre(unit) for unit in self.units for _ in range(self.rng.choice((1, 2, 2, 3)))]
        self.visits: list[Visit] = []
        self.maybe: list[Visit] = []
        self.files: list[Delivered] = []
        self.status: dict[str, dict[str, Any]] = {}
        self.more_disputes = 0
        self.wanted = ""  # the habit that the next plain form must show

    # -- people and what they say --------------------------------------------------------------------------------

    def name(self) -> str:
        """A name nobody else has."""
        while True:
            name = self.rng.choice(_SURNAMES) + "".join(self.rng.sample(_GIVEN, self.rng.choice((1, 2, 2))))
            name = "欧阳" + name[1:2] if self.rng.random() < 0.02 else name
            if name not in self._names:
                self._names.add(name)
                return name

    def phone(self) -> str:
        while True:
            phone = f"1{self.rng.choice('35789')}{self.rng.randrange(10**9):09d}"
            if phone not in self._phones:
                self._phones.add(phone)
                return phone

    def _cadre(self, unit: str) -> dict[str, str]:
        title = self.rng.choice(("股长", "主任", "校长", "书记", "副局长"))
        name = self.name()
        return {"name": name, "unit": unit, "title": title, "role": self.rng.choice(ROLES), "phone": self.phone(), "email": f"{len(self._names)}@example.org"}  # fmt: skip

    def _village(self) -> str:
        return f"{self.rng.choice(_VILLAGES)}{self.rng.randrange(1, 19)}组"

    def _say(self, pattern: str, low: int = 2, high: int = 30) -> str:
        place = self.rng.choice(_VILLAGES)[:2]
        return pattern.format(who=self.name(), place=place, n=self.rng.randrange(low, high))

    def visit(self, unit: str, cadres: Sequence[dict[str, str]]) -> Visit:
        rng = self.rng
        made = Visit(
            unit, tuple(one["name"] for one in cadres), cadres[0]["title"], FIRST + timedelta(days=rng.randrange(28)),
            self.name(), rng.choice(KINDS), rng.choice(TOWNS), self._village(), self.phone(),
            reply=rng.choice(_REPLIES), family=rng.choice(("", "家庭4口人，种水稻6亩", "老两口在家带孙辈，身体尚可")),
        )  # fmt: skip
        if rng.random() < 0.35:
            kind, pattern = rng.choice(list(_DISPUTES.items()))
            made = replace(made, dispute_kind=kind, dispute=self._say(pattern))
        if rng.random() < 0.35:
            kind, pattern = rng.choice(list(_SUGGESTIONS.items()))
            text, other = self._say(pattern), self._say(_SUGGESTIONS["教师队伍"])
            both = (f"1.{text}；2.{other}", f"①{text}②{other}", f"一是{text}；二是{other}")
            made = replace(made, suggestion_kind=kind, suggestion=rng.choice(both) if rng.random() < 0.1 else text)
        if rng.random() < 0.15:
            made = replace(made, inquiry=self._say(rng.choice(_INQUIRIES), 2021, 2024))
        if not (made.dispute or made.suggestion or made.inquiry) and rng.random() < 0.2:
            phones = (f"0730-4{rng.randrange(10**6):06d}", f"{made.phone}、{self.phone()}", "")
            made = replace(made, phone=rng.choice(phones))
        return made

    def unit_visits(self, unit: str) -> list[Visit]:
        """A unit's visits, cadre by cadre and by day: joint ones, a second visit to one household, a namesake."""
        own = [one for one in self.cadres if one["unit"] == unit]
        found: list[Visit] = []
        for place, one in enumerate(own):
            mates = own[place + 1 : place + 2]
            joint = [self.visit(unit, [one, *mates]) for _ in range(2 if mates and self.rng.random() < 0.5 else 0)]
            alone = [self.visit(unit, [one]) for _ in range(self.rng.randrange(7, 13))]
            again = replace(alone[0], visited_on=alone[0].visited_on + timedelta(days=1), dispute_kind="", dispute="",
                            suggestion_kind="", suggestion="", inquiry="")  # fmt: skip
            namesake = replace(self.visit(unit, [one]), household=alone[1].household, village="禹山社区20组")
            extra = [again, namesake] if self.rng.random() < 0.3 else []
            keyed = {(v.visited_on, v.household): v for v in (*joint, *alone, *extra)}
            found += sorted(keyed.values(), key=lambda v: (v.cadres, v.visited_on))
        return found

    # -- workbooks -------------------------------------------------------------------------------------------------

    def fill(
        self, form: Form, unit: str, records: Sequence[dict[str, Cell]], habits: Sequence[str], name: str
    ) -> Draft:
        made = draft(form, self.rng, unit, records)
        made.name = name
        for habit in habits:
            HABITS[habit].apply(made)
        return made

    def workbook(self, visits: Sequence[Visit], habits: Sequence[str], how: str) -> tuple[bytes, Draft]:
        """A visit form, on one sheet or (now and then) a sheet for each township."""
        unit, towns = visits[0].unit, sorted({v.township for v in visits})
        split = how in SHEETS and "meta below" not in habits and self.rng.random() < 0.1
        chunks = (
            [(t, [v for v in visits if v.township == t]) for t in towns]
            if split
            else [(self.rng.choice(("走访登记", "Sheet1", "9月", "走访 登记(1)")), visits)]
        )
        sheets: list[Sheet] = []
        for title, rows in chunks:
            made = self.fill(VISIT, unit, [v.record() for v in rows], habits, title)
            names = {sheet.name for sheet in sheets}
            sheets += [layout(made), *(sheet for sheet in made.more_sheets if sheet.name not in names)]
        return write(sheets, how), made

    def file_name(self, unit: str, unit_is: str, how: str) -> str:
        """A path in the inbox that names the unit where it has to."""
        rng, ending = self.rng, extension(how)
        plain = rng.choice(
            ("走访登记表", "大走访汇总", "9月走访记录", "走访台账2023", "走访登记表（最终版）", "Sheet1导出")
        )
        long = f"{unit}关于县乡干部联动下基层助推群英断是非大走访活动第二轮走访情况的登记表报送件请查收谢谢😀"
        named = rng.choice(
            (f"{unit}走访登记表", f"走访记录-{unit}", f"附件1 {unit} 县乡干部大走访活动汇总表", f"{unit}", long)
        )
        if unit_is == "folder":
            return f"{unit}/{plain}.{ending}"
        if unit_is == "name":
            return f"{named}.{ending}"
        path = f"{rng.choice((plain, named, f'{unit}/{plain}'))}.{ending}"
        return path if path not in {one.path for one in self.files} else f"{unit}/{path.rsplit('/', 1)[-1]}"

    def send(self, path: str, data: bytes, **about: Any) -> Delivered:
        self.files.append(Delivered(path, data, **about))
        return self.files[-1]

    # -- how a unit delivers -----------------------------------------------------------------------------------------

    def one_file(self, unit: str, visits: list[Visit]) -> None:
        how = self.rng.choice(HABITS[self.wanted].formats if self.wanted else FORMATS)
        habits = pick(self.rng, self.pool, self.wanted, how)
        data, made = self.workbook(visits, habits, how)
        self.send(self.file_name(unit, made.unit_is, how), data, unit=unit, kind=f"{how}: {'; '.join(habits)}")
        self.visits += visits

    def two_files(self, unit: str, visits: list[Visit]) -> None:
        """Two groups of one unit; some rows are in both."""
        cut = len(visits) // 2
        for group, rows in (("甲组", visits[: cut + 2]), ("乙组", visits[cut:])):
            habits = pick(self.rng, [h for h in self.pool if HABITS[h].slot != "meta"], "", "xlsx")
            data, _ = self.workbook(rows, habits, "xlsx")
            self.send(f"{unit}-{group}.xlsx", data, unit=unit, kind=f"two files: {'; '.join(habits)}")
        self.visits += visits

    def revised(self, unit: str, visits: list[Visit]) -> None:
        """A first version with other rows and values, then the right one under the same name with a mark."""
        wrong = [
            replace(visits[0], phone=self.phone(), village="旧址村1组"),
            *visits[2:],
            self.visit(unit, [self.of(visits[0])]),
        ]
        last = ""
        marks = self.rng.choice(
            (("", "（1）"), ("", "-副本"), ("", "（最终版）"), ("v1", "v2"), ("9月20日", "10月12日"))
        )
        for mark, rows in zip(marks, (wrong, visits), strict=True):
            how = self.rng.choice(("xlsx", "openpyxl"))
            habits = pick(self.rng, [h for h in self.pool if HABITS[h].slot != "meta"], "", how)
            data, _ = self.workbook(rows, habits, how)
            sent = self.send(
                f"{unit}/{unit}走访登记表{mark}.xlsx", data, unit=unit, kind=f"revised{mark}: {'; '.join(habits)}"
            )
            sent.after, last = last, sent.path
        self.visits += visits

    def sent_again(self, unit: str, visits: list[Visit]) -> None:
        """The same bytes under another name."""
        self.one_file(unit, visits)
        first = self.files[-1]
        copy = f"{unit}/副本 {Path(first.path).name}"
        self.send(copy, first.data, verdict="duplicate", unit=unit, kind="resent", after=first.path)

    def zipped(self, unit: str, visits: list[Visit]) -> None:
        """Two workbooks in a zip whose names are in GBK, with what a Mac leaves beside them."""
        cut, stream = len(visits) // 2, io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
            for group, rows in (("一", visits[:cut]), ("二", visits[cut:])):
                how = self.rng.choice(("xlsx", "xls", "csv gb18030"))
                habits = pick(self.rng, [h for h in self.pool if HABITS[h].slot != "meta"], "", how)
                data, _ = self.workbook(rows, habits, how)
                package.writestr(_GbkName(f"走访/{unit}{group}.{extension(how)}"), data)
            package.writestr("__MACOSX/._x.xlsx", b"\0")
        self.send(f"{unit}打包.zip", stream.getvalue(), unit=unit, kind="zip")
        self.visits += visits

    def all_in_one(self, unit: str, visits: list[Visit]) -> None:
        """One workbook with the visits on one sheet and the disputes on another."""
        pool = [h for h in self.pool if HABITS[h].slot not in ("meta", "sheets")]
        made = self.fill(VISIT, unit, [v.record() for v in visits], pick(self.rng, pool, "", "xlsx"), "走访登记")
        sheets = [layout(made)]
        disputes = [self.dispute(v) for v in visits if v.dispute and len(v.phone) == 11]
        if disputes:
            sheets.append(layout(self.fill(DISPUTE, unit, disputes, [], "矛盾纠纷")))
        self.send(f"{unit}/大走访.xlsx", write(sheets, "xlsx"), unit=unit, kind="all in one")
        self.visits += visits

    def faulty(self, unit: str, visits: list[Visit]) -> None:
        """A form with mistakes in known cells; its last row says again what an earlier one said."""
        visits = list({visit.household: visit for visit in visits}.values())
        plants = self.rng.sample(PLANTS, min(7, len(visits) - 2))
        rows = self.rng.sample(range(len(visits)), len(plants))
        twin = next(visit for row, visit in enumerate(visits) if row not in rows)
        pool = [h for h in self.pool if HABITS[h].slot in _AROUND]
        habits = pick(self.rng, pool, "", "openpyxl")
        made = self.fill(VISIT, unit, [v.record() for v in (*visits, twin)], habits, "走访登记")
        for row, plant in zip(rows, plants, strict=True):
            typed = plant.typed
            made.records[row][plant.field] = (
                typed.format(cadre=visits[row].cadres[0]) if isinstance(typed, str) else typed
            )
        data = write([layout(made), *made.more_sheets], "openpyxl")
        faults = [self._planted(made, row, plant) for row, plant in zip(rows, plants, strict=True)]
        faults.append(self._planted(made, len(visits), Plant("duplicate", "R05", "visited_on", None)))
        self.send(
            f"{unit}/{unit}走访登记表.xlsx",
            data,
            unit=unit,
            verdict="partly",
            kind=f"faulty: {'; '.join(habits)}",
            faults=faults,
        )
        self.visits += [visit for row, visit in enumerate(visits) if row not in rows]
        self.maybe += [visits[row] for row in rows]

    def _planted(self, made: Draft, row: int, plant: Plant) -> dict[str, str]:
        at, column = made.places[row, plant.field]
        return {"sheet": made.name, "cell": f"{get_column_letter(column + 1)}{at + 1}", "field": plant.field, "why": plant.why, "code": plant.code}  # fmt: skip

    def broken_headings(self, unit: str, visits: list[Visit]) -> None:
        """A required column missing, or two columns that mean one: nothing can count."""
        made = self.fill(VISIT, unit, [v.record() for v in visits], [], "走访登记")
        if self.rng.random() < 0.5:
            made.columns.remove("household")
            fault = {"sheet": made.name, "cell": "", "field": "household", "why": "column missing", "code": "S01"}
        else:
            made.columns.append("twin")
            made.headings["twin"] = "户主"
            for record in made.records:
                record["twin"] = "户主另有其人"
            fault = {"sheet": made.name, "cell": f"{get_column_letter(len(made.columns))}3", "field": "household", "why": "two columns", "code": "S02"}  # fmt: skip
        data = write([layout(made)], "xlsx")
        self.send(
            f"{unit}/走访登记表.xlsx", data, unit=unit, verdict="returned", kind="broken headings", faults=[fault]
        )
        self.maybe += visits

    def of(self, visit: Visit) -> dict[str, str]:
        return next(one for one in self.cadres if one["name"] == visit.cadres[0])

    # -- the ledger ------------------------------------------------------------------------------------------------

    def ledger_forms(self, unit: str) -> None:
        """Annex-2 and annex-3 forms of a unit for some of what its visits brought up, and a dispute nobody visited for."""
        own = [v for v in self.visits if v.unit == unit and len(v.phone) == 11]
        disputes = [
            self.dispute(v) for v in own if v.dispute and v.phone not in self.status and self.rng.random() < 0.7
        ]
        if own and self.rng.random() < 0.3:
            kind, pattern = self.rng.choice(list(_DISPUTES.items()))
            new = replace(
                own[-1], household=self.name(), phone=self.phone(), dispute_kind=kind, dispute=self._say(pattern)
            )
            disputes.append(self.dispute(new))
            self.more_disputes += 1
        suggestions = [
            self.suggestion(v) for v in own if v.suggestion and not v.two_suggestions and self.rng.random() < 0.4
        ]
        pool = [
            h
            for h in self.pool
            if HABITS[h].slot in ("days", "names", "towns", "words", "headings", "dress", "levels", "foot", "notes")
        ]
        for form, rows, label in ((DISPUTE, disputes, "附件2"), (SUGGESTION, suggestions, "附件3")):
            if rows:
                habits = pick(self.rng, pool, "", "xlsx", 0.3)
                made = self.fill(form, unit, rows, habits, "Sheet1")
                faults = self._spoil(made, own) if form is DISPUTE and self.rng.random() < 0.3 else []
                path = f"{unit}/{label} {unit}{form.title}.xlsx"
                self.send(path, write([layout(made)], "xlsx"), unit=unit, form=form.name, faults=faults,
                          verdict="partly" if faults else "accepted", kind=f"{label}: {'; '.join(habits)}")  # fmt: skip

    def _spoil(self, made: Draft, own: list[Visit]) -> list[dict[str, str]]:
        """One more row in an annex-2 form, for a dispute of the unit's visits, with a mistake: it must change nothing."""
        known = {record["phone"] for record in made.meant}
        left = [v for v in own if v.dispute and v.phone not in known and v.phone not in self.status]
        if not left:
            return []
        row = self._item(left[0], left[0].dispute, left[0].dispute_kind) | {
            "status": "已化解",
            "outcome": "已协商",
            "resolved_on": TODAY,
        }
        faults = (
            ("status", "快办完了", "C11"), ("category", None, "C01"), ("matter", None, "C01"),
            ("resolved_on", "2023-9-1", "R02"), ("resolved_on", "2023-11-30", "C06"), ("person", "13812345678", "C20"),
        )  # fmt: skip
        field, typed, code = self.rng.choice([fault for fault in faults if fault[0] in made.columns])
        made.records.append({**row, field: typed, "serial": len(made.records) + 1})
        made.meant.append(row)
        layout(made)  # only to learn where the cell will stand
        plant = Plant("ledger", code, field, typed)
        self.status[left[0].phone] = {"state": "未启动", "claimed": False}
        return [self._planted(made, len(made.records) - 1, plant)]

    def _item(self, v: Visit, matter: str, category: str) -> dict[str, Cell]:
        return {
            "visited_on": v.visited_on, "cadres": "、".join(v.cadres), "person": v.household, "phone": v.phone,
            "township": v.township, "village": v.village, "category": category, "matter": matter,
            "responsible_unit": v.unit, "responsible_person": v.cadres[0],
        }  # fmt: skip

    def dispute(self, v: Visit) -> dict[str, Cell]:
        """A row of annex 2 and, in `status`, what must come of it. 销号 needs the follow-up that the plan demands."""
        rng = self.rng
        matter = rng.choice((v.dispute, v.dispute + "，请求处理", "反映" + v.dispute))
        row = self._item(v, matter, v.dispute_kind) | {
            "complexity": rng.choice(("简单", "复杂")),
            "measures": "组织双方协商",
        }
        state = rng.choice(
            (
                "未启动",
                "正在化解",
                "稳控中",
                "移交转办",
                "resolved",
                "claimed only",
                "wrong way",
                "closed",
                "closed unsaid",
            )
        )
        claimed = state in ("claimed only", "wrong way", "closed")
        done = min(v.visited_on + timedelta(days=rng.randrange(3)), TODAY)
        if state in ("未启动", "正在化解", "稳控中", "移交转办"):
            row["status"] = state
        else:
            row |= {"status": "已化解", "outcome": "双方签订协议", "resolved_on": done}
        if state in ("wrong way", "closed", "closed unsaid"):
            right = ("上门",) if row["complexity"] == "复杂" else ("电话", "上门")
            wrong = "电话" if row["complexity"] == "复杂" else "其他"
            mode = wrong if state == "wrong way" else rng.choice(right)
            row |= {
                "follow_up_on": min(done + timedelta(days=2), TODAY),
                "follow_up_mode": mode,
                "satisfaction": "满意",
            }
        if claimed:
            row["closed_on"] = min(done + timedelta(days=3), TODAY)
        ended = "销号" if state.startswith("closed") else "已化解"
        self.status[v.phone] = {"state": row["status"] if row["status"] != "已化解" else ended, "claimed": claimed}
        return row

    def suggestion(self, v: Visit) -> dict[str, Cell]:
        row = self._item(v, v.suggestion, v.suggestion_kind)
        if self.rng.random() < 0.5:
            return row | {"status": "正在办理"}
        done = v.visited_on + timedelta(days=1)
        return row | {
            "status": "已办结",
            "outcome": "已列入计划",
            "resolved_on": done,
            "follow_up_on": done,
            "follow_up_mode": "电话",
        }

    # -- the rest ----------------------------------------------------------------------------------------------------

    def roster(self) -> None:
        book = openpyxl.Workbook()
        page = book.active
        assert page is not None
        page.append(["大走访活动干部花名册"])
        page.append(["姓名", "单位", "职务", "角色", "手机", "邮箱", "分管领导"])
        for one in self.cadres:
            page.append([*one.values(), self.cadres[0]["name"]])
        stream = io.BytesIO()
        book.save(stream)
        self.send("花名册.xlsx", stream.getvalue(), form="roster")

    def bad_files(self) -> None:
        """Files that no reader can use."""
        good = write(
            [layout(self.fill(VISIT, self.units[0], [v.record() for v in self.visits[:5]], [], "Sheet1"))], "xlsx"
        )
        locked, word, photos = io.BytesIO(), io.BytesIO(), io.BytesIO()
        msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(good)).encrypt("2023", locked)
        for stream, name in ((word, "word/document.xml"), (photos, "照片.jpg")):
            with zipfile.ZipFile(stream, "w") as package:
                package.writestr(name, b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(100))
        foreign = Sheet("Sheet1")
        goods: tuple[Line, ...] = (["商品", "单价", "数量"], ["铅笔", 1.5, 200], ["橡皮", 0.8, 100])
        for row, line in enumerate(goods):
            foreign.lay(row, 0, line)
        page = b"<html><body><table><tr><td>x</td></tr></table></body></html>"
        for name, data, kind, code in (
            ("空文件.xlsx", b"", "empty", "F01"), ("截断.xlsx", good[: len(good) // 2], "truncated", "F04"),
            ("有密码.xlsx", locked.getvalue(), "encrypted", "F02"), ("通知改名.xlsx", word.getvalue(), "word", "F03"),
            ("照片.zip", photos.getvalue(), "photos", "F08"), ("网页.xls", page, "html", "F07"),
            ("别的表.xlsx", write([foreign], "xlsx"), "foreign", "F07"), ("别的表.xls", write([foreign], "xls"), "foreign", "F07"),
        ):  # fmt: skip
            fault = {"sheet": "", "cell": "", "field": "", "why": kind, "code": code}
            self.send(name, data, verdict="returned", form="", kind=kind, faults=[fault])
        self.send("~$走访登记表.xlsx", b"\x05lock", verdict="ignored", form="", kind="lock")

    def truth(self) -> Truth:
        done = Counter(name for _, name in {((v.household, v.village), name) for v in self.visits for name in v.cadres})
        return {
            "today": TODAY.isoformat(),
            "cadres": self.cadres,
            "visits": [v.truth() for v in self.visits],
            "files": [one.truth() for one in self.files],
            "maybe": [v.truth() for v in self.maybe],
            "status": self.status,
            "quota": {one["name"]: done[one["name"]] for one in self.cadres},
            "disputes": sum(bool(v.dispute) for v in self.visits) + self.more_disputes,
            "suggestions": sum(bool(v.suggestion) + v.two_suggestions + bool(v.inquiry) for v in self.visits),
            "sha256": {f.path: hashlib.sha256(f.data).hexdigest() for f in self.files if f.verdict != "ignored"},
        }


DELIVERIES: Final = (
    Made.one_file, Made.one_file, Made.one_file, Made.two_files, Made.one_file, Made.revised, Made.one_file, Made.faulty,
    Made.one_file, Made.sent_again, Made.all_in_one, Made.zipped, Made.one_file, Made.faulty, Made.one_file, Made.broken_headings,
)  # fmt: skip


def make_round(folder: Path, seed: int, *, units: int = 20, habits: Sequence[str] | None = None) -> Truth:
    """Fill `folder`/inbox with a round of `units` units, and write `folder`/truth.json, which is also returned.

    `habits` names those of `habits.HABITS` that may be met (all). Each is tried on some unit where there are enough.
    """
    made = Made(seed, units, habits)
    made.roster()
    wanted = made.rng.sample(made.pool, len(made.pool))
    for number, unit in enumerate(made.units):
        made.wanted = wanted[number % len(wanted)] if wanted else ""
        DELIVERIES[number % len(DELIVERIES)](made, unit, made.unit_visits(unit))
    for unit in made.units:
        made.ledger_forms(unit)
    made.bad_files()
    truth = made.truth()
    for order, one in enumerate(_in_order(made)):
        path = folder / "inbox" / one.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(one.data)
        at = datetime(2023, 10, 12, 8).timestamp() + order
        os.utime(path, (at, at))
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1), encoding="utf-8")
    return truth


def _in_order(made: Made) -> Iterator[Delivered]:
    """The files as they arrive: in any order, but what comes after another file does."""
    waiting = made.rng.sample(made.files, len(made.files))
    done = {""}
    while waiting:
        ready = [one for one in waiting if one.after in done]
        yield from ready
        done |= {one.path for one in ready}
        waiting = [one for one in waiting if one.path not in done]


class _GbkName(zipfile.ZipInfo):
    """A name in a zip as Chinese Windows writes it: GBK, and no flag to say so."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits & ~0x800
