"""The document of a resource, by hand: over the simulated camera, real sockets and a real journal."""

from __future__ import annotations

import asyncio

import pytest
from aio import context, gone, told, until  # noqa: F401 - fixtures
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from simulated import sessions, site_file

from app.site.journal import journalled
from app.site.records import ChangeState, Origin
from ui.pages.raw_parts import wrapping
from ui.pages.raw_view import RawSheet
from ui.pages.settings import SettingsPage

pytestmark = pytest.mark.gui
STREAM = "/ISAPI/Streaming/channels/101"
BITRATE = "Video/vbrUpperCap"


@pytest.fixture
def with_sheet(run, context, tmp_path):  # noqa: F811
    """Runs `scene(sheet, site)` with the document of the main stream open."""

    async def work(scene, resource, quirks) -> None:
        async with site_file(tmp_path / "raw.site") as site, sessions("127.31.1.1", *quirks) as (bare,):
            window = QWidget()
            window.resize(1280, 720)
            window.show()
            sheet = RawSheet(window, journalled(bare, site), context, "Dock 2", resource, "Main stream")
            sheet.open()
            try:
                async with asyncio.timeout(60):
                    await until(lambda: sheet.document is not None)
                    await scene(sheet, site)
            finally:
                await sheet.scope.close()
                await gone(window)

    return lambda scene, *quirks, resource=STREAM: run(work(scene, resource, quirks))


def replace(sheet: RawSheet, old: str, new: str) -> None:
    """As by hand: selected and typed over."""
    cursor = sheet.editor.document().find(old)
    assert not cursor.isNull(), old
    sheet.editor.setTextCursor(cursor)
    QTest.keyClicks(sheet.editor, new)


async def edited(sheet: RawSheet, old: str, new: str) -> None:
    QTest.mouseClick(sheet.edit, Qt.MouseButton.LeftButton)
    replace(sheet, old, new)
    await until(lambda: not sheet._checking.isActive())


def test_it_is_read_only_until_somebody_edits(with_sheet):
    async def scene(sheet, _):
        assert sheet.editor.as_typed == sheet.document.source.raw.decode().replace("\r\n", "\n")
        QTest.keyClicks(sheet.editor, "x")
        assert not sheet.is_changed
        assert sheet.apply.isHidden()

    with_sheet(scene)


def test_a_value_by_hand_is_proved_and_in_the_journal(with_sheet):
    async def scene(sheet, site):
        sent = []
        sheet.sent.connect(sent.append)
        await edited(sheet, "<vbrUpperCap>2048<", "<vbrUpperCap>1500<")
        assert "+" in {line[:1] for line in sheet.diff.toPlainText().split("\n")}
        assert sheet.state.property("role") == "ok"
        QTest.mouseClick(sheet.apply, Qt.MouseButton.LeftButton)
        await until(lambda: sent)
        assert sheet.state.text() == "1 kept"
        assert sheet.verdicts.count() == 1
        assert "1500" in sheet.verdicts.item(0).text()
        assert not sheet.is_changed
        assert sheet.document.text(BITRATE) == "1500"
        entries = await site.history.page(5)
        assert [(each.origin, each.state) for each in entries] == [(Origin.RAW, ChangeState.DONE)]

    with_sheet(scene)


def test_a_camera_that_ignores_is_caught(with_sheet):
    async def scene(sheet, _):
        sent = []
        sheet.sent.connect(sent.append)
        await edited(sheet, "<vbrUpperCap>2048<", "<vbrUpperCap>1500<")
        sheet.send()
        await until(lambda: sent)
        assert sheet.state.property("role") == "error"
        assert sheet.verdicts.item(0).text().startswith("Ignored")

    with_sheet(scene, "ignores_field=vbrUpperCap")


