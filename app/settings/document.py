"""Edit state of one resource: baseline, working values, problems, difference. Widgets own none of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from app.errors import InvalidSetting
from app.settings import values
from app.settings.changes import Change
from app.settings.depends import Combined, Depends
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


def _common(sections: list[tuple[str, ...]]) -> Iterator[str]:
    """The chain of titles that all share."""
    for titles in zip(*sections, strict=False):
        if len(set(titles)) > 1:
            return
        yield titles[0]


class Document:
    """Fields of one resource with their edits. Listeners are told the path of each field that changed, and of each
    that may look different because of it.

    fields are what is on the wire; `shown` is what people choose from, where several fields may be one choice. Both
    kinds of path are taken everywhere.
    """

    def __init__(
        self, resource: str, title: str, fields: Iterable[Field], source: Source, depends: Depends | None = None
    ) -> None:
        self.resource = resource
        self.title = title
        self.fields = tuple(fields)
        self.source = source
        self.depends = depends or Depends()
        self._by_path = {f.path: f for f in self.fields}
        self._combined = {
            c.path: c for c in self.depends.combined if c.path not in self._by_path and self._has(c.parts)
        }
        self.step = 0  # grows with each thing that people do; what is told in one step belongs together
        self._edits: dict[str, str] = {}
        self._listeners: list[Callable[[str], None]] = []

    def _has(self, paths: Iterable[str]) -> bool:
        return all(path in self._by_path for path in paths)

    def field(self, path: str) -> Field:
        """The field at path, also one made of several; InvalidSetting when there is none."""
        if path in self._combined:
            return self._combination(self._combined[path])
        try:
            return self._by_path[path]
        except KeyError:
            raise InvalidSetting(f"{self.title} has no field “{path}”.", path=path) from None

    def _combination(self, combined: Combined) -> Field:
        text = combined.join(self._by_path[part].text for part in combined.parts)
        access = next((self._by_path[p].spec.access for p in combined.parts if self._is_fact(p)), Access.READ_WRITE)
        reboot = any(self._by_path[part].spec.reboot for part in combined.parts)
        spec = replace(combined.spec(), access=access, reboot=reboot, dynamic=True)
        sections = [self._by_path[part].section for part in combined.parts]
        return Field(combined.path, text, spec, tuple(_common(sections)))

    def _is_fact(self, path: str) -> bool:
        return self._by_path[path].spec.access is Access.READ_ONLY

    def home(self, path: str) -> str:
        """The path under which people see a field: that of the choice it is part of, else its own."""
        return next((c.path for c in self._combined.values() if path in c.parts), path)

    def parts(self, path: str) -> tuple[str, ...]:
        """The fields on the wire that are shown at path."""
        return self._combined[path].parts if path in self._combined else (path,)

    @property
    def shown(self) -> tuple[Field, ...]:
        """The fields as people see them: a choice made of several stands where its first part stood."""
        first = {c.parts[0]: c.path for c in self._combined.values()}
        hidden = {part for c in self._combined.values() for part in c.parts}
        return tuple(
            self.field(first[f.path]) if f.path in first else f
            for f in self.fields
            if f.path in first or f.path not in hidden
        )

    def text(self, path: str) -> str:
        """The working wire text."""
        if path in self._combined:
            combined = self._combined[path]
            return combined.join(self.text(part) for part in combined.parts)
        return self._edits.get(path, self.field(path).text)

    def _text_or_nothing(self, path: str) -> str:
        return self.text(path) if path in self._by_path or path in self._combined else ""

    def spec(self, path: str) -> Spec:
        """The constraints in force for the working values; `field(path).spec` are those the device declared."""
        return self.depends.spec(path, self.field(path).spec, self._text_or_nothing)

    def enabled(self, path: str) -> tuple[bool, str]:
        """Whether the setting can be edited as things stand, and in plain words why not."""
        parts = self._combined[path].parts if path in self._combined else (path,)
        for part in parts:
            possible, reason = self.depends.enabled(part, self._text_or_nothing)
            if not possible:
                return possible, reason
        return True, ""

    def set_text(self, path: str, text: str) -> None:
        """Takes any text, also a wrong one: `problem` says what is wrong, `changes` refuses to give it away."""
        self.step += 1
        self._set_text(path, text)

    def _set_text(self, path: str, text: str) -> None:
        field = self.field(path)
        if field.spec.access is Access.READ_ONLY:
            raise InvalidSetting(f"{field.spec.title} can only be read.", path=path)
        if path in self._combined:
            self._set_parts(self._combined[path], text)
            return
        untouched = text == field.text or values.wire(text, field.spec) == field.text
        if untouched or (field.spec.kind is Kind.PASSWORD and text == ""):
            self._edits.pop(path, None)
        else:
            self._edits[path] = text
        self._tell(path)

    def _set_parts(self, combined: Combined, text: str) -> None:
        """A text that is no combination would be lost in its parts: it is kept in the first, where it is a problem."""
        parts = combined.split(text) or (text, *(self.field(part).text for part in combined.parts[1:]))
        for part, each in zip(combined.parts, parts, strict=True):
            self._set_text(part, each)

    def revert(self, path: str | None = None) -> None:
        """Back to what the device holds: one field, or all of them."""
        self.step += 1
        paths = list(self._edits) if path is None else [path]
        if path in self._combined:
            paths = list(self._combined[path].parts)
        for each in paths:
            if self._edits.pop(each, None) is not None:
                self._tell(each)

    def is_modified(self, path: str) -> bool:
        if path in self._combined:
            return any(part in self._edits for part in self._combined[path].parts)
        return path in self._edits

    @property
    def edited_paths(self) -> tuple[str, ...]:
        return tuple(f.path for f in self.fields if f.path in self._edits)

    @property
    def edited_shown(self) -> tuple[str, ...]:
        """The paths of `shown` that are edited: choices made of several count once."""
        return tuple(dict.fromkeys(self.home(path) for path in self.edited_paths))

    def problem(self, path: str) -> str:
        """Why the edited value cannot be sent; "" when it can. Unedited values are never a problem."""
        if path in self._combined:
            return self._problem_together(self._combined[path])
        if path not in self._edits:
            return ""
        return self.problem_of(path, self._edits[path])

    def problem_of(self, path: str, text: str) -> str:
        """As `problem`, for any text: why it could not be sent as things stand."""
        return values.problem(text, self.spec(path))

    def _problem_together(self, combined: Combined) -> str:
        """Each part alone may be fine where the device has no such pair."""
        if not self.is_modified(combined.path):
            return ""
        if own := combined.problem(self.text(combined.path)):
            return own
        alone = next(filter(None, (self.problem(part) for part in combined.parts)), "")
        return alone or self.problem_of(combined.path, self.text(combined.path))

    def note(self, path: str) -> str:
        """What is odd about the value the device holds ("outside its own limits"); "" when nothing is."""
        field = self.field(path)
        if self.is_modified(path) or not field.present:
            return ""
        spec = self.spec(path)
        if spec is not field.spec and field.text and values.problem(field.text, spec):
            return "This does not go with the other values; the camera will choose another one."
        return values.oddity(field.text, field.spec)

    @property
    def problems(self) -> dict[str, str]:
        together = [path for path in self._combined if self.is_modified(path)]
        said = {part for path in together if self._combined[path].problem(self.text(path)) for part in self.parts(path)}
        alone = (path for path in self.edited_paths if path not in said)
        found = ((path, self.problem(path)) for path in (*alone, *together))
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
        for each in (path, *self.depends.followers(path)):
            for listener in tuple(self._listeners):
                listener(each)
