"""Lists of records in an XML answer: what may be added, taken out and moved. Pure.

The same element may be a list on one device and a block on the next: a list is what has several children of one name
(or says by its name or size that it has) which hold values of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.families.isapi import rearranging
from app.families.isapi.catalog import Resource, bare
from app.families.isapi.rearranging import Model, Shape
from app.families.isapi.titles import Titles
from app.settings import lists
from app.settings.field import Field
from app.settings.lists import RecordList
from app.settings.spec import Access
from app.wire.xml import Element

_KEY = "id"
_MOST = 4096  # a size above it is no size


@dataclass(frozen=True, slots=True)
class Found:
    """A list as the walk through a document meets it: its element and records, what the capabilities say of it and
    of a record (model), the titles of the records and what kind they are of, and the section that it stands in.

    before: of one whose element is not there, the names that would stand before it."""

    group: Element
    name: str
    members: tuple[Element, ...]
    scope: Element | None
    model: Element | None
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    section: tuple[str, ...]
    before: tuple[str, ...] | None = None

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
    called: Callable[[Element], tuple[str, str]] = lambda _: ("", ""),
    known: Resource | None = None,
) -> Iterator[Found]:
    """The list that an element is, nothing for one that is none. called: what a record is called, by what it holds and
    by its kind. known: where an empty list is described if the capabilities do not."""
    members = [child for child in group.children if child.children]
    declared = [child for child in scope.children if child.children] if scope is not None else []
    if not members and not declared and known is not None:
        declared = _catalogued(known, group.path)
    kinds = list(dict.fromkeys(child.name for child in (*members, *declared)))
    said = {**group.attributes, **(scope.attributes if scope is not None else {})}
    if len(kinds) != 1 or not (group.name.lower().endswith("list") or "size" in said or len(members) > 1):
        return
    model = next((child for child in declared if child.name == kinds[0]), None)
    names = tuple(map(called, members))
    held, numbered = (tuple(each[at] for each in names) for at in (0, 1))
    yield Found(group, kinds[0], tuple(members), scope, model, held, numbered, section)


@dataclass(frozen=True, slots=True)
class Sample:
    """A record that nobody has seen yet, as the capabilities show one: its element, its fields, the lists in it."""

    element: Element
    fields: tuple[Field, ...]
    found: tuple[Found, ...]


SampleOf = Callable[[Element], Sample]


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
    found: Iterable[Found], fields: Sequence[Field], titles: Titles, sample_of: SampleOf
) -> tuple[RecordList, ...]:
    """The lists that somebody can edit. sample_of makes a record of the capabilities' own example of one."""
    made: list[RecordList] = []
    for each in with_lacking(found, sample_of):
        template = tuple(_template(each, fields, sample_of))
        made.append(replace(_record_list(each, template, titles), inner=_sampled(each, titles, sample_of)))
    return _nested([each for each in made if _is_editable(each)])


def _sampled(found: Found, titles: Titles, sample_of: SampleOf) -> tuple[RecordList, ...]:
    """The lists in the first record of an empty list."""
    if found.members or found.model is None:
        return ()
    sample = sample_of(found.model)
    inner = records(sample.found, sample.fields, titles, sample_of)
    return tuple(each.within(found.model.path, 0) for each in inner)


def with_lacking(found: Iterable[Found], sample_of: SampleOf) -> Iterator[Found]:
    """Those that are there, and behind each one the lists that its records may have and do not have."""
    for each in found:
        yield each
        for member, name in zip(each.members, each.names, strict=True):
            yield from _lacking(each, member, name, sample_of)


def _lacking(found: Found, member: Element, name: str, sample_of: SampleOf) -> Iterator[Found]:
    """The lists that the capabilities show in a record and of which this one has not even the element: empty, in the
    place that they would have there."""
    model = found.model
    if model is None or not _lacks(member, model):
        return
    sample = sample_of(model)
    deeper = [inner.path for each in sample.found for inner in each.members]
    for each in sample.found:
        around, _, element = lists.relative(each.group.path, model.path).rpartition("/")
        group, shown = member.find(around), model.find(around)
        if group is None or not group.children or group.child(element) is not None or shown is None:
            continue
        if not any(lists.inside(each.group.path, inner) for inner in deeper):
            names = [child.name for child in shown.children]
            yield replace(
                each,
                group=replace(each.group, path=lists.joined(group.path, element), children=()),
                members=(),
                names=(),
                kinds=(),
                section=(*found.section, name, *each.section),
                before=tuple(names[: names.index(element)]),
            )


def _lacks(record: Element, model: Element) -> bool:
    """Whether the model has a group that the record has not. Cheap: samples are made for those only."""
    for child in model.children:
        mine = record.find(child.name)
        if child.children and (mine is None or (mine.children and _lacks(mine, child))):
            return True
    return False


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


def shapes(found: Iterable[Found], made: Iterable[RecordList], sample_of: SampleOf) -> dict[str, Shape]:
    """What new records are made from, for the lists that can be edited."""
    wanted = {each.path: each for each in made}
    return {
        each.path: _shape(each, wanted[each.path], sample_of)
        for each in with_lacking(found, sample_of)
        if each.path in wanted
    }


def _shape(found: Found, made: RecordList, sample_of: SampleOf) -> Shape:
    model = _model(found.model, made, sample_of) if found.model is not None and not found.members else None
    return Shape(found.group.path, found.name, tuple(member.path for member in found.members), model, found.before)


def _model(element: Element, made: RecordList, sample_of: SampleOf) -> Model:
    sample = sample_of(element)
    inner = shapes(sample.found, [replace(each, path=f"{element.path}/{each.path}") for each in made.inner], sample_of)
    texts = {each.path: each.text for each in made.template}
    return rearranging.model(sample.element, texts, rearranging.within(inner, element.path))


def _record_list(found: Found, template: tuple[Field, ...], titles: Titles) -> RecordList:
    member = titles.group(found.name) or titles.group(found.group.name) or found.name
    numbered = lists.are_numbered(found.keys) and any(each.path == _KEY for each in template)
    return RecordList(
        path=found.path,
        title=(titles.group(found.group.name) if found.group.path else "") or titles.several(found.name),
        member=member,
        members=tuple(each.path for each in found.members),
        names=tuple(each or f"{member} {number}" for number, each in enumerate(found.names, 1)),
        template=template,
        key=_KEY if numbered else "",
        keys=found.keys if numbered else (),
        most=_most(found),
        least=_number(found.scope, "min") or 0,
        section=found.section,
        kinds=found.kinds if all(found.kinds) else (),
        optional=found.before is not None,
    )


def _template(found: Found, fields: Sequence[Field], sample_of: SampleOf) -> Iterator[Field]:
    """A new record begins as a copy of the last one, without its secrets."""
    if found.members:
        last, depth = found.members[-1].path, len(found.section) + 1
        inside = (each for each in fields if lists.inside(each.path, last))
        copied = ((lists.relative(each.path, last), each) for each in inside)
        yield from (_keyed(replace(each, path=path, section=each.section[depth:]), found) for path, each in copied)
    elif found.model is not None:
        for made in sample_of(found.model).fields:
            yield _keyed(replace(made, path=lists.relative(made.path, found.model.path)), found)


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
