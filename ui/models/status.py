"""What a row of the site pane says: a word, a shape and a colour, never a colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from app.model.device import Address, DeviceState, Found


class Login(StrEnum):
    """How far this computer got with a device."""

    NONE = "none"
    CONNECTING = "connecting"
    OPEN = "open"
    REFUSED = "refused"
    LOCKED = "locked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Standing:
    """until is local time, only with LOCKED, None where the device does not say. changes counts unsent edits."""

    login: Login = Login.NONE
    until: datetime | None = None
    changes: int = 0


@dataclass(frozen=True, slots=True)
class Status:
    """icon and token are names of ui.theme. needs_you: somebody has to do something. rank sorts and groups."""

    word: str
    icon: str
    token: str
    needs_you: bool
    rank: int


def status(found: Found, standing: Standing) -> Status:
    """The most pressing thing about a device."""
    if found.state is DeviceState.LOST:
        return Status(_tr("lost"), "wifi-x", "error", True, 5)
    if standing.login is Login.LOCKED:
        word = _tr("locked until {}").format(f"{standing.until:%H:%M}") if standing.until else _tr("locked")
        return Status(word, "lock", "error", True, 0)
    if standing.login is Login.REFUSED:
        return Status(_tr("wrong password"), "key", "error", True, 1)
    if standing.changes:
        word = _tr("1 change") if standing.changes == 1 else _tr("{} changes").format(standing.changes)
        return Status(word, "pencil-simple", "modified", False, 4)
    if standing.login is Login.CONNECTING:
        return Status(_tr("busy"), "circle-dashed", "secondary", False, 6)
    if found.state is DeviceState.NEEDS_SETUP:
        return Status(_tr("needs setup"), "wrench", "warn", True, 2)
    if found.state is DeviceState.FOREIGN_SUBNET:
        return Status(_tr("foreign subnet"), "arrow-square-out", "warn", True, 3)
    if found.state is DeviceState.UNKNOWN:
        return Status(_tr("unknown"), "help", "secondary", False, 7)
    if standing.login is Login.FAILED:
        return Status(_tr("no answer"), "warning", "warn", True, 3)
    if standing.login is Login.OPEN:
        return Status(_tr("ok"), "ok", "ok", False, 6)
    return Status(_tr("found"), "circle", "secondary", False, 6)


def device_name(found: Found) -> str:
    """What a device is called for people."""
    return found.name or found.model or str(found.address)


def short_address(address: Address) -> str:
    """Without the port that a web page has by itself."""
    return str(Address(address.host) if address.port == 80 else address)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Status", text)
