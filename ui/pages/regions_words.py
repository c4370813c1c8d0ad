"""What is changed of regions and what became of it, in words: for the review and the bar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication

from app.model.region import Cells, Direction, Line, Region, Shape
from app.regions.editing import RegionEdits
from app.regions.proof import Outcome, RegionProof
from app.settings import values
from app.settings.changes import FieldProof, Neighbour, Verdict
from app.settings.layer import RegionLayer
from ui.canvas.outcome import tone
from ui.forms.review import ReviewRow

MOST = 6  # corners that are spelt out


def _tr(text: str) -> str:
    return QCoreApplication.translate("RegionsPage", text)


def name_of(region: Region, number: int) -> str:
    return region.name or _tr("Region {}").format(number)


def shape_words(shape: Shape) -> str:
    """Its corners in percent of the picture; how many cells of a grid."""
    if isinstance(shape, Cells):
        return _tr("{0} of {1} cells").format(len(shape.on), shape.columns * shape.rows)
    places = "  ".join(f"{p.x * 100:.1f}|{p.y * 100:.1f}" for p in shape.points[:MOST])
    text = places + ("  …" if len(shape.points) > MOST else "")
    if isinstance(shape, Line) and shape.direction is not Direction.BOTH:
        way = _tr("A to B") if shape.direction is Direction.A_TO_B else _tr("B to A")
        return f"{text}, {way}"
    return text


def rows_of(edits: RegionEdits, layer_id: str) -> Iterator[ReviewRow]:
    """Each thing about each region that differs from what the camera holds."""
    layer, sheet, held = edits.layer(layer_id), edits.sheet(layer_id), edits.held_of(layer_id)
    assert layer is not None
    order = [*held, *(key for key in sheet.keys if key not in held)]
    for key in edits.changed(layer_id):
        was, now = held.get(key), sheet.get(key)
        number = sheet.keys.index(key) + 1 if key in sheet.keys else order.index(key) + 1
        if now is None:
            assert was is not None
            yield ReviewRow(name_of(was, number), shape_words(was.shape), _tr("deleted"))
        elif was is None:
            yield ReviewRow(name_of(now, number), _tr("new"), shape_words(now.shape))
        else:
            yield from _differences(layer, name_of(now, number), was, now)
    switch = edits.switch_changed(layer_id)
    if switch is not None:
        on, off = _tr("On"), _tr("Off")
        yield ReviewRow(switch.title, on if switch.is_on else off, off if switch.is_on else on, switch.path)


def _differences(layer: RegionLayer, name: str, was: Region, now: Region) -> Iterator[ReviewRow]:
    if was.shape != now.shape:
        yield ReviewRow(name, shape_words(was.shape), shape_words(now.shape))
    if was.name != now.name:
        yield ReviewRow(_tr("{}: name").format(name), was.name or _tr("(empty)"), now.name or _tr("(empty)"))
    if was.enabled != now.enabled:
        words = {True: _tr("On"), False: _tr("Off")}
        yield ReviewRow(_tr("{}: in use").format(name), words[was.enabled], words[now.enabled])
    specs = {each.path: each.spec for each in layer.properties}
    for path, text in now.properties:
        if path in specs and text != was.value(path):
            old, new = values.display(was.value(path), specs[path]), values.display(text, specs[path])
            yield ReviewRow(f"{name}: {specs[path].title}", old or _tr("(empty)"), new or _tr("(empty)"), path)


@dataclass(slots=True)
class Done:
    """What an Apply came to. regions are by layer and key, switches the fields that turn detections on and off,
    neighbours the other pages that the camera changed something on."""

    regions: dict[tuple[str, int], RegionProof] = field(default_factory=dict)
    switches: list[FieldProof] = field(default_factory=list)
    neighbours: list[Neighbour] = field(default_factory=list)
    failure: str = ""
    stopped: bool = False
    reboot: bool = False

    def summary(self) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """One line, its colour, and where the regions are that were not kept."""
        text = counts(self.regions.values(), self.switches)
        odd = [(place, each) for place, each in self.regions.items() if tone(each) in ("warn", "error")]
        if odd:
            reasons = dict.fromkeys(each.reason for _, each in odd if each.reason)
            text = _tr("{0}. {1}").format(text, " ".join(list(reasons)[:2]))
        moved = [_tr("{0}: {1}").format(page.title, each.title) for page in self.neighbours for each in page.fields]
        if moved:
            told = _tr("{0}. Changed by the camera on other pages: {1}.")
            text = told.format(text.rstrip("."), ", ".join(dict.fromkeys(moved[:3])))
        if self.reboot:
            text = _tr("{} Some of it takes effect after a reboot.").format(f"{text.rstrip('.')}.")
        if self.stopped:
            text = _tr("{}. Stopped, the rest is still here.").format(text or _tr("Nothing sent"))
        if self.failure:
            text = _tr("{0} Before that: {1}").format(self.failure, text) if text else self.failure
        return text, self._role({tone(each) for each in self.regions.values()}), _places(odd)

    def _role(self, tones: set[str]) -> str:
        lost = any(each.verdict is Verdict.IGNORED for each in self.switches)
        if self.failure or lost or "error" in tones:
            return "error"
        return "warn" if self.stopped or self.reboot or self.neighbours or tones - {"ok"} else "ok"


def _places(odd: Sequence[tuple[tuple[str, int], RegionProof]]) -> tuple[tuple[str, str], ...]:
    """Where something can be shown: what was dropped is on the picture only."""
    return tuple((layer, str(key)) for (layer, key), each in odd if each.held is not None)


def counts(regions: Iterable[RegionProof], switches: Iterable[FieldProof] = ()) -> str:
    """How many ended in which way."""
    found = [each.outcome for each in regions]
    found += [Outcome.IGNORED if each.verdict is Verdict.IGNORED else Outcome.KEPT for each in switches]
    words = {
        Outcome.KEPT: _tr("{} kept"),
        Outcome.DELETED: _tr("{} deleted"),
        Outcome.ROUNDED: _tr("{} kept on the camera's own grid"),
        Outcome.ADJUSTED: _tr("{} adjusted by the camera"),
        Outcome.IGNORED: _tr("{} ignored by the camera"),
        Outcome.DROPPED: _tr("{} dropped by the camera"),
        Outcome.SIDE_EFFECT: _tr("{} more changed by the camera"),
        Outcome.NOT_VERIFIABLE: _tr("{} sent, cannot be checked"),
    }
    return ", ".join(word.format(found.count(each)) for each, word in words.items() if each in found)
