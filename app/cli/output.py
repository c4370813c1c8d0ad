"""What commands print: one JSON document with --json, otherwise lines for people. Errors go to standard error."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum, IntEnum
from typing import Any

from app.disk import is_full
from app.errors import CameraError

# What a terminal would obey, or what would turn a line round: cameras choose their own names.
_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Exit(IntEnum):
    DONE = 0
    FAILED = 1
    REFUSED = 2  # before anything was sent
    NOT_KEPT = 3  # the device did not keep every field


class Refused(CameraError):
    """A command refuses before anything was sent."""


@contextlib.contextmanager
def reader_may_leave() -> Iterator[None]:
    """Around what is told of work that is done: whether somebody still reads it changes nothing about its outcome."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        print_no_more()


@contextlib.contextmanager
def room_may_lack() -> Iterator[None]:
    """Around what stands on standard error as well: a full disk behind the output changes nothing about a failure."""
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        if not is_full(error):
            raise
        print_no_more()


def print_no_more() -> None:
    """What waits in the buffer of the output would fail again when Python ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def take_any_text() -> None:
    """A terminal or pipe that knows only some characters shows the others as escapes, and no command fails over it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def visible(text: str) -> str:
    """One line for people, whatever a device has put into its names."""
    return _UNSHOWN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def say(text: str) -> None:
    """A line for people."""
    print(visible(text), flush=True)


def plain(value: Any) -> Any:
    """Values of ours as JSON knows them."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value


def document(value: Any) -> None:
    print(json.dumps(plain(value), indent=2, ensure_ascii=False), flush=True)


def json_line(value: Any) -> None:
    print(json.dumps(plain(value), ensure_ascii=False), flush=True)


def table(rows: Iterable[Sequence[str]]) -> None:
    """Left-aligned columns; the last one may be as wide as it likes."""
    lines = [tuple(map(visible, row)) for row in rows]
    if not lines:
        return
    widths = [max(len(row[i]) for row in lines) for i in range(len(lines[0]) - 1)]
    for row in lines:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        print("  ".join([*cells, row[-1]]).rstrip(), flush=True)


def failure(error: CameraError, as_json: bool) -> None:
    """Says what happened and what to do; with --json the one document says it too."""
    if as_json:
        with room_may_lack():
            document({"error": {"summary": error.summary, "hint": error.hint, "kind": type(error).__name__}})
    lines = [error.summary, error.hint, f"({error.detail})" if error.detail else ""]
    said = "\n".join(line for line in lines if line)
    print("\n".join(map(visible, said.split("\n"))), file=sys.stderr, flush=True)
