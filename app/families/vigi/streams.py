"""Streams by plain RTSP: the port from getStreamPort, the paths as real cameras have them. The same pictures can be had
by MULTITRANS (section 5.1), in one connection that firewalls let through and with the camera's own key frames."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

from app.errors import DeviceFault, Forbidden, NotSupported, ProtocolError
from app.families.base import Credentials
from app.families.vigi.client import Client
from app.families.vigi.multitrans import Door
from app.model.stream import StreamEndpoint, StreamInfo
from app.transport.rtsp import RtspConnection
from app.wire import multitrans
from app.wire.json_text import JsonNode

RTSP_PORT = 554
_REFUSALS = (NotSupported, Forbidden, ProtocolError, DeviceFault)
_PREVIEWS = {"1": "HD", "2": "VGA"}  # what section 5.1 calls the streams
_OWN_TITLES = {"1": "Main, MULTITRANS", "2": "Sub, MULTITRANS"}
_ROLES = (("1", "main", "main", "Main stream"), ("2", "minor", "sub", "Sub-stream"))


class VigiStreams:
    """Implements `media.Streams` and `media.KeyFrames`. `list` learns the RTSP port that `endpoint` uses."""

    def __init__(self, client: Client, credentials: Credentials) -> None:
        self._client = client
        self._credentials = credentials
        self._port: int | None = None

    async def list(self) -> tuple[StreamInfo, ...]:
        await self.door()
        sizes = await self._sizes()
        plain = [
            StreamInfo(id=number, channel=1, role=role, title=title, width=size[0], height=size[1])
            for number, name, role, title in _ROLES
            for size in (_size(sizes, name),)
        ]
        own = [replace(each, id=_PREVIEWS[each.id], title=_OWN_TITLES[each.id]) for each in plain]
        return (*plain, *own)

    async def door(self) -> Door:
        """Where section 5 is spoken."""
        if self._port is None:
            self._port = await self._rtsp_port()
        return self._own_door()

    def _own_door(self) -> Door:
        return Door(self._client.channel.address.host, self._port or RTSP_PORT, self._credentials)

    async def request_key_frame(self, stream: StreamInfo) -> None:
        kind = "main" if stream.id in ("1", _PREVIEWS["1"]) else "minor"
        connection = (await self.door()).connection(multitrans.key_frame(kind))
        await asyncio.to_thread(_once, connection)

    def endpoint(self, stream: StreamInfo) -> StreamEndpoint:
        if stream.id in _PREVIEWS.values():
            return self._own_door().endpoint(multitrans.preview(stream.id))
        host = self._client.channel.address.host
        host = f"[{host}]" if ":" in host else host
        return StreamEndpoint(
            url=f"rtsp://{host}:{self._port or RTSP_PORT}/stream{stream.id}",
            user=self._credentials.user,
            password=self._credentials.password,
        )

    async def _rtsp_port(self) -> int:
        """The port of the text where the camera does not say."""
        try:
            values = (await self._client.call("getStreamPort")).values(("streamPort",))
        except _REFUSALS:
            return RTSP_PORT
        text = values.text_of("streamPort").strip() if values is not None else ""
        return int(text) if text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65536 else RTSP_PORT

    async def _sizes(self) -> JsonNode | None:
        try:
            return (await self._client.call("getResolution")).values(("main", "minor"))
        except _REFUSALS:
            return None


def _once(connection: RtspConnection) -> None:
    try:
        connection.open()
    finally:
        connection.close()


def _size(values: JsonNode | None, stream: str) -> tuple[int, int]:
    part = values.child(stream) if values is not None else None
    found = re.fullmatch(r"\s*(\d{2,5})\s*[*xX×]\s*(\d{2,5})\s*", part.text_of("resolutions") if part else "")
    return (int(found[1]), int(found[2])) if found else (0, 0)
