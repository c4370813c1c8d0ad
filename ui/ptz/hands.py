"""From keys and the mouse to speeds. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from enum import StrEnum

from PySide6.QtCore import Qt

from app.model.ptz import STILL, Velocity

SLOW, FAST = 0.35, 1.0
DEAD_ZONE = 0.06  # part of the joystick's reach in the middle that means rest
Key = Qt.Key

_AXES = {
    Key.Key_Left: ("pan", -1),
    Key.Key_Right: ("pan", 1),
    Key.Key_Up: ("tilt", 1),
    Key.Key_Down: ("tilt", -1),
    Key.Key_Plus: ("zoom", 1),
    Key.Key_Equal: ("zoom", 1),
    Key.Key_Minus: ("zoom", -1),
    Key.Key_Underscore: ("zoom", -1),
}
MOVING = frozenset(_AXES)
NUMBERS = {Key(Key.Key_0 + number): number for number in range(1, 10)}


class Mode(StrEnum):
    """What the left mouse button does on the picture."""

    JOYSTICK = "joystick"
    CENTRE = "centre"
    BOX = "box"


def by_keys(held: Collection[Key], fast: bool) -> Velocity:
    """Opposite keys cancel each other."""
    found = {"pan": 0, "tilt": 0, "zoom": 0}
    for axis, sign in {_AXES[key] for key in held if key in _AXES}:
        found[axis] += sign
    size = FAST if fast else SLOW
    return Velocity(**{axis: sign * size for axis, sign in found.items()})


def by_stick(across: float, down: float, reach: float) -> Velocity:
    """The drag from the stick's middle in pixels; slow near the middle, for fine work."""
    if reach <= 0:
        return STILL
    return Velocity(pan=_shaped(across / reach), tilt=_shaped(-down / reach))


def _shaped(part: float) -> float:
    size = min(1.0, abs(part))
    if size < DEAD_ZONE:
        return 0.0
    return (1 if part > 0 else -1) * ((size - DEAD_ZONE) / (1 - DEAD_ZONE)) ** 1.6


def turned(velocity: Velocity, degrees: int) -> Velocity:
    """A direction on the screen as the camera's own, when its picture is shown turned clockwise by degrees (a multiple
    of 90); with degrees negated the other way round."""
    pan, tilt = velocity.pan, velocity.tilt
    across, up = {0: (pan, tilt), 90: (-tilt, pan), 180: (-pan, -tilt), 270: (tilt, -pan)}[degrees % 360]
    return replace(velocity, pan=across, tilt=up)
