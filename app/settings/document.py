"""Edit state of one resource: baseline, working values, problems, difference. Widgets own none of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from app.errors import InvalidSetting
from app.settings import accounts, hints, lists, values
from app.settings.alphabet import UNICODE, Alphabet
from app.settings.changes import Change
from app.settings.depends import Combined, Depends, Need
from app.settings.field import Field
from app.settings.hints import Advise, Hints
from app.settings.layout import laid_out
from app.settings.lists import Order, RecordList
from app.settings.spec import Access, Kind, Spec
from app.settings.working_lists import WorkingLists, is_in


class Source(Protocol):
    """The document as the device sent it. A family's codec implements it."""

    @property
    def raw(self) -> bytes:
        """The bytes as they came."""

    @property
    def media_type(self) -> str: ...

    def encode(self, edits: Mapping[str, str]) -> bytes:
        """The raw bytes with only the given leaves replaced and lists put in order; with no edits the very same
        bytes. Edits come as `Document.changes` gives them: see `app.settings.lists` for lists and new records."""


def _common(sections: list[tuple[str, ...]]) -> Iterator[str]:
    """The chain of titles that all share."""
    for titles in zip(*sections, strict=False):
        if len(set(titles)) > 1:
            return
        yield titles[0]


class Document:
    """Fields of one resource with their edits. Listeners are told the path of each field that changed, and of each
    that may look different because of it.

    fields are what the device sent; `shown` is what people choose from, where several fields may be one choice and
    lists have their working order. Both kinds of path are taken everywhere, those of `app.settings.lists` too.
    """

    def __init__(
        self,
        resource: str,
        title: str,
        fields: Iterable[Field],
        source: Source,
        depends: Depends | None = None,
        records: Iterable[RecordList] = (),
        alphabet: Alphabet = UNICODE,
        advise: Advise | None = None,
    ) -> None:
        self.resource = resource
        self.title = title
        self.fields = tuple(fields)
        self.source = source
        self.depends = depends or Depends()
        self.alphabet, self.advise = alphabet, advise
        self._by_path = {f.path: f for f in self.fields}
        self._combined = {
            c.path: c for c in self.depends.combined if c.path not in self._by_path and self._has(c.parts)
        }
        self.step = 0  # grows with each thing that people do; what is told in one step belongs together
        self._edits: dict[str, str] = {}
        self._working = WorkingLists(records, self._edits)
        self._hints = Hints(advise, self._text_or_nothing)
        self._listeners: list[Callable[[str], None]] = []

    @property
    def lists(self) -> tuple[RecordList, ...]:
        """As the device sent them."""
        return self._working.held

    def _has(self, paths: Iterable[str]) -> bool:
        return all(path in self._by_path for path in paths)

    def field(self, path: str) -> Field:
        """The field at path, also one made of several; InvalidSetting when there is none."""
        if path in self._combined:
            return self._combination(self._combined[path])
        if lists.is_list(path) and (of := self.list_at(path)) is not None:
            return of.field()
        found = self._by_path.get(path) or self._working.new_field(path)
        if found is None:
            raise InvalidSetting(f"{self.title} has no field “{path}”.", path=path)
        return found

    def list_at(self, path: str) -> RecordList | None:
        """The list at path, also one in a new record."""
        return self._working.at(path)

    def _known_list(self, path: str) -> RecordList:
        of = self.list_at(path)
        if of is None:
            raise InvalidSetting(f"{self.title} has no list “{path}”.", path=path)
        return of

    def order(self, path: str) -> Order:
        """The working order of a list; that of the device while somebody's text is none."""
        return self._working.order(self._known_list(path))

    def removed(self) -> tuple[str, ...]:
        """The places of the records that are taken out."""
        return self._working.removed()

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
        fresh = lists.split_fresh(path)
        of = fresh[0] if fresh else path
        return next((c.path for c in self._combined.values() if path in c.parts or (of and of == c.records)), path)

    def is_choice(self, path: str) -> bool:
        """Whether it is made of several settings, which tell of their edits themselves."""
        return path in self._combined

    def parts(self, path: str) -> tuple[str, ...]:
        """The fields on the wire that are shown at path."""
        return self._parts(self._combined[path]) if path in self._combined else (path,)

    def _parts(self, combined: Combined) -> tuple[str, ...]:
        if combined.records not in self._edits:
            return combined.parts
        of = self._known_list(combined.records)
        return tuple(lists.joined(of.place(each), leaf) for each in self.order(of.path) for leaf in combined.leaves)

    @property
    def shown(self) -> tuple[Field, ...]:
        """The fields as people see them: a choice made of several stands where its first part stood."""
        first = {c.parts[0]: c.path for c in self._combined.values() if c.parts}
        hidden = {part for c in self._combined.values() for part in c.parts}
        fields = self.fields
        if self.lists:
            painted = {c.records: c for c in self._combined.values()}
            found = [each for each in self.lists if each.path not in painted or not painted[each.path].parts]
            fields = tuple(laid_out(fields, found, self._shown_order, self._shown_list))
        return tuple(
            self.field(first[f.path]) if f.path in first else f
            for f in fields
            if f.path in first or f.path not in hidden
        )

    def _shown_order(self, of: RecordList) -> Order:
        return () if self.home(of.path) != of.path else self.order(of.path)

    def _shown_list(self, of: RecordList) -> Field:
        return self.field(self.home(of.path))

    def text(self, path: str) -> str:
        """The working wire text."""
        if path in self._combined:
            combined = self._combined[path]
            return combined.join(self.text(part) for part in self._parts(combined))
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

    def unmet(self, path: str) -> tuple[Need, ...]:
        """What the setting needs of others to mean anything, and lacks as things stand."""
        return self.depends.unmet(path, self._text_or_nothing)

    def deciders(self, path: str) -> tuple[str, ...]:
        """The settings of this page whose values are in the way of this one, or put its constraints in force."""
        unmet = (need.on for need in self.unmet(path) if need.told is None)
        return tuple(dict.fromkeys((*unmet, *self.depends.deciders(path, self._text_or_nothing))))

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
        untouched = text == field.text or values.wire(text, field.spec, field.text) == field.text
        if untouched or (field.spec.kind is Kind.PASSWORD and text == ""):
            self._edits.pop(path, None)
        else:
            self._edits[path] = text
        self._tell(path)

    def _set_parts(self, combined: Combined, text: str) -> None:
        """A text that is no combination would be lost in its parts: it is kept in the first, where it is a problem."""
        parts = combined.split(text)
        of = self.list_at(combined.records)
        more = combined.arranged(text, of) if of is not None and not parts else {}
        if of is not None and combined.records in self._edits:
            self._revert([of.path])
        if not parts and not more:
            parts = (text, *(self.field(part).text for part in combined.parts[1:]))
        for part, each in (more or dict(zip(combined.parts, parts, strict=False))).items():
            self._set_text(part, each)

    def revert(self, path: str | None = None) -> None:
        """Back to what the device holds: one field, or all of them."""
        self.step += 1
        paths = list(self._edits) if path is None else [path]
        if path in self._combined:
            combined = self._combined[path]
            paths = [*combined.parts, *([combined.records] if combined.records else [])]
        self._revert(paths)

    def _revert(self, paths: Iterable[str]) -> None:
        for each in [*self._working.edits_of_new(paths), *paths]:
            if self._edits.pop(each, None) is not None:
                self._tell(each)

    def is_modified(self, path: str) -> bool:
        if path in self._combined:
            combined = self._combined[path]
            return any(part in self._edits for part in (*combined.parts, combined.records))
        return path in self._edits

    @property
    def edited_paths(self) -> tuple[str, ...]:
        if not self._edits:
            return ()
        gone = self.removed()
        found = [f.path for f in self.fields if f.path in self._edits and not is_in(f.path, gone)]
        for of in self._working.remaining():
            found += [of.path, *(f.path for f in self._working.new_fields(of) if f.path in self._edits)]
        return tuple(found)

    @property
    def edited_shown(self) -> tuple[str, ...]:
        """The paths of `shown` that are edited: choices made of several count once."""
        return tuple(dict.fromkeys(self.home(path) for path in self.edited_paths))

    def problem(self, path: str) -> str:
        """Why the edited value cannot be sent; "" when it can. Unedited values are never a problem."""
        if path in self._combined:
            return self._problem_together(self._combined[path])
        if path not in self._edits and not lists.split_fresh(path):
            return ""
        return self.problem_of(path, self.text(path)) or self._problem_of_account(path)

    def _problem_of_account(self, path: str) -> str:
        named = (self.list_at(each) for each in self._working.named_by(path))
        said = (accounts.problem(of, self.order(of.path), path, self._text_in_record) for of in named if of is not None)
        return next(filter(None, said), "")

    def _text_in_record(self, path: str) -> str:
        return self.text(path) if lists.split_fresh(path) else self._text_or_nothing(path)

    def problem_of(self, path: str, text: str) -> str:
        """As `problem`, for any text: why it could not be sent as things stand."""
        spec = self.spec(path)
        if lists.is_list(path) and (of := self.list_at(path)) is not None:
            return of.problem(text)
        if lists.split_fresh(path) and (spec.access is Access.READ_ONLY or not (text or self.field(path).present)):
            return ""  # given by us, or left out
        if self._has_no_place(path) and (unmet := self.unmet(path)):
            return unmet[0].reason.removesuffix(".")
        problem = values.problem(text, spec)
        return f"{problem}{self._as_things_stand(path, text)}" if problem else self._lacking(text, spec)

    def _lacking(self, text: str, spec: Spec) -> str:
        sign = self.alphabet.lacking(text) if values.is_text(spec.kind) else ""
        return f"This camera writes in {self.alphabet.name}, which has no “{sign}”" if sign else ""

    def _has_no_place(self, path: str) -> bool:
        """A setting that comes with the value of another one is nowhere without it: a camera would drop it."""
        field = self._by_path.get(path)
        return field is not None and not field.present and field.spec.access is Access.READ_WRITE

    def _as_things_stand(self, path: str, text: str) -> str:
        """What the text does not go with, where it would be fine by itself."""
        deciders = self.depends.deciders(path, self._text_or_nothing)
        if not deciders or values.problem(text, self.field(path).spec):
            return ""
        homes = dict.fromkeys(self.home(each) for each in deciders if self._has([each]))
        sides = (f"“{self.field(h).spec.title}” is {values.display(self.text(h), self.spec(h))}" for h in homes)
        return f" while {' and '.join(sides)}" if homes else ""

    def _problem_together(self, combined: Combined) -> str:
        """Each part alone may be fine where the device has no such pair."""
        if not self.is_modified(combined.path):
            return ""
        if own := combined.problem_in(self.text(combined.path), self.list_at(combined.records)):
            return own
        alone = next(filter(None, (self.problem(part) for part in self._parts(combined))), "")
        return alone or self.problem_of(combined.path, self.text(combined.path))

    def hints(self, path: str) -> tuple[str, ...]:
        """What to know of the working value although it can be sent. Nothing is said of a password that the device
        holds."""
        spec = self.spec(path)
        is_masked = spec.kind is Kind.PASSWORD and not self.is_modified(path)
        own = () if is_masked else hints.of_text(self.text(path), spec, self.alphabet)
        return tuple(filter(None, (*own, self._hints.of(path))))

    def hints_on_edits(self) -> tuple[tuple[str, str], ...]:
        """Title and hint of each edited field, and of those that do not go with it."""
        paths = dict.fromkeys((*self.edited_shown, *self._hints.paths))
        return tuple((self.title_of(path), hint) for path in paths for hint in self.hints(path))

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
        whole = (self._combined[path] for path in together)
        wrong = (each for each in whole if each.problem_in(self.text(each.path), self.list_at(each.records)))
        said = {part for each in wrong for part in self._parts(each)}
        edited = tuple(self._working.remaining())
        lists_in = [path for of in edited for path in self._working.new_lists(of)]
        new = [*lists_in, *(f.path for of in edited for f in self._working.new_fields(of))]
        alone = (path for path in dict.fromkeys((*self.edited_paths, *new)) if path not in said)
        found = ((path, self.problem(path)) for path in (*alone, *together))
        return {path: problem for path, problem in found if problem}

    def changes(self) -> tuple[Change, ...]:
        """The edits in document order; InvalidSetting at the first one with a problem."""
        for path, problem in self.problems.items():
            raise InvalidSetting(f"{self.field(path).spec.title}: {problem}", path=path)
        found: list[Change] = []
        for path in self.edited_paths:
            if lists.is_list(path):
                found += self._list_changes(self._known_list(path))
            elif not lists.split_fresh(path):
                found.append(_change(self.field(path), self.field(path).text, self._edits[path]))
        return tuple(replace(each, title=self.title_of(each.path)) for each in found)

    def title_of(self, path: str) -> str:
        """What people call a field: with the name of the record that it is in."""
        title, name = self.field(path).spec.title, self._working.name_around(path)
        return f"{name}: {title}" if name else title

    def _list_changes(self, of: RecordList) -> Iterator[Change]:
        """The order, and everything that comes with a new record or goes with a removed one: whoever reads it later
        needs no other document to understand it."""
        yield Change(of.path, of.text, lists.format_order(self.order(of.path)), of.title)
        gone = [place for place in self.removed() if place in of.members]
        for field in self.fields:
            if field.present and is_in(field.path, gone):
                change = _change(field, field.text, field.text)
                yield replace(change, new="", gone=True)
        for field in self._working.new_fields(of):
            text = self.text(field.path)
            if text or field.present:
                yield _change(field, "", text)

    def encode(self) -> bytes:
        return self.source.encode({change.path: change.new for change in self.changes()})

    def subscribe(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Calls listener(path) after each edit; the returned function ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def _tell(self, path: str) -> None:
        for each in (path, *self.depends.followers(path), *self._working.named_by(path), *self._hints.moved()):
            for listener in tuple(self._listeners):
                listener(each)


def _change(field: Field, old: str, new: str) -> Change:
    """As it is sent."""
    secret = field.spec.kind is Kind.PASSWORD
    return Change(field.path, old, values.wire(new, field.spec, field.text), field.spec.title, secret)
