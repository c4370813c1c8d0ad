"""What a camera has to be told before it makes something by itself: a form, the consequence, its name on the button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.settings.document import Document
from ui.dialogs.sheet import Sheet
from ui.forms.form import Form


class MakingSheet(Sheet):
    """agreed: the draft is filled in and has no problem."""

    agreed = Signal()

    def __init__(self, parent: QWidget, draft: Document, consequence: str, button: str) -> None:
        super().__init__(parent, draft.title, 640, 560)
        self.draft = draft
        self.form = Form()
        self.form.setAccessibleName(draft.title)
        self.form.set_tab_anchor(self.close_button)
        text = QLabel(consequence)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        self.said = QLabel()
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setWordWrap(True)
        self.said.setProperty("role", "error")
        self.said.hide()
        self.leave = QPushButton(self.tr("Leave it"))
        self.enter = QPushButton(button)
        self.enter.clicked.connect(self._agree)
        self.body.addWidget(text)
        self.body.addWidget(self.form, 1)
        self.body.addWidget(self.said)
        self.add_choice(self.leave, self.enter)

    def open(self) -> None:
        super().open()
        self.form.show_document(self.draft)
        self.form.focus_first()

    def dismiss(self) -> None:
        self.form.show_document(None)
        super().dismiss()

    def _agree(self) -> None:
        """The first field that cannot be sent as it is gets the focus and says why, untouched ones too."""
        for field in self.draft.fields:
            problem = self.draft.problem_of(field.path, self.draft.text(field.path))
            if problem:
                self.said.setText(self.tr("{0}: {1}").format(field.spec.title, problem))
                self.said.show()
                self.form.jump_to(field.path)
                return
        self.dismiss()
        self.agreed.emit()
