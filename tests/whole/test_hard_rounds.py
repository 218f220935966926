"""Forms filled in the habits of DESIGN's table, each in several variations, alone and together: every cell is read, or
sent back, or said, and none is silently wrong."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hard_follow import Count, follow
from hard_forms import combined, in_one_habit
from hard_habits import HABITS
from hypothesis import given, settings
from hypothesis import strategies as st

from dazoufang.rules.campaign import Rules

# habit | what becomes of the worst cell of a form in it | its variations. “said”: what is published differs from what is
# true or does not count, and a fault at its cell, row or sheet says so; “returned”: its row waits for the unit's mend.
OUTCOMES = r"""
days | read | date cell · date cell with time · 2023年9月18日 · 2023.9.18 · 2023/9/18 · 20230918 · number 20230918 · 9月18日 · 9月18号 · 9.18 · 9/18 · number 9.18 · full width · 上午 · 9月18日下午3时 · weekday behind · weekday in front · 周 in front · serial number · serial as text · 23.9.18 · blanks · 二〇二三年 · 九月十八日 · ISO with time · 2023年09月18 · 09-18
days nobody can know | returned | 9月18日至20日 · 9.18-9.20 · 9月18、19日 · 上周三 · 9月31日 · 2023-9-31 · 国庆节 · 9月中旬 · 18 · 2023年9月 · 18日 · 9.2 · 10.1 · 星期一，9月20日 · 10/9/2023 · 9月20日或21日 · 9月20日（补） · 2023-9-20、2023-9-27
lunar days | returned | 八月廿四 · 农历八月初六 · 癸卯年八月初五 · 八月初一 · （农历）8月5日 · 8月5日（农历） · 阴历8.5 · 古历八月十五 · 旧历八月十六 · 农历8月15日 · 2023年八月初六 · 八月十五中秋节 · 农历八月十五（9月29日） · 八月卅 · 冬月初一 · 农历2023-8-5 · 八月二十四（阴历） · 夏历八月十二
phones | read | number · float · blanks · dashes · +86 · 86 · full width · NBSP · line break · 电话： · 手机 · dots
phones nobody can call | said | 13812345678（其子）
phones nobody can call | returned | 430623196503121234 · 4.30623196503121e+17 · 1380000 · 13812345678、1391234567 · 137****1234 · 同村长 · 13812345678转李四 · 李四13812345678 · 138123456789 · 0730-42 · 1.38E+10
no phone | read | 无 · / · — · 无电话 · 没有电话 · 暂无 · 没有手机
spaced names | read | blank inside · wide blanks · blanks around · NBSP · line break · blanks between all · zero width
two households | said | {}、张三 · {}张三 · {} 李四平 · {}等3人 · {}/王五 · {}和张三 · {}，张三 · {}↵张三 · {}与张三 · {} 张三
names with a word more | read | {}夫妇 · {}及其子 · {}（户主） · {}（已故） · {}老人 · {}一家
cadres with their post | read | {} 股长 · {}股长 · 股长{} · {}（股长） · {}(工会主席) · 工会主席 {} · {}↵股长 · {}-股长 · {}，股长 · {} 主任 · {}主席 · 工会{}
joint visits | read | 李明，王芳 · 李明 王芳 · 李明/王芳 · 李明；王芳 · 李明↵王芳 · 李明,王芳 · 李明□王芳 · 李明和王芳 · 李明、 王芳 · 李明 王 芳 · 李明及王芳
cadres nobody can name | said | 李鸣
cadres nobody can name | returned | 李明等2人 · 李明等 · 李明、王芳等3人 · 李某 · 李明一行 · 本人 · 李 明 王 芳 等
towns | read | short · blanks · spaced · 鲶 · 县 in front · short with blanks · 人民政府
the town in the address | said | {t}{v} · 华容县{t}{v} · {t} {v} · 湖南省华容县{t}{v} · {t}↵{v}
towns nobody knows | returned | 章华镇、东山镇 · 城关镇 · 本镇 · 梅田湖镇（团洲乡） · 县城
kinds in other words | read | 群众 · 联点群众 · 联点乡镇群众  · 联点乡镇↵群众 · 联 点 乡 镇 群 众
kinds nobody knows | returned | 村民 · 党员 · 贫困户 · 人大代表、政协委员 · 人大代表/群众 · 非人大代表 · 1 · √
states in other words | read | 化解中 · 调处中 · 办理中 · 未化解 · 正在办理
none in words | read | 无 · 暂无 · 没有 · / · — · 0 · 正常 · 无。 · 无矛盾纠纷 · 无意见 · 暂无诉求 · 未反映 · 无反映问题 · 无  · \ · -- · 无任何意见建议
broken texts | read | line break · blanks · CR LF · NBSP · tab · two breaks
typed marks | read | ' · ="…" · zero width · NBSP · BOM · ‘ · tab · "…"
numbers shown with words | read | 沙口村0组 · 0口人 · 000 · 0% · 第0本 · 0.00元
calculated | read | cadres · township · household · dispute
formulas without a value | returned | household · phone · cadres · dispute
alias headings | read | first · second · third · last · any
dressed headings | read | * · ＊ · 必填 · blanks · wide blanks · line break · wide brackets · colon · 1. · 1、 · （1） · ① · A. · 一、 · 【】 · NBSP · hint
bilingual headings | read | {zh} {en} · {zh}/{en} · {zh}({en}) · {zh}↵{en} · {en} {zh} · {en}↵{zh} · {zh}（{en}）
heading rows | read | two · three · four
other order | read | shuffled · backwards · remark first
fewer columns | read | serial · remark + cadre_title · phone · village + phone · family + reply · township
a column of their own | read | 是否党员 + 是 · 驻村队 + √ · 辅助列 + 1 · 身份证号 + 430623196503121234 · 满意程度 + 满意 · 走访照片 · 年龄 + 56 · 性别 + 男
gap columns | read | 1 · 2 · 3
a hundred columns | read | 40 · 137 · 250
a day in parts | read | 年|月|日 · 月|日 · 走访日期：年|月|日 · texts · 日期|上午 · 日期|时段
a village in parts | read | 村|组 5组 · 村|组 5 · 村(社区)|组别 · 行政村|村民小组 · 社区|小组 · 村|组 number
a column of the cadres phones | read | one, beside the cadre · 手机 beside the cadre · two of one name · 干部电话 · 电话 and 联系电话 · last · 联系方式 and 联系电话
a phone list beside | read | 姓名|电话 · 干部|联系电话 · 通讯录 · two columns away · without heading · 走访干部|手机 · three columns
a hidden twin | read | phone · township · remark
titles | read | none · spaced · long · two lines · with the round
notes above | read | block · one line · in cells · twelve lines
another place | read | C8 · A20 · F1 · B2
lines merged over | read | the whole table · five columns · wider than the table
unit lines | read | in cells · with a date · spread · region spread · region joined · region and office · date in front · other words · none, folder · date behind · spaced · signed · bureau in front
unit in a column | read | 填报单位 · 单位名称 · 报送单位
unit below | read | 报送单位：工会 · 填报单位：工会  填报时间：2023年10月12日 · 单位（盖章）：工会
file names | read | {}（1） · 副本{} · {}最终版v3 · 😀{}😀 · 很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长{} · 2023.10.12{} · 新建 XLS 工作表{} · 工会{}10月
the form of another year | returned | title · 填报时间 · file · spaced title · 填表日期 in cells · title in digits · title 2024 · year twice · below
a sheet of another year | returned | 2022年 · 22年下半年 · 2022下半年走访 · 2021-2022
town headings | read | {} · 一、{} · {}（5户） · 【{}】 · {}： · {}走访情况 · （一）{} · {} 共3户 · 乡镇：{} · {}片区
town sheets | read | {} · 1{} · {}走访 · {}  · 走访登记（{}） · {}1
a sheet a cadre | read | 走访干部：{} · 走访干部 + {} · 走访人：{}      职务：股长 · 走访干部（签名）：{} · 干部姓名：{} · 入户干部： + {}
sample sheets | read | 样表 · 填写示例 · 填表说明 · 范例 · 模板 · 示例表 · 填报样表 · 例表 · 表样
older copies | read | 备份 · 登记备份 · 初稿 · 旧表（作废） · 旧版 · 登记（旧） · 草稿 · 登记-bak · 作废
a second sheet that differs | said | 登记 (2) · 登记2 · Sheet1 · 更正
other sheets | read | last year · choices · notes · another table · empty
their own summary | read | figures · 任务数 · 按对象
cards of labels | read | two pairs · one pair · three pairs · blocks · blocks of three pairs · blocks close
fields down | read | plain · numbered · short
two tables side by side | read | 0 · 1 · 2
ticks | read | √ · ✓ · 1 · 是
our form with only what changed | read | resolved · outcome · state
ditto | read | 同上 · 〃 · ″ · 同 上 · " · 同上。 · （同上） · '' · 上同 · 同前
merged down | read | cadres · days · towns · all before · kinds
a text merged down | read | reply · family · remark · dispute · suggestion · inquiry · phone · outcome · measures · matter · village
a text merged across | read | none
a text merged across | said | two matters · reply and remark · family and dispute
crossed rows | said | all cells · all but the number · all but the remark · all but number and remark
crossed cells | said | the phone · the matter
crossed cells | returned | the name · the day
void rows | said | 作废 · 取消 · 重复 · 此行作废 · 作废，重复登记 · 重复登记 · 已作废 · （作废） · 作 废 · 本行取消
households not met | said | 未走访 · 家中无人，未走访 · 外出务工，未走访到 · 未走访（搬迁） · 户主外出未走访
blank rows | read | nothing · empty · a blank · a wide blank
totals | read | 合计 · 合  计 · 总计 · 共计 · 累计 · 小计 · 合计： · 本页合计 · 总 计
subtotals | read | 小计 · 小 计 · {}小计 · {} 小计 · {}合计
sample row | read | 例 · 示例 · （例） · 例： · 样例 · 例1 · 填写示例 · 范例 · 举例 · （示例） · 例子
a row of column numbers | read | 甲乙 · numbers · texts · letters · 甲 and numbers · 栏次 · ① · 第1栏 · 1.
heading repeated | read | repeated · with a title · after a blank row
serials written ahead | read | 5 · 1 · 30
footer | read | one line · in cells · a note · signed · 说明 · 备注 · right
hidden rows | read | 1 · 2 · 3
hidden columns | read | phone · village · remark · township
a cell continued below | read | dispute · suggestion · family · reply
wrong dimensions | read | A1 · A1:B2 · XFD1048576
wrong extensions | read | xls · XLSX · et · csv
error cells | returned | #N/A · #REF! · #VALUE! · #NAME? · #DIV/0!
two rows a household | read | everything merged · who merged · who and phone merged
"""
SEEDS = range(45)  # of the rounds whose cells are counted
LEAST_CELLS = 20_000
MOST_ROWS_RETURNED = 0  # right ones
MOST_RED = 0  # right cells marked red


def table() -> dict[str, dict[str, str]]:
    """Habit → variation → outcome."""
    found: dict[str, dict[str, str]] = {}
    for line in OUTCOMES.strip("\n").splitlines():
        habit, outcome, ways = line.split(" | ", 2)
        found.setdefault(habit, {}).update(dict.fromkeys(ways.split(" · "), outcome))
    return found


@pytest.mark.parametrize("habit", table())
def test_what_becomes_of_a_form_in_this_habit(rules: Rules, habit: str) -> None:
    files = in_one_habit(habit)
    counts = dict(zip(files, follow(rules, list(files.values())), strict=True))
    assert {way: count.wrong for way, count in counts.items() if count.wrong} == {}
    assert {way: count.worst for way, count in counts.items()} == table()[habit]


def test_every_habit_has_its_line_and_three_variations_or_more() -> None:
    assert {name: set(habit.ways) for name, habit in HABITS.items()} == {
        name: set(ways) for name, ways in table().items()
    }
    assert [name for name, habit in HABITS.items() if len(habit.ways) < 3] == []


def silent(counts: Sequence[Count], words: Sequence[str]) -> list[tuple[str, list[str]]]:
    """The files with silently wrong cells: their habits, and the cells."""
    return [(habits, count.wrong) for count, habits in zip(counts, words, strict=True) if count.wrong]


@settings(max_examples=15)
@given(st.integers(1_000, 1_000_000))
def test_no_cell_is_silently_wrong_whatever_habits_come_together(rules: Rules, seed: int) -> None:
    files, words = combined(seed)
    assert silent(follow(rules, files), words) == []


def test_of_all_the_cells_of_many_rounds_none_is_silently_wrong(
    rules: Rules, record_property: pytest.RecordProperty, capsys: pytest.CaptureFixture[str]
) -> None:
    total, wrong = Count(), list[tuple[str, list[str]]]()
    for seed in SEEDS:
        files, words = combined(seed)
        counts = follow(rules, files)
        wrong += silent(counts, words)
        for count in counts:
            total.add(count)
    figures = {"cells": total.cells, **total.outcomes, "rows": total.rows, "right rows returned": total.rows_returned}
    for name, figure in figures.items():
        record_property(name, figure)
    with capsys.disabled():
        print("hard rounds:", ", ".join(f"{figure:,} {name}" for name, figure in figures.items()))
    assert wrong == []
    assert total.outcomes["silent"] == 0
    assert total.cells >= LEAST_CELLS
    assert total.rows_returned <= MOST_ROWS_RETURNED
    assert total.red <= MOST_RED
