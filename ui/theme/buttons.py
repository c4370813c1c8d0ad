"""Buttons that are nothing but a sign."""

from __future__ import annotations

from PySide6.QtWidgets import QToolButton

from ui.theme import icon


def flat_button(sign: str, tip: str, name: str = "") -> QToolButton:
    """tip says what it does; name is for screen readers, where that is not the tip."""
    button = QToolButton()
    button.setObjectName("flat")
    button.setIcon(icon(sign, 16, "secondary"))
    button.setToolTip(tip)
    button.setAccessibleName(name or tip)
    return button
