"""The Settings page by keyboard alone, over a simulated camera: every action a technician on a ladder needs."""

from __future__ import annotations

import asyncio

import pytest
from aio import context, told, until  # noqa: F401 - fixtures
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QListWidget, QWidget
from test_settings_simulated import BITRATE, STREAM, with_camera  # noqa: F401 - a fixture

from ui.forms.header import SectionHeader
from ui.forms.records import RecordsEditor
from ui.forms.switch import SwitchEditor
from ui.pages.raw_view import RawSheet
from ui.pages.settings import SettingsPage

pytestmark = pytest.mark.gui
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT, NONE = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier
MOTION = "/ISAPI/System/Video/inputs/channels/1/motionDetection"
OVERLAYS = "/ISAPI/System/Video/inputs/channels/1/overlays"
MOST_TABS = 60


def here() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None, "nothing has the focus"
    return widget


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
    for _ in range(times):
        QTest.keyClick(here(), key, modifier)


def write(text: str) -> None:
    QTest.keyClicks(here(), text)


def tab_to(wanted: QWidget, *, back: bool = False) -> list[QWidget]:
    """Tab until wanted has the focus; what was passed on the way."""
    passed = [here()]
    while not (here() is wanted or wanted.isAncestorOf(here())):
        assert len(passed) < MOST_TABS, f"Tab does not come to {wanted.accessibleName() or wanted.objectName()}"
        press(Qt.Key.Key_Backtab if back else Qt.Key.Key_Tab, SHIFT if back else NONE)
        passed.append(here())
    return passed


async def tab_to_field(page: SettingsPage, path: str) -> QWidget:
    """Through the form, whose rows come into being on the way."""
    tab_to(page.panel.form)
    for _ in range(MOST_TABS):
        if page.panel.form.focused_path() == path:
            return page.panel.form.row(path).editor
        press(Qt.Key.Key_Tab)
        await asyncio.sleep(0)
    raise AssertionError(f"Tab does not come to {path}")


async def open_by_keys(page: SettingsPage, title: str, resource: str) -> None:
    """Ctrl+F in the tree's filter, words, Return."""
    page.tree.search.setFocus()
    await until(page.tree.search.hasFocus)
    page.tree.search.selectAll()
    write(title)
    press(Qt.Key.Key_Return)
    await until(lambda: page.panel.resource == resource)


def test_from_the_filter_through_tree_and_form_to_the_bar_and_all_of_it_in_reading_order(with_camera):  # noqa: F811
    async def scene(page: SettingsPage) -> None:
        await open_by_keys(page, "Main stream", STREAM)
        press(Qt.Key.Key_Down)
        assert here() is page.tree.view  # Down leads from the filter into the tree
        passed = tab_to(page.panel.raw)
        assert passed[1:4] == [page.panel.search, page.panel.refresh, page.panel.raw]
        press(Qt.Key.Key_Tab)
        assert page.panel.form.isAncestorOf(here())  # the form follows its head
        first = page.panel.form.mapFromGlobal(here().mapToGlobal(here().rect().topLeft())).y()
        assert first < 80
        before = here()
        press(Qt.Key.Key_Backtab, SHIFT)
        assert here() is page.panel.raw
        press(Qt.Key.Key_Tab)
        assert here() is before

    with_camera(scene)


