"""Lists of corners: read from a region's element, written into it corner by corner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.families.isapi.regions.draft import Draft, leaf
from app.families.isapi.regions.scale import Scale, number
from app.model.geometry import Point, bounds, is_upright
from app.wire.xml import Element

# What stands before the corners of a region in the protocol's blocks: a list that is put in goes behind these.
_BEFORE = (
    "id", "laneId", "enabled", "maskEnabled", "name", "sensitivityLevel", "daySensitivityLevel",
    "nightSensitivityLevel", "objectSize", "dayObjectSize", "nightObjectSize", "timeThreshold", "objectOccupation",
    "directionSensitivity", "qualityLevelOfROI",
)  # fmt: skip

Order = tuple[int, int, int, int]  # places in `Box.corners`, in the order of the wire
FROM_UPPER_LEFT: Order = (0, 3, 2, 1)  # counterclockwise (text A, 8.4.9)
FROM_LOWER_LEFT: Order = (3, 0, 1, 2)  # clockwise (text A, 8.4.12; text B, 8.4.8 and 8.10.3)


def read(holder: Element, path: str, scale: Scale) -> tuple[Point, ...]:
    """The corners at path ("RegionCoordinatesList/RegionCoordinates") below holder; () where one makes no sense."""
    listed, _, name = path.rpartition("/")
    group = holder.find(listed)
    found = [_point(each, scale) for each in (group.children if group is not None else ()) if each.name == name]
    points = tuple(point for point in found if point is not None)
    return points if len(points) == len(found) else ()


def _point(holder: Element, scale: Scale) -> Point | None:
    x, y = (number(holder.text_of(name)) for name in ("positionX", "positionY"))
    return None if x is None or y is None else scale.point(x, y)


def drawn(points: Sequence[Point]) -> bool:
    """Regions that were never drawn have no corners, or all of them in one place."""
    return len(set(points)) > 1


def write(draft: Draft, holder: str, path: str, scale: Scale, points: Sequence[Point]) -> None:
    """Makes these the corners at path below the element holder. Corners that stay keep their bytes."""
    listed, _, name = path.rpartition("/")
    at = join(holder, listed)
    if draft.find(at) is None:
        above, _, last = at.rpartition("/")
        draft.put(above, last, "".join(_fresh(name, scale, points)), before=_BEFORE)
        return
    here = _named(draft, at, name)
    if not here:
        for point in points:
            draft.put(at, name, markup(scale, point))
        return
    for _ in range(len(points) - len(here)):
        draft.copy(_named(draft, at, name)[-1].path)
    draft.drop([each.path for each in here[len(points) :]])
    for each, point in zip(_named(draft, at, name), points, strict=True):
        place(draft, each.path, scale, point)


def clear(draft: Draft, holder: str, path: str) -> None:
    """The list is there and empty: the region is not (text A, 8.13.32)."""
    listed, _, name = path.rpartition("/")
    draft.drop([each.path for each in _named(draft, join(holder, listed), name)])


def place(draft: Draft, holder: str, scale: Scale, point: Point) -> None:
    """Writes positionX and positionY of an element."""
    for name, text in zip(("positionX", "positionY"), scale.wire(point), strict=True):
        draft.set(join(holder, name), text)


def in_order(old: Sequence[Point], points: Sequence[Point], usual: Order) -> tuple[Point, ...]:
    """The corners of a rectangle in the order in which the camera tells its own; in the usual order where its own is
    none. Other shapes stay as they are."""
    if not is_upright(points):
        return tuple(points)
    order: Sequence[int] = usual
    if is_upright(old):
        order = [bounds(old).corners.index(point) for point in old]
    corners = bounds(points).corners
    return tuple(corners[place] for place in order)


def _named(draft: Draft, at: str, name: str) -> list[Element]:
    group = draft.find(at)
    return [each for each in group.children if each.name == name] if group is not None else []


def _fresh(name: str, scale: Scale, points: Sequence[Point]) -> Iterator[str]:
    for point in points:
        yield f"<{name}>{markup(scale, point)}</{name}>"


def markup(scale: Scale, point: Point) -> str:
    """positionX and positionY as they stand in a new element."""
    x, y = scale.wire(point)
    return leaf("positionX", x) + leaf("positionY", y)


def join(above: str, below: str) -> str:
    """A path below another one; both may be empty."""
    return f"{above}/{below}" if above and below else above or below
