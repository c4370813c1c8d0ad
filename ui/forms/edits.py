"""All edits of one device: the documents that were opened, their pending changes, undo and redo."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from app.errors import InvalidSetting
from app.settings import values
from app.settings.changes import Change
from app.settings.document import Document, Field
from app.settings.spec import Access


@dataclass(frozen=True, slots=True)
class Problem:
    """An edit that cannot be sent, and why."""

    document: Document
    path: str
    text: str


class _Edit(QUndoCommand):
    """One field from one text to another; typing on in the same field is one step.

    It knows the field by resource and path, so it survives that the document is read again.
    """

    def __init__(self, edits: DeviceEdits, resource: str, path: str, old: str, new: str) -> None:
        super().__init__(path)
        self._edits, self._place = edits, (resource, path)
        self._old, self._new = old, new
        self._reading = edits.reading(resource)
        self._first = True

    def id(self) -> int:
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Edit) or (other._place, other._reading) != (self._place, self._reading):
            return False
        self._new = other._new
        self.setObsolete(self._new == self._old)
        return True

    def undo(self) -> None:
        self._edits.put(*self._place, self._old)

    def redo(self) -> None:
        if self._first:
            self._first = False  # the user's hand has done it already
            return
        self._edits.put(*self._place, self._new)


class DeviceEdits(QObject):
    """Owns the documents of one device while its page lives, whichever of them is shown."""

    changed = Signal()  # the edits or their problems
    moved = Signal(str, str)  # resource and path of a field that undo or redo has touched

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self._documents: dict[str, Document] = {}
        self._unsubscribe: dict[str, Callable[[], None]] = {}
        self._known: dict[tuple[str, str], str] = {}
        self._readings: dict[str, int] = {}
        self._putting = False

    def document(self, resource: str) -> Document | None:
        return self._documents.get(resource)

    @property
    def documents(self) -> tuple[Document, ...]:
        return tuple(self._documents.values())

    def reading(self, resource: str) -> int:
        """How often a resource was read; undo steps of different readings stay apart."""
        return self._readings.get(resource, 0)

    def keep(self, document: Document, sent: Iterable[Change] = ()) -> None:
        """Takes a freshly read document in the place of an older one of the same resource.

        Edits of the older one go on in the new one, except those that were sent meanwhile and not touched since.
        """
        resource = document.resource
        old = self._documents.get(resource)
        if old is document:
            self.changed.emit()
            return
        had_edits = old is not None and bool(old.edited_paths)
        if old is not None:
            self._unsubscribe[resource]()
            _carry_over(old, document, {change.path: change.new for change in sent})
        self._documents[resource] = document
        self._readings[resource] = self.reading(resource) + 1
        self._known = {key: text for key, text in self._known.items() if key[0] != resource}
        self._known |= {(resource, path): document.text(path) for path in document.edited_paths}
        self._unsubscribe[resource] = document.subscribe(lambda path: self._edited(document, path))
        if had_edits:
            self.changed.emit()

    @property
    def pending(self) -> tuple[Document, ...]:
        return tuple(document for document in self._documents.values() if document.edited_paths)

    @property
    def count(self) -> int:
        return sum(len(document.edited_paths) for document in self._documents.values())

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(
            Problem(document, path, text) for document in self.pending for path, text in document.problems.items()
        )

    def discard(self) -> None:
        """Back to what the device holds, as one step that undo brings back."""
        if not self.count:
            return
        self.undo_stack.beginMacro(self.tr("Discard all"))
        for document in self.pending:
            for path in document.edited_paths:
                document.revert(path)
        self.undo_stack.endMacro()

    def put(self, resource: str, path: str, text: str) -> None:
        """Sets a field on behalf of undo and redo. Nothing happens when the device no longer shows it."""
        document = self._documents.get(resource)
        field = _writable(document, path) if document is not None else None
        if document is None or field is None:
            return
        self._putting = True
        try:
            document.set_text(path, text)
        finally:
            self._putting = False
        self.moved.emit(resource, path)

    def _edited(self, document: Document, path: str) -> None:
        key = (document.resource, path)
        new = document.text(path)
        old = self._known.get(key, document.field(path).text)
        self._known[key] = new
        if not self._putting and new != old:
            self.undo_stack.push(_Edit(self, *key, old, new))
        self.changed.emit()


def _carry_over(old: Document, new: Document, sent: dict[str, str]) -> None:
    for path in old.edited_paths:
        text = old.text(path)
        overtaken = path in sent and values.wire(text, old.field(path).spec) == sent[path]
        if not overtaken and _writable(new, path) is not None:
            new.set_text(path, text)


def _writable(document: Document, path: str) -> Field | None:
    try:
        field = document.field(path)
    except InvalidSetting:
        return None
    return None if field.spec.access is Access.READ_ONLY else field
