"""A heading that nobody knew is taught to the rules with one command, and what used it is read again."""

from __future__ import annotations

import io
import json
import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from conftest import TODAY, Office
from hypothesis import given
from hypothesis import strategies as st
from tables import workbook

from dazoufang.commands.learn import CannotLearn, learn
from dazoufang.commands.rebuild import rebuild
from dazoufang.model.submission import ACCEPTED, DUPLICATE, RETURNED
from dazoufang.rules.campaign import load_rules
from dazoufang.rules.forms import load_schemas
from dazoufang.rules.rules_edit import with_alias
from dazoufang.system.home import shipped

pytestmark = pytest.mark.usefixtures("few_outputs")

PHONE2 = "| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系方式2 |\n| 2023-09-20 | 李明 | 张三 | 其他 | 13800000001 |"
COMRADE = "| 走访日期 | 走访同志 | 走访对象 | 对象类别 |\n| 2023-09-20 | 李明 | 张三 | 其他 |"


def phones(office: Office) -> list[object]:
    return list(office.frames().visits["phone"].astype("object").fillna("").tolist())


class TestLearning:
    def test_a_column_that_was_not_read_is_read_after_one_command(self, office: Office) -> None:
        office.take("工会/走访.xlsx", workbook(PHONE2))
        assert phones(office) == [""]
        learned = learn(office.home, "走访登记表", "联系方式2", "联系电话")
        assert learned.again == ["工会/走访.xlsx"]
        office.run()
        assert phones(office) == ["13800000001"]
        assert [one.verdict for one in office.submissions()] == [ACCEPTED, ACCEPTED]
        assert office.fold().effects[2].replaces == [1]

    def test_a_form_sent_back_for_its_heading_is_taken_after_one_command(self, office: Office) -> None:
        office.take("工会/走访.xlsx", workbook(COMRADE))
        assert office.submissions()[0].verdict == RETURNED
        assert learn(office.home, "visit", "走访同志", "走访干部").again == ["工会/走访.xlsx"]
        office.run()
        assert len(office.frames().visits) == 1

    def test_a_column_that_holds_faults_of_its_own_is_read_all_the_same(self, office: Office) -> None:
        office.take("工会/走访.xlsx", workbook(PHONE2.replace("13800000001", "1380000")))
        learn(office.home, "走访登记表", "联系方式2", "联系电话")
        office.run()
        assert [fault.code for fault in office.submissions()[1].faults] == ["C09"]

    def test_what_was_replaced_since_is_not_read_again(self, office: Office) -> None:
        office.take("工会/走访.xlsx", workbook(PHONE2))
        office.take("工会/走访(1).xlsx", workbook(PHONE2.replace("联系方式2", "联系电话")))
        assert learn(office.home, "走访登记表", "联系方式2", "联系电话").again == []
        office.drop("工会/走访.xlsx", workbook(PHONE2))
        office.run()
        assert office.submissions()[-1].verdict == DUPLICATE

    def test_what_is_waiting_under_that_name_is_not_overwritten(self, office: Office) -> None:
        office.take("工会/走访.xlsx", workbook(PHONE2))
        newer = workbook(PHONE2.replace("张三", "张四"))
        office.drop("工会/走访.xlsx", newer)
        assert learn(office.home, "走访登记表", "联系方式2", "联系电话").again == []
        assert (office.home.inbox / "工会/走访.xlsx").read_bytes() == newer

    def test_the_same_file_again_is_a_duplicate_once_it_was_read_so(self, office: Office) -> None:
        office.take("工会/走访.xlsx", workbook(PHONE2))
        learn(office.home, "走访登记表", "联系方式2", "联系电话")
        office.run()
        office.take("工会/走访.xlsx", workbook(PHONE2))
        assert [one.verdict for one in office.submissions()] == [ACCEPTED, ACCEPTED, DUPLICATE]

    def test_rebuild_judges_everything_by_the_rules_of_its_time(self, office: Office) -> None:
        office.take("工会/走访.xlsx", workbook(COMRADE))
        learn(office.home, "走访登记表", "走访同志", "走访干部")
        office.run()
        assert rebuild(office.home) == []
        kept = sorted(folder.name for folder in (office.home.archive / "rules").iterdir())
        assert kept == sorted({one.rules for one in office.submissions()})

    def test_the_home_gets_rules_of_its_own_and_the_program_keeps_its(self, office: Office) -> None:
        before = (shipped("schemas") / "visit.yaml").read_bytes()
        learned = learn(office.home, "走访登记表", "入户同志", "走访干部")
        assert learned.file == str(office.home.root / "schemas" / "visit.yaml")
        assert office.home.schemas == office.home.root / "schemas"
        assert "入户同志" in load_rules(office.home.schemas).schemas["visit"].by_name["cadres"].aliases
        assert (shipped("schemas") / "visit.yaml").read_bytes() == before

    @pytest.mark.parametrize(
        ("form", "heading", "title", "said"),
        [
            ("走访表", "甲", "联系电话", "没有叫“走访表”的表"),
            ("走访登记表", "甲", "电话号", "是不是“联系电话”"),
            ("走访登记表", "手 机", "联系电话", "不用再添"),
            ("走访登记表", "户主", "联系电话", "已经是“走访对象”的表头"),
            ("走访登记表", " ", "联系电话", "表头是空的"),
        ],
    )
    def test_what_cannot_be_learned_is_said(
        self, office: Office, form: str, heading: str, title: str, said: str
    ) -> None:
        with pytest.raises(CannotLearn, match=said):
            learn(office.home, form, heading, title)
        assert not (office.home.root / "schemas").exists()


