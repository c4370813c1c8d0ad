"""All edits of one device: the documents that were opened, their pending changes, undo and redo."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from app.settings.document import Document


@dataclass(frozen=True, slots=True)
class Problem:
    """An edit that cannot be sent, and why."""

    document: Document
    path: str
    text: str


class _Edit(QUndoCommand):
    """One field from one text to another; typing on in the same field is one step."""

    def __init__(self, edits: DeviceEdits, document: Document, path: str, old: str, new: str) -> None:
        super().__init__(f"{document.field(path).spec.title}")
        self._edits, self._document, self._path = edits, document, path
        self._old, self._new = old, new
        self._first = True

    def id(self) -> int:
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Edit) or (other._document, other._path) != (self._document, self._path):
            return False
        self._new = other._new
        self.setObsolete(self._new == self._old)
        return True

    def undo(self) -> None:
        self._edits.put(self._document, self._path, self._old)

    def redo(self) -> None:
        if self._first:
            self._first = False  # the user's hand has done it already
            return
        self._edits.put(self._document, self._path, self._new)


class DeviceEdits(QObject):
    """Owns the documents of one device while its page lives, whichever of them is shown."""

    changed = Signal()
    moved = Signal(str, str)  # resource and path of a field that undo or redo has touched

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self._documents: dict[str, Document] = {}
        self._known: dict[tuple[str, str], str] = {}
        self._putting = False

    def document(self, resource: str) -> Document | None:
        return self._documents.get(resource)

    @property
    def documents(self) -> tuple[Document, ...]:
        return tuple(self._documents.values())

    def keep(self, document: Document) -> None:
        """Takes a freshly loaded document; it takes the place of an older one of the same resource."""
        self._documents[document.resource] = document
        document.subscribe(lambda path: self._edited(document, path))
        self._known = {key: text for key, text in self._known.items() if key[0] != document.resource}
        # Undo steps of the old document would write into something nobody shows.
        self.undo_stack.clear()
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
        self.undo_stack.beginMacro(self.tr("Discard all"))
        for document in self.pending:
            for path in document.edited_paths:
                document.revert(path)
        self.undo_stack.endMacro()

    def put(self, document: Document, path: str, text: str) -> None:
        """Sets a field on behalf of undo and redo."""
        self._putting = True
        try:
            document.set_text(path, text)
        finally:
            self._putting = False
        self.moved.emit(document.resource, path)

    def _edited(self, document: Document, path: str) -> None:
        key = (document.resource, path)
        new = document.text(path)
        old = self._known.get(key, document.field(path).text)
        self._known[key] = new
        if not self._putting and new != old:
            self.undo_stack.push(_Edit(self, document, path, old, new))
        self.changed.emit()
