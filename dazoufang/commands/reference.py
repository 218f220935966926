"""Writes the reference pages of `docs/` from the rules themselves, so that they cannot drift apart; explains one code.

`python -m dazoufang.commands.reference` writes them; a test compares them with what stands there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from rapidfuzz import process as likeness

from dazoufang.ledger import frames
from dazoufang.model import faults
from dazoufang.model.faults import FaultKind
from dazoufang.model.terms import normalize
from dazoufang.rules.campaign import load_rules
from dazoufang.rules.schema import Field, FormSchema, Rule, Schemas
from dazoufang.system.errors import WrongUse
from dazoufang.system.home import shipped

_HEAD = "<!-- 由 python -m dazoufang.commands.reference 生成，请勿手改 -->\n\n"
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
    parts.append(
        "\n不认识的键（比如拼错的 `contraints`）在启动时就会指出文件、行和改法。\n"
        "一列里有个人信息的，写 `sensitive: name`（姓名）、`phone`（电话）、`address`（住址）或 `private`（家庭情况），"
        "上报、公示时就照 [给谁看](给谁看.md) 隐去。\n"
    )
    parts.append(_OWN_FORM)
    parts.append(_UPGRADES)
    return "".join(parts)


_OWN_FORM = """
## 加一张自己的表

在 `schemas/` 里添一个文件（如 `training.yaml`，`name` 与文件名相同），这张表就能收、能查、能退回、能出空白表，写了 `annex:` 的还会在 outbox
里另出一份汇总表；不用改程序。最少要写 `name`、`title`、`fields`；整张表另有几项：

| 键 | 意思 | 不写时 |
|---|---|---|
| `keywords` | 标题、工作表名、文件名里有这些词，就更像是这张表 | 只认 `title` |
| `primaryKey` | 合起来能分清每一行的几列；两份都在的行只计一次 | 没有 |
| `identities` | 改过的行凭哪几列认得出是原来哪一行，最可靠的在前 | 按 `primaryKey`；再没有，按全部必填列 |
| `speaksFor` | `unit` 每行属于一个单位；`office` 是局里自己的表 | `unit` |
| `role` | 程序另有用处的表：visits 走访、disputes 矛盾纠纷、suggestions 意见建议、roster 花名册、assignments 任务分解、decisions 裁定，各一张 | `list`：收下、汇总，别无用处 |
| `telling` | 标题、名称里没有提到这张表的，要有其中一个表头才认作这张表 | 不要求 |
| `ignored` | 不用的列的表头（省、市、县），不问也不提 | 没有 |
| `writtenAhead` | 预先写好的列：一行只有这些，就当还没有人填 | 没有 |
| `annex` | 汇总表的文件名、简称（如 附件5）、工作表名、标题；序号和填报单位两列会自动加上 | 不出汇总表 |

两张表的 `title`、汇总表的文件名和简称不能相同。不是表的 YAML 请不要放在这里，程序会指出来，不会当作没看见。

"""

_UPGRADES = """
## 程序升级以后

自己的 `schemas/` 不用跟着改：其中没有的文件，以及 campaign.yaml 里没有的键（包括 `alerts:` 这样一组里面的），按程序自带的规则；
写了的都照写的，列表（年份、阶段、乡镇、列、规则）整个照自己的，不会混进自带的。表里删去的列、规则也不会回来。
"""


def faults_page() -> str:
    """docs/faults.md: every code as whoever answers the telephone needs it."""
    parts = [_HEAD, _HOW_TO_READ]
    for letter, (title, sentence) in _GROUPS.items():
        kinds = [kind for kind in faults.CATALOGUE.values() if kind.code.startswith(letter)]
        parts.append(f"\n## {letter} {title}\n\n{sentence}\n\n")
        parts.append(
            _table(
                ["代码", "轻重", "名称"],
                (
                    [fault_kind.code, faults.SEVERITY_NAMES[fault_kind.severity], fault_kind.title]
                    for fault_kind in kinds
                ),
            )
        )
        for kind in kinds:
            parts.append(f"\n### {kind.code} {kind.title}（{faults.SEVERITY_NAMES[kind.severity]}）\n\n")
            parts.extend(f"- {name}：{text}\n" for name, text in _explained(kind))
    return "".join(parts)


def explanation(code: str) -> str:
    """What one code means, for the terminal. Small letters and full-width ones are the same code.

    Raises:
        NoSuchCode: the catalogue has none of that name.
    """
    wanted = normalize(code).upper()
    kind = faults.CATALOGUE.get(wanted)
    if kind is None:
        raise NoSuchCode(wanted)
    lines = [f"{kind.code} {kind.title}（{faults.SEVERITY_NAMES[kind.severity]}）"]
    return "\n".join(lines + [f"{name}：{text}" for name, text in _explained(kind)])


class NoSuchCode(WrongUse, LookupError):
    """A code that no fault has; says which ones are near."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.nearest = [match[0] for match in likeness.extract(code, list(faults.CATALOGUE), limit=3, score_cutoff=50)]
        near = f"；相近的有：{'、'.join(self.nearest)}" if self.nearest else ""
        super().__init__(f"没有编号为“{code}”的填报错误{near}（全部编号见 docs/faults.md）")


