"""Claims what waits in the inbox, gives it back or clears it away, and finishes what a crash left half done."""

from __future__ import annotations

import os
from collections.abc import Set
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from dazoufang.inbox.scan import Waiting, claimed_in, in_turn, is_being_written
from dazoufang.inbox.trays import CLAIMED, all_trays, tries_of
from dazoufang.system import failpoints, files


def mend(inbox: Path) -> None:
    """Put the inbox in order before a scan. A file that a crash left under two names (see `_renamed`) keeps one; a name
    that a foreign system wrote in GBK, which the record cannot store, gets the spelling that was meant."""
    for pass_folder in all_trays(inbox):
        for claimed in list(claimed_in(pass_folder)):
            with suppress(OSError):
                if (inbox / claimed.path).samefile(claimed.file):  # it was given back already
                    claimed.file.unlink()
    for folder, folders, found in os.walk(inbox, topdown=False):
        for name in (*found, *folders):
            raw = os.fsencode(name)
            if raw.decode("utf-8", "replace").encode() != raw:
                _move(Path(folder, name), Path(folder, files.safe_name(raw.decode("gb18030", "replace"))))


def _move(path: Path, target: Path) -> None:
    """Rename; where the name is taken, folders become one and a file gets a number."""
    if path.is_dir() and target.is_dir():
        for child in path.iterdir():
            _move(child, target / child.name)
        path.rmdir()
        return
    free, number = target, 1
    while not _renamed(path, free):
        number += 1
        free = target.with_name(f"{target.stem}({number}){target.suffix}")


def _renamed(path: Path, target: Path) -> bool:
    """Rename unless the name is taken; False then. Rule: nothing in the inbox is ever overwritten."""
    if os.path.lexists(target):
        if not (path.is_file() and target.is_file() and path.samefile(target)):
            return False
        path.unlink()  # a crash came between the two steps below
        return True
    if os.name == "posix" and path.is_file():  # a rename there overwrites what came just now; a second name does not
        try:
            os.link(path, target)
        except FileExistsError:
            return False
        except OSError:  # a file system without second names
            path.rename(target)
        else:
            path.unlink()
    else:
        path.rename(target)
    return True


def uncounted(pass_folder: Path, tries: int) -> list[Waiting]:
    """What a pass had claimed, with the count of `tries` that its files had before it: a pass in which the program made
    a mistake does not count as a try. The files stay claimed."""
    target = pass_folder.with_name("-".join([*pass_folder.name.split("-")[:2], str(tries)]))
    try:
        pass_folder.rename(target)
    except OSError:  # nothing was claimed; or the share refuses, and then it counts as a crash would
        target = pass_folder
    return in_turn(claimed_in(target)) if target.exists() else []


def claim(waiting: Waiting, pass_folder: Path) -> Waiting | None:
    """Move a file into `pass_folder` by one rename: of several that try, one succeeds.

    None for the others, and where another program has the file open: then it stays and waits. So does the second of
    two left files that were dropped under one name.
    """
    target = pass_folder / waiting.path
    try:
        _make_folders(pass_folder.parent.parent, target.parent)
        if target.exists() or is_being_written(waiting.file):
            return None
        waiting.file.rename(target)
    except OSError:
        return None
    failpoints.reach("claimed")
    return replace(waiting, file=target, claimed=True, tries=tries_of(pass_folder))


def give_back(inbox: Path, claimed: Waiting) -> None:
    """Put a claimed file back where it was dropped. Where something newer has its name it stays claimed, and is a
    delivery of its own for the next pass; so it does where the inbox refuses."""
    target = inbox / claimed.path
    with suppress(OSError):
        _make_folders(inbox, target.parent)
        _renamed(claimed.file, target)


def _make_folders(inbox: Path, folder: Path) -> None:
    """Make `folder` inside the inbox, but never the inbox itself: one that is not there is a share that is away."""
    made = inbox
    for name in folder.relative_to(inbox).parts:
        made /= name
        made.mkdir(exist_ok=True)
        if name == CLAIMED:
            files.hide(made)


def give_back_all(inbox: Path, uncleared: Set[tuple[str, str]]) -> None:
    """Put back all that is claimed, except `uncleared`: (path, hash) of files that the record holds and that could not
    be cleared away. What cannot be put back now the next scan finds."""
    paths = {path for path, _ in uncleared}
    with suppress(OSError):
        for folder in all_trays(inbox):
            for claimed in list(claimed_in(folder)):
                if claimed.path not in paths or (claimed.path, files.sha256_of(claimed.file)) not in uncleared:
                    give_back(inbox, claimed)
        tidy(inbox)


def tidy(inbox: Path) -> None:
    """Remove the folders of passes in which nothing is claimed any more."""
    for folder, _, _ in os.walk(inbox / CLAIMED, topdown=False):
        with suppress(OSError):
            Path(folder).rmdir()


def clear(inbox: Path, path: str, digest: str) -> bool:
    """Delete one claimed file, of which the record has the bytes, from the inbox: the one claimed first.

    What lies where it was dropped is never touched: the same bytes there are a delivery of their own. False where
    another program has the file open: it stays, known as taken, until a later run can clear it.
    """
    for folder in all_trays(inbox):
        try:
            if files.sha256_of(folder / path) == digest:
                files.remove(folder / path)
                failpoints.reach("clearing")
                return True
        except (FileNotFoundError, NotADirectoryError):
            continue
        except PermissionError:
            return False
    return True
