"""Names for people: the curated table first, else made from the protocol's own names.

`resources/catalog/isapi_titles.json`: {"resources": [[path template without prefix, title, help]], whose order is
the order of display; "fields": {key: [title, help, unit]} where a key is a leaf's name, or "Parent/leaf", or
"Block:path" for one block only; "groups": {element: title}; "options": {"leaf=value" or "value": title}; "words":
{what programmers write inside of names: what it is called}}.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any, cast

from app.families.isapi.catalog import is_placeholder

_ACRONYM_LIST = (
    "IP IPv4 IPv6 DNS DDNS DHCP HTTP HTTPS RTSP RTP RTCP SRTP RTMP FTP SFTP NTP SNMP SIP SMTP POP3 SSL "
    "TLS URL UPnP MAC MTU VLAN QoS DSCP CoS PPPoE SSID WPA WEP EAP PIN PBC WPS AP USB SD SSD HDD NAS NFS "
    "SMB IO PTZ OSD ROI VCA PIR IR ICR LED AGC WDR BLC HLC DSS EIS ABF SVC GOP FPS PAL NTSC CVBS HDMI VGA "
    "ID GPS GIS DST UTC CPU ANR CRC OEM PoE RS485 RS422 RS232 UDP TCP EZVIZ ISUP GB28181 ONVIF SDK IoT LAN WAN "
    "UID UUID AES MD5 JPEG MJPEG AAC G711 G722 G726 PCM POS LBS SMS SIM APN ITC FEC HIK ARP ICMP IGMP CABAC FBC "
    "GUID TTL TTLS UIM IEEE VBR CBR WMM SVAC EDF PAC SSH VCS TPS "
)
_ACRONYMS = {each.lower(): each for each in _ACRONYM_LIST.split()} | {
    "h264": "H.264",
    "h265": "H.265",
    "sha256": "SHA-256",
    "802.1x": "802.1X",
}
_VAGUE = {"status", "channels", "regions", "inputs", "outputs", "users", "ports", "rule", "test", "config"}
_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_CLAIM = re.compile(
    r"is(?:Support|Supoort|Surpport|Spport|support)(?=[A-Z0-9])(.+)|support(?=[A-Z0-9])(.+)|is(.+)Support"
)
_SWITCH = re.compile(r"(?:is)?(.+?)_?(?:[Ee]nabled?|Enbled?|Enbale)|(?:enable|en)(?=[A-Z])(.+)|is([A-Z].+)On")
_ON = {"enable", "enabled", "ebabled", "enalbled", "enbled"}  # as the texts spell it
_PLAIN_WORD = re.compile(r"[A-Za-z][a-z]+([A-Z][a-z]+)*")
_KNOWN = re.compile(
    r"IPv[46]|GB28181|RS\d{3}|MD5|SHA256|H26[45]|G7\d\d|802[._]1x|UPnP|PPPoE|QoS|CoS|SNMPv\d+c?|TLS\d[._]\d",
    re.IGNORECASE,
)
_SHORT = 2  # letters


_STREAM = re.compile(r"/Streaming/channels/(\w+)", re.IGNORECASE)
_BELOW_STREAM = re.compile(r"/Streaming/channels/(?=\w+/)(\w+)|/Smart/ROI/channels/(\w+)", re.IGNORECASE)
_TRIGGER = re.compile(r"/Event/triggers/([\w-]+)", re.IGNORECASE)
_SCHEDULE = re.compile(r"(/Event/schedules/\w+)/([\w-]+)", re.IGNORECASE)
_NUMBERED = re.compile(r"/\{(id\d?|sid)\}$")
_DAYS = {
    str(number): day
    for number, day in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), 1)
}
# Detectors go by their channel, and cameras have one network port.
_ONLY_ONE = re.compile(r"^/(smart/\w+|motiondetection)/\*$|/interfaces/\*$")
_ROLES = {"1": "Main stream", "2": "Sub-stream", "3": "Third stream"}


def stream_title(number: str) -> str:
    """ "101" and "1" -> "Main stream"; the channel is not said."""
    if not (number.isascii() and number.isdigit()):
        return "Stream"
    role = number[-2:].lstrip("0") if len(number) > 2 else number
    return _ROLES.get(role, f"Stream {number}")


def _channel(tail: str, template: str) -> str:
    """The channel in a path, "" where there is none or it is not known which step that is."""
    for step, shape in zip(tail.split("/"), template.split("/"), strict=False):
        if shape == "{channel}" and not is_placeholder(step):
            return step
    detector = re.match(r"/Smart/\w+/(\w+)", tail)
    return detector[1] if detector and re.match(r"/Smart/\w+/\{id\}", template) else ""


def words(name: str) -> str:
    """ "videoResolutionWidth" -> "Video resolution width"; acronyms keep their capitals.

    "isSupportX" says "X supported", "enableX" and "XEnabled" say "X on"; what programmers shorten or misspell is
    written out.
    """
    if name.lower() in _ON:
        return "On"
    claim = _CLAIM.fullmatch(name)
    if claim:
        return f"{words(_inner(claim))} supported"
    switch = _SWITCH.fullmatch(name)
    if switch:
        return f"{words(_inner(switch))} on"
    parts = _parts(re.sub(r"^is(?=[A-Z])", "", name))
    shown = [_word(part, alone=len(parts) == 1) for part in parts]
    text = " ".join(filter(None, shown))
    return text[:1].upper() + text[1:] if text else name


def _inner(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group)


def _parts(name: str) -> list[str]:
    parts: list[str] = []
    at = 0
    for known in _KNOWN.finditer(name):
        parts += _WORDS.findall(name[at : known.start()])
        parts.append(known[0].replace("_", "."))
        at = known.end()
    return parts + _WORDS.findall(name[at:])


def _word(part: str, *, alone: bool) -> str:
    """alone: a name of one word, which means itself where it is short ("no")."""
    plain = part.lower()
    if plain in _ACRONYMS:
        return _ACRONYMS[plain]
    if plain.startswith("snmpv"):
        return f"SNMP {plain[4:]}"
    if plain.startswith("tls") and "." in plain:
        return f"TLS {plain[3:]}"
    if _KNOWN.fullmatch(part):
        return part
    return plain if alone and len(plain) <= _SHORT else _table()["words"].get(plain, plain)


@dataclass(frozen=True, slots=True)
class Label:
    title: str
    help: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Titles:
    """The curated table. Paths of resources are without the dialect's prefix."""

    resources: Mapping[str, Label]
    fields: Mapping[str, Label]
    groups: Mapping[str, str]
    options: Mapping[str, str]
    ranks: Mapping[str, int]

    def resource(self, tail: str) -> Label:
        """The label of a template or real path, made from its last names where the table has none."""
        known = self.resources.get(plain(tail))
        if known:
            return known
        names = [step for step in tail.strip("/").split("/") if not is_placeholder(step) and not step.isdigit()]
        if len(names) > 1 and names[-1].lower() in _VAGUE:
            return Label(f"{words(names[-2])}: {words(names[-1]).lower()}")
        return Label(words(names[-1]) if names else tail)

    def page(self, tail: str, template: str = "") -> str:
        """The title of a resource's page at a real path; template is its own in the catalog where it has one."""
        stream = _STREAM.fullmatch(tail)
        if stream:
            channel = stream[1][:-2]
            return stream_title(stream[1]) + (f", channel {channel}" if channel not in ("", "1") else "")
        schedule = _SCHEDULE.fullmatch(tail)
        if schedule:
            title = self.resource(schedule[1]).title
            number = re.search(r"(\d+)$", schedule[2])
            return f"{title}, channel {number[1]}" if number and number[1] != "1" else title
        trigger = _TRIGGER.fullmatch(tail)
        if trigger:
            return self.trigger(trigger[1])
        title = self.resource(template or tail).title
        last = tail.rpartition("/")[2]
        below = _BELOW_STREAM.match(tail)
        if _NUMBERED.search(template) and not _ONLY_ONE.search(plain(template)) and not is_placeholder(last):
            title = f"{title} {last}"
        if below:
            whose = self.page(f"/Streaming/channels/{below[1] or below[2]}")
            return title if whose == "Main stream" else f"{title}, {whose[:1].lower()}{whose[1:]}"
        channel = _channel(tail, template)
        return title if channel in ("", "1") else f"{title}, channel {channel}"

    def trigger(self, name: str, *, one_of_several: bool = False) -> str:
        """ "VMD-1" -> "Motion detection actions": what the camera does about an event. one_of_several: the first
        channel is named as well."""
        kind, _, number = name.partition("-")
        event = self.options.get(f"eventType={kind}") or self.option("eventType", kind)
        if kind.lower() == "io":
            return f"{event} {number} actions".replace("  ", " ")
        unsaid = ("",) if one_of_several else ("", "1")
        return f"{event} actions" + (f", channel {number}" if number not in unsaid else "")

    def rank(self, tail: str) -> int:
        """Place in the order of display; uncurated resources come last."""
        return self.ranks.get(plain(tail), len(self.ranks))

    def field(self, block: str, path: str) -> Label:
        """The label of a field; path without [n]. The longest matching key wins."""
        steps = path.split("/")
        keys = [f"{block}:{path}", *("/".join(steps[at:]) for at in range(max(0, len(steps) - 3), len(steps)))]
        if len(steps) == 1:
            keys.insert(1, f"{block}/{path}")
        if steps[-1] == "enabled" and len(steps) > 1:
            keys[-1] = ""  # "On" alone says nothing in a list of changes
        for key in keys:
            if key in self.fields:
                return self.fields[key]
        if steps[-1] == "enabled" and len(steps) > 1:
            return Label(f"{self.group(steps[-2]) or words(steps[-2])} on")
        return Label(words(steps[-1]))

    def member(self, element: str, key: str, value: str) -> str:
        """The title of one of several equal elements, by the child that names it: key is its name, value its text."""
        if key == "dayOfWeek" and value in _DAYS:
            return _DAYS[value]
        if key in ("eventType", "notificationMethod") or (element == "EventTriggerNotification" and key == "id"):
            leaf = "notificationMethod" if key == "id" else key
            return self.options.get(f"{leaf}={value}") or self.option(leaf, value)
        shown = self.option(key, value) if key == "protocol" else value
        return f"{self.group(element) or words(element)} {shown}".strip()

    def numbered(self, element: str, title: str, number: str) -> str:
        """The title of one of several that are called the same; number is the end of its id, or its place."""
        by_channel = element == "EventTrigger" and title != self.option("eventType", "IO")
        return f"{title}, channel {number}" if by_channel else f"{title} {number}"

    def group(self, name: str) -> str:
        """The title above the fields of an element; "" for one that needs none. A list is called by what it holds."""
        known = self.groups.get(name)
        if known is None and name.endswith("List") and len(name) > len("List"):
            return self.several(name[: -len("List")])
        return words(name) if known is None else known

    def several(self, name: str) -> str:
        """Elements of one kind together: "Areas"."""
        one = self.group(name) or words(name)
        if re.search(r"([^s]s|data|information)$", one):
            return one
        if re.search(r"(ss|sh|ch|x)$", one):
            return f"{one}es"
        return re.sub(r"y$", "ie", one) + "s" if re.search(r"[^aeiou]y$", one) else f"{one}s"

    def option(self, leaf: str, value: str) -> str:
        """An option in words; values that are no words stay as they are."""
        known = self.options.get(f"{leaf}={value}") or self.options.get(value)
        if known:
            return known
        return words(value) if _PLAIN_WORD.fullmatch(value) else value


@lru_cache(maxsize=16_384)  # the tree asks several times for each page
def plain(tail: str) -> str:
    """A template, or a real path with numbers, as the table knows it: devices differ in the capitals."""
    steps = tail.strip("/").lower().split("/")
    return "/" + "/".join("*" if is_placeholder(s) or s.isdigit() else s for s in steps)


def _label(row: list[str]) -> Label:
    return Label(*row)


@cache
def _table() -> dict[str, Any]:
    text = resources.files("resources").joinpath("catalog", "isapi_titles.json").read_text("utf-8")
    return cast("dict[str, Any]", json.loads(text))


@cache
def titles() -> Titles:
    """The shipped table, read once."""
    found = _table()
    rows = found["resources"]
    return Titles(
        resources={plain(row[0]): _label(row[1:]) for row in rows},
        fields={key: _label(row) for key, row in found["fields"].items()},
        groups=found["groups"],
        options=found["options"],
        ranks={plain(row[0]): place for place, row in enumerate(rows)},
    )
