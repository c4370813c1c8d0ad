"""The one owner of "is it moving". Takes directions at any rate and makes sure that every movement ends.

A holder (a key, a joystick, a command) steers and renews; whoever stops renewing lets go. One request is in flight,
the newest direction wins. On release, in this order: a stop at once, also past a request that is not answered yet;
then, when nothing is in flight any more, a stop and a zero-speed move, and the same again as long as the position
goes on changing. A stop that does not get through is tried again at a growing pace, for a while, and said.

What is guaranteed when this process dies without warning is what the camera guarantees: where it offers momentary
moves each one is MOMENT long, so it stops by itself. Nothing can be promised for a camera with continuous moves only,
or one that ignores durations.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol, TypeVar

from app.errors import AuthError, CameraError, NotSupported, TimedOut
from app.families.base import Ptz
from app.model.ptz import STILL, PtzCapabilities, PtzPosition, Velocity

log = logging.getLogger(__name__)

MOMENT = 1.0  # seconds of one momentary move
RENEWAL = 0.4  # seconds between two of them, and between two continuous commands of the same speed
DEAD_MAN = 0.6  # seconds without a sign of the holder
MOVE_LIMIT = 6.0  # seconds for a command to be answered
STOP_LIMIT = 3.0  # seconds for a stop to be answered
LOOK_LIMIT = 2.0  # seconds for a position to be answered
AFTER = 0.35  # seconds between two looks at the position after a stop
REPEATS = 5  # stops that are sent as long as the position changes
PACES = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 4.0, 4.0, 4.0, 4.0)  # seconds between stops that did not get through

T = TypeVar("T")


class Phase(StrEnum):
    IDLE = "idle"
    MOVING = "moving"
    STOPPING = "stopping"
    UNREACHABLE = "unreachable"  # the stop is not confirmed: it is being tried again, or was given up
    RUNAWAY = "runaway"  # the camera takes stops and moves all the same


@dataclass(frozen=True, slots=True)
class Motion:
    """What goes on. text is a sentence for people where something is or was wrong, else empty."""

    phase: Phase = Phase.IDLE
    velocity: Velocity = STILL
    text: str = ""


class Clock(Protocol):
    def time(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class LoopClock:
    def time(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class PtzDriver:
    """Belongs to one event loop. `steer`, `renew` and `release` return at once; `settle` waits for the end.

    on_motion is called in the loop with every change. dead_man: seconds after which a holder that neither steers
    nor renews has let go.
    """

    def __init__(
        self,
        ptz: Ptz,
        capabilities: PtzCapabilities,
        *,
        clock: Clock | None = None,
        on_motion: Callable[[Motion], None] | None = None,
        dead_man: float = DEAD_MAN,
    ) -> None:
        self.motion = Motion()
        self.position: PtzPosition | None = None
        self._ptz = ptz
        self._can = capabilities
        self._clock: Clock = clock or LoopClock()
        self._on_motion = on_motion
        self._dead_man = dead_man
        self._wanted = STILL
        self._seen = 0.0  # when the holder was last heard of
        self._lens_told = STILL
        self._dirty = False  # something was sent that a stop has not yet ended for certain
        self._problem = ""  # why the last movement ended by itself
        self._changed = asyncio.Event()
        self._let_go = asyncio.Event()
        self._settled = asyncio.Event()
        self._settled.set()
        self._closing = False
        self._worker: asyncio.Task[None] | None = None
        self._helpers: set[asyncio.Task[CameraError | None]] = set()

    # What a holder does

    def steer(self, velocity: Velocity) -> None:
        """The direction from now on; zero is a release. Ignored once closed."""
        if self._closing:
            return
        self._seen = self._clock.time()
        if velocity.is_zero and not self._dirty and self._wanted.is_zero:
            return
        if velocity != self._wanted:
            self._want(velocity)
        self._settled.clear()
        self._start()

    def renew(self) -> None:
        """The holder is still there. Does not start again what the dead-man timer has ended."""
        self._seen = self._clock.time()

    def release(self) -> None:
        self.steer(STILL)

    def halt(self) -> None:
        """Stops whatever the camera does, also what nobody here started: presets, patrols, patterns."""
        if not self._closing:
            self._dirty = True
            self._want(STILL)
            self._settled.clear()
            self._start()

    async def settle(self) -> Motion:
        """Waits until the camera is at rest, or everything that could be tried has been. Gives what came of it."""
        await self._settled.wait()
        return self.motion

    async def act(self, action: Callable[[Ptz], Awaitable[T]]) -> T:
        """Something else than steering, when all movement by hand has ended."""
        self.release()
        await self.settle()
        return await action(self._ptz)

    async def look(self) -> PtzPosition | None:
        """Where the camera looks; None where it does not say, or not now."""
        if self._can.position:
            try:
                self.position = await self._within(self._ptz.position(), LOOK_LIMIT)
            except CameraError as error:
                log.info("no position: %s", error)
                return None
        return self.position

    async def close(self) -> None:
        """Stops what moves, then lets go of the device. Bounded by the stop's own limits."""
        self._closing = True
        self._want(STILL)
        if self._worker is not None:
            await asyncio.wait([self._worker])
        await self._ptz.close()

    # The worker

    def _want(self, velocity: Velocity) -> None:
        self._wanted = velocity
        self._changed.set()
        if velocity.is_zero:
            self._let_go.set()
        else:
            self._let_go.clear()
            self._problem = ""

    def _start(self) -> None:
        if self._worker is None or self._worker.done():
            self._worker = asyncio.get_running_loop().create_task(self._run(), name="ptz driver")

    async def _run(self) -> None:
        """Lives as long as something moves or has to be stopped."""
        try:
            while self._dirty or not self._wanted.is_zero:
                if self._wanted.is_zero:
                    await self._halt()
                else:
                    await self._drive()
        finally:
            # Whatever ended this, a bug or a cancelled loop: nothing may go on moving.
            if self._dirty:
                self._wanted = STILL
                await self._last_stop()
            self._settled.set()

    async def _drive(self) -> None:
        """Sends the newest direction, then waits for a change, the next renewal or the dead man."""
        velocity = self._wanted
        self._changed.clear()
        self._dirty = True
        self._tell(Motion(Phase.MOVING, velocity))
        try:
            await self._move(velocity)
        except CameraError as error:
            self._failed(velocity, error)
            return
        begun = self._clock.time()
        while not self._changed.is_set() and self._clock.time() - begun < RENEWAL:
            if self._patience() <= 0:
                self._want(STILL)
                return
            await self._pause(min(self._patience(), RENEWAL - (self._clock.time() - begun)))

    def _patience(self) -> float:
        """Seconds until a holder that does not renew has let go."""
        return self._dead_man - (self._clock.time() - self._seen)

    def _failed(self, velocity: Velocity, error: CameraError) -> None:
        """The camera did not take a direction: a newer one gets its try, this one ends."""
        if isinstance(error, NotSupported) and self._can.momentary and velocity.moves:
            self._can = replace(self._can, momentary=False)  # it promised what it does not have
            return
        if self._wanted == velocity:
            self._want(STILL)
        if self._wanted.is_zero:
            self._problem = str(error)

    async def _move(self, velocity: Velocity) -> None:
        """One direction on the wire. A release while it is not answered does not wait for the answer."""
        work = asyncio.ensure_future(self._commands(velocity))
        waiter = asyncio.ensure_future(self._until_let_go())
        timer = asyncio.ensure_future(self._clock.sleep(MOVE_LIMIT))
        try:
            await asyncio.wait({work, waiter, timer}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done() and waiter.done():
                self._urgent()
                await asyncio.wait({work, timer}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise TimedOut("The camera does not answer.")
            work.result()
        finally:
            for each in (work, waiter, timer):
                each.cancel()
            await asyncio.wait({work, waiter, timer})

    async def _commands(self, velocity: Velocity) -> None:
        if velocity.moves:
            axes = (velocity.pan, velocity.tilt, velocity.zoom)
            if self._can.momentary:
                await self._ptz.momentary(*axes, MOMENT)
            else:
                await self._ptz.move(*axes)
        told = self._lens_told
        self._lens_told = Velocity(focus=velocity.focus or told.focus, iris=velocity.iris or told.iris)
        if velocity.focus:
            await self._ptz.focus(velocity.focus)
        if velocity.iris:
            await self._ptz.iris(velocity.iris)

    async def _until_let_go(self) -> None:
        while not self._let_go.is_set():
            if self._patience() <= 0:
                self._want(STILL)
                return
            await self._either(self._let_go, self._patience())

    def _urgent(self) -> None:
        """A stop past the request in flight. It may overtake it, so it never counts as the last word."""
        task = asyncio.get_running_loop().create_task(self._try_stop(zero=False), name="ptz urgent stop")
        self._helpers.add(task)
        task.add_done_callback(self._helpers.discard)

    # Stopping

    async def _halt(self) -> None:
        """Returns when the camera is still, when somebody steers again, or when there is nothing left to try."""
        self._tell(Motion(Phase.STOPPING, STILL, self._problem))
        failures = repeats = 0
        while True:
            if self._helpers:
                await asyncio.wait(set(self._helpers))
            self._changed.clear()
            problem = await self._try_stop()
            if self._lets_nobody_wait():
                return
            if problem is not None:
                if failures >= len(PACES) or isinstance(problem, (AuthError, NotSupported)):
                    self._give_up(problem)
                    return
                self._tell(Motion(Phase.UNREACHABLE, STILL, _unconfirmed(problem)))
                await self._pause(PACES[failures])
                failures += 1
                continue
            failures = 0
            moving = await self._still_moving()
            if self._lets_nobody_wait():
                return
            if moving is None and repeats == 0:
                repeats = 1  # it does not say where it looks: once more, to be sure
                continue
            if not moving:
                self._finished()
                return
            repeats += 1
            if repeats > REPEATS:
                self._dirty = False
                self._tell(Motion(Phase.RUNAWAY, STILL, "The camera takes the stop and goes on moving."))
                return

    def _lets_nobody_wait(self) -> bool:
        """Somebody steers again: that comes first, the next release stops again."""
        return not self._wanted.is_zero

    async def _try_stop(self, *, zero: bool = True) -> CameraError | None:
        """Stop and zero-speed move, each tried whatever became of the other. None when one got through."""
        problems: list[CameraError] = []
        calls: list[Callable[[], Awaitable[None]]] = [self._ptz.stop]
        if zero:
            calls.append(lambda: self._ptz.move(0.0, 0.0, 0.0))
            if self._lens_told.focus:
                calls.append(lambda: self._ptz.focus(0.0))
            if self._lens_told.iris:
                calls.append(lambda: self._ptz.iris(0.0))
        for call in calls:
            try:
                await self._within(call(), STOP_LIMIT)
            except CameraError as error:
                problems.append(error)
        lens = len(calls) > 2
        return problems[0] if len(problems) == len(calls) or (lens and problems) else None

    async def _still_moving(self) -> bool | None:
        """Compares two looks at the position. None: the camera does not say. Ends early when somebody steers."""
        if not self._can.position:
            await self._pause(AFTER)
            return None
        before = await self.look()
        for _ in range(4):  # a heavy head takes a moment to come to rest
            await self._pause(AFTER)
            if self._lets_nobody_wait():
                return None
            now = await self.look()
            if now is None or before is None:
                return None
            if not now.differs(before):
                return False
            before = now
        return True

    def _finished(self) -> None:
        self._dirty = False
        self._lens_told = STILL
        self._tell(Motion(text=self._problem))

    def _give_up(self, problem: CameraError) -> None:
        self._dirty = False
        text = f"{_unconfirmed(problem)} It was given up: look whether the camera still moves."
        self._tell(Motion(Phase.UNREACHABLE, STILL, text))
        log.warning("ptz: %s", text)

    async def _last_stop(self) -> None:
        problem = await self._try_stop()
        self._dirty = False
        if problem is not None:
            log.warning("ptz: the last stop did not get through: %s", problem)

    # Small things

    async def _pause(self, seconds: float) -> None:
        """Sleeps, not longer than until the next change."""
        await self._either(self._changed, seconds)

    async def _within(self, request: Awaitable[T], seconds: float) -> T:
        """What the request gives; TimedOut, and no trace of it, when that takes longer."""
        work = asyncio.ensure_future(request)
        timer = asyncio.ensure_future(self._clock.sleep(seconds))
        try:
            await asyncio.wait({work, timer}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise TimedOut("The camera does not answer.")
            return work.result()
        finally:
            work.cancel()
            timer.cancel()
            await asyncio.wait({work, timer})

    async def _either(self, event: asyncio.Event, seconds: float) -> None:
        sleeping = asyncio.ensure_future(self._clock.sleep(max(0.001, seconds)))
        waiting = asyncio.ensure_future(event.wait())
        try:
            await asyncio.wait({sleeping, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            waiting.cancel()

    def _tell(self, motion: Motion) -> None:
        if motion != self.motion:
            self.motion = motion
            if self._on_motion is not None:
                self._on_motion(motion)


def _unconfirmed(problem: CameraError) -> str:
    return f"The stop is not confirmed: {problem.summary}"
