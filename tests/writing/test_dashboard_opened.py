"""进度看板.html in real browsers, from a file and without network: every chart is drawn, every filter works, nothing complains."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import browsers
import pytest
from browsers import Browser
from conftest import TODAY, Office
from tables import workbook

EVIL = "</script><b id=evil>股"
EVENING = "2023-10-20T20:00:00"
CHARTS = {"pace", "units", "states", "ages", "disputes", "suggestions", "told"}
HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 乡镇 | 联系电话 | 矛盾纠纷和信访诉求 | 意见建议 | 人居环境 |\n"


def visits(*rows: str) -> str:
    return HEAD + "".join(f"| 2023-{row} |\n" for row in rows)


@pytest.fixture(scope="module")
def page(old_office: Office) -> Path:
    """Three units: 李明 has visited 3 of 10, 陈强 10 of 10, the others nobody; two disputes and a suggestion; 督导室 is
    silent. And a unit whose name is no name."""
    roster = f"姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人\n王芳 | 工会 | 股室负责人\n陈强 | 人事股 | 股室负责人\n赵静 | 人事股 | 股室负责人\n孙丽 | 督导室 | 股室负责人\n吴军 | {EVIL} | 股室负责人"
    old_office.drop("花名册.xlsx", workbook(roster))
    union = visits(
        "09-20 | 李明 | 张三 | 其他 | 章华镇 | 13800000001 | 与邻居因排水沟改道争执 | | 良好",
        "09-21 | 李明 | 李四 | 其他 | 东山镇 | 13800000002 | 宅基地界址不清 | 建议硬化通学路 | 良好",
        "09-22 | 李明 | 王五 | 其他 | 东山镇 | 13800000003 | | |",
    )
    people = ["赵一", "钱二", "孙三", "周四", "吴五", "郑六", "冯七", "陈八", "褚九", "卫十"]
    rows = (f"09-{20 + n} | 陈强 | {who} | 其他 | 禹山镇 | 1390000000{n} | | |" for n, who in enumerate(people))
    old_office.drop("工会/走访.xlsx", workbook(union, unit="工会"))
    old_office.drop("人事股/走访.xlsx", workbook(visits(*rows), unit="人事股"))
    old_office.run()
    return old_office.home.outbox / "进度看板.html"


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def browser(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with getattr(browsers, request.param)(tmp_path_factory.mktemp(request.param)) as started:
        yield started


@contextmanager
def quiet(browser: Browser) -> Iterator[None]:
    """Nothing was complained of meanwhile, and nothing asked of a network."""
    yield
    browser.tell("1")  # what was told before has arrived
    assert browser.errors == []
    assert [address for address in browser.requests if not address.startswith(("file:", "data:"))] == []


def shown(browser: Browser, table: str, at: int) -> list[str]:
    """A column of a table as it stands."""
    cells = f"[data-table={table}] tbody tr td:nth-child({at + 1})"
    return list(browser.tell(f"[].map.call(document.querySelectorAll('{cells}'), c => c.textContent)") or [])


def choose(browser: Browser, table: str, title: str, value: str) -> None:
    """Choose from a filter, as a reader does."""
    browser.tell(
        f"(s => {{ s.value = '{value}'; s.dispatchEvent(new Event('change')); }})"
        f"(document.querySelector('[data-table={table}] select[data-filter={title}]'))"
    )


def test_every_chart_is_drawn_and_every_filter_works(browser: Browser, page: Path) -> None:
    with quiet(browser):
        browser.open(page, clock=EVENING)
        assert_charts_are_drawn(browser)
        assert_first_screen(browser)
        assert_cadres_are_filtered_and_sorted(browser)
        assert_each_filter_shows_what_was_chosen(browser)
    assert browser.tell("document.getElementById('evil')") is None
    assert EVIL in shown(browser, "units", 0)


def assert_charts_are_drawn(browser: Browser) -> None:
    states = browser.tell(
        "[].map.call(document.querySelectorAll('[data-chart]'), b => [b.dataset.chart, b.dataset.state, "
        "(c => c ? c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter(v => v).length : 0)(b.querySelector('canvas'))])"
    )
    assert {name for name, state, _ in states if state == "drawn"} == CHARTS
    assert min(points for *_, points in states) > 1000  # something is to be seen on each


def assert_first_screen(browser: Browser) -> None:
    """All of it stands on a screen of 1366 by 768, and says what is true."""
    words = browser.tell("document.querySelector('.tiles').innerText.replace(/\\s+/g, ' ')")
    assert "已走访13户，应走访60户" in words and "2个 督导室、" in words and "尚无走访4人" in words
    assert "没有销号的事项 3件" in words and "矛盾纠纷2件，意见建议1件" in words
    assert browser.tell("document.querySelector('.two').getBoundingClientRect().bottom") <= 768
    assert browser.tell("document.documentElement.scrollWidth") <= 1366


def assert_cadres_are_filtered_and_sorted(browser: Browser) -> None:
    choose(browser, "cadres", "情况", "=尚无走访")
    assert shown(browser, "cadres", 1) == ["王芳", "赵静", "孙丽", "吴军"]
    choose(browser, "cadres", "单位", "=工会")
    assert shown(browser, "cadres", 1) == ["王芳"]
    choose(browser, "cadres", "情况", "all")
    assert shown(browser, "cadres", 1) == ["李明", "王芳"]
    choose(browser, "cadres", "单位", "all")
    browser.tell("document.querySelectorAll('[data-table=cadres] th .by')[4].click()")
    assert shown(browser, "cadres", 1)[:2] == ["陈强", "李明"]
    search(browser, "cadres", "陈")
    browser.wait_for("document.querySelectorAll('[data-table=cadres] tbody tr').length === 1")
    assert shown(browser, "cadres", 1) == ["陈强"]
    search(browser, "items", "排水沟")
    browser.wait_for("document.querySelectorAll('[data-table=items] tbody tr').length === 1")
    assert shown(browser, "items", 5) == ["张三：与邻居因排水沟改道争执"]
    search(browser, "items", "")
    browser.wait_for("document.querySelectorAll('[data-table=items] tbody tr').length === 3")


def search(browser: Browser, table: str, word: str) -> None:
    browser.tell(
        f"(i => {{ i.value = '{word}'; i.dispatchEvent(new Event('input')); }})"
        f"(document.querySelector('[data-table={table}] [data-search]'))"
    )


# Of every filter each choice: the rows it shows have it, and are as many as the data have.
_EACH: str = """(function () {
  var data = JSON.parse(document.getElementById('data').textContent), wrong = [], tried = 0;
  [].forEach.call(document.querySelectorAll('[data-search]'), function (i) { i.value = ''; i.dispatchEvent(new Event('input')); });
  [].forEach.call(document.querySelectorAll('[data-table]'), function (box) {
    var table = data.tables[box.dataset.table], titles = table.columns.map(function (c) { return c.title; });
    [].forEach.call(box.querySelectorAll('select'), function (select) {
      var at = titles.indexOf(select.dataset.filter);
      [].forEach.call(select.options, function (option) {
        select.value = option.value; select.dispatchEvent(new Event('change')); tried++;
        var rows = table.rows.filter(function (row) { return option.value === 'all' || '=' + (row[at] === null ? '' : row[at]) === option.value; });
        var seen = box.querySelectorAll('tbody tr');
        if (seen.length !== Math.min(rows.length, 30) || !rows.length) { wrong.push([box.dataset.table, option.value, rows.length, seen.length]); }
        [].forEach.call(seen, function (row) {
          var text = row.children[at].textContent;
          if (option.value !== 'all' && '=' + text !== option.value) { wrong.push([box.dataset.table, option.value, text]); }
        });
      });
      select.value = 'all'; select.dispatchEvent(new Event('change'));
    });
  });
  return { wrong: wrong, tried: tried };
})()"""


def assert_each_filter_shows_what_was_chosen(browser: Browser) -> None:
    browser.open_again()
    found: dict[str, Any] = browser.tell(_EACH)
    assert found["wrong"] == [] and found["tried"] > 30


def test_the_page_turns_red_by_the_readers_clock_26_hours_after_the_nightly_hour(browser: Browser, page: Path) -> None:
    seen = {}
    for clock in ("2023-10-21T20:29:59", "2023-10-21T20:30:00"):
        with quiet(browser):
            browser.open(page, clock=clock)
            banner = "getComputedStyle(document.getElementById('stale')).display !== 'none'"
            seen[clock[-8:]] = browser.tell(
                f"[{banner}, getComputedStyle(document.querySelector('header')).backgroundColor]"
            )
    assert seen == {"20:29:59": [False, "rgb(18, 48, 74)"], "20:30:00": [True, "rgb(161, 13, 13)"]}


def test_it_fits_a_phone_and_prints_on_a4(browser: Browser, page: Path) -> None:
    with quiet(browser):
        browser.open(page, 360, 740, EVENING)
        assert browser.tell("document.documentElement.scrollWidth") <= 360
        assert set(browser.tell("[].map.call(document.querySelectorAll('[data-chart]'), b => b.dataset.state)")) == {
            "drawn"
        }
        printed = browser.printed()
    sizes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([0-9.]+)\s+([0-9.]+)", printed)
    assert printed.startswith(b"%PDF") and {(round(float(a)), round(float(b))) for a, b in sizes} <= {
        (595, 842),
        (596, 842),
    }


WIDER = (
    "[].filter.call(document.querySelectorAll('.scroll'), s => s.scrollWidth > s.clientWidth)"
    ".map(s => s.parentNode.dataset.table)"
)


def test_no_table_is_wider_than_a_screen_of_the_office_or_a_phone(browser: Browser, page: Path) -> None:
    with quiet(browser):
        browser.open(page, 1366, 768, EVENING)
        assert browser.tell(WIDER) == []
        assert browser.tell("getComputedStyle(document.querySelector('[data-table=alerts] thead')).display") != "none"
        browser.open(page, 390, 844, EVENING)
        assert browser.tell(WIDER) == []


def test_on_a_phone_a_row_is_a_card_whose_cells_say_what_they_are(browser: Browser, page: Path) -> None:
    with quiet(browser):
        browser.open(page, 390, 844, EVENING)
        assert browser.tell("getComputedStyle(document.querySelector('[data-table=alerts] thead')).display") == "none"
        told = browser.tell(
            "[].map.call(document.querySelectorAll('[data-table=cadres] tbody tr:nth-child(1) td'), "
            "c => getComputedStyle(c).display === 'none' ? '' : c.dataset.title + ' ' + c.textContent)"
        )
    assert told == [
        "单位 工会", "走访干部 李明", "情况 任务进度落后", "应走访 10", "已走访 3", "完成率 30.0%", "到今天应走访 6", "还差 7",
        "今后要走 每2个工作日1户",
    ]  # fmt: skip


def test_an_alert_of_many_unfolds_and_folds_and_its_items_are_found(browser: Browser, office: Office) -> None:
    office.drop("花名册.xlsx", workbook("姓名 | 单位 | 角色\n李明 | 工会 | 股室负责人\n孙丽 | 督导室 | 股室负责人"))
    rows = (f"09-2{n} | 李明 | 住户{n} | 其他 | 章华镇 | 1380000000{n} | 第{n}块地界址不清 | |" for n in (1, 2, 3))
    office.take("工会/走访.xlsx", workbook(visits(*rows), unit="工会"))
    with quiet(browser):
        browser.open(office.home.outbox / "进度看板.html", clock=EVENING)
        browser.tell("document.querySelector('[data-table=alerts] button.unfold').click()")
        lines = "[].map.call(document.querySelectorAll('[data-table=alerts] .unfolded li'), l => l.textContent)"
        assert browser.tell(lines) == [f"23下矛000{n}　住户{n}：第{n}块地界址不清" for n in (1, 2, 3)]
        browser.tell("document.querySelector('[data-table=alerts] button.unfold').click()")
        assert browser.tell(lines) == []
        search(browser, "alerts", "23下矛0002")
        browser.wait_for("document.querySelectorAll('[data-table=alerts] tbody tr').length === 1")
        assert shown(browser, "alerts", 1) == ["未落实责任"]


def test_a_page_before_any_row_says_what_to_do_first(browser: Browser, office: Office) -> None:
    office.run(TODAY)
    with quiet(browser):
        browser.open(office.home.outbox / "进度看板.html", clock=EVENING)
        assert "先做这几件事" in browser.tell("document.querySelector('.start').innerText")
        assert browser.tell("document.querySelectorAll('canvas, .tile').length") is None  # none
