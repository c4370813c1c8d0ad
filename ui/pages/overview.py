"""The overview: who the device is, how its clock stands, and what it sees."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.errors import CameraError
from app.families.base import Overview, Session
from app.families.media import Snapshot
from app.model.device import DeviceFacts
from ui.bridge.waits import Patience
from ui.context import Context
from ui.pages.base import Page
from ui.pages.facts import clock_words, offset_words, span_words, zone_words
from ui.theme import GAP, GAP_WIDE
from ui.theme.buttons import flat_button

PATIENCE = 300  # ms before a wait is shown
NARROW = 760  # px below which picture and facts stand one above the other


class OverviewPage(Page):
    title = "Overview"
    icon = "overview"

    @classmethod
    def available(cls, session: Session) -> bool:
        return session.offer(Overview) is not None or session.offer(Snapshot) is not None

    def __init__(
        self, session: Session, context: Context, device_name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(session, context, parent)
        self.device_name = device_name or self.device_name
        self._overview = session.offer(Overview)
        self._snapshot = session.offer(Snapshot)
        self._asked = False
        self.facts = FactsCard()
        self.facts.refresh.clicked.connect(self.load_facts)
        self.picture = PictureCard(self.device_name)
        self.picture.refresh.clicked.connect(self.load_picture)
        self._build()

    def _build(self) -> None:
        holder = QWidget()
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, holder)
        self._columns.setContentsMargins(GAP_WIDE, GAP_WIDE, GAP_WIDE, GAP_WIDE)
        self._columns.setSpacing(GAP_WIDE)
        top = Qt.AlignmentFlag.AlignTop
        self._columns.addWidget(self.facts, 5, top)
        self._columns.addWidget(self.picture, 6, top)
        self.facts.setVisible(self._overview is not None)
        self.picture.setVisible(self._snapshot is not None)
        area = QScrollArea()
        area.setAccessibleName(self.tr("Facts and picture of {}").format(self.device_name))
        area.setWidgetResizable(True)
        area.setWidget(holder)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    def activated(self) -> None:
        if not self._asked:
            self._asked = True
            self.load_facts()
            self.load_picture()

    def load_facts(self) -> None:
        if self._overview is not None:
            self.scope.start(self._load_facts(self._overview))

    def load_picture(self) -> None:
        if self._snapshot is not None:
            self.scope.start(self._load_picture(self._snapshot))

    async def _load_facts(self, overview: Overview) -> None:
        self.facts.wait(self.tr("Reading what {} says of itself").format(self.device_name))
        try:
            with Patience(self.device_name, self.facts.wait_on).told():
                facts = await overview.facts()
        except CameraError as error:
            self.facts.show_failure(error)
            return
        self.facts.show_facts(facts)
        self._arrange()

    async def _load_picture(self, snapshot: Snapshot) -> None:
        self.picture.wait(self.tr("Fetching a picture"))
        try:
            with Patience(self.device_name, self.picture.wait_on).told():
                data = await snapshot.jpeg()
        except CameraError as error:
            self.picture.show_failure(error)
            return
        self.picture.show_jpeg(data)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Beside each other where both fit: some serial numbers have forty digits."""
        both = sum(card.minimumSizeHint().width() for card in (self.facts, self.picture)) + 3 * GAP_WIDE
        narrow = self.width() < max(NARROW, both)
        way = QBoxLayout.Direction
        self._columns.setDirection(way.TopToBottom if narrow else way.LeftToRight)


class _Card(QFrame):
    """A titled card with a refresh button; waits and failures are told in place."""

    def __init__(self, title: str, refresh: str) -> None:
        super().__init__()
        self.setObjectName("card")
        heading = QLabel(title)
        heading.setObjectName("sectionTitle")
        self.refresh = flat_button("refresh", refresh)
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.hide()
        head = QHBoxLayout()
        head.addWidget(heading, 1)
        head.addWidget(self.refresh)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(16, 10, 12, 14)
        self.body.setSpacing(GAP)
        self.body.addLayout(head)
        self.body.addWidget(self.said)
        self._waiting = ""
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(lambda: self.say(self._waiting, "secondary"))

    def wait(self, text: str) -> None:
        self._waiting = text
        self.refresh.setEnabled(False)
        self._patience.start()

    def wait_on(self, text: str) -> None:
        """What the wait is for."""
        self._patience.stop()
        self.say(text, "secondary")

    def show_failure(self, error: CameraError) -> None:
        self.done()
        self.say(f"{error.summary} {error.hint}".strip(), "error")
        self.said.setToolTip(error.detail)

    def done(self) -> None:
        self._patience.stop()
        self.refresh.setEnabled(True)
        self.said.hide()

    def say(self, text: str, role: str) -> None:
        self.said.setProperty("role", role)
        self.said.setText(text)
        self.said.style().unpolish(self.said)
        self.said.style().polish(self.said)
        self.said.show()


