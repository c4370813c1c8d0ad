"""Search over the settings of one device: every field of loaded documents and of resources only known by catalogue.

Pure. Words are looked for in titles, names, paths, values and help; all of them have to be found somewhere. What may
stand for a word is in `words`; where nothing is found, words that differ by one letter are tried.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.settings import values, words
from app.settings.document import Document
from app.settings.secrecy import told
from app.settings.spec import Spec
from app.settings.tree import Node, NodeKind
from app.settings.words import Term, plain

LIMIT = 50
_LONGEST_QUERY = 200
_VALUE_LENGTH = 200
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

# Where a word was found, best first, and what that is worth.
_EXACT, _START, _TITLE, _NAME, _PAGE, _SECTION, _PATH, _VALUE, _HELP = 100, 80, 60, 45, 35, 25, 18, 14, 8
_MEANT_FIRST = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """A field, or with an empty path a whole page. value is for people and never a secret, choices are what it could
    be as well; loaded is False for what is only known by catalogue."""

    resource: str
    page: str
    path: str
    title: str
    section: tuple[str, ...] = ()
    value: str = ""
    help: str = ""
    loaded: bool = False
    choices: str = ""


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
        self._vocabulary: set[str] = set()
        self._ways: dict[str, tuple[str, ...]] = {}

    def __len__(self) -> int:
        return len(self._pages) + sum(map(len, self._rows.values()))

    def add_tree(self, top: Node) -> None:
        """Every page below top, found by its title and help, and all that is added later by the way to its page."""
        waiting: list[tuple[Node, tuple[str, ...]]] = [(node, ()) for node in reversed(top.children)] or [(top, ())]
        while waiting:
            node, way = waiting.pop()
            waiting += [(child, (*way, node.title)) for child in reversed(node.children)]
            if node.kind is not NodeKind.GROUP:
                self._ways[node.id] = way
                entry = Entry(node.id, node.title, "", node.title, help=node.help)
                (self._pages[node.id],) = self._keep([_row(entry, way)])

    def way(self, resource: str) -> tuple[str, ...]:
        """The titles above a page, such as its channel's, without that of its topic; () for a page that no tree has."""
        return self._ways.get(resource, ())[1:]

    def add_catalogued(self, resource: str, entries: Iterable[Entry]) -> None:
        """What is known of a resource before it is opened; of no account once it was."""
        if resource not in self._loaded:
            self._rows[resource] = self._keep(_row(each, self._ways.get(resource, ())) for each in entries)

    def add(self, document: Document) -> None:
        """The fields of a document with the values it holds; replaces an older copy of it."""
        self._loaded.add(document.resource)
        self._rows[document.resource] = self._keep(_rows(document, self._ways.get(document.resource, ())))

    def forget(self, resource: str) -> None:
        self._loaded.discard(resource)
        self._rows.pop(resource, None)

    def query(self, query: str, limit: int = LIMIT) -> tuple[Hit, ...]:
        """The best hits first; () for a query without a word."""
        query = query[:_LONGEST_QUERY]
        wanted, whole = words.terms(query), plain(query)
        first = words.meant_first(query)
        found = self._found(wanted, whole, first) if wanted else []
        if wanted and not found:
            every = self._every()
            wanted = tuple(
                term if _holding(term, every) else words.respelled(term, self._vocabulary) for term in wanted
            )
            found = self._found(wanted, whole, first) if all(wanted) else []
        best = heapq.nsmallest(limit, found, key=lambda each: each[:2])
        return tuple(Hit(row.entry, -score) for score, _, row in best)

    def _found(self, wanted: Sequence[Term], whole: str, first: Sequence[str]) -> list[tuple[int, int, _Row]]:
        rows: Sequence[_Row] = self._every()
        for term in wanted:
            rows = _holding(term, rows)
        return [(-_score(row, wanted, whole, first), len(row.title), row) for row in rows]

    def _every(self) -> list[_Row]:
        return [*self._pages.values(), *(row for rows in self._rows.values() for row in rows)]

    def _keep(self, rows: Iterable[_Row]) -> tuple[_Row, ...]:
        """The rows, whose words somebody may misspell from now on."""
        made = tuple(rows)
        for row in made:
            self._vocabulary.update(row.everything.split())
        return made


def _rows(document: Document, way: Sequence[str]) -> Iterable[_Row]:
    for field in document.fields:
        spec, text = field.spec, told(field)
        shown = "" if text is None else values.display(text, spec)
        choices = choices_of(spec)
        entry = Entry(
            document.resource, document.title, field.path, spec.title, field.section, shown, spec.help, True, choices
        )
        # People look for 2500 as well as for the 25 fps that it means.
        yield _row(entry, way, text or "")


def choices_of(spec: Spec) -> str:
    """What a field could be, in words."""
    return " ".join(option.title for option in spec.options)


def _row(entry: Entry, way: Sequence[str] = (), text: str = "") -> _Row:
    """way: the titles above its page. text: the value as the device writes it."""
    name = entry.path.rpartition("/")[2]
    parts = (
        plain(entry.title),
        _named(name),
        plain(entry.page),
        plain(" ".join((*way, *entry.section))),
        _named(f"{entry.resource} {entry.path}"),
        plain(f"{entry.value[:_VALUE_LENGTH]} {text[:_VALUE_LENGTH]}"),
        plain(f"{entry.help} {entry.choices[:_VALUE_LENGTH]}"),
    )
    return _Row(entry, *parts, f" {' '.join(parts)} ")


def _named(text: str) -> str:
    """A name of the protocol as its own word and as the words it is made of."""
    return f"{plain(text)} {plain(_HUMP.sub(' ', text))}"


def _holding(term: Term, rows: Sequence[_Row]) -> list[_Row]:
    """Those in which one of the variants stands anywhere."""
    texts = {each.text for each in term}
    found: dict[int, _Row] = {}
    for text in texts:  # one pass each is faster than one for all
        if not any(other in text for other in texts if other != text):
            found |= {id(row): row for row in rows if text in row.everything}
    return [row for row in rows if id(row) in found]


def _score(row: _Row, wanted: Sequence[Term], whole: str, first: Sequence[str]) -> int:
    """Of a row that holds them all; at least 1."""
    everything = row.everything
    total = 0
    for variants in wanted:
        total += max(1, *(_worth(row, each.text) - each.less for each in variants if each.text in everything))
    if whole in row.title:
        total += _START if row.title.startswith(whole) else _TITLE
    if any(row.page.startswith(page) for page in first):
        total += _MEANT_FIRST * len(wanted)
    if row.name.startswith("id "):
        total -= _HELP * len(wanted)  # nobody looks for a number that the device gives
    return max(1, 1 + total * (8 + row.entry.loaded + (not row.entry.path)) // (8 * len(wanted)))


def _worth(row: _Row, word: str) -> int:
    bare = word.strip()
    worth = _place(row, word, bare)
    # "ir" is not what iris and irregular begin with, where it is a word by itself.
    return worth if len(bare) != words.SHORT or f" {bare} " in row.everything else max(1, worth // 8)


def _place(row: _Row, word: str, bare: str) -> int:
    title = row.title
    if word in f" {title} " or title.startswith(bare):
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
        if word in f" {text} " or text.startswith(bare):
            return worth
    return _HELP
