"""Submissions, parts and rows as the tables hold them, and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final

from dazoufang.model.submission import Heading, Part, Row, Submission


def head_of(submission: Submission) -> dict[str, Any]:
    """A submission as its table has it."""
    return {
        "submission_id": submission.submission_id,
        "sha256": submission.sha256,
        "path": submission.path,
        "archived": submission.archived,
        "received_on": submission.received_on,
        "verdict": submission.verdict,
        "unit": submission.unit,
        "duplicate_of": submission.duplicate_of,
        "faults": as_json([asdict(fault) for fault in submission.faults]),
        "repairs": as_json([asdict(repair) for repair in submission.repairs]),
        "rules": submission.rules,
    }


def part_of(submission: Submission, part: Part) -> dict[str, Any]:
    """A part as its table has it."""
    return {
        "part_id": part.part_id,
        "submission_id": submission.submission_id,
        "form": part.form,
        "member": part.member,
        "stem": part.stem,
        "unit": part.unit,
        "columns": as_json([_stored_heading(heading) for heading in part.headings]),
        "meta": as_json(part.meta),
    }


def _stored_heading(heading: Heading) -> list[Any]:
    """A heading as it is stored: what only cards or tables side by side have is not written for others."""
    stored: list[Any] = [heading.sheet, heading.row_no, heading.columns]
    if heading.rows or heading.left:
        stored.append(heading.rows)
    return [*stored, heading.left] if heading.left else stored


def headings(columns: list[Any] | dict[str, Any]) -> list[Heading]:
    """The headings of a part; a record of version 1 knows sheet → columns only, as if all stood in the first row."""
    if isinstance(columns, dict):
        return [Heading(sheet, 0, named) for sheet, named in columns.items()]
    return [Heading(*stored) for stored in columns]


def row_of(part: Part, row: Row) -> dict[str, Any]:
    """A row as its table has it."""
    return {
        "row_id": row.row_id,
        "part_id": part.part_id,
        "sheet": row.sheet,
        "row_no": row.row_no,
        "unit": row.unit,
        "held": row.held,
        "cells": as_json(row.values),
        "elsewhere": as_json(row.elsewhere),
        "left_column": row.left,
    }


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # made once: every row asks it


def as_json(value: object) -> str:
    """Compact JSON, Chinese as it is."""
    return _ENCODER.encode(value)
