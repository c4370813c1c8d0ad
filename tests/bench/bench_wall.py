"""The wall in a window of 1280x720: 4 tiles of 1080p25, 16 and 25 of 640x360, all in phase, which is the worst case.

usage: python tests/bench/bench_wall.py [--rounds 3] [--seconds 10]        about two minutes; needs ffmpeg
       python tests/bench/bench_wall.py --soak 60 [--tiles 16]             an hour of tiles, with the curve of memory

Under Xvfb where it is installed (with 4 mpv as the peer for the CPU where that is, too), else without a screen. The
server runs in a process of its own on the same cores. Printed for each wall: pictures shown a second (all tiles, and
the slowest tile), how late a 10 ms timer of the window was, the time from the last packet of a picture to its paint,
and the CPU of the window's process. Medians over the rounds, which alternate.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

BENCH = Path(__file__).resolve().parent
sys.path[:0] = [str(BENCH.parents[1]), str(BENCH.parent / "video"), str(BENCH)]

import psutil  # noqa: E402
from bench_live import MPV, spent, xvfb  # noqa: E402
from live_media import Clip, nal_kind, nal_payloads, nal_units, rtp  # noqa: E402
from rtsp_talk import converse  # noqa: E402

RATE = 25
SIZES = {"1080": (1920, 1080, "4M"), "360": (640, 360, "500k")}
WALLS = (("4 x 1080p25", "1080", 4, 10), ("16 x 640x360", "360", 16, 15), ("25 x 640x360", "360", 25, None))


# The server


def encode(kind: str) -> list[bytes]:
    """Eight seconds with a key frame every two, no B frames, one slice: what a camera sends."""
    width, height, bits = SIZES[kind]
    source = f"mandelbrot=size={width}x{height}:rate={RATE},noise=alls=8:allf=t,format=yuv420p"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-t", "8", "-c:v", "libx264", "-g", "50"]
    command += ["-preset", "ultrafast", "-tune", "zerolatency", "-b:v", bits, "-maxrate", bits, "-bufsize", bits]
    command += ["-x264-params", "sliced-threads=0:slices=1", "-f", "h264", "-"]
    done = subprocess.run(command, check=True, capture_output=True)
    import av

    context = av.CodecContext.create("h264", "r")
    return [bytes(packet) for packet in (*context.parse(done.stdout), *context.parse(b""))]


def serve(kind: str) -> None:
    """Every picture is packed once and goes to all viewers at once."""
    width, height, _ = SIZES[kind]
    units = encode(kind)
    sets = [unit for unit in nal_units(units[0]) if nal_kind("H264", unit) in (7, 8)]
    sdp = Clip("H264", width, height, units, [], sets).sdp().encode()
    viewers: list[socket.socket] = []
    listener = socket.create_server(("127.62.7.1", 0), backlog=64)
    print(f"rtsp://127.62.7.1:{listener.getsockname()[1]}/live", flush=True)

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            join = partial(viewers.append, connection)
            threading.Thread(target=converse, args=(connection, sdp, join), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    threading.Thread(target=_pump, args=(units, viewers), daemon=True).start()
    sys.stdin.readline()


def _pump(units: list[bytes], viewers: list[socket.socket]) -> None:
    sequence, number, due = 0, 0, time.monotonic()
    while True:
        payloads = nal_payloads("H264", units[number % len(units)])
        data = b""
        for place, payload in enumerate(payloads):
            packet = rtp(payload, sequence, number * 3600, marker=place == len(payloads) - 1)
            data += struct.pack("!BBH", 0x24, 0, len(packet)) + packet
            sequence += 1
        for viewer in tuple(viewers):
            try:
                viewer.sendall(data)
            except OSError:
                viewers.remove(viewer)
        number, due = number + 1, due + 1 / RATE
        time.sleep(max(due - time.monotonic(), 0))


@contextlib.contextmanager
def server(kind: str) -> Iterator[str]:
    command = [sys.executable, __file__, "--serve", kind]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.kill()


# The window, in a process of its own


def window(url: str, tiles: int, seconds: float, soak: float) -> None:
    import qasync
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from ui.bridge.collector import Collector
    from ui.bridge.messages import Messages
    from ui.context import Context
    from ui.sessions import Sessions
    from ui.theme import Theme
    from ui.views.base import Shell
    from ui.views.wall import WallView

    qapp = QApplication([])
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    collector = Collector()
    settings = QSettings(os.devnull, QSettings.Format.IniFormat)
    context = Context(SimpleNamespace(found=()), None, None, Messages(), settings, Theme(qapp), None)
    devices = [_found(number) for number in range(tiles)]
    session = _session(url)
    sessions = Sessions(context, lambda at: session)
    shell = Shell(sessions, lambda: devices, lambda at: None, lambda rows: None, lambda on: None)
    view = WallView(context, shell)
    view.bar.hide()
    view.resize(1280, 720)
    view.move(0, 0)
    view.show()

    async def work() -> None:
        view.activated()
        view.fill()
        while any(tile.dimmed for tile in view.tiles.values()):
            await asyncio.sleep(0.05)
        if soak:
            await _soak(view, soak)
        else:
            await asyncio.sleep(1.5)  # what a start leaves behind is no part of steady play
            print(json.dumps(await _measure(view, seconds)), flush=True)
        before = time.monotonic()
        view.deactivated()
        print(json.dumps({"close_ms": (time.monotonic() - before) * 1000}), flush=True)
        await view.close_view()

    loop.run_until_complete(work())
    collector.stop()
    os._exit(0)  # what Qt does at its end is no part of this


def _found(number: int):  # type: ignore[no-untyped-def]
    from app.model.device import Address, DeviceState, Found

    name = f"Camera {number + 1}"
    address = Address(f"127.62.8.{number + 1}")
    return Found(address, "bench", "", name, "", f"S{number}", "", "", DeviceState.FOUND, "", "", 0.0, 0.0)


def _session(url: str):  # type: ignore[no-untyped-def]
    from app.families.base import Session
    from app.families.media import Streams
    from app.model.device import Address
    from app.model.stream import StreamEndpoint, StreamInfo

    class OneStream(Session):
        family, family_title, dialect, user, address = "bench", "Bench", "", "", Address("127.62.7.1")

        def interfaces(self):  # type: ignore[no-untyped-def]
            return MappingProxyType({Streams: self})

        async def list(self):  # type: ignore[no-untyped-def]
            return (StreamInfo("1", 1, "sub", "Sub-stream"),)

        def endpoint(self, stream: StreamInfo) -> StreamEndpoint:
            return StreamEndpoint(url, transport="tcp")

        async def close(self) -> None:
            """Nothing is open."""

    return OneStream()


async def _measure(view, seconds: float) -> dict[str, float]:  # type: ignore[no-untyped-def]
    from PySide6.QtCore import Qt, QTimer

    grid, ages, late = view.grid, [], []
    paint = grid._painter.paint

    def timed(painter, place, tile, look, font, number):  # type: ignore[no-untyped-def]
        paint(painter, place, tile, look, font, number)
        if number in grid._fresh:
            ages.append((time.monotonic() - tile._frame.received) * 1000)

    grid._painter.paint = timed
    due = [time.monotonic() + 0.01]

    def tick() -> None:
        now = time.monotonic()
        late.append(max(now - due[0], 0.0) * 1000)
        due[0] = now + 0.01

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(10)

    def shown() -> list[int]:
        return [tile.player.stats().frames - tile.player.stats().dropped for tile in view.tiles.values()]

    process = psutil.Process()
    before, painted, repaints, cpu, begun = shown(), grid.painted, grid.repaints, spent(process), time.monotonic()
    await asyncio.sleep(seconds)
    took = time.monotonic() - begun
    counts = [after - first for after, first in zip(shown(), before, strict=True)]
    ranked, aged = sorted(late), sorted(ages)
    return {
        "fps": (grid.painted - painted) / took / len(counts),
        "slowest": min(counts) / took,
        "repaints": (grid.repaints - repaints) / took,
        "late_p50": ranked[len(ranked) // 2],
        "late_p99": ranked[int(len(ranked) * 0.99)],
        "late_max": ranked[-1],
        "age_p50": aged[len(aged) // 2],
        "age_p99": aged[int(len(aged) * 0.99)],
        "cpu": (spent(process) - cpu) / took * 100,
    }


async def _soak(view, minutes: float) -> None:  # type: ignore[no-untyped-def]
    process, started, step = psutil.Process(), time.monotonic(), max(minutes * 60 / 30, 2.0)
    curve: list[tuple[int, int, float]] = []
    painted, seen = view.grid.painted, started
    while time.monotonic() - started < minutes * 60:
        await asyncio.sleep(max(started + len(curve) * step - time.monotonic(), 0))
        now = time.monotonic()
        fps = (view.grid.painted - painted) / max(now - seen, 0.001) / len(view.tiles)
        painted, seen = view.grid.painted, now
        found = (threading.active_count(), process.num_fds(), process.memory_info().rss / 2**20)
        curve.append(found)
        held = f"threads {found[0]:3}  files {found[1]:3}  memory {found[2]:6.1f} MB"
        print(f"{now - started:6.0f} s  {held}  {fps:.1f} fps", flush=True)
    settled = curve[max(len(curve) // 10, 1)] if len(curve) > 1 else curve[0]
    growth = curve[-1][2] / settled[2] - 1
    flat = growth <= 0.10 and curve[-1][0] <= settled[0] and curve[-1][1] <= settled[1]
    print(f"memory {growth:+.1%} after the first tenth: {'flat' if flat else 'NOT FLAT'}", flush=True)


# The rounds


def ours(url: str, tiles: int, seconds: float, environment: dict[str, str]) -> dict[str, float]:
    command = [sys.executable, __file__, "--window", url, "--tiles", str(tiles), "--seconds", str(seconds)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=seconds + 90)
    found: dict[str, float] = {}
    for line in done.stdout.splitlines():
        found |= json.loads(line)
    return found


def peer_cpu(url: str, count: int, seconds: float, environment: dict[str, str]) -> float:
    """As many mpv, each in its part of the screen. Per cent of a core."""
    command = [*MPV, "--no-border", "--no-osc", "--rtsp-transport=tcp"]
    players = [
        subprocess.Popen([*command, f"--geometry=640x360+{n % 2 * 640}+{n // 2 * 360}", url], env=environment)
        for n in range(count)
    ]
    try:
        time.sleep(4)
        processes = [psutil.Process(player.pid) for player in players]
        before, begun = sum(map(spent, processes)), time.monotonic()
        time.sleep(seconds)
        return (sum(map(spent, processes)) - before) / (time.monotonic() - begun) * 100
    finally:
        for player in players:
            player.kill()
            player.wait()


def rounds(options: argparse.Namespace, environment: dict[str, str], *, has_peer: bool) -> None:
    found: dict[str, list[dict[str, float]]] = {title: [] for title, *_ in WALLS}
    peers: list[float] = []
    with server("1080") as large, server("360") as small:
        urls = {"1080": large, "360": small}
        for _ in range(options.rounds):
            for title, kind, tiles, _limit in WALLS:
                found[title].append(ours(urls[kind], tiles, options.seconds, environment))
            if has_peer:
                peers.append(peer_cpu(large, 4, options.seconds, environment))
    print(f"{'':14} fps/tile slowest  repaints/s | 10 ms timer late p50/p99/max | received to painted p50/p99 | CPU")
    for title, _kind, _tiles, limit in WALLS:
        runs = found[title]
        m = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        goal = f"goal >= 24.5 fps{f', p99 <= {limit} ms' if limit else ''}"
        print(
            f"{title:14} {m['fps']:8.1f} {m['slowest']:7.1f} {m['repaints']:11.1f} | {m['late_p50']:7.1f} /"
            f" {m['late_p99']:5.1f} / {m['late_max']:5.1f} ms   | {m['age_p50']:8.1f} / {m['age_p99']:5.1f} ms      |"
            f" {m['cpu']:5.1f} %   closed in {m['close_ms']:.1f} ms   {goal}"
        )
    if peers:
        own = statistics.median(run["cpu"] for run in found[WALLS[0][0]])
        peer = statistics.median(peers)
        print(f"CPU of 4 x 1080p25: ours {own:.1f} %, four mpv {peer:.1f} %, ratio {own / peer:.2f}")
    print("Not measured: real cameras, whose pictures come at different moments; a real network; a GPU.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--soak", type=float, default=0.0, metavar="MINUTES")
    parser.add_argument("--tiles", type=int, default=16)
    parser.add_argument("--serve", choices=SIZES, help="(used by the benchmark itself)")
    parser.add_argument("--window", metavar="URL", help="(used by the benchmark itself)")
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return
    if options.window:
        window(options.window, options.tiles, options.seconds, options.soak)
        return
    with contextlib.ExitStack() as stack:
        environment = {**os.environ, "HOME": tempfile.gettempdir()}
        if shutil.which("Xvfb"):
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            display, _screen, _x = stack.enter_context(xvfb(Path(folder)))
            environment |= {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        else:
            environment["QT_QPA_PLATFORM"] = "offscreen"
            print("Xvfb is not installed: the window is painted, but into no screen.")
        if options.soak:
            url = stack.enter_context(server("360"))
            command = [sys.executable, __file__, "--window", url, "--tiles", str(options.tiles)]
            subprocess.run([*command, "--soak", str(options.soak)], env=environment, check=True)
        else:
            has_peer = "DISPLAY" in environment and shutil.which("mpv") is not None
            rounds(options, environment, has_peer=has_peer)


if __name__ == "__main__":
    main()
