"""The seam: what a family gives, what a session offers. Pages and commands know only this.

A family is one folder under `app.families` whose `__init__` exposes `FAMILY`. A session offers a map of
interfaces; an interface that is absent is not offered, and the window follows from that.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol, TypeVar, cast, runtime_checkable

from app.model.action import Action, ActionDone, FileKind, Tell, Uploaded, tell_nobody
from app.model.device import Address, DeviceFacts, Recognition
from app.model.event import Report
from app.model.log import LogFound, LogLevel
from app.model.ptz import Patrol, Pattern, Preset, PtzCapabilities, PtzPosition, Velocity
from app.model.ptz_plans import MoveLimit, ParkAction, PlanOptions, TaskWeek
from app.model.recording import Clip
from app.model.region import Region
from app.model.stream import StreamEndpoint, StreamInfo
from app.settings.changes import Change, Proof
from app.settings.document import Document
from app.settings.layer import LayerInfo, RegionEdit, RegionLayer, Switch
from app.settings.search import Entry
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


class Actions(Protocol):
    """What the device does on command. InvalidSetting without the agreement that an action's danger asks for."""

    async def list(self) -> tuple[Action, ...]: ...

    async def run(
        self, action: str, *, confirmed: bool = False, wait: bool = False, tell: Tell = tell_nobody
    ) -> ActionDone:
        """Returns once the device has taken it; with wait, once it is back from a restart. NotSupported for what is no
        action of this device. Cancelling ends the waiting, not the action."""


class Files(Protocol):
    """Files of the device: configuration, firmware, certificates, logs."""

    async def list(self) -> tuple[FileKind, ...]: ...

    async def download(self, file: str, *, tell: Tell = tell_nobody) -> bytes: ...

    async def upload(self, file: str, data: bytes, *, confirmed: bool = False, tell: Tell = tell_nobody) -> Uploaded:
        """Sends, waits for a device that restarts, and reads back what can be read. Cancelling before everything is
        sent leaves the device as it was; later it only ends the waiting."""


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


class Streams(Protocol):
    async def list(self) -> tuple[StreamInfo, ...]: ...

    def endpoint(self, stream: StreamInfo) -> StreamEndpoint: ...


@runtime_checkable
class KeyFrames(Protocol):
    """What the implementation of Streams may do besides: ask the camera for a key frame now."""

    async def request_key_frame(self, stream: StreamInfo) -> None: ...


@runtime_checkable
class HttpStreams(Protocol):
    """What the implementation of Streams may know besides: the stream as pictures over HTTP."""

    def http_endpoint(self, stream: StreamInfo) -> StreamEndpoint: ...


class Recordings(Protocol):
    """What the device has recorded. Days and times are those of the device's own clock."""

    async def days(self, first: date, last: date) -> tuple[date, ...]:
        """Days of this range that have recordings, in order."""

    async def clips(self, day: date) -> tuple[Clip, ...]:
        """In the order in which they begin; pieces of several kinds may cover the same time."""

    def playback(self, clip: Clip, at: datetime) -> StreamEndpoint:
        """A piece from a moment in it, as fast as it was recorded. The stream ends by itself."""

    def transfer(self, clip: Clip, begin: int = 0) -> StreamEndpoint:
        """A piece as fast as it comes, without the first bytes of payload, which are there already: `Playing.begins`
        tells whether the device could do that. `app.video.fetch` makes a file of it."""


class TalkLine(Protocol):
    """Somebody's voice on its way to the device. open, say and close are called in one thread, end in any."""

    def open(self) -> None:
        """Raises CameraError, also where somebody else talks already."""

    def say(self, samples: array[int]) -> None:
        """16-bit mono samples at 8,000 a second, at the pace at which they were spoken. Raises CameraError."""

    def end(self) -> None:
        """Whatever waits then raises ConnectionLost."""

    def close(self) -> None: ...


class Talk(Protocol):
    """The device's loudspeaker."""

    async def line(self) -> TalkLine:
        """One for each time somebody talks."""


class Snapshot(Protocol):
    """A session that offers none, but streams, gets one that looks into the stream (`app.video.still`)."""

    async def jpeg(self, channel: int = 1) -> bytes: ...


@runtime_checkable
class FromStream(Protocol):
    """A Snapshot that opens the stream for each picture: no use beside a stream that plays."""

    from_stream: bool


class Maintenance(Protocol):
    async def reboot(self) -> None: ...


