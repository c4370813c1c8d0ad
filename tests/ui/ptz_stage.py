"""A live page with a simulated dome, in a window with something else that can have the focus."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

sys.path.insert(0, str(Path(__file__).parents[1] / "ptz"))
from ptz_rig import dome, until

from ui.bridge.messages import Messages
from ui.context import Context
from ui.pages.live import LivePage


class Nothing:
    found = ()


class Stage:
    """A window with a live page and, beside it, something else that can have the focus."""

    def __init__(self, rig, theme, tmp_path, site=None):
        settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
        self.messages = Messages()
        context = Context(Nothing(), None, None, self.messages, settings, theme, None, site_file=site)
        self.window = QWidget()
        self.other = QLineEdit()
        self.page = LivePage(rig.session, context, "Dome")
        layout = QVBoxLayout(self.window)
        layout.addWidget(self.page)
        layout.addWidget(self.other)
        self.window.resize(1000, 640)

    async def open(self):
        self.window.show()
        self.window.activateWindow()
        self.page.activated()
        await until(lambda: self.part.panel is not None and self.part.panel.presets.list.count())
        self.part.panel.on.click()
        self.page.view.setFocus()
        await until(lambda: self.page.view.hasFocus())

    @property
    def part(self):
        return self.page.ptz

    async def close(self):
        self.page.close_page()
        thread = self.part.host.close()
        await asyncio.to_thread(thread.join, 30)
        assert not thread.is_alive()
        self.window.close()
        self.window.deleteLater()


def stage(run, theme, tmp_path, play, *quirks, site=None):
    async def playing():
        async with dome(*quirks) as rig:
            set_up = Stage(rig, theme, tmp_path, site and await site())
            await set_up.open()
            try:
                await play(set_up, rig)
            finally:
                await set_up.close()

    run(playing())
