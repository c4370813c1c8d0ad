"""The review of the settings page: it follows the edits and goes when there are none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.settings.document import Document
from ui.bridge.tasks import TaskScope
from ui.forms.change_bar import ChangeBar
from ui.forms.edits import DeviceEdits
from ui.forms.review import ReviewPart, ReviewSheet, part_of
from ui.pages.settings_conflict import WayOut
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
        way_out: WayOut,
        scope: TaskScope,
    ) -> None:
        super().__init__(panel)
        self._edits, self._bar, self._panel = edits, bar, panel
        self._device, self._request_text = device, request_text
        self._way_out, self._scope = way_out, scope
        self._order: tuple[str, ...] = ()
        self._looking: asyncio.Task[None] | None = None
        self.sheet: ReviewSheet | None = None

    def open(self) -> None:
        """Nothing happens where nothing can be sent."""
        if self._edits.problems or not self._edits.count or self.sheet is not None:
            return
        self.sheet = ReviewSheet(self._device, self._panel)
        self.sheet.apply_wanted.connect(self.apply_wanted)
        self.sheet.closed.connect(self._closed)
        self._order = self._way_out.order(self._edits.pending)
        self.sheet.show_parts(self._parts())
        self.sheet.open()
        self._look_ahead(self.sheet)
        self._bar.show_reviewing(True)

    def follow(self) -> None:
        """The edits changed."""
        if self.sheet is None:
            return
        if self._edits.count and not self._edits.problems:
            self._order = self._way_out.order(self._edits.pending)
            self.sheet.show_parts(self._parts())
            self._look_ahead(self.sheet)
        else:
            self.close()

    def close(self) -> None:
        if self.sheet is not None:
            self.sheet.dismiss()

    def _look_ahead(self, sheet: ReviewSheet) -> None:
        """Asks the camera what it does not run together; the newest question counts."""
        if self._looking is not None:
            self._looking.cancel()
        self._looking = self._scope.start(self._ask(sheet))

    async def _ask(self, sheet: ReviewSheet) -> None:
        outlook = await self._way_out.outlook(self._edits.pending)
        if self.sheet is sheet:
            self._order = outlook.resources
            sheet.show_parts(self._parts())
            sheet.show_outlook(outlook.text, outlook.role, outlook.ways)

    def _parts(self) -> tuple[ReviewPart, ...]:
        """In the order in which they are sent."""
        places = {resource: place for place, resource in enumerate(self._order)}
        pending = sorted(self._edits.pending, key=lambda each: places.get(each.resource, len(places)))
        return tuple(part_of(document, self._request_text) for document in pending)

    def _closed(self) -> None:
        self.sheet = None
        if self._looking is not None:
            self._looking.cancel()
        self._bar.show_reviewing(False)
