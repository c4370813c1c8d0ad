"""Elements copied, put in and given other content: only there do the bytes change, whatever encoding they are in."""

from __future__ import annotations

import pytest

from app.errors import InvalidSetting
from app.wire import xml, xml_members

LIST = (
    "<?xml version='1.0' encoding='{}'?>\r\n<A xmlns:n='u'>\r\n <L>\r\n  <n:m>T\u00fcr</n:m>\r\n </L>\r\n"
    " <e/>\r\n</A>\r\n"
)


def parsed(codec="utf-8"):
    return xml.parse(LIST.format(codec).encode(codec))


@pytest.mark.parametrize("codec", ["utf-8", "iso-8859-1", "utf-16"])
def test_a_copy_is_the_same_bytes_with_the_same_blanks(codec):
    document = parsed(codec)
    twice = xml_members.with_copy(document, "L/m")
    assert xml.parse(twice).text == document.text.replace("\r\n  <n:m>T\u00fcr</n:m>", "\r\n  <n:m>T\u00fcr</n:m>" * 2)
    assert [each.text for each in xml.parse(twice).root.children[0].children] == ["T\u00fcr", "T\u00fcr"]


def test_a_prefix_is_told():
    assert xml_members.prefix_of(parsed(), "L/m") == "n:"
    assert xml_members.prefix_of(parsed(), "L") == ""


@pytest.mark.parametrize(
    ("parent", "after", "expected"),
    [
        ("L", "", " <L>\r\n  <n:m>T\u00fcr</n:m>\r\n  <x>1</x>\r\n </L>"),
        ("e", "", " <e>\r\n <x>1</x>\r\n </e>"),
        ("", "L", " </L>\r\n <x>1</x>\r\n <e/>"),
    ],
)
def test_new_markup_takes_the_blanks_of_what_stands_before_it(parent, after, expected):
    made = xml_members.with_markup(parsed(), parent, "<x>1</x>", after=after)
    assert expected in made.decode()
    assert xml.parse(made).root.find(f"{parent}/x" if parent else "x") is not None


def test_characters_beyond_the_encoding_become_references():
    made = xml_members.with_markup(parsed("iso-8859-1"), "L", "<x>\u4e2d</x>")
    assert b"&#20013;" in made
    assert xml.parse(made).root.text_of("L/x") == "\u4e2d"


@pytest.mark.parametrize(("parent", "after"), [("nowhere", ""), ("L", "nowhere")])
def test_there_must_be_a_place(parent, after):
    with pytest.raises(InvalidSetting):
        xml_members.with_markup(parsed(), parent, "<x/>", after=after)


@pytest.mark.parametrize("codec", ["utf-8", "iso-8859-1"])
def test_content_is_taken_over_into_a_document_of_its_own(codec):
    part = xml.parse(f"<?xml version='1.0' encoding='{codec}'?>\n<L xmlns='v' q='1'><old/></L>\n".encode(codec))
    made = xml_members.with_content(part, parsed(), "L")
    assert made.startswith(f"<?xml version='1.0' encoding='{codec}'?>\n<L xmlns='v' q='1'>\r\n  <n:m>".encode(codec))
    assert made.endswith(b"</L>\n")
    assert xml.parse(made).root.text_of("m") == "T\u00fcr"
    with pytest.raises(InvalidSetting):
        xml_members.with_content(part, parsed(), "e")
