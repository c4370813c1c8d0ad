"""What is kept of a live stream: pictures in files and on the clipboard, recordings."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from app.disk import write_whole
from app.errors import VideoError
from app.video.player import LivePlayer
from app.video.record import Recording
from app.video.snapshot import Label
from ui.bridge.messages import Action, Messages
from ui.bridge.tasks import TaskScope
from ui.pages.live_parts import free_path
from ui.video.drawing import decode_still


class Keeper(QObject):
    """Into the pictures folder, unless `folder` is set to another one. What goes wrong is told by the scope."""

    recording_changed = Signal(bool)
    recording_began = Signal()

    def __init__(self, name: str, label: Callable[[], Label], messages: Messages, scope: TaskScope) -> None:
        super().__init__()
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        self.folder = Path(pictures) / "Camwright"
        self.name = name
        self.player: LivePlayer | None = None
        self._label = label
        self._messages = messages
        self._scope = scope
        self._held: asyncio.Task[bytes] | None = None  # the frozen picture at full size

    def follow(self, player: LivePlayer | None) -> None:
        """Another stream, or none: a recording of the one before ends with its file whole."""
        before, self.player = self.player, player
        if before is not None and (recording := before.recording) is not None:
            self._recorded(recording)
        self.recording_changed.emit(False)

    # Pictures

    def hold(self, frozen: bool) -> None:
        """A picture that is frozen on the screen is saved and copied as it was then."""
        if frozen and self.player is not None:
            self._held = self._scope.start(asyncio.to_thread(self.player.latest_picture_jpeg, self._label()))
        else:
            self._held = None

    def copy(self) -> None:
        """To the clipboard, at the stream's full size."""
        self._scope.start(self._copy())

    def save(self) -> None:
        """To a file, at the stream's full size."""
        self._scope.start(self._save())

    def _playing(self) -> LivePlayer:
        if self.player is None:
            raise VideoError(self.tr("There is no picture yet."))
        return self.player

    async def _copy(self) -> None:
        held, player = self._held, self._playing()
        data = await held if held is not None else await asyncio.to_thread(player.latest_picture_jpeg, self._label())
        # What is read honours the rotation in the picture's label.
        QGuiApplication.clipboard().setImage(await asyncio.to_thread(decode_still, data))
        self._messages.info(self.tr("Picture copied"), device=self.name)

    async def _save(self) -> None:
        held, player = self._held, self._playing()
        try:
            path = await asyncio.to_thread(free_path, self.folder, self.name, time.time())
            if held is not None:
                await asyncio.to_thread(write_whole, path, await held)
            else:
                await asyncio.to_thread(player.snapshot, path, self._label())
        except OSError as error:
            summary = self.tr("The picture could not be saved.")
            raise VideoError(summary, hint=error.strerror or "", detail=str(error)) from error
        text = self.tr("Picture saved as {}").format(path)
        self._messages.info(text, device=self.name, action=self._show_folder(path))

    # Recordings

    def toggle_recording(self) -> None:
        """The sound is kept as well where the camera sends any."""
        self._scope.start(self._toggle_recording())

    async def _toggle_recording(self) -> None:
        player = self.player
        self.recording_changed.emit(player is not None and player.recording is not None)
        player = self._playing()
        if player.recording is not None:
            self._recorded(await asyncio.to_thread(player.stop_recording))
            return
        suffix = ".mov" if player.stats().sound in ("PCMA", "PCMU") else ".mp4"  # MP4 has no place for telephone sound
        try:
            path = await asyncio.to_thread(free_path, self.folder, self.name, time.time(), suffix)
        except OSError as error:
            hint = error.strerror or ""
            raise VideoError(self.tr("Nothing can be recorded."), hint=hint, detail=str(error)) from error
        await asyncio.to_thread(player.record, path)
        self.recording_began.emit()

    def _recorded(self, recording: Recording) -> None:
        self.recording_changed.emit(False)
        if not recording.files:
            self._messages.warning(recording.error or self.tr("Nothing was recorded."), device=self.name)
            return
        text = self.tr("Recorded as {}").format(", ".join(str(path) for path in recording.files))
        text = " ".join(part for part in (text, recording.error, recording.note) if part)
        show = self._show_folder(recording.files[0])
        tell = self._messages.warning if recording.error else self._messages.info
        tell(text, device=self.name, action=show)

    def _show_folder(self, path: Path) -> Action:
        def show() -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

        return Action(self.tr("Open folder"), show)
