"""What is waited for, in words, in the place where the result will be. The engine tells it by `app.patience`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from PySide6.QtCore import QCoreApplication

from app.errors import GivenUp
from app.patience import Stop, Wait, told_of_waits


def waiting_words(device: str, wait: Wait) -> str:
    if wait is Wait.BUSY:
        return QCoreApplication.translate("Waits", "{} is busy, trying again").format(device)
    return QCoreApplication.translate("Waits", "Waiting until {} answers again").format(device)


def given_up(device: str) -> GivenUp:
    """What is said where somebody did not want to wait for a page."""
    return GivenUp(QCoreApplication.translate("Waits", "{} was busy, and you stopped the tries.").format(device))


class Patience:
    """One thing at a time that a page wants of its device: say is told what it waits for."""

    def __init__(self, device: str, say: Callable[[str], None]) -> None:
        self.device, self._say = device, say
        self._stop = Stop()

    def told(self) -> AbstractContextManager[object]:
        """Around the work."""
        self._stop = Stop()
        return told_of_waits(lambda wait: self._say(waiting_words(self.device, wait)), self._stop)

    def give_up(self) -> None:
        """No more tries: what was written until then is read back."""
        self._stop.ask()
