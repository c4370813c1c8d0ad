"""Tasks that end with the page that started them, and whose errors are never lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from app.errors import CameraError
from ui.bridge.messages import Messages


class TaskScope:
    """`scope.start(coroutine)`; `cancel()` ends everything, `close()` also waits and refuses what comes later.

    An exception goes to on_error when it is a CameraError and on_error was given, otherwise to the messages.
    device() names the camera in those messages.
    """

    def __init__(self, messages: Messages, device: Callable[[], str] | None = None) -> None:
        self._messages = messages
        self._device = device or (lambda: "")
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    @property
    def active(self) -> int:
        return len(self._tasks)

    def start(
        self,
        work: Coroutine[Any, Any, Any],
        *,
        name: str | None = None,
        on_error: Callable[[CameraError], None] | None = None,
    ) -> asyncio.Task[Any]:
        """After `close` the task is cancelled before its first step."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._finished(done, on_error))
        if self._closed:
            task.cancel()
        return task

    def cancel(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()

    async def close(self) -> None:
        self._closed = True
        self.cancel()
        waiting = [task for task in self._tasks if task is not asyncio.current_task()]
        if waiting:
            await asyncio.wait(waiting)

    def shut(self) -> None:
        """Like `close` without waiting, for callers that cannot await."""
        self._closed = True
        self.cancel()

    def _finished(self, task: asyncio.Task[Any], on_error: Callable[[CameraError], None] | None) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            return
        if isinstance(error, CameraError) and on_error is not None and not self._closed:
            on_error(error)
        elif not (self._closed and isinstance(error, CameraError)):
            self._messages.failure(error, device=self._device())
