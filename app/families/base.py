"""The seam: what a family gives, what a session offers. Pages and commands know only this.

A family is one folder under `app.families` whose `__init__` exposes `FAMILY`. A session offers a map of
interfaces; an interface that is absent is not offered, and the window follows from that.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar, cast, runtime_checkable

from app.errors import Foreseen
from app.model.action import Action, ActionDone, FileKind, Tell, Uploaded, tell_nobody
from app.model.device import Address, DeviceFacts, Recognition
from app.model.event import Report
from app.model.log import LogFound, LogLevel
from app.model.region import Region
from app.settings.changes import Change, Proof
from app.settings.document import Document
from app.settings.layer import LayerInfo, RegionEdit, RegionLayer, Switch
from app.settings.search import Entry
from app.settings.spec import Spec
from app.settings.strands import Strand
from app.settings.tree import Node
from app.wire.http import Headers, HttpAnswer, HttpRequest


@dataclass(frozen=True, slots=True)
class Credentials:
    user: str
    password: str = field(repr=False)


class HttpChannel(Protocol):
    """One device's HTTP: one request in flight, its authentication, limits and errors are handled inside.

    `send` returns any answer but 401; it raises TransportError, AuthError or ProtocolError.
    """

    @property
    def address(self) -> Address: ...

    async def send(self, request: HttpRequest) -> HttpAnswer: ...

    async def close(self) -> None: ...


class StandingRequest(Protocol):
    """Complete but for its body. `fire` works once, from any thread, and never waits; False: it was too late."""

    def fire(self, body: bytes) -> bool: ...


@runtime_checkable
class QuickChannel(Protocol):
    """An HttpChannel for those who are in a hurry. `ready` gives the next request as far as it can be made before its
    body is known, None where that cannot be; `fired` reads its answer, None when it has to be sent the ordinary way."""

    @property
    def is_kept(self) -> bool: ...

    def ready(self, method: str, path: str, content_type: str) -> StandingRequest | None: ...

    async def fired(self, deadline: float) -> HttpAnswer | None: ...


class StreamAnswer(Protocol):
    """An answer whose body is still on its way."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Headers: ...

    @property
    def chunks(self) -> AsyncGenerator[bytes, None]: ...


@runtime_checkable
class StreamingChannel(Protocol):
    """What a channel may do besides: answers without end, each over a connection of its own."""

    def open_stream(self, request: HttpRequest) -> AbstractAsyncContextManager[StreamAnswer]:
        """The deadline is for the head; errors as `HttpChannel.send`. Leaving the block ends the connection."""


@runtime_checkable
class ExpectsCertificate(Protocol):
    """A channel whose device was given a certificate from here: it may show that one (SHA-256, lower-case hex)."""

    def expect_certificate(self, fingerprint: str) -> None: ...

    def expect_made_certificate(self, name: str, serial: int) -> None:
        """The device has made one itself, which nobody has seen yet: of this common name and serial number, signed by
        its own key. The first such certificate is pinned."""


class Dialer(Protocol):
    """Opens channels; the composition root passes it in."""

    def http(self, address: Address, credentials: Credentials | None, *, secure: bool | None = None) -> HttpChannel:
        """secure: whether the protocol is spoken inside TLS; None leaves it to the port. Certificates are pinned."""


@dataclass(frozen=True, slots=True)
class Clue:
    """Something a device said without being asked for a password.

    kind "ssdp": headers are its SSDP headers (upper-case names), body its description document or b"".
    """

    kind: str
    address: Address
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Question:
    """A datagram that carries a number, new for every time it is sent.

    ask(number, everybody) is the whole datagram, the number being at most 32 bits. number(answer) is the one that the
    question must have had: an answer to a number that was never sent is dropped. None: this answer need not have one.
    """

    ask: Callable[[int, bool], bytes]
    number: Callable[[bytes], int | None]


