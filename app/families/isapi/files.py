"""Files of the device: fetched and sent with progress, and checked once it is back."""

from __future__ import annotations

import asyncio
import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime

from app.errors import (
    CameraError,
    ConnectionLost,
    DeviceFault,
    InvalidSetting,
    NotSupported,
    ProtocolError,
    TimedOut,
    TransportError,
)
from app.families.base import ExpectsCertificate
from app.families.isapi import aftermath, certificates, errors, file_kinds, identity, waiting, wrong_file
from app.families.isapi import catalog as catalogs
from app.families.isapi.certificates import CLIENT, DEVICE, DOWNLOAD, KEY, SERVER, Certificate
from app.families.isapi.client import Client
from app.families.isapi.file_kinds import ASK_BY_PUT, CONFIGURATION, FIRMWARE, MEDIA, OCTETS
from app.families.isapi.identity import Identity
from app.families.isapi.own_certificates import OwnCertificates, fetched, read_request
from app.families.isapi.sending import Way, moving
from app.families.isapi.settings import IsapiSettings
from app.families.isapi.status import Status, read_status
from app.model.action import MOST, Danger, FileKind, Progress, Tell, Uploaded, tell_nobody
from app.patience import Sleep, patiently
from app.settings.document import Document
from app.settings.tree import Node, NodeKind
from app.stopping import Stopped, unless_stopped
from app.wire.http import HttpRequest

FILE_LIMIT = MOST
FILE_DEADLINE = 1800.0  # seconds; 100 MB over a slow line
STATUS_PAUSE = 1.0  # seconds between two looks at an upgrade
STATUS_LOOKS = 900


