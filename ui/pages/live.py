"""One device's picture, live. It plays while the page is in front and lets go of the camera when it is not."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.errors import CameraError, VideoError
from app.families.base import HttpStreams, KeyFrames, Session, Snapshot, Streams
from app.model.stream import StreamEndpoint, StreamInfo, main_of
from app.video.frame import Mailbox, StreamPhase, StreamStatus
from app.video.player import LivePlayer, Player
from app.video.record import Recording
from app.video.truth import differences
from ui.bridge.messages import Action
from ui.context import Context
from ui.forms.words import ElidedLabel
from ui.pages.base import Page
from ui.pages.live_parts import box, describe, free_path, inside_http, row_of
from ui.palette import PaletteEntry
from ui.ptz.part import PtzPart
from ui.theme.icons import icon
from ui.video.sound_bar import SoundBar
from ui.video.view import VideoView, decode_still
from ui.video.words import needs_help, recording_words, truth_words, waiting_words

log = logging.getLogger(__name__)

LOOK = 500  # milliseconds between two looks at the stream's figures

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
        self._asked = False  # for a key frame, in this time of waiting
        self._sound_note = ""
        self._channel = 1  # whose main stream comes first
        self._held: asyncio.Task[bytes] | None = None  # the frozen picture at full size
        self._build()
        self._connect()

    # Widgets

    def _build(self) -> None:
        self.view = VideoView(self.device_name)
        self.stream_box = box(self.tr("Stream"))
        self.transport_box = box(self.tr("Transport"))
        ways = [(self.tr("Automatic"), "auto"), ("TCP", "tcp"), ("UDP", "udp"), (self.tr("Inside HTTP"), "tunnel")]
        if isinstance(self._streams, HttpStreams):
            ways.append((self.tr("Pictures over HTTP"), "http"))
        for text, value in ways:
            self.transport_box.addItem(text, value)
        self.facts = ElidedLabel()
        self.facts.setProperty("role", "secondary")
        self.facts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.truth = QLabel()
        self.truth.setProperty("role", "warn")
        self.truth.hide()
        self.sound = SoundBar()
        self.sound.hide()
        self.record = QPushButton(icon("live"), self.tr("Record"))
        self.record.setCheckable(True)
        self.record.setToolTip(self.tr("Record the stream as the camera sends it (Ctrl+R)"))
        self.again = QPushButton(icon("refresh"), self.tr("Try again now"))
        self.again.hide()
        self.snapshot = QPushButton(icon("picture"), self.tr("Snapshot"))
        self.snapshot.setToolTip(self.tr("Save the picture to a file (Ctrl+S)"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.head = self._head()
        layout.addWidget(self.head)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.view, 1)
        layout.addLayout(row, 1)
        self.ptz = PtzPart.of(self.session, self.view, row, self.scope)

    def _head(self) -> QWidget:
        stream, transport = QLabel(self.tr("Stream")), QLabel(self.tr("Transport"))
        stream.setBuddy(self.stream_box)
        transport.setBuddy(self.transport_box)
        shown = (stream, self.stream_box, transport, self.transport_box, self.facts)
        widgets = (*shown, self.truth, self.sound, self.again, self.record, self.snapshot)
        return row_of(*widgets, stretch=self.facts)

    def _connect(self) -> None:
        self.stream_box.activated.connect(self._chosen)
        self.transport_box.activated.connect(self._chosen)
        self.again.clicked.connect(self._try_again)
        self.snapshot.clicked.connect(self.save_snapshot)
        self.view.snapshot_wanted.connect(self.save_snapshot)
        self.view.frozen_changed.connect(self._hold)
        self.view.full_screen_wanted.connect(self.full_screen_wanted)
        self.view.status_changed.connect(self._status_changed)
        self.view.area_changed.connect(self._area_changed)
        self.record.clicked.connect(self.toggle_recording)
        self.sound.changed.connect(self._sound_changed)
        keys = (("Ctrl+S", self.save_snapshot), ("Ctrl+C", self.copy_picture), ("Ctrl+R", self.toggle_recording))
        for key, action in (*keys, ("M", self.sound.button.toggle)):
            shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(action)
        self._looker = QTimer(self)
        self._looker.setInterval(LOOK)
        self._looker.timeout.connect(self._look)

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

    @property
    def fills_screen(self) -> bool:
        return True

    def set_bare(self, bare: bool) -> None:
        self.head.setHidden(bare)

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
        yield PaletteEntry(self.tr("Copy the picture"), place, self.copy_picture, "Ctrl+C", "copy")
        yield PaletteEntry(self.tr("Record the stream"), place, self.toggle_recording, "Ctrl+R", "live")
        yield PaletteEntry(self.tr("Freeze the picture"), place, self._toggle_frozen, "Space", "live")
        yield PaletteEntry(self.tr("Stream statistics"), place, self._toggle_statistics, "I", "status")

    def prefer(self, channel: int) -> None:
        """Before the first showing: which channel of a recorder is meant."""
        self._channel = channel

    def _toggle_frozen(self) -> None:
        self.view.set_frozen(not self.view.is_frozen)

    def _toggle_statistics(self) -> None:
        self.view.set_statistics_shown(not self.view.is_statistics_shown)

    def stop(self) -> None:
        """No more pictures; the last one stays. A recording ends with its file whole."""
        player, self.player = self.player, None
        self._looker.stop()
        self.record.setChecked(False)
        if player is not None and (recording := player.recording) is not None:
            self._recorded(recording)
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
        first = main_of(infos, self._channel) or infos[0]
        self.stream_box.setCurrentIndex(infos.index(first))
        if self._in_front:
            self._play()
        await self._show_still(first.channel)

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
        info = self._info()
        self.stop()
        self.view.explain_waiting(waiting_words(info, asked=False))
        self.facts.setText(describe(info))
        try:
            endpoint = self._endpoint(info)
        except CameraError as error:
            self._failed(error)
            return
        self.transport_box.setEnabled(endpoint.connection is None)
        inlet = self.view.attach()
        self.player = self.make_player(endpoint, inlet.mailbox, inlet.on_status)
        self.view.show_statistics_of(self.player.stats)
        self.player.set_view(*self.view.area)
        self._asked = False
        self.sound.tell()
        self.player.start()
        self._looker.start()

    def _endpoint(self, info: StreamInfo) -> StreamEndpoint:
        way = self.transport_box.currentData()
        if way == "http" and isinstance(self._streams, HttpStreams):
            return self._streams.http_endpoint(info)
        endpoint = self._streams.endpoint(info)
        if endpoint.connection is not None:
            return endpoint  # the camera has a way of its own, and only that
        return inside_http(endpoint, self.session.address) if way == "tunnel" else replace(endpoint, transport=way)

    def _look(self) -> None:
        """Twice a second: what the stream keeps of its promises, its sound, the recording."""
        player = self.player
        if player is None:
            return
        info, stats = self._info(), player.stats()
        found = differences(info, stats) if stats.width else ()
        words = truth_words(found)
        self.truth.setVisible(bool(found))
        self.truth.setText(words.headline)
        self.truth.setToolTip(words.text)
        self.truth.setAccessibleDescription(words.text)
        self.sound.setVisible(bool(stats.sound))
        self.sound.meter.set_level(stats.sound_level)
        if stats.sound_note and stats.sound_note != self._sound_note:
            self.context.messages.warning(stats.sound_note, device=self.device_name)
        self._sound_note = stats.sound_note
        recording = player.recording
        self.record.setChecked(recording is not None)
        if recording is not None and recording.error:
            self.toggle_recording()
        self.facts.setText(describe(info) if recording is None else recording_words(recording))

    def _info(self) -> StreamInfo:
        return self._infos[max(0, self.stream_box.currentIndex())]

    def _sound_changed(self, muted: bool, volume: float) -> None:
        if self.player is not None:
            self.player.set_sound(muted=muted, volume=volume)

    def _failed(self, error: CameraError) -> None:
        self.view.show_status(StreamStatus(StreamPhase.FAILED, error.summary, time.monotonic(), error.hint))

    def _status_changed(self, status: StreamStatus) -> None:
        self.again.setVisible(needs_help(status))
        if status.phase is StreamPhase.PLAYING:
            self._asked = False
        elif status.phase is StreamPhase.WAITING and not self._asked and isinstance(self._streams, KeyFrames):
            self._asked = True
            self.scope.start(self._ask_key_frame(self._streams))

    async def _ask_key_frame(self, streams: KeyFrames) -> None:
        """Once for each time of waiting. A camera that refuses sends one anyway, only later."""
        info = self._info()
        try:
            await streams.request_key_frame(info)
        except CameraError as error:
            log.info("no key frame on request: %s", error.summary)
            return
        self.view.explain_waiting(waiting_words(info, asked=True))

    def _area_changed(self, width: int, height: int) -> None:
        if self.player is not None:
            self.player.set_view(width, height)

    # Recordings

    def toggle_recording(self) -> None:
        """Into the pictures folder; the sound is kept as well where the camera sends any."""
        self.scope.start(self._toggle_recording())

    async def _toggle_recording(self) -> None:
        player = self.player
        self.record.setChecked(player is not None and player.recording is not None)
        if player is None:
            raise VideoError(self.tr("There is no picture yet."))
        if player.recording is not None:
            self._recorded(await asyncio.to_thread(player.stop_recording))
            return
        suffix = ".mov" if player.stats().sound in ("PCMA", "PCMU") else ".mp4"  # MP4 has no place for telephone sound
        try:
            path = await asyncio.to_thread(free_path, self.folder, self.device_name, time.time(), suffix)
        except OSError as error:
            hint = error.strerror or ""
            raise VideoError(self.tr("Nothing can be recorded."), hint=hint, detail=str(error)) from error
        await asyncio.to_thread(player.record, path)
        if isinstance(self._streams, KeyFrames):
            await self._ask_key_frame(self._streams)

    def _recorded(self, recording: Recording) -> None:
        self.record.setChecked(False)
        if not recording.files:
            self.context.messages.warning(recording.error or self.tr("Nothing was recorded."), device=self.device_name)
            return
        text = self.tr("Recorded as {}").format(", ".join(str(path) for path in recording.files))
        text = " ".join(part for part in (text, recording.error, recording.note) if part)
        show = self._show_folder(recording.files[0])
        tell = self.context.messages.warning if recording.error else self.context.messages.info
        tell(text, device=self.device_name, action=show)

    def _show_folder(self, path: Path) -> Action:
        return Action(self.tr("Open folder"), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent))))

    # Snapshots

    def copy_picture(self) -> None:
        """To the clipboard, at the stream's full size."""
        self.scope.start(self._copy())

    async def _copy(self) -> None:
        held, player = self._held, self.player
        if player is None:
            raise VideoError(self.tr("There is no picture yet."))
        data = await held if held is not None else await asyncio.to_thread(player.latest_picture_jpeg)
        QGuiApplication.clipboard().setImage(await asyncio.to_thread(decode_still, data))
        self.context.messages.info(self.tr("Picture copied"), device=self.device_name)

    def save_snapshot(self) -> None:
        """Into the pictures folder, at the stream's full size; a frozen picture is saved as it was frozen."""
        self.scope.start(self._save())

    def _hold(self, frozen: bool) -> None:
        if frozen and self.player is not None:
            self._held = self.scope.start(asyncio.to_thread(self.player.latest_picture_jpeg, self.device_name))
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
                await asyncio.to_thread(player.snapshot, path, self.device_name)
        except OSError as error:
            raise VideoError(
                self.tr("The picture could not be saved."), hint=error.strerror or "", detail=str(error)
            ) from error
        text = self.tr("Picture saved as {}").format(path)
        self.context.messages.info(text, device=self.device_name, action=self._show_folder(path))
