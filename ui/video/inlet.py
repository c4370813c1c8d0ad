"""The one way from a stream's thread into the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.video.frame import Frame, Mailbox, StreamStatus


class Inlet(QObject):
    """Made for one player in the GUI thread; `mailbox` and `on_status` go to that player.

    The box calls only when it was empty, so there is never more than one `ready` on its way, however fast pictures
    come. The player's references keep this object alive for as long as its thread may call.
    """

    ready = Signal()
    status = Signal(object)  # StreamStatus

    def __init__(self) -> None:
        super().__init__()
        self.mailbox = Mailbox(self.ready.emit)

    def on_status(self, status: StreamStatus) -> None:
        self.status.emit(status)

    def take(self) -> Frame | None:
        return self.mailbox.take()
