"""The page of events: what a camera reports as rows, ten times a second and never late for ever."""

from __future__ import annotations

import asyncio
import csv
import threading
import time

import pytest
from aio import OneSession, context, told, until  # noqa: F401 - fixtures
from fakes import jpeg
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.families.base import Events
from app.families.media import Snapshot
from app.model.event import DeviceEvent, Heartbeat, Skipped
from app.model.region import Direction, Purpose
from ui.models.events import DEVICE, STATE, WHAT
from ui.pages import still_label
from ui.pages.events import EventsPage
from ui.video.drawing import decode_still

pytestmark = pytest.mark.gui


def crossing(region="1", *, active=True, kind="linedetection", title="Line crossing", **more):
    return DeviceEvent(kind, title, Purpose.LINE, time.time(), active=active, region=region, count=1, **more)


class Reports:
    """Gives what is put into it, as soon as it is there."""

    silence = 3600.0

    def __init__(self):
        self.queue = asyncio.Queue()
        self.opened = 0

    def say(self, *reports):
        for each in reports:
            self.queue.put_nowait(each)

    async def reports(self):
        self.opened += 1
        yield Heartbeat(time.time())
        while True:
            yield await self.queue.get()


class Pictures:
    taken = 0

    async def jpeg(self, channel=1):
        self.taken += 1
        return jpeg()


@pytest.fixture
def page_of(run, context):  # noqa: F811
    """`page_of(name)`: a page with the reports that it follows; closed at the end."""
    made = []

    def make(name="Gate"):
        reports = Reports()
        session = OneSession({Events: reports, Snapshot: Pictures()})
        followed = context.events.add(name, session, lambda work: asyncio.ensure_future(work))
        page = EventsPage(session, context, name)
        page.resize(970, 600)
        page.show()
        made.append((page, followed))
        return page, reports

    yield make

    async def close():
        for page, followed in made:
            page.close_page()
            await followed.finish()
            page.deleteLater()

    run(close())


def texts(page, column):
    return [page.table.index(row, column).data() for row in range(page.table.total)]


def test_rows_come_while_the_page_is_in_front(run, page_of):
    async def go():
        page, reports = page_of()
        assert reports.opened == 0  # nobody has looked yet
        page.activated()
        reports.say(crossing("1", target="person", direction=Direction.A_TO_B), crossing("2"))
        await until(lambda: page.table.total == 2)
        assert page.table.index(0, WHAT).data() == "Line crossing"
        reports.say(crossing("1", active=False))
        await until(lambda: "ended" in page.table.index(1, STATE).data())
        assert "2 events" in page.totals.text() or "3 events" in page.totals.text()
        assert "Listening" in page.standing.text()
        assert page.view.isColumnHidden(DEVICE)

    run(go())


def test_a_paused_table_stands_still_and_misses_nothing(run, page_of):
    async def go():
        page, reports = page_of()
        page.activated()
        reports.say(crossing("1"))
        await until(lambda: page.table.total == 1)
        page.pause.click()
        reports.say(*(crossing(str(n)) for n in range(2, 30)), Skipped(time.time(), "An alert was cut off.", 9))
        await until(lambda: "29 more" in page.totals.text())
        assert page.table.total == 1
        page.pause.click()
        await until(lambda: page.table.total == 30)
        assert "9 bytes not understood" in page.totals.text()

    run(go())


def test_the_filter_takes_every_word_and_keeps_the_choice(run, page_of):
    async def go():
        page, reports = page_of()
        page.activated()
        reports.say(crossing("1", target="person"), crossing("2"), crossing("3", kind="VMD", title="Motion"))
        await until(lambda: page.table.total == 3)
        page.view.selectRow(2)
        assert page.detail.title.text() == "Line crossing"
        QTest.keyClicks(page.filter, "crossing person")
        assert texts(page, WHAT) == ["Line crossing"]
        assert page.view.currentIndex().row() == 0
        reports.say(crossing("4", target="person"), crossing("5"))
        await until(lambda: page.table.total == 2)
        QTest.keyClick(page.filter, Qt.Key.Key_Escape)
        assert page.table.total == 5

    run(go())


