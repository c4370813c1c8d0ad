"""Simulated cameras that speak VIGI OpenAPI: JSON over TLS with a token, ODP for discovery."""

from __future__ import annotations

from app.simulator.camera import CameraPlan, SimulatedCamera, Simulator, Snapshot
from app.simulator.vigi.camera import VigiCamera
from app.simulator.vigi.methods import METHODS
from app.simulator.vigi.model import MODELS


def build(plan: CameraPlan, snapshot: Snapshot) -> SimulatedCamera:
    """A camera of the plan's model; ValueError names the models there are. The family has no snapshots."""
    del snapshot
    by_name = {model.name: model for model in MODELS}
    model = by_name.get(plan.model or MODELS[0].name)
    if model is None:
        raise ValueError(f"no model “{plan.model}”; there are {', '.join(by_name)}")
    return VigiCamera(plan, model, METHODS)


_DOMES = tuple(model.name for model in MODELS if "ptz" in model.modules)
SIMULATOR = Simulator("vigi", "VIGI OpenAPI", "openapi", tuple(model.name for model in MODELS), build, domes=_DOMES)
