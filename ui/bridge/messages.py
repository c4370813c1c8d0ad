"""The one message bridge: whatever wants to tell people something posts it here, from any thread.

Nothing is lost: messages posted before a window exists wait for it, and all of them stay in the list.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import TracebackType
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from app.errors import CameraError

log = logging.getLogger(__name__)
KEPT = 2000  # messages; an unattended window must not grow for ever


class Level(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Action:
    """What the one button of a toast does."""

    text: str
    run: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Message:
    """device is the camera's name for people, "" when it is about none. at is local time."""

    level: Level
    text: str
    device: str = ""
    hint: str = ""
    detail: str = ""
    action: Action | None = None
    at: datetime = field(default_factory=lambda: datetime.now().astimezone())


Listener = Callable[[Message], None]


class Messages(QObject):
    """Listeners are called in the thread that this object lives in, the first one with all that waited."""

    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[Message] = []
        self._waiting: list[Message] = []
        self._listeners: list[Listener] = []
        self._posted.connect(self._take)

    @property
    def all(self) -> tuple[Message, ...]:
        return tuple(self._all)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """The answer ends it."""
        self._listeners.append(listener)
        waiting, self._waiting = self._waiting, []
        for message in waiting:
            listener(message)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def post(self, message: Message) -> None:
        self._posted.emit(message)

    def info(
        self, text: str, *, device: str = "", hint: str = "", detail: str = "", action: Action | None = None
    ) -> None:
        self.post(Message(Level.INFO, text, device, hint, detail, action))

    def warning(
        self, text: str, *, device: str = "", hint: str = "", detail: str = "", action: Action | None = None
    ) -> None:
        self.post(Message(Level.WARNING, text, device, hint, detail, action))

    def error(
        self, text: str, *, device: str = "", hint: str = "", detail: str = "", action: Action | None = None
    ) -> None:
        self.post(Message(Level.ERROR, text, device, hint, detail, action))

    def failure(self, error: BaseException, *, device: str = "", action: Action | None = None) -> None:
        """A camera's error in its own words; anything else is a fault of this program and says so."""
        if isinstance(error, CameraError):
            self.error(error.summary, device=device, hint=error.hint, detail=error.detail, action=action)
            return
        log.error("fault of the program", exc_info=error)
        self.error(
            QCoreApplication.translate("Messages", "Camwright made a mistake: {}").format(type(error).__name__),
            device=device,
            hint=QCoreApplication.translate("Messages", "The rest goes on working. Copy the details into a report."),
            detail="".join(traceback.format_exception(error)),
            action=action,
        )

    def clear(self) -> None:
        self._all.clear()

    def _take(self, message: Message) -> None:
        self._all.append(message)
        del self._all[:-KEPT]
        if not self._listeners:
            self._waiting.append(message)
            del self._waiting[:-KEPT]
        for listener in tuple(self._listeners):
            listener(message)


def install_crash_hook(messages: Messages) -> Callable[[], None]:
    """Exceptions that nobody caught become messages, in every thread. The answer takes the hooks out again."""
    old_main, old_thread = sys.excepthook, threading.excepthook

    def in_main(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, Exception):
            old_main(kind, error, trace)
            return
        messages.failure(error)
        # Python keeps these for a debugger; here they would keep a closed page and all it holds.
        sys.last_type = sys.last_value = sys.last_traceback = None

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if isinstance(args.exc_value, Exception):
            messages.failure(args.exc_value)
        else:
            old_thread(args)

    sys.excepthook, threading.excepthook = in_main, in_thread

    def remove() -> None:
        sys.excepthook, threading.excepthook = old_main, old_thread

    return remove


def watch_loop(loop: asyncio.AbstractEventLoop, messages: Messages) -> None:
    """What asyncio would only log reaches the message list."""

    def handle(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception):
            messages.failure(error)
        else:
            log.warning("event loop: %s", context.get("message"))

    loop.set_exception_handler(handle)
