"""The last step before an answer leaves: everything that a quirk does to it."""

from __future__ import annotations

import gzip
from dataclasses import replace

from app.simulator.faults import spoiled
from app.simulator.http_server import Answer, Request
from app.simulator.isapi.tree import Style
from app.simulator.quirks import Quirks

VENDOR = "http://www.hikvision.com/ver20/XMLSchema"
ISAPI = "http://www.isapi.org/ver20/XMLSchema"
_HTML = "<!DOCTYPE html>\r\n<html><head><title>{0}</title></head>\r\n<body><h2>{0}</h2>\r\n</body>\r\n</html>\r\n"
_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a0 "boom">'
    + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    + "]><b>&a9;</b>"
).encode()
_DEPTH = 10_000


def style_of(quirks: Quirks) -> Style:
    """How a camera with these quirks writes XML."""
    namespace = ISAPI if "isapi_namespace" in quirks else VENDOR
    if "no_namespace" in quirks:
        namespace = ""
    inner = VENDOR.replace("ver20/", "ver20/mmmm/") if "mixed_namespaces" in quirks else ""
    encode = _gb2312 if "gb2312_text" in quirks else _utf8
    return Style(
        namespace,
        inner,
        "\n" if "lf" in quirks else "\r\n",
        "bom" in quirks,
        "odd_attributes" in quirks,
        "def_and_default" in quirks,
        "wrong_list_size" in quirks,
        encode,
    )


def _utf8(text: str) -> bytes:
    return text.encode("utf-8")


def _gb2312(text: str) -> bytes:
    return text.encode("gb2312", "replace")


def web_page(title: str) -> bytes:
    return _HTML.format(title).encode()


def dress(answer: Answer, request: Request, quirks: Quirks) -> Answer:
    """The answer as this camera really sends it."""
    if not quirks.values or any(part not in request.path for part in quirks.all("only_path")):
        return answer
    if "ok_status_in_error" in quirks and answer.status not in (200, 401):
        answer = replace(answer, status=200)
    elif "html_errors" in quirks and answer.status >= 400:
        answer = replace(answer, body=web_page("Document Error"), content_type="text/html")
    if request.method == "GET" and answer.status == 200 and answer.content_type.startswith("application/xml"):
        answer = _spoil_document(answer, quirks)
    return spoiled(answer, quirks)


def _spoil_document(answer: Answer, quirks: Quirks) -> Answer:
    body = answer.body
    if "html_documents" in quirks:
        return replace(answer, body=web_page("Welcome"), content_type="text/html")
    if "empty_documents" in quirks:
        body = b""
    if "raw_ampersand" in quirks:
        body = body.replace(b"&amp;", b"&")
    if "entity_bomb" in quirks:
        body = _BOMB
    if "deep" in quirks:
        body = b"<a>" * _DEPTH + b"</a>" * _DEPTH
    if "huge" in quirks:
        body += b" " * int(quirks.number("huge") * 1024 * 1024)
    if "gzip" in quirks:
        return replace(answer, body=gzip.compress(body), headers=(*answer.headers, ("Content-Encoding", "gzip")))
    return replace(answer, body=body)
