"""Key press and key release to the PTZ command on the wire, while four streams play in the same window.

Run: python tests/bench/bench_ptz.py [presses]. The dome runs in a process of its own; a small relay in front of it
takes the time when the first byte of a command arrives, on the clock that both processes share. The goal of both is
15 ms at the 99th percentile.
"""

from __future__ import annotations

import asyncio
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

from app.families.base import Credentials, Streams  # noqa: E402
from app.families.isapi import FAMILY  # noqa: E402
from app.model.device import Address  # noqa: E402
from app.simulator.camera import PASSWORD  # noqa: E402
from app.transport.dialer import NetworkDialer, loopback_only  # noqa: E402
from app.video.player import Player  # noqa: E402
from ui.bridge.messages import Messages  # noqa: E402
from ui.context import Context  # noqa: E402
from ui.pages.live import LivePage  # noqa: E402
from ui.theme import Mode, Theme  # noqa: E402
from ui.video.view import VideoView  # noqa: E402

GOAL = 15.0  # milliseconds


class Relay:
    """Passes bytes on and notes when a PTZ command came, and whether it was all zero."""

    def __init__(self, there: tuple[str, int]) -> None:
        self.there = there
        self.seen: list[tuple[float, bool]] = []
        self.server = socket.create_server(("127.24.250.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            near, _ = self.server.accept()
            far = socket.create_connection(self.there)
            for one, other, watched in ((near, far, True), (far, near, False)):
                threading.Thread(target=self._pass, args=(one, other, watched), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket, watched: bool) -> None:
        while data := self._read(one):
            now = time.perf_counter()
            if watched and data.startswith(b"PUT /ISAPI/PTZCtrl/channels/1/"):
                other.sendall(data)
                while b"</PTZData>" not in data and (more := self._read(one)):
                    data += more
                    other.sendall(more)
                self.seen.append((now, b"<pan>0</pan>" in data))
            else:
                other.sendall(data)
        other.close()

    @staticmethod
    def _read(one: socket.socket) -> bytes:
        try:
            return one.recv(65536)
        except OSError:
            return b""  # the other direction has hung up


def p99(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]


class Nobody:
    found = ()


async def until(reached, limit: float = 30.0) -> None:
    async with asyncio.timeout(limit):
        while not reached():
            await asyncio.sleep(0.002)


async def measure(app: QApplication, line: dict, presses: int) -> None:
    relay = Relay((line["address"], line["http_port"]))
    who = Credentials("admin", PASSWORD)
    dialer = NetworkDialer(allowed=loopback_only)
    direct = await FAMILY.connect(dialer, Address(line["address"], line["http_port"]), "v2", who)
    session = await FAMILY.connect(dialer, Address("127.24.250.1", relay.port), "v2", who)
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
    down, up = [], []
    for number in range(presses + 3):
        count = len(relay.seen)
        pressed = time.perf_counter()
        QTest.keyPress(page.view, Qt.Key.Key_Right)
        await until(lambda count=count: len(relay.seen) > count)
        first = relay.seen[count][0]
        await asyncio.sleep(0.05 + 0.013 * (number % 7))
        count = len(relay.seen)
        released = time.perf_counter()
        QTest.keyRelease(page.view, Qt.Key.Key_Right)
        await until(lambda count=count: any(zero for _, zero in relay.seen[count:]))
        stop = next(at for at, zero in relay.seen[count:] if zero)
        if number >= 3:
            down.append((first - pressed) * 1000)
            up.append((stop - released) * 1000)
        await asyncio.sleep(0.05)
    for name, values in (("key press -> command on the wire", down), ("key release -> stop on the wire", up)):
        middle, late = sorted(values)[len(values) // 2], p99(values)
        print(f"{name}: median {middle:.1f} ms, p99 {late:.1f} ms of {len(values)} (goal p99 {GOAL:g} ms)", flush=True)
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


def main() -> None:
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
        loop.run_until_complete(measure(app, line, presses))
    finally:
        farm.terminate()
        farm.wait(20)


if __name__ == "__main__":
    main()
