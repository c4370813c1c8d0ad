"""Which characters a document has room for, and how many bytes they take there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings.alphabet import Alphabet
from app.settings.hints import of_text
from app.settings.spec import Kind, Spec

CODECS = ("utf-8", "utf-16-le", "gbk", "gb18030", "iso8859-1", "big5", "ascii")


@pytest.mark.parametrize(
    ("codec", "text", "sign"),
    [
        ("gbk", "仓库 镕", ""),
        ("gbk", "Gate 🚪🚪", "🚪"),
        ("gbk", "𠮷野家", "𠮷"),
        ("gb18030", "𠮷🚪", ""),
        ("iso8859-1", "Tür €", "€"),
        ("utf-8", "🚪", ""),
        ("ascii", "Tür", ""),
    ],
)
def test_the_first_character_that_cannot_be_written_is_named(codec, text, sign):
    assert Alphabet(codec).lacking(text) == sign


@given(st.sampled_from(CODECS), st.text(max_size=20))
def test_what_lacks_nothing_can_be_written(codec, text):
    of = Alphabet(codec)
    sign = of.lacking(text)
    assert sign == "" or sign in text
    if not sign and codec != "ascii" and not any("\ud800" <= each <= "\udfff" for each in text):
        assert len(text.encode(codec)) == of.size(text)


def test_names_are_those_that_people_know():
    assert [Alphabet(codec).name for codec in ("gbk", "gb2312", "latin-1", "cp1252")] == [
        "GBK", "GB2312", "Latin-1", "CP1252",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "codec", "said"),
    [
        ("x" * 32, "utf-8", []),
        ("ü" * 17, "utf-8", ["Takes 34 bytes; a camera that counts bytes instead of characters keeps 32"]),
        ("仓" * 16, "gbk", []),
        ("仓" * 17, "gbk", ["Takes 34 bytes; a camera that counts bytes instead of characters keeps 32"]),
        ("ü" * 33, "utf-8", []),  # too many characters: that is a problem and is said as one
        (" x", "utf-8", ["Begins with a blank"]),
    ],
)
def test_a_limit_may_be_meant_in_bytes(text, codec, said):
    assert list(of_text(text, Spec(Kind.TEXT, "Name", max_length=32), Alphabet(codec))) == said
