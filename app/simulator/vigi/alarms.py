"""What the camera's detections see in its scene, while somebody listens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.simulator.armed import Watched
from app.simulator.detection import Detector
from app.simulator.picture import PictureSettings
from app.simulator.scene import SceneObject
from app.simulator.views import seen_in

TICK = 0.1  # seconds
_ENHANCEMENTS = {"person": "people", "vehicle": "vehicle"}


@dataclass
class Alarms:
    """tell gets the kind of event, and "people" or "vehicle" where the detection tells them apart."""

    watched: Callable[[], tuple[Watched, ...]]
    picture: Callable[[], PictureSettings]
    tell: Callable[[str, str], None]
    blind: bool = False

    def __post_init__(self) -> None:
        self._detector = Detector(self._look)
        self._task: asyncio.Task[None] | None = None

    def listening(self, somebody: bool) -> None:
        """Whether anybody wants to know: otherwise nobody looks."""
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.get_running_loop().create_task(self._run()) if somebody and not self.blind else None

    async def _run(self) -> None:
        while True:
            self.tick(time.time())
            await asyncio.sleep(TICK)

    def tick(self, now: float) -> None:
        for happening in self._detector.tick(self.watched(), now):
            if happening.active and happening.count == 1:
                each = happening.watched
                # Detections of people or vehicles need no more words for it.
                tells = len(each.targets) and each.event not in ("PeopleDetection", "VehicleDetection")
                self.tell(each.event, _ENHANCEMENTS.get(happening.target, "") if tells else "")

    def _look(self, channel: int, now: float) -> tuple[SceneObject, ...]:
        return seen_in(self.picture(), now)
