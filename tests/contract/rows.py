"""Rows of a page as an installer meets them: what nobody could tell apart, and what explains itself. For tests over
every document."""

from __future__ import annotations

from collections import defaultdict

from app.settings.document import Document


def told_twice(document: Document) -> list[tuple[str, ...]]:
    """Paths of fields that stand in one section under one title."""
    found: dict[tuple[tuple[str, ...], str], list[str]] = defaultdict(list)
    for field in document.fields:
        found[field.section, field.spec.title].append(field.path)
    return [tuple(paths) for paths in found.values() if len(paths) > 1]


def with_help(document: Document) -> int:
    return sum(bool(field.spec.help) for field in document.fields)
