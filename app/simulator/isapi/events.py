"""The alert stream: a multipart answer without end, with signs of life between events, and everything that cameras
do wrong with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import count

from app.model.geometry import Point
from app.simulator.isapi.tree import Node, Style, write
from app.simulator.quirks import Quirks

BOUNDARY = "boundary"
CONTENT_TYPE = f"multipart/mixed; boundary={BOUNDARY}"
_BACKLOG = 5000  # events that wait for a listener
_SCALE = 1000
_JUNK = b"\r\n\x00\x01 HTTP/1.1 100 Continue \xff\xfe\r\n"
_NAMESPACES = (
    "http://www.hikvision.com/ver20/XMLSchema",
    "http://www.isapi.org/ver20/XMLSchema",
    "http://www.hikvision.com/ver10/XMLSchema",
    "urn:psialliance-org",
    "",
)

Photograph = Callable[[int], Awaitable[bytes]]  # channel -> JPEG


@dataclass(frozen=True, slots=True)
class Event:
    """kind as on the wire ("VMD", "linedetection", ...); count is how often this event was posted. region, target
    ("human", "vehicle"), sensitivity and points (0..1 from the top left) are those of the detection, "" and () where
    the camera does not say."""

    kind: str
    active: bool
    count: int = 1
    channel: int = 1
    description: str = ""
    region: str = ""
    target: str = ""
    sensitivity: int = 50
    points: tuple[Point, ...] = field(default=(), repr=False)


HEARTBEAT = Event("videoloss", active=False, count=0, description="videoloss alarm")


class EventHub:
    """Everybody who listens to one camera's events. awake is told with True when the first one comes, with False when
    the last one has left."""

    def __init__(
        self,
        heartbeat: float,
        quirks: Quirks | None = None,
        *,
        photograph: Photograph | None = None,
        awake: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self._heartbeat = heartbeat
        self._quirks = quirks or Quirks()
        self._photograph = photograph
        self._awake = awake
        self._queues: set[asyncio.Queue[Event | None]] = set()

    @property
    def listeners(self) -> int:
        return len(self._queues)

    def publish(self, event: Event) -> None:
        """To all listeners; one that does not keep up loses the event."""
        for queue in self._queues:
            if queue.qsize() < _BACKLOG:
                queue.put_nowait(event)

    def close(self) -> None:
        """Ends every stream."""
        for queue in self._queues:
            queue.put_nowait(None)

    async def stream(self, render: Callable[[Event, Style | None], bytes]) -> AsyncGenerator[bytes, None]:
        """Parts of the multipart answer; begins with a heartbeat."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._queues.add(queue)
        if len(self._queues) == 1:
            self._awake(True)
        try:
            async with aclosing(self._parts(queue, render)) as parts:
                async for chunk in parts:
                    yield chunk
        finally:
            self._queues.discard(queue)
            if not self._queues:
                self._awake(False)

    async def _parts(
        self, queue: asyncio.Queue[Event | None], render: Callable[[Event, Style | None], bytes]
    ) -> AsyncGenerator[bytes, None]:
        quirks, silent = self._quirks, "alert_no_heartbeat" in self._quirks
        writer = _Writer(quirks)
        last = int(quirks.number("alert_closes")) if "alert_closes" in quirks else None
        batch: list[bytes] = []
        wanted = int(quirks.number("alert_batch")) if "alert_batch" in quirks else 1
        event: Event | None = HEARTBEAT
        while event is not None:
            if event is not HEARTBEAT or not silent:
                batch.append(render(event, writer.style()))
            if batch and (event is HEARTBEAT or len(batch) >= wanted):
                yield writer.part(b"".join(batch))
                batch.clear()
                if "alert_pictures" in quirks and self._photograph is not None and event.active:
                    yield writer.part(await self._photograph(event.channel), "image/jpeg")
            if last is not None and writer.parts >= last:
                yield writer.end()
                return
            try:
                async with asyncio.timeout(self._heartbeat):
                    event = await queue.get()
            except TimeoutError:
                event = HEARTBEAT


class _Writer:
    """Writes parts as this camera does."""

    def __init__(self, quirks: Quirks) -> None:
        self.parts = 0
        self._quirks = quirks
        self._boundary = quirks.text("alert_boundary") if "alert_boundary" in quirks else f"--{BOUNDARY}"
        self._lie = int(float(quirks.text("alert_length"))) if "alert_length" in quirks else 0
        self._namespaces = (_NAMESPACES[number % len(_NAMESPACES)] for number in count())

    def style(self) -> Style | None:
        """Another one than the camera's own for the next alert; None for that."""
        return Style(namespace=next(self._namespaces)) if "alert_namespaces" in self._quirks else None

    def part(self, body: bytes, content_type: str = 'application/xml; charset="UTF-8"') -> bytes:
        self.parts += 1
        if "alert_ampersand" in self._quirks:
            body = body.replace(b" alarm</eventDescription>", b" alarm @ gate A & B</eventDescription>")
        head = f"{self._boundary}\r\nContent-Type: {content_type}\r\n"
        if "alert_no_length" not in self._quirks:
            head += f"Content-Length: {max(0, len(body) + self._lie)}\r\n"
        junk = _JUNK if "alert_junk" in self._quirks else b""
        return head.encode() + b"\r\n" + body + b"\r\n" + junk

    def end(self) -> bytes:
        """The last bytes before the connection ends: no boundary, and with a quirk half an alert."""
        whole = self.part(b"<EventNotificationAlert><eventType>VMD</eventType>")
        return whole[:-4] if "alert_cut" in self._quirks else b""


def alert(event: Event, style: Style, texts: dict[str, str]) -> bytes:
    """The document of one event. texts: ipAddress, portNo, macAddress, dateTime, channelName."""
    values = {
        "ipAddress": texts["ipAddress"],
        "portNo": texts["portNo"],
        "protocol": "HTTP",
        "macAddress": texts["macAddress"],
        "channelID": str(event.channel),
        "dateTime": texts["dateTime"],
        "activePostCount": str(event.count),
        "eventType": event.kind,
        "eventState": "active" if event.active else "inactive",
        "eventDescription": event.description or f"{event.kind} alarm",
        "channelName": texts["channelName"],
    }
    root = Node("EventNotificationAlert", children=[Node(name, text=text) for name, text in values.items()])
    if event.region:
        root.children.append(Node("DetectionRegionList", children=[_entry(event)]))
    return write(root, style)


def _entry(event: Event) -> Node:
    corners = [
        Node(
            "RegionCoordinates",
            children=[
                Node("positionX", text=str(round(point.x * _SCALE))),
                Node("positionY", text=str(round((1 - point.y) * _SCALE))),
            ],
        )
        for point in event.points
    ]
    entry = Node("DetectionRegionEntry", children=[Node("regionID", text=event.region)])
    entry.children.append(Node("sensitivityLevel", text=str(event.sensitivity)))
    if corners:
        entry.children.append(Node("RegionCoordinatesList", children=corners))
    if event.target:
        entry.children.append(Node("detectionTarget", text=event.target))
    return entry
