"""The verdicts of the last Apply on the picture: green ticks that fade, amber and red that stay until they are
overtaken."""

from __future__ import annotations

import time
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from app.regions.judging import RegionOutcome
from app.settings.changes import Verdict
from ui.canvas.desk import Desk
from ui.canvas.marks import TICK_FADES, TICK_STAYS
from ui.canvas.paint import Style, centre_of, is_seen, paint_shape, paint_tag, paint_tick, tag_place
from ui.canvas.scale import Scale
from ui.theme.shapes import ADJUSTED, DROPPED, KEPT

_BAD = (Verdict.IGNORED,)


class Outcomes:
    def __init__(self) -> None:
        self._found: dict[tuple[str, int], RegionOutcome] = {}
        self._since = 0.0

    def show(self, outcomes: Iterable[RegionOutcome]) -> None:
        """Instead of those before of the same layers."""
        new = tuple(outcomes)
        layers = {each.layer for each in new}
        self._found = {key: each for key, each in self._found.items() if key[0] not in layers}
        self._found |= {(each.layer, each.key): each for each in new}
        self._since = time.monotonic()

    def get(self, layer: str, key: int) -> RegionOutcome | None:
        return self._found.get((layer, key))

    def of(self, layer: str) -> tuple[RegionOutcome, ...]:
        return tuple(each for each in self._found.values() if each.layer == layer)

    def clear(self, layer: str) -> None:
        self._found = {key: each for key, each in self._found.items() if key[0] != layer}

    def overtaken(self, desk: Desk, layer: str) -> None:
        """A verdict speaks of what was sent: it goes when the region is drawn anew."""
        changed = desk.edits.changed(layer)
        for key in [key for key in self._found if key[0] == layer and key[1] in changed]:
            del self._found[key]

    @property
    def fading(self) -> bool:
        return self._tick() > 0 and any(each.verdict is Verdict.KEPT for each in self._found.values())

    def _tick(self) -> float:
        """How much of the green ticks is still to be seen."""
        gone = time.monotonic() - self._since
        return max(0.0, min(1.0, (TICK_STAYS + TICK_FADES - gone) / TICK_FADES))

    def paint(self, painter: QPainter, scale: Scale, desk: Desk) -> None:
        for (layer, key), each in self._found.items():
            if layer in desk.hidden:
                continue
            shown = desk.edits.sheet(layer).get(key)
            if each.verdict is Verdict.KEPT:
                if shown is not None and (tick := self._tick()):
                    paint_tick(painter, centre_of(shown.shape, scale), KEPT, tick)
                continue
            colour = DROPPED if each.verdict in _BAD else ADJUSTED
            if each.sent is not None:
                dashed = Style(colour, 0.0, Qt.PenStyle.DashLine, 1.5, arrow=False)
                paint_shape(painter, each.sent.shape, scale, dashed)
            if each.held is not None:
                paint_shape(painter, each.held.shape, scale, Style(colour, 0.0, width=2.0, arrow=False))
            place = each.held or each.sent
            if place is not None and is_seen(painter, place.shape, scale):
                paint_tag(painter, tag_place(place.shape, scale), each.reason, colour, above=False)
