"""Search over fields: what is found, in which order, and what never is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings.document import Document
from app.settings.field import Field
from app.settings.search import Entry, Search
from app.settings.spec import Kind, Option, Spec
from app.settings.tree import Node, NodeKind
from app.settings.words import plain


class Bytes:
    raw = b""
    media_type = "text/plain"

    def encode(self, edits):
        return b""


def field(path, title, text="", kind=Kind.TEXT, section=(), **more):
    return Field(path, text, Spec(kind=kind, title=title, **more), section)


def stream():
    fields = [
        field("Video/constantBitRate", "Bitrate", "2048", Kind.INT, ("Video",), unit="kbps"),
        field("Video/vbrUpperCap", "Highest bitrate", "4096", Kind.INT, ("Video",), unit="kbps"),
        field("Video/maxFrameRate", "Frame rate", "2500", Kind.FPS100, ("Video",)),
        field("Audio/audioBitRate", "Audio quality", "64", Kind.INT, ("Audio",), help="Bitrate of the sound"),
        field("Video/codec", "Codec", "H264", Kind.OPTION, options=(Option("H264", "H.264 (AVC)"),)),
    ]
    return Document("/s/101", "Main stream", fields, Bytes())


def paths(search, words, **more):
    return [hit.entry.path for hit in search.query(words, **more)]


@pytest.fixture
def search():
    made = Search()
    made.add(stream())
    made.add(Document("/time", "Clock", [field("timeMode", "Clock set by", "NTP", help="Who sets it")], Bytes()))
    return made


def test_titles_come_before_names_and_help(search):
    assert paths(search, "bitrate") == ["Video/constantBitRate", "Video/vbrUpperCap", "Audio/audioBitRate"]
    assert paths(search, "Highest BITRATE")[0] == "Video/vbrUpperCap"


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("frame rate", "Video/maxFrameRate"),
        ("maxframerate", "Video/maxFrameRate"),
        ("max frame", "Video/maxFrameRate"),
        ("25 fps", "Video/maxFrameRate"),
        ("2500", "Video/maxFrameRate"),
        ("fps", "Video/maxFrameRate"),
        ("ntp", "timeMode"),
        ("avc", "Video/codec"),
        ("main codec", "Video/codec"),
        ("who sets", "timeMode"),
    ],
)
def test_words_are_looked_for_everywhere(search, words, path):
    assert paths(search, words)[0] == path


@pytest.mark.parametrize("words", ["", "   ", "!?", "bitrate elephant", "\x00"])
def test_nothing_is_found_for_nothing(search, words):
    assert search.query(words) == ()


def test_short_words_must_begin_a_word(search):
    assert "timeMode" not in paths(search, "ho")
    assert "timeMode" in paths(search, "cl")


def test_secrets_are_never_found():
    made = Search()
    made.add(Document("/u", "User", [field("password", "Password", "hunter2", Kind.PASSWORD)], Bytes()))
    assert made.query("hunter2") == ()
    assert "hunter2" not in repr(made.query("password"))


def test_what_was_loaded_replaces_the_catalogue_and_older_values(search):
    search.add_catalogued("/s/101", [Entry("/s/101", "Main stream", "Video/other", "Other")])
    assert paths(search, "other") == []
    search.add(Document("/time", "Clock", [field("timeMode", "Clock set by", "manual")], Bytes()))
    assert paths(search, "ntp") == []
    assert paths(search, "manual") == ["timeMode"]
    search.forget("/time")
    search.add_catalogued("/time", [Entry("/time", "Clock", "timeMode", "Clock set by")])
    hit = search.query("clock set")[0]
    assert hit.entry.loaded is False


def test_pages_are_found_too(search):
    page = Node("/ptz", "Patrols", NodeKind.SETTINGS, help="Tours over presets")
    search.add_tree(Node("group:x", "Everything", NodeKind.GROUP, children=(page,)))
    assert [hit.entry.resource for hit in search.query("tours")] == ["/ptz"]
    assert search.query("everything") == ()


def test_loaded_fields_win_over_the_same_ones_unread(search):
    search.add_catalogued("/s/102", [Entry("/s/102", "Sub-stream", "Video/constantBitRate", "Bitrate")])
    assert next(hit.entry.resource for hit in search.query("bitrate")) == "/s/101"


def test_limit_and_order_are_steady(search):
    assert len(search.query("video", 2)) == 2
    assert search.query("video") == search.query("video")


@given(st.text(max_size=60))
def test_any_words_give_hits_that_hold_them(words):
    made = Search()
    made.add(stream())
    for hit in made.query(words):
        assert hit.score > 0


def installer():
    """What a recorder's search knows: pages by channel, some of them read."""
    made = Search()
    streams = []
    for number, name in ((1, "Gate"), (2, "Car park")):
        main = Node(f"/s/{number}01", "Main stream", NodeKind.SETTINGS)
        streams.append(Node(f"group:{number}", f"Channel {number}: {name}", NodeKind.GROUP, children=(main,)))
    network = [Node("/net", "TCP/IP", NodeKind.SETTINGS), Node("/clock", "Clock", NodeKind.SETTINGS)]
    groups = (
        Node("group:video", "Video & audio", NodeKind.GROUP, children=tuple(streams)),
        Node("group:network", "Network", NodeKind.GROUP, children=tuple(network)),
    )
    made.add_tree(Node("group:device", "Settings", NodeKind.GROUP, children=groups))
    for number in (1, 2):
        made.add(Document(f"/s/{number}01", "Main stream", stream().fields, Bytes()))
    fields = [
        field("ipAddress", "IP address", "192.168.1.64", Kind.IPV4),
        field("subnetMask", "Subnet mask", "255.255.255.0", Kind.IPV4, help="Marks the local network"),
        field("DefaultGateway/ipAddress", "Gateway", "192.168.1.1", Kind.IPV4),
        field("PrimaryDNS/ipAddress", "DNS server 1", "9.9.9.9", Kind.IPV4),
        field("password", "Password", "", Kind.PASSWORD),
    ]
    made.add(Document("/net", "TCP/IP", fields, Bytes()))
    clock = [
        field("DST/enabled", "Summer time", "false", Kind.BOOL),
        field("ntp/hostName", "Server name", "pool.ntp.org", Kind.HOST, ("NTP server",)),
        field("WDR/mode", "Wide dynamic range", "open", help="Evens out bright and dark parts"),
        field("brightnessLevel", "Brightness", "50", Kind.INT),
    ]
    made.add(Document("/clock", "Clock", clock, Bytes()))
    return made


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("bitrate", "Video/constantBitRate"),
        ("bit rate", "Video/constantBitRate"),
        ("bit ra", "Video/constantBitRate"),
        ("bitrates", "Video/constantBitRate"),
        ("bitrte", "Video/constantBitRate"),
        ("bps", "Video/constantBitRate"),
        ("bandwidth", "Video/constantBitRate"),
        ("framerate", "Video/maxFrameRate"),
        ("h264", "Video/codec"),
        ("H.264", "Video/codec"),
        ("h 264", "Video/codec"),
        ("compression", "Video/codec"),
        ("ip", "ipAddress"),
        ("adress ip", "ipAddress"),
        ("192.168.1.64", "ipAddress"),
        ("netmask", "subnetMask"),
        ("router", "DefaultGateway/ipAddress"),
        ("dns", "PrimaryDNS/ipAddress"),
        ("passwort", "password"),
        ("pasword", "password"),
        ("DST", "DST/enabled"),
        ("daylight saving", "DST/enabled"),
        ("summertime", "DST/enabled"),
        ("ntp", "ntp/hostName"),
        ("time server", "ntp/hostName"),
        ("wdr", "WDR/mode"),
        ("hdr", "WDR/mode"),
        ("dynamic wide", "WDR/mode"),
        ("birghtness", "brightnessLevel"),
        ("rbightness", "brightnessLevel"),
        ("clock/brightness", "brightnessLevel"),
        ("brigth", "brightnessLevel"),
    ],
)
def test_installers_find_it_however_they_type(words, path):
    assert paths(installer(), words)[0] == path


