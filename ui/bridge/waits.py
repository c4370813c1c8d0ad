"""What is waited for, in words. The engine tells it by `app.patience`."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.patience import Wait


def waiting_words(device: str, wait: Wait) -> str:
    if wait is Wait.BUSY:
        return QCoreApplication.translate("Waits", "{} is busy, trying again").format(device)
    return QCoreApplication.translate("Waits", "Waiting until {} answers again").format(device)
