"""Keeps a copy of all rules by which anything was judged beside the archive, so that it can be judged so again."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.system import files

FOLDER: Final = "rules"


def keep(archive: Path, rules: Rules) -> None:
    """Leave a copy of the rules in force in the archive, once for each fingerprint."""
    folder = archive / FOLDER / rules.fingerprint
    for file in sorted(rules.folder.glob("*.yaml")):
        if not (folder / file.name).exists():
            files.write_atomic(folder / file.name, file.read_bytes())


class Rulebook:
    """The rules of every time, by fingerprint. What the archive does not hold is judged by those in force."""

    def __init__(self, archive: Path, in_force: Rules) -> None:
        self._archive, self._in_force = archive, in_force
        self.rules = cache(self._rules)

    def folder(self, fingerprint: str) -> Path:
        """Where the rules of that fingerprint lie."""
        kept = self._archive / FOLDER / fingerprint
        return kept if fingerprint and (kept / "campaign.yaml").exists() else self._in_force.folder

    def _rules(self, fingerprint: str) -> Rules:
        folder = self.folder(fingerprint)
        return self._in_force if folder == self._in_force.folder else load_rules(folder)
