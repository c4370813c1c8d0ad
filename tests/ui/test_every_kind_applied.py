"""An editor of every kind, end to end: edited by keyboard in the window, applied to a real simulated camera, read back
and kept. What the camera then sends holds the value as it spells such values."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from aio import context, told, until  # noqa: F401 - fixtures
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from test_settings_bad_input import shown
from test_settings_simulated import with_camera  # noqa: F401 - a fixture

from app.settings.spec import Kind
from ui.forms.week import WeekEditor

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LIGHT, FILTER = "/ISAPI/System/externalDevice/supplementLight", "/ISAPI/System/Network/MACFilter"
HOLIDAYS, CLOCK = "/ISAPI/System/Holidays", "/ISAPI/System/time"
OVERLAYS, ADDRESS = "/ISAPI/System/Video/inputs/channels/1/overlays", "/ISAPI/System/Network/interfaces/1/ipAddress"
SERVERS, STREAM = "/ISAPI/System/time/ntpServers", "/ISAPI/Streaming/channels/101"
WEEK = "/ISAPI/Event/schedules/motionDetections"
ADDRESSES = "MACFilterAddressList/MACFilterAddress"
Hand = Callable[[QWidget], None]


def typed(text: str) -> Hand:
    def work(editor: QWidget) -> None:
        QTest.keyClick(editor, Qt.Key.Key_A, CTRL)
        QTest.keyClicks(editor, text)

    return work


def keys(*pressed: Qt.Key) -> Hand:
    def work(editor: QWidget) -> None:
        for key in pressed:
            QTest.keyClick(editor, key)

    return work


def letters(text: str) -> Hand:
    """In a box: the first letters of an option."""
    return lambda editor: QTest.keyClicks(editor, text)


@dataclass(frozen=True)
class Case:
    """first: what has to be set beforehand for the field to be open. sent: a part of the page as it is read back."""

    kind: Kind
    resource: str
    path: str
    hand: Hand
    sent: str
    first: tuple[tuple[str, str], ...] = ()


UP, SPACE, INSERT = Qt.Key.Key_Up, Qt.Key.Key_Space, Qt.Key.Key_Insert
CASES = [
    Case(Kind.BOOL, LIGHT, "enabled", keys(SPACE), "<enabled>false</enabled>"),
    Case(Kind.INT, LIGHT, "lowBeamBrightness", typed("7"), "<lowBeamBrightness>7<"),
    Case(Kind.INT, LIGHT, "filteringTime", keys(UP, UP), "<filteringTime>11<"),  # 0, then over the hole
    Case(Kind.FLOAT, f"{OVERLAYS}/text", "TextOverlay[1]/positionX", typed("320"), "<positionX>320<",
         (("TextOverlay[1]/enabled", "true"),)),
    Case(Kind.OPTION, FILTER, "permissionType", letters("a"), "<permissionType>allow<"),
    Case(Kind.TEXT, HOLIDAYS, "holiday[1]/holidayName", typed("A & <b>"), "<holidayName>A &amp; &lt;b&gt;<"),
    Case(Kind.IPV4, ADDRESS, "PrimaryDNS/ipAddress", typed("192.0.2.99"), "<ipAddress>192.0.2.99<"),
    Case(Kind.IPV6, ADDRESS, "DefaultGateway/ipv6Address", typed("2001:db8::1"), "<ipv6Address>2001:db8::1<"),
    Case(Kind.HOST, SERVERS, "NTPServer/hostName", typed("clock.example.org"), "<hostName>clock.example.org<"),
    Case(Kind.PORT, SERVERS, "NTPServer/portNo", typed("1123"), "<portNo>1123<"),
    Case(Kind.MAC, FILTER, f"{ADDRESSES}/MACAddress", typed("00-1B-44-11-3A-FF"), "<MACAddress>00:1b:44:11:3a:ff<"),
    Case(Kind.TIME, LIGHT, "Schedule/TimeRange/beginTime", typed("19:30"), "<beginTime>19:30:00<"),
    Case(Kind.DATE, HOLIDAYS, "holiday[1]/holidayDate/endDate", typed("2027-01-02"), "<endDate>2027-01-02<"),
    Case(Kind.DATETIME, CLOCK, "localTime", typed("2027-03-04T05:06:07+01:00"), "<localTime>2027-03-04T05:0",
         (("timeMode", "manual"),)),
    Case(Kind.TIMEZONE, CLOCK, "timeZone", typed("CST-8:00:00"), "<timeZone>CST-8:00:00<"),
    Case(Kind.HEX, "/ISAPI/System/Network/SNMP/advanced", "localEngineID", typed("80001F8880ABCDEF01"),
         "<localEngineID>80001f8880abcdef01<"),
    Case(Kind.COLOUR, OVERLAYS, "frontColor", typed("#00FF80"), "<frontColor>00ff80<",
         (("frontColorMode", "customize"),)),
    Case(Kind.FPS100, STREAM, "Video/maxFrameRate", letters("20"), "<maxFrameRate>2000<"),
    Case(Kind.LIST, FILTER, f"{ADDRESSES}[]", keys(INSERT), "<id>2</id>"),
]  # fmt: skip


PAGES = list(dict.fromkeys(case.resource for case in CASES))


@pytest.mark.parametrize("resource", PAGES, ids=[page.rpartition("/")[2] for page in PAGES])
def test_what_is_edited_by_keyboard_is_applied_and_kept(with_camera, resource):  # noqa: F811
    async def scene(page):
        await shown(page, resource)
        for case in (each for each in CASES if each.resource == resource):
            document = page.edits.document(resource)
            for path, text in case.first:
                document.set_text(path, text)
            page.panel.jump_to(case.path)
            editor = page.panel.form.row(case.path).editor
            line = editor.focusProxy() or editor
            await until(line.hasFocus)
            assert document.spec(case.path).kind is case.kind
            before = document.text(case.path)
            case.hand(line)
            assert document.text(case.path) != before
            assert page.edits.problems == ()
            page.apply()
            await until(lambda: not page.writer.active)
            assert re.fullmatch(r"\d kept", page.bar.text.text()), (case, page.bar.text.text())
            assert page.edits.count == 0
            assert case.sent in (await page.settings.load(resource)).source.raw.decode(), case
            await until(lambda: not page.is_busy)

    with_camera(scene, model="CW-B8M")


def test_a_week_is_painted_by_keyboard_and_kept(with_camera):  # noqa: F811
    async def scene(page):
        document = await shown(page, WEEK)
        path = next(field.path for field in document.shown if field.spec.kind is Kind.WEEK)
        page.panel.jump_to(path)
        editor = page.panel.form.row(path).editor
        assert isinstance(editor, WeekEditor)
        await until(editor.hasFocus)
        QTest.keyClick(editor, Qt.Key.Key_Home)
        QTest.keyClick(editor, Qt.Key.Key_End, SHIFT)
        QTest.keyClick(editor, SPACE)
        assert not document.text(path).startswith("Mon")
        page.apply()
        await until(lambda: not page.writer.active)
        assert re.fullmatch(r"\d kept", page.bar.text.text()), page.bar.text.text()
        fresh = await page.settings.load(WEEK)
        assert not fresh.text(path).startswith("Mon")
        assert "Tue" in fresh.text(path)

    with_camera(scene, model="CW-B8M")


def test_a_password_is_typed_sent_and_said_to_be_beyond_proof(with_camera):  # noqa: F811
    hosts, path = "/ISAPI/Event/notification/httpHosts", "HttpHostNotification/password"

    async def scene(page):
        document = await shown(page, hosts)
        document.set_text("HttpHostNotification/httpAuthenticationMethod", "MD5digest")
        document.set_text("HttpHostNotification/userName", "gate")
        page.panel.jump_to(path)
        line = page.panel.form.row(path).editor
        await until(line.hasFocus)
        assert line.text() == ""
        QTest.keyClicks(line, "open-1234")
        page.apply()
        await until(lambda: not page.writer.active)
        assert page.edits.count == 0
        assert [remark.role for remark in page.panel.form.row(path).remarks] == ["secondary"]
        assert page.panel.form.row(path).remarks[0].text.startswith("Sent.")
        assert page.panel.form.row(path).editor.text() == "", "nothing of it stays on the screen"

    with_camera(scene, model="CW-B8M")
