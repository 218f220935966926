"""Workbooks as they come out of a printer: turned into PDF by LibreOffice, all at once, and measured there."""

from __future__ import annotations

import re
import subprocess
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_SIZE = re.compile(rb"/F\d+ ([\d.]+) Tf")
_BOX = re.compile(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]")


@dataclass(frozen=True)
class Print:
    """pages: the text of each, as it lies on it. smallest: points of its smallest letters. paper: mm across and down."""

    pages: list[str]
    smallest: float
    papers: set[tuple[int, int]]

    def words(self, page: int) -> str:
        """A page without blanks and line breaks."""
        return re.sub(r"\s", "", self.pages[page])


def printed(workbooks: Mapping[str, bytes], folder: Path) -> dict[str, Print]:
    """Name → how that workbook is printed, all its sheets. `folder` is written to."""
    names = list(workbooks)
    files = [folder / f"{number}.xlsx" for number in range(len(names))]
    for file, name in zip(files, names, strict=True):
        file.write_bytes(workbooks[name])
    own = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    order = ["soffice", own, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*order, *map(str, files)], check=True, capture_output=True, timeout=400)
    return {name: _read(file.with_suffix(".pdf")) for file, name in zip(files, names, strict=True)}


def _read(file: Path) -> Print:
    data = file.read_bytes()
    text = subprocess.run(["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True, timeout=100)
    drawn = [found for stream in _STREAM.findall(data) for found in _SIZE.findall(_inflated(stream))]
    papers = {(_mm(across), _mm(down)) for across, down in _BOX.findall(data)}
    return Print(text.stdout.decode().split("\f")[:-1], min(map(float, drawn)), papers)


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""  # a picture, or a font that is kept as it is


def _mm(points: bytes) -> int:
    return round(float(points) / 72 * 25.4)
