"""MULTITRANS without a network: what is asked, what answers mean, and frames that arrive in any pieces."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.errors import BadCredentials, CameraError, NotSupported, ProtocolError
from app.wire import multitrans
from app.wire.digest import DigestClient
from app.wire.multitrans import AUDIO, NONE, VIDEO, Multitrans
from app.wire.rtsp import Interleaved, Message, Parser, Request
from app.wire.rtsp_play import Playing
from app.wire.rtsp_refusal import StreamRefused

URL = "rtsp://127.68.40.1:554/multitrans"
CONFIG = {
    "channel": 0,
    "video_codec": "H264",
    "audio_codec": "G711alaw",
    "audio_sampling_rate": "8",
    "audio_bitwidth": "16",
    "audio_channels": "1",
    "extra_data": {
        "video_rtpmap": "96 H264/90000",
        "video_fmtp": "a=fmtp:96 packetization-mode=1; profile-level-id=640032;\n"
        "sprop-parameter-sets=Z2QAMqzGuAoALWhAAAD6QAAnGgE=,aOqPLA==",
    },
}
GOOD = {"error_code": 0, "session_id": "0", "interleaved": [{"channel": 0, "interleaved_id": "0-1"}]}
ANSWER: dict[str, Any] = {**GOOD, "av_config": [CONFIG]}


def answered(body: object, status: int = 200, *headers: tuple[str, str]) -> Message:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Message(status, "Some", headers, data)


def agreed(told: object, *, sound: bool = True) -> tuple[Multitrans, Playing]:
    """What a negotiation makes of this answer."""
    talk = Multitrans(URL, None)
    steps = multitrans.negotiation(multitrans.preview("HD"))(talk, ("tcp",), no_ports, no_ports if sound else None)
    next(steps)
    with pytest.raises(StopIteration) as done:
        steps.send(answered(told))
    return talk, done.value.value


def no_ports() -> tuple[int, int]:
    raise AssertionError("everything comes inside the connection")


def body_of(request: Request) -> Mapping[str, Any]:
    return dict(json.loads(request.body))


def test_the_request_is_the_texts_envelope() -> None:
    talk = Multitrans(URL, None)
    request = talk.request(multitrans.preview("VGA"))
    assert (request.method, request.url) == ("MULTITRANS", URL)
    assert body_of(request) == {
        "type": "request", "seq": "1", "params": {"method": "get", "preview": {"resolutions": ["VGA"]}},
    }  # fmt: skip
    assert b"Content-Type: application/json" in talk.encode(request)
    assert body_of(talk.request(multitrans.key_frame("minor")))["seq"] == "2"
    assert body_of(talk.teardown())["params"] == {"method": "do", "stop": "null"}


def test_playback_names_kinds_or_leaves_none_out() -> None:
    some = multitrans.playback("me", 5, 9, ("PeopleDetection",)).params["playback"]
    assert some == {
        "client_id": "me", "scale": "+1/1", "event_type": ["PeopleDetection"], "start_time": "5", "end_time": "9",
    }  # fmt: skip
    every = multitrans.playback("me", 5, 9, ()).params["playback"]
    assert every["event_type_exclude"] == []
    assert "event_type" not in every


def challenged(talk: Multitrans, challenge: str) -> tuple[Generator[Request, Message, Playing], bytes]:
    steps = multitrans.negotiation(multitrans.preview("HD"))(talk, ("tcp",), no_ports, None)
    talk.encode(next(steps))
    return steps, talk.encode(steps.send(answered(b"", 401, ("WWW-Authenticate", challenge))))


def test_qop_and_nc_go_out_in_quotes_behind_the_cnonce() -> None:
    talk = Multitrans(URL, DigestClient("admin", "pw"))
    _, sent = challenged(talk, 'Digest realm="r", nonce="n", algorithm="SHA-256", qop="auth"')
    assert re.search(rb'qop="auth", cnonce="[0-9a-f]+", nc="00000001"', sent)


@pytest.mark.shared
def test_the_recorded_challenge_is_answered_in_the_form_that_was_taken(shared: Path) -> None:
    """Measured on a camera: it refuses the unquoted form, and the other order."""
    pairs = json.loads((shared / "realdata/vigi/openapi_pairs.json").read_text())
    recorded = next(each for each in pairs if each["name"] == "RTSP MULTITRANS challenge")
    challenge = recorded["answer"].partition("WWW-Authenticate: ")[2].replace("...", "0123456789abcdef0123456789abcdef")
    talk = Multitrans(URL, DigestClient("admin", "pw"))
    _, sent = challenged(talk, challenge)
    taken = re.sub(r'cnonce="\.\.\."', 'cnonce="[0-9a-f]+"', re.search(r"200 to (.*) \(quoted", recorded["note"])[1])
    assert re.search(taken.encode(), sent)
    assert not re.search(rb"qop=auth|nc=0", sent)


def test_without_qop_the_old_form_goes_out() -> None:
    talk = Multitrans(URL, DigestClient("admin", "pw"))
    _, sent = challenged(talk, 'Digest realm="r", nonce="n"')
    assert b"response=" in sent
    assert b"qop" not in sent


def test_a_wrong_password_is_tried_once() -> None:
    steps, _ = challenged(Multitrans(URL, DigestClient("admin", "pw")), 'Digest realm="r", nonce="n"')
    with pytest.raises(BadCredentials):
        steps.send(answered(b"", 401, ("WWW-Authenticate", 'Digest realm="r", nonce="m"')))


@pytest.mark.parametrize("told", [ANSWER, {"type": "response", "seq": "1", "params": ANSWER}])
def test_picture_and_sound_are_on_one_channel_each(told: Mapping[str, Any]) -> None:
    talk, playing = agreed(told)
    assert (playing.track.encoding, playing.track.payload_type, playing.track.clock_rate) == ("H264", 96, 90000)
    assert len(playing.track.parameter_sets()) == 2
    assert (playing.rtp, playing.rtcp) == (VIDEO, NONE)
    assert playing.audio is not None
    assert (playing.audio.track.encoding, playing.audio.track.clock_rate, playing.audio.rtp) == ("PCMA", 8000, AUDIO)
    assert talk.channels == (VIDEO, NONE, AUDIO, NONE)


def test_sound_that_nobody_wants_is_left_out() -> None:
    talk, playing = agreed(ANSWER, sound=False)
    assert playing.audio is None
    assert talk.channels == (VIDEO,)


@pytest.mark.parametrize(("text", "channels"), [("6-7", (6, NONE, 7, NONE)), ("4", (4,)), ("3-3", (3,))])
def test_channels_are_what_the_camera_says(text: str, channels: tuple[int, ...]) -> None:
    assert agreed({**ANSWER, "interleaved": [{"interleaved_id": text}]})[0].channels == channels


def test_a_codec_without_a_description_takes_any_payload_type() -> None:
    _, playing = agreed({**ANSWER, "error_code": "0", "av_config": {"video_codec": "H.265"}})
    assert (playing.track.encoding, playing.track.payload_type) == ("H265", -1)


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"error_code": -40101}, StreamRefused),
        ({"type": "response", "params": {"error_code": "-1"}}, StreamRefused),
        (GOOD, ProtocolError),
        ({**ANSWER, "interleaved": [{"interleaved_id": "1000-1"}]}, ProtocolError),
        (b"not json", ProtocolError),
        (b"[]", ProtocolError),
    ],
)
def test_what_cannot_be_is_an_error(told: object, error: type[CameraError]) -> None:
    steps = multitrans.negotiation(multitrans.preview("HD"))(Multitrans(URL, None), ("tcp",), no_ports, None)
    next(steps)
    with pytest.raises(error):
        steps.send(answered(told))


@pytest.mark.parametrize(("status", "error"), [(405, NotSupported), (501, NotSupported), (503, StreamRefused)])
def test_a_camera_without_the_verb_says_so(status: int, error: type[CameraError]) -> None:
    steps = multitrans.negotiation(multitrans.preview("HD"))(Multitrans(URL, None), ("tcp",), no_ports, None)
    next(steps)
    with pytest.raises(error):
        steps.send(answered(b"", status))


def test_ranges() -> None:
    assert [multitrans.range_start(text) for text in ("12-99/100", "12-", "", "x-", "-5")] == [12, 12, 0, 0, 0]
    assert [agreed({**ANSWER, "range": text})[1].begins for text in ("7-", "", "0-99/100")] == [7, 0, 0]


def notification(**params: object) -> bytes:
    body = json.dumps({"type": "notification", "params": params}).encode()
    head = f"MULTITRANS {URL} RTSP/1.0\r\nCSeq: 0\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


def test_news_are_told_from_answers() -> None:
    talk, parser = Multitrans(URL, None), Parser()
    (change,) = parser.feed(notification(event_type="channel_preview_params", av_config=[{"video_codec": "H265"}]))
    assert isinstance(change, Message)
    news = talk.news(change)
    assert news is not None
    assert news.track is not None
    assert news.track.encoding == "H265"
    assert talk.news(answered(ANSWER)) is None
    (end,) = parser.feed(notification(event_type="stream_status", status="finished"))
    assert isinstance(end, Message)
    over = talk.news(end)
    assert over is not None
    assert over.end is not None


def frame(channel: int, payload: bytes) -> bytes:
    return bytes((0x24, channel)) + len(payload).to_bytes(2, "big") + payload


CHANGE = notification(event_type="channel_preview_params", av_config=[{"video_codec": "H265"}])
STREAM = b"".join(
    (
        frame(VIDEO, b"\x80\x60" + b"$" * 40),
        frame(AUDIO, b"\x80\x08MULTITRANS rtsp://x RTSP/1.0\r\n\r\n"),
        CHANGE,
        frame(VIDEO, b"\x80\xe0{}"),
        frame(AUDIO, b"\x80\x88"),
    )
)


def read(*pieces: bytes) -> list[object]:
    """Packets, and the codec where it changes."""
    talk, parser = Multitrans(URL, None), Parser()
    parser.channels = (VIDEO, NONE, AUDIO, NONE)
    found: list[object] = []
    for piece in pieces:
        for each in parser.feed(piece):
            news = talk.news(each) if isinstance(each, Message) else None
            found.append(news.track.encoding if news is not None and news.track is not None else each)
    assert parser.skipped == 0
    return found


@given(st.lists(st.integers(1, len(STREAM) - 1), max_size=12))
@example(list(range(1, len(STREAM))))
def test_it_does_not_matter_how_the_bytes_are_cut(cuts: list[int]) -> None:
    edges = [0, *sorted(set(cuts)), len(STREAM)]
    found = read(*(STREAM[a:b] for a, b in itertools.pairwise(edges)))
    assert found == read(STREAM)
    assert [type(each) for each in found] == [Interleaved, Interleaved, str, Interleaved, Interleaved]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["params", "type", "error_code", "av_config", "interleaved", "interleaved_id", "video_codec", "extra_data",
         "video_rtpmap", "video_fmtp", "audio_codec", "audio_sampling_rate", "status"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_no_answer_breaks_out_of_the_errors(told: object) -> None:
    steps = multitrans.negotiation(multitrans.preview("HD"))(Multitrans(URL, None), ("tcp",), no_ports, no_ports)
    next(steps)
    with pytest.raises((StopIteration, CameraError)):
        steps.send(answered(told))
    Multitrans(URL, None).news(answered(told))
