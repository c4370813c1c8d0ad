"""The one owner of "is it moving". Takes directions at any rate and makes sure that every movement ends.

A holder (a key, a joystick, a command) steers and renews; whoever stops renewing lets go. One request is in flight,
the newest direction wins. On release, in this order: a stop at once, also past a request that is not answered yet;
then, when nothing is in flight any more, a stop and a zero-speed move, and the same again as long as the position
goes on changing. A stop that does not get through is tried again at a growing pace, for a while, and said.

Where the camera's next request stands ready, `ahead` puts a timed move or a stop on the wire in the step of the key
press itself, whatever thread that is in; `steer` then only takes note. Both end by themselves, so that nothing depends
on the note arriving.

What is guaranteed when this process dies without warning is what the camera guarantees: where it offers momentary
moves each one is MOMENT long, so it stops by itself. Nothing can be promised for a camera with continuous moves only,
or one that ignores durations.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from app.errors import AuthError, CameraError, NotSupported, TimedOut
from app.families.ptz import Ptz, QuickPtz
from app.model.ptz import STILL, PtzCapabilities, PtzPosition, Velocity
from app.ptz.motion import Motion, Phase
from app.ptz.stopping import PACES, REPEATS, STOP_LIMIT, Stopper
from app.ptz.timing import Clock, LoopClock, either, within

log = logging.getLogger(__name__)

MOMENT = 1.0  # seconds of one momentary move
RENEWAL = 0.4  # seconds between two of them, and between two continuous commands of the same speed
DEAD_MAN = 0.6  # seconds without a sign of the holder
MOVE_LIMIT = 6.0  # seconds for a command to be answered

T = TypeVar("T")


class PtzDriver:
    """Belongs to one event loop. `steer`, `renew` and `release` return at once; `settle` waits for the end.

    on_motion is called in the loop with every change. dead_man: seconds after which a holder that neither steers
    nor renews has let go. name: the camera in sentences.
    """

    def __init__(
        self,
        ptz: Ptz,
        capabilities: PtzCapabilities,
        *,
        clock: Clock | None = None,
        on_motion: Callable[[Motion], None] | None = None,
        dead_man: float = DEAD_MAN,
        name: str = "The camera",
    ) -> None:
        self.motion = Motion()
        self._ptz = ptz
        self._quick = ptz if isinstance(ptz, QuickPtz) else None
        self._can = capabilities
        self._clock: Clock = clock or LoopClock()
        self._stopper = Stopper(ptz, capabilities, self._clock, name)
        self._on_motion = on_motion
        self._dead_man = dead_man
        self._wanted = STILL
        self._seen = 0.0  # when the holder was last heard of
        self._lens_told = STILL
        self._stops = 0  # begun so far
        self._stopping = False  # one is on its way
        self._sent_ahead: tuple[Velocity, int] | None = None  # with the stops that had begun before it
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

    def ahead(self, velocity: Velocity) -> int | None:
        """From any thread, just before `steer` is called in the loop, which is given what comes of it: the direction is
        on the wire, or None. Never waits."""
        quick, stops = self._quick, self._stops
        if quick is None or self._closing or velocity.focus or velocity.iris:
            return None
        if velocity.moves and (self._stopping or self._helpers or not self._can.momentary):
            return None  # a stop on its way might overtake it; a continuous move needs somebody who stops it
        return stops if quick.fire(velocity, MOMENT) else None

    def steer(self, velocity: Velocity, ahead: int | None = None) -> None:
        """The direction from now on; zero is a release. Ignored once closed. ahead: see there."""
        if self._closing:
            return
        self._seen = self._clock.time()
        if ahead is not None and self._quick is not None:
            self._note_ahead(self._quick, velocity, ahead)
        if velocity.is_zero and not self._dirty and self._wanted.is_zero:
            return
        if velocity != self._wanted:
            self._want(velocity)
        self._settled.clear()
        self._start()

    def _note_ahead(self, quick: QuickPtz, velocity: Velocity, stops: int) -> None:
        if velocity.moves:
            self._dirty = True
            self._sent_ahead = (velocity, stops)
        elif self._dirty:
            self._help(self._confirm(quick))

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
            self._changed.set()  # who only watches whether it is at rest stops it once more
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
        return await self._stopper.look()

    async def arrive(self) -> PtzPosition | None:
        """Waits until the camera, sent somewhere, is at rest. Where it looks then; None where it does not say. TimedOut
        when it goes on and on."""
        return await self._stopper.arrive()

    async def close(self) -> None:
        """Stops what moves, then lets go of the device. Bounded by the stop's own limits."""
        self._closing = True
        self._want(STILL)
        if self._worker is not None:
            await asyncio.wait([self._worker])
        await self._ptz.close()

    # The worker

    def _want(self, velocity: Velocity) -> None:
        if velocity != self._wanted:
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
        sent, self._sent_ahead = self._sent_ahead, None
        work = asyncio.ensure_future(self._commands(velocity, ahead=sent == (velocity, self._stops)))
        waiter = asyncio.ensure_future(self._until_let_go())
        timer = asyncio.ensure_future(self._clock.sleep(MOVE_LIMIT))
        try:
            await asyncio.wait({work, waiter, timer}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done() and waiter.done():
                self._urgent()
                await asyncio.wait({work, timer}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise TimedOut(f"{self._stopper.name} does not answer.")
            work.result()
        finally:
            for each in (work, waiter, timer):
                each.cancel()
            await asyncio.wait({work, waiter, timer})

    async def _commands(self, velocity: Velocity, *, ahead: bool) -> None:
        if velocity.moves:
            axes = (velocity.pan, velocity.tilt, velocity.zoom)
            if ahead and self._quick is not None:
                await self._quick.fired(velocity, MOMENT)
            elif self._can.momentary:
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
            await either(self._clock, self._let_go, self._patience())

    def _urgent(self) -> None:
        """A stop past the request in flight. It may overtake it, so it never counts as the last word."""
        if not self._helpers or not self._lens_told.is_zero:
            self._help(self._stopper.stop(self._lens_told, zero=False))

    def _help(self, stop: Coroutine[Any, Any, CameraError | None]) -> None:
        self._stops += 1
        task = asyncio.get_running_loop().create_task(stop, name="ptz urgent stop")
        self._helpers.add(task)
        task.add_done_callback(self._helpers.discard)

    async def _confirm(self, quick: QuickPtz) -> CameraError | None:
        """What became of the stop that was sent ahead. Others follow in any case."""
        try:
            await within(self._clock, quick.fired(STILL, MOMENT), STOP_LIMIT, self._stopper.name)
        except CameraError as error:
            return error
        return None

    # Stopping

    async def _halt(self) -> None:
        """Returns when the camera is still, when somebody steers again, or when there is nothing left to try."""
        self._tell(Motion(Phase.STOPPING, STILL, self._problem))
        failures = repeats = 0
        while True:
            if self._helpers:
                await asyncio.wait(set(self._helpers))
            self._changed.clear()
            problem = await self._stop()
            if self._lets_nobody_wait():
                return
            if problem is not None:
                if failures >= len(PACES) or isinstance(problem, (AuthError, NotSupported)):
                    self._give_up(problem)
                    return
                self._tell(Motion(Phase.UNREACHABLE, STILL, self._stopper.unconfirmed(problem)))
                await self._pause(PACES[failures])
                failures += 1
                continue
            failures = 0
            moving = await self._stopper.moves(self._changed)
            if self._lets_nobody_wait():
                return
            if self._changed.is_set():
                continue
            if not moving and repeats == 0 and (moving is None or not self._lens_told.is_zero):
                repeats = 1  # nobody can see whether it, or its lens, is at rest: once more, to be sure
                continue
            if not moving:
                self._finished()
                return
            repeats += 1
            if repeats > REPEATS:
                self._dirty = False
                self._tell(Motion(Phase.RUNAWAY, STILL, self._stopper.runaway()))
                return

    def _lets_nobody_wait(self) -> bool:
        """Somebody steers again: that comes first, the next release stops again."""
        return not self._wanted.is_zero

    def _finished(self) -> None:
        self._dirty = False
        self._lens_told = STILL
        self._tell(Motion(text=self._problem))

    def _give_up(self, problem: CameraError) -> None:
        self._dirty = False
        text = self._stopper.given_up(problem)
        self._tell(Motion(Phase.UNREACHABLE, STILL, text))
        log.warning("ptz: %s", text)

    async def _stop(self) -> CameraError | None:
        self._stops += 1
        self._stopping = True
        try:
            return await self._stopper.stop(self._lens_told)
        finally:
            self._stopping = False

    async def _last_stop(self) -> None:
        problem = await self._stop()
        self._dirty = False
        if problem is not None:
            log.warning("ptz: the last stop did not get through: %s", problem)

    # Small things

    async def _pause(self, seconds: float) -> None:
        """Sleeps, not longer than until the next change."""
        await either(self._clock, self._changed, seconds)

    def _tell(self, motion: Motion) -> None:
        if motion != self.motion:
            self.motion = motion
            if self._on_motion is not None:
                self._on_motion(motion)
