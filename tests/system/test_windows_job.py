"""The job object's calls, as Windows would see them: its layout and limits, told to a kernel of the test's own."""

from __future__ import annotations

import ctypes
import os
from types import SimpleNamespace
from typing import Any

import pytest

from dazoufang.system.windows_job import Job, Limits


class Kernel:
    """Takes what kernel32 would be asked; the limits are copied when they are told."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.limits: list[Limits] = []
        self.CreateJobObjectW = self.call("create", 7)
        self.GetCurrentProcess = self.call("me", -1)
        self.AssignProcessToJobObject = self.call("assign", 1)
        self.SetInformationJobObject = self.call("limit", 1)

    def call(self, name: str, answer: int) -> Any:
        def asked(*given: Any) -> int:
            self.asked.append(name)
            if name == "limit":
                job, kind, limits, size = given
                assert (job, kind, size) == (7, 9, 144)
                self.limits.append(Limits.from_buffer_copy(limits._obj))
            if name == "assign":
                assert given == (7, -1)
            return answer

        return asked


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="64 bits")
def test_the_layout_is_that_of_windows() -> None:
    # winnt.h, x64
    assert ctypes.sizeof(Limits) == 144
    offsets = (Limits.IoInfo.offset, Limits.ProcessMemoryLimit.offset, Limits.JobMemoryLimit.offset)
    assert offsets == (64, 112, 120)


def test_memory_is_limited_before_anything_is_read() -> None:
    kernel = Kernel()
    Job(kernel, 1024)
    assert kernel.asked == ["create", "limit", "me", "assign"]
    (limits,) = kernel.limits
    assert limits.ProcessMemoryLimit == 1280 * 2**20
    assert limits.BasicLimitInformation.LimitFlags == 0x500


def test_each_task_may_take_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = Kernel()
    job = Job(kernel, 1024)
    monkeypatch.setattr(os, "times", lambda: SimpleNamespace(user=3.5))
    job.allow(20)
    job.allow(None)
    times = [
        (limits.BasicLimitInformation.LimitFlags, limits.BasicLimitInformation.PerProcessUserTimeLimit)
        for limits in kernel.limits
    ]
    assert times == [(0x500, 0), (0x502, 235_000_000), (0x500, 0)]
