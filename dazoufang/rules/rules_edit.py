"""Changes one place of a rules file (a heading more, another value); everything else stays as somebody wrote it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN: Final = re.compile(r"[\w\u3400-\u9fff][\w\u3400-\u9fff（）()/.@：，；、。“”]*")  # needs no quotation marks


def with_alias(text: str, field: str, heading: str) -> str:
    """The YAML of a form with `heading` among the aliases of the field named `field`.

    Raises:
        KeyError: the form has no field of that name.
    """
    written = _text(heading)
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


def with_value(text: str, way: Sequence[str | int], value: Any) -> str:
    """The YAML with `value` (text, number, day, list or mapping) behind the keys and places of `way`; a key that is not
    there is added at the end of the mapping that lacks it. The same text where that value stands there already.

    Raises:
        KeyError: the way leads through a list that has no such place, or through what is no mapping.
    """
    node: Any = yaml.compose(text, Loader=_Loader)
    for depth, part in enumerate(way):
        inner = _inside(node, part)
        if inner is None:
            for key in reversed(way[depth + 1 :]):
                value = {key: value}
            return _with_key(text, node, part, value)
        node = inner
    if _Loader("").construct_document(node) == value:
        return text
    start, end = node.start_mark.index, end_of(node)
    return f"{text[:start]}{' ' if start == end else ''}{written(value)}{text[end:]}"


def end_of(node: Any) -> int:
    """Where a node of a composed text ends: that of a block is behind its last value, not behind what follows it."""
    if getattr(node, "flow_style", True) or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return end_of(last[1] if isinstance(last, tuple) else last)


def written(value: Any) -> str:
    """A value as YAML reads it back, in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(key)}: {written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(written, value)) + "]"
    return (
        value.isoformat() if isinstance(value, date) else _text(value) if isinstance(value, str) else json.dumps(value)
    )


def _inside(node: Any, part: str | int) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _value(node, str(part))
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part]
    raise KeyError(part)


def _with_key(text: str, node: Any, key: str | int, value: Any) -> str:
    new = f"{written(key)}: {written(value)}"
    if node.flow_style:
        at = node.end_mark.index - 1
        return text[:at] + (", " if node.value else "") + new + text[at:]
    line = text.find("\n", end_of(node))  # behind a remark at the end of the last line
    at = len(text) if line < 0 else line
    return f"{text[:at]}\n{' ' * node.start_mark.column}{new}{text[at:]}"


def _value(node: Any, key: str) -> Any:
    """What stands behind a key of a mapping; None where it does not."""
    return next((value for name, value in node.value if name.value == key), None)


def _text(text: str) -> str:
    """A text as YAML reads it back as that text: JSON's quotation is YAML's too."""
    plain = _PLAIN.fullmatch(text) and isinstance(yaml.safe_load(text), str)
    return text if plain else json.dumps(text, ensure_ascii=False)
