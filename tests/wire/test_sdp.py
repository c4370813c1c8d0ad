from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ProtocolError
from app.wire.sdp import control_url, parse_sdp

CAMERA = b"""v=0\r
o=- 1 1 IN IP4 10.0.0.1\r
s=Media Presentation\r
c=IN IP4 0.0.0.0\r
t=0 0\r
a=control:rtsp://10.0.0.1:554/Streaming/Channels/101/\r
a=range:npt=now-\r
m=video 0 RTP/AVP 96\r
a=rtpmap:96 H264/90000\r
a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z00AKZpkA8ARPyzUBAQFAAADA+gAAMNQBA==,aO48gA\r
a=control:rtsp://10.0.0.1:554/Streaming/Channels/101/trackID=1\r
a=framerate:25.000000\r
m=audio 0 RTP/AVP 8\r
a=control:trackID=2\r
m=application 0 RTP/AVP 107\r
a=rtpmap:107 vnd.onvif.metadata/90000\r
"""


def test_a_cameras_description_is_read_as_a_whole() -> None:
    description = parse_sdp(CAMERA)
    video, audio, metadata = description.tracks
    assert (video.kind, video.payload_type, video.encoding, video.clock_rate) == ("video", 96, "H264", 90000)
    assert video.fps == 25
    assert [unit[0] & 31 for unit in video.parameter_sets()] == [7, 8]  # the second without its padding
    assert (audio.encoding, audio.clock_rate, audio.control) == ("PCMA", 8000, "trackID=2")
    assert metadata.kind == "application"
    assert description.name == "Media Presentation"
    assert description.range == "npt=now-"


@pytest.mark.parametrize(("number", "name"), [(0, "PCMU"), (8, "PCMA"), (26, "JPEG")])
def test_static_types_need_no_rtpmap(number: int, name: str) -> None:
    (track,) = parse_sdp(f"v=0\nm=video 0 RTP/AVP {number}\n".encode()).tracks
    assert track.encoding == name


def test_h265_sets_come_in_decoding_order_whatever_the_order_of_the_line() -> None:
    text = b"m=video 0 RTP/AVP 98\na=rtpmap:98 hevc/90000\na=fmtp:98 sprop-pps=RAE=; sprop-sps=QgE=;sprop-vps=QAE=\n"
    (track,) = parse_sdp(text).tracks
    assert track.encoding == "H265"
    assert [unit[0] >> 1 for unit in track.parameter_sets()] == [32, 33, 34]


def test_the_payload_type_with_a_known_encoding_is_taken() -> None:
    (track,) = parse_sdp(b"m=video 0 RTP/AVP 95 97\na=rtpmap:97 H264/90000\n").tracks
    assert track.payload_type == 97


@pytest.mark.parametrize("line", ["a=framesize:26 2560-1440", "a=x-dimensions:2560,1440", "a=cliprect:0,0,1440,2560"])
def test_size_of_large_jpeg_pictures(line: str) -> None:
    assert parse_sdp(f"m=video 0 RTP/AVP 26\n{line}\n".encode()).tracks[0].size == (2560, 1440)


@pytest.mark.parametrize(
    ("base", "control", "url"),
    [
        ("rtsp://h/live", "trackID=1", "rtsp://h/live/trackID=1"),
        ("rtsp://h/live/", "trackID=1", "rtsp://h/live/trackID=1"),
        ("rtsp://h/live/", "/trackID=1", "rtsp://h/live/trackID=1"),
        ("rtsp://h/live?channel=1&subtype=0/", "trackID=0", "rtsp://h/live?channel=1&subtype=0/trackID=0"),
        ("rtsp://h/live", "*", "rtsp://h/live"),
        ("rtsp://h/live", "", "rtsp://h/live"),
        ("rtsp://h/live", "rtsp://h:554/other/track1", "rtsp://h:554/other/track1"),
    ],
)
def test_control_urls(base: str, control: str, url: str) -> None:
    assert control_url(base, control) == url


@pytest.mark.parametrize("data", [b"", b"<html>no</html>", b"v=0\r\ns=only a head\r\n", b"m=video\n" * 20000])
def test_what_is_no_description_is_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        parse_sdp(data)


@given(st.binary(max_size=400))
def test_bytes_of_any_kind_give_tracks_or_a_protocol_error(data: bytes) -> None:
    try:
        description = parse_sdp(b"m=" + data)
    except ProtocolError:
        return
    for track in description.tracks:
        track.parameter_sets()
        control_url("rtsp://h/x", track.control)


@given(st.lists(st.tuples(st.integers(0, len(CAMERA) - 1), st.integers(0, 255)), max_size=12))
def test_a_mangled_description_gives_tracks_or_a_protocol_error(edits: list[tuple[int, int]]) -> None:
    data = bytearray(CAMERA)
    for place, value in edits:
        data[place] = value
    try:
        for track in parse_sdp(bytes(data)).tracks:
            track.parameter_sets()
    except ProtocolError:
        pass
