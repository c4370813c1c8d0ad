"""An HTTP answer that does not end: asked for on a stream's own thread, with one try of the password."""

from __future__ import annotations

import time

from app.errors import BadCredentials, CredentialsNeeded, ProtocolError, TimedOut
from app.model.device import Address
from app.transport.line import Line, Wire
from app.transport.tls import PinStore
from app.wire.digest import DigestClient, parse_challenges
from app.wire.http import Headers
from app.wire.http1 import ResponseReader

_AGENT = "Camwright"


def ask(
    line: Line,
    wire: Wire,
    address: Address,
    path: str,
    *,
    auth: DigestClient | None,
    limits: tuple[float, float],
    pins: PinStore | None = None,
    headers: Headers = (),
) -> tuple[ResponseReader, bytes, Wire]:
    """GET path, until its head is there: the reader (feed it what follows), the bytes of the body so far, and the
    connection, which may be another one than was given: that one is closed then, or when this raises.

    limits: seconds to connect and to each answer. Statuses other than 401 are the caller's to judge.
    """
    tried = False
    while True:
        try:
            reader = _once(line, wire, address, path, auth, limits[1], headers)
        except BaseException:
            wire.close()
            raise
        if reader.status != 401:
            if tried and auth is not None:
                auth.accepted()
            return reader, reader.take(), wire
        wire.close()
        challenges = parse_challenges(value for name, value in reader.headers if name.lower() == "www-authenticate")
        if auth is None:
            raise CredentialsNeeded("The camera asks for a password before it sends the stream.")
        tried = auth.is_on_trial
        if not auth.answer(challenges):
            raise BadCredentials(
                "The camera refused the password for the stream. It was tried once."
                if tried
                else "The camera asks for a kind of login that is not known here.",
                hint="Check user and password." if tried else "",
                detail="HTTP 401",
            )
        tried = True
        wire = line.connect(address, limits[0], pins)


def _once(
    line: Line, wire: Wire, address: Address, path: str, auth: DigestClient | None, patience: float, headers: Headers
) -> ResponseReader:
    lines = [f"GET {path} HTTP/1.1", f"Host: {address}", f"User-Agent: {_AGENT}"]
    value = auth.authorization("GET", path) if auth else None
    lines += [f"Authorization: {value}"] if value else []
    lines += [f"{name}: {text}" for name, text in headers]
    if any(sign in each for each in lines for sign in "\r\n\0"):
        raise ProtocolError("The stream's address cannot be asked for.", detail=repr(path))
    until = time.monotonic() + patience
    wire.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace"), until)
    reader = ResponseReader("GET")
    while not reader.head_complete:
        if wire.socket in line.ready(until):
            reader.feed(wire.receive())
        elif time.monotonic() >= until:
            raise TimedOut(f"The camera took the connection but did not answer within {patience:.0f} s.")
    return reader
