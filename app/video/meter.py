"""What is counted while a stream plays. Written by the stream's thread, read from any."""

from __future__ import annotations

import threading
import time
from collections import deque

from app.video.frame import StreamStats

WINDOW = 2.0  # seconds that rates look back
GOPS = 3  # intervals between key frames that count


class Meter:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures: deque[float] = deque()
        self._bytes: deque[tuple[float, int]] = deque()
        self._started = time.monotonic()
        self._since_key: int | None = None
        self._codec = ""
        self._transport = ""
        self._size = (0, 0)
        self._frames = 0
        self._gaps = 0
        self._corrupt = 0
        self._gops: deque[int] = deque(maxlen=GOPS)
        self._jitter = 0.0
        self._decode = 0.0
        self._first: float | None = None
        self._reconnects = -1
        self._packets = 0
        self._arrival: float | None = None
        self._playing_since: float | None = None

    @property
    def frames(self) -> int:
        return self._frames

    def connecting(self) -> None:
        """One more try to open the stream."""
        with self._lock:
            self._reconnects += 1
            if self._frames == 0:
                self._started = time.monotonic()

    def opened(self, codec: str, transport: str) -> None:
        with self._lock:
            self._codec, self._transport = codec, transport
            self._since_key = None
            self._gops.clear()
            self._playing_since = None
            self._bytes.clear()
            self._pictures.clear()

    def unit(self, size: int, key: bool, now: float) -> None:
        """A coded picture arrived."""
        with self._lock:
            self._bytes.append((now, size))
            self._arrival = now
            if key:
                if self._since_key is not None:
                    self._gops.append(self._since_key)
                self._since_key = 0
            if self._since_key is not None:
                self._since_key += 1
            self._forget(now)

    def picture(self, width: int, height: int, seconds: float, now: float) -> None:
        """A picture was decoded (and scaled) in so many seconds."""
        with self._lock:
            self._frames += 1
            self._size = (width, height)
            self._pictures.append(now)
            self._playing_since = self._playing_since or now
            self._decode += (seconds - self._decode) / min(self._frames, 16)
            if self._first is None:
                self._first = now - self._started
            self._forget(now)

    def losses(self, gaps: int, corrupt: int, jitter: float, packets: int = 0) -> None:
        """What was counted since the last call; jitter in seconds."""
        with self._lock:
            self._packets += packets
            self._gaps += gaps
            self._corrupt += corrupt
            self._jitter = jitter

    def snapshot(self, dropped: int) -> StreamStats:
        now = time.monotonic()
        with self._lock:
            self._forget(now)
            return StreamStats(
                codec=self._codec,
                width=self._size[0],
                height=self._size[1],
                fps=rate(self._pictures),
                bitrate_kbps=_bitrate(self._bytes),
                frames=self._frames,
                gaps=self._gaps,
                corrupt=self._corrupt,
                dropped=dropped,
                # A key frame that was asked for makes one interval short: it says nothing about the setting.
                gop=max(self._gops, default=None),
                jitter_ms=self._jitter * 1000,
                decode_ms=self._decode * 1000,
                transport=self._transport,
                first_frame_ms=None if self._first is None else self._first * 1000,
                reconnects=max(self._reconnects, 0),
                received_fps=rate([at for at, _ in self._bytes]),
                age_ms=None if self._arrival is None else (now - self._arrival) * 1000,
                packets=self._packets,
                playing_s=0.0 if self._playing_since is None else now - self._playing_since,
            )

    def _forget(self, now: float) -> None:
        while self._pictures and self._pictures[0] < now - WINDOW:
            self._pictures.popleft()
        while self._bytes and self._bytes[0][0] < now - WINDOW:
            self._bytes.popleft()


def rate(times: deque[float] | list[float]) -> float:
    """Pictures a second from the times they came at."""
    if len(times) < 2 or times[-1] <= times[0]:
        return 0.0
    return (len(times) - 1) / (times[-1] - times[0])


def _bitrate(sizes: deque[tuple[float, int]]) -> float:
    """kbit/s; the last picture's own interval is still running, so it does not count."""
    if len(sizes) < 2 or sizes[-1][0] <= sizes[0][0]:
        return 0.0
    return sum(size for _, size in list(sizes)[:-1]) * 8 / 1000 / (sizes[-1][0] - sizes[0][0])
