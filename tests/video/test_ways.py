"""The other ways a stream can come: inside TLS, inside HTTP, as multipart pictures, through FFmpeg."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from live_media import Clip, packetise
from live_relay import ADDRESS, Relay, plain, tunnel
from live_server import ADDRESS as SERVER
from live_server import Script, Server

from app.errors import (
    BadCredentials,
    CameraError,
    ConnectionLost,
    CredentialsNeeded,
    InvalidSetting,
    NotSupported,
    TimedOut,
    Unreachable,
)
from app.model.stream import StreamEndpoint
from app.transport.failures import CertificateChanged
from app.transport.packets import Limits, Packets
from app.transport.rtsp import RtspConnection
from app.transport.tls import MemoryPins
from app.video.decoder import Decoder
from app.video.foreign import ForeignSource
from app.video.http_source import HttpSource
from app.video.opening import open_source
from app.video.source import RtspSource, Source
from app.wire.rtp import AccessUnit
from app.wire.rtsp import Request
from app.wire.rtsp_play import Playing
from app.wire.rtsp_refusal import StreamRefused
from app.wire.sdp import parse_sdp
from tests.transport.certificates import server_context

PATIENT = Limits(connect=20.0, answer=20.0, silence=20.0)
SHORT = Limits(connect=2.0, answer=0.4, silence=0.4)


def script(clip: Clip, **changes: object) -> Script:
    return Script(**{"sdp": clip.sdp(), "pictures": packetise(clip), **changes})  # type: ignore[arg-type]


def pictures(source: Source, count: int) -> list[AccessUnit]:
    units: list[AccessUnit] = []
    try:
        source.open()
        while len(units) < count:
            units += [arrived.unit for arrived in source.read(1.0)]
    finally:
        source.close()
    return units


def test_inside_tls_and_pinned(h264: Clip, tmp_path: Path) -> None:
    pins = MemoryPins()
    with Server(script(h264)) as server, Relay(plain((SERVER, server.port)), server_context(tmp_path, "one")) as relay:
        endpoint = StreamEndpoint(f"rtsps://{ADDRESS}:{relay.port}/live", pins=pins)
        for _ in range(2):
            assert len(pictures(RtspSource(endpoint, PATIENT), 5)) >= 5
        assert {url.partition(":")[0] for _, url, _ in server.requests if url != "*"} == {"rtsps"}
        relay.context = server_context(tmp_path, "two")
        with pytest.raises(CertificateChanged):
            pictures(RtspSource(endpoint, PATIENT), 1)
        assert server.count("OPTIONS") == 2  # nothing was asked of the stranger


def test_tls_where_there_is_none(h264: Clip) -> None:
    with Server(script(h264)) as server:
        source = RtspSource(StreamEndpoint(server.url.replace("rtsp://", "rtsps://")), SHORT)
        with pytest.raises(CameraError):
            pictures(source, 1)


@pytest.mark.parametrize("secure", [False, True])
def test_inside_http(secure: bool, h264: Clip, tmp_path: Path) -> None:
    context = server_context(tmp_path, "cam") if secure else None
    with Server(script(h264)) as server, Relay(tunnel((SERVER, server.port)), context) as relay:
        scheme = "rtsphs" if secure else "rtsph"
        source = RtspSource(StreamEndpoint(f"{scheme}://{ADDRESS}:{relay.port}/live"), PATIENT)
        assert len(pictures(source, 5)) >= 5
        assert server.torn_down.wait(20)
        assert [head.split()[:2] for head in relay.heads] == [["GET", "/live"], ["POST", "/live"]]


def test_a_tunnel_behind_a_login(h264: Clip) -> None:
    asked = 'Digest realm="cam", nonce="abc", qop="auth"'
    with Server(script(h264)) as server, Relay(tunnel((SERVER, server.port), asked)) as relay:
        endpoint = StreamEndpoint(f"rtsph://{ADDRESS}:{relay.port}/live", "admin", "secret")
        assert len(pictures(RtspSource(endpoint, PATIENT), 3)) >= 3
        assert "secret" not in str(relay.heads)
        with pytest.raises(CredentialsNeeded):
            pictures(RtspSource(StreamEndpoint(endpoint.url), PATIENT), 1)


def test_a_web_server_that_knows_no_tunnel() -> None:
    def serve(relay: Relay, connection: socket.socket) -> None:
        relay.head(connection)
        connection.sendall(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")

    with Relay(serve) as relay, pytest.raises(NotSupported):
        pictures(RtspSource(StreamEndpoint(f"rtsph://{ADDRESS}:{relay.port}/live"), PATIENT), 1)


class Web:
    """Sends the pictures of a clip as a multipart answer."""

    def __init__(self, clip: Clip, status: str = "200 OK", kind: str = "multipart/x-mixed-replace; boundary=b") -> None:
        self.clip, self.status, self.kind = clip, status, kind
        self.auth = ""
        self.after: str = "again"
        self.chunked = False

    def __call__(self, relay: Relay, connection: socket.socket) -> None:
        head, _ = relay.head(connection)
        if self.auth and "Authorization" not in head:
            answer = f"HTTP/1.1 401 No\r\nWWW-Authenticate: {self.auth}\r\nContent-Length: 0\r\n\r\n"
            connection.sendall(answer.encode())
            return
        extra = "Transfer-Encoding: chunked\r\n" if self.chunked else ""
        connection.sendall(f"HTTP/1.1 {self.status}\r\nContent-Type: {self.kind}\r\n{extra}\r\n".encode())
        while True:
            for unit in self.clip.units:
                part = b"--b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(unit), unit)
                connection.sendall(b"%x\r\n%s\r\n" % (len(part), part) if self.chunked else part)
                time.sleep(0.005)
            if self.after == "hang":
                return
            if self.after == "close":
                connection.shutdown(socket.SHUT_RDWR)
                return


def http(relay: Relay, **parts: object) -> StreamEndpoint:
    return StreamEndpoint(f"http://{ADDRESS}:{relay.port}/ISAPI/Streaming/channels/102/httppreview", **parts)  # type: ignore[arg-type]


@pytest.mark.parametrize("chunked", [False, True])
def test_multipart_pictures(chunked: bool, jpeg: Clip) -> None:
    web = Web(jpeg)
    web.chunked = chunked
    with Relay(web) as relay:
        source = open_source(http(relay), PATIENT)
        assert isinstance(source, HttpSource)
        units = pictures(source, 20)
        assert [unit.data for unit in units[:20]] == jpeg.units[:20]
        decoder = Decoder(source.codec)
        assert sum(1 for unit in units for _ in decoder.decode(unit)) == len(units)


def test_multipart_with_a_login(jpeg: Clip) -> None:
    web = Web(jpeg)
    web.auth = 'Digest realm="cam", nonce="abc", qop="auth"'
    with Relay(web) as relay:
        assert pictures(HttpSource(http(relay, user="admin", password="secret"), PATIENT), 1)
        with pytest.raises(CredentialsNeeded):
            pictures(HttpSource(http(relay), PATIENT), 1)


def test_multipart_with_a_wrong_password(jpeg: Clip) -> None:
    def serve(relay: Relay, connection: socket.socket) -> None:
        relay.head(connection)
        connection.sendall(
            b'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="c", nonce="a"\r\nContent-Length: 0\r\n\r\n'
        )

    with Relay(serve) as relay:
        with pytest.raises(BadCredentials):
            pictures(HttpSource(http(relay, user="admin", password="wrong"), PATIENT), 1)
        assert sum("Authorization" in head for head in relay.heads) == 1


@pytest.mark.parametrize(
    ("status", "kind", "error"),
    [
        ("404 No", "text/html", StreamRefused),
        ("503 Busy", "text/html", StreamRefused),
        ("200 OK", "text/html", NotSupported),
        ("200 OK", "image/jpeg", NotSupported),
    ],
)
def test_what_is_no_stream(status: str, kind: str, error: type[CameraError], jpeg: Clip) -> None:
    with Relay(Web(jpeg, status, kind)) as relay, pytest.raises(error):
        pictures(HttpSource(http(relay), PATIENT), 1)


@pytest.mark.parametrize(("after", "error"), [("hang", TimedOut), ("close", ConnectionLost)])
def test_multipart_that_ends(after: str, error: type[CameraError], jpeg: Clip) -> None:
    web = Web(jpeg)
    web.after = after
    with Relay(web) as relay, pytest.raises(error):
        pictures(HttpSource(http(relay), SHORT), 10**9)


def test_an_http_wait_can_be_ended(jpeg: Clip) -> None:
    def silent(relay: Relay, connection: socket.socket) -> None:
        relay.head(connection)

    with Relay(silent) as relay:
        source = HttpSource(http(relay), Limits(answer=60))
        threading.Timer(0.2, source.shutdown).start()
        with pytest.raises(ConnectionLost):
            pictures(source, 1)


def test_http_addresses_that_are_none() -> None:
    for url in ("http://", "http://cam:99999/", "http://[::1"):
        with pytest.raises(InvalidSetting):
            pictures(HttpSource(StreamEndpoint(url), SHORT), 1)


class Files:
    """A web server of one file, at a live pace."""

    def __init__(self, data: bytes, hang: bool = False) -> None:
        self.data, self.hang = data, hang

    def __call__(self, relay: Relay, connection: socket.socket) -> None:
        relay.head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\n\r\n" + self.data)
        if not self.hang:
            connection.shutdown(socket.SHUT_RDWR)


def transport_stream(clip: Clip, path: Path) -> bytes:
    import io
    from fractions import Fraction

    import av

    with av.open(io.BytesIO(clip.units[0]), format="h264") as probe, av.open(str(path), "w", format="mpegts") as out:
        stream = out.add_stream_from_template(probe.streams.video[0])
        for number, (unit, key) in enumerate(zip(clip.units, clip.keys, strict=True)):
            packet = av.Packet(unit)
            packet.pts = packet.dts = number * 3600
            packet.time_base, packet.stream, packet.is_keyframe = Fraction(1, 90000), stream, key
            out.mux(packet)
    return path.read_bytes()


def test_ffmpeg_reads_what_we_do_not(h264: Clip, tmp_path: Path) -> None:
    with Relay(Files(transport_stream(h264, tmp_path / "clip.ts"))) as relay:
        source = open_source(StreamEndpoint(f"http://{ADDRESS}:{relay.port}/clip.ts"), PATIENT)
        assert isinstance(source, ForeignSource)
        units: list[AccessUnit] = []
        source.open()
        assert source.codec == "H264"
        ended = False
        while not ended:
            try:
                units += [arrived.unit for arrived in source.read(1.0)]
            except ConnectionLost:
                ended = True
        source.close()
    decoder = Decoder("H264")
    assert sum(1 for unit in units for _ in decoder.decode(unit)) == len(h264.units)


def test_ffmpeg_that_hangs_is_killed() -> None:
    with Relay(Files(b"", hang=True)) as relay:
        source = ForeignSource(StreamEndpoint(f"http://{ADDRESS}:{relay.port}/clip.ts"), Limits(connect=60))
        threading.Timer(1.0, source.shutdown).start()
        with pytest.raises(ConnectionLost):
            source.open()
        process = source._process
        assert process is not None
        pid = process.pid
        started = time.monotonic()
        source.close()
        assert time.monotonic() - started < 10
        assert not Path(f"/proc/{pid}").exists()


def test_ffmpeg_s_errors_tell_no_password() -> None:
    with socket.create_server((ADDRESS, 0)) as closed:
        port = closed.getsockname()[1]
    source = ForeignSource(StreamEndpoint(f"http://{ADDRESS}:{port}/x.ts", "admin", "hunter2"), PATIENT)
    with pytest.raises(Unreachable) as error:
        pictures(source, 1)
    assert "hunter2" not in f"{error.value} {error.value.detail}"


MULTITRANS = b'{"method":"get","preview":{}}'


def multitrans(talk, transports, ports, audio_ports=None):
    """A family's own verb in place of OPTIONS to PLAY."""
    answer = yield from talk.ask(Request("MULTITRANS", talk.url, (("Content-Type", "application/json"),), MULTITRANS))
    assert answer.status == 200
    talk.channels = (0, 1)
    description = parse_sdp(b"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n")
    return Playing(description.tracks[0], description, "tcp", 0, 1)


@pytest.mark.parametrize("auth", ["", "md5"])
def test_a_family_brings_its_own_connection(auth: str, h264: Clip) -> None:
    def connection(endpoint: StreamEndpoint, limits: Limits) -> Packets:
        plain = replace(endpoint, url=endpoint.url.replace("multitrans://", "rtsp://"), connection=None)
        return RtspConnection(plain, limits, negotiation=multitrans)

    with Server(replace(script(h264), verb="MULTITRANS", auth=auth)) as server:
        url = server.url.replace("rtsp://", "multitrans://")
        source = open_source(StreamEndpoint(url, "admin", "secret", connection=connection), PATIENT)
        assert [unit.damaged for unit in pictures(source, 5)[:5]] == [False] * 5
        assert (source.codec, source.transport) == ("H264", "tcp")
        assert {method for method, _, _ in server.requests} <= {"MULTITRANS", "TEARDOWN"}


def test_a_scheme_without_its_connection_is_refused() -> None:
    with pytest.raises(NotSupported, match="multitrans"):
        pictures(open_source(StreamEndpoint("multitrans://127.15.0.1/multitrans"), SHORT), 1)
