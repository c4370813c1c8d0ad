"""Parts in every dialect that cameras speak, cut anywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import CameraError, ProtocolError, TooLarge
from app.wire.multipart import MultipartReader

BODIES = [
    b"\xff\xd8one\r\n\xff\xd9",
    b"\xff\xd8" + b"two\n" * 300 + b"\xff\xd9",
    b"\xff\xd8--\r\n--x\xff\xd9",
    b"\xff\xd84\xff\xd9",
]


def stream(
    bodies: list[bytes], line: bytes = b"--frame", length: int | None = 0, before: bytes = b"\r\n", end: bytes = b"\r\n"
) -> bytes:
    """length: added to the true one; None leaves the header out."""
    out = b""
    for body in bodies:
        count = b"" if length is None else b"Content-Length: %d%s" % (len(body) + length, end)
        out += before + line + end + b"Content-Type: image/jpeg" + end + count + end + body
    return out + before + line + end


def read(content_type: str, data: bytes, cuts: list[int] | None = None) -> list[bytes]:
    reader = MultipartReader(content_type)
    found, at = [], 0
    for size in [*(cuts or []), len(data)]:
        found += reader.feed(data[at : at + size])
        at += size
    return [part.body for part in found]


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("length", [0, None, -3, 5, 5000, 2])
@pytest.mark.parametrize(
    ("content_type", "line"),
    [
        ("multipart/x-mixed-replace; boundary=frame", b"--frame"),
        ('multipart/mixed;boundary="frame"', b"--frame"),
        ("multipart/mixed; boundary=--frame", b"--frame"),
        ("multipart/mixed; boundary=--frame", b"----frame"),
        ("multipart/mixed; boundary=frame", b"frame"),
        ("multipart/mixed", b"--whatever"),
        ("multipart/mixed; boundary=", b"--whatever"),
        ("image/jpeg", b"--b"),
    ],
)
def test_dialects(content_type: str, line: bytes, length: int | None, end: bytes) -> None:
    found = read(content_type, stream(BODIES, line, length, before=end, end=end))
    if length == 2 and end == b"\r\n":
        found = [body.removesuffix(b"\r\n") for body in found]  # cameras that count the line end as well
    assert found == BODIES


@given(cuts=st.lists(st.integers(1, 40), max_size=200), length=st.sampled_from([0, None, -3, 7]))
def test_cuts_anywhere(cuts: list[int], length: int | None) -> None:
    assert read("multipart/mixed; boundary=frame", stream(BODIES, length=length), cuts) == BODIES


def test_a_part_is_given_without_waiting_for_the_next_once_lengths_are_known_to_be_right() -> None:
    reader = MultipartReader("multipart/x-mixed-replace; boundary=frame")
    data = stream(BODIES[:1]) + b"Content-Type: image/jpeg\r\nContent-Length: 4\r\n\r\nabcd"
    assert [part.body for part in reader.feed(data)] == [BODIES[0], b"abcd"]
    assert [part.body for part in reader.feed(stream(BODIES[1:2]))] == BODIES[1:2]
    assert reader.lies == 0


def test_a_length_that_begins_to_lie_is_no_longer_believed() -> None:
    reader = MultipartReader("multipart/x-mixed-replace; boundary=frame")
    found = reader.feed(stream(BODIES[:2]))
    found += reader.feed(b"Content-Length: 3\r\n\r\nabcdef\r\n--frame\r\n")
    found += reader.feed(b"Content-Length: 3\r\n\r\nghijkl\r\n--frame\r\n")
    assert [part.body for part in found] == [*BODIES[:2], b"abc", b"ghijkl"]
    assert reader.lies == 2


def test_noise_between_parts_is_skipped() -> None:
    reader = MultipartReader("multipart/mixed; boundary=frame")
    assert reader.feed(b"\xa5" * 5000) == []
    assert [part.body for part in reader.feed(stream(BODIES))] == BODIES
    assert reader.skipped == 5000


def test_no_line_end_before_the_boundary() -> None:
    assert read("multipart/mixed; boundary=frame", stream(BODIES, before=b"")) == BODIES


def test_a_part_or_a_head_without_an_end() -> None:
    reader = MultipartReader("multipart/mixed; boundary=frame", limit=1000)
    with pytest.raises(TooLarge):
        reader.feed(b"--frame\r\n\r\n" + b"x" * 2000)
    with pytest.raises(ProtocolError):
        MultipartReader("multipart/mixed; boundary=frame").feed(b"--frame\r\n" + b"x" * 20000)


def test_headers_are_those_of_the_part() -> None:
    (part,) = MultipartReader("multipart/mixed; boundary=x").feed(
        b"--x\r\nCONTENT-TYPE: Image/JPEG; q=1\r\n\r\na\r\n--x--\r\n"
    )
    assert part.content_type == "image/jpeg"


@given(st.text(max_size=60), st.lists(st.binary(max_size=80), max_size=20))
def test_anything_else_ends_in_parts_or_a_camera_error(content_type: str, chunks: list[bytes]) -> None:
    reader = MultipartReader(content_type)
    try:
        for chunk in chunks:
            reader.feed(chunk)
            reader.feed(b"\r\n--b\r\n")
    except CameraError:
        pass  # said in words
