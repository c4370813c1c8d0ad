"""Which value of the deciding field makes a dependent one hold: the catalog, held against what cameras said."""

from __future__ import annotations

import json
from collections import Counter

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
# Looked at one by one: cameras keep a figure for the mode that is not chosen, and the clock's reading under NTP.
KEPT_ALL_THE_SAME = {"H265Profile", "constantBitRate", "fixedQuality", "vbrAverageCap", "localTime"}


def opened(path: str, body: str):
    """The document of an answer, with what depends on what in it."""
    answer = HttpAnswer(200, (("Content-Type", "application/xml"),), body.encode())
    known = catalog(V2).lookup(path)
    return document_of(V2, path, answer, None, dependence.of(xml.parse(answer.body).root, None, titles(), known))


# Rows that no value decides: the leaves of a DNS block follow the version one by one, a size has its rates from the
# dynamic capabilities, a week is written as a whole, one of several blocks has to be there. The rest no text decides.
IN_THEIR_LEAVES = {"PrimaryDNS", "SecondaryDNS"}
BY_CAPABILITIES = {"videoResolutionHeight", "maxFrameRate"}
AS_A_WEEK = {"dayOfWeek", "beginTime", "endTime"}
ONE_OF_SEVERAL = {"SNMPv1c", "SNMPv2c", "CoSList", "DSCPList"}
ONLY_WHERE_DECLARED = {"loginPassword"}


def kind_of_row(known, field) -> str:
    """How a dependent row is decided."""
    name = field.path.rpartition("/")[2]
    ways = (
        (bool(field.values and field.page), "elsewhere"),
        (bool(field.values), "value"),
        (known.kind != "settings" or "PUT" not in known.methods or field.access == "ro", "no form"),
        (name in BY_CAPABILITIES, "capabilities"),
        (name in IN_THEIR_LEAVES | AS_A_WEEK, "its parts"),
        (name in ONE_OF_SEVERAL, "one of several"),
        (name in ONLY_WHERE_DECLARED, "declared"),
    )
    return next((way for applies, way in ways if applies), "undecided")


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        (V2, {"value": 616, "elsewhere": 8, "no form": 97, "capabilities": 2, "its parts": 13, "one of several": 4,
              "declared": 2, "undecided": 9}),
        (V1, {"value": 39, "elsewhere": 3, "no form": 4, "capabilities": 4, "its parts": 2}),
    ],
)  # fmt: skip
def test_it_is_known_of_every_dependent_row_how_it_is_decided(dialect, expected):
    """The README counts these classes."""
    rows = [(known, each) for known in catalog(dialect).resources for each in known.fields.values() if each.dependent]
    assert Counter(kind_of_row(*row) for row in rows) == expected
    assert all(each.depends for _, each in rows if each.values)
    left = {each.path.rpartition("/")[2] for row in rows if kind_of_row(*row) == "undecided" for each in row[1:]}
    assert left <= {"ipAddress", "ipv6Address", "AutoLimitWave"}, "the state of a dial-up line; a type that has no word"


@pytest.mark.parametrize("dialect", [V2, V1])
def test_every_deciding_value_is_one_that_the_decider_can_have(dialect):
    """Where the decider lists its values; a value that no decider has would grey its field for ever."""
    further = {"H.265", "softIO", "gainFirst"}  # of cameras younger than the text
    for known in catalog(dialect).resources:
        for field in (each for each in known.fields.values() if each.values and "[" not in each.depends):
            decider = (catalog(dialect).lookup(field.page) if field.page else known).fields[field.depends]
            options = {each.lower() for each in decider.options}
            if options and decider.kind != "bool" and not further & set(field.values):
                met = options & {each.lower() for each in field.values}
                assert met, f"{known.template}: {field.path}"
                rest = options - {each.lower() for each in field.values}
                assert rest or field.page, "else it would never or always hold; another page may lack the decider"


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
    path = "/ISAPI/System/Audio/AudioIn/channels/1"
    body = "<AudioIn><id>1</id><MixAudioIn>{}<AutoLimitWave><mode>fast</mode></AutoLimitWave></MixAudioIn></AudioIn>"
    known = catalog(V2).lookup(path).field("MixAudioIn/AutoLimitWave")
    assert (known.depends, known.values) == ("MixAudioIn/audioInputType", ())
    document = opened(path, body.format("<audioInputType>micIn</audioInputType>"))
    assert document.enabled("MixAudioIn/AutoLimitWave/mode")[0], "nobody knows for which input"


