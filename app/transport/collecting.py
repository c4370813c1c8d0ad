"""The body of an answer: put together, unpacked, held to the request's limit, and taken as whole or as cut off."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace

from app.errors import ConnectionLost, ProtocolError, TooLarge
from app.model.device import Address
from app.transport import failures
from app.transport.raw_http import Incoming
from app.transport.strict_http import StrictRefusal
from app.wire.http import HttpAnswer, HttpRequest
from app.wire.inflate import ContentDecoder
from app.wire.whole import TOO_FEW_BYTES, is_whole


async def collect(address: Address, request: HttpRequest, incoming: Incoming) -> HttpAnswer:
    """The answer with its body. TooLarge beyond the request's limit, ConnectionLost where it is cut off, ProtocolError
    where it cannot be read. What was wrong and could be read all the same is in the answer's flaws."""
    answer = HttpAnswer(incoming.status, incoming.headers, b"")
    try:
        body = await _body(address, request, answer, incoming)
    except TooLarge as error:
        raise failures.too_large(address, request.limit) from error
    return replace(answer, body=body, flaws=tuple(incoming.flaws))


async def _body(address: Address, request: HttpRequest, answer: HttpAnswer, incoming: Incoming) -> bytes:
    if request.method == "HEAD":
        return b""
    announced = _announced(answer, request.limit)
    body = bytearray()
    try:
        decoder = ContentDecoder(",".join(answer.all("content-encoding")), request.limit)
        async with aclosing(incoming.chunks) as chunks:
            async for chunk in chunks:
                body += decoder.feed(chunk)
                if request.progress is not None and request.method == "GET":
                    request.progress(len(body), announced)
        decoder.finish()
    except ConnectionLost:
        if not _is_all(answer, bytes(body)):
            raise
        incoming.flaws.append(TOO_FEW_BYTES)
    except ProtocolError as error:
        if isinstance(error, StrictRefusal) or str(address) in error.summary:
            raise
        raise failures.broken(address, error.summary, error.detail) from error
    return bytes(body)


def _announced(answer: HttpAnswer, limit: int) -> int:
    """Bytes, 0 where it does not say. Its digits are counted before they are read: int() refuses thousands of them."""
    length = answer.header("content-length").strip()
    if not (length.isascii() and length.isdigit()):
        return 0
    digits = length.lstrip("0") or "0"
    if len(digits) > len(str(limit)) or int(digits) > limit:
        raise TooLarge("The answer announces more than it may hold.")
    return int(digits)


def _is_all(answer: HttpAnswer, body: bytes) -> bool:
    """Whether an answer that broke off had promised too much. A chunked one has counted what it sent: it is cut off."""
    if answer.header("transfer-encoding"):
        return False
    asks_for_login = answer.status == 401 and not body  # all of it stands in the head
    return asks_for_login or is_whole(body)
