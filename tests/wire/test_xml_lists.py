"""Members of lists in the bytes: laws over every recorded document, and the shapes that devices send."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.errors import InvalidSetting
from app.wire import xml
from app.wire.xml import Element, XmlDocument
from app.wire.xml_lists import markup, rearranged

LISTS = 150
LARGEST = 12_000  # bytes; the law is the same for larger ones, and takes longer


def names(raw: bytes, group: str = "", name: str = "M") -> list[str]:
    found = xml.parse(raw).element(group)
    return [child.text_of("id") for child in found.children if child.name == name]


DOCUMENTS = [
    b"<L>\r\n  <M><id>1</id></M>\r\n  <M><id>2</id></M>\r\n  <M><id>3</id></M>\r\n</L>\r\n",
    b'<?xml version="1.0" encoding="UTF-8"?><L size="8"><M><id>1</id></M><M><id>2</id></M><M><id>3</id></M></L>',
    b"\xef\xbb\xbf<L>\n<!-- first --><M><id>1</id></M>\n<size>3</size>\t<M><id>2</id></M><M><id>3</id></M> </L>\0",
    '<?xml version="1.0" encoding="gb2312"?><L><M><id>1</id><n>北门</n></M>\n<M><id>2</id><n>a & b</n></M>'
    "<x:M xmlns:x='u'><x:id>3</x:id></x:M></L>".encode("gb2312"),
    "<L><M><id>1</id><n>Tür</n></M>\n<M><id>2</id></M>\n\n<M><id>3</id></M></L>".encode("utf-16"),
]


@pytest.mark.parametrize("raw", DOCUMENTS)
def test_a_list_is_put_in_order_inside_its_bytes(raw: bytes) -> None:
    document = xml.parse(raw)
    assert rearranged(document, "", "M", [0, 1, 2]) == raw
    assert names(rearranged(document, "", "M", [2, 0, 1])) == ["3", "1", "2"]
    assert names(rearranged(document, "", "M", [1])) == ["2"]
    assert names(rearranged(document, "", "M", [])) == []
    fresh = markup(document, "M[2]")
    assert names(rearranged(document, "", "M", [fresh, 2, fresh, 0, fresh])) == ["2", "3", "2", "1", "2"]
    assert names(rearranged(document, "", "M", [fresh])) == ["2"]


@pytest.mark.parametrize("raw", DOCUMENTS)
@given(data=st.data())
def test_there_and_back_gives_the_same_bytes(raw: bytes, data: st.DataObject) -> None:
    document = xml.parse(raw)
    order = data.draw(st.permutations([0, 1, 2]))
    moved = rearranged(document, "", "M", order)
    assert rearranged(xml.parse(moved), "", "M", [order.index(n) for n in range(3)]) == raw
    at = data.draw(st.integers(0, 3))
    more: list[int | bytes] = [0, 1, 2]
    more.insert(at, markup(document, "M[1]"))
    added = rearranged(document, "", "M", more)
    assert rearranged(xml.parse(added), "", "M", [n for n in range(4) if n != at]) == raw


def test_what_is_no_member_stays() -> None:
    raw = b"<L><!-- a --><M><id>1</id></M><n>2</n><!-- b -->\n<M><id>2</id></M><!-- c --></L>"
    assert rearranged(xml.parse(raw), "", "M", []) == b"<L><!-- a --><n>2</n><!-- b --><!-- c --></L>"
    assert rearranged(xml.parse(raw), "", "M", [1]) == (
        b"<L><!-- a --><n>2</n><!-- b -->\n<M><id>2</id></M><!-- c --></L>"
    )


def test_an_empty_list_gets_its_first_member_indented_as_the_document_is() -> None:
    raw = b"<R>\r\n    <L size='4'/>\r\n    <K/>\r\n</R>"
    filled = rearranged(xml.parse(raw), "L", "M", [b"<M><id>1</id></M>"])
    assert filled == b"<R>\r\n    <L size='4'>\r\n        <M><id>1</id></M></L>\r\n    <K/>\r\n</R>"
    raw = b"<R><L></L></R>"
    filled = rearranged(xml.parse(raw), "L", "M", [b"<M/>", b"<M/>"])
    assert filled == b"<R><L><M/><M/></L></R>"
    assert rearranged(xml.parse(filled), "L", "M", []) == raw


@pytest.mark.parametrize(("group", "order"), [("L", [0]), ("", [3]), ("", [0, 0]), ("", [-1])])
def test_what_is_not_there_is_refused(group: str, order: list[int | bytes]) -> None:
    with pytest.raises(InvalidSetting):
        rearranged(xml.parse(DOCUMENTS[0]), group, "M", order)


def lists_of(document: XmlDocument) -> list[tuple[Element, str, int]]:
    """Every element with several children of one name that have children themselves."""
    found = []
    for group in (document.root, *document.root.iter()):
        counts = Counter(child.name for child in group.children if child.children)
        found += [(group, name, count) for name, count in counts.items() if count > 1 or group.name.endswith("List")]
    return found


@pytest.mark.shared
def test_the_laws_hold_for_every_list_of_every_recorded_document(shared: Path) -> None:
    folder = shared / "realdata" / "isapi"
    tried = 0
    for entry in json.loads((folder / "manifest.json").read_text("utf-8")):
        if not entry["file"].endswith(".xml"):
            continue
        raw = (folder / entry["file"]).read_bytes()
        try:
            document = xml.parse(raw)
        except Exception:  # a page of the wrong kind, which other tests are about
            continue
        for group, name, count in lists_of(document):
            if len(raw) > LARGEST:
                break
            own = [n for n, child in enumerate(c for c in group.children if c.name == name)]
            back = list(reversed(own))
            moved = rearranged(document, group.path, name, back)
            assert rearranged(xml.parse(moved), group.path, name, back) == raw, (entry["file"], group.path)
            for at in (tried % (len(own) + 1),):
                more: list[int | bytes] = [*own]
                more.insert(at, markup(document, next(c.path for c in group.children if c.name == name)))
                added = rearranged(document, group.path, name, more)
                again = [n for n in range(len(more)) if n != at]
                assert rearranged(xml.parse(added), group.path, name, again) == raw, (entry["file"], group.path)
            if count > 1:
                without = rearranged(document, group.path, name, own[1:])
                assert _canonical_members(without, group.path, name) == _canonical_members(raw, group.path, name)[1:]
            tried += 1
    assert tried >= LISTS, tried


def _canonical_members(raw: bytes, path: str, name: str) -> list[bytes]:
    """As another reader sees them."""
    document = xml.parse(raw)
    group = document.element(path)
    assert group is not None
    return [
        etree.canonicalize(markup(document, child.path).decode(document.encoding), strip_text=True).encode()
        if not document.flaws
        else markup(document, child.path)
        for child in group.children
        if child.name == name
    ]
