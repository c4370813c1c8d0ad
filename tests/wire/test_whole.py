"""A body that ended too early is believed only where the document itself says that it has ended."""

from __future__ import annotations

import pytest

from app.wire.whole import is_whole

WHOLE = {
    "xml": b'<?xml version="1.0" encoding="UTF-8"?>\n<A xmlns="urn:x"><b>1</b><c/><d><e>x</e></d></A>\n',
    "one element": b"<ResponseStatus/>",
    "a web page": b"<!DOCTYPE html><html><head><link></head><body>No such page</body></html>\r\n",
    "json": b'{"a": [1, 2, {"b": "}]"}], "c": {"d": ">"}}\r\n',
    "a list": b'[{"a": 1}, {"a": [2]}]',
}


@pytest.mark.parametrize("body", WHOLE.values(), ids=WHOLE)
def test_a_document_with_its_end_is_whole_and_none_of_its_beginnings_is(body):
    assert is_whole(body)
    end = len(body.rstrip())
    assert [at for at in range(end) if is_whole(body[:at])] == []


@pytest.mark.parametrize(
    "body", [b"", b"\r\n", b"plain=text\n", b"12", b"\x00\xff>", b"<a>", b"<a></b>", b"]", b"a > b"]
)
def test_what_marks_no_end_is_not(body):
    assert not is_whole(body)


def test_what_is_too_large_to_be_settings_is_not_looked_through():
    assert not is_whole(b"<a>" + b" " * 2_000_000 + b"</a>")
