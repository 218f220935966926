"""Three weeks of nights with holidays and make-up days: who gets which letter on which day, against a table made by hand.

The table was worked out on paper from the rules (five working days or fewer left: 提醒, two or fewer: 预警, past: 逾期, more
than five past: 严重逾期; 提醒 to the person, 预警 also to the head, 逾期 also to the leader, 严重逾期 also to 办公室), with the
working days below; nothing in it was computed by the program. Where the design leaves a choice, the row says so.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
from conftest import Office, made_quick
from tables import rows, workbook
from test_night import Night_, attached, letter, parsed, servers, words

from dazoufang.running import outbox_plan
from dazoufang.system.home import Home

FIRST, LAST = date(2023, 9, 28), date(2023, 10, 20)
# 29 September … 6 October 2023 are holidays (中秋、国庆); the Saturday and the Sunday after them are worked.
WORKED = (
    "9月28日 10月7日 10月8日 10月9日 10月10日 10月11日 10月12日 10月13日 10月16日 10月17日 10月18日 10月19日 10月20日"
)
MISSED = date(2023, 10, 10)  # the PC was off

STAFF = (
    "| 姓名 | 单位 | 角色 | 邮箱 | 分管领导 | 任职起 | 任职止 |\n"
    "| 王芳 | 局领导 | 局领导班子成员 | wangfang@example.org | | | |\n"
    "| 郑强 | 局领导 | 局领导班子成员 | zhengqiang@example.org | | | |\n"
    "| 吴敏 | 办公室 | 股室负责人 | wumin@example.org | 郑强 | | |\n"
    "| 李明 | 工会 | 股室负责人 | liming@example.org | 王芳 | | |\n"
    "| 何平 | 县一中 | 独立副科级单位主要负责人 | heping@example.org | 王芳 | | |\n"
    "| 陈红 | 督导室 | 股室负责人 | chenhong@example.org | 郑强 | | 2023-10-10 |\n"
    "| 周杰 | 人事股 | 股室负责人 | | 王芳 | | |\n"
    "| 孙丽 | 财务股 | 股室负责人 | sunli@example.org | 郑强 | | |\n"
    "| 孙丽 | 审计股 | 股室负责人 | SunLi@example.org | 王芳 | | |\n"
)
SUCCESSOR = "| 刘洋 | 督导室 | 股室负责人 | liuyang@example.org | 郑强 | 2023-10-11 | |\n"

VISITS = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷 | 政策咨询 |\n"
DISPUTES = (
    "| 走访日期 | 走访干部 | 当事人 | 联系电话 | 纠纷类别 | 主要情况及诉求 | 化解措施 | 责任单位 | 责任人 | 化解时限 | 化解情况 "
    "| 办理状态 | 办结日期 |\n"
)
SUGGESTIONS = (
    "| 反映日期 | 走访干部 | 反映人 | 联系电话 | 事项性质 | 事项类别 | 意见建议内容 | 承办单位 | 责任人 | 办理状态 |\n"
)
DITCH, WALL, NOISE = "与邻居因排水沟改道争执", "与兄弟因老屋隔墙归属争执", "因学校施工噪声与工地争执"
LOAN, TREES = "因借款三万元未还与表兄争执", "因香樟树遮光与邻居争执"
HOUSING = "咨询退休教师住房补贴怎么办理"


def visits(unit: str, cadre: str, numbers: int, day: str, dispute: str = "", inquiry: str = "") -> bytes:
    """Ten households of one cadre, telephones 138 and `numbers`; the first of them brings something up."""
    lines = [
        f"| {day} | {cadre} | {family}{unit[0]}生 | 其他 | 138{numbers:06d}{n:02d} "
        f"| {dispute if not n else ''} | {inquiry if not n else ''} |\n"
        for n, family in enumerate("张钱赵冯褚卫蒋沈韩杨")
    ]
    return workbook(VISITS + "".join(lines), unit=unit)


def closed(unit: str, number: str, resolved: str, followed: str) -> bytes:
    """A dispute that is resolved and followed up (both keys); the rest of its row is left empty: it is as it was."""
    head = "| 编号 | 走访日期 | 走访干部 | 当事人 | 纠纷类别 | 主要情况及诉求 | 化解情况 | 办理状态 | 办结日期 | 回访日期 | 回访方式 |\n"
    return workbook(head + f"| {number} | | | | | | 双方和解 | 已化解 | {resolved} | {followed} | 电话 |\n", unit=unit)


UNION, AUDIT, INSPECTORS, FINANCE, STAFFING, SCHOOL = "工会", "审计股", "督导室", "财务股", "人事股", "县一中"
HANDLED = "双方签订协议"
DROPPED: dict[str, list[tuple[str, bytes]]] = {
    "2023-09-28": [
        ("花名册.xlsx", workbook(STAFF)),
        # 23下矛0001, due on Thursday 12 October, never resolved
        ("工会/走访登记表.xlsx", visits(UNION, "李明", 1, "2023-09-26", DITCH)),
        ("工会/办理表.xlsx", workbook(
            DISPUTES + f"| 2023-09-26 | 李明 | 张工生 | 13800000100 | 邻里关系 | {DITCH} | 现场勘查 | 工会 | 李明 "
            "| 2023-10-12 | | 正在化解 | |\n", unit=UNION)),
        # 23下矛0002, due on Saturday 14 October, which moves to Friday the 13th; its keeper (包案) is a leader
        ("审计股/走访登记表.xlsx", visits(AUDIT, "孙丽", 2, "2023-09-25", WALL)),
        ("审计股/办理表.xlsx", workbook(
            DISPUTES + f"| 2023-09-25 | 孙丽 | 张审生 | 13800000200 | 房屋宅基地 | {WALL} | 查阅房契 | 审计股 | 郑强 "
            "| 2023-10-14 | | 正在化解 | |\n", unit=AUDIT)),
        # 23下矛0003, resolved on 28 September, not followed up: five working days on is 11 October (7, 8, 9, 10, 11)
        ("督导室/走访登记表.xlsx", visits(INSPECTORS, "陈红", 3, "2023-09-21", NOISE)),
        ("督导室/办理表.xlsx", workbook(
            DISPUTES + f"| 2023-09-21 | 陈红 | 张督生 | 13800000300 | 环境污染 | {NOISE} | 约谈工地 | 督导室 | 陈红 "
            f"| | {HANDLED} | 已化解 | 2023-09-28 |\n", unit=INSPECTORS)),
        # 23下矛0004, due on Monday 16 October
        ("财务股/走访登记表.xlsx", visits(FINANCE, "孙丽", 4, "2023-09-22", LOAN)),
        ("财务股/办理表.xlsx", workbook(
            DISPUTES + f"| 2023-09-22 | 孙丽 | 张财生 | 13800000400 | 债务合同 | {LOAN} | 约双方协商 | 财务股 | 孙丽 "
            "| 2023-10-16 | | 正在化解 | |\n", unit=FINANCE)),
        # 23下建0001, asked on 28 September: a reply within five working days is one by 11 October
        ("人事股/走访登记表.xlsx", visits(STAFFING, "周杰", 5, "2023-09-28", inquiry=HOUSING)),
        ("人事股/意见办理表.xlsx", workbook(
            SUGGESTIONS + f"| 2023-09-28 | 周杰 | 张人生 | 13800000500 | 政策咨询 | 政策落实 | {HOUSING} | 人事股 | 周杰 "
            "| 正在办理 |\n", unit=STAFFING)),
        ("办公室/走访登记表.xlsx", visits("办公室", "吴敏", 6, "2023-09-20")),
        ("局领导/王芳.xlsx", visits("局领导", "王芳", 7, "2023-09-20")),
        ("局领导/郑强.xlsx", visits("局领导", "郑强", 8, "2023-09-20")),
    ],
    "2023-10-10": [("花名册.xlsx", workbook(STAFF + SUCCESSOR))],
    "2023-10-11": [("督导室/刘洋走访.xlsx", visits(INSPECTORS, "刘洋", 9, "2023-10-11"))],
    "2023-10-12": [("审计股/销号.xlsx", closed(AUDIT, "23下矛0002", "2023-10-11", "2023-10-12"))],
    "2023-10-13": [("县一中/走访登记表.xlsx", visits(SCHOOL, "何平", 10, "2023-10-12"))],
    "2023-10-16": [("人事股/已答复.xlsx", workbook(
        "| 编号 | 反映日期 | 走访干部 | 反映人 | 事项类别 | 意见建议内容 | 办理情况 | 办理状态 | 办结日期 | 回复日期 | 回复方式 |\n"
        "| 23下建0001 | | | | | | 已说明办理程序 | 已办结 | 2023-10-16 | 2023-10-16 | 电话 |\n", unit=STAFFING))],
    # taken back, and sent once more
    "2023-10-19": [("县一中/走访登记表.xlsx", workbook(VISITS, unit=SCHOOL, below=[["撤回"]]))],
    "2023-10-20": [("县一中/走访登记表.xlsx", visits(SCHOOL, "何平", 10, "2023-10-13"))],
}  # fmt: skip

ON_HOLIDAY = letter(
    "李明 <liming@example.org>",
    ("国庆走访.xlsx", workbook(VISITS + f"| 2023-10-01 | 李明 | 周工民 | 其他 | 13800000199 | {TREES} | |\n", unit=UNION)),
    # 23下矛0005, without a day of its own; nothing is heard of it for ten working days: 18 October (7 … 13, 16, 17, 18)
    ("国庆办理.xlsx", workbook(
        DISPUTES + f"| 2023-10-01 | 李明 | 周工民 | 13800000199 | 邻里关系 | {TREES} | 请村里修剪 | 工会 | 李明 "
        "| | | 正在化解 | |\n", unit=UNION)),
    number=1,
)  # fmt: skip
HOUSEHOLDS = "工生 审生 督生 财生 人生 办生 局生 县生 工民"  # their names but for the families
STRANGER = ("走访.xlsx", visits("某单位", "某人", 11, "2023-09-20"))
MAILED: dict[str, list[bytes]] = {
    "2023-10-02": [ON_HOLIDAY],
    "2023-10-03": [ON_HOLIDAY],  # the same letter again
    "2023-10-09": [letter("heping@example.org", text="本周无。", number=2)],
    "2023-10-10": [letter("wumin@example.org", text="请问怎么填？", number=3)],  # of the missed night
    "2023-10-11": [letter("x@example.net", STRANGER, number=4)],
    "2023-10-12": [letter("x@example.net", STRANGER, number=5)],
    "2023-10-13": [letter("liuyang@example.org", (
        "回访.xlsx", closed(INSPECTORS, "23下矛0003", "2023-09-28", "2023-10-13")), number=6)],
    "2023-10-14": [letter("liming@example.org", ("周末走访.xlsx", workbook(
        VISITS + "| 2023-10-14 | 李明 | 吴工民 | 其他 | 13800000198 | | |\n", unit=UNION)), number=7)],
    "2023-10-18": [letter("sunli@example.org", (
        "销号.xlsx", closed(FINANCE, "23下矛0004", "2023-10-17", "2023-10-18")), number=8)],
}  # fmt: skip

# Whom each night writes to, and the subject; `why` has the working days left of each (0: today, negative: past).
# 摸排 and 研判 are the phases that end on 28 September and (a Sunday) 15 October: 阶段将结束 goes to everybody. That a kind
# which replaces another (超过时限 after 临近时限) is new, and a level that rises is not, is the program's
# choice: the design only asks for what is new since the last letter.
LETTERS = """
| night | to | kind | subject | why |
| 9月28日 | wangfang | digest | 预警1件（其中新1件） | 摸排 0 |
| 9月28日 | zhengqiang | digest | 预警1件（其中新1件） | 摸排 0; 矛0002 not yet (7) |
| 9月28日 | wumin | digest | 预警1件（其中新1件） | 摸排 0 |
| 9月28日 | liming | digest | 预警1件（其中新1件） | 摸排 0; 矛0001 not yet (6: 7 … 12 October) |
| 9月28日 | heping | digest | 预警3件（其中新3件） | 摸排 0; 催报 0, the unit's head; 尚无走访 0, his own |
| 9月28日 | chenhong | digest | 预警1件，提醒1件（其中新2件） | 摸排 0; 矛0003 待回访 5 |
| 9月28日 | sunli | digest | 预警1件（其中新1件） | 摸排 0, one letter for two rows; 矛0004 not yet (8) |
| 10月2日 | liming | answer | 收到2份表，已收2份 | a day off: the answer alone |
| 10月7日 | wangfang | digest | 逾期2件（其中新2件） | 催报 -1: the leader of 县一中; 尚无走访 -1: of 何平 |
| 10月7日 | liming | digest | 提醒1件（其中新1件） | 矛0001 5 |
| 10月7日 | heping | digest | 逾期2件 | 催报 -1, 尚无走访 -1: stood in his last as 预警 |
| 10月7日 | chenhong | digest | 提醒1件 | 矛0003 4 |
| 10月8日 | wangfang | digest | 逾期2件，提醒1件（其中新1件） | 催报 -2, 尚无走访 -2; 研判 5 (9 … 13 October) new |
| 10月8日 | zhengqiang | digest | 提醒2件（其中新2件） | 矛0002 5, its keeper alone; 研判 5 |
| 10月8日 | wumin | digest | 提醒1件（其中新1件） | 研判 5 |
| 10月8日 | liming | digest | 提醒2件（其中新1件） | 矛0001 4; 研判 5 new |
| 10月8日 | heping | digest | 逾期2件，提醒1件（其中新1件） | 催报 -2, 尚无走访 -2; 研判 5 new |
| 10月8日 | chenhong | digest | 提醒2件（其中新1件） | 矛0003 3; 研判 5 new |
| 10月8日 | sunli | digest | 提醒1件（其中新1件） | 研判 5; 矛0004 not yet (6) |
| 10月9日 | heping | answer | 零报告已收 | |
| 10月9日 | wangfang | digest | 逾期1件，提醒1件 | 零报告 ends 催报; 何平 still has no visit: 尚无走访 -3; 研判 4 |
| 10月9日 | zhengqiang | digest | 提醒2件 | 矛0002 4; 研判 4 |
| 10月9日 | wumin | digest | 提醒1件 | 研判 4 |
| 10月9日 | liming | digest | 提醒2件 | 矛0001 3; 研判 4 |
| 10月9日 | heping | digest | 逾期1件，提醒1件 | 尚无走访 -3; 研判 4 |
| 10月9日 | chenhong | digest | 预警1件，提醒1件 | 矛0003 2; 研判 4 |
| 10月9日 | sunli | digest | 提醒2件（其中新1件） | 矛0004 5 new; 研判 4 |
| 10月11日 | wumin | answer | 信里没有找到表 | his letter of the 10th, when no night was |
| 10月11日 | x | answer | 没有收下，发信邮箱没有登记 | not in the roster |
| 10月11日 | wumin | report | 有2件事要办 | a letter not taken; 人事股 has no address |
| 10月11日 | wangfang | digest | 逾期1件，预警1件 | 尚无走访 -5 (not more than 5); 研判 2 |
| 10月11日 | zhengqiang | digest | 预警2件 | 矛0002 2; 研判 2 |
| 10月11日 | wumin | digest | 预警1件 | 研判 2 |
| 10月11日 | liming | digest | 预警2件 | 矛0001 1; 研判 2 |
| 10月11日 | heping | digest | 逾期1件，预警1件 | 尚无走访 -5; 研判 2 |
| 10月11日 | liuyang | digest | 预警2件（其中新2件） | head from today on: 矛0003 0; 研判 2 |
| 10月11日 | sunli | digest | 预警2件，提醒1件（其中新1件） | head of 审计股: 矛0002 2 new; 研判 2; 矛0004 3 |
| 10月12日 | wumin | report | 有2件事要办 | the stranger again, who is answered once |
| 10月12日 | wangfang | digest | 严重逾期1件，逾期1件，预警1件（其中新1件） | 尚无走访 -6; 建0001 -1 new, leader of 周杰; 研判 1 |
| 10月12日 | zhengqiang | digest | 逾期1件，预警1件（其中新1件） | 矛0002 closed; 矛0003 -1 new, leader of 督导室; 研判 1 |
| 10月12日 | wumin | digest | 严重逾期1件，预警1件（其中新1件） | 尚无走访 -6 new: 办公室; 研判 1 |
| 10月12日 | liming | digest | 预警2件 | 矛0001 0; 研判 1 |
| 10月12日 | heping | digest | 严重逾期1件，预警1件 | 尚无走访 -6; 研判 1 |
| 10月12日 | liuyang | digest | 逾期1件，预警1件 | 矛0003 -1; 研判 1 |
| 10月12日 | sunli | digest | 预警2件 | 矛0002 closed; 矛0004 2; 研判 1 |
| 10月13日 | liuyang | answer | 收到1份表，已收1份 | |
| 10月13日 | wangfang | digest | 逾期2件，预警1件（其中新1件） | 何平 has visited; 矛0001 -1 new; 建0001 -2; 研判 0 |
| 10月13日 | zhengqiang | digest | 预警1件 | 矛0003 closed; 研判 0 |
| 10月13日 | wumin | digest | 预警1件 | 研判 0 |
| 10月13日 | liming | digest | 逾期1件，预警1件（其中新1件） | 矛0001 -1 new; 研判 0 |
| 10月13日 | heping | digest | 预警1件 | 研判 0 |
| 10月13日 | liuyang | digest | 预警1件 | 研判 0 |
| 10月13日 | sunli | digest | 预警2件 | 矛0004 1; 研判 0 |
| 10月14日 | liming | answer | 收到1份表，已收1份 | a day off: the answer alone |
| 10月16日 | wangfang | digest | 逾期1件 | 矛0001 -2; 建0001 replied; 集中化解 ends on 17 November |
| 10月16日 | liming | digest | 逾期1件 | 矛0001 -2 |
| 10月16日 | sunli | digest | 预警1件 | 矛0004 0 |
| 10月17日 | wangfang | digest | 逾期1件 | 矛0001 -3 |
| 10月17日 | zhengqiang | digest | 逾期1件（其中新1件） | 矛0004 -1: leader of 财务股 (of 审计股 it is 王芳) |
| 10月17日 | liming | digest | 逾期1件 | 矛0001 -3 |
| 10月17日 | sunli | digest | 逾期1件（其中新1件） | 矛0004 -1 |
| 10月18日 | sunli | answer | 收到1份表，已收1份 | 矛0004 closed: no digest any more |
| 10月18日 | wangfang | digest | 逾期1件 | 矛0001 -4 |
| 10月18日 | liming | digest | 逾期1件，预警1件（其中新1件） | 矛0001 -4, which takes the place of 久拖不理; 矛0005 久拖不理 0 new |
| 10月19日 | wangfang | digest | 严重逾期1件，逾期2件（其中新2件） | 尚无走访 -11 again, so new; 矛0001 -5; 矛0005 -1 new |
| 10月19日 | wumin | digest | 严重逾期1件（其中新1件） | 尚无走访 -11 was not in his last (of 13 October) |
| 10月19日 | heping | digest | 严重逾期1件（其中新1件） | 尚无走访 -11: his form was taken back |
| 10月19日 | liming | digest | 逾期2件 | 矛0001 -5; 矛0005 -1 |
| 10月20日 | wangfang | digest | 严重逾期1件，逾期1件 | 矛0001 -6; 矛0005 -2 |
| 10月20日 | wumin | digest | 严重逾期1件（其中新1件） | 矛0001 -6: 办公室 |
| 10月20日 | liming | digest | 严重逾期1件，逾期1件 | 矛0001 -6; 矛0005 -2 |
"""
SUBJECTS = {"answer": "大走访回执 {}：{}", "digest": "大走访 {}：{}", "report": "大走访 {} 昨夜小结：{}"}

# What stands in a chosen few, in the order of the levels.
INSIDE = """
| night | to | level | kind | about | new |
| 9月28日 | heping | 预警 | 催报 | 县一中 | 新 |
| 9月28日 | heping | 预警 | 尚无走访 | 何平 | 新 |
| 9月28日 | heping | 预警 | 阶段将结束 | 下半年走访摸排 | 新 |
| 9月28日 | chenhong | 预警 | 阶段将结束 | 下半年走访摸排 | 新 |
| 9月28日 | chenhong | 提醒 | 待回访 | 23下矛0003 | 新 |
| 10月8日 | zhengqiang | 提醒 | 临近时限 | 23下矛0002 | 新 |
| 10月8日 | zhengqiang | 提醒 | 阶段将结束 | 下半年汇总研判 | 新 |
| 10月9日 | heping | 逾期 | 尚无走访 | 何平 | |
| 10月9日 | heping | 提醒 | 阶段将结束 | 下半年汇总研判 | |
| 10月11日 | liuyang | 预警 | 待回访 | 23下矛0003 | 新 |
| 10月11日 | liuyang | 预警 | 阶段将结束 | 下半年汇总研判 | 新 |
| 10月11日 | sunli | 预警 | 临近时限 | 23下矛0002 | 新 |
| 10月11日 | sunli | 预警 | 阶段将结束 | 下半年汇总研判 | |
| 10月11日 | sunli | 提醒 | 临近时限 | 23下矛0004 | |
| 10月12日 | wangfang | 严重逾期 | 尚无走访 | 何平 | |
| 10月12日 | wangfang | 逾期 | 待回复 | 23下建0001 | 新 |
| 10月12日 | wangfang | 预警 | 阶段将结束 | 下半年汇总研判 | |
| 10月12日 | zhengqiang | 逾期 | 待回访 | 23下矛0003 | 新 |
| 10月12日 | zhengqiang | 预警 | 阶段将结束 | 下半年汇总研判 | |
| 10月13日 | liming | 逾期 | 超过时限 | 23下矛0001 | 新 |
| 10月13日 | liming | 预警 | 阶段将结束 | 下半年汇总研判 | |
| 10月18日 | liming | 逾期 | 超过时限 | 23下矛0001 | |
| 10月18日 | liming | 预警 | 久拖不理 | 23下矛0005 | 新 |
| 10月19日 | wangfang | 严重逾期 | 尚无走访 | 何平 | 新 |
| 10月19日 | wangfang | 逾期 | 超过时限 | 23下矛0001 | |
| 10月19日 | wangfang | 逾期 | 久拖不理 | 23下矛0005 | 新 |
| 10月20日 | wangfang | 严重逾期 | 超过时限 | 23下矛0001 | |
| 10月20日 | wangfang | 逾期 | 久拖不理 | 23下矛0005 | |
| 10月20日 | wumin | 严重逾期 | 超过时限 | 23下矛0001 | 新 |
"""

# How many of somebody's last letter are gone from this one, where something was mended or is over.
GONE = """
| night | to | number | why |
| 10月12日 | sunli | 1 | 矛0002 was closed tonight |
| 10月12日 | zhengqiang | 1 | 矛0002 |
| 10月13日 | zhengqiang | 1 | 矛0003 was followed up tonight |
| 10月13日 | heping | 1 | his ten visits came tonight |
| 10月16日 | wangfang | 2 | 建0001 was replied to; 研判 is over |
| 10月16日 | sunli | 1 | 研判 is over |
| 10月20日 | wangfang | 1 | 何平 sent his visits again |
"""

# 周杰 has no address: 摸排 and 研判 are for everybody, and 建0001 is his from five working days before 11 October (that is
# from 28 September) to the reply on the 16th. On a day off nobody would be told of anything.
WITHOUT_ADDRESS = ["9月28日", "10月7日", "10月8日", "10月9日", "10月11日", "10月12日", "10月13日"]

# The lists of the week go with the first digest of a week (from Monday), the report with that of the last working day of
# 汇总研判. No digest of these three but those named here has any.
LISTS = """
| night | to | enclosed |
| 9月28日 | wangfang | 附件1 附件2 附件3 |
| 9月28日 | zhengqiang | 附件1 附件2 附件3 |
| 9月28日 | liming | 附件1 附件2 |
| 10月7日 | wangfang | 附件1 附件2 附件3 |
| 10月7日 | liming | 附件1 附件2 |
| 10月8日 | zhengqiang | 附件1 附件2 附件3 |
| 10月9日 | wangfang | 附件1 附件2 附件3 |
| 10月9日 | zhengqiang | 附件1 附件2 附件3 |
| 10月9日 | liming | 附件1 附件2 |
| 10月16日 | wangfang | 附件1 附件2 附件3 |
| 10月16日 | liming | 附件1 附件2 |
| 10月17日 | zhengqiang | 附件1 附件2 附件3 |
"""


@dataclass
class Weeks:
    """What came of all nights: per night in words (9月28日) the letters in order, who was unreachable, and what held them."""

    letters: list[tuple[str, str, EmailMessage]] = field(default_factory=list)
    unreached: dict[str, list[str]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    taken: Counter[str] = field(default_factory=Counter)


def in_words(day: date) -> str:
    return f"{day.month}月{day.day}日"


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Weeks:
    """All nights from `FIRST` to `LAST` but `MISSED`."""
    found = Weeks()
    with pytest.MonkeyPatch.context() as patch, servers(patch) as (mailbox, server):
        made_quick(patch)
        patch.setattr(outbox_plan, "PARTS", (outbox_plan.add_answers,))  # letters enclose what they make themselves
        post = Night_(Office(Home(tmp_path_factory.mktemp("weeks") / "home")), mailbox, server)
        for day in (FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)):
            for path, content in DROPPED.get(day.isoformat(), ()):
                post.office.drop(path, content)
            mailbox.letters += MAILED.get(day.isoformat(), ())
            if day == MISSED:
                continue
            server.letters.clear()
            night = post.night(day)
            found.letters += [
                (in_words(day), recipient.partition("@")[0], parsed(data)) for _, recipient, data in server.letters
            ]
            found.unreached[in_words(day)] = night.letters.unreached
            found.troubles += [*night.letters.held_because, *night.proved.differences, *night.troubles]
            found.taken.update(
                night.run.submissions | {"letters": night.mail_in.letters, "refused": night.mail_in.refused}
            )
    return found


def is_digest(message: EmailMessage) -> bool:
    return re.match(r"大走访 \d+月\d+日：", message["Subject"]) is not None


def inside(message: EmailMessage) -> list[tuple[str, str, str, str]]:
    """The alerts of a digest in their order: level, kind, the first word of what it is about, 新."""
    found, level = [], ""
    for line in words(message).splitlines():
        if section := re.match(r"■ (\S+)　\d+ 件", line):
            level = section[1]
        elif entry := re.match(r"\d+\. (?:【(新)】)?(\S+) (\S+)", line):
            found.append((level, entry[2], entry[3], entry[1] or ""))
    return found


def test_who_gets_which_letter_on_which_day_is_as_in_the_table(weeks: Weeks) -> None:
    expected = [
        (night, recipient, SUBJECTS[kind].format(night, subject))
        for night, recipient, kind, subject, _ in rows(LETTERS)[1:]
    ]
    came = [(night, recipient, str(message["Subject"])) for night, recipient, message in weeks.letters]
    assert sorted(came) == sorted(expected)
    assert weeks.troubles == []  # nothing was held, nothing parted


def test_a_chosen_few_hold_these_alerts_the_worst_first(weeks: Weeks) -> None:
    expected: dict[tuple[str, str], list[list[str]]] = {}
    for night, recipient, *alert in rows(INSIDE)[1:]:
        expected.setdefault((night, recipient), []).append(alert)
    digests = {(night, to): inside(message) for night, to, message in weeks.letters if is_digest(message)}
    for where, alerts in expected.items():
        found = digests[where]
        assert [level for level, *_ in found] == [level for level, *_ in alerts], where
        for level, kind, about, new in alerts:
            assert any(
                got[:2] == (level, kind) and got[2].startswith(about) and got[3] == (new or "") for got in found
            ), (where, about, found)


def test_what_was_mended_is_gone_from_the_next_letter_which_says_so(weeks: Weeks) -> None:
    said = {(night, to): "".join(words(message).split()) for night, to, message in weeks.letters if is_digest(message)}
    for night, to, number, _ in rows(GONE)[1:]:
        assert f"上一封信里的{number}件已经办好或不用再提醒" in said[night, to], (night, to)
    assert "已经办好" not in said["10月20日", "liming"]  # the same two as the day before


def test_who_has_no_address_is_named_on_the_nights_on_which_he_would_be_told(weeks: Weeks) -> None:
    assert {night: who for night, who in weeks.unreached.items() if who} == {
        night: ["人事股 周杰"] for night in WITHOUT_ADDRESS
    }


def test_the_lists_of_the_week_go_with_its_first_digest_and_the_report_at_the_end_of_its_phase(weeks: Weeks) -> None:
    came = {
        (night, to, " ".join(name.partition(" ")[0] for name in attached(message) if not name.startswith("预警提醒")))
        for night, to, message in weeks.letters
        if is_digest(message) and (to in ("wangfang", "zhengqiang", "liming"))
    }
    assert {found for found in came if found[2]} == {tuple(row) for row in rows(LISTS)[1:]}
    (report,) = [m for night, to, m in weeks.letters if (night, to) == ("10月13日", "wumin") and is_digest(m)]
    assert [name.partition(" ")[0] for name in attached(report)] == ["预警提醒.xlsx", "封面", "附件1", "附件2", "附件3"]


def test_over_all_nights(weeks: Weeks) -> None:
    digests = Counter((night, to) for night, to, message in weeks.letters if is_digest(message))
    assert max(digests.values()) == 1
    off = [message for night, _, message in weeks.letters if night not in WORKED.split()]
    assert off and all(message["Subject"].startswith("大走访回执 ") and message["In-Reply-To"] for message in off)
    known = {str(row[3]).partition("@")[0].lower() for row in rows(STAFF + SUCCESSOR)[1:] if row[3]}
    assert {to for _, to, _ in weeks.letters} == known | {"x"}  # and x wrote to us
    ids = [message["Message-ID"] for _, _, message in weeks.letters]
    assert len(ids) == len(set(ids))
    names = [str(row[0]) for row in rows(STAFF + SUCCESSOR)[1:]] + HOUSEHOLDS.split()
    assert not [m["Subject"] for _, _, m in weeks.letters if any(name in m["Subject"] for name in names)]


def test_all_forms_were_taken_as_they_were_meant(weeks: Weeks) -> None:
    """Else the table would be of other weeks than these. The letter that came twice counts once."""
    assert {what: number for what, number in weeks.taken.items() if number} == {
        "accepted": 27,
        "letters": 8,
        "refused": 2,
    }
