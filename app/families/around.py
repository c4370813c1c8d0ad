"""A session of ours around another one."""

from __future__ import annotations

from collections.abc import Mapping

from app.families.base import LadderMemory, Search, Session
from app.model.device import Address


class SessionAround(Session):
    """Another session, with interfaces of ours in the place of its own or beside them. Everything else is the inner
    session's, as it has it now: it follows a device that moves or takes another login."""

    def __init__(self, inner: Session, ours: Mapping[type, object]) -> None:
        self.inner = inner
        self.family = inner.family
        self.family_title = inner.family_title
        self.dialect = inner.dialect
        self._interfaces = {**inner.interfaces(), **ours}

    @property
    def address(self) -> Address:  # type: ignore[override]
        return self.inner.address

    @property
    def user(self) -> str:  # type: ignore[override]
        return self.inner.user

    def interfaces(self) -> Mapping[type, object]:
        return self._interfaces

    def use_memory(self, memory: LadderMemory) -> None:
        self.inner.use_memory(memory)

    def use_search(self, search: Search) -> None:
        self.inner.use_search(search)

    async def close(self) -> None:
        await self.inner.close()
