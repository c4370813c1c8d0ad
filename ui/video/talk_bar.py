"""Talking to whoever stands in front of the camera: held down with the mouse or Space, or switched by its key."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.errors import CameraError
from app.families.media import Talk, TalkLine
from app.video.talk import Talker, TalkPhase, TalkStatus
from ui.bridge.messages import Messages
from ui.bridge.tasks import TaskScope
from ui.theme.icons import icon
from ui.video.sound_bar import Meter

LOOK = 60  # milliseconds between two looks at the level

MakeTalker = Callable[[TalkLine, Callable[[TalkStatus], None]], Talker]


class _Inlet(QObject):
    """From the talker's thread into the window's."""

    status = Signal(object)  # TalkStatus


class TalkBar(QWidget):
    make_talker: MakeTalker = staticmethod(Talker)

    def __init__(
        self, talk: Talk, name: str, messages: Messages, scope: TaskScope, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._talk = talk
        self._name = name
        self._messages = messages
        self._scope = scope
        self._wanted = False
        self._talker: Talker | None = None
        self._inlet: _Inlet | None = None
        self.button = QPushButton(icon("microphone"), self.tr("Talk"))
        self.button.setToolTip(self.tr("Hold to talk to the people at the camera (T switches it on and off)"))
        self.meter = Meter()
        self.meter.setAccessibleName(self.tr("Level of your voice"))
        self.meter.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.button)
        layout.addWidget(self.meter)
        self.button.pressed.connect(self.begin)
        self.button.released.connect(self.end)
        self._looker = QTimer(self)
        self._looker.setInterval(LOOK)
        self._looker.timeout.connect(self._look)

    @property
    def is_talking(self) -> bool:
        return self._wanted

    def toggle(self) -> None:
        """For keys, which cannot be held."""
        if self._wanted:
            self.end()
        else:
            self.begin()

    def begin(self) -> None:
        if not self._wanted:
            self._wanted = True
            self._show(self.tr("Opening …"))
            self._scope.start(self._begin(), on_error=self._failed)

    def end(self) -> None:
        """Returns at once; what was said until now still goes out."""
        self._wanted = False
        talker, self._talker = self._talker, None
        self._looker.stop()
        self._show(self.tr("Talk"))
        if talker is not None:
            talker.stop()

    async def _begin(self) -> None:
        line = await self._talk.line()
        if not self._wanted:
            line.close()
            return
        self._inlet = inlet = _Inlet()
        inlet.status.connect(self._told)
        self._talker = self.make_talker(line, inlet.status.emit)
        self._talker.start()

    def _told(self, status: TalkStatus) -> None:
        if self.sender() is not self._inlet:
            return  # of a time of talking that is over
        if status.phase is TalkPhase.TALKING and self._wanted:
            self._show(self.tr("Talking"), live=True)
            self._looker.start()
        elif status.phase is TalkPhase.FAILED:
            self.end()
            text = f"{status.text} {status.hint}".strip()
            self._messages.warning(text, device=self._name)

    def _failed(self, error: CameraError) -> None:
        self.end()
        self._messages.failure(error, device=self._name)

    def _look(self) -> None:
        if self._talker is not None:
            self.meter.set_level(self._talker.level)

    def _show(self, text: str, *, live: bool = False) -> None:
        self.button.setText(text)
        self.meter.setVisible(live)
