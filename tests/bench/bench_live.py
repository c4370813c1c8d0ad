"""Our Live page against mpv (and ffplay for the CPU) on the same stamped stream: what reaches the screen of an Xvfb.

usage: python tests/bench/bench_live.py [--rounds 3] [--seconds 8]     (needs Xvfb and mpv; about two minutes)

A server sends 1080p25 at 4 Mbit/s whose pictures carry their number as blocks, and notes when each was handed to the
sockets. Xvfb keeps its screen in a file: it is read here a thousand times a second, in the same way for every player,
so the latency is from the sender's socket to the pixels on the screen. The players alternate; medians are printed with
their ratio. CPU is user and system time of the player's processes while it plays; the X server's own is apart.
The stream starts for each player 12 pictures before a key frame, so the time to the first picture is at one phase.
"""

from __future__ import annotations

import argparse
import json
import mmap
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import psutil

BENCH = Path(__file__).resolve().parent
WIDTH, HEIGHT = 960, 540
SOURCE_HEIGHT, BITS, RATE = 1080, 8, 25
PHASE = 38  # of a GOP of 50 pictures: the next key frame comes 12 pictures after PLAY
MPV = (
    "mpv",
    "--no-config",
    "--profile=low-latency",
    "--untimed",
    "--no-cache",
    "--vo=x11",
    "--really-quiet",
    "--no-audio",
)
MPV_WINDOW = ("--no-audio", "--no-border", "--no-osc", "--no-input-default-bindings", "--rtsp-transport=tcp")


FFPLAY = (
    "ffplay", "-v", "quiet", "-fflags", "nobuffer", "-flags", "low_delay", "-rtsp_transport", "tcp", "-an", "-noborder",
    "-left", "0", "-top", "0", "-x", str(WIDTH), "-y", str(HEIGHT),
)  # fmt: skip


@dataclass(frozen=True)
class Run:
    """Milliseconds; cpu and x are per cent of one core."""

    latencies: list[float]
    from_start: float
    from_connect: float
    cpu: float
    x: float
    shown: float  # different pictures a second

    def p(self, part: float) -> float:
        ranked = sorted(self.latencies)
        return ranked[min(int(len(ranked) * part), len(ranked) - 1)]


