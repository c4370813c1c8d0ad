"""A document written by hand whose lists have other records, for devices that take records one by one: what went is
deleted, what differs put and what is new posted, each as it was written. Pure.

Records are told apart by their ids, which are their addresses. Ids in another order would ask for nothing: a device
that takes records one by one keeps them in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.families.isapi import records, rungs
from app.families.isapi.document import XmlSource
from app.families.isapi.rearranging import Shape
from app.families.isapi.records import Step
from app.settings import lists
from app.wire import xml
from app.wire.xml import Element, XmlDocument


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps for each list that differs. problem says why there are none, for people."""

    steps: tuple[tuple[Shape, tuple[Step, ...]], ...] = ()
    problem: str = ""


def plan(source: XmlSource, body: bytes) -> Plan:
    """Empty, without a problem, where no list has other records."""
    now = xml.parse(body)
    outer = [each for each in source.shapes.values() if not _is_inside(each, source.shapes)]
    differing = [each for each in outer if _members(now, each) != _members(source.document, each)]
    if not any(_ids(now, each) != _ids(source.document, each) for each in differing):
        return Plan()
    if _beside(source.document, differing) != _beside(now, differing):
        return Plan(problem="it changes something beside its lists as well")
    found: list[tuple[Shape, tuple[Step, ...]]] = []
    for shape in differing:
        problem = _problem(_ids(source.document, shape), _ids(now, shape))
        if problem:
            return Plan(problem=problem)
        found.append((shape, _steps(source.document, now, shape)))
    return Plan(tuple(found))


def _problem(old: tuple[str, ...], new: tuple[str, ...]) -> str:
    told = [each for each in new if each]
    if "" in old or len(set(old)) < len(old) or len(set(told)) < len(told):
        return "its entries cannot be told apart by their ids"
    if [each for each in old if each in told] != [each for each in told if each in old]:
        return "it puts entries in another order, which their ids decide; let them stand and change what they hold"
    return ""


def _steps(old: XmlDocument, new: XmlDocument, shape: Shape) -> tuple[Step, ...]:
    """Deleted from the last: a device that numbers anew moves what is behind."""
    before = {rungs.id_of(each): each for each in _records(old, shape)}
    after = _records(new, shape)
    kept = {rungs.id_of(each) for each in after}
    gone = [Step("DELETE", each) for each in reversed(before) if each not in kept]
    changed: list[Step] = []
    come: list[Step] = []
    for record in after:
        known = before.get(rungs.id_of(record))
        if known is None:
            come.append(Step("POST", "", records.alone(new, record)))
        elif records.texts(known) != records.texts(record):
            changed.append(Step("PUT", rungs.id_of(record), records.alone(new, record)))
    return (*gone, *changed, *come)


def _records(document: XmlDocument, shape: Shape) -> list[Element]:
    group = document.element(shape.group)
    return [each for each in group.children if each.name == shape.name] if group is not None else []


def _ids(document: XmlDocument, shape: Shape) -> tuple[str, ...]:
    return tuple(map(rungs.id_of, _records(document, shape)))


def _members(document: XmlDocument, shape: Shape) -> list[Mapping[str, str]]:
    return [records.texts(each) for each in _records(document, shape)]


def _beside(document: XmlDocument, differing: list[Shape]) -> dict[str, str]:
    """The leaves outside the records of these lists; an empty list looks like one."""
    places = [each.path for shape in differing for each in _records(document, shape)]
    groups = {shape.group for shape in differing}
    return {
        each.path: each.value
        for each in document.root.iter()
        if each.is_leaf and each.path not in groups and not any(lists.inside(each.path, place) for place in places)
    }


def _is_inside(shape: Shape, shapes: Mapping[str, Shape]) -> bool:
    return any(lists.inside(shape.group, place) for other in shapes.values() for place in other.members)
