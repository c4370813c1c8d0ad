"""Bad input on the settings page, over a real simulated camera: values out of range however they come, a camera that
keeps nothing, one that restarts between write and read-back, one whose page changes under the open form, and lists."""

from __future__ import annotations

from aio import context, told, until  # noqa: F401 - fixtures
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from test_settings_simulated import BITRATE, STREAM, with_camera  # noqa: F401 - a fixture

from app.settings.spec import Access, Kind
from ui.forms.records import RecordsEditor

IMAGE = "/ISAPI/Image/channels/1"
LINES = "/ISAPI/Smart/LineDetection/1"
LIST = "LineItemList/LineItem[]"


async def shown(page, resource: str):
    page.tree.choose(resource)
    await until(lambda: page.panel.resource == resource and not page.is_busy)
    return page.edits.document(resource)


def test_out_of_range_by_keyboard_and_by_paste_is_never_sent(with_camera):  # noqa: F811
    async def scene(page):
        document = await shown(page, STREAM)
        page.panel.jump_to(BITRATE)
        line = page.panel.form.row(BITRATE).editor
        await until(line.hasFocus)
        line.selectAll()
        QTest.keyClicks(line, "99999999")
        assert "Use " in page.panel.form.row(BITRATE).remarks[0].text
        page.apply()
        assert not page.writer.active, "it leads to the field instead"
        for pasted in ("-5", "2048.5", "1e9", "2 048", "\u0662\u0660\u0664\u0668", "20\x00", "x" * 100_000):
            line.selectAll()
            QGuiApplication.clipboard().setText(pasted)
            QTest.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
            assert document.problem(BITRATE), pasted[:20]
            page.apply()
            assert not page.writer.active, pasted[:20]
        assert (await page.settings.load(STREAM)).text(BITRATE) == "2048"

    with_camera(scene)


def test_a_camera_that_keeps_nothing_is_found_out_field_by_field(with_camera):  # noqa: F811
    async def scene(page):
        document = await shown(page, STREAM)
        document.set_text(BITRATE, "1500")
        document.set_text("Video/GovLength", "33")
        page.apply()
        await until(lambda: not page.writer.active)
        assert page.bar.text.property("role") == "error"
        assert "2 ignored by the camera" in page.bar.text.text()

    with_camera(scene, "ignores_field=vbrUpperCap", "ignores_field=GovLength")


def test_a_camera_that_restarts_after_the_write_is_waited_for(with_camera):  # noqa: F811
    async def scene(page):
        document = await shown(page, STREAM)
        document.set_text(BITRATE, "1500")
        page.apply()
        await until(lambda: not page.writer.active, 60)
        assert page.bar.text.text() == "1 kept"

    with_camera(scene, "reboots_on_write", "reboot_seconds=1")


def test_a_page_that_changes_under_the_open_form_is_read_again_and_the_edit_is_not_lost(with_camera):  # noqa: F811
    async def scene(page):
        document = await shown(page, IMAGE)
        number = next(f for f in document.fields if f.path == "Sharpness/SharpnessLevel")
        assert number.spec.access is Access.READ_WRITE
        assert number.spec.kind is Kind.INT
        document.set_text(number.path, str(int(number.text) + 1))
        document.set_text("Color/contrastLevel", "41")
        fresh = document
        while any(field.path == number.path for field in fresh.fields):  # until the camera has other settings
            fresh = await page.settings.load(IMAGE)
        page.apply()
        await until(lambda: not page.writer.active)
        assert page.panel.banner.isVisible()
        assert "no longer has the setting" in page.panel.banner.text.text()
        QTest.mouseClick(page.panel.banner.button, Qt.MouseButton.LeftButton)
        await until(lambda: page.edits.document(IMAGE) is not document and not page.is_busy)
        assert page.panel.form.row(number.path) is None
        assert page.edits.document(IMAGE).text("Color/contrastLevel") == "41", "what still has a place is kept"
        page.apply()
        await until(lambda: not page.writer.active)
        assert (await page.settings.load(IMAGE)).text("Color/contrastLevel") == "41"

    with_camera(scene, "schema_changes=120")


def test_a_line_is_added_by_hand_and_kept(with_camera):  # noqa: F811
    async def scene(page):
        document = await shown(page, LINES)
        page.panel.jump_to(LIST)
        editor = page.panel.form.row(LIST).editor
        assert isinstance(editor, RecordsEditor)
        await until(editor.list.hasFocus)
        QTest.keyClick(editor.list, Qt.Key.Key_Insert)
        assert page.bar.text.text() == "1 change on Dock 2"
        path = "LineItemList/LineItem[+1]/sensitivityLevel"
        await until(lambda: document.text(LIST) == "1 +1" and page.panel.jump_to(path) is None)
        document.set_text(path, "66")
        page.review()
        assert page.sheet is not None
        page.apply()
        await until(lambda: not page.writer.active)
        assert page.bar.text.property("role") == "ok", page.bar.text.text()
        after = page.edits.document(LINES)
        assert after.text("LineItemList/LineItem[2]/sensitivityLevel") == "66"
        assert page.edits.count == 0
        await until(lambda: len(page.panel.form.sections) >= 2)

    with_camera(scene)


