"""What is known of one resource that draws on the picture. Facts only; `codecs` knows how."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.families.isapi.regions.points import FROM_LOWER_LEFT, Order
from app.model.region import Purpose


class Form(StrEnum):
    """How a region stands in its element."""

    POLYGON = "polygon"
    RECTANGLE = "rectangle"  # four corners along the picture's edges
    LINE = "line"  # with directionSensitivity
    COUNTING_LINE = "counting line"  # its direction is an arrow across it
    GRID = "grid"
    LABEL = "label"  # positionX and positionY of its own
    OLD_LABEL = "old label"  # posX and posY
    SIGN = "sign"  # a label whose place is CalibratingCoordinates
    THERMOMETER = "thermometer"  # point, region or line, by its type
    ENDS = "ends"  # a line from StartPoint to EndPoint
    RULE = "rule"  # area or line, each in a block of its own


class Clearing(StrEnum):
    """How a region goes away."""

    CORNERS = "corners"  # its list of corners is there and empty (text A, 8.13.32)
    MEMBER = "member"  # its element goes
    TEXT = "text"  # its place stays, switched off and without a text
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of resource.

    path is without prefix and has {channel}, {stream} or {sid}; root is the document's outer element. listed and
    member name the list and its entries; listed "" is the document itself, and without an id they go by their
    number. singles are elements that are a region each, with titles. points is the way from a region to its corners.
    size is the scale where no document tells one, None for the size of the picture in pixels. when: a leaf of the
    document and the values for which the row holds. items: below path, where each region has a resource of its own.
    few, many and most are the protocol's own limits. event is the word in the trigger's id, schedule the
    collection of its schedules. name is the leaf of a region's name. told_above: limits and scale are those of the
    resource above it. hint says what people should know. mode is a leaf that tells whether the regions hold, awake
    its value when they do, and asleep the sentence for when they do not.
    """

    key: str
    purpose: Purpose
    title: str
    path: str
    root: str
    listed: str
    member: str
    form: Form = Form.POLYGON
    points: str = "RegionCoordinatesList/RegionCoordinates"
    size: tuple[int, int] | None = (1000, 1000)
    lower_left: bool = True
    sized_upper_left: bool = False  # counts from the top left where the document tells its scale
    step_y: int = 1
    order: Order = FROM_LOWER_LEFT
    few: int = 3
    many: int | None = 10
    most: int | None = 4
    clearing: Clearing = Clearing.MEMBER
    when: tuple[str, tuple[str, ...]] = ("", ())
    items: str = ""
    name: str = ""
    id: str = "id"
    singles: tuple[tuple[str, str], ...] = ()
    armed: str = "enabled"
    event: str = ""
    schedule: str = ""
    dialect: str = "v2"
    told_above: bool = False
    hint: str = ""
    mode: str = ""
    awake: str = ""
    asleep: str = ""
