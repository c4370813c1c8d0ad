"""What a field hangs on where that is a setting of another page: Shutter on the style of Exposure. Pure.

The other page is read with this one; what it holds then decides until this page is read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.families.isapi.catalog import CatalogField, Resource, bare, is_placeholder
from app.families.isapi.needs import need_of
from app.families.isapi.titles import Titles
from app.settings.depends import Need
from app.wire.xml import Element


@dataclass(frozen=True, slots=True)
class Page:
    """A page that decides on fields of others: its answer, its capabilities, what the text says of it, its title."""

    root: Element
    capabilities: Element | None
    known: Resource | None
    title: str


def pages(root: Element, path: str, known: Resource | None) -> dict[str, str]:
    """The pages that decide on something in this document: template -> address."""
    fields = known.fields.values() if known is not None else ()
    wanted = [each for each in fields if each.page and each.values]
    there = {bare(each.path) for each in root.iter()} if wanted else set()
    return {each.page: _filled(each.page, known, path) for each in wanted if each.path in there and known is not None}


def _filled(template: str, known: Resource, path: str) -> str:
    """The address of a page beside the one at path: the same channel."""
    same = dict(zip(known.template.split("/"), path.partition("?")[0].split("/"), strict=False))
    return "/".join(same.get(step, step) if is_placeholder(step) else step for step in template.split("/"))


def needs(root: Element, others: Mapping[str, Page], names: Titles, known: Resource | None) -> Iterator[Need]:
    """What the leaves need of those pages; nothing where a page lacks the setting, cannot change it, or has no such
    value."""
    fields = known.fields.values() if known is not None else ()
    for field in (each for each in fields if each.values and each.page in others):
        page = others[field.page]
        decider = page.known.field(field.depends) if page.known is not None else None
        if (decider is not None and decider.access == "ro") or not _offers(page, field):
            continue
        reason = _reason(page, field, names)
        on, told = f"{field.page}#{field.depends}", page.root.text_of(field.depends)
        for leaf in _leaves(root, field.path):
            yield need_of(leaf.path, on, field, decider, reason, told)


def _leaves(root: Element, path: str) -> Iterator[Element]:
    """What holds a value at a field's path or below it; what numbers a record is none."""
    for group in (each for each in root.iter() if bare(each.path) == path):
        yield from (leaf for leaf in (group, *group.iter()) if leaf.is_leaf and leaf.name != "id")


def _offers(page: Page, field: CatalogField) -> bool:
    """Whether the decider is there (where it has to be), and has the value on its list where it has one."""
    if page.root.find(field.depends) is None:
        return field.unless
    declared = page.capabilities.find(field.depends) if page.capabilities is not None else None
    listed = [each.strip() for each in declared.attributes.get("opt", "").split(",")] if declared is not None else []
    return field.unless or not any(listed) or field.values[0] in listed


def _reason(page: Page, field: CatalogField, names: Titles) -> str:
    title = names.field(page.root.name, field.depends).title
    shown = " or ".join(names.option(field.depends.rpartition("/")[2], each) or each for each in field.values)
    return (
        f"Not while “{title}” on the page “{page.title}” is {shown}."
        if field.unless
        else f"Only while “{title}” on the page “{page.title}” is {shown}."
    )
