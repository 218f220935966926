"""XML elements with their places in the bytes, so that a part can be changed and every other byte stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape

START_TAG: Final = re.compile(rb"""<[^\s/>]+(?:\s+[^\s=>]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>""")
_ATTRIBUTE: Final = re.compile(r"""\s+([^\s=>]+)\s*=\s*("[^"]*"|'[^']*')""")
_DECLARED: Final = re.compile(rb"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["'][^>]*\?>""")
_WIDE: Final = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CODED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class Unfamiliar(Exception):
    """The package is built in a way that the patch does not know; another way of marking has to be found."""


@dataclass(slots=True)
class Element:
    """One element. Bytes `start:head` are its start tag, `head:tail` its content, `tail:end` its end tag."""

    prefix: str
    name: str
    attributes: dict[str, str]
    start: int
    head: int
    tail: int = 0
    end: int = 0
    empty: bool = False
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def child(self, name: str) -> Element | None:
        """The first child of that local name."""
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> list[Element]:
        """The children of that local name."""
        return [child for child in self.children if child.name == name]

    def walk(self) -> Iterator[Element]:
        """This element and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


def normal(data: bytes) -> bytes:
    """The part in UTF-8 without a byte order mark.

    Raises:
        Unfamiliar: an encoding that cannot be decoded, or a document type (entities).
    """
    try:
        wide = next((codec for start, codec in _WIDE.items() if data.startswith(start)), None)
        if wide:
            data = re.sub(rb"^\s*<\?xml[^>]*\?>", b"", data.decode(wide).removeprefix("\ufeff").encode())
        data = data.removeprefix(b"\xef\xbb\xbf")
        declared = _DECLARED.match(data)
        if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
            data = data[declared.end() :].decode(declared[1].decode()).encode()
    except (UnicodeError, LookupError) as error:
        raise Unfamiliar("编码") from error
    if b"<!DOCTYPE" in data[:4096]:
        raise Unfamiliar("DOCTYPE")
    return data


def read(data: bytes) -> Element:
    """The tree of a part (`normal` first).

    Raises:
        Unfamiliar: not well-formed.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    stack: list[Element] = []
    roots: list[Element] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        at = parser.CurrentByteIndex
        element = Element(*split(name), attributes, at, head_of(data, at))
        element.empty = data[element.head - 2] == 0x2F
        (stack[-1].children if stack else roots).append(element)
        stack.append(element)

    def end(_: str) -> None:
        element = stack.pop()
        close(data, element, parser.CurrentByteIndex)

    def characters(text: str) -> None:
        stack[-1].text += text

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise Unfamiliar(str(error)) from error
    return roots[0]


def namespace(root: Element) -> str:
    """The namespace of a root element."""
    return root.attributes.get(f"xmlns:{root.prefix[:-1]}" if root.prefix else "xmlns", "")


def split(name: str) -> tuple[str, str]:
    """'x:row' → ('x:', 'row')."""
    prefix, colon, local = name.rpartition(":")
    return prefix + colon, local


def head_of(data: bytes, start: int) -> int:
    """Where the start tag that begins at `start` ends."""
    match = START_TAG.match(data, start)
    if match is None:
        raise Unfamiliar("标签")
    return match.end()


def close(data: bytes, element: Element, at: int) -> None:
    """Note where the element ends; `at` is where its end tag begins (of no meaning for an empty one)."""
    if element.empty:
        element.tail = element.end = element.head
    else:
        element.tail, element.end = at, data.index(b">", at) + 1


def head_with(data: bytes, element: Element, **changes: str | None) -> bytes:
    """The start tag with attributes set, or taken away where None. An underscore in a name stands for a colon."""
    tag = data[element.start : element.head].decode()
    for key, value in changes.items():
        name = key.replace("_", ":")
        found = next((match for match in _ATTRIBUTE.finditer(tag) if match[1] == name), None)
        written = "" if value is None else f" {name}={quoted(value)}"
        if found:
            tag = tag[: found.start()] + written + tag[found.end() :]
        else:
            cut = len(tag) - (2 if element.empty else 1)
            tag = tag[:cut].rstrip() + written + tag[cut:]
    return tag.encode()


def quoted(value: str) -> str:
    """An attribute's value with its quotes."""
    return f'"{escape(clean(value), {chr(34): "&quot;", chr(10): "&#10;"})}"'


def clean(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _UNPRINTABLE.sub("", text)


def content(text: str) -> str:
    """Text as the content of an element of a spreadsheet, where _x000A_ would be read as a character code."""
    return escape(_CODED.sub("_x005F_", clean(text)))


@dataclass(slots=True)
class Edits:
    """Changes to one part, collected in any order; `made` makes them."""

    data: bytes
    changes: list[tuple[int, int, bytes]] = field(default_factory=list)

    def replace(self, start: int, end: int, new: bytes) -> None:
        """Put `new` in the place of bytes `start:end`."""
        self.changes.append((start, end, new))

    def insert(self, at: int, new: bytes) -> None:
        """Put `new` before byte `at`; what is inserted at one place keeps the order in which it came."""
        self.changes.append((at, at, new))

    def remove(self, elements: Iterable[Element]) -> None:
        """Take elements away."""
        for element in elements:
            self.replace(element.start, element.end, b"")

    def append(self, parent: Element, new: bytes, head: bytes | None = None) -> None:
        """Put `new` at the end of the parent's content; `head` replaces its start tag."""
        tag = head if head is not None else self.data[parent.start : parent.head]
        if parent.empty:
            closing = f"</{parent.prefix}{parent.name}>".encode()
            self.replace(parent.start, parent.head, tag.rstrip(b"/> \r\n\t") + b">" + new + closing)
            return
        if head is not None:
            self.replace(parent.start, parent.head, head)
        self.insert(parent.tail, new)

    def made(self) -> bytes:
        """The part with all changes.

        Raises:
            Unfamiliar: two changes want the same bytes.
        """
        pieces: list[bytes] = []
        at = 0
        for start, end, new in sorted(self.changes, key=lambda change: (change[0], change[1])):
            if start < at:
                raise Unfamiliar("重叠")
            pieces += (self.data[at:start], new)
            at = end
        pieces.append(self.data[at:])
        return b"".join(pieces)
