"""What is drawn on the picture of a device: detections, masks, texts. The picture in the middle, layers beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.errors import CameraError
from app.families.base import RawSettings, Regions, Session
from app.model.region import Region
from app.regions.editing import RegionEdits
from app.regions.proof import RegionProof
from app.settings.layer import LayerInfo, RegionLayer
from ui.bridge.waits import Patience, given_up
from ui.bridge.writer import Carrier
from ui.canvas.canvas import Canvas
from ui.canvas.desk import Desk
from ui.canvas.tools import TOOLS
from ui.context import Context
from ui.forms.change_bar import ChangeBar
from ui.forms.review import ReviewSheet
from ui.forms.words import ElidedLabel
from ui.pages.base import Page
from ui.pages.regions_apply import RegionSending
from ui.pages.regions_form import RegionForm
from ui.pages.regions_list import RegionsList
from ui.pages.regions_parts import LayerStrip, ToolRow, Unsent, limits_words
from ui.pages.regions_picture import RegionPicture
from ui.pages.regions_points import PointsTable
from ui.pages.regions_signals import RegionSignals
from ui.palette import PaletteEntry
from ui.panes.notice import Notice
from ui.video.view import VideoView

PATIENCE = 300  # ms before a wait is shown
SIDE = "regions/side_width"
LEAST, MOST = 230, 290  # pixels of the side at first


class RegionsPage(Page):
    """`canvas` is public: `signals` flashes regions there when their events come."""

    title = "Regions"
    icon = "regions"

    @classmethod
    def available(cls, session: Session) -> bool:
        return session.offer(Regions) is not None and session.offer(RawSettings) is not None

    def __init__(
        self, session: Session, context: Context, device_name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(session, context, parent)
        regions = session.offer(Regions)
        assert regions is not None
        self.regions = regions
        self.device_name = device_name or self.device_name
        self.edits = RegionEdits()
        self.desk = Desk(self.edits, self)
        self.unsent = Unsent(self.desk)
        self.view = VideoView(self.device_name)
        self.canvas = Canvas(self.view, self.desk, self._rounded)
        self.picture = RegionPicture(session, self.view, self.scope, self)
        self.signals = RegionSignals(session, context.events, self.canvas)
        self.bar = ChangeBar(self.unsent, self.device_name)
        self.writer = Carrier(context.messages, self.device_name)
        self.sending = RegionSending(
            session, self.edits, self.writer, self.bar, self.resource_written.emit, self._judged, self.resource_changed
        )
        self.sheet: ReviewSheet | None = None
        self._infos: tuple[LayerInfo, ...] = ()
        self._loading: asyncio.Task[None] | None = None
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE)
        self._patience.timeout.connect(self._say_waiting)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.list = RegionsList(self.desk, self.canvas.outcomes)
        self.strip = LayerStrip(self.desk)
        self.form = RegionForm(self.desk, self._rounded)
        self.points = PointsTable(self.desk)
        self.tools = ToolRow(self.canvas, self.picture.box)
        self.said = ElidedLabel()
        self.notice = Notice()
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self._side())
        self.splitter.addWidget(self._middle())
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setChildrenCollapsible(False)
        kept = self.context.settings.value(SIDE, type=int)
        width = kept if isinstance(kept, int) and kept > 0 else MOST
        self.splitter.setSizes([width, 4 * width])
        self.splitter.splitterMoved.connect(lambda at: self.context.settings.setValue(SIDE, at))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.notice)
        self.stack.addWidget(self.splitter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.bar)

    def _side(self) -> QWidget:
        """The list, what is in hand, and the chosen region in numbers."""
        upper, lower = QWidget(), QSplitter(Qt.Orientation.Vertical)
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.list, 1)
        column.addWidget(self.strip)
        lower.addWidget(upper)
        lower.addWidget(self.form)
        lower.addWidget(self.points)
        lower.setChildrenCollapsible(False)
        lower.setSizes([300, 130, 120])
        lower.setStretchFactor(0, 1)
        lower.setMinimumWidth(LEAST)
        for widget in (self.form, self.points):
            widget.setMinimumHeight(64)
        return lower

    def _middle(self) -> QWidget:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addWidget(self.view, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 4, 12, 4)
        foot.addWidget(self.said, 1)
        column.addLayout(foot)
        return middle

    def _connect(self) -> None:
        self.unsent.changed.connect(self._edited)
        self.desk.said.connect(self._say)
        self.desk.chosen.connect(self._chosen)
        self.list.itemActivated.connect(lambda *_: self.canvas.setFocus())
        self.canvas.freeze_wanted.connect(self.picture.toggle_frozen)
        self.strip.place_wanted.connect(lambda resource: self.place_wanted.emit(resource, ""))
        self.bar.review_wanted.connect(self.review)
        self.bar.apply_wanted.connect(self.apply)
        self.bar.discard_wanted.connect(self.desk.discard)
        self.bar.cancel_wanted.connect(self._stop)
        self.bar.place_wanted.connect(self.lead)
        for keys, action in (
            ("Ctrl+Return", self.apply),
            ("Ctrl+Enter", self.apply),
            ("Ctrl+Z", self.desk.stack.undo),
            ("Ctrl+Y", self.desk.stack.redo),
            ("Ctrl+Shift+Z", self.desk.stack.redo),
        ):
            QShortcut(QKeySequence(keys), self, action, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._chosen()

    # What the shell asks for

    def activated(self) -> None:
        self.picture.activated()
        self.signals.activated()
        if not self._infos and (self._loading is None or self._loading.done()):
            self._patience.start()
            self._loading = self.scope.start(self._load())
        else:
            self.canvas.setFocus()

    def deactivated(self) -> None:
        self.picture.deactivated()

    def pending_changes(self) -> int:
        return self.edits.count

    def palette_entries(self) -> Iterator[PaletteEntry]:
        place = f"{self.device_name} › {self.title}"
        for info in self._infos:
            if not info.reason:
                yield PaletteEntry(info.title, place, lambda i=info.id: self.show_layer(i), icon=self.icon)
        for tool in TOOLS[1:]:
            text = self.tr("Draw: {}").format(self.tr(tool.title))
            yield PaletteEntry(text, place, lambda i=tool.id: self._use(i), tool.key, tool.icon)

    def resource_changed(self, resource: str) -> None:
        """Set elsewhere: read again, unsent drawings stay."""
        for layer in self.edits.layers:
            known = {layer.info.resource, layer.document.resource}
            known |= {switch.resource for switch in (layer.armed, layer.notifies) if switch is not None}
            if resource in known and not self.writer.active:
                self.scope.start(self._read(layer.info))

    def close_page(self) -> None:
        self._patience.stop()
        self.signals.close()
        self.picture.close()
        self.desk.close()
        self.unsent.close()
        super().close_page()

    async def finish(self) -> None:
        """Waits for a write that has begun. The session must stay open so long."""
        await self.writer.finish()

    # Reading

    async def _load(self) -> None:
        """Which layers there are, then each of them; the first one is in hand as soon as it is there."""
        try:
            with Patience(self.device_name, self._say_busy).told():
                self._infos = await self.regions.layers()
        except CameraError as error:
            self._say_failure(error)
            return
        finally:
            self._patience.stop()
        if not self._infos:
            text = self.tr("It has no detections or masks that can be drawn.")
            self.notice.say(self.tr("Nothing to draw on {}").format(self.device_name), text, icon_name="info")
            return
        self.list.show_layers(self._infos)
        self.stack.setCurrentWidget(self.splitter)
        self.canvas.setFocus()
        for info in self._infos:
            if not info.reason:
                await self._read(info)

    async def _read(self, info: LayerInfo) -> None:
        try:
            layer = await self.regions.load(info.id)
        except CameraError as error:
            self.list.set_reason(info.id, error.summary)
            return
        self.edits.keep(layer)
        if not self.desk.layer_id and layer.writable:
            self.desk.take(layer.info.id)

    def _rounded(self, layer: RegionLayer, region: Region) -> Region:
        return self.regions.rounded(layer, region)

    def _say_failure(self, error: CameraError) -> None:
        again = (self.tr("Try again"), "refresh", self.activated)
        self.notice.say(
            error.summary, error.hint, icon_name="warning", role="warn", detail=error.detail, buttons=[again]
        )
        self.stack.setCurrentWidget(self.notice)

    def _say_busy(self, text: str) -> None:
        self._patience.stop()
        self.notice.say("", text, busy=True, buttons=[(self.tr("Cancel"), "close", self._give_up)])
        self.stack.setCurrentWidget(self.notice)

    def _give_up(self) -> None:
        if self._loading is not None and self._loading.cancel():
            self._loading = None
            self._say_failure(given_up(self.device_name))

    def _say_waiting(self) -> None:
        text = self.tr("Reading what is drawn on {}").format(self.device_name)
        self.notice.say(text, busy=True)
        self.stack.setCurrentWidget(self.notice)

    # Choosing and saying

    def show_layer(self, layer_id: str) -> None:
        if self.edits.layer(layer_id) is not None:
            self.desk.take(layer_id)
            self.canvas.setFocus()

    def lead(self, layer_id: str, key: str) -> None:
        """To a region with a problem, or one that was not kept."""
        self.desk.take(layer_id)
        self.desk.choose((int(key),))
        self.canvas.setFocus()

    def _use(self, tool_id: str) -> None:
        self.canvas.use(tool_id)
        self.canvas.setFocus()

    def _chosen(self) -> None:
        layer, single = self.desk.layer, self.desk.single
        if layer is not None:
            self.picture.set_channel(layer.info.channel)
        self.form.setVisible(single is not None)
        self.points.setVisible(single is not None and self.points.points.rowCount() > 0)
        self._say("", "")

    def _say(self, text: str, role: str) -> None:
        """A complaint, else what the camera takes here."""
        if not text:
            layer = self.desk.layer
            words = limits_words(layer.limits) if layer is not None else ""
            title = layer.info.title if layer is not None else ""
            text, role = self.tr("{0}: {1}").format(title, words) if words else title, "secondary"
        self.said.setText(text)
        self.said.setAccessibleName(text)
        if self.said.property("role") != role:
            self.said.setProperty("role", role)
            self.said.style().unpolish(self.said)
            self.said.style().polish(self.said)

    def _edited(self) -> None:
        self.pending_changed.emit()
        if self.sheet is not None:
            if self.edits.count and not self.edits.problems:
                self.sheet.show_parts(self.sending.parts())
            else:
                self.sheet.dismiss()

    # Review and Apply

    def review(self) -> None:
        if self.writer.active or self.edits.problems or not self.edits.count or self.sheet is not None:
            return
        self.sheet = ReviewSheet(self.device_name, self.stack)
        self.sheet.apply_wanted.connect(self.apply)
        self.sheet.closed.connect(self._sheet_closed)
        self.sheet.show_parts(self.sending.parts())
        self.sheet.open()
        self.bar.show_reviewing(True)

    def _sheet_closed(self) -> None:
        self.sheet = None
        self.bar.show_reviewing(False)

    def apply(self) -> None:
        """Sends what can be sent; with a problem it leads there instead."""
        if self.writer.active or not self.edits.count:
            return
        obstacle = self.unsent.obstacle
        if obstacle is not None:
            self.lead(*obstacle.place)
            return
        if self.sheet is not None:
            self.sheet.dismiss()
        self.canvas.tool.cancel(self.desk)
        self.writer.begin(self.bar.show_waiting)
        self.scope.start(self._apply())

    async def _apply(self) -> None:
        await self.sending.send()
        if not self.edits.count:
            self.desk.stack.setClean()

    def _judged(self, layer_id: str, proofs: Mapping[int, RegionProof]) -> None:
        self.canvas.show_outcomes(layer_id, proofs)
        self.list.refresh()

    def _stop(self) -> None:
        self.writer.stop()
        self.bar.show_stopping()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.sheet is not None:
            self.sheet.dismiss()
        elif event.key() == Qt.Key.Key_Escape and self.writer.active:
            self._stop()
        else:
            super().keyPressEvent(event)
