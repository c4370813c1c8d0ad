"""`Family.field_spec`: what the catalogs say of a recorded value, without a camera."""

from __future__ import annotations

import pytest

from app.families import families, family
from app.settings import values
from app.settings.spec import Kind

STREAM = "/ISAPI/Streaming/channels/101"


def said(key: str, resource: str, path: str, text: str) -> str | None:
    spec = family(key).field_spec(resource, path, text)
    return None if spec is None else values.display(text, spec)


@pytest.mark.parametrize(
    ("resource", "path", "text", "words"),
    [
        (STREAM, "Video/constantBitRate", "2048", "2048 kbps"),
        (STREAM, "Video/videoQualityControlType", "VBR", "Variable bitrate"),
        (STREAM, "Video/videoCodecType", "H.999", "H.999"),  # the text has options, this camera another one
        (STREAM, "Video/maxFrameRate", "2500", "25 fps"),
        (STREAM, "Video/maxFrameRate", "6", "1/16 fps"),
        (STREAM, "Video/maxFrameRate", "0", "Full rate"),
        (STREAM, "Video/enabled", "false", "Off"),
        (STREAM, "Video/constantBitRate", "as before", "as before"),  # a value of no such kind
        ("/Streaming/channels/1", "Video/constantBitRate", "2048", "2048 kbps"),  # the other dialect
        ("/Streaming/channels/1", "Video/videoQualityControlType", "CBR", "Constant bitrate"),
    ],
)
def test_isapi_says_values_as_its_forms_do(resource, path, text, words):
    assert said("isapi", resource, path, text) == words


def test_isapi_knows_fields_of_records_by_any_place():
    specs = [family("isapi").field_spec("/ISAPI/Security/users", f"User{at}/userLevel", "Viewer") for at in places()]
    assert all(spec is not None and spec.kind is Kind.OPTION for spec in specs)
    assert len(set(specs)) == 1


def places() -> tuple[str, ...]:
    return "", "[2]", "[+1]"


@pytest.mark.parametrize(
    ("resource", "path", "text", "words"),
    [
        ("getMotionDetectionSwitch", "enabled", "on", "On"),
        ("getInvasionDetectionRegion", "region_info_2/threshold", "5", "5 s"),
        ("getCrosslineDetectionRegion", "region_info_1/direction", "AtoB", "From A to B"),
        ("getResolution", "main/resolutions", "2560*1440", "2560 × 1440"),
        ("getMotionDetectionSwitch", "sensitivity", "50", "50"),
    ],
)
def test_vigi_says_values_as_its_forms_do(resource, path, text, words):
    assert said("vigi", resource, path, text) == words


@pytest.mark.parametrize("each", families(), ids=lambda each: each.key)
@pytest.mark.parametrize(
    "resource", ["", "/", "/ISAPI", "/ISAPI/Nobody", STREAM, "/Streaming/channels/1", "getResolution"]
)
@pytest.mark.parametrize("path", ["", "/", "[]", "nobody/knows", "Video", "Video[]", "a[+1]/b[]", "@size", "]["])
def test_what_no_catalog_knows_has_no_words(each, resource, path):
    assert each.field_spec(resource, path, "2048") is None
