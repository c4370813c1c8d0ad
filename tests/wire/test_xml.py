"""The XML reader: what it understands, forgives and refuses, and what splicing leaves alone."""

from __future__ import annotations

import pytest

from app.errors import InvalidSetting, ProtocolError
from app.wire.xml import parse

CHANNEL = (
    b'<?xml version="1.0" encoding="UTF-8"?>\r\n'
    b'<StreamingChannel version="2.0" xmlns="http://a.example/ver20">\r\n'
    b"  <id>101</id>\r\n"
    b"  <!-- <id>not me</id> -->\r\n"
    b"  <Video>\r\n"
    b"    <x:vendor xmlns:x=\"urn:vendor\" x:level='2'>kept</x:vendor>\r\n"
    b'    <codec opt="H.264,H.265"> H.264 </codec>\r\n'
    b"    <PacketType>PS</PacketType>\r\n"
    b"    <PacketType>RTP</PacketType>\r\n"
    b'    <name/><note level="1" />\r\n'
    b"  </Video>\r\n"
    b"</StreamingChannel>\r\n"
)


def test_structure_paths_and_namespaces() -> None:
    document = parse(CHANNEL)
    assert document.root.name == "StreamingChannel"
    assert document.root.path == ""
    assert document.root.attributes == {"version": "2.0"}
    assert document.root.namespace == "http://a.example/ver20"
    assert [leaf.path for leaf in document.leaves] == [
        "id", "Video/vendor", "Video/codec", "Video/PacketType[1]", "Video/PacketType[2]", "Video/name", "Video/note",
    ]  # fmt: skip
    vendor = document.element("Video/vendor")
    assert vendor is not None
    assert (vendor.namespace, vendor.attributes) == ("urn:vendor", {"level": "2"})
    assert document.flaws == ()


def test_lookups() -> None:
    root = parse(CHANNEL).root
    assert root.text_of("Video/codec") == "H.264"
    assert root.text_of("Video/PacketType") == "PS"
    assert root.text_of("Video/PacketType[2]") == "RTP"
    assert root.text_of("Video[1]/PacketType[2]") == "RTP"
    assert root.text_of("Video/PacketType[3]", "none") == "none"
    assert root.text_of("Video/[", "none") == "none"
    assert root.find("") is root
    assert root.child("Video") is root.find("Video")
    assert root.child("codec") is None
    assert [each.name for each in root.iter()][:3] == ["id", "Video", "vendor"]


def test_find_looks_into_later_siblings() -> None:
    assert parse(b"<r><a><x>1</x></a><a><b>2</b></a></r>").root.text_of("a/b") == "2"


def test_no_edit_is_the_same_bytes() -> None:
    document = parse(CHANNEL)
    assert document.splice({}) == CHANNEL
    assert document.splice({"Video/codec": " H.264 ", "id": "101", "Video/name": ""}) == CHANNEL


