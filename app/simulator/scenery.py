"""Paints what stands still: sky, warehouse, fence, road. Drawn once per seed, large, and then only scaled."""

from __future__ import annotations

import random
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from app.simulator.scene import HORIZON, ZEBRA

SIZE = (1920, 1080)
Colour = tuple[int, int, int]

_WALLS: tuple[Colour, ...] = ((176, 180, 184), (150, 166, 178), (190, 178, 158), (158, 172, 156))
_DOORS: tuple[Colour, ...] = ((214, 120, 52), (66, 108, 158), (92, 128, 84), (178, 64, 56))
_SKIES: tuple[tuple[Colour, Colour], ...] = (
    ((104, 152, 208), (206, 222, 234)),
    ((138, 158, 184), (220, 222, 222)),
    ((96, 128, 180), (240, 214, 184)),
)


@lru_cache(maxsize=4)
def backdrop(seed: int) -> Image.Image:
    """The still part of the scene, RGB, 1920x1080. Shared: not to be drawn on."""
    dice = random.Random(f"camwright backdrop {seed}")
    image = _sky(*dice.choice(_SKIES))
    painter = _Painter(image)
    _hills(painter, dice)
    _warehouse(painter, dice)
    _office(painter, dice)
    _ground(painter)
    _fence(painter)
    _trees(painter, dice)
    _lamp(painter, 0.60)
    return _grain(image)


class _Painter:
    """ImageDraw in 0..1 coordinates."""

    def __init__(self, image: Image.Image) -> None:
        self._draw = ImageDraw.Draw(image)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        self._draw.rectangle((*_at(left, top), *_at(right, bottom)), fill=colour)

    def shape(self, points: list[tuple[float, float]], colour: Colour) -> None:
        self._draw.polygon([_at(x, y) for x, y in points], fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """radius in parts of the height."""
        tall = radius * SIZE[1]
        left, top = _at(x, y)
        self._draw.ellipse((left - tall, top - tall, left + tall, top + tall), fill=colour)

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: Colour, width: int) -> None:
        self._draw.line((*_at(x1, y1), *_at(x2, y2)), fill=colour, width=width)


def _at(x: float, y: float) -> tuple[float, float]:
    return (x * SIZE[0], y * SIZE[1])


def _shade(colour: Colour, factor: float) -> Colour:
    red, green, blue = (max(0, min(255, round(part * factor))) for part in colour)
    return (red, green, blue)


def _sky(top: Colour, bottom: Colour) -> Image.Image:
    ramp = Image.linear_gradient("L").resize((SIZE[0], round(SIZE[1] * HORIZON * 1.25)))
    image = Image.new("RGB", SIZE, bottom)
    image.paste(Image.composite(Image.new("RGB", ramp.size, bottom), Image.new("RGB", ramp.size, top), ramp))
    return image


def _hills(paint: _Painter, dice: random.Random) -> None:
    for layer, colour in enumerate(((138, 156, 164), (110, 134, 122))):
        base = HORIZON - 0.06 + layer * 0.035
        points = [(0.0, 0.6)]
        points += [(step / 24, base - dice.uniform(0, 0.05) * (step % 3 + 1) / 3) for step in range(25)]
        paint.shape([*points, (1.0, 0.6)], colour)


def _warehouse(paint: _Painter, dice: random.Random) -> None:
    wall, doors = dice.choice(_WALLS), dice.choice(_DOORS)
    left, right, top, bottom = 0.06, 0.56, 0.17, 0.545
    paint.box(left, top, right, bottom, wall)
    for step in range(100):  # corrugated sheet
        x = left + (right - left) * step / 100
        paint.box(x, top, x + 0.0016, bottom, _shade(wall, 0.93))
    paint.shape(
        [(left - 0.012, top), (left + 0.02, top - 0.045), (right - 0.02, top - 0.045), (right + 0.012, top)],
        _shade(wall, 0.62),
    )
    paint.box(left, top, right, top + 0.012, _shade(wall, 0.75))
    count = dice.choice((3, 4))
    wide = 0.36 / count * 0.78
    for number in range(count):
        _rolling_door(paint, 0.13 + number * 0.40 / count, wide, bottom, doors, opened=number == 1)
    for number in range(9):
        x = left + 0.02 + number * 0.053
        paint.box(x, top + 0.05, x + 0.035, top + 0.085, (88, 110, 130))
        paint.box(x, top + 0.05, x + 0.035, top + 0.06, (150, 176, 196))