async def typed(page, resource: str, texts: dict[str, str]) -> bytes:
    """Each text typed into its field, all of it applied; the page as the camera then sends it."""
    await shown(page, resource)
    for path, text in texts.items():
        page.panel.jump_to(path)
        line = page.panel.form.row(path).editor
        await until(line.hasFocus)
        line.selectAll()
        QTest.keyClicks(line, text)
    assert page.edits.problems == ()
    page.apply()
    await until(lambda: not page.writer.active)
    assert page.edits.count == 0, page.bar.text.text()
    assert page.bar.text.text() == f"{len(texts)} kept"
    return (await page.settings.load(resource)).source.raw


def test_addresses_names_and_ports_are_typed_and_kept(with_camera):  # noqa: F811
    async def scene(page):
        servers = "/ISAPI/System/time/ntpServers"
        raw = await typed(page, servers, {"NTPServer/hostName": "Clock-2.example.org", "NTPServer/portNo": "1123"})
        assert b"<hostName>Clock-2.example.org</hostName>" in raw
        assert b"<portNo>1123</portNo>" in raw
        wanted = {"PrimaryDNS/ipAddress": "192.0.2.99", "DefaultGateway/ipv6Address": "2001:db8:0:0:0:0:0:1"}
        raw = await typed(page, "/ISAPI/System/Network/interfaces/1/ipAddress", wanted)
        assert b"<ipAddress>192.0.2.99</ipAddress>" in raw
        assert b"<ipv6Address>2001:db8:0:0:0:0:0:1</ipv6Address>" in raw

    with_camera(scene)


NAME = "deviceName"


async def named(page, keys: str) -> None:
    """Types a name for the camera as it stands, and applies it."""
    page.panel.jump_to(NAME)
    line = page.panel.form.row(NAME).editor
    await until(line.hasFocus)
    line.selectAll()
    QTest.keyClicks(line, keys)
    assert page.bar.text.text() == "1 change on Dock 2"
    page.apply()
    await until(lambda: not page.writer.active)


def test_blanks_around_a_name_are_seen_kept_and_taken_away_again(with_camera):  # noqa: F811
    async def scene(page):
        await shown(page, "/ISAPI/System/deviceInfo")
        await named(page, "  Gate ")
        assert page.bar.text.text() == "1 kept"
        fresh = await page.settings.load("/ISAPI/System/deviceInfo")
        assert b"<deviceName>  Gate </deviceName>" in fresh.source.raw
        row = page.panel.form.row(NAME)
        assert [each.text for each in row.remarks] == ["Begins with 2 blanks and ends with a blank"]
        assert "Begins with 2 blanks" in row.editor.accessibleDescription()
        await named(page, "Gate")
        assert page.bar.text.text() == "1 kept"
        assert b"<deviceName>Gate</deviceName>" in (await page.settings.load(fresh.resource)).source.raw
        assert page.panel.form.row(NAME).remarks == ()

    with_camera(scene)


def test_a_camera_that_takes_blanks_away_is_told_to_have_adjusted_the_name(with_camera):  # noqa: F811
    async def scene(page):
        document = await shown(page, "/ISAPI/System/deviceInfo")
        held = document.text(NAME)
        await named(page, f" {held}")
        row = page.panel.form.row(NAME)
        assert [each.text for each in row.remarks] == [f"Camera set {held} instead of “ {held}”"]
        await named(page, " Gate ")
        assert [each.text for each in row.remarks] == ["Camera set Gate instead of “ Gate ”"]
        assert page.edits.document(document.resource).field(NAME).text == "Gate"

    with_camera(scene, "trims_texts")


def test_a_region_that_lacks_its_list_of_corners_is_given_some_by_hand(with_camera):  # noqa: F811
    fields = "/ISAPI/Smart/FieldDetection/1"
    corners = "FieldDetectionRegionList/FieldDetectionRegion/RegionCoordinatesList/RegionCoordinates[]"

    async def scene(page):
        document = await shown(page, fields)
        assert b"<RegionCoordinatesList" not in document.source.raw
        page.panel.jump_to(corners)
        editor = page.panel.form.row(corners).editor
        await until(editor.list.hasFocus)
        for _ in range(4):
            QTest.keyClick(editor.list, Qt.Key.Key_Insert)
        assert document.text(corners).split() == ["+1", "+2", "+3", "+4"]
        for number, (x, y) in enumerate(((100, 100), (900, 100), (900, 900), (100, 900)), 1):
            place = f"{corners[:-2]}[+{number}]"
            document.set_text(f"{place}/positionX", str(x))
            document.set_text(f"{place}/positionY", str(y))
        assert page.edits.problems == ()
        page.apply()
        await until(lambda: not page.writer.active)
        assert page.bar.text.property("role") == "ok", page.bar.text.text()
        assert len((await page.settings.load(fields)).list_at(corners).members) == 4

    with_camera(scene, "lacks_field=RegionCoordinatesList")