def test_edits_touch_nothing_else() -> None:
    edited = parse(CHANNEL).splice({"Video/PacketType[2]": "A&B", "Video/codec": "H.265", "Video/name": "<n>"})
    assert edited == (
        CHANNEL.replace(b"> H.264 <", b">H.265<")
        .replace(b"RTP", b"A&amp;B")
        .replace(b"<name/>", b"<name>&lt;n&gt;</name>")
    )


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        (b"<a/>", "x", b"<a>x</a>"),
        (b'<a k="1" />', "x", b'<a k="1">x</a>'),
        (b"<a k='/>'/>", "x", b"<a k='/>'>x</a>"),
        (b'<a k="a>b">1</a>', "x", b'<a k="a>b">x</a>'),
        (b"<a></a >", "x", b"<a>x</a >"),
        (b"<a>5</a>", "", b"<a></a>"),
        (b"<a> 5 </a>", "", b"<a></a>"),
        (b"<a>\n\t5\r\n</a>", "6", b"<a>6</a>"),
        (b"<a>\n\t5\r\n</a>", "5", b"<a>\n\t5\r\n</a>"),
        (b"<a> 5 </a>", "5", b"<a>5</a>"),
        (b"<a> 5 </a>", " 6", b"<a> 6</a>"),
        (b"<a>5</a>", "\t5 ", b"<a>\t5 </a>"),
        (b"<a>5</a>", "\n5\n \n", b"<a>&#10;5&#10; &#10;</a>"),
        (b"<a>5</a>", "5\n6", b"<a>5\n6</a>"),
        (b"<a>5</a>", "\r\n", b"<a>&#13;&#10;</a>"),
        (b"<a>\n</a>", "6", b"<a>6</a>"),
        (b"<a><!-- c --> 5 <?p i?></a>", "6", b"<a><!-- c -->6<?p i?></a>"),
        (b"<a>1<!-- c -->2</a>", "6", b"<a>6<!-- c --></a>"),
        (b"<a><!-- c --></a>", "6", b"<a>6<!-- c --></a>"),
        (b"<a><![CDATA[x]]></a>", "<&", b"<a><![CDATA[<&]]></a>"),
        (b"<a> <![CDATA[ x ]]> </a>", "y", b"<a><![CDATA[y]]></a>"),
        (b"<a>\n<![CDATA[ x ]]>\n</a>", " y\n", b"<a><![CDATA[ y\n]]></a>"),
        (b"<a><![CDATA[x]]></a>", "a]]>b", b"<a><![CDATA[a]]]]><![CDATA[>b]]></a>"),
        (b"<a><![CDATA[x]]>y</a>", "z", b"<a><![CDATA[z]]></a>"),
        (b"<a><![CDATA[]]></a>", "z", b"<a><![CDATA[z]]></a>"),
        (b"<a><![CDATA[x]]></a>", "", b"<a></a>"),
        (b"<a>x</a>", "]]>", b"<a>]]&gt;</a>"),
        (b"<a>x</a>", "1\r2", b"<a>1&#13;2</a>"),
        (b"<p:a xmlns:p='u'/>", "x", b"<p:a xmlns:p='u'>x</p:a>"),
    ],
)
def test_content_of_one_leaf(before: bytes, value: str, after: bytes) -> None:
    for head, tail in ((b"", b""), (b"<r>", b"</r>"), (b"\xef\xbb\xbf<r><b>1</b>", b"<!-- & --></r>")):
        path = "a" if head else ""
        edited = parse(head + before + tail).splice({path: value})
        assert edited == head + after + tail
        again = parse(edited).element(path)
        assert again is not None
        assert again.value == value


@pytest.mark.parametrize(
    ("markup", "value"),
    [
        ("<a>Gate</a>", "Gate"),
        ("<a> Gate  </a>", " Gate  "),
        ("<a>\tGate\u00a0</a>", "\tGate\u00a0"),
        ("<a>\u00a0\u3000</a>", "\u00a0\u3000"),
        ("<a>  </a>", "  "),
        ("<a>\r\n    </a>", ""),
        ("<a>\r\n    Gate\r\n  </a>", "Gate"),
        ("<a>\n    Gate 2 </a>", "Gate 2 "),
        ("<a>  Gate\n</a>", "  Gate"),
        ("<a>\n  \u00a0Gate\n</a>", "\u00a0Gate"),
        ("<a>\n  one\n  two\n</a>", "one\n  two"),
        ("<a>&#10;Gate&#10;</a>", "\nGate\n"),
        ("<a>\n&#32;Gate&#x20;\n</a>", " Gate "),
        ("<a>\n<![CDATA[ Gate ]]>\n</a>", " Gate "),
        ("<a><![CDATA[\nGate\n]]></a>", "\nGate\n"),
        ("<a>\n <!-- c -->\n Gate <?p i?>\n</a>", "Gate"),
        ("<a>\n &amp;\n</a>", "&"),
        ("<a xml:space='preserve'>\n Gate\n</a>", "\n Gate\n"),
        ("<a space='preserve'>\n Gate\n</a>", "Gate"),
    ],
)
def test_layout_is_no_part_of_a_value_and_blanks_are(markup: str, value: str) -> None:
    raw = f"<r><b>1</b>{markup}<c> 2 </c></r>".encode()
    document = parse(raw)
    leaf = document.element("a")
    assert leaf is not None
    assert leaf.value == value
    assert document.splice({"a": value}) == raw
    bare = document.splice({"a": "x"})
    assert b"x" in bare
    assert parse(parse(bare).splice({"a": value})).root.find("a").value == value  # type: ignore[union-attr]


