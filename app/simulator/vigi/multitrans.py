"""MULTITRANS, the streams of VIGI OpenAPI (sections 2.1.3, 2.2.2 and 5): one verb on the RTSP port, JSON inside.

A connection carries one stream: preview, playback or download; or the voice of somebody who talks.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
import secrets
import time
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.errors import VideoError
from app.simulator import rtp_packets
from app.simulator.access import Gate
from app.simulator.encoder import EncodedPicture, parameter_sets
from app.simulator.picture import EncoderSettings, PictureSettings
from app.simulator.rtsp_feed import Client, framed
from app.simulator.rtsp_messages import RtspRequest, answer
from app.simulator.rtsp_verbs import Link
from app.simulator.vigi import recorded
from app.simulator.vigi.fields import whole
from app.simulator.vigi.recordings import Piece
from app.wire.g711 import alaw

VIDEO, AUDIO = 0, 1  # channels
_REFUSED = -40101
_STREAMS = {"HD": "1", "VGA": "2"}
_CODECS = {"h264": "H264", "h265": "H265", "mjpeg": "MJPEG"}
_AUDIO_SECONDS = 0.04
_ALAW_RATE, _ALAW_TYPE = 8000, 8
_QUOTED = re.compile(r'qop="auth".*cnonce="[^"]*".*nc="[0-9a-f]{8}"')
_Json = Mapping[str, Any]


class Camera(Protocol):
    """What the verb asks of its camera."""

    def encoder_settings(self, stream_id: str) -> EncoderSettings | None: ...

    def picture_settings(self) -> PictureSettings: ...

    def ask_key_frame(self, stream_id: str) -> None: ...

    def recorded(self, start: float, end: float) -> list[Piece]:
        """What the card holds of this time."""


@dataclass(slots=True)
class Mouth:
    """The camera's loudspeaker: one at a time may talk. heard keeps the last words, as G.711."""

    taken: bool = False
    heard: bytearray = field(default_factory=bytearray)
    packets: int = 0

    def say(self, payload: bytes) -> None:
        self.packets += 1
        self.heard += payload
        del self.heard[: -10 * _ALAW_RATE]


@dataclass(frozen=True, slots=True)
class Manners:
    """codec: of recordings. quoted: the digest must have qop and nc in quotes; changing: recordings change codec;
    silent_end: nobody is told that a recording is over."""

    codec: str = "h264"
    quoted: bool = False
    changing: bool = False
    silent_end: bool = False


@dataclass(slots=True)
class _Sender:
    """RTP of recorded pictures. left is how many bytes of payload are still skipped."""

    left: int = 0
    sequence: int = field(default_factory=lambda: secrets.randbits(16))
    ssrc: int = field(default_factory=lambda: secrets.randbits(32))

    def frames(self, picture: EncodedPicture) -> bytes:
        kind = rtp_packets.payload_type(picture.settings.codec)
        made = bytearray()
        for body, last in rtp_packets.payloads(picture.settings.codec, picture.data):
            if self.left > 0:
                self.left -= len(body)
                continue
            head = rtp_packets.rtp_header(kind, self.sequence, picture.ticks, self.ssrc, marker=last)
            self.sequence += 1
            made += framed(VIDEO, head + body)
        return bytes(made)


