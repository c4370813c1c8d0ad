"""Which setting switches a function off that a device has only named."""

from __future__ import annotations

import pytest

from app.settings import exclusion
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Access, Kind, Spec
from tests.settings.test_depends import Bytes, options


def page(*fields: Field, title: str = "Picture") -> Document:
    return Document("/p", title, fields, Bytes())


def switch(path: str, text: str, section: str = "", access: Access = Access.READ_WRITE) -> Field:
    return Field(path, text, Spec(Kind.BOOL, "On", access=access), (section,) if section else ())


@pytest.mark.parametrize(
    ("document", "name", "found"),
    [
        (page(switch("enabled", "true"), title="Line crossing"), "line crossing detection", ("enabled", "false")),
        (page(switch("enabled", "1"), title="Line crossing"), "line crossing detection", ("enabled", "0")),
        (page(switch("enabled", "false"), title="Line crossing"), "line crossing detection", None),
        (page(switch("enabled", "maybe"), title="Line crossing"), "line crossing detection", None),
        (page(switch("enabled", "true", access=Access.READ_ONLY), title="Line crossing"), "line crossing", None),
        (page(switch("enabled", "true")), "line crossing detection", None),
        (page(switch("A/enabled", "true"), switch("BLC/enabled", "true")), "BLC", ("BLC/enabled", "false")),
        (page(switch("BLC/enabled", "true", "Backlight compensation")), "backlight compensation",
         ("BLC/enabled", "false")),
        (page(Field("WDR/mode", "open", Spec(Kind.OPTION, "WDR", options=options("open", "close")))), "WDR",
         ("WDR/mode", "close")),
        (page(Field("WDR/mode", "close", Spec(Kind.OPTION, "WDR", options=options("open", "close")))), "WDR", None),
        (page(Field("WDR/mode", "open", Spec(Kind.OPTION, "WDR", options=options("open", "auto")))), "WDR", None),
        (page(), "the heat map", None),
    ],
)  # fmt: skip
def test_the_switch_of_a_function(document, name, found):
    assert exclusion.off_switch(document, name) == found


def test_a_name_is_known_by_its_telling_words():
    assert exclusion.names("the heat map", ["Heat map"])
    assert exclusion.names("line crossing detection", ["Line crossing"])
    assert not exclusion.names("line crossing detection", ["Lines"])
    assert exclusion.telling("the map") == {"the", "map"}, "where no word tells, all have to be there"
