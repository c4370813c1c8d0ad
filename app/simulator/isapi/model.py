"""The models that can be simulated, and the resources that they share."""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from app.simulator.access import Level
from app.simulator.isapi.tree import Node, parse

_STEP = re.compile(r"(\w+)(?:\[(\w[\w-]*)\])?")
_FILES = ("system", "video", "streaming", "event", "smart", "security", "upkeep", "reports")
_SHORT_ID = re.compile(r"^(10)([1-9])$")


@dataclass(frozen=True, slots=True)
class Mode:
    """A picture size with the fastest rate at 50 and at 60 Hz mains, in frames a second."""

    width: int
    height: int
    fps50: int
    fps60: int


@dataclass(frozen=True, slots=True)
class Model:
    """A profile. files are the templates, of which a later one replaces resources of an earlier one; without lists
    the paths (with all below) that it lacks; manners are quirks that it always has; capabilities lists the paths
    whose capabilities it answers, empty for all that the templates give; other_modes has the sizes of streams that
    differ from the rule (main_modes, and sub_modes for ids that end with 2)."""

    name: str
    device_type: str
    firmware: str
    build: str
    main_modes: tuple[Mode, ...]
    files: tuple[str, ...] = _FILES
    without: tuple[str, ...] = ()
    manners: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    sub_modes: tuple[Mode, ...] = ()
    other_modes: tuple[tuple[str, tuple[Mode, ...]], ...] = ()
    ptz: bool = False

    def modes(self, stream_id: str) -> tuple[Mode, ...]:
        sub = self.sub_modes or SUB_MODES
        return dict(self.other_modes).get(stream_id) or (sub if stream_id.endswith("2") else self.main_modes)


_SMALL_MODES = (Mode(704, 576, 25, 30), Mode(640, 480, 25, 30), Mode(640, 360, 25, 30), Mode(352, 288, 25, 30))
_HD_MODES = (Mode(1920, 1080, 25, 30), Mode(1280, 720, 50, 60), Mode(640, 360, 50, 60))
_OLD_MODES = (Mode(1280, 960, 25, 30), Mode(1280, 720, 25, 30))
_G2_MODES = (Mode(2688, 1520, 25, 30), Mode(2560, 1440, 25, 30), *_HD_MODES)
_THERMAL_MODES = (Mode(1280, 720, 25, 30), Mode(704, 576, 25, 30), Mode(384, 288, 25, 30))
SUB_MODES = (Mode(1280, 720, 25, 30), *_SMALL_MODES)
MODELS = (
    Model("CW-D4M", "IPCamera", "V5.7.3", "build 240826", (Mode(2560, 1440, 25, 30), *_HD_MODES)),
    Model(
        "CW-B8M",
        "IPCamera",
        "V5.7.15",
        "build 250114",
        (Mode(3840, 2160, 20, 20), Mode(2560, 1440, 25, 30), *_HD_MODES),
        files=(*_FILES, "road", "equipment"),
    ),
    Model("CW-T2M", "IPDome", "V5.5.0", "build 170725", _HD_MODES),
    # Its detections hold in one of several views each, and take their regions one by one.
    Model("CW-P2D", "IPDome", "V5.7.1", "build 230512", _HD_MODES, files=(*_FILES, "scenes"), ptz=True),
    # What the first network cameras of the family could do: Basic only, short ids, hardly any capabilities.
    Model(
        "CW-L1M",
        "IPCamera",
        "V5.2.5",
        "build 141201",
        _OLD_MODES,
        files=("system", "video", "streaming", "event", "security", "old"),
        without=(
            "System/Network/Bonjour",
            "System/Network/ssh",
            "Event/notification/httpHosts",
            "Security/webCertificate",
            "Security/serverCertificate",
        ),
        manners=("basic_only", "short_ids", "no_index", "def_and_default", "origin_lower_left"),
        capabilities=("Image/channels", "System/capabilities", "System/time"),
        sub_modes=_SMALL_MODES,
    ),
    # People and vehicles told apart, sound, a bulk list of triggers that always fails.
    Model(
        "CW-G4A",
        "IPCamera",
        "V5.8.2",
        "build 250617",
        _G2_MODES,
        files=(*_FILES, "g2", "regions"),
        manners=("list_500=Event/triggers", "grid_and_regions"),
    ),
    Model(
        "CW-N8R",
        "NVR",
        "V4.62.0",
        "build 240403",
        _G2_MODES,
        files=("system", "event", "security", "upkeep", "nvr"),
        manners=("lf", "isapi_namespace", "wrong_list_size"),
    ),
    # One visible and one thermal picture in one housing.
    Model(
        "CW-H2T",
        "IPCamera",
        "V5.5.45",
        "build 230921",
        _G2_MODES,
        files=(*_FILES, "thermal"),
        manners=("both_challenges",),
        other_modes=(("201", _THERMAL_MODES), ("202", _THERMAL_MODES[1:])),
    ),
)


