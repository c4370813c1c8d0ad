"""What the files of a device are called, what sending one means, and as what it is sent."""

from __future__ import annotations

from app.families.isapi.certificates import CLIENT, DEVICE, DOWNLOAD, KEY, REQUEST, SELF_SIGNED, SERVER
from app.model.action import Danger, FileKind

FIRMWARE, CONFIGURATION, LOG = "/System/updateFirmware", "/System/configurationData", "/System/dbglog"
ASK_BY_PUT = (LOG,)
OCTETS = "application/octet-stream"
MEDIA = {
    DEVICE: "application/x-x509-ca-cert",
    CLIENT: "application/x-x509-client-cert",
    KEY: "application/x-x509-client-key",
    SERVER: "application/x-x509-ca-cert",
}

# Tail -> (title, help, consequence of sending, danger, suffix)
_KNOWN: dict[str, tuple[str, str, str, Danger, str]] = {
    FIRMWARE: (
        "Firmware",
        "An upgrade file of the maker, for this very model",
        "{camera} installs this firmware and restarts. It must not lose power before it is back.",
        Danger.LOSES,
        ".dav",
    ),
    CONFIGURATION: (
        "Configuration",
        "All settings in the maker's own form, also to restore them",
        "{camera} takes over all settings of this file, its address and accounts too, and restarts.",
        Danger.LOSES,
        ".cfg",
    ),
    SERVER: (
        "Server certificate",
        "The certificate that the camera shows to browsers, with its private key unless the camera made the request",
        "{camera} shows this certificate from then on; programs that trust the old one refuse it.",
        Danger.INTERRUPTS,
        ".pem",
    ),
    DEVICE: (
        "Root certificate for 802.1X",
        "By which the camera knows the server that lets it into the network",
        "{camera} lets itself into the network only by a server with this certificate.",
        Danger.INTERRUPTS,
        ".pem",
    ),
    CLIENT: (
        "Client certificate for 802.1X",
        "By which the server knows the camera",
        "{camera} enters the network with this certificate.",
        Danger.INTERRUPTS,
        ".pem",
    ),
    KEY: (
        "Client key for 802.1X",
        "The private key of the client certificate. It goes to the camera alone: no copy is kept here",
        "{camera} enters the network with this key.",
        Danger.INTERRUPTS,
        ".pem",
    ),
    DOWNLOAD: (
        "Certificate request",
        "What a certificate authority signs; send what comes back as the server certificate",
        "",
        Danger.NONE,
        ".csr",
    ),
    LOG: ("Debug log", "For the maker's support", "", Danger.NONE, ".log"),
}
_REMOVAL = {
    SERVER: "{camera} forgets this certificate and shows browsers its own again.",
    DOWNLOAD: "{camera} forgets this request and its key: a certificate that is signed for it fits no longer.",
}
_MAKING = {
    SERVER: "{camera} makes a certificate, signs it itself and shows it from then on; programs that trust the old one "
    "refuse it.",
    DOWNLOAD: "{camera} makes a new key and a request for it. A certificate that is signed for an earlier request fits "
    "no longer.",
}
# File -> where the device is told to make it.
MADE_AT = {SERVER: SELF_SIGNED, DOWNLOAD: REQUEST}


def kind(
    path: str, tail: str, title: str, methods: tuple[str, ...] | frozenset[str], camera: str, *, makes: bool = False
) -> FileKind:
    """tail is the path without prefix, with the part behind # that tells files of one resource apart; title what it is
    called where nothing better is known; makes: the protocol has a resource that makes it."""
    by_put = tail in ASK_BY_PUT
    other = (title or tail.rpartition("/")[2], "", "{camera} takes this file.", Danger.INTERRUPTS, ".bin")
    name, text, consequence, danger, suffix = _KNOWN.get(tail, other)
    return FileKind(
        path,
        name,
        text,
        down=("GET" in methods or by_put) and tail not in (SERVER, CLIENT, KEY),
        up="PUT" in methods and not by_put,
        consequence=consequence.format(camera=camera),
        danger=danger,
        suffix=suffix,
        removal=_REMOVAL.get(tail, "").format(camera=camera) if "DELETE" in methods or tail == DOWNLOAD else "",
        making=_MAKING.get(tail, "").format(camera=camera) if makes else "",
    )
