"""Focus, iris and what can be switched on a dome."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton

from app.model.ptz import STILL, PtzCapabilities, Velocity
from ui.ptz.section import LEAST, Section, button


class LensSection(Section):
    steered = Signal(object)  # Velocity, zero when a button is let go

    def __init__(self, can: PtzCapabilities) -> None:
        super().__init__()
        self.title(self.tr("Lens"))
        grid = QGridLayout()
        grid.setSpacing(8)
        rows = []
        if can.focus:
            near, far = Velocity(focus=-0.5), Velocity(focus=0.5)
            rows.append((self.tr("Focus"), (self.tr("Near"), near), (self.tr("Far"), far)))
        if can.iris:
            close, wide = Velocity(iris=-0.5), Velocity(iris=0.5)
            rows.append((self.tr("Iris"), (self.tr("Close"), close), (self.tr("Open"), wide)))
        for line, (name, *pair) in enumerate(rows):
            grid.addWidget(QLabel(name), line, 0)
            for place, (text, velocity) in enumerate(pair, 1):
                held = button(text, self.tr("Hold to move"), f"{name}: {text}")
                held.pressed.connect(lambda wanted=velocity: self.steered.emit(wanted))
                held.released.connect(lambda: self.steered.emit(STILL))
                held.setMinimumWidth(LEAST)
                grid.addWidget(held, line, place)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        self.add(grid)
        if can.one_push_focus:
            self.once = button(self.tr("Focus once"), self.tr("The camera focuses by itself, once"))
            self.once.clicked.connect(lambda: self.do(lambda ptz: ptz.one_push_focus()))
            self.row(self.once)


class AuxiliarySection(Section):
    def __init__(self, can: PtzCapabilities) -> None:
        super().__init__()
        self.title(self.tr("Auxiliaries"))
        words = {
            "light": self.tr("Light"),
            "wiper": self.tr("Wiper"),
            "heater": self.tr("Heater"),
            "fan": self.tr("Fan"),
        }
        self.switches: dict[str, QPushButton] = {}
        for name in can.auxiliaries:
            switch = button(words.get(name, name.upper()), self.tr("Switch on and off"))
            switch.setCheckable(True)
            switch.clicked.connect(lambda on, each=name: self.do(lambda ptz: ptz.auxiliary(each, on)))
            self.switches[name] = switch
        every = list(self.switches.values())
        for start in range(0, len(every), 3):
            self.row(*every[start : start + 3])
