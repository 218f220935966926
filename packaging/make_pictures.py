"""Makes docs/img: what an office sees from the unpacked zip on, as a browser shows it and as LibreOffice prints it.

python packaging/make_pictures.py [NAME…]: all pictures, or those. Needs soffice, pdftoppm, chromium, the fonts of .ci/run, and
Pillow (`python -m pip install pillow`). Look at each afterwards: nothing cut off, nothing too small to read.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import openpyxl
from PIL import Image, ImageChops, ImageOps

ROOT: Final = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import first_day  # noqa: E402
from browsers import Chromium, chromium  # noqa: E402

from dazoufang.commands.demo import demo  # noqa: E402
from dazoufang.system.home import Home  # noqa: E402

OUT: Final = ROOT / "docs" / "img"
CLOCK: Final = "2023-10-20T19:00:00"  # the reader's, on the evening of the demo: the page is fresh
COLOURS: Final = 192
MOST: Final = 150_000  # bytes of a picture
RETURNED: Final = "退回/法制安全股/*需修改*.xlsx"
_BEHIND: Final = "JKLMNO"  # columns of the returned form that are left out, so that its letters can be read here
_FONTS: Final = ("宋体", "黑体", "仿宋", "仿宋_GB2312", "楷体", "楷体_GB2312", "方正小标宋简体", "微软雅黑")
_BOTTOMS: Final = """Array.from(document.querySelectorAll("$")).map(function (one) { return one.getBoundingClientRect().bottom; })
.filter(function (bottom) { return bottom > 0 && bottom < innerHeight - 4; }).sort(function (a, b) { return b - a; })[0]"""


def of_page(file: Path, width: int, height: int, folder: Path, ends: str) -> Image.Image:
    """What a browser of that size shows of the page when it is opened, down to the last of `ends` (CSS) that is whole."""
    with chromium(folder / "chromium") as browser:
        _without_bars(browser)
        browser.open(file, width, height, CLOCK)
        bottom = browser.tell(_BOTTOMS.replace("$", ends))
        whole = Image.open(io.BytesIO(browser.picture())).convert("RGB")
        return whole.crop((0, 0, width, min(round(bottom) + 10, whole.height)))


def of_receipt(file: Path, width: int, folder: Path) -> Image.Image:
    """A receipt from top to bottom."""
    with chromium(folder / "chromium") as browser:
        _without_bars(browser)
        for height in (400, 0):
            browser._open(
                file.as_uri(), width, height or int(browser.tell("document.documentElement.scrollHeight")), ""
            )
            browser.wait_for("location.protocol === 'file:' && document.readyState === 'complete'")
        return Image.open(io.BytesIO(browser.picture())).convert("RGB")


def _without_bars(browser: Chromium) -> None:
    """A telephone shows no bars to scroll by."""
    browser._do("Emulation.setScrollbarsHidden", hidden=True)


def of_printer(file: Path, page: int, folder: Path, dots: int) -> Image.Image:
    """One page as it is printed; `dots` an inch."""
    own = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", own, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(file)],
        check=True, capture_output=True, timeout=400, env={**os.environ, "FONTCONFIG_FILE": str(_fonts(folder))},
    )  # fmt: skip
    target = folder / "page"
    pages = ["-f", str(page), "-l", str(page), "-singlefile"]
    subprocess.run(
        ["pdftoppm", "-r", str(dots), *pages, "-png", str(folder / f"{file.stem}.pdf"), str(target)], check=True
    )
    return Image.open(target.with_suffix(".png")).convert("RGB")


def _fonts(folder: Path) -> Path:
    """Settings by which one font of this machine stands for those of an office's PC: letters are then as wide as there."""
    for_each = "".join(
        f'<match target="pattern"><test name="family"><string>{name}</string></test>'
        '<edit name="family" mode="assign" binding="strong"><string>Noto Sans CJK SC</string></edit></match>'
        for name in _FONTS
    )
    file = folder / "fonts.conf"
    file.write_text(f"<fontconfig><include>/etc/fonts/fonts.conf</include>{for_each}</fontconfig>", "utf-8")
    return file


