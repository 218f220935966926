"""The closed catalogue of what can be wrong with a delivered file: every code with its severity and all its words.

Codes are stable: people quote them on the telephone. They and their words stand in `fault_catalogue.yaml` beside this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml

from dazoufang.model.vocabularies import Severity

ERROR: Final[str] = Severity.ERROR
WARNING: Final[str] = Severity.WARNING
INFO: Final[str] = Severity.INFO

SEVERITY_NAMES: Final = {ERROR: "须修改", WARNING: "请核对", INFO: "说明"}


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One entry, with the keys that it has in the file. `message` and `remedy` are what the unit reads: `str.format` templates over the fault's
    details.

    The rest is for whoever answers the telephone: `meaning`; what a cell holds `before` and `after` the mend; `office`,
    what the bureau itself can do ("" nothing); `sample`, details with which the message is shown in full.
    """

    code: str
    severity: str
    title: str
    message: str
    remedy: str
    meaning: str
    before: str
    after: str
    office: str
    sample: Mapping[str, Any]


class BrokenCatalogue(ValueError):
    """The catalogue that came with the program is not whole: a mistake in the program."""


class Catalogue(Mapping[str, FaultKind]):
    """Code → entry, in the order of the file, which is read when somebody first asks: commands that judge nothing do not."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _kinds(self) -> dict[str, FaultKind]:
        return read(self._path.read_text(encoding="utf-8"))

    def __getitem__(self, code: str) -> FaultKind:
        return self._kinds[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)


_KEYS: Final = frozenset(field.name for field in fields(FaultKind)) - {"code"}
_MAY_LACK: Final = frozenset(("office", "sample"))


def read(text: str) -> dict[str, FaultKind]:
    """The entries that the text of a catalogue holds.

    Raises:
        BrokenCatalogue: a code or key stands twice, a key is unknown or missing, or a value is none that it may have.
    """
    node = yaml.compose(text, Loader=_LOADER)
    _refuse_twins(node)
    return {code: _kind(code, entry) for code, entry in _LOADER("").construct_document(node).items()}


_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _refuse_twins(node: Any) -> None:
    """YAML lets a later key overwrite an earlier one in silence."""
    seen: set[str] = set()
    for key, inner in node.value:
        if key.value in seen:
            raise BrokenCatalogue(f"line {key.start_mark.line + 1}: {key.value} stands twice")
        seen.add(key.value)
        if isinstance(inner, yaml.MappingNode):
            _refuse_twins(inner)


def _kind(code: str, entry: dict[str, Any]) -> FaultKind:
    if wrong := (entry.keys() - _KEYS) | (_KEYS - _MAY_LACK - entry.keys()):
        raise BrokenCatalogue(f"{code}: unknown or missing: {', '.join(sorted(wrong))}")
    full = {"office": "", **entry, "sample": MappingProxyType(entry.get("sample", {}))}
    if wrong := {key for key, value in full.items() if key != "sample" and not isinstance(value, str)}:
        raise BrokenCatalogue(f"{code}: not text: {', '.join(sorted(wrong))}")
    if full["severity"] not in SEVERITY_NAMES:
        raise BrokenCatalogue(f"{code}: no severity: {full['severity']}")
    return FaultKind(code, **full)


CATALOGUE: Final = Catalogue(Path(__file__).with_name("fault_catalogue.yaml"))
