"""Elements cut out, put in and picked out; the rest stays as it was, to the byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidSetting, ProtocolError
from app.wire import xml
from app.wire.xml_shape import picked, with_leaf, without

DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?>\r\n<a xmlns="u:1" version="2.0">\r\n  <b>Tür &amp; Tor</b>\r\n'
    '  <c x=">"/>\r\n  <l size="2"><e><id>1</id></e><e><id>2</id></e></l>\r\n'
    '  <i:d xmlns:i="u:2"><i:f>1</i:f></i:d>\r\n</a>\r\n'
)


def cut(text, *paths):
    return without(xml.parse(text.encode()), paths).decode()


def test_an_element_goes_with_its_line_and_nothing_else():
    assert cut(DOCUMENT, "b") == DOCUMENT.replace("<b>Tür &amp; Tor</b>\r\n", "")
    assert cut(DOCUMENT, "c") == DOCUMENT.replace('<c x=">"/>\r\n', "")
    assert cut(DOCUMENT, "l/e[1]") == DOCUMENT.replace("<e><id>1</id></e>", "")
    assert cut(DOCUMENT, "l", "l/e[2]", "nowhere") == DOCUMENT.replace(
        '<l size="2"><e><id>1</id></e><e><id>2</id></e></l>\r\n', ""
    )
    assert cut(DOCUMENT) == DOCUMENT
    with pytest.raises(InvalidSetting):
        cut(DOCUMENT, "")


@pytest.mark.parametrize("codec", ["utf-16", "gb2312", "utf-8-sig"])
def test_other_encodings_are_cut_in_their_own_bytes(codec):
    text = '<?xml version="1.0" encoding="gb2312"?><a><n>大门</n><b>1</b></a>'
    if codec != "gb2312":
        text = text.replace("gb2312", "UTF-16" if codec == "utf-16" else "UTF-8")
    raw = text.encode(codec)
    assert without(xml.parse(raw), ["b"]) == text.replace("<b>1</b>", "").encode(codec)
    assert xml.parse(with_leaf(xml.parse(raw), "", "p", "ä<&")).root.text_of("p") == "ä<&"


def test_a_leaf_is_put_where_its_siblings_stand():
    made = with_leaf(xml.parse(DOCUMENT.encode()), "", "p", "1 < 2", after=("b",)).decode()
    assert made == DOCUMENT.replace("Tor</b>", "Tor</b>\r\n  <p>1 &lt; 2</p>")
    made = with_leaf(xml.parse(DOCUMENT.encode()), "d", "g", "x").decode()
    assert made == DOCUMENT.replace("</i:f>", "</i:f><i:g>x</i:g>")
    for parent, name, text in (("nowhere", "p", ""), ("b", "p", ""), ("", "not a name", ""), ("", "p", "\0")):
        with pytest.raises(InvalidSetting):
            with_leaf(xml.parse(DOCUMENT.encode()), parent, name, text)


def test_what_is_picked_keeps_namespaces_and_order():
    made = xml.parse(picked(xml.parse(DOCUMENT.encode()), {"d/f": "é<", "b": "n"}, ["l"]))
    assert [each.name for each in made.root.children] == ["b", "l", "d"]
    assert made.root.namespace == "u:1"
    assert made.root.attributes["version"] == "2.0"
    assert made.root.find("d").namespace == "u:2"
    assert made.root.find("d/f").namespace == "u:2"
    assert made.root.text_of("d/f") == "é<"
    assert len(made.root.find("l").children) == 2
    assert made.raw.isascii()


@given(st.binary(max_size=200), st.text(max_size=20), st.text(max_size=20))
def test_any_document_can_be_cut_and_added_to(middle, name, text):
    try:
        document = xml.parse(b"<a><b>1</b>" + middle + b"<c>2</c></a>")
    except ProtocolError:
        return
    for element in document.root.children:
        left = xml.parse(without(document, [element.path]))
        assert len(left.root.children) == len(document.root.children) - 1
    try:
        more = xml.parse(with_leaf(document, "", name, text))
    except InvalidSetting:
        return
    assert more.root.children[-1].text.replace("\r\n", "\n").replace("\r", "\n") == text.replace("\r\n", "\n").replace(
        "\r", "\n"
    )
    assert len(more.root.children) == len(document.root.children) + 1


def test_what_is_picked_keeps_its_layout_and_what_is_edited_its_blanks():
    document = xml.parse(b"<a><id>\n 1\n</id><n>\n  Gate\n</n><b> x </b></a>")
    sent = xml.parse(picked(document, {"n": "\n Gate "}, ("id", "b"))).root
    assert [each.value for each in sent.iter()] == ["1", "\n Gate ", " x "]