class Multitrans:
    """Implements OwnVerb."""

    def __init__(self, link: Link, camera: Camera, gate: Gate, mouth: Mouth, manners: Manners) -> None:
        self._link = link
        self._camera = camera
        self._gate = gate
        self._mouth = mouth
        self._manners = manners
        self._known = False
        self._client: Client | None = None
        self._work: asyncio.Task[None] | None = None
        self._begin: Callable[[], None] | None = None  # what follows the answer
        self._playback: _Json = {}
        self._talks = False
        self._session = secrets.token_hex(4)

    async def answer(self, request: RtspRequest) -> bytes:
        challenges = self._refusal(request)
        if challenges:
            return answer(401, request, [("WWW-Authenticate", text) for text in challenges])
        try:
            asked = json.loads(request.body)
        except (ValueError, RecursionError):
            return answer(400, request)
        if not isinstance(asked, Mapping):
            return answer(400, request)
        enveloped = isinstance(asked.get("params"), Mapping)
        told = await self._carry_out(asked["params"] if enveloped else asked)
        if enveloped:
            told = {"type": "response", "seq": asked.get("seq", "0"), "params": told}
        reply = answer(200, request, [("Content-Type", "application/json")], json.dumps(told))
        self._link.transport.write(reply)
        begin, self._begin = self._begin, None
        if begin is not None:
            begin()
        return b""

    def packet(self, channel: int, data: bytes) -> None:
        if self._talks and len(data) > 12 and data[1] & 0x7F in (0, _ALAW_TYPE):
            self._mouth.say(data[12:])

    async def close(self) -> None:
        await self._end()
        if self._talks:
            self._talks = self._mouth.taken = False

    def _refusal(self, request: RtspRequest) -> tuple[str, ...]:
        """() lets in; once is enough for a connection."""
        if self._known:
            return ()
        given = request.headers.get("authorization")
        strict = self._manners.quoted and given is not None and not _QUOTED.search(given)
        verdict = self._gate.check(request.method, request.uri, None if strict else given, self._link.peer)
        self._known = verdict.account is not None
        if self._known:
            return ()
        told = self._gate.challenges(stale=verdict.stale, qop=self._manners.quoted)
        return tuple(re.sub(r"algorithm=([\w-]+)", r'algorithm="\1"', each) for each in told)

    async def _carry_out(self, asked: _Json) -> dict[str, Any]:
        match asked:
            case {"method": "get", "preview": dict() as wish}:
                return await self._preview(wish)
            case {"method": "get", "playback": dict() as wish}:
                return await self._play_back(wish)
            case {"method": "get", "download": dict() as wish}:
                return await self._download(wish)
            case {"method": "get", "talk": {"mode": "half_duplex" | "aec"}} if not self._mouth.taken:
                self._talks = self._mouth.taken = True
                return self._done()
            case {"method": "do", "stop": _}:
                await self._end()
                return {"error_code": 0}
            case {"method": "do", "play": dict() as wish} if self._playback:
                return await self._play_back({**self._playback, **wish})
            case {"method": "do", "video": {"force_iframe": {"stream_type": kind}}}:
                self._camera.ask_key_frame("2" if kind == "minor" else "1")
                return self._done()
        return {"error_code": _REFUSED}

    def _done(self, **more: object) -> dict[str, Any]:
        return {"error_code": 0, "session_id": self._session, **more}

    async def _end(self) -> None:
        """The stream that this connection carries."""
        self._playback = {}
        work, self._work = self._work, None
        if work is not None:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        client, self._client = self._client, None
        if client is not None:
            self._link.leave(client)

    # -- preview -------------------------------------------------------------------------------------------------

    async def _preview(self, wish: _Json) -> dict[str, Any]:
        names = wish.get("resolutions")
        name = str(names[0]) if isinstance(names, list) and len(names) == 1 else ""
        stream = _STREAMS.get(name)
        settings = self._camera.encoder_settings(stream) if stream is not None else None
        if stream is None or settings is None:
            return {"error_code": _REFUSED}
        await self._end()

        def begin() -> None:
            self._client = self._link.watch(stream, VIDEO, lambda now: self._tell(now, name))
            self._work = asyncio.create_task(self._hum())

        self._begin = begin
        return self._done(interleaved=_INTERLEAVED, av_config=[await _config(settings, sets=True)])

    def _tell(self, settings: EncoderSettings, name: str) -> None:
        """The pictures that follow are others."""
        self._notify(
            event_type="channel_preview_params",
            channels=[0],
            resolutions=[name],
            audio=["enable"],
            av_config=[_plain_config(settings)],
        )

    def _notify(self, **params: object) -> None:
        body = json.dumps({"type": "notification", "params": params}).encode()
        lines = (
            "MULTITRANS rtsp://camera/multitrans RTSP/1.0",
            "CSeq: 0",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        )
        if not self._link.transport.is_closing():
            self._link.transport.write("\r\n".join([*lines, "", ""]).encode() + body)

    async def _hum(self) -> None:
        """What the camera's microphone hears: the wind, softly."""
        sequence, ticks, ssrc = 0, 0, secrets.randbits(32)
        step = int(_ALAW_RATE * _AUDIO_SECONDS)
        due = time.monotonic()
        while not self._link.transport.is_closing():
            head = rtp_packets.rtp_header(_ALAW_TYPE, sequence, ticks, ssrc, marker=sequence == 0)
            self._link.transport.write(framed(AUDIO, head + _HUM[:step]))
            sequence, ticks, due = sequence + 1, ticks + step, due + _AUDIO_SECONDS
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    # -- recordings ----------------------------------------------------------------------------------------------

    async def _play_back(self, wish: _Json) -> dict[str, Any]:
        client_id = wish.get("client_id")
        pieces = self._pieces(wish)
        if wish.get("scale") != "+1/1" or not isinstance(client_id, str) or not 1 <= len(client_id) <= 64 or not pieces:
            return {"error_code": _REFUSED}
        await self._end()
        self._playback = dict(wish)
        return await self._send_recorded(pieces, paced=True)

    async def _download(self, wish: _Json) -> dict[str, Any]:
        client_id = whole(wish.get("client_id"))
        pieces = self._pieces(wish)
        if wish.get("media_type") != "video" or client_id is None or not 0 <= client_id <= 32 or not pieces:
            return {"error_code": _REFUSED}
        await self._end()
        found = re.fullmatch(r"(\d{1,12})-", str(wish.get("range", "")))
        start = int(found[1]) if found else 0
        told = await self._send_recorded(pieces, paced=False, skip=start)
        return {**told, "range": f"{start}-"} if "range" in wish else told

    def _pieces(self, wish: _Json) -> list[Piece]:
        """What is wanted of the card; () for wishes that make no sense."""
        start, end = whole(wish.get("start_time")), whole(wish.get("end_time"))
        if start is None or end is None or ("event_type" in wish and "event_type_exclude" in wish):
            return []
        found = self._camera.recorded(start, end)
        if wish.get("event_type"):
            found = [each for each in found if each.kind in wish["event_type"]]
        found = [each for each in found if each.kind not in wish.get("event_type_exclude", ())]
        if "file_id" in wish:
            found = [each for each in found if each.file_id == wish["file_id"]]
        return recorded.one_after_another(found, start, end)

    async def _send_recorded(self, pieces: list[Piece], *, paced: bool, skip: int = 0) -> dict[str, Any]:
        settings = recorded.settings_of(self._manners.codec)
        made = recorded.pictures(
            pieces, self._camera.picture_settings(), self._manners.codec, changing=self._manners.changing
        )

        def begin() -> None:
            self._work = asyncio.create_task(self._stream(made, settings, _Sender(skip), paced=paced))

        self._begin = begin
        return self._done(interleaved=_INTERLEAVED, av_config=[await _config(settings, sets=False)])

    async def _stream(
        self, made: Iterator[EncodedPicture], described: EncoderSettings, sender: _Sender, *, paced: bool
    ) -> None:
        due = time.monotonic()
        while (picture := await asyncio.to_thread(next, made, None)) is not None:
            if picture.settings != described:
                described = picture.settings
                self._tell(described, "HD")
            self._link.transport.write(sender.frames(picture))
            await self._link.drain()
            if paced:
                due = max(due + 1 / recorded.FPS, time.monotonic())
                await asyncio.sleep(due - time.monotonic())
        if not self._manners.silent_end:
            self._notify(event_type="stream_status", channels=[0], status="finished")


