"""What a unit reads of a fault: every code in full, and the twelve standards that the words keep."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pytest
from conftest import TODAY, Office
from msoffcrypto.format.ooxml import OOXMLFile
from tables import rows, workbook, workbook_of, zipped
from writers import Sheet, write

from dazoufang.judging.examine import Task, examine, examine_bytes
from dazoufang.judging.judge import Judge
from dazoufang.judging.tables.extract import extract
from dazoufang.judging.which_form import Headings
from dazoufang.model.faults import CATALOGUE, ERROR, INFO, SEVERITY_NAMES, WARNING, Fault, FaultKind
from dazoufang.reading.sheet import Book, CellError, Disputed, HalfStruck, Uncalculated
from dazoufang.reading.sheet import Sheet as ReadSheet
from dazoufang.rules.campaign import Rules
from dazoufang.rules.packed import pack
from dazoufang.rules.schema import Rule
from dazoufang.running.intake import examined_or_why
from dazoufang.system.child_limits import Failure
from dazoufang.writing.answers.patch_styles import FILLS

HEAD = "走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 联系电话 | 矛盾纠纷 | 备注"
GOOD = "@2023-09-20 | 李明 | 张三 | 人大代表 | 章华镇 | 13812345678 | | "
ITEM = "编号 | 走访日期 | 走访干部 | 当事人 | 联系电话 | 纠纷类别 | 主要情况及诉求 | 办理状态"
DONE = "化解情况 | 办结日期 | 回访日期 | 回访方式 | 销号日期"
DITCH = "与邻居因排水沟改道争执"
ROSTER = "姓名 | 单位 | 角色 | 邮箱\n李明 | 工会 | 股室负责人 | \n陈红 | 督导室 | 股室负责人 | "
DECISION = "编号 | 裁定 | 批准人 | 批准日期 | 理由\n23下矛0001 | 作废 | 局长 | @2023-10-10 | 重复登记"
HANDLED = "| 23下矛0001 | @2023-09-20 | 李明 | {} | | 邻里关系 | 与邻居因排水沟改道争执 | 正在化解 | 督导室 |"
BESIDE = (
    "走访日期 | 走访干部 | 走访对象 | {}走访日期 | 走访干部 | 走访对象 | 对象类别\n"
    "2023-9-20 | 李明 | 张三 | {}2023-9-21 | 李明 | 王五 | 人大代表"
)
HIDDEN_TWIN = Sheet("登记", hidden_columns={4})
HIDDEN_TWIN.lay(0, 0, ["走访日期", "走访干部", "走访对象", "对象类别", "电话", "联系电话"])
HIDDEN_TWIN.lay(1, 0, ["2023-9-20", "李明", "张三", "其他", "13812345678", "13812345678"])
PHOTO = b"\x89PNG\r\n\x1a\n" + b"\0" * 50


def changed(column: str, typed: str) -> str:
    """The good visit with one cell changed."""
    cells = [cell.strip() for cell in GOOD.split("|")]
    cells[[name.strip() for name in HEAD.split("|")].index(column)] = typed
    return " | ".join(cells)


@dataclass
class Desk:
    """Where faults are provoked: by the judge alone, or by a whole office."""

    rules: Rules
    office: Office

    def file(self, data: bytes, name: str = "登记.xlsx") -> list[Fault]:
        return examine_bytes(data, name, self.rules, TODAY).faults

    def table(self, *lines: str) -> list[Fault]:
        """A table in the sheet 登记, unit given, so that its heading stands in row 2."""
        return self.file(workbook("\n".join(lines), unit="工会", sheet="登记"))

    def cell(self, column: str, typed: str) -> list[Fault]:
        """One good visit with one cell changed."""
        return self.table(f"序号 | {HEAD}", f"1 | {changed(column, typed)}")

    def merged(self, area: str) -> list[Fault]:
        """Two good visits with cells merged, over the matter of the first."""
        lines = [HEAD, changed("矛盾纠纷", DITCH), GOOD.replace("张三", "王五").replace("13812345678", "13812345679")]
        return self.file(workbook("\n".join(lines), unit="工会", sheet="登记", merges=[area]))

    def item(self, status: str, **cells: str) -> list[Fault]:
        """One dispute with these cells of its handling."""
        done = " | ".join(cells.get(name.strip(), "") for name in DONE.split("|"))
        day = "@2023-09-20"
        return self.table(f"{ITEM} | {DONE}", f"| | {day} | 李明 | 张三 | | 邻里关系 | {DITCH} | {status} | {done}")

    def cells(self, *line: object) -> list[Fault]:
        """Cells as a reader gives them: for values that no test workbook can hold."""
        sheet = ReadSheet("登记", True, [*rows(HEAD), list(line)], [])  # type: ignore[list-item]
        found: list[Fault] = []
        for table in extract(Book("", [sheet]), Headings(self.rules.schemas), "x", self.rules.habits).tables:
            found += Judge(self.rules, TODAY).judge(table).faults
        return found

    def with_rule(self, rule: dict[str, object], *lines: str) -> list[Fault]:
        """A roster, judged by this rule more."""
        roster = self.rules.schemas["roster"]
        more = roster.model_copy(update={"rules": (*roster.rules, Rule.model_validate({**rule, "source": "测试"}))})
        rules = replace(self.rules, schemas={**self.rules.schemas, "roster": more})
        return examine_bytes(workbook("\n".join(lines), sheet="登记"), "花名册.xlsx", rules, TODAY).faults

    def taken(self, *files: tuple[str, bytes]) -> list[Fault]:
        """Files taken in one after the other: the faults of all, and what the ledger says."""
        for path, data in files:
            self.office.take(path, data)
        fold = self.office.fold()
        return [fault for one in fold.submissions for fault in (*one.faults, *fold.effects[one.submission_id].notices)]

    def visits(self, *lines: str, unit: str = "工会") -> bytes:
        return workbook("\n".join([HEAD, *lines]), unit=unit, sheet="登记")

    def items(self, *lines: str, extra: str = "") -> bytes:
        """Lines of disputes; `extra`: one more column behind all of them."""
        heading = f"{ITEM} | {DONE}" + (f" | {extra}" if extra else "")
        return workbook("\n".join([heading, *lines]), unit="工会", sheet="登记")


@pytest.fixture
def desk(rules: Rules, office: Office) -> Desk:
    return Desk(rules, office)


def locked(data: bytes) -> bytes:
    stream = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt("秘密", stream)
    return stream.getvalue()


def with_part(data: bytes, part: str, content: bytes) -> bytes:
    """A workbook with one of its parts replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return zipped({name: content if name == part else archive.read(name) for name in archive.namelist()})


