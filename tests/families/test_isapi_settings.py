"""Settings of ISAPI cameras, from the page that is loaded to the proof of what was written, over real sockets."""

from __future__ import annotations

import asyncio
import re

import pytest

from app.errors import (
    ConnectionLost,
    DeviceBusy,
    DeviceFault,
    Forbidden,
    InvalidSetting,
    NotSupported,
    TimedOut,
)
from app.families.isapi.client import Client
from app.families.isapi.dialect import V2
from app.families.isapi.settings import IsapiSettings
from app.settings.changes import Verdict
from app.settings.spec import Access
from app.settings.tree import NodeKind, NodeState
from app.wire.http import HttpAnswer

TIME = "/ISAPI/System/time"
CLOCK = b'<Time xmlns="http://www.hikvision.com/ver20/XMLSchema">\r\n<timeMode>NTP</timeMode>\r\n<note>a</note></Time>'
BUSY = (
    b"<ResponseStatus><statusCode>2</statusCode><statusString>Device Busy</statusString>"
    b"<subStatusCode>deviceBusy</subStatusCode></ResponseStatus>"
)
REBOOT = b"<ResponseStatus><statusCode>7</statusCode><subStatusCode>rebootRequired</subStatusCode></ResponseStatus>"


class Sleeps:
    def __init__(self):
        self.waited = []

    async def __call__(self, seconds):
        self.waited.append(seconds)


@pytest.fixture
def sleeps():
    return Sleeps()


@pytest.fixture
def device(fake_channel):
    return fake_channel({TIME: CLOCK})


@pytest.fixture
def settings(device, sleeps):
    return IsapiSettings(Client(device, V2), sleep=sleeps)


async def edited(settings, text="manual"):
    document = await settings.load(TIME)
    document.set_text("timeMode", text)
    return document


@pytest.mark.anyio
async def test_a_change_is_written_read_back_and_proved(settings, device):
    document = await edited(settings)
    proof, after = await settings.apply(document, document.changes())
    assert [each.verdict for each in proof.fields] == [Verdict.KEPT]
    assert after.text("timeMode") == "manual"
    put = next(request for request in device.sent if request.method == "PUT")
    assert put.path == TIME
    assert put.body == CLOCK.replace(b"NTP", b"manual")
    assert put.content_type == "application/xml"


@pytest.mark.anyio
async def test_the_media_type_is_the_one_the_device_used(settings, device):
    device.answers[TIME] = HttpAnswer(200, (("Content-Type", 'application/xml; charset="UTF-8"'),), CLOCK)
    document = await edited(settings)
    await settings.apply(document, document.changes())
    assert device.sent_by("PUT")[0].content_type == 'application/xml; charset="UTF-8"'


@pytest.mark.anyio
async def test_a_device_that_lies_is_found_out(settings, device):
    device.answers[f"PUT {TIME}"] = b"<ResponseStatus><statusCode>1</statusCode></ResponseStatus>"
    document = await edited(settings)
    proof, _ = await settings.apply(document, document.changes())
    assert [each.verdict for each in proof.fields] == [Verdict.IGNORED]


@pytest.mark.anyio
async def test_a_wanted_reboot_is_passed_on(settings, device):
    device.answers[f"PUT {TIME}"] = REBOOT
    document = await edited(settings)
    proof, _ = await settings.apply(document, document.changes())
    assert proof.reboot_required


@pytest.mark.anyio
async def test_a_busy_device_is_asked_again_at_a_growing_pace(settings, device, sleeps):
    document = await edited(settings)
    device.from_put.extend([(503, BUSY), (200, BUSY)])
    proof, _ = await settings.apply(document, document.changes())
    assert proof.kept_everything
    assert len(sleeps.waited) == 2
    assert sleeps.waited == sorted(sleeps.waited)


