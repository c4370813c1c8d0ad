"""Every page that waits for a busy camera says so where the result will be, and need not be waited for."""

from __future__ import annotations

from contextlib import AsyncExitStack
from types import SimpleNamespace

import pytest
from aio import context, gone, told, until  # noqa: F401 - fixtures
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from simulated import PASSWORD, site_file

from app.families import families
from app.families.base import Credentials, SettingsTree
from app.model.device import Address
from app.simulator.farm import Farm, plan_cameras
from app.site.journal import journalled
from app.site.records import ChangeState
from app.transport.dialer import NetworkDialer, loopback_only
from ui.dialogs.compare import CompareSheet
from ui.pages.history import HistoryPage
from ui.pages.maintenance import MaintenancePage
from ui.pages.overview import OverviewPage
from ui.pages.raw_view import RawSheet
from ui.pages.regions import RegionsPage
from ui.pages.settings import SettingsPage

pytestmark = [pytest.mark.gui, pytest.mark.timeout(180)]
STREAM, BITRATE = "/ISAPI/Streaming/channels/101", "Video/vbrUpperCap"
FOREVER = 1_000_000
BUSY, STOPPED = "Gate is busy, trying again", "Gate was busy, and you stopped the tries."


async def click(button) -> None:
    await until(lambda: button.isVisible() and button.isEnabled())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def rig(run, context, tmp_path):  # noqa: F811
    """Runs `scene(rig)` with a camera, a journalled session, a window to put pages on, and the site file."""

    async def work(scene) -> None:
        async with AsyncExitStack() as stack:
            site = await stack.enter_async_context(site_file(tmp_path / "busy.site"))
            plans = plan_cameras(model=None, count=1, bind="127.83.4.1", http_port=0, rtsp_port=0, password=PASSWORD)
            farm = Farm(plans, ssdp=False)
            stack.push_async_callback(farm.stop)
            await farm.start()
            place = farm.stations[0].place
            family = next(each for each in families() if each.key == "isapi")
            dialer = NetworkDialer(allowed=loopback_only)
            at = Address(place.host, place.http_port)
            bare = await family.connect(dialer, at, "v2", Credentials("admin", PASSWORD))
            stack.push_async_callback(bare.close)
            window = QWidget()
            window.resize(1280, 720)
            window.show()
            stack.push_async_callback(gone, window)
            made = SimpleNamespace(
                camera=farm.cameras[0], session=journalled(bare, site), site=site, window=window, context=context
            )
            await scene(made)

    return lambda scene: run(work(scene))


def shown(rig, kind):
    page = kind(rig.session, rig.context, "Gate", rig.window)
    page.resize(1200, 700)
    page.show()
    return page


async def closed(page) -> None:
    page.close_page()
    await until(lambda: not page.scope.active)


@pytest.mark.parametrize("kind", [MaintenancePage, RegionsPage])
def test_the_lists_of_a_page_are_waited_for_given_up_and_asked_for_again(rig, kind):
    async def scene(rig):
        page = shown(rig, kind)
        rig.camera.busy_left = FOREVER
        page.activated()
        await until(lambda: page.notice.text.text() == BUSY)
        assert page.notice.busy.isVisible()
        await click(page.notice.buttons[0])
        await until(lambda: page.notice.title.text() == STOPPED)
        asked = rig.camera.busy_left
        (again,) = page.notice.buttons
        assert again.text() == "Try again"
        assert rig.camera.busy_left == asked
        rig.camera.busy_left = 1
        await click(again)
        await until(lambda: page.stack.currentWidget() is not page.notice)
        await closed(page)

    rig(scene)


