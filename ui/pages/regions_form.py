"""The properties of the chosen region as a form: its own settings, and what every region has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication

from app.model.region import Direction, Label, Line, Region
from app.settings import values
from app.settings.document import Document
from app.settings.field import Field
from app.settings.layer import RegionLayer
from app.settings.spec import Kind, Option, Spec
from ui.canvas.desk import Desk
from ui.canvas.scene import Rounded
from ui.forms.form import Form

NAME, ON, DIRECTION, TEXT = "@name", "@enabled", "@direction", "@text"  # no protocol has such paths


def _tr(text: str) -> str:
    return QCoreApplication.translate("RegionsPage", text)


@dataclass(frozen=True, slots=True)
class _Nothing:
    """The document of a form that is never sent: regions are written by their family."""

    raw: bytes = b""
    media_type: str = ""

    def encode(self, edits: Mapping[str, str]) -> bytes:
        del edits
        return self.raw


def document_of(layer: RegionLayer, region: Region, held: Region | None, rounded: Rounded) -> Document:
    """What can be set of a region. The baseline is what the camera holds, of a new region what it begins with."""
    before = held or region
    pairs = [*_common(layer, region, before, rounded), *_own(layer, region, before)]
    document = Document(layer.info.id, layer.info.title, [field for field, _ in pairs], _Nothing())
    for field, text in pairs:
        if text != field.text:
            document.set_text(field.path, text)
    return document


def _own(layer: RegionLayer, region: Region, before: Region) -> Iterator[tuple[Field, str]]:
    there = dict(region.properties)
    for field in layer.properties:
        if field.path in there:
            yield replace(field, text=before.value(field.path)), there[field.path]


def _common(layer: RegionLayer, region: Region, before: Region, rounded: Rounded) -> Iterator[tuple[Field, str]]:
    """Only what the camera would keep: it is asked by looking at what it makes of such a region."""
    other = rounded(layer, replace(region, name="x", enabled=False))
    if other.name == "x":
        yield Field(NAME, before.name, Spec(Kind.TEXT, _tr("Name"), max_length=32)), region.name
    if not other.enabled:
        yield Field(ON, _flag(before.enabled), Spec(Kind.BOOL, _tr("In use"))), _flag(region.enabled)
    shape, old = region.shape, before.shape
    if isinstance(shape, Line) and len(layer.limits.directions) > 1:
        words = {Direction.BOTH: _tr("Both ways"), Direction.A_TO_B: _tr("A to B"), Direction.B_TO_A: _tr("B to A")}
        options = tuple(Option(each.value, words[each]) for each in layer.limits.directions)
        held = old.direction if isinstance(old, Line) else shape.direction
        yield Field(DIRECTION, held.value, Spec(Kind.OPTION, _tr("Direction"), options=options)), shape.direction.value
    if isinstance(shape, Label) and _takes_text(layer, region, shape, rounded):
        held_text = old.text if isinstance(old, Label) else ""
        yield Field(TEXT, held_text, Spec(Kind.TEXT, _tr("Text"), max_length=64)), shape.text


def _takes_text(layer: RegionLayer, region: Region, label: Label, rounded: Rounded) -> bool:
    shape = rounded(layer, region.with_shape(replace(label, text="x"))).shape
    return isinstance(shape, Label) and shape.text == "x"


def _flag(on: bool) -> str:
    return "true" if on else "false"


def changed(region: Region, path: str, text: str) -> Region:
    """The region with another value of one field of its form."""
    shape = region.shape
    if path == NAME:
        return replace(region, name=text)
    if path == ON:
        return replace(region, enabled=text == "true")
    if path == DIRECTION and isinstance(shape, Line):
        return region.with_shape(replace(shape, direction=Direction(text)))
    if path == TEXT and isinstance(shape, Label):
        return region.with_shape(replace(shape, text=text))
    return region.with_value(path, text)


class RegionForm(Form):
    """Follows the region that is chosen; edits go through the desk, so that they are undone with the shapes."""

    def __init__(self, desk: Desk, rounded: Rounded) -> None:
        super().__init__()
        self._desk, self._rounded = desk, rounded
        self._mine = False
        self._leave: Callable[[], None] = lambda: None
        self.setAccessibleName(_tr("Settings of the region"))
        desk.changed.connect(self.follow)
        desk.chosen.connect(self.follow)

    def follow(self) -> None:
        """Nothing is shown while no region, or more than one, is chosen."""
        if self._mine:
            return
        self._leave()
        self._leave = lambda: None
        layer, single = self._desk.layer, self._desk.single
        if layer is None or single is None:
            self.show_document(None)
            return
        held = self._desk.edits.held(self._desk.layer_id, single.key)
        document = document_of(layer, single.region, held, self._rounded)
        if (row := self.row(self.focused_path())) is not None:
            row.let_go()  # every letter is in the desk already: what it holds by now, after an undo too, is shown
        self.show_document(document)
        key = single.key
        self._leave = document.subscribe(lambda path: self._edited(document, key, path))

    def _edited(self, document: Document, key: int, path: str) -> None:
        region = self._desk.sheet.get(key)
        if region is None:
            return
        text, spec = document.text(path), document.spec(path)
        if not values.problem(text, spec):
            text = values.wire(text, spec)
        elif path in (ON, DIRECTION):
            return
        self._mine = True
        try:
            taken = self._desk.rewrite({key: changed(region, path, text)}, spec.title, f"form {key} {path}")
        finally:
            self._mine = False
        if not taken:
            self.follow()
