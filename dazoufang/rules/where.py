"""Where a rule of the campaign stands: file, line and key, with its value and what it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dazoufang.rules.rules_file import line_in, parsed
from dazoufang.system.home import shipped

FILE: Final = "campaign.yaml"


@dataclass(frozen=True, slots=True)
class RuleSource:
    """One rule as it is in force. `file` is the rules folder and the file in it, and says so where it is the program's
    own; `line` is 1-based; `source` is what the rule comes from."""

    file: str
    line: int
    key: str
    value: str
    source: str


def rule(folder: Path, *key: str | int) -> RuleSource:
    """The rule that is in force in the rules folder `folder` under `key` (quota, households_per_round).

    A key that the office's own file lacks is the shipped file's, as everywhere.

    Raises:
        KeyError: neither file has it.
    """
    return stated(folder, [key])[0]


def stated(folder: Path, keys: Iterable[tuple[str | int, ...]]) -> list[RuleSource]:
    """The rules under each of the keys, as `rule` has them; the files are read once.

    Raises:
        KeyError: neither file has one of them.
    """
    own, ours = folder / FILE, shipped("schemas") / FILE
    held = {path: parsed(path) for path in dict.fromkeys((own, ours)) if path.exists()}
    return [_stated(key, held, own) for key in keys]


def _stated(key: tuple[str | int, ...], held: Mapping[Path, tuple[Any, Any]], own: Path) -> RuleSource:
    for path, (tree, content) in held.items():
        found = _at(content, key)
        if found is not None:
            value, source = found
            file = f"{path.parent.name}/{FILE}" + ("" if path == own else "（程序自带）")
            return RuleSource(file, line_in(tree, key), ".".join(map(str, key)), _in_words(value), source)
    raise KeyError(key)


def _at(found: Any, key: tuple[str | int, ...]) -> tuple[Any, str] | None:
    """The value under `key` in what a file holds and the nearest `source` over it; None where it has no such key."""
    source = ""
    for part in key:
        try:
            found = found[part]
        except (KeyError, IndexError, TypeError):
            return None
        if isinstance(found, dict):
            source = found.get("source", source)
    if isinstance(found, dict) and "value" in found:
        found = found["value"]
    return None if found is None else (found, source)


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
