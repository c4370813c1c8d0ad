"""What depends on what in a document: switches and modes of its blocks, and what the protocol's text says. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from app.families.isapi import dynamic, elsewhere
from app.families.isapi.catalog import CatalogField, Resource, bare
from app.families.isapi.needs import leaves, need_of, reason_of
from app.families.isapi.titles import Titles
from app.settings import schedule
from app.settings.depends import Depends, Need, texts
from app.wire.xml import Element

_SWITCHES = ("enabled", "enable")
_SWITCHED = {"true", "false", "0", "1"}
_KEYED = re.compile(r"(?P<list>[^\[]+)\[(?P<key>\w+)=(?P<text>\w+)\]/(?P<leaf>.+)")


@dataclass(frozen=True, slots=True)
class Rule:
    """In a group with the leaf on, these children need it to have one of values (unless is not: to have none).

    "*" stands for every other child. offered: only where the device offers this value at all.
    """

    on: str
    values: tuple[str, ...]
    followers: tuple[str, ...]
    unless: bool = False
    offered: str = ""


RULES = (
    Rule("mode", ("close",), ("*",), unless=True),
    Rule("mode", ("general",), ("GeneralMode",)),
    Rule("mode", ("advanced", "expert"), ("AdvancedMode",)),
    Rule("IrcutFilterType", ("auto",), ("nightToDayFilterLevel", "nightToDayFilterTime")),
    Rule("IrcutFilterType", ("schedule",), ("Schedule",)),
    Rule("WhiteBalanceStyle", ("manual",), ("WhiteBalanceRed", "WhiteBalanceBlue")),
    Rule("WhiteBlanceStyle", ("manual",), ("WhiteBlanceRed", "WhiteBlanceBlue")),
    Rule("FocusStyle", ("manual",), ("FocusValue",)),
    Rule("BLCMode", ("region",), ("BLCRegionList",)),
    Rule("frontColorMode", ("customize",), ("frontColor",)),
    Rule("videoQualityControlType", ("CBR",), ("constantBitRate",)),
    Rule("videoQualityControlType", ("VBR",), ("fixedQuality", "vbrUpperCap", "vbrLowerCap", "vbrAverageCap")),
    Rule("videoCodecType", ("H.264",), ("H264Profile",)),
    Rule("videoCodecType", ("H.265",), ("H265Profile",)),
    Rule("videoCodecType", ("MJPEG",), ("GovLength", "keyFrameInterval", "SVC", "SmartCodec"), unless=True),
    Rule(
        "addressingType",
        ("static",),
        ("ipAddress", "subnetMask", "ipv6Address", "bitMask", "DefaultGateway"),
    ),
    Rule("ipVersion", ("v4",), ("ipv6Address", "bitMask", "Ipv6Mode"), unless=True),
    Rule("ipVersion", ("v6",), ("ipAddress", "subnetMask"), unless=True),
    Rule("addressingFormatType", ("hostname",), ("hostName",)),
    Rule("addressingFormatType", ("ipaddress",), ("ipAddress", "ipv6Address")),
    Rule("timeMode", ("NTP", "satellite"), ("localTime",), unless=True),
    Rule("outputState", ("pulse",), ("pulseDuration",)),
)
# Across blocks of one document: exposure decides who sets iris, shutter and gain.
ACROSS = (
    ("Exposure/ExposureType", "Iris", ("IrisFirst", "manual"), "IrisFirst"),
    ("Exposure/ExposureType", "Shutter", ("ShutterFirst", "manual"), "ShutterFirst"),
    ("Exposure/ExposureType", "Gain", ("gainFirst", "manual"), "gainFirst"),
)


def of(
    root: Element,
    capabilities: Element | None,
    names: Titles,
    known: Resource | None = None,
    others: Mapping[str, elsewhere.Page] | None = None,
) -> Depends:
    """What the blocks of this document themselves tell, and the protocol's text of its fields. others: the pages that
    decide on some of them."""
    needs: list[Need] = []
    for group in (root, *(each for each in root.iter() if each.children)):
        if group is not root:
            needs += _switch(root, group, names)
        beside = {each.name: each for each in group.children if each.is_leaf}
        for rule in RULES:
            if rule.on in beside:
                needs += _ruled(root, group, beside[rule.on], rule, names)
    for path, block, wanted, offered in ACROSS:
        needs += _across(root, path, block, wanted, offered, capabilities, names)
    needs += _documented(root, names, known)
    needs = [each for each in dict.fromkeys(needs) if _follows(each, known)]
    needs += elsewhere.needs(root, others, names, known) if others else ()
    needs += _derived(root)
    weeks = schedule.weeks({each.path: each.text for each in leaves(root)})
    return Depends(tuple(needs), combined=(*dynamic.sizes(root, capabilities), *weeks))


def hangs(root: Element, group: Element, leaf: Element, known: Resource | None) -> bool:
    """Whether a leaf that the group lacks hangs on one that is there."""
    beside = {each.name for each in group.children if each.is_leaf}
    field = known.field(bare(leaf.path)) if known is not None else None
    if field is not None and field.values and not field.page:
        return _decider(root, leaf.path, field.depends) is not None
    return any(rule.on in beside and leaf.name in rule.followers for rule in RULES)


def of_absent(root: Element, paths: Collection[str], names: Titles, known: Resource | None) -> Depends:
    """The same for leaves that the document lacks."""
    whole = _completed(root, paths)
    return Depends(tuple(each for each in of(whole, None, names, known).needs if each.path in paths))


def _completed(group: Element, paths: Collection[str]) -> Element:
    """The tree with empty leaves at these paths."""
    start = f"{group.path}/" if group.path else ""
    names = [path.removeprefix(start) for path in paths if path.startswith(start)]
    added = [Element(name, group.namespace, {}, "", (), start + name) for name in names if "/" not in name]
    if not names:
        return group
    return replace(group, children=(*(_completed(each, paths) for each in group.children), *added))


def _switch(root: Element, group: Element, names: Titles) -> Iterator[Need]:
    """A block with a switch of its own is editable while it is on. The reason names the switch as its label does, or
    the block where the label is no more than “Enabled”."""
    switch = next((each for each in group.children if each.name in _SWITCHES and each.is_leaf), None)
    if switch is None or switch.text.strip().lower() not in _SWITCHED:
        return
    title = names.field(root.name, bare(switch.path)).title
    if title in ("On", "Enabled") or title.endswith(" on"):
        title = names.group(group.name)
    reason = f"Switch on “{title}” first."
    for leaf in leaves(group):
        if leaf is not switch and leaf.name != "id":
            yield Need(leaf.path, switch.path, texts("true"), reason)


def _documented(root: Element, names: Titles, known: Resource | None) -> Iterator[Need]:
    """Fields and blocks that the text calls dependent on another field of the same document, where it is known for
    which of its values they hold."""
    found = known.fields.values() if known else ()
    dependent = {each.path: each for each in found if each.depends and not each.page}
    for leaf in leaves(root) if dependent else ():
        path = leaf.path
        while path:
            need = _need(root, leaf, path, dependent.get(bare(path)), names, known)
            if need is not None:
                yield need
            path = path.rpartition("/")[0]


def _need(
    root: Element, leaf: Element, path: str, field: CatalogField | None, names: Titles, known: Resource | None
) -> Need | None:
    """What the leaf needs because the text says so of path: of itself or of a block around it. A value of the decider
    that the text does not know forbids nothing."""
    on = _decider(root, path, field.depends) if field is not None else None
    if field is None or on is None or on is leaf or not on.is_leaf or (leaf.path != path and leaf.name == "id"):
        return None
    if field.values in ((), ("true",)):
        if on.text.strip().lower() not in ("true", "false"):
            return None
        title = names.field(root.name, bare(on.path)).title.removesuffix(" on")
        return Need(leaf.path, on.path, texts("true"), f"Switch on “{title}” first.")
    if not on.text.strip():
        return None
    told = known.field(field.depends) if known is not None else None
    return need_of(leaf.path, on.path, field, told, reason_of(root, on, field.values, names, unless=field.unless))


def _decider(root: Element, path: str, decides: str) -> Element | None:
    """The deciding leaf, also one in the record of a list that is known by another leaf of it."""
    keyed = _KEYED.fullmatch(decides)
    if keyed is None:
        return root.find(_beside(path, decides))
    group = root.find(_beside(path, keyed["list"]).rpartition("/")[0])
    records = [each for each in group.children if each.name == keyed["list"].rpartition("/")[2]] if group else []
    found = next((each for each in records if each.text_of(keyed["key"]) == keyed["text"]), None)
    return found.find(keyed["leaf"]) if found is not None else None


def _follows(need: Need, known: Resource | None) -> bool:
    """Whether the decider can be changed at all: where it cannot, what hangs on it is left to the device."""
    decider = known.field(bare(need.on)) if known is not None else None
    return decider is None or decider.access != "ro"


def _beside(path: str, decides: str) -> str:
    """The path of the deciding field for this very leaf: in the same entries of the same lists. "-" for none."""
    steps = path.split("/")
    found = [
        own if bare(own) == step and at < len(steps) - 1 else step
        for at, (own, step) in enumerate(zip([*steps, *[""] * decides.count("/")], decides.split("/"), strict=False))
    ]
    return "/".join(found) or "-"


def _ruled(root: Element, group: Element, on: Element, rule: Rule, names: Titles) -> Iterator[Need]:
    reason = reason_of(root, on, rule.values, names, unless=rule.unless)
    for child in group.children:
        if child is on or (child.name not in rule.followers and "*" not in rule.followers):
            continue
        for leaf in (child,) if child.is_leaf else leaves(child):
            if leaf.name != "id":
                yield Need(leaf.path, on.path, texts(*rule.values), reason, negated=rule.unless)


def _across(
    root: Element,
    path: str,
    block: str,
    wanted: tuple[str, ...],
    offered: str,
    capabilities: Element | None,
    names: Titles,
) -> Iterator[Need]:
    on, group = root.find(path), root.child(block)
    declared = capabilities.find(path) if capabilities is not None else None
    options = declared.attributes.get("opt", "") if declared is not None else ""
    if on is None or group is None or offered not in [each.strip() for each in options.split(",")]:
        return
    reason = reason_of(root, on, wanted, names, unless=False)
    for leaf in (group,) if group.is_leaf else leaves(group):
        yield Need(leaf.path, on.path, texts(*wanted), reason)


def _derived(root: Element) -> Iterator[Need]:
    """The shapes a camera works out from its motion grid are shown, not edited."""
    kind = next((each for each in root.children if each.name == "regionType"), None)
    if kind is None or root.name.lower() != "motiondetection":
        return
    for layout in root.iter():
        shapes = layout.child("RegionList")
        if shapes is not None and layout.child("gridMap") is not None:
            for leaf in (shapes,) if shapes.is_leaf else leaves(shapes):
                yield Need(leaf.path, kind.path, texts("grid"), "The camera works it out from its grid.", negated=True)
