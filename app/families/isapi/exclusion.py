"""Functions that exclude each other: a device that refuses one is asked which other is in the way."""

from __future__ import annotations

from app.errors import CameraError, DeviceBusy, DeviceFault, Excluded, NotSupported
from app.families.isapi.client import Client
from app.settings.document import Document
from app.wire.xml import Element

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
    "wdr": "WDR",
    "hlc": "highlight compensation",
    "blc": "backlight compensation",
}


def in_the_way(root: Element) -> tuple[str, ...]:
    """The functions a MutexFunctionErrorMsg names, as people call them."""
    said = (each.text_of("describe") for each in root.iter() if each.name == "MutexFunction")
    return tuple(dict.fromkeys(_name(part) for text in said for part in text.split(",") if part.strip()))


def declared(capabilities: Element) -> tuple[str, ...]:
    """The functions that capabilities declare to be excluded by this one."""
    found = (each.attributes.get("opt", "") for each in (capabilities, *capabilities.iter()) if "mutex" in each.name)
    return tuple(dict.fromkeys(_name(part) for text in found for part in text.split(",") if part.strip()))


def _name(text: str) -> str:
    return _NAMES.get(text.strip().lower(), text.strip()[:60])


async def explain(client: Client, document: Document, refusal: CameraError) -> CameraError:
    """The refusal itself, or one that names both sides and the order in which it works."""
    if not isinstance(refusal, NotSupported | DeviceFault) or isinstance(refusal, DeviceBusy):
        return refusal
    told = await _ask(client, "/System/mutexFunctionErrorMsg")
    others = in_the_way(told) if told is not None else ()
    if others:
        return _excluded(client, document, refusal, others)
    capabilities = await _ask(client, f"{document.resource}/capabilities")
    possible = declared(capabilities) if capabilities is not None else ()
    if possible and not refusal.hint:
        refusal.hint = f"It cannot run together with {_listed(possible)}: switch that off first if it is on."
    return refusal


def _excluded(client: Client, document: Document, refusal: CameraError, others: tuple[str, ...]) -> Excluded:
    found = Excluded(
        f"{client.title} does not run “{document.title}” together with {_listed(others)}.",
        hint=f"Switch off {_listed(others)} first, then apply this again.",
        detail=refusal.detail,
        code=getattr(refusal, "code", ""),
        subcode=getattr(refusal, "subcode", ""),
        path=document.resource,
    )
    found.others = others
    return found


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


async def _ask(client: Client, path: str) -> Element | None:
    try:
        return (await client.read(path)).root
    except CameraError:
        return None  # the refusal itself is what people are told then
