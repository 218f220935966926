"""The closed catalogue of what can be wrong with a delivered file, and the words people read about it.

A fault is in a form (an item is in the world). Each has a code, a severity and four texts: what it is, the
message with what was found, the remedy, and an example. Codes are stable: people quote them on the telephone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pandas as pd

ERROR: Final = "error"  # the row is not counted until it is mended
WARNING: Final = "warning"  # the row counts; somebody should look
INFO: Final = "info"  # said for the sake of openness

SEVERITY_NAMES: Final = {ERROR: "须修改", WARNING: "请核对", INFO: "说明"}


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One entry of the catalogue; `message` and `remedy` are `str.format` templates over the fault's details."""

    code: str
    severity: str
    title: str
    message: str
    remedy: str
    example: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong at one place. `row` is as Excel shows it (1-based; 0: the whole sheet or file);
    `cell` is an A1 reference or ""; `member` is the path inside a zip or ""."""

    code: str
    severity: str
    sheet: str
    cell: str
    row: int
    column: str
    value: str
    message: str
    remedy: str
    member: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """One cell whose writing (never its meaning) was normalised: `before` → `after`, and `how`."""

    sheet: str
    cell: str
    row: int
    column: str
    before: str
    after: str
    how: str
    member: str = ""


def _kinds(*rows: tuple[str, str, str, str, str, str]) -> dict[str, FaultKind]:
    return {row[0]: FaultKind(*row) for row in rows}


CATALOGUE: Final[Mapping[str, FaultKind]] = _kinds(
    # -- F: the file as a whole ----------------------------------------------------------------------------
    ("F01", ERROR, "空文件", "文件大小为0字节，里面什么也没有",
     "多半是复制没有完成：请在电脑上打开原表确认有内容，保存后重新放入", "0字节的 走访登记表.xlsx"),
    ("F02", ERROR, "文件加了密码", "文件设有打开密码，程序无法读取",
     "请打开后选“文件→文档加密（或：信息→保护工作簿）”，清空密码，保存后重新放入", "带密码的 xlsx"),
    ("F03", ERROR, "不是Excel表格", "文件内容是{what}，不是Excel表格（只改扩展名不能变成表格）",
     "请用WPS或Excel打开原来的表格，选“另存为→Excel工作簿（.xlsx）”，再放入另存的文件", "Word文档改名为 .xlsx"),
    ("F04", ERROR, "文件已损坏", "文件已损坏或没有复制完整（{what}），程序读不出内容",
     "请在电脑上打开原表；能打开就另存为新的 .xlsx 再放入，打不开请找回上一份", "只复制了一半的 xlsx"),
    ("F05", ERROR, "文件过大", "文件展开后过大（{what}），超出程序允许的上限",
     "请把表格里的数据复制到一张新的空白表中另存（不要带整列格式和图片），再放入", "带一百万行空格式的表"),
    ("F06", ERROR, "读取中断", "读取此文件时{what}，程序已停止读取，其他文件不受影响",
     "请把表格里的数据复制到一张新的空白表中另存为 .xlsx，再放入", "会使读取程序崩溃的表"),
    ("F07", ERROR, "认不出是哪张表", "没有找到走访登记表、办理表、花名册、任务分解表或裁定表的表头{what}",
     "请用“outbox/空白表”里的表样，或把表头改成表样中的名称后重新放入", "商品单价表"),
    ("F08", ERROR, "压缩包里没有可用的表", "压缩包{what}",
     "请把Excel表直接放入，或只把Excel表打成普通的 .zip（不要加密、不要再套压缩包）", "只有照片的 zip"),
    # -- S: structure of a sheet ---------------------------------------------------------------------------
    ("S01", ERROR, "缺少必填的列", "「{sheet}」表缺少必填的列：{what}",
     "请在表头第{heading_row}行补上这一列（名称写“{what}”），填好后重新放入", "没有“走访日期”一列"),
    ("S02", ERROR, "两列表头意思相同", "「{sheet}」表 {what} 都是“{column}”，程序不能替您选",
     "请只留一列，另一列删掉或改个名称", "同时有“电话”和“手机”"),
    ("S03", INFO, "多出的列", "「{sheet}」表 {cell} 的“{value}”不在表样之内，原件已存档，汇总时不用此列",
     "不需处理；若其实是表样中的某一列，请把表头改成该列名称", "多出“是否党员”一列"),
    ("S04", ERROR, "不知道是哪个单位报的", "表中没有“填报单位”，所在文件夹和文件名也看不出单位",
     "请在表的上方写“填报单位：XXX”，或放入以单位命名的文件夹", "放在收件箱根目录的无名表"),
    ("S05", ERROR, "工作表读不出来", "「{sheet}」表读不出来（{what}）",
     "请把这张表的内容复制到新的工作表后重新放入", "内部损坏的工作表"),
    ("S06", INFO, "隐藏的工作表未读", "「{sheet}」表是隐藏的，没有当作数据",
     "如果里面是要报的数据，请取消隐藏后重新放入", "隐藏的“去年”表"),
    ("S07", WARNING, "没有数据行", "「{sheet}」表只有表头，没有数据行",
     "如确实没有要报的内容，不需处理；否则请填好后重新放入", "空白表原样交回"),
    ("S08", WARNING, "单位名称不在花名册", "填报单位“{value}”不在花名册的单位之中{hint}",
     "请核对单位名称；若是新单位，请在花名册中补上", "“教育局工会”（花名册为“工会”）"),
    ("S09", WARNING, "所放文件夹与填报单位不一致", "表中填报单位是“{value}”，文件却放在“{what}”文件夹，已按表中的单位收",
     "请核对；若单位填错了，改正后重新放入", "工会的表放进督导室文件夹"),
    ("S10", INFO, "不是走访活动的工作表", "「{sheet}」表不是走访活动的表，没有当作数据",
     "如果里面是要报的数据，请按表样改好表头后重新放入", "同一文件里夹着别的表"),
    ("S11", WARNING, "表头像是某一列", "「{sheet}」表 {cell} 的表头“{value}”程序不认识；是不是“{column}”？",
     "是的话，请把表头改成“{column}”后重新放入；不是就不用处理，这一列已随原件存档", "表头写成“联系方式2”"),
    ("S12", INFO, "没有当作数据的行", "「{sheet}」表的{what}没有当作数据",
     "不需处理；若其实是要报的一行，请去掉“合计”“例”等字样后重新放入", "合计行、示例行"),
    ("S13", INFO, "还没有走访的户", "「{sheet}」表的{what}是任务分解里还没有走访的户（没有走访日期，也没有走访内容），没有计入",
     "走访后在原行填上走访日期和内容，重新放入即可", "预填表里还没去的户"),
    # -- C: one cell ---------------------------------------------------------------------------------------
    ("C01", ERROR, "必填项未填", "{where}没有填，这一项必须填", "请填上“{column}”{like}", "走访对象空着"),
    ("C02", ERROR, "日期看不懂", "{where}填的是“{value}”，看不出是哪一天",
     "请写成“2023-9-20”或“9月20日”这样的日期", "上周三"),
    ("C03", ERROR, "日期有两种可能", "{where}填的是“{value}”，既可能是{one}，也可能是{other}",
     "请写全：“{one_full}”或“{other_full}”", "数字 3.1（3月1日还是3月10日）"),
    ("C04", ERROR, "日期填了一段时间", "{where}填的是“{value}”，是一段时间，一行只能是一天",
     "请只写走访当天的日期；分几天走访的请分行填写", "9月18日至20日"),
    ("C05", ERROR, "没有这一天", "{where}填的是“{value}”，{what}", "请核对后写成真实的日期", "2023-2-30"),
    ("C06", ERROR, "日期在将来", "{where}填的是“{value}”，晚于今天（{today}），还没有发生",
     "请核对年月日", "明年的日期"),
    ("C07", ERROR, "日期不在本年度", "{where}填的是“{value}”，不在{year}年度之内",
     "请核对年份；往年的走访不计入本年", "2022-9-20"),
    ("C08", WARNING, "日期不在走访时段", "{where}填的是“{value}”，不在上、下半年两轮走访的时段内（{rounds}），已收下但不计入任务数",
     "日期填错的请改正；确在时段外走访的不需处理", "2023-7-1"),
    ("C09", ERROR, "电话号码不对", "{where}填的是“{value}”，{what}",
     "请核对后补全；座机请写成“0730-4123456”，没有电话请留空", "1380013"),
    ("C10", ERROR, "数字太长，已不可信", "{where}是{digits}位的数字“{value}”，Excel只保留15位，后面的已变成0",
     "请先把单元格格式改为“文本”，再重新填写", "身份证号按数字填写"),
    ("C11", ERROR, "不在可选的范围", "{where}填的是“{value}”，只能填：{choices}", "请从上述各项中选一项{hint}", "对象类别填“路人”"),
    ("C12", ERROR, "乡镇名称认不出", "{where}填的是“{value}”，不是本县的乡镇{hint}", "请填乡镇全称：{choices}", "某某镇"),
    ("C13", ERROR, "干部不在花名册", "{where}填的“{value}”不在花名册中{hint}",
     "请核对姓名；确是新参加的干部，请先更新花名册", "查无此人"),
    ("C14", ERROR, "人名没有写全", "{where}填的是“{value}”，没有写全是哪几个人", "请把每个人的姓名都写上，用“、”隔开", "张三等3人"),
    ("C15", ERROR, "单元格是公式错误", "{where}显示为“{value}”，是公式出错的结果", "请改为直接填写内容", "#N/A"),
    ("C16", ERROR, "公式没有算出结果", "{where}是公式“{value}”，文件里没有保存它的结果",
     "请用WPS或Excel打开，等算好后保存；或选中后“复制→粘贴为数值”", "=B5 而无缓存值"),
    ("C17", ERROR, "字数超过上限", "{where}写了{length}个字，最多{limit}个字", "请精简到{limit}个字以内，详情另附", "三千字的情况说明"),
    ("C18", ERROR, "填写不合要求", "{where}填的是“{value}”，{what}", "请按要求改正{like}", "邮箱里没有@"),
    ("C19", ERROR, "“同上”上面没有内容", "{where}填的是“{value}”，可是上一行这一列没有内容", "请直接写出内容", "第一行就写“同上”"),
    ("C20", ERROR, "人名看不懂", "{where}填的是“{value}”，{what}", "请只写姓名，多人用“、”隔开", "电话填进了姓名栏"),
    ("C21", ERROR, "同一格读出两个值", "{where}用两种办法读，一个读成“{one}”，一个读成“{other}”，程序不能断定是哪一个",
     "请用WPS或Excel打开，在这一格重新输入内容，另存为 .xlsx 后放入", "损坏的旧格式表格"),
    # -- R: a rule over several cells ------------------------------------------------------------------------
    ("R01", ERROR, "按规定还应填写", "{where}没有填；{why}，这一项就必须填", "请填上“{column}”", "已化解而没有办结日期"),
    ("R02", ERROR, "两处日期先后矛盾", "{where}是{value}，{relation}{other_where}的{other_value}", "两处至少有一处不对，请核对改正", "办结早于走访"),
    ("R03", WARNING, "至少要填一项", "第{row}行的{what}都没有填", "请至少填一项", "干什么都没写"),
    ("R04", ERROR, "要么都填要么都不填", "第{row}行的{what}只填了一部分", "请填全，或全部清空", "只有回访日期没有方式"),
    ("R05", WARNING, "与别的行重复", "第{row}行与{twin}是同一{what}，只计一次", "请核对；重复的请删去一行", "同一户登记两遍"),
    ("R07", ERROR, "对应的记录不存在", "{where}填的“{value}”在{what}里找不到{hint}", "请核对后改正", "编号写错"),
    ("R08", WARNING, "销号条件不全", "{where}申报了销号，但{what}，暂按“待回访”处理，没有销号",
     "请补上{need}后重新放入，程序会自动销号", "没有回访就申报销号"),
    ("R09", WARNING, "编号与人对不上", "{where}的编号“{value}”是另一件事项（{what}），本行已按新事项登记，请裁定",
     "编号写错的请改正；确是同一件的请填裁定表", "抄错了编号"),
    ("R10", WARNING, "可能是同一件事", "第{row}行与台账中的{what}相似，但凭现有信息不能确定，已按新事项登记",
     "确是同一件的，请在“编号”列填上{number}后重新放入，或填裁定表", "同名不同村"),
)  # fmt: skip


class UnknownFaultCode(KeyError):
    """A code that the catalogue does not hold: a mistake in the program."""


def make(
    code: str,
    *,
    sheet: str = "",
    cell: str = "",
    row: int = 0,
    column: str = "",
    value: object = "",
    severity: str | None = None,
    message: str | None = None,
    remedy: str | None = None,
    **details: Any,
) -> Fault:
    """Word one fault. `details` fill the catalogue's templates; a schema's own `message` or `remedy` replaces them."""
    try:
        kind = CATALOGUE[code]
    except KeyError:
        raise UnknownFaultCode(code) from None
    shown = visible(value)
    context: dict[str, Any] = _Blanks(details)
    context.update(sheet=sheet, cell=cell, row=row, column=column, value=shown)
    context["where"] = where(sheet, cell, row, column)
    return Fault(
        code=code,
        severity=severity or kind.severity,
        sheet=sheet,
        cell=cell,
        row=row,
        column=column,
        value=shown,
        message=(message or kind.message).format_map(context),
        remedy=(remedy or kind.remedy).format_map(context),
    )


class _Blanks(dict[str, Any]):
    """Details that a message may do without are blank."""

    def __missing__(self, key: str) -> str:
        return ""


def where(sheet: str, cell: str, row: int, column: str) -> str:
    """The place as Excel shows it: 「走访登记」表 D5（第5行·联系电话）."""
    place = f"「{sheet}」表 {cell}" if sheet else cell
    inner = "·".join(part for part in (f"第{row}行" if row else "", column) if part)
    return f"{place}（{inner}）" if inner else place


def visible(value: object) -> str:
    """What a person typed, with line breaks, tabs and odd spaces made visible, at most 60 characters."""
    text = "" if value is None else str(value)
    for char, shown in (("\r\n", "⏎"), ("\n", "⏎"), ("\r", "⏎"), ("\t", "⇥"), ("\u3000", "□"), ("\u00a0", "·")):
        text = text.replace(char, shown)
    return text if len(text) <= 60 else text[:57] + "…"


COLUMNS: Final = tuple(field.name for field in fields(Fault))


def frame(faults: Iterable[Fault]) -> pd.DataFrame:
    """Faults as rows of a frame: columns of `Fault`, one row each, in the order given."""
    import pandas as pd  # here, not above: the children that read workbooks have no use for its time and memory

    return pd.DataFrame([asdict(fault) for fault in faults], columns=list(COLUMNS))
