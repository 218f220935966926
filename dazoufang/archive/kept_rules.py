"""Keeps in the archive a copy of all rules by which anything was judged, so that it can be judged by them again."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from dazoufang.rules.campaign import Campaign, Rules, load_rules
from dazoufang.rules.forms import known_then
from dazoufang.rules.generations import NEWEST, STAMP, Generation
from dazoufang.rules.rules_file import Strict, in_full
from dazoufang.rules.schema import FormSchema
from dazoufang.rules.topics import Topics
from dazoufang.system import files
from dazoufang.system.home import shipped

FOLDER: Final = "rules"


def keep(archive: Path, rules: Rules) -> None:
    """Leave a copy of the rules in force in the archive, once for each fingerprint; what they leave to the program's
    own rules is written out, as those may say something else after the next upgrade."""
    folder = archive / FOLDER / rules.fingerprint
    models: dict[str, type[Strict]] = {
        **dict.fromkeys(rules.schemas, FormSchema),
        "campaign": Campaign,
        "topics": Topics,
    }
    for name, model in models.items():
        file = folder / f"{name}.yaml"
        if not file.exists():
            files.write_atomic(file, in_full(rules.folder / file.name, model, shipped("schemas") / file.name))
    if not (folder / STAMP).exists():
        files.write_atomic(folder / STAMP, str(int(NEWEST)).encode())


class Rulebook:
    """The rules of every time, by fingerprint. What the archive does not hold is judged by those in force.

    Each set keeps its fingerprint, also where a newer program completes it with other rules of its own. What the first
    version judged says no fingerprint: there were no rules yet of who may speak for whom.
    """

    def __init__(self, archive: Path, in_force: Rules) -> None:
        self._archive, self._in_force = archive, in_force
        self.rules = cache(self._rules)

    def folder(self, fingerprint: str) -> Path:
        """Where the rules of that fingerprint lie."""
        kept = self._archive / FOLDER / fingerprint
        return kept if fingerprint and (kept / "campaign.yaml").exists() else self._in_force.folder

    def _rules(self, fingerprint: str) -> Rules:
        folder = self.folder(fingerprint)
        rules = self._in_force if folder == self._in_force.folder else load_rules(folder, in_force=False)
        generation = rules.generation if fingerprint else Generation.FIRST
        schemas = known_then(rules.schemas, folder, generation)
        return replace(rules, schemas=schemas, fingerprint=fingerprint, generation=generation)
