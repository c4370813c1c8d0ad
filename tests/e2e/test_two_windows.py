"""Two windows, each a process of its own, on one site file and one camera; one whose file somebody else holds, and one
whose file is damaged."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.families.base import Session, SettingsTree
from app.families.isapi import FAMILY
from app.model.device import Address
from app.simulator.camera import SimulatedCamera
from app.simulator.farm import Farm, plan_cameras
from app.simulator.quirks import Quirks
from app.site.identity import Identity
from app.site.records import ChangeState, Origin, Sighting
from app.site.site import Site
from app.transport.dialer import NetworkDialer, loopback_only
from ui.demo import DemoCamera, read_camera

HERE = Path(__file__).parent
MAIN = "/ISAPI/Streaming/channels/101"
NAME, RATE = "channelName", "Video/vbrUpperCap"
PATIENCE = 60.0  # seconds that two windows wait for each other's transactions
pytestmark = [pytest.mark.gui, pytest.mark.anyio, pytest.mark.timeout(300)]


class Process:
    """A window; `await ask(word, …)` is what it answers."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def ask(self, *words: object) -> Any:
        self._process.stdin.write(json.dumps(words).encode() + b"\n")
        return await self.answer()

    async def answer(self) -> Any:
        async with asyncio.timeout(120):
            line = await self._process.stdout.readline()
        assert line, "the window has ended"
        return json.loads(line)


@contextlib.asynccontextmanager
async def window(site: Path, camera: DemoCamera, user: str, patience: float = PATIENCE) -> AsyncIterator[Process]:
    """As the user of this name has it."""
    folder = site.with_name(user)
    folder.mkdir()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(HERE / "window_process.py"), str(site), str(camera.address)),
        *(camera.credentials.password, str(folder), str(patience)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "LOGNAME": user,
            "PYTHONPATH": os.pathsep.join((str(HERE.parents[1]), str(HERE.parent / "ui"))),
        },
    )
    try:
        opened = Process(process)
        assert await opened.answer() == "open"
        yield opened
        process.stdin.close()
        async with asyncio.timeout(60):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@contextlib.asynccontextmanager
async def simulated(host: str) -> AsyncIterator[tuple[SimulatedCamera, DemoCamera]]:
    """The camera itself, and how it is reached."""
    farm = Farm(plan_cameras(model="CW-G4A", bind=host), ssdp=False)
    await farm.start()
    try:
        yield farm.cameras[0], read_camera(farm.camera_lines()[0])
    finally:
        await farm.stop()


@contextlib.asynccontextmanager
async def logged_in(camera: DemoCamera) -> AsyncIterator[Session]:
    dialer = NetworkDialer(allowed=loopback_only)
    session = await FAMILY.connect(dialer, Address.parse(str(camera.address)), "v2", camera.credentials)
    try:
        yield session
    finally:
        await session.close()


async def held(camera: DemoCamera, *paths: str) -> list[str]:
    """What the camera itself says, whatever a window shows."""
    async with logged_in(camera) as session:
        document = await session.offer(SettingsTree).load(MAIN)
        return [document.text(path) for path in paths]


@contextlib.asynccontextmanager
async def site_of(path: Path) -> AsyncIterator[Site]:
    site = await Site.open(path)
    try:
        yield site
    finally:
        await site.close()


