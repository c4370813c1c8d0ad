"""The protocol's own tree, and titles of pages."""

from __future__ import annotations

import re

import pytest

from app.families.isapi import outline, tree
from app.families.isapi.catalog import catalog
from app.families.isapi.dialect import V1, V2
from app.families.isapi.survey import PROXIES, PTZ, STREAMS, VIDEO, Flags, Survey
from app.families.isapi.titles import titles
from app.settings.tree import NodeKind, NodeState

CAMERA = Survey(
    Flags(switches={"issupportloitering": False}, known=True),
    None,
    {STREAMS: ("101", "102"), VIDEO: ("1",)},
)


def nodes(top):
    yield top
    for child in top.children:
        yield from nodes(child)


def by_id(top):
    found = list(nodes(top))
    made = {node.id: node for node in found}
    assert len(made) == len(found), "ids are unique"
    return made


@pytest.mark.parametrize("dialect", [V2, V1])
def test_the_protocols_tree_hides_nothing(dialect):
    known = catalog(dialect)
    drawn = by_id(outline.protocol_tree(dialect, known, titles(), CAMERA, {}))
    for tail in tree.entries(dialect, known, titles(), CAMERA):
        assert drawn[dialect.path(tail)].state is not NodeState.REFUSED
    for resource in known.resources:
        if tree.entry_of(dialect, titles(), dialect.tail(resource.template), resource) is None:
            continue
        greyed = drawn.get(resource.template)
        assert greyed is None or greyed.reason or "{" not in resource.template
        places = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(resource.template)))
        assert any(places.fullmatch(place) for place in drawn), resource.template


def test_what_the_device_lacks_says_why():
    drawn = by_id(outline.protocol_tree(V2, catalog(V2), titles(), CAMERA, {"/ISAPI/System/time": "Not for you."}))
    assert drawn["/ISAPI/System/time"].reason == "Not for you."
    assert drawn["/ISAPI/System/time"].state is NodeState.REFUSED
    lacking = [node for node in drawn.values() if "loitering" in node.id.lower() and node.kind is not NodeKind.GROUP]
    assert lacking
    assert all(node.state is NodeState.REFUSED and node.reason for node in lacking)
    assert drawn["/ISAPI/Streaming/channels/101"].title == "101", "here the protocol's names count"


def test_the_tree_for_people_keeps_streams_selectable_with_their_pages_below():
    top = tree.build(V2, catalog(V2), titles(), CAMERA, {})
    main = by_id(top)["/ISAPI/Streaming/channels/101"]
    assert (main.title, main.kind) == ("Main stream", NodeKind.SETTINGS)
    assert main.children
    assert [group.title for group in top.children][:4] == ["Video & audio", "Image", "Overlay", "Detection"]


@pytest.mark.parametrize(
    ("tail", "template", "title"),
    [
        ("/Streaming/channels/101", "/Streaming/channels/{channel}", "Main stream"),
        ("/Streaming/channels/202", "/Streaming/channels/{channel}", "Sub-stream, channel 2"),
        (
            "/Event/schedules/motionDetections/VMD-1",
            "/Event/schedules/motionDetections/{id}",
            "Schedule: motion detection",
        ),
        ("/Thermal/channels/2/thermometry/1", "/Thermal/channels/{channel}/thermometry/{sid}", "Scene 1, channel 2"),
        ("/Streaming/channels/1", "/Streaming/channels/{channel}", "Main stream"),
        ("/Streaming/channels/105", "/Streaming/channels/{channel}", "Stream 105"),
        ("/Streaming/channels/102/status", "/Streaming/channels/{channel}/status", "Viewers, sub-stream"),
        (
            "/System/Video/inputs/channels/1/overlays/text/3",
            "/System/Video/inputs/channels/{channel}/overlays/text/{id}",
            "Text 3",
        ),
        ("/Smart/FieldDetection/1/regions/2", "/Smart/FieldDetection/{id}/regions/{id2}", "Area 2"),
        ("/Smart/LineDetection/1/lineItem/1", "/Smart/LineDetection/{id}/lineItem/{id2}", "Line 1"),
        ("/Smart/LineDetection/1", "/Smart/LineDetection/{id}", "Line crossing"),
        ("/Smart/LineDetection/4", "/Smart/LineDetection/{id}", "Line crossing, channel 4"),
        ("/Smart/ROI/channels/102", "/Smart/ROI/channels/{channel}", "Region of interest, sub-stream"),
        ("/Smart/ROI/channels/101/regions/2", "/Smart/ROI/channels/{channel}/regions/{id}", "Region 2"),
        ("/Streaming/channels/201/status", "/Streaming/channels/{channel}/status", "Viewers, main stream, channel 2"),
        ("/Event/triggers/VMD-1", "/Event/triggers/{id}", "Motion detection actions"),
        ("/Event/triggers/VMD-2", "/Event/triggers/{id}", "Motion detection actions, channel 2"),
        ("/Event/triggers/IO-2", "/Event/triggers/{id}", "Alarm input 2 actions"),
        ("/Event/triggers/somethingNew-1", "/Event/triggers/{id}", "Something new actions"),
        ("/System/Network/interfaces/1", "/System/Network/interfaces/{id}", "TCP/IP"),
        ("/Security/users/2", "/Security/users/{id}", "User 2"),
        ("/Nobody/knows/this", "", "This"),
    ],
)
def test_pages_have_titles_of_their_own(tail, template, title):
    assert titles().page(tail, template) == title


