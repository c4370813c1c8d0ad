"""Ctrl+K over 5,000 fields and 1,000 cameras: milliseconds from keystroke to painted list.
`QT_QPA_PLATFORM=offscreen python tests/bench/bench_palette.py`
"""

from __future__ import annotations

import asyncio
import statistics
import time

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.families.isapi import outline
from app.families.isapi.catalog import catalog
from app.families.isapi.dialect import DIALECTS
from app.families.isapi.titles import titles
from app.settings.search import Entry
from app.settings.tree import Node, NodeKind
from ui.models.resources import ResourceModel
from ui.pages.settings_finder import SLICE, SettingsFinder
from ui.palette import FOUND, Palette, PaletteEntry
from ui.theme import Mode, Theme

FIELDS, CAMERAS = 5_000, 1_000
GOAL_MS = 30.0
TYPED = ("bitrate", "ntp", "camera 12", "enabled", "e 1 x")


class Catalogue:
    """Every resource of both dialects: more than any device has."""

    def __init__(self) -> None:
        self._of = {r.template: d for d in DIALECTS.values() for r in catalog(d).resources}

    def tree(self) -> Node:
        pages = tuple(Node(key, key.rpartition("/")[2], NodeKind.SETTINGS) for key in self._of)
        return Node("", "", NodeKind.GROUP, children=(Node("g", "All", NodeKind.GROUP, children=pages),))

    async def protocol_tree(self) -> Node:
        return self.tree()

    def catalogued(self, resource: str) -> tuple[Entry, ...]:
        return outline.entries(self._of[resource], resource, titles())


async def filled() -> tuple[SettingsFinder, float]:
    """The finder, and the longest time in which the window stood still while it was filled."""
    source, model = Catalogue(), ResourceModel()
    top = source.tree()
    model.show_tree(top)
    finder = SettingsFinder(model, lambda resource, path, title: None)
    filling = asyncio.ensure_future(finder.take(top, source))
    longest = 0.0
    while not filling.done():
        began = time.perf_counter()
        await asyncio.sleep(0)
        longest = max(longest, time.perf_counter() - began)
    assert len(finder) >= FIELDS
    return finder, longest


def main() -> None:
    app = QApplication([])
    theme = Theme(app)
    theme.use(Mode.LIGHT)
    finder, longest = asyncio.run(filled())
    print(
        f"{len(finder)} fields; the window stood still for {longest * 1000:.1f} ms at most (slices of {SLICE * 1000})"
    )
    window = QWidget()
    window.resize(1280, 720)
    palette = Palette(window)
    window.show()
    cameras = [PaletteEntry(f"Camera {n}", f"DS-2CD   192.168.1.{n}", print, icon="camera") for n in range(CAMERAS)]
    for words in TYPED:
        palette.open(cameras, lambda typed: finder.hits(typed, FOUND))
        taken = []
        for letter in words:
            start = time.perf_counter()
            QTest.keyClick(palette.line, Qt.Key(ord(letter.upper())), Qt.KeyboardModifier.NoModifier)
            palette.repaint()
            taken.append((time.perf_counter() - start) * 1000)
        rows = palette.list.model().rowCount()
        print(
            f"{words!r:12} {rows:3} rows  median {statistics.median(taken):6.2f} ms  worst {max(taken):6.2f} ms"
            f"  (goal {GOAL_MS:.0f} ms)"
        )
        assert palette.line.text() == words
        palette.close_palette()


if __name__ == "__main__":
    main()
