"""What a device's PTZ can do, asked once: by its capabilities, by what answers, or by the older PTZControl."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.errors import DeviceFault, Forbidden, NotSupported, ProtocolError
from app.families.isapi import ptz_documents as documents
from app.families.isapi.client import Client
from app.families.isapi.ptz_words import Legacy, Modern, Words
from app.families.isapi.status import read_status
from app.model.ptz import Auxiliary, PtzCapabilities, Range
from app.wire.xml import Element

_REFUSALS = (NotSupported, Forbidden, DeviceFault, ProtocolError)
_OLD_COUNTS = {"presets": 128, "patrols": 16, "patterns": 16}


class Questions:
    """Reading, where a refusal is an answer too."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.camera = client.camera

    async def document(self, path: str) -> Element:
        return (await self._client.read(path)).root

    async def read(self, path: str) -> Element | None:
        """None where the device has no such document."""
        try:
            return await self.document(path)
        except _REFUSALS:
            return None

    async def has(self, path: str) -> bool:
        """Whether there is something at the path; what can only be written says that it cannot be read."""
        answer = await self._client.answer(path)
        status = read_status(answer.body)
        if status is not None and not status.ok:
            return answer.status == 405 or status.plain_sub == "methodnotallowed"
        return 200 <= answer.status < 300 or answer.status == 405


@dataclass(frozen=True, slots=True)
class Abilities:
    """words: how the device is spoken to. auxiliaries: name -> id and the device's own type."""

    capabilities: PtzCapabilities
    words: Words
    auxiliaries: dict[str, tuple[str, str]] = field(default_factory=dict)


async def abilities(ask: Questions, modern: Modern, legacy: Legacy) -> Abilities | None:
    """None where there is no PTZ channel of either kind."""
    return await _ask_modern(ask, modern) or await _ask_legacy(ask, legacy)


async def _ask_modern(ask: Questions, words: Modern) -> Abilities | None:
    here = words.here
    said = await ask.read(f"{here}/capabilities")
    if said is not None and said.name.lower() in ("ptzchanelcap", "ptzchannelcap"):
        found = documents.capabilities(said)
    else:
        channel = await ask.read(here)
        if channel is None or channel.name != "PTZChannel":
            return None
        found = await _by_the_text(ask, words)
    status = await ask.read(f"{here}/status")
    sight = await ask.read(words.sight)
    lens = [await ask.has(f"{words.input}/{kind}") for kind in ("focus", "iris")]
    counts = {"presets": found.presets, "patrols": found.patrols, "patterns": found.patterns}
    for name, told in counts.items():
        counts[name] = told or (_OLD_COUNTS[name] if await ask.has(f"{here}/{name}") else 0)
    auxiliaries = await _ask_auxiliaries(ask, words)
    found = replace(
        found,
        position=status is not None and documents.position(status) is not None,
        field_of_view=sight is not None and documents.field_of_view(sight) is not None,
        focus=lens[0],
        iris=lens[1],
        auxiliaries=tuple(auxiliaries),
        presets=counts["presets"],
        patrols=counts["patrols"],
        patterns=counts["patterns"],
    )
    return Abilities(found, words, auxiliaries)


async def _by_the_text(ask: Questions, words: Modern) -> PtzCapabilities:
    """The first text has no capabilities: what a PTZ channel has by that text, as far as it answers."""
    has = {
        name: await ask.has(f"{words.here}/{name}") for name in ("momentary", "absolute", "relative", "homeposition")
    }
    home = has["homeposition"]
    return PtzCapabilities(
        pan_tilt=True,
        zoom=True,
        momentary=has["momentary"],
        centre=has["relative"],
        home=home,
        set_home=home,
        clear_home=home,
        absolute_pan=Range(0, 360) if has["absolute"] else None,
        absolute_tilt=Range(-90, 270) if has["absolute"] else None,
        absolute_zoom=Range(0, 100) if has["absolute"] else None,
        rename_presets=True,
        edit_patrols=True,
    )


async def _ask_auxiliaries(ask: Questions, words: Modern) -> dict[str, tuple[str, str]]:
    """Name -> id and the device's own type, or the first text's command and nothing."""
    listed = await ask.read(f"{words.here}/auxcontrols")
    if listed is not None:
        return documents.auxiliaries(listed)
    commands = {name.value: command for name, command in documents.POWER.items()}
    return {
        name: (command, "")
        for name, command in commands.items()
        if await ask.has(f"{words.here}/auxcontrol?command={command}")
    }


async def _ask_legacy(ask: Questions, words: Legacy) -> Abilities | None:
    channel = await ask.read(words.here)
    if channel is None or channel.name != "PTZChannel":
        return None
    patrols = len(documents.old_numbers(channel, "PatrolIDList"))
    found = PtzCapabilities(
        pan_tilt=True,
        zoom=True,
        focus=True,
        iris=True,
        auxiliaries=tuple(each.value for each in Auxiliary),
        presets=len(documents.old_presets(channel)) or _OLD_COUNTS["presets"],
        patrols=patrols,
        edit_patrols=patrols > 0,
        patterns=len(documents.old_numbers(channel, "PatternIDList")),
    )
    return Abilities(found, words)
