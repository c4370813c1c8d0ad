"""What is drawn on the picture: areas of four corners, lines of two to five points (text, sections 4.8.3 to 4.8.38).

Coordinates are whole numbers 0..10000 from the top left. A set method clears what was there, so the whole set goes out
each time, numbered from 1.

The text explains the direction of a line with a left hand laid on the picture, palm down, the fingers along the line:
its thumb, which is side A, then points to the right of the line. `model.Direction` counts from the left.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from app.errors import CameraError, InvalidSetting, NotSupported
from app.families.vigi import catalog, document, shapes
from app.families.vigi.detections import DETECTIONS, Detection, of_layer
from app.families.vigi.document import Able
from app.families.vigi.facts import Facts
from app.families.vigi.settings import VigiSettings
from app.model.geometry import Point, on_steps, to_steps
from app.model.region import Direction, Limits, Line, Polygon, Region, Shape, ShapeKind
from app.settings.document import Document
from app.settings.field import Field
from app.settings.layer import LayerInfo, RegionEdit, RegionLayer, Related, Switch
from app.settings.spec import Access, Kind
from app.wire.json_text import JsonDocument, JsonKind, JsonNode

STEPS = 10_000
MOST = 4
CORNERS = 4
LINE_POINTS = (2, 5)
IDS = tuple(str(number) for number in range(1, MOST + 1))
_DIRECTIONS = {"AtoB": Direction.B_TO_A, "BtoA": Direction.A_TO_B, "both": Direction.BOTH}
_WORDS = {direction: word for word, direction in _DIRECTIONS.items()}
_GEOMETRY = ("id", "points_num", "points_x", "points_y", "direction")
# What a new region has where the camera shows none to go by.
_USUAL = {
    "sensitivity": "50", "people_enhance": "off", "vehicle_enhance": "off", "enhance_validity": "medium",
    "threshold": "5", "percentage": "50", "detect": "both",
}  # fmt: skip


class VigiRegions:
    """Implements `base.Regions`."""

    def __init__(self, settings: VigiSettings, facts: Facts) -> None:
        self._settings = settings
        self._facts = facts

    async def layers(self) -> tuple[LayerInfo, ...]:
        modules = await self._facts.modules()
        here = (each for each in DETECTIONS if each.drawn)
        refused = self._settings.refused
        return tuple(
            _info(each, refused.get(each.region, ""))
            for each in here
            if modules is None or each.event.lower() in modules
        )

    async def load(self, layer: str) -> RegionLayer:
        detection = of_layer(layer)
        if detection is None:
            raise NotSupported(f"There is no layer “{layer[:60]}”.")
        held = await self._settings.load(detection.region)
        able = await self._settings.able(detection.region)
        switches = await self._switches(detection)
        return layer_of(detection, held, able, switches, schedule=await self._facts.has("recordSchedule"))

    def rounded(self, layer: RegionLayer, region: Region) -> Region:
        return region.with_shape(rounded(region.shape))

    def edits(self, layer: RegionLayer, regions: tuple[Region, ...]) -> tuple[RegionEdit, ...]:
        return edits(layer, regions)

    def switched(self, layer: RegionLayer, switch: Switch, on: bool) -> tuple[RegionEdit, ...]:
        held = layer.source
        if switch not in (layer.armed, layer.notifies) or not isinstance(held, Document):
            raise InvalidSetting(f"{switch.title} is no switch of {layer.info.title}.")
        if switch.is_on == on:
            return ()
        return (RegionEdit(held, held.source.encode({switch.path: switch.on if on else switch.off})),)

    async def _switches(self, detection: Detection) -> Document | None:
        try:
            return await self._settings.load(detection.switch)
        except CameraError:
            return None  # the drawing does not hang on it


def _info(detection: Detection, reason: str = "") -> LayerInfo:
    title = catalog.titles().page(detection.switch).title
    return LayerInfo(detection.region, detection.purpose, title, 1, detection.region, reason)


def layer_of(
    detection: Detection, held: Document, able: Able, switches: Document | None = None, *, schedule: bool = False
) -> RegionLayer:
    """The layer that a document of regions is."""
    source = document.source_of(held)
    nodes = shapes.regions(source.node)
    related = [Related(catalog.titles().page(detection.switch).title, detection.switch)]
    if schedule:
        related.append(Related(catalog.titles().page("getRecordSchedule").title, "getRecordSchedule"))
    return RegionLayer(
        info=_info(detection),
        limits=_limits(detection),
        regions=tuple(_region(detection, node, place) for place, node in enumerate(nodes, 1)),
        document=held,
        properties=_properties(detection, held, nodes, able),
        armed=_switch(switches, "enabled"),
        notifies=_switch(switches, "msg_push_enabled"),
        related=tuple(related),
        source=switches,
    )


def _limits(detection: Detection) -> Limits:
    line = detection.purpose.value == "line"
    return Limits(
        shapes=(ShapeKind.LINE,) if line else (ShapeKind.POLYGON,),
        most_regions=MOST if detection.numbered else None,
        min_points=LINE_POINTS[0] if line else CORNERS,
        max_points=LINE_POINTS[1] if line else CORNERS,
        steps=(STEPS, STEPS),
        directions=tuple(Direction) if line else (),
        ids=IDS if detection.numbered else (),
    )


def _switch(switches: Document | None, path: str) -> Switch | None:
    field = next((each for each in switches.fields if each.path == path), None) if switches is not None else None
    if switches is None or field is None or field.spec.kind is not Kind.BOOL:
        return None
    on, off = (option.value for option in field.spec.options)
    return Switch(field.spec.title, switches.resource, path, on, off, field.text.strip().lower() == on)


# -- reading -----------------------------------------------------------------------------------------------------------


def _region(detection: Detection, node: JsonNode, place: int) -> Region:
    points = _points(node)
    shape: Shape = Polygon(points)
    if detection.purpose.value == "line":
        shape = Line(points, _DIRECTIONS.get(node.text_of("direction"), Direction.BOTH))
    values = tuple((each.name, each.text) for each in node.children if each.is_leaf and each.name not in _GEOMETRY)
    number = node.text_of("id", str(place)) if detection.numbered else str(place)
    return Region(number, detection.purpose, shape, properties=values)


def _points(node: JsonNode) -> tuple[Point, ...]:
    """As many as points_num says, and as there are numbers for."""
    xs, ys = (_numbers(node.child(name)) for name in ("points_x", "points_y"))
    count = node.text_of("points_num").strip()
    most = int(count) if count.isascii() and count.isdigit() and len(count) < 4 else len(xs)
    return tuple(Point(x / STEPS, y / STEPS) for x, y in list(zip(xs, ys, strict=False))[:most])


def _numbers(node: JsonNode | None) -> list[float]:
    found = []
    for text in node.items() if node is not None else ():
        try:
            found.append(float(text))
        except ValueError:
            return []
    return found


def _properties(detection: Detection, held: Document, nodes: Sequence[JsonNode], able: Able) -> tuple[Field, ...]:
    """Those of the first region that is there, else those of the text. The texts are those of a new region."""
    if nodes:
        start = f"{nodes[0].name}/"
        found = [each for each in held.fields if each.path.startswith(start)]
        found = [Field(each.path.removeprefix(start), each.text, each.spec) for each in found]
    else:
        made = document.build(detection.region, document.sample(detection.region, _template(detection)), able, "")
        found = [Field(each.path.removeprefix("region_info_1/"), each.text, each.spec) for each in made.fields]
    return tuple(each for each in found if each.path not in _GEOMETRY and each.spec.access is Access.READ_WRITE)


def _template(detection: Detection) -> dict[str, object]:
    """A region as the text has it, with usual values of the types of its examples."""
    method = catalog.methods()[detection.region]
    made: dict[str, object] = {}
    for name, field in method.values.items():
        if name in _GEOMETRY:
            continue
        value = _USUAL.get(name, "")
        if field.kind == "int":
            low, high = int(field.minimum or 0), int(field.maximum or 100)
            made[name] = min(max(int(value or low), low), high)
        else:
            made[name] = value
    return made


# -- writing -----------------------------------------------------------------------------------------------------------


def rounded(shape: Shape) -> Shape:
    match shape:
        case Polygon():
            return Polygon(tuple(on_steps(point, (STEPS, STEPS)) for point in shape.points))
        case Line():
            return Line(tuple(on_steps(point, (STEPS, STEPS)) for point in shape.points), shape.direction)
    return shape


def edits(layer: RegionLayer, regions: tuple[Region, ...]) -> tuple[RegionEdit, ...]:
    """One document, or none where nothing differs. Regions that were not touched keep their bytes."""
    held = {region.id: region for region in layer.regions}
    if regions == layer.regions or (
        len(regions) == len(held) and all(held.get(region.id) == region for region in regions)
    ):
        return ()
    detection = of_layer(layer.info.id)
    if detection is None:
        raise NotSupported(f"There is no layer “{layer.info.id[:60]}”.")
    wanted = _numbered(layer, regions)
    for region in wanted:
        problem = "" if held.get(region.id) == region else layer.limits.problem(rounded(region.shape))
        if problem:
            raise InvalidSetting(f"{layer.info.title}: {problem}")
    problem = layer.limits.too_many(len(wanted))
    if problem:
        raise InvalidSetting(f"{layer.info.title}: {problem}")
    source = document.source_of(layer.document)
    nodes = dict(zip((each.id for each in layer.regions), shapes.regions(source.node), strict=True))
    if [region.id for region in wanted] == list(held):
        body = _spliced(source.document, nodes, [each for each in wanted if held[each.id] != each])
    else:
        body = _rebuilt(detection, layer, source.document, source.node, nodes, wanted)
    return (RegionEdit(layer.document, body),)


def _numbered(layer: RegionLayer, regions: Sequence[Region]) -> list[Region]:
    """In the order in which the camera keeps them, new ones with the first free number."""
    taken = {region.id for region in regions if region.id}
    if len(taken) < len([region for region in regions if region.id]):
        raise InvalidSetting(f"{layer.info.title}: two regions have one number.")
    numbers = iter(sorted({*layer.limits.ids, *map(str, range(1, 100))} - taken, key=int))
    known = [region for region in regions if region.id]
    fresh = [
        Region(next(numbers), region.purpose, region.shape, properties=region.properties)
        for region in regions
        if not region.id
    ]
    return sorted([*known, *fresh], key=lambda each: (len(each.id), each.id))


def _spliced(held: JsonDocument, nodes: Mapping[str, JsonNode], changed: Sequence[Region]) -> bytes:
    found: dict[str, str] = {}
    for region in changed:
        node = nodes[region.id]
        for name, text in _texts(region, node).items():
            leaf = node.child(name)
            if leaf is not None and leaf.is_leaf:
                found[leaf.path] = text
    return held.splice(found)


def _texts(region: Region, node: JsonNode) -> dict[str, str]:
    """The leaves of a region, by name, as texts of the document."""
    points = region.shape.points
    found = dict(region.properties)
    same = _points(node) == points
    if not same:
        padded = LINE_POINTS[1] if isinstance(region.shape, Line) else len(points)
        found["points_num"] = str(len(points))
        for name, values in (("points_x", [p.x for p in points]), ("points_y", [p.y for p in points])):
            numbers: list[object] = [*(to_steps(value, STEPS) for value in values), *[0] * (padded - len(points))]
            old = node.child(name)
            if old is not None and old.kind is JsonKind.LIST and old.text.startswith('["'):
                numbers = [str(number) for number in numbers]
            found[name] = json.dumps(numbers, separators=(",", ":"))
    if isinstance(region.shape, Line):
        found["direction"] = _WORDS[region.shape.direction]
    return found


def _rebuilt(
    detection: Detection,
    layer: RegionLayer,
    held: JsonDocument,
    holder: JsonNode,
    nodes: Mapping[str, JsonNode],
    wanted: Sequence[Region],
) -> bytes:
    """The document with other regions in the object that holds them."""
    before = {region.id: region for region in layer.regions}
    parts = [f"{json.dumps(n.name)}: {held.slice(n)}" for n in holder.children if not shapes.REGION.fullmatch(n.name)]
    for place, region in enumerate(wanted, 1):
        node = nodes.get(region.id)
        if node is None:
            text = json.dumps(_object(detection, layer, region), ensure_ascii=False)
        elif before[region.id] == region:
            text = held.slice(node)
        else:
            text = _region_text(held, node, region)
        parts.append(f'"region_info_{place}": {text}')
    text = held.text[: holder.start] + "{" + ", ".join(parts) + "}" + held.text[holder.end :]
    return text.encode("utf-8", "surrogateescape")


def _region_text(held: JsonDocument, node: JsonNode, region: Region) -> str:
    """A region that is there, with only its changed leaves replaced."""
    spliced = _spliced(held, {region.id: node}, [region]).decode("utf-8", "surrogateescape")
    tail = len(held.text) - node.end
    return spliced[node.start : len(spliced) - tail]


def _object(detection: Detection, layer: RegionLayer, region: Region) -> dict[str, object]:
    """A new region, in the types of the text's examples."""
    made: dict[str, object] = {"id": int(region.id)} if detection.numbered else {}
    points = region.shape.points
    padded = LINE_POINTS[1] if isinstance(region.shape, Line) else len(points)
    made["points_num"] = len(points)
    if isinstance(region.shape, Line):
        made["direction"] = _WORDS[region.shape.direction]
    for name, values in (("points_x", [p.x for p in points]), ("points_y", [p.y for p in points])):
        made[name] = [*(to_steps(value, STEPS) for value in values), *[0] * (padded - len(points))]
    for field in layer.properties:
        text = region.value(field.path) or field.text
        made[field.path] = int(text) if field.spec.kind is Kind.INT and text.strip().isdigit() else text
    return made
