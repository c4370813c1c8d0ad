"""All edits of one device: the documents that were opened, their pending changes, undo and redo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from app.errors import InvalidSetting
from app.settings import lists, values
from app.settings.changes import Change
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Access
from ui.forms.change_bar import Obstacle


@dataclass(frozen=True, slots=True)
class Problem:
    """An edit that cannot be sent, and why."""

    document: Document
    path: str
    text: str


class _Edit(QUndoCommand):
    """Fields from one text to another: those that one step of a document changed. Typing on in the same field is one
    step as well.

    It knows the fields by resource and path, so it survives that the document is read again.
    """

    def __init__(self, edits: DeviceEdits, resource: str, path: str, old: str, new: str, step: int) -> None:
        super().__init__(path)
        self._edits, self._resource, self._step = edits, resource, step
        self._old, self._new = {path: old}, {path: new}
        self._reading = edits.reading(resource)
        self._first = True

    def id(self) -> int:
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Edit) or (other._resource, other._reading) != (self._resource, self._reading):
            return False
        strange = other._new.keys() - self._new.keys() or any(map(lists.is_list, other._new))
        if other._step != self._step and strange:  # records come and go one at a time
            return False
        self._step = other._step
        self._old = {**other._old, **self._old}
        self._new.update(other._new)
        self.setObsolete(self._new == self._old)
        return True

    def undo(self) -> None:
        self._edits.put(self._resource, self._old)

    def redo(self) -> None:
        if self._first:
            self._first = False  # the user's hand has done it already
            return
        self._edits.put(self._resource, self._new)


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
        return sum(len(document.edited_shown) for document in self._documents.values())

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(
            Problem(document, path, text) for document in self.pending for path, text in document.problems.items()
        )

    @property
    def obstacle(self) -> Obstacle | None:
        """The first problem, for the bar below."""
        for problem in self.problems:
            title = problem.document.field(problem.path).spec.title
            return Obstacle(f"{title}: {problem.text}", (problem.document.resource, problem.path))
        return None

    def discard(self) -> None:
        """Back to what the device holds, as one step that undo brings back."""
        if not self.count:
            return
        self.undo_stack.beginMacro(self.tr("Discard all"))
        for document in self.pending:
            for path in document.edited_paths:
                document.revert(path)
        self.undo_stack.endMacro()

    def put(self, resource: str, texts: Mapping[str, str]) -> None:
        """Sets fields on behalf of undo and redo, but none that the device no longer shows."""
        document = self._documents.get(resource)
        paths = [path for path in texts if document is not None and _writable(document, path) is not None]
        if document is None or not paths:
            return
        self._putting = True
        try:
            for path in paths:
                document.set_text(path, texts[path])
        finally:
            self._putting = False
        self.moved.emit(resource, paths[0])

    def _edited(self, document: Document, path: str) -> None:
        if document.is_choice(path):
            return  # made of several, which are told themselves
        key = (document.resource, path)
        new = document.text(path)
        old = self._known.get(key, document.field(path).text)
        self._known[key] = new
        if not self._putting and new != old:
            self.undo_stack.push(_Edit(self, *key, old, new, document.step))
        self.changed.emit()


def _carry_over(old: Document, new: Document, sent: dict[str, str]) -> None:
    moved = [place for of in old.lists if of.path in sent for place in of.members]
    for path in old.edited_paths:
        if any(lists.inside(path, place) for place in moved):
            continue  # its record may stand elsewhere now
        text = old.text(path)
        overtaken = path in sent and _as_sent(old, path) == sent[path]
        if not overtaken and _writable(new, path) is not None:
            new.set_text(path, text)


def _as_sent(document: Document, path: str) -> str:
    field = document.field(path)
    return values.wire(document.text(path), field.spec, field.text)


def _writable(document: Document, path: str) -> Field | None:
    try:
        field = document.field(path)
    except InvalidSetting:
        return None
    return None if field.spec.access is Access.READ_ONLY else field
