"""The three annexes, from hand-made frames: which rows, in which order, what is counted, and that they read back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from dazoufang.duties import quotas
from dazoufang.judging.examine import examine_bytes
from dazoufang.ledger.frames import Frames, build, columns
from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.writing import blank_forms
from dazoufang.writing.annexes import annexes, summary
from dazoufang.writing.sheets.page import workbook

TODAY = date(2023, 10, 20)
SCHEMAS = Path(__file__).parents[2] / "schemas"
ANNEX_1, ANNEX_2, ANNEX_3 = (
    "附件1 县乡干部大走访活动汇总表.xlsx",
    "附件2 县乡干部大走访活动矛盾纠纷事项办理表.xlsx",
    "附件3 县乡干部大走访活动意见建议事项办理表.xlsx",
)
Row = Mapping[str, Any]


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules(SCHEMAS)


def annex(form: str, *given: Any) -> bytes:
    """One annex as bytes; `given` as `annexes.book` takes it."""
    return workbook(annexes.book(form, *given))


def rendered(given: Frames, rules: Rules, today: date) -> dict[str, bytes]:
    """File name → workbook, of all annexes."""
    of_items = {form: name for form, name in annexes.names(rules.schemas).items() if name.startswith("附件")}
    return {name: annex(form, given, rules, today) for form, name in of_items.items()}


def frames(rules: Rules, *, visits: list[Row] = [], items: list[Row] = [], cadres: list[Row] = []) -> Frames:  # noqa: B006
    """Frames from what matters to a test; the rest is filled in."""
    spec = columns(rules.schemas)
    origin = {"submission_id": 1, "sheet": "走访登记"}
    visit = {**origin, "year": 2023, "round_no": 2, "unit": "人事股", "visited_on": "2023-09-20", "cadres": "李明"}
    visit |= {"household": "张三", "target_kind": "其他", "village": "沙口村", "responsible_office": "法制安全股"}
    item = {**origin, "year": 2023, "round_no": 2, "unit": "人事股", "visited_on": "2023-09-20", "cadres": "李明"}
    item |= {
        "kind": "dispute",
        "state": "open",
        "status": "正在化解",
        "person": "张三",
        "category": "其他",
        "matter": "漏水",
    }
    roster = {"submission_id": 1, "row_no": 1, "unit": "人事股", "role": "股室负责人"}
    return Frames(
        visits=build(
            [{**visit, "visit_id": n, "row_no": n + 4, **row} for n, row in enumerate(visits)], spec["visits"]
        ),
        items=build(
            [{**item, "item_no": f"23下矛{n + 1:04d}", "row_no": n + 4, **row} for n, row in enumerate(items)],
            spec["items"],
        ),
        cadres=build([{**roster, **row} for row in cadres], spec["cadres"]),
        assignments=build([], spec["assignments"]),
        submissions=build([], spec["submissions"]),
    )


ROSTER: list[Row] = [
    {"name": "王芳", "unit": "督导室"},
    {"name": "李明", "unit": "人事股"},
    {"name": "陈静", "unit": "督导室"},
]


def sheet(book: bytes, name: str) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(book))[name]


def table(page: Worksheet, first: str = "序号") -> list[dict[str, Any]]:
    """The rows under the leaf headings, down to and with 合计."""
    rows = [list(row) for row in page.iter_rows(values_only=True)]
    top = next(n for n, row in enumerate(rows) if row[0] == first)
    heads = rows[top]
    if rows[top + 1][0] is None:  # a second heading row: its leaves stand under the groups
        top += 1
        heads = [leaf or above for leaf, above in zip(rows[top], heads, strict=True)]
    found = []
    for row in rows[top + 1 :]:
        found.append(dict(zip(heads, row, strict=True)))
        if row[0] == "合计":
            return found
    return found


def listed(book: bytes, name: str) -> list[dict[str, Any]]:
    return table(sheet(book, name))[:-1]


# -- files and headings --------------------------------------------------------------------------------------------


def test_names_sheets_and_titles_come_from_the_schemas(rules: Rules) -> None:
    written = rendered(frames(rules), rules, TODAY)
    assert list(written) == [ANNEX_1, ANNEX_2, ANNEX_3]
    names = [openpyxl.load_workbook(io.BytesIO(data)).sheetnames for data in written.values()]
    assert names == [["汇总统计", "走访明细"], ["矛盾纠纷事项办理表"], ["意见建议事项办理表"]]
    assert [sheet(written[ANNEX_1], name)["A2"].value for name in names[0]] == [
        "县乡干部大走访活动汇总表",
        "县乡干部大走访活动走访明细表",
    ]


def test_list_headings_are_the_titles_of_the_schema_in_order(rules: Rules) -> None:
    written = rendered(frames(rules, visits=[{}], items=[{}]), rules, TODAY)
    heads = list(listed(written[ANNEX_1], "走访明细")[0])
    assert heads[:4] == ["序号", "填报单位", "走访日期", "走访干部"]
    printed = [field.title for field in rules.schemas["visit"].fields if field.print]
    assert heads[: len(printed)] == printed and printed[-1] == "现场答复情况"
    assert set(heads[len(printed) :]) == {
        f.title for f in rules.schemas["visit"].fields if not f.print and not f.upholds
    }
    assert list(listed(written[ANNEX_2], "矛盾纠纷事项办理表")[0]) == [
        f.title for f in rules.schemas["dispute"].annex_columns
    ]


def test_nothing_recorded_still_gives_three_annexes_to_print(rules: Rules) -> None:
    written = rendered(frames(rules), rules, TODAY)
    for name, data in written.items():
        for page in openpyxl.load_workbook(io.BytesIO(data)).worksheets:
            values = [cell.value for row in page.iter_rows() for cell in row]
            assert "无" in values and "合计" not in values, name
            assert page.print_title_rows and page.print_area


def test_the_same_day_gives_the_same_bytes(rules: Rules) -> None:
    made = frames(rules, visits=[{}, {"household": "李四"}], items=[{}], cadres=ROSTER)
    assert rendered(made, rules, TODAY) == rendered(made, rules, TODAY)


# -- rows ------------------------------------------------------------------------------------------------------------


def test_visits_of_the_year_are_listed_by_unit_of_the_roster_day_and_cadre(rules: Rules) -> None:
    visits: list[Row] = [
        {"unit": "外单位", "cadres": "外人"},
        {"unit": "人事股", "visited_on": "2023-09-25"},
        {"unit": "人事股", "visited_on": "2023-09-19", "cadres": "王芳"},
        {"unit": "人事股", "visited_on": "2023-09-19", "cadres": "李明"},
        {"unit": "督导室", "visited_on": "2023-07-01", "round_no": 0, "cadres": "王芳"},
        {"unit": "督导室", "year": 2022, "visited_on": "2022-09-20"},
    ]
    written = rendered(frames(rules, visits=visits, cadres=ROSTER), rules, TODAY)
    rows = listed(written[ANNEX_1], "走访明细")
    assert [(row["序号"], row["填报单位"], row["走访日期"].date().isoformat(), row["走访干部"]) for row in rows] == [
        (1, "督导室", "2023-07-01", "王芳"),
        (2, "人事股", "2023-09-19", "李明"),
        (3, "人事股", "2023-09-19", "王芳"),
        (4, "人事股", "2023-09-25", "李明"),
        (5, "外单位", "2023-09-20", "外人"),
    ]


def test_the_total_tells_visits_from_households(rules: Rules) -> None:
    one = rendered(frames(rules, visits=[{}, {"household": "李四"}], items=[{}]), rules, TODAY)
    last = table(sheet(one[ANNEX_1], "走访明细"))[-1]
    assert (last["序号"], last["填报单位"]) == ("合计", "共2户")
    assert table(sheet(one[ANNEX_2], "矛盾纠纷事项办理表"))[-1]["填报单位"] == "共1件"
    twice = rendered(frames(rules, visits=[{}, {"visited_on": "2023-09-21"}]), rules, TODAY)
    assert table(sheet(twice[ANNEX_1], "走访明细"))[-1]["填报单位"] == "共2户次、1户"


def test_items_of_earlier_years_stay_until_they_are_closed(rules: Rules) -> None:
    items: list[Row] = [
        {"item_no": "23下矛0002", "unit": "人事股"},
        {"item_no": "23下矛0001", "unit": "人事股", "state": "closed"},
        {"item_no": "22下矛0009", "unit": "人事股", "year": 2022},
        {"item_no": "22下矛0008", "unit": "人事股", "year": 2022, "state": "closed"},
        {"item_no": "23下建0001", "unit": "人事股", "kind": "suggestion", "status": "正在办理"},
    ]
    written = rendered(frames(rules, items=items, cadres=ROSTER), rules, TODAY)
    disputes = [row["编号"] for row in listed(written[ANNEX_2], "矛盾纠纷事项办理表")]
    assert disputes == ["22下矛0009", "23下矛0001", "23下矛0002"]
    assert [row["编号"] for row in listed(written[ANNEX_3], "意见建议事项办理表")] == ["23下建0001"]


def test_words_that_say_nothing_become_empty_cells_but_choices_stay(rules: Rules) -> None:
    visits: list[Row] = [
        {"dispute": "无", "suggestion": "正常", "security": "良好", "remark": "/", "reply": "当场答复"}
    ]
    row = listed(rendered(frames(rules, visits=visits), rules, TODAY)[ANNEX_1], "走访明细")[0]
    assert (row["矛盾纠纷和信访诉求"], row["意见建议"], row["备注"]) == (None, None, None)
    assert (row["治安环境"], row["现场答复情况"], row["对象类别"]) == ("良好", "当场答复", "其他")


def test_text_like_a_formula_days_and_telephone_numbers_keep_their_kind(rules: Rules) -> None:
    visits: list[Row] = [{"remark": "=1+1", "phone": "013812345678", "notebook_no": "0010"}]
    row = listed(rendered(frames(rules, visits=visits), rules, TODAY)[ANNEX_1], "走访明细")[0]
    assert (row["备注"], row["联系电话"], row["工作记录本编号"]) == ("=1+1", "013812345678", "0010")
    assert row["走访日期"] == datetime(2023, 9, 20)


def test_a_column_added_to_a_schema_appears_in_the_annex_and_in_the_blank_form(tmp_path: Path) -> None:
    for path in SCHEMAS.glob("*.yaml"):
        text = path.read_text("utf-8")
        if path.name == "visit.yaml":
            field = "  - {name: party, title: 是否党员, type: string, example: 是, width: 9}\n"
            text = text.replace("  - {name: remark,", field + "  - {name: remark,")
        (tmp_path / path.name).write_text(text, "utf-8")
    edited = load_rules(tmp_path)
    written = rendered(frames(edited, visits=[{"party": "否"}]), edited, TODAY)
    row = listed(written[ANNEX_1], "走访明细")[0]
    assert row["是否党员"] == "否"
    assert list(row).index("是否党员") < list(row).index("备注") < list(row).index("责任股室")
    page = openpyxl.load_workbook(io.BytesIO(blank_forms.render(edited)["走访登记表.xlsx"])).worksheets[0]
    assert "是否党员" in table(page)[0]


# -- law 6 -----------------------------------------------------------------------------------------------------------


def test_an_annex_reads_back_as_the_form_it_was_made_from(rules: Rules) -> None:
    long = "1. 排水沟改道；\n2. 要求公开2021—2023年台账。" * 20
    visits: list[Row] = [
        {
            "dispute": long,
            "phone": "13812345678",
            "township": "章华镇",
            "cadres": "李明、王芳",
            "remark": "=1+1",
            "topics": "政策、安全",
        },
        {"unit": "督导室", "household": "李四", "cadres": "陈静", "target_kind": "人大代表", "notebook_no": "0010"},
    ]
    items: list[Row] = [
        {"matter": long, "due_on": "2023-10-31", "phone": "0730-4123456"},
        {"unit": "督导室", "person": "李四", "status": "已化解", "resolved_on": "2023-10-10", "outcome": "已调解"},
        {
            "item_no": "23下建0001",
            "kind": "suggestion",
            "status": "正在办理",
            "category": "道路交通",
            "nature": "意见建议",
        },
    ]
    made = frames(rules, visits=visits, items=items, cadres=ROSTER)
    for name, data in rendered(made, rules, TODAY).items():
        found = examine_bytes(data, name, rules, TODAY)
        assert [fault.message for fault in found.faults] == []
        assert found.repairs == []
        (part,) = found.parts
        frame = made.visits if part.form == "visit" else made.items[made.items["kind"] == part.form]
        stored = [field.name for field in rules.schemas[part.form].stored if field.name != "unit"]
        wanted = []
        for row in frame.to_dict("records"):
            cells = {key: row[key] for key in stored if not pd.isna(row[key])}
            days = {key: value.date().isoformat() for key, value in cells.items() if isinstance(value, pd.Timestamp)}
            wanted.append((row["unit"], cells | days))
        assert sorted([(row.unit, row.values) for row in part.rows], key=str) == sorted(wanted, key=str)


def test_an_empty_annex_reads_back_as_nothing(rules: Rules) -> None:
    for name, data in rendered(frames(rules), rules, TODAY).items():
        found = examine_bytes(data, name, rules, TODAY)
        assert [len(part.rows) for part in found.parts] == [0], name
        assert {fault.code for fault in found.faults} <= {"S07"}


# -- 汇总统计 --------------------------------------------------------------------------------------------------------


def counted(rules: Rules, made: Frames) -> list[dict[str, Any]]:
    return table(sheet(rendered(made, rules, TODAY)[ANNEX_1], "汇总统计"))


def pick(rows: list[dict[str, Any]], *titles: str) -> list[tuple[Any, ...]]:
    return [tuple(row[title] for title in titles) for row in rows]


def test_every_cadre_stands_under_its_unit_with_subtotals_and_a_total(rules: Rules) -> None:
    visits: list[Row] = [{"household": name} for name in ("张三", "李四")] + [
        {"unit": "督导室", "cadres": "王芳、李明"}
    ]
    rows = counted(rules, frames(rules, visits=visits, cadres=ROSTER))
    assert pick(rows, "序号", "单位", "走访干部", "应走访", "已走访", "完成率") == [
        (1, "督导室", "王芳", 10, 1, 0.1),
        (2, "督导室", "陈静", 10, 0, 0),
        ("小计", "督导室", "2人", 20, 1, 0.05),
        (3, "人事股", "李明", 10, 2, 0.2),
        ("小计", "人事股", "1人", 10, 2, 0.2),
        ("合计", "2个单位", "3人", 30, 3, 0.1),
    ]


def test_households_are_told_by_the_kinds_of_the_schema(rules: Rules) -> None:
    kinds = rules.schemas["visit"].by_name["target_kind"].constraints.enum
    visits: list[Row] = [{"household": f"户{n}", "target_kind": kind} for n, kind in enumerate(kinds)]
    rows = counted(rules, frames(rules, visits=visits, cadres=ROSTER[1:2]))
    assert pick(rows, *kinds) == [(1,) * len(kinds)] * 3


def test_a_joint_item_counts_for_each_cadre_but_once_in_the_sums(rules: Rules) -> None:
    items: list[Row] = [
        {"unit": "督导室", "cadres": "王芳、陈静"},
        {"unit": "督导室", "cadres": "王芳、李明", "follow_up_on": "2023-10-12"},
    ]
    rows = counted(rules, frames(rules, items=items, cadres=ROSTER))
    assert pick(rows, "走访干部", "收集", "回访户次") == [
        ("王芳", 0, 1),
        ("陈静", 0, 0),
        ("2人", 0, 1),
        ("李明", 0, 1),
        ("1人", 0, 1),
        ("3人", 0, 1),
    ]  # 收集 is told twice; the second heading of that name is the suggestions'
    made = frames(rules, items=items, cadres=ROSTER)
    sums = summary.table(quotas.progress(made, rules, TODAY), made, summary.target_kinds(rules), 2023, 2)
    assert sums["dispute_found"].tolist() == [2, 1, 2, 1, 1, 2]


def test_states_of_items_add_up_and_closed_ones_are_resolved_too(rules: Rules) -> None:
    made = frames(
        rules,
        cadres=ROSTER[1:2],
        items=[
            {"status": "未启动"},
            {"status": "正在化解"},
            {"status": "移交转办"},
            {"status": None},
            {"status": "稳控中"},
            {"status": "已化解", "state": "resolved"},
            {"status": "程序性终结", "state": "resolved"},
            {"status": "已化解", "state": "closed", "follow_up_on": "2023-10-12"},
            {"status": "正在化解", "round_no": 1},
            {"status": "正在化解", "year": 2022},
            *(
                {"item_no": f"建{n}", "kind": "suggestion", "status": status, "state": state}
                for n, (status, state) in enumerate(
                    [("未启动", "open"), ("已办结", "resolved"), ("正在办理", "open"), ("已办结", "open")]
                )
            ),
        ],
    )
    rows = summary.table(quotas.progress(made, rules, TODAY), made, summary.target_kinds(rules), 2023, 2)
    last = rows.iloc[-1]
    names = ["found", "done", "going", "held", "closed"]
    assert [last[f"dispute_{name}"] for name in names] == [8, 3, 4, 1, 1]
    assert [last[f"suggestion_{name}"] for name in names if name != "held"] == [4, 1, 3, 0]
    assert last["followed"] == 1


def test_a_cadre_known_from_items_only_gets_a_row_so_that_columns_add_up(rules: Rules) -> None:
    made = frames(rules, items=[{"unit": "新单位", "cadres": "外人"}, {"cadres": None}], cadres=ROSTER[1:2])
    rows = summary.table(quotas.progress(made, rules, TODAY), made, summary.target_kinds(rules), 2023, 2)
    told = rows[["unit", "cadre", "due", "dispute_found"]].values.tolist()
    assert ["新单位", "外人", 0, 1] in told and ["人事股", summary.UNNAMED, 0, 1] in told
    people = rows[rows["row_style"] == ""]
    assert people["dispute_found"].sum() == rows.iloc[-1]["dispute_found"] == 2
    assert people.loc[people["cadre"] == "外人", "rate"].isna().all()


def test_two_cadres_of_one_name_keep_their_items_apart(rules: Rules) -> None:
    twins: list[Row] = [{"name": "张伟", "unit": "人事股"}, {"name": "张伟", "unit": "督导室"}]
    made = frames(rules, items=[{"unit": "督导室", "cadres": "张伟"}], cadres=twins)
    rows = summary.table(quotas.progress(made, rules, TODAY), made, summary.target_kinds(rules), 2023, 2)
    people = rows[rows["row_style"] == ""]
    assert people[["unit", "dispute_found"]].values.tolist() == [["人事股", 0], ["督导室", 1]]


def test_it_says_which_round_it_covers(rules: Rules) -> None:
    for today, said in [
        (date(2023, 10, 20), "2023年下半年　截至2023年10月20日"),
        (date(2023, 7, 1), "2023年上半年　截至2023年7月1日"),
        (date(2023, 1, 5), "2023年上半年　截至2023年1月5日"),
    ]:
        made = rendered(frames(rules), rules, today)[ANNEX_1]
        assert said in [cell.value for row in sheet(made, "汇总统计").iter_rows() for cell in row]


def test_every_annex_says_which_span_it_covers(rules: Rules) -> None:
    items: list[Row] = [
        {"item_no": "23下矛0001"},
        {"item_no": "23上矛0001", "round_no": 1},
        {"item_no": "22下矛0001", "year": 2022},
        {"item_no": "23下建0001", "kind": "suggestion", "status": "正在办理"},
    ]
    written = rendered(frames(rules, visits=[{}], items=items), rules, TODAY)
    said = {
        "走访明细": (ANNEX_1, "列2023年全年的走访　填报时间：2023年10月20日"),
        "矛盾纠纷事项办理表": (ANNEX_2, "列2023年全年的事项和以前年度未销号的　填报时间：2023年10月20日"),
        "意见建议事项办理表": (ANNEX_3, "列2023年全年的事项和以前年度未销号的　填报时间：2023年10月20日"),
    }
    for name, (file, words) in said.items():
        assert words in [cell.value for row in sheet(written[file], name).iter_rows() for cell in row], name
    totals = [table(sheet(written[file], name))[-1]["填报单位"] for name, (file, _) in list(said.items())[1:]]
    assert totals == ["共3件，其中下半年1件", "共1件"]
    (note,) = [
        cell.value
        for row in sheet(written[ANNEX_1], "汇总统计").iter_rows()
        for cell in row
        if str(cell.value).startswith("注：")
    ]
    assert "3. 本表只计下半年：" in note
    assert "附件2、附件3列2023年全年的事项和以前年度未销号的" in note


def test_the_schema_without_an_annex_has_no_file(rules: Rules) -> None:
    bare = rules.schemas["dispute"].model_copy(update={"annex": None})
    written = rendered(frames(rules), replace(rules, schemas={**rules.schemas, "dispute": bare}), TODAY)
    assert list(written) == [ANNEX_1, ANNEX_3]
