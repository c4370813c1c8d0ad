"""Edit state of one resource: baseline, working values, problems, difference. Widgets own none of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from app.errors import InvalidSetting
from app.settings import values
from app.settings.changes import Change
from app.settings.spec import Access, Kind, Spec


@dataclass(frozen=True, slots=True)
class Field:
    """One setting. path is unique in its document; text is the wire text as the device sent it.

    section is the chain of group titles above it ("Video", "Smart codec"). present is False for a field that
    the device's capabilities declare but its document does not carry.
    """

    path: str
    text: str
    spec: Spec
    section: tuple[str, ...] = ()
    present: bool = True


class Source(Protocol):
    """The document as the device sent it. A family's codec implements it."""

    @property
    def raw(self) -> bytes:
        """The bytes as they came."""

    @property
    def media_type(self) -> str: ...

    def encode(self, edits: Mapping[str, str]) -> bytes:
        """The raw bytes with only the given leaves replaced; with no edits the very same bytes."""


class Document:
    """Fields of one resource with their edits. Listeners are told the path of each field that changed."""

    def __init__(self, resource: str, title: str, fields: Iterable[Field], source: Source) -> None:
        self.resource = resource
        self.title = title
        self.fields = tuple(fields)
        self.source = source
        self._by_path = {f.path: f for f in self.fields}
        self._edits: dict[str, str] = {}
        self._listeners: list[Callable[[str], None]] = []

    def field(self, path: str) -> Field:
        """The field at path; InvalidSetting when there is none."""
        try:
            return self._by_path[path]
        except KeyError:
            raise InvalidSetting(f"{self.title} has no field “{path}”.", path=path) from None

    def text(self, path: str) -> str:
        """The working wire text."""
        return self._edits.get(path, self.field(path).text)

    def set_text(self, path: str, text: str) -> None:
        """Takes any text, also a wrong one: `problem` says what is wrong, `changes` refuses to give it away."""
        field = self.field(path)
        if field.spec.access is Access.READ_ONLY:
            raise InvalidSetting(f"{field.spec.title} can only be read.", path=path)
        untouched = text == field.text or values.wire(text, field.spec) == field.text
        if untouched or (field.spec.kind is Kind.PASSWORD and text == ""):
            self._edits.pop(path, None)
        else:
            self._edits[path] = text
        self._tell(path)

    def revert(self, path: str | None = None) -> None:
        """Back to what the device holds: one field, or all of them."""
        paths = list(self._edits) if path is None else [path]
        for each in paths:
            if self._edits.pop(each, None) is not None:
                self._tell(each)

    def is_modified(self, path: str) -> bool:
        return path in self._edits

    @property
    def edited_paths(self) -> tuple[str, ...]:
        return tuple(f.path for f in self.fields if f.path in self._edits)

    def problem(self, path: str) -> str:
        """Why the edited value cannot be sent; "" when it can. Unedited values are never a problem."""
        if path not in self._edits:
            return ""
        return values.problem(self._edits[path], self.field(path).spec)

    def note(self, path: str) -> str:
        """What is odd about the value the device holds ("outside its own limits"); "" when nothing is."""
        field = self.field(path)
        return values.oddity(field.text, field.spec) if path not in self._edits and field.present else ""

    @property
    def problems(self) -> dict[str, str]:
        found = ((path, self.problem(path)) for path in self.edited_paths)
        return {path: problem for path, problem in found if problem}

    def changes(self) -> tuple[Change, ...]:
        """The edits in document order; InvalidSetting at the first one with a problem."""
        for path, problem in self.problems.items():
            raise InvalidSetting(f"{self.field(path).spec.title}: {problem}", path=path)
        return tuple(
            Change(
                path=path,
                old=self.field(path).text,
                new=values.wire(self._edits[path], self.field(path).spec),
                title=self.field(path).spec.title,
                secret=self.field(path).spec.kind is Kind.PASSWORD,
            )
            for path in self.edited_paths
        )

    def encode(self) -> bytes:
        return self.source.encode({change.path: change.new for change in self.changes()})

    def subscribe(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Calls listener(path) after each edit; the returned function ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def _tell(self, path: str) -> None:
        for listener in tuple(self._listeners):
            listener(path)
