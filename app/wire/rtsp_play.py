"""The client's side of an RTSP session, without input or output: what to ask next, and what the answers mean.

`Conversation` owns what every request carries (CSeq, session, authorization) and judges every answer; `negotiate` is
the way from OPTIONS to PLAY as a generator of requests. Other verbs (MULTITRANS) are Requests like any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import quote, urljoin, urlsplit

from app.errors import (
    AuthError,
    BadCredentials,
    CameraError,
    CredentialsNeeded,
    Forbidden,
    InvalidSetting,
    NotSupported,
    ProtocolError,
    VideoError,
)
from app.wire.depacketise import CODECS, is_audible
from app.wire.digest import DigestClient, parse_challenges
from app.wire.rtsp import Message, Request, encode
from app.wire.sdp import Description, Track, control_url, parse_sdp, urlsplit_scheme

SCHEMES = {
    "rtsp": (554, False, False),
    "rtsps": (322, True, False),
    "rtsph": (80, False, True),
    "rtsphs": (443, True, True),
}
SESSION_TIMEOUT = 60.0  # seconds, where the server does not say (RFC 2326 12.37)
AGENT = "Camwright"

_MOVED = (301, 302, 303, 305, 307)
_LATER = frozenset({408, 429, 453, 454, 500, 502, 503, 504})


class StreamRefused(VideoError):
    """The server answered no. status is its number; later: another try may go well."""

    def __init__(self, summary: str, *, status: int, hint: str = "", detail: str = "") -> None:
        super().__init__(summary, hint=hint, detail=detail)
        self.status = status
        self.later = status in _LATER


class Moved(VideoError):
    """The stream is at another address of the same host. Handled inside the transport."""

    def __init__(self, url: str) -> None:
        super().__init__("The camera moved the stream.", detail=url)
        self.url = url


@dataclass(frozen=True, slots=True)
class Target:
    """Where a stream's URL leads. url is clean: no credentials, nothing that breaks a request line; its scheme is
    rtsp or rtsps, whatever carries it. secure: inside TLS (rtsps, rtsphs); tunnel: inside HTTP (rtsph, rtsphs)."""

    host: str
    port: int
    url: str
    secure: bool = False
    tunnel: bool = False

    @classmethod
    def parse(cls, url: str) -> Target:
        """NotSupported for another scheme, InvalidSetting for what is no URL. Credentials in it are dropped."""
        try:
            parts = urlsplit(url.strip())
            host, own_port = parts.hostname or "", parts.port
        except ValueError as error:
            raise InvalidSetting("The stream's address is not a URL.", detail=str(error)) from None
        scheme = parts.scheme.lower()
        if scheme not in SCHEMES:
            raise NotSupported(f"Streams over “{parts.scheme[:20]}” cannot be played.", hint="Use an rtsp:// address.")
        if not host:
            raise InvalidSetting("The stream's address names no host.")
        shown = f"[{host}]" if ":" in host else host
        rest = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
        query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
        default, secure, tunnel = SCHEMES[scheme]
        port = own_port or default
        name = "rtsps" if secure else "rtsp"
        return cls(host, port, f"{name}://{shown}:{port}{rest}{query}", secure, tunnel)


class StreamEnded(VideoError):
    """The camera has sent all there was."""


@dataclass(frozen=True, slots=True)
class News:
    """What a camera tells while it sends. track: the pictures that follow are of this one; end: there are no more."""

    track: Track | None = None
    end: StreamEnded | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """One track. For TCP rtp and rtcp are channels (rtcp below 0: there is none), for UDP the server's ports (0: not
    said)."""

    track: Track
    rtp: int
    rtcp: int


@dataclass(frozen=True, slots=True)
class Playing:
    """What was agreed on: the picture's track as `Agreed`, and the sound's where there is one. begins: bytes of payload
    that are left out at the start, of a recording that was asked for from there."""

    track: Track
    description: Description
    transport: str
    rtp: int
    rtcp: int
    audio: Agreed | None = None
    begins: int = 0


class Conversation:
    """One connection's requests and answers. Holds the credentials' state, the session and the verbs offered."""

    def __init__(self, url: str, auth: DigestClient | None) -> None:
        self.url = url
        self.auth = auth
        self.session = ""
        self.timeout = SESSION_TIMEOUT
        self.offered: frozenset[str] = frozenset()
        self.cseq = 0
        self.channels: tuple[int, ...] = ()  # that carry media between the messages
        self._with_auth = False

    def encode(self, request: Request) -> bytes:
        """The request's bytes under a new CSeq (`cseq` afterwards)."""
        self.cseq += 1
        headers = [("CSeq", str(self.cseq)), ("User-Agent", AGENT)]
        value = self.auth.authorization(request.method, request.url, request.body) if self.auth else None
        self._with_auth = value is not None
        if value is not None:
            headers.append(("Authorization", value))
        if self.session:
            headers.append(("Session", self.session))
        return encode(f"{request.method} {request.url} RTSP/1.0", (*headers, *request.headers), request.body)

    def authenticate(self, answer: Message) -> None:
        """After a 401: returns when the request is worth one more try, raises AuthError when it is not."""
        challenges = parse_challenges(answer.all("www-authenticate"))
        schemes = ", ".join(sorted({f"{c.scheme} {c.algorithm}".strip() for c in challenges})) or "none"
        if self.auth is None:
            raise CredentialsNeeded("The camera asks for a password before it sends the stream.")
        tried = self._with_auth
        if self.auth.answer(challenges):
            return
        if tried:
            raise BadCredentials(
                "The camera refused the password for the stream. It was tried once.",
                hint="Check user and password. Some cameras refuse good ones while their protection against"
                " password guessing is active.",
                detail=f"RTSP 401, schemes: {schemes}",
            )
        only_basic = any(c.scheme == "basic" for c in challenges)
        raise AuthError(
            "The camera wants the password in clear text, which is not allowed here."
            if only_basic
            else "The camera asks for a kind of login that is not known here.",
            hint="Switch RTSP authentication to Digest in the camera.",
            detail=f"RTSP 401, schemes: {schemes}",
        )

    def ask(self, request: Request) -> Generator[Request, Message, Message]:
        """One request to its answer, with authentication in between. Returns answers of any status but 401."""
        for _ in range(4):  # the credentials' own rule ends it sooner; a liar must not keep us here
            answer = yield request
            if answer.status != 401:
                if self._with_auth and self.auth and answer.status < 500:
                    self.auth.accepted()
                self.learn(answer)
                return answer
            self.authenticate(answer)
        raise BadCredentials("The camera keeps asking for the password.", detail="RTSP 401 again and again")

    def learn(self, answer: Message) -> None:
        """Session and its timeout from any good answer."""
        text = answer.header("session")
        if not text or answer.status >= 300:
            return
        self.session = text.partition(";")[0].strip()
        if found := re.search(r";\s*timeout\s*=\s*(\d{1,6})", text, re.ASCII | re.IGNORECASE):
            self.timeout = float(found[1]) or SESSION_TIMEOUT

    def keep_alive(self) -> Request:
        method = "GET_PARAMETER" if "GET_PARAMETER" in self.offered else "OPTIONS"
        return Request(method, self.url)

    def judge_keep_alive(self, answer: Message) -> Request | None:
        """The request to send again (a nonce grew stale), None when all is well. Raises when the session is gone."""
        if answer.status == 401:
            self.authenticate(answer)
            return self.keep_alive()
        if answer.status == 454:
            raise refusal(answer, "keeping the stream alive")
        if answer.status in (405, 451, 501):
            self.offered -= {"GET_PARAMETER"}
        elif self._with_auth and self.auth:
            self.auth.accepted()
        return None

    def news(self, message: Message) -> News | None:
        """What the camera tells by itself in a message, None for any other message."""
        del message
        return None

    def teardown(self) -> Request:
        return Request("TEARDOWN", self.url)