class Screen:
    """Xvfb's frame buffer: an XWD header, then rows of BGRX."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self.pixels = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        head = struct.unpack_from(">25I", self.pixels)
        self._stride = head[12]
        self._start = head[0] + head[19] * 12

    def close(self) -> None:
        self.pixels.close()
        self._file.close()

    def reader(self, left: int, top: int) -> list[int]:
        """Where the middle of each number block is, for a picture whose corner is there."""
        side = 40 * HEIGHT / SOURCE_HEIGHT
        row = self._start + (top + int(side / 2)) * self._stride
        return [row + (left + int((bit + 0.5) * side)) * 4 + 1 for bit in range(16)]

    def number(self, places: list[int]) -> int | None:
        """None while there is no picture: the blocks of the upper bits are black, a bare screen is told apart below."""
        found = 0
        for bit, place in enumerate(places):
            level = self.pixels[place]
            if 90 < level < 166:
                return None
            if level > 127:
                found |= 1 << bit
        return found if found >> BITS == 0 else None


@contextmanager
def xvfb(folder: Path) -> Iterator[tuple[str, Screen, psutil.Process]]:
    read, write = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(write),
        "-screen",
        "0",
        "1280x800x24",
        "-fbdir",
        str(folder),
        "-nolisten",
        "tcp",
    ]
    server = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as told:
            display = f":{told.readline().strip()}"
        screen = Screen(folder / "Xvfb_screen0")
        yield display, screen, psutil.Process(server.pid)
        screen.close()
    finally:
        server.terminate()
        server.wait()


@contextmanager
def sender(folder: Path) -> Iterator[tuple[str, mmap.mmap]]:
    stamps = folder / "stamps"
    command = [sys.executable, str(BENCH / "bench_video.py"), "--serve", "--height", str(SOURCE_HEIGHT)]
    command += ["--first", str(PHASE), "--stamps", str(stamps)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = server.stdout.readline().split()[0]
        with stamps.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as times:
            yield url, times
        server.communicate("\n")


def spent(process: psutil.Process) -> float:
    """CPU seconds of a process and its children."""
    total = 0.0
    for each in (process, *process.children(recursive=True)):
        times = each.cpu_times()
        total += times.user + times.system
    return total


def play(command: list[str], display: str, screen: Screen, x: psutil.Process, times: mmap.mmap, seconds: float) -> Run:
    started = time.monotonic_ns()
    # SDL_RENDER_DRIVER: software, as the others; Xvfb has no GPU and its OpenGL costs ffplay more.
    environment = {
        **os.environ,
        "SDL_RENDER_DRIVER": "software",
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "HOME": tempfile.gettempdir(),
    }
    player = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        left, top = 0, 0
        if command[0] == sys.executable:
            assert player.stdout is not None
            left, top = json.loads(player.stdout.readline())
        return _watch(player, screen.reader(left, top), screen, x, times, started, seconds)
    finally:
        player.terminate()
        player.wait()
        if player.stdout is not None:
            player.stdout.close()


def _watch(
    player: subprocess.Popen[str], places: list[int], screen: Screen, x: psutil.Process, times: mmap.mmap,
    started: int, seconds: float,
) -> Run:  # fmt: skip
    process = psutil.Process(player.pid)
    deadline = time.monotonic() + 30
    last = _first(player, places, screen, times, started, deadline)
    now = time.monotonic_ns()
    connected = struct.unpack_from("<q", times, len(times) - 8)[0]
    from_start, from_connect = (now - started) / 1e6, (now - connected) / 1e6
    time.sleep(1.5)  # what a start leaves behind is no part of steady play
    late: list[float] = []
    cpu, x_cpu, begun = spent(process), spent(x), time.monotonic()
    while time.monotonic() < begun + seconds:
        number = screen.number(places)
        if number is not None and number != last and screen.number(places) == number:
            sent = struct.unpack_from("<q", times, number * 8)[0]
            late.append((time.monotonic_ns() - sent) / 1e6)
            last = number
        time.sleep(0.0007)
    took = time.monotonic() - begun
    share = 100 / took
    return Run(
        late, from_start, from_connect, (spent(process) - cpu) * share, (spent(x) - x_cpu) * share, len(late) / took
    )


def _first(
    player: subprocess.Popen[str], places: list[int], screen: Screen, times: mmap.mmap, started: int, deadline: float
) -> int:
    """Waits for a number that was sent since the player was started."""
    while time.monotonic() < deadline:
        number = screen.number(places)
        if number is not None and number * 8 < len(times) - 8:
            sent = struct.unpack_from("<q", times, number * 8)[0]
            if sent > started and screen.number(places) == number:
                return number
        if player.poll() is not None:
            raise SystemExit(f"the player ended by itself ({player.returncode}): {player.args}")
        time.sleep(0.0007)
    raise SystemExit(f"no picture within 30 s: {player.args}")


def window(url: str) -> None:
    """Our page as the shell shows it, over a session that offers nothing but this stream."""
    import asyncio
    from types import MappingProxyType, SimpleNamespace

    import qasync
    from PySide6.QtCore import QPoint, QSettings
    from PySide6.QtWidgets import QApplication

    from app.families.base import Session
    from app.families.media import Streams
    from app.model.device import Address
    from app.model.stream import StreamEndpoint, StreamInfo
    from ui.bridge.messages import Messages
    from ui.context import Context
    from ui.pages.live import LivePage
    from ui.theme import Theme

    class OneStream(Session):
        family, family_title, dialect, user, address = "bench", "Bench", "", "", Address("127.15.0.1")

        def interfaces(self):  # type: ignore[no-untyped-def]
            return MappingProxyType({Streams: self})

        async def list(self):  # type: ignore[no-untyped-def]
            return (StreamInfo("1", 1, "main", "Main stream"),)

        def endpoint(self, stream: StreamInfo) -> StreamEndpoint:
            return StreamEndpoint(url, transport="tcp")

        async def close(self) -> None:
            """Nothing is open."""

    qapp = QApplication([])
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    settings = QSettings(os.devnull, QSettings.Format.IniFormat)
    context = Context(SimpleNamespace(found=()), None, None, Messages(), settings, Theme(qapp), None)
    page = LivePage(OneStream(), context, "Bench")
    page.view.setFixedSize(WIDTH, HEIGHT)
    page.move(0, 0)
    page.show()
    corner = page.view.mapToGlobal(QPoint(0, 0))
    print(json.dumps([corner.x(), corner.y()]), flush=True)
    loop.call_soon(page.activated)
    loop.run_forever()


def report(ours: list[Run], theirs: list[Run], displays: list[Run], rounds: int) -> None:
    def line(name: str, value, goal: str = "", unit: str = "ms") -> None:  # type: ignore[no-untyped-def]
        one, other = (statistics.median(map(value, runs)) for runs in (ours, theirs))
        spread = "  ".join(f"{value(a):.1f}/{value(b):.1f}" for a, b in zip(ours, theirs, strict=True))
        print(f"{name:34} {one:8.1f} {other:8.1f} {unit:4} ratio {one / other:5.2f}  {goal:26} [{spread}]")

    print(f"1080p25 4 Mbit/s over TCP in a {WIDTH}x{HEIGHT} window, medians of {rounds} alternating rounds")
    print(f"{'':34} {'ours':>8} {'mpv':>8}")
    line("visible latency, median", lambda r: statistics.median(r.latencies), "goal <= 0.40x and <= 25 ms")
    line("visible latency, p99", lambda r: r.p(0.99))
    line("CPU of the player", lambda r: r.cpu, "goal <= 1.10x", "%")
    if displays:
        own, other = (statistics.median(run.cpu for run in runs) for runs in (ours, displays))
        print(f"{'CPU of the player, ffplay':34} {own:8.1f} {other:8.1f} %    ratio {own / other:5.2f}  goal <= 0.70x")
    line("CPU of the X server meanwhile", lambda r: max(r.x, 0.01), "", "%")
    line("pictures shown a second", lambda r: r.shown, "", "fps")
    line("connected to first picture", lambda r: r.from_connect, "goal <= 1.00x")
    line("program started to first picture", lambda r: r.from_start)
    version = subprocess.run(["mpv", "--version"], capture_output=True, text=True, check=True).stdout.split(
        " Copyright"
    )[0]
    print(f"Peer: {version}. Not measured: the camera's own capture and encoding, a real network, the monitor,")
    print("a GPU (Xvfb has none) and other systems than this one.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--window", metavar="URL", help="(used by the benchmark itself)")
    options = parser.parse_args()
    if options.window:
        window(options.window)
        return
    missing = [name for name in ("Xvfb", "mpv") if shutil.which(name) is None]
    if missing:
        raise SystemExit(f"cannot measure without {' and '.join(missing)}: apt-get install xvfb mpv")
    ours: list[Run] = []
    theirs: list[Run] = []
    displays: list[Run] = []  # of ffplay, where it is installed
    with (
        tempfile.TemporaryDirectory() as name,
        xvfb(Path(name)) as (display, screen, x),
        sender(Path(name)) as (url, times),
    ):
        mpv = [*MPV, *MPV_WINDOW, f"--geometry={WIDTH}x{HEIGHT}+0+0", url]
        for _ in range(options.rounds):
            players = [(ours, [sys.executable, __file__, "--window", url]), (theirs, mpv)]
            if shutil.which("ffplay"):
                players.append((displays, [*FFPLAY, url]))
            for runs, command in players:
                runs.append(play(command, display, screen, x, times, options.seconds))
    report(ours, theirs, displays, options.rounds)


if __name__ == "__main__":
    main()
