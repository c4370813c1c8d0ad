"""Settings of whole devices: written to a file, compared, and chosen ones written back with proof."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from app.errors import AuthError, CameraError, Forbidden, SiteError, TransportError
from app.families.base import Session, SettingsTree
from app.site.compare import compare
from app.site.restore import Restored, RestorePlan, plan_restore, restore
from app.site.snapshot import DeviceSnapshot, write_file
from ui.banner import Banner
from ui.bridge.tasks import TaskScope
from ui.bridge.waits import Patience
from ui.bridge.writer import Outcome
from ui.context import Context
from ui.dialogs.compare_parts import Progress, RestoreLines, line_of, table_of
from ui.dialogs.compare_sides import Side, Sides
from ui.dialogs.sheet import Sheet
from ui.forms.words import counted
from ui.models.differences import Differences

PATIENCE = 300  # ms before a wait is shown


class CompareSheet(Sheet):
    """Left is what may be written to, right is what it is compared with."""

    def __init__(self, parent: QWidget, context: Context, devices: Sequence[tuple[str, Session]]) -> None:
        """devices: with their names, the one in view first."""
        super().__init__(parent, parent.tr("Export, compare, restore"), 1080, 640)
        self.sides = Sides(Side(name, each) for name, each in devices if each.offer(SettingsTree) is not None)
        self.sides.changed.connect(self._forget)
        self._taken: tuple[DeviceSnapshot, DeviceSnapshot] | None = None
        self._compared: tuple[Side, Side] | None = None
        self.plan: RestorePlan | None = None
        self.scope = TaskScope(context.messages)
        self._work: asyncio.Task[Any] | None = None
        self._writing = self._stopping = False
        self._waits = Patience(self.tr("The camera"), lambda text: self.progress.say(text, 0, 0))
        self.dialog: QFileDialog | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(lambda: self.progress.show())
        self._build()
        self._show_buttons()

    # Construction

    def _build(self) -> None:
        head = self._build_head()
        self.banner = Banner()
        self.progress = Progress()
        self.progress.cancel.clicked.connect(self.stop)
        self.progress.hide()
        self._build_tools()
        self._build_centre()
        foot = self._build_foot()
        self.body.addLayout(head)
        for part in (self.banner, self.progress, self.tools, self.stack):
            self.body.addWidget(part)
        self.body.addLayout(foot)
        self.body.setStretchFactor(self.stack, 1)

    def _build_head(self) -> QHBoxLayout:
        """What is compared with what."""
        self.open_file = self._button(self.tr("Open a file"), self.ask_file)
        self.compare = self._button(self.tr("Compare"), self.start_comparing)
        self.export = self._button(self.tr("Export"), self.ask_export)
        head = line_of(self.sides, self.compare)
        head.addStretch(1)
        head.addWidget(self.open_file)
        head.addWidget(self.export)
        return head

    def _build_tools(self) -> None:
        """The differences, with what finds and chooses them."""
        self.differences = Differences()
        self.differences.chosen_changed.connect(self._show_buttons)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Filter differences"))
        self.search.setAccessibleName(self.tr("Filter differences"))
        self.search.textChanged.connect(self.differences.filter)
        self.all = self._button(self.tr("Choose all shown"), lambda: self.differences.choose_shown(True))
        self.none = self._button(self.tr("Choose none"), lambda: self.differences.choose_shown(False))
        self.tools = QWidget()
        self.tools.setLayout(line_of(self.search, self.all, self.none))
        self.tools.layout().setContentsMargins(0, 0, 0, 0)

    def _build_centre(self) -> None:
        """One at a time: what can be done here, the differences, what a restore does."""
        self.table = table_of(self.differences, self.tr("Differences"))
        self.lines = RestoreLines()
        self._ask = self.tr(
            "Choose what to compare: cameras that are open, or files. Open a second camera in the list, or a file "
            "with the button above. Export writes all settings of the left camera into a file, without secrets."
        )
        self.hint = QLabel(self._ask)
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setProperty("role", "secondary")
        self.stack = QStackedWidget()
        for widget in (self.hint, self.table, self.lines):
            self.stack.addWidget(widget)

    def _build_foot(self) -> QHBoxLayout:
        """Where a restore stands, and the way on and back."""
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.back = self._button(self.tr("Back"), self._show_table)
        self.write = self._button("", self._go_on)
        self.write.setObjectName("primary")
        foot = line_of(self.state, self.back, self.write)
        foot.setStretch(0, 1)
        return foot

    def _button(self, text: str, action: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(lambda: action())
        return button

    # What is chosen

    def _forget(self) -> None:
        """What was compared is not what stands above any more, and must not be written from there."""
        self._taken = self._compared = self.plan = None
        self.differences.show_differences((), "", "")
        self.hint.setText(self._ask)
        self.stack.setCurrentWidget(self.hint)
        self.banner.hide()
        self._show_buttons()

    def open(self) -> None:
        super().open()
        self.sides.one.setFocus()

    def add_file(self, path: Path) -> None:
        self.sides.add_file(path)
        self._show_buttons()

    def ask_file(self) -> None:
        dialog = self._dialog(self.tr("Open a file of settings"), QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.add_file(Path(name)))
        dialog.open()

    def ask_export(self) -> None:
        side = self.sides.left
        if side is None:
            return
        dialog = self._dialog(self.tr("Export settings"), QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.selectFile(f"{_file_name(side.name)}.json")
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name)))
        dialog.open()

    def _dialog(self, title: str, mode: QFileDialog.AcceptMode) -> QFileDialog:
        self.dialog = QFileDialog(self.window(), title)
        self.dialog.setAcceptMode(mode)
        self.dialog.setNameFilter(self.tr("Settings (*.json)"))
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return self.dialog

    # Work

    def export_to(self, path: Path) -> None:
        side = self.sides.left
        if side is not None:
            self._start(self._export(side, path))

    def start_comparing(self) -> None:
        one, other = self.sides.left, self.sides.right
        if one is not None and other is not None and self.sides.are_two and not self.is_busy:
            self._forget()
            self._start(self._compare(one, other))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        if self._work is not None:
            work.close()
            return
        self.banner.hide()
        self._stopping = False
        self.progress.say("", 0, 0)
        self._patience.start()
        self._work = self.scope.start(self._run(work), on_error=self._failed)
        self._show_buttons()

    async def _run(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            with self._waits.told():
                await work
        finally:
            self._work = None
            self._writing = False
            self._patience.stop()
            self.progress.hide()
            self._show_buttons()

    def stop(self) -> None:
        """Reading ends at once; writing after the resource under way."""
        if self._writing:
            self._stopping = True
            self._waits.give_up()
            self.progress.say(self.tr("Stopping after this one"), 0, 0)
        elif self._work is not None:
            self._work.cancel()

    @property
    def is_busy(self) -> bool:
        return self._work is not None

    async def _read(self, side: Side) -> DeviceSnapshot:
        self._waits.device = side.name
        return await side.snapshot(self._reading(side))

    def _reading(self, side: Side) -> Callable[[int, int, str], None]:
        words = self.tr("Reading {0}: {1}")
        return lambda done, whole, title: self.progress.say(words.format(side.name, title), done, whole)

    async def _export(self, side: Side, path: Path) -> None:
        snapshot = await self._read(side)
        await asyncio.to_thread(write_file, path, snapshot)
        text = self.tr("{0}: {1} resources of {2}.").format(path, len(snapshot.resources), side.name)
        if snapshot.refused:
            refused = counted(self.tr("%n resource(s) were refused by the camera.", "", len(snapshot.refused)),
                              len(snapshot.refused))  # fmt: skip
            text = f"{text} {refused}"
        self.banner.say("ok", text)

    async def _compare(self, one: Side, other: Side) -> None:
        self._taken = (await self._read(one), await self._read(other))
        self._compared = (one, other)
        found = compare(*self._taken)
        self.search.clear()
        self.differences.show_differences(found.differences, one.name, other.name)
        self._show_table()
        lacking = ((other, found.only_one), (one, found.only_other))
        missing = [self.tr("Not in {0}: {1}").format(side.name, ", ".join(only)) for side, only in lacking if only]
        if missing:
            self.banner.say("warn", "\n".join(text if len(text) < 200 else f"{text[:200]}…" for text in missing))

    def _show_table(self) -> None:
        self.plan = None
        self.stack.setCurrentWidget(self.table if self.differences.total else self.hint)
        if self._compared is not None and not self.differences.total:
            self.hint.setText(self.tr("{0} and {1} hold the same settings.").format(*(s.name for s in self._compared)))
        self._show_buttons()

    # Writing back

    def _go_on(self) -> None:
        if self._taken is None or self._compared is None or self._compared[0].session is None:
            return
        if self.plan is None:
            self._start(self._make_plan(self._compared[0], self._taken[1]))
        elif self.plan.wanted:
            self._writing = True
            self._start(self._restore(self._compared[0], self.plan))

    async def _make_plan(self, target: Side, snapshot: DeviceSnapshot) -> None:
        """What is dangerous is never named, so that the plan leaves it out and says why."""
        assert target.session is not None
        chosen = self.differences.chosen
        resources = list(dict.fromkeys(resource for resource, _ in sorted(chosen)))
        plan = await plan_restore(snapshot, target.session, resources, progress=self._reading(target))
        left_out = [step for step in plan.left_out if (step.resource, step.path) in chosen]
        self.plan = plan.choose(lambda step: (step.resource, step.path) in chosen)
        self.lines.show_plan(self.plan, left_out)
        self.stack.setCurrentWidget(self.lines)

    async def _restore(self, target: Side, plan: RestorePlan) -> None:
        """One resource at a time, so that it can be stopped between two of them."""
        assert target.session is not None
        self._waits.device = target.name
        self.lines.clear()
        self.stack.setCurrentWidget(self.lines)
        done: list[Restored] = []
        resources = list(dict.fromkeys(step.resource for step in plan.wanted))
        for number, resource in enumerate(resources):
            if self._stopping:
                break
            steps = plan.choose(lambda step, wanted=resource: step.resource == wanted)
            title = steps.wanted[0].resource_title
            self.progress.say(self.tr("Writing {0}: {1}").format(target.name, title), number, len(resources))
            some = await restore(steps, target.session)
            done += some
            for each in some:
                self.lines.show_restored(each, plan.documents[each.resource])
            if any(_is_the_end(each.error) for each in some):
                break
        self.plan = None
        self._taken = self._compared = None
        self._say_outcome(target.name, done, stopped=len(done) < len(resources))

    def _say_outcome(self, device: str, done: list[Restored], *, stopped: bool) -> None:
        outcome = Outcome([each.proof for each in done if each.proof is not None], stopped)
        errors = [each for each in done if each.error is not None]
        if errors and errors[0].error is not None:
            outcome.failed(errors[0].title, device, errors[0].error)
        text, role, _ = outcome.summary()
        if any(proof.reboot_required for proof in outcome.proofs):
            text = self.tr("{} Some of it takes effect after a reboot.").format(text)
        self.banner.say(role, text)

    def _failed(self, error: CameraError) -> None:
        self.banner.say("error", str(error))

    # What can be pressed

    def _show_buttons(self) -> None:
        left, busy = self.sides.left, self.is_busy
        self.sides.set_changeable(not busy)
        self.compare.setEnabled(not busy and self.sides.are_two)
        self.export.setEnabled(not busy and left is not None and left.session is not None)
        self.open_file.setEnabled(not busy)
        at_table = self.stack.currentWidget() is self.table
        self.tools.setVisible(at_table)
        self.back.setVisible(self.stack.currentWidget() is self.lines and self._compared is not None)
        self.back.setEnabled(not busy)
        chosen, target = len(self.differences.chosen), self._compared[0] if self._compared else None
        self.write.setVisible(target is not None and (at_table or self.plan is not None))
        can = target is not None and target.session is not None
        if self.plan is not None:
            count = len(self.plan.wanted)
            text = counted(self.tr("Write %n setting(s) to {}", "", count), count)
            self.write.setEnabled(can and count > 0 and not busy)
        else:
            text = self.tr("Set what is chosen on {}")
            self.write.setEnabled(can and chosen > 0 and not busy)
        self.write.setText(text.format(target.name if target else ""))
        self.write.setToolTip("" if can else self.tr("Only a camera can be set. Choose it at the left."))
        state = ""
        if at_table:
            total = self.differences.total
            state = counted(self.tr("%n difference(s), {} chosen", "", total), total).format(chosen)
        elif self.plan is not None:
            state = self.tr("Every field is read back afterwards and compared.")
        self.state.setText(state)
        self.state.setProperty("role", "secondary")

    def dismiss(self) -> None:
        if self._writing:
            self.banner.say("warn", self.tr("Still writing. Press Stop, or wait for the end."))
            return
        self._patience.stop()
        self.scope.shut()
        super().dismiss()


def _is_the_end(error: CameraError | None) -> bool:
    """The camera is gone, or takes the password no more: nothing else is tried."""
    refused = isinstance(error, AuthError) and not isinstance(error, Forbidden)
    return refused or isinstance(error, TransportError | SiteError)


def _file_name(text: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-_. " else "-" for sign in text).strip() or "settings"
