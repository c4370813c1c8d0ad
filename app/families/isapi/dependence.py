"""What depends on what in a document: switches and modes of its blocks, and the dynamic capabilities of a stream.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from app.families.isapi import constraints
from app.families.isapi.catalog import CatalogField, Resource, bare
from app.families.isapi.titles import Titles, titles
from app.settings import schedule
from app.settings.depends import Case, Choice, Combined, Depends, Need, texts
from app.settings.spec import Kind, Option
from app.wire.xml import Element

_SWITCHES = ("enabled", "enable")
_SWITCHED = {"true", "false", "0", "1"}
_WIDTH, _HEIGHT, _RATE = "videoResolutionWidth", "videoResolutionHeight", "maxFrameRate"
_HIGHEST, _AVERAGE = "vbrUpperCap", "vbrAverageCap"
_CONDITIONAL = ("isspportdynamiccapwithcondition", "issupportdynamiccapwithcondition")  # the text misspells it
_LARGEST_LIST = 200  # entries; a device that lists more sizes or rates than this is not believed


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


def of(root: Element, capabilities: Element | None, names: Titles, known: Resource | None = None) -> Depends:
    """What the blocks of this document themselves tell, and the protocol's text of its fields."""
    needs: list[Need] = []
    for group in (root, *(each for each in root.iter() if each.children)):
        if group is not root:
            needs += _switch(root, group, names)
        leaves = {each.name: each for each in group.children if each.is_leaf}
        for rule in RULES:
            if rule.on in leaves:
                needs += _ruled(root, group, leaves[rule.on], rule, names)
    for path, block, wanted, offered in ACROSS:
        needs += _across(root, path, block, wanted, offered, capabilities, names)
    needs += _documented(root, names, known)
    needs = [each for each in dict.fromkeys(needs) if _follows(each, known)]
    needs += _derived(root)
    weeks = schedule.weeks({each.path: each.text for each in _leaves(root)})
    return Depends(tuple(needs), combined=(*_zipped(root, capabilities), *weeks))


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
    for leaf in _leaves(group):
        if leaf is not switch and leaf.name != "id":
            yield Need(leaf.path, switch.path, texts("true"), reason)


def _documented(root: Element, names: Titles, known: Resource | None) -> Iterator[Need]:
    """Fields and blocks that the text calls dependent on another field of the same document, where it is known for
    which of its values they hold."""
    dependent = {each.path: each for each in known.fields.values() if each.depends} if known else {}
    for leaf in _leaves(root) if dependent else ():
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
    on = root.find(_beside(path, field.depends)) if field is not None else None
    if field is None or on is None or on is leaf or not on.is_leaf or (leaf.path != path and leaf.name == "id"):
        return None
    if field.values in ((), ("true",)):
        if on.text.strip().lower() not in ("true", "false"):
            return None
        title = names.field(root.name, bare(on.path)).title.removesuffix(" on")
        return Need(leaf.path, on.path, texts("true"), f"Switch on “{title}” first.")
    decider = known.field(field.depends) if known is not None else None
    others = {each for each in decider.options if each not in field.values} if decider is not None else set()
    reason = _reason(root, on, field.values, names, unless=field.unless)
    if not on.text.strip():
        return None
    if field.unless or not others:
        return Need(leaf.path, on.path, texts(*field.values), reason, negated=field.unless)
    return Need(leaf.path, on.path, texts(*others), reason, negated=True)


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
    reason = _reason(root, on, rule.values, names, unless=rule.unless)
    for child in group.children:
        if child is on or (child.name not in rule.followers and "*" not in rule.followers):
            continue
        for leaf in (child,) if child.is_leaf else _leaves(child):
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
    reason = _reason(root, on, wanted, names, unless=False)
    for leaf in (group,) if group.is_leaf else _leaves(group):
        yield Need(leaf.path, on.path, texts(*wanted), reason)


