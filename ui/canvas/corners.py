"""Corners put in and taken out, shapes split: what tools, keys and buttons share. What is not possible is said."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from app.model.geometry import Point
from app.model.region import Shape
from app.regions import shaping
from ui.canvas.desk import Desk


def _tr(text: str) -> str:
    return QCoreApplication.translate("Canvas", text)


def insert_vertex(desk: Desk, key: int, edge: int, at: Point | None = None) -> None:
    shape = desk.shape(key)
    if shape is None:
        return
    if wrong := shaping.can_insert(shape, desk.limits):
        desk.said.emit(wrong, "error")
    elif desk.reshape({key: shaping.inserted(shape, edge, at)}, _tr("Add a corner")):
        desk.choose((key,), edge + 1)


def remove_vertex(desk: Desk, key: int, index: int) -> None:
    shape = desk.shape(key)
    if shape is None:
        return
    if wrong := shaping.can_remove(shape, desk.limits):
        desk.said.emit(wrong, "error")
    elif desk.reshape({key: shaping.removed(shape, index)}, _tr("Take a corner away")):
        desk.choose((key,), max(0, index - 1))


def split_shape(desk: Desk, vertex: int) -> None:
    """At a corner: a line in two; a polygon from there to the corner opposite."""
    single = desk.single
    if single is None:
        return
    shape = single.region.shape
    halves = shaping.split(shape, vertex, (vertex + len(shape.points) // 2) % max(len(shape.points), 1))
    if halves is None:
        desk.said.emit(_tr("It cannot be split there."), "warn")
    else:
        keep_halves(desk, single.key, halves)


def keep_halves(desk: Desk, key: int, halves: tuple[Shape, Shape]) -> None:
    region = desk.sheet.get(key)
    wrong = desk.too_many() or next((text for half in halves if (text := desk.limits.problem(half))), "")
    if wrong or region is None:
        desk.said.emit(wrong, "error")
        return
    other = desk.edits.new_key()
    new = {key: region.with_shape(halves[0]), other: replace(region, id="", shape=halves[1])}
    desk.said.emit("", "")
    desk.commit(_tr("Split"), desk.sheet.put(new))
    desk.choose((key, other))
