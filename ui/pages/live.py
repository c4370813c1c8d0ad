"""One device's picture, live. It plays while the page is in front and lets go of the camera when it is not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.errors import CameraError, VideoError
from app.families.base import Session
from app.families.media import FromStream, HttpStreams, KeyFrames, Snapshot, Streams, Talk
from app.model.stream import StreamEndpoint, StreamInfo, main_of
from app.video.frame import StreamPhase
from app.video.player import LivePlayer
from app.video.snapshot import Label
from app.video.truth import differences
from ui.context import Context
from ui.forms.words import ElidedLabel
from ui.pages.base import Page
from ui.pages.live_keeper import Keeper
from ui.pages.live_parts import box, describe, inside_http, row_of
from ui.palette import PaletteEntry
from ui.ptz.part import PtzPart
from ui.theme.icons import icon
from ui.video.drawing import decode_still
from ui.video.looker import STEP, Looker
from ui.video.sound_bar import SoundBar
from ui.video.talk_bar import TalkBar
from ui.video.view import VideoView
from ui.video.viewing import Viewing
from ui.video.words import needs_help, recording_words, truth_words, waiting_words

log = logging.getLogger(__name__)

ROOM_FOR_LABELS, ROOM_FOR_WORDS = 1100, 900  # pixels of the page
LOOK = 500  # milliseconds between two looks at the stream's figures


class LivePage(Page):
    title = "Live"
    icon = "live"

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
        self.keeper = Keeper(self.device_name, self._label, context.messages, self.scope)
        self._streams = streams
        self._snapshot = session.offer(Snapshot)
        self._infos: tuple[StreamInfo, ...] = ()
        self._in_front = False
        self._loading: asyncio.Task[None] | None = None
        self._sound_note = ""
        self._channel = 1  # whose main stream comes first
        self._build()
        self._connect()

    # Widgets

    def _build(self) -> None:
        self.view = VideoView(self.device_name)
        self.viewing = Viewing(self.view, self)
        self.looker = Looker(self.view)
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
        talk = self.session.offer(Talk)
        self.talk = TalkBar(talk, self.device_name, self.context.messages, self.scope) if talk is not None else None
        self.record = QPushButton(icon("live"), self.tr("Record"))
        self.record.setAccessibleName(self.tr("Record"))
        self.record.setCheckable(True)
        self.record.setToolTip(self.tr("Record the stream as the camera sends it (Ctrl+R)"))
        self.again = QPushButton(icon("refresh"), self.tr("Try again now"))
        self.again.hide()
        self.snapshot = QPushButton(icon("picture"), self.tr("Snapshot"))
        self.snapshot.setAccessibleName(self.tr("Snapshot"))
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
        self.ptz = PtzPart.of(self.session, self.context, self.device_name, self.view, row, self.scope)

    def _head(self) -> QWidget:
        self.stream_label = stream = QLabel(self.tr("Stream"))
        self.transport_label = transport = QLabel(self.tr("Transport"))
        stream.setBuddy(self.stream_box)
        transport.setBuddy(self.transport_box)
        shown = (stream, self.stream_box, transport, self.transport_box, self.facts)
        talk = (self.talk,) if self.talk is not None else ()
        widgets = (*shown, self.truth, self.sound, *talk, self.again, self.record, self.snapshot)
        return row_of(*widgets, stretch=self.facts)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_head()

    def _fit_head(self) -> None:
        """What is said elsewhere as well leaves first: the words before the boxes, then those on the buttons."""
        labels, words = self.width() >= ROOM_FOR_LABELS, self.width() >= ROOM_FOR_WORDS
        self.stream_label.setVisible(labels)
        self.transport_label.setVisible(labels and not self.transport_box.isHidden())
        self.record.setText(self.tr("Record") if words else "")
        self.snapshot.setText(self.tr("Snapshot") if words else "")

    def _connect(self) -> None:
        self.stream_box.activated.connect(self._chosen)
        self.transport_box.activated.connect(self._chosen)
        self.again.clicked.connect(self._try_again)
        self.snapshot.clicked.connect(self.keeper.save)
        self.view.snapshot_wanted.connect(self.keeper.save)
        self.view.frozen_changed.connect(self.keeper.hold)
        self.keeper.recording_changed.connect(self.record.setChecked)
        self.keeper.recording_began.connect(self._recording_began)
        self.view.full_screen_wanted.connect(self.full_screen_wanted)
        self.view.status_changed.connect(lambda status: self.again.setVisible(needs_help(status)))
        self.viewing.waiting.connect(self._waiting)
        self.viewing.changed.connect(self._player_changed)
        self.record.clicked.connect(self.keeper.toggle_recording)
        self.sound.changed.connect(self._sound_changed)
        self.view.controls.zoom.clicked.connect(self.looker.set_mode)
        self.looker.mode_changed.connect(self.view.controls.zoom.setChecked)
        for key, action in self._keys():
            shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(action)
        self._looker = QTimer(self)
        self._looker.setInterval(LOOK)
        self._looker.timeout.connect(self._look)

    def _keys(self) -> Iterator[tuple[str, Callable[[], object]]]:
        yield "Ctrl+S", self.keeper.save
        yield "Ctrl+C", self.keeper.copy
        yield "Ctrl+R", self.keeper.toggle_recording
        yield "M", self.sound.button.toggle
        if self.talk is not None:
            yield "T", self.talk.toggle
        yield "Z", lambda: self.looker.set_mode(not self.looker.mode)
        for key in ("Ctrl++", "Ctrl+="):
            yield key, lambda: self.looker.zoom(STEP)
        yield "Ctrl+-", lambda: self.looker.zoom(1 / STEP)
        yield "Ctrl+0", self.looker.fit
        for key, across, down in (("Left", -1, 0), ("Right", 1, 0), ("Up", 0, -1), ("Down", 0, 1)):
            yield f"Ctrl+{key}", lambda a=across, d=down: self.looker.nudge(a, d)

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
        self.viewing.close()
        super().close_page()

    def palette_entries(self) -> Iterator[PaletteEntry]:
        place = f"{self.device_name} › {self.title}"
        yield PaletteEntry(self.tr("Save a snapshot"), place, self.keeper.save, "Ctrl+S", "picture")
        yield PaletteEntry(self.tr("Copy the picture"), place, self.keeper.copy, "Ctrl+C", "copy")
        yield PaletteEntry(self.tr("Record the stream"), place, self.keeper.toggle_recording, "Ctrl+R", "live")
        if self.talk is not None:
            yield PaletteEntry(self.tr("Talk to the people at the camera"), place, self.talk.toggle, "T", "microphone")
        yield PaletteEntry(self.tr("Freeze the picture"), place, self._toggle_frozen, "Space", "live")
        yield PaletteEntry(self.tr("Look closer"), place, lambda: self.looker.zoom(2), "Ctrl++", "search")
        yield PaletteEntry(self.tr("The whole picture"), place, self.looker.fit, "Ctrl+0", "picture")
        yield PaletteEntry(self.tr("Turn the picture"), place, self._turn, "R", "refresh")
        yield PaletteEntry(self.tr("Stream statistics"), place, self._toggle_statistics, "I", "status")
        if self.ptz is not None:
            yield from self.ptz.palette_entries(place)

    def prefer(self, channel: int) -> None:
        """Before the first showing: which channel of a recorder is meant."""
        self._channel = channel

    def _toggle_frozen(self) -> None:
        self.view.set_frozen(not self.view.is_frozen)

    def _turn(self) -> None:
        self.view.set_rotation(self.view.rotation + 90)

    def _toggle_statistics(self) -> None:
        self.view.set_statistics_shown(not self.view.is_statistics_shown)

    def stop(self) -> None:
        """No more pictures; the last one stays. A recording ends with its file whole."""
        if self.talk is not None:
            self.talk.end()
        self.viewing.stop()

    @property
    def player(self) -> LivePlayer | None:
        return self.viewing.player

    def _player_changed(self, player: LivePlayer | None) -> None:
        self.keeper.follow(player)
        if player is None:
            self._looker.stop()
        else:
            self.sound.tell()
            self._looker.start()

    # Streams

    async def _load(self) -> None:
        self.viewing.say(StreamPhase.CONNECTING)
        try:
            infos = await self._streams.list()
            if not infos:
                raise VideoError(
                    self.tr("{} offers no stream.").format(self.device_name),
                    hint=self.tr("Look under Settings whether its streams are switched off."),
                )
        except CameraError as error:
            self.viewing.fail(error)
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
        if self._snapshot is None or isinstance(self._snapshot, FromStream):
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
            self.viewing.fail(error)
            return
        # A camera with a way of its own leaves nothing to choose.
        self.transport_box.setEnabled(endpoint.connection is None)
        self.transport_box.setVisible(endpoint.connection is None)
        self._fit_head()
        self.viewing.play(endpoint)

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
            self.keeper.toggle_recording()
        self.facts.setText(describe(info) if recording is None else recording_words(recording))

    def _info(self) -> StreamInfo:
        return self._infos[max(0, self.stream_box.currentIndex())]

    def _sound_changed(self, muted: bool, volume: float) -> None:
        if self.player is not None:
            self.player.set_sound(muted=muted, volume=volume)

    def _waiting(self) -> None:
        if isinstance(self._streams, KeyFrames):
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

    def _label(self) -> Label:
        known = (found.model for found in self.context.discovery.found if found.address == self.session.address)
        return Label(self.device_name, model=next(known, ""), rotation=self.view.rotation)

    def _recording_began(self) -> None:
        """A key frame makes the file begin now."""
        self._waiting()
