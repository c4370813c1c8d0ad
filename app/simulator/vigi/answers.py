"""What a method answers, and the shapes in which real cameras send it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.simulator.quirks import Quirks

# No table of error codes is published: these two are what the same cameras say on their other interface and what
# clients in the field take them for.
REFUSED = -40101
UNSUPPORTED = -10030
NOT_JSON = -10001
BUSY = -10003


@dataclass(frozen=True, slots=True)
class Reply:
    """result is None where the method has none; beside is what stands at the top besides; code_word names the code."""

    result: Mapping[str, Any] | None = None
    code: int = 0
    beside: Mapping[str, Any] = field(default_factory=dict)
    code_word: str = "errCode"
    named: bool = True  # says its method


class Refusal(Exception):
    """A call that the camera does not carry out."""

    def __init__(self, code: int) -> None:
        super().__init__(f"error {code}")
        self.code = code


def body_of(method: str, reply: Reply, quirks: Quirks) -> bytes:
    """The JSON text, dressed by the quirks."""
    code_word = "error_code" if "error_code" in quirks else reply.code_word
    whole: dict[str, Any] = {"method": method} if reply.named else {}
    if reply.result is not None:
        result = _loose(reply.result) if "loose_types" in quirks else dict(reply.result)
        if "result_at_top" in quirks:
            whole.update(result)
        elif "result_nested" in quirks:
            whole["result"] = {_wrapper(method): result}
        else:
            whole["result"] = result
    whole.update(reply.beside)
    whole[code_word] = str(reply.code) if "loose_types" in quirks else reply.code
    text = json.dumps(whole, ensure_ascii=False)
    if "trailing_commas" in quirks:
        text = text[:-1] + ",}"
    return text.encode()


def _wrapper(method: str) -> str:
    """getDeviceInfo: deviceInfo, as the protocol text has it in its tables."""
    word = method.removeprefix("get").removeprefix("set")
    return word[:1].lower() + word[1:] if word else method


def _loose(value: Any) -> Any:
    """Numbers become texts and texts of digits numbers."""
    if isinstance(value, Mapping):
        return {name: _loose(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_loose(each) for each in value]
    if isinstance(value, str) and value.isascii() and value.isdigit() and (value == "0" or value[0] != "0"):
        return int(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value
