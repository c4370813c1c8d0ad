"""What a camera says it can do, asked when it is first needed and then known for the session."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import AuthError, CameraError, DeviceBusy, TransportError
from app.families.vigi.answers import Reply
from app.families.vigi.client import Client
from app.wire.json_text import JsonNode

# Bits of the masks of getEventEnhanceCapability, by detection.
_BITS = {"motion": 1, "crossline": 2, "invasion": 4, "areaentry": 8, "arealeave": 16, "loiter": 32}


@dataclass(frozen=True, slots=True)
class Enhancement:
    """Masks of the detections that tell people and vehicles apart."""

    people: int
    vehicles: int

    def has(self, resource: str, field: str) -> bool:
        """Whether a setting of a detection's page means anything on this camera."""
        mask = {"people_enhance": self.people, "vehicle_enhance": self.vehicles}.get(field, self.people | self.vehicles)
        name = resource.removeprefix("get").lower()
        bit = next((bit for start, bit in _BITS.items() if name.startswith(start)), 0)
        return not bit or bool(mask & bit)


class Facts:
    """One camera's abilities. What it refuses to tell is None: then nothing is forbidden because of it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._replies: dict[str, Reply | None] = {}

    async def modules(self) -> frozenset[str] | None:
        """Names in lower case: real ones differ in their capitals."""
        values = await self._values("getModuleList", "moduleList")
        listed = values.child("moduleList") if values is not None else None
        names = {each.text_of("name").strip().lower() for each in listed.children} if listed is not None else set()
        return frozenset(names - {""}) or None

    async def has(self, module: str) -> bool:
        known = await self.modules()
        return known is None or not module or module.lower() in known

    async def sizes(self, stream: str) -> tuple[str, ...]:
        """Picture sizes of "main" or "minor"; () where it does not say."""
        values = await self._values("getVideoCapability", "main", "minor")
        part = values.child(stream) if values is not None else None
        found = part.child("resolutions") if part is not None else None
        return found.items() if found is not None else ()

    async def can_set_volume(self, part: str) -> bool:
        """part is "speaker" or "microphone"."""
        values = await self._values("getAudioCapability", "speaker", "microphone")
        found = values.child(part) if values is not None else None
        return found is None or found.text_of("volume", "1").strip() not in ("0", "false")

    async def enhancement(self) -> Enhancement | None:
        values = await self._values("getEventEnhanceCapability", "people_enhance_ver", "vehicle_enhance_ver")
        if values is None:
            return None
        return Enhancement(_mask(values.text_of("people_enhance_ver")), _mask(values.text_of("vehicle_enhance_ver")))

    async def speeds(self) -> tuple[float, float, float] | None:
        """The fastest pan, tilt and zoom; None where it does not say."""
        values = await self._values("getPTZCapability", "speed_x_max", "speed_y_max", "speed_z_max")
        if values is None:
            return None
        x, y, z = (_speed(values.text_of(f"speed_{axis}_max")) for axis in "xyz")
        return x, y, z

    async def _values(self, method: str, *expected: str) -> JsonNode | None:
        if method not in self._replies:
            try:
                self._replies[method] = await self._client.call(method)
            except (TransportError, AuthError):
                raise
            except DeviceBusy:
                return None  # it may say so another time
            except CameraError:
                self._replies[method] = None
        reply = self._replies[method]
        return reply.values(expected) if reply is not None else None


def _mask(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _speed(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        return 1.0
    return found if 0 < found <= 100 else 1.0
