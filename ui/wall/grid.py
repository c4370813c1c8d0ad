"""The tiles of a wall in one widget: one timer fetches the newest pictures of all, one repaint shows them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from ui.models.site import DEVICE_MIME
from ui.wall import cells
from ui.wall.paint import TARGET, Look, TilePainter, frame
from ui.wall.tile import Tile

TICK = 20  # milliseconds: twice the rate of usual streams, so that no picture waits for the next but one
LOOK_EVERY = 12  # ticks between two looks at states and figures
AROUND = QColor("#0B0E12")

_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Grid(QWidget):
    """Shows what it is given by `show_tiles`; what people do with it goes out as signals with numbers of tiles."""

    opened = Signal(int)  # double click or Enter
    cleared = Signal(int)
    moved = Signal(int, int)  # from, to: the two change places
    dropped = Signal(int, str)  # a device, by its address
    menu_wanted = Signal(int, QPoint)  # global position
    selected_changed = Signal(int)
    captions_toggled = Signal()
    statistics_toggled = Signal()
    sound_toggled = Signal()
    full_screen_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.selected = 0
        self.painted = 0  # pictures that reached the screen
        self.repaints = 0
        self._size = 1
        self._tiles: dict[int, Tile] = {}
        self._look = Look()
        self._places: tuple[cells.Cell, ...] = ()
        self._painter = TilePainter()
        self._fresh: set[int] = set()
        self._seen: dict[int, tuple[object, ...]] = {}
        self._said = ""
        self._press: QPointF | None = None
        self._dragging = False
        self._target: int | None = None
        self._ticks = 0
        self._keys = self._key_table()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.setMinimumSize(320, 180)
        self._clock = QTimer(self)
        self._clock.setTimerType(Qt.TimerType.PreciseTimer)
        self._clock.setInterval(TICK)
        self._clock.timeout.connect(self._tick)

    # What the page does with it

    def show_tiles(self, size: int, tiles: dict[int, Tile]) -> None:
        """tiles by number. Those that are not shown get no size, so nothing is scaled for them."""
        gone = [tile for tile in self._tiles.values() if tile not in tiles.values()]
        self._size, self._tiles = size, dict(tiles)
        self._seen.clear()
        self.select(min(self.selected, size - 1))
        for tile in gone:
            tile.set_area(0, 0)
        self._place()

    def show_with(self, look: Look) -> None:
        self._look = look
        self.update()

    def select(self, number: int) -> None:
        changed, self.selected = number != self.selected, number
        self._describe()
        self.update()
        if changed:
            self.selected_changed.emit(number)

    @property
    def target(self) -> int | None:
        """Where what is dragged would fall now."""
        return self._target

    def place_of(self, number: int) -> QRect:
        cell = self._places[number]
        return QRect(cell.left, cell.top, cell.width, cell.height)

    # Ticks

    def _tick(self) -> None:
        fresh = [number for number, tile in self._tiles.items() if number < self._size and tile.take()]
        self._fresh.update(fresh)
        stale = set(fresh)
        self._ticks += 1
        if self._ticks % LOOK_EVERY == 0:
            stale |= self._changed()
        if not stale:
            return
        region = QRegion()
        for number in stale:
            region += self.place_of(number)
        self.update(region)

    def _changed(self) -> set[int]:
        """Tiles that have something else to say; all of them while there are figures to read."""
        changed: set[int] = set()
        for number, tile in self._tiles.items():
            if number >= self._size:
                continue
            tile.look()
            looks = tile.looks
            if self._look.statistics or self._seen.get(number) != looks:
                self._seen[number] = looks
                changed.add(number)
        if self.selected in changed:
            self._describe()
        return changed

    def _describe(self) -> None:
        """For those who hear the window."""
        tile = self._tiles.get(self.selected)
        state = self.tr("empty")
        if tile is not None:
            state = ": ".join(part for part in (tile.name, tile.words.headline or self.tr("playing")) if part)
        said = self.tr("Tile {} of {}, {}").format(self.selected + 1, self._size, state)
        if said != self._said:
            self._said = said
            self.setAccessibleName(self.tr("Wall of {} tiles").format(self._size))
            self.setAccessibleDescription(said)

    def _place(self) -> None:
        self._places = cells.cells(self._size, self.width(), self.height())
        ratio = self.devicePixelRatioF()
        for number, tile in self._tiles.items():
            if self.isVisible() and number < self._size:
                place = self._places[number]
                tile.set_area(round(place.width * ratio), round(place.height * ratio))
            else:
                tile.set_area(0, 0)
        self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            region = event.region()
            whole = region.boundingRect() == self.rect()
            if whole:
                painter.fillRect(self.rect(), AROUND)
            for number in range(self._size):
                place = self.place_of(number)
                if not region.intersects(place):
                    continue
                tile = self._tiles.get(number)
                self._painter.paint(painter, place, tile, self._look, self.font(), number)
                if number == self._target:
                    painter.fillRect(place, TARGET)
                if number == self.selected:
                    frame(painter, place, focused=self.hasFocus())
                if number in self._fresh:
                    self._fresh.discard(number)
                    self.painted += 1
        self.repaints += 1

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        self._place()
        self._clock.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._clock.stop()
        self._place()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.LanguageChange):
            self._painter.forget()
            self.update()
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._painter.forget()
            self._place()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, held = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        plain = held == Qt.KeyboardModifier.NoModifier
        if key in _STEPS and (plain or held == Qt.KeyboardModifier.ControlModifier):
            self._go(*_STEPS[key], taking_along=not plain)
            return
        action = self._keys.get(key) if plain else None
        if action is None or (key == Qt.Key.Key_Escape and not self._dragging):
            super().keyPressEvent(event)
        else:
            action()

    def _key_table(self) -> dict[Qt.Key, Callable[[], object]]:
        """Without Ctrl, Shift or Alt; Esc only while a tile is dragged."""

        def open_it() -> None:
            self.opened.emit(self.selected)

        def clear_it() -> None:
            self.cleared.emit(self.selected)

        return {
            Qt.Key.Key_Return: open_it,
            Qt.Key.Key_Enter: open_it,
            Qt.Key.Key_Delete: clear_it,
            Qt.Key.Key_Backspace: clear_it,
            Qt.Key.Key_Home: lambda: self.select(0),
            Qt.Key.Key_End: lambda: self.select(self._size - 1),
            Qt.Key.Key_C: self.captions_toggled.emit,
            Qt.Key.Key_I: self.statistics_toggled.emit,
            Qt.Key.Key_M: self.sound_toggled.emit,
            Qt.Key.Key_F: self.full_screen_wanted.emit,
            Qt.Key.Key_Escape: self._let_go,
        }

    def _go(self, across: int, down: int, *, taking_along: bool) -> None:
        to = cells.step(self.selected, self._size, across, down)
        if taking_along and to != self.selected:
            self.moved.emit(self.selected, to)
        self.select(to)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menu_wanted.emit(self.selected, self.mapToGlobal(self.place_of(self.selected).center()))
            return
        number = cells.at(self._places, event.x(), event.y())
        if number is not None:
            self.select(number)
            self.menu_wanted.emit(number, event.globalPos())

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = cells.at(self._places, event.position().x(), event.position().y())
        if number is not None:
            self.select(number)
        self._press = event.position() if event.button() == Qt.MouseButton.LeftButton else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tiles are dragged without Qt's drag and drop, whose own event loop would hold up everything else."""
        if self._press is None or self.selected not in self._tiles:
            return
        at = event.position()
        if not self._dragging and (at - self._press).manhattanLength() >= QApplication.startDragDistance():
            self._dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._dragging:
            self._aim(cells.at(self._places, at.x(), at.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        target = self._target if self._dragging else None
        source = self.selected
        self._let_go()
        if target is not None and target != source:
            self.moved.emit(source, target)
            self.select(target)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._let_go()
            number = cells.at(self._places, event.position().x(), event.position().y())
            if number is not None:
                self.select(number)
                self.opened.emit(number)

    def _let_go(self) -> None:
        self._press = None
        if self._dragging:
            self._dragging = False
            self.unsetCursor()
        self._aim(None)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(DEVICE_MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._aim(cells.at(self._places, event.position().x(), event.position().y()))
        event.setAccepted(self._target is not None)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._aim(None)

    def dropEvent(self, event: QDropEvent) -> None:
        number = cells.at(self._places, event.position().x(), event.position().y())
        self._aim(None)
        if number is None:
            return
        event.acceptProposedAction()
        self.dropped.emit(number, bytes(event.mimeData().data(DEVICE_MIME).data()).decode("utf-8", "replace"))
        self.select(number)
        self.setFocus()

    def _aim(self, number: int | None) -> None:
        if number != self._target:
            self._target = number
            self.update()
