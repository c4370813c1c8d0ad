"""All settings of a device at one time: taken, written to a file, read back from files of any origin."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.disk import write_whole
from app.errors import AuthError, CameraError, Forbidden, SiteError, TransportError
from app.families.base import Session, SettingsTree
from app.model.device import DeviceFacts
from app.settings.document import Document
from app.settings.secrecy import is_secret
from app.settings.spec import Access, Kind
from app.settings.tree import Node, NodeKind
from app.site import secrets
from app.site.records import stamp

FORMAT = 1
KIND = "camwright settings"
FILE_LIMIT = 64 * 1024 * 1024
MOST_RESOURCES = 20_000
MOST_FIELDS = 200_000  # of one resource
MOST_SILENCES = 3  # unanswered resources in a row before the device counts as gone

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Value:
    """One field as it was. text is the wire text; secrets are not among the values."""

    path: str
    title: str
    text: str
    kind: Kind = Kind.TEXT
    access: Access = Access.READ_WRITE
    section: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResourceCopy:
    """raw is the masked document: for people and for support, never to be sent back."""

    resource: str
    title: str
    media_type: str
    raw: bytes
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A resource that the device did not give, and why."""

    resource: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class DeviceSnapshot:
    taken: datetime
    address: str
    family: str
    dialect: str
    name: str
    model: str
    firmware: str
    serial: str
    mac: str
    resources: tuple[ResourceCopy, ...]
    refused: tuple[Refusal, ...] = ()

    @property
    def title(self) -> str:
        return self.name or self.model or self.address


