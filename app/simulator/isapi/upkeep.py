"""What a camera does that takes a while or is no document: firmware, formatting, outputs, its log, its certificate."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from app.simulator.isapi.answers import Outcome

_MAGIC = b"CWSIMFIRMWARE1\n"
_LOG_LENGTH = 500
LANGUAGE = "multi"


def firmware_file(model: str, version: str, build: str, *, language: str = LANGUAGE, size: int = 65536) -> bytes:
    """An upgrade that a simulated camera of this model takes; size is the length of its payload in bytes."""
    head = {"model": model, "version": version, "build": build, "language": language, "size": size}
    return _MAGIC + json.dumps(head).encode() + b"\n" + bytes(size)


@dataclass(frozen=True, slots=True)
class Firmware:
    version: str
    build: str


def read_firmware(body: bytes, model: str, now: Firmware) -> Firmware | Outcome:
    """What the file brings, or why the camera does not take it."""
    head, _, payload = body.removeprefix(_MAGIC).partition(b"\n")
    try:
        texts = json.loads(head) if body.startswith(_MAGIC) else None
    except (ValueError, RecursionError):
        texts = None
    match texts:
        case {"model": str(wanted), "version": str(version), "build": str(build), "size": int(size), **more}:
            if wanted != model:
                return Outcome(6, "badDevType")
            if more.get("language") != LANGUAGE:
                return Outcome(6, "badLanguage")
            if len(payload) != size:
                return Outcome(3, "badFlash")
            if _numbers(version) < _numbers(now.version):
                return Outcome(6, "badVersion")
            return Firmware(version, build)
    return Outcome(6, "badDevType")


def _numbers(version: str) -> list[int]:
    parts = version.lstrip("Vv").split(".")
    return [int(part) if part.isascii() and part.isdigit() and len(part) < 9 else 0 for part in parts]


@dataclass(frozen=True, slots=True)
class LogEntry:
    """major and minor are the protocol's words for the kind of thing that happened."""

    time: datetime
    major: str
    minor: str
    user: str = ""
    host: str = ""


class Log:
    """The last things that happened, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[LogEntry] = deque(maxlen=_LOG_LENGTH)

    def add(self, entry: LogEntry) -> None:
        self._entries.append(entry)

    def find(self, begin: datetime | None, end: datetime | None, major: str = "") -> list[LogEntry]:
        """Newest first, as cameras list them; times without a zone are the camera's own."""
        return [
            entry
            for entry in reversed(self._entries)
            if (not major or entry.major.lower() == major.lower())
            and (begin is None or entry.time >= begin)
            and (end is None or entry.time <= end)
        ]