Ports = Callable[[], tuple[int, int]]


class Negotiation(Protocol):
    """From the connection to a stream that plays: `negotiate`, or what a family's cameras want instead."""

    def __call__(
        self, talk: Conversation, transports: tuple[str, ...], ports: Ports, audio_ports: Ports | None = None, /
    ) -> Generator[Request, Message, Playing]: ...


def negotiate(
    talk: Conversation,
    transports: tuple[str, ...],
    ports: Ports,
    audio_ports: Ports | None = None,
) -> Generator[Request, Message, Playing]:
    """OPTIONS to PLAY. transports in the order to try ("tcp", "udp"); ports opens the UDP pair when it is needed;
    audio_ports does so for the sound, which is set up as well where it is given and the camera has any.

    Yields requests, is sent their answers, returns what plays. Raises CameraError as the answers deserve.
    """
    answer = yield from talk.ask(Request("OPTIONS", talk.url))
    if answer.status in _MOVED:
        raise _moved(answer, talk.url)
    talk.offered = frozenset(
        verb.strip().upper() for value in answer.all("public") for verb in value.split(",") if verb.strip()
    )
    answer = yield from talk.ask(Request("DESCRIBE", talk.url, (("Accept", "application/sdp"),)))
    _check(answer, talk.url, "describing the stream")
    description = parse_sdp(answer.body)
    track = _choose(description)
    base = answer.header("content-base") or answer.header("content-location") or talk.url
    if not urlsplit_scheme(base):
        base = urljoin(talk.url, base) if base.startswith("/") else talk.url
    aggregate = control_url(base, description.control)
    playing = yield from _setup(talk, control_url(aggregate, track.control), transports, ports, track, description)
    if audio_ports is not None:
        playing = yield from _setup_audio(talk, aggregate, playing, audio_ports)
    talk.url = aggregate
    answer = yield from talk.ask(Request("PLAY", aggregate, (("Range", "npt=0.000-"),)))
    if answer.status == 457:  # a live stream that takes any range for an invalid one
        answer = yield from talk.ask(Request("PLAY", aggregate))
    _check(answer, talk.url, "starting the stream")
    return playing


