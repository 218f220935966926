"""The words that the program itself asks after: of every list of words one StrEnum, used wherever code compares them.

Of the choices that forms offer only those stand here on which something depends. An office may offer more; where its
form lacks one of these, its rules are refused (see `rules.needs`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    """How much a fault weighs."""

    ERROR = "error"  # the row is not counted until it is mended
    WARNING = "warning"  # the row counts; somebody should look
    INFO = "info"  # said for the sake of openness


class Verdict(StrEnum):
    """What became of a delivered file."""

    ACCEPTED = "accepted"  # every row counts
    PARTLY = "partly"  # some rows count, some went back
    RETURNED = "returned"  # nothing counts
    DUPLICATE = "duplicate"  # the same bytes were delivered before


class Audience(StrEnum):
    """Who reads a workbook: the bureau and its units, whoever is reported to, everybody."""

    INTERNAL = "内部"
    UPWARD = "上报"
    PUBLIC = "公示"


class PersonalData(StrEnum):
    """What a column tells of a person (`sensitive` of a field)."""

    NAME = "name"
    PHONE = "phone"
    ADDRESS = "address"
    PRIVATE = "private"  # what a family lives on, its health


class ItemKind(StrEnum):
    """What kind of item the ledger holds."""

    DISPUTE = "dispute"
    SUGGESTION = "suggestion"


ITEM_KIND_NAMES: Final = {ItemKind.DISPUTE: "矛盾纠纷", ItemKind.SUGGESTION: "意见建议"}  # as people call them


class ItemState(StrEnum):
    """Where an item stands: resolved is not closed."""

    OPEN = "open"
    RESOLVED = "resolved"
    CLOSED = "closed"


class RoundName(StrEnum):
    """轮次."""

    FIRST = "上半年"
    SECOND = "下半年"


class TargetKind(StrEnum):
    """对象类别: what a household falls to that nobody named."""

    OTHER = "其他"


class DisputeStatus(StrEnum):
    """办理状态 of disputes."""

    NOT_BEGUN = "未启动"
    IN_HAND = "正在化解"
    RESOLVED = "已化解"
    CONTAINED = "稳控中"
    ENDED = "程序性终结"


class SuggestionStatus(StrEnum):
    """办理状态 of suggestions."""

    NOT_BEGUN = "未启动"
    IN_HAND = "正在办理"
    RESOLVED = "已办结"


class Satisfaction(StrEnum):
    """满意度."""

    DISSATISFIED = "不满意"


class Complexity(StrEnum):
    """复杂程度."""

    SIMPLE = "简单"
    COMPLEX = "复杂"


class Risk(StrEnum):
    """风险等级."""

    UNREST = "涉稳风险"


class PetitionKind(StrEnum):
    """信访性质."""

    REPEATED = "重复访"


class Nature(StrEnum):
    """事项性质."""

    SUGGESTION = "意见建议"
    INQUIRY = "政策咨询"
    HELP = "问题求助"


class Decision(StrEnum):
    """裁定."""

    EXTEND = "延期"
    SAME_PERSON = "同一人"
    OTHER_PERSON = "非同一人"
    MERGE = "并案"
    VOID = "作废"
    REOPEN = "重开"
