"""Where everything lies: the folders of one home, with the program's own rules and templates behind them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """One office's folder. `schemas` and `templates` fall back to the program's own where the home has none."""

    root: Path

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def outbox(self) -> Path:
        return self.root / "outbox"

    @property
    def archive(self) -> Path:
        return self.root / "archive"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def record(self) -> Path:
        return self.data / "dazoufang.sqlite3"

    @property
    def published(self) -> Path:
        """What the outbox held after the last run, and from what it was made."""
        return self.data / "published.json"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def schemas(self) -> Path:
        own = self.root / "schemas"
        return own if (own / "campaign.yaml").exists() else shipped("schemas")

    @property
    def templates(self) -> Path:
        own = self.root / "templates"
        return own if (own / "receipt.html").exists() else shipped("templates")

    def make(self) -> None:
        """Create the folders that are not there."""
        for folder in (self.inbox, self.outbox, self.archive, self.data, self.logs):
            folder.mkdir(parents=True, exist_ok=True)


def shipped(name: str) -> Path:
    """A folder that comes with the program: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / name
    return installed if installed.is_dir() else package.parent / name
