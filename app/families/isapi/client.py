"""Requests and answers of one device in the words of this family. Knows paths and errors, no settings."""

from __future__ import annotations

from dataclasses import replace

from app.families.base import HttpChannel
from app.families.isapi import errors
from app.families.isapi.dialect import Dialect
from app.families.isapi.status import Status
from app.model.device import Address
from app.wire.http import DOCUMENT_LIMIT, HttpAnswer, HttpRequest
from app.wire.xml import XmlDocument

XML = "application/xml"
DEFAULT_PORT = 80


def called(address: Address) -> str:
    """How messages name a camera: the address as people type it."""
    return str(replace(address, port=None) if address.port == DEFAULT_PORT else address)


class Client:
    """One device. Paths may be given with or without the dialect's prefix. known_as: how messages name it, whatever it
    calls itself."""

    def __init__(self, channel: HttpChannel, dialect: Dialect, *, known_as: str = "") -> None:
        self.channel = channel
        self.dialect = dialect
        self.name = ""  # what the device calls itself, where it said so
        self._known_as = known_as

    @property
    def camera(self) -> str:
        """The device in messages: by its own name, as people know it, else by its address."""
        return self._known_as or self.name or called(self.channel.address)

    async def answer(self, path: str, *, deadline: float = 10.0, limit: int = DOCUMENT_LIMIT) -> HttpAnswer:
        """The answer to a GET, whatever its status."""
        return await self.channel.send(HttpRequest("GET", self.dialect.path(path), deadline=deadline, limit=limit))

    async def read(self, path: str) -> XmlDocument:
        """The XML document at path; raises what a refusal stands for."""
        return errors.document(await self.answer(path), self.dialect.path(path), self.camera)

    async def send(self, request: HttpRequest) -> Status:
        """Sends what was made elsewhere and raises unless the device took it."""
        return errors.check(await self.channel.send(request), request.path, self.camera)

    async def put(self, path: str, body: bytes = b"", *, deadline: float = 10.0) -> Status:
        """PUT; an action has no body."""
        return await self.send(
            HttpRequest(
                "PUT",
                self.dialect.path(path),
                body=body,
                content_type=XML if body else "",
                deadline=deadline,
            )
        )
