"""Mail (`mail` of the campaign's rules): servers, who is told, and what makes a night's letters wait."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from dazoufang.rules.packages import Package
from dazoufang.rules.rules_file import Misplaced, Strict
from dazoufang.rules.sourced import Sourced

Share = Annotated[int, Field(ge=1, le=100)]
AtLeastOne = Annotated[int, Field(ge=1)]


class Hold(Strict):
    """From when on a night looks wrong, so that its letters wait."""

    rows_fell_percent: Sourced[Share]
    rows_fell_at_least: Sourced[AtLeastOne]
    silent_unit_rows: Sourced[AtLeastOne]
    rate_jump_points: Sourced[Share]


class Mail(Strict):
    """Servers are URLs without passwords; what the environment names goes before them. `senders`: address → unit, for
    those that no row of the roster has."""

    sender: Sourced[str]
    smtp: Sourced[str]
    imap: Sourced[str]
    senders: Sourced[dict[str, str]]
    heads: Sourced[tuple[str, ...]]
    operators: Sourced[tuple[str, ...]]
    digests: Sourced[bool]
    packages: Sourced[tuple[Package, ...]]
    attach_mb: Sourced[AtLeastOne]
    lock_attachments: Sourced[bool]
    poll_minutes: Sourced[AtLeastOne]
    hold: Hold

    @model_validator(mode="after")
    def _no_password_stands_here(self) -> Mail:
        for key in ("smtp", "imap"):
            url: str = getattr(self, key).value
            before = url.rpartition("@")[0].partition("://")[2]
            if ":" in before:
                raise Misplaced(
                    f"{key} 里写了密码",
                    "请删去冒号和密码；密码写在环境变量、只有自己能读的文件或系统的密码库里（见 docs/mail.md）",
                    key,
                    "value",
                )
        return self

    @model_validator(mode="after")
    def _senders_are_addresses(self) -> Mail:
        for address, unit in self.senders.value.items():
            if "@" not in address:
                raise Misplaced(f"“{address}”不是邮箱地址", "请写成 名字@网站: 单位", "senders", "value", address)
            if not unit.strip():
                raise Misplaced(f"“{address}”没有写单位", "请写上它代表的单位", "senders", "value", address)
        return self
