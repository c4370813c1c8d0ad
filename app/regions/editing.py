"""Regions under edit: what the camera holds, what is drawn now, and the difference. Widgets own none of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from types import MappingProxyType

from app.model.region import Region
from app.settings import values
from app.settings.layer import RegionLayer, Switch


@dataclass(frozen=True, slots=True)
class Drawn:
    """A region with a key of our own: it stays while ids come (a new region is stored) and go (it is taken away)."""

    key: int
    region: Region


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that is drawn in one layer. armed is the detection's switch, None where it has none."""

    drawn: tuple[Drawn, ...] = ()
    armed: bool | None = None

    @property
    def regions(self) -> tuple[Region, ...]:
        return tuple(each.region for each in self.drawn)

    @property
    def keys(self) -> tuple[int, ...]:
        return tuple(each.key for each in self.drawn)

    def get(self, key: int) -> Region | None:
        return next((each.region for each in self.drawn if each.key == key), None)

    def put(self, changed: Mapping[int, Region]) -> Sheet:
        """Other regions in the places of these keys; keys that are not there are added at the end."""
        kept = tuple(replace(each, region=changed.get(each.key, each.region)) for each in self.drawn)
        added = tuple(Drawn(key, region) for key, region in changed.items() if key not in self.keys)
        return replace(self, drawn=kept + added)

    def without(self, keys: Iterable[int]) -> Sheet:
        gone = set(keys)
        return replace(self, drawn=tuple(each for each in self.drawn if each.key not in gone))


@dataclass(slots=True)
class _Layer:
    layer: RegionLayer
    held: dict[int, Region]
    sheet: Sheet
    taken: dict[int, tuple[Region, Region]] = field(default_factory=dict)  # what was sent and what it became


