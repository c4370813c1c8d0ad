"""What a camera accepts: a sent document against the limits that the camera itself declares.

`merge` is the whole behaviour of PUT: unknown and read-only elements are ignored, absent ones stay, lists are
replaced where they are lists of shapes, and the first value outside its limits refuses the document as a whole.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from app.simulator.isapi.tree import Node

# A span may end at 24:00, the end of the day.
_CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?|24:00(:00)?", re.ASCII)
# Camera clocks are 32 bits wide.
_LOCAL_TIME = re.compile(r"(19[7-9]\d|20[0-3]\d)-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?", re.ASCII)
_ZONE = re.compile(
    r"[A-Za-z]{3,}[+-]?\d{1,2}(:[0-5]\d){0,2}"
    r"([A-Za-z]{3,}[+-]?(\d{1,2}(:[0-5]\d){0,2})?(,[JM]?[\d.]+(/[\d:]+)?){2})?",
    re.ASCII,
)
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
_HEX = re.compile(r"[0-9A-Fa-f]*")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?")


class Refused(Exception):
    """A value that the camera does not take; subcode is the protocol's word, path the place."""

    def __init__(self, subcode: str, path: str) -> None:
        super().__init__(f"{subcode} at {path}")
        self.subcode = subcode
        self.path = path


@dataclass(frozen=True, slots=True)
class Written:
    """One leaf that changed. path starts below the document's root."""

    path: str
    old: str
    new: str
    reboot: bool


def merge(target: Node, sent: Node, rules: Node, path: str = "") -> list[Written]:
    """Writes sent into target (changed in place, so give a copy) by the limits of rules; Refused at the first
    wrong value. rules is the camera's own template of target."""
    written: list[Written] = []
    if is_list(rules):
        return _merge_list(target, sent, rules, path)
    for child in sent.children:
        rule = rules.child(child.name)
        old = target.child(child.name)
        if rule is None or "ro" in rule.attributes:
            continue
        here = f"{path}/{child.name}" if path else child.name
        if rule.children or is_list(rule):
            if old is None:
                old = Node(child.name, dict(rule.attributes))
                target.children.append(old)
            written += merge(old, child, rule, here)
        elif child.children:
            raise Refused("badXmlContent", here)
        else:
            written += _write_leaf(target, old, child, rule, here)
    return written


def is_list(rules: Node) -> bool:
    """Lists are marked by their size."""
    return "size" in rules.attributes


def problem(text: str, rule: Node) -> str:
    """The subcode for a text that this leaf does not take; "" when it does."""
    limits = rule.attributes
    kind = limits.get("t", "")
    if "opt" in limits:
        options = [option.strip() for option in limits["opt"].split(",")]
        if kind == "set":
            return "" if not text or set(text.split(",")) <= set(options) else "badParameters"
        return "" if text in options or limits["opt"] == "all" else "badParameters"
    if kind in _KINDS and _KINDS[kind](text):
        return _KINDS[kind](text)
    if kind in _KINDS and kind != "hex":
        return ""
    if kind in ("s", "hex") or not _is_number(rule.text):
        low, high = float(limits.get("min", 0)), float(limits.get("max", 4096))
        return "" if low <= len(text) <= high else "badParameters"
    if "." in text and "." not in rule.text:
        return "badXmlContent"
    return _number_problem(text, limits)


def _number_problem(text: str, limits: dict[str, str]) -> str:
    if not _is_number(text):
        return "badXmlContent"
    number = float(text)
    if not float(limits.get("min", "-inf")) <= number <= float(limits.get("max", "inf")):
        return "badParameters"
    if "step" in limits and number % float(limits["step"]):
        return "badParameters"
    spans = [span.strip().partition("~") for span in limits.get("range", "").split(",") if span.strip()]
    if spans and not any(float(low) <= number <= float(high or low) for low, _, high in spans):
        return "badParameters"
    return ""


def _write_leaf(target: Node, old: Node | None, sent: Node, rule: Node, path: str) -> list[Written]:
    before = "" if old is None else old.text
    if old is not None and before == sent.text and "wo" not in rule.attributes:
        # What the camera said itself is taken back, even outside its own limits.
        return []
    text = sent.text if _is_text(rule) else sent.text.strip()
    subcode = problem(text, rule)
    if subcode:
        raise Refused(subcode, path)
    if old is None:
        old = Node(rule.name, dict(rule.attributes))
        target.children.append(old)
    old.text = text
    return [Written(path, before, text, "reqReboot" in rule.attributes)]


def _is_text(rule: Node) -> bool:
    """Whether blanks around it are part of the value."""
    kind = rule.attributes.get("t", "")
    return "opt" not in rule.attributes and (kind == "s" or (not kind and not _is_number(rule.text)))


