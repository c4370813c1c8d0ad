"""What stands in the place of an empty list of devices, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.panes.notice import Notice

if TYPE_CHECKING:
    from app.discovery import DoctorReport

ADVICE_AFTER = 3  # lines of the discovery doctor that fit below an empty list


class Why(Enum):
    """A list is empty."""

    FILTERED = auto()
    SCANNING = auto()
    NOTHING_FOUND = auto()


class NoDevices(Notice):
    show_all = Signal()
    scan_again = Signal()
    add_address = Signal()
    demo_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, upright=True)
        self.can_demo = True
        self._said: Why | None = None

    def forget(self) -> None:
        """There are devices again: the next reason is said anew."""
        self._said = None

    def explain(self, why: Why, examine: Callable[[], DoctorReport]) -> None:
        """examine: the discovery doctor, asked when nothing was found. The same reason is said once: its buttons may
        have the focus."""
        if why is self._said:
            return
        self._said = why
        if why is Why.FILTERED:
            clear = (self.tr("Show all devices"), "close", self.show_all.emit)
            self.say(self.tr("No device fits"), self.tr("Type less, or show all."), buttons=[clear])
        elif why is Why.SCANNING:
            self.say(self.tr("Looking for cameras"), self.tr("They appear here as they answer."), busy=True)
        else:
            self._say_nothing_found(examine())

    def _say_nothing_found(self, report: DoctorReport) -> None:
        buttons = [
            (self.tr("Scan again"), "scan", self.scan_again.emit),
            (self.tr("Add an address"), "add", self.add_address.emit),
        ]
        what = self.tr("Scan again or add an address.")
        if self.can_demo:
            buttons.append((self.tr("Try the demo site"), "demo", self.demo_wanted.emit))
            what = self.tr("Scan again, add an address, or try the demo site.")
        text = "\n\n".join((what, *report.advice[:ADVICE_AFTER]))
        tried = "\n".join(each.sentence for each in report.interfaces)
        self.say(self.tr("No cameras yet"), text, icon_name="camera", detail=tried, buttons=buttons)
