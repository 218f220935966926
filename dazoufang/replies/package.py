"""The parts of an .xlsx package: read, changed, added or dropped one by one; all others stay as they are."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import unquote

from dazoufang.zip_headers import same_everywhere

from .markup import Edits, Element, Unfamiliar, head_with, normal, quoted, read

TYPES: Final = "[Content_Types].xml"
RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS_PART: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATIONS_TYPE: Final = "application/vnd.openxmlformats-package.relationships+xml"
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of a part; `target` is the name of a part, or as written where it lies outside the package."""

    relation_id: str
    kind: str  # the last word of its type: worksheet, comments, vmlDrawing …
    target: str


class Package:
    """A zip of parts. Names are found whatever their case."""

    def __init__(self, data: bytes) -> None:
        """Raises Unfamiliar where the zip is no ordinary one."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise Unfamiliar("zip") from error
        self._names: dict[str, str] = {}
        for info in self._zip.infolist():
            if not info.is_dir() and self._names.setdefault(info.filename.lower(), info.filename) != info.filename:
                raise Unfamiliar("同名部件")
        if len(self._names) != sum(not info.is_dir() for info in self._zip.infolist()):
            raise Unfamiliar("同名部件")
        self._changed: dict[str, bytes | None] = {}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._names and self._changed.get(self._names[name.lower()], b"") is not None

    def read(self, name: str) -> bytes:
        """One part as it is now, in UTF-8.

        Raises:
            Unfamiliar: it is missing or damaged.
        """
        try:
            stored = self._names[name.lower()]
            changed = self._changed.get(stored)
            return changed if changed is not None else normal(self._zip.read(stored))
        except (KeyError, *_BROKEN) as error:
            raise Unfamiliar(name) from error

    def write(self, name: str, data: bytes) -> None:
        """Change a part, or add it."""
        self._changed[self._names.setdefault(name.lower(), name)] = data

    def drop(self, name: str) -> None:
        """Take a part away, with its relations and its content type."""
        for one in (name, relations_of(name)):
            if one in self:
                self._changed[self._names[one.lower()]] = None
        data = self.read(TYPES)
        edits = Edits(data)
        edits.remove(e for e in read(data).all("Override") if _same(e.attributes.get("PartName", ""), name))
        self.write(TYPES, edits.made())

    def fresh(self, pattern: str) -> str:
        """A part name that is still free: 'xl/comments{}.xml' → 'xl/comments3.xml'."""
        number = 1
        while pattern.format(number).lower() in self._names:
            number += 1
        return pattern.format(number)

    def saved(self, day: date) -> bytes:
        """The whole package; parts keep their order, and every time stamp is `day`, so that the bytes repeat."""
        stamp = (max(day.year, 1980), day.month, day.day, 0, 0, 0)
        result = io.BytesIO()
        known = {info.filename: info for info in self._zip.infolist() if not info.is_dir()}
        with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as out:
            for stored in self._names.values():
                if self._changed.get(stored, b"") is None:
                    continue
                new = zipfile.ZipInfo(stored, stamp)
                new.compress_type = known[stored].compress_type if stored in known else zipfile.ZIP_DEFLATED
                if new.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    new.compress_type = zipfile.ZIP_DEFLATED
                changed = self._changed.get(stored)
                try:
                    out.writestr(new, changed if changed is not None else self._zip.read(stored))
                except _BROKEN as error:
                    raise Unfamiliar(stored) from error
        return same_everywhere(result.getvalue())

    # -- relations and content types -------------------------------------------------------------------------

    def relations(self, part: str) -> dict[str, Relation]:
        """The relations of a part by id ("" is the package itself)."""
        name = relations_of(part)
        if name not in self:
            return {}
        found: dict[str, Relation] = {}
        for one in read(self.read(name)).all("Relationship"):
            written = one.attributes.get("Target", "")
            outside = one.attributes.get("TargetMode") == "External"
            target = written if outside else self._resolved(part, written)
            relation_id, kind = one.attributes.get("Id", ""), one.attributes.get("Type", "").rpartition("/")[2]
            found[relation_id] = Relation(relation_id, kind, target)
        return found

    def _resolved(self, part: str, target: str) -> str:
        target = target.replace("\\", "/")
        folder = "/" + posixpath.dirname(part)
        path = posixpath.normpath(posixpath.join(folder, target)).lstrip("/")
        return path if path in self or unquote(path) not in self else unquote(path)

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relation from one part to another; its id."""
        name = relations_of(part)
        if name not in self:
            self.write(
                name, f'<?xml version="1.0" encoding="UTF-8"?>\n<Relationships xmlns="{_RELATIONS_PART}"/>'.encode()
            )
            self.set_type(".rels", _RELATIONS_TYPE)
        data = self.read(name)
        root = read(data)
        taken = {one.attributes.get("Id", "").lower() for one in root.all("Relationship")}
        number = 1
        while f"riddzf{number}" in taken:
            number += 1
        edits = Edits(data)
        written = f'Id="rIdDzf{number}" Type="{RELATIONS}/{kind}" Target={quoted("/" + target)}'
        edits.append(root, f"<{root.prefix}Relationship {written}/>".encode())
        self.write(name, edits.made())
        return f"rIdDzf{number}"

    def unrelate(self, part: str, relation_ids: Iterable[str]) -> None:
        """Take relations away."""
        ids = set(relation_ids)
        data = self.read(relations_of(part))
        edits = Edits(data)
        edits.remove(one for one in read(data).all("Relationship") if one.attributes.get("Id") in ids)
        self.write(relations_of(part), edits.made())

    def set_type(self, part: str, content_type: str) -> None:
        """Say what a part is; an extension beginning with a dot ('.vml') speaks for all its parts."""
        data = self.read(TYPES)
        root = read(data)
        edits = Edits(data)
        if part.startswith("."):
            tag, key, value = "Default", "Extension", part[1:]
            found = [one for one in root.all(tag) if one.attributes.get(key, "").lower() == value]
        else:
            tag, key, value = "Override", "PartName", "/" + part
            found = [one for one in root.all(tag) if _same(one.attributes.get(key, ""), part)]
        if found:
            edits.replace(found[0].start, found[0].head, head_with(data, found[0], ContentType=content_type))
        else:
            written = f"<{root.prefix}{tag} {key}={quoted(value)} ContentType={quoted(content_type)}/>"
            edits.append(root, written.encode())
        self.write(TYPES, edits.made())


def relations_of(part: str) -> str:
    """Where the relations of a part lie: 'xl/workbook.xml' → 'xl/_rels/workbook.xml.rels'."""
    folder, _, base = part.rpartition("/")
    return f"{folder}/_rels/{base}.rels" if folder else f"_rels/{base}.rels"


def relation_id(element: Element) -> str:
    """The relation that an element names, whatever prefix its document gives to that attribute; "" where none."""
    return next((value for name, value in element.attributes.items() if name.endswith(":id")), "")


def _same(written: str, part: str) -> bool:
    return written.lstrip("/").lower() == part.lower()
