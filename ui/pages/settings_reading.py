"""One resource being read for the settings page; the wait is shown when it is no short one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QTimer

from app.errors import CameraError
from app.families.base import SettingsTree
from app.settings.document import Document
from app.settings.tree import Node
from ui.bridge.tasks import TaskScope
from ui.bridge.waits import Patience, given_up
from ui.pages.settings_panel import ResourcePanel

PATIENCE = 300  # ms before a wait is shown


def _tr(text: str) -> str:
    return QCoreApplication.translate("SettingsPage", text)


class Reading:
    """At most one at a time. loaded and refused are told what became of it."""

    def __init__(
        self,
        settings: SettingsTree,
        panel: ResourcePanel,
        scope: TaskScope,
        loaded: Callable[[Document], None],
        refused: Callable[[Node, CameraError], None],
        device: str,
    ) -> None:
        self._settings, self._panel, self._scope = settings, panel, scope
        self._loaded, self._refused = loaded, refused
        self._device = device
        self._task: asyncio.Task[None] | None = None
        self._waiting_for = ""
        self._patience = QTimer(panel)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(lambda: self._panel.show_loading(self._waiting_for))

    @property
    def active(self) -> bool:
        return self._task is not None

    def be_patient(self, text: str) -> None:
        """Shows that one waits, but not for a quick answer."""
        self._waiting_for = text
        self._patience.start()

    def calm(self) -> None:
        """The wait is over."""
        self._patience.stop()

    def start(self, node: Node, pause: float) -> None:
        """Reads after pause seconds."""
        self.be_patient(_tr("Reading {}").format(node.title))
        self._task = self._scope.start(self._load(node, pause))

    def stop(self) -> bool:
        """True when something was being read."""
        self.calm()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        return task is not None

    def _say_waiting(self, node: Node, text: str) -> None:
        if self._task is asyncio.current_task():
            self.calm()
            self._panel.show_loading(text, lambda: self._give_up(node))

    def _give_up(self, node: Node) -> None:
        if self.stop():
            self._refused(node, given_up(self._device))

    async def _load(self, node: Node, pause: float) -> None:
        said = False
        try:
            await asyncio.sleep(pause)
            with Patience(self._device, lambda text: self._say_waiting(node, text)).told():
                document = await self._settings.load(node.id)
            said = True
            self._loaded(document)
        except CameraError as error:
            said = True
            self._refused(node, error)
        finally:
            if self._task is asyncio.current_task():
                self._task = None
                self.calm()
                if not said:  # a fault of the program, which the scope reports
                    self._panel.show_hint(node.title, _tr("This cannot be shown. Messages say why."))
