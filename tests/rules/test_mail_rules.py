"""The rules of mail: as they are shipped, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.rules.rules_file import BrokenRules
from dazoufang.system.home import shipped


def test_as_they_are_shipped(rules: Rules) -> None:
    mail = rules.campaign.mail
    assert (mail.sender.value, mail.smtp.value, mail.imap.value, mail.senders.value) == ("", "", "", {})
    assert mail.heads.value == ("股室负责人", "独立副科级单位主要负责人")
    assert (mail.operators.value, mail.digests.value) == (("办公室",), True)
    assert (mail.attach_mb.value, mail.poll_minutes.value) == (20, 5)
    hold = mail.hold
    assert (hold.rows_fell_percent.value, hold.rows_fell_at_least.value) == (20, 20)
    assert (hold.silent_unit_rows.value, hold.rate_jump_points.value) == (20, 30)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('smtp: {value: ""', 'smtp: {value: "smtps://a%40qq.com:geheim@smtp.qq.com"', "smtp 里写了密码"),
        ('imap: {value: ""', 'imap: {value: "imaps://a:geheim@imap.qq.com"', "imap 里写了密码"),
        ("senders: {value: {}", "senders: {value: {zhangsan: 工会}", "“zhangsan”不是邮箱地址"),
        ("senders: {value: {}", 'senders: {value: {a@qq.com: ""}', "“a@qq.com”没有写单位"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_no_password_is_said(tmp_path: Path, old: str, new: str, said: str) -> None:
    folder = Path(shutil.copytree(shipped("schemas"), tmp_path / "schemas"))
    file = folder / "campaign.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BrokenRules) as refused:
        load_rules(folder)
    assert said in str(refused.value) and "geheim" not in str(refused.value)
