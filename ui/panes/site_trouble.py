"""Says above everything that the site file cannot be written, and puts a whole one in the place of a damaged one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.errors import SiteDamaged, SiteError
from app.site.mending import Mended
from app.site.recovery import Stopped
from app.site.site import Site
from ui.banner import Banner
from ui.bridge.messages import Messages
from ui.bridge.tasks import TaskScope
from ui.dialogs.confirm import ConfirmSheet
from ui.dialogs.sheet import Sheet
from ui.palette import PaletteEntry

Again = Callable[[], Awaitable[None]]


class SiteTrouble(QWidget):
    """again is awaited when another file is in the place: what was read of the old one is read anew."""

    _read = Signal(int)  # per cent, from the thread of the site file

    def __init__(
        self,
        site: Site,
        messages: Messages,
        open_sheet: Callable[[Sheet], None],
        again: Again,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.site = site
        self._messages = messages
        self._open_sheet = open_sheet
        self._again = again
        self._over = parent
        self._scope = TaskScope(messages)
        self._stop = threading.Event()
        self._work: asyncio.Task[None] | None = None
        self.banner = Banner()
        self.banner.button.clicked.connect(self.ask)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(160)
        self.progress.setAccessibleName(self.tr("Progress of the recovery"))
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(self._stop.set)
        self.banner.line.addWidget(self.progress)
        self.banner.line.addWidget(self.cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.banner)
        self._read.connect(self.progress.setValue)
        self._unfollow = site.file.follow(self._say)
        self._say(site.file.problem)

    @property
    def is_busy(self) -> bool:
        return self._work is not None and not self._work.done()

    @property
    def name(self) -> str:
        return self.site.file.path.name

    def palette_entries(self) -> Iterator[PaletteEntry]:
        if isinstance(self.site.file.problem, SiteDamaged) and not self.is_busy:
            yield PaletteEntry(self.recover, str(self.site.file.path), self.ask, "", "refresh")

    @property
    def recover(self) -> str:
        return self.tr("Recover the site file…")

    def ask(self) -> None:
        """What will happen, before it does."""
        if self.is_busy or not isinstance(self.site.file.problem, SiteDamaged):
            return
        text = self.tr(
            "Everything that can be read of {0} goes into a new file, which takes its place. The damaged file stays "
            "beside it, with “damaged” in its name and everything that is in it. No camera is touched. You can go on "
            "without a restart."
        ).format(self.site.file.path)
        sheet = ConfirmSheet(
            self._over, self.tr("Recover the site file?"), text, self.tr("Recover {}").format(self.name)
        )
        sheet.agreed.connect(self._begin)
        self._open_sheet(sheet)

    def _begin(self) -> None:
        if not self.is_busy:
            self._work = self._scope.start(self._mend())

    async def _mend(self) -> None:
        self._stop.clear()
        self.progress.setValue(0)
        self._show_busy(True)
        self.banner.say("warn", self.tr("Recovering {}: reading what is left of it.").format(self.name))
        self.cancel.setFocus()
        try:
            mended = await self.site.mend(self._tell)
        except SiteError as error:
            self._say(self.site.file.problem)
            self._messages.failure(error)
        else:
            self._say(self.site.file.problem)
            self._messages.info(*self._words(mended))
            await self._again()
        finally:
            self._show_busy(False)

    def _tell(self, done: int, total: int) -> None:
        """In the thread of the site file."""
        if self._stop.is_set():
            raise Stopped(self.tr("Stopped: {} is as it was, and can only be read.").format(self.name))
        if done == total or done * 100 // total != (done - 1) * 100 // total:
            self._read.emit(done * 100 // total)

    def _words(self, mended: Mended) -> tuple[str]:
        if mended.kept is None:
            return (self.tr("{} is whole again: another window has recovered it.").format(self.name),)
        if not mended.entries:
            return (self.tr("{0} begins anew. What stood there is kept as {1}.").format(self.name, mended.kept),)
        text = self.tr("{0} is whole again: {1} entries were recovered. The damaged file is kept as {2}.")
        return (text.format(self.name, mended.entries, mended.kept),)

    def _say(self, problem: SiteError | None) -> None:
        """Also while the window works: damage may be found at any time."""
        self._show_busy(self.is_busy)
        if problem is None:
            self.banner.hide()
        elif isinstance(problem, SiteDamaged):
            text = self.tr(
                "The site file {} is damaged. You see what can be read of it. Settings are not sent to cameras, "
                "because they could not be written down."
            )
            self.banner.say("error", text.format(self.name), self.recover)
        else:
            text = self.tr("{} Settings are not sent to cameras, because they could not be written down. {}")
            self.banner.say("warn", text.format(problem.summary, problem.hint).strip())
        self.banner.setToolTip(problem.detail if problem is not None else "")

    def _show_busy(self, busy: bool) -> None:
        self.progress.setVisible(busy)
        self.cancel.setVisible(busy)

    async def close(self) -> None:
        """Stops what is under way before anything was replaced."""
        self._unfollow()
        self._stop.set()
        if self._work is not None:
            await asyncio.wait([self._work])
        await self._scope.close()
