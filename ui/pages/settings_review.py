"""The review of the settings page: it follows the edits and goes when there are none."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.settings.document import Document
from ui.forms.change_bar import ChangeBar
from ui.forms.edits import DeviceEdits
from ui.forms.review import ReviewPart, ReviewSheet, part_of
from ui.pages.settings_panel import ResourcePanel


class Reviewing(QObject):
    """At most one sheet, over the panel. While it is open it has the buttons of the bar."""

    apply_wanted = Signal()

    def __init__(
        self,
        edits: DeviceEdits,
        bar: ChangeBar,
        panel: ResourcePanel,
        device: str,
        request_text: Callable[[Document], str],
    ) -> None:
        super().__init__(panel)
        self._edits, self._bar, self._panel = edits, bar, panel
        self._device, self._request_text = device, request_text
        self.sheet: ReviewSheet | None = None

    def open(self) -> None:
        """Nothing happens where nothing can be sent."""
        if self._edits.problems or not self._edits.count or self.sheet is not None:
            return
        self.sheet = ReviewSheet(self._device, self._panel)
        self.sheet.apply_wanted.connect(self.apply_wanted)
        self.sheet.closed.connect(self._closed)
        self.sheet.show_parts(self._parts())
        self.sheet.open()
        self._bar.show_reviewing(True)

    def follow(self) -> None:
        """The edits changed."""
        if self.sheet is None:
            return
        if self._edits.count and not self._edits.problems:
            self.sheet.show_parts(self._parts())
        else:
            self.close()

    def close(self) -> None:
        if self.sheet is not None:
            self.sheet.dismiss()

    def _parts(self) -> tuple[ReviewPart, ...]:
        return tuple(part_of(document, self._request_text) for document in self._edits.pending)

    def _closed(self) -> None:
        self.sheet = None
        self._bar.show_reviewing(False)
