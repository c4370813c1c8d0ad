"""Events on their way: from the camera's send to the flash on the picture (goal <= 100 ms), beside pyhik's callback;
and 500 events a second for a minute (goals: the window stays responsive, nothing is lost, memory bounded).

python tests/bench/bench_events.py [SECONDS OF THE FLOOD]

The camera is another process on loopback; times are those of the monotonic clock, which both share.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "ui")]

HOST = "127.66.100.1"
EVENTS = 60
PAUSE = 0.15  # seconds between two events
RATE = 500
TICK = 0.01  # seconds


def serve(*quirks: str) -> None:
    """The camera: each line of standard input makes it send an event, and say when."""
    from app.simulator.camera import CameraPlan
    from app.simulator.farm import Farm
    from app.simulator.isapi.events import Event
    from app.simulator.quirks import Quirks

    async def run() -> None:
        farm = Farm([CameraPlan("isapi", HOST, 0, 0, quirks=Quirks.parse(quirks))], ssdp=False)
        await farm.start()
        print(json.dumps(farm.camera_lines()[0]), flush=True)
        camera: Any = farm.cameras[0]
        while line := await asyncio.to_thread(sys.stdin.readline):
            began = time.monotonic()
            camera.raise_event(Event("VMD", line.strip() == "on", region="1", target="human"))
            print(began, flush=True)
        await farm.stop()

    asyncio.run(run())


class Camera:
    """The other process."""

    def __init__(self, *quirks: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--serve", *quirks], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.line = json.loads(self._process.stdout.readline())

    def send(self, *, on: bool) -> float:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("on\n" if on else "off\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def stop(self) -> None:
        self._process.communicate()


async def connect(line: dict[str, Any]) -> Any:
    from app.families import family
    from app.families.base import Credentials
    from app.model.device import Address
    from app.transport.dialer import NetworkDialer, loopback_only

    where = Address(line["address"], line["http_port"])
    login = Credentials(line["user"], line["password"])
    return await family("isapi").connect(NetworkDialer(allowed=loopback_only), where, "v2", login)


def context(folder: Path) -> Any:
    from aio import NoDiscovery
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from ui.bridge.messages import Messages
    from ui.context import Context
    from ui.theme import Mode, Theme

    theme = Theme(QApplication.instance(), Mode.LIGHT)
    settings = QSettings(str(folder / "bench.ini"), QSettings.Format.IniFormat)
    return Context(NoDiscovery(), None, None, Messages(), settings, theme, None)


def peer_follows(line: dict[str, Any], told: Callable[[], None]) -> Callable[[], None]:
    """pyhik on the same camera; returns what ends it."""
    from pyhik.hikvision import HikCamera

    peer = HikCamera(f"http://{line['address']}", line["http_port"], line["user"], line["password"])
    peer.add_update_callback(lambda _: told(), f"{peer.get_id}.Motion.1")
    peer.start_stream()
    return peer.kill_thrd.set


async def flash(folder: Path) -> dict[str, float]:
    """Milliseconds from the camera's send to the painted flash, and to the peer's callback."""
    from PySide6.QtCore import QEvent, QObject

    from ui.pages.regions import RegionsPage

    camera = await asyncio.to_thread(Camera, "blind")
    session = await connect(camera.line)
    shared = context(folder)
    followed = shared.events.add("Gate", session, asyncio.ensure_future)
    followed.pictures.on = False
    page = RegionsPage(session, shared, "Gate")
    page.resize(970, 600)
    page.show()
    page.activated()
    painted: list[float] = []
    waits = False

    class Paints(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            nonlocal waits
            if event.type() == QEvent.Type.Paint and waits:
                waits = False
                page.canvas.removeEventFilter(self)
                page.canvas.event(event)  # painted by now
                painted.append(time.monotonic())
                page.canvas.installEventFilter(self)
                return True
            return False

    paints = Paints()
    page.canvas.installEventFilter(paints)
    flashes = page.canvas.flash

    def noted(*words: str) -> None:
        nonlocal waits
        waits = True
        flashes(*words)

    page.canvas.flash = noted  # type: ignore[method-assign]
    heard: list[float] = []
    stop_peer = await asyncio.to_thread(peer_follows, camera.line, lambda: heard.append(time.monotonic()))
    while page.desk.layer is None or followed.standing.state != "listening":
        await asyncio.sleep(0.05)
    await asyncio.sleep(1.0)
    ours, peers = [], []
    for _ in range(EVENTS):
        painted.clear()
        heard.clear()
        sent = await asyncio.to_thread(camera.send, on=True)
        await asyncio.sleep(PAUSE)
        ours += [(painted[0] - sent) * 1000] if painted else []
        peers += [(heard[0] - sent) * 1000] if heard else []
        await asyncio.to_thread(camera.send, on=False)
        await asyncio.sleep(PAUSE)
    stop_peer()
    page.close_page()
    await page.finish()
    await followed.finish()
    await session.close()
    await asyncio.to_thread(camera.stop)
    figures = {f"flash_{name}_ms": value for name, value in spread(ours).items()}
    figures |= {f"peer_{name}_ms": value for name, value in spread(peers).items()}
    figures["ratio"] = round(statistics.median(ours) / statistics.median(peers), 3) if ours and peers else float("nan")
    return figures


class Turns:
    """How much work, in milliseconds of the processor, the window's thread does at a stretch."""

    def __init__(self) -> None:
        from PySide6.QtWidgets import QApplication

        self.spent: list[float] = []
        turns = self

        class Application(QApplication):
            inside = False

            def notify(self, receiver: Any, event: Any) -> bool:
                if self.inside:
                    return super().notify(receiver, event)
                self.inside, began = True, time.thread_time()
                try:
                    return super().notify(receiver, event)
                finally:
                    self.inside = False
                    turns.spent.append((time.thread_time() - began) * 1000)

        self.application = Application([])


