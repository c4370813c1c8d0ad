"""The setting that switches a function off, where a device has only named the function. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from app.settings import parsers
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Access, Kind

_COMMON = frozenset(("the", "detection", "map"))  # words that tell no function from another
_SWITCHES = ("enabled", "enable")
_OFF_MODE = "close"


def telling(name: str) -> frozenset[str]:
    """The words by which a function is known."""
    words = frozenset(name.casefold().split())
    return words - _COMMON or words


def names(name: str, titles: Iterable[str]) -> bool:
    """Whether these titles together speak of the function."""
    return telling(name) <= {word for title in titles for word in title.casefold().split()}


def off_switch(document: Document, name: str) -> tuple[str, str] | None:
    """The path of the setting and the text that switches the function off: that of a block with its name, else the
    switch of the whole page. None where there is none, or it is off."""
    found = [(field, off) for field in document.fields if (off := _off(document, field))]
    named = [each for each in found if names(name, (*each[0].section, each[0].spec.title, *each[0].path.split("/")))]
    whole = [each for each in found if "/" not in each[0].path] if names(name, [document.title]) else []
    return next(((field.path, off) for field, off in (*named, *whole)), None)


def _off(document: Document, field: Field) -> str:
    """The text that switches it off; "" for what is no switch, is off, or cannot be set."""
    leaf, text = field.path.rpartition("/")[2], document.text(field.path).strip()
    if field.spec.access is not Access.READ_WRITE or not field.present:
        return ""
    if field.spec.kind is Kind.BOOL and leaf in _SWITCHES:
        return ("0" if text == "1" else "false") if _is_on(text) else ""
    options = {option.value for option in field.spec.options}
    return _OFF_MODE if leaf == "mode" and _OFF_MODE in options and text != _OFF_MODE else ""


def _is_on(text: str) -> bool:
    try:
        return parsers.boolean(text)
    except ValueError:
        return False
