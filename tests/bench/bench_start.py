"""Start to painted window against an empty QMainWindow, both as fresh processes, warm, in one run.

    python tests/bench/bench_start.py [rounds]

Prints one JSON document: medians in milliseconds and their ratio (goal: at most 2.5).
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

EMPTY = """
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize(1280, 720)
window.show()
application.processEvents()
window.grab()
"""

OURS = """
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from ui.bridge.messages import Messages
from ui.theme import Mode, Theme
from ui.window import Window
application = QApplication([])
theme = Theme(application, Mode.SYSTEM)
window = Window(Messages(), QSettings("/nonexistent/camwright.ini", QSettings.Format.IniFormat), theme)
window.show()
application.processEvents()
window.grab()
"""


def one(code: str) -> float:
    """Milliseconds from starting the interpreter to the painted window."""
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    script = f"{code}\nimport os\nos.write(1, b'x')\nos._exit(0)\n"
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, check=True, capture_output=True)
    return (time.perf_counter() - begin) * 1000


def main(rounds: int = 7) -> None:
    one(EMPTY), one(OURS)
    pairs = [(one(EMPTY), one(OURS)) for _ in range(rounds)]
    empty = statistics.median(pair[0] for pair in pairs)
    ours = statistics.median(pair[1] for pair in pairs)
    print(json.dumps({"empty_ms": round(empty), "ours_ms": round(ours), "ratio": round(ours / empty, 2)}))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
