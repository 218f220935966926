"""通报.docx: the notice as a Word document, made from a template that the office may edit in Word or WPS."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from dazoufang.rules.templates import NOTICE
from dazoufang.system import files
from dazoufang.system.home import shipped
from dazoufang.writing.broken_template import OWN_AGAIN, BrokenTemplate
from dazoufang.writing.templates import WrongTemplate, document_environment
from dazoufang.writing.zip_headers import same_everywhere

if TYPE_CHECKING:
    from docxtpl import DocxTemplate

FILE: Final = NOTICE
_FIELD: Final = re.compile(r"^'([^']+)' is undefined$|has no attribute '([^']+)'$")
_TAG: Final = re.compile(r"\{[{%#].*?[}%#]\}|\{[{%][^{]{0,30}")


@dataclass(frozen=True)
class Notice:
    """A notice to be made: its template's bytes, its fields, and its day."""

    template: bytes
    said: Mapping[str, Any]
    day: date

    @property
    def key(self) -> str:
        """What it is made from, in short."""
        fields = json.dumps(self.said, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
        return f"{files.sha256(self.template)[:16]} {files.sha256(fields)[:16]} {self.day}"

    def make(self) -> bytes:
        """The document; the same notice gives the same bytes on every system.

        Raises:
            BrokenTemplate: the template cannot be used.
        """
        try:
            return _filled(self.template, self.said, self.day)
        except (OSError, MemoryError, ImportError):  # of the machine, and of what is installed on it
            raise
        except Exception as error:  # the program's own is tried by tests: what fails is what the office wrote
            raise _broken(error) from error


def notice(templates: Path, said: Mapping[str, Any], day: date) -> Notice:
    """The notice of these fields. templates: the folder of the office; what it does not have comes from the program's."""
    own = templates / FILE
    return Notice((own if own.exists() else shipped("templates") / FILE).read_bytes(), said, day)


def _filled(template: bytes, said: Mapping[str, Any], day: date) -> bytes:
    from docxtpl import DocxTemplate  # takes a third of a second to load, and most runs make no notice

    document = DocxTemplate(io.BytesIO(template))
    document.render(dict(said), document_environment(), autoescape=True)
    _date(document, str(said["局名"]), day)
    made = io.BytesIO()
    document.save(made)
    return _repacked(made.getvalue())


def _date(document: DocxTemplate, author: str, day: date) -> None:
    """What the file says of itself: whose it is and of which day, instead of who saved the template when."""
    told = document.docx.core_properties
    told.author = told.last_modified_by = author[:255]
    told.created = told.modified = told.last_printed = datetime(day.year, day.month, day.day)
    told.revision = 1


def _repacked(data: bytes) -> bytes:
    """The same parts, of 1 January 1980: the library dates them by the clock."""
    made = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as before, ZipFile(made, "w") as package:
        for name in before.namelist():
            package.writestr(ZipInfo(name), before.read(name), ZIP_DEFLATED)
    return same_everywhere(made.getvalue())


def _broken(error: Exception) -> BrokenTemplate:
    """What is wrong with a template, in words."""
    if not isinstance(error, WrongTemplate):
        said = "不是能读的 Word 文档，或里面的写法不能用"
        return _wrong(f"{said}。请在 Word 或 WPS 里打开核对，另存为“Word 文档（*.docx）”；{OWN_AGAIN}")
    place = _place(error)
    if found := _FIELD.search(str(error)):
        field = found[1] or found[2]
        return _wrong(f"没有“{field}”这个字段{place}。能用的字段见 docs/通报.md；{OWN_AGAIN}")
    mend = "每个 {{ 要有 }}，每个 {% if %}、{% for %} 要有 {% endif %}、{% endfor %}（{%p、{%tr 也一样）"
    return _wrong(f"花括号里的写法不对{place}：{error}。{mend}；{OWN_AGAIN}")


def _wrong(said: str) -> BrokenTemplate:
    return BrokenTemplate(said, FILE, "通报")


def _place(error: Exception) -> str:
    """Near which words it is, as far as the library knows; "" it does not."""
    lines = [line.strip() for line in getattr(error, "docx_context", ())]
    tags = [tag[0].strip() for line in lines for tag in _TAG.finditer(line)]
    return f"（“{'”“'.join(tags[:4])}”附近）" if tags else ""
