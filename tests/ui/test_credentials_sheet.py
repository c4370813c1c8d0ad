"""Logging in: asked once, tried once, said what it left, never repeated by itself."""

from __future__ import annotations

from aio import until
from fakes import found
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.errors import BadCredentials, LockedOut, Unreachable
from app.families.base import Credentials
from ui.models.status import Login

GATE = found(0).address


def test_a_known_password_is_tried_by_itself_once(site, run) -> None:

    async def go() -> None:
        await site.vault.set(GATE, Credentials("admin", "secret"))
        site.window.pane.select(GATE)
        page = site.window.device_page(GATE)
        await until(lambda: page.session is not None)
        assert len(site.connect.tries) == 1
        assert [each.title for each in page.pages] == ["Overview"]
        assert site.window.pane.model.status_of(GATE).word == "ok"

    run(go())


def test_a_stale_password_is_tried_once_forgotten_and_explained(site, run) -> None:

    site.connect.refusal = lambda: BadCredentials("Refused.", tries_left=4, lock_seconds=1800)

    async def go() -> None:
        await site.vault.set(GATE, Credentials("admin", "old"))
        site.window.pane.select(GATE)
        page = site.window.device_page(GATE)
        await until(lambda: page.door.sheet is not None and page.door.sheet.banner.isVisible())
        text = page.door.sheet.banner.text()
        assert "Gate refused the password" in text
        assert "4" in text
        assert "30 min" in text
        assert await site.vault.get(GATE) is None
        site.window.pane.select(found(1).address)
        site.window.pane.select(GATE)
        assert len(site.connect.tries) == 1
        assert site.window.pane.model.status_of(GATE).word == "wrong password"

    run(go())


def test_typed_kept_and_opened(site, run) -> None:

    async def go() -> None:
        site.window.pane.select(GATE)
        page = site.window.device_page(GATE)
        await until(lambda: page.door.sheet is not None)
        assert page.door.sheet.where.text() == site.vault.description
        QTest.keyClicks(page.door.sheet.password, "secret")
        QTest.keyClick(page.door.sheet.password, Qt.Key.Key_Return)
        QTest.keyClick(page.door.sheet.password, Qt.Key.Key_Return)  # a second press while the first is under way
        await until(lambda: page.session is not None)
        assert len(site.connect.tries) == 1
        assert await site.vault.get(GATE) == Credentials("admin", "secret")

    run(go())


def test_the_same_refused_password_is_not_sent_again_without_asking(site, run) -> None:

    site.connect.refusal = lambda: BadCredentials("Refused.")

    async def go() -> None:
        site.window.pane.select(GATE)
        page = site.window.device_page(GATE)
        await until(lambda: page.door.sheet is not None)
        sheet = page.door.sheet
        sheet.password.setText("wrong")
        QTest.mouseClick(sheet.enter, Qt.MouseButton.LeftButton)
        await until(lambda: page.standing.login is Login.REFUSED)
        QTest.mouseClick(sheet.enter, Qt.MouseButton.LeftButton)
        assert "already" in sheet.banner.text()
        assert len(site.connect.tries) == 1
        QTest.mouseClick(sheet.enter, Qt.MouseButton.LeftButton)
        await until(lambda: len(site.connect.tries) == 2)
        assert await site.vault.get(GATE) is None

    run(go())


def test_locked_says_until_when_and_sends_nothing(site, run) -> None:

    site.connect.refusal = lambda: LockedOut("Locked.", seconds=1800)

    async def go() -> None:
        site.window.pane.select(GATE)
        page = site.window.device_page(GATE)
        await until(lambda: page.door.sheet is not None)
        page.door.sheet.password.setText("wrong")
        QTest.mouseClick(page.door.sheet.enter, Qt.MouseButton.LeftButton)
        await until(lambda: page.standing.login is Login.LOCKED)
        page.door.sheet.password.setText("other")
        assert not page.door.sheet.enter.isEnabled()
        QTest.keyClick(page.door.sheet.password, Qt.Key.Key_Return)
        assert len(site.connect.tries) == 1
        until_when = f"{page.standing.until:%H:%M}"
        assert until_when in page.door.sheet.banner.text()
        assert site.window.pane.model.status_of(GATE).word == f"locked until {until_when}"
        page.door.sheet._unlock.start(0)
        await until(page.door.sheet.enter.isEnabled)

    run(go())


def test_no_answer_offers_another_try(site, run) -> None:

    site.connect.refusal = lambda: Unreachable("Gate does not answer.", hint="Check the cable.")

    async def go() -> None:
        await site.vault.set(GATE, Credentials("admin", "other"))
        site.window.pane.select(GATE)
        page = site.window.device_page(GATE)
        await until(lambda: page.standing.login is Login.FAILED)
        assert page.door.notice.title.text() == "Gate does not answer."
        site.connect.refusal = None
        QTest.mouseClick(page.door.notice.buttons[0], Qt.MouseButton.LeftButton)
        await until(lambda: page.session is not None)

    run(go())