class Ptz(Protocol):
    """Pan, tilt and zoom of one channel. What moves on until it is told otherwise (move, focus, iris) belongs to a
    `app.ptz.PtzDriver`, the only one who calls it: it knows what has to be stopped. `stop` never waits behind
    another request of this object. All methods run in one event loop. What the capabilities lack raises NotSupported.
    """

    async def capabilities(self) -> PtzCapabilities:
        """Asked once. NotSupported where the device has no PTZ at all."""

    async def warm(self) -> None:
        """Connects what the next command and stop will use. Called when a hand comes near; it moves nothing."""

    async def move(self, pan: float, tilt: float, zoom: float) -> None:
        """Speeds in -1..1 until the next command; three zeros are a zero-speed move."""

    async def momentary(self, pan: float, tilt: float, zoom: float, seconds: float) -> None: ...

    async def stop(self) -> None:
        """Everything that moves stops, patrols and patterns too where the device sees it that way."""

    async def absolute(self, position: PtzPosition) -> None:
        """Axes that are None stay. InvalidSetting outside the ranges."""

    async def centre_on(self, x: float, y: float) -> None:
        """Brings a point of the picture (0..1, origin top left) to its middle."""

    async def zoom_box(self, left: float, top: float, right: float, bottom: float) -> None:
        """Fills the picture with this part of it (0..1, origin top left); right before left zooms out."""

    async def focus(self, speed: float) -> None:
        """-1..1, positive is far, until 0."""

    async def iris(self, speed: float) -> None:
        """-1..1, positive opens, until 0."""

    async def one_push_focus(self) -> None: ...

    async def auxiliary(self, name: str, on: bool) -> None: ...

    async def home(self) -> None: ...

    async def set_home(self) -> None: ...

    async def clear_home(self) -> None:
        """Back to the maker's own."""

    async def presets(self) -> tuple[Preset, ...]: ...

    async def call_preset(self, preset: str) -> None: ...

    async def set_preset(self, preset: str, name: str = "") -> None:
        """Stores where the camera looks now."""

    async def rename_preset(self, preset: str, name: str) -> None: ...

    async def delete_preset(self, preset: str) -> None: ...

    async def patrols(self) -> tuple[Patrol, ...]: ...

    async def save_patrol(self, patrol: Patrol) -> None: ...

    async def run_patrol(self, patrol: str) -> None: ...

    async def stop_patrol(self, patrol: str) -> None: ...

    async def patterns(self) -> tuple[Pattern, ...]: ...

    async def record_pattern(self, pattern: str, on: bool) -> None: ...

    async def run_pattern(self, pattern: str) -> None: ...

    async def stop_pattern(self, pattern: str) -> None: ...

    async def position(self) -> PtzPosition: ...

    async def field_of_view(self) -> float:
        """Degrees that the width of the picture shows now."""

    async def close(self) -> None:
        """Ends the connections of this object; the session goes on."""


@runtime_checkable
class QuickPtz(Protocol):
    """A Ptz that can have its next command ready beforehand."""

    def fire(self, velocity: Velocity, seconds: float) -> bool:
        """From any thread: a momentary move, or with no speed at all a stop, is on the wire when this returns. False
        where nothing stands ready: then nothing was sent. Never waits."""

    async def fired(self, velocity: Velocity, seconds: float) -> None:
        """What the camera said to it, in the loop of the Ptz; sent the ordinary way where it got lost. Raises as
        `momentary` and `stop` do."""


class PtzPlans(Protocol):
    """What a dome does by itself. Offered beside `Ptz` where a family can; what the options lack raises NotSupported,
    what the device cannot hold InvalidSetting before anything is sent."""

    async def options(self) -> PlanOptions:
        """Asked once."""

    async def park_action(self) -> ParkAction: ...

    async def set_park_action(self, action: ParkAction) -> None: ...

    async def tasks(self) -> TaskWeek: ...

    async def save_tasks(self, week: TaskWeek) -> None:
        """Days that are as the device has them are not sent."""

    async def limits(self) -> tuple[MoveLimit, ...]: ...

    async def enable_limit(self, limit: str, on: bool) -> None: ...

    async def begin_limit(self, limit: str) -> None:
        """Forgets the edges; the next four marks are the left, right, upper and lower one."""

    async def mark_limit(self, limit: str) -> None:
        """The next edge is where the camera looks now."""

    async def clear_limit(self, limit: str) -> None: ...

    async def power_memory(self) -> int:
        """Seconds, one of the options."""

    async def set_power_memory(self, seconds: int) -> None: ...


Interface = TypeVar("Interface")


class Session(ABC):
    """An authenticated conversation with one device through one family."""

    family: str
    family_title: str
    dialect: str
    address: Address
    user: str

    @abstractmethod
    def interfaces(self) -> Mapping[type, object]:
        """Keys are the protocols of this module."""

    def offer(self, interface: type[Interface]) -> Interface | None:
        """The implementation, or None where the device has none: then the page is not shown."""
        return cast("Interface | None", self.interfaces().get(interface))

    def use_memory(self, memory: LadderMemory) -> None:  # noqa: B027  # a family may have nothing to remember
        """Gives the session a memory that outlives it; without one it remembers for itself."""

    @abstractmethod
    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Family:
    """A protocol as a table of functions.

    recognise is pure: it looks at a clue. fingerprint asks an address over HTTP without credentials and raises
    TransportError when nobody is there. connect logs in with one try of the credentials. swept: fingerprint may also
    be asked of every address of a range, where most are nobody's.
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
