"""The groups an installer looks for, and which resource belongs where. Paths are without prefix."""

from __future__ import annotations

import re

# (key, title, help) in the order of display.
GROUPS = (
    ("video", "Video & audio", "Streams, codecs, bitrates, microphones and speakers"),
    ("image", "Image", "Colour, exposure, day and night, lens"),
    ("overlay", "Overlay", "Texts on the picture and privacy masks"),
    ("detection", "Detection", "Motion, lines, areas and other analytics"),
    ("events", "Events", "What triggers what, alarm inputs and outputs, schedules"),
    ("network", "Network", "Addresses, ports and services"),
    ("time", "Time", "Clock, zone, time servers and holidays"),
    ("security", "Users & security", "Accounts, ports, certificates"),
    ("storage", "Storage", "Disks, cards, recordings and recorder channels"),
    ("ptz", "PTZ", "Movement, presets and patrols"),
    ("system", "System", "Device, firmware and maintenance"),
)

# First match wins.
_RULES = tuple(
    (re.compile(pattern, re.IGNORECASE), key)
    for pattern, key in (
        (r"/System/Video/inputs/channels/[^/]+/(overlays|osdDatetime|image|privacyMask|roadInfo)\b", "overlay"),
        (r"/System/Video/inputs/channels/[^/]+/(focus|iris)\b", "image"),
        (r"/System/Video/inputs/channels/[^/]+/\w+", "detection"),
        (r"/ContentMgmt/InputProxy/channels/[^/]+/video/", "detection"),
        (r"/System/(Video|Audio|TwoWayAudio)\b|/(Streaming|Snapshot|Audio|Video|TwowayAudio)\b", "video"),
        (r"/Image\b|/System/(Hardware|fisheye|externalDevice/supplementLight)\b|/Panorama\b", "image"),
        (r"/(Smart|Intelligent|Thermal|Traffic|ITC|WLAlarm|MotionDetection)\b", "detection"),
        (r"/Event\b|/System/IO\b|/IO\b|/Compass/channels/[^/]+/vandalProofAlarm", "events"),
        (r"/System/Network\b|/Network\b", "network"),
        (r"/System/(time|Holidays)\b", "time"),
        (r"/Security\b", "security"),
        (r"/ContentMgmt\b|/System/Storage\b|/Record\b", "storage"),
        (r"/(PTZCtrl|PTZ|MasterSlaveTracking)\b", "ptz"),
    )
)


def group_of(tail: str) -> str:
    """The key of a resource's group."""
    return next((key for pattern, key in _RULES if pattern.match(tail)), "system")