async def test_two_windows_share_a_site_file_and_a_camera(tmp_path: Path) -> None:
    path = tmp_path / "site.camwright"
    async with (
        simulated("127.78.1.1") as (device, camera),
        window(path, camera, "anna") as one,
        window(path, camera, "ben") as other,
    ):
        # Both have read the page before either writes it, and both write at the same time: each would find the page as
        # it was before the other's write, for the camera takes long to answer.
        await one.ask("edit", "Main stream", NAME, "Anna's gate")
        await other.ask("edit", "Main stream", RATE, "1024")
        quick = device.quirks
        device.quirks = Quirks.parse(("slow=0.3",)).over(quick)
        for text, left in await asyncio.gather(one.ask("apply"), other.ask("apply")):
            assert ("kept" in text, left) == (True, 0), text
        device.quirks = quick
        assert await held(camera, NAME, RATE) == ["Anna's gate", "1024"]

        theirs, again = await one.ask("history", 2), await other.ask("history", 2)
        assert theirs == again
        by = {what: who for what, outcome, who in theirs}
        assert set(by) == {"Main stream: Channel name", "Main stream: Highest bitrate"}
        assert "by anna as admin, in the form" in by["Main stream: Channel name"]
        assert "by ben as admin, in the form" in by["Main stream: Highest bitrate"]

        # A history that is open already follows the other window.
        await other.ask("edit", "Main stream", RATE, "1500")
        applying = asyncio.create_task(other.ask("apply"))
        (what, outcome, who), *_ = await one.ask("history", 3)
        assert (what, outcome) == ("Main stream: Highest bitrate", "kept")
        assert "by ben" in who
        await applying
        assert await held(camera, NAME, RATE) == ["Anna's gate", "1500"]
        assert await one.ask("complaints") == await other.ask("complaints") == []

    async with site_of(path) as site:
        entries = await site.history.page()
        told = [(each.who, each.account, each.origin, each.state) for each in entries]
        assert (
            sorted(told)
            == [("anna", "admin", Origin.FORM, ChangeState.DONE)]
            + [("ben", "admin", Origin.FORM, ChangeState.DONE)] * 2
        )
        meant = {each.who: [(field.path, field.new) for field in each.fields] for each in entries[1:]}
        assert meant == {"anna": [(NAME, "Anna's gate")], "ben": [(RATE, "1024")]}
        assert len(await site.devices.all()) == 1


async def test_a_file_that_somebody_holds_stops_a_write_before_anything_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "site.camwright"
    async with site_of(path):
        pass
    async with simulated("127.78.2.1") as (_, camera):
        before = await held(camera, RATE)
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")  # from before the window opens
            async with window(path, camera, "anna", patience=0.2) as opened:
                await opened.ask("edit", "Main stream", RATE, "1024")
                text, left = await opened.ask("apply")
                assert text.startswith("Main stream on ")
                assert " was not changed. Nothing was sent" in text
                assert f"Another program holds {path} for too long. Close it there and do it again." in text
                assert left == 1  # the edit waits in the form
                assert await held(camera, RATE) == before
                holder.execute("ROLLBACK")
                text, left = await opened.ask("apply")
                assert ("kept" in text, left) == (True, 0), text
                assert await held(camera, RATE) == ["1024"]
                ((what, outcome, _),) = await opened.ask("history", 1)
                assert (what, outcome) == ("Main stream: Highest bitrate", "kept")


def damage(path: Path) -> bytes:
    """Half of the pages; the tables themselves stay known."""
    raw = bytearray(path.read_bytes())
    for at in range(len(raw) // 8192 * 4096, len(raw) - 4096, 4096):
        raw[at : at + 200] = b"\xa5" * 200
    path.write_bytes(raw)
    return bytes(raw)


async def test_a_damaged_file_is_told_at_the_start_and_no_change_goes_past_it(tmp_path: Path) -> None:
    path = tmp_path / "site.camwright"
    async with site_of(path) as site:
        device = await site.devices.remember(Sighting(Identity.of(serial="SN-00001"), "127.78.3.2:80"))
        for _ in range(60):  # these are what is damaged then
            await site.devices.add_note(device.id, "Ladder needed. " * 500)
    raw = damage(path)
    async with simulated("127.78.3.1") as (_, camera), window(path, camera, "anna") as opened:
        before = await held(camera, RATE)
        (told,) = await opened.ask("complaints")
        assert f"{path} is damaged and can only be read. Run “camwright recover {path}”" in told
        await opened.ask("edit", "Main stream", RATE, "1024")
        text, left = await opened.ask("apply")
        assert "Nothing was sent" in text
        assert f"{path} is damaged" in text
        assert left == 1
        assert await held(camera, RATE) == before
    assert path.read_bytes() == raw
