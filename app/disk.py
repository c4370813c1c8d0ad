"""Files of this computer that people choose: written whole or not at all, read with a limit. Blocking."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from app.errors import InvalidSetting, SiteError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


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
        raise _not_written(path, error) from error


def is_full(error: Exception) -> bool:
    """Whether there is no room for more. error: of the system, or of a library that kept its number."""
    return getattr(error, "errno", None) in _FULL


def _not_written(path: Path, error: OSError) -> SiteError:
    """Why nothing stands there."""
    if is_full(error):
        return SiteError(
            f"The disk is full: {path} cannot be written.",
            hint="Make room, or choose another disk, and do it again.",
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