def test_fields_are_known_before_they_are_read():
    entries = outline.entries(V2, "/ISAPI/Streaming/channels/101", titles())
    assert {entry.page for entry in entries} == {"Main stream"}
    assert {"Video/videoCodecType", "Video/vbrUpperCap"} <= {entry.path for entry in entries}
    assert not any(entry.loaded or entry.value for entry in entries)
    assert outline.entries(V2, "/ISAPI/Nobody", titles()) == ()


def test_schedules_go_by_channel_below_their_list():
    listed = (
        "/Event/schedules/motionDetections",
        "/Event/schedules/motionDetections/VMD-1",
        "/Event/schedules/motionDetections/VMD-2",
        "/Event/schedules/inputs",
        "/Event/schedules/inputs/IO_IN_1",
    )
    drawn = by_id(tree.build(V2, catalog(V2), titles(), Survey(CAMERA.flags, listed, CAMERA.ids), {}))
    motion = drawn["/ISAPI/Event/schedules/motionDetections"]
    assert (motion.title, [each.title for each in motion.children]) == (
        "Schedule: motion detection",
        ["Channel 1", "Channel 2"],
    )
    assert drawn["/ISAPI/Event/schedules/inputs/IO_IN_1"].title == "Input 1"


def way_to(top, path):
    """The titles on the way to a node."""
    for child in top.children:
        if child.id == path:
            return [child.title]
        below = way_to(child, path)
        if below:
            return [child.title, *below]
    return []


RECORDER = Survey(
    Flags(numbers={"inputproxynums": 2}, known=True),
    None,
    {STREAMS: ("101", "201"), PROXIES: ("1", "2")},
    {"1": "Gate", "2": "仓库 2"},
)


def test_channels_of_a_recorder_go_by_their_names():
    top = tree.build(V2, catalog(V2), titles(), RECORDER, {})
    assert way_to(top, "/ISAPI/Streaming/channels/201") == ["Video & audio", "Channel 2: 仓库 2", "Main stream"]
    assert way_to(top, "/ISAPI/Image/channels/1") == ["Image", "Picture settings", "Channel 1: Gate"]
    assert way_to(top, "/ISAPI/ContentMgmt/InputProxy/channels/1") == [
        "Video & audio",
        "Recorder channel",
        "Channel 1: Gate",
    ]
    alone = nodes(tree.build(V2, catalog(V2), titles(), CAMERA, {}))
    assert not any(node.title.startswith("Channel 1:") for node in alone)


@pytest.mark.parametrize(
    ("path", "group"),
    [
        ("/ISAPI/Security/adminAccesses", "Network"),
        ("/ISAPI/Security/users", "Users & security"),
        ("/ISAPI/System/Network/mailing", "Network"),
        ("/ISAPI/System/time/ntpServers", "Time"),
        ("/ISAPI/System/Video/inputs/channels/1/privacyMask", "Overlay"),
        ("/ISAPI/System/Video/inputs/channels/1/motionDetection", "Detection"),
        ("/ISAPI/System/IO/inputs/1", "Events"),
        ("/ISAPI/System/deviceInfo", "System"),
    ],
)
def test_pages_stand_where_people_look_for_them(path, group):
    camera = Survey(Flags(numbers={"ioinputportnums": 1}), None, CAMERA.ids)
    assert way_to(tree.build(V2, catalog(V2), titles(), camera, {}), path)[:1] == [group]


def test_a_refused_list_of_connectors_leaves_those_that_are_counted():
    claimed = Survey(Flags(numbers={"ioinputportnums": 2}, known=True), None, CAMERA.ids)
    drawn = by_id(tree.build(V2, catalog(V2), titles(), claimed, {}))
    assert "/ISAPI/System/IO/inputs/2" in drawn
    assert "/ISAPI/System/IO/inputs/3" not in drawn
    assert "/ISAPI/System/IO/outputs/1" not in drawn


def test_what_answers_is_there_although_the_device_does_not_list_it():
    dome = Survey(Flags(known=True), ("/System/time",), {PTZ: ("1",)})
    assert way_to(tree.build(V2, catalog(V2), titles(), dome, {}), "/ISAPI/PTZCtrl/channels/1/presets") == [
        "PTZ",
        "PTZ",
        "Presets",
    ]


def test_steps_that_the_device_lists_are_pages_in_the_protocols_tree_only():
    listed = ("/ContentMgmt/Frob", "/ContentMgmt/Frob/things", "/ContentMgmt/Frob/picture")
    found = Survey(CAMERA.flags, listed, CAMERA.ids)
    people = by_id(tree.build(V2, catalog(V2), titles(), found, {}))
    protocol = by_id(outline.protocol_tree(V2, catalog(V2), titles(), found, {}))
    assert "/ISAPI/ContentMgmt/Frob/things" in people
    assert "/ISAPI/ContentMgmt/Frob" not in people
    assert protocol["/ISAPI/ContentMgmt/Frob"].kind is NodeKind.SETTINGS
    assert not any("picture" in each for each in people)


def test_lists_that_are_shown_by_their_entries_are_not_called_missing():
    drawn = by_id(outline.protocol_tree(V2, catalog(V2), titles(), CAMERA, {}))
    for tail in ("/Streaming/channels", "/System/Video/inputs/channels"):
        assert (drawn["/ISAPI" + tail].state, drawn["/ISAPI" + tail].reason) == (NodeState.UNKNOWN, "")
    assert drawn["/ISAPI/ContentMgmt/InputProxy/channels"].reason


def test_of_a_device_that_says_nothing_nobody_knows_what_it_lacks():
    drawn = by_id(outline.protocol_tree(V2, catalog(V2), titles(), Survey(), {}))
    assert drawn["/ISAPI/System/onlineUpgrade/status"].state is NodeState.UNKNOWN
