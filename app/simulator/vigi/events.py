"""subscribeMsg (section 4.13.1): one answer without end, in parts, with signs of life between the events."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

# As in the text: the boundary begins and ends with dashes, so that its delimiter looks like the end of everything.
_BOUNDARY = "--boundary--"
CONTENT_TYPE = f"multipart/mixed;boundary={_BOUNDARY}"
MOST_SECONDS = 60
_BACKLOG = 100


@dataclass(eq=False, slots=True)
class _Listener:
    wanted: frozenset[str]
    queue: asyncio.Queue[Mapping[str, Any] | None] = field(default_factory=asyncio.Queue)
    told: dict[str, float] = field(default_factory=dict)  # when each kind was told last


class Hub:
    """Everybody who listens to one camera. interval gives the seconds in which one kind of event is told once; awake
    is called when the first comes and when the last has gone."""

    def __init__(
        self,
        interval: Callable[[], int],
        awake: Callable[[bool], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interval = interval
        self._awake = awake
        self._clock = clock
        self._listeners: set[_Listener] = set()

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def publish(self, kind: str, target: str, at: int) -> None:
        """kind as subscribed; target "people" or "vehicle" where the detection told them apart."""
        name = f"{kind}_{target}_enhance" if target else kind
        for each in self._listeners:
            if kind not in each.wanted or each.queue.qsize() >= _BACKLOG:
                continue
            now = self._clock()
            if name in each.told and now - each.told[name] < self._interval():
                continue
            each.told[name] = now
            each.queue.put_nowait({"event_type": name, "time": at})

    def close(self) -> None:
        """Ends every stream."""
        for each in self._listeners:
            each.queue.put_nowait(None)

    async def stream(self, wanted: frozenset[str], asked: int, beat: float) -> AsyncGenerator[bytes, None]:
        """The parts. asked is what signs of life say, beat how often they come, both in seconds."""
        listener = _Listener(wanted)
        self._listeners.add(listener)
        if len(self._listeners) == 1:
            self._awake(True)
        try:
            yield _part({"result": "success", "errCode": 0})
            while True:
                try:
                    async with asyncio.timeout(beat):
                        said = await listener.queue.get()
                except TimeoutError:
                    said = {"Heartbeat": str(asked)}
                if said is None:
                    return
                yield _part(said)
        finally:
            self._listeners.discard(listener)
            if not self._listeners:
                self._awake(False)


def _part(said: Mapping[str, Any]) -> bytes:
    body = json.dumps(said, separators=(",", ":")).encode()
    head = f"--{_BOUNDARY}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body + b"\r\n"
