"""Which region under edit each verdict is about: proofs know ids, which a camera may give anew; edits know keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.model.region import Region
from app.regions.editing import Sheet
from app.regions.proof import RegionProof


def of_sent(sent: Sheet, proofs: Iterable[RegionProof]) -> dict[int, RegionProof]:
    """The proofs of regions that were sent, by their keys: by id, new ones by what was drawn."""
    left = list(sent.drawn)
    found: dict[int, RegionProof] = {}
    for proof in proofs:
        wanted = proof.wanted
        if wanted is None:
            continue
        drawn = next((each for each in left if _is(each.region, wanted)), None)
        if drawn is not None:
            left.remove(drawn)
            found[drawn.key] = proof
    return found


def ids(proofs: Mapping[int, RegionProof]) -> dict[int, str]:
    """Under which id the camera holds each of them now."""
    return {key: proof.held.id for key, proof in proofs.items() if proof.held is not None}


def of_others(
    proofs: Iterable[RegionProof], before: Mapping[int, Region], after: Mapping[int, Region]
) -> dict[int, RegionProof]:
    """The proofs of regions that were not sent: taken away, or the camera's own doing. before and after are what it
    held, by key."""
    found: dict[int, RegionProof] = {}
    for proof in proofs:
        if proof.wanted is None:
            there = (proof.before, before) if proof.before is not None else (proof.held, after)
            key = next((key for key, region in there[1].items() if region == there[0]), None)
            if key is not None:
                found[key] = proof
    return found


def _is(drawn: Region, wanted: Region) -> bool:
    if wanted.id or drawn.id:
        return wanted.id == drawn.id
    return drawn.shape == wanted.shape
