"""The client's side of an RTSP session, without input or output: what to ask next, and what the answers mean.

`Conversation` owns what every request carries (CSeq, session, authorization) and judges every answer; `negotiate` is
the way from OPTIONS to PLAY as a generator of requests. Other verbs (MULTITRANS) are Requests like any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urljoin

from app.errors import (
    AuthError,
    BadCredentials,
    CameraError,
    CredentialsNeeded,
    NotSupported,
    ProtocolError,
    VideoError,
)
from app.wire.depacketise import CODECS, is_audible
from app.wire.digest import DigestClient, parse_challenges
from app.wire.rtsp import Message, Request, encode
from app.wire.rtsp_refusal import LATER, MOVED, check, moved, refusal
from app.wire.sdp import Description, Track, control_url, parse_sdp, urlsplit_scheme

SESSION_TIMEOUT = 60.0  # seconds, where the server does not say (RFC 2326 12.37)
AGENT = "Camwright"


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
    if answer.status in MOVED:
        raise moved(answer, talk.url)
    talk.offered = frozenset(
        verb.strip().upper() for value in answer.all("public") for verb in value.split(",") if verb.strip()
    )
    answer = yield from talk.ask(Request("DESCRIBE", talk.url, (("Accept", "application/sdp"),)))
    check(answer, talk.url, "describing the stream")
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
    check(answer, talk.url, "starting the stream")
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
        if answer.status in (403, 404) or answer.status in LATER - {500} or answer.status < 400:
            break  # not about the transport
    assert answer is not None
    check(answer, url, "setting the stream up")
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
