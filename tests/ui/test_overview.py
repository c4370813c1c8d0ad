"""The overview: facts in words, failures in place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from aio import until
from fakes import found
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from app.errors import TimedOut
from app.families.base import Credentials
from app.model.device import Clock
from ui.pages.facts import clock_words, offset_words, span_words, zone_words

GATE = found(0).address


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3, "3 s behind this computer"),
        (3725, "1 h 2 min ahead of this computer"),
        (0.4, "same as this computer"),
        (-90000, "1 d 1 h behind this computer"),
    ],
)
def test_offset_words(qapp: object, seconds: float, words: str) -> None:
    assert offset_words(timedelta(seconds=seconds)) == words


def test_span_words(qapp: object) -> None:
    assert span_words(timedelta(days=3, hours=4, seconds=5)) == "3 d 4 h"
    assert span_words(timedelta(0)) == "0 s"


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00", "UTC+1, with summer time"),
        ("CST-8:00:00", "UTC+8, no summer time"),
        ("CST+3:30:00", "UTC−3:30, no summer time"),
        ("somewhere else", "somewhere else"),
        ("", ""),
    ],
)
def test_a_zone_is_told_in_words_and_an_unknown_one_as_it_is(qapp: object, zone: str, words: str) -> None:
    assert zone_words(zone) == words


@pytest.mark.parametrize(("mode", "words"), [("manual", "set by hand"), ("NTP", "from an NTP server"), ("sun", "sun")])
def test_who_sets_the_clock_is_told_in_words(qapp: object, mode: str, words: str) -> None:
    clock = Clock(datetime(2026, 11, 28, 20, 18, 41, tzinfo=UTC), timedelta(0), "UTC", mode)
    assert clock_words(clock) == f"2026-11-28 20:18:41 ({words})"


def test_facts_picture_copy_and_failures(site, run) -> None:

    async def go() -> None:
        await site.vault.set(GATE, Credentials("admin", "secret"))
        site.window.pane.select(GATE)
        device = site.window.device_page(GATE)
        await until(lambda: device.session is not None)
        page = device.pages[0]
        await until(lambda: page.facts.values and page.picture.size_text.text())
        assert page.facts.values["offset"].text() == "3 s behind this computer"
        assert page.facts.values["uptime"].text() == "3 d 4 h"
        assert page.picture.size_text.text() == "640 × 360"
        copy = next(b for b in page.facts.findChildren(QToolButton) if b.accessibleName() == "Copy serial number")
        QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
        assert QGuiApplication.clipboard().text() == "SN000000"
        device.session.overview.error = TimedOut("Gate did not answer in time.", hint="Try again.")
        device.session.snapshot.error = TimedOut("No picture in time.")
        QTest.mouseClick(page.facts.refresh, Qt.MouseButton.LeftButton)
        QTest.mouseClick(page.picture.refresh, Qt.MouseButton.LeftButton)
        await until(lambda: page.facts.said.isVisible() and page.picture.said.isVisible())
        assert page.facts.said.text() == "Gate did not answer in time. Try again."
        assert page.facts.refresh.isEnabled()

    run(go())


def test_what_is_no_picture_is_said(qapp: object) -> None:
    from ui.pages.overview import PictureCard

    card = PictureCard("Gate")
    card.show_jpeg(b"<html>")
    assert "not a picture" in card.said.text()
    card.deleteLater()
