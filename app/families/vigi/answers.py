"""Answers of the control interface: where the error code and the values are, and what an error code means.

Both differ from method to method and from firmware to firmware: `errCode` or `error_code`, a number or a text; the
values under `result`, at the top beside it, or one level further down.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from app.errors import CameraError, DeviceBusy, DeviceFault, NotSupported, ProtocolError
from app.wire import json_text
from app.wire.json_text import JsonDocument, JsonKind, JsonNode

LIMIT = json_text.LIMIT
CODE_NAMES = ("errCode", "error_code")
_OUTER = ("method", *CODE_NAMES)
_UNKNOWN = ("-10030", "-40106", "-40210")  # no such method; no table of codes is published, these were met
_REFUSED = ("-40101",)
_BUSY = ("-10003", "503")  # the latter is HTTP's


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that could be read. code: "0" is OK, "" where the answer has none."""

    document: JsonDocument = field(repr=False)

    @property
    def root(self) -> JsonNode:
        return self.document.root

    @property
    def result(self) -> JsonNode | None:
        found = self.root.child("result")
        return found if found is not None and found.kind is JsonKind.OBJECT else None

    @property
    def code(self) -> str:
        for holder in (self.root, self.result):
            for name in CODE_NAMES if holder is not None else ():
                text = holder.text_of(name).strip() if holder is not None else ""
                if text:
                    return text
        return ""

    @property
    def is_ok(self) -> bool:
        """An answer without any code is as good as its values."""
        return self.code in ("0", "")

    def values(self, expected: Collection[str]) -> JsonNode | None:
        """The object that holds at least one of these names, the outermost one under `result` first; None where no
        object does, whatever the error code says."""
        outer = self.root
        holders = [self.result, outer, *_objects(self.result), *_objects(outer)]
        for holder in holders:
            if holder is None:
                continue
            found = [each for each in holder.children if plain_name(each.name) in expected]
            if len(found) == 1 and any(plain_name(each.name) == found[0].name for each in _plain_object(found[0])):
                return found[0]  # wrapped in an object of the same name
            if found:
                return holder
        return None


def _plain_object(node: JsonNode) -> tuple[JsonNode, ...]:
    return node.children if node.kind is JsonKind.OBJECT else ()


def _objects(node: JsonNode | None) -> list[JsonNode]:
    return [each for each in node.children if each.kind is JsonKind.OBJECT] if node is not None else []


def plain_name(name: str) -> str:
    """The text prints some names with blanks inside."""
    return "".join(name.split())


def is_outer(name: str) -> bool:
    """Whether a member of the outermost object says something of the answer and not of the camera."""
    return name in _OUTER


def read(body: bytes, method: str, camera: str) -> Reply:
    """ProtocolError for what is no JSON object."""
    try:
        document = json_text.parse(body)
    except ProtocolError as problem:
        words = problem.summary.replace("The device's answer", f"The answer of {camera}").replace("The device", camera)
        raise ProtocolError(words, hint=problem.hint, detail=f"{method}: {problem.detail}") from problem
    if document.root.kind is not JsonKind.OBJECT:
        raise ProtocolError(f"{camera} sent a list instead of an answer.", detail=method)
    return Reply(document)


def fault(code: str, method: str, camera: str) -> CameraError:
    """The error that a code stands for, where it is none of the login."""
    detail = f"{method}: error {code}"
    if code in _UNKNOWN:
        return NotSupported(f"{camera} does not have this.", detail=detail)
    if code in _BUSY:
        return DeviceBusy(f"{camera} is busy.", hint="Try again in a moment.", detail=detail, code=code)
    if code in _REFUSED:
        return DeviceFault(
            f"{camera} refused a value, or takes no change here.",
            hint="Check limits that depend on other settings.",
            detail=detail,
            code=code,
        )
    return DeviceFault(f"{camera} refused this.", hint="Details show its error code.", detail=detail, code=code)


def nothing(method: str, camera: str) -> NotSupported:
    """Said OK and gave no value: such cameras do not have what was asked for."""
    return NotSupported(
        f"{camera} does not have this.", detail=f"{method}: the answer says OK and holds none of its values"
    )
