"""A camera of the second family in the very window of the demo: every page it offers opens, a setting is changed and
proven, a picture moves, an area is listed. No page knows which family it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from aio import until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app.settings.changes import Verdict
from tests.e2e.test_whole_way import CTRL, Technician
from ui.bridge.messages import Level
from ui.demo import FIRST, DemoCamera, DemoSite, this_program
from ui.main import play_demo
from ui.models.status import Login
from ui.pages.device import DevicePage
from ui.pages.events import EventsPage
from ui.pages.live import LivePage
from ui.pages.maintenance import MaintenancePage
from ui.pages.overview import OverviewPage
from ui.pages.regions import RegionsPage
from ui.pages.settings import SettingsPage
from ui.theme import Theme
from ui.window import Window

pytestmark = [pytest.mark.gui, pytest.mark.timeout(300)]


class OtherSite(DemoSite):
    """The demo's cameras, of the family that it does not show by itself."""

    def __init__(self, count: int = 6, first: str = FIRST) -> None:
        words = ["simulate", "--family", "vigi", "--count", str(count), "--bind", first, "--until-eof"]
        super().__init__(count, first, [*this_program(), *words])


async def opened(page: DevicePage, kind: type[QWidget]) -> QWidget:
    (wanted,) = (each for each in page.pages if isinstance(each, kind))
    page.show_page(wanted.title)
    await until(lambda: page.current_page is wanted)
    return wanted


async def look_around(page: DevicePage, camera: DemoCamera) -> None:
    overview = await opened(page, OverviewPage)
    await until(lambda: overview.facts.values)
    assert overview.facts.values["model"].text() == camera.model
    await until(lambda: not overview.picture.picture.pixmap().isNull(), 60)
    live = await opened(page, LivePage)
    await until(lambda: live.view.painted > 3, 60)
    regions = await opened(page, RegionsPage)
    await until(lambda: len(regions.desk.visible_layers()) > 3, 60)
    await opened(page, EventsPage)
    maintenance = await opened(page, MaintenancePage)
    await until(lambda: maintenance.log is not None and maintenance.log.isVisible())
    maintenance.log.search.click()
    await until(lambda: any(each.text == "Boot over" for each in maintenance.log.table.shown))
    await until(lambda: "Erase the memory card" in {label.text() for label in maintenance.findChildren(QLabel)})


async def change_and_prove(tech: Technician, page: DevicePage) -> None:
    settings = await opened(page, SettingsPage)
    await until(lambda: settings.tree.model.nodes)
    settings.jump("getSpeakerVolume", "volume")
    await until(lambda: settings.panel.shows_form and settings.panel.form.row("volume") is not None)
    editor = settings.panel.form.row("volume").editor
    await until(editor.isVisible)
    QTest.keyClick(editor, Qt.Key.Key_A, CTRL)
    QTest.keyClicks(editor, "33")
    await until(settings.bar.apply.isEnabled)
    tech.click(settings.bar.apply)
    await until(lambda: settings.edits.count == 0 and not settings.writer.active)
    assert settings.panel.form.row("volume").proof.verdict is Verdict.KEPT
    assert settings.edits.document("getSpeakerVolume").text("volume") == "33"


def test_every_page_of_the_other_family(
    qapp: QApplication, look: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("ui.demo.DemoSite", OtherSite)
    errors: list[str] = []

    async def script(window: Window, theme: Theme, cameras: tuple[DemoCamera, ...]) -> int:
        del theme
        try:
            address = cameras[0].address
            await until(lambda: window.pane.model.device(address) is not None, 60)
            window.pane.select(address)
            await until(lambda: window.device_page(address) is not None)
            page = window.device_page(address)
            await until(lambda: page.standing.login is Login.OPEN, 60)
            await look_around(page, cameras[0])
            await change_and_prove(Technician(window), page)
            errors.extend(each.text for each in window.context.messages.all if each.level is Level.ERROR)
        finally:
            window.close()
        return 0

    assert play_demo(1, script, "127.67.95.1", tmp_path / "other.site") == 0
    assert errors == []
