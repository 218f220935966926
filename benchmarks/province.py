"""A province on paper: measures small runs, says how well they foretell a larger one, and works out a province from them.

python benchmarks/province.py --forms 20 60 --check 40 --counties 130 --visits 5000000
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from scaling import GB, HOUR, PHASES, ROWS, Again, Costs, Province, Size, above, fitted, night, strains, together_cpu
from whole_run import ROOT, TODAY, Cost, make_forms, measured

_BUREAU: Final = "value: 华容县教育体育局"
_CITIES: Final = 14


# -- homes --------------------------------------------------------------------------------------------------------


def home(folder: Path, bureau: str) -> Path:
    """An empty home whose rules are those of a bureau of that name."""
    (folder / "inbox").mkdir(parents=True)
    shutil.copytree(ROOT / "schemas", folder / "schemas")
    campaign = folder / "schemas" / "campaign.yaml"
    campaign.write_text(campaign.read_text("utf-8").replace(_BUREAU, f"value: {bureau}"), "utf-8")
    return folder


def dropped(forms: Path, into: Path, but: int = 0) -> list[Path]:
    """Drop the roster and all forms but the last few into a home; returns those few."""
    files = sorted(forms.glob("forms/*.xlsx"))
    kept = files[len(files) - but :]
    for file in (*forms.glob("roster/*.xlsx"), *files[: len(files) - but]):
        shutil.copy2(file, into / "inbox" / file.name)
    return kept


def handed_up(county: Path, into: Path) -> None:
    """What `run --homes … --into` hands up of a home."""
    folder = into / "inbox" / county.name
    folder.mkdir(exist_ok=True)
    for annex in annexes(county):
        shutil.copy2(annex, folder / annex.name)


def annexes(county: Path) -> list[Path]:
    return sorted(county.glob("outbox/附件*.xlsx"))


def size_of(*places: Path) -> int:
    """Bytes of the files in these folders, or of these files."""
    files = (file for place in places for file in (place.rglob("*") if place.is_dir() else [place]))
    return sum(file.stat().st_size for file in files if file.is_file())


def record_of(place: Path) -> int:
    """Bytes of its record, with what its journal still holds of it."""
    return size_of(*place.glob("data/dazoufang.sqlite3*"))


# -- measuring ----------------------------------------------------------------------------------------------------


def run(*words: str | Path) -> Cost:
    """A run as an office types it, in a process of its own.

    Raises:
        SystemExit: it did not take in all that was dropped.
    """
    command = [sys.executable, ROOT / "process.py", "run", "--json", "--today", TODAY, *words]
    cost = measured([str(word) for word in command])
    for said in cost.report.get("homes", [cost.report]):
        taken = said["submissions"]
        if taken["partly"] or taken["returned"] or taken["deferred"] or said["faults"]:
            raise SystemExit(f"not all was accepted: {taken}, {said['faults']} faults")
    return cost


def reading(annex: Path) -> dict[str, Any]:
    """What one process takes to read and judge one annex, as a guarded child does: CPU seconds and MB at its peak."""
    sys.path.insert(0, str(ROOT))
    from dazoufang.judging.examine import examine_bytes
    from dazoufang.rules.campaign import load_rules
    from dazoufang.system.collector import look_seldom

    look_seldom()
    rules, data = load_rules(ROOT / "schemas"), annex.read_bytes()
    started = time.process_time()
    found = examine_bytes(data, annex.name, rules, TODAY)
    took = time.process_time() - started
    rows = sum(len(part.rows) for part in found.parts)
    return {"rows": rows, "cpu": took, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000}


def at(forms: int, folder: Path) -> Size:
    """What every kind of run costs with so many forms, in an empty folder: fresh, idle, one form more, a home above."""
    make_forms(folder, forms + 1)
    county, upper = home(folder / "甲县", "甲县"), home(folder / "市", "市")
    more = dropped(folder, county, but=1)
    fresh, idle = run("--home", county), run("--home", county)
    sizes = [record_of(county), size_of(county / "archive"), size_of(county / "outbox"), size_of(*annexes(county))]
    handed_up(county, upper)
    above_it, record = run("--home", upper), record_of(upper)
    read = measured([sys.executable, __file__, "--read", str(annexes(county)[0])]).report
    for file in more:
        shutil.copy2(file, county / "inbox" / file.name)
    one_more = run("--home", county)
    return Size(
        forms, fresh.cpu_seconds, fresh.megabytes, idle.cpu_seconds, one_more.cpu_seconds, one_more.megabytes, *sizes,
        above_it.cpu_seconds, above_it.megabytes, record, read["cpu"], read["mb"],
    )  # fmt: skip


def once_more(folder: Path) -> Again:
    """What the home above takes where `at` was, when the annexes come again with that one form."""
    handed_up(folder / "甲县", folder / "市")
    again = run("--home", folder / "市")
    return Again(again.cpu_seconds, again.megabytes, record_of(folder / "市"))


def measured_costs(few: int, many: int) -> tuple[list[Size], Costs]:
    """Both sizes, and the lines through them."""
    with tempfile.TemporaryDirectory(prefix="dazoufang-benchmark-") as name:
        folders = [Path(name) / str(forms) for forms in (few, many)]
        for folder in folders:
            folder.mkdir()
        small, large = at(few, folders[0]), at(many, folders[1])
        return [small, large], fitted(small, large, once_more(folders[1]))


Checked = tuple[str, str, float, float]  # what, unit, predicted, measured


def checked(costs: Costs, forms: int, homes: int) -> list[Checked]:
    """What the lines predict of a size that they do not know, beside what it takes: a fresh home, a night of a tenth more
    (at least one form), and so many homes in one call with one above."""
    more = max(forms // 10, 1)
    with tempfile.TemporaryDirectory(prefix="dazoufang-benchmark-") as name:
        folder = Path(name)
        make_forms(folder, forms + more)
        county, upper = home(folder / "county" / "甲县", "甲县"), home(folder / "市", "市")
        later = dropped(folder, county, but=more)
        fresh = run("--home", county)
        found = [
            (f"fresh home of {forms} forms", "CPU s", costs.fresh_cpu.at(forms), fresh.cpu_seconds),
            ("", "peak MB", costs.fresh_mb.at(forms), fresh.megabytes),
            ("", "record MB", costs.record.at(forms) / 1e6, record_of(county) / 1e6),
            ("", "archive MB", costs.archive.at(forms) / 1e6, size_of(county / "archive") / 1e6),
            ("", "outbox MB", costs.outbox.at(forms) / 1e6, size_of(county / "outbox") / 1e6),
        ]
        for file in later:
            shutil.copy2(file, county / "inbox" / file.name)
        nightly = run("--home", county)
        found += [
            (f"a night of {more} more", "CPU s", costs.night_cpu(forms, more), nightly.cpu_seconds),
            ("", "peak MB", costs.one_more_mb.at(forms + more), nightly.megabytes),
        ]
        if homes:
            shutil.rmtree(county)
            for number in range(homes):
                dropped(folder, home(folder / "county" / f"第{number + 1}县", f"第{number + 1}县"), but=more)
            together = run("--homes", folder / "county" / "*", "--into", upper)
            predicted = together_cpu(costs, homes, forms, [forms * ROWS] * homes)
            found.append((f"{homes} such homes, one above", "CPU s", predicted, together.cpu_seconds))
        return found


# -- showing ------------------------------------------------------------------------------------------------------


def show(lines: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
    """Lines of a table, its first column to the left, the others to the right."""
    for first, *rest in lines:
        further = "".join(f"{cell:>{width}}" for cell, width in zip(rest, widths[1:], strict=False))
        sys.stdout.write(f"{first:<{widths[0]}}{further}".rstrip() + "\n")
    sys.stdout.write("\n")


def show_sizes(sizes: Sequence[Size], costs: Costs) -> None:
    names = [field.name for field in fields(Size) if field.name != "forms"]
    lines = [["measured", *(f"{size.forms} forms" for size in sizes), "fixed", "each"]]
    for name in names:
        line = getattr(costs, name, None)
        fit = [f"{line.fixed:,.2f}", f"{line.each:,.5f}"] if line is not None else []
        lines.append([name, *(f"{getattr(size, name):,.2f}" for size in sizes), *fit])
    show(lines, [22, 16, 16, 16, 14])
    sys.stdout.write(
        "CPU in seconds, memory (_mb) in MB, sizes in bytes; each: a form, and for above_ and reading_ a visit.\n"
        f"A row above that was replaced: {costs.again_cpu * 1000:.2f} ms, {costs.held_mb * 1000:.2f} kB of memory, "
        f"{costs.held_bytes:.0f} bytes of record.\n"
        f"A form beside the first of a night: {costs.further_form:.3f} CPU s.\n\n"
    )


def show_checked(found: Sequence[Checked]) -> None:
    lines = [["check", "", "predicted", "measured", "ratio"]]
    for what, unit, predicted, taken in found:
        lines.append([what, unit, f"{predicted:.2f}", f"{taken:.2f}", f"{taken / predicted:.2f}"])
    show(lines, [30, 12, 12, 12, 8])


def show_province(costs: Costs, province: Province) -> None:
    forms = province.forms
    mean = night(costs, province, province.mean_night, forms / 2)
    peak = night(costs, province, province.peak_night, forms)
    top, county = above(costs, province), forms / province.counties
    sys.stdout.write(
        f"{province.counties} counties, {province.units:,} units, {province.visits:,} visits a year in {forms:,.0f} forms over "
        f"{province.nights} nights; {province.cores} cores, {province.memory_gb:g} GB, {province.disk_mb_s:g} MB/s\n"
    )
    largest = costs.one_more_mb.at(county * province.largest) / 1000
    database = costs.record.at(county) * province.counties / GB
    kept = costs.archive.at(county) * province.counties / GB
    table = [
        ["", "mean night", "peak night"],
        ["forms", f"{mean.forms:,.0f}", f"{peak.forms:,.0f}"],
        ["CPU hours, counties", f"{mean.cpu / HOUR:.2f}", f"{peak.cpu / HOUR:.2f}"],
        [f"hours by the clock, {province.at_once} homes at a time", f"{mean.clock:.2f}", f"{peak.clock:.2f}"],
        ["GB written, counties", f"{mean.written / GB:.2f}", f"{peak.written / GB:.2f}"],
        ["letters at most", f"{province.letters:,.0f}", f"{province.letters:,.0f}"],
        ["", "counties", "home above"],
        ["peak GB (the largest county)", f"{largest:.1f}", f"{top.memory:,.0f}"],
        ["database GB a year", f"{database:.1f}", f"{top.record:,.0f}"],
        ["archive GB a year", f"{kept:.1f}", f"{top.archive:,.0f}"],
        ["CPU hours of one hand-up", "", f"{top.cpu_hours:.1f}"],
    ]
    show(table, [42, 14, 14])
    show_ways(costs, province)
    lines = [["what gives out first", "needs", "there is", "", "share"]]
    found = strains(costs, province)
    for part, needs, limit, unit, mend in found:
        lines.append([part, f"{needs:,.2f}", f"{limit:,.0f}", unit, f"{needs / limit:.2f}", f"  {mend}"])
    show(lines, [46, 10, 10, 7, 9, 0])
    words = "nothing gives out; nearest to it" if found[0].share <= 1 else "gives out first"
    sys.stdout.write(f"{words}: {found[0].part}. What to do: {found[0].mend}.\n")


def show_ways(costs: Costs, province: Province) -> None:
    """What becomes of the home above where there are cities between, or the annexes go up less often."""
    lines = [["home above", "hand-ups", "rows", "rows held", "peak GB", "record GB", "CPU h each"]]
    for homes in (1, _CITIES):
        for times in dict.fromkeys((province.handed_up, PHASES * province.rounds, province.rounds)):
            way = above(costs, Province(**{**vars(province), "handed_up": times}), homes)
            lines.append([
                "one for all" if homes == 1 else f"one of {homes} cities", str(times), f"{way.rows:,.0f}", f"{way.held:,.0f}",
                f"{way.memory:,.1f}", f"{way.record:,.1f}", f"{way.cpu_hours:.2f}",
            ])  # fmt: skip
    show(lines, [18, 10, 14, 16, 11, 12, 12])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, nargs=2, default=[20, 60], help="the two sizes that are measured")
    parser.add_argument("--check", type=int, default=40, help="the size that is foretold and then measured; 0: none")
    parser.add_argument("--homes", type=int, default=3, help="homes of that size in one call; 0: none")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    for field in fields(Province):
        name = "--" + field.name.replace("_", "-")
        parser.add_argument(name, type=type(field.default), default=field.default)
    given = parser.parse_args()
    if given.read:
        json.dump(reading(given.read), sys.stdout)
        return
    sizes, costs = measured_costs(*sorted(given.forms))
    show_sizes(sizes, costs)
    if given.check:
        show_checked(checked(costs, given.check, given.homes))
    show_province(costs, Province(**{field.name: getattr(given, field.name) for field in fields(Province)}))


if __name__ == "__main__":
    main()
