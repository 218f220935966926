"""What taking in came to: one pass of files, or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dazoufang.inbox.scan import Waiting
from dazoufang.model.submission import Submission
from dazoufang.rules.answered import answered_to
from dazoufang.rules.campaign import Rules
from dazoufang.system.errors import OurMistake, becomes

_NAMED: Final = 3  # files that are named, of more how many there are


@dataclass
class Taken:
    """What a pass, or several, took in. `deferred`: files that wait for a later one; `failures`: for the log; `ours`:
    files over which the program itself has a mistake, path → kind of error: they wait for its mend."""

    fresh: list[Submission] = field(default_factory=list)
    deferred: int = 0
    failures: list[str] = field(default_factory=list)
    ours: dict[str, str] = field(default_factory=dict)

    @property
    def left_for_us(self) -> str:
        """What to tell the office of the files over which the program has a mistake; "" there are none."""
        return ours_in_words(self.ours)

    def add(self, other: Taken) -> None:
        """Count another pass in."""
        self.fresh += other.fresh
        self.deferred += other.deferred
        self.failures += other.failures
        self.ours |= other.ours


def whose(fresh: Sequence[Submission], known: Sequence[Submission], rules: Rules) -> str:
    """Whose files were taken, in one line for the terminal: 工会《走访.xlsx》、人事股《走访.xls》等 5 份. known: all submissions."""
    named = []
    for submission in fresh[:_NAMED]:
        twin = next((first for first in known if first.submission_id == submission.duplicate_of), None)
        named.append(f"{answered_to(submission, rules, twin)}《{' '.join(submission.name.split())}》")
    return "、".join(named) + (f"等 {len(fresh)} 份" if len(fresh) > _NAMED else "")


def ours_in_words(ours: Mapping[str, str]) -> str:
    """What to tell the office of files over which the program has a mistake, `ours` as in `Taken`; "" of none."""
    if not ours:
        return ""
    named = "、".join(f"《{path}》" for path in list(ours)[:3]) + (f"等 {len(ours)} 份" if len(ours) > 3 else "")
    kinds = "、".join(dict.fromkeys(ours.values()))
    return (
        f"{named}还没有收：程序处理时出了错（{kinds}），是程序的问题，不是表的问题。没有丢失任何东西，程序修好后会自动收下，"
        "不用重新放；详情已写入 data/logs，请把日志发给维护人员"
    )


class PassFailed(OurMistake):
    """A pass met a mistake of ours. `left`: its files in the order of acceptance, claimed and not counted as tried."""

    def __init__(self, error: Exception, left: list[Waiting]) -> None:
        super().__init__(str(becomes(error)))
        self.left = left
