"""Every rule of every form against a row that breaks it: take a rule out of a form's YAML, and a line here turns red."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, Final

import pytest
import yaml
from tables import rows, workbook

from dazoufang.judging.examine import examine_bytes
from dazoufang.judging.verdict import accept
from dazoufang.model.faults import INFO
from dazoufang.model.roster import Roster
from dazoufang.model.submission import Delivery
from dazoufang.rules.campaign import Rules
from dazoufang.rules.schema import FormSchema
from dazoufang.system.home import shipped

TODAY: Final = date(2023, 10, 20)
CADRES: Final = Roster({"李明": frozenset({"人事股"})})

# A row of each form with nothing wrong in it.
SOUND: Final = {
    "visit": """
| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 |
| @2023-09-20 | 李明 | 张三 | 人大代表 | 13812345678 |
""",
    "dispute": """
| 走访日期 | 走访干部 | 当事人 | 联系电话 | 纠纷类别 | 主要情况及诉求 | 办理状态 |
| @2023-09-20 | 李明 | 张三 | 13812345678 | 邻里关系 | 与邻居因排水沟改道争执 | 稳控中 |
""",
    "suggestion": """
| 反映日期 | 走访干部 | 反映人 | 联系电话 | 事项类别 | 意见建议内容 | 办理状态 |
| @2023-09-20 | 李明 | 张三 | 13812345678 | 道路交通 | 建议硬化通学路 | 移交转办 |
""",
    "roster": """
| 姓名 | 单位 | 角色 |
| 李明 | 人事股 | 股室负责人 |
""",
    "assignment": """
| 轮次 | 走访对象 | 对象类别 | 联系电话 | 走访干部 |
| 下半年 | 张三 | 人大代表 | 13812345678 | 李明 |
""",
    "decision": """
| 编号 | 裁定 | 批准人 | 批准日期 | 理由 |
| 23下矛0001 | 重开 | 王芳 | @2023-10-20 | 群众又来反映 |
""",
    "claimed_totals": """
| 单位 | 走访户数 | 矛盾纠纷件数 | 已化解件数 | 意见建议件数 | 已办结件数 |
| 人事股 | #12 | #3 | #1 | #4 | #2 |
""",
    "withdrawal": """
| 收件号 | 报送件 | 理由 |
| 0003 | 走访登记表.xlsx | 交错了表 |
""",
    "training_record": """
| 培训日期 | 参训人员 | 培训内容 |
| @2023-09-15 | 李明 | 一看二听三问四讲 |
""",
    "guidance_record": """
| 指导日期 | 指导人 | 指导对象 | 指导内容 |
| @2023-10-18 | 王芳 | 沙口村调解委员会 | 怎样用群英断是非 |
""",
    "notebook_issue": """
