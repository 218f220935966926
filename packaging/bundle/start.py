"""What the start files of an unpacked program call: finds the office's folder, then does what process.py does."""

from __future__ import annotations

import sys
from pathlib import Path

import process

if __name__ == "__main__":  # a child process reads this file, too
    from dazoufang.entry.unpacked import ended, prepared

    code = prepared(Path(__file__).resolve().parents[2], sys.argv)
    if code is None:
        code = process.start()
    ended("".join(sys.argv[1:2]), code)
    sys.exit(code)
