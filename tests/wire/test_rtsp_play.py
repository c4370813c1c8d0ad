"""The way from OPTIONS to PLAY with answers written by hand; the real sockets are in tests/video."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import CameraError, CredentialsNeeded, InvalidSetting, NotSupported
from app.wire.rtsp import Message, Request
from app.wire.rtsp_play import Conversation, Playing, negotiate
from app.wire.rtsp_refusal import Moved, StreamRefused
from app.wire.rtsp_target import Target

SDP = b"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=1\r\n"


def ok(*headers: tuple[str, str], body: bytes = b"", status: int = 200) -> Message:
    return Message(status, "", headers, body)


def play(
    *answers: Message, transports: tuple[str, ...] = ("tcp", "udp")
) -> tuple[Playing | None, list[Request], Conversation]:
    talk = Conversation("rtsp://cam:554/live", None)
    steps = negotiate(talk, transports, lambda: (5000, 5001))
    asked = [next(steps)]
    try:
        for answer in answers:
            asked.append(steps.send(answer))
    except StopIteration as done:
        return done.value, asked, talk
    return None, asked, talk


def test_the_usual_way() -> None:
    playing, asked, talk = play(
        ok(("Public", "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER")),
        ok(("Content-Base", "rtsp://cam:554/live/"), body=SDP),
        ok(("Session", "abc;timeout=30"), ("Transport", "RTP/AVP/TCP;unicast;interleaved=2-3")),
        ok(),
    )
    assert playing is not None
    assert [(r.method, r.url) for r in asked] == [
        ("OPTIONS", "rtsp://cam:554/live"),
        ("DESCRIBE", "rtsp://cam:554/live"),
        ("SETUP", "rtsp://cam:554/live/trackID=1"),
        ("PLAY", "rtsp://cam:554/live/"),
    ]
    assert (playing.transport, playing.rtp, playing.rtcp) == ("tcp", 2, 3)
    assert (talk.session, talk.timeout) == ("abc", 30)
    assert talk.keep_alive().method == "GET_PARAMETER"


def test_without_get_parameter_options_keeps_the_session_alive() -> None:
    talk = play(ok(("Public", "OPTIONS, PLAY")))[2]
    assert talk.keep_alive().method == "OPTIONS"


@pytest.mark.parametrize("status", [400, 461, 500, 501])
def test_refused_tcp_falls_to_udp(status: int) -> None:
    asked = play(ok(), ok(body=SDP), ok(status=status))[1]
    assert "client_port=5000-5001" in dict(asked[-1].headers)["Transport"]


def test_a_live_stream_without_ranges_is_asked_without() -> None:
    playing, asked, _ = play(ok(), ok(body=SDP), ok(), ok(status=457), ok())
    assert playing is not None
    assert asked[-1] == Request("PLAY", "rtsp://cam:554/live")


def test_a_server_that_answers_tcp_with_udp_gets_udp() -> None:
    udp = ok(("Session", "x"), ("Transport", "RTP/AVP;unicast;client_port=0-1;server_port=7000-7001"))
    playing, asked, _ = play(ok(), ok(body=SDP), udp, udp, ok())
    assert playing is not None
    assert (playing.transport, playing.rtp, playing.rtcp) == ("udp", 7000, 7001)
    assert [r.method for r in asked] == ["OPTIONS", "DESCRIBE", "SETUP", "SETUP", "PLAY"]
    with pytest.raises(CameraError):
        play(ok(), ok(body=SDP), udp, ok(), transports=("tcp",))


@pytest.mark.parametrize("status", [403, 404, 453, 454, 503])
def test_refusals_that_do_not_mean_the_transport_end_it(status: int) -> None:
    with pytest.raises(CameraError) as error:
        play(ok(), ok(body=SDP), ok(status=status))
    assert str(status) in error.value.detail


@pytest.mark.parametrize(("status", "later"), [(404, False), (415, False), (453, True), (500, True), (503, True)])
def test_some_refusals_are_worth_another_try(status: int, later: bool) -> None:
    with pytest.raises(StreamRefused) as error:
        play(ok(), ok(status=status))
    assert (error.value.status, error.value.later) == (status, later)


def test_a_redirect_stays_on_its_host() -> None:
    with pytest.raises(Moved) as moved:
        play(ok(), ok(("Location", "rtsp://cam:8554/new"), status=302))
    assert moved.value.url == "rtsp://cam:8554/new"
    with pytest.raises(StreamRefused) as error:
        play(ok(), ok(("Location", "rtsp://evil.example/new"), status=302))
    assert "evil.example" in error.value.summary


def test_a_401_without_credentials_asks_for_them() -> None:
    with pytest.raises(CredentialsNeeded):
        play(ok(), ok(("WWW-Authenticate", 'Digest realm="x", nonce="y"'), status=401))


def test_a_stream_without_video_is_not_supported() -> None:
    with pytest.raises(NotSupported):
        play(ok(), ok(body=b"v=0\r\nm=audio 0 RTP/AVP 8\r\n"))


def test_no_url_holds_credentials_or_breaks_its_line() -> None:
    target = Target.parse("rtsp://admin:p%40ss@cam/a b\u00e9?x=1&y=\u20ac")
    assert target.url == "rtsp://cam:554/a%20b%C3%A9?x=1&y=%E2%82%AC"
    assert Target.parse("rtsp://[::1]:8554/x").url == "rtsp://[::1]:8554/x"
    with pytest.raises(NotSupported):
        Target.parse("http://cam/x")
    for broken in ("rtsp://", "rtsp://cam:99999/", "rtsp://[::1"):
        with pytest.raises(InvalidSetting):
            Target.parse(broken)


header = st.tuples(
    st.sampled_from(["Public", "Session", "Transport", "Content-Base", "Location", "WWW-Authenticate", "CSeq"]),
    st.one_of(
        st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=40),
        st.sampled_from(
            [
                "rtsp://cam/x/",
                "rtsp://[",
                "//x",
                "/y",
                "a;timeout=0",
                "RTP/AVP/TCP;interleaved=0",
                "RTP/AVP;server_port=9-70000",
            ]
        ),
    ),
)
message = st.builds(
    lambda status, headers, body: Message(status, "", tuple(headers), body),
    st.sampled_from([200, 200, 200, 301, 302, 401, 404, 461, 500, 999]),
    st.lists(header, max_size=4),
    st.one_of(st.just(SDP), st.just(SDP.replace(b"trackID=1", b"rtsp://[x")), st.binary(max_size=40)),
)


@given(st.lists(message, min_size=1, max_size=8))
def test_answers_of_any_kind_end_in_playing_or_a_camera_error(answers: list[Message]) -> None:
    talk = Conversation("rtsp://cam:554/live", None)
    steps = negotiate(talk, ("tcp", "udp"), lambda: (5000, 5001))
    request = next(steps)
    try:
        for answer in answers:
            talk.encode(request)
            request = steps.send(answer)
    except (CameraError, StopIteration):
        pass
