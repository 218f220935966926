"""The style sheet of a workbook: our three fills over any style of theirs, and the few styles of our own sheet."""

from __future__ import annotations

from typing import Final

from dazoufang.writing.answers.xml_bytes import Edits, Element, Unfamiliar, head_with, namespace, read

ERROR: Final = "error"
WARNING: Final = "warning"
REPAIR: Final = "repair"
# Shades that nobody picks from a palette: a cell in one of them was filled by us, and may be cleared by us.
FILLS: Final = {ERROR: "FFFFB3AE", WARNING: "FFFFEE9A", REPAIR: "FFD9EBF9"}
MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
MINIMAL: Final = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<styleSheet xmlns="{MAIN}">'
    '<fonts count="1"><font><sz val="11"/><name val="宋体"/><charset val="134"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
).encode()
MOST_STYLES: Final = 64_000  # Excel opens no workbook with more

_FONT: Final = (
    '<{p}sz val="{size}"/><{p}color rgb="{color}"/><{p}name val="微软雅黑"/><{p}family val="2"/><{p}charset val="134"/>'
)
_EDGE: Final = '<{p}{side} style="thin"><{p}color rgb="FFB8C2CA"/></{p}{side}>'


class Styles:
    """One styles part. Numbers given out are indexes into cellXfs; `made` gives the part with all of them."""

    def __init__(self, data: bytes) -> None:
        """Raises Unfamiliar where the part lacks what every style sheet has."""
        self._data = data
        root = read(data)
        if namespace(root) != MAIN:
            raise Unfamiliar("styles")
        self._p = root.prefix
        self._lists: dict[str, Element] = {}
        for name in ("fonts", "fills", "borders", "cellXfs"):
            part = root.child(name)
            if part is None or not part.children:
                raise Unfamiliar(name)
            self._lists[name] = part
        self._new: dict[str, list[str]] = {name: [] for name in self._lists}
        self._overlaid: dict[tuple[int, str], int] = {}
        self._edits = Edits(data)
        self._clear_ours()

    def _clear_ours(self) -> None:
        """Take away the fills of an earlier returned copy."""
        none = f'<{self._p}fill><{self._p}patternFill patternType="none"/></{self._p}fill>'.encode()
        ours = [
            fill
            for fill in self._lists["fills"].children
            if any(part.name == "fgColor" and part.attributes.get("rgb") in FILLS.values() for part in fill.walk())
        ]
        for fill in ours:
            self._edits.replace(fill.start, fill.end, none)

    def over(self, base: int, level: str) -> int:
        """The style `base` of theirs, but filled in the colour of `level`."""
        found = self._overlaid.get((base, level))
        if found is None:
            xfs = self._lists["cellXfs"].all("xf")
            xf = xfs[base] if 0 <= base < len(xfs) else xfs[0]
            head = head_with(self._data, xf, fillId=str(self._fill(FILLS[level])), applyFill="1")
            rest = self._data[xf.head : xf.end]
            found = self._overlaid[(base, level)] = self._add("cellXfs", (head + rest).decode())
        return found

    def own(
        self, *, size: float = 10.5, color: str = "FF1F2A33", bold: bool = False, underline: bool = False,
        fill: str = "", border: bool = False, across: str = "left", down: str = "center", free: bool = False,
    ) -> int:  # fmt: skip
        """A style of ours, of wrapped text; returns its number.

        size: points. color, fill: ARGB, "" no fill. bold, underline: of the font. border: thin, on all sides.
        across, down: the alignment. free: cells may be written in even where the sheet is protected.
        """
        p = self._p
        marks = (f"<{p}b/>" if bold else "") + (f"<{p}u/>" if underline else "")
        font = self._add("fonts", f"<{p}font>{marks}{_FONT.format(p=p, size=size, color=color)}</{p}font>")
        edges = "".join(_EDGE.format(p=p, side=side) for side in ("left", "right", "top", "bottom"))
        line = self._add("borders", f"<{p}border>{edges}<{p}diagonal/></{p}border>") if border else self._no_border()
        # What looks like a formula becomes none when somebody edits the cell.
        literal = "" if free else ' quotePrefix="1"'
        unlocked = (' applyProtection="1"', f'<{p}protection locked="0"/>') if free else ("", "")
        return self._add(
            "cellXfs",
            f'<{p}xf numFmtId="0" fontId="{font}" fillId="{self._fill(fill) if fill else 0}" borderId="{line}" xfId="0"{literal} '
            f'applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"{unlocked[0]}>'
            f'<{p}alignment horizontal="{across}" vertical="{down}" wrapText="1"/>{unlocked[1]}</{p}xf>',
        )

    def _no_border(self) -> int:
        sides = "".join(f"<{self._p}{side}/>" for side in ("left", "right", "top", "bottom", "diagonal"))
        return self._add("borders", f"<{self._p}border>{sides}</{self._p}border>")

    def _fill(self, color: str) -> int:
        p = self._p
        inner = f'<{p}fgColor rgb="{color}"/><{p}bgColor indexed="64"/>'
        return self._add("fills", f'<{p}fill><{p}patternFill patternType="solid">{inner}</{p}patternFill></{p}fill>')

    def _add(self, name: str, xml: str) -> int:
        new = self._new[name]
        if xml not in new:
            new.append(xml)
        number = len(self._lists[name].children) + new.index(xml)
        if number > MOST_STYLES:
            raise Unfamiliar("样式太多")
        return number

    def made(self) -> bytes:
        """The part with everything added."""
        for name, new in self._new.items():
            if new:
                part = self._lists[name]
                head = head_with(self._data, part, count=str(len(part.children) + len(new)))
                self._edits.append(part, "".join(new).encode(), head)
        return self._edits.made()
