"""Walk tests of this device that are in the site file, to be looked at and printed again."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox

from app.events.arming import device_of, site_of
from app.events.report import from_json
from app.families.base import Session
from app.site.walks import StoredWalk

_SCROLLBAR = 24  # pixels beside the words


class EarlierWalks(QComboBox):
    """Hidden while there is none. chosen carries the whole `WalkReport`."""

    chosen = Signal(object)

    def __init__(self, session: Session, start: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        super().__init__()
        self._session = session
        self._start = start
        self.setAccessibleName(self.tr("Earlier walk tests"))
        self.setPlaceholderText(self.tr("Earlier walks"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(9)  # what came out stands beside it, and matters more
        self.activated.connect(lambda at: self._start(self._load(self.itemData(at))))

    async def refresh(self) -> None:
        """The newest first; nothing is chosen. SiteError."""
        held = site_of(self._session)
        stored = await held[0].walks.of(await device_of(held[1])) if held is not None else ()
        self.clear()
        for walk in stored:
            self.addItem(self._words(walk), walk.id)
        self.setCurrentIndex(-1)
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + _SCROLLBAR)
        self.setVisible(bool(stored))

    async def _load(self, number: int) -> None:
        held = site_of(self._session)
        if held is not None:
            self.chosen.emit(from_json(await held[0].walks.body(number)))

    def _words(self, walk: StoredWalk) -> str:
        when = f"{walk.started.astimezone():%Y-%m-%d %H:%M}"
        text = self.tr("{0}: {1} of {2} tested, by {3}")
        return text.format(when, walk.passed, walk.passed + walk.untested, walk.author)
