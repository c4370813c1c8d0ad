"""Which value of the deciding field makes a dependent one hold: the catalog, held against what cameras said."""

from __future__ import annotations

import json

import pytest

from app.errors import ProtocolError
from app.families.isapi import dependence
from app.families.isapi.catalog import bare, catalog
from app.families.isapi.dialect import V1, V2
from app.families.isapi.loading import document_of
from app.families.isapi.titles import titles
from app.wire import xml
from app.wire.http import HttpAnswer

HTTP_HOST = "/ISAPI/Event/notification/httpHosts/1"
DDNS = "/ISAPI/System/Network/DDNS/1"
# Looked at one by one: cameras keep a figure for the mode that is not chosen, and the clock's reading under NTP.
KEPT_ALL_THE_SAME = {"H265Profile", "constantBitRate", "fixedQuality", "vbrAverageCap", "localTime"}


def opened(path: str, body: str):
    """The document of an answer, with what depends on what in it."""
    answer = HttpAnswer(200, (("Content-Type", "application/xml"),), body.encode())
    known = catalog(V2).lookup(path)
    return document_of(V2, path, answer, None, dependence.of(xml.parse(answer.body).root, None, titles(), known))


@pytest.mark.parametrize(("dialect", "rows", "named", "decided"), [(V2, 739, 600, 473), (V1, 52, 45, 33)])
def test_most_dependent_fields_know_the_value_that_decides(dialect, rows, named, decided):
    fields = [each for known in catalog(dialect).resources for each in known.fields.values() if each.dependent]
    assert len(fields) >= rows
    assert sum(bool(each.depends) for each in fields) >= named
    assert sum(bool(each.values) for each in fields) >= decided
    assert all(each.depends for each in fields if each.values)


@pytest.mark.parametrize("dialect", [V2, V1])
def test_every_deciding_value_is_one_that_the_decider_can_have(dialect):
    """Where the decider lists its values; a value that no decider has would grey its field for ever."""
    further = {"H.265", "softIO"}  # of cameras younger than the text
    for known in catalog(dialect).resources:
        for field in known.fields.values():
            options = {each.lower() for each in known.fields[field.depends].options} if field.values else set()
            if options and known.fields[field.depends].kind != "bool" and not further & set(field.values):
                met = options & {each.lower() for each in field.values}
                assert met, f"{known.template}: {field.path}"
                assert options - {each.lower() for each in field.values}, "else it would never or always hold"


def test_nothing_that_a_camera_uses_is_greyed_by_the_catalog(shared):
    folder = shared / "realdata" / "isapi"
    wrong, asked = set(), 0
    for each in json.loads((folder / "manifest.json").read_text("utf-8")):
        known = catalog(V2 if each["path"].startswith("/ISAPI") else V1).lookup(each["path"])
        if known is None or not each["file"].endswith(".xml"):
            continue
        try:
            root = xml.parse((folder / each["file"]).read_bytes()).root
        except ProtocolError:
            continue
        by_names = set(dependence.of(root, None, titles()).needs)
        for need in dependence.of(root, None, titles(), known).needs:
            asked += need not in by_names
            if need not in by_names and not need.holds(root.text_of) and root.text_of(need.path):
                wrong.add(bare(need.path).rpartition("/")[2])
    assert asked > 1000
    assert wrong <= KEPT_ALL_THE_SAME


def test_the_account_of_a_server_follows_the_way_it_is_asked_for():
    document = opened(
        HTTP_HOST,
        "<HttpHostNotification><id>1</id><addressingFormatType>ipaddress</addressingFormatType><hostName/>"
        "<ipAddress>10.0.0.9</ipAddress><userName>x</userName>"
        "<httpAuthenticationMethod>none</httpAuthenticationMethod></HttpHostNotification>",
    )
    possible, reason = document.enabled("userName")
    assert not possible
    assert reason == f"Not while “{document.spec('httpAuthenticationMethod').title}” is None."
    document.set_text("httpAuthenticationMethod", "MD5digest")
    assert document.enabled("userName") == (True, "")
    assert not document.enabled("hostName")[0]
    document.set_text("addressingFormatType", "hostname")
    assert document.enabled("hostName")[0]
    assert not document.enabled("ipAddress")[0]


def test_a_whole_block_follows_and_a_value_unknown_to_the_text_forbids_nothing():
    body = (
        "<IPFilterAddress><id>1</id><addressFilterType>{}</addressFilterType>"
        "<AddressRange><startIPAddress>10.0.0.1</startIPAddress></AddressRange>"
        "<AddressMask><ipAddress>10.0.0.0</ipAddress><bitMask>24</bitMask></AddressMask></IPFilterAddress>"
    )
    document = opened("/ISAPI/System/Network/ipFilter/filterAddresses/1", body.format("range"))
    assert document.enabled("AddressRange/startIPAddress")[0]
    assert not document.enabled("AddressMask/bitMask")[0], "required in its block, which itself is not in force"
    document.set_text("addressFilterType", "mask")
    assert document.enabled("AddressMask/bitMask")[0]
    assert not document.enabled("AddressRange/startIPAddress")[0]
    for unheard in ("subnet", ""):
        other = opened("/ISAPI/System/Network/ipFilter/filterAddresses/1", body.format(unheard))
        assert all(other.enabled(each.path)[0] for each in other.fields), unheard


def test_what_hangs_on_a_value_that_cannot_be_changed_is_left_to_the_camera():
    document = opened(
        "/ISAPI/System/IO/outputs/1",
        "<IOOutputPort><id>1</id><PowerOnState><defaultState>low</defaultState><outputState>high</outputState>"
        "<pulseDuration>5000</pulseDuration></PowerOnState></IOOutputPort>",
    )
    assert document.enabled("PowerOnState/pulseDuration")[0]


def test_where_the_value_is_not_known_the_help_names_the_decider():
    body = "<DDNS><id>1</id><enabled>true</enabled>{}<deviceDomainName>x</deviceDomainName></DDNS>"
    document = opened(DDNS, body.format("<provider>HiDDNS</provider>"))
    assert document.enabled("deviceDomainName")[0]
    provider = document.spec("provider").title
    assert f"Depends on “{provider}”." in document.spec("deviceDomainName").help
    alone = opened(DDNS, body.format(""))
    assert "Depends on" not in alone.spec("deviceDomainName").help, "a decider that this camera does not have"
