"""Values of a document in the words of its form, for whoever tells what was or will be set."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.errors import InvalidSetting
from app.settings import lists, record_names, values
from app.settings.document import Document

_MOST_NAMES = 8


def told(document: Document, path: str, text: str | None) -> str:
    """A value in words: with its unit, its option by name, a list by the names of its records. "" stays "", and what
    the document has no field for is told as it is."""
    if not text:
        return ""
    if lists.is_list(path) and (of := document.list_at(path)) is not None:
        names = record_names.names(document, of)
        tokens = text.split()
        return ", ".join(names.get(each, each) for each in tokens) if len(tokens) <= _MOST_NAMES else text
    try:
        spec = document.field(path).spec
    except InvalidSetting:
        return text
    return values.display(text, spec)


def change_told(document: Document, path: str, old: str, new: str | None) -> str:
    """From what to what; another order of records by what stands before what."""
    if lists.is_list(path) and new is not None and (of := document.list_at(path)) is not None:
        names = record_names.names(document, of)
        return order_told(lambda token: names.get(token, token), old.split(), new.split()) or told(document, path, new)
    nothing = "(nothing)"
    return f"{told(document, path, old) or nothing} -> {told(document, path, new) or nothing}"


def order_told(name: Callable[[str], str], old: Sequence[str], new: Sequence[str]) -> str:
    """What became of the order of records, by their names: "Gate before Yard", "Yard after Door"; all of them in the
    new order where more than one was moved; what came and went with a sign."""
    came = [f"+ {name(each)}" for each in new if each not in old]
    went = [f"− {name(each)}" for each in old if each not in new]
    return ", ".join([*went, *came, *_moved(name, [each for each in old if each in new], _kept(new, old))])


def _kept(new: Sequence[str], old: Sequence[str]) -> list[str]:
    return [each for each in new if each in old]


def _moved(name: Callable[[str], str], old: Sequence[str], new: Sequence[str]) -> list[str]:
    if old == new:
        return []
    for at, token in enumerate(new):
        if [each for each in old if each != token] == [each for each in new if each != token]:
            if at + 1 < len(new):
                return [f"{name(token)} before {name(new[at + 1])}"]
            return [f"{name(token)} after {name(new[at - 1])}"]
    if len(new) > _MOST_NAMES:
        return [f"{len(new)} entries in another order"]
    return [f"in this order: {', '.join(map(name, new))}"]
