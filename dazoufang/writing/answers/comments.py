"""Cell comments: ours put beside or below theirs, sized to their text, and taken away again when the file returns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from math import ceil
from typing import Final

from dazoufang.model.cell_names import address
from dazoufang.writing.answers.causes import position
from dazoufang.writing.answers.patch_layout import Layout
from dazoufang.writing.answers.patch_styles import MAIN
from dazoufang.writing.answers.xml_bytes import Edits, Element, Unfamiliar, content, read
from dazoufang.writing.sheets.text_size import is_wide

PREFIX: Final = "【大走访】"  # every comment of ours begins with it: so they are known when the file comes back
SEPARATOR: Final = "\n————————\n"
COMMENTS_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
DRAWING_TYPE: Final = "application/vnd.openxmlformats-officedocument.vmlDrawing"
EMPTY_COMMENTS: Final = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{MAIN}"><authors/><commentList/></comments>'
).encode()
EMPTY_DRAWING: Final = (
    b'<xml xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:v="urn:schemas-microsoft-com:vml">'
    b'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'
)

AUTHOR: Final = "大走访"
WIDTH: Final = 250  # of a comment box, in pixels
LAST_COLUMN: Final = 16_383

_SHAPE_TYPE: Final = (
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
# Prefixes are whatever the program that saved it chose; the XML is not always well-formed, so it is not parsed.
_SHAPE: Final = re.compile(rb"<((?:\w+:)?)shape\s.*?</\1shape>", re.DOTALL)
_ROW: Final = re.compile(rb"<((?:\w+:)?)Row>\s*(\d+)\s*</")
_COLUMN: Final = re.compile(rb"<(?:\w+:)?Column>\s*(\d+)\s*</")
_ANCHOR: Final = re.compile(rb"<((?:\w+:)?)Anchor>[^<]*</\1Anchor>")
_ROOT: Final = re.compile(rb"<(?:\w+:)?xml(?=[\s>])[^>]*(?=>)")
_NAMESPACES: Final = {
    b"v": b"urn:schemas-microsoft-com:vml",
    b"o": b"urn:schemas-microsoft-com:office:office",
    b"x": b"urn:schemas-microsoft-com:office:excel",
}
_SHAPE_ID: Final = re.compile(rb'id="_x0000_s(\d+)"')
_END: Final = re.compile(rb"</(?:\w+:)?xml>\s*$")

Spot = tuple[int, int]


class Comments:
    """The comments part of one sheet. Comments of ours that an earlier return left are taken out; `add` adds new ones;
    those of the unit stay."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._edits = Edits(data)
        self._root = read(data)
        comments = self._root.child("commentList")
        authors = self._root.child("authors")
        if comments is None or authors is None:
            raise Unfamiliar("comments")
        self._list, self._authors = comments, authors
        self._theirs: dict[Spot, tuple[Element, str]] = {}  # comments that stay, and what they say without us
        self._cut: dict[Spot, bytes] = {}  # what is left of a comment's text where we had added to theirs
        self.gone: list[Spot] = []
        self.shapes: dict[Spot, str] = {}  # whose box has to be drawn anew, and the whole text in it
        for comment in comments.all("comment"):
            spot = position(comment.attributes.get("ref", ""))
            if spot is not None:
                self._classify(spot, comment)

    def _classify(self, spot: Spot, comment: Element) -> None:
        """Note a comment as theirs, ours, or theirs with an addition of ours, which is cut off."""
        runs = [element for element in comment.walk() if element.name == "t"]
        text = "".join(run.text for run in runs)
        before, ours, _ = text.partition(PREFIX)
        if not ours:
            self._theirs[spot] = (comment, text)
            return
        theirs = before.rstrip("\n\r —")
        if not theirs.strip():
            self.gone.append(spot)
            self._edits.remove([comment])
            return
        self._theirs[spot] = (comment, theirs)
        self.shapes[spot] = theirs
        p, body = comment.prefix, comment.child("text")
        if body is None:
            return
        kept = b""
        seen = 0
        for part in (child for child in body.children if child.name in ("t", "r")):
            inner = "".join(element.text for element in part.walk() if element.name == "t")
            if seen + len(inner) <= len(theirs):
                kept += self._data[part.start : part.end]
            elif seen < len(theirs):
                rest = f'<{p}t xml:space="preserve">{content(inner[: len(theirs) - seen])}</{p}t>'
                properties = part.child("rPr")
                look = self._data[properties.start : properties.end].decode() if properties else ""
                kept += (f"<{p}r>{look}{rest}</{p}r>" if part.name == "r" else rest).encode()
            seen += len(inner)
        self._cut[spot] = kept

    def add(self, notes: Mapping[Spot, str]) -> None:
        """Put notes on cells, below what the comments of the unit say. To be called once."""
        p = self._root.prefix
        late = ""
        for spot, note in sorted(notes.items()):
            text = PREFIX + note
            if spot in self._theirs:
                self.shapes[spot] = self._theirs[spot][1] + SEPARATOR + text
                continue
            self.shapes[spot] = text
            look = f'<{p}rPr><{p}sz val="9"/><{p}color indexed="81"/><{p}rFont val="宋体"/><{p}charset val="134"/></{p}rPr>'
            run = f'<{p}r>{look}<{p}t xml:space="preserve">{content(text)}</{p}t></{p}r>'
            late += f'<{p}comment ref="{address(*spot)}" authorId="{len(self._authors.children)}"><{p}text>{run}</{p}text></{p}comment>'
        for spot, (comment, _) in self._theirs.items():
            self._rewrite(comment, self._cut.get(spot), SEPARATOR + PREFIX + notes[spot] if spot in notes else "")
        if late:
            self._edits.append(self._list, late.encode())
            self._edits.append(self._authors, f"<{p}author>{AUTHOR}</{p}author>".encode())

    def _rewrite(self, comment: Element, kept: bytes | None, added: str) -> None:
        """Change the text of a comment of theirs: `kept` replaces its runs, `added` follows them."""
        body = comment.child("text")
        if body is None or (kept is None and not added):
            return
        p = comment.prefix
        runs = [run for run in body.children if run.name in ("t", "r")]
        if added and all(run.name == "t" for run in runs):
            spot = position(comment.attributes["ref"])
            text = self._theirs[spot][1] if spot else ""
            kept = f'<{p}t xml:space="preserve">{content(text + added)}</{p}t>'.encode()
        else:
            if kept is None:
                kept = b"".join(self._data[run.start : run.end] for run in runs)
            kept += f'<{p}r><{p}t xml:space="preserve">{content(added)}</{p}t></{p}r>'.encode() if added else b""
        self._edits.replace(body.start, body.end, f"<{p}text>".encode() + kept + f"</{p}text>".encode())

    @property
    def spots(self) -> dict[Spot, str]:
        """All cells that have a comment now, with its text."""
        return {spot: text for spot, (_, text) in self._theirs.items()} | self.shapes

    def made(self) -> bytes:
        """The part with all changes."""
        return self._edits.made()


