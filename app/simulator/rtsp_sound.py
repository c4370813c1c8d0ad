"""The sound beside a client's pictures: packets of a tone at their own pace, over a carrier of their own."""

from __future__ import annotations

import asyncio
import secrets
import time

from app.simulator import rtp_packets
from app.simulator.rtsp_feed import Carrier
from app.simulator.tone import Tone, tone


class SoundTrack:
    """Set up by a second SETUP, played and ended with its session. Lives in the server's event loop."""

    def __init__(self, codec: str, carrier: Carrier) -> None:
        self.tone: Tone = tone(codec)
        self.carrier = carrier
        self.ssrc = secrets.randbits(32)
        self.sequence = secrets.randbits(16)
        self._ticks = secrets.randbits(32)
        self._task: asyncio.Task[None] | None = None

    def play(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def pause(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def close(self) -> None:
        self.pause()
        self.carrier.close()

    async def _run(self) -> None:
        """Late packets are sent at once: the pace is that of the clock."""
        gap = self.tone.samples / self.tone.clock_rate
        due, number = time.monotonic(), 0
        while True:
            body = self.tone.payloads[number % len(self.tone.payloads)]
            kind, ticks = self.tone.payload_type, self._ticks + number * self.tone.samples
            head = rtp_packets.rtp_header(kind, self.sequence, ticks, self.ssrc, marker=True)
            self.carrier.send_picture([head + body])
            self.sequence = (self.sequence + 1) & 0xFFFF
            number, due = number + 1, due + gap
            await asyncio.sleep(max(due - time.monotonic(), 0))