async def take(
    session: Session,
    facts: DeviceFacts,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> DeviceSnapshot:
    """Reads every settings node. progress(done, all, title) is called before each.

    A refused resource is listed; a refused password or a device that has gone ends it. SiteError when cancelled.
    """
    settings = session.offer(SettingsTree)
    if settings is None:
        raise SiteError(f"{session.address} offers no settings.")
    nodes = list(_readable(await settings.tree()))
    copies: list[ResourceCopy] = []
    refused: list[Refusal] = []
    silent = 0
    for number, node in enumerate(nodes):
        if cancelled is not None and cancelled():
            raise SiteError("The export was stopped.", hint="Nothing was written.")
        if progress is not None:
            progress(number, len(nodes), node.title)
        try:
            copies.append(copy_of(await settings.load(node.id)))
            silent = 0
        except CameraError as error:
            silent = silent + 1 if isinstance(error, TransportError) else 0
            if silent >= MOST_SILENCES or (isinstance(error, AuthError) and not isinstance(error, Forbidden)):
                raise
            refused.append(Refusal(node.id, node.title, error.summary))
    if progress is not None:
        progress(len(nodes), len(nodes), "")
    return DeviceSnapshot(
        datetime.now(UTC), str(session.address), session.family, session.dialect, facts.name, facts.model,
        facts.firmware, facts.serial, facts.mac, tuple(copies), tuple(refused),
    )  # fmt: skip


def _readable(node: Node) -> Iterator[Node]:
    if node.kind is NodeKind.SETTINGS and node.readable:
        yield node
    for child in node.children:
        yield from _readable(child)


def copy_of(document: Document) -> ResourceCopy:
    """A document as it is kept: without secrets."""
    hidden = secrets.secrets_of(document)
    kept = (f for f in document.fields if f.present and not is_secret(f))
    values = tuple(
        Value(f.path, f.spec.title, f.text, f.spec.kind, f.spec.access, f.section)
        for f in kept
        if secrets.clean(f.text, hidden) == f.text
    )
    raw = secrets.masked(document)
    return ResourceCopy(document.resource, document.title, document.source.media_type, raw, values)


def dump(snapshot: DeviceSnapshot) -> bytes:
    """The file: UTF-8 JSON, the same for the same snapshot."""
    device = {
        name: getattr(snapshot, name)
        for name in ("address", "family", "dialect", "name", "model", "firmware", "serial", "mac")
    }
    content = {
        "kind": KIND,
        "format": FORMAT,
        "taken": stamp(snapshot.taken),
        "device": device,
        "resources": [_resource(each) for each in snapshot.resources],
        "refused": [{"resource": r.resource, "title": r.title, "reason": r.reason} for r in snapshot.refused],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "surrogatepass")


def _resource(copy: ResourceCopy) -> dict[str, Any]:
    try:
        document = {"text": copy.raw.decode("utf-8")}
    except UnicodeDecodeError:
        document = {"base64": base64.b64encode(copy.raw).decode("ascii")}
    return {
        "resource": copy.resource,
        "title": copy.title,
        "media_type": copy.media_type,
        "document": document,
        "fields": [
            {
                "path": v.path,
                "title": v.title,
                "section": list(v.section),
                "kind": v.kind.value,
                "access": v.access.value,
                "value": v.text,
            }
            for v in copy.values
        ],
    }


def write_file(path: Path, snapshot: DeviceSnapshot) -> None:
    """Blocking, all or nothing. SiteError."""
    write_whole(path, dump(snapshot))


def read_file(path: Path) -> DeviceSnapshot:
    """Blocking. SiteError says what is wrong with the file."""
    try:
        with path.open("rb") as file:
            data = file.read(FILE_LIMIT + 1)
    except OSError as error:
        raise SiteError(f"{path} cannot be read: {error.strerror or error}.") from error
    return load(data, str(path))


def load(data: bytes, name: str = "The file") -> DeviceSnapshot:
    """The inverse of `dump`, for files of any origin. SiteError for anything else; sizes are limited."""
    if len(data) > FILE_LIMIT:
        raise SiteError(f"{name} is larger than {FILE_LIMIT // 1024 // 1024} MB and was not read.")
    try:
        content = json.loads(data.decode("utf-8", "surrogatepass").removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise SiteError(f"{name} is no file of settings.", detail=str(error)[:200]) from error
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise SiteError(f"{name} is no file of settings.", hint="“camwright export” makes them.")
    version = content.get("format")
    if type(version) is int and version > FORMAT:
        raise SiteError(f"{name} was written by a newer Camwright.", hint="Update Camwright to read it.")
    if type(version) is not int or version != FORMAT:
        raise SiteError(f"{name} has a format that nobody knows: {str(version)[:40]}.")
    return _Reader(name).snapshot(content)


class _Reader:
    """Takes values out of JSON and refuses what is not what it should be, with its place."""

    def __init__(self, name: str) -> None:
        self._name = name

    def snapshot(self, content: dict[str, Any]) -> DeviceSnapshot:
        device = self._get(content, "device", dict, "")
        resources = self._list(content, "resources", "", MOST_RESOURCES)
        refused = self._list(content, "refused", "", MOST_RESOURCES)
        said = {
            name: self._get(device, name, str, "device")
            for name in ("address", "family", "dialect", "name", "model", "firmware", "serial", "mac")
        }
        copies = tuple(self._resource(each, f"resources[{n}]") for n, each in enumerate(resources))
        if len({copy.resource for copy in copies}) != len(copies):
            raise self._wrong("resources", "one is there twice")
        return DeviceSnapshot(
            taken=self._moment(content), resources=copies, refused=tuple(map(self._refusal, refused)), **said
        )

    def _moment(self, content: dict[str, Any]) -> datetime:
        try:
            taken = datetime.fromisoformat(self._get(content, "taken", str, ""))
            return (taken if taken.tzinfo else taken.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self._wrong("taken", "it is no time") from None

    def _refusal(self, found: Any) -> Refusal:
        found = self._object(found, "refused")
        return Refusal(*(self._get(found, name, str, "refused") for name in ("resource", "title", "reason")))

    def _resource(self, found: Any, place: str) -> ResourceCopy:
        found = self._object(found, place)
        fields = self._list(found, "fields", place, MOST_FIELDS)
        values = tuple(self._value(each, f"{place}.fields[{n}]") for n, each in enumerate(fields))
        if len({value.path for value in values}) != len(values):
            raise self._wrong(f"{place}.fields", "one is there twice")
        return ResourceCopy(
            self._get(found, "resource", str, place),
            self._get(found, "title", str, place),
            self._get(found, "media_type", str, place),
            self._raw(self._get(found, "document", dict, place), place),
            values,
        )

    def _raw(self, document: dict[str, Any], place: str) -> bytes:
        if "text" in document:
            return str(self._get(document, "text", str, place)).encode("utf-8", "surrogatepass")
        try:
            return base64.b64decode(self._get(document, "base64", str, place), validate=True)
        except (binascii.Error, ValueError):
            raise self._wrong(f"{place}.document", "it is no base64") from None

    def _value(self, found: Any, place: str) -> Value:
        found = self._object(found, place)
        section = self._list(found, "section", place, 100)
        if not all(isinstance(each, str) for each in section):
            raise self._wrong(f"{place}.section", "it holds no texts")
        try:
            kind, access = Kind(self._get(found, "kind", str, place)), Access(self._get(found, "access", str, place))
        except ValueError as error:
            raise self._wrong(place, str(error)[:100]) from None
        path, title, text = (self._get(found, name, str, place) for name in ("path", "title", "value"))
        return Value(path, title, text, kind, access, tuple(section))

    def _object(self, found: Any, place: str) -> dict[str, Any]:
        if not isinstance(found, dict):
            raise self._wrong(place, "it is no object")
        return found

    def _list(self, content: dict[str, Any], name: str, place: str, most: int) -> list[Any]:
        found: list[Any] = self._get(content, name, list, place)
        if len(found) > most:
            raise self._wrong(f"{place}.{name}".strip("."), f"it has more than {most} entries")
        return found

    def _get(self, content: dict[str, Any], name: str, kind: type, place: str) -> Any:
        found = content.get(name)
        if not isinstance(found, kind):
            word = {"str": "a text", "dict": "an object"}.get(kind.__name__, f"a {kind.__name__}")
            raise self._wrong(f"{place}.{name}".strip("."), f"{word} is missing there")
        return found

    def _wrong(self, place: str, what: str) -> SiteError:
        return SiteError(f"{self._name} is damaged at “{place}”: {what}.", hint="Nothing was sent.")
