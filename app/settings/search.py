"""Search over the settings of one device: every field of loaded documents and of resources only known by catalogue.

Pure. Words are looked for in titles, names, paths, values and help; all of them have to be found somewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.settings import values
from app.settings.document import Document
from app.settings.spec import Kind
from app.settings.tree import Node, NodeKind

LIMIT = 50
_SHORT = 2  # words up to this length must begin a word: an "e" is everywhere
_LONGEST_QUERY = 200
_VALUE_LENGTH = 200
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

# What people type for what the titles call otherwise.
_ALSO: Mapping[str, tuple[str, ...]] = {
    "bandwidth": ("bitrate",),
    "color": ("colour",),
    "colours": ("colour",),
    "daylight": ("summer",),
    "dst": ("summer",),
    "fps": ("frame rate",),
    "gateway": ("router",),
    "gop": ("key frame",),
    "iframe": ("key frame",),
    "login": ("user", "account"),
    "mic": ("microphone",),
    "netmask": ("subnet",),
    "osd": ("overlay", "text on the picture"),
    "password": ("user",),
    "reboot": ("restart",),
    "timezone": ("time zone",),
    "watermark": ("overlay",),
    "wifi": ("wireless",),
}
# Where a word was found, best first, and what that is worth.
_EXACT, _START, _TITLE, _NAME, _PAGE, _SECTION, _PATH, _VALUE, _HELP = 100, 80, 60, 45, 35, 25, 18, 14, 8


@dataclass(frozen=True, slots=True)
class Entry:
    """A field, or with an empty path a whole page. value is for people and never a secret; loaded is False for what
    is only known by catalogue."""

    resource: str
    page: str
    path: str
    title: str
    section: tuple[str, ...] = ()
    value: str = ""
    help: str = ""
    loaded: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    entry: Entry
    score: int


@dataclass(frozen=True, slots=True)
class _Row:
    """An entry as the search reads it: all lower case, words set apart by blanks."""

    entry: Entry
    title: str
    name: str
    page: str
    section: str
    path: str
    value: str
    help: str
    everything: str


class Search:
    """Entries by resource. What was loaded replaces what the catalogue said of the same resource."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[_Row, ...]] = {}
        self._pages: dict[str, _Row] = {}
        self._loaded: set[str] = set()

    def __len__(self) -> int:
        return len(self._pages) + sum(map(len, self._rows.values()))

    def add_tree(self, top: Node) -> None:
        """Every page below top, found by its title and help."""
        waiting = [top]
        while waiting:
            node = waiting.pop()
            waiting += node.children
            if node.kind is not NodeKind.GROUP:
                self._pages[node.id] = _row(Entry(node.id, node.title, "", node.title, help=node.help))

    def add_catalogued(self, resource: str, entries: Iterable[Entry]) -> None:
        """What is known of a resource before it is opened; of no account once it was."""
        if resource not in self._loaded:
            self._rows[resource] = tuple(map(_row, entries))

    def add(self, document: Document) -> None:
        """The fields of a document with the values it holds; replaces an older copy of it."""
        self._loaded.add(document.resource)
        self._rows[document.resource] = tuple(_rows(document))

    def forget(self, resource: str) -> None:
        self._loaded.discard(resource)
        self._rows.pop(resource, None)

    def query(self, words: str, limit: int = LIMIT) -> tuple[Hit, ...]:
        """The best hits first; () for a query without a word."""
        wanted = [_variants(word) for word in _plain(words[:_LONGEST_QUERY]).split()]
        if not wanted:
            return ()
        whole = _plain(words[:_LONGEST_QUERY])
        found: list[tuple[int, int, _Row]] = []
        for row in self._every():
            score = _score(row, wanted, whole)
            if score:
                found.append((-score, len(row.title), row))
        found.sort(key=lambda each: each[:2])
        return tuple(Hit(row.entry, -score) for score, _, row in found[:limit])

    def _every(self) -> Iterable[_Row]:
        yield from self._pages.values()
        for rows in self._rows.values():
            yield from rows


def _rows(document: Document) -> Iterable[_Row]:
    for field in document.fields:
        spec = field.spec
        hidden = spec.kind is Kind.PASSWORD
        shown = "" if hidden else values.display(field.text, spec)
        entry = Entry(document.resource, document.title, field.path, spec.title, field.section, shown, spec.help, True)
        # People look for 2500 as well as for the 25 fps that it means.
        yield _row(entry, "" if hidden else field.text)


def _row(entry: Entry, text: str = "") -> _Row:
    name = entry.path.rpartition("/")[2]
    parts = (
        _plain(entry.title),
        _named(name),
        _plain(entry.page),
        _plain(" ".join(entry.section)),
        _named(f"{entry.resource} {entry.path}"),
        _plain(f"{entry.value[:_VALUE_LENGTH]} {text[:_VALUE_LENGTH]}"),
        _plain(entry.help),
    )
    return _Row(entry, *parts, " " + " ".join(parts))


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _named(text: str) -> str:
    """A name of the protocol as its own word and as the words it is made of."""
    return f"{_plain(text)} {_plain(_HUMP.sub(' ', text))}"


def _variants(word: str) -> tuple[str, ...]:
    """What may stand for a word, with a blank before it where it must begin a word."""
    also = _ALSO.get(word, ())
    return tuple(f" {each}" if len(each) <= _SHORT else each for each in (word, *also))


def _score(row: _Row, wanted: list[tuple[str, ...]], whole: str) -> int:
    """0 when a word is nowhere."""
    everything = row.everything
    total = 0
    for variants in wanted:
        best = 0
        for place, each in enumerate(variants):
            if each in everything:
                worth = _worth(row, each) - (6 if place else 0)
                best = max(best, worth)
        if not best:
            return 0
        total += best
    if whole in row.title:
        total += _START if row.title.startswith(whole) else _TITLE
    return total * (8 + row.entry.loaded + (not row.entry.path)) // (8 * len(wanted))


def _worth(row: _Row, word: str) -> int:
    bare = word.strip()
    title = row.title
    if word in title or title.startswith(bare):
        if title == bare:
            return _EXACT
        return _START if title.startswith(bare) or f" {bare}" in title else _TITLE
    for text, worth in (
        (row.name, _NAME),
        (row.page, _PAGE),
        (row.section, _SECTION),
        (row.path, _PATH),
        (row.value, _VALUE),
    ):
        if word in text or text.startswith(bare):
            return worth
    return _HELP