async def lateness(seconds: float) -> list[float]:
    """Milliseconds by which a timer of the window's thread is late."""
    late, began = [], time.monotonic()
    while time.monotonic() - began < seconds:
        due = time.monotonic() + TICK
        await asyncio.sleep(TICK)
        late.append((time.monotonic() - due) * 1000)
    return late


def spread(values: list[float]) -> dict[str, float]:
    if not values:
        return {"count": 0}
    ordered = sorted(values)
    return {
        "count": len(ordered),
        "median": round(statistics.median(ordered), 1),
        "p99": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))], 1),
    }


async def flood(folder: Path, seconds: float, turns: Turns) -> dict[str, float]:
    """The page of events in front while the camera sends as fast as it was told. idle is the same timer before it."""
    import psutil

    from ui.pages.events import EventsPage

    camera = await asyncio.to_thread(Camera, f"alert_flood={RATE}")
    session = await connect(camera.line)
    shared = context(folder)
    followed = shared.events.add("Gate", session, asyncio.ensure_future)
    followed.pictures.on = False
    page = EventsPage(session, shared, "Gate")
    page.resize(970, 600)
    page.show()
    idle = await lateness(min(10.0, seconds))
    numbers: list[int] = []
    shared.events.subscribe(lambda _, event, __: numbers.append(int(event.description.rpartition(" ")[2])))
    process = psutil.Process()
    page.activated()
    while not numbers:
        await asyncio.sleep(0.05)
    before, began, busy = process.memory_info().rss, time.monotonic(), process.cpu_times()
    turns.spent.clear()
    late = await lateness(seconds)
    lasted = time.monotonic() - began
    used = process.cpu_times()
    await asyncio.sleep(0.3)
    log = shared.events.log
    figures = {
        "seconds": round(lasted, 1),
        "received": len(numbers),
        "per_second": round(len(numbers) / lasted, 1),
        "lost": numbers[-1] - numbers[0] + 1 - len(numbers),
        "rows": page.table.total,
        "given_up": log.evicted,
        "memory_grown_mb": round((process.memory_info().rss - before) / 1e6, 1),
        "cpu_percent": round(100 * (used.user + used.system - busy.user - busy.system) / lasted, 1),
        **{f"timer_late_{name}_ms": value for name, value in spread(late).items()},
        "timer_late_most_ms": round(max(late), 1),
        **{f"idle_timer_late_{name}_ms": value for name, value in spread(idle).items()},
        **{f"work_at_a_stretch_{name}_ms": value for name, value in spread(turns.spent).items()},
    }
    page.close_page()
    await page.finish()
    await followed.finish()
    await session.close()
    await asyncio.to_thread(camera.stop)
    return figures


def main(seconds: float) -> None:
    import tempfile

    import qasync

    turns = Turns()
    sys.setswitchinterval(0.001)  # as the window has it
    loop = qasync.QEventLoop(turns.application, already_running=False)
    asyncio.set_event_loop(loop)
    with loop, tempfile.TemporaryDirectory() as folder:
        print(json.dumps({"flash": loop.run_until_complete(flash(Path(folder)))}), flush=True)
        print(json.dumps({"flood": loop.run_until_complete(flood(Path(folder), seconds, turns))}), flush=True)
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            os._exit(0)  # the peer's thread reads until its next sign of life


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(*sys.argv[2:])
    else:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 60.0)
