"""A thread of its own for the driver: the dead-man timer goes on when the window hangs."""

from __future__ import annotations

import asyncio
import atexit
import logging
import threading
import weakref
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from app.errors import CameraError
from app.families.ptz import Ptz
from app.model.ptz import PtzCapabilities, PtzPosition, Velocity
from app.ptz import Motion, PtzDriver

log = logging.getLogger(__name__)

LAST_WORD = 5.0  # seconds that the program's end waits for a stop

T = TypeVar("T")


class PtzHost(QObject):
    """Calls return at once; signals come in the window's thread."""

    motion = Signal(object)  # Motion

    def __init__(self, ptz: Ptz, name: str, parent: QObject | None = None) -> None:
        """name: the camera in sentences."""
        super().__init__(parent)
        self._name = name
        self._ptz = ptz
        self._driver: PtzDriver | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="ptz", daemon=True)
        self._warming: Future[None] | None = None
        self._ended = False

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    async def prepare(self) -> PtzCapabilities:
        """What the camera can do. NotSupported where it has no PTZ."""
        if not self._thread.is_alive():
            self._thread.start()
            _open.add(self)
        return await self._there(self._prepare())

    async def _prepare(self) -> PtzCapabilities:
        found = await self._ptz.capabilities()
        self._driver = PtzDriver(self._ptz, found, on_motion=self._tell, name=self._name)
        return found

    def steer(self, velocity: Velocity) -> None:
        """Where the camera's next request stands ready it is on the wire when this returns."""
        driver = self._driver
        ahead = driver.ahead(velocity) if driver is not None and not self._ended else None
        self._call(lambda driver: driver.steer(velocity, ahead))

    def renew(self) -> None:
        self._call(PtzDriver.renew)

    def release(self) -> None:
        self._call(PtzDriver.release)

    def halt(self) -> None:
        self._call(PtzDriver.halt)

    def warm(self) -> None:
        """A hand is near: what fails now will fail again, and be said, when it moves. Costs nothing while the
        connections hold."""

        async def warming() -> None:
            try:
                await self._ptz.warm()
            except CameraError as error:
                log.info("ptz: not connected ahead: %s", error)

        if self._thread.is_alive() and not self._ended and (self._warming is None or self._warming.done()):
            self._warming = asyncio.run_coroutine_threadsafe(warming(), self._loop)

    async def act(self, action: Callable[[Ptz], Awaitable[T]]) -> T:
        """Something else than steering, after the camera has come to rest."""

        async def acting() -> T:
            if self._driver is None:
                return await action(self._ptz)
            return await self._driver.act(action)

        return await self._there(acting())

    async def ask(self, question: Callable[[Ptz], Awaitable[T]]) -> T:
        """A question: does not wait until the camera is at rest."""

        async def asking() -> T:
            return await question(self._ptz)

        return await self._there(asking())

    async def look(self) -> PtzPosition | None:
        async def looking() -> PtzPosition | None:
            return await self._driver.look() if self._driver is not None else None

        return await self._there(looking())

    def close(self) -> threading.Thread:
        """Stops the camera and ends the thread, which is given back to be waited for."""
        if not self._ended:
            self._ended = True
            if not self._thread.is_alive():
                self._loop.close()
                return self._thread
            asyncio.run_coroutine_threadsafe(self._close(), self._loop)
        return self._thread

    async def _close(self) -> None:
        try:
            if self._driver is not None:
                await self._driver.close()
            else:
                await self._ptz.close()
        finally:
            left = asyncio.all_tasks() - {asyncio.current_task()}  # a question, a warming: nobody waits for them now
            for task in left:
                task.cancel()
            if left:
                await asyncio.wait(left)
            self._loop.stop()

    async def _there(self, work: Any) -> Any:
        if self._ended:
            work.close()
            raise asyncio.CancelledError
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def _call(self, what: Callable[[PtzDriver], None]) -> None:
        def inside() -> None:
            if self._driver is not None:
                what(self._driver)

        if self._thread.is_alive() and not self._ended:
            self._loop.call_soon_threadsafe(inside)

    def _tell(self, motion: Motion) -> None:
        if not self._ended:
            self.motion.emit(motion)


_open: weakref.WeakSet[PtzHost] = weakref.WeakSet()


@atexit.register
def _stop_all() -> None:
    """The program ends: every camera gets its stop first."""
    for thread in [host.close() for host in tuple(_open)]:
        if thread.is_alive():
            thread.join(LAST_WORD)
