"""Whole numbers on the wire and points on the picture."""

from __future__ import annotations

from dataclasses import dataclass

from app.model.geometry import Point, to_steps
from app.wire.xml import Element

# Blocks that hold normalizedScreenWidth and -Height.
_BLOCKS = ("normalizedScreenSize", "ROI", "Region")


@dataclass(frozen=True, slots=True)
class Scale:
    """Coordinates are 0..width and 0..height. lower_left: y grows upwards. step_y: y is a multiple of it."""

    width: int
    height: int
    lower_left: bool
    step_y: int = 1

    @property
    def steps(self) -> tuple[int, int]:
        """What `Limits.steps` says of it."""
        return self.width, self.height // self.step_y

    def point(self, x: float, y: float) -> Point:
        """Values outside the picture stay outside."""
        return Point(x / self.width, (self.height - y if self.lower_left else y) / self.height)

    def wire(self, point: Point) -> tuple[str, str]:
        steps = self.steps
        x, y = to_steps(point.x, steps[0]), to_steps(point.y, steps[1]) * self.step_y
        return str(x), str(self.height - y if self.lower_left else y)

    def length(self, part: float, *, down: bool = False) -> str:
        """A width (or height) in 0..1 on the wire."""
        return str(to_steps(part, self.height if down else self.width))


def told(root: Element) -> tuple[int, int] | None:
    """The scale that a document says of itself: a normalised size, else the cells of its grid."""
    for block in _BLOCKS:
        found = _pair(root, f"{block}/normalizedScreenWidth", f"{block}/normalizedScreenHeight")
        if found is not None:
            return found
    return _pair(root, "Grid/columnGranularity", "Grid/rowGranularity")


def _pair(root: Element, across: str, down: str) -> tuple[int, int] | None:
    texts = root.text_of(across), root.text_of(down)
    if not all(text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text) > 0 for text in texts):
        return None
    return int(texts[0]), int(texts[1])


def number(text: str) -> float | None:
    """A plain decimal number; None for anything else."""
    body = text.strip().removeprefix("-")
    whole, _, part = body.partition(".")
    if (
        len(body) > 12
        or not whole.isascii()
        or not whole.isdigit()
        or not ((part.isascii() and part.isdigit()) or not part)
    ):
        return None
    return float(text)
