"""Ledgers in the layout of another office (`exports` of the campaign's rules): which rows of which form, and how its columns are called."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dazoufang.model.terms import normalize
from dazoufang.model.vocabularies import Audience
from dazoufang.rules.rules_file import Strict
from dazoufang.rules.schema import FormSchema

Name = Annotated[str, Field(min_length=1)]
FileName = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^/\\:*?\"<>|.~\s][^/\\:*?\"<>|]*$")]


class Answer(Strict):
    """A column that asks whether another holds something: the field, and the word for yes and for no."""

    field: Name
    filled: str
    empty: str


class Export(Strict):
    """One such ledger. It is made when a template of its name lies in templates/.

    form: whose rows. without: field → values; rows that hold one of them are left out. headings: a heading of the template →
    the field that it is. answers: a heading that asks whether a field holds something. audience: who sees it.
    """

    file: FileName
    form: Name
    without: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    headings: dict[Name, Name] = Field(default_factory=dict)
    answers: dict[Name, Answer] = Field(default_factory=dict)
    audience: Audience = Audience.INTERNAL

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field of the form that it speaks of."""
        return (*self.without, *self.headings.values(), *(answer.field for answer in self.answers.values()))

    def known_by(self, schema: FormSchema) -> FormSchema:
        """The form with the headings of this ledger among those it is known by; nowhere else does one of them count."""
        own = {normalize(heading) for heading in (*self.headings, *self.answers)}
        fields = tuple(
            field.model_copy(
                update={
                    "aliases": (
                        *(alias for alias in field.aliases if normalize(alias) not in own),
                        *(heading for heading, name in self.headings.items() if name == field.name),
                    )
                }
            )
            for field in schema.fields
        )
        return FormSchema.model_construct(
            **{name: getattr(schema, name) for name in FormSchema.model_fields} | {"fields": fields}
        )