| 发放日期 | 领取人 | 工作记录本编号 |
| @2023-09-15 | 李明 | 0123 |
""",
}

# Rule by rule, in the order of the YAML: the rule | what is put into the sound row to break it (" / " begins another
# row, 长×61 is 61 characters) | the one fault that must come of it.
VISIT = """
| rule | row | fault |
| unit: unit | 填报单位=#5 | C18 填报单位 error |
| visited_on: date | 走访日期=上周三 | C02 走访日期 error |
| visited_on: required | 走访日期= | C01 走访日期 error |
| cadres: names | 走访干部=李明等3人 | C14 走访干部 error |
| cadres: required | 走访干部= | C01 走访干部 error |
| cadre_title: maxLength 60 | 职务=长×61 | C17 职务 error |
| household: name | 走访对象=#13812345678 | C20 走访对象 error |
| household: required | 走访对象= | C01 走访对象 error |
| household: maxLength 40 | 走访对象=长×41 | C17 走访对象 error |
| target_kind: required | 对象类别= | C01 对象类别 error |
| target_kind: enum of 5 | 对象类别=另一种 | C11 对象类别 error |
| township: township | 乡镇=某某镇 | C12 乡镇 error |
| village: maxLength 80 | 村(社区)组=长×81 | C17 村(社区)组 error |
| phone: phone | 联系电话=1380013 | C09 联系电话 error |
| habitat: maxLength 500 | 人居环境=长×501 | C17 人居环境 error |
| family: maxLength 1000 | 家庭情况=长×1001 | C17 家庭情况 error |
| policy: maxLength 500 | 政策落实=长×501 | C17 政策落实 error |
| security: maxLength 500 | 治安环境=长×501 | C17 治安环境 error |
| topics: enum of 4 | 宣讲内容=另一种 | C11 宣讲内容 error |
| dispute: maxLength 2000 | 矛盾纠纷和信访诉求=长×2001 | C17 矛盾纠纷和信访诉求 error |
| suggestion: maxLength 2000 | 意见建议=长×2001 | C17 意见建议 error |
| inquiry: maxLength 2000 | 政策咨询和求助=长×2001 | C17 政策咨询和求助 error |
| reply: maxLength 1000 | 现场答复情况=长×1001 | C17 现场答复情况 error |
| proposal_no: maxLength 60 | 建议提案编号=长×61 | C17 建议提案编号 error |
| notebook_no: maxLength 60 | 工作记录本编号=长×61 | C17 工作记录本编号 error |
| remark: maxLength 1000 | 备注=长×1001 | C17 备注 error |
| explanation: maxLength 500 | 情况说明=长×501 | C17 情况说明 error |
| visit_window visited_on | 走访日期=@2023-10-21 | C06 走访日期 error |
| visit_window visited_on | 走访日期=@2022-09-20 | C07 走访日期 error |
| visit_window visited_on | 走访日期=@2023-07-01 | C08 走访日期 warning |
| duplicate: visited_on cadres household phone village | 走访对象=张三 / 走访对象=张三 | R05 走访日期 warning |
| foreign cadres: roster.name | 走访干部=李铭 | C13 走访干部 error |
"""

DISPUTE = """
| rule | row | fault |
| unit: unit | 填报单位=#5 | C18 填报单位 error |
| item_no: maxLength 40 | 编号=长×41 | C17 编号 error |
| visited_on: date | 走访日期=上周三 | C02 走访日期 error |
| visited_on: required | 走访日期= | C01 走访日期 error |
| cadres: names | 走访干部=李明等3人 | C14 走访干部 error |
| cadres: required | 走访干部= | C01 走访干部 error |
| person: name | 当事人=#13812345678 | C20 当事人 error |
| person: required | 当事人= | C01 当事人 error |
| person: maxLength 40 | 当事人=长×41 | C17 当事人 error |
| phone: phone | 联系电话=1380013 | C09 联系电话 error |
| township: township | 乡镇=某某镇 | C12 乡镇 error |
| village: maxLength 80 | 村(社区)组=长×81 | C17 村(社区)组 error |
| category: required | 纠纷类别= | C01 纠纷类别 error |
| category: enum of 18 | 纠纷类别=另一种 | C11 纠纷类别 error |
| matter: required | 主要情况及诉求= | C01 主要情况及诉求 error |
| matter: maxLength 2000 | 主要情况及诉求=长×2001 | C17 主要情况及诉求 error |
| petition_kind: enum of 3 | 信访性质=另一种 | C11 信访性质 error |
| risk: enum of 2 | 风险等级=另一种 | C11 风险等级 error |
| complexity: enum of 2 | 复杂程度=另一种 | C11 复杂程度 error |
| measures: maxLength 2000 | 化解措施=长×2001 | C17 化解措施 error |
| responsible_unit: unit | 责任单位=#5 | C18 责任单位 error |
| responsible_person: name | 责任人=#13812345678 | C20 责任人 error |
| responsible_person: maxLength 40 | 责任人=长×41 | C17 责任人 error |
| due_on: date | 化解时限=上周三 | C02 化解时限 error |
| jury: enum of 2 | 是否运用群英断是非=另一种 | C11 是否运用群英断是非 error |
| jury_members: maxLength 200 | 参与群英=长×201 | C17 参与群英 error |
| method: enum of 10 | 化解方式=另一种 | C11 化解方式 error |
| outcome: maxLength 2000 | 化解情况=长×2001 | C17 化解情况 error |
| status: required | 办理状态= | C01 办理状态 error |
| status: enum of 6 | 办理状态=另一种 | C11 办理状态 error |
| resolved_on: date | 办结日期=上周三 | C02 办结日期 error |
| follow_up_on: date | 回访日期=上周三 | C02 回访日期 error |
| follow_up_mode: enum of 3 | 回访方式=另一种 | C11 回访方式 error |
| follow_up_note: maxLength 1000 | 回访情况=长×1001 | C17 回访情况 error |
| satisfaction: enum of 4 | 满意度=另一种 | C11 满意度 error |
| closed_on: date | 销号日期=上周三 | C02 销号日期 error |
| remark: maxLength 1000 | 备注=长×1001 | C17 备注 error |
| explanation: maxLength 500 | 情况说明=长×501 | C17 情况说明 error |
| required_if resolved_on: status 已化解/程序性终结 | 办理状态=已化解；化解情况=和好；办结日期= | R01 办结日期 warning |
| required_if resolved_on: status 已化解/程序性终结 | 办理状态=程序性终结；化解情况=终结；办结日期= | R01 办结日期 warning |
| required_if outcome: status 已化解/程序性终结 | 办理状态=已化解；办结日期=@2023-10-10；化解情况= | R01 化解情况 warning |
| required_if outcome: status 已化解/程序性终结 | 办理状态=程序性终结；办结日期=@2023-10-10；化解情况= | R01 化解情况 warning |
| contradicts resolved_on: status 未启动/正在化解 | 办理状态=未启动；办结日期=@2023-10-10 | R11 办结日期 warning |
| contradicts resolved_on: status 未启动/正在化解 | 办理状态=正在化解；办结日期=@2023-10-10 | R11 办结日期 warning |
| contradicts follow_up_on: status 未启动 | 办理状态=未启动；回访日期=@2023-10-10；回访方式=电话 | R11 回访日期 warning |
| compare resolved_on: visited_on | 办结日期=@2023-10-10；走访日期=@2023-10-11 | R02 办结日期 error |
| compare follow_up_on: visited_on | 回访日期=@2023-10-10；走访日期=@2023-10-11；回访方式=电话 | R02 回访日期 error |
| compare follow_up_on: resolved_on | 回访日期=@2023-10-10；办结日期=@2023-10-11；回访方式=电话 | R02 回访日期 warning |
| compare closed_on: follow_up_on | 销号日期=@2023-10-10；回访日期=@2023-10-11；回访方式=电话 | R02 销号日期 warning |
| compare closed_on: resolved_on | 销号日期=@2023-10-10；办结日期=@2023-10-11 | R02 销号日期 warning |
| compare due_on: visited_on | 化解时限=@2023-10-10；走访日期=@2023-10-11 | R02 化解时限 warning |
| all_or_none: follow_up_on follow_up_mode | 回访方式=电话；回访日期= | R04 回访日期 warning |
| all_or_none: follow_up_on follow_up_mode | 回访日期=@2023-10-10；回访方式= | R04 回访方式 warning |
| not_in_future visited_on | 走访日期=@2023-10-21 | C06 走访日期 error |
| not_in_future resolved_on | 办结日期=@2023-10-21 | C06 办结日期 error |
| not_in_future follow_up_on | 回访日期=@2023-10-21；回访方式=电话 | C06 回访日期 error |
| not_in_future closed_on | 销号日期=@2023-10-21 | C06 销号日期 error |
| foreign cadres: roster.name | 走访干部=李铭 | C13 走访干部 warning |
| duplicate: item_no | 编号=23下矛0001 / 编号=23下矛0001；当事人=李四 | R05 编号 warning |
| duplicate: visited_on person phone matter item_no | 当事人=张三 / 当事人=张三 | R05 走访日期 warning |
"""

SUGGESTION = """
| rule | row | fault |
| unit: unit | 填报单位=#5 | C18 填报单位 error |
| item_no: maxLength 40 | 编号=长×41 | C17 编号 error |
| visited_on: date | 反映日期=上周三 | C02 反映日期 error |
| visited_on: required | 反映日期= | C01 反映日期 error |
| cadres: names | 走访干部=李明等3人 | C14 走访干部 error |
| cadres: required | 走访干部= | C01 走访干部 error |
| person: name | 反映人=#13812345678 | C20 反映人 error |
| person: required | 反映人= | C01 反映人 error |
| person: maxLength 40 | 反映人=长×41 | C17 反映人 error |
| identity: enum of 5 | 身份=另一种 | C11 身份 error |
| phone: phone | 联系电话=1380013 | C09 联系电话 error |
| township: township | 乡镇=某某镇 | C12 乡镇 error |
| village: maxLength 80 | 村(社区)组=长×81 | C17 村(社区)组 error |
| nature: enum of 3 | 事项性质=另一种 | C11 事项性质 error |
| proposal_no: maxLength 60 | 建议提案编号=长×61 | C17 建议提案编号 error |
| category: required | 事项类别= | C01 事项类别 error |
| category: enum of 15 | 事项类别=另一种 | C11 事项类别 error |
| matter: required | 意见建议内容= | C01 意见建议内容 error |
| matter: maxLength 2000 | 意见建议内容=长×2001 | C17 意见建议内容 error |
| responsible_unit: unit | 承办单位=#5 | C18 承办单位 error |
| responsible_person: name | 责任人=#13812345678 | C20 责任人 error |
| responsible_person: maxLength 40 | 责任人=长×41 | C17 责任人 error |
| due_on: date | 办理时限=上周三 | C02 办理时限 error |
| measures: maxLength 2000 | 研判意见=长×2001 | C17 研判意见 error |
| outcome: maxLength 2000 | 办理情况=长×2001 | C17 办理情况 error |
| result_class: enum of 4 | 结果分类=另一种 | C11 结果分类 error |
| status: required | 办理状态= | C01 办理状态 error |
| status: enum of 4 | 办理状态=另一种 | C11 办理状态 error |
| resolved_on: date | 办结日期=上周三 | C02 办结日期 error |
| follow_up_on: date | 回复日期=上周三 | C02 回复日期 error |
| follow_up_mode: enum of 4 | 回复方式=另一种 | C11 回复方式 error |
| satisfaction: enum of 4 | 满意度=另一种 | C11 满意度 error |
| closed_on: date | 销号日期=上周三 | C02 销号日期 error |
| remark: maxLength 1000 | 备注=长×1001 | C17 备注 error |
| explanation: maxLength 500 | 情况说明=长×501 | C17 情况说明 error |
| required_if resolved_on: status 已办结 | 办理状态=已办结；办理情况=已答复；办结日期= | R01 办结日期 warning |
| required_if outcome: status 已办结 | 办理状态=已办结；办结日期=@2023-10-10；办理情况= | R01 办理情况 warning |
| contradicts resolved_on: status 未启动/正在办理 | 办理状态=未启动；办结日期=@2023-10-10 | R11 办结日期 warning |
| contradicts resolved_on: status 未启动/正在办理 | 办理状态=正在办理；办结日期=@2023-10-10 | R11 办结日期 warning |
| compare resolved_on: visited_on | 办结日期=@2023-10-10；反映日期=@2023-10-11 | R02 办结日期 error |
| compare follow_up_on: visited_on | 回复日期=@2023-10-10；反映日期=@2023-10-11；回复方式=电话 | R02 回复日期 error |
| compare follow_up_on: resolved_on | 回复日期=@2023-10-10；办结日期=@2023-10-11；回复方式=电话 | R02 回复日期 warning |
| compare closed_on: follow_up_on | 销号日期=@2023-10-10；回复日期=@2023-10-11；回复方式=电话 | R02 销号日期 warning |
| compare closed_on: resolved_on | 销号日期=@2023-10-10；办结日期=@2023-10-11 | R02 销号日期 warning |
| compare due_on: visited_on | 办理时限=@2023-10-10；反映日期=@2023-10-11 | R02 办理时限 warning |
| all_or_none: follow_up_on follow_up_mode | 回复方式=电话；回复日期= | R04 回复日期 warning |
| all_or_none: follow_up_on follow_up_mode | 回复日期=@2023-10-10；回复方式= | R04 回复方式 warning |
| not_in_future visited_on | 反映日期=@2023-10-21 | C06 反映日期 error |
| not_in_future resolved_on | 办结日期=@2023-10-21 | C06 办结日期 error |
| not_in_future follow_up_on | 回复日期=@2023-10-21；回复方式=电话 | C06 回复日期 error |
| not_in_future closed_on | 销号日期=@2023-10-21 | C06 销号日期 error |
| foreign cadres: roster.name | 走访干部=李铭 | C13 走访干部 warning |
| duplicate: item_no | 编号=23下建0001 / 编号=23下建0001；反映人=李四 | R05 编号 warning |
| duplicate: visited_on person phone matter item_no | 反映人=张三 / 反映人=张三 | R05 反映日期 warning |
"""

ROSTER = """
| rule | row | fault |
| name: name | 姓名=#13812345678 | C20 姓名 error |
| name: required | 姓名=；手机=13812345678 | C01 姓名 error |
| name: maxLength 20 | 姓名=长×21 | C17 姓名 error |
| name: pattern | 姓名=王局长 | C18 姓名 error |
| unit: unit | 单位=#5 | C18 单位 error |
| unit: required | 单位= | C01 单位 error |
| title: maxLength 60 | 职务=长×61 | C17 职务 error |
| role: required | 角色= | C01 角色 error |
| role: enum of 3 | 角色=另一种 | C11 角色 error |
| phone: phone | 手机=1380013 | C09 手机 error |
| email: email | 邮箱=liming.example.org | C18 邮箱 error |
| leader: name | 分管领导=#13812345678 | C20 分管领导 error |
| leader: maxLength 20 | 分管领导=长×21 | C17 分管领导 error |
| since_on: date | 任职起=上周三 | C02 任职起 error |
| until_on: date | 任职止=上周三 | C02 任职止 error |
| compare until_on: since_on | 任职止=@2023-10-10；任职起=@2023-10-11 | R02 任职止 error |
| duplicate: name unit | 姓名=李明 / 姓名=李明 | R05 姓名 warning |
"""

ASSIGNMENT = """
| rule | row | fault |
| unit: unit | 填报单位=#5 | C18 填报单位 error |
| round_name: required | 轮次= | C01 轮次 error |
| round_name: enum of 2 | 轮次=另一种 | C11 轮次 error |
| household: name | 走访对象=#13812345678 | C20 走访对象 error |
| household: required | 走访对象= | C01 走访对象 error |
| household: maxLength 40 | 走访对象=长×41 | C17 走访对象 error |
| target_kind: required | 对象类别= | C01 对象类别 error |
| target_kind: enum of 5 | 对象类别=另一种 | C11 对象类别 error |
| township: township | 乡镇=某某镇 | C12 乡镇 error |
| village: maxLength 80 | 村(社区)组=长×81 | C17 村(社区)组 error |
| phone: phone | 联系电话=1380013 | C09 联系电话 error |
| cadres: names | 走访干部=李明等3人 | C14 走访干部 error |
| cadres: required | 走访干部= | C01 走访干部 error |
| source: enum of 2 | 来源=另一种 | C11 来源 error |
| duplicate: round_name household phone village | 走访对象=张三 / 走访对象=张三 | R05 轮次 warning |
| foreign cadres: roster.name | 走访干部=李铭 | C13 走访干部 error |
"""

DECISION = """
| rule | row | fault |
| item_no: required | 编号= | C01 编号 error |
| item_no: maxLength 40 | 编号=长×41 | C17 编号 error |
| decision: required | 裁定= | C01 裁定 error |
| decision: enum of 6 | 裁定=另一种 | C11 裁定 error |
| new_due_on: date | 新时限=上周三 | C02 新时限 error |
| other_item_no: maxLength 40 | 对应编号=长×41 | C17 对应编号 error |
| approver: name | 批准人=#13812345678 | C20 批准人 error |
| approver: required | 批准人= | C01 批准人 error |
| approver: maxLength 20 | 批准人=长×21 | C17 批准人 error |
| approved_on: date | 批准日期=上周三 | C02 批准日期 error |
| approved_on: required | 批准日期= | C01 批准日期 error |
| reason: required | 理由= | C01 理由 error |
| reason: maxLength 500 | 理由=长×501 | C17 理由 error |
| required_if new_due_on: decision 延期 | 裁定=延期；新时限= | R01 新时限 error |
| required_if other_item_no: decision 同一人/非同一人/并案 | 裁定=同一人；对应编号= | R01 对应编号 error |
| required_if other_item_no: decision 同一人/非同一人/并案 | 裁定=非同一人；对应编号= | R01 对应编号 error |
| required_if other_item_no: decision 同一人/非同一人/并案 | 裁定=并案；对应编号= | R01 对应编号 error |
| not_in_future approved_on | 批准日期=@2023-10-21 | C06 批准日期 error |
"""

CLAIMED_TOTALS = """
| rule | row | fault |
| unit: unit | 单位=#5 | C18 填报单位 error |
| visits: integer | 走访户数=十来件 | C18 走访户数 error |
| visits: required | 走访户数= | C01 走访户数 error |
| visits: minimum 0 | 走访户数=#-1 | C18 走访户数 error |
| disputes: integer | 矛盾纠纷件数=十来件 | C18 矛盾纠纷件数 error |
| disputes: minimum 0 | 矛盾纠纷件数=#-1 | C18 矛盾纠纷件数 error |
| disputes_resolved: integer | 已化解件数=十来件 | C18 已化解件数 error |
| disputes_resolved: minimum 0 | 已化解件数=#-1 | C18 已化解件数 error |
| suggestions: integer | 意见建议件数=十来件 | C18 意见建议件数 error |
| suggestions: minimum 0 | 意见建议件数=#-1 | C18 意见建议件数 error |
| suggestions_resolved: integer | 已办结件数=十来件 | C18 已办结件数 error |
| suggestions_resolved: minimum 0 | 已办结件数=#-1 | C18 已办结件数 error |
"""

WITHDRAWAL = """
| rule | row | fault |
| submission_no: required | 收件号= | C01 收件号 error |
| submission_no: pattern | 收件号=第三份 | C18 收件号 error |
| file: maxLength 255 | 报送件=长×256 | C17 报送件 error |
| reason: maxLength 500 | 理由=长×501 | C17 理由 error |
"""

TRAINING_RECORD = """
| rule | row | fault |
| held_on: date | 培训日期=上周三 | C02 培训日期 error |
| held_on: required | 培训日期= | C01 培训日期 error |
| cadres: names | 参训人员=李明等3人 | C14 参训人员 error |
| cadres: required | 参训人员= | C01 参训人员 error |
| topic: maxLength 500 | 培训内容=长×501 | C17 培训内容 error |
| trainer: names | 主讲人=李明等3人 | C14 主讲人 error |
| place: maxLength 60 | 培训地点=长×61 | C17 培训地点 error |
| remark: maxLength 1000 | 备注=长×1001 | C17 备注 error |
| not_in_future held_on | 培训日期=@2023-10-21 | C06 培训日期 error |
| duplicate: held_on cadres topic | 主讲人=王芳 / 主讲人=李明 | R05 培训日期 warning |
"""

GUIDANCE_RECORD = """
| rule | row | fault |
| guided_on: date | 指导日期=上周三 | C02 指导日期 error |
| guided_on: required | 指导日期= | C01 指导日期 error |
| guides: names | 指导人=李明等3人 | C14 指导人 error |
| guides: required | 指导人= | C01 指导人 error |
| guided: required | 指导对象= | C01 指导对象 error |
| guided: maxLength 100 | 指导对象=长×101 | C17 指导对象 error |
| content: required | 指导内容= | C01 指导内容 error |
| content: maxLength 1000 | 指导内容=长×1001 | C17 指导内容 error |
| about_item: maxLength 100 | 涉及事项编号=长×101 | C17 涉及事项编号 error |
| result: maxLength 1000 | 指导结果=长×1001 | C17 指导结果 error |
| remark: maxLength 1000 | 备注=长×1001 | C17 备注 error |
| not_in_future guided_on | 指导日期=@2023-10-21 | C06 指导日期 error |
| duplicate: guided_on guides guided content | 指导结果=好 / 指导结果=很好 | R05 指导日期 warning |
"""

NOTEBOOK_ISSUE = """
| rule | row | fault |
| issued_on: date | 发放日期=上周三 | C02 发放日期 error |
| issued_on: required | 发放日期= | C01 发放日期 error |
| holder: name | 领取人=#13812345678 | C20 领取人 error |
| holder: required | 领取人= | C01 领取人 error |
| holder: maxLength 20 | 领取人=长×21 | C17 领取人 error |
| holder_unit: maxLength 60 | 领取单位=长×61 | C17 领取单位 error |
| notebook_no: maxLength 60 | 工作记录本编号=长×61 | C17 工作记录本编号 error |
| issuer: name | 发放人=#13812345678 | C20 发放人 error |
| issuer: maxLength 20 | 发放人=长×21 | C17 发放人 error |
| remark: maxLength 1000 | 备注=长×1001 | C17 备注 error |
| not_in_future issued_on | 发放日期=@2023-10-21 | C06 发放日期 error |
| duplicate: issued_on holder notebook_no | 领取单位=工会 / 领取单位=人事股 | R05 发放日期 warning |
"""

TABLES: Final = {
    "visit": VISIT,
    "dispute": DISPUTE,
    "suggestion": SUGGESTION,
    "roster": ROSTER,
    "assignment": ASSIGNMENT,
    "decision": DECISION,
    "claimed_totals": CLAIMED_TOTALS,
    "withdrawal": WITHDRAWAL,
    "training_record": TRAINING_RECORD,
    "guidance_record": GUIDANCE_RECORD,
    "notebook_issue": NOTEBOOK_ISSUE,
}
LINES: Final = [(form, *line) for form, table in TABLES.items() for line in rows(table)[1:]]
RULES: Final = list(dict.fromkeys((form, rule) for form, rule, _, _ in LINES))


@cache
def broken(form: str, changes: str) -> bytes:
    """A workbook of the form with a sound row for each part of `changes`, changed as that part says."""
    headings, sound = rows(SOUND[form])
    filled = [
        dict(zip(headings, sound, strict=True)) | {name: _typed(text) for name, text in _changes(part)}
        for part in changes.split(" / ")
    ]
    columns = list(dict.fromkeys(name for row in filled for name in row))
    return workbook([columns, *([row.get(name) for name in columns] for row in filled)], unit="人事股")


def _changes(part: str) -> list[list[str]]:
    return [change.split("=") for change in part.split("；") if change]


def _typed(text: str) -> Any:
    character, times, count = text.partition("×")
    return character * int(count) if times else rows(f"| {text} |")[0][0]


def faults_of(rules: Rules, form: str, changes: str) -> list[str]:
    """What the form's rules say of the rows, with a roster at hand: code, column, severity of each fault."""
    examined = examine_bytes(broken(form, changes), "登记.xlsx", rules, TODAY)
    assert [part.form for part in examined.parts] == [form]
    submission = accept(Delivery("登记.xlsx", "", "", TODAY), 1, examined, rules, CADRES)
    return [f"{one.code} {one.column} {one.severity}" for one in submission.faults if one.severity != INFO]


