"""How often this program's processes look for what nobody uses any more."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

from dazoufang.system.children import Engine

SELDOM = (200_000, 20, 20)


def threshold(_: int) -> tuple[int, int, int]:
    return gc.get_threshold()


def test_children_look_seldom() -> None:
    with Engine() as engine:
        assert engine.map(threshold, [0]) == [SELDOM]


def test_a_command_looks_seldom_and_at_its_end_no_more() -> None:
    code = """
import atexit, gc, sys
atexit.register(lambda: print(gc.get_threshold(), gc.get_freeze_count() > 10_000))
sys.argv = ["dazoufang", "explain", "C09", "--quiet"]
from dazoufang.cli import main
main()
"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=100)
    assert done.stdout == f"{SELDOM} True\n", done.stderr
