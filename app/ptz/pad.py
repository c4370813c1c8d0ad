"""A gamepad as a hand on the camera: what it says, what that means, and the thread that asks it.

The device itself is behind `Pads`, so that nothing here depends on a library or on a gamepad being there.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.model.ptz import Velocity

log = logging.getLogger(__name__)

PERIOD = 1 / 60  # seconds between two looks at a gamepad
SEARCH = 1.0  # seconds between two looks for one
DEAD_ZONE = 0.15  # worn sticks do not come back to their middle
PRESET_BUTTONS = ("a", "b", "x", "y")  # presets 1 to 4
STOP_BUTTONS = ("back", "start")


class PadsMissing(Exception):
    """Gamepads cannot be read on this computer; the text says why."""


@dataclass(frozen=True, slots=True)
class PadState:
    """Sticks in -1..1 (right and down are positive), triggers in 0..1, names of the buttons that are held."""

    name: str
    across: float = 0.0
    down: float = 0.0
    narrow: float = 0.0  # right trigger
    widen: float = 0.0  # left trigger
    buttons: frozenset[str] = frozenset()

    @property
    def velocity(self) -> Velocity:
        return Velocity(
            pan=_shaped(self.across), tilt=_shaped(-self.down), zoom=_shaped(self.narrow) - _shaped(self.widen)
        )


def _shaped(value: float) -> float:
    """Slow near the middle, for fine work."""
    size = min(1.0, abs(value))
    if size < DEAD_ZONE:
        return 0.0
    part = round(math.pow((size - DEAD_ZONE) / (1 - DEAD_ZONE), 1.6), 2)
    return part if value > 0 else -part


class Pads(Protocol):
    """Made, asked and closed in one thread."""

    def read(self) -> PadState | None:
        """The first gamepad there is; None without one."""

    def close(self) -> None: ...


class PadPoller:
    """A thread that asks while it runs. tell is called there with every change: a state, None when the gamepad has
    gone or there is none yet, or PadsMissing where none can ever be read (and then the thread ends)."""

    def __init__(self, open_pads: Callable[[], Pads], tell: Callable[[PadState | PadsMissing | None], None]) -> None:
        self._open = open_pads
        self._tell = tell
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gamepad", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns at once; nothing is told any more."""
        self._ended.set()

    def join(self, seconds: float) -> bool:
        """Whether the thread has ended."""
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            pads = self._open()
        except PadsMissing as error:
            self._say(error)
            return
        last: PadState | None = None
        try:
            self._say(None)
            while not self._ended.wait(PERIOD if last is not None else SEARCH):
                state = pads.read()
                if state != last:
                    last = state
                    self._say(state)
        except Exception:
            log.exception("the gamepad cannot be read any more")
            self._say(None)  # whoever steered with it has let go
        finally:
            pads.close()

    def _say(self, news: PadState | PadsMissing | None) -> None:
        if not self._ended.is_set():
            self._tell(news)
