"""The side of a conversation over RTSP that only answers, for servers of benchmarks."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable


def converse(connection: socket.socket, sdp: bytes, played: Callable[[], None]) -> None:
    """Answers until the client hangs up; calls played at each PLAY. Everything goes inside the connection."""
    data = b""
    with contextlib.suppress(OSError):
        while chunk := connection.recv(65536):
            data += chunk
            while b"\r\n\r\n" in data and not data.startswith(b"$"):
                head, _, data = data.partition(b"\r\n\r\n")
                connection.sendall(_answer(head.decode().split("\r\n"), sdp))
                if head.startswith(b"PLAY "):
                    played()
            if data.startswith(b"$"):
                data = b""  # a report


def _answer(lines: list[str], sdp: bytes) -> bytes:
    cseq = next(line for line in lines if line.lower().startswith("cseq"))
    verb, url = lines[0].split(" ")[:2]
    body = sdp if verb == "DESCRIBE" else b""
    extra = {
        "OPTIONS": "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n",
        "DESCRIBE": f"Content-Type: application/sdp\r\nContent-Base: {url}/\r\nContent-Length: {len(body)}\r\n",
        "SETUP": "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n",
    }.get(verb, "")
    return f"RTSP/1.0 200 OK\r\n{cseq}\r\nSession: 1\r\n{extra}\r\n".encode() + body