def _derived(root: Element) -> Iterator[Need]:
    """The shapes a camera works out from its motion grid are shown, not edited."""
    kind = next((each for each in root.children if each.name == "regionType"), None)
    if kind is None or root.name.lower() != "motiondetection":
        return
    for layout in root.iter():
        shapes = layout.child("RegionList")
        if shapes is not None and layout.child("gridMap") is not None:
            for leaf in (shapes,) if shapes.is_leaf else _leaves(shapes):
                yield Need(leaf.path, kind.path, texts("grid"), "The camera works it out from its grid.", negated=True)


def _leaves(group: Element) -> Iterator[Element]:
    return (each for each in group.iter() if each.is_leaf)


def _reason(root: Element, on: Element, values: Iterable[str], names: Titles, *, unless: bool) -> str:
    title = names.field(root.name, bare(on.path)).title
    shown = " or ".join(names.option(on.name, each) or each for each in values)
    return f"Not while “{title}” is {shown}." if unless else f"Only while “{title}” is {shown}."


# -- streams -----------------------------------------------------------------------------------------------------------


def is_stream(root: Element) -> bool:
    return root.name == "StreamingChannel" and root.find(f"Video/{_WIDTH}") is not None


def _zipped(root: Element, capabilities: Element | None) -> Iterator[Combined]:
    """Sizes from the capabilities, where they list as many widths as heights: then these are pairs."""
    for video in [each for each in root.iter() if each.child(_WIDTH) is not None and each.child(_HEIGHT) is not None]:
        declared = _declared(capabilities, video.name)
        wide, high = (_options(declared, name) for name in (_WIDTH, _HEIGHT))
        if wide and len(wide) == len(high):
            yield _resolution(video, tuple(zip(wide, high, strict=True)))


def _declared(capabilities: Element | None, block: str) -> Element | None:
    if capabilities is None:
        return None
    return next((each for each in capabilities.iter() if each.name == block and each.children), None)


def _options(group: Element | None, name: str) -> tuple[str, ...]:
    leaf = group.child(name) if group is not None else None
    found = leaf.attributes.get("opt", "").split(",") if leaf is not None else []
    return tuple(each.strip() for each in found if each.strip().isascii() and each.strip().isdigit())


def _resolution(video: Element, pairs: Iterable[tuple[str, str]]) -> Combined:
    sizes = sorted(dict.fromkeys(pairs), key=lambda pair: (-int(pair[0]) * int(pair[1]), pair))
    return Combined(
        path=f"{video.path}/videoResolution",
        title="Resolution",
        parts=(f"{video.path}/{_WIDTH}", f"{video.path}/{_HEIGHT}"),
        options=tuple(Option(f"{wide}x{high}", f"{wide} × {high}") for wide, high in sizes[:_LARGEST_LIST]),
        help="Width and height of the picture in pixels",
    )


def of_stream(root: Element, dynamic: Element) -> Depends:
    """A stream's dynamic capabilities: sizes with their frame rates, and what each codec can do."""
    video = root.child("Video")
    if video is None:
        return Depends()
    rates = _rates(dynamic)
    cases = tuple(
        Case(
            ((f"{video.path}/{_WIDTH}", wide), (f"{video.path}/{_HEIGHT}", high)),
            tuple(Option(rate, constraints.option_title(Kind.FPS100, _RATE, rate, titles())) for rate in found),
        )
        for (wide, high), found in rates.items()
        if found
    )
    has_rate = video.child(_RATE) is not None
    return Depends(
        tuple(_codec_needs(root, video, dynamic)),
        (Choice(f"{video.path}/{_RATE}", cases),) if cases and has_rate else (),
        (_resolution(video, rates),) if rates and video.child(_HEIGHT) is not None else (),
    )


