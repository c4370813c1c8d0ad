"""Certificates that a device makes for itself (8.9.18 to 8.9.20): one that it signs itself, and the request that an
authority signs. The private key never leaves the device."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from xml.sax.saxutils import quoteattr

from app.errors import CameraError, InvalidSetting, ProtocolError
from app.families.base import ExpectsCertificate
from app.families.isapi import certificates
from app.families.isapi import document as documents
from app.families.isapi.certificates import DOWNLOAD, REQUEST, SELF_SIGNED, Request, Shown
from app.families.isapi.client import Client
from app.families.isapi.loading import Loader
from app.families.isapi.status import Status
from app.families.isapi.titles import titles
from app.model.action import Uploaded
from app.patience import Sleep, patiently
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Kind, Spec
from app.wire.http import HttpRequest
from app.wire.xml import Element, parse

MAKE_DEADLINE = 60.0  # seconds; small processors take their time for a key
_BLOCK, _NAMESPACE = "CertificateReq", "http://www.isapi.org/ver20/XMLSchema"
_SUBJECT = "SubjectDN"
_NAMES = (
    "commonName",
    "countryName",
    "stateOrProvinceName",
    "localityName",
    "organizationName",
    "organizationUnitName",
    "email",
)
_COUNTRY, _COMMON, _DAYS = f"{_SUBJECT}/countryName", f"{_SUBJECT}/commonName", "validity"
_MOST_DAYS = 5000
# What the text says where a device declares nothing.
_LIMITS = {
    _COUNTRY: Spec(Kind.TEXT, "", min_length=2, max_length=2, help="Two letters, such as DE"),
    _COMMON: Spec(Kind.TEXT, "", min_length=1, max_length=64),
    _DAYS: Spec(Kind.INT, "", minimum=1, maximum=_MOST_DAYS, unit="days", help="How long the certificate is valid"),
}


class OwnCertificates:
    """What `base.MakesFiles` needs. tails: SELF_SIGNED or REQUEST."""

    def __init__(self, client: Client, sleep: Sleep) -> None:
        self._client = client
        self._sleep = sleep
        self._loader = Loader(client, sleep)

    async def draft(self, tail: str) -> Document:
        """Nothing filled in but how long it is valid; the fields are those that the device declares, else the
        text's."""
        path = self._client.dialect.path(tail)
        declared = await self._loader.optional(f"{path}/capabilities")
        title = "Self-signed certificate" if tail == SELF_SIGNED else "Certificate request"
        answer = parse(_template(declared, tail))
        made = documents.build(documents.Context(path, title, titles()), answer, declared)
        fields = [_limited(each) for each in made.fields if each.path != "id"]
        return Document(path, title, fields, made.source)

    async def make(self, tail: str, document: Document) -> Uploaded:
        """InvalidSetting for what is left out or cannot be."""
        _check(document)
        path = self._client.dialect.path(tail)
        before = await certificates.shown(self._client) if tail == SELF_SIGNED else None
        request = HttpRequest("PUT", path, document.encode(), documents.XML, deadline=MAKE_DEADLINE)
        status = await patiently(lambda: self._client.send(request), self._sleep)
        name = document.text(_COMMON).strip()
        return await (self._signed(name, before, status) if tail == SELF_SIGNED else self._requested(name))

    async def _signed(self, name: str, before: Shown | None, status: Status) -> Uploaded:
        camera, now = self._client.camera, await certificates.shown(self._client)
        is_new = now is not None and now.name == name and now.serial != (before.serial if before is not None else "")
        later = status.reboot_required
        if now is not None and not is_new and not later:
            return Uploaded(f"{camera} said OK and still shows the certificate “{now.name}”.", False)
        text = f"{camera} has made a certificate for “{name}” and signed it itself."
        if is_new and now is not None and now.number is not None:
            if isinstance(self._client.channel, ExpectsCertificate):
                self._client.channel.expect_made_certificate(name, now.number)
            text = f"{text} When {camera} shows it, Camwright knows it by its serial number."
        else:
            text = f"{text} {camera} does not say its serial number: over HTTPS Camwright cannot know it and stops."
        if later:
            text = f"{text} It is used after a restart: restart {camera} with the button above."
        return Uploaded(text, True if is_new else None)

    async def _requested(self, name: str) -> Uploaded:
        """What the device gives out as its request is looked at: it is what somebody will pay to have signed."""
        camera = self._client.camera
        try:
            made = await fetched(self._client)
        except CameraError as problem:
            return Uploaded(f"{camera} has taken it, and its request cannot be read: {problem.summary}")
        if made.name != name:
            return Uploaded(f"{camera} said OK, and its request is for “{made.name}”.", False)
        return Uploaded(
            f"{camera} has made a request for “{name}” ({made.key_words}). Save it, have it signed, and send what "
            "comes back as the server certificate.",
            True,
        )

    async def drop_request(self) -> Uploaded:
        camera = self._client.camera
        await self._client.send(HttpRequest("DELETE", self._client.dialect.path(REQUEST)))
        try:
            left = await fetched(self._client)
        except CameraError:
            return Uploaded(f"{camera} has removed its request and the key that goes with it.", True)
        return Uploaded(f"{camera} said OK and still has its request for “{left.name}”.", False)