def test_number_option_switch_and_text_are_changed_reviewed_and_applied(with_camera):  # noqa: F811
    async def scene(page: SettingsPage) -> None:
        await open_by_keys(page, "Main stream", STREAM)
        document = page.edits.document(STREAM)
        press(Qt.Key.Key_F, CTRL)
        await until(page.panel.search.hasFocus)
        write("highest bitrate")
        press(Qt.Key.Key_Down)
        assert page.panel.form.focused_path() == BITRATE
        held = int(document.text(BITRATE))
        press(Qt.Key.Key_Up, times=3)
        press(Qt.Key.Key_PageDown)
        assert document.text(BITRATE) == str(held - 7)
        press(Qt.Key.Key_Escape)
        assert not document.is_modified(BITRATE)  # Esc takes the edit back
        press(Qt.Key.Key_Up)
        press(Qt.Key.Key_Z, CTRL)
        assert not document.is_modified(BITRATE)
        press(Qt.Key.Key_Y, CTRL)
        assert document.text(BITRATE) == str(held + 1)
        passed = tab_to(page.bar.review)
        assert page.bar.discard in passed
        press(Qt.Key.Key_Space)
        assert page.sheet is not None
        assert page.sheet.isAncestorOf(here())
        press(Qt.Key.Key_Tab, times=7)
        assert page.sheet.isAncestorOf(here())  # Tab stays in the review
        tab_to(page.sheet.apply)
        press(Qt.Key.Key_Space)
        await until(lambda: not page.writer.active and page.edits.count == 0)
        assert page.edits.document(STREAM).text(BITRATE) == str(held + 1)

    with_camera(scene)


def test_discard_and_apply_have_their_keys(with_camera):  # noqa: F811
    async def scene(page: SettingsPage) -> None:
        await open_by_keys(page, "Motion detection", MOTION)
        document = page.edits.document(MOTION)
        switch = await tab_to_field(page, "enabled")
        assert isinstance(switch, SwitchEditor)
        held = document.text("enabled")
        press(Qt.Key.Key_Space)
        assert document.text("enabled") != held
        tab_to(page.bar.discard)
        press(Qt.Key.Key_Space)
        assert page.edits.count == 0
        tab_to(switch, back=True)
        press(Qt.Key.Key_Space)
        press(Qt.Key.Key_Return, CTRL)
        await until(lambda: not page.writer.active and page.edits.count == 0)
        assert page.edits.document(MOTION).text("enabled") != held

    with_camera(scene)


def test_sections_fold_and_the_index_leads_into_one(with_camera):  # noqa: F811
    async def scene(page: SettingsPage) -> None:
        page.resize(1200, 700)
        await open_by_keys(page, "Text overlay", OVERLAYS)
        form, index = page.panel.form, page.panel.index
        assert index.isVisible()
        header = form.header(form.sections[0])
        assert isinstance(header, SectionHeader)
        tab_to(header)
        press(Qt.Key.Key_Left)
        assert header.folded
        press(Qt.Key.Key_Right)
        assert not header.folded
        tab_to(index)
        press(Qt.Key.Key_End)
        assert index.currentRow() == index.count() - 1
        press(Qt.Key.Key_Return)
        field = form.document.field(form.focused_path())
        assert field.section == form.sections[-1]

    with_camera(scene)


def test_a_list_among_the_fields_is_where_it_is_seen(with_camera):  # noqa: F811
    """The index of the sections, which follows the form, once stood between a list and the field before it."""

    async def scene(page: SettingsPage) -> None:
        page.resize(1200, 700)
        await open_by_keys(page, "Main stream", STREAM)
        form, index = page.panel.form, page.panel.index
        await until(lambda: index.isVisible() and form.findChildren(RecordsEditor))
        records = form.findChildren(RecordsEditor)[0]
        stops, stop = [], page.panel.raw
        while (stop := stop.nextInFocusChain()) is not page.panel.raw:
            if stop is index or (
                stop is not form and form.isAncestorOf(stop) and stop.focusPolicy() & Qt.FocusPolicy.TabFocus
            ):
                stops.append(stop)
        assert stops[-1] is index
        places = [stop.mapTo(form, stop.rect().topLeft()).y() for stop in stops[:-1]]
        assert records.list in stops
        assert places == sorted(places)

    with_camera(scene)


def test_records_are_added_moved_and_taken_out(with_camera):  # noqa: F811
    async def scene(page: SettingsPage) -> None:
        await open_by_keys(page, "Alarm servers", "/ISAPI/Event/notification/httpHosts")
        document = page.edits.document("/ISAPI/Event/notification/httpHosts")
        path = document.lists[0].path
        await tab_to_field(page, path)
        assert isinstance(here(), QListWidget)
        held = document.text(path)
        press(Qt.Key.Key_Insert)
        assert len(document.order(path)) == 2
        press(Qt.Key.Key_Up, ALT)
        assert document.order(path)[0].startswith("+")
        press(Qt.Key.Key_Delete)
        assert document.text(path) == held

    with_camera(scene)