@dataclass(frozen=True, slots=True)
class Probe:
    """What discovery sends for a family. Equal probes of several families are sent once.

    kind names the reader of the answers ("ssdp"); group is a multicast group or "" for broadcast; payloads are
    whole datagrams, question makes one more; listen joins the group for announcements as well. direct: it is also
    sent to single addresses (those added by hand), and answered from there. ether_type: where the system permits it,
    the same goes to everybody without IP; what answers so says itself where it is (`Recognition.host`).
    """

    kind: str
    port: int
    group: str
    payloads: tuple[bytes, ...] = ()
    listen: bool = True
    question: Question | None = None
    direct: bool = False
    ether_type: int | None = None


class Overview(Protocol):
    async def facts(self) -> DeviceFacts: ...


class SettingsTree(Protocol):
    """Resources by their id. `apply` writes, reads back and proves; it raises before anything was sent, or when
    the device refused; once the device took the write every outcome is in the Proof."""

    async def tree(self) -> Node:
        """The whole tree, nodes not yet asked. Never fails because of one refused node."""

    async def load(self, resource: str) -> Document:
        """Document and constraints together. NotSupported or Forbidden means: grey the node, show the reason."""

    def request_text(self, document: Document) -> str:
        """The raw request that Apply would send, for the review; secrets masked."""

    async def apply(self, document: Document, changes: tuple[Change, ...]) -> tuple[Proof, Document]:
        """The proof, and the document as it was read back."""


class SettingsOutline(Protocol):
    """The same resources as `SettingsTree`, as the protocol knows them. Offered beside it where a family can."""

    async def protocol_tree(self) -> Node:
        """By their own paths, with those that the device lacks or refuses: greyed, with the reason."""

    def catalogued(self, resource: str) -> tuple[Entry, ...]:
        """The fields that the protocol's text gives a resource, without values; () where it gives none."""


class RawSettings(Protocol):
    """Documents of `SettingsTree` as bytes that somebody wrote by hand. Offered beside it where a family can."""

    def check_raw(self, document: Document, body: bytes) -> str:
        """Why the body cannot stand in the document's place; "" when it can. Asks nobody."""

    def raw_changes(self, document: Document, body: bytes) -> tuple[Change, ...]:
        """What differs from the document, also at paths that it has no field for. InvalidSetting as `check_raw`."""

    def raw_url(self, document: Document) -> str:
        """Where it is read and written, without user and password."""

    async def as_read(self, document: Document, body: bytes) -> Document:
        """The document that would have been read if these bytes stood in the place of document; what the device says of
        its limits is asked again. Raises what `SettingsTree.load` raises."""

    async def apply_raw(self, document: Document, body: bytes) -> tuple[Proof, Document]:
        """As `SettingsTree.apply`, but what the device's own limits forbid is left to the device."""


@runtime_checkable
class RawCommands(Protocol):
    """What the implementation of RawSettings may do besides, where a document is not read and written at one URL."""

    def raw_command(self, document: Document, body: bytes | None) -> str:
        """What reads the document (None) or writes these bytes of it, for a POSIX shell. InvalidSetting as
        `RawSettings.check_raw`. Holds no secret: the shell asks for it, or refuses to run."""


class Stranding(Protocol):
    """Which changes may cut a device off. `SettingsTree.apply` checks them, sends them and follows the device to its
    new place by itself, which may take a minute and a half; whoever applies several documents sends these last and
    asks people first, in these words."""

    def strands(self, document: Document, changes: tuple[Change, ...]) -> tuple[Strand, ...]:
        """() for ordinary changes. Asks nobody."""

    async def check(self, document: Document, changes: tuple[Change, ...]) -> tuple[str, ...]:
        """Warnings in plain sentences. InvalidSetting for what cannot work: an address in use, a gateway outside the
        subnet, a port used twice. Sends nothing to the device itself."""


class Exclusions(Protocol):
    """Functions that a device declares not to run together. Whoever lets people apply something asks first."""

    async def foresee(self, documents: Sequence[Document]) -> Mapping[str, Collection[str]]:
        """For resources of these edited documents those that have to be sent before them, because they switch off what
        is in the way. Foreseen where a document switches on what is declared not to run beside something that stays
        on. Sends nothing but questions; what the device does not answer is left to the device."""

    def waive(self, foreseen: Foreseen) -> None:
        """Somebody wants this sent all the same. It is not foreseen again in this session until the device has refused
        it; where the device takes and keeps it, not in later ones either, as long as it has the same firmware."""


