"""What switches a function off, and on which page, where a device has only named the function."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass

from app.errors import CameraError
from app.settings import parsers
from app.settings.changes import Change
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Access, Kind
from app.settings.tree import Node, NodeKind

_COMMON = frozenset(("the", "detection", "map"))  # words that tell no function from another
_SWITCHES = ("enabled", "enable")
_OFF_MODE = "close"


@dataclass(frozen=True, slots=True)
class Side:
    """A function in the way, and what switches it off: the setting at path of a resource gets text."""

    resource: str
    path: str
    text: str
    name: str


async def sides(
    others: Iterable[str], refused: str, nodes: Iterable[Node], read: Callable[[str], Awaitable[Document]]
) -> tuple[Side, ...]:
    """What has to be switched off for a refused resource; () unless that is known of every function in the way."""
    found: list[Side] = []
    every = tuple(nodes)
    for name in others:
        page = page_of(name, every, refused)
        try:
            document = await read(page.id if page is not None else refused)
        except CameraError:
            return ()  # its page says why when somebody goes there
        switch = off_switch(document, name)
        if switch is None:
            return ()
        found.append(Side(document.resource, *switch, page.title if page is not None else name))
    return tuple(found)


def page_of(name: str, nodes: Iterable[Node], refused: str) -> Node | None:
    """The page of a function, of the same channel where there are several; None where there is none."""
    pages = [node for node in nodes if node.kind is NodeKind.SETTINGS and node.id != refused]
    found = [node for node in pages if names(name, [node.title])]
    words, channel = set(name.casefold().split()), refused.rpartition("/")[2]
    return max(
        found,
        key=lambda node: (len(words & set(node.title.casefold().split())), node.id.rpartition("/")[2] == channel),
        default=None,
    )


def telling(name: str) -> frozenset[str]:
    """The words by which a function is known."""
    words = frozenset(name.casefold().split())
    return words - _COMMON or words


def names(name: str, titles: Iterable[str]) -> bool:
    """Whether these titles together speak of the function."""
    return telling(name) <= {word for title in titles for word in title.casefold().split()}


def pages(root: Node) -> Iterator[Node]:
    """Every node of a tree."""
    yield root
    for child in root.children:
        yield from pages(child)


def turns_on(changes: Iterable[Change]) -> bool:
    """Whether the changes switch the whole page on."""
    return any(each.path in _SWITCHES and _is_on(each.new) and not _is_on(each.old) for each in changes)


def is_running(document: Document) -> bool:
    """Whether the whole page can be switched off, and is on as it was read."""
    switches = (field for field in document.fields if field.path in _SWITCHES)
    return any(each.spec.access is Access.READ_WRITE and each.present and _is_on(each.text) for each in switches)


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
