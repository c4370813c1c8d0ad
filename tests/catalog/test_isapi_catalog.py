"""The shipped catalogs of ISAPI: paths find their resources, and every resource of the texts is there."""

from __future__ import annotations

import importlib.util
import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from app.families.isapi import catalog
from app.families.isapi.dialect import V1, V2
from app.families.isapi.titles import titles, words
from app.settings.spec import Access, Kind
from app.wire import xml

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
        ("isSupportPPPoE", "PPPoE supported"),
        ("isSupportROI", "ROI supported"),
        ("isSupport", "Support"),
        ("HTTPSPort", "HTTPS port"),
        ("TLS1_2Enable", "TLS 1.2 on"),
        ("MTU", "MTU"),
        ("DNSEnable", "DNS on"),
        ("snmpv2c", "SNMP v2c"),
        ("ieee802.1x", "IEEE 802.1X"),
        ("rs485PortNums", "RS485 port count"),
        ("id", "ID"),
        ("OSDFont", "OSD font"),
        ("wdrLevel", "WDR level"),
        ("BLCLevel", "BLC level"),
        ("ntpServer", "NTP server"),
        ("downloadURL", "Download URL"),
        ("MACAddress", "MAC address"),
        ("enableAuthorization", "Authorization on"),
        ("isRapidMoveSupport", "Rapid move supported"),
        ("isNightLightOn", "Night light on"),
        ("ftpPicNameRuleType", "FTP picture name rule type"),
        ("portNo", "Port number"),
        ("no", "No"),
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
    assert known.field("Anything", "Somewhere/frobEnabled").title == "Frob on"
    assert known.field("ImageChannel", "Frob/enabled").title == "Frob on"
    assert known.resource("/Streaming/channels/{channel}").help
    assert known.resource("/Streaming/channels/101").title == known.resource("/Streaming/channels/{channel}").title
    assert known.option("videoQualityControlType", "vbr") == "Variable bitrate"
    assert known.option("ShutterLevel", "1/25") == "1/25"


def test_the_curated_table_names_only_what_exists(known):
    table = titles()
    rows = json.loads((SHIPPED / "isapi_titles.json").read_text("utf-8"))["resources"]
    old = catalog.catalog(V1)
    unknown = [row[0] for row in rows if not (known.lookup(V2.path(row[0])) or old.lookup(V1.path(row[0])))]
    assert unknown == []
    assert len(rows) == len({row[0] for row in rows})
    for label in (*table.fields.values(), *table.resources.values()):
        assert label.title
        assert label.title[0] == label.title[0].upper()
        assert not label.help.endswith(".")


def met(shared):
    """Fields of recorded answers: (block, path without [n]) -> on how many devices it was met."""
    folder = shared / "realdata" / "isapi"
    found = Counter()
    for entry in json.loads((folder / "manifest.json").read_text("utf-8")):
        if entry["kind"] in ("config", "status") and entry["file"].endswith(".xml"):
            document = xml.parse((folder / entry["file"]).read_bytes())
            found.update({(document.root.name, re.sub(r"\[\d+\]", "", leaf.path)) for leaf in document.leaves})
    return found


def test_the_fields_met_most_have_titles_and_help(shared):
    """Counted where installers meet them: in the answers of real devices."""
    table = titles()
    helped = [label for label in table.fields.values() if label.help]
    assert len(helped) >= 600
    assert len({label.help for label in helped}) >= 400, "written for the field, not copied from field to field"
    by_count = [place for place, _ in met(shared).most_common()]
    lists = re.compile(r"(List|^)$")
    named = [place for place in by_count if not lists.search(place[1])]
    wanting = [f"{block}: {path}" for block, path in named if not table.field(block, path).help]
    assert len(named) - len(wanting) >= 400
    assert wanting == [], "every field met on a real device is explained"