class IsapiFiles:
    """Implements `base.Files`."""

    def __init__(self, client: Client, settings: IsapiSettings, who: Identity, *, sleep: Sleep = asyncio.sleep) -> None:
        self._client = client
        self._settings = settings
        self._who = who
        self._sleep = sleep
        self._own = OwnCertificates(client, sleep)

    async def list(self) -> tuple[FileKind, ...]:
        return tuple(self._of(await self._settings.tree()))

    def _of(self, node: Node) -> Iterator[FileKind]:
        if node.kind is NodeKind.BINARY:
            yield self._kind(node.id, node.title)
            if self._client.dialect.tail(node.id) == DEVICE:
                yield from (self._kind(self._client.dialect.path(each)) for each in (CLIENT, KEY))
        for child in node.children:
            yield from self._of(child)

    def _kind(self, path: str, title: str = "") -> FileKind:
        known = catalogs.catalog(self._client.dialect)
        resource = known.lookup(path.partition("#")[0])
        methods = resource.methods if resource else ("GET", "PUT")
        tail = self._client.dialect.tail(path)
        made_at = file_kinds.MADE_AT.get(tail)
        makes = made_at is not None and known.lookup(self._client.dialect.path(made_at)) is not None
        return file_kinds.kind(path, tail, title, methods, self._client.camera, makes=makes)

    async def download(self, file: str, *, tell: Tell = tell_nobody) -> bytes:
        path = self._client.dialect.path(file)
        method = "PUT" if self._client.dialect.tail(path) in ASK_BY_PUT else "GET"
        camera = self._client.camera

        async def once() -> bytes:
            tell(Progress("Receiving"))
            async with moving(camera, None, tell) as step:
                request = HttpRequest(method, path, deadline=FILE_DEADLINE, limit=FILE_LIMIT, progress=step)
                answer = await self._client.channel.send(request)
            if not 200 <= answer.status < 300 or _is_refusal(answer.body):
                errors.check(answer, path, camera)
            if not answer.body:
                raise ProtocolError(f"{camera} sent an empty file.", hint="Nothing was saved.", detail=path)
            if self._client.dialect.tail(path) == DOWNLOAD:
                read_request(self._client, answer.body)
            return answer.body

        return await patiently(once, self._sleep)

    def check(self, file: str, data: bytes) -> None:
        self._fit(self._client.dialect.path(file), data)

    def _fit(self, path: str, data: bytes) -> tuple[bytes, Certificate | None]:
        """What is to be sent of a file, and the certificate in it. InvalidSetting for a wrong one."""
        kind, tail = self._kind(path), self._client.dialect.tail(path)
        if not kind.up:
            raise NotSupported(f"{self._client.camera} takes no file here.")
        if not data:
            raise InvalidSetting("The file is empty.", hint="Nothing was sent. Choose another file.")
        wrong_file.check(data, kind.title)
        if tail == KEY:
            certificates.check_key(data)
        if tail in (SERVER, DEVICE, CLIENT):
            return data, certificates.read(data)
        return unpacked(data) if tail == FIRMWARE else data, None

    async def upload(
        self,
        file: str,
        data: bytes,
        *,
        confirmed: bool = False,
        tell: Tell = tell_nobody,
        stop: asyncio.Event | None = None,
    ) -> Uploaded:
        path = self._client.dialect.path(file)
        kind, tail = self._kind(path), self._client.dialect.tail(path)
        data, certificate = await asyncio.to_thread(self._fit, path, data)
        if kind.danger is not Danger.NONE and not confirmed:
            raise InvalidSetting(kind.consequence, hint="Nothing was sent: it has to be confirmed first.")
        if tail == SERVER and certificate is not None:
            await self._check_key(certificate, data)
        way = Way(len(data))
        before = await (identity.ask(self._client) if tail == FIRMWARE else self._now())
        try:
            return await unless_stopped(self._upload(path, data, way, before, certificate, tell), stop)
        except Stopped:
            tell(Progress("Looking at what it is left with"))
            return await aftermath.left(self._client, kind.title, way, before, self._sleep)
        except _BrokenOff as problem:
            found = await aftermath.left(self._client, kind.title, way, before, self._sleep)
            raise problem.told(self._client.camera, way, found.text) from problem

    async def _check_key(self, certificate: Certificate, data: bytes) -> None:
        """InvalidSetting for a certificate without its key that is not for the key of the device's own request."""
        if b"PRIVATE KEY-----" in data or certificates.is_container(data):
            return
        try:
            asked = await fetched(self._client)
        except CameraError:
            return  # it has no request, or does not show it: it will know
        if asked.key != certificate.key:
            raise InvalidSetting(
                f"The certificate “{certificate.name}” is for another key than the request of {self._client.camera}.",
                hint="Nothing was sent. Send the one that was signed for this request, or one with its private key.",
            )

    async def _upload(
        self,
        path: str,
        data: bytes,
        way: Way,
        before: identity.Who | None,
        certificate: Certificate | None,
        tell: Tell,
    ) -> Uploaded:
        tail = self._client.dialect.tail(path)
        status, lost = await self._send(path, data, MEDIA.get(tail, OCTETS), way, tell)
        if tail == FIRMWARE:
            return await self._upgraded(status, before or identity.Who(), tell)
        if tail == CONFIGURATION:
            return await self._restored(status, tell)
        if lost is not None:
            raise lost
        if certificate is not None and tail in (SERVER, DEVICE):
            return await self._kept(tail, certificate, status)
        return Uploaded(f"{self._client.camera} has taken the file. It does not show it, so it cannot be compared.")

    async def _kept(self, tail: str, sent: Certificate, status: Status | None) -> Uploaded:
        """What the device shows of a certificate that it has taken."""
        camera = self._client.camera
        if tail == SERVER and isinstance(self._client.channel, ExpectsCertificate):
            self._client.channel.expect_certificate(sent.fingerprint)
        if tail == SERVER:
            now = await certificates.shown(self._client)
            same = None if now is None else now.is_that(sent)
            other = now.name if now is not None else ""
        else:
            root = await certificates.held(self._client)
            same = None if root is None else root.fingerprint == sent.fingerprint
            other = root.name if root is not None else ""
        if same is False and not (status is not None and status.reboot_required):
            return Uploaded(f"{camera} said OK and still holds another certificate: “{other}”.", False)
        text = f"{camera} has taken the certificate “{sent.name}”, valid until {sent.ends:%Y-%m-%d}."
        if sent.begins > datetime.now(UTC):
            text = f"{text} It is valid only from {sent.begins:%Y-%m-%d %H:%M} UTC on."
        if tail == SERVER:
            text = f"{text} When {camera} shows it, Camwright knows that it was put there from here."
        if status is not None and status.reboot_required:
            text = f"{text} It is used after a restart: restart {camera} with the button above."
        return Uploaded(text, same or None)

    async def remove(self, file: str, *, confirmed: bool = False) -> Uploaded:
        path = self._client.dialect.path(file)
        kind, camera = self._kind(path), self._client.camera
        if not kind.removal:
            raise NotSupported(f"{camera} cannot be asked to remove this.")
        if not confirmed:
            raise InvalidSetting(kind.removal, hint="Nothing was sent: it has to be confirmed first.")
        if self._client.dialect.tail(path) == DOWNLOAD:
            return await self._own.drop_request()
        before = await certificates.shown(self._client)
        await self._client.send(HttpRequest("DELETE", path))
        now = await certificates.shown(self._client)
        if now is not None and now == before:
            return Uploaded(f"{camera} said OK and still shows “{now.name}”.", False)
        name = f"“{now.name}”" if now is not None and now.name else "its own"
        return Uploaded(f"{camera} has removed the certificate. It names {name} now.", None if now is None else True)

    async def draft(self, file: str) -> Document:
        return await self._own.draft(self._made_at(file))

    async def make(self, file: str, draft: Document, *, confirmed: bool = False) -> Uploaded:
        place = self._made_at(file)
        if not confirmed:
            making = self._kind(self._client.dialect.path(file)).making
            raise InvalidSetting(making, hint="Nothing was sent: it has to be confirmed first.")
        return await self._own.make(place, draft)

    def _made_at(self, file: str) -> str:
        path = self._client.dialect.path(file)
        if not self._kind(path).making:
            raise NotSupported(f"{self._client.camera} cannot be asked to make this.")
        return file_kinds.MADE_AT[self._client.dialect.tail(path)]

    async def _send(
        self, path: str, data: bytes, media: str, way: Way, tell: Tell
    ) -> tuple[Status | None, TransportError | None]:
        """What the device said; a connection that is lost after everything was sent is no failure yet, as devices
        restart before they answer. _BrokenOff where it was lost earlier."""
        tell(Progress("Sending", 0.0))
        try:
            async with moving(self._client.camera, way, tell) as step:
                request = HttpRequest("PUT", path, data, media, deadline=FILE_DEADLINE, progress=step)
                return await self._client.send(request), None
        except (ConnectionLost, TimedOut) as problem:
            if not way.is_whole:
                raise _BrokenOff(problem) from problem
            return None, problem

    async def _restored(self, status: Status | None, tell: Tell) -> Uploaded:
        if status is not None and status.reboot_required:
            await self._client.put("/System/reboot")
        who = await waiting.restarted(self._client, self._sleep, tell)
        camera = self._client.camera
        if who is None and status is None:
            return Uploaded(f"{camera} hung up and did not come back: the file may hold another address.", False)
        if who is None:
            return Uploaded(f"{camera} has taken the file and did not restart within a minute.")
        return Uploaded(f"{camera} has taken the file and is back. Compare its settings to be sure.")

    # -- firmware ------------------------------------------------------------------------------------------------------

    async def _upgraded(self, status: Status | None, before: identity.Who, tell: Tell) -> Uploaded:
        """Success is one thing only: another version is read after the restart (FIELD 56)."""
        if await self._install(tell) and status is not None and status.reboot_required:
            await self._client.put("/System/reboot")
        self._who.forget()
        self._settings.loader.forget()
        after = await waiting.restarted(self._client, self._sleep, tell)
        if after is None:
            after = await self._now()
        return _verdict(self._client.camera, before, after)

    async def _install(self, tell: Tell) -> bool:
        """Watches the upgrade; True where the device is still there when it is through."""
        for _ in range(STATUS_LOOKS):
            try:
                root = (await self._client.read("/System/upgradeStatus")).root
            except TransportError:
                return False
            except (NotSupported, DeviceFault, ProtocolError):
                return True
            percent = root.text_of("percent")
            share = (
                min(int(percent), 100) / 100 if percent.isascii() and percent.isdigit() and len(percent) < 4 else None
            )
            tell(Progress("Installing", share))
            if root.text_of("upgrading").lower() != "true":
                return True
            await self._sleep(STATUS_PAUSE)
        return True

    async def _now(self) -> identity.Who | None:
        try:
            return await identity.ask(self._client)
        except CameraError:
            return None