def drawn(data: bytes, boxes: Mapping[Spot, str], gone: Iterable[Spot], layout: Layout) -> bytes:
    """The drawing part with a box for each of `boxes` (cell → its whole text), and none for the cells of `gone`."""
    vanished = set(gone)
    missing = dict(boxes)

    def redrawn(match: re.Match[bytes]) -> bytes:
        shape = match[0]
        row, column = _ROW.search(shape), _COLUMN.search(shape)
        if row is None or column is None:
            return shape
        spot = (int(row[2]), int(column[1]))
        if spot in vanished and spot not in missing:
            return b""
        text = missing.pop(spot, None)
        if text is None:
            return shape
        p = row[1].decode()
        anchor = f"<{p}Anchor>{_anchor(spot, text, layout)}</{p}Anchor>".encode()
        if _ANCHOR.search(shape):
            return _ANCHOR.sub(anchor, shape, count=1)
        return shape[: row.start()] + anchor + shape[row.start() :]

    data = _declared(_SHAPE.sub(redrawn, data))
    end = _END.search(data)
    if end is None:
        raise Unfamiliar("vmlDrawing")
    number = max((int(found) for found in _SHAPE_ID.findall(data)), default=1024)
    added = b"" if b'id="_x0000_t202"' in data else _SHAPE_TYPE
    for cell, words in sorted(missing.items()):
        number += 1
        added += _shape(number, cell, words, layout)
    return data[: end.start()] + added + data[end.start() :]


def _declared(data: bytes) -> bytes:
    """The drawing with the prefixes that our boxes use declared at its root."""
    root = _ROOT.search(data)
    if root is None:
        raise Unfamiliar("vmlDrawing")
    missing = [(prefix, name) for prefix, name in _NAMESPACES.items() if b"xmlns:" + prefix + b"=" not in root[0]]
    written = b"".join(b" xmlns:" + prefix + b'="' + name + b'"' for prefix, name in missing)
    return data[: root.end()] + written + data[root.end() :]


def _shape(number: int, spot: Spot, text: str, layout: Layout) -> bytes:
    size = f"width:{WIDTH * 0.75:.0f}pt;height:{_height(text) * 0.75:.0f}pt"
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" '
        f'style="position:absolute;margin-left:60pt;margin-top:2pt;{size};z-index:{number % 1024};visibility:hidden" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div>'
        '</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{_anchor(spot, text, layout)}</x:Anchor><x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{spot[0]}</x:Row><x:Column>{spot[1]}</x:Column></x:ClientData></v:shape>"
    ).encode()


def _anchor(spot: Spot, text: str, layout: Layout) -> str:
    """Where the box lies: right of the cell, a little above; as Excel writes it (column, pixels, row, pixels, …)."""
    row, column = spot
    left, inset = (column + 1, 15) if column < LAST_COLUMN else (column, 0)
    top, drop = (row - 1, 10) if row else (0, 2)
    right, over = _walk(left, inset + WIDTH, layout.width)
    bottom, under = _walk(top, drop + _height(text), layout.height)
    return f"{left}, {inset}, {top}, {drop}, {min(right, LAST_COLUMN)}, {over}, {bottom}, {under}"


def _walk(at: int, pixels: float, size: Callable[[int], float]) -> tuple[int, int]:
    """From a column (or row) on until the pixels are used up: where that is, and the pixels inside it."""
    for _ in range(2_000):
        step = size(at)
        if pixels < step:
            break
        pixels -= step
        at += 1
    return at, int(pixels)


def _height(text: str) -> int:
    """Pixels that a text needs in the box at 9 points."""
    room = WIDTH - 22
    lines = 0
    for line in text.split("\n"):
        lines += max(1, ceil(sum(12.4 if is_wide(char) else 7 for char in line) / room))
    return lines * 17 + 16
