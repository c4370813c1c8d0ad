"""The settings of a device: tree at the left, the form of what is chosen beside it, changes below."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QSplitter, QVBoxLayout, QWidget

from app.errors import CameraError, DeviceBusy, DeviceFault, Forbidden, NotSupported
from app.families.base import Actions, Exclusions, Files, RawSettings, Session, SettingsOutline, SettingsTree
from app.settings.changes import Change, FieldProof, Proof
from app.settings.document import Document
from app.settings.tree import Node, NodeKind, NodeState
from ui.bridge.waits import Patience, given_up
from ui.bridge.writer import Writer
from ui.context import Context
from ui.forms.change_bar import ChangeBar
from ui.forms.edits import DeviceEdits
from ui.forms.review import ReviewSheet
from ui.pages.base import Page
from ui.pages.raw_door import RawDoor
from ui.pages.settings_apply import Applying
from ui.pages.settings_besides import Besides
from ui.pages.settings_check import NodeCheck
from ui.pages.settings_conflict import WayOut
from ui.pages.settings_finder import SettingsFinder
from ui.pages.settings_moves import Departure, Moves
from ui.pages.settings_panel import ResourcePanel
from ui.pages.settings_place import Place, show_place
from ui.pages.settings_reading import Reading
from ui.pages.settings_reboot import RebootOffer
from ui.pages.settings_review import Reviewing
from ui.palette import FOUND, PaletteEntry
from ui.panes.resource_tree import ResourceTree

TREE_WIDTH = "settings/tree_width"
BY_PROTOCOL = "settings/tree_by_protocol"
WALKING = 0.15  # seconds; who walks through the tree with the arrow keys does not mean every node


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
        self.outline = session.offer(SettingsOutline)
        self.device_name = device_name or self.device_name
        self.edits = DeviceEdits(self)
        self.tree = ResourceTree()
        self.finder = SettingsFinder(self.tree.model, self.jump, self)
        self.panel = ResourcePanel()
        self.bar = ChangeBar(self.edits, self.device_name)
        self.raw = RawDoor(session, context, self.device_name)
        self.raw.sent.connect(self.resource_changed)
        self.raw.moved.connect(self.moved)
        self.check = NodeCheck(settings, self.tree.model, self._checked, self._refused, lambda: self.is_busy)
        self._verdicts: dict[str, dict[str, FieldProof]] = {}
        self.besides = Besides(settings, self.tree.model, self.panel, self._verdicts, self._keep)
        self.reading = Reading(settings, self.panel, self.scope, self._loaded, self._not_loaded, self.device_name)
        self.reboot = RebootOffer(session, self.panel, self.scope, self.device_name)
        self.moves = Moves(settings, session, context, self.device_name, self.moved.emit)
        self.departure = Departure(self, self.device_name)
        self.writer = Writer(self.moves, context.messages, self.device_name)
        self.way_out = WayOut(
            self.device_name,
            settings,
            self.tree,
            self.panel,
            self._read_again,
            self._opened,
            self.edits,
            self.review,
            self.apply,
            session.offer(Exclusions),
        )
        self.reviewing = Reviewing(
            self.edits, self.bar, self.panel, self.device_name, settings.request_text, self.way_out, self.scope
        )
        self.reviewing.apply_wanted.connect(self.apply)
        self.sending = self._make_sending()
        self._wanted = ""
        self._looked_for: Place | None = None  # until it has been read and shown
        self._started = self._listing = False
        self._listed: asyncio.Task[None] | None = None
        self._later: tuple[str, str] | None = None  # what is to be shown once the tree is there
        self._lay_out()
        self._connect()

    def _make_sending(self) -> Applying:
        return Applying(
            self.device_name,
            self.edits,
            self.bar,
            self.scope,
            self.moves,
            self.departure,
            self.writer,
            self.way_out,
            self._make_way,
            self.jump,
            self._took,
        )

    def _lay_out(self) -> None:
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setObjectName("settingsSplitter")
        self.splitter.addWidget(self.tree)
        self.splitter.addWidget(self.panel)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setChildrenCollapsible(False)
        self.tree.setMinimumWidth(160)
        self.panel.setMinimumWidth(320)
        self.splitter.splitterMoved.connect(lambda at: self.context.settings.setValue(TREE_WIDTH, at))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self.bar)

    def _connect(self) -> None:
        self.edits.changed.connect(self._edits_changed)
        self.edits.moved.connect(self.jump)
        self.tree.chosen.connect(self._chosen)
        self.tree.outline_wanted.connect(lambda: self.scope.start(self._load_outline()))
        self.tree.arranged.connect(lambda by: self.context.settings.setValue(BY_PROTOCOL, by))
        self.tree.find_fields_in(self.finder.text_of)
        self.finder.titles_changed.connect(self.tree.filter_again)
        self.finder.changed.connect(self.search_changed)
        self.panel.reload_wanted.connect(self._read_again)
        self.panel.raw.setVisible(self.session.offer(RawSettings) is not None)
        self.panel.raw_wanted.connect(self.show_raw)
        self.bar.review_wanted.connect(self.review)
        self.bar.apply_wanted.connect(self.apply)
        self.bar.discard_wanted.connect(self.edits.discard)
        self.bar.cancel_wanted.connect(self.sending.stop)
        self.bar.place_wanted.connect(self.jump)
        for keys, action in (
            (QKeySequence("Ctrl+Return"), self.apply),
            (QKeySequence("Ctrl+Enter"), self.apply),
            (QKeySequence("Ctrl+Z"), self.edits.undo_stack.undo),
            (QKeySequence("Ctrl+Y"), self.edits.undo_stack.redo),
            (QKeySequence("Ctrl+Shift+Z"), self.edits.undo_stack.redo),
            (QKeySequence("Ctrl+F"), self.find),
        ):
            QShortcut(keys, self, action, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    # What the shell asks for

    def activated(self) -> None:
        self.check.resume()
        self.prepare_search()

    def prepare_search(self) -> None:
        """The tree, from which everything else follows. The look at its pages waits until somebody is here."""
        if not self._started:
            self._started = self._listing = True
            self.reading.be_patient(self.tr("Reading what {} offers").format(self.device_name))
            self._listed = self.scope.start(self._load_tree())

    def deactivated(self) -> None:
        self.check.pause()

    def pending_changes(self) -> int:
        return self.edits.count

    def search(self, words: str) -> Iterable[PaletteEntry]:
        """Pages and fields, also of what was not read yet."""
        return self.finder.hits(words, FOUND)

    def jump(self, resource: str, path: str, title: str = "") -> None:
        """Shows a resource and puts the cursor on a field of it, at once or when it has been read. title is how the
        field was called where it was found."""
        self._looked_for = Place(resource, path, title) if path else None
        if self.panel.resource == resource:
            self.reviewing.close()
            self._finish_jump()
        elif self._wanted == resource and self.tree.node(resource) is not None:
            if not self.reading.active:  # chosen, but it could not be read
                self._read_again()
        else:
            self.tree.choose(resource)

    def find(self) -> None:
        """Ctrl+F: in the form when there is one, else in the tree."""
        if self.panel.shows_form and self.sheet is None:
            self.panel.focus_search()
        else:
            self.tree.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.tree.search.selectAll()

    def close_page(self) -> None:
        """A write that has begun goes on to its end, see `finish`; its outcome is posted to the messages."""
        self.reading.calm()
        super().close_page()

    def resource_changed(self, resource: str) -> None:
        """Set back or written on another page: read again where it is shown, unsent edits stay."""
        if resource == self._wanted:
            self._read_again()

    async def finish(self) -> None:
        """Waits for a write that has begun. The session must stay open so long."""
        await self.writer.finish()

    @property
    def is_departing(self) -> bool:
        return self.moves.under_way or self.raw.is_departing

    @property
    def is_busy(self) -> bool:
        """Whether the user waits for the device."""
        return self._listing or self.reading.active or self.writer.active

    # Tree and documents

    async def _load_tree(self) -> None:
        try:
            with Patience(self.device_name, self._say_listing).told():
                root = await self.settings.tree()
        except CameraError as error:
            self._not_listed(error)
            return
        finally:
            self._listing = False
            self.reading.calm()
        self.tree.show_tree(root)
        if self.outline is not None:
            self.tree.offer_outline(bool(self.context.settings.value(BY_PROTOCOL, False, type=bool)))
        self.scope.start(self.finder.take(root, self.outline))
        self.panel.show_hint(
            self.tr("Settings of {}").format(self.device_name),
            self.tr("Choose what to set at the left, or press Ctrl+K and type what you look for."),
        )
        focused = QApplication.focusWidget()
        if self.isVisible() and (focused is None or self.isAncestorOf(focused)):
            self.tree.search.setFocus()
        later, self._later = self._later, None
        if later is not None:
            self.jump(*later)
        self.scope.start(self.check.run())

    def _say_listing(self, text: str) -> None:
        self.reading.calm()
        self.panel.show_loading(text, self._give_up_listing)

    def _give_up_listing(self) -> None:
        if self._listed is not None and self._listed.cancel():
            self._not_listed(given_up(self.device_name))

    def _not_listed(self, error: CameraError) -> None:
        self._started = False
        self.panel.show_error(self.tr("The settings could not be listed"), error, self.activated)

    async def _load_outline(self) -> None:
        assert self.outline is not None
        try:
            root = await self.outline.protocol_tree()
        except CameraError as error:
            self.tree.arrange(False)
            self.context.messages.failure(error, device=self.device_name)
        else:
            self.tree.show_outline(root)

    def _chosen(self, node: Node) -> None:
        if node.kind is NodeKind.GROUP:
            return
        node = self.tree.node(node.id) or node
        self.reviewing.close()
        self._wanted = node.id
        walking = self.reading.stop()
        kept = self.edits.document(node.id)
        if kept is not None and kept.edited_paths:
            self._show(kept)  # unsent edits are worth more than a fresh reading
        elif node.state is NodeState.REFUSED and self.tree.model.node(node.id) is None:
            self._say_absent(node)
        elif node.kind in (NodeKind.ACTION, NodeKind.BINARY):
            offered = any(map(self.session.offer, (Actions, Files)))
            lead = (lambda: self.place_wanted.emit(node.id, "")) if offered else None
            self.panel.show_action(node, self.device_name, lead)
        else:
            self._start_loading(node, WALKING if walking else 0)

    def _say_absent(self, node: Node) -> None:
        """Only the protocol knows it. The camera is asked for it where somebody insists."""
        if node.readable:
            self.panel.show_error(node.title, NotSupported(node.reason), self._read_again)
        else:
            self.panel.show_hint(node.title, node.reason)

    def _read_again(self) -> None:
        node = self.tree.node(self._wanted)
        if node is not None and not self.writer.writes(node.id):
            self.reading.stop()
            self._verdicts.pop(node.id, None)
            self._start_loading(node, 0)

    def _start_loading(self, node: Node, pause: float) -> None:
        self.check.make_way()
        self.reading.start(node, pause)

    def _loaded(self, document: Document) -> None:
        self.tree.model.set_state(document.resource, NodeState.READY)
        self._keep(document)
        self._show(document)

    async def _opened(self, resource: str) -> Document:
        """The document as it is edited here; read where it was not yet."""
        kept = self.edits.document(resource)
        if kept is None:
            kept = await self.settings.load(resource)
            self._keep(kept)
        return kept

    def _not_loaded(self, node: Node, error: CameraError) -> None:
        self._refused(node.id, error)
        self.panel.show_error(node.title, error, self._read_again)

    def _keep(self, document: Document, sent: tuple[Change, ...] = ()) -> None:
        node = self.tree.model.node(document.resource)
        if node is not None:
            document.title = node.title  # the tree's words tell channels and streams apart
        self.edits.keep(document, sent)
        self.finder.add(document)

    def _show(self, document: Document) -> None:
        self.besides.saw(document.resource)
        self.panel.show_document(
            document, self._verdicts.setdefault(document.resource, {}), self.tree.above(document.resource)
        )
        self._finish_jump()

    def _finish_jump(self) -> None:
        place = self._looked_for
        if place is not None and place.resource == self.panel.resource:
            self._looked_for = None
            show_place(place, self.edits.document(place.resource), self.panel, self.device_name)

    def _checked(self, document: Document) -> None:
        if self.edits.document(document.resource) is None:
            self._keep(document)

    def _refused(self, resource: str, error: CameraError) -> None:
        """Only a refusal greys a node: a network that failed says nothing about the device."""
        fault = isinstance(error, DeviceFault) and not isinstance(error, DeviceBusy)
        if fault or isinstance(error, (NotSupported, Forbidden)):
            self.tree.model.set_state(resource, NodeState.REFUSED, error.summary)

    # Changes

    def _edits_changed(self) -> None:
        self.tree.model.set_edits({d.resource: len(d.edited_shown) for d in self.edits.pending})
        self.pending_changed.emit()
        self.reviewing.follow()

    @property
    def sheet(self) -> ReviewSheet | None:
        return self.reviewing.sheet

    def review(self) -> None:
        if not self.writer.active:
            self.reviewing.open()

    def show_resource(self, resource: str, path: str = "") -> bool:
        """Before the tree was read nobody knows whether it has the resource: then it is shown as soon as it does."""
        if not self.tree.model.nodes:
            self._later = (resource, path)
            self.prepare_search()
            return True
        if self.tree.node(resource) is None:
            return False
        self.jump(resource, path)
        return True

    def show_raw(self) -> None:
        """The document of the resource in view; over the whole window, as its keys are not this page's."""
        if self.panel.resource:
            self.raw.open(self.window(), self.panel.resource, self.panel.title.text())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        chosen = self.context.settings.value(TREE_WIDTH, type=int)
        width = chosen if isinstance(chosen, int) and chosen > 0 else min(260, max(210, self.width() // 4))
        self.splitter.setSizes([min(width, self.width() - 320), self.width()])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.sheet is not None:
            self.reviewing.close()
        elif event.key() == Qt.Key.Key_Escape and self.writer.active:
            self.sending.stop()
        else:
            super().keyPressEvent(event)

    def apply(self) -> None:
        """Sends what can be sent; with a problem it leads there instead."""
        self.sending.start()

    def _make_way(self) -> None:
        self.reviewing.close()
        self.check.make_way()

    def _took(self, proof: Proof, after: Document, changes: tuple[Change, ...]) -> None:
        left = {each.path for each in proof.left}
        changes = tuple(each for each in changes if each.path not in left)
        self._keep(after, changes)
        unsure = {path for path in after.edited_paths if _edited_since(path, after, changes)}
        verdicts = {each.path: each for each in proof.fields if each.path not in unsure | left}
        self._verdicts[proof.resource] = verdicts
        if self.panel.resource == proof.resource:
            self.panel.show_document(after, verdicts)
        self.besides.took(proof)
        if proof.lost is not None:
            self.panel.banner.say("error", f"{proof.lost.summary} {proof.lost.hint}")
        elif proof.reboot_required:
            self.reboot.show()


def _edited_since(path: str, after: Document, changes: tuple[Change, ...]) -> bool:
    """Whether the user typed on in a field while it was being written."""
    return all(after.text(path) != change.new for change in changes if change.path == path)
