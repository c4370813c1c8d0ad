"""The right side of the settings page: the form of one resource, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.errors import AuthError, CameraError, Conflict, DeviceBusy, Forbidden, NotSupported, TransportError
from app.settings.changes import FieldProof
from app.settings.document import Document
from app.settings.tree import Node
from ui.banner import Banner, Way
from ui.forms.form import Form
from ui.forms.row import GAP
from ui.forms.section_index import SectionIndex
from ui.forms.words import ElidedLabel
from ui.pages.settings_head import PanelHead
from ui.panes.notice import Button, Notice

INDEX_FROM = 4  # sections from which an index beside the form helps
INDEX_ROOM = 660  # pixels that the panel must have before the index takes some of them
FIND_FROM = 12  # fields


class ResourcePanel(QWidget):
    """Title line, find box, form and section index; or a message in their place."""

    reload_wanted = Signal()
    reboot_wanted = Signal()
    raw_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.resource = ""
        self.head = PanelHead()
        self.title, self.search = self.head.title, self.head.search
        self.refresh, self.raw = self.head.refresh, self.head.raw
        self.search.textChanged.connect(self._find)
        self.search.left.connect(self._leave_search)
        self.search.entered.connect(self._enter_found)
        self.refresh.clicked.connect(self.reload_wanted)
        self.raw.clicked.connect(self.raw_wanted)
        self.banner = Banner()
        self.reboot = Banner()
        self.reboot.button.clicked.connect(self.reboot_wanted)
        self.form = Form()
        self.form.set_tab_anchor(self.banner.button)
        self.help = ElidedLabel()
        self.help.setProperty("role", "secondary")
        self.help.setContentsMargins(0, 0, 0, 0)
        self.nothing = QLabel(self.tr("No field here fits. Press Esc to see all of them."))
        self.nothing.setProperty("role", "secondary")
        self.nothing.setContentsMargins(GAP, GAP, GAP, GAP)
        self.nothing.hide()
        self.index = SectionIndex()
        self.index.wanted.connect(self.form.jump_to_section)
        self.index.entered.connect(self.form.focus_section)
        self.form.rearranged.connect(self._show_index)
        self.form.renamed.connect(lambda: self.index.rename(self.form.named_sections))
        self.form.section_changed.connect(self.index.show_current)
        self.form.field_focused.connect(self._show_help)
        self.notice = Notice()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.notice)
        self.stack.addWidget(self._form_side())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.reboot)
        layout.addWidget(self.stack, 1)
        order = (
            self.reboot.button,
            self.search,
            self.refresh,
            self.raw,
            self.banner.button,
            self.banner.second,
            self.index,
        )
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _form_side(self) -> QWidget:
        side = QWidget()
        rows = QVBoxLayout()
        rows.setSpacing(0)
        rows.addWidget(self.nothing)
        rows.addWidget(self.form, 1)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addLayout(rows, 1)
        body.addWidget(self.index)
        foot = QHBoxLayout()
        foot.setContentsMargins(GAP, 5, GAP, 5)
        foot.addWidget(self.help)
        layout = QVBoxLayout(side)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.banner)
        layout.addWidget(_rule())
        layout.addLayout(body, 1)
        layout.addWidget(_rule())
        layout.addLayout(foot)
        return side

    @property
    def shows_form(self) -> bool:
        return self.stack.currentIndex() == 1

    # What is shown

    def show_document(
        self, document: Document, verdicts: dict[str, FieldProof], above: Sequence[str] | None = None
    ) -> None:
        """above: the titles on the way to it, None for those that are shown."""
        if document.resource != self.resource or not self.shows_form:
            self.search.clear()
        self.banner.hide()
        above = () if above is None and document.resource != self.resource else above
        self.resource = document.resource
        self.title.setText(document.title)
        if above is not None:
            self.head.show_place(above, document.resource)
        self.search.setVisible(len(document.shown) > FIND_FROM or bool(self.search.text()))
        self.stack.setCurrentIndex(1)
        self.form.show_document(document)
        self.form.show_verdicts(verdicts)
        self._show_help(self.form.focused_path())
        self._show_index()

    def show_loading(self, text: str, give_up: Callable[[], None] | None = None) -> None:
        """give_up: what ends a wait that is no short one."""
        buttons: list[Button] = [] if give_up is None else [(self.tr("Cancel"), "close", give_up)]
        self._message("", text, busy=True, buttons=buttons)

    def show_hint(self, title: str, text: str) -> None:
        self._message(title, text, icon_name="settings")

    def show_error(self, title: str, error: CameraError, again: Callable[[], None]) -> None:
        """Why there is no form. A refused password is not tried again."""
        refused = isinstance(error, (NotSupported, Forbidden))
        buttons: list[Button] = []
        if not isinstance(error, AuthError) or refused:
            buttons.append((self.tr("Ask again") if refused else self.tr("Try again"), "refresh", again))
        text = f"{error.summary}\n{error.hint or self._what_to_do(error)}".strip()
        role, name = ("secondary", "lock") if refused else ("warn", "warning")
        self._message(title, text, icon_name=name, role=role, detail=error.detail, buttons=buttons)

    def _what_to_do(self, error: CameraError) -> str:
        if isinstance(error, Forbidden):
            return self.tr("Log in with an account that has more rights.")
        if isinstance(error, AuthError):
            return self.tr("Open the camera again and type its password.")
        if isinstance(error, DeviceBusy):
            return self.tr("Wait a moment, then try again.")
        if isinstance(error, TransportError):
            return self.tr("Check that the camera has power and network, then try again.")
        return ""

    def show_action(self, node: Node, device: str, lead: Callable[[], None] | None) -> None:
        """An action or a file: told what it is. lead goes where it is done."""
        text = node.help or self.tr("This is something {} does or hands over, not a setting.").format(device)
        buttons: list[Button] = [] if lead is None else [(self.tr("Go to Maintenance"), "maintenance", lead)]
        self._message(node.title, f"{text}\n{node.id}", icon_name="action", buttons=buttons)

    def _message(
        self,
        title: str,
        text: str,
        *,
        icon_name: str = "",
        role: str = "secondary",
        detail: str = "",
        buttons: list[Button] | None = None,
        busy: bool = False,
    ) -> None:
        self.resource = ""
        had_focus = self.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self.notice.say(title, text, icon_name=icon_name, role=role, detail=detail, buttons=buttons or (), busy=busy)
        self.stack.setCurrentIndex(0)
        if had_focus and self.notice.buttons:
            self.notice.buttons[0].setFocus()

    def show_failure(self, resource: str, error: CameraError, ways: Sequence[Way] = ()) -> None:
        """The write failed: said above the form, the edits stay. ways: buttons that lead on, two at most."""
        if self.resource != resource:
            return
        hint = error.hint or self._what_to_do(error)
        if isinstance(error, Conflict):
            hint = self.tr("Nothing was sent. Read it again: your change stays, beside what the camera holds now.")
        self.banner.offer("error", f"{error.summary} {hint}".strip(), ways)

    def show_reboot_needed(self, text: str, button: str) -> None:
        """Stays, whatever resource is shown, until the camera was told to reboot."""
        self.reboot.say("warn", text, button)

    # Finding

    def jump_to(self, path: str) -> None:
        self.search.clear()
        self.form.jump_to(path)

    def focus_search(self) -> None:
        self.search.show()
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _find(self, words: str) -> None:
        found = self.form.filter(words)
        self.nothing.setVisible(not found and bool(words))
        self._show_index()

    def _leave_search(self) -> None:
        self.search.clear()
        self.form.focus_first()

    def _enter_found(self) -> None:
        self.form.focus_first()

    def _show_help(self, path: str) -> None:
        document = self.form.document
        help_text = document.field(path).spec.help if document is not None and path else ""
        self.help.setText(" · ".join(text for text in (help_text, path) if text))

    def _show_index(self) -> None:
        self.index.show_sections(self.form.named_sections)
        many = self.index.count() >= INDEX_FROM
        self.index.setVisible(many and self.width() >= INDEX_ROOM)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.index.setVisible(self.index.count() >= INDEX_FROM and self.width() >= INDEX_ROOM)
        self.head.set_room(self.width())


def _rule() -> QFrame:
    rule = QFrame()
    rule.setObjectName("rule")
    rule.setFixedHeight(1)
    return rule
