"""Makes examples/inbox: a small made-up autumn round, as eight units would send it in by 20 October 2023.

The story: most units keep pace, 怀乡中学 is behind, 青少年活动中心 has sent nothing. Disputes are closed, open and overdue;
one that endangers stability has no keeper; one is claimed closed without the follow-up the plan demands.
All persons are invented. The same script gives the same bytes: python examples/make_examples.py
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import xlsxwriter
import xlwt

INBOX: Final = Path(__file__).resolve().parent / "inbox"
FIRST: Final = date(2023, 9, 18)
Row = dict[str, Any]

CADRES: Final = {
    "办公室": (("周建明", "副局长", "局领导班子成员"), ("李晓芳", "主任", "股室负责人"), ("王立新", "副主任", "股室负责人")),
    "人事股": (("陈志强", "股长", "股室负责人"), ("刘敏", "副股长", "股室负责人")),
    "法制安全股": (("黄国平", "股长", "股室负责人"), ("吴海燕", "副股长", "股室负责人")),
    "计划财务股": (("孙桂华", "股长", "股室负责人"), ("胡军", "副股长", "股室负责人")),
    "教育事务中心": (("郭玉梅", "主任", "独立副科级单位主要负责人"), ("何伟", "副主任", "股室负责人"), ("高秀兰", "副主任", "股室负责人")),
    "怀乡中学": (("林德贵", "校长", "独立副科级单位主要负责人"), ("罗静", "书记", "独立副科级单位主要负责人"), ("郑勇", "副校长", "股室负责人")),
    "章华学校": (("谢春生", "校长", "独立副科级单位主要负责人"), ("唐丽", "副校长", "股室负责人"), ("许杰", "副校长", "股室负责人")),
    "青少年活动中心": (("曹明辉", "主任", "独立副科级单位主要负责人"), ("彭云", "副主任", "股室负责人")),
}  # fmt: skip
TOWNS: Final = {
    "办公室": ("章华镇", "沙口村"), "人事股": ("三封寺镇", "松树村"), "法制安全股": ("万庾镇", "兔湖垸村"), "计划财务股": ("北景港镇", "桥东社区"),
    "教育事务中心": ("鲇鱼须镇", "明碧山村"), "怀乡中学": ("插旗镇", "磨盘村"), "章华学校": ("东山镇", "石山矶村"),
}  # fmt: skip
FIELDS: Final = {
    "visited_on": ("走访日期", 11), "cadres": ("走访干部", 10), "title": ("职务", 8), "household": ("走访对象", 9),
    "target_kind": ("对象类别", 13), "township": ("乡镇", 10), "village": ("村(社区)组", 14), "phone": ("联系电话", 14),
    "family": ("家庭情况", 20), "dispute": ("矛盾纠纷和信访诉求", 34), "suggestion": ("意见建议", 30),
    "inquiry": ("政策咨询和求助", 24), "reply": ("现场答复情况", 20), "remark": ("备注", 8),
}  # fmt: skip
ALIASES: Final = {
    "visited_on": "入户时间", "cadres": "走访人", "title": "单位及职务", "household": "户主姓名", "target_kind": "人员类别", "township": "乡镇(街道)",
    "village": "家庭住址", "phone": "手 机 号", "family": "家庭生活情况", "dispute": "反映问题", "suggestion": "意见和建议", "inquiry": "问题求助", "reply": "处理情况",
    "remark": "说明",
}  # fmt: skip
GROUPS: Final = {
    "走访干部": {"cadres": "姓名", "title": "职务"},
    "走访对象": {
        "household": "姓名",
        "target_kind": "类别",
        "township": "乡镇",
        "village": "住址",
        "phone": "联系电话",
    },
    "反映情况": {"dispute": "矛盾纠纷", "suggestion": "意见建议", "inquiry": "咨询求助"},
}
# Unit, cadre, household, kind, what was raised. These visits carry the story; the others raised nothing.
RAISED: Final = (
    (
        "办公室",
        "周建明",
        "邓福生",
        "联点乡镇群众",
        "dispute",
        "与邻居曾庆元因屋后排水沟改道发生争执，雨天污水倒灌，多次协商未果",
    ),
    ("办公室", "周建明", "曾庆元", "联点乡镇群众", "suggestion", "建议硬化沙口村至学校的2公里通学路并装路灯"),
    ("办公室", "李晓芳", "彭水清", "人大代表", "suggestion", "建议课后服务收费明细每学期公示两次"),
    (
        "办公室",
        "李晓芳",
        "余国强",
        "原民代幼人员",
        "dispute",
        "曾任民办教师12年，反映养老补助年限少认定4年，要求复核档案",
    ),
    ("办公室", "王立新", "董秋菊", "联点乡镇群众", "inquiry", "咨询2024年高中招生指标到校办法"),
    ("人事股", "陈志强", "潘金海", "联点乡镇群众", "dispute", "退休教师，反映阶段绩效工资3个月未补发"),
    ("人事股", "陈志强", "袁桂英", "联点乡镇群众", "suggestion", "建议给松树教学点补充英语、音乐教师各1名"),
    ("人事股", "刘敏", "蒋冬梅", "政协委员", "suggestion", "1.建议村小增设心理辅导室；2.建议寄宿生每学期体检一次"),
    ("人事股", "刘敏", "蔡建军", "联点乡镇群众", "inquiry", "请求帮助办理孩子的家庭经济困难学生资助"),
    ("法制安全股", "黄国平", "丁国庆", "联点乡镇群众", "dispute", "孙子在校课间受伤，与对方家长就医药费赔偿未谈妥"),
    ("法制安全股", "黄国平", "魏春兰", "联点乡镇群众", "dispute", "与同组卢正华户对鱼塘承包界址有异议，要求重新丈量"),
    ("法制安全股", "吴海燕", "姚志刚", "其他", "dispute", "校园周边工地夜间施工，影响寄宿学生休息，要求停工"),
    ("法制安全股", "吴海燕", "沈玉珍", "联点乡镇群众", "suggestion", "建议在兔湖垸水塘边增设防溺水警示牌和护栏"),
    ("计划财务股", "孙桂华", "姜德明", "联点乡镇群众", "suggestion", "建议清淤桥东灌溉渠，方便晚稻用水"),
    ("计划财务股", "胡军", "崔立群", "联点乡镇群众", "dispute", "道路拓宽占用菜地8分，青苗补偿标准不认可"),
    ("教育事务中心", "郭玉梅", "钟爱国", "联点乡镇群众", "dispute", "在外务工被拖欠工资1.2万元，包工头失联"),
    (
        "教育事务中心",
        "何伟",
        "谭小红",
        "联点乡镇群众",
        "suggestion",
        "建议增设公办幼儿园，解决附近三个村孩子入园远的问题",
    ),
    ("教育事务中心", "高秀兰", "廖家旺", "联点乡镇群众", "inquiry", "咨询雨露计划补助如何申请"),
    (
        "怀乡中学",
        "林德贵",
        "贺长林",
        "联点乡镇群众",
        "dispute",
        "宅基地审批搁置两年，扬言若再不解决将邀集同组各户到县里集体上访",
    ),
    ("怀乡中学", "罗静", "龚秀云", "联点乡镇群众", "dispute", "与儿子就赡养费及老屋分配产生矛盾，现独居"),
    ("章华学校", "谢春生", "文立志", "人大代表", "suggestion", "建议校门口增设减速带和人行横道线"),
    ("章华学校", "唐丽", "侯雪梅", "联点乡镇群众", "dispute", "与物业就公共收益分配发生纠纷，拒交物业费"),
    ("章华学校", "许杰", "邵建国", "联点乡镇群众", "inquiry", "咨询残疾学生送教上门如何申请"),
)
SURNAMES: Final = "张赵徐马朱梁宋韩冯于萧程吕苏卢汪田任范方石熊金邱"
GIVEN: Final = (
    "永红",
    "丽华",
    "建平",
    "桂香",
    "国栋",
    "秀珍",
    "志远",
    "小玲",
    "长河",
    "春华",
    "海波",
    "美玲",
    "正清",
    "淑芬",
    "卫东",
    "菊香",
    "家和",
    "友德",
)
REPLIES: Final = ("当场答复，群众表示理解", "已当场解释政策", "记录并转交相关股室", "")


# -- the visits ----------------------------------------------------------------------------------------------------


class World:
    """The made-up households, each with one telephone and one address."""

    def __init__(self) -> None:
        self._rng = Random(20231020)  # noqa: S311 - made-up people, the same every time
        self._used: set[str] = {raised[2] for raised in RAISED}
        self._phones = 0
        self.visits: dict[str, list[Row]] = {unit: self._of_unit(unit) for unit in TOWNS}

    def _of_unit(self, unit: str) -> list[Row]:
        """Ten to twelve visits a cadre, cadre by cadre; 怀乡中学 has got to two or three each."""
        rng, rows = self._rng, []
        for name, title, _ in CADRES[unit]:
            raised = [one for one in RAISED if one[:2] == (unit, name)]
            count = rng.choice((2, 3)) if unit == "怀乡中学" else rng.choice((10, 11, 12))
            days = sorted(rng.choice(range(26)) for _ in range(count))
            places = rng.sample(
                range(min(count, 5)), len(raised)
            )  # what is raised is raised early, to be handled by now
            stories = dict(zip(places, raised, strict=True))
            for place, day in enumerate(days):
                story = stories.get(place)
                row = self._row(unit, FIRST + timedelta(days=min(day, 8 + place) if story else day), name, title)
                if story:
                    row |= {
                        "household": story[2],
                        "target_kind": story[3],
                        story[4]: story[5],
                        "reply": "记录并转交相关股室",
                    }
                rows.append(row)
        return rows

    def _row(self, unit: str, day: date, cadre: str, title: str) -> Row:
        rng, (town, village) = self._rng, TOWNS[unit]
        self._phones += 1
        kinds = ("联点乡镇群众",) * 7 + ("人大代表", "政协委员", "其他")
        return dict.fromkeys(FIELDS) | {
            "visited_on": day, "cadres": cadre, "title": title, "household": self._name(), "target_kind": rng.choice(kinds),
            "township": town, "village": f"{village}{rng.randrange(1, 16)}组", "phone": f"1380730{self._phones:04d}",
            "family": rng.choice((f"家庭{rng.randrange(2, 7)}口人，种水稻{rng.randrange(2, 15)}亩", "老两口在家带孙辈", "经营小卖部", None)),
            "reply": rng.choice(REPLIES) or None,
        }  # fmt: skip

    def _name(self) -> str:
        while True:
            name = self._rng.choice(SURNAMES) + self._rng.choice(GIVEN)
            if name not in self._used:
                self._used.add(name)
                return name

    def item(self, household: str, **about: Any) -> Row:
        """A row of annex 2 or 3 for what a household raised."""
        unit = next(one[0] for one in RAISED if one[2] == household)
        visit = next(row for row in self.visits[unit] if row["household"] == household)
        same = {name: visit[name] for name in ("visited_on", "cadres", "phone", "township", "village")}
        matter = visit["dispute"] or visit["suggestion"] or visit["inquiry"]
        owner = {"unit": unit, "responsible_unit": unit, "responsible_person": visit["cadres"]}
        return {**same, **owner, "person": household, "matter": matter, **about}


# -- workbooks -----------------------------------------------------------------------------------------------------


class Book:
    """One .xlsx with one sheet, ruled and sized as a person would leave it."""

    def __init__(self, name: str, title: str, width: int) -> None:
        self._stream = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._stream, {"in_memory": True, "strings_to_formulas": False})
        self._book.set_properties({"created": datetime(2023, 10, 12)})
        cell = {"border": 1, "valign": "vcenter", "text_wrap": True, "font_name": "宋体", "font_size": 10}
        self.plain = self._book.add_format(cell)
        self.middle = self._book.add_format({**cell, "align": "center"})
        self.day = self._book.add_format({**cell, "align": "center", "num_format": "yyyy-mm-dd"})
        self.head = self._book.add_format({**cell, "align": "center", "bold": True, "bg_color": "#E7EEF7"})
        big = self._book.add_format(
            {"bold": True, "font_size": 16, "font_name": "黑体", "align": "center", "valign": "vcenter"}
        )
        self.sheet = self._book.add_worksheet(name)
        self.sheet.merge_range(0, 0, 0, width - 1, title, big)
        self.sheet.set_row(0, 30)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)

    def put(self, row: int, column: int, value: Any) -> None:
        """One cell of the table."""
        if isinstance(value, date):
            self.sheet.write_datetime(row, column, datetime.combine(value, datetime.min.time()), self.day)
        else:
            self.sheet.write(
                row, column, value, self.plain if isinstance(value, str) and len(value) > 8 else self.middle
            )

    def bytes(self) -> bytes:
        self._book.close()
        return self._stream.getvalue()


def visit_form(unit: str, rows: Sequence[Row], headings: Mapping[str, str] | None = None) -> bytes:
    """A visit form as it was sent out, or with the unit's own headings."""
    book = Book("走访登记", "县乡干部大走访活动走访登记表", len(FIELDS) + 1)
    book.sheet.write(1, 0, f"填报单位（盖章）：{unit}")
    book.sheet.write(1, 11, "填报时间：2023年10月12日")
    book.sheet.write(2, 0, "序号", book.head)
    book.sheet.set_column(0, 0, 5)
    for column, (name, (title, width)) in enumerate(FIELDS.items(), 1):
        book.sheet.write(2, column, (headings or {}).get(name, title), book.head)
        book.sheet.set_column(column, column, width)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate((number, *(row[name] for name in FIELDS))):
            book.put(2 + number, column, value)
    book.sheet.freeze_panes(3, 0)
    book.sheet.write(4 + len(rows), 0, "填表人：陈晓燕")
    book.sheet.write(4 + len(rows), 5, "审核人：李建国")
    return book.bytes()


