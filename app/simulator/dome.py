"""What part of the scene a dome shows. Beyond its edges the scene goes on mirrored, so a dome may turn for ever."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from PIL import Image

from app.simulator.scene import SceneObject

Window = tuple[float, float, float]  # see PictureSettings.window


def view(scene: Image.Image, window: Window | None, size: tuple[int, int]) -> Image.Image:
    """The window of the scene at this size; all of it without a window."""
    if window is None:
        return scene.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    x, y, span = window
    wide, tall = scene.size
    left = x - span / 2
    first = math.floor(left)
    strip = Image.new(scene.mode, (wide * 2, tall))
    for place, tile in enumerate((first, first + 1)):
        part = scene if tile % 2 == 0 else scene.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        strip.paste(part, (place * wide, 0))
    start, top = (left - first) * wide, (y - span / 2) * tall
    box = (start, max(0.0, top), min(start + span * wide, wide * 2.0), min(float(tall), top + span * tall))
    return strip.resize(size, Image.Resampling.BILINEAR, box=box)


def seen(each: SceneObject, window: Window | None) -> Iterator[SceneObject]:
    """The object where the window shows it; not at all, or twice beside the edge of the scene."""
    if window is None:
        yield each
        return
    x, y, span = window
    left, top = x - span / 2, y - span / 2
    for tile in range(math.floor(left), math.floor(left + span) + 1):
        mirrored = tile % 2 == 1
        at = tile + (1 - each.x - each.width if mirrored else each.x)
        found = replace(
            each,
            x=(at - left) / span,
            y=(each.y - top) / span,
            width=each.width / span,
            height=each.height / span,
            heading=-each.heading if mirrored else each.heading,
        )
        if found.x < 1 and found.x + found.width > 0 and found.y < 1 and found.y + found.height > 0:
            yield found
