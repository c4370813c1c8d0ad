"""Where a simulated camera wants to be, by its own network settings."""

from __future__ import annotations

from app.simulator.camera import Place
from app.simulator.isapi.state import State

INTERFACES = "System/Network/interfaces"
PORTS = "Security/adminAccesses"


def wanted(state: State, home: Place, leased: str = "") -> Place:
    """home: where it was put up; leased: the address that a DHCP server has for it, "" where there is none. An address
    outside 127.0.0.0/8 cannot be simulated and is not followed."""
    host, http, rtsp = home.host, home.http_port, home.rtsp_port
    if state.stored(INTERFACES):
        address = state.value(INTERFACES, "NetworkInterface[1]/IPAddress/ipAddress")
        host = address if address.startswith("127.") else host
        if leased and state.value(INTERFACES, "NetworkInterface[1]/IPAddress/addressingType") == "dynamic":
            host = leased
    if state.stored(PORTS):
        http = int(state.value(PORTS, "AdminAccessProtocol[1]/portNo") or http)
        rtsp = int(state.value(PORTS, "AdminAccessProtocol[3]/portNo") or rtsp)
    on = state.value(PORTS, "AdminAccessProtocol[2]/enabled") == "true"
    https = int(state.value(PORTS, "AdminAccessProtocol[2]/portNo") or 0) if on else 0
    return Place(host, http, rtsp, https)
