"""Regions of another camera, or of another detection, made to fit a layer: what was done to each is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.model.region import Cells, Direction, Line, Region, Shape, ShapeKind
from app.regions.shaping import fitted, moved
from app.settings import values
from app.settings.layer import RegionLayer

ASIDE = 0.02  # of the picture: a copy does not hide what it was made of


@dataclass(frozen=True, slots=True)
class Pasted:
    """regions can be added as they are. notes say what was changed on the way, refusals what could not be taken."""

    regions: tuple[Region, ...]
    notes: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        return " ".join((*self.refusals, *self.notes))


def paste(regions: Sequence[Region], layer: RegionLayer, there: Sequence[Region]) -> Pasted:
    """there: what is drawn in the layer already."""
    taken: list[Region] = []
    notes: list[str] = []
    refusals: list[str] = []
    grid = next((r.shape for r in there if isinstance(r.shape, Cells)), Cells(*layer.limits.steps))
    for region in regions:
        shape, note = _adapted(region.shape, layer, grid)
        wrong = layer.limits.problem(shape) or layer.limits.too_many(len(there) + len(taken) + 1)
        if wrong:
            refusals.append(f"{region.name or region.purpose.value}: {wrong}")
            continue
        while any(each.shape == shape for each in (*there, *taken)) and (aside := moved(shape, ASIDE, ASIDE)) != shape:
            shape = aside
        if note:
            notes.append(note)
        taken.append(
            replace(region, id="", purpose=layer.info.purpose, shape=shape, properties=_fitting(region, layer))
        )
    return Pasted(tuple(taken), tuple(dict.fromkeys(notes)), tuple(dict.fromkeys(refusals)))


def _adapted(shape: Shape, layer: RegionLayer, grid: Cells) -> tuple[Shape, str]:
    limits = layer.limits
    if isinstance(shape, Line) and limits.directions and shape.direction not in limits.directions:
        both = Direction.BOTH if Direction.BOTH in limits.directions else limits.directions[0]
        return replace(shape, direction=both), "The camera does not watch that direction: another one was taken."
    return fitted(shape, limits, grid if ShapeKind.CELLS in limits.shapes else None)


def _fitting(region: Region, layer: RegionLayer) -> tuple[tuple[str, str], ...]:
    """Its own values where the layer has such a property and takes them, else those of a new region."""
    own = dict(region.properties)
    return tuple(
        (f.path, own[f.path] if f.path in own and not values.problem(own[f.path], f.spec) else f.text)
        for f in layer.properties
    )