def grouped_form(unit: str, rows: Sequence[Row]) -> bytes:
    """Headings in two rows under groups, and each cadre's name merged over his visits."""
    book = Book("Sheet1", "附件1　县乡干部大走访活动走访登记表", len(FIELDS) + 1)
    book.sheet.write(1, 0, f"填报单位：{unit}")
    book.sheet.merge_range(2, 0, 3, 0, "序号", book.head)
    names = list(FIELDS)
    for column, name in enumerate(names, 1):
        book.sheet.set_column(column, column, FIELDS[name][1])
        group = next((group for group, leaves in GROUPS.items() if name in leaves), None)
        if group is None:
            book.sheet.merge_range(2, column, 3, column, FIELDS[name][0], book.head)
            continue
        book.sheet.write(3, column, GROUPS[group][name], book.head)
        if name == next(iter(GROUPS[group])):
            book.sheet.merge_range(2, column, 2, column + len(GROUPS[group]) - 1, group, book.head)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate((number, *(row[name] for name in names))):
            book.put(3 + number, column, value)
    cadres = [row["cadres"] for row in rows]
    for cadre in dict.fromkeys(cadres):
        first = 4 + cadres.index(cadre)
        last = first + cadres.count(cadre) - 1
        for name in ("cadres", "title"):
            book.sheet.merge_range(
                first, names.index(name) + 1, last, names.index(name) + 1, rows[first - 4][name], book.middle
            )
    end = 4 + len(rows)
    book.sheet.write_row(end, 0, ("合计", None, f"{len(rows)}户"), book.head)
    book.sheet.write(end + 2, 0, "填表人：刘敏")
    return book.bytes()