async def fetched(client: Client) -> Request:
    """The request that the device has. CameraError where it has none, ProtocolError for what is none."""
    answer = await client.answer(DOWNLOAD)
    return read_request(client, answer.body) if 200 <= answer.status < 300 else await _refused(client)


def read_request(client: Client, body: bytes) -> Request:
    """ProtocolError for what no authority could sign."""
    found = certificates.read_request(body)
    if found is None:
        raise ProtocolError(
            f"What {client.camera} gives out as its certificate request is none.",
            hint="Have it made anew.",
            detail=f"{len(body)} bytes",
        )
    return found


async def _refused(client: Client) -> Request:
    """Raises what the refusal stands for."""
    await client.read(DOWNLOAD)
    raise ProtocolError(f"{client.camera} gives out no certificate request.")


def _template(declared: Element | None, tail: str) -> bytes:
    """The document that is filled in."""
    named = declared.name if declared is not None and declared.child(_SUBJECT) is not None else _BLOCK
    namespace = declared.namespace if declared is not None and declared.namespace else _NAMESPACE
    inner = "".join(f"<{name}></{name}>" for name in _wanted(declared))
    days = ""
    if tail == SELF_SIGNED and _has(declared, _DAYS):
        days = f"<{_DAYS}>365</{_DAYS}>"
    password = "<passwd></passwd>" if declared is not None and declared.child("passwd") is not None else ""
    body = f"<id>1</id><{_SUBJECT}>{inner}</{_SUBJECT}>{days}{password}"
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<{named} version="2.0" xmlns={quoteattr(namespace)}>{body}</{named}>\n'.encode()


def _wanted(declared: Element | None) -> Iterator[str]:
    """The parts of a name that the device declares, and those that nothing goes without."""
    subject = declared.child(_SUBJECT) if declared is not None else None
    for name in _NAMES:
        if subject is None or subject.child(name) is not None or name in ("commonName", "countryName"):
            yield name


def _has(declared: Element | None, name: str) -> bool:
    return declared is None or declared.child(_SUBJECT) is None or declared.child(name) is not None


def _limited(field: Field) -> Field:
    known = _LIMITS.get(field.path)
    if known is None:
        return field
    spec = field.spec
    return replace(
        field,
        spec=replace(
            spec,
            kind=known.kind,
            min_length=max(spec.min_length or 0, known.min_length or 0) or None,
            max_length=spec.max_length or known.max_length,
            minimum=spec.minimum if spec.minimum is not None else known.minimum,
            maximum=spec.maximum if spec.maximum is not None else known.maximum,
            unit=spec.unit or known.unit,
            help=spec.help or known.help,
        ),
    )


def _check(document: Document) -> None:
    """InvalidSetting for what nobody could sign."""
    document.changes()
    for path in (_COMMON, _COUNTRY):
        if not document.text(path).strip():
            raise InvalidSetting(
                f"{document.field(path).spec.title} is missing.", path=path, hint="Nothing was sent. Fill it in."
            )
