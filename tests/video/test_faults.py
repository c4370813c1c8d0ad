"""What a camera can do to its viewer, over real sockets: each has its own error, and nothing else happens."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from live_media import Clip, encode_clip, packetise
from live_server import ADDRESS, CLOSE, HANG, RESET, Script, Server

from app.errors import (
    AuthError,
    BadCredentials,
    CameraError,
    ConnectionLost,
    CredentialsNeeded,
    Forbidden,
    NotSupported,
    ProtocolError,
    TimedOut,
    Unreachable,
)
from app.model.stream import StreamEndpoint
from app.transport.packets import Limits
from app.video.decoder import Decoder
from app.video.source import RtspSource
from app.video.watch import watch
from app.wire.rtp import AccessUnit
from app.wire.rtsp_refusal import StreamRefused

SHORT = Limits(connect=2.0, answer=0.4, silence=0.4)
PATIENT = Limits(connect=20.0, answer=20.0, silence=20.0)


def playing(clip: Clip, **changes: object) -> Script:
    return Script(**{"sdp": clip.sdp(), "pictures": packetise(clip), **changes})  # type: ignore[arg-type]


def endpoint(
    server: Server, user: str = "", password: str = "", transport: str = "auto", basic: bool = True
) -> StreamEndpoint:
    return StreamEndpoint(server.url, user, password, transport, basic)


def received(
    server: Server, count: int, limits: Limits = PATIENT, **parts: object
) -> tuple[list[AccessUnit], RtspSource]:
    """The first `count` pictures, then the source is closed."""
    source = RtspSource(endpoint(server, **parts), limits)  # type: ignore[arg-type]
    units: list[AccessUnit] = []
    try:
        source.open()
        while len(units) < count:
            units += [arrived.unit for arrived in source.read(1.0)]
    finally:
        source.close()
    return units, source


def failure(server: Server, limits: Limits = PATIENT, **parts: object) -> CameraError:
    with pytest.raises(CameraError) as error:
        received(server, 10**9, limits, **parts)
    return error.value


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("codec", ["h264", "h265", "jpeg"])
def test_pictures_arrive_and_the_session_is_ended(codec: str, transport: str, request: pytest.FixtureRequest) -> None:
    clip: Clip = request.getfixturevalue(codec)
    with Server(playing(clip)) as server:
        units, source = received(server, 20, transport=transport)
        assert source.transport == transport
        assert source.gaps == 0
        assert server.torn_down.wait(20)
    decoder = Decoder(clip.codec)
    assert sum(1 for unit in units for _ in decoder.decode(unit)) >= 20
    assert decoder.corrupt == 0


@pytest.mark.parametrize("auth", ["md5", "sha256", "basic"])
def test_each_kind_of_login(auth: str, h264: Clip) -> None:
    with Server(playing(h264, auth=auth)) as server:
        received(server, 3, user="admin", password="secret")
        assert server.count("DESCRIBE") == 2


@pytest.mark.parametrize("auth", ["md5", "sha256", "basic"])
def test_a_wrong_password_is_tried_once(auth: str, h264: Clip) -> None:
    with Server(playing(h264, auth=auth)) as server:
        assert isinstance(failure(server, user="admin", password="wrong"), BadCredentials)
        assert sum(1 for _, _, headers in server.requests if "authorization" in headers) == 1


def test_a_server_that_refuses_for_ever_gets_one_try(h264: Clip) -> None:
    counter = iter(range(1000))

    def loop(_: int) -> bytes:
        number = next(counter)
        head = f"RTSP/1.0 401 No\r\nCSeq: {number + 2}\r\n"
        return f'{head}WWW-Authenticate: Digest realm="x", nonce="{number}", stale=true\r\n\r\n'.encode()

    with Server(playing(h264, answers={"DESCRIBE": loop})) as server:
        assert isinstance(failure(server, user="admin", password="secret"), BadCredentials)
        assert server.count("DESCRIBE") <= 3


def test_no_password_and_no_basic(h264: Clip) -> None:
    with Server(playing(h264, auth="basic")) as server:
        assert isinstance(failure(server), CredentialsNeeded)
        error = failure(server, user="admin", password="secret", basic=False)
        assert isinstance(error, AuthError)
        assert all("authorization" not in headers for _, _, headers in server.requests)


def test_no_url_on_the_wire_holds_credentials(h264: Clip) -> None:
    with Server(playing(h264)) as server:
        url = server.url.replace("rtsp://", "rtsp://admin:hunter2@")
        source = RtspSource(StreamEndpoint(url), PATIENT)
        source.open()
        source.close()
        assert not any("hunter2" in str(request) for request in server.requests)


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (403, Forbidden, "account"),
        (404, StreamRefused, "no stream"),
        (453, StreamRefused, "bandwidth"),
        (454, StreamRefused, "session"),
        (503, StreamRefused, "busy"),
    ],
)
@pytest.mark.parametrize("method", ["DESCRIBE", "SETUP", "PLAY"])
def test_refusals_say_what_happened(method: str, status: int, kind: type, words: str, h264: Clip) -> None:
    with Server(playing(h264, answers={method: status})) as server:
        error = failure(server)
    assert isinstance(error, kind)
    assert words in error.summary
    assert str(status) in error.detail
    assert str(status) not in error.summary


def test_refused_tcp_falls_to_udp(h264: Clip) -> None:
    with Server(playing(h264, refuse_tcp=461)) as server:
        assert received(server, 5)[1].transport == "udp"
        error = failure(server, transport="tcp")
        assert isinstance(error, StreamRefused)
        assert error.status == 461


def test_refused_udp_says_so(h264: Clip) -> None:
    with Server(playing(h264, refuse_udp=461)) as server:
        assert "transport" in failure(server, transport="udp").summary


def test_a_redirect_on_the_same_host_is_followed(h264: Clip) -> None:
    with (
        Server(playing(h264)) as second,
        Server(playing(h264, answers={"DESCRIBE": 302}, location=second.url)) as first,
    ):
        received(first, 3)
        assert second.count("PLAY") == 1


def test_a_redirect_elsewhere_is_not_followed(h264: Clip) -> None:
    script = playing(h264, answers={"DESCRIBE": 302}, location="rtsp://127.15.0.77:5540/x")
    with Server(script) as server:
        assert "127.15.0.77" in failure(server).summary


def test_redirects_in_a_circle_end(h264: Clip) -> None:
    script = playing(h264, answers={"DESCRIBE": 302})
    with Server(script) as server:
        script.location = server.url
        assert isinstance(failure(server), ProtocolError)
        assert server.connections <= 4


@pytest.mark.parametrize("how", [CLOSE, RESET])
@pytest.mark.parametrize("method", ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"])
def test_a_connection_ended_at_any_step(method: str, how: str, h264: Clip) -> None:
    with Server(playing(h264, answers={method: how})) as server:
        assert isinstance(failure(server), ConnectionLost)


@pytest.mark.parametrize("method", ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"])
def test_silence_at_any_step_is_noticed(method: str, h264: Clip) -> None:
    with Server(playing(h264, answers={method: HANG})) as server:
        error = failure(server, SHORT)
    assert isinstance(error, TimedOut)
    assert method in error.summary


@pytest.mark.parametrize("how", [CLOSE, RESET])
@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_a_server_that_dies_while_playing(how: str, transport: str, h264: Clip) -> None:
    with Server(playing(h264, loop=False, after=how)) as server:
        assert isinstance(failure(server, transport=transport), ConnectionLost)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_silence_while_playing_is_noticed(transport: str, h264: Clip) -> None:
    with Server(playing(h264, loop=False)) as server:
        assert isinstance(failure(server, SHORT, transport=transport), TimedOut)


def test_nobody_there() -> None:
    with socket.create_server((ADDRESS, 0)) as closed:
        port = closed.getsockname()[1]
    source = RtspSource(StreamEndpoint(f"rtsp://{ADDRESS}:{port}/x"), SHORT)
    with pytest.raises(Unreachable):
        source.open()
    source.close()


@pytest.fixture
def full_backlog() -> Iterator[int]:
    """A port that neither accepts nor refuses."""
    with socket.socket() as listener:
        listener.bind((ADDRESS, 0))
        listener.listen(0)
        waiting = []
        for _ in range(8):
            each = socket.socket()
            each.setblocking(False)
            each.connect_ex(listener.getsockname())
            waiting.append(each)
        yield listener.getsockname()[1]
        for each in waiting:
            each.close()


def test_a_connect_that_hangs_is_noticed_and_can_be_ended(full_backlog: int) -> None:
    target = StreamEndpoint(f"rtsp://{ADDRESS}:{full_backlog}/x")
    source = RtspSource(target, Limits(connect=0.4))
    with pytest.raises(TimedOut):
        source.open()
    source.close()
    source = RtspSource(target, Limits(connect=60))
    threading.Timer(0.2, source.shutdown).start()
    started = time.monotonic()
    with pytest.raises(ConnectionLost):
        source.open()
    source.close()
    assert time.monotonic() - started < 30


def test_the_session_is_kept_alive(h264: Clip) -> None:
    """The server drops a viewer that says nothing for a second, and says so in its Session header."""
    with Server(playing(h264, session="s1;timeout=1", enforce_timeout=3.0)) as server:
        source = RtspSource(endpoint(server), PATIENT)
        source.open()
        while server.count("GET_PARAMETER") < 3:
            source.read(0.1)
        source.close()
        assert not server.expired.is_set()


def test_a_server_that_drops_its_viewer_is_noticed(h264: Clip) -> None:
    with Server(playing(h264, enforce_timeout=0.5)) as server:
        assert isinstance(failure(server), ConnectionLost)
        assert server.expired.is_set()


def test_get_parameter_refused_is_no_end(h264: Clip) -> None:
    script = playing(h264, session="s1;timeout=1", answers={"GET_PARAMETER": 501})
    with Server(script) as server:
        source = RtspSource(endpoint(server), PATIENT)
        source.open()
        while server.count("OPTIONS") < 3:
            source.read(0.1)
        source.close()
        assert server.count("GET_PARAMETER") == 1


def test_a_session_that_is_gone_is_an_error(h264: Clip) -> None:
    with Server(playing(h264, session="s1;timeout=1", answers={"GET_PARAMETER": 454})) as server:
        assert isinstance(failure(server), StreamRefused)


def test_media_before_the_answer_and_garbage_between(h264: Clip) -> None:
    script = playing(h264, before_media=b"\xa5garbage\0", between=b"\0\xff\xa5")
    with Server(script) as server:
        units, source = received(server, 20)
        assert source.gaps == 0
    assert not any(unit.damaged for unit in units)


def test_an_agreed_stream_that_never_comes_names_the_firewall(h264: Clip) -> None:
    with Server(Script(sdp=h264.sdp(), pictures=[])) as server:
        assert "TCP" in failure(server, SHORT, transport="udp").hint
        assert failure(server, SHORT, transport="tcp").hint == ""


def test_noise_with_dollar_signs_does_not_swallow_the_answer(h264: Clip) -> None:
    noise = b"".join(b"$" + bytes((n, 255, 255)) for n in range(2, 256)) * 4
    answer = b"RTSP/1.0 200 OK\r\nCSeq: 4\r\nSession: s1\r\n\r\n"
    with Server(Script(sdp=h264.sdp(), answers={"PLAY": noise + answer})) as server:
        assert "nothing came" in failure(server, SHORT).summary


def test_garbage_from_the_first_byte() -> None:
    with Server(Script(answers={"OPTIONS": b"\xa5" * 600_000})) as server:
        assert isinstance(failure(server), ProtocolError)


def test_a_web_server_at_the_port() -> None:
    page = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html>no</html>"
    with Server(Script(answers={"OPTIONS": page})) as server:
        assert isinstance(failure(server, SHORT), TimedOut)


@pytest.mark.parametrize(
    ("sdp", "kind"),
    [
        ("v=0\r\n", ProtocolError),
        ("<html>", ProtocolError),
        ("v=0\r\nm=audio 0 RTP/AVP 8\r\n", NotSupported),
        ("v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 VP9/90000\r\n", NotSupported),
    ],
)
def test_descriptions_that_cannot_be_played(sdp: str, kind: type) -> None:
    with Server(Script(sdp=sdp)) as server:
        assert isinstance(failure(server), kind)


def test_packets_of_another_address_are_ignored(h264: Clip) -> None:
    with Server(playing(h264, foreign=True)) as server:
        units, source = received(server, 20, transport="udp")
        assert source.gaps == 0
    assert not any(unit.damaged for unit in units)


def test_loss_over_udp_is_counted_and_marked(h264: Clip) -> None:
    shape = {"n": 0}

    def lossy(packets: list[bytes]) -> list[bytes]:
        shape["n"] += 1
        return packets[:-1] if shape["n"] % 5 == 0 else packets

    with Server(playing(h264, mangle=lossy)) as server:
        units, source = received(server, 40, transport="udp")
        assert source.gaps > 0
    assert any(unit.damaged for unit in units)


def test_reordered_and_repeated_packets_over_udp_are_put_right(h264: Clip) -> None:
    def chaos(packets: list[bytes]) -> list[bytes]:
        return [each for packet in reversed(packets) for each in (packet, packet)]

    # The very first packet sets the start of the order, so the first picture is left in peace.
    first = {"left": True}

    def after_the_first(packets: list[bytes]) -> list[bytes]:
        calm, first["left"] = first["left"], False
        return packets if calm else chaos(packets)

    with Server(playing(h264, mangle=after_the_first)) as server:
        units, source = received(server, 20, transport="udp")
        assert source.gaps == 0
    assert not any(unit.damaged for unit in units)


def test_a_change_of_size_in_the_stream(h264: Clip) -> None:
    small = encode_clip("H264", 160, 96, count=10)
    both = Clip("H264", 320, 240, [*h264.units, *small.units], [], h264.sets)
    with Server(Script(sdp=both.sdp(), pictures=packetise(both))) as server:
        units, _ = received(server, 60)
    decoder = Decoder("H264")
    sizes = [(p.width, p.height) for unit in units for p in decoder.decode(unit)]
    assert {(320, 240), (160, 96)} == set(sizes)
    assert decoder.corrupt == 0


def test_no_sets_in_the_description_and_no_content_base(h264: Clip) -> None:
    script = Script(sdp=h264.sdp(with_sets=False), pictures=packetise(h264), content_base=False)
    with Server(script) as server:
        units, _ = received(server, 12)
        assert [url for method, url, _ in server.requests if method == "SETUP"] == [f"{server.url}/trackID=1"]
    decoder = Decoder("H264")
    assert sum(1 for unit in units for _ in decoder.decode(unit)) >= 2


def test_a_request_of_the_server_is_answered(h264: Clip) -> None:
    asked = b"OPTIONS rtsp://x RTSP/1.0\r\nCSeq: 99\r\n\r\n"
    with Server(playing(h264, before_media=asked)) as server:
        received(server, 3)


def test_watch_tells_what_came(h264: Clip) -> None:
    with Server(playing(h264, pace=0.04)) as server:
        result = watch(endpoint(server), 1.0, PATIENT)
    assert (result.codec, result.width, result.height) == ("H264", 320, 240)
    assert result.frames > 3
    assert result.first_frame_ms is not None
    assert result.bitrate_kbps > 0


def test_watch_without_a_picture_is_an_error(h264: Clip) -> None:
    with Server(Script(sdp=h264.sdp(), pictures=[])) as server, pytest.raises(CameraError) as error:
        watch(endpoint(server), 0.3, PATIENT)
    assert "nothing came within" in error.value.summary
