"""Writing regions: the same way for every family, through its `RawSettings`, so that journal and undo know of it."""

from __future__ import annotations

from functools import partial
from typing import TypeVar

from app.errors import CameraError, Conflict, NotSupported
from app.families.base import RawSettings, Regions, Session
from app.model.region import Region
from app.patience import reading_back
from app.regions import proof
from app.regions.merge import merge
from app.regions.proof import LayerProof, Outcome, RegionProof
from app.settings.changes import Proof
from app.settings.layer import RegionEdit, RegionLayer, Switch

_TRIES = 3  # while somebody else writes to the same camera

Interface = TypeVar("Interface")


async def write(session: Session, layer: RegionLayer, wanted: tuple[Region, ...]) -> LayerProof:
    """Makes the camera hold these regions, which were drawn on layer.

    Raises before anything was sent: InvalidSetting for what the limits forbid, Conflict for a region that somebody
    else has changed, NotSupported for a layer that can only be read; and what the device refused. Once it took
    something every outcome is in the proof. With nothing to change nothing is sent.
    """
    regions, raw = need(session, Regions), need(session, RawSettings)
    if not layer.writable:
        raise NotSupported(f"{layer.info.title} can only be read on this camera.")
    done: list[Proof] = []
    for number in range(_TRIES):
        fresh = await regions.load(layer.info.id)
        asked = merge(layer, wanted, fresh, partial(regions.rounded, fresh))
        edits = regions.edits(fresh, asked)
        if not edits and not done:
            return LayerProof(fresh, _held(fresh, layer, wanted))
        try:
            await _send(raw, edits, done)
            break
        except Conflict:
            if number == _TRIES - 1 and not done:
                raise
        except CameraError as error:
            if not done:
                raise
            return await _partly(regions, fresh, asked, done, error)
    return await _proved(regions, fresh, asked, done)


async def switch(session: Session, layer: RegionLayer, which: Switch, on: bool) -> tuple[Proof, ...]:
    """Turns a detection or its notification on or off; () where it is that way already. Not a byte of what is drawn
    is touched."""
    regions, raw = need(session, Regions), need(session, RawSettings)
    fresh = await regions.load(layer.info.id)
    same = next((each for each in (fresh.armed, fresh.notifies) if each is not None and _same(each, which)), None)
    if same is None:
        raise NotSupported(f"{which.title} is not on the camera any more.")
    done: list[Proof] = []
    await _send(raw, regions.switched(fresh, same, on), done)
    return tuple(done)


def plan(session: Session, layer: RegionLayer, wanted: tuple[Region, ...]) -> tuple[RegionEdit, ...]:
    """What `write` would send now; asks nobody. InvalidSetting as `write`."""
    return need(session, Regions).edits(layer, wanted)


def need(session: Session, interface: type[Interface]) -> Interface:
    found = session.offer(interface)
    if found is None:
        raise NotSupported(f"{session.address} shows no regions that could be changed.")
    return found


def _same(one: Switch, other: Switch) -> bool:
    return (one.resource, one.path) == (other.resource, other.path)


async def _send(raw: RawSettings, edits: tuple[RegionEdit, ...], done: list[Proof]) -> None:
    for edit in edits:
        told, _ = await raw.apply_raw(edit.document, edit.body)
        done.append(told)


async def _proved(regions: Regions, fresh: RegionLayer, asked: tuple[Region, ...], done: list[Proof]) -> LayerProof:
    try:
        with reading_back():
            after = await regions.load(fresh.info.id)
    except CameraError as error:
        return LayerProof(fresh, proof.unread(fresh, asked, error.summary), tuple(done))
    return LayerProof(after, proof.prove(fresh, asked, after, partial(regions.rounded, fresh)), tuple(done))


async def _partly(
    regions: Regions, fresh: RegionLayer, asked: tuple[Region, ...], done: list[Proof], error: CameraError
) -> LayerProof:
    """Some documents were taken and one was refused: what the camera holds decides on each region."""
    told = await _proved(regions, fresh, asked, done)
    found = (_with_reason(each, error.summary) for each in told.regions)
    return LayerProof(told.layer, tuple(found), told.proofs)


def _with_reason(each: RegionProof, reason: str) -> RegionProof:
    if each.outcome not in (Outcome.IGNORED, Outcome.DROPPED):
        return each
    return RegionProof(each.id, each.outcome, each.wanted, each.held, each.before, reason)


def _held(fresh: RegionLayer, drawn_on: RegionLayer, wanted: tuple[Region, ...]) -> tuple[RegionProof, ...]:
    """Verdicts where the camera held everything already."""
    old = {region.id: region for region in drawn_on.regions}
    now = {region.id: region for region in fresh.regions}
    reason = "The camera held it already; nothing was sent."
    changed = [each for each in wanted if each.id in now and old.get(each.id) != each]
    return tuple(RegionProof(each.id, Outcome.KEPT, each, now[each.id], now[each.id], reason) for each in changed)
