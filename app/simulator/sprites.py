"""The people and things of the scene as small RGBA pictures, each drawn once per size and pose."""

from __future__ import annotations

import math
from functools import lru_cache

from PIL import Image, ImageDraw

Colour = tuple[int, int, int, int]

_SCALE = 3  # drawn larger and reduced: that is the antialiasing
_COATS: tuple[Colour, ...] = (
    (196, 58, 48, 255),
    (52, 92, 158, 255),
    (232, 152, 32, 255),
    (66, 122, 84, 255),
    (84, 72, 112, 255),
)
_TROUSERS: tuple[Colour, ...] = ((48, 52, 66, 255), (84, 72, 58, 255), (40, 62, 92, 255))
_SKIN: tuple[Colour, ...] = ((232, 190, 158, 255), (176, 124, 90, 255), (112, 76, 56, 255))
_PAINTS: tuple[Colour, ...] = (
    (176, 34, 36, 255),
    (36, 78, 142, 255),
    (224, 226, 228, 255),
    (58, 62, 68, 255),
    (186, 148, 52, 255),
)
_SHADOW: Colour = (20, 22, 28, 90)
_GLASS: Colour = (46, 62, 78, 255)
_LEATHER: Colour = (96, 58, 34, 255)
_PALM: Colour = (104, 62, 48, 255)  # with the light behind it
_LARGE = 400  # pixels: what is higher needs no antialiasing


@lru_cache(maxsize=512)
def sprite(kind: str, look: int, width: int, height: int, heading: int, pose: int) -> Image.Image:
    """An RGBA picture of width x height pixels. pose is 0..7 of one double step. Shared: not to be drawn on."""
    scale = _SCALE if height < _LARGE else 1
    large = (max(2, width) * scale, max(2, height) * scale)
    image = Image.new("RGBA", large, (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    match kind:
        case "car":
            _car(draw, large, look)
        case "case":
            _case(draw, large)
        case "hand":
            _hand(draw, large)
        case _:
            _person(draw, large, look, pose)
    if heading < 0:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return image.resize((max(2, width), max(2, height)), Image.Resampling.BOX)


def _person(draw: ImageDraw.ImageDraw, size: tuple[int, int], look: int, pose: int) -> None:
    wide, tall = size
    coat, trousers = _COATS[look % 5], _TROUSERS[look // 5 % 3]
    skin = _SKIN[look // 15 % 3]
    swing = math.sin(pose / 8 * 2 * math.pi)
    middle, hip = wide / 2, tall * 0.54
    limb = max(2, round(wide * 0.15))
    draw.ellipse((wide * 0.12, tall * 0.95, wide * 0.88, tall), fill=_SHADOW)
    for side in (-1, 1):
        foot = middle + side * swing * wide * 0.30
        draw.line((middle, hip, foot, tall * 0.975), fill=trousers, width=limb)
    hand = middle - swing * wide * 0.28
    draw.line((middle, tall * 0.24, hand, tall * 0.52), fill=_darker(coat), width=limb)
    draw.rounded_rectangle((wide * 0.27, tall * 0.16, wide * 0.73, tall * 0.60), radius=wide * 0.18, fill=coat)
    hand = middle + swing * wide * 0.28
    draw.line((middle, tall * 0.24, hand, tall * 0.53), fill=_darker(coat), width=limb)
    radius = tall * 0.072
    draw.ellipse((middle - radius, tall * 0.01, middle + radius, tall * 0.01 + 2 * radius), fill=skin)
    draw.pieslice(
        (middle - radius, tall * 0.005, middle + radius, tall * 0.01 + 2 * radius), 150, 360, (52, 42, 36, 255)
    )


def _car(draw: ImageDraw.ImageDraw, size: tuple[int, int], look: int) -> None:
    wide, tall = size
    paint = _PAINTS[look % 5]
    draw.ellipse((0, tall * 0.90, wide, tall), fill=_SHADOW)
    cabin = [(0.16, 0.46), (0.28, 0.12), (0.62, 0.12), (0.80, 0.46)]
    draw.polygon([(x * wide, y * tall) for x, y in cabin], fill=_darker(paint))
    for window in (
        [(0.21, 0.44), (0.30, 0.18), (0.44, 0.18), (0.44, 0.44)],
        [(0.47, 0.44), (0.47, 0.18), (0.60, 0.18), (0.74, 0.44)],
    ):
        draw.polygon([(x * wide, y * tall) for x, y in window], fill=_GLASS)
    draw.rounded_rectangle((0.02 * wide, 0.42 * tall, 0.98 * wide, 0.84 * tall), radius=tall * 0.12, fill=paint)
    draw.rectangle((0.02 * wide, 0.70 * tall, 0.98 * wide, 0.75 * tall), fill=_darker(paint))
    draw.rectangle((0.92 * wide, 0.52 * tall, 0.98 * wide, 0.62 * tall), fill=(250, 244, 210, 255))
    draw.rectangle((0.02 * wide, 0.52 * tall, 0.06 * wide, 0.62 * tall), fill=(190, 24, 24, 255))
    for x in (0.22, 0.78):
        radius = tall * 0.17
        centre, level = x * wide, tall * 0.80
        for share, colour in ((1.0, (26, 27, 30, 255)), (0.5, (150, 154, 160, 255))):
            r = radius * share
            draw.ellipse((centre - r, level - r, centre + r, level + r), fill=colour)


def _case(draw: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    wide, tall = size
    line = max(1, round(tall * 0.06))
    draw.ellipse((0, tall * 0.92, wide, tall), fill=_SHADOW)
    draw.arc((wide * 0.36, 0, wide * 0.64, tall * 0.4), 180, 360, fill=_darker(_LEATHER), width=line * 2)
    body = (wide * 0.03, tall * 0.18, wide * 0.97, tall * 0.96)
    draw.rounded_rectangle(body, radius=tall * 0.1, fill=_LEATHER, outline=_darker(_LEATHER), width=line)
    draw.line((wide * 0.05, tall * 0.45, wide * 0.95, tall * 0.45), fill=_darker(_LEATHER), width=line)


def _hand(draw: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    """So close that only its outline is seen; it fills its box but for the gaps between the finger tips."""
    wide, tall = size
    draw.rectangle((0, tall * 0.2, wide, tall), fill=_PALM)
    for finger in range(4):
        left = wide * finger / 4
        draw.rounded_rectangle((left, 0, left + wide / 4, tall * 0.5), radius=wide * 0.1, fill=_PALM)
    for finger in range(1, 4):
        left = wide * finger / 4
        draw.line((left, tall * 0.15, left, tall * 0.45), fill=_darker(_PALM), width=max(1, round(wide * 0.012)))


def _darker(colour: Colour) -> Colour:
    return (round(colour[0] * 0.72), round(colour[1] * 0.72), round(colour[2] * 0.72), colour[3])
