"""The credentials sheet inside the device page: asked once, tried once, said where the password goes."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.errors import AuthError, BadCredentials, LockedOut
from app.families.base import Credentials
from ui.theme import GAP, GAP_WIDE
from ui.theme.buttons import flat_button


class CredentialsSheet(QFrame):
    """submitted: one press of the button is one try. Nothing here tries again by itself."""

    submitted = Signal(object, bool)  # Credentials, keep

    def __init__(self, device: str, keeps: str, parent: QWidget | None = None) -> None:
        """keeps is the vault's own description of where passwords go."""
        super().__init__(parent)
        self.setObjectName("card")
        self._device = device
        self._refused: Credentials | None = None
        self._sent: Credentials | None = None
        self._until: datetime | None = None
        self.user = QLineEdit("admin")
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.keep = QCheckBox(self.tr("Keep this password"))
        self.keep.setChecked(True)
        self.where = QLabel(keeps)
        self.where.setWordWrap(True)
        self.where.setProperty("role", "secondary")
        self.banner = QLabel()
        self.banner.setObjectName("banner")
        self.banner.setWordWrap(True)
        self.banner.hide()
        self.enter = QPushButton(self.tr("Log in"))
        self.enter.setObjectName("primary")
        self.enter.clicked.connect(self._submit)
        self._unlock = QTimer(self)
        self._unlock.setSingleShot(True)
        self._unlock.timeout.connect(self._unlocked)
        self._build()
        self._follow()

    def _build(self) -> None:
        self.setFixedWidth(440)
        title = QLabel(self.tr("Log in to {}").format(self._device))
        title.setObjectName("pageTitle")
        title.setWordWrap(True)
        once = QLabel(self.tr("Each press is one try; cameras lock after a few wrong ones."))
        once.setProperty("role", "secondary")
        once.setWordWrap(True)
        form = QFormLayout()
        form.setHorizontalSpacing(GAP_WIDE)
        form.setVerticalSpacing(GAP)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.addRow(self.tr("User"), self.user)
        form.addRow(self.tr("Password"), self._password_row())
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.enter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(GAP)
        for widget in (title, once, self.banner):
            layout.addWidget(widget)
        layout.addLayout(form)
        layout.addWidget(self.keep)
        layout.addWidget(self.where)
        layout.addSpacing(GAP)
        layout.addLayout(row)
        for line in (self.user, self.password):
            line.textChanged.connect(self._follow)
            line.returnPressed.connect(self._submit)
        self.user.setAccessibleName(self.tr("User"))
        self.password.setAccessibleName(self.tr("Password"))
        QWidget.setTabOrder(self.user, self.password)
        QWidget.setTabOrder(self.password, self.show_password)
        QWidget.setTabOrder(self.show_password, self.keep)
        QWidget.setTabOrder(self.keep, self.enter)

    def _password_row(self) -> QHBoxLayout:
        self.show_password = flat_button("eye", self.tr("Show the password"))
        self.show_password.setCheckable(True)
        self.show_password.toggled.connect(
            lambda on: self.password.setEchoMode(QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password)
        )
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.password, 1)
        row.addWidget(self.show_password)
        return row

    @property
    def locked_until(self) -> datetime | None:
        """Local time, None when it is not locked or does not say until when."""
        return self._until

    def focus_first(self) -> None:
        (self.password if self.user.text() else self.user).setFocus()

    def show_busy(self) -> None:
        self.banner.hide()
        self.enter.setEnabled(False)
        self.enter.setText(self.tr("Logging in…"))

    def show_refusal(self, error: AuthError, tried: Credentials | None) -> None:
        """What the device said of the one try, and what that leaves."""
        self._refused = tried
        self._sent = None
        if tried is not None:
            self.user.setText(tried.user)
        if isinstance(error, LockedOut):
            self._lock(error)
        else:
            self._say("error", self._refusal(error))
        self._follow()
        self.password.selectAll()
        if self.isVisible() and _free_focus(self):
            self.password.setFocus()

    def _refusal(self, error: AuthError) -> str:
        if not isinstance(error, BadCredentials):
            return f"{error.summary} {error.hint}".strip()
        left, lock = error.tries_left, error.lock_seconds
        if left is None:
            tries = self.tr("Tried once.")
        elif lock:
            tries = self.tr("Tried once; tries left before it locks for {1}: {0}.").format(left, _span(lock))
        else:
            tries = self.tr("Tried once; tries left before it locks: {}.").format(left)
        return "\n".join(
            (
                self.tr("{} refused the password.").format(self._device),
                tries,
                self.tr("Check Caps Lock or ask for the password."),
            )
        )

    def _lock(self, error: LockedOut) -> None:
        if error.seconds is None:
            self._say("error", f"{error.summary} {error.hint}".strip())
            return
        self._until = datetime.now().astimezone() + timedelta(seconds=error.seconds)
        self._unlock.start(min(error.seconds * 1000, 2**31 - 1))
        text = self.tr("{0} is locked until {1}. Nothing is sent before then.")
        self._say("error", text.format(self._device, f"{self._until:%H:%M}"))

    def _unlocked(self) -> None:
        self._until = None
        self._say("warn", self.tr("The lock time of {} is over. One more try is possible.").format(self._device))
        self._follow()

    def _say(self, role: str, text: str) -> None:
        self.banner.setProperty("role", role)
        self.banner.setText(text)
        self.banner.style().unpolish(self.banner)
        self.banner.style().polish(self.banner)
        self.banner.show()
        self.enter.setText(self.tr("Log in"))

    def _follow(self) -> None:
        locked = self._until is not None
        self.enter.setEnabled(bool(self.user.text()) and not locked and self._sent is None)

    def _submit(self) -> None:
        if not self.enter.isEnabled():
            return
        wanted = Credentials(self.user.text(), self.password.text())
        if wanted == self._refused:
            self._refused = None
            text = self.tr("{} has refused this password already. Press Log in again to send it all the same.")
            self._say("warn", text.format(self._device))
            return
        self._sent = wanted
        self.show_busy()
        self.submitted.emit(wanted, self.keep.isChecked())

    def ready_again(self) -> None:
        """The try ended without a verdict on the password (no answer): the button works again."""
        self._sent = None
        self.enter.setText(self.tr("Log in"))
        self._follow()


def _free_focus(sheet: QWidget) -> bool:
    """An answer that comes late does not take the focus out of another part of the window."""
    current = QApplication.focusWidget()
    return current is None or sheet.isAncestorOf(current)


def _span(seconds: int) -> str:
    return f"{round(seconds / 60)} min" if seconds >= 60 else f"{seconds} s"