@pytest.mark.anyio
async def test_a_device_that_stays_busy_ends_it(settings, device):
    document = await edited(settings)
    device.answers[f"PUT {TIME}"] = (503, BUSY)
    with pytest.raises(DeviceBusy):
        await settings.apply(document, document.changes())
    assert len(device.paths("PUT")) == 4


@pytest.mark.anyio
async def test_a_refused_write_is_raised(settings, device):
    document = await edited(settings)
    device.answers[f"PUT {TIME}"] = (
        400,
        b"<ResponseStatus><statusCode>6</statusCode><subStatusCode>badParameters</subStatusCode></ResponseStatus>",
    )
    with pytest.raises(DeviceFault):
        await settings.apply(document, document.changes())


@pytest.mark.anyio
async def test_wrong_values_never_leave(settings, device):
    document = await settings.load(TIME)
    changes = document.changes()
    with pytest.raises(InvalidSetting):
        await settings.apply(document, changes)
    assert device.paths("PUT") == []


@pytest.mark.anyio
@pytest.mark.parametrize("lost", [ConnectionLost("gone"), TimedOut("slow")])
async def test_a_lost_answer_is_settled_by_reading_back(settings, device, lost):
    document = await edited(settings)
    device.from_put.append(lost)
    proof, _ = await settings.apply(document, document.changes())
    assert [each.verdict for each in proof.fields] == [Verdict.IGNORED]


@pytest.mark.anyio
async def test_a_device_that_vanishes_after_the_write_leaves_it_unproved(settings, device):
    document = await edited(settings)
    device.from_put.extend([None, *[ConnectionLost("gone")] * 99])
    proof, _ = await settings.apply(document, document.changes())
    assert [each.verdict for each in proof.fields] == [Verdict.NOT_VERIFIABLE]


@pytest.mark.anyio
async def test_a_short_absence_after_the_write_is_waited_out(settings, device, sleeps):
    document = await edited(settings)
    device.from_put.extend([None, ConnectionLost("gone"), (503, BUSY)])
    proof, _ = await settings.apply(document, document.changes())
    assert [each.verdict for each in proof.fields] == [Verdict.KEPT]
    assert len(sleeps.waited) == 2


@pytest.mark.anyio
async def test_the_request_is_shown_without_secrets(fake_channel):
    path = "/ISAPI/Security/users/1"
    body = b"<User><id>1</id><userName>admin</userName><password>old-secret</password></User>"
    settings = IsapiSettings(Client(fake_channel({path: body}), V2))
    document = await settings.load(path)
    document.set_text("userName", "boss")
    document.set_text("password", "new-secret")
    text = settings.request_text(document)
    assert text.startswith(f"PUT {path} HTTP/1.1\n")
    assert "<userName>boss</userName>" in text
    assert "secret" not in text
    assert "authorization" not in text.lower()


@pytest.mark.anyio
async def test_a_page_of_a_busy_device_is_asked_again(settings, device, sleeps):
    device.next_up.extend([(503, BUSY), (200, BUSY)])
    assert (await settings.load(TIME)).text("timeMode") == "NTP"
    assert len(sleeps.waited) == 2


@pytest.mark.anyio
async def test_missing_capabilities_are_asked_for_once(settings, device):
    await settings.load(TIME)
    await settings.load(TIME)
    assert device.paths().count(f"{TIME}/capabilities") == 1


@pytest.mark.anyio
async def test_an_entry_takes_the_capabilities_of_its_list(fake_channel):
    path = "/ISAPI/System/Network/interfaces"
    body = b"<NetworkInterface><id>1</id><Link><MTU>1500</MTU></Link></NetworkInterface>"
    caps = b'<L><NetworkInterface><id>1</id><Link><MTU min="500" max="9676"/></Link></NetworkInterface></L>'
    settings = IsapiSettings(Client(fake_channel({f"{path}/1": body, f"{path}/capabilities": caps}), V2))
    assert (await settings.load(f"{path}/1")).field("Link/MTU").spec.maximum == 9676


