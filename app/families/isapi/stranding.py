"""Changes after which the device may be elsewhere: what they are, where it goes, what speaks against them. Pure but
for the one question whether an address is free."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import AuthError, CameraError, InvalidSetting, TimedOut, Unreachable
from app.families.base import Credentials, Dialer
from app.families.isapi.addressing import INTERFACES, OTHERS, PORTS, shared_ports
from app.model.device import Address
from app.settings import networks
from app.settings.changes import Change
from app.settings.document import Document
from app.settings.strands import Strand, StrandKind
from app.wire.http import HttpRequest

PROBE_DEADLINE = 2.0  # seconds for the question whether an address is free

_USERS = re.compile(r"/Security/users(/[^/]+)?$", re.IGNORECASE)
_LOGIN = re.compile(r"/Security/webCertificate$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ground:
    """A session as these rules see it."""

    camera: str
    address: Address
    credentials: Credentials


def strands(ground: Ground, document: Document, changes: tuple[Change, ...]) -> tuple[Strand, ...]:
    """The changes that may cut the device off."""
    rules = {INTERFACES: _address, PORTS: _port, _USERS: _account, _LOGIN: _login}
    judge = next((rule for place, rule in rules.items() if place.search(document.resource)), None)
    if judge is None:
        return ()
    found = (judge(ground, document, change) for change in changes)
    return tuple(each for each in found if each is not None)


def _address(ground: Ground, document: Document, change: Change) -> Strand | None:
    group, name = _split(change.path)
    if any(step in change.path for step in OTHERS) or not _is_this_interface(ground, document, group):
        return None
    if name == "ipAddress":
        place = Address(change.new.strip(), ground.address.port)
        text = f"{ground.camera} moves to {change.new.strip()}. It is followed there by its serial number."
        return Strand(StrandKind.ADDRESS, change.path, text, place)
    if name == "addressingType" and change.new.strip().lower() != "static":
        text = (
            f"{ground.camera} asks a DHCP server for its address. Nobody knows which one it gets: it is searched for "
            "by its serial number on the networks of this computer."
        )
        return Strand(StrandKind.ADDRESS, change.path, text)
    if name in ("subnetMask", "ipVersion", "addressingType"):
        text = f"{ground.camera} may no longer be reached from this computer if this is wrong."
        return Strand(StrandKind.ADDRESS, change.path, text, ground.address)
    return None


def _login(ground: Ground, document: Document, change: Change) -> Strand:
    text = f"{ground.camera} changes how it takes passwords: programs that know only the old way are shut out."
    return Strand(StrandKind.TLS, change.path, text, ground.address)


def _port(ground: Ground, document: Document, change: Change) -> Strand | None:
    group, name = _split(change.path)
    protocol = _near(document, group, "protocol").upper()
    if protocol not in ("HTTP", "HTTPS") or _near(document, group, "portNo") != str(ground.address.port):
        return None
    if name == "portNo":
        new = change.new.strip()
        place = Address(ground.address.host, int(new)) if new.isascii() and new.isdigit() and len(new) < 6 else None
        text = f"{ground.camera} answers at port {new} from then on. It is followed there by its serial number."
        return Strand(StrandKind.PORT, change.path, text, place)
    return _switched_off(ground, document, change, protocol) if name == "enabled" else None


def _switched_off(ground: Ground, document: Document, change: Change, protocol: str) -> Strand:
    """The protocol through which it is reached now: it is followed to the other one, where that is on."""
    other = "HTTP" if protocol == "HTTPS" else "HTTPS"
    off = f"{ground.camera} switches off {protocol}, through which it is reached now."
    port = _port_of(document, other)
    if port is None:
        text = f"{off} {other} is off as well: nobody can reach its settings any more."
        return Strand(StrandKind.TLS, change.path, text)
    read_along = " From then on others on the network can read along." if other == "HTTP" else ""
    text = f"{off} It is followed to {other} at port {port}.{read_along}"
    return Strand(StrandKind.TLS, change.path, text, Address(ground.address.host, port))


def _port_of(document: Document, protocol: str) -> int | None:
    """Where it will be reached by a protocol, by the edits as well; None where that is off."""
    for field in document.fields:
        group, name = _split(field.path)
        if name != "protocol" or field.text.upper() != protocol:
            continue
        on, port = (document.text(f"{group}/{each}" if group else each).strip() for each in ("enabled", "portNo"))
        return int(port) if on.lower() == "true" and port.isascii() and port.isdigit() and len(port) < 6 else None
    return None


def _account(ground: Ground, document: Document, change: Change) -> Strand | None:
    group, name = _split(change.path)
    if _near(document, group, "userName") != ground.credentials.user:
        return None
    if change.gone:
        text = f"{ground.camera} forgets {ground.credentials.user}, the account in use."
        return Strand(StrandKind.ACCOUNT, change.path, text) if name == "userName" else None
    words = {
        "password": "{camera} takes only the new password of {user} from then on. Recorders and programs that still "
        "use the old one can lock the account: change it there too.",
        "userName": "{camera} knows {user} under another name from then on.",
        "userLevel": "{camera} gives {user}, the account in use, other rights.",
    }
    if name not in words:
        return None
    text = words[name].format(camera=ground.camera, user=ground.credentials.user)
    return Strand(StrandKind.ACCOUNT, change.path, text, ground.address)


def destination(ground: Ground, found: tuple[Strand, ...]) -> Address | None:
    """Where the device will be; None where nobody knows."""
    host, port = ground.address.host, ground.address.port
    for each in found:
        if each.target is None:
            return None
        if each.kind is StrandKind.ADDRESS:
            host = each.target.host
        if each.kind is StrandKind.PORT or each.target.port != ground.address.port:
            port = each.target.port
    return Address(host, port)


def new_credentials(ground: Ground, document: Document, changes: tuple[Change, ...]) -> Credentials:
    """What the device will take."""
    user, password = ground.credentials.user, ground.credentials.password
    for change in changes:
        strand = _account(ground, document, change) if _USERS.search(document.resource) else None
        name = _split(change.path)[1] if strand is not None else ""
        user = change.new if name == "userName" else user
        password = change.new if name == "password" else password
    return Credentials(user, password)


# -- what speaks against it ------------------------------------------------------------------------------------------


def objections(ground: Ground, document: Document, changes: tuple[Change, ...]) -> tuple[str, ...]:
    """Warnings; InvalidSetting for what cannot work."""
    edits = {change.path: change.new.strip() for change in changes}
    warnings: list[str] = []
    for strand in strands(ground, document, changes):
        if strand.kind is StrandKind.ADDRESS:
            warnings += _network(ground, document, edits, strand)
        elif strand.kind is StrandKind.PORT:
            _ports(document, edits, strand)
        elif strand.kind is StrandKind.ACCOUNT and any(each.gone and each.path == strand.path for each in changes):
            raise InvalidSetting(
                f"{ground.credentials.user} is the account in use: without it nobody here could undo this.",
                path=strand.path,
                hint="Log in with another administrator to remove it.",
            )
    return tuple(dict.fromkeys(warnings))


def _network(ground: Ground, document: Document, edits: Mapping[str, str], strand: Strand) -> list[str]:
    group = _split(strand.path)[0]

    def said(name: str) -> str:
        path = f"{group}/{name}" if group else name
        return edits.get(path, _text(document, path))

    if said("addressingType").lower() not in ("", "static"):
        return []
    address, mask, gateway = said("ipAddress"), said("subnetMask"), said("DefaultGateway/ipAddress")
    network = networks.network(address, mask)
    wrong = networks.mask_problem(mask) or networks.address_problem(address, mask)
    if not wrong and network is None:
        wrong = "Address and subnet mask do not make a network"
    if wrong:
        raise InvalidSetting(f"{wrong}.", path=strand.path)
    if wrong := networks.gateway_problem(gateway, address, mask):
        raise InvalidSetting(f"{wrong}.", path=strand.path, hint="Change the gateway as well.")
    old = _ip(ground.address.host)
    if old is not None and network is not None and old not in network:
        return [f"{address} is in another network than {old}: this computer may not reach it there."]
    return []


def _ports(document: Document, edits: Mapping[str, str], strand: Strand) -> None:
    found = shared_ports({field.path: edits.get(field.path, field.text) for field in document.fields})
    if wrong := found.get(strand.path):
        raise InvalidSetting(f"{wrong}.", path=strand.path)


async def is_taken(dialer: Dialer, place: Address) -> bool:
    """Whether something answers at an address, be it with a refusal. On this computer a refused connection says
    nothing: every address of it refuses."""
    channel = dialer.http(place, None)
    try:
        await channel.send(HttpRequest("GET", "/", deadline=PROBE_DEADLINE))
    except Unreachable as problem:
        return isinstance(problem.__cause__, ConnectionRefusedError) and not _is_loopback(place.host)
    except TimedOut as problem:
        return problem.connected  # silent, but there
    except (AuthError, CameraError):
        return True
    finally:
        await channel.close()
    return True


def _is_loopback(host: str) -> bool:
    address = _ip(host)
    return address is not None and address.is_loopback


def _ip(text: str) -> ipaddress.IPv4Address | None:
    try:
        return ipaddress.IPv4Address(text)
    except ValueError:
        return None


def _is_this_interface(ground: Ground, document: Document, group: str) -> bool:
    """Whether the interface is the one through which the device is spoken to; an only one is."""
    path = f"{group}/ipAddress" if group else "ipAddress"
    addresses = [f for f in document.fields if f.path.endswith("ipAddress") and not any(o in f.path for o in OTHERS)]
    return len(addresses) < 2 or _text(document, path) == ground.address.host


def _near(document: Document, group: str, name: str) -> str:
    return _text(document, f"{group}/{name}" if group else name)


def _text(document: Document, path: str) -> str:
    """What the device holds there, "" for nothing."""
    return next((field.text for field in document.fields if field.path == path), "")


def _split(path: str) -> tuple[str, str]:
    group, _, name = path.rpartition("/")
    return group, name
