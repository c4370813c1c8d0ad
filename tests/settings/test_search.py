"""Search over fields: what is found, in which order, and what never is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings.document import Document
from app.settings.field import Field
from app.settings.search import Entry, Search
from app.settings.spec import Kind, Option, Spec
from app.settings.tree import Node, NodeKind


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
