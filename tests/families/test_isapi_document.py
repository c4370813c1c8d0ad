"""Documents with their constraints: what the device says first, then the catalog; byte-identical where untouched."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import CameraError, InvalidSetting, ProtocolError
from app.families.isapi import constraints, kinds
from app.families.isapi.dialect import V2
from app.families.isapi.settings import document_of
from app.settings.document import Document
from app.settings.spec import Access, Kind
from app.wire import xml
from app.wire.http import HttpAnswer

STREAM = "/ISAPI/Streaming/channels/101"


def made(path: str, body: bytes | str, capabilities: str = "", media: str = "application/xml") -> Document:
    raw = body.encode() if isinstance(body, str) else body
    caps = xml.parse(capabilities.encode()).root if capabilities else None
    return document_of(V2, path, HttpAnswer(200, (("Content-Type", media),), raw), caps)


def test_constraints_come_from_the_device_first():
    document = made(
        STREAM,
        "<StreamingChannel><id>101</id><Video><videoCodecType>H.264</videoCodecType><vbrUpperCap>4000</vbrUpperCap>"
        "<maxFrameRate>2500</maxFrameRate></Video></StreamingChannel>",
        '<StreamingChannel xmlns="urn:other"><id>101</id><Video>'
        '<videoCodecType opt="H.264, H.265" def="H.265" reqReboot="true" dynamic="true">H.265</videoCodecType>'
        '<vbrUpperCap min="32" max="16384" range="32,64~16384" default="4096">4096</vbrUpperCap>'
        '<maxFrameRate opt="2500,1250,25,0">2500</maxFrameRate></Video></StreamingChannel>',
    )
    codec = document.field("Video/videoCodecType").spec
    assert [option.value for option in codec.options] == ["H.264", "H.265"]
    assert (codec.kind, codec.default, codec.reboot, codec.dynamic) == (Kind.OPTION, "H.265", True, True)
    assert codec.source == "device"
    assert not codec.open_options
    cap = document.field("Video/vbrUpperCap").spec
    assert (cap.kind, cap.minimum, cap.maximum, cap.default) == (Kind.INT, 32, 16384, "4096")
    assert cap.ranges == ((32, 32), (64, 16384))
    assert cap.unit == "kbps"
    rate = document.field("Video/maxFrameRate").spec
    assert rate.kind is Kind.FPS100
    assert [option.title for option in rate.options] == ["25 fps", "12.5 fps", "1/4 fps", "Full rate"]


def test_the_catalog_fills_in_where_the_device_is_silent():
    document = made(
        STREAM, "<StreamingChannel><Video><videoScanType>progressive</videoScanType></Video></StreamingChannel>"
    )
    spec = document.field("Video/videoScanType").spec
    assert spec.source == "catalog"
    assert spec.open_options  # the text is older than most firmware


def test_attributes_on_the_document_itself_count():
    document = made("/ISAPI/System/time", '<Time><timeMode opt="NTP,manual,platform">NTP</timeMode></Time>')
    spec = document.field("timeMode").spec
    assert [option.value for option in spec.options] == ["NTP", "manual", "platform"]
    assert spec.source == "device"


def test_capabilities_document_wins_over_the_document():
    spec = made(
        "/ISAPI/System/time", '<Time><timeMode opt="a,b">a</timeMode></Time>', '<Time><timeMode opt="a,c"/></Time>'
    ).field("timeMode").spec  # fmt: skip
    assert [option.value for option in spec.options] == ["a", "c"]


@pytest.mark.parametrize(
    ("value", "opt", "kind", "options", "open_options"),
    [
        ("true", "true,false", Kind.BOOL, [], False),
        ("true", "true, false", Kind.BOOL, [], False),
        ("true", "ture,false", Kind.OPTION, ["ture", "false"], True),
        ("ture", "true", Kind.OPTION, ["true"], True),
        ("", "LEFTRIGHT,UPDOWN,CENTER", Kind.OPTION, ["LEFTRIGHT", "UPDOWN", "CENTER"], True),
        ("x", "a,,a, b ", Kind.OPTION, ["a", "b"], True),
        ("word", "all", Kind.TEXT, [], False),
        ("word", "", Kind.TEXT, [], False),
    ],
)
def test_option_lists_as_devices_misspell_them(value, opt, kind, options, open_options):
    spec = made("/ISAPI/X", f'<X><thing opt="{opt}">{value}</thing></X>').field("thing").spec
    assert (spec.kind, [o.value for o in spec.options], spec.open_options) == (kind, options, open_options)


def test_a_value_outside_its_limits_is_shown_not_clamped():
    document = made("/ISAPI/X", '<X><GainLevel min="0" max="15">60</GainLevel></X>')
    assert document.text("GainLevel") == "60"
    assert document.note("GainLevel")
    assert document.problems == {}
    document.set_text("GainLevel", "61")
    assert "GainLevel" in document.problems


def test_bounds_of_texts_are_lengths():
    spec = made("/ISAPI/X", '<X><deviceName min="1" max="32">Gate</deviceName></X>').field("deviceName").spec
    assert (spec.kind, spec.min_length, spec.max_length, spec.maximum) == (Kind.TEXT, 1, 32, None)


def test_list_entries_share_their_own_entrys_limits():
    document = made(
        "/ISAPI/Security/adminAccesses",
        "<L><P><id>1</id><protocol>RTSP</protocol><portNo>554</portNo></P>"
        "<P><id>2</id><protocol>HTTP</protocol><portNo>80</portNo></P></L>",
        '<L><P><id>1</id><protocol>HTTP</protocol><portNo min="1" max="65535"/></P>'
        '<P><id>2</id><protocol>RTSP</protocol><portNo min="1024" max="65535"/></P></L>',
    )
    assert document.field("P[1]/portNo").spec.minimum == 1024
    assert document.field("P[2]/portNo").spec.minimum == 1
    assert document.field("P[1]/portNo").section == ("P RTSP",)


def test_one_described_entry_serves_all_entries():
    document = made(
        "/ISAPI/X", "<L><P><v>1</v></P><P><v>2</v></P><P><v>3</v></P></L>", '<P><v min="0" max="9"/></P>'
    )  # fmt: skip
    assert [field.spec.maximum for field in document.fields] == [9, 9, 9]


def test_case_of_names_may_differ_between_document_and_capabilities():
    spec = made("/ISAPI/X", "<X><Corridor><on>1</on></Corridor></X>", '<x><corridor><on opt="1,2"/></corridor></x>')
    assert spec.field("Corridor/on").spec.source == "device"


@pytest.mark.parametrize(
    "caps", ["<Other><thing opt='a'/></Other>", "<ResponseStatus><statusCode>4</statusCode></ResponseStatus>"]
)
def test_foreign_capabilities_do_no_harm(caps):
    assert made("/ISAPI/X", "<X><thing>a</thing></X>", caps).field("thing").spec.source == "value"


def test_ids_and_facts_can_only_be_read():
    document = made("/ISAPI/System/deviceInfo", "<DeviceInfo><model>M</model><deviceName>N</deviceName></DeviceInfo>")
    assert document.field("model").spec.access is Access.READ_ONLY
    assert document.field("deviceName").spec.access is Access.READ_WRITE
    with pytest.raises(InvalidSetting):
        document.set_text("model", "other")


def test_status_pages_can_only_be_read():
    document = made("/ISAPI/System/status", "<DeviceStatus><deviceUpTime>5</deviceUpTime></DeviceStatus>")
    assert all(field.spec.access is Access.READ_ONLY for field in document.fields)


def test_passwords_are_known_by_name():
    document = made(
        "/ISAPI/Security/users",
        "<UserList><User><id>1</id><userName>admin</userName><password></password></User></UserList>",
    )
    spec = document.field("User/password").spec
    assert (spec.kind, spec.access) == (Kind.PASSWORD, Access.WRITE_ONLY)


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("ipAddress", "1.2.3.4", Kind.IPV4),
        ("ipAddress", "fe80::1", Kind.IPV6),
        ("ipAddress", "cam.local", None),
        ("portNo", "80", Kind.PORT),
        ("rtspPortNo", "554", Kind.PORT),
        ("inputPort", "1", None),
        ("srcInputPort", "1", None),
        ("isRiskPassword", "true", None),
        ("loginPassword", "", Kind.PASSWORD),
        ("macAddress", "aa:bb:cc:dd:ee:ff", Kind.MAC),
        ("gridMap", "fffc00", Kind.HEX),
        ("gridMap", "no hex", None),
        ("timeZone", "CST-8:00:00", Kind.TIMEZONE),
        ("maxFrameRate", "2500", Kind.FPS100),
    ],
)
def test_names_give_kinds_away(name, text, kind):
    assert kinds.by_name(name, text) is kind


def test_empty_lists_are_no_fields():
    document = made("/ISAPI/X", "<X><RegionList/><RegionList size='4'></RegionList><a>1</a></X>")
    assert [field.path for field in document.fields] == ["a"]


def test_sections_name_groups_and_entries():
    document = made(
        STREAM,
        "<StreamingChannel><Transport><ControlProtocolList><ControlProtocol><streamingTransport>RTSP</streamingTransport>"
        "</ControlProtocol><ControlProtocol><streamingTransport>HTTP</streamingTransport></ControlProtocol>"
        "</ControlProtocolList></Transport></StreamingChannel>",
    )
    assert [field.section for field in document.fields] == [
        ("Transport", "Protocol 1"),
        ("Transport", "Protocol 2"),
    ]


def test_plain_text_answers_are_one_field():
    document = made("/ISAPI/System/time/localTime", b"2026-09-09T07:24:29-05:00\r\n", media="text/plain")
    assert document.text("text") == "2026-09-09T07:24:29-05:00"
    assert document.encode() == b"2026-09-09T07:24:29-05:00\r\n"
    document.set_text("text", "2026-09-10T00:00:00-05:00")
    assert document.encode() == b"2026-09-10T00:00:00-05:00\r\n"


@pytest.mark.parametrize(
    "body",
    [b"", b"<!DOCTYPE html><html><body>x</body></html>", b"\x00\x01\x02", b"{}", b"<a><b></a>", b"x" * 5000],
)
def test_hostile_bodies_are_protocol_errors(body):
    with pytest.raises(ProtocolError):
        made(STREAM, body)


@pytest.mark.parametrize("body", ["<html2/>", "<Something><a>1</a></Something>", "<StreamingChannel/>"])
def test_an_unexpected_root_is_shown_as_it_is(body):
    document = made(STREAM, body)
    assert document.encode() == body.encode()


def test_every_recorded_answer_opens_and_is_written_back_untouched(recorded):
    opened = 0
    noted = set()
    for each in recorded:
        if each["kind"] not in ("config", "capabilities", "status") or not each["path"].startswith("/ISAPI"):
            continue
        if each["root"] == "ResponseStatus":
            continue  # the answer to a PUT
        document = made(each["path"], each["raw"], media="application/xml")
        assert document.encode() == each["raw"], each["file"]
        assert document.problems == {}
        assert all(field.spec.title for field in document.fields), each["file"]
        assert len({field.path for field in document.fields}) == len(document.fields)
        noted |= {(each["device"], field.path) for field in document.fields if document.note(field.path)}
        opened += 1
    assert opened > 480
    assert ("DS-FB2127", "Gain/GainLevel") in noted
    assert ("DS-7608NI-K2", "AdminAccessProtocol[2]/portNo") in noted


def test_recorded_documents_change_only_in_the_edited_leaf(recorded):
    tried = 0
    for each in recorded:
        if each["root"] != "StreamingChannel" or each["kind"] != "config":
            continue
        document = made(each["path"], each["raw"])
        if "Video/GovLength" not in {field.path for field in document.fields}:
            continue
        old = document.text("Video/GovLength")
        document.set_text("Video/GovLength", "77")
        expected = re.sub(rb"(<GovLength[^>]*>\s*)" + old.encode() + rb"(\s*</GovLength>)", rb"\g<1>77\2", each["raw"])
        assert document.encode() == expected, each["file"]
        tried += 1
    assert tried > 50


@given(
    st.dictionaries(st.sampled_from(["min", "max", "range", "opt", "def", "reqReboot", "size"]), st.text(max_size=30))
)
def test_any_attributes_give_limits(attributes):
    limits = constraints.read_limits(attributes)
    if limits.minimum is not None and limits.maximum is not None:
        assert limits.minimum <= limits.maximum
    assert all(low <= high for low, high in limits.ranges)


@given(st.text(max_size=40))
def test_any_text_has_a_kind_it_fits(text):
    assert kinds.fits(kinds.by_shape("thing", text), text)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_document_or_a_camera_error(body):
    try:
        document = made(STREAM, body)
    except CameraError:
        return
    assert document.encode() == body


OWN = "<MACAddress>00:11:22:33:44:55</MACAddress>"


@pytest.mark.parametrize(
    ("path", "raw", "access"),
    [
        (
            "/ISAPI/System/Network/MACFilter",
            f"<MACFilter><MACFilterAddressList><MACFilterAddress>{OWN}</MACFilterAddress></MACFilterAddressList></MACFilter>",
            Access.READ_WRITE,
        ),
        ("/ISAPI/System/Network/interfaces/1/link", f"<Link>{OWN}</Link>", Access.READ_ONLY),
        ("/ISAPI/System/deviceInfo", f"<DeviceInfo>{OWN.replace('MAC', 'mac')}</DeviceInfo>", Access.READ_ONLY),
        ("/ISAPI/Security/users/1", f"<User>{OWN.replace('MAC', 'mac')}</User>", Access.READ_WRITE),
    ],
)
def test_a_mac_address_is_a_fact_where_it_is_the_cameras_own(path, raw, access):
    [field] = [each for each in made(path, raw).fields if each.present]
    assert (field.spec.kind, field.spec.access) == (Kind.MAC, access)
