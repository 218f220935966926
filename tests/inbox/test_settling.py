"""When a file has come to rest: what successive scans saw, and whether its end is there."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from tables import workbook

from dazoufang.inbox import settling
from dazoufang.inbox.settling import Settling, Sighting

A = (10, 1_000, 7)  # size, mtime, file id


def taken_at(*seen: tuple[float, Sighting]) -> float | None:
    """The moment of the first scan at which the file had settled."""
    watch = Settling()
    return next((now for now, one in seen if watch.observe(now, [one])), None)


def every(step: float, until: float, one: Sighting) -> list[tuple[float, Sighting]]:
    return [(number * step, one) for number in range(int(until / step) + 1)]


class TestRest:
    @pytest.mark.parametrize(("step", "moment"), [(2.0, 4.0), (1.0, 3.0), (0.5, 3.0), (10.0, 20.0)])
    def test_three_scans_and_three_seconds_without_a_change(self, step: float, moment: float) -> None:
        assert taken_at(*every(step, 60, Sighting("走访.xlsx", A))) == moment

    @pytest.mark.parametrize("changed", [(11, 1_000, 7), (10, 1_001, 7), (10, 1_000, 8), (10, 999, 7)])
    def test_any_change_begins_anew(self, changed: tuple[int, int, int]) -> None:
        before, after = Sighting("走访.xlsx", A), Sighting("走访.xlsx", changed)
        seen = [(0.0, before), (2.0, before), *((4.0 + now, one) for now, one in every(2, 20, after))]
        assert taken_at(*seen) == 8.0

    @pytest.mark.parametrize("mtime", [0, -1, 10**19])
    def test_the_clock_of_a_share_does_not_matter(self, mtime: int) -> None:
        assert taken_at(*every(2, 60, Sighting("走访.xlsx", (10, mtime, 7)))) == 4.0

    def test_a_file_that_was_gone_for_one_scan_begins_anew(self) -> None:
        watch, one = Settling(), Sighting("走访.xlsx", A)
        assert watch.observe(0, [one]) == watch.observe(2, [one]) == watch.observe(4, []) == []
        assert watch.observe(6, [one]) == watch.observe(8, [one]) == []
        assert watch.observe(10, [one]) == ["走访.xlsx"]

    def test_files_rest_each_for_itself(self) -> None:
        watch = Settling()
        for now in (0.0, 2.0, 4.0):
            settled = watch.observe(now, [Sighting("写着.xlsx", (int(now), 1, 1)), Sighting("好了.xlsx", A)])
        assert settled == ["好了.xlsx"]
        assert watch.waiting == {"写着.xlsx": 4.0, "好了.xlsx": 0.0}

    def test_a_file_that_is_open_waits_until_its_lock_is_gone(self) -> None:
        open_, closed = Sighting("走访.xlsx", A, locked=True), Sighting("走访.xlsx", A)
        assert taken_at(*every(2, 500, open_), (502, closed)) == 502

    def test_a_lock_that_nobody_takes_away_is_forgotten_after_ten_minutes(self) -> None:
        assert taken_at(*every(2, 1000, Sighting("走访.xlsx", A, locked=True))) == settling.LOCKED

    def test_a_file_without_its_end_is_answered_after_a_minute_of_silence(self) -> None:
        half = Sighting("走访.xlsx", A, whole=False)
        assert taken_at(*every(2, 1000, half)) == settling.CUT_OFF
        growing = [(now, Sighting("走访.xlsx", (int(now), 1, 7), whole=False)) for now, _ in every(30, 600, half)]
        assert taken_at(*growing) is None

    def test_a_share_that_hands_out_new_ids_all_the_time_starves_nobody(self) -> None:
        seen = [(now, Sighting("走访.xlsx", (10, 1_000, int(now)))) for now, _ in every(2, 100, Sighting("", A))]
        assert taken_at(*seen) == settling.CUT_OFF


BOOK = workbook("| 走访日期 | 走访干部 |\n| 2023-09-20 | 李明 |")


def zipped(data: bytes, comment: bytes = b"") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("走访.xlsx", data)
        archive.comment = comment
    return stream.getvalue()


def ole(sectors: int, directory: int) -> bytes:
    head = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0"))
    struct.pack_into("<H", head, 30, 9)
    struct.pack_into("<I", head, 48, directory)
    struct.pack_into("<109I", head, 76, *[0], *[0xFFFFFFFF] * 108)
    return bytes(head) + b"x" * 512 * sectors


def is_whole(data: bytes) -> bool:
    return settling.whole(len(data), data[: settling.HEAD], data[-settling.TAIL :])


class TestWhole:
    @pytest.mark.parametrize(
        ("what", "data"),
        [
            ("a workbook", BOOK),
            ("a zip", zipped(BOOK)),
            ("the longest comment", zipped(BOOK, b"x" * 65535)),
            ("an empty zip", zipped(BOOK)[-22:-10] + b"\0" * 10),
            ("OLE", ole(20, 19)),
            ("text", "走访日期,走访干部".encode()),
            ("one byte", b"x"),
            ("a picture", b"\x89PNG\r\n"),
        ],
    )
    def test_a_file_with_its_end(self, what: str, data: bytes) -> None:
        assert is_whole(data), what

    @pytest.mark.parametrize(
        ("what", "data"),
        [
            ("nothing", b""),
            ("room set aside", b"\0" * 5000),
            ("a workbook cut off", BOOK[:-30]),
            ("the last record cut off", BOOK[:-1]),
            ("a workbook, and room for the rest", BOOK[: len(BOOK) // 2].ljust(len(BOOK), b"\0")),
            ("the first bytes of a zip", b"PK"),
            ("OLE without its directory", ole(20, 19)[:-512]),
            ("half a header of OLE", ole(20, 19)[:300]),
            ("the first bytes of OLE", ole(20, 19)[:10]),
        ],
    )
    def test_a_file_without_its_end(self, what: str, data: bytes) -> None:
        assert not is_whole(data), what

    def test_a_zip_in_a_zip_is_cut_off_wherever_it_is_cut(self) -> None:
        outer = zipped(zipped(b"abc" * 20) + b"tail")
        assert [at for at in range(len(outer)) if is_whole(outer[:at])] == [1]  # one byte P may be any text

    def test_a_zip64_says_where_it_ends_in_another_record(self) -> None:
        end = BOOK[-22:]
        extended = BOOK[:-22] + b"PK\x06\x06" + b"\0" * 52 + b"PK\x06\x07" + b"\0" * 16 + end
        assert is_whole(extended)
