"""Reads one YAML rules file strictly, completed from the shipped one: a mistake is named with its file, line and mend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from dazoufang.rules.yaml_words import in_chinese
from dazoufang.system.errors import WRONG_USE, Trouble

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class BrokenRules(Trouble):
    """The rules cannot be used. The message, in Chinese, names file, line, what is wrong and the mend."""

    exit_code = WRONG_USE

    def __init__(self, path: Path, line: int, mistake: str, remedy: str) -> None:
        self.path, self.line, self.mistake, self.remedy = path, line, mistake, remedy
        super().__init__(f"{path.name} 第{line}行：{mistake}。{remedy}")

    @property
    def words(self) -> str:
        return f"规则文件有误，改好之前不收表：{self}"


class Misplaced(ValueError):
    """Raised by a model over its own content: what is wrong, the mend, and the way from the model to the wrong part."""

    def __init__(self, mistake: str, remedy: str, *where: str | int) -> None:
        super().__init__(mistake)
        self.mistake, self.remedy, self.where = mistake, remedy, where


class Strict(BaseModel):
    """A part of the rules: frozen, and a key it does not know is refused.

    So that rules outlive an upgrade, a key that a file lacks is the shipped file's (see `completed`), but for those of
    `office_says`: where one of these is missing, that is what the office wants, or a mistake. `retired` are keys that
    an earlier program knew; they are passed over.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    office_says: ClassVar[frozenset[str]] = frozenset()
    retired: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def fitted(cls, full: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG003 - others ask it
        """`full`, less what stands in for keys that `own` lacks and does not fit the rest of it."""
        return full

    @model_validator(mode="before")
    @classmethod
    def _without_retired_keys(cls, content: Any) -> Any:
        if not cls.retired or not isinstance(content, dict):
            return content
        return {key: value for key, value in content.items() if key not in cls.retired}


Model = TypeVar("Model", bound=Strict)


def load(path: Path, model: type[Model], shipped: Path) -> Model:
    """Read `path` as `model`; what it lacks, be it all of it, is taken from the file `shipped`.

    Raises:
        BrokenRules: the file is no YAML, holds a key twice, or does not fit the model.
    """
    path = path if path.exists() else shipped
    node, content = parsed(path)
    try:
        return model.model_validate(completed(content, model, _content(shipped)))
    except ValidationError as error:
        raise _worded(path, node, error, model) from None


def in_full(path: Path, model: type[Strict], shipped: Path) -> bytes:
    """The file that says by itself what `load` makes of `path` and `shipped`: `path` to the byte where it lacks nothing.

    Raises:
        BrokenRules: as `load`.
    """
    path = path if path.exists() else shipped
    content = parsed(path)[1]
    full = completed(content, model, _content(shipped))
    if full == content:
        return path.read_bytes()
    return bytes(yaml.safe_dump(full, encoding="utf-8", allow_unicode=True, sort_keys=False, width=1000))


def completed(own: Any, model: type[Strict], shipped: Any) -> Any:
    """`own` with the keys that it lacks from `shipped`, mapping by mapping.

    Only keys that `model` declares: what stands in a list, or in a mapping of data (aliases), is never mixed.
    """
    if not isinstance(own, dict) or not isinstance(shipped, dict):
        return own
    full = dict(own)
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key not in shipped:
            continue
        if key in own:
            if isinstance(field.annotation, type) and issubclass(field.annotation, Strict):
                full[key] = completed(own[key], field.annotation, shipped[key])
        elif name not in own and key not in model.office_says:
            full[key] = shipped[key]
    return model.fitted(full, own)


def _content(path: Path) -> Any:
    return parsed(path)[1] if path.exists() else None


def parsed(path: Path) -> tuple[Any, Any]:
    """The tree of a file, which knows the lines, and what it holds. Both are to be read only: who asks for the same
    file again gets the same, for parsing is most of what a start with rules costs.

    Raises:
        BrokenRules: the file is missing, is no YAML, or holds a key twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BrokenRules(path, 1, "找不到这个规则文件", f"请把 {path.name} 放回 {path.parent}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenRules(path, 1, f"规则文件读不出来（{type(error).__name__}）", "请用UTF-8编码另存") from None
    return _parsed(path, text)


@lru_cache(maxsize=100)
def _parsed(path: Path, text: str) -> tuple[Any, Any]:
    """The same of the file's `text`; `path` is named in errors."""
    try:
        node = yaml.compose(text, Loader=_Loader)
        _refuse_twins(path, node)
        content = _Loader("").construct_document(node) if node is not None else None
    except yaml.MarkedYAMLError as error:
        raise BrokenRules(path, *in_chinese(error)) from None
    except yaml.YAMLError:
        odd = yaml.reader.Reader.NON_PRINTABLE.search(text)
        line = text.count("\n", 0, odd.start() if odd else 0) + 1
        raise BrokenRules(
            path, line, "YAML写法有误（有看不见的特殊字符）", "请删去这一行里看不见的字符，重新输入"
        ) from None
    except (ValueError, AttributeError):  # the latter: a value that says of itself that it is a day, and is none
        line, value = _unreadable(node)
        raise BrokenRules(path, line, f"“{value}”读不成一个值", "多半是没有这一天，请写成真实的日期") from None
    return node, content


def _refuse_twins(path: Path, node: Any) -> None:
    """YAML lets a later key overwrite an earlier one in silence; rules must not."""
    if isinstance(node, yaml.MappingNode):
        seen: set[Any] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise BrokenRules(path, key.start_mark.line + 1, "冒号前面要是一个名称", "请检查括号和问号")
            if key.value in seen:
                raise BrokenRules(path, key.start_mark.line + 1, f"“{key.value}”写了两遍", "请只保留一处")
            seen.add(key.value)
            _refuse_twins(path, value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_twins(path, value)


def _unreadable(node: Any) -> tuple[int, str]:
    """The line and the text of the first value that YAML takes for a day but cannot read (2023-11-31)."""
    for scalar in _scalars(node):
        try:
            yaml.SafeLoader("").construct_object(scalar)
        except (ValueError, AttributeError):
            return scalar.start_mark.line + 1, scalar.value
    return 1, ""


def _scalars(node: Any) -> Iterator[Any]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    else:
        for part in node.value:
            for inner in part if isinstance(part, tuple) else (part,):
                yield from _scalars(inner)


_DAY: Final = ("“{key}”不是日期", "请写成 2023-09-18 这样")
_WHOLE: Final = ("“{key}”应是整数", "请改成数字")
_BLOCK: Final = ("“{key}”应是一组“名称: 值”", "请照别处的写法，一项一行，或写成 {{名称: 值}}")
_WORDS: Final = {
    "missing": ("缺少“{key}”", "请补上这一项"),
    "extra_forbidden": ("不认识“{key}”", "请检查拼写{near}"),
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "date_type": _DAY,
    "int_parsing": _WHOLE,
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "float_parsing": ("“{key}”应是数字", "请改成数字"),
    "float_type": ("“{key}”应是数字", "请改成数字"),
    "bool_parsing": ("“{key}”应是 true 或 false", "请改成 true 或 false"),
    "bool_type": ("“{key}”应是 true 或 false", "请改成 true 或 false"),
    "string_type": ("“{key}”应是文字", "请加上引号"),
    "tuple_type": ("“{key}”应是一个列表", "请写成 [甲, 乙]，只有一项也要加方括号"),
    "dict_type": _BLOCK,
    "model_type": _BLOCK,
    "enum": ("“{key}”的取值不对（{input}）", "可以写：{expected}"),
    "literal_error": ("“{key}”的取值不对（{input}）", "可以写：{expected}"),
    "greater_than_equal": ("“{key}”填的是 {input}，太小了", "请填不小于 {ge} 的数"),
    "less_than_equal": ("“{key}”填的是 {input}，太大了", "请填不大于 {le} 的数"),
    "too_short": ("“{key}”是空的", "请至少写一项"),
    "string_too_short": ("“{key}”是空的", "请写上内容"),
    "string_pattern_mismatch": ("“{key}”的写法不对（{input}）", "请照程序自带的规则文件里这一项的写法改"),
}
_OTHER: Final = ("“{key}”不合要求（{input}）", "请照程序自带的规则文件里这一项的写法改")
_CHOICE: Final = re.compile(r"'([^']*)'")


def _worded(path: Path, node: Any, error: ValidationError, model: type[BaseModel]) -> BrokenRules:
    first = error.errors()[0]
    where: list[Any] = [part for part in first["loc"] if part != "[key]"]
    misplaced = first.get("ctx", {}).get("error")
    if isinstance(misplaced, Misplaced):
        return BrokenRules(path, line_in(node, [*where, *misplaced.where]), misplaced.mistake, misplaced.remedy)
    line, key = line_in(node, where), str(where[-1]) if where else path.name
    context: dict[str, Any] = {"key": key, "near": "", **first.get("ctx", {}), "input": _as_written(first.get("input"))}
    context["expected"] = "、".join(_CHOICE.findall(str(context.get("expected"))))
    if first["type"] == "extra_forbidden":
        from rapidfuzz import process as likeness

        near = likeness.extractOne(key, sorted(_keys_of(model) - {key}), score_cutoff=60)
        context["near"] = f"，是不是“{near[0]}”" if near else "；允许的写法见 docs/schemas.md"
    mistake, remedy = _WORDS.get(first["type"], _OTHER)
    return BrokenRules(path, line, mistake.format_map(context), remedy.format_map(context))


def _as_written(value: Any) -> str:
    """A value as it may stand in the file."""
    if value is None or value == "":
        return "空的"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return (
            bytes(yaml.safe_dump(value, encoding="utf-8", allow_unicode=True, default_flow_style=True)).decode().strip()
        )
    return str(value)


def line_of(path: Path, *where: str | int) -> int:
    """The line of the deepest part of `where` that a readable file holds (1-based)."""
    return line_in(parsed(path)[0], where)


def line_in(node: Any, where: Iterable[str | int]) -> int:
    """The same of a tree that `parsed` gave."""
    line = node.start_mark.line + 1 if node is not None else 1
    for part in where:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    node, line = value, key.start_mark.line + 1
                    break
            else:
                return line
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            return line
    return int(line)


def _keys_of(model: type[BaseModel], seen: frozenset[type] = frozenset()) -> set[str]:
    """Every key that the model and the models inside it know, for the spelling hint."""
    keys: set[str] = set()
    for name, field in model.model_fields.items():
        keys.add(field.alias or name)
        for inner in _models_in(field.annotation):
            if inner not in seen:
                keys |= _keys_of(inner, seen | {model, inner})
    return keys


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    found = [annotation] if isinstance(annotation, type) and issubclass(annotation, BaseModel) else []
    for argument in getattr(annotation, "__args__", ()):
        found.extend(_models_in(argument))
    return found
