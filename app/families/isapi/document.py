"""A resource's answer and its capabilities -> `settings.Document`. Pure.

A field's path is the element's path. Capabilities are matched by local names without [n]; entries of a list share
the constraints of their own entry where ids agree, else of the entry at the same place, else of the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.errors import InvalidSetting, ProtocolError
from app.families.isapi import addressing, constraints, dependence, kinds, listing, rearranging, sections
from app.families.isapi.catalog import CatalogField, Resource, bare
from app.families.isapi.derived import derived, is_below
from app.families.isapi.rearranging import Shape
from app.families.isapi.titles import Label, Titles
from app.settings import lists, values
from app.settings.alphabet import Alphabet
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Access, Kind, Spec
from app.wire.xml import Element, XmlDocument

XML = "application/xml"
PLAIN_LIMIT = 4096  # bytes of a plain text answer such as a time or a zone
PLAIN_PATH = "text"
_KEYS = ("protocol", "id")
_ACCOUNTS = {"username", "accountname"}
_PROOFS = ("loginPassword", "originalPasswd")  # the old password beside a new one: only where a device asks for it


@dataclass(frozen=True, slots=True)
class XmlSource:
    """The bytes of an XML answer; edits are spliced into them.

    absent: leaves that can be written but are never shown (passwords), with the names that stand before them.
    shapes: what a new record is made from, by the path of its list.
    """

    document: XmlDocument = field(repr=False)
    media_type: str = XML
    absent: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    shapes: Mapping[str, Shape] = field(default_factory=dict, repr=False)

    @property
    def raw(self) -> bytes:
        return self.document.raw

    def encode(self, edits: Mapping[str, str]) -> bytes:
        return rearranging.edited(self.document, edits, self.absent, self.shapes)


@dataclass(frozen=True, slots=True)
class PlainSource:
    """An answer that is one value and no XML."""

    raw: bytes
    media_type: str

    @property
    def text(self) -> str:
        return self.raw.decode("utf-8").strip()

    def encode(self, edits: Mapping[str, str]) -> bytes:
        for path in edits:
            if path != PLAIN_PATH:
                raise InvalidSetting(f"The document has no single value at “{path}”.", path=path)
        new = edits.get(PLAIN_PATH, self.text)
        if new == self.text:
            return self.raw
        head, tail = _outer_blanks(self.raw)
        return head + new.encode("utf-8") + tail


def _outer_blanks(raw: bytes) -> tuple[bytes, bytes]:
    head = raw[: len(raw) - len(raw.lstrip())]
    return head, raw[len(raw.rstrip()) :] if raw.strip() else b""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about a resource besides its answer."""

    path: str
    title: str
    titles: Titles
    resource: Resource | None = None
    read_only: bool = False


def build(context: Context, answer: XmlDocument, capabilities: Element | None, media_type: str = "") -> Document:
    """The document with the constraints of every leaf it carries."""
    root = answer.root
    scope = _scope(capabilities, root.name)
    found: list[listing.Found] = []
    if root.is_leaf and not _is_fixed(context, root, root):
        found += listing.found_in(root, scope, (), known=context.resource)
    made = () if root.is_leaf else _fields(context, root, root, scope, capabilities, (), found)
    worked_out = derived(root)
    fields = tuple(_fact(each) if is_below(each.path, worked_out) else each for each in made)
    absent = {each.path: _names_before(root, scope, each.path) for each in fields if not each.present}
    samples: dict[str, listing.Sample] = {}

    def sample_of(model: Element) -> listing.Sample:
        if model.path not in samples:
            samples[model.path] = _sample(context, root, model)
        return samples[model.path]

    records = listing.records(found, fields, context.titles, sample_of)
    source = XmlSource(answer, media_type or XML, absent, listing.shapes(found, records, sample_of))
    return Document(
        context.path,
        context.title,
        fields,
        source,
        records=records,
        alphabet=Alphabet(answer.writer),
        advise=addressing.advice(context.path, fields),
    )


def _fact(field: Field) -> Field:
    """What the device works out by itself can only be read, and moves by itself."""
    return replace(field, spec=replace(field.spec, access=Access.READ_ONLY))


