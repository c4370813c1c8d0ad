"""What a device is asked before its tree can be drawn: capability flags, its index, the ids of its channels.

A dozen small requests at most. A refused one is an answer too; only a lost device or refused password ends it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from app.errors import DeviceFault, Forbidden, NotSupported, ProtocolError
from app.families.isapi.client import Client
from app.families.isapi.dialect import Dialect
from app.patience import patiently
from app.wire.xml import Element, XmlDocument

REFUSALS = (NotSupported, Forbidden, DeviceFault, ProtocolError)
STANDARD = {"index", "indexr", "description", "capabilities"}
_LONGEST_NAME = 40  # of a channel, in a tree
_TWO_STREAMS = ("101", "102")
_INDEX_BUDGET = 24  # requests; a device that lists only one level at a time is not followed for ever
_PLACEHOLDERS = {"id", "<id>", "{id}", "[id]", ":id", "%d", "{channel}", "<channel>"}

STREAMS = "/Streaming/channels"
VIDEO = "/System/Video/inputs/channels"
INTERFACES = "/System/Network/interfaces"
INPUTS = "/System/IO/inputs"
OUTPUTS = "/System/IO/outputs"
AUDIO = "/System/Audio/channels"
PTZ = "/PTZCtrl/channels"
PROXIES = "/ContentMgmt/InputProxy/channels"


@dataclass(frozen=True, slots=True)
class Flags:
    """The leaves of the device's capabilities. switches: lower-case name -> bool; a bare isSupport goes by its
    block's name ("snmpcap"). blocks: lower-case names of all elements. known is False when nothing was answered."""

    switches: Mapping[str, bool] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    blocks: frozenset[str] = frozenset()
    known: bool = False


@dataclass(frozen=True)
class Survey:
    """index holds paths without prefix, placeholders as "{id}"; None where the device answers no index.
    ids: collection -> ids of its entries; absent where the collection was refused. names: channel -> what the
    installer called it."""

    flags: Flags = Flags()
    index: tuple[str, ...] | None = None
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def video(self) -> tuple[str, ...]:
        """Video inputs: the camera's own, else those of its streams, else a recorder's, else one."""
        own = self.ids.get(VIDEO, ())
        streamed = tuple(dict.fromkeys(channel_of(each) for each in self.ids.get(STREAMS, ()) if channel_of(each)))
        return own or streamed or self.ids.get(PROXIES, ()) or ("1",)


def channel_of(stream: str) -> str:
    """ "201" -> "2"; "" for the short ids 1, 2, 3 of old firmware, which say nothing of the channel."""
    return stream[:-2] if stream.isascii() and stream.isdigit() and len(stream) > 2 else ""


async def survey(client: Client) -> Survey:
    flags = read_flags(await _try(client, "/System/capabilities"))
    index = await _index(client)
    ids: dict[str, tuple[str, ...]] = {}
    names: dict[str, str] = {}
    for collection in _collections(flags):
        document = await _try(client, collection)
        if document is not None:
            ids[collection] = entry_ids(document.root)
            names |= channel_names(collection, document.root)
    if ids.get(STREAMS) == _TWO_STREAMS:
        ids[STREAMS] += await _unlisted(client)
    return Survey(flags, index, ids, names)


async def _unlisted(client: Client) -> tuple[str, ...]:
    """Streams that answer although the list stops at the sub-stream, as on some cameras of the second generation."""
    found: tuple[str, ...] = ()
    for stream in ("103", "104"):
        if await _try(client, f"{STREAMS}/{stream}") is None:
            break
        found += (stream,)
    return found


async def _try(client: Client, path: str) -> XmlDocument | None:
    try:
        return await patiently(lambda: client.read(path))
    except REFUSALS:
        return None


def _collections(flags: Flags) -> Iterator[str]:
    yield STREAMS
    yield VIDEO
    yield INTERFACES
    if flags.numbers.get("ioinputportnums", 1):
        yield INPUTS
    if flags.numbers.get("iooutputportnums", 1):
        yield OUTPUTS
    if flags.numbers.get("audioinputnums", 1):
        yield AUDIO
    yield PTZ
    if flags.numbers.get("inputproxynums", 0):
        yield PROXIES


def read_flags(document: XmlDocument | None) -> Flags:
    """Flags from a DeviceCap, in any nesting."""
    if document is None:
        return Flags()
    switches: dict[str, bool] = {}
    numbers: dict[str, int] = {}
    blocks: set[str] = set()
    for parent in (document.root, *document.root.iter()):
        for leaf in parent.children:
            name = leaf.name.lower()
            blocks.add(name)
            text = leaf.text.strip()
            if text in ("true", "false"):
                key = parent.name.lower() if name == "issupport" else name
                switches[key] = switches.get(key, False) or text == "true"
            elif text.isascii() and text.isdigit() and len(text) < 6:
                numbers.setdefault(name, int(text))
    return Flags(switches, numbers, frozenset(blocks), known=True)


def entry_ids(root: Element) -> tuple[str, ...]:
    """The ids of a list document's entries, in its order. Ids that could not be part of a path are left out."""
    found = (entry.text_of("id") for entry in root.children)
    return tuple(dict.fromkeys(each for each in found if each and len(each) < 40 and _is_step(each)))


def channel_names(collection: str, root: Element) -> dict[str, str]:
    """Channel -> its name, from a list of video inputs, of a recorder's channels, or of streams."""
    found: dict[str, str] = {}
    for entry in root.children:
        number = entry.text_of("id")
        if collection == STREAMS:
            number, name = channel_of(number), entry.text_of("channelName")
        else:
            name = entry.text_of("name") if collection in (VIDEO, PROXIES) else ""
        shown = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
        if number and shown:
            found.setdefault(number, shown[:_LONGEST_NAME])
    return found


def _is_step(text: str) -> bool:
    return all(sign.isalnum() or sign in "_-." for sign in text) and text.strip(".") != ""


async def _index(client: Client) -> tuple[str, ...] | None:
    """All paths the device lists of itself: indexr at the root, else index and then each service's own."""
    for start in ("", "/System"):
        listing = await _try(client, f"{start}/indexr")
        if listing is not None and listing.root.name == "ResourceList":
            return tuple(read_listing(listing.root, start, client.dialect))
    listing = await _try(client, "/index")
    if listing is None or listing.root.name != "ResourceList":
        return None
    found = list(read_listing(listing.root, "", client.dialect))
    for service in list(found)[:_INDEX_BUDGET]:
        below = await _try(client, f"{service}/indexr") or await _try(client, f"{service}/index")
        if below is not None and below.root.name == "ResourceList":
            found += read_listing(below.root, service, client.dialect)
    return tuple(dict.fromkeys(found))


def read_listing(listing: Element, base: str, dialect: Dialect) -> Iterator[str]:
    """Paths (without prefix) of a ResourceList, nested lists included; standard resources are left out."""
    waiting = [(listing, base)]
    while waiting:
        group, above = waiting.pop()
        for entry in group.children:
            name = entry.text_of("name").rstrip("/")
            if entry.name != "Resource" or not name or name.rpartition("/")[2] in STANDARD:
                continue
            path = dialect.tail(name) if name.startswith("/") else f"{above}/{name}"
            steps = ["{id}" if each.lower() in _PLACEHOLDERS else each for each in path.split("/")]
            if not all(each == "{id}" or _is_step(each) for each in steps[1:]):
                continue
            path = "/".join(steps)
            yield path
            below = entry.child("ResourceList")
            if below is not None:
                waiting.append((below, path))
