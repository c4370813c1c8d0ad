"""The history page over a real site file and a device in memory: finding, scrolling, undoing one thing at a time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from aio import OneSession, context, told, until  # noqa: F401 - fixtures
from fakes_settings import FakeDevice
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.families.base import SettingsTree
from app.settings.changes import Verdict
from app.site.history import Intent, _begin
from app.site.journal import journalled
from app.site.records import Origin, RecordedField
from app.site.site import Site
from ui.models.history import WHAT
from ui.pages.history import HistoryPage

pytestmark = pytest.mark.gui
MANY = 300


class Rig:
    def __init__(self, qtbot, context, site: Site) -> None:  # noqa: F811
        self.device = FakeDevice()
        session = journalled(OneSession({SettingsTree: self.device}), site)
        self.settings = session.offer(SettingsTree)
        self.site = site
        self.page = HistoryPage(session, context, "Dock 2")
        qtbot.addWidget(self.page)
        self.page.resize(900, 600)
        self.page.show()
        qtbot.waitExposed(self.page)

    async def fill(self, count: int) -> None:
        sighting = await self.settings.subject.sighting()

        def work(connection) -> None:
            for number in range(count):
                odd = Verdict.IGNORED if number == 7 else Verdict.KEPT
                field = RecordedField("Video/bitrate", "Bitrate", str(number), f"{number}000", verdict=odd)
                one = _begin(
                    connection, Intent(sighting, "admin", "/stream", "Main stream", Origin.FORM, (field,), b"a")
                )
                connection.execute("UPDATE change_sets SET state = 'done' WHERE id = ?", (one,))

        await self.site.file.write(work)

    async def apply(self, path: str, text: str) -> None:
        document = await self.settings.load("/stream")
        document.set_text(path, text)
        await self.settings.apply(document, document.changes())

    async def open(self, count: int) -> None:
        self.page.activated()
        await until(lambda: self.page.table.rowCount() == count)


@pytest.fixture
def play(qtbot, run, context, tmp_path: Path):  # noqa: F811
    def playing(scene) -> None:
        async def body() -> None:
            site = await Site.open(tmp_path / "window.site")
            rig = Rig(qtbot, context, site)
            try:
                await scene(rig)
            finally:
                for gate in rig.device.gates.values():
                    gate.set()
                rig.page.close_page()
                await rig.page.scope.close()
                await rig.page.finish()
                await site.close()

        run(body())

    return playing


def test_a_long_history_is_whole_and_read_where_one_looks(play) -> None:
    async def scene(rig: Rig) -> None:
        await rig.fill(MANY)
        await rig.open(MANY)
        table, view = rig.page.table, rig.page.list.view
        assert table.text(0, WHAT) == "Main stream: Bitrate"
        assert table.change_set(MANY - 1) is None, "what nobody looked at was read"
        view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
        await until(lambda: table.text(MANY - 1, WHAT) == "Main stream: Bitrate")
        view.setFocus()
        QTest.keyClick(view, Qt.Key.Key_End)
        await until(lambda: rig.page.detail.undo.isEnabled() and "Change 1 " in rig.page.detail.who.text())

    play(scene)


def test_a_word_and_a_box_find_changes_by_keyboard(play) -> None:
    async def scene(rig: Rig) -> None:
        await rig.fill(MANY)
        await rig.open(MANY)
        page, table = rig.page, rig.page.table
        page.list.view.setFocus()
        QTest.keyClick(page.list.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: QApplication.focusWidget() is page.list.filter)
        QTest.keyClicks(page.list.filter, "BITRATE 299000")
        await until(lambda: table.rowCount() == 1)
        await until(lambda: table.change_set(0) is not None and table.change_set(0).fields[0].old == "299")
        assert page.list.count.text() == "1 change"
        QTest.keyClicks(page.list.filter, " nothing")
        await until(page.list.nothing.isVisible)
        assert page.stack.currentWidget() is page.splitter, "the filter itself must stay"
        QTest.keyClick(page.list.filter, Qt.Key.Key_Escape)
        await until(lambda: table.rowCount() == MANY)
        page.list.odd.setFocus()
        QTest.keyClick(page.list.odd, Qt.Key.Key_Space)
        await until(lambda: table.rowCount() == 1)
        assert table.change_set(0).fields[0].verdict is Verdict.IGNORED

    play(scene)


def test_what_comes_meanwhile_does_not_move_what_is_read(play) -> None:
    async def scene(rig: Rig) -> None:
        await rig.fill(MANY)
        await rig.open(MANY)
        page = rig.page
        page.list.choose(200)
        await until(lambda: page.list.view.verticalScrollBar().value() > 0)
        await until(lambda: page.table.change_set(200) is not None)
        chosen, place = page.chosen_id, page.list.view.visualRect(page.list.view.currentIndex()).top()
        await rig.apply("name", "Yard")
        await until(lambda: page.table.rowCount() == MANY + 1)
        assert page.chosen_id == chosen
        assert page.list.view.visualRect(page.list.view.currentIndex()).top() == place

    play(scene)


def test_one_undo_at_a_time_and_its_words_stay_with_it(play) -> None:
    async def scene(rig: Rig) -> None:
        await rig.apply("Video/bitrate", "2048")
        await rig.apply("name", "Yard")
        await rig.open(2)
        page = rig.page
        await until(page.detail.undo.isEnabled)
        undone = page.chosen_id
        gate = rig.device.gates["apply"] = asyncio.Event()
        QTest.mouseClick(page.detail.undo, Qt.MouseButton.LeftButton)
        await until(lambda: "Setting back on Dock 2" in page.detail.banner.text())
        page.list.choose(page.table.row_of(undone) + 1)
        await until(lambda: "Change 1 " in page.detail.who.text())
        assert page.detail.why_not.text() == "An undo on Dock 2 is under way."
        assert not page.detail.undo.isEnabled()
        assert not page.detail.banner.isVisible(), "said of another change"
        gate.set()
        await until(page.detail.undo.isEnabled)
        assert not page.detail.why_not.isVisible()
        assert [each[1][0].new for each in rig.device.written] == ["2048", "Yard", "Dock 2"]
        page.list.choose(page.table.row_of(undone))
        await until(lambda: "Set back" in page.detail.banner.text())

    play(scene)


def test_a_change_that_cannot_be_undone_says_why_beside_it(play) -> None:
    async def scene(rig: Rig) -> None:
        await rig.apply("name", "Yard")
        await rig.site.file.write(lambda connection: connection.execute("UPDATE change_sets SET state = 'failed'"))
        await rig.open(1)
        await until(rig.page.detail.why_not.isVisible)
        assert rig.page.detail.why_not.text() == "Nothing was changed, so there is nothing to undo."
        assert not rig.page.detail.undo.isEnabled()

    play(scene)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("1024 kbps", 1),  # a value as it is shown
        ("1024", 1),  # and as it was sent
        ("variable bitrate", 1),
        ("camera set 1000 kbps instead", 1),
        ("vbrUpperCap", 1),
        ("adjusted", 1),
        ("kept in the form", 1),
        ("dock main stream", 2),
    ],
)
def test_a_change_is_found_by_what_is_shown_of_it(play, words, count) -> None:
    async def scene(rig: Rig) -> None:
        sighting = replace(await rig.settings.subject.sighting(), family="isapi", name="Dock 2")
        rate = RecordedField("Video/vbrUpperCap", "Highest bitrate", "2048", "1024", False, Verdict.ADJUSTED, "1000")
        how = RecordedField("Video/videoQualityControlType", "Bitrate type", "CBR", "VBR", False, Verdict.KEPT, "VBR")

        def work(connection) -> None:
            for field in (rate, how):
                page = "/ISAPI/Streaming/channels/101"
                one = _begin(connection, Intent(sighting, "admin", page, "Main stream", Origin.FORM, (field,), b"a"))
                connection.execute("UPDATE change_sets SET state = 'done' WHERE id = ?", (one,))

        await rig.site.file.write(work)
        await rig.open(2)
        rig.page.list.focus_filter()
        QTest.keyClicks(rig.page.list.filter, words)
        await until(lambda: rig.page.list.count.text() == ("1 change" if count == 1 else f"{count} changes"))
        assert not rig.page.list.nothing.isVisible()

    play(scene)
