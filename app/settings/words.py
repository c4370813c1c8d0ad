"""What people type for what: the words of a query as terms, each with everything that may stand for it. Pure.

`resources/search_words.json`, all in the plain form of `plain`: {"same": [[words or phrases that mean the same]],
"also": {word or phrase: [what people may mean by it, but not the other way round]}, "idle": [words that say nothing of
a setting], "first": {word or phrase: [pages whose rows it means before all others]}}.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, cast

SHORT = 2  # words up to this length must begin a word: an "e" is everywhere
_LONGEST_PHRASE = 4  # words
_LEAST_PREFIX = 4  # letters of a phrase that is not typed to its end
_LEAST_PLURAL, _LEAST_TYPO = 4, 4  # letters
_LEAST_INSIDE = 4  # letters up to which a word that means the same must begin a word
_WORD = re.compile(r"[^\W_]+")
_NUMBERED = re.compile(r"\b([hg])[. ](?=\d{3}\b)")  # H.265 and h 265 are h265

# What a variant is worth less than the word itself.
OTHER_FORM, OTHER_WORD, MISSPELLED = 2, 8, 16


@dataclass(frozen=True, slots=True)
class Variant:
    """text has a blank before it where it must begin a word, and one behind it where it must be one."""

    text: str
    less: int = 0


Term = tuple[Variant, ...]


def plain(text: str) -> str:
    """Words in lower case, set apart by blanks."""
    return " ".join(_WORD.findall(_NUMBERED.sub(r"\1", text.casefold())))


def terms(query: str) -> tuple[Term, ...]:
    """The words of a query, phrases that mean something together as one term. Idle words count only where there are
    no others."""
    words = plain(query).split()
    found: list[Term] = []
    while words:
        length = next((n for n in range(min(_LONGEST_PHRASE, len(words)), 1, -1) if " ".join(words[:n]) in _same()), 1)
        phrase = " ".join(words[:length])
        others = _same().get(phrase, ())
        if length == 1 and len(words) > 1:
            begun = _begun(" ".join(words))  # the last words may be the beginning of a phrase
            if begun:
                phrase, others, length = " ".join(words), begun, len(words)
        found.append(_term(phrase, others))
        words = words[length:]
    return tuple(each for each in found if each[0].text.strip() not in _idle()) or tuple(found)


def meant_first(query: str) -> tuple[str, ...]:
    """The pages, in plain words, that a query means before all others."""
    words = f" {plain(query)} "
    return tuple(page for phrase, pages in _read()["first"].items() if f" {phrase} " in words for page in pages)


def _term(phrase: str, others: Iterable[str]) -> Term:
    return tuple(_variants(phrase, others))


def _variants(phrase: str, others: Iterable[str]) -> Iterator[Variant]:
    yield Variant(f" {phrase}" if len(phrase) <= SHORT else phrase)
    for form in _singular(phrase):
        yield Variant(form, OTHER_FORM)
    for other in others:
        yield Variant(_whole(other), OTHER_WORD)


def _whole(other: str) -> str:
    """A short word that nobody typed stands for itself: "mic" is no dynamic range."""
    if len(other) <= SHORT:
        return f" {other} "
    return f" {other}" if len(other) <= _LEAST_INSIDE else other


def _singular(word: str) -> Iterator[str]:
    if len(word) >= _LEAST_PLURAL and word.endswith("s") and not word.endswith("ss"):
        yield word[:-1]
        if word.endswith("es"):
            yield word[:-2]


def _begun(text: str) -> tuple[str, ...]:
    if len(text) < _LEAST_PREFIX:
        return ()
    return next((others for phrase, others in _same().items() if " " in phrase and phrase.startswith(text)), ())


@cache
def _read() -> Mapping[str, Any]:
    table = json.loads(resources.files("resources").joinpath("search_words.json").read_text("utf-8"))
    return cast("Mapping[str, Any]", table)


@cache
def _idle() -> frozenset[str]:
    return frozenset(_read()["idle"])


@cache
def _same() -> Mapping[str, tuple[str, ...]]:
    """Word or phrase -> what else may stand for it; plurals of the words as well."""
    found: dict[str, tuple[str, ...]] = {}
    for row in _read()["same"]:
        for each in row:
            others = tuple(other for other in row if other != each)
            found[each] = tuple(dict.fromkeys((*found.get(each, ()), *others)))
    for each, meant in _read()["also"].items():
        found[each] = tuple(dict.fromkeys((*found.get(each, ()), *meant)))
    return found | {f"{each}s": (each, *others) for each, others in found.items() if f"{each}s" not in found}


def respelled(term: Term, vocabulary: Iterable[str]) -> Term:
    """The words of the vocabulary that differ from a term's own word by one letter, or begin so. A word that means
    something is no misspelling of another."""
    word = term[0].text.strip()
    if len(word) < _LEAST_TYPO or " " in word or word.isdigit() or word in _same():
        return ()
    return tuple(Variant(each, MISSPELLED) for each in sorted(set(_close(word, vocabulary))))


def _close(word: str, vocabulary: Iterable[str]) -> Iterator[str]:
    first, second, length = word[0], word[1], len(word)
    for other in vocabulary:
        if len(other) < length - 1 or not (other[0] in (first, second) or other[1] in (first, second)):
            continue
        for end in (length - 1, length, length + 1):
            begin = other[:end]
            if len(begin) == end and _one_apart(word, begin):
                yield begin
                break


def _one_apart(one: str, other: str) -> bool:
    """Whether one letter was changed, left out, added, or changed places with the next."""
    if len(one) > len(other):
        one, other = other, one
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    swapped = one[at : at + 2] == other[at : at + 2][::-1]
    return one[at + 1 :] == other[at + 1 :] or (swapped and one[at + 2 :] == other[at + 2 :])