class Neighbourhood(Protocol):
    """What a family knows of how pages hang together. `app.site.second_look` looks at some of them again after a write:
    a device may change more than it was asked to. Offered beside `SettingsTree` where a family can."""

    def channel(self, resource: str) -> str | None:
        """Of which channel a page is, "" for the device as a whole. None: it is not looked at besides, because reading
        it costs much (lists) or its values move by themselves. Asks nobody."""

    def reaches(self, written: Document, changes: tuple[Change, ...]) -> bool:
        """Whether one of these changes is known to move other pages at all. Asks nobody."""

    def follows(self, resource: str, written: Document, changes: tuple[Change, ...]) -> bool:
        """Whether the page at resource is known to hang on one of these changes of another page. Asks nobody."""

    async def again(self, document: Document) -> Document:
        """What the device holds now, with as few questions as can be: the very same document where not a byte has
        changed. Raises what `SettingsTree.load` raises."""


class Actions(Protocol):
    """What the device does on command. InvalidSetting without the agreement that an action's danger asks for, and for
    what is no action of this device."""

    async def list(self) -> tuple[Action, ...]: ...

    async def run(
        self, action: str, *, confirmed: bool = False, wait: bool = False, tell: Tell = tell_nobody
    ) -> ActionDone:
        """Returns once the device has taken it; with wait, once it is back from a restart, or through with what takes
        long, and was looked at. Cancelling ends the waiting, not the action."""


class Files(Protocol):
    """Files of the device: configuration, firmware, certificates, logs."""

    async def list(self) -> tuple[FileKind, ...]: ...

    async def download(self, file: str, *, tell: Tell = tell_nobody) -> bytes: ...

    def check(self, file: str, data: bytes) -> None:
        """InvalidSetting for data that cannot be such a file: what `upload` would refuse, before anybody is asked to
        agree. Asks no device; takes a moment for a large one, any thread."""

    async def upload(
        self,
        file: str,
        data: bytes,
        *,
        confirmed: bool = False,
        tell: Tell = tell_nobody,
        stop: asyncio.Event | None = None,
    ) -> Uploaded:
        """Sends, waits for a device that restarts, and reads back what can be read. InvalidSetting for data that cannot
        be such a file. Setting stop ends it at once: the device is looked at, and the answer says what it is left with.
        Cancelling ends it without a word."""

    async def remove(self, file: str, *, confirmed: bool = False) -> Uploaded:
        """Takes the file off the device and looks at what it shows then. NotSupported where `removal` is empty."""


@runtime_checkable
class MakesFiles(Protocol):
    """What an implementation of Files may do besides: files that the device makes itself, where `FileKind.making` says
    so (a certificate, a request for one)."""

    async def draft(self, file: str) -> Document:
        """What it has to be told: a form with the limits that the device declares. Sends nothing."""

    async def make(self, file: str, draft: Document, *, confirmed: bool = False) -> Uploaded:
        """Tells the device to make it, and looks at what has come of it. InvalidSetting for a draft that lacks
        something, and without the agreement that `FileKind.making` asks for; path is the field's."""


class SystemLog(Protocol):
    """What the device has written down of itself. levels: what can be asked for, the first one is everything."""

    levels: tuple[LogLevel, ...]

    async def search(self, start: datetime, end: datetime, level: str = "") -> LogFound:
        """Entries of this time span, both ends included, by the device's own clock. start and end are aware. level: the
        id of one of the levels, "" for the first. InvalidSetting for another one, and for an end before the start."""


class Regions(Protocol):
    """What is drawn on the picture, read and encoded; writing goes through `RawSettings.apply_raw`, so that journal and
    proof are the same for everything. See `app.settings.layer`."""

    async def layers(self) -> tuple[LayerInfo, ...]:
        """Every layer that the device has, refused ones with the reason. Never fails because of one of them."""

    async def load(self, layer: str) -> RegionLayer: ...

    def rounded(self, layer: RegionLayer, region: Region) -> Region:
        """The region as the camera will hold it. Asks nobody."""

    def edits(self, layer: RegionLayer, regions: tuple[Region, ...]) -> tuple[RegionEdit, ...]:
        """The documents with these regions in them, in the order in which they are to be sent: () when nothing
        differs; every byte that is not of a changed region stays. InvalidSetting for what the limits forbid."""

    def switched(self, layer: RegionLayer, switch: Switch, on: bool) -> tuple[RegionEdit, ...]:
        """The documents with `RegionLayer.armed` or `RegionLayer.notifies` switched: () where it is that way
        already. Asks nobody."""


