"""A recording on its way to a file: packets as they came, kept in a file of their own until all are there.

After the first line (what the packets are) each packet has a byte for its kind and four for its length. What was cut
off in the middle of a packet is cut away when it is opened again. Packets are numbered anew: each connection has
numbers of its own, and what was continued must look like one stream.
"""

from __future__ import annotations

import json
import os
import struct
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from app.errors import CameraError
from app.transport.packets import Media
from app.wire.rtp import is_rtcp, parse_packet
from app.wire.rtsp_play import Agreed, Playing, StreamEnded
from app.wire.sdp import Description, Track

PICTURE, SOUND, CHANGE = 0, 1, 2  # kinds of records
_RECORD = struct.Struct(">BI")
_LINE_LIMIT = 64 * 1024
_PACKET_LIMIT = 1024 * 1024
_HEADER = 12  # bytes of RTP
_BATCH = 200  # packets given at once


class Parcel:
    """`open` to go on with, `begin` to start over; `add` appends, `close` writes what still waits. All of them raise
    OSError. payload: bytes of payload that are there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.payload = 0
        self.seconds = 0.0  # of pictures
        self._file: BinaryIO | None = None
        self._first: int | None = None
        self._packets = [0, 0]  # of pictures and of sound

    def open(self, mark: str) -> None:
        """What is there of the recording with this mark; nothing where it is of another, or none."""
        try:
            if self.path.exists() and _mark_of(self.path) == mark:
                whole = self._measure()
                self._file = self.path.open("r+b")
                self._file.truncate(whole)
                self._file.seek(0, os.SEEK_END)
        except (OSError, ValueError):
            self.close()
            self._forget()

    @property
    def is_open(self) -> bool:
        return self._file is not None

    def begin(self, mark: str, playing: Playing) -> None:
        """From scratch."""
        self.close()
        self._forget()
        sound = asdict(playing.audio.track) if playing.audio is not None else None
        head = {"mark": mark, "picture": asdict(playing.track), "sound": sound}
        self._file = self.path.open("wb")
        self._file.write(json.dumps(head).encode() + b"\n")

    def add(self, found: list[Media]) -> None:
        assert self._file is not None
        for media in found:
            if media.track is not None:
                self._put(CHANGE, json.dumps(asdict(media.track)).encode())
            elif not media.control and not is_rtcp(media.data) and len(media.data) >= _HEADER:
                kind = SOUND if media.audio else PICTURE
                self._put(kind, self._numbered(kind, media.data))

    def close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _forget(self) -> None:
        self.payload, self.seconds, self._first, self._packets = 0, 0.0, None, [0, 0]

    def _numbered(self, kind: int, data: bytes) -> bytes:
        number = self._packets[kind] & 0xFFFF
        return data[:2] + number.to_bytes(2, "big") + data[4:8] + bytes(4) + data[_HEADER:]

    def _put(self, kind: int, data: bytes) -> None:
        assert self._file is not None
        self._file.write(_RECORD.pack(kind, len(data)) + data)
        self._count(kind, data)

    def _count(self, kind: int, data: bytes) -> None:
        if kind == CHANGE:
            return
        try:
            packet = parse_packet(data)
        except CameraError:
            return
        self.payload += len(packet.payload)
        self._packets[kind] += 1
        if kind == PICTURE:
            self._first = packet.timestamp if self._first is None else self._first
            passed = (packet.timestamp - self._first) % 2**32
            self.seconds = max(self.seconds, passed / 90_000) if passed < 2**31 else self.seconds

    def _measure(self) -> int:
        """Counts what is there; the place behind the last whole packet."""
        end = 0
        with self.path.open("rb") as file:
            end = len(file.readline(_LINE_LIMIT))
            for kind, data in _records(file):
                self._count(kind, data)
                end += _RECORD.size + len(data)
        return end


class ParcelSource:
    """Implements `app.transport.packets.Packets`: the packets of a whole parcel once more."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._records: Iterator[tuple[int, bytes]] = iter(())

    def open(self) -> Playing:
        head = json.loads(self._file.readline(_LINE_LIMIT))
        picture = _track(head["picture"])
        sound = Agreed(_track(head["sound"]), 0, 0) if head["sound"] is not None else None
        self._records = _records(self._file)
        return Playing(picture, Description((picture,)), "tcp", 0, 0, sound)

    def read(self, wait: float) -> list[Media]:
        del wait  # everything is there
        found: list[Media] = []
        for kind, data in self._records:
            now = time.monotonic()
            if kind == CHANGE:
                found.append(Media(b"", False, now, track=_track(json.loads(data))))
            else:
                found.append(Media(data, False, now, kind == SOUND))
            if len(found) >= _BATCH:
                break
        if not found:
            raise StreamEnded("This is the end of the recording.")
        return found

    def send_control(self, data: bytes, *, audio: bool = False) -> None:
        """There is nobody to tell."""

    def shutdown(self) -> None:
        """Nothing here ever waits."""

    def close(self) -> None:
        self._file.close()


def _records(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Whole records only."""
    while len(head := file.read(_RECORD.size)) == _RECORD.size:
        kind, size = _RECORD.unpack(head)
        if size > _PACKET_LIMIT:
            return
        data = file.read(size)
        if len(data) < size:
            return
        yield kind, data


def _mark_of(path: Path) -> str:
    """ValueError for what is no parcel."""
    with path.open("rb") as file:
        head = json.loads(file.readline(_LINE_LIMIT))
    return str(head.get("mark", "")) if isinstance(head, dict) else ""


def _track(said: dict[str, object]) -> Track:
    values = {**said, "size": tuple(said["size"])}  # type: ignore[arg-type]
    return Track(**values)  # type: ignore[arg-type]
