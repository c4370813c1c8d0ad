"""Broken and late answers: the quirks that have nothing to do with what is said."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from app.simulator.http_server import FAULT_KINDS, Answer, Fault
from app.simulator.quirks import Quirks


async def take(so_far: int, quirks: Quirks) -> None:
    """What a camera with these quirks does when so many bytes of an upload have come."""
    if "hangs_up_on_upload" in quirks and so_far >= quirks.number("hangs_up_on_upload"):
        raise ConnectionResetError("the camera has hung up")
    if "stops_taking" in quirks and so_far >= quirks.number("stops_taking"):
        await asyncio.Event().wait()  # until the server is stopped


def spoiled(answer: Answer, quirks: Quirks) -> Answer:
    """The answer as it leaves a camera with these quirks: later, in pieces, cut off, or not at all."""
    if "slow" in quirks:
        answer = replace(answer, delay=quirks.number("slow"))
    if answer.status == 401 or answer.stream is not None:
        return answer
    for kind in FAULT_KINDS:
        if kind in quirks:
            seconds = quirks.number("drip") if kind == "drip" else 0.0
            at = int(quirks.number("closes_at")) if kind == "closes_at" else 0
            answer = replace(answer, fault=Fault(kind, seconds, at))
    return answer
