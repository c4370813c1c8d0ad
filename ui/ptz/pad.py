"""The gamepad as a hand on the picture, while arrows and mouse move the camera too."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.model.ptz import STILL, Velocity
from app.ptz.pad import PRESET_BUTTONS, STOP_BUTTONS, PadPoller, Pads, PadsMissing, PadState
from app.ptz.sdl_pads import SdlPads


class PadHand(QObject):
    """`start` and `stop` go with the mode. What has come from a thread that was stopped since is not listened to.

    steered is told every change of the direction, zero also when the gamepad has gone; said is a note for people.
    """

    steered = Signal(object)  # Velocity
    preset_called = Signal(int)
    halted = Signal()
    said = Signal(str)
    _news = Signal(object, object)  # PadPoller, what it told

    def __init__(self, parent: QObject | None = None, open_pads: Callable[[], Pads] = SdlPads) -> None:
        super().__init__(parent)
        self._open = open_pads
        self._poller: PadPoller | None = None
        self._velocity = STILL
        self._held: frozenset[str] = frozenset()
        self._news.connect(self._told)  # comes from the poller's thread, through the queue of this one

    def start(self) -> None:
        if self._poller is None:
            self._poller = poller = PadPoller(self._open, lambda news: self._news.emit(poller, news))
            poller.start()

    def stop(self) -> PadPoller | None:
        """Lets go. The thread, which ends by itself, is given back to be waited for."""
        poller, self._poller = self._poller, None
        if poller is not None:
            poller.stop()
            self._steer(STILL)
            self._held = frozenset()
            self.said.emit("")
        return poller

    def _told(self, poller: object, news: PadState | PadsMissing | None) -> None:
        if poller is not self._poller:
            return
        if isinstance(news, PadsMissing):
            self.said.emit(self.tr("Gamepads cannot be read on this computer: {}").format(news))
        elif news is None:
            self._steer(STILL)
            self._held = frozenset()
            self.said.emit(self.tr("No gamepad is connected."))
        else:
            self._use(news)

    def _use(self, state: PadState) -> None:
        text = self.tr("{}: the left stick moves, the triggers zoom, A B X Y call presets 1 to 4, Start stops.")
        self.said.emit(text.format(state.name or self.tr("Gamepad")))
        pressed, self._held = state.buttons - self._held, state.buttons
        if pressed & set(STOP_BUTTONS):
            self._velocity = STILL
            self.halted.emit()
            return
        for number, button in enumerate(PRESET_BUTTONS, 1):
            if button in pressed:
                self.preset_called.emit(number)
        self._steer(state.velocity)

    def _steer(self, velocity: Velocity) -> None:
        if velocity != self._velocity:
            self._velocity = velocity
            self.steered.emit(velocity)
