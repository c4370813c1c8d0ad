"""SSDP texts as real devices and liars send them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ProtocolError
from app.wire import ssdp
from app.wire.ssdp import SsdpKind, SsdpMessage

ANSWER = (
    b"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age = 1800\r\nEXT:\r\nLOCATION: http://127.14.0.1:80/d.xml\r\n"
    b"SERVER: Linux/3 UPnP/1.0 cam/1\r\nST: upnp:rootdevice\r\nUSN: uuid:ABC-1::upnp:rootdevice\r\n"
    b"BOOTID.UPNP.ORG: 7\r\nCONFIGID.UPNP.ORG: 3\r\n\r\n"
)


def test_answer() -> None:
    message = ssdp.parse(ANSWER)
    assert message.kind is SsdpKind.ANSWER
    assert message.location == "http://127.14.0.1:80/d.xml"
    assert message.max_age == 1800
    assert message.target == "upnp:rootdevice"
    assert message.uuid == "uuid:abc-1"
    assert message.version == ("7", "3")
    assert message.headers["EXT"] == ""


@pytest.mark.parametrize(
    ("sort", "kind"),
    [("ssdp:alive", SsdpKind.ALIVE), ("SSDP:Update", SsdpKind.UPDATE), ("ssdp:byebye", SsdpKind.BYEBYE)],
)
def test_announcements(sort: str, kind: SsdpKind) -> None:
    message = ssdp.parse(f"NOTIFY * HTTP/1.1\r\nNT: upnp:rootdevice\r\nNTS: {sort}\r\nUSN: uuid:1\r\n\r\n".encode())
    assert message.kind is kind
    assert message.target == "upnp:rootdevice"
    assert message.max_age is None


def test_update_speaks_of_the_next_boot() -> None:
    text = b"NOTIFY * HTTP/1.1\r\nNTS: ssdp:update\r\nBOOTID.UPNP.ORG: 1\r\nNEXTBOOTID.UPNP.ORG: 2\r\n\r\n"
    assert ssdp.parse(text).version == ("2", "")


def test_own_search_reads_back() -> None:
    data = ssdp.search("urn:x:device:Basic:1", 2)
    message = ssdp.parse(data)
    assert data.endswith(b"\r\n\r\n")
    assert message.kind is SsdpKind.SEARCH
    assert dict(message.headers) == {
        "HOST": "239.255.255.250:1900",
        "MAN": '"ssdp:discover"',
        "MX": "2",
        "ST": "urn:x:device:Basic:1",
        "USER-AGENT": "Camwright UPnP/1.1",
    }


@pytest.mark.parametrize(
    "data",
    [
        ANSWER.replace(b"\r\n", b"\n"),
        ANSWER.replace(b"\r\n", b"\r"),
        ANSWER.replace(b"HTTP/1.1 200 OK", b"http/1.0 200"),
        ANSWER.replace(b"LOCATION", b"location").replace(b"USN: ", b"uSn:"),
        ANSWER.rstrip(),
        b"\r\n" + ANSWER,
        b"\xef\xbb\xbf" + ANSWER,
        ANSWER.replace(b"EXT:", b"this line is no header"),
        ANSWER.replace(b"EXT:", b"SERVER\xe9: caf\xe9"),
        ANSWER.replace(b" http://127.14.0.1:80/d.xml", b"\r\n http://127.14.0.1:80/d.xml"),
        ANSWER.replace(b"EXT:\r\n", b"") + b"LOCATION: http://10.0.0.1/late\r\n",
    ],
)
def test_untidy_answers_mean_the_same(data: bytes) -> None:
    message = ssdp.parse(data)
    assert (message.location, message.uuid, message.max_age) == ("http://127.14.0.1:80/d.xml", "uuid:abc-1", 1800)


def test_missing_headers_are_empty() -> None:
    message = ssdp.parse(b"HTTP/1.1 200 OK\r\n\r\n")
    assert (message.location, message.usn, message.uuid, message.max_age) == ("", "", "", None)


def test_announcement_without_its_sort() -> None:
    assert ssdp.parse(b"NOTIFY * HTTP/1.1\nLocation: http://x/\n\n").kind is SsdpKind.ALIVE


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"\x00" * 64,
        b"hello",
        b"HTTP/1.1 404 Not Found\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"NOTIFY * HTTP/1.1\r\n\r\n",
        b"NOTIFY * HTTP/1.1\r\nNTS: ssdp:party\r\n\r\n",
        b"NOTIFY * HTTP/1.1\r\nNTS: ssdp:party\r\nLOCATION: http://127.0.0.1/\r\n\r\n",
    ],
)
def test_garbage_is_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        ssdp.parse(data)


@pytest.mark.parametrize(
    ("text", "age"), [("max-age=0", 0), ("MAX-AGE = 5", 5), ("no-cache", None), ("max-age=-1", None)]
)
def test_max_age(text: str, age: int | None) -> None:
    assert ssdp.parse(ANSWER.replace(b"max-age = 1800", text.encode())).max_age == age


def test_monstrous_datagrams_stay_small() -> None:
    headers = b"".join(b"X-%d: %s\r\n" % (n, b"y" * 50) for n in range(1000))
    message = ssdp.parse(b"HTTP/1.1 200 OK\r\n" + headers + b"LOCATION: http://127.0.0.1/\r\n\r\n")
    assert len(message.headers) <= 100
    long = ssdp.parse(b"HTTP/1.1 200 OK\r\nSERVER: " + b"z" * 60_000 + b"\r\n\r\n")
    assert len(long.headers["SERVER"]) <= 4096
    assert ssdp.parse(ANSWER.replace(b"1800", b"9" * 5000)).max_age == 999_999_999


def _sound(message: SsdpMessage) -> None:
    assert all(name == name.upper() and "\n" not in value for name, value in message.headers.items())
    assert message.max_age is None or message.max_age >= 0


@given(st.binary(max_size=2000))
def test_any_bytes(data: bytes) -> None:
    for start in (b"", b"HTTP/1.1 200 OK\r\n", b"NOTIFY * HTTP/1.1\r\n"):
        try:
            _sound(ssdp.parse(start + data))
        except ProtocolError:
            continue


@given(st.dictionaries(st.from_regex(r"[A-Z][A-Z0-9.-]{0,20}", fullmatch=True), st.text("abc:/. 123", max_size=30)))
def test_headers_survive(headers: dict[str, str]) -> None:
    text = "HTTP/1.1 200 OK\r\n" + "".join(f"{name}:{value}\r\n" for name, value in headers.items()) + "\r\n"
    assert dict(ssdp.parse(text.encode()).headers) == {name: value.strip() for name, value in headers.items()}


def test_damaged_answers() -> None:
    """A fuzzer over the real thing: bytes changed, cut and doubled."""
    luck = random.Random(14)
    for _ in range(5000):
        data = bytearray(ANSWER)
        for _ in range(luck.randrange(1, 8)):
            at = luck.randrange(len(data))
            data[at : at + luck.choice((0, 1, 1, 20))] = luck.randbytes(luck.choice((0, 1, 1, 3)))
        try:
            _sound(ssdp.parse(bytes(data)))
        except ProtocolError:
            continue
