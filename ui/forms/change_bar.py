"""The bar under the page: how many changes wait, what may be done with them, and how the last Apply ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QWidget

from ui.forms.words import ElidedLabel, counted


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way of sending, and where: the two texts that `place_wanted` carries."""

    reason: str
    place: tuple[str, str]


class Unsent(Protocol):
    """Edits that wait to be sent, of whatever kind."""

    @property
    def changed(self) -> SignalInstance: ...

    @property
    def count(self) -> int: ...

    @property
    def obstacle(self) -> Obstacle | None: ...


class ChangeBar(QFrame):
    """Follows the edits of one device. While an Apply runs it shows the progress and a Cancel button."""

    review_wanted = Signal()
    apply_wanted = Signal()
    discard_wanted = Signal()
    cancel_wanted = Signal()
    place_wanted = Signal(str, str)  # resource and path of a problem or of a verdict that is not green

    def __init__(self, edits: Unsent, device_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("changeBar")
        self._edits = edits
        self._device = device_name
        self._summary = self._note = ""
        self._role = "text"
        self._places: tuple[tuple[str, str], ...] = ()
        self._next = 0  # of the places, the one that Show leads to
        self._busy = False
        self._reviewing = False
        self.text = ElidedLabel()
        self.text.setObjectName("changeText")
        self.text.setAccessibleName(self.tr("Changes"))
        self.progress = QProgressBar()
        self.progress.setFixedWidth(120)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Resources written"))
        self.problem = self._button(self.tr("Show"), self._show_place)
        self.cancel = self._button(self.tr("Stop"), self.cancel_wanted.emit)
        self.discard = self._button(self.tr("Discard"), self.discard_wanted.emit)
        self.review = self._button(self.tr("Review"), self.review_wanted.emit)
        self.apply = self._button(self.tr("Apply"), self.apply_wanted.emit)
        self.apply.setObjectName("primary")
        self.cancel.setToolTip(self.tr("Finish this resource and leave the rest unsent"))
        self.discard.setToolTip(self.tr("Back to what the camera holds (Ctrl+Z brings the changes back)"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.setSpacing(8)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.progress)
        for button in (self.problem, self.cancel, self.discard, self.review, self.apply):
            layout.addWidget(button)
        edits.changed.connect(self.refresh)
        self.refresh()

    def _button(self, text: str, action: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(lambda: action())
        return button

    def show_busy(self, text: str, done: int, total: int) -> None:
        self._busy = True
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self._say(text, "text")
        self._show_buttons(blocked=False)

    def show_waiting(self, text: str) -> None:
        """What the Apply under way waits for, and that one need not."""
        if self._busy:
            self.cancel.setEnabled(True)
            self._say(text, "text")

    def show_reviewing(self, reviewing: bool) -> None:
        """While the review is open it has the buttons."""
        self._reviewing = reviewing
        self._refresh()

    def show_stopping(self) -> None:
        """Stop was pressed; what has begun is finished."""
        self.cancel.setEnabled(False)
        if self._busy:
            self._say(self.tr("Stopping after this one: what is being written is read back first"), "text")

    def show_summary(
        self, text: str, role: str, places: Sequence[tuple[str, str]] = (), note: str = ""
    ) -> None:  # fmt: skip
        """The outcome stays until the next edit. role: "ok", "warn" or "error"; Show leads to the places, one after
        the other. note says more where the pointer rests."""
        self._busy = False
        self._note = note
        self._summary, self._role, self._places, self._next = text, role, tuple(places), 0
        self._refresh()

    def refresh(self) -> None:
        """The edits changed."""
        self._summary, self._note, self._places, self._next = "", "", (), 0
        self._refresh()

    def _refresh(self) -> None:
        if self._busy:
            return  # an edit while others are being written waits for its turn
        obstacle = self._edits.obstacle
        count = self._edits.count
        reason = obstacle.reason if obstacle is not None else ""
        if self._summary:
            self._say(self._summary, self._role)
        elif reason:
            text = counted(self.tr("%n change(s) on {0}. {1}", "", count), count)
            self._say(text.format(self._device, reason), "error")
        else:
            text = counted(self.tr("%n change(s) on {0}", "", count), count)
            self._say(text.format(self._device), "text")
        self._show_buttons(blocked=bool(reason))
        self.problem.setToolTip(reason or self.tr("To what the camera did not keep as it was sent"))
        ready = self.tr("Send, read back and prove (Ctrl+Enter)")
        self.apply.setToolTip(self.tr("Not yet. {}").format(reason) if reason else ready)
        self.review.setToolTip(self.tr("Not yet. {}").format(reason) if reason else self.tr("Old and new values"))

    def _show_buttons(self, *, blocked: bool) -> None:
        count = self._edits.count
        self.progress.setVisible(self._busy)
        self.cancel.setVisible(self._busy)
        self.cancel.setEnabled(self._busy)
        self.problem.setVisible((blocked or bool(self._places)) and not self._busy)
        self._name_next()
        for button in (self.review, self.apply, self.discard):
            button.setVisible(count > 0 and not self._busy and not self._reviewing)
        self.review.setEnabled(not blocked)
        self.apply.setEnabled(not blocked)
        self.setVisible(bool(count or self._busy or self._summary))

    def _name_next(self) -> None:
        """With several places the button counts them."""
        many = len(self._places) > 1
        text = self.tr("Show {0} of {1}").format(self._next + 1, len(self._places)) if many else self.tr("Show")
        self.problem.setText(text)

    def _say(self, text: str, role: str) -> None:
        self.text.setText(text)
        self.text.note = self._note if text == self._summary else ""
        self.text.setAccessibleDescription(self.text.note)
        if self.text.property("role") != role:
            self.text.setProperty("role", role)
            self.text.style().unpolish(self.text)
            self.text.style().polish(self.text)

    def _show_place(self) -> None:
        obstacle = self._edits.obstacle
        if self._places:
            place = self._places[self._next]
            self._next = (self._next + 1) % len(self._places)
            self._name_next()
            self.place_wanted.emit(*place)
        elif obstacle is not None:
            self.place_wanted.emit(*obstacle.place)
