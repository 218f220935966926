"""Adds a heading to a form's rules file by changing that one place; everything else stays as somebody wrote it."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN: Final = re.compile(r"[\w\u3400-\u9fff][\w\u3400-\u9fff（）()/]*")  # needs no quotation marks


def with_alias(text: str, field: str, heading: str) -> str:
    """The YAML of a form with `heading` among the aliases of the field named `field`.

    Raises:
        KeyError: the form has no field of that name.
    """
    written = _written(heading)
    for node in _value(yaml.compose(text, Loader=_Loader), "fields").value:
        if _value(node, "name").value == field:
            break
    else:
        raise KeyError(field)
    aliases, title = _value(node, "aliases"), _value(node, "title")
    if aliases is None:
        at, new = title.end_mark.index, f", aliases: [{written}]"
        if not node.flow_style:
            new = f"\n{' ' * node.start_mark.column}aliases: [{written}]"
    elif not aliases.value:
        at, new = aliases.end_mark.index - 1, written
    elif aliases.flow_style:
        at, new = aliases.value[-1].end_mark.index, f", {written}"
    else:
        last = aliases.value[-1]
        at, new = last.end_mark.index, f"\n{' ' * aliases.start_mark.column}- {written}"
    return text[:at] + new + text[at:]


def _value(node: Any, key: str) -> Any:
    """What stands behind a key of a mapping; None where it does not."""
    return next((value for name, value in node.value if name.value == key), None)


def _written(heading: str) -> str:
    """A heading as YAML reads it back as that text: JSON's quotation is YAML's too."""
    plain = _PLAIN.fullmatch(heading) and isinstance(yaml.safe_load(heading), str)
    return heading if plain else json.dumps(heading, ensure_ascii=False)
