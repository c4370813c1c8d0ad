"""What depends on what, stale pages, functions that exclude each other, lists that answer with an error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from app.errors import CameraError, Conflict, Excluded, InvalidSetting, NotSupported, ProtocolError
from app.families.base import SettingsTree
from app.families.isapi import dependence, dynamic, elsewhere, exclusion, lists
from app.families.isapi.catalog import catalog
from app.families.isapi.dialect import V2
from app.families.isapi.titles import titles
from app.settings.changes import Verdict
from app.settings.spec import Kind, Spec
from app.wire import xml
from tests.families.isapi_rig import puts, session

IMAGE = "/ISAPI/Image/channels/1"
STREAM = "/ISAPI/Streaming/channels/101"
LINES = "/ISAPI/Smart/LineDetection/1"
FIELD = "/ISAPI/Smart/FieldDetection/1"
INTERFACE = "/ISAPI/System/Network/interfaces/1"


@pytest.mark.anyio
async def test_a_stream_has_one_resolution_and_rates_that_follow_it():
    async with session() as (device, _):
        settings = device.offer(SettingsTree)
        document = await settings.load(STREAM)
        size = next(each for each in document.shown if each.path == "Video/videoResolution")
        assert all(each.path != "Video/videoResolutionWidth" for each in document.shown)
        assert "2560x1440" in [each.value for each in size.spec.options]
        assert size.spec.options[0].title == "2560 × 1440"
        document.set_text("Video/videoResolution", "1280x720")
        fast = [each.value for each in document.spec("Video/maxFrameRate").options]
        assert "5000" in fast
        assert document.spec("Video/maxFrameRate").kind is Kind.FPS100
        document.set_text("Video/maxFrameRate", "5000")
        document.set_text("Video/videoResolution", "1920x1080")
        assert "5000" not in [each.value for each in document.spec("Video/maxFrameRate").options]
        assert document.problem("Video/maxFrameRate").endswith("while “Resolution” is 1920 × 1080")
        with pytest.raises(InvalidSetting):
            document.changes()
        document.set_text("Video/maxFrameRate", "2500")
        proof, after = await settings.apply(document, document.changes())
        assert {each.verdict for each in proof.fields} == {Verdict.KEPT}
        assert after.text("Video/videoResolution") == "1920x1080"


@pytest.mark.anyio
async def test_codec_and_rate_control_decide_what_can_be_edited():
    async with session() as (device, _):
        document = await device.offer(SettingsTree).load(STREAM)
        document.set_text("Video/videoCodecType", "H.264")
        assert document.enabled("Video/H264Profile")[0]
        document.set_text("Video/videoCodecType", "H.265")
        possible, reason = document.enabled("Video/H264Profile")
        assert not possible
        assert "H.264" in reason
        document.set_text("Video/videoQualityControlType", "CBR")
        assert document.enabled("Video/constantBitRate")[0]
        assert not document.enabled("Video/vbrUpperCap")[0]


@pytest.mark.anyio
async def test_blocks_are_greyed_by_their_own_switch():
    async with session() as (device, _):
        document = await device.offer(SettingsTree).load(IMAGE)
        assert not document.enabled("WDR/WDRLevel")[0]
        document.set_text("WDR/mode", "open")
        assert document.enabled("WDR/WDRLevel")[0]
        assert not document.enabled("BLC/BLCMode")[0]
        document.set_text("BLC/enabled", "true")
        assert document.enabled("BLC/BLCMode")[0]
        assert not document.enabled("WhiteBalance/WhiteBalanceRed")[0]
        document.set_text("WhiteBalance/WhiteBalanceStyle", "manual")
        assert document.enabled("WhiteBalance/WhiteBalanceRed")[0]
        assert document.enabled("NoiseReduce/GeneralMode/generalLevel")[0]
        assert not document.enabled("NoiseReduce/AdvancedMode/FrameNoiseReduceLevel")[0]
        assert document.enabled("Color/brightnessLevel")[0]


@pytest.mark.anyio
async def test_an_address_from_dhcp_is_not_typed():
    async with session() as (device, _):
        document = await device.offer(SettingsTree).load(INTERFACE)
        path = next(each.path for each in document.fields if each.path.endswith("IPAddress/ipAddress"))
        assert document.enabled(path)[0]
        kind = next(each.path for each in document.fields if each.path.endswith("addressingType"))
        document.set_text(kind, "dynamic")
        assert not document.enabled(path)[0]


@pytest.mark.anyio
async def test_options_are_read_again_after_a_change_that_swaps_them():
    async with session("swaps_options") as (device, _):
        settings = device.offer(SettingsTree)
        document = await settings.load(IMAGE)
        before = {each.value for each in document.spec("Shutter/ShutterLevel").options}
        document.set_text("WDR/mode", "open")
        _, after = await settings.apply(document, document.changes())
        assert {each.value for each in after.spec("Shutter/ShutterLevel").options} < before


@pytest.mark.anyio
async def test_two_windows_on_one_field_are_a_conflict_and_nothing_is_sent():
    async with session() as (device, _):
        settings = device.offer(SettingsTree)
        mine, theirs = await settings.load(IMAGE), await settings.load(IMAGE)
        theirs.set_text("Color/contrastLevel", "60")
        theirs.set_text("Color/brightnessLevel", "61")
        await settings.apply(theirs, theirs.changes())
        mine.set_text("Color/contrastLevel", "70")
        sent = puts(device)
        with pytest.raises(Conflict) as conflict:
            await settings.apply(mine, mine.changes())
        assert conflict.value.path == "Color/contrastLevel"
        assert (conflict.value.held, conflict.value.found) == ("50", "60")
        assert sent == []
        # Another field of the same page goes through, and their change stays.
        mine.revert()
        mine.set_text("Color/saturationLevel", "33")
        proof, after = await settings.apply(mine, mine.changes())
        assert [each.verdict for each in proof.fields] == [Verdict.KEPT]
        assert after.text("Color/brightnessLevel") == "61"


@pytest.mark.anyio
async def test_functions_that_exclude_each_other_are_named_with_the_order():
    async with session("mutex") as (device, _):
        settings = device.offer(SettingsTree)
        document = await settings.load(IMAGE)
        document.set_text("WDR/mode", "open")
        _, document = await settings.apply(document, document.changes())
        document.set_text("BLC/enabled", "true")
        with pytest.raises(Excluded) as refused:
            await settings.apply(document, document.changes())
        assert "WDR" in refused.value.summary
        assert document.title in refused.value.summary
        assert "first" in refused.value.hint
        assert refused.value.others == ("WDR",)


@pytest.mark.anyio
async def test_a_list_that_answers_with_an_error_is_read_entry_by_entry():
    path = "/ISAPI/Event/triggers"
    async with session("list_500=Event/triggers") as (device, _):
        settings = device.offer(SettingsTree)
        document = await settings.load(path)
        ids = [field.text for field in document.fields if field.path.count("/") == 1 and field.path.endswith("/id")]
        assert {"IO-1", "VMD-1", "linedetection-1"} <= set(ids)
        method = next(each.path for each in document.fields if each.path.endswith("notificationMethod"))
        document.set_text(method, "record")
        sent = puts(device)
        proof, after = await settings.apply(document, document.changes())
        assert [each.verdict for each in proof.fields] == [Verdict.KEPT]
        assert after.text(method) == "record"
        assert [each.path for each in sent] == [f"{path}/{ids[0]}"]


@pytest.mark.anyio
async def test_a_page_that_changes_its_fields_under_the_form_says_so():
    async with session("schema_changes=12") as (device, _):
        settings = device.offer(SettingsTree)
        document = await settings.load(IMAGE)
        editable = [each for each in document.fields if each.spec.kind is Kind.INT and each.spec.access == "rw"]
        for _ in range(20):
            await settings.load(IMAGE)
        fresh = await settings.load(IMAGE)
        known = {each.path for each in fresh.fields}
        gone = [each.path for each in editable if each.path not in known]
        for path in gone:
            document.revert()
            document.set_text(path, str(int(document.text(path)) + 1))
            with pytest.raises(Conflict, match="no longer"):
                await settings.apply(document, document.changes())
        document.revert()
        kept = next(each for each in editable if each.path in known and fresh.problem_of(each.path, each.text) == "")
        document.set_text(kept.path, str(int(kept.text) + 1))
        try:
            proof, _ = await settings.apply(document, document.changes())
        except Conflict as conflict:
            assert conflict.path == kept.path  # noqa: PT017
        else:
            assert proof.fields


# -- whatever a device says, reading it raises nothing -----------------------------------------------------------------

NAMES = ["Video", "enabled", "mode", "RegionList", "layout", "gridMap", "videoResolutionWidth", "videoResolutionHeight"]
NAMES += [
    "supportedFrameRate",
    "CodecParamDscriptor",
    "videoCodecType",
    "SVC",
    "SmartCodec",
    "regionType",
    "maxFrameRate",
]
TEXTS = st.sampled_from(
    ["", "true", "close", "1280", "-5", "99999999999999999999", "2500,x,1200", "grid", "²", "H.264"]
)


def element(depth=3):
    name = st.sampled_from(NAMES)
    leaf = st.builds("<{0}>{1}</{0}>".format, name, TEXTS)
    if not depth:
        return leaf
    group = st.builds(lambda n, c: f"<{n}>{''.join(c)}</{n}>", name, st.lists(element(depth - 1), max_size=4))
    return st.one_of(leaf, group)


@limits(max_examples=150, deadline=None)
@given(st.lists(element(), max_size=5), st.lists(element(), max_size=5))
def test_dependence_reads_any_document(document, declared):
    try:
        root = xml.parse(f"<StreamingChannel>{''.join(document)}</StreamingChannel>".encode()).root
        said = xml.parse(f"<DynamicCap>{''.join(declared)}</DynamicCap>".encode()).root
    except ProtocolError:
        return
    found = dependence.of(root, said, titles()).merged(dynamic.of_stream(root, said))
    for leaf in root.iter():
        possible, reason = found.enabled(leaf.path, root.text_of)
        assert possible or reason


@given(st.lists(st.binary(max_size=80), max_size=4), st.text(max_size=10))
def test_lists_are_composed_of_anything_that_is_xml(bodies, block):
    entries = []
    for body in bodies:
        try:
            entries.append(xml.parse(b"<EventTrigger><id>1</id><x>" + body + b"</x></EventTrigger>"))
        except CameraError:
            continue
    made = lists.compose(block, entries)
    assert (made is None) == (not entries)
    if made is not None:
        assert len(xml.parse(made).root.children) == len(entries)


def needs_of(body: bytes, path: str):
    root = xml.parse(body).root
    found = dependence.of(root, None, titles(), catalog(V2).lookup(path))
    return {(need.path, need.on, need.reason) for need in found.needs}


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (b"FTPNotification", "Switch on “Upload to this server” first."),  # as its label says
        (b"Snapshot", "Switch on “Snapshot” first."),  # the label is no more than “Snapshot on”
    ],
)
def test_the_reason_names_the_switch_as_people_see_it(block, reason):
    body = b"<L><%s><enabled>false</enabled><interval>1</interval></%s></L>" % (block, block)
    assert ("interval", reason) in {(path.rpartition("/")[2], why) for path, _, why in needs_of(body, "/none")}


def test_what_the_text_calls_dependent_waits_for_its_switch():
    needs = needs_of(
        b"<IEEE802_1x><enabled>false</enabled><userName>x</userName><protocolType>MD5</protocolType></IEEE802_1x>",
        "/ISAPI/System/Network/interfaces/1/ieee802.1x",
    )
    assert needs == {("userName", "enabled", "Switch on “802.1X” first.")}
    entry = b"<MotionDetectionRegion><enabled>true</enabled><objectSize>1</objectSize></MotionDetectionRegion>"
    needs = needs_of(
        b"<MotionDetectionRegionList>" + entry * 2 + b"</MotionDetectionRegionList>",
        "/ISAPI/System/Video/inputs/channels/1/motionDetectionExt/regions",
    )
    assert {(path, on) for path, on, _ in needs} == {
        (f"MotionDetectionRegion[{n}]/objectSize", f"MotionDetectionRegion[{n}]/enabled") for n in (1, 2)
    }, "each one waits for the switch of its own entry"


@pytest.mark.parametrize(
    ("body", "others"),
    [
        (b'{"MutexFunctionList":[{"id":1,"describe":"SMD,lineDetection"}]}',
         ("smart motion detection", "line crossing detection")),
        (b'{"mutexFunction":["counting","heatMap"]}', ("people counting", "the heat map")),
        (b'[{"functionName":"WDR"},{"deep":[{"describe":"BLC"}]}]', ("WDR", "backlight compensation")),
        (b'{"describe":3}', ()),
        (b"{", ()),
        (b'"SMD"', ()),
    ],
)  # fmt: skip
def test_functions_in_the_way_are_told_in_json_too(body, others):
    assert exclusion.told_in_json(body) == others


@pytest.mark.anyio
@pytest.mark.parametrize("how", ["told", "json"])
async def test_a_refusal_and_its_reason_name_both_sides_in_xml_and_json(how):
    async with session(f"mutex={how}") as (device, running):
        settings = device.offer(SettingsTree)
        lines = await settings.load(LINES)
        lines.set_text("enabled", "true")
        await settings.apply(lines, lines.changes())
        field = await settings.load(FIELD)
        field.set_text("enabled", "true")
        with pytest.raises(Excluded) as refusal:
            await settings.apply(field, field.changes())
        assert refusal.value.others == ("line crossing detection",)
        assert field.title in refusal.value.summary
        assert running.cameras[0].state.value("System/deviceInfo", "deviceName") in refusal.value.summary
        assert "Switch off line crossing detection first" in refusal.value.hint
        assert (await settings.load(FIELD)).text("enabled") == "false"


@pytest.mark.anyio
async def test_what_only_capabilities_declare_is_named_as_a_possibility():
    async with session("mutex=declared") as (device, _):
        settings = device.offer(SettingsTree)
        lines = await settings.load(LINES)
        lines.set_text("enabled", "true")
        await settings.apply(lines, lines.changes())
        field = await settings.load(FIELD)
        field.set_text("enabled", "true")
        with pytest.raises(NotSupported) as refusal:
            await settings.apply(field, field.changes())
        assert "cannot run together with line crossing detection" in refusal.value.hint


def test_json_that_is_nested_too_deep_names_nothing():
    assert exclusion.told_in_json(b"[" * 60_000 + b"]" * 60_000) == ()


@pytest.mark.anyio
async def test_capabilities_with_condition_are_asked_with_what_the_stream_holds():
    async with session(model="CW-G4A") as (device, _):
        settings = device.offer(SettingsTree)
        document = await settings.load(STREAM)
        highest = document.text("Video/vbrUpperCap")
        spec = document.spec("Video/vbrAverageCap")
        assert (spec.default, spec.maximum) == (str(int(highest) // 4), int(highest))
        document.set_text("Video/vbrUpperCap", "6000")
        assert document.spec("Video/vbrAverageCap").default != spec.default, "it goes with the rate it was asked with"
        proof, after = await settings.apply(document, document.changes())
        assert proof.kept_everything
        again = await settings.load(STREAM)
        assert again.spec("Video/vbrAverageCap").default == after.spec("Video/vbrAverageCap").default == "1500"
        again.set_text("Video/vbrAverageCap", "9000")
        assert again.problem("Video/vbrAverageCap"), "more than the highest rate"


def test_a_codec_of_sound_has_its_own_bit_rates():
    root = xml.parse(
        b"<StreamingChannel><id>101</id><Video><videoResolutionWidth>1280</videoResolutionWidth></Video><Audio>"
        b"<audioCompressionType>MP2L2</audioCompressionType><audioBitRate>64</audioBitRate></Audio></StreamingChannel>"
    ).root
    said = xml.parse(
        b'<DynamicCap><AudioDscriptorList><audioCompressionType SupportedAudioBitRate="32, 64,128,x,">MP2L2'
        b'</audioCompressionType><audioCompressionType SupportedAudioBitRate="16">AAC</audioCompressionType>'
        b"<audioCompressionType>G.711ulaw</audioCompressionType></AudioDscriptorList></DynamicCap>"
    ).root
    found = dynamic.of_stream(root, said)

    def rates(codec: str) -> list[str]:
        spec = found.spec("Audio/audioBitRate", Spec(Kind.INT, "Rate"), {"Audio/audioCompressionType": codec}.get)
        return [each.value for each in spec.options]

    assert (rates("MP2L2"), rates("AAC"), rates("G.711ulaw")) == (["32", "64", "128"], ["16"], [])


EXPOSURE = "/ISAPI/Image/channels/1/Exposure"


@pytest.mark.parametrize(
    ("style", "listed", "editable"),
    [
        ("ShutterFirst", "manual,auto,ShutterFirst", True),
        ("auto", "manual,auto,ShutterFirst", False),
        ("manual", "manual,auto,ShutterFirst", True),
        ("auto", "manual,auto", True),  # no style for the shutter: the camera decides
        ("unheard", "manual,auto,ShutterFirst", True),
        ("", "", True),
    ],
)
def test_a_page_follows_the_setting_of_another_page(style, listed, editable):
    """The shutter alone, whose style stands on the page of exposure."""
    path, known = f"{IMAGE}/Shutter", catalog(V2).lookup(f"{IMAGE}/Shutter")
    root = xml.parse(b"<Shutter><ShutterLevel>1/25</ShutterLevel></Shutter>").root
    (template,) = elsewhere.pages(root, path, known)
    assert elsewhere.pages(root, path, known)[template] == EXPOSURE
    said = f"<ExposureType>{style}</ExposureType>" if style else "<other/>"
    limits = f'<Exposure><ExposureType opt="{listed}"/></Exposure>'.encode()
    other = elsewhere.Page(
        xml.parse(f"<Exposure>{said}</Exposure>".encode()).root,
        xml.parse(limits).root,
        catalog(V2).lookup(EXPOSURE),
        "Exposure",
    )
    possible, reason = dependence.of(root, None, titles(), known, {template: other}).enabled("ShutterLevel", str)
    assert possible is editable
    assert possible or "on the page “Exposure”" in reason
    assert dependence.of(root, None, titles(), known).enabled("ShutterLevel", str)[0], "a page that could not be read"


@pytest.mark.anyio
async def test_where_a_camera_has_one_style_its_shutter_stays_editable():
    async with session() as (device, _):
        assert (await device.offer(SettingsTree).load(f"{IMAGE}/Shutter")).enabled("ShutterLevel") == (True, "")
