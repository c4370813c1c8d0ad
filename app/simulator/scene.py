"""A yard in front of a warehouse: people walk, cars drive by. Where everything is depends on the time alone.

So the picture and whatever the camera says about it (events) can be worked out apart from each other and agree.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

ASPECT = 16 / 9  # the scene is composed for this; other pictures show it stretched, as cameras do
HORIZON = 0.40


@dataclass(frozen=True, slots=True)
class SceneObject:
    """Something that moves, or that somebody left. x and y are the top left corner of its box, all in 0..1 of the
    unflipped picture; a box may stick out of the picture. name is the same for the same actor at any time.

    look, heading (-1 left, 1 right) and stride (0..1 of one double step) tell the painter how to draw it.
    """

    kind: str  # "person", "car", "case" or "hand"
    x: float
    y: float
    width: float
    height: float
    name: str = ""
    look: int = 0
    heading: int = 1
    stride: float = 0.0

    @property
    def foot(self) -> tuple[float, float]:
        """Where it touches the ground."""
        return (self.x + self.width / 2, self.y + self.height)

    def flipped(self, flip: str) -> SceneObject:
        """The same object as a camera with this `PictureSettings.flip` sees it."""
        x = 1 - self.x - self.width if flip in ("LEFTRIGHT", "CENTER") else self.x
        y = 1 - self.y - self.height if flip in ("UPDOWN", "CENTER") else self.y
        heading = -self.heading if flip in ("LEFTRIGHT", "CENTER") else self.heading
        return SceneObject(self.kind, x, y, self.width, self.height, self.name, self.look, heading, self.stride)


@dataclass(frozen=True, slots=True)
class _Waypoint:
    """The feet are at x, y at this part (0..1) of the round."""

    at: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class _Actor:
    kind: str
    name: str
    look: int
    period: float  # seconds for one round
    phase: float
    route: tuple[_Waypoint, ...]  # sorted; the actor is away before the first and after the last

    def round(self, t: float) -> tuple[int, float]:
        """How many rounds the actor has made, and what part of this one."""
        rounds, part = divmod((t + self.phase) / self.period, 1.0)
        return int(rounds), part

    def place(self, t: float) -> SceneObject | None:
        part = self.round(t)[1]
        for before, after in zip(self.route, self.route[1:], strict=False):
            if before.at <= part < after.at:
                share = (part - before.at) / (after.at - before.at)
                x = before.x + (after.x - before.x) * share
                y = before.y + (after.y - before.y) * share
                walks = (before.x, before.y) != (after.x, after.y)
                return self._object(x, y, 1 if after.x >= before.x else -1, (t * 0.9) % 1.0 if walks else 0.0)
        return None

    def _object(self, x: float, y: float, heading: int, stride: float) -> SceneObject:
        tall = _height(y)
        if self.kind == "car":
            height, width = tall * 0.80, tall * 0.80 * 2.9 / ASPECT
        else:
            height, width = tall, tall * 0.46 / ASPECT
        return SceneObject(self.kind, x - width / 2, y - height, width, height, self.name, self.look, heading, stride)


def _height(y: float) -> float:
    """Of somebody whose feet are there."""
    return 0.46 * (y - HORIZON + 0.05)


@dataclass(frozen=True, slots=True)
class _Case:
    """What its owner puts down on the way in one round and takes along in the next."""

    owner: _Actor

    def place(self, t: float) -> SceneObject | None:
        rounds, part = self.owner.round(t)
        if (rounds % 2 == 0) == (part >= _PUT_DOWN):
            return self._object(*_CASE_AT)
        carried = self.owner.place(t)
        if carried is None:
            return None
        x, y = carried.foot
        return self._object(x + carried.heading * carried.width / 2, y)

    def _object(self, x: float, y: float) -> SceneObject:
        height = 0.4 * _height(y)
        width = height * 1.5 / ASPECT
        return SceneObject("case", x - width / 2, y - height, width, height, "case")


class Scene:
    """The actors of one camera. The same seed gives the same scene, on every machine."""

    def __init__(self, seed: int = 0) -> None:
        dice = random.Random(f"camwright scene {seed}")
        people = _people(dice)
        cases = (_Case(each) for each in people if each.name == _OWNER)
        self._actors: tuple[_Actor | _Case, ...] = (*people, *_cars(dice), *cases)

    def objects_at(self, t: float) -> tuple[SceneObject, ...]:
        """What is in the picture at t (time.time() seconds), the farthest first."""
        placed = (actor.place(t) for actor in self._actors)
        seen = [each for each in placed if each is not None and _visible(each)]
        return tuple(sorted(seen, key=lambda each: each.foot[1]))


def hand_at(seed: int, t: float) -> SceneObject | None:
    """A hand that comes from below, stays over most of the lens and goes again."""
    part = (t + random.Random(f"camwright hand {seed}").uniform(0, _TOUCHES_EVERY)) % _TOUCHES_EVERY
    share = min(1.0, part / _TOUCH_RISES, (_TOUCH_LASTS - part) / _TOUCH_RISES)
    if share <= 0:
        return None
    left, top, width, height = _HAND
    return SceneObject("hand", left, 1 - (1 - top) * share, width, height, "hand")


def _visible(each: SceneObject) -> bool:
    return each.x < 1 and each.y < 1 and each.x + each.width > 0 and each.y + each.height > 0


def _people(dice: random.Random) -> list[_Actor]:
    return [
        _along("person", "walker 1", dice, period=34, y=dice.uniform(0.585, 0.61), busy=0.9, right=True),
        _along("person", "walker 2", dice, period=29, y=dice.uniform(0.62, 0.64), busy=0.85, right=False),
        _crossing("walker 3", dice),
        _along("person", "walker 4", dice, period=41, y=dice.uniform(0.955, 0.985), busy=0.6, right=True),
    ]


def _cars(dice: random.Random) -> list[_Actor]:
    return [
        _along("car", "car 1", dice, period=19, y=0.735, busy=0.38, right=False),
        _along("car", "car 2", dice, period=23, y=0.86, busy=0.34, right=True),
        _along("car", "car 3", dice, period=31, y=0.86, busy=0.30, right=True),
    ]


def _along(kind: str, name: str, dice: random.Random, *, period: float, y: float, busy: float, right: bool) -> _Actor:
    """From one side of the picture to the other; away for the rest of the round."""
    start, end = (-0.16, 1.16) if right else (1.16, -0.16)
    route = (_Waypoint(0.0, start, y), _Waypoint(busy, end, y))
    return _Actor(kind, name, dice.randrange(1000), period * dice.uniform(0.9, 1.1), dice.uniform(0, 99), route)


def _crossing(name: str, dice: random.Random) -> _Actor:
    """Out of the warehouse door, over the zebra crossing, a pause at the kerb, and back."""
    door, stripes = _DOOR, ZEBRA + dice.uniform(-0.02, 0.02)
    route = (
        _Waypoint(0.00, door, 0.565),
        _Waypoint(0.20, stripes, 0.64),
        _Waypoint(0.24, stripes, 0.64),
        _Waypoint(0.42, stripes, 0.93),
        _Waypoint(0.55, stripes, 0.93),
        _Waypoint(0.73, stripes, 0.64),
        _Waypoint(0.93, door, 0.565),
    )
    return _Actor("person", name, dice.randrange(1000), dice.uniform(38, 46), dice.uniform(0, 99), route)


ZEBRA = 0.68  # x of the crossing's middle; the painter draws it there
_DOOR = 0.30
_OWNER = "walker 3"
_PUT_DOWN = 0.075  # of the owner's round: a good third of the way from the door to the crossing
_CASE_AT = (0.45, 0.60)
_TOUCHES_EVERY, _TOUCH_LASTS, _TOUCH_RISES = 60.0, 8.0, 1.0  # seconds
_HAND = (0.04, 0.08, 0.84, 0.92)  # left, top, width, height
