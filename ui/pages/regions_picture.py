"""The picture that regions are drawn on: a live stream, a snapshot, or either of them frozen."""

from __future__ import annotations

import asyncio
import logging

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QComboBox

from app.errors import CameraError
from app.families.base import Session
from app.families.media import KeyFrames, Snapshot, Streams
from app.model.stream import StreamInfo
from app.video.frame import StreamPhase
from app.video.player import LivePlayer
from ui.bridge.tasks import TaskScope
from ui.pages.live_parts import box
from ui.video.view import VideoView, decode_still
from ui.video.viewing import Viewing

log = logging.getLogger(__name__)

SNAPSHOT = "snapshot"


def _tr(text: str) -> str:
    return QCoreApplication.translate("RegionsPage", text)


class RegionPicture(QObject):
    """Plays while its page is in front, in the channel whose regions are drawn. The box chooses what is shown."""

    def __init__(self, session: Session, view: VideoView, scope: TaskScope, parent: QObject) -> None:
        super().__init__(parent)
        self.view = view
        self.viewing = Viewing(view, self)
        self.box: QComboBox = box(_tr("Picture"))
        self._streams, self._snapshot, self._scope = session.offer(Streams), session.offer(Snapshot), scope
        self._infos: tuple[StreamInfo, ...] = ()
        self._channel = 1
        self._in_front = False
        self._loading: asyncio.Task[None] | None = None
        self.box.activated.connect(lambda _: self._show())
        self.viewing.waiting.connect(self._waiting)

    @property
    def player(self) -> LivePlayer | None:
        return self.viewing.player

    def activated(self) -> None:
        self._in_front = True
        if self.box.count():
            self._show()
        elif self._loading is None or self._loading.done():
            self._loading = self._scope.start(self._load())

    def deactivated(self) -> None:
        """The camera has one viewer less."""
        self._in_front = False
        self.viewing.stop()

    def close(self) -> None:
        self._in_front = False
        self.viewing.close()

    def set_channel(self, channel: int) -> None:
        """Another video input: its streams are offered, the first one is shown."""
        if channel != self._channel:
            self._channel = channel
            self.view.clear()
            self._offer()
            if self._in_front:
                self._show()

    def toggle_frozen(self) -> None:
        self.view.set_frozen(not self.view.is_frozen)

    async def _load(self) -> None:
        if self._streams is not None:
            self.viewing.say(StreamPhase.CONNECTING)
            try:
                self._infos = await self._streams.list()
            except CameraError as error:
                self.viewing.fail(error)
        self._offer()
        if self._in_front:
            self._show()

    def _offer(self) -> None:
        self.box.clear()
        for info in self._infos:
            if info.channel == self._channel:
                self.box.addItem(info.title or info.id, info.id)
        if self._snapshot is not None:
            self.box.addItem(_tr("Snapshot"), SNAPSHOT)
        self.box.setEnabled(self.box.count() > 1)

    def _show(self) -> None:
        self.viewing.stop()
        info = next((each for each in self._infos if each.id == self.box.currentData()), None)
        if info is not None:
            self._play(info)
        elif self.box.currentData() == SNAPSHOT:
            self._scope.start(self._show_snapshot(self._channel))

    def _play(self, info: StreamInfo) -> None:
        assert self._streams is not None
        try:
            endpoint = self._streams.endpoint(info)
        except CameraError as error:
            self.viewing.fail(error)
            return
        self.viewing.play(endpoint)

    async def _show_snapshot(self, channel: int) -> None:
        assert self._snapshot is not None
        try:
            picture = await self._snapshot.jpeg(channel)
        except CameraError as error:
            self.viewing.fail(error)
            return
        image = await asyncio.to_thread(decode_still, picture)
        if channel == self._channel and self.player is None:
            self.view.show_picture(image)

    def _waiting(self) -> None:
        if isinstance(self._streams, KeyFrames):
            self._scope.start(self._ask_key_frame(self._streams))

    async def _ask_key_frame(self, streams: KeyFrames) -> None:
        """A camera that refuses sends one anyway, only later."""
        info = next((each for each in self._infos if each.id == self.box.currentData()), None)
        if info is None:
            return
        try:
            await streams.request_key_frame(info)
        except CameraError as error:
            log.info("no key frame on request: %s", error.summary)
