"""Where the camera looks, in numbers, and its home."""

from __future__ import annotations

from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QLabel

from app.model.ptz import PtzCapabilities, PtzPosition, Range
from ui.ptz.compass import caption
from ui.ptz.section import LEAST, Section, button, note


class PlacesSection(Section):
    def __init__(self, can: PtzCapabilities) -> None:
        super().__init__()
        self.title(self.tr("Position"))
        self.where = note()
        self.add(self.where)
        self.where.setVisible(can.position)  # not before it has a parent: it would be a window for a moment
        self.numbers: dict[str, QDoubleSpinBox] = {}
        self._digits = can.scale.digits
        axes = (
            ("pan", self.tr("Pan"), can.absolute_pan, can.scale.angle_unit),
            ("tilt", self.tr("Tilt"), can.absolute_tilt, can.scale.angle_unit),
            ("zoom", self.tr("Zoom"), can.absolute_zoom, can.scale.zoom_unit),
        )
        if can.absolute:
            self._build_numbers([(axis, name, limits, unit) for axis, name, limits, unit in axes if limits is not None])
        if can.home:
            home = button(self.tr("Home"), self.tr("Go to the home position"))
            home.clicked.connect(lambda: self.do(lambda ptz: ptz.home()))
            buttons = [home]
            if can.set_home:
                here = button(self.tr("Set home"), self.tr("Where the camera looks now becomes its home position"))
                here.clicked.connect(lambda: self.do(lambda ptz: ptz.set_home()))
                buttons.append(here)
            if can.clear_home:
                back = button(self.tr("Reset"), self.tr("Back to the maker's home position"), self.tr("Reset home"))
                back.clicked.connect(lambda: self.do(lambda ptz: ptz.clear_home()))
                buttons.append(back)
            self.row(*buttons)

    def _build_numbers(self, axes: list[tuple[str, str, Range, str]]) -> None:
        grid = QGridLayout()
        grid.setSpacing(8)
        for column, (axis, name, limits, unit) in enumerate(axes):
            box = QDoubleSpinBox(minimum=limits.low, maximum=limits.high, decimals=self._digits, suffix=unit)
            box.setSingleStep(min(1.0, (limits.high - limits.low) / 20))
            box.setAccessibleName(name)
            box.setToolTip(self.tr("{} to {}").format(f"{limits.low:g}{unit}", f"{limits.high:g}{unit}"))
            box.setMinimumWidth(LEAST)
            grid.addWidget(QLabel(name), 0, column)
            grid.addWidget(box, 1, column)
            self.numbers[axis] = box
        self.add(grid)
        self.take = button(self.tr("Take present"), self.tr("Fill in where the camera looks now"))
        self.take.setEnabled(False)
        self.take.clicked.connect(self._take)
        self.go = button(self.tr("Go there"), self.tr("Move to these numbers"))
        self.go.clicked.connect(self._go)
        self.row(self.take, self.go)
        self._now = PtzPosition()

    def show_position(self, position: PtzPosition, wide: float | None) -> None:
        self.where.setText(caption(position, wide))
        if self.numbers:
            self._now = position
            self.take.setEnabled(True)

    def _take(self) -> None:
        for axis, box in self.numbers.items():
            value = getattr(self._now, axis)
            if value is not None:
                box.setValue(value)

    def _go(self) -> None:
        wanted = PtzPosition(**{axis: round(box.value(), self._digits) for axis, box in self.numbers.items()})
        self.do(lambda ptz: ptz.absolute(wanted))