def _rolling_door(paint: _Painter, left: float, wide: float, bottom: float, colour: Colour, *, opened: bool) -> None:
    top = bottom - 0.20
    paint.box(left - 0.005, top - 0.01, left + wide + 0.005, bottom, (70, 74, 78))
    paint.box(left, top, left + wide, bottom, (38, 42, 46))
    lower = top + 0.05 if opened else bottom
    paint.box(left, top, left + wide, lower, colour)
    slats = int((lower - top) / 0.02)
    for slat in range(slats):
        y = top + slat * 0.02
        paint.box(left, y, left + wide, y + 0.003, _shade(colour, 0.8))


def _office(paint: _Painter, dice: random.Random) -> None:
    wall = _shade(dice.choice(_WALLS), 1.12)
    paint.box(0.74, 0.22, 0.93, 0.52, wall)
    paint.box(0.73, 0.205, 0.94, 0.225, _shade(wall, 0.6))
    for row in range(3):
        for column in range(5):
            x, y = 0.752 + column * 0.035, 0.25 + row * 0.075
            lit = dice.random() < 0.2
            paint.box(x, y, x + 0.024, y + 0.045, (236, 220, 160) if lit else (74, 98, 120))


def _ground(paint: _Painter) -> None:
    paint.box(0, 0.545, 1, 0.66, (158, 156, 150))
    for step in range(18):  # paving joints run to a vanishing point
        x = step / 17
        paint.line(0.5 + (x - 0.5) * 1.2, 0.545, 0.5 + (x - 0.5) * 1.45, 0.655, (142, 140, 134), 2)
    paint.box(0, 0.655, 1, 0.668, (198, 196, 190))
    paint.box(0, 0.668, 1, 0.90, (82, 84, 88))
    for step in range(14):
        paint.box(step / 14, 0.770, step / 14 + 0.038, 0.778, (214, 212, 200))
    for step in range(7):
        top = 0.675 + step * 0.032
        spread = 0.050 + step * 0.004
        paint.box(ZEBRA - spread, top, ZEBRA + spread, top + 0.015, (222, 222, 216))
    paint.box(0, 0.895, 1, 0.912, (196, 194, 188))
    paint.box(0, 0.912, 1, 1, (104, 128, 76))
    paint.box(0, 0.945, 1, 0.99, (168, 160, 142))


def _fence(paint: _Painter) -> None:
    left, top, bottom = 0.575, 0.44, 0.555
    post, wire = (96, 104, 108), (128, 136, 140)
    for step in range(90):
        x = left + step * (1 - left) / 90
        paint.line(x, top, x + 0.009, bottom, wire, 1)
        paint.line(x + 0.009, top, x, bottom, wire, 1)
    for y in (top, (top + bottom) / 2, bottom - 0.004):
        paint.box(left, y, 1, y + 0.005, post)
    for step in range(11):
        x = left + step * (1 - left) / 10
        paint.box(x - 0.002, top - 0.015, x + 0.002, bottom, post)
    paint.box(0.645, top - 0.03, 0.651, bottom, (208, 168, 44))  # gate posts
    paint.box(0.715, top - 0.03, 0.721, bottom, (208, 168, 44))


def _trees(paint: _Painter, dice: random.Random) -> None:
    for x in (0.022, 0.965):
        paint.box(x - 0.005, 0.42, x + 0.005, 0.56, (92, 74, 56))
        for _ in range(26):
            shade = dice.uniform(0.75, 1.2)
            dx, dy = dice.uniform(-0.045, 0.045), dice.uniform(-0.13, 0.05)
            paint.disc(x + dx, 0.40 + dy, dice.uniform(0.02, 0.045), _shade((72, 108, 60), shade))


def _lamp(paint: _Painter, x: float) -> None:
    paint.box(x - 0.0025, 0.14, x + 0.0025, 0.60, (78, 84, 88))
    paint.box(x - 0.002, 0.14, x + 0.045, 0.148, (78, 84, 88))
    paint.box(x + 0.03, 0.146, x + 0.055, 0.158, (238, 236, 214))


def _grain(image: Image.Image) -> Image.Image:
    """A little texture, so that sharpness and the encoder have something to work on. The same every time:
    a picture that differs from run to run could not be compared."""
    dice = random.Random(7)
    tile = Image.frombytes("L", (240, 135), dice.randbytes(240 * 135)).filter(ImageFilter.GaussianBlur(0.8))
    noise = tile.resize(SIZE, Image.Resampling.NEAREST).point(lambda value: 118 + value // 13)
    return ImageChops.overlay(image, Image.merge("RGB", (noise, noise, noise)))