def _merge_list(target: Node, sent: Node, rules: Node, path: str) -> list[Written]:
    """A list of shapes is replaced; a list of fixed things (accounts, channels) is edited member by member."""
    if not rules.children:
        return []
    model = model_of(rules)
    members = [child for child in sent.children if child.name == model.name]
    if "fixed" in rules.attributes:
        return _merge_members(target, members, rules, path)
    few = 0 if "clear" in rules.attributes and not members else int(rules.attributes.get("min", "0"))
    if not few <= len(members) <= int(rules.attributes["size"]):
        raise Refused("badParameters", path)
    if "rectangle" in rules.attributes and not is_rectangle(members):
        raise Refused("badParameters", path)
    mine = [child for child in target.children if child.name == model.name]
    kept: list[Node] = []
    written: list[Written] = []
    for index, member in enumerate(members):
        key = member.value("id")
        old = target.item(key) if key else None
        if old is None and not key and index < len(mine):
            old = mine[index]
        fresh = old.copy() if old is not None else blank(model)
        if key and fresh.child("id") is not None:
            fresh.put("id", key)
        written += merge(fresh, member, model, f"{path}/{model.name}[{key or index + 1}]")
        kept.append(fresh)
    order = [member.value("id") for member in kept]
    if len(kept) != len(mine) or order != [member.value("id") for member in mine]:
        written.append(Written(path, str(len(mine)), str(len(kept)), False))
    for child in sent.children:  # what all members share
        rule, old = rules.child(child.name), target.child(child.name)
        if rule is not None and rule is not model and not rule.children:
            written += _write_leaf(target, old, child, rule, f"{path}/{child.name}")
    target.children[:] = [*(child for child in target.children if child.name != model.name), *kept]
    return written


def model_of(rules: Node) -> Node:
    """The template of a list's members; a list may hold settings as well that they share."""
    return next((child for child in rules.children if child.children), rules.children[0])


def is_rectangle(corners: list[Node]) -> bool:
    """Four corners along the picture's edges, one after the other."""
    a, b, c, d = ((each.value("positionX"), each.value("positionY")) for each in corners)
    across = a[1] == b[1] and b[0] == c[0] and c[1] == d[1] and d[0] == a[0]
    down = a[0] == b[0] and b[1] == c[1] and c[0] == d[0] and d[1] == a[1]
    return (across or down) and a[0] != c[0] and a[1] != c[1]


def _merge_members(target: Node, members: list[Node], rules: Node, path: str) -> list[Written]:
    written: list[Written] = []
    for member in members:
        key = member.value("id")
        old = target.item(key)
        if old is None:
            raise Refused("badParameters", f"{path}/{member.name}[{key}]")
        written += merge(old, member, rule_of(rules, key), f"{path}/{member.name}[{key}]")
    return written


def rule_of(rules: Node, key: str) -> Node:
    """The template of a list member: its own where there is one, else that of the first."""
    return (rules.item(key) if key else None) or model_of(rules)


def blank(model: Node) -> Node:
    """A new member with the template's values and empty inner lists."""
    node = model.copy()
    for _, inner in node.walk():
        if is_list(inner):
            inner.children.clear()
    return node


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", text) is not None


def _ipv4(text: str) -> str:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return "badIPv4Address"
    return ""


def _mask(text: str) -> str:
    try:
        ipaddress.IPv4Network(f"0.0.0.0/{text}")
    except ValueError:
        return "badNetMask"
    return "" if "." in text else "badNetMask"


def _ipv6(text: str) -> str:
    try:
        ipaddress.IPv6Address(text.partition("/")[0])
    except ValueError:
        return "badIPv6Address"
    return ""


def _port(text: str) -> str:
    return "" if text.isascii() and text.isdigit() and 0 < int(text) < 65536 else "portError"


def _date(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        return "badParameters"
    return ""


def _local_time(text: str) -> str:
    try:
        datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return "badParameters"
    return _match(_LOCAL_TIME, text)


def _match(pattern: re.Pattern[str], text: str) -> str:
    return "" if pattern.fullmatch(text) else "badParameters"


_KINDS: dict[str, Callable[[str], str]] = {
    "ipv4": _ipv4,
    "mask": _mask,
    "ipv6": _ipv6,
    "port": _port,
    "mac": lambda text: _match(_MAC, text),
    "time": lambda text: _match(_CLOCK_TIME, text),
    "date": _date,
    "localtime": _local_time,
    "zone": lambda text: _match(_ZONE, text),
    "hex": lambda text: _match(_HEX, text),
    "host": lambda text: "" if _HOST.fullmatch(text) else "badHostAddress",
}
