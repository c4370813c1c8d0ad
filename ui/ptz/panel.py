"""Beside the picture: what the camera's PTZ offers, and nothing else. Says whether arrows move the camera."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.families.base import Ptz
from app.model.ptz import STILL, KeyPoint, Patrol, Pattern, Preset, PtzCapabilities, PtzPosition, Velocity
from app.ptz import Motion, Phase
from ui.ptz.hands import Mode

WIDTH = 264
THUMBNAIL = QSize(72, 40)
_KEY = Qt.ItemDataRole.UserRole
Work = Callable[[Ptz], Awaitable[object]]


class PtzPanel(QScrollArea):
    """Signals say what is wanted; the part behind it sends and reports."""

    on_wanted = Signal(bool)
    mode_wanted = Signal(object)  # Mode
    steered = Signal(object)  # Velocity, zero when a button is let go
    halted = Signal()
    done = Signal(object, str)  # Work, what to read again: "", "presets", "patrols", "patterns"
    preset_set = Signal(str, str)  # id, name

    def __init__(self, can: PtzCapabilities, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._can = can
        self.setFixedWidth(WIDTH)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(12, 8, 12, 12)
        self._column.setSpacing(8)
        self.setWidget(inner)
        self._build_head()
        if can.focus or can.iris or can.one_push_focus:
            self._build_lens()
        if can.auxiliaries:
            self._build_auxiliaries()
        if can.presets:
            self._build_presets()
        if can.patrols:
            self._build_patrols()
        if can.patterns:
            self._build_patterns()
        self._column.addStretch(1)

    # Building

    def _build_head(self) -> None:
        self.on = _button(self.tr("Move camera"), self.tr("Arrows, mouse and wheel move the camera (P)"))
        self.on.setCheckable(True)
        self.on.toggled.connect(self.on_wanted)
        self.stop = _button(self.tr("Stop"), self.tr("Stop whatever the camera does (Esc on the picture)"))
        self.stop.clicked.connect(self.halted)
        self._row(self.on, self.stop)
        self.hint = _note()
        self._column.addWidget(self.hint)
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.state.hide()
        self._column.addWidget(self.state)
        modes = [(Mode.JOYSTICK, self.tr("Joystick"), self.tr("Drag on the picture to steer"))]
        if self._can.centre:
            modes.append((Mode.CENTRE, self.tr("Centre"), self.tr("Click on what is to be in the middle")))
        if self._can.zoom_box:
            modes.append(
                (Mode.BOX, self.tr("Box"), self.tr("Drag a box to fill the picture; from right to left widens"))
            )
        self.modes = QButtonGroup(self)
        for mode, text, tip in modes:
            button = _button(text, tip)
            button.setCheckable(True)
            button.setChecked(mode is Mode.JOYSTICK)
            button.clicked.connect(lambda _=False, chosen=mode: self.mode_wanted.emit(chosen))
            self.modes.addButton(button)
        if len(modes) > 1:
            self._row(*self.modes.buttons())
        self.where = _note()
        self._column.addWidget(self.where)
        self.where.setVisible(self._can.position)  # not before it has a parent: it would be a window for a moment
        if self._can.home:
            home = _button(self.tr("Home"), self.tr("Go to the home position"))
            home.clicked.connect(lambda: self._do(lambda ptz: ptz.home()))
            self._row(home)
        self.show_mode(False)

    def _build_lens(self) -> None:
        self._title(self.tr("Lens"))
        grid = QGridLayout()
        grid.setSpacing(8)
        rows = []
        if self._can.focus:
            near, far = Velocity(focus=-0.5), Velocity(focus=0.5)
            rows.append((self.tr("Focus"), (self.tr("Near"), near), (self.tr("Far"), far)))
        if self._can.iris:
            close, wide = Velocity(iris=-0.5), Velocity(iris=0.5)
            rows.append((self.tr("Iris"), (self.tr("Close"), close), (self.tr("Open"), wide)))
        for number, (name, *pair) in enumerate(rows):
            grid.addWidget(QLabel(name), number, 0)
            for place, (text, velocity) in enumerate(pair, 1):
                button = _button(text, self.tr("Hold to move"))
                button.setAccessibleName(f"{name}: {text}")
                button.pressed.connect(lambda wanted=velocity: self.steered.emit(wanted))
                button.released.connect(lambda: self.steered.emit(STILL))
                grid.addWidget(button, number, place)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        self._column.addLayout(grid)
        if self._can.one_push_focus:
            once = _button(self.tr("Focus once"), self.tr("The camera focuses by itself, once"))
            once.clicked.connect(lambda: self._do(lambda ptz: ptz.one_push_focus()))
            self._row(once)

    def _build_auxiliaries(self) -> None:
        words = {
            "light": self.tr("Light"),
            "wiper": self.tr("Wiper"),
            "heater": self.tr("Heater"),
            "fan": self.tr("Fan"),
        }
        self._title(self.tr("Auxiliaries"))
        buttons: list[QPushButton] = []
        for name in self._can.auxiliaries:
            button = _button(words.get(name, name.upper()), self.tr("Switch on and off"))
            button.setCheckable(True)
            button.clicked.connect(lambda on, each=name: self._do(lambda ptz: ptz.auxiliary(each, on)))
            buttons.append(button)
        for start in range(0, len(buttons), 3):
            self._row(*buttons[start : start + 3])

    def _build_presets(self) -> None:
        self._title(self.tr("Presets"))
        self.presets = QListWidget()
        self.presets.setAccessibleName(self.tr("Presets"))
        self.presets.setIconSize(THUMBNAIL)
        self.presets.setMinimumHeight(150)
        self.presets.itemActivated.connect(lambda _: self._call())
        self._column.addWidget(self.presets, 1)
        self.preset_name = QLineEdit(placeholderText=self.tr("Name"))
        self.preset_name.setAccessibleName(self.tr("Name of the preset"))
        self.preset_name.setEnabled(self._can.rename_presets)
        self._column.addWidget(self.preset_name)
        self.presets.currentItemChanged.connect(lambda item, _: self.preset_name.setText(_name_of(item)))
        call = _button(self.tr("Go"), self.tr("Go to this preset (its number on the picture)"))
        keep = _button(self.tr("Set here"), self.tr("Store the present view under this number (Ctrl and the number)"))
        call.clicked.connect(self._call)
        keep.clicked.connect(lambda: self._with_preset(lambda key: self.preset_set.emit(key, self.preset_name.text())))
        self._row(call, keep)
        rename = _button(self.tr("Rename"), self.tr("Goes there and stores it again under the new name"))
        delete = _button(self.tr("Delete"), "")
        rename.setEnabled(self._can.rename_presets)
        rename.clicked.connect(lambda: self._with_preset(self._rename))
        delete.clicked.connect(
            lambda: self._with_preset(lambda key: self._do(lambda ptz: ptz.delete_preset(key), "presets"))
        )
        self._row(rename, delete)

    def _build_patrols(self) -> None:
        self._title(self.tr("Patrols"))
        self.patrols = _choice(self.tr("Patrols"))
        self._column.addWidget(self.patrols)
        run, end = _button(self.tr("Run"), ""), _button(self.tr("Stop"), "")
        run.setAccessibleName(self.tr("Run the patrol"))
        end.setAccessibleName(self.tr("Stop the patrol"))
        run.clicked.connect(lambda: self._run(self.patrols, "run_patrol"))
        end.clicked.connect(lambda: self._run(self.patrols, "stop_patrol"))
        self._row(run, end)
        if self._can.edit_patrols:
            self.points = QLineEdit(placeholderText=self.tr("1 10s, 2 5s"))
            self.points.setAccessibleName(self.tr("Stops of the patrol"))
            self.points.setToolTip(self.tr("Presets in their order, each with its seconds to stay: 1 10s, 2 5s"))
            save = _button(self.tr("Save"), self.tr("Store these stops"))
            save.clicked.connect(self._save_patrol)
            self._row(self.points, save)
            self.patrols.currentIndexChanged.connect(lambda _: self._show_points())
        self._stored: dict[str, Patrol] = {}

    def _build_patterns(self) -> None:
        self._title(self.tr("Patterns"))
        self.patterns = _choice(self.tr("Patterns"))
        self._column.addWidget(self.patterns)
        self.record = _button(self.tr("Record"), self.tr("Records what you do with the camera, until pressed again"))
        self.record.setCheckable(True)
        self.record.clicked.connect(self._record)
        run, end = _button(self.tr("Run"), ""), _button(self.tr("Stop"), "")
        run.setAccessibleName(self.tr("Run the pattern"))
        end.setAccessibleName(self.tr("Stop the pattern"))
        run.clicked.connect(lambda: self._run(self.patterns, "run_pattern"))
        end.clicked.connect(lambda: self._run(self.patterns, "stop_pattern"))
        self._row(self.record, run, end)

    def _title(self, text: str) -> None:
        label = QLabel(text)
        font = label.font()
        font.setWeight(font.Weight.DemiBold)
        label.setFont(font)
        self._column.addSpacing(8)
        self._column.addWidget(label)

    def _row(self, *widgets: QWidget | QAbstractButton) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget in widgets:
            row.addWidget(widget, 1)
        self._column.addLayout(row)

    # What it wants

    def _do(self, work: Work, again: str = "") -> None:
        self.done.emit(work, again)

    def _with_preset(self, action: Callable[[str], object]) -> None:
        item = self.presets.currentItem()
        if item is not None:
            action(item.data(_KEY).id)

    def _run(self, box: QComboBox, name: str) -> None:
        key = box.currentData()
        if key is not None:
            self._do(lambda ptz: getattr(ptz, name)(key))

    def _record(self, on: bool) -> None:
        key = self.patterns.currentData()
        self._do(lambda ptz: ptz.record_pattern(key, on), "" if on else "patterns")

    def _call(self) -> None:
        self._with_preset(lambda key: self._do(lambda ptz: ptz.call_preset(key)))

    def _rename(self, key: str) -> None:
        name = self.preset_name.text().strip()
        if name:
            self._do(lambda ptz: ptz.rename_preset(key, name), "presets")

    def _save_patrol(self) -> None:
        chosen = self._stored.get(self.patrols.currentData())
        try:
            points = read_points(self.points.text(), chosen)
        except ValueError as error:
            self.say(str(error))
            return
        if chosen is not None:
            self._do(lambda ptz: ptz.save_patrol(chosen.with_points(*points)), "patrols")

    def _show_points(self) -> None:
        chosen = self._stored.get(self.patrols.currentData())
        self.points.setText(points_text(chosen.points) if chosen is not None else "")

    # What it shows

    def show_mode(self, on: bool) -> None:
        if self.on.isChecked() != on:
            self.on.setChecked(on)
        self.hint.setText(
            self.tr("Arrows move the camera. Shift: fast, + and −: zoom, numbers: presets.")
            if on
            else self.tr("Arrows do not move the camera. Press P to move it.")
        )

    def show_position(self, position: PtzPosition) -> None:
        parts = (
            (self.tr("Pan {:.1f}°"), position.pan),
            (self.tr("Tilt {:.1f}°"), position.tilt),
            (self.tr("Zoom {:.1f}×"), position.zoom),
        )
        self.where.setText("   ".join(text.format(value) for text, value in parts if value is not None))

    def show_motion(self, motion: Motion) -> None:
        bad = motion.phase in (Phase.UNREACHABLE, Phase.RUNAWAY)
        self.say(motion.text, bad=bad)

    def say(self, text: str, *, bad: bool = False) -> None:
        self.state.setText(text)
        self.state.setVisible(bool(text))
        self.state.setProperty("role", "error" if bad else "warn")
        self.state.style().polish(self.state)

    def show_presets(self, found: Iterable[Preset], thumbnails: dict[str, QImage]) -> None:
        row = max(0, self.presets.currentRow())
        self.presets.clear()
        for preset in found:
            if preset.reserved:
                continue
            name = preset.name if preset.is_set else self.tr("not set")
            item = QListWidgetItem(f"{preset.id}  {name}".rstrip())
            item.setData(_KEY, preset)
            item.setForeground(self.palette().text() if preset.is_set else self.palette().placeholderText())
            if preset.id in thumbnails:
                item.setIcon(QIcon(QPixmap.fromImage(thumbnails[preset.id])))
            self.presets.addItem(item)
        self.presets.setCurrentRow(min(row, self.presets.count() - 1))

    def show_patrols(self, found: Iterable[Patrol]) -> None:
        self._stored = {each.id: each for each in found}
        _fill(self.patrols, ((each.id, each.name or each.id) for each in self._stored.values()))
        if self._can.edit_patrols:
            self._show_points()

    def show_patterns(self, found: Iterable[Pattern]) -> None:
        texts = {True: self.tr("Pattern {}, recorded"), False: self.tr("Pattern {}, empty")}
        _fill(self.patterns, ((each.id, texts[each.recorded].format(each.id)) for each in found))


def points_text(points: Iterable[KeyPoint]) -> str:
    return ", ".join(f"{each.preset} {each.dwell:g}s" for each in points)


def read_points(text: str, before: Patrol | None = None) -> tuple[KeyPoint, ...]:
    """`1 10s, 2 5s`; ValueError says which part cannot be read. Speeds stay what they were for the same preset."""
    speeds = {each.preset: each.speed for each in (before.points if before is not None else ())}
    found: list[KeyPoint] = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        preset, _, stay = part.partition(" ")
        seconds = stay.strip().removesuffix("s").strip() or "5"
        if not (preset.isascii() and preset.isdigit() and len(preset) < 6):
            raise ValueError(f"“{part}” does not begin with the number of a preset.")
        if not (seconds.isascii() and seconds.replace(".", "", 1).isdigit() and len(seconds) < 8):
            raise ValueError(f"“{part}” has no seconds to stay.")
        found.append(KeyPoint(preset, float(seconds), speeds.get(preset, 30)))
    if not found:
        raise ValueError("A patrol needs at least one preset.")
    return tuple(found)


def _name_of(item: QListWidgetItem | None) -> str:
    return item.data(_KEY).name if item is not None else ""


def _fill(box: QComboBox, entries: Iterable[tuple[str, str]]) -> None:
    key = box.currentData()
    box.clear()
    for each, text in entries:
        box.addItem(text, each)
    box.setCurrentIndex(max(0, box.findData(key)))


def _choice(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    return box


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAccessibleDescription(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the arrows to the picture
    return button


def _note() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setProperty("role", "secondary")
    return label
