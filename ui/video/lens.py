"""Which part of a picture a view shows, and how large. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.model.geometry import Box, Point

MOST = 64.0  # times as large as it fits


@dataclass(frozen=True, slots=True)
class Lens:
    """zoom 1 shows the whole picture; x and y (0..1) are the place of the picture in the middle of the view."""

    zoom: float = 1.0
    x: float = 0.5
    y: float = 0.5

    def place(self, fit: tuple[float, float], room: tuple[float, float]) -> Box:
        """Where the whole picture lies in a view of the size room, if it is fit large at zoom 1. It never leaves the
        view: what is smaller stands in the middle, what is larger has no gap at its edges."""
        left, right = _along(fit[0] * self.zoom, room[0], self.x)
        top, bottom = _along(fit[1] * self.zoom, room[1], self.y)
        return Box(left, top, right, bottom)

    def zoomed(self, factor: float, at: Point, fit: tuple[float, float], room: tuple[float, float]) -> Lens:
        """Larger or smaller by the factor, with the place of the picture at stays where it is on the screen."""
        zoom = min(max(self.zoom * factor, 1.0), MOST)
        here = self.place(fit, room)
        x = self._stays(here.left + at.x * here.width, at.x, fit[0] * zoom, room[0])
        y = self._stays(here.top + at.y * here.height, at.y, fit[1] * zoom, room[1])
        return Lens(zoom, x, y).settled(fit, room)

    def moved(self, dx: float, dy: float, fit: tuple[float, float], room: tuple[float, float]) -> Lens:
        """By pixels of the screen: the picture follows a hand that drags it."""
        wide, tall = fit[0] * self.zoom, fit[1] * self.zoom
        return replace(self, x=self.x - dx / wide, y=self.y - dy / tall).settled(fit, room)

    def settled(self, fit: tuple[float, float], room: tuple[float, float]) -> Lens:
        """The same look with x and y as they come out."""
        box = self.place(fit, room)
        if not (box.width and box.height):
            return self
        return replace(self, x=(room[0] / 2 - box.left) / box.width, y=(room[1] / 2 - box.top) / box.height)

    @staticmethod
    def _stays(pixel: float, part: float, size: float, room: float) -> float:
        return (room / 2 - (pixel - part * size)) / size if size else 0.5


def _along(size: float, room: float, middle: float) -> tuple[float, float]:
    if size <= room:
        return (room - size) / 2, (room + size) / 2
    start = min(0.0, max(room - size, room / 2 - middle * size))
    return start, start + size
