"""Who is sent which lists (`mail.packages` of the campaign's rules): people, lists, rows, audience and days."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from pydantic import model_validator

from dazoufang.model.vocabularies import Audience
from dazoufang.rules.rules_file import Misplaced, Strict

COVER: Final = "封面"  # the cover sheet of what is reported upward; all other lists are named by their annex: 附件1
EVERY_DAY: Final = "每天"
WEEKDAYS: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[^\s@,;，；]+")


class Slice(StrEnum):
    """Which rows of a list somebody is sent."""

    WHOLE = "全部"
    UNIT = "本单位"  # reported by his unit, or handled by it
    OFFICE = "归口"  # of the kinds of household that his office answers for
    PERSON = "本人"  # that name him


class Package(Strict):
    """Some lists for some people.

    to: what people call them. roles, units: people of the roster, who must fit both where both are given; addresses:
    others. lists: 封面 or annexes by their label. days: 每天, 周一 … 周日, or a phase, on whose last working day it
    goes. alone: it goes also to somebody who is told of nothing else that day.
    """

    to: str
    roles: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    lists: tuple[str, ...]
    rows: Slice
    audience: Audience
    days: tuple[str, ...]
    alone: bool = False

    @model_validator(mode="after")
    def _somebody_is_meant(self) -> Package:
        if not {"roles", "units", "addresses"} & self.model_fields_set:
            raise Misplaced("没有写给谁", "请写 roles、units 或 addresses；暂时不给谁的写 addresses: []", "to")
        return self

    @model_validator(mode="after")
    def _addresses_are_addresses(self) -> Package:
        for at, address in enumerate(self.addresses):
            if not _ADDRESS.fullmatch(address):
                mend = "请写成 名字@网站，@ 前面只能是英文、数字和符号，中间没有空格"
                raise Misplaced(f"“{address}”不是可以寄到的邮箱地址", mend, "addresses", at)
        if self.addresses and not self.alone:
            mend = "请加上 alone: true；花名册以外的人没有预警，不写这一项就永远收不到"
            raise Misplaced("写了 addresses，没有写 alone: true", mend, "addresses")
        if not self.lists:
            raise Misplaced("lists 是空的，什么也不会发", f"请写 {COVER} 或附件号，如 [附件1]", "lists")
        return self

    @model_validator(mode="after")
    def _rows_are_of_people_of_the_roster(self) -> Package:
        if self.addresses and self.rows is not Slice.WHOLE:
            mend = f"花名册以外的邮箱没有单位，rows 只能写 {Slice.WHOLE}；要给部分行的，请把人登记进花名册"
            raise Misplaced(f"addresses 写了邮箱，rows 却是“{self.rows}”", mend, "rows")
        return self