@pytest.mark.anyio
async def test_a_reboot_is_wanted_even_where_nothing_could_be_read_back(settings, device):
    document = await edited(settings)
    device.from_put.extend([(200, REBOOT), *[ConnectionLost("gone")] * 99])
    proof, _ = await settings.apply(document, document.changes())
    assert proof.reboot_required
    assert [each.verdict for each in proof.fields] == [Verdict.NOT_VERIFIABLE]


@pytest.mark.anyio
async def test_a_refused_page_says_why_and_stays_greyed_in_the_tree(settings):
    with pytest.raises(NotSupported):
        await settings.load("/ISAPI/System/Holidays")
    node = find(await settings.tree(), "/ISAPI/System/Holidays")
    assert node.state is NodeState.REFUSED
    assert node.reason


@pytest.mark.anyio
async def test_a_page_above_the_accounts_level_is_forbidden(settings, device):
    device.answers["/ISAPI/Security/users"] = (
        403,
        b"<ResponseStatus><statusCode>4</statusCode><subStatusCode>lowPrivilege</subStatusCode></ResponseStatus>",
    )
    with pytest.raises(Forbidden):
        await settings.load("/ISAPI/Security/users")


def walk(node):
    yield node
    for child in node.children:
        yield from walk(child)


def find(tree, wanted):
    return next(node for node in walk(tree) if node.id == wanted)


def listing(*ids, entry="Channel"):
    return "<L>{}</L>".format("".join(f"<{entry}><id>{each}</id></{entry}>" for each in ids)).encode()


@pytest.mark.anyio
async def test_the_tree_of_a_device_that_refuses_everything_still_stands(settings, device):
    tree = await settings.tree()
    titles = [node.title for node in tree.children]
    assert titles[:3] == ["Video & audio", "Image", "Overlay"]
    assert titles[-1] == "System"
    assert "PTZ" not in titles
    assert len(device.sent) <= 14
    ids = [node.id for node in walk(tree)]
    assert len(ids) == len(set(ids))


@pytest.mark.anyio
async def test_the_tree_has_the_devices_own_channels(settings, device):
    device.answers["/ISAPI/Streaming/channels"] = listing(101, 102, 103)
    device.answers["/ISAPI/System/Network/interfaces"] = listing(1, 2)
    tree = await settings.tree()
    assert find(tree, "/ISAPI/Streaming/channels/101").title == "Main stream"
    assert find(tree, "/ISAPI/Streaming/channels/103").title == "Third stream"
    assert find(tree, "/ISAPI/System/Network/interfaces/2").title == "TCP/IP 2"
    assert find(tree, "/ISAPI/System/reboot").kind is NodeKind.ACTION
    assert find(tree, "/ISAPI/System/status").writable is False
    assert all(node.state is NodeState.UNKNOWN for node in walk(tree))


@pytest.mark.anyio
async def test_a_recorder_groups_by_channel(settings, device):
    device.answers["/ISAPI/Streaming/channels"] = listing(101, 102, 201, 202, 1001)
    tree = await settings.tree()
    video = tree.children[0]
    groups = [node.title for node in video.children if node.id.startswith("group:video:channel")]
    assert groups == ["Channel 1", "Channel 2", "Channel 10"]
    assert [node.title for node in video.children[0].children] == ["Main stream", "Sub-stream"]


@pytest.mark.anyio
async def test_flags_decide_what_is_offered(settings, device):
    device.answers["/ISAPI/System/capabilities"] = (
        b"<DeviceCap><isSupportPPPoE>false</isSupportPPPoE><SmartCap><isSupportLineDetection>true"
        b"</isSupportLineDetection><isSupportParking>false</isSupportParking></SmartCap></DeviceCap>"
    )
    ids = {node.id for node in walk(await settings.tree())}
    assert "/ISAPI/Smart/LineDetection/1" in ids
    assert "/ISAPI/Smart/parking/1" not in ids
    assert "/ISAPI/System/Network/PPPoE" not in ids
    assert not any(each.startswith(("/ISAPI/Thermal", "/ISAPI/Traffic")) for each in ids)


