"""Who the device says it is, asked once: what was learned about it is kept under its model and firmware."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import AuthError, BadCredentials, CameraError, LockedOut, TransportError
from app.families.isapi.client import Client


@dataclass(frozen=True, slots=True)
class Who:
    """Empty where the device does not say."""

    model: str = ""
    firmware: str = ""
    serial: str = ""


class Identity:
    """Reads the device information when first asked; a refusal is asked about again later."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: Who | None = None

    async def get(self) -> Who:
        """TransportError and a refused password are passed on; any other refusal gives an empty answer."""
        if self._known is None:
            try:
                self._known = await ask(self._client)
            except (TransportError, BadCredentials, LockedOut):
                raise
            except (AuthError, CameraError):
                return Who()
        return self._known

    def forget(self) -> None:
        """The device has restarted: it may run another firmware now."""
        self._known = None

    async def model_and_firmware(self) -> tuple[str, str]:
        who = await self.get()
        return who.model, who.firmware


async def ask(client: Client) -> Who:
    """The device information as it is now. CameraError where the device does not give it."""
    said = (await client.read("/System/deviceInfo")).root.text_of
    firmware = " ".join(filter(None, (said("firmwareVersion"), said("firmwareReleasedDate"))))
    return Who(said("model"), firmware, said("serialNumber"))
