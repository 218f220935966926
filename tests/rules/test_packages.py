"""Who is sent which lists: as it is shipped, and what is refused at its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dazoufang.rules.campaign import Rules, load_rules
from dazoufang.rules.rules_file import BrokenRules
from dazoufang.system.home import shipped

pytestmark = pytest.mark.usefixtures("few_outputs")

HEADS = ("股室负责人", "独立副科级单位主要负责人")
REPORT = ("封面", "附件1", "附件2", "附件3")
ANNEXES = ("附件1", "附件2", "附件3")


def test_as_they_are_shipped(rules: Rules) -> None:
    assert [
        (
            *(package.to, package.roles, package.units, package.addresses, package.lists),
            *(package.rows, package.audience, package.days, package.alone),
        )
        for package in rules.campaign.mail.packages.value
    ] == [
        ("上报经办", (), ("办公室",), (), REPORT, "全部", "上报", ("汇总研判",), True),
        ("县级考核", (), (), (), REPORT, "全部", "上报", ("汇总研判",), True),
        ("局领导", ("局领导班子成员",), (), (), ANNEXES, "全部", "内部", ("周一",), False),
        ("归口股室", HEADS, (), (), ANNEXES, "归口", "内部", ("周一",), False),
        ("各单位", HEADS, (), (), ANNEXES, "本单位", "内部", ("周一",), False),
        ("走访干部", ("局领导班子成员", *HEADS), (), (), ("附件2", "附件3"), "本人", "内部", (), False),
    ]
    assert rules.campaign.mail.lock_attachments.value is False


ASSESSOR = "{to: 县级考核, addresses: [], lists: [封面, 附件1, 附件2, 附件3], rows: 全部, audience: 上报, days: [汇总研判], alone: true}"


@pytest.mark.parametrize(
    ("package", "said"),
    [
        ("{to: 甲, lists: [附件1], rows: 全部, audience: 内部, days: [周一]}", "没有写给谁"),
        (
            "{to: 甲, addresses: [abc], lists: [附件1], rows: 全部, audience: 内部, days: [周一]}",
            "“abc”不是可以寄到的邮箱地址",
        ),
        (
            "{to: 甲, addresses: [考核@x.cn], lists: [附件1], rows: 全部, audience: 内部, days: [周一], alone: true}",
            "“考核@x.cn”不是可以寄到的邮箱地址。请写成 名字@网站，@ 前面只能是英文、数字和符号，中间没有空格",
        ),
        (
            "{to: 甲, addresses: [a@x.cn], lists: [附件1], rows: 全部, audience: 内部, days: [周一]}",
            "写了 addresses，没有写 alone: true。请加上 alone: true；花名册以外的人没有预警，不写这一项就永远收不到",
        ),
        (
            "{to: 甲, units: [工会], lists: [], rows: 全部, audience: 内部, days: [周一]}",
            "lists 是空的，什么也不会发。请写 封面 或附件号，如 [附件1]",
        ),
        (
            "{to: 甲, addresses: [a@x.cn], lists: [附件1], rows: 本单位, audience: 内部, days: [周一], alone: true}",
            "addresses 写了邮箱，rows 却是“本单位”。花名册以外的邮箱没有单位，rows 只能写 全部",
        ),
        (
            "{to: 甲, roles: [局长], lists: [附件1], rows: 全部, audience: 内部, days: [周一]}",
            "“甲”的 roles 写了“局长”，没有这样的角色。请写 局领导班子成员、股室负责人、独立副科级单位主要负责人 中的几个",
        ),
        (
            "{to: 甲, units: [工会], lists: [附件9], rows: 全部, audience: 内部, days: [周一]}",
            "“甲”的 lists 写了“附件9”，没有这样的表。请写 封面、附件",
        ),
        (
            "{to: 甲, units: [工会], lists: [附件1], rows: 全部, audience: 内部, days: [星期一]}",
            "“甲”的 days 写了“星期一”，没有这样的日子。请写 每天、周一、周二、周三、周四、周五、周六、周日、走访摸排、汇总研判、集中化解",
        ),
        ("{to: 甲, units: [工会], lists: [附件1], rows: 一半, audience: 内部, days: [周一]}", "全部"),
        ("{to: 甲, units: [工会], lists: [附件1], rows: 全部, audience: 大家, days: [周一]}", "内部"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_line(tmp_path: Path, package: str, said: str) -> None:
    folder = Path(shutil.copytree(shipped("schemas"), tmp_path / "schemas"))
    file = folder / "campaign.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(ASSESSOR) == 1
    file.write_text(text.replace(ASSESSOR, package), encoding="utf-8")
    line = text[: text.index(ASSESSOR)].count("\n") + 1
    with pytest.raises(BrokenRules) as refused:
        load_rules(folder)
    assert said in str(refused.value) and f"第{line}行" in str(refused.value)


def test_a_home_that_calls_roles_and_phases_otherwise_goes_on_with_the_shipped_packages(tmp_path: Path) -> None:
    """They go to nobody there: what an office never wrote is not refused."""
    folder = Path(shutil.copytree(shipped("schemas"), tmp_path / "schemas"))
    campaign, roster = folder / "campaign.yaml", folder / "roster.yaml"
    text = campaign.read_text(encoding="utf-8")
    before, _, rest = text.partition("  packages:\n")
    after = rest[rest.index("  attach_mb:") :]
    campaign.write_text((before + after).replace("汇总研判", "研判"), encoding="utf-8")
    words = roster.read_text(encoding="utf-8")
    assert "局领导班子成员" in words
    roster.write_text(words.replace("局领导班子成员", "班子成员"), encoding="utf-8")
    packages = load_rules(folder).campaign.mail.packages.value
    assert [package.to for package in packages] == ["上报经办", "县级考核", "局领导", "归口股室", "各单位", "走访干部"]