def test_blanks_that_shall_stay_are_those_of_the_element_and_of_what_is_in_it() -> None:
    root = parse(
        b"<r xml:space='preserve'><a>\n1\n</a><b xml:space='default'>\n1\n<c/></b><d><e>\n1\n</e></d></r>"
    ).root
    assert [each.value for each in root.iter() if each.is_leaf] == ["\n1\n", "", "\n1\n"]
    assert parse(b"<r xml:space='default'>\n1\n</r>").root.value == "1"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16(codec: str) -> None:
    mark = "\ufeff".encode(codec)
    text = '<?xml version="1.0" encoding="utf-16"?><r><a>门口 😀</a><b>é</b></r>'
    document = parse(mark + text.encode(codec))
    assert document.root.text_of("a") == "门口 😀"
    assert document.splice({"b": "门"}) == mark + text.replace("é", "门").encode(codec)


@pytest.mark.parametrize("declared", ["gb2312", "GBK", "gb18030"])
def test_chinese_encodings(declared: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?><r><a>摄像头</a><b>1</b></r>'
    document = parse(text.encode("gb18030"))
    assert document.root.text_of("a") == "摄像头"
    assert document.flaws == ()
    assert document.splice({"b": "门口"}) == text.replace("<b>1", "<b>门口").encode("gb18030")


def test_rare_characters_in_gb2312() -> None:
    text = '<?xml version="1.0" encoding="gb2312"?><r><a>朱镕基摄像头</a><b>1</b></r>'  # 镕 is not in GB2312
    document = parse(text.encode("gb18030"))
    assert document.root.text_of("a") == "朱镕基摄像头"
    assert document.flaws == ("declared gb2312, read as gb18030",)
    assert b"<b>" + "镕".encode("gbk") + b"</b>" in document.splice({"b": "镕"})
    assert document.writer == "gbk"


@pytest.mark.parametrize(
    ("raw", "writer"),
    [
        (b'<?xml version="1.0" encoding="gb2312"?><r><a>1</a></r>', "gbk"),
        ('<?xml version="1.0" encoding="gb2312"?><r><a>门</a></r>'.encode("gb2312"), "gbk"),
        ('<?xml version="1.0" encoding="gb2312"?><r><a>门🚪</a></r>'.encode("gb18030"), "gb18030"),
        ('<?xml version="1.0" encoding="gb18030"?><r><a>门</a></r>'.encode("gb18030"), "gb18030"),
        ('<?xml version="1.0" encoding="utf-8"?><r><a>摄像头门口</a></r>'.encode("gb2312"), "gbk"),
        ('<?xml version="1.0" encoding="utf-8"?><r><a>门</a></r>'.encode(), "utf-8"),
        ('<?xml version="1.0" encoding="gb2312"?><r><a>门口</a></r>'.encode(), "utf-8"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><r><a>\xe9</a></r>', "iso8859-1"),
    ],
)
def test_the_encoding_of_new_text_is_the_one_that_the_camera_is_seen_to_use(raw: bytes, writer: str) -> None:
    assert parse(raw).writer == writer


@pytest.mark.parametrize(
    ("codec", "name", "flaw"),
    [
        ("gb18030", "摄像头门口", "declared utf-8, read as gb18030"),
        ("latin-1", "Türsteher am Café", "declared utf-8, read as latin-1"),
    ],
)
@pytest.mark.parametrize("head", ['<?xml version="1.0" encoding="utf-8"?>', ""])
def test_wrongly_declared_utf8(codec: str, name: str, flaw: str, head: str) -> None:
    raw = f"{head}<r><a>{name}</a><b>1</b></r>".encode(codec)
    document = parse(raw)
    assert document.root.text_of("a") == name
    assert document.flaws == (flaw,)
    assert document.splice({"b": "2"}) == raw.replace(b"<b>1", b"<b>2")
    assert document.splice({"b": name}) == raw.replace(b"<b>1", b"<b>" + name.encode(codec))


def test_utf8_where_gb2312_is_declared() -> None:
    raw = '<?xml version="1.0" encoding="gb2312"?><r><a>摄像头</a></r>'.encode()
    document = parse(raw)
    assert document.root.text_of("a") == "摄像头"
    assert document.flaws == ("declared gb2312, read as utf-8",)


def test_a_name_cut_inside_a_character_round_trips() -> None:
    name = "摄像头门口".encode()[:-1]
    raw = b"<r><a>" + name + b"</a><b>1</b><c>" + name + b"<!--" + name + b"--></c></r>"
    document = parse(raw)
    assert document.root.text_of("a").startswith("摄像头门")
    assert document.encoding == "utf-8"
    assert document.flaws == ("some bytes are no utf-8 text",)
    assert document.splice({"b": "é", "a": document.root.text_of("a")}) == raw.replace(b"1", "é".encode())
    assert document.splice({"c": "2"}) == raw.replace(b"<c>" + name, b"<c>2")


def test_undecodable_gb18030_round_trips() -> None:
    raw = b'<?xml version="1.0" encoding="gb2312"?><r><a>\xc9\xe3\xff\x81</a><b>1</b></r>'
    document = parse(raw)
    assert document.root.text_of("a").startswith("摄")
    assert document.splice({"b": "2"}) == raw.replace(b"<b>1", b"<b>2")


def test_the_edit_does_not_change_the_guess() -> None:
    """The Chinese name alone says that this is gb18030; its successor in gb18030 bytes would be valid UTF-8."""
    raw = "<r><a>摄像头门口</a></r>".encode("gb18030")
    edited = parse(raw).splice({"a": "聽"})
    assert parse(edited).root.text_of("a") == "聽"


def test_characters_that_the_encoding_lacks() -> None:
    raw = b'<?xml version="1.0" encoding="ISO-8859-1"?><r><a>\xe9</a><b><![CDATA[1]]></b></r>'
    document = parse(raw)
    assert document.flaws == ()
    assert document.splice({"a": "€é"}) == raw.replace(b"<a>\xe9", b"<a>&#8364;\xe9")
    assert parse(document.splice({"b": "€<"})).root.text_of("b") == "€<"


@pytest.mark.parametrize(
    ("raw", "flaw"),
    [
        (b"<r><a>A & B</a><b>1</b></r>", "a bare & was read as text"),
        (b"<r><a>A & B\x7f</a><b>1</b></r>", "a bare & was read as text"),
        (b"<r k='a&b'><a>A & B</a><b>1</b><!-- & --><c><![CDATA[&]]></c></r>", "a bare & was read as text"),
        (b"<r><a>A &nbsp; B</a><b>1</b></r>", "a bare & was read as text"),
        (b'\r\n <?xml version="1.0"?><r><b>1</b></r>', "blanks before the XML declaration"),
        (b'<?xml version="1.0"?>\n<?xml version="1.0"?><r><b>1</b></r>', "more than one XML declaration"),
        (b"<?xml version:'1.0' encoding='utf-8'?><r><b>1</b></r>", "a malformed XML declaration"),
        (b"<r><b>1</b></r>\n\0\0", "zero bytes after the end"),
        (b"<r><b>1</b></r>\r\n--boundary", "something follows the root element"),
        (b"<r><b>1</b><q:c>2</q:c></r>", "a namespace prefix without a namespace"),
        (b"<r><b>1</b><c>\x02</c></r>", "characters that XML does not allow"),
        (b'<?xml version="1.0" encoding="klingon"?><r><b>1</b></r>', "declared klingon, read as utf-8"),
        (b'<?xml version="1.0" encoding="utf-16"?><r><b>1</b></r>', "declared utf-16, read as utf-8"),
    ],
)
def test_sins_that_are_forgiven(raw: bytes, flaw: str) -> None:
    document = parse(raw)
    assert document.flaws == (flaw,)
    assert document.root.text_of("b") == "1"
    assert document.splice({}) == raw
    assert document.splice({"b": "2"}) == raw.replace(b"<b>1", b"<b>2")


def test_bare_ampersands_are_text() -> None:
    document = parse(b"<r k='a&b'><a>A & B&nbsp;&lt;&#65;</a><c>\x7f&</c></r>")
    assert document.root.text_of("a") == "A & B&nbsp;<A"
    assert document.root.text_of("c") == "\x7f&"
    assert document.root.attributes == {"k": "a&b"}
    assert document.splice({"a": "C & D"}) == b"<r k='a&b'><a>C &amp; D</a><c>\x7f&</c></r>"


BOMB = b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><r>&b;</r>'


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty answer"),
        (b" \r\n\0", "empty answer"),
        (b"\xef\xbb\xbf", "empty answer"),
        (b"<!DOCTYPE html>\r\n<html><head>", "web page"),
        (b"<?xml version='1.0'?><!-- c -->\n<HTML><body/></HTML>", "web page"),
        (b"<html>", "web page"),
        (b'{"a": 1}', "JSON"),
        (b" [1]", "JSON"),
        (b"OK", "not XML"),
        (b"\xff\xd8\xff\xe0JFIF", "not XML"),
        (b'<?xml version="1.0"?>', "empty|no settings"),
        (b"<!-- nothing -->", "no settings"),
        (CHANNEL[:-20], "cut short"),
        (b"<r><a>1</a", "cut short"),
        (b"<r><a k='", "cut short"),
        (b"<r><![CDATA[", "cut short"),
        (b"<r><!-- ", "cut short"),
        (b"<r>&am", "cut short"),
        (BOMB, "document type"),
        (b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>', "document type"),
        (b"<r></s>", "malformed"),
        (b"<r><a 1></r>", "malformed"),
        (b"<r>&#0;</r>", "malformed"),
        (b"<r a='1' a='2'/>", "malformed"),
        (b"<a>" * 65 + b"</a>" * 65, "too deeply"),
        (b"<a>" * 1_000_000, "too deeply"),
        (b"<r>" + b"<a/>" * 200_000 + b"</r>", "too many"),
        (b" " * (16 * 1024 * 1024 + 1), "too large"),
    ],
    ids=range(28),
)
def test_refusals(raw: bytes, words: str) -> None:
    with pytest.raises(ProtocolError, match=words):
        parse(raw)


def test_malformed_says_where() -> None:
    with pytest.raises(ProtocolError) as caught:
        parse(b'<?xml version="1.0"?>\n<r>\n  <a></b>\n</r>')
    assert caught.value.detail.startswith("line 3, column ")


def test_limits_can_be_set() -> None:
    parse(b"<a><b/></a>", limit=11, depth=2, nodes=2)
    for limits in ({"limit": 10}, {"depth": 1}, {"nodes": 1}):
        with pytest.raises(ProtocolError):
            parse(b"<a><b/></a>", **limits)


def test_no_cut_of_a_document_is_read() -> None:
    """Up to the last character of the root's end tag."""
    for end in range(CHANNEL.rindex(b">")):
        with pytest.raises(ProtocolError):
            parse(CHANNEL[:end])


@pytest.mark.parametrize(
    "shape", [b"<r>%s", b"<!-- %s", b"<r>&<!--%s", b"<r>&<![CDATA[%s", b"<r a='&%s", b"&%s", b"<?xml ?>%s"]
)
def test_large_hostile_answers_take_linear_time(shape: bytes) -> None:
    """A quadratic scan would take minutes here."""
    for filler in (b"<!--", b"<![CDATA[", b"<?", b"&", b"<?xml ", b"\0 ", b"\xff", b"'"):
        with pytest.raises(ProtocolError):
            parse(shape % (filler * (200_000 // len(filler))))


@pytest.mark.parametrize(
    ("path", "text"),
    [("Video", "x"), ("nothing", "x"), ("Video/PacketType", "x"), ("id", "a\0b"), ("id", "\ud800"), ("id", "\uffff")],
)
def test_edits_that_cannot_be(path: str, text: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        parse(CHANNEL).splice({path: text})
    assert caught.value.path == path
