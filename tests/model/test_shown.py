"""What a file's name can hold and a screen must not obey."""

from __future__ import annotations

import json

import pytest

from dazoufang.model.shown import escaped, made_visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("走访登记表（1）.xlsx", "走访登记表（1）.xlsx"),
        ("\x1b]0;改标题\x07.xlsx", "␛]0;改标题␇.xlsx"),
        ("\x1b[31m红\x1b[0m", "␛[31m红␛[0m"),
        ("退\r\x08回", "退␍␈回"),
        ("一\x7f二", "一␡二"),
        ("一\x9b31m二", "一\\u009b31m二"),
        ("走访\u202exslx.exe", "走访\\u202exslx.exe"),
        ("\u2066一\u2069\u200f", "\\u2066一\\u2069\\u200f"),
        ("一\u2028二\u2029三\x85四", "一\\u2028二\\u2029三\\u0085四"),
        ("坏\udcff名", "坏\\udcff名"),
        ("第一行\n第二行\t列", "第一行\n第二行\t列"),
        ("👩\u200d🏫 é 𠮷", "👩\u200d🏫 é 𠮷"),  # joined emoji and rare characters are text
    ],
)
def test_what_a_screen_would_obey_is_shown(text: str, shown: str) -> None:
    assert made_visible(text) == shown


def test_json_says_the_same_and_is_plain() -> None:
    said = {"name": "走访\u202e\x9b31m\x7f\u2028.xlsx"}
    text = escaped(json.dumps(said, ensure_ascii=False))
    assert text == '{"name": "走访\\u202e\\u009b31m\\u007f\\u2028.xlsx"}'
    assert json.loads(text) == said
