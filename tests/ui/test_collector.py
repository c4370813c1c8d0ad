"""Cycles with Qt objects are freed in the GUI thread, whoever made them garbage."""

from __future__ import annotations

import gc
import threading

from PySide6.QtCore import QObject, QThread

from ui.bridge.collector import Collector


class Cycle(QObject):
    freed_in: list[bool] = []  # noqa: RUF012 - filled by the test below

    def __init__(self) -> None:
        super().__init__()
        self.me = self

    def __del__(self) -> None:
        self.freed_in.append(QThread.currentThread().isMainThread())


def test_cycles_are_freed_in_the_gui_thread_only(qtbot):
    Cycle.freed_in.clear()
    collector = Collector()
    collector.look()

    def allocate() -> None:
        for _ in range(50_000):
            junk: list[object] = []
            junk.append(junk)

    for _ in range(20):
        Cycle()
    worker = threading.Thread(target=allocate)
    worker.start()
    worker.join()
    assert Cycle.freed_in == []  # the worker made garbage enough for many collections, and none ran there
    qtbot.waitUntil(lambda: bool(collector.look() or Cycle.freed_in), timeout=20_000)
    collector.stop()
    assert len(Cycle.freed_in) == 20
    assert all(Cycle.freed_in)
    gc.disable()