def test_the_tree_and_a_page_of_it_are_waited_for_given_up_and_read_again(rig):
    async def scene(rig):
        page = shown(rig, SettingsPage)
        notice = page.panel.notice
        rig.camera.busy_left = FOREVER
        page.activated()
        await until(lambda: notice.text.text() == BUSY)
        await click(notice.buttons[0])
        await until(lambda: STOPPED in notice.text.text())
        rig.camera.busy_left = 1
        await click(notice.buttons[0])
        await until(lambda: page.tree.model.nodes)
        page.check.pause()
        rig.camera.busy_left = FOREVER
        page.tree.choose(STREAM)
        await until(lambda: notice.text.text() == BUSY)
        await click(notice.buttons[0])
        await until(lambda: STOPPED in notice.text.text() and not page.is_busy)
        rig.camera.busy_left = 0
        await click(notice.buttons[0])
        await until(lambda: page.panel.resource == STREAM)
        await closed(page)

    rig(scene)


def test_the_facts_of_the_overview_say_what_they_wait_for(rig):
    async def scene(rig):
        page = shown(rig, OverviewPage)
        rig.camera.busy_left = 1
        page.load_facts()
        await until(lambda: page.facts.said.text() == BUSY)
        await until(lambda: page.facts.values)
        assert not page.facts.said.isVisible()
        await closed(page)

    rig(scene)


def test_a_document_by_hand_can_be_stopped_while_it_is_sent(rig):
    async def scene(rig):
        sheet = RawSheet(rig.window, rig.session, rig.context, "Gate", STREAM, "Main stream")
        rig.camera.busy_left = 1
        sheet.open()
        await until(lambda: sheet.state.text() == BUSY)
        await until(lambda: sheet.document is not None)
        assert not sheet.stop.isVisible()
        sheet.start_editing()
        typed = sheet.editor.toPlainText().replace("<vbrUpperCap>2048<", "<vbrUpperCap>1500<")
        sheet.editor.setPlainText(typed)
        rig.camera.busy_writes = FOREVER
        sheet.send()
        await until(lambda: sheet.state.text() == BUSY)
        await click(sheet.stop)
        await until(lambda: not sheet._writer.active)
        assert rig.camera.busy_writes == FOREVER - 1
        assert sheet.banner.text.text() == "Gate is busy. The tries were stopped."
        assert sheet.is_changed
        assert not sheet.stop.isVisible()
        await sheet.scope.close()

    rig(scene)


async def with_a_change(rig):
    settings = rig.session.offer(SettingsTree)
    document = await settings.load(STREAM)
    document.set_text(BITRATE, "1500")
    await settings.apply(document, document.changes())
    page = shown(rig, HistoryPage)
    page.activated()
    await until(lambda: page.detail.undo.isEnabled() and "Change 1 " in page.detail.who.text())
    return page


def test_an_undo_is_stopped_while_it_reads_and_while_it_writes(rig):
    async def scene(rig):
        page = await with_a_change(rig)
        rig.camera.busy_left = FOREVER
        await click(page.detail.undo)
        await until(lambda: page.detail.banner.text() == BUSY)
        await click(page.detail.stop)
        await until(lambda: page.detail.undo.isEnabled())
        assert page.detail.banner.text() == "Stopped. Nothing was sent to Gate."
        assert not page.detail.stop.isVisible()
        rig.camera.busy_left, rig.camera.busy_writes = 0, FOREVER
        await click(page.detail.undo)
        await until(lambda: page.detail.banner.text() == BUSY)
        await click(page.detail.stop)
        await until(lambda: page.detail.undo.isEnabled())
        assert page.detail.banner.text() == "Gate is busy. The tries were stopped."
        assert rig.camera.busy_writes == FOREVER - 1
        states = [each.state for each in await rig.site.history.page()]
        assert states == [ChangeState.FAILED, ChangeState.DONE]
        await closed(page)

    rig(scene)


def test_comparing_says_what_it_waits_for_and_stops(rig):
    async def scene(rig):
        sheet = CompareSheet(rig.window, rig.context, [("Gate", rig.session), ("Yard", rig.session)])
        sheet.open()
        rig.camera.busy_left = FOREVER
        sheet.start_comparing()
        await until(lambda: sheet.progress.text.text() == BUSY and sheet.progress.isVisible())
        await click(sheet.progress.cancel)
        await until(lambda: not sheet.is_busy)
        await sheet.scope.close()

    rig(scene)
