"""What the device has recorded: choose a day, see why and when, play from any moment, take pieces along."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.errors import CameraError
from app.families.base import Session
from app.families.media import Recordings
from app.model.recording import Clip
from app.video.frame import StreamPhase
from app.video.player import LivePlayer
from app.video.snapshot import Label
from ui.bridge.messages import Action
from ui.context import Context
from ui.forms.words import ElidedLabel, counted
from ui.pages.base import Page
from ui.pages.live_keeper import Keeper
from ui.pages.live_parts import box, row_of
from ui.palette import PaletteEntry
from ui.panes.notice import Notice
from ui.recordings.downloads import DownloadBar, Downloads
from ui.recordings.pieces import TIME, Pieces, pieces_table, size_text
from ui.recordings.play_bar import PlayBar
from ui.recordings.playing import Playing
from ui.recordings.span import lanes_of
from ui.recordings.timeline import Timeline
from ui.theme import icon
from ui.video.view import VideoView
from ui.video.viewing import Viewing

BACK = 400  # days that are asked for
NARROW = 36  # pixels of a button with nothing but an icon


class RecordingsPage(Page):
    title = "Recordings"
    icon = "recordings"

    @classmethod
    def available(cls, session: Session) -> bool:
        return session.offer(Recordings) is not None

    def __init__(
        self, session: Session, context: Context, device_name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(session, context, parent)
        recordings = session.offer(Recordings)
        assert recordings is not None
        self.device_name = device_name or self.device_name
        self.recordings = recordings
        self.downloads = Downloads(recordings, self.scope)
        self.keeper = Keeper(self.device_name, self._label, context.messages, self.scope)
        self.pieces = Pieces()
        self.ask_folder: Callable[[str], str] = self._ask_folder
        self._days: tuple[date, ...] = ()
        self._loading: asyncio.Task[None] | None = None
        self._build()
        self._connect()

    # Widgets

    def _build(self) -> None:
        self.day_box = box(self.tr("Day"))
        self.before, self.after = QPushButton(icon("chevron-left"), ""), QPushButton(icon("chevron-right"), "")
        for button, name, key in (
            (self.before, self.tr("Day before"), "PgUp"),
            (self.after, self.tr("Next day"), "PgDown"),
        ):
            button.setAccessibleName(name)
            button.setToolTip(f"{name} ({key})")
            button.setFixedWidth(NARROW)
        self.reason_box = box(self.tr("Reason"))
        self.facts = ElidedLabel()
        self.facts.setProperty("role", "secondary")
        self.every = QCheckBox(self.tr("All shown"))
        self.every.setToolTip(self.tr("Choose every piece of the list (Ctrl+A)"))
        self.download = QPushButton(icon("download"), self.tr("Download…"))
        self.download.setToolTip(self.tr("Save the chosen pieces into a folder (Ctrl+D)"))
        self.view = VideoView(self.device_name)
        self.viewing = Viewing(self.view, self)
        self.playing = Playing(self.recordings, self.viewing, self)
        self.bar = PlayBar(self.playing)
        self.timeline = Timeline()
        self.table = pieces_table(self.pieces)
        self.work = DownloadBar()
        self.notice = Notice()
        self.book = QStackedWidget()
        self.book.addWidget(self.notice)
        self.book.addWidget(self._day_view())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.head = self._head()
        layout.addWidget(self.head)
        layout.addWidget(self.book, 1)
        layout.addWidget(self.work)

    def _head(self) -> QWidget:
        day = QLabel(self.tr("Day"))
        day.setBuddy(self.day_box)
        widgets = (day, self.before, self.day_box, self.after, self.reason_box, self.facts)
        return row_of(*widgets, self.every, self.download, stretch=self.facts)

    def _day_view(self) -> QWidget:
        upper = QSplitter(Qt.Orientation.Horizontal)
        upper.addWidget(_column(self.view, self.bar))
        upper.addWidget(self.table)
        upper.setStretchFactor(0, 3)
        upper.setStretchFactor(1, 2)
        upper.setChildrenCollapsible(False)
        upper.setSizes([560, 440])
        return _column(upper, self.timeline)

    def _connect(self) -> None:
        self.day_box.activated.connect(lambda _: self._load_day())
        self.before.clicked.connect(lambda: self.go(-1))
        self.after.clicked.connect(lambda: self.go(1))
        self.reason_box.activated.connect(self._filter)
        self.every.clicked.connect(self.pieces.choose_shown)
        self.download.clicked.connect(self.download_chosen)
        self.work.cancel_wanted.connect(self.downloads.cancel)
        self.pieces.chosen_changed.connect(self._chosen_changed)
        self.timeline.picked.connect(self.playing.play)
        self.playing.moved.connect(self.timeline.set_position)
        self.viewing.changed.connect(self.keeper.follow)
        self.timeline.current_changed.connect(self._select_row)
        self.table.selectionModel().currentRowChanged.connect(lambda now, _: self._row_changed(now.row()))
        self.table.activated.connect(lambda index: self._play_row(index.row()))
        self.downloads.state_changed.connect(self.pieces.set_state)
        self.downloads.progressed.connect(self.work.tell)
        self.downloads.finished.connect(self._downloaded)
        self.view.full_screen_wanted.connect(self.full_screen_wanted)
        self.view.snapshot_wanted.connect(self.keeper.save)
        self.view.frozen_changed.connect(self.keeper.hold)
        for key, action in self._keys():
            shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(action)

    def _keys(self) -> Iterator[tuple[str, Callable[[], object]]]:
        yield "PgUp", lambda: self.go(-1)
        yield "PgDown", lambda: self.go(1)
        yield "Shift+Left", self.bar.back.click
        yield "Shift+Right", self.bar.forwards.click
        yield "P", self.bar.toggle.click
        yield "Ctrl+D", self.download_chosen
        yield "Ctrl+S", self.keeper.save
        yield "Ctrl+C", self.keeper.copy
        yield "Ctrl+A", self.every.click

    # What the shell asks for

    def activated(self) -> None:
        if not self._days and (self._loading is None or self._loading.done()):
            self.notice.say("", self.tr("Asking {} for its recordings").format(self.device_name), busy=True)
            self.book.setCurrentWidget(self.notice)
            self._loading = self.scope.start(self._load())
        else:
            self.timeline.setFocus()

    def deactivated(self) -> None:
        """Nobody watches: the camera has one viewer less. Downloads go on."""
        self.playing.stop()

    def close_page(self) -> None:
        self.playing.stop()
        self.viewing.close()
        super().close_page()

    @property
    def player(self) -> LivePlayer | None:
        return self.viewing.player

    def palette_entries(self) -> Iterator[PaletteEntry]:
        place = f"{self.device_name} › {self.title}"
        yield PaletteEntry(self.tr("Download the chosen recordings"), place, self.download_chosen, "Ctrl+D", "download")
        yield PaletteEntry(self.tr("Play or stop the recording"), place, self.bar.toggle.click, "P", "play")
        yield PaletteEntry(self.tr("Back by 10 seconds"), place, self.bar.back.click, "Shift+Left", "play")
        yield PaletteEntry(self.tr("Forwards by 10 seconds"), place, self.bar.forwards.click, "Shift+Right", "play")
        yield PaletteEntry(self.tr("Recordings of the day before"), place, lambda: self.go(-1), "PgUp", "recordings")
        yield PaletteEntry(self.tr("Recordings of the next day"), place, lambda: self.go(1), "PgDown", "recordings")

    # Days

    async def _load(self) -> None:
        today = datetime.now().date() + timedelta(days=1)  # the camera's clock may be ahead
        try:
            self._days = await self.recordings.days(today - timedelta(days=BACK), today)
        except CameraError as error:
            self._failed(error)
            return
        if not self._days:
            words = self.tr("{} has recorded nothing").format(self.device_name)
            hint = self.tr("Look under Settings at its record schedule and its memory card.")
            self.notice.say(words, hint, icon_name="recordings", buttons=[self._again()])
            return
        self.day_box.clear()
        for day in self._days:
            self.day_box.addItem(f"{day:%a %d %b %Y}", day)
        self.day_box.setMinimumWidth(self.day_box.sizeHint().width())
        self.day_box.setCurrentIndex(len(self._days) - 1)
        await self._show_day()

    def go(self, by: int) -> None:
        """To another day that has recordings."""
        at = self.day_box.currentIndex() + by
        if self._days and 0 <= at < len(self._days):
            self.day_box.setCurrentIndex(at)
            self._load_day()

    def _load_day(self) -> None:
        if self._loading is not None:
            self._loading.cancel()
        self._loading = self.scope.start(self._show_day())

    async def _show_day(self) -> None:
        at = self.day_box.currentIndex()
        self.before.setEnabled(at > 0)
        self.after.setEnabled(at < len(self._days) - 1)
        self.playing.forget()
        try:
            clips = await self.recordings.clips(self._days[at])
        except CameraError as error:
            self._failed(error)
            return
        zone = clips[0].start.tzinfo if clips else None
        self.pieces.show_clips(clips)
        self.timeline.show_day(datetime.combine(self._days[at], datetime.min.time(), zone), clips)
        self.reason_box.clear()
        self.reason_box.addItem(self.tr("All reasons"), "")
        for title in lanes_of(clips):
            self.reason_box.addItem(title, title)
        self.viewing.say(StreamPhase.STOPPED)
        self.book.setCurrentIndex(1)
        self.timeline.setFocus()

    def _failed(self, error: CameraError) -> None:
        self.book.setCurrentWidget(self.notice)
        self.notice.say(
            error.summary, error.hint, icon_name="warning", role="warn", detail=error.detail, buttons=[self._again()]
        )

    def _again(self) -> tuple[str, str, Callable[[], None]]:
        def again() -> None:
            self._days, self._loading = (), None
            self.activated()

        return self.tr("Try again"), "refresh", again

    # Pieces

    def _filter(self) -> None:
        self.pieces.filter(str(self.reason_box.currentData() or ""))
        self._chosen_changed()

    def _chosen_changed(self) -> None:
        chosen = self.pieces.chosen
        self.timeline.set_chosen(frozenset(chosen))
        shown = set(self.pieces.shown)
        self.every.setChecked(bool(shown) and shown <= set(chosen))
        self.download.setEnabled(bool(chosen) and not self.downloads.active)
        sizes = [clip.size for clip in chosen if clip.size is not None]
        if not chosen:
            self.facts.setText(counted(self.tr("%n piece(s)", "", len(shown)), len(shown)))
        elif len(sizes) == len(chosen):
            self.facts.setText(self.tr("{0} chosen, {1}").format(len(chosen), size_text(sum(sizes))))
        else:
            self.facts.setText(self.tr("{} chosen").format(len(chosen)))

    def _select_row(self, clip: Clip) -> None:
        row = self.pieces.row(clip)
        if row >= 0 and row != self.table.currentIndex().row():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().setCurrentIndex(self.pieces.index(row, TIME), flags)
            self.table.scrollTo(self.pieces.index(row, TIME))

    def _row_changed(self, row: int) -> None:
        clip = self.pieces.clip(row)
        if clip is not None:
            self.timeline.set_current(clip)

    def _play_row(self, row: int) -> None:
        clip = self.pieces.clip(row)
        if clip is not None:
            self.playing.play(clip, clip.start)

    def _label(self) -> Label:
        known = (found.model for found in self.context.discovery.found if found.address == self.session.address)
        return Label(self.device_name, model=next(known, ""), rotation=self.view.rotation)

    # Downloads

    def download_chosen(self) -> None:
        chosen = self.pieces.chosen
        if not chosen or self.downloads.active:
            return
        videos = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
        folder = self.ask_folder(videos)
        if folder:
            self.downloads.start(chosen, Path(folder), self.device_name)
            self.work.show()
            self.download.setEnabled(False)

    def _ask_folder(self, start: str) -> str:
        return QFileDialog.getExistingDirectory(self, self.tr("Folder for the recordings"), start)

    def _downloaded(self, saved: list[Path], failed: int) -> None:
        self.work.hide()
        self._chosen_changed()
        self.download.setEnabled(bool(self.pieces.chosen))
        messages = self.context.messages
        if saved:
            show = Action(self.tr("Open folder"), lambda: _open_folder(saved[0]))
            text = counted(self.tr("%n recording(s) saved to {}", "", len(saved)), len(saved)).format(saved[0].parent)
            messages.info(text, device=self.device_name, action=show)
        if failed:
            text = counted(self.tr("%n recording(s) could not be saved", "", failed), failed)
            messages.warning(text, device=self.device_name)


def _column(upper: QWidget, lower: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(upper, 1)
    column.addWidget(lower)
    return holder


def _open_folder(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