class RegionUndo(Protocol):
    """Changes of regions taken back although the document has changed elsewhere since. Offered beside `Regions` where
    a family can."""

    def set_back(self, document: Document, before: bytes, after: bytes) -> bytes | None:
        """The document as it is now with the regions in it that differ between before and after, as they were before.
        None where one of them is not as after left it, or it is no document with regions. Asks nobody."""


class Events(Protocol):
    """What the device reports while it happens. silence is how long it may say nothing, in seconds, before the
    connection is as good as dead: some way above the time between two of its signs of life."""

    silence: float

    def reports(self) -> AsyncGenerator[Report, None]:
        """One connection, until it ends: by itself after the device closed it, else with TransportError,
        ProtocolError, NotSupported or AuthError. The first report is a Heartbeat, as soon as the device has taken the
        connection. `app.events` opens it again, watches over the silence, counts and keeps order. Closing the
        generator closes the connection."""


class LadderMemory(Protocol):
    """Which form of writing a device took, kept by family, model, firmware and the template of the endpoint.

    Both may raise SiteError; a family then writes as if nothing were known.
    """

    async def rung(self, family: str, model: str, firmware: str, endpoint: str) -> str | None:
        """None where nothing is known."""

    async def learn(self, family: str, model: str, firmware: str, endpoint: str, rung: str) -> None: ...


class Maintenance(Protocol):
    async def reboot(self) -> None: ...


Interface = TypeVar("Interface")


Search = Callable[[str], Awaitable[tuple[Address, ...]]]
"""Where devices with this serial number were heard in one look at the networks of this computer."""


class Session(ABC):
    """An authenticated conversation with one device through one family."""

    family: str
    family_title: str
    dialect: str
    address: Address
    user: str

    @abstractmethod
    def interfaces(self) -> Mapping[type, object]:
        """Keys are the protocols of this module, of `media` and of `ptz`."""

    def offer(self, interface: type[Interface]) -> Interface | None:
        """The implementation, or None where the device has none: then the page is not shown."""
        return cast("Interface | None", self.interfaces().get(interface))

    def use_memory(self, memory: LadderMemory) -> None:  # noqa: B027  # a family may have nothing to remember
        """Gives the session a memory that outlives it; without one it remembers for itself."""

    def use_search(self, search: Search) -> None:  # noqa: B027  # a family may follow its devices by itself
        """Gives the session a way to find its device again where nobody can know its address: after DHCP."""

    @abstractmethod
    async def close(self) -> None: ...


def _nothing_known(resource: str, path: str, text: str) -> Spec | None:
    del resource, path, text
    return None


def _not_read(resource: str, raw: bytes) -> Document | None:
    del resource, raw
    return None


@dataclass(frozen=True, slots=True)
class Family:
    """A protocol as a table of functions.

    recognise is pure: it looks at a clue. fingerprint asks an address over HTTP without credentials and raises
    TransportError when nobody is there. connect logs in with one try of the credentials. swept: fingerprint may also
    be asked of every address of a range, where most are nobody's. field_spec(resource, path, text) is pure: what the
    protocol's text says of a field that held this text once, None where it says nothing; no device is asked.
    kept_document(resource, raw) likewise: what these bytes of long ago were, None where nobody can tell.
    """

    key: str
    title: str
    priority: int  # lower is asked first
    default_port: int
    probes: tuple[Probe, ...]
    recognise: Callable[[Clue], Recognition | None]
    fingerprint: Callable[[Dialer, Address], Awaitable[Recognition | None]]
    connect: Callable[[Dialer, Address, str, Credentials], Awaitable[Session]]
    swept: bool = False
    field_spec: Callable[[str, str, str], Spec | None] = _nothing_known
    kept_document: Callable[[str, bytes], Document | None] = _not_read
