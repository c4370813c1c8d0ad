"""Light or dark: follows the system or stays fixed; palette, style sheet and font come from the tokens."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from ui.theme.style import stylesheet
from ui.theme.tokens import BODY, DARK, LIGHT, Tokens


class Mode(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """One per application. `changed` comes after the new colours are in place."""

    changed = Signal()

    def __init__(self, application: QApplication, mode: Mode = Mode.SYSTEM) -> None:
        super().__init__(application)
        self._application = application
        self._mode = mode
        self._shown = ""
        application.setStyle("Fusion")
        application.setFont(body_font(application.font()))
        application.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._apply()

    @property
    def mode(self) -> Mode:
        return self._mode

    @property
    def tokens(self) -> Tokens:
        if self._mode is Mode.SYSTEM:
            dark = self._application.styleHints().colorScheme() is Qt.ColorScheme.Dark
            return DARK if dark else LIGHT
        return DARK if self._mode is Mode.DARK else LIGHT

    def use(self, mode: Mode) -> None:
        self._mode = mode
        self._apply()

    def _system_changed(self) -> None:
        if self._mode is Mode.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        colours = self.tokens
        if colours.name == self._shown:
            return
        self._shown = colours.name
        self._application.setPalette(palette(colours))
        self._application.setStyleSheet(stylesheet(colours))
        self.changed.emit()


def body_font(system: QFont) -> QFont:
    """The system's font in our size, with figures of one width where the font has them."""
    font = QFont(system)
    font.setPixelSize(BODY)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def palette(colours: Tokens) -> QPalette:
    answer = QPalette()
    role = QPalette.ColorRole
    for name, colour in (
        (role.Window, colours.window),
        (role.WindowText, colours.text),
        (role.Base, colours.surface),
        (role.AlternateBase, colours.window),
        (role.Text, colours.text),
        (role.PlaceholderText, colours.secondary),
        (role.Button, colours.surface),
        (role.ButtonText, colours.text),
        (role.BrightText, colours.error),
        (role.ToolTipBase, colours.raised),
        (role.ToolTipText, colours.text),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.on_accent),
        (role.Accent, colours.accent),
        (role.Link, colours.accent),
        (role.LinkVisited, colours.accent),
        (role.Light, colours.raised),
        (role.Midlight, colours.divider),
        (role.Mid, colours.border),
        (role.Dark, colours.input_border),
        (role.Shadow, colours.border),
    ):
        answer.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        answer.setColor(QPalette.ColorGroup.Disabled, name, QColor(colours.disabled))
    return answer
