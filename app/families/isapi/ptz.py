"""Pan, tilt and zoom: which words this device understands, and the requests.

Commands, stops and questions have a connection each: a stop must not wait until a slow device has answered
whatever it was asked before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from app.errors import DeviceFault, Forbidden, InvalidSetting, NotSupported, ProtocolError
from app.families.base import HttpChannel, QuickChannel
from app.families.isapi import ptz_documents as documents
from app.families.isapi.client import XML, Client
from app.families.isapi.dialect import Dialect
from app.families.isapi.ptz_abilities import Questions, abilities
from app.families.isapi.ptz_quick import QuickLine
from app.families.isapi.ptz_words import Legacy, Modern, Requests, Words
from app.model.ptz import (
    STILL,
    Patrol,
    Pattern,
    Preset,
    PtzCapabilities,
    PtzPosition,
    Velocity,
)
from app.wire.http import HttpRequest
from app.wire.xml import Element

COMMAND_DEADLINE = 5.0  # seconds


class IsapiPtz:
    """Implements `ptz.Ptz` for one channel. open_channel gives a new connection of the session's account; title says
    how people know the camera."""

    def __init__(
        self, open_channel: Callable[[], HttpChannel], dialect: Dialect, channel: str = "1", *, title: Callable[[], str]
    ) -> None:
        self._open = open_channel
        self._title = title
        self._dialect = dialect
        self._channel = channel
        self._clients: dict[str, Client] = {}
        self._modern = Modern(channel)
        self._legacy = Legacy(channel)
        self._capabilities: PtzCapabilities | None = None
        self._auxiliaries: dict[str, tuple[str, str]] = {}
        self._words: Words = self._modern
        self._told = STILL
        self._quick: dict[str, QuickLine] = {}  # by the name of the connection
        self._short_lived: set[str] = set()  # connections that the device ends after each answer
        self._asking = asyncio.Lock()

    # What it can do

    async def capabilities(self) -> PtzCapabilities:
        async with self._asking:
            if self._capabilities is None:
                found = await abilities(self._questions, self._modern, self._legacy)
                if found is None or not found.capabilities.anything:
                    raise NotSupported(f"{self._questions.camera} has no pan, tilt or zoom.")
                self._words, self._auxiliaries = found.words, found.auxiliaries
                await self.warm()
                self._capabilities = found.capabilities
        return self._capabilities

    async def warm(self) -> None:
        """Logged in and connected before they are needed: the first key press must not pay for it. What a device does
        not keep open is not asked for again and again."""
        for line in ("commands", "stops"):
            if line not in self._short_lived:
                await self._connect(line)
                self._make_ready(line)

    async def _connect(self, line: str) -> None:
        channel = self._client(line).channel
        path = self._dialect.path(f"{self._words.here}/status")
        request = HttpRequest("GET", path, deadline=COMMAND_DEADLINE, repeatable=True)
        if not isinstance(channel, QuickChannel):
            await channel.send(request)  # whatever it answers
            return
        for _ in range(2):  # the first one may have been the login, which is not kept
            if channel.is_kept:
                return
            await channel.send(request)
        if not channel.is_kept:
            self._short_lived.add(line)

    def _make_ready(self, line: str) -> None:
        if self._words is self._modern and line in ("commands", "stops"):
            if line not in self._quick:
                path = self._modern.momentary_path if line == "commands" else self._modern.continuous_path
                self._quick[line] = QuickLine(self._client(line), path)
            self._quick[line].make_ready()

    def fire(self, velocity: Velocity, seconds: float) -> bool:
        line = self._quick.get("commands" if velocity.moves else "stops")
        return line is not None and line.fire(documents.motion(*_axes(velocity), seconds if velocity.moves else None))

    async def fired(self, velocity: Velocity, seconds: float) -> None:
        name = "commands" if velocity.moves else "stops"
        line = self._quick.get(name)
        try:
            taken = line is not None and await line.taken(COMMAND_DEADLINE)
        finally:
            self._make_ready(name)
        if not taken:
            await (self.momentary(*_axes(velocity), seconds) if velocity.moves else self.stop())

    # Moving

    async def move(self, pan: float, tilt: float, zoom: float) -> None:
        wanted = Velocity(pan, tilt, zoom)
        before, self._told = self._told, wanted
        await self._steer(self._words.move(before, wanted))

    async def momentary(self, pan: float, tilt: float, zoom: float, seconds: float) -> None:
        self._need(self._words is self._modern)
        self._told = Velocity(pan, tilt, zoom)
        await self._steer(self._modern.momentary(self._told, seconds))

    async def stop(self) -> None:
        # What was told stays until the zero-speed move: a stop may be lost.
        await self._steer(self._words.stop(self._told), "stops")

    async def focus(self, speed: float) -> None:
        await self._lens("focus", speed)

    async def iris(self, speed: float) -> None:
        await self._lens("iris", speed)

    async def _lens(self, kind: str, speed: float) -> None:
        await self._steer(self._words.lens(kind, 0.0, speed))

    async def absolute(self, position: PtzPosition) -> None:
        self._need(self._words is self._modern)
        problem = (await self.capabilities()).checked(position)
        if problem:
            raise InvalidSetting(problem)
        await self._send(self._modern.absolute(position))

    async def centre_on(self, x: float, y: float) -> None:
        found = await self.capabilities()
        self._need(found.centre)
        if found.zoom_box:
            await self._put(f"{self._modern.here}/position3D", documents.box(x, y, x, y))
        else:
            await self._put(f"{self._modern.here}/relative", documents.relative(x, y))

    async def zoom_box(self, left: float, top: float, right: float, bottom: float) -> None:
        self._need((await self.capabilities()).zoom_box)
        await self._put(f"{self._modern.here}/position3D", documents.box(left, top, right, bottom))

    async def one_push_focus(self) -> None:
        self._need((await self.capabilities()).one_push_focus)
        await self._put(f"{self._modern.here}/onepushfoucs/start")  # the device's spelling

    async def auxiliary(self, name: str, on: bool) -> None:
        self._need(name in (await self.capabilities()).auxiliaries)
        if self._words is self._legacy:
            await self._send(self._legacy.auxiliary(name, on))
            return
        key, kind = self._auxiliaries[name]
        if not kind:
            await self._put(f"{self._modern.here}/auxcontrol?command={key}", documents.power(on))
            return
        await self._put(f"{self._modern.here}/auxcontrols/{key}", documents.auxiliary(key, kind, on))

    async def home(self) -> None:
        self._need((await self.capabilities()).home)
        await self._put(f"{self._modern.here}/homeposition/goto")

    async def set_home(self) -> None:
        self._need((await self.capabilities()).set_home)
        await self._put(f"{self._modern.here}/homeposition")

    async def clear_home(self) -> None:
        self._need((await self.capabilities()).clear_home)
        await self._put(f"{self._modern.here}/homeposition", method="DELETE")

    async def position(self) -> PtzPosition:
        root = await self._document(f"{self._modern.here}/status")
        found = documents.position(root)
        if found is None:
            raise NotSupported(f"{self._questions.camera} does not say where it looks.")
        return found

    async def field_of_view(self) -> float:
        self._need((await self.capabilities()).field_of_view)
        found = documents.field_of_view(await self._document(self._modern.sight))
        if found is None:
            raise NotSupported(f"{self._questions.camera} does not say how wide it looks.")
        return found

    # What it has stored

    async def presets(self) -> tuple[Preset, ...]:
        if self._words is self._legacy:
            return documents.old_presets(await self._document(self._legacy.here))
        reserved = (await self.capabilities()).reserved
        return documents.presets(await self._document(f"{self._modern.here}/presets"), reserved)

    async def call_preset(self, preset: str) -> None:
        await self._send(self._words.call_preset(_number(preset)))

    async def set_preset(self, preset: str, name: str = "") -> None:
        found = await self.capabilities()
        if preset in found.reserved:
            raise InvalidSetting(f"Preset {preset} is a command of {self._questions.camera} and cannot be set.")
        if self._words is self._legacy and name:
            raise NotSupported(f"{self._questions.camera} numbers its presets and cannot name them.")
        if self._words is self._modern and not name:
            known = {each.id: each.name for each in await self.presets()}
            name = known.get(preset, "") or f"Preset {preset}"
        await self._send(self._words.set_preset(_number(preset), name))

    async def rename_preset(self, preset: str, name: str) -> None:
        """The protocol sets position and name in one: the camera is sent to the preset first."""
        self._need((await self.capabilities()).rename_presets)
        await self.call_preset(preset)
        await self._settled()
        await self.set_preset(preset, name)

    async def _settled(self) -> None:
        """Returns when the camera has arrived, NotSupported where it cannot be seen."""
        found = await self.capabilities()
        if not found.position:
            raise NotSupported(
                f"{self._questions.camera} does not say when it has arrived: renaming would store another view.",
                hint="Call the preset, wait until the camera is still, then set it under the new name.",
            )
        last, same = await self.position(), 0
        for _ in range(150):
            await asyncio.sleep(0.2)
            now = await self.position()
            same = 0 if now.differs(last) else same + 1
            last = now
            if same == 3:
                return
        raise ProtocolError(f"{self._questions.camera} did not come to rest at the preset, which was not renamed.")

    async def delete_preset(self, preset: str) -> None:
        await self._send(self._words.delete_preset(_number(preset)))

    async def patrols(self) -> tuple[Patrol, ...]:
        if self._words is self._modern:
            return documents.patrols(await self._document(f"{self._modern.here}/patrols"))
        channel = await self._document(self._legacy.here)
        found: list[Patrol] = []
        for key, enabled in documents.old_numbers(channel, "PatrolIDList"):
            points = await self._questions.read(f"{self._legacy.here}/patrols/{key}/keyPoints") if enabled else None
            found.append(Patrol(key, "", documents.key_points(points) if points is not None else (), enabled))
        return tuple(found)

    async def save_patrol(self, patrol: Patrol) -> None:
        if not patrol.points:
            raise InvalidSetting("A patrol needs at least one preset.")
        await self._send(self._words.save_patrol(replace(patrol, id=_number(patrol.id))))

    async def run_patrol(self, patrol: str) -> None:
        await self._send(self._words.run_patrol(_number(patrol), True))

    async def stop_patrol(self, patrol: str) -> None:
        await self._send(self._words.run_patrol(_number(patrol), False), "stops")

    async def patterns(self) -> tuple[Pattern, ...]:
        if self._words is self._modern:
            return documents.patterns(await self._document(f"{self._modern.here}/patterns"))
        listed = documents.old_numbers(await self._document(self._legacy.here), "PatternIDList")
        return tuple(Pattern(key, recorded) for key, recorded in listed)

    async def record_pattern(self, pattern: str, on: bool) -> None:
        await self._send(self._words.record_pattern(_number(pattern), on))

    async def run_pattern(self, pattern: str) -> None:
        await self._send(self._words.run_pattern(_number(pattern), True))

    async def stop_pattern(self, pattern: str) -> None:
        await self._send(self._words.run_pattern(_number(pattern), False), "stops")

    async def close(self) -> None:
        self._quick.clear()
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.channel.close()

    # Requests

    def _client(self, name: str) -> Client:
        if name not in self._clients:
            self._clients[name] = Client(self._open(), self._dialect, known_as=self._title())
        return self._clients[name]

    async def _steer(self, requests: Requests, line: str = "commands") -> None:
        """Directions and stops: sent twice they mean what they mean once, so the kept connection will do."""
        try:
            await self._send(requests, line, again=True)
        finally:
            self._make_ready(line)

    async def _send(self, requests: Requests, line: str = "commands", *, again: bool = False) -> None:
        """Every one is tried, also after a failure: each may be the one that stops an axis."""
        problem: Exception | None = None
        for each in requests:
            try:
                await self._put(each.path, each.body, each.method, line, again=again)
            except (NotSupported, Forbidden, DeviceFault, ProtocolError) as error:
                problem = problem or error
        if problem is not None:
            raise problem

    async def _put(
        self, path: str, body: bytes = b"", method: str = "PUT", line: str = "commands", *, again: bool = False
    ) -> None:
        content_type = XML if body else ""
        request = HttpRequest(
            method,
            self._dialect.path(path),
            body=body,
            content_type=content_type,
            deadline=COMMAND_DEADLINE,
            repeatable=again,
        )
        await self._client(line).send(request)

    async def _document(self, path: str) -> Element:
        return await self._questions.document(path)

    @property
    def _questions(self) -> Questions:
        return Questions(self._client("questions"))

    def _need(self, offered: bool) -> None:
        if not offered:
            raise NotSupported(f"{self._questions.camera} does not offer this.")


def _axes(velocity: Velocity) -> tuple[float, float, float]:
    return velocity.pan, velocity.tilt, velocity.zoom


def _number(text: str) -> str:
    """Numbers only: it becomes part of a path."""
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise InvalidSetting(f"“{text}” is not the number of a preset, patrol or pattern.")
    return text
