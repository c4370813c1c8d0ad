"""Lists of records in an XML answer: what may be added, taken out and moved. Pure.

The same element may be a list on one device and a block on the next: a list is what has several children of one name
(or says by its name or size that it has) which hold values of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.families.isapi.catalog import Resource, bare
from app.families.isapi.rearranging import Shape
from app.families.isapi.titles import Titles
from app.settings import lists
from app.settings.field import Field
from app.settings.lists import RecordList
from app.settings.spec import Access
from app.wire.xml import Element

_KEY = "id"
_MOST = 4096  # a size above it is no size

FieldOf = Callable[[Element], Field]


@dataclass(frozen=True, slots=True)
class Found:
    """A list as the walk through a document meets it: its element and records, what the capabilities say of it and
    of a record (model), the titles of the records, and the section that it stands in."""

    group: Element
    name: str
    members: tuple[Element, ...]
    scope: Element | None
    model: Element | None
    names: tuple[str, ...]
    section: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(each.text_of(_KEY) for each in self.members)

    @property
    def path(self) -> str:
        return lists.joined(self.group.path, self.name + lists.MARK) if self.group.path else self.name + lists.MARK


def found_in(
    group: Element,
    scope: Element | None,
    section: tuple[str, ...],
    name_of: Callable[[Element], str] = str,
    known: Resource | None = None,
) -> Iterator[Found]:
    """The list that an element is, nothing for one that is none. name_of: what a record is called, "" by its number.
    known: where an empty list is described if the capabilities do not."""
    members = [child for child in group.children if child.children]
    declared = [child for child in scope.children if child.children] if scope is not None else []
    if not members and not declared and known is not None:
        declared = _catalogued(known, group.path)
    kinds = list(dict.fromkeys(child.name for child in (*members, *declared)))
    said = {**group.attributes, **(scope.attributes if scope is not None else {})}
    if len(kinds) != 1 or not (group.name.lower().endswith("list") or "size" in said or len(members) > 1):
        return
    model = next((child for child in declared if child.name == kinds[0]), None)
    names = tuple(name_of(member) for member in members)
    yield Found(group, kinds[0], tuple(members), scope, model, names, section)


def _catalogued(known: Resource, path: str) -> list[Element]:
    """What may stand in an element by the protocol's text: records without values."""
    start = f"{bare(path)}/" if path else ""
    below = [each for each in known.fields.values() if each.path.startswith(start)]

    def made(group: str) -> tuple[Element, ...]:
        own = (each for each in below if each.path.rpartition("/")[0] == group)
        return tuple(
            Element(
                each.path.rpartition("/")[2], "", {}, "", made(each.path) if each.kind == "group" else (), each.path
            )
            for each in own
        )

    return [child for child in made(bare(path)) if child.children]


def records(
    found: Iterable[Found], fields: Sequence[Field], titles: Titles, field_of: FieldOf
) -> tuple[RecordList, ...]:
    """The lists that somebody can edit. field_of makes the field of a leaf of the capabilities' own example."""
    made = (_record_list(each, tuple(_template(each, fields, field_of)), titles) for each in found)
    return _nested([each for each in made if _is_editable(each)])


def _nested(made: Sequence[RecordList]) -> tuple[RecordList, ...]:
    """Each list with those in a new record, which is a copy of the last one."""
    whole = {each.path: each for each in made}
    for of in sorted((each for each in made if each.members), key=lambda each: -each.path.count("/")):
        last, depth = of.members[-1], len(of.section) + 1
        inner = (each for path, each in whole.items() if lists.inside(path, last))
        whole[of.path] = replace(of, inner=tuple(each.within(last, depth) for each in inner))
    return tuple(whole.values())


def _is_editable(made: RecordList) -> bool:
    """Not where nothing in a record can be written, nor where there are always as many."""
    writable = any(each.spec.access is not Access.READ_ONLY for each in made.template)
    return writable and not made.least == made.most == len(made.members)


def shapes(found: Iterable[Found], made: Iterable[RecordList]) -> dict[str, Shape]:
    """What new records are made from, for the lists that can be edited."""
    wanted = {each.path for each in made}
    return {
        each.path: Shape(
            each.group.path,
            each.name,
            tuple(member.path for member in each.members),
            None if each.members else each.model,
        )
        for each in found
        if each.path in wanted
    }


def _record_list(found: Found, template: tuple[Field, ...], titles: Titles) -> RecordList:
    member = titles.group(found.name) or titles.group(found.group.name) or found.name
    numbered = lists.are_numbered(found.keys) and any(each.path == _KEY for each in template)
    return RecordList(
        path=found.path,
        title=(titles.group(found.group.name) if found.group.path else "") or f"{member} list",
        member=member,
        members=tuple(each.path for each in found.members),
        names=tuple(each or f"{member} {number}" for number, each in enumerate(found.names, 1)),
        template=template,
        key=_KEY if numbered else "",
        keys=found.keys if numbered else (),
        most=_most(found),
        least=_number(found.scope, "min") or 0,
        section=found.section,
    )


def _template(found: Found, fields: Sequence[Field], field_of: FieldOf) -> Iterator[Field]:
    """A new record begins as a copy of the last one, without its secrets."""
    if found.members:
        last, depth = found.members[-1].path, len(found.section) + 1
        inside = (each for each in fields if lists.inside(each.path, last))
        copied = ((lists.relative(each.path, last), each) for each in inside)
        yield from (_keyed(replace(each, path=path, section=each.section[depth:]), found) for path, each in copied)
    elif found.model is not None:
        for leaf in (each for each in found.model.iter() if each.is_leaf):
            made = field_of(leaf)
            given = made.text or made.spec.default or ""
            made = replace(made, path=lists.relative(leaf.path, found.model.path), text=given, present=bool(given))
            yield _keyed(made, found)


def _keyed(each: Field, found: Found) -> Field:
    """The number of a new record is given; a name in its place ("email") has to be chosen."""
    if each.path != _KEY:
        return each
    access = Access.READ_ONLY if lists.are_numbered(found.keys) else Access.READ_WRITE
    return replace(each, spec=replace(each.spec, access=access))


def _most(found: Found) -> int | None:
    """The capabilities' word where it can be true; that of the document only where it leaves room, because some
    devices count their records there, and some count them wrongly."""
    here = len(found.members)
    declared, own = _number(found.scope, "size"), _number(found.group, "size")
    if declared is not None and declared >= max(here, 1):
        return declared
    return own if own is not None and own > here else None


def _number(element: Element | None, name: str) -> int | None:
    text = element.attributes.get(name, "").strip() if element is not None else ""
    return int(text) if text.isascii() and text.isdigit() and int(text[:6]) <= _MOST else None
