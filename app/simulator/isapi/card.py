"""What a simulated camera is called: the numbers on its label, and the name somebody gave it."""

from __future__ import annotations

from app.simulator.camera import CameraPlan, identity
from app.simulator.quirks import Quirks


class Card:
    """The same in every run for the same plan."""

    def __init__(self, plan: CameraPlan, quirks: Quirks, model: str) -> None:
        digits = identity(plan)
        self.realm = f"IP Camera({digits[:5].upper()})"
        self.uuid = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}"
        # 02: an address that no maker owns.
        self.mac = "02:" + ":".join(digits[i : i + 2] for i in range(2, 12, 2))
        self.serial = f"{model}20260101SIM{int(digits[:6], 16):08d}"
        name = plan.name or f"Camera {plan.number:02d}"
        name += " & yard" if "raw_ampersand" in quirks else ""
        self.name = name + (" 大门" if "gb2312_text" in quirks else "")

    def texts(self, friendly: str, model: str) -> dict[str, str]:
        """For the UPnP description, in its order."""
        return {
            "friendlyName": friendly or model,
            "manufacturer": "Camwright",
            "manufacturerURL": "http://camwright.example",
            "modelDescription": "simulated camera",
            "modelName": model,
            "modelNumber": model,
            "serialNumber": self.serial,
            "UDN": f"uuid:{self.uuid}",
        }
