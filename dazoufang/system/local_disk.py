"""Whether a folder lies on another machine's disk, where a database file would come to harm."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path, PurePath, PureWindowsPath
from typing import Final

from dazoufang.system.errors import WrongUse

_MOUNTS: Final = Path("/proc/self/mountinfo")
_REMOTE: Final = {
    "cifs", "smb3", "smbfs", "nfs", "nfs4", "9p", "afs", "ncpfs", "davfs", "vboxsf", "ceph", "lustre",
    "fuse.sshfs", "fuse.rclone", "fuse.davfs2", "fuse.glusterfs", "fuse.gvfsd-fuse", "fuse.vmhgfs-fuse",
}  # fmt: skip
_DRIVE_REMOTE: Final = 4  # GetDriveTypeW


class OnAShare(WrongUse):
    """The record's file would lie on a share."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"data 文件夹在共享盘上（{folder}），台账库放在共享盘上会损坏，所以没有运行，也没有动任何文件。"
            "请把 data 文件夹移到本机硬盘，并让环境变量 DAZOUFANG_DATA 指向它"
            "（Windows：setx DAZOUFANG_DATA D:\\大走访data，再重新打开命令行窗口；Linux：export DAZOUFANG_DATA=/srv/dazoufang）。"
            "inbox、outbox、archive 可以留在共享盘上，但只能由这一台电脑处理"
        )


def on_a_share(folder: Path) -> bool:
    """Whether `folder`, or where it is to be made, lies on a share. Known for Windows and Linux; False elsewhere."""
    if sys.platform == "win32":
        import ctypes

        return remote_drive(PureWindowsPath(folder.resolve()), ctypes.windll.kernel32.GetDriveTypeW)
    try:
        mounts = os.fsdecode(_MOUNTS.read_bytes())
    except FileNotFoundError:
        return False
    return remote_mount(folder.resolve(), mounts)


def remote_drive(folder: PureWindowsPath, drive_type: Callable[[str], int]) -> bool:
    r"""Whether a Windows path is a \\server\share, or on a drive letter that stands for one."""
    drive = folder.drive.removeprefix("\\\\?\\")
    return drive.startswith(("\\\\", "UNC\\")) or drive_type(f"{drive}\\") == _DRIVE_REMOTE


def remote_mount(folder: PurePath, mounts: str) -> bool:
    """Whether the file system that holds `folder` is another machine's. `mounts`: as /proc/self/mountinfo has them."""
    kind, depth = "", -1
    for line in mounts.split("\n"):
        before, _, after = line.partition(" - ")
        if not after:
            continue
        point = PurePath(re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), before.split(" ")[4]))
        if folder.is_relative_to(point) and len(point.parts) >= depth:  # of two on one place, the later lies on top
            type_, source = after.split(" ")[:2]
            kind, depth = ("fuse.davfs2" if type_ == "fuse" and "://" in source else type_), len(point.parts)
    return kind in _REMOTE
