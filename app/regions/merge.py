"""Regions that were drawn on one reading of a layer, carried over to a fresh one. Pure. As `settings.rebase` does for
fields: nothing is guessed, and a region whose ground has moved is a conflict that people decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from app.errors import Conflict
from app.model.region import Region
from app.regions.alike import alike
from app.settings.layer import RegionLayer

_HINT = "Nothing was sent. Read the layer again and repeat the change."


def merge(
    drawn_on: RegionLayer, wanted: tuple[Region, ...], fresh: RegionLayer, rounded: Callable[[Region], Region]
) -> tuple[Region, ...]:
    """All regions that the camera is to hold: what was changed as wanted, everything else as it is now.

    Conflict names the first region that somebody else has changed, deleted or put in the same place.
    """
    before, now = _by_id(drawn_on.regions), _by_id(fresh.regions)
    mine = {region.id: region for region in wanted if region.id}
    title = drawn_on.info.title
    made: list[Region] = []
    for id_, held in now.items():
        if id_ not in before:
            if id_ in mine and not alike(rounded(mine[id_]), held):
                raise _conflict(title, mine[id_], "somebody else has drawn one there")
            made.append(held)
        elif id_ not in mine:
            if not alike(held, before[id_]):
                raise _conflict(title, held, "it has changed on the camera since, and would be deleted")
        else:
            made.append(_merged(title, before[id_], mine[id_], held, rounded))
    for region in wanted:
        if not region.id or (region.id not in now and region.id not in before):
            made.append(region)
        elif region.id not in now and not alike(region, before[region.id]):
            raise _conflict(title, region, "it is no longer on the camera")
    return tuple(made)


def _merged(title: str, before: Region, mine: Region, held: Region, rounded: Callable[[Region], Region]) -> Region:
    if alike(mine, before):
        return held
    if alike(held, before):
        return replace(mine, properties=tuple((dict(held.properties) | dict(mine.properties)).items()))
    if alike(rounded(mine), held):
        return held
    raise _conflict(title, mine, "somebody else has changed it")


def _by_id(regions: tuple[Region, ...]) -> Mapping[str, Region]:
    return {region.id: region for region in regions}


def _conflict(title: str, region: Region, what: str) -> Conflict:
    return Conflict(f"{title}, {called(region)}: {what}.", path=region.id, hint=_HINT)


def called(region: Region) -> str:
    """How sentences name a region."""
    if region.name:
        return f"“{region.name}”"
    return f"region {region.id}" if region.id else "the new region"
