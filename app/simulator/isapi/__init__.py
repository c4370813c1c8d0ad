"""Simulated cameras and recorders that speak ISAPI, of both generations."""

from __future__ import annotations

from app.simulator.camera import CameraPlan, SimulatedCamera, Simulator, Snapshot
from app.simulator.isapi import v1
from app.simulator.isapi.actions import ACTIONS
from app.simulator.isapi.camera import IsapiCamera
from app.simulator.isapi.model import MODELS

_NAMES = tuple(model.name for model in (*MODELS, *v1.MODELS))
_DOMES = tuple(model.name for model in (*MODELS, *v1.MODELS) if model.ptz)


def build(plan: CameraPlan, snapshot: Snapshot) -> SimulatedCamera:
    """A camera of the plan's model; ValueError names the models there are."""
    for first in v1.MODELS:
        if plan.model == first.name:
            return v1.FirstGenerationCamera(plan, first, snapshot, ACTIONS)
    by_name = {model.name: model for model in MODELS}
    model = by_name.get(plan.model or MODELS[0].name)
    if model is None:
        raise ValueError(f"no model “{plan.model}”; there are {', '.join(_NAMES)}")
    return IsapiCamera(plan, model, snapshot, ACTIONS)


# A usual site: no recorder (it would show its own cameras) and nothing that only takes Basic.
_TURNS = ("CW-D4M", "CW-B8M", "CW-G4A", "CW-P2D", "CW-H2T", "CW-T2M")
SIMULATOR = Simulator("isapi", "ISAPI", "v2", _NAMES, build, _TURNS, _DOMES, is_usual=True)