def test_a_box_with_options_opens_and_chooses(with_camera):  # noqa: F811
    async def scene(page: SettingsPage) -> None:
        await open_by_keys(page, "Main stream", STREAM)
        document = page.edits.document(STREAM)
        path = next(f.path for f in document.shown if f.spec.title == "Codec")
        box = await tab_to_field(page, path)
        assert isinstance(box, QComboBox)
        press(Qt.Key.Key_Down, ALT)
        await until(lambda: box.view().isVisible())
        QTest.keyClick(box.view(), Qt.Key.Key_Down)
        QTest.keyClick(box.view(), Qt.Key.Key_Return)
        await until(lambda: not box.view().isVisible())
        assert document.is_modified(path)

    with_camera(scene)


def test_the_raw_document_is_edited_sent_and_left(with_camera):  # noqa: F811
    async def scene(page: SettingsPage) -> None:
        await open_by_keys(page, "Main stream", STREAM)
        tab_to(page.panel.raw)
        press(Qt.Key.Key_Space)
        sheet = page.findChild(RawSheet)
        await until(lambda: sheet.paper is not None)
        tab_to(sheet.copy)
        press(Qt.Key.Key_Space)
        assert QGuiApplication.clipboard().text() == sheet.editor.as_typed
        tab_to(sheet.edit)
        press(Qt.Key.Key_Space)
        assert here() is sheet.editor
        held = page.edits.document(STREAM).text(BITRATE)
        at = sheet.editor.as_typed.index(f"<vbrUpperCap>{held}") + len("<vbrUpperCap>")
        cursor = sheet.editor.textCursor()
        cursor.setPosition(at)
        sheet.editor.setTextCursor(cursor)
        press(Qt.Key.Key_Right, SHIFT, times=len(held))
        write("1500")
        await until(sheet.apply.isEnabled)
        tab_to(sheet.apply)
        press(Qt.Key.Key_Space)
        await until(lambda: sheet.verdicts.count())
        await until(lambda: page.edits.document(STREAM).text(BITRATE) == "1500")
        press(Qt.Key.Key_Escape)
        await until(lambda: not sheet.isVisible())
        assert here() is page.panel.raw  # back where one was

    with_camera(scene)


def test_a_typed_password_is_shown_by_its_key_and_read_again_by_its_button(with_camera):  # noqa: F811
    async def scene(page: SettingsPage) -> None:
        await open_by_keys(page, "Users", "/ISAPI/Security/users")
        document = page.edits.document("/ISAPI/Security/users")
        path = next(f.path for f in document.shown if f.spec.title == "Password")
        line = await tab_to_field(page, path)
        assert isinstance(line, QLineEdit)
        write("ladder-9")
        press(Qt.Key.Key_E, CTRL)
        assert line.echoMode() is QLineEdit.EchoMode.Normal
        press(Qt.Key.Key_Escape)
        assert page.edits.count == 0
        tab_to(page.panel.refresh, back=True)
        press(Qt.Key.Key_Space)
        await until(lambda: page.edits.document("/ISAPI/Security/users") is not document)

    with_camera(scene)


def test_an_action_in_the_tree_leads_to_where_it_is_done(with_camera):  # noqa: F811
    async def scene(page: SettingsPage) -> None:
        led: list[str] = []
        page.place_wanted.connect(lambda resource, path: led.append(resource))
        page.tree.search.setFocus()
        await until(page.tree.search.hasFocus)
        write("Factory reset")
        press(Qt.Key.Key_Return)
        await until(lambda: page.panel.notice.buttons and page.panel.notice.buttons[0].isVisible())
        tab_to(page.panel.notice.buttons[0])
        press(Qt.Key.Key_Space)
        assert led == ["/ISAPI/System/factoryReset"]

    with_camera(scene)
