"""A camera of the protocol's first generation: the same documents at paths without a prefix, and Basic only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from app.simulator.camera import CameraPlan, Snapshot
from app.simulator.http_server import Answer, Request
from app.simulator.isapi import shape, upnp
from app.simulator.isapi.camera import PREFIX, Action, IsapiCamera
from app.simulator.isapi.model import Mode, Model

NAMESPACE = "http://www.hikvision.com/ver10/XMLSchema"
MODEL = Model(
    "CW-P1M",
    "IPCamera",
    "V4.1.3",
    "build 121018",
    (Mode(1280, 960, 25, 30), Mode(1280, 720, 25, 30), Mode(704, 576, 25, 30)),
    files=("system", "video", "streaming", "event", "security", "first"),
    without=(
        "System/Network/Bonjour",
        "System/Network/ssh",
        "Security/webCertificate",
        "System/Video/inputs/channels/1/tamperDetection",
    ),
    manners=("basic_only", "short_ids", "no_index", "no_capabilities"),
)
DOME = replace(MODEL, name="CW-P1D", device_type="IPDome", ptz=True)
MODELS = (MODEL, DOME)
# Old place -> where the second generation has the same. The first match counts; what has no line is not there.
_PLACES = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"/System/(?=(capabilities|Network|Video|Audio|IO|Serial|TwoWayAudio)\b)", "/System/unknown/"),
        (r"/System/factoryDefault$", "/System/factoryReset"),
        (r"/System/configurationFile$", "/System/configurationData"),
        (r"/Security/adminAccess(?=/|$)", "/Security/adminAccesses"),
        (r"/MotionDetection/(\w+)", r"/System/Video/inputs/channels/\1/motionDetection"),
        (r"/(?=(Network|Video|Audio|IO)(/|$))", "/System/"),
        (r"/(?=(System|Streaming|Security|Image|PTZ|PTZCtrl|Event)(/|$))", "/"),
    )
)


def place(path: str) -> str | None:
    """The path of the second generation for one of the first; None where an old camera has nothing."""
    for pattern, replacement in _PLACES:
        if pattern.match(path):
            return PREFIX + pattern.sub(replacement, path, count=1)
    return None


class FirstGenerationCamera(IsapiCamera):
    """Answers the paths of v1 only."""

    dialect = "v1"

    def __init__(self, plan: CameraPlan, model: Model, snapshot: Snapshot, actions: Mapping[str, Action]) -> None:
        super().__init__(plan, model, snapshot, actions)
        self.style = replace(self.style, namespace=NAMESPACE)

    async def handle(self, request: Request) -> Answer:
        if request.path in ("/", "/index.html", upnp.PATH):
            return await super().handle(request)
        path = place(request.path)
        if path is None:
            page = Answer(404, shape.web_page("Document Error: Not Found"), "text/html")
            return shape.dress(page, request, self.quirks)
        answer = await super().handle(replace(request, path=path))
        # It speaks of its paths as it was asked for them.
        return replace(answer, body=answer.body.replace(f">{path}<".encode(), f">{request.path}<".encode()))
