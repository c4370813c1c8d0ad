"""Devices that answer little, or something else: each has a tree that opens, and nothing that it said is lost."""

from __future__ import annotations

import pytest

from app.families.isapi.client import Client
from app.families.isapi.dialect import V1, V2
from app.families.isapi.settings import IsapiSettings
from app.settings.tree import NodeKind, NodeState
from app.wire.http import HttpAnswer

INFO = b"<DeviceInfo><deviceName>Gate</deviceName><model>X</model></DeviceInfo>"
HTML = HttpAnswer(200, (("Content-Type", "text/html"),), b"<!DOCTYPE html><html><body>Login</body></html>")
STREAMS = (
    b"<StreamingChannelList><StreamingChannel><id>101</id></StreamingChannel>"
    b"<StreamingChannel><id>102</id></StreamingChannel></StreamingChannelList>"
)

pytestmark = pytest.mark.anyio


def nodes(top):
    yield top
    for child in top.children:
        yield from nodes(child)


async def drawn(channel, dialect=V2):
    settings = IsapiSettings(Client(channel, dialect))
    people, protocol = await settings.tree(), await settings.protocol_tree()
    return {node.id: node for node in nodes(people)}, {node.id: node for node in nodes(protocol)}


@pytest.mark.parametrize(("dialect", "root"), [(V2, "/ISAPI"), (V1, "")])
async def test_a_device_that_answers_nothing_but_who_it_is(fake_channel, dialect, root):
    """The lists at the root answer 404; the tree offers what every device has, and nothing is greyed unasked."""
    channel = fake_channel({f"{root}/System/deviceInfo": INFO})
    people, protocol = await drawn(channel, dialect)
    assert {f"{root}/System/deviceInfo", f"{root}/System/time", f"{root}/Security/users"} <= set(people)
    assert len(people) > 80
    assert {node.state for node in people.values()} == {NodeState.UNKNOWN}
    assert protocol[f"{root}/System/time"].state is NodeState.UNKNOWN
    assert len(channel.paths()) < 24, "a handful of questions, whatever they come to"


async def test_web_pages_in_place_of_documents(fake_channel):
    pages = ("/ISAPI/System/capabilities", "/ISAPI/index", "/ISAPI/indexr", "/ISAPI/Streaming/channels")
    people, _ = await drawn(fake_channel(dict.fromkeys(pages, HTML)))
    assert people["/ISAPI/Streaming/channels/101"].title == "Main stream"


async def test_two_megabytes_of_capabilities(fake_channel):
    filler = "".join(f"<cap{n}><isSupportThing{n}>true</isSupportThing{n}></cap{n}>" for n in range(38_000))
    body = f"<DeviceCap>{filler}<SmartCap><isSupportLoitering>true</isSupportLoitering></SmartCap></DeviceCap>".encode()
    assert len(body) > 2_000_000
    people, _ = await drawn(fake_channel({"/ISAPI/System/capabilities": body}))
    assert "/ISAPI/Smart/loitering/1" in people


async def test_names_in_any_script_and_names_that_are_none(fake_channel):
    listed = (
        "<InputProxyChannelList>"
        "<InputProxyChannel><id>1</id><name>Tür &amp; Tor\r\n  Süd</name></InputProxyChannel>"
        "<InputProxyChannel><id>2</id><name>摄像机 12</name></InputProxyChannel>"
        f"<InputProxyChannel><id>3</id><name>{'long ' * 40}</name></InputProxyChannel>"
        "<InputProxyChannel><id>4</id><name>\u202e\u200b</name></InputProxyChannel>"
        "<InputProxyChannel><id>../5</id><name>Way out</name></InputProxyChannel>"
        "</InputProxyChannelList>"
    )
    caps = b"<DeviceCap><RacmCap><inputProxyNums>4</inputProxyNums></RacmCap></DeviceCap>"
    channel = fake_channel(
        {"/ISAPI/System/capabilities": caps, "/ISAPI/ContentMgmt/InputProxy/channels": listed.encode()}
    )
    people, _ = await drawn(channel)
    titles = [people[f"/ISAPI/Image/channels/{number}"].title for number in (1, 2, 3, 4)]
    assert titles[:2] == ["Channel 1: Tür & Tor Süd", "Channel 2: 摄像机 12"]
    assert len(titles[2]) < 60
    assert titles[3] == "Channel 4"
    assert not any(".." in path for path in people)


async def test_streams_that_answer_although_the_list_leaves_them_out(fake_channel):
    third = b"<StreamingChannel><id>103</id></StreamingChannel>"
    people, _ = await drawn(
        fake_channel({"/ISAPI/Streaming/channels": STREAMS, "/ISAPI/Streaming/channels/103": third})
    )
    assert people["/ISAPI/Streaming/channels/103"].title == "Third stream"
    assert "/ISAPI/Streaming/channels/104" not in people


async def test_what_was_refused_once_says_why_in_both_trees(fake_channel):
    settings = IsapiSettings(Client(fake_channel(), V2))
    with pytest.raises(Exception, match="does not have this"):
        await settings.load("/ISAPI/System/time")
    for top in (await settings.tree(), await settings.protocol_tree()):
        node = {node.id: node for node in nodes(top)}["/ISAPI/System/time"]
        assert (node.state, node.kind) == (NodeState.REFUSED, NodeKind.SETTINGS)
        assert "does not have this" in node.reason
