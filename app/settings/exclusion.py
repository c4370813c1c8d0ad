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


@dataclass(frozen=True, slots=True)
class Place:
    """A page of settings, and the title of the group that it is in: that of its function where each of several channels
    has a page of it."""

    resource: str
    title: str
    group: str = ""

    def titles_of(self, name: str) -> tuple[str, ...]:
        """Those of its titles that speak of the function."""
        return tuple(title for title in (self.title, self.group) if names(name, [title]))

    def called(self, name: str) -> str:
        """How people know the page as that of the function."""
        return self.title if self.title in self.titles_of(name) else f"{self.group}, {self.title}"


def places(root: Node) -> Iterator[Place]:
    """Every page of a tree."""
    for group in pages(root):
        inside = (node for node in group.children if node.kind is NodeKind.SETTINGS)
        yield from (Place(node.id, node.title, group.title) for node in inside)


async def sides(
    others: Iterable[str], refused: str, places: Iterable[Place], read: Callable[[str], Awaitable[Document]]
) -> tuple[Side, ...]:
    """What has to be switched off for a refused resource; () unless that is known of every function in the way."""
    found: list[Side] = []
    every = tuple(places)
    try:
        own = await read(refused)
        for name in others:
            held = await holder(name, own, every, read)
            switch = held.off_switch()
            if switch is None:
                return ()
            found.append(Side(held.document.resource, *switch, held.title))
    except CameraError:
        return ()  # its page says why when somebody goes there
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Held:
    """The document with the switch of a function. whole: it is the function's own page; title is for people."""

    document: Document
    name: str
    title: str
    whole: bool

    def off_switch(self) -> tuple[str, str] | None:
        return off_switch(self.document, self.name, whole=self.whole)


async def holder(name: str, own: Document, every: Iterable[Place], read: Callable[[str], Awaitable[Document]]) -> Held:
    """Where a function is switched: on the page that is being set where that has a switch for it, else on its own.
    Raises what reading raises."""
    page = None if switches_of(own, name) else page_of(name, every, own.resource)
    if page is None:
        return Held(own, name, name, whole=False)
    return Held(await read(page.resource), name, page.called(name), whole=True)


def page_of(name: str, every: Iterable[Place], refused: str) -> Place | None:
    """The page of a function, of the same channel where there are several; None where there is none."""
    found = [page for page in every if page.resource != refused and page.titles_of(name)]
    words = frozenset(name.casefold().split())

    def fitness(page: Place) -> tuple[int, bool, int]:
        titles = [title.casefold().split() for title in page.titles_of(name)]
        most = max(len(words & frozenset(title)) for title in titles)
        return most, same_channel(page.resource, refused), -min(map(len, titles))

    return max(found, key=fitness, default=None)


def same_channel(one: str, other: str) -> bool:
    """Whether two resources may be of one channel: their paths do not say that they are of two."""
    channels = (channel_of(one), channel_of(other))
    return "" in channels or channels[0] == channels[1]


def channel_of(resource: str) -> str:
    """The channel that a path says; "" for none."""
    return next((step for step in resource.split("/") if step.isascii() and step.isdigit()), "")


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
    return "" in switched(changes, on=True)


def switched(changes: Iterable[Change], *, on: bool) -> frozenset[str]:
    """The blocks that the changes switch on, or off; "" is the whole page."""
    return frozenset(each.path.rpartition("/")[0] for each in changes if _switches(each, on))


def _switches(change: Change, on: bool) -> bool:
    leaf = change.path.rpartition("/")[2]
    if leaf in _SWITCHES:
        return _is_on(change.new) is on and _is_on(change.old) is not on
    return leaf == "mode" and (change.new != _OFF_MODE) is on and (change.old != _OFF_MODE) is not on


def starts(document: Document, block: str) -> bool:
    """Whether the edits switch on the function of a block. That of the whole page ("") has its own switch, else each
    of the outermost blocks is it."""
    on = switched(document.changes(), on=True)
    if block or any(field.path in _SWITCHES for field in document.fields):
        return block in on
    return any("/" not in each for each in on)


def switches_of(document: Document, name: str, *, whole: bool = False) -> tuple[Field, ...]:
    """What switches a function, best first: the switch of the page where that is the function's, or has its name, else
    those of blocks with it."""
    found = [field for field in document.fields if _is_switch(field)]
    own = [field for field in found if "/" not in field.path] if whole or names(name, [document.title]) else []
    return tuple(own or [each for each in found if names(name, _titles(each))])


def _titles(field: Field) -> tuple[str, ...]:
    return (*field.section, field.spec.title, *field.path.split("/"))


def is_running(document: Document) -> bool:
    """Whether the whole page can be switched off, and is on as it was read."""
    switches = (field for field in document.fields if field.path in _SWITCHES)
    return any(each.spec.access is Access.READ_WRITE and each.present and _is_on(each.text) for each in switches)


def off_switch(document: Document, name: str, *, whole: bool = False) -> tuple[str, str] | None:
    """The path of the setting and the text that switches the function off. None where there is none, or it is off."""
    switches = ((field.path, _off(document, field)) for field in switches_of(document, name, whole=whole))
    return next(((path, off) for path, off in switches if off), None)


def _is_switch(field: Field) -> bool:
    leaf = field.path.rpartition("/")[2]
    if field.spec.access is not Access.READ_WRITE or not field.present:
        return False
    if field.spec.kind is Kind.BOOL:
        return leaf in _SWITCHES
    return leaf == "mode" and _OFF_MODE in {option.value for option in field.spec.options}


def _off(document: Document, field: Field) -> str:
    """The text that switches it off; "" for what is off."""
    text = document.text(field.path).strip()
    if field.spec.kind is Kind.BOOL:
        return ("0" if text == "1" else "false") if _is_on(text) else ""
    return "" if text == _OFF_MODE else _OFF_MODE


def _is_on(text: str) -> bool:
    try:
        return parsers.boolean(text)
    except ValueError:
        return False