@dataclass(frozen=True, slots=True)
class Resource:
    """One template. path is lower-level than /ISAPI; levels maps methods to the lowest level that may use them;
    kind is "document", "action", "binary" or "computed"; do names what answers when it is not a document."""

    path: str
    kind: str
    levels: dict[str, Level]
    template: Node | None
    capabilities: bool = False
    item_capabilities: bool = False
    do: str = ""


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
def catalog(model: Model = MODELS[0], *, short_ids: bool = False) -> Catalog:
    """Reads the templates of a model once. short_ids: streams are 1, 2 and 3 instead of 101, 102 and 103."""
    resources: dict[str, Resource] = {}
    views: dict[str, View] = {}
    folder = importlib.resources.files("resources") / "simulator" / "isapi"
    for name in model.files:
        for node in _expanded(parse((folder / f"{name}.xml").read_bytes())).children:
            resource = _resource(_with_short_ids(node) if short_ids else node)
            if resource.path.startswith(tuple(f"{path}/" for path in model.without)) or resource.path in model.without:
                continue
            for path in [path for path, view in views.items() if view.resource.path == resource.path]:
                del views[path]
            resources[resource.path] = resource
            views[resource.path] = View(resource.path, resource, items=node.attributes.get("items", ""))
            for view in node.children:
                if view.name == "view":
                    path = f"{resource.path}/{view.attributes['path']}"
                    given = view.attributes
                    views[path] = View(path, resource, given["select"], given.get("items", ""), "text" in given)
    return Catalog(resources, views)


def with_new_schema(catalog: Catalog, path: str, change: Callable[[Node], None]) -> Catalog:
    """A catalog in which the template of one resource is another, as after a silent update of a camera."""
    old = catalog.resources[path]
    if old.template is None:
        raise KeyError(path)
    template = old.template.copy()
    change(template)
    new = replace(old, template=template)
    views = {key: replace(view, resource=new) if view.resource is old else view for key, view in catalog.views.items()}
    return Catalog({**catalog.resources, path: new}, views)


def _expanded(node: Node) -> Node:
    """`<each n="1,2">` becomes its children once for each key, with {n} replaced by the key."""
    children: list[Node] = []
    for child in node.children:
        if child.name != "each":
            children.append(_expanded(child))
            continue
        for key in child.attributes["n"].split(","):
            children += [_expanded(_filled(inner, key)) for inner in child.children]
    node.children = children
    return node


def _filled(node: Node, key: str) -> Node:
    texts = {name: value.replace("{n}", key) for name, value in node.attributes.items()}
    children = [_filled(child, key) for child in node.children]
    return Node(node.name, texts, node.text.replace("{n}", key), children)


def _with_short_ids(resource: Node) -> Node:
    start = "Streaming/channels"
    path = resource.attributes["path"]
    if path != start and not path.startswith(f"{start}/"):
        return resource
    resource.attributes["path"] = path.replace(f"{start}/10", f"{start}/")
    for _, node in resource.walk():
        if node.name == "id":
            node.text = _SHORT_ID.sub(r"\2", node.text)
    return resource


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
        given.get("do", ""),
    )


def select(root: Node, steps: str) -> Node | None:
    """The node below root: `NetworkInterface[1]/IPAddress`; root itself for no steps."""
    return _walk(root, steps, Node.item)


def select_rules(root: Node, steps: str) -> Node | None:
    """As select, in a template: a list member without its own template has that of the first one."""
    return _walk(root, steps, _member)


def _walk(root: Node, steps: str, member: Callable[[Node, str], Node | None]) -> Node | None:
    """member finds what a key in brackets names."""
    node: Node | None = root
    for step in steps.split("/") if steps else ():
        match = _STEP.fullmatch(step)
        if node is None or match is None:
            return None
        name, key = match.groups()
        node = member(node, key) if key else node.child(name)
    return node


def _member(rules: Node, key: str) -> Node | None:
    """The template of a list's member: its own in a list of fixed things, else the first one's."""
    own = rules.item(key) if "fixed" in rules.attributes else None
    return own or next((child for child in rules.children if child.children), None)