def condition(root: Element, capabilities: Element | None) -> bytes:
    """What a stream's capabilities with condition are asked with: the average rate that goes with the highest one.
    b"" where the stream has none, or the device does not answer that."""
    declared = capabilities.iter() if capabilities is not None else ()
    said = (each.text.strip() for each in declared if each.name.lower() in _CONDITIONAL)
    highest, codec = root.text_of(f"Video/{_HIGHEST}"), root.text_of("Video/videoCodecType")
    if "true" not in said or root.find(f"Video/{_AVERAGE}") is None or not highest.isdigit():
        return b""
    which = {"1": "mainstream", "2": "substream"}.get(root.text_of("id")[-1:], "stream3")
    smart = {"H.264": "smart264", "H.265": "smart265"}.get(codec, codec)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\r\n<StreamingDescriptor><VbrAverageCapDynamicLinkTo>'
        f"<streamType>{which}</streamType><codeType>{escape(smart)}</codeType>"
        f"<videoQualityControlType>{escape(root.text_of('Video/videoQualityControlType'))}</videoQualityControlType>"
        f"<{_HIGHEST}>{highest}</{_HIGHEST}></VbrAverageCapDynamicLinkTo></StreamingDescriptor>\r\n"
    ).encode("ascii", "xmlcharrefreplace")


def of_average(root: Element, answer: Element) -> Depends:
    """The average rate that the device proposes while the highest one is what it was asked with."""
    highest, told = root.text_of(f"Video/{_HIGHEST}"), answer.text_of(_AVERAGE)
    if not (told.isascii() and told.isdigit() and len(told) < 7):
        return Depends()
    case = Case(((f"Video/{_HIGHEST}", highest),), maximum=int(highest), default=told)
    return Depends(choices=(Choice(f"Video/{_AVERAGE}", (case,)),))


def _rates(dynamic: Element) -> dict[tuple[str, str], tuple[str, ...]]:
    """Size -> frame rates times 100, in the device's order; a size that is listed for several codecs has them all."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for each in dynamic.iter():
        wide, high = each.text_of(_WIDTH), each.text_of(_HEIGHT)
        if not (_is_size(wide) and _is_size(high)) or len(found) >= _LARGEST_LIST:
            continue
        told = each.find("supportedFrameRate")
        said = (told.text or told.attributes.get("opt", "")) if told is not None else ""
        rates = [rate.strip() for rate in said.split(",")[:_LARGEST_LIST]]
        good = [rate for rate in rates if rate.isascii() and rate.isdigit() and len(rate) < 7]
        found[wide, high] = tuple(dict.fromkeys((*found.get((wide, high), ()), *good)))
    return found


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6 and int(text) > 0


def _codec_needs(root: Element, video: Element, dynamic: Element) -> Iterator[Need]:
    codec, smart = video.child("videoCodecType"), video.find("SmartCodec/enabled")
    if codec is None:
        return
    for each in dynamic.iter():
        if each.name != "CodecParamDscriptor":
            continue
        name = each.text_of("videoCodecType")
        lacks = [
            block
            for flag, blocks in (("isSupportProfile", ("H264Profile", "H265Profile")), ("isSupportSVC", ("SVC",)))
            if each.text_of(flag).lower() == "false"
            for block in blocks
        ]
        reason = _reason(root, codec, (name,), titles(), unless=True)
        for leaf in _named(video, lacks):
            yield Need(leaf.path, codec.path, texts(name), reason, negated=True)
        fixed = each.find("SmartCodecCap/readOnlyParams")
        if smart is not None and fixed is not None and name == codec.text.strip():
            wanted = [part.strip() for part in fixed.attributes.get("opt", "").split(",")]
            for leaf in _named(video, [*wanted, *(f"H26{n}Profile" for n in "45" if "Profile" in wanted)]):
                yield Need(leaf.path, smart.path, texts("true"), "The smart codec sets it by itself.", negated=True)


def _named(video: Element, names: Iterable[str]) -> Iterator[Element]:
    wanted = set(names)
    for child in video.children:
        if child.name in wanted:
            yield from (child,) if child.is_leaf else _leaves(child)