def table(title: str, unit: str, columns: Mapping[str, str], rows: Sequence[Row]) -> bytes:
    """Any other form: the title, the unit where there is one, the headings, the rows."""
    book = Book("Sheet1", title, len(columns))
    top = 2 if unit else 1
    if unit:
        book.sheet.write(1, 0, f"填报单位（盖章）：{unit}")
    for column, (name, heading) in enumerate(columns.items()):
        book.sheet.write(top, column, heading, book.head)
        book.sheet.set_column(column, column, 34 if name in ("matter", "outcome") else 13)
        for number, row in enumerate(rows, 1):
            book.put(top + number, column, row.get(name))
    return book.bytes()


def old_form(unit: str, rows: Sequence[Row]) -> bytes:
    """A .xls in which what does not change from row to row is 同上."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("走访登记")
    day = xlwt.easyxf("align: horiz center", num_format_str="yyyy-mm-dd")
    sheet.write(0, 0, "大走访活动走访登记表")
    sheet.write(1, 0, "单位名称")
    sheet.write(1, 1, unit)
    sheet.write(1, 3, "填表日期")
    sheet.write(1, 4, "2023.10.12")
    for column, (title, width) in enumerate(FIELDS.values()):
        sheet.write(2, column, title)
        sheet.col(column).width = 256 * width
    for number, row in enumerate(rows):
        for column, name in enumerate(FIELDS):
            value = row[name]
            if number and name in ("visited_on", "cadres", "title", "township") and value == rows[number - 1][name]:
                value = "同上"
            if value is not None:
                sheet.write(3 + number, column, value, *((day,) if isinstance(value, date) else ()))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def text_form(rows: Sequence[Row]) -> bytes:
    """A .csv as WPS saves it in Chinese Windows."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(title for title, _ in FIELDS.values())
    for row in rows:
        writer.writerow(f"{value:%Y/%m/%d}" if isinstance(value, date) else value or "" for value in row.values())
    return stream.getvalue().encode("gb18030")


