"""Beside the picture: what the camera's PTZ offers, and nothing else. Says whether arrows move the camera."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.model.ptz import PtzCapabilities
from app.model.ptz_plans import PlanOptions
from app.ptz import Motion, Phase
from ui.ptz.hands import Mode
from ui.ptz.lens import AuxiliarySection, LensSection
from ui.ptz.patrols import PatrolSection
from ui.ptz.patterns import PatternSection
from ui.ptz.places import PlacesSection
from ui.ptz.plans import LimitSection, MemorySection, OverlaySection, ParkSection
from ui.ptz.presets import PresetSection
from ui.ptz.section import Section, button, note, row
from ui.ptz.tasks import TaskSection

WIDTH = 328
Kind = TypeVar("Kind", bound=Section)


class PtzPanel(QWidget):
    """Signals say what is wanted; the part behind it sends and reports. A section that is None is not offered. The
    head, with Stop in it, stays where it is while the sections below it scroll."""

    on_wanted = Signal(bool)
    mode_wanted = Signal(object)  # Mode
    steered = Signal(object)  # Velocity, zero when a button is let go
    halted = Signal()
    done = Signal(object, str)  # see Section
    planned = Signal(object, str)

    def __init__(self, can: PtzCapabilities, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self._head = QVBoxLayout()
        self._head.setContentsMargins(12, 8, 12, 4)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(12, 4, 12, 12)
        for column in (self._head, self._column):
            column.setSpacing(4)
            column.setAlignment(Qt.AlignmentFlag.AlignTop)
        sections = QScrollArea()
        sections.setWidgetResizable(True)
        sections.setFrameShape(QScrollArea.Shape.NoFrame)
        sections.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        sections.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab goes from widget to widget and scrolls
        sections.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._head)
        layout.addWidget(sections, 1)
        self._build_head(can)
        self.places = self._with(PlacesSection(can)) if can.position or can.absolute or can.home else None
        self.presets = self._with(PresetSection(can)) if can.presets else None
        self.lens = self._with(LensSection(can)) if can.focus or can.iris or can.one_push_focus else None
        if self.lens is not None:
            self.lens.steered.connect(self.steered)
        self.auxiliaries = self._with(AuxiliarySection(can)) if can.auxiliaries else None
        self.patrols = self._with(PatrolSection(can)) if can.patrols else None
        self.patterns = self._with(PatternSection()) if can.patterns else None
        self.park: ParkSection | None = None
        self.tasks: TaskSection | None = None
        self.limits: LimitSection | None = None
        self.memory: MemorySection | None = None
        self.overlay: OverlaySection | None = None

    def add_plans(self, options: PlanOptions) -> None:
        """What the camera does by itself comes below what hands do."""
        self.park = self._with(ParkSection(options)) if options.park_actions else None
        self.tasks = self._with(TaskSection(options)) if options.tasks_a_day else None
        self.limits = self._with(LimitSection()) if options.limits else None
        self.overlay = self._with(OverlaySection(options)) if options.overlay else None
        self.memory = self._with(MemorySection(options)) if options.power_memory else None

    def _with(self, section: Kind) -> Kind:
        section.done.connect(self.done)
        section.planned.connect(self.planned)
        self._column.addWidget(section)
        return section

    def _build_head(self, can: PtzCapabilities) -> None:
        self.on = button(self.tr("Move camera"), self.tr("Arrows, mouse and wheel move the camera (P)"))
        self.on.setCheckable(True)
        self.on.toggled.connect(self.on_wanted)
        self.stop = button(self.tr("Stop"), self.tr("Stop whatever the camera does (Esc on the picture)"))
        self.stop.clicked.connect(self.halted)
        self._head.addLayout(row(self.on, self.stop))
        self.hint = note()
        self.untimed = note(
            self.tr("This camera has no timed moves: it turns on if this computer dies while it is moved.")
        )
        self.gamepad = note()
        self.state = QLabel()
        self.state.setWordWrap(True)
        for text in (self.hint, self.untimed, self.gamepad, self.state):
            self._head.addWidget(text)
        self.untimed.setVisible(can.continuous and not can.momentary)
        self.gamepad.hide()
        self.state.hide()
        modes = [(Mode.JOYSTICK, self.tr("Joystick"), self.tr("Drag on the picture to steer"))]
        if can.centre:
            modes.append((Mode.CENTRE, self.tr("Centre"), self.tr("Click on what is to be in the middle")))
        if can.zoom_box:
            modes.append(
                (Mode.BOX, self.tr("Box"), self.tr("Drag a box to fill the picture; from right to left widens"))
            )
        self.modes = QButtonGroup(self)
        for mode, text, tip in modes:
            made = button(text, tip)
            made.setCheckable(True)
            made.setChecked(mode is Mode.JOYSTICK)
            made.clicked.connect(lambda _=False, chosen=mode: self.mode_wanted.emit(chosen))
            self.modes.addButton(made)
        if len(modes) > 1:
            self._head.addLayout(row(*self.modes.buttons()))
        self.show_mode(False)

    # What it shows

    def show_mode(self, on: bool) -> None:
        if self.on.isChecked() != on:
            self.on.setChecked(on)
        self.hint.setText(
            self.tr("Arrows move the camera. Shift: fast, + and −: zoom, numbers: presets.")
            if on
            else self.tr("Arrows do not move the camera. Press P to move it.")
        )

    def show_gamepad(self, text: str) -> None:
        self.gamepad.setText(text)
        self.gamepad.setVisible(bool(text))

    def show_motion(self, motion: Motion) -> None:
        self.say(motion.text, bad=motion.phase in (Phase.UNREACHABLE, Phase.RUNAWAY))

    def say(self, text: str, *, bad: bool = False) -> None:
        self.state.setText(text)
        self.state.setVisible(bool(text))
        self.state.setProperty("role", "error" if bad else "warn")
        self.state.style().polish(self.state)
