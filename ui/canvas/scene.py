"""The whole drawing over the picture, back to front: what stands still as one cached picture, what moves on top."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from app.model.geometry import Point
from app.model.region import Region, Shape, ShapeKind
from app.settings.layer import RegionLayer
from ui.canvas.cell_tools import grid_of
from ui.canvas.desk import Desk
from ui.canvas.marks import Marks, WalkState
from ui.canvas.outcome import Outcomes
from ui.canvas.paint import (
    Style,
    centre_of,
    is_seen,
    paint_glow,
    paint_grid,
    paint_handles,
    paint_ring,
    paint_shape,
    paint_tag,
    paint_tick,
    tag_place,
)
from ui.canvas.scale import Scale
from ui.canvas.snaps import Snap, SnapKind
from ui.theme.shapes import DROPPED, KEPT, shape_colour

Rounded = Callable[[RegionLayer, Region], Region]
DASHED, DOTTED = Qt.PenStyle.DashLine, Qt.PenStyle.DotLine
BEHIND = 0.6  # opacity of the layers that are not in hand
APART = 0.75  # pixels from which a rounded shape is another one


class Scene:
    """`paint` as often as needed; `stale` when anything that stands still has changed."""

    def __init__(self, desk: Desk, marks: Marks, outcomes: Outcomes, rounded: Rounded) -> None:
        self._desk, self._marks, self._outcomes, self._rounded = desk, marks, outcomes, rounded
        self._still: QPixmap | None = None
        self._made_for: object = None
        self.painted = 0  # how often the still part was made anew

    def stale(self) -> None:
        self._still = None

    def paint(self, painter: QPainter, scale: Scale, size: QSize, snapped: Snap | None, cross: Point | None) -> None:
        moving = frozenset(self._desk.trial)
        wanted = (scale, size, painter.device().devicePixelRatioF(), moving)
        if self._still is None or self._made_for != wanted:
            self._made_for = wanted
            self._still = self._make(scale, size, wanted[2], moving)
        painter.drawPixmap(0, 0, self._still)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_trial(painter, scale)
        self._paint_marks(painter, scale)
        self._outcomes.paint(painter, scale, self._desk)
        if snapped is not None and snapped.kind is not SnapKind.FREE:
            _sign(painter, scale.pixel(snapped.point), snapped.kind)
        if cross is not None:
            _cross(painter, scale.pixel(cross))

    # What stands still

    def _make(self, scale: Scale, size: QSize, ratio: float, moving: frozenset[int]) -> QPixmap:
        self.painted += 1
        picture = QPixmap(size * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        with QPainter(picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._desk.limits.shapes == (ShapeKind.CELLS,) and not self._desk.hindrance:
                paint_grid(painter, grid_of(self._desk)[1], scale)
            for layer in self._desk.visible_layers():
                painter.setOpacity(1.0 if layer.info.id == self._desk.layer_id else BEHIND)
                self._paint_layer(painter, scale, layer, moving)
        return picture

    def _paint_layer(self, painter: QPainter, scale: Scale, layer: RegionLayer, moving: frozenset[int]) -> None:
        desk, id = self._desk, layer.info.id
        in_hand = id == desk.layer_id
        sheet = desk.edits.sheet(id)
        old = Style(shape_colour(layer.info.purpose), 0.0, DASHED, 1.5, arrow=False)
        for key, region in desk.edits.held_of(id).items():
            if sheet.get(key) != region and (sheet.get(key) is None or sheet.get(key).shape != region.shape):  # type: ignore[union-attr]
                paint_shape(painter, region.shape, scale, old)
        for number, each in enumerate(sheet.drawn, 1):
            if in_hand and each.key in moving:
                continue
            selected = in_hand and each.key in desk.selection
            style = Style.of(layer.info.purpose, selected=selected)
            if not each.region.enabled:
                style = Style(style.colour, style.fill / 3, width=style.width)
            paint_shape(painter, each.region.shape, scale, style)
            wrong = desk.edits.problem(id, each.key)
            if each.region.shape.kind is not ShapeKind.CELLS and is_seen(painter, each.region.shape, scale):
                text = each.region.name or str(number)
                paint_tag(painter, tag_place(each.region.shape, scale), text, DROPPED if wrong else style.colour)
            if selected:
                self._paint_rounded(painter, scale, layer, each.region)
                vertex = desk.vertex if len(desk.selection) == 1 else None
                paint_handles(painter, each.region.shape, scale, vertex)

    # What moves

    def _paint_trial(self, painter: QPainter, scale: Scale) -> None:
        desk, layer = self._desk, self._desk.layer
        if layer is None:
            return
        for key, shape in desk.trial.items():
            region = desk.sheet.get(key)
            if region is None:
                continue
            held = desk.edits.held(desk.layer_id, key)
            if held is None or held.shape == region.shape:  # else the old one is there already
                old = Style(shape_colour(layer.info.purpose), 0.0, DASHED, 1.5, arrow=False)
                paint_shape(painter, region.shape, scale, old)
            self._paint_new(painter, scale, layer, region.with_shape(shape))
            paint_handles(painter, shape, scale, desk.vertex)
        if desk.draft is not None:
            self._paint_new(painter, scale, layer, desk.region_of(desk.draft))
            paint_handles(painter, desk.draft, scale, None)

    def _paint_new(self, painter: QPainter, scale: Scale, layer: RegionLayer, region: Region) -> None:
        style = Style.of(layer.info.purpose, selected=True)
        paint_shape(painter, region.shape, scale, style)
        self._paint_rounded(painter, scale, layer, region)

    def _paint_rounded(self, painter: QPainter, scale: Scale, layer: RegionLayer, region: Region) -> None:
        """On the camera's own grid, where that can be seen to be something else."""
        shape = self._rounded(layer, region).shape
        if _differs(shape, region.shape, scale):
            paint_shape(painter, shape, scale, Style("#FFFFFF", 0.0, DOTTED, 1.5, arrow=False))

    def _paint_marks(self, painter: QPainter, scale: Scale) -> None:
        now = time.monotonic()
        for layer_id, region_id, mark in self._marks:
            layer = self._desk.edits.layer(layer_id)
            if layer is None or not self._desk.is_seen(layer_id):
                continue
            for each in self._desk.edits.sheet(layer_id).drawn:
                if region_id not in ("", each.region.id):
                    continue
                shape = each.region.shape
                if glow := mark.glow(now):
                    paint_glow(painter, shape, scale, shape_colour(layer.info.purpose), glow)
                if (words := mark.words(now)) and is_seen(painter, shape, scale):
                    paint_tag(painter, tag_place(shape, scale), words, "#FFFFFF", above=False)
                if mark.walk is WalkState.UNTESTED:
                    paint_ring(painter, centre_of(shape, scale), DROPPED)
                elif mark.walk is WalkState.PASSED:
                    paint_tick(painter, centre_of(shape, scale), KEPT)


