"""An answer -> `settings.Document`. Pure, with what the camera is known to be able to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.errors import ProtocolError
from app.families.vigi import answers, catalog
from app.families.vigi.answers import Reply
from app.families.vigi.catalog import CatalogField, Method
from app.families.vigi.facts import Enhancement
from app.families.vigi.shapes import Part, Shape, outer, shape_of
from app.settings import parsers, values
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Access, Kind, Option, Spec
from app.wire import json_text
from app.wire.json_text import JsonDocument, JsonKind, JsonNode

JSON = "application/json"
_SWITCHES = (("on", "off"), ("true", "false"), ("1", "0"))
_READ_ONLY = ("id", "points_num")
_NUMBERS = (Kind.INT, Kind.FLOAT)
_TEXTS = (Kind.TEXT, Kind.OPAQUE)


@dataclass(frozen=True, slots=True)
class JsonSource:
    """The bytes of an answer; edits are spliced into them. holder: the path of the object that holds the values."""

    document: JsonDocument = field(repr=False)
    holder: str
    shape: Shape
    media_type: str = JSON

    @property
    def raw(self) -> bytes:
        return self.document.raw

    def encode(self, edits: Mapping[str, str]) -> bytes:
        node = self.node
        own = self.shape.edits(node, edits)
        return self.document.splice({outer(node, path): text for path, text in own.items()})

    @property
    def node(self) -> JsonNode:
        return self.document.element(self.holder) or self.document.root


@dataclass(frozen=True, slots=True)
class Able:
    """What is known of the camera besides the answer; each None or () where it does not say."""

    enhancement: Enhancement | None = None
    main_sizes: tuple[str, ...] = ()
    minor_sizes: tuple[str, ...] = ()
    lacking: Mapping[str, str] = field(default_factory=dict)  # fields that do nothing here, with the reason


class Page(Document):
    """Regions are no list of records here, and yet their settings are told by them."""

    def title_of(self, path: str) -> str:
        field = self.field(path)
        return f"{field.section[-1]}: {field.spec.title}" if field.section else field.spec.title


def build(resource: str, reply: Reply, able: Able, camera: str) -> Document:
    """NotSupported where the answer says OK and holds none of the resource's values."""
    method = catalog.methods().get(resource) or Method(resource, "get")
    shape = shape_of(resource)
    expected = shape.expected(method)
    holder = reply.values(expected) if expected else reply.result or reply.root
    if holder is None and shape.empty:
        holder = reply.result
    if holder is None:
        raise answers.nothing(resource, camera)
    writable = bool(method.pair) and method.kind == "get"
    title = catalog.titles().page(resource).title
    fields = [_field(method, part, able, holder, writable=writable) for part in shape.parts(holder)]
    return Page(resource, title, fields, JsonSource(reply.document, holder.path, shape), shape.depends(holder))


def rebuilt(document: Document, body: bytes, able: Able, camera: str) -> Document:
    """The document that these bytes would be. ProtocolError, NotSupported."""
    return build(document.resource, answers.read(body, document.resource, camera), able, camera)


def sample(resource: str, region: Mapping[str, object]) -> Reply:
    """An answer with one region, for a camera that has none to go by."""
    text = json.dumps({"method": resource, "errCode": 0, "result": {"region_info_1": region}})
    return answers.read(text.encode(), resource, "")


def body_of(method: str, document: Document, body: bytes, changed: tuple[str, ...]) -> bytes:
    """The call of a set method from a document's bytes with the new values in them."""
    source = source_of(document)
    fresh = json_text.parse(body)
    node = fresh.element(source.holder)
    if node is None:
        raise ProtocolError("The edited text has lost the object that holds the values.", detail=source.holder)
    params = source.shape.params(fresh, node, changed)
    return f'{{"method":"{method}","params":{params}}}'.encode("utf-8", "surrogateescape")


def source_of(document: Document) -> JsonSource:
    source = document.source
    if not isinstance(source, JsonSource):
        raise ProtocolError("This page came from another protocol.")
    return source


def field_spec(resource: str, path: str, text: str) -> Spec | None:
    """`Family.field_spec`: name of a get method, path of a field in its answer. Which sizes the camera had nobody
    knows any more; this was one of them."""
    method = catalog.methods().get(resource)
    known = _known(method, path) if method is not None else None
    if known is None:
        return None
    spec = _spec(resource, Part(path, text), known)
    return _limited(resource, path, spec, Able(main_sizes=(text,), minor_sizes=(text,)), text)


