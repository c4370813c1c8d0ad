"""How the pages of an ISAPI device hang together, and how little is asked to see whether one is as it was."""

from __future__ import annotations

import pytest

from app.errors import ConnectionLost, NotSupported, ProtocolError, TooLarge
from app.families.isapi.client import Client
from app.families.isapi.dialect import V1, V2
from app.families.isapi.loading import Loader
from app.families.isapi.nearby import IsapiNearby
from app.settings.changes import Change
from app.settings.document import Document

IMAGE, INPUT = "/ISAPI/Image/channels/1", "/ISAPI/System/Video/inputs/channels/1"
MAIN, SUB, SECOND = (f"/ISAPI/Streaming/channels/{n}" for n in (101, 102, 201))
LINES, ROI, TIME = "/ISAPI/Smart/LineDetection/1", "/ISAPI/Smart/ROI/channels/101", "/ISAPI/System/time"
OVERLAY = f"{INPUT}/overlays"
PAGES = (IMAGE, INPUT, MAIN, SUB, SECOND, LINES, ROI, TIME, OVERLAY, f"{INPUT}/motionDetection")
BODY = b'<LineDetection xmlns="urn:a"><id>1</id><enabled>true</enabled></LineDetection>'


class Bytes:
    raw, media_type = b"", "application/xml"

    def encode(self, edits):
        return self.raw


@pytest.fixture
def device(fake_channel):
    return fake_channel({LINES: BODY})


@pytest.fixture
def loader(device):
    return Loader(Client(device, V2))


@pytest.fixture
def nearby(loader):
    return IsapiNearby(V2, loader)


def following(nearby, written, path, old="1", new="2"):
    page, changes = Document(written, "Page", [], Bytes()), (Change(path, old, new),)
    found = {each for each in PAGES if each != written and nearby.follows(each, page, changes)}
    assert bool(found) <= nearby.reaches(page, changes)
    return found


@pytest.mark.parametrize(
    ("written", "path", "expected"),
    [
        (IMAGE, "Color/brightnessLevel", set()),
        (IMAGE, "powerLineFrequency/powerLineFrequencyMode", {MAIN, SUB, SECOND}),
        (INPUT, "videoFormat", {IMAGE, MAIN, SUB, SECOND}),
        (IMAGE, "ImageFlip/enabled", {MAIN, SUB, LINES, ROI, OVERLAY, f"{INPUT}/motionDetection"}),
        (IMAGE, "corridor/enabled", {MAIN, SUB, LINES, ROI, OVERLAY, f"{INPUT}/motionDetection"}),
        (MAIN, "Video/videoCodecType", {SUB, LINES, ROI, OVERLAY, f"{INPUT}/motionDetection"}),
        (MAIN, "Video/videoResolutionWidth", {SUB, LINES, ROI, OVERLAY, f"{INPUT}/motionDetection"}),
        (MAIN, "Video/constantBitRate", set()),
        (TIME, "timeMode", set()),
    ],
)
def test_what_is_known_to_follow_a_change(nearby, written, path, expected):
    assert following(nearby, written, path) == expected


def test_a_detection_that_is_switched_on_may_move_the_others_of_its_channel(nearby):
    assert following(nearby, LINES, "enabled", "false", "true") == {f"{INPUT}/motionDetection"}
    assert following(nearby, LINES, "enabled", "true", "false") == set()


def test_what_the_text_says_of_another_page_is_known(nearby):
    shutter, exposure = f"{IMAGE}/Shutter", f"{IMAGE}/Exposure"
    page = Document(exposure, "Exposure", [], Bytes())
    assert nearby.follows(shutter, page, (Change("ExposureType", "auto", "manual"),))
    assert not nearby.follows(shutter, page, (Change("autoIrisLevel", "1", "2"),))
    assert nearby.reaches(page, (Change("ExposureType", "auto", "manual"),))


@pytest.mark.parametrize(
    ("resource", "channel"),
    [
        (MAIN, "1"),
        (SECOND, "2"),
        ("/ISAPI/Streaming/channels/1601", "16"),
        ("/ISAPI/Streaming/channels/2", "1"),
        (ROI, "1"),
        ("/ISAPI/Smart/FieldDetection/3", "3"),
        (f"{INPUT}/privacyMask", "1"),
        (TIME, ""),
        ("/ISAPI/Streaming/channels", None),
        ("/ISAPI/Security/users", None),
        ("/ISAPI/PTZCtrl/channels/1/homeposition", None),
    ],
)
def test_the_channel_of_a_page(nearby, resource, channel):
    assert nearby.channel(resource) == channel


def test_the_first_dialect_has_other_paths_and_the_same_channels(fake_channel):
    nearby = IsapiNearby(V1, Loader(Client(fake_channel({}), V1)))
    assert nearby.channel("/Streaming/channels/2") == "1"
    assert nearby.channel("/Video/inputs/channels/1/motionDetection") == "1"


def test_a_list_that_had_to_be_put_together_is_not_read_again(nearby, loader):
    loader.composed.add(LINES)
    assert nearby.channel(LINES) is None


@pytest.mark.anyio
async def test_a_page_that_is_as_it_was_costs_one_question(nearby, loader, device):
    page = await loader.load(LINES)
    device.sent.clear()
    assert await nearby.again(page) is page
    assert device.paths("GET") == [LINES]
    device.answers[LINES] = BODY.replace(b"true", b"false")
    assert (await nearby.again(page)).text("enabled") == "false"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"\x00\xff nonsense", ProtocolError),
        (ConnectionLost("It hung up."), ConnectionLost),
        (TooLarge("Too much."), TooLarge),
        ((404, b""), NotSupported),
    ],
)
async def test_an_answer_of_no_use_is_an_error_of_that_page(nearby, loader, device, answer, error):
    page = await loader.load(LINES)
    device.answers[LINES] = answer
    with pytest.raises(error):
        await nearby.again(page)
