"""A request as it goes out: its target and its headers."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote

from app.errors import InvalidSetting
from app.model.device import Address
from app.transport.login import Authorize
from app.transport.raw_http import Outgoing
from app.wire.http import HttpRequest

READING = ("GET", "HEAD")

_TARGET_SIGNS = "/?:@!$&'()*+,;=-._~%[]"
_NOT_TO_BE_SENT = re.compile(r"[^\t\x20-\x7e\x80-\xff]")  # in a header


def target_of(path: str) -> str:
    """The request target: what may not stand there is percent-encoded, what is encoded stays so."""
    if not path.startswith("/"):
        raise InvalidSetting(f"“{path[:80]}” is not a path: it must begin with a slash.")
    return quote(path.partition("#")[0], safe=_TARGET_SIGNS)


def prepared(address: Address, request: HttpRequest, target: str, authorize: Authorize, *, keep: bool) -> Outgoing:
    """keep: the connection is wanted for the next one. InvalidSetting for a header that cannot be sent."""
    host = replace(address, host=address.host.partition("%")[0])
    headers = [("Host", str(host)), ("User-Agent", "Camwright"), ("Accept", "*/*")]
    if request.content_type:
        headers.append(("Content-Type", request.content_type))
    if request.body or request.method not in READING:
        headers.append(("Content-Length", str(len(request.body))))
    authorization = authorize()
    if authorization is not None:
        headers.append(("Authorization", authorization))
    headers += request.headers
    if not keep:
        headers.append(("Connection", "close"))
    for name, value in headers:
        _check_header(name, value)
    return Outgoing(request.method, target, tuple(headers), request.body, request.progress, keep)


def _check_header(name: str, value: str) -> None:
    if _NOT_TO_BE_SENT.search(name + value):
        raise InvalidSetting(f"The header “{name[:40]}” holds a character that cannot be sent.")
