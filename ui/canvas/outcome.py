"""The verdicts of the last Apply on the picture: green ticks that fade, amber and red that stay until they are
overtaken."""

from __future__ import annotations

import time
from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from app.regions.alike import farthest
from app.regions.proof import Outcome, RegionProof
from ui.canvas.desk import Desk
from ui.canvas.marks import TICK_FADES, TICK_STAYS
from ui.canvas.paint import Style, centre_of, is_seen, paint_shape, paint_tag, paint_tick, tag_place
from ui.canvas.scale import Scale
from ui.theme.shapes import ADJUSTED, DROPPED, KEPT

VISIBLE = 0.005  # of the picture: rounding by less was foreseen and is not worth a worry
_TONES = {
    Outcome.KEPT: "ok",
    Outcome.DELETED: "ok",
    Outcome.ADJUSTED: "warn",
    Outcome.SIDE_EFFECT: "warn",
    Outcome.IGNORED: "error",
    Outcome.DROPPED: "error",
    Outcome.NOT_VERIFIABLE: "secondary",
}
_COLOURS = {"warn": ADJUSTED, "error": DROPPED, "secondary": ADJUSTED}


def tone(proof: RegionProof) -> str:
    """A colour token: "ok", "warn", "error", or "secondary" where nobody knows."""
    if proof.outcome is Outcome.ROUNDED:
        far = farthest(proof.wanted.shape, proof.held.shape) if proof.wanted and proof.held else None
        return "warn" if far is None or far > VISIBLE else "ok"
    return _TONES[proof.outcome]


class Outcomes:
    """By layer and key."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int], RegionProof] = {}
        self._since = 0.0

    def show(self, layer: str, proofs: Mapping[int, RegionProof]) -> None:
        """Instead of those before of the same layer."""
        self.clear(layer)
        self._found |= {(layer, key): proof for key, proof in proofs.items()}
        self._since = time.monotonic()

    def get(self, layer: str, key: int) -> RegionProof | None:
        return self._found.get((layer, key))

    def of(self, layer: str) -> tuple[RegionProof, ...]:
        return tuple(proof for (of, _), proof in self._found.items() if of == layer)

    def clear(self, layer: str) -> None:
        self._found = {key: proof for key, proof in self._found.items() if key[0] != layer}

    def overtaken(self, desk: Desk, layer: str) -> None:
        """A verdict speaks of what was sent: it goes when the region is drawn anew."""
        changed = desk.edits.changed(layer)
        for key in [key for key in self._found if key[0] == layer and key[1] in changed]:
            del self._found[key]

    @property
    def fading(self) -> bool:
        return self._tick() > 0 and any(tone(proof) == "ok" for proof in self._found.values())

    def _tick(self) -> float:
        """How much of the green ticks is still to be seen."""
        gone = time.monotonic() - self._since
        return max(0.0, min(1.0, (TICK_STAYS + TICK_FADES - gone) / TICK_FADES))

    def paint(self, painter: QPainter, scale: Scale, desk: Desk) -> None:
        for (layer, key), proof in self._found.items():
            if not desk.is_seen(layer):
                continue
            shown = desk.edits.sheet(layer).get(key)
            if tone(proof) != "ok":
                _paint(painter, scale, proof)
            elif shown is not None and (tick := self._tick()):
                paint_tick(painter, centre_of(shown.shape, scale), KEPT, tick)


def _paint(painter: QPainter, scale: Scale, proof: RegionProof) -> None:
    """What was drawn dashed, what the camera holds solid, and why."""
    colour = _COLOURS[tone(proof)]
    if proof.wanted is not None:
        dashed = Style(colour, 0.0, Qt.PenStyle.DashLine, 1.5, arrow=False)
        paint_shape(painter, proof.wanted.shape, scale, dashed)
    if proof.held is not None:
        paint_shape(painter, proof.held.shape, scale, Style(colour, 0.0, width=2.0, arrow=False))
    place = proof.held or proof.wanted
    if place is not None and is_seen(painter, place.shape, scale):
        paint_tag(painter, tag_place(place.shape, scale), proof.reason, colour, above=False)
