"""The record: what is appended reads back the same, all of it or nothing, and it only grows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from dazoufang.model import faults
from dazoufang.model.faults import Repair
from dazoufang.model.submission import ACCEPTED, DUPLICATE, PARTLY, RETURNED, Heading, Part, Row, Submission
from dazoufang.record.record import Counters, Record
from dazoufang.record.tables import VERSION, UnknownVersion

DAY = date(2023, 10, 20)


def submission(counters: Counters, verdict: str = PARTLY, rows: int = 2) -> Submission:
    number = counters.submission_id + 1
    made = Submission(
        number, f"{number:064d}", f"工会/走访 {number}.xlsx", f"2023-10/{number} 走访.xlsx", DAY, verdict, "工会",
        [
            Part(
                "visit", "内/走访.xlsx", "走访", "工会",
                [Row("表一", 4 + n, "工会", {"household": f"张{n}", "remark": "=1+1\n“引号”'😀"}, held=bool(n)) for n in range(rows)],
                [Heading("表一", 3, {"household": 3, "remark": 9})], {"reporting_unit": "工会", "filled_by": "陈红"},
            ),
            Part("dispute", "", "办理", "", []),
        ],
        [faults.make("C02", sheet="表一", cell="A5", row=5, column="走访日期", value="上周三")],
        [Repair("表一", "B4", 4, "走访干部", "张 三", "张三", "去空格", "内/走访.xlsx")],
    )  # fmt: skip
    counters.number(made)
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "数据" / "dazoufang.sqlite3"


class TestReadBack:
    def test_what_is_appended_reads_back_the_same_in_order(self, path: Path) -> None:
        counters = Counters()
        first = [submission(counters), submission(counters, RETURNED, 0)]
        again = Submission(3, first[0].sha256, "再来.xlsx", first[0].archived, DAY, DUPLICATE, "工会", duplicate_of=1)
        with Record.at(path) as record:
            record.append(first)
            counters.number(again)
            record.append([again])
        with Record.at(path) as record:
            assert list(record.submissions()) == [*first, again]

    def test_the_next_free_numbers_are_known(self, path: Path) -> None:
        counters = Counters()
        with Record.at(path) as record:
            fresh = record.counters()
            assert (fresh.submission_id, fresh.part_id, fresh.row_id) == (0, 0, 0)
            record.append([submission(counters), submission(counters)])
            standing = record.counters()
        assert (standing.submission_id, standing.part_id, standing.row_id) == (2, 4, 4)

    def test_numbers_ascend_in_the_order_of_acceptance(self) -> None:
        counters = Counters(5, 7, 11)
        made = submission(counters)
        assert made.submission_id == 6
        assert [part.part_id for part in made.parts] == [8, 9]
        assert [row.row_id for row in made.parts[0].rows] == [12, 13]

    @settings(max_examples=25)
    @given(st.dictionaries(st.text(max_size=5), st.text(st.characters(exclude_categories=["Cs"]), max_size=20)))
    def test_whatever_text_a_cell_holds_comes_back(self, values: dict[str, str]) -> None:
        made = submission(Counters(), ACCEPTED)
        made.parts[0].rows[0].values = values
        with Record("sqlite://") as record:
            record.append([made])
            assert list(record.submissions()) == [made]


class TestAllOrNothing:
    def test_a_failure_in_the_middle_leaves_nothing(self, path: Path) -> None:
        counters = Counters()
        good = submission(counters)
        bad = replace(submission(counters), submission_id=good.submission_id)  # the number is taken
        with Record.at(path) as record:
            with pytest.raises(DBAPIError):
                record.append([good, bad])
            assert list(record.submissions()) == [] and record.clearing() == []
            record.append([good])
            assert list(record.submissions()) == [good]

    def test_a_failure_while_the_submissions_are_made_leaves_nothing(self, path: Path) -> None:
        def making():  # type: ignore[no-untyped-def]
            yield submission(Counters())
            raise OSError("no more")

        with Record.at(path) as record:
            with pytest.raises(OSError, match="no more"):
                record.append(making())
            assert list(record.submissions()) == []

    def test_a_row_with_no_part_is_refused(self, path: Path) -> None:
        with Record.at(path), closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA foreign_keys=ON")
            with pytest.raises(sqlite3.IntegrityError):
                db.execute("INSERT INTO rows VALUES (1, 99, '', 1, '', 0, '{}', '{}', 0)")

    def test_nothing_to_append_changes_nothing(self, path: Path) -> None:
        with Record.at(path) as record:
            record.append([])
            assert list(record.submissions()) == [] and record.clearing() == []


class TestVersions:
    @pytest.mark.law(13)
    def test_a_record_of_a_newer_program_is_refused_with_a_clear_message(self, path: Path) -> None:
        with Record.at(path):
            pass
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("UPDATE about SET value = ?", (str(VERSION + 1),))
        with pytest.raises(UnknownVersion, match=f"版本是{VERSION + 1}.*只认识到{VERSION}.*新版程序"):
            Record.at(path)

    def test_a_newer_record_that_lacks_a_table_of_ours_is_refused_and_stays_as_it_is(self, path: Path) -> None:
        with Record.at(path):
            pass
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("DROP TABLE clearing")
            db.execute("UPDATE about SET value = '5' WHERE key = 'version'")
        for _ in range(2):
            with pytest.raises(UnknownVersion, match=r"版本是5，本程序只认识到4，请使用新版程序"):
                Record.at(path)
        with closing(sqlite3.connect(path)) as db:
            tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            assert tables == {"about", "submissions", "parts", "rows", "letters", "incoming"}
            assert db.execute("SELECT value FROM about WHERE key = 'version'").fetchall() == [("5",)]

    def test_a_record_is_opened_again_and_again(self, path: Path) -> None:
        for _ in range(3):
            with Record.at(path) as record:
                assert record.trouble() == ""
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("SELECT value FROM about").fetchall() == [(str(VERSION),)]

    def test_what_is_committed_is_on_disk(self, path: Path) -> None:
        with Record.at(path), closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


class TestUpgrade:
    def test_a_record_of_the_first_version_gets_the_columns_it_lacks(self, path: Path) -> None:
        counters = Counters()
        made = submission(counters)
        with Record.at(path) as record:
            record.append([made])
        with closing(sqlite3.connect(path)) as db:
            db.execute("ALTER TABLE submissions DROP COLUMN rules")
            db.execute("ALTER TABLE rows DROP COLUMN elsewhere")
            db.execute("ALTER TABLE rows DROP COLUMN left_column")
            db.execute('UPDATE parts SET columns = \'{"表一":{"household":3,"remark":9}}\' WHERE columns <> \'[]\'')
            db.execute("UPDATE parts SET columns = '{}' WHERE columns = '[]'")
            db.execute("UPDATE about SET value = '1'")
            db.commit()
        made.rules, made.parts[0].headings = "", [Heading("表一", 0, {"household": 3, "remark": 9})]
        for _ in range(2):
            with Record.at(path) as record:
                assert list(record.submissions()) == [made]
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("SELECT value FROM about").fetchall() == [(str(VERSION),)]

    def test_an_upgrade_that_was_cut_short_goes_on(self, path: Path) -> None:
        with Record.at(path):
            pass
        with closing(sqlite3.connect(path)) as db:
            db.execute("ALTER TABLE submissions DROP COLUMN rules")
            db.execute("UPDATE about SET value = '1'")
            db.commit()
        with Record.at(path):
            pass
        with closing(sqlite3.connect(path)) as db:  # the column is there, the version not yet
            db.execute("UPDATE about SET value = '1'")
            db.commit()
        counters = Counters()
        made = replace(submission(counters), rules="abc")
        with Record.at(path) as record:
            record.append([made])
            assert list(record.submissions()) == [made]


class TestTrouble:
    def test_a_damaged_database_is_found(self, path: Path) -> None:
        counters = Counters()
        with Record.at(path) as record:
            record.append([submission(counters, rows=40) for _ in range(20)])
        with closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        data = bytearray(path.read_bytes())
        for page in range(4, len(data) // 4096):
            data[page * 4096 : page * 4096 + 200] = b"\xff" * 200
        path.write_bytes(bytes(data))
        with Record.at(path) as record:
            try:
                assert record.trouble() != ""
            except DBAPIError as error:  # damaged beyond its own check
                assert "malformed" in str(error)


class TestClearing:
    def test_files_wait_to_be_cleared_until_it_is_said(self, path: Path) -> None:
        counters = Counters()
        made = [submission(counters) for _ in range(3)]
        with Record.at(path) as record:
            record.append(made)
            waiting = [(one.submission_id, one.path, one.sha256) for one in made]
            assert record.clearing() == waiting
            record.cleared([1, 2])
            assert record.clearing() == waiting[2:]
            record.cleared([])
            assert record.clearing() == waiting[2:]
            record.cleared(iter([3]))
            assert record.clearing() == []
