"""An intrusion field on the demo site's camera, from the first corner to the journal: drawn over live video with the
mouse, applied, read back, undone, and set back from the history."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from aio import until
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from app.families.base import Regions
from app.model.geometry import Point
from app.model.region import Purpose, Region
from app.regions.proof import Outcome
from ui.bridge.messages import Level
from ui.canvas.outcome import tone
from ui.demo import DemoCamera
from ui.main import play_demo
from ui.pages.history import HistoryPage
from ui.pages.regions import RegionsPage
from ui.pages.settings import SettingsPage
from ui.theme import Theme
from ui.window import Window

pytestmark = [pytest.mark.gui, pytest.mark.timeout(180)]
CTRL, LEFT = Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.LeftButton
FIELD = ((0.6, 0.3), (0.9, 0.35), (0.85, 0.75), (0.62, 0.7))


class Technician:
    """At the page of one camera."""

    def __init__(self, window: Window, page: RegionsPage, layer: str) -> None:
        self.window, self.page, self.layer = window, page, layer

    def place(self, x: float, y: float) -> QPoint:
        return self.page.canvas.scale.pixel(Point(x, y)).toPoint()

    def click(self, x: float, y: float) -> None:
        QTest.mouseClick(self.page.canvas, LEFT, CTRL, self.place(x, y))

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget(), key, modifier)

    async def apply(self) -> None:
        self.key(Qt.Key.Key_Return, CTRL)
        await until(lambda: self.page.edits.count == 0 and not self.page.writer.active)

    async def held(self) -> tuple[Region, ...]:
        """Asked anew, beside the page."""
        regions = self.page.session.offer(Regions)
        assert regions is not None
        return (await regions.load(self.layer)).regions


async def field_is_drawn_and_undone(tech: Technician) -> None:
    page, before = tech.page, await tech.held()
    tech.key(Qt.Key.Key_P)
    for corner in FIELD:
        tech.click(*corner)
    tech.key(Qt.Key.Key_Return)
    assert page.bar.text.text() == f"1 change on {page.device_name}"
    assert tech.window.current_device.head.word.text() == "1 change"
    await tech.apply()
    after = await tech.held()
    assert after[:-1] == before
    assert [v for p in after[-1].shape.points for v in (p.x, p.y)] == pytest.approx(
        [v for corner in FIELD for v in corner], abs=0.01
    )
    (proof,) = page.canvas.outcomes.of(tech.layer)
    assert proof.outcome in (Outcome.KEPT, Outcome.ROUNDED)
    assert tone(proof) == "ok"
    tech.key(Qt.Key.Key_Z, CTRL)
    assert page.edits.count == 1
    await tech.apply()
    assert await tech.held() == before
    assert page.desk.stack.isClean()


async def corner_is_set_back_from_the_history(tech: Technician) -> None:
    page, before = tech.page, await tech.held()
    page.canvas.setFocus()
    tech.key(Qt.Key.Key_PageDown)
    tech.key(Qt.Key.Key_Period)
    tech.key(Qt.Key.Key_Left)
    await tech.apply()
    assert (await tech.held())[0].shape != before[0].shape
    device = tech.window.current_device
    history = next(each for each in device.pages if isinstance(each, HistoryPage))
    device.show_page(HistoryPage.title)
    await until(lambda: history.table.rowCount() == 3)
    history.list.choose(0)
    await until(lambda: history.detail.undo.isVisible() and history.detail.undo.isEnabled())
    QTest.mouseClick(history.detail.undo, LEFT)
    await until(lambda: history.table.rowCount() == 4)
    assert await tech.held() == before
    await until(lambda: page.desk.edits.sheet(tech.layer).regions == before)  # the page follows
    assert page.edits.count == 0


async def schedule_is_one_click_away(tech: Technician) -> None:
    device = tech.window.current_device
    device.show_page(RegionsPage.title)
    links = [each for each in tech.page.strip.findChildren(QToolButton) if each.text() == "Schedule"]
    await until(lambda: links[0].isVisible())
    QTest.mouseClick(links[0], LEFT)
    settings = device.current_page
    assert isinstance(settings, SettingsPage)
    await until(lambda: settings.panel.shows_form)
    related = {each.title: each.resource for each in tech.page.desk.layer.related}
    assert settings.panel.resource == related["Schedule"]


def test_an_intrusion_field_is_drawn_applied_read_back_and_undone(qapp: QApplication, look: None) -> None:
    async def script(window: Window, theme: Theme, cameras: Sequence[DemoCamera]) -> int:
        del theme
        await until(lambda: window.pane.model.device(cameras[0].address))
        window.pane.select(cameras[0].address)
        device = window.current_device
        await until(lambda: device.session is not None and device.pages)
        device.show_page(RegionsPage.title)
        page = device.current_page
        assert isinstance(page, RegionsPage)
        await until(lambda: any(each.info.purpose is Purpose.INTRUSION for each in page.edits.layers))
        await until(lambda: page.view.painted > 3)  # over live video
        layer = next(each for each in page.edits.layers if each.info.purpose is Purpose.INTRUSION)
        page.show_layer(layer.info.id)
        await until(page.canvas.hasFocus)
        tech = Technician(window, page, layer.info.id)
        await field_is_drawn_and_undone(tech)
        await corner_is_set_back_from_the_history(tech)
        await schedule_is_one_click_away(tech)
        assert not [m.text for m in window.context.messages.all if m.level is Level.ERROR]
        window.close()
        return 0

    assert play_demo(1, script, "127.65.3.1") == 0
