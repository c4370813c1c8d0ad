"""The settings of one simulated camera: shared templates, copied only where somebody has written."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator

from app.simulator.isapi.model import Catalog, Mode, Model, Resource, select, with_new_schema
from app.simulator.isapi.rules import Refused, Written, is_list, merge, problem
from app.simulator.isapi.tree import Node
from app.simulator.quirks import Quirks

_RATES = (6000, 5000, 3000, 2500, 2200, 2000, 1800, 1600, 1500, 1250, 1200, 1000, 800, 600, 400, 200, 100)
STREAMS = "Streaming/channels"
IMAGE = "Image/channels"
_BACKUP_MAGIC = b"CWSIMCFG"
_SLOW = ("1/3", "1/6", "1/12")  # shutter times that cannot be had with WDR
_SLOWEST_WITH_WDR = "1/25"


class State:
    """Documents by resource path. Values marked live in a template are filled in on every read until written."""

    def __init__(self, catalog: Catalog, model: Model, live: Callable[[str], str], quirks: Quirks) -> None:
        self.catalog = catalog
        self.model = model
        self._live = live
        self._swaps_options = "swaps_options" in quirks
        self._forgets_hidden = "forgets_hidden" in quirks
        self._lacks = quirks.all("lacks_field")  # ends of the paths of leaves that are there once they were written
        self._documents: dict[str, Node] = {}
        self._mains_at_boot = "50hz"
        self.version = 0  # goes up with every change, for those who keep what they have read

    def read(self, resource: Resource) -> Node:
        """A copy with live values."""
        stored = self._documents.get(resource.path)
        template = stored or resource.template
        if template is None:
            raise KeyError(resource.path)
        tree = template.copy()
        if stored is None and self._lacks:
            _leave_out(tree, self._lacks)
        self._fill(tree)
        return tree

    def rules(self, resource: Resource, *, any_size: bool = False) -> Node:
        """The template with the limits that hold now. any_size: with the frame rates of every picture size, for
        a write that may change the size as well (`finish_stream` has the last word)."""
        if resource.template is None:
            raise KeyError(resource.path)
        rules = resource.template.copy()
        self._fill(rules)
        if resource.path == STREAMS:
            current = self.read(resource)
            for rule in rules.children:
                stream = current.item(rule.value("id"))
                if stream is not None:
                    self._limit_stream(rule, stream, any_size=any_size)
        if resource.path == IMAGE and self._swaps_options:
            current = self.read(resource)
            for rule in rules.children:
                _limit_shutter(rule, current.item(rule.value("id")))
        return rules

    def keep(self, resource: Resource, tree: Node) -> None:
        """Stores a written document; what was live in it is from now on what it holds, clocks excepted."""
        for _, node in tree.walk():
            if node.attributes.get("live") not in ("uptime", "now", "reboots", "local_time"):
                node.attributes.pop("live", None)
        self._documents[resource.path] = tree
        self.version += 1

    def value(self, path: str, steps: str) -> str:
        """One value as stored, "" when there is none."""
        if path not in self.catalog.resources:
            return ""
        node = select(self.read(self.catalog.resources[path]), steps)
        return "" if node is None else node.text

    def raw_value(self, path: str, steps: str) -> str:
        """As value, but live values are not filled in."""
        resource = self.catalog.resources.get(path)
        document = self._documents.get(path) or (resource.template if resource is not None else None)
        node = select(document, steps) if document is not None else None
        return "" if node is None else node.text

    def stored(self, path: str) -> bool:
        return path in self._documents

    def boot(self) -> None:
        """What only takes effect after a reboot takes effect."""
        self._mains_at_boot = self.value(IMAGE, "ImageChannel[1]/powerLineFrequency/powerLineFrequencyMode")

    def use_mains(self, mains: str) -> None:
        """Another frequency takes effect at once, as some firmware has it."""
        self._mains_at_boot = mains

    def reset(self, keep: tuple[str, ...] = ()) -> None:
        """Factory values, except for resources below the given paths."""
        self._documents = {p: d for p, d in self._documents.items() if keep and p.startswith(keep)}
        self.version += 1

    def backup(self) -> bytes:
        """Every written document, as an opaque file."""
        files = {path: _dump(tree) for path, tree in self._documents.items()}
        return _BACKUP_MAGIC + zlib.compress(json.dumps(files).encode())

    def restore(self, backup: bytes) -> None:
        """ValueError when this is not a backup of such a camera."""
        if not backup.startswith(_BACKUP_MAGIC):
            raise ValueError("not a configuration file")
        try:
            files = json.loads(zlib.decompressobj().decompress(backup[len(_BACKUP_MAGIC) :], 4 * 1024 * 1024))
        except (zlib.error, RecursionError) as error:
            raise ValueError("damaged") from error
        if not isinstance(files, dict) or not set(files) <= set(self.catalog.resources):
            raise ValueError("another device's")
        restored = {path: self._restored(self.catalog.resources[path], kept) for path, kept in files.items()}
        self._documents = {}
        for path, tree in restored.items():
            self.keep(self.catalog.resources[path], tree)

    def _restored(self, resource: Resource, kept: object) -> Node:
        """Factory values with what the backup says laid over them, by the rules of any other write."""
        if resource.template is None:
            raise ValueError("another device's")
        tree = resource.template.copy()
        self._fill(tree)
        try:
            merge(tree, _undump(kept), self.rules(resource, any_size=True))
        except Refused as error:
            raise ValueError(f"damaged at {error.path}") from error
        return tree

    def change_schema(self) -> None:
        """The image settings become others under the open form: one field goes, one comes, limits move."""
        if IMAGE not in self.catalog.resources:
            return
        before = self.read(self.catalog.resources[IMAGE])
        self.catalog = with_new_schema(self.catalog, IMAGE, _other_image)
        self._documents.pop(IMAGE, None)
        after = self.read(self.catalog.resources[IMAGE])
        _take_over(after, before)
        self.keep(self.catalog.resources[IMAGE], after)

    def finish_image(self, after: Node) -> None:
        """A shutter time that is no longer an option becomes the slowest that is."""
        for channel in after.children if self._swaps_options else ():
            if channel.value("WDR/mode") == "open" and channel.value("Shutter/ShutterLevel") in _SLOW:
                channel.put("Shutter/ShutterLevel", _SLOWEST_WITH_WDR)

    def finish_stream(self, before: Node, after: Node, written: list[Written]) -> None:
        """Makes a written stream list consistent, as firmware does: width and height belong together, the rate
        follows the size unless it was asked for. Refused where what was asked for does not exist."""
        asked = {change.path for change in written}
        if self._forgets_hidden:
            _forget_hidden(after)
        for stream in after.children:
            key = stream.value("id")
            old = before.item(key)
            if old is None:
                continue
            start = f"StreamingChannel[{key}]/Video/"
            mode = self._agree_on_size(stream, old)
            best = mode.fps60 if self._mains_at_boot == "60hz" else mode.fps50
            rate = int(stream.value("Video/maxFrameRate") or 0)
            if rate > best * 100:
                if any(path.endswith(f"{start}maxFrameRate") for path in asked):
                    raise Refused("badParameters", f"{start}maxFrameRate")
                stream.put("Video/maxFrameRate", str(best * 100))

    def _agree_on_size(self, stream: Node, old: Node) -> Mode:
        modes = self.modes(stream.value("id"))
        width, height = (int(stream.value(f"Video/videoResolution{side}")) for side in ("Width", "Height"))
        exact = next((m for m in modes if (m.width, m.height) == (width, height)), None)
        if exact is not None:
            return exact
        wide_asked = old.value("Video/videoResolutionWidth") != str(width)
        high_asked = old.value("Video/videoResolutionHeight") != str(height)
        fit = next((m for m in modes if (m.width == width if wide_asked else m.height == height)), None)
        if fit is None or (wide_asked and high_asked):
            raise Refused("badParameters", "Video/videoResolutionWidth")
        stream.put("Video/videoResolutionWidth", str(fit.width))
        stream.put("Video/videoResolutionHeight", str(fit.height))
        return fit

    def mode_rates(self, mode: Mode) -> list[int]:
        """Frame rates times 100, the fastest first."""
        best = 100 * (mode.fps60 if self._mains_at_boot == "60hz" else mode.fps50)
        return [rate for rate in _RATES if rate <= best]

    def modes(self, stream_id: str) -> tuple[Mode, ...]:
        return self.model.modes(stream_id)

    def _limit_stream(self, rule: Node, stream: Node, *, any_size: bool) -> None:
        video = rule.child("Video")
        if video is None:
            return
        modes = self.modes(rule.value("id"))
        size = stream.value("Video/videoResolutionWidth"), stream.value("Video/videoResolutionHeight")
        mode = next((m for m in modes if (str(m.width), str(m.height)) == size), modes[0])
        options = {
            "videoResolutionWidth": dict.fromkeys(str(m.width) for m in modes),
            "videoResolutionHeight": dict.fromkeys(str(m.height) for m in modes),
            "maxFrameRate": dict.fromkeys(str(rate) for rate in (_RATES if any_size else self.mode_rates(mode))),
        }
        for name, values in options.items():
            leaf = video.child(name)
            if leaf is not None:
                # Recorders have 0 for as fast as the camera can.
                full = ["0"] if name == "maxFrameRate" and leaf.attributes.get("def") == "0" else []
                leaf.attributes["opt"] = ",".join([*full, *values])

    def _fill(self, tree: Node) -> None:
        for _, node in tree.walk():
            key = node.attributes.get("live")
            if key is not None:
                node.text = self._live(key)


def _leave_out(tree: Node, ends: tuple[str, ...]) -> None:
    """Takes out the leaves and lists whose paths end so."""
    wanted = tuple(f"/{end}" for end in ends)
    for path, node in tuple(tree.walk()):
        node.children[:] = [
            each
            for each in node.children
            if (each.children and not is_list(each)) or not f"{path}/{each.name}".endswith(wanted)
        ]


def _limit_shutter(rule: Node, channel: Node | None) -> None:
    leaf = rule.find("Shutter/ShutterLevel")
    if leaf is not None and channel is not None and channel.value("WDR/mode") == "open":
        options = leaf.attributes["opt"].split(",")
        leaf.attributes["opt"] = ",".join(option for option in options if option not in _SLOW)


def _other_image(template: Node) -> None:
    for channel in template.children:
        channel.children[:] = [child for child in channel.children if child.name != "Sharpness"]
        brightness = channel.find("Color/brightnessLevel")
        if brightness is not None:
            brightness.attributes["max"] = "10"
            brightness.attributes["def"] = brightness.text = "5"
        mode = Node("DehazeMode", {"opt": "open,close,auto", "def": "auto"}, "auto")
        channel.children.append(Node("Dehaze", children=[mode]))


def _take_over(after: Node, before: Node) -> None:
    """Values of another schema, as far as the new one has a place for them and allows them."""
    for node in after.children:
        old = before.item(node.value("id")) if node.child("id") is not None else before.child(node.name)
        if old is None:
            continue
        if node.children:
            _take_over(node, old)
        elif not problem(old.text, node):
            node.text = old.text


def _dump(node: Node) -> list[object]:
    # A secret that was never set is no value.
    shown = [child for child in node.children if child.text or "wo" not in child.attributes]
    return [node.name, node.attributes, node.text, [_dump(child) for child in shown]]


def _undump(kept: object) -> Node:
    """ValueError for anything that `_dump` does not make."""
    match kept:
        case [str(name), dict(attributes), str(text), list(children)]:
            return Node(name, attributes, text, [_undump(child) for child in children])
    raise ValueError("damaged")


def show_stream(tree: Node) -> None:
    """Drops the profile of the codec that is not in use: it exists, but a camera does not show it."""
    for video, hidden in _hidden(tree):
        video.children[:] = [child for child in video.children if child not in hidden]


def _forget_hidden(tree: Node) -> None:
    for _, hidden in _hidden(tree):
        for leaf in (leaf for each in hidden for _, leaf in each.walk() if not leaf.children):
            leaf.text = leaf.attributes.get("def", leaf.text)


def _hidden(tree: Node) -> Iterator[tuple[Node, list[Node]]]:
    """Each stream's picture, with what does not go with its codec."""
    for _, node in tree.walk():
        if node.name == "Video":
            codec = node.value("videoCodecType")
            hidden = {"H264Profile": codec != "H.264", "H265Profile": codec != "H.265", "SVC": codec == "MJPEG"}
            yield node, [child for child in node.children if hidden.get(child.name, False)]
