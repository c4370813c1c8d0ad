"""Elements that a device works out from others. Pure."""

from __future__ import annotations

from app.wire.xml import Element


def derived(root: Element) -> tuple[str, ...]:
    """The paths of such elements. Sent back beside their origin they spoil it: a motion grid becomes squares, or one
    more area appears with each write (`FIELD` 3, 4)."""
    if root.name.lower() != "motiondetection" or root.text_of("regionType").lower() != "grid":
        return ()
    layouts = [each for each in root.iter() if each.name.lower() == "layout" and each.child("gridMap") is not None]
    return tuple(found.path for each in layouts if (found := each.child("RegionList")) is not None)


def is_below(path: str, groups: tuple[str, ...]) -> bool:
    return any(path.startswith(f"{group}/") for group in groups)
