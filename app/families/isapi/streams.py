"""Streams, snapshots and the few things the device does on command."""

from __future__ import annotations

import asyncio

from app.errors import DeviceFault, Forbidden, NotSupported, ProtocolError
from app.families.base import Credentials
from app.families.isapi import errors
from app.families.isapi.client import Client
from app.families.isapi.survey import channel_of
from app.model.stream import StreamEndpoint, StreamInfo
from app.patience import Sleep, patiently
from app.wire.xml import Element

RTSP_PORT = 554
HTTPS_PORTS = (443, 8443)
SNAPSHOT_LIMIT = 20 * 1024 * 1024  # bytes
ROLES = ("main", "sub", "third")
TITLES = {"main": "Main stream", "sub": "Sub-stream", "third": "Third stream"}
_JPEG = b"\xff\xd8\xff"


class IsapiStreams:
    """Implements `media.Streams`. `list` learns the RTSP port that `endpoint` uses."""

    def __init__(self, client: Client, credentials: Credentials) -> None:
        self._client = client
        self._credentials = credentials
        self._port: int | None = None
        self.known: tuple[StreamInfo, ...] = ()

    def moved(self, credentials: Credentials) -> None:
        """The device has gone elsewhere, or takes another password."""
        self._credentials = credentials
        self._port = None

    async def list(self) -> tuple[StreamInfo, ...]:
        found = await self._channels()
        self.known = infos(found)
        if self._port is None:
            self._port = await self._rtsp_port(found)
        return self.known

    async def _channels(self) -> tuple[Element, ...]:
        try:
            root = (await self._client.read("/Streaming/channels")).root
            found = tuple(each for each in root.children if each.name == "StreamingChannel")
            if found:
                return found
        except (NotSupported, Forbidden, ProtocolError, DeviceFault) as problem:
            one_by_one = await self._one_by_one()
            if not one_by_one:
                raise problem from None
            return one_by_one
        return await self._one_by_one()

    async def _one_by_one(self) -> tuple[Element, ...]:
        """Some recorders refuse the list and give its members."""
        found: list[Element] = []
        for stream in ("101", "102", "103"):
            try:
                found.append((await self._client.read(f"/Streaming/channels/{stream}")).root)
            except (NotSupported, Forbidden, ProtocolError, DeviceFault):
                break
        return tuple(found)

    async def _rtsp_port(self, channels: tuple[Element, ...]) -> int:
        try:
            root = (await self._client.read("/Security/adminAccesses")).root
        except (NotSupported, Forbidden, ProtocolError, DeviceFault):
            root = None
        for each in root.children if root is not None else ():
            if each.text_of("protocol").upper() == "RTSP":
                port = _port(each.text_of("portNo"))
                if port:
                    return port
        told = (_port(each.text_of("Transport/rtspPortNo")) for each in channels)
        return next(filter(None, told), RTSP_PORT)

    def endpoint(self, stream: StreamInfo) -> StreamEndpoint:
        host = self._client.channel.address.host
        host = f"[{host}]" if ":" in host else host
        return StreamEndpoint(
            url=f"rtsp://{host}:{self._port or RTSP_PORT}/Streaming/Channels/{stream.id}",
            user=self._credentials.user,
            password=self._credentials.password,
        )

    def http_endpoint(self, stream: StreamInfo) -> StreamEndpoint:
        """JPEG pictures over HTTP; cameras have this for streams that are set to MJPEG."""
        address = self._client.channel.address
        scheme = "https" if address.port in HTTPS_PORTS else "http"
        path = self._client.dialect.path(f"/Streaming/channels/{stream.id}/httppreview")
        return StreamEndpoint(
            url=f"{scheme}://{address}{path}", user=self._credentials.user, password=self._credentials.password
        )

    async def request_key_frame(self, stream: StreamInfo) -> None:
        """NotSupported or DeviceFault where the camera does not do this."""
        await self._client.put(f"/Streaming/channels/{stream.id}/requestKeyFrame")


def infos(channels: tuple[Element, ...]) -> tuple[StreamInfo, ...]:
    """Streams of StreamingChannel elements. Ids are channel * 100 + stream, or 1, 2, 3 on old firmware."""
    places: dict[int, int] = {}
    split: list[tuple[Element, str, int, int]] = []
    for element in channels:
        stream = element.text_of("id")
        if not stream:
            continue
        prefix = channel_of(stream)
        channel = int(prefix) if prefix else _number(element.text_of("Video/videoInputChannelID")) or 1
        places[channel] = places.get(channel, 0) + 1
        place = (_number(stream[-2:]) or 1) if prefix else places[channel]
        split.append((element, stream, channel, place))
    several = len(places) > 1
    return tuple(_info(element, stream, channel, place, several) for element, stream, channel, place in split)


def _info(element: Element, stream: str, channel: int, place: int, several: bool) -> StreamInfo:
    video = element.child("Video")
    said = video.text_of if video is not None else (lambda path, default="": default)
    role = ROLES[min(place, len(ROLES)) - 1]
    title = TITLES[role] if place <= len(ROLES) else f"Stream {place}"
    constant = said("videoQualityControlType").upper() == "CBR"
    bitrate = said("constantBitRate") if constant else said("vbrUpperCap") or said("constantBitRate")
    fps100 = _number(said("maxFrameRate"))
    return StreamInfo(
        id=stream,
        channel=channel,
        role=role,
        title=f"Channel {channel}: {title}" if several else title,
        codec=said("videoCodecType"),
        width=_number(said("videoResolutionWidth")) or 0,
        height=_number(said("videoResolutionHeight")) or 0,
        fps=fps100 / 100 if fps100 else None,
        bitrate_kbps=_number(bitrate),
        gop_frames=_number(said("GovLength")),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _port(text: str) -> int | None:
    number = _number(text)
    return number if number and number < 65536 else None


class IsapiSnapshot:
    """Implements `media.Snapshot`."""

    def __init__(self, client: Client, streams: IsapiStreams, *, sleep: Sleep = asyncio.sleep) -> None:
        self._client = client
        self._streams = streams
        self._sleep = sleep

    async def jpeg(self, channel: int = 1) -> bytes:
        """A picture of the main stream. ProtocolError when what came is no JPEG."""
        known = [each.id for each in self._streams.known if each.channel == channel]
        wanted = known[:1] or [f"{channel}01", str(channel)]
        for stream in wanted[:-1]:
            try:
                return await self._picture(stream)
            except NotSupported:
                continue
        return await self._picture(wanted[-1])

    async def _picture(self, stream: str) -> bytes:
        return await patiently(lambda: self._once(stream), self._sleep)

    async def _once(self, stream: str) -> bytes:
        path = f"/Streaming/channels/{stream}/picture"
        answer = await self._client.answer(path, deadline=15.0, limit=SNAPSHOT_LIMIT)
        if answer.body.startswith(_JPEG) and 200 <= answer.status < 300:
            return answer.body
        errors.check(answer, self._client.dialect.path(path), self._client.camera)
        raise ProtocolError(
            f"{self._client.camera} sent no picture.",
            detail=f"{len(answer.body)} bytes of {answer.content_type or 'unknown type'} instead of a JPEG",
        )


class IsapiMaintenance:
    """Implements `base.Maintenance`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def reboot(self) -> None:
        """Returns once the device has said that it will restart."""
        await self._client.put("/System/reboot")
