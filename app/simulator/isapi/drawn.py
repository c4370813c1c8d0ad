"""Lists of regions in documents: what a camera refuses about them, and what some make of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.simulator.isapi.answers import Refusal
from app.simulator.isapi.model import Catalog, with_new_schema
from app.simulator.isapi.state import STREAMS
from app.simulator.isapi.tree import Node
from app.simulator.quirks import Quirks

_CORNERS = ("RegionCoordinatesList", "CoordinatesList", "LineCoordinatesList")
_MISDRAWS = ("drops_over_limit", "rounds_regions", "reorders_points", "renumbers_regions")
_UNSIZED = (704, 576)


def check_scenes(node: Node, sent: Node) -> None:
    """A list whose regions hold in one of several views each can be emptied; it takes no other regions."""
    for name, listed in [(each.name, each) for _, each in node.walk() if "scenes" in each.attributes]:
        found = next((each for _, each in sent.walk() if each.name == name), None)
        for member in found.children if found is not None else ():
            held = listed.item(member.value("id"))
            old, new = (_places(each) if each is not None else [] for each in (held, member))
            if new and new != old:
                raise Refusal(4, "invalidOperation")


def misdraw(node: Node, changed: bool, quirks: Quirks) -> None:
    """What becomes of regions that were written."""
    if not changed or not any(name in quirks for name in _MISDRAWS):
        return
    for listed in _lists(node):
        if "drops_over_limit" in quirks:
            _drop(listed, int(quirks.number("drops_over_limit")))
        for member in listed:
            for corners in _corner_lists(member):
                if "rounds_regions" in quirks:
                    _round(corners, int(quirks.number("rounds_regions")))
                if "reorders_points" in quirks and len(corners.children) > 2:
                    corners.children[:] = [corners.children[0], *reversed(corners.children[1:])]
        if "renumbers_regions" in quirks:
            _renumber(listed)


def _lists(node: Node) -> Iterator[list[Node]]:
    """The members of each list of regions; a region by itself is a list of one."""
    if list(_corner_lists(node)):
        yield [node]
        return
    for _, each in node.walk():
        members = [child for child in each.children if child.child("id") is not None and list(_corner_lists(child))]
        if members:
            yield members


def _corner_lists(member: Node) -> Iterator[Node]:
    for name in _CORNERS:
        found = member.child(name)
        if found is not None:
            yield found


def _places(member: Node) -> list[tuple[str, str]]:
    return [
        (corner.value("positionX"), corner.value("positionY"))
        for corners in _corner_lists(member)
        for corner in corners.children
    ]


def _drop(members: list[Node], most: int) -> None:
    for member in [each for each in members if _places(each)][most:]:
        for corners in _corner_lists(member):
            corners.children.clear()


def _round(corners: Node, steps: int) -> None:
    for corner in corners.children:
        for leaf in corner.children:
            whole = int(leaf.attributes.get("max", "1000"))
            if leaf.text.isdigit():
                leaf.text = str(round(round(int(leaf.text) * steps / whole) * whole / steps))


def _renumber(members: list[Node]) -> None:
    """The drawn ones from the last to the first."""
    held = [each for each in members if _places(each)]
    ids = [each.value("id") for each in held]
    for member, key in zip(held, reversed(ids), strict=True):
        member.put("id", key)


@dataclass(frozen=True, slots=True)
class _Turning:
    """From a scale that counts from the top to pixels that count from the bottom."""

    size: tuple[int, int]

    def __call__(self, template: Node) -> None:
        block = template.child("normalizedScreenSize")
        old = _UNSIZED
        if block is not None:
            old = int(block.value("normalizedScreenWidth")), int(block.value("normalizedScreenHeight"))
            template.children.remove(block)
        for _, node in template.walk():
            if node.name in ("positionX", "positionY"):
                across = node.name == "positionX"
                whole, pixels = (old[0], self.size[0]) if across else (old[1], self.size[1])
                value = round(int(node.text) * pixels / whole)
                node.text = str(value if across else pixels - value)
                node.attributes["max"] = str(pixels)


def from_below(catalog: Catalog) -> Catalog:
    """The catalog of a camera that counts the corners of masks in pixels of its main stream from the lower left, as
    the first generation does, and says no scale."""
    for path, resource in list(catalog.resources.items()):
        if path.endswith("/privacyMask") and resource.template is not None:
            catalog = with_new_schema(catalog, path, _Turning(picture_size(catalog)))
    return catalog


def picture_size(catalog: Catalog) -> tuple[int, int]:
    """Of the main stream, as the camera leaves the factory."""
    streams = catalog.resources.get(STREAMS)
    video = (
        streams.template.children[0].child("Video") if streams is not None and streams.template is not None else None
    )
    if video is None:
        return _UNSIZED
    return int(video.value("videoResolutionWidth")), int(video.value("videoResolutionHeight"))