FLOW = "name: x\nfields:\n  - {name: a, title: 甲, aliases: [乙], type: string}  # 注\n  - {name: b, title: 丙}\n"
BLOCK = "fields:\n  - name: a\n    title: 甲\n    aliases:\n      - 乙\n      - 丁\n    type: string\n  - name: b\n    title: 丙\n    aliases: []\n"


class TestEditing:
    @pytest.mark.parametrize(
        ("text", "field", "wanted"),
        [
            (FLOW, "a", FLOW.replace("[乙]", "[乙, 戊]")),
            (FLOW, "b", FLOW.replace("title: 丙", "title: 丙, aliases: [戊]")),
            (BLOCK, "a", BLOCK.replace("- 丁\n", "- 丁\n      - 戊\n")),
            (BLOCK, "b", BLOCK.replace("[]", "[戊]")),
            ("fields:\n  - name: a\n    title: 甲\n", "a", "fields:\n  - name: a\n    title: 甲\n    aliases: [戊]\n"),
        ],
    )
    def test_one_place_is_changed_and_the_rest_stays(self, text: str, field: str, wanted: str) -> None:
        assert with_alias(text, field, "戊") == wanted

    def test_a_field_that_is_not_there_is_an_error(self) -> None:
        with pytest.raises(KeyError):
            with_alias(FLOW, "c", "戊")

    @given(st.text(min_size=1, max_size=12).filter(lambda text: text.strip() == text and text.isprintable()))
    def test_any_heading_reads_back(self, heading: str) -> None:
        import yaml

        for text in (FLOW, BLOCK):
            made = yaml.safe_load(with_alias(text, "a", heading))
            assert made["fields"][0]["aliases"][-1] == heading

    def test_every_field_of_every_form_can_learn(self, tmp_path: Path) -> None:
        folder = Path(shutil.copytree(shipped("schemas"), tmp_path / "schemas"))
        for form, schema in load_schemas(folder).items():
            file = folder / f"{form}.yaml"
            for number, field in enumerate(schema.fields):
                text = file.read_text(encoding="utf-8")
                file.write_text(with_alias(text, field.name, f"新表头{number}"), encoding="utf-8")
            learned = load_schemas(folder)[form]
            assert [field.aliases[-1] for field in learned.fields] == [f"新表头{n}" for n in range(len(learned.fields))]


def test_the_command_says_what_it_did(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dazoufang import cli

    office.take("工会/走访.xlsx", workbook(PHONE2), date(2023, 10, 20))
    at = ["--home", str(office.home.root)]
    monkeypatch.setattr("sys.argv", ["process.py", "learn", "走访登记表", "联系方式2", "联系电话", *at, "--json"])
    assert cli.main() == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["form"], said["title"], said["again"]) == ("走访登记表", "联系电话", ["工会/走访.xlsx"])
    monkeypatch.setattr("sys.argv", ["process.py", "learn", "走访登记表", "联系方式2", "联系电话", *at])
    assert cli.main() == cli.WRONG_USE
    assert "不用再添" in capsys.readouterr().err


def test_a_learned_heading_stands_in_the_annex_under_its_title(office: Office) -> None:
    learn(office.home, "走访登记表", "联系方式2", "联系电话")
    office.take("工会/走访.xlsx", workbook(PHONE2), TODAY)
    annex = next(data for path, data in office.outbox().items() if path.startswith("附件1"))
    page = openpyxl.load_workbook(io.BytesIO(annex))["走访明细"]
    cells = [cell for row in page.iter_rows(values_only=True) for cell in row]
    assert "联系电话" in cells
    assert "联系方式2" not in cells
    assert "13800000001" in cells
