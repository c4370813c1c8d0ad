"""The tolerant reader: what the rules allow it reads as h11 does, what they forbid it lists."""

from __future__ import annotations

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ProtocolError, TooLarge
from app.wire.http1 import ResponseReader, Truncated
from app.wire.inflate import ContentDecoder
from app.wire.redact import MASK, redact

OK = b"HTTP/1.1 200 OK\r\n"


def read(data: bytes, method: str = "GET", size: int = 0) -> tuple[ResponseReader, bytes]:
    """The whole answer, in pieces of the given size."""
    reader = ResponseReader(method)
    step = size or len(data) or 1
    for start in range(0, len(data), step):
        reader.feed(data[start : start + step])
        if reader.done:
            break
    if not reader.done:
        reader.end()
    return reader, reader.take()


CASES = {
    "plain": (OK + b"Content-Length: 3\r\n\r\nabc", b"abc", []),
    "until close": (OK + b"\r\nabc", b"abc", []),
    "empty": (OK + b"Content-Length: 0\r\n\r\n", b"", []),
    "chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\nT: 1\r\n\r\n", b"abc", []),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na", b"a", []),
    "interim": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 1\r\n\r\na", b"a", []),
    "equal lengths": (OK + b"Content-Length: 1\r\nContent-Length: 1, 1\r\n\r\na", b"a", []),
    "chunked wins": (OK + b"Content-Length: 9\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", b"a", []),
    "bare date line": (
        OK + b"Fri, 20 Nov 2026 12:00:00 GMT\r\nContent-Length: 1\r\n\r\na",
        b"a",
        ["a header line without a name"],
    ),
    "line without colon": (OK + b"nonsense\r\nContent-Length: 1\r\n\r\na", b"a", ["a header line without a name"]),
    "only a colon": (OK + b": x\r\nContent-Length: 1\r\n\r\na", b"a", ["a header line without a name"]),
    "blank before colon": (OK + b"Content-Length : 1\r\n\r\na", b"a", ["blanks around the name of a header"]),
    "bare LF": (
        b"HTTP/1.1 200 OK\nContent-Length: 1\n\na",
        b"a",
        ["lines that end without a carriage return"],
    ),
    "chunk size and blank": (
        OK + b"Transfer-Encoding: chunked\r\n\r\n1 \r\na\r\n0  \r\n\r\n",
        b"a",
        ["blanks around the size of a chunk"],
    ),
    "folded": (OK + b"X: a\r\n b\r\nContent-Length: 1\r\n\r\na", b"a", ["a header continued on the next line"]),
    "too long": (OK + b"Content-Length: 1\r\n\r\nabcdef", b"a", ["more bytes than announced"]),
    "length is no number": (OK + b"Content-Length: many\r\n\r\nab", b"ab", ["a Content-Length that is no number"]),
    "negative length": (OK + b"Content-Length: -1\r\n\r\nab", b"ab", ["a Content-Length that is no number"]),
    "odd status line": (b"http/1.0  200OK\r\nContent-Length: 1\r\n\r\na", b"a", ["an odd status line"]),
    "blank lines first": (
        b"\r\n\r\n" + OK + b"Content-Length: 1\r\n\r\na",
        b"a",
        ["blanks before the status line"],
    ),
    "HTTP/0.9": (b"<a>\r\n\r\n</a>", b"<a>\r\n\r\n</a>", ["no status line and no headers"]),
    "HTTP/0.9 JSON": (b' {"a": 1}', b'{"a": 1}', ["blanks before the status line", "no status line and no headers"]),
}


@pytest.mark.parametrize("size", [0, 1, 2, 7])
@pytest.mark.parametrize("name", CASES)
def test_what_is_read(name: str, size: int) -> None:
    data, body, flaws = CASES[name]
    if "more bytes than announced" in flaws and size == 1:
        flaws = []  # nobody reads on after the end
    reader, got = read(data, size=size)
    assert (reader.status, got, reader.flaws) == (200, body, flaws)


