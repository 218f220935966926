"""The Chinese words the code itself has to know: closed lists, and how texts are normalized to be compared.

Headings, choices and townships are not here: they are data and live in `schemas/`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

# Characters that show nothing: zero-width marks, direction marks (copied out of a telephone's contacts),
# soft hyphens, byte-order marks, variation selectors.
INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]")
# What a heading wears and a name does not: required-marks and every kind of white space.
_DRESS: Final = re.compile(r"[\s*★☆※]+")

HAN: Final = "\u3400-\u9fff\uf900-\ufaff〇\U00020000-\U0003ffff"  # Chinese characters, to stand between [ and ]


# Full-width, half-width and small forms only: NFKC as a whole would read ① as 1 and 1² as 12.
_WIDTHS: Final = {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in (*range(0xFE50, 0xFE70), *range(0xFF00, 0xFFF0))
    if unicodedata.decomposition(chr(code)).startswith(("<wide>", "<narrow>", "<small>"))
}


def narrow(text: str) -> str:
    """`text` with full-width letters, digits and signs made half-width and invisible marks removed.

    Rule: narrowing changes how a value is written, never what it means.
    """
    return text if text.isascii() else INVISIBLE.sub("", text).translate(_WIDTHS)


@lru_cache(maxsize=16384)
def normalize(text: str) -> str:
    """`text` as it is compared: width, case, white space, line breaks, invisible marks and `*` do not count.

    Brackets become half-width and stay, so 村（社区）组 and 村(社区)组 are one.
    Rule: headings and values match exactly after normalizing; likeness only words a question.
    """
    if text.isascii():
        return _DRESS.sub("", text).casefold()
    return _DRESS.sub("", unicodedata.normalize("NFKC", INVISIBLE.sub("", text))).casefold()


STOPS: Final = re.compile(r"[^\w%]+|_")  # what parts the clauses of a text


def words_of(text: str) -> str:
    """What a text says: width, case, blanks and stops do not count."""
    return STOPS.sub("", normalize(text))


def same_words(text: str, other: str) -> bool:
    """Whether two texts say the same in the same words."""
    return words_of(text) == words_of(other)


def _normalized_set(words: str) -> frozenset[str]:
    """The blank-separated `words`, normalized."""
    return frozenset(map(normalize, words.split()))


# -- nothing to say ------------------------------------------------------------------------------------------------
# Ways to say "this cell is empty" in any column at all: a date, a telephone number, a choice, a text.
# A question mark and an ellipsis are not here: they say "not known", which is not "nothing".
BLANKS: Final = _normalized_set(
    """无 暂无 没有 没 暂缺 空 空白 未填 不填 无此项 无内容 N/A NA nil none
    / // /// \\ | - -- --- — —— ——— – ―  ─ ── _ __ ___ · . 。 、 ， 0 〇 () ~ ～ ~~"""
)
# Ways to say "all is well" in the columns for disputes, suggestions and requests. 较好, 基本满意 and the like are not
# here: they are opinions, and an opinion is never thrown away.
NONE_WORDS: Final = BLANKS | _normalized_set(
    """正常 一切正常 情况正常 良好 情况良好 和谐 稳定 一切都好 都好 都满意
    一切良好 和睦 家庭和睦 邻里和睦 家庭和谐 邻里和谐 关系和睦 否 不存在 不涉及 未涉及 没得 没啥"""
)
# Ways to say "nothing was raised" in as many words: 未发现矛盾纠纷, 暂无意见和建议, 没有反映问题, 无矛盾、无信访.
_NOTHING: Final = re.compile(
    r"(?:(?:该户|群众|本户|家里|家中|家庭|全家)?(?:暂时|目前|暂|尚|均|都|全|也|皆)*(?:无|没有|没|未|不存在)"
    r"(?:什么|任何|明显|其他|其它|相关|具体|新的|重大|突出|特殊|邻里|家庭)?"
    r"(?:(?:发现|反映|提出|反馈|收集到|收集|收到|提|有|见)(?:任何|明显|其他|相关)?)?"
    r"(?:(?:矛盾|纠纷|信访|上访|诉求|意见|建议|问题|困难|咨询|求助|政策|需求|要求|异常|反映|反馈|隐患)[、和及与或/]?)*"
    r"(?:情况|事项|问题)?[、,，;；。]?)+"
)
_BARE_NEGATION: Final = re.compile(r"(?:暂|尚|也|都|均|全)*未")  # 未 alone is an unfinished sentence
# Ways to say in a column for dates that the day has not come yet.
NOT_YET: Final = _normalized_set(
    """未办结 未化解 未解决 未销号 未回访 未答复 未回复 未办理 未启动 未到期 尚未办结 尚未化解 尚未回访 尚未销号 尚未答复
    尚未回复 待定 未定 待办 待回访 待办结 待化解 待销号 待回复 待答复 办理中 正在办理 化解中 正在化解"""
)
CLOSING_STOPS: Final = "。.!;；,，、"  # what may end a word without being part of it
_AROUND: Final = frozenset(zip("([{【〔「“\"'‘《<", ")]}】〕」”\"'’》>", strict=True))
_SAYS_SOMETHING: Final = re.compile(r"[一-龥]{4}|[0-9]{2}")  # so many of these, and no BLANKS can be left of it
_LONGEST_NONE: Final = 30  # characters; whoever writes more has something to say


