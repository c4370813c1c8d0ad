"""The settings of a device: tree at the left, the form of what is chosen beside it, changes below."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.errors import CameraError, DeviceBusy, DeviceFault, Forbidden, NotSupported
from app.families.base import Session, SettingsTree
from app.settings.changes import Proof, Verdict
from app.settings.document import Document
from app.settings.tree import Node, NodeKind, NodeState
from ui.context import Context
from ui.forms.change_bar import ChangeBar
from ui.forms.edits import DeviceEdits
from ui.forms.review import ReviewSheet
from ui.pages.base import Page
from ui.pages.settings_panel import ResourcePanel
from ui.palette import PaletteEntry
from ui.panes.resource_tree import ResourceTree

CHECK_PAUSE = 0.15  # seconds between two background questions; a camera has other work to do


class SettingsPage(Page):
    title = "Settings"
    icon = "settings"

    @classmethod
    def available(cls, session: Session) -> bool:
        return session.offer(SettingsTree) is not None

    def __init__(
        self, session: Session, context: Context, device_name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(session, context, parent)
        settings = session.offer(SettingsTree)
        assert settings is not None
        self.settings = settings
        self.device_name = device_name or str(session.address)
        self.edits = DeviceEdits(self)
        self.tree = ResourceTree()
        self.panel = ResourcePanel(self.edits)
        self.bar = ChangeBar(self.edits, self.device_name)
        self.sheet: ReviewSheet | None = None
        self._proofs: dict[str, Proof] = {}
        self._wanted = ""
        self._loading: asyncio.Task[None] | None = None
        self._user_busy = 0
        self._applying = False
        self._cancelled = False
        self._jump: tuple[str, str] | None = None
        self._started = False
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setObjectName("settingsSplitter")
        self.splitter.addWidget(self.tree)
        self.splitter.addWidget(self.panel)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([270, 700])
        self.splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self.bar)

    def _connect(self) -> None:
        self.tree.chosen.connect(self._chosen)
        self.panel.reload_wanted.connect(self._reload)
        self.bar.review_wanted.connect(self.review)
        self.bar.apply_wanted.connect(self.apply)
        self.bar.discard_wanted.connect(self.edits.discard)
        self.bar.cancel_wanted.connect(self._cancel)
        self.bar.problem_wanted.connect(self.jump)
        self.edits.moved.connect(self.jump)
        for keys, action in (
            (QKeySequence("Ctrl+Return"), self.apply),
            (QKeySequence("Ctrl+Enter"), self.apply),
            (QKeySequence(QKeySequence.StandardKey.Undo), self.edits.undo_stack.undo),
            (QKeySequence("Ctrl+Y"), self.edits.undo_stack.redo),
            (QKeySequence("Ctrl+Shift+Z"), self.edits.undo_stack.redo),
            (QKeySequence(QKeySequence.StandardKey.Find), self.panel.focus_search),
        ):
            QShortcut(keys, self, action, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    # What the shell asks for

    def activated(self) -> None:
        if not self._started:
            self._started = True
            self.panel.show_loading(self.tr("Reading what {} offers").format(self.device_name))
            self.scope.start(self._load_tree())

    def pending_changes(self) -> int:
        return self.edits.count

    def palette_entries(self) -> Iterator[PaletteEntry]:
        """Every node, and every field of the documents that were opened."""
        for node in self.tree.model.nodes:
            yield PaletteEntry(node.title, f"{self.device_name} › {node.id}", lambda n=node.id: self.jump(n, ""))
        for document in self.edits.documents:
            for each in document.fields:
                where = " › ".join((document.title, *each.section))
                yield PaletteEntry(each.spec.title, where, lambda r=document.resource, p=each.path: self.jump(r, p))

    def jump(self, resource: str, path: str) -> None:
        """Shows a resource and puts the cursor on a field of it."""
        self._jump = (resource, path) if path else None
        if self.panel.resource == resource:
            self._finish_jump()
        else:
            self.tree.choose(resource)

    # Tree and documents

    async def _load_tree(self) -> None:
        try:
            root = await self.settings.tree()
        except CameraError as error:
            self._started = False
            self.panel.show_error("", self.tr("The settings could not be listed"), error, self.activated)
            return
        self.tree.show_tree(root)
        self.panel.show_hint(self.tr("Choose what to set at the left, or press Ctrl+K and type what you look for."))
        self.tree.search.setFocus()
        self.scope.start(self._check_nodes())

    def _chosen(self, node: Node) -> None:
        if node.kind is NodeKind.GROUP:
            return
        self._wanted = node.id
        if self._loading is not None:
            self._loading.cancel()
        kept = self.edits.document(node.id)
        if kept is not None and kept.edited_paths:
            self._show(kept)  # unsent edits are worth more than a fresh reading
            return
        if node.kind in (NodeKind.ACTION, NodeKind.BINARY):
            self.panel.show_action(node, self.device_name)
            return
        self._loading = self.scope.start(self._load(node))

    def _reload(self) -> None:
        node = self.tree.model.node(self._wanted)
        if node is not None:
            self._loading = self.scope.start(self._load(node))

    async def _load(self, node: Node) -> None:
        self._user_busy += 1
        waiting = QTimer(self)
        waiting.setSingleShot(True)
        waiting.timeout.connect(lambda: self.panel.show_loading(self.tr("Reading {}").format(node.title)))
        waiting.start(300)  # a quick answer needs no progress
        try:
            document = await self.settings.load(node.id)
        except CameraError as error:
            self._mark(node.id, error)
            if self._wanted == node.id:
                self.panel.show_error(node.id, node.title, error, self._reload)
            return
        finally:
            waiting.stop()
            waiting.deleteLater()
            self._user_busy -= 1
        self.tree.model.set_state(node.id, NodeState.READY)
        self.edits.keep(document)
        if self._wanted == node.id:
            self._show(document)

    def _show(self, document: Document) -> None:
        self.panel.show_document(document, self._proofs.get(document.resource))
        self._finish_jump()

    def _finish_jump(self) -> None:
        if self._jump is not None and self._jump[0] == self.panel.resource:
            path, self._jump = self._jump[1], None
            self.panel.jump_to(path)

    def _mark(self, resource: str, error: CameraError) -> None:
        """Only a refusal greys a node: a network that failed says nothing about the device."""
        if isinstance(error, (NotSupported, Forbidden)) or (
            isinstance(error, DeviceFault) and not isinstance(error, DeviceBusy)
        ):
            self.tree.model.set_state(resource, NodeState.REFUSED, error.summary)

    async def _check_nodes(self) -> None:
        """Asks every node once, gently and only while the user does not, so that refusals show before a click."""
        waiting = deque(node for node in self.tree.model.nodes if node.kind in (NodeKind.SETTINGS, NodeKind.STATUS))
        while waiting:
            await asyncio.sleep(CHECK_PAUSE)
            if self._user_busy or self._applying or not self.isVisible():
                continue
            node = waiting.popleft()
            current = self.tree.model.node(node.id)
            if current is None or current.state is not NodeState.UNKNOWN:
                continue
            try:
                document = await self.settings.load(node.id)
            except CameraError as error:
                self._mark(node.id, error)
                continue
            self.tree.model.set_state(node.id, NodeState.READY)
            if self.edits.document(node.id) is None:
                self.edits.keep(document)

    # Changes

    def review(self) -> None:
        if self.edits.problems or not self.edits.count or self.sheet is not None:
            return
        self.sheet = ReviewSheet(self.device_name, self.edits.pending, self.settings.request_text, self.panel)
        self.sheet.apply_wanted.connect(self.apply)
        self.sheet.closed.connect(self._sheet_closed)
        self.sheet.setGeometry(self.panel.rect())
        self.sheet.show()
        self.sheet.raise_()
        self.sheet.apply.setFocus()
        self.panel.installEventFilter(self)

    def _sheet_closed(self) -> None:
        self.sheet = None
        self.panel.removeEventFilter(self)
        self.panel.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.sheet is not None and watched is self.panel and isinstance(event, QResizeEvent):
            self.sheet.setGeometry(self.panel.rect())
        return super().eventFilter(watched, event)

    def apply(self) -> None:
        if self._applying or self.edits.problems or not self.edits.count:
            return
        self._applying, self._cancelled = True, False
        self.scope.start(self._apply_all(self.edits.pending))

    def _cancel(self) -> None:
        self._cancelled = True

    async def _apply_all(self, documents: tuple[Document, ...]) -> None:
        """One resource after the other; a failure stops the row and keeps what was not sent as edits."""
        proofs: list[Proof] = []
        try:
            for number, document in enumerate(documents):
                if self._cancelled:
                    break
                self.bar.show_busy(self.tr("Writing {}").format(document.title), number, len(documents))
                # A write that has begun is finished and read back even when the page goes away.
                proof, after = await asyncio.shield(self.settings.apply(document, document.changes()))
                proofs.append(proof)
                self._took(proof, after)
        except CameraError as error:
            self.bar.show_summary(f"{document.title}: {error}", "error")
            self.panel.show_failure(document.resource, error)
            return
        finally:
            self._applying = False
        self.bar.show_summary(*summary(proofs, self._cancelled))

    def _took(self, proof: Proof, after: Document) -> None:
        self._proofs[proof.resource] = proof
        self.edits.keep(after)
        if self.panel.resource == proof.resource:
            self.panel.show_document(after, proof)
        if proof.reboot_required:
            self.panel.show_reboot_needed(self.device_name)


def summary(proofs: list[Proof], cancelled: bool) -> tuple[str, str]:
    """The outcome of an Apply in one line, and its colour."""
    counts = dict.fromkeys(Verdict, 0)
    for proof in proofs:
        for each in proof.fields:
            counts[each.verdict] += 1
    words = {
        Verdict.KEPT: "kept",
        Verdict.ADJUSTED: "adjusted by the camera",
        Verdict.IGNORED: "ignored by the camera",
        Verdict.SIDE_EFFECT: "changed besides",
        Verdict.NOT_VERIFIABLE: "sent, cannot be checked",
    }
    text = ", ".join(f"{count} {words[verdict]}" for verdict, count in counts.items() if count)
    if cancelled:
        text = f"{text or 'Nothing sent'}; stopped by you, the rest is still here"
    if counts[Verdict.IGNORED]:
        return text, "error"
    return text, "warn" if counts[Verdict.ADJUSTED] or counts[Verdict.SIDE_EFFECT] or cancelled else "ok"
