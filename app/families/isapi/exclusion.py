"""Functions that exclude each other: a device that refuses one is asked which other is in the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from app.errors import CameraError, DeviceBusy, DeviceFault, Excluded, Foreseen, NotSupported
from app.families.isapi import errors
from app.families.isapi.client import Client
from app.settings.document import Document
from app.settings.exclusion import names
from app.wire.xml import Element

_SAID = "/System/mutexFunctionErrorMsg"
_TELLING = {"describe", "mutexFunction", "mutexFunctionName", "functionName"}
LONGEST = 65_536  # bytes of an answer about this
_MOST_DECLARED = 12  # functions that one declaration is believed to name
# Names on the wire (lower case) -> names for people.
_NAMES = {
    "smd": "smart motion detection",
    "pdc": "people counting",
    "counting": "people counting",
    "heatmap": "the heat map",
    "linedetection": "line crossing detection",
    "fielddetection": "intrusion detection",
    "scenechangedetection": "scene change detection",
    "vehicledetection": "vehicle detection",
    "facedetect": "face detection",
    "facedetection": "face detection",
    "regionentrance": "entrance detection",
    "regionexiting": "exit detection",
    "perimeter": "perimeter protection",
    "vmdhumanvehicle": "motion detection",
    "wdr": "WDR",
    "hlc": "highlight compensation",
    "blc": "backlight compensation",
}

# What a device that can be asked calls them (its capabilities say that it can, with this misspelling in most firmware).
QUESTION = "/System/mutexFunction?format=json"
CAN_BE_ASKED = ("isSupportSeachMutexFunction", "isSupportSearchMutexFunction")
_ASKED = {
    "line crossing detection": "linedetection",
    "intrusion detection": "fielddetection",
    "entrance detection": "regionEntrance",
    "exit detection": "regionExiting",
    "scene change detection": "scenechangedetection",
    "face detection": "facedetection",
    "motion detection": "VMDHumanVehicle",
}


def question(function: str, channel: str) -> bytes:
    """Which functions that are on exclude this one; b"" where nobody knows how to ask."""
    if function not in _ASKED:
        return b""
    return json.dumps({"function": _ASKED[function], "channelID": int(channel or 1)}).encode()


def in_the_way(root: Element) -> tuple[str, ...]:
    """The functions a MutexFunctionErrorMsg names, as people call them."""
    said = (each.text_of("describe") for each in root.iter() if each.name == "MutexFunction")
    return tuple(dict.fromkeys(_name(part) for text in said for part in text.split(",") if part.strip()))


def told_in_json(body: bytes) -> tuple[str, ...]:
    """The functions that a JSON answer names, in whatever nesting; () for what is no such answer."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    return tuple(dict.fromkeys(_name(part) for text in _telling(said) for part in text.split(",") if part.strip()))


def _telling(said: object, *, tells: bool = False) -> Iterator[str]:
    """The texts under the names that tell of functions."""
    if isinstance(said, str) and tells:
        yield said
    elif isinstance(said, list):
        for each in said:
            yield from _telling(each, tells=tells)
    elif isinstance(said, dict):
        for key, value in said.items():
            yield from _telling(value, tells=key in _TELLING)


@dataclass(frozen=True, slots=True)
class Declared:
    """What capabilities declare to exclude the function of a block; "" is the whole page. others as people say it."""

    block: str
    others: tuple[str, ...]


def declared(capabilities: Element) -> tuple[Declared, ...]:
    """Everything that capabilities declare (`mutexAbility`, A:12793), known functions first. Those of a list stand for
    each of its entries."""
    found: dict[str, dict[str, None]] = {}
    entry = _entry(capabilities)
    for each in capabilities.iter():
        if "mutex" in each.name and (said := each.attributes.get("opt", "")):
            block = each.path.rpartition("/")[0].removeprefix(entry).lstrip("/")
            found.setdefault(block, {}).update(dict.fromkeys(_name(part) for part in said.split(",") if part.strip()))
    return tuple(
        Declared(block, tuple(sorted(names, key=is_unknown)[:_MOST_DECLARED])) for block, names in found.items()
    )


def _entry(capabilities: Element) -> str:
    """The path of the entry in the capabilities of a list; "" in those of a page."""
    listed = capabilities.name.casefold()
    return next((each.path for each in capabilities.children if listed == f"{each.name.casefold()}list"), "")


def is_unknown(name: str) -> bool:
    """Whether it is a word that nobody knows: such a one must not keep anything from being sent."""
    return name not in _NAMES.values()


def function_of(title: str, block: str = "") -> str:
    """The name of the function of a page with this title, or of a block of it."""
    if block:
        return _name(block.rpartition("/")[2])
    return next((name for name in _NAMES.values() if names(name, [title])), title)


def _name(text: str) -> str:
    return _NAMES.get(text.strip().lower(), text.strip()[:60])


async def explain(client: Client, document: Document, refusal: CameraError) -> CameraError:
    """The refusal itself, or one that names both sides and the order in which it works."""
    if not isinstance(refusal, NotSupported | DeviceFault) or isinstance(refusal, DeviceBusy):
        return refusal
    others = await _others(client)
    if others:
        return excluded(client, document, others, refusal)
    capabilities = await _ask(client, f"{document.resource}/capabilities")
    found = declared(capabilities) if capabilities is not None else ()
    possible = tuple(dict.fromkeys(name for each in found for name in each.others))
    if possible and (isinstance(refusal, NotSupported) or not refusal.hint):
        refusal.hint = f"It cannot run together with {_listed(possible)}: switch that off first if it is on."
    return refusal


def excluded(client: Client, document: Document, others: tuple[str, ...], refusal: CameraError) -> Excluded:
    found = Excluded(
        _both(client, document, others),
        hint=f"Switch off {_listed(others)} first, then apply this again.",
        detail=refusal.detail,
        code=getattr(refusal, "code", ""),
        subcode=getattr(refusal, "subcode", ""),
        path=document.resource,
    )
    found.others = others
    return found


def foreseen(client: Client, document: Document, others: tuple[str, ...]) -> Foreseen:
    """The same before anything was sent."""
    hint = f"Nothing was sent. Switch off {_listed(others)} first, then apply this again."
    found = Foreseen(_both(client, document, others), hint=hint, path=document.resource)
    found.others = others
    return found


def _both(client: Client, document: Document, others: tuple[str, ...]) -> str:
    return f"{client.camera} does not run “{document.title}” together with {_listed(others)}."


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


async def _others(client: Client) -> tuple[str, ...]:
    """What the device says is in the way, in XML or, where it has only that, in JSON."""
    for path in (_SAID, f"{_SAID}?format=json"):
        try:
            answer = await client.answer(path)
        except CameraError:
            return ()
        if 200 <= answer.status < 300 and len(answer.body) <= LONGEST:
            if answer.body.lstrip().startswith((b"{", b"[")):
                return told_in_json(answer.body)
            try:
                return in_the_way(errors.document(answer, path, client.camera).root)
            except CameraError:
                continue
    return ()


async def _ask(client: Client, path: str) -> Element | None:
    try:
        return (await client.read(path)).root
    except CameraError:
        return None  # the refusal itself is what people are told then
