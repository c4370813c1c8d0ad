"""Editors to choose from a list."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLabel, QStyle, QStyleOptionComboBox, QWidget

from app.settings import values
from app.settings.spec import Spec
from ui.forms.editors import NORMAL, SHORT, WIDE


class LateCombo(QComboBox):
    """A combo box that makes its list when somebody comes near it, or when the form has time (`complete`).

    The list of one is several widgets, each with its style, and a form has twenty of them: they are most of what a
    form costs. Until then the box paints what it is going to show.
    """

    user_edited = Signal(str)

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.is_complete = False
        self._text = self._held = ""
        self._label: QLabel | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMaxVisibleItems(16)

    def complete(self) -> None:
        """Makes list and line, with what was shown so far."""
        if not self.is_complete:
            self.is_complete = True
            self.fill()
            self.choose(self._text)
            self._label = QLabel(self.parentWidget())
            self._label.hide()
            self._label.setBuddy(self)
            self.destroyed.connect(self._label.deleteLater)
            self.setAccessibleName(self.accessibleName())

    def fill(self) -> None:
        """Puts the items in."""
        raise NotImplementedError

    def choose(self, text: str) -> None:
        """Shows a wire text in the complete box."""
        raise NotImplementedError

    def title_of(self, text: str) -> str:
        """How a wire text reads."""
        raise NotImplementedError

    def show_text(self, text: str, held: str) -> None:
        self._text, self._held = text, held
        if not self.is_complete:
            self.update()
        elif not self.view().isVisible():  # or somebody is choosing: what is marked in the list must not move
            self.choose(text)

    def typed(self) -> str:
        """What stands in the line, as a wire text."""
        return self.currentText()

    def is_typed(self, text: str) -> bool:
        """Whether what somebody is typing means this already: more letters may follow."""
        line = self.lineEdit()
        if line is None or self.typed() == text:
            return line is not None
        return self.hasFocus() and line.isModified() and values.wire(self.typed(), self.spec, self._held) == text

    def setAccessibleName(self, name: str) -> None:
        """The line to type in is what has the focus, so it is called the same. Where Qt hands on the value of a box as
        its name (everywhere but on Windows), screen readers ask for its label: one that is never seen."""
        super().setAccessibleName(name)
        if self._label is not None:
            self._label.setText(name)
        line = self.lineEdit()
        if line is not None:
            line.setAccessibleName(name)

    def take_typed_text(self) -> None:
        """Lets people type. Nothing is proposed: it would show what nobody typed."""
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setCompleter(None)  # type: ignore[arg-type]  # Qt's own way to have none

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.is_complete:
            super().paintEvent(event)
            return
        option = QStyleOptionComboBox()  # Qt's own painting would make the list
        self.initStyleOption(option)
        option.currentText = self.title_of(self._text)
        with QPainter(self) as painter:
            self.style().drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option, painter, self)
            self.style().drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option, painter, self)

    # Somebody comes near

    def enterEvent(self, event: QEnterEvent) -> None:
        self.complete()
        super().enterEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.complete()
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.complete()
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.complete()
        super().mousePressEvent(event)

    def showPopup(self) -> None:
        self.complete()
        super().showPopup()

    def hidePopup(self) -> None:
        super().hidePopup()
        if not self.is_complete:
            return
        QTimer.singleShot(0, self, lambda: self.choose(self._text))  # not before Qt has told what was chosen

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the form scrolls, also right after something was chosen here


class ChoiceEditor(LateCombo):
    """Options with readable names. A current value that is no option is shown and kept."""

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self.activated.connect(lambda index: self.user_edited.emit(str(self.itemData(index))))

    def wanted_width(self) -> int:
        """One of a few widths, so that the fields of a form line up."""
        titles = (*(option.title or option.value for option in self.spec.options), self.title_of(self._text))
        needed = self.fontMetrics().horizontalAdvance(max(titles, key=len)) + 44
        return next((width for width in (SHORT, NORMAL) if needed <= width), WIDE)

    def fill(self) -> None:
        for option in self.spec.options:
            self.addItem(option.title or option.value, option.value)
        line = None
        if self.spec.open_options:
            self.take_typed_text()
            line = self.lineEdit()
        if line is not None:
            line.textEdited.connect(self._typed)

    def choose(self, text: str) -> None:
        if self.is_typed(text):
            return
        index = self.findData(text)
        if index < 0 and self.isEditable():
            self.setEditText(text)
            return
        if index < 0:
            # Not one of the options the device lists; it holds it all the same.
            if self.count() > len(self.spec.options):
                self.removeItem(self.count() - 1)
            self.addItem(self.title_of(text), text)
            index = self.count() - 1
        self.setCurrentIndex(index)
        line = self.lineEdit() if self.isEditable() else None
        if line is not None and not line.hasFocus():
            line.setCursorPosition(0)  # where there is little room, words are read from their beginning

    def typed(self) -> str:
        return self._value_of(self.currentText())

    def title_of(self, text: str) -> str:
        for option in self.spec.options:
            if option.value == text:
                return option.title or option.value
        return text if self.spec.open_options else values.display(text, self.spec) or self.tr("(empty)")

    def _typed(self, typed: str) -> None:
        self.user_edited.emit(self._value_of(typed))

    def _value_of(self, shown: str) -> str:
        index = self.findText(shown, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchCaseSensitive)
        return str(self.itemData(index)) if index >= 0 else shown
