"""From a path to the part of a document that it means, and back to a list of all paths."""

from __future__ import annotations

import re

from app.simulator.isapi.model import View, select
from app.simulator.isapi.rules import is_list
from app.simulator.isapi.state import STREAMS, State
from app.simulator.isapi.tree import Node
from app.simulator.isapi.writes import Target

_STREAM = re.compile(r"^(streaming/channels)/(\d+)(?=/|$)", re.IGNORECASE)


def normal(state: State, path: str) -> str:
    """Without outer slashes; stream ids may be spelled short or long, as cameras accept both."""
    return _STREAM.sub(lambda found: f"{found[1]}/{stream_key(state, found[2])}", path.strip("/"))


def stream_key(state: State, stream_id: str) -> str:
    """The id that the camera itself uses for stream 1 or 101; as given when it has neither."""
    resource = state.catalog.resources.get(STREAMS)
    template = resource.template if resource is not None else None
    other = stream_id.removeprefix("10") if len(stream_id) > 1 else f"10{stream_id}"
    keys = [key for key in (stream_id, other) if template is not None and template.item(key) is not None]
    return keys[0] if keys else stream_id


def find(state: State, path: str) -> Target | None:
    """What path means; letters may differ in case, as real cameras allow."""
    views = state.catalog.views
    view = views.get(path) or _any_case(views, path)
    if view is not None:
        return Target(view.resource, view.select, view)
    above, _, key = path.rpartition("/")
    parent = views.get(above) or _any_case(views, above)
    if parent is None or not parent.items or not re.fullmatch(r"\w[\w-]*", key):
        return None
    steps = f"{parent.select}/{parent.items}[{key}]".lstrip("/")
    if select(state.read(parent.resource), steps) is None:
        return None
    return Target(parent.resource, steps, View(path, parent.resource, steps), is_item=True)


def _any_case(views: dict[str, View], path: str) -> View | None:
    folded = path.lower()
    return next((view for known, view in views.items() if known.lower() == folded), None)


def every(state: State) -> dict[str, str]:
    """Every path that there is now, with its type, parents before children."""
    found: dict[str, str] = {}
    for path, view in state.catalog.views.items():
        found[path] = "Service" if "/" not in path else "General Resource"
        if view.items:
            members = select(state.read(view.resource), view.select)
            for member in members.children if members is not None else ():
                found[f"{path}/{member.value('id')}"] = "General Resource"
    return found


def has_parts(state: State, target: Target) -> bool:
    """Whether parts of what target shows have paths of their own."""
    start = target.view.path + "/"
    return any(
        path.startswith(start) and view.resource is target.resource for path, view in state.catalog.views.items()
    )


def lay_over(rules: Node, node: Node) -> None:
    """Puts the values of node into a capabilities document, members by their id."""
    for rule in rules.children:
        if is_list(rules):
            other = node.item(rule.value("id")) if rule.child("id") is not None else None
        else:
            other = node.child(rule.name)
        if other is None:
            continue
        if rule.children:
            lay_over(rule, other)
        elif "wo" not in rule.attributes:
            rule.text = other.text


def dynamic_capabilities(state: State, stream_id: str) -> Node:
    """Which rates go with which size, and what each codec can do."""
    sizes = [
        Node(
            "ResolutionAvailableDscriptor",
            children=[
                Node("videoResolutionWidth", text=str(mode.width)),
                Node("videoResolutionHeight", text=str(mode.height)),
                Node("supportedFrameRate", text=",".join(str(rate) for rate in state.mode_rates(mode))),
            ],
        )
        for mode in state.modes(stream_id)
    ]
    template = state.catalog.resources[STREAMS].template
    stream = template.item(stream_id) if template is not None else None
    leaf = stream.find("Video/videoCodecType") if stream is not None else None
    codecs = [
        Node(
            "CodecParamDscriptor",
            children=[
                Node("videoCodecType", text=codec),
                Node("isSupportProfile", text="false" if codec == "MJPEG" else "true"),
                Node("isSupportSVC", text="false" if codec == "MJPEG" else "true"),
            ],
        )
        for codec in (leaf.attributes["opt"].split(",") if leaf is not None else ())
    ]
    return Node(
        "DynamicCap",
        children=[
            Node("ResolutionAvailableDscriptorList", children=sizes),
            Node("CodecParamDscriptorList", children=codecs),
        ],
    )
