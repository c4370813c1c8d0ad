"""What is changed of regions and what became of it, in words: for the review and the bar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from PySide6.QtCore import QCoreApplication

from app.model.region import Cells, Direction, Line, Region, Shape
from app.regions.editing import RegionEdits
from app.regions.judging import RegionOutcome
from app.settings import values
from app.settings.changes import FieldProof, Verdict
from app.settings.layer import RegionLayer
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
    specs = {field.path: field.spec for field in layer.properties}
    for path, text in now.properties:
        if path in specs and text != was.value(path):
            old, new = values.display(was.value(path), specs[path]), values.display(text, specs[path])
            yield ReviewRow(f"{name}: {specs[path].title}", old or _tr("(empty)"), new or _tr("(empty)"), path)


def summary(
    outcomes: Sequence[RegionOutcome], switches: Iterable[FieldProof], failure: str = "", *, stopped: bool = False
) -> tuple[str, str, tuple[str, str] | None]:
    """One line, its colour, and where the first region is that was not kept."""
    verdicts = [each.verdict for each in outcomes] + [each.verdict for each in switches]
    words = {
        Verdict.KEPT: _tr("{} kept"),
        Verdict.ADJUSTED: _tr("{} adjusted by the camera"),
        Verdict.IGNORED: _tr("{} not kept by the camera"),
        Verdict.SIDE_EFFECT: _tr("{} more changed by the camera"),
        Verdict.NOT_VERIFIABLE: _tr("{} sent, cannot be checked"),
    }
    text = ", ".join(word.format(verdicts.count(each)) for each, word in words.items() if each in verdicts)
    odd = [each for each in outcomes if each.verdict not in (Verdict.KEPT, Verdict.NOT_VERIFIABLE)]
    if odd:
        text = _tr("{0}. {1}").format(text, " ".join(dict.fromkeys(each.reason for each in odd[:2])))
    if stopped:
        text = _tr("{}. Stopped, the rest is still here.").format(text or _tr("Nothing sent"))
    if failure:
        text = _tr("{0} Before that: {1}").format(failure, text) if text else failure
    bad = failure or Verdict.IGNORED in verdicts
    uneasy = stopped or Verdict.ADJUSTED in verdicts or Verdict.SIDE_EFFECT in verdicts
    return text, "error" if bad else "warn" if uneasy else "ok", (odd[0].layer, str(odd[0].key)) if odd else None
