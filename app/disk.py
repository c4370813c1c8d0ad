"""Files of this computer that people choose: written whole or not at all, read with a limit. Blocking."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from app.errors import InvalidSetting, SiteError

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_FULL = (*_NO_ROOM, errno.EFBIG)
_UNITS = ((1024**3, "GB"), (1024**2, "MB"), (1024, "kB"))


def check_place(path: Path) -> None:
    """Before somebody is asked for what goes there. SiteError where it could not be written."""
    if path.is_dir():
        raise SiteError(f"{path} is a folder.", hint="Choose the name of a file in it.")
    if not path.parent.is_dir():
        raise SiteError(f"{path} cannot be written: there is no folder {path.parent}.", hint="Choose another place.")
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise SiteError(f"{path} cannot be written: not permitted.", hint="Choose another place.")


def write_whole(path: Path, data: bytes) -> None:
    """What stood there before stays until the new one is complete, and for good where that fails. SiteError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            beside.write_bytes(data)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise not_written(path, error, len(data)) from error


def is_full(error: Exception) -> bool:
    """Whether there is no room for more. error: of the system, or of a library that kept its number."""
    return getattr(error, "errno", None) in _FULL


def shortage(folder: Path, error: Exception, needed: int = 0) -> str:
    """How much room there is, and how much is needed (bytes, 0 where nobody knows), as a sentence with a blank behind
    it. "" where room is not what lacks: some disks take no larger file, however empty they are."""
    if getattr(error, "errno", None) not in _NO_ROOM:
        return ""
    free = room(folder)
    return f"{_size(needed)} are needed, {free}" if free and needed else free


def room(folder: Path) -> str:
    """How much of its disk is free, as a sentence with a blank behind it; "" where the system does not say."""
    try:
        return f"{_size(shutil.disk_usage(folder).free)} are free. "
    except OSError:
        return ""


def _size(count: int) -> str:
    """Bytes for people."""
    return next((f"{count / unit:.1f} {name}" for unit, name in _UNITS if count >= unit), f"{count} bytes")


def not_written(path: Path, error: OSError, needed: int = 0) -> SiteError:
    """Why nothing stands there."""
    if is_full(error):
        return SiteError(
            f"The disk is full: {path} cannot be written.",
            hint=f"{shortage(path.parent, error, needed)}Make room, or choose another disk, and do it again.",
            detail=str(error),
        )
    reason = f": {error.strerror}" if error.strerror else ""
    return SiteError(f"{path} cannot be written{reason}.", hint="Choose another place.", detail=str(error))


def read_to_send(path: Path, limit: int) -> bytes:
    """The content of a file that somebody chose to send. limit in bytes: a larger one is not even read. SiteError for a
    file that cannot be read, InvalidSetting for one that nobody can have meant."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            data = file.read(limit + 1) if size <= limit else b""
    except OSError as error:
        raise SiteError(f"{path} cannot be read: {error.strerror or error}.", hint="Nothing was sent.") from error
    if size > limit or len(data) > limit:
        raise InvalidSetting(
            f"{path.name} is too large: {max(size, len(data)) / 1024**2:.0f} MB.",
            hint=f"Nothing was sent: no file of this kind has more than {limit // 1024**2} MB. Choose another one.",
        )
    if not data:
        raise InvalidSetting(f"{path.name} is empty.", hint="Nothing was sent. Choose another file.")
    return data
