"""The window on a made-up site, on a real screen: says where a row and a tile are, then what lies on the wall.

A program of its own, for `test_drag.py`. It ends when its input does.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]

import qasync  # noqa: E402
from fakes import FakeConnect, FakeDiscovery, found  # noqa: E402
from PySide6.QtCore import QPoint, QSettings  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from ui.bridge.messages import Messages  # noqa: E402
from ui.context import Context  # noqa: E402
from ui.demo import DemoVault  # noqa: E402
from ui.theme import Mode, Theme  # noqa: E402
from ui.views.shelf import VIEWS  # noqa: E402
from ui.window import Window  # noqa: E402


def say(**values: object) -> None:
    print(json.dumps(values), flush=True)


def middle(widget: QWidget, point: QPoint) -> tuple[int, int]:
    """On the screen."""
    return widget.mapToGlobal(point).toTuple()


async def changes(window: Window) -> None:
    """Says where a camera would fall and what lies on the wall, whenever that has changed."""
    view = window.current_view
    said: dict[str, object] = {"spots": {}, "target": None}
    while True:
        spots = {str(number): spot.name for number, spot in view.wall.spots.items()}
        now = {"spots": spots, "target": view.grid.target}
        if now != said:
            said = now
            say(**now)
        await asyncio.sleep(0.02)


async def work(window: Window) -> None:
    window.show_view(VIEWS[0])
    rows, grid = window.pane.list, window.current_view.grid
    while grid.width() < 600:  # laid out
        await asyncio.sleep(0.02)
    row = rows.visualRect(window.pane.model.index_of(found(3).address)).center()
    say(row=middle(rows.viewport(), row), tile=middle(grid, grid.place_of(2).center()))
    watching = asyncio.ensure_future(changes(window))
    await asyncio.to_thread(sys.stdin.read)
    watching.cancel()
    await window.shut()


def main() -> None:
    application = QApplication([])
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    settings, messages = QSettings(os.devnull, QSettings.Format.IniFormat), Messages()
    theme = Theme(application, Mode.LIGHT)
    context = Context(
        FakeDiscovery(*(found(number) for number in range(5))),
        None,
        DemoVault(),
        messages,
        settings,
        theme,
        FakeConnect(),
        "Warehouse 4",
    )
    window = Window(messages, settings, theme, "Warehouse 4")
    window.attach(context)
    window.setGeometry(0, 0, 1280, 720)
    window.show()
    loop.run_until_complete(work(window))


if __name__ == "__main__":
    main()
