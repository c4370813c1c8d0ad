"""How long it takes from the opened session to a tree of settings that can be used: asked, drawn and painted in the
settings page, of a simulated recorder that takes 5 ms for each answer.

python tests/bench/bench_open.py [--json], on a loopback of its own. The peer is the same requests, one after the
other over a kept connection of the library requests. Goal: 300 ms with 600 nodes and more.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import qasync
import requests
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from requests.auth import HTTPDigestAuth

from app.families import families
from app.families.base import Credentials, Session
from app.model.device import Address
from app.site.credentials import MemoryVault
from app.transport.dialer import NetworkDialer, loopback_only
from ui.bridge.messages import Messages
from ui.context import Context
from ui.pages.settings import SettingsPage
from ui.theme import Mode, Theme

RUNS, BIND, MODEL, ANSWER = 7, "127.61.98.1", "CW-N8R", "0.005"


def simulate(quirks: Sequence[str]) -> tuple[subprocess.Popen[str], dict[str, object]]:
    words = [word for quirk in quirks for word in ("--quirk", quirk)]
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "simulate", "--until-eof", "--bind", BIND, "--model", MODEL, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


class Nobody:
    """Devices go by their address."""

    found = ()


class Heard:
    """Notes what a session asks."""

    def __init__(self, session: Session) -> None:
        self.paths: list[str] = []
        channel = session._client.channel  # type: ignore[attr-defined]  # the bench looks where nobody else may
        send = channel.send

        async def noted(request: object) -> object:
            self.paths.append(request.path)  # type: ignore[attr-defined]
            return await send(request)

        channel.send = noted


async def opened(camera: dict[str, object]) -> Session:
    family = next(each for each in families() if each.key == "isapi")
    address = Address(str(camera["address"]), int(str(camera["http_port"])))
    credentials = Credentials(str(camera["user"]), str(camera["password"]))
    return await family.connect(NetworkDialer(allowed=loopback_only), address, "v2", credentials)


def nodes(page: SettingsPage) -> int:
    return sum(1 for _ in page.tree.model.nodes)


async def once(camera: dict[str, object], context: Context) -> tuple[float, float, int, list[str]]:
    """ms from a session to a painted tree, ms of this process's own work in it, its nodes, and what was asked."""
    session = await opened(camera)
    heard = Heard(session)
    page = SettingsPage(session, context, "Recorder")
    page.resize(1000, 640)
    page.show()
    QApplication.processEvents()
    start, worked = time.perf_counter(), time.process_time()
    page.activated()
    while not nodes(page):
        await asyncio.sleep(0.001)
    asked = list(heard.paths)
    page.tree.repaint()
    took, worked = (time.perf_counter() - start) * 1000, (time.process_time() - worked) * 1000
    count = nodes(page)
    page.close_page()
    while page.scope.active:
        await asyncio.sleep(0.01)
    page.deleteLater()
    await session.close()
    return took, worked, count, asked


def bare(camera: dict[str, object], paths: Sequence[str]) -> float:
    """ms for the same requests with nothing around them, after one that logs in."""
    host = f"http://{camera['address']}:{camera['http_port']}"
    with requests.Session() as client:
        client.auth = HTTPDigestAuth(str(camera["user"]), str(camera["password"]))
        client.get(f"{host}/ISAPI/System/deviceInfo")
        start = time.perf_counter()
        for path in paths:
            client.get(f"{host}{path}")
        return (time.perf_counter() - start) * 1000


async def measure(camera: dict[str, object], application: QApplication, folder: str) -> dict[str, object]:
    settings = QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat)
    theme = Theme(application, Mode.LIGHT)
    context = Context(Nobody(), None, MemoryVault(), Messages(), settings, theme, None)
    ours, own, peers, count, asked = [], [], [], 0, []
    await once(camera, context)  # what is read once in a program's life: the catalog, the icons
    for _ in range(RUNS):
        took, worked, count, asked = await once(camera, context)
        ours.append(took)
        own.append(worked)
        peers.append(await asyncio.to_thread(bare, camera, asked))
    mine, other = statistics.median(ours), statistics.median(peers)
    return {
        "nodes": count,
        "requests": len(asked),
        "tree_ms": round(mine),
        "own_work_ms": round(statistics.median(own)),
        "worst_ms": round(max(ours)),
        "requests_alone_ms": round(other),
        "ratio": round(mine / other, 2),
    }


def main() -> None:
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    application.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    found: dict[str, object] = {}
    for name, quirks in (("with an index", ()), ("without an index", ("no_index",))):
        process, camera = simulate((f"slow={ANSWER}", *quirks))
        try:
            with TemporaryDirectory() as folder, loop:
                found[name] = loop.run_until_complete(measure(camera, application, folder))
        finally:
            process.communicate("")
        loop = qasync.QEventLoop(application)
        asyncio.set_event_loop(loop)
    if "--json" in sys.argv:
        print(json.dumps(found))
        return
    for name, each in found.items():
        print(f"{name:20} {each}")


if __name__ == "__main__":
    main()
