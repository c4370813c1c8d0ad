"""What the camera does on command, with the consequence in words. The text has no restart without a reset."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from app.errors import CameraError, ConnectionLost, InvalidSetting, TransportError
from app.families.vigi import catalog, tree
from app.families.vigi.client import WRITE_DEADLINE, Client
from app.families.vigi.facts import Facts
from app.model.action import Action, ActionDone, Danger, Progress, Tell, tell_nobody

Sleep = Callable[[float], Awaitable[None]]

_LOOKS, _BETWEEN = 60, 3.0


@dataclass(frozen=True, slots=True)
class _Known:
    """order and consequence hold {camera}."""

    method: str
    params: dict[str, Any] | None
    order: str
    consequence: str
    danger: Danger = Danger.NONE
    restarts: bool = False


_KNOWN = {
    "doSoftReset": _Known(
        "doSoftReset",
        None,
        "Reset the settings of {camera}",
        "{camera} loses its settings: names, detections, schedules and volumes go back to those of the factory. It "
        "restarts and is away for about a minute. Whether address and password stay depends on its firmware.",
        Danger.LOSES,
        restarts=True,
    ),
    "formatSdCard": _Known(
        "formatSdCard",
        {"card_index": 1},
        "Erase the memory card of {camera}",
        "{camera} erases its memory card. All recordings on it are lost.",
        Danger.LOSES,
    ),
    "manualAlarm?start": _Known(
        "manualAlarm",
        {"act": "start"},
        "Start the alarm of {camera}",
        "{camera} sounds its siren and flashes its light at once.",
        Danger.INTERRUPTS,
    ),
    "manualAlarm?stop": _Known(
        "manualAlarm",
        {"act": "stop"},
        "Stop the alarm of {camera}",
        "{camera} ends an alarm that was started by hand.",
    ),
}


class VigiActions:
    """Implements `base.Actions`."""

    def __init__(self, client: Client, facts: Facts, *, sleep: Sleep = asyncio.sleep) -> None:
        self._client = client
        self._facts = facts
        self._sleep = sleep

    async def list(self) -> tuple[Action, ...]:
        modules = await self._facts.modules()
        return tuple(self._action(name) for name in _KNOWN if tree.has(modules, name))

    async def run(
        self, action: str, *, confirmed: bool = False, wait: bool = False, tell: Tell = tell_nobody
    ) -> ActionDone:
        known = _KNOWN.get(action)
        if known is None or not tree.has(await self._facts.modules(), action):
            raise InvalidSetting(f"{action[:60]} is no action of {self._client.camera}.", hint="Nothing was sent.")
        told = self._action(action)
        if told.danger is not Danger.NONE and not confirmed:
            raise InvalidSetting(told.consequence, hint="Nothing was sent: it has to be confirmed first.")
        before = await self._uptime() if known.restarts and wait else None
        try:
            await self._client.call(known.method, known.params, deadline=WRITE_DEADLINE)
        except ConnectionLost:
            if not known.restarts:
                raise  # nobody knows whether it was taken
        if known.restarts and wait:
            return await self._back(before, tell)
        return ActionDone(f"{self._client.camera} has taken it.")

    def _action(self, name: str) -> Action:
        known = _KNOWN[name]
        order, said = (text.format(camera=self._client.camera) for text in (known.order, known.consequence))
        return Action(name, catalog.titles().page(name).title, said, known.danger, known.restarts, order)

    async def _uptime(self) -> int | None:
        """Seconds since its start, None where it does not say."""
        values = (await self._client.call("getDeviceStatus")).values(("uptime",))
        text = values.text_of("uptime").strip() if values is not None else ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 11 else None

    async def _back(self, before: int | None, tell: Tell) -> ActionDone:
        """It is back once it was gone, or runs for less time than before. After a reset the password may be another
        one: any answer at all counts then."""
        gone = False
        for look in range(_LOOKS):
            tell(Progress("Waiting for the camera", look / _LOOKS))
            try:
                now = await self._uptime()
            except TransportError:
                gone = True
            except CameraError as problem:
                return ActionDone(f"{self._client.camera} is back. {problem.summary}", back=True)
            else:
                if gone or (before is not None and now is not None and now < before):
                    return ActionDone(f"{self._client.camera} is back.", back=True)
            await self._sleep(_BETWEEN)
        if not gone:
            return ActionDone(f"{self._client.camera} has taken it, and did not restart.", back=True)
        return ActionDone(f"{self._client.camera} did not come back. Scan for it, or look after it.", back=False)
