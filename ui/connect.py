"""From a row of the site pane to a session."""

from __future__ import annotations

from dataclasses import dataclass

from app.compose import Engine
from app.families.base import Credentials, Session
from app.model.device import Found, Recognition


@dataclass(frozen=True, slots=True)
class Connector:
    """Logs in with one try, through the family that discovery recognised."""

    engine: Engine

    async def __call__(self, found: Found, credentials: Credentials) -> Session:
        recognition = Recognition(
            found.family,
            found.dialect,
            100,
            name=found.name,
            model=found.model,
            serial=found.serial,
            mac=found.mac,
            firmware=found.firmware,
            port=found.address.port,
        )
        return await self.engine.open(found.address, recognition, credentials)
