"""One line of the maintenance page: what it is and does, its buttons, and how far it has got."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.model.action import Progress
from ui.theme import GAP, GAP_WIDE

Button = tuple[str, bool, Callable[[], None]]  # text, whether something is lost by it, what it does

_PLACES = 16  # of a recorder's streams are seen at once
_WIDEST = 260  # px: the words and the button need room as well


class WorkRow(QWidget):
    cancel_wanted = Signal()

    def __init__(
        self, title: str, text: str, buttons: Sequence[Button], tip: str = "", places: Sequence[str] = ()
    ) -> None:
        """places: parts of the device of which one is chosen before the button is pressed."""
        super().__init__()
        self.title = _label(title, name="strong", tip=tip)
        self.text = _label(text, "secondary")
        self.buttons: list[QPushButton] = []
        self.place = QComboBox()
        self.place.addItems(list(places))
        self.place.setMaxVisibleItems(_PLACES)
        self.place.setMaximumWidth(_WIDEST)
        self.place.setAccessibleName(self.tr("{}: where").format(title))
        self.place.setVisible(bool(places))
        self.said = _label("")
        self.said.hide()
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(160)
        self.progress.setAccessibleName(self.tr("Progress of {}").format(title))
        self.phase = _label("", "secondary")
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(self.cancel_wanted)
        self.work = QWidget()
        line = QHBoxLayout(self.work)
        line.setContentsMargins(0, 4, 0, 0)
        line.setSpacing(GAP)
        line.addWidget(self.progress)
        line.addWidget(self.phase, 1)
        line.addWidget(self.cancel)
        self.work.hide()
        self._lay_out(buttons)

    def _lay_out(self, buttons: Sequence[Button]) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.text)
        line = QHBoxLayout()
        line.setSpacing(GAP)
        line.addLayout(words, 1)
        line.addSpacing(GAP_WIDE)
        line.addWidget(self.place, 0, Qt.AlignmentFlag.AlignVCenter)
        for text, loses, action in buttons:
            button = QPushButton(text)
            button.setObjectName("danger" if loses else "")
            button.clicked.connect(lambda _=False, run=action: run())
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
            self.buttons.append(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 6)
        layout.setSpacing(2)
        layout.addLayout(line)
        layout.addWidget(self.work)
        layout.addWidget(self.said)

    def begin(self) -> None:
        self.said.hide()
        self.phase.show()
        self.tell(Progress(self.tr("Asking")))
        self.work.show()

    def tell(self, progress: Progress) -> None:
        """phase comes from the engine, in plain words."""
        self.phase.setText(progress.phase)
        known = progress.fraction is not None
        self.progress.setRange(0, 1000 if known else 0)
        self.progress.setValue(round((progress.fraction or 0) * 1000))

    def end(self, text: str, role: str) -> None:
        self.work.hide()
        self.said.setText(text)
        self.said.setProperty("role", role)
        self.said.style().unpolish(self.said)
        self.said.style().polish(self.said)
        self.said.setVisible(bool(text))

    def set_free(self, free: bool) -> None:
        """Whether it may begin: one thing at a time."""
        for part in (*self.buttons, self.place):
            part.setEnabled(free)


def _label(text: str, role: str = "", name: str = "", tip: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setObjectName(name)
    label.setToolTip(tip)
    label.setVisible(bool(text) or not role)
    if role:
        label.setProperty("role", role)
    return label
