"""What a device takes: its capabilities first, then what its document shows, then the protocol's text. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from app.families.isapi.regions.codecs import DIRECTIONS, codec
from app.families.isapi.regions.row import Clearing, Form, Row
from app.families.isapi.regions.scale import Scale, told
from app.families.isapi.regions.slots import Slot
from app.model.region import Direction, Limits, ShapeKind
from app.wire.xml import Element


def scale_of(root: Element, capabilities: Element | None, row: Row, picture: tuple[int, int] | None) -> Scale:
    """picture is the size of the channel's picture in pixels, for resources that count in them."""
    own = next(filter(None, (told(each) for each in (root, capabilities) if each is not None)), None)
    width, height = own or row.size or picture or (704, 576)
    lower_left = row.lower_left and not (row.sized_upper_left and own is not None)
    step = row.step_y if height % row.step_y == 0 else 1
    return Scale(width, height, lower_left, step)


def limits(root: Element, capabilities: Element | None, row: Row, scale: Scale, held: Sequence[Slot]) -> Limits:
    listed = _list(capabilities, row)
    member = listed.child(row.member) if listed is not None and row.member else None
    few, many = _corners(member, row)
    most = _most(root, listed, row, held)
    rectangle = row.form is Form.RECTANGLE and root.text_of("regionType") not in ("quadrilateral", "convexPolygon")
    return Limits(
        shapes=_shapes(member, row),
        most_regions=most,
        min_points=few,
        max_points=many,
        steps=scale.steps,
        upright=rectangle,
        convex=root.text_of("regionType") == "convexPolygon",
        directions=_directions(member, row, held),
        ids=_free(row, most, held),
    )


def _list(root: Element | None, row: Row) -> Element | None:
    if root is None:
        return None
    return root.find(row.listed) if row.listed else root


def _corners(member: Element | None, row: Row) -> tuple[int, int | None]:
    told_ = member.find(row.points.rpartition("/")[0]) if member is not None else None
    few, many = row.few, row.many
    if told_ is not None:
        most, least = _count(told_.attributes.get("size")), _count(told_.attributes.get("min"))
        if most is not None and most >= row.few:  # "size=1" stands in capabilities of a list of four
            many = most
        if least is not None and least > row.few:
            few = least
    return few, many if many is None or many >= few else few


def _most(root: Element, listed: Element | None, row: Row, held: Sequence[Slot]) -> int | None:
    here = _list(root, row)
    sizes = [_count(each.attributes.get("size")) for each in (listed, here) if each is not None]
    size = next((each for each in sizes if each is not None and each > 0), row.most)
    entries = len([slot for slot in held if not slot.fixed])
    if row.clearing in (Clearing.TEXT, Clearing.NEVER):
        return len(held)
    return None if size is None else max(size, entries)


def _count(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 4 else None


def _shapes(member: Element | None, row: Row) -> tuple[ShapeKind, ...]:
    kinds = codec(row).kinds
    type_ = member.child("type") if member is not None and row.form is Form.THERMOMETER else None
    options = _options(type_)
    words = {"point": ShapeKind.SPOT, "region": ShapeKind.POLYGON, "line": ShapeKind.LINE}
    return tuple(words[each] for each in options if each in words) or kinds


def _directions(member: Element | None, row: Row, held: Sequence[Slot]) -> tuple[Direction, ...]:
    if row.form is Form.COUNTING_LINE:
        return (Direction.A_TO_B, Direction.B_TO_A)
    if row.form is not Form.LINE:
        return (Direction.BOTH,)
    options = _options(member.child("directionSensitivity") if member is not None else None)
    found = tuple(DIRECTIONS[each] for each in options if each in DIRECTIONS)
    shown = any(slot.element.child("directionSensitivity") is not None for slot in held)
    return found or (tuple(DIRECTIONS.values()) if shown or row.member == "LineItem" else (Direction.BOTH,))


def _options(leaf: Element | None) -> list[str]:
    return [each.strip() for each in leaf.attributes.get("opt", "").split(",")] if leaf is not None else []


def _free(row: Row, most: int | None, held: Sequence[Slot]) -> tuple[str, ...]:
    """Ids that a new region may take: empty places first, then those that the list has room for."""
    empty = [slot.id for slot in held if slot.region is None]
    if row.clearing in (Clearing.TEXT, Clearing.NEVER) or not row.id or most is None:
        return tuple(empty)
    used = {slot.id for slot in held}
    start = 0 if "0" in used else 1
    room = [str(n) for n in range(start, start + most) if str(n) not in used]
    return (*empty, *room[: max(0, most - len(used))])
