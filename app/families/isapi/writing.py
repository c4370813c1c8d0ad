"""How edits reach a device: a ladder of ways, tried from the top until the device takes one.

The ladder has one rung so far, the whole document with only the edited leaves changed. A rung turns a document and
its changes into the requests that carry them; a device that says "not supported" to one is asked with the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.errors import InvalidSetting, NotSupported
from app.families.isapi.client import XML, Client, Sleep, patiently
from app.families.isapi.errors import Status
from app.settings import values
from app.settings.changes import Change
from app.settings.document import Document
from app.settings.spec import Access, Kind
from app.wire.http import HttpRequest

WRITE_DEADLINE = 20.0  # seconds; some cameras answer a changed stream only after restarting the encoder
MASK = "******"


@dataclass(frozen=True, slots=True)
class Rung:
    """name is remembered per device; make gives the requests in the order they are sent."""

    name: str
    make: Callable[[Document, Mapping[str, str]], tuple[HttpRequest, ...]]


def whole_document(document: Document, edits: Mapping[str, str]) -> tuple[HttpRequest, ...]:
    return (
        HttpRequest(
            "PUT",
            document.resource,
            body=document.source.encode(edits),
            content_type=document.source.media_type or XML,
            deadline=WRITE_DEADLINE,
        ),
    )


LADDER = (Rung("whole document", whole_document),)


def edits_of(document: Document, changes: tuple[Change, ...]) -> dict[str, str]:
    """Checked edits by path. InvalidSetting at the first that cannot be sent."""
    if not changes:
        raise InvalidSetting("There is nothing to change.")
    for change in changes:
        spec = document.field(change.path).spec
        if spec.access is Access.READ_ONLY:
            raise InvalidSetting(f"{spec.title} can only be read.", path=change.path)
        problem = values.problem(change.new, spec)
        if problem:
            raise InvalidSetting(f"{spec.title}: {problem}", path=change.path)
    return {change.path: change.new for change in changes}


async def write(client: Client, document: Document, edits: Mapping[str, str], *, sleep: Sleep = asyncio.sleep) -> bool:
    """Sends the edits; True where the device wants a reboot. Raises the refusal of the last rung."""
    refusal: NotSupported | None = None
    for rung in LADDER:
        try:
            statuses = [await _send(client, request, sleep) for request in rung.make(document, edits)]
        except NotSupported as problem:
            refusal = problem
            continue
        return any(status.reboot_required for status in statuses)
    raise refusal or NotSupported("The device takes no changes here.")


async def _send(client: Client, request: HttpRequest, sleep: Sleep) -> Status:
    return await patiently(lambda: client.send(request), sleep)


def masked_text(document: Document, edits: Mapping[str, str], host: str) -> str:
    """The request of the first rung as text for people: secrets masked, no Authorization."""
    secrets = {
        field.path: MASK
        for field in document.fields
        if field.spec.kind is Kind.PASSWORD and (edits.get(field.path) or field.text)
    }
    request = LADDER[0].make(document, edits)[0]
    shown = LADDER[0].make(document, {**edits, **secrets})[0]
    head = (
        f"{request.method} {request.path} HTTP/1.1\n"
        f"Host: {host}\n"
        f"Content-Type: {request.content_type}\n"
        f"Content-Length: {len(request.body)}\n"
    )
    return f"{head}\n{shown.body.decode('utf-8', 'replace')}"
