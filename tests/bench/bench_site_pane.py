"""The site pane with 5,000 rows: first picture, a filter, a batch of 500 changes (goals: 300 ms, 50 ms).

python tests/bench/bench_site_pane.py
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1] / "ui")]

ROWS = 5000


def main() -> None:
    from fakes import found
    from PySide6.QtWidgets import QApplication

    from app.discovery import Changes
    from app.model.device import DeviceState
    from ui.bridge.messages import Messages
    from ui.panes.site_pane import SitePane
    from ui.theme import Theme

    application = QApplication([])
    theme = Theme(application)
    pane = SitePane(Messages())
    pane.resize(310, 640)
    pane.show()
    devices = tuple(found(number) for number in range(ROWS))
    batch = tuple(found(number, state=DeviceState.LOST) for number in range(0, ROWS, 10))
    fresh = tuple(found(ROWS + number) for number in range(500))

    def timed(work: Callable[[], object]) -> float:
        begin = time.perf_counter()
        work()
        pane.grab()
        application.processEvents()
        return round((time.perf_counter() - begin) * 1000, 1)

    def type_filter(text: str) -> Callable[[], object]:
        return lambda: pane.search.setText(text)

    figures = {
        "rows": ROWS,
        "first_ms": timed(lambda: pane._take(Changes(added=devices))),
        "filter_ms": timed(type_filter("dock")),
        "unfilter_ms": timed(type_filter("")),
        "changed_500_ms": timed(lambda: pane._take(Changes(changed=batch))),
        "added_500_ms": timed(lambda: pane._take(Changes(added=fresh))),
    }
    print(json.dumps(figures))
    del theme


if __name__ == "__main__":
    main()