def test_a_channel_is_found_by_its_name():
    made = installer()
    hits = made.query("bitrate car park")
    assert {hit.entry.resource for hit in hits} == {"/s/201"}
    assert made.way("/s/201") == ("Channel 2: Car park",)
    assert made.way("/net") == ()
    assert made.way("/nowhere") == ()


def test_what_is_spelled_right_is_not_corrected():
    """Only where nothing at all is found: "gate" would otherwise be "date" as well."""
    made = Search()
    made.add(Document("/x", "Page", [field("a", "Date"), field("b", "Gate")], Bytes()))
    assert paths(made, "gate") == ["b"]
    assert paths(made, "gatte") == ["b"]
    assert paths(made, "zate") == ["a", "b"]
    assert paths(made, "zatt") == []
    assert paths(made, "zat") == [], "short words are too easily something else"


@given(st.text("abcdefgh", min_size=4, max_size=9), st.data())
def test_one_wrong_letter_is_forgiven_wherever_it_is(word, data):
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("xyz"))
    wrong = data.draw(
        st.sampled_from(
            [word[:at] + letter + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + word[at + 1 :]]
        )
    )
    made = Search()
    made.add(Document("/x", "1", [field("1", f"{word}")], Bytes()))
    if len(wrong) >= 4:
        assert paths(made, wrong) == ["1"]


def test_the_table_of_words_is_plain_and_says_each_once_in_a_row():
    rows = json.loads((Path(__file__).resolve().parents[2] / "resources" / "search_words.json").read_text("utf-8"))[
        "same"
    ]
    for row in rows:
        assert len(row) == len(set(row)) > 1
        assert [each for each in row if plain(each) != each] == []
