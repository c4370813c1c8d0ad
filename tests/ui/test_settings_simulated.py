"""The settings page over the simulated camera: real sockets, real protocol, real writes, real quirks."""

from __future__ import annotations

import asyncio

import pytest
from aio import context, told, until  # noqa: F401 - fixtures
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from simulated import sessions

from app.settings.spec import Kind
from app.settings.tree import NodeKind, NodeState
from ui.pages.settings import SettingsPage

pytestmark = pytest.mark.gui
STREAM = "/ISAPI/Streaming/channels/101"
BITRATE = "Video/vbrUpperCap"


@pytest.fixture
def with_camera(run, qtbot, context):  # noqa: F811
    """Runs `scene(page)` against a camera with quirks."""

    async def work(scene, quirks) -> None:
        async with sessions("127.19.3.1", *quirks) as (session,):
            page = SettingsPage(session, context, "Dock 2")
            qtbot.addWidget(page)
            page.resize(1000, 600)
            page.show()
            page.activated()
            try:
                async with asyncio.timeout(90):
                    await until(lambda: page.tree.model.nodes)
                    await scene(page)
            finally:
                page.close_page()
                await until(lambda: not page.scope.active)

    return lambda scene, *quirks: run(work(scene, quirks))


async def change_bitrate(page: SettingsPage, text: str) -> None:
    """Filter, Enter, jump by the find box, type, review, Apply."""
    page.tree.choose(STREAM)
    await until(lambda: page.panel.resource == STREAM)
    page.panel.focus_search()
    QTest.keyClicks(page.panel.search, "highest bitrate")
    QTest.keyClick(page.panel.search, Qt.Key.Key_Return)
    line = QApplication.focusWidget()
    assert page.panel.form.focused_path() == BITRATE
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.mouseClick(page.bar.review, Qt.MouseButton.LeftButton)
    assert page.sheet is not None
    assert f"<vbrUpperCap>{text}</vbrUpperCap>" in page.settings.request_text(page.edits.document(STREAM))
    QTest.mouseClick(page.sheet.apply, Qt.MouseButton.LeftButton)
    await until(lambda: not page.writer.active and page.edits.count == 0)
    await until(lambda: page.panel.form.row(BITRATE) is not None)


def test_a_changed_bitrate_is_kept(with_camera):
    async def scene(page):
        await change_bitrate(page, "1500")
        assert page.bar.text.text() == "1 kept"
        assert page.panel.form.row(BITRATE).tick > 0
        page.panel.refresh.click()
        await until(lambda: not page.is_busy)
        assert page.edits.document(STREAM).field(BITRATE).text == "1500"

    with_camera(scene)


def test_a_camera_that_clamps_is_caught(with_camera):
    async def scene(page):
        await change_bitrate(page, "9000")
        row = page.panel.form.row(BITRATE)
        assert row.remarks[0].text == "Camera set 4000 kbps instead of 9000 kbps"
        assert "1 adjusted by the camera" in page.bar.text.text()

    with_camera(scene, "clamps=vbrUpperCap:32:4000")


def test_a_camera_that_ignores_is_caught(with_camera):
    async def scene(page):
        await change_bitrate(page, "1500")
        row = page.panel.form.row(BITRATE)
        assert row.remarks[0].role == "error"
        assert "still holds 2048 kbps" in row.remarks[0].text
        assert page.edits.document(STREAM).text(BITRATE) == "2048"

    with_camera(scene, "ignores_field=vbrUpperCap")


def test_a_camera_that_refuses_keeps_the_edit_and_says_why(with_camera):
    async def scene(page):
        page.tree.choose(STREAM)
        await until(lambda: page.panel.resource == STREAM)
        page.edits.document(STREAM).set_text(BITRATE, "1500")
        page.apply()
        await until(lambda: not page.writer.active)
        assert page.panel.banner.isVisible()
        assert page.edits.count == 1
        assert page.bar.text.property("role") == "error"

    with_camera(scene, "read_only")


def test_every_settings_node_opens_or_is_greyed_with_a_reason(with_camera, told):  # noqa: F811
    async def scene(page):
        model = page.tree.model
        wanted = [n.id for n in model.nodes if n.kind in (NodeKind.SETTINGS, NodeKind.STATUS)]
        assert len(wanted) > 20
        for resource in wanted:
            page.tree.choose(resource)
            await until(lambda: not page.is_busy)
            node = model.node(resource)
            assert node.state is not NodeState.UNKNOWN, resource
            assert page.panel.resource == resource or node.reason, resource
        assert not told

    with_camera(scene)


def test_a_painted_week_is_written_and_kept(with_camera):
    schedule = "/ISAPI/Event/schedules/motionDetections"

    async def scene(page: SettingsPage) -> None:
        node = next(node for node in page.tree.model.nodes if node.id.startswith(schedule))
        page.tree.choose(node.id)
        await until(lambda: page.panel.resource == node.id)
        document = page.edits.document(node.id)
        path = next(each.path for each in document.shown if each.spec.kind is Kind.WEEK)
        assert document.text(path).count("00:00-24:00") == 7
        page.panel.jump_to(path)
        week = page.panel.form.row(path).editor
        drag(week, (0, 0), (4, 13))
        assert len(document.changes()) == 5
        drag(week, (5, 0), (6, 47))  # no weekend: its blocks tell other days in two halves
        assert page.edits.problems == ()
        assert page.bar.text.text() == "1 change on Dock 2"  # however many blocks it takes
        page.review()
        said = " ".join(label.text() for label in page.sheet.findChildren(QLabel))
        assert "Every day all day" in said
        assert "Monday to Friday 07:00–24:00" in said
        page.apply()
        await until(lambda: not page.writer.active)
        assert "kept" in page.bar.text.text()
        fresh = await page.settings.load(node.id)
        days = "; ".join(f"{day} 07:00-24:00" for day in ("Mon", "Tue", "Wed", "Thu", "Fri"))
        assert fresh.text(path) == days

    with_camera(scene)


def drag(week, first: tuple[int, int], last: tuple[int, int]) -> None:
    QTest.mousePress(week, Qt.MouseButton.LeftButton, pos=week.cell_rect(*first).center())
    QTest.mouseMove(week, week.cell_rect(*last).center())
    QTest.mouseRelease(week, Qt.MouseButton.LeftButton, pos=week.cell_rect(*last).center())
