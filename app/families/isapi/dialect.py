"""The two generations of the protocol: the same blocks, other paths.

v2 answers below `/ISAPI`; v1 has no prefix. Whatever differs between them is said here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """key as in `Recognition.dialect`; catalog is the name of the shipped catalog."""

    key: str
    title: str
    prefix: str
    catalog: str

    def path(self, tail: str) -> str:
        """The full path of a resource named without the prefix ("/System/time"); full paths stay as they are."""
        tail = tail if tail.startswith("/") else f"/{tail}"
        if self.prefix and (tail == self.prefix or tail.startswith(self.prefix + "/")):
            return tail
        return self.prefix + tail

    def tail(self, path: str) -> str:
        """The path without the prefix."""
        return path.removeprefix(self.prefix) if self.prefix else path


V2 = Dialect("v2", "ISAPI 2.0", "/ISAPI", "isapi_v2")


DIALECTS: dict[str, Dialect] = {V2.key: V2}


def dialect(key: str) -> Dialect:
    """The dialect with this key, v2 for an unknown or empty one: it is what every current device speaks."""
    return DIALECTS.get(key, V2)
