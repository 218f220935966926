"""Who reads what (`audiences` of the campaign's rules): the personal data that each of three audiences does not see."""

from __future__ import annotations

from pydantic import Field, model_validator

from dazoufang.model.vocabularies import Audience, PersonalData
from dazoufang.rules.rules_file import Misplaced, Strict
from dazoufang.rules.sourced import Sourced


class Audiences(Strict):
    """For each audience what is masked. Its keys in the file are 内部, 上报 and 公示."""

    internal: Sourced[tuple[PersonalData, ...]] = Field(alias="内部")
    upward: Sourced[tuple[PersonalData, ...]] = Field(alias="上报")
    public: Sourced[tuple[PersonalData, ...]] = Field(alias="公示")

    def masked(self, audience: Audience) -> frozenset[PersonalData]:
        """What `audience` does not see."""
        rule = {Audience.INTERNAL: self.internal, Audience.UPWARD: self.upward, Audience.PUBLIC: self.public}[audience]
        return frozenset(rule.value)

    @model_validator(mode="after")
    def _the_bureau_sees_everything(self) -> Audiences:
        if self.internal.value:
            mend = "请写成 []：outbox 里的附件是各单位核对、程序收回用的；要隐去的写在“上报”或“公示”"
            raise Misplaced("“内部”写了要隐去的内容", mend, "内部", "value")
        return self


class Page(Strict):
    """进度看板.html (`page` of the campaign's rules): for whom it is, and so what is masked in it."""

    audience: Sourced[Audience]
