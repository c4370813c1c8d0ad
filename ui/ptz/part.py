"""PTZ on the live page: made when the camera says that it has it, stopped when anybody looks away."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout

from app.errors import CameraError, NotSupported
from app.families.base import Ptz, Session
from app.model.ptz import PtzCapabilities, Velocity
from ui.bridge.tasks import TaskScope
from ui.ptz.host import PtzHost
from ui.ptz.overlay import PtzOverlay
from ui.ptz.panel import THUMBNAIL, PtzPanel, Work
from ui.video.view import VideoView

LOOK_EVERY = 500  # milliseconds


class PtzPart(QObject):
    """Adds overlay and panel to a page when `open` finds that there is something to move."""

    def __init__(self, ptz: Ptz, view: VideoView, row: QHBoxLayout, scope: TaskScope) -> None:
        super().__init__(view)
        self.host = PtzHost(ptz, self)
        self.can: PtzCapabilities | None = None
        self.overlay: PtzOverlay | None = None
        self.panel: PtzPanel | None = None
        self._view, self._row, self._scope = view, row, scope
        self._thumbnails: dict[str, QImage] = {}
        self._asked = False
        self._looking: asyncio.Task[None] | None = None
        self._ticker = QTimer(self, interval=LOOK_EVERY)
        self._ticker.timeout.connect(self._look)

    @classmethod
    def of(cls, session: Session, view: VideoView, row: QHBoxLayout, scope: TaskScope) -> PtzPart | None:
        """None where the session does not offer PTZ."""
        ptz = session.offer(Ptz)
        return cls(ptz, view, row, scope) if ptz is not None else None

    def activated(self) -> None:
        if not self._asked:
            self._asked = True
            self._scope.start(self._open())
        elif self.can is not None and self.can.position:
            self._ticker.start()

    def deactivated(self) -> None:
        """Another page is in front: nothing goes on moving."""
        self._ticker.stop()
        if self.overlay is not None:
            self.overlay.let_go()
        self.host.release()

    def close(self) -> None:
        self.deactivated()
        self.host.close()

    async def _open(self) -> None:
        try:
            self.can = await self.host.prepare()
        except NotSupported:
            self.host.close()
            return
        except CameraError:
            self._asked = False  # lost for now: asked again when the page comes back
            raise
        self.overlay = overlay = PtzOverlay(self._view, self.host)
        self.panel = panel = PtzPanel(self.can)
        self._row.addWidget(panel)
        panel.on_wanted.connect(self._set_on)
        panel.mode_wanted.connect(self._set_mode)
        panel.steered.connect(self._steer)
        panel.halted.connect(self.host.halt)
        panel.done.connect(lambda work, again: self._scope.start(self._do(work, again)))
        panel.preset_set.connect(lambda key, name: self._scope.start(self._set_preset(key, name)))
        overlay.toggled.connect(lambda: self._set_on(not overlay.is_on))
        overlay.left.connect(lambda: self._set_on(False))
        overlay.preset_called.connect(lambda n: self._scope.start(self._do(lambda ptz: ptz.call_preset(str(n)), "")))
        overlay.preset_wanted.connect(lambda n: self._scope.start(self._set_preset(str(n), "")))
        overlay.centre_wanted.connect(lambda x, y: self._scope.start(self._do(lambda ptz: ptz.centre_on(x, y), "")))
        overlay.box_wanted.connect(lambda *box: self._scope.start(self._do(lambda ptz: ptz.zoom_box(*box), "")))
        self.host.motion.connect(panel.show_motion)
        self.host.looked.connect(panel.show_position)
        if self.can.position and self._view.isVisible():
            self._ticker.start()
        for name in ("presets", "patrols", "patterns"):
            await self._read(name)

    def _set_on(self, on: bool) -> None:
        if self.overlay is not None and self.panel is not None:
            self.overlay.set_on(on)
            self.panel.show_mode(on)
            if on:
                self.host.warm()
                self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _set_mode(self, mode: object) -> None:
        if self.overlay is not None:
            self.overlay.let_go()
            self.overlay.mode = mode
            self._set_on(True)

    def _steer(self, velocity: Velocity) -> None:
        if self.overlay is not None:
            self.overlay.steer(velocity)

    async def _do(self, work: Work, again: str) -> None:
        await self.host.act(work)
        if again:
            await self._read(again)

    async def _set_preset(self, key: str, name: str) -> None:
        await self.host.act(lambda ptz: ptz.set_preset(key, name))
        shown = self._view.image
        if not shown.isNull():
            self._thumbnails[key] = shown.scaled(
                THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        await self._read("presets")

    async def _read(self, name: str) -> None:
        can, panel = self.can, self.panel
        if can is None or panel is None:
            return
        if name == "presets" and can.presets:
            panel.show_presets(await self.host.ask(lambda ptz: ptz.presets()), self._thumbnails)
        elif name == "patrols" and can.patrols:
            panel.show_patrols(await self.host.ask(lambda ptz: ptz.patrols()))
        elif name == "patterns" and can.patterns:
            panel.show_patterns(await self.host.ask(lambda ptz: ptz.patterns()))

    def _look(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = self._scope.start(self._look_once())

    async def _look_once(self) -> None:
        found = await self.host.look()
        if found is not None:
            self.host.looked.emit(found)
