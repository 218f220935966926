"""Rules as child processes get them: packed once where they were read, unpacked once in each child."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from functools import lru_cache

from dazoufang.rules.campaign import Rules
from dazoufang.system import files


@dataclass(frozen=True, slots=True)
class Packed:
    """Rules as bytes, told from others by their `digest`. Tasks carry them: a child reads no file of the rules."""

    digest: str
    data: bytes = field(repr=False, compare=False)


def pack(rules: Rules) -> Packed:
    """The rules, to be put into tasks."""
    data = pickle.dumps(rules, pickle.HIGHEST_PROTOCOL)
    return Packed(files.sha256(data), data)


@lru_cache(maxsize=4)
def unpacked(packed: Packed) -> Rules:
    """The rules again; the same ones only once."""
    rules: Rules = pickle.loads(packed.data)  # noqa: S301 (the parent process packed them)
    return rules
