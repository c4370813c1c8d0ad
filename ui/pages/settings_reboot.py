"""The offer to reboot a camera that takes something over only then."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QTimer

from app.errors import CameraError
from app.families.base import Maintenance, Session
from ui.bridge.tasks import TaskScope
from ui.pages.settings_panel import ResourcePanel

AWAY = 60_000  # ms for which the offer stays after it was taken


def _tr(text: str) -> str:
    return QCoreApplication.translate("SettingsPage", text)


class RebootOffer:
    """One offer, however many writes ask for it."""

    def __init__(self, session: Session, panel: ResourcePanel, scope: TaskScope, device: str) -> None:
        self._maintenance = session.offer(Maintenance)
        self._panel, self._device = panel, device
        panel.reboot_wanted.connect(lambda: scope.start(self._reboot()))

    def show(self) -> None:
        text = _tr("{} takes some of this over only after a reboot. It is away for about a minute then.")
        self._panel.show_reboot_needed(text.format(self._device), self._button() if self._maintenance else "")

    def _button(self) -> str:
        return _tr("Reboot {}").format(self._device)

    async def _reboot(self) -> None:
        if self._maintenance is None:
            return
        try:
            await self._maintenance.reboot()
        except CameraError as error:
            self._panel.show_reboot_needed(str(error), self._button())
            return
        self._panel.show_reboot_needed(_tr("{} reboots.").format(self._device), "")
        QTimer.singleShot(AWAY, self._panel.reboot, self._panel.reboot.hide)
