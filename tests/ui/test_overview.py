"""The overview: facts in words, failures in place."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aio import until
from fakes import found
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from app.errors import TimedOut
from app.families.base import Credentials
from ui.pages.facts import offset_words, span_words

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