REFUSED = {
    "ssh": b"SSH-2.0-OpenSSH_9.2\r\n",
    "rtsp": b"RTSP/1.0 400 Bad Request\r\n\r\n",
    "garbage": bytes(range(128, 256)),
    "no status": b"HTTP/1.1 OK\r\n\r\n",
    "status of four digits": b"HTTP/1.1 2000 OK\r\n\r\n",
    "status 000": b"HTTP/1.1 000 OK\r\n\r\n",
    "two lengths": OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "chunk size": OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "negative chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n",
    "endless chunk size": OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"F" * 40 + b"\r\n",
    "chunk too long": OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
    "interim for ever": b"HTTP/1.1 100 Continue\r\n\r\n" * 100,
}


@pytest.mark.parametrize("size", [0, 1])
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str, size: int) -> None:
    with pytest.raises(ProtocolError) as caught:
        read(REFUSED[name], size=size)
    assert not isinstance(caught.value, Truncated)


@pytest.mark.parametrize("name", [name for name in CASES if "HTTP/0.9" not in name and name != "until close"])
def test_cut_anywhere(name: str) -> None:
    data, _, flaws = CASES[name]
    if "more bytes than announced" in flaws:
        data = data[: -len(b"bcdef")]
    if "a Content-Length that is no number" in flaws:
        data = data[: data.index(b"\r\n\r\n") + 3]  # that body ends with the connection, wherever that is
    for end in range(len(data)):
        if end and not data[:end].endswith(data):
            with pytest.raises(Truncated):
                read(data[:end])


def test_nothing_at_all() -> None:
    with pytest.raises(Truncated, match="before the answer began"):
        read(b"")


def feed_all(reader: ResponseReader, data: bytes, times: int) -> None:
    for _ in range(times):
        reader.feed(data)


@pytest.mark.parametrize("line", [b"X: y\r\n", b"x" * 999 + b": y\r\n"])
def test_a_flood_of_headers(line: bytes) -> None:
    reader = ResponseReader("GET")
    reader.feed(OK)
    with pytest.raises(TooLarge):
        feed_all(reader, line, 100_000)


def test_a_header_line_without_end() -> None:
    reader = ResponseReader("GET")
    reader.feed(OK)
    with pytest.raises(TooLarge):
        feed_all(reader, b"x" * 1000, 1000)


@pytest.mark.parametrize("blank", [b"\r\n", b" "])
def test_a_flood_of_nothing(blank: bytes) -> None:
    with pytest.raises(TooLarge):
        feed_all(ResponseReader("GET"), blank * 100, 10_000)


def test_chunks_without_end_are_no_flood() -> None:
    reader = ResponseReader("GET")
    reader.feed(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    for _ in range(50_000):
        reader.feed(b"1;a=bcdefg\r\nx\r\n")
    assert reader.take() == b"x" * 50_000


def test_no_body_to_head() -> None:
    reader, body = read(OK + b"Content-Length: 5\r\n\r\n", "HEAD")
    assert reader.done
    assert body == b""


names = st.text("abcdefghijklmnopqrstuvwxyzABC-0123456789", min_size=1, max_size=12).map(lambda s: f"X-{s}")
contents = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)