def _explained(kind: FaultKind) -> list[tuple[str, str]]:
    """What there is to say of a code: heading and text."""
    seen = faults.make(kind.code, **kind.sample)
    lines = [
        ("单位看到的", seen.message),
        ("怎么改", seen.remedy),
        ("什么意思", kind.meaning),
        ("程序怎么处理", _CONSEQUENCES.get((kind.code[0], kind.severity), _CONSEQUENCES["", kind.severity])),
        ("例", f"{kind.before} → {kind.after}"),
    ]
    return [*lines, ("局里可以", kind.office)] if kind.office else lines


_GROUPS = {
    "F": ("整份文件", "文件本身打不开或不是要收的表；里面的内容一行也没有读到。"),
    "S": ("表头和工作表", "文件能读，但某张工作表的表头、单位或整张表有疑问；先改这一类，别的错往往跟着消失。"),
    "C": ("单元格", "某一格填的内容看不懂或不合要求；同一格只说一个原因。"),
    "R": ("几格之间、几行之间", "每一格单独看都对，放在一起对不上；两处都会指出来，改哪一处由填表人定。"),
}
_CONSEQUENCES = {
    ("F", faults.ERROR): "这份文件没有收，原件已存档；改好重新放入即可",
    ("S", faults.ERROR): "这张工作表的行暂不计入，原件已存档，别的工作表照常收下；改好重新放入即可",
    ("", faults.ERROR): "这一行暂不计入，其他行照常收下；改好重新放入即可",
    ("", faults.WARNING): "已经收下；请核对一下，有错再改",
    ("", faults.INFO): "不影响收件，只是说明一声",
}
_HOW_TO_READ = f"""# 填报错误一览

代码不变，电话里可以直接报代码；在程序所在的电脑上，`python process.py explain C09` 也能看到同样的内容。

轻重分三等（有的表种会把“须修改”降为“请核对”，以退回件上写的为准）：

- **{faults.SEVERITY_NAMES[faults.ERROR]}**（红）：这一行（或这张表、这份文件）暂不计入，改好重新放入就计入。
- **{faults.SEVERITY_NAMES[faults.WARNING]}**（黄）：已经收下，请核对。没有错的，在“情况说明”一列写一句原因，以后不再提醒。
- **{faults.SEVERITY_NAMES[faults.INFO]}**：不需处理。

〔空格〕、〔换行〕、〔全角空格〕这样的字，是程序把看不见的字符写出来，原表里不是这几个字。
"""


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

from dazoufang.ledger.fold import fold
from dazoufang.record.record import Record
from dazoufang.rules.campaign import load_rules
from dazoufang.system.home import Home

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
    choices = _FORMATS[field.format] or _TYPES[field.type]
    if limits.enum:
        choices = ("可多选：" if field.type == "array" else "选一项：") + "、".join(limits.enum)
    also = "、".join(f"{word}→{choice}" for word, choice in field.value_aliases.items())
    aliases = "、".join(alias.replace("|", " 下的 ") for alias in field.aliases)
    return [
        field.title,
        "是" if limits.required else "",
        choices + (f"（{also}）" if also else ""),
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
        "contradicts": f"{when}时，不会有{titles.get(rule.field, '')}",
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
        (Path(__file__).parents[2] / "docs" / file).write_text(text, encoding="utf-8")
