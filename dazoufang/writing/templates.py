"""Pages, letters and documents from the files of a templates folder: the only place that knows the template language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from dazoufang.model.shown import made_visible
from dazoufang.system.home import shipped

WrongTemplate = TemplateError  # what the template language says of a template that cannot be used
_NUMBER_AND_MEASURE: Final = re.compile(r"(?<=[0-9]) (?=[\u4e00-\u9fff])")
_NO_PARTS: Final[Mapping[str, str]] = MappingProxyType({})
_LETTER_SHAPES: Final = "letter_shapes"  # one a format: letter_shapes.html, letter_shapes.txt


def page(templates: Path, name: str, context: dict[str, Any], parts: Mapping[str, str] = _NO_PARTS) -> str:
    """The HTML page that the template `name` makes of `context`. templates: the folder it lies in; what a home's own
    folder does not have comes from the program's. parts: style, script and the like, put in as they stand."""
    raw = {key: Markup(text) for key, text in parts.items()}  # noqa: S704 (none is a text from outside)
    return _environment(templates, escapes=True).get_template(name).render({**context, **raw})


def source(templates: Path, name: str) -> str:
    """The text of a template, or of a script or style that is put into one, as it stands; line ends are those of Linux on
    every system."""
    environment = _environment(templates, escapes=True)
    assert environment.loader is not None  # noqa: S101 (it is made with one)
    text, _, _ = environment.loader.get_source(environment, name)
    return text.replace("\r\n", "\n")


def letter(templates: Path, name: str, context: dict[str, Any]) -> tuple[str, str]:
    """A letter as (plain text, HTML), from one template of words, so that both say the same.

    The template calls the macros of `shapes` for every paragraph and line; there is one set of them for each format,
    and in it a frame that goes around the whole. `context` needs `title`.
    """
    formats = []
    for escapes, suffix in ((False, "txt"), (True, "html")):
        environment = _environment(templates, escapes)
        shapes = environment.get_template(f"{_LETTER_SHAPES}.{suffix}").module
        words = environment.get_template(name).render({**context, "shapes": shapes})
        formats.append(str(shapes.frame(context["title"], Markup(words))))  # type: ignore[attr-defined]  # noqa: S704
    return formats[0], formats[1]


class _Documents(ImmutableSandboxedEnvironment):
    """Keeps what it has compiled: the same document is filled again and again, and compiling it takes a third of that."""

    def from_string(self, source: Any, globals: Any = None, template_class: Any = None) -> Any:  # noqa: ARG002
        """As the library has it, of a text alone."""
        return _compiled(self, source)


@lru_cache(maxsize=32)
def _compiled(documents: _Documents, source: str) -> Any:
    return ImmutableSandboxedEnvironment.from_string(documents, source)


@lru_cache(maxsize=1)
def document_environment() -> Environment:
    """The language of templates that are Word documents: what is put into them is text, whatever it holds, on one line."""
    return _Documents(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: _one_line(made_visible(value)) if type(value) is str else value,
    )


@lru_cache(maxsize=8)
def _environment(templates: Path, escapes: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([templates, shipped("templates")]),
        autoescape=escapes,  # noqa: S701 (off for plain text alone)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_plain,
    )
    environment.filters["one_line"] = _one_line
    environment.filters["kept_together"] = _kept_together
    return environment


def _plain(value: Any) -> Any:
    """What a page shows of a text from outside; what the template itself made stays."""
    return made_visible(value) if type(value) is str else value


def _one_line(text: str) -> str:
    """A text from outside as plain text has it: it cannot begin a line of its own."""
    return " ".join(text.split())


def _kept_together(text: str) -> str:
    """A text for HTML in which a number and its measure word (3 件) stand on one line, however narrow the screen."""
    return _NUMBER_AND_MEASURE.sub("\u00a0", text)
