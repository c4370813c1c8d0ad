"""Stops and looks: what tells a camera to be still, and what sees whether it is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from app.errors import CameraError, TimedOut
from app.families.ptz import Ptz
from app.model.ptz import PtzCapabilities, PtzPosition, Velocity
from app.ptz.timing import Clock, either, within

log = logging.getLogger(__name__)

STOP_LIMIT = 3.0  # seconds for a stop to be answered
LOOK_LIMIT = 2.0  # seconds for a position to be answered
AFTER = 0.35  # seconds between two looks at the position after a stop
LOOKS = 4  # looks until a heavy head has to be at rest
SAME = 3  # looks that see the same place when a journey is over
JOURNEY = 120.0  # seconds that a head may be under way
REPEATS = 5  # stops that are sent as long as the position changes
PACES = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 4.0, 4.0, 4.0, 4.0)  # seconds between stops that did not get through


class Stopper:
    """Knows no hand and no direction. name: the camera in sentences."""

    def __init__(self, ptz: Ptz, capabilities: PtzCapabilities, clock: Clock, name: str) -> None:
        self.position: PtzPosition | None = None
        self.name = name
        self._ptz = ptz
        self._can = capabilities
        self._clock = clock

    async def stop(self, lens: Velocity, *, zero: bool = True) -> CameraError | None:
        """Stop and zero-speed move, each tried whatever became of the other. None when one got through, and every one
        where the lens (focus, iris) was told to move as well."""
        problems: list[CameraError] = []
        calls: list[Callable[[], Awaitable[None]]] = [self._ptz.stop]
        if zero:
            calls.append(lambda: self._ptz.move(0.0, 0.0, 0.0))
            if lens.focus:
                calls.append(lambda: self._ptz.focus(0.0))
            if lens.iris:
                calls.append(lambda: self._ptz.iris(0.0))
        for call in calls:
            try:
                await within(self._clock, call(), STOP_LIMIT, self.name)
            except CameraError as error:
                problems.append(error)
        every = len(calls) > 2
        return problems[0] if len(problems) == len(calls) or (every and problems) else None

    async def look(self) -> PtzPosition | None:
        """Where the camera looks; None where it does not say, or not now."""
        if self._can.position:
            try:
                self.position = await within(self._clock, self._ptz.position(), LOOK_LIMIT, self.name)
            except CameraError as error:
                log.info("no position: %s", error)
                return None
        return self.position

    async def moves(self, changed: asyncio.Event) -> bool | None:
        """Compares looks at the position. None: the camera does not say, or changed says that there is something else
        to do by now."""
        if not self._can.position:
            await either(self._clock, changed, AFTER)
            return None
        before = await self.look()
        for _ in range(LOOKS):
            await either(self._clock, changed, AFTER)
            if changed.is_set():  # too early for a look that tells anything
                return None
            now = await self.look()
            if now is None or before is None:
                return None
            if not now.differs(before):
                return False
            before = now
        return True

    async def arrive(self) -> PtzPosition | None:
        """Until SAME looks in a row see the same place: a head needs a moment to start."""
        last, same = await self.look(), 0
        end = self._clock.time() + JOURNEY
        while last is not None and same < SAME:
            if self._clock.time() > end:
                raise TimedOut(f"{self.name} has not come to rest after {JOURNEY:g} seconds.")
            await self._clock.sleep(AFTER)
            now = await self.look()
            if now is None:
                return None
            same = 0 if now.differs(last) else same + 1
            last = now
        return last

    def unconfirmed(self, problem: CameraError) -> str:
        return f"{self.name} has not confirmed the stop: {problem.summary}"

    def given_up(self, problem: CameraError) -> str:
        return f"{self.unconfirmed(problem)} It was given up: look whether {self.name} still moves."

    def runaway(self) -> str:
        return f"{self.name} takes the stop and goes on moving. Switch it off if it must not turn."