def _setup(
    talk: Conversation,
    url: str,
    transports: tuple[str, ...],
    ports: Ports,
    track: Track,
    description: Description,
) -> Generator[Request, Message, Playing]:
    answer: Message | None = None
    for transport in transports:
        answer = yield from talk.ask(_setup_request(url, transport, (0, 1) if transport == "tcp" else ports()))
        if answer.status == 200:
            if transport == "tcp" and _is_udp(answer) and transport != transports[-1]:
                continue  # the wish was ignored: ask for what it does
            first, second = _agreed(answer, transport)
            talk.channels = (first, second) if transport == "tcp" else ()
            return Playing(track, description, transport, first, second)
        if answer.status in (403, 404) or answer.status in _LATER - {500} or answer.status < 400:
            break  # not about the transport
    assert answer is not None
    _check(answer, url, "setting the stream up")
    raise refusal(answer, "setting the stream up")


def _setup_request(url: str, transport: str, places: tuple[int, int]) -> Request:
    """places: the channels (TCP) or our own ports (UDP)."""
    first, second = places
    text = f"RTP/AVP/TCP;unicast;interleaved={first}-{second}"
    if transport == "udp":
        text = f"RTP/AVP;unicast;client_port={first}-{second}"
    return Request("SETUP", url, (("Transport", text),))


def _setup_audio(
    talk: Conversation, aggregate: str, playing: Playing, ports: Ports
) -> Generator[Request, Message, Playing]:
    """With the sound where it can be had. A refusal costs the sound, never the picture."""
    sounds = (track for track in playing.description.tracks if track.kind == "audio" and is_audible(track))
    track = next(sounds, None)
    if track is None:
        return playing
    free = (playing.rtcp + 1, playing.rtcp + 2) if playing.rtcp < 254 else (playing.rtp - 2, playing.rtp - 1)
    places = free if playing.transport == "tcp" else ports()
    answer = yield from talk.ask(_setup_request(control_url(aggregate, track.control), playing.transport, places))
    if answer.status != 200:
        return playing
    try:
        first, second = _agreed(answer, playing.transport, places if playing.transport == "tcp" else (0, 0))
    except CameraError:
        return playing
    if playing.transport == "tcp":
        if {first, second} & set(talk.channels):
            return playing  # both tracks on one channel: the picture's packets would be taken for sound
        talk.channels = (*talk.channels, first, second)
    return replace(playing, audio=Agreed(track, first, second))


