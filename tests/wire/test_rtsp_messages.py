from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.errors import ProtocolError
from app.wire.rtsp import BODY_LIMIT, GARBAGE_LIMIT, HEADER_LIMIT, Interleaved, Message, Parser, encode

OK = b"RTSP/1.0 200 OK\r\nCSeq: 3\r\nContent-Length: 4\r\n\r\nbody"
ASKED = b"OPTIONS * RTSP/1.0\r\nCSeq: 7\r\n\r\n"


def frame(channel: int, payload: bytes) -> bytes:
    return bytes((0x24, channel)) + len(payload).to_bytes(2, "big") + payload


def fed(*chunks: bytes, channels: tuple[int, ...] = (0, 1)) -> tuple[list[Message | Interleaved], Parser]:
    parser = Parser()
    parser.channels = channels
    return [found for chunk in chunks for found in parser.feed(chunk)], parser


def test_answers_requests_and_packets_share_one_stream() -> None:
    found, parser = fed(frame(0, b"\x80abc") + OK + ASKED + frame(1, b"\x80de") + frame(0, b""))
    assert found[0] == Interleaved(0, b"\x80abc")
    answer, request = found[1], found[2]
    assert isinstance(answer, Message)
    assert isinstance(request, Message)
    assert (answer.status, answer.reason, answer.cseq, answer.body) == (200, "OK", 3, b"body")
    assert (request.status, request.method, request.url, request.cseq) == (0, "OPTIONS", "*", 7)
    assert found[3:] == [Interleaved(1, b"\x80de"), Interleaved(0, b"")]
    assert parser.skipped == 0


STREAM = OK + frame(0, b"\x80" + b"$RTSP/1.0 200 OK\r\n\r\n") + ASKED + frame(1, b"\x81\xc8") + OK


@given(st.lists(st.integers(1, len(STREAM) - 1), max_size=12))
@example(list(range(1, len(STREAM))))
def test_it_does_not_matter_how_the_bytes_are_cut(cuts: list[int]) -> None:
    edges = [0, *sorted(set(cuts)), len(STREAM)]
    found, parser = fed(*(STREAM[a:b] for a, b in itertools.pairwise(edges)))
    assert found == fed(STREAM)[0]
    assert len(found) == 5
    assert parser.skipped == 0


def test_bare_line_feeds_and_folded_headers_pass() -> None:
    (answer,), _ = fed(b'RTSP/1.0 401 Unauthorized\nCSeq: 1\nWWW-Authenticate: Digest realm="x",\n nonce="y"\n\n')
    assert isinstance(answer, Message)
    assert answer.all("www-authenticate") == ('Digest realm="x", nonce="y"',)


@pytest.mark.parametrize(
    "noise", [b"\0\1\2", b"noise", b"$\x09\xff\xffxx", b"HTTP/1.1 404 Not Found\r\n\r\n", b"\r\n\r\n", b"$"]
)
def test_noise_between_messages_is_skipped(noise: bytes) -> None:
    found, _ = fed(noise + OK + noise + frame(0, b"\x80hello"))
    assert [type(each) for each in found] == [Message, Interleaved]


def test_garbage_without_end_is_given_up() -> None:
    with pytest.raises(ProtocolError):
        fed(*[b"\xa5" * 4096] * (GARBAGE_LIMIT // 4096 + 2))


@pytest.mark.parametrize(
    "data",
    [
        b"RTSP/1.0 200 OK\r\n" + b"X: y\r\n" * HEADER_LIMIT,
        b"RTSP/1.0 200 " + b"O" * HEADER_LIMIT * 2,
        f"RTSP/1.0 200 OK\r\nContent-Length: {BODY_LIMIT + 1}\r\n\r\n".encode(),
        b"RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: 1e3\r\n\r\n",
    ],
)
def test_messages_without_measure_are_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        fed(data)


@pytest.mark.parametrize("text", ["a\r\nX: y", "a\nb", "a\0"])
def test_nothing_breaks_out_of_its_line(text: str) -> None:
    with pytest.raises(ProtocolError):
        encode(f"SETUP rtsp://h/{text} RTSP/1.0", (("CSeq", "1"),))


@given(
    st.lists(
        st.one_of(st.binary(max_size=60), st.sampled_from([OK, ASKED, OK[:20], b"$\0\0\4", b"$", b"RTSP/1.0 "])),
        max_size=12,
    )
)
def test_bytes_of_any_kind_give_messages_or_a_protocol_error(chunks: list[bytes]) -> None:
    try:
        found, _ = fed(*chunks)
    except ProtocolError:
        return
    for each in found:
        if isinstance(each, Message):
            assert each.cseq is None or each.cseq >= 0


def test_a_pausing_parser_lets_the_answer_name_the_channels() -> None:
    parser = Parser()
    parser.pausing = True
    found = parser.feed(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n$\x06\x00\x02hi")
    assert [type(each) for each in found] == [Message]
    parser.channels = (6,)
    assert parser.feed(b"") == [Interleaved(6, b"hi")]
    assert parser.skipped == 0
