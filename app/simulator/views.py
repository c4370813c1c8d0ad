"""What the picture of a camera with these settings shows: the same for its video and for what it notices."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from app.simulator import dome
from app.simulator.picture import PictureSettings
from app.simulator.scene import Scene, SceneObject, hand_at


def in_view(scene: Scene, settings: PictureSettings, now: float) -> Iterator[SceneObject]:
    """The farthest first; a hand is nearer than everything, wherever a dome looks."""
    for each in scene.objects_at(now):
        for seen in dome.seen(each, settings.window):
            yield seen.flipped(settings.flip)
    hand = hand_at(settings.seed, now) if settings.touched else None
    if hand is not None:
        yield hand.flipped(settings.flip)


def seen_in(settings: PictureSettings, now: float) -> tuple[SceneObject, ...]:
    """The same, where nobody keeps a scene."""
    return tuple(in_view(_scene(settings.seed), settings, now))


@lru_cache(maxsize=64)
def _scene(seed: int) -> Scene:
    return Scene(seed)
