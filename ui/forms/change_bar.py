"""The bar under the page: how many changes wait, what may be done with them, and how the last Apply ended."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from ui.forms.edits import DeviceEdits


class ChangeBar(QFrame):
    """Follows the edits of one device. While an Apply runs it shows the progress and a Cancel button."""

    review_wanted = Signal()
    apply_wanted = Signal()
    discard_wanted = Signal()
    cancel_wanted = Signal()
    problem_wanted = Signal(str, str)  # resource, path

    def __init__(self, edits: DeviceEdits, device_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("changeBar")
        self._edits = edits
        self._device = device_name
        self._summary = ""
        self._role = "secondary"
        self.text = QLabel()
        self.text.setObjectName("changeText")
        self.text.setAccessibleName(self.tr("Changes"))
        self.progress = QProgressBar()
        self.progress.setMaximumWidth(160)
        self.progress.setTextVisible(False)
        self.problem = self._button(self.tr("Show problem"), self._show_problem)
        self.review = self._button(self.tr("Review"), self.review_wanted.emit)
        self.apply = self._button(self.tr("Apply"), self.apply_wanted.emit)
        self.apply.setObjectName("primary")
        self.discard = self._button(self.tr("Discard"), self.discard_wanted.emit)
        self.cancel = self._button(self.tr("Cancel"), self.cancel_wanted.emit)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.setSpacing(8)
        layout.addWidget(self.text)
        layout.addWidget(self.progress)
        layout.addStretch(1)
        for button in (self.problem, self.cancel, self.discard, self.review, self.apply):
            layout.addWidget(button)
        edits.changed.connect(self.refresh)
        self._busy = False
        self.refresh()

    def _button(self, text: str, action: object) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(lambda: action())  # type: ignore[operator]
        return button

    def show_busy(self, text: str, done: int, total: int) -> None:
        self._busy = True
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.text.setText(text)
        self.refresh()

    def show_summary(self, text: str, role: str) -> None:
        """The outcome stays until the next edit. role: "ok", "warn" or "error"."""
        self._busy = False
        self._summary, self._role = text, role
        self.refresh(keep_summary=True)

    def refresh(self, keep_summary: bool = False) -> None:
        count = self._edits.count
        problems = self._edits.problems
        if count and not keep_summary:
            self._summary = ""
        if not self._busy:
            self._say(count, len(problems))
        self.progress.setVisible(self._busy)
        self.cancel.setVisible(self._busy)
        self.problem.setVisible(bool(problems) and not self._busy)
        for button in (self.review, self.apply, self.discard):
            button.setVisible(count > 0 and not self._busy)
        self.review.setEnabled(not problems)
        self.apply.setEnabled(not problems)
        reason = self.tr("A value cannot be sent: {}").format(problems[0].text) if problems else ""
        self.apply.setToolTip(reason or self.tr("Send, read back and prove (Ctrl+Enter)"))
        self.review.setToolTip(reason)
        self.setVisible(bool(count or self._busy or self._summary))

    def _say(self, count: int, problems: int) -> None:
        role = "text"
        if self._summary:
            text, role = self._summary, self._role
        elif problems:
            text = self.tr("%n change(s) on {}, ", "", count).format(self._device)
            text += self.tr("%n of them cannot be sent", "", problems)
            role = "error"
        else:
            text = self.tr("%n change(s) on {}", "", count).format(self._device)
        text = _plural(text)
        self.text.setText(text)
        if self.text.property("role") != role:
            self.text.setProperty("role", role)
            self.text.style().unpolish(self.text)
            self.text.style().polish(self.text)

    def _show_problem(self) -> None:
        problems = self._edits.problems
        if problems:
            self.problem_wanted.emit(problems[0].document.resource, problems[0].path)


def _plural(text: str) -> str:
    """English without a translation file: "1 change(s)" is "1 change"."""
    return text.replace("1 change(s)", "1 change") if text.startswith("1 ") else text.replace("change(s)", "changes")
