"""Files of a camera in the window: their progress, Cancel by the button and by Esc while their bytes go, wrong ones
(told before anybody is asked to agree), and cameras that break off. Down: nothing stands under the chosen name. Up: the
row says what the camera is left with.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from aio import until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.families.base import Overview
from tests.families.certificate_files import pem, signed
from ui.bridge.messages import Level
from ui.demo import DemoCamera, DemoSite
from ui.dialogs.making import MakingSheet
from ui.main import play_demo
from ui.pages.maintenance import MaintenancePage
from ui.pages.maintenance_row import WorkRow
from ui.theme import Theme
from ui.window import Window

pytestmark = [pytest.mark.gui, pytest.mark.timeout(300)]
TITLES = ("Firmware", "Configuration", "Server certificate", "Root certificate for 802.1X", "Client key for 802.1X")
NAME = "SubjectDN/commonName"
LARGE = 16 * 1024 * 1024  # bytes: more than the network between takes by itself


def click(button: object) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def row_of(page: MaintenancePage, title: str) -> WorkRow:
    return next(row for row in page.rows.values() if row.title.text() == title)


async def maintenance(window: Window, camera: DemoCamera) -> MaintenancePage:
    await window.context.vault.set(str(camera.address), camera.credentials)
    await window.context.discovery.add(camera.address)
    await until(lambda: window.pane.model.device(camera.address))
    window.pane.select(camera.address)
    device = window.current_device
    await until(lambda: device.session is not None)
    device.show_page(MaintenancePage.title)
    page = device.current_page
    assert isinstance(page, MaintenancePage)
    await until(lambda: page.rows)
    return page


def choose(page: MaintenancePage, row: WorkRow, source: Path) -> None:
    page.ask_source = lambda: str(source)
    click(next(button for button in row.buttons if button.text().startswith("Send a file")))


async def send(page: MaintenancePage, row: WorkRow, source: Path) -> None:
    """Chooses the file and agrees once it was looked at, with the camera's name typed where that is wanted."""
    choose(page, row, source)
    await until(lambda: page.sheet is not None)
    assert not page.is_busy
    QTest.keyClicks(page.sheet.line, page.device_name)
    assert source.name in page.sheet.enter.text()
    click(page.sheet.enter)


async def stopped_up(page: MaintenancePage, title: str, source: Path, by_key: bool) -> None:
    row = row_of(page, title)
    await send(page, row, source)
    await until(lambda: row.phase.text() == "Sending" and row.progress.value() > 0)
    assert row.work.isVisible()
    assert page.window().focusWidget() is row.cancel
    if by_key:
        QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Escape)
    else:
        click(row.cancel)
    await until(lambda: row.said.isVisible() and not page.is_busy)
    said = row.said.text()
    assert "Gate has a part of the file (" in said
    assert "as before" in said
    assert page.window().focusWidget() is row.buttons[0]
    assert all(button.isEnabled() for each in page.rows.values() for button in each.buttons)


async def wrong_ones(page: MaintenancePage, folder: Path) -> None:
    """Told in the row, and nobody is asked to agree to what cannot be done."""

    async def refused(words: str) -> None:
        choose(page, row, chosen)
        await until(lambda: words in row.said.text() and row.said.isVisible() and not page.is_busy)
        assert page.sheet is None
        assert "Nothing was sent" in row.said.text()

    row, chosen = row_of(page, "Firmware"), folder / "chosen.dav"
    await refused("cannot be read")
    for content, words in ((b"", "is empty"), (b"\xff\xd8\xff\xe0" + bytes(500), "a JPEG picture")):
        chosen.write_bytes(content)
        await refused(words)
    with chosen.open("wb") as file:
        file.truncate(2 * 1024**3)  # no block of it is on the disk
    await refused("too large: 2048 MB")
    row = row_of(page, "Server certificate")
    chosen.write_bytes(b"noise" * 100)
    await refused("certificate")


async def stopped_down(page: MaintenancePage, folder: Path, by_key: bool) -> None:
    row, target = row_of(page, "Configuration"), folder / "saved.cfg"
    target.write_bytes(b"the one from last year")
    page.ask_target = lambda name: str(target)
    click(row.buttons[0])
    await until(lambda: row.phase.text() == "Receiving" and row.progress.value() > 0)
    QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Escape) if by_key else click(row.cancel)
    await until(lambda: row.said.isVisible() and not page.is_busy)
    assert f"nothing was saved as {target}" in row.said.text()
    assert target.read_bytes() == b"the one from last year"
    assert not [each for each in folder.iterdir() if "part" in each.name]


