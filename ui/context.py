"""What the composition root hands to every page and pane. Values and parts, nothing to look up by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QSettings

from app.model.device import Address, Found
from ui.bridge.messages import Messages
from ui.theme import Theme

if TYPE_CHECKING:  # the window is painted before the engine is imported
    from app.discovery import Changes, DoctorReport, ScanProgress
    from app.events import EventDesk
    from app.families.base import Credentials, Dialer, Session
    from app.site.site import Site


class Discovery(Protocol):
    """What the window uses of `app.discovery.Discovery`."""

    @property
    def found(self) -> tuple[Found, ...]: ...

    @property
    def progress(self) -> ScanProgress: ...

    def subscribe(self, listener: Callable[[Changes], None]) -> Callable[[], None]: ...

    def rescan(self) -> None: ...

    async def add(self, address: Address) -> Found: ...

    async def sweep(self, text: str, tell: Callable[[int, int], None]) -> int: ...

    def remember(self, devices: Iterable[Found]) -> None: ...

    def forget(self, found: Found) -> None: ...

    def lose(self, found: Found) -> None: ...

    def report(self) -> DoctorReport: ...


class Vault(Protocol):
    """What the window uses of `app.site.credentials.Vault`. description says where passwords are kept."""

    @property
    def description(self) -> str: ...

    async def get(self, key: str) -> Credentials | None: ...

    async def set(self, key: str, credentials: Credentials) -> None: ...

    async def forget(self, key: str) -> None: ...


class Connect(Protocol):
    """Logs in with one try. CredentialsNeeded, BadCredentials, LockedOut and every other CameraError."""

    async def __call__(self, found: Found, credentials: Credentials) -> Session: ...


def _desk() -> EventDesk:
    from app.events import EventDesk

    return EventDesk()


@dataclass(frozen=True, slots=True)
class Context:
    """site is the name in the header, site_file the journal (None: nothing is remembered). try_demo opens the demo
    site, None where this is the demo already. events is where the reports of every open device arrive."""

    discovery: Discovery
    dialer: Dialer | None
    vault: Vault
    messages: Messages
    settings: QSettings
    theme: Theme
    connect: Connect
    site: str = ""
    try_demo: Callable[[], None] | None = None
    site_file: Site | None = None
    events: EventDesk = field(default_factory=_desk)

    def name_of(self, session: Session) -> str:
        """The camera's name for people: as it was found, else its address."""
        for found in self.discovery.found:
            if found.address == session.address and found.name:
                return found.name
        return str(session.address)
