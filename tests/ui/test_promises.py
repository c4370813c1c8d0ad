"""A walk test whose process is killed: the next window says so, one click opens the camera, and everything is put
back. Real processes, a real camera, the window's own way up."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import AsyncExitStack

import pytest
from aio import until
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from app.families.base import Credentials, Regions
from app.model.device import Address
from app.site.credentials import MemoryVault
from app.site.site import Site
from tests.cli.test_cli import environment, start, stop
from ui.bridge.messages import Messages
from ui.main import _attach
from ui.window import Window

pytestmark = [pytest.mark.gui, pytest.mark.timeout(180)]


@pytest.fixture
def camera():
    process, lines = start("--bind", "127.77.4.1", "--model", "CW-G4A", "--quirk", "blind")
    yield lines[0]
    assert stop(process) == 0


def killed_in_the_middle(camera, path) -> None:
    where = f"{camera['address']}:{camera['http_port']}"
    walk = subprocess.Popen(
        [sys.executable, "-m", "app", "walktest", where, "--seconds", "600", "--arm", "--site", str(path)],
        stderr=subprocess.PIPE,
        text=True,
        env=environment(CAMWRIGHT_PASSWORD=str(camera["password"])),
    )
    assert any("Line crossing" in line and "on for this walk" in line for line in walk.stderr)
    walk.kill()
    walk.communicate()


async def is_armed(session) -> bool:
    return (await session.offer(Regions).load("line-1")).armed.is_on


def test_what_a_killed_walk_left_armed_is_said_opened_with_one_click_and_put_back(run, theme, camera, tmp_path):
    path = tmp_path / "site.camwright"
    killed_in_the_middle(camera, path)
    address = Address(str(camera["address"]), int(camera["http_port"]))

    async def go() -> None:
        messages = Messages()
        settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
        window = Window(messages, settings, theme, "Warehouse 4")
        window.show()
        vault = MemoryVault()
        await vault.set(str(address), Credentials(str(camera["user"]), str(camera["password"])))
        async with AsyncExitStack() as stack:
            await _attach(
                window,
                messages,
                settings,
                theme,
                stack,
                site_file=path,
                vault=vault,
                interfaces="127.0.0.1",
                try_demo=None,
            )
            await until(lambda: any(each.action for each in messages.all))
            (said,) = (each for each in messages.all if each.action)
            assert "still armed" in said.text
            assert said.action.text.startswith("Open ")
            (toast,) = (each for each in window.toasts.shown if each.message is said)
            (button,) = toast.findChildren(QPushButton)
            assert button.isVisible()
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            await until(lambda: window.current_device is not None and window.current_device.session is not None)
            await until(lambda: any("put back" in each.text for each in messages.all if each is not said))
            assert not await is_armed(window.current_device.session)
            back = [each.text for each in messages.all if "put back after" in each.text]
            assert len(back) == 1  # however many switches it were
            assert "Line crossing" in back[0]
        window.close()
        window.deleteLater()
        await asyncio.sleep(0)
        site = await Site.open(path)
        assert await site.walks.promises() == ()
        await site.close()

    run(go())
