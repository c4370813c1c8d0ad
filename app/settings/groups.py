"""The groups an installer looks for, the same for every family."""

from __future__ import annotations

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
