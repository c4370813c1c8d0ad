"""The two generations of the protocol: the same blocks, other paths.

v2 answers below `/ISAPI`; v1 has no prefix, and its System service is spread over several of its own. Whatever differs
between them is said here and nowhere else: everywhere else a resource goes by its tail, which is its v2 path without
the prefix.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """key as in `Recognition.dialect`; catalog is the name of the shipped catalog.

    moved: (tail, the dialect's own place), each with all that is below it. short_streams: stream ids are 1, 2, 3
    instead of 101, 102, 103.
    """

    key: str
    title: str
    prefix: str
    catalog: str
    moved: tuple[tuple[str, str], ...] = ()
    short_streams: bool = False

    def path(self, tail: str) -> str:
        """The full path of a resource named by its tail ("/System/time"); full paths stay as they are."""
        tail = tail if tail.startswith("/") else f"/{tail}"
        if self.prefix and (tail == self.prefix or tail.startswith(self.prefix + "/")):
            return tail
        for usual, own in self.moved:
            if _within(tail, usual):
                return self.prefix + own + tail[len(usual) :]
        return self.prefix + tail

    def tail(self, path: str) -> str:
        """The tail of a full path; `path` and `tail` are inverse."""
        path = path.removeprefix(self.prefix) if self.prefix else path
        for usual, own in self.moved:
            if _within(path, own):
                return usual + path[len(own) :]
        return path

    def stream_ids(self, channel: str) -> tuple[str, ...]:
        """Ids of main and sub-stream where the device does not list them."""
        return ("1", "2") if self.short_streams else (f"{channel}01", f"{channel}02")


def _within(path: str, above: str) -> bool:
    return path == above or path.startswith(above + "/")


V2 = Dialect("v2", "ISAPI 2.0", "/ISAPI", "isapi_v2")
V1 = Dialect(
    "v1",
    "ISAPI 1.0",
    "",
    "isapi_v1",
    moved=(
        ("/System/Network", "/Network"),
        ("/System/Video", "/Video"),
        ("/System/IO", "/IO"),
        ("/System/Audio", "/Audio"),
        ("/System/TwoWayAudio", "/TwowayAudio"),
        ("/System/Serial", "/Serial"),
        ("/System/updateFirmware", "/System/firmwareUpgrade"),
        ("/System/configurationData", "/System/configurationFile"),
        ("/System/factoryReset", "/System/factoryDefault"),
        ("/Security/adminAccesses", "/Security/adminAccess"),
    ),
    short_streams=True,
)

DIALECTS: dict[str, Dialect] = {each.key: each for each in (V2, V1)}


def dialect(key: str) -> Dialect:
    """The dialect with this key, v2 for an unknown or empty one: it is what every current device speaks."""
    return DIALECTS.get(key, V2)
