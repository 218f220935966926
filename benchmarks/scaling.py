"""The arithmetic of scale: from what small runs cost to what the nights of a province cost, and which part gives out first.

Everything here is a function of figures: `province.py` measures them and prints what comes of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from dazoufang.system.child_limits import allowed

ROWS: Final = 20  # visits of a form, as whole_run.make_forms makes them
LAST_DAYS: Final = 3  # working days at the end of a round …
PHASES: Final = 3  # of a round
LAST_SHARE: Final = 0.5  # … in which this share of the round's forms comes
HOUR: Final = 3600.0  # seconds
GB: Final = 1e9  # bytes
ANNEX_1: Final = 2 / 3  # of the bytes of a county's annexes; 0.74 of those of 45,000 visits


class Line(NamedTuple):
    """A cost that is `fixed`, and `each` more for every form or row."""

    fixed: float
    each: float

    def at(self, count: float) -> float:
        """The cost of so many, in the unit of `fixed`."""
        return self.fixed + self.each * count

    def most(self, limit: float) -> float:
        """How many cost no more than `limit`; infinite where more cost nothing."""
        if self.each <= 0:
            return float("inf")
        return max((limit - self.fixed) / self.each, 0.0)


def through(small: tuple[float, float], large: tuple[float, float]) -> Line:
    """The line through two measured points (count, cost), that of fewer first. Where more was measured to cost less,
    which is noise, more costs nothing and all cost the larger figure.

    Raises:
        ValueError: the second point is not of more.
    """
    (few, cost), (many, larger) = small, large
    if many <= few:
        raise ValueError(f"{many} is not more than {few}")
    each = (larger - cost) / (many - few)
    return Line(cost - each * few, each) if each > 0 else Line(max(cost, larger), 0.0)


@dataclass(frozen=True)
class Size:
    """What was measured at one size. `forms`: that stood after the fresh run, one more after it.

    CPU in seconds of all processes, memory in MB at the peak, sizes in bytes of files. `above`: a home that takes the
    annexes of this one for the first time. `reading`: of the process that reads and judges annex 1 alone.
    """

    forms: int
    fresh_cpu: float
    fresh_mb: float
    idle_cpu: float
    one_more_cpu: float
    one_more_mb: float
    record: float
    archive: float
    outbox: float
    annexes: float
    above_cpu: float
    above_mb: float
    above_record: float
    reading_cpu: float
    reading_mb: float


class Again(NamedTuple):
    """What the home above took when the annexes of the larger size came again, a form longer: CPU s, MB, bytes of its
    record."""

    cpu: float
    mb: float
    record: float


@dataclass(frozen=True)
class Costs:
    """Lines through two sizes. By forms: `fresh_cpu`, `idle_cpu`, `one_more_cpu` (s), `fresh_mb`, `one_more_mb` (MB), `record`,
    `archive`, `outbox`, `annexes` (bytes). By rows that stand: `above_cpu` (s), `above_mb` (MB),
    `above_record` (bytes), `reading_cpu` (s), `reading_mb` (MB). `again_cpu`, `held_mb`, `held_bytes`: what a row of an annex that comes
    again costs above, beside that: the row it replaces stands no more, but the record keeps it, and so does memory."""

    fresh_cpu: Line
    fresh_mb: Line
    idle_cpu: Line
    one_more_cpu: Line
    one_more_mb: Line
    record: Line
    archive: Line
    outbox: Line
    annexes: Line
    above_cpu: Line
    above_mb: Line
    above_record: Line
    again_cpu: float
    held_mb: float
    held_bytes: float
    reading_cpu: Line
    reading_mb: Line

    @property
    def further_form(self) -> float:
        """CPU seconds of a form beside the first of a night: it is read and taken in, but nothing is published anew for it."""
        return max(self.fresh_cpu.each - self.one_more_cpu.each, 0.0)

    def night_cpu(self, standing: float, new: float) -> float:
        """CPU seconds of a run over `new` forms in a home in which `standing` stand already; less than one form: on that
        share of the nights one comes, on the others the run finds nothing."""
        if new < 1:
            return self.idle_cpu.at(standing) * (1 - new) + self.one_more_cpu.at(standing) * new
        return self.one_more_cpu.at(standing) + self.further_form * (new - 1)

    def above_peak(self, standing: float, held: float) -> float:
        """MB of the home above with so many rows standing, of all those that its record holds."""
        return self.above_mb.at(standing) + self.held_mb * (held - standing)

    def above_bytes(self, standing: float, held: float) -> float:
        """Bytes of its record."""
        return self.above_record.at(standing) + self.held_bytes * (held - standing)


def fitted(small: Size, large: Size, again: Again) -> Costs:
    """The lines through two sizes.

    Raises:
        ValueError: the second is not the larger one.
    """

    def by_forms(name: str, more: int = 0) -> Line:
        return through((small.forms + more, getattr(small, name)), (large.forms + more, getattr(large, name)))

    def by_rows(name: str) -> Line:
        return through((small.forms * ROWS, getattr(small, name)), (large.forms * ROWS, getattr(large, name)))

    def of_replaced(line: Line, first: float, second: float) -> float:
        """What each row that was replaced adds, when the ROWS that came new are taken off."""
        return max((second - first - line.each * ROWS) / (large.forms * ROWS), 0.0)

    above_cpu, above_mb, above_record = (by_rows(name) for name in ("above_cpu", "above_mb", "above_record"))
    return Costs(
        fresh_cpu=by_forms("fresh_cpu"),
        fresh_mb=by_forms("fresh_mb"),
        idle_cpu=by_forms("idle_cpu"),
        one_more_cpu=by_forms("one_more_cpu"),
        one_more_mb=by_forms("one_more_mb", more=1),
        record=by_forms("record"),
        archive=by_forms("archive"),
        outbox=by_forms("outbox"),
        annexes=by_forms("annexes"),
        above_cpu=above_cpu,
        above_mb=above_mb,
        above_record=above_record,
        again_cpu=of_replaced(above_cpu, large.above_cpu, again.cpu),
        held_mb=of_replaced(above_mb, large.above_mb, again.mb),
        held_bytes=of_replaced(above_record, large.above_record, again.record),
        reading_cpu=by_rows("reading_cpu"),
        reading_mb=by_rows("reading_mb"),
    )


@dataclass(frozen=True)
class Province:
    """A province, and the machine that carries it. `visits`: of a year; `nights`: on which forms come; `largest`: the largest county,
    in mean ones; `handed_up`: how many times a year the counties' annexes go into the home above; `cadres`: of a unit;
    `alerted`: the share of cadres that has an alert on a night, each of whom is sent one digest; `letters_hour`: what the mail
    server takes in an hour; `hours`: how long a night is; `disk_mb_s`: what the disk writes in a second;
    `reading_seconds`, `reading_mb`: what a child may take to read a file (schemas/campaign.yaml)."""

    counties: int = 130
    units: int = 13_000
    visits: int = 5_000_000
    rounds: int = 2
    nights: int = 120
    largest: float = 3.0
    handed_up: int = 120
    cadres: int = 10
    alerted: float = 1.0
    letters_hour: float = 3600.0
    cores: int = 16
    memory_gb: float = 64.0
    disk_mb_s: float = 100.0
    hours: float = 12.0
    reading_seconds: float = 20.0
    reading_mb: float = 1024.0

    @property
    def forms(self) -> float:
        """Of a year."""
        return self.visits / ROWS

    @property
    def mean_night(self) -> float:
        """Forms of the province on a mean night."""
        return self.forms / self.nights

    @property
    def peak_night(self) -> float:
        """Forms on one of the last nights of a round."""
        return self.forms / self.rounds * LAST_SHARE / LAST_DAYS

    @property
    def letters(self) -> float:
        """Letters of a night: one to each cadre with an alert."""
        return self.units * self.cadres * self.alerted

    @property
    def at_once(self) -> int:
        """Homes that `run --homes` does at a time."""
        return max(1, self.cores // 2)

    def held(self, rows: float) -> float:
        """Rows that the record above holds at the end of a year in which rows grew evenly to `rows` and came
        `handed_up` times, all of them each time: a day's share, two days' shares, and so on."""
        return rows * (self.handed_up + 1) / 2


@dataclass(frozen=True)
class Night:
    """A night of all counties: forms, CPU seconds, hours by the clock, bytes written (archive, records, every outbox anew)."""

    forms: float
    cpu: float
    clock: float
    written: float


def night(costs: Costs, province: Province, forms: float, standing: float) -> Night:
    """A night on which `forms` come in the province, when `standing` stand in it already.

    By the clock as many homes are at work as `run --homes` begins, each as if it kept one core busy (it keeps one to
    two); the night is no shorter than that of the largest county.
    """
    of_each, stands = forms / province.counties, standing / province.counties
    cpu = costs.night_cpu(stands, of_each) * province.counties
    largest = costs.night_cpu(stands * province.largest, of_each * province.largest)
    written = (costs.archive.each + costs.record.each) * forms + costs.outbox.at(stands) * province.counties
    return Night(forms, cpu, max(cpu / province.at_once, largest) / HOUR, written)


@dataclass(frozen=True)
class Above:
    """One home above others at the end of a year: `rows` stand, its record holds `held`. CPU hours of one hand-up, GB of memory at its
    peak, GB of its record, GB of annexes in its archive."""

    rows: float
    held: float
    cpu_hours: float
    memory: float
    record: float
    archive: float


def above(costs: Costs, province: Province, homes: float = 1.0) -> Above:
    """One of so many homes between which the counties are shared out; each takes its counties' annexes whole, each time.

    The time is that of a hand-up in which all of them come again; that more was held by then adds to it, uncounted."""
    rows = province.visits / homes
    below = province.counties / homes
    held = province.held(rows)
    annexes = below * costs.annexes.at(province.forms / province.counties)
    return Above(
        rows,
        held,
        (costs.above_cpu.at(rows) + costs.again_cpu * rows) / HOUR,
        costs.above_peak(rows, held) / 1000,
        costs.above_bytes(rows, held) / GB,
        annexes * (province.handed_up + 1) / 2 / GB,
    )


class Strain(NamedTuple):
    """A part of the province: what it needs, what there is, both in `unit`."""

    part: str
    needs: float
    limit: float
    unit: str
    mend: str

    @property
    def share(self) -> float:
        """Of what there is; above 1 it gives out."""
        return self.needs / self.limit


def strains(costs: Costs, province: Province) -> list[Strain]:
    """Every part with what it needs at its worst, the one that gives out first at the head."""
    peak = night(costs, province, province.peak_night, province.forms)
    top = above(costs, province)
    county_forms = province.forms / province.counties * province.largest
    county_rows = county_forms * ROWS
    at_work = costs.one_more_mb.at(county_forms)
    at_work += costs.one_more_mb.at(province.forms / province.counties) * (province.at_once - 1)
    found = [
        Strain("memory of the one home above", top.memory, province.memory_gb, "GB", "cities between; hand up once a phase"),
        Strain("time of the one home above", top.cpu_hours, province.hours, "h", "cities between; figures only above them"),
        Strain(
            "a child that reads the largest annex, time", costs.reading_cpu.at(county_rows),
            allowed(province.reading_seconds, int(costs.annexes.at(county_forms) * ANNEX_1)),
            "CPU s", "reading.seconds in campaign.yaml above",
        ),
        Strain(
            "a child that reads the largest annex, memory", costs.reading_mb.at(county_rows), province.reading_mb,
            "MB", "reading.memory_mb in campaign.yaml above",
        ),
        Strain(
            "memory of the counties at work", at_work / 1000, province.memory_gb,
            "GB", "fewer homes at a time: two calls of --homes, one after the other",
        ),
        Strain("time of the counties, a peak night", peak.clock, province.hours, "h", "more machines, each with its counties; Dask for judging"),
        Strain("mail server", province.letters / province.letters_hour, province.hours, "h", "a server of one's own; several"),
        Strain("disk, a peak night", peak.written / 1e6 / province.disk_mb_s / HOUR, province.hours, "h", "a faster disk"),
    ]  # fmt: skip
    return sorted(found, key=lambda strain: -strain.share)


def together_cpu(costs: Costs, homes: int, forms: int, rows_above: Sequence[int]) -> float:
    """CPU seconds of one `run --homes … --into` over fresh homes of so many forms: theirs, one idle start of the program that calls
    them, and the home above that reads so many rows of each."""
    return homes * costs.fresh_cpu.at(forms) + costs.idle_cpu.fixed + costs.above_cpu.at(sum(rows_above))