@pytest.mark.parametrize("form", TABLES)
def test_a_sound_row_breaks_no_rule(rules: Rules, form: str) -> None:
    assert faults_of(rules, form, "") == []


@pytest.mark.parametrize(("form", "rule", "changes", "fault"), LINES)
def test_a_row_that_breaks_one_rule_has_that_one_fault(
    rules: Rules, form: str, rule: str, changes: str, fault: str
) -> None:
    assert faults_of(rules, form, changes) == [fault]


# -- the rules of the YAML, one by one ------------------------------------------------------------------------------


@cache
def content_of(form: str) -> dict[str, Any]:
    """What the form's YAML holds, as it is written."""
    content: dict[str, Any] = yaml.safe_load((shipped("schemas") / f"{form}.yaml").read_text(encoding="utf-8"))
    return content


def written(content: Mapping[str, Any]) -> list[str]:
    """Every rule of a form in the words of the tables: those of its columns, then those of its rows."""
    found: list[str] = []
    for column in content["fields"]:
        if not column.get("derived"):
            kinds = [kind for kind in (column.get("type"), column.get("format")) if kind not in (None, "string")]
            kinds += [_limit(name, limit) for name, limit in column.get("constraints", {}).items()]
            found += [f"{column['name']}: {kind}" for kind in kinds if kind != "array"]
    return found + [_worded(rule) for rule in content["rules"]]


