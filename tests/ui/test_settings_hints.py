"""Hints while somebody types, over a real simulated camera: addresses and ports that do not go together, characters
that the camera's alphabet lacks, names that are long in bytes."""

from __future__ import annotations

from aio import context, told, until  # noqa: F401 - fixtures
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from test_settings_bad_input import shown
from test_settings_simulated import with_camera  # noqa: F401 - a fixture

ADDRESS = "/ISAPI/System/Network/interfaces/1/ipAddress"
PORTS = "/ISAPI/Security/adminAccesses"
INFO = "/ISAPI/System/deviceInfo"


async def typed(page, path: str, keys: str) -> None:
    page.panel.jump_to(path)
    line = page.panel.form.row(path).editor
    await until(line.hasFocus)
    line.selectAll()
    QTest.keyClicks(line, keys)


def said(page, path: str) -> list[str]:
    return [remark.text for remark in page.panel.form.row(path).remarks]


def test_addresses_that_do_not_go_together_are_told_while_they_are_typed(with_camera):  # noqa: F811
    async def scene(page):
        document = await shown(page, ADDRESS)
        way = "DefaultGateway/ipAddress"
        await typed(page, "subnetMask", "255.255.255.0")
        await typed(page, "ipAddress", "192.168.7.64")
        page.panel.jump_to(way)
        await until(lambda: page.panel.form.row(way) is not None)
        await typed(page, way, "192.168.8.1")
        assert said(page, way) == [
            "The gateway 192.168.8.1 is outside the network 192.168.7.0/24 of the camera's address"
        ]
        assert document.problems == {}, "a hint, and no problem"
        await typed(page, "ipAddress", "192.168.8.64")
        assert said(page, way) == [], "the row of the other field follows"
        await typed(page, "ipAddress", "192.168.8.255")
        assert said(page, "ipAddress") == ["192.168.8.255 is for everybody in the 192.168.8.0/24 network, not for one"]
        await typed(page, "subnetMask", "255.0.255.0")
        assert said(page, "subnetMask") == ["255.0.255.0 is no subnet mask: masks are like 255.255.255.0"]
        assert said(page, "ipAddress") == []
        row = page.panel.form.row("subnetMask")
        assert "no subnet mask" in row.editor.accessibleDescription()
        QTest.keyClick(row.editor, Qt.Key.Key_Escape)
        document.set_text("addressingType", "dynamic")
        assert document.hints(way) == (), "what a DHCP server gives is not judged"

    with_camera(scene)


def test_ports_of_two_services_and_of_no_browser(with_camera):  # noqa: F811
    async def scene(page):
        document = await shown(page, PORTS)
        ports = [f.path for f in document.fields if f.path.endswith("portNo")]
        http, rtsp = ports[0], ports[2]
        page.panel.jump_to(http)
        await typed(page, rtsp, document.text(http))
        shared = f"Port {document.text(http)} is used by HTTP and by RTSP: each service needs one of its own"
        assert shared in said(page, http)
        assert shared in said(page, rtsp), "both sides say it"
        await typed(page, http, "6000")
        assert said(page, http) == ["Web browsers refuse to open port 6000"]
        assert said(page, rtsp) == []

    with_camera(scene)


def test_what_the_cameras_alphabet_lacks_is_refused_in_words_and_what_it_has_goes_in_and_out(with_camera):  # noqa: F811
    async def scene(page):
        document = await shown(page, INFO)
        assert "大门" in document.text("deviceName")
        before = document.source.raw
        page.panel.jump_to("deviceName")
        line = page.panel.form.row("deviceName").editor
        await until(line.hasFocus)
        line.selectAll()
        line.insert("仓库 🚪")
        document.set_text("deviceName", "仓库 🚪")
        assert said(page, "deviceName") == ["This camera writes in GBK, which has no “🚪”"]
        page.apply()
        assert not page.writer.active
        document.set_text("deviceName", "仓库")
        assert said(page, "deviceName") == []
        page.apply()
        await until(lambda: not page.writer.active)
        assert page.bar.text.text() == "1 kept"
        after = (await page.settings.load(INFO)).source.raw
        old = document.field("deviceName").text.encode("gb2312")
        assert after == before.replace(old, "仓库".encode("gb2312"))

    with_camera(scene, "gb2312_text")


def test_a_rare_character_is_sent_in_two_bytes_and_the_camera_that_loses_it_is_found_out(with_camera):  # noqa: F811
    async def scene(page):
        document = await shown(page, INFO)
        document.set_text("deviceName", "仓库镕门口")
        assert "仓库镕门口".encode("gbk") in document.encode()
        page.apply()
        await until(lambda: not page.writer.active)
        assert said(page, "deviceName") == ["Camera set 仓库?门口 instead of 仓库镕门口"]

    with_camera(scene, "gb2312_text")


def test_a_name_that_is_long_in_bytes_is_told(with_camera):  # noqa: F811
    async def scene(page):
        document = await shown(page, INFO)
        most = document.field("deviceName").spec.max_length
        text = "仓" * most
        document.set_text("deviceName", text)
        assert said(page, "deviceName") == [
            f"Takes {3 * most} bytes; a camera that counts bytes instead of characters keeps {most}"
        ]
        assert document.problems == {}
        document.set_text("deviceName", text + "库")
        assert said(page, "deviceName") == [f"At most {most} characters (yours has {most + 1})"]

    with_camera(scene)