class FactsCard(_Card):
    def __init__(self) -> None:
        super().__init__("", "")
        self.refresh.setToolTip(self.tr("Read again"))
        self.refresh.setAccessibleName(self.tr("Read the facts again"))
        heading = self.findChild(QLabel, "sectionTitle")
        heading.setText(self.tr("Device"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(GAP_WIDE)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(1, 1)
        self.body.addLayout(self._grid)
        self.notes = QLabel()
        self.notes.setWordWrap(True)
        self.notes.setProperty("role", "warn")
        self.notes.hide()
        self.body.addWidget(self.notes)
        self.values: dict[str, QLabel] = {}

    def show_facts(self, facts: DeviceFacts) -> None:
        self.done()
        while (item := self._grid.takeAt(0)) is not None:
            item.widget().deleteLater()
        self.values = {}
        for line, (key, title, text, copies) in enumerate(self._rows(facts)):
            self._add(line, key, title, text, copies)
        self.notes.setText("\n".join(facts.notes))
        self.notes.setVisible(bool(facts.notes))

    def _rows(self, facts: DeviceFacts) -> list[tuple[str, str, str, bool]]:
        clock = facts.clock
        rows = [
            ("name", self.tr("Name"), facts.name, True),
            ("model", self.tr("Model"), facts.model, True),
            ("type", self.tr("Type"), facts.device_type, False),
            ("firmware", self.tr("Firmware"), facts.firmware, True),
            ("serial", self.tr("Serial number"), facts.serial, True),
            ("mac", self.tr("MAC address"), facts.mac, True),
            ("uptime", self.tr("Running for"), span_words(facts.uptime) if facts.uptime is not None else "", False),
            ("clock", self.tr("Its clock"), clock_words(clock) if clock else "", False),
            ("zone", self.tr("Time zone"), zone_words(clock.zone) if clock else "", False),
            ("offset", self.tr("Clock offset"), offset_words(clock.offset) if clock else "", False),
        ]
        return [row for row in rows if row[2]]

    def _add(self, line: int, key: str, title: str, text: str, copies: bool) -> None:
        label = QLabel(title)
        label.setProperty("role", "secondary")
        value = QLabel(text)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        value.setAccessibleName(f"{title}: {text}")
        self._grid.setRowMinimumHeight(line, 32)
        value.setWordWrap(True)
        self.values[key] = value
        self._grid.addWidget(label, line, 0)
        self._grid.addWidget(value, line, 1)
        if copies:
            button = flat_button("copy", self.tr("Copy {}").format(title.lower()))
            button.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
            self._grid.addWidget(button, line, 2)


class PictureCard(_Card):
    def __init__(self, device: str) -> None:
        super().__init__("", "")
        self.findChild(QLabel, "sectionTitle").setText(self.tr("Picture"))
        self.refresh.setToolTip(self.tr("Take a new picture"))
        self.refresh.setAccessibleName(self.tr("Take a new picture"))
        self.picture = _Picture()
        self.picture.setAccessibleName(self.tr("Snapshot of {}").format(device))
        self.body.insertWidget(1, self.picture)
        self.size_text = QLabel()
        self.size_text.setProperty("role", "secondary")
        self.body.addWidget(self.size_text)

    def show_jpeg(self, data: bytes) -> None:
        picture = QPixmap()
        self.done()
        if not picture.loadFromData(data):
            self.say(self.tr("The camera sent something that is not a picture ({} bytes).").format(len(data)), "error")
            return
        self.picture.show_picture(picture)
        self.size_text.setText(f"{picture.width()} × {picture.height()}")


class _Picture(QLabel):
    """Keeps the picture's shape at any width."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("snapshot")
        self._picture = QPixmap()
        self.setMinimumSize(192, 108)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def show_picture(self, picture: QPixmap) -> None:
        self._picture = picture
        self.updateGeometry()
        self._scale()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if self._picture.isNull():
            return width * 9 // 16
        return width * self._picture.height() // self._picture.width()

    def sizeHint(self) -> QSize:
        return QSize(480, self.heightForWidth(480))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scale()

    def _scale(self) -> None:
        if self._picture.isNull():
            return
        ratio = self.devicePixelRatioF()
        mode, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        scaled = self._picture.scaled(self.size() * ratio, mode, smooth)
        scaled.setDevicePixelRatio(ratio)
        self.setPixmap(scaled)
