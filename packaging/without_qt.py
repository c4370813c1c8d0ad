#!/usr/bin/env python3
"""Runs the engine's tests in an environment where PySide6 cannot be imported.

A finder in front of all others refuses the import, in this process and (through sitecustomize) in its children.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

BLOCKER = """
import sys

class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"PySide6", "shiboken6", "qasync", "qtawesome", "qtpy"}:
            raise ModuleNotFoundError(f"No module named {name!r} (blocked)", name=name)

sys.meta_path.insert(0, NoQt())
"""


WITH_QT = ("tests/ui", "tests/e2e")  # everything else is the engine's


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "sitecustomize.py").write_text(BLOCKER)
        paths = os.pathsep.join(filter(None, (folder, os.environ.get("PYTHONPATH"))))
        ignored = [f"--ignore={each}" for each in WITH_QT]
        command = [sys.executable, "-m", "pytest", "-p", "no:pytest-qt", *ignored, *sys.argv[1:]]
        return subprocess.call(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": paths})


if __name__ == "__main__":
    raise SystemExit(main())