def test_the_picture_at_the_moment_is_shown_when_it_is_there(run, page_of):
    async def go():
        page, reports = page_of()
        page.activated()
        reports.say(crossing("1"))
        await until(lambda: page.table.total == 1)
        page.view.selectRow(0)
        await until(lambda: not page.detail.picture.pixmap().isNull())
        page.pictures.setChecked(False)
        await asyncio.sleep(0)
        reports.say(crossing("2"))
        await until(lambda: page.table.total == 2)
        page.view.selectRow(0)
        assert page.detail.picture.text() == "No picture was taken."

    run(go())


def test_a_picture_is_decoded_elsewhere_and_another_moment_s_never_stands_in(run, page_of, monkeypatch):
    decoded = []

    def slow(data):
        decoded.append(threading.current_thread())
        return decode_still(data)

    monkeypatch.setattr(still_label, "decode_still", slow)

    async def go():
        page, reports = page_of()
        page.activated()
        reports.say(crossing("1"))
        await until(lambda: page.table.total == 1 and page.table.record(0).picture is not None)
        page.view.selectRow(0)
        await until(lambda: not page.detail.picture.pixmap().isNull())
        assert decoded
        assert threading.main_thread() not in decoded
        page.detail.picture.show_picture(b"\xff\xd8 no picture at all")
        assert page.detail.picture.pixmap().isNull()
        await until(lambda: "cannot be read" in page.detail.picture.text())

    run(go())


@pytest.mark.parametrize("width", [764, 1020])
def test_what_happened_can_be_read_in_every_window(run, page_of, width):
    async def go():
        page, _ = page_of()
        page.resize(width, 530)
        await until(lambda: page.live.width() == width)
        needed = page.view.fontMetrics().horizontalAdvance("Intrusion")
        await until(lambda: page.view.columnWidth(WHAT) > needed)

    run(go())


def test_all_open_cameras_in_one_table(run, page_of):
    async def go():
        gate, gate_reports = page_of("Gate")
        _, dock_reports = page_of("Dock")
        gate.activated()
        gate_reports.say(crossing("1"))
        gate.whose.setCurrentIndex(1)
        gate.whose.activated.emit(1)
        await until(lambda: dock_reports.opened == 1)
        dock_reports.say(crossing("1"))
        await until(lambda: gate.table.total == 2)
        assert sorted(texts(gate, DEVICE)) == ["Dock", "Gate"]
        assert not gate.view.isColumnHidden(DEVICE)
        gate.whose.setCurrentIndex(0)
        gate.whose.activated.emit(0)
        assert texts(gate, DEVICE) == ["Gate"]

    run(go())


def test_stopping_by_hand_holds_until_it_is_taken_back(run, page_of):
    async def go():
        page, reports = page_of()
        page.activated()
        await until(lambda: "Stop" in page.listen.text())
        page.listen.click()
        await until(lambda: page.listen.text() == "Listen")
        page.deactivated()
        page.activated()
        assert reports.opened == 1
        page.listen.click()
        await until(lambda: reports.opened == 2)

    run(go())


def test_export_has_the_rows_that_are_shown(run, page_of, tmp_path, told):  # noqa: F811
    async def go():
        page, reports = page_of()
        page.activated()
        reports.say(crossing("1"), crossing("2", kind="VMD", title="Motion"))
        await until(lambda: page.table.total == 2)
        page.filter.setText("motion")
        await page.save(tmp_path / "events.csv")
        rows = list(csv.DictReader((tmp_path / "events.csv").read_text("utf-8-sig").splitlines()))
        assert [row["event"] for row in rows] == ["Motion"]
        assert any("events.csv" in message.text for message in told)

    run(go())


def test_rows_that_fall_out_of_the_log_fall_out_of_the_table(run, page_of):
    async def go():
        page, reports = page_of()
        page._desk.log._capacity = 100
        page.activated()
        reports.say(*(crossing(str(n)) for n in range(250)))
        await until(lambda: page._desk.log.last == 250)
        await until(lambda: page.table.total == 100)
        assert "150 older rows" in page.totals.text()

    run(go())
