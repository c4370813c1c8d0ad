"""The camera's log as a file. The text has no other files: no configuration, no firmware."""

from __future__ import annotations

import time

from app.errors import NotSupported
from app.families.vigi.client import Client
from app.families.vigi.shapes import Log
from app.model.action import FileKind, Progress, Tell, Uploaded, tell_nobody

LOG = "searchSystemLog"
DAYS = 90


class VigiFiles:
    """Implements `base.Files`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def list(self) -> tuple[FileKind, ...]:
        said = f"What the camera has noted in the last {DAYS} days"
        return (FileKind(LOG, "System log", said, down=True, suffix=".txt"),)

    async def download(self, file: str, *, tell: Tell = tell_nobody) -> bytes:
        """One entry in each line: its kind, when it was (UTC), and what it says."""
        if file != LOG:
            raise self._unknown(file)
        tell(Progress("Asking for the log"))
        now = int(time.time())
        params = {"start_time": str(now - DAYS * 86_400), "end_time": str(now + 86_400), "log_type": "all"}
        reply = await self._client.call(LOG, params)
        holder = reply.values(("syslog", "total")) or reply.result or reply.root
        lines = [f"{part.title}  {part.text}" for part in Log().parts(holder) if part.title]
        return "".join(f"{line}\n" for line in lines).encode()

    async def upload(self, file: str, data: bytes, *, confirmed: bool = False, tell: Tell = tell_nobody) -> Uploaded:
        del data, confirmed, tell
        raise self._unknown(file)

    def _unknown(self, file: str) -> NotSupported:
        return NotSupported(f"{self._client.camera} has no file “{file[:60]}” for this.")
