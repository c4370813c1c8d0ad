"""MULTITRANS, the streams of VIGI OpenAPI (text, sections 2.1.3, 2.2.2 and 5): a verb of its own on RTSP connections.

Requests and answers are JSON. The text shows it bare in its chapter 5 and inside an envelope in section 2.1.3; the
envelope is sent, both are read. Packets come interleaved, pictures and sound on one channel each and without RTCP.
`preview`, `playback`, `download`, `key_frame` and `talk` are negotiations for `app.transport.rtsp.RtspConnection`.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.errors import CameraError, NotSupported, ProtocolError
from app.wire.digest import DigestClient
from app.wire.rtsp import Message, Request
from app.wire.rtsp_play import Agreed, Conversation, Negotiation, News, Playing, Ports, StreamEnded
from app.wire.rtsp_refusal import StreamRefused, refusal
from app.wire.sdp import Description, Track, parse_sdp

VERB = "MULTITRANS"
VIDEO, AUDIO = 0, 1  # the usual channels
NONE = -1  # where RTCP would be
_TOP = 127
_JSON = (("Content-Type", "application/json"),)
_CODECS = {"H264": "H264", "H265": "H265", "HEVC": "H265", "MJPEG": "JPEG", "JPEG": "JPEG"}
_SOUNDS = {"G711ALAW": ("PCMA", 8), "G711ULAW": ("PCMU", 0), "PCMA": ("PCMA", 8), "PCMU": ("PCMU", 0)}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: the members of `params`, and what it is in words."""

    params: Mapping[str, Any]
    doing: str = field(default="asking for the stream", compare=False)


def preview(resolution: str) -> Wish:
    """resolution: "HD" or "VGA" (5.1)."""
    return Wish({"method": "get", "preview": {"resolutions": [resolution]}})


def playback(client: str, start: int, end: int, kinds: tuple[str, ...]) -> Wish:
    """start and end in seconds since 1970; kinds are types of events, () for all (5.2)."""
    said: dict[str, Any] = {"client_id": client, "scale": "+1/1"}
    said["event_type" if kinds else "event_type_exclude"] = list(kinds)
    return Wish({"method": "get", "playback": {**said, "start_time": str(start), "end_time": str(end)}})


def download(client: int, start: int, end: int, kind: str, file: str, begin: int) -> Wish:
    """begin: bytes that are here already. Asking for a range at all makes the camera say where it begins (5.3)."""
    said = {"client_id": client, "start_time": str(start), "end_time": str(end), "event_type": [kind]}
    said |= {"media_type": "video", "range": f"{begin}-"} | ({"file_id": file} if file else {})
    return Wish({"method": "get", "download": said}, "asking for the recording")


def key_frame(kind: str) -> Wish:
    """kind: "main" or "minor" (5.6.1)."""
    return Wish({"method": "do", "video": {"force_iframe": {"stream_type": kind}}}, "asking for a key frame")


def talk(mode: str = "half_duplex") -> Wish:
    """5.7."""
    return Wish({"method": "get", "talk": {"mode": mode}}, "opening the loudspeaker")


class Multitrans(Conversation):
    """What every request on such a connection carries, and what the camera tells in between."""

    def __init__(self, url: str, auth: DigestClient | None) -> None:
        super().__init__(url, auth)
        if auth is not None:
            auth.quotes_all = True  # real cameras refuse the unquoted form
        self.asked = 0

    def request(self, wish: Wish) -> Request:
        self.asked += 1
        body = {"type": "request", "seq": str(self.asked), "params": wish.params}
        return Request(VERB, self.url, _JSON, json.dumps(body).encode())

    def judge_keep_alive(self, answer: Message) -> Request | None:
        """The text knows no sign of life, so no answer to one means anything but 454."""
        if answer.status == 454:
            raise refusal(answer, "keeping the stream alive")
        return None

    def teardown(self) -> Request:
        return self.request(Wish({"method": "do", "stop": "null"}))

    def news(self, message: Message) -> News | None:
        told = _body(message)
        if told is None or told.get("type") != "notification":
            return None
        params = told.get("params")
        params = params if isinstance(params, Mapping) else {}
        if params.get("status") == "finished":
            return News(end=StreamEnded("This is the end of the recording."))
        config = params.get("av_config")
        config = config[0] if isinstance(config, list) and config else config
        return News(picture_of(config) if isinstance(config, Mapping) else None)


def negotiation(wish: Wish) -> Negotiation:
    """From the connection to a stream that plays."""

    def negotiate(
        talk: Conversation, transports: tuple[str, ...], ports: Ports, audio_ports: Ports | None = None, /
    ) -> Generator[Request, Message, Playing]:
        del transports, ports
        told = yield from ask(talk, wish)
        picture, sound = _agreed(told)
        if sound is None or audio_ports is None or picture.rtp == sound.rtp:
            talk.channels = (picture.rtp,)
            sound = None
        else:
            talk.channels = (picture.rtp, NONE, sound.rtp, NONE)
        begins = range_start(str(told.get("range", "")))
        return Playing(picture.track, Description((picture.track,)), "tcp", picture.rtp, NONE, sound, begins)

    return negotiate