def build_plain(context: Context, body: bytes, media_type: str, kind: Kind) -> Document:
    """The document of a plain text answer: one field named "text". ProtocolError for anything long or binary."""
    try:
        text = body.decode("utf-8").strip()
    except UnicodeDecodeError as problem:
        raise ProtocolError("The device sent something that is no text.", detail=str(problem)) from problem
    if len(body) > PLAIN_LIMIT or not text.replace("\r", "").replace("\n", "").isprintable():
        raise ProtocolError("The device sent something that is no setting.", detail=f"{len(body)} bytes")
    access = Access.READ_ONLY if context.read_only else Access.READ_WRITE
    spec = Spec(kind=kind, title=context.title, access=access)
    return Document(context.path, context.title, [Field(PLAIN_PATH, text, spec)], PlainSource(body, media_type))


def _scope(capabilities: Element | None, block: str) -> Element | None:
    """Where in a capabilities document the block is described: its root, or an element inside a list of them."""
    if capabilities is None:
        return None
    wanted = block.lower()
    if capabilities.name.lower() == wanted:
        return capabilities
    return next((each for each in capabilities.iter() if each.name.lower() == wanted and each.children), None)


def _fields(
    context: Context,
    root: Element,
    group: Element,
    scope: Element | None,
    capabilities: Element | None,
    section: tuple[str, ...],
    found: list[listing.Found],
) -> Iterator[Field]:
    """Lists that are met on the way go into found."""
    seen: dict[str, int] = {}
    counts: dict[str, int] = {}
    for child in group.children:
        counts[child.name] = counts.get(child.name, 0) + 1
    by_name = _by_lower_name(scope)
    titled = sections.above(group, context.titles)
    if not _is_fixed(context, root, group):
        found += listing.found_in(group, scope, section, lambda child: titled[child.path])
    for child in group.children:
        place = seen.get(child.name, 0)
        seen[child.name] = place + 1
        candidates: Sequence[Element] = by_name.get(child.name.lower(), ())
        if not candidates and scope is None and capabilities is not None and capabilities.name == child.name:
            candidates = (capabilities,)  # capabilities of one entry, asked for a list of them
        match = _match(child, place, counts[child.name], candidates)
        if child.children:
            title = "" if sections.is_wrapper(child) else titled[child.path][0]
            below = (*section, title) if title else section
            yield from _fields(context, root, child, match, capabilities, below, found)
        elif _is_empty_group(context, child, match):
            if not _is_fixed(context, root, child):
                found += listing.found_in(child, match, section, known=context.resource)
        else:
            made = _field(context, root, child, match, section)
            yield _counted(made, place + 1) if counts[child.name] > 1 else made
    if not context.read_only:
        yield from _absent(context, root, group, by_name, section)
        yield from _left_out(context, root, group, by_name, section)


def _sample(context: Context, root: Element, model: Element) -> listing.Sample:
    """A record as the capabilities show one, with the records of its lists where they have values."""
    element = _with_values(model)
    found: list[listing.Found] = []
    fields = tuple(_fields(context, root, element, model, None, (), found))
    lists_in = [each for each in found if each.group is not element]
    return listing.Sample(element, tuple(map(_example, fields)), tuple(lists_in))


def _with_values(model: Element) -> Element:
    """Without the records of inner lists that say nothing: an empty list is better to begin with."""
    children = tuple(map(_with_values, model.children))
    listed = model.name.lower().endswith("list") or "size" in model.attributes
    says = any(each.text.strip() or {"def", "default"} & set(each.attributes) for each in model.iter() if each.is_leaf)
    return replace(model, children=() if listed and not says else children)


def _example(made: Field) -> Field:
    """A field of a record that nobody has seen yet. Without a value the text's word for a number is not trusted: it
    calls times and names so, too."""
    vague = made.spec.kind is Kind.INT and not made.text and made.spec.minimum is None and made.spec.maximum is None
    given = made.text or made.spec.default or ""
    spec = replace(made.spec, kind=Kind.TEXT) if vague else made.spec
    return replace(made, spec=spec, text=given, present=bool(given))


def _is_fixed(context: Context, root: Element, group: Element) -> bool:
    """Whether the records of a list are given by the hardware, or worked out by the device."""
    if context.read_only or (group is root and context.resource is not None and context.resource.fixed):
        return True
    return any(lists.inside(group.path, each) for each in derived(root))


