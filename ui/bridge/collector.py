"""Garbage is collected in the GUI thread only.

Python collects cycles in whichever thread happens to allocate, and a stream's thread that frees a widget, a timer
or a model takes the process down. So the automatic collection is off while the window lives, and a timer does the
same work, by the same thresholds, where Qt's objects live.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL = 500  # ms between two looks; a look without work costs microseconds


class Collector(QObject):
    """On from its making until `stop`. Made in the GUI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_on = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(INTERVAL)
        self._settled = False

    def look(self) -> None:
        """Collects the oldest generation whose threshold is passed, as Python itself would."""
        if not self._settled:
            # What start-up made stays for good; looking through it again each time would make the window stutter.
            self._settled = True
            gc.freeze()
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if thresholds[generation] and counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return

    def stop(self) -> None:
        """Gives the collection back to Python, after a last one here."""
        self._timer.stop()
        gc.unfreeze()
        gc.collect()
        if self._was_on:
            gc.enable()
