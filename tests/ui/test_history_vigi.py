"""The history of a VIGI camera in the window: pages by their titles, values in words, regions by their names, undo."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from aio import context, told, until  # noqa: F401 - fixtures
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from simulated import site_file

from app.families.base import Regions, SettingsTree
from app.families.vigi import FAMILY
from app.model.geometry import Point
from app.regions import writer
from app.site.journal import journalled
from app.site.records import Origin
from tests.families.vigi_rig import ADMIN, dialer, powered
from ui.pages.history import HistoryPage

pytestmark = [pytest.mark.gui, pytest.mark.timeout(120)]
LINES = "getCrosslineDetectionRegion"


@pytest.fixture
def history(run, qtbot, context, tmp_path):  # noqa: F811
    """Runs `scene(page, session)` after work(session) on a simulated camera."""

    async def through(work, scene) -> None:
        async with AsyncExitStack() as stack:
            site = await stack.enter_async_context(site_file(tmp_path / "vigi.site"))
            _, address = await stack.enter_async_context(powered("127.83.7.1"))
            bare = await FAMILY.connect(dialer(), address, "openapi", ADMIN)
            stack.push_async_callback(bare.close)
            session = journalled(bare, site)
            await work(session)
            page = HistoryPage(session, context, "Gate")
            qtbot.addWidget(page)
            page.resize(1280, 720)
            page.show()
            page.activated()
            try:
                await scene(page, session)
            finally:
                page.close_page()
                await until(lambda: not page.scope.active)

    return lambda work, scene: run(through(work, scene))


async def changed(session, resource, **texts):
    settings = session.offer(SettingsTree)
    document = await settings.load(resource)
    for path, text in texts.items():
        document.set_text(path.replace("__", "/"), text)
    proof, _ = await settings.apply(document, document.changes())
    assert proof.kept_everything


async def chosen(page, row: int) -> list[str]:
    """The texts of the fields of a row."""
    await until(lambda: page.list.table.rowCount() > row)
    page.list.choose(row)
    await until(lambda: page.chosen_id and f"Change {page.chosen_id} " in page.detail.who.text())
    return [each.text() for each in page.detail.area.widget().findChildren(QLabel)]


def test_values_and_regions_are_told_in_words(history):
    async def work(session):
        await changed(session, "getDayNightMode", mode="day")
        await changed(session, LINES, region_info_1__sensitivity="61", region_info_1__people_enhance="on")
        regions = session.offer(Regions)
        layer = await regions.load(LINES)
        (line, *others) = layer.regions
        moved = replace(line, shape=replace(line.shape, points=(Point(0.3, 0.3), *line.shape.points[1:])))
        await writer.write(session, layer, (moved, *others))
        layer = await regions.load(LINES)
        await writer.write(session, layer, layer.regions[1:])

    async def scene(page, session):
        assert await chosen(page, 3) == ["Day and night mode", "Automatic", "→", "Always day (colour)", "kept"]
        assert page.detail.title.text() == "Day and night"
        told_of = await chosen(page, 2)
        assert told_of[:5] == ["Line 1: Sensitivity", "50", "→", "61", "kept"]
        assert told_of[5:] == ["Line 1: Only people", "Off", "→", "On", "kept"]
        assert (await chosen(page, 1))[0] == "Line 1: corners moved"
        assert (await chosen(page, 0))[0] == "Line 1 taken out"
        assert page.table.text(0, 1) == "Lines: Line 1 taken out"
        assert page.table.text(2, 1) == "Lines: Line 1: Sensitivity, Line 1: Only people"

    history(work, scene)


def test_a_value_and_a_region_are_set_back_from_the_window(history):
    async def work(session):
        await changed(session, "getDayNightMode", mode="day")
        layer = await session.offer(Regions).load(LINES)
        await writer.write(session, layer, layer.regions[1:])

    async def scene(page, session):
        for row, number in ((0, 2), (2, 1)):
            await chosen(page, row)
            await until(page.detail.undo.isEnabled)
            QTest.mouseClick(page.detail.undo, Qt.MouseButton.LeftButton)
            await until(lambda row=row: page.list.table.rowCount() == 3 + row // 2)
            await until(lambda: page.detail.banner.text() == "Set back. Gate holds the earlier values.")
            newest = (await page._site.history.page(1))[0]
            assert (newest.origin, newest.undo_of) == (Origin.UNDO, number)
        assert (await session.offer(SettingsTree).load("getDayNightMode")).text("mode") == "auto"
        assert len((await session.offer(Regions).load(LINES)).regions) == 1
        assert (await chosen(page, 1))[0] == "Line 1 added"

    history(work, scene)
