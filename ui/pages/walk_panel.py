"""The walk test on the screen: what is off is said, somebody walks, every region that watches turns green."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.errors import CameraError
from app.events import EventDesk, Followed, FollowState, Mark, Station, Walk
from app.events.arming import Kept
from app.events.report import WalkReport
from ui.bridge.messages import Messages
from ui.bridge.tasks import TaskScope
from ui.bridge.writer import wait_out
from ui.forms.words import ElidedLabel, counted
from ui.models import event_words as words
from ui.pages.live_parts import row_of
from ui.pages.still_label import StillLabel
from ui.pages.walk_earlier import EarlierWalks
from ui.pages.walk_list import WalkList
from ui.pages.walk_paper import save_html, save_pdf
from ui.panes.notice import Notice
from ui.theme import GAP, icon

PACE = 500  # ms between two looks for pictures


class WalkPanel(QWidget):
    """Belongs to one page. `activated` when it is in view; `finish` before the session is closed."""

    def __init__(self, desk: EventDesk, followed: Followed, messages: Messages, name: str) -> None:
        super().__init__()
        self._followed = followed
        self._messages = messages
        self._name = name
        self.scope = TaskScope(messages, lambda: name)
        self.walk = Walk(desk, followed, self._stations_changed)
        self.report: WalkReport | None = None
        self.dialog: QFileDialog | None = None
        self._work: asyncio.Future[Any] | None = None  # what must not be cut off
        self._looked = False
        self._build()
        self._timer = QTimer(self)
        self._timer.setInterval(PACE)
        self._timer.timeout.connect(self._tick)
        self._show()

    # Widgets

    def _build(self) -> None:
        self.verdict = ElidedLabel()
        self.verdict.setAccessibleName(self.tr("How the walk test stands"))
        self.earlier = EarlierWalks(self._followed.session, self._start_reading)
        self.again = QPushButton(icon("refresh"), self.tr("Look again"))
        self.go = QPushButton()
        self.go.setObjectName("primary")
        self.keep = QPushButton(icon("file"), self.tr("Save"))
        self.keep.setToolTip(self.tr("Save the result as a PDF or as a page for a browser"))
        self.list = WalkList()
        self.title = QLabel()
        self.title.setObjectName("strong")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.picture = StillLabel(self.scope.start)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(GAP)
        column.addWidget(self.title)
        column.addWidget(self.picture, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.list)
        self.splitter.addWidget(side)
        self.splitter.setSizes([700, 260])
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setChildrenCollapsible(False)
        self.notice = Notice()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.notice)
        self.stack.addWidget(self.splitter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        head = (self.verdict, self.earlier, self.keep, self.again, self.go)
        layout.addWidget(row_of(*head, stretch=self.verdict))
        layout.addWidget(self._make_banner())
        layout.addWidget(self.stack, 1)
        self.again.clicked.connect(self.look)
        self.go.clicked.connect(self._go)
        self.earlier.hide()
        self.earlier.chosen.connect(self._show_earlier)
        self.keep.clicked.connect(self._ask_file)
        self.list.currentItemChanged.connect(lambda: self._show_chosen())

    def _make_banner(self) -> QFrame:
        """What stands in the way, with the button that clears it."""
        self.banner = QFrame()
        self.banner.setObjectName("banner")
        self.banner.setProperty("role", "warn")
        self.obstacles = QLabel()
        self.obstacles.setWordWrap(True)
        self.obstacles.setTextFormat(Qt.TextFormat.PlainText)
        self.arm = QPushButton()
        row = QHBoxLayout(self.banner)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(GAP)
        row.addWidget(self.obstacles, 1)
        row.addWidget(self.arm)
        self.arm.clicked.connect(self._arm_or_put_back)
        return self.banner

    # What the page asks for

    def activated(self) -> None:
        if not self._looked:
            self.look()
        self.go.setFocus()

    def resource_changed(self) -> None:
        """Something was set elsewhere: what is off may be another now."""
        if self._looked and not self.walk.is_running and self._work is None:
            self.look()

    async def finish(self) -> None:
        """Nothing stays armed that was not before."""
        self._timer.stop()
        await self.scope.close()
        if self._work is not None:
            await wait_out(self._work)
        if self.walk.is_running:
            await self._keep_unfinished()
        if self.walk.is_running or self.walk.owes:
            for each in await self.walk.put_back():
                if each.problem:
                    self._say_not_put_back(each)

    async def _keep_unfinished(self) -> None:
        """Who leaves in the middle of a walk has walked all the same: it is among the earlier ones."""
        self.report = await self.walk.stop()
        self._say_unsaved()

    def _say_unsaved(self) -> None:
        if self.walk.unsaved is not None:
            error = self.walk.unsaved
            self._messages.error(
                self.tr("{0}: this walk test is not in the site file. {1}").format(self._name, error.summary),
                device=self._name,
                hint=self.tr("Save it as a file here before you leave. {}").format(error.hint),
                detail=error.detail,
            )

    # Looking, arming, walking

    def look(self) -> None:
        """Asks the camera what is drawn and what is off."""
        self._looked, self.report = True, None
        self._show()
        self._say_busy(self.tr("Reading what is drawn on {}").format(self._name))
        self.scope.start(self._look(), on_error=self._failed)

    async def _look(self) -> None:
        await self.walk.look()
        await self.earlier.refresh()
        self._show()

    def _start_reading(self, work: Coroutine[Any, Any, None]) -> None:
        self.scope.start(work, on_error=self._failed)

    def _show_earlier(self, report: WalkReport) -> None:
        if not self.walk.is_running:
            self.report = report
            self._show()

    def _go(self) -> None:
        if self.walk.is_running:
            self._start_work(self._stop())
        else:
            self.report = None
            self.walk.start()
            self._timer.start()
            self._show()

    async def _stop(self) -> None:
        """The result is there first; then everything is as it was before."""
        self._timer.stop()
        self._say_busy(self.tr("Keeping the result and putting back what was armed"))
        try:
            self.report = await self.walk.stop()
            self._say_unsaved()
            await self.earlier.refresh()
        finally:
            await self._put_back()

    def _arm_or_put_back(self) -> None:
        if self.walk.outlook.obstacles:
            self._say_busy(self.tr("Arming {} for the walk").format(self._name))
            self._start_work(self._arm())
        else:
            self._start_work(self._put_back())

    async def _arm(self) -> None:
        for each in await self.walk.arm():
            if each.problem:
                self._messages.warning(
                    self.tr("{0}: {1} could not be turned on.").format(self._name, each.title), hint=each.problem
                )

    async def _put_back(self) -> None:
        for each in await self.walk.put_back():
            if each.problem:
                self._say_not_put_back(each)
        await self.walk.look()

    def _say_not_put_back(self, each: Kept) -> None:
        self._messages.warning(
            self.tr("{0}: {1} could not be put back.").format(self._name, each.title),
            hint=self.tr("{} It is tried again at the next login.").format(each.problem),
        )

    def _start_work(self, work: Coroutine[Any, Any, None]) -> None:
        """Writing to the camera is not cut off when the page goes; the next button waits for it."""
        if self._work is not None:
            work.close()
            return
        self._work = asyncio.ensure_future(work)
        self._show_buttons()
        self.scope.start(self._watch(self._work), on_error=self._failed)

    async def _watch(self, work: asyncio.Future[Any]) -> None:
        try:
            await asyncio.shield(work)
        finally:
            if work.done():
                self._work = None
        self._show()

    def _failed(self, error: CameraError) -> None:
        again = (self.tr("Try again"), "refresh", self.look)
        self.notice.say(
            error.summary, error.hint, icon_name="warning", role="warn", detail=error.detail, buttons=[again]
        )
        self.stack.setCurrentWidget(self.notice)
        self._show_buttons()

    def _say_busy(self, text: str) -> None:
        self.notice.say(text, busy=True)
        self.stack.setCurrentWidget(self.notice)
        self._show_buttons()

    # Showing

    def _stations(self) -> tuple[Station, ...]:
        if self.walk.is_running and self.walk.test is not None:
            return self.walk.test.stations
        return self.report.stations if self.report is not None else self.walk.preview()

    def _show(self) -> None:
        """Everything anew."""
        self.list.show_stations(self._stations())
        if self.list.topLevelItemCount():
            self.stack.setCurrentWidget(self.splitter)
        elif self._looked:
            text = self.tr("Draw a detection under Regions first.")
            self.notice.say(self.tr("{} has nothing to walk through").format(self._name), text, icon_name="info")
            self.stack.setCurrentWidget(self.notice)
        self._show_chosen()
        self._show_banner()
        self._show_buttons()
        self._show_verdict()

    def _stations_changed(self, stations: tuple[Station, ...]) -> None:
        for station in stations:
            self.list.update_station(station)
            if station.place == self.list.chosen:
                self._show_chosen()
        self._show_verdict()

    def _tick(self) -> None:
        self.walk.collect_pictures()
        self._show_verdict()

    def _show_chosen(self) -> None:
        chosen = self.list.chosen
        station = next((each for each in self._stations() if each.place == chosen), None)
        self.title.setText(station.title if station is not None else "")
        if station is not None and station.picture is not None:
            self.picture.show_picture(station.picture)
            self.picture.setAccessibleName(self.tr("Picture of the first hit of {}").format(station.title))
        else:
            why = (station.why_off or station.note) if station is not None else ""
            self.picture.show_words(why or self.tr("The picture of a hit is shown here."))

    def _show_banner(self) -> None:
        obstacles, owes = self.walk.outlook.obstacles, self.walk.owes
        self.banner.setVisible(bool(obstacles or owes) and not self.walk.is_running)
        if obstacles:
            text = " ".join(each.text for each in obstacles)
            self.obstacles.setText(self.tr("{} What is turned on here is put back after the walk.").format(text))
            self.arm.setText(self.tr("Turn on for the walk"))
        elif owes:
            self.obstacles.setText(self.tr("Detections were turned on for the walk. They are put back at its end."))
            self.arm.setText(self.tr("Put back now"))

    def _show_buttons(self) -> None:
        running, busy = self.walk.is_running, self._work is not None
        self.go.setText(self.tr("Stop the walk") if running else self.tr("Start the walk"))
        self.go.setEnabled(not busy and (running or any(not each.why_off for each in self.walk.preview())))
        self.again.setEnabled(not running and not busy)
        self.arm.setEnabled(not busy)
        self.keep.setVisible(self.report is not None and not running)

    def _show_verdict(self) -> None:
        text, role = self._verdict()
        self.verdict.setText(text)
        if self.verdict.property("role") != role:
            self.verdict.setProperty("role", role)
            self.verdict.style().unpolish(self.verdict)
            self.verdict.style().polish(self.verdict)

    def _verdict(self) -> tuple[str, str]:
        stations = self._stations()
        left = sum(each.mark is Mark.UNTESTED for each in stations)
        passed = sum(each.mark is Mark.PASSED for each in stations)
        if self.walk.is_running:
            if self._followed.standing.state is not FollowState.LISTENING:
                return words.standing(self._followed.standing)
            if left:
                return counted(self.tr("Walk now. {} region(s) left.").format(left), left), "warn"
            return self.tr("Every region that watches was tested. Stop the walk to keep the result."), "ok"
        if self.report is not None:
            return self.report.verdict, "error" if left or not passed else "ok"
        if not stations:
            return "", "secondary"
        ready = self.tr("{} region(s) to walk through. Start, walk, stop.").format(left)
        return counted(ready, left), "secondary"

    # Files

    def _ask_file(self) -> None:
        pdf, html = self.tr("Documents (*.pdf)"), self.tr("Pages (*.html)")
        self.dialog = dialog = QFileDialog(self.window(), self.tr("Save the walk test"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([pdf, html])
        dialog.setDefaultSuffix("pdf")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix("html" if chosen == html else "pdf"))
        dialog.selectFile(self.tr("Walk test {}").format(self._name.replace("/", "-")))
        dialog.fileSelected.connect(lambda path: self.scope.start(self.save(Path(path))))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    async def save(self, path: Path) -> None:
        """As PDF by that suffix, else as a page."""
        assert self.report is not None
        write: Callable[[WalkReport, Path], None] = save_pdf if path.suffix.lower() == ".pdf" else save_html
        await asyncio.to_thread(write, self.report, path)
        self._messages.info(self.tr("Walk test saved as {}").format(path))
