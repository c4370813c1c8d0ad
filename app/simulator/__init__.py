"""Whole simulated cameras in one process, for demo, training and tests. Families are found by walking sub-packages."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache

from app.simulator.camera import Simulator


def simulator_modules() -> Iterator[str]:
    """Full names of the family packages; the frozen build asks the same question."""
    for module in pkgutil.iter_modules(__path__):
        if module.ispkg:
            yield f"{__name__}.{module.name}"


@cache
def simulators() -> tuple[Simulator, ...]:
    """Every family that can be simulated, by key."""
    found: list[Simulator] = [importlib.import_module(name).SIMULATOR for name in simulator_modules()]
    return tuple(sorted(found, key=lambda simulator: simulator.key))


def simulator(key: str | None) -> Simulator:
    """The one with this key, or the usual one; ValueError names the known ones."""
    for each in simulators():
        if each.key == key or (key is None and each.is_usual):
            return each
    raise ValueError(f"no simulator “{key}”; there are {', '.join(s.key for s in simulators())}")