def returned_form(home: Home, folder: Path) -> Image.Image:
    """The marked form of a returned copy, less its last columns."""
    book = openpyxl.load_workbook(first(home, RETURNED))
    del book["需修改"]
    sheet = book.worksheets[0]
    for column in _BEHIND:
        sheet.column_dimensions[column].hidden = True
    sheet.page_setup.orientation = "landscape"
    sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
    book.save(folder / "returned.xlsx")
    return within(of_printer(folder / "returned.xlsx", 1, folder, 110))


def returned_list(home: Home, folder: Path) -> Image.Image:
    """The first sheet of a returned copy: what is wrong where, and how it is mended; less the page's number."""
    page = of_printer(first(home, RETURNED), 1, folder, 100)
    return within(page.crop((0, 0, page.width, page.height * 9 // 10)))


def within(image: Image.Image, edge: int = 24) -> Image.Image:
    """Less the white around it, but for an edge."""
    white = Image.new("RGB", image.size, "white")
    left, top, right, bottom = ImageChops.difference(image, white).getbbox() or (0, 0, *image.size)
    return image.crop(
        (max(left - edge, 0), max(top - edge, 0), min(right + edge, image.width), min(bottom + edge, image.height))
    )


def paper(image: Image.Image) -> Image.Image:
    """A page with an edge to be seen on white."""
    return ImageOps.expand(image, 1, "#9aa5b1")


def first(home: Home, pattern: str) -> Path:
    """The first published file of that name."""
    return sorted(home.outbox.glob(pattern))[0]


@cache
def the_first_day(place: Path) -> first_day.FirstDay:
    """That of one office, for all pictures of it."""
    return first_day.lived(place / "first")


def of_text(page: str, folder: Path) -> Image.Image:
    """A page that is drawn for the picture alone."""
    file = folder / "page.html"
    file.write_text(page, "utf-8")
    return within(of_receipt(file, 860, folder), 2)


def first_question(folder: Path) -> Image.Image:
    """The window of the first start file, down to where the long questions begin."""
    said, found, _ = the_first_day(folder.parent).asked.partition("乡镇")
    assert found  # noqa: S101 (the questions are those of `setup`)
    return of_text(first_day.console("填本局情况", said.rpartition("\n")[0]), folder)


PICTURES: Final[dict[str, Callable[[Home, Path], Image.Image]]] = {
    "dashboard": lambda home, folder: of_page(home.outbox / "进度看板.html", 1366, 768, folder, "section"),
    "phone": lambda home, folder: of_page(home.outbox / "进度看板.html", 412, 1500, folder, "section"),
    "receipt": lambda home, folder: of_receipt(first(home, "回执/法制安全股/法制安全股走访登记表*.html"), 880, folder),
    "unpacked": lambda _, folder: of_text(first_day.unpacked(), folder),
    "first_question": lambda _, folder: first_question(folder),
    "first_inbox": lambda _, folder: of_text(the_first_day(folder.parent).inbox, folder),
    "first_run": lambda _, folder: of_text(first_day.console("一键运行", the_first_day(folder.parent).ran), folder),
    "returned": returned_form,
    "returned_list": returned_list,
    "annex1": lambda home, folder: paper(of_printer(first(home, "附件1*.xlsx"), 1, folder, 100)),
    "notice": lambda home, folder: paper(of_printer(home.outbox / "通报.docx", 1, folder, 80)),
}


def main(names: list[str]) -> None:
    """Make the pictures of these names, or all."""
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        home, _ = demo(Path(place) / "demo")
        for name in names or PICTURES:
            folder = Path(place) / name
            folder.mkdir()
            image = PICTURES[name](home, folder).quantize(COLOURS, dither=Image.Dither.NONE)
            file = OUT / f"{name}.png"
            image.save(file, optimize=True)
            size = file.stat().st_size
            print(f"{file.relative_to(ROOT)} {image.width}×{image.height} {size:,} bytes")
            if size > MOST:
                raise SystemExit(f"{file.name} is larger than {MOST:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