def packed(members: Mapping[str, bytes]) -> bytes:
    """A .zip with fixed times."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(zipfile.ZipInfo(name, (2023, 10, 12, 8, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


# -- what each unit sends ---------------------------------------------------------------------------------------------

ANNEX_2: Final = {
    "unit": "填报单位", "visited_on": "走访日期", "cadres": "走访干部", "person": "当事人", "phone": "联系电话", "township": "乡镇", "village": "村(社区)组",
    "category": "纠纷类别", "matter": "主要情况及诉求", "risk": "风险等级", "complexity": "复杂程度", "responsible_unit": "责任单位",
    "responsible_person": "责任人", "due_on": "化解时限", "outcome": "化解情况", "status": "办理状态", "resolved_on": "办结日期",
    "follow_up_on": "回访日期", "follow_up_mode": "回访方式", "satisfaction": "满意度", "closed_on": "销号日期",
}  # fmt: skip
ANNEX_3: Final = {
    "unit": "填报单位", "visited_on": "反映日期", "cadres": "走访干部", "person": "反映人", "phone": "联系电话", "township": "乡镇", "village": "村(社区)组",
    "category": "事项类别", "matter": "意见建议内容", "responsible_unit": "承办单位", "responsible_person": "责任人", "outcome": "办理情况",
    "status": "办理状态", "resolved_on": "办结日期", "follow_up_on": "回复日期", "follow_up_mode": "回复方式", "satisfaction": "满意度",
}  # fmt: skip
ROSTER: Final = {
    "name": "姓名",
    "unit": "单位",
    "title": "职务",
    "role": "角色",
    "phone": "手机",
    "email": "邮箱",
    "leader": "分管领导",
}
ASSIGNMENT: Final = {
    "round": "轮次", "household": "走访对象", "target_kind": "对象类别", "township": "乡镇", "village": "村(社区)组", "phone": "联系电话",
    "cadres": "走访干部", "source": "来源",
}  # fmt: skip


def roster() -> bytes:
    rows = [
        {"name": name, "unit": unit, "title": title, "role": role, "phone": f"1390730{number:02d}{place:02d}",
         "email": f"cadre{number}{place}@example.org", "leader": "周建明"}
        for number, (unit, people) in enumerate(CADRES.items(), 1)
        for place, (name, title, role) in enumerate(people, 1)
    ]  # fmt: skip
    return table("大走访活动干部花名册", "", ROSTER, rows)


def deliveries(world: World) -> dict[str, bytes]:
    """Path in the inbox → bytes."""
    item, visits = world.item, world.visits
    long_ago, lately, yesterday = date(2023, 10, 9), date(2023, 10, 16), date(2023, 10, 19)
    settled = {"status": "已化解", "outcome": "双方签订调解协议并履行", "resolved_on": long_ago}
    doing, answered = (
        {"status": "正在化解"},
        {"follow_up_on": yesterday, "follow_up_mode": "电话", "satisfaction": "满意"},
    )
    office = [
        item("邓福生", category="邻里关系", complexity="简单", **settled, follow_up_on=date(2023, 10, 11), follow_up_mode="电话",
             satisfaction="满意", closed_on=date(2023, 10, 12)),
        item("余国强", category="原民代幼待遇", complexity="复杂", **doing, outcome="已调阅档案，正与人社部门核对", due_on=date(2023, 10, 31)),
        item("潘金海", category="教师待遇人事", complexity="简单", **settled, follow_up_on=date(2023, 10, 13), follow_up_mode="上门", satisfaction="基本满意"),
        item("钟爱国", category="劳动争议", complexity="复杂", **doing, outcome="劳动监察大队已受理", due_on=date(2023, 10, 24)),
    ]  # fmt: skip
    legal = [
        item("丁国庆", category="学校及教育机构", complexity="复杂", **settled, closed_on=lately),  # claimed without a visit
        item("魏春兰", category="山林土地水利", complexity="简单", **doing, outcome="已约双方到现场", due_on=date(2023, 10, 8)),
        item("姚志刚", category="环境污染", complexity="简单", status="已化解", outcome="施工方承诺晚上九点后停工", resolved_on=date(2023, 10, 10)),
    ]  # fmt: skip
    school = [
        item(
            "贺长林",
            category="房屋宅基地",
            risk="涉稳风险",
            complexity="复杂",
            status="稳控中",
            outcome="村组干部每日上门",
            responsible_person=None,
        ),
        item("龚秀云", category="婚姻家庭", complexity="简单", status="未启动"),
    ]
    handled = {"status": "已办结", "resolved_on": lately}
    advice = [
        item("袁桂英", category="教师队伍", **handled, outcome="已列入明年招聘计划", **answered),
        item("彭水清", category="教育收费与资助", status="正在办理", outcome="已要求各校制定公示办法"),
        item("曾庆元", category="道路交通", status="移交转办", outcome="已转交通运输部门"),
        item("董秋菊", category="招生入学", **handled, outcome="已寄送招生政策问答", **answered),
        item("蔡建军", category="教育收费与资助", **handled, outcome="已帮助提交资助申请", **answered),
        item("沈玉珍", category="学生安全", **handled, outcome="警示牌已装好"),
        item("姜德明", category="农田水利", status="移交转办", outcome="已转水利部门"),
        item("谭小红", category="教育布局与校建", status="正在办理", outcome="纳入布局规划研究"),
        item("文立志", category="道路交通", status="正在办理", outcome="已与交警大队会商"),
    ]
    assigned = [
        {**row, "round": "下半年", "source": "乡镇提供"} for unit in ("办公室", "怀乡中学") for row in visits[unit][:8]
    ]
    halves = {
        name: [row for row in visits["章华学校"] if (row["cadres"] == "谢春生") == first]
        for name, first in (("一组", True), ("二组", False))
    }
    early = [
        row | {"phone": "13807309999"} if number == 1 else row for number, row in enumerate(visits["计划财务股"][:-2])
    ]
    good = visit_form("教育事务中心", visits["教育事务中心"])
    return {
        "花名册.xlsx": roster(),
        "任务分解表.xlsx": table("大走访活动走访任务分解表", "", ASSIGNMENT, assigned),
        "办公室/办公室走访登记表.xlsx": visit_form("办公室", visits["办公室"]),
        "办公室/附件2 办公室矛盾纠纷事项办理表.xlsx": table(
            "县乡干部大走访活动矛盾纠纷事项办理表", "办公室", ANNEX_2, office
        ),
        "附件1 人事股 大走访活动汇总表.xlsx": grouped_form("人事股", visits["人事股"]),
        "办公室/附件3 办公室意见建议事项办理表.xlsx": table(
            "县乡干部大走访活动意见建议事项办理表", "办公室", ANNEX_3, advice
        ),
        "法制安全股/法制安全股走访登记表.xlsx": visit_form("法制安全股", with_mistakes(visits["法制安全股"])),
        "法制安全股/附件2 法制安全股矛盾纠纷事项办理表.xlsx": table(
            "县乡干部大走访活动矛盾纠纷事项办理表", "法制安全股", ANNEX_2, legal
        ),
        "计划财务股走访登记表.xls": old_form("计划财务股", early),
        "计划财务股走访登记表（1）.xls": old_form("计划财务股", visits["计划财务股"]),
        "教育事务中心/走访台账2023.csv": text_form(visits["教育事务中心"]),
        "教育事务中心/走访台账 没传完.xlsx": good[: len(good) // 2],
        "怀乡中学走访登记表.xlsx": visit_form("怀乡中学", loosely(visits["怀乡中学"]), ALIASES),
        "怀乡中学/附件2 怀乡中学矛盾纠纷事项办理表.xlsx": table(
            "县乡干部大走访活动矛盾纠纷事项办理表", "怀乡中学", ANNEX_2, school
        ),
        "章华学校打包.zip": packed(
            {f"章华学校走访{name}.xlsx": visit_form("章华学校", rows) for name, rows in halves.items()}
        ),
    }


def with_mistakes(rows: Sequence[Row]) -> list[Row]:
    """Five mistakes in rows that raised nothing: a short telephone number, no household, last week, nobody's kind, a number for a day."""
    quiet = [n for n, row in enumerate(rows) if not (row["dispute"] or row["suggestion"] or row["inquiry"])]
    wrong = (
        {"phone": "1380013"},
        {"household": None},
        {"visited_on": "上周三"},
        {"target_kind": "路人"},
        {"visited_on": 9.2},
    )
    return [row | dict(zip(quiet, wrong, strict=False)).get(number, {}) for number, row in enumerate(rows)]


def loosely(rows: Sequence[Row]) -> list[Row]:
    """Days, telephones, towns and names as people type them."""
    days = (
        "{0.month}月{0.day}日",
        "{0.year}.{0.month}.{0.day}",
        "{0.year}/{0.month}/{0.day}",
        "{0.month}月{0.day}日上午",
    )
    return [
        row
        | {
            "visited_on": days[number % len(days)].format(row["visited_on"]),
            "phone": int(row["phone"]) if number % 2 else f"{row['phone'][:3]} {row['phone'][3:7]} {row['phone'][7:]}",
            "township": row["township"][:-1],
            "cadres": f"{row['cadres'][0]} {row['cadres'][1]}" if len(row["cadres"]) == 2 else row["cadres"],
            "suggestion": row["suggestion"] or ("无", "/", "暂无")[number % 3],
        }
        for number, row in enumerate(rows)
    ]


def main() -> None:
    """Write examples/inbox anew."""
    for path, data in deliveries(World()).items():
        target = INBOX / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


if __name__ == "__main__":
    main()
