"""Alert streams in every dialect that cameras speak, cut anywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wire.alerts import AlertDocument, AlertPicture, AlertReader, Dropped

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 3 + b"\r\n--\r\n\xff\xd9"


def xml(number: int, *, namespace: str = "urn:x", inside: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\r\n<EventNotificationAlert version="2.0" xmlns="{namespace}">\r\n'
        f"<eventType>VMD</eventType>\r\n<n>{number}</n>{inside}\r\n</EventNotificationAlert>"
    ).encode()


ALERTS = [
    xml(1),
    xml(2, namespace="http://www.hikvision.com/ver10/XMLSchema"),
    xml(3, inside="<d>a & b</d>"),
    xml(4, inside="<!-- -- -->\r\n<e/>" * 40),
]


def stream(
    bodies: list[bytes],
    line: bytes = b"--boundary",
    length: int | None = 0,
    before: bytes = b"\r\n",
    kind: bytes = b'application/xml; charset="UTF-8"',
) -> bytes:
    """length: added to the true one; None leaves the header out."""
    out = b""
    for body in bodies:
        count = b"" if length is None else b"Content-Length: %d\r\n" % (len(body) + length)
        kind_here = b"image/jpeg" if body.startswith(b"\xff\xd8") else kind
        out += before + line + b"\r\nContent-Type: " + kind_here + b"\r\n" + count + b"\r\n" + body
    return out


def read(data: bytes, content_type: str = "multipart/mixed; boundary=boundary", cuts: list[int] | None = None):
    reader = AlertReader(content_type)
    found, at = [], 0
    for size in [*(cuts or []), len(data)]:
        found += reader.feed(data[at : at + size])
        at += size
    return reader, [*found, *reader.end()]


def documents(found) -> list[bytes]:
    return [each.body for each in found if isinstance(each, AlertDocument)]


@pytest.mark.parametrize("length", [0, None, -30, 2, 7, 100_000])
@pytest.mark.parametrize(
    ("content_type", "line"),
    [
        ("multipart/mixed; boundary=boundary", b"--boundary"),
        ('multipart/mixed; boundary="boundary"', b"--boundary"),
        ("multipart/mixed; boundary=<boundary>", b"--<boundary>"),
        ("multipart/mixed; boundary=MIME_boundary", b"--boundary"),
        ("multipart/mixed; boundary=--boundary", b"----boundary"),
        ("multipart/mixed; boundary=boundary", b"boundary"),
        ("multipart/mixed", b"--7a8b-9c"),
        ("multipart/mixed; boundary=", b"--"),
        ("text/html", b"--x"),
    ],
)
def test_dialects(content_type: str, line: bytes, length: int | None) -> None:
    reader, found = read(stream(ALERTS, line, length), content_type)
    assert found == [AlertDocument(each) for each in ALERTS]
    assert reader.dropped == 0
    assert bool(reader.lies) == (length in (-30, 7, 100_000))


@given(cuts=st.lists(st.integers(1, 60), max_size=150), length=st.sampled_from([0, None, -30, 7]))
def test_cuts_anywhere_change_nothing(cuts: list[int], length: int | None) -> None:
    data = stream([ALERTS[0], JPEG, ALERTS[1], ALERTS[2]], length=length) + b"\r\njunk<\r\n" + stream(ALERTS[3:])
    assert read(data, cuts=cuts)[1] == read(data)[1]


@given(junk=st.binary(max_size=400), cuts=st.lists(st.integers(1, 60), max_size=50))
def test_whatever_stands_between_the_parts_the_next_alert_is_found(junk: bytes, cuts: list[int]) -> None:
    data = stream(ALERTS[:1]) + b"\r\n" + junk + stream(ALERTS[1:])
    assert documents(read(data, cuts=cuts)[1])[-2:] == ALERTS[-2:]


def test_an_alert_is_given_with_its_last_byte_and_not_with_the_next_part() -> None:
    reader = AlertReader("multipart/mixed; boundary=boundary")
    data = stream(ALERTS[:1], length=-30)
    assert reader.feed(data[:-1]) == []
    assert reader.feed(data[-1:]) == [AlertDocument(ALERTS[0])]


def test_several_alerts_in_one_part_and_none_of_them_announced() -> None:
    batch = ALERTS[0] + b"\r\n" + ALERTS[1] + ALERTS[2]
    assert documents(read(stream([batch, ALERTS[3]]))[1]) == ALERTS
    assert documents(read(b"".join(ALERTS))[1]) == ALERTS


def test_a_list_of_alerts_stays_one_document() -> None:
    listed = b"<EventNotificationAlertList>" + xml(1)[40:] + xml(2)[40:] + b"</EventNotificationAlertList>"
    assert documents(read(stream([listed, ALERTS[0]]))[1]) == [listed, ALERTS[0]]


def test_pictures_stand_behind_their_alert() -> None:
    for length in (0, None, -30, 7):
        _, found = read(stream([ALERTS[0], JPEG, JPEG, ALERTS[1]], length=length))
        assert found == [AlertDocument(ALERTS[0]), AlertPicture(JPEG), AlertPicture(JPEG), AlertDocument(ALERTS[1])]


def test_a_picture_whose_length_is_right_does_not_wait_for_the_next_part() -> None:
    reader = AlertReader("multipart/mixed; boundary=boundary")
    assert reader.feed(stream([ALERTS[0], JPEG]))[-1] == AlertPicture(JPEG)


def test_json_alerts_end_with_their_brace() -> None:
    text = b'{"eventType": "VMD", "note": "a } \\" { b", "list": [{"n": 1}]}'
    reader = AlertReader("multipart/mixed; boundary=boundary")
    data = stream([text], kind=b"application/json", length=None)
    found = [piece for n in range(len(data)) for piece in reader.feed(data[n : n + 1])]
    assert found == [AlertDocument(text, is_json=True)]


def test_what_is_cut_is_dropped_and_counted_and_the_next_one_found() -> None:
    cut = ALERTS[0][:60]
    for data in (stream([cut, ALERTS[1]]), cut + ALERTS[1]):
        reader, found = read(data)
        assert documents(found) == [ALERTS[1]]
        drops = [each for each in found if isinstance(each, Dropped)]
        assert reader.dropped == sum(each.size for each in drops) == pytest.approx(len(cut), abs=2)


def test_a_stream_that_ends_anywhere_says_what_was_lost() -> None:
    whole = stream(ALERTS[:2])
    assert read(whole + b"\r\n--boundary--\r\n")[1] == [AlertDocument(each) for each in ALERTS[:2]]
    assert read(whole + b"\r\n--bound")[1] == [AlertDocument(each) for each in ALERTS[:2]]
    _, found = read(whole[:-5])
    assert [type(each) for each in found] == [AlertDocument, Dropped]


def test_what_has_no_end_is_given_up_and_memory_stays_bounded() -> None:
    for start in (b"<EventNotificationAlert>", b'{"a": "', JPEG[:4], b"nonsense ", b"--boundary\r\nA: "):
        reader = AlertReader("multipart/mixed; boundary=boundary", document_limit=4096, picture_limit=8192)
        reader.feed(stream(ALERTS[:1]) + b"\r\n--boundary\r\n\r\n" + start)
        for _ in range(100):
            reader.feed(b"x" * 1000)
            assert len(reader._buffer) < 20_000
        assert reader.dropped > 50_000
        assert documents(reader.feed(stream(ALERTS[1:2]))) == ALERTS[1:2]


def test_a_limit_below_what_is_kept_for_the_next_boundary_still_ends() -> None:
    """As the fuzzer has it; it found the reader turning on the spot for 300 open brackets."""
    reader = AlertReader(document_limit=256)
    for size in (299, 300, 301):
        assert all(isinstance(piece, Dropped) for piece in reader.feed(b"[" * size))
