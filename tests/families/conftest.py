"""A device made of a dictionary: what it answers, and what goes wrong on the way."""

from __future__ import annotations

import json
from collections import deque
from pathlib import Path

import pytest

from app.model.device import Address
from app.wire.http import HttpAnswer, HttpRequest

NOT_SUPPORTED = (
    b'<?xml version="1.0" encoding="UTF-8"?>\r\n'
    b'<ResponseStatus version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema">\r\n'
    b"<requestURL>/x</requestURL><statusCode>4</statusCode><statusString>Invalid Operation</statusString>"
    b"<subStatusCode>notSupport</subStatusCode></ResponseStatus>"
)
OK = (
    b'<ResponseStatus version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">'
    b"<requestURL>/x</requestURL><statusCode>1</statusCode><statusString>OK</statusString>"
    b"<subStatusCode>ok</subStatusCode></ResponseStatus>"
)


class FakeChannel:
    """answers: "PATH" or "METHOD PATH" -> bytes, (status, bytes), HttpAnswer, or a callable of the request.

    A PUT without an answer of its own is kept as the next GET. next_up is used up first: errors are raised; from_put
    likewise, but not before the first PUT.
    """

    def __init__(self, answers=None, address="127.12.0.1:80"):
        self.answers = dict(answers or {})
        self.next_up = deque()
        self.from_put = deque()
        self.sent: list[HttpRequest] = []
        self.address = Address.parse(address)
        self.closed = False

    async def send(self, request: HttpRequest) -> HttpAnswer:
        self.sent.append(request)
        if self.from_put and self.paths("PUT"):
            self.next_up.append(self.from_put.popleft())
        if self.next_up:
            planned = self.next_up.popleft()
            if planned is not None:
                return self._made(planned, request)
        for key in (f"{request.method} {request.path}", request.path if request.method == "GET" else ""):
            if key in self.answers:
                return self._made(self.answers[key], request)
        if request.method == "PUT" and request.path in self.answers:
            self.answers[request.path] = request.body
            return self._made(OK, request)
        return self._made((403, NOT_SUPPORTED), request)

    def _made(self, planned, request):
        if isinstance(planned, Exception):
            raise planned
        if callable(planned):
            return self._made(planned(request), request)
        if isinstance(planned, HttpAnswer):
            return planned
        status, body = planned if isinstance(planned, tuple) else (200, planned)
        return HttpAnswer(status, (("Content-Type", "application/xml"),), body)

    async def close(self) -> None:
        self.closed = True

    def sent_by(self, method):
        return [request for request in self.sent if request.method == method]

    def paths(self, method="GET"):
        return [request.path for request in self.sent if request.method == method]


class FakeDialer:
    def __init__(self, channel):
        self.channel = channel
        self.asked = []

    def http(self, address, credentials):
        self.asked.append((address, credentials))
        self.channel.address = address
        return self.channel


@pytest.fixture
def fake_channel():
    return FakeChannel


@pytest.fixture
def fake_dialer():
    return FakeDialer


@pytest.fixture(scope="session")
def recorded(shared: Path):
    """Every recorded ISAPI answer: manifest entries with their bytes."""
    folder = shared / "realdata" / "isapi"
    entries = json.loads((folder / "manifest.json").read_text("utf-8"))
    return [entry | {"raw": (folder / entry["file"]).read_bytes()} for entry in entries]