def is_blank(text: str) -> bool:
    """Does `text` say that the cell is empty (无 / — 暂无 …, or nothing but white space)? True in any column."""
    if _SAYS_SOMETHING.search(text):  # most cells; normalizing is slow
        return False
    return not normalize(text) or _bare(text) in BLANKS


def _bare(text: str) -> str:
    """`text` normalized, less the stops behind it and the brackets or quotation marks around it: （无）。 is 无."""
    normalized = normalize(text)
    if normalized in BLANKS:
        return normalized
    normalized = normalized.rstrip(CLOSING_STOPS)
    inner = normalized[1:-1]
    return inner if inner and (normalized[0], normalized[-1]) in _AROUND else normalized


def is_none(text: str) -> bool:
    """Does `text` say that nothing was raised? Rule: a none-word opens no dispute and no suggestion."""
    if len(text) > _LONGEST_NONE:
        return False
    normalized = _bare(text)
    if not normalized or normalized in NONE_WORDS:
        return True
    return _NOTHING.fullmatch(normalized) is not None and _BARE_NEGATION.fullmatch(normalized) is None


def is_not_yet(text: str) -> bool:
    """Does `text`, in a column for dates, say that the day has not come yet (未办结, 待定 …)?"""
    return normalize(text).rstrip(CLOSING_STOPS) in NOT_YET


# -- rows that are not data ------------------------------------------------------------------------------------
DITTO_WORDS: Final = _normalized_set("同上 上同 同前 同上行 同上一行 同上。 同上格 与上同 同上户")
# Normalizing makes two primes of ″; WPS turns a typed " into either curly mark.
_DITTO_MARKS: Final = re.compile(r"[\"“”„‟〃〝〞〟″′]{1,4}|''|‘‘|’’|‘’|`{2}|,,")


def is_ditto(text: str) -> bool:
    """Does `text` stand for the cell above it (同上, 〃, ″, a lone quotation mark)?"""
    return len(text) <= 12 and _is_ditto(text)


@lru_cache(maxsize=8192)  # every cell is asked, and most say what others said
def _is_ditto(text: str) -> bool:
    normalized = normalize(text)
    if normalized[:1] + normalized[-1:] in ("()", "[]", "【】"):
        return normalized[1:-1] in DITTO_WORDS
    return normalized in DITTO_WORDS or _DITTO_MARKS.fullmatch(normalized) is not None


TOTAL_WORDS: Final = ("合计", "小计", "总计", "共计", "累计", "总合计", "总数", "汇总")
_TOTAL: Final = re.compile(
    rf"(?:{'|'.join(TOTAL_WORDS)})[:数户人次件个条项家宗约共为\d.,、()/]*|[^，。；,;]{{0,20}}(?:合计|小计|总计)[:)]?"
)


def is_total(text: str) -> bool:
    """Is `text` the label of a row of totals (合计, 小 计, 办公室小计, 共计：12户)?"""
    return len(text) <= 40 and _TOTAL.fullmatch(normalize(text)) is not None


_SAMPLE: Final = re.compile(
    r"[(\[【<]?(?:填写|填报|填表)?(?:示例|样例|范例|举例|例子|例)(?:[)\]】>:、.\d一].*|行?)|(?:例如|比如|如):.*"
)


def is_sample(text: str) -> bool:
    """Does `text` say that its row is a sample (例, 示例, （例）, 例：2023-9-20)?

    A row is a sample when its first cells say so or several cells do; one cell in the middle proves nothing.
    """
    return _SAMPLE.fullmatch(normalize(text[:40])) is not None


