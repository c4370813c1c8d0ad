"""Colours of what is drawn on a picture. They are the same in both themes: what they lie on is the camera's."""

from __future__ import annotations

from app.model.region import Purpose

OUTLINE = "#0B0E12"  # under every line, so that it is seen on snow and on night
SELECTED = "#FFFFFF"
KEPT, ADJUSTED, DROPPED = "#22C55E", "#F59E0B", "#EF4444"
FILL, FILL_SELECTED = 0.20, 0.35

_COLOURS = {
    Purpose.MOTION: "#38BDF8",
    Purpose.LINE: "#F59E0B",
    Purpose.INTRUSION: "#EF4444",
    Purpose.ENTRANCE: "#22C55E",
    Purpose.EXIT: "#A78BFA",
    Purpose.LOITERING: "#FB923C",
    Purpose.GROUP: "#F472B6",
    Purpose.RAPID_MOVE: "#E879F9",
    Purpose.PARKING: "#818CF8",
    Purpose.UNATTENDED: "#FDBA74",
    Purpose.REMOVAL: "#FDA4AF",
    Purpose.DROP_TAKE: "#FDE68A",
    Purpose.PEOPLE: "#FACC15",
    Purpose.VEHICLE: "#FACC15",
    Purpose.PLATE: "#A3E635",
    Purpose.LANE: "#BEF264",
    Purpose.COUNTING: "#FBBF24",
    Purpose.HEAT_MAP: "#F87171",
    Purpose.TAMPER: "#94A3B8",
    Purpose.PRIVACY: "#CBD5E1",
    Purpose.ROI: "#2DD4BF",
    Purpose.CLIP: "#5EEAD4",
    Purpose.TEXT: "#E2E8F0",
    Purpose.THERMAL: "#FB7185",
    Purpose.OTHER: "#E2E8F0",
}


def shape_colour(purpose: Purpose) -> str:
    return _COLOURS[purpose]
