"""The archive's list of what was published: by which rules, with which templates and up to which submission, a line a day."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from dazoufang.rules.templates import published
from dazoufang.system import files

LIST: Final = "nights.jsonl"
TEMPLATES: Final = "templates"


@dataclass(frozen=True, slots=True)
class Night:
    """What an outbox was made of. `today`: its day, ISO; `rules`, `templates`: fingerprints, of templates "" the program's
    own; `last`: the newest submission in it."""

    today: str
    rules: str
    templates: str
    last: int


def note(archive: Path, night: Night, templates: Path | None) -> None:
    """Have the line of a day say what was published last for it, and keep the office's own templates, once for each
    fingerprint. However often it was published meanwhile, after the day the list is the same."""
    if templates is not None:
        for file in published(templates):
            kept = archive / TEMPLATES / night.templates / file.name
            if not kept.exists():
                files.write_atomic(kept, file.read_bytes())
    known = nights(archive)
    if night in known:
        return
    lines = sorted([*(other for other in known if other.today != night.today), night], key=lambda line: line.today)
    text = "".join(f"{json.dumps(asdict(line), ensure_ascii=False)}\n" for line in lines)
    files.write_atomic(archive / LIST, text.encode())


def nights(archive: Path) -> list[Night]:
    """A line a day, in their order."""
    try:
        text = (archive / LIST).read_text("utf-8")
    except FileNotFoundError:
        return []
    return [Night(**json.loads(line)) for line in text.splitlines() if line.strip()]


def of(archive: Path, today: str) -> Night | None:
    """The line of a day; None where nothing was published for it."""
    return next((night for night in nights(archive) if night.today == today), None)
