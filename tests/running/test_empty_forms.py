"""An empty form is no word: it withdraws and silences nothing unless the unit says so; what is withdrawn is said."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from conftest import TODAY, Office
from tables import workbook
from tray import Tray

from dazoufang.commands.rebuild import rebuild
from dazoufang.duties.levels import SENT_NOTHING
from dazoufang.ledger.withdrawals import recent, withdrawals
from dazoufang.model.submission import ACCEPTED, DUPLICATE, RETURNED, WITHDRAWS, ZERO
from dazoufang.rules.campaign import Rules
from dazoufang.writing import blank_forms

pytestmark = pytest.mark.usefixtures("few_outputs")

HEAD = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 矛盾纠纷 |\n"
ROWS = "".join(
    f"| 2023-09-2{n} | 李明 | 张{name} | 其他 | 与邻居因{what}争执 |\n"
    for n, (name, what) in enumerate(zip("甲乙丙", ("排水沟", "宅基地", "噪音"), strict=True))
)
ROSTER = workbook("| 姓名 | 单位 | 角色 |\n| 李明 | 工会 | 股室负责人 |\n| 陈红 | 督导室 | 股室负责人 |")
EMPTY = workbook(HEAD, unit="工会")


@pytest.fixture
def tray(rules: Rules) -> Tray:
    tray = Tray(rules)
    tray.take("花名册.xlsx", ROSTER)
    return tray


def silent(tray: Tray) -> list[str]:
    return tray.alerted(SENT_NOTHING)


def saying(text: str, place: str = "below") -> bytes:
    if place == "row":
        return workbook(HEAD + f"| {text} | | | | |", unit="工会")
    return workbook(HEAD, unit="工会", **{place: [[text]]})  # type: ignore[arg-type]


class TestAnEmptyForm:
    def test_it_withdraws_nothing_and_is_asked(self, tray: Tray) -> None:
        full = tray.take("工会/走访.xlsx", workbook(HEAD + ROWS, unit="工会"))
        submission = tray.take("工会/走访.xlsx", EMPTY)
        assert (submission.verdict, [fault.code for fault in submission.errors]) == (RETURNED, ["S22"])
        frames = tray.fold.frames()
        assert len(frames.visits) == 3 and len(frames.items) == 3
        assert tray.effect.withdrawn == []
        assert tray.fold.replaced_by(full) == 0  # what that had to mend it still has

    def test_it_silences_nobody(self, tray: Tray) -> None:
        tray.take("工会/走访.xlsx", EMPTY)
        assert silent(tray) == ["工会", "督导室"]

    def test_its_receipt_is_no_green_one_and_it_is_rebuilt(self, office: Office) -> None:
        office.take("工会/走访.xlsx", EMPTY)
        page = office.outbox()["退回/工会/走访.xlsx 回执0001.html"].decode()
        assert "空表没有写明，没有收下" in page and "没有动任何原有的数" in page
        assert rebuild(office.home) == []

    def test_an_empty_roster_takes_nobody_away(self, tray: Tray) -> None:
        tray.take("花名册.xlsx", workbook("| 姓名 | 单位 | 角色 |"))
        assert sorted(tray.fold.roster().units_of) == ["李明", "陈红"]


class TestAZeroReport:
    @pytest.mark.parametrize("text", ["本周无", "无", "零报告", "无走访", "无新增", "0件", "本单位9月份无走访。"])
    @pytest.mark.parametrize("place", ["above", "below", "row"])
    def test_it_counts_as_sent(self, tray: Tray, text: str, place: str) -> None:
        submission = tray.take("工会/走访.xlsx", saying(text, place))
        assert (submission.verdict, [fault.code for fault in submission.faults]) == (ACCEPTED, ["S23"])
        assert silent(tray) == ["督导室"]

    def test_a_file_called_so_is_one(self, tray: Tray) -> None:
        tray.take("工会/工会零报告10月.xlsx", EMPTY)
        assert silent(tray) == ["督导室"]

    @pytest.mark.parametrize(
        "text", ["备注：张三", "没有填的请写无，谢谢配合，本周五前报局办公室，逾期要通报的哦", "2023年"]
    )
    def test_other_words_are_none(self, tray: Tray, text: str) -> None:
        tray.take("工会/走访.xlsx", saying(text))
        assert silent(tray) == ["工会", "督导室"]

    def test_it_withdraws_nothing(self, tray: Tray) -> None:
        tray.take("工会/走访.xlsx", workbook(HEAD + ROWS, unit="工会"))
        tray.take("工会/走访.xlsx", saying("本周无"))
        assert len(tray.fold.frames().visits) == 3

    def test_unless_it_says_so(self, tray: Tray) -> None:
        tray.take("工会/走访.xlsx", workbook(HEAD + ROWS, unit="工会"))
        submission = tray.take("工会/走访.xlsx", saying("全部撤回"))
        assert len(tray.fold.frames().visits) == 0 and len(tray.fold.frames().items) == 0
        assert [fault.code for fault in submission.faults] == ["S24"]

    def test_each_of_the_words_is_known(self, rules: Rules) -> None:
        """As the rules are shipped; a word that goes missing there would be a form that is asked, or rows that stay."""
        nothing = (
            "无 零报告 0报告 没有 暂无 无走访 未走访 没有走访 无新增 没有新增 无新增走访 无变化 无情况 无内容 无数据 无矛盾纠纷 "
            "无意见建议 无事项 无可报 0件 0户 零件 零户"
        )
        back = "撤回 全部撤回 撤销 全部撤销 全部撤下 全部作废 原表作废 前表作废 上次所报作废"
        said_in = rules.campaign.empty_forms.said_in
        assert {word: said_in(word) for word in nothing.split()} == dict.fromkeys(nothing.split(), ZERO)
        assert {word: said_in(word) for word in back.split()} == dict.fromkeys(back.split(), WITHDRAWS)

    def test_the_same_bytes_of_another_unit_are_its_own(self, tray: Tray) -> None:
        nobodys = workbook(HEAD, below=[["本周无"]])
        found = [tray.take(f"{unit}/零报告.xlsx", nobodys) for unit in ("工会", "督导室")]
        assert [(one.unit, one.verdict) for one in found] == [("工会", ACCEPTED), ("督导室", ACCEPTED)]
        assert silent(tray) == []

    def test_the_same_bytes_in_the_next_round_are_a_report_again(self, rules: Rules) -> None:
        tray = Tray(rules, date(2023, 3, 20))
        tray.take("花名册.xlsx", ROSTER)
        tray.take("工会/零报告.xlsx", saying("本周无"))
        tray.today = TODAY
        assert silent(tray) == ["工会", "督导室"]
        assert tray.take("工会/零报告.xlsx", saying("本周无")).verdict == DUPLICATE
        assert silent(tray) == ["督导室"]

    def test_our_own_blank_forms_say_nothing(self, tray: Tray) -> None:
        found = [tray.take(f"工会/{name}", data) for name, data in blank_forms.render(tray.rules).items()]
        assert silent(tray) == ["工会", "督导室"]
        assert {submission.verdict for submission in found} == {RETURNED}


class TestWhatIsWithdrawnIsSaid:
    WORDS = "工会撤下走访2户次、台账事项2件（收件0002号《走访.xlsx》）"

    def test_by_run_and_by_the_alerts(self, office: Office) -> None:
        office.take("工会/走访.xlsx", workbook(HEAD + ROWS, unit="工会"))
        summary = office.take("工会/走访.xlsx", workbook(HEAD + ROWS.splitlines()[0], unit="工会"))
        assert summary.withdrawn == [self.WORDS]
        book = openpyxl.load_workbook(io.BytesIO(office.outbox()["预警提醒.xlsx"]))
        texts = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value]
        assert any(self.WORDS in text for text in texts)

    def test_for_three_days_and_only_where_something_was(self, tray: Tray) -> None:
        tray.take("工会/走访.xlsx", workbook(HEAD + ROWS, unit="工会"))
        assert withdrawals(tray.fold.submissions, tray.fold.effects, tray.fold.rules) == []
        tray.take("工会/走访.xlsx", workbook(HEAD + ROWS.splitlines()[0], unit="工会"))
        fold = tray.fold
        said = [
            len(recent(fold.submissions, fold.effects, fold.rules, date(2023, 10, day))) for day in (19, 20, 23, 24)
        ]
        assert said == [0, 1, 1, 0]