def _differs(one: Shape, other: Shape, scale: Scale) -> bool:
    if one.kind is ShapeKind.CELLS or len(one.points) != len(other.points):
        return one != other
    return any(scale.far(a, b) > APART for a, b in zip(one.points, other.points, strict=True))


def _sign(painter: QPainter, at: QPointF, kind: SnapKind) -> None:
    """A square at a corner, a circle on an edge or at the border, a small cross on the grid."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(QColor(0, 0, 0, 190), 3), QPen(QColor("#FFFFFF"), 1)):
        painter.setPen(pen)
        if kind is SnapKind.CORNER:
            painter.drawRect(round(at.x()) - 6, round(at.y()) - 6, 12, 12)
        elif kind is SnapKind.GRID:
            painter.drawLine(at + QPointF(-4, 0), at + QPointF(4, 0))
            painter.drawLine(at + QPointF(0, -4), at + QPointF(0, 4))
        else:
            painter.drawEllipse(at, 6, 6)


def _cross(painter: QPainter, at: QPointF) -> None:
    """The keyboard's own mouse."""
    for pen in (QPen(QColor(0, 0, 0, 190), 4), QPen(QColor("#FFFFFF"), 2)):
        painter.setPen(pen)
        painter.drawLine(at + QPointF(-12, 0), at + QPointF(12, 0))
        painter.drawLine(at + QPointF(0, -12), at + QPointF(0, 12))
