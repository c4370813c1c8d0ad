"""The moving head of a simulated dome: mass, limits, presets, patrols, patterns. Any thread may ask where it looks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

STEP = 0.02  # seconds of one step of its motors
PAN_SPEED, TILT_SPEED, ZOOM_SPEED = 90.0, 45.0, 1.2  # degrees a second; octaves a second
RAMP = 0.25  # seconds from rest to any speed
TILT = (-15.0, 25.0)
ZOOM = (1.0, 16.0)
WIDE = 54.0  # degrees of the picture's width at zoom 1
SCENE = 90.0  # degrees that one width of the scene stands for
_LONGEST = 120.0  # seconds that are caught up with at most

Place = tuple[float, float, float]  # pan, tilt, zoom
Window = tuple[float, float, float]  # middle of the view in widths and heights of the scene, and its size


@dataclass(slots=True)
class Stored:
    name: str
    place: Place
    is_set: bool = True


@dataclass(slots=True)
class Route:
    """A patrol: preset, seconds to stay, speed level."""

    name: str = ""
    points: list[tuple[str, float, int]] = field(default_factory=list)


class Head:
    """deaf: stops that are ignored after each movement; endless: momentary moves do not end."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, deaf: int = 0, endless: bool = False) -> None:
        self.presets: dict[str, Stored] = {}
        self.routes: dict[str, Route] = {}
        self.patterns: dict[str, list[tuple[float, Place]]] = {}
        self.home: Place = (0.0, 0.0, 1.0)
        self.running = ""  # "patrol 1", "pattern 1", "recording 1"
        self.lens = {"focus": 0.0, "iris": 0.0}
        self.fence: tuple[float, float, float, float] | None = None  # left, right, up, down for hands
        self._clock = clock
        self._lock = threading.Lock()
        self._at: list[float] = [0.0, 0.0, 1.0]
        self._speed = [0.0, 0.0, 0.0]  # -1..1 as the motors turn now
        self._wanted = [0.0, 0.0, 0.0]
        self._until: float | None = None
        self._goal: Place | None = None
        self._now = clock()
        self._deaf, self._endless = deaf, endless
        self._ignored = 0
        self._leg = 0
        self._stay_until: float | None = None
        self._began = 0.0

    # Commands

    def move(self, pan: float, tilt: float, zoom: float, seconds: float | None = None) -> None:
        """Speeds in -1..1. Zeros are a stop, which a deaf head ignores a few times."""
        with self._lock:
            self._advance()
            stop = not (pan or tilt or zoom)
            if stop and self._deaf and self._is_busy() and self._ignored < self._deaf:
                self._ignored += 1
                return
            if not stop:
                self._ignored = 0
            if not self.running.startswith("recording"):
                self.running = ""
            self._goal = None
            self._wanted = [pan, tilt, zoom]
            self._until = None if seconds is None or self._endless or stop else self._now + seconds
            self._note()

    def go(self, place: Place) -> None:
        with self._lock:
            self._advance()
            self.running = ""
            self._go(place)

    def run_patrol(self, key: str) -> bool:
        with self._lock:
            self._advance()
            route = self.routes.get(key)
            if route is None or not route.points:
                return False
            self.running, self._leg, self._stay_until = f"patrol {key}", -1, None
            self._next_leg()
            return True

    def record(self, key: str, on: bool) -> None:
        with self._lock:
            self._advance()
            if on:
                self.running, self._began, self.patterns[key] = f"recording {key}", self._now, []
                self._note()
            elif self.running == f"recording {key}":
                self._note()
                self.running = ""

    def run_pattern(self, key: str) -> bool:
        with self._lock:
            self._advance()
            if not self.patterns.get(key):
                return False
            self.running, self._began, self._leg = f"pattern {key}", self._now, 0
            return True

    def end(self) -> None:
        """Ends a patrol or pattern."""
        with self._lock:
            self._advance()
            self.running, self._goal, self._wanted = "", None, [0.0, 0.0, 0.0]

    # What it says

    @property
    def place(self) -> Place:
        with self._lock:
            self._advance()
            return (self._at[0], self._at[1], self._at[2])

    @property
    def moving(self) -> bool:
        with self._lock:
            self._advance()
            return any(abs(each) > 1e-6 for each in self._speed)

    @property
    def window(self) -> Window:
        """What part of the scene the picture shows."""
        pan, tilt, zoom = self.place
        size = WIDE / SCENE / zoom
        down = 0.5 + tilt / (SCENE * 9 / 16)
        return (0.5 + pan / SCENE, min(max(down, size / 2), 1 - size / 2), size)

    def beside(self, x: float, y: float, factor: float = 1.0) -> Place:
        """The place that has this point of the picture (0..1, origin top left) in its middle, zoomed by factor."""
        pan, tilt, zoom = self.place
        width = WIDE / zoom
        return (
            (pan + (x - 0.5) * width) % 360,
            min(max(tilt + (y - 0.5) * width * 9 / 16, TILT[0]), TILT[1]),
            min(max(zoom * factor, ZOOM[0]), ZOOM[1]),
        )

    # The motors

    def _is_busy(self) -> bool:
        return any(self._wanted) or self._goal is not None or bool(self.running) or any(self._speed)

    def _go(self, place: Place) -> None:
        self._goal, self._until = place, None
        self._wanted = [0.0, 0.0, 0.0]

    def _note(self) -> None:
        if self.running.startswith("recording "):
            key = self.running.removeprefix("recording ")
            self.patterns[key].append((self._now - self._began, (self._wanted[0], self._wanted[1], self._wanted[2])))

    def _next_leg(self) -> None:
        route = self.routes[self.running.removeprefix("patrol ")]
        self._leg = (self._leg + 1) % len(route.points)
        stored = self.presets.get(route.points[self._leg][0])
        self._go(stored.place if stored is not None else (self._at[0], self._at[1], self._at[2]))
        self._stay_until = None

    def _advance(self) -> None:
        now = self._clock()
        self._now = max(self._now, now - _LONGEST)
        while self._now + STEP <= now:
            self._now += STEP
            self._step()

    def _step(self) -> None:
        if self._until is not None and self._now >= self._until:
            self._wanted, self._until = [0.0, 0.0, 0.0], None
        if self.running.startswith("pattern "):
            self._replay()
        wanted = self._wanted if self._goal is None else self._towards(self._goal)
        for axis in range(3):
            change = STEP / RAMP
            self._speed[axis] += min(max(wanted[axis] - self._speed[axis], -change), change)
            if abs(self._speed[axis]) < 1e-9:
                self._speed[axis] = 0.0
        self._at[0] = (self._at[0] + self._speed[0] * PAN_SPEED / self._at[2] ** 0.5 * STEP) % 360
        down = self._at[1] - self._speed[1] * TILT_SPEED / self._at[2] ** 0.5 * STEP
        self._at[1] = min(max(down, TILT[0]), TILT[1])
        if self.fence is not None and self._goal is None:
            self._stay_inside(*self.fence)
        self._at[2] = min(max(self._at[2] * 2 ** (self._speed[2] * ZOOM_SPEED * STEP), ZOOM[0]), ZOOM[1])
        if self.running.startswith("patrol ") and self._goal is None and not any(self._speed):
            self._dwell()

    def _stay_inside(self, left: float, right: float, up: float, down: float) -> None:
        room, beyond = (right - left) % 360, (self._at[0] - left) % 360
        if beyond > room:
            self._at[0] = right if beyond - room < 360 - beyond else left
        self._at[1] = min(max(self._at[1], min(up, down)), max(up, down))

    def _dwell(self) -> None:
        route = self.routes[self.running.removeprefix("patrol ")]
        if self._stay_until is None:
            self._stay_until = self._now + route.points[self._leg][1]
        elif self._now >= self._stay_until:
            self._next_leg()

    def _replay(self) -> None:
        notes = self.patterns[self.running.removeprefix("pattern ")]
        passed = self._now - self._began
        if passed > notes[-1][0] + RAMP:
            self._began = self._now
        for at, wanted in notes:
            if at <= passed:
                self._wanted = list(wanted)

    def _towards(self, goal: Place) -> list[float]:
        """Speeds for the way to the goal; there it snaps in, as a dome with encoders does."""
        turn = (goal[0] - self._at[0] + 180) % 360 - 180
        lift = self._at[1] - goal[1]
        ratio = goal[2] / self._at[2]
        if abs(turn) < 1.5 and abs(lift) < 1 and 0.97 < ratio < 1.03:
            self._at = list(goal)
            self._goal, self._wanted, self._speed = None, [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
            return [0.0, 0.0, 0.0]
        return [
            min(max(turn / 20, -1.0), 1.0),
            min(max(lift / 10, -1.0), 1.0),
            min(max((ratio - 1) * 2, -1.0), 1.0),
        ]
