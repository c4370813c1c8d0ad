"""The shipped catalog of VIGI OpenAPI is what its builder makes, and holds facts only."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest

from app.families.vigi import catalog

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "resources" / "catalog" / "vigi.json"


@pytest.mark.shared
def test_every_method_of_the_text_is_there(shared):
    inventory = json.loads((shared / "specs" / "inventory" / "vigi.json").read_text("utf-8"))
    wanted = {each["method"].lower() for each in inventory if each["kind"] in ("get", "set", "do", "auth")}
    assert len(wanted) == 85
    assert wanted <= {name.lower() for name in catalog.methods()}


@pytest.mark.shared
def test_the_shipped_catalog_is_what_the_builder_makes(shared):
    spec = importlib.util.spec_from_file_location("vigi_catalog", ROOT / "packaging" / "vigi_catalog.py")
    builder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(builder)
    assert json.loads(SHIPPED.read_text("utf-8")) == builder.catalog(shared / "specs" / "inventory")


def test_no_sentence_of_the_text_is_shipped():
    assert not re.search(r'"[^"]*\w+ \w+ \w+ \w+[^"]*"', SHIPPED.read_text("utf-8"))


def test_pairs_lead_to_each_other():
    methods = catalog.methods()
    for method in methods.values():
        if method.pair:
            assert methods[method.pair].pair == method.name
            assert {method.kind, methods[method.pair].kind} == {"get", "set"}


@pytest.mark.parametrize("name", ["sensitivity", "msg_push_enabled", "people_enhance"])
def test_settings_of_a_detection_are_told_in_words(name):
    label = catalog.titles().label("getMotionDetectionSwitch", name)
    assert label.title
    assert label.help
