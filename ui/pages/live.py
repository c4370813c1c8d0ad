"""One device's picture, live. It plays while the page is in front and lets go of the camera when it is not."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.errors import CameraError, VideoError
from app.families.base import Session, Snapshot, Streams
from app.model.stream import StreamEndpoint, StreamInfo
from app.video.frame import Mailbox, StreamPhase, StreamStatus
from app.video.player import LivePlayer, Player
from ui.bridge.messages import Action
from ui.context import Context
from ui.pages.base import Page
from ui.palette import PaletteEntry
from ui.ptz.part import PtzPart
from ui.theme.icons import icon
from ui.video.view import VideoView, decode_still
from ui.video.words import codec_title, needs_help

log = logging.getLogger(__name__)

MakePlayer = Callable[[StreamEndpoint, Mailbox, Callable[[StreamStatus], None]], LivePlayer]


class LivePage(Page):
    title = "Live"
    icon = "live"
    make_player: MakePlayer = staticmethod(Player)

    @classmethod
    def available(cls, session: Session) -> bool:
        return session.offer(Streams) is not None

    def __init__(
        self, session: Session, context: Context, device_name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(session, context, parent)
        streams = session.offer(Streams)
        assert streams is not None
        self.device_name = device_name or self.device_name
        self.folder = (
            Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)) / "Camwright"
        )
        self.player: LivePlayer | None = None
        self._streams = streams
        self._snapshot = session.offer(Snapshot)
        self._infos: tuple[StreamInfo, ...] = ()
        self._in_front = False
        self._loading: asyncio.Task[None] | None = None
        self._held: asyncio.Task[bytes] | None = None  # the frozen picture at full size
        self._build()
        self._connect()

    # Widgets

    def _build(self) -> None:
        self.view = VideoView(self.device_name)
        self.stream_box = _box(self.tr("Stream"))
        self.transport_box = _box(self.tr("Transport"))
        for text, value in ((self.tr("Automatic"), "auto"), ("TCP", "tcp"), ("UDP", "udp")):
            self.transport_box.addItem(text, value)
        self.facts = QLabel()
        self.facts.setProperty("role", "secondary")
        self.facts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.again = QPushButton(icon("refresh"), self.tr("Try again now"))
        self.again.hide()
        self.snapshot = QPushButton(icon("picture"), self.tr("Snapshot"))
        self.snapshot.setToolTip(self.tr("Save the picture to a file (Ctrl+S)"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._head())
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.view, 1)
        layout.addLayout(row, 1)
        self.ptz = PtzPart.of(self.session, self.view, row, self.scope)

    def _head(self) -> QWidget:
        stream, transport = QLabel(self.tr("Stream")), QLabel(self.tr("Transport"))
        stream.setBuddy(self.stream_box)
        transport.setBuddy(self.transport_box)
        widgets = (stream, self.stream_box, transport, self.transport_box, self.facts, self.again, self.snapshot)
        return _row(*widgets, stretch=self.facts)

    def _connect(self) -> None:
        self.stream_box.activated.connect(self._chosen)
        self.transport_box.activated.connect(self._chosen)
        self.again.clicked.connect(self._try_again)
        self.snapshot.clicked.connect(self.save_snapshot)
        self.view.snapshot_wanted.connect(self.save_snapshot)
        self.view.frozen_changed.connect(self._hold)
        self.view.status_changed.connect(self._status_changed)
        self.view.area_changed.connect(self._area_changed)
        save = QShortcut(QKeySequence("Ctrl+S"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        save.activated.connect(self.save_snapshot)

    # What the shell asks for

    def activated(self) -> None:
        """In front: plays."""
        self._in_front = True
        self.view.setFocus()
        if self.ptz is not None:
            self.ptz.activated()
        if self._infos:
            self._play()
        elif self._loading is None or self._loading.done():
            self._loading = self.scope.start(self._load())

    def deactivated(self) -> None:
        """Behind another page: the camera has one viewer less."""
        if self.ptz is not None:
            self.ptz.deactivated()
        self._in_front = False
        self.stop()

    def close_page(self) -> None:
        """For good, also when the device is lost. Returns at once whatever the camera does."""
        if self.ptz is not None:
            self.ptz.close()
        self._in_front = False
        self.stop()
        super().close_page()

    def palette_entries(self) -> Iterator[PaletteEntry]:
        place = f"{self.device_name} › {self.title}"
        yield PaletteEntry(self.tr("Save a snapshot"), place, self.save_snapshot, "Ctrl+S", "picture")
        yield PaletteEntry(self.tr("Freeze the picture"), place, self._toggle_frozen, "Space", "live")
        yield PaletteEntry(self.tr("Stream statistics"), place, self._toggle_statistics, "I", "status")

    def _toggle_frozen(self) -> None:
        self.view.set_frozen(not self.view.is_frozen)

    def _toggle_statistics(self) -> None:
        self.view.set_statistics_shown(not self.view.is_statistics_shown)

    def stop(self) -> None:
        """No more pictures; the last one stays."""
        player, self.player = self.player, None
        self.view.detach()
        self.view.set_frozen(False)
        if player is not None:
            player.stop()

    # Streams

    async def _load(self) -> None:
        self.view.show_status(StreamStatus(StreamPhase.CONNECTING, "", time.monotonic()))
        try:
            infos = await self._streams.list()
            if not infos:
                raise VideoError(
                    self.tr("{} offers no stream.").format(self.device_name),
                    hint=self.tr("Look under Settings whether its streams are switched off."),
                )
        except CameraError as error:
            self._failed(error)
            return
        self._infos = infos
        self.stream_box.clear()
        for info in infos:
            self.stream_box.addItem(info.title or info.id, info.id)
        self.stream_box.setEnabled(len(infos) > 1)
        if self._in_front:
            self._play()
        await self._show_still(infos[0].channel)

    async def _show_still(self, channel: int) -> None:
        """Something to look at until the first key frame."""
        if self._snapshot is None:
            return
        try:
            picture = await self._snapshot.jpeg(channel)
        except CameraError as error:  # the stream itself will say what is wrong with the camera
            log.info("no snapshot for the live page: %s", error.summary)
            return
        self.view.set_still(await asyncio.to_thread(decode_still, picture))

    def _chosen(self) -> None:
        if self._infos and self._in_front:
            self._play()
            self.view.setFocus()

    def _try_again(self) -> None:
        self.again.hide()
        self.activated()

    def _play(self) -> None:
        info = self._infos[max(0, self.stream_box.currentIndex())]
        self.stop()
        self.facts.setText(describe(info))
        try:
            endpoint = replace(self._streams.endpoint(info), transport=self.transport_box.currentData())
        except CameraError as error:
            self._failed(error)
            return
        inlet = self.view.attach()
        self.player = self.make_player(endpoint, inlet.mailbox, inlet.on_status)
        self.view.show_statistics_of(self.player.stats)
        self.player.set_view(*self.view.area)
        self.player.start()

    def _failed(self, error: CameraError) -> None:
        self.view.show_status(StreamStatus(StreamPhase.FAILED, error.summary, time.monotonic(), error.hint))

    def _status_changed(self, status: StreamStatus) -> None:
        self.again.setVisible(needs_help(status))

    def _area_changed(self, width: int, height: int) -> None:
        if self.player is not None:
            self.player.set_view(width, height)

    # Snapshots

    def save_snapshot(self) -> None:
        """Into the pictures folder, at the stream's full size; a frozen picture is saved as it was frozen."""
        self.scope.start(self._save())

    def _hold(self, frozen: bool) -> None:
        if frozen and self.player is not None:
            self._held = self.scope.start(asyncio.to_thread(self.player.latest_picture_jpeg))
        else:
            self._held = None

    async def _save(self) -> None:
        """What goes wrong is told by the scope, as a message."""
        held, player = self._held, self.player
        if player is None:
            raise VideoError(self.tr("There is no picture yet."))
        try:
            path = await asyncio.to_thread(free_path, self.folder, self.device_name, time.time())
            if held is not None:
                await asyncio.to_thread(path.write_bytes, await held)
            else:
                await asyncio.to_thread(player.snapshot, path)
        except OSError as error:
            raise VideoError(
                self.tr("The picture could not be saved."), hint=error.strerror or "", detail=str(error)
            ) from error
        show = Action(self.tr("Open folder"), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent))))
        self.context.messages.info(self.tr("Picture saved as {}").format(path), device=self.device_name, action=show)


def describe(info: StreamInfo) -> str:
    """What the camera says of a stream, in one line."""
    parts = [codec_title(info.codec)] if info.codec else []
    if info.width and info.height:
        parts.append(f"{info.width} × {info.height}")
    if info.fps:
        parts.append(f"{info.fps:g} fps")
    if info.bitrate_kbps:
        parts.append(f"{info.bitrate_kbps} kbps")
    return "  ·  ".join(parts)


def free_path(folder: Path, name: str, now: float) -> Path:
    """A file that is not there yet in the folder, which is made where needed. OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    clean = re.sub(r'[\x00-\x1f<>:"/\\|?*]+', "-", name).strip(" .-") or "Camera"
    stem = f"{clean[:80]} {time.strftime('%Y-%m-%d %H-%M-%S', time.localtime(now))}"
    path, number = folder / f"{stem}.jpg", 2
    while path.exists():
        path, number = folder / f"{stem} ({number}).jpg", number + 1
    return path


def _box(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    box.setMinimumWidth(110)
    return box


def _row(*widgets: QWidget, stretch: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(12, 8, 12, 8)
    layout.setSpacing(8)
    for widget in widgets:
        layout.addWidget(widget, 1 if widget is stretch else 0)
    return row
