"""What people read of every row of the catalogs: titles, sections, options and helps in words, and no machine's words.

`words.txt` has every word that a title or an option is made of, each looked at by somebody. A title with another word
fails here until that one was looked at as well: it is written out in `isapi_titles.json` ("words"), or put on the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from app.families.isapi import catalog
from app.families.isapi.dialect import V1, V2
from app.families.isapi.titles import titles
from app.families.vigi import catalog as vigi

KNOWN = frozenset((Path(__file__).parent / "words.txt").read_text("utf-8").split())
WORD = re.compile(r"[^\W\d_][\w'.-]*")
CODE = re.compile(r".*\d.*|(DD|MM|YYYY).*", re.IGNORECASE)  # G.711, 1080p25, RS485, DD-MM-YYYY
SMALL = {
    "a",
    "an",
    "and",
    "are",
    "at",
    "by",
    "for",
    "from",
    "in",
    "is",
    "it",
    "its",
    "of",
    "on",
    "or",
    "that",
    "the",
    "to",
}


def shown() -> Iterator[tuple[str, str, str]]:
    """Where it stands, the title, its help."""
    words = titles()
    for dialect in (V2, V1):
        for resource in catalog.catalog(dialect).resources:
            tail = dialect.tail(resource.template)
            yield tail, words.page(tail, tail), words.resource(tail).help
            for field in resource.fields.values():
                where, leaf = f"{tail} {field.path}", field.path.rpartition("/")[2]
                label = words.field(resource.block, field.path)
                yield where, words.group(leaf) if field.kind == "group" else label.title, label.help
                for option in field.options:
                    yield f"{where}={option}", words.option(leaf, option), ""
    for key, label in (*words.fields.items(), *words.resources.items()):
        yield key, label.title, label.help
    for key, title in (*words.groups.items(), *words.options.items()):
        yield key, title, ""


def shown_by_vigi() -> Iterator[tuple[str, str, str]]:
    words = vigi.titles()
    for page in words.pages.values():
        yield page.id, page.title, page.help
    for key, label in words.fields.items():
        yield key, label.title, label.help
    for key, title in words.options.items():
        yield key, title, ""


def strange(title: str) -> list[str]:
    """Words of a title that nobody has looked at."""
    plain = (word.rstrip(".'").lower() for word in WORD.findall(title))
    return [word for word in plain if word not in KNOWN and not CODE.fullmatch(word)]


def badly_made(title: str, help_: str) -> str:
    """What is wrong with the shape of a title, "" for a good one."""
    words = title.split()
    if title != " ".join(words):
        return "blanks"
    if any(one.lower() == other.lower() for one, other in pairwise(words)):
        return "a word twice"
    if re.match(r"[a-z]", title) and not re.fullmatch(r"f\d+(\.\d)?", title):  # an aperture is written so
        return "begins small"
    if re.search(r"\b[A-Z] [A-Z]\b", title):
        return "an abbreviation in pieces"
    told = {word.lower() for word in WORD.findall(help_)} - SMALL
    return "its help repeats it" if help_ and told <= {word.lower() for word in WORD.findall(title)} else ""


@pytest.mark.parametrize("rows", [shown, shown_by_vigi])
def test_every_word_was_looked_at(rows):
    found = {word: where for where, title, _ in rows() for word in strange(title)}
    assert found == {}


@pytest.mark.parametrize("rows", [shown, shown_by_vigi])
def test_every_title_is_well_made_and_no_help_repeats_it(rows):
    found = {where: (title, wrong) for where, title, help_ in rows() if (wrong := badly_made(title, help_))}
    assert found == {}


def test_no_word_is_kept_that_nothing_is_made_of():
    met = {w.rstrip(".'").lower() for rows in (shown, shown_by_vigi) for _, t, _ in rows() for w in WORD.findall(t)}
    assert KNOWN - met == set()


@pytest.mark.parametrize(
    ("title", "help_", "wrong"),
    [
        ("Enable D N S 2", "", "an abbreviation in pieces"),
        ("Mail mail server", "", "a word twice"),
        ("scene name", "", "begins small"),
        ("Scene name", "Name of the scene", "its help repeats it"),
        ("Scene  name", "", "blanks"),
        ("Scene name", "What you call this direction", ""),
    ],
)
def test_a_bad_title_is_seen(title, help_, wrong):
    assert badly_made(title, help_) == wrong
    assert strange("Enbale the cfg") == ["enbale", "cfg"]
