"""Where everything lies: the folders of one home, with the program's own rules and templates behind them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dazoufang.system.errors import WrongUse


class NotItsRecord(WrongUse):
    """The record is not the one that took in what lies in this home's archive."""


PLACEHOLDER: Final = "{home}"  # in what the environment says of data and record: the name of the home's folder
_TEMPLATES: Final = ("receipt.html", "通报.docx")  # by either a folder is known as an office's own, or by a workbook
# What an office may have laid there as its own 附件1 …; only the first is filled, of the others it is told so.
WORKBOOKS: Final = (".xlsx", ".xls", ".xlsm", ".xlsb", ".et", ".ett", ".ods", ".xltx", ".xlt")


@dataclass(frozen=True)
class Home:
    """One office's folder. `schemas` and `templates` fall back to the program's own where the home has none.

    `data_folder`: where the data lie when not in the folder itself (it may be on a share, they may not).
    `database`: SQLAlchemy URL of the record when it is not a file among the data but on a server.
    `cluster`: dask://host:port of the scheduler on whose workers files are read, "" on this machine.
    """

    root: Path
    data_folder: Path | None = None
    database: str = ""
    cluster: str = ""

    @classmethod
    def of(cls, root: Path) -> Home:
        """The home in `root` as the environment of this machine has it: DAZOUFANG_DATA and DAZOUFANG_RECORD, in which
        {home} is the folder's name, so that many homes can have one environment, and DAZOUFANG_ENGINE."""
        data, database = (
            os.environ.get(f"DAZOUFANG_{name}", "").replace(PLACEHOLDER, root.name) for name in ("DATA", "RECORD")
        )
        return cls(root, Path(data).resolve() if data else None, database, os.environ.get("DAZOUFANG_ENGINE", ""))

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
        return self.data_folder or self.root / "data"

    @property
    def record(self) -> Path:
        """The record's file; not used where `database` is set."""
        return self.data / "dazoufang.sqlite3"

    @property
    def has_record(self) -> bool:
        """Whether there is a record; one on a server is taken to be there, unasked."""
        return bool(self.database) or self.record.exists()

    @property
    def published(self) -> Path:
        """The file that says what was in the outbox after the last run, and from what it was made. Several machines on
        one record share it."""
        if self.database:
            return self.archive / "published.json"
        return self.data / "published.json"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def schemas(self) -> Path:
        own = self.root / "schemas"
        return own if any(own.glob("*.yaml")) else shipped("schemas")

    @property
    def templates(self) -> Path:
        own = self.root / "templates"
        theirs = any((own / name).exists() for name in _TEMPLATES) or any(
            path.suffix.lower() in WORKBOOKS for path in own.glob("*.*")
        )
        return own if theirs else shipped("templates")

    def make(self) -> None:
        """Create the folders that are not there."""
        for folder in (self.inbox, self.outbox, self.archive, self.data, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.archive, self.data):
            _for_its_owner_alone(folder)


def _for_its_owner_alone(folder: Path) -> None:
    """Let nobody but its owner into a folder that holds personal data. On Windows it is as its parent is: an office's
    own folder is its user's."""
    if os.name == "posix" and folder.stat().st_uid == os.getuid() and folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def shipped(name: str) -> Path:
    """A folder that comes with the program: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / name
    return installed if installed.is_dir() else package.parent / name
