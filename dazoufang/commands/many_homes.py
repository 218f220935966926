"""One command over many homes, each in a process of its own: one that cannot go on stops no other."""

from __future__ import annotations

import glob
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from dazoufang.commands.screen import Screen, complain
from dazoufang.model.submission import ACCEPTED, PARTLY, RETURNED
from dazoufang.record.record import Record
from dazoufang.rules.campaign import load_rules
from dazoufang.running import kept_fold
from dazoufang.system import files
from dazoufang.system.errors import UNFINISHED, WRONG_USE, WrongUse
from dazoufang.system.home import PLACEHOLDER, Home

_AT_ONCE: Final = max(1, (os.cpu_count() or 2) // 2)  # each reads its files in two children
_LOOK: Final = 0.05  # seconds between two looks at who is done
_BEGUN: Final = "import sys; sys.path.insert(0, sys.argv.pop(1)); from dazoufang.cli import main; sys.exit(main())"
_PACKAGE: Final = str(Path(__file__).parents[2])


@dataclass(frozen=True)
class Outcome:
    """What came of one home. `said`: its JSON, {} where it came to none; `words`: why not all was done, "" it was."""

    home: Path
    code: int
    said: dict[str, Any]
    words: str

    @property
    def run(self) -> dict[str, Any]:
        """What its run took in and published, by itself or as part of its night."""
        found: dict[str, Any] = self.said.get("run", self.said)
        return found

    def as_json(self) -> dict[str, Any]:
        """For --json."""
        return {"home": str(self.home), "code": self.code, "words": self.words, **self.said}


def together(command: str, pattern: str, into: Path | None, words: Sequence[str], screen: Screen) -> int:
    """Do `command` (with these further words) for every home that fits `pattern`, then hand what they published up `into`
    a home above them and do it there; returns the exit code.

    Raises:
        WrongUse: there are no such homes, or they cannot stand side by side; nothing was done.
        OSError: the inbox above cannot be written; the homes below are done.
    """
    homes = homes_asked_for(pattern)
    upper = None if into is None else Home.of(into.resolve())
    if upper is not None and not upper.inbox.exists():
        raise WrongUse(f"--into 写的 {upper.root} 里没有收件文件夹 inbox；第一次用请先在那里运行 setup")
    below = [home for home in homes if upper is None or home.root != upper.root]
    count = len(below) + (upper is not None)

    def done(outcome: Outcome) -> None:
        outcomes.append(outcome)
        tell(outcome, screen, f"{len(outcomes)}/{count}")

    outcomes: list[Outcome] = []
    over(below, [command, *words], done)
    left: list[str] = []
    if upper is not None:
        handed, left = hand_up(sorted(outcomes, key=lambda outcome: outcome.home.name), upper)
        over([upper], [command, *words], done)
        left.extend(_not_taken_whole(handed, upper))
    show(outcomes, left, screen)
    return exit_code(outcomes) or (UNFINISHED if left else 0)


def homes_asked_for(pattern: str) -> list[Home]:
    """The homes whose folders fit `pattern`, who has waited longest first: called again after an interruption it goes on
    with those that were not reached, and none comes last every time.

    Raises:
        WrongUse: no folder of that pattern is a home; two have one name; or the environment names one place for the data
            or the record of all.
    """
    folders = [Path(name).resolve() for name in glob.glob(pattern)]  # noqa: PTH207 (patterns may be absolute)
    homes = [home for home in map(Home.of, folders) if home.inbox.exists()]
    if not homes:
        raise WrongUse(
            f"--homes “{pattern}” 没有找到一个走访文件夹（里面要有 inbox）；整个写法请加引号，如 --homes 'county/*'"
        )
    twice = [name for name, count in Counter(home.root.name for home in homes).items() if count > 1]
    if twice:
        raise WrongUse(f"--homes 找到的文件夹有同名的：{'、'.join(sorted(twice))}；名字就是上级里的单位名，不能相同")
    if len(homes) > 1:
        for name in ("DAZOUFANG_RECORD", "DAZOUFANG_DATA"):
            if PLACEHOLDER not in os.environ.get(name, PLACEHOLDER):
                raise WrongUse(
                    f"{name} 只写了一处，几个走访文件夹不能共用；里面要写上 {PLACEHOLDER}，运行时换成各自的文件夹名"
                )
    return sorted(homes, key=lambda home: (_published_at(home), home.root.name))


def _published_at(home: Home) -> int:
    """When a home last published, in ns; 0 never."""
    with suppress(OSError):
        return home.published.stat().st_mtime_ns
    return 0


def over(
    homes: Sequence[Home], words: Sequence[str], on_done: Callable[[Outcome], None], at_once: int = _AT_ONCE
) -> None:
    """Call the program for each home with these words, `at_once` of them at a time.

    Whatever ends this ends those that are at work, which lose nothing, and begins no other.
    """
    waiting = deque(homes)
    running: list[_Child] = []
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                running.append(_Child(waiting.popleft(), words))
            time.sleep(_LOOK)
            for child in [child for child in running if child.process.poll() is not None]:
                running.remove(child)
                on_done(child.outcome())
    except BaseException:
        for child in running:
            child.process.terminate()
        for child in running:
            child.outcome()
        raise


class _Child:
    """The program at work on one home."""

    def __init__(self, home: Home, words: Sequence[str]) -> None:
        self.home = home
        self._said, self._complained = _scratch(), _scratch()
        self.process = subprocess.Popen(  # noqa: S603 (ourselves)
            [sys.executable, "-c", _BEGUN, _PACKAGE, *words, "--home", str(home.root), "--json"],
            stdin=subprocess.DEVNULL, stdout=self._said, stderr=self._complained,
        )  # fmt: skip

    def outcome(self) -> Outcome:
        """What came of it, when it has ended."""
        code = self.process.wait()
        said, complained = (_read(stream) for stream in (self._said, self._complained))
        try:
            found = json.loads(said) if said else {}
        except ValueError:
            found = {}
        if code < 0 or (code == 0 and not found):
            code, complained = (
                UNFINISHED,
                complained or "没有做完，程序中途被结束；没有丢失任何东西，再运行一次即可继续",
            )
        return Outcome(self.home.root, code, found, complained)


def _scratch() -> IO[bytes]:
    return tempfile.TemporaryFile()


def _read(stream: IO[bytes]) -> str:
    with stream:
        stream.seek(0)
        return stream.read().decode("utf-8", "replace").strip()


def hand_up(outcomes: Iterable[Outcome], upper: Home) -> tuple[dict[str, str], list[str]]:
    """Drop the annexes that these homes published into the inbox of `upper`, each home's into a folder of its name, but for
    those whose bytes it has already. Returns what was handed up (hash → path in that inbox), and in words what could not be.

    Raises:
        OSError: the inbox of `upper` cannot be written.
    """
    known, newest = _verdicts(upper), _newest(upper)
    handed, left = dict[str, str](), []
    for outcome in outcomes:
        if not outcome.run:
            left.append(f"{outcome.home.name} 没有做完，上级里还是它上一次的")
        for name in outcome.run.get("outbox", []):
            if not name.startswith("附件") or "/" in name:
                continue
            if name in outcome.run["stale"]:
                left.append(f"{outcome.home.name} 的 {name} 打开着，上级里还是它上一次的")
                continue
            annex = (outcome.home / "outbox" / name).read_bytes()
            path = f"{outcome.home.name}/{name}"
            if (digest := files.sha256(annex)) not in known:
                handed[digest] = path
                files.write_atomic(upper.inbox / path, annex)
            elif path in newest and newest[path][0] != digest:  # the same bytes again would change nothing
                later = f"收件{newest[path][1]:04d}号"
                left.append(f"{path} 又和上级早先收过的一样了，上级里算的却是后来的{later}；请在上级撤回{later}")
    return handed, left


def _not_taken_whole(handed: Mapping[str, str], upper: Home) -> list[str]:
    """In words, what of that was handed up `upper` sent back, or has not taken in yet."""
    known = _verdicts(upper)
    said = {RETURNED: "退回了", PARTLY: "只收了一部分，其余退回了", None: "还没有收"}
    return [
        f"上级{said[verdict]} {path}，原因在 {upper.outbox} 的“退回”和“回执”里"
        for digest, path in handed.items()
        if (verdict := known.get(digest)) in said
    ]


def _verdicts(home: Home) -> dict[str, str]:
    """What became of the files that a home has taken in, by their hash; the first of those that came again."""
    if not home.has_record:
        return {}
    with Record.of(home) as record:
        return {head.sha256: head.verdict for head in reversed(record.heads())}


def _newest(home: Home) -> dict[str, tuple[str, int]]:
    """Path → hash and number of the last file that a home took in under it and that still stands."""
    if not home.has_record:
        return {}
    taken = kept_fold.of_home(home, load_rules(home.schemas))
    return {
        submission.path: (submission.sha256, submission.submission_id)
        for submission in taken.submissions
        if submission.verdict in (ACCEPTED, PARTLY) and submission.submission_id not in taken.withdrawn
    }


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """0: every home did its work; 2: all that did not have something to mend; else 3."""
    failed = {outcome.code for outcome in outcomes if outcome.code}
    if not failed:
        return 0
    return WRONG_USE if failed == {WRONG_USE} else UNFINISHED


def tell(outcome: Outcome, screen: Screen, count: str) -> None:
    """One home's line, as soon as it is done."""
    run, name = outcome.run, outcome.home.name
    if run:
        taken = run["submissions"]
        came = f"收下 {taken['accepted']} 份，部分收下 {taken['partly']} 份，退回 {taken['returned']} 份，须修改 {run['faults']} 处"
        screen.say(f"{count}  {name}：{came}，用时 {run['seconds']:.1f} 秒")
    if outcome.words:
        complain(f"{name}：{outcome.words}")


def show(outcomes: Sequence[Outcome], left: Sequence[str], screen: Screen) -> None:
    """What came of all."""
    failed = [outcome.home.name for outcome in outcomes if outcome.code]
    screen.data({"homes": [outcome.as_json() for outcome in outcomes], "failed": failed, "not_handed_up": list(left)})
    for words in left:
        complain(words)
    done = f"{len(outcomes)} 个走访文件夹，做完 {len(outcomes) - len(failed)} 个"
    screen.say(f"{done}，没有做完：{'、'.join(failed)}" if failed else done, "bold")
