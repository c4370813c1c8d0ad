"""Hundreds of simulated cameras appear in the window: how long it takes, and how late a 10 ms timer of the GUI thread
gets meanwhile.

python tests/bench/bench_discovery_window.py [COUNT] [FIRST ADDRESS]
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

TICK = 10  # ms
LIMIT = 60.0  # seconds until the bench gives up


def measure(count: int, first: str) -> dict[str, float | int]:
    """Figures of one run of the demo with that many cameras; "listed" is below count when time was up."""
    from PySide6.QtCore import Qt, QTimer

    from ui.demo import DemoCamera
    from ui.main import play_demo
    from ui.theme import Theme
    from ui.window import Window

    figures: dict[str, float | int] = {}

    async def script(window: Window, theme: Theme, cameras: Sequence[DemoCamera]) -> int:
        del theme
        began = last = time.perf_counter()
        late: list[float] = []
        batches = 0

        def tick() -> None:
            nonlocal last
            now = time.perf_counter()
            late.append(max(0.0, (now - last) * 1000 - TICK))
            last = now

        def count_batch(changes: object) -> None:
            nonlocal batches
            batches += bool(changes.added or changes.changed or changes.removed)  # type: ignore[attr-defined]

        timer = QTimer(window, interval=TICK, timerType=Qt.TimerType.PreciseTimer)
        timer.timeout.connect(tick)
        timer.start()
        assert window.context is not None
        stop = window.context.discovery.subscribe(count_batch)
        wanted = {camera.address for camera in cameras}
        model = window.pane.model
        while any(model.device(address) is None for address in wanted) and time.perf_counter() - began < LIMIT:
            await asyncio.sleep(0.05)
        seconds = time.perf_counter() - began
        timer.stop()
        stop()
        late.sort()
        figures.update(
            cameras=count,
            listed=sum(model.device(address) is not None for address in wanted),
            rows=model.total,
            seconds=round(seconds, 2),
            batches=batches,
            ticks=len(late),
            late_p50_ms=_share(late, 0.5),
            late_p99_ms=_share(late, 0.99),
            late_most_ms=_share(late, 1.0),
        )
        window.close()
        return 0

    status = play_demo(count, script, first)
    return {**figures, "status": status}


def _share(late: list[float], share: float) -> float:
    return round(late[min(len(late) - 1, int(len(late) * share))], 1) if late else 0.0


if __name__ == "__main__":
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    print(json.dumps(measure(many, sys.argv[2] if len(sys.argv) > 2 else "127.29.16.1")))
