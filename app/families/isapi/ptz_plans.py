"""What a dome does by itself: park action, tasks by the clock, limits, power-off memory, what it writes into its
picture (PTZCtrl of both texts)."""

from __future__ import annotations

import asyncio

from app.errors import DeviceFault, Forbidden, InvalidSetting, NotSupported, ProtocolError
from app.families.isapi import ptz_plan_documents as documents
from app.families.isapi.client import Client
from app.model.ptz_plans import MoveLimit, ParkAction, PlanOptions, PositionOverlay, TaskWeek
from app.wire.http import HttpRequest
from app.wire.xml import Element

_REFUSALS = (NotSupported, Forbidden, DeviceFault, ProtocolError)


class IsapiPtzPlans:
    """Implements `ptz.PtzPlans` for one channel, over the session's own connection."""

    def __init__(self, client: Client, channel: str = "1") -> None:
        self._client = client
        self._here = f"/PTZCtrl/channels/{channel}"
        self._options: PlanOptions | None = None
        self._park_words: dict[str, str] = {}
        self._task_words: dict[str, str] = {}
        self._asking = asyncio.Lock()

    async def options(self) -> PlanOptions:
        async with self._asking:
            if self._options is None:
                self._options = await self._ask()
        return self._options

    async def _ask(self) -> PlanOptions:
        park = await self._read("parkaction")
        week = await self._read("timetasks")
        limits = await self._read("ptzlimiteds")
        kept = await self._read("saveptzpoweroff")
        written = await self._read("PTZOSDDisplay")
        parks = await self._words("parkaction", "Action/ActionType") if park is not None else ()
        tasks = await self._words("timetasks", "TimeTaskBlock/TimeTaskRange/Task/TaskType") if week is not None else ()
        self._park_words = documents.spelling(parks or documents.PARK_WORDS)
        # Where the tasks are not told, a word is spelled as the device spells it for the park action.
        self._task_words = documents.spelling(tasks or documents.TASK_WORDS)
        if not tasks:
            self._task_words |= documents.spelling(parks)
        return PlanOptions(
            park_actions=tuple(self._park_words) if park is not None else (),
            task_actions=tuple(self._task_words) if week is not None else (),
            tasks_a_day=documents.TASKS_A_DAY if week is not None else 0,
            limits=limits is not None and bool(documents.limits(limits)),
            power_memory=tuple(documents.MEMORY.values())
            if kept is not None and documents.memory(kept) is not None
            else (),
            overlay=tuple(documents.SPANS.values())
            if written is not None and documents.overlay(written) != PositionOverlay()
            else (),
        )

    async def _words(self, what: str, place: str) -> tuple[str, ...]:
        """What the device's capabilities list there; () where they say nothing."""
        said = await self._read(f"{what}/capabilities")
        found = said.find(place) if said is not None else None
        listed = found.attributes.get("opt", "").split(",") if found is not None else []
        return tuple(each.strip() for each in listed if each.strip())

    async def park_action(self) -> ParkAction:
        self._need(bool((await self.options()).park_actions))
        return documents.park(await self._document("parkaction"))

    async def set_park_action(self, action: ParkAction) -> None:
        self._need(bool((await self.options()).park_actions))
        if not 0 <= action.number <= 255 or action.idle < 0:
            raise InvalidSetting("The number has to be between 0 and 255, the time not negative.")
        await self._put("parkaction", documents.park_action(action, self._park_words))

    async def tasks(self) -> TaskWeek:
        self._need(bool((await self.options()).tasks_a_day))
        return documents.week(await self._document("timetasks"))

    async def save_tasks(self, week: TaskWeek) -> None:
        most = (await self.options()).tasks_a_day
        self._need(bool(most))
        problem = week.problem(most)
        if problem:
            raise InvalidSetting(problem)
        now = await self.tasks()
        for day in range(1, 8):
            if week.of(day) != now.of(day):
                await self._put(f"timetasks/{day}", documents.day(week, day, self._task_words))
        if (week.enabled, week.idle) != (now.enabled, now.idle):
            await self._put("timetasks", documents.week_head(week))

    async def limits(self) -> tuple[MoveLimit, ...]:
        self._need((await self.options()).limits)
        return documents.limits(await self._document("ptzlimiteds"))

    async def enable_limit(self, limit: str, on: bool) -> None:
        await self._put(await self._limit(limit), documents.limit(limit, on))

    async def begin_limit(self, limit: str) -> None:
        place = await self._limit(limit)
        await self._put(place, documents.limit(limit, True))  # edges are only taken while it is on
        await self._put(f"{place}/setstart")

    async def mark_limit(self, limit: str) -> None:
        await self._put(f"{await self._limit(limit)}/set")

    async def clear_limit(self, limit: str) -> None:
        await self._put(await self._limit(limit), method="DELETE")

    async def power_memory(self) -> int:
        self._need(bool((await self.options()).power_memory))
        found = documents.memory(await self._document("saveptzpoweroff"))
        if found is None:
            raise ProtocolError(f"{self._camera.camera} names a time for its power-off memory that is not known.")
        return found

    async def set_power_memory(self, seconds: int) -> None:
        options = (await self.options()).power_memory
        self._need(bool(options))
        if seconds not in options:
            known = ", ".join(str(each) for each in options)
            raise InvalidSetting(f"{seconds} seconds is not one of {known}.")
        await self._put("saveptzpoweroff", documents.power_memory(seconds))

    async def position_overlay(self) -> PositionOverlay:
        self._need(bool((await self.options()).overlay))
        return documents.overlay(await self._document("PTZOSDDisplay"))

    async def set_position_overlay(self, overlay: PositionOverlay) -> None:
        spans = (await self.options()).overlay
        self._need(bool(spans))
        now = await self.position_overlay()
        for part in ("zoom", "direction", "preset"):
            span = getattr(overlay, part)
            self._need((span is None) == (getattr(now, part) is None))
            if span is not None and span not in spans:
                raise InvalidSetting(f"{span} seconds is not a time for which {self._camera.camera} shows anything.")
        await self._put("PTZOSDDisplay", documents.position_overlay(overlay))

    async def _limit(self, key: str) -> str:
        self._need((await self.options()).limits)
        if not (key.isascii() and key.isdigit() and len(key) < 4):
            raise InvalidSetting(f"“{key}” is not the number of a limit.")
        return f"ptzlimiteds/{key}"

    @property
    def _camera(self) -> Client:
        """Over whatever connection the session has by now; sentences name the camera as people know it."""
        return Client(self._client.channel, self._client.dialect, known_as=self._client.camera)

    async def _document(self, tail: str) -> Element:
        return (await self._camera.read(f"{self._here}/{tail}")).root

    async def _read(self, tail: str) -> Element | None:
        """None where the device has no such document."""
        try:
            return await self._document(tail)
        except _REFUSALS:
            return None

    async def _put(self, tail: str, body: bytes = b"", method: str = "PUT") -> None:
        path = self._client.dialect.path(f"{self._here}/{tail}")
        await self._camera.send(HttpRequest(method, path, body=body, content_type="application/xml" if body else ""))

    def _need(self, offered: bool) -> None:
        if not offered:
            raise NotSupported(f"{self._camera.camera} does not offer this.")