def command(wish: Wish) -> Negotiation:
    """For what is done without a stream; the connection may carry our own packets then."""

    def negotiate(
        talk: Conversation, transports: tuple[str, ...], ports: Ports, audio_ports: Ports | None = None, /
    ) -> Generator[Request, Message, Playing]:
        del transports, ports, audio_ports
        yield from ask(talk, wish)
        track = Track("audio", 8, "PCMA", 8000)
        return Playing(track, Description((track,)), "tcp", AUDIO, NONE)

    return negotiate


def ask(talk: Conversation, wish: Wish) -> Generator[Request, Message, Mapping[str, Any]]:
    """One request to the members of its answer. StreamRefused where the camera says no."""
    assert isinstance(talk, Multitrans)
    answer = yield from talk.ask(talk.request(wish))
    if answer.status in (405, 501):
        raise NotSupported("This camera has no MULTITRANS streams.", detail=f"RTSP {answer.status} {answer.reason}")
    if answer.status != 200:
        raise refusal(answer, wish.doing)
    told = _body(answer)
    if told is None:
        raise ProtocolError("The camera's answer makes no sense.", detail=repr(answer.body[:200]))
    inner = told.get("params")
    told = inner if isinstance(inner, Mapping) else told
    code = _whole(told.get("error_code", told.get("errCode", 0)))
    if code:
        raise StreamRefused(
            "The camera refused the stream.",
            status=200,
            hint="It may serve only a few viewers at a time, or have nothing of this time.",
            detail=f"error code {code} while {wish.doing}",
        )
    return told


def range_start(text: str) -> int:
    """Where the bytes of an answer begin ("12-99/100", "12-"); 0 where it does not say."""
    first = text.partition("-")[0].strip()
    return int(first) if first.isascii() and first.isdigit() and len(first) < 15 else 0


def picture_of(config: Mapping[str, Any]) -> Track:
    """The picture's track of an av_config."""
    name = str(config.get("video_codec", "")).upper().replace(".", "").replace("-", "")
    extra = config.get("extra_data")
    extra = extra if isinstance(extra, Mapping) else {}
    track = _described(str(extra.get("video_rtpmap", "")), str(extra.get("video_fmtp", "")))
    if track is not None:
        return track
    # Without a description any payload type will do: the text knows 96 and 98 for one codec.
    return Track("video", -1, _CODECS.get(name, name), 90000)


def _described(rtpmap: str, fmtp: str) -> Track | None:
    """The track of the two lines that stand in an SDP elsewhere; None where they say nothing."""
    if not rtpmap:
        return None
    media = f"m=video 0 RTP/AVP {rtpmap.partition(' ')[0]}"
    lines = (media, f"a=rtpmap:{rtpmap}", f"a=fmtp:{fmtp.removeprefix('a=fmtp:')}")
    text = "\r\n".join(" ".join(line.split()) for line in lines)
    try:
        track = parse_sdp(text.encode("utf-8", "replace")).tracks[0]
    except CameraError:
        return None
    return track if track.encoding else None


def sound_of(config: Mapping[str, Any]) -> Track | None:
    """The sound's track of an av_config; None where there is none that can be heard."""
    name = str(config.get("audio_codec", "")).upper().replace(".", "").replace("-", "").replace("_", "")
    encoding, kind = _SOUNDS.get(name, ("", -1))
    if not encoding:
        return None
    rate = _whole(config.get("audio_sampling_rate")) or 8
    channels = _whole(config.get("audio_channels")) or 1
    clock = rate * 1000 if rate < 1000 else rate
    return Track("audio", kind, encoding, clock if clock <= 192_000 else 8000, channels=1 if channels > 2 else channels)


def _agreed(told: Mapping[str, Any]) -> tuple[Agreed, Agreed | None]:
    """Picture and sound with their channels."""
    config = _first(told.get("av_config"))
    places = str(_first(told.get("interleaved")).get("interleaved_id", ""))
    first, dash, second = places.partition("-")
    picture = _whole(first) if first.strip() else VIDEO
    sound = _whole(second) if dash else None
    if picture is None or not 0 <= picture <= _TOP or (sound is not None and not 0 <= sound <= _TOP):
        raise ProtocolError("The camera's channels make no sense.", detail=f"interleaved_id {places[:40]!r}")
    if not config.get("video_codec"):
        raise ProtocolError("The camera does not say how the stream is coded.", detail=repr(told)[:200])
    heard = sound_of(config)
    agreed = Agreed(heard, sound, NONE) if heard is not None and sound is not None else None
    return Agreed(picture_of(config), picture, NONE), agreed


def _first(value: object) -> Mapping[str, Any]:
    """Lists of one, as the text has them, or the one by itself."""
    if isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, Mapping) else {}


def _body(message: Message) -> Mapping[str, Any] | None:
    if not message.body.strip().startswith(b"{"):
        return None
    try:
        told = json.loads(message.body)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, Mapping) else None


def _whole(value: object) -> int | None:
    """A number, also one that comes as a text."""
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 12 else None
