"""Blanks at the ends of a text: nobody sees them, and for a camera they are part of a name. Pure."""

from __future__ import annotations

_ZERO_WIDTH = "\u200b\u2060\ufeff"  # take no room at all, and are no blanks by Unicode's own word


def around(text: str) -> tuple[int, int]:
    """How many characters at the beginning and at the end are not seen; a text of nothing else begins with them."""
    before = next((place for place, sign in enumerate(text) if not is_blank(sign)), len(text))
    rest = text[before:][::-1]
    return before, next((place for place, sign in enumerate(rest) if not is_blank(sign)), len(rest))


def is_blank(sign: str) -> bool:
    """Tabs, line breaks, hard and wide blanks as well."""
    return sign.isspace() or sign in _ZERO_WIDTH


def trimmed(sent: str, held: str) -> bool:
    """Whether what a camera holds is what was sent without some of the blanks around it."""
    return len(held) < len(sent) and held in sent and _between(held) == _between(sent)


def _between(text: str) -> str:
    before, behind = around(text)
    return text[before : len(text) - behind]


def told(text: str) -> str:
    """In words for the person who typed it; "" where there is nothing to tell."""
    before, behind = around(text)
    if before and before == len(text):
        return "Nothing but a blank" if before == 1 else f"Nothing but {before} blanks"
    if before and behind:
        return f"Begins with {_counted(before)} and ends with {_counted(behind)}"
    if before:
        return f"Begins with {_counted(before)}"
    return f"Ends with {_counted(behind)}" if behind else ""


def _counted(count: int) -> str:
    return "a blank" if count == 1 else f"{count} blanks"
