"""What the YAML library finds wrong with the writing of a rules file, in Chinese: its own words are English."""

from __future__ import annotations

import re
from typing import Final

import yaml

_LOOK: Final = "请检查这一行的缩进、冒号后的空格和引号"
_AT_SIGN: Final = "以 @、`、%、*、&、! 开头的文字，请加上引号"

# What the library says → what it means, and the mend.
_FOUND: Final = (
    ("mapping values are not allowed", "这里不能再有“名称: 值”", "多半是多缩进了，或一行里有两个冒号；文字里有冒号的请加上引号"),
    ("could not find expected ':'", "名称后面少了冒号", "请写成“名称: 值”，冒号后空一格"),
    (r"expected ',' or '\]'", "[ 没有写完", "请补上逗号或 ]"),
    ("expected ',' or '}'", "{ 没有写完", "请补上逗号或 }"),
    ("end of stream", "引号没有写完", "请在文字末尾补上同样的引号"),
    ("tab character|cannot start any token", "这里有不能用的字符", f"缩进请用空格，不用 Tab；{_AT_SIGN}"),
    ("unknown escape|hexdecimal", "双引号里的 \\ 用得不对", "请改用单引号，如 '\\\\server\\大走访'"),
    ("undefined alias|alphabetic or numeric character", "* 和 & 在 YAML 里另有用处", "请给这段文字加上引号"),
    ("constructor for the tag|tag handle|expected '>'", "! 在 YAML 里另有用处", "请给这段文字加上引号"),
    ("directive|incompatible YAML", "% 在行首另有用处", "请给这段文字加上引号，或删去这一行"),
    ("another document", "文件里有单独一行 ---", "请删去这一行，一个文件只写一份规则"),
    ("block sequence entries", "这里不能写“- ”", "列表请另起一行，缩进后再写“- ”"),
    ("expected '-' indicator", "列表里混进了别的内容", "每一项请以“- ”开头，各项对齐"),
    ("node content", "这里缺一个值，或多了一个括号", "请核对括号是不是成对"),
    ("duplicate anchor|second occurrence", "& 在 YAML 里另有用处", "请给这段文字加上引号"),
    ("expected key", "缩进没有对齐，或引号、括号后面多了字", "请与上下各行对齐；一段文字整个放在引号里"),
    ("for merging|unhashable key", "冒号前面要是一个名称", "请检查括号和问号"),
    ("comment or line break", "| 和 > 后面多了字", "请删去，或给这段文字加上引号"),
)  # fmt: skip


def in_chinese(error: yaml.MarkedYAMLError) -> tuple[int, str, str]:
    """The line (1-based), what is wrong and the mend; where the library says what is not known here, only where to look.

    What is not ended is told with the line on which it began: the library goes on reading to the end of the file.
    """
    said = error.problem or ""
    mark = error.problem_mark
    for pattern, mistake, mend in _FOUND:
        if re.search(pattern, said):
            mark = error.context_mark if mistake.endswith("没有写完") else mark
            return (mark.line if mark else 0) + 1, f"YAML写法有误（{mistake}）", mend
    return (mark.line if mark else 0) + 1, "YAML写法有误", _LOOK