def test_titles_are_sentence_case_with_right_acronyms():
    table = titles()
    shown = [label.title for label in (*table.fields.values(), *table.resources.values())]
    shown += [*table.groups.values()]
    wrong = re.compile(r"\b(Ipv[46]|IPV[46]|Dns|Ntp|Osd|Wdr|Blc|Roi|Url|Mac|Id|Is support)\b")
    assert [title for title in shown if wrong.search(title) or title != title.strip()] == []
    for label in table.fields.values():
        assert len(label.title) <= 44
        assert len(label.help) <= 72, f"one line: {label.help}"
        assert label.help[:1] == label.help[:1].upper()


def test_options_are_in_words():
    table = titles()
    for leaf, value, title in (
        ("videoQualityControlType", "CBR", "Constant bitrate"),
        ("BLCMode", "UP", "Top"),
        ("eventType", "VMD", "Motion detection"),
        ("fontSize", "32*32", "32 × 32"),
        ("ActionType", "none", "Nothing"),
        ("anything", "none", "None"),
    ):
        assert table.option(leaf, value) == title


@pytest.mark.parametrize("dialect", [V2, V1])
def test_what_a_field_depends_on_is_a_field_beside_it(dialect):
    """Or one of another page, or the one in the record of a list that has a text in it."""
    told, known = 0, catalog.catalog(dialect)
    for resource in known.resources:
        for field in resource.fields.values():
            if field.depends:
                assert field.dependent
                home = known.lookup(field.page) if field.page else resource
                path = re.sub(r"\[\w+=\w+\]", "", field.depends)
                assert path in home.fields, f"{resource.template}: {field.path} on {field.page}#{field.depends}"
                assert field.depends != field.path or field.page
                told += 1
    assert told >= (500 if dialect is V2 else 40)


def test_dependence_reboot_and_order_are_facts_of_the_catalog(known):
    stream = known.lookup("/ISAPI/Streaming/channels/101")
    assert stream.field("Video/vbrUpperCap").depends == "Video/videoQualityControlType"
    assert stream.field("Video/SmartCodec/enabled").reboot
    address = known.lookup("/ISAPI/System/Network/interfaces/1/ipAddress")
    assert address.field("ipAddress").depends == "ipVersion"
    assert known.lookup("/ISAPI/System/time").field("localTime").depends == "timeMode"
    assert known.lookup("/ISAPI/System/Holidays/1").field("holidayWeek").depends == "holidayMode"
    assert catalog.catalog(V1).lookup("/Image/channels/1/Shutter").field("ShutterLevel").dependent
    assert known.lookup("/ISAPI/System/factoryReset").reboot
    assert known.lookup("/ISAPI/System/Video/inputs/channels/1/overlays/text").ordered == "TextOverlay"
    assert known.lookup("/ISAPI/System/IO/inputs").fixed
    assert not known.lookup("/ISAPI/Security/users").fixed


def test_examples_and_ranges_are_no_options():
    for dialect in (V2, V1):
        for resource in catalog.catalog(dialect).resources:
            for field in resource.fields.values():
                assert len(field.options) != 1, f"{resource.template}: {field.path}"
                assert not any("..." in option for option in field.options)
    level = catalog.catalog(V2).lookup("/ISAPI/Image/channels/1/WDR").field("WDRLevel")
    assert (level.kind, level.minimum, level.maximum) == ("int", 0, 100)


def test_every_correction_by_hand_fits_somewhere():
    """One that fits nowhere was made for a path that nobody has."""
    given = json.loads((ROOT / "packaging" / "catalog_corrections.json").read_text("utf-8"))
    tails = defaultdict(list)
    for dialect in (V2, V1):
        for resource in catalog.catalog(dialect).resources:
            tails[resource.template.removeprefix(dialect.prefix)].append(resource)
    names = {field for found in tails.values() for resource in found for field in resource.fields}
    for path, name, _, _ in given["fields"]:
        if path == "*":
            assert any(field == name or field.endswith("/" + name) for field in names), name
        else:
            assert any(resource.field(name) for resource in tails[path]), f"{path}: {name}"
    assert [path for path, _, _ in given["resources"] if not tails[path]] == []