# -- labels about the whole form -------------------------------------------------------------------------------
# What stands above or below a table, by the name the code uses.
META_LABELS: Final[Mapping[str, tuple[str, ...]]] = {
    "reporting_unit": ("填报单位", "单位名称", "报送单位", "上报单位", "填表单位"),
    "reported_on": ("填报时间", "填表日期", "填报日期", "填表时间", "报送时间", "报送日期", "上报时间", "制表日期"),
    "filled_by": ("填表人", "填报人", "制表人", "制表", "经办人", "报送人"),
    "checked_by": (
        "审核人",
        "负责人",
        "审核",
        "单位负责人",
        "主要负责人",
        "审签人",
        "分管领导",
        "分管负责人",
        "签发人",
    ),
    "contact_phone": ("联系电话", "电话", "联系方式", "办公电话"),
}
HIDDEN: Final = "已隐去"  # stands, with the audience before it, over a list of ours from which personal data were taken
_HIDDEN_LABEL: Final = re.compile(rf"\((?:上报|公示):{HIDDEN}")


def says_masked(text: str) -> bool:
    """Does `text`, over a table, say that it is a list of ours without personal data (附件1（公示：已隐去姓名…））?"""
    return HIDDEN in text and _HIDDEN_LABEL.search(normalize(text)) is not None


MEND_COLUMN: Final = "需修改"  # the heading of the column that a returned copy has of ours
# Sheets that the program itself derives; they come back inside its own workbooks and are never data.
OWN_SHEETS: Final = _normalized_set("汇总统计 需修改 选项 预警提醒 填写说明 目录")
# The same with those that rules older than these did not know.
DERIVED_SHEETS: Final = OWN_SHEETS | _normalized_set(
    """全部预警 按单位 各单位进度 各股室归口 未计入的走访 重复走访 任务分解对照 人员进出 线索 今日变化 台账平衡 走访变化 今日收件
    待裁定 信访统计 重复访清单 初信初访清单 没有化解措施 看听问讲 未记全 意见与群英 待了解事项 治安情况 倾向性问题
    考核概览 各单位全年 各干部全年 未完成与未报 事项按时办理 分组比较（局内参考） 事项时限明细 数字出处 来源文件"""
)

# -- persons -----------------------------------------------------------------------------------------------------
COMPOUND_SURNAMES: Final = _normalized_set(
    """欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙
    慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷
    轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 公户 公玉 公仪 梁丘 公仲 公上 公门 公山 公坚 左丘 公伯 西门 公祖 第五
    公乘 贯丘 公皙 南荣 东里 东宫 仲长 子书 子桑 即墨 达奚 褚师 纳兰"""
)
# Single surnames, the commoner ones. Used only to ask whether a run of characters could hold two names;
# a name whose first character is missing here is still a name.
SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜"
    "崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱丘江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施"
    "文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛"
    "曲翁冉骆蓝路游辛靳欧阳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏"
    "席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀"
    "郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣"
    "晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎"
    "勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由"
)
# A title at the end of a name is not part of it; alone it is nobody's name.
TITLES: Final = _normalized_set(
    """局长 副局长 股长 副股长 主任 副主任 书记 副书记 校长 副校长 主席 副主席 科长 副科长 馆长 副馆长 园长 所长 站长
    组长 队长 部长 会长 院长 总督学 督学 督导员 专干 干事 科员 股员 会计 同志 老师 教师 先生 女士 支书 村长 镇长 乡长
    政委 委员 纪检员 负责人 党组成员 党委委员 党组书记 党委书记 党总支书记 党支部书记 支部书记 工会主席 调研员 主任科员 四级调研员 三级调研员"""
)


def is_title(text: str) -> bool:
    """Is `text` a title and nothing else (股长)?"""
    return normalize(text) in TITLES


# Words in a column for persons that name nobody.
NOBODY: Final = _normalized_set(
    """本人 自己 本户 户主 不详 未知 不清楚 不知道 不知名 匿名 某人 干部 群众 家属 家人 户主本人 全家 未在家 不在家 外出 外出务工 常年外出 全家外出
    举家外出 无人 无人在家 家中无人 家里没人 空户 空房 锁门"""
)
# A crowd named by one or by nobody: 张三一行, 全体干部.
CROWD: Final = re.compile(
    rf"全体|(?<=[{HAN}]{{2}})一行|其他(?:人|干部|同志|成员)|若干|多人|[数几]人|多名|各位|班子成员|工作队$|工作组$"
)

# -- likeness --------------------------------------------------------------------------------------------------------
# Two words that differ in one of these say opposite things, however alike they look (未办结 / 已办结).
NEGATIONS: Final = frozenset("未不没无非否已尚待")

# What a request for help says and a question about policy does not.
ASKS_FOR_HELP: Final = re.compile(r"求助|请求|帮助|帮忙|帮扶|协助|困难|救助|请.{0,6}解决")
