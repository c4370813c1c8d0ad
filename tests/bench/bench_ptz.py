"""Key press and key release to the PTZ command on the wire, while four streams play in the same window.

Run: python tests/bench/bench_ptz.py [presses]. The dome and a relay in front of it run in processes of their own; the
relay takes the time when the first byte of a command arrives, on the clock that all of them share. The goal of both is
15 ms at the 99th percentile. Beside them a bare thread is timed that sends one word to the relay when the window tells
it to: what this machine needs for the same hop without Camwright.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import qasync  # noqa: E402
from PySide6.QtCore import QSettings, Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget  # noqa: E402

from app.families.base import Credentials  # noqa: E402
from app.families.isapi import FAMILY  # noqa: E402
from app.families.media import Streams  # noqa: E402
from app.model.device import Address  # noqa: E402
from app.simulator.camera import PASSWORD  # noqa: E402
from app.transport.dialer import NetworkDialer, loopback_only  # noqa: E402
from app.video.player import Player  # noqa: E402
from ui.bridge.collector import Collector  # noqa: E402
from ui.bridge.messages import Messages  # noqa: E402
from ui.context import Context  # noqa: E402
from ui.main import TURN  # noqa: E402
from ui.pages.live import LivePage  # noqa: E402
from ui.theme import Mode, Theme  # noqa: E402
from ui.video.view import VideoView  # noqa: E402

GOAL = 15.0  # milliseconds
RELAY = "127.24.250.1"
WORD = b"word"


class Relay:
    """A process that passes bytes on to the dome and says when a PTZ command came, and whether it was all zero.

    Not a thread: what is measured must not wait for this process's interpreter.
    """

    def __init__(self, there: tuple[str, int]) -> None:
        self.seen: list[tuple[float, bool]] = []
        self.words: list[float] = []
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--relay", there[0], str(there[1])], stdout=subprocess.PIPE, text=True
        )
        self.port = int(self._process.stdout.readline())
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def _listen(self) -> None:
        for line in self._process.stdout:
            at, what = line.split()
            if what == "word":
                self.words.append(float(at))
            else:
                self.seen.append((float(at), what == "stop"))

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._reader.join(20)
        self._process.stdout.close()


def relay(host: str, port: int) -> None:
    """What the relay's process does."""
    server = socket.create_server((RELAY, 0))
    print(server.getsockname()[1], flush=True)
    while True:
        near, _ = server.accept()
        far = socket.create_connection((host, port))
        for each in (near, far):  # or the relay itself would hold back the second half of a command
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=pass_on, args=(near, far, True), daemon=True).start()
        threading.Thread(target=pass_on, args=(far, near, False), daemon=True).start()


def pass_on(one: socket.socket, other: socket.socket, watched: bool) -> None:
    while data := read(one):
        now = time.perf_counter()
        if data == WORD:
            say(f"{now} word")
            continue
        other.sendall(data)
        if watched and data.startswith(b"PUT /ISAPI/PTZCtrl/channels/1/"):
            while b"</PTZData>" not in data and (more := read(one)):
                data += more
                other.sendall(more)
            say(f"{now} {'stop' if b'<pan>0</pan>' in data else 'move'}")
    with contextlib.suppress(OSError):
        other.shutdown(socket.SHUT_WR)


