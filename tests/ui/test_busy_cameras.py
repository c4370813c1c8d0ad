"""A camera that says Device Busy, in the window's pages: what is said meanwhile, and what comes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import pytest
from aio import context, gone, told, until  # noqa: F401 - fixtures
from fakes import found
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from simulated import PASSWORD

from app.families import families
from app.families.base import Credentials, Session
from app.model.device import Address, Found
from app.simulator.camera import SimulatedCamera
from app.simulator.farm import Farm, plan_cameras
from app.site.credentials import MemoryVault
from app.transport.dialer import NetworkDialer, loopback_only
from ui.models.status import Login
from ui.pages.device import DevicePage
from ui.pages.settings import SettingsPage
from ui.sessions import Sessions

pytestmark = [pytest.mark.gui, pytest.mark.timeout(180)]
STREAM, BITRATE = "/ISAPI/Streaming/channels/101", "Video/vbrUpperCap"
IMAGE = "/ISAPI/Image/channels/1"
Connect = Callable[[Found, Credentials], Awaitable[Session]]
FOREVER = "busy=1000000"


@asynccontextmanager
async def cameras(*quirks: str) -> AsyncIterator[tuple[SimulatedCamera, Connect]]:
    """A simulated camera, and how to log in at it."""
    plans = plan_cameras(
        model=None, count=1, bind="127.84.1.1", http_port=0, rtsp_port=0, password=PASSWORD, quirks=quirks
    )
    family = next(each for each in families() if each.key == "isapi")
    async with AsyncExitStack() as stack:
        farm = Farm(plans, ssdp=False)
        stack.push_async_callback(farm.stop)
        await farm.start()
        at = Address(farm.stations[0].place.host, farm.stations[0].place.http_port)

        async def connect(_: Found, credentials: Credentials) -> Session:
            return await family.connect(NetworkDialer(allowed=loopback_only), at, "v2", credentials)

        yield farm.cameras[0], connect


@pytest.fixture
def opening(run, context):  # noqa: F811
    """Runs `scene(page, camera)` while the page of a camera that is busy opens; kept: with a known password."""

    async def work(scene, kept: bool) -> None:
        async with AsyncExitStack() as stack:
            camera, connect = await stack.enter_async_context(cameras(FOREVER))
            here, gate = replace(context, vault=MemoryVault(), connect=connect), found(0)
            if kept:
                await here.vault.set(str(gate.address), Credentials("admin", PASSWORD))
            shared = Sessions(here, lambda _: None)
            stack.push_async_callback(shared.close)
            page = DevicePage(gate, here, (), shared)
            stack.push_async_callback(gone, page)
            stack.push_async_callback(page.close)
            page.show()
            page.activated()
            await scene(page, camera)

    return lambda scene, kept=True: run(work(scene, kept))


@pytest.fixture
def settings_of(run, qtbot, context):  # noqa: F811
    """Runs `scene(page, camera)` on the settings of a camera that works."""

    async def work(scene, quirks) -> None:
        async with AsyncExitStack() as stack:
            camera, connect = await stack.enter_async_context(cameras(*quirks))
            session = await connect(found(0), Credentials("admin", PASSWORD))
            stack.push_async_callback(session.close)
            page = SettingsPage(session, context, "Gate")
            qtbot.addWidget(page)
            page.resize(1000, 600)
            page.show()
            page.activated()
            try:
                await until(lambda: page.tree.model.nodes)
                page.tree.choose(STREAM)
                await until(lambda: page.panel.resource == STREAM and not page.is_busy)
                await scene(page, camera)
            finally:
                page.close_page()
                await until(lambda: not page.scope.active)

    return lambda scene, *quirks: run(work(scene, quirks))


async def shown(page: DevicePage, title: str) -> None:
    await until(lambda: page.door.notice.isVisible() and page.door.notice.title.text() == title)


def test_a_camera_that_stays_busy_is_told_tried_again_and_ends_in_a_clear_message(opening):
    async def scene(page, camera):
        await shown(page, "Gate is busy")
        assert page.door.notice.text.text() == "It is being tried again."
        assert page.door.notice.busy.isVisible()
        assert [each.text() for each in page.door.notice.buttons] == ["Cancel"]
        await until(lambda: page.standing.login is Login.FAILED)
        assert "is busy" in page.door.notice.title.text()
        assert page.door.notice.text.text() == "Try again in a moment."
        assert not page.door.notice.busy.isVisible()
        (again,) = page.door.notice.buttons
        assert again.text() == "Try again"
        camera.busy_left = 1
        QTest.mouseClick(again, Qt.MouseButton.LeftButton)
        await until(lambda: page.session is not None)

    opening(scene)


@pytest.mark.parametrize("kept", [True, False])
def test_the_tries_can_be_given_up_and_begun_again(opening, kept):
    async def scene(page, camera):
        if not kept:
            await until(lambda: page.door.sheet is not None)
            page.door.sheet.submitted.emit(Credentials("admin", PASSWORD), True)
        await shown(page, "Gate is busy")
        QTest.mouseClick(page.door.notice.buttons[0], Qt.MouseButton.LeftButton)
        await shown(page, "Not connected to Gate")
        assert page.standing.login is Login.NONE
        await until(lambda: not page.scope.active)
        assert page.door.notice.title.text() == "Not connected to Gate"
        (again,) = page.door.notice.buttons
        camera.busy_left = 0
        QTest.mouseClick(again, Qt.MouseButton.LeftButton)
        await until(lambda: page.session is not None if kept else page.door.room.isVisible())

    opening(scene, kept)


def test_an_apply_waits_for_a_busy_camera_and_says_so(settings_of):
    async def scene(page, camera):
        page.edits.document(STREAM).set_text(BITRATE, "1500")
        camera.busy_left = 2
        page.apply()
        await until(lambda: page.bar.text.text() == "Gate is busy, trying again")
        assert page.bar.progress.isVisible()
        assert page.bar.cancel.isVisible()
        assert page.bar.cancel.isEnabled()
        await until(lambda: not page.writer.active)
        assert camera.busy_left == 0
        assert page.bar.text.text() == "1 kept"
        assert page.edits.count == 0
        assert (await page.settings.load(STREAM)).text(BITRATE) == "1500"

    settings_of(scene)


def test_an_apply_at_a_camera_that_stays_busy_keeps_the_edit(settings_of):
    async def scene(page, camera):
        page.edits.document(STREAM).set_text(BITRATE, "1500")
        camera.busy_left = 1_000_000
        page.apply()
        await until(lambda: page.bar.text.text() == "Gate is busy, trying again")
        await until(lambda: not page.writer.active)
        assert "was not changed" in page.bar.text.text()
        assert "is busy" in page.bar.text.text()
        assert page.edits.count == 1
        camera.busy_left = 0
        page.apply()
        await until(lambda: not page.writer.active and page.edits.count == 0)
        assert page.bar.text.text() == "1 kept"

    settings_of(scene)


def test_a_camera_that_is_tried_again_and_again_has_taken_one_write(settings_of):
    """Five tries, the first of them to read what it holds now: its own log tells of one change."""

    async def scene(page, camera):
        before = len(camera.log.find(None, None, "Operation"))
        page.edits.document(STREAM).set_text(BITRATE, "1500")
        camera.busy_left, camera.busy_writes = 1, 3
        page.apply()
        await until(lambda: not page.writer.active)
        assert page.bar.text.text() == "1 kept"
        assert (camera.busy_left, camera.busy_writes) == (0, 0)
        entries = camera.log.find(None, None, "Operation")
        assert [each.minor for each in entries[: len(entries) - before]] == ["remoteConfig"]

    settings_of(scene)


@pytest.mark.parametrize("by", ["Stop", "Esc"])
def test_stop_in_the_wait_of_an_apply_sends_nothing_more_and_keeps_the_edit(settings_of, by):
    async def scene(page, camera):
        page.edits.document(STREAM).set_text(BITRATE, "1500")
        camera.busy_writes = 1_000_000
        page.apply()
        await until(lambda: camera.busy_writes < 1_000_000 and page.bar.text.text() == "Gate is busy, trying again")
        if by == "Stop":
            QTest.mouseClick(page.bar.cancel, Qt.MouseButton.LeftButton)
        else:
            page.panel.form.setFocus()
            QTest.keyClick(page, Qt.Key.Key_Escape)
        await until(lambda: not page.writer.active)
        assert camera.busy_writes == 1_000_000 - 1
        assert "Gate is busy. The tries were stopped. The change is still here." in page.bar.text.text()
        assert page.bar.text.property("role") == "warn"
        assert page.edits.count == 1
        assert page.edits.document(STREAM).text(BITRATE) == "1500"
        camera.busy_writes = 0
        page.apply()
        await until(lambda: not page.writer.active and page.edits.count == 0)
        assert page.bar.text.text() == "1 kept"

    settings_of(scene)


def test_what_was_sent_before_stop_is_proved_and_what_was_not_is_still_an_edit(settings_of):
    """A camera that takes only parts has taken the first one when it gets busy."""

    async def scene(page, camera):
        page.tree.choose(IMAGE)
        await until(lambda: page.panel.resource == IMAGE and not page.is_busy)
        edits = page.edits.document(IMAGE)
        edits.set_text("WDR/WDRLevel", "77")
        edits.set_text("Color/brightnessLevel", "33")
        channel = page.session._client.channel
        send = channel.send

        async def busy_after_the_first_part(request):
            answer = await send(request)
            if request.method == "PUT" and request.path != IMAGE:
                camera.busy_writes = 1_000_000
            return answer

        channel.send = busy_after_the_first_part
        page.apply()
        await until(lambda: page.bar.text.text() == "Gate is busy, trying again")
        QTest.mouseClick(page.bar.cancel, Qt.MouseButton.LeftButton)
        await until(lambda: not page.writer.active)
        assert page.bar.text.text() == "1 kept. Stopped, the rest is still here."
        (left,) = page.edits.document(IMAGE).changes()
        channel.send, camera.busy_writes = send, 0
        assert (await page.settings.load(IMAGE)).text(left.path) == left.old
        page.apply()
        await until(lambda: not page.writer.active and page.edits.count == 0)
        assert (await page.settings.load(IMAGE)).text(left.path) == left.new

    settings_of(scene, "sub_resources_only")


def test_an_apply_says_that_it_waits_for_a_camera_that_restarts(settings_of):
    async def scene(page, camera):
        page.edits.document(STREAM).set_text(BITRATE, "1500")
        page.apply()
        await until(lambda: page.bar.text.text() == "Waiting until Gate answers again")
        assert page.bar.cancel.isEnabled()
        QTest.mouseClick(page.bar.cancel, Qt.MouseButton.LeftButton)
        await until(lambda: not page.writer.active)
        assert page.bar.text.text() == "1 sent, cannot be checked"

    settings_of(scene, "reboots_on_write", "reboot_seconds=3600")
