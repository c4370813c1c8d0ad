"""Patrols: their stops put in, taken out and moved, each with its speed and the time to stay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHeaderView, QTableWidget

from app.model.ptz import KeyPoint, Patrol, Preset, PtzCapabilities
from ui.ptz.section import LEAST, Section, button, choice, fill, number

LONGEST = 3600.0  # seconds of one stay


class PatrolSection(Section):
    """points are what the table shows; the camera has them once they are saved."""

    def __init__(self, can: PtzCapabilities) -> None:
        super().__init__(folded=True)
        self.title(self.tr("Patrols"))
        self.points: list[KeyPoint] = []
        self._speeds = can.patrol_speeds
        self._stored: dict[str, Patrol] = {}
        self._presets: tuple[Preset, ...] = ()
        self.patrols = choice(self.tr("Patrols"))
        self.patrols.currentIndexChanged.connect(lambda _: self._choose())
        self.add(self.patrols)
        self.run = button(self.tr("Run"), self.tr("The camera goes from stop to stop"), self.tr("Run the patrol"))
        self.run.clicked.connect(lambda: self._with(lambda key: self.do(lambda ptz: ptz.run_patrol(key))))
        end = button(self.tr("Stop"), "", self.tr("Stop the patrol"))
        end.clicked.connect(lambda: self._with(lambda key: self.do(lambda ptz: ptz.stop_patrol(key))))
        self.row(self.run, end)
        if can.edit_patrols:
            self._build_editor()

    def _build_editor(self) -> None:
        self.table = QTableWidget(0, 3)
        self.table.setAccessibleName(self.tr("Stops of the patrol"))
        self.table.setHorizontalHeaderLabels([self.tr("Preset"), self.tr("Speed"), self.tr("Stay")])
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 62), (2, 82)):
            self.table.setColumnWidth(column, width)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(32)
        self.table.setTabKeyNavigation(False)  # or Tab would never come out of it again
        self.table.setMinimumWidth(LEAST)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setMinimumHeight(150)
        self.add(self.table)
        put = button(self.tr("Add"), self.tr("One more stop below the chosen one"), self.tr("Add a stop"))
        out = button(self.tr("Remove"), self.tr("Take the chosen stop out"), self.tr("Remove the stop"))
        up = button(self.tr("Up"), self.tr("Earlier (Alt+Up)"), self.tr("Move the stop up"))
        down = button(self.tr("Down"), self.tr("Later (Alt+Down)"), self.tr("Move the stop down"))
        put.clicked.connect(self.put)
        out.clicked.connect(self.take_out)
        up.clicked.connect(lambda: self.move_stop(-1))
        down.clicked.connect(lambda: self.move_stop(1))
        for keys, by in (("Alt+Up", -1), ("Alt+Down", 1)):
            shortcut = QShortcut(QKeySequence(keys), self.table, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda by=by: self.move_stop(by))
        self.row(put, out)
        self.row(up, down)
        self.save = button(self.tr("Save patrol"), self.tr("Store these stops in the camera"))
        self.save.clicked.connect(self._save)
        self.add(self.save)

    def _with(self, action) -> None:
        key = self.patrols.currentData()
        if key is not None:
            action(key)

    # What it shows

    def show_patrols(self, found: Iterable[Patrol]) -> None:
        self._stored = {each.id: each for each in found}
        fill(self.patrols, ((each.name or each.id, each.id) for each in self._stored.values()))
        self._choose()

    def show_presets(self, found: Iterable[Preset]) -> None:
        self._presets = tuple(each for each in found if each.is_set and not each.reserved)
        self._draw()

    def _choose(self) -> None:
        chosen = self._stored.get(self.patrols.currentData())
        self.points = list(chosen.points) if chosen is not None else []
        self._draw()

    def _draw(self) -> None:
        if not hasattr(self, "table"):
            self.run.setEnabled(self.patrols.count() > 0)
            return
        row = self.table.currentRow()
        self.table.setRowCount(0)
        self.table.setRowCount(len(self.points))
        for line, point in enumerate(self.points):
            for column, widget in enumerate(
                (self._preset(line, point), self._speed(line, point), self._stay(line, point))
            ):
                self.table.setCellWidget(line, column, widget)
        if self.points:
            self.table.setCurrentCell(min(max(row, 0), len(self.points) - 1), 0)
        self._judge()

    def _preset(self, line: int, point: KeyPoint) -> QComboBox:
        box = choice(self.tr("Stop {}: preset").format(line + 1))
        known = {each.id: each.name for each in self._presets}
        for key in dict.fromkeys((*known, point.preset)):
            box.addItem(f"{key}  {known.get(key, '')}".rstrip(), key)
        box.setCurrentIndex(box.findData(point.preset))
        box.currentIndexChanged.connect(lambda _: self._change(line, preset=box.currentData()))
        return box

    def _speed(self, line: int, point: KeyPoint):
        low, high = round(self._speeds.low), round(self._speeds.high)
        box = number(self.tr("Stop {}: speed").format(line + 1), min(low, point.speed), max(high, point.speed))
        box.setValue(point.speed)
        box.valueChanged.connect(lambda value: self._change(line, speed=value))
        return box

    def _stay(self, line: int, point: KeyPoint) -> QDoubleSpinBox:
        box = QDoubleSpinBox(minimum=0.0, maximum=max(LONGEST, point.dwell), decimals=1, suffix=self.tr(" s"))
        box.setAccessibleName(self.tr("Stop {}: seconds to stay").format(line + 1))
        box.setValue(point.dwell)
        box.valueChanged.connect(lambda value: self._change(line, dwell=value))
        return box

    def _change(self, line: int, **values: object) -> None:
        self.points[line] = replace(self.points[line], **values)
        self._judge()

    def _judge(self) -> None:
        """Saving is for what differs; an empty patrol is none; running is for what the camera has."""
        chosen = self._stored.get(self.patrols.currentData())
        held = chosen.points if chosen is not None else ()
        self.save.setEnabled(bool(self.points) and tuple(self.points) != held)
        self.run.setEnabled(bool(held))

    # What it does

    def put(self) -> None:
        row = self.table.currentRow()
        before = self.points[row] if 0 <= row < len(self.points) else None
        first = self._presets[0].id if self._presets else "1"
        new = KeyPoint(first) if before is None else before
        self.points.insert(row + 1 if before is not None else len(self.points), new)
        self._draw()
        self.table.setCurrentCell(row + 1 if before is not None else len(self.points) - 1, 0)

    def take_out(self) -> None:
        row = self.table.currentRow()
        if 0 <= row < len(self.points):
            del self.points[row]
            self._draw()

    def move_stop(self, by: int) -> None:
        row = self.table.currentRow()
        if 0 <= row < len(self.points) and 0 <= row + by < len(self.points):
            self.points[row], self.points[row + by] = self.points[row + by], self.points[row]
            self._draw()
            self.table.setCurrentCell(row + by, 0)

    def _save(self) -> None:
        chosen = self._stored.get(self.patrols.currentData())
        if chosen is not None:
            wanted = replace(chosen.with_points(*self.points), enabled=True)
            self.do(lambda ptz: ptz.save_patrol(wanted), "patrols")
