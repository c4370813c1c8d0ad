"""Recordings of a device into files: with progress, to be cancelled and taken up again later.

The packets are collected in `name.mp4.part` first. A transfer that was cancelled or cut off leaves that file, and the
next try asks only for what is missing, where the device can do that. Whole, they become the file that was asked for,
coded as they were recorded: it is written beside and gets its name when all of it is there.
"""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.disk import is_full, shortage
from app.errors import ConnectionLost, TimedOut, VideoError
from app.families.media import Recordings
from app.model.action import Progress, Tell, tell_nobody
from app.model.recording import Clip
from app.model.stream import StreamEndpoint
from app.transport.packets import Limits, Packets
from app.transport.rtsp import connection_of
from app.video.parcel import Parcel, ParcelSource
from app.video.record import Recorder, Recording, free_name
from app.video.source import RtspSource
from app.wire.rtsp_play import StreamEnded

_POLL = 0.25
_SLACK = 2.0  # seconds: the last picture begins before the end, and cameras cut at key frames
_ARRIVAL = 0.04  # seconds between two pictures where their own clock jumps


def part_of(target: Path) -> Path:
    """Where the packets of a recording are collected."""
    return target.with_name(f"{target.name}.part")


async def fetch(
    recordings: Recordings,
    clip: Clip,
    target: Path,
    tell: Tell = tell_nobody,
    *,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Recording:
    """A piece into a new file (.mp4 or .mov). CameraError leaves what is there for the next try, and so does
    cancelling. tell is called in this event loop."""
    loop = asyncio.get_running_loop()
    work = _Transfer(lambda begin: recordings.transfer(clip, begin), clip, target, limits)

    def told(progress: Progress) -> None:
        loop.call_soon_threadsafe(tell, progress)

    job = asyncio.ensure_future(asyncio.to_thread(work.run, told))
    try:
        return await asyncio.shield(job)
    except asyncio.CancelledError:
        work.cancel()
        await asyncio.gather(job, return_exceptions=True)
        raise


class _Transfer:
    """One try. run belongs to one thread; cancel to any."""

    def __init__(
        self,
        endpoint: Callable[[int], StreamEndpoint],
        clip: Clip,
        target: Path,
        limits: Limits = Limits(),  # noqa: B008
    ) -> None:
        self._endpoint = endpoint
        self._limits = limits
        self._seconds = max(clip.length.total_seconds(), 0.001)
        self._mark = f"{clip.id} {clip.kind} {clip.start.isoformat()} {clip.end.isoformat()}"
        self._target = target
        self._parcel = Parcel(part_of(target))
        self._lock = threading.Lock()
        self._connection: Packets | None = None
        self._cancelled = False

    def cancel(self) -> None:
        with self._lock:
            self._cancelled = True
            if self._connection is not None:
                self._connection.shutdown()

    def run(self, tell: Tell) -> Recording:
        """Raises CameraError; VideoError as well where the disk does not take it."""
        try:
            self._target.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._parcel):  # what waits in its buffer may meet the full disk as late as that
                self._parcel.open(self._mark)
                self._receive(tell)
            tell(Progress("Writing the file"))
            return self._named()
        except OSError as error:
            raise self._unwritable(error) from error

    def _receive(self, tell: Tell) -> None:
        begin = self._parcel.payload if self._parcel.is_open else 0
        connection = connection_of(self._endpoint(begin), self._limits)
        with closing(connection):
            with self._lock:
                if self._cancelled:
                    raise VideoError("The download was cancelled.")
                self._connection = connection
            playing = connection.open()
            if begin == 0 or playing.begins != begin:
                self._parcel.begin(self._mark, playing)
            told = -1
            while True:
                try:
                    found = connection.read(_POLL)
                except StreamEnded:
                    return
                except (TimedOut, ConnectionLost):
                    if self._parcel.seconds >= self._seconds - _SLACK:
                        return  # all is there: some devices hang up or fall silent then
                    raise
                self._parcel.add(found)
                percent = int(100 * min(self._parcel.seconds / self._seconds, 1.0))
                if percent != told:
                    told = percent
                    tell(Progress("Receiving", percent / 100))

    def _named(self) -> Recording:
        """The collected packets as the file that was asked for; what was collected goes when it worked."""
        beside = self._target.with_name(f".{self._target.name}.making")
        shutil.rmtree(beside, ignore_errors=True)  # of a try that was killed
        beside.mkdir()
        try:
            done = self._unpack(beside / self._target.name)
            if done.error:
                raise OSError(done.full, done.error) if done.full else VideoError(done.error)
            files = tuple(each.replace(free_name(self._target.with_name(each.name))) for each in done.files)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        self._parcel.path.unlink(missing_ok=True)
        return replace(done, files=files)

    def _unpack(self, target: Path) -> Recording:
        source = RtspSource(StreamEndpoint("parcel:", connection=self._packets))
        recorder = Recorder(target)
        with closing(source):
            source.open()
            recorder.begin(source.codec, source.sound)
            codec, moment = source.codec, 0.0
            try:
                while True:
                    units = source.read(0.0)
                    if source.codec != codec:
                        codec = source.codec
                        recorder.begin(codec, source.sound)
                    for arrived in units:
                        moment += _ARRIVAL
                        recorder.picture(arrived.unit, moment)
                    recorder.sound(source.take_sound(), recorder.position)
            except StreamEnded:
                return recorder.close()
            except BaseException:
                recorder.close()
                raise

    def _unwritable(self, error: OSError) -> VideoError:
        """Nothing stands under the name that was asked for, and what has come stays."""
        folder, part = self._target.parent, self._parcel.path
        if not is_full(error):
            return VideoError(f"Nothing can be written to {folder}.", hint=error.strerror or "", detail=str(error))
        return VideoError(
            f"The disk is full: {self._target.name} was not saved.",
            hint=f"{shortage(folder, error)}Make room and download it again: what has come is kept in {part.name}.",
            detail=str(error),
        )

    def _packets(self, endpoint: StreamEndpoint, limits: Any) -> Packets:
        del endpoint, limits
        return ParcelSource(self._parcel.path)
