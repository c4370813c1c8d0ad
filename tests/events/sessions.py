"""A session that offers what it is given."""

from __future__ import annotations

from types import MappingProxyType

from app.families.base import Session
from app.model.device import Address


class OneSession(Session):
    family, family_title, dialect, user = "any", "Any", "", "admin"
    address = Address("127.66.1.1")

    def __init__(self, offers: dict[type, object]) -> None:
        self.offers = offers

    def interfaces(self) -> MappingProxyType[type, object]:
        return MappingProxyType(self.offers)

    async def close(self) -> None:
        """Nothing is open."""