class RegionEdits:
    """The layers of one device that were read. Listeners are told the id of the layer that changed.

    A drawing is replaced whole, by `put`: undo and redo put an older one back.
    """

    def __init__(self) -> None:
        self._layers: dict[str, _Layer] = {}
        self._keys = count(1)
        self._listeners: list[Callable[[str], None]] = []

    @property
    def layers(self) -> tuple[RegionLayer, ...]:
        return tuple(each.layer for each in self._layers.values())

    def layer(self, id: str) -> RegionLayer | None:
        found = self._layers.get(id)
        return found.layer if found is not None else None

    def sheet(self, id: str) -> Sheet:
        """What is drawn; an empty one for a layer that was not read."""
        found = self._layers.get(id)
        return found.sheet if found is not None else Sheet()

    def held(self, id: str, key: int) -> Region | None:
        """The region as the camera holds it, None for one that is new."""
        found = self._layers.get(id)
        return found.held.get(key) if found is not None else None

    def held_of(self, id: str) -> Mapping[int, Region]:
        found = self._layers.get(id)
        return found.held if found is not None else {}

    def new_key(self) -> int:
        return next(self._keys)

    def put(self, id: str, sheet: Sheet) -> None:
        """Another drawing of the layer. Ids are the camera's: each region gets the one under which it is held, and
        one that was sent and became something else is what it became."""
        at = self._layers[id]
        at.sheet = replace(sheet, drawn=tuple(Drawn(e.key, _settled(at, e)) for e in sheet.drawn))
        self._tell(id)

    def keep(
        self, layer: RegionLayer, sent: Sheet | None = None, ids: Mapping[int, str] = MappingProxyType({})
    ) -> None:
        """Takes what was read just now; sent is the drawing that was written before, if one was, and ids are those
        under which the camera holds what was sent, by key.

        What was drawn since, or was never sent, stays as an edit.
        """
        id = layer.info.id
        before = self._layers.get(id)
        armed = layer.armed.is_on if layer.armed is not None else None
        if before is None:
            held = {self.new_key(): region for region in layer.regions}
            sheet = Sheet(tuple(Drawn(key, region) for key, region in held.items()), armed)
            self._layers[id] = _Layer(layer, held, sheet)
        else:
            held = dict(self._matched(before, layer, sent, ids))
            sheet = _merged(before, held, sent)
            was_armed = self._held_switch(before)
            edited = was_armed is not None and before.sheet.armed != was_armed
            kept = edited and (sent is None or sent.armed == was_armed)
            taken = _taken(before, held, sent)
            self._layers[id] = _Layer(layer, held, replace(sheet, armed=before.sheet.armed if kept else armed), taken)
        self._tell(id)

    def revert(self, id: str) -> Sheet:
        """The drawing as the camera holds it, for `put`."""
        at = self._layers[id]
        return Sheet(tuple(Drawn(key, region) for key, region in at.held.items()), self._held_switch(at))

    # The difference

    def changed(self, id: str) -> tuple[int, ...]:
        """Keys of what is new, different or taken away."""
        at = self._layers.get(id)
        if at is None:
            return ()
        now = {each.key: each.region for each in at.sheet.drawn}
        return tuple(key for key in dict.fromkeys((*at.held, *now)) if now.get(key) != at.held.get(key))

    def switch_changed(self, id: str) -> Switch | None:
        """The switch of the detection where it is to be turned."""
        at = self._layers.get(id)
        if at is None or at.layer.armed is None or at.sheet.armed == at.layer.armed.is_on:
            return None
        return at.layer.armed

    @property
    def pending(self) -> tuple[str, ...]:
        """The layers with something to send, in the order in which they were read."""
        return tuple(id for id in self._layers if self.changed(id) or self.switch_changed(id) is not None)

    @property
    def count(self) -> int:
        return sum(len(self.changed(id)) + (self.switch_changed(id) is not None) for id in self._layers)

    def problem(self, id: str, key: int) -> str:
        """Why a region that was drawn cannot be sent, in plain words; "" when it can. What the camera holds already
        is never a problem."""
        at = self._layers.get(id)
        region = at.sheet.get(key) if at is not None else None
        if at is None or region is None or region == at.held.get(key):
            return ""
        beyond = at.layer.limits.too_many(at.sheet.keys.index(key) + 1)
        return at.layer.limits.problem(region.shape) or beyond or _wrong_value(at.layer, at.held.get(key), region)

    @property
    def problems(self) -> tuple[tuple[str, int, str], ...]:
        """Layer, key and reason of everything that cannot be sent."""
        found = ((id, key, self.problem(id, key)) for id in self._layers for key in self.sheet(id).keys)
        return tuple(each for each in found if each[2])

    def subscribe(self, listener: Callable[[str], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def _tell(self, id: str) -> None:
        for listener in tuple(self._listeners):
            listener(id)

    @staticmethod
    def _held_switch(at: _Layer) -> bool | None:
        return at.layer.armed.is_on if at.layer.armed is not None else None

    def _matched(
        self, before: _Layer, layer: RegionLayer, sent: Sheet | None, ids: Mapping[int, str]
    ) -> Iterator[tuple[int, Region]]:
        """Each region that was read with its key: as it was proved, by its id, else those that were sent as new, in
        their order."""
        keys = {region.id: key for key, region in before.held.items() if region.id and key not in ids}
        keys |= {id: key for key, id in ids.items()}
        fresh = [each.key for each in sent.drawn if each.key not in before.held] if sent is not None else []
        fresh = [key for key in fresh if key not in ids]
        for region in layer.regions:
            key = keys.pop(region.id, None)
            if key is None:
                key = fresh.pop(0) if fresh else self.new_key()
            yield key, region


def _settled(at: _Layer, drawn: Drawn) -> Region:
    held = at.held.get(drawn.key)
    region = replace(drawn.region, id=held.id if held is not None else "")
    sent, became = at.taken.get(drawn.key, (None, None))
    return became if became is not None and region in (sent, became) else region


def _wrong_value(layer: RegionLayer, held: Region | None, region: Region) -> str:
    specs = {field.path: field.spec for field in layer.properties}
    for path, text in region.properties:
        touched = held is None or held.value(path) != text
        if touched and path in specs and (problem := values.problem(text, specs[path])):
            return f"{specs[path].title}: {problem}"
    return ""


def _merged(before: _Layer, held: Mapping[int, Region], sent: Sheet | None) -> Sheet:
    """The drawing over a new reading: what is no edit any more follows the camera."""
    now: dict[int, Region] = {}
    working = {each.key: each.region for each in before.sheet.drawn}
    for key, region in held.items():
        was_sent = sent is not None and working.get(key) == sent.get(key)
        unedited = working.get(key) == before.held.get(key)
        if was_sent or unedited or (key not in working and key not in before.held):
            now[key] = region
        elif key in working:
            now[key] = replace(working[key], id=region.id)
    for key, region in working.items():
        gone = sent is not None and region == sent.get(key)
        if key not in held and region != before.held.get(key) and not gone:
            now[key] = replace(region, id="")
    order = [*(key for key in working if key in now), *(key for key in now if key not in working)]
    return Sheet(tuple(Drawn(key, now[key]) for key in order))


def _taken(before: _Layer, held: Mapping[int, Region], sent: Sheet | None) -> dict[int, tuple[Region, Region]]:
    if sent is None:
        return before.taken
    fresh = {
        each.key: (replace(each.region, id=held[each.key].id), held[each.key])
        for each in sent.drawn
        if each.key in held
    }
    return before.taken | fresh
