"""What the start files of an unpacked program call: finds the office's folder, then does what process.py does."""

from __future__ import annotations

import sys
from pathlib import Path

import process

if __name__ == "__main__":  # a child process reads this file, too
    from dazoufang.entry.unpacked import prepared

    code = prepared(Path(__file__).resolve().parents[2], sys.argv)
    sys.exit(process.start() if code is None else code)
