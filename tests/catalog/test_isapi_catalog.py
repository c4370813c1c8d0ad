from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest

from app.families.isapi import catalog
from app.families.isapi.dialect import V2
from app.families.isapi.titles import titles, words
from app.settings.spec import Access, Kind

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "resources" / "catalog"


@pytest.fixture(scope="module")
def known():
    return catalog.catalog(V2)


def test_real_paths_find_their_templates(known):
    for path, template in (
        ("/ISAPI/Streaming/channels/101", "/ISAPI/Streaming/channels/{channel}"),
        ("/ISAPI/Streaming/channels/101?x=1", "/ISAPI/Streaming/channels/{channel}"),
        ("/ISAPI/Streaming/channels", "/ISAPI/Streaming/channels"),
        ("/ISAPI/System/Network/interfaces/1/ipAddress", "/ISAPI/System/Network/interfaces/{id}/ipAddress"),
        ("/ISAPI/system/DEVICEINFO", "/ISAPI/System/deviceInfo"),
        ("/ISAPI/System/time/NtpServers", "/ISAPI/System/time/ntpServers"),
        ("/ISAPI/Image/channels/1/WDR", "/ISAPI/Image/channels/{channel}/WDR"),
        ("/ISAPI/Event/schedule/motionDetections/VMD-1", "/ISAPI/Event/schedules/motionDetections/{id}"),
    ):
        assert known.lookup(path).template == template


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/ISAPI/Streaming/channels/101/nothing", "//", "/ISAPI//x"])
def test_unknown_paths_are_unknown(known, path):
    assert known.lookup(path) is None


def test_literal_steps_win_over_placeholders(known):
    assert known.lookup("/ISAPI/Security/UserPermission/anonymouslogin").block == "anonymouslogin"
    assert known.lookup("/ISAPI/Security/UserPermission/7").block == "UserPermission"


def test_a_resource_says_what_the_text_says(known):
    stream = known.lookup("/ISAPI/Streaming/channels/101")
    assert (stream.block, stream.kind, stream.service) == ("StreamingChannel", "settings", "Streaming")
    assert {"GET", "PUT", "DELETE"} <= set(stream.methods)
    assert stream.field("Video/constantBitRate").unit == "kbps"
    assert stream.field("video/CONSTANTbitrate") is stream.field("Video/constantBitRate")
    assert known.lookup("/ISAPI/System/reboot").kind == "action"
    assert known.lookup("/ISAPI/System/status").kind == "status"
    assert known.lookup("/ISAPI/System/updateFirmware").kind == "binary"
    assert known.lookup("/ISAPI/System/capabilities").kind == "capabilities"


def test_every_field_speaks_the_settings_language(known):
    for resource in known.resources:
        for field in resource.fields.values():
            assert field.kind == "group" or Kind(field.kind)
            assert Access(field.access)
            assert "." not in field.unit


def test_every_resource_of_the_text_is_there(known, shared):
    for version in ("v2", "v1"):
        inventory = json.loads((shared / "specs" / "inventory" / f"isapi_{version}.json").read_text("utf-8"))
        shipped = {
            each["p"] for each in json.loads((SHIPPED / f"isapi_{version}.json").read_text("utf-8"))["resources"]
        }
        assert {each["path"] for each in inventory if each["path"].startswith("/")} <= shipped


def test_no_sentence_of_the_texts_is_shipped(shared):
    for version in ("v2", "v1"):
        shipped = (SHIPPED / f"isapi_{version}.json").read_text("utf-8")
        inventory = json.loads((shared / "specs" / "inventory" / f"isapi_{version}.json").read_text("utf-8"))
        comments = {field["comment"] for each in inventory for field in each["fields"] or () if field.get("comment")}
        assert not [each for each in comments if len(each.split()) > 3 and each in shipped]
        assert not re.search(r'"[^"]*\w+ \w+ \w+ \w+[^"]*"', shipped)


def test_the_shipped_catalog_is_what_the_builder_makes(shared, tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("build_catalog", ROOT / "packaging" / "build_catalog.py")
    builder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(builder)
    monkeypatch.setattr(builder, "TARGET", tmp_path)
    assert builder.main([str(shared / "specs" / "inventory")]) == 0
    for version in ("v2", "v1"):
        name = f"isapi_{version}.json"
        assert (tmp_path / name).read_bytes() == (SHIPPED / name).read_bytes()
    assert builder.main([str(tmp_path / "missing")]) == 2


def test_fields_are_built_only_when_asked_for():
    """Six thousand fields would make every start slow."""
    catalog.catalog.cache_clear()
    fresh = catalog.catalog(V2)
    assert not any("fields" in vars(resource) for resource in fresh.resources)
    assert fresh.lookup("/ISAPI/System/deviceInfo").field("model") is not None
    assert sum("fields" in vars(resource) for resource in fresh.resources) == 1
    assert catalog.catalog(V2) is fresh


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("videoResolutionWidth", "Video resolution width"),
        ("OSD", "OSD"),
        ("IPv4Address", "IPv4 address"),
        ("ipv6Address", "IPv6 address"),
        ("isSupportPPPoE", "Is support PPPoE"),
        ("HTTPSPort", "HTTPS port"),
        ("TLS1_2Enable", "TLS1.2 enable"),
        ("MTU", "MTU"),
        ("DNSEnable", "DNS enable"),
        ("snmpv2c", "Snmpv 2 c"),
        ("ieee802.1x", "Ieee 802.1x"),
        ("rs485PortNums", "RS485 port nums"),
        ("id", "ID"),
        ("", ""),
    ],
)
def test_names_become_titles(name, title):
    assert words(name) == title


def test_curated_titles_are_found_by_block_parent_and_name():
    known = titles()
    assert known.field("MotionDetection", "enabled").title == "Motion detection on"
    assert known.field("StreamingChannel", "Video/enabled").title == "Video on"
    assert known.field("NetworkInterface", "IPAddress/PrimaryDNS/ipAddress").title == "DNS server 1"
    assert known.field("Anything", "Somewhere/frobEnabled").title == "Frob enabled"
    assert known.field("ImageChannel", "Frob/enabled").title == "Frob on"
    assert known.resource("/Streaming/channels/{channel}").help
    assert known.resource("/Streaming/channels/101").title == known.resource("/Streaming/channels/{channel}").title
    assert known.option("videoQualityControlType", "vbr") == "Variable"
    assert known.option("ShutterLevel", "1/25") == "1/25"


def test_the_curated_table_names_only_what_exists(known):
    table = titles()
    rows = json.loads((SHIPPED / "isapi_titles.json").read_text("utf-8"))["resources"]
    unknown = [row[0] for row in rows if known.lookup(V2.path(row[0])) is None]
    assert unknown == []
    assert len(rows) == len({row[0] for row in rows})
    assert len(table.fields) >= 150
    for label in (*table.fields.values(), *table.resources.values()):
        assert label.title
        assert label.title[0] == label.title[0].upper()
        assert not label.help.endswith(".")
