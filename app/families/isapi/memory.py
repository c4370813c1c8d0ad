"""What was learned about writing, for as long as a session lives; and a shield around a memory on a disk."""

from __future__ import annotations

import logging

from app.errors import SiteError
from app.families.base import LadderMemory

_LOG = logging.getLogger(__name__)


class SessionMemory:
    """Implements `base.LadderMemory`."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str, str], str] = {}

    async def rung(self, family: str, model: str, firmware: str, endpoint: str) -> str | None:
        return self._known.get((family, model, firmware, endpoint))

    async def learn(self, family: str, model: str, firmware: str, endpoint: str, rung: str) -> None:
        self._known[family, model, firmware, endpoint] = rung


class ShieldedMemory:
    """Another memory, and this session's own where that one fails: a full disk stops no write to a camera."""

    def __init__(self, memory: LadderMemory) -> None:
        self._memory = memory
        self._own = SessionMemory()

    async def rung(self, family: str, model: str, firmware: str, endpoint: str) -> str | None:
        own = await self._own.rung(family, model, firmware, endpoint)
        if own is not None:
            return own
        try:
            return await self._memory.rung(family, model, firmware, endpoint)
        except SiteError as problem:
            _LOG.warning("the way of writing %s is not known: %s", endpoint, problem.summary)
            return None

    async def learn(self, family: str, model: str, firmware: str, endpoint: str, rung: str) -> None:
        await self._own.learn(family, model, firmware, endpoint, rung)
        try:
            await self._memory.learn(family, model, firmware, endpoint, rung)
        except SiteError as problem:
            _LOG.warning("the way of writing %s is not kept: %s", endpoint, problem.summary)
