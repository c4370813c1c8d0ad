"""What a write on one page changes on another, without a word: the quirk `moves_others`."""

from __future__ import annotations

from dataclasses import dataclass

from app.simulator.isapi.model import Resource, select
from app.simulator.isapi.state import IMAGE, STREAMS, State
from app.simulator.isapi.tree import Node

_INPUTS = "System/Video/inputs/channels"
_NTSC = {"60hz", "NTSC"}
_AT_60 = {"5000": "6000", "2500": "3000", "1250": "1500"}  # frame rates times 100
_AT_50 = {rate: own for own, rate in _AT_60.items()}


@dataclass(frozen=True, slots=True)
class _Switch:
    path: str
    steps: str


# A camera runs one of them at a time.
_FUNCTIONS = (
    _Switch(f"{_INPUTS}/1/motionDetection", "enabled"),
    _Switch("Smart/LineDetection", "LineDetection[1]/enabled"),
    _Switch("Smart/FieldDetection", "FieldDetection[1]/enabled"),
)
_SMART = _FUNCTIONS[1:]
_STANDARDS = (
    _Switch(IMAGE, "ImageChannel[1]/powerLineFrequency/powerLineFrequencyMode"),
    _Switch(_INPUTS, "VideoInputChannel[1]/videoFormat"),
)


def follow(state: State, what: str, resource: Resource, before: Node, after: Node) -> None:
    """Once after has been kept. what: one of `functions`, `standard`, `streams` and `codec`, or `all`."""
    if what in ("functions", "all"):
        _one_function(state, resource, before, after)
    if what in ("standard", "all"):
        _standard(state, resource, before, after)
    if resource.path == STREAMS and what in ("streams", "all"):
        _lesser_streams(state, resource, before, after)
    if resource.path == STREAMS and what in ("codec", "all"):
        _smart_goes(state, before, after)


def _one_function(state: State, resource: Resource, before: Node, after: Node) -> None:
    """What is switched on switches the others off."""
    for switch in (each for each in _FUNCTIONS if each.path == resource.path):
        if _text(after, switch.steps) == "true" and _text(before, switch.steps) != "true":
            _switch_off(state, [each for each in _FUNCTIONS if each is not switch])


def _switch_off(state: State, switches: list[_Switch]) -> None:
    for switch in switches:
        held = state.catalog.resources.get(switch.path)
        if held is not None:
            tree = state.read(held)
            leaf = select(tree, switch.steps)
            if leaf is not None and leaf.text == "true":
                leaf.text = "false"
                state.keep(held, tree)


def _standard(state: State, resource: Resource, before: Node, after: Node) -> None:
    """Another video standard brings every stream to the rate that it has there."""
    for switch in (each for each in _STANDARDS if each.path == resource.path):
        now = _text(after, switch.steps)
        if now and now != _text(before, switch.steps):
            state.use_mains("60hz" if now in _NTSC else "50hz")
            rates = _AT_60 if now in _NTSC else _AT_50
            streams = state.catalog.resources[STREAMS]
            tree = state.read(streams)
            for stream in tree.children:
                rate = stream.value("Video/maxFrameRate")
                stream.put("Video/maxFrameRate", rates.get(rate, rate))
            state.keep(streams, tree)


def _lesser_streams(state: State, resource: Resource, before: Node, after: Node) -> None:
    """Another size of a main stream halves the rates of the lesser ones of its channel."""
    for stream in after.children:
        key, old = stream.value("id"), before.item(stream.value("id"))
        sizes = [each.value("Video/videoResolutionWidth") for each in (stream, old) if each is not None]
        if not key.endswith("01") or len(set(sizes)) < 2:
            continue
        for other in after.children:
            if other.value("id")[:-2] == key[:-2] and other is not stream:
                other.put("Video/maxFrameRate", str(int(other.value("Video/maxFrameRate")) // 2))
    state.keep(resource, after)


def _smart_goes(state: State, before: Node, after: Node) -> None:
    """With another codec of a main stream the camera has no room for smart detection."""
    codecs = ((each, before.item(each.value("id"))) for each in after.children if each.value("id").endswith("01"))
    for stream, old in codecs:
        if old is not None and stream.value("Video/videoCodecType") != old.value("Video/videoCodecType"):
            _switch_off(state, list(_SMART))


def _text(tree: Node, steps: str) -> str:
    leaf = select(tree, steps)
    return "" if leaf is None else leaf.text
