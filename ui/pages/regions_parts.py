"""What the Regions page is made of besides picture, list, form and table: the tools, the layer in hand, words."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from app.model.region import Limits, ShapeKind
from app.regions.shaping import Edge
from app.settings.layer import RegionLayer
from app.settings.spec import Kind, Spec
from ui.canvas import edit
from ui.canvas.canvas import Canvas
from ui.canvas.desk import Desk
from ui.canvas.tools import TOOLS
from ui.forms.change_bar import Obstacle
from ui.forms.switch import SwitchEditor
from ui.forms.words import ElidedLabel
from ui.theme import icon


def _tr(text: str) -> str:
    return QCoreApplication.translate("RegionsPage", text)


class Unsent(QObject):
    """The edits of all layers, for the bar below."""

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._edits = desk.edits
        self.close = desk.edits.subscribe(lambda _: self.changed.emit())

    @property
    def count(self) -> int:
        return self._edits.count

    @property
    def obstacle(self) -> Obstacle | None:
        for layer_id, key, reason in self._edits.problems:
            layer = self._edits.layer(layer_id)
            title = layer.info.title if layer is not None else ""
            return Obstacle(f"{title}: {reason}", (layer_id, str(key)))
        return None


class ToolRow(QWidget):
    """The tools that the layer in hand has a use for, then what is done to what is chosen, then how it is looked at."""

    def __init__(self, canvas: Canvas, picture_box: QWidget) -> None:
        super().__init__()
        self._canvas = canvas
        self.buttons: dict[str, QToolButton] = {}
        group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(0)
        for info in TOOLS:
            tip = _tr("{0} ({1}): {2}").format(_tr(info.title), info.key, _tr(info.hint))
            button = _button(info.icon, _tr(info.title), tip)
            button.setCheckable(True)
            button.setProperty("tool", True)
            button.clicked.connect(lambda _=False, i=info.id: self._use(i))
            group.addButton(button)
            self.buttons[info.id] = button
            row.addWidget(button)
        row.addSpacing(8)
        desk = canvas.desk
        self.undo = _button("undo", _tr("Undo"), _tr("Undo (Ctrl+Z)"))
        self.redo = _button("redo", _tr("Redo"), _tr("Redo (Ctrl+Y)"))
        self.undo.clicked.connect(desk.stack.undo)
        self.redo.clicked.connect(desk.stack.redo)
        self.more = _button("menu", _tr("More"), _tr("What can be done with the chosen shapes"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(self._menu())
        for each in (self.undo, self.redo, self.more):
            row.addWidget(each)
        row.addStretch(1)
        row.addWidget(picture_box)
        for name, text, tip, action in (
            ("snowflake", _tr("Freeze"), _tr("Hold the picture (Space)"), canvas.freeze_wanted.emit),
            ("arrows-clockwise", _tr("Turn"), _tr("Turn the picture (Shift+R)"), canvas.rotate),
            ("magnifying-glass-minus", _tr("Smaller"), _tr("Smaller (-)"), lambda: canvas.zoom(0.8)),
            ("corners-out", _tr("Whole picture"), _tr("The whole picture (0)"), canvas.fit),
            ("magnifying-glass-plus", _tr("Larger"), _tr("Larger (+)"), lambda: canvas.zoom(1.25)),
        ):
            button = _button(name, text, tip)
            button.clicked.connect(lambda _=False, a=action: a())
            row.addWidget(button)
        canvas.tool_changed.connect(self._follow)
        desk.chosen.connect(self._offer)
        desk.stack.canUndoChanged.connect(self.undo.setEnabled)
        desk.stack.canRedoChanged.connect(self.redo.setEnabled)
        self.undo.setEnabled(False)
        self.redo.setEnabled(False)
        self._follow(canvas.info.id)
        self._offer()

    def _use(self, tool_id: str) -> None:
        self._canvas.use(tool_id)
        self._canvas.setFocus()

    def _menu(self) -> QMenu:
        menu, canvas, desk = QMenu(self), self._canvas, self._canvas.desk
        groups: tuple[tuple[tuple[str, str, Callable[[], object]], ...], ...] = (
            (
                (_tr("Copy"), "Ctrl+C", lambda: edit.copy(desk)),
                (_tr("Cut"), "Ctrl+X", lambda: edit.cut(desk)),
                (_tr("Paste, also from another camera"), "Ctrl+V", lambda: edit.paste(desk)),
                (_tr("Duplicate"), "Ctrl+D", lambda: edit.duplicate(desk)),
            ),
            (
                (_tr("Mirror left and right"), "Shift+H", lambda: canvas.mirror(across=True)),
                (_tr("Mirror top and bottom"), "Shift+V", lambda: canvas.mirror(across=False)),
                (_tr("Add a corner"), "Ins", lambda: edit.add_vertex(desk)),
                (_tr("Take the corner away"), "Del", lambda: edit.drop_vertex(desk)),
                (_tr("Split at the corner"), "Shift+X", lambda: edit.split(desk)),
            ),
            (
                (_tr("Align left"), "Ctrl+Shift+Left", lambda: canvas.align(Edge.LEFT)),
                (_tr("Align right"), "Ctrl+Shift+Right", lambda: canvas.align(Edge.RIGHT)),
                (_tr("Align top"), "Ctrl+Shift+Up", lambda: canvas.align(Edge.TOP)),
                (_tr("Align bottom"), "Ctrl+Shift+Down", lambda: canvas.align(Edge.BOTTOM)),
                (_tr("Centre one above the other"), "Ctrl+Shift+C", lambda: canvas.align(Edge.CENTRE)),
                (_tr("Centre side by side"), "Ctrl+Shift+M", lambda: canvas.align(Edge.MIDDLE)),
            ),
        )
        for group in groups:
            for text, key, act in group:
                action = QAction(text, menu)
                if key:  # shown only: the canvas has the keys
                    action.setShortcut(QKeySequence(key))
                    action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
                action.triggered.connect(lambda _=False, a=act: a())
                menu.addAction(action)
            menu.addSeparator()
        return menu

    def _follow(self, tool_id: str) -> None:
        self.buttons[tool_id].setChecked(True)

    def _offer(self) -> None:
        """Tools for shapes that the camera does not have here are not shown."""
        shapes = self._canvas.desk.limits.shapes
        for info in TOOLS:
            self.buttons[info.id].setVisible(info.serves(shapes))
        if not self.buttons[self._canvas.info.id].isVisibleTo(self):
            self._canvas.use(TOOLS[0].id)


def _button(name: str, text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName("flat")
    button.setIcon(icon(name, 18))
    button.setIconSize(QSize(18, 18))
    button.setFixedSize(28, 28)
    button.setToolTip(tip)
    button.setAccessibleName(text)
    button.setAccessibleDescription(tip)
    return button


class LayerStrip(QFrame):
    """The detection in hand: its switch, whether it is shown and can be changed, and what belongs to it elsewhere."""

    place_wanted = Signal(str)  # resource

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._shown: tuple[object, ...] = ()
        self.title = ElidedLabel()
        self.title.setObjectName("sectionTitle")
        self.armed = SwitchEditor(Spec(Kind.BOOL, _tr("Detection")))
        self.armed.user_edited.connect(lambda text: desk.arm(text == "true"))
        self.eye = _button("eye", _tr("Shown on the picture"), _tr("Show or hide it on the picture"))
        self.lock = _button("lock-simple-open", _tr("Locked"), _tr("Lock it against changes by mistake"))
        for button in (self.eye, self.lock):
            button.setCheckable(True)
        self.eye.clicked.connect(lambda on: desk.set_hidden(desk.layer_id, not on))
        self.lock.clicked.connect(lambda on: desk.set_locked(desk.layer_id, on))
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setProperty("role", "warn")
        self.links = QHBoxLayout()
        self.links.setSpacing(0)
        self.links.setContentsMargins(0, 0, 0, 0)
        self.alone = _button("selection-foreground", _tr("Only this layer"), _tr("Show only this layer (O)"))
        self.alone.setCheckable(True)
        self.alone.clicked.connect(desk.show_alone)
        head = QHBoxLayout()
        head.setSpacing(2)
        self.whole = _button("settings", _tr("Settings"), "")
        self.whole.clicked.connect(self._open_whole)
        head.addWidget(self.title, 1)
        for widget in (self.armed, self.eye, self.alone, self.lock, self.whole):
            head.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 4, 6, 4)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.note)
        layout.addLayout(self.links)
        desk.changed.connect(self.follow)
        desk.chosen.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        layer, desk = self._desk.layer, self._desk
        armed = desk.sheet.armed
        now = (layer, armed, desk.layer_id in desk.hidden, desk.layer_id in desk.locked, desk.alone)
        self.setVisible(layer is not None)
        if layer is None or now == self._shown:
            return
        self._shown = now
        self.title.setText(layer.info.title)
        self.armed.setVisible(armed is not None)
        self.armed.setAccessibleName(layer.armed.title if layer.armed is not None else "")
        self.armed.setToolTip(_tr("{}: the detection itself, on or off").format(layer.info.title))
        self.armed.setEnabled(layer.writable)
        self.armed.show_text("true" if armed else "false", "true")
        shown, locked = desk.layer_id not in desk.hidden, desk.layer_id in desk.locked
        self.eye.setChecked(shown)
        self.eye.setIcon(icon("eye" if shown else "eye-slash", 18))
        self.alone.setChecked(desk.alone)
        self.lock.setChecked(locked)
        self.lock.setIcon(icon("lock-simple" if locked else "lock-simple-open", 18))
        self._say(layer)
        self._link(layer)

    def _open_whole(self) -> None:
        if self._desk.layer is not None:
            self.place_wanted.emit(self._desk.layer.info.resource)

    def _say(self, layer: RegionLayer) -> None:
        notes = [layer.asleep, layer.note]
        if layer.notifies is not None and not layer.notifies.is_on:
            notes.append(_tr("Its events are sent nowhere: see what it triggers."))
        text = " ".join(note for note in notes if note)
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _link(self, layer: RegionLayer) -> None:
        while (item := self.links.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        whole = next((each for each in layer.related if each.resource == layer.info.resource), None)
        self.whole.setVisible(whole is not None)
        self.whole.setToolTip(whole.title if whole is not None else "")
        self.whole.setAccessibleName(whole.title if whole is not None else "")
        for related in layer.related:
            if related is whole:
                continue
            button = QToolButton()
            button.setObjectName("flat")
            button.setText(related.title)
            button.setToolTip(_tr("{0} of {1}, in the settings").format(related.title, layer.info.title))
            button.setAccessibleName(button.toolTip())
            button.clicked.connect(lambda _=False, r=related.resource: self.place_wanted.emit(r))
            self.links.addWidget(button)
        self.links.addStretch(1)


def limits_words(limits: Limits) -> str:
    """What the camera takes in a layer, in one line."""
    parts: list[str] = []
    if limits.most_regions is not None:
        parts.append(_tr("room for {}").format(limits.most_regions))
    if ShapeKind.CELLS in limits.shapes:
        parts.append(_tr("{0} by {1} cells").format(*limits.steps))
    elif ShapeKind.POLYGON in limits.shapes:
        parts.append(_corners(limits))
        parts.append(_tr("no corner inwards") if limits.convex else "")
        if limits.min_width or limits.min_height:
            text = _tr("at least {0} by {1} of the picture")
            parts.append(text.format(f"{limits.min_width:.0%}", f"{limits.min_height:.0%}"))
    elif ShapeKind.LINE in limits.shapes:
        parts.append(_tr("a line of {} points at most").format(limits.max_points or 2))
    return " · ".join(part for part in parts if part)


def _corners(limits: Limits) -> str:
    if limits.upright:
        return _tr("rectangles only")
    if limits.max_points is None:
        return _tr("{} corners or more").format(limits.min_points)
    if limits.max_points == limits.min_points:
        return _tr("{} corners").format(limits.max_points)
    return _tr("{0} to {1} corners").format(limits.min_points, limits.max_points)