def say(line: str) -> None:
    """In one piece: several threads do."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def read(one: socket.socket) -> bytes:
    try:
        return one.recv(65536)
    except OSError:
        return b""  # the other direction has hung up


class Bare:
    """A thread that does nothing but to send one word when it is told to."""

    def __init__(self, port: int) -> None:
        self._wire = socket.create_connection((RELAY, port))
        self._tell, self._told = socket.socketpair()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def send(self) -> None:
        self._tell.send(b"x")

    def _run(self) -> None:
        while self._told.recv(1):
            self._wire.sendall(WORD)

    def close(self) -> None:
        self._tell.close()
        self._thread.join(20)
        self._told.close()
        self._wire.close()


def part(values: list[float], below: float) -> float:
    """What this part of the values lies below."""
    return sorted(values)[min(len(values) - 1, int(len(values) * below))]


class Nobody:
    found = ()


async def until(reached, limit: float = 30.0) -> None:
    async with asyncio.timeout(limit):
        while not reached():
            await asyncio.sleep(0.002)


async def measure(app: QApplication, line: dict, presses: int) -> None:
    between = Relay((line["address"], line["http_port"]))
    who = Credentials("admin", PASSWORD)
    dialer = NetworkDialer(allowed=loopback_only)
    direct = await FAMILY.connect(dialer, Address(line["address"], line["http_port"]), "v2", who)
    session = await FAMILY.connect(dialer, Address(RELAY, between.port), "v2", who)
    streams = direct.offer(Streams)
    infos = await streams.list()
    sub = next(each for each in infos if each.role == "sub")
    window = QWidget()
    grid = QGridLayout(window)
    settings = QSettings(str(ROOT / "build" / "bench_ptz.ini"), QSettings.Format.IniFormat)
    page = LivePage(session, Context(Nobody(), None, None, Messages(), settings, Theme(app, Mode.LIGHT), None), "Dome")
    page._streams = streams  # the relay is for HTTP only
    grid.addWidget(page, 0, 0, 1, 3)
    players = []
    for column in range(3):
        view = VideoView()
        grid.addWidget(view, 1, column)
        inlet = view.attach()
        player = Player(streams.endpoint(sub), inlet.mailbox, inlet.on_status)
        view.area_changed.connect(player.set_view)
        players.append((player, view))
    window.resize(1280, 720)
    window.show()
    window.activateWindow()
    page.activated()
    for player, _ in players:
        player.start()
    await until(lambda: page.ptz.panel is not None and page.view.painted > 25)
    await until(lambda: all(view.painted > 10 for _, view in players))
    page.ptz.panel.on.click()
    page.view.setFocus()
    down, up, words, handed = [], [], [], []
    driver, ahead = page.ptz.host._driver, []
    send_ahead = driver.ahead
    driver.ahead = lambda velocity: (ahead.append(send_ahead(velocity)), ahead[-1])[1]
    bare = Bare(between.port)
    for number in range(presses + 3):
        count = len(between.seen)
        pressed = time.perf_counter()
        QTest.keyPress(page.view, Qt.Key.Key_Right)
        down_by = time.perf_counter()
        await until(lambda count=count: any(not zero for _, zero in between.seen[count:]))
        first = next(at for at, zero in between.seen[count:] if not zero)
        await asyncio.sleep(0.05 + 0.013 * (number % 7))
        count = len(between.seen)
        released = time.perf_counter()
        QTest.keyRelease(page.view, Qt.Key.Key_Right)
        up_by = time.perf_counter()
        await until(lambda count=count: any(zero for _, zero in between.seen[count:]))
        stop = next(at for at, zero in between.seen[count:] if zero)
        await asyncio.sleep(0.05)
        count = len(between.words)
        told = time.perf_counter()
        bare.send()
        await until(lambda count=count: len(between.words) > count)
        if number >= 3:
            down.append((first - pressed) * 1000)
            up.append((stop - released) * 1000)
            handed += [(down_by - pressed) * 1000, (up_by - released) * 1000]
            words.append((between.words[count] - told) * 1000)
    bare.close()
    for name, values in (("key press -> command on the wire", down), ("key release -> stop on the wire", up)):
        middle, most, late = sorted(values)[len(values) // 2], part(values, 0.9), part(values, 0.99)
        ratio = late / part(words, 0.99)
        print(
            f"{name}: median {middle:.1f} ms, p90 {most:.1f} ms, p99 {late:.1f} ms of {len(values)} "
            f"(goal p99 {GOAL:g} ms; {ratio:.2f} of a bare thread)",
            flush=True,
        )
    quick = sum(each is not None for each in ahead)
    middle, most, late = (part(handed, below) for below in (0.5, 0.9, 0.99))
    print(
        f"of these, until the key's handler has handed it to the network: median {middle:.1f} ms, p90 {most:.1f} ms, "
        f"p99 {late:.1f} ms; {quick} of {len(ahead)} stood ready"
    )
    middle, most, late = (part(words, below) for below in (0.5, 0.9, 0.99))
    print(f"a bare thread's word: median {middle:.1f} ms, p90 {most:.1f} ms, p99 {late:.1f} ms")
    shown = [page.view.painted, *(view.painted for _, view in players)]
    print(f"pictures painted meanwhile by the 4 streams: {shown}")
    page.close_page()
    for player, _ in players:
        player.stop()
    thread = page.ptz.host.close()
    await asyncio.to_thread(thread.join, 20)
    await direct.close()
    await session.close()
    window.close()
    between.close()


def main() -> None:
    if sys.argv[1:2] == ["--relay"]:
        relay(sys.argv[2], int(sys.argv[3]))
    presses = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    command = [sys.executable, "-m", "app", "simulate", "--model", "CW-P2D", "--bind", "127.24.251.1"]
    farm = subprocess.Popen(
        [*command, "--http-port", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL
    )
    try:
        line = json.loads(farm.stdout.readline())
        app = QApplication([])
        loop = qasync.QEventLoop(app)
        asyncio.set_event_loop(loop)
        collector = Collector()  # this and the next as in the window
        sys.setswitchinterval(TURN)
        with loop:
            loop.run_until_complete(measure(app, line, presses))
        collector.stop()
    finally:
        farm.terminate()
        farm.wait(20)


if __name__ == "__main__":
    main()
