"""PTZ documents of this family <-> values. Pure; anything odd in a document reads as "not there".

Angles and the zoom factor travel as tenths, speeds as percent, durations in milliseconds.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from app.model.ptz import (
    Auxiliary,
    KeyPoint,
    Patrol,
    Pattern,
    Preset,
    PtzCapabilities,
    PtzPosition,
    Range,
    from_tenths,
    percent,
    tenths,
)
from app.wire.xml import Element

GRID = 255  # the picture of click and box commands is 0..255 both ways, origin bottom left
_MOST = 1000  # places that are shown at most, whatever a document claims


def _xml(body: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode()


def _whole(text: str) -> int | None:
    text = text.strip()
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def _span(space: Element | None, axis: str) -> Range | None:
    """A range of tenths; firmware writes Min and min."""
    found = space.child(axis) if space is not None else None
    if found is None:
        return None
    low, high = (_whole(found.text_of(name) or found.text_of(name.lower())) for name in ("Min", "Max"))
    if low is None or high is None or low > high:
        return None
    return Range(from_tenths(low), from_tenths(high))


def _count(root: Element, name: str) -> int:
    return max(0, min(_MOST, _whole(root.text_of(name)) or 0))


def _says(root: Element, *names: str) -> bool:
    return any(root.text_of(name).strip().lower() == "true" for name in names)


def capabilities(root: Element) -> PtzCapabilities:
    """From PTZChanelCap (the protocol's spelling; the right one is taken too)."""
    special = root.find("PresetNameCap/specialNo")
    reserved = special.attributes.get("opt", "").split(",") if special is not None else []
    continuous = root.child("ContinuousPanTiltSpace") is not None
    zoom = root.child("ContinuousZoomSpace") is not None
    position3d = _says(root, "isSupportPosition3D")
    home = _says(root, "homePostionSupport", "homePositionSupport")
    absolute = root.child("AbsolutePanTiltPositionSpace")
    return PtzCapabilities(
        pan_tilt=continuous,
        zoom=zoom,
        momentary=root.child("MomentaryPanTiltSpace") is not None,
        centre=position3d or root.child("RelativePanTiltSpace") is not None,
        zoom_box=position3d,
        one_push_focus=_says(root, "isSupportOnePushFocus", "isSupportOnepushFoucs", "isSupportOnePushFoucs"),
        home=home,
        set_home=home,
        clear_home=home,
        absolute_pan=_span(absolute, "XRange"),
        absolute_tilt=_span(absolute, "YRange"),
        absolute_zoom=_span(root.child("AbsoluteZoomPositionSpace"), "ZRange"),
        presets=_count(root, "maxPresetNum"),
        rename_presets=True,
        reserved=frozenset(each.strip() for each in reserved if each.strip().isdigit()),
        patrols=_count(root, "maxPatrolNum"),
        edit_patrols=True,
        patterns=_count(root, "maxPatternNum"),
    )


def position(root: Element) -> PtzPosition | None:
    """From PTZStatus; None where it says nothing."""
    said = root.find("AbsoluteHigh")
    if said is None:
        return None
    pan, tilt, zoom = (_whole(said.text_of(name)) for name in ("azimuth", "elevation", "absoluteZoom"))
    if pan is None and tilt is None and zoom is None:
        return None
    return PtzPosition(*(None if each is None else from_tenths(each) for each in (pan, tilt, zoom)))


def field_of_view(root: Element) -> float | None:
    """From GIS (section 8.16.3); degrees, None where it does not say."""
    text = root.text_of("AngleView/horizontalValue").strip()
    if not re.fullmatch(r"\d{1,3}(\.\d{1,6})?", text, re.ASCII):
        return None
    return float(text) if 0 < float(text) <= 360 else None


def absolute(wanted: PtzPosition) -> bytes:
    values = (("elevation", wanted.tilt), ("azimuth", wanted.pan), ("absoluteZoom", wanted.zoom))
    inner = "".join(f"<{name}>{tenths(value)}</{name}>" for name, value in values if value is not None)
    return _xml(f"<PTZData><AbsoluteHigh>{inner}</AbsoluteHigh></PTZData>")


def motion(pan: float, tilt: float, zoom: float, seconds: float | None = None) -> bytes:
    """All three axes in this order, zeros too: old firmware refuses anything else. seconds: a momentary move."""
    inner = f"<pan>{percent(pan)}</pan><tilt>{percent(tilt)}</tilt><zoom>{percent(zoom)}</zoom>"
    if seconds is not None:
        inner += f"<Momentary><duration>{max(1, round(seconds * 1000))}</duration></Momentary>"
    return _xml(f"<PTZData>{inner}</PTZData>")


def lens(kind: str, speed: float) -> bytes:
    """kind: "focus" or "iris"."""
    return _xml(f"<{kind.capitalize()}Data><{kind}>{percent(speed)}</{kind}></{kind.capitalize()}Data>")


def grid(x: float, y: float) -> tuple[int, int]:
    """A point of the picture (0..1, origin top left) on the device's grid."""
    across, down = (min(max(each, 0.0), 1.0) for each in (x, y))
    return int(across * GRID + 0.5), GRID - int(down * GRID + 0.5)


def box(left: float, top: float, right: float, bottom: float) -> bytes:
    """A click is a box without size."""
    points = zip(("StartPoint", "EndPoint"), (grid(left, top), grid(right, bottom)), strict=True)
    inner = "".join(f"<{name}><positionX>{x}</positionX><positionY>{y}</positionY></{name}>" for name, (x, y) in points)
    return _xml(f"<Position3D>{inner}</Position3D>")


def relative(x: float, y: float) -> bytes:
    across, up = grid(x, y)
    inner = f"<positionX>{across}</positionX><positionY>{up}</positionY><relativeZoom>0</relativeZoom>"
    return _xml(f"<PTZData><Relative>{inner}</Relative></PTZData>")


def presets(root: Element, reserved: frozenset[str]) -> tuple[Preset, ...]:
    found: list[Preset] = []
    for entry in root.children[:_MOST]:
        key = entry.text_of("id").strip()
        if entry.name == "PTZPreset" and key and _whole(key) is not None:
            is_set = entry.text_of("enabled", "true").strip().lower() == "true"
            found.append(Preset(key, entry.text_of("presetName"), is_set, key in reserved))
    return tuple(found)


def preset(key: str, name: str) -> bytes:
    inner = f"<enabled>true</enabled><id>{escape(key)}</id><presetName>{escape(name)}</presetName>"
    return _xml(f"<PTZPreset>{inner}</PTZPreset>")


def patrols(root: Element) -> tuple[Patrol, ...]:
    return tuple(
        _patrol(entry) for entry in root.children[:_MOST] if entry.name == "PTZPatrol" and entry.text_of("id").strip()
    )


def _patrol(entry: Element) -> Patrol:
    listed = entry.child("PatrolSequenceList")
    points = tuple(
        KeyPoint(
            each.text_of("presetID").strip(),
            # Milliseconds in the block, seconds in the notes of the protocol text: real domes send milliseconds.
            max(0, _whole(each.text_of("delay")) or 0) / 1000,
            _whole(each.text_of("seqSpeed")) or 1,
        )
        for each in (listed.children if listed is not None else ())
        if each.name == "PatrolSequence" and _whole(each.text_of("presetID")) not in (None, 0)
    )
    enabled = entry.text_of("enabled", "true").strip().lower() == "true"
    return Patrol(entry.text_of("id").strip(), entry.text_of("patrolName"), points, enabled)


def patrol(value: Patrol) -> bytes:
    points = "".join(
        f"<PatrolSequence><id>{number}</id><presetID>{escape(point.preset)}</presetID>"
        f"<seqSpeed>{point.speed}</seqSpeed><delay>{round(point.dwell * 1000)}</delay></PatrolSequence>"
        for number, point in enumerate(value.points, 1)
    )
    return _xml(
        f"<PTZPatrol><enabled>{'true' if value.enabled else 'false'}</enabled><id>{escape(value.id)}</id>"
        f"<patrolName>{escape(value.name)}</patrolName><PatrolSequenceList>{points}</PatrolSequenceList></PTZPatrol>"
    )


def patterns(root: Element) -> tuple[Pattern, ...]:
    found: list[Pattern] = []
    for entry in root.children[:_MOST]:
        key = entry.text_of("id").strip()
        if entry.name == "PTZPattern" and key:
            recorded = entry.text_of("enabled").strip().lower() == "true"
            free = _whole(entry.text_of("space"))
            found.append(Pattern(key, recorded, None if free is None else max(0, min(100, free))))
    return tuple(found)


# Types as devices write them -> the words of the model.
AUXILIARIES = {
    "LIGHT": Auxiliary.LIGHT,
    "WIPER": Auxiliary.WIPER,
    "HEATER": Auxiliary.HEATER,
    "FAN": Auxiliary.FAN,
    "AUX1": Auxiliary.AUX1,
    "AUX2": Auxiliary.AUX2,
}


def auxiliaries(root: Element) -> dict[str, tuple[str, str]]:
    """From PTZAuxList: name -> id and the device's own type."""
    found: dict[str, tuple[str, str]] = {}
    for entry in root.children[:_MOST]:
        kind, key = entry.text_of("type").strip(), entry.text_of("id").strip()
        name = AUXILIARIES.get(kind.upper())
        if name is not None and _whole(key) is not None:
            found[name.value] = (key, kind)
    return found


def auxiliary(key: str, kind: str, on: bool) -> bytes:
    return _xml(f"<PTZAux><id>{key}</id><type>{escape(kind)}</type><status>{'on' if on else 'off'}</status></PTZAux>")


# The first text's way: one place, the command in the query.
POWER = {
    Auxiliary.LIGHT: "LIGHT_PWRON",
    Auxiliary.WIPER: "WIPER_PWRON",
    Auxiliary.FAN: "FAN_PWRON",
    Auxiliary.HEATER: "HEATER_PWRON",
}


def power(on: bool) -> bytes:
    return _xml(f"<PTZAuxStatus><enabled>{'true' if on else 'false'}</enabled></PTZAuxStatus>")


def old_presets(root: Element) -> tuple[Preset, ...]:
    """From the PTZChannel of the oldest form, which knows numbers only."""
    listed = root.child("PresetIDList")
    entries = listed.children[:_MOST] if listed is not None else ()
    return tuple(
        Preset(each.text_of("id").strip(), "", each.text_of("enabled").strip().lower() == "true")
        for each in entries
        if _whole(each.text_of("id")) is not None
    )


def old_numbers(root: Element, name: str) -> tuple[tuple[str, bool], ...]:
    """Ids of PatrolIDList or PatternIDList with whether they are in use."""
    listed = root.child(name)
    entries = listed.children[:_MOST] if listed is not None else ()
    return tuple(
        (each.text_of("id").strip(), each.text_of("enabled").strip().lower() == "true")
        for each in entries
        if _whole(each.text_of("id")) is not None
    )


def key_points(root: Element) -> tuple[KeyPoint, ...]:
    """From PatrolPointList; dwell times are seconds here."""
    return tuple(
        KeyPoint(
            each.text_of("presetNo").strip(),
            float(max(0, _whole(each.text_of("dwellTime")) or 0)),
            _whole(each.text_of("speed")) or 1,
        )
        for each in root.children[:_MOST]
        if each.name == "PatrolPoint" and _whole(each.text_of("presetNo")) is not None
    )


def key_point_list(points: tuple[KeyPoint, ...]) -> bytes:
    inner = "".join(
        f"<PatrolPoint><id>{number}</id><presetNo>{escape(point.preset)}</presetNo><speed>{point.speed}</speed>"
        f"<dwellTime>{round(point.dwell)}</dwellTime></PatrolPoint>"
        for number, point in enumerate(points, 1)
    )
    return _xml(f"<PatrolPointList>{inner}</PatrolPointList>")
