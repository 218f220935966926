"""The parts of an .xlsx package: changed, added or dropped one by one; all others stay as they are."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from dazoufang.reading import zip_parts as workbook
from dazoufang.reading.zip_parts import relationships, relationships_part, stored_name
from dazoufang.writing.answers.xml_bytes import Edits, Element, Unfamiliar, head_with, normal, quoted, read
from dazoufang.writing.zip_headers import same_everywhere

TYPES: Final = "[Content_Types].xml"
RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS_PART: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATIONS_TYPE: Final = "application/vnd.openxmlformats-package.relationships+xml"


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of a part to another; `kind` is the last word of its type: worksheet, comments, vmlDrawing …"""

    relation_id: str
    kind: str
    target: str


class PatchedParts:
    """The parts of a workbook that was read once already, and what is changed of them. Names are found whatever their
    case. Raises Unreadable where a part is missing or damaged."""

    def __init__(self, data: bytes) -> None:
        """Raises Unreadable where the zip is broken, Unfamiliar where two parts have one name."""
        self._parts = workbook.ZipParts(data, guarded=False)
        if self._parts.has_twins:
            raise Unfamiliar("同名部件")
        self._names = {stored_name(info).lower(): stored_name(info) for info in self._parts.infos}
        self._changed: dict[str, bytes | None] = {}
        self._types: dict[str, str] = {}  # part → what it is, not yet written

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._names and self._changed.get(self._names[name.lower()], b"") is not None

    def read(self, name: str) -> bytes:
        """One part as it is now, in UTF-8."""
        if name == TYPES:
            self._say_types()
        changed = self._changed.get(self._names.get(name.lower(), name))
        return changed if changed is not None else normal(self._parts.read(name))

    def write(self, name: str, data: bytes) -> None:
        """Change a part, or add it."""
        self._changed[self._names.setdefault(name.lower(), name)] = data

    def drop(self, name: str) -> None:
        """Remove a part, with its relations and its content type."""
        for part in (name, relationships_part(name)):
            if part in self:
                self._changed[self._names[part.lower()]] = None
        data = self.read(TYPES)
        edits = Edits(data)
        edits.remove(entry for entry in read(data).all("Override") if _same(entry.attributes.get("PartName", ""), name))
        self.write(TYPES, edits.made())

    def fresh(self, pattern: str) -> str:
        """A part name that is still free: 'xl/comments{}.xml' → 'xl/comments3.xml'."""
        number = 1
        while pattern.format(number).lower() in self._names:
            number += 1
        return pattern.format(number)

    def saved(self, day: date) -> bytes:
        """The whole package; parts keep their order, and every time stamp is `day`, so that the bytes repeat."""
        self._say_types()
        stamp = (max(day.year, 1980), day.month, day.day, 0, 0, 0)
        result = io.BytesIO()
        stored_plainly = {stored_name(info) for info in self._parts.infos if info.compress_type == zipfile.ZIP_STORED}
        with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as out:
            for name in self._names.values():
                changed = self._changed.get(name, b"")
                if changed is None:
                    continue
                new = zipfile.ZipInfo(name, stamp)
                new.compress_type = zipfile.ZIP_STORED if name in stored_plainly else zipfile.ZIP_DEFLATED
                out.writestr(new, changed if name in self._changed else self._parts.inflated(name))
        return same_everywhere(result.getvalue())

    # -- relations and content types -------------------------------------------------------------------------

    def relations(self, part: str) -> dict[str, Relation]:
        """The relations of a part by id ("" is the package itself), less those that lead out of the package."""
        return {key: Relation(key, kind, target) for key, kind, target in relationships(self, part)}

    def relate(self, part: str, kind: str, target: str, *, outside: bool = False) -> str:
        """Add a relation from one part to another, or to what lies outside of the package; its id."""
        name = relationships_part(part)
        if name not in self:
            self.write(
                name, f'<?xml version="1.0" encoding="UTF-8"?>\n<Relationships xmlns="{_RELATIONS_PART}"/>'.encode()
            )
            self.set_type(".rels", _RELATIONS_TYPE)
        data = self.read(name)
        root = read(data)
        taken = {relation.attributes.get("Id", "").lower() for relation in root.all("Relationship")}
        number = 1
        while f"riddzf{number}" in taken:
            number += 1
        edits = Edits(data)
        written = f'Id="rIdDzf{number}" Type="{RELATIONS}/{kind}" Target={quoted(target if outside else "/" + target)}'
        written += ' TargetMode="External"' if outside else ""
        edits.append(root, f"<{root.prefix}Relationship {written}/>".encode())
        self.write(name, edits.made())
        return f"rIdDzf{number}"

    def unrelate(self, part: str, relation_ids: Iterable[str]) -> None:
        """Take relations away."""
        ids = set(relation_ids)
        data = self.read(relationships_part(part))
        edits = Edits(data)
        edits.remove(relation for relation in read(data).all("Relationship") if relation.attributes.get("Id") in ids)
        self.write(relationships_part(part), edits.made())

    def set_type(self, part: str, content_type: str) -> None:
        """Say what a part is; an extension beginning with a dot ('.vml') for all its parts."""
        self._types[part] = content_type

    def _say_types(self) -> None:
        """Write what was said of parts, all at once: reading the list of types takes longer than a part does."""
        if not self._types:
            return
        said, self._types = self._types, {}
        data = self.read(TYPES)
        root = read(data)
        edits = Edits(data)
        for part, content_type in said.items():
            if part.startswith("."):
                tag, key, value = "Default", "Extension", part[1:]
                found = [entry for entry in root.all(tag) if entry.attributes.get(key, "").lower() == value]
            else:
                tag, key, value = "Override", "PartName", "/" + part
                found = [entry for entry in root.all(tag) if _same(entry.attributes.get(key, ""), part)]
            if found:
                edits.replace(found[0].start, found[0].head, head_with(data, found[0], ContentType=content_type))
            else:
                written = f"<{root.prefix}{tag} {key}={quoted(value)} ContentType={quoted(content_type)}/>"
                edits.append(root, written.encode())
        self.write(TYPES, edits.made())


def relation_id(element: Element) -> str:
    """The relation that an element names, whatever prefix its document gives to that attribute; "" where none."""
    return next((value for name, value in element.attributes.items() if name.endswith(":id")), "")


def _same(written: str, part: str) -> bool:
    return written.lstrip("/").lower() == part.lower()
