"""Laws of reading and splicing, with lxml as the oracle, over generated documents and recorded answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from app.errors import CameraError, ProtocolError
from app.wire.xml import Element, XmlDocument, parse

SAFE = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn"), include_characters="\t\n")
GERMAN = st.characters(codec="latin-1", exclude_categories=("Cs", "Cc"))
NAMES = st.sampled_from(["a", "b", "Video", "id", "naïve", "p:a", "p:b", "q:id"])
FULL_NAMES = {"p": "urn:p", "q": "urn:q"}


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@st.composite
def contents(draw: st.DrawFn, alphabet: st.SearchStrategy[str]) -> str:
    """The markup of one leaf's content."""
    text = st.text(alphabet, max_size=8)
    pieces = st.one_of(
        text.map(escaped),
        text.map(lambda t: f"<![CDATA[{t.replace(']]>', '')}]]>"),
        text.map(lambda t: f"<!--{t.replace('-', '')}-->"),
        st.sampled_from(["&#65;", "&#x4e2d;", "&lt;", "&quot;", " ", "\n  ", "\r\n", "<?pi x?>", "]]&gt;"]),
    )
    return "".join(draw(st.lists(pieces, max_size=4)))


@st.composite
def elements(draw: st.DrawFn, alphabet: st.SearchStrategy[str], names: st.SearchStrategy[str]) -> str:
    return draw(
        st.recursive(
            st.builds(element, names, attributes(alphabet), contents(alphabet)),
            lambda below: st.builds(
                element, names, attributes(alphabet), st.lists(below, min_size=1, max_size=4).map("\r\n  ".join)
            ),
            max_leaves=8,
        )
    )


def attributes(alphabet: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    value = st.text(alphabet, max_size=5).map(lambda t: escaped(t).replace('"', "&quot;"))
    return st.one_of(
        st.just(""),
        value.map(lambda v: f' opt="{v}"'),
        st.just(" p:opt = '>/\"'"),
        st.just(' xmlns="urn:other"'),
        st.just(' xmlns=""'),
    )


def element(name: str, attribute: str, content: str) -> str:
    return f"<{name}{attribute}>{content}</{name}>" if content else f"<{name}{attribute}/>"


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    codec, declared, mark = draw(
        st.sampled_from(
            [
                ("utf-8", "utf-8", b""),
                ("utf-8", "", b""),
                ("utf-8", "UTF-8", b"\xef\xbb\xbf"),
                ("utf-16-le", "utf-16", b"\xff\xfe"),
                ("utf-16-be", "", b"\xfe\xff"),
                ("gb18030", "gb18030", b""),
                ("latin-1", "iso-8859-1", b""),
            ]
        )
    )
    alphabet = GERMAN if codec == "latin-1" else SAFE
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    gap = draw(st.sampled_from(["", "\n", "\r\n<!-- & <a> -->\n"]))
    root = draw(elements(alphabet, NAMES))
    tail = draw(st.sampled_from(["", "\n", "<!-- end -->\r\n"]))
    spaces = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in FULL_NAMES.items())
    return mark + f'{head}{gap}<r xmlns="urn:r"{spaces}>{root}{root}</r>{tail}'.encode(codec)


def oracle(data: bytes) -> list[tuple[str, str, dict[str, str]]]:
    """Full name, own text and local attributes of all elements, in document order."""
    root = etree.fromstring(data, etree.XMLParser(strip_cdata=False, resolve_entities=False, huge_tree=True))
    return [
        (
            str(each.tag),
            (each.text or "") + "".join(child.tail or "" for child in each),
            {etree.QName(name).localname: value for name, value in each.attrib.items()},
        )
        for each in root.iter(etree.Element)
    ]


def ours(document: XmlDocument) -> list[tuple[str, str, dict[str, str]]]:
    return [
        (f"{{{each.namespace}}}{each.name}" if each.namespace else each.name, each.text, dict(each.attributes))
        for each in everything(document)
    ]


def everything(document: XmlDocument) -> Iterator[Element]:
    yield document.root
    yield from document.root.iter()


@settings(deadline=None, max_examples=200)
@given(documents())
def test_reads_what_lxml_reads(data: bytes) -> None:
    document = parse(data)
    assert ours(document) == oracle(data)
    assert not document.flaws
    assert document.splice({}) == data
    assert document.splice({leaf.path: leaf.text for leaf in document.leaves}) == data
    paths = [each.path for each in everything(document)]
    assert len(set(paths)) == len(paths)
    assert all(document.root.find(path) is document.element(path) for path in paths)