def _known(method: Method, path: str) -> CatalogField | None:
    return method.field(re.sub(r"\[\d+\]|region_info_\d+/", "", path))


def _field(method: Method, part: Part, able: Able, holder: JsonNode, *, writable: bool) -> Field:
    known = _known(method, part.path)
    spec = _spec(method.name, part, known)
    spec = _limited(method.name, part.path, spec, able, part.text)
    if not writable or part.read_only or part.path.rpartition("/")[2] in _READ_ONLY:
        spec = replace(spec, access=Access.READ_ONLY)
    return Field(part.path, part.text, spec, _section(part.path, holder))


def _spec(resource: str, part: Part, known: CatalogField | None) -> Spec:
    label = catalog.titles().label(resource, part.path)
    kind = _kind(part, known)
    if kind is Kind.TEXT and label.unit and _fits(part.text, Kind.INT):
        kind = Kind.INT  # the text says string, and everybody sends a number
    if kind is Kind.TEXT and parsers.has_lines(part.text):
        kind = Kind.OPAQUE
    options = _options(part, known, kind)
    low, high = (known.minimum, known.maximum) if known else (None, None)
    numeric, length = kind in _NUMBERS, kind in _TEXTS and known is not None and known.kind == "text"
    return Spec(
        kind=kind,
        title=part.title or label.title,
        help=label.help,
        minimum=low if numeric else None,
        maximum=high if numeric else None,
        min_length=int(low) if length and low is not None else None,
        max_length=int(high) if length and high is not None else None,
        options=options,
        open_options=kind is Kind.OPTION and part.text not in [each.value for each in options],
        default=known.default if known else None,
        unit=label.unit,
        source="catalog" if known else "value",
    )


def _kind(part: Part, known: CatalogField | None) -> Kind:
    """What the text says, unless the value is none of that."""
    if part.kind:
        return Kind(part.kind)
    if part.node is not None and part.node.kind is JsonKind.LIST:
        return Kind.OPAQUE
    declared = Kind(known.kind) if known is not None and known.kind != "list" else None
    if declared is not None and (declared is Kind.OPTION or not part.text or _fits(part.text, declared)):
        return declared
    if part.node is not None and part.node.kind is JsonKind.BOOL:
        return Kind.BOOL
    if part.node is not None and part.node.kind is JsonKind.NUMBER:
        return Kind.INT if _fits(part.text, Kind.INT) else Kind.FLOAT if _fits(part.text, Kind.FLOAT) else Kind.OPAQUE
    return Kind.BOOL if part.text in ("on", "off") else Kind.TEXT


def _fits(text: str, kind: Kind) -> bool:
    return not values.problem(text, Spec(kind, ""))


def _options(part: Part, known: CatalogField | None, kind: Kind) -> tuple[Option, ...]:
    name = part.path.rpartition("/")[2]
    if kind is Kind.BOOL:
        style = next((each for each in _SWITCHES if part.text.strip().lower() in each), _SWITCHES[0])
        return tuple(Option(value, title) for value, title in zip(style, ("On", "Off"), strict=True))
    if kind is not Kind.OPTION or known is None:
        return ()
    return tuple(Option(value, catalog.titles().option(name, value)) for value in known.options)


def _limited(resource: str, path: str, spec: Spec, able: Able, text: str) -> Spec:
    """The constraints that the camera itself tells win over those of the text."""
    name = path.rpartition("/")[2]
    if resource == "getResolution":
        sizes = able.main_sizes if path.startswith("main/") else able.minor_sizes
        sign = "x" if "x" in text.lower() else "*"
        options = tuple(Option(re.sub(r"[*xX×]", sign, each), re.sub(r"[*xX]", " × ", each)) for each in sizes)
        if options:
            known = text in [each.value for each in options]
            return replace(spec, kind=Kind.OPTION, options=options, open_options=not known, source="device")
    reason = able.lacking.get(name, "")
    told = able.enhancement
    if not reason and "enhance" in name and told is not None and not told.has(resource, name):
        reason = "This camera cannot tell people and vehicles apart here"
    return replace(spec, access=Access.READ_ONLY, help=reason) if reason else spec


def _section(path: str, holder: JsonNode) -> tuple[str, ...]:
    found = re.match(r"region_info_(\d+)/", path)
    if found is None:
        return ()
    node = holder.child(path.partition("/")[0])
    number = node.text_of("id", found[1]) if node is not None else found[1]
    return (f"{'Line' if node is not None and node.child('direction') else 'Area'} {number}",)