# 200 Hz, softly: a whole number of waves in each packet, so that they join.
_WAVES = (round(200 * math.sin(n / _ALAW_RATE * 2 * math.pi * 200)) for n in range(_ALAW_RATE))
_HUM = alaw(array("h", _WAVES))
_INTERLEAVED = [{"channel": 0, "interleaved_id": f"{VIDEO}-{AUDIO}"}]


async def _config(settings: EncoderSettings, *, sets: bool) -> dict[str, Any]:
    """What the text calls av_config. sets: with the parameter sets, as preview has them."""
    plain = _plain_config(settings)
    if not sets:
        return plain
    try:
        lines = rtp_packets.media_lines(settings.codec, await asyncio.to_thread(parameter_sets, settings))
    except VideoError:
        return plain
    extra = {"video_rtpmap": lines[1].removeprefix("a=rtpmap:")}
    if len(lines) > 2:
        extra["video_fmtp"] = lines[2]
    return {**plain, "extra_data": extra}


def _plain_config(settings: EncoderSettings) -> dict[str, Any]:
    return {
        "channel": 0,
        "video_codec": _CODECS[settings.codec],
        "audio_codec": "G711alaw",
        "audio_sampling_rate": "8",
        "audio_bitwidth": "16",
        "audio_channels": "1",
    }
