"""In which order the documents of one Apply are sent: what makes room goes before what takes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.settings.changes import Change
from app.settings.document import Document
from app.settings.exclusion import Side, switched

After = Mapping[str, Collection[str]]  # resource -> those that are sent before it
Foresee = Callable[[Sequence[Document]], Awaitable[After]]


@dataclass(frozen=True, slots=True)
class Plan:
    """resources in the order in which they are sent; after says which of them have to wait for which."""

    resources: tuple[str, ...]
    after: After


async def planned(documents: Iterable[Document], foresee: Foresee | None, learned: After | None = None) -> Plan:
    """The order for edited documents. foresee is what the family says of it (`base.Exclusions`), learned what refusals
    have taught besides. Raises what foresee raises: then nothing may be sent."""
    waiting = off_first(documents)
    told = await foresee(waiting) if foresee is not None else {}
    known = learned or {}
    after = {each: frozenset((*known.get(each, ()), *told.get(each, ()))) for each in (*known, *told)}
    return Plan(in_order((each.resource for each in waiting), after), after)


def off_first(documents: Iterable[Document]) -> tuple[Document, ...]:
    """What only switches something off stands in front of what switches something on, as one may exclude the other."""
    waiting = tuple(documents)
    first = room_makers({each.resource: each.changes() for each in waiting})
    return tuple(sorted(waiting, key=lambda each: each.resource not in first))


def room_makers(changes: Mapping[str, Sequence[Change]]) -> frozenset[str]:
    """The resources of which something is switched off and nothing on, where another one switches something on."""
    starting = {resource for resource, made in changes.items() if switched(made, on=True)}
    ending = {resource for resource, made in changes.items() if switched(made, on=False)}
    return frozenset(ending - starting) if starting else frozenset()


def in_order(resources: Iterable[str], after: After) -> tuple[str, ...]:
    """The resources in their order, but each one behind those that after names for it. What goes round in a circle
    stays where it is."""
    ordered: list[str] = []
    waiting = tuple(resources)

    def take(resource: str, above: frozenset[str]) -> None:
        for first in waiting:
            if first in after.get(resource, ()) and first not in ordered and first not in above:
                take(first, above | {resource})
        if resource not in ordered:
            ordered.append(resource)

    for resource in waiting:
        take(resource, frozenset({resource}))
    return tuple(ordered)


def behind(sides: Iterable[Side], refused: str) -> dict[str, frozenset[str]]:
    """What has to be switched off goes before the resource that was refused for it."""
    first = frozenset(side.resource for side in sides) - {refused}
    return {refused: first} if first else {}
