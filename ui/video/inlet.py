"""The one way from a stream's thread into the window."""

from __future__ import annotations

import weakref
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.video.frame import Frame, Mailbox, StreamStatus


class Inlet(QObject):
    """Made for one player in the GUI thread; `mailbox` and `on_status` go to that player.

    The box calls only when it was empty, so there is never more than one `ready` on its way, however fast pictures
    come. The player does not keep this object alive: a QObject that dies with a stream's thread dies in it.
    """

    ready = Signal()
    status = Signal(object)  # StreamStatus

    def __init__(self) -> None:
        super().__init__()
        self.mailbox = Mailbox(_ready_of(self))
        self.on_status = _status_of(self)

    def take(self) -> Frame | None:
        return self.mailbox.take()


def _ready_of(inlet: Inlet) -> Callable[[], None]:
    there = weakref.ref(inlet)

    def ready() -> None:
        found = there()
        if found is not None:
            found.ready.emit()

    return ready


def _status_of(inlet: Inlet) -> Callable[[StreamStatus], None]:
    there = weakref.ref(inlet)

    def on_status(status: StreamStatus) -> None:
        found = there()
        if found is not None:
            found.status.emit(status)

    return on_status
