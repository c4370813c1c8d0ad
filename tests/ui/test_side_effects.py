"""What a camera changes on other pages, in the window: forms, tree, bar. Real camera, real journal."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aio import context, told, until  # noqa: F401 - fixtures
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel
from simulated import sessions, site_file

from app.families.base import Neighbourhood, SettingsTree
from app.site.journal import journalled
from ui.models.history import OUTCOME
from ui.models.resources import MOVED_ROLE
from ui.pages.history import HistoryPage
from ui.pages.settings import SettingsPage

pytestmark = [pytest.mark.gui, pytest.mark.timeout(180)]
LINES = "/ISAPI/Smart/LineDetection/1"
MOTION = "/ISAPI/System/Video/inputs/channels/1/motionDetection"
MAIN, SUB = "/ISAPI/Streaming/channels/101", "/ISAPI/Streaming/channels/102"
RATE, WIDTH = "Video/maxFrameRate", "Video/videoResolution"


@pytest.fixture
def with_camera(run, qtbot, context, tmp_path: Path):  # noqa: F811
    """Runs `scene(page, session)` against a camera that moves others, its session journalled."""

    async def work(scene, what: str) -> None:
        async with (
            sessions("127.82.20.1", f"moves_others={what}") as (inner,),
            site_file(tmp_path / "window.site") as site,
        ):
            session = journalled(inner, site)
            page = SettingsPage(session, context, "Dock 2")
            qtbot.addWidget(page)
            page.resize(1000, 600)
            page.show()
            page.activated()
            page.deactivated()  # pages are read when somebody goes there, and not by themselves
            try:
                async with asyncio.timeout(120):
                    await until(lambda: page.tree.model.nodes)
                    await scene(page, session)
            finally:
                page.close_page()
                await page.finish()
                await until(lambda: not page.scope.active)

    return lambda scene, what: run(work(scene, what))


async def open_page(page: SettingsPage, resource: str) -> None:
    page.tree.choose(resource)
    await until(lambda: page.panel.resource == resource and not page.is_busy)


async def applied(page: SettingsPage) -> None:
    page.apply()
    await until(lambda: not page.writer.active)


def is_marked(page: SettingsPage, resource: str) -> bool:
    return bool(page.tree.model.index_of(resource).data(MOVED_ROLE))


def test_the_other_page_is_named_marked_and_shows_what_the_camera_holds_now(with_camera):
    async def scene(page, session):
        await open_page(page, MOTION)
        assert page.edits.document(MOTION).text("enabled") == "true"
        await open_page(page, LINES)
        page.edits.document(LINES).set_text("enabled", "true")
        await applied(page)
        assert page.bar.text.text() == "1 kept, 1 more changed by the camera: Motion detection: Motion detection on"
        assert page.bar.text.property("role") == "warn"
        assert page.bar.text.note == "Looked at as well: Motion detection"
        assert page.edits.document(MOTION).text("enabled") == "false"
        assert is_marked(page, MOTION)
        assert not is_marked(page, LINES)
        spoken = page.tree.model.index_of(MOTION).data(Qt.ItemDataRole.AccessibleTextRole)
        assert spoken == "Motion detection, changed by the camera"
        QTest.mouseClick(page.bar.problem, Qt.MouseButton.LeftButton)
        await until(lambda: page.panel.resource == MOTION and page.panel.form.row("enabled") is not None)
        await until(lambda: page.panel.form.row("enabled").remarks)
        (remark,) = page.panel.form.row("enabled").remarks
        assert remark.text.startswith("Changed: On → Off. It changed within the last ")
        assert not is_marked(page, MOTION)

    with_camera(scene, "functions")


def test_an_edit_that_waits_stays_beside_what_the_camera_has_made_of_it_meanwhile(with_camera, monkeypatch):
    async def scene(page, session):
        write = page.moves.apply

        async def typed_on_meanwhile(document, changes):
            if document.resource == MAIN:
                page.edits.document(SUB).set_text(RATE, "2000")
            return await write(document, changes)

        await open_page(page, MAIN)
        page.edits.document(MAIN).set_text(WIDTH, "1920x1080")
        await open_page(page, SUB)
        monkeypatch.setattr(page.moves, "apply", typed_on_meanwhile)
        await applied(page)
        document = page.edits.document(SUB)
        assert (document.field(RATE).text, document.text(RATE)) == ("1250", "2000")
        page.panel.jump_to(RATE)
        await until(lambda: page.panel.form.row(RATE) is not None and page.panel.form.row(RATE).remarks)
        row = page.panel.form.row(RATE)
        assert [each.text.split(". ")[0] for each in row.remarks] == [
            "Changed: 25 fps → 12.5 fps",
            "Your own change waits: Apply sends it, Esc takes the camera's value.",
        ]
        assert page.edits.count == 1
        assert not is_marked(page, SUB), "it is in view"
        await applied(page)
        assert page.edits.document(SUB).field(RATE).text == "2000"

    with_camera(scene, "streams")


def test_stop_ends_the_look_and_what_was_written_stands(with_camera, monkeypatch):
    async def scene(page, session):
        asked = asyncio.Event()

        async def never(document):
            asked.set()
            await asyncio.Event().wait()

        await open_page(page, MOTION)
        await open_page(page, LINES)
        monkeypatch.setattr(session.offer(Neighbourhood), "again", never)
        page.edits.document(LINES).set_text("enabled", "true")
        page.apply()
        await asked.wait()
        assert page.bar.text.text() == "Looking whether Motion detection is as it was"
        assert page.bar.cancel.isVisible()
        QTest.mouseClick(page.bar.cancel, Qt.MouseButton.LeftButton)
        await until(lambda: not page.writer.active)
        assert page.bar.text.text() == "1 kept"
        assert page.bar.text.note == "Not looked at: Motion detection. Stopped before it was looked at."

    monkeypatch.setattr("app.settings.neighbours.LONGEST_KNOWN", 100.0)
    with_camera(scene, "functions")


def test_undo_offers_to_take_the_side_effect_back_too(with_camera, qtbot, context):  # noqa: F811
    async def scene(page, session):
        settings = session.offer(SettingsTree)
        await settings.load(MOTION)
        document = await settings.load(LINES)
        document.set_text("enabled", "true")
        await settings.apply(document, document.changes())
        history = HistoryPage(session, context, "Dock 2")
        qtbot.addWidget(history)
        history.resize(1000, 600)
        history.show()
        history.activated()
        try:
            await undone(history, settings)
        finally:
            history.close_page()
            await until(lambda: not history.scope.active)

    async def undone(history, settings):
        await until(lambda: history.table.rowCount() == 2)
        history.list.choose(1)  # the cause, as the newest stands first
        await until(lambda: history.detail.title.text() == "Line crossing" and history.detail.undo.isEnabled())
        shown = [label.text() for label in history.detail.area.widget().findChildren(QLabel)]
        assert "Motion detection: Motion detection on" in shown
        assert "changed by the camera to Off" in shown
        assert history.table.index(0, OUTCOME).data() == "side effect"
        QTest.mouseClick(history.detail.undo, Qt.MouseButton.LeftButton)
        await until(lambda: history.sheet is not None)
        sheet = history.sheet
        (box,) = sheet.findChildren(QCheckBox)
        assert box.isChecked()
        assert box.text() == "Set back as well"
        assert any(label.text() == "Motion detection: Motion detection on" for label in sheet.findChildren(QLabel))
        await until(sheet.enter.isVisible)
        QTest.mouseClick(sheet.enter, Qt.MouseButton.LeftButton)
        await until(lambda: history.detail.banner.text().startswith("Set back."))
        assert (await settings.load(LINES)).text("enabled") == "false"
        assert (await settings.load(MOTION)).text("enabled") == "true"
        await until(lambda: history.table.rowCount() == 4)

    with_camera(scene, "functions")
