"""Texts from outside as a terminal and our pages may have them: with control characters made visible."""

from __future__ import annotations

import re
from typing import Final

# What a terminal obeys or a reader does not see: control characters (C0 but for line break and tab, DEL, C1), line and
# paragraph separators, marks that turn the direction of writing, and bytes of a name that are no text.
_OBEYED: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_PICTURES: Final = 0x2400  # ␀, and the pictures of the other 31 after it
_DELETE: Final = "\x7f"


def made_visible(text: str) -> str:
    """`text` with every character that would act on a screen shown instead: ESC as ␛, U+202E as \\u202e."""
    return _OBEYED.sub(lambda found: _picture(found[0]), text)


def escaped(json_text: str) -> str:
    """JSON that says the same, with those characters written as \\u009b: a screen that shows it obeys nothing."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", json_text)


def _picture(character: str) -> str:
    code = ord(character)
    if code < ord(" "):
        return chr(_PICTURES + code)
    return "␡" if character == _DELETE else f"\\u{code:04x}"
