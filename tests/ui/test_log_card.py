"""The log on the maintenance page: time span and kind are chosen, entries filtered and saved, a search is stopped."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aio import OneSession, context, told, until  # noqa: F401 - fixtures
from PySide6.QtCore import QDateTime, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from app.errors import ConnectionLost
from app.families.base import SystemLog
from app.model.log import LogEntry, LogFound, LogLevel
from ui.pages.maintenance import MaintenancePage
from ui.pages.maintenance_log import LogCard
from ui.theme import Mode

pytestmark = pytest.mark.gui
PICTURES = os.environ.get("CAMWRIGHT_PICTURES", "")
NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
ENTRIES = tuple(
    LogEntry(
        NOON - timedelta(minutes=number), ("Alarm", "Operation")[number % 2], f"PART{number % 3}", f"Entry {number}"
    )
    for number in range(40)
)


class OneLog:
    """Remembers what it is asked for; says what it is told to, once it may."""

    levels = (LogLevel("all", "Everything"), LogLevel("alarm", "Alarms"))

    def __init__(self) -> None:
        self.asked: list[tuple[datetime, datetime, str]] = []
        self.answer: LogFound | Exception = LogFound(ENTRIES, len(ENTRIES))
        self.may = asyncio.Event()
        self.may.set()

    async def search(self, start: datetime, end: datetime, level: str = "") -> LogFound:
        self.asked.append((start, end, level))
        await self.may.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def with_card(run, qtbot, context):  # noqa: F811
    """Runs `scene(card, log)` on a maintenance page that has nothing but a log."""

    async def work(scene) -> None:
        log = OneLog()
        page = MaintenancePage(OneSession({SystemLog: log}), context, "Gate")
        qtbot.addWidget(page)
        page.resize(1000, 600)
        page.show()
        page.activated()
        await until(lambda: page.log is not None and page.log.isVisible())
        try:
            await scene(page.log, log)
        finally:
            page.close_page()
            await until(lambda: not page.scope.active)

    return lambda scene: run(work(scene))


def choose(box: QComboBox, text: str) -> None:
    at = box.findText(text)
    assert at >= 0
    box.setCurrentIndex(at)
    box.activated.emit(at)


def press(card: LogCard) -> None:
    QTest.mouseClick(card.search, Qt.MouseButton.LeftButton)


async def searched(card: LogCard) -> None:
    press(card)
    await until(lambda: not card.is_busy)


def test_the_palette_leads_to_it(with_card):
    async def scene(card: LogCard, log: OneLog) -> None:
        page = card.window()
        (entry,) = page.palette_entries()
        assert entry.title == "Search the log"
        entry.run()
        await until(card.span.hasFocus)
        early = MaintenancePage(page.session, page.context, "Yard")  # nothing of it is there yet
        next(iter(early.palette_entries())).run()
        early.show()
        early.activateWindow()
        early.activated()
        await until(lambda: early.log is not None and early.log.span.hasFocus())
        early.close_page()
        await until(lambda: not early.scope.active)
        early.close()
        early.deleteLater()

    with_card(scene)


def test_a_page_without_a_log_has_none():
    assert MaintenancePage.available(OneSession({SystemLog: OneLog()}))
    assert not MaintenancePage.available(OneSession({}))


def test_nothing_is_asked_before_somebody_searches(with_card):
    async def scene(card: LogCard, log: OneLog) -> None:
        assert log.asked == []
        assert not card.save.isEnabled()
        await searched(card)
        ((start, end, level),) = log.asked
        assert timedelta(days=1) <= end - start <= timedelta(days=2, minutes=1)
        assert level == "all"
        assert card.table.shown == ENTRIES
        assert card.said.text() == "40 rows"

    with_card(scene)


def test_any_time_span_and_kind(with_card, theme):
    async def scene(card: LogCard, log: OneLog) -> None:
        assert not card.start.isVisible()
        choose(card.span, "From … to …")
        assert card.start.isVisible()
        assert card.end.isVisible()
        card.start.setDateTime(QDateTime(2026, 11, 1, 8, 30, 0))
        card.end.setDateTime(QDateTime(2026, 11, 2, 9, 0, 0))
        choose(card.level, "Alarms")
        await searched(card)
        start, end, level = log.asked[-1]
        assert (start, end) == (datetime(2026, 11, 1, 8, 30).astimezone(), datetime(2026, 11, 2, 9, 0).astimezone())
        assert level == "alarm"
        for mode in (Mode.LIGHT, Mode.DARK) if PICTURES else ():
            theme.use(mode)
            await asyncio.sleep(0.3)
            card.window().grab().save(f"{PICTURES}/log-{mode.value}.png")
        choose(card.span, "Last hour")
        assert not card.start.isVisible()

    with_card(scene)


def test_entries_are_filtered_and_what_is_shown_is_saved(with_card, tmp_path: Path, told):  # noqa: F811
    async def scene(card: LogCard, log: OneLog) -> None:
        await searched(card)
        QTest.keyClicks(card.filter, "alarm part1")
        assert {(each.level, each.source) for each in card.table.shown} == {("Alarm", "PART1")}
        target = tmp_path / "log.txt"
        card.ask_target = lambda name: str(target)
        QTest.mouseClick(card.save, Qt.MouseButton.LeftButton)
        await until(lambda: "Saved" in card.said.text())
        lines = target.read_text("utf-8").splitlines()
        assert len(lines) == len(card.table.shown)
        assert all("Alarm" in line and "PART1" in line for line in lines)
        card.ask_target = lambda name: str(tmp_path / "nowhere" / "log.txt")
        QTest.mouseClick(card.save, Qt.MouseButton.LeftButton)
        await until(lambda: told)
        assert "cannot be written" in told[-1].text

    with_card(scene)


def test_what_was_kept_back_is_said(with_card):
    async def scene(card: LogCard, log: OneLog) -> None:
        log.answer = LogFound(ENTRIES[:3], 900)
        await searched(card)
        assert "900" in card.said.text()
        assert "shorter" in card.said.text()
        log.answer = LogFound((), 0)
        await searched(card)
        assert "nothing of this kind" in card.said.text()
        assert not card.save.isEnabled()

    with_card(scene)


def test_a_search_is_stopped_and_fails_in_words(with_card):
    async def scene(card: LogCard, log: OneLog) -> None:
        log.may.clear()
        press(card)
        await until(lambda: log.asked)
        assert card.search.text() == "Stop"
        await until(lambda: "Asking Gate" in card.said.text())
        press(card)
        await until(lambda: not card.is_busy)
        assert card.said.text() == "Stopped."
        log.may.set()
        log.answer = ConnectionLost("Gate is gone.", hint="Look at its cable.")
        await searched(card)
        assert card.said.text() == "Gate is gone. Look at its cable."
        assert card.search.text() == "Search"

    with_card(scene)