def _absent(
    context: Context,
    root: Element,
    group: Element,
    declared: Mapping[str, list[Element]],
    section: tuple[str, ...],
) -> Iterator[Field]:
    """Passwords that belong here: devices take them and never show them. Not every page of the text calls them
    write-only; beside the name of an account they are all the same."""
    above = bare(group.path)
    start = f"{above}/" if above else ""
    known = (
        [each for each in context.resource.fields.values() if each.path.startswith(start)] if context.resource else ()
    )
    listed = {each.path.removeprefix(start): None for each in known if each.access == "wo"}
    present = {child.name.lower() for child in group.children}
    if present & _ACCOUNTS:
        listed |= {each.path.removeprefix(start): None for each in known if each.access != "ro"}
        listed |= {same[0].name: None for same in declared.values()}
    for name in listed:
        match = declared.get(name.lower(), [None])[0]
        if "/" in name or name.lower() in present or not kinds.is_secret(name):
            continue
        if name in _PROOFS and match is None:
            continue
        leaf = _empty(group, name)
        yield replace(_field(context, root, leaf, match, section), text="", present=False)


def _left_out(
    context: Context,
    root: Element,
    group: Element,
    declared: Mapping[str, list[Element]],
    section: tuple[str, ...],
) -> Iterator[Field]:
    """What the capabilities declare here and the document lacks because of another field: it comes with that one."""
    present = {child.name.lower() for child in group.children}
    for name, same in declared.items():
        leaf = _empty(group, same[0].name)
        if name in present or same[0].children or kinds.is_secret(leaf.name):
            continue
        if dependence.hangs(root, group, leaf, context.resource):
            field = _field(context, root, leaf, same[0], section)
            if field.spec.access is Access.READ_WRITE:
                yield replace(field, text="", present=False)


def _empty(group: Element, name: str) -> Element:
    return Element(name, group.namespace, {}, "", (), f"{group.path}/{name}" if group.path else name)


def _names_before(root: Element, scope: Element | None, path: str) -> tuple[str, ...]:
    """What stands before a leaf in its group, by the capabilities; () where they do not say."""
    parent, _, name = path.rpartition("/")
    group = scope.find(bare(parent)) if scope is not None else None
    names = [child.name for child in group.children] if group is not None else []
    return tuple(names[: names.index(name)]) if name in names else ("userName", "id")


def _by_lower_name(scope: Element | None) -> dict[str, list[Element]]:
    found: dict[str, list[Element]] = {}
    for each in scope.children if scope is not None else ():
        found.setdefault(each.name.lower(), []).append(each)
    return found


def _match(child: Element, place: int, count: int, candidates: Sequence[Element]) -> Element | None:
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    for key in _KEYS:
        mine = child.text_of(key)
        if mine:
            same = [each for each in candidates if each.text_of(key) == mine]
            if same:
                return same[0]
    return candidates[place] if len(candidates) == count else candidates[0]


def _counted(field: Field, number: int) -> Field:
    """One of several equal values side by side."""
    return replace(field, spec=replace(field.spec, title=f"{field.spec.title} {number}"))


def _is_empty_group(context: Context, leaf: Element, match: Element | None) -> bool:
    """An empty list or block looks like an empty value; it is nothing to edit."""
    if leaf.text.strip():
        return False
    known = context.resource.field(bare(leaf.path)) if context.resource else None
    return bool(match and match.children) or (known is not None and known.kind == "group") or leaf.name.endswith("List")


def _field(context: Context, root: Element, leaf: Element, match: Element | None, section: tuple[str, ...]) -> Field:
    path = bare(leaf.path)
    known = context.resource.field(path) if context.resource else None
    label = _label(context, root, path, known)
    spec = constraints.spec_of(leaf, match, known, label, context.titles, read_only=context.read_only, block=root.name)
    return Field(leaf.path, _text(leaf, spec.kind), spec, section)


def _text(leaf: Element, kind: Kind) -> str:
    """Blanks are part of a text, and of nothing else. A text of several lines is what stands there, layout or not."""
    if kind is Kind.OPAQUE:
        return leaf.text
    return leaf.value if values.is_text(kind) else leaf.text.strip()


def _label(context: Context, root: Element, path: str, known: CatalogField | None) -> Label:
    """With the field that decides on this one in its help, where nobody knows by which value it does."""
    label = context.titles.field(root.name, path)
    on = root.find(known.depends) if known is not None and known.depends and not known.values else None
    if known is None or on is None or on.text.strip().lower() in ("true", "false"):
        return label
    decider = context.titles.field(root.name, known.depends).title
    told = f"Depends on “{decider}”."
    return replace(label, help=f"{label.help.rstrip('.')}. {told}" if label.help else told)
