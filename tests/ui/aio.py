"""What the tests of one page need: a session that offers what it is given, a context, waiting for conditions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import MappingProxyType

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.families.base import Session
from app.model.device import Address
from ui.bridge.messages import Message, Messages
from ui.context import Context


async def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """The limit is generous and only there so that a broken test ends."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


async def gone(widget: QWidget) -> None:
    """Deletes it here and now: as garbage it could go in the thread of the site file, while its timers run on in
    ours."""
    widget.deleteLater()
    await until(lambda: not isValid(widget))


class OneSession(Session):
    """Offers what it is given."""

    family, family_title, dialect, user = "any", "Any", "", "admin"
    address = Address("127.19.2.1")

    def __init__(self, offers: dict[type, object]) -> None:
        self.offers = offers

    def interfaces(self) -> MappingProxyType[type, object]:
        return MappingProxyType(self.offers)

    async def close(self) -> None:
        """Nothing is open."""


class NoDiscovery:
    """Devices go by their address."""

    found = ()


@pytest.fixture
def told() -> list[Message]:
    """What reached the messages."""
    return []


@pytest.fixture
def context(theme, tmp_path, told) -> Context:
    messages = Messages()
    messages.listen(told.append)
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    return Context(NoDiscovery(), None, None, messages, settings, theme, None)
