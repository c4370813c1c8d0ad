"""A resource as its document: read, copied, edited by hand, sent with proof."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSplitter, QStackedWidget, QWidget

from app.errors import CameraError
from app.families.base import RawCommands, RawSettings, Session, SettingsTree, Stranding
from app.settings.changes import Change, Proof
from app.settings.document import Document
from app.site.raw import Paper
from ui.banner import Banner
from ui.bridge.tasks import TaskScope
from ui.bridge.waits import Patience
from ui.bridge.writer import Outcome, Writer
from ui.context import Context
from ui.dialogs.sheet import Sheet
from ui.forms.words import ElidedLabel
from ui.pages.raw_parts import DiffText, DocumentText, VerdictList
from ui.pages.settings_moves import Moves
from ui.theme import GAP

PAUSE = 150  # ms of not typing before the text is checked
PATIENCE = 300  # ms before a wait is shown
_LINE = re.compile(r"[Ll]ine (\d+)")


class _Hand:
    """What a `Writer` calls, for a body instead of edits."""

    def __init__(self, raw: RawSettings) -> None:
        self._raw = raw
        self.body = b""

    async def apply(self, document: Document, changes: tuple[Change, ...]) -> tuple[Proof, Document]:
        del changes
        return await self._raw.apply_raw(document, self.body)


class RawSheet(Sheet):
    """Reads the resource when it opens. Secrets stand as marks; what is unsent is not thrown away by one Esc."""

    sent = Signal(str)  # the resource; the camera may hold something else now
    moved = Signal(object, object)  # Address, Found: as `Page.moved`

    def __init__(
        self, parent: QWidget, session: Session, context: Context, device: str, resource: str, title: str
    ) -> None:
        super().__init__(parent, parent.tr("{}: the document").format(title), 1080, 640)
        raw, settings = session.offer(RawSettings), session.offer(SettingsTree)
        assert raw is not None
        assert settings is not None
        self._raw, self._settings, self._session = raw, settings, session
        self._device, self.resource = device, resource
        self._hand = _Hand(raw)
        self.moves = Moves(self._hand, session, context, device, self.moved.emit)
        self._writer = Writer(self.moves, context.messages, device)
        self.scope = TaskScope(context.messages, lambda: device)
        self.document: Document | None = None
        self.paper: Paper | None = None
        self.problem = ""
        self._agreed = self._warned = False
        self._checking, self._patience = QTimer(self), QTimer(self)
        for timer, pause, action in (
            (self._checking, PAUSE, self._check),
            (self._patience, PATIENCE, self._say_waiting),
        ):
            timer.setSingleShot(True)
            timer.setInterval(pause)
            timer.timeout.connect(action)
        self._build()

    # Construction

    def _build(self) -> None:
        self.place = ElidedLabel()
        self.place.setText(self.resource)
        self.place.setProperty("role", "secondary")
        self.copy = self._button(self.tr("Copy"), self._copy)
        self.curl = self._button(self.tr("Copy as curl"), self._copy_curl)
        self.curl.setToolTip(self.tr("A command for a shell, without the password and without hidden values"))
        self.edit = self._button(self.tr("Edit by hand"), self.start_editing)
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(self.place, 1)
        for button in (self.copy, self.curl, self.edit):
            head.addWidget(button)
        self.banner = Banner()
        self.editor = DocumentText(self.tr("Document"))
        self.editor.textChanged.connect(self._typed)
        self.diff = DiffText(self.tr("What differs from the camera"))
        self.verdicts = VerdictList(self.tr("Verdicts"))
        self.below = QStackedWidget()
        self.below.addWidget(self.diff)
        self.below.addWidget(self.verdicts)
        self.rows = QSplitter(Qt.Orientation.Vertical)
        self.rows.addWidget(self.editor)
        self.rows.addWidget(self.below)
        self.rows.setChildrenCollapsible(False)
        self.rows.setSizes([360, 160])
        self.below.hide()
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.discard = self._button(self.tr("Discard"), self._discard)
        self.stop = self._button(self.tr("Stop"), self._stop)
        self.stop.setToolTip(self.tr("Send nothing more; what was sent is read back"))
        self.apply = self._button(self.tr("Apply"), self.send)
        self.apply.setObjectName("primary")
        foot = QHBoxLayout()
        foot.setSpacing(GAP)
        foot.addWidget(self.state, 1)
        foot.addWidget(self.stop)
        foot.addWidget(self.discard)
        foot.addWidget(self.apply)
        self.body.addLayout(head)
        self.body.addWidget(self.banner)
        self.body.addWidget(self.rows, 1)
        self.body.addLayout(foot)
        self._show_buttons()

    def _button(self, text: str, action: object) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(action)
        return button

    # Reading

    def open(self) -> None:
        super().open()
        self.scope.start(self._load(), on_error=self._failed)

    async def _load(self) -> None:
        self._patience.start()
        try:
            with Patience(self._device, self._say_wait).told():
                self._take(await self._settings.load(self.resource))
        finally:
            self._patience.stop()

    def _say_waiting(self) -> None:
        busy = self.tr("Writing, then reading back") if self._writer.active else self.tr("Reading from the camera")
        self._say(busy, "secondary")

    def _say_wait(self, text: str) -> None:
        self._patience.stop()
        self._say(text, "secondary")

    def _take(self, document: Document) -> None:
        self.document, self.paper = document, Paper.of(document)
        self.editor.setReadOnly(True)
        self.editor.show_text(self.paper.shown)
        self._check()

    @property
    def is_changed(self) -> bool:
        return self.paper is not None and self.editor.as_typed != self.paper.shown

    # Editing

    def start_editing(self) -> None:
        if self.document is None:
            return
        self.verdicts.clear()
        self.editor.setReadOnly(False)
        self.editor.setFocus()
        self._check()

    def _typed(self) -> None:
        self._agreed = self._warned = False
        self.banner.hide()
        self._checking.start()

    def _check(self) -> None:
        """Grammar, marks and encoding; then what differs."""
        self._checking.stop()
        self.problem, diff = "", ()
        if self.document is not None and self.paper is not None and self.is_changed:
            text = self.editor.as_typed
            self.problem = self.paper.problem(text) or self._raw.check_raw(self.document, self.paper.body(text))
            diff = self.paper.diff(text)
        if diff:
            self.diff.setPlainText("\n".join(diff))
            self.below.setCurrentWidget(self.diff)
        self.below.setVisible(bool(diff) or self.verdicts.count() > 0)
        self.editor.mark_line(_named_line(self.problem))
        self._say_state(len(diff) > 0)
        self._show_buttons()

    def _say_state(self, differs: bool) -> None:
        hidden = self.paper is not None and "***hidden-" in self.paper.shown
        if self.problem:
            self._say(self.problem, "error")
        elif differs:
            self._say(self.tr("Well-formed. Every value is read back afterwards and compared."), "ok")
        elif not self.editor.isReadOnly() and hidden:
            self._say(
                self.tr("Type over ***hidden-1*** to set a secret; left as it is, the secret stays."), "secondary"
            )
        elif hidden:
            self._say(self.tr("Secrets are not shown."), "secondary")
        else:
            self._say("", "secondary")

    def _say(self, text: str, role: str) -> None:
        self.state.setText(text)
        self.state.setProperty("role", role)
        self.state.style().unpolish(self.state)
        self.state.style().polish(self.state)

    def _show_buttons(self) -> None:
        editing = not self.editor.isReadOnly()
        can_edit = self.document is not None and any(f.spec.access.value != "ro" for f in self.document.fields)
        self.edit.setVisible(not editing)
        self.edit.setEnabled(can_edit)
        self.edit.setToolTip("" if can_edit else self.tr("The camera lets nobody change this."))
        for button in (self.discard, self.apply):
            button.setVisible(editing)
        self.stop.setVisible(self._writer.active)
        self.apply.setEnabled(editing and self.is_changed and not self.problem and not self._writer.active)
        self.apply.setText(self.tr("Send all the same") if self._agreed else self.tr("Apply"))
        for button in (self.copy, self.curl):
            button.setEnabled(self.document is not None)
        self.curl.setEnabled(self.document is not None and not self.problem)

    def _discard(self) -> None:
        if self.paper is not None and not self._writer.active:
            self.editor.setPlainText(self.paper.shown)
            self.editor.setReadOnly(True)
            self._check()

    # Copying

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.editor.as_typed)
        self._say(self.tr("Copied."), "secondary")

    def _copy_curl(self) -> None:
        self._check()
        if self.document is None or self.paper is None or self.problem:
            return
        edited = self.editor.as_typed if self.is_changed else None
        what = self.tr("what reads it") if edited is None else self.tr("what writes it")
        if isinstance(self._raw, RawCommands):
            body = None if edited is None else self.paper.body(edited)
            QGuiApplication.clipboard().setText(self._raw.raw_command(self.document, body))
            self._say(self.tr("Copied: {}. The command says what else it needs.").format(what), "secondary")
            return
        url, media = self._raw.raw_url(self.document), self.document.source.media_type
        QGuiApplication.clipboard().setText(self.paper.curl(url, self._session.user, media, edited))
        self._say(self.tr("Copied: {}. curl asks for the password.").format(what), "secondary")

    # Sending

    def send(self) -> None:
        self._check()
        if self.document is None or self.paper is None or self.problem or self._writer.active or not self.is_changed:
            return
        self._hand.body = self.paper.body(self.editor.as_typed)
        warnings = self._consequences(self.document, self._hand.body)
        if warnings and not self._agreed:
            self._agreed = True
            self.banner.say("warn", "\n".join(warnings))
            self._show_buttons()
            return
        self._writer.begin(self._say_wait)
        self._show_buttons()
        self.stop.setEnabled(True)
        self.editor.setReadOnly(True)
        self.scope.start(self._send(self.document), on_error=self._failed)

    def _stop(self) -> None:
        self._writer.stop()
        self.stop.setEnabled(False)
        self._say(self.tr("Stopping after this one: what is being written is read back first"), "secondary")

    def _consequences(self, document: Document, body: bytes) -> list[str]:
        """What may cut the camera off, in words."""
        stranding = self._session.offer(Stranding)
        if stranding is None:
            return []
        return [strand.text for strand in stranding.strands(document, self._known_changes(document, body))]

    def _known_changes(self, document: Document, body: bytes) -> tuple[Change, ...]:
        """Of the fields that the document has."""
        known = {field.path for field in document.fields}
        return tuple(change for change in self._raw.raw_changes(document, body) if change.path in known)

    async def _send(self, document: Document) -> None:
        self._patience.start()
        done = False
        try:
            proof, after = await self._writer.write(document, self._known_changes(document, self._hand.body))
            done = True
        finally:
            self._patience.stop()
            self._writer.end()
            if not done:
                self.editor.setReadOnly(False)
                self._show_buttons()
        self.verdicts.show_proof(document, proof)
        self.below.setCurrentWidget(self.verdicts)
        self._take(after)
        text, role, _ = Outcome([proof]).summary()
        self._say(text, role)
        self.sent.emit(self.resource)
        if proof.lost is not None:
            self.banner.say("error", f"{proof.lost.summary} {proof.lost.hint}")
        elif proof.reboot_required:
            self.banner.say("warn", self.tr("{} takes this over only after a reboot.").format(self._device))

    def _failed(self, error: CameraError) -> None:
        self.banner.say("error", str(error))
        self._check()
        self.editor.setFocus()

    # Leaving

    def dismiss(self) -> None:
        """Once more where something is unsent. A write under way goes on; its outcome is posted."""
        if not self.isHidden() and self.is_changed and not self._warned and not self._writer.active:
            self._warned = True
            self.banner.say("warn", self.tr("This was not sent. Press Esc again to throw it away."))
            return
        self._checking.stop()
        self._patience.stop()
        self.scope.shut()
        super().dismiss()


def _named_line(problem: str) -> int | None:
    """The line that a problem speaks of, counted from 1."""
    named = _LINE.search(problem)
    return int(named[1]) if named else None
