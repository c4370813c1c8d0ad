"""What stands before the pages of a device: what is in the way, the wait, the question for a password."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.errors import AuthError, BadCredentials, CameraError, CredentialsNeeded, Forbidden, LockedOut
from app.families.base import Credentials, Session
from app.model.device import DeviceState, Found
from app.patience import Wait, told_of_waits
from ui.bridge.tasks import TaskScope
from ui.context import Context
from ui.dialogs.credentials import CredentialsSheet
from ui.models.status import Login, device_name
from ui.panes.notice import Notice
from ui.sessions import Sessions
from ui.theme import GAP_WIDE

PATIENCE = 300  # ms before a wait is shown


class Door(QStackedWidget):
    """Tries a password that the vault knows once, otherwise asks for one."""

    opened = Signal(object)  # Session
    stands = Signal(object, object)  # Login, and until when (datetime) or None

    def __init__(self, found: Found, context: Context, sessions: Sessions, scope: TaskScope) -> None:
        """sessions may have one of this device already, because something else shows it: then that one is used."""
        super().__init__()
        self.found = found
        self.sheet: CredentialsSheet | None = None
        self._vault, self._connect = context.vault, context.connect
        self._sessions = sessions
        self._scope = scope
        self._at = Login.NONE
        self._in_front = False
        self._trying: asyncio.Task[Any] | None = None  # the try under way
        self.notice = Notice()
        self.room = QWidget()
        self._room_layout = QVBoxLayout(self.room)
        self._room_layout.setContentsMargins(GAP_WIDE, 32, GAP_WIDE, GAP_WIDE)
        for widget in (QWidget(), self.notice, self.room):
            self.addWidget(widget)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self._say_connecting)

    @property
    def name(self) -> str:
        return device_name(self.found)

    def activated(self) -> None:
        self._in_front = True
        if self.sheet is not None:
            self.sheet.focus_first()

    def deactivated(self) -> None:
        self._in_front = False

    def say(self, title: str, text: str = "", **more: Any) -> None:
        """As `Notice.say`, and brings it to the front."""
        self.notice.say(title, text, **more)
        self.setCurrentWidget(self.notice)

    def _stand(self, login: Login, until: datetime | None = None) -> None:
        self._at = login
        self.stands.emit(login, until)

    def _let_in(self, session: Session) -> None:
        if self.sheet is not None:
            self.sheet.deleteLater()
            self.sheet = None
        self._at = Login.OPEN
        self.opened.emit(session)

    def begin(self) -> None:
        """Says what stands in the way, or logs in."""
        match self.found.state:
            case DeviceState.FOREIGN_SUBNET:
                self._say_foreign()
            case DeviceState.NEEDS_SETUP:
                self._say_setup()
            case DeviceState.UNKNOWN:
                text = self.found.note or self.tr("It answers, but speaks no protocol that is known here.")
                self.say(self.tr("{} is not known").format(self.name), text, icon_name="help")
            case _:
                self._scope.start(self._begin())

    async def _begin(self) -> None:
        stored = await self._vault.get(str(self.found.address))
        if stored is None:
            self._ask()
        else:
            await self._log_in(stored, lambda: self._sessions.take(self.found))

    def submit(self, credentials: Credentials, keep: bool) -> None:
        connect = self._connect
        self._scope.start(self._log_in(credentials, lambda: connect(self.found, credentials), keep=keep))

    async def _log_in(
        self, credentials: Credentials, connect: Callable[[], Awaitable[Session]], *, keep: bool = False
    ) -> None:
        """One try. Whatever the device says ends it."""
        self._stand(Login.CONNECTING)
        if self.sheet is None:
            self._patience.start()
        try:
            session = await self._connected(connect)
        except CredentialsNeeded:
            self._ask()
        except AuthError as error:
            await self._refused(error, credentials)
        except CameraError as error:
            self._failed(error)
        else:
            if keep:
                await self._vault.set(str(self.found.address), credentials)
            self._let_in(session)
        finally:
            self._patience.stop()

    async def _connected(self, connect: Callable[[], Awaitable[Session]]) -> Session:
        """What connect came to. The tries of a busy device are shown and can be given up."""
        self._trying = asyncio.current_task()
        try:
            with told_of_waits(self._say_waiting):
                return await connect()
        finally:
            self._trying = None

    def _say_waiting(self, wait: Wait) -> None:
        """May come late: a session that others wait for as well is tried on after this page gave it up."""
        if self._trying is None or self._at is not Login.CONNECTING:
            return
        self._patience.stop()
        cancel = (self.tr("Cancel"), "close", self._give_up)
        self.say(
            self.tr("{} is busy").format(self.name), self.tr("It is being tried again."), busy=True, buttons=[cancel]
        )

    def _give_up(self) -> None:
        trying = self._trying
        if trying is None or not trying.cancel():
            return
        self._stand(Login.NONE)
        if self.sheet is not None:
            self.sheet.ready_again()
        again = (self.tr("Try again"), "refresh", self.begin)
        text = self.tr("It was busy, and you stopped the tries.")
        self.say(self.tr("Not connected to {}").format(self.name), text, buttons=[again])

    def _ask(self) -> None:
        if self._at is Login.CONNECTING:
            self._stand(Login.NONE)
        if self.sheet is None:
            self.sheet = CredentialsSheet(self.name, self._vault.description)
            self.sheet.submitted.connect(self.submit)
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(self.sheet)
            row.addStretch(1)
            self._room_layout.addLayout(row)
            self._room_layout.addStretch(1)
        self.setCurrentWidget(self.room)
        if self._in_front:
            self.sheet.focus_first()

    async def _refused(self, error: AuthError, credentials: Credentials) -> None:
        if isinstance(error, BadCredentials):
            stored = await self._vault.get(str(self.found.address))
            if stored == credentials:  # it would be tried again at the next start
                await self._vault.forget(str(self.found.address))
        self._ask()
        assert self.sheet is not None
        self.sheet.show_refusal(error, None if isinstance(error, LockedOut) else credentials)
        if isinstance(error, LockedOut):
            self._stand(Login.LOCKED, self.sheet.locked_until)
        else:
            self._stand(Login.FAILED if isinstance(error, Forbidden) else Login.REFUSED)

    def _failed(self, error: CameraError) -> None:
        self._stand(Login.FAILED)
        if self.sheet is not None:
            self.sheet.ready_again()
        again = (self.tr("Try again"), "refresh", self.begin)
        self.say(error.summary, error.hint, icon_name="warning", role="warn", detail=error.detail, buttons=[again])

    def _say_connecting(self) -> None:
        self.say(self.tr("Connecting to {}").format(self.name), busy=True)

    def _say_foreign(self) -> None:
        text = self.found.note or self.tr(
            "It answers from a network that this computer has no address in. Give this computer a second address in "
            "that network, then scan again."
        )
        title = self.tr("{} is in another network").format(self.name)
        again = (self.tr("Try to connect all the same"), "refresh", lambda: self._scope.start(self._begin()))
        self.say(title, text, icon_name="arrow-square-out", role="warn", buttons=[again])

    def _say_setup(self) -> None:
        title = self.tr("{} has no password yet").format(self.name)
        text = self.found.note or self.tr(
            "It must be activated with a first password before anything can be set. If that has been done, connect."
        )
        go_on = (self.tr("Connect"), "key", lambda: self._scope.start(self._begin()))
        self.say(title, text, icon_name="wrench", role="warn", buttons=[go_on])
