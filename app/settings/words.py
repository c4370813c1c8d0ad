"""What people type for what: the words of a query as terms, each with everything that may stand for it. Pure.

`resources/search_words.json`: {"same": [[words or phrases that mean the same]]}, all in the plain form of `plain`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

SHORT = 2  # words up to this length must begin a word: an "e" is everywhere
_LONGEST_PHRASE = 4  # words
_LEAST_PREFIX = 4  # letters of a phrase that is not typed to its end
_LEAST_PLURAL, _LEAST_TYPO = 4, 4  # letters
_WORD = re.compile(r"[^\W_]+")
_NUMBERED = re.compile(r"\b([hg])[. ](?=\d{3}\b)")  # H.265 and h 265 are h265

# What a variant is worth less than the word itself.
OTHER_FORM, OTHER_WORD, MISSPELLED = 2, 8, 16


@dataclass(frozen=True, slots=True)
class Variant:
    """text has a blank before it where it must begin a word."""

    text: str
    less: int = 0


Term = tuple[Variant, ...]


def plain(text: str) -> str:
    """Words in lower case, set apart by blanks."""
    return " ".join(_WORD.findall(_NUMBERED.sub(r"\1", text.casefold())))


def terms(query: str) -> tuple[Term, ...]:
    """The words of a query, phrases that mean something together as one term."""
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
    return tuple(found)


def _term(phrase: str, others: Iterable[str]) -> Term:
    return tuple(_variants(phrase, others))


def _variants(phrase: str, others: Iterable[str]) -> Iterator[Variant]:
    yield _variant(phrase, 0)
    for form in _singular(phrase):
        yield _variant(form, OTHER_FORM)
    for other in others:
        yield _variant(other, OTHER_WORD)


def _variant(text: str, less: int) -> Variant:
    return Variant(f" {text}" if len(text) <= SHORT else text, less)


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
def _same() -> Mapping[str, tuple[str, ...]]:
    """Word or phrase -> what else may stand for it; plurals of the words as well."""
    rows = json.loads(resources.files("resources").joinpath("search_words.json").read_text("utf-8"))["same"]
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        for each in row:
            others = tuple(other for other in row if other != each)
            found[each] = tuple(dict.fromkeys((*found.get(each, ()), *others)))
    return found | {f"{each}s": (each, *others) for each, others in found.items() if f"{each}s" not in found}


def respelled(term: Term, vocabulary: Iterable[str]) -> Term:
    """The words of the vocabulary that differ from a term's own word by one letter, or begin so."""
    word = term[0].text.strip()
    if len(word) < _LEAST_TYPO or " " in word or word.isdigit():
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