def _is_udp(answer: Message) -> bool:
    text = answer.header("transport").lower()
    return "/udp" in text or "port=" in text or (text.startswith("rtp/avp;") and "interleaved" not in text)


def _agreed(answer: Message, transport: str, asked: tuple[int, int] | None = None) -> tuple[int, int]:
    """Channels (TCP) or server ports (UDP) of a Transport header. A silent server gets what was asked for."""
    text = answer.header("transport")
    name, default, top = ("interleaved", (0, 1), 255) if transport == "tcp" else ("server_port", (0, 0), 65535)
    default = asked or default
    if transport == "tcp" and _is_udp(answer):
        raise VideoError("The camera ignored the wish for TCP.", hint="Try UDP.", detail=f"Transport: {text}")
    found = re.search(rf"(?:^|;)\s*{name}\s*=\s*(\d{{1,5}})(?:\s*-\s*(\d{{1,5}}))?", text, re.ASCII | re.IGNORECASE)
    if not found:
        return default
    first = int(found[1])
    second = int(found[2]) if found[2] else first + 1
    if max(first, second) > top:
        raise ProtocolError("The camera's transport makes no sense.", detail=f"Transport: {text[:200]}")
    return first, second


def _choose(description: Description) -> Track:
    videos = [track for track in description.tracks if track.kind == "video"]
    if not videos:
        raise NotSupported("This stream carries no video.")
    return next((track for track in videos if track.encoding in CODECS), videos[0])


def _check(answer: Message, url: str, doing: str) -> None:
    if answer.status == 200:
        return
    if answer.status in _MOVED:
        raise _moved(answer, url)
    raise refusal(answer, doing)


def _moved(answer: Message, url: str) -> CameraError:
    place = urljoin(url, answer.header("location")) if answer.header("location") else ""
    detail = f"RTSP {answer.status}, Location: {place[:200]}"
    try:
        old, new = Target.parse(url), Target.parse(place)
    except CameraError:
        return VideoError("The camera sends the stream's viewers to an address that makes no sense.", detail=detail)
    if old.host.lower() != new.host.lower():
        return StreamRefused(
            f"The camera sends the stream's viewers to another host, {new.host}. That is not followed.",
            status=answer.status,
            hint="Add that host as a device if it is meant.",
            detail=detail,
        )
    return Moved(new.url)


_REASONS: dict[int, tuple[str, str]] = {
    400: ("The camera did not understand the request for the stream.", ""),
    404: ("The camera has no stream at this address.", "Check that the stream is switched on in the camera."),
    405: ("The camera does not play streams at this address.", ""),
    415: ("The camera sends this stream in a form that is not known here.", ""),
    453: ("The camera has no bandwidth left for one more viewer.", "Close another view, or use the sub-stream."),
    454: ("The camera ended the session.", ""),
    461: ("The camera refuses this way to transport the stream.", "Choose the other transport, TCP or UDP."),
    500: ("The camera failed inside.", "If it stays so, restart the camera."),
    503: ("The camera is busy: it cannot serve the stream now.", "It may serve only a few viewers at a time."),
}


def refusal(answer: Message, doing: str) -> CameraError:
    """The error for a refusing status."""
    detail = f"RTSP {answer.status} {answer.reason} while {doing}"
    if answer.status == 403:
        return Forbidden("This account may not see the stream.", detail=detail)
    summary, hint = _REASONS.get(answer.status, ("The camera refused the stream.", ""))
    return StreamRefused(summary, status=answer.status, hint=hint, detail=detail)
