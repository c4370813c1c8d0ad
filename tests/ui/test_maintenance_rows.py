"""What many parts of a device can do is one row: the part is chosen, and the button says whom it tells what."""

from __future__ import annotations

import os

import pytest
from aio import OneSession, context, told, until  # noqa: F401 - fixtures
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.families.base import Actions
from app.model.action import Action, ActionDone, Danger, Tell, tell_nobody
from ui.pages.maintenance import MaintenancePage
from ui.theme import Mode

pytestmark = pytest.mark.gui
PICTURES = os.environ.get("CAMWRIGHT_PICTURES", "")
CHANNELS = 32
FRAME = "Gate sends a complete picture at once. Nothing else changes."
ASK = "Ask Gate for a key frame"
FRAMES = tuple(
    Action(
        f"/frame/{number}", "Ask for a key frame", FRAME, order="Ask Gate for a key frame", place=f"Channel {number}"
    )
    for number in range(1, CHANNELS + 1)
)
DISKS = tuple(
    Action(
        f"/disk/{number}/format",
        "Erase a disk",
        f"Gate erases disk {number}. All recordings on it are lost.",
        Danger.LOSES,
        order=f"Erase disk {number} of Gate",
        place=f"Disk {number}",
    )
    for number in (1, 2)
)
RESTART = Action("/reboot", "Restart", "Gate restarts.", Danger.INTERRUPTS, restarts=True, order="Restart Gate")


class Recorder:
    """Remembers what it was told to do."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    async def list(self) -> tuple[Action, ...]:
        return (*FRAMES, *DISKS, RESTART)

    async def run(
        self, action: str, *, confirmed: bool = False, wait: bool = False, tell: Tell = tell_nobody
    ) -> ActionDone:
        assert confirmed
        self.ran.append(action)
        return ActionDone("Gate has taken it.")


@pytest.fixture
def with_page(run, qtbot, context):  # noqa: F811
    """Runs `scene(page, recorder)` on the page of a recorder."""

    async def work(scene) -> None:
        recorder = Recorder()
        page = MaintenancePage(OneSession({Actions: recorder}), context, "Gate")
        qtbot.addWidget(page)
        page.resize(820, 560)
        page.show()
        page.activated()
        await until(lambda: page.rows)
        try:
            await scene(page, recorder)
        finally:
            page.close_page()
            await until(lambda: not page.scope.active)

    return lambda scene: run(work(scene))


def click(button) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_recorder_of_32_channels_has_three_rows(with_page, theme):
    async def scene(page, _recorder) -> None:
        assert len(set(page.rows.values())) == 3
        row = page.rows["Actions /frame/1"]
        assert (row.title.text(), row.buttons[0].text()) == ("Ask for a key frame", "Ask Gate for a key frame")
        assert row.place.count() == CHANNELS
        assert not page.rows["Actions /reboot"].place.isVisible()
        for mode in (Mode.LIGHT, Mode.DARK) if PICTURES else ():
            theme.use(mode)
            page.grab().save(f"{PICTURES}/maintenance-{mode.name}.png")

    with_page(scene)


def test_the_chosen_one_is_asked_and_named(with_page):
    async def scene(page, recorder) -> None:
        row = page.rows["Actions /disk/2/format"]
        assert row.buttons[0].text() == "Erase disk 1 of Gate"
        row.place.setCurrentIndex(1)
        assert row.buttons[0].text() == "Erase disk 2 of Gate"
        assert "erases disk 2" in row.text.text()
        click(row.buttons[0])
        assert recorder.ran == []
        assert page.sheet.enter.text() == "Erase disk 2 of Gate"
        click(page.sheet.enter)
        await until(lambda: recorder.ran == ["/disk/2/format"] and not page.is_busy)
        assert row.said.text() == "Gate has taken it."

    with_page(scene)


def test_the_way_from_a_setting_chooses_its_place(with_page):
    async def scene(page, recorder) -> None:
        assert page.show_resource("/frame/20")
        row = page.rows["Actions /frame/20"]
        await until(lambda: page.window().focusWidget() is row.buttons[0])
        assert row.place.currentText() == "Channel 20"
        click(row.buttons[0])
        await until(lambda: recorder.ran == ["/frame/20"] and not page.is_busy)

    with_page(scene)