def resources(*names, inner=""):
    return "".join(
        f"<Resource><name>{name}</name><version>2.0</version><type>x</type>{inner}</Resource>" for name in names
    )


@pytest.mark.anyio
async def test_the_devices_index_is_believed(settings, device):
    inner = (
        f"<ResourceList>{resources('time', 'index', 'capabilities', '../evil', 'own thing', 'Vendor')}</ResourceList>"
    )
    device.answers["/ISAPI/indexr"] = f"<ResourceList>{resources('System', inner=inner)}</ResourceList>".encode()
    ids = {node.id for node in walk(await settings.tree())}
    assert {"/ISAPI/System/time", "/ISAPI/System/Vendor", "/ISAPI/System/reboot"} <= ids
    assert not any("evil" in each or "own" in each or "index" in each for each in ids)
    assert "/ISAPI/System/Network/interfaces/1" not in ids


@pytest.mark.anyio
async def test_a_flat_index_is_followed_one_level(settings, device):
    device.answers["/ISAPI/index"] = f"<ResourceList>{resources('System', 'Streaming')}</ResourceList>".encode()
    device.answers["/ISAPI/System/index"] = f"<ResourceList>{resources('time', 'deviceInfo')}</ResourceList>".encode()
    device.answers["/ISAPI/Streaming/indexr"] = f"<ResourceList>{resources('channels')}</ResourceList>".encode()
    device.answers["/ISAPI/Streaming/channels"] = listing(101)
    ids = {node.id for node in walk(await settings.tree())}
    assert {"/ISAPI/System/time", "/ISAPI/System/deviceInfo", "/ISAPI/Streaming/channels/101"} <= ids


@pytest.mark.anyio
async def test_hostile_ids_never_become_paths(settings, device):
    device.answers["/ISAPI/Streaming/channels"] = listing("../../x", "1?a=b", "", "..", "102")
    ids = {node.id for node in walk(await settings.tree()) if "/Streaming/channels/" in node.id}
    assert {each.split("/")[4] for each in ids} == {"102"}


@pytest.mark.anyio
async def test_every_recorded_device_has_a_tree(recorded, fake_channel):
    devices = {each["device"] for each in recorded}
    for name in sorted(devices):
        answers = {
            each["path"]: each["raw"]
            for each in recorded
            if each["device"] == name
            and each["kind"] in ("config", "capabilities", "status")
            and not each["client_body"]
        }
        channel = fake_channel(answers)
        tree = await IsapiSettings(Client(channel, V2)).tree()
        ids = [node.id for node in walk(tree)]
        assert len(ids) == len(set(ids)), name
        assert len(channel.sent) <= 14
        # Some devices answer streams that their own list leaves out: the list counts.
        listed = re.findall(rb"<id>(\d+)</id>", answers.get("/ISAPI/Streaming/channels", b""))
        assert {f"/ISAPI/Streaming/channels/{each.decode()}" for each in listed} <= set(ids), name


def test_settings_wait_for_real_by_default():
    assert IsapiSettings(None).ladder.sleep is asyncio.sleep


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("operations", "access"),
    [
        ("<get/>", Access.READ_ONLY),
        ("<get/><put/>", Access.READ_WRITE),
        ("", Access.READ_WRITE),
    ],
)
async def test_a_page_that_the_text_does_not_know_is_described_by_the_camera(fake_channel, operations, access):
    """Standard resource `description` (7.3): what is described as readable only gets no editors."""
    channel = fake_channel(
        {
            "/ISAPI/System/turnstile": b"<Turnstile><arms>3</arms></Turnstile>",
            "/ISAPI/System/turnstile/description": f"<ResourceDescription>{operations}</ResourceDescription>".encode(),
        }
    )
    document = await IsapiSettings(Client(channel, V2)).load("/ISAPI/System/turnstile")
    assert document.field("arms").spec.access is access
