"""Regions of a whole camera as JSON: read again as they were written, and strictly."""

from __future__ import annotations

import json

import pytest

from app.errors import InvalidSetting
from app.families.base import Regions
from app.regions import listing

pytestmark = pytest.mark.anyio


async def test_what_is_written_is_read_again(rig):
    offered = (await (await rig()).session()).offer(Regions)
    layers = [await offered.load(info.id) for info in await offered.layers()]
    text = json.dumps({"layers": [listing.listed(layer) for layer in layers]})
    again = listing.read(text)
    assert len(again) > 15
    for layer, wanted in zip(layers, again, strict=True):
        assert wanted.layer == layer.info.id
        assert wanted.regions == layer.regions
        assert wanted.armed == (layer.armed.is_on if layer.armed else None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no list “layers”"),
        ('{"layers": [5]}', "no name “layer”"),
        ('{"layers": [{"layer": "line-1", "regions": 5}]}', "line-1: “regions” is no list"),
        ('{"layers": [{"layer": "line-1", "regions": [5]}]}', "line-1, region number 1 of the file"),
        ('{"layers": [{"layer": "line-1", "regions": [], "armed": 1}]}', "“armed” is neither"),
        ('{"layers": [{"layer": "line-1", "regions": [], "size": 1}]}', "no “size”"),
        ('{"layers": [{"layer": "a", "regions": []}, {"layer": "a", "regions": []}]}', "there twice"),
        ('{"layers": [{"layer": "line-1", "regions": [{}]}]}', "“shape” has no kind"),
        (
            '{"layers": [{"layer": "a", "regions": [{"id": "3", "shape": {"kind": "spot", "at": [0, NaN]}}]}]}',
            "a, region 3",
        ),
    ],
)
def test_files_that_are_none(text, said):
    with pytest.raises(InvalidSetting, match=said):
        listing.read(text)


def test_a_layer_that_could_not_be_read_is_left_out():
    assert listing.read('{"layers": [{"layer": "line-2", "reason": "The camera does not have this."}]}') == ()
