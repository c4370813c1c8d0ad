"""What is compared with what: two choices among the cameras that are open and the files that were."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from app.families.base import Overview, Session
from app.model.device import DeviceFacts
from app.site.snapshot import DeviceSnapshot, read_file, take
from ui.dialogs.compare_parts import line_of
from ui.theme import icon


@dataclass(frozen=True, slots=True)
class Side:
    """A device that is open, or a file."""

    name: str
    session: Session | None = None
    path: Path | None = None

    async def snapshot(self, progress: Callable[[int, int, str], None]) -> DeviceSnapshot:
        """Its settings, read now. CameraError."""
        if self.path is not None:
            return await asyncio.to_thread(read_file, self.path)
        assert self.session is not None
        overview = self.session.offer(Overview)
        facts = await overview.facts() if overview is not None else DeviceFacts()
        return await take(self.session, facts, progress=progress)


class Sides(QWidget):
    """Left is what may be written to, right is what it is compared with."""

    changed = Signal()

    def __init__(self, sides: Iterable[Side]) -> None:
        super().__init__()
        self.all = list(sides)
        self.one, self.other = QComboBox(), QComboBox()
        self.one.setAccessibleName(self.tr("Left: what may be written to"))
        self.other.setAccessibleName(self.tr("Right: what it is compared with"))
        for box, at in ((self.one, 0), (self.other, 1)):
            box.setMinimumWidth(200)
            for side in self.all:
                box.addItem(icon("camera" if side.session else "file", 16, "secondary"), side.name)
            box.setCurrentIndex(min(at, box.count() - 1))
            box.currentIndexChanged.connect(lambda: self.changed.emit())
        line = line_of(self.one, QLabel(self.tr("with")), self.other)
        line.setContentsMargins(0, 0, 0, 0)
        self.setLayout(line)

    @property
    def left(self) -> Side | None:
        return self._side(self.one)

    @property
    def right(self) -> Side | None:
        return self._side(self.other)

    @property
    def are_two(self) -> bool:
        """Whether there is something to be compared."""
        return self.left is not None and self.right is not None and self.left is not self.right

    def add_file(self, path: Path) -> None:
        """As the right side; where nothing is open, as the left one."""
        side = Side(path.name, None, path)
        self.all.append(side)
        for box in (self.one, self.other):
            box.addItem(icon("file", 16, "secondary"), side.name)
            box.setItemData(box.count() - 1, str(path), Qt.ItemDataRole.ToolTipRole)
        self.other.setCurrentIndex(len(self.all) - 1)

    def set_changeable(self, changeable: bool) -> None:
        for box in (self.one, self.other):
            box.setEnabled(changeable)

    def _side(self, box: QComboBox) -> Side | None:
        at = box.currentIndex()
        return self.all[at] if 0 <= at < len(self.all) else None