async def a_certificate(page: MaintenancePage, folder: Path) -> None:
    row, source = row_of(page, "Server certificate"), folder / "dock.pem"
    source.write_bytes(pem("dock.example", with_key=True))
    await send(page, row, source)
    await until(lambda: row.said.isVisible() and not page.is_busy)
    assert "has taken the certificate “dock.example”, valid until" in row.said.text()
    assert row.said.property("role") == "ok"
    remove = next(button for button in row.buttons if button.text().startswith("Remove from"))
    click(remove)
    assert page.sheet.enter.text() == f"Remove Server certificate from {page.device_name}"
    page.sheet.dismiss()
    assert not page.is_busy
    click(remove)
    click(page.sheet.enter)
    await until(lambda: "has removed the certificate" in row.said.text() and not page.is_busy)


async def a_request(page: MaintenancePage, folder: Path) -> None:
    """Filled in, made, saved, signed, sent back: what is missing is told at its field, by keys alone."""
    row = row_of(page, "Certificate request")
    make = next(button for button in row.buttons if button.text() == f"Make one on {page.device_name}…")
    click(make)
    await until(lambda: isinstance(page.sheet, MakingSheet) and page.sheet.form.row(NAME) is not None)
    sheet = page.sheet
    click(sheet.enter)
    assert "Host name" in sheet.said.text()
    QTest.keyClicks(page.window().focusWidget(), "gate.example")
    click(sheet.enter)
    assert sheet.said.text().startswith("Country")
    QTest.keyClicks(page.window().focusWidget(), "DE")
    assert sheet.draft.text(NAME) == "gate.example"
    click(sheet.enter)
    await until(lambda: "has made a request for “gate.example”" in row.said.text() and not page.is_busy)
    assert row.said.property("role") == "ok"
    saved, source = folder / "gate.csr", folder / "signed.pem"
    page.ask_target = lambda name: str(saved)
    click(next(button for button in row.buttons if button.text().startswith("Save to a file")))
    await until(lambda: "Saved as" in row.said.text() and not page.is_busy)
    source.write_bytes(signed(saved.read_bytes()))
    server = row_of(page, "Server certificate")
    await send(page, server, source)
    await until(lambda: "has taken the certificate “gate.example”" in server.said.text() and not page.is_busy)
    assert server.said.property("role") == "ok"


async def broken_off(page: MaintenancePage, source: Path) -> None:
    row = row_of(page, "Firmware")
    await send(page, row, source)
    await until(lambda: row.said.isVisible() and not page.is_busy)
    assert "Gate closed the connection after " in row.said.text()
    assert "a part of the file" in row.said.text()
    assert "as before" in row.said.text()
    assert (await page.session.offer(Overview).facts()).name


def test_files_up_and_down_are_stopped_while_their_bytes_go(qapp: QApplication, look: None, tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    large.write_bytes(pem(with_key=True) + b"#" * LARGE)

    async def script(window: Window, theme: Theme, cameras: Sequence[DemoCamera]) -> int:
        takes_no_more = DemoSite(1, "127.82.3.1", quirks=("stops_taking",))
        slow = DemoSite(1, "127.82.3.2", quirks=("drip=2", "only_path=configurationData"))
        hangs_up = DemoSite(1, "127.82.3.3", quirks=("hangs_up_on_upload",))
        try:
            page = await maintenance(window, (await takes_no_more.start())[0])
            for number, title in enumerate(TITLES):
                await stopped_up(page, title, large, by_key=number % 2 == 0)
            await wrong_ones(page, tmp_path)
            page = await maintenance(window, (await slow.start())[0])
            await stopped_down(page, tmp_path, by_key=True)
            await stopped_down(page, tmp_path, by_key=False)
            await a_certificate(page, tmp_path)
            await a_request(page, tmp_path)
            page = await maintenance(window, (await hangs_up.start())[0])
            await broken_off(page, large)
            assert not [m.text for m in window.context.messages.all if m.level is Level.ERROR]
        finally:
            window.close()
            for site in (takes_no_more, slow, hangs_up):
                site.stop()
        return 0

    assert play_demo(1, script, "127.82.3.9") == 0
