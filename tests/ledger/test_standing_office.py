"""Until a 责任单位 is named, the office of the target kind stands for it."""

from __future__ import annotations

import pytest
from conftest import Office
from tables import workbook


@pytest.mark.parametrize(
    ("kind", "office_name"),
    [("联点乡镇群众", "教育事务中心"), ("人大代表", "办公室"), ("原民代幼人员", "办公室"), ("其他", "法制安全股")],
)
def test_what_a_visit_raised_is_its_offices_by_the_kind_of_household(
    office: Office, kind: str, office_name: str
) -> None:
    visits = f"""
| 走访日期 | 走访干部 | 走访对象 | 对象类别 | 联系电话 | 矛盾纠纷和信访诉求 | 意见建议 |
| 2023-09-20 | 李明 | 张三 | {kind} | 13800000001 | 与邻居因排水沟改道争执 | 建议硬化通学路 |
"""
    office.take("走访.xlsx", workbook(visits, unit="工会"))
    assert list(office.frames().items["responsible_office"]) == [office_name, office_name]


def test_what_came_in_a_form_of_its_own_goes_by_the_identity_or_to_the_office_of_the_rest(office: Office) -> None:
    suggestions = """
| 反映日期 | 走访干部 | 反映人 | 身份 | 联系电话 | 事项类别 | 意见建议内容 | 办理状态 |
| 2023-09-20 | 李明 | 张三 | 政协委员 | 13800000001 | 道路交通 | 建议硬化通学路 | 未启动 |
| 2023-09-20 | 李明 | 李四 | | 13800000002 | 道路交通 | 建议安装路灯 | 未启动 |
"""
    office.take("建议.xlsx", workbook(suggestions, unit="工会"))
    assert list(office.frames().items["responsible_office"]) == ["办公室", "法制安全股"]
