"""Who may speak for whom (`authority` of the campaign's rules): rows of other units, and the office's own forms."""

from __future__ import annotations

import re
from typing import Final

from pydantic import model_validator

from dazoufang.model.terms import normalize
from dazoufang.rules.rules_file import Misplaced, Strict
from dazoufang.rules.schema import Role
from dazoufang.rules.sourced import Sourced

ROOT: Final = "根目录"  # the inbox itself, which is the clerk's own tray
_SEVERAL: Final = re.compile(r"[、，,;；/\\|\s]")
_SENDERS: Final = {
    Role.ROSTER: "send_roster",
    Role.ASSIGNMENTS: "send_assignments",
    Role.DECISIONS: "send_decisions",
    Role.WITHDRAWALS: "send_decisions",
}


class Authority(Strict):
    """Who may speak for others. Senders are named as their folders are; 根目录 is the inbox itself."""

    root_speaks_for_all: Sourced[bool]
    speak_for_others: Sourced[tuple[str, ...]]
    send_roster: Sourced[tuple[str, ...]]
    send_assignments: Sourced[tuple[str, ...]]
    send_decisions: Sourced[tuple[str, ...]]

    def speaks_for_others(self, sender: str) -> bool:
        """Whether the unit `sender` may send rows of other units."""
        return _among(sender, self.speak_for_others.value)

    def senders(self, role: Role) -> tuple[str, ...] | None:
        """Who may send the form of `role`; None where everybody may."""
        key = _SENDERS.get(role)
        return None if key is None else getattr(self, key).value

    def may_send(self, role: Role, sender: str) -> bool:
        """Whether `sender` ("" the root of the inbox) may send the form of `role`."""
        allowed = self.senders(role)
        return allowed is None or _among(sender or ROOT, allowed)

    @model_validator(mode="after")
    def _names_are_names(self) -> Authority:
        for key in dict.fromkeys(("speak_for_others", *_SENDERS.values())):
            names: tuple[str, ...] = getattr(self, key).value
            for at, name in enumerate(names):
                where = (key, "value", at)
                if not normalize(name):
                    raise Misplaced("单位名称是空的", "请写单位名称，或删去这一项", *where)
                if _SEVERAL.search(name.strip()):
                    mend = "一个单位一项，写成 [甲, 乙]，用半角逗号隔开"
                    raise Misplaced(f"“{name}”像是几个单位写在一起", mend, *where)
                if _among(name, names[:at]):
                    raise Misplaced(f"“{name}”写了两遍", "请只留一处", *where)
                if key == "speak_for_others" and _among(name, (ROOT,)):
                    mend = "请删去这一项；根目录能不能代各单位报送，写在 root_speaks_for_all"
                    raise Misplaced(f"“{ROOT}”不是单位", mend, *where)
            if key != "speak_for_others" and not names:
                raise Misplaced("没有写谁可以报送", f"请至少写一项，如 [{ROOT}]，否则谁也报不了", key, "value")
        return self


def _among(name: str, names: tuple[str, ...]) -> bool:
    return normalize(name) in map(normalize, names)
