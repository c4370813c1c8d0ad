"""PTZ on the live page: made when the camera says that it has it, stopped when anybody looks away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout

from app.errors import CameraError, NotSupported
from app.families.base import Session
from app.families.ptz import Ptz, PtzPlans
from app.model.ptz import Preset, PtzCapabilities, Velocity
from app.ptz.pad import Pads
from app.ptz.sdl_pads import SdlPads
from ui.bridge.tasks import TaskScope
from ui.context import Context
from ui.palette import PaletteEntry
from ui.ptz.host import PtzHost
from ui.ptz.overlay import PtzOverlay
from ui.ptz.pad import PadHand
from ui.ptz.panel import PtzPanel
from ui.ptz.pictures import PresetPictures
from ui.ptz.section import Plan, Work
from ui.video.view import VideoView

LOOK_EVERY = 500  # milliseconds
LOOK_CLOSELY = 150  # milliseconds, while it moves
WARM_EVERY = 1000  # milliseconds; devices hang up on whoever is silent for a few seconds


class PtzPart(QObject):
    """Adds overlay and panel to a page when `open` finds that there is something to move."""

    open_pads: Callable[[], Pads] = SdlPads

    def __init__(
        self,
        session: Session,
        ptz: Ptz,
        context: Context,
        name: str,
        view: VideoView,
        row: QHBoxLayout,
        scope: TaskScope,
    ) -> None:
        super().__init__(view)
        self.host = PtzHost(ptz, name, self)
        self.can: PtzCapabilities | None = None
        self.overlay: PtzOverlay | None = None
        self.panel: PtzPanel | None = None
        self.pad = PadHand(self, self.open_pads)
        self._plans = session.offer(PtzPlans)
        self._pictures = PresetPictures(session, context.site_file)
        self._view, self._row, self._scope = view, row, scope
        self._stored: tuple[Preset, ...] = ()
        self._asked = False
        self._looking: asyncio.Task[None] | None = None
        self._ticker = QTimer(self, interval=LOOK_EVERY)
        self._ticker.timeout.connect(self._look)
        self._warmer = QTimer(self, interval=WARM_EVERY)
        self._warmer.timeout.connect(self.host.warm)

    @classmethod
    def of(
        cls, session: Session, context: Context, name: str, view: VideoView, row: QHBoxLayout, scope: TaskScope
    ) -> PtzPart | None:
        """None where the session does not offer PTZ. name: the camera in sentences."""
        ptz = session.offer(Ptz)
        return cls(session, ptz, context, name, view, row, scope) if ptz is not None else None

    def activated(self) -> None:
        if not self._asked:
            self._asked = True
            self._scope.start(self._open())
            return
        if self.can is not None and self.can.position:
            self._ticker.start()
        if self.overlay is not None and self.overlay.is_on:
            self._be_quick()
            self.pad.start()

    def deactivated(self) -> None:
        """Another page is in front: nothing goes on moving."""
        self._ticker.stop()
        self._warmer.stop()
        self.pad.stop()
        if self.overlay is not None:
            self.overlay.let_go()
        self.host.release()

    def close(self) -> None:
        self.deactivated()
        self.host.close()

    def palette_entries(self, place: str) -> Iterator[PaletteEntry]:
        """place: where people find it otherwise. Nothing until the camera has said what it can do."""
        can, panel = self.can, self.panel
        if can is None or panel is None:
            return
        text = self.tr("Leave the camera where it is") if panel.on.isChecked() else self.tr("Move the camera")
        yield PaletteEntry(text, place, panel.on.click, "P", "live")
        yield PaletteEntry(self.tr("Stop the camera"), place, self._halt, "Esc", "live")
        if can.home:
            yield PaletteEntry(self.tr("Go to the home position"), place, self._go_home, "", "live")
        for preset in self._stored:
            if preset.is_set and not preset.reserved:
                title = self.tr("Go to preset {}").format(f"{preset.id} {preset.name}".rstrip())
                key = preset.id if int(preset.id) < 10 else ""
                yield PaletteEntry(title, place, partial(self._call, preset.id), key, "live")

    def _go_home(self) -> None:
        self._scope.start(self._do(lambda ptz: ptz.home(), ""))

    def _call(self, preset: str) -> None:
        self._scope.start(self._do(lambda ptz: ptz.call_preset(preset), ""))

    async def _open(self) -> None:
        try:
            self.can = await self.host.prepare()
        except NotSupported:
            self.host.close()
            return
        except CameraError:
            self._asked = False  # lost for now: asked again when the page comes back
            raise
        self.overlay = PtzOverlay(self._view, self.host)
        self.panel = PtzPanel(self.can)
        self._row.addWidget(self.panel)
        self._connect_overlay(self.overlay)
        self._connect_panel(self.panel)
        if self.can.position and self._view.isVisible():
            self._ticker.start()
        await self._pictures.load()
        for name in ("presets", "patrols", "patterns"):
            await self._read(name)
        await self._open_plans(self.panel)

    def _connect_overlay(self, overlay: PtzOverlay) -> None:
        overlay.toggled.connect(lambda: self._set_on(not overlay.is_on))
        overlay.left.connect(lambda: self._set_on(False))
        overlay.preset_called.connect(lambda n: self._call(str(n)))
        overlay.preset_wanted.connect(lambda n: self._scope.start(self._set_preset(str(n), "")))
        overlay.centre_wanted.connect(lambda x, y: self._scope.start(self._do(lambda ptz: ptz.centre_on(x, y), "")))
        overlay.box_wanted.connect(lambda *box: self._scope.start(self._do(lambda ptz: ptz.zoom_box(*box), "")))

    def _connect_panel(self, panel: PtzPanel) -> None:
        panel.on_wanted.connect(self._set_on)
        panel.mode_wanted.connect(self._set_mode)
        panel.steered.connect(self._steer)
        panel.halted.connect(self._halt)
        panel.done.connect(lambda work, again: self._scope.start(self._do(work, again)))
        if panel.presets is not None:
            panel.presets.preset_set.connect(lambda key, name: self._scope.start(self._set_preset(key, name)))
            panel.presets.preset_deleted.connect(lambda key: self._scope.start(self._delete_preset(key)))
        self.host.motion.connect(panel.show_motion)
        self.pad.said.connect(panel.show_gamepad)
        self.pad.halted.connect(self._halt)
        self.pad.preset_called.connect(lambda n: self._by_pad() and self._call(str(n)))
        self.pad.steered.connect(lambda velocity: (velocity.is_zero or self._by_pad()) and self._steer(velocity))

    async def _open_plans(self, panel: PtzPanel) -> None:
        plans = self._plans
        if plans is None:
            return
        panel.add_plans(await plans.options())
        panel.planned.connect(lambda plan, again: self._scope.start(self._plan(plan, again)))
        sections = {
            "park": panel.park,
            "tasks": panel.tasks,
            "limits": panel.limits,
            "overlay": panel.overlay,
            "memory": panel.memory,
        }
        for name, section in sections.items():
            if section is not None:
                section.shown.connect(lambda name=name: self._scope.start(self._read_plan(name)))
        if panel.limits is not None:
            panel.limits.still.connect(lambda plan, again: self._scope.start(self._plan(plan, again, still=True)))

    def _set_on(self, on: bool) -> None:
        if self.overlay is not None and self.panel is not None:
            self.overlay.set_on(on)
            self.panel.show_mode(on)
            if not on:
                self._warmer.stop()
                self.pad.stop()
            else:
                self.pad.start()
                self._be_quick()
                self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _be_quick(self) -> None:
        """The next key finds a connection that is open and logged in."""
        self.host.warm()
        self._warmer.start()

    def _by_pad(self) -> bool:
        """A gamepad is heard in every window: it moves the camera only while this one is in front."""
        return self._view.isVisible() and self._view.window().isActiveWindow()

    def _halt(self) -> None:
        """Stops in every case, whatever window is in front."""
        if self.overlay is not None:
            self.overlay.let_go()
        self.host.halt()

    def _set_mode(self, mode: object) -> None:
        if self.overlay is not None:
            self.overlay.let_go()
            self.overlay.mode = mode
            self._set_on(True)

    def _steer(self, velocity: Velocity) -> None:
        if self.overlay is not None:
            self.overlay.steer(velocity)

    # What the camera does

    async def _do(self, work: Work, again: str) -> None:
        await self.host.act(work)
        if again:
            await self._read(again)

    async def _set_preset(self, key: str, name: str) -> None:
        await self.host.act(lambda ptz: ptz.set_preset(key, name))
        await self._pictures.keep(key, name, self._view.image)
        await self._read("presets")

    async def _delete_preset(self, key: str) -> None:
        await self.host.act(lambda ptz: ptz.delete_preset(key))
        await self._pictures.forget(key)
        await self._read("presets")

    async def _plan(self, plan: Plan, again: str, *, still: bool = False) -> None:
        """still: an edge is taken where the camera has come to rest."""
        assert self._plans is not None
        if still:
            await self.host.act(_nothing)
        try:
            await plan(self._plans)
        finally:
            await self._read_plan(again)  # also what was refused: the panel shows what the camera has

    # What the panel shows

    async def _read(self, name: str) -> None:
        can, panel = self.can, self.panel
        if can is None or panel is None:
            return
        if name == "presets" and panel.presets is not None:
            found = await self.host.ask(lambda ptz: ptz.presets())
            self._stored = found
            panel.presets.show_presets(found, self._pictures.images)
            if panel.patrols is not None:
                panel.patrols.show_presets(found)
        elif name == "patrols" and panel.patrols is not None:
            panel.patrols.show_patrols(await self.host.ask(lambda ptz: ptz.patrols()))
        elif name == "patterns" and panel.patterns is not None:
            panel.patterns.show_patterns(await self.host.ask(lambda ptz: ptz.patterns()))

    async def _read_plan(self, name: str) -> None:
        plans, panel = self._plans, self.panel
        if plans is None or panel is None:
            return
        match name:
            case "park" if panel.park is not None:
                panel.park.show_action(await plans.park_action())
            case "tasks" if panel.tasks is not None:
                panel.tasks.show_week(await plans.tasks())
            case "limits" if panel.limits is not None:
                panel.limits.show_limits(await plans.limits())
            case "overlay" if panel.overlay is not None:
                panel.overlay.show_overlay(await plans.position_overlay())
            case "memory" if panel.memory is not None:
                panel.memory.show_memory(await plans.power_memory())

    def _look(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = self._scope.start(self._look_once())

    async def _look_once(self) -> None:
        found = await self.host.look()
        if found is None or self.overlay is None or self.panel is None or self.can is None:
            return
        wide = await self._view_width() if self.can.field_of_view else None
        self.overlay.show_position(found, wide)
        self._ticker.setInterval(LOOK_CLOSELY if self.overlay.is_under_way else LOOK_EVERY)
        if self.panel.places is not None:
            self.panel.places.show_position(found, wide)

    async def _view_width(self) -> float | None:
        try:
            return await self.host.ask(lambda ptz: ptz.field_of_view())
        except CameraError:
            return None  # not now: the position is worth showing without it


async def _nothing(ptz: Ptz) -> None:
    """For when only rest is wanted."""