def hidden(data: bytes) -> bytes:
    """A workbook whose second sheet is hidden."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        book = archive.read("xl/workbook.xml")
    return with_part(data, "xl/workbook.xml", book.replace(b'sheetId="2"', b'sheetId="2" state="hidden"'))


VISIT = f"{HEAD}\n{GOOD}"
DAY = date(2023, 9, 20)
OTHER = "品名 | 单价 | 数量\n铅笔 | 1元 | 3\n橡皮 | 2元 | 5"

# Code → what provokes it.
CARD = """
| 走访对象 | 张三 | 走访日期 | 2023-9-20 |
| 走访干部 | 李明 | 对象类别 | 其他 |
"""
PROVOKED: dict[str, Callable[[Desk], list[Fault]]] = {
    "F01": lambda desk: desk.file(b""),
    "F02": lambda desk: desk.file(locked(workbook(VISIT))),
    "F03": lambda desk: desk.file(PHOTO),
    "F04": lambda desk: desk.file(workbook(VISIT)[:900]),
    "F05": lambda desk: desk.file(zipped({f"{n}.csv": b"a,b" for n in range(501)}), "打包.zip"),
    "F06": lambda _: examined_or_why(Failure("timeout", "")).faults,
    "F07": lambda desk: desk.file(workbook(OTHER)),
    "F08": lambda desk: desk.file(zipped({"合影.jpg": PHOTO}), "打包.zip"),
    "F09": lambda desk: examine(Task(b"", 2048 * 2**20, "录像.mp4", pack(desk.rules), TODAY)).faults,
    "S01": lambda desk: desk.table(VISIT.replace("走访干部", "走访同志")),
    "S02": lambda desk: desk.table(f"{HEAD} | 手机", f"{GOOD} | 13900000000"),
    "S03": lambda desk: desk.table(f"{HEAD} | 是否党员", f"{GOOD} | 是"),
    "S04": lambda desk: desk.taken(("登记.xlsx", workbook(VISIT, sheet="登记"))),
    "S05": lambda desk: desk.file(
        with_part(
            workbook_of({"登记": rows(VISIT), "乙组": rows(VISIT)}), "xl/worksheets/sheet2.xml", b"<worksheet><row"
        )
    ),
    "S06": lambda desk: desk.file(hidden(workbook_of({"登记": rows(VISIT), "去年": rows(VISIT)}))),
    "S07": lambda desk: desk.table(HEAD),
    "S08": lambda desk: desk.taken(
        ("花名册.xlsx", workbook(ROSTER)), ("登记.xlsx", desk.visits(GOOD, unit="教育局工会"))
    ),
    "S09": lambda desk: desk.taken(("花名册.xlsx", workbook(ROSTER)), ("督导室/登记.xlsx", desk.visits(GOOD))),
    "S20": lambda desk: desk.taken(("督导室/裁定.xlsx", workbook(DECISION, sheet="登记"))),
    "S21": lambda desk: desk.taken(
        ("花名册.xlsx", workbook(ROSTER)), ("督导室/登记.xlsx", desk.visits(GOOD, unit="县直妇委会"))
    ),
    "S32": lambda desk: desk.taken(
        ("花名册.xlsx", workbook(ROSTER)), ("督导室/登记.xlsx", desk.visits(GOOD, unit="湖南省岳阳市华容县督导室"))
    ),
    "S22": lambda desk: desk.taken(("登记.xlsx", workbook(HEAD, unit="工会", sheet="登记"))),
    "S23": lambda desk: desk.taken(("登记.xlsx", workbook(f"{HEAD}\n本周无", unit="工会", sheet="登记"))),
    "S24": lambda desk: desk.taken(("登记.xlsx", workbook(f"{HEAD}\n全部撤回", unit="工会", sheet="登记"))),
    "S25": lambda desk: desk.file(
        workbook(VISIT.replace("张三", "张**"), above=[["附件1（公示：已隐去姓名）"]], unit="工会", sheet="登记")
    ),
    "S28": lambda desk: desk.file(workbook_of({"样表": rows(VISIT)})),
    "S29": lambda desk: desk.file(
        workbook(f"{HEAD}\n{changed('走访日期', '9月20日')}", above=[["2022年走访登记表"]], sheet="登记")
    ),
    "S26": lambda desk: desk.cell("备注", "作废"),
    "S10": lambda desk: desk.file(workbook_of({"登记": rows(VISIT), "采购": rows(OTHER)})),
    "S33": lambda desk: desk.file(workbook_of({"登记": rows(BESIDE.format("对象类别 | ", "其他 | "))})),
    "S36": lambda desk: desk.file(workbook_of({"登记": rows(BESIDE.format("", ""))})),
    "S34": lambda desk: desk.file(workbook_of({"登记": rows(CARD)})),
    "S35": lambda desk: desk.file(workbook_of({"登记": rows(CARD.replace("对象类别 | 其他", "乡镇 | 章华镇"))})),
    "S37": lambda desk: desk.file(workbook_of({"汇总": rows("单位 | 走访户数 | 矛盾纠纷件数\n工会 | 12 | 3")})),
    "S30": lambda desk: desk.table(
        "走访日期 | 走访干部 | 联系电话 | 走访对象 | 对象类别", "@2023-09-20 | 李明 | 13900000001 | 张三 | 其他"
    ),
    "S27": lambda desk: desk.file(write([HIDDEN_TWIN], "xlsx")),
    "S31": lambda desk: desk.table(
        "走访日期 | 走访时间 | 走访干部 | 走访对象 | 对象类别", "@2023-09-20 | 上午 | 李明 | 张三 | 其他"
    ),
    "S11": lambda desk: desk.table(VISIT.replace("联系电话", "联系方式2")),
    "S12": lambda desk: desk.table(VISIT, "合计 | | 1户 | | | | | "),
    "S13": lambda desk: desk.taken(
        ("任务分解.xlsx", workbook("轮次 | 走访对象 | 对象类别 | 走访干部\n下半年 | 李四 | 其他 | 李明")),
        ("登记.xlsx", desk.visits(GOOD, " | | 李明 | 李四 | 其他 | 东山镇 | | | ")),
    ),
    "S14": lambda desk: desk.table(f"{HEAD} | 其他反映", f"{GOOD} | 路灯坏了三个月没有人修"),
    "R24": lambda desk: desk.cell("对象类别", "☑人大代表 ☑其他"),
    "C01": lambda desk: desk.cell("走访对象", ""),
    "C02": lambda desk: desk.cell("走访日期", "上周三"),
    "C03": lambda desk: desk.cell("走访日期", "#3.1"),
    "C04": lambda desk: desk.cell("走访日期", "9月18日至20日"),
    "C05": lambda desk: desk.cell("走访日期", "2023-2-30"),
    "C06": lambda desk: desk.cell("走访日期", "@2023-11-03"),
    "C07": lambda desk: desk.cell("走访日期", "@2022-09-20"),
    "C08": lambda desk: desk.cell("走访日期", "@2023-07-01"),
    "C09": lambda desk: desk.cell("联系电话", "1380000"),
    "C10": lambda desk: desk.cell("联系电话", "#4306231965010110"),
    "C11": lambda desk: desk.cell("对象类别", "人大代裱"),
    "C12": lambda desk: desk.cell("乡镇", "章化镇"),
    "C13": lambda desk: desk.taken(
        ("花名册.xlsx", workbook(ROSTER)), ("登记.xlsx", desk.visits(GOOD.replace("李明", "李铭")))
    ),
    "R25": lambda desk: desk.taken(
        ("花名册.xlsx", workbook("姓名 | 单位 | 角色 | 任职止\n李明 | 工会 | 股室负责人 | 2023-09-18")),
        ("登记.xlsx", desk.visits(GOOD)),
    ),
    "C14": lambda desk: desk.cell("走访干部", "李明等3人"),
    "C15": lambda desk: desk.cells(DAY, "李明", "张三", "其他", CellError("#N/A")),
    "C16": lambda desk: desk.cells(DAY, "李明", "张三", "其他", None, Uncalculated("=VLOOKUP(C2,名单,2,0)")),
    "C17": lambda desk: desk.cell("备注", "走" * 1300),
    "C18": lambda desk: desk.table(ROSTER.replace("负责人 | \n陈红", "负责人 | liming.example.org\n陈红")),
    "C19": lambda desk: desk.cell("走访日期", "同上"),
    "C20": lambda desk: desk.cell("走访干部", "张三李四"),
    "C21": lambda desk: desk.cells(DAY, "李明", "张三", "其他", None, Disputed("1380730000", "13807300001")),
    "C22": lambda desk: desk.cell("走访日期", "八月廿四"),
    "C23": lambda desk: desk.cells(DAY, "李明", HalfStruck("张三李四", "李四"), "其他", None, None),
    "C24": lambda desk: desk.cell("走访对象", "张三 李四"),
    "C25": lambda desk: desk.cell("联系电话", "43062319650101123X"),
    "C26": lambda desk: desk.table(
        HEAD.replace("联系电话", "村组"), GOOD.replace("章华镇 | 13812345678", " | 章华镇沙口村5组")
    ),
    "R01": lambda desk: desk.item("已化解", 化解情况="已和解"),
    "R02": lambda desk: desk.item("已化解", 化解情况="已和解", 办结日期="@2023-09-19"),
    "R03": lambda desk: desk.with_rule(
        {"rule": "one_of", "fields": ["phone", "email"]}, "姓名 | 单位 | 角色 | 邮箱", "李明 | 工会 | 股室负责人 | "
    ),
    "R04": lambda desk: desk.item("正在化解", 回访日期="@2023-09-25"),
    "R05": lambda desk: desk.table(VISIT, GOOD.replace("张三", "李四"), GOOD),
    "R07": lambda desk: desk.taken(("台账.xlsx", desk.items("| 23下矛0099 | | | | | | | 正在化解 | | | | | "))),
    "R12": lambda desk: desk.taken(("登记.xlsx", desk.visits(GOOD, changed("联系电话", "13812345679")))),
    "R13": lambda desk: desk.taken(
        ("登记.xlsx", desk.visits(changed("矛盾纠纷", DITCH), changed("矛盾纠纷", "屋后山体滑坡")))
    ),
    "R08": lambda desk: desk.taken(
        (
            "台账.xlsx",
            desk.items(
                f"| | @2023-09-20 | 李明 | 张三 | | 邻里关系 | {DITCH} | 已化解 | 已和解 | @2023-09-25 | | | @2023-10-09"
            ),
        )
    ),
    "R27": lambda desk: desk.taken(
        (
            "台账.xlsx",
            desk.items(
                f"| | @2023-09-20 | 李明 | 张三 | | 邻里关系 | {DITCH} | 已化解 | 已和解 | @2023-09-25 | @2023-09-27 | 上门 | @2023-10-09",
                extra="化解措施",
            ),
        )
    ),
    "R09": lambda desk: desk.taken(
        ("登记.xlsx", desk.visits(GOOD.replace("| | ", f"| {DITCH} | "))),
        (
            "台账.xlsx",
            desk.items(
                "23下矛0001 | @2023-09-21 | 李明 | 王五 | 13912345678 | 劳动争议 | 拖欠工钱一万元 | 正在化解 | | | | | "
            ),
        ),
    ),
    "R10": lambda desk: desk.taken(
        ("登记.xlsx", desk.visits(GOOD.replace("| | ", f"| {DITCH} | "))),
        ("台账.xlsx", desk.items(f"| | @2023-09-28 | 李明 | 张三 | | 邻里关系 | {DITCH} | 正在化解 | | | | | ")),
    ),
    "R11": lambda desk: desk.item("未启动", 办结日期="@2023-09-25"),
    "R22": lambda desk: desk.merged("G3:G4"),
    "R23": lambda desk: desk.merged("G3:H3"),
    "R20": lambda desk: desk.taken(*of_two_units("人事股", "张三")),
    "R21": lambda desk: desk.taken(*of_two_units("督导室", "张三", "其他")),
    "R26": lambda desk: desk.taken(
        ("撤回单.xlsx", workbook("收件号 | 报送件 | 理由\n0099 | 走访登记表.xlsx | 交错了", sheet="登记"))
    ),
    "R14": lambda desk: desk.taken(
        ("登记.xlsx", desk.visits(GOOD.replace("| | ", f"| {DITCH} | "))),
        (
            "裁定.xlsx",
            workbook(
                "| 编号 | 裁定 | 新时限 | 批准人 | 批准日期 | 理由 |\n"
                "| 23下矛0001 | 延期 | @2023-10-10 | 王芳 | @2023-10-09 | 需等县里统一定价 |",
                sheet="登记",
            ),
        ),
    ),
}

# Code → (message, remedy), as the unit reads them.
WORDS: dict[str, tuple[str, str]] = {
    "F01": (
        "文件大小为0字节，里面什么也没有",
        "多半是复制没有完成：请在电脑上打开原表，确认有内容，保存后重新放入",
    ),
    "F02": (
        "文件是加密的（设有打开密码，或开着“保护工作簿”），程序无法读取",
        "请打开后选“文件→文档加密（Excel是：信息→保护工作簿）”，清空密码、取消保护，保存后重新放入",
    ),
    "F03": (
        "文件内容是图片，不是Excel表格（只改扩展名不能变成表格）",
        "请用WPS或Excel打开原来的表格，选“另存为→Excel工作簿（.xlsx）”，再放入另存的文件；只有照片或文档的，请把内容填进表样",
    ),
    "F04": (
        "文件已损坏或没有复制完整（压缩结构不完整，后半部分缺失或被改坏），程序读不出内容",
        "请在电脑上打开原表；能打开就另存为新的 .xlsx 再放入，打不开请找回上一份",
    ),
    "F05": (
        "文件展开后过大（压缩包里有501个文件），超出程序允许的上限",
        "请把表格里的数据复制到一张新的空白表中另存（不要带整列格式和图片），再放入；压缩包里文件太多的，请分成几包",
    ),
    "F06": (
        "读取此文件时用时超过上限，程序已停止读取，其他文件不受影响",
        "请把表格里的数据复制到一张新的空白表中，另存为 .xlsx 再放入",
    ),
    "F07": (
        "没有找到走访登记表、办理表、花名册、任务分解表或裁定表的表头（看到的第一行是：品名、单价、数量）",
        "请用“outbox/空白表”里的表样填报；或把自己表的表头改成表样中的名称，再重新放入",
    ),
    "F08": (
        "压缩包里面没有Excel表（只有：图片1个）",
        "请把Excel表直接放入，或只把Excel表打成普通的 .zip（不要加密、不要再套压缩包）",
    ),
    "F09": (
        "文件有2,048MB，超过程序打开文件的上限（64MB），没有读取",
        "只放填好的表（一般不到1MB），视频、照片、整包资料不要放进来；表里贴了许多图片的，请把数据复制到一张新的空白表中另存，再放入",
    ),
    "S01": (
        "「登记」表缺少必填的列“走访干部”",
        "B列“走访同志”如果就是它，请把这个表头改成“走访干部”；如果不是，请在表头第2行补上“走访干部”一列，逐行填好后重新放入",
    ),
    "S02": (
        "「登记」表F列“联系电话”和I列“手机”都是“联系电话”，程序不能替您选",
        "请只留一列；另一列删掉，或改成别的名称（如“备用电话”）",
    ),
    "S03": (
        "「登记」表I列“是否党员”不在表样之内，原件已存档，汇总时不用这一列",
        "不需处理；若其实是表样中的某一列，请把表头改成该列名称",
    ),
    "S04": (
        "「登记」表没有写“填报单位”，所在文件夹和文件名也看不出单位",
        "请在表的上方写“填报单位：XXX”，或放入以单位命名的文件夹",
    ),
    "S05": (
        "「乙组」表读不出来（内部部件 sheet2.xml 不是完整的XML）",
        "请把这张表的内容复制到新的工作表后重新放入",
    ),
    "S06": (
        "「去年」表是隐藏的，没有当作数据",
        "不需处理；如果里面是要报的数据，请取消隐藏后重新放入",
    ),
    "S07": (
        "「登记」表只有表头，没有数据行",
        "如确实没有要报的内容，不需处理；否则请填好后重新放入",
    ),
    "S08": (
        "「登记」表的填报单位是“教育局工会”，花名册里没有这个单位（是不是“工会”？）",
        "请核对：写错了请改成花名册上的名称；名称没有错的，请局办公室在花名册中补上",
    ),
    "S09": (
        "「登记」表的填报单位是“工会”，文件却放在“督导室”文件夹；各单位只报自己的，这些行没有收下，“工会”报过的都没有动",
        "填错单位的，请改成“督导室”后重新放入；确是“工会”的，请放入“工会”文件夹，或交局办公室经办人直接放进收件文件夹",
    ),
    "S20": (
        "「登记」表是裁定表，放在了“督导室”文件夹；裁定表不由这里报送，没有收下，原来的都没有动",
        "请把这份表交局办公室，由收件文件夹（不进单位文件夹）或“办公室”文件夹放入；内容不用改",
    ),
    "S21": (
        "「登记」表的填报单位是“县直妇委会”，文件放在“督导室”文件夹，花名册里没有“县直妇委会”，已按“督导室”收",
        "请核对：单位没有错的不需处理，下次请写“督导室”；放错了文件夹的，请放入自己单位的文件夹",
    ),
    "S32": (
        "「登记」表的填报单位写的是“湖南省岳阳市华容县督导室”，按花名册就是“督导室”",
        "不需处理；不是这个单位的，请改好填报单位后重新放入",
    ),
    "S22": (
        "「登记」表只有表头，没有数据行，也没有写明是没有要报的还是没有填；没有当作报送，以前报的都没有动",
        "没有要报的，请在表里空格处写“零报告”后重新放入；有要报的，请填好后重新放入；要把以前同名表里报的撤下，请写“撤回”",
    ),
    "S23": (
        "「登记」表没有数据行，写明了没有要报的，按零报告收下；以前报的都没有动",
        "不需处理；要把以前同名表里报的撤下，请在空表里写“撤回”后重新放入",
    ),
    "S24": (
        "「登记」表没有数据行，写明了撤回，同名旧表里报的行已撤下",
        "确要撤回的，不需处理；写错了的，请把原来的表重新填好放入",
    ),
    "S25": (
        "「登记」表是本系统出的、隐去了个人信息的上报稿或公示稿（A1 写着），姓名、电话、住址不全，不能作为报送件；没有收下，原来的都没有动",
        "请改放内部的全表（outbox 里的附件），或单位原来的表",
    ),
    "S28": (
        "「样表」表照名称是示范，可是整份文件只有它有走访活动的行，没有计入",
        "是要报的数据，请把工作表改个名称（如“走访登记”）后重新放入；不是的，请放入要报的表",
    ),
    "S29": (
        "「登记」表的标题写着“2022年走访登记表”，是2022年，本年度是2023年；第3行的日期没有写年份，没有计入",
        "是2023年的，请改正标题的年份，或把日期连年份写全，再重新放入；确是2022年的表，不计入本年，请不要放进来",
    ),
    "S26": (
        "「登记」表第3行的备注写着“作废”，没有计入",
        "确实不报的，不需处理；要报的，请删去I3的“作废”后重新放入",
    ),
    "S30": (
        "「登记」表C列“联系电话”紧跟在走访干部后面，像是干部的电话，没有当作走访对象的电话",
        "是走访对象的电话，请把表头改成“走访对象电话”后重新放入；是别人的，不用处理",
    ),
    "S27": (
        "「登记」表E列“电话”是隐藏的，“联系电话”取的是看得见的F列",
        "取得对的，不需处理；要取另一列的，请取消隐藏，只留要的那一列后重新放入",
    ),
    "S31": (
        "「登记」表B列“走访时间”写的是上午、下午或钟点，日期在另一列，“走访日期”取的是另一列",
        "不需处理；取错了的，请改好表头后重新放入",
    ),
    "S33": (
        "「登记」表左右并排有2张表，分开读了：A至D列走访登记表、E至H列走访登记表",
        "请核对回执里收下的行数；不对的，请把右边的表移到左边的下面，或另放一个工作表后重新放入",
    ),
    "S36": (
        "「登记」表的表头里“走访日期”“走访干部”“走访对象”各有两列，像是左右并排的两张表，看不准哪一列属于哪一张，整张表没有收",
        "请把右边的一张移到左边那张的下面（带上它的表头），或另放一个工作表，再重新放入",
    ),
    "S34": (
        "「登记」表是一户一张的卡片，一共读了1户，每一项取它右边的一格",
        "请核对回执里收下的户数；不对的，请改成表样的样子（一行一户）后重新放入",
    ),
    "S37": (
        "「汇总」表是单位自己的汇总表，只有数字，没有一户一行；记下了报的数，不算走访登记",
        "不需处理；走访了哪些户，请填走访登记表。报的数比登记的多，会催报",
    ),
    "S35": (
        "「登记」表像是一户一张的卡片，但看不准哪一格属于哪一户、哪一项，整张表没有收",
        "请照表样改成一行一户，第一行写表头：走访日期、走访干部、走访对象、对象类别、乡镇、村(社区)组、联系电话……（outbox/空白表里有）",
    ),
    "S10": (
        "「采购」表不是走访活动的表，没有当作数据",
        "不需处理；如果里面是要报的数据，请按表样改好表头后重新放入",
    ),
    "S11": (
        "「登记」表F列的表头“联系方式2”程序不认识（是不是“联系电话”？）",
        "是的话，请把表头改成“联系电话”后重新放入；不是就不用处理，这一列已随原件存档",
    ),
    "S12": (
        "「登记」表的第4行（合计）没有当作数据",
        "不需处理；若其实是要报的一行，请去掉“合计”“例”等字样后重新放入",
    ),
    "S13": (
        "「登记」表第4行，共1户，是任务分解里还没有走访的（没有走访日期，也没有走访内容），没有计入",
        "走访后在原行填上走访日期和内容，重新放入即可",
    ),
    "S14": (
        "「登记」表I列的表头“其他反映”程序不认识，列里却有文字（如“路灯坏了三个月没有人修”），现在没有读，也没有计入",
        "要报的内容（矛盾纠纷、意见建议等）请移到表样中的那一列，或把表头改成那一列的名称后重新放入；确是单位自用的，不需处理",
    ),
    "C01": (
        "「登记」表 D3（第3行·走访对象）没有填，这一项必须填",
        "请填上走访对象，例如“张三”",
    ),
    "C02": (
        "「登记」表 B3（第3行·走访日期）填的是“上周三”，看不出是哪一天",
        "请写成“2023-9-20”或“9月20日”这样的日期",
    ),
    "C03": (
        "「登记」表 B3（第3行·走访日期）填的是“3.1”，既可能是3月1日，也可能是3月10日",
        "是3月1日的请写成“2023-3-1”，是3月10日的请写成“2023-3-10”",
    ),
    "C04": (
        "「登记」表 B3（第3行·走访日期）填的是“9月18日至20日”，是一段时间，一行只能是一天",
        "只去了一天的，请只写那一天；分几天走访的，请分行填写，每行一天",
    ),
    "C05": (
        "「登记」表 B3（第3行·走访日期）填的是“2023-2-30”，2023年2月只有28天",
        "请核对后写成真实的日期",
    ),
    "C06": (
        "「登记」表 B3（第3行·走访日期）填的是“2023-11-3”，今天是10月20日，这一天还没有到",
        "请核对年、月、日；还没有发生的事，请等发生以后再填",
    ),
    "C07": (
        "「登记」表 B3（第3行·走访日期）填的是“2022-9-20”，是2022年，本年度是2023年",
        "年份写错的，请改成2023年；确是2022年的走访不计入本年，请从表里删去这一行",
    ),
    "C08": (
        "「登记」表 B3（第3行·走访日期）填的是“2023-7-1”，不在两轮走访的时段内（上半年3月12日至4月28日、下半年9月18日至11月17日），不计入任务数",
        "日期写错的请改正",
    ),
    "C09": (
        "「登记」表 G3（第3行·联系电话）填的是“1380000”，只有7位，手机号应为11位，还差4位",
        "请改成完整的手机号；座机请写成“0730-4123456”；没有电话就留空，空着不算错",
    ),
    "C10": (
        "「登记」表 G3（第3行·联系电话）是16位的数字“4306231965010110”，Excel只保留前15位，后面的已变成0（表里常显示成4.30623E+15）",
        "请先把这一格的格式改为“文本”，再照原样重新填写；不需要填的请留空",
    ),
    "C11": (
        "「登记」表 E3（第3行·对象类别）填的是“人大代裱”，不在可选的几项之中（是不是“人大代表”？）",
        "请改成其中一项：联点乡镇群众、人大代表、政协委员、原民代幼人员、其他",
    ),
    "C12": (
        "「登记」表 F3（第3行·乡镇）填的是“章化镇”，不是本县的乡镇（是不是“章华镇”？）",
        "请填本县乡镇的名称：章华镇、三封寺镇、治河渡镇、北景港镇、鲇鱼须镇、万庾镇、插旗镇、注滋口镇、操军镇、东山镇、梅田湖镇、禹山镇、新河乡、团洲乡",
    ),
    "C13": (
        "「登记」表 B3（第3行·走访干部）填的“李铭”不在花名册中，相近的有：李明",
        "名字写错的请改正；没有写错、是新参加走访的，请局办公室先补进花名册，再把这份表原样放入一次",
    ),
    "C14": (
        "「登记」表 C3（第3行·走访干部）填的是“李明等3人”，没有写全是哪几个人",
        "请把每个人的姓名都写上，用“、”隔开，如“李明、王芳”",
    ),
    "C15": (
        "「登记」表 E2（第2行·乡镇）显示为“#N/A”，是公式出了错：没有查到对应的内容",
        "请在这一格直接填写内容；或先改好公式，再复制这一格，在原处“选择性粘贴→数值”",
    ),
    "C16": (
        "「登记」表 F2（第2行·联系电话）是公式“=VLOOKUP(C2,名单,2,0)”，文件里没有保存它的结果",
        "请用WPS或Excel打开，等算好后保存再放入；或复制这一格，在原处“选择性粘贴→数值”",
    ),
    "C17": (
        "「登记」表 I3（第3行·备注）写了1300个字，最多1000个字，要删300个字",
        "请删减到1000个字以内，详情可另附材料",
    ),
    "C18": (
        "「登记」表 D3（第3行·邮箱）填的是“liming.example.org”，不是邮箱地址，缺少“@”",
        "请改成合要求的写法，例如“liming@example.org”",
    ),
    "C19": (
        "「登记」表 B3（第3行·走访日期）填的是“同上”，可是它上面这一列没有内容",
        "请在这一格直接写出内容，例如“2023-9-20”",
    ),
    "C20": (
        "「登记」表 C3（第3行·走访干部）填的是“张三李四”，“张三李四”分不清是一个人还是几个人",
        "请只写姓名，多人用“、”隔开",
    ),
    "C21": (
        "「登记」表 F2（第2行·联系电话）用两种办法读，一个读成“1380730000”，一个读成“13807300001”，程序不能断定是哪一个",
        "请用WPS或Excel打开，在这一格重新输入内容，另存为 .xlsx 后放入",
    ),
    "C22": (
        "「登记」表 B3（第3行·走访日期）填的是“八月廿四”，是农历，程序只按公历计日",
        "请查日历换成公历的那一天，写成“2023-9-20”或“9月20日”这样的日期",
    ),
    "C23": (
        "「登记」表 C2（第2行·走访对象）填的是“张三李四”，有一部分划了删除线，划掉以后是“李四”",
        "还算数的，请去掉删除线；不算数的，请清空这一格或填上正确的内容；整行作废的，请删去这一行",
    ),
    "C24": (
        "「登记」表 D3（第3行·走访对象）填的是“张三 李四”，像是张三、李四几个人写在一格，只计了一户",
        "是几户的，请分行填写，每户一行；是一户的，请只写户主姓名，家里其他人写到“家庭情况”",
    ),
    "C25": (
        "「登记」表 G3（第3行·联系电话）填的像是18位的身份证号，不是电话号码",
        "请删去身份证号（不需要填报），改填手机号，如“13812345678”，或座机“0730-4123456”；没有电话就留空，空着不算错",
    ),
    "C26": (
        "「登记」表 E3（第3行·乡镇）没有填，F3（村(社区)组）写着“章华镇沙口村5组”（是不是“章华镇”？），现在没有算在哪个乡镇",
        "是的话，请在乡镇一格填上“章华镇”后重新放入；不是就不用处理",
    ),
    "R01": (
        "「登记」表 J3（第3行·办结日期）没有填；办理状态是“已化解”，这一项就要填",
        "请填上办结日期；如果是H3（办理状态）填错了，请改那一格",
    ),
    "R02": (
        "「登记」表 J3（第3行·办结日期）填的是“2023-9-19”，早于B3（走访日期）的“2023-9-20”",
        "如果办结日期对，请把B3（走访日期）改成9月19日或更早；如果B3（走访日期）对，请把办结日期改成9月20日或更晚",
    ),
    "R03": (
        "「登记」表 D2（第2行·邮箱）没有填，同一行的“手机”、“邮箱”至少要填一项",
        "请至少填一项",
    ),
    "R04": (
        "「登记」表 L3（第3行·回访方式）没有填，而K3（回访日期）填了“2023-9-25”，两边要配齐",
        "请填上回访方式；还没有这回事的，请把K3（回访日期）清空",
    ),
    "R05": (
        "「登记」表第5行与第3行是同一户走访（走访日期、走访干部、走访对象、联系电话相同），只计一次",
        "确是重复的，请删去一行；不是同一户走访的，请把走访日期、走访干部、走访对象、联系电话写得能够分开",
    ),
    "R07": (
        "「登记」表 A3（第3行·编号）填的“23下矛0099”在台账里找不到",
        "编号写错的请改正；是新事项的，请把编号留空并把这一行填全",
    ),
    "R08": (
        "「登记」表 M3（第3行·销号日期）申报了销号，但缺回访日期，暂时没有销号",
        "请补上回访日期和回访方式后重新放入，程序会自动销号",
    ),
    "R27": (
        "「登记」表 N3（第3行·化解措施）是空的：23下矛0001已经销号，却从来没有写过处理建议、怎么化解",
        "请补上当时的处理建议后重新放入；确实没有可写的，请在“情况说明”里写明",
    ),
    "R09": (
        "「登记」表 A3（第3行·编号）的编号“23下矛0001”是另一件事项（张三的矛盾纠纷），本行登记为23下矛0002",
        "编号抄错的，请改正后重新放入；确是同一件的，请局办公室用裁定表裁定",
    ),
    "R10": (
        "「登记」表 G3（第3行·主要情况及诉求）与台账中的23下矛0001（张三：与邻居因排水沟改道争执）相似，但凭现有信息不能确定，已按新事项登记",
        "确是同一件的，请在“编号”列填上23下矛0001后重新放入；不是同一件的不需处理",
    ),
    "R11": (
        "「登记」表 J3（第3行·办结日期）填的是“2023-9-25”，H3（办理状态）却是“未启动”，两处对不上",
        "如果办结日期对，请改H3（办理状态）；如果H3（办理状态）对，请把办结日期清空",
    ),
    "R12": (
        "「登记」表 F4（第4行·联系电话）填的是“13812345679”，第3行登记的同一户走访却是“13812345678”，暂按“13812345678”",
        "“13812345678”对的，请把这一格改成一样或删去这一行；“13812345679”对的，请改第3行；不是同一户的，请把联系电话和村(社区)组都填上",
    ),
    "R13": (
        "「登记」表 G4（第4行·矛盾纠纷和信访诉求）填的是“屋后山体滑坡”，第3行登记的同一户走访填的是“与邻居因排水沟改道争执”（23下矛0001）；原来的不动，本行登记为23下矛0002",
        "是两件事的不需处理；其实是一件的，请只留一处，或请局办公室用裁定表裁定“并案”",
    ),
    "R22": (
        "「登记」表 G3（第3行·矛盾纠纷和信访诉求）的“与邻居因排水沟改道争执”合并在第3、4行（张三、王五），每一户各登记了一件",
        "各是各的事，不需处理；其实是同一件的，请取消合并、只写在一户的行里，或请局办公室用裁定表裁定“并案”",
    ),
    "R25": (
        "「登记」表 B3（第3行·走访干部）填的“李明”在走访日期2023年9月20日不在任（花名册：任职止2023年9月18日），这一户没有计入",
        "走访日期写错的，请改走访日期；是接任的人走访的，请改走访干部；任职起止写错的，请局办公室更正花名册后，再把这份表原样放入一次",
    ),
    "R26": (
        "「登记」表 A2（第2行·收件号）填的收件号“0099”还没有收过",
        "请照回执上的收件号填，如0003；撤回自己以前的、已经收过的报送件",
    ),
    "R24": (
        "「登记」表 E3（第3行·对象类别）勾了2项（人大代表、其他），不知道是哪一项",
        "请只勾一项（√），别的空着；也可以改成一列，直接写上是哪一项，可填：联点乡镇群众、人大代表、政协委员、原民代幼人员、其他",
    ),
    "R23": (
        "「登记」表 G3（第3行·矛盾纠纷和信访诉求）的“与邻居因排水沟改道争执”与右边的“备注”合并成一格，只算在“矛盾纠纷和信访诉求”列",
        "只属于“矛盾纠纷和信访诉求”的，不需处理；要分开的，请取消合并，各写在自己那一列后重新放入",
    ),
    "R20": (
        "「登记」表 A3（第3行·编号）的编号“23下矛0001”不是“人事股”报的事项，也不由“人事股”办理，本行没有入账",
        "编号抄错的，请改正后重新放入；确由本单位办理的，请报出的单位或局办公室先写明责任单位，再把这份表原样放入一次",
    ),
    "R21": (
        "「登记」表 A3（第3行·编号）的编号“23下矛0001”是别的单位报的事项，“督导室”是责任单位，只采用了办理情况；"
        "纠纷类别与台账不同，没有采用",
        "请核对：台账写错了的，请报出的单位改；没有错的不需处理",
    ),
    "R14": (
        "「登记」表 C2（第2行·新时限）的新时限是“2023-10-10”，比现在的时限还早（集中化解的最后一天是2023年11月17日）；时限没有改，请核对",
        "日期写错的，请改正后重新放入裁定表；确是要提前办结的，请在办理表的化解时限（办理时限）里写这一天，已批准的延期请在原来那一行改",
    ),
}


def of_two_units(sender: str, person: str, category: str = "邻里关系") -> list[tuple[str, bytes]]:
    """A dispute of 工会 that 督导室 handles, and a row of `sender` that carries its number."""
    head, row = f"| {ITEM} | 责任单位 |", HANDLED.format(person)
    return [
        ("工会/登记.xlsx", workbook(f"{head}\n{row.replace('23下矛0001', '')}", unit="工会", sheet="登记")),
        (
            f"{sender}/登记.xlsx",
            workbook(f"{head}\n{row.replace('邻里关系', category)}", unit=sender, sheet="登记"),
        ),
    ]


def one(found: list[Fault], code: str = "") -> Fault:
    """The one fault found, of that code if given."""
    (fault,) = [fault for fault in found if code in ("", fault.code)]
    return fault


@pytest.mark.parametrize("code", PROVOKED)
def test_every_code_is_reached_and_reads_so_in_full(desk: Desk, code: str) -> None:
    fault = one(PROVOKED[code](desk), code)
    assert (fault.message, fault.remedy) == WORDS[code]


def test_no_code_of_the_catalogue_goes_without_its_words() -> None:
    assert PROVOKED.keys() == WORDS.keys() == CATALOGUE.keys()


class TestTheTwelveStandards:
    def test_1_the_place_is_named_as_excel_shows_it(self, desk: Desk) -> None:
        extra = " | ".join(f"自列{n}" for n in range(26))
        blank = " | ".join([""] * 26)
        found = desk.table(f"{extra} | {HEAD}", f"| {blank} | {GOOD.replace('13812345678', '1380000')}")
        assert one(found, "C09").message.startswith("「登记」表 AF3（第3行·联系电话）填的是“1380000”，")

    @pytest.mark.parametrize(
        ("typed", "shown"),
        [
            ("138\\n0000", "138〔换行〕0000"),
            ("138\u30000000", "138〔全角空格〕0000"),
            ("138\u00a00000", "138〔不换行空格〕0000"),
            ("138  0000", "138〔2个空格〕0000"),
            ("１３８００００", "１３８００００"),
        ],
    )
    def test_2_what_stands_there_is_quoted_also_what_cannot_be_seen(self, desk: Desk, typed: str, shown: str) -> None:
        assert f"填的是“{shown}”，只有7位" in one(desk.cell("联系电话", typed)).message

    def test_2_a_day_is_quoted_as_its_cell_shows_it(self, desk: Desk) -> None:
        assert "“2023-7-1”" in one(desk.cell("走访日期", "@2023-07-01")).message

    def test_2_a_cell_of_blanks_is_not_called_empty(self, desk: Desk) -> None:
        sheet = ReadSheet("登记", True, [*rows(HEAD), [DAY, "李明", "张三", "其他"]], [])
        (table,) = extract(Book("", [sheet]), Headings(desk.rules.schemas), "x", desk.rules.habits).tables
        table.rows[0][1]["household"] = "   "
        (fault,) = Judge(desk.rules, TODAY).judge(table).faults
        assert fault.message.endswith("看着是空的，其实里面是“〔3个空格〕”，等于没有填，这一项必须填")

    def test_2_a_word_for_nothing_is_quoted_where_something_must_stand(self, desk: Desk) -> None:
        message = one(desk.cell("走访对象", "暂无")).message
        assert message == "「登记」表 D3（第3行·走访对象）填的是“暂无”，等于没有填，这一项必须填"

    @pytest.mark.parametrize("kind", CATALOGUE.values(), ids=lambda kind: kind.code)
    def test_3_every_remedy_says_what_to_do(self, kind: FaultKind) -> None:
        remedy = WORDS[kind.code][1]
        assert any(word in remedy for word in ("请", "不需处理", "重新放入"))

    def test_3_the_answer_is_given_where_it_is_known(self, desk: Desk) -> None:
        assert one(desk.cell("走访对象", "")).remedy == "请填上走访对象，例如“张三”"
        assert "联点乡镇群众、人大代表、政协委员" in one(desk.cell("对象类别", "")).remedy
        assert "2023-3-1" in one(desk.cell("走访日期", "#3.1")).remedy

    def test_4_empty_is_not_wrong(self, desk: Desk) -> None:
        assert desk.table(HEAD, "@2023-09-20 | 李明 | 张三 | 其他 | | | | ") == []
        assert "没有电话就留空，空着不算错" in one(desk.cell("联系电话", "1380000")).remedy

    @pytest.mark.parametrize(
        ("column", "typed", "offered"),
        [("对象类别", "人大代裱", "（是不是“人大代表”？）"), ("乡镇", "章化镇", "（是不是“章华镇”？）")],
    )
    def test_5_the_nearest_is_offered_and_not_decided(self, desk: Desk, column: str, typed: str, offered: str) -> None:
        found = examine_bytes(workbook(f"{HEAD}\n{changed(column, typed)}"), "x.xlsx", desk.rules, TODAY)
        assert offered in one(found.faults).message
        (row,) = found.parts[0].rows
        assert row.held and typed not in row.values.values() and offered[5:9] not in row.values.values()

    def test_5_an_opposite_is_never_offered(self, desk: Desk) -> None:
        assert "是不是" not in one(desk.item("没有化解")).message

    def test_6_a_contradiction_names_both_cells_and_both_ways_out(self, desk: Desk) -> None:
        fault = one(
            desk.item("已化解", 化解情况="已和解", 办结日期="@2023-09-25", 回访日期="@2023-09-22", 回访方式="电话")
        )
        assert (fault.code, fault.severity, fault.cell) == ("R02", WARNING, "K3")
        assert "“2023-9-22”，早于J3（办结日期）的“2023-9-25”" in fault.message
        assert "请把J3（办结日期）改成9月22日或更早" in fault.remedy
        assert "请把回访日期改成9月25日或更晚" in fault.remedy

    def test_6_years_are_said_where_they_differ(self, desk: Desk) -> None:
        fault = one(desk.item("已化解", 化解情况="已和解", 办结日期="@2022-09-25"))
        assert "2022年9月25日或更早" in fault.remedy and "2023年9月20日或更晚" in fault.remedy

    def test_7_a_twin_is_named_with_its_sheet_and_row(self, desk: Desk) -> None:
        found = desk.file(
            workbook_of({"甲组": rows(VISIT), "乙组": rows(f"{HEAD}\n{GOOD.replace('张三', '李四')}\n{GOOD}")})
        )
        assert one(found).message.startswith("「乙组」表第3行与「甲组」表第2行是同一户走访（")

    def test_7_a_twin_is_named_with_its_file(self, desk: Desk) -> None:
        one_sheet = workbook(VISIT, sheet="登记")
        fault = one(desk.file(zipped({"一/甲组.xlsx": one_sheet, "乙组.xlsx": one_sheet}), "打包.zip"))
        assert (fault.code, fault.member) == ("R05", "乙组.xlsx")
        assert fault.message.startswith("「登记」表第2行与“一/甲组.xlsx”「登记」表第2行是同一户走访（")

    @pytest.mark.parametrize(
        ("column", "typed", "counted"),
        [
            ("联系电话", "1380000", "只有7位，手机号应为11位，还差4位"),
            ("联系电话", "138123456789", "有12位，手机号应为11位，多了1位"),
            ("联系电话", "#4306231965010110", "16位"),
            ("备注", "走" * 1001, "写了1001个字，最多1000个字，要删1个字"),
        ],
    )
    def test_8_digits_and_characters_are_counted(self, desk: Desk, column: str, typed: str, counted: str) -> None:
        assert counted in one(desk.cell(column, typed)).message

    def test_9_three_grades_have_their_words_and_colours(self) -> None:
        assert SEVERITY_NAMES == {ERROR: "须修改", WARNING: "请核对", INFO: "说明"}
        assert {kind.severity for kind in CATALOGUE.values()} == set(SEVERITY_NAMES)
        assert len({FILLS[ERROR], FILLS[WARNING], None}) == 3

    def test_10_structure_comes_first_and_one_cause_is_said_once(self, desk: Desk) -> None:
        found = desk.table(
            HEAD.replace("走访干部", "走访同志"),
            "上周三 | 李明 | 张三 | 其他 | 章华镇 | | | ",
            "同上 | 李明 | 李四 | 其他 | 章华镇 | | | ",
        )
        assert [fault.code for fault in found] == ["S01", "C02"]

    def test_10_of_two_days_that_a_third_contradicts_the_first_is_said(self, desk: Desk) -> None:
        found = desk.item("已化解", 化解情况="已和解", 办结日期="@2023-09-25", 回访日期="@2023-09-19", 回访方式="电话")
        assert "早于B3（走访日期）" in one(found).message

    @pytest.mark.published
    def test_11_the_sum_comes_first(self, desk: Desk) -> None:
        desk.taken(("登记.xlsx", desk.visits(GOOD, GOOD.replace("13812345678", "1380000"))))
        (page,) = (data.decode() for path, data in desk.office.outbox().items() if path.endswith("回执0001.html"))
        counted = re.search(r"\d+ ?处", page)
        assert counted and counted.start() < page.index("还差4位")

    def test_12_the_words_are_about_the_units_own_file(self, desk: Desk) -> None:
        data = workbook(VISIT.replace("13812345678", "1380000"), sheet="9月走访（工会）")
        fault = one(desk.file(zipped({"九月/走访.xlsx": data}), "打包.zip"))
        assert (fault.member, fault.sheet, fault.value) == ("九月/走访.xlsx", "9月走访（工会）", "1380000")
        assert fault.message.startswith("「9月走访（工会）」表 F2（")
