"""What one draws at: the layer in hand, what is chosen in it, and what a gesture shows before it is done.

Tools, keys, table and form all work on it; it changes `RegionEdits` by whole drawings, one undo command a gesture.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from app.model.geometry import Point
from app.model.region import Limits, Region, Shape, ShapeKind
from app.regions import shaping
from app.regions.editing import Drawn, RegionEdits, Sheet
from app.settings.layer import RegionLayer
from ui.canvas.hits import Candidate, handles_of
from ui.canvas.snaps import Around, around
from ui.canvas.undo import Gesture


class Desk(QObject):
    """said carries a sentence and its colour ("" takes it back)."""

    changed = Signal()  # anything that is drawn
    trial_changed = Signal()  # only what a gesture shows
    chosen = Signal()  # layer, shapes or vertex
    said = Signal(str, str)

    def __init__(self, edits: RegionEdits, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.edits = edits
        self.stack = QUndoStack(self)
        self.layer_id = ""
        self.selection: tuple[int, ...] = ()
        self.vertex: int | None = None
        self.hidden: frozenset[str] = frozenset()
        self.locked: frozenset[str] = frozenset()
        self.alone = False  # only the layer in hand is shown
        self.trial: Mapping[int, Shape] = {}  # other shapes for regions of the layer in hand, while a gesture goes on
        self.draft: Shape | None = None  # one that is being drawn
        self._around: dict[frozenset[int], Around] = {}
        self._unlisten = edits.subscribe(self._edited)
        self.changed.connect(self._around.clear)

    def close(self) -> None:
        self._unlisten()

    # What is there

    @property
    def layer(self) -> RegionLayer | None:
        return self.edits.layer(self.layer_id)

    @property
    def limits(self) -> Limits:
        layer = self.layer
        return layer.limits if layer is not None else Limits(shapes=())

    @property
    def sheet(self) -> Sheet:
        return self.edits.sheet(self.layer_id)

    @property
    def hindrance(self) -> str:
        """Why nothing can be drawn in the layer in hand; "" when it can."""
        layer = self.layer
        if layer is None:
            return self.tr("Choose what to draw first: a detection or a mask in the list.")
        if not layer.writable:
            return layer.note or self.tr("{} can only be looked at.").format(layer.info.title)
        if self.layer_id in self.locked:
            return self.tr("{} is locked. Unlock it in the list.").format(layer.info.title)
        return ""

    @property
    def is_one_grid(self) -> bool:
        """One grid is the whole layer: there is nothing to choose among."""
        limits = self.limits
        return limits.shapes == (ShapeKind.CELLS,) and limits.most_regions == 1

    def shape(self, key: int) -> Shape | None:
        """As it is shown now, a gesture under way included."""
        region = self.sheet.get(key)
        return self.trial.get(key, region.shape) if region is not None else None

    @property
    def chosen_regions(self) -> tuple[Drawn, ...]:
        return tuple(each for each in self.sheet.drawn if each.key in self.selection)

    @property
    def single(self) -> Drawn | None:
        """The one region that is chosen, None for none or several."""
        found = self.chosen_regions
        return found[0] if len(found) == 1 else None

    def visible_layers(self) -> tuple[RegionLayer, ...]:
        """Those of the channel that is looked at, from back to front: the layer in hand is in front."""
        channel = self.layer.info.channel if self.layer is not None else None
        here = [each for each in self.edits.layers if channel in (None, each.info.channel)]
        if self.alone:
            here = [each for each in here if each.info.id == self.layer_id]
        seen = [each for each in here if each.info.id not in self.hidden]
        return tuple(sorted(seen, key=lambda each: each.info.id == self.layer_id))

    def candidates(self) -> tuple[Candidate, ...]:
        """What the mouse can take hold of, topmost first: chosen shapes, the layer in hand, the others."""
        found: list[Candidate] = []
        for layer in reversed(self.visible_layers()):
            id = layer.info.id
            for each in reversed(self.edits.sheet(id).drawn):
                shape = self.shape(each.key) if id == self.layer_id else each.region.shape
                if shape is not None and id not in self.locked:
                    found.append((id, each.key, shape))
        return tuple(sorted(found, key=lambda each: each[1] not in self.selection))

    def others(self, keys: Iterable[int] = ()) -> Around:
        """Every visible shape but these, for snapping."""
        left_out = frozenset(keys)
        if left_out not in self._around:
            self._around.clear()
            self._around[left_out] = around(self._others(left_out))
        return self._around[left_out]

    def _others(self, left_out: frozenset[int]) -> Iterator[Shape]:
        return (
            each.region.shape
            for layer in self.visible_layers()
            for each in self.edits.sheet(layer.info.id).drawn
            if each.key not in left_out and each.region.shape.kind is not ShapeKind.CELLS
        )

    # Choosing

    def take(self, layer_id: str) -> None:
        """Another layer in hand."""
        if layer_id != self.layer_id:
            self.drop()
            self.layer_id, self.selection, self.vertex = layer_id, (), None
            if self.is_one_grid:
                self.selection = self.sheet.keys
            self.said.emit(self.hindrance, "secondary")
            self.chosen.emit()
            self.changed.emit()

    def choose(self, keys: Iterable[int], vertex: int | None = None) -> None:
        """Shapes of the layer in hand; a vertex only of a single one."""
        there = self.sheet.keys
        keys = tuple(key for key in keys if key in there)
        vertex = vertex if len(keys) == 1 else None
        if (keys, vertex) != (self.selection, self.vertex):
            self.selection, self.vertex = keys, vertex
            self.chosen.emit()
            self.changed.emit()

    def step(self, by: int, *, more: bool = False) -> None:
        """To the next shape of the layer in hand; more: those that are chosen stay chosen."""
        keys = self.sheet.keys
        if keys:
            here = keys.index(self.selection[-1]) + by if self.selection else (0 if by > 0 else -1)
            following = keys[here % len(keys)]
            kept = tuple(key for key in self.selection if key != following) if more else ()
            self.choose((*kept, following))

    def step_vertex(self, by: int) -> None:
        """To the next corner of the shape that is chosen."""
        single = self.single
        count = len(handles_of(single.region.shape)) if single is not None else 0
        if single is not None and count:
            here = (self.vertex + by) if self.vertex is not None else (0 if by > 0 else -1)
            self.choose((single.key,), here % count)

    def set_hidden(self, layer_id: str, hidden: bool) -> None:
        self.hidden = self.hidden | {layer_id} if hidden else self.hidden - {layer_id}
        self.changed.emit()

    def show_alone(self, alone: bool) -> None:
        """Only the layer in hand, whichever that is; or all of them again."""
        self.alone = alone
        self.changed.emit()

    def is_seen(self, layer_id: str) -> bool:
        return any(each.info.id == layer_id for each in self.visible_layers())

    def set_locked(self, layer_id: str, locked: bool) -> None:
        self.locked = self.locked | {layer_id} if locked else self.locked - {layer_id}
        if locked and layer_id == self.layer_id:
            self.drop()
            self.choose(())
        self.changed.emit()

    # Gestures

    def try_shapes(self, shapes: Mapping[int, Shape]) -> None:
        """Shows other shapes without keeping them, and says what the camera would not take."""
        self.trial = shapes
        wrong = next((text for shape in shapes.values() if (text := self.limits.problem(shape))), "")
        self.said.emit(wrong, "error" if wrong else "")
        self.trial_changed.emit()

    def try_draft(self, shape: Shape | None, unfinished: bool = False) -> None:
        """Shows a new shape; unfinished ones lack corners, which is no fault yet."""
        self.draft = shape
        wrong = self.too_many()
        if shape is not None and not unfinished:
            wrong = wrong or self.limits.problem(shape)
        self.said.emit(wrong, "error" if wrong else "")
        self.trial_changed.emit()

    def drop(self) -> None:
        """Forgets what was only shown."""
        if self.trial or self.draft is not None:
            self.trial, self.draft = {}, None
            self.trial_changed.emit()

    def too_many(self, more: int = 1) -> str:
        return self.limits.too_many(len(self.sheet.drawn) + more)

    def commit(self, text: str, sheet: Sheet, merge: str = "", layer_id: str = "") -> None:
        """Keeps another drawing, as one step that can be undone."""
        layer_id = layer_id or self.layer_id
        before = self.edits.sheet(layer_id)
        self.trial, self.draft = {}, None
        self.hidden -= {layer_id}  # what is drawn is seen
        if sheet != before:
            self.stack.push(Gesture(self.edits, layer_id, before, sheet, text, self.take, merge))
        else:
            self.trial_changed.emit()

    def reshape(self, shapes: Mapping[int, Shape], text: str, merge: str = "") -> bool:
        """Other shapes for regions of the layer in hand. What the camera would not take is refused and said; False."""
        return self.rewrite({k: r.with_shape(shapes[k]) for k, r in self._regions(shapes)}, text, merge)

    def rewrite(self, regions: Mapping[int, Region], text: str, merge: str = "") -> bool:
        """As `reshape`, with everything about the regions."""
        reshaped = [each.shape for key, each in regions.items() if each.shape != self._shape_of(key)]
        wrong = self.hindrance or next((text for shape in reshaped if (text := self.limits.problem(shape))), "")
        if wrong:
            self.drop()
            self.said.emit(wrong, "error")
            return False
        self.said.emit("", "")
        self.commit(text, self.sheet.put(regions), merge)
        return True

    def add(self, shapes: Iterable[Shape], text: str, like: Region | None = None) -> bool:
        """New regions, with the properties of another one or the layer's own. Refused and said as in `reshape`."""
        new = tuple(shapes)
        return self.add_regions([self.region_of(shape, like) for shape in new], text)

    def add_regions(self, regions: Iterable[Region], text: str) -> bool:
        new = tuple(regions)
        wrong = self.hindrance or self.too_many(len(new))
        wrong = wrong or next((t for each in new if (t := self.limits.problem(each.shape))), "")
        if wrong:
            self.drop()
            self.said.emit(wrong, "error")
            return False
        keys = [self.edits.new_key() for _ in new]
        self.said.emit("", "")
        self.commit(text, self.sheet.put(dict(zip(keys, new, strict=True))))
        self.choose(keys)
        return True

    def region_of(self, shape: Shape, like: Region | None = None) -> Region:
        """A region that the camera does not have yet."""
        layer = self.layer
        assert layer is not None
        if like is not None:
            return replace(like, id="", shape=shape)
        return Region("", layer.info.purpose, shape, properties=tuple((f.path, f.text) for f in layer.properties))

    def remove(self, keys: Iterable[int], text: str) -> None:
        if self.hindrance:
            self.said.emit(self.hindrance, "error")
            return
        gone = tuple(keys)
        following = [key for key in self.sheet.keys if key not in gone]
        self.commit(text, self.sheet.without(gone))
        self.choose(following[:0])

    def arm(self, on: bool) -> None:
        """Switches the detection of the layer in hand, with the next Apply."""
        if self.hindrance:
            self.said.emit(self.hindrance, "error")
            self.changed.emit()  # whoever showed it switched shows it as it is
        elif self.sheet.armed is not None:
            self.commit(self.tr("Switch on") if on else self.tr("Switch off"), replace(self.sheet, armed=on))

    def discard(self) -> None:
        """Everything back to what the camera holds, as one step that undo brings back."""
        self.stack.beginMacro(self.tr("Discard all"))
        for layer_id in self.edits.pending:
            self.commit(self.tr("Discard"), self.edits.revert(layer_id), layer_id=layer_id)
        self.stack.endMacro()

    def move_vertex(self, key: int, index: int, to: Point, text: str, merge: str = "") -> bool:
        shape = self.shape(key)
        if shape is None:
            return False
        return self.reshape({key: shaping.with_point(shape, index, to, self.limits)}, text, merge)

    def _shape_of(self, key: int) -> Shape | None:
        region = self.sheet.get(key)
        return region.shape if region is not None else None

    def _regions(self, keys: Iterable[int]) -> list[tuple[int, Region]]:
        return [(key, region) for key in keys if (region := self.sheet.get(key)) is not None]

    def _edited(self, layer_id: str) -> None:
        if layer_id == self.layer_id:
            kept = tuple(key for key in self.selection if key in self.sheet.keys)
            single = self.sheet.get(kept[0]) if len(kept) == 1 else None
            lost = self.vertex is not None and (single is None or self.vertex >= len(handles_of(single.shape)))
            self.selection, self.vertex = kept, None if lost else self.vertex
            self.chosen.emit()
        self.changed.emit()
