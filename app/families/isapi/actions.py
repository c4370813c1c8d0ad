"""What the device does on command: PUT without a body, with the consequence in words."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.errors import ConnectionLost, InvalidSetting
from app.families.isapi import catalog as catalogs
from app.families.isapi import formatting, waiting
from app.families.isapi.client import Client
from app.families.isapi.settings import IsapiSettings
from app.model.action import Action, ActionDone, Danger, Deed, Tell, tell_nobody
from app.patience import Sleep, patiently
from app.settings.tree import Node, NodeKind

ACTION_DEADLINE = 20.0  # seconds


@dataclass(frozen=True, slots=True)
class _Known:
    """pattern matches the tail of the path with its query; consequence holds {camera}."""

    pattern: str
    consequence: str
    danger: Danger = Danger.NONE
    restarts: bool = False
    title: str = ""
    deed: Deed = Deed.OTHER


_KNOWN = (
    _Known(
        r"/System/reboot",
        "{camera} restarts. It is away for about a minute and records nothing meanwhile.",
        Danger.INTERRUPTS,
        restarts=True,
        title="Restart",
        deed=Deed.RESTART,
    ),
    _Known(
        r"/System/factoryReset\?mode=basic",
        "{camera} loses its settings, but keeps its address and accounts, and restarts.",
        Danger.LOSES,
        restarts=True,
        title="Reset the settings, keep the network",
        deed=Deed.RESET_SETTINGS,
    ),
    _Known(
        r"/System/factoryReset.*",
        "{camera} loses everything: settings, accounts, password and its address. It restarts, has to be set up anew "
        "and may not be reachable from here.",
        Danger.LOSES,
        restarts=True,
        title="Factory reset",
        deed=Deed.FACTORY_RESET,
    ),
    _Known(
        r"/System/onlineUpgrade/upgrade",
        "{camera} fetches firmware from its maker's server, installs it and restarts.",
        Danger.INTERRUPTS,
        restarts=True,
    ),
    _Known(r".*/format", "{camera} erases this disk. All recordings on it are lost.", Danger.LOSES),
    _Known(r".*/requestKeyFrame", "{camera} sends a complete picture at once. Nothing else changes."),
    _Known(r".*/refreshFrame", "{camera} sends a complete picture at once. Nothing else changes."),
    _Known(
        r".*/(resetImage|restoreImageparam)",
        "{camera} loses its image settings of this channel and uses those of the factory.",
        Danger.LOSES,
    ),
    _Known(r".*/edfRestoreParam", "{camera} loses the settings of this page.", Danger.LOSES),
    _Known(r".*/resetCount", "{camera} sets this count to zero; what it has counted is lost.", Danger.LOSES),
    _Known(r".*/(homeposition/goto|presets/[^/]+/goto|gotoScene|scenePtz/[^/]+/goto)", "{camera} turns there."),
    _Known(r".*/homeposition", "{camera} takes where it looks now as its home position.", Danger.INTERRUPTS),
    _Known(r".*/sensorReset(/.*)?", "{camera} resets its sensors; the picture fails for a moment.", Danger.INTERRUPTS),
    _Known(r".*/disarming", "{camera} is disarmed: it raises no alarm any more.", Danger.INTERRUPTS),
    _Known(r".*/arming", "{camera} is armed."),
    _Known(r".*/TwoWayAudio(/channels/[^/]+)?/open", "{camera} opens its loudspeaker to whoever asked for it."),
    _Known(r".*/TwoWayAudio(/channels/[^/]+)?/close", "{camera} ends the talk, also somebody else's."),
    _Known(
        r".*/Serial/ports/.*(open|transChanOpen)",
        "{camera} gives its serial port to whoever asked for it; what is connected there hears no one else.",
        Danger.INTERRUPTS,
    ),
    _Known(r".*/Serial/ports/.*(close|transChanClose)", "{camera} takes its serial port back.", Danger.INTERRUPTS),
    _Known(
        r".*/WPS/AutoConnect",
        "{camera} lets itself into the wireless network whose router is asked for it now, and may leave this one.",
        Danger.INTERRUPTS,
    ),
    _Known(r".*/THScreen/timing", "{camera} sets the clock of the display that is connected to it."),
    _Known(r".*/telecontrol/study", "{camera} learns the remote control that is pressed next.", Danger.INTERRUPTS),
    _Known(r".*/pointToNorth", "{camera} takes where it looks now as north.", Danger.INTERRUPTS),
    _Known(r".*/(ZoomRatial|trackingRatio|fireFocusZoom)", "{camera} changes its zoom.", Danger.INTERRUPTS),
    _Known(r".*/patrols/[^/]+/start", "{camera} begins this patrol and moves until it is stopped."),
    _Known(r".*/patrols/[^/]+/(stop|pause)", "{camera} stands still where it is."),
    _Known(
        r".*/patterns/[^/]+/recordstart",
        "{camera} records its movements as this pattern from now on; what was recorded there before is lost.",
        Danger.LOSES,
    ),
    _Known(r".*/patterns/[^/]+/recordstop", "{camera} ends the recording of this pattern and keeps it."),
    _Known(r".*/patterns/[^/]+/run", "{camera} repeats this pattern and moves until it is stopped."),
    _Known(r".*/patterns/[^/]+/stop", "{camera} stands still where it is."),
    _Known(
        r".*/ptzlimiteds/[^/]+/set(start)?",
        "{camera} takes where it looks now as a limit of its movement.",
        Danger.INTERRUPTS,
    ),
    _Known(r".*/PTZControl", "{camera} moves."),
    _Known(r".*/calibrate", "{camera} calibrates itself and moves while it does.", Danger.INTERRUPTS),
)
_OTHER = _Known(".*", "{camera} does this at once.", Danger.INTERRUPTS)


def consequence(tail: str, title: str, camera: str, id_: str) -> Action:
    """The action at a path (without prefix, with its query)."""
    known = next((each for each in _KNOWN if re.fullmatch(each.pattern, tail, re.IGNORECASE)), _OTHER)
    said = known.consequence.format(camera=camera)
    return Action(id_, known.title or title, said, known.danger, known.restarts, known.deed)


class IsapiActions:
    """Implements `base.Actions`."""

    def __init__(self, client: Client, settings: IsapiSettings, *, sleep: Sleep = asyncio.sleep) -> None:
        self._client = client
        self._settings = settings
        self._sleep = sleep

    async def list(self) -> tuple[Action, ...]:
        return tuple(self._of(await self._settings.tree()))

    def _of(self, node: Node, above: Node | None = None) -> Iterator[Action]:
        if node.kind is NodeKind.ACTION:
            # Three streams have the same action: each says whose it is.
            owner = "" if above is None or above.kind is NodeKind.GROUP else f"{above.title}: "
            title = f"{owner}{node.title[:1].lower()}{node.title[1:]}" if owner else node.title
            for query in ("?mode=basic", "?mode=full") if node.id.endswith("/factoryReset") else ("",):
                yield self._action(f"{node.id}{query}", title)
        for child in node.children:
            yield from self._of(child, node)

    def _action(self, path: str, title: str) -> Action:
        return consequence(self._client.dialect.tail(path), title, self._client.camera, path)

    async def run(
        self, action: str, *, confirmed: bool = False, wait: bool = False, tell: Tell = tell_nobody
    ) -> ActionDone:
        path = self._client.dialect.path(action)
        known = catalogs.catalog(self._client.dialect).lookup(path)
        if (known is None or known.kind != "action") and all(each.id != path for each in await self.list()):
            raise InvalidSetting(f"{action} is no action of {self._client.camera}.", hint="Nothing was sent.")
        chosen = self._action(path, known.template.rpartition("/")[2] if known else path)
        if chosen.danger is not Danger.NONE and not confirmed:
            raise InvalidSetting(chosen.consequence, hint="Nothing was sent: it has to be confirmed first.")
        lost = await self._send(path)
        disk, _, last = path.rpartition("/")
        if last == "format" and wait:
            return await formatting.watched(self._client, disk, self._sleep, tell)
        if not chosen.restarts or not wait:
            return ActionDone(f"{self._client.camera} has taken it." if not lost else _UNSURE, None)
        who = await waiting.restarted(self._client, self._sleep, tell)
        if who is None:
            return ActionDone(
                f"{self._client.camera} did not come back. Scan for it: after a factory reset it has another address.",
                back=False,
            )
        return ActionDone(f"{self._client.camera} is back.", back=True)

    async def _send(self, path: str) -> bool:
        """Sends it once; True where the device hung up instead of answering, as some do that restart."""
        try:
            await patiently(lambda: self._client.put(path, deadline=ACTION_DEADLINE), self._sleep)
        except ConnectionLost:
            return True
        return False


_UNSURE = "The camera hung up instead of answering; it has probably taken it."
