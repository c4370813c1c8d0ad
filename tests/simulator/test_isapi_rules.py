"""The reader of what clients send, and the limits it is held against."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.simulator.isapi.model import MODELS, catalog
from app.simulator.isapi.rules import Refused, merge, problem
from app.simulator.isapi.state import State
from app.simulator.isapi.tree import BadXml, Node, Style, parse, write
from app.simulator.quirks import Quirks

NAMES = st.sampled_from(["Video", "videoCodecType", "maxFrameRate", "id", "StreamingChannel", "x"])
TREES = st.recursive(
    st.builds(lambda name, text: Node(name, text=text.strip()), NAMES, st.text("ab1<&>\"' é", max_size=8)),
    lambda inner: st.builds(
        lambda name, children: Node(name, children=children), NAMES, st.lists(inner, min_size=1, max_size=4)
    ),
    max_leaves=12,
)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_tree_or_bad(data):
    try:
        assert isinstance(parse(data), Node)
    except BadXml:
        assert data is not None


@given(TREES)
def test_what_is_written_is_read_again(tree):
    body = write(tree, Style())
    again = parse(body)
    assert [(path, node.text) for path, node in again.walk()] == [(path, node.text) for path, node in tree.walk()]
    assert ET.fromstring(body).tag.endswith(tree.name)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"<a>&nothing;</a>",
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"<a>" * 49 + b"</a>" * 49,
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
        b"\xff\xfe\x00",
    ],
)
def test_bad_xml_is_said_to_be_bad(body):
    with pytest.raises(BadXml):
        parse(body)


@pytest.mark.parametrize(
    ("limits", "value", "good", "bad"),
    [
        ({"min": "0", "max": "100"}, "50", ["0", "100", "7"], ["-1", "101", "", "x", "1e3", "٣", "50.5", "9" * 5000]),
        ({"min": "0", "max": "9", "range": "0,4~6"}, "5", ["0", "4", "6"], ["1", "7", "9"]),
        ({"opt": "a, b,c"}, "a", ["a", "b", "c"], ["d", "", "A"]),
        ({"min": "1", "max": "3", "t": "s"}, "12", ["1", "abc"], ["", "abcd"]),
        ({"t": "ipv4"}, "", ["1.2.3.4"], ["1.2.3", "1.2.3.256", "01.2.3.4", "::1"]),
        ({"t": "mask"}, "", ["255.255.254.0", "0.0.0.0"], ["255.0.255.0", "24"]),
        ({"t": "port"}, "", ["1", "65535"], ["0", "65536", "-1", "٣", ""]),
        ({"t": "hex", "min": "4", "max": "4"}, "", ["00fF"], ["00f", "00fff", "00fg"]),
        (
            {"t": "zone"},
            "",
            ["CST-8:00:00", "CST+5:00:00DST01:00:00,M3.2.0/02:00:00,M11.1.0/02:00:00"],
            ["", "8", "CST"],
        ),
        ({"t": "host"}, "", ["a.example", "10.0.0.1"], ["", "a b", "-a", "x" * 70]),
    ],
)
def test_limits(limits, value, good, bad):
    rule = Node("leaf", limits, value)
    assert [text for text in good if problem(text, rule)] == []
    assert [text for text in bad if not problem(text, rule)] == []


@given(TREES)
def test_no_document_breaks_a_camera(sent):
    state = State(catalog(), MODELS[0], lambda key: "1", Quirks())
    resource = state.catalog.resources["Streaming/channels"]
    target, rules = state.read(resource), state.rules(resource)
    subcode = "ok"
    try:
        merge(target, sent, rules)
    except Refused as refused:
        subcode = refused.subcode
    assert subcode
    ids = [child.value("id") for child in target.children]
    assert ids == ["101", "102", "103"]


def test_a_template_obeys_its_own_limits():
    """Real cameras break theirs now and then; ours are the measure and must not."""
    state = State(catalog(), MODELS[0], lambda key: "1", Quirks())
    for resource in state.catalog.resources.values():
        if resource.template is None or resource.do:  # what an action is sent is a form that people fill in
            continue
        values = state.read(resource)
        for (path, rule), (_, node) in zip(state.rules(resource).walk(), values.walk(), strict=True):
            free = rule.children or "live" in rule.attributes or "wo" in rule.attributes or not rule.attributes
            if not free and "size" not in rule.attributes and not ({"ro", "block", "fixed"} & set(rule.attributes)):
                assert problem(node.text, rule) == "", path
