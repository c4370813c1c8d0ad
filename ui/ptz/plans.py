"""What a dome does by itself after a while, within which edges, and after a power cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel

from app.model.ptz_plans import NUMBERED, MoveLimit, ParkAction, PlanOptions, PositionOverlay
from ui.ptz.section import Section, button, choice, fill, note, number, row
from ui.ptz.words import errand_word, limit_word, memory_word, span_word

EDGES = 4


class ParkSection(Section):
    def __init__(self, options: PlanOptions) -> None:
        super().__init__(folded=True)
        self.title(self.tr("Park action"))
        self.add(note(self.tr("What the camera does when nobody has moved it for a while.")))
        self.enabled = QCheckBox(self.tr("Use it"))
        self.idle = number(self.tr("Seconds without a command"), 1, 7200, self.tr(" s"))
        self.action = choice(self.tr("What it does then"))
        fill(self.action, ((errand_word(each), each) for each in options.park_actions))
        self.which = number(self.tr("Number of the preset, patrol or pattern"), 0, 255)
        self.action.currentIndexChanged.connect(lambda _: self._judge())
        self.row(self.enabled, self.idle)
        self.row(self.action, self.which)
        self.save = button(self.tr("Save"), self.tr("Store it in the camera"), self.tr("Save the park action"))
        self.save.clicked.connect(self._save)
        self.add(self.save)
        self._judge()

    def _judge(self) -> None:
        self.which.setEnabled(self.action.currentData() in NUMBERED)

    def show_action(self, found: ParkAction) -> None:
        if self.action.findData(found.action) < 0 and found.action:
            self.action.addItem(errand_word(found.action), found.action)
        self.enabled.setChecked(found.enabled)
        self.idle.setValue(round(found.idle))
        self.action.setCurrentIndex(max(0, self.action.findData(found.action)))
        self.which.setValue(found.number)

    def _save(self) -> None:
        action = str(self.action.currentData())
        which = self.which.value() if action in NUMBERED else 0
        wanted = ParkAction(self.enabled.isChecked(), float(self.idle.value()), action, which)
        self.plan(lambda plans: plans.set_park_action(wanted), "park")


class MemorySection(Section):
    def __init__(self, options: PlanOptions) -> None:
        super().__init__(folded=True)
        self.title(self.tr("After a power cut"))
        self.add(note(self.tr("From when on the camera returns to the place where it was.")))
        self.choice = choice(self.tr("Power-off memory"))
        fill(self.choice, ((memory_word(each), each) for each in options.power_memory))
        self.choice.activated.connect(lambda _: self._save())
        self.add(self.choice)

    def show_memory(self, seconds: int) -> None:
        self.choice.setCurrentIndex(max(0, self.choice.findData(seconds)))

    def _save(self) -> None:
        seconds = int(self.choice.currentData())
        self.plan(lambda plans: plans.set_power_memory(seconds), "memory")


class OverlaySection(Section):
    """What the camera writes into its picture, for everybody who sees it and into every recording."""

    def __init__(self, options: PlanOptions) -> None:
        super().__init__(folded=True)
        self.title(self.tr("Written into the picture"))
        self.add(note(self.tr("By the camera itself: everybody sees it, also in recordings.")))
        self._now = PositionOverlay()
        self.choices: dict[str, QComboBox] = {}
        grid = QGridLayout()
        grid.setSpacing(8)
        grid.setColumnStretch(1, 1)
        names = {"zoom": self.tr("Zoom"), "direction": self.tr("Direction"), "preset": self.tr("Preset")}
        for line, (part, name) in enumerate(names.items()):
            box = choice(name)
            fill(box, ((span_word(each), each) for each in options.overlay))
            box.activated.connect(lambda _, part=part, box=box: self._save(part, int(box.currentData())))
            label = QLabel(name)
            label.setBuddy(box)
            grid.addWidget(label, line, 0)
            grid.addWidget(box, line, 1)
            self.choices[part] = box
        self.add(grid)

    def show_overlay(self, found: PositionOverlay) -> None:
        self._now = found
        for part, box in self.choices.items():
            span = getattr(found, part)
            box.setEnabled(span is not None)
            box.setCurrentIndex(box.findData(span))

    def _save(self, part: str, span: int) -> None:
        wanted = replace(self._now, **{part: span})
        self.plan(lambda plans: plans.set_position_overlay(wanted), "overlay")


class LimitSection(Section):
    """An edge is where the camera looks when it is marked: left, right, up, down, in this order."""

    still = Signal(object, str)  # Plan for when the camera is at rest, what to read again

    def __init__(self) -> None:
        super().__init__(folded=True)
        self.title(self.tr("Limits"))
        self.marked: int | None = None  # edges marked so far; None while none are being set
        self.limits = choice(self.tr("Limits"))
        self.limits.currentIndexChanged.connect(lambda _: self._choose())
        self.enabled = QCheckBox(self.tr("Use it"))
        self.enabled.clicked.connect(self._switch)
        self.row(self.limits, self.enabled)
        self.guide = QLabel()
        self.guide.setWordWrap(True)
        self.add(self.guide)
        self.begin = button(self.tr("Set edges"), self.tr("Forgets the edges and sets new ones, one after the other"))
        self.begin.clicked.connect(self._begin)
        self.mark = button(self.tr("Mark"), self.tr("The edge is where the camera looks now"), self.tr("Mark the edge"))
        self.mark.clicked.connect(self._mark)
        self.clear = button(self.tr("Clear"), self.tr("The camera moves freely again"), self.tr("Clear the limit"))
        self.clear.clicked.connect(self._clear)
        self.add(row(self.begin, self.mark, self.clear))
        self._found: dict[str, MoveLimit] = {}
        self._guide()

    def show_limits(self, found: Iterable[MoveLimit]) -> None:
        self._found = {each.id: each for each in found}
        fill(self.limits, ((limit_word(each.kind), each.id) for each in self._found.values()))
        self.enabled.setChecked((chosen := self._chosen()) is not None and chosen.enabled)

    def _chosen(self) -> MoveLimit | None:
        return self._found.get(self.limits.currentData())

    def _choose(self) -> None:
        chosen = self._chosen()
        self.enabled.setChecked(chosen is not None and chosen.enabled)
        self.marked = None
        self._guide()

    def _guide(self) -> None:
        edges = (self.tr("left"), self.tr("right"), self.tr("upper"), self.tr("lower"))
        self.mark.setEnabled(self.marked is not None)
        if self.marked is None:
            self.guide.setText(self.tr("How far the camera turns."))
        else:
            self.guide.setText(self.tr("Move to the {} edge, then press Mark.").format(edges[self.marked]))

    def _switch(self, on: bool) -> None:
        if (chosen := self._chosen()) is not None:
            self.plan(lambda plans: plans.enable_limit(chosen.id, on), "limits")

    def _begin(self) -> None:
        if (chosen := self._chosen()) is not None:
            self.marked = 0
            self._guide()
            self.still.emit(lambda plans: plans.begin_limit(chosen.id), "limits")

    def _mark(self) -> None:
        chosen = self._chosen()
        if chosen is None or self.marked is None:
            return
        self.marked = self.marked + 1 if self.marked + 1 < EDGES else None
        self._guide()
        self.still.emit(lambda plans: plans.mark_limit(chosen.id), "limits")

    def _clear(self) -> None:
        if (chosen := self._chosen()) is not None:
            self.marked = None
            self._guide()
            self.plan(lambda plans: plans.clear_limit(chosen.id), "limits")
