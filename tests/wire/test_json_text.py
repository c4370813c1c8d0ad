"""JSON of devices: read with suspicion, forgiven by name, written back byte for byte."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidSetting, ProtocolError
from app.wire import json_text
from app.wire.json_text import JsonKind, parse

ALIAS = '{\r\n\t"method" : "getDeviceAlias", "errCode": 0,\n "result": { "alias":"Türe \\u00e4 \\/", "n": 5 }\r\n}\r\n'


def leaf(data: bytes | str, path: str) -> str:
    node = parse(data.encode() if isinstance(data, str) else data).element(path)
    assert node is not None
    return node.text


def test_texts_and_kinds():
    document = parse(b'{"a":"x","b":-1.50,"c":true,"d":null,"e":[1,"2",null],"f":{"g":[{"h":1},[2]]},"i":[]}')
    kinds = {node.path: node.kind for node in document.root.iter()}
    assert kinds == {
        "a": JsonKind.STRING, "b": JsonKind.NUMBER, "c": JsonKind.BOOL, "d": JsonKind.NULL, "e": JsonKind.LIST,
        "f": JsonKind.OBJECT, "f/g": JsonKind.ARRAY, "f/g[1]": JsonKind.OBJECT, "f/g[1]/h": JsonKind.NUMBER,
        "f/g[2]": JsonKind.LIST, "i": JsonKind.LIST,
    }  # fmt: skip
    assert [leaf(document.raw, path) for path in ("a", "b", "c", "d", "e", "f/g[1]/h")] == [
        "x", "-1.50", "true", "", '[1,"2",null]', "1",
    ]  # fmt: skip
    assert document.element("e").items() == ("1", "2", "null")
    assert not document.flaws


def test_only_the_edited_leaf_changes():
    document = parse(ALIAS.encode())
    assert leaf(ALIAS, "result/alias") == "Türe ä /"
    assert document.splice({}) == document.raw
    assert document.splice({"result/alias": "Türe ä /", "result/n": "5"}) == document.raw
    assert document.splice({"result/n": "6"}) == ALIAS.replace("5 }", "6 }").encode()
    assert document.splice({"result/alias": 'a"b'}) == ALIAS.replace('"Türe \\u00e4 \\/"', '"a\\"b"').encode()


def test_a_leaf_keeps_its_type():
    document = parse(b'{"n":1,"s":"1","b":true,"l":[1,2],"z":null,"o":{}}')
    assert document.splice({"n": "2", "s": "2", "b": "false", "l": "[ 3 ]", "z": "4"}) == (
        b'{"n":2,"s":"2","b":false,"l":[3],"z":4,"o":{}}'
    )
    for path, text in (("n", "x"), ("n", "1]"), ("b", "on"), ("l", "3"), ("l", '[{"a":1}]'), ("o", "1"), ("", "1"),
                       ("q", "1"), ("s", "\udc80")):  # fmt: skip
        with pytest.raises(InvalidSetting):
            document.splice({path: text})


@pytest.mark.parametrize(
    ("text", "path", "value", "flaw"),
    [
        ('{"errCode":0,}', "errCode", "0", "a comma too many"),
        ('{"a":[1,2,],"b":1}', "a", "[1,2]", "a comma too many"),
        ('{"a":{"b":["1"]\n"c":["2"]}}', "a/c", '["2"]', "a missing comma"),
        ('{"a":1，"b":2}', "b", "2", "another sign in place of a comma"),
        ('{"a":1,"a":2}', "a", "2", "“a” is there twice"),
        ('{"a":NaN}', "a", "NaN", "“NaN” is no proper number"),
        ('{"a":True}', "a", "true", "“True” in place of true"),
        ('{"a":007}', "a", "007", "“007” is no proper number"),
        ('{"a":"x\ny"}', "a", "x\ny", "control characters in a text"),
        ('{"a":"\\x"}', "a", "x", "the unknown escape \\x"),
        ('{"a":1}\n}', "a", "1", "something follows the end"),
        ('{"a":1}\0\0', "a", "1", ""),
        ('\ufeff{"a":1}', "a", "1", ""),
    ],
)
def test_sins_that_are_forgiven_by_name(text, path, value, flaw):
    document = parse(text.encode())
    assert document.element(path).text == value
    assert document.flaws == ((flaw,) if flaw else ())
    assert document.splice({}) == text.encode()


def test_broken_characters_go_back_as_they_came():
    raw = b'{"name":"caf\xe9","other":"\\ud83d","n":1}'
    document = parse(raw)
    assert document.flaws == ("bytes that are no UTF-8",)
    assert leaf(raw, "name") == "caf\ufffd"
    assert leaf(raw, "other") == "\ufffd"
    assert document.splice({"n": "2"}) == raw.replace(b":1", b":2")
    assert leaf(b'{"a":"\\ud83d\\ude00"}', "a") == "\U0001f600"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "<html>",
        "true",
        '{"a"',
        '{"a":',
        '{"a":1',
        '{"a":"x',
        "[1,2",
        '{"a":1]',
        "[1}",
        "{1:2}",
        '{"a" 1}',
        '{"a":,}',
        '{"a":1,,"b":2}',
        '{"a":x}',
        "HTTP/1.1 200",
        '{"a":"\\',
    ],
)
def test_what_leaves_a_doubt_is_refused(text):
    with pytest.raises(ProtocolError):
        parse(text.encode())


def test_every_cut_of_an_answer_is_noticed():
    whole = b'{"method":"getX","errCode":0,"result":{"a":[1,{"b":"c"}]}}'
    for end in range(len(whole)):
        with pytest.raises(ProtocolError):
            parse(whole[:end])


def test_limits():
    with pytest.raises(ProtocolError, match="too large"):
        parse(b"[" + b"1," * 100 + b"1]", limit=100)
    with pytest.raises(ProtocolError, match="too deep"):
        parse(b"[" * 40 + b"]" * 40)
    with pytest.raises(ProtocolError, match="too deep"):
        parse(b"[" * 1_000_000)
    with pytest.raises(ProtocolError, match="too many"):
        parse(b"[" + b"1," * 200 + b"1]", nodes=100)


def test_names_that_look_like_paths():
    document = parse(b'{"a/b":1,"c[1]":{"~":2},"":3}')
    assert {node.path for node in document.leaves} >= {"a~1b", "c~21~3/~0"}
    assert document.splice({"a~1b": "9"}) == b'{"a/b":9,"c[1]":{"~":2},"":3}'


_texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | _texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
    max_leaves=12,
)
_documents = st.dictionaries(_texts.filter(bool), _values, min_size=1, max_size=5)


@given(_documents, st.booleans(), st.sampled_from([None, 1, 4]))
def test_what_json_writes_is_read_without_a_flaw_and_goes_back_as_it_came(value, plain, indent):
    raw = json.dumps(value, ensure_ascii=plain, indent=indent).encode()
    document = parse(raw)
    assert document.splice({}) == raw
    assert not set(document.flaws) - {"control characters in a text"}
    strings = {node.path: node.text for node in document.leaves if node.kind is JsonKind.STRING}
    assert sorted(strings.values()) == sorted(_strings(value))


def _strings(value: object, inside: bool = False) -> list[str]:
    if isinstance(value, str):
        return [] if inside else [value]
    if isinstance(value, dict):
        return [text for each in value.values() for text in _strings(each)]
    if isinstance(value, list):
        plain = not any(isinstance(each, list | dict) for each in value)
        return [text for each in value for text in _strings(each, plain)]
    return []


@given(_documents, st.data())
def test_an_edit_reads_back_and_nothing_else_moves(value, data):
    document = parse(json.dumps(value).encode())
    texts = [node for node in document.leaves if node.kind in (JsonKind.STRING, JsonKind.NUMBER)]
    if not texts:
        return
    node = data.draw(st.sampled_from(texts))
    new = data.draw(_texts if node.kind is JsonKind.STRING else st.integers(-999, 999).map(str))
    again = parse(document.splice({node.path: new}))
    assert again.element(node.path).text == new
    assert [(n.path, n.text) for n in again.leaves if n.path != node.path] == [
        (n.path, n.text) for n in document.leaves if n.path != node.path
    ]


def test_a_large_answer_is_read_in_one_pass():
    many = {f"region_{n}": {"points_x": list(range(20)), "on": "yes"} for n in range(2000)}
    document = parse(json.dumps(many).encode())
    assert len(document.leaves) == 4000
    assert json_text.parse(document.splice({"region_1999/on": "no"})).element("region_1999/on").text == "no"
