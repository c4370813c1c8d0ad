"""The walk test on the screen, with a real simulated camera behind it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from aio import OneSession, context, told, until  # noqa: F401 - fixtures

from app.compose import Engine
from app.families.base import Events, RawSettings, Regions
from app.families.media import Snapshot
from app.simulator.isapi.events import Event
from app.site.credentials import MemoryVault
from app.site.site import Site
from tests.families.isapi_rig import farm, place, session
from ui.canvas.marks import WalkState
from ui.pages.events import EventsPage
from ui.pages.regions import RegionsPage

pytestmark = pytest.mark.gui


@asynccontextmanager
async def opened(context, *quirks):  # noqa: F811
    """A session with a camera that notices nothing by itself, its page on the walk test, and the camera."""
    async with session("blind", *quirks) as (open_session, running):
        followed = context.events.add("Gate", open_session, lambda work: asyncio.ensure_future(work))
        page = EventsPage(open_session, context, "Gate")
        page.resize(970, 600)
        page.show()
        page.activated()
        page.show_walk()
        await until(lambda: page.walk.list.topLevelItemCount() > 0)
        try:
            yield page, running.cameras[0], open_session
        finally:
            page.close_page()
            await page.finish()
            context.events.remove(followed)
            await followed.finish()
            page.deleteLater()


def results(page):
    rows = (page.walk.list.topLevelItem(row) for row in range(page.walk.list.topLevelItemCount()))
    return {row.text(0): row.text(1) for row in rows}


async def armed(open_session, layer="line-1"):
    return (await open_session.offer(Regions).load(layer)).armed.is_on


def test_from_what_is_off_to_the_saved_result(run, context, tmp_path, told):  # noqa: F811
    async def go():
        async with opened(context) as (page, camera, open_session):
            walk = page.walk
            assert results(page)["Line crossing"] == "off"
            assert "Line crossing is off." in walk.obstacles.text()
            walk.arm.click()
            await until(lambda: results(page)["Line crossing"] == "not tested" and walk.go.isEnabled())
            assert await armed(open_session)
            walk.go.click()
            await until(lambda: camera.hub.listeners)
            assert "left" in walk.verdict.text() or "Connecting" in walk.verdict.text()
            camera.raise_event(Event("linedetection", active=True, region="1", target="human"))
            await until(lambda: results(page)["Line crossing"] == "tested")
            assert results(page)["Intrusion"] == "not tested"
            walk.go.click()
            await until(lambda: walk.report is not None and walk.go.isEnabled())
            assert not await armed(open_session)
            assert "not tested" in walk.verdict.text()
            assert not walk.walk.owes
            await walk.save(tmp_path / "walk.html")
            await walk.save(tmp_path / "walk.pdf")
            assert "Line crossing" in (tmp_path / "walk.html").read_text("utf-8")
            assert (tmp_path / "walk.pdf").read_bytes().startswith(b"%PDF-")
            assert [each.text for each in told if "saved as" in each.text]

    run(go())


def test_leaving_in_the_middle_puts_back_what_was_armed(run, context):  # noqa: F811
    async def go():
        async with opened(context) as (page, _, open_session):
            page.walk.arm.click()
            await until(lambda: page.walk.walk.owes and page.walk.go.isEnabled())
            page.walk.go.click()
            assert await armed(open_session)
            page.close_page()
            await page.finish()
            assert not await armed(open_session)

    run(go())


def test_regions_flash_and_show_how_the_walk_stands(run, context):  # noqa: F811
    async def go():
        async with opened(context) as (page, camera, open_session):
            offers = {kind: open_session.offer(kind) for kind in (Events, Regions, RawSettings, Snapshot)}
            followed = context.events.followed[0]
            followed.session = other = OneSession(offers)
            regions = RegionsPage(other, context, "Gate")
            try:
                regions.show()
                regions.signals.activated()
                page.walk.go.click()
                await until(lambda: camera.hub.listeners)
                marks = regions.canvas.marks
                assert marks.get("motion-1", "1").walk is WalkState.UNTESTED
                camera.raise_event(Event("VMD", active=True, region="1", target="vehicle"))
                await until(lambda: marks.get("motion-1", "1").count == 1)
                assert marks.get("motion-1", "1").walk is WalkState.PASSED
                assert marks.get("motion-1", "1").text == "vehicle"
                camera.raise_event(Event("VMD", active=True, count=2, region="1", target="vehicle"))
                camera.raise_event(Event("VMD", active=False, count=2, region="1", target="vehicle"))
                await until(lambda: next(iter(context.events.log)).ended is not None)
                assert marks.get("motion-1", "1").count == 1
            finally:
                regions.close_page()
                await regions.finish()
                regions.deleteLater()
                followed.session = open_session

    run(go())


def test_the_settings_that_make_events_are_one_click_away(run, context):  # noqa: F811
    async def go():
        async with opened(context) as (page, _, _session):
            led = []
            page.place_wanted.connect(lambda resource, path: led.append(resource))
            await page.show_places()
            titles = {action.text(): action for action in page.menu.actions()}
            assert {"Events and actions", "Ways to report", "Schedule: motion detection", "E-mail", "FTP"} <= set(
                titles
            )
            titles["E-mail"].trigger()
            assert led == ["/ISAPI/System/Network/mailing"]
            page.menu.close()

    run(go())


def test_earlier_walks_are_seen_and_printed_again(run, context, tmp_path):  # noqa: F811
    async def go():
        site = await Site.open(tmp_path / "site.camwright")
        async with farm("blind") as running:
            address, credentials = place(running)
            engine = await Engine.create("127.0.0.1", MemoryVault(), site)
            kept = await engine.open(address, await engine.identify(address), credentials)
            followed = context.events.add("Gate", kept, lambda work: asyncio.ensure_future(work))
            page = EventsPage(kept, context, "Gate")
            page.show()
            page.activated()
            page.show_walk()
            walk = page.walk
            await until(lambda: walk.go.isEnabled())
            assert walk.earlier.isHidden()
            walk.go.click()
            await until(lambda: running.cameras[0].hub.listeners)
            running.cameras[0].raise_event(Event("VMD", active=True))
            await until(lambda: results(page)["Motion"] == "tested")
            walk.go.click()
            await until(lambda: walk.earlier.count() == 1 and walk.again.isEnabled())
            walk.again.click()
            await until(lambda: walk.report is None and walk.go.isEnabled() and results(page)["Motion"] == "not tested")
            walk.earlier.activated.emit(0)
            await until(lambda: walk.report is not None)
            assert results(page)["Motion"] == "tested"
            await walk.save(tmp_path / "again.html")
            page.close_page()
            await page.finish()
            context.events.remove(followed)
            await followed.finish()
            page.deleteLater()
            await kept.close()
        await site.close()

    run(go())


def test_a_walk_that_is_left_in_the_middle_is_kept_all_the_same(run, context, tmp_path):  # noqa: F811
    async def go():
        site = await Site.open(tmp_path / "site.camwright")
        async with farm("blind") as running:
            address, credentials = place(running)
            engine = await Engine.create("127.0.0.1", MemoryVault(), site)
            kept = await engine.open(address, await engine.identify(address), credentials)
            followed = context.events.add("Gate", kept, lambda work: asyncio.ensure_future(work))
            page = EventsPage(kept, context, "Gate")
            page.show()
            page.activated()
            page.show_walk()
            await until(page.walk.go.isEnabled)
            page.walk.go.click()
            await until(lambda: running.cameras[0].hub.listeners)
            running.cameras[0].raise_event(Event("VMD", active=True))
            await until(lambda: results(page)["Motion"] == "tested")
            page.close_page()
            await page.finish()
            (device,) = await site.devices.all()
            (stored,) = await site.walks.of(device.id)
            assert stored.passed == 1
            context.events.remove(followed)
            await followed.finish()
            page.deleteLater()
            await kept.close()
        await site.close()

    run(go())
