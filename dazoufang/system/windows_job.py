"""Limits this process's memory and CPU time by a job object: what Windows has where Unix has rlimits and timers."""

from __future__ import annotations

import ctypes
import os
from ctypes import wintypes
from typing import Any, Final

OUT_OF_QUOTA: Final = 1816  # ERROR_NOT_ENOUGH_QUOTA: the exit code of a process that the job ended for its CPU time
_OF_ITS_OWN: Final = 256 * 2**20  # bytes that Python and the readers commit before they have read anything

_EXTENDED_LIMITS: Final = 9  # JobObjectExtendedLimitInformation
_PROCESS_TIME, _PROCESS_MEMORY, _DIE_QUIETLY = 0x2, 0x100, 0x400  # the last: no window of Windows about a crash


class _Basic(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION."""

    _fields_ = (
        ("PerProcessUserTimeLimit", ctypes.c_int64),  # units of 100 ns
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    )


class Limits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("BasicLimitInformation", _Basic),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),  # bytes committed
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


class Job:
    """The job that this process is in. `kernel`: kernel32, as ctypes has it; `memory_mb`: MiB it may commit beyond what
    it holds by itself. Where Windows refuses (another job forbids it), there is no limit but the clock's."""

    def __init__(self, kernel: Any, memory_mb: int) -> None:
        kernel.CreateJobObjectW.restype = kernel.GetCurrentProcess.restype = wintypes.HANDLE
        kernel.AssignProcessToJobObject.argtypes = [wintypes.HANDLE, wintypes.HANDLE]
        kernel.SetInformationJobObject.argtypes = [wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32]
        self._kernel = kernel
        self._memory = memory_mb * 2**20 + _OF_ITS_OWN
        self._job = kernel.CreateJobObjectW(None, None)
        self.allow(None)
        kernel.AssignProcessToJobObject(self._job, kernel.GetCurrentProcess())

    def allow(self, seconds: float | None) -> None:
        """Let the process take so many seconds of CPU time from now on, or (None) any time."""
        limits = Limits()
        limits.ProcessMemoryLimit = self._memory
        flags = _PROCESS_MEMORY | _DIE_QUIETLY
        if seconds is not None:
            flags |= _PROCESS_TIME
            limits.BasicLimitInformation.PerProcessUserTimeLimit = int((os.times().user + seconds) * 10**7)
        limits.BasicLimitInformation.LimitFlags = flags
        self._kernel.SetInformationJobObject(self._job, _EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits))
