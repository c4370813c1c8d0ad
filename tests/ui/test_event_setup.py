"""From the Events page to what makes events and where they go: each form is one click away, and what is set there is
kept by a simulated camera. The last word has what the camera tells of afterwards."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from aio import context, told, until  # noqa: F401 - fixtures
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.families.base import SettingsTree
from app.settings.spec import Kind
from app.simulator.isapi.alarms import notified, scheduled
from tests.families.isapi_rig import session
from ui.pages.events import EventsPage
from ui.pages.settings import SettingsPage

pytestmark = pytest.mark.gui
TRIGGER = "EventTrigger[2]/EventTriggerNotificationList/EventTriggerNotification/notificationMethod"
PLACES = {
    "Events and actions": {TRIGGER: "email"},
    "Ways to report": {"EmailFormat/subject": "Gate", "MediaFormat/postCaptureLength": "20"},
    "Alarm servers (HTTP)": {
        "HttpHostNotification/ipAddress": "127.0.0.9",
        "HttpHostNotification/portNo": "8081",
        "HttpHostNotification/url": "/alarms",
        "HttpHostNotification/httpAuthenticationMethod": "MD5digest",
        "HttpHostNotification/userName": "gate",
        "HttpHostNotification/password": "Open-1234",
    },
    "E-mail": {
        "mailing/sender/smtp/hostName": "mail.example.org",
        "mailing/sender/smtp/enableAuthorization": "true",
        "mailing/sender/smtp/accountName": "gate",
        "mailing/sender/smtp/password": "Open-1234",
        "mailing/receiverList/receiver[1]/emailAddress": "guard@example.org",
    },
    "FTP": {
        "FTPNotification/enabled": "true",
        "FTPNotification/ipAddress": "127.0.0.9",
        "FTPNotification/userName": "gate",
        "FTPNotification/password": "Open-1234",
    },
}


class Desk:
    """The two pages of one camera, side by side as the window has them behind each other."""

    def __init__(self, opened, context, camera) -> None:  # noqa: F811
        self.session, self.camera = opened, camera
        context.events.add("Gate", opened, lambda work: asyncio.ensure_future(work))
        self.events = EventsPage(opened, context, "Gate")
        self.settings = SettingsPage(opened, context, "Gate")
        self.events.place_wanted.connect(self.settings.show_resource)
        for page in (self.events, self.settings):
            page.resize(1000, 620)
            page.show()
            page.activated()

    async def open(self, title: str) -> str:
        """By the button and the menu under it."""
        QTest.mouseClick(self.events.set_up, Qt.MouseButton.LeftButton)
        await until(lambda: self.events.menu is not None and self.events.menu.isVisible())
        (action,) = (each for each in self.events.menu.actions() if each.text() == title)
        action.trigger()
        self.events.menu.close()
        self.events.menu = None
        tree = await self.session.offer(SettingsTree).tree()
        wanted = next(node.id for node in nodes(tree) if node.title == title)
        await until(lambda: self.settings.panel.resource == wanted and self.settings.panel.shows_form)
        return wanted

    async def apply(self, resource: str, changes: dict[str, str]):
        """Everything in one write; the document as it is read afterwards."""
        document = self.settings.edits.document(resource)
        for path, text in changes.items():
            assert self.settings.panel.form.jump_to(path), path
            document.set_text(path, text)
        assert self.settings.edits.problems == ()
        self.settings.apply()
        await until(lambda: not self.settings.writer.active)
        return await self.settings.settings.load(resource)

    async def close(self) -> None:
        for page in (self.events, self.settings):
            page.close_page()
            await until(lambda p=page: not p.scope.active)
            await page.finish()
            page.deleteLater()


def nodes(node):
    yield node
    for child in node.children:
        yield from nodes(child)


@pytest.fixture
def with_desk(run, context):  # noqa: F811
    def work(scene, *quirks):
        async def go():
            async with session("blind", *quirks) as (opened, running):
                desk = Desk(opened, context, running.cameras[0])
                try:
                    await scene(desk)
                finally:
                    await desk.close()
                    followed = context.events.of(opened)
                    context.events.remove(followed)
                    await followed.finish()

        run(go())

    return work


@pytest.mark.parametrize("title", PLACES)
def test_what_is_reported_and_to_whom_is_set_and_kept(with_desk, title):
    async def scene(desk):
        resource = await desk.open(title)
        held = await desk.apply(resource, PLACES[title])
        text = desk.settings.bar.text.text()
        assert "ignored" not in text, text
        assert "adjusted" not in text, text
        for path, wanted in PLACES[title].items():
            if not path.endswith("password"):
                assert held.text(path) == wanted, path
        if any(path.endswith("password") for path in PLACES[title]):
            assert "Open-1234" in passwords(desk.camera, resource)

    with_desk(scene)


def passwords(camera, resource):
    """What the camera really has; it never shows them."""
    root = camera.state.read(camera.state.catalog.resources[resource.removeprefix("/ISAPI/")])
    return [each.text for each in nodes(root) if each.name == "password"]


def test_a_trigger_that_tells_the_centre_no_more_is_silent_and_a_painted_week_counts(with_desk):
    async def scene(desk):
        state = desk.camera.state
        assert notified(state, "VMD", 1)
        await desk.apply(await desk.open("Events and actions"), {TRIGGER: "FTP"})
        assert not notified(state, "VMD", 1)
        resource = await desk.open("Schedule: motion detection")
        document = desk.settings.edits.document(resource)
        path = next(each.path for each in document.shown if each.spec.kind is Kind.WEEK)
        desk.settings.panel.form.jump_to(path)
        week = desk.settings.panel.form.row(path).editor
        week.setFocus()
        QTest.keyClick(week, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)  # the whole week
        QTest.keyClick(week, Qt.Key.Key_Space)  # off
        QTest.keyClick(week, Qt.Key.Key_Home)
        for _ in range(6):
            QTest.keyClick(week, Qt.Key.Key_Up)  # Monday
        QTest.keyClick(week, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
        QTest.keyClick(week, Qt.Key.Key_Space)
        wanted = document.text(path)
        assert wanted == "Mon 00:00-24:00"
        desk.settings.apply()
        await until(lambda: not desk.settings.writer.active)
        assert "kept" in desk.settings.bar.text.text()
        assert (await desk.settings.settings.load(resource)).text(path) == wanted
        assert scheduled(state, "VMD", 1, datetime(2026, 11, 23, 12, tzinfo=UTC))  # a Monday
        assert not scheduled(state, "VMD", 1, datetime(2026, 11, 24, 12, tzinfo=UTC))

    with_desk(scene)