class _BrokenOff(Exception):
    """The connection was lost, or stood still, while there was more to send."""

    def __init__(self, problem: TransportError) -> None:
        super().__init__(problem.summary)
        self.problem = problem

    def told(self, camera: str, way: Way, left: str) -> TransportError:
        """The same in words, with what the device is left with."""
        if isinstance(self.problem, TimedOut):
            return TimedOut(self.problem.summary, hint=left, detail=self.problem.detail)
        summary = f"{camera} closed the connection after {way.share} of the file."
        return ConnectionLost(summary, hint=left, detail=self.problem.summary)


def _verdict(camera: str, before: identity.Who, after: identity.Who | None) -> Uploaded:
    if after is None:
        text = (
            f"{camera} did not come back after the upgrade. Wait some minutes, then scan again; do not cut its power."
        )
        return Uploaded(text, False, before.firmware)
    if after.serial != before.serial:
        text = f"Another device answers in place of {camera}, with the serial number {after.serial}."
        return Uploaded(text, False, before.firmware, after.firmware)
    if after.firmware == before.firmware:
        text = f"{camera} still runs {after.firmware}: it did not take this firmware over, or it ran the same before."
        return Uploaded(text, False, before.firmware, after.firmware)
    return Uploaded(
        f"{camera} runs {after.firmware} now; it was {before.firmware}.", True, before.firmware, after.firmware
    )


def unpacked(data: bytes) -> bytes:
    """The firmware itself: makers publish it inside a ZIP archive, which no device takes. InvalidSetting where an
    archive holds anything but one firmware file."""
    if not data.startswith(b"PK\x03\x04"):
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = [each for each in archive.infolist() if each.filename.lower().endswith(".dav")]
            if len(found) != 1 or found[0].file_size > FILE_LIMIT:
                raise InvalidSetting(
                    "This ZIP archive does not hold one firmware file.", hint="Unpack it and choose the .dav file."
                )
            return archive.read(found[0])
    except (zipfile.BadZipFile, RuntimeError, OSError, EOFError, ValueError, zlib.error) as problem:
        raise InvalidSetting("This ZIP archive is damaged.", detail=str(problem)) from problem


def _is_refusal(body: bytes) -> bool:
    status = read_status(body)
    return status is not None and not status.ok