def test_what_is_not_well_formed_says_its_line_and_cannot_be_sent(with_sheet):
    async def scene(sheet, site):
        await edited(sheet, "<vbrUpperCap>2048<", "<vbrUpper>2048<")
        assert "line" in sheet.problem
        assert sheet.state.text() == sheet.problem
        assert sheet.editor.extraSelections()
        assert not sheet.apply.isEnabled()
        sheet.send()
        assert await site.history.page(5) == ()
        sheet._discard()
        assert sheet.problem == ""
        assert not sheet.editor.extraSelections()

    with_sheet(scene)


def test_a_refusal_keeps_what_was_typed(with_sheet):
    async def scene(sheet, _):
        await edited(sheet, "<vbrUpperCap>2048<", "<vbrUpperCap>1500<")
        sheet.send()
        await until(lambda: sheet.banner.isVisible())
        assert "1500" in sheet.editor.as_typed
        assert sheet.apply.isEnabled()
        assert not sheet.editor.isReadOnly()

    with_sheet(scene, "read_only")


def test_what_may_cut_the_camera_off_is_said_before_it_is_sent(with_sheet):
    async def scene(sheet, site):
        await edited(sheet, "<ipAddress>127.31.1.1<", "<ipAddress>127.31.1.9<")
        sheet.send()
        assert sheet.banner.isVisible()
        assert sheet.apply.text() == "Send all the same"
        assert await site.history.page(5) == ()
        replace(sheet, "127.31.1.9", "127.31.1.8")
        await until(lambda: not sheet._checking.isActive())
        assert sheet.apply.text() == "Apply"

    with_sheet(scene, resource="/ISAPI/System/Network/interfaces/1/ipAddress")


def test_unsent_text_is_not_thrown_away_by_one_escape(with_sheet):
    async def scene(sheet, _):
        await edited(sheet, "<vbrUpperCap>2048<", "<vbrUpperCap>1500<")
        QTest.keyClick(sheet.editor, Qt.Key.Key_Escape)
        assert sheet.isVisible()
        assert "not sent" in sheet.banner.text.text()
        QTest.keyClick(sheet.editor, Qt.Key.Key_Escape)
        assert not sheet.isVisible()

    with_sheet(scene)


def test_copies_have_no_password(with_sheet):
    async def scene(sheet, _):
        clipboard = QGuiApplication.clipboard()
        sheet.curl.click()
        assert clipboard.text().startswith("curl --digest -u admin http://127.31.1.1:")
        await edited(sheet, "<vbrUpperCap>2048<", "<vbrUpperCap>1500<")
        sheet.curl.click()
        assert "-X PUT" in clipboard.text()
        assert "1500" in clipboard.text()
        assert "camera-1234" not in clipboard.text()
        sheet.copy.click()
        assert clipboard.text() == sheet.editor.as_typed

    with_sheet(scene)


def test_the_settings_page_opens_it(context, with_sheet):  # noqa: F811
    async def scene(sheet, _):
        page = SettingsPage(sheet._session, context, "Dock 2")
        page.resize(1100, 640)
        page.show()
        page.activated()
        try:
            await until(lambda: page.tree.model.nodes)
            page.tree.choose(STREAM)
            await until(lambda: page.panel.resource == STREAM)
            page.panel.raw.click()
            opened = page.findChild(RawSheet)
            await until(lambda: opened.document is not None)
            assert opened.resource == STREAM
            await edited(opened, "<vbrUpperCap>2048<", "<vbrUpperCap>1500<")
            opened.send()
            await until(lambda: page.edits.document(STREAM).text(BITRATE) == "1500")
            await opened.scope.close()
        finally:
            page.close_page()
            await until(lambda: not page.scope.active)
            await gone(page)

    with_sheet(scene)


def test_a_document_in_one_line_is_wrapped_and_others_keep_their_lines(qapp):
    assert wrapping("<a>\n" + "x" * 200 + "\n</a>") is QPlainTextEdit.LineWrapMode.NoWrap
    assert wrapping('{"a":' + "1" * 400 + "}") is QPlainTextEdit.LineWrapMode.WidgetWidth
