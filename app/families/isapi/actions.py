"""What the device does on command: PUT without a body."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from app.errors import ConnectionLost, InvalidSetting
from app.families.isapi import action_words, formatting, waiting
from app.families.isapi import catalog as catalogs
from app.families.isapi.client import Client
from app.families.isapi.settings import IsapiSettings
from app.model.action import Action, ActionDone, Danger, Tell, tell_nobody
from app.patience import Sleep, patiently
from app.settings.tree import Node, NodeKind

ACTION_DEADLINE = 20.0  # seconds


class IsapiActions:
    """Implements `base.Actions`."""

    def __init__(self, client: Client, settings: IsapiSettings, *, sleep: Sleep = asyncio.sleep) -> None:
        self._client = client
        self._settings = settings
        self._sleep = sleep

    async def list(self) -> tuple[Action, ...]:
        found = tuple(self._below(await self._settings.tree(), ()))
        several = Counter(each.title for each in found)
        return tuple(each if several[each.title] > 1 else replace(each, place="") for each in found)

    def _below(self, node: Node, way: tuple[Node, ...]) -> Iterator[Action]:
        """way: the nodes above, from the top."""
        if node.kind is NodeKind.ACTION:
            for query in ("?mode=basic", "?mode=full") if node.id.endswith("/factoryReset") else ("",):
                yield self._action(f"{node.id}{query}", node.title, _place(way))
        for child in node.children:
            yield from self._below(child, (*way, node))

    def _action(self, path: str, title: str, place: str = "") -> Action:
        return action_words.described(self._client.dialect, path, title, self._client.camera, place)

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


def _place(way: tuple[Node, ...]) -> str:
    """ "Channel 2: Dock, main stream": the page that an action belongs to, and its channel where that is a group."""
    pages = [node for node in way if node.kind is not NodeKind.GROUP]
    channels = [node for node in way if node.kind is NodeKind.GROUP and ":channel:" in node.id]
    first, *others = [node.title for node in (*channels, *pages[-1:])] or [""]
    return ", ".join((first, *(f"{title[:1].lower()}{title[1:]}" for title in others)))
