"""Every action with its key."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QScrollArea, QWidget

from ui.canvas.keys import rows as canvas_rows
from ui.dialogs.sheet import Rows, Sheet
from ui.theme import GAP, GAP_WIDE

COLUMNS = 3
Group = tuple[str, Rows]


class KeysSheet(Sheet):
    """everywhere: the window's own actions; the keys of its parts are known here."""

    def __init__(self, parent: QWidget, everywhere: Rows) -> None:
        super().__init__(parent, parent.tr("Keys"), 1200, 680)
        holder = QWidget()
        columns = QHBoxLayout(holder)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(32)
        for some in packed([(self.tr("Everywhere"), everywhere), *_parts()], COLUMNS):
            columns.addWidget(self._column(some), 1, Qt.AlignmentFlag.AlignTop)
        area = QScrollArea()
        area.setAccessibleName(self.tr("Keys"))
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(holder)
        area.viewport().setAutoFillBackground(False)
        holder.setAutoFillBackground(False)
        self.body.addWidget(area)

    def _column(self, groups: list[Group]) -> QWidget:
        column = QWidget()
        grid = QGridLayout(column)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP_WIDE)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for title, rows in groups:
            line = grid.rowCount()
            if line > 1:
                grid.setRowMinimumHeight(line, GAP)
                line += 1
            heading = QLabel(title)
            heading.setObjectName("sectionTitle")
            grid.addWidget(heading, line, 0, 1, 2)
            for place, (keys, text) in enumerate(rows, line + 1):
                key = QLabel(keys)
                key.setProperty("mono", True)
                meaning = QLabel(text)
                meaning.setWordWrap(True)  # the sheet never scrolls sideways
                grid.addWidget(key, place, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(meaning, place, 1, Qt.AlignmentFlag.AlignTop)
        return column


def packed(groups: list[Group], columns: int) -> list[list[Group]]:
    """In columns of about the same length; groups stay whole, and the first one stays at the left."""
    found: list[list[Group]] = [[] for _ in range(columns)]
    for group in [groups[0], *sorted(groups[1:], key=lambda each: -len(each[1]))]:
        min(found, key=lambda column: sum(len(rows) + 2 for _, rows in column)).append(group)
    return found


def _parts() -> list[Group]:
    picture: Rows = [
        ("Ctrl+S", _tr("Save a snapshot")),
        ("Ctrl+C", _tr("Copy the picture")),
        ("Ctrl+R", _tr("Record the stream")),
        ("Space", _tr("Freeze the picture")),
        ("I", _tr("Statistics")),
        ("F", _tr("Full screen")),
        ("Ctrl++", _tr("Look closer (wheel with Ctrl)")),
        ("Ctrl+0", _tr("The whole picture")),
        (_tr("Ctrl+Arrows"), _tr("Another part of it")),
        ("Z", _tr("Wheel and drag look closer")),
        ("R", _tr("Turn the picture")),
        ("M", _tr("Sound")),
        ("P", _tr("Move the camera")),
    ]
    edits: Rows = [
        ("Ctrl+F", _tr("Search in this page")),
        ("Ctrl+Return", _tr("Apply the changes")),
        ("Ctrl+Z", _tr("Undo an edit")),
        ("Ctrl+Y", _tr("Redo an edit")),
        ("Ctrl+E", _tr("Show a typed password")),
        ("Ins, Del", _tr("Entries of a list; Alt+arrows move")),
        ("Return", _tr("From an entry of a list to its fields")),
        ("Space", _tr("Hours of a week; Ctrl+D copies a day")),
    ]
    wall: Rows = [
        (_tr("Arrows"), _tr("Another tile")),
        (_tr("Ctrl+Arrows"), _tr("Move the tile")),
        ("Return", _tr("Enlarge the tile, or choose a camera")),
        ("Del", _tr("Take the camera off the wall")),
        ("C", _tr("Names on the tiles")),
        ("I", _tr("Statistics")),
        ("M", _tr("Hear the selected tile")),
    ]
    parts = [(_tr("Live"), picture), (_tr("Settings"), edits), (_tr("Wall"), wall)]
    return [*parts, (_tr("Regions"), list(canvas_rows()))]


def _tr(text: str) -> str:
    return QCoreApplication.translate("KeysSheet", text)
