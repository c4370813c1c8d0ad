"""Which resource belongs to which of the groups that an installer looks for. Paths are without prefix."""

from __future__ import annotations

import re

from app.settings.groups import GROUPS

__all__ = ["GROUPS", "group_of"]

# First match wins.
_RULES = tuple(
    (re.compile(pattern, re.IGNORECASE), key)
    for pattern, key in (
        (r"/System/Video/inputs/channels/[^/]+/(overlays|osdDatetime|image|privacyMask|roadInfo)\b", "overlay"),
        (r"/System/Video/inputs/channels/[^/]+/(focus|iris)\b", "image"),
        (r"/System/Video/inputs/channels/[^/]+/\w+", "detection"),
        (r"/ContentMgmt/InputProxy/channels/[^/]+/video/", "detection"),
        (r"/ContentMgmt/(InputProxy|StreamingProxy)\b|/Smart/ROI\b", "video"),
        (r"/System/(Video|Audio|TwoWayAudio)\b|/(Streaming|Snapshot|Audio|Video|TwowayAudio)\b", "video"),
        (r"/Image\b|/System/(Hardware|fisheye|externalDevice/supplementLight)\b|/Panorama\b", "image"),
        (r"/(Smart|Intelligent|Thermal|Traffic|ITC|WLAlarm|MotionDetection)\b", "detection"),
        (r"/Event\b|/System/IO\b|/IO\b|/Compass/channels/[^/]+/vandalProofAlarm", "events"),
        (r"/System/Network\b|/Network\b|/Security/adminAccess(es)?\b", "network"),
        (r"/System/(time|Holidays)\b", "time"),
        (r"/Security\b", "security"),
        (r"/ContentMgmt\b|/System/Storage\b|/Record\b", "storage"),
        (r"/(PTZCtrl|PTZ|MasterSlaveTracking)\b", "ptz"),
    )
)


def group_of(tail: str) -> str:
    """The key of a resource's group."""
    return next((key for pattern, key in _RULES if pattern.match(tail)), "system")
