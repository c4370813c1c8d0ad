"""What an action is called with."""

from __future__ import annotations

from dataclasses import dataclass

from app.simulator.access import Account
from app.simulator.http_server import Request
from app.simulator.isapi.model import Resource


@dataclass(frozen=True, slots=True)
class Call:
    """A request that has been let in; method is never HEAD."""

    resource: Resource
    method: str
    request: Request
    account: Account

    @property
    def channel(self) -> str:
        """The step behind `channels`, `outputs` and the like: the last one but one."""
        return self.resource.path.split("/")[-2]
