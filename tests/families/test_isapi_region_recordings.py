"""The laws of regions over every recorded document of a real device that holds any."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import CameraError
from app.families.isapi.dialect import V2
from app.families.isapi.regions import building, editing, table
from app.families.isapi.regions.drawing import drawing
from app.families.isapi.regions.row import Form
from app.model.geometry import Point, contains
from app.model.region import Cells, Line, Polygon, Region
from app.wire import xml
from tests.families import region_samples as samples

pytestmark = pytest.mark.shared
LEAST_LAYERS = 120
LEAST_REGIONS = 80


@pytest.fixture(scope="module")
def layers(shared: Path):
    """Every layer of the recordings, by file and key."""
    folder = shared / "realdata" / "isapi"
    found = {}
    for entry in json.loads((folder / "manifest.json").read_text("utf-8")):
        if entry.get("client_body") or not str(entry["path"]).startswith("/ISAPI/"):
            continue
        for place in table.found(V2.tail(entry["path"]), "v2"):
            raw = (folder / entry["file"]).read_bytes()
            try:
                root = xml.parse(raw).root
            except CameraError:
                continue
            row = next((each for each in place.rows if building.is_about(each, root)), None)
            assert row is not None, entry["file"]
            found[f"{entry['file']} {row.key}"] = (row, samples.layer(row, raw))
    return found


def test_what_nobody_touched_stays_and_what_is_read_comes_back(layers):
    assert len(layers) >= LEAST_LAYERS
    assert sum(len(layer.regions) for _, layer in layers.values()) >= LEAST_REGIONS
    for name, (_, layer) in layers.items():
        assert editing.edits(layer, layer.regions) == (), name
        for region in layer.regions:
            if not layer.limits.problem(region.shape):
                assert editing.rounded(layer, region).shape == region.shape, name


def test_one_region_changed_changes_no_other_byte(layers):
    tried = 0
    for name, (row, layer) in layers.items():
        for region in layer.regions:
            shape = moved(region.shape, layer)
            wanted = replace(region, shape=shape)
            regions = tuple(wanted if each is region else each for each in layer.regions)
            found = editing.edits(layer, regions)
            assert len(found) == 1, name
            raw, body = layer.document.source.raw, found[0].body
            again = samples.layer(row, body)
            assert next(each for each in again.regions if each.id == region.id) == editing.rounded(layer, wanted), name
            assert [each for each in again.regions if each.id != region.id] == [
                each for each in layer.regions if each is not region
            ], name
            start, end = span(raw, region, layer)
            assert body[:start] == raw[:start], name
            assert body.endswith(raw[end:]), name
            tried += 1
    assert tried >= LEAST_REGIONS


def test_every_empty_place_takes_a_region(layers):
    taken = 0
    for name, (row, layer) in layers.items():
        if not layer.limits.ids or row.form not in (Form.POLYGON, Form.LINE, Form.RECTANGLE):
            continue
        if layer.limits.too_many(len(layer.regions) + 1):
            continue
        shape = Polygon((Point(0.25, 0.25), Point(0.5, 0.25), Point(0.5, 0.5), Point(0.25, 0.5)))
        drawn = Line((Point(0.25, 0.25), Point(0.5, 0.5))) if row.form is Form.LINE else shape
        new = Region("", row.purpose, drawn)
        (edit,) = editing.edits(layer, (*layer.regions, new))
        again = samples.layer(row, edit.body)
        assert len(again.regions) == len(layer.regions) + 1, name
        (fresh,) = [each for each in again.regions if each.id not in {old.id for old in layer.regions}]
        assert fresh.shape == editing.rounded(layer, new).shape, name
        taken += 1
    assert taken > 60


def test_where_up_is_by_the_grid_that_stands_beside_a_drawn_field(layers):
    """On this camera somebody drew the motion grid and the fields over the same ground: most cells that are on lie in
    a field only where the fields count from below."""
    device = "DS-2CD2146G2-ISU__ISAPI_"
    grid = one(layers, f"{device}System_Video_inputs_channels_1_motionDetection").regions[0].shape
    fields = [region.shape for region in one(layers, f"{device}Smart_FieldDetection_1").regions]
    assert isinstance(grid, Cells)
    middles = [Point((column + 0.5) / grid.columns, (row + 0.5) / grid.rows) for column, row in grid.on]
    upright = sum(any(contains(field.points, each) for field in fields) for each in middles)
    flipped = sum(any(contains(field.points, Point(each.x, 1 - each.y)) for field in fields) for each in middles)
    assert upright > flipped
    assert upright / len(middles) > 0.9


def one(layers, start):
    return next(layer for name, (_, layer) in layers.items() if name.startswith(start))


def moved(shape, layer):
    match shape:
        case Cells():
            return Cells(shape.columns, shape.rows, shape.on ^ frozenset({(3, 4)}))
        case Line():
            return Line((Point(0.101, 0.202), Point(0.909, 0.303)), shape.direction)
    corners = (Point(0.125, 0.25), Point(0.5, 0.25), Point(0.5, 0.75), Point(0.125, 0.75))
    return Polygon(corners if layer.limits.upright else (*corners, Point(0.1, 0.5)))


def span(raw, region, layer):
    """Where the region's element stands, by the tags around its id; the whole layout for a grid."""
    slot = next(each for each in drawing(layer).slots if each.id == region.id)
    document = xml.parse(raw)
    start, end = document._places[slot.element.path]
    return start, end