def test_a_switch_in_the_record_of_a_list_decides_for_a_block_outside_of_it():
    body = (
        "<ListMember><id>1</id><phoneNumber>5</phoneNumber><SupportEntryList><SupportEntry><entry>CallCtrl</entry>"
        "<enabled>true</enabled></SupportEntry><SupportEntry><entry>SMSAlarm</entry><enabled>{}</enabled>"
        "</SupportEntry></SupportEntryList><SMSAlarmTypeList><SMSAlarmType><type>vmd</type><enabled>true</enabled>"
        "</SMSAlarmType></SMSAlarmTypeList></ListMember>"
    )
    path = "/ISAPI/System/Network/WirelessDial/Interfaces/1/messageConfig/WhiteList/1"
    document = opened(path, body.format("false"))
    leaf = "SMSAlarmTypeList/SMSAlarmType/type"
    assert not document.enabled(leaf)[0]
    document.set_text("SupportEntryList/SupportEntry[2]/enabled", "true")
    assert document.enabled(leaf)[0]
    assert opened(path, body.format("")).enabled(leaf)[0], "a switch that says neither forbids nothing"


FTP = "/ISAPI/System/Network/ftp/1"
FTP_PAGE = (
    "<FTPNotification><id>1</id><enabled>true</enabled><uploadPath><pathDepth>0</pathDepth></uploadPath>"
    "<portNo>21</portNo></FTPNotification>"
)
FTP_LIMITS = (
    '<FTPNotification><id/><enabled/><uploadPath><pathDepth opt="0,1,2"/><topDirNameRule opt="none,devName,devIp"/>'
    '<topDirName min="0" max="32"/><other/></uploadPath><portNo min="1" max="65535"/></FTPNotification>'
)


def declared(path: str, body: str, limits: str):
    answer = HttpAnswer(200, (("Content-Type", "application/xml"),), body.encode())
    root, known = xml.parse(answer.body).root, catalog(V2).lookup(path)
    capabilities = xml.parse(limits.encode()).root
    return document_of(V2, path, answer, capabilities, dependence.of(root, capabilities, titles(), known))


def test_a_field_that_the_document_lacks_comes_with_the_value_that_it_hangs_on():
    document = declared(FTP, FTP_PAGE, FTP_LIMITS)
    rule = "uploadPath/topDirNameRule"
    assert [each.path for each in document.fields if not each.present and "Name" in each.path] == [
        rule,
        "uploadPath/topDirName",
    ], "declared, and the text says on what it hangs; <other> is neither"
    assert [each.value for each in document.spec(rule).options] == ["none", "devName", "devIp"]
    possible, reason = document.enabled(rule)
    assert not possible
    assert document.spec("uploadPath/pathDepth").title in reason
    assert document.encode() == FTP_PAGE.encode(), "nothing that nobody edited"
    document.set_text("uploadPath/pathDepth", "1")
    assert document.enabled(rule) == (True, "")
    assert b"topDirName" not in document.encode(), "still not edited"
    document.set_text(rule, "devIp")
    sent = xml.parse(document.encode()).root.find("uploadPath")
    assert [(each.name, each.text) for each in sent.children] == [("pathDepth", "1"), ("topDirNameRule", "devIp")]
    document.set_text(rule, "")
    assert document.edited_paths == ("uploadPath/pathDepth",)
