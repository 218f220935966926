"""Which forms are the logs of what comes before a visit, training and notebooks, and what their columns are."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dazoufang.rules.rules_file import Strict
from dazoufang.rules.sourced import Sourced

Name = Annotated[str, Field(min_length=1)]


class Log(Strict):
    """A form of `schemas/` that logs something done for cadres, and its fields: the day, and who."""

    form: Name
    day: Name
    cadres: Name

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the form that are asked for."""
        return self.day, self.cadres


class NotebookLog(Log):
    """Besides, the number of the notebook."""

    number: Name

    @property
    def fields(self) -> tuple[str, ...]:
        return self.day, self.cadres, self.number


class Preparation(Strict):
    """What is to be done before a visit (`preparation` of the campaign's rules)."""

    training: Sourced[Log]
    notebooks: Sourced[NotebookLog]