def _limit(name: str, limit: Any) -> str:
    if name == "enum":
        return f"enum of {len(limit)}"
    return name if name in ("required", "pattern") else f"{name} {limit}"


def _worded(rule: Mapping[str, Any]) -> str:
    when = "".join(f": {name} {'/'.join(values)}" for name, values in rule.get("when", {}).items())
    other = "".join(f": {rule[key]}" for key in ("not_before", "reference") if key in rule)
    of = rule.get("field") or f": {' '.join(rule['fields'])}"
    return f"{rule.get('hook', rule['rule'])}{' ' if 'field' in rule else ''}{of}{when}{other}"


def test_every_form_has_a_table() -> None:
    assert sorted(file.stem for file in shipped("schemas").glob("*.yaml")) == sorted([*TABLES, "campaign", "topics"])


@pytest.mark.parametrize("form", TABLES)
def test_the_table_names_the_rules_of_the_form_all_of_them_and_no_other(form: str) -> None:
    assert written(content_of(form)) == [rule for of, rule in RULES if of == form]


def without(form: str, rule: str) -> FormSchema:
    """The form less that rule. What a column is goes with the rules that lean on it."""
    content = deepcopy(content_of(form))
    kept = [other for other in content["rules"] if _worded(other) != rule]
    if len(kept) == len(content["rules"]):
        name, kind = rule.split(": ")
        column = next(column for column in content["fields"] if column["name"] == name)
        limit = kind.split()[0]
        if kind == "date":
            column["type"] = "string"
            kept = [other for other in kept if name not in (other.get("field"), other.get("not_before"))]
        elif kind == "integer":
            column |= {"type": "string", "constraints": {}}  # a text has no minimum
        elif limit in column.get("constraints", {}):
            del column["constraints"][limit]
            if limit == "enum":
                column |= {"type": "string", "valueAliases": {}}
        else:
            assert column.pop("format") == kind
    content["rules"] = kept
    return FormSchema.model_validate(content)


@pytest.mark.parametrize(("form", "rule"), RULES)
def test_a_rule_taken_out_leaves_its_rows_without_their_fault(rules: Rules, form: str, rule: str) -> None:
    fewer = replace(rules, schemas={**rules.schemas, form: without(form, rule)})
    for _, _, changes, fault in (line for line in LINES if line[:2] == (form, rule)):
        assert fault not in faults_of(fewer, form, changes)
