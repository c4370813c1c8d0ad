"""What became of each region: what was drawn against what the camera holds afterwards. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.model.region import Cells, Region
from app.regions.alike import alike, differing, farthest, same_shape
from app.settings.changes import Proof
from app.settings.layer import RegionLayer


class Outcome(StrEnum):
    KEPT = "kept"
    ROUNDED = "rounded"  # to the camera's own scale, as was said before
    ADJUSTED = "adjusted"  # the camera made something else of it
    IGNORED = "ignored"  # it is as it was before
    DROPPED = "dropped"  # it is not there
    DELETED = "deleted"  # as was asked
    SIDE_EFFECT = "side effect"  # nobody touched it, it changed all the same
    NOT_VERIFIABLE = "not verifiable"  # the read-back failed


_GOOD = (Outcome.KEPT, Outcome.ROUNDED, Outcome.DELETED)


@dataclass(frozen=True, slots=True)
class RegionProof:
    """wanted is what was drawn, held what the camera holds, before what it held; None where there was none. id is the
    camera's own, which it may have given a new region, or changed."""

    id: str
    outcome: Outcome
    wanted: Region | None
    held: Region | None
    before: Region | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LayerProof:
    """The outcome of one write. layer is as it was read back; proofs are those of the documents that were sent."""

    layer: RegionLayer
    regions: tuple[RegionProof, ...]
    proofs: tuple[Proof, ...] = ()

    @property
    def kept_everything(self) -> bool:
        return all(each.outcome in _GOOD for each in self.regions)

    @property
    def reboot_required(self) -> bool:
        return any(each.reboot_required for each in self.proofs)


def prove(
    before: RegionLayer, wanted: tuple[Region, ...], after: RegionLayer, rounded: Callable[[Region], Region]
) -> tuple[RegionProof, ...]:
    """A verdict for each region that was changed, drawn or deleted, then one for each that changed by itself."""
    old = {region.id: region for region in before.regions}
    pairs, left = _paired(wanted, old, after.regions, rounded)
    found = []
    for region, held in pairs:
        was = old.get(region.id) if region.id else None
        judged = _judged(region, rounded(region), held, was)
        if judged is not None:
            found.append(judged)
    asked = {region.id for region in wanted if region.id}
    gone = [region for id_, region in old.items() if id_ not in asked]
    told = [*found, *_deleted(gone, left), *_appeared(left, {region.id for region in gone})]
    return tuple(sorted(told, key=lambda each: each.outcome is Outcome.SIDE_EFFECT))


def unread(before: RegionLayer, wanted: tuple[Region, ...], reason: str) -> tuple[RegionProof, ...]:
    """The verdicts where nobody knows what the camera holds."""
    old = {region.id: region for region in before.regions}
    changed = [each for each in wanted if each.id not in old or not alike(each, old[each.id])]
    gone = [each for id_, each in old.items() if id_ not in {region.id for region in wanted}]
    told = [RegionProof(each.id, Outcome.NOT_VERIFIABLE, each, None, old.get(each.id), reason) for each in changed]
    return (*told, *(RegionProof(each.id, Outcome.NOT_VERIFIABLE, None, None, each, reason) for each in gone))


def _paired(
    wanted: Iterable[Region], old: dict[str, Region], held: tuple[Region, ...], rounded: Callable[[Region], Region]
) -> tuple[list[tuple[Region, Region | None]], list[Region]]:
    """Each wanted region with what the camera holds of it, and what is left over. The same shape under another id is
    the same region: cameras count anew. Else its own id decides; a new one takes what was not there before."""
    left = list(held)
    pairs: dict[int, Region] = {}
    order = list(enumerate(wanted))
    for rule in (_same_place, _same_drawing, _same_id, _new_place):
        for number, region in order:
            if number in pairs:
                continue
            found = next((each for each in left if rule(rounded(region), each, old)), None)
            if found is not None:
                pairs[number] = found
                left.remove(found)
    return [(region, pairs.get(number)) for number, region in order], left


def _same_place(region: Region, held: Region, old: dict[str, Region]) -> bool:
    return region.id == held.id and same_shape(region.shape, held.shape)


def _same_drawing(region: Region, held: Region, old: dict[str, Region]) -> bool:
    return same_shape(region.shape, held.shape)


def _same_id(region: Region, held: Region, old: dict[str, Region]) -> bool:
    return region.id != "" and region.id == held.id


def _new_place(region: Region, held: Region, old: dict[str, Region]) -> bool:
    return region.id not in old and held.id not in old


def _judged(region: Region, meant: Region, held: Region | None, was: Region | None) -> RegionProof | None:
    """None for a region that nobody touched and that is as it was."""
    touched = was is None or not alike(region, was)
    if held is None:
        if not touched:
            return RegionProof(region.id, Outcome.SIDE_EFFECT, region, None, was, "It is no longer on the camera.")
        return RegionProof(region.id, Outcome.DROPPED, region, None, was, "The camera does not hold it.")
    renamed = f"The camera calls it {held.id} now." if region.id and held.id != region.id else ""
    if not touched and was is not None:
        if alike(held, was):
            return RegionProof(held.id, Outcome.SIDE_EFFECT, region, held, was, renamed) if renamed else None
        return RegionProof(held.id, Outcome.SIDE_EFFECT, region, held, was, _difference(was, held))
    if alike(meant, held):
        rounds = not same_shape(region.shape, held.shape)
        reason = " ".join(filter(None, (renamed, _rounding(region, held) if rounds else "")))
        return RegionProof(held.id, Outcome.ROUNDED if rounds else Outcome.KEPT, region, held, was, reason)
    if was is not None and alike(held, was):
        return RegionProof(held.id, Outcome.IGNORED, region, held, was, "The camera still holds the old one.")
    reason = " ".join(filter(None, (renamed, _difference(meant, held))))
    return RegionProof(held.id, Outcome.ADJUSTED, region, held, was, reason)


def _deleted(gone: Iterable[Region], left: list[Region]) -> Iterator[RegionProof]:
    for region in gone:
        held = next((each for each in left if each.id == region.id), None)
        if held is None:
            yield RegionProof(region.id, Outcome.DELETED, None, None, region)
        else:
            yield RegionProof(region.id, Outcome.IGNORED, None, held, region, "The camera still has it.")


def _appeared(left: Iterable[Region], told: set[str]) -> Iterator[RegionProof]:
    for region in left:
        if region.id not in told:
            yield RegionProof(region.id, Outcome.SIDE_EFFECT, None, region, None, "The camera added it.")


def _rounding(region: Region, held: Region) -> str:
    far = farthest(region.shape, held.shape)
    return "" if far is None else f"Moved by {far:.2%} of the picture at most, to the camera's own grid."


def _difference(meant: Region, held: Region) -> str:
    """In plain sentences, the first thing that differs."""
    one, other = meant.shape, held.shape
    if not same_shape(one, other):
        if isinstance(one, Cells) and isinstance(other, Cells):
            return f"{len(one.on ^ other.on)} cells differ."
        if one.kind is not other.kind:
            return "It has another shape."
        if len(one.points) != len(other.points):
            return f"It has {len(other.points)} corners instead of {len(one.points)}."
        far = farthest(one, other)
        return f"It lies {far:.1%} of the picture elsewhere." if far else "It has another direction or text."
    if meant.name != held.name:
        return f"It is called “{held.name}”."
    if meant.enabled != held.enabled:
        return "It is on." if held.enabled else "It is off."
    paths = differing(meant, held)
    return f"{paths[0]} is {held.value(paths[0]) or 'empty'}." if paths else ""
