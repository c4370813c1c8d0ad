"""The alert stream: a multipart answer without end, with signs of life between events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from app.simulator.isapi.tree import Node, Style, write

BOUNDARY = "boundary"
CONTENT_TYPE = f"multipart/mixed; boundary={BOUNDARY}"
_BACKLOG = 100


@dataclass(frozen=True, slots=True)
class Event:
    """kind as on the wire ("VMD", "linedetection", ...); count is how often this event was posted."""

    kind: str
    active: bool
    count: int = 1
    channel: int = 1
    description: str = ""


HEARTBEAT = Event("videoloss", active=False, count=0, description="videoloss alarm")


class EventHub:
    """Everybody who listens to one camera's events."""

    def __init__(self, heartbeat: float) -> None:
        self._heartbeat = heartbeat
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

    async def stream(self, render: Callable[[Event], bytes]) -> AsyncGenerator[bytes, None]:
        """Parts of the multipart answer; begins with a heartbeat."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._queues.add(queue)
        try:
            event: Event | None = HEARTBEAT
            while event is not None:
                yield _part(render(event))
                try:
                    event = await asyncio.wait_for(queue.get(), self._heartbeat)
                except TimeoutError:
                    event = HEARTBEAT
        finally:
            self._queues.discard(queue)


def _part(body: bytes) -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Type: application/xml; charset="UTF-8"\r\nContent-Length: {len(body)}\r\n\r\n'
    return head.encode() + body + b"\r\n"


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
    return write(root, style)
