"""Writes the reference pages of `docs/` from the rules themselves, so that they cannot drift apart.

`python -m dazoufang.reference` writes them; a test compares them with what stands there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from dazoufang import faults, frames
from dazoufang.campaign import load_rules
from dazoufang.home import shipped
from dazoufang.schema import Field, FormSchema, Rule, Schemas

_HEAD = "<!-- 由 python -m dazoufang.reference 生成，请勿手改 -->\n\n"
_TYPES = {"string": "文字", "date": "日期", "integer": "整数", "array": "多选", "any": "任意"}
_FORMATS = {
    "default": "", "name": "姓名", "names": "一个或几个姓名", "phone": "电话", "township": "乡镇", "unit": "单位", "email": "邮箱",
}  # fmt: skip


def schemas_page(schemas: Schemas) -> str:
    """docs/schemas.md: every form, every column, every rule; and what a schema file may hold."""
    parts = [_HEAD, "# 表种和列\n\n每种表一个文件：`schemas/表种.yaml`。加一列、加一个别名、加一个可选值，改这个文件就行，",
             "读表、检查、空白表、附件、本页都跟着变。\n"]  # fmt: skip
    for schema in schemas.values():
        parts.append(f"\n## {schema.title}（{schema.name}.yaml）\n\n{schema.purpose}\n\n")
        if schema.annex:
            parts.append(f"出在：{schema.annex.file}「{schema.annex.sheet}」\n\n")
        parts.append(_table(["列", "必填", "填什么", "也认作", "例"], map(_field_row, _shown(schema))))
        if schema.rules:
            parts.append(
                "\n规则：\n\n" + "".join(f"- {_rule(rule, schema)}（{rule.source}）\n" for rule in schema.rules)
            )
    parts.append("\n## 文件里可以写的键\n\n")
    for name, model in (("列（fields）", Field), ("规则（rules）", Rule), ("表", FormSchema)):
        keys = "、".join(f"`{field.alias or key}`" for key, field in model.model_fields.items())
        parts.append(f"- {name}：{keys}\n")
    parts.append("\n不认识的键（比如拼错的 `contraints`）在启动时就会指出文件、行和改法。\n")
    return "".join(parts)


def faults_page() -> str:
    """docs/faults.md: every code, its severity, what it says and the remedy."""
    parts = [
        _HEAD,
        "# 填报错误一览\n\n代码不变，电话里可以直接报代码。轻重分三等：须修改（该行暂不计入）、请核对（已计入）、说明。\n",
    ]
    groups = {"F": "整份文件", "S": "表头和工作表", "C": "单元格", "R": "几格之间、几行之间"}
    for letter, title in groups.items():
        kinds = [kind for kind in faults.CATALOGUE.values() if kind.code.startswith(letter)]
        rows = [
            [
                kind.code,
                faults.SEVERITY_NAMES[kind.severity],
                kind.title,
                f"{kind.message}。{kind.remedy}",
                kind.example,
            ]
            for kind in kinds
        ]
        parts.append(f"\n## {letter} {title}\n\n" + _table(["代码", "轻重", "名称", "怎么说、怎么改", "例"], rows))
    return "".join(parts)


def frames_page(schemas: Schemas) -> str:
    """docs/frames.md: the canonical DataFrames."""
    parts = [_HEAD, _NOTEBOOK]
    for name, columns in frames.columns(schemas).items():
        parts.append(f"\n## {name}\n\nKey: {', '.join(f'`{key}`' for key in frames.KEYS[name])}\n\n")
        rows = [[f"`{column}`", _DTYPES.get(dtype, dtype), meaning] for column, (dtype, meaning) in columns.items()]
        parts.append(_table(["column", "dtype", "meaning"], rows))
    return "".join(parts)


_DTYPES = {"text": "str", "day": "datetime64[s]"}
_NOTEBOOK = """# The canonical DataFrames

The record, folded by a pure function of submissions and rules. In a notebook:

```python
from pathlib import Path

from dazoufang.campaign import load_rules
from dazoufang.fold import fold
from dazoufang.home import Home
from dazoufang.record import Record

home = Home(Path("demo"))
with Record.at(home.record) as record:
    frames = fold(record.submissions(), load_rules(home.schemas)).frames()

frames.visits.groupby("unit").size()
frames.items.query("state == 'open'")[["item_no", "person", "matter"]]
```

Text columns are `str` with missing values as NA (never ""), days are `datetime64[s]`, several names or choices in one
cell are joined by 、. Frames have a plain RangeIndex.
"""


def _shown(schema: FormSchema) -> list[Field]:
    return [field for field in schema.fields if not field.derived]


def _field_row(field: Field) -> list[str]:
    limits = field.constraints
    what = _FORMATS[field.format] or _TYPES[field.type]
    if limits.enum:
        what = ("可多选：" if field.type == "array" else "选一项：") + "、".join(limits.enum)
    also = "、".join(f"{word}→{choice}" for word, choice in field.value_aliases.items())
    aliases = "、".join(alias.replace("|", " 下的 ") for alias in field.aliases)
    return [
        field.title,
        "是" if limits.required else "",
        what + (f"（{also}）" if also else ""),
        aliases,
        field.example,
    ]


def _rule(rule: Rule, schema: FormSchema) -> str:
    titles = {name: field.title for name, field in schema.by_name.items()}
    several = "、".join(titles[name] for name in rule.fields)
    when = "，".join(f"{titles[name]}为{'或'.join(values)}" for name, values in rule.when.items())
    hooks = {"visit_window": "须在本年度、不晚于当天，不在两轮时段内的收下但不计", "not_in_future": "不能晚于当天"}
    words = {
        "required_if": f"{when}时，{titles.get(rule.field, '')}要填",
        "compare": f"{titles.get(rule.field, '')}不早于{titles.get(rule.not_before, '')}",
        "one_of": f"{several}至少填一项",
        "all_or_none": f"{several}要么都填，要么都不填",
        "duplicate": f"{several}都相同的算同一{rule.what}，只计一次",
        "foreign": f"{titles.get(rule.field, '')}要在花名册中",
        "hook": f"{titles.get(rule.field, '')}{hooks.get(rule.hook, '')}",
    }
    return words[rule.rule]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |\n" for line in lines
    )


def pages() -> dict[str, str]:
    """File name in docs/ → content."""
    schemas = load_rules(shipped("schemas")).schemas
    return {"schemas.md": schemas_page(schemas), "faults.md": faults_page(), "frames.md": frames_page(schemas)}


if __name__ == "__main__":
    for file, text in pages().items():
        (Path(__file__).parents[1] / "docs" / file).write_text(text, encoding="utf-8")