@given(
    status=st.sampled_from([200, 201, 204, 304, 401, 403, 404, 500, 599]),
    headers=st.lists(st.tuples(names, contents), max_size=5),
    pieces=st.lists(st.binary(min_size=1, max_size=50), max_size=5),
    framing=st.sampled_from(["length", "chunked", "close"]),
    method=st.sampled_from(["GET", "HEAD", "PUT"]),
    size=st.integers(1, 200),
)
def test_as_h11_reads_it(
    status: int, headers: list[tuple[str, str]], pieces: list[bytes], framing: str, method: str, size: int
) -> None:
    server = h11.Connection(h11.SERVER)
    server.receive_data(f"{method} / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    while not isinstance(server.next_event(), h11.EndOfMessage):
        pass
    fields = [(name.encode(), value.encode()) for name, value in headers]
    empty = method == "HEAD" or status in (204, 304)
    if framing == "length":
        fields.append((b"Content-Length", str(len(b"".join(pieces))).encode()))
    elif framing == "chunked":
        fields.append((b"Transfer-Encoding", b"chunked"))
    sent = server.send(h11.Response(status_code=status, headers=fields)) or b""
    if not empty:
        for piece in pieces:
            sent += server.send(h11.Data(data=piece)) or b""
        sent += server.send(h11.EndOfMessage()) or b""

    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method=method, target="/", headers=[("Host", "x")]))
    client.send(h11.EndOfMessage())
    client.receive_data(sent)
    client.receive_data(b"")
    head = client.next_event()
    assert isinstance(head, h11.Response)
    body = b""
    while isinstance(event := client.next_event(), h11.Data):
        body += event.data

    reader, got = read(sent, method, size)
    assert reader.done
    assert reader.flaws == []
    assert (reader.status, got) == (head.status_code, body)
    theirs = [(name.lower().decode(), value.decode()) for name, value in head.headers]
    assert [(name.lower(), value) for name, value in reader.headers] == theirs


@given(st.binary(max_size=400), st.integers(1, 50), st.booleans())
def test_any_bytes(data: bytes, size: int, with_head: bool) -> None:
    try:
        reader, _ = read((OK if with_head else b"") + data, size=size)
    except (ProtocolError, TooLarge):
        return
    assert reader.done


frames = [b"HTTP/1.1 ", b"200", b" OK", b"Content-Length", b"Transfer-Encoding", b"chunked", b"0\r\n\r\n"]
signs = [b"\r\n", b"\n", b"\r", b":", b" ", b"5", b"0", b"a", b"<", b"\0", b"1\r\nx\r\n", b"HTTP/1.1 100 C\r\n\r\n"]
words = st.sampled_from(frames + signs)


@given(st.lists(words, max_size=40).map(b"".join), st.integers(1, 30))
def test_any_mixture_in_any_pieces(data: bytes, size: int) -> None:
    """How the bytes were cut on the way changes nothing but what is seen after the end."""
    outcomes = []
    for step in (size, 0):
        try:
            reader, body = read(data, size=step)
            flaws = [flaw for flaw in reader.flaws if flaw != "more bytes than announced"]
            outcomes.append((reader.status, reader.headers, body, flaws))
        except (ProtocolError, TooLarge) as error:
            outcomes.append((type(error), error.summary))
    assert outcomes[0] == outcomes[1]


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "x-gzip"]), st.integers(1, 50))
def test_any_packed_bytes(data: bytes, encoding: str, size: int) -> None:
    decoder = ContentDecoder(encoding, 1000)
    try:
        for start in range(0, len(data), size):
            assert len(decoder.feed(data[start : start + size])) <= 1000
        decoder.finish()
    except (ProtocolError, TooLarge):
        return


class TestRedact:
    @pytest.mark.parametrize(
        "text",
        [
            'Authorization: Digest username="a", response="geheim"',
            "rtsp://admin:geheim@10.0.0.1/x",
            "<User><password>geheim</password></User>",
            '<n:loginPassword opt="x">geheim</n:loginPassword>',
            '{"password": "geheim\\" still geheim"}',
            "GET /cgi?userName=a&password=geheim&x=1",
            "wifi_passphrase = geheim",
        ],
    )
    def test_secrets_go(self, text: str) -> None:
        assert "geheim" not in redact(text)
        assert MASK in redact(text)

    def test_the_rest_stays(self) -> None:
        text = "<a><user>admin</user><passwordLength>16</passwordLength></a> http://10.0.0.1:80/a?b=c"
        assert redact(text) == text

    def test_known_secrets(self) -> None:
        assert redact("it was xyz9, no?", "xyz9") == f"it was {MASK}, no?"
        assert redact("a cat", "a") == "a cat"

    @given(st.text(max_size=200))
    def test_any_text(self, text: str) -> None:
        assert redact(redact(text)) == redact(text)
