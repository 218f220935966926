"""The list that lies in a bundle: where each part comes from, under which licence, and the sha256 of every file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Source:
    """One part of a bundle. `file`: what was taken, by name; `digest`: its sha256, "" for the program itself; `checked`:
    by what it is known to be the real one."""

    name: str
    version: str
    licence: str
    file: str
    digest: str
    checked: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a bundle, and the part that it belongs to."""

    data: bytes
    source: Source


def written(title: str, entries: Mapping[str, Entry], sources: Sequence[Source]) -> str:
    """The list as text: the parts, then the files, columns apart by tabs so that it can be pasted into a table."""
    lines = [title, "", "一、各部分从哪里来", "名称\t版本\t许可\t来源文件\tsha256\t怎样核对的"]
    for source in sorted(sources, key=lambda source: source.name.lower()):
        lines.append(
            "\t".join([source.name, source.version, source.licence, source.file, source.digest or "—", source.checked])
        )
    lines += ["", f"二、每个文件（共 {len(entries)} 个）", "sha256\t字节\t属于\t文件"]
    for name in sorted(entries):
        entry = entries[name]
        lines.append(f"{sha256(entry.data).hexdigest()}\t{len(entry.data)}\t{entry.source.name}\t{name}")
    return "\r\n".join(lines) + "\r\n"