@settings(deadline=None, max_examples=200)
@given(documents(), st.data())
def test_an_edit_changes_only_its_leaves(data: bytes, draw: st.DataObject) -> None:
    document = parse(data)
    leaves = draw.draw(st.lists(st.sampled_from(document.leaves), min_size=1, max_size=3, unique_by=lambda e: e.path))
    edits = {leaf.path: draw.draw(st.text(SAFE | st.just("\r"), max_size=10)) for leaf in leaves}
    edited = document.splice(edits)
    expected = []
    for each, (tag, text, attributes_) in zip(everything(document), oracle(data), strict=True):
        new = edits.get(each.path)
        same = new is None or new in (each.value, text)
        expected.append((tag, text if new is None or same else new, attributes_))
    again = parse(edited)
    assert oracle(edited) == ours(again) == expected
    for path, text in edits.items():
        leaf = again.element(path)
        assert leaf is not None
        assert text in (leaf.value, leaf.text)


SAMPLES = [
    b'<?xml version="1.0" encoding="UTF-8"?>\r\n<V version="2.0" xmlns="urn:x">'
    b'<a opt="1,2"> 1 </a><b/><c><![CDATA[x]]></c></V>',
    '<?xml version="1.0" encoding="gb2312"?><r><a>摄像头</a><!-- & --><b k=\'>\'>A & B</b></r>'.encode("gb18030"),
    "\ufeff<r><a>门</a><b><c>1</c><c>2</c></b></r>".encode("utf-16-le"),
    b"\xef\xbb\xbf<p:r xmlns:p='u'><p:a>&lt;&#65;</p:a></p:r>\0\0",
    b'<!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>',
]


@settings(deadline=None, max_examples=800)
@given(st.data())
def test_mutations_give_documents_or_protocol_errors(draw: st.DataObject) -> None:
    data = bytearray(draw.draw(st.sampled_from(SAMPLES)))
    for _ in range(draw.draw(st.integers(0, 6))):
        at = draw.draw(st.integers(0, len(data)))
        piece = draw.draw(
            st.binary(max_size=4) | st.sampled_from([b"<", b">", b"&", b"\0", b"]]>", b"<!--", b"<?xml ?>"])
        )
        data[at : at + draw.draw(st.integers(0, 3))] = piece
    del data[draw.draw(st.integers(0, 3 * len(data))) :]
    check_survival(bytes(data))


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=60) | st.text("<>/&;ab \"'=![]-?#x\0é", max_size=60).map(str.encode))
def test_garbage_gives_documents_or_protocol_errors(data: bytes) -> None:
    check_survival(data)


def check_survival(data: bytes) -> None:
    """What can be read at all can be written back and edited."""
    try:
        document = parse(data)
    except ProtocolError:
        return
    assert document.splice({}) == data
    for leaf in document.leaves:
        edited = parse(document.splice({leaf.path: "Q&<é>]]>"}))
        found = edited.element(leaf.path)
        assert found is not None
        assert found.text == "Q&<é>]]>"
        others = [(each.path, each.text) for each in everything(document) if each.path != leaf.path]
        assert [(each.path, each.text) for each in everything(edited) if each.path != leaf.path] == others


def recorded(shared: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted((shared / "realdata/isapi").glob("*.xml")):
        data = path.read_bytes()
        if b"<!DOCTYPE html" not in data[:200]:
            yield path.name, data


@pytest.mark.shared
def test_recorded_answers_read_as_lxml_reads_them(shared: Path) -> None:
    read = 0
    for name, data in recorded(shared):
        document = parse(data)
        assert document.splice({}) == data, name
        if not document.flaws:
            assert ours(document) == oracle(data), name
            read += 1
    assert read > 500


@pytest.mark.shared
def test_each_leaf_of_recorded_answers_changes_alone(shared: Path) -> None:
    tried = 0
    for name, data in recorded(shared):
        document = parse(data)
        if document.flaws:
            continue
        before = oracle(data)
        places = {each.path: n for n, each in enumerate(everything(document))}
        for leaf in document.leaves[:: 1 if len(document.leaves) < 100 else 9]:
            tried += 1
            edited = document.splice({leaf.path: "Zö&<9"})
            after = oracle(edited)
            n = places[leaf.path]
            assert after[n][1] == "Zö&<9", (name, leaf.path)
            assert (before[:n], before[n + 1 :]) == (after[:n], after[n + 1 :]), (name, leaf.path)
            check_bytes(data, edited, leaf)
    assert tried > 5000


def check_bytes(data: bytes, edited: bytes, leaf: Element) -> None:
    """Head and tail are the old ones, and what lies between them is the leaf's text and no markup."""
    head = next(n for n, (a, b) in enumerate(zip(data, edited, strict=False)) if a != b)
    tail = len(data) - head
    while not edited.endswith(data[len(data) - tail :]) or head + tail > len(edited):
        tail -= 1
    gone = data[head : len(data) - tail]
    if not leaf.text:
        assert gone in (b"", b"/", b"/>"), gone
    else:
        assert b"<" not in gone, gone


@pytest.mark.shared
def test_recorded_answers_cut_anywhere_are_refused(shared: Path) -> None:
    for name, data in recorded(shared):
        end = data.rindex(b">")
        for place in range(7, end, max(1, end // 5)):
            with pytest.raises(CameraError):
                pytest.fail(f"{name} at {place}: {parse(data[:place])}")
