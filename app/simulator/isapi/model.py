"""The models that can be simulated, and the resources that they share."""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from app.simulator.access import Level
from app.simulator.isapi.tree import Node, parse

_STEP = re.compile(r"(\w+)(?:\[(\w[\w-]*)\])?")
_FILES = ("system", "video", "streaming", "event", "smart", "security")


@dataclass(frozen=True, slots=True)
class Mode:
    """A picture size with the fastest rate at 50 and at 60 Hz mains, in frames a second."""

    width: int
    height: int
    fps50: int
    fps60: int


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    device_type: str
    firmware: str
    build: str
    main_modes: tuple[Mode, ...]


_SMALL_MODES = (Mode(704, 576, 25, 30), Mode(640, 480, 25, 30), Mode(640, 360, 25, 30), Mode(352, 288, 25, 30))
_HD_MODES = (Mode(1920, 1080, 25, 30), Mode(1280, 720, 50, 60), Mode(640, 360, 50, 60))
SUB_MODES = (Mode(1280, 720, 25, 30), *_SMALL_MODES)
MODELS = (
    Model("CW-D4M", "IPCamera", "V5.7.3", "build 240826", (Mode(2560, 1440, 25, 30), *_HD_MODES)),
    Model(
        "CW-B8M",
        "IPCamera",
        "V5.7.15",
        "build 250114",
        (Mode(3840, 2160, 20, 20), Mode(2560, 1440, 25, 30), *_HD_MODES),
    ),
    Model("CW-T2M", "IPDome", "V5.5.0", "build 170725", _HD_MODES),
)


@dataclass(frozen=True, slots=True)
class Resource:
    """One template. path is lower-level than /ISAPI; levels maps methods to the lowest level that may use them;
    kind is "document", "action", "binary" or "computed"."""

    path: str
    kind: str
    levels: dict[str, Level]
    template: Node | None
    capabilities: bool = False
    item_capabilities: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """A path that shows a part of a document. select are the steps from its root; items names the members that
    have paths of their own; text: the leaf is sent as plain text."""

    path: str
    resource: Resource
    select: str = ""
    items: str = ""
    text: bool = False


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every path that the templates give, shared by all cameras."""

    resources: dict[str, Resource]
    views: dict[str, View]

    def services(self) -> Iterator[str]:
        yield from dict.fromkeys(path.split("/")[0] for path in self.views)


@cache
def catalog() -> Catalog:
    """Reads the templates once."""
    resources: dict[str, Resource] = {}
    views: dict[str, View] = {}
    folder = importlib.resources.files("resources") / "simulator" / "isapi"
    for name in _FILES:
        for node in parse((folder / f"{name}.xml").read_bytes()).children:
            resource = _resource(node)
            resources[resource.path] = resource
            views[resource.path] = View(resource.path, resource, items=node.attributes.get("items", ""))
            for view in node.children:
                if view.name == "view":
                    path = f"{resource.path}/{view.attributes['path']}"
                    given = view.attributes
                    views[path] = View(path, resource, given["select"], given.get("items", ""), "text" in given)
    return Catalog(resources, views)


def _resource(node: Node) -> Resource:
    given = node.attributes
    levels = {
        method.upper(): Level[given[method].upper()] for method in ("get", "put", "post", "delete") if method in given
    }
    template = next((child for child in node.children if child.name != "view"), None)
    return Resource(
        given["path"],
        given.get("kind", "document"),
        levels,
        template,
        "capabilities" in given,
        "item_capabilities" in given or "capabilities" in given,
    )


def select(root: Node, steps: str) -> Node | None:
    """The node below root: `NetworkInterface[1]/IPAddress`; root itself for no steps."""
    node: Node | None = root
    for step in steps.split("/") if steps else ():
        match = _STEP.fullmatch(step)
        if node is None or match is None:
            return None
        name, key = match.groups()
        node = node.item(key) if key else node.child(name)
    return node


def select_rules(root: Node, steps: str) -> Node | None:
    """As select, in a template: a list member without its own template has that of the first one."""
    node: Node | None = root
    for step in steps.split("/") if steps else ():
        match = _STEP.fullmatch(step)
        if node is None or match is None:
            return None
        name, key = match.groups()
        node = (node.item(key) or (node.children[0] if node.children else None)) if key else node.child(name)
    return node
